"""Steps that belong together: softmax, log-sum-exp and the logarithm of a softmax, as readers write them.

Written out, each of them is exp, sum and a quotient or a logarithm, often with the
largest entry taken off for safety. Together they have one short derivative, in
which what was taken off plays no part.
"""

import numpy as np

from ..engine.rules.reductions import over_of
from ..shapes import counted
from .expression import Expression, outer, over, product, split, times
from .shaping import option, reduced_axes, restored


def patterns(steps):
    """The steps that end a pattern, and its pull.

    Parameters
    ----------
    steps : iterable of Expression

    Returns
    -------
    dict
        Expression -> a pull, as in :mod:`.pulls`; with ``"diagonal"`` for the further axes, the derivative that
        arrives is diag(g), or the identity for None.
    """
    found = {}
    for step in steps:
        if step.call is np.divide and _softmax(step):
            found[step] = _by_softmax
        elif step.call is np.log and _is(step.args[0], np.divide) and _softmax(step.args[0]):
            found[step] = _by_log_softmax
        elif step.call is np.add and _logsumexp(step):
            found[step] = _by_logsumexp
    return found


def _is(x, call):
    """Whether an operand is an expression of this call."""
    return isinstance(x, Expression) and x.call is call


def _sum_of_exp(total, e):
    """The axes over which `total` adds up `e`, when that is an exponential."""
    if not _is(total, np.sum) or not _is(e, np.exp) or total.args[0] is not e:
        return None
    if set(total.options) - {"axis", "keepdims"}:
        return None
    return over_of(option(total, 1, "axis"), e.ndim)


def _softmax(step):
    """The axes along which a quotient is a softmax, or None."""
    e, total = step.args
    axes = _sum_of_exp(total, e)
    if not axes:
        return None
    lined = total.ndim in (0, e.ndim) or axes == tuple(range(len(axes)))
    return axes if lined and step.shape == e.shape else None


def _exponent(e, axes):
    """What the exponential is of, without what is the same along the axes."""
    u = e.args[0]
    if _is(u, np.subtract):
        z, off = u.args
        shape = (1,) * (u.ndim - np.ndim(off)) + np.shape(off)
        if getattr(z, "shape", None) == u.shape and all(shape[k] == 1 for k in axes):
            return z
    return u


def _along(p, axes, x, more):
    """Sum along the axes, as axes of length 1."""
    if len(axes) == p.ndim and not more:
        return np.sum(x)
    axis = axes[0] if len(axes) == 1 else axes
    return np.sum(x, axis=axis) if axes == tuple(range(len(axes))) else np.sum(x, axis=axis, keepdims=True)


def _by_softmax(step, g, more):
    axes = _softmax(step)
    z = _exponent(step.args[0], axes)
    if more == "diagonal":
        d = step if g is None else times(step, g)
        yield z, _diagonal(d) - _pairs(step, d)
        return
    p = step[(..., None)] if more else step
    yield z, times(p, g - _along(step, axes, times(p, g), more))


def _by_log_softmax(step, g, more):
    p = step.args[0]
    axes = _softmax(p)
    z = _exponent(p.args[0], axes)
    if more == "diagonal":
        if g is None:
            yield z, p.sheet.make(np.eye, p.size) - (p if p.ndim == 2 else p[:, None])
        else:
            yield z, _diagonal(g) - _pairs(p, g)
        return
    factor, g = split(g)
    total = _along(p, axes, g, more)
    if isinstance(g, Expression) and g.call == "constant" and np.all(total.value == 1.0):     # P - T
        back = times(factor, g - p)
        back.note = f"{g.name or 'the constant'} adds up to 1"
        yield z, back
        return
    yield z, times(factor, g - times(p[(..., None)] if more else p, total))


def _logsumexp(step):
    """The exponential and the axes, when a sum is log(sum(exp(z - m))) + m."""
    log, off = step.args
    if not _is(log, np.log) or not _is(log.args[0], np.sum):
        return None
    total = log.args[0]
    e = total.args[0]
    axes = _sum_of_exp(total, e)
    if not axes or not _is(e.args[0], np.subtract) or _exponent(e, axes) is e.args[0]:
        return None
    taken = e.args[0].args[1]
    if taken is off or _same_but_axes(taken, off):
        return e, axes
    return None


def _same_but_axes(one, other):
    """Whether two expressions are the same reduction, one with its axes kept, or one is the other without them."""
    if _is(one, np.max) and _is(other, np.max) and one.args[0] is other.args[0]:
        return reduced_axes(one) == reduced_axes(other)
    return any(y.args[0] is x for x, y in ((one, other), (other, one))
               if isinstance(y, Expression) and (y.call in (np.squeeze, np.reshape, np.ravel) or y.call == "getitem"
                                                 and np.size(x) == y.size))


def _by_logsumexp(step, g, more):
    e, axes = _logsumexp(step)
    total = step.args[0].args[0]
    z = _exponent(e, axes)
    p = over(e, restored(total, e.shape, axes, 0))
    yield z, times(p[(..., None)] if more else p, restored(g, e.shape, axes, more))


def _diagonal(d):
    return np.diag(d if d.ndim == 1 else d[:, 0])


def _pairs(p, d):
    """All products of two vectors or two columns."""
    return outer(p, d) if p.ndim == 1 else product(p, d.T)


def of_a_vector(step, pull):
    """Whether a pull knows the derivative by the vector or column as a matrix."""
    quotient = step if pull is _by_softmax else step.args[0] if pull is _by_log_softmax else None
    return quotient is not None and len(counted(step.shape)) == 1 and 0 in _softmax(quotient)


#: Pulls that take a number for every entry as it is.
LAZY = {_by_softmax, _by_logsumexp}
