"""The rule table: what each NumPy function does to a small change, one module for each family.

Many rules are compositions of others, written in NumPy. What they answer at points without a derivative is listed in
``book/reference/no-derivative.md``. Which entry ``max`` or ``sort`` chooses depends on the point, so the zeros that
follow are held as values. Positions that a function works out itself (``x[np.argsort(x)]``) count as given.
"""

import string

from numpy.lib.array_utils import normalize_axis_tuple

from ..calls import give_answers
from ..core import RULES

#: Names of axes in einsum patterns.
LETTERS = string.ascii_letters


def rule(*functions):
    """Enter a function into the table as the rule of NumPy functions; it names its arguments as they do."""
    def enter(own):
        RULES.update(dict.fromkeys(functions, own))
        return own
    return enter


def axes_of(axis, ndim):
    """Axes as a tuple of numbers from 0, in the order given; None stands for all."""
    return tuple(range(ndim)) if axis is None else normalize_axis_tuple(axis, ndim)


from . import elementwise, matrices, moves, products, reductions  # noqa: E402, F401  (each fills RULES)

give_answers()
