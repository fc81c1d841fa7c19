"""The rule table: what each NumPy function does to a small change.

One row or one short function for each NumPy function, one module for each family:

- :mod:`.elementwise`, given by their ordinary derivative;
- :mod:`.reductions`: sums and other reductions over axes;
- :mod:`.products`, given by an einsum pattern, from which everything follows;
- :mod:`.moves` within an array and :mod:`.joining` of several, whose index table
  is found by running the function itself on the numbers 0, 1, 2, ... in place of
  the entries;
- :mod:`.matrices`: matrix functions, given by their differential.

Many rules are compositions of others, written in NumPy.

At points without a derivative the rules answer as follows. ``abs`` and ``norm``
at 0, ``std`` of equal numbers: zero. ``sqrt`` at 0 and other infinite slopes:
inf. ``maximum``, ``minimum`` at a tie: one half each. ``max``, ``min``, ``sort``:
the first of equal entries takes all. ``sign``, ``floor``, ``ceil`` and other steps:
zero, everywhere. ``where`` follows the chosen branch, ``interp`` at a knot the piece after it.

``cholesky`` and ``eigvalsh`` read the lower triangle of a matrix only, and so the
entries above it have the derivative zero. For a symmetric change, given as a
whole, ``predict`` is right as it stands.

Which entry ``max``, ``min``, ``sort`` and ``where`` choose depends on the point, so
the zeros that follow are held as values, not as zeros by construction. Positions
that a function works out itself (``x[np.argsort(x)]``, ``x[x > 0]``) count as given.
"""

from . import elementwise, joining, matrices, moves, products, reductions, running  # noqa: F401  (each fills RULES)
