"""Sums and other reductions over axes, and what is counted along an axis."""

import numpy as np
from numpy.linalg import norm

from ..core import RULES, General, UnsupportedError, put, record
from . import LETTERS, axes_of, rule
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
    value = a.value
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
    result = put(a.tape, y, ((a.position, Contract((out, letters, others, shape, pull))),))
    return kept(result, shape, over) if keepdims else result


def _count(a, axis):
    """How many entries go into each result."""
    return float(np.prod([a.shape[k] for k in over_of(axis, a.ndim)], dtype=float))


def _joined(x, over):
    """An array with the axes that a reduction goes over joined to one, the first."""
    rest, front = tuple(n for k, n in enumerate(x.shape) if k not in over), tuple(range(len(over)))
    return np.reshape(x if over == front else np.moveaxis(x, over, front), (-1, *rest))


def _apart(y, shape, over):
    """The opposite of `_joined`: the first axis becomes several again, each at its place."""
    rest, front = tuple(n for k, n in enumerate(shape) if k not in over), tuple(range(len(over)))
    y = np.reshape(y, (*(shape[k] for k in over), *rest))
    return y if over == front else np.moveaxis(y, front, over)


def _others(x, y, over):
    """For each entry the product of the others, also where some are 0."""
    flat = _joined(x, over)
    one = np.ones((1, *flat.shape[1:]))
    before = np.concatenate([one, np.cumprod(flat[:-1], axis=0)], axis=0)
    after = np.concatenate([one, np.cumprod(flat[:0:-1], axis=0)], axis=0)[::-1]
    return _apart(before * after, x.shape, over)


def _chosen(find, x, over):
    """1 for the first entry that is the largest, 0 for the others."""
    if len(over) == x.ndim:
        return np.reshape(np.equal(np.arange(x.size), find(x)).astype(float), x.shape)
    flat = _joined(x, over)
    places = np.reshape(np.arange(flat.shape[0]), (-1, *[1] * (flat.ndim - 1)))
    return _apart(np.equal(find(flat, axis=0), places).astype(float), x.shape, over)


def _reducing(function, weight=None):
    return lambda a, axis=None, keepdims=False: _reduction(a, axis, keepdims, function, weight)


RULES[np.sum] = _reducing(np.add.reduce)
RULES[np.prod] = _reducing(np.prod, _others)
RULES[np.max] = RULES[np.amax] = _reducing(np.maximum.reduce, lambda x, y, over: _chosen(np.argmax, x, over))
RULES[np.min] = RULES[np.amin] = _reducing(np.minimum.reduce, lambda x, y, over: _chosen(np.argmin, x, over))
RULES["logaddexp.reduce"] = _reducing(np.logaddexp.reduce, lambda x, y, over: np.exp(x - y))


@rule(np.mean)
def _mean(a, axis=None, keepdims=False):
    return _reduction(a, axis, keepdims, np.mean, 1.0 / _count(a, axis))


@rule(np.ptp)
def _ptp(a, axis=None, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@rule(np.var)
def _var(a, axis=None, ddof=0, keepdims=False):
    distances = a - np.mean(a, axis, keepdims=True)
    return np.sum(distances ** 2, axis, keepdims=keepdims) / (_count(a, axis) - ddof)


@rule(np.std)
def _std(a, axis=None, ddof=0, keepdims=False):
    count = _count(a, axis)
    if count == 1.0 and ddof == 0:
        return np.sum(a * 0.0, axis, keepdims=keepdims)         # one number has no spread, at any point
    return _length(a - np.mean(a, axis, keepdims=True), axis, keepdims) / np.sqrt(count - ddof)


def _length(x, axis, keepdims):
    return _reduction(x, axis, keepdims, lambda v, axis: np.sqrt(np.sum(v * v, axis=axis)),
                      lambda v, y, over: v / np.where(np.equal(y, 0.0), 1.0, y))


@rule(norm)
def _norm(x, ord=None, axis=None, keepdims=False):
    axes = (x.ndim if ord is not None else 1) if axis is None else len(axes_of(axis, x.ndim))
    if ord is None and axes in (1, 2) or axes == 1 and ord == 2 or axes == 2 and ord == "fro":
        return _length(x, axis, keepdims)
    if axes != 1 or not isinstance(ord, int | float) or ord == 0:
        raise UnsupportedError(f"np.linalg.norm with ord={ord!r} and axis={axis!r} on shape {np.shape(x)} has no "
                               "derivative rule; over one axis any number but 0 has one, over two None and 'fro'")
    size = np.abs(x)
    if np.isinf(ord):
        return (np.max if ord > 0 else np.min)(size, axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return np.sum(size ** ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)


@rule(np.median)
def _median(a, axis=None, keepdims=False):
    over = axes_of(axis, a.ndim)
    ordered = np.sort(_joined(a, over), 0)
    middle = len(ordered) // 2
    y = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return kept(y, a.shape, over) if keepdims else y


# Along an axis ----------------------------------------------------------------------------------------------

def in_line(a, axis):
    """An array and the axis to count along, as a number from 0; without an axis, all entries one after the other."""
    if axis is None or a.ndim == 0:
        a, axis = np.ravel(a), 0 if axis is None else axis
    return a, axes_of(axis, a.ndim)[0]


@rule(np.cumsum)
def _cumsum(a, axis=None):
    a, axis = in_line(a, axis)
    back = (slice(None),) * axis + (slice(None, None, -1),)

    def pull(g):
        return np.cumsum(g[back], axis=axis)[back]
    y = np.cumsum(a.value, axis=axis) if a.ndim > 1 else np.cumsum(a.value)
    return record(a.tape, y, [(a, General(pull, a.shape, a.shape))])


@rule(np.cumprod)
def _cumprod(a, axis=None):
    a, axis = in_line(a, axis)
    parts = []
    for entries in np.moveaxis(a, axis, 0):
        parts.append(parts[-1] * entries if parts else entries)
    return np.stack(parts, axis) if parts else a


@rule(np.diff)
def _diff(a, n=1, axis=-1):
    before = (slice(None),) * axes_of(axis, a.ndim)[0]
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a
