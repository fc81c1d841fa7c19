"""Moves between arrays: joining, padding and splitting them."""

import numpy as np

from ..links import Part
from ..trace import given, top
from .common import follows, record, rule
from .moves import move


@rule(np.concatenate)
def _concatenate(arrays, axis=0):
    if axis is None:
        arrays, axis = [np.ravel(a) for a in given(*arrays)], 0
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.concatenate(values, axis)
    axis, links, start = axis % np.ndim(y), [], 0
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
    return np.concatenate([np.expand_dims(a, axis) for a in given(*arrays)], axis)


@rule(np.vstack)
def _vstack(tup):
    return np.concatenate([np.atleast_2d(a) for a in given(*tup)], 0)


@rule(np.hstack)
def _hstack(tup):
    arrays = [np.atleast_1d(a) for a in given(*tup)]
    return np.concatenate(arrays, 0 if np.ndim(arrays[0]) == 1 else 1)


@rule(np.column_stack)
def _column_stack(tup):
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in given(*tup)], 1)


@rule(np.pad)
def _pad(array, pad_width, mode="constant", constant_values=0.0):
    if mode != "constant":
        return move(np.pad, array, pad_width, mode)
    for axis, (before, after) in enumerate(np.broadcast_to(pad_width, (np.ndim(array), 2))):
        edges = [np.full([n if k != axis else width for k, n in enumerate(np.shape(array))], constant_values, float)
                 for width in (before, after)]
        array = np.concatenate([edges[0], array, edges[1]], axis)
    return array


@rule(np.append)
def _append(arr, values, axis=None):
    arr, values = given(arr, values)
    return np.concatenate([arr, values] if axis is not None else [np.ravel(arr), np.ravel(values)], axis or 0)


@rule(np.split)
def _split(ary, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        raise ValueError(f"split: {ary.shape[axis]} entries do not fall into {indices_or_sections} equal parts")
    return _array_split(ary, indices_or_sections, axis)


@rule(np.hsplit)
def _hsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, axis=1 if np.ndim(ary) > 1 else 0)


@rule(np.vsplit)
def _vsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, axis=0)


@rule(np.array_split)
def _array_split(ary, indices_or_sections, axis=0):
    parts = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    ends = [0, *np.cumsum([len(part) for part in parts])]
    return [ary[(slice(None),) * (axis % ary.ndim) + (slice(int(a), int(b)),)]
            for a, b in zip(ends[:-1], ends[1:], strict=True)]
