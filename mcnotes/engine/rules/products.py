"""Products, given by an einsum pattern from which everything follows (X.15, X.19 to X.21)."""

from functools import partial

import numpy as np
from numpy.linalg import inv, matrix_power

from ..links import Contract, Slide
from ..trace import Traced, UnsupportedError, given, put, top
from .common import KNOWN, LETTERS, contraction, follows, ndim, plain, record, rule

_MATMUL = {     # axes of a, axes of b -> letters and the pull-backs of plain arrays
    (2, 2): ("ij", "jk", "ik", lambda a, b: (lambda g: g @ b.T, lambda g: a.T @ g)),
    (2, 1): ("ij", "j", "i", lambda a, b: (lambda g: g[:, None] * b, lambda g: g @ a)),
    (1, 2): ("j", "jk", "k", lambda a, b: (lambda g: b @ g, lambda g: a[:, None] * g)),
    (1, 1): ("j", "j", "", lambda a, b: (lambda g: g * b, lambda g: g * a)),
}


@rule(np.matmul)
def _matmul(a, b):
    if type(a) not in KNOWN or type(b) not in KNOWN:
        a, b = given(a, b)
    known = _MATMUL.get((ndim(a), ndim(b)))
    if known:
        of_a, of_b, out, pulls = known
        tape, (u, v) = top(a, b)
        y = np.matmul(u, v)
        pull_a, pull_b = pulls(u, v)
        links = ()
        if type(a) is Traced and a.tape is tape:
            links = ((a.position, Contract(out, of_a, ((v, of_b),), u.shape, pull_a)),)
        if type(b) is Traced and b.tape is tape:
            links += ((b.position, Contract(out, of_b, ((u, of_a),), v.shape, pull_b)),)
        return put(tape, y, links)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        raise ValueError("matmul: a number has no axes to contract; use * instead of @")
    batch = np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2])
    sides = []
    for x, letters in ((a, "yz" if np.ndim(a) > 1 else "z"), (b, "zx" if np.ndim(b) > 1 else "z")):
        own = np.shape(x)[:-2] if np.ndim(x) > 1 else ()
        if own and own != batch:
            x, own = np.broadcast_to(x, batch + np.shape(x)[-2:]), batch
        sides.append((x, LETTERS[:len(own)] + letters))
    out = LETTERS[:len(batch)] + ("y" if np.ndim(a) > 1 else "") + ("x" if np.ndim(b) > 1 else "")
    return contraction(out, sides, np.matmul)


@rule(np.dot)
def _dot(a, b):
    a, b = given(a, b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return _matmul(a, b)
    return np.tensordot(a, b, ([-1], [-2 if np.ndim(b) > 1 else 0]))


@rule(np.inner)
def _inner(a, b):
    a, b = given(a, b)
    return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else np.tensordot(a, b, ([-1], [-1]))


@rule(np.vdot)
def _vdot(a, b):
    return _matmul(np.ravel(a), np.ravel(b))


@rule(np.outer)
def _outer(a, b):
    return contraction("ij", [(np.ravel(a), "i"), (np.ravel(b), "j")], np.outer,
                        lambda a, b: (lambda g: g @ b, lambda g: a @ g))


@rule(np.tensordot)
def _tensordot(a, b, axes=2):
    if isinstance(axes, int):
        axes = (range(np.ndim(a) - axes, np.ndim(a)), range(axes))
    over_a, over_b = ([int(k) % n for k in np.atleast_1d(list(side) if not isinstance(side, int) else side)]
                      for side, n in zip(axes, (np.ndim(a), np.ndim(b)), strict=True))
    of_a = list(LETTERS[:np.ndim(a)])
    of_b = list(LETTERS[np.ndim(a):np.ndim(a) + np.ndim(b)])
    for p, q in zip(over_a, over_b, strict=True):
        of_b[q] = of_a[p]
    out = [x for k, x in enumerate(of_a) if k not in over_a] + [x for k, x in enumerate(of_b) if k not in over_b]
    return contraction("".join(out), [(a, "".join(of_a)), (b, "".join(of_b))],
                        partial(np.tensordot, axes=(over_a, over_b)))


@rule(np.einsum)
def _einsum(pattern, *operands, optimize=False):
    if not isinstance(pattern, str) or "..." in pattern:
        raise UnsupportedError("np.einsum: give the pattern as a string without '...', one letter for each axis")
    inputs, arrow, out = pattern.replace(" ", "").partition("->")
    if not arrow:
        out = "".join(sorted(letter for letter in set(inputs) - {","} if inputs.count(letter) == 1))
    letters = inputs.split(",")
    for x, own in zip(operands, letters, strict=True):
        if len(own) != np.ndim(x):
            raise ValueError(f"einsum: {own!r} names {len(own)} axes, the array has shape {np.shape(x)}")
    return contraction(out, list(zip(operands, letters, strict=True)),
                        lambda *values: np.einsum(f"{inputs}->{out}", *values, optimize=optimize))


@rule(np.vecdot)
def _vecdot(x1, x2):
    np.vecdot(plain(x1), plain(x2))                   # the first to complain about lengths that do not fit
    return np.sum(x1 * x2, axis=-1)


@rule(matrix_power)
def _matrix_power(a, n):
    if n < 0:
        return matrix_power(inv(a), -n)
    return np.eye(np.shape(a)[-1]) * np.ones(np.shape(a)) if n == 0 else a if n == 1 else matrix_power(a, n - 1) @ a


@rule(np.kron)
def _kron(a, b):
    if np.ndim(a) != np.ndim(b) or np.ndim(a) not in (1, 2):
        raise UnsupportedError(f"np.kron of shapes {np.shape(a)} and {np.shape(b)} has no rule; "
                               "use two vectors or two matrices")
    if np.ndim(a) == 1:
        return np.ravel(np.outer(a, b))
    (m, n), (p, q) = np.shape(a), np.shape(b)
    return np.reshape(np.einsum("ij,kl->ikjl", a, b), (m * p, n * q))


@rule(np.convolve)
def _convolve(a, v, mode="full"):
    a, v = (np.reshape(x, (-1,)) if np.ndim(x) == 0 else x for x in given(a, v))
    tape, (x, kernel) = top(a, v)
    if mode == "valid" and len(x) >= len(kernel) and not follows(tape, v):
        return record(tape, np.convolve(x, kernel, mode), [(a, Slide(kernel, np.shape(x), full=False))])
    full = record(tape, np.convolve(x, kernel), [
        (operand, Slide(other, np.shape(own))) for operand, own, other in ((a, x, kernel), (v, kernel, x))
        if follows(tape, operand)])
    long, short = max(len(x), len(kernel)), min(len(x), len(kernel))
    if mode == "full":
        return full
    return full[short - 1:long] if mode == "valid" else full[(short - 1) // 2:(short - 1) // 2 + long]
