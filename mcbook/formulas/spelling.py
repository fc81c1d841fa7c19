r"""What people write, as tokens: LaTeX and plain text become the same signs, which ``spellings.txt`` lists. A formula
without a backslash is plain text: in it ``W_12`` and ``x^10`` are one script, and names of Greek letters are letters.
"""

import pathlib
import re

from lark import Token

from .verdict import BudgetError, FormulaError

#: The longest formula that is read, and how deep its brackets may go.
LENGTH, DEPTH = 3000, 40

_ROWS = [line.split() for line in pathlib.Path(__file__).with_name("spellings.txt").read_text("utf-8").splitlines()
         if line and not line.startswith("#")]
#: Spelling -> the kind of a token, and what it says.
TABLE = {spelling.replace("~", " "): (kind, says.replace("~", " "))
         for kind, says, *spellings in _ROWS for spelling in spellings}
#: What a sign, a Greek letter or a function says -> its LaTeX.
LATEX = {says: spellings[0] for kind, says, *spellings in reversed(_ROWS)
         if spellings[0].startswith("\\") and (len(says) > 1 or not says.isascii())}
#: Functions that need no declaration: the name that people use -> the one that is meant.
FUNCTIONS = {name: says for name, (kind, says) in TABLE.items() if kind == "FUNCTION" and name[0] != "\\"}

_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵏᵐˡᴸ", "0123456789-+nkmℓL", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚᵣₛₜₓₐ", "0123456789ijklmnprstxa", strict=True))
_LONG = "|".join(re.escape(one) for one in sorted(TABLE, key=len, reverse=True) if re.fullmatch(r"[^\w\\^{ ]{2,}", one))
_ACCENT = "hat|bar|tilde|vec|widehat|widetilde|overline|dot|ddot|check|breve"
_PIECE = re.compile(
    rf"""
    \s+ | ~ | \\[!,;:>\ ] | \\hspace\s*\{{[^{{}}]*\}} | \\mkern[-.\d\s]*mu
  | \\(?:color|tag|label|h?phantom|textcolor)\s*\{{[^{{}}]*\}}
  | (?P<environment>\\(?P<does>begin|end)\s*\{{(?P<which>[A-Za-z]+\*?)\}}(?:(?<=n\{{array\}})\s*\{{[^{{}}]*\}})?)
  | (?P<words>\\(?:text|textrm|textit|textbf|textsf|mbox)\s*\{{(?P<said>[^{{}}]*)\}})
  | (?P<upright>(?:\\(?:operatorname|mathrm|mathsf|mathit|mathop)\*?\s*\{{\s*(?:\\rm\s*)?|\{{\s*\\rm\s+)
        (?P<name>d|[A-Za-z]{{2,}})\s*\}} | \\mathrm\s+(?P<d>d)(?![A-Za-z]) | \\(?P<vec>vec)(?=\s*\())
  | (?P<bold>\\(?:vec|mathbf|boldsymbol|bm|mathbb|mathds)\s*(?:\{{\s*(?P<digit>[01])\s*\}}|(?P<bare>[01])))
  | (?P<accent>\\(?P<mark>{_ACCENT})(?![A-Za-z])\s*
        (?:\{{\s*(?P<under>\\[A-Za-z]+|[A-Za-z])\s*\}}|(?P<tight>\\[A-Za-z]+|[A-Za-z])))
  | (?P<line_end>\\\\(?:\s*\[[^\]]*\])?)
  | (?P<fence>\\(?P<side>left|right)\s*(?P<stands>\.|\||\\\||\\[lr]?[vV]ert(?![A-Za-z])))
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+(?![A-Za-z0-9]))?|\.[0-9]+)
  | (?P<primes>'+)
  | (?P<turned>\.T(?![A-Za-z]))
  | (?P<word>log(?=det(?![A-Za-z]))|[A-Za-z]+)
  | (?P<raised>[{"".join(_RAISED)}]+ᵀ?)
  | (?P<lowered>[{"".join(_LOWERED)}]+)
  | (?P<sign>\\[A-Za-z]+|\\[{{}}|]|{_LONG}|.)
""",
    re.X | re.S,
)
_LOOKS = re.compile(r"\\(?:mathsf|mathrm|text|textsf|textrm|textup|operatorname|mathit|mathtt|rm|sf|bf|mathbf|"
                    r"scriptscriptstyle|scriptstyle|mkern[-.\d\s]*mu)(?![A-Za-z])|\\[!,;:> ]|[\s{}]")
_ORDER = r"(?:\^\s*\{?\d\}?|[²³])\s*"
#: What follows a d that stands for a change: the letter, function or bracket that changes, or the stroke of d/dx.
_CHANGES = re.compile(
    rf"""
    (?:\s | \\[,!;:\ ] | \\textcolor\{{\w+\}} | \{{)* (?: [^\W\d_] | \( | \\(?P<command>[A-Za-z]+))
  | \s*(?:{_ORDER})?/\s*d | \s*{_ORDER}[A-Za-zα-ω\\(}}{{]
""", re.X)


def pointed(formula: str, place: int, words: str) -> str:
    """A message with a caret under the place that it speaks of."""
    start = max(0, place - 60)
    line = formula[start:place + 40].replace("\n", " ")
    lead = "… " if start else ""
    return f"the formula cannot be read here{words}\n  {lead}{line}\n  {' ' * (len(lead) + place - start)}^"


def signs(formula: str, names: frozenset = frozenset()) -> list[Token]:
    """The tokens of a formula. A word among the `names` given is one letter, and a ``d`` among them no differential."""
    if len(formula) > LENGTH:
        raise BudgetError(f"the formula has {len(formula)} characters, and at most {LENGTH} are read")
    found = _Scanner(formula, names).run()
    joins = {"ARROW", "RELATION", "EQUALS", "PLUS", "OPERATOR"}  # a wide space beside one only makes room
    return [one for k, one in enumerate(found) if one.type != "QUAD"
            or not joins & {near.type for near in (*found[max(k - 1, 0):k], *found[k + 1:k + 2])}]


def _kind(spelling):
    return TABLE.get(spelling, ("", ""))[0]


class _Scanner:
    """Goes through a formula once, from left to right, with a method for each kind of piece."""

    def __init__(self, formula, names):
        self.formula, self.names, self.plain = formula, names, "\\" not in formula
        self.out, self.place, self.groups, self.environments = [], 0, [], []

    def run(self):
        while self.place < len(self.formula):
            found = _PIECE.match(self.formula, self.place)
            self.start, self.place = self.place, found.end()
            if found.lastgroup:
                getattr(self, found.lastgroup)(found)
            if len(self.groups) > DEPTH:
                raise BudgetError(f"the brackets are nested more than {DEPTH} deep: too much to run")
        return self.out

    def put(self, kind, text="", start=None, end=None):
        start, end = self.start if start is None else start, self.place if end is None else end
        self.out.append(Token(kind, text, start_pos=start, end_pos=end))

    def fault(self, words):
        return FormulaError(pointed(self.formula, self.start, words))

    def last(self, *kinds):
        return bool(self.out) and self.out[-1].type in kinds

    def ahead(self, pattern):
        return re.compile(pattern).match(self.formula, self.place)

    def scripted(self):
        """Whether this stands in a subscript."""
        return "SUB" in self.groups

    # words and environments

    def environment(self, found):
        begins, name = found["does"] == "begin", found["which"]
        kind = _kind(f"{{{name}}}")
        if not kind:
            raise self.fault(f": the environment {name} is not known here")
        if begins and kind == "MATRIX" and self.last("LCURLY"):  # \left\{\begin{array} are cases
            self.out.pop()
            self.groups.pop()
            kind = "CASES"
        if begins:
            self.environments.append(kind)
        elif self.environments and self.environments.pop() == "CASES" and kind == "MATRIX":
            kind = "CASES"
        if kind != "NEWLINE":
            self.put(kind if begins else "END" + kind, name)
        elif self.out or not begins:
            self.put("NEWLINE")

    def line_end(self, found):
        self.put("ROW" if self.aligned() else "NEWLINE")

    def aligned(self):
        """Whether this stands in a matrix or in cases."""
        return bool(self.environments) and self.environments[-1] != "NEWLINE"

    def words(self, found):
        whole = " ".join(found["said"].split())
        said = whole.strip(" ,.")
        if said == "d" or said in self.names or said in FUNCTIONS:
            self.name(said)
        elif said[:1].isalpha() and said in TABLE:
            self.put(*TABLE[said])
        elif said or self.last("SUB"):
            self.put("WORDS", whole)

    def upright(self, found):
        self.name(found["name"] or found["d"] or found["vec"])

    def name(self, name):
        """A name in upright letters: a function, a letter that is given, or the d of a change."""
        if name == "d":
            self.put("PREFIX", "d")
        elif name in FUNCTIONS and name not in self.names:
            self.put("FUNCTION", FUNCTIONS[name])
        else:
            self.put("NAME", name)

    def bold(self, found):
        digit = found["digit"] or found["bare"]
        self.put("ZERO" if digit == "0" else "ONES", digit)

    def accent(self, found):
        under, mark = found["under"] or found["tight"], found["mark"]
        if under[0] == "\\" and _kind(under) != "LETTER":
            raise self.fault(f": \\{mark} stands over one letter")
        letter = TABLE[under][1] if under[0] == "\\" else under
        mark = {"overline": "bar"}.get(mark, mark.removeprefix("wide"))
        self.put("LETTER", letter if mark == "vec" else f"{letter}_{mark}")

    def word(self, found):
        word = found[0]
        whole = word + self.ahead(r"\d*")[0]
        given = next((name for name in (whole, word) if len(word) > 1 and name in self.names), None)
        if self.last("SUB", "SUP"):
            self.script(word)
        elif given:
            self.place = self.start + len(given)
            self.put("LETTER", given)
        elif word in FUNCTIONS:
            self.put(*("WORDS", word) if self.scripted() else ("FUNCTION", FUNCTIONS[word]))
        elif self.plain and (known := self.worded(word)):
            self.put(*known)
        else:
            self.place = self.start + len(word)
            called = self.plain and len(word) > 2 and word.islower() and self.ahead(r"\(")
            self.place = self.start + 1
            change = word[0] == "d" and self.changes()
            if called and not change:
                raise self.fault(f": {word} is no function that is known here; a product is written with blanks")
            self.put("PREFIX" if change else "LETTER", word[0])

    def worded(self, word):
        """In plain text, the name of a sign or of a letter, and the words of a condition."""
        kinds = "LETTER", "PREFIX", "IF", "NEAR", "OTHERWISE", "ARROW"
        spelling = next((one for one in ("\\" + word, word) if _kind(one) in kinds and word != "dd"), None)
        return spelling and TABLE[spelling]

    def changes(self):
        """Whether a d is the sign of a change, and no letter."""
        if "d" in self.names or self.scripted():
            return False
        if [one.type for one in self.out[-2:]] == ["FRACTION", "LBRACE"] and self.ahead(r"\s*\}"):
            return True
        found = _CHANGES.match(self.formula, self.place)
        if not found or not found["command"]:
            return bool(found)
        kind = "" if found["command"] == "right" else _kind("\\" + found["command"])
        return kind in ("LETTER", "FUNCTION", "SILENT") or found["command"] in _ACCENT.split("|")

    # numbers and scripts

    def number(self, found):
        text, before = found[0], [one.type for one in self.out[-2:]]
        if self.last("SUB", "SUP"):
            self.script(text)
        elif self.last("FRACTION", "ROOT") or before == ["FRACTION", "DIGIT"]:  # \frac12
            self.place = self.start + 1
            self.put("DIGIT", text[0])
        elif self.last("LETTER") and self.out[-1].end_pos == self.start and text.isdigit() and not self.scripted() and (
                before[0] not in ("SUP", "SUB", "FRACTION")):
            self.put("SUB", "_", self.start, self.start)  # W1 is W_1
            self.braced(text)
        else:
            self.put("NUMBER", text)

    def script(self, text):
        """A script without braces: one sign in LaTeX; in plain text, a power ends where a letter begins."""
        sub = self.last("SUB")
        if not self.plain:
            if len(text) > 1 and not text[0].isalpha():
                what = self.formula[self.start - 1] + text
                raise self.fault(f": {what} is {what[:2]} and then {text[1:]} in LaTeX; write {what[0]}{{{text}}}")
            self.place = self.start + 1
            self.put("LETTER" if text[0].isalpha() else "DIGIT", text[0])
            return
        self.place = self.start
        run = self.ahead(r"[A-Za-z0-9]+|\.\d+" if sub else r"\d*\.?\d+|[A-Za-z]")
        self.place = run.end()
        base = self.out[-2] if len(self.out) > 1 else ""
        if sub and f"{base}_{run[0]}" in self.names and not run[0].isdigit():
            self.put("WORDS", run[0])
        elif not sub and run[0].isalpha() and self.ahead("[A-Za-z]"):
            raise self.fault(": the end of this power cannot be told; write ^( … )")
        else:
            self.braced(run[0])

    def braced(self, text):
        """A script as if it stood in braces."""
        self.put("LBRACE", "{", self.start, self.start)
        text = "∞" if text == "inf" else text
        for sign in [TABLE["\\" + text][1]] if _kind("\\" + text) == "LETTER" else re.findall(r"\d*\.?\d+|\D", text):
            kind = {"-": "MINUS", "+": "PLUS", "∞": "INFINITY"}.get(sign, "LETTER")
            self.put("NUMBER" if sign[-1].isdigit() else kind, sign)
        self.put("RBRACE", "}", self.place, self.place)

    def raised(self, found):
        core = "".join(_RAISED[sign] for sign in found[0].removesuffix("ᵀ"))
        turned = found[0].endswith("ᵀ")
        if core == "+" or core == "-" and turned:
            self.put("PSEUDO" if core == "+" else "INVERSED", core)
            return
        self.put("SUP", "^", self.start, self.start)
        self.braced(core)
        if turned:
            self.put("TRANSPOSED", "T")

    def lowered(self, found):
        self.put("SUB", "_", self.start, self.start)
        self.braced("".join(_LOWERED[sign] for sign in found[0]))

    def primes(self, found):
        self.put("PRIMES", str(len(found[0])))

    def turned(self, found):
        if self.plain:
            self.put("TRANSPOSED", "T")
        else:
            self.place = self.start + 1  # a full stop, and a letter T

    # brackets, bars and all other signs

    def fence(self, found):
        """The size of a bracket says nothing; before a bar, \\left and \\right tell its two sides apart."""
        side, stands = found["side"], found["stands"]
        kind = "NORM" if stands == r"\|" or "V" in stands else "BAR"
        if stands == ".":
            return
        if side == "right" and kind == "BAR" and "left" not in self.groups:
            self.put("EVALUATED")
            return
        self.put(("OPEN" if side == "left" else "CLOSE") + kind)
        if side == "left":
            self.groups.append("left")
        else:
            self.close()

    def close(self):
        """Leave a bracket, with the bars in it that were left open."""
        while self.groups and self.groups.pop() in ("|", "‖"):
            pass

    def bar(self, text, written):
        if written == "||" and "|" in self.groups:  # |x||y|
            self.place, text = self.start + 1, "|"
        name = "BAR" if text == "|" else "NORM"
        if self.groups[-1:] == [text]:
            self.groups.pop()
            self.put("CLOSE" + name)
        elif text == "|" and self.ahead(r"\s*_"):
            self.put("EVALUATED")
        else:
            self.groups.append(text)
            self.put("OPEN" + name)

    def bracket(self, kind, text):
        if kind[0] == "L":
            script = self.out[-1].type if self.last("SUP", "SUB") else ""
            if kind == "LPAR" and script:
                kind, script = "LBRACE", script + "("  # e^(x + y) in plain text
            self.groups.append(script if script not in ("", "SUP") else text)
        else:
            opened = [one for one in self.groups if one not in ("|", "‖")][-1:]
            kind = "RBRACE" if opened in (["SUP("], ["SUB("]) else kind
            self.close()
        self.put(kind, text)

    def sign(self, found):
        sign = found[0]
        kind, text = TABLE.get(sign, ("LETTER" if sign.isalpha() else "", sign))
        if sign == "^" and (script := self.superscript()):
            self.put(*script)
        elif sign == r"\top":
            raise self.fault(r": \top is a transpose, and stands after ^")
        elif sign[1:] in self.names and kind != "LETTER" and len(sign) > 1:
            self.put("NAME", sign[1:])
        elif sign == "&":
            if self.aligned():
                self.put("AMP", "&")
        elif sign == ":":
            separates = self.ahead(r"\s*(?:\\q?quad|$)") or any(one.type == "FORALL" for one in self.out[-5:])
            self.put("SLICE" if self.scripted() else "COLON" if separates else "OPERATOR", ":")
        elif text == "Δ" and not self.ahead(r"\s*[A-Za-zα-ω({\\Δ]"):
            self.put("LETTER", text)
        elif kind == "MINUS" and self.plain and self.last("SUP") and (
                power := self.ahead(r"\s*(\d+|T)(?![A-Za-z0-9])")):  # A^-1
            self.place = power.end()
            self.braced("-" + power[1])
        elif kind == "ARROW" and text == "→" and self.scripted():
            self.put("RELATION", text)
        elif kind == "BAR":
            self.bar(text, sign)
        elif text in tuple("([{)]}"):
            self.bracket(kind, text)
        elif kind and kind != "SILENT":
            self.put(kind, text)
        elif kind != "SILENT" and sign != ".":
            raise self.fault(f": {sign} is not known here")

    def superscript(self):
        """The kind and text of a superscript that is a sign of its own: a transpose, a prime, a pseudo-inverse."""
        script = self.ahead(r"\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+\s*\{[^{}]*\}|\\[A-Za-z]+|-T\b|.)")
        text = _LOOKS.sub("", script[1]) if script else ""
        if text in ("*", r"\ast", r"\dagger", "†"):
            raise self.fault(f": ^{text} may be a conjugate, an adjoint or a pseudo-inverse; write ^T, or ^{{+}}")
        known = TABLE.get("^" + text) if text and not (text == "H" and text in self.names) else None
        if known:
            self.place = script.end()
        return known
