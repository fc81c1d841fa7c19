"""The chain rule itself: record a NumPy function as it runs, then walk back (X.7, X.23).

``f`` is called once, with :class:`Traced` arrays in place of its arguments. A
traced array carries its value and a place on a tape. NumPy asks it what every
operation means (the protocols ``__array_ufunc__`` and ``__array_function__``);
the rule for that operation, in :mod:`mcnotes.engine.rules`, computes the value and
leaves one link for each traced input. Walking the tape backwards, each link
turns what is known of its output into what is known of its input, and what
arrives by several ways is added up. That sum is Definition 3.

A traced value may itself hold a traced value: a derivative of a derivative is
recorded on two tapes.
"""

import difflib

import numpy as np

from .links import Part
from .structure import Structure

#: NumPy function -> its rule, called with the same arguments. Filled by `mcnotes.engine.rules`.
RULES = {}

#: Method of an array -> the NumPy function that it stands for.
METHODS = {name: getattr(np, name) for name in (
    "sum mean prod max min var std cumsum cumprod dot reshape ravel transpose swapaxes squeeze repeat take "
    "trace diagonal clip sort argmax argmin argsort all any").split()} | {"flatten": np.ravel}

_PLAIN = {np.shape, np.ndim, np.size, np.argmax, np.argmin, np.argsort, np.all, np.any, np.isnan, np.isfinite,
          np.isclose, np.allclose, np.array_equal, np.count_nonzero, np.nonzero, np.zeros_like, np.ones_like,
          np.searchsorted, np.result_type, np.iscomplexobj, np.isrealobj, np.full_like, np.empty_like}
_IN_PLACE = "out= or an operator such as +=); a derivative cannot follow that: make a new array instead, y = y + x"
_INSTEAD = 'write it with supported functions, or use mc.derivative(f, at, method="difference")'
COMPLEX = "f computes with complex numbers; take real and imaginary parts apart, and keep every number real"


class UnsupportedError(TypeError):
    """A function or an operation has no rule."""


class Tape:
    """What was recorded: for each step, the links to earlier steps; and whether a value decided which way f went."""

    __slots__ = ("records", "level", "branched")

    def __init__(self, inputs, level):
        self.records, self.level, self.branched = [()] * inputs, level, False


class Closed:
    """Stands where the records of a tape were, when the walk back is over."""

    def append(self, links):
        raise UnsupportedError("a traced array was kept from an earlier call; f must use its own arguments only")


class Traced:
    """A number or array whose way through a function is recorded."""

    __slots__ = ("value", "tape", "position")
    __array_priority__ = 1000

    def __init__(self, value, tape, position):
        self.value, self.tape, self.position = value, tape, position

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)
    T = property(lambda self: RULES[np.transpose](self))

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if out is not None:
            raise UnsupportedError(f"np.{ufunc.__name__} was to write into an array ({_IN_PLACE}")
        if method == "reduce" and ufunc in _REDUCTIONS:
            options.setdefault("axis", 0)
            return RULES[_REDUCTIONS[ufunc]](*inputs, **options)
        if method != "__call__" or ufunc not in RULES:
            raise _unsupported(ufunc, "" if method == "__call__" else f".{method}")
        return RULES[ufunc](*inputs, **options)

    def __array_function__(self, function, types, args, options):
        if function in _PLAIN:
            return function(*_values(args), **options)
        if options.get("out") is not None:
            raise UnsupportedError(f"np.{function.__name__} was to write into out=; leave out= away")
        options.pop("out", None)
        rule = RULES.get(function)
        if rule is None:
            raise _unsupported(function)
        try:
            return rule(*args, **options)
        except TypeError as error:
            if "unexpected keyword argument" in str(error):
                raise _unsupported(function, f" with {str(error).split()[-1]}") from error
            if "positional argument" in str(error):
                raise _unsupported(function, f" with {len(args)} arguments") from error
            raise

    def __getattr__(self, name):
        if name in METHODS:
            return lambda *args, **options: self.__array_function__(METHODS[name], (), (self, *args), options)
        if isinstance(getattr(np, name, None), np.ufunc):      # object arrays ask their entries
            return lambda *others: getattr(np, name)(self, *others)
        raise AttributeError(f"a traced array has no attribute {name!r}; {_INSTEAD}")

    def copy(self):
        return self
    __pos__ = copy

    def astype(self, dtype, **options):
        if not np.issubdtype(dtype, np.floating):
            raise UnsupportedError(f"astype({dtype}) would lose the derivative; keep floating-point numbers")
        return self

    def item(self):
        return np.reshape(self, ())

    def __array__(self, dtype=None, copy=None):
        if self.shape == () and dtype in (None, object):
            entry = np.empty((), object)
            entry[()] = self
            return entry
        raise UnsupportedError(
            "a traced array cannot be turned into a plain one, the derivative would be lost; this happens with "
            "A.dot(x) (write A @ x), np.array(x, dtype=float) (write x), y[0] = x[0] (build y with np.array or "
            "np.stack), and functions outside NumPy")

    def __float__(self):
        raise UnsupportedError("a traced number cannot become a plain one, the derivative would be lost; use np.sin "
                               "instead of math.sin, leave float() away, and build arrays with np.stack([...]) "
                               "instead of y[0] = ... or np.mean(np.array([...]))")

    __int__ = __index__ = __complex__ = __float__

    def __bool__(self):
        self.tape.branched = True
        return bool(self.value)

    def __len__(self):
        return len(self.value)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __setitem__(self, key, value):
        raise UnsupportedError("assignment into a traced array (x[...] = ...) cannot be followed; build a new array "
                               "with np.array, np.stack, np.concatenate or np.where")

    def __getitem__(self, key):
        return RULES["getitem"](self, key)

    def __repr__(self):
        return f"Traced({self.value!r})"

    def scattered(self, flat, shape):
        """The entries at flat positions of a zero array (see `structure.scatter`)."""
        return RULES["scatter"](self, flat, shape)


_REDUCTIONS = {np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
               np.logaddexp: "logaddexp.reduce"}


def _operator(ufunc, swapped):
    def operate(self, other):
        return RULES[ufunc](other, self) if swapped else RULES[ufunc](self, other)
    return operate


def _in_place(ufunc):
    def operate(self, other):
        if self.ndim == 0:          # a number is replaced, not changed
            return RULES[ufunc](self, other)
        raise UnsupportedError(f"a traced array was to be changed in place ({_IN_PLACE}")
    return operate


for _sign, _ufunc in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
                      "pow": np.power, "matmul": np.matmul, "mod": np.remainder, "floordiv": np.floor_divide}.items():
    setattr(Traced, f"__{_sign}__", _operator(_ufunc, False))
    setattr(Traced, f"__r{_sign}__", _operator(_ufunc, True))
    setattr(Traced, f"__i{_sign}__", _in_place(_ufunc))
for _sign, _ufunc in {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
                      "eq": np.equal, "ne": np.not_equal}.items():
    setattr(Traced, f"__{_sign}__", _operator(_ufunc, False))
Traced.__hash__ = object.__hash__
Traced.__neg__ = lambda self: RULES[np.negative](self)
Traced.__abs__ = lambda self: RULES[np.absolute](self)


def _name(function):
    module = "np" if isinstance(function, np.ufunc) else function.__module__.replace("numpy", "np", 1)
    return f"{module}.{function.__name__}"


def _unsupported(function, options=""):
    known = {f.__name__: _name(f) for f in RULES if hasattr(f, "__name__")}
    near = [known[name] for name in difflib.get_close_matches(function.__name__, sorted(known), 3, 0.5)]
    return UnsupportedError(f"{_name(function)}{options} has no derivative rule" +
                            (f"; the nearest that have one: {', '.join(near)}" if near else "") + f"; {_INSTEAD}")


def _values(thing):
    if type(thing) is Traced:
        return thing.value
    return type(thing)(_values(part) for part in thing) if isinstance(thing, tuple | list) else thing


def top(*operands):
    """The innermost tape among the operands, and the operands as that tape sees them."""
    if len(operands) == 1 and type(operands[0]) is Traced:
        return operands[0].tape, (operands[0].value,)
    tape = None
    for x in operands:
        if type(x) is Traced and (tape is None or x.tape.level > tape.level):
            tape = x.tape
    return tape, [x.value if type(x) is Traced and x.tape is tape else x for x in operands]


def given(*operands):
    """The operands with lists, and object arrays of traced numbers, turned into arrays."""
    found = []
    for x in operands:
        if type(x) is not Traced and _holds_traced(x):
            x = collect(x)
        found.append(np.asarray(x) if isinstance(x, list | tuple) else x)
    return found


def put(tape, value, links):
    """Put a value on a tape, with its links: (place of an operand, link) pairs."""
    if value.dtype.kind == "c":
        raise UnsupportedError(COMPLEX)
    records = tape.records
    records.append(links)
    return Traced(value, tape, len(records) - 1)


def collect(entries):
    """Stack a nested list, tuple or object array of numbers, arrays and traced values."""
    if type(entries) is Traced or not _holds_traced(entries):
        return entries
    if isinstance(entries, np.ndarray) and entries.ndim == 0:
        return entries.item()
    parts = [collect(part) for part in entries]
    shapes = {np.shape(part) for part in parts}
    if len(shapes) > 1:
        raise ValueError(f"f returned parts of different shapes {sorted(shapes)}; "
                         "return one array, or parts of one shape")
    tape, values = top(*parts)
    shape = shapes.pop()
    links = [(part.position, Part(k, shape, (np.array(k), *[None] * len(shape))))
             for k, part in enumerate(parts) if type(part) is Traced and part.tape is tape]
    stacked = np.stack(values) if shape or any(type(v) is Traced for v in values) else np.array(values, float)
    return put(tape, stacked, links)


def _holds_traced(entries):
    if isinstance(entries, np.ndarray):
        return entries.dtype == object and any(type(part) is Traced for part in entries.flat)
    return type(entries) is Traced or (isinstance(entries, list | tuple) and any(map(_holds_traced, entries)))


_level = 0


def trace(f, inputs):
    """Run a function on traced inputs.

    Returns the tape, and what `f` returned: traced, unless it does not depend on the inputs.
    """
    global _level
    _level += 1
    tape = Tape(len(inputs), _level)
    try:
        result = f(*(Traced(value, tape, k) for k, value in enumerate(inputs)))
        return tape, collect(result)
    finally:
        _level -= 1


def pull_back(tape, position, shape, inputs):
    """Walk the tape backwards from a result.

    The result stands at `position`; for the shape ``()`` plain arrays travel, otherwise structures.
    Returns what reached each of the first places, the inputs; None where nothing depends on one.
    """
    plain = shape == ()
    known = {position: np.float64(1.0) if plain else Structure.identity(shape)}
    for k in range(position, inputs - 1, -1):
        g = known.pop(k, None)
        if g is None:
            continue
        for parent, link in tape.records[k]:
            back = link.pull(g) if plain else link.pull_structure(g)
            known[parent] = known[parent] + back if parent in known else back
    return [known.get(k) for k in range(inputs)]
