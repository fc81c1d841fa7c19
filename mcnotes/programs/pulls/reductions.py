"""Sums and other reductions over axes."""

import numpy as np
from numpy.linalg import norm

from ...engine.constants import UnsupportedError
from ...engine.rules.common import axes_of, index_of
from ...engine.rules.reductions import over_of
from ..expression import Expression, over, times
from ..shaping import lifted, option, plain_options, pull, reduced_axes, restored, weighted


@pull(np.sum)
def _sum(step, g, more):
    plain_options(step, "axis", "keepdims", "dtype")
    x, = step.args[:1]
    yield x, restored(g, x.shape, reduced_axes(step), more)


@pull(np.mean)
def _mean(step, g, more):
    plain_options(step, "axis", "keepdims", "dtype")
    x, over_axes = step.args[0], reduced_axes(step)
    yield x, over(restored(g, x.shape, over_axes, more), float(np.prod([x.shape[k] for k in over_axes])))


@pull(np.max, np.min)
def _extreme(step, g, more):
    plain_options(step, "axis", "keepdims")
    x, over_axes, find = step.args[0], reduced_axes(step), np.argmax if step.call is np.max else np.argmin
    if len(over_axes) == x.ndim:
        places = np.arange(x.size)
        at = x.sheet.make(np.arange, x.size)
        at = at if x.ndim == 1 else x.sheet.make(np.reshape, at, x.shape)
        chosen = np.equal(at, x.sheet.make(find, x))
    elif len(over_axes) == 1:
        axis, = over_axes
        places = (None,) * axis + (slice(None),) + (None,) * (x.ndim - axis - 1)
        at = x.sheet.make(np.arange, x.shape[axis])
        at = at[places] if axis < x.ndim - 1 else at
        chosen = np.equal(at, x.sheet.make(find, x, axis=axis, keepdims=True))
    else:
        raise UnsupportedError("over several axes, but not all")
    yield weighted(step, g, more, chosen)


@pull(np.prod)
def _prod(step, g, more):
    plain_options(step, "axis", "keepdims")
    x = step.args[0]
    if x.ndim and not np.all(x.value):
        raise UnsupportedError("at a point with an entry that is 0")
    yield weighted(step, g, more, over(restored(step, x.shape, reduced_axes(step), 0), x))


@pull(norm)
def _norm(step, g, more):
    plain_options(step, "axis", "keepdims", "ord")
    x, kind = step.args[0], option(step, 1, "ord")
    axis = option(step, 2, "axis")
    count = x.ndim if axis is None else len(axes_of(axis, x.ndim))
    if not (kind is None and (axis is None or count in (1, 2)) or count == 1 and kind == 2 or
            count == 2 and kind == "fro"):
        raise UnsupportedError(f"with ord={kind!r}")
    over_axes = over_of(axis, x.ndim)
    y = restored(step, x.shape, over_axes, 0)
    back = restored(g, x.shape, over_axes, more)
    yield x, times(lifted(over(x, y), more), back)


@pull(np.var)
def _var(step, g, more):
    plain_options(step, "axis", "keepdims", "ddof")
    centred, freedom = _centred(step)
    yield weighted(step, g, more, over(times(2.0, centred), freedom))


@pull(np.std)
def _std(step, g, more):
    plain_options(step, "axis", "keepdims", "ddof")
    x, (centred, freedom) = step.args[0], _centred(step)
    y = restored(step, x.shape, reduced_axes(step), 0)
    yield weighted(step, g, more, over(centred, times(freedom, y)))


def _centred(step):
    x, over_axes = step.args[0], reduced_axes(step)
    count = float(np.prod([x.shape[k] for k in over_axes])) - option(step, 4, "ddof", 0)
    if len(over_axes) == x.ndim:
        return x - x.sheet.make(np.mean, x), count
    axis = over_axes[0] if len(over_axes) == 1 else over_axes
    return x - x.sheet.make(np.mean, x, axis=axis, keepdims=True), count


@pull("logaddexp.reduce")
def _logsumexp(step, g, more):
    plain_options(step, "axis", "keepdims")
    x = step.args[0]
    y = restored(step, x.shape, reduced_axes(step), 0)
    yield weighted(step, g, more, np.exp(x - y))


@pull(np.cumsum)
def _cumsum(step, g, more):
    plain_options(step, "axis")
    x, axis = step.args[0], option(step, 1, "axis")
    if x.ndim == 0:
        yield x, g[0]
        return
    if axis is None:
        axis = 0
        if x.ndim != 1:
            raise UnsupportedError("without axis=")
    axis = index_of(axis, x.ndim)
    back = (slice(None),) * axis + (slice(None, None, -1),)
    options = {} if g.ndim == 1 else {"axis": axis}
    yield x, x.sheet.make(np.cumsum, g[back], **options)[back]


@pull(np.cumprod)
def _cumprod(step, g, more):
    plain_options(step, "axis")
    x, axis = step.args[0], option(step, 1, "axis", 0)
    if not np.all(x.value):
        raise UnsupportedError("at a point with an entry that is 0")
    back = (slice(None),) * axis + (slice(None, None, -1),)
    options = {} if g.ndim == 1 else {"axis": axis}
    later = x.sheet.make(np.cumsum, times(lifted(step, more), g)[back], **options)[back]
    yield x, over(later, lifted(x, more))


@pull(np.average)
def _average(step, g, more):
    plain_options(step, "axis", "weights", "keepdims")
    x, w, over_axes = step.args[0], option(step, 2, "weights"), reduced_axes(step)
    if w is None:
        yield x, over(restored(g, x.shape, over_axes, more), float(np.prod([x.shape[k] for k in over_axes])))
        return
    if not isinstance(w, Expression) or w.call != "constant" or w.ndim != 1 or len(over_axes) != 1:
        raise UnsupportedError("with weights that are not a vector of constants")
    share = over(w, np.sum(w))
    share = share if over_axes[0] == x.ndim - 1 else share[(slice(None),) + (None,) * (x.ndim - over_axes[0] - 1)]
    yield weighted(step, g, more, share)
