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


def entry(answer) -> float:
    """One number out of anything that is one: int, float, Fraction, NumPy or SymPy number, string.

    Parameters
    ----------
    answer : object

    Returns
    -------
    float

    Raises
    ------
    Unreadable
        It is not a number; True and False are not, either.

    Examples
    --------
    >>> from fractions import Fraction
    >>> entry(Fraction(3, 2)), entry("3/2"), entry(np.float32(1.5)), entry(1.5 + 0j)
    (1.5, 1.5, 1.5, 1.5)
    """
    if answer is ... or answer is None:
        raise Unreadable("missing")
    if isinstance(answer, str):
        return number(answer)
    if isinstance(answer, bool | np.bool_):
        raise Unreadable("unread")
    if isinstance(answer, complex | np.complexfloating):
        if answer.imag:
            raise Unreadable("unread")
        answer = answer.real
    if getattr(type(answer), "__float__", None) is None:
        raise Unreadable("unread")
    return finite(float(answer))


def single(answer) -> float | np.ndarray:
    """One number where one is asked; more, if a reader gives more.

    Parameters
    ----------
    answer : object

    Returns
    -------
    float or ndarray

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> single("4,5"), single([[4.5]]), single([1, 2]).size
    (4.5, 4.5, 2)
    """
    if isinstance(answer, str) and not set(answer) & set("[];"):
        return number(answer)
    read = array(answer)
    return read.item() if read.size == 1 else read


def array(answer) -> np.ndarray:
    """An array of numbers out of nested lists, tuples, arrays, a Derivative or a string.

    Parameters
    ----------
    answer : object
        Entries may be anything that :func:`entry` reads.

    Returns
    -------
    ndarray of float, of any shape

    Raises
    ------
    Unreadable
        Rows have different lengths (``"ragged"``), or an entry is not a number.

    Examples
    --------
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
            answer = answer.astype(float)
            if not np.isfinite(answer).all():
                raise Unreadable("infinite")
            return answer
        answer = answer.tolist()
    shape, values = _nest(answer, [0])
    return np.array(values, dtype=float).reshape(shape)


def _nest(answer, read):
    """Shape and entries of nested sequences."""
    if isinstance(answer, list | tuple | range):
        parts = [_nest(part, read) for part in answer]
        shapes = {shape for shape, _ in parts}
        if len(shapes) > 1:
            raise Unreadable("ragged")
        return (len(parts), *(shapes.pop() if shapes else ())), [value for _, values in parts for value in values]
    if isinstance(answer, np.ndarray):
        return _nest(answer.tolist(), read)
    read[0] += 1
    if read[0] > MOST_ENTRIES:
        raise Unreadable("unread")
    return (), [entry(answer)]


def _rows(text):
    """``"[[1, 2], [3, 4]]"``, ``"1 2; 3 4"`` or one row or number, as lists of strings."""
    text = text.strip()
    if not text:
        raise Unreadable("missing")
    text = re.sub(r"\]\s*,?\s*\[", ";", re.sub(r"^(?:np\.)?array\((.*)\)$", r"\1", text, flags=re.S))
    many = ";" in text or "[[" in text
    rows = [[part for part in re.split(r"[\s,]+", row) if part] for row in
            re.split(r"[;\n]", re.sub(r"[\[\]]", " ", text).strip())]
    if many:
        return rows
    return rows[0] if len(rows) == 1 else rows


def shape(answer) -> tuple:
    """A shape, or how many rows and columns: ``(10, 1)``, ``[10, 1]``, ``"10 x 1"``, ``"(10,)"``, ``()``.

    Parameters
    ----------
    answer : object

    Returns
    -------
    tuple of int

    Raises
    ------
    Unreadable
        It is no shape (``"unread"``), or an array itself where its shape is asked (``"array"``).

    Examples
    --------
    >>> shape("10 x 1"), shape([10, 1]), shape(np.array([7, 2])), shape("scalar"), shape(5)
    ((10, 1), (10, 1), (7, 2), (), (5,))
    """
    if isinstance(answer, str):
        text = answer.strip().lower()
        if not text:
            raise Unreadable("missing")
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
    """The number of an option, counted from 1: ``2``, ``"2"``, ``"b"``, ``"(b)"``.

    Parameters
    ----------
    answer : object

    Returns
    -------
    int

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> choice(2), choice("(b)"), choice("2.")
    (2, 2, 2)
    """
    if isinstance(answer, str):
        text = answer.strip().strip("().").lower()
        if not text or text == "…":
            raise Unreadable("missing")
        if re.fullmatch("[a-z]", text):
            return ord(text) - ord("a") + 1
        if not re.fullmatch(r"\d{1,2}(\.0*)?", text):                      # "3×1" is a shape, and no option
            raise Unreadable("unread")
        answer = text
    value = array(answer).reshape(-1)
    if value.size != 1 or value[0] != int(value[0]) or not 1 <= value[0] <= 99:
        raise Unreadable("unread")
    return int(value[0])


def several(answer) -> tuple:
    """The options that were picked, in order: ``[1, 3]``, ``{1, 3}``, ``"1 and 3"``, ``(True, False, True)``.

    Parameters
    ----------
    answer : object

    Returns
    -------
    tuple of int
        Empty where none was picked: ``[]``, ``"none"``.

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> several({3, 1}), several((True, False, True)), several("1 and 3"), several("none")
    ((1, 3), (1, 3), (1, 3), ())
    """
    if isinstance(answer, str):
        text = answer.strip().lower()
        if not text:
            raise Unreadable("missing")
        answer = [] if text == "none" else re.split(r"\s*(?:,|;|\band\b|\s)\s*", text.strip("()[]{}"))
    if isinstance(answer, np.ndarray):
        answer = answer.reshape(-1).tolist()
    if isinstance(answer, set | frozenset):
        answer = list(answer)
    if not isinstance(answer, list | tuple):
        answer = [answer]
    if answer and all(isinstance(part, bool | np.bool_) for part in answer):
        return tuple(k for k, part in enumerate(answer, 1) if part)
    if any(isinstance(part, bool | np.bool_) for part in answer):
        raise Unreadable("unread")
    return tuple(sorted({choice(part) for part in answer}))


def match(answer) -> tuple:
    """For each item of the first list, the number of its partner in the second: ``[2, 1, 3]``.

    Parameters
    ----------
    answer : object

    Returns
    -------
    tuple of int

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> match("2 1 3"), match([2, 1, 3]), match({1: 2, 2: 1})
    ((2, 1, 3), (2, 1, 3), (2, 1))
    """
    if isinstance(answer, dict):
        answer = [answer[key] for key in sorted(answer)]
    if isinstance(answer, str):
        answer = [part for part in re.split(r"[\s,;]+", answer.strip("()[] ")) if part]
        if not answer:
            raise Unreadable("missing")
    if isinstance(answer, np.ndarray):
        answer = answer.reshape(-1).tolist()
    if not isinstance(answer, list | tuple):
        raise Unreadable("missing" if answer is ... or answer is None else "unread")
    return tuple(choice(part) for part in answer)


def truth(answer) -> bool:
    """Yes or no: ``True``, ``"yes"``, ``"false"``.

    Parameters
    ----------
    answer : object

    Returns
    -------
    bool

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> truth("Yes"), truth(np.False_)
    (True, False)
    """
    if answer is ... or answer is None or (isinstance(answer, str) and not answer.strip()):
        raise Unreadable("missing")
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    word = answer.strip().lower().rstrip(".") if isinstance(answer, str) else ""
    if word not in ("yes", "true", "no", "false"):
        raise Unreadable("unread")
    return word in ("yes", "true")


def pattern(answer) -> str:
    """An einsum pattern with its letters renamed in order, so that ``"jki,j->ki"`` and ``"abc, a -> bc"`` are one.

    Parameters
    ----------
    answer : object

    Returns
    -------
    str

    Raises
    ------
    Unreadable

    Examples
    --------
    >>> pattern("jki, j -> ki")
    'abc,a->bc'
    """
    if not isinstance(answer, str) or len(answer) > LONGEST:
        raise Unreadable("unread")
    tight = "".join(answer.lower().split()).replace("→", "->")
    if not tight:
        raise Unreadable("missing")
    if not re.fullmatch(r"[a-z]*(,[a-z]*)*->[a-z]*", tight):
        raise Unreadable("unread")
    names: dict[str, str] = {}
    return "".join(names.setdefault(c, chr(ord("a") + len(names))) if c.isalpha() else c for c in tight)
