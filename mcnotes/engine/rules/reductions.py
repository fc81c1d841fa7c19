"""Sums and other reductions over axes, and what counts along one: cumulated sums, differences."""

from functools import partial

import numpy as np
from numpy.linalg import norm

from ..links import Contract, General
from ..trace import RULES, UnsupportedError, put, top
from .common import LETTERS, contraction, plain, record, rule


def _axes(axis, ndim):
    axis = range(ndim) if axis is None else (axis,) if isinstance(axis, int | np.integer) else axis
    return tuple(sorted(int(k) % ndim for k in axis)) if ndim else ()


def _kept(y, shape, over):
    """The result of a reduction with the reduced axes put back, as axes of length 1."""
    return np.reshape(y, tuple(1 if k in over else n for k, n in enumerate(shape)))


def _reduction(a, axis, keepdims, function, factor):
    """A reduction whose differential is a sum weighted by a factor: an array like a, or a number."""
    tape, value = a.tape, a.value
    shape = value.shape
    letters = LETTERS[:len(shape)]
    if axis is None:
        over, out = tuple(range(len(shape))), ""
    else:
        over = _axes(axis, len(shape))
        out = "".join([x for k, x in enumerate(letters) if k not in over])
    y = function(value, axis=None if out == "" else over)
    weight = factor(value, y if y.ndim == 0 else _kept(y, shape, over), over)

    def pull(g):
        if type(g) is np.float64 and type(weight) is float:
            return np.full(shape, g * weight)
        return np.broadcast_to(g if g.ndim == 0 else _kept(g, shape, over), shape) * weight
    extra = () if type(weight) is float and weight == 1.0 else ((weight, "" if type(weight) is float else letters),)
    result = put(tape, y, ((a.position, Contract(out, letters, extra, shape, pull)),))
    return _kept(result, shape, over) if keepdims else result


@rule(np.sum)
def _sum(a, axis=None, keepdims=False):
    return _reduction(a, axis, keepdims, np.add.reduce, lambda x, y, over: 1.0)


@rule(np.mean)
def _mean(a, axis=None, keepdims=False):
    return _reduction(a, axis, keepdims, np.mean, lambda x, y, over: 1.0 / float(np.prod([x.shape[k] for k in over])))


@rule(np.prod)
def _prod(a, axis=None, keepdims=False):
    if np.all(plain(a) != 0):
        return _reduction(a, axis, keepdims, np.prod, lambda x, y, over: y / x)
    over = _axes(axis, a.ndim)
    flat = np.reshape(np.moveaxis(a, over, range(len(over))), (-1, *(n for k, n in enumerate(a.shape)
                                                                    if k not in over)))
    y = flat[0]
    for k in range(1, len(flat)):
        y = y * flat[k]
    return _kept(y, a.shape, over) if keepdims else y


@rule(norm)
def _norm(x, ord=None, axis=None, keepdims=False):
    axes = np.ndim(x) if axis is None else len(_axes(axis, np.ndim(x)))
    if ord not in (None, *({1: (1, 2, np.inf), 2: ("fro",)}.get(axes, ()))):
        raise UnsupportedError(f"np.linalg.norm with ord={ord!r} and axis={axis!r} on shape {np.shape(x)} has no "
                               'derivative rule; ord=None, 1, 2 or inf over one axis, and "fro" over two, have one')
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    return _reduction(x, axis, keepdims, lambda v, axis: np.sqrt(np.sum(v * v, axis=axis)),
                      lambda v, y, over: v / np.where(y == 0, 1.0, y))


@rule(np.trace)
def _trace(a, offset=0, axis1=0, axis2=1):
    if a.ndim == 2 and offset == 0:
        return contraction("", [(a, "ii")], np.trace, lambda v: (lambda g: g * np.eye(*v.shape),)) \
            if a.shape[0] == a.shape[1] else np.sum(np.diagonal(a))
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


def _extreme(function, find, a, axis=None, keepdims=False):
    def chosen(x, y, over):
        kept = tuple(k for k in range(x.ndim) if k not in over)
        flat = np.transpose(plain(x), kept + over).reshape(*(x.shape[k] for k in kept), -1)
        one = np.zeros(flat.shape)
        np.put_along_axis(one, find(flat, -1)[..., None], 1.0, -1)
        return np.transpose(one.reshape([x.shape[k] for k in kept + over]), np.argsort(kept + over))
    return _reduction(a, axis, keepdims, function, chosen)


RULES[np.max] = partial(_extreme, np.max, np.argmax)
RULES[np.min] = partial(_extreme, np.min, np.argmin)


@rule(np.var)
def _var(a, axis=None, ddof=0, keepdims=False):
    count = np.prod([a.shape[k] for k in _axes(axis, a.ndim)])
    return np.sum((a - np.mean(a, axis, keepdims=True)) ** 2, axis, keepdims=keepdims) / (count - ddof)


@rule(np.std)
def _std(a, axis=None, ddof=0, keepdims=False):
    count = np.prod([a.shape[k] for k in _axes(axis, a.ndim)])
    return norm(a - np.mean(a, axis, keepdims=True), axis=axis, keepdims=keepdims) / np.sqrt(count - ddof)


def _lengths(a, over):
    """The shape that has the lengths of a on some axes, and 1 on the others."""
    return tuple(n if k in over else 1 for k, n in enumerate(np.shape(a)))


@rule(np.average)
def _average(a, axis=None, weights=None, keepdims=False):
    if weights is None:
        return np.mean(a, axis, keepdims=keepdims)
    np.average(plain(a), axis, plain(weights))        # the first to complain about weights that do not fit
    if np.shape(weights) != np.shape(a):
        over = [int(k) % np.ndim(a) for k in np.atleast_1d(axis)]
        there = np.reshape(np.transpose(weights, np.argsort(over)), _lengths(a, over))
        weights = there * np.ones(np.shape(a))
    return np.sum(a * weights, axis, keepdims=keepdims) / np.sum(weights, axis, keepdims=keepdims)


@rule(np.median)
def _median(a, axis=None, keepdims=False):
    if axis is None:
        y = _median(np.ravel(a), 0)
        return _kept(y, a.shape, range(a.ndim)) if keepdims else y
    ordered, middle = np.moveaxis(np.sort(a, axis), axis, 0), a.shape[axis] // 2
    y = ordered[middle] if a.shape[axis] % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return np.expand_dims(y, axis) if keepdims else y


@rule(np.ptp)
def _ptp(a, axis=None, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@rule("logaddexp.reduce")
def _logsumexp(a, axis=0, keepdims=False):
    top = np.max(plain(a), axis=axis, keepdims=True)
    y = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return y if keepdims else np.squeeze(y, axis if axis is None or np.ndim(a) else ())


@rule(np.diff)
def _diff(a, n=1, axis=-1):
    for _ in range(n):
        key = (slice(None),) * (axis % a.ndim)
        a = a[(*key, slice(1, None))] - a[(*key, slice(None, -1))]
    return a


@rule(np.cumsum)
def _cumsum(a, axis=None):
    if axis is None or np.ndim(a) == 0:
        return _cumsum(np.ravel(a), 0)
    tape, (value,) = top(a)
    back = axis % np.ndim(value) - np.ndim(value)

    def pull(g):
        return np.flip(np.cumsum(np.flip(g, back), back), back)
    return record(tape, np.cumsum(value, axis), [(a, General(pull, np.shape(value), np.shape(value)))])
