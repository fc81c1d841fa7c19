"""Numbers and arrays that are recorded: what NumPy and Python ask of them, and who answers."""

from functools import partial
from operator import attrgetter

import numpy as np

from . import asking
from .asking import METHODS, RULES, WITHOUT_SLOPE, fitting, unsupported
from .constants import UnsupportedError
from .stepped import decided, noted, stepped

_FLOAT = np.dtype(float)


class Traced:
    """A number or array whose way through a function is recorded."""

    __slots__ = ("value", "tape", "position")
    __array_priority__ = 1000

    def __init__(self, value, tape, position):
        self.value, self.tape, self.position = value, tape, position

    shape = property(attrgetter("value.shape"))
    ndim = property(attrgetter("value.ndim"))
    size = property(attrgetter("value.size"))
    T = property(lambda self: self._call(np.transpose, (self,), {}))
    mT = property(lambda self: self._call(np.matrix_transpose, (self,), {}))
    real = property(lambda self: self)
    imag = property(lambda self: self._call(np.imag, (self,), {}))

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if out is not None:
            raise UnsupportedError(f"np.{ufunc.__name__} was to write into an array ({asking.IN_PLACE}")
        if method != "__call__":
            ufunc, inputs, options = asking.rule_of(ufunc, method, inputs, options)
        elif not options and ufunc in RULES and self.tape.steps is None:
            return RULES[ufunc](*inputs)            # as _call does, without a detour
        return self._call(ufunc, inputs, options)

    def __array_function__(self, function, types, args, options):
        if function in WITHOUT_SLOPE:
            found = function(*_values(args), **{name: _values(x) for name, x in options.items()})
            return found if function in asking.ABOUT else noted(stepped(found, (), self.tape), function, args, options)
        if not options and len(args) == 1 and function in RULES and self.tape.steps is None:
            return RULES[function](*args)               # as _call does, without a detour
        if options and options.get("out") is not None:
            raise UnsupportedError(f"np.{function.__name__} was to write into out=; leave out= away")
        return self._call(function, args, options)

    def _call(self, function, args, options):
        rule = RULES.get(function)
        if rule is None:
            raise unsupported(function)
        if options:
            options = fitting(function, rule, options)
        if self.tape.steps is not None:
            rule = partial(self.tape.steps.noted, self.tape, function, rule)
        try:
            return rule(*args, **options)
        except TypeError:
            fitting(function, RULES[function], options, args)
            raise

    def __getattr__(self, name):
        if name == "dtype":
            if self.ndim:
                return _FLOAT
            raise AttributeError(asking.NO_DTYPE)
        if name in METHODS:
            def method(*args, **options):
                args = (args,) if name in ("reshape", "transpose") and len(args) > 1 else args
                return self.__array_function__(METHODS[name], (), (self, *args), options)
            return method
        if name in asking.CHANGING:
            raise UnsupportedError(f".{name}(...) changes a traced array in place ({asking.IN_PLACE}")
        if isinstance(getattr(np, name, None), np.ufunc):      # object arrays ask their entries
            return lambda *others: getattr(np, name)(self, *others)
        raise AttributeError(f"a traced array has no attribute {name!r}; {asking.INSTEAD}")

    def copy(self, order="C"):
        return self
    __pos__ = __copy__ = copy

    def __deepcopy__(self, memo):
        return self

    def astype(self, dtype, **options):
        if not np.issubdtype(dtype, np.floating):
            raise UnsupportedError(f"astype({dtype}) would lose the derivative; keep floating-point numbers")
        return self

    def item(self, *place):
        place = place[0] if len(place) == 1 else place
        if place == () and self.size != 1:
            raise ValueError(f"item() takes the only entry of an array, this has shape {self.shape}; give its place")
        return self[np.unravel_index(place, self.shape) if isinstance(place, int) else place] if place != () \
            else np.reshape(self, ())

    def __array__(self, dtype=None, copy=None):
        if dtype in (None, object):             # np.array([x[0], 2.0]), np.array([x, y]): an array of traced numbers
            entries = np.empty(self.shape, object)
            for place in np.ndindex(self.shape):
                entries[place] = self[place] if place else self
            return entries
        raise UnsupportedError(asking.NOT_PLAIN)

    def __float__(self):
        raise UnsupportedError(asking.NOT_A_NUMBER)

    __int__ = __index__ = __complex__ = __float__

    def __bool__(self):
        self.tape.branched = True
        if self.tape.steps is not None:
            self.tape.steps.decided(self)
        return bool(self.value)

    def __round__(self, digits=0):
        return np.round(self, digits)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __format__(self, how):
        return format(self.value if self.ndim else self.value[()], how)

    def __len__(self):
        return len(self.value)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __setitem__(self, key, value):
        raise UnsupportedError(asking.NOT_INTO)

    def __getitem__(self, key):
        if self.tape.steps is not None:
            return self.tape.steps.noted(self.tape, "getitem", RULES["getitem"], self, decided(key))
        return RULES["getitem"](self, key if type(key) is int or type(key) is slice else decided(key))

    def __repr__(self):
        return f"Traced({self.value!r})"

    def scattered(self, flat, shape):
        """The entries at flat positions of a zero array (see `structure.scatter`)."""
        return RULES["scatter"](self, flat, shape)


def _operator(ufunc):
    def operate(self, other):
        if self.tape.steps is not None:
            return self.tape.steps.noted(self.tape, ufunc, RULES[ufunc], self, other)
        return RULES[ufunc](self, other)

    def swapped(self, other):
        if self.tape.steps is not None:
            return self.tape.steps.noted(self.tape, ufunc, RULES[ufunc], other, self)
        return RULES[ufunc](other, self)
    return operate, swapped


def _in_place(ufunc):
    def operate(self, other):
        if self.ndim == 0:          # a number is replaced, not changed
            return self._call(ufunc, (self, other), {})
        raise UnsupportedError(f"a traced array was to be changed in place ({asking.IN_PLACE}")
    return operate


for _sign, _ufunc in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide,
                      "pow": np.power, "matmul": np.matmul, "mod": np.remainder, "floordiv": np.floor_divide}.items():
    for _place, _operate in zip(("", "r"), _operator(_ufunc), strict=True):
        setattr(Traced, f"__{_place}{_sign}__", _operate)
    setattr(Traced, f"__i{_sign}__", _in_place(_ufunc))
for _sign, _ufunc in {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
                      "eq": np.equal, "ne": np.not_equal}.items():
    setattr(Traced, f"__{_sign}__", _operator(_ufunc)[0])
Traced.__hash__ = object.__hash__
Traced.__neg__ = lambda self: RULES[np.negative](self) if self.tape.steps is None \
    else self._call(np.negative, (self,), {})
Traced.__abs__ = lambda self: self._call(np.absolute, (self,), {})


def _values(thing):
    if type(thing) is Traced:
        return thing.value
    return type(thing)(_values(part) for part in thing) if isinstance(thing, tuple | list) else thing
