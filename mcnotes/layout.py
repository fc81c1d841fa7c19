"""A derivative and its layouts: every entry, the notes' matrix, and what is done with them (X.4 to X.16)."""

import copy
import html
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from . import display
from .engine.structure import Structure
from .fitting import fit
from .shapes import LayoutError, counted, full_shape, kind_of_shape, layout_shape, shape_of


class Derivative(NDArrayOperatorsMixin):
    """The derivative of one array with respect to another.

    It is no array: ``.array`` has all entries, ``.matrix`` the notes' layout. The two differ for a gradient, ``(m,)``
    and ``(m, 1)``, for a vector with respect to a scalar, ``(n,)`` and ``(1, n)``, and for a matrix with respect to a
    scalar, where one is the transpose of the other.

    ``input_shape`` and ``output_shape`` are the shapes as they are, ``inner`` and ``outer`` have the axes that the
    notes count. ``branched`` says whether `f` looked at a value to choose its way: what is zero or a copy "by
    construction" is then so on that way.
    """

    def __init__(self, input_shape, output_shape, *, array=None, structure=None, branched=False):
        self.input_shape, self.output_shape, self.branched = input_shape, output_shape, branched
        if structure is None:
            self.inner, self.outer = counted(input_shape), counted(output_shape)
        else:
            self.inner, self.outer = structure.inner, structure.outer
        self._array, self._structure = array, structure
        self.rows = self.columns = None

    @property
    def by_entries(self) -> bool:
        """Whether the entries are held as they are (of a scalar result, or by differences), and no structure."""
        return self._array is not None

    @property
    def structure(self) -> Structure:
        """The derivative as it is held, in factors and ties, over the axes that the notes count."""
        if self._structure is None:
            self._structure = Structure.of(self.tensor, self.inner, self.outer)
        return self._structure

    @property
    def array(self) -> np.ndarray:
        """All entries, axes of the input as they are first, then axes of the output (Concept 20).

        For a scalar result it has the shape of the input. A new array each time; only one of more than 32768 entries
        that is held as it stands is not copied, and cannot be written into. MemoryError where it would not fit.
        """
        if self._array is not None:
            return self._array.copy()
        dense = self._structure.dense()
        if self.input_shape == self.inner and self.output_shape == self.outer:
            return dense
        return np.reshape(dense, full_shape(self.input_shape, self.output_shape))

    @property
    def tensor(self) -> np.ndarray:
        """All entries, with the axes that the notes count; a column has one (Definition 19, Concept 20)."""
        array, shape = self.array, self.inner + self.outer
        return array if np.shape(array) == shape else np.reshape(array, shape)

    @property
    def matrix(self) -> np.ndarray:
        """The derivative in the notes' layout, one row for each input, one column for each output.

        Shapes: ds/dv ``(m, 1)``, dw/ds ``(1, n)``, dw/dv ``(m, n)``, dM/ds ``(k, r)``, ds/dM ``(r, k)`` (Definitions
        9, 11, 13, 17, 18). LayoutError where more than two axes are needed.
        """
        self._two_axes()
        if len(self.outer) == 2:
            return self.tensor.T
        return np.reshape(self.array, layout_shape(self.inner, self.outer))

    @property
    def _axes(self):
        return len(self.inner), len(self.outer)

    def _two_axes(self):
        if sum(self._axes) > 2:
            raise LayoutError(
                f"the derivative of a {kind_of_shape(self.outer)} with respect to a {kind_of_shape(self.inner)} has "
                f"{sum(self._axes)} axes, shape {self.inner + self.outer}; no matrix holds it (Concept 20). Use "
                ".array, or mc.compress")

    def layout(self, convention: str) -> np.ndarray:
        """The matrix in ``"denominator"`` layout, as in these notes, or in ``"numerator"`` layout, as in many books.

        The second is the transpose of the first (Clarification 10).

        >>> mc.derivative(lambda v: np.stack([v[0], v[1] * v[2]]), np.ones(3)).layout("numerator").shape
        (2, 3)
        """
        if convention not in ("denominator", "numerator"):
            raise ValueError(f'convention must be "denominator" or "numerator", it was {convention!r}')
        return self.matrix if convention == "denominator" else self.matrix.T

    def named(self, rows: list[str] | None = None, columns: list[str] | None = None) -> "Derivative":
        """The same derivative with a name for each row and column of its matrix, for its table.

        ValueError where there are more or fewer names than rows or columns.

        >>> mc.derivative(lambda v: v[0] * v[1], np.array([2.0, 3.0])).named(rows=["heat", "crust"]).rows
        ['heat', 'crust']
        """
        self._two_axes()
        shape = layout_shape(self.inner, self.outer) or (1, 1)
        other = copy.copy(self)
        for side, names, count in (("rows", rows, shape[0]), ("columns", columns, shape[1])):
            if names is None:
                continue
            if isinstance(names, str) or not all(isinstance(name, str) for name in names) or len(names) != count:
                raise ValueError(f"{side}={names!r} must be a list of names, one for each of the {count} {side} "
                                 f"of the matrix, which has shape {shape}")
            setattr(other, side, list(names))
        return other

    def predict(self, delta: Any) -> Any:
        """Approximate change of the output for a small change of the input (Concept 5).

        For vectors this is (30), for a matrix input the sum of element-wise products (Definition 18). ValueError where
        `delta` does not have the shape of the input (nothing broadcasts), or an entry is not finite.

        >>> mc.derivative(lambda v: v[0] * v[1], np.array([2.0, 3.0])).predict(np.array([0.5, 0.0])).item()
        1.5
        """
        delta = fit("delta", delta, self.input_shape, "input")
        return np.reshape(self._contracted(delta, "inner"), self.output_shape)[()]

    def chain(self, upstream: Any) -> np.ndarray:
        """Chain rule for a scalar that depends on the output (the vector-Jacobian product).

        Takes that scalar's derivative with respect to the output, in the output's shape, and gives the one with
        respect to the input, in the input's shape; the full array is not built. ValueError as for :meth:`predict`.

        >>> mc.derivative(lambda W: W.T @ np.ones(4), np.ones((4, 3))).chain(np.ones(3)).shape
        (4, 3)
        """
        upstream = fit("upstream", upstream, self.output_shape, "output")
        return np.reshape(self._contracted(upstream, "outer"), self.input_shape)

    def _contracted(self, x, side):
        """Multiply by an array over the axes of one side; for a scalar result the entries are at hand."""
        if self._array is not None and not self.outer:
            here = np.reshape(self._array, self.inner)
            return here * np.reshape(x, ()) if side == "outer" else np.sum(here * np.reshape(x, self.inner))
        return self.structure.contracted(np.reshape(x, self.inner if side == "inner" else self.outer), side)

    # No array --------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of ``.matrix`` where there is one, and else of ``.array``; neither is built."""
        if sum(self._axes) > 2:
            return full_shape(self.input_shape, self.output_shape)
        return layout_shape(self.inner, self.outer)

    def _say_which(self, *_, **__):
        raise TypeError("a Derivative has two forms, and this could mean either: write .array, all entries in the "
                        "shape of the input and then of the output (X - 0.1 * d.array is a step of gradient descent), "
                        "or .matrix, the notes' layout")

    __array_ufunc__ = __array__ = __getitem__ = __iter__ = __len__ = __bool__ = _say_which
    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__

    def __float__(self):
        return float(self.matrix) if self.inner + self.outer == () else self._say_which()

    def __format__(self, how):
        return format(float(self), how) if how else str(self)

    # On the page ---------------------------------------------------------------------------------------------

    def __repr__(self):
        if self._array is None and self._structure.dense_nbytes > 2**20:
            return f"{self._kind()}, shape {self.inner + self.outer}, held as {self._structure!r}"
        shown = self.tensor if sum(self._axes) > 2 else self.matrix
        where = {(1, 0): ": row i is input v_i", (0, 1): ": column j is output w_j",
                 (1, 1): ": row i is input v_i, column j is output w_j",
                 (0, 2): ": row i, column j is output m_ji", (2, 0): ": row i, column j is input m_ij"}
        return f"{self._kind()}, shape {np.shape(shown)}{where.get(self._axes, '')}\n{display.text(shown)}"

    def _kind(self):
        known = shape_of(of=self.outer, wrt=self.inner)
        return known.kind if known.axes <= 2 and "/" not in known.kind else f"{known.kind} derivative"

    def _repr_html_(self):
        if sum(self._axes) not in (1, 2) or 8 * np.prod(self.shape, dtype=float) > 2**20:
            return f"<pre>{html.escape(repr(self))}</pre>"
        top, side = display.headings(self._axes, (self.rows, self.columns))
        return display.table(self.matrix, f"{self._kind()}, shape {self.shape}", top, side)
