"""Slopes of element-wise steps, from the engine's table, or as a reader would write them (X.22)."""

import numpy as np

from ..engine.rules.elementwise import SLOPES
from .expression import number_of, over, times
from .shaping import option


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
    np.hypot: lambda y, a, b: tuple(over(x, np.where(np.equal(y, 0.0), 1.0, y)) for x in (a, b)),
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
