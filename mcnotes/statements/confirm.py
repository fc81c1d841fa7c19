"""Check a numbered claim of the notes on the page where it stands.

A claim is named as the notes name it: ``"(14)"`` is an equation, ``"Definition
9"`` a box. Words may follow (``"(64) as printed"``). Every function here prints
one line when the claim passes and raises :class:`ClaimError` when it does not,
so a page with a false statement cannot be built.
"""

import re

import numpy as np

from .comparing import compare
from .finding import find

_NAME = re.compile(r"(?P<name>Erratum E(?P<erratum>\d\d)|\(\w+\)|[A-Z][a-z]+ [\w.]+)(?: (?P<words>.*))?")
#: How many errata of the notes the reference lists: E01, E02, ...
_ERRATA = 82
#: Words that may follow a name narrow the claim down; they begin with one of these and do not judge it.
_NARROW = set("as with without in on for from by over entry checked turned transposed compressed".split())
_JUDGE = re.compile(r"\b(is|are) (not )?(true|false|wrong|right)\b|\b(holds?|fails?)\b")


class ClaimError(AssertionError):
    """A numbered claim does not hold for the numbers it was given."""


def confirm(claim, left, right, *, tolerance=1e-9):
    """Confirm that two independently computed things agree.

    Arrays and numbers agree when they have the same shape and every entry agrees
    with its own counterpart: their difference is at most `tolerance` times the
    larger of the two (see :func:`mcnotes.statements.comparing.compare`). Whole
    numbers, shapes, texts and truth values have to be equal.

    Parameters
    ----------
    claim : str
        ``"(14)"`` for an equation, ``"Definition 9"`` for a box.
    left, right : number, array of any shape, Derivative, tuple, str or bool
        The two sides. They must come from different computations.
    tolerance : float, optional
        Largest accepted difference, relative to the entries that are compared.

    Raises
    ------
    ClaimError
        The sides differ, in shape or in value, or are not finite real numbers.
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
    found = compare(left, right, tolerance=tolerance)
    if "cannot fail" in found.reason:
        raise ValueError(f"{claim}: {found.reason}")
    if not found.ok:
        raise ClaimError(f"{claim} does not hold: {found.reason}")
    if _exact(left):
        print(f"{claim} holds: both are {right}")
    else:
        print(f"{claim} holds: largest difference {found.largest:.1e}")


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
        At least one entry has to differ by more than this, relative to the entries.

    Raises
    ------
    ClaimError
        The sides agree after all.
    ValueError
        A side is not made of finite real numbers, so that nothing could agree with it.

    Examples
    --------
    >>> refute("Definition 13 as printed", (1, 3), (4, 3))
    Definition 13 as printed fails: (1, 3) is not (4, 3)
    """
    _known(claim)
    found = compare(left, right, tolerance=tolerance)
    if not found.comparable:
        raise ValueError(f"{claim}: {found.reason}; a refutation needs two sides that could have agreed")
    if found.ok:
        raise ClaimError(f"{claim} was to fail, but " + (
            f"both sides are {right!r}" if _exact(left) else f"the sides differ by {found.largest:.2g} only"))
    if np.isfinite(found.largest) and not _exact(left):
        print(f"{claim} fails: the sides differ by {found.largest:.3g}")
    else:
        left, right = (side if _exact(side) else np.shape(side) for side in (left, right))
        print(f"{claim} fails: {left} is not {right}")


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
    found = compare(answer, expected, tolerance=1e-6)
    if found.ok:
        shown = answer
        if not _exact(answer):
            answer = np.asarray(answer)
            shown = f"{answer:g}" if answer.ndim == 0 else f"an array of shape {answer.shape}"
        print(f"Right: {shown}.")
    else:
        print(f"Not yet. Hint: {hint}.")


def _known(claim):
    """Raise ValueError unless the name is that of a statement; words that narrow it down may follow."""
    found = _NAME.fullmatch(claim)
    if found is None:
        raise ValueError(f"{claim!r} does not name a claim; write \"(14)\" for an equation, "
                         "\"Definition 9\" for a box")
    words = found["words"]
    if words is not None and (words.split(" ")[0].rstrip(",") not in _NARROW or _JUDGE.search(words)):
        raise ValueError(f"{claim!r}: words after the name narrow the claim down, such as \"(64) as printed\" or "
                         f"\"(30) with one output\"; {words!r} does not")
    if not found["erratum"]:
        find(found["name"])
    elif not 1 <= int(found["erratum"]) <= _ERRATA:
        raise ValueError(f"{claim}: the list of errata has E01 to E{_ERRATA}")


def _exact(side):
    return isinstance(side, tuple | str | bool | np.bool_)
