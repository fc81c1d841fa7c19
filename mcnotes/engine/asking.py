"""What NumPy asks of a traced array: which functions have rules, which none, and with which options."""

import difflib
import inspect
from functools import cache

import numpy as np

from .constants import UnsupportedError

#: NumPy function -> its rule, called with the same arguments. Filled by `mcnotes.engine.rules`.
RULES = {}

#: Functions that tell something about an array that its values do not change.
ABOUT = {np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.result_type, np.iscomplexobj,
         np.isrealobj, np.iscomplex, np.isreal, np.can_cast, np.min_scalar_type, np.broadcast_shapes}
#: Functions that have no slope anywhere: their results are plain arrays.
WITHOUT_SLOPE = ABOUT | {
    np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.argwhere, np.flatnonzero,
    np.nonzero, np.count_nonzero, np.all, np.any, np.isclose, np.allclose, np.array_equal, np.array_equiv,
    np.searchsorted, np.digitize, np.lexsort, np.isposinf, np.isneginf}

#: What a ufunc's methods are called as functions.
REDUCTIONS = {(np.add, "reduce"): np.sum, (np.multiply, "reduce"): np.prod, (np.maximum, "reduce"): np.max,
              (np.minimum, "reduce"): np.min, (np.logaddexp, "reduce"): "logaddexp.reduce",
              (np.add, "accumulate"): np.cumsum, (np.multiply, "accumulate"): np.cumprod,
              (np.logical_and, "reduce"): np.all, (np.logical_or, "reduce"): np.any}

IN_PLACE = "out= or an operator such as +=); a derivative cannot follow that: make a new array instead, y = y + x"
INSTEAD = 'write it with supported functions, or use mc.derivative(f, at, method="difference")'
NOT_PLAIN = ("a traced array cannot be turned into a plain one, the derivative would be lost; this happens with "
             "np.array(x, dtype=float) (write x), y[:] = x (build y with np.array or np.stack), and functions outside "
             "NumPy")
NOT_A_NUMBER = ("a traced number cannot become a plain one, the derivative would be lost; use np.sin instead of "
                "math.sin, leave float() away, and build arrays with np.stack([...]) instead of y[0] = ...")
NO_DTYPE = ("a traced number has no dtype, as a Python number has none; where NumPy asks for it, build the array with "
            "np.stack([...]) first")
NOT_INTO = ("assignment into a traced array (x[...] = ...) cannot be followed; build a new array with np.array, "
            "np.stack, np.concatenate or np.where")
#: Methods that change an array.
CHANGING = ("sort", "partition", "fill", "put", "resize", "setfield", "byteswap")


#: Method of an array -> the NumPy function that it stands for.
METHODS = {name: getattr(np, name) for name in (
    "sum mean prod max min var std cumsum cumprod dot reshape ravel transpose swapaxes squeeze repeat take trace "
    "diagonal clip argmax argmin argsort all any round conj conjugate nonzero searchsorted").split()}
METHODS["flatten"] = np.ravel


def rule_of(ufunc, method, inputs, options):
    """The function that a method of a ufunc stands for, its operands and its options."""
    if method == "outer" and len(inputs) == 2:
        a, b = (x if hasattr(x, "tape") else np.asarray(x) for x in inputs)
        return ufunc, (np.reshape(a, (*a.shape, *[1] * b.ndim)), b), options
    if (ufunc, method) not in REDUCTIONS:
        raise unsupported(ufunc, f".{method}")
    options = {"axis": 0, **options}
    if method == "accumulate" and options["axis"] is None:
        raise TypeError(f"np.{ufunc.__name__}.accumulate goes along one axis, axis=None has none")
    return REDUCTIONS[ufunc, method], inputs, options


#: Options that say what NumPy does anyway.
_USUAL = {"out": (None,), "dtype": (None, float, np.float64, "float64"), "where": (True,), "casting": ("same_kind",),
          "subok": (True, False), "like": (None,)}


@cache
def _takes(rule):
    """Names of the options of a rule."""
    return frozenset(inspect.signature(rule).parameters)


def fitting(function, rule, options, args=None):
    """The options without those that say what NumPy does anyway, when the rule takes the others.

    With `args`: also whether it takes as many arguments.
    """
    known, kept = _takes(rule), {}
    for name, value in options.items():
        if name in known:
            if value is not np._NoValue:
                kept[name] = value
        elif value is not np._NoValue and not any(value is usual for usual in _USUAL.get(name, ())):
            raise unsupported(function, f" with {name}=")
    if args is not None:
        try:
            inspect.signature(rule).bind(*args, **kept)
        except TypeError as error:
            raise unsupported(function, f" with {len(args)} arguments ({error})") from None
    return kept


def name_of(function):
    """A function as one writes it: np.linalg.inv."""
    if isinstance(function, str):
        return f"np.{function}"
    module = "np" if isinstance(function, np.ufunc) else function.__module__.replace("numpy", "np", 1)
    return f"{module}.{function.__name__}"


def unsupported(function, options=""):
    """The error for a function without a rule, or a rule without an option; it names what comes near."""
    name = name_of(function)
    known = {f.__name__: name_of(f) for f in RULES if hasattr(f, "__name__")}
    near = [] if options.startswith(" with") else [
        known[other] for other in difflib.get_close_matches(name.rpartition(".")[2], sorted(known), 3, 0.5)]
    return UnsupportedError(f"{name}{options} has no derivative rule" + (
        f"; the nearest that have one: {', '.join(near)}" if near else "") + f"; {INSTEAD}")
