"""What the page "Does it hold?" asks of Python: the letters of an identity, how it was read, and whether it holds."""

import html
import itertools
import re
from typing import Any

import numpy as np

from .. import trials
from ..formulas import FormulaError, Letters, judge, letters_of
from ..formulas import read as parsed
from ..formulas.tree import Node, latex, walk
from ..formulas.tree import letters as letters_in
from ..formulas.verdict import ShapeClash

#: The sizes that are tried for letters that a reader has not given a shape.
_TRIED = 3, 4, 2
_SQUARE = {f"{size} x {size}" for size in _TRIED}
_MOST_TRIED = 250
_SHOWN = 12
#: What a field begins with: the n of a sum, and an upright name whose meaning only the reader knows.
_FIELDS = {"values": ["values", "4"], "unknown": ["values", ""]}
#: Functions for letters that are differentiated or called.
_WAVES = "np.sin({})", "np.tanh(2 * {})", "np.exp({} / 2)", "np.cos(3 * {})"
#: What is written with vectors and matrices alone; where nothing of this stands, a letter like x is a number.
_SHAPED = {"transpose", "norm", "sub", "gradient", "inner", "ones", "×", "*", "⊗", "⊘", "diag", "vec", "tr",
           "det", "rank", "inv", "adj", "expm", "kron", "dot", "softmax"}


def read(text: str) -> dict[str, str]:
    """How a formula is read, to be typeset while it is typed: ``latex``, or ``fault`` with the reason."""
    try:
        return {"latex": r",\quad ".join(map(latex, parsed(text)))}
    except FormulaError as reason:
        return {"fault": str(reason)}


def letters(text: str, given: dict[str, list[str]]) -> dict[str, Any]:
    """The letters of an identity, each with its field in `given`, or with one chosen so that the identity fits."""
    found = read(text)
    if "fault" in found:
        return found | {"letters": given}
    looks = letters_of(text)
    nodes = [node for part in parsed(text) for node in walk(part)]
    about_numbers = _about_numbers(nodes, looks)
    if about_numbers:
        looks = {name: "number" if kind == "vector" else kind for name, kind in looks.items()}
    looks = _limits(nodes, looks)
    looks |= {node.name: "unknown" for node in nodes if node.kind == "named" and looks.get(node.name) != "function"}
    if "Z" in looks and {"W", "A"} <= set(looks):           # the book's layer
        looks |= {"Z": "function", "A": "vector"}
    kept = {name: one for name, one in given.items() if name in looks or _serves(name, given)}
    open_ = {name: kind for name, kind in looks.items() if name not in kept}
    fields = kept | {name: ["function", _function(name, looks, nodes)] if kind == "function" else
                     _FIELDS.get(kind, [kind, ""]) for name, kind in open_.items()}
    fields = {name: fields[name] for name in [*looks, *kept]}               # in the order of the formula
    shaped = [name for name in open_ if open_[name] in ("vector", "matrix") or name == "c" and not about_numbers]
    entries = {node.parts[0].name for node in nodes if node.kind == "sub"}
    by_entries = entries and "matrix" not in looks.values() and not any(node.kind == "transpose" for node in nodes)
    return found | {"letters": _fitting(text, fields, shaped, set(shaped) - entries if by_entries else set())}


def _about_numbers(nodes: list[Node], looks: dict[str, str]) -> bool:
    """Whether an identity is one of numbers, as sin(a + b) = …, and not of vectors."""
    differentiated = any(node.kind == "derivative" and looks.get(node.parts[0].name) == "function" for node in nodes)
    return not differentiated and "matrix" not in looks.values() and not any(
        node.kind in _SHAPED or node.name in _SHAPED for node in nodes)


def _limits(nodes: list[Node], looks: dict[str, str]) -> dict[str, str]:
    """The same letters, but the n of a sum to n is a whole number, or none that is asked for if it counts entries."""
    for node in (node for node in nodes if node.kind == "large"):
        names = {name for limit in node.parts[2:] for name in letters_in(limit)}
        counts = any(part.kind == "sub" for part in walk(node.parts[0]))
        looks = {name: kind for name, kind in looks.items() if name not in names} | (
            {} if counts else dict.fromkeys(names, "values"))
        if counts and not names:                            # a sum over i, with an n that only the reader knows
            looks |= dict.fromkeys({"n", "N"} & looks.keys(), "unknown")
    return looks


def _serves(name: str, given: dict[str, list[str]]) -> bool:
    """Whether a function that is given uses a letter that the formula itself does not have."""
    return any(kind == "function" and re.search(rf"\b{re.escape(name)}\b", text) for kind, text in given.values())


def _function(name: str, looks: dict[str, str], nodes: list[Node]) -> str:
    """A function for a letter that is differentiated or called, with the argument that the formula shows."""
    if name == "Z":
        return "lambda W, A: W.T @ A"
    if name == "σ":
        return "lambda x: 1 / (1 + np.exp(-x))"
    by = [one.name for node in nodes if node.kind == "derivative" and node.parts[0].name == name
          for one in node.parts[1:] if one.kind == "letter"]
    nearest = [one for one in by if looks.get(one, "function") == "function"]           # L depends on z, where z = W x
    argument = next(iter([*nearest, *by, *(one for one in looks if looks[one] == "vector")]), "x")
    others = [one for one in looks if looks[one] == "function"]
    wave = _WAVES[others.index(name) % len(_WAVES)].format(argument)                    # f and g are never the same
    each = not by and any(node.kind == "prime" and node.parts[0].name == name for node in nodes)
    return f"lambda {argument}: {wave}" if each else f"lambda {argument}: np.sum({wave})"


def _fitting(text: str, fields: dict[str, list[str]], shaped: list[str], plain: set[str]) -> dict[str, list[str]]:
    """Shapes for some letters for which the identity can be computed; few of them square, if that is possible.

    Where no shapes fit, the letters that stand `plain`, without an index among others that have one, are numbers.
    """
    vectors = [["vector", str(size)] for size in _TRIED]
    options = {"vector": vectors, "number": [["number", ""], *vectors],
               "matrix": [["matrix", f"{r} x {k}"] for r in _TRIED for k in _TRIED]}
    choices = [dict(zip(shaped, chosen, strict=True))
               for chosen in itertools.product(*(options[fields[name][0]] for name in shaped))]
    ranked = sorted(choices, key=lambda one: sum((shape in _SQUARE) + 2 * (kind != fields[name][0])
                                                 for name, (kind, shape) in one.items()))
    square = [one for one in ranked if len({size for _, shape in one.values() for size in shape.split(" x ")}) == 1]
    numbers = [dict.fromkeys(shaped, vectors[0]) | dict.fromkeys(plain, ["number", ""])] if plain else []
    for one in [*ranked[:_MOST_TRIED], *square, *numbers]:
        if _fits(text, fields | one):
            return fields | one
    return fields | {name: options[fields[name][0]][0] for name in shaped}


def _fits(text: str, fields: dict[str, list[str]]) -> bool:
    """Whether all shapes fit; whether the identity holds is another question."""
    try:
        drawn = next(trials.draws(fields))
    except trials.FieldError:
        return False
    for letters in (drawn, trials.positive(drawn)):
        try:
            judge(text, Letters(letters))
        except ShapeClash:
            return False
        except FormulaError:
            continue
        except Exception:  # noqa: BLE001 - a difference of values, or a fault of a reader's function, is told later
            return True
        return True
    return False


def tried(text: str, given: dict[str, list[str]]) -> dict[str, str]:
    """Whether an identity holds: ``kind`` is ``"holds"``, ``"fails"`` or ``"unreadable"``, and ``html`` says why."""
    try:
        trial = trials.tried(text, given)
    except trials.FieldError as reason:
        return {"kind": "unreadable", "html": f"<p><b>This cannot be tried yet.</b> {html.escape(str(reason))}.</p>"}
    verdict = trial.verdict
    if verdict.kind == "unreadable":
        words = html.escape(verdict.reason).replace("\n", "<br>")
        return {"kind": verdict.kind, "html": f"<p><b>This cannot be read.</b></p><p class='mc-pointed'>{words}</p>"}
    if verdict.kind == "holds":
        often = f"on {trial.draws} random draws" if trial.draws > 1 else "for these values"
        often += " of positive numbers" if trial.above_zero else ""
        told = f"<p><b>It holds</b> {often}{', with different sizes' if trial.sizes else ''}.</p>"
    else:
        first = " The values of that draw are below." if trial.draws > 1 else ""
        reason = trials.sentence(verdict.line.removeprefix("✗ This fails: "))
        told = f"<p><b>It fails.</b> {html.escape(reason)}{first}</p>"
        told += "".join(_value(name, value) for name, value in trial.letters.items())
    return {"kind": verdict.kind, "html": f"{told}<p class='mc-small'>Read as {html.escape(verdict.read)}</p>"}


def _value(name: str, value: Any) -> str:
    """One letter of a draw that fails."""
    if callable(value) or np.size(value) > _SHOWN:
        return ""
    shown = np.array2string(np.asarray(value), precision=3, suppress_small=True, separator=", ")
    return f"<pre>{html.escape(name)} = {html.escape(shown)}</pre>"
