"""When two sides agree: entry by entry, finite and real, relative to the entries themselves.

Everything in the book that compares two computations does it here.
"""

from numbers import Integral, Real
from typing import NamedTuple

import numpy as np

#: An entry below this part of the largest one is compared with that part: what cancels leaves its rounding.
_SMALL = 1e-5


class Comparison(NamedTuple):
    """What came of comparing two sides.

    Attributes
    ----------
    ok : bool
        Whether the sides agree.
    comparable : bool
        Whether they could have agreed or differed at all: numbers with numbers,
        finite and real, not empty. Where not, neither "equal" nor "different"
        has been shown.
    reason : str
        Why they do not agree, with the entry or the shapes; empty where they do.
    largest : float
        The largest absolute difference.
    entries : int
        How many entries were compared.
    """

    ok: bool
    comparable: bool = True
    reason: str = ""
    largest: float = 0.0
    entries: int = 0


def compare(left, right, *, tolerance=1e-9, scale=None):
    """Compare two sides entry by entry.

    Two entries agree when their difference is at most `tolerance` times the
    larger of the two. Where numbers cancel, a rounding error of the size of the
    whole is left; so an entry counts as no smaller than a hundred-thousandth of
    `scale`. Whole numbers and truth values have to be equal.

    Parameters
    ----------
    left, right : number, array of any shape, Derivative or bool
    tolerance : float, optional
    scale : float, optional
        Size of the numbers that went into both sides. The default is the largest
        entry of the two, or 1 where one of the sides is zero throughout.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> compare(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-12])).ok
    True
    >>> compare([1.0, 1e12], [500.0, 1e12]).reason
    'entry 0 is 1 on the left and 500 on the right'
    >>> compare(1.0, np.inf).reason
    'the right side is inf, which is not a finite number'
    """
    left, left_fault = numbers(left)
    right, right_fault = numbers(right)
    for side, fault in (("left", left_fault), ("right", right_fault)):
        if fault:
            return Comparison(False, False, f"the {side} side {fault}")
    if (left.dtype == bool) != (right.dtype == bool):
        return Comparison(False, False, "one side is true or false, the other is a number")
    if left.shape != right.shape:
        return Comparison(False, True, f"shape {left.shape} on the left, {right.shape} on the right", np.inf)
    return _entries(left, right, tolerance, scale)


def numbers(side):
    """A side as an array of finite real numbers, or what is wrong with it.

    Parameters
    ----------
    side : number, array of any shape, Derivative, or list of these

    Returns
    -------
    array of float, bool, or whole numbers (as Python's, so that none overflows)
    str
        Empty, or the fault, to follow "the left side".

    Examples
    --------
    >>> numbers([1, 2])[0].dtype, numbers([0.5, 1j])[1]
    (dtype('O'), 'has complex entries')
    """
    if isinstance(side, np.ma.MaskedArray):
        return side, "has masked entries"
    try:
        array = np.asarray(side)
    except ValueError:
        return side, "is ragged: its rows have different lengths"
    kind = array.dtype.kind
    if array.size == 0:
        return array, f"is empty (shape {array.shape}), so this check cannot fail"
    if kind == "O" and all(isinstance(entry, Integral) for entry in array.flat):
        kind = "i"
    elif kind == "O" and all(isinstance(entry, Real) for entry in array.flat):
        kind = "f"
    if kind in "biu":
        return array.astype(bool if kind == "b" else object), ""
    if kind != "f":
        return array, {"c": "has complex entries", "U": "is a text", "S": "is a text"}.get(
            kind, f"is no number: {type(side).__name__}")
    array = array.astype(float)
    if not np.isfinite(array).all():
        where = np.argwhere(~np.isfinite(array))[0]
        return array, f"is {array[tuple(where)]}{_at(where)}, which is not a finite number"
    return array, ""


def _at(where):
    """The place of an entry in words; nothing for a number."""
    return f" at entry {_place(where)}" if len(where) else ""


def _place(where):
    return str(int(where[0])) if len(where) == 1 else str(tuple(int(k) for k in where))


def _entries(left, right, tolerance, scale):
    if left.dtype == right.dtype and left.dtype in (bool, object):
        apart = np.asarray(left ^ right if left.dtype == bool else abs(left - right)).astype(float)
        beyond = apart
    else:
        left, right = left.astype(float), right.astype(float)
        apart, size = np.abs(left - right), np.maximum(np.abs(left), np.abs(right))
        if scale is None:
            scale = size.max() if left.any() and right.any() else max(size.max(), 1.0)
        allowed = tolerance * np.maximum(size, _SMALL * scale)
        beyond = np.where(apart <= allowed, 0.0, apart / np.maximum(allowed, np.finfo(float).tiny))
    if not np.any(beyond):
        return Comparison(True, largest=float(apart.max()), entries=left.size)
    where = np.unravel_index(np.argmax(beyond), left.shape)
    pair = _apart(left[where], right[where])
    words = "{} on the left and {} on the right".format(*pair)
    return Comparison(False, True, f"entry {_place(where)} is {words}" if left.ndim else words,
                      float(apart.max()), left.size)


def _apart(a, b):
    """Two different numbers, written with as few digits as show that they differ."""
    if not isinstance(a, float):
        return str(a), str(b)
    for digits in (4, 6, 9, 12, 17):
        if f"{a:.{digits}g}" != f"{b:.{digits}g}":
            break
    return f"{a:.{digits}g}", f"{b:.{digits}g}"
