"""Moves of entries: indexing, other shapes, other orders, joining."""

import numpy as np

from ...engine.constants import UnsupportedError
from ...engine.rules.common import axes_of, index_of
from ..expression import Expression, split, times, transposed
from ..shaping import full, lifted, option, plain_options, pull, reduced_axes, summed


def _with_outputs(shape, g, more):
    """A shape with the axes that `g` has more at its end."""
    return shape + (g.shape[g.ndim - more:] if more else ())


@pull("T", np.transpose, np.swapaxes, np.moveaxis)
def _turn(step, g, more):
    x = step.args[0]
    if step.call == "T" and not more:
        yield x, transposed(g)
        return
    function = np.transpose if step.call == "T" else step.call
    order = function(np.zeros(tuple(range(x.ndim))), *step.args[1:], **step.options).shape
    back = tuple(order.index(k) for k in range(x.ndim)) + tuple(range(x.ndim, x.ndim + more))
    yield x, step.sheet.make(np.transpose, g, back)


@pull(np.reshape, np.ravel, np.squeeze, np.expand_dims, np.atleast_1d, np.atleast_2d, np.atleast_3d)
def _reshape(step, g, more):
    x = step.args[0]
    if option(step, 2 if step.call is np.reshape else 1, "order", "C") not in ("C", None) and \
            step.call in (np.reshape, np.ravel):
        raise UnsupportedError("with order=")
    yield x, step.sheet.make(np.reshape, g, _with_outputs(x.shape, g, more))


@pull(np.broadcast_to)
def _broadcast(step, g, more):
    x = step.args[0]
    yield x, summed(g, step.shape, x.shape, more, step.sheet)


@pull("getitem")
def _getitem(step, g, more):
    x, key = step.args
    g = g if isinstance(g, Expression) else step.sheet.number(g)
    if all(part is None or isinstance(part, slice) and part == slice(None) or part is Ellipsis for part in key):
        g = full(g, step.shape, step.sheet) if not more else g
        yield x, _without(g, [k for k, part in enumerate(_whole(key, x.ndim)) if part is None])
        return
    yield x, step.sheet.make("placed", _with_outputs(x.shape, g, more), (_whole(key, x.ndim),), (g,))


def _without(g, axes):
    """An array without some axes of length 1; a sum that kept them does not keep them."""
    factor, g = split(g)
    if g.call is np.sum and g.options.get("keepdims") and not g.name and not g.closed:
        over_axes = reduced_axes(g)
        if list(over_axes) == axes:
            options = {"axis": axes[0] if len(axes) == 1 else tuple(axes)} if len(axes) < g.ndim else {}
            whole = g.sheet.make(np.sum, g.args[0], **options)
            whole.section = whole.section or g.section
            return times(factor, whole)
    key = tuple(0 if k in axes else slice(None) for k in range(max(axes, default=-1) + 1))
    return times(factor, g[key])


def _whole(key, ndim):
    """A key without dots, so that more axes may follow."""
    if not any(part is Ellipsis for part in key):
        return key
    at = next(k for k, part in enumerate(key) if part is Ellipsis)
    named = sum(part is not None and part is not Ellipsis for part in key)
    return key[:at] + (slice(None),) * (ndim - named) + key[at + 1:]


@pull("array", np.stack)
def _stack(step, g, more):
    parts = step.args[0]
    axis = index_of(option(step, 1, "axis", 0), step.ndim)
    for k, part in enumerate(parts):
        key = (slice(None),) * axis + (k,)
        if isinstance(part, Expression):
            yield part, g[key]
        elif isinstance(part, list | tuple):
            inner = step.sheet.make("array", part)
            yield from _stack(inner, g[key], more)


@pull(np.concatenate, np.hstack, np.vstack, np.column_stack, np.append)
def _concatenate(step, g, more):
    parts = step.args[:2] if step.call is np.append else step.args[0]
    arrays = [x if isinstance(x, Expression) else np.asarray(x) for x in parts]
    shapes = [np.shape(x) for x in arrays]
    axis = {np.vstack: 0, np.column_stack: 1, np.hstack: 0 if max(map(len, shapes)) < 2 else 1}.get(step.call)
    if axis is None:
        axis = option(step, 2 if step.call is np.append else 1, "axis", None if step.call is np.append else 0)
    if axis is None:
        shapes, axis = [(int(np.prod(shape, dtype=int)),) for shape in shapes], 0
    elif any(len(shape) != step.ndim for shape in shapes):
        seen = [step.call(*([np.zeros(shape)] * 2 if step.call is np.append else [[np.zeros(shape)]])).shape
                for shape in shapes]
        shapes = seen
    axis, start = index_of(axis, step.ndim), 0
    for x, shape in zip(arrays, shapes, strict=True):
        stop = start + shape[axis]
        if isinstance(x, Expression):
            part = g[(slice(None),) * axis + (slice(start, stop),)]
            back = _with_outputs(x.shape, g, more)
            yield x, part if part.shape == back else step.sheet.make(np.reshape, part, back)
        start = stop


@pull(np.flip)
def _flip(step, g, more):
    x, axis = step.args[0], option(step, 1, "axis")
    over_axes = axes_of(axis, x.ndim)
    key = (slice(None, None, -1) if k in over_axes else slice(None) for k in range(max(over_axes, default=-1) + 1))
    yield x, g[tuple(key)]


@pull(np.roll)
def _roll(step, g, more):
    x, shift, axis = step.args[0], option(step, 1, "shift"), option(step, 2, "axis")
    back = tuple(-k for k in shift) if isinstance(shift, tuple | list) else -shift
    if axis is None and (x.ndim != 1 or not more):
        if more and x.ndim:
            raise UnsupportedError("without axis=")
        yield x, step.sheet.make(np.roll, g, back) if x.ndim else g
        return
    axis = axes_of(0 if axis is None else axis, x.ndim)
    yield x, step.sheet.make(np.roll, g, back, axis=axis[0] if len(axis) == 1 else axis)


@pull(np.take)
def _take(step, g, more):
    plain_options(step, "axis", "indices")
    x, indices, axis = step.args[0], option(step, 1, "indices"), option(step, 2, "axis")
    if isinstance(indices, Expression) and indices.call != "constant":
        raise UnsupportedError("at places that follow from values")
    if axis is None and x.ndim != 1:
        raise UnsupportedError("without axis=")
    key = (slice(None),) * index_of(0 if axis is None else axis, x.ndim) + (indices,)
    yield x, step.sheet.make("placed", _with_outputs(x.shape, g, more), (key,), (g,))


@pull(np.triu, np.tril)
def _triangle(step, g, more):
    x = step.args[0]
    if more:
        ones = step.sheet.make(np.ones, step.shape)
        back = times(lifted(step.sheet.make(step.call, ones, *step.args[1:], **step.options), more), g)
    else:
        back = step.sheet.make(step.call, g, *step.args[1:], **step.options)
    yield x, summed(back, step.shape, x.shape, more, step.sheet)


@pull(np.pad)
def _pad(step, g, more):
    plain_options(step, "mode", "constant_values")
    if option(step, 2, "mode", "constant") != "constant":
        raise UnsupportedError('with another mode than "constant"')
    x = step.args[0]
    at = np.argwhere(np.pad(np.ones(x.shape, bool), option(step, 1, "pad_width")))[0]
    yield x, g[tuple(slice(int(start), int(start) + n) for start, n in zip(at, x.shape, strict=True))]


@pull(np.repeat, np.tile)
def _copied(step, g, more):
    x, count, axis = step.args[0], option(step, 1, "repeats" if step.call is np.repeat else "reps"), None
    if x.ndim == 0:
        yield x, step.sheet.make(np.sum, g, axis=tuple(range(step.ndim)) if step.ndim > 1 else 0)
        return
    if step.call is np.repeat:
        axis = option(step, 2, "axis")
        if not isinstance(count, int) or axis is None and x.ndim != 1:
            raise UnsupportedError("with another number of copies for each entry, or without axis=")
        axis = index_of(0 if axis is None else axis, x.ndim)
        shape, over_axes = (*x.shape[:axis + 1], count, *x.shape[axis + 1:]), (axis + 1,)
    else:
        reps = (count,) if isinstance(count, int) else tuple(count)
        reps = (1,) * (x.ndim - len(reps)) + reps
        own = (1,) * (len(reps) - x.ndim) + x.shape
        shape, over_axes = sum(zip(reps, own, strict=True), ()), tuple(range(0, 2 * len(reps), 2))
    end = g.shape[g.ndim - more:] if more else ()
    g = step.sheet.make(np.sum, step.sheet.make(np.reshape, g, shape + end),
                        axis=over_axes[0] if len(over_axes) == 1 else over_axes)
    yield x, g if g.shape == x.shape + end else step.sheet.make(np.reshape, g, x.shape + end)


@pull(np.diag)
def _diag(step, g, more):
    x, offset = step.args[0], option(step, 1, "k", 0)
    if offset:
        if x.ndim != 1 or more:
            raise UnsupportedError("with k=, of a matrix or for a result that is not a number")
        yield x, step.sheet.make(np.diag, g, offset)
        return
    if x.ndim == 1:
        yield x, step.sheet.make(np.diag, g) if not more else step.sheet.make(np.einsum, "iio->io", g)
        return
    n = step.shape[0]
    at = step.sheet.make(np.arange, n)
    yield x, step.sheet.make(np.diag, g) if not more and x.shape == (n, n) else step.sheet.make(
        "placed", x.shape + (g.shape[1:] if more else ()), ((at, at),), (g,))


@pull(np.sort)
def _sort(step, g, more):
    x = step.args[0]
    if x.ndim != 1:
        axis = step.options["axis"]
        order = x.sheet.make(np.argsort, x, axis=axis, kind="stable")
        place = x.sheet.make(np.argsort, order, axis=axis)          # where each entry went
        yield x, x.sheet.make(np.take_along_axis, g, place[(..., None)] if more else place, axis=axis)
        return
    order = x.sheet.make(np.argsort, x, kind="stable")
    yield x, x.sheet.make("placed", g.shape, ((order,),), (g,))
