"""Expressions of a program: NumPy calls that are not run but kept, so that they can be written down.

An :class:`Expression` stands for an array. NumPy functions and operators accept it
and give new ones; the same call on the same operands gives the same expression, so
that no step is written twice. Each carries its value at the point where the
function was recorded, which tells its shape.
"""

from numbers import Real

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class Expression(NDArrayOperatorsMixin):
    """One array of a program, and the call that makes it.

    Attributes
    ----------
    call : callable or str
        A NumPy function, or ``"input"``, ``"constant"``, ``"number"``, ``"getitem"``, ``"T"``, ``"array"``,
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

    __slots__ = ("call", "args", "options", "value", "place", "name", "section", "note", "closed",
                 "sheet")

    def __init__(self, sheet, call, args, options, value):
        self.sheet, self.call, self.args, self.options, self.value = sheet, call, args, options, value
        self.place, self.section = len(sheet.made), sheet.section
        self.name, self.note, self.closed = None, None, False

    shape = property(lambda self: np.shape(self.value))
    ndim = property(lambda self: np.ndim(self.value))
    size = property(lambda self: int(np.size(self.value)))
    T = property(lambda self: transposed(self))

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__":
            return NotImplemented
        return SIMPLER.get(ufunc, lambda *args, **rest: self.sheet.make(ufunc, *args, **rest))(*inputs, **options)

    def __array_function__(self, function, types, args, options):
        if function in (np.shape, np.ndim, np.size):
            return function(valued(args[0]))
        return self.sheet.make(function, *args, **options)

    def __getitem__(self, key):
        return self if key == () else self.sheet.make("getitem", self, key if isinstance(key, tuple) else (key,))

    def __eq__(self, other):
        return self is other                    # np.equal compares entries

    def __hash__(self):
        return id(self)

    def __bool__(self):
        raise TypeError("a step of the program has no truth value")

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
    elif isinstance(thing, slice):
        yield from leaves((thing.start, thing.stop, thing.step))


class Sheet:
    """Where expressions are made, each once."""

    def __init__(self):
        self.made, self._known, self.section = [], {}, None

    def make(self, call, *args, **options):
        """The expression for a call; one that is there already where there is one."""
        args = tuple(self.operand(x) for x in args)
        options = {name: self.operand(x) for name, x in options.items()}
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
        """A plain array among the operands becomes a constant."""
        if isinstance(x, np.ndarray) and not isinstance(x, Expression):
            key = ("constant", x.dtype.str, x.shape, x.tobytes())
            if key not in self._known:
                self._known[key] = self.leaf("constant", np.array(x))
            return self._known[key]
        return type(x)(map(self.operand, x)) if type(x) in (list, tuple) else x


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
    if isinstance(thing, slice):
        return slice(valued(thing.start), valued(thing.stop), valued(thing.step))
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
    if call == "item":
        return args[0][args[1]]
    if call == "astype":
        return args[0].astype(args[1])
    if call == "logaddexp.reduce":
        return np.logaddexp.reduce(*args, **options)
    shape, keys, parts = args
    y = np.zeros(shape)
    for key, part in zip(keys, parts, strict=True):
        np.add.at(y, key, part)
    return y


# Simpler forms ------------------------------------------------------------------------------------------------

def sheet_of(*operands):
    """The sheet of those operands that are expressions."""
    return next(x.sheet for x in leaves(operands))


def number_of(x):
    """The number that an operand is, or None."""
    if isinstance(x, Expression):
        return float(x.args[0]) if x.call == "number" else None
    return float(x) if isinstance(x, Real) else None


def split(x):
    """An operand as a number times the rest; the rest is None where there is none."""
    known = number_of(x)
    if known is not None:
        return known, None
    if x.closed or x.name:
        return 1.0, x
    if x.call is np.negative:
        factor, rest = split(x.args[0])
        return -factor, rest
    if x.call in (np.multiply, np.divide):
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
    if x is None or factor == 0:
        return float(factor)
    if factor == 1:
        return x
    x = counting(x)
    if factor == -1 and x.call is np.subtract and not x.closed and not x.name:
        return x.sheet.make(np.subtract, *x.args[::-1])
    return x.sheet.make(np.negative, x) if factor == -1 else x.sheet.make(np.multiply, x.sheet.number(factor), x)


def counting(x):
    """Truth values as 0 and 1, where they are to be added up or change their sign."""
    if isinstance(x, Expression) and np.result_type(x.value).kind == "b":
        return x.sheet.make("astype", x, float)
    return x


def times(a, b):
    """Element-wise product, the number in front."""
    (p, x), (q, y) = split(a), split(b)
    if x is None or y is None:
        return scaled(p * q, counting(x if y is None else y))
    for one, other in ((x, y), (y, x)):
        if one.call is np.divide and number_of(one.args[0]) is not None and not one.closed and not one.name:
            return scaled(p * q * number_of(one.args[0]), over(other, one.args[1]))
    return scaled(p * q, x.sheet.make(np.multiply, x, y))


def over(a, b):
    """Element-wise quotient."""
    (p, x), (q, y) = split(a), split(b)
    if y is None:
        return scaled(p / q, x)
    if x is None:
        return y.sheet.make(np.divide, y.sheet.number(p / q), y)
    if _open(x) and x.call is np.divide and x.args[1] is y:
        return scaled(p / q, over(x.args[0], power(y, 2)))
    return scaled(p / q, y.sheet.make(np.divide, x, y))


def plus(a, b):
    """Sum; a difference where the second is negative."""
    a, b = counting(a), counting(b)
    if number_of(a) == 0:
        return b
    if number_of(b) == 0:
        return a
    if number_of(a) is not None and number_of(b) is not None:
        return number_of(a) + number_of(b)
    (p, x), (q, y) = split(a), split(b)
    if x is not None and x is y:
        return times(p + q, x)
    together = _placed_together(x, y) if p == q == 1 else None
    if together is None:
        together = _chosen_together((p, x), (q, y))
    if together is not None:
        return together
    if q < 0 and y is not None:
        return sheet_of(a, b).make(np.subtract, a, scaled(-q, y))
    if p < 0 and x is not None and y is not None:
        return sheet_of(a, b).make(np.subtract, b, scaled(-p, x))
    return sheet_of(a, b).make(np.add, a, b)


def _open(x):
    """Whether an expression may be taken apart."""
    return isinstance(x, Expression) and not x.name and not x.closed


def _placed_together(x, y):
    """Two arrays of zeros with parts in them as one."""
    if not (_open(x) and _open(y) and x.call == y.call == "placed"):
        return None
    return x.sheet.make("placed", x.args[0], y.args[1] + x.args[1], y.args[2] + x.args[2])


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
    if _open(x) and x.call == "astype":
        return factor, x.args[0], None
    if _open(x) and x.call is np.multiply:
        for mask, rest in (x.args, x.args[::-1]):
            mask = mask.args[0] if _open(mask) and mask.call == "astype" else mask
            if isinstance(mask, Expression) and np.result_type(mask.value).kind == "b":
                return factor, mask, rest
    return factor, None, None


def minus(a, b):
    """Difference."""
    a, b = counting(a), counting(b)
    return a - b if number_of(a) is not None and number_of(b) is not None else plus(a, times(-1.0, b)) \
        if number_of(a) == 0 or number_of(b) == 0 else sheet_of(a, b).make(np.subtract, a, b)


def power(a, b):
    """A power; the first is the thing itself."""
    return a if number_of(b) == 1 else sheet_of(a, b).make(np.power, a, b)


def transposed(x):
    """The transpose of a matrix, with the factors of a product turned."""
    if x.ndim < 2:
        return x
    if x.call == "T":
        return x.args[0]
    if not x.name and not x.closed:
        if x.call is np.outer:
            return x.sheet.make(np.outer, *x.args[::-1])
        if x.call is np.matmul and all(part.ndim == 2 for part in x.args):
            return product(transposed(x.args[1]), transposed(x.args[0]))
        if x.call is np.negative:
            return times(-1.0, transposed(x.args[0]))
        if x.call is np.multiply and number_of(x.args[0]) is not None:
            return times(x.args[0], transposed(x.args[1]))
    return x.sheet.make("T", x)


def product(a, b):
    """Matrix product, a number drawn to the front."""
    a, b = counting(a), counting(b)
    (p, x), (q, y) = split(a), split(b)
    for one, other in ((x, y), (y, x)):
        if one.call is np.eye and len(one.args) == 1:
            return scaled(p * q, other)
    return scaled(p * q, x.sheet.make(np.matmul, x, y))


def outer(a, b):
    """Outer product of two vectors."""
    (p, x), (q, y) = split(a), split(b)
    return scaled(p * q, x.sheet.make(np.outer, x, y))


SIMPLER = {np.multiply: times, np.divide: over, np.add: plus, np.subtract: minus, np.power: power,
           np.negative: lambda x: times(-1.0, x), np.matmul: product}
