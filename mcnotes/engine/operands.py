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
_OTHER_NUMBERS = {
    "c": "; take real and imaginary parts apart, and keep every number real",
    "O": "; Python's own numbers follow other rules, (-2) ** 0.5 is complex: make arrays of them with x.astype(float), "
         "and of traced numbers with np.stack"}


def real(x, name="an array that meets a traced one"):
    """A float, or an array of floats that nobody else has; an error by name where `x` is anything else."""
    if isinstance(x, bool | int | float):
        return float(x)
    kind, package = type(x).__name__, type(x).__module__.partition(".")[0]
    foreign = isinstance(x, np.ndarray) and package != "numpy"
    plain = ("x.toarray()" if package == "scipy" and hasattr(x, "toarray") else
             "x.filled(0.0)" if isinstance(x, np.ma.MaskedArray) else
             "np.asarray(x)" if isinstance(x, np.matrix) or foreign else None)
    if plain:
        raise UnsupportedError(f"{name} is a {kind}; give a plain array, {plain}")
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise ValueError(f"{name} is ragged: its rows have different lengths; give rows of one length") from error
    if array.dtype.kind not in "biuf" and not isinstance(x, Real):
        raise UnsupportedError(f"{name} must be real numbers, it is a {kind} of dtype {array.dtype}"
                               + _OTHER_NUMBERS.get(array.dtype.kind, ""))
    return array.astype(float) if array.ndim else float(array[()])
