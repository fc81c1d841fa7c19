"""Matrix functions, given by their differential."""

import numpy as np
from numpy.linalg import cholesky, det, eigh, eigvalsh, inv, pinv, slogdet, solve, svd, svdvals

from ..core import General, NoDerivativeError, UnsupportedError, given, plain, put, record, top
from . import LETTERS, rule
from .products import Contract

_SLOGDET = type(slogdet(np.eye(1)))


def _turn(m):
    return m.T if m.ndim == 2 else np.swapaxes(m, -1, -2)


def _batch(ndim):
    """Letters for the axes of a stack of matrices."""
    return LETTERS[:ndim - 2]


def _in_front(function, ndim):
    """A pull-back that takes many at once along a first axis, for those along a last one."""
    def pull(g):
        return function(g) if g.ndim == ndim else np.moveaxis(function(np.moveaxis(g, -1, 0)), 0, -1)
    return pull


@rule(inv)
def _inv(a):
    value = a.value
    y, many = inv(value), _batch(value.ndim)
    return put(a.tape, y, ((a.position, Contract((
        many + "wz", many + "xy", [(lambda: -y, many + "wx"), (y, many + "yz")], value.shape,
        lambda g: -(_turn(y) @ g @ _turn(y))))),))


@rule(solve)
def _solve(a, b):
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
        return solve(_turn(matrix), g)

    def pull_matrix(g):
        back = pull_right(g)
        if vector:
            return -np.outer(back, x) if g.ndim == 1 else -(back[:, None] * x[:, None])
        return -(back @ _turn(x))
    shape = np.shape(x)
    return record(tape, x, [
        (a, General(pull_matrix if vector else _in_front(pull_matrix, len(shape)), np.shape(matrix), shape)),
        (b, General(pull_right if vector else _in_front(pull_right, len(shape)), np.shape(right), shape))])


def _weighted(a, y, weight):
    """Record numbers that depend on one matrix each, from the function that gives the matrices of their derivatives."""
    many = _batch(a.value.ndim)
    return put(a.tape, y, ((a.position, Contract((
        many, many + "yz", [(weight, many + "yz")], a.value.shape,
        lambda g: (np.reshape(g, (*np.shape(g), 1, 1)) if many else g) * weight()))),))


@rule(det)
def _det(a):
    """The derivative is y times the inverse transposed, and the matrix of cofactors where there is no inverse."""
    value = a.value
    y = det(value)
    return _weighted(a, y, lambda: _cofactors(value, y))


def _cofactors(value, y):
    if hasattr(value, "settled") or np.all(np.linalg.cond(plain(value)) < 1e12):
        return np.reshape(y, (*np.shape(y), 1, 1)) * _turn(inv(value)) if np.ndim(y) else y * _turn(inv(value))
    if plain(value) is not value:
        raise UnsupportedError("a second derivative of np.linalg.det needs a matrix that can be inverted")
    u, s, vt = svd(value)
    others = np.stack([np.prod(np.delete(s, k, -1), -1) for k in range(s.shape[-1])], -1)
    return (det(u) * det(vt))[..., None, None] * ((u * others[..., None, :]) @ vt)


@rule(slogdet)
def _slogdet(a):
    value = a.value
    sign, logarithm = slogdet(value)
    if not hasattr(value, "settled") and (sign == 0 if type(sign) is np.float64 else not np.all(plain(sign))):
        raise NoDerivativeError("slogdet: a matrix that cannot be inverted has no log-determinant")
    return _SLOGDET(sign, _weighted(a, logarithm, lambda: _turn(inv(value))))


@rule(pinv)
def _pinv(a):
    if np.any(np.linalg.matrix_rank(plain(a, "np.linalg.pinv")) < min(np.shape(a)[-2:])):
        raise NoDerivativeError("pinv has no derivative where the rank drops: this matrix has not full rank")
    m, n = np.shape(a)[-2:]
    return inv(_turn(a) @ a) @ _turn(a) if m >= n else _turn(a) @ inv(a @ _turn(a))


def _read(shape):
    """How often an entry of a symmetric matrix counts where the lower triangle alone is read."""
    return np.tril(np.full(shape[-2:], 2.0)) - np.eye(*shape[-2:])


@rule(cholesky)
def _cholesky(a, *, upper=False):
    if upper:
        return _turn(_cholesky(_turn(a)))
    tape, (value,) = top(a)
    plain(value, "np.linalg.cholesky")
    lower, shape = cholesky(value), np.shape(value)
    half = np.tril(np.ones(shape[-2:])) - 0.5 * np.eye(shape[-1])

    def pull(g):
        inner = inv(lower)
        middle = _turn(inner) @ (half * (_turn(lower) @ g)) @ inner
        return 0.5 * _read(shape) * (middle + _turn(middle))
    return record(tape, lower, [(a, General(_in_front(pull, len(shape)), shape, shape))])


def _spectrum(a, name, values, left, right, read=None):
    """Record eigenvalues or singular values: each changes by left vector, change, right vector."""
    tape, (value,) = top(a)
    bare = plain(values)
    size = np.max(np.abs(bare), axis=-1, keepdims=True, initial=0.0)
    equal = np.abs(np.diff(bare, axis=-1)) <= 1e-12 * size
    if np.any(equal):
        at = np.argwhere(equal)[0].tolist()
        raise NoDerivativeError(f"{name}: the values at {at} and after it are equal, and where two meet they have no "
                         "derivative; move the point, or use what does not tell them apart, such as np.trace")
    many = _batch(a.ndim)
    others = [(left, many + "yi"), (right, many + "zi")] + ([] if read is None else [(read, "yz")])
    return record(tape, values, [(a, Contract((many + "i", many + "yz", others, value.shape, None)))])


@rule(eigvalsh)
def _eigvalsh(a, UPLO="L"):
    _, (value,) = top(a)
    plain(value, "np.linalg.eigvalsh")
    shape = np.shape(value)
    read = _read(shape) if UPLO in "Ll" else _read(shape).T
    values, vectors = eigh(value, UPLO)
    return _spectrum(a, "eigvalsh", values, vectors, vectors, read)


@rule(svdvals)
def _svdvals(x):
    _, (value,) = top(x)
    plain(value, "np.linalg.svdvals")
    u, s, vt = svd(value, full_matrices=False)
    bare = plain(s)
    if np.any(bare <= 1e-14 * np.max(bare, axis=-1, keepdims=True, initial=0.0)):
        raise NoDerivativeError("svdvals: a singular value is 0, a corner without a derivative (the rank drops there)")
    return _spectrum(x, "svdvals", s, u, _turn(vt))


@rule(svd)
def _svd(a, full_matrices=True, compute_uv=True):
    if compute_uv:
        raise UnsupportedError("np.linalg.svd has a derivative rule for the singular values only (compute_uv=False): "
                               "the vectors are given up to a sign, and which sign NumPy takes is no function of the "
                               "matrix; np.linalg.eigh has none for the same reason")
    return svdvals(a)
