"""The planar approximation: a function near a point, seen as flat (X.3, X.6, X.7)."""

import numpy as np

from .derivative import derivative


def planar(f, at):
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
        The base point.
    here : array
        The value of the function at the base point.
    derivative : Derivative
        The derivative there, in the notes' layout.
    """

    def __init__(self, f, at):
        self._f = f
        self.at = np.asarray(at, dtype=float)
        self.derivative = derivative(f, at)
        self.here = np.asarray(f(self.at))

    def __repr__(self):
        shape = self.derivative.array.shape
        return f"PlanarApproximation(at={self.at.tolist()}, derivative of shape {shape})"

    def __call__(self, delta):
        """Approximate change of the output for a change of the input.

        Parameters
        ----------
        delta : number or array, shape of the base point
            The change of the input, not the new input.

        Returns
        -------
        array, shape of the output
        """
        return self.derivative.predict(delta)

    def value(self, delta):
        """Approximate new output: the output at the base point plus the change.

        Parameters
        ----------
        delta : number or array, shape of the base point

        Returns
        -------
        array, shape of the output
        """
        return self.here + self(delta)

    def gap(self, delta):
        """Largest difference between the true and the approximate change.

        Parameters
        ----------
        delta : number or array, shape of the base point

        Returns
        -------
        float
            Zero for a flat function; otherwise it falls with the square of
            the step, where the function is smooth.
        """
        delta = np.asarray(delta, dtype=float)
        true = np.asarray(self._f(self.at + delta)) - self.here
        return float(np.abs(true - self(delta)).max())

    def order(self, direction, *, step=1e-2):
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
        direction = np.asarray(direction, dtype=float)
        if not direction.any():
            raise ValueError("direction is zero, and so is every gap; give a step that moves the input")
        wide, narrow = self.gap(step * direction), self.gap(step / 2 * direction)
        return float("inf") if narrow <= 1e-14 else float(np.log2(wide / narrow))
