"""Expressions of a program: NumPy calls that are not only run but kept, so that they can be written down.

An :class:`Expression` stands for an array. NumPy functions and operators accept it and give
new ones; the same call on the same operands gives the same expression, so that no step is
written twice. Each carries its value at the point where the function was recorded.

While `f` runs, the calls are kept as they are. On the way back they take simpler forms: a
number is drawn to the front, a transposed product is turned, an array of copies becomes what
it copies.
"""

import itertools
import math
from numbers import Real

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..engine.calls import ABOUT
from ..engine.core import Traced


class Expression(NDArrayOperatorsMixin):
    """One array of a program, and the call that makes it.

    Attributes
    ----------
    call : callable or str
        A NumPy function, or ``"input"``, ``"constant"``, ``"number"``, ``"getitem"``, ``"T"``, ``"astype"``,
        ``"placed"`` (zeros into which parts are added).
    args, options : tuple, dict
        Expressions, lists of them, and plain things such as axes.
    value : array
        At the point where the function was recorded.
    place : int
        Later ones are made of earlier ones.
    name : str or None
    section : str or None
        The section of the notes that teaches this step.
    note : str or None
        Why it is shorter than one would expect.
    closed : bool
        Whether it stands on a line of its own, so that nothing is drawn out of it.
    """

    __slots__ = ("call", "args", "options", "value", "place", "name", "section", "note", "closed", "sheet")

    def __init__(self, sheet, call, args, options, value):
        self.sheet, self.call, self.args, self.options, self.value = sheet, call, args, options, value
        self.place, self.section = len(sheet.made), sheet.section
        self.name, self.note, self.closed = None, None, False

    shape = property(lambda self: np.shape(self.value))
    ndim = property(lambda self: np.ndim(self.value))
    size = property(lambda self: int(np.size(self.value)))
    dtype = property(lambda self: np.result_type(self.value))
    T = property(lambda self: self.sheet.simply("T", self))
    settled = True                  # so it is told from other arrays: nothing may follow from its value

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if any(type(x) is Traced for x in inputs):
            return NotImplemented
        if method == "reduce":
            return self.sheet.simply({np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min}.get(
                ufunc, f"{ufunc.__name__}.reduce"), *inputs, **options)
        return self.sheet.simply(ufunc, *inputs, **options) if method == "__call__" else NotImplemented

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

    def sum(self, axis=None, keepdims=False):
        return np.sum(self, axis=axis, **({"keepdims": True} if keepdims else {}))

    def copy(self, order="C"):
        return self

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

    def __iter__(self):
        return (self[k] for k in range(len(self)))

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
    """Where expressions are made, each once.

    Attributes
    ----------
    made : list of Expression
    guards : list of (Expression, array)
        What decided the way, and the values with which it did.
    names : dict
        Identity -> (name, thing) of the arrays and numbers that `f` finds outside of itself.
    simplifies : bool
        Whether simpler forms are taken: on the way back.
    section : str or None
        The section of the notes that the next expressions belong to.
    """

    def __init__(self, names):
        self.made, self.guards, self.names, self._known, self._constants = [], [], names, {}, {}
        self.simplifies, self.section = False, None

    def simply(self, call, *args, **options):
        """The expression for a call, in a simpler form on the way back."""
        simpler = ALWAYS.get(call) or (SIMPLER.get(call) if self.simplifies else None)
        found = simpler(*map(self.operand, args), **options) if simpler else None
        return self.make(call, *args, **options) if found is None else found if isinstance(found, Expression) \
            else self.number(found)

    def make(self, call, *args, **options):
        """The expression for a call; one that is there already where there is one."""
        args = tuple(self.operand(x) for x in args)
        options = {name: self.operand(x) for name, x in options.items() if x is not None}
        if call in (np.sum, np.max, np.min, np.prod, np.mean) and isinstance(axis := options.get("axis"), tuple):
            options["axis"] = axis[0] if len(axis) == 1 else axis
            if len(axis) == args[0].ndim and not options.get("keepdims"):
                del options["axis"]
        key = (call, _key(args), _key(tuple(options.items())))
        if key not in self._known:
            with np.errstate(all="ignore"):
                value = run(call, *valued(args), **valued(options))
            self._known[key] = self._enter(call, args, options, value)
        return self._known[key]

    def leaf(self, call, value, name=None):
        """An input or a constant."""
        found = self._enter(call, (), {}, value)
        found.name = name
        return found

    def number(self, x):
        """A number as it stands in the text."""
        key = ("number", type(x), float(x))
        if key not in self._known:
            self._known[key] = self._enter("number", (x,), {}, np.float64(x) if type(x) is not bool else x)
        return self._known[key]

    def _enter(self, call, args, options, value):
        made = Expression(self, call, args, options, value)
        self.made.append(made)
        return made

    def operand(self, x):
        """A plain array among the operands becomes a constant, under the name by which f knows it."""
        if isinstance(x, Expression):
            return x
        if isinstance(x, np.ndarray) and x.ndim:
            return self.constant(x)
        if isinstance(x, float) and id(x) in self.names:
            return self.constant(x)
        if isinstance(x, np.generic | np.ndarray):
            return x.item()
        return type(x)(map(self.operand, x)) if type(x) in (list, tuple) else x

    def constant(self, x):
        name, thing = self.names.get(id(x), (None, None))
        name = name if thing is x else None
        for call, (other, y) in () if name or not np.ndim(x) else _near(x, self.names):
            return self.make(call, self._leaf(y, other))
        return self._leaf(x, name)

    def _leaf(self, x, name):
        x = np.asarray(x)
        key = name, x.dtype.str, x.shape, x.tobytes()
        if key not in self._constants:
            self._constants[key] = self.leaf("constant", np.array(x), name)
        return self._constants[key]


def _near(x, names):
    """The array with a name that this one is the transpose or the opposite of."""
    for name, y in names.values():
        if not isinstance(y, np.ndarray) or y is x or y.dtype.kind not in "biuf":
            continue
        if x.ndim == y.ndim == 2 and x.shape == y.shape[::-1] and np.may_share_memory(x, y) and np.array_equal(x, y.T):
            yield "T", (name, y)
        elif x.shape == y.shape and y.dtype.kind == "f" and x.any() and np.array_equal(x, -y):
            yield np.negative, (name, y)


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
    if callable(call):
        return call(*args, **options)
    if call == "getitem":
        return args[0][args[1] if len(args[1]) != 1 else args[1][0]]
    if call == "T":
        return np.transpose(args[0])
    if call == "array":
        return np.array(args[0])
    if call == "astype":
        return np.asarray(args[0]).astype(args[1])
    if call == "logaddexp.reduce":
        return np.logaddexp.reduce(*args, **options)
    shape, keys, parts = args
    y = np.zeros(shape)
    for key, part in zip(keys, parts, strict=True):
        np.add.at(y, key, part)
    return y


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
    x = counting(x)
    if factor == -1 and is_a(x, np.subtract):
        return x.sheet.make(np.subtract, *x.args[::-1])
    return x.sheet.make(np.negative, x) if factor == -1 else x.sheet.make(np.multiply, x.sheet.number(factor), x)


def counting(x):
    """Truth values as 0 and 1, where they are to be added up or change their sign."""
    return x.sheet.make("astype", x, float) if isinstance(x, Expression) and x.dtype.kind == "b" else x


def _uncopied(a, b):
    """Two operands without copies that come about anyway when they meet; and the shape where both are copies."""
    shape = np.broadcast_shapes(np.shape(valued(a)), np.shape(valued(b)))
    copies = [is_a(x, np.broadcast_to) for x in (a, b)]
    if copies[0] and (copies[1] or np.shape(valued(b)) == shape):
        a = a.args[0]
    if copies[1] and (copies[0] or np.shape(valued(a)) == shape):
        b = b.args[0]
    a, b = (x.args[0] if is_a(x, "getitem") and x.args[1] == (None, slice(None)) and x.args[0].ndim == 1
            and np.ndim(valued(y)) == 2 and not is_a(y, "getitem") else x for x, y in ((a, b), (b, a)))
    met = np.broadcast_shapes(np.shape(valued(a)), np.shape(valued(b)))
    return a, b, shape if met != shape else None


def _copied(x, shape, sheet):
    """An array of copies."""
    if shape is None or np.shape(valued(x)) == shape:
        return x
    x = x if isinstance(x, Expression) else sheet.number(float(x))
    return copies(x, shape)


def copies(x, shape):
    """Copies along new axes in front need no axes of length 1."""
    if is_a(x, np.broadcast_to):
        x = x.args[0]
    if is_a(x, "getitem") and x.args[1][0] is None and all(part is None or part == slice(None) for part in x.args[1]):
        inner = x.args[1][sum(1 for _ in itertools.takewhile(lambda part: part is None, x.args[1])):]
        x = x.args[0][inner] if None in inner else x.args[0]
    return x if x.shape == tuple(shape) else x.sheet.make(np.broadcast_to, x, tuple(map(int, shape)))


def times(a, b):
    """Element-wise product, the number in front."""
    sheet = next(leaves([a, b])).sheet
    a, b, shape = _uncopied(a, b)
    if next(leaves([a, b]), None) is None:
        return _copied(a * b, shape, sheet)
    (p, x), (q, y) = split(a), split(b)
    if x is None or y is None:
        return _copied(scaled(p * q, counting(x if y is None else y)), shape, sheet)
    for one, other in ((x, y), (y, x)):
        if is_a(one, "getitem") and is_a(other, "getitem") and one.args[0].ndim == other.args[0].ndim == 1 \
                and one.args[1] == (slice(None), None) and other.args[1] == (None, slice(None)):
            return scaled(p * q, outer(one.args[0], other.args[0]))
        if is_a(one, np.divide) and number_of(one.args[0]) is not None:
            return _copied(scaled(p * q * number_of(one.args[0]), over(other, one.args[1])), shape, sheet)
        if is_a(one, "astype") and other.dtype.kind == "f":
            x, y = (one.args[0] if part is one else part for part in (x, y))
    return _copied(scaled(p * q, sheet.make(np.multiply, x, y)), shape, sheet)


def over(a, b):
    """Element-wise quotient."""
    sheet = next(leaves([a, b])).sheet
    a, b, shape = _uncopied(a, b)
    (p, x), (q, y) = split(a), split(b)
    if y is None:
        found = scaled(p / q, x)
    elif x is None:
        found = sheet.make(np.divide, sheet.number(p / q), y)
    elif is_a(x, np.divide) and x.args[1] is y:
        found = scaled(p / q, over(x.args[0], power(y, 2)))
    else:
        found = scaled(p / q, sheet.make(np.divide, x, y))
    return _copied(found, shape, sheet)


def plus(a, b):
    """Sum; a difference where the second is negative."""
    sheet = next(leaves([a, b])).sheet
    whole = np.broadcast_shapes(np.shape(valued(a)), np.shape(valued(b)))
    a, b, shape = _uncopied(counting(a), counting(b))
    for one, other in ((a, b), (b, a)):
        if number_of(one) == 0 and (np.shape(valued(other)) == whole or shape is not None):
            return _copied(other, shape, sheet)
    if number_of(a) is not None and number_of(b) is not None:
        return _copied(sheet.number(number_of(a) + number_of(b)), shape, sheet)
    (p, x), (q, y) = split(a), split(b)
    if x is not None and x is y:
        return _copied(times(p + q, x), shape, sheet)
    if p == q == 1 and is_a(x, "placed") and is_a(y, "placed"):
        return sheet.make("placed", x.args[0], y.args[1] + x.args[1], y.args[2] + x.args[2])
    found = _chosen_together((p, x), (q, y))
    if found is None and q < 0 and y is not None:
        found = sheet.make(np.subtract, a, scaled(-q, y))
    elif found is None and p < 0 and x is not None and y is not None:
        found = sheet.make(np.subtract, b, scaled(-p, x))
    return _copied(sheet.make(np.add, a, b) if found is None else found, shape, sheet)


def _chosen_together(*parts):
    """c * mask * g + d * ~mask * g as np.where(mask, c, d) * g, and with other factors np.where(mask, c * g, d * h)."""
    (p, mask, one), (q, other, two) = map(_masked, parts)
    if mask is None or other is None:
        return None
    if mask.call is np.logical_not and mask.args[0] is other:
        (p, mask, one), (q, other, two) = (q, other, two), (p, mask, one)
    if other.call is not np.logical_not or other.args[0] is not mask:
        return None
    if one is two:
        chosen = mask.sheet.make(np.where, mask, p, q)
        return chosen if one is None else times(chosen, one)
    return mask.sheet.make(np.where, mask, scaled(p, one), scaled(q, two))


def _masked(part):
    """A number, a mask and the rest, whose product an operand is."""
    factor, x = part
    if is_a(x, "astype"):
        return factor, x.args[0], None
    if is_a(x, np.multiply):
        for mask, rest in (x.args, x.args[::-1]):
            mask = mask.args[0] if is_a(mask, "astype") else mask
            if isinstance(mask, Expression) and mask.dtype.kind == "b":
                return factor, mask, rest
    return factor, None, None


def minus(a, b):
    """Difference."""
    a, b = counting(a), counting(b)
    return a if number_of(b) == 0 else times(-1.0, b) if number_of(a) == 0 else None


def power(a, b):
    """A power; the first is the thing itself, and none is 1."""
    if number_of(b) == 1:
        return a
    whole = number_of(b)
    if whole is not None and whole == int(whole) and isinstance(b, float):
        return a.sheet.make(np.power, a, int(whole))
    return next(leaves([a, b])).sheet.make(np.power, a, b)


def transposed(x):
    """The transpose of a matrix, with the factors of a product turned."""
    if x.ndim < 2:
        return x
    if x.call == "T":
        return x.args[0]
    if is_a(x, np.broadcast_to) and x.args[0].ndim == 0:
        return copies(x.args[0], x.shape[::-1])
    if is_a(x, np.outer):
        return x.sheet.make(np.outer, *x.args[::-1])
    if is_a(x, np.matmul) and all(part.ndim == 2 for part in x.args):
        return product(transposed(x.args[1]), transposed(x.args[0]))
    if is_a(x, np.negative):
        return times(-1.0, transposed(x.args[0]))
    if is_a(x, np.multiply) and number_of(x.args[0]) is not None:
        return times(x.args[0], transposed(x.args[1]))
    return x.sheet.make("T", x)


def turned(x, axes=None):
    """A transposition that is one of a matrix, or none."""
    axes = tuple(range(x.ndim))[::-1] if axes is None else tuple(axes)
    return x if axes == tuple(range(x.ndim)) else transposed(x) if axes == (1, 0) else None


def product(a, b):
    """Matrix product, a number drawn to the front."""
    (p, x), (q, y) = split(counting(a)), split(counting(b))
    return scaled(p * q, x.sheet.make(np.matmul, x, y))


def outer(a, b):
    """Outer product of two vectors; with copies of 1, copies."""
    (p, x), (q, y) = split(counting(a)), split(counting(b))
    return scaled(p * q, x.sheet.make(np.outer, x, y))


def summed(x, axis=None, keepdims=False, **options):
    """A sum: of copies of a number it is a multiple; with the number in front."""
    over_axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    over_axes = [k % x.ndim for k in over_axes] if x.ndim else []
    if not over_axes:
        return x if not options else None
    shape = tuple(1 if k in over_axes else n for k, n in enumerate(x.shape) if keepdims or k not in over_axes)
    if is_a(x, np.broadcast_to) and x.args[0].ndim == 0:
        return _copied(times(math.prod(x.shape[k] for k in over_axes), x.args[0]), shape, x.sheet)
    factor, rest = split(x)
    if factor == 1 or rest is None:
        return None
    kept = {"keepdims": True} if keepdims else {}
    return scaled(factor, rest.sheet.make(np.sum, counting(rest), axis=axis, **kept))


def reshaped(x, shape, **options):
    """A new shape; axes of length 1 that are put in are written as None, and after a reduction as keepdims."""
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if -1 in shape:
        shape = tuple(x.size // max(1, -math.prod(shape)) if n == -1 else n for n in shape)
    if shape == x.shape:
        return x
    if is_a(x, np.broadcast_to) and x.args[0].ndim == 0:
        return copies(x.args[0], shape)
    factor, rest = split(x)
    if factor != 1 and rest is not None and rest.shape == x.shape and is_a(rest, np.sum):
        return scaled(factor, np.reshape(rest, shape))
    if is_a(x, np.sum, np.max, np.min, np.prod, np.mean) and not x.options.get("keepdims"):
        axis = x.options.get("axis")
        over_axes = range(x.args[0].ndim) if axis is None else [axis] if isinstance(axis, int) else axis
        if shape == tuple(1 if k in over_axes else n for k, n in enumerate(x.args[0].shape)):
            return x.sheet.make(x.call, *x.args, **x.options, keepdims=True)
    if is_a(x, np.sum, np.max, np.min, np.prod, np.mean) and x.options.get("keepdims"):
        bare = x.sheet.make(x.call, *x.args, **{name: y for name, y in x.options.items() if name != "keepdims"})
        if bare.shape == shape:
            bare.section = bare.section or x.section
            return bare
    kept = [n for n in shape if n != 1]
    if tuple(kept) == x.shape and len(shape) - x.ndim <= 2:
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
        shape = np.shape(valued(x)[key if len(key) != 1 else valued(key[0])])
        return x.args[0] if shape == () else copies(x.args[0], shape)
    if is_a(x, "array") and x.ndim == 1 and len(key) == 1 and isinstance(key[0], int):
        return _number(x, x.args[0][key[0]])
    return None


def _number(x, part):
    return part if isinstance(part, Expression) else x.sheet.number(float(part))


#: Simpler forms that are taken on the way back; None where there is none.
SIMPLER = {np.multiply: times, np.divide: over, np.add: plus, np.subtract: minus, np.power: power,
           np.negative: lambda x: times(-1.0, x), np.matmul: product, np.outer: outer, np.sum: summed, "T": transposed,
           np.broadcast_to: copies, "getitem": picked, np.square: lambda x: power(x, 2)}
#: Forms that are always taken: those in which a reader writes these calls.
ALWAYS = {np.transpose: turned, np.reshape: reshaped, np.stack: stacked, np.broadcast_to: copies,
          np.positive: lambda x: x,
          np.swapaxes: lambda x, a, b: transposed(x) if x.ndim == 2 and a % 2 != b % 2 else None}
