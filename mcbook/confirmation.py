"""Check a statement of the book on the page where it stands: its printed formula is found, read and run. What does not
pass raises :class:`ClaimError`, so a page with a false statement cannot be built.
"""

import re
import sys
from collections.abc import Mapping

from . import formulas
from .formulas import ClaimError, Failure, FormulaError, Letters, Verdict, judge
from .statements import Statement, begins, find

__all__ = ["ClaimError", "confirm", "holds", "refute", "run"]

_ERRATUM = re.compile(r"E(\d\d)\b")
#: How many errata of the notes the reference lists: E01, E02, ...
ERRATA = 83


def confirm(claim: str, /, *, part: int | None = None, **letters) -> None:
    """Run a printed statement for the letters it is given, its free indices through all their values.

    ``=`` is compared entry by entry; for ``≈`` the gap has to fall by four when the step halves. Raises ClaimError
    where the statement does not hold, FormulaError where it cannot be run, ValueError where the book has none such.

    Parameters
    ----------
    claim : str
        ``"(14)"`` for an equation, ``"Definition 9"`` for a box; what has no number goes by its title or label.
    letters : number, array or function
        What the letters stand for. The arguments of a function say what it depends on: ``Z=lambda W, A: W.T @ A``.
        ``Δv`` is how far v moves. ``ℒ`` is bound by ``L``. Letters of a layer are written without it, or as ``Wℓ`` and
        ``Aℓ_1``. A size may be said, ``m=4``. ``star`` is the product ⋆, ``step`` the compression of an arrow.
    part : int, optional
        Which formula of a box to run, from 1; all by default.

    Examples
    --------
    >>> mb.confirm("(75)", Z=lambda W, A: W.T @ A, W=[[1, 2, 0], [3, -1, 2]], A=[2, 1])
    ✓ (75) runs as printed: 3 entries agree
    """
    _show(run(claim, letters, part))


def holds(formula: str, /, **letters) -> Verdict:
    """Judge a formula of your own, in LaTeX or in plain text.

    The verdict is true where it holds; its `kind` is ``"holds"``, ``"fails"`` or ``"unreadable"``, its line says why.

    Parameters
    ----------
    formula : str
        Such as ``"d/dx (x' A x) = (A + A') x"``; ``A B`` is a matrix product, ``A*B`` multiplies entry by entry.
    letters : number, array or function
        As for :func:`confirm`; :func:`mcbook.formulas.draw` draws random values.

    Examples
    --------
    >>> mb.holds("(W A)^T = W^T A^T", W=[[1, 2, 0], [3, -1, 2]], A=[2, 1, 5])
    ✗ This fails: Wᵀ Aᵀ cannot be multiplied: (3 × 2) times (1 × 3), and 2 ≠ 1
      read as (W A)ᵀ = Wᵀ Aᵀ
    """
    return formulas.holds(formula, letters)


def refute(claim: str, misprint: str, /, **letters) -> None:
    """Run a misprint, or a tempting mistake, and say in one line why it fails.

    Raises ClaimError where it holds after all, FormulaError where it cannot be read, which refutes nothing.

    Parameters
    ----------
    claim : str
        An erratum of the notes, ``"E56"``, or a statement and what was changed, ``"(30) without the transpose"``.
    misprint : str
        The wrong formula.
    letters : number, array or function
        As for :func:`confirm`.

    Examples
    --------
    >>> mb.refute("E56", r"z_i = \\sum_{j=1}^{n} w_{ji} a_j", Z=lambda W, A: W.T @ A, W=[[1, 2], [3, 5], [0, 7]],
    ...        A=[1, 2, 4])
    E56 as printed fails: the sum over j ends at n = 2, and wⱼᵢ goes on to j = 3
    """
    shown = _told(claim)
    verdict = formulas.holds(misprint, letters, notes=True)
    if verdict.kind == "holds":
        raise Failure(f"{shown} was to fail, and it holds: {verdict.formulas[0].words}")
    if verdict.kind == "unreadable":
        raise FormulaError(f"{claim} is not refuted, because the formula could not be judged: {verdict.reason}")
    _show(Verdict("fails", f"{shown} fails: {verdict.reason}", verdict.reason, verdict.read, verdict.latex,
                  statement=claim, formulas=verdict.formulas, ok=True))


def _show(verdict):
    """Show a verdict: as an output of its own in a notebook, as a line elsewhere."""
    shell = sys.modules.get("IPython")
    if shell is not None and shell.get_ipython() is not None:
        shell.display.display(verdict)
    else:
        print(verdict.line)


def run(name: str, letters: Mapping, part: int | None = None, statement: Statement | None = None) -> Verdict:
    """Run every formula of a statement, or the one of number `part`; `statement` takes the place of the book's own."""
    statement = statement or find(name)
    if not statement.formulas:
        raise FormulaError(f"{name} has no formula that could run: put one into its text, as a display or as "
                           "{math}`…`")
    chosen = statement.formulas
    if part is not None:
        if part not in range(1, len(chosen) + 1):
            raise ValueError(f"{name} has {len(chosen)} formulas: part goes from 1 to {len(chosen)}")
        chosen = chosen[part - 1:part]
    known = Letters(letters, notes=True)
    results = tuple(_named(name if len(chosen) == 1 else f"{name}, formula {k}", one, known)
                    for k, one in enumerate(chosen, 1))
    idle = known.idle() if part is None else []
    if idle:
        raise FormulaError(f"{name} does not use {' and '.join(idle)}: leave out what the formula does not need")
    told = [one for one in results if one.words]
    if not told:
        raise FormulaError(f"{name} cannot be false: " + ("it is a notation, and compares nothing" if len(results) == 1
                                                          else "its formulas are notations, and compare nothing"))
    count = f", {len(told)} formulas" if len(told) > 1 else ""
    return Verdict("holds", f"✓ {name} runs as printed{count}: " + "; ".join(one.words for one in told),
                   statement=name, formulas=results, ok=True)


def _named(name, formula, known):
    """Judge a formula; what it refuses begins with the statement's name."""
    try:
        return judge(formula, known)
    except Failure as error:
        raise type(error)(f"{name} does not hold: {error}") from None
    except FormulaError as error:
        raise type(error)(f"{name}: {error}") from None


def _told(claim):
    """How a line begins: "E56 as printed", "Without the transpose, (30)", "(59) turned around"."""
    if claim.startswith("Erratum"):
        raise ValueError(f'{claim!r}: what fails is the misprint; name it {claim.removeprefix("Erratum ")!r}')
    erratum = _ERRATUM.match(claim)
    if erratum:
        if not 1 <= int(erratum[1]) <= ERRATA:
            raise ValueError(f"{claim}: the list of errata has E01 to E{ERRATA}")
        return f"{claim} as printed" if erratum[0] == claim else claim
    name = begins(claim) or claim
    one = find(name)
    words = claim[len(name):].strip()
    if not words.startswith(("without ", "with ")):
        return claim
    return f"{words[0].upper()}{words[1:]}, {name if one.number or one.kind != 'Equation' else 'the equation'}"
