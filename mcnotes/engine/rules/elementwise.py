"""Element-wise functions, given by their ordinary derivative, and the choice between operands (X.22, X.23)."""

import operator
from operator import itemgetter

import numpy as np

from ..calls import step
from ..core import RULES, Traced, given, pair, plain, put, record, top
from ..operands import NoDerivativeError, UnsupportedError
from ..structure import Map
from . import rule


def unbroadcast(g, shape):
    """Sum an array over the axes along which broadcasting copied, to the shape it came from."""
    extra = g.ndim - len(shape)
    if extra:
        g = g.sum(axis=tuple(range(extra)))
    copied = tuple([d for d, n in enumerate(shape) if n == 1 and g.shape[d] != 1])
    return g.sum(axis=copied, keepdims=True) if copied else g


class Scale(tuple):
    """The VJP of an element-wise function: each output entry follows its own input entry (X.22).

    A tuple, quickly made: the slope (a number, None for 1, or a function of the result and the operands), the
    result, the operands, the shape of the operand, and that of the result.
    """

    __slots__ = ()
    shape, out = property(itemgetter(3)), property(itemgetter(4))

    def pull(self, g):
        slope, y, operands, shape, out = self
        if slope is not None:
            g = (slope if type(slope) is float else slope(y, *operands)) * g
        return g if shape == out else unbroadcast(g, shape)

    def pull_structure(self, s):
        slope, y, operands, shape, out = self
        if slope is None and shape == out:
            return s
        local = slope if slope is None or type(slope) is float else slope(y, *operands)
        count, first = len(out), len(out) - len(shape)

        def scaled(term):
            if local is not None:
                term = term.scaled(local, count)
            if shape == out:
                return term
            inner = [Map((), 0) if n == 1 and out[first + d] != 1 else term.axes[first + d]
                     for d, n in enumerate(shape)]
            return term.inward(inner, count)
        return s.each(shape, scaled)


def _unary(ufunc, slope):
    def apply(x):
        if x.position is None:
            return step(ufunc, (x,), {})
        value = x.value
        y = ufunc(value)
        return put(x.tape, y, ((x.position, Scale((slope, y, (value,), y.shape, y.shape))),))
    return apply


#: Python's signs do the same as these functions, and are quicker with single numbers.
_SIGNS = {np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.divide: operator.truediv}


def _binary(ufunc, slope_a, slope_b):
    compute = _SIGNS.get(ufunc, ufunc)

    def apply(a, b):
        tape, u, place_a, v, place_b = pair(a, b)
        if place_a is None and place_b is None:
            return step(ufunc, (a, b), {})
        y = compute(u, v)
        vjps = ()
        if place_a is not None:
            vjps = ((place_a, Scale((slope_a, y, (u, v), u.shape, y.shape))),)
        if place_b is not None:
            vjps += ((place_b, Scale((slope_b, y, (u, v), v.shape, y.shape))),)
        return put(tape, y, vjps)
    return apply


def _tanh_slope(y, x):
    """(1 / cosh)², which stays accurate where 1 - tanh² does not; bounded so that no derivative of it overflows."""
    if hasattr(y, "settled"):
        return 1 - y**2             # as one writes it down
    return (1 / np.cosh(np.maximum(np.minimum(x, 700.0), -700.0))) ** 2


def _power_slope(y, x, p):
    if isinstance(p, float) or np.ndim(p) == 0 and not hasattr(p, "value"):
        return 2.0 * x if p == 2 else p * x ** (p - 1) if p != 0 else 0.0
    return p * x ** np.where(np.equal(p, 0.0), 1.0, p - 1)


def _exponent_slope(y, x, p):
    """y log x; 0 to a positive power stays 0 when the power moves."""
    return y * np.log(np.where(np.logical_and(np.equal(x, 0.0), np.greater(p, 0.0)), 1.0, x))


def _period_slope(y, a, b):
    """How many whole periods were taken off; there is no slope where a float no longer counts them."""
    whole = np.floor(a / b)
    if not hasattr(b, "settled") and np.any(np.abs(plain(whole)) > 2.0**53):
        raise NoDerivativeError("a remainder by a number that is so small has its jumps closer together than "
                                "numbers are, so there is no derivative with respect to it; move the point")
    return -whole


def _not_zero(y):
    """A length to divide by: where it is 0, so is what is divided."""
    return np.where(np.equal(y, 0.0), 1.0, y)


#: NumPy ufunc -> the derivative by each operand, from the result and the operands. None stands for 1.
SLOPES = {
    np.add: (None, None),
    np.subtract: (None, -1.0),
    np.multiply: (lambda y, a, b: b, lambda y, a, b: a),
    np.divide: (lambda y, a, b: 1 / b, lambda y, a, b: -y / b),
    np.power: (_power_slope, _exponent_slope),
    np.remainder: (None, _period_slope),
    np.negative: (-1.0,),
    np.positive: (None,),
    np.absolute: (lambda y, x: np.sign(x),),
    np.square: (lambda y, x: 2 * x,),
    np.sqrt: (lambda y, x: 0.5 / y,),
    np.reciprocal: (lambda y, x: -(y**2),),
    np.exp: (lambda y, x: y,),
    np.expm1: (lambda y, x: np.exp(x),),
    np.log: (lambda y, x: 1 / x,),
    np.log2: (lambda y, x: 1 / (np.log(2) * x),),
    np.log10: (lambda y, x: 1 / (np.log(10) * x),),
    np.log1p: (lambda y, x: 1 / (1 + x),),
    np.sin: (lambda y, x: np.cos(x),),
    np.cos: (lambda y, x: -np.sin(x),),
    np.tan: (lambda y, x: 1 / np.cos(x) ** 2,),
    np.arcsin: (lambda y, x: 1 / np.sqrt((1 - x) * (1 + x)),),
    np.arccos: (lambda y, x: -1 / np.sqrt((1 - x) * (1 + x)),),
    np.arctan: (lambda y, x: 1 / (1 + x**2),),
    np.sinh: (lambda y, x: np.cosh(x),),
    np.cosh: (lambda y, x: np.sinh(x),),
    np.tanh: (_tanh_slope,),
    np.arcsinh: (lambda y, x: 1 / np.hypot(1.0, x),),
    np.arccosh: (lambda y, x: 1 / np.sqrt((x - 1) * (x + 1)),),
    np.arctanh: (lambda y, x: 1 / ((1 - x) * (1 + x)),),
    np.degrees: (180 / np.pi,),
    np.radians: (np.pi / 180,),
    np.maximum: (lambda y, a, b: np.heaviside(a - b, 0.5), lambda y, a, b: np.heaviside(b - a, 0.5)),
    np.minimum: (lambda y, a, b: np.heaviside(b - a, 0.5), lambda y, a, b: np.heaviside(a - b, 0.5)),
    np.hypot: (lambda y, a, b: a / _not_zero(y), lambda y, a, b: b / _not_zero(y)),
    np.arctan2: (lambda y, a, b: b / np.hypot(a, b) / np.hypot(a, b),
                 lambda y, a, b: -a / np.hypot(a, b) / np.hypot(a, b)),
    np.logaddexp: (lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y)),
    np.conjugate: (None,),
    np.real: (None,),
}
RULES.update({ufunc: _unary(ufunc, *slopes) if len(slopes) == 1 else _binary(ufunc, *slopes)
              for ufunc, slopes in SLOPES.items()})


@rule(np.where)
def _where(condition, x=None, y=None):
    if x is None or y is None:
        raise UnsupportedError("np.where(condition) alone gives positions; call it with two branches")
    a, b = given(x, y)
    tape, (u, v) = top(a, b)
    while type(condition) is Traced and (tape is None or condition.tape.level >= tape.level):
        condition = condition.value
    if not hasattr(condition, "value"):
        condition = np.asarray(condition).astype(bool)
    y = np.where(condition, u, v)
    return y if tape is None else record(tape, y, [
        (a, Scale((lambda *_: condition.astype(float), None, (), np.shape(a), y.shape))),
        (b, Scale((lambda *_: np.logical_not(condition).astype(float), None, (), np.shape(b), y.shape)))])


@rule(np.clip)
def _clip(a, a_min=None, a_max=None, *, min=None, max=None):
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


#: Compositions of other rules, written in NumPy.
RULES.update({
    np.triu: lambda m, k=0: np.where(np.triu(np.ones(m.shape[-2:], bool), k), m, 0.0),
    np.tril: lambda m, k=0: np.where(np.tril(np.ones(m.shape[-2:], bool), k), m, 0.0),
})
