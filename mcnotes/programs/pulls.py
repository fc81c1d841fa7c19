"""How each step hands a derivative back, written as NumPy expressions (X.19 to X.23).

A pull is called with the step (an :class:`~.expression.Expression`) and with ``g``, what
has arrived at its result, and yields an operand and what arrives there. For a
vector result `g` has one more axis, the last, with a column for each output; all
moves and sums leave that axis alone. Element-wise functions have slopes instead,
from the table of the engine (:mod:`mcnotes.engine.rules.elementwise`).
"""

import numpy as np
from numpy.linalg import det, inv, norm, slogdet, solve

from ..engine.constants import UnsupportedError
from ..engine.rules.common import LETTERS, axes_of, index_of
from ..engine.rules.elementwise import SLOPES
from ..engine.rules.reductions import over_of
from .expression import Expression, number_of, outer, over, product, scaled, times, transposed

#: NumPy function or name of a step -> its pull.
PULLS = {}


def pull(*calls):
    """Enter a function into the table."""
    def enter(own):
        PULLS.update(dict.fromkeys(calls, own))
        return own
    return enter


# Shapes ---------------------------------------------------------------------------------------------------

def full(g, shape, sheet):
    """An expression (or number) that broadcasts to a shape, in that shape."""
    if isinstance(g, Expression):
        if g.shape == shape:
            return g
        return sheet.make(np.full, shape, g)
    if shape == ():
        return sheet.number(float(g))
    return sheet.make(np.ones, shape) if g == 1 else sheet.make(np.full, shape, float(g))


def summed(g, came, shape, more, sheet):
    """Add up over the axes along which `shape` was copied to become `came`; `more` axes at the end stay."""
    if came == shape:
        return g
    if not isinstance(g, Expression) or g.ndim == 0:
        copies = np.prod(came, dtype=float) / np.prod(shape, dtype=float)
        return times(g, copies) if more == 0 else full(times(g, copies), shape, sheet)
    end = g.shape[g.ndim - more:] if more else ()
    whole = np.broadcast_shapes(g.shape, (1,) * len(came) + end) if more else g.shape
    g = g if g.ndim == len(whole) else sheet.make("getitem", g, (None,) * (len(whole) - g.ndim) + (Ellipsis,))
    lead = len(came) + more - g.ndim            # axes of `came` that g has not
    copies, extra, kept = 1.0, [], []
    for axis, n in enumerate(came):
        own = axis - (len(came) - len(shape))
        mine = axis - lead
        if own >= 0 and shape[own] == n:
            continue
        if mine < 0 or g.shape[mine] != n:
            copies *= n
        (extra if own < 0 else kept).append(mine)
    kept = [k for k in kept if k >= 0 and g.shape[k] != 1]
    extra = [k for k in extra if k >= 0]
    if kept:
        g = sheet.make(np.sum, g, axis=kept[0] if len(kept) == 1 else tuple(kept), keepdims=True)
    if extra:
        g = sheet.make(np.sum, g, **({"axis": extra[0] if len(extra) == 1 else tuple(extra)}
                                     if len(extra) < g.ndim else {}))
    return times(copies, g)


def restored(g, shape, over_axes, more):
    """What arrives at the result of a reduction, so that it broadcasts to the shape that was reduced."""
    if not isinstance(g, Expression) or g.ndim == more:
        return g
    if g.ndim == len(shape) + more:                 # keepdims
        return g
    if more == 0 and over_axes == tuple(range(len(over_axes))):
        return g
    return g[tuple(None if k in over_axes else slice(None) for k in range(len(shape)))]


def option(step, place, name, default=None):
    """An option of a step, by place or by name."""
    return step.options.get(name, step.args[place] if len(step.args) > place else default)


def reduced_axes(step):
    axis = option(step, 1, "axis", 0 if step.call == "logaddexp.reduce" else None)
    return over_of(axis, step.args[0].ndim)


def plain_options(step, *known):
    """Refuse options that a pull does not know."""
    other = [name for name, x in step.options.items() if name not in known and not (
        x is None or x is np._NoValue or name == "where" and x is True)]
    if other:
        raise UnsupportedError(f"with {', '.join(sorted(other))}=")


# Sums and other reductions -------------------------------------------------------------------------------

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


def weighted(step, g, more, weight):
    """The pull of a reduction whose differential is a sum with a weight for each entry."""
    x = step.args[0]
    back = restored(g, x.shape, reduced_axes(step), more)
    return x, times(lifted(weight, more), back)


def lifted(slope, more):
    """A slope beside an array that has more axes at its end."""
    if not more or not isinstance(slope, Expression) or slope.ndim == 0:
        return slope
    return slope[(..., None)] if slope.ndim != 1 else slope[:, None]


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
    count = x.ndim if axis is None and kind is None else 1 if axis is None else len(axes_of(axis, x.ndim))
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
    x, (centred, freedom) = step.args[0], _centred(step)
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


# Products ------------------------------------------------------------------------------------------------

@pull(np.matmul)
def _matmul(step, g, more):
    a, b = step.args
    kinds = a.ndim, b.ndim
    sheet = step.sheet
    if max(kinds) > 2:
        if more or min(kinds) < 2:
            raise UnsupportedError("of stacks of matrices, for a result that is not a number" if more else
                                   "of a stack of matrices and a vector")
        yield a, summed(sheet.make(np.matmul, g, _turned(b)), g.shape[:-1] + a.shape[-1:], a.shape, 0, sheet)
        yield b, summed(sheet.make(np.matmul, _turned(a), g), g.shape[:-2] + b.shape[-2:], b.shape, 0, sheet)
    elif kinds == (2, 2):
        yield a, product(g, transposed(b)) if not more else sheet.make(np.einsum, "iko,jk->ijo", g, b)
        yield b, product(transposed(a), g) if not more else sheet.make(np.einsum, "ij,iko->jko", a, g)
    elif kinds == (2, 1):
        yield a, outer(g, b) if not more else times(g[:, None], b[:, None])
        yield b, product(transposed(a), g)
    elif kinds == (1, 2):
        yield a, product(b, g)
        yield b, outer(a, g) if not more else times(a[:, None, None], g)
    else:
        yield a, times(b, g) if not more else outer(b, g)
        yield b, times(a, g) if not more else outer(a, g)


def _turned(x):
    return transposed(x) if x.ndim == 2 else x.sheet.make(np.swapaxes, x, -1, -2)


@pull(np.outer)
def _outer(step, g, more):
    a, b = step.args
    if a.ndim != 1 or b.ndim != 1:
        raise UnsupportedError("of arrays that are not vectors")
    if more:
        yield a, step.sheet.make(np.einsum, "ijo,j->io", g, b)
        yield b, step.sheet.make(np.einsum, "ijo,i->jo", g, a)
    else:
        yield a, product(g, b)
        yield b, product(transposed(g), a)


@pull(np.einsum)
def _einsum(step, g, more):
    plain_options(step, "optimize")
    pattern, operands = step.args[0], step.args[1:]
    if not isinstance(pattern, str) or "." in pattern or "->" not in pattern:
        raise UnsupportedError('in a form other than "ij,jk->ik", with the arrow and without dots')
    inputs, _, out = pattern.replace(" ", "").partition("->")
    letters = inputs.split(",")
    end = next(x for x in LETTERS if x not in pattern) if more else ""
    for k, (x, own) in enumerate(zip(operands, letters, strict=True)):
        if not isinstance(x, Expression):
            continue
        others = [(y, z) for j, (y, z) in enumerate(zip(operands, letters, strict=True)) if j != k]
        known = out + "".join(z for _, z in others)
        if len(set(own)) < len(own) or not set(own) <= set(known) or not _even(operands, letters):
            raise UnsupportedError("with a letter that one array has twice or alone, or with an axis of length 1")
        back = ",".join([*(z for _, z in others), out + end]) + "->" + own + end
        yield x, step.sheet.make(np.einsum, back, *(y for y, _ in others), g)


def _even(operands, letters):
    """Whether each letter has one length."""
    lengths = {}
    return all(lengths.setdefault(letter, n) == n for x, own in zip(operands, letters, strict=True)
               for letter, n in zip(own, np.shape(x), strict=True))


@pull(np.trace)
def _trace(step, g, more):
    x = step.args[0]
    if x.ndim != 2 or len(step.args) > 1 or step.options:
        raise UnsupportedError("of anything but the main diagonal of one matrix")
    eye = step.sheet.make(np.eye, *(x.shape[:1] if x.shape[0] == x.shape[1] else x.shape))
    yield x, times(lifted(eye, more), g)


# Moves ---------------------------------------------------------------------------------------------------

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
    yield x, step.sheet.make(np.reshape, g, x.shape + g.shape[g.ndim - more:] if more else x.shape)


@pull(np.broadcast_to)
def _broadcast(step, g, more):
    x = step.args[0]
    yield x, summed(g, step.shape, x.shape, more, step.sheet)


@pull("getitem")
def _getitem(step, g, more):
    x, key = step.args
    yield x, step.sheet.make("placed", x.shape + (g.shape[g.ndim - more:] if more else ()), (_whole(key, x.ndim),), (g,))


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
            back = x.shape + (g.shape[g.ndim - more:] if more else ())
            yield x, part if part.shape == back else step.sheet.make(np.reshape, part, back)
        start = stop


@pull(np.flip)
def _flip(step, g, more):
    x, axis = step.args[0], option(step, 1, "axis")
    over_axes = axes_of(axis, x.ndim)
    yield x, g if not over_axes else g[tuple(slice(None, None, -1) if k in over_axes else slice(None) for k in range(max(over_axes) + 1))]


@pull(np.roll)
def _roll(step, g, more):
    x, shift, axis = step.args[0], option(step, 1, "shift"), option(step, 2, "axis")
    if axis is None and x.ndim != 1:
        raise UnsupportedError("without axis=")
    back = tuple(-k for k in shift) if isinstance(shift, tuple | list) else -shift
    axis = axes_of(0 if axis is None else axis, x.ndim)
    yield x, step.sheet.make(np.roll, g, back, axis=axis[0] if len(axis) == 1 else axis) if g.ndim > 1 else \
        step.sheet.make(np.roll, g, back)


@pull(np.take)
def _take(step, g, more):
    plain_options(step, "axis", "indices")
    x, indices, axis = step.args[0], option(step, 1, "indices"), option(step, 2, "axis")
    if isinstance(indices, Expression) and indices.call != "constant":
        raise UnsupportedError("at places that follow from values")
    if axis is None and x.ndim != 1:
        raise UnsupportedError("without axis=")
    key = (slice(None),) * index_of(0 if axis is None else axis, x.ndim) + (indices,)
    yield x, step.sheet.make("placed", x.shape + (g.shape[g.ndim - more:] if more else ()), (key,), (g,))


@pull(np.triu, np.tril)
def _triangle(step, g, more):
    if not more:
        yield step.args[0], step.sheet.make(step.call, g, *step.args[1:], **step.options)
        return
    ones = step.sheet.make(np.ones, step.shape)
    yield step.args[0], times(lifted(step.sheet.make(step.call, ones, *step.args[1:], **step.options), more), g)


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


@pull(np.convolve)
def _convolve(step, g, more):
    a, v = step.args[:2]
    if more or a.ndim != 1 or v.ndim != 1:
        raise UnsupportedError("for a result that is not a number" if more else "of numbers")
    mode = option(step, 2, "mode", "full")
    if mode != "full":
        raise UnsupportedError('with another mode than "full"')
    yield a, step.sheet.make(np.correlate, g, v, "valid")
    yield v, step.sheet.make(np.correlate, g, a, "valid")


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


@pull(np.diag)
def _diag(step, g, more):
    x = step.args[0]
    if len(step.args) > 1 or step.options:
        raise UnsupportedError("with k=")
    if x.ndim == 1:
        yield x, step.sheet.make(np.diag, g) if not more else step.sheet.make(np.einsum, "iio->io", g)
        return
    n = step.shape[0]
    at = step.sheet.make(np.arange, n)
    yield x, step.sheet.make(np.diag, g) if not more and x.shape == (n, n) else step.sheet.make(
        "placed", x.shape + (g.shape[1:] if more else ()), ((at, at),), (g,))


# Matrix functions ----------------------------------------------------------------------------------------

def _one_matrix(step, more):
    if step.args[0].ndim != 2 or more:
        raise UnsupportedError("for a result that is not a number" if more else "of a stack of matrices")


@pull(inv)
def _inv(step, g, more):
    _one_matrix(step, more)
    yield step.args[0], scaled(-1.0, product(product(transposed(step), g), transposed(step)))


@pull(solve)
def _solve(step, g, more):
    a, b = step.args
    if a.ndim != 2 or more:
        _one_matrix(step, more)
    by_b = step.sheet.make(solve, transposed(a), g)
    yield b, by_b
    yield a, scaled(-1.0, outer(by_b, step) if b.ndim == 1 else product(by_b, transposed(step)))


@pull(det)
def _det(step, g, more):
    _one_matrix(step, 0)
    a = step.args[0]
    yield a, times(g, lifted(times(step, transposed(a.sheet.make(inv, a))), more))


@pull("item")
def _item(step, g, more):
    whole, place = step.args
    if whole.call is not slogdet:
        raise UnsupportedError("of a step with several results")
    if place == 1:
        a = whole.args[0]
        if a.ndim != 2:
            raise UnsupportedError("of a stack of matrices")
        yield a, times(lifted(transposed(a.sheet.make(inv, a)), more), g)


# Element-wise --------------------------------------------------------------------------------------------

def _power_slopes(y, x, p):
    known = number_of(p)
    if known is not None:
        exact = p if isinstance(p, int) else known
        return 0.0 if known == 0 else times(known, x ** (exact - 1)), None
    return p * x ** np.where(np.equal(p, 0.0), 1.0, p - 1.0), y * np.log(np.where(np.equal(x, 0.0), 1.0, x))


def _above(a, b):
    """1 where a is larger than b, one half at a tie."""
    return np.heaviside(a if number_of(b) == 0 else times(-1.0, b) if number_of(a) == 0 else a - b, 0.5)


def _clip_slope(y, x, low, high):
    from_low = 1.0 if low is None else _above(x, low)
    return times(from_low, 1.0 if high is None else _above(high, x if low is None else np.maximum(x, low)))


#: Slopes that are written in another way than in the engine: as a reader would.
OWN = {
    np.tanh: lambda y, x: (1 - y ** 2,),
    np.power: _power_slopes,
    np.float_power: _power_slopes,
    np.maximum: lambda y, a, b: (_above(a, b), _above(b, a)),
    np.minimum: lambda y, a, b: (_above(b, a), _above(a, b)),
    np.fmax: lambda y, a, b: (_above(a, b), _above(b, a)),
    np.fmin: lambda y, a, b: (_above(b, a), _above(a, b)),
    np.divide: lambda y, a, b: (over(1.0, b), times(-1.0, over(y, b))),
    np.where: lambda y, c, a, b: (None, c, np.logical_not(c)),
    np.hypot: lambda y, a, b: (over(a, np.where(np.equal(y, 0.0), 1.0, y)), over(b, np.where(np.equal(y, 0.0), 1.0, y))),
    np.copysign: lambda y, a, b: (np.sign(a) * np.copysign(1.0, b), 0.0),
}


def slopes(step):
    """The derivative of an element-wise step by each operand (None for 1), or None for any other step."""
    if step.call is np.clip:
        low, high = (option(step, k, name) for k, name in ((1, "a_min"), (2, "a_max")))
        low, high = step.options.get("min", low), step.options.get("max", high)
        return [(step.args[0], _clip_slope(step, step.args[0], low, high))]
    if step.call in OWN:
        found = OWN[step.call](step, *step.args)
        if step.call is np.where:
            return list(zip(step.args[1:], found[1:], strict=True))
    elif step.call in SLOPES:
        found = [slope(step, *step.args) if callable(slope) else slope for slope in SLOPES[step.call]]
    else:
        return None
    return list(zip(step.args, found, strict=True))
