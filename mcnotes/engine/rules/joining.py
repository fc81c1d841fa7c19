"""Moves between arrays: joining, padding and splitting them."""

import numpy as np

from ..constants import UnsupportedError, constant
from ..links import Part
from ..stepped import decided
from ..trace import given, top
from ..traced import Traced
from .common import follows, index_of, record, rule
from .moves import moved


@rule(np.concatenate)
def _concatenate(arrays, axis=0):
    if axis is None:
        arrays, axis = [np.ravel(a) for a in given(*arrays)], 0
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.concatenate(values, axis)
    axis, links, start = index_of(axis, y.ndim), [], 0
    for a, value in zip(arrays, values, strict=True):
        stop = start + np.shape(value)[axis]
        if follows(tape, a):
            key = (slice(None),) * axis + (slice(start, stop),)
            tables = [None] * axis + [np.arange(start, stop)] + [None] * (np.ndim(y) - axis - 1)
            links.append((a, Part(key, np.shape(value), tuple(tables))))
        start = stop
    return record(tape, y, links)


@rule(np.stack)
def _stack(arrays, axis=0):
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.stack(values, axis)
    axis, shape = index_of(axis, y.ndim), np.shape(values[0])
    return record(tape, y, [(a, Part((*[slice(None)] * axis, k), shape, tuple(
        np.array(k) if d == axis else None for d in range(y.ndim)))) for k, a in enumerate(arrays) if follows(tape, a)])


@rule(np.vstack)
def _vstack(tup):
    return np.concatenate([np.atleast_2d(a) for a in given(*tup)], 0)


@rule(np.hstack)
def _hstack(tup):
    arrays = [np.atleast_1d(a) for a in given(*tup)]
    return np.concatenate(arrays, 0 if np.ndim(arrays[0]) == 1 else 1)


@rule(np.dstack)
def _dstack(tup):
    return np.concatenate([np.atleast_3d(a) for a in given(*tup)], 2)


@rule(np.column_stack)
def _column_stack(tup):
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in given(*tup)], 1)


@rule(np.block)
def _block(arrays):
    def depth(x):
        return 1 + max(map(depth, x)) if isinstance(x, list) else 0

    def leaves(x):
        return [leaf for part in x for leaf in leaves(part)] if isinstance(x, list) else [x]

    def join(x, level):
        if isinstance(x, list):
            return np.concatenate([join(part, level - 1) for part in x], -level)
        return np.reshape(x, (1,) * (count - np.ndim(x)) + np.shape(x))
    np.block(_values_of(arrays))                        # the first to complain about shapes that do not fit
    count = max(depth(arrays), *(np.ndim(leaf) for leaf in leaves(arrays)))
    return join(arrays, depth(arrays))


def _values_of(arrays):
    return [_values_of(part) for part in arrays] if isinstance(arrays, list) else np.zeros(np.shape(arrays))


@rule(np.append)
def _append(arr, values, axis=None):
    arr, values = given(arr, values)
    return np.concatenate([arr, values] if axis is not None else [np.ravel(arr), np.ravel(values)],
                          0 if axis is None else axis)


@rule(np.insert)
def _insert(arr, obj, values, axis=None):
    if type(arr) is not Traced and np.asarray(arr).dtype.kind not in "fO":
        raise UnsupportedError("np.insert into whole numbers would round the traced ones; use A.astype(float)")
    arr, values = given(arr, values)
    numbers = np.arange(np.size(arr)).reshape(np.shape(arr))
    others = np.size(arr) + np.arange(np.size(values)).reshape(np.shape(values))
    table = np.insert(numbers, decided(obj), others, axis)
    return np.take(np.concatenate([np.ravel(arr), np.ravel(values)]), table)


@rule(np.meshgrid)
def _meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    if indexing not in ("xy", "ij"):
        raise ValueError(f'meshgrid: indexing is "xy" or "ij", it was {indexing!r}')
    places = [{0: 1, 1: 0}.get(k, k) if indexing == "xy" and len(xi) > 1 else k for k in range(len(xi))]
    grids = [np.reshape(x, [np.size(x) if d == place else 1 for d in range(len(xi))])
             for x, place in zip(xi, places, strict=True)]
    return tuple(grids) if sparse else np.broadcast_arrays(*grids)


@rule(np.pad)
def _pad(array, pad_width, mode="constant", constant_values=0.0, reflect_type="even"):
    if mode in ("edge", "wrap", "reflect", "symmetric") and reflect_type == "even":
        return moved(np.pad, array, pad_width, mode)
    if mode != "constant":
        how = f"mode={mode!r}" if reflect_type == "even" else f"reflect_type={reflect_type!r}"
        raise UnsupportedError(f"np.pad with {how} computes its borders, and has no derivative rule; use "
                               '"constant", "edge", "wrap", "reflect" or "symmetric", or np.concatenate')
    tape, (value,) = top(array)
    shape = np.shape(value)
    y = np.pad(value, pad_width, constant_values=constant(constant_values, None))
    numbered = np.pad(np.arange(1, np.size(value) + 1).reshape(shape), pad_width)       # 0 in the borders
    first = np.unravel_index(np.argmax(numbered == 1), numbered.shape)
    ends = [(int(start), int(start) + n) for start, n in zip(first, shape, strict=True)]
    return record(tape, y, [(array, Part(tuple(slice(*end) for end in ends), shape,
                                         tuple(np.arange(*end) for end in ends)))])


def _pieces(function, ary, sections, axis):
    """Split as a NumPy function splits the numbers 0, 1, 2, ... along the axis."""
    axis = index_of(axis, np.ndim(ary))
    pieces = function(np.arange(np.shape(ary)[axis]), decided(sections))
    starts = [int(piece[0]) if len(piece) else 0 for piece in pieces]
    return [ary[(slice(None),) * axis + (slice(start, start + len(piece)),)]
            for start, piece in zip(starts, pieces, strict=True)]


@rule(np.split)
def _split(ary, indices_or_sections, axis=0):
    n = np.shape(ary)[index_of(axis, np.ndim(ary))]
    if isinstance(indices_or_sections, int) and n % indices_or_sections:
        raise ValueError(f"split: {n} entries do not fall into {indices_or_sections} equal parts")
    return _pieces(np.split, ary, indices_or_sections, axis)


@rule(np.array_split)
def _array_split(ary, indices_or_sections, axis=0):
    return _pieces(np.array_split, ary, indices_or_sections, axis)


@rule(np.hsplit)
def _hsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, axis=1 if np.ndim(ary) > 1 else 0)


@rule(np.vsplit)
def _vsplit(ary, indices_or_sections):
    if np.ndim(ary) < 2:
        raise ValueError(f"vsplit needs two axes or more, this array has shape {np.shape(ary)}")
    return np.split(ary, indices_or_sections, axis=0)


@rule(np.dsplit)
def _dsplit(ary, indices_or_sections):
    if np.ndim(ary) < 3:
        raise ValueError(f"dsplit needs three axes or more, this array has shape {np.shape(ary)}")
    return np.split(ary, indices_or_sections, axis=2)
