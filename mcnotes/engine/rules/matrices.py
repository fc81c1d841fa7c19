"""Matrix functions, given by their differential."""

import numpy as np
from numpy.linalg import cholesky, det, eigvalsh, inv, pinv, slogdet, solve

from ..links import Contract, General
from ..trace import Traced, UnsupportedError, given, top
from .common import follows, plain, record, rule


def _turn(m):
    return np.swapaxes(m, -1, -2)


@rule(inv)
def _inv(a):
    _square("inv", a)
    tape, (value,) = top(a)
    y = inv(value)
    if np.ndim(y) > 2:
        return record(tape, y, [(a, General(lambda g: -(_turn(y) @ g @ _turn(y)), y.shape, y.shape))])
    n = y.shape[0]
    link = Contract("ad", "bc", [(-y, "ab"), (y, "cd")], (n, n), lambda g: -(y.T @ g @ y.T))
    return record(tape, y, [(a, link)])


@rule(solve)
def _solve(a, b):
    _square("solve", a)
    a, b = given(a, b)
    vector = np.ndim(b) == 1
    batch = np.broadcast_shapes(np.shape(a)[:-2], () if vector else np.shape(b)[:-2])
    if np.shape(a)[:-2] != batch:
        a = np.broadcast_to(a, batch + np.shape(a)[-2:])
    if not vector and np.shape(b)[:-2] != batch:
        b = np.broadcast_to(b, batch + np.shape(b)[-2:])
    if vector and batch:
        return np.squeeze(_solve(a, np.broadcast_to(np.expand_dims(b, -1), (*batch, np.size(b), 1))), -1)
    tape, (matrix, right) = top(a, b)
    x = solve(matrix, right)

    def pull_right(g):
        return solve(_turn(matrix), g[..., None])[..., 0] if vector else solve(_turn(matrix), g)

    def pull_matrix(g):
        back = pull_right(g)
        return -(back[..., :, None] * x) if vector else -(back @ _turn(x))
    return record(tape, x, [(operand, General(pull, np.shape(own), np.shape(x))) for operand, own, pull in
                            ((a, matrix, pull_matrix), (b, right, pull_right)) if follows(tape, operand)])


def _square(name, a):
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise ValueError(f"{name} needs a square matrix, this one has shape {np.shape(a)}")


def _one(name, a):
    """Refuse a stack of matrices."""
    if np.ndim(a) > 2:
        raise UnsupportedError(f"np.linalg.{name} of a stack of matrices (shape {np.shape(a)}) has no rule; "
                               "take one by one")


def _read(shape):
    """How often an entry of a symmetric matrix counts where the lower triangle alone is read."""
    return np.tril(np.full(shape, 2.0)) - np.eye(*shape)


def _weighted(a, y, weight):
    """A number that depends on a matrix, with the matrix of its derivatives."""
    tape, (value,) = top(a)
    n = np.shape(value)[0]
    link = Contract("", "ij", [(weight, "ij")], (n, n), lambda g: g * weight)
    return record(tape, y, [(a, link)])


@rule(det)
def _det(a):
    _square("det", a)
    _one("det", a)
    _, (value,) = top(a)
    y = det(value)
    return _weighted(a, y, _cofactors(value, y))


def _cofactors(value, y):
    """Derivative of the determinant: y times the inverse transposed, also where y is 0."""
    bare = plain(value)
    if np.linalg.cond(bare) < 1e12:
        return y * inv(value).T
    if bare is not value:
        raise UnsupportedError("a second derivative of np.linalg.det needs a matrix that can be inverted")
    u, s, vt = np.linalg.svd(bare)
    others = np.array([np.prod(np.delete(s, k)) for k in range(len(s))])
    return np.linalg.det(u) * np.linalg.det(vt) * (u * others) @ vt


@rule(slogdet)
def _slogdet(a):
    _square("slogdet", a)
    _one("slogdet", a)
    _, (value,) = top(a)
    result = slogdet(value)
    return type(slogdet(np.eye(1)))(result[0], _weighted(a, result[1], inv(value).T))


@rule(pinv)
def _pinv(a):
    _one("pinv", a)
    tape, (value,) = top(a)
    if np.linalg.matrix_rank(plain(value)) < min(np.shape(value)):
        raise UnsupportedError("np.linalg.pinv has a derivative rule for matrices of full rank only")
    y = inv(value.T @ value) @ value.T if np.shape(value)[0] >= np.shape(value)[1] \
        else value.T @ inv(value @ value.T)
    rows, columns = np.eye(np.shape(value)[0]) - value @ y, np.eye(np.shape(value)[1]) - y @ value

    def pull(g):
        return -(y.T @ g @ y.T) + rows @ _turn(g) @ (y @ y.T) + (y.T @ y) @ _turn(g) @ columns
    return record(tape, y, [(a, General(pull, np.shape(value), np.shape(y)))])


@rule(cholesky)
def _cholesky(a):
    _square("cholesky", a)
    _one("cholesky", a)
    tape, (value,) = top(a)
    lower = cholesky(value)
    half = np.tril(np.ones(np.shape(value))) - 0.5 * np.eye(np.shape(value)[0])

    def pull(g):
        inner = inv(lower)
        middle = inner.T @ (half * (lower.T @ g)) @ inner
        return 0.5 * _read(np.shape(value)) * (middle + _turn(middle))
    return record(tape, lower, [(a, General(pull, np.shape(value), np.shape(value)))])


@rule(eigvalsh)
def _eigvalsh(a):
    _square("eigvalsh", a)
    _one("eigvalsh", a)
    tape, (value,) = top(a)
    if type(value) is Traced:
        raise UnsupportedError("np.linalg.eigvalsh has no second derivative rule; " 'use method="difference"')
    values, vectors = np.linalg.eigh(value)
    link = Contract("i", "ab", [(vectors, "ai"), (vectors, "bi"), (_read(vectors.shape), "ab")],
                    vectors.shape)
    return record(tape, values, [(a, link)])
