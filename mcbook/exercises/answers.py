"""What a reader wrote, in one plain form for each kind of question.

Nothing here trusts an answer: it may be a number, a string, a nested list, an array, a
Derivative or nonsense. What cannot be read raises
:class:`~mcbook.exercises.numbers.Unreadable`, with the key of a sentence in :mod:`mcbook.exercises.words`.
"""

import re

import numpy as np

from mcnotes.derivative import Derivative
from mcnotes.shapes import LayoutError

from .numbers import LONGEST, Unreadable, finite, number

MOST_ENTRIES = 100_000


def is_missing(answer) -> bool:
    """Whether there is no answer yet: ``...``, None, or a string without anything in it."""
    return answer is ... or answer is None or isinstance(answer, str) and not answer.strip(" \n\t…")


def entry(answer) -> float:
    """One number out of anything that is one; True and False are not.

    >>> from fractions import Fraction
    >>> entry(Fraction(3, 2)), entry("3/2"), entry(np.float32(1.5)), entry(1.5 + 0j)
    (1.5, 1.5, 1.5, 1.5)
    """
    if is_missing(answer):
        raise Unreadable("missing")
    if isinstance(answer, str):
        return number(answer)
    if isinstance(answer, complex | np.complexfloating) and not answer.imag:
        answer = answer.real
    if isinstance(answer, bool | np.bool_ | complex | np.complexfloating) or not hasattr(type(answer), "__float__"):
        raise Unreadable("unread")
    return finite(float(answer))


def single(answer) -> float | np.ndarray:
    """One number where one is asked; an array, if a reader gives more.

    >>> single("4,5"), single([[4.5]]), single([1, 2]).size
    (4.5, 4.5, 2)
    """
    if isinstance(answer, str) and not set(answer) & set("[];"):
        return number(answer)
    read = array(answer)
    return read.item() if read.size == 1 else read


def array(answer) -> np.ndarray:
    """An array of any shape out of nested lists, tuples, arrays, a Derivative or a string.

    >>> array([["1/2", 3], [0, -1]]).tolist(), array("3 0 -1; 6 0 -2").shape
    ([[0.5, 3.0], [0.0, -1.0]], (2, 3))
    """
    if isinstance(answer, Derivative):
        try:
            answer = answer.matrix
        except LayoutError:
            answer = answer.array
    if isinstance(answer, str):
        answer = _rows(answer)
    if hasattr(type(answer), "__array__") and not isinstance(answer, np.generic):
        if isinstance(answer, np.ma.MaskedArray):
            raise Unreadable("unread")
        answer = np.asarray(answer)
        if answer.size > MOST_ENTRIES:
            raise Unreadable("unread")
        if answer.dtype.kind in "fiu":
            if not np.isfinite(answer).all():
                raise Unreadable("infinite")
            return answer.astype(float)
        answer = answer.tolist()
    shape, values = _nest(answer, [0])
    return np.array(values, dtype=float).reshape(shape)


def _nest(answer, read):
    """Shape and entries of nested sequences; `read` counts the entries."""
    if isinstance(answer, np.ndarray):
        answer = answer.tolist()
    if isinstance(answer, list | tuple | range):
        parts = [_nest(part, read) for part in answer]
        shapes = {shape for shape, _ in parts}
        if len(shapes) > 1:
            raise Unreadable("ragged")
        return (len(parts), *(shapes.pop() if shapes else ())), [value for _, values in parts for value in values]
    read[0] += 1
    if read[0] > MOST_ENTRIES:
        raise Unreadable("unread")
    return (), [entry(answer)]


def _rows(text):
    """``"[[1, 2], [3, 4]]"``, ``"1 2; 3 4"`` or one row or number, as lists of strings."""
    text = re.sub(r"\]\s*,?\s*\[", ";", re.sub(r"^(?:np\.)?array\((.*)\)$", r"\1", text.strip(), flags=re.S))
    rows = [[part for part in re.split(r"[\s,]+", row) if part] for row in
            re.split(r"[;\n]", re.sub(r"[\[\]]", " ", text).strip())]
    return rows if ";" in text or "[[" in text or len(rows) > 1 else rows[0]


def shape(answer) -> tuple:
    """A shape, or how many rows and columns; an array itself is told apart (``"array"``).

    >>> shape("10 x 1"), shape([10, 1]), shape(np.array([7, 2])), shape("scalar"), shape(5)
    ((10, 1), (10, 1), (7, 2), (), (5,))
    """
    if isinstance(answer, str):
        text = answer.strip().lower()
        if text in ("scalar", "()", "( )"):
            return ()
        written = re.fullmatch(r"[\[(]?\s*(\d{1,9}(?:\s*(?:[x×*,]|by|\s)\s*\d{1,9})*)\s*,?\s*[\])]?", text)
        if written is None:
            raise Unreadable("unread")
        return tuple(int(size) for size in re.findall(r"\d+", written[1]))
    read = array(answer)
    if read.ndim > 1:
        raise Unreadable("array")
    sizes = read.reshape(-1).tolist()
    if any(size != int(size) or size < 0 for size in sizes):
        raise Unreadable("unread")
    return tuple(int(size) for size in sizes)


def choice(answer) -> int:
    """The number of an option, counted from 1.

    >>> choice(2), choice("(b)"), choice("2.")
    (2, 2, 2)
    """
    if isinstance(answer, str):
        text = answer.strip().strip("().").lower()
        if not text:
            raise Unreadable("missing")
        if re.fullmatch("[a-z]", text):
            return ord(text) - ord("a") + 1
        if not re.fullmatch(r"\d{1,2}(\.0*)?", text):             # "3×1" is a shape, and no option
            raise Unreadable("unread")
        answer = text
    value = array(answer).reshape(-1)
    if value.size != 1 or value[0] != int(value[0]) or not 1 <= value[0] <= 99:
        raise Unreadable("unread")
    return int(value[0])


def _items(answer):
    """The parts of a list, a set, an array, a dict from 1 on, or a string such as ``"1 and 3"``."""
    if isinstance(answer, str):
        return [part for part in re.split(r"[\s,;]+|\band\b", answer.strip("()[]{} ")) if part]
    if isinstance(answer, dict):
        return [answer[key] for key in sorted(answer)]
    if isinstance(answer, np.ndarray):
        return answer.reshape(-1).tolist()
    return list(answer) if isinstance(answer, list | tuple | set | frozenset) else [answer]


def several(answer) -> tuple:
    """The options that were picked, in order; empty where none was picked.

    >>> several({3, 1}), several((True, False, True)), several("1 and 3"), several("none")
    ((1, 3), (1, 3), (1, 3), ())
    """
    parts = [] if isinstance(answer, str) and answer.strip().lower() == "none" else _items(answer)
    if parts and all(isinstance(part, bool | np.bool_) for part in parts):
        return tuple(k for k, part in enumerate(parts, 1) if part)
    return tuple(sorted({choice(part) for part in parts}))


def match(answer) -> tuple:
    """For each item of the first list, the number of its partner in the second.

    >>> match("2 1 3"), match([2, 1, 3]), match({1: 2, 2: 1})
    ((2, 1, 3), (2, 1, 3), (2, 1))
    """
    return tuple(choice(part) for part in _items(answer))


def truth(answer) -> bool:
    """Yes or no.

    >>> truth("Yes"), truth(np.False_)
    (True, False)
    """
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    word = answer.strip().lower().rstrip(".") if isinstance(answer, str) else ""
    if word not in ("yes", "true", "no", "false"):
        raise Unreadable("unread")
    return word in ("yes", "true")


def pattern(answer) -> str:
    """An einsum pattern with its letters renamed in order, so that ``"jki,j->ki"`` and ``"abc, a -> bc"`` are one.

    >>> pattern("jki, j -> ki")
    'abc,a->bc'
    """
    if not isinstance(answer, str) or len(answer) > LONGEST:
        raise Unreadable("unread")
    tight = "".join(answer.lower().split()).replace("→", "->")
    if not re.fullmatch(r"[a-z]*(,[a-z]*)*->[a-z]*", tight):
        raise Unreadable("unread")
    names: dict[str, str] = {}
    return "".join(names.setdefault(c, chr(ord("a") + len(names))) if c.isalpha() else c for c in tight)
