"""Shapes: what kind of object a thing is, and which shape its derivative has.

The notes count axes their own way (Definition 19): a column ``(m, 1)`` has one axis, ``(1, 1)`` none.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np


class LayoutError(ValueError):
    """A derivative has more than two axes, so no matrix can hold it (Concept 20)."""


def counted(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with the axes that the notes count.

    >>> counted((4, 1)), counted((1, 4)), counted((1, 1))
    ((4,), (1, 4), ())
    """
    if len(shape) == 2 and shape[1] == 1:
        return () if shape[0] == 1 else shape[:1]
    return tuple(shape)


def full_shape(inner: tuple[int, ...], outer: tuple[int, ...]) -> tuple[int, ...]:
    """All axes of a derivative: the input's as they are, then the output's; a result of shape (1, 1) adds none.

    >>> full_shape((4, 1), (3, 1)), full_shape((4, 1), (1, 1))
    ((4, 1, 3, 1), (4, 1))
    """
    return tuple(inner) if outer == (1, 1) else (*inner, *outer)


def layout_shape(inner: tuple[int, ...], outer: tuple[int, ...]) -> tuple[int, ...]:
    """Shape in denominator layout, for input and output axes, as counted, of at most two in all.

    >>> layout_shape((), ()), layout_shape((), (2, 3)), layout_shape((2, 3), ()), layout_shape((4,), ())
    ((), (3, 2), (2, 3), (4, 1))
    """
    if len(outer) == 2:
        return outer[::-1]
    if len(inner) == 2 or inner + outer == ():
        return inner
    return (inner or (1,)) + (outer or (1,))


def axes(x: Any) -> int:
    """Number of axes of a number or array, counted as in Definition 19.

    Parameters
    ----------
    x : number or array of any shape

    Examples
    --------
    >>> mc.axes(3.0), mc.axes(np.zeros(4)), mc.axes(np.zeros((4, 1))), mc.axes(np.zeros((2, 3)))
    (0, 1, 1, 2)
    """
    return len(counted(np.shape(x)))


def kind(x: Any) -> str:
    """Name of a number or array by its axes: scalar, vector, matrix or tensor (X.16, X.18).

    Parameters
    ----------
    x : number or array of any shape

    Examples
    --------
    >>> mc.kind(3.0), mc.kind(np.zeros((4, 1))), mc.kind(np.zeros((1, 4))), mc.kind(np.zeros((2, 3, 4)))
    ('scalar', 'vector', 'matrix', 'tensor')
    """
    return kind_of_shape(np.shape(x))


def kind_of_shape(shape: tuple[int, ...]) -> str:
    """The same for a shape."""
    return ("scalar", "vector", "matrix", "tensor")[min(len(counted(shape)), 3)]


def size(x: Any) -> int:
    """Number of entries of a number or array (Concept 4).

    Parameters
    ----------
    x : number or array of any shape

    Examples
    --------
    >>> mc.size(np.zeros((2, 3)))
    6
    """
    return prod(np.shape(x))


class DerivativeShape(NamedTuple):
    """What is known of a derivative before it is computed."""

    shape: tuple[int, ...]      # in the notes' layout; without a matrix, axes of the input, then of the output
    kind: str                   # such as "gradient" or "vector/vector"
    axes: int                   # Concept 20
    size: int                   # the number of scalar derivatives (Concept 4)


def shape_of(*, of: tuple[int, ...], wrt: tuple[int, ...]) -> DerivativeShape:
    """Shape of the derivative of a y of one shape with respect to an x of another (Concepts 4 and 20).

    Parameters
    ----------
    of, wrt : tuple of int, shapes of the output y and of the input x

    Examples
    --------
    >>> mc.shape_of(of=(), wrt=(4,)).shape, mc.shape_of(of=(3,), wrt=()).shape
    ((4, 1), (1, 3))
    >>> mc.shape_of(of=(3,), wrt=(2, 3))
    DerivativeShape(shape=(2, 3, 3), kind='vector/matrix', axes=3, size=18)
    """
    for name, shape in (("of", of), ("wrt", wrt)):
        if not isinstance(shape, tuple) or not all(isinstance(n, int | np.integer) for n in shape):
            raise TypeError(f"{name} must be a shape, a tuple such as (3,) or (); it was {shape!r}")
        if any(n < 1 for n in shape):
            raise ValueError(f"{name} must have sizes of 1 or more, it was {shape!r}")
    inner, outer = counted(wrt), counted(of)
    names = kind_of_shape(of), kind_of_shape(wrt)
    name = {("scalar", "scalar"): "derivative", ("scalar", "vector"): "gradient",
            ("vector", "scalar"): "vector derivative"}.get(names, "/".join(names))
    count = len(inner) + len(outer)
    shape = layout_shape(inner, outer) if count <= 2 else inner + outer
    return DerivativeShape(shape, name, count, prod(inner + outer))
