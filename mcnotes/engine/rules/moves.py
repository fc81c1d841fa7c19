"""Moves of entries: indexing, other shapes, joining and splitting, sorting."""

import inspect
import math
from typing import NamedTuple

import numpy as np

from ..core import RULES, General, UnsupportedError, decided, given, put, real, record, top
from ..structure import Map, scatter
from . import axes_of, rule
from .elementwise import Scale

_ALL = slice(None)


class Along(NamedTuple):
    """The VJP of basic indexing, ``out = input[key]``: entries moved along each axis on its own."""

    key: tuple
    shape: tuple
    out: tuple

    def pull(self, g):
        if all(part is None or part is Ellipsis or part == _ALL for part in self.key):
            return np.reshape(g, self.shape)
        if hasattr(g, "placed"):                                # an expression
            return g.placed(self.shape, [self.key])
        if not isinstance(g, np.ndarray | np.generic):          # traced
            return scatter(g, numbered(self.shape)[self.key], self.shape, True)
        result = np.zeros(self.shape)
        result[self.key] = g
        return result

    def pull_structure(self, s):
        named = sum(part is not None and part is not Ellipsis for part in self.key)
        at = next((k for k, part in enumerate(self.key) if part is Ellipsis), len(self.key))
        key = self.key[:at] + (_ALL,) * (len(self.shape) - named) + self.key[at + 1:]

        def moved(term):
            indices, inner = iter(term.axes), []
            for part in key:
                index = next(indices) if part is None or isinstance(part, slice) else None
                if part is not None:
                    length = self.shape[len(inner)]
                    if index is None:
                        index = Map((), int(part) % length)
                    elif part != _ALL:
                        places = np.arange(length)[part]
                        index = Map((index,), places) if type(index) is int else Map(index.labels, places[index.table])
                    inner.append(index)
            return term.inward(inner, len(self.out))
        return s.each(self.shape, moved)


class Move(NamedTuple):
    """The VJP of any move of entries: entry p of the flattened output came from ``table[p]``."""

    table: np.ndarray
    shape: tuple

    def pull(self, g):
        return scatter(g, self.table, self.shape, distinct=False)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: term.moved(self.table, self.table.shape, self.shape))


class Reshape(NamedTuple):
    """The VJP of the same entries in another shape."""

    shape: tuple
    out: tuple

    def pull(self, g):
        return np.reshape(g, self.shape)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: term.reshaped(self.out, self.shape))


class Placed(NamedTuple):
    """The VJP where the input became a part of the output, ``out[key] = input`` (stack, pad, a diagonal)."""

    key: tuple
    shape: tuple

    def pull(self, g):
        return g[self.key]

    def pull_structure(self, s):
        return s.labelled().each(self.shape, lambda term: term.read(self.key))


# Indexing ---------------------------------------------------------------------------------------------------

def numbered(shape):
    """The flat position of each entry."""
    return np.arange(math.prod(shape)).reshape(shape)


@rule("getitem")
def _getitem(a, key):
    value = a.value
    y = value[key]
    parts = key if isinstance(key, tuple) else (key,)
    basic = all(part is None or part is Ellipsis or type(part) is int or isinstance(part, slice | np.integer)
                for part in parts)
    shape = value.shape
    vjp = Along(parts, shape, y.shape) if basic else Move(numbered(shape)[key], shape)
    return put(a.tape, y, ((a.position, vjp),))


def _moving(function):
    """The rule of a function that moves entries: run on 0, 1, 2, ... it says where they go."""
    signature = inspect.signature(function)

    def apply(*args, **options):
        bound = signature.bind(*args, **options)
        a, *rest = bound.args
        tape, (value,) = top(a)
        table = function(numbered(value.shape), *decided(rest), **bound.kwargs)
        return record(tape, np.reshape(value, (-1,))[table], [(a, Move(table, value.shape))])
    apply.__signature__ = signature.replace(parameters=[p for p in signature.parameters.values() if p.name != "out"])
    return apply


RULES.update({function: _moving(function) for function in (
    np.roll, np.repeat, np.tile, np.rot90, np.diagonal, np.take, np.take_along_axis)})


@rule(np.flip)
def _flip(m, axis=None):
    axes = axes_of(axis, m.ndim)
    return m[tuple(slice(None, None, -1) if k in axes else _ALL for k in range(m.ndim))]


@rule("scatter")
def _scatter(values, flat, shape):
    if shape == ():
        return np.sum(values)
    return record(values.tape, scatter(values.value, flat, shape, distinct=False), [
        (values, Placed(np.unravel_index(flat, shape), values.shape))])


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


@rule(np.broadcast_to)
def _broadcast_to(array, shape):
    tape, (value,) = top(array)
    y = np.broadcast_to(value, shape)
    return record(tape, y, [(array, Scale((None, y, (), value.shape, y.shape)))])


# Joining and splitting --------------------------------------------------------------------------------------

@rule(np.concatenate)
def _concatenate(arrays, axis=0):
    arrays = given(*arrays)
    if axis is None:
        arrays, axis = [np.ravel(a) for a in arrays], 0
    tape, values = top(*arrays)
    y = np.concatenate(values, axis)
    axis, vjps, start = axes_of(axis, y.ndim)[0], [], 0
    for a, value in zip(arrays, values, strict=True):
        stop = start + np.shape(value)[axis]
        vjps.append((a, Placed((_ALL,) * axis + (slice(start, stop),), np.shape(value))))
        start = stop
    return record(tape, y, vjps)


@rule(np.stack)
def _stack(arrays, axis=0):
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.stack(values, axis)
    before, shape = (_ALL,) * axes_of(axis, y.ndim)[0], np.shape(values[0])
    return record(tape, y, [(a, Placed((*before, k), shape)) for k, a in enumerate(arrays)])


def _with_axes(count, arrays):
    """Arrays with at least so many axes, new ones in front."""
    return [np.reshape(a, (1,) * (count - np.ndim(a)) + np.shape(a)) for a in given(*arrays)]


@rule(np.hstack)
def _hstack(tup):
    arrays = _with_axes(1, tup)
    return np.concatenate(arrays, 0 if np.ndim(arrays[0]) == 1 else 1)


@rule(np.pad)
def _pad(array, pad_width, mode="constant", constant_values=0.0):
    if mode != "constant":
        raise UnsupportedError(f"np.pad with mode={mode!r} has no derivative rule; use np.concatenate, or mode="
                               '"constant"')
    y = np.pad(array.value, pad_width, constant_values=real(constant_values))
    first = np.unravel_index(np.argmax(np.pad(np.ones(array.shape, bool), pad_width)), y.shape)
    key = tuple(slice(int(start), int(start) + n) for start, n in zip(first, array.shape, strict=True))
    return record(array.tape, y, [(array, Placed(key, array.shape))])


# Order ------------------------------------------------------------------------------------------------------

@rule(np.sort)
def _sort(a, axis=-1, kind=None, stable=None):
    if axis is None:
        a, axis = np.ravel(a), 0
    axis = axes_of(axis, a.ndim)[0]
    order = np.argsort(a.value, axis=axis, kind="stable")

    def pull(g):
        place = np.argsort(order, axis=axis)
        return np.take_along_axis(g, np.broadcast_to(place[..., None], g.shape) if g.ndim > a.ndim else place, axis)
    return record(a.tape, np.take_along_axis(a.value, order, axis), [(a, General(pull, a.shape, a.shape))])


#: Compositions of other rules, written in NumPy.
RULES.update({
    np.ravel: lambda a, order="C": _reshape(a, (-1,), order),
    np.squeeze: lambda a, axis=None: _reshape(a, np.squeeze(np.empty(a.shape), axis).shape),
    np.expand_dims: lambda a, axis: _reshape(a, np.expand_dims(np.empty(a.shape), axis).shape),
    np.copy: lambda a, order="K": a,
    np.full_like: lambda a, fill_value: np.broadcast_to(fill_value, np.shape(a)),
    np.append: lambda arr, values, axis=None: np.concatenate(given(arr, values), axis),
    np.vstack: lambda tup: np.concatenate(_with_axes(2, tup), 0),
    np.column_stack: lambda tup: np.concatenate(
        [np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in given(*tup)], 1),
})
