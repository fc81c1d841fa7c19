"""Exact derivatives of NumPy functions, in the notes' layout (X.4 to X.16)."""

import html
import inspect
from numbers import Real

import numpy as np

from .engine import rules as _rules  # noqa: F401  (fills the rule table)
from .engine.structure import Structure
from .engine.trace import Closed, Traced, UnsupportedError, pull_back, trace
from .shapes import LayoutError, counted, kind_of_shape, layout_shape, shape_of


def derivative(f, at, *, wrt=None, method="exact"):
    """Differentiate a NumPy function at a point.

    The function is called once, on arrays that record what is done to them, and
    the record is walked back by the chain rule. There is no step size, and the
    result is exact up to rounding.

    Parameters
    ----------
    f : callable
        A function of NumPy arrays that returns a number, an array, or a list of
        numbers. It may use the functions of :mod:`mcnotes.engine.rules`.
    at : number, array of any shape, or tuple of these
        The point. A tuple holds several arguments of `f`.
    wrt : int or str, optional
        With several arguments: which one to differentiate by, by place or by
        name. The default takes all of them.
    method : {"exact", "difference"}, optional
        ``"difference"`` uses central differences, the limit definition (5) with
        a small step, for functions without a rule and for comparison.

    Returns
    -------
    Derivative
        Or a tuple of them, one for each argument, with several and no `wrt`.
        Where the result does not depend on the input, the derivative is zero.

    Raises
    ------
    TypeError
        `at` or the result is not made of real numbers, or `f` uses a function
        without a rule (the message names it).
    ValueError
        `at` is empty, ragged, or has entries that are not finite.

    Examples
    --------
    >>> derivative(lambda v: v[0]**2 * v[1], np.array([1.0, 2.0, 5.0])).matrix.shape
    (3, 1)
    >>> derivative(lambda W, a: np.tanh(W.T @ a), (np.ones((4, 3)), np.ones(4)), wrt="W").array.shape
    (4, 3, 3)
    """
    if not callable(f):
        raise TypeError(f"f must be a function of NumPy arrays, it was {type(f).__name__}")
    several = isinstance(at, tuple)
    points = [_point(f"at[{k}]", x) for k, x in enumerate(at)] if several else [_point("at", at)]
    chosen = _chosen(f, wrt, len(points)) if several else [0]
    if not several and wrt is not None:
        raise TypeError("wrt= chooses among several arguments: pass them as a tuple, at=(W, a)")
    if method == "difference":
        found = [_differences(f, points, k) for k in chosen]
    elif method == "exact":
        found = _exact(f, points, chosen)
    else:
        raise ValueError(f'method must be "exact" or "difference", it was {method!r}')
    return tuple(found) if several and wrt is None else found[0]


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
    if isinstance(at, tuple):
        raise TypeError("hessian takes one array at; put several arguments into one, or differentiate "
                        "mc.derivative(f, ..., wrt=...).array again")

    def gradient(x):
        first = derivative(f, x)
        if first.outer:
            raise ValueError(f"hessian needs a function with a scalar result; this one has shape {first.outer}")
        return first.array
    return derivative(gradient, at)


class Derivative:
    """The derivative of one array by another.

    Attributes
    ----------
    inner : tuple of int
        Shape of the input with the axes that the notes count: a column of shape
        ``(m, 1)`` has one axis.
    outer : tuple of int
        Shape of the output, counted in the same way.
    """

    def __init__(self, inner, outer, *, array=None, structure=None, output_shape=None):
        self.inner, self.outer = inner, outer
        self._array, self._structure = array, structure
        self._output_shape = outer if output_shape is None else output_shape

    @property
    def structure(self):
        """The derivative as it is held, in factors and ties (:class:`mcnotes.engine.structure.Structure`)."""
        if self._structure is None:
            self._structure = Structure.of(self._array, self.inner, self.outer)
        return self._structure

    @property
    def array(self):
        """All entries, axes of the input first, then axes of the output (Concept 20).

        Raises MemoryError, with the size, where the array would not fit.
        """
        if self._array is None:
            self._array = self._structure.dense()
        return self._array

    @property
    def matrix(self):
        """The derivative in the notes' layout, one row for each input, one column for each output.

        Shapes: ds/dv ``(m, 1)``, dw/ds ``(1, n)``, dw/dv ``(m, n)``, dM/ds
        ``(k, r)``, ds/dM ``(r, k)`` (Definitions 9, 11, 13, 17, 18). Raises
        LayoutError where more than two axes are needed.
        """
        count = len(self.inner) + len(self.outer)
        if count > 2:
            raise LayoutError(
                f"the derivative of a {kind_of_shape(self.outer)} by a {kind_of_shape(self.inner)} has {count} axes, "
                f"shape {self.inner + self.outer}; no matrix holds it (Concept 20). Use .array, or mc.compress")
        if len(self.outer) == 2:
            return self.array.T
        return np.reshape(self.array, layout_shape(self.inner, self.outer))

    def __array__(self, dtype=None, copy=None):
        try:
            array = self.matrix
        except LayoutError:
            array = self.array
        return np.array(array, dtype=dtype)

    def layout(self, convention):
        """The matrix in a named convention.

        Parameters
        ----------
        convention : {"denominator", "numerator"}
            These notes use the first; many books use the second, its transpose
            (Clarification 10).

        Returns
        -------
        array
            ``(m, n)`` for the first, ``(n, m)`` for the second.

        Examples
        --------
        >>> derivative(lambda v: np.stack([v[0], v[1] * v[2]]), np.ones(3)).layout("numerator").shape
        (2, 3)
        """
        if convention not in ("denominator", "numerator"):
            raise ValueError(f'convention must be "denominator" or "numerator", it was {convention!r}')
        return self.matrix if convention == "denominator" else self.matrix.T

    def predict(self, delta):
        """Approximate change of the output for a small change of the input (Concept 5).

        For vectors this is (30), for a matrix input the sum of element-wise
        products (Definition 18).

        Parameters
        ----------
        delta : number or array, shape of the input
            The change, not the new input.

        Returns
        -------
        array, shape of the output

        Raises
        ------
        ValueError
            The shape of `delta` is not that of the input.

        Examples
        --------
        >>> derivative(lambda v: v[0] * v[1], np.array([2.0, 3.0])).predict(np.array([0.5, 0.0])).item()
        1.5
        """
        return np.reshape(self.structure.contracted(self._fit("delta", delta, self.inner, "input"), "inner"),
                          self._output_shape)[()]

    def chain(self, upstream):
        """Chain rule for a scalar that depends on the output (the vector-Jacobian product).

        Parameters
        ----------
        upstream : number or array, shape of the output
            Derivative of the scalar by this output.

        Returns
        -------
        array, shape of the input
            Derivative of the scalar by this input. The full array of this
            derivative is not built.

        Raises
        ------
        ValueError
            The shape of `upstream` is not that of the output.

        Examples
        --------
        >>> derivative(lambda W: W.T @ np.ones(4), np.ones((4, 3))).chain(np.ones(3)).shape
        (4, 3)
        """
        return self.structure.contracted(self._fit("upstream", upstream, self.outer, "output"), "outer")

    @staticmethod
    def _fit(name, array, shape, side):
        if not isinstance(array, Traced):
            array = np.asarray(array, dtype=float)
        if counted(array.shape) != shape:
            raise ValueError(f"{name} has shape {array.shape}; the {side} has shape {shape}, and {name} needs the same")
        return array.reshape(shape)

    def __repr__(self):
        name, where = self._describe()
        if self._array is None and self.structure.dense_nbytes > 2**20:
            return f"{name}, shape {self.inner + self.outer}, held as {self.structure!r}"
        shown = self.array if len(self.inner) + len(self.outer) > 2 else self.matrix
        return f"{name}, shape {np.shape(shown)}{where}\n{_rounded(shown)}"

    def _describe(self):
        known = shape_of(of=self.outer, wrt=self.inner)
        name = known.kind if known.axes <= 2 and "/" not in known.kind else f"{known.kind} derivative"
        where = {(1, 0): ": row i is input v_i", (0, 1): ": column j is output w_j",
                 (1, 1): ": row i is input v_i, column j is output w_j",
                 (0, 2): ": row i, column j is output m_ji", (2, 0): ": row i, column j is input m_ij"}
        return name, where.get((len(self.inner), len(self.outer)), "")

    def _repr_html_(self):
        axes = len(self.inner), len(self.outer)
        if sum(axes) > 2 or sum(axes) == 0 or self.structure.dense_nbytes > 2**20:
            return f"<pre>{html.escape(repr(self))}</pre>"
        matrix, name = self.matrix, self._describe()[0]
        rows, columns = (min(n, 8) for n in matrix.shape)
        top, side = _names(axes, matrix.shape)
        lines = [f"<table class='mc-derivative'><caption>{name}, shape {matrix.shape}</caption><thead><tr><td></td>"]
        cut_right = "<td>…</td>" * (matrix.shape[1] > columns)
        lines += [f"<th scope='col'>{top(j)}</th>" for j in range(columns)] + [cut_right, "</tr></thead><tbody>"]
        for i in range(rows):
            cells = "".join(f"<td>{_number(matrix[i, j])}</td>" for j in range(columns))
            lines.append(f"<tr><th scope='row'>{side(i)}</th>{cells}{cut_right}</tr>")
        if matrix.shape[0] > rows:
            lines.append("<tr><td>⋮</td></tr>")
        return "".join(lines) + "</tbody></table>"


def _names(axes, shape):
    """Labels of columns and rows: a function of the place for each."""
    def label(style, letter):
        return lambda k: f"<span class='mc-{style}'>{letter}<sub>{k + 1}</sub></span>"
    if axes == (0, 2):
        return label("out", "row "), label("out", "column ")
    if axes == (2, 0):
        return label("in", "column "), label("in", "row ")
    top = label("out", "w") if axes[1] else lambda k: "<span class='mc-out'>s</span>"
    side = label("in", "v") if axes[0] else lambda k: "<span class='mc-in'>s</span>"
    return top, side


def _number(x):
    return f"{x:.6g}".replace("-", "−")


def _rounded(array):
    array = np.asarray(array)
    small = 1e-12 * (np.abs(array).max() if array.size else 0.0)
    return np.array2string(np.where(np.abs(array) <= small, 0.0, array),
                           formatter={"float_kind": lambda x: f"{x:.6g}"}, threshold=200)


def _point(name, x):
    """The argument as a float array; a traced array (a derivative of a derivative) as it is."""
    if isinstance(x, Traced):
        return x
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows have different lengths; give rows of one length") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must be real numbers, it has dtype {array.dtype}"
                        + ("; take real and imaginary part as two inputs" if array.dtype.kind == "c" else ""))
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); there is nothing to differentiate by")
    array = array.astype(float, copy=False)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has entries that are not finite (nan or inf) at "
                         f"{np.argwhere(~np.isfinite(array))[0].tolist()}")
    return array


def _result(y):
    """The function's result: traced, or a constant float array."""
    if y is None:
        raise TypeError("f returned None; did you forget the return statement?")
    array = y if isinstance(y, Traced) else np.asarray(y)
    if array.size == 0:
        raise ValueError(f"f returned an empty array (shape {array.shape}); there is nothing to differentiate")
    if isinstance(y, Traced):
        if isinstance(y.tape.records, Closed):
            y.tape.records.append(())
        return y
    if array.dtype == object and all(isinstance(entry, Real) for entry in array.flat):
        array = array.astype(float)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"f must return real numbers, it returned {type(y).__name__} of dtype {array.dtype}")
    return array.astype(float)


def _chosen(f, wrt, count):
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
    try:
        tape, y = trace(f, points)
    except (TypeError, ValueError) as error:
        _explain(error)
        raise
    y = _result(y)
    shape = y.shape
    outer, found = counted(shape), [None] * len(points)
    if isinstance(y, Traced) and y.tape is tape:
        if outer == () and shape != ():
            y, shape = np.reshape(y, ()), ()
        found = pull_back(tape, y.position, shape, len(points))
    tape.records = Closed()
    return [_held(found[k], points[k].shape, shape, y.shape) for k in chosen]


def _explain(error):
    """Say in our words what NumPy says in its own when a traced number went astray in it."""
    if isinstance(error.__cause__, UnsupportedError):
        raise error.__cause__ from None
    if any(words in str(error) for words in ("loop of ufunc", "dtype('O')", "not supported for the input types")):
        raise UnsupportedError("an array built with np.array([...]) from traced and plain numbers is an array of "
                               "objects, which NumPy cannot compute with; build it with np.stack([...])") from error


def _held(back, input_shape, shape, output_shape):
    """A Derivative from what came back to one input."""
    inner, outer = counted(input_shape), counted(shape)
    if back is None:
        return Derivative(inner, outer, structure=Structure([], inner, outer), output_shape=output_shape)
    if isinstance(back, Structure):
        axes = [*range(len(inner)), *(len(input_shape) + k for k in range(len(outer)))]
        if len(axes) < len(input_shape) + len(shape):
            terms = [term.inward([term.axes[k] for k in axes], len(term.axes)) for term in back.terms]
            back = Structure(terms, inner, outer)
        return Derivative(inner, outer, structure=back, output_shape=output_shape)
    array = np.reshape(back, inner) if np.shape(back) != inner else back
    return Derivative(inner, outer, array=array, output_shape=output_shape)


def _differences(f, points, k):
    """Central differences, one input entry after the other (the limit definition, (5))."""
    point, columns = points[k], []
    if isinstance(point, Traced):
        raise TypeError('method="difference" cannot be differentiated again; use method="exact"')
    for index in np.ndindex(np.shape(point)):
        step = np.zeros(np.shape(point))
        step[index] = 6e-6 * max(1.0, abs(point[index]))
        ends = [_result(f(*points[:k], point + sign * step, *points[k + 1:])) for sign in (1, -1)]
        columns.append((ends[0] - ends[1]) / (2 * step[index]))
    shape = np.shape(columns[0])
    inner, outer = counted(np.shape(point)), counted(shape)
    return Derivative(inner, outer, array=np.stack(columns).reshape(inner + outer), output_shape=shape)
