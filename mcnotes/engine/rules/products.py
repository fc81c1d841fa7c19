"""Products, given by an einsum pattern from which everything follows (X.15, X.19 to X.21), and transposes."""

from functools import partial
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.linalg import inv, matrix_power

from ..core import RULES, UnsupportedError, given, pair, put, record, top
from ..structure import Term, scatter
from . import LETTERS, axes_of, rule


class Contract(tuple):
    """The VJP of a product summed over shared letters, ``mine, others -> out`` as in einsum.

    A tuple: the letters `out` and `mine`; the other operands (or functions that compute them) with their letters; the
    shape of the operand that it leads to; and a faster pull-back, or None.
    """

    __slots__ = ()
    mine = property(itemgetter(1))

    def pull(self, g):
        out, mine, others, shape, plain = self
        if plain is not None:
            return plain(g)
        others = _known(others)
        known = out + "".join(letters for _, letters in others)
        kept = "".join(dict.fromkeys(letter for letter in mine if letter in known))
        inputs = ",".join([out, *(letters for _, letters in others)])
        result = np.einsum(f"{inputs}->{kept}", g, *(array for array, _ in others))
        if kept == mine:
            return result
        order = "".join(dict.fromkeys(mine))
        result = result[tuple([slice(None) if letter in kept and mine.index(letter) == k else None
                               for k, letter in enumerate(mine)])]
        if order == mine:                       # a letter that is nowhere else copies
            return np.broadcast_to(result, shape)
        diagonal = np.zeros(shape, bool)        # a letter that is met again ties
        np.einsum(f"{mine}->{order}", diagonal)[...] = True
        return np.where(diagonal, result, 0.0)

    def pull_structure(self, s):
        out, mine, others, shape, _ = self
        others = _known(others)
        lengths = dict(zip(mine, shape, strict=True))
        for array, letters in others:
            if letters:
                lengths.update(zip(letters, array.shape, strict=True))
        return s.each(shape, lambda term: term.contracted(out, mine, others, lengths))


def _known(others):
    """The other operands; those that were left to be computed, now."""
    if not others or not callable(others[0][0]):
        return others
    return [(array() if callable(array) else array, letters) for array, letters in others]


class Turn(NamedTuple):
    """The VJP of a transposition: axis k of the input is axis ``back[k]`` of the output."""

    back: tuple
    shape: tuple

    def pull(self, g):
        return g.transpose(self.back)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: Term(
            term.factors, [*(term.axes[k] for k in self.back), *term.axes[len(self.back):]], term.sizes))


@rule(np.transpose)
def _transpose(a, axes=None):
    value = a.value
    ndim = value.ndim
    if axes is None:
        return record(a.tape, value.T, [(a, Turn(tuple(range(ndim - 1, -1, -1)), value.shape))])
    order = axes_of(tuple(axes) if isinstance(axes, list | range | np.ndarray) else axes, ndim)
    back = tuple(sorted(range(ndim), key=order.__getitem__))
    return record(a.tape, np.transpose(value, order), [(a, Turn(back, value.shape))])


def _turned(a, function, *places):
    """Transpose as a function of NumPy moves axes: axis k is given the length k, so the shape says where it goes."""
    return np.transpose(a, function(np.zeros(tuple(range(a.ndim))), *places).shape)


def contraction(out, pairs, value, faster=None):
    """Record ``pairs -> out``, pairs of (operand, letters); `faster` may give faster pull-backs by operand."""
    pairs = list(zip(given(*(x for x, _ in pairs)), (letters for _, letters in pairs), strict=True))
    tape, values = top(*(x for x, _ in pairs))
    y = value(*values)          # the first to complain about shapes that do not fit
    values = [v if hasattr(v, "shape") else np.asarray(v) for v in values]      # numbers have shapes too
    pulls = faster(*values) if faster else [None] * len(pairs)
    return record(tape, y, [
        (x, Contract((out, letters, [(v, own) for j, (v, (_, own)) in enumerate(zip(values, pairs, strict=True))
                                     if j != k], values[k].shape, pulls[k])))
        for k, (x, letters) in enumerate(pairs)])


_MATMUL = {     # axes of a, axes of b -> letters and the pull-backs for a scalar result, towards a and towards b
    (2, 2): ("ij", "jk", "ik", lambda b, g: g @ b.T, lambda a, g: a.T @ g),
    (2, 1): ("ij", "j", "i", lambda b, g: np.outer(g, b), lambda a, g: a.T @ g),
    (1, 2): ("j", "jk", "k", lambda b, g: b @ g, lambda a, g: np.outer(a, g)),
    (1, 1): ("j", "j", "", lambda b, g: g * b, lambda a, g: g * a),
}


@rule(np.matmul)
def _matmul(a, b):
    tape, u, place_a, v, place_b = pair(a, b)
    known = _MATMUL.get((getattr(u, "ndim", 0), getattr(v, "ndim", 0)))
    if known and (place_a is not None or place_b is not None):
        of_a, of_b, out, towards_a, towards_b = known
        vjps = ()
        if place_a is not None:
            vjps = ((place_a, Contract((out, of_a, ((v, of_b),), u.shape, partial(towards_a, v)))),)
        if place_b is not None:
            vjps += ((place_b, Contract((out, of_b, ((u, of_a),), v.shape, partial(towards_b, u)))),)
        return put(tape, u @ v, vjps)
    a, b = given(a, b)
    batch = np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2])
    sides = []
    for x, letters in ((a, "yz"), (b, "zx")):
        own = np.shape(x)[:-2]
        if own and own != batch:
            x, own = np.broadcast_to(x, batch + np.shape(x)[-2:]), batch
        sides.append((x, LETTERS[:len(own)] + letters if np.ndim(x) > 1 else "z"))
    out = LETTERS[:len(batch)] + "y" * (np.ndim(a) > 1) + "x" * (np.ndim(b) > 1)
    return contraction(out, sides, np.matmul)


@rule(np.dot)
def _dot(a, b):
    a, b = given(a, b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return _matmul(a, b)
    return np.tensordot(a, b, ([-1], [-2 if np.ndim(b) > 1 else 0]))


@rule(np.outer)
def _outer(a, b):
    a, b = given(a, b)
    return contraction("ij", [(np.ravel(a), "i"), (np.ravel(b), "j")], np.outer,
                       lambda a, b: (lambda g: g @ b, lambda g: g.T @ a))


@rule(np.tensordot)
def _tensordot(a, b, axes=2):
    a, b = given(a, b)
    counts = np.ndim(a), np.ndim(b)
    if isinstance(axes, int):
        axes = (range(counts[0] - axes, counts[0]), range(axes))
    over_a, over_b = (axes_of(tuple(side) if np.ndim(side) else (side,), n)
                      for side, n in zip(axes, counts, strict=True))
    of_a, of_b = list(LETTERS[:counts[0]]), list(LETTERS[counts[0]:sum(counts)])
    for p, q in zip(over_a, over_b, strict=True):
        of_b[q] = of_a[p]
    out = [x for k, x in enumerate(of_a) if k not in over_a] + [x for k, x in enumerate(of_b) if k not in over_b]
    return contraction("".join(out), [(a, "".join(of_a)), (b, "".join(of_b))],
                       partial(np.tensordot, axes=(list(over_a), list(over_b))))


@rule(np.trace)
def _trace(a, offset=0, axis1=0, axis2=1):
    value = a.value
    shape = value.shape
    if len(shape) == 2 and offset == 0 and shape[0] == shape[1]:
        return put(a.tape, value.trace(), (
            (a.position, Contract(("", "ii", (), shape, lambda g: g * np.eye(shape[0])))),))
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@rule(np.einsum)
def _einsum(subscripts, *operands, optimize=False):
    if not isinstance(subscripts, str) or "." in subscripts:
        raise UnsupportedError("np.einsum has a derivative rule for letters only: np.einsum('ij,j->i', A, x)")
    operands = given(*operands)
    inputs, arrow, out = subscripts.replace(" ", "").partition("->")
    if not arrow:
        out = "".join(sorted(x for x in set(inputs) - {","} if inputs.count(x) == 1))
    pairs, lengths = list(zip(operands, inputs.split(","), strict=True)), {}
    for x, letters in pairs:
        for letter, n in zip(letters, np.shape(x), strict=True):
            if lengths.setdefault(letter, n) != n:
                raise UnsupportedError(f"np.einsum({subscripts!r}): {letter} runs over {lengths[letter]} and over {n}, "
                                       "and a copy along a letter has no derivative rule; use np.broadcast_to")
    pattern = f"{inputs}->{out}"
    return contraction(out, pairs, lambda *values: np.einsum(pattern, *values, optimize=optimize))


@rule(matrix_power)
def _matrix_power(a, n):
    if n < 0:
        return matrix_power(inv(a), -n)
    if n < 2:
        return a if n else np.eye(a.shape[-1]) * np.ones(a.shape)
    half = matrix_power(a, n // 2)
    return half @ half @ a if n % 2 else half @ half


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
    """All products of an entry and a weight, added up where they meet; or, inside, the windows times the weights."""
    a, v = (np.reshape(x, (-1,)) if np.ndim(x) == 0 else x for x in given(a, v))
    a, v = (a, v) if len(a) >= len(v) else (v, a)
    long, short = len(a), len(v)
    if mode == "valid":
        return np.take(a, np.add.outer(np.arange(long - short + 1), np.arange(short)[::-1])) @ v
    full = scatter(np.outer(a, v), np.add.outer(np.arange(long), np.arange(short)), (long + short - 1,), False)
    return full if mode == "full" else full[(short - 1) // 2:(short - 1) // 2 + long]


#: Compositions of other rules, written in NumPy.
RULES.update({
    np.swapaxes: lambda a, axis1, axis2: _turned(a, np.swapaxes, axis1, axis2),
    np.moveaxis: lambda a, source, destination: _turned(a, np.moveaxis, source, destination),
    np.matrix_transpose: lambda x: np.swapaxes(x, -1, -2),
    np.vdot: lambda a, b: _matmul(*map(np.ravel, given(a, b))),
})
