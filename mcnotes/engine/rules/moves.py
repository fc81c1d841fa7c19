"""Moves of entries within one array: indexing, other shapes, other orders."""

import numpy as np

from ..asking import RULES
from ..constants import UnsupportedError, constant
from ..leaving import plain
from ..links import Along, Gather, General, Move, Reshape, Scale, Turn
from ..stepped import decided
from ..structure import scatter
from ..trace import put, top
from ..traced import Traced
from .common import axes_of, index_of, newer, record, rule


@rule(np.transpose)
def _transpose(a, axes=None):
    tape, (value,) = top(a)
    order = tuple(range(a.ndim - 1, -1, -1)) if axes is None else axes_of(
        tuple(axes) if isinstance(axes, list | range | np.ndarray) else axes, a.ndim)
    if len(order) != a.ndim:
        raise ValueError(f"transpose: axes={axes!r} names {len(order)} of {a.ndim} axes; name each of them once")
    return record(tape, np.transpose(value, order), [(a, Turn(order, value.shape))])


@rule(np.matrix_transpose, np.linalg.matrix_transpose)
def _matrix_transpose(x):
    if np.ndim(x) < 2:
        raise ValueError(f"matrix_transpose needs a matrix or a stack of them, this has shape {np.shape(x)}")
    return np.swapaxes(x, -1, -2)


@rule(np.swapaxes)
def _swapaxes(a, axis1, axis2):
    order, first, second = list(range(a.ndim)), index_of(axis1, a.ndim), index_of(axis2, a.ndim)
    order[first], order[second] = order[second], order[first]
    return np.transpose(a, order)


def _order_of(function):
    """The rule of a function that puts the axes in another order: NumPy finds it, on an array of distinct lengths."""
    def apply(a, *places):
        sizes = np.zeros(tuple(range(a.ndim)))             # axis k has length k
        return np.transpose(a, function(sizes, *map(decided, places)).shape)
    return apply


_moved_axes, _rolled_axis = _order_of(np.moveaxis), _order_of(np.rollaxis)


@rule(np.moveaxis)
def _moveaxis(a, source, destination):
    return _moved_axes(a, source, destination)


@rule(np.rollaxis)
def _rollaxis(a, axis, start=0):
    return _rolled_axis(a, axis, start)


@rule(np.broadcast_to)
def _broadcast_to(array, shape):
    tape, (value,) = top(array)
    y = np.broadcast_to(value, shape)
    return record(tape, y, [(array, Scale(None, value.shape, y.shape))])


@rule(np.broadcast_arrays)
def _broadcast_arrays(*args):
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


@rule(np.full_like)
def _full_like(a, fill_value, shape=None):
    shape = np.shape(a) if shape is None else shape
    if type(fill_value) is Traced:
        return np.broadcast_to(fill_value, shape)
    return np.full(shape, constant(fill_value, None))


def _numbered(x):
    return np.arange(np.size(x)).reshape(np.shape(x))


def moved(function, a, *args, **options):
    """Any function that only moves entries: run it on 0, 1, 2, ... to learn where they go.

    The entries gathered at these places must be what the function gives.
    """
    tape, (value,) = top(a)
    args = tuple(map(decided, args))
    table = function(_numbered(value), *args, **options)
    y, known = np.reshape(value, (-1,))[table], function(plain(value), *args, **options)
    if not np.array_equal(plain(y), known) and not np.array_equal(plain(y), known, equal_nan=True):
        raise UnsupportedError(f"np.{function.__name__} did more than move entries; it has no derivative rule for that")
    return record(tape, y, [(a, Move(table, np.shape(value)))])


@rule(np.repeat)
def _repeat(a, repeats, axis=None):
    return moved(np.repeat, a, repeats, axis)


@rule(np.tile)
def _tile(A, reps):
    return moved(np.tile, A, reps)


@rule(np.flip)
def _flip(m, axis=None):
    return moved(np.flip, m, axis)


@rule(np.fliplr)
def _fliplr(m):
    return moved(np.fliplr, m)


@rule(np.flipud)
def _flipud(m):
    return moved(np.flipud, m)


@rule(np.roll)
def _roll(a, shift, axis=None):
    return moved(np.roll, a, shift, axis)


@rule(np.rot90)
def _rot90(m, k=1, axes=(0, 1)):
    return moved(np.rot90, m, k, axes)


@rule(np.diagonal)
def _diagonal(a, offset=0, axis1=0, axis2=1):
    return moved(np.diagonal, a, offset, axis1, axis2)


@rule(np.linalg.diagonal)
def _last_diagonal(x, offset=0):
    return moved(np.diagonal, x, offset, -2, -1)


@rule(np.resize)
def _resize(a, new_shape):
    return moved(np.resize, a, new_shape)


@rule(np.delete)
def _delete(arr, obj, axis=None):
    return moved(np.delete, arr, obj, axis)


@rule(np.compress)
def _compress(condition, a, axis=None):
    return moved(lambda a, condition, axis: np.compress(condition, a, axis), a, condition, axis)


@rule(np.extract)
def _extract(condition, arr):
    return moved(lambda arr, condition: np.extract(condition, arr), arr, condition)


@rule(np.fft.fftshift)
def _fftshift(x, axes=None):
    return moved(np.fft.fftshift, x, axes)


@rule(np.fft.ifftshift)
def _ifftshift(x, axes=None):
    return moved(np.fft.ifftshift, x, axes)


@rule(np.lib.stride_tricks.sliding_window_view)
def _sliding_window_view(x, window_shape, axis=None):
    return moved(np.lib.stride_tricks.sliding_window_view, x, window_shape, axis)


@rule(np.take_along_axis)
def _take_along_axis(arr, indices, axis=-1):
    return moved(np.take_along_axis, arr, np.asarray(decided(indices)), axis)


@rule(np.take)
def _take(a, indices, axis=None, mode="raise"):
    return moved(np.take, a, np.asarray(decided(indices)), axis, mode=mode)


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


@rule(np.reshape)
def _reshape(a, shape, order="C", copy=None):
    if order not in ("C", "F"):
        raise UnsupportedError(f'reshape with order={order!r} depends on how NumPy keeps the array; use "C" or "F"')
    if order == "F":
        shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
        return np.transpose(_reshape(np.transpose(a), shape[::-1]))
    tape, (value,) = top(a)
    y = np.reshape(value, decided(shape))
    return record(tape, y, [(a, Reshape(np.shape(value), np.shape(y)))])


@rule(np.ravel)
def _ravel(a, order="C"):
    if order not in ("C", "F"):
        raise UnsupportedError(f'ravel with order={order!r} depends on how NumPy keeps the array; use "C" or "F"')
    return _reshape(np.transpose(a) if order == "F" else a, (-1,))


@rule(np.squeeze)
def _squeeze(a, axis=None):
    return _reshape(a, np.squeeze(np.empty(a.shape), axis).shape)


@rule(np.expand_dims)
def _expand_dims(a, axis):
    return _reshape(a, np.expand_dims(np.empty(a.shape), axis).shape)


def _at_least(function):
    """The rule of a function that gives every array a number of axes."""
    def apply(*arys):
        found = tuple(_reshape(a, function(np.empty(np.shape(a))).shape) if type(a) is Traced
                      else function(constant(a, None)) for a in arys)
        return found if len(found) != 1 else found[0]
    return apply


RULES.update({function: _at_least(function) for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d)})


@rule(*newer("unstack"))
def _unstack(x, axis=0):
    return tuple(np.moveaxis(x, axis, 0))


@rule(np.diag)
def _diag(v, k=0):
    if v.ndim not in (1, 2):
        raise ValueError(f"diag takes a vector or a matrix, this has shape {np.shape(v)}")
    if v.ndim == 2:
        return moved(np.diagonal, v, k)
    n = v.shape[0] + abs(int(k))
    return RULES["scatter"](v, np.flatnonzero(np.eye(n, k=k)), (n, n))


@rule(np.diagflat)
def _diagflat(v, k=0):
    return _diag(np.ravel(v), k)


def _ordered(a, axis, places):
    """The entries along an axis in the order of `places`, a function of the values and the axis."""
    if axis is None:
        return _ordered(np.ravel(a), 0, places)
    if a.ndim == 0:
        raise np.exceptions.AxisError("a number has no axis to sort along")
    tape, (value,) = top(a)
    axis = index_of(axis, a.ndim)
    back = axis - a.ndim
    order = places(plain(value), axis)
    place = np.argsort(order, axis=axis)

    def pull(g):
        return np.take_along_axis(g, np.broadcast_to(place, g.shape), back)
    return record(tape, np.take_along_axis(value, order, axis), [(a, General(pull, value.shape, value.shape))])


@rule(np.sort)
def _sort(a, axis=-1, kind=None, stable=None):
    np.sort(np.zeros(1), kind=kind, stable=stable)          # refuses a way of sorting that it has not
    return _ordered(a, axis, lambda x, axis: np.argsort(x, axis=axis, kind="stable"))


@rule(np.partition)
def _partition(a, kth, axis=-1, kind="introselect"):
    np.partition(np.zeros(1), 0, kind=kind)
    return _ordered(a, axis, lambda x, axis: np.argpartition(x, decided(kth), axis=axis))


@rule(np.copy)
def _copy(a, order="K"):
    if order not in ("K", "A", "C", "F"):
        raise ValueError(f'copy: order is "K", "A", "C" or "F", it was {order!r}')
    return a
