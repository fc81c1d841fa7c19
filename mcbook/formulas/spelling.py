r"""What people write, as tokens: LaTeX and plain text become the same signs.

``A^\top``, ``A^{\mathsf T}``, ``A'`` and ``Aᵀ`` differ in spelling alone, and so do ``\nabla``, ``∇`` and the word
``nabla``. A formula without a backslash is plain text: in it ``W_12`` and ``x^10`` are one script, and the names of
Greek letters are letters. Whatever is written, each token knows its place.
"""

import re
from dataclasses import dataclass

from .verdict import BudgetError, FormulaError

#: The longest formula that is read, and how deep its brackets may go.
LENGTH, DEPTH = 3000, 40

GREEK = dict(zip("alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho "
                 "sigma tau upsilon phi varphi chi psi omega Gamma Theta Lambda Xi Pi Sigma Phi Psi Omega ell imath "
                 "jmath".split(), "αβγδεεζηθθικλμνξπρστυφφχψωΓΘΛΞΠΣΦΨΩℓij", strict=True))
#: Functions that need no declaration, under the names that people use.
FUNCTIONS = {name: name for name in "sin cos tan sinh cosh tanh arcsin arccos arctan exp log sqrt det tr rank diag vec "
                                    "inv sign max min expm kron dot adj norm abs".split()} | {
    "ln": "log", "Tr": "tr", "trace": "tr", "Trace": "tr", "Det": "det", "Diag": "diag", "Vec": "vec",
    "sgn": "sign", "arcsinh": "arcsinh", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "adjugate": "adj",
    "Axes": "Axes", "Size": "Size", "transpose": "transpose", "vect": "vec"}
_PREFIXES = {"partial": "∂", "nabla": "∇", "Delta": "Δ", "sum": "sum", "prod": "prod", "lim": "lim", "dd": "d"}
_OPERATORS = {
    "cdot": "·",
    "star": "⋆",
    "odot": "*",
    "circ": "*",
    "ast": "*",
    "times": "×",
    "otimes": "⊗",
    "bullet": "·",
    "oslash": "⊘",
    "div": "/",
}
_RELATIONS = {"approx": "≈", "neq": "≠", "ne": "≠", "leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥",
              "geqslant": "≥", "to": "→", "in": "∈", "lt": "<", "gt": ">", "equiv": "=", "triangleq": "=",
              "coloneqq": "=", "doteq": "=", "simeq": "≈"}
_ARROWS = {"rightarrow": "→", "longrightarrow": "→", "mapsto": "→", "Rightarrow": "⟹", "Longrightarrow": "⟹",
           "implies": "⟹", "iff": "⟺", "Leftrightarrow": "⟺", "Longleftrightarrow": "⟺"}
_SINGLE = ({"frac": ("FRACTION", ""), "dfrac": ("FRACTION", ""), "tfrac": ("FRACTION", ""), "cfrac": ("FRACTION", ""),
            "sqrt": ("ROOT", ""), "overbrace": ("BRACE", "over"), "underbrace": ("BRACE", "under"),
            "boxed": ("BOXED", ""), "leftrightarrow": ("BOTH", ""), "quad": ("QUAD", ""), "qquad": ("QUAD", ""),
            "forall": ("FORALL", ""), "infty": ("INFINITY", "∞"), "langle": ("LANGLE", "⟨"), "rangle": ("RANGLE", "⟩"),
            "lbrace": ("LCURLY", "{"), "rbrace": ("RCURLY", "}"), "lVert": ("OPENNORM", ""), "rVert": ("CLOSENORM", ""),
            "lvert": ("OPENBAR", ""), "rvert": ("CLOSEBAR", ""), "Vert": ("‖", ""), "vert": ("|", ""), "mid": ("|", ""),
            "lbrack": ("LSQB", "["), "rbrack": ("RSQB", "]")}
           | {name: ("DOTS", "…") for name in "cdots ldots dots dotsc dotsb dotsm vdots ddots".split()}
           | {name: ("LETTER", sign) for name, sign in GREEK.items()}
           | {name: ("FUNCTION", sign) for name, sign in FUNCTIONS.items()
              if name not in ("norm", "abs", "vec", "dot", "sqrt")}
           | {name: ("OPERATOR", sign) for name, sign in _OPERATORS.items()}
           | {name: ("RELATION", sign) for name, sign in _RELATIONS.items()}
           | {name: ("ARROW", sign) for name, sign in _ARROWS.items()}
           | {name: ("PREFIX", sign) for name, sign in _PREFIXES.items()})
_SILENT = frozenset("left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr "
                    "Biggm displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits strut mathstrut notag "
                    "nonumber bf rm it sf downarrow Downarrow uparrow Bigdownarrow mathbf boldsymbol bm mathcal mathbb "
                    "mathsf mathit mathfrak mathtt mathscr symbf pmb mathop mathrm operatorname bold".split())
_ACCENTS = frozenset("hat bar tilde vec widehat widetilde overline dot ddot check breve".split())
_LINES = ("aligned", "align", "align*", "gathered", "gather", "gather*", "split", "alignedat", "equation", "equation*")
_MATRICES = ("matrix", "bmatrix", "pmatrix", "Bmatrix", "smallmatrix", "array")
_SIGNS = {"+": ("PLUS", "+"), "-": ("MINUS", "-"), "−": ("MINUS", "-"), "=": ("EQUALS", "="), "≈": ("RELATION", "≈"),
          "≠": ("RELATION", "≠"), "≤": ("RELATION", "≤"), "≥": ("RELATION", "≥"), "<": ("RELATION", "<"),
          ">": ("RELATION", ">"), "∈": ("RELATION", "∈"), "*": ("OPERATOR", "*"), "∘": ("OPERATOR", "*"),
          "⊙": ("OPERATOR", "*"), "/": ("OPERATOR", "/"), "·": ("OPERATOR", "·"), "⋅": ("OPERATOR", "·"),
          "×": ("OPERATOR", "×"), "⊗": ("OPERATOR", "⊗"), "⋆": ("OPERATOR", "⋆"), "⊘": ("OPERATOR", "⊘"),
          "@": ("OPERATOR", "@"), "∂": ("PREFIX", "∂"), "∇": ("PREFIX", "∇"), "Δ": ("PREFIX", "Δ"),
          "Σ": ("PREFIX", "sum"), "∑": ("PREFIX", "sum"), "∏": ("PREFIX", "prod"), "√": ("ROOT", ""),
          "→": ("ARROW", "→"), "⟶": ("ARROW", "→"), "⟹": ("ARROW", "⟹"), "⇒": ("ARROW", "⟹"), "⟺": ("ARROW", "⟺"),
          "⇔": ("ARROW", "⟺"), "↔": ("BOTH", ""), "∀": ("FORALL", ""), "…": ("DOTS", "…"), "∞": ("INFINITY", "∞"),
          "⟨": ("LANGLE", "⟨"), "⟩": ("RANGLE", "⟩"), "ᵀ": ("TRANSPOSED", "T"), "‖": ("‖", ""), "|": ("|", ""),
          "(": ("LPAR", "("), ")": ("RPAR", ")"), "[": ("LSQB", "["), "]": ("RSQB", "]"), "{": ("LBRACE", "{"),
          "}": ("RBRACE", "}"), ",": ("COMMA", ","), ";": ("SEMICOLON", ";"), "?": ("QUESTION", "?"), "_": ("SUB", "_"),
          "^": ("SUP", "^"), "′": ("PRIMES", "1"), "″": ("PRIMES", "2"), "𝟏": ("ONES", "1"), "𝟎": ("ZERO", "0")}
_LONG = {
    "->": ("ARROW", "→"),
    "=>": ("ARROW", "⟹"),
    "<=>": ("ARROW", "⟺"),
    "<=": ("RELATION", "≤"),
    "...": ("DOTS", "…"),
    ">=": ("RELATION", "≥"),
    "!=": ("RELATION", "≠"),
    "==": ("EQUALS", "="),
    ":=": ("EQUALS", "="),
    "**": ("SUP", "^"),
    "||": ("‖", ""),
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵏᵐˡᴸ", "0123456789-+nkmℓL", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚᵣₛₜₓₐ", "0123456789ijklmnprstxa", strict=True))
_WORDS = {"if": "IF", "where": "IF", "when": "IF", "whenever": "IF", "with": "IF", "for every": "FORALL",
          "for all": "FORALL", "for each": "FORALL", "for any": "FORALL", "near": "NEAR", "close to": "NEAR",
          "otherwise": "OTHERWISE", "else": "OTHERWISE", "is": "IS", "has shape": "IS", "has the shape": "IS",
          "has size": "IS", "row": "PLACE", "column": "PLACE", "block row": "PLACE", "block column": "PLACE",
          "of": "OF", "matches": "MATCHES", "belongs to": "MATCHES", "holds": "MATCHES"}
_PLAIN_WORDS = frozenset({"if", "where", "when", "with", "otherwise", "near"})
_PIECE = re.compile(
    r"""
    (?P<space>\s+|~|\\[!,;:>\ ]|\\hspace\s*\{[^{}]*\}|\\mkern[-.\d\s]*mu)
  | (?P<drop>\\(?:color|tag|label|h?phantom)\s*\{[^{}]*\}|\\textcolor\s*\{[^{}]*\})
  | (?P<env>\\(?:begin|end)\s*\{(?P<which>[A-Za-z]+\*?)\})
  | (?P<words>\\(?:text|textrm|textit|textbf|textsf|mbox)\s*\{(?P<said>[^{}]*)\})
  | (?P<named>\\(?:operatorname|mathrm|mathsf|mathit|mathop|text)\*?\s*\{\s*(?:\\rm\s*)?(?P<name>[A-Za-z]{2,})\s*\}
        |\{\s*\\rm\s+(?P<oldname>[A-Za-z]{2,})\s*\})
  | (?P<upright>\\(?:mathrm|operatorname|mathsf|text)\s*\{\s*d\s*\}|\\mathrm\s+d(?![A-Za-z])|\{\s*\\rm\s+d\s*\})
  | (?P<bold>\\(?:vec|mathbf|boldsymbol|bm|mathbb|mathds)\s*
        (?:\{\s*(?P<digit>[01])\s*\}|\s(?P<bare>[01])|(?P<tight>[01])))
  | (?P<accent>\\(?P<which_accent>[A-Za-z]+)\s*(?:\{\s*\\?(?P<accented>[A-Za-z]+)\s*\}
        |\s*\\(?P<accented2>[A-Za-z]+)|\s+(?P<accented3>[A-Za-z])(?![A-Za-z])))
  | (?P<break>\\\\(?:\s*\[[^\]]*\])?)
  | (?P<curly>\\[{}])
  | (?P<norm>\\\|)
  | (?P<command>\\[A-Za-z]+\*?)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+(?![A-Za-z\d]))?|\.\d+)
  | (?P<primes>'+)
  | (?P<long><=>|->|=>|<=|>=|!=|==|:=|\*\*|\|\||\.\.\.)
  | (?P<dotT>\.T(?![A-Za-z]))
  | (?P<run>[A-Za-z]+)
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵏᵐˡᴸ]+ᵀ?)
  | (?P<lowered>[₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚᵣₛₜₓₐ]+)
  | (?P<sign>.)
""",
    re.X | re.S,
)
_SILENCE = re.compile(r"\\(?:mathsf|mathrm|text|textsf|textrm|textup|operatorname|mathit|mathtt|rm|sf|bf|mathbf|"
                      r"scriptscriptstyle|scriptstyle|mkern[-.\d\s]*mu)(?![A-Za-z])|\\[!,;:> ]|[\s{}]")
_TRANSPOSES = {"T": "TRANSPOSED", r"\top": "TRANSPOSED", r"\intercal": "TRANSPOSED", "⊤": "TRANSPOSED",
               r"\trans": "TRANSPOSED", "H": "TRANSPOSED", "-T": "INVERSED", r"-\top": "INVERSED", "−T": "INVERSED",
               r"-\intercal": "INVERSED", "-1T": "INVERSED", "+": "PSEUDO", r"\prime": "PRIMES",
               r"\prime\prime": "PRIMES"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A token: what it is, what it says, and where it stands."""

    type: str
    text: str
    start: int
    end: int


def pointed(formula: str, place: int, words: str) -> str:
    """A message with a caret under the place that it speaks of."""
    start = max(0, place - 60)
    line = formula[start:place + 40].replace("\n", " ")
    lead = "… " if start else ""
    return f"the formula cannot be read here{words}\n  {lead}{line}\n  {' ' * (len(lead) + place - start)}^"


def signs(formula: str, names: frozenset = frozenset()) -> list[Sign]:
    r"""The tokens of a formula.

    Parameters
    ----------
    formula : str
        LaTeX, or plain text.
    names : frozenset of str
        Letters that are given: a word among them is one letter, and a ``d`` among them no differential.

    Raises
    ------
    FormulaError
        A sign is not known here.
    BudgetError
        The formula is too long, or its brackets are nested too deeply.

    Examples
    --------
    >>> [one.type for one in signs(r"A^{\mathsf T} x")] == [one.type for one in signs("Aᵀ x")]
    True
    """
    if len(formula) > LENGTH:
        raise BudgetError(f"the formula has {len(formula)} characters, and at most {LENGTH} are read")
    return _Scanner(formula, names).run()


class _Scanner:
    """Goes through a formula once, from left to right."""

    def __init__(self, formula, names):
        self.formula, self.names, self.plain = formula, names, "\\" not in formula
        self.out, self.place, self.groups, self.environments = [], 0, [], []

    def run(self):
        while self.place < len(self.formula):
            found = _PIECE.match(self.formula, self.place)
            self.start, self.place = self.place, found.end()
            getattr(self, "_" + found.lastgroup if found.lastgroup in _HANDLERS else "_" + _kind(found))(found)
            if len(self.groups) > DEPTH:
                raise BudgetError(f"the brackets are nested more than {DEPTH} deep: too much to run")
        return _told_apart(self.out, self.formula)

    def put(self, kind, text="", start=None, end=None):
        self.out.append(Sign(kind, text, self.start if start is None else start, self.place if end is None else end))

    def fault(self, words, place=None):
        return FormulaError(pointed(self.formula, self.start if place is None else place, words))

    def last(self, *kinds):
        return bool(self.out) and self.out[-1].type in kinds

    def scripted(self):
        """Whether this stands in a subscript."""
        return "SUB" in self.groups

    # the handlers, one for each kind of piece

    def _space(self, found):
        pass

    _drop = _space

    def _env(self, found):
        begins, name = found[0].startswith(r"\begin"), found["which"]
        if begins and name == "array":
            columns = re.compile(r"\s*\{[^{}]*\}").match(self.formula, self.place)
            self.place = columns.end() if columns else self.place
        if begins:
            self.environments.append(name)
        elif self.environments:
            self.environments.pop()
        if name in _LINES:
            if not begins or self.out:
                self.put("NEWLINE")
            return
        if name in ("cases", "dcases", "rcases"):
            self.put("CASES" if begins else "ENDCASES")
        elif name in _MATRICES or name == "vmatrix":
            self.put("MATRIX" if begins else "ENDMATRIX", name)
        else:
            raise self.fault(f": the environment {name} is not known here")

    def _break(self, found):
        lines = not self.environments or self.environments[-1] in _LINES
        self.put("NEWLINE" if lines else "ROW")

    def _words(self, found):
        said = " ".join(found["said"].split()).strip(" ,.")
        if said in _WORDS:
            self.put(_WORDS[said], said)
        elif said in FUNCTIONS or said in self.names:
            self._function(said)
        elif said == "d":
            self._upright(found)
        elif said or self.last("SUB"):
            self.put("WORDS", " ".join(found["said"].split()))

    def _named(self, found):
        self._function(found["name"] or found["oldname"])

    def _function(self, name):
        if name in FUNCTIONS and name not in self.names:
            self.put("FUNCTION", FUNCTIONS[name])
        else:
            self.put("NAME", name)

    def _upright(self, found):
        self.put("PREFIX", "d")

    def _bold(self, found):
        self.put("ZERO" if "0" in (found["digit"], found["bare"], found["tight"]) else "ONES",
                 found["digit"] or found["bare"] or found["tight"])

    def _accent(self, found):
        kind, what = found["which_accent"], found["accented"] or found["accented2"] or found["accented3"]
        if kind not in _ACCENTS or (len(what) > 1 and what not in GREEK):
            self.place = self.start + len(kind) + 1
            self._command(found, "\\" + kind)
            return
        name = GREEK.get(what, what)
        mark = {"overline": "bar"}.get(kind, kind.removeprefix("wide"))
        self.put("LETTER", name if kind == "vec" else f"{name}_{mark}")

    def _curly(self, found):
        self.put("LCURLY" if found[0] == r"\{" else "RCURLY", found[0])
        self._nest(found[0] == r"\{", "{")

    def _nest(self, opens, kind):
        if opens:
            self.groups.append(kind)
        elif self.groups:
            self.groups.pop()

    def _norm(self, found):
        self.put("‖")

    def _command(self, found, word=None):
        name = (word or found[0]).strip("\\*")
        if name in ("left", "right") or name.startswith(("big", "Big")) and name not in _SINGLE:
            self._sized(name)
        elif name == "Delta" and not re.compile(r"\s*(?:[A-Za-z({\\]|Δ)").match(self.formula, self.place):
            self.put("LETTER", "Δ")
        elif name == "vec" and self.formula[self.place:].lstrip().startswith("("):
            self.put("FUNCTION", "vec")
        elif name == "top":
            raise self.fault(r": \top is a transpose, and stands after ^")
        elif name in self.names and name not in GREEK:
            self.put("NAME", name)
        elif name in _SINGLE:
            kind, text = _SINGLE[name]
            if kind == "ARROW" and text == "→" and self.scripted():
                kind = "RELATION"
            self.put(kind, text)
        elif name == "prime":
            self.put("PRIMES", "1")
        elif name not in _SILENT:
            raise self.fault(f": \\{name} is not known here")

    def _sized(self, name):
        """The size of a bracket says nothing; before a bar, and before a dot, left and right do."""
        follows = re.compile(r"\s*(\.|\||\\\||\\[lr]?[vV]ert(?![A-Za-z]))").match(self.formula, self.place)
        if name.startswith(("big", "Big")) or not follows:
            return
        self.place = follows.end()
        sign = follows[1]
        if sign != ".":
            kind = "NORM" if sign in (r"\|",) or "V" in sign else "BAR"
            evaluated = name == "right" and kind == "BAR" and not any(one == "OPENBAR" for one in self.groups)
            self.put("EVALUATED" if evaluated else ("OPEN" if name == "left" else "CLOSE") + kind)
            self._nest(name == "left", "OPENBAR") if not evaluated else None

    def _number(self, found):
        text = found[0]
        one = self.last("SUP", "SUB", "FRACTION", "ROOT") or (self.last("DIGIT") and len(self.out) > 1
                                                            and self.out[-2].type == "FRACTION")
        if self.out and self.out[-1].type == "LETTER" and self.out[-1].end == self.start and text.isdigit() and not (
                self.scripted() or
                len(self.out) > 1 and self.out[-2].type in ("SUP", "SUB", "FRACTION")):
            self.put("SUB", "_", self.start, self.start)             # W1 is W_1
            self._braced(text)
        elif not one:
            self.put("NUMBER", text)
        elif self.plain and self.last("SUP", "SUB"):
            self._scripted_run()
        elif not self.plain and self.last("SUP", "SUB") and len(text) > 1:
            what = self.formula[self.start - 1] + text
            raise self.fault(f": {what} is {what[:2]} and then {text[1:]} in LaTeX; write {what[0]}{{{text}}}")
        else:
            self.place = self.start + 1
            self.put("DIGIT", text[0])

    def _braced(self, text):
        """A script as if it stood in braces."""
        self.put("LBRACE", "{", self.start, self.start)
        for sign in re.findall(r"\d+(?:\.\d+)?|\D", text):
            self.put("NUMBER" if sign[0].isdigit() else {"-": "MINUS", "+": "PLUS"}.get(sign, "LETTER"), sign)
        self.put("RBRACE", "}", self.place, self.place)

    def _scripted_run(self):
        """In plain text, a script goes on as long as letters and digits do; a power ends where a letter begins."""
        sub = self.last("SUB")
        run = re.compile(r"[A-Za-z0-9]+" if sub else r"\d+(?:\.\d+)?|[A-Za-z]").match(self.formula, self.start)
        self.place = run.end()
        base = self.out[-2].text if len(self.out) > 1 else ""
        if sub and f"{base}_{run[0]}" in self.names and not run[0].isdigit():
            self.put("WORDS", run[0])
        elif not sub and re.compile(r"[A-Za-z]").match(self.formula, self.place) and not run[0].isdigit():
            raise self.fault(": the end of this power cannot be told; write ^( … )")
        else:
            self._braced(GREEK.get(run[0], run[0]))

    def _primes(self, found):
        self.put("PRIMES", str(len(found[0])))

    def _long(self, found):
        kind, text = _LONG[found[0]]
        if found[0] == "||" and "BAR" in self.groups:
            self.place = self.start + 1
            kind, text = "|", ""
        if kind == "ARROW" and text == "→" and self.scripted():
            kind = "RELATION"
        self.put(kind, text)

    def _dotT(self, found):  # noqa: N802
        if not self.plain:
            self.place = self.start + 1
        else:
            self.put("TRANSPOSED", "T")

    def _run(self, found):
        run = found[0]
        if self.plain and self.last("SUB", "SUP"):
            self._scripted_run()
            return
        if self.last("SUB", "SUP"):
            run = run[0]
        digits = re.compile(r"\d+").match(self.formula, self.start + len(run))
        if digits and run + digits[0] in self.names and len(run) > 1:
            self.place = digits.end()
            self.put("LETTER", run + digits[0])
        elif len(run) > 1 and run in self.names:
            self.put("LETTER", run)
        elif run in FUNCTIONS and len(run) > 1:
            self.put(*("WORDS", run) if self.scripted() else ("FUNCTION", FUNCTIONS[run]))
        elif self.plain and run in GREEK:
            self.put("LETTER", GREEK[run])
        elif self.plain and run in _PREFIXES and run != "dd":
            self.put("PREFIX", _PREFIXES[run])
        elif self.plain and run in _PLAIN_WORDS:
            self.put(_WORDS[run], run)
        elif self.plain and run == "logdet":
            self.put("FUNCTION", "log")
            self.put("FUNCTION", "det")
        else:
            rest = run[1:]
            self.place = self.start + 1
            if run[0] == "d" and not self.last("SUB", "SUP") and "d" not in self.names and not self.scripted() and (
                    self._operand(rest)):
                self.put("PREFIX", "d")
            else:
                self.put("LETTER", run[0])

    def _operand(self, rest):
        """Whether a thing follows that d can be taken of, or a power or a stroke, as in d^2/dx^2."""
        stroke = re.compile(r"\s*(?:\^\s*\{?\d\}?\s*|[²³]\s*)?(?:/\s*d|(?<=[²³])[A-Za-z(α-ω])")
        if rest or stroke.match(self.formula, self.place):
            return True
        after = re.compile(r"(?:\s|\\[,!;: ]|\\textcolor\{\w+\}|[{])*(.|$)", re.S).match(self.formula, self.place)[1]
        if after == "\\":
            name = re.compile(r"[A-Za-z]+").match(self.formula, self.formula.index("\\", self.place) + 1)
            return bool(name) and (name[0] in GREEK or name[0] in FUNCTIONS or name[0] in _SILENT - {"right"}
                                   or name[0] in _ACCENTS)
        if after == "^":
            return bool(re.compile(r"\s*\^\s*\{?\d\}?\s*[A-Za-z\\({]").match(self.formula, self.place)) or bool(
                re.compile(r"\s*\^\s*\{?\d\}?\s*\}").match(self.formula, self.place))
        if after == "}":
            return bool(re.search(r"frac\s*\{\s*$", self.formula[:self.start]))
        return after == "(" or after.isalpha()

    def _raised(self, found):
        core = "".join(_RAISED[sign] for sign in found[0].removesuffix("ᵀ"))
        if core == "-" and found[0].endswith("ᵀ"):
            self.put("INVERSED", "T")
            return
        if core == "+":
            self.put("PSEUDO", "+")
            return
        self.put("SUP", "^", self.start, self.start)
        self._braced(core)
        if found[0].endswith("ᵀ"):
            self.put("TRANSPOSED", "T")

    def _lowered(self, found):
        self.put("SUB", "_", self.start, self.start)
        self._braced("".join(_LOWERED[sign] for sign in found[0]))

    def _sign(self, found):
        sign = found[0]
        if sign == "&":
            if self.environments and self.environments[-1] not in _LINES:
                self.put("AMP", "&")
        elif sign == ".":
            pass
        elif sign == ":":
            separates = re.compile(r"\s*(?:\\q?quad|$)").match(self.formula, self.place) or any(
                one.type == "FORALL" for one in self.out[-5:])
            self.put("SLICE" if self.scripted() else "COLON" if separates else "OPERATOR", ":")
        elif sign == "^" and (kind := self._transposed()):
            self.put(*kind)
        elif sign in _SIGNS:
            self._known(sign)
        elif sign.isalpha():
            self.put("LETTER", {"ℒ": "L", "ϵ": "ε", "ϕ": "φ", "ϑ": "θ", "𝟙": "1"}.get(sign, sign))
        else:
            raise self.fault(f": {sign} is not known here")

    def _known(self, sign):
        kind, text = _SIGNS[sign]
        if kind in ("LPAR", "LSQB", "LBRACE"):
            script = self.out[-1].type if self.last("SUP", "SUB") else ""
            if kind == "LPAR" and script:
                kind = "LBRACE"                                    # e^(x + y) in plain text
                self.groups.append(script + "(")
            else:
                self.groups.append(script if script == "SUB" else sign)
        elif kind in ("RPAR", "RSQB", "RBRACE"):
            opened = self.groups.pop() if self.groups else ""
            if opened.endswith("(") and len(opened) > 1:
                kind = "RBRACE"
        elif kind == "|":
            self._nest("BAR" not in self.groups[-1:], "BAR")
        elif kind == "MINUS" and self.plain and self.last("SUP"):
            follows = re.compile(r"\s*(\d+|T)(?![A-Za-z0-9])").match(self.formula, self.place)
            if follows:
                self.place = follows.end()
                self._braced("-" + follows[1])
                return
        elif kind == "ARROW" and text == "→" and self.scripted():
            kind = "RELATION"
        elif kind == "PREFIX" and sign == "Δ" and not re.compile(r"\s*[A-Za-zα-ω({\\]").match(self.formula, self.place):
            kind, text = "LETTER", "Δ"
        self.put(kind, text)

    def _transposed(self):
        """The kind and text of a superscript that is a sign of its own: a transpose, a prime, a pseudo-inverse."""
        script = re.compile(r"\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+\s*\{[^{}]*\}|\\[A-Za-z]+|-T\b|.)", re.S).match(
            self.formula, self.place)
        if not script:
            return None
        text = _SILENCE.sub("", script[1])
        kind = _TRANSPOSES.get(text)
        if kind is None or text == "H" and "H" in self.names:
            if text in ("*", r"\ast", r"\dagger", "†"):
                raise self.fault(f": ^{text} may be a conjugate, an adjoint or a pseudo-inverse; write ^T, or ^{{+}}")
            return None
        self.place = script.end()
        return kind, str(text.count("prime")) if kind == "PRIMES" else text


_HANDLERS = frozenset(name[1:] for name in vars(_Scanner) if re.fullmatch("_[a-zA-Z]+", name))


def _kind(found):
    return next(name for name, text in found.groupdict().items() if text is not None and name in _HANDLERS)


def _told_apart(found: list[Sign], formula: str) -> list[Sign]:
    """Bars that open and bars that close; wide spaces that separate, and those that only make room."""
    out: list[Sign] = []
    stack: list[list[str]] = [[]]
    for k, one in enumerate(found):
        kind = one.type
        if kind == "LCURLY" and k + 1 < len(found) and found[k + 1].type == "MATRIX":
            continue
        if kind in ("LPAR", "LSQB", "LBRACE", "LCURLY"):
            stack.append([])
        elif kind in ("RPAR", "RSQB", "RBRACE", "RCURLY"):
            stack = stack[:-1] or [[]]
        elif kind in "|‖":
            name = "BAR" if kind == "|" else "NORM"
            if stack[-1] and stack[-1][-1] == kind:
                stack[-1].pop()
                one = Sign("CLOSE" + name, "", one.start, one.end)
            elif kind == "|" and k + 1 < len(found) and found[k + 1].type == "SUB":
                one = Sign("EVALUATED", "", one.start, one.end)
            else:
                stack[-1].append(kind)
                one = Sign("OPEN" + name, "", one.start, one.end)
        elif kind == "QUAD":
            around = {found[j].type for j in (k - 1, k + 1) if 0 <= j < len(found)}
            if around & {"ARROW", "RELATION", "EQUALS", "PLUS", "OPERATOR"}:
                continue
        elif kind == "MATRIX" and k and found[k - 1].type == "LCURLY":
            one = Sign("CASES", "", one.start, one.end)
            stack.append(["cases"])
        elif kind == "ENDMATRIX" and stack[-1][:1] == ["cases"]:
            stack.pop()
            one = Sign("ENDCASES", "", one.start, one.end)
        out.append(one)
    return out
