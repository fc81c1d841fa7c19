"""What the pulls of all families share: the table, and how a derivative gets the shape of an operand."""

import numpy as np

from ..engine.constants import UnsupportedError
from ..engine.rules.reductions import over_of
from .expression import Expression, number_of, split, times, transposed

#: NumPy function or name of a step -> its pull.
PULLS = {}


def pull(*calls):
    """Enter a function into the table."""
    def enter(own):
        PULLS.update(dict.fromkeys(calls, own))
        return own
    return enter


def full(g, shape, sheet):
    """An expression (or number) that broadcasts to a shape, in that shape."""
    if isinstance(g, Expression) and g.shape == shape:
        return g
    if shape == ():
        return sheet.number(float(g))
    sizes = shape[0] if len(shape) == 1 else shape
    known = number_of(g)
    return sheet.make({0.0: np.zeros, 1.0: np.ones}[known], sizes) if known in (0.0, 1.0) else \
        sheet.make(np.full, sizes, g if known is None else known)


def summed(g, came, shape, more, sheet):
    """Add up over the axes along which `shape` was copied to become `came`; `more` axes at the end stay."""
    if came == shape:
        return g
    if not isinstance(g, Expression) or g.ndim == 0:
        copies = np.prod(came, dtype=float) / np.prod(shape, dtype=float)
        return times(g, copies) if more == 0 else full(times(g, copies), shape, sheet)
    factor, g = split(g)
    end = g.shape[g.ndim - more:] if more else ()
    whole = np.broadcast_shapes(g.shape, (1,) * len(came) + end) if more else g.shape
    g = g if g.ndim == len(whole) else sheet.make("getitem", g, (None,) * (len(whole) - g.ndim) + (Ellipsis,))
    lead = len(came) + more - g.ndim            # axes of `came` that g has not
    copies, extra, kept = factor, [], []
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


def turned(x):
    """The transpose of each matrix."""
    return transposed(x) if x.ndim == 2 else x.sheet.make(np.swapaxes, x, -1, -2)


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
