"""Moves of entries: indexing, other shapes, joining and splitting, sorting."""

import math

import numpy as np

from ..core import RULES, General, Traced, UnsupportedError, decided, given, put, real, record, top
from ..structure import Map, scatter
from . import axes_of, index_of, rule
from .elementwise import Scale


class Along:
    """The VJP of basic indexing, ``out = input[key]``: entries moved along each axis on its own."""

    __slots__ = ("key", "shape", "out")

    def __init__(self, key, shape, out):
        self.key, self.shape, self.out = key, shape, out

    def pull(self, g):
        if all(part is None or part is Ellipsis or type(part) is slice and part == slice(None) for part in self.key):
            return np.reshape(g, self.shape)
        if hasattr(g, "placed"):                                # an expression
            return g.placed(self.shape, [self.key])
        if not isinstance(g, np.ndarray | np.generic):          # traced
            return scatter(g, np.arange(math.prod(self.shape)).reshape(self.shape)[self.key], self.shape, True)
        result = np.zeros(self.shape)
        result[self.key] = g
        return result

    def sources(self):
        """For each axis of the input: the axis of the output that came from it, and the table of positions.

        No table where all stand in order; no axis and one position where the key is a number.
        """
        parts = self.key
        named = sum(part is not None and part is not Ellipsis for part in parts)
        at = next((k for k, part in enumerate(parts) if part is Ellipsis), len(parts))
        parts = parts[:at] + (slice(None),) * (len(self.shape) - named) + parts[at + 1:]
        found, place = [], 0
        for part in parts:
            if part is not None:
                length = self.shape[len(found)]
                if not isinstance(part, slice):
                    found.append((None, int(part) % length))
                    continue
                found.append((place, None if part == slice(None) else np.arange(length)[part]))
            place += 1
        return found

    def pull_structure(self, s):
        sources = self.sources()

        def inner(term):
            for axis, table in sources:
                index = None if axis is None else term.axes[axis]
                if index is None:
                    yield Map((), table)
                elif table is None:
                    yield index
                elif type(index) is int:
                    yield Map((index,), table)
                else:
                    yield Map(index.labels, table[index.table])
        return s.each(self.shape, lambda term: term.inward(list(inner(term)), len(self.out)))


class Move:
    """The VJP of any move of entries: entry p of the flattened output came from ``table[p]``."""

    __slots__ = ("table", "shape")

    def __init__(self, table, shape):
        self.table, self.shape = table, shape

    def pull(self, g):
        return scatter(g, self.table, self.shape, distinct=False)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: term.moved(self.table, self.table.shape, self.shape))


class Reshape:
    """The VJP of the same entries in another shape."""

    __slots__ = ("shape", "out")

    def __init__(self, shape, out):
        self.shape, self.out = shape, out

    def pull(self, g):
        return np.reshape(g, self.shape)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: term.reshaped(self.out, self.shape))


class Part:
    """The VJP where the input became one part of the output: ``out[key] = input`` (stack, concatenate, pad)."""

    __slots__ = ("key", "shape", "tables")

    def __init__(self, key, shape, tables):
        self.key, self.shape, self.tables = key, shape, tables

    def pull(self, g):
        return g[self.key]

    def pull_structure(self, s):
        return s.labelled().each(self.shape, self._selected)

    def _selected(self, term):
        for axis in reversed(range(len(self.tables))):
            if self.tables[axis] is not None:
                term = term.selected(axis, self.tables[axis])
        return term


class Gather:
    """The VJP where each input entry stands at a known flat position of the output (a diagonal, a scatter)."""

    __slots__ = ("flat", "shape", "out")

    def __init__(self, flat, shape, out):
        self.flat, self.shape, self.out = flat, shape, out

    def pull(self, g):
        return np.reshape(g, (-1,))[self.flat]

    def pull_structure(self, s):
        return s.labelled().each(self.shape, lambda term: term.read(
            np.unravel_index(self.flat, self.out), len(self.out)))


# Indexing ---------------------------------------------------------------------------------------------------

@rule("getitem")
def _getitem(a, key):
    value = a.value
    y = value[key]
    parts = key if isinstance(key, tuple) else (key,)
    basic = all(part is None or part is Ellipsis or type(part) is int or isinstance(part, slice | np.integer)
                for part in parts)
    shape = value.shape
    vjp = Along(parts, shape, y.shape) if basic else Move(_numbered(shape)[key], shape)
    return put(a.tape, y, ((a.position, vjp),))


def _numbered(shape):
    return np.arange(math.prod(shape)).reshape(shape)


def moved(a, table):
    """The entries of an array at flat positions."""
    tape, (value,) = top(a)
    return record(tape, np.reshape(value, (-1,))[table], [(a, Move(table, value.shape))])


def _by_table(function):
    """The rule of a function that moves the entries: run on 0, 1, 2, ... it says where they go."""
    def apply(a, *args, **options):
        return moved(a, function(_numbered(a.shape), *map(decided, args), **options))
    return apply


_flipped, _rolled, _repeated, _tiled, _turned = map(_by_table, (np.flip, np.roll, np.repeat, np.tile, np.rot90))


@rule(np.flip)
def _flip(m, axis=None):
    axes = (slice(None, None, -1) if k in axes_of(axis, m.ndim) else slice(None) for k in range(m.ndim))
    return m[tuple(axes)]


@rule(np.diagonal)
def _diagonal(a, offset=0, axis1=0, axis2=1):
    return moved(a, np.diagonal(_numbered(a.shape), offset, axis1, axis2))


@rule(np.take)
def _take(a, indices, axis=None, mode="raise"):
    return moved(a, np.take(_numbered(a.shape), np.asarray(decided(indices)), axis, mode=mode))


@rule(np.take_along_axis)
def _take_along_axis(arr, indices, axis=-1):
    return moved(arr, np.take_along_axis(_numbered(arr.shape), np.asarray(decided(indices)), axis))


@rule("scatter")
def _scatter(values, flat, shape):
    if shape == ():
        return np.sum(values)
    tape, (value,) = top(values)
    return record(tape, scatter(value, flat, shape, distinct=False), [(values, Gather(flat, np.shape(value), shape))])


@rule(np.diag)
def _diag(v, k=0):
    if v.ndim == 2:
        return np.diagonal(v, k)
    n = v.shape[0] + abs(int(k))
    return RULES["scatter"](v, np.flatnonzero(np.eye(n, k=k)), (n, n))


# Shapes -----------------------------------------------------------------------------------------------------

@rule(np.reshape)
def _reshape(a, shape, order="C", copy=None):
    if order not in ("C", "F"):
        raise UnsupportedError(f'reshape with order={order!r} depends on how NumPy keeps the array; use "C" or "F"')
    if order == "F":
        shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
        return np.transpose(_reshape(np.transpose(a), shape[::-1]))
    tape, (value,) = top(a)
    y = np.reshape(value, decided(shape))
    return record(tape, y, [(a, Reshape(value.shape, y.shape))])


@rule(np.ravel)
def _ravel(a, order="C"):
    if order not in ("C", "F"):
        raise UnsupportedError(f'ravel with order={order!r} depends on how NumPy keeps the array; use "C" or "F"')
    return _reshape(np.transpose(a) if order == "F" else a, (-1,))


def _at_least(function):
    """The rule of a function that gives every array a number of axes."""
    def apply(*arys):
        found = tuple(_reshape(a, function(np.empty(np.shape(a))).shape) if type(a) is Traced
                      else function(real(a)) for a in arys)
        return found if len(found) != 1 else found[0]
    return apply


RULES.update({function: _at_least(function) for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d)})


@rule(np.broadcast_to)
def _broadcast_to(array, shape):
    tape, (value,) = top(array)
    y = np.broadcast_to(value, shape)
    return record(tape, y, [(array, Scale((None, y, (), value.shape, y.shape)))])


@rule(np.full_like)
def _full_like(a, fill_value, shape=None):
    return np.broadcast_to(fill_value, np.shape(a) if shape is None else shape)


# Joining and splitting --------------------------------------------------------------------------------------

@rule(np.concatenate)
def _concatenate(arrays, axis=0):
    if axis is None:
        arrays, axis = [np.ravel(a) for a in given(*arrays)], 0
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.concatenate(values, axis)
    axis, vjps, start = index_of(axis, y.ndim), [], 0
    for a, value in zip(arrays, values, strict=True):
        stop = start + np.shape(value)[axis]
        tables = [None] * axis + [np.arange(start, stop)] + [None] * (y.ndim - axis - 1)
        vjps.append((a, Part((slice(None),) * axis + (slice(start, stop),), np.shape(value), tables)))
        start = stop
    return record(tape, y, vjps)


@rule(np.stack)
def _stack(arrays, axis=0):
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.stack(values, axis)
    axis, shape = index_of(axis, y.ndim), np.shape(values[0])
    return record(tape, y, [
        (a, Part((*[slice(None)] * axis, k), shape, [np.array(k) if d == axis else None for d in range(y.ndim)]))
        for k, a in enumerate(arrays)])


@rule(np.hstack)
def _hstack(tup):
    arrays = [np.atleast_1d(a) for a in given(*tup)]
    return np.concatenate(arrays, 0 if np.ndim(arrays[0]) == 1 else 1)


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
    count = max(depth(arrays), *(np.ndim(leaf) for leaf in leaves(arrays)))
    return join(arrays, depth(arrays))


@rule(np.append)
def _append(arr, values, axis=None):
    arr, values = given(arr, values)
    return np.concatenate([arr, values] if axis is not None else [np.ravel(arr), np.ravel(values)],
                          0 if axis is None else axis)


@rule(np.meshgrid)
def _meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    places = [{0: 1, 1: 0}.get(k, k) if indexing == "xy" and len(xi) > 1 else k for k in range(len(xi))]
    grids = [np.reshape(x, [np.size(x) if d == place else 1 for d in range(len(xi))])
             for x, place in zip(xi, places, strict=True)]
    shape = np.broadcast_shapes(*map(np.shape, grids))
    return tuple(grids if sparse else [np.broadcast_to(x, shape) for x in grids])


@rule(np.pad)
def _pad(array, pad_width, mode="constant", constant_values=0.0):
    if mode != "constant" and mode not in ("edge", "wrap", "reflect", "symmetric"):
        raise UnsupportedError(f'np.pad with mode={mode!r} computes its borders, and has no derivative rule; use '
                               '"constant", "edge", "wrap", "reflect" or "symmetric", or np.concatenate')
    tape, (value,) = top(array)
    places = np.pad(_numbered(np.shape(value)) + 1, pad_width, mode)               # 0 in the borders
    if mode != "constant":
        return moved(array, places - 1)
    y = np.pad(value, pad_width, constant_values=real(constant_values))
    first = np.unravel_index(np.argmax(places == 1), places.shape)
    ends = [(int(start), int(start) + n) for start, n in zip(first, np.shape(value), strict=True)]
    return record(tape, y, [(array, Part(tuple(slice(*end) for end in ends), np.shape(value),
                                         [np.arange(*end) for end in ends]))])


def _pieces(function, ary, sections, axis):
    """Split as a NumPy function splits the numbers 0, 1, 2, ... along the axis."""
    axis = index_of(axis, np.ndim(ary))
    pieces = function(np.arange(np.shape(ary)[axis]), decided(sections))
    starts = [int(piece[0]) if len(piece) else 0 for piece in pieces]
    return [ary[(slice(None),) * axis + (slice(start, start + len(piece)),)]
            for start, piece in zip(starts, pieces, strict=True)]


# Order ------------------------------------------------------------------------------------------------------

@rule(np.sort)
def _sort(a, axis=-1, kind=None, stable=None):
    if axis is None:
        a, axis = np.ravel(a), 0
    tape, (value,) = top(a)
    axis = index_of(axis, a.ndim)
    order = np.argsort(value, axis=axis, kind="stable")

    def pull(g):
        place = np.argsort(order, axis=axis)
        if g.ndim > place.ndim:
            place = np.broadcast_to(place[..., None], g.shape)
        return np.take_along_axis(g, place, axis)
    return record(tape, np.take_along_axis(value, order, axis), [(a, General(pull, value.shape, value.shape))])


#: Compositions of other rules, written in NumPy.
RULES.update({
    np.repeat: lambda a, repeats, axis=None: _repeated(a, repeats, axis),
    np.tile: lambda A, reps: _tiled(A, reps),
    np.fliplr: lambda m: np.flip(m, 1),
    np.flipud: lambda m: np.flip(m, 0),
    np.roll: lambda a, shift, axis=None: _rolled(a, shift, axis),
    np.rot90: lambda m, k=1, axes=(0, 1): _turned(m, k, axes),
    np.linalg.diagonal: lambda x, offset=0: _diagonal(x, offset, -2, -1),
    np.squeeze: lambda a, axis=None: _reshape(a, np.squeeze(np.empty(a.shape), axis).shape),
    np.expand_dims: lambda a, axis: _reshape(a, np.expand_dims(np.empty(a.shape), axis).shape),
    np.copy: lambda a, order="K": a,
    np.vstack: lambda tup: np.concatenate([np.atleast_2d(a) for a in given(*tup)], 0),
    np.split: lambda ary, indices_or_sections, axis=0: _pieces(np.split, ary, indices_or_sections, axis),
    np.array_split: lambda ary, indices_or_sections, axis=0: _pieces(np.array_split, ary, indices_or_sections, axis),
    np.hsplit: lambda ary, indices_or_sections: np.split(ary, indices_or_sections, axis=1 if np.ndim(ary) > 1 else 0),
    np.vsplit: lambda ary, indices_or_sections: np.split(ary, indices_or_sections, axis=0),
})
