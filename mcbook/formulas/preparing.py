"""LaTeX made ready for the grammar, sign for sign, so that a message can point to the place it speaks of."""

import re

_LINES = ("aligned", "align", "align*", "gathered", "gather", "gather*", "split", "alignedat", "array")
_TO = r"\\(?:Longright|longright|Right|right)arrow|\\implies"
_PIECE = re.compile(r"\\(begin|end)\s*\{([a-z*]+)\}(\{[a-z]*\})?|\\\\(\[[^\]]*\])?|&|[^\\&]+|\\.?", re.S)
_WORDS = {"LETTER": "a letter", "NUMBER": "a number", "RPAR": "a closing )", "RBRACE": "a closing }",
          "RSQB": "a closing ]", "LBRACE": "{", "ENDMATRIX": "the end of the matrix", "CLOSEBAR": "a closing |",
          "CLOSENORM": "a closing ‖", "ENDCASES": "the end of the cases", "EQUALS": "=", "OPERATOR": "a product",
          "PLUS": "+", "$END": "the end of the formula", "DIGIT": "a digit"}


def prepared(latex):
    """The formula with bars told apart and lines marked, each sign where it was."""
    text = re.sub(r"\\(?:(?:lVert|rVert|Vert)(?![A-Za-z])|\|)", lambda m: "‖".ljust(len(m[0])), latex)
    text = re.sub(r"\\(lvert|rvert|vert|mid)(?![A-Za-z])", lambda m: "|".ljust(len(m[0])), text)
    text = re.sub(r"(\\q?quad)(?=\s*" + _TO + ")", lambda m: " " * len(m[0]), text)
    text = re.sub("(" + _TO + r")(\s*\\q?quad)", lambda m: m[1] + " " * len(m[2]), text)
    return _barred(_lined(text))


def _lined(text):
    """Line breaks of aligned formulas as ¶; their & and the environment itself as blanks."""
    out, stack = [], []
    for piece in _PIECE.finditer(text):
        word = piece[0]
        lines = bool(stack) and stack[-1] in _LINES
        if piece[1] == "begin":
            stack.append(piece[2])
            lines = piece[2] in _LINES
        elif piece[1] == "end" and stack:
            stack.pop()
        if (piece[1] and lines) or (word == "&" and lines):
            word = " " * len(word)
        elif word.startswith("\\\\"):
            word = ("¶" if lines else "\\\\").ljust(len(word))
        out.append(word)
    return "".join(out)


def _barred(text):
    out, stack = list(text), [[]]
    for place, sign in enumerate(text):
        if sign in "{([":
            stack.append([])
        elif sign in "})]":
            stack = stack[:-1] or [[]]
        elif sign in "|‖":
            names = "⟦⟧" if sign == "|" else "⟪⟫"
            if stack[-1] and stack[-1][-1] == sign:
                stack[-1].pop()
                out[place] = names[1]
            elif sign == "|" and text[place + 1:].lstrip().startswith("_"):
                out[place] = "¦"
            else:
                stack[-1].append(sign)
                out[place] = names[0]
    return "".join(out)


def pointed(latex, place, words):
    """A message with a caret under the place it speaks of."""
    start = max(0, place - 60)
    line = latex[start:place + 40].replace("\n", " ").replace("¶", " ")
    lead = "… " if start else ""
    return f"the formula cannot be read here{words}\n  {lead}{line}\n  {' ' * (len(lead) + place - start)}^"


def expected(names):
    words = [word for name, word in _WORDS.items() if name in names]
    if not words:
        return ""
    words = words[:5]
    return ": expected " + (", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0])
