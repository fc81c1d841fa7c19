"""Check a statement of the book on the page where it stands.

A statement is named as the notes name it: ``"(14)"`` is an equation, ``"Definition
9"`` a box. Its printed formula is found, read and run (:mod:`mcbook.statements.running`);
nothing else is written than what its letters stand for. Every function here shows one line
when the statement passes and raises :class:`ClaimError` when it does not, so a page with a
false statement cannot be built.
"""

import sys

from .running import run, run_formula, run_misprint
from .values import ClaimError

__all__ = ["ClaimError", "confirm", "holds", "refute"]


def confirm(claim, /, *, part=None, **letters):
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
    >>> confirm("(75)", Z=lambda W, A: W.T @ A, W=[[1, 2, 0], [3, -1, 2]], A=[2, 1])
    ✓ (75) runs as printed: 3 entries agree
    """
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
    >>> holds(r"(W A)^T = W^T A^T", W=[[1, 2, 0], [3, -1, 2]], A=[2, 1, 5])
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


def refute(claim, misprint, /, **letters):
    """Run a misprint, or a tempting mistake, and say in one line why it fails.

    Parameters
    ----------
    claim : str
        ``"E56"`` for an erratum of the notes, or a statement with words that say what was
        changed, ``"(30) without the transpose"``.
    misprint : str
        The wrong formula in LaTeX.
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
    _show(run_misprint(claim, misprint, letters))
