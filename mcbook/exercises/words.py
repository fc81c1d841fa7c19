"""What is said to an answer: one sentence for each thing that can be told apart. The page says the same."""

WORDS = {
    # cannot be judged yet
    "missing": "No answer yet.",
    "unread": "This cannot be read as {asked}.",
    "ragged": "The rows do not have the same length.",
    "infinite": "That is not a finite number.",
    "array": "The shape is asked, not the array itself: write its sizes, such as 4 x 3.",
    "parts": "{wanted} answers are asked here, in this order; there were {given}.",
    # right
    "right": "Right.",
    # numbers
    "many": "One number is asked; yours has {size} entries.",
    "rounded": "Rounded too far: give {digits} digits.",
    "close": "Close, but not there: keep more digits on the way, and round at the end.",
    "sign": "The right size, with the wrong sign.",
    "twice": "Off by a factor of two: yours is twice as large.",
    "half": "Off by a factor of two: yours is half as large.",
    "inverse": "Upside-down: yours is one divided by the right number.",
    "ten": "The right digits; the decimal point is elsewhere.",
    "value": "Not this number.",
    # arrays
    "transposed": "The right numbers, transposed. In this book each input has a row, each output a column.",
    "transposed asked": "The right numbers, transposed: rows and columns have changed places.",
    "flat": "The right numbers, but flat: {shape} instead of rows and columns.",
    "arranged": "The right numbers, arranged in another way: yours is {shape}.",
    "order": "The right numbers, in another order.",
    "all signs": "Every entry has the right size and the wrong sign.",
    "all twice": "Off by a factor of two: every entry is twice as large.",
    "all half": "Off by a factor of two: every entry is half as large.",
    "all factor": "Every entry is off by the same factor.",
    "one sign": "One entry is off, {entry}: its sign.",
    "one": "One entry is off: {entry}.",
    "signs": "The sizes are right. Some signs are not, first of all: {entry}.",
    "values": "The shape is right, the values are not yet: {right} of {size} entries are right.",
    "turned": "The shape is the transposed one, and the values are not right yet.",
    "shape": "Yours has the shape {shape}, and that is not the shape asked for.",
    "length": "Yours has {size} entries, and that is not how many there are.",
    # shapes
    "layout": "That is the other layout. In this book each input has a row, each output a column.",
    "layout asked": "The right sizes, with rows and columns interchanged.",
    "count": "That is how many numbers it holds. Its shape is asked: rows x columns.",
    "bare": "The right length. Say also whether it is a row or a column: 1 x n or n x 1.",
    "axis order": "The right sizes in another order: the axes of the input come first.",
    "one size": "One size is off, number {axis}.",
    "axes": "Yours has {axes}; add up those of the input and those of the output.",
    "sizes": "As many axes as it should have, but their sizes are others.",
    # choices
    "choice": "Not this one.",
    "truth": "It is the other way round.",
    "lacking": "Those are right, but not all: {missing} more.",
    "too many": "All that are right, and {extra} that should not be there.",
    "mixed": "{right} right, {extra} wrong, {missing} missing.",
    "pairs": "{right} of {size} are matched.",
    "pairs length": "{size} are to be matched; yours has {given}.",
    "text": "Not these words.",
    "pattern": "Not this pattern.",
    "same letters": "The right letters go in; another set should come out.",
}

#: What each kind of question asks for, in the sentence "This cannot be read as …".
ASKED = {
    "number": "a number", "shape": "a shape, such as 4 x 3", "vector": "a list of numbers", "matrix": "rows of numbers",
    "choice": "the number of an option", "several": "the numbers of options", "match": "the numbers of the partners",
    "truth": "yes or no", "text": "words", "pattern": "a pattern, such as ij,j->i",
}


def say(key, /, **details):
    """The sentence of a key.

    Parameters
    ----------
    key : str
    **details
        What stands in its braces.

    Returns
    -------
    str

    Examples
    --------
    >>> say("flat", shape="(6,)")
    'The right numbers, but flat: (6,) instead of rows and columns.'
    """
    return WORDS[key].format(**details)
