"""Sums and other reductions over axes."""

from functools import partial

import numpy as np
from numpy.linalg import norm

from ..asking import RULES
from ..constants import UnsupportedError, constant
from ..leaving import plain
from ..links import Contract
from ..trace import put
from ..traced import Traced
from .common import LETTERS, axes_of, rule


def over_of(axis, ndim):
    """The axes that a reduction goes over, in order. A number has none, and counts as its own axis 0."""
    if ndim == 0 and not isinstance(axis, bool) and axis in (0, -1):
        return ()
    return tuple(sorted(axes_of(axis, ndim)))


def _averaged(axis, a):
    """Refuse axis 0 of a number: NumPy's sums take it, its averages do not."""
    if a.ndim == 0:
        axes_of(axis, 0)


def kept(y, shape, over):
    """The result of a reduction with the reduced axes put back, as axes of length 1."""
    return np.reshape(y, tuple(1 if k in over else n for k, n in enumerate(shape)))


def _reduction(a, axis, keepdims, function, factor):
    """A reduction whose differential is a sum weighted by a factor: an array like a, or a number."""
    tape, value = a.tape, a.value
    shape = value.shape
    letters, out = LETTERS[:len(shape)], ""
    over = tuple(range(len(shape))) if axis is None else over_of(axis, len(shape))
    if len(over) < len(shape):
        out = "".join([x for k, x in enumerate(letters) if k not in over])
    y = function(value, axis=over if out else None)
    weight = factor(value, y if y.ndim == 0 else kept(y, shape, over), over) if factor else 1.0

    def pull(g):
        if type(g) is np.float64 and type(weight) is float:
            same = np.empty(shape)
            same.fill(g * weight)
            return same
        return np.broadcast_to(g if g.ndim == 0 else kept(g, shape, over), shape) * weight
    extra = () if type(weight) is float and weight == 1.0 else ((weight, "" if type(weight) is float else letters),)
    result = put(tape, y, ((a.position, Contract(out, letters, extra, shape, pull)),))
    return kept(result, shape, over) if keepdims else result


def _only(a, where, neutral):
    """The entries that count, a neutral number in place of the others."""
    return a if _everything(where) else np.where(np.broadcast_to(plain(where), np.shape(a)), a, neutral)


def _everything(where):
    return where is True or where is None


def _count(a, axis, where=True, keepdims=False):
    """How many entries go into each result."""
    if _everything(where):
        return float(np.prod([a.shape[k] for k in over_of(axis, a.ndim)], dtype=float))
    return np.sum(np.broadcast_to(plain(where), a.shape), axis, dtype=float, keepdims=keepdims)


@rule(np.sum)
def _sum(a, axis=None, keepdims=False, initial=None, where=True):
    if where is True and initial is None:
        return _reduction(a, axis, keepdims, np.add.reduce, None)
    return np.sum(_only(a, where, 0.0), axis, keepdims=keepdims) + (0.0 if initial is None else initial)


@rule(np.mean)
def _mean(a, axis=None, keepdims=False, where=True):
    _averaged(axis, a)
    if _everything(where):
        return _reduction(a, axis, keepdims, np.mean, lambda x, y, over: 1.0 / float(np.prod(
            [x.shape[k] for k in over])))
    return np.sum(a, axis, keepdims=keepdims, where=where) / _count(a, axis, where, keepdims)


@rule(np.prod)
def _prod(a, axis=None, keepdims=False, initial=None, where=True):
    if not _everything(where) or initial is not None:
        return np.prod(_only(a, where, 1.0), axis, keepdims=keepdims) * (1.0 if initial is None else initial)
    if np.all(plain(a) != 0):
        return _reduction(a, axis, keepdims, np.prod, lambda x, y, over: y / x)
    over = over_of(axis, a.ndim)
    flat = np.reshape(np.moveaxis(a, over, range(len(over))), (-1, *(n for k, n in enumerate(a.shape)
                                                                    if k not in over)))
    y = flat[0]
    for k in range(1, len(flat)):
        y = y * flat[k]
    return kept(y, a.shape, over) if keepdims else y


def _extreme(function, find, among, farthest, a, axis=None, keepdims=False, initial=None, where=True):
    if not _everything(where) and initial is None:
        raise ValueError(f"np.{function.__name__} with where= needs initial=, for the case that nothing is chosen")
    if initial is not None:
        return among(_extreme(function, find, among, farthest, _only(a, where, farthest), axis, keepdims), initial)

    def chosen(x, y, over):
        if len(over) == x.ndim:
            one = np.zeros(x.shape)
            one.flat[find(plain(x))] = 1.0
            return one
        kept_axes = tuple(k for k in range(x.ndim) if k not in over)
        flat = np.transpose(plain(x), kept_axes + over).reshape(*(x.shape[k] for k in kept_axes), -1)
        one = np.zeros(flat.shape)
        np.put_along_axis(one, find(flat, -1)[..., None], 1.0, -1)
        return np.transpose(one.reshape([x.shape[k] for k in kept_axes + over]), np.argsort(kept_axes + over))
    return _reduction(a, axis, keepdims, among.reduce, chosen)


RULES[np.max] = RULES[np.amax] = partial(_extreme, np.max, np.argmax, np.maximum, -np.inf)
RULES[np.min] = RULES[np.amin] = partial(_extreme, np.min, np.argmin, np.minimum, np.inf)


def _spread(a, axis, where, mean):
    """The distances from the mean, over the entries that count."""
    if mean is None:
        mean = np.mean(a, axis, keepdims=True, where=where)
    return _only(a - mean, where, 0.0)


@rule(np.var)
def _var(a, axis=None, ddof=0, keepdims=False, where=True, mean=None, correction=None):
    _averaged(axis, a)
    freedom = _count(a, axis, where, keepdims) - (ddof if correction is None else correction)
    return np.sum(_spread(a, axis, where, mean) ** 2, axis, keepdims=keepdims) / freedom


@rule(np.std)
def _std(a, axis=None, ddof=0, keepdims=False, where=True, mean=None, correction=None):
    _averaged(axis, a)
    count, ddof = _count(a, axis, where, keepdims), ddof if correction is None else correction
    if type(count) is float and count == 1.0 and ddof == 0 and mean is None:
        return np.sum(a * 0.0, axis, keepdims=keepdims)         # one number has no spread, at any point
    freedom = count - ddof
    return _length(_spread(a, axis, where, mean), axis, keepdims) / np.sqrt(freedom)


def _length(x, axis, keepdims):
    return _reduction(x, axis, keepdims, lambda v, axis: np.sqrt(np.sum(v * v, axis=axis)),
                      lambda v, y, over: v / np.where(y == 0, 1.0, y))


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
        y = np.sum(values, -1) if ord == "nuc" else (np.max if ord == 2 else np.min)(values, axis=-1)
    else:
        lines = np.sum(np.abs(matrices), axis=-2 if abs(ord) == 1 else -1)
        y = (np.max if ord > 0 else np.min)(lines, axis=-1)
    return kept(y, x.shape, (rows, columns)) if keepdims else y


@rule(np.linalg.vector_norm)
def _vector_norm(x, axis=None, keepdims=False, ord=2):
    if axis is None or isinstance(axis, tuple):
        over = over_of(axis, x.ndim)
        rest = tuple(n for k, n in enumerate(x.shape) if k not in over)
        y = norm(np.reshape(np.moveaxis(x, over, range(len(over))), (-1, *rest)), ord, axis=0)
        return kept(y, x.shape, over) if keepdims else y
    return norm(x, ord, axis, keepdims)


@rule(np.linalg.matrix_norm)
def _matrix_norm(x, keepdims=False, ord="fro"):
    return norm(x, ord, (-2, -1), keepdims)


@rule(np.average)
def _average(a, axis=None, weights=None, keepdims=False, returned=False):
    if returned:
        raise UnsupportedError("np.average with returned=True has no rule; take np.sum of the weights")
    if weights is None:
        return np.mean(a, axis, keepdims=keepdims)
    if type(weights) is not Traced:
        weights = constant(weights, None)
    np.average(plain(a), axis, plain(weights))          # the first to complain about weights that do not fit
    if np.shape(weights) != np.shape(a):
        over = axes_of(axis, np.ndim(a))
        there = np.transpose(weights, np.argsort(over))
        weights = np.broadcast_to(np.reshape(there, [n if k in over else 1 for k, n in enumerate(np.shape(a))]),
                                  np.shape(a))
    return np.sum(a * weights, axis, keepdims=keepdims) / np.sum(weights, axis, keepdims=keepdims)


@rule(np.median)
def _median(a, axis=None, keepdims=False, overwrite_input=False):
    over = axes_of(axis, a.ndim)
    rest = tuple(n for k, n in enumerate(a.shape) if k not in over)
    ordered = np.sort(np.reshape(np.moveaxis(a, over, range(len(over))), (-1, *rest)), 0)
    middle = len(ordered) // 2
    y = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return kept(y, a.shape, over) if keepdims else y


@rule(np.quantile)
def _quantile(a, q, axis=None, keepdims=False):
    if type(q) is Traced:
        raise UnsupportedError("np.quantile and np.percentile have no derivative rule by the share itself")
    q = np.asarray(q, float)
    over = axes_of(axis, a.ndim)
    rest = tuple(n for k, n in enumerate(a.shape) if k not in over)
    np.quantile(np.zeros(1), q)                         # the first to complain about shares that are none
    ordered = np.sort(np.reshape(np.moveaxis(a, over, range(len(over))), (-1, *rest)), 0)
    place = q * (len(ordered) - 1)
    low = np.clip(np.floor(place).astype(int), 0, max(len(ordered) - 2, 0))
    part = np.reshape(place - low, (*q.shape, *[1] * len(rest)))
    y = ordered[low] * (1 - part) + ordered[np.minimum(low + 1, len(ordered) - 1)] * part
    return np.reshape(y, (*q.shape, *(1 if k in over else n for k, n in enumerate(a.shape)))) if keepdims else y


@rule(np.percentile)
def _percentile(a, q, axis=None, keepdims=False):
    return _quantile(a, q if type(q) is Traced else np.asarray(q, float) / 100, axis, keepdims)


@rule(np.ptp)
def _ptp(a, axis=None, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@rule("logaddexp.reduce")
def _logsumexp(a, axis=0, keepdims=False, initial=None, where=True):
    if not _everything(where):
        return np.logaddexp.reduce(_only(a, where, -np.inf), axis, keepdims=keepdims,
                                   initial=-np.inf if initial is None else initial)
    over = over_of(axis, a.ndim)
    largest = np.max(plain(a), axis=over, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    y = np.log(np.sum(np.exp(a - largest), axis=over, keepdims=True)) + largest
    y = y if keepdims else np.squeeze(y, over)
    return y if initial is None else np.logaddexp(y, initial)
