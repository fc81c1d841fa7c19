"""What comes in from outside: finite real numbers, in the shape that is needed, and nothing that broadcasts."""

from math import isfinite
from typing import Any

import numpy as np
from numpy import vdot

from .engine import operands
from .engine.core import Traced
from .shapes import counted

_FLOAT = np.dtype(float)


def finite(x: Any) -> bool:
    """Whether all entries are finite: one product, and a second look where it overflows."""
    if type(x) is np.ndarray:
        return isfinite(vdot(x, x)) or bool(np.isfinite(x).all())
    return isfinite(x)


def real(name: str, x: Any) -> Any:
    """An argument as an array of floats; an error by name where it is no array of finite real numbers."""
    if isinstance(x, Traced) or type(x) is np.ndarray and x.dtype is _FLOAT and finite(x):
        return x
    array = np.asarray(operands.real(x, name))
    if not finite(array):
        raise ValueError(f"{name} has entries that are not finite (nan or inf) at "
                         f"{np.argwhere(~np.isfinite(array))[0].tolist()}")
    return array


def fit(name: str, x: Any, shape: tuple[int, ...], side: str) -> Any:
    """An argument in the shape of an input or an output; nothing broadcasts.

    A column ``(m, 1)`` and a vector ``(m,)`` stand for each other, and so do ``(1, 1)`` and a number.

    >>> fit("delta", [1, 2, 3], (3, 1), "input").shape
    (3, 1)
    """
    array = real(name, x)
    if array.shape == shape:
        return array
    if counted(array.shape) != counted(shape):
        raise ValueError(f"{name} has shape {array.shape}; the {side} has shape {shape}, and {name} needs the same")
    return np.reshape(array, shape)


def numbers(x: Any) -> np.ndarray:
    """The numbers of an array, whatever traces it is part of."""
    while hasattr(x, "tape") or hasattr(x, "settled"):
        x = x.value
    return np.asarray(x)
