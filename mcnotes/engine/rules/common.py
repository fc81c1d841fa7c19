"""What the rules of all families share: the way into the table and onto a tape."""

import string

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..asking import RULES
from ..links import Contract
from ..trace import doubt, given, put, top
from ..traced import Traced

#: Names of axes in einsum patterns.
LETTERS = string.ascii_letters


def rule(*functions):
    """Enter a function into the table as the rule of NumPy functions."""
    def enter(own):
        for function in functions:
            RULES[function] = own
        return own
    return enter


def newer(name):
    """A NumPy function that NumPy 2.0 has not: none or one."""
    return [getattr(np, name)] if hasattr(np, name) else []


def record(tape, value, links):
    """Put a value on a tape, with its links: (traced operand, link) pairs."""
    return put(tape, value, [(x.position, link) for x, link in links])


def follows(tape, x):
    """Whether an operand is recorded on the tape."""
    return type(x) is Traced and x.tape is tape


def contraction(out, pairs, value, faster=None):
    """Record ``pairs -> out``, pairs of (operand, letters); `faster` may give faster pull-backs by operand."""
    pairs = list(zip(given(*(x for x, _ in pairs)), (letters for _, letters in pairs), strict=True))
    tape, values = top(*(x for x, _ in pairs))
    y = value(*values)          # the first to complain about shapes that do not fit
    if tape.held:
        doubt(tape, y)
    values = [v if hasattr(v, "shape") else np.asarray(v) for v in values]      # numbers have shapes too
    links, pulls = [], faster(*values) if faster else None
    for k, (x, letters) in enumerate(pairs):
        if type(x) is Traced and x.tape is tape:
            others = [(v, own) for j, (v, (_, own)) in enumerate(zip(values, pairs, strict=True)) if j != k]
            links.append((x, Contract(out, letters, others, values[k].shape, pulls and pulls[k])))
    return record(tape, y, links)


def index_of(axis, ndim):
    """An axis as a number from 0, as NumPy counts; an error that teaches where there is no such axis."""
    if axis is None or isinstance(axis, tuple):
        raise TypeError(f"axis={axis!r}: one axis is needed, a whole number")
    return axes_of(axis, ndim)[0]


def axes_of(axis, ndim):
    """Axes as a tuple of numbers from 0, in the order given; None stands for all.

    Raises
    ------
    TypeError
        An axis is not a whole number, or they are not a tuple.
    AxisError (a ValueError and an IndexError)
        There is no such axis, or one is named twice.
    """
    if axis is None:
        return tuple(range(ndim))
    if type(axis) is int and 0 <= axis < ndim:
        return (axis,)
    parts = axis if isinstance(axis, tuple) else (axis,)
    for part in parts:
        if isinstance(part, bool | np.bool_) or not hasattr(part, "__index__"):
            raise TypeError(f"axis={axis!r}: an axis is a whole number, several are a tuple of whole numbers")
    try:
        return normalize_axis_tuple(parts, ndim)
    except np.exceptions.AxisError:
        raise np.exceptions.AxisError(
            f"axis={axis!r} is not there: the array has {ndim} axes" + (
                f", 0 to {ndim - 1} or -{ndim} to -1" if ndim else ", it is a number")) from None
    except ValueError:
        raise ValueError(f"axis={axis!r} names an axis twice") from None
