"""Whether an answer is right, and if not, what is wrong with it; ``exercises.js`` of the page has the same rules."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from . import answers
from .numbers import Unreadable
from .words import Judgement, say


def read(kind: str, answer):
    """An answer in the plain form of its kind of question; Unreadable, whatever goes wrong."""
    if answers.is_missing(answer):
        raise Unreadable("missing")
    try:
        return KINDS[kind].read(answer)
    except Unreadable:
        raise
    except Exception as reason:                     # an answer may be any object, and fail in any way
        raise Unreadable("unread") from reason


def judge(part, answer) -> Judgement:
    """Judge one answer to a :class:`~mcbook.exercises.questions.Part`; no answer raises, whatever it is."""
    if part.kind not in KINDS:                      # what was written is run
        return part.wanted.judge(answer)
    try:
        plain = read(part.kind, answer)
    except Unreadable as reason:
        return Judgement(False, str(reason), say(str(reason), asked=KINDS[part.kind].asked))
    if any(same(part, plain, wanted) for wanted in (part.wanted, *part.also)):
        return Judgement(True, "right", say("right"))
    for mistake, words in part.wrong:
        if same(part, plain, mistake):
            return Judgement(False, "known", words)
    key, details = KINDS[part.kind].diagnose(part, plain)
    return Judgement(False, key, say(key, **details))


def same(part, plain, wanted) -> bool:
    """Whether an answer in its plain form is another one, within the digits asked for."""
    if part.kind == "number":
        return isinstance(plain, float) and fits(plain, wanted, part.digits)
    if part.kind == "vector":
        return _line(plain) and _agree(part, plain, wanted)
    if part.kind == "matrix":
        return plain.shape == wanted.shape and _agree(part, plain, wanted)
    if part.kind == "shape" and not wanted:                 # a single number may be said as one row and one column
        return len(plain) <= 2 and all(size == 1 for size in plain)
    return plain == wanted


def fits(given: float, wanted: float, digits: int = 3) -> bool:
    """Whether a number is the wanted one or a rounding of it; a whole number has no roundings.

    A rounding keeps `digits` significant digits, or as many decimals and two significant digits: 0.012 for 0.0123.

    >>> fits(18.04, 18.0), fits(0.67, 2 / 3), fits(0.667, 2 / 3), fits(0.666, 2 / 3), fits(1.6, np.pi / 2)
    (False, False, True, False, False)
    """
    gap, size = abs(given - wanted), abs(wanted)
    if _whole(wanted):
        return gap <= 1e-9 + 1e-12 * size
    if gap <= 1e-6 * size:
        return True
    leading = math.floor(math.log10(size)) + 1
    return any(leading + p >= digits or (p >= digits and leading + p >= 2)
               for p in range(-9, 10) if _rounding(given, wanted, p))


def _rounding(given, wanted, places):
    """Whether a number is another one, rounded to so many decimals (fewer than 0: to tens, hundreds)."""
    scaled = given * 10.0**places
    return math.isfinite(scaled) and (abs(scaled - math.floor(scaled + 0.5)) <= 1e-6
            and abs(given - wanted) * 10.0**places <= 0.5 * (1 + 1e-9))


def _line(plain):
    """Whether an array is one number after the other: flat, a column or a row."""
    return plain.ndim <= 1 or (plain.ndim == 2 and min(plain.shape) == 1)


def _pairs(plain, wanted):
    """Each entry with the wanted one."""
    return list(zip(plain.reshape(-1).tolist(), wanted.reshape(-1).tolist(), strict=True))


def _agree(part, plain, wanted, factor=1.0):
    """Whether each entry is the wanted one, or a multiple of it."""
    return plain.size == wanted.size and all(fits(given, factor * right, part.digits)
                                             for given, right in _pairs(plain, wanted))


def _permuted(part, plain, wanted):
    return _agree(part, np.sort(plain, axis=None), np.sort(wanted, axis=None))


def _whole(number):
    return abs(number - math.floor(number + 0.5)) <= 1e-12 * max(abs(number), 1)


def _number(part, plain):
    wanted, digits = part.wanted, part.digits
    if not isinstance(plain, float):
        return "many", {"size": plain.size}
    if wanted and plain:
        leading = math.floor(math.log10(abs(wanted))) + 1
        if not _whole(wanted) and any(_rounding(plain, wanted, p) for p in range(1 - leading, 10)):
            return "rounded", {"digits": digits}
        for key, other in (("sign", -wanted), ("twice", 2 * wanted), ("half", wanted / 2), ("inverse", 1 / wanted)):
            if fits(plain, other, digits):
                return key, {}
        if any(k and fits(plain, wanted * 10.0**k, digits) for k in range(-6, 7)):
            return "ten", {}
        if not _whole(wanted) and abs(plain - wanted) <= 0.01 * abs(wanted):
            return "close", {}
    return "value", {}


def _vector(part, plain):
    if not _line(plain):
        return ("arranged" if _permuted(part, plain, part.wanted) else "shape"), {"shape": _written(plain.shape)}
    if plain.size != part.wanted.size:
        return "length", {"size": plain.size}
    return _entries(part, plain)


def _matrix(part, plain):
    wanted, shape = part.wanted, {"shape": _written(plain.shape)}
    turned = plain.shape == wanted.shape[::-1]
    if turned and _agree(part, plain.T, wanted):
        return _layout(part, "transposed"), {}
    if plain.shape == wanted.shape:
        return _entries(part, plain)
    if _agree(part, plain, wanted):
        return ("flat" if _line(plain) else "arranged"), shape
    if turned:
        return "turned", {}
    return ("arranged" if _permuted(part, plain, wanted) else "shape"), shape


def _layout(part, key):
    """Of the layout only where a derivative is asked."""
    return key if part.derivative else f"{key} asked"


def _entries(part, plain):
    """What is wrong with the entries of an array that has the right shape."""
    wanted, pairs = part.wanted, _pairs(plain, part.wanted)
    if wanted.any():
        for key, factor in (("all signs", -1.0), ("all twice", 2.0), ("all half", 0.5)):
            if _agree(part, plain, wanted, factor):
                return key, {}
    off = [k for k, (given, right) in enumerate(pairs) if not fits(given, right, part.digits)]
    flipped = all(fits(pairs[k][0], -pairs[k][1], part.digits) for k in off)
    entry = {"entry": _place(off[0], wanted.shape)}
    if len(off) == 1 < wanted.size:
        return ("one sign" if flipped else "one"), entry
    if flipped:
        return "signs", entry
    if _permuted(part, plain, wanted):
        return "order", {}
    given, right = max(pairs, key=lambda pair: abs(pair[1]))
    factor = given / right if right else 0
    if wanted.size > 1 and factor and all(abs(given - factor * right) <= 1e-3 * abs(factor * right)
                                          for given, right in pairs):
        return "all factor", {}
    return "values", {"wrong": len(off)}


def _shape(part, plain):
    wanted = part.wanted
    if len(wanted) > 1 and plain == wanted[::-1]:
        return _layout(part, "layout"), {}
    if len(wanted) == 2 and 1 in wanted and plain == (max(wanted),):
        return "bare", {}
    if len(wanted) > 1 and plain == (math.prod(wanted),):
        return "count", {}
    if len(plain) != len(wanted):
        return "axes", {"axes": len(plain)}
    if sorted(plain) == sorted(wanted):
        return "axis order", {}
    off = [k for k, (given, right) in enumerate(zip(plain, wanted, strict=True), 1) if given != right]
    return ("one size", {"axis": off[0]}) if len(off) == 1 else ("sizes", {})


def _several(part, plain):
    given, wanted = set(plain), set(part.wanted)
    counts = {"right": len(given & wanted), "extra": len(given - wanted), "missing": len(wanted - given)}
    if given < wanted and given:
        return "lacking", counts
    return ("too many" if given > wanted else "mixed"), counts


def _match(part, plain):
    if len(plain) != len(part.wanted):
        return "pairs length", {"size": len(part.wanted), "given": len(plain)}
    return "pairs", {"right": sum(map(int.__eq__, plain, part.wanted)), "size": len(plain)}


def _pattern(part, plain):
    return ("same letters" if plain.split("->")[0] == part.wanted.split("->")[0] else "pattern"), {}


class Kind(NamedTuple):
    """How one kind of question is judged."""

    read: Callable          # makes the plain form of an answer, or raises Unreadable
    diagnose: Callable      # takes the part and a wrong plain answer; the key of a sentence, and its details
    asked: str              # ends the sentence "This can't be read as …"


KINDS = {
    "number": Kind(answers.single, _number, "a number"),
    "vector": Kind(answers.array, _vector, "a list of numbers"),
    "matrix": Kind(answers.array, _matrix, "rows of numbers"),
    "shape": Kind(answers.shape, _shape, "a shape, such as 4 x 3"),
    "choice": Kind(answers.choice, lambda part, plain: ("choice", {}), "the number of an option"),
    "several": Kind(answers.several, _several, "the numbers of options"),
    "match": Kind(answers.match, _match, "the numbers of the partners"),
    "truth": Kind(answers.truth, lambda part, plain: ("truth", {}), "yes or no"),
    "pattern": Kind(answers.pattern, _pattern, "a pattern, such as ij,j->i"),
}


def _written(shape):
    """A shape in words, as the page writes it."""
    if len(shape) < 2:
        return f"{shape[0]} in a line" if shape else "a single number"
    return " × ".join(str(size) for size in shape)


def _place(index, shape):
    """Where an entry stands, counted from 1."""
    if len(shape) == 2 and 1 not in shape:
        return f"row {index // shape[1] + 1}, column {index % shape[1] + 1}"
    return f"number {index + 1}"
