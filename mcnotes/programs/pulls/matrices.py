"""Matrix functions."""

import numpy as np
from numpy.linalg import det, inv, slogdet, solve

from ...engine.constants import UnsupportedError
from ..expression import outer, product, scaled, times, transposed
from ..shaping import lifted, pull


def _one_matrix(step, more):
    if step.args[0].ndim != 2 or more:
        raise UnsupportedError("for a result that is not a number" if more else "of a stack of matrices")


@pull(inv)
def _inv(step, g, more):
    _one_matrix(step, 0)
    if more:
        yield step.args[0], scaled(-1.0, step.sheet.make(np.einsum, "ja,jko,bk->abo", step, g, step))
        return
    yield step.args[0], scaled(-1.0, product(product(transposed(step), g), transposed(step)))


@pull(solve)
def _solve(step, g, more):
    a, b = step.args
    _one_matrix(step, more if b.ndim > 1 else 0)
    by_b = step.sheet.make(solve, transposed(a), g)
    yield b, by_b
    if more:
        back = times(by_b[:, None], step[:, None])
    else:
        back = outer(by_b, step) if b.ndim == 1 else product(by_b, transposed(step))
    yield a, scaled(-1.0, back)


@pull(det)
def _det(step, g, more):
    _one_matrix(step, 0)
    a = step.args[0]
    yield a, times(g, lifted(times(step, transposed(a.sheet.make(inv, a))), more))


@pull("item")
def _item(step, g, more):
    whole, place = step.args
    if whole.call is not slogdet:
        raise UnsupportedError("of a step with several results")
    if place == 1:
        a = whole.args[0]
        if a.ndim != 2:
            raise UnsupportedError("of a stack of matrices")
        yield a, times(lifted(transposed(a.sheet.make(inv, a)), more), g)
