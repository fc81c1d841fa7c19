"""What leaves the engine: numbers, and memory that belongs to nobody else."""

import math
from math import isfinite

import numpy as np
from numpy import vdot

from .constants import owner
from .factors import align, product
from .structure import LIMIT, Structure, Term

_NO_SLOPE = ("the derivative is not a number at this point{}: a step has no derivative there (sqrt, norm or std at 0, "
             "a second derivative of one of them), or an infinite slope meets a zero. Move the point, or choose before "
             "the step: np.sqrt(np.where(v > 1, v - 1, 1.0))")


def plain(x):
    """The numbers of an operand, whatever tapes it is on."""
    while hasattr(x, "tape"):
        x = x.value
    return x


def finite(x):
    """Whether all entries are finite: one product, and a second look where it overflows.

    Parameters
    ----------
    x : float or array of float

    Returns
    -------
    bool

    Examples
    --------
    >>> finite(np.array([1.0, 1e300])), finite(np.array([1.0, -np.inf]))
    (True, False)
    """
    if type(x) is np.ndarray:
        return isfinite(vdot(x, x)) or bool(np.isfinite(x).all())
    return isfinite(x)


def _nan(x):
    x = plain(x)
    return not finite(x) and bool(np.isnan(x).any())


def _where(x):
    at = np.argwhere(np.isnan(plain(x)))[0].tolist()
    return f" (entry {at})" if at else ""


def defined(result):
    """The result of a function, when it is a number at this point."""
    if hasattr(result, "tape") and _nan(result):
        raise ValueError(f"f is not defined at this point: its result is nan{_where(result)}")
    return result


def checked(found, tape):
    """Derivatives that are numbers, and share no memory with an array of the caller.

    Parameters
    ----------
    found : list of array, Structure or None
    tape : Tape
        It knows the arrays of the caller (``held``), and whether they may hold nan or inf (``doubtful``).

    Raises
    ------
    ValueError
        An entry is nan.
    """
    for k, back in enumerate(found):
        if type(back) is Structure:
            _check_structure(back, tape)
        elif back is not None:
            bare = type(back) is np.ndarray
            if not (bare and isfinite(vdot(back, back))) and _nan(back):
                raise ValueError(_NO_SLOPE.format(_where(back)))
            if bare and back.base is not None:
                found[k] = back.copy()
    return found


def _check_structure(s, tape):
    held, suspect = tape.held, tape.doubtful
    for k, term in enumerate(s.terms):
        own, foreign = term.factors, []
        if held:
            own = []
            for factor in term.factors:
                (foreign if _shows(factor[0], held) else own).append(factor)
        for array, _ in own:
            suspect = suspect or not finite(plain(array))
        if foreign:
            s.terms[k] = Term(_owned(own, foreign), term.axes, term.sizes)
    if suspect:
        _look_at_all(s)


def _look_at_all(s):
    """Every entry of a structure with infinite factors; every product of factors where there are too many entries."""
    if s.dense_nbytes <= LIMIT:
        dense = s.dense()
        if np.isnan(plain(dense)).any():
            raise ValueError(_NO_SLOPE.format(_where(dense)))
        return
    for term in s.terms:
        labels = tuple(dict.fromkeys(label for _, own in term.factors for label in own))
        if 8 * math.prod(term.sizes[label] for label in labels) <= LIMIT \
                and np.isnan(plain(product(term.factors, labels))).any():
            raise ValueError(_NO_SLOPE.format(""))


def _shows(array, held):
    """Whether an array shows memory of the caller."""
    return type(array) is np.ndarray and id(owner(array)) in held


def _owned(own, foreign):
    """Factors that show no memory of the caller: a product with a smaller factor costs no more than a copy."""
    for array, labels in foreign:
        for k, (other, others) in enumerate(own):
            if set(others) <= set(labels):
                own[k] = array * align(other, others, labels), labels
                break
        else:
            own.append((array.copy(order="K"), labels))
    return own
