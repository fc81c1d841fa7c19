"""Products, given by an einsum pattern from which everything follows (X.15, X.19 to X.21)."""

from functools import partial, reduce

import numpy as np
from numpy.linalg import inv, matrix_power, multi_dot

from ..leaving import plain
from ..links import Contract, Slide
from ..trace import doubt, given, pair, put, top
from .common import LETTERS, axes_of, contraction, follows, record, rule

_MATMUL = {     # axes of a, axes of b -> letters and the pull-backs of plain arrays, towards a and towards b
    (2, 2): ("ij", "jk", "ik", lambda b, g: g @ b.T, lambda a, g: a.T @ g),
    (2, 1): ("ij", "j", "i", lambda b, g: g[:, None] * b, lambda a, g: g @ a),
    (1, 2): ("j", "jk", "k", lambda b, g: b @ g, lambda a, g: a[:, None] * g),
    (1, 1): ("j", "j", "", lambda b, g: g * b, lambda a, g: g * a),
}


@rule(np.matmul, np.linalg.matmul)
def _matmul(a, b):
    known = _MATMUL.get((getattr(a, "ndim", None), getattr(b, "ndim", None)))
    if known:
        of_a, of_b, out, towards_a, towards_b = known
        tape, u, v, place_a, place_b = pair(a, b)
        y = u @ v
        if tape.held and (place_a is None or place_b is None):
            doubt(tape, y)
        links = ()
        if place_a is not None:
            links = ((place_a, Contract(out, of_a, ((v, of_b),), u.shape, partial(towards_a, v))),)
        if place_b is not None:
            links += ((place_b, Contract(out, of_b, ((u, of_a),), v.shape, partial(towards_b, u))),)
        return put(tape, y, links)
    a, b = given(a, b)
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
    a, b = given(a, b)
    return _matmul(np.ravel(a), np.ravel(b))


@rule(np.outer, np.linalg.outer)
def _outer(a, b):
    a, b = given(a, b)
    return contraction("ij", [(np.ravel(a), "i"), (np.ravel(b), "j")], np.outer,
                        lambda a, b: (lambda g: g @ b, lambda g: a @ g))


@rule(np.tensordot, np.linalg.tensordot)
def _tensordot(a, b, axes=2):
    a, b = given(a, b)
    counts = np.ndim(a), np.ndim(b)
    if isinstance(axes, bool) or isinstance(axes, int) and not 0 <= axes <= min(counts):
        raise ValueError(f"tensordot: axes={axes!r} of arrays with {counts[0]} and {counts[1]} axes")
    if isinstance(axes, int):
        axes = (range(counts[0] - axes, counts[0]), range(axes))
    over_a, over_b = (axes_of(tuple(side) if np.ndim(side) else (side,), n)
                      for side, n in zip(axes, counts, strict=True))
    if len(over_a) != len(over_b):
        raise ValueError(f"tensordot: {len(over_a)} axes of a and {len(over_b)} of b cannot be summed together")
    of_a, of_b = list(LETTERS[:counts[0]]), list(LETTERS[counts[0]:sum(counts)])
    for p, q in zip(over_a, over_b, strict=True):
        of_b[q] = of_a[p]
    out = [x for k, x in enumerate(of_a) if k not in over_a] + [x for k, x in enumerate(of_b) if k not in over_b]
    return contraction("".join(out), [(a, "".join(of_a)), (b, "".join(of_b))],
                       partial(np.tensordot, axes=(over_a, over_b)))


@rule(np.trace)
def _trace(a, offset=0, axis1=0, axis2=1):
    if (axis1, axis2) != (0, 1) or a.ndim < 2:
        axes_of((axis1, axis2), a.ndim)
    if a.ndim == 2 and offset == 0 and a.shape[0] == a.shape[1]:
        shape, y = a.value.shape, np.trace(a.value)
        if a.tape.held:
            doubt(a.tape, y)
        return put(a.tape, y, ((a.position, Contract("", "ii", (), shape, lambda g: g * np.eye(*shape))),))
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@rule(np.linalg.trace)
def _last_trace(x, offset=0):
    return np.trace(x, offset, -2, -1)


@rule(np.einsum)
def _einsum(*operands, optimize=False):
    inputs, out, operands = letters_of(operands)
    longest = {}
    for x, letters in zip(operands, inputs, strict=True):
        for letter, n in zip(letters, np.shape(x), strict=True):
            longest[letter] = max(n, longest.get(letter, 1))
    pairs = []
    for x, letters in zip(operands, inputs, strict=True):       # an axis of length 1 is a copy along a longer one
        short = tuple(k for k, (letter, n) in enumerate(zip(letters, np.shape(x), strict=True))
                      if n == 1 < longest[letter] and letters.count(letter) == 1)
        pairs.append((np.squeeze(x, short) if short else x,
                      "".join(letter for k, letter in enumerate(letters) if k not in short)))
    pattern = f"{','.join(letters for _, letters in pairs)}->{out}"
    return contraction(out, pairs, lambda *values: np.einsum(pattern, *values, optimize=optimize))


def letters_of(operands, gate=given):
    """An einsum's input letters, output letters and arrays, with letters in place of dots and numbers."""
    if not isinstance(operands[0], str):                        # array, axes, array, axes, ..., axes of the output
        named = ["".join("..." if k is Ellipsis else LETTERS[k] for k in axes) for axes in operands[1::2]]
        arrays = operands[0::2]
        if len(operands) % 2:
            named.append("".join("..." if k is Ellipsis else LETTERS[k] for k in operands[-1]))
            arrays = operands[:-1:2]
        operands = (",".join(named[:len(arrays)]) + "".join("->" + out for out in named[len(arrays):]), *arrays)
    inputs, arrow, out = operands[0].replace(" ", "").partition("->")
    letters, arrays = inputs.split(","), gate(*operands[1:])
    if len(letters) != len(arrays):
        raise ValueError(f"einsum: the pattern {operands[0]!r} names {len(letters)} arrays, there are {len(arrays)}")
    free = [letter for letter in LETTERS if letter not in operands[0]]
    counts = [np.ndim(x) - len(own.replace("...", "")) for x, own in zip(arrays, letters, strict=True)]
    for x, own, count in zip(arrays, letters, counts, strict=True):
        if count < 0 or count and "..." not in own or own.count(".") != 3 * own.count("..."):
            raise ValueError(f"einsum: {own!r} names {len(own.replace('...', ''))} axes, "
                             f"the array has shape {np.shape(x)}")
    dots = free[:max(counts)]
    letters = [own.replace("...", "".join(dots[len(dots) - k:])) for own, k in zip(letters, counts, strict=True)]
    if not arrow:
        out = "..." + "".join(sorted(x for x in set(inputs) - set(",.") if inputs.count(x) == 1))
    elif dots and "..." not in out:
        raise ValueError(f"einsum: {operands[0]!r} has '...' on the left only; write them on the right too")
    return letters, out.replace("...", "".join(dots)), arrays


@rule(np.vecdot, np.linalg.vecdot)
def _vecdot(x1, x2, axis=-1):
    x1, x2 = given(x1, x2)
    np.vecdot(plain(x1), plain(x2), axis=axis)          # the first to complain about lengths that do not fit
    return np.sum(np.moveaxis(x1, axis, -1) * np.moveaxis(x2, axis, -1), axis=-1)


@rule(np.cross)
def _cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    a, b = given(a, b)
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(f"cross has a derivative rule for vectors of 3 entries, these have {a.shape[-1]} and "
                         f"{b.shape[-1]}")
    y = a[..., [1, 2, 0]] * b[..., [2, 0, 1]] - a[..., [2, 0, 1]] * b[..., [1, 2, 0]]
    return np.moveaxis(y, -1, axisc)


@rule(np.linalg.cross)
def _cross_along(x1, x2, axis=-1):
    return _cross(x1, x2, axis=axis)


@rule(matrix_power)
def _matrix_power(a, n):
    if np.ndim(a) < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError(f"matrix_power needs a square matrix, this one has shape {np.shape(a)}")
    if not isinstance(n, int | np.integer) or isinstance(n, bool):
        raise TypeError(f"matrix_power: the power is a whole number, it was {n!r}")
    if n < 0:
        return matrix_power(inv(a), -n)
    if n < 2:
        return a if n else np.eye(a.shape[-1]) * np.ones(a.shape)
    half = matrix_power(a, n // 2)
    return half @ half @ a if n % 2 else half @ half


@rule(multi_dot)
def _multi_dot(arrays):
    return reduce(np.dot, given(*arrays))


@rule(np.kron)
def _kron(a, b):
    a, b = given(a, b)
    count = max(np.ndim(a), np.ndim(b))
    sizes = [(1,) * (count - np.ndim(x)) + np.shape(x) for x in (a, b)]
    first = np.reshape(a, [n for size in sizes[0] for n in (size, 1)])
    second = np.reshape(b, [n for size in sizes[1] for n in (1, size)])
    return np.reshape(first * second, [m * n for m, n in zip(*sizes, strict=True)])


@rule(np.convolve)
def _convolve(a, v, mode="full"):
    if mode not in ("full", "same", "valid"):
        raise ValueError(f'convolve: mode is "full", "same" or "valid", it was {mode!r}')
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
