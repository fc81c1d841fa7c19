"""The planar approximation: a function near a point, seen as flat (X.3, X.6, X.7)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .derivative import value_and_derivative
from .fitting import finite, fit, real


def planar(f: Callable, at: Any) -> "PlanarApproximation":
    """Approximate a function near a point by its derivative there.

    Parameters
    ----------
    f : callable
        A NumPy function of one number or array.
    at : number or array of any shape
        The base point.

    Returns
    -------
    PlanarApproximation
        Takes a change of the input and returns the approximate change of the
        output (Concept 5, Definition 8).

    Raises
    ------
    TypeError, ValueError
        As for :func:`mcnotes.derivative`; and several arguments, for which no one
        array is the base point.

    Examples
    --------
    >>> plane = planar(lambda v: v[0] * v[1], np.array([2.0, 3.0]))
    >>> plane(np.array([0.1, 0.0]))
    np.float64(0.30000000000000004)
    >>> round(plane.order(np.array([1.0, 1.0])), 3)
    2.0
    """
    return PlanarApproximation(f, at)


class PlanarApproximation:
    """A function's value and derivative at one point, used in place of the function.

    Attributes
    ----------
    at : array
        The base point: a copy that cannot be changed.
    here : array
        The value of the function at the base point.
    derivative : Derivative
        The derivative there, in the notes' layout.
    """

    def __init__(self, f: Callable, at: Any):
        if isinstance(at, tuple | dict):
            raise TypeError("planar takes one array at; put several arguments into one, or add what the derivatives by "
                            "each of them predict, mc.derivative(f, (W, a))")
        self._f = f
        self.at = np.array(real("at", at))
        value, self.derivative = value_and_derivative(f, self.at)
        self.here = np.array(value)
        for array in (self.at, self.here):
            array.flags.writeable = False

    def __repr__(self):
        shape = self.derivative.shape
        return f"PlanarApproximation(at={self.at.tolist()}, derivative of shape {shape})"

    def __call__(self, delta: Any) -> Any:
        """Approximate change of the output for a change of the input.

        Parameters
        ----------
        delta : number or array, shape of the base point
            The change of the input, not the new input.

        Returns
        -------
        array, shape of the output

        Raises
        ------
        ValueError
            `delta` has not the shape of the base point (nothing broadcasts).
        """
        return self.derivative.predict(delta)

    def value(self, delta: Any) -> Any:
        """Approximate new output: the output at the base point plus the change.

        Parameters
        ----------
        delta : number or array, shape of the base point

        Returns
        -------
        array, shape of the output
        """
        return self.here + self(delta)

    def gap(self, delta: Any) -> float:
        """Largest difference between the true and the approximate change.

        Parameters
        ----------
        delta : number or array, shape of the base point

        Returns
        -------
        float
            Zero for a flat function; otherwise it falls with the square of
            the step, where the function is smooth.

        Raises
        ------
        ValueError
            `delta` has not the shape of the base point, or the function is not
            finite there.
        """
        delta = fit("delta", delta, self.at.shape, "base point")
        there = np.asarray(self._f(self.at + delta), dtype=float)
        if there.shape != self.here.shape:
            raise ValueError(f"f has a result of shape {there.shape} at the new point, and of shape {self.here.shape} "
                             "at the base point; there is no change to compare")
        if not finite(there):
            raise ValueError("f is not finite (nan or inf) at the new point, so there is no gap; take a smaller step")
        return float(np.abs(there - self.here - self(delta)).max())

    def order(self, direction: Any, *, step: float = 1e-2) -> float:
        """Observed power of the step with which the gap falls.

        Parameters
        ----------
        direction : number or array, shape of the base point
        step : float, optional
            The gap is measured at this multiple of the direction and at half.

        Returns
        -------
        float
            About 2 for a right derivative of a smooth curved function, about 1
            for a wrong one; ``inf`` where there is no gap, as for a plane.

        Raises
        ------
        ValueError
            The direction is zero, or has not the shape of the base point.
        """
        direction = fit("direction", direction, self.at.shape, "base point")
        if not direction.any() or not step:
            raise ValueError("direction or step is zero, and so is every gap; give a step that moves the input")
        wide, narrow = self.gap(step * direction), self.gap(step / 2 * direction)
        return float("inf") if narrow <= 1e-14 else float(np.log2(wide / narrow))
