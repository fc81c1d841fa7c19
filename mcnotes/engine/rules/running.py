"""What is counted along an axis: cumulated sums, differences, slopes, even steps."""

import numpy as np

from ..constants import UnsupportedError
from ..leaving import plain
from ..links import General
from ..trace import given, top
from .common import axes_of, index_of, newer, record, rule


def _in_line(a, axis):
    """An array and the axis to count along, as a number from 0; without an axis, all entries one after the other."""
    if axis is None or a.ndim == 0:
        a, axis = np.ravel(a), 0 if axis is None else axis
    return a, index_of(axis, a.ndim)


@rule(np.cumsum)
def _cumsum(a, axis=None):
    a, axis = _in_line(a, axis)
    tape, (value,) = top(a)
    back = axis - a.ndim

    def pull(g):
        return np.flip(np.cumsum(np.flip(g, back), back), back)
    return record(tape, np.cumsum(value, axis), [(a, General(pull, np.shape(value), np.shape(value)))])


@rule(np.cumprod)
def _cumprod(a, axis=None):
    a, axis = _in_line(a, axis)
    tape, (value,) = top(a)
    back = axis - a.ndim
    if np.all(plain(value) != 0):
        y = np.cumprod(value, axis)

        def pull(g):
            return np.flip(np.cumsum(np.flip(g * y, back), back), back) / value
        return record(tape, y, [(a, General(pull, np.shape(value), np.shape(value)))])
    first, *others = np.moveaxis(a, axis, 0)
    parts = [first]
    for entries in others:
        parts.append(parts[-1] * entries)
    return np.stack(parts, axis)


@rule(*newer("cumulative_sum"))
def _cumulative_sum(x, axis=None, include_initial=False):
    if axis is None and x.ndim > 1:
        raise ValueError(f"cumulative_sum of shape {x.shape} needs an axis")
    axis = index_of(0 if axis is None else axis, x.ndim)
    zero = np.zeros([1 if k == axis else n for k, n in enumerate(x.shape)])
    y = np.cumsum(x, axis)
    return np.concatenate([zero, y], axis) if include_initial else y


@rule(np.diff)
def _diff(a, n=1, axis=-1, prepend=None, append=None):
    if n < 0:
        raise ValueError(f"diff: n={n} must be 0 or more")
    axis = index_of(axis, a.ndim)
    if prepend is not None or append is not None:
        edge = [1 if k == axis else n for k, n in enumerate(a.shape)]
        a = np.concatenate([np.broadcast_to(x, edge) if np.ndim(x) == 0 else x
                            for x in (*given(*(x for x in (prepend,) if x is not None)), a,
                                      *given(*(x for x in (append,) if x is not None)))], axis)
    key = (slice(None),) * axis
    for _ in range(n):
        a = a[(*key, slice(1, None))] - a[(*key, slice(None, -1))]
    return a


@rule(np.gradient)
def _gradient(f, *varargs, axis=None, edge_order=1):
    over = axes_of(axis, f.ndim)
    if f.ndim == 0:
        raise ValueError("gradient of a number has no axis to go along")
    if len(varargs) not in (0, 1, len(over)):
        raise TypeError(f"np.gradient takes one distance for all axes or {len(over)} of them, it got {len(varargs)}")
    steps = list(varargs) * len(over) if len(varargs) == 1 else list(varargs) or [1.0] * len(over)
    found = [_slope(f, k, step, edge_order) for k, step in zip(over, steps, strict=True)]
    return found[0] if len(over) == 1 else tuple(found)


def _slope(f, axis, step, edge_order):
    """Each slope mixes three neighbours; NumPy tells the weights when it meets every third entry alone."""
    n = f.shape[axis]
    if hasattr(step, "tape"):
        raise UnsupportedError("np.gradient has no derivative rule for its distances; divide by them yourself")
    if n < 3:
        return np.moveaxis(np.tensordot(np.gradient(np.eye(n), step, axis=0, edge_order=edge_order), f, (1, axis)),
                           0, axis)
    start, y = np.clip(np.arange(n) - 1, 0, n - 3), 0.0
    for third in range(3):
        weights = np.gradient((np.arange(n) % 3 == third).astype(float), step, edge_order=edge_order)
        neighbour = np.take(f, start + (third - start) % 3, axis)
        y = y + neighbour * np.reshape(weights, [n if k == axis else 1 for k in range(f.ndim)])
    return y


@rule(np.linspace)
def _linspace(start, stop, num=50, endpoint=True, retstep=False, axis=0):
    start, stop = given(start, stop)
    parts = np.linspace(0.0, 1.0, num, endpoint)
    difference = stop - start
    y = start + difference * np.reshape(parts, (num, *[1] * np.ndim(difference)))
    y = np.moveaxis(y, 0, axis) if axis != 0 else y
    return (y, difference / (num - 1 if endpoint else num)) if retstep else y


@rule(np.interp)
def _interp(x, xp, fp, left=None, right=None):
    x, xp, fp = given(x, xp, fp)
    if np.ndim(xp) != 1 or np.shape(xp) != np.shape(fp) or not np.all(np.diff(plain(xp)) > 0):
        raise ValueError(f"interp: xp has shape {np.shape(xp)} and fp {np.shape(fp)}; they are vectors of one length, "
                         "and xp increases")
    left, right = (fp[k] if end is None else end for end, k in ((left, 0), (right, -1)))
    if len(plain(xp)) == 1:
        return np.where(plain(x) < plain(xp)[0], left, np.where(plain(x) > plain(xp)[0], right, fp[0]))
    k = np.clip(np.searchsorted(plain(xp), plain(x), "right") - 1, 0, len(plain(xp)) - 2)
    y = fp[k] + (x - xp[k]) / (xp[k + 1] - xp[k]) * (fp[k + 1] - fp[k])
    return np.where(plain(x) < plain(xp)[0], left, np.where(plain(x) > plain(xp)[-1], right, y))
