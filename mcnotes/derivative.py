"""Exact derivatives of NumPy functions, in the notes' layout (X.4 to X.16)."""

import inspect
from functools import partial
from numbers import Real

import numpy as np

from .engine import rules as _rules  # noqa: F401  (fills the rule table)
from .engine.structure import Structure
from .engine.tape import Closed
from .engine.trace import Traced, UnsupportedError, pull_back, trace
from .fitting import real
from .layout import Derivative
from .shapes import counted, full_shape

_FLOAT = np.dtype(float)

__all__ = ["Derivative", "derivative", "hessian", "value_and_derivative"]


def derivative(f, at, *, wrt=None, method="exact"):
    """Differentiate a NumPy function at a point.

    The function is called once, on arrays that record what is done to them, and
    the record is walked back by the chain rule. There is no step size, and the
    result is exact up to rounding. All arrays that `f` uses count as real numbers of
    double precision, whatever their dtype.

    Parameters
    ----------
    f : callable
        A function of NumPy arrays that returns a number, an array, or a list of
        numbers. It may use the functions of :mod:`mcnotes.engine.rules`.
    at : number, array of any shape, list or dict of arrays, or tuple of these
        The point. A tuple holds several arguments of `f`. A list or a dict that
        holds arrays, such as ``{"W": W, "b": b}`` or ``[(W1, b1), (W2, b2)]``, is one
        argument with many arrays in it; a list of numbers is an array.
    wrt : int or str, optional
        With several arguments: which one to differentiate by, by place or by
        name. The default takes all of them.
    method : {"exact", "difference"}, optional
        ``"difference"`` uses central differences, the limit definition (5) with
        a small step, for functions without a rule and for comparison.

    Returns
    -------
    Derivative
        Or a tuple of them, one for each argument, with several and no `wrt`; for a
        list or a dict the same container of them. Where the result does not depend
        on the input, the derivative is zero.

    Raises
    ------
    TypeError
        `at` or the result is not made of real numbers, or `f` uses a function
        without a rule (the message names it), or changes an array in place after it
        has computed with it. One way escapes: a few entries of an array of more than
        16384, changed through a view of it that was made before.
    ValueError
        `at` is empty, ragged, or has entries that are not finite; or `f`, or its
        derivative, is not a number there.

    Examples
    --------
    >>> derivative(lambda v: v[0]**2 * v[1], np.array([1.0, 2.0, 5.0])).matrix.shape
    (3, 1)
    >>> derivative(lambda W, a: np.tanh(W.T @ a), (np.ones((4, 3)), np.ones(4)), wrt="W").array.shape
    (4, 3, 3)
    >>> derivative(lambda p: np.sum(p["W"].T @ p["b"]), {"W": np.ones((4, 3)), "b": np.ones(4)})["W"].array.shape
    (4, 3)
    """
    return _differentiate(f, at, wrt, method)[1]


def value_and_derivative(f, at, *, wrt=None, method="exact"):
    """Value of a function and its derivative, from one call.

    Parameters
    ----------
    f : callable
    at : number, array of any shape, list or dict of arrays, or tuple of these
    wrt : int or str, optional
    method : {"exact", "difference"}, optional
        All as for :func:`derivative`.

    Returns
    -------
    float or array
        The value of `f` at the point.
    Derivative
        Or several, as for :func:`derivative`.

    Raises
    ------
    TypeError, ValueError
        As for :func:`derivative`.

    Examples
    --------
    >>> value, gradient = value_and_derivative(lambda v: v[0]**2 * v[1], np.array([3.0, 2.0]))
    >>> value, gradient.array
    (np.float64(18.0), array([12.,  9.]))
    """
    y, found = _differentiate(f, at, wrt, method)
    if isinstance(y, Traced):
        y = y.value if isinstance(y.value, Traced) else y.value.copy()
    return y[()], found


def hessian(f, at):
    """Second derivatives of a scalar function: the derivative of its gradient.

    Parameters
    ----------
    f : callable
        A function of one array that returns a number.
    at : array of any shape

    Returns
    -------
    Derivative
        For a vector of m entries, ``.matrix`` has shape ``(m, m)``.

    Raises
    ------
    ValueError
        The result of `f` is not a scalar.

    Examples
    --------
    >>> hessian(lambda v: v[0]**2 * v[1], np.array([3.0, 2.0])).matrix
    array([[4., 6.],
           [6., 0.]])
    """
    if isinstance(at, tuple | dict) or _holds_arrays(at):
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
    several = isinstance(at, tuple)
    if not several and wrt is not None:
        raise TypeError("wrt= chooses among several arguments: pass them as a tuple, at=(W, a)")
    if type(at) is np.ndarray and method == "exact":
        y, found = _exact(f, [_point("at", at)], (0,))
        return y, found[0]
    arguments, points = at if several else (at,), []
    forms = [form_of(f"at[{k}]" if several else "at", x, points) for k, x in enumerate(arguments)]
    run = f if all(type(form) is int for form in forms) else lambda *arrays: f(*(filled(form, arrays)
                                                                                 for form in forms))
    picked = chosen(f, wrt, len(arguments)) if several else [0]
    wanted = [place for k in picked for place in places(forms[k])]
    if method == "difference":
        y = _result(run(*(np.copy(point) if type(point) is np.ndarray else point for point in points)))
        found = {place: _differences(run, points, place) for place in wanted}
    else:
        y, found = _exact(run, points, wanted)
    parts = [filled(forms[k], found) for k in picked]
    return y, tuple(parts) if several and wrt is None else parts[0]


# Several arrays in a list or a dict -----------------------------------------------------------------------

def _holds_arrays(x):
    """Whether a list or tuple holds arrays with axes, or a dict; a list of numbers is itself an array."""
    return isinstance(x, list | tuple) and any(
        isinstance(part, dict) or isinstance(part, np.ndarray | Traced) and part.ndim or _holds_arrays(part)
        for part in x)


def form_of(name, x, points):
    """The form of an argument, with places in the list of points where it has arrays."""
    if isinstance(x, dict):
        if not x:
            raise ValueError(f"{name} is an empty dict; there is nothing to differentiate by")
        return {key: form_of(f"{name}[{key!r}]", part, points) for key, part in x.items()}
    if _holds_arrays(x):
        parts = [form_of(f"{name}[{k}]", part, points) for k, part in enumerate(x)]
        return parts if isinstance(x, list) else type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    points.append(_point(name, x))
    return len(points) - 1


def filled(form, values):
    """The form with values at its places."""
    if isinstance(form, dict):
        return {key: filled(part, values) for key, part in form.items()}
    if isinstance(form, list | tuple):
        parts = [filled(part, values) for part in form]
        return parts if isinstance(form, list) else type(form)(*parts) if hasattr(form, "_fields") else tuple(parts)
    return values[form]


def places(form):
    """The places in a form, in order."""
    if type(form) is int:
        return [form]
    return [place for part in (form.values() if isinstance(form, dict) else form) for place in places(part)]


# Points and results ---------------------------------------------------------------------------------------

def _point(name, x):
    """One array to differentiate by."""
    array = real(name, x)
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); there is nothing to differentiate by")
    return array


def _result(y):
    """The function's result: traced, or a constant float array."""
    if y is None:
        raise TypeError("f returned None; did you forget the return statement?")
    if type(y) is Traced and y.value.size:
        if type(y.tape.records) is Closed:
            y.tape.records[0] = ()
        return y
    array = y if isinstance(y, Traced) else np.asarray(y)
    if array.size == 0:
        raise ValueError(f"f returned an empty array (shape {array.shape}); there is nothing to differentiate")
    if array.dtype == object and all(isinstance(entry, Real) for entry in array.flat):
        array = array.astype(float)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"f must return real numbers, it returned {type(y).__name__} of dtype {array.dtype}")
    return array.astype(float)


def chosen(f, wrt, count):
    """The places of the arguments to differentiate by."""
    if wrt is None:
        return list(range(count))
    if isinstance(wrt, str):
        names = list(inspect.signature(f).parameters)
        if wrt not in names[:count]:
            raise ValueError(f"wrt={wrt!r} is not an argument of f; its arguments are {', '.join(names)}")
        return [names.index(wrt)]
    if not isinstance(wrt, int) or isinstance(wrt, bool) or not 0 <= wrt < count:
        raise ValueError(f"wrt={wrt!r} must name an argument or be a place from 0 to {count - 1}")
    return [wrt]


def _exact(f, points, chosen):
    """The result of f, and a derivative for each of the chosen points, under its place."""
    tape, y = _traced(f, points)
    if not isinstance(y, Traced) or y.tape is not tape:
        return y, {k: _nothing(points[k].shape, y.shape, tape.branched) for k in chosen}
    scalar = counted(y.shape) == ()
    flat = np.reshape(y, ()) if scalar and y.shape else y
    found = pull_back(tape, flat.position, flat.shape, len(points))
    tape.records = Closed()
    again = None
    if scalar and Traced not in map(type, points):
        held = [point.copy() if point.size <= _SMALL else point for point in points]
        again = partial(partial, _structured, f, held)
    return y, {k: _held(found[k], points[k].shape, y.shape, tape.branched, again and again(k)) for k in chosen}


#: Points of at most so many entries are kept as they were for a scalar result's structure.
_SMALL = 10**5


def _structured(f, points, k, known):
    """The structure of a scalar result, from a second run; None where that run does not give the same entries."""
    try:
        tape, y = _traced(f, points)
        if not isinstance(y, Traced) or y.tape is not tape:
            return None
        y = np.reshape(y, (1,))
        back = pull_back(tape, y.position, (1,), len(points))[k]
        tape.records = Closed()
        if back is None:
            return None
        back = _counted(back, points[k].shape, ())
        return back if np.allclose(back.dense(), known, rtol=1e-9, atol=0.0) else None
    except (TypeError, ValueError, MemoryError):
        return None             # f is no longer what it was


def _traced(f, points):
    try:
        tape, y = trace(f, points)
    except (TypeError, ValueError) as error:
        _explain(error)
        raise
    return tape, _result(y)


def _explain(error):
    """Say in our words what NumPy says in its own when a traced number went astray in it."""
    if isinstance(error.__cause__, UnsupportedError):
        raise error.__cause__ from None
    if any(words in str(error) for words in ("loop of ufunc", "dtype('O')", "not supported for the input types")):
        raise UnsupportedError("an array built with np.array([...]) from traced and plain numbers is an array of "
                               "objects, which NumPy cannot compute with; build it with np.stack([...])") from error


def _held(back, input_shape, output_shape, branched, again):
    """A Derivative from what came back to one input."""
    if back is None:
        return _nothing(input_shape, output_shape, branched)
    if isinstance(back, Structure):
        return Derivative(input_shape, output_shape, structure=_counted(back, input_shape, output_shape),
                          branched=branched)
    back = back.astype(float) if type(back) is np.ndarray and back.dtype is not _FLOAT else back
    return Derivative(input_shape, output_shape, branched=branched, again=again,
                      array=back if back.shape == input_shape else np.reshape(back, input_shape))


def _nothing(input_shape, output_shape, branched):
    """The derivative of a result that does not depend on the input."""
    structure = Structure([], counted(input_shape), counted(output_shape))
    return Derivative(input_shape, output_shape, structure=structure, branched=branched)


def _counted(structure, input_shape, output_shape):
    """The structure with the axes that the notes count: the second of a column goes."""
    inner, outer = counted(input_shape), counted(output_shape)
    if inner == structure.inner and outer == structure.outer:
        return structure
    axes = [*range(len(inner)), *(len(input_shape) + k for k in range(len(outer)))]
    return Structure([term.inward([term.axes[k] for k in axes], len(term.axes)) for term in structure.terms],
                     inner, outer)


def _differences(f, points, k):
    """Central differences, one input entry after the other (the limit definition, (5))."""
    point, columns = points[k], []
    if isinstance(point, Traced):
        raise TypeError('method="difference" cannot be differentiated again; use method="exact"')
    for index in np.ndindex(np.shape(point)):
        step = np.zeros(np.shape(point))
        step[index] = 6e-6 * max(1.0, abs(point[index]))
        ends = [_result(f(*(np.copy(other) for other in points[:k]), point + sign * step,
                          *(np.copy(other) for other in points[k + 1:]))) for sign in (1, -1)]
        columns.append((ends[0] - ends[1]) / (2 * step[index]))
    entries = np.stack(columns)
    if not np.isfinite(entries).all():
        raise ValueError("f is not finite (nan or inf) within a small step of the point, so differences have nothing "
                         "to compare; move the point, or use method=\"exact\"")
    outer = np.shape(columns[0])
    return Derivative(np.shape(point), outer, array=np.reshape(entries, full_shape(np.shape(point), outer)))
