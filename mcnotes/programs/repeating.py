"""One function at many points."""

import numpy as np

from ..derivative import value_and_derivative
from .composing import program

#: So many calls are recorded before it pays to write a program.
PATIENCE = 20


def repeated(f, several=True):
    """Value and derivative of a function, for many points of the same shapes.

    Parameters
    ----------
    f : callable
        As for :func:`mcnotes.derivative`.
    several : bool, optional
        Whether its arguments come as a tuple.

    Returns
    -------
    callable
        Takes the point, gives what :func:`mcnotes.value_and_derivative` gives: a program
        does it where `f` has one, and its arrays stand in place of Derivatives then.

    Examples
    --------
    >>> step = repeated(lambda v: np.sum(v ** 2), several=False)
    >>> for k in range(30):
    ...     value, slope = step(np.array([1.0, k]))
    >>> value, slope
    (np.float64(842.0), array([ 2., 58.]))
    """
    found, calls = None, 0

    def step(*at):
        nonlocal found, calls
        calls += 1
        at = at if several else at[0]
        if calls > PATIENCE and found is None:
            try:
                found = program(f, at, value=True)
            except TypeError:
                found = False
        if found:
            try:
                value, slope = found(*at) if several else found(at)
                if np.isfinite(value).all():
                    return value, slope
            except ValueError:
                pass                    # another way than the program's, or another shape
        return value_and_derivative(f, at)
    return step
