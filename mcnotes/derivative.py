"""Exact derivatives of NumPy functions, in the notes' layout (X.4 to X.16)."""

import inspect
import operator
import weakref
from collections.abc import Callable
from math import prod
from numbers import Real
from typing import Any, overload

import numpy as np

from .engine.core import CLOSED, SMALL, Tape, Traced, collect, plain, pull_back, trace
from .engine.operands import INSTEAD, NoDerivativeError, UnsupportedError
from .engine.structure import LIMIT, Structure, Term, align, product
from .fitting import finite, real
from .layout import Derivative
from .shapes import counted, full_shape

_FLOAT = np.dtype(float)

__all__ = ["Derivative", "derivative", "hessian", "value_and_derivative"]


@overload
def derivative(f: Callable, at: tuple, *, wrt: None = None, method: str = "exact") -> tuple[Derivative, ...]: ...
@overload
def derivative(f: Callable, at: Any, *, wrt: int | str | None = None, method: str = "exact") -> Derivative: ...
def derivative(f: Callable, at: Any, *, wrt: int | str | None = None, method: str = "exact") -> Any:
    """Differentiate a NumPy function at a point.

    `f` is called on arrays that record what is done to them, and the record is walked back by the chain rule: the
    result is exact up to rounding, and zero where nothing depends on the input. It is also called on plain arrays, and
    must give the same value; with more than 4096 entries only the first time that it meets arrays of these shapes. All
    numbers count as double precision.

    Parameters
    ----------
    f : callable
        A function of NumPy arrays that returns a number, an array, or a list of numbers.
    at : number, array of any shape, or tuple of these
        The point. A tuple holds several arguments of `f`; a list of numbers is an array.
    wrt : int or str, optional
        With several arguments, the one to differentiate with respect to, by place or by name; without it the
        result is a tuple of all derivatives.
    method : {"exact", "difference"}, optional
        ``"difference"`` uses central differences, the limit definition (5) with a small step.

    Raises
    ------
    TypeError
        An array is not made of real numbers; or `f` uses a function without a rule or changes an array in place.
    ValueError
        `at` is empty, ragged, or not finite; or `f`, or its derivative, is not a number there.

    Examples
    --------
    >>> mc.derivative(lambda v: v[0]**2 * v[1], np.array([1.0, 2.0, 5.0])).matrix.shape
    (3, 1)
    >>> mc.derivative(lambda W, a: np.tanh(W.T @ a), (np.ones((4, 3)), np.ones(4)), wrt="W").array.shape
    (4, 3, 3)
    """
    return _differentiate(f, at, wrt, method)[1]


def value_and_derivative(f: Callable, at: Any, *, wrt: int | str | None = None, method: str = "exact") -> Any:
    """Value of a function at a point and its derivative there.

    Parameters
    ----------
    f, at, wrt, method : as for :func:`derivative`

    Examples
    --------
    >>> value, gradient = mc.value_and_derivative(lambda v: v[0]**2 * v[1], np.array([3.0, 2.0]))
    >>> value, gradient.array
    (np.float64(18.0), array([12.,  9.]))
    """
    y, found = _differentiate(f, at, wrt, method)
    if isinstance(y, Traced):
        y = y.value if isinstance(y.value, Traced) else y.value.copy()
    return y[()], found


def hessian(f: Callable, at: Any) -> Derivative:
    """Second derivatives of a scalar function of one array: the derivative of its gradient.

    For a vector of m entries, ``.matrix`` has shape ``(m, m)``. ValueError where the result is not a scalar.

    Parameters
    ----------
    f, at : as for :func:`derivative`; one array

    Examples
    --------
    >>> mc.hessian(lambda v: v[0]**2 * v[1], np.array([3.0, 2.0])).matrix
    array([[4., 6.],
           [6., 0.]])
    """
    if isinstance(at, tuple):
        raise TypeError("hessian takes one array at; put several arguments into one, or differentiate "
                        "mc.derivative(f, ..., wrt=...).array again")

    def gradient(x):
        first = derivative(f, x)
        if first.outer:
            raise ValueError(f"hessian needs a function with a scalar result; this one has shape {first.outer}")
        return first.array
    return derivative(gradient, at)


def _differentiate(f, at, wrt, method):
    """The result of f, as it came from it, and the derivatives in the form of the point."""
    if not callable(f):
        raise TypeError(f"f must be a function of NumPy arrays, it was {type(f).__name__}")
    if method not in ("exact", "difference"):
        raise ValueError(f'method must be "exact" or "difference", it was {method!r}')
    points, wanted = points_of(f, at, wrt)
    y, found = (_exact if method == "exact" else _differences)(f, points, wanted)
    return y, tuple(found) if isinstance(at, tuple) and wrt is None else found[0]


# Points and results ---------------------------------------------------------------------------------------

def points_of(f, at, wrt):
    """The arguments of `f` as arrays, and the places of those to differentiate with respect to."""
    if type(at) is np.ndarray and wrt is None and at.size and at.dtype is _FLOAT and finite(at):
        return [at], [0]
    if not isinstance(at, tuple):
        if wrt is not None:
            raise TypeError("wrt= chooses among several arguments: pass them as a tuple, at=(W, a)")
        return [_point("at", at)], [0]
    return [_point(f"at[{k}]", x) for k, x in enumerate(at)], chosen(f, wrt, len(at))


def _point(name, x):
    if isinstance(x, dict) or isinstance(x, list | tuple) and any(
            isinstance(part, dict) or isinstance(part, np.ndarray | Traced) and part.ndim for part in x):
        raise TypeError(f"{name} is a {type(x).__name__} of arrays; pass the arrays as a tuple, at=(W, b), and let f "
                        "take them as arguments")
    array = real(name, x)
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); there is nothing to differentiate")
    return array


def chosen(f, wrt, count):
    """The places of the arguments to differentiate with respect to."""
    if wrt is None:
        return list(range(count))
    if isinstance(wrt, str):
        names = argument_names(f)
        if wrt not in names[:count]:
            raise ValueError(f"wrt={wrt!r} is not an argument of f that takes one of the arrays; "
                             + (f"its arguments are {', '.join(names)}" if names else "its arguments have no names")
                             + "; a place works, too: wrt=0")
        return [names.index(wrt)]
    if not isinstance(wrt, int) or isinstance(wrt, bool) or not 0 <= wrt < count:
        raise ValueError(f"wrt={wrt!r} must name an argument or be a place from 0 to {count - 1}")
    return [wrt]


def argument_names(f):
    """The names of a function's arguments that have a place, as far as Python tells them."""
    try:
        parameters = inspect.signature(f, follow_wrapped=False).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _result(y):
    """The function's result: traced, or a constant float array."""
    if type(y) is Traced and y.position is not None and y.value.size:
        return y
    if y is None:
        raise TypeError("f returned None; did you forget the return statement?")
    try:
        array = np.asarray(plain(y))
    except ValueError:
        raise ValueError(f"f returned parts of different shapes {sorted({np.shape(part) for part in y})}; return one "
                         "array, or parts of one shape") from None
    if array.size == 0:
        raise ValueError(f"f returned an empty array (shape {array.shape}); there is nothing to differentiate")
    if array.dtype == object and all(isinstance(entry, Real) for entry in array.flat):
        array = array.astype(float)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"f must return real numbers, it returned {type(y).__name__} of dtype {array.dtype}" + (
            "; take real and imaginary parts apart, and keep every number real" if array.dtype.kind == "c" else ""))
    return array.astype(float)


# Recorded, and compared -----------------------------------------------------------------------------------

def recorded(f, points, tape):
    """What f returns on traced arrays, after it gave the same value on plain ones (but inside of a derivative)."""
    if Traced in map(type, points):
        return _result(trace(f, points, tape))
    code = getattr(f, "__code__", None)
    key = id(code), *map(np.shape, points)
    tape.trusted = key in _compared and all(map(operator.is_, _compared[key], _made_of(f, code)))
    known = None if tape.trusted else _on_plain_arrays(f, points)
    try:
        y = _result(trace(f, points, tape))
    except (UnsupportedError, NoDerivativeError):
        raise
    except Exception as error:
        if isinstance(error.__cause__, UnsupportedError):
            raise error.__cause__ from None
        if tape.trusted:
            _on_plain_arrays(f, points)         # an error of f itself
        if "dtype('O')" in str(error) or "loop of ufunc" in str(error) or "input types" in str(error):
            raise UnsupportedError("an array built with np.array([...]) from traced and plain numbers is an array of "
                                   "objects, which NumPy cannot compute with; build it with np.stack([...])") from error
        raise UnsupportedError(f"f works on plain arrays, but not on arrays that record what is done to them "
                               f"({type(error).__name__}: {error}); {INSTEAD}") from error
    bare = y.value if type(y) is Traced and type(y.value) is not Traced else np.asarray(plain(y))
    if not (finite(bare) and (known == bare if type(known) is type(bare) is np.float64 else known is not None
                              and known.shape == bare.shape and known.tobytes() == bare.tobytes())):
        _look_closer(f, points, known, bare)
    if code is not None and not tape.trusted and (tape.large or bare.size > SMALL):
        _compared[key] = _made_of(f, code)
    return y


def _look_closer(f, points, known, value):
    """Refuse a value that is not finite, or another one than on plain arrays by more than rounding."""
    if not np.isfinite(value).all():
        at = np.argwhere(~np.isfinite(value))[0].tolist()
        what = "nan" if np.isnan(value).any() else "infinite"
        raise NoDerivativeError(f"f is not defined at this point: its result is {what}"
                                + (f" (entry {at})" if at else ""))
    if known is not None and not _same(known, value):
        again = _on_plain_arrays(f, points)
        raise UnsupportedError("f has another value when it is called again" + (
            " on arrays that record what is done to them: it looks at the type of its argument, or takes numbers out "
            "of NumPy's sight; use np functions on the argument itself" if _same(known, again) else
            ": it draws random numbers, or changes something outside of itself; draw them before, and pass them in"))


def _same(known, value):
    return np.shape(known) == np.shape(value) and bool(
        np.abs(known - value).max() <= 1e-8 * np.abs(value).max() + 1e-13)


#: Identity of a function's code, and the shapes that it met when it was compared -> what it was made of.
_compared: dict[tuple, list] = {}


def _made_of(f, code):
    """The code of a function and what it captured, as far as one can tell; weakly, where that is possible."""
    captured = [*(cell.cell_contents for cell in f.__closure__ or ()), *(f.__defaults__ or ())]
    parts = [code]
    for thing in captured:
        for part in thing if type(thing) is tuple else [thing]:
            try:
                parts.append(weakref.ref(part))             # the same object again, as long as the part is there
            except TypeError:
                parts.append(part)
    return [len(parts), *parts]


def _on_plain_arrays(f, points):
    """The value of f on copies of the points, or None where it is traced itself."""
    y = f(*[x.copy() if x.ndim else x[()] for x in points])
    if type(y) is np.float64 or type(y) is np.ndarray and y.dtype is _FLOAT and y.size:
        return y
    y = collect(y)
    return None if type(y) is Traced else _result(y)


# From the record to a Derivative ---------------------------------------------------------------------------

def _exact(f, points, wanted):
    """The result of f, and a derivative for each of the wanted points."""
    tape = Tape()
    y = recorded(f, points, tape)
    if type(y) is not Traced or y.tape is not tape:
        if type(y) is Traced and y.tape.nodes is CLOSED:
            y.tape.nodes.append(None)
        return y, [_of_structure(None, points[k].shape, y.shape, tape) for k in wanted]
    shape = y.value.shape
    if shape and shape != (1, 1):
        made, found = _of_structure, pull_back(tape, y.position, shape, len(points))
    else:
        made, found = _of_entries, pull_back(tape, (np.reshape(y, ()) if shape else y).position, (), len(points))
    tape.nodes = CLOSED
    return y, [made(found[k], points[k].shape, shape, tape) for k in wanted]


def _of_structure(back, input_shape, output_shape, tape):
    """A Derivative from the structure that came back to one input; None where the result does not depend on it."""
    back = Structure([], input_shape, output_shape) if back is None else back
    _settle(back, tape)
    return Derivative(input_shape, output_shape, structure=of_axes(back, input_shape, output_shape),
                      branched=tape.branched)


def _of_entries(back, input_shape, output_shape, tape):
    """A Derivative from the entries that came back to one input, for a scalar result."""
    if back is None:
        return _of_structure(None, input_shape, output_shape, tape)
    if not isinstance(back, np.ndarray | np.generic) or not finite(back):
        _no_slope(back)
    if isinstance(back, np.generic) or type(back) is np.ndarray and (back.base is not None or back.dtype is not _FLOAT):
        back = np.array(back, float)
    return Derivative(input_shape, output_shape, branched=tape.branched,
                      array=back if back.shape == input_shape else np.reshape(back, input_shape))


def of_axes(structure, input_shape, output_shape):
    """The structure with the axes that the notes count: the second of a column goes."""
    inner, outer = counted(input_shape), counted(output_shape)
    if inner == structure.inner and outer == structure.outer:
        return structure
    axes = [*range(len(inner)), *(len(input_shape) + k for k in range(len(outer)))]
    return Structure([term.inward([term.axes[k] for k in axes], len(term.axes)) for term in structure.terms],
                     inner, outer)


def _no_slope(array):
    """An error where an entry is nan; infinite slopes are slopes."""
    bare = np.asarray(plain(array))
    if np.isnan(bare).any():
        at = np.argwhere(np.isnan(bare))[0].tolist()
        raise NoDerivativeError(
            f"the derivative is not a number at this point{f' (entry {at})' if at else ''}: a step has no derivative "
            "there (sqrt, norm or std at 0, a second derivative of one of them), or an infinite slope meets a zero. "
            "Move the point, or choose before the step: np.sqrt(np.where(v > 1, v - 1, 1.0))")


def _settle(s, tape):
    """See that a structure has no entry that is nan, and shows no memory of the caller."""
    large, numbers = tape.large if tape.trusted else (), True
    for k, term in enumerate(s.terms):
        own = [factor for factor in term.factors if not (large and _shows(factor[0], large))]
        numbers = numbers and all(finite(array if type(array) is np.ndarray else plain(array)) for array, _ in own)
        if len(own) < len(term.factors):
            s.terms[k] = Term(_owned([factor for factor in term.factors if _shows(factor[0], large)], own),
                              term.axes, term.sizes)
    if numbers:
        return
    if s.dense_nbytes <= LIMIT:
        _no_slope(s.dense())
        return
    for term in s.terms:
        labels = tuple(dict.fromkeys(label for _, own in term.factors for label in own))
        if 8 * prod(term.sizes[label] for label in labels) <= LIMIT:
            _no_slope(product(term.factors, labels))


def _shows(array, large):
    return type(array) is np.ndarray and any(np.may_share_memory(array, x) for x in large)


def _owned(foreign, own):
    """Factors without memory of the caller: a product with a smaller factor costs no more than a copy."""
    for array, labels in foreign:
        k = next((k for k, (_, others) in enumerate(own) if set(others) <= set(labels)), None)
        if k is None:
            own.append((array.copy(order="K"), labels))
        else:
            own[k] = array * align(*own[k], labels), labels
    return own


# By differences -------------------------------------------------------------------------------------------

def _differences(f, points, wanted):
    """Central differences, one input entry after the other (the limit definition, (5))."""
    if Traced in map(type, points):
        raise UnsupportedError('method="difference" cannot be differentiated again; use method="exact"')
    return np.asarray(_on_plain_arrays(f, points)), [_difference(f, points, k) for k in wanted]


def _difference(f, points, k):
    """One derivative; a step is made smaller as long as halving it changes more than rounding does."""
    point, columns = points[k], []
    for index in np.ndindex(point.shape):
        step, found = 6e-6 * max(1.0, abs(point[index])), []
        for _ in range(6):
            slope, size = _slope(f, points, k, index, step)
            gap = np.abs(slope - _slope(f, points, k, index, step / 2)[0]).max()
            noise = 1e-14 * max(1.0, size) / step
            found.append((gap + noise if gap == gap else np.inf, len(found), slope))
            if gap <= max(1e-8 * np.abs(slope).max(), noise):
                break
            step *= 0.02
        columns.append(min(found)[2])
    entries = np.stack(columns)
    if not np.isfinite(entries).all():
        raise ValueError("f is not finite (nan or inf) within a small step of the point, so differences have nothing "
                         "to compare; move the point, or use method=\"exact\"")
    outer = np.shape(columns[0])
    return Derivative(point.shape, outer, array=np.reshape(entries, full_shape(point.shape, outer)))


def _slope(f, points, k, index, step):
    """The difference quotient for one entry, around the point; and how large the values are."""
    ends = []
    for sign in (1, -1):
        moved = points[k].copy()
        moved[index] += sign * step
        ends.append((moved[index], _on_plain_arrays(f, [*points[:k], moved, *points[k + 1:]])))
    (high, above), (low, below) = ends
    return (above - below) / (high - low), np.abs(above).max()
