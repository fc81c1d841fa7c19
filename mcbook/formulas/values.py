"""What a formula's pieces are worth: arrays with two axes, a number (1 × 1), a vector or a gradient a column; and the
two things that are not yet one. A tensor stands for its compressed form in a product.
"""

import functools
import math
import operator
from collections.abc import Callable

import numpy as np

from mcnotes.compression import compress
from mcnotes.engine import Traced

from .tree import Node, text
from .verdict import BudgetError, Failure, FormulaError, ShapeClash

#: How many entries an array may have.
LARGEST = 2_000_000
#: An entry below this part of the largest one is compared with that part: what cancels leaves its rounding.
_SMALL = 0.1


class Budget:
    """How much work a formula may make: every formula ends in a second or two."""

    def __init__(self, steps: float = 15_000):
        self.left = steps

    def spend(self, steps: float) -> None:
        """Take some steps; BudgetError where none are left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetError("too much to run: the formula takes too many steps; take smaller letters or shorter sums")


class Flexible:
    """A value that takes the shape it is asked for, as a zero, an identity, or a row of dots without a count does.

    `make` takes rows and columns, and returns an array or raises ShapeClash. The `shape` is known as far as it is not
    None; a `link` takes it with one None and returns it without, where rows and columns follow from each other.
    """

    def __init__(self, make: Callable, words: str, shape=(None, None), link: Callable | None = None):
        self.make, self.words, self.shape, self.link = make, words, tuple(shape), link

    def fit(self, rows=None, columns=None):
        """The array, as far as its shape is known; else what is still flexible."""
        shape = tuple(known if asked is None else asked for known, asked in zip(self.shape, (rows, columns),
                                                                                strict=True))
        if any(known not in (None, length) for known, length in zip(self.shape, shape, strict=True)):
            raise ShapeClash(f"{self.words} cannot be {written(shape)} here")
        if self.link and shape.count(None) == 1:
            shape = self.link(*shape)
        if None in shape:
            return Flexible(self.make, self.words, shape, self.link)
        if math.prod(shape) > LARGEST:
            raise BudgetError(f"too much to run: {self.words} would have {math.prod(shape)} entries")
        made = self.make(*shape)
        if made.shape != shape:
            raise ShapeClash(f"{self.words} cannot be {written(shape)} here")
        return made

    def transposed(self):
        """Rows for columns."""
        link = self.link and (lambda rows, columns: self.link(columns, rows)[::-1])
        return Flexible(lambda rows, columns: np.transpose(self.fit(columns, rows)), self.words, self.shape[::-1], link)


class Tensor:
    """A derivative with more than two axes: `inner` ones of the input, then `outer` ones of the output."""

    #: Axes of input and output -> the axes that run down the matrix of blocks, and across it.
    _BLOCKS = {(2, 1): ((1, 0), (2,)), (1, 2): ((0, 2), (1,)), (2, 2): ((0, 3), (1, 2))}

    def __init__(self, array, inner: int, outer: int, derivative=None, notes: bool = True):
        self.array, self.inner, self.outer, self.derivative, self.notes = array, inner, outer, derivative, notes
        self.shape = array.shape

    def unfolded(self):
        """As one matrix of blocks: for ∂Z/∂W a block row for each column of W, a column for each output (71)."""
        if (self.inner, self.outer) not in self._BLOCKS:
            return None
        down, across = self._BLOCKS[self.inner, self.outer]
        return self.array.transpose(down + across).reshape(math.prod(self.shape[axis] for axis in down), -1)

    def compressed(self):
        """The compressed form as the notes write it, a column or a matrix; None where there is none."""
        if self.derivative is None or not self.notes:
            return None
        core = compress(self.derivative).core
        return None if isinstance(core, tuple) or np.ndim(core) > 2 else as_matrix(core)

    def factor(self, words: str):
        """The compressed form as a factor of a product (Notation 28)."""
        found = self.compressed()
        if found is None:
            raise FormulaError(f"{words} has {self.array.ndim} axes, shape {written(self.shape)}, and no compressed "
                               "form that a sum or a product could take: write it entry by entry, with indices")
        return found


def as_matrix(x):
    """An array with two axes, as the notes write it: a number is (1 × 1), a vector a column."""
    return np.reshape(x, (-1, 1)) if np.ndim(x) < 2 else x


def written(shape) -> str:
    """A shape as the notes write it: (3 × 2)."""
    return f"({' × '.join('?' if length is None else str(length) for length in shape)})"


def scalar(value) -> bool:
    """Whether a value is a single number."""
    return value.shape == (1, 1)


def shapeless(*values) -> bool:
    """Whether one of some values has no shape of its own."""
    return any(isinstance(value, Flexible) for value in values)


def fitted(value, rows=None, columns=None):
    """A value, in the shape that it is asked for if it has none of its own."""
    return value.fit(rows, columns) if isinstance(value, Flexible) else value


def alike(a, b):
    """Two values, of which one that has no shape of its own has taken that of the other."""
    return (a if shapeless(b) else fitted(a, *b.shape)), (b if shapeless(a) else fitted(b, *a.shape))


def mapped(change: Callable, value, words: str):
    """Each entry changed, at once or as soon as there are entries."""
    if not isinstance(value, Flexible):
        return change(value)
    return Flexible(lambda rows, columns: change(value.fit(rows, columns)), words, value.shape, value.link)


# What has no shape of its own ---------------------------------------------------------------------------------------

#: A zero of any shape.
ZERO = Flexible(lambda rows, columns: np.zeros((rows, columns)), "0")


def column_of(fill: int) -> Flexible:
    """A column of zeros or ones, as long as needed."""
    return Flexible(lambda rows, columns: np.full((rows, columns), float(fill)), "𝟏" if fill else "𝟎", (None, 1))


def identity() -> Flexible:
    """An identity matrix, as large as needed."""
    def make(rows, columns):
        if rows != columns:
            raise ShapeClash(f"I is square, and {written((rows, columns))} is needed")
        return np.eye(rows)
    return Flexible(make, "I", link=lambda rows, columns: (rows or columns,) * 2)


def single(row: int, column: int | None, words: str) -> Flexible:
    """A matrix, or a column, with a single 1."""
    def make(rows, columns):
        if row > rows or (column or 1) > columns:
            raise ShapeClash(f"{words} has no place in {written((rows, columns))}")
        made = np.zeros((rows, columns))
        made[row - 1, (column or 1) - 1] = 1.0
        return made
    return Flexible(make, words, (None, None if column else 1))


# Sums and products --------------------------------------------------------------------------------------------------

def added(a, b, words: str, sign: int = 1):
    """Sum of two values of one shape."""
    a, b = alike(a, b)
    if b is ZERO:
        return a
    if a is ZERO:
        return b if sign > 0 else mapped(np.negative, b, words)
    if shapeless(a):
        return Flexible(lambda rows, columns: a.fit(rows, columns) + sign * b.fit(rows, columns), words,
                        (a.shape[0] or b.shape[0], a.shape[1] or b.shape[1]), a.link or b.link)
    if a.shape != b.shape:
        raise ShapeClash(f"{words} does not add up: {written(a.shape)} {'+' if sign > 0 else '−'} {written(b.shape)}")
    return a + b if sign > 0 else a - b


def multiplied(a, b, words: str):
    """Matrix product; a (1 × 1) factor is a number. Where the shape of a factor is open, the inner sizes are equal."""
    if a is ZERO or b is ZERO:
        return ZERO
    if scalar(a) or scalar(b):
        one, other = (a, b) if scalar(a) else (b, a)
        factor = np.reshape(one, ())
        return mapped(lambda x: factor * x, other, words)
    b = fitted(b, rows=a.shape[1])
    a = fitted(a, columns=b.shape[0])
    if not shapeless(a, b):
        if a.shape[1] != b.shape[0]:
            raise ShapeClash(f"{words} cannot be multiplied: {written(a.shape)} times {written(b.shape)}, and "
                             f"{a.shape[1]} ≠ {b.shape[0]}")
        return a @ b
    for one, other in ((a, b), (b, a)):
        if shapeless(one) and one.words == "I":
            return other
    if a.shape[1] is None:
        raise _untold(words, a)
    return Flexible(lambda rows, columns: fitted(a, rows=rows) @ fitted(b, columns=columns), words,
                    (a.shape[0], b.shape[1]))


def _untold(words, value):
    return FormulaError(f"{words}: the size of {value.words} cannot be told here; write it, as in {value.words}_n "
                        "with n=…")


def dotted(a, b, words: str):
    """The product written with a dot: of two columns the sum over their entries, otherwise as usual."""
    a, b = (fitted(one, rows=other.shape[0]) if other.shape[1] == 1 else one for one, other in ((a, b), (b, a)))
    if shapeless(a, b) or a.shape[1] != 1 or b.shape[1] != 1 or 1 in (a.shape[0], b.shape[0]):
        return multiplied(a, b, words)
    if a.shape != b.shape:
        raise ShapeClash(f"{words}: columns of {a.shape[0]} and {b.shape[0]} entries have no dot product")
    return inner(a, b, words)


def elementwise(a, b, words: str, operation: Callable = operator.mul):
    """The product written with a star or a ring, entry by entry, of equal shapes; a number counts for each entry."""
    a, b = alike(a, b)
    if shapeless(a):
        raise FormulaError(f"{words}: neither factor has a shape of its own")
    if a.shape != b.shape and (1, 1) not in (a.shape, b.shape):
        raise ShapeClash(f"{words}: {written(a.shape)} and {written(b.shape)} have no element-wise product")
    return operation(a, b)


def inner(a, b, words: str):
    """The sum of the products of entries, of two arrays of one shape."""
    if not shapeless(a, b) and a.shape != b.shape:
        raise ShapeClash(f"{words}: {written(a.shape)} and {written(b.shape)} have no inner product")
    return as_matrix(np.sum(elementwise(a, b, words)))


def kronecker(a, b, words: str):
    """The Kronecker product; beside an identity without a size it takes the size that is needed."""
    if not shapeless(a, b):
        if a.size * b.size > LARGEST:
            raise BudgetError(f"too much to run: {words} would have {a.size * b.size} entries")
        return np.kron(a, b)
    known, open_ = (b, a) if shapeless(a) else (a, b)
    if shapeless(known) or open_.words != "I":
        raise _untold(words, open_)

    def link(rows, columns):
        count = columns // known.shape[1] if rows is None else rows // known.shape[0]
        return count * known.shape[0], count * known.shape[1]

    def make(rows, columns):
        if link(rows, None) != (rows, columns):
            raise ShapeClash(f"{words} cannot be {written((rows, columns))}")
        eye = np.eye(rows // known.shape[0])
        return np.kron(eye, known) if open_ is a else np.kron(known, eye)
    return Flexible(make, words, link=link)


#: The products that are written with a sign, or with a name.
def crossed(a, b, words: str):
    """The cross product of two columns of three entries; of anything else the ordinary product."""
    if shapeless(a, b) or np.shape(a) != (3, 1) or np.shape(b) != (3, 1):
        return multiplied(a, b, words)
    return np.stack([a[i] * b[j] - a[j] * b[i] for i, j in ((1, 2), (2, 0), (0, 1))])


PRODUCTS: dict[str, Callable] = {"·": dotted, "dot": dotted, "*": elementwise, "⊗": kronecker, "kron": kronecker,
                                 "×": crossed, ":": inner,
                                 "⊘": functools.partial(elementwise, operation=operator.truediv)}


def joined(rows: list, words: str):
    """A matrix from rows of blocks; ShapeClash where they do not fit."""
    if len(counts := sorted({len(row) for row in rows})) > 1:
        raise ShapeClash(f"{words}: its rows have {' and '.join(map(str, counts))} entries")
    heights = _lengths(rows, 0, words)
    widths = _lengths(zip(*rows, strict=True), 1, words)
    return np.concatenate([np.concatenate([fitted(cell, height, width) for cell, width in zip(row, widths, strict=True)
                                           ], 1) for row, height in zip(rows, heights, strict=True)], 0)


def _lengths(lines, axis, words):
    """How high the rows of blocks are, or how wide the columns; without a size of their own they are as the others."""
    found = []
    for line in lines:
        known = sorted({cell.shape[axis] for cell in line if not shapeless(cell)})
        if len(known) > 1:
            raise ShapeClash(f"{words}: blocks of {' and '.join(map(str, known))} {('rows', 'columns')[axis]} "
                             "stand together")
        found.append(next(iter(known), None))
    return [length or next(filter(None, found), 1) for length in found]


# Matrices as a whole ------------------------------------------------------------------------------------------------

def power(base, exponent: float, words: str):
    """A whole or half power of a square matrix."""
    if exponent % 1:
        base, exponent = _square_root(base, words), 2 * exponent
    return np.linalg.matrix_power(base, int(exponent)) if exponent >= 0 else np.linalg.matrix_power(
        inverse(base, words), -int(exponent))


def inverse(matrix, words: str):
    """The inverse of a square matrix; FormulaError where there is none."""
    if not isinstance(matrix, Traced) and not np.linalg.cond(matrix) < 1e13:
        raise FormulaError(f"{words}: this matrix has no inverse; take other letters")
    return np.linalg.inv(matrix)


def _square_root(matrix, words):
    """The one positive definite square root of a symmetric positive definite matrix."""
    roots, vectors = np.linalg.eigh(matrix)
    if not isinstance(matrix, Traced) and (
            not np.allclose(matrix, matrix.T, rtol=1e-9, atol=1e-12) or roots.min() <= 0):
        raise FormulaError(f"{words}: only a symmetric matrix with positive eigenvalues has one square root")
    return (vectors * np.sqrt(roots)) @ vectors.T


def exponential(matrix):
    """e to a square matrix: the series for a 256th of the matrix, squared eight times."""
    matrix = matrix / 2.0**8
    total = term = np.eye(matrix.shape[0])
    for k in range(1, 17):
        term = term @ matrix / k
        total = total + term
    for _ in range(8):
        total = total @ total
    return total


# Comparison ---------------------------------------------------------------------------------------------------------

def compared(left, right, tolerance: float = 1e-9):
    """The entry that is furthest off, None where all agree; and the largest difference of two arrays of one shape.

    Two entries agree when their difference is at most `tolerance` times the larger of the two. Where numbers cancel,
    a rounding error of the size of the whole is left; so an entry counts as no smaller than a tenth of the largest,
    or of 1 where one of the sides is zero throughout.
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

def difference(left, right, one: Node, other: Node, where: str = "", tolerance: float = 1e-9) -> tuple[int, float]:
    """How many entries of two values agree, and the largest difference; Failure with the entry and both values."""
    left, right = sided(left, right, one, other)
    place, largest = compared(left, right, tolerance)
    if place is not None:
        a, b = float(left[place]), float(right[place])
        digits = next((n for n in (4, 6, 9, 12) if f"{a:.{n}g}" != f"{b:.{n}g}"), 17)
        numbers = place[:1] if left.ndim == 2 and left.shape[1] == 1 else place
        entry = ", ".join(str(k + 1) for k in numbers)
        entry = "" if np.size(left) == 1 else f"at entry {f'({entry})' if len(numbers) > 1 else entry}"
        at = " and ".join(filter(None, (where, entry)))
        said = f"the left side is {a:.{digits}g} and the right side {b:.{digits}g}".replace("-", "−")
        raise Failure(f"{at + ', ' if at else ''}{said}")
    return np.size(left), largest


def agree(left, right, one: Node, other: Node) -> bool:
    """Whether two values are the same."""
    try:
        return bool(difference(left, right, one, other))
    except Failure:
        return False


def sided(left, right, one: Node, other: Node):
    """Two values as arrays of one shape."""
    if shapeless(left) and shapeless(right):
        left, right = left.fit(*right.shape), right.fit(*left.shape)
        if shapeless(left, right):
            raise FormulaError(f"neither side of {text(one)} = {text(other)} has a size of its own")
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        left, right = left.array, right.array
    elif isinstance(left, Tensor) or isinstance(right, Tensor):
        tensor, matrix = (left, right) if isinstance(left, Tensor) else (right, left)
        forms = [form for form in (tensor.array, tensor.unfolded(), tensor.compressed()) if form is not None]
        fit = next((form for form in forms if form.shape == matrix.shape or shapeless(matrix) and form.ndim == 2), None)
        if fit is None:
            raise ShapeClash(f"one side of {text(one)} = {text(other)} has {tensor.array.ndim} axes, "
                             f"{written(tensor.shape)}, the other is {written(matrix.shape)}")
        left, right = (fit, right) if tensor is left else (left, fit)
    left, right = alike(left, right)
    if left.shape != right.shape:
        if other.kind == "number" and not np.any(right):
            return left, np.zeros(left.shape)
        raise ShapeClash(f"{text(one)} is {written(left.shape)}, but {text(other)} is {written(right.shape)}")
    return left, right
