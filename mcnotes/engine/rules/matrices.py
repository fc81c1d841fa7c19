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
    batch = np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2])
    if vector and batch:
        return np.squeeze(_solve(a, np.broadcast_to(np.expand_dims(b, -1), (*batch, np.size(b), 1))), -1)
    a, b = (x if np.ndim(x) == 1 or np.shape(x)[:-2] == batch else np.broadcast_to(x, batch + np.shape(x)[-2:])
            for x in (a, b))
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

    def cofactors():
        if hasattr(value, "settled") or np.all(np.linalg.cond(plain(value)) < 1e12):
            return (np.reshape(y, (*np.shape(y), 1, 1)) if np.ndim(y) else y) * _turn(inv(value))
        if plain(value) is not value:
            raise UnsupportedError("a second derivative of np.linalg.det needs a matrix that can be inverted")
        u, s, vt = svd(value)
        others = np.stack([np.prod(np.delete(s, k, -1), -1) for k in range(s.shape[-1])], -1)
        return (det(u) * det(vt))[..., None, None] * ((u * others[..., None, :]) @ vt)
    return _weighted(a, y, cofactors)


@rule(slogdet)
def _slogdet(a):
    value = a.value
    sign, logarithm = slogdet(value)
    if not hasattr(value, "settled") and (sign == 0 if type(sign) is np.float64 else not np.all(plain(sign))):
        raise NoDerivativeError("slogdet: a matrix that cannot be inverted has no log-determinant")
    return _SLOGDET(sign, _weighted(a, logarithm, lambda: _turn(inv(value))))


@rule(pinv)
def _pinv(a):
    m, n = np.shape(a)[-2:]
    if np.any(np.linalg.matrix_rank(plain(a, "np.linalg.pinv")) < min(m, n)):
        raise NoDerivativeError("pinv has no derivative where the rank drops: this matrix has not full rank")
    return inv(_turn(a) @ a) @ _turn(a) if m >= n else _turn(a) @ inv(a @ _turn(a))


def _read(n):
    """How often an entry of a symmetric matrix counts where the lower triangle alone is read."""
    return np.tril(np.full((n, n), 2.0)) - np.eye(n)


@rule(cholesky)
def _cholesky(a, *, upper=False):
    if upper:
        return _turn(_cholesky(_turn(a)))
    plain(a, "np.linalg.cholesky")
    lower, shape = cholesky(a.value), a.shape
    half = np.tril(np.ones(shape[-2:])) - 0.5 * np.eye(shape[-1])

    def pull(g):
        inner = inv(lower)
        middle = _turn(inner) @ (half * (_turn(lower) @ g)) @ inner
        return 0.5 * _read(shape[-1]) * (middle + _turn(middle))
    return put(a.tape, lower, ((a.position, General(_in_front(pull, len(shape)), shape, shape)),))


def _spectrum(a, name, values, left, right, read=None):
    """Record eigenvalues or singular values: each changes by left vector, change, right vector."""
    bare = plain(values)
    size = np.max(np.abs(bare), axis=-1, keepdims=True, initial=0.0)
    equal = np.abs(np.diff(bare, axis=-1)) <= 1e-12 * size
    if np.any(equal):
        raise NoDerivativeError(f"{name}: the values at {np.argwhere(equal)[0].tolist()} and after it are equal, and "
                                "where two meet they have no derivative; move the point, or use what does not tell "
                                "them apart, such as np.trace")
    many = _batch(a.ndim)
    others = [(left, many + "yi"), (right, many + "zi")] + ([] if read is None else [(read, "yz")])
    return put(a.tape, values, ((a.position, Contract((many + "i", many + "yz", others, a.shape, None))),))


@rule(eigvalsh)
def _eigvalsh(a, UPLO="L"):
    plain(a, "np.linalg.eigvalsh")
    read = _read(a.shape[-1])
    values, vectors = eigh(a.value, UPLO)
    return _spectrum(a, "eigvalsh", values, vectors, vectors, read if UPLO in "Ll" else read.T)


@rule(svdvals)
def _svdvals(x):
    plain(x, "np.linalg.svdvals")
    u, s, vt = svd(x.value, full_matrices=False)
    if np.any(plain(s) <= 1e-14 * np.max(plain(s), axis=-1, keepdims=True, initial=0.0)):
        raise NoDerivativeError("svdvals: a singular value is 0, a corner without a derivative (the rank drops there)")
    return _spectrum(x, "svdvals", s, u, _turn(vt))


@rule(svd)
def _svd(a, full_matrices=True, compute_uv=True):
    if compute_uv:
        raise UnsupportedError("np.linalg.svd has a derivative rule for the singular values only (compute_uv=False): "
                               "the vectors are given up to a sign, and which sign NumPy takes is no function of the "
                               "matrix; np.linalg.eigh has none for the same reason")
    return svdvals(a)
