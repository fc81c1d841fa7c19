"""The rule table: what each NumPy function does to a small change.

One row or one short function for each NumPy function, in five families:

1. element-wise functions, given by their ordinary derivative;
2. products and sums, given by an einsum pattern, from which everything follows;
3. moves, whose index table is found by running the function itself on the
   numbers 0, 1, 2, ... in place of the entries;
4. compositions of other rules, written in NumPy;
5. matrix functions, given by their differential.

At points without a derivative the rules answer as follows. ``abs`` and ``norm``
at 0, ``std`` of equal numbers: zero. ``sqrt`` at 0 and other infinite slopes:
inf. ``maximum``, ``minimum`` at a tie: one half each. ``max``, ``min``, ``sort``:
the first of equal entries takes all. ``sign``, ``floor``, ``ceil`` and other steps:
zero, everywhere. ``where`` follows the chosen branch.

``cholesky`` and ``eigvalsh`` read the lower triangle of a matrix only, and so the
entries above it have the derivative zero. For a symmetric change, given as a
whole, ``predict`` is right as it stands.

Which entry ``max``, ``min``, ``sort`` and ``where`` choose depends on the point, so
the zeros that follow are held as values, not as zeros by construction. Positions
that a function works out itself (``x[np.argsort(x)]``, ``x[x > 0]``) count as given.
"""

import string
from functools import partial

import numpy as np
from numpy.linalg import cholesky, det, eigvalsh, inv, matrix_power, norm, pinv, slogdet, solve

from .links import Along, Contract, Gather, General, Move, Part, Reshape, Scale, Slide, Turn
from .structure import scatter
from .trace import COMPLEX, RULES, Traced, UnsupportedError, given, put, top

_LETTERS = string.ascii_letters


def rule(*functions):
    """Enter a function into the table as the rule of NumPy functions."""
    def enter(own):
        for function in functions:
            RULES[function] = own
        return own
    return enter


def record(tape, value, links):
    """Put a value on a tape, with its links: (traced operand, link) pairs."""
    return put(tape, value, [(x.position, link) for x, link in links])


def follows(tape, x):
    """Whether an operand is recorded on the tape."""
    return type(x) is Traced and x.tape is tape


# 1. Element-wise functions -------------------------------------------------------------------------------

def _elementwise(ufunc, slopes):
    """The rule of a ufunc of one or two operands, from the derivative by each."""
    return _unary(ufunc, *slopes) if len(slopes) == 1 else _binary(ufunc, *slopes)


def _unary(ufunc, slope):
    def apply(x, **options):
        if options:
            raise _no_options(ufunc, options)
        tape, value = x.tape, x.value
        y = ufunc(value)
        shape = value.shape
        tape.records.append(((x.position, Scale(slope(y, value) if callable(slope) else slope, shape, shape)),))
        return Traced(y, tape, len(tape.records) - 1)
    return apply


def _binary(ufunc, slope_a, slope_b):
    def apply(a, b, **options):
        if options:
            raise _no_options(ufunc, options)
        if type(a) not in _KNOWN or type(b) not in _KNOWN:
            a, b = given(a, b)
        tape, (u, v) = top(a, b)
        y = ufunc(u, v)
        shape, links = y.shape, ()
        if y.dtype.kind == "c":
            raise UnsupportedError(COMPLEX)
        if type(a) is Traced and a.tape is tape:
            links = ((a.position, Scale(slope_a(y, u, v) if callable(slope_a) else slope_a, u.shape, shape)),)
        if type(b) is Traced and b.tape is tape:
            links += ((b.position, Scale(slope_b(y, u, v) if callable(slope_b) else slope_b, v.shape, shape)),)
        tape.records.append(links)
        return Traced(y, tape, len(tape.records) - 1)
    return apply


_KNOWN = {Traced, float, int, np.float64}


def _no_options(ufunc, options):
    return UnsupportedError(f"np.{ufunc.__name__} with {', '.join(options)}= has no derivative rule; "
                            "leave it away, or use np.where")


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
    np.copysign: (lambda y, a, b: np.where(a * b < 0, -1.0, 1.0), 0.0),
    np.sinc: (_sinc_slope,),
    np.nan_to_num: (None,),
    np.conjugate: (None,),
    np.real: (None,),
}
RULES.update({ufunc: _elementwise(ufunc, slopes) for ufunc, slopes in SLOPES.items()})

#: Steps and comparisons: their derivative is zero wherever it exists, so they give plain arrays.
STEPS = (np.sign, np.floor, np.ceil, np.trunc, np.rint, np.heaviside, np.floor_divide, np.less, np.less_equal,
         np.greater, np.greater_equal, np.equal, np.not_equal, np.isnan, np.isfinite, np.isinf, np.signbit,
         np.logical_and, np.logical_or, np.logical_not, np.logical_xor, np.round, np.around, np.fix)


def _step(function, *operands, **options):
    while any(type(x) is Traced for x in operands):
        operands = top(*operands)[1]
    return function(*operands, **options)


RULES.update({function: partial(_step, function) for function in STEPS})


@rule(np.where)
def _where(condition, *branches):
    if len(branches) != 2:
        raise UnsupportedError("np.where(condition) alone gives positions; call it with two branches")
    condition = np.asarray(_plain(condition))
    branches = given(*branches)
    tape, (a, b) = top(*branches)
    y = np.where(condition, a, b)
    return record(tape, y, [(x, Scale(chosen.astype(float), np.shape(x), np.shape(y)))
                            for x, chosen in zip(branches, (condition, np.logical_not(condition)), strict=True)
                            if follows(tape, x)]) if tape else y


@rule(np.clip)
def _clip(a, a_min=None, a_max=None, *, min=None, max=None):
    low, high = (a_min if min is None else min), (a_max if max is None else max)
    a = a if low is None else np.maximum(a, low)
    return a if high is None else np.minimum(a, high)


@rule(np.triu)
def _triu(m, k=0):
    return m * np.triu(np.ones(m.shape), k)


@rule(np.tril)
def _tril(m, k=0):
    return m * np.tril(np.ones(m.shape), k)


# 2. Products and sums ------------------------------------------------------------------------------------

def _contraction(out, pairs, value, plain=None):
    """Record ``pairs -> out``, pairs of (operand, letters); `plain` may give faster pull-backs by operand."""
    pairs = list(zip(given(*(x for x, _ in pairs)), (letters for _, letters in pairs), strict=True))
    tape, values = top(*(x for x, _ in pairs))
    y = value(*values)          # the first to complain about shapes that do not fit
    values = [v if hasattr(v, "shape") else np.asarray(v) for v in values]
    links, pulls = [], plain(*values) if plain else None
    for k, (x, letters) in enumerate(pairs):
        if type(x) is Traced and x.tape is tape:
            others = [(v, own) for j, (v, (_, own)) in enumerate(zip(values, pairs, strict=True)) if j != k]
            links.append((x, Contract(out, letters, others, values[k].shape, pulls and pulls[k])))
    return record(tape, y, links)


_MATMUL = {     # axes of a, axes of b -> letters and the pull-backs of plain arrays
    (2, 2): ("ij", "jk", "ik", lambda a, b: (lambda g: g @ b.T, lambda g: a.T @ g)),
    (2, 1): ("ij", "j", "i", lambda a, b: (lambda g: g[:, None] * b, lambda g: g @ a)),
    (1, 2): ("j", "jk", "k", lambda a, b: (lambda g: b @ g, lambda g: a[:, None] * g)),
    (1, 1): ("j", "j", "", lambda a, b: (lambda g: g * b, lambda g: g * a)),
}


def _ndim(x):
    """Number of axes, without asking NumPy to ask a traced array."""
    return x.ndim if hasattr(x, "ndim") else np.ndim(x)


@rule(np.matmul)
def _matmul(a, b):
    if type(a) not in _KNOWN or type(b) not in _KNOWN:
        a, b = given(a, b)
    known = _MATMUL.get((_ndim(a), _ndim(b)))
    if known:
        of_a, of_b, out, plain = known
        tape, (u, v) = top(a, b)
        y = np.matmul(u, v)
        pull_a, pull_b = plain(u, v)
        links = ()
        if type(a) is Traced and a.tape is tape:
            links = ((a.position, Contract(out, of_a, ((v, of_b),), u.shape, pull_a)),)
        if type(b) is Traced and b.tape is tape:
            links += ((b.position, Contract(out, of_b, ((u, of_a),), v.shape, pull_b)),)
        return put(tape, y, links)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        raise ValueError("matmul: a number has no axes to contract; use * instead of @")
    batch = np.broadcast_shapes(np.shape(a)[:-2], np.shape(b)[:-2])
    sides = []
    for x, letters in ((a, "yz" if np.ndim(a) > 1 else "z"), (b, "zx" if np.ndim(b) > 1 else "z")):
        own = np.shape(x)[:-2] if np.ndim(x) > 1 else ()
        if own and own != batch:
            x, own = np.broadcast_to(x, batch + np.shape(x)[-2:]), batch
        sides.append((x, _LETTERS[:len(own)] + letters))
    out = _LETTERS[:len(batch)] + ("y" if np.ndim(a) > 1 else "") + ("x" if np.ndim(b) > 1 else "")
    return _contraction(out, sides, np.matmul)


@rule(np.dot)
def _dot(a, b):
    a, b = given(a, b)
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return _matmul(a, b)
    return np.tensordot(a, b, ([-1], [-2 if np.ndim(b) > 1 else 0]))


@rule(np.inner)
def _inner(a, b):
    a, b = given(a, b)
    return a * b if np.ndim(a) == 0 or np.ndim(b) == 0 else np.tensordot(a, b, ([-1], [-1]))


@rule(np.vdot)
def _vdot(a, b):
    return _matmul(np.ravel(a), np.ravel(b))


@rule(np.outer)
def _outer(a, b):
    return _contraction("ij", [(np.ravel(a), "i"), (np.ravel(b), "j")], np.outer,
                        lambda a, b: (lambda g: g @ b, lambda g: a @ g))


@rule(np.tensordot)
def _tensordot(a, b, axes=2):
    if isinstance(axes, int):
        axes = (range(np.ndim(a) - axes, np.ndim(a)), range(axes))
    over_a, over_b = ([int(k) % n for k in np.atleast_1d(list(side) if not isinstance(side, int) else side)]
                      for side, n in zip(axes, (np.ndim(a), np.ndim(b)), strict=True))
    of_a = list(_LETTERS[:np.ndim(a)])
    of_b = list(_LETTERS[np.ndim(a):np.ndim(a) + np.ndim(b)])
    for p, q in zip(over_a, over_b, strict=True):
        of_b[q] = of_a[p]
    out = [x for k, x in enumerate(of_a) if k not in over_a] + [x for k, x in enumerate(of_b) if k not in over_b]
    return _contraction("".join(out), [(a, "".join(of_a)), (b, "".join(of_b))],
                        partial(np.tensordot, axes=(over_a, over_b)))


@rule(np.einsum)
def _einsum(pattern, *operands, optimize=False):
    if not isinstance(pattern, str) or "..." in pattern:
        raise UnsupportedError("np.einsum: give the pattern as a string without '...', one letter for each axis")
    inputs, arrow, out = pattern.replace(" ", "").partition("->")
    if not arrow:
        out = "".join(sorted(letter for letter in set(inputs) - {","} if inputs.count(letter) == 1))
    letters = inputs.split(",")
    for x, own in zip(operands, letters, strict=True):
        if len(own) != np.ndim(x):
            raise ValueError(f"einsum: {own!r} names {len(own)} axes, the array has shape {np.shape(x)}")
    return _contraction(out, list(zip(operands, letters, strict=True)),
                        lambda *values: np.einsum(f"{inputs}->{out}", *values, optimize=optimize))


def _axes(axis, ndim):
    axis = range(ndim) if axis is None else (axis,) if isinstance(axis, int | np.integer) else axis
    return tuple(sorted(int(k) % ndim for k in axis)) if ndim else ()


def _kept(y, shape, over):
    """The result of a reduction with the reduced axes put back, as axes of length 1."""
    return np.reshape(y, tuple(1 if k in over else n for k, n in enumerate(shape)))


def _reduction(a, axis, keepdims, function, factor):
    """A reduction whose differential is a sum weighted by a factor: an array like a, or a number."""
    tape, value = a.tape, a.value
    shape = value.shape
    letters = _LETTERS[:len(shape)]
    if axis is None:
        over, out = tuple(range(len(shape))), ""
    else:
        over = _axes(axis, len(shape))
        out = "".join([x for k, x in enumerate(letters) if k not in over])
    y = function(value, axis=None if out == "" else over)
    weight = factor(value, y if y.ndim == 0 else _kept(y, shape, over), over)

    def pull(g):
        if type(g) is np.float64 and type(weight) is float:
            return np.full(shape, g * weight)
        return np.broadcast_to(g if g.ndim == 0 else _kept(g, shape, over), shape) * weight
    extra = () if type(weight) is float and weight == 1.0 else ((weight, "" if type(weight) is float else letters),)
    result = put(tape, y, ((a.position, Contract(out, letters, extra, shape, pull)),))
    return _kept(result, shape, over) if keepdims else result


@rule(np.sum)
def _sum(a, axis=None, keepdims=False):
    return _reduction(a, axis, keepdims, np.add.reduce, lambda x, y, over: 1.0)


@rule(np.mean)
def _mean(a, axis=None, keepdims=False):
    return _reduction(a, axis, keepdims, np.mean, lambda x, y, over: 1.0 / float(np.prod([x.shape[k] for k in over])))


@rule(np.prod)
def _prod(a, axis=None, keepdims=False):
    if np.all(_plain(a) != 0):
        return _reduction(a, axis, keepdims, np.prod, lambda x, y, over: y / x)
    over = _axes(axis, a.ndim)
    flat = np.reshape(np.moveaxis(a, over, range(len(over))), (-1, *(n for k, n in enumerate(a.shape)
                                                                    if k not in over)))
    y = flat[0]
    for k in range(1, len(flat)):
        y = y * flat[k]
    return _kept(y, a.shape, over) if keepdims else y


def _plain(x):
    while type(x) is Traced:
        x = x.value
    return x


@rule(norm)
def _norm(x, ord=None, axis=None, keepdims=False):
    axes = np.ndim(x) if axis is None else len(_axes(axis, np.ndim(x)))
    if ord not in (None, *({1: (1, 2, np.inf), 2: ("fro",)}.get(axes, ()))):
        raise UnsupportedError(f"np.linalg.norm with ord={ord!r} and axis={axis!r} on shape {np.shape(x)} has no "
                               'derivative rule; ord=None, 1, 2 or inf over one axis, and "fro" over two, have one')
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    return _reduction(x, axis, keepdims, lambda v, axis: np.sqrt(np.sum(v * v, axis=axis)),
                      lambda v, y, over: v / np.where(y == 0, 1.0, y))


@rule(np.trace)
def _trace(a, offset=0, axis1=0, axis2=1):
    if a.ndim == 2 and offset == 0:
        return _contraction("", [(a, "ii")], np.trace, lambda v: (lambda g: g * np.eye(*v.shape),)) \
            if a.shape[0] == a.shape[1] else np.sum(np.diagonal(a))
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1)


@rule(np.transpose)
def _transpose(a, axes=None):
    tape, (value,) = top(a)
    axes = tuple(range(a.ndim - 1, -1, -1)) if axes is None else tuple(int(k) % a.ndim for k in axes)
    return record(tape, np.transpose(value, axes), [(a, Turn(axes, value.shape))])


@rule(np.swapaxes)
def _swapaxes(a, axis1, axis2):
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return np.transpose(a, order)


@rule(np.moveaxis)
def _moveaxis(a, source, destination):
    source, destination = (list(np.atleast_1d(list(s) if not isinstance(s, int) else s) % a.ndim)
                           for s in (source, destination))
    order = [k for k in range(a.ndim) if k not in source]
    for place, axis in sorted(zip(destination, source, strict=True)):
        order.insert(place, axis)
    return np.transpose(a, order)


@rule(np.broadcast_to)
def _broadcast_to(array, shape):
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    tape, (value,) = top(array)
    y = np.broadcast_to(value, shape)
    return record(tape, y, [(array, Scale(None, value.shape, y.shape))])


# 3. Moves ------------------------------------------------------------------------------------------------

def _numbered(x):
    return np.arange(np.size(x)).reshape(np.shape(x))


def _move(function, a, *args, **options):
    """Any function that only moves entries: run it on 0, 1, 2, ... to learn where they go."""
    tape, (value,) = top(a)
    table = function(_numbered(value), *args, **options)
    return record(tape, function(value, *args, **options), [(a, Move(table, np.shape(value)))])


RULES.update({function: partial(_move, function) for function in (
    np.repeat, np.tile, np.flip, np.fliplr, np.flipud, np.roll, np.rot90, np.diagonal, np.resize)})


_POSITIONS = (int, np.integer, slice)


@rule("getitem")
def _getitem(a, key):
    value = a.value
    y = value[key]
    parts = key if isinstance(key, tuple) else (key,)
    if all(part is None or part is Ellipsis or isinstance(part, _POSITIONS) and part is not True and part is not False
           for part in parts):
        link = Along(parts, value.shape, y.shape)
    else:
        link = Move(_numbered(value)[key], value.shape)
    return put(a.tape, y, ((a.position, link),))


@rule("scatter")
def _scatter(values, flat, shape):
    if shape == ():
        return np.sum(values)
    tape, (value,) = top(values)
    return record(tape, scatter(value, flat, shape, distinct=False), [(values, Gather(flat, np.shape(value), shape))])


@rule(np.take)
def _take(a, indices, axis=None):
    if axis is None:
        return np.ravel(a)[np.asarray(indices)]
    return a[(slice(None),) * (axis % a.ndim) + (indices if isinstance(indices, int) else np.asarray(indices),)]


@rule(np.take_along_axis)
def _take_along_axis(arr, indices, axis=-1):
    return _move(np.take_along_axis, arr, indices, axis)


@rule(np.reshape)
def _reshape(a, *shape, order="C", copy=None):
    shape = shape[0] if len(shape) == 1 else shape
    if order != "C":
        raise UnsupportedError(f"reshape with order={order!r} has no rule; transpose first, then reshape row by row")
    tape, (value,) = top(a)
    y = np.reshape(value, shape)
    return record(tape, y, [(a, Reshape(np.shape(value), np.shape(y)))])


@rule(np.ravel)
def _ravel(a, order="C"):
    if order not in "CF":
        raise UnsupportedError(f'ravel with order={order!r} depends on how NumPy keeps the array; use "C" or "F"')
    return _reshape(np.transpose(a) if order == "F" else a, (-1,))


@rule(np.squeeze)
def _squeeze(a, axis=None):
    return _reshape(a, np.squeeze(np.empty(a.shape), axis).shape)


@rule(np.expand_dims)
def _expand_dims(a, axis):
    return _reshape(a, np.expand_dims(np.empty(a.shape), axis).shape)


@rule(np.atleast_1d)
def _atleast_1d(a):
    return a if a.ndim else _reshape(a, (1,))


@rule(np.atleast_2d)
def _atleast_2d(a):
    return a if a.ndim > 1 else _reshape(a, (1, a.size))


@rule(np.diag)
def _diag(v, k=0):
    if v.ndim == 2:
        return _move(np.diagonal, v, k)
    n = v.shape[0] + abs(k)
    return RULES["scatter"](v, np.flatnonzero(np.eye(n, k=k)), (n, n))


@rule(np.concatenate)
def _concatenate(arrays, axis=0):
    if axis is None:
        arrays, axis = [np.ravel(a) for a in given(*arrays)], 0
    arrays = given(*arrays)
    tape, values = top(*arrays)
    y = np.concatenate(values, axis)
    axis, links, start = axis % np.ndim(y), [], 0
    for a, value in zip(arrays, values, strict=True):
        stop = start + np.shape(value)[axis]
        if follows(tape, a):
            key = (slice(None),) * axis + (slice(start, stop),)
            tables = [None] * axis + [np.arange(start, stop)] + [None] * (np.ndim(y) - axis - 1)
            links.append((a, Part(key, np.shape(value), tuple(tables))))
        start = stop
    return record(tape, y, links)


@rule(np.stack)
def _stack(arrays, axis=0):
    return np.concatenate([np.expand_dims(a, axis) for a in given(*arrays)], axis)


@rule(np.vstack)
def _vstack(tup):
    return np.concatenate([np.atleast_2d(a) for a in given(*tup)], 0)


@rule(np.hstack)
def _hstack(tup):
    arrays = [np.atleast_1d(a) for a in given(*tup)]
    return np.concatenate(arrays, 0 if np.ndim(arrays[0]) == 1 else 1)


@rule(np.column_stack)
def _column_stack(tup):
    return np.concatenate([np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a for a in given(*tup)], 1)


@rule(np.pad)
def _pad(array, pad_width, mode="constant", constant_values=0.0):
    if mode != "constant":
        return _move(np.pad, array, pad_width, mode)
    for axis, (before, after) in enumerate(np.broadcast_to(pad_width, (np.ndim(array), 2))):
        edges = [np.full([n if k != axis else width for k, n in enumerate(np.shape(array))], constant_values, float)
                 for width in (before, after)]
        array = np.concatenate([edges[0], array, edges[1]], axis)
    return array


@rule(np.append)
def _append(arr, values, axis=None):
    arr, values = given(arr, values)
    return np.concatenate([arr, values] if axis is not None else [np.ravel(arr), np.ravel(values)], axis or 0)


@rule(np.split)
def _split(ary, indices_or_sections, axis=0):
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        raise ValueError(f"split: {ary.shape[axis]} entries do not fall into {indices_or_sections} equal parts")
    return _array_split(ary, indices_or_sections, axis)


@rule(np.hsplit)
def _hsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, axis=1 if np.ndim(ary) > 1 else 0)


@rule(np.vsplit)
def _vsplit(ary, indices_or_sections):
    return np.split(ary, indices_or_sections, axis=0)


@rule(np.array_split)
def _array_split(ary, indices_or_sections, axis=0):
    parts = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    ends = [0, *np.cumsum([len(part) for part in parts])]
    return [ary[(slice(None),) * (axis % ary.ndim) + (slice(int(a), int(b)),)]
            for a, b in zip(ends[:-1], ends[1:], strict=True)]


@rule(np.sort)
def _sort(a, axis=-1):
    if axis is None:
        return _sort(np.ravel(a))
    tape, (value,) = top(a)
    back = axis % value.ndim - value.ndim
    order = np.argsort(_plain(value), axis=axis, kind="stable")
    place = np.argsort(order, axis=axis)

    def pull(g):
        return np.take_along_axis(g, np.broadcast_to(place, g.shape), back)
    return record(tape, np.take_along_axis(value, order, axis), [(a, General(pull, value.shape, value.shape))])


def _extreme(function, find, a, axis=None, keepdims=False):
    def chosen(x, y, over):
        kept = tuple(k for k in range(x.ndim) if k not in over)
        flat = np.transpose(_plain(x), kept + over).reshape(*(x.shape[k] for k in kept), -1)
        one = np.zeros(flat.shape)
        np.put_along_axis(one, find(flat, -1)[..., None], 1.0, -1)
        return np.transpose(one.reshape([x.shape[k] for k in kept + over]), np.argsort(kept + over))
    return _reduction(a, axis, keepdims, function, chosen)


RULES[np.max] = partial(_extreme, np.max, np.argmax)
RULES[np.min] = partial(_extreme, np.min, np.argmin)


# 4. Compositions -----------------------------------------------------------------------------------------

@rule(np.var)
def _var(a, axis=None, ddof=0, keepdims=False):
    count = np.prod([a.shape[k] for k in _axes(axis, a.ndim)])
    return np.sum((a - np.mean(a, axis, keepdims=True)) ** 2, axis, keepdims=keepdims) / (count - ddof)


@rule(np.std)
def _std(a, axis=None, ddof=0, keepdims=False):
    count = np.prod([a.shape[k] for k in _axes(axis, a.ndim)])
    return norm(a - np.mean(a, axis, keepdims=True), axis=axis, keepdims=keepdims) / np.sqrt(count - ddof)


def _lengths(a, over):
    """The shape that has the lengths of a on some axes, and 1 on the others."""
    return tuple(n if k in over else 1 for k, n in enumerate(np.shape(a)))


@rule(np.average)
def _average(a, axis=None, weights=None, keepdims=False):
    if weights is None:
        return np.mean(a, axis, keepdims=keepdims)
    np.average(_plain(a), axis, _plain(weights))        # the first to complain about weights that do not fit
    if np.shape(weights) != np.shape(a):
        over = [int(k) % np.ndim(a) for k in np.atleast_1d(axis)]
        there = np.reshape(np.transpose(weights, np.argsort(over)), _lengths(a, over))
        weights = there * np.ones(np.shape(a))
    return np.sum(a * weights, axis, keepdims=keepdims) / np.sum(weights, axis, keepdims=keepdims)


@rule(np.median)
def _median(a, axis=None, keepdims=False):
    if axis is None:
        y = _median(np.ravel(a), 0)
        return _kept(y, a.shape, range(a.ndim)) if keepdims else y
    ordered, middle = np.moveaxis(np.sort(a, axis), axis, 0), a.shape[axis] // 2
    y = ordered[middle] if a.shape[axis] % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return np.expand_dims(y, axis) if keepdims else y


@rule(np.ptp)
def _ptp(a, axis=None, keepdims=False):
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@rule("logaddexp.reduce")
def _logsumexp(a, axis=0, keepdims=False):
    top = np.max(_plain(a), axis=axis, keepdims=True)
    y = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return y if keepdims else np.squeeze(y, axis if axis is None or np.ndim(a) else ())


@rule(np.copy)
def _copy(a, order="K"):
    return a


@rule(np.vecdot)
def _vecdot(x1, x2):
    np.vecdot(_plain(x1), _plain(x2))                   # the first to complain about lengths that do not fit
    return np.sum(x1 * x2, axis=-1)


@rule(matrix_power)
def _matrix_power(a, n):
    if n < 0:
        return matrix_power(inv(a), -n)
    return np.eye(np.shape(a)[-1]) * np.ones(np.shape(a)) if n == 0 else a if n == 1 else matrix_power(a, n - 1) @ a


@rule(np.diff)
def _diff(a, n=1, axis=-1):
    for _ in range(n):
        key = (slice(None),) * (axis % a.ndim)
        a = a[(*key, slice(1, None))] - a[(*key, slice(None, -1))]
    return a


@rule(np.kron)
def _kron(a, b):
    if np.ndim(a) != np.ndim(b) or np.ndim(a) not in (1, 2):
        raise UnsupportedError(f"np.kron of shapes {np.shape(a)} and {np.shape(b)} has no rule; "
                               "use two vectors or two matrices")
    if np.ndim(a) == 1:
        return np.ravel(np.outer(a, b))
    (m, n), (p, q) = np.shape(a), np.shape(b)
    return np.reshape(np.einsum("ij,kl->ikjl", a, b), (m * p, n * q))


@rule(np.convolve)
def _convolve(a, v, mode="full"):
    a, v = (np.reshape(x, (-1,)) if np.ndim(x) == 0 else x for x in given(a, v))
    tape, (x, kernel) = top(a, v)
    if mode == "valid" and len(x) >= len(kernel) and not follows(tape, v):
        return record(tape, np.convolve(x, kernel, mode), [(a, Slide(kernel, np.shape(x), full=False))])
    full = record(tape, np.convolve(x, kernel), [
        (operand, Slide(other, np.shape(own))) for operand, own, other in ((a, x, kernel), (v, kernel, x))
        if follows(tape, operand)])
    long, short = max(len(x), len(kernel)), min(len(x), len(kernel))
    if mode == "full":
        return full
    return full[short - 1:long] if mode == "valid" else full[(short - 1) // 2:(short - 1) // 2 + long]


@rule(np.cumsum)
def _cumsum(a, axis=None):
    if axis is None or np.ndim(a) == 0:
        return _cumsum(np.ravel(a), 0)
    tape, (value,) = top(a)
    back = axis % np.ndim(value) - np.ndim(value)

    def pull(g):
        return np.flip(np.cumsum(np.flip(g, back), back), back)
    return record(tape, np.cumsum(value, axis), [(a, General(pull, np.shape(value), np.shape(value)))])


# 5. Matrix functions -------------------------------------------------------------------------------------

def _turn(m):
    return np.swapaxes(m, -1, -2)


@rule(inv)
def _inv(a):
    _square("inv", a)
    tape, (value,) = top(a)
    y = inv(value)
    if np.ndim(y) > 2:
        return record(tape, y, [(a, General(lambda g: -(_turn(y) @ g @ _turn(y)), y.shape, y.shape))])
    n = y.shape[0]
    link = Contract("ad", "bc", [(-y, "ab"), (y, "cd")], (n, n), lambda g: -(y.T @ g @ y.T))
    return record(tape, y, [(a, link)])


@rule(solve)
def _solve(a, b):
    _square("solve", a)
    a, b = given(a, b)
    vector = np.ndim(b) == 1
    batch = np.broadcast_shapes(np.shape(a)[:-2], () if vector else np.shape(b)[:-2])
    if np.shape(a)[:-2] != batch:
        a = np.broadcast_to(a, batch + np.shape(a)[-2:])
    if not vector and np.shape(b)[:-2] != batch:
        b = np.broadcast_to(b, batch + np.shape(b)[-2:])
    if vector and batch:
        return np.squeeze(_solve(a, np.broadcast_to(np.expand_dims(b, -1), (*batch, np.size(b), 1))), -1)
    tape, (matrix, right) = top(a, b)
    x = solve(matrix, right)

    def pull_right(g):
        return solve(_turn(matrix), g[..., None])[..., 0] if vector else solve(_turn(matrix), g)

    def pull_matrix(g):
        back = pull_right(g)
        return -(back[..., :, None] * x) if vector else -(back @ _turn(x))
    return record(tape, x, [(operand, General(pull, np.shape(own), np.shape(x))) for operand, own, pull in
                            ((a, matrix, pull_matrix), (b, right, pull_right)) if follows(tape, operand)])


def _square(name, a):
    if np.ndim(a) < 2 or np.shape(a)[-1] != np.shape(a)[-2]:
        raise ValueError(f"{name} needs a square matrix, this one has shape {np.shape(a)}")


def _one(name, a):
    """Refuse a stack of matrices."""
    if np.ndim(a) > 2:
        raise UnsupportedError(f"np.linalg.{name} of a stack of matrices (shape {np.shape(a)}) has no rule; "
                               "take one by one")


def _read(shape):
    """How often an entry of a symmetric matrix counts where the lower triangle alone is read."""
    return np.tril(np.full(shape, 2.0)) - np.eye(*shape)


def _weighted(a, y, weight):
    """A number that depends on a matrix, with the matrix of its derivatives."""
    tape, (value,) = top(a)
    n = np.shape(value)[0]
    link = Contract("", "ij", [(weight, "ij")], (n, n), lambda g: g * weight)
    return record(tape, y, [(a, link)])


@rule(det)
def _det(a):
    _square("det", a)
    _one("det", a)
    _, (value,) = top(a)
    y = det(value)
    return _weighted(a, y, _cofactors(value, y))


def _cofactors(value, y):
    """Derivative of the determinant: y times the inverse transposed, also where y is 0."""
    plain = _plain(value)
    if np.linalg.cond(plain) < 1e12:
        return y * inv(value).T
    if plain is not value:
        raise UnsupportedError("a second derivative of np.linalg.det needs a matrix that can be inverted")
    u, s, vt = np.linalg.svd(plain)
    others = np.array([np.prod(np.delete(s, k)) for k in range(len(s))])
    return np.linalg.det(u) * np.linalg.det(vt) * (u * others) @ vt


@rule(slogdet)
def _slogdet(a):
    _square("slogdet", a)
    _one("slogdet", a)
    _, (value,) = top(a)
    result = slogdet(value)
    return type(slogdet(np.eye(1)))(result[0], _weighted(a, result[1], inv(value).T))


@rule(pinv)
def _pinv(a):
    _one("pinv", a)
    tape, (value,) = top(a)
    if np.linalg.matrix_rank(_plain(value)) < min(np.shape(value)):
        raise UnsupportedError("np.linalg.pinv has a derivative rule for matrices of full rank only")
    y = inv(value.T @ value) @ value.T if np.shape(value)[0] >= np.shape(value)[1] \
        else value.T @ inv(value @ value.T)
    rows, columns = np.eye(np.shape(value)[0]) - value @ y, np.eye(np.shape(value)[1]) - y @ value

    def pull(g):
        return -(y.T @ g @ y.T) + rows @ _turn(g) @ (y @ y.T) + (y.T @ y) @ _turn(g) @ columns
    return record(tape, y, [(a, General(pull, np.shape(value), np.shape(y)))])


@rule(cholesky)
def _cholesky(a):
    _square("cholesky", a)
    _one("cholesky", a)
    tape, (value,) = top(a)
    lower = cholesky(value)
    half = np.tril(np.ones(np.shape(value))) - 0.5 * np.eye(np.shape(value)[0])

    def pull(g):
        inner = inv(lower)
        middle = inner.T @ (half * (lower.T @ g)) @ inner
        return 0.5 * _read(np.shape(value)) * (middle + _turn(middle))
    return record(tape, lower, [(a, General(pull, np.shape(value), np.shape(value)))])


@rule(eigvalsh)
def _eigvalsh(a):
    _square("eigvalsh", a)
    _one("eigvalsh", a)
    tape, (value,) = top(a)
    if type(value) is Traced:
        raise UnsupportedError("np.linalg.eigvalsh has no second derivative rule; " 'use method="difference"')
    values, vectors = np.linalg.eigh(value)
    link = Contract("i", "ab", [(vectors, "ai"), (vectors, "bi"), (_read(vectors.shape), "ab")],
                    vectors.shape)
    return record(tape, values, [(a, link)])
