"""Expressions of a program: NumPy calls that are not only run but kept, so that they can be written down.

While `f` runs, the calls are kept as they are; on the way back they take simpler forms. None is made twice.
"""

from functools import wraps
from itertools import dropwhile
from numbers import Real

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..engine.calls import ABOUT
from ..engine.core import Traced


class Expression(NDArrayOperatorsMixin):
    """One array of a program, and the call that makes it.

    `call` is a NumPy function, or a name in `LEAVES` or `_RUN`; its `args` and `options` are expressions, lists of
    them, and plain things such as axes. `value` is what it gives at the point where `f` was recorded, `place` its
    place among all expressions, `name` the author's name for it, `note` why it is short. One that is `closed` has a
    line of its own, so that nothing is drawn out of it; one that is `fixed` is made of constants without a name.
    """

    __slots__ = ("call", "args", "options", "value", "place", "name", "note", "closed", "fixed", "sheet")

    def __init__(self, sheet, call, args, options, value, name=None):
        self.sheet, self.call, self.args, self.options, self.value = sheet, call, args, options, value
        self.place, self.name, self.note, self.closed = len(sheet.made), name, None, False
        parts = self.operands()
        self.fixed = all(part.fixed for part in parts) if parts else call in ("constant", "number") and not name

    shape = property(lambda self: np.shape(self.value))
    ndim = property(lambda self: np.ndim(self.value))
    size = property(lambda self: int(np.size(self.value)))
    dtype = property(lambda self: np.result_type(self.value))
    T = property(lambda self: self.sheet.simply("T", self))
    settled = True                  # so it is told from other arrays: nothing may follow from its value

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if any(type(x) is Traced for x in inputs) or method not in ("__call__", "reduce"):
            return NotImplemented
        return self.sheet.simply(_REDUCE[ufunc] if method == "reduce" else ufunc, *inputs, **options)

    def __array_function__(self, function, types, args, options):
        if Traced in types:
            return NotImplemented
        if function in ABOUT:
            return function(*valued(args), **valued(options))
        return self.sheet.simply(function, *args, **options)

    def __getitem__(self, key):
        key = key if isinstance(key, tuple) else (key,)
        return self.sheet.simply("getitem", self, key) if key else self

    def astype(self, dtype):
        return self if self.dtype == dtype else self.sheet.make("astype", self, dtype)

    def transpose(self, axes):
        return np.transpose(self, axes)

    def trace(self):
        return np.trace(self)

    def sum(self, axis=None, keepdims=None):
        return np.sum(self, axis=axis, keepdims=keepdims or np._NoValue)

    def decided(self):
        """Its value, which decides where `f` goes on: the program holds where it is the same."""
        self.sheet.guards.append((self, np.array(self.value)))
        return self.value

    def placed(self, shape, keys):
        """Zeros with this array at an index."""
        return self.sheet.make("placed", shape, keys, [self])

    def scattered(self, flat, shape):
        """Zeros with the entries of this array at flat positions; those that meet are added up."""
        if shape == ():
            return np.sum(self)
        if self.ndim == 1 and shape == self.shape * 2 and np.array_equal(flat, np.arange(self.size) * (self.size + 1)):
            return np.diag(self)
        return self.placed(shape, [np.unravel_index(flat, shape)])

    def __eq__(self, other):
        return self is other                    # np.equal compares entries

    def __hash__(self):
        return id(self)

    def __bool__(self):
        raise TypeError("a step of the program has no truth value")

    def __len__(self):
        return self.shape[0]

    def operands(self):
        """The expressions that it is made of."""
        return list(leaves((self.args, tuple(self.options.values()))))


def leaves(thing):
    """The expressions in nested tuples and lists."""
    if isinstance(thing, Expression):
        yield thing
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from leaves(part)


class Sheet:
    """Where expressions are made, each once; on the way back it `simplifies`.

    `guards` are those whose values decided where `f` went on, `names` tells of the arrays and numbers that `f` finds
    outside of itself: identity -> (name, thing).
    """

    def __init__(self, names):
        self.made, self.guards, self.names, self._known, self.simplifies = [], [], names, {}, False

    def simply(self, call, *args, **options):
        """The expression for a call, in a simpler form on the way back."""
        simpler = ALWAYS.get(call) or (SIMPLER.get(call) if self.simplifies else None)
        found = simpler(*map(self.operand, args), **options) if simpler else None
        return self.make(call, *args, **options) if found is None else self.operand(found, numbers=True)

    def make(self, call, *args, **options):
        """The expression for a call; one that is there already where there is one."""
        args = tuple(self.operand(x) for x in args)
        usual = (None, np._NoValue) if call in REDUCTIONS else (np._NoValue,)
        options = {name: self.operand(x) for name, x in options.items() if not any(x is one for one in usual)}
        if call in REDUCTIONS and isinstance(axis := options.get("axis"), tuple):
            options["axis"] = axis[0] if len(axis) == 1 else axis
            if len(axis) == args[0].ndim and not options.get("keepdims"):
                del options["axis"]
        key = (call, _key(args), _key(tuple(options.items())))
        if key not in self._known:
            with np.errstate(all="ignore"):
                value = run(call, *valued(args), **valued(options))
            made = self.enter(call, args, options, value)
            worth = made.fixed and made.operands() and callable(call) and call not in CHEAP
            self._known[key] = self.operand(value, numbers=True) if worth else made     # a constant, made once
        return self._known[key]

    def enter(self, call, args, options, value, name=None):
        """A new expression, whether or not there is one like it."""
        made = Expression(self, call, args, options, value, name)
        self.made.append(made)
        return made

    def number(self, x):
        """A number as it stands in the text."""
        return self._leaf((type(x), float(x)), "number", (x,), np.float64(x) if type(x) is not bool else x)

    def operand(self, x, numbers=False):
        """A plain array among the operands becomes a constant, under the name by which f knows it."""
        if isinstance(x, Expression):
            return x
        if isinstance(x, np.ndarray) and x.ndim or isinstance(x, float) and id(x) in self.names:
            return self.constant(x)
        if isinstance(x, np.generic | np.ndarray):
            x = x.item()
        if type(x) in (list, tuple):
            return type(x)(map(self.operand, x))
        return self.number(x) if numbers else x

    def constant(self, x):
        """A plain array, or one with a name of which it is the transpose or the opposite."""
        name, thing = self.names.get(id(x), (None, None))
        if thing is x:
            return self._array(x, name)
        for name, y in self.names.values():
            if not isinstance(y, np.ndarray) or y.dtype != float or not x.any():
                continue
            if x.ndim == 2 and x.shape == y.shape[::-1] and np.may_share_memory(x, y) and np.array_equal(x, y.T):
                return self.make("T", self._array(y, name))
            if x.shape == y.shape and np.array_equal(x, -y):
                return self.make(np.negative, self._array(y, name))
        return self._array(x, None)

    def _array(self, x, name):
        x = np.array(x)
        return self._leaf((name, x.dtype.str, x.shape, x.tobytes()), "constant", (), x, name)

    def _leaf(self, key, *made):
        if key not in self._known:
            call, args, *more = made
            self._known[key] = self.enter(call, args, {}, *more)
        return self._known[key]


def _key(thing):
    if isinstance(thing, Expression):
        return ("#", thing.place)
    if isinstance(thing, tuple | list):
        return (type(thing).__name__, *map(_key, thing))
    return f"{type(thing).__name__} {thing!r}"


def valued(thing):
    """The values of expressions in nested tuples, lists and dicts."""
    if isinstance(thing, Expression):
        return thing.args[0] if thing.call == "number" else thing.value
    if isinstance(thing, dict):
        return {name: valued(x) for name, x in thing.items()}
    return type(thing)(map(valued, thing)) if type(thing) in (tuple, list) else thing


def run(call, *args, **options):
    """What a call gives on plain arrays."""
    return (call if callable(call) else _RUN[call])(*args, **options)


def _placed(shape, keys, parts):
    y = np.zeros(shape)
    for key, part in zip(keys, parts, strict=True):
        np.add.at(y, key, part)
    return y


#: How the calls are run that are no NumPy function of one name.
_RUN = {"getitem": lambda x, key: x[key if len(key) != 1 else key[0]], "T": np.transpose, "array": np.array,
        "astype": lambda x, dtype: np.asarray(x).astype(dtype), "logaddexp.reduce": np.logaddexp.reduce,
        "placed": _placed}
#: What a ufunc's reduce is called as a function.
_REDUCE = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
           np.logaddexp: "logaddexp.reduce"}
#: Calls that are made of nothing.
LEAVES = {"input", "constant", "number"}
REDUCTIONS = {np.sum, np.max, np.min, np.prod, np.mean}
#: Calls that are written with a sign between two operands.
INFIX = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.matmul: "@", np.power: "**",
         np.remainder: "%", np.floor_divide: "//", np.less: "<", np.less_equal: "<=", np.greater: ">",
         np.greater_equal: ">=", np.equal: "==", np.not_equal: "!=", np.bitwise_and: "&", np.bitwise_or: "|"}
#: Calls that cost little to run.
CHEAP = {*INFIX, np.negative, np.copy, np.broadcast_to} - {np.matmul}


# Simpler forms ------------------------------------------------------------------------------------------------

def number_of(x):
    """The number that an operand is, or None."""
    if isinstance(x, Expression):
        return float(x.args[0]) if x.call == "number" else None
    return float(x) if isinstance(x, Real) else None


def is_a(x, *calls):
    """Whether an operand is an expression of one of these calls that may be taken apart."""
    return isinstance(x, Expression) and x.call in calls and not x.name and not x.closed


def split(x):
    """An operand as a number times the rest; the rest is None where there is none."""
    known = number_of(x)
    if known is not None:
        return known, None
    if is_a(x, np.negative):
        factor, rest = split(x.args[0])
        return -factor, rest
    if is_a(x, np.multiply, np.divide):
        a, b = x.args
        if x.call is np.multiply and number_of(a) is not None:
            factor, rest = split(b)
            return number_of(a) * factor, rest
        if number_of(b) is not None and (x.call is np.multiply or number_of(b)):
            factor, rest = split(a)
            return factor * number_of(b) ** (1 if x.call is np.multiply else -1), rest
    return 1.0, x


def scaled(factor, x):
    """A number times an expression (or None for 1)."""
    if x is None or factor == 0 and not x.ndim:
        return float(factor)
    if factor == 1:
        return x
    make = x.sheet.make
    if factor != -1:
        return make(np.multiply, x.sheet.number(factor), x)
    return make(np.subtract, *x.args[::-1]) if is_a(x, np.subtract) else make(np.negative, x)


def copies(x, shape):
    """An array of copies; none where the shape is its own."""
    x = _bare(x.args[0] if is_a(x, np.broadcast_to) else x, shape)
    return x if x.shape == tuple(shape) else x.sheet.make(np.broadcast_to, x, tuple(map(int, shape)))


def _meeting(form):
    """Take copies off two operands before they meet; what does not come about anyway is copied afterwards."""
    @wraps(form)
    def met(a, b):
        sheet, shape = next(leaves([a, b])).sheet, np.broadcast_shapes(np.shape(a), np.shape(b))
        a, b = (x.args[0] if is_a(x, np.broadcast_to) else x for x in (a, b))
        a = _bare(a, np.shape(b))
        return copies(sheet.operand(form(a, _bare(b, np.shape(a))), numbers=True), shape)
    return met


def _bare(x, shape):
    """An operand without axes in front that come about anyway when it meets this shape."""
    if not is_a(x, "getitem") or x.args[1][0] is not None or any(part not in (None, slice(None)) for part in x.args[1]):
        return x
    key = tuple(dropwhile(lambda part: part is None, x.args[1]))
    bare = x.args[0][key] if None in key else x.args[0]
    return bare if np.broadcast_shapes(bare.shape, shape) == np.broadcast_shapes(x.shape, shape) else x


@_meeting
def times(a, b):
    """Element-wise product, the number in front."""
    (p, x), (q, y) = split(a), split(b)
    if x is None or y is None:
        return scaled(p * q, x if y is None else y)
    for one, other in ((x, y), (y, x)):
        if is_a(one, np.divide) and number_of(one.args[0]) is not None:                 # 1 / y * x
            return scaled(p * q * number_of(one.args[0]), x.sheet.make(np.divide, other, one.args[1]))
        if is_a(one, "getitem") and one.args[1] == (slice(None), None) and one.args[0].ndim == other.ndim == 1:
            return scaled(p * q, product(one.args[0], other, np.outer))
        if is_a(one, "astype") and other.dtype.kind == "f":
            x, y = (one.args[0] if part is one else part for part in (x, y))
    return scaled(p * q, x.sheet.make(np.multiply, x, y))


@_meeting
def over(a, b):
    """Element-wise quotient, the number in front."""
    (p, x), (q, y) = split(a), split(b)
    if y is None:
        return scaled(p / q, x)
    if is_a(x, np.divide) and x.args[1] is y:
        x, y = x.args[0], y.sheet.make(np.power, y, 2)
    return y.sheet.make(np.divide, p / q, y) if x is None else scaled(p / q, y.sheet.make(np.divide, x, y))


@_meeting
def plus(a, b):
    """Sum; a difference where one of the two is negative."""
    (p, x), (q, y) = split(a), split(b)
    if x is None and y is None:
        return p + q
    if 0 in (number_of(a), number_of(b)):
        return b if number_of(a) == 0 else a
    if x is y:
        return scaled(p + q, x)
    sheet = next(leaves([a, b])).sheet
    if p == q == 1 and is_a(x, "placed") and is_a(y, "placed"):
        return sheet.make("placed", x.args[0], y.args[1] + x.args[1], y.args[2] + x.args[2])
    chosen = _masked(p, x), _masked(q, y)
    for (mask, g), (other, h) in (chosen, chosen[::-1]):
        if other is not None and other.call is np.logical_not and other.args[0] is mask:
            return sheet.make(np.where, mask, g, h)
    if q < 0 and y is not None:
        return sheet.make(np.subtract, a, scaled(-q, y))
    if p < 0 and x is not None:
        return sheet.make(np.subtract, b, scaled(-p, x))
    return sheet.make(np.add, a, b)


def _masked(factor, x):
    """The truth values in a product, and what stands beside them; None twice where there are none."""
    parts = x.args if is_a(x, np.multiply) else (x, None)
    for mask, rest in (parts, parts[::-1]):
        mask = mask.args[0] if is_a(mask, "astype") else mask
        if isinstance(mask, Expression) and mask.dtype.kind == "b":
            return mask, scaled(factor, rest)
    return None, None


def product(a, b, call=np.matmul):
    """Matrix product, or outer product, a number drawn to the front."""
    (p, x), (q, y) = split(a), split(b)
    return scaled(p * q, x.sheet.make(call, x, y))


def transposed(x):
    """The transpose of a matrix, with the factors of a product turned."""
    if x.ndim < 2:
        return x
    if x.call == "T":
        return x.args[0]
    if is_a(x, np.matmul) and all(part.ndim == 2 for part in x.args):
        return product(transposed(x.args[1]), transposed(x.args[0]))
    factor, rest = split(x)
    return x.sheet.make("T", x) if factor == 1 else scaled(factor, transposed(rest))


def turned(x, axes=None):
    """A transposition that is one of a matrix, or none."""
    axes = tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)
    return x if axes == tuple(range(x.ndim)) else x.T if axes == (1, 0) else None


def summed(x, axis=None, keepdims=False, **options):
    """A sum, with the number in front."""
    if not x.ndim or axis == ():
        return x if not options else None
    factor, rest = split(x)
    if factor == 1:
        return x.sheet.make(np.sum, x, axis=axis, keepdims=keepdims or None)
    return scaled(factor, np.sum(rest, axis=axis, keepdims=keepdims))


def reshaped(x, shape, **options):
    """A new shape; axes of length 1 that are put in are written as None, and after a reduction as keepdims."""
    shape = np.reshape(x.value, shape).shape
    if shape == x.shape:
        return x
    factor, rest = split(x)
    if factor != 1 and is_a(rest, np.sum):
        return scaled(factor, np.reshape(rest, shape))
    if is_a(x, *REDUCTIONS):
        other = x.sheet.make(x.call, *x.args, **{**x.options, "keepdims": None if x.options.get("keepdims") else True})
        if other.shape == shape:
            return other
    if tuple(n for n in shape if n != 1) == x.shape and len(shape) - x.ndim <= 2:
        return x[tuple(None if n == 1 else slice(None) for n in shape)]
    return None


def stacked(parts, axis=0):
    """Numbers in a row are written as an array."""
    if axis == 0 and all(np.ndim(valued(part)) == 0 for part in parts):
        return next(leaves(parts)).sheet.make("array", parts)
    return None


def picked(x, key):
    """An entry of copies of a number is a copy, or copies."""
    if is_a(x, np.broadcast_to) and x.args[0].ndim == 0:
        return copies(x.args[0], np.shape(run("getitem", x.value, valued(key))))
    return None


#: Simpler forms that are taken on the way back; None where there is none.
SIMPLER = {np.multiply: times, np.divide: over, np.add: plus, np.matmul: product, np.sum: summed, "T": transposed,
           "getitem": picked, np.subtract: lambda a, b: a if number_of(b) == 0 else None}
#: Forms that are always taken: those in which a reader writes these calls.
ALWAYS = {np.transpose: turned, np.reshape: reshaped, np.stack: stacked, np.broadcast_to: copies}
