"""Moves of entries within one array: indexing, other shapes, other orders."""

from functools import partial

import numpy as np

from ..links import Along, Gather, General, Move, Reshape, Scale, Turn
from ..structure import scatter
from ..trace import RULES, UnsupportedError, put, top
from .common import plain, record, rule


@rule(np.transpose)
def _transpose(a, axes=None):
    tape, (value,) = top(a)
    axes = tuple(range(a.ndim - 1, -1, -1)) if axes is None else tuple(int(k) % a.ndim for k in axes)
    return record(tape, np.transpose(value, axes), [(a, Turn(axes, value.shape))])


@rule(np.swapaxes)
def _swapaxes(a, axis1, axis2):
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return np.transpose(a, order)


@rule(np.moveaxis)
def _moveaxis(a, source, destination):
    source, destination = (list(np.atleast_1d(list(s) if not isinstance(s, int) else s) % a.ndim)
                           for s in (source, destination))
    order = [k for k in range(a.ndim) if k not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        order.insert(place, axis)
    return np.transpose(a, order)


@rule(np.broadcast_to)
def _broadcast_to(array, shape):
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    tape, (value,) = top(array)
    y = np.broadcast_to(value, shape)
    return record(tape, y, [(array, Scale(None, value.shape, y.shape))])


def _numbered(x):
    return np.arange(np.size(x)).reshape(np.shape(x))


def move(function, a, *args, **options):
    """Any function that only moves entries: run it on 0, 1, 2, ... to learn where they go."""
    tape, (value,) = top(a)
    table = function(_numbered(value), *args, **options)
    return record(tape, function(value, *args, **options), [(a, Move(table, np.shape(value)))])


RULES.update({function: partial(move, function) for function in (
    np.repeat, np.tile, np.flip, np.fliplr, np.flipud, np.roll, np.rot90, np.diagonal, np.resize)})


_POSITIONS = (int, np.integer, slice)


@rule("getitem")
def _getitem(a, key):
    value = a.value
    y = value[key]
    parts = key if isinstance(key, tuple) else (key,)
    if all(part is None or part is Ellipsis or isinstance(part, _POSITIONS) and part is not True and part is not False
           for part in parts):
        link = Along(parts, value.shape, y.shape)
    else:
        link = Move(_numbered(value)[key], value.shape)
    return put(a.tape, y, ((a.position, link),))


@rule("scatter")
def _scatter(values, flat, shape):
    if shape == ():
        return np.sum(values)
    tape, (value,) = top(values)
    return record(tape, scatter(value, flat, shape, distinct=False), [(values, Gather(flat, np.shape(value), shape))])


@rule(np.take)
def _take(a, indices, axis=None):
    if axis is None:
        return np.ravel(a)[np.asarray(indices)]
    return a[(slice(None),) * (axis % a.ndim) + (indices if isinstance(indices, int) else np.asarray(indices),)]


@rule(np.take_along_axis)
def _take_along_axis(arr, indices, axis=-1):
    return move(np.take_along_axis, arr, indices, axis)


@rule(np.reshape)
def _reshape(a, *shape, order="C", copy=None):
    shape = shape[0] if len(shape) == 1 else shape
    if order != "C":
        raise UnsupportedError(f"reshape with order={order!r} has no rule; transpose first, then reshape row by row")
    tape, (value,) = top(a)
    y = np.reshape(value, shape)
    return record(tape, y, [(a, Reshape(np.shape(value), np.shape(y)))])


@rule(np.ravel)
def _ravel(a, order="C"):
    if order not in "CF":
        raise UnsupportedError(f'ravel with order={order!r} depends on how NumPy keeps the array; use "C" or "F"')
    return _reshape(np.transpose(a) if order == "F" else a, (-1,))


@rule(np.squeeze)
def _squeeze(a, axis=None):
    return _reshape(a, np.squeeze(np.empty(a.shape), axis).shape)


@rule(np.expand_dims)
def _expand_dims(a, axis):
    return _reshape(a, np.expand_dims(np.empty(a.shape), axis).shape)


@rule(np.atleast_1d)
def _atleast_1d(a):
    return a if a.ndim else _reshape(a, (1,))


@rule(np.atleast_2d)
def _atleast_2d(a):
    return a if a.ndim > 1 else _reshape(a, (1, a.size))


@rule(np.diag)
def _diag(v, k=0):
    if v.ndim == 2:
        return move(np.diagonal, v, k)
    n = v.shape[0] + abs(k)
    return RULES["scatter"](v, np.flatnonzero(np.eye(n, k=k)), (n, n))


@rule(np.sort)
def _sort(a, axis=-1):
    if axis is None:
        return _sort(np.ravel(a))
    tape, (value,) = top(a)
    back = axis % value.ndim - value.ndim
    order = np.argsort(plain(value), axis=axis, kind="stable")
    place = np.argsort(order, axis=axis)

    def pull(g):
        return np.take_along_axis(g, np.broadcast_to(place, g.shape), back)
    return record(tape, np.take_along_axis(value, order, axis), [(a, General(pull, value.shape, value.shape))])


@rule(np.copy)
def _copy(a, order="K"):
    return a
