"""Run what is printed: find the formulas of a statement, read them, judge them."""

import itertools
import re

from .finding import everything, find
from .judging import judge
from .letters import Letters
from .reading import FormulaError
from .values import ClaimError, ShapeClash
from .verdict import Verdict, summary

_ERRATUM = re.compile(r"E(\d\d)\b")
#: How many errata of the notes the reference lists: E01, E02, ...
ERRATA = 83


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
