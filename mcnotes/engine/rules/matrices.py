"""Matrix functions, given by their differential."""

import numpy as np
from numpy.linalg import cholesky, det, eigh, eigvalsh, inv, pinv, slogdet, solve, svd

from ..constants import UnsupportedError
from ..leaving import plain
from ..links import Contract, General
from ..trace import given, top
from .common import LETTERS, follows, record, rule

_SLOGDET, _EIGH, _SVD = (type(function(np.eye(1))) for function in (slogdet, eigh, svd))


def _turn(m):
    return m.T if m.ndim == 2 else np.swapaxes(m, -1, -2)


@rule(inv)
def _inv(a):
    _square("inv", a)
    tape, (value,) = top(a)
    y = inv(value)
    many = _batch(a.ndim)
    link = Contract(many + "wz", many + "xy", [(-y, many + "wx"), (y, many + "yz")], y.shape,
                    lambda g: -(_turn(y) @ g @ _turn(y)))
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
    shape = a.shape if hasattr(a, "shape") else np.shape(a)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"{name} needs a square matrix, this one has shape {shape}")


def _read(shape):
    """How often an entry of a symmetric matrix counts where the lower triangle alone is read."""
    return np.tril(np.full(shape[-2:], 2.0)) - np.eye(*shape[-2:])


def _batch(ndim):
    """Letters for the axes of a stack of matrices."""
    return LETTERS[:ndim - 2]


def _weighted(a, y, weight):
    """Numbers that depend on one matrix each, with the matrices of their derivatives."""
    tape, (value,) = top(a)
    many = _batch(a.ndim)
    link = Contract(many, many + "yz", [(weight, many + "yz")], np.shape(value),
                    lambda g: (np.reshape(g, (*np.shape(g), 1, 1)) if many else g) * weight)
    return record(tape, y, [(a, link)])


@rule(det)
def _det(a):
    _square("det", a)
    _, (value,) = top(a)
    y = det(value)
    return _weighted(a, y, _cofactors(value, y))


def _cofactors(value, y):
    """Derivative of the determinant: y times the inverse transposed, also where y is 0."""
    bare = plain(value)
    if np.all(np.linalg.cond(bare) < 1e12):
        return np.reshape(y, (*np.shape(y), 1, 1)) * _turn(inv(value))
    if bare is not value:
        raise UnsupportedError("a second derivative of np.linalg.det needs a matrix that can be inverted")
    u, s, vt = np.linalg.svd(bare)
    others = np.stack([np.prod(np.delete(s, k, -1), -1) for k in range(s.shape[-1])], -1)
    return (np.linalg.det(u) * np.linalg.det(vt))[..., None, None] * ((u * others[..., None, :]) @ vt)


@rule(slogdet)
def _slogdet(a):
    _square("slogdet", a)
    _, (value,) = top(a)
    result = slogdet(value)
    if not plain(result[0]).all():
        raise ValueError("slogdet: a matrix that cannot be inverted has no log-determinant")
    return _SLOGDET(result[0], _weighted(a, result[1], _turn(inv(value))))


@rule(pinv)
def _pinv(a, rcond=None, hermitian=False, *, rtol=None):
    if rcond is not None or hermitian or rtol is not None:
        raise UnsupportedError("np.linalg.pinv has a derivative rule without options only")
    tape, (value,) = top(a)
    if np.any(np.linalg.matrix_rank(plain(value)) < min(np.shape(value)[-2:])):
        raise UnsupportedError("np.linalg.pinv has a derivative rule for matrices of full rank only")
    m, n = np.shape(value)[-2:]
    y = inv(_turn(value) @ value) @ _turn(value) if m >= n else _turn(value) @ inv(value @ _turn(value))
    rows, columns = np.eye(m) - value @ y, np.eye(n) - y @ value

    def pull(g):
        return -(_turn(y) @ g @ _turn(y)) + rows @ _turn(g) @ (y @ _turn(y)) + (_turn(y) @ y) @ _turn(g) @ columns
    return record(tape, y, [(a, General(pull, np.shape(value), np.shape(y)))])


@rule(cholesky)
def _cholesky(a, *, upper=False):
    _square("cholesky", a)
    if upper:
        return _turn(_cholesky(_turn(a)))
    tape, (value,) = top(a)
    lower = cholesky(value)
    half = np.tril(np.ones(np.shape(value)[-2:])) - 0.5 * np.eye(np.shape(value)[-1])

    def pull(g):
        inner = inv(lower)
        middle = _turn(inner) @ (half * (_turn(lower) @ g)) @ inner
        return 0.5 * _read(np.shape(value)) * (middle + _turn(middle))
    return record(tape, lower, [(a, General(pull, np.shape(value), np.shape(value)))])


def _triangle(UPLO, shape):
    """How often an entry counts, where one triangle alone is read."""
    if UPLO not in ("L", "U", "l", "u"):
        raise ValueError(f'UPLO is "L" or "U", it was {UPLO!r}')
    return _read(shape) if UPLO in "Ll" else _read(shape).T


@rule(eigvalsh)
def _eigvalsh(a, UPLO="L"):
    _square("eigvalsh", a)
    tape, (value,) = top(a)
    read = _triangle(UPLO, np.shape(value))
    values, vectors = eigh(value, UPLO)
    return record(tape, values, [(a, _spectral(vectors, vectors, np.shape(value), read))])


def _spectral(left, right, shape, read=None):
    """Eigenvalues or singular values: each changes by left vector, change, right vector."""
    many = _batch(len(shape))
    others = [(left, many + "yi"), (right, many + "zi")] + ([] if read is None else [(read, "yz")])
    return Contract(many + "i", many + "yz", others, shape)


@rule(eigh)
def _eigh(a, UPLO="L"):
    _square("eigh", a)
    tape, (value,) = top(a)
    read, shape = _triangle(UPLO, np.shape(value)), np.shape(value)
    values, vectors = eigh(value, UPLO)
    gaps = _gaps(values, "eigh")

    def pull(g):
        inner = gaps * (_turn(vectors) @ g)
        back = vectors @ (0.5 * (inner + _turn(inner))) @ _turn(vectors)
        return read * back
    return _EIGH(
        record(tape, values, [(a, _spectral(vectors, vectors, shape, read))]),
        record(tape, vectors, [(a, General(pull, shape, shape))]))


def _gaps(values, name):
    """One over the distances between values; 0 on the diagonal."""
    apart = values[..., None, :] - values[..., :, None]
    n = np.shape(values)[-1]
    size = np.max(np.abs(plain(values)), initial=0.0)
    if np.any(np.abs(plain(apart) + np.eye(n) * size) < 1e-12 * size):
        raise ValueError(f"{name}: two values are equal, and their vectors have no derivative; "
                         "use np.linalg.eigvalsh or svdvals where the values are enough")
    return (1 - np.eye(n)) / (apart + np.eye(n))


@rule(np.linalg.svdvals)
def _svdvals(x):
    tape, (value,) = top(x)
    u, s, vt = svd(value, full_matrices=False)
    return record(tape, s, [(x, _spectral(u, _turn(vt), np.shape(value)))])


@rule(svd)
def _svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    if hermitian:
        raise UnsupportedError("np.linalg.svd has no derivative rule with hermitian=True; use np.linalg.eigh")
    if not compute_uv:
        return np.linalg.svdvals(a)
    m, n = np.shape(a)[-2:]
    if full_matrices and m != n:
        raise UnsupportedError("np.linalg.svd has no derivative rule with full_matrices=True for a matrix of shape "
                               f"{(m, n)}; use full_matrices=False")
    tape, (value,) = top(a)
    u, s, vt = svd(value, full_matrices=False)
    if np.any(plain(s) == 0):
        raise ValueError("svd: a singular value is 0, and its vectors have no derivative; use np.linalg.svdvals")
    gaps, v, shape, k = _gaps(s * s, "svd"), _turn(vt), np.shape(value), min(m, n)
    over = 1 / s[..., None, :]

    def pull_u(g):
        inner = gaps * (_turn(u) @ g)
        back = u @ ((inner + _turn(inner)) * s[..., None, :]) @ vt
        return back + ((np.eye(m) - u @ _turn(u)) @ (g * over)) @ vt if m > k else back

    def pull_vt(g):
        inner = gaps * (_turn(v) @ _turn(g))
        back = u @ ((inner + _turn(inner)) * s[..., :, None]) @ vt
        return back + (u * over) @ (g @ (np.eye(n) - v @ vt)) if n > k else back
    return _SVD(
        record(tape, u, [(a, General(pull_u, shape, np.shape(u)))]),
        record(tape, s, [(a, _spectral(u, v, shape))]),
        record(tape, vt, [(a, General(pull_vt, shape, np.shape(vt)))]))
