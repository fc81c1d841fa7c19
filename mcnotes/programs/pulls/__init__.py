"""How each step hands a derivative back, written as NumPy expressions (X.19 to X.23).

A pull is called with the step (an :class:`~mcnotes.programs.expression.Expression`) and
with ``g``, what has arrived at its result, and yields an operand and what arrives
there. For a vector result `g` has one more axis (``more`` is 1), the last, with a
column for each output; all moves and sums leave that axis alone. There is one
module for each family; element-wise functions have slopes instead
(:mod:`mcnotes.programs.slopes`).
"""

from . import matrices, moves, products, reductions  # noqa: F401  (each fills PULLS)
