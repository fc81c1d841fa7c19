"""The rule table: what each NumPy function does to a small change.

One row or one short function for each NumPy function, one module for each family, with the VJPs it brings:

- :mod:`.elementwise`, given by their ordinary derivative;
- :mod:`.products`, given by an einsum pattern, from which everything follows; transposes;
- :mod:`.reductions`: sums and other reductions over axes;
- :mod:`.moves` within an array and between arrays;
- :mod:`.matrices`: matrix functions, given by their differential.

Many rules are compositions of others, written in NumPy. What they answer at points without a derivative is listed in
``book/reference/no-derivative.md``.

Which entry ``max``, ``min``, ``sort`` and ``where`` choose depends on the point, so the zeros that follow are held as
values, not as zeros by construction. Positions that a function works out itself (``x[np.argsort(x)]``, ``x[x > 0]``)
count as given.
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
