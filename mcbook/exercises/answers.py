"""What a reader wrote, which may be any object, in one plain form for each kind of question. What cannot be read raises
:class:`~mcbook.exercises.numbers.Unreadable`, with the key of a sentence in :mod:`mcbook.exercises.words`.
"""

import re

import numpy as np

from mcnotes.derivative import Derivative
from mcnotes.shapes import LayoutError

from .numbers import LONGEST, Unreadable, finite, number


def is_missing(answer) -> bool:
    """Whether there is no answer yet: ``...``, None, or a string without anything in it."""
    return answer is ... or answer is None or isinstance(answer, str) and not answer.strip(" \n\t…")


def entry(answer) -> float:
    """One number out of anything that is one; True and False are not."""
    if is_missing(answer):
        raise Unreadable("missing")
    if isinstance(answer, str):
        return number(answer)
    if isinstance(answer, bool | np.bool_ | complex | np.complexfloating) or not hasattr(type(answer), "__float__"):
        raise Unreadable("unread")
    return finite(float(answer))


def single(answer) -> float | np.ndarray:
    """One number where one is asked; an array, if a reader gives more."""
    read = array(answer)
    return read.item() if read.size == 1 else read


def array(answer) -> np.ndarray:
    """An array of any shape out of nested lists, tuples, arrays or a Derivative; its entries may be strings."""
    if isinstance(answer, Derivative):
        try:
            answer = answer.matrix
        except LayoutError:
            answer = answer.array
    if isinstance(answer, range):
        raise Unreadable("unread")
    read = np.array(answer, dtype=object)
    if any(isinstance(one, list | tuple | np.ndarray) for one in read.flat):
        raise Unreadable("ragged")
    return np.array([entry(one) for one in read.flat], dtype=float).reshape(read.shape)


def shape(answer) -> tuple:
    """A shape, or how many rows and columns; an array itself is told apart (``"array"``)."""
    if isinstance(answer, str):
        text = answer.strip().lower()
        if text in ("scalar", "()"):
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
    """The number of an option, counted from 1."""
    text = str(answer).strip().strip("().").lower()
    if not text:
        raise Unreadable("missing")
    if re.fullmatch("[a-z]", text):
        return ord(text) - ord("a") + 1
    if not re.fullmatch(r"\d{1,2}(\.0*)?", text) or float(text) < 1:      # "3×1" is a shape, and no option
        raise Unreadable("unread")
    return int(float(text))


def match(answer) -> tuple:
    """For each item of the first list, the number of its partner in the second."""
    if isinstance(answer, str):
        answer = [part for part in re.split(r"[\s,;]+|\band\b", answer.strip("()[]{} ")) if part]
    if not isinstance(answer, list | tuple | set | np.ndarray):
        answer = [answer]
    return tuple(choice(part) for part in answer)


def several(answer) -> tuple:
    """The options that were picked, in order; empty where none was picked."""
    return tuple(sorted(set(match(answer))))


def truth(answer) -> bool:
    """Yes or no."""
    word = str(answer).strip().lower().rstrip(".")
    if word not in ("yes", "true", "no", "false"):
        raise Unreadable("unread")
    return word in ("yes", "true")


def pattern(answer) -> str:
    """An einsum pattern with its letters renamed in order, so that ``"jki,j->ki"`` and ``"abc, a -> bc"`` are one."""
    if not isinstance(answer, str) or len(answer) > LONGEST:
        raise Unreadable("unread")
    tight = "".join(answer.lower().split()).replace("→", "->")
    if not re.fullmatch(r"[a-z]*(,[a-z]*)*->[a-z]*", tight):
        raise Unreadable("unread")
    names: dict[str, str] = {}
    return "".join(names.setdefault(c, chr(ord("a") + len(names))) if c.isalpha() else c for c in tight)
