"""The number that a string holds: digits, a fraction, a small calculation."""

import math
import re

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([a-zπ]+)|(\*\*|[-+*/^()]))")
_FUNCTIONS = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "ln": math.log, "sin": math.sin, "cos": math.cos,
              "tan": math.tan, "tanh": math.tanh, "abs": abs}
_NAMES = {"pi": math.pi, "π": math.pi, "e": math.e}
LONGEST = 200
_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "√": " sqrt "})


class Unreadable(ValueError):
    """An answer cannot be read; the message is the key of what to say."""


def number(text: str) -> float:
    """The number that a string holds.

    Digits, fractions and small calculations are read: ``"-3/2"``, ``"2*sqrt(3)"``,
    ``"pi/2"``, ``"1 000"``, ``"1,5"``.

    Parameters
    ----------
    text : str

    Returns
    -------
    float

    Raises
    ------
    Unreadable
        It is empty (``"missing"``), holds no number (``"unread"``), or one that is not finite (``"infinite"``).

    Examples
    --------
    >>> number("-3/2"), number("2^-1 + 1"), number("1,000"), number("0,5")
    (-1.5, 1.5, 1000.0, 0.5)
    """
    text = text.strip().rstrip(".").translate(_SIGNS)
    if not text or text == "…":
        raise Unreadable("missing")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}([ ,_]\d{3})+(\.\d*)?", text):      # thousands
        text = re.sub(r"[ ,_]", "", text)
    elif re.fullmatch(r"[-+]?\d+,\d+", text):                              # a decimal comma
        text = text.replace(",", ".")
    try:
        tokens, at = [], 0
        while at < len(text) <= LONGEST:
            token = _TOKEN.match(text, at)
            if token is None:
                raise Unreadable("unread")
            tokens.append(token)
            at = token.end()
        value, rest = _sum(tokens)
    except Unreadable:
        raise
    except (IndexError, KeyError, TypeError):
        raise Unreadable("unread") from None
    except (ValueError, ArithmeticError):
        raise Unreadable("infinite") from None
    if rest:
        raise Unreadable("unread")
    return finite(value)


def _sum(tokens):
    value, tokens = _product(tokens)
    while tokens and tokens[0][3] in ("+", "-"):
        more, rest = _product(tokens[1:])
        value, tokens = (value + more if tokens[0][3] == "+" else value - more), rest
    return value, tokens


def _product(tokens):
    value, tokens = _signed(tokens)
    while tokens and tokens[0][3] in ("*", "/"):
        more, rest = _signed(tokens[1:])
        value, tokens = (value * more if tokens[0][3] == "*" else value / more), rest
    return value, tokens


def _signed(tokens):
    if tokens[0][3] in ("-", "+"):
        value, rest = _signed(tokens[1:])
        return (-value if tokens[0][3] == "-" else value), rest
    value, tokens = _atom(tokens)
    if tokens and tokens[0][3] in ("^", "**"):
        power, tokens = _signed(tokens[1:])
        value = math.pow(value, power)
    return value, tokens


def _atom(tokens):
    first, rest = tokens[0], tokens[1:]
    if first[1]:
        return float(first[1]), rest
    if first[2] in _NAMES:
        return _NAMES[first[2]], rest
    function = _FUNCTIONS[first[2]] if first[2] else (lambda value: value)
    if first[2] == "sqrt" and rest[0][1]:                                  # √2 needs no parentheses
        return math.sqrt(float(rest[0][1])), rest[1:]
    if (rest[0] if first[2] else first)[3] != "(":
        raise KeyError(first[0])
    value, rest = _sum(rest[1:] if first[2] else rest)
    if rest[0][3] != ")":
        raise KeyError(first[0])
    return function(value), rest[1:]


def finite(value: float) -> float:
    """The value itself, if it is a finite number.

    Parameters
    ----------
    value : float

    Returns
    -------
    float

    Raises
    ------
    Unreadable
        It is nan or infinite.

    Examples
    --------
    >>> finite(1.5)
    1.5
    """
    if not math.isfinite(value):
        raise Unreadable("infinite")
    return value
