"""What the page "Does it hold?" asks of Python: the letters of an identity, how it was read, and whether it holds."""

import html
from typing import Any

import numpy as np

from .. import trials
from ..formulas import FormulaError, letters_of
from ..formulas import read as parsed
from ..formulas.tree import latex

#: A letter of which nothing is known gets this field.
_FIELDS = {"number": "", "vector": "3", "matrix": "3 x 3", "function": "lambda x: np.sum(x ** 2)"}
_SHOWN = 12


def read(text: str) -> dict[str, str]:
    """How a formula is read, to be typeset while it is typed.

    Parameters
    ----------
    text : str
        LaTeX or plain text.

    Returns
    -------
    dict
        ``latex``, or ``fault`` with the reason.

    Examples
    --------
    >>> read("A x")["latex"], "fault" in read("A ^")
    ('A\\\\,x', True)
    """
    try:
        return {"latex": r",\quad ".join(map(latex, parsed(text)))}
    except FormulaError as reason:
        return {"fault": str(reason)}


def letters(text: str, given: dict[str, list[str]]) -> dict[str, Any]:
    """The letters of an identity, each with a field.

    Parameters
    ----------
    text : str
    given : dict
        Letter -> kind and text, for the letters that have a field already.

    Returns
    -------
    dict
        What :func:`read` says, and ``letters``, those that are given first.

    Examples
    --------
    >>> letters("A x = b", {"A": ["matrix", "4 x 3"]})["letters"]
    {'A': ['matrix', '4 x 3'], 'x': ['vector', '3'], 'b': ['vector', '3']}
    """
    found = read(text)
    if "fault" in found:
        return found | {"letters": given}
    looks = letters_of(text)
    needed = {name: given.get(name, [kind, _FIELDS[kind]]) for name, kind in looks.items()}
    used = {name: one for name, one in given.items() if name in looks or _serves(name, needed)}
    return found | {"letters": used | {name: one for name, one in needed.items() if name not in used}}


def _serves(name: str, needed: dict[str, list[str]]) -> bool:
    """Whether a function that is given uses a letter that the formula itself does not have."""
    return any(kind == "function" and name in text for kind, text in needed.values())


def tried(text: str, given: dict[str, list[str]]) -> dict[str, str]:
    """Whether an identity holds, in the words of the page.

    Parameters
    ----------
    text : str
    given : dict
        Letter -> kind and text.

    Returns
    -------
    dict
        ``kind`` is ``"holds"``, ``"fails"`` or ``"unreadable"``; ``html`` says why.

    Examples
    --------
    >>> tried("(A B)^T = B^T A^T", {"A": ["matrix", "3 x 4"], "B": ["matrix", "4 x 2"]})["kind"]
    'holds'
    """
    try:
        trial = trials.tried(text, {name: (kind, value) for name, (kind, value) in given.items()})
    except trials.FieldError as reason:
        return {"kind": "unreadable", "html": f"<p><b>This cannot be tried yet.</b> {html.escape(str(reason))}.</p>"}
    verdict = trial.verdict
    if verdict.kind == "unreadable":
        words = html.escape(verdict.reason).replace("\n", "<br>")
        return {"kind": verdict.kind, "html": f"<p><b>This cannot be read.</b></p><p class='mc-pointed'>{words}</p>"}
    if verdict.kind == "holds":
        often = f"on {trial.draws} random draws" if trial.draws > 1 else "for these values"
        sizes = ", with different sizes" if trial.sizes else ""
        told = f"<p><b>It holds</b> {often}{sizes}.</p>"
    else:
        first = " The values of that draw are below." if trial.draws > 1 else ""
        told = f"<p><b>It fails.</b> {html.escape(verdict.line.removeprefix('✗ This fails: '))}.{first}</p>"
        told += "".join(_value(name, value) for name, value in trial.letters.items())
    return {"kind": verdict.kind, "html": f"{told}<p class='mc-small'>Read as {html.escape(verdict.read)}</p>"}


def _value(name: str, value: Any) -> str:
    """One letter of a draw that fails."""
    if callable(value) or np.size(value) > _SHOWN:
        return ""
    shown = np.array2string(np.asarray(value), precision=3, suppress_small=True, separator=", ")
    return f"<pre>{html.escape(name)} = {html.escape(shown)}</pre>"
