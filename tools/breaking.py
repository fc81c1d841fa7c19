"""Break a formula in all the usual ways: what a misprint, or a slip of the pen, makes of it.

The tests of the book run each broken formula in place of the right one: a check that
notices none of them is worth nothing. The formula is broken where it stands, in its
LaTeX, guided by the tree that the grammar reads from it.
"""

import dataclasses
import re

from mcbook.formulas.reading import FormulaError, read

from .pieces import Pieces, is_a, is_shape, only_letter, span, word

#: What is broken, in the order of the report.
KINDS = ("transpose", "index", "limit", "sign", "relation", "order", "upside down", "dropped", "blocks", "shape",
         "layer", "product", "prime", "number")

_OTHER_SIZE = {"m": "n", "n": "m", "r": "k", "k": "r"}
_RELATIONS = {"=": r"\approx ", "approx": "= ", "≈": "= ", "neq": "= ", "ne": "= ", "≠": "= ", "<": "> ", ">": "< ",
              "leq": r"\geq ", "le": r"\ge ", "geq": r"\leq ", "ge": r"\le "}
_LAID = {r"\cdots": r"\vdots", r"\vdots": r"\cdots"}
_COLOUR = re.compile(r"\\textcolor\s*\{[^{}]*\}\s*(\{(\\?[A-Za-z]+)\})?")
_SILENT = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])|\\[,!;:]")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A broken formula.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    words : str
        What was done, in a few words.
    latex : str
    pieces : tuple of (int, int)
        Where the pieces stand, in the formula before it was broken, that the change is about: what was
        transposed, the neighbours that were exchanged.
    """

    kind: str
    words: str
    latex: str
    pieces: tuple = ()


def bare(latex):
    """A formula without colours, spacing and the sizes of its brackets."""
    return _SILENT.sub("", _COLOUR.sub(lambda found: f" {found[2]}" if found[2] else "", latex))


def mutants(latex, some=slice(None)):
    r"""All broken forms of a formula.

    Parameters
    ----------
    latex : str
    some : slice, optional
        Which of them, where a sample is enough.

    Returns
    -------
    list of Mutant
        Without doubles; each can be read, and says something else than the formula.

    Examples
    --------
    >>> for one in mutants(r"z_i = W_i^{\mathsf T} A"):
    ...     print(f"{one.kind}: {one.words}")
    transpose: z_i transposed
    transpose: W_i^{\mathsf T} without its transpose
    transpose: A transposed
    index: j for i in z_i
    index: j for i in W_i^{\mathsf T}
    sign: minus before W_i^{\mathsf T} A
    relation: \approx for =
    order: W_i^{\mathsf T} and A exchanged
    dropped: W_i^{\mathsf T} left out
    dropped: A left out
    """
    latex = bare(latex)
    breaker = _Breaker(latex)
    there, found = {saying(latex)}, []
    for one in sorted(breaker.run(), key=lambda one: KINDS.index(one.kind))[some]:
        try:
            said = saying(one.latex)
        except FormulaError:
            continue
        if said not in there:
            there.add(said)
            found.append(one)
    return found


def saying(latex, name=str):
    """What a formula says, as nested tuples that are equal where two formulas say the same.

    Parameters
    ----------
    latex : str
    name : callable, optional
        Takes the name of a letter and returns what it counts as.
    """
    return tuple(told(part, name) for part in read(latex))


def told(node, name=str):
    """What a tree says, as nested tuples."""
    return (node.kind, name(node.name) if node.kind == "letter" else node.name,
            *(told(part, name) for part in node.parts))


class _Breaker(Pieces):
    """Goes through the pieces of a formula, and breaks each in the ways that its kind knows."""

    def run(self):
        self.out, lowers = [], list(self.tree.find_data("lower"))
        self.indices = list(dict.fromkeys(name for lower in lowers for name, _ in self.indexed(lower)
                                          if name.isalpha() and name not in "mn"))
        for part in self.tree.iter_subtrees_topdown():
            getattr(self, "at_" + part.data, lambda part: None)(part)
        return self.out

    def put(self, kind, words, *changes, pieces=()):
        """A mutant from replacements (start, end, text)."""
        text = self.latex
        for start, end, new in sorted(changes, reverse=True):
            text = text[:start] + new + text[end:]
        self.out.append(Mutant(kind, words, " ".join(text.split()), tuple(pieces)))

    def exchange(self, kind, words, one, other):
        self.put(kind, words, (*one, f" {self.latex[slice(*other)]} "), (*other, f" {self.latex[slice(*one)]} "),
                 pieces=(one, other))

    def at_factor(self, factor):
        atom, *posts = factor.children
        for post in posts:
            if post.data == "upper":
                self._break_power(factor, post)
            elif post.data == "lower" and not any(atom.find_data("brace")):
                self._break_indices(factor, post)
            elif post.data == "primes":
                self.put("prime", f"{self.text(span(factor))} without its prime", (*span(post), ""))
        if is_a(atom, "number") and not posts and not self.inside(factor, "lower", "upper", "prefix"):
            digit = str(atom.children[0])
            if len(digit) == 1 and not self.in_shape(factor):
                self.put("number", f"{int(digit) + 1} for {digit}", (*span(factor), str(int(digit) + 1)))
        if not any(post.data == "upper" and only_letter(post) == "T" for post in posts) and self._whole(factor):
            place, text = span(factor), self.latex[slice(*span(factor))]
            if any(post.data == "upper" for post in posts):
                text = f"({text})"
            self.put("transpose", f"{self.text(place)} transposed", (*place, text + r"^{\mathsf T}"), pieces=[place])

    def _whole(self, factor):
        """Whether a factor is a thing of its own, and no index, limit, label, shape or half of a derivative."""
        if not is_a(factor.children[0], "letter", "fraction", "paren", "grid", "inside", "chain"):
            return False
        if self.in_shape(factor) or self.inside(factor, "lower", "upper", "prefix", "condition", "place"):
            return False
        for part in self.around(factor):
            if part.data == "fraction" and part is not factor.children[0]:
                return False
            if part.data == "term" and any(
                    unit.above and unit.span != span(factor) and unit.span[0] <= span(factor)[0] < unit.span[1]
                    for unit in self.units(part)):
                return False
        return True

    def _break_power(self, factor, upper):
        """A superscript: a transpose, a power, a prime or a layer."""
        place, inner, atom = span(upper), self.text(span(upper)).strip("^{} "), factor.children[0]
        whole = self.text(span(factor))
        if only_letter(upper) == "T":
            self.put("transpose", f"{whole} without its transpose", (*place, ""),
                     pieces=[(span(factor)[0], place[0])])
        elif inner.isdigit() and is_a(atom, "letter", "inside", "paren"):
            self.put("number", f"the power {int(inner) + 1} for {inner}", (*place, f"^{int(inner) + 1}"))
        elif any(upper.find_data("prime_word")):
            self.put("prime", f"{whole} without its prime", (*place, ""))
        elif re.search(r"\\ell|ℓ", inner) and is_a(atom, "letter") and only_letter(atom) not in _OTHER_SIZE:
            other = r"\ell" if re.search(r"[-+−]", inner) else r"\ell-1"
            self.put("layer", f"{whole} of layer {other}", (*place, f"^{{{other}}}"))

    def _break_indices(self, factor, lower):
        found, text = self.indexed(lower), self.text(span(factor))
        for name, place in found:
            if name.isdigit():
                others = [str(int(name) + 1)]
            elif name in "mn":
                others = [_OTHER_SIZE[name]]
            else:
                others = [one for one in self.indices if one != name][:2] or ["j" if name == "i" else "i"]
            for other in others:
                self.put("index", f"{other} for {name} in {text}", (*place, f" {other}" if len(name) > 1 else other))
        if len(found) == 2 and found[0][0] != found[1][0]:
            self.exchange("index", f"the indices of {text} exchanged", found[0][1], found[1][1])

    def at_prefix(self, prefix):
        if word(prefix) not in ("sum", "prod", "lim"):
            return
        for post in prefix.children[1:]:
            tokens = [token for token in post.scan_values(lambda token: token.type in ("LETTER", "NUMBER", "DIGIT"))]
            if not tokens:
                continue
            last, text = tokens[-1], self.text(span(prefix))
            if str(last).isdigit():
                new = str(int(last) + 1)
            elif str(last) in _OTHER_SIZE and post.data == "upper":
                new = _OTHER_SIZE[str(last)]
            else:
                continue
            self.put("limit", f"{new} for {last} in {text}", (last.start_pos, last.end_pos, new))

    def at_side(self, side):
        terms = [child for child in side.children if child.data == "term"]
        signs = [child for child in side.children if child.data == "sign"]
        if self.inside(side, "lower", "upper", "prefix"):
            return
        for sign in signs:
            minus = sign.children[0].type == "MINUS"
            first = side.children[0] is sign
            after = self.text(span(terms[0] if first else terms[signs.index(sign) + len(terms) - len(signs)]))
            self.put("sign", f"{'plus' if minus else 'minus'} before {after}", (*span(sign), "+" if minus else "-"),
                     pieces=[span(terms[0])] if first else [])
        if len(terms) > 1:
            for k, term in enumerate(terms):
                start, end = span(term)
                if k >= len(terms) - len(signs):
                    start = span(signs[k - (len(terms) - len(signs))])[0]
                elif signs:
                    end = span(signs[0])[1]
                if not any(part.data == "dots" for part in term.children):
                    self.put("dropped", f"{self.text(span(term))} left out", (start, end, " "), pieces=[span(term)])

    def at_chain(self, chain):
        if self.inside(chain, "lower", "upper", "prefix"):
            return
        sides, condition = chain.children[::2], self.inside(chain, "condition")
        for k, relation in enumerate(chain.children[1::2], 1):
            token = relation.children[0]
            new = _RELATIONS.get(str(token).strip("\\"))
            if token.type in ("IS", "MATCHES") or new is None:
                continue
            if condition and new == r"\approx ":
                new = r"\neq "
            self.put("relation", f"{new.strip()} for {token}", (token.start_pos, token.end_pos, f" {new} "))
            right = sides[k]
            if not condition and right.children[0].data != "sign":
                start = span(right)[0]
                self.put("sign", f"minus before {self.text(span(right.children[0]))}", (start, start, "-"),
                         pieces=[span(right)])

    def at_flow(self, flow):
        if len(flow.children) == 3 and flow.children[1].data == "arrow":
            self.exchange("order", "the two ends of the arrow exchanged", span(flow.children[0]),
                          span(flow.children[2]))

    def at_term(self, term):
        if self.inside(term, "lower", "upper", "prefix", "condition", "place") or is_shape(term):
            return
        units = self.units(term)
        for one, other in zip(units, units[1:], strict=False):
            if "dots" in (one.kind, other.kind) or "large" in (one.kind, other.kind) or one.applied:
                continue
            self.exchange("order", f"{self.text(one.span)} and {self.text(other.span)} exchanged", one.span, other.span)
        for unit in units:
            if unit.above:
                self.exchange("upside down", f"{self.text(unit.span)} upside down", unit.above, unit.below)
        real = [unit for unit in units if unit.kind not in ("large", "dots")]
        if len(real) > 1 and not any(unit.kind == "dots" for unit in units):
            for k, unit in enumerate(units):
                if unit in real and not unit.applied and not (k and units[k - 1].applied):
                    start, end = unit.span
                    if unit.sign:
                        start = unit.sign[0]
                    elif k + 1 < len(units) and units[k + 1].sign:
                        end = units[k + 1].sign[1]
                    self.put("dropped", f"{self.text(unit.span)} left out", (start, end, " "), pieces=[unit.span])

    def at_operator(self, operator):
        token = operator.children[0]
        if str(token) == "/" or str(token).strip("\\") in ("cdot", "times") or self.inside(operator, "lower", "upper"):
            return
        self.put("product", f"an ordinary product for {token}", (token.start_pos, token.end_pos, " "))

    def at_grid(self, grid):
        rows = [row for row in grid.children if hasattr(row, "data")]
        cells = [[self.text(span(cell)).rstrip(", ") if not cell.meta.empty else "" for cell in row.children]
                 for row in rows]
        if cells and not any(cells[-1]):
            cells.pop()
        if len({len(row) for row in cells}) != 1:
            return
        opens, closes = (token for token in grid.children if not hasattr(token, "data"))
        dotted = any("dots" in cell for row in cells for cell in row)

        def put(words, new, pieces=()):
            body = r" \\ ".join(" & ".join(row) for row in new)
            self.put("blocks", words, (opens.start_pos, closes.end_pos, f"{opens} {body} {closes}"), pieces=pieces)
        height, width = len(cells), len(cells[0])
        for count, name, turn in ((height, "row", list), (width, "column", _turned)):
            places = [(0, 1), (0, count - 1)] if count > 2 else [(0, 1)] if count == 2 else []
            for one, other in places:
                lines = turn(cells)
                lines[one], lines[other] = lines[other], lines[one]
                put(f"{name}s {one + 1} and {other + 1} exchanged", turn(lines))
            if count > 1 and not dotted:
                put(f"the last {name} left out", turn(turn(cells)[:-1]))
        if height > 1 or width > 1:
            put("rows written as columns", [[_LAID.get(cell, cell) for cell in row] for row in _turned(cells)],
                pieces=[span(grid)])

    def at_paren(self, paren):
        if not is_shape(paren):
            return
        term = next(filter(is_shape, paren.find_data("term")))
        sizes = [span(factor) for factor in term.children if factor.data == "factor"]
        text = self.text(span(paren))
        self.exchange("shape", f"{text} turned around", *sizes[:2])
        for start, end in sizes:
            name = self.latex[start:end].partition("^")[0].strip()
            if name in _OTHER_SIZE:
                self.put("shape", f"{_OTHER_SIZE[name]} for {name} in {text}",
                         (start, start + len(name), _OTHER_SIZE[name]))


def _turned(rows):
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]
