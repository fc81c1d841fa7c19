"""Check a statement of the book on the page where it stands.

A statement is named as the notes name it: ``"(14)"`` is an equation, ``"Definition
9"`` a box. Its printed formula is found, read and run (:mod:`mcbook.formulas`);
nothing else is written than what its letters stand for. Every function here shows one line
when the statement passes and raises :class:`ClaimError` when it does not, so a page with a
false statement cannot be built.
"""

import itertools
import re
import sys

from .formulas.judging import judge
from .formulas.letters import Letters
from .formulas.reading import FormulaError
from .formulas.values import ClaimError, ShapeClash
from .formulas.verdict import Verdict, summary
from .statements import everything, find

__all__ = ["ClaimError", "confirm", "holds", "refute", "run"]

_ERRATUM = re.compile(r"E(\d\d)\b")
#: How many errata of the notes the reference lists: E01, E02, ...
ERRATA = 83


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


def run(name, letters, part=None, statement=None):
    """Run every formula of a statement.

    Parameters
    ----------
    name : str
    letters : dict of str to number, array or function
    part : int, optional
        Which of its formulas to run, from 1; all by default.
    statement : Statement, optional
        What to run in place of the one that the book has.

    Returns
    -------
    Verdict

    Raises
    ------
    ClaimError
        A formula does not hold.
    FormulaError
        One cannot be read, a letter has no value, or none of them could be false.
    ValueError
        There is no such statement.

    Examples
    --------
    >>> run("(62)", {"Z": lambda W, A: W.T @ A, "W": [[1, 2], [3, 5], [0, 7]], "A": [1, 2, 4]})
    ✓ (62) runs as printed: 2 entries agree
    """
    statement = statement or find(name)
    if not statement.formulas:
        raise FormulaError(f"{name} has no formula that could run: put one into its text, as a display or as "
                           "{math}`…`")
    formulas = statement.formulas
    if part is not None:
        if part not in range(1, len(formulas) + 1):
            raise ValueError(f"{name} has {len(formulas)} formulas: part goes from 1 to {len(formulas)}")
        formulas = formulas[part - 1:part]
    known = Letters(letters)
    results = tuple(_named(_place(name, k, len(formulas)), judge, latex, known)
                    for k, latex in enumerate(formulas, 1))
    idle = known.idle() if part is None else []
    if idle:
        raise FormulaError(f"{name} does not use {' and '.join(idle)}: leave out what the formula does not need")
    if not any(one.words for one in results):
        raise FormulaError(f"{name} cannot be false: {_harmless(results)}")
    return Verdict(name, True, results, summary(name, results))


def _place(name, k, count):
    return name if count == 1 else f"{name}, formula {k}"


def _harmless(results):
    return ("it is a notation, and compares nothing" if len(results) == 1 else
            "its formulas are notations, and compare nothing")


def _named(name, function, *arguments):
    """Call a function; what it refuses begins with the statement's name."""
    try:
        return function(*arguments)
    except ShapeClash as error:
        raise ShapeClash(f"{name} does not hold: {error}") from None
    except ClaimError as error:
        raise ClaimError(f"{name} does not hold: {error}") from None
    except FormulaError as error:
        raise FormulaError(f"{name}: {error}") from None


def run_formula(latex, letters):
    """Run one formula that is no statement of the book.

    Parameters
    ----------
    latex : str
    letters : dict

    Returns
    -------
    Verdict
        Not ok where the formula does not hold.
    """
    try:
        result = judge(latex, Letters(letters))
    except ClaimError as error:
        return Verdict("the formula", False, (), f"✗ the formula does not hold: {error}")
    if not result.words:
        raise FormulaError("the formula cannot be false: it is a notation, and compares nothing")
    return Verdict("the formula", True, (result,), f"✓ the formula holds: {result.words}")


def run_misprint(name, latex, letters):
    """Run a wrong formula and say why it fails.

    Parameters
    ----------
    name : str
        ``"E56"``, or a statement and what was changed.
    latex : str
    letters : dict

    Returns
    -------
    Verdict

    Raises
    ------
    ClaimError
        It holds.
    FormulaError
        It cannot be read, a letter has no value, or it compares nothing.
    ValueError
        There is no such erratum, or no such statement.

    Examples
    --------
    >>> run_misprint("(30) without the transpose", r"\\Delta w \\approx \\frac{\\partial w}{\\partial v} \\Delta v",
    ...              {"w": lambda v: v[:2] ** 2, "v": [1.0, 2.0, 3.0], "Δv": [1, 1, 1]})
    (30) without the transpose fails: (∂w/∂v) Δv: (3 × 2)(3 × 1): 2 ≠ 3
    """
    if name.startswith("Erratum"):
        raise ValueError(f'{name!r}: what fails is the misprint; name it {name.removeprefix("Erratum ")!r}')
    erratum = _ERRATUM.match(name)
    if not erratum:
        find(_plain_name(name))
    elif not 1 <= int(erratum[1]) <= ERRATA:
        raise ValueError(f"{name}: the list of errata has E01 to E{ERRATA}")
    shown = f"{name} as printed" if erratum and erratum[0] == name else name
    try:
        result = judge(latex, Letters(letters))
    except ClaimError as error:
        return Verdict(name, True, (), f"{shown} fails: {error}")
    except FormulaError as error:
        raise FormulaError(f"{name}: {error}") from None
    if not result.words:
        raise FormulaError(f"{name}: the formula compares nothing, so it can neither hold nor fail")
    raise ClaimError(f"{shown} was to fail, and it holds: {result.words}")


def _plain_name(name):
    """The statement that a name with words begins with: ``(30)`` of ``(30) without the transpose``."""
    found = re.match(r"\([\w.]+\)|[A-Z]\w+ [A-Z]?\d[\w.]*", name)
    if found:
        return found[0]
    known, words = {own for one in everything() for own in one.names}, name.casefold().split()
    stated = [start for start in itertools.accumulate(words, "{} {}".format) if start in known]
    return stated[-1] if stated else name
