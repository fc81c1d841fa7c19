"""Matrix functions."""

import numpy as np
from numpy.linalg import det, inv, slogdet, solve

from ...engine.constants import UnsupportedError
from ..expression import Expression, outer, product, scaled, times, transposed
from ..shaping import lifted, pull, turned


def _one_matrix(step):
    if step.args[0].ndim != 2:
        raise UnsupportedError("of a stack of matrices")


def _no_outputs(more):
    if more:
        raise UnsupportedError("for a result that is not a number")


def _weight(g):
    """A number for each matrix of a stack, beside the matrices."""
    return g[..., None, None] if isinstance(g, Expression) and g.ndim else g


@pull(inv)
def _inv(step, g, more):
    if more:
        _one_matrix(step)
        yield step.args[0], scaled(-1.0, step.sheet.make(np.einsum, "ja,jko,bk->abo", step, g, step))
        return
    yield step.args[0], scaled(-1.0, product(product(turned(step), g), turned(step)))


@pull(solve)
def _solve(step, g, more):
    a, b = step.args
    _one_matrix(step)
    _no_outputs(more and b.ndim > 1)
    by_b = step.sheet.make(solve, transposed(a), g)
    yield b, by_b
    if more:
        back = times(by_b[:, None], step[:, None])
    else:
        back = outer(by_b, step) if b.ndim == 1 else product(by_b, transposed(step))
    yield a, scaled(-1.0, back)


@pull(det)
def _det(step, g, more):
    a = step.args[0]
    if a.ndim > 2:
        _no_outputs(more)
    weight = times(g, step)
    yield a, times(_weight(weight) if a.ndim > 2 else weight, lifted(turned(a.sheet.make(inv, a)), more))


@pull("item")
def _item(step, g, more):
    whole, place = step.args
    if whole.call is not slogdet:
        raise UnsupportedError("")
    if place == 1:
        a = whole.args[0]
        if a.ndim > 2:
            _no_outputs(more)
        yield a, times(_weight(g) if a.ndim > 2 else g, lifted(turned(a.sheet.make(inv, a)), more))
