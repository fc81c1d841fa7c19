"""Element-wise functions, given by their ordinary derivative, and the choice between operands (X.22)."""

import operator
from functools import partial

import numpy as np

from ..asking import RULES
from ..constants import SMALL, UnsupportedError
from ..leaving import plain
from ..links import Scale
from ..stepped import stepped
from ..trace import doubt, given, innermost, pair, top
from ..traced import Traced
from .common import follows, record, rule


def _elementwise(ufunc, slopes):
    """The rule of a ufunc of one or two operands, from the derivative by each."""
    return _unary(ufunc, *slopes) if len(slopes) == 1 else _binary(ufunc, *slopes)


def _unary(ufunc, slope):
    varies = callable(slope)

    def apply(x):
        tape, value = x.tape, x.value
        y = ufunc(value)
        shape, position = value.shape, tape.place()
        tape.records[position] = ((x.position, Scale(slope(y, value) if varies else slope, shape, shape)),)
        return Traced(y, tape, position)
    return apply


#: Python's signs do the same as these functions, and are quicker with single numbers.
_SIGNS = {np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul, np.divide: operator.truediv}


def _binary(ufunc, slope_a, slope_b):
    compute, varies_a, varies_b = _SIGNS.get(ufunc, ufunc), callable(slope_a), callable(slope_b)

    def apply(a, b):
        tape, u, v, place_a, place_b = pair(a, b)
        y = compute(u, v)
        if tape.held and y.size > SMALL and (place_a is None or place_b is None):
            doubt(tape, y)
        shape, links = y.shape, ()
        if place_a is not None:
            links = ((place_a, Scale(slope_a(y, u, v) if varies_a else slope_a, u.shape, shape)),)
        if place_b is not None:
            links += ((place_b, Scale(slope_b(y, u, v) if varies_b else slope_b, v.shape, shape)),)
        position = tape.place()
        tape.records[position] = links
        return Traced(y, tape, position)
    return apply


def _tanh_slope(y, x):
    """(1 / cosh)², which stays accurate where 1 - tanh² does not; bounded so that no derivative of it overflows."""
    return (1 / np.cosh(np.maximum(np.minimum(x, 700.0), -700.0))) ** 2


def _power_slope(y, x, p):
    if np.ndim(p) == 0 and not isinstance(p, Traced):
        return 2.0 * x if p == 2 else p * x ** (p - 1) if p != 0 else 0.0
    return p * x ** np.where(p == 0, 1.0, p - 1)


def _exponent_slope(y, x, p):
    return y * np.log(np.where(x == 0, 1.0, x))


def _sinc_slope(y, x):
    near = np.abs(x) < 0.05
    far = np.where(near, 1.0, x)
    series = -np.pi**2 * x / 3 + np.pi**4 * x**3 / 30 - np.pi**6 * x**5 / 840 + np.pi**8 * x**7 / 45360
    return np.where(near, series, (np.cos(np.pi * far) - np.sinc(far)) / far)


def _share(chosen, other):
    """Weight of an operand that competes: 1 where it wins, one half at a tie."""
    def slope(y, a, b):
        return np.where(np.equal(a, b), 0.5, np.where(chosen(a, b), 1.0, 0.0))
    return slope if other == 0 else lambda y, a, b: slope(y, b, a)


#: NumPy ufunc -> the derivative by each operand, from the result and the operands. None stands for 1.
SLOPES = {
    np.add: (None, None),
    np.subtract: (None, -1.0),
    np.multiply: (lambda y, a, b: b, lambda y, a, b: a),
    np.divide: (lambda y, a, b: 1 / b, lambda y, a, b: -y / b),
    np.power: (_power_slope, _exponent_slope),
    np.float_power: (_power_slope, _exponent_slope),
    np.remainder: (None, lambda y, a, b: -np.floor(a / b)),
    np.fmod: (None, lambda y, a, b: -np.trunc(a / b)),
    np.negative: (-1.0,),
    np.positive: (None,),
    np.absolute: (lambda y, x: np.sign(x),),
    np.fabs: (lambda y, x: np.sign(x),),
    np.square: (lambda y, x: 2 * x,),
    np.sqrt: (lambda y, x: 0.5 / y,),
    np.cbrt: (lambda y, x: 1 / (3 * y**2),),
    np.reciprocal: (lambda y, x: -(y**2),),
    np.exp: (lambda y, x: y,),
    np.exp2: (lambda y, x: np.log(2) * y,),
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
    np.rad2deg: (180 / np.pi,),
    np.radians: (np.pi / 180,),
    np.deg2rad: (np.pi / 180,),
    np.maximum: (_share(np.greater, 0), _share(np.greater, 1)),
    np.minimum: (_share(np.less, 0), _share(np.less, 1)),
    np.fmax: (_share(np.greater, 0), _share(np.greater, 1)),
    np.fmin: (_share(np.less, 0), _share(np.less, 1)),
    np.hypot: (lambda y, a, b: a / np.where(y == 0, 1.0, y), lambda y, a, b: b / np.where(y == 0, 1.0, y)),
    np.arctan2: (lambda y, a, b: b / (a**2 + b**2), lambda y, a, b: -a / (a**2 + b**2)),
    np.logaddexp: (lambda y, a, b: np.exp(a - y), lambda y, a, b: np.exp(b - y)),
    np.logaddexp2: (lambda y, a, b: np.exp2(a - y), lambda y, a, b: np.exp2(b - y)),
    np.copysign: (lambda y, a, b: np.sign(a) * np.copysign(1.0, plain(b)), 0.0),
    np.sinc: (_sinc_slope,),
    np.conjugate: (None,),
    np.real: (None,),
    np.real_if_close: (None,),
}
RULES.update({ufunc: _elementwise(ufunc, slopes) for ufunc, slopes in SLOPES.items()})


def _sawtooth(known):
    """The rule of a remainder, at points where a float can still count the teeth."""
    def apply(a, b):
        a, b = given(a, b)
        if type(b) is Traced:
            with np.errstate(all="ignore"):
                quotient = np.abs(np.divide(plain(a), plain(b)))
            if np.any((quotient > 2.0**53) & np.isfinite(quotient)):
                raise ValueError("a remainder by a number that is so small has its jumps closer together than numbers "
                                 "of double precision are, so it has no derivative by it there; move the point")
        return known(a, b)
    return apply


RULES.update({ufunc: _sawtooth(RULES[ufunc]) for ufunc in (np.remainder, np.fmod)})

#: Steps and comparisons: their derivative is zero wherever it exists, so they give plain arrays.
STEPS = (np.sign, np.floor, np.ceil, np.trunc, np.rint, np.heaviside, np.floor_divide, np.less, np.less_equal,
         np.greater, np.greater_equal, np.equal, np.not_equal, np.isnan, np.isfinite, np.isinf, np.signbit,
         np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.round, np.around, np.fix, np.imag, np.angle)


def _step(function, *operands, **options):
    tapes = []
    while (tape := innermost(operands)) is not None:
        tapes.append(tape)
        operands = top(*operands)[1] if len(operands) > 1 else (operands[0].value,)
    return stepped(function(*operands, **options), operands, *tapes)


RULES.update({function: partial(_step, function) for function in STEPS})


@rule(np.nan_to_num)
def _nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    return np.where(np.isfinite(plain(x)), x, np.nan_to_num(plain(x), True, nan, posinf, neginf))


@rule(np.where)
def _where(condition, *branches):
    if len(branches) != 2:
        raise UnsupportedError("np.where(condition) alone gives positions; call it with two branches")
    condition = np.asarray(plain(condition)).astype(bool)
    branches = given(*branches)
    tape, (a, b) = top(*branches)
    y = np.where(condition, a, b)
    if tape is None:
        return y
    return record(tape, y, [(x, Scale(chosen.astype(float), np.shape(x), np.shape(y)))
                            for x, chosen in zip(branches, (condition, np.logical_not(condition)), strict=True)
                            if follows(tape, x)])


@rule(np.select)
def _select(condlist, choicelist, default=0.0):
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(f"select: {len(condlist)} conditions for {len(choicelist)} choices")
    y = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = np.where(condition, choice, y)
    return y


@rule(np.clip)
def _clip(a, a_min=None, a_max=None, *, min=None, max=None):
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


@rule(np.triu)
def _triu(m, k=0):
    return np.where(np.triu(np.ones(m.shape[-2:], bool), k), m, 0.0)


@rule(np.tril)
def _tril(m, k=0):
    return np.where(np.tril(np.ones(m.shape[-2:], bool), k), m, 0.0)
