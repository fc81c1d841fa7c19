"""What may meet a traced array: plain operands, checked and turned into real numbers; the errors, and what they say."""

from numbers import Real

import numpy as np


class UnsupportedError(TypeError):
    """A function or an operation that a derivative cannot follow."""


class NoDerivativeError(ValueError):
    """The point is one at which there is no derivative."""


INSTEAD = 'write it with supported functions, or use mc.derivative(f, at, method="difference")'
NOT_INTO = ("a traced array was to be changed in place (x[...] = ..., out=, or an operator such as +=); a derivative "
            "cannot follow that: make a new array instead, y = y + x, or np.stack, np.concatenate, np.where")
NOT_PLAIN = ("a traced array cannot be turned into a plain one, the derivative would be lost; this happens with "
             "np.array(x, dtype=float) (write x), y[:] = x (build y with np.stack), and functions outside NumPy")
NOT_A_NUMBER = ("a traced number cannot become a plain one, the derivative would be lost; use np.sin instead of "
                "math.sin, leave float() away, and build arrays with np.stack([...]) instead of y[0] = ...")


def real(x):
    """A plain operand as a float or an array of floats that nobody else has; UnsupportedError where it is neither."""
    if isinstance(x, bool | int | float):
        return float(x)
    kind, package = type(x).__name__, type(x).__module__.partition(".")[0]
    if package == "scipy" and hasattr(x, "toarray"):
        raise UnsupportedError(f"a sparse array ({kind}) met a traced array; use A.toarray()")
    if isinstance(x, np.ma.MaskedArray):
        raise UnsupportedError("a masked array met a traced array; fill it first, A.filled(0.0), or use np.where")
    if isinstance(x, np.matrix):
        raise UnsupportedError("an np.matrix met a traced array; use arrays, np.asarray(M), and @ for products")
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray and package != "numpy":
        raise UnsupportedError(f"an array of type {kind} met a traced array; use np.asarray(A)")
    array = np.asarray(x)
    if array.dtype.kind == "c":
        raise UnsupportedError("f computes with complex numbers; take real and imaginary parts apart, and keep every "
                               "number real")
    if array.dtype.kind == "O" and (array.ndim or isinstance(x, np.ndarray)):
        raise UnsupportedError("an array of objects met a traced array, and Python's own numbers follow other rules, "
                               "(-2) ** 0.5 is complex; use A.astype(float), and np.stack for traced numbers")
    if array.dtype.kind not in "biuf" and not isinstance(x, Real):
        raise UnsupportedError(f"f computes with {kind} of dtype {array.dtype}; a derivative needs real numbers")
    return array.astype(float) if array.ndim else float(array[()])
