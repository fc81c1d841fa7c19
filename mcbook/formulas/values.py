"""What a formula's pieces are worth: arrays with two axes, and the two things that are not yet one.

A number is (1 × 1), a vector a column, a gradient a column. A tensor stands for its compressed form in a
product (Notation 28). A zero, an identity, a column of ones or a row of dots without a count takes the shape that
its neighbours ask for.
"""

from collections.abc import Callable

import numpy as np

from mcnotes.compression import compress

from .verdict import BudgetError, FormulaError, ShapeClash

#: An entry below this part of the largest one is compared with that part: what cancels leaves its rounding.
_SMALL = 1e-5


#: How many entries an array may have.
LARGEST = 2_000_000


class Budget:
    """How much work a formula may make: every formula ends in a second or two."""

    def __init__(self, steps: float = 15_000):
        self.left, self.steps = steps, steps

    def spend(self, steps: float) -> None:
        """Take some steps; BudgetError where none are left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetError(
                "too much to run: the formula takes too many steps; give smaller letters, or shorter sums"
            )


class Flexible:
    """A value that takes the shape it is asked for.

    Parameters
    ----------
    make : callable
        Takes rows and columns, returns an array or raises ShapeClash.
    words : str
        For messages.
    rows, columns : int, optional
        What is known of its shape.
    link : callable, optional
        Takes rows and columns, one of them None, and returns both as far as they follow from each other.
    """

    def __init__(self, make: Callable, words: str, rows=None, columns=None, link: Callable | None = None):
        self.make, self.words, self.rows, self.columns, self.link = make, words, rows, columns, link

    def fit(self, rows=None, columns=None):
        """The array, as far as its shape is known; else what is still flexible."""
        for have, wanted in ((self.rows, rows), (self.columns, columns)):
            if have is not None and wanted is not None and have != wanted:
                raise ShapeClash(f"{self.words} cannot be {written((rows or self.rows, columns or self.columns))} here")
        rows, columns = self.rows if rows is None else rows, self.columns if columns is None else columns
        if self.link and (rows is None) != (columns is None):
            rows, columns = self.link(rows, columns)
        if rows is None or columns is None:
            return Flexible(self.make, self.words, rows, columns, self.link)
        if rows * columns > LARGEST:
            raise BudgetError(f"too much to run: {self.words} would have {rows * columns} entries")
        made = self.make(rows, columns)
        if made.shape != (rows, columns):
            raise ShapeClash(f"{self.words} cannot be {written((rows, columns))} here")
        return made

    def shaped(self, shape: tuple[int, int]) -> np.ndarray:
        """The array of this shape."""
        return self.fit(*shape)

    def changed(self, change: Callable, words: str):
        """Something of the same shape, made from this."""
        return Flexible(
            lambda rows, columns: change(self.fit(rows, columns)), words, self.rows, self.columns, self.link
        )

    def transposed(self):
        """Rows for columns."""
        link = self.link and (lambda rows, columns: self.link(columns, rows)[::-1])
        return Flexible(lambda rows, columns: np.transpose(self.fit(columns, rows)), self.words, self.columns,
                        self.rows, link)


#: A zero of any shape.
ZERO = Flexible(lambda rows, columns: np.zeros((rows, columns)), "0")


def column_of(fill: int) -> Flexible:
    """A column of zeros or ones, as long as needed."""
    def make(rows, columns):
        if columns != 1:
            raise ShapeClash(f"{'𝟏' if fill else '𝟎'} is a column, and {written((rows, columns))} is needed")
        return np.full((rows, columns), float(fill))
    return Flexible(make, "𝟏" if fill else "𝟎", columns=1)


def identity(words: str = "I") -> Flexible:
    """An identity matrix, as large as needed."""
    def make(rows, columns):
        if rows != columns:
            raise ShapeClash(f"{words} is square, and {written((rows, columns))} is needed")
        return np.eye(rows)
    return Flexible(make, words, link=lambda rows, columns: (rows or columns,) * 2)


def single(row: int, column: int | None, words: str) -> Flexible:
    """A matrix, or a column, with a single 1."""
    def make(rows, columns):
        if row > rows or (column or 1) > columns:
            raise ShapeClash(f"{words} has no place in {written((rows, columns))}")
        made = np.zeros((rows, columns))
        made[row - 1, (column or 1) - 1] = 1.0
        return made
    return Flexible(make, words, columns=None if column else 1)


class Tensor:
    """A derivative with more than two axes.

    Parameters
    ----------
    array : array
        Axes of the input, then axes of the output.
    inner, outer : int
        How many axes the input has, and the output.
    derivative : Derivative, optional
        Needed for the compressed form.
    notes : bool, optional
        Whether it may stand for its compressed form, as in the notes.
    """

    def __init__(self, array, inner: int, outer: int, derivative=None, notes: bool = True):
        self.array, self.inner, self.outer, self.derivative, self.notes = array, inner, outer, derivative, notes
        self.shape = array.shape

    def unfolded(self):
        """As one matrix of blocks: for ∂Z/∂W a block row for each column of W, a column for each output (71)."""
        shape, axes = self.array.shape, (self.inner, self.outer)
        if axes == (2, 1):
            return self.array.transpose(1, 0, 2).reshape(shape[0] * shape[1], shape[2])
        if axes == (1, 2):
            return self.array.transpose(0, 2, 1).reshape(shape[0] * shape[2], shape[1])
        if axes == (2, 2):
            return self.array.transpose(0, 3, 1, 2).reshape(shape[0] * shape[3], shape[1] * shape[2])
        return None

    def compressed(self):
        """The compressed form as the notes write it, a column or a matrix; None where there is none."""
        if self.derivative is None or not self.notes:
            return None
        core = compress(self.derivative).core
        if isinstance(core, tuple) or np.ndim(core) > 2:
            return None
        return np.reshape(core, (-1, 1)) if np.ndim(core) < 2 else core

    def factor(self, words: str):
        """The compressed form as a factor of a product (Notation 28)."""
        found = self.compressed()
        if found is None:
            raise FormulaError(
                f"{words} has {self.array.ndim} axes, shape {written(self.array.shape)}, and no compressed "
                "form that a sum or a product could take: write it entry by entry, with indices"
            )
        return found


def as_matrix(x):
    """An array with two axes, as the notes write it: a number is (1 × 1), a vector a column."""
    if isinstance(x, list | tuple):
        x = np.stack([np.reshape(entry, np.shape(entry)) for entry in x])
    elif isinstance(x, np.ndarray) and x.dtype == object:
        x = np.reshape(np.stack(list(x.flat)), x.shape)
    if np.ndim(x) > 2:
        return x
    shape = np.shape(x)
    return x if len(shape) == 2 else np.reshape(x, (shape[0], 1) if shape else (1, 1))


def written(shape) -> str:
    """A shape as the notes write it.

    Examples
    --------
    >>> written((3, 2))
    '(3 × 2)'
    """
    return f"({' × '.join('?' if length is None else str(length) for length in shape)})"


def scalar(value) -> bool:
    """Whether a value is a single number."""
    return not isinstance(value, Flexible | Tensor) and value.shape == (1, 1)


def multiplied(a, b, words: str):
    """Matrix product; a (1 × 1) factor is a number."""
    if a is ZERO or b is ZERO:
        return ZERO
    for one, other in ((a, b), (b, a)):
        if scalar(one):
            factor = np.reshape(one, ())
            return (
                other.changed(lambda x, factor=factor: factor * x, words)
                if isinstance(other, Flexible)
                else factor * other
            )
    if isinstance(a, Flexible) or isinstance(b, Flexible):
        return _flexibly(a, b, words)
    if a.shape[1] != b.shape[0]:
        raise ShapeClash(
            f"{words} cannot be multiplied: {written(a.shape)} times {written(b.shape)}, and {a.shape[1]} ≠ "
            f"{b.shape[0]}"
        )
    return a @ b


def _flexibly(a, b, words):
    """A product in which the shape of a factor is open: the inner sizes are equal, the outer ones may stay open."""
    if isinstance(b, Flexible) and (inner := _columns(a)) is not None:
        b = b.fit(rows=inner)
    if isinstance(a, Flexible) and (inner := _rows(b)) is not None:
        a = a.fit(columns=inner)
    if not isinstance(a, Flexible) and not isinstance(b, Flexible):
        return multiplied(a, b, words)
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Flexible) and one.words == "I":
            return other
    if _columns(a) is None:
        raise FormulaError(f"{words}: the size of {a.words} cannot be told here; write it, as in {a.words}_n with n=…")

    def make(rows, columns):
        left = a.fit(rows=rows) if isinstance(a, Flexible) else a
        right = b.fit(columns=columns) if isinstance(b, Flexible) else b
        return left @ right
    return Flexible(make, words, _rows(a), _columns(b))


def _rows(value):
    return value.rows if isinstance(value, Flexible) else value.shape[0]


def _columns(value):
    return value.columns if isinstance(value, Flexible) else value.shape[1]


def added(a, b, words: str, sign: int = 1):
    """Sum of two values of one shape."""
    if isinstance(a, Flexible) and isinstance(b, Flexible):
        if a is ZERO or b is ZERO:
            return (b if sign > 0 else b.changed(np.negative, words)) if a is ZERO else a
        link = a.link or b.link
        return Flexible(lambda rows, columns: a.fit(rows, columns) + sign * b.fit(rows, columns), words,
                        a.rows or b.rows, a.columns or b.columns, link)
    if isinstance(a, Flexible):
        a = a.shaped(b.shape)
    if isinstance(b, Flexible):
        b = b.shaped(a.shape)
    if a.shape != b.shape:
        raise ShapeClash(f"{words} does not add up: {written(a.shape)} {'+' if sign > 0 else '−'} {written(b.shape)}")
    return a + b if sign > 0 else a - b


def dotted(a, b, words: str):
    """The product written with a dot: of two columns the sum over their entries, otherwise as usual."""
    if isinstance(a, Flexible) or isinstance(b, Flexible):
        a, b = (one.fit(rows=_rows(other)) if isinstance(one, Flexible) and _columns(other) == 1 else one
                for one, other in ((a, b), (b, a)))
    if (not isinstance(a, Flexible) and not isinstance(b, Flexible) and a.shape[1] == b.shape[1] == 1
            and a.shape[0] > 1 and b.shape[0] > 1):
        if a.shape != b.shape:
            raise ShapeClash(f"{words}: columns of {a.shape[0]} and {b.shape[0]} entries have no dot product")
        return np.reshape(np.sum(a * b), (1, 1))
    return multiplied(a, b, words)


def elementwise(a, b, words: str, divided: bool = False):
    """The product written with a star or a ring, entry by entry, of equal shapes; a number counts for each entry."""
    if isinstance(a, Flexible) and isinstance(b, Flexible):
        raise FormulaError(f"{words}: neither factor has a shape of its own")
    if isinstance(a, Flexible):
        a = a.shaped(b.shape)
    if isinstance(b, Flexible):
        b = b.shaped(a.shape)
    if a.shape != b.shape and (1, 1) not in (a.shape, b.shape):
        raise ShapeClash(f"{words}: {written(a.shape)} and {written(b.shape)} have no element-wise product")
    return a / b if divided else a * b


def kronecker(a, b, words: str):
    """The Kronecker product; beside an identity without a size it takes the size that is needed."""
    if not isinstance(a, Flexible) and not isinstance(b, Flexible):
        if a.size * b.size > LARGEST:
            raise BudgetError(f"too much to run: {words} would have {a.size * b.size} entries")
        return np.kron(a, b)
    known, flexible = (b, a) if isinstance(a, Flexible) else (a, b)
    if isinstance(known, Flexible) or flexible.words != "I":
        raise FormulaError(f"{words}: the size of {flexible.words} cannot be told here; write it, as in I_n with n=…")

    def link(rows, columns):
        count = rows // known.shape[0] if rows is not None else columns // known.shape[1]
        return count * known.shape[0], count * known.shape[1]

    def make(rows, columns):
        count = rows // known.shape[0]
        if (count * known.shape[0], count * known.shape[1]) != (rows, columns):
            raise ShapeClash(f"{words} cannot be {written((rows, columns))}")
        return np.kron(np.eye(count), known) if flexible is a else np.kron(known, np.eye(count))
    return Flexible(make, words, link=link)


def joined(rows: list, words: str):
    """A matrix from rows of blocks.

    Parameters
    ----------
    rows : list of list of array or Flexible
    words : str
        For messages.

    Raises
    ------
    ShapeClash
        The blocks do not fit.

    Examples
    --------
    >>> joined([[np.ones((2, 1)), ZERO], [ZERO, np.ones((1, 2))]], "").shape
    (3, 3)
    """
    if len({len(row) for row in rows}) > 1:
        raise ShapeClash(f"{words}: its rows have {' and '.join(map(str, sorted({len(row) for row in rows})))} entries")
    if not any(isinstance(cell, Flexible) for row in rows for cell in row) and all(
            cell.shape == (1, 1) for row in rows for cell in row):
        lines = [np.concatenate(row, 1) if len(row) > 1 else row[0] for row in rows]
        return np.concatenate(lines, 0) if len(lines) > 1 else lines[0]
    heights = [_common({cell.shape[0] for cell in row if not isinstance(cell, Flexible)}, words, "rows")
               for row in rows]
    widths = [_common({row[k].shape[1] for row in rows if not isinstance(row[k], Flexible)}, words, "columns")
              for k in range(len(rows[0]))]
    heights = [height or next(filter(None, heights), 1) for height in heights]
    widths = [width or next(filter(None, widths), 1) for width in widths]
    lines = [np.concatenate([cell.shaped((height, width)) if isinstance(cell, Flexible) else cell
                             for cell, width in zip(row, widths, strict=True)], 1)
             for row, height in zip(rows, heights, strict=True)]
    return np.concatenate(lines, 0)


def _common(lengths, words, kind):
    if len(lengths) > 1:
        raise ShapeClash(f"{words}: blocks of {' and '.join(map(str, sorted(lengths)))} {kind} stand together")
    return next(iter(lengths), None)


def compared(left, right, tolerance: float = 1e-9):
    """Compare two arrays of one shape, entry by entry.

    Two entries agree when their difference is at most `tolerance` times the larger of the two. Where numbers cancel,
    a rounding error of the size of the whole is left; so an entry counts as no smaller than a hundred-thousandth of
    the largest, or of 1 where one of the sides is zero throughout.

    Returns
    -------
    place : tuple of int or None
        The entry that is furthest off; None where all agree.
    largest : float
        The largest difference.

    Raises
    ------
    FormulaError
        An entry is no finite number, so that neither "equal" nor "different" is shown.

    Examples
    --------
    >>> compared(np.array([[1.0, 2.0]]), np.array([[1.0, 2.5]]))
    ((0, 1), 0.5)
    """
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    for side, name in ((left, "left"), (right, "right")):
        if not np.isfinite(side).all():
            raise FormulaError(f"the {name} side is {side[~np.isfinite(side)][0]} here, which is not a finite number: "
                               "take other letters")
    apart, size = np.abs(left - right), np.maximum(np.abs(left), np.abs(right))
    scale = size.max() if left.any() and right.any() else max(size.max(), 1.0)
    allowed = tolerance * np.maximum(size, _SMALL * scale)
    beyond = np.where(apart <= allowed, 0.0, apart / np.maximum(allowed, np.finfo(float).tiny))
    if not beyond.any():
        return None, float(apart.max())
    return tuple(int(k) for k in np.unravel_index(np.argmax(beyond), left.shape)), float(apart.max())


def matrix_exponential(x):
    """e to a square matrix: the series for a 256th of the matrix, squared eight times."""
    x = x / 2.0**8
    total = term = np.eye(x.shape[0])
    for k in range(1, 17):
        term = term @ x / k
        total = total + term
    for _ in range(8):
        total = total @ total
    return total
