"""The rule table: what each NumPy function does to a small change.

One row or one short function for each NumPy function, one module for each family, with
the VJPs that the family brings:

- :mod:`.elementwise`, given by their ordinary derivative;
- :mod:`.products`, given by an einsum pattern, from which everything follows; transposes;
- :mod:`.reductions`: sums and other reductions over axes;
- :mod:`.moves` within an array and between arrays;
- :mod:`.matrices`: matrix functions, given by their differential.

Many rules are compositions of others, written in NumPy. What they answer at points
without a derivative is listed in ``book/reference/no-derivative.md``.

Which entry ``max``, ``min``, ``sort`` and ``where`` choose depends on the point, so the
zeros that follow are held as values, not as zeros by construction. Positions that a
function works out itself (``x[np.argsort(x)]``, ``x[x > 0]``) count as given.
"""

import string

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from ..core import RULES

#: Names of axes in einsum patterns.
LETTERS = string.ascii_letters


def rule(*functions):
    """Enter a function into the table as the rule of NumPy functions; it names its arguments as they do."""
    def enter(own):
        for function in functions:
            RULES[function] = own
        return own
    return enter


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


def index_of(axis, ndim):
    """One axis as a number from 0; an error that teaches where there is no such axis."""
    if axis is None or isinstance(axis, tuple):
        raise TypeError(f"axis={axis!r}: one axis is needed, a whole number")
    return axes_of(axis, ndim)[0]


from . import elementwise, matrices, moves, products, reductions  # noqa: E402, F401  (each fills RULES)
