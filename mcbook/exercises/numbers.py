"""The number that a string holds: digits, a fraction, a small calculation."""

import ast
import math
import operator
import re

#: An answer that is longer is not read.
LONGEST = 200
_DIGITS = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "√": " sqrt ", "^": "**"})
_NAMES = {"pi": math.pi, "π": math.pi, "e": math.e}
_FUNCTIONS = {"sqrt": math.sqrt, "exp": math.exp, "log": math.log, "ln": math.log, "sin": math.sin, "cos": math.cos,
              "tan": math.tan, "tanh": math.tanh, "abs": abs}
_OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
               ast.Pow: math.pow, ast.USub: operator.neg, ast.UAdd: operator.pos}


class Unreadable(Exception):
    """An answer cannot be read; the message is the key of what to say."""


def number(text: str) -> float:
    """The number that a string holds; Unreadable with ``"missing"``, ``"unread"`` or ``"infinite"``.

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
    if len(text) > LONGEST or not re.fullmatch(r"[0-9a-zEπ.+*/() -]*", text):
        raise Unreadable("unread")
    spelled = _DIGITS.sub(lambda digits: f"({finite(float(digits[0]))})", text)     # in brackets "√3" is a call
    try:
        return finite(_value(ast.parse(spelled.strip(), mode="eval").body))
    except (SyntaxError, KeyError):
        raise Unreadable("unread") from None
    except (ArithmeticError, ValueError):                                  # 1/0, log(0)
        raise Unreadable("infinite") from None


def _value(tree):
    match tree:
        case ast.Constant(value=float(value)):
            return value
        case ast.Name(id=name):
            return _NAMES[name]
        case ast.UnaryOp(op=sign, operand=operand):
            return _OPERATIONS[type(sign)](_value(operand))
        case ast.BinOp(left=left, op=sign, right=right):
            return _OPERATIONS[type(sign)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return _FUNCTIONS[name](_value(argument))
    raise Unreadable("unread")


def finite(value: float) -> float:
    """The value itself; Unreadable where it is nan or infinite."""
    if not math.isfinite(value):
        raise Unreadable("infinite")
    return value
