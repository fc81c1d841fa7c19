"""From a call to its rule: what a traced array answers when Python or NumPy asks it (X.23).

The arguments of a call are bound by NumPy's own signature, and the rule of that function is called with their names.
"""

import difflib
import inspect
import operator
from functools import cache

import numpy as np

from .core import RULES, Traced, decided, innermost
from .operands import INSTEAD, NOT_INTO, UnsupportedError

_FLOAT, _OBJECT = np.dtype(float), np.dtype(object)

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

#: Options that say what NumPy does anyway.
_USUAL = {"out": (None,), "dtype": (None, float, np.float64, "float64", _FLOAT), "where": (True,),
          "casting": ("same_kind",), "subok": (True, False), "like": (None,), "order": ("K", "C"), "signature": (None,),
          "overwrite_input": (True, False)}

#: Names of arguments in older versions of NumPy, as in Python in the page, and what they are called now.
_RENAMED = {"newshape": "shape"}


# Functions without a slope --------------------------------------------------------------------------------

def step(function, args, options):
    """Call a function that has no slope; what comes out has no place on the tape."""
    tape = innermost([*args, *options.values()])
    if tape is None:
        return function(*args, **options)
    found = step(function, _on(tape, args), {name: _on(tape, x) for name, x in options.items()})
    return found if function in ABOUT else _without_slope(found, tape)


def _on(tape, x):
    """An operand as a tape sees it: its own arrays as what they hold."""
    if type(x) is Traced:
        return x.value if x.tape is tape else x
    return type(x)([_on(tape, part) for part in x]) if type(x) in (tuple, list) else x


def _without_slope(found, tape):
    if isinstance(found, tuple | list):
        return type(found)(_without_slope(part, tape) for part in found)
    return Traced(found if hasattr(found, "shape") else np.asarray(found), tape, None)


RULES.update({function: lambda *args, function=function, **options: step(function, args, options)
              for function in STEPS})


# Rules ----------------------------------------------------------------------------------------------------

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
    for old, value in found.items():
        kind, name = signature.parameters[old].kind, _RENAMED.get(old, old)
        if kind is inspect.Parameter.POSITIONAL_ONLY:
            before += (value,)
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            before, kept = (*before, *kept.values(), *value), {}
        elif kind is inspect.Parameter.VAR_KEYWORD:
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
    name, near = name_of(function), []
    if not options.startswith(" with"):
        known = {f.__name__: name_of(f) for f in RULES if f not in STEPS and not isinstance(f, str)}
        near = [known[other] for other in difflib.get_close_matches(name.rpartition(".")[2], sorted(known), 3, 0.6)]
    return UnsupportedError(f"{name}{options} has no derivative rule" + (
        f"; the nearest that have one: {', '.join(near)}" if near else "") + f"; {INSTEAD}")


# What a traced array answers ------------------------------------------------------------------------------

def of_ufunc(ufunc, method, inputs, out=None, **options):
    """A ufunc with options, without a rule, or one of its methods."""
    if out is not None:
        raise UnsupportedError(f"np.{ufunc.__name__}: {NOT_INTO}")
    if method == "outer" and len(inputs) == 2:
        a, b = (x if type(x) is Traced else np.asarray(x) for x in inputs)
        inputs = np.reshape(a, (*a.shape, *[1] * b.ndim)), b
    elif method != "__call__":
        options = {"axis": 0, **options}
        if method == "accumulate" and options["axis"] is None:
            raise TypeError(f"np.{ufunc.__name__}.accumulate goes along one axis, axis=None has none")
        if (ufunc, method) in _REDUCTIONS:
            return call(_REDUCTIONS[ufunc, method], inputs, options)
        if any(map(_follows, inputs)):
            raise unsupported(ufunc, f".{method}")
        return step(getattr(ufunc, method), inputs, options)
    return call(ufunc, inputs, options)


def array_function(self, function, types, args, options):
    if not options and len(args) == 1 and self.position is not None and args[0] is self and function in RULES:
        return RULES[function](self)
    return call(function, args, options)


def attribute(self, name):
    """What is none of the class: the type of the entries, the methods, and what object arrays ask their entries."""
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
    if isinstance(getattr(np, name, None), np.ufunc):
        return lambda *others: getattr(np, name)(self, *others)
    raise AttributeError(f"a traced array has no attribute {name!r}; {INSTEAD}")


def _in_place(rule):
    def operate(self, other):
        if self.ndim == 0 or self.position is None:         # a number is replaced, not changed
            return rule(self, other)
        raise UnsupportedError(NOT_INTO)
    return operate


def give_answers():
    """Give traced arrays what NumPy asks of them, and Python's operators: each is the rule of its NumPy function."""
    RULES["ufunc"] = of_ufunc
    answers = {"__array_function__": array_function, "__getattr__": attribute,
               "mT": property(lambda self: call(np.matrix_transpose, (self,), {})),
               "__invert__": lambda self: step(np.logical_not if self.dtype == bool else np.invert, (self,), {})}
    for name, make in {"float": float, "int": int, "complex": complex, "index": operator.index}.items():
        answers[f"__{name}__"] = lambda x, make=make: make(decided(x))
    for sign, ufunc in {"neg": np.negative, "abs": np.absolute, "lt": np.less, "le": np.less_equal, "gt": np.greater,
                        "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal}.items():
        answers[f"__{sign}__"] = RULES[ufunc]
    for sign, ufunc in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power,
                        "matmul": np.matmul, "mod": np.remainder, "floordiv": np.floor_divide, "and": np.bitwise_and,
                        "or": np.bitwise_or, "xor": np.bitwise_xor}.items():
        answers[f"__{sign}__"] = RULES[ufunc]
        answers[f"__r{sign}__"] = lambda b, a, rule=RULES[ufunc]: rule(a, b)
        answers[f"__i{sign}__"] = _in_place(RULES[ufunc])
    for name, answer in answers.items():
        setattr(Traced, name, answer)
