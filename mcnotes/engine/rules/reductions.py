"""Sums and other reductions over axes, and what is counted along an axis."""

import numpy as np
from numpy.linalg import norm

from ..core import RULES, General, UnsupportedError, given, put, record, top
from . import LETTERS, axes_of, index_of, rule
from .products import Contract


def over_of(axis, ndim):
    """The axes that a reduction goes over, in order. A number has none, and counts as its own axis 0."""
    if ndim == 0 and not isinstance(axis, bool) and axis in (0, -1):
        return ()
    return tuple(sorted(axes_of(axis, ndim)))


def kept(y, shape, over):
    """The result of a reduction with the reduced axes put back, as axes of length 1."""
    return np.reshape(y, tuple([1 if k in over else n for k, n in enumerate(shape)]))


def _reduction(a, axis, keepdims, function, weight=None):
    """A reduction whose differential is a sum weighted by a number, or by what `weight` makes of entries and result."""
    tape, value = a.tape, a.value
    shape = value.shape
    letters, out, over = LETTERS[:len(shape)], "", None
    if axis is not None:
        over = over_of(axis, len(shape))
        out = "".join([x for k, x in enumerate(letters) if k not in over])
    y = function(value, axis=over if out else None)
    over = tuple(range(len(shape))) if over is None else over
    number = type(weight) is float

    def local():
        return weight(value, y if y.ndim == 0 else kept(y, shape, over), over)

    def pull(g):
        if type(g) is np.float64 and (weight is None or number):
            same = np.empty(shape)
            same.fill(g * weight if number else g)
            return same
        g = np.broadcast_to(g if g.ndim == 0 else kept(g, shape, over), shape)
        return g if weight is None else g * (weight if number else local())
    others = () if weight is None else ((weight, ""),) if number else ((local, letters),)
    result = put(tape, y, ((a.position, Contract((out, letters, others, shape, pull))),))
    return kept(result, shape, over) if keepdims else result


def _only(a, where, neutral):
    """The entries that count, a neutral number in place of the others."""
    return a if where is True else np.where(np.broadcast_to(where, np.shape(a)), a, neutral)


def _count(a, axis, where=True, keepdims=False):
    """How many entries go into each result."""
    if where is True:
        return float(np.prod([a.shape[k] for k in over_of(axis, a.ndim)], dtype=float))
    return np.sum(np.broadcast_to(where, a.shape) * 1.0, axis, keepdims=keepdims)


@rule(np.sum)
def _sum(a, axis=None, keepdims=False, initial=None, where=True):
    if where is True and initial is None:
        return _reduction(a, axis, keepdims, np.add.reduce)
    return np.sum(_only(a, where, 0.0), axis, keepdims=keepdims) + (0.0 if initial is None else initial)


@rule(np.mean)
def _mean(a, axis=None, keepdims=False, where=True):
    count = _count(a, axis, where, keepdims)
    if where is True:
        return _reduction(a, axis, keepdims, np.mean, 1.0 / count)
    return np.sum(a, axis, keepdims=keepdims, where=where) / count


def _first(x, over):
    """An array with the axes that a reduction goes over joined to one, the first."""
    rest = tuple(n for k, n in enumerate(x.shape) if k not in over)
    return np.reshape(np.moveaxis(x, over, range(len(over))), (-1, *rest))


def _others(x, y, over):
    """For each entry the product of the others, also where some are 0."""
    flat = _first(x, over)
    one = np.ones((1, *flat.shape[1:]))
    before = np.concatenate([one, np.cumprod(flat[:-1], axis=0)], axis=0)
    after = np.concatenate([one, np.cumprod(flat[:0:-1], axis=0)], axis=0)[::-1]
    sizes = [x.shape[k] for k in over] + [n for k, n in enumerate(x.shape) if k not in over]
    return np.moveaxis(np.reshape(before * after, sizes), range(len(over)), over)


@rule(np.prod)
def _prod(a, axis=None, keepdims=False, initial=None, where=True):
    if where is not True or initial is not None:
        return np.prod(_only(a, where, 1.0), axis, keepdims=keepdims) * (1.0 if initial is None else initial)
    return _reduction(a, axis, keepdims, np.prod, _others)


def _extreme(find, among, farthest):
    def chosen(x, y, over):
        """1 for the first entry that is the largest, 0 for the others."""
        if len(over) == 1:
            at, places = np.argmax(x, axis=over[0], keepdims=True) if find is np.argmax else np.argmin(
                x, axis=over[0], keepdims=True), np.arange(x.shape[over[0]])
            return np.equal(at, np.reshape(places, [-1 if k == over[0] else 1 for k in range(x.ndim)])).astype(float)
        if len(over) == x.ndim:
            return np.equal(find(x), np.reshape(np.arange(x.size), x.shape)).astype(float)
        flat = _first(x, over)
        one = np.equal(find(flat, axis=0, keepdims=True), np.reshape(
            np.arange(flat.shape[0]), (-1,) + (1,) * (flat.ndim - 1))).astype(float)
        sizes = [x.shape[k] for k in over] + [n for k, n in enumerate(x.shape) if k not in over]
        return np.moveaxis(np.reshape(one, sizes), range(len(over)), over)

    def apply(a, axis=None, keepdims=False, initial=None, where=True):
        if initial is not None:
            return among(apply(_only(a, where, farthest), axis, keepdims), initial)
        return _reduction(a, axis, keepdims, among.reduce, chosen)
    return apply


RULES[np.max] = RULES[np.amax] = _extreme(np.argmax, np.maximum, -np.inf)
RULES[np.min] = RULES[np.amin] = _extreme(np.argmin, np.minimum, np.inf)


@rule(np.ptp)
def _ptp(a, axis=None, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


def _spread(a, axis, where, mean):
    """The distances from the mean, over the entries that count."""
    if mean is None:
        mean = np.mean(a, axis, keepdims=True, where=where)
    return _only(a - mean, where, 0.0)


@rule(np.var)
def _var(a, axis=None, ddof=0, keepdims=False, where=True, mean=None, correction=None):
    freedom = _count(a, axis, where, keepdims) - (ddof if correction is None else correction)
    return np.sum(_spread(a, axis, where, mean) ** 2, axis, keepdims=keepdims) / freedom


@rule(np.std)
def _std(a, axis=None, ddof=0, keepdims=False, where=True, mean=None, correction=None):
    count, ddof = _count(a, axis, where, keepdims), ddof if correction is None else correction
    if type(count) is float and count == 1.0 and ddof == 0 and mean is None:
        return np.sum(a * 0.0, axis, keepdims=keepdims)         # one number has no spread, at any point
    return _length(_spread(a, axis, where, mean), axis, keepdims) / np.sqrt(count - ddof)


def _length(x, axis, keepdims):
    return _reduction(x, axis, keepdims, lambda v, axis: np.sqrt(np.sum(v * v, axis=axis)),
                      lambda v, y, over: v / np.where(np.equal(y, 0.0), 1.0, y))


@rule(norm)
def _norm(x, ord=None, axis=None, keepdims=False):
    axes = (x.ndim if ord is not None else 1) if axis is None else len(axes_of(axis, x.ndim))
    if ord is None and (axis is None or axes in (1, 2)) or axes == 1 and ord == 2 or axes == 2 and ord == "fro":
        return _length(x, axis, keepdims)
    if axes == 1 and isinstance(ord, int | float) and ord != 0:
        size = np.abs(x)
        if np.isinf(ord):
            return (np.max if ord > 0 else np.min)(size, axis=axis, keepdims=keepdims)
        if ord == 1:
            return np.sum(size, axis=axis, keepdims=keepdims)
        return np.sum(size ** ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)
    if axes != 2 or ord not in (1, -1, 2, -2, np.inf, -np.inf, "nuc"):
        raise UnsupportedError(f"np.linalg.norm with ord={ord!r} and axis={axis!r} on shape {np.shape(x)} has no "
                               "derivative rule; over one axis any number but 0 has one, over two 'fro', 'nuc', "
                               "1, 2, inf and their opposites")
    rows, columns = (0, 1) if axis is None else axes_of(axis, x.ndim)
    matrices = np.moveaxis(x, (rows, columns), (-2, -1))
    if ord in (2, -2, "nuc"):
        values = np.linalg.svdvals(matrices)
        y = np.sum(values, -1) if ord == "nuc" else values[..., 0 if ord == 2 else -1]
    else:
        lines = np.sum(np.abs(matrices), axis=-2 if abs(ord) == 1 else -1)
        y = (np.max if ord > 0 else np.min)(lines, axis=-1)
    return kept(y, x.shape, (rows, columns)) if keepdims else y


@rule(np.linalg.vector_norm)
def _vector_norm(x, axis=None, keepdims=False, ord=2):
    if axis is None or isinstance(axis, tuple):
        over = over_of(axis, x.ndim)
        y = norm(_first(x, over), ord, axis=0)
        return kept(y, x.shape, over) if keepdims else y
    return norm(x, ord, axis, keepdims)


@rule(np.average)
def _average(a, axis=None, weights=None, keepdims=False):
    if weights is None:
        return np.mean(a, axis, keepdims=keepdims)
    a, weights = given(a, weights)
    if np.shape(weights) != np.shape(a):
        over = axes_of(axis, np.ndim(a))
        there = np.transpose(weights, np.argsort(over))
        weights = np.broadcast_to(np.reshape(there, [n if k in over else 1 for k, n in enumerate(np.shape(a))]),
                                  np.shape(a))
    return np.sum(a * weights, axis, keepdims=keepdims) / np.sum(weights, axis, keepdims=keepdims)


@rule(np.median)
def _median(a, axis=None, keepdims=False, overwrite_input=False):
    over = axes_of(axis, a.ndim)
    ordered = np.sort(_first(a, over), 0)
    middle = len(ordered) // 2
    y = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return kept(y, a.shape, over) if keepdims else y


@rule("logaddexp.reduce")
def _logsumexp(array, axis=0, keepdims=False, initial=None, where=True):
    a = array
    if where is not True:
        return _logsumexp(_only(a, where, -np.inf), axis, keepdims, -np.inf if initial is None else initial)
    over = over_of(axis, a.ndim)
    y = _reduction(a, over, keepdims, lambda v, axis: np.logaddexp.reduce(v, axis=over),
                   lambda v, y, over: np.exp(v - np.where(np.isfinite(y), y, 0.0)))
    return y if initial is None else np.logaddexp(y, initial)


# Along an axis ----------------------------------------------------------------------------------------------

def _in_line(a, axis):
    """An array and the axis to count along, as a number from 0; without an axis, all entries one after the other."""
    if axis is None or a.ndim == 0:
        a, axis = np.ravel(a), 0 if axis is None else axis
    return a, index_of(axis, a.ndim)


@rule(np.cumsum)
def _cumsum(a, axis=None):
    a, axis = _in_line(a, axis)
    tape, (value,) = top(a)
    back = (slice(None),) * axis + (slice(None, None, -1),)

    def pull(g):
        return np.cumsum(g[back], axis=axis)[back]
    return record(tape, np.cumsum(value, axis=axis) if value.ndim > 1 else np.cumsum(value),
                  [(a, General(pull, value.shape, value.shape))])


@rule(np.cumprod)
def _cumprod(a, axis=None):
    a, axis = _in_line(a, axis)
    parts = []
    for entries in np.moveaxis(a, axis, 0):
        parts.append(parts[-1] * entries if parts else entries)
    return np.stack(parts, axis) if parts else a


@rule(np.diff)
def _diff(a, n=1, axis=-1, prepend=None, append=None):
    a = given(a)[0]
    axis = index_of(axis, np.ndim(a))
    edge = [1 if k == axis else n for k, n in enumerate(np.shape(a))]
    ends = [None if x is None else np.broadcast_to(x, edge) if np.ndim(x) == 0 else x for x in (prepend, append)]
    if prepend is not None or append is not None:
        a = np.concatenate([x for x in (ends[0], a, ends[1]) if x is not None], axis)
    key = (slice(None),) * axis
    for _ in range(n):
        a = a[(*key, slice(1, None))] - a[(*key, slice(None, -1))]
    return a


@rule(np.linspace)
def _linspace(start, stop, num=50, endpoint=True, axis=0):
    start, stop = given(start, stop)
    parts = np.linspace(0.0, 1.0, num, endpoint)
    difference = stop - start
    y = start + difference * np.reshape(parts, (num, *[1] * np.ndim(difference)))
    return np.moveaxis(y, 0, axis) if axis != 0 else y


#: Compositions of other rules, written in NumPy.
RULES.update({
    np.linalg.matrix_norm: lambda x, keepdims=False, ord="fro": norm(x, ord, (-2, -1), keepdims),
})
