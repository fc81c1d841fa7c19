"""A formula tried on many values: its letters are drawn again and again, with other sizes each time. Sizes that are
equal stay equal, and a larger one stays larger, so a formula keeps what it needs.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .formulas import BudgetError, FormulaError, Verdict, draw, holds, read
from .formulas.tree import walk

#: How often letters are drawn.
DRAWS = 8
_RANDOM = "number", "vector", "matrix"
_SIZES = re.compile(r"\(?\s*(\d+)\s*(?:(?:x|×|,|by)\s*(\d+)\s*)?,?\s*\)?")
_LARGEST = 9


class FieldError(ValueError):
    """What is given for a letter cannot be used; the sentence says why and what to write."""


class Trial(NamedTuple):
    """What came of a formula that was tried."""

    verdict: Verdict            # of the first draw on which it did not hold, or of the last one
    letters: dict[str, Any]     # the values of that draw
    draws: int                  # how many different draws were made; 1 when nothing is random
    sizes: bool                 # whether the sizes changed from draw to draw
    above_zero: bool            # whether the letters had to be positive, as below a logarithm


def field(text: str) -> tuple[str, str]:
    """A letter as a file of the book says it: its kind, and what belongs to it, ``("matrix", "3 x 2")``."""
    kind, _, rest = text.partition(" ")
    if kind in _RANDOM:
        return kind, rest
    return ("function" if text.startswith(("lambda", "np.")) else "values"), text


def tried(formula: str, fields: Mapping[str, tuple[str, str]], count: int = DRAWS) -> Trial:
    """Try a formula on several draws of its letters, each with kind and text, until one on which it does not hold."""
    tries, fixed, above_zero = [], _counts(formula, frozenset(fields)), False
    random = all(kind in _RANDOM for kind, _ in fields.values())
    for letters in draws(fields, count, fixed):
        verdict = holds(formula, letters)
        if verdict.kind == "unreadable" and random:         # as a logarithm of a negative number is
            above_zero, letters = True, positive(letters)
            verdict = holds(formula, letters)
        tries.append((verdict, letters))
        if not verdict:
            break
    others = len(tries) > 1 and not fixed and random and any(kind != "number" for kind, _ in fields.values())
    return Trial(*tries[-1], len(tries), others, above_zero)


def positive(letters: Mapping[str, Any]) -> dict[str, Any]:
    """Random letters without their signs: a logarithm or a root may ask for positive numbers."""
    return {name: value if callable(value) else abs(value) for name, value in letters.items()}


def _counts(formula, names):
    """Whether a formula counts entries itself, as x_3, a sum to 3 and x × y do: then its letters keep their sizes."""
    try:
        nodes = [node for part in read(formula, names) for node in walk(part)]
    except (FormulaError, BudgetError):
        return False                                        # the verdict says why
    return any(node.name == "×" for node in nodes) or any(
        part.name.isdigit() and int(part.name) > 1 for node in nodes if node.kind in ("sub", "large")
        for part in node.parts[1:])


def draws(fields: Mapping[str, tuple[str, str]], count: int = DRAWS, fixed: bool = False) -> Iterator[dict[str, Any]]:
    """Values for the letters of a formula, drawn again and again; the first ones have the sizes as they are given.

    All have them when they are `fixed`, or when a letter is given by numbers or by a function.
    """
    shapes = {name: _shape(name, kind, text) for name, (kind, text) in fields.items() if kind in _RANDOM}
    known = sorted({size for shape in shapes.values() for size in shape})
    fixed = fixed or len(shapes) < len(fields)              # numbers and functions may need the sizes as they are
    for k in range(count if shapes else 1):
        others = sorted(np.random.default_rng(k).permutation(np.arange(1, len(known) + 4))[:len(known)].tolist())
        sizes = dict(zip(known, known if fixed or k == 0 else others, strict=True))
        drawn = draw({name: tuple(sizes[size] for size in shape) for name, shape in shapes.items()}, k)
        letters: dict[str, Any] = {name: value if value.ndim else float(value) for name, value in drawn.items()}
        for name, (kind, text) in fields.items():
            if name not in shapes:
                letters[name] = _value(name, kind, text, letters)
        yield letters


def _shape(name: str, kind: str, text: str) -> tuple[int, ...]:
    """The shape that a field for a random letter asks for: ``"3"``, ``"3 x 2"``, ``"(3, 2)"``."""
    if kind == "number":
        return ()
    found = _SIZES.fullmatch(text.strip())
    sizes = tuple(int(size) for size in found.groups() if size) if found else ()
    if len(sizes) != (1 if kind == "vector" else 2):
        such = "one size, such as 3" if kind == "vector" else "two sizes, such as 3 x 2"
        raise FieldError(f"{name} is a {kind}, but {text.strip()!r} is no shape for one; write {such}")
    if not all(1 <= size <= _LARGEST for size in sizes):
        raise FieldError(f"{name} has the shape {text.strip()}, but sizes go from 1 to {_LARGEST}")
    return sizes


def _value(name: str, kind: str, text: str, letters: dict[str, Any]) -> Any:
    """What a reader wrote for a letter: numbers, or a function that may use the letters before it."""
    if not text.strip():
        raise FieldError(f"{name} has no value yet; write numbers such as [1, -2, 3], or choose a random vector")
    try:
        value = eval(compile(text.strip(), f"<{name}>", "eval"), {"np": np, **letters})
        if kind == "values":
            value = np.array(value, dtype=float)
            value = value if value.ndim else float(value)
    except Exception as reason:
        raise FieldError(f"{name} = {text.strip()} cannot be used: {type(reason).__name__}: {reason}") from None
    if kind == "function" and not callable(value):
        raise FieldError(f"{name} = {text.strip()} is no function; write one such as lambda x: x @ x")
    return value


def sentence(words: str) -> str:
    """A reason as a sentence; a letter at its beginning stays as it is, because V is not v.

    >>> sentence("the shapes differ"), sentence("v² is no product")
    ('The shapes differ.', 'v² is no product.')
    """
    starts = re.match(r"[a-z]{2,}\b(?!\()", words)
    return f"{words[:1].upper() if starts else words[:1]}{words[1:]}."
