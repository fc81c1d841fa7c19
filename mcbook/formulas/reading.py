"""From the LaTeX of a formula to its tree.

The grammar (``grammar.lark``, read by lark) knows how symbols may follow one another.
What ∂, Δ and Σ reach to is settled here, term by term, and a formula that cannot be
read is refused with the place and what was expected there.
"""

import functools
import pathlib
import re

from .preparing import expected, pointed, prepared
from .tree import Node, number

_GRAMMAR = pathlib.Path(__file__).with_name("grammar.lark")
_RELATIONS = {"approx": "≈", "neq": "≠", "ne": "≠", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "equiv": "=",
              "to": "→", "in": "∈"}
_OPERATORS = {"cdot": "·", "star": "⋆", "odot": "*", "circ": "*", "ast": "*", "times": "×", "otimes": "⊗"}
_GREEK = dict(zip("alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi "
                  "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell imath jmath".split(),
                  "αβγδεεζηθκλμνξπρστφφχψωΓΔΘΛΞΠΣΦΨΩℓij", strict=True))


class FormulaError(ValueError):
    """A formula cannot be read, or cannot be checked as it stands."""


def read(latex):
    """Read a formula.

    Parameters
    ----------
    latex : str
        As it stands between dollar signs; colours, tags and spacing do not matter.

    Returns
    -------
    tuple of Node
        Its statements, conditions and labels in order: the parts that commas, wide
        spaces and new lines separate.

    Raises
    ------
    FormulaError
        It cannot be read; the message shows where, and what was expected.

    Examples
    --------
    >>> read(r"z_i = \\textcolor{royalblue}{W_i}^{\\mathsf T} A")
    (zᵢ = Wᵢᵀ A,)
    """
    return _read(latex)


@functools.lru_cache(512)
def _read(latex):
    try:
        return _Reader(latex).built(parsed(latex))
    except RecursionError:
        raise FormulaError("the formula is nested too deeply to be read") from None


def parsed(latex):
    """The tree as the grammar gives it, with the place of each piece in the LaTeX.

    Parameters
    ----------
    latex : str

    Returns
    -------
    lark.Tree
    """
    from lark import UnexpectedInput
    try:
        return _parser().parse(prepared(latex))
    except UnexpectedInput as error:
        place = getattr(error, "pos_in_stream", None)
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        place = len(latex.rstrip()) if ended or place is None or place < 0 else place
        wanted = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", ())
        sign = re.match(r"\\[A-Za-z]+", latex[place:])
        words = f": {sign[0]} is not known here" if sign and not hasattr(error, "token") else expected(wanted or ())
        raise FormulaError(pointed(latex, place, words)) from None


@functools.cache
def _parser():
    from lark import Lark  # only who reads a formula pays for it
    return Lark(_GRAMMAR.read_text(encoding="utf-8"), parser="lalr", propagate_positions=True, maybe_placeholders=False)


def letter_name(text):
    """The name of a letter: its own sign, Greek letters and ℓ included; script and bold say nothing."""
    word = re.sub(r"[\\{}\s]", " ", text).split()
    name = word[-1]
    if word[0] in ("hat", "bar", "tilde") and len(word) > 1:
        return _GREEK.get(name, name) + "_" + word[0]
    return "T" if name == "top" else _GREEK.get(name, name)


class _Reader:
    """Builds the tree from the bottom up."""

    def __init__(self, latex):
        self.latex = latex

    def built(self, tree):
        """The node for a branch of the parser's tree; a token is left as it is."""
        if not hasattr(tree, "children"):
            return tree
        meta = tree.meta
        at = (0, 0) if meta.empty else (meta.start_pos, meta.end_pos)
        return getattr(self, "on_" + tree.data)([self.built(child) for child in tree.children], at)

    # parts

    def on_start(self, parts, at):
        return tuple(part for part in parts if part is not None)

    def on_sep(self, parts, at):
        return None

    def on_statement(self, parts, at):
        return Node("statement", tuple(parts), at=at)

    def on_conditions(self, parts, at):
        return Node("conditions", tuple(parts), at=at)

    def on_continuation(self, parts, at):
        return Node("continuation", tuple(parts), at=at)

    def on_label(self, parts, at):
        return parts[0]

    def on_flow(self, parts, at):
        return Node("flow", tuple(parts), at=at)

    def on_arrow(self, parts, at):
        return Node("arrow", name="⟹" if parts[0].type == "IMPLIES" else "→", at=at)

    def on_chain(self, parts, at):
        if len(parts) == 1:
            return parts[0]
        sides = [Node("side", (parts[0],), at=parts[0].at)]
        sides += [Node("side", (side,), name=sign, at=side.at)
                  for sign, side in zip(parts[1::2], parts[2::2], strict=True)]
        return Node("chain", tuple(sides), at=at)

    def on_continued(self, parts, at):
        return Node("side", (parts[1],), name=parts[0], at=at)

    def on_relation(self, parts, at):
        token = parts[0]
        if token.type in ("IS", "MATCHES"):
            return "is" if token.type == "IS" else "matches"
        return _RELATIONS.get(token.strip("\\"), str(token))

    def on_condition(self, parts, at):
        kind = {"IF": "if", "FORALL": "all", "NEAR": "near", "OTHERWISE": "otherwise"}[parts[0].type]
        return Node("condition", tuple(parts[1:]), name=kind, at=at)

    def on_place(self, parts, at):
        return Node("place", (parts[1], parts[3]), name=_word(parts[0]), at=at)

    def on_line(self, parts, at):
        return Node("line", (parts[3], parts[1]), name=_word(parts[0]), at=at)

    # sums and products

    def on_sign(self, parts, at):
        return "+" if parts[0].type == "PLUS" else "-"

    def on_side(self, parts, at):
        signs = [part for part in parts if isinstance(part, str)]
        terms = [part for part in parts if not isinstance(part, str)]
        signs = ["+"] * (len(terms) - len(signs)) + signs
        terms = [Node("negative", (term,), at=term.at) if sign == "-" else term
                 for sign, term in zip(signs, terms, strict=True)]
        return terms[0] if len(terms) == 1 else Node("sum", tuple(terms), at=at)

    def on_term(self, items, at):
        from .grouping import grouped
        return grouped(items, at, self.latex)

    def on_item(self, parts, at):
        return parts[0]

    def on_operator(self, parts, at):
        sign = parts[0].strip("\\")
        return Node("operator", name=_OPERATORS.get(sign, sign), at=at)

    def on_dots(self, parts, at):
        return Node("dots", at=at)

    def on_prefix(self, parts, at):
        word = parts[0].strip("\\")
        word = {"∂": "partial", "Δ": "Delta"}.get(word, word)
        return Node("function" if parts[0].type == "FUNCTION" else "prefix", tuple(parts[1:]), name=word, at=at)

    def on_factor(self, parts, at):
        node = parts[0]
        for post in parts[1:]:
            node = self._posted(node, post)
        return node

    def _posted(self, node, post):
        kind, at = post.kind, (node.at[0], post.at[1])
        if kind == "asked":
            return Node("asked", (node,), at=at)
        if kind == "primes":
            return Node("prime", (node,), name=post.name, at=at)
        if node.kind == "brace" and (kind == "upper") == (node.name == "over"):
            return Node("brace", (node.parts[0], *post.parts), name=node.name, at=at)
        if kind == "upper":
            return _raised(node, post.parts, at)
        if kind == "lower":
            return _lowered(node, post, at)
        content = post.parts[0]
        if content.kind != "chain" or content.parts[1].name != "=" or len(content.parts) != 2:
            raise FormulaError(pointed(self.latex, post.at[0], ": expected a letter and its value, as in |_{x = 2}"))
        return Node("where", (node, content.parts[0].parts[0], content.parts[1].parts[0]), at=at)

    def on_lower(self, parts, at):
        return Node("lower", _listed(parts[0]), at=at)

    def on_upper(self, parts, at):
        return Node("upper", _listed(parts[0]), at=at)

    def on_evaluated(self, parts, at):
        return Node("evaluated", _listed(parts[1]), at=at)

    def on_primes(self, parts, at):
        return Node("primes", name=str(len(parts[0])), at=at)

    def on_prime_word(self, parts, at):
        return Node("primeword", at=at)

    def on_asked(self, parts, at):
        return Node("asked", at=at)

    def on_inside(self, parts, at):
        return parts[0] if len(parts) == 1 else Node("list", tuple(parts), at=at)

    # atoms

    def on_number(self, parts, at):
        return Node("number", name=str(parts[0]), at=at)

    def on_letter(self, parts, at):
        return Node("letter", name=letter_name(str(parts[0])), at=at)

    def on_name(self, parts, at):
        return Node("named", name=re.search(r"\{\s*([A-Za-z]+)", parts[0])[1], at=at)

    def on_words(self, parts, at):
        return Node("words", name=" ".join(parts[0][parts[0].index("{") + 1:-1].split()), at=at)

    def on_zero(self, parts, at):
        return Node("zero" if "0" in parts[0] else "ones", at=at)

    def on_fraction(self, parts, at):
        from .grouping import fraction
        return fraction(parts[1], parts[2], at, self.latex)

    def on_root(self, parts, at):
        return Node("call", (parts[1],), name="sqrt", at=at)

    def on_brace(self, parts, at):
        return Node("brace", (parts[1],), name="over" if "over" in parts[0] else "under", at=at)

    def on_boxed(self, parts, at):
        return Node("boxed", (parts[1],), at=at)

    def on_listed(self, parts, at):
        return list(parts)

    def on_listed_flow(self, parts, at):
        return parts[0]

    def on_paren(self, parts, at):
        return Node("paren", tuple(parts[0]), at=at)

    def on_bracket(self, parts, at):
        inside = parts[0]
        kind = "iverson" if len(inside) == 1 and inside[0].kind == "chain" else "paren"
        return Node(kind, tuple(inside), at=at)

    def on_absolute(self, parts, at):
        return Node("absolute", (parts[1],), at=at)

    def on_norm(self, parts, at):
        return Node("norm", (parts[1],), at=at)

    def on_row(self, parts, at):
        return Node("row", tuple(parts), at=at)

    def on_cell(self, parts, at):
        parts = [part for part in parts if isinstance(part, Node)]
        if not parts:
            return Node("empty", at=at)
        return parts[0] if len(parts) == 1 else Node("list", tuple(parts), at=at)

    def on_grid(self, parts, at):
        rows = [row for row in parts if isinstance(row, Node)]
        if rows and len(rows) > 1 and all(cell.kind == "empty" for cell in rows[-1].parts):
            rows.pop()
        return Node("grid", tuple(rows), at=at)

    def on_cases(self, parts, at):
        branches = []
        for row in (row for row in parts if isinstance(row, Node)):
            if [cell.kind for cell in row.parts] == ["empty"]:
                continue
            value, condition = (*row.parts, None)[:2]
            if condition is None and value.kind == "list":
                value, condition = value.parts
            if condition is None:
                raise FormulaError(pointed(self.latex, row.at[1], ": expected & and the condition of this case"))
            if condition.kind != "condition":
                condition = Node("condition", (condition,), name="if", at=condition.at)
            branches.append(Node("branch", (value, condition), at=row.at))
        return Node("cases", tuple(branches), at=at)


def _word(token):
    """The word of \\text{row}."""
    return " ".join(re.sub(r"[\\{}]|text", " ", token).split())


def _listed(node):
    return node.parts if node.kind == "list" else (node,)


def _raised(node, parts, at):
    """A superscript: transpose, prime, inverse, or a power or the number of a layer."""
    exponent = parts[0]
    if exponent.kind == "letter" and exponent.name == "T":
        return Node("transpose", (node,), at=at)
    if exponent.kind == "primeword":
        return Node("prime", (node,), name="1", at=at)
    if exponent.kind == "negative" and exponent.parts[0].kind == "letter" and exponent.parts[0].name == "T":
        return Node("transpose", (Node("power", (node, Node("negative", (number(1),))), at=at),), at=at)
    return Node("power", (node, exponent), at=at)


def _lowered(node, post, at):
    """A subscript: indices one by one; ``from v_1`` names what moves."""
    parts = post.parts
    first = parts[0]
    if first.kind == "product" and first.parts[0].kind == "words" and first.parts[0].name in ("from", "by"):
        rest = first.parts[1:]
        return Node("from", (node, rest[0] if len(rest) == 1 else Node("product", rest, at=first.at)), at=at)
    if node.kind == "prefix":
        return Node("prefix", (*node.parts, post), name=node.name, at=at)
    indices = []
    for part in parts:
        split = part.parts if part.kind == "product" and not any(p.kind == "binary" for p in part.parts) else (part,)
        for piece in split:
            if piece.kind == "number" and piece.name.isdigit() and len(piece.name) > 1:
                indices += [Node("number", name=digit, at=piece.at) for digit in piece.name]
            else:
                indices.append(piece)
    return Node("sub", (node, *indices), at=at)
