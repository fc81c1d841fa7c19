"""What is said to an answer: one sentence for each thing that can be told apart. The page says the same."""

import re
from typing import NamedTuple


class Judgement(NamedTuple):
    """What is said to an answer."""

    right: bool
    key: str        # which sentence, a key of WORDS, or "known" for a mistake that the exercise names itself
    words: str


#: Key -> sentence. ``{size}`` is a detail; ``{size|# entry|# entries}`` says it in the singular or the plural.
WORDS = {
    # cannot be judged yet
    "missing": "No answer yet.",
    "unread": "This can't be read as {asked}.",
    "ragged": "The rows don't all have the same length.",
    "infinite": "That isn't a finite number.",
    "array": "The question asks for the shape, not for the array itself. Write its sizes, such as 4 x 3.",
    "parts": "This exercise asks for {wanted|# answer|# answers}, in this order; you gave {given|#|#}.",
    # right
    "right": "Right.",
    # numbers
    "many": "The answer is one number, but yours has {size|# entry|# entries}.",
    "rounded": "Rounded too far: give {digits|# digit|# digits}.",
    "close": "Close, but not quite. Keep more digits along the way, and round at the end.",
    "sign": "The right size, but the wrong sign.",
    "twice": "Off by a factor of two: yours is twice as large.",
    "half": "Off by a factor of two: yours is half as large.",
    "inverse": "Upside down: yours is one divided by the right number.",
    "ten": "The right digits, but the decimal point is in the wrong place.",
    "value": "That isn't the number.",
    # arrays
    "transposed": "The right numbers, but transposed. In this book each input has a row and each output a column.",
    "transposed asked": "The right numbers, but transposed: rows and columns are swapped.",
    "flat": "The right numbers, but flat: {shape} instead of rows and columns.",
    "arranged": "The right numbers, but arranged differently: yours is {shape}.",
    "order": "The right numbers, but in a different order.",
    "all signs": "Every entry has the right size but the wrong sign.",
    "all twice": "Off by a factor of two: every entry is twice as large as it should be.",
    "all half": "Off by a factor of two: every entry is half as large as it should be.",
    "all factor": "Every entry is off by the same factor.",
    "one sign": "One entry has the wrong sign: {entry}.",
    "one": "One entry is wrong: {entry}.",
    "signs": "The sizes are right, but some signs are wrong, starting with {entry}.",
    "values": "The shape is right, but {wrong|# entry is|# entries are} wrong.",
    "turned": "The shape is the transposed one, and the values aren't right yet.",
    "shape": "Yours has the shape {shape}, which isn't the shape asked for.",
    "length": "Yours has {size|# entry|# entries}, which isn't the right number.",
    # shapes
    "layout": "That's the other layout. In this book each input has a row and each output a column.",
    "layout asked": "The right sizes, but with rows and columns swapped.",
    "count": "That's how many numbers it holds. The question asks for its shape: rows x columns.",
    "bare": "The right length. Is it a row or a column? Write 1 x n or n x 1.",
    "axis order": "The right sizes, but in a different order: the axes of the input come first.",
    "one size": "One size is wrong: number {axis}.",
    "axes": "Yours has {axes|# axis|# axes}. Add up the axes of the input and those of the output.",
    "sizes": "The right number of axes, but the sizes are wrong.",
    # choices
    "choice": "Not this one.",
    "truth": "It's the other way around.",
    "lacking": "{right|That one is|Those are} right, but {missing|one is|# are} missing.",
    "too many": "You have all the right ones, plus {extra|one that doesn't|# that don't} belong.",
    "mixed": "Right: {right}. Wrong: {extra}. Missing: {missing}.",
    "pairs": "Matched correctly: {right} of {size}.",
    "pairs length": "There are {size} to match, but you matched {given}.",
    "pattern": "Not this pattern.",
    "same letters": "The right letters go in, but a different set should come out.",
}

_PLURAL = re.compile(r"\{(\w+)\|([^|]*)\|([^}]*)\}")


def say(key: str, /, **details) -> str:
    """The sentence of a key, with details in its braces."""
    def one(found: re.Match) -> str:
        return found[2 if details[found[1]] == 1 else 3].replace("#", str(details[found[1]]))
    return _PLURAL.sub(one, WORDS[key]).format(**details)
