"""Check a numbered claim of the notes on the page where it stands.

A claim is named as the notes name it: ``"(14)"`` is an equation, ``"Definition
9"`` a box. Words may follow (``"(64) as printed"``). Every function here prints
one line when the claim passes and raises :class:`ClaimError` when it does not,
so a page with a false statement cannot be built.
"""

import re

import numpy as np

from ..shapes import LayoutError
from .finding import find

_NAME = re.compile(r"Erratum E\d\d|\(\w+\)|[A-Z][a-z]+ [\w.]+")


class ClaimError(AssertionError):
    """A numbered claim does not hold for the numbers it was given."""


def confirm(claim, left, right, *, tolerance=1e-9):
    """Confirm that two independently computed things agree.

    Arrays and numbers agree when they have the same shape and their largest
    difference is at most `tolerance` times the largest entry (or `tolerance`
    itself, where all entries are small). Shapes, strings and booleans have to
    be equal.

    Parameters
    ----------
    claim : str
        ``"(14)"`` for an equation, ``"Definition 9"`` for a box.
    left, right : number, array of any shape, Derivative, tuple, str or bool
        The two sides. They must come from different computations.
    tolerance : float, optional
        Largest accepted difference, relative to the largest entry.

    Raises
    ------
    ClaimError
        The sides differ, in shape or in value.
    ValueError
        The claim's name is not one of the notes', or the comparison could not
        fail (empty sides, or the same object twice).

    Examples
    --------
    >>> confirm("(3)", (np.ones((2, 3)) @ np.ones((3, 4))).shape, (2, 4))
    (3) holds: both are (2, 4)
    """
    _known(claim)
    if left is right and not isinstance(left, bool | int | str | tuple):
        raise ValueError(f"{claim}: both sides are the same object, so this check cannot fail; "
                         "compute one side in another way")
    if _exact(left) or _exact(right):
        if left != right:
            raise ClaimError(f"{claim} does not hold: {left!r} on the left, {right!r} on the right")
        print(f"{claim} holds: both are {right}")
        return
    difference, scale = _difference(claim, left, right)
    if not difference <= tolerance * max(scale, 1.0):
        raise ClaimError(f"{claim} does not hold: largest difference {difference:.2g} "
                         f"between entries as large as {scale:.2g}")
    print(f"{claim} holds: largest difference {difference:.1e}")


def confirm_order(claim, gap, *, order=2, step=1e-2):
    """Confirm an approximation: its gap falls as the given power of the step.

    With ``order=2`` halving the step has to divide the gap by four, twice in a
    row. A first-order mistake divides it by two only. A gap of zero is refused
    too: then the formula is exact, and deserves an equals sign.

    Parameters
    ----------
    claim : str
        Number of the equation or box.
    gap : callable
        Takes the length of the step (a float) and returns the gap (a float).
    order : int, optional
        The power of the step. 2 for a planar approximation (X.6, X.7).
    step : float, optional
        The first of three steps; the others are its half and its quarter.

    Raises
    ------
    ClaimError
        The gap is zero, or falls at another rate.

    Examples
    --------
    >>> confirm_order("(8)", lambda h: abs((1 + h)**3 - 1 - 3 * h))
    (8) holds for small steps: halving the step divides the gap by 4.0, then 4.0
    """
    _known(claim)
    gaps = [float(gap(step * part)) for part in (1, 0.5, 0.25)]
    if not min(gaps) > 1e-13:
        raise ClaimError(f"{claim}: the gap is {min(gaps):.1g} at a step of {step:g}; "
                         "the formula is exact here, use confirm")
    falls = [gaps[0] / gaps[1], gaps[1] / gaps[2]]
    if not all(0.8 * 2**order < fall < 1.25 * 2**order for fall in falls):
        raise ClaimError(f"{claim} does not hold: halving the step divides the gap by {falls[0]:.2f}, "
                         f"then {falls[1]:.2f}; it should be {2**order}")
    print(f"{claim} holds for small steps: halving the step divides the gap by "
          f"{falls[0]:.1f}, then {falls[1]:.1f}")


def refute(claim, left, right, *, tolerance=1e-3):
    """Show that two sides do not agree: a misprint, or a tempting mistake.

    Parameters
    ----------
    claim : str
        What is refuted, such as ``"(64) as printed"`` or ``"Erratum E64"``.
    left, right : number or array of any shape, tuple, str or bool
        The two sides.
    tolerance : float, optional
        The sides have to differ by more than this, absolutely.

    Raises
    ------
    ClaimError
        The sides agree after all.

    Examples
    --------
    >>> refute("Definition 13 as printed", (1, 3), (4, 3))
    Definition 13 as printed fails: (1, 3) is not (4, 3)
    """
    _known(claim)
    if _exact(left) or _exact(right) or np.shape(_value(left)) != np.shape(_value(right)):
        left, right = (side if _exact(side) else np.shape(_value(side)) for side in (left, right))
        if left == right:
            raise ClaimError(f"{claim} was to fail, but both sides are {right!r}")
        print(f"{claim} fails: {left} is not {right}")
        return
    difference, _ = _difference(claim, left, right)
    if not difference > tolerance:
        raise ClaimError(f"{claim} was to fail, but the sides differ by {difference:.2g} only")
    print(f"{claim} fails: the sides differ by {difference:.3g}")


def refused(error, call):
    """Show that Python or NumPy refuses a computation, and with which words.

    Parameters
    ----------
    error : type
        The exception that is expected, such as ``ValueError``.
    call : callable
        Takes nothing and tries the computation.

    Raises
    ------
    ClaimError
        The computation went through.

    Examples
    --------
    >>> refused(IndexError, lambda: [1, 2][2])
    refused, as it should be: list index out of range
    """
    try:
        result = call()
    except error as reason:
        words = str(reason).splitlines()[0]
        print(f"refused, as it should be: {words if len(words) < 90 else words[:88].rsplit(' ', 1)[0] + ' …'}")
        return
    raise ClaimError(f"this was to be refused with {error.__name__}, "
                     f"but gave a result of shape {np.shape(result)}")


def check(answer, expected, *, hint="read the page again"):
    """Check a reader's answer to an exercise.

    Parameters
    ----------
    answer : number, array, tuple, str, bool or Ellipsis
        The answer; ``...`` stands for "no answer yet".
    expected : the same
        The right answer, computed rather than written down where possible.
    hint : str, optional
        One sentence, shown while the answer is missing or wrong.

    Examples
    --------
    >>> check(..., (4, 1), hint="one row for each input")
    No answer yet. Hint: one row for each input.
    >>> check((4, 1), (4, 1))
    Right: (4, 1).
    """
    if answer is Ellipsis:
        print(f"No answer yet. Hint: {hint}.")
        return
    if _exact(expected):
        right = answer == expected
    else:
        answer, expected = np.asarray(_value(answer)), np.asarray(_value(expected))
        right = answer.shape == expected.shape and bool(np.allclose(answer, expected, rtol=1e-6, atol=1e-9))
    if right:
        shown = answer
        if not _exact(expected):
            shown = f"{answer:g}" if answer.ndim == 0 else f"an array of shape {answer.shape}"
        print(f"Right: {shown}.")
    else:
        print(f"Not yet. Hint: {hint}.")


def _known(claim):
    """Raise ValueError unless the name is that of a statement; words may follow it."""
    name = _NAME.match(claim)
    if name is None:
        raise ValueError(f"{claim!r} does not name a claim; write \"(14)\" for an equation, "
                         "\"Definition 9\" for a box")
    if not name[0].startswith("Erratum"):
        find(name[0])


def _exact(side):
    return isinstance(side, tuple | str | bool | np.bool_)


def _value(side):
    """The array of a Derivative in the notes' layout, or the thing itself."""
    try:
        return getattr(side, "matrix", side)
    except LayoutError:
        return side.array


def _difference(claim, left, right):
    """Largest absolute difference and largest entry of two arrays of one shape."""
    left, right = (np.asarray(_value(side), dtype=float) for side in (left, right))
    if left.shape != right.shape:
        raise ClaimError(f"{claim} does not hold: shape {left.shape} on the left, {right.shape} on the right")
    if left.size == 0:
        raise ValueError(f"{claim}: both sides are empty, so this check cannot fail")
    return float(np.abs(left - right).max()), float(np.abs(right).max())
