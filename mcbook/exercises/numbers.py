"""The number that a string holds: digits, a fraction, a small calculation."""

import ast
import math
import operator
import re

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([a-zπ]+)|(\*\*|[-+*/^()]))")
_FUNCTIONS = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "ln": math.log, "sin": math.sin, "cos": math.cos,
              "tan": math.tan, "tanh": math.tanh, "abs": abs}
_NAMES = {"pi": math.pi, "π": math.pi, "e": math.e}
_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
               ast.Pow: math.pow, ast.USub: operator.neg, ast.UAdd: operator.pos}
_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "√": " sqrt "})
LONGEST = 200


class Unreadable(ValueError):
    """An answer cannot be read; the message is the key of what to say."""


def number(text: str) -> float:
    """The number that a string holds.

    Raises
    ------
    Unreadable
        It is empty (``"missing"``), holds no number (``"unread"``), or one that is not finite (``"infinite"``).

    Examples
    --------
    >>> number("-3/2"), number("2^-1 + 1"), number("2*√3"), number("1,000"), number("0,5")
    (-1.5, 1.5, 3.4641016151377544, 1000.0, 0.5)
    """
    text = text.strip().rstrip(".").translate(_SIGNS)
    if not text or text == "…":
        raise Unreadable("missing")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}([ ,_]\d{3})+(\.\d*)?", text):      # thousands
        text = re.sub("[ ,_]", "", text)
    elif re.fullmatch(r"[-+]?\d+,\d+", text):                              # a comma in place of the point
        text = text.replace(",", ".")
    try:
        return finite(_value(ast.parse(_spelled(text), mode="eval").body))
    except (SyntaxError, KeyError, TypeError):
        raise Unreadable("unread") from None
    except ArithmeticError:
        raise Unreadable("infinite") from None


def _spelled(text):
    """A calculation as Python spells it: ``2 ** sqrt(3.0)`` for ``2^√3``."""
    tokens, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at) if len(text) <= LONGEST else None
        if token is None:
            raise Unreadable("unread")
        digits, name, sign = token.groups()
        value = digits and repr(finite(float(digits)))
        tokens.append(f"({value})" if value and tokens[-1:] == ["sqrt"] else value or name or sign.replace("^", "**"))
        at = token.end()
    return " ".join(tokens)


def _value(tree):
    match tree:
        case ast.Constant():
            return tree.value
        case ast.Name():
            return _NAMES[tree.id]
        case ast.UnaryOp():
            return _OPERATIONS[type(tree.op)](_value(tree.operand))
        case ast.BinOp():
            return _result(_OPERATIONS[type(tree.op)], _value(tree.left), _value(tree.right))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _result(_FUNCTIONS[name], _value(argument))
    raise Unreadable("unread")


def _result(function, *values):
    """A value of a function; where it has none, the answer is not finite."""
    try:
        return function(*values)
    except ValueError:
        raise Unreadable("infinite") from None


def finite(value: float) -> float:
    """The value itself; Unreadable where it is nan or infinite."""
    if not math.isfinite(value):
        raise Unreadable("infinite")
    return value
