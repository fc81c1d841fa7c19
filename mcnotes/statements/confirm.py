"""Check a statement of the book on the page where it stands.

A statement is named as the notes name it: ``"(14)"`` is an equation, ``"Definition
9"`` a box. Its printed formula is found, read and run (:mod:`mcnotes.statements.running`);
nothing else is written than what its letters stand for. Every function here shows one line
when the statement passes and raises :class:`ClaimError` when it does not, so a page with a
false statement cannot be built.
"""

import re
import sys

import numpy as np

from .comparing import compare
from .finding import find
from .running import run, run_formula, run_misprint
from .values import ClaimError

_NAME = re.compile(r"(?P<name>Erratum E(?P<erratum>\d\d)|\(\w+\)|[A-Z][a-z]+ [\w.]+)(?: (?P<words>.*))?")
#: How many errata of the notes the reference lists: E01, E02, ...
_ERRATA = 83
#: Words that may follow a name narrow the claim down; they begin with one of these and do not judge it.
_NARROW = set("as with without in on for from by over entry checked turned transposed compressed".split())
_JUDGE = re.compile(r"\b(is|are) (not )?(true|false|wrong|right)\b|\b(holds?|fails?)\b")


def confirm(claim, /, *sides, part=None, tolerance=1e-9, **letters):
    """Run a printed statement for the letters it is given.

    ``confirm("(30)", w=w, v=v, Δv=[1, -2, 3])`` reads the formula of that number as it is
    printed in the book and runs it: ``=`` is compared entry by entry, for ``≈`` the gap has
    to fall by four when the step halves. Free indices run through all their values.

    Parameters
    ----------
    claim : str
        ``"(14)"`` for an equation, ``"Definition 9"`` for a box (all its formulas run), the
        title of a box without a number, or the name of an equation with a label of words.
    letters : number, array or function
        What the letters of the formula stand for. The names of a function's arguments say
        what it depends on: ``Z=lambda W, A: W.T @ A``. ``Δv`` is how far v moves. ``ℒ`` is
        bound by ``L``. Letters of a layer may be written without it, or as ``Wℓ`` and
        ``Aℓ_1``. A size may be said, ``m=4``, where no letter has it. ``star`` is the
        product that ⋆ stands for, ``step`` the function or compression of an arrow.
    part : int, optional
        Of a box with several formulas, the one to run, from 1. All run by default; where
        they need different letters, confirm them one by one.
    sides : number, array of any shape, Derivative, tuple, str or bool
        The older form, ``confirm("(14)", left, right)``, compares two sides that were
        computed independently, with a largest relative difference of `tolerance`.
    tolerance : float, optional

    Raises
    ------
    ClaimError
        The statement does not hold; the message says which entry or shape shows it.
    FormulaError
        A letter has no value, or the statement could not be false.
    ValueError
        The book has no statement of that name.

    Examples
    --------
    >>> confirm("(75)", Z=lambda W, A: W.T @ A, W=np.array([[1, 2, 0], [3, -1, 2]]), A=[2, 1])
    ✓ (75) runs as printed: 3 entries agree
    """
    if sides:
        if letters or len(sides) != 2:
            raise TypeError("confirm takes a name and letters, confirm(\"(30)\", w=w, v=v, Δv=[1, -2, 3])")
        _agree(claim, *sides, tolerance)
    else:
        _show(run(claim, letters, part))


def holds(latex, /, **letters):
    """Run a formula of your own.

    Parameters
    ----------
    latex : str
        The formula, as between dollar signs.
    letters : number, array or function
        As for :func:`confirm`.

    Returns
    -------
    Verdict
        True where the formula holds. Its line says why, or why not.

    Raises
    ------
    FormulaError
        The formula cannot be read, a letter has no value, or it could not be false.

    Examples
    --------
    >>> holds(r"\\frac{\\partial (x^T B x)}{\\partial x} = (B + B^T) x", x=[1, -2], B=[[1, 2], [5, 4]])
    ✓ the formula holds: 2 entries agree
    >>> holds(r"(W A)^T = W^T A^T", W=np.ones((2, 3)), A=np.ones(3))
    ✗ the formula does not hold: Wᵀ Aᵀ: (3 × 2)(1 × 3): 2 ≠ 1
    """
    return run_formula(latex, letters)


def _show(verdict):
    """Show a verdict: as an output of its own in a notebook, as a line elsewhere."""
    shell = sys.modules.get("IPython")
    if shell is not None and shell.get_ipython() is not None:
        shell.display.display(verdict)
    else:
        print(verdict.line)


def _agree(claim, left, right, tolerance):
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


def refute(claim, /, *sides, tolerance=1e-3, **letters):
    """Run a misprint, or a tempting mistake, and say in one line why it fails.

    Parameters
    ----------
    claim : str
        ``"E56"`` for an erratum of the notes, or a statement with words that say what was
        changed, ``"(30) without the transpose"``.
    sides : str
        The wrong formula in LaTeX. (The older form takes two sides that differ, by more
        than `tolerance` relative to the entries.)
    tolerance : float, optional
    letters : number, array or function
        As for :func:`confirm`.

    Raises
    ------
    ClaimError
        The formula holds after all.
    FormulaError
        It cannot be read, or a letter has no value.

    Examples
    --------
    >>> refute("E56", r"z_i = \\sum_{j=1}^{n} w_{ji} a_j", Z=lambda W, A: W.T @ A, W=[[1, 2], [3, 5], [0, 7]],
    ...        A=[1, 2, 4])
    E56 as printed fails: the sum over j ends at n = 2, and wⱼᵢ goes on to j = 3
    """
    if len(sides) == 2 and not letters:
        _differ(claim, *sides, tolerance)
    elif len(sides) == 1 and isinstance(sides[0], str):
        _show(run_misprint(claim, sides[0], letters))
    else:
        raise TypeError("refute takes a name, a formula and letters, refute(\"E56\", r\"…\", W=W, A=A)")


def _differ(claim, left, right, tolerance):
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
