"""What a formula's pieces are worth: arrays with two axes, and the two things that are not yet one.

A tensor stands for its compressed form in a product (Notation 28). A zero, an identity
or a row of dots without a count takes the shape that its neighbours ask for.
"""

import numpy as np

from mcnotes.compression import compress


class ClaimError(AssertionError):
    """A statement does not hold for the numbers it was given."""


class ShapeClash(ClaimError):
    """Shapes in a formula do not fit, so it cannot hold."""


class Flexible:
    """A value that takes the shape it is asked for.

    Parameters
    ----------
    make : callable
        Takes a shape (rows, columns), returns an array or raises ShapeClash.
    words : str
        For messages.
    """

    def __init__(self, make, words):
        self.shaped, self.words = make, words


def _zero_of(shape):
    return np.zeros(shape)


#: A zero of any shape.
ZERO = Flexible(_zero_of, "0")


def column_of(fill):
    """A column of zeros or ones, as long as needed."""
    def make(shape):
        if shape[1] != 1:
            raise ShapeClash(f"a column stands where {written(shape)} is needed")
        return np.full(shape, float(fill))
    return Flexible(make, str(fill))


def identity():
    """An identity matrix, as large as needed."""
    def make(shape):
        if shape[0] != shape[1]:
            raise ShapeClash(f"an identity matrix is square, here {written(shape)} is needed")
        return np.eye(shape[0])
    return Flexible(make, "I")


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
    """

    def __init__(self, array, inner, outer, derivative=None):
        self.array, self.inner, self.outer, self.derivative = array, inner, outer, derivative
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
        if self.derivative is None:
            return None
        core = compress(self.derivative).core
        if isinstance(core, tuple) or np.ndim(core) > 2:
            return None
        return np.reshape(core, (-1, 1)) if np.ndim(core) < 2 else core

    def factor(self, words):
        """The compressed form as a factor of a product (Notation 28)."""
        found = self.compressed()
        if found is None:
            raise ShapeClash(f"{words} has {self.array.ndim} axes, shape {self.array.shape}, and no compressed form "
                             "that a product could take")
        return found


def written(shape):
    """A shape as the notes write it.

    Examples
    --------
    >>> written((3, 2))
    '(3 × 2)'
    """
    return f"({' × '.join(map(str, shape))})"


def multiplied(a, b, words):
    """Matrix product; a (1 × 1) factor is a number."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Flexible):
            if one.words == "0":
                return ZERO
            if one.words == "I":
                return other
            raise ShapeClash(f"{words}: the shape of {one.words} cannot be told in a product")
    if a.shape == (1, 1) or b.shape == (1, 1):
        return np.reshape(a, ()) * b if a.shape == (1, 1) else a * np.reshape(b, ())
    if a.shape[1] != b.shape[0]:
        raise ShapeClash(f"{words}: {written(a.shape)}{written(b.shape)}: {a.shape[1]} ≠ {b.shape[0]}")
    return a @ b


def added(a, b, words, sign=1):
    """Sum of two values of one shape."""
    if isinstance(a, Flexible) and isinstance(b, Flexible):
        return a if b is ZERO else b
    if isinstance(a, Flexible):
        a = a.shaped(b.shape)
    if isinstance(b, Flexible):
        b = b.shaped(a.shape)
    if a.shape != b.shape:
        raise ShapeClash(f"{words}: {written(a.shape)} {'+' if sign > 0 else '−'} {written(b.shape)} do not add up")
    return a + b if sign > 0 else a - b


def dotted(a, b, words):
    """The product written with a dot: of two columns the sum over their entries, otherwise as usual."""
    if (not isinstance(a, Flexible) and not isinstance(b, Flexible) and a.shape[1] == b.shape[1] == 1
            and a.shape[0] > 1 and b.shape[0] > 1):
        if a.shape != b.shape:
            raise ShapeClash(f"{words}: columns of {a.shape[0]} and {b.shape[0]} entries have no dot product")
        return np.reshape(np.sum(a * b), (1, 1))
    return multiplied(a, b, words)


def elementwise(a, b, words):
    """The product written with a star or a ring: entry by entry, of equal shapes."""
    if a.shape != b.shape:
        raise ShapeClash(f"{words}: {written(a.shape)} and {written(b.shape)} have no element-wise product")
    return a * b


def joined(rows, words):
    """A matrix from rows of blocks.

    Parameters
    ----------
    rows : list of list of array or Flexible
    words : str
        For messages.

    Returns
    -------
    array

    Raises
    ------
    ShapeClash
        The blocks do not fit.

    Examples
    --------
    >>> joined([[np.ones((2, 1)), ZERO], [ZERO, np.ones((1, 2))]], "").shape
    (3, 3)
    """
    if not any(isinstance(cell, Flexible) for row in rows for cell in row) and all(
            cell.shape == (1, 1) for row in rows for cell in row) and len({len(row) for row in rows}) == 1:
        lines = [np.concatenate(row, 1) if len(row) > 1 else row[0] for row in rows]
        return np.concatenate(lines, 0) if len(lines) > 1 else lines[0]
    if len({len(row) for row in rows}) > 1:
        raise ShapeClash(f"{words}: its rows have {' and '.join(map(str, sorted({len(row) for row in rows})))} entries")
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
