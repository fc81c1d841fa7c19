"""Matrix functions, given by their differential."""

import numpy as np
from numpy.linalg import det, inv, slogdet, solve, svd

from ..core import General, given, plain, put, record, top
from ..operands import NoDerivativeError, UnsupportedError
from . import LETTERS, rule
from .products import Contract

_SLOGDET = type(slogdet(np.eye(1)))


def _turn(m):
    return m.T if m.ndim == 2 else np.swapaxes(m, -1, -2)


def _one(a, name):
    """The value of one matrix; a stack of them is refused."""
    if a.ndim > 2:
        raise UnsupportedError(f"np.linalg.{name} of a stack of matrices has no derivative rule; take one matrix after "
                               f"the other: np.stack([np.linalg.{name}(M) for M in A])")
    return a.value


def _in_front(function, ndim):
    """A pull-back that takes many at once along a first axis, for those along a last one."""
    def pull(g):
        return function(g) if g.ndim == ndim else np.moveaxis(function(np.moveaxis(g, -1, 0)), 0, -1)
    return pull


@rule(inv)
def _inv(a):
    y = inv(a.value)
    many = LETTERS[:y.ndim - 2]
    return put(a.tape, y, ((a.position, Contract((
        many + "wz", many + "xy", [(lambda: -y, many + "wx"), (y, many + "yz")], y.shape,
        lambda g: -(_turn(y) @ g @ _turn(y))))),))


@rule(solve)
def _solve(a, b):
    a, b = given(a, b)
    vector = np.ndim(b) == 1
    batch = np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2])
    if vector and batch:
        return np.squeeze(_solve(a, np.broadcast_to(np.expand_dims(b, -1), (*batch, np.size(b), 1))), -1)
    if batch:
        a, b = (np.broadcast_to(x, batch + np.shape(x)[-2:]) for x in (a, b))
    tape, (matrix, right) = top(a, b)
    x = solve(matrix, right)

    def pull_right(g):
        return solve(_turn(matrix), g)

    def pull_matrix(g):
        back = pull_right(g)
        if vector:
            return -np.outer(back, x) if g.ndim == 1 else -(back[:, None] * x[:, None])
        return -(back @ _turn(x))
    pulls = [pull_matrix, pull_right] if vector else [_in_front(pull, x.ndim) for pull in (pull_matrix, pull_right)]
    return record(tape, x, [(operand, General(pull, np.shape(value), x.shape))
                            for operand, pull, value in zip((a, b), pulls, (matrix, right), strict=True)])


def _weighted(a, y, weight):
    """Record a number that depends on a matrix, from the function that gives the matrix of its derivatives."""
    return put(a.tape, y, ((a.position, Contract((
        "", "yz", [(weight, "yz")], a.shape, lambda g: g * weight()))),))


@rule(det)
def _det(a):
    """The derivative is y times the inverse transposed, and the matrix of cofactors where there is no inverse."""
    value = _one(a, "det")
    y = det(value)

    def cofactors():
        if hasattr(value, "settled") or np.linalg.cond(plain(value)) < 1e12:
            return y * inv(value).T
        if plain(value) is not value:
            raise UnsupportedError("a second derivative of np.linalg.det needs a matrix that can be inverted")
        u, s, vt = svd(value)
        others = np.stack([np.prod(np.delete(s, k)) for k in range(len(s))])
        return det(u) * det(vt) * (u * others) @ vt
    return _weighted(a, y, cofactors)


@rule(slogdet)
def _slogdet(a):
    value = _one(a, "slogdet")
    sign, logarithm = slogdet(value)
    if not hasattr(value, "settled") and plain(sign) == 0:
        raise NoDerivativeError("slogdet: a matrix that cannot be inverted has no log-determinant")
    return _SLOGDET(sign, _weighted(a, logarithm, lambda: inv(value).T))
