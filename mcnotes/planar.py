"""The planar approximation: a function near a point, seen as flat (X.3, X.6, X.7)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .derivative import value_and_derivative
from .fitting import finite, fit, real


def planar(f: Callable, at: Any) -> "PlanarApproximation":
    """Approximate a function near a point by its derivative there (Concept 5, Definition 8).

    What comes back takes a change of the input and returns the approximate change of the output.

    Parameters
    ----------
    f, at : as for :func:`mcnotes.derivative`; one array, the base point

    Examples
    --------
    >>> plane = mc.planar(lambda v: v[0] * v[1], np.array([2.0, 3.0]))
    >>> plane(np.array([0.1, 0.0]))
    np.float64(0.30000000000000004)
    """
    return PlanarApproximation(f, at)


class PlanarApproximation:
    """A function's value and derivative at one point, used in place of the function.

    Its methods take a change of the input, in the shape of the base point, and raise ValueError for any other shape.
    ``at`` is the base point, ``here`` the value there (copies that cannot be changed), ``derivative`` the Derivative.
    """

    def __init__(self, f: Callable, at: Any):
        if isinstance(at, tuple | dict):
            raise TypeError("planar takes one array at; put several arguments into one, or add what the derivative "
                            "with respect to each of them predicts, mc.derivative(f, (W, a))")
        self._f = f
        self.at = np.array(real("at", at))
        value, self.derivative = value_and_derivative(f, self.at)
        self.here = np.array(value)
        for array in (self.at, self.here):
            array.flags.writeable = False

    def __repr__(self):
        return f"PlanarApproximation(at={self.at.tolist()}, derivative of shape {self.derivative.shape})"

    def __call__(self, delta: Any) -> Any:
        """Approximate change of the output for a change of the input."""
        return self.derivative.predict(delta)

    def value(self, delta: Any) -> Any:
        """Approximate new output: the output at the base point plus the change."""
        return self.here + self(delta)

    def gap(self, delta: Any) -> float:
        """Largest gap between the true and the approximate change; for a smooth f it shrinks with the step squared."""
        delta = fit("delta", delta, self.at.shape, "base point")
        there = np.asarray(self._f(self.at + delta), dtype=float)
        if there.shape != self.here.shape:
            raise ValueError(f"f has a result of shape {there.shape} at the new point, and of shape {self.here.shape} "
                             "at the base point; there is no change to compare")
        if not finite(there):
            raise ValueError("f is not finite (nan or inf) at the new point, so there is no gap; take a smaller step")
        return float(np.abs(there - self.here - self(delta)).max())
