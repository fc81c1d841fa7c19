"""What leaves the engine: numbers, and memory that belongs to nobody else."""

from math import isfinite

import numpy as np

from .constants import owner
from .factors import align
from .structure import LIMIT, Structure, Term

_NO_SLOPE = ("the derivative is not a number at this point{}: a step has no derivative there (sqrt, norm or std at 0, "
             "a second derivative of one of them), or an infinite slope meets a zero. Move the point, or choose before "
             "the step: np.sqrt(np.where(v > 1, v - 1, 1.0))")


def plain(x):
    """The numbers of an operand, whatever tapes it is on."""
    while hasattr(x, "tape"):
        x = x.value
    return x


def _finite(x):
    """Whether all entries are finite; of a large array by one product, which counts as not where it overflows."""
    if type(x) is np.ndarray and x.ndim:
        if x.size <= 4096:
            return bool(np.isfinite(x).all())
        with np.errstate(over="ignore", invalid="ignore"):
            return isfinite(np.vdot(x, x))
    return _finite(x.value) if hasattr(x, "tape") else isfinite(x)


def _nan(x):
    return not _finite(x) and bool(np.isnan(plain(x)).any())


def _where(x):
    at = np.argwhere(np.isnan(plain(x)))[0].tolist()
    return f" (entry {at})" if at else ""


def defined(result):
    """The result of a function, when it is a number at this point."""
    if hasattr(result, "tape") and _nan(result):
        raise ValueError(f"f is not defined at this point: its result is nan{_where(result)}")
    return result


def checked(found, held):
    """Derivatives that are numbers, and share no memory with one another or with an array of the caller.

    Parameters
    ----------
    found : list of array, Structure or None
    held : dict
        The arrays of the caller, by the id of the one that owns the memory.

    Raises
    ------
    ValueError
        An entry is nan.
    """
    met = set()
    for k, back in enumerate(found):
        if isinstance(back, Structure):
            found[k] = _checked_structure(back, held)
        elif back is not None:
            if _nan(back):
                raise ValueError(_NO_SLOPE.format(_where(back)))
            if isinstance(back, np.ndarray) and (id(back) in met or back.base is not None):
                found[k] = back.copy()
            met.add(id(back))
    return found


def _checked_structure(s, held):
    finite = True
    for k, term in enumerate(s.terms):
        factors, foreign = [], []
        for array, labels in term.factors:
            if held and type(array) is np.ndarray and id(owner(array)) in held:
                foreign.append((array, labels))
                continue
            factors.append((array, labels))
            if not _finite(array):
                finite = False
                if np.isnan(plain(array)).any():
                    raise ValueError(_NO_SLOPE.format(""))
        if foreign:
            s.terms[k] = Term(_owned(factors, foreign), term.axes, term.sizes)
    if not finite and s.dense_nbytes <= LIMIT and np.isnan(plain(s.dense())).any():
        raise ValueError(_NO_SLOPE.format(_where(s.dense())))
    return s


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
