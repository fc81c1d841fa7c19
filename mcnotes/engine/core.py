"""The chain rule itself: record a NumPy function as it runs, then walk back (X.7, X.23).

``f`` is called with :class:`Traced` arrays in place of its arguments. A traced array
carries its value and its place on a :class:`Tape`. NumPy asks it what every operation
means (the protocols ``__array_ufunc__`` and ``__array_function__``); the rule for that
primitive, in :mod:`mcnotes.engine.rules`, computes the value and puts a node on the tape:
for each traced operand, where it stands, and its VJP, which turns what is known of the
output into what is known of the operand. Walking the tape backwards, what arrives by
several ways is added up. That sum is Definition 3.

A VJP pulls back in two ways: ``pull(g)`` for a scalar result, with `g` in the shape of
the primitive's output; ``pull_structure(s)`` for any other result, with the derivative
held as a :class:`~mcnotes.engine.structure.Structure`.

A traced value may itself hold a traced value: a derivative of a derivative is recorded
on two tapes. The inner one began later, and has the larger level. It may also hold an
expression: then the pull-backs write a program (:mod:`mcnotes.program`).

Comparisons, signs and positions have no slope. Their results are traced, so that it is
seen when one of them decides where `f` goes on, but they have no place on the tape.
"""

import difflib
import inspect
import itertools
import math
from collections.abc import Callable
from functools import cache
from numbers import Real
from operator import attrgetter
from typing import Any

import numpy as np

from .structure import Structure

#: Arrays of more entries than this are large: see `Tape.constant`.
SMALL = 2**12
#: So many structures that arrive at one place are added up at once.
_MANY = 16
#: NumPy function -> its rule, called with the same arguments. Filled by `mcnotes.engine.rules`.
RULES: dict[Any, Callable] = {}

_FLOAT, _OBJECT = np.dtype(float), np.dtype(object)
_serial = itertools.count(1).__next__


class UnsupportedError(TypeError):
    """A function or an operation that a derivative cannot follow."""


class NoDerivativeError(ValueError):
    """The point is one at which there is no derivative."""


INSTEAD = 'write it with supported functions, or use mc.derivative(f, at, method="difference")'
NOT_INTO = ("a traced array was to be changed in place (x[...] = ..., out=, or an operator such as +=); a derivative "
            "cannot follow that: make a new array instead, y = y + x, or np.stack, np.concatenate, np.where")
NOT_PLAIN = ("a traced array cannot be turned into a plain one, the derivative would be lost; this happens with "
             "np.array(x, dtype=float) (write x), y[:] = x (build y with np.stack), and functions outside NumPy")
NOT_A_NUMBER = ("a traced number cannot become a plain one, the derivative would be lost; use np.sin instead of "
                "math.sin, leave float() away, and build arrays with np.stack([...]) instead of y[0] = ...")


# Tape -----------------------------------------------------------------------------------------------------

class Tape:
    """What was recorded.

    Attributes
    ----------
    nodes : list
        At each place a node: a value, and (place of an operand, its VJP) pairs. The inputs come first, without any.
    level : int
        Larger than that of every tape that was there before.
    branched : bool
        Whether a value decided which way `f` went.
    trusted : bool
        Whether large constants may be kept as they are; otherwise they are copied.
    large : list
        The large constants that were met.
    """

    def __init__(self):
        self.nodes, self.level, self.branched, self.trusted, self.large = [], _serial(), False, False, []

    def constant(self, x):
        """A plain operand as real numbers, in memory that nobody changes while `f` runs.

        A small array is copied. A large one is copied, too, unless `f` is trusted: then it was
        compared before, on arrays of the same shapes.
        """
        kind = type(x)
        if kind is float or kind is np.float64:
            return x
        if kind is not np.ndarray or x.dtype is not _FLOAT:
            return real(x)
        if x.size <= SMALL:
            return x.copy()
        kept = x if self.trusted else x.copy()
        self.large.append(kept)
        return kept

    def decided(self, x):
        """Called where a value decides which way `f` goes."""
        self.branched = True


class Closed(list):
    """Takes the place of a tape's nodes when the walk back is over."""

    def append(self, node):
        raise UnsupportedError("a traced array was kept from an earlier call; f must use its own arguments only")


#: Takes the place of a tape's nodes when the walk back is over.
CLOSED = Closed()


def real(x):
    """A plain operand as an array of floats (or a float); a copy, or an array that nobody else has.

    Raises
    ------
    UnsupportedError
        It is complex, a matrix, a masked or sparse array, an array of objects, or not made of numbers.

    Examples
    --------
    >>> real(np.array([True, False])), real(3)
    (array([1., 0.]), 3.0)
    """
    if isinstance(x, bool | int | float):
        return float(x)
    known = {np.matrix: "an np.matrix met a traced array; use arrays, np.asarray(M), and @ for products",
             np.ma.MaskedArray: "a masked array met a traced array; fill it first, A.filled(0.0), or use np.where"}
    for kind, words in known.items():
        if isinstance(x, kind):
            raise UnsupportedError(words)
    if type(x).__module__.startswith("scipy.sparse"):
        raise UnsupportedError(f"a sparse array ({type(x).__name__}) met a traced array; use A.toarray()")
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray and not type(x).__module__.startswith("numpy"):
        raise UnsupportedError(f"an array of type {type(x).__name__} met a traced array; use np.asarray(A)")
    array = np.asarray(x)
    kind = array.dtype.kind
    if kind == "c":
        raise UnsupportedError("f computes with complex numbers; take real and imaginary parts apart, and keep every "
                               "number real")
    if kind == "O" and (array.ndim or isinstance(x, np.ndarray)):
        raise UnsupportedError("an array of objects met a traced array, and Python's own numbers follow other rules, "
                               "(-2) ** 0.5 is complex; use A.astype(float), and np.stack for traced numbers")
    if kind not in "biuf" and not isinstance(x, Real):
        raise UnsupportedError(f"f computes with {type(x).__name__} of dtype {array.dtype}; "
                               "a derivative needs real numbers")
    return array.astype(float) if array.ndim else float(array[()])


def plain(x, name=""):
    """The numbers of an operand, whatever tapes it is on. In a program nothing may follow from them."""
    while type(x) is Traced:
        x = x.value
    if hasattr(x, "settled"):
        raise UnsupportedError((name or "a derivative of a derivative, or another step of f,") + " has no line in a "
                               "program: what it does depends on values that a program has not been given; use "
                               "mc.derivative(f, at) at each point")
    return x


def decided(x):
    """The plain value of a thing (or of the parts of an index) that decides where `f` goes on."""
    if type(x) is tuple or type(x) is list:
        return type(x)(map(decided, x))
    while type(x) is Traced:
        if x.position is not None:
            x.refuse()
        x.tape.decided(x)
        x = x.value
    return x.decided() if hasattr(x, "decided") else x


# Traced arrays --------------------------------------------------------------------------------------------

class Traced:
    """A number or array whose way through a function is recorded; without a position it has no slope."""

    __slots__ = ("value", "tape", "position")
    __array_priority__ = 1000

    def __init__(self, value, tape, position):
        self.value, self.tape, self.position = value, tape, position

    shape = property(attrgetter("value.shape"))
    ndim = property(attrgetter("value.ndim"))
    size = property(attrgetter("value.size"))
    T = property(lambda self: RULES[np.transpose](self))
    mT = property(lambda self: call(np.matrix_transpose, (self,), {}))
    real = property(lambda self: self)
    imag = property(lambda self: step(np.imag, (self,), {}))
    flat = property(lambda self: iter(np.reshape(self, (-1,))))

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if method == "__call__" and out is None and not options and ufunc in RULES:
            return RULES[ufunc](*inputs)
        if out is not None:
            raise UnsupportedError(f"np.{ufunc.__name__}: {NOT_INTO}")
        if method != "__call__":
            ufunc, inputs, options = _of_a_method(ufunc, method, inputs, options)
        return call(ufunc, inputs, options)

    def __array_function__(self, function, types, args, options):
        if not options and len(args) == 1 and self.position is not None and args[0] is self and function in RULES:
            return RULES[function](self)
        return call(function, args, options)

    def __getattr__(self, name):
        if name == "dtype":
            if self.ndim or self.position is None:
                return self.value.dtype if self.position is None else _FLOAT
            raise AttributeError("a traced number has no dtype, as a Python number has none; where NumPy asks for it, "
                                 "build the array with np.stack([...]) first")
        if name in METHODS:
            def method(*args, **options):
                args = (args,) if name in ("reshape", "transpose") and len(args) > 1 else args
                return call(METHODS[name], (self, *args), options)
            return method
        if name in ("sort", "partition", "fill", "put", "resize", "setfield", "byteswap", "itemset"):
            raise UnsupportedError(f".{name}(...): {NOT_INTO}")
        if isinstance(getattr(np, name, None), np.ufunc):      # object arrays ask their entries
            return lambda *others: getattr(np, name)(self, *others)
        raise AttributeError(f"a traced array has no attribute {name!r}; {INSTEAD}")

    def copy(self, order="C"):
        return self
    __pos__ = __copy__ = copy

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise UnsupportedError(NOT_PLAIN)

    def astype(self, dtype, **options):
        if self.position is None:
            return Traced(self.value.astype(dtype), self.tape, None)
        if not np.issubdtype(dtype, np.floating):
            raise UnsupportedError(f"astype({dtype}) would lose the derivative; keep floating-point numbers")
        return self

    def item(self, *place):
        place = place[0] if len(place) == 1 else place
        if self.position is None:
            return decided(self).item(*([place] if place != () else []))
        if place == () and self.size != 1:
            raise ValueError(f"item() takes the only entry of an array, this has shape {self.shape}; give its place")
        return self[np.unravel_index(place, self.shape) if isinstance(place, int) else place] if place != () \
            else np.reshape(self, ())

    def tolist(self):
        return decided(self).tolist() if self.position is None else list(self) if self.ndim < 2 else [
            part.tolist() for part in self]

    def refuse(self):
        raise UnsupportedError(NOT_PLAIN if self.ndim else NOT_A_NUMBER)

    def __array__(self, dtype=None, copy=None):
        if self.position is None and dtype is not object:
            return np.asarray(decided(self), dtype)
        if dtype in (None, object):             # np.array([x[0], 2.0]), np.array([x, y]): an array of traced numbers
            entries = np.empty(self.shape, object)
            for place in np.ndindex(self.shape):
                entries[place] = self[place] if place else self
            return entries
        raise UnsupportedError(NOT_PLAIN)

    def __float__(self):
        return float(decided(self)) if self.position is None else self.refuse()

    def __complex__(self):
        return complex(decided(self)) if self.position is None else self.refuse()

    def __int__(self):
        return int(decided(self)) if self.position is None else self.refuse()

    def __index__(self):
        return decided(self).__index__() if self.position is None else self.refuse()

    def __hash__(self):
        return hash(decided(self)[()]) if self.position is None and self.ndim == 0 else object.__hash__(self)

    def __bool__(self):
        return bool(decided(self if self.position is None else Traced(self.value, self.tape, None)))

    def __neg__(self):
        return RULES[np.negative](self)

    def __abs__(self):
        return RULES[np.absolute](self)

    def __round__(self, digits=0):
        return np.round(self, digits)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __invert__(self):
        return step(np.logical_not if self.dtype == bool else np.invert, (self,), {})

    def __format__(self, how):
        return f"Traced({format(plain(self) if self.ndim else plain(self)[()], how)})"      # no text that is a number

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of a number: this traced array has no axes")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __setitem__(self, key, value):
        raise UnsupportedError(NOT_INTO)

    def __getitem__(self, key):
        if type(key) is not int and type(key) is not slice:
            key = decided(key)
        return RULES["getitem"](self, key) if self.position is not None else Traced(self.value[key], self.tape, None)

    def __repr__(self):
        return f"Traced({self.value!r})"

    def scattered(self, flat, shape):
        """The entries at flat positions of a zero array (see `structure.scatter`)."""
        return RULES["scatter"](self, flat, shape)


def _in_place(rule):
    def operate(self, other):
        if self.ndim == 0 or self.position is None:         # a number is replaced, not changed
            return rule(self, other)
        raise UnsupportedError(NOT_INTO)
    return operate


def give_operators():
    """Give traced arrays Python's operators: each is the rule of its NumPy function."""
    for sign, ufunc in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power,
                        "matmul": np.matmul, "mod": np.remainder, "floordiv": np.floor_divide, "and": np.bitwise_and,
                        "or": np.bitwise_or, "xor": np.bitwise_xor}.items():
        setattr(Traced, f"__{sign}__", RULES[ufunc])
        setattr(Traced, f"__r{sign}__", lambda b, a, rule=RULES[ufunc]: rule(a, b))
        setattr(Traced, f"__i{sign}__", _in_place(RULES[ufunc]))
    for sign, ufunc in {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal,
                        "ne": np.not_equal}.items():
        setattr(Traced, f"__{sign}__", RULES[ufunc])


# From a call of NumPy to its rule -------------------------------------------------------------------------

#: Method of an array -> the NumPy function that it stands for.
METHODS = {name: getattr(np, name) for name in (
    "sum mean prod max min var std cumsum cumprod dot reshape ravel transpose swapaxes squeeze repeat take trace "
    "diagonal clip argmax argmin argsort all any round conj conjugate nonzero searchsorted").split()}
METHODS["flatten"] = np.ravel

#: What a ufunc's methods are called as functions.
_REDUCTIONS = {(np.add, "reduce"): np.sum, (np.multiply, "reduce"): np.prod, (np.maximum, "reduce"): np.max,
               (np.minimum, "reduce"): np.min, (np.logaddexp, "reduce"): "logaddexp.reduce",
               (np.add, "accumulate"): np.cumsum, (np.multiply, "accumulate"): np.cumprod}

#: Functions that tell something about an array that its values do not change.
ABOUT = {np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.result_type, np.iscomplexobj,
          np.isrealobj, np.iscomplex, np.isreal, np.can_cast, np.min_scalar_type}
#: Steps, comparisons and positions: their derivative is zero wherever there is one.
STEPS = ABOUT | {
    np.sign, np.floor, np.ceil, np.trunc, np.rint, np.heaviside, np.floor_divide, np.less, np.less_equal, np.greater,
    np.greater_equal, np.equal, np.not_equal, np.isnan, np.isfinite, np.isinf, np.signbit, np.logical_and,
    np.logical_or, np.logical_not, np.logical_xor, np.round, np.around, np.fix, np.imag, np.angle, np.argmax,
    np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.argwhere, np.flatnonzero, np.nonzero,
    np.count_nonzero, np.all, np.any, np.isclose, np.allclose, np.array_equal, np.array_equiv, np.searchsorted,
    np.digitize, np.lexsort, np.isposinf, np.isneginf, np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}


def step(function, args, options):
    """Call a function that has no slope; what comes out has no place on the tape."""
    tape = innermost([*args, *options.values()])
    if tape is None:
        return function(*args, **options)
    found = step(function, tuple(_on(tape, x) for x in args), {name: _on(tape, x) for name, x in options.items()})
    return found if function in ABOUT else _without_slope(found, tape)


RULES.update({function: lambda *args, function=function, **options: step(function, args, options)
              for function in STEPS})


def _without_slope(found, tape):
    if isinstance(found, tuple | list):
        return type(found)(_without_slope(part, tape) for part in found)
    return Traced(found if hasattr(found, "shape") else np.asarray(found), tape, None)


def _on(tape, x):
    """An operand as a tape sees it: its own arrays as what they hold."""
    if type(x) is Traced:
        return x.value if x.tape is tape else x
    return type(x)(_on(tape, part) for part in x) if type(x) in (tuple, list) else x


def call(function, args, options):
    """What a call of NumPy means: the rule, with the arguments bound by NumPy's own signature."""
    if function in STEPS or not any(map(_follows, (*args, *options.values()))):
        return step(function, args, options)
    rule = RULES.get(function)
    if rule is None:
        raise unsupported(function)
    return rule(*args) if not options and isinstance(function, np.ufunc) else _bound(function, rule, args, options)


def _follows(x):
    if type(x) is Traced:
        return x.position is not None
    if type(x) is np.ndarray:
        return x.dtype is _OBJECT and any(map(_follows, x.flat))
    return isinstance(x, tuple | list) and any(map(_follows, x))


def _of_a_method(ufunc, method, inputs, options):
    """The function that a method of a ufunc stands for, its operands and its options."""
    if method == "outer" and len(inputs) == 2:
        a, b = (x if type(x) is Traced else np.asarray(x) for x in inputs)
        return ufunc, (np.reshape(a, (*a.shape, *[1] * b.ndim)), b), options
    options = {"axis": 0, **options}
    if (ufunc, method) not in _REDUCTIONS:
        if any(map(_follows, inputs)):
            raise unsupported(ufunc, f".{method}")
        return getattr(ufunc, method), inputs, options
    if method == "accumulate" and options["axis"] is None:
        raise TypeError(f"np.{ufunc.__name__}.accumulate goes along one axis, axis=None has none")
    return _REDUCTIONS[ufunc, method], inputs, options


#: Options that say what NumPy does anyway.
_USUAL = {"out": (None,), "dtype": (None, float, np.float64, "float64", _FLOAT), "where": (True,),
          "casting": ("same_kind",), "subok": (True, False), "like": (None,), "order": ("K", "C"), "signature": (None,),
          "overwrite_input": (True, False)}


@cache
def _signature(function, rule):
    """NumPy's own signature of a function; that of the rule where NumPy tells none, or hides it behind a *."""
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        found = inspect.signature(rule)
    return found, frozenset(inspect.signature(rule).parameters)


def _bound(function, rule, args, options):
    """Call a rule with its arguments by name. Options that say what NumPy does anyway are left out."""
    signature, known = _signature(function, rule)
    try:
        found = signature.bind(*args, **options).arguments
    except TypeError as error:
        raise TypeError(f"{name_of(function)}: {error}") from None
    before, kept = (), {}
    for name, value in found.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.POSITIONAL_ONLY:
            before += (value,)
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            before, kept = (*before, *kept.values(), *value), {}
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found = {**found, **value}
            kept.update((other, x) for other, x in value.items() if _kept(function, known, other, x))
        elif _kept(function, known, name, value):
            kept[name] = value
    return rule(*before, **kept)


def _kept(function, known, name, value):
    """Whether a rule gets an option; an error where it should but has none of that name."""
    if value is np._NoValue:
        return False
    if name in known:
        return True
    if any(value is usual or isinstance(value, str | np.dtype) and value == usual for usual in _USUAL.get(name, ())):
        return False
    raise unsupported(function, f" with {name}=")


def name_of(function):
    """A function as one writes it: np.linalg.inv."""
    if isinstance(function, str):
        return f"np.{function}"
    module = "np" if isinstance(function, np.ufunc) else (function.__module__ or "np").replace("numpy", "np", 1)
    return f"{module}.{function.__name__}"


def unsupported(function, options=""):
    """The error for a function without a rule, or a rule without an option; it names what comes near."""
    name = name_of(function)
    known = {f.__name__: name_of(f) for f in RULES if f not in STEPS and not isinstance(f, str)}
    near = [] if options.startswith(" with") else [
        known[other] for other in difflib.get_close_matches(name.rpartition(".")[2], sorted(known), 3, 0.6)]
    return UnsupportedError(f"{name}{options} has no derivative rule" + (
        f"; the nearest that have one: {', '.join(near)}" if near else "") + f"; {INSTEAD}")


# What the rules use ---------------------------------------------------------------------------------------

def innermost(operands):
    """The innermost tape among the operands (and the parts of lists); None where nothing is traced."""
    tape = None
    for x in operands:
        own = x.tape if type(x) is Traced else innermost(x) if type(x) in (tuple, list) else None
        if own is not None and (tape is None or own.level > tape.level):
            tape = own
    return tape


def top(*operands):
    """The innermost tape among the operands, and the operands as that tape sees them."""
    if len(operands) == 1 and type(operands[0]) is Traced:
        return operands[0].tape, (operands[0].value,)
    tape = innermost(operands)
    return tape, [_seen(x) if type(x) is Traced and x.tape is tape else x for x in operands]


def given(*operands):
    """The operands behind the gate: traced, or real numbers that nobody changes."""
    operands = [collect(x) for x in operands]
    tape = innermost(operands)
    return [x if type(x) is Traced else real(x) if tape is None else tape.constant(x) for x in operands]


def _seen(x):
    """The value of an operand; truth values and whole numbers count as real numbers."""
    return x.value if x.position is not None or getattr(x.value, "dtype", _FLOAT) is _FLOAT else x.value.astype(float)


def pair(a, b):
    """Two operands behind the gate: their tape, their values on it, and their places on it (or None)."""
    if type(a) is Traced:
        tape = a.tape
        if type(b) is Traced:
            if b.tape is tape:
                if a.position is None or b.position is None:
                    return tape, _seen(a), _seen(b), a.position, b.position
                return tape, a.value, b.value, a.position, b.position
            return (tape, _seen(a), b, a.position, None) if tape.level > b.tape.level \
                else (b.tape, a, _seen(b), None, b.position)
        if type(b) is not float:
            if type(b) is list or type(b) is tuple or type(b) is np.ndarray and b.dtype is _OBJECT:
                b = collect(b)
                if type(b) is Traced:
                    return pair(a, b)
            b = tape.constant(b)
        return tape, _seen(a) if a.position is None else a.value, b, a.position, None
    tape, v, u, place_b, place_a = pair(b, a) if type(b) is Traced else pair(collect(b), collect(a))
    return tape, u, v, place_a, place_b


def collect(entries):
    """Stack a nested list, tuple or object array of numbers, arrays and traced values."""
    if type(entries) is Traced or not _holds_traced(entries):
        return entries
    if isinstance(entries, np.ndarray):
        if type(entries) is not np.ndarray:
            real(np.empty(0).view(type(entries)))       # refuses matrices and masked arrays
        if entries.ndim == 0:
            return entries[()]
    parts = [collect(part) for part in entries]
    shapes = {np.shape(part) for part in parts}
    if len(shapes) > 1:
        raise ValueError(f"f returned parts of different shapes {sorted(shapes)}; "
                         "return one array, or parts of one shape")
    return RULES[np.stack](parts)


def _holds_traced(entries):
    if isinstance(entries, np.ndarray):
        return entries.dtype == object and any(type(part) is Traced for part in entries.flat)
    return type(entries) is Traced or (isinstance(entries, list | tuple) and any(map(_holds_traced, entries)))


def put(tape, value, vjps):
    """Put a node on a tape: a value, and (place of an operand, VJP) pairs."""
    nodes = tape.nodes
    nodes.append((value, vjps))
    return Traced(value, tape, len(nodes) - 1)


def record(tape, value, vjps):
    """Put a value on a tape, with its VJPs: (operand, VJP) pairs; operands that do not follow are left out."""
    node = tuple([(x.position, vjp) for x, vjp in vjps if type(x) is Traced and x.tape is tape
                  and x.position is not None])
    return put(tape, value, node) if node else Traced(value, tape, None)


class General:
    """The VJP of a function with its own pull-back.

    ``function(g)`` takes `g` in the shape of the output, and also with one further axis behind, for many at once.
    """

    __slots__ = ("function", "shape", "out")

    def __init__(self, function, shape, out):
        self.function, self.shape, self.out = function, shape, out

    def pull(self, g):
        return self.function(g)

    def pull_structure(self, s):
        many = s.dense()
        if len(s.outer) != 1:
            many = np.reshape(many, (*self.out, -1))
        back = self.function(many)
        return Structure.of(np.reshape(back, (*self.shape, *s.outer)) if len(s.outer) != 1 else back,
                            self.shape, s.outer)


# Forward and backward -------------------------------------------------------------------------------------

def trace(f, inputs, tape):
    """Run a function on traced inputs, which take the first places of the tape; what it returned, as one array."""
    points = []
    for value in inputs:
        if type(value) is not Traced:
            value = tape.constant(value) if value.ndim else value.copy()
        points.append(put(tape, value, ()))
    y = f(*points)
    return y if type(y) is Traced else collect(y)


def pull_back(tape, position, shape, inputs):
    """Walk the tape backwards from a result.

    The result stands at `position`; for the shape ``()`` plain arrays travel, otherwise structures. Returns what
    reached each of the first places, the inputs; None where nothing depends on one.
    """
    nodes = tape.nodes
    if shape == ():
        known = {position: np.float64(1.0)}
        for k in range(position, inputs - 1, -1):
            g = known.pop(k, None)
            if g is not None:
                for parent, vjp in nodes[k][1]:
                    back = vjp.pull(g)
                    known[parent] = known[parent] + back if parent in known else back
        return [known.get(k) for k in range(inputs)]
    known = {position: [Structure.identity(shape)]}
    for k in range(position, inputs - 1, -1):
        arrived = known.pop(k, None)
        if arrived is not None:
            s = arrived[0] if len(arrived) == 1 else Structure.total(arrived)
            for parent, vjp in nodes[k][1]:
                back = vjp.pull_structure(s)
                if parent not in known:
                    known[parent] = [back]
                else:
                    parts = known[parent]
                    parts.append(back)
                    if len(parts) > max(_MANY, len(parts[0].terms)):        # those that are tied alike become one
                        parts[:] = [Structure.total(parts, math.inf)]
    return [Structure.total(known[k]) if k in known else None for k in range(inputs)]
