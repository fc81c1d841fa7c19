"""The tree that a formula is read into, and how it is written: as a line of text, and as LaTeX.

One class for everything, told apart by its `kind`, so that comparing two entries of a
matrix, putting a number in place of an index and walking through a formula are a few lines each.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, eq=False)
class Node:
    """A piece of a formula.

    Attributes
    ----------
    kind : str
        ``"letter"``, ``"product"``, ``"derivative"``, ``"grid"`` …
    parts : tuple of Node
    name : str
        The letter, number, operator or relation.
    at : tuple of int
        Where it begins and ends in the formula.
    shown : str
        How a letter is written in the formula, where it stands for another: z for Z in z_i.
    """

    kind: str
    parts: tuple = ()
    name: str = ""
    at: tuple = (0, 0)
    shown: str = ""

    def __repr__(self) -> str:
        return text(self)


def same(a: Node, b: Node) -> bool:
    """Whether two trees say the same, wherever they stand.

    Examples
    --------
    >>> same(Node("letter", name="v", at=(0, 1)), Node("letter", name="v", at=(7, 8)))
    True
    """
    return (a.kind == b.kind and a.name == b.name and len(a.parts) == len(b.parts)
            and all(map(same, a.parts, b.parts)))


def walk(node: Node) -> Iterator[Node]:
    """Every node of a tree, the whole first."""
    yield node
    for part in node.parts:
        yield from walk(part)


def letters(node: Node) -> set[str]:
    """The names of the letters in a tree."""
    return {part.name for part in walk(node) if part.kind == "letter"}


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with `change` applied to each node, the leaves first."""
    parts = tuple(rebuilt(part, change) for part in node.parts)
    if any(new is not old for new, old in zip(parts, node.parts, strict=True)):
        node = replace(node, parts=parts)
    return change(node)


def number(value, at=(0, 0)) -> Node:
    """A number leaf."""
    return Node("number", name=str(value), at=at)


def product(factors, at=(0, 0)) -> Node:
    """The one factor, or the product of several."""
    return factors[0] if len(factors) == 1 else Node("product", tuple(factors), at=at)


def bare(node: Node) -> Node:
    """What stands in a bracket of one thing."""
    return node.parts[0] if node.kind == "paren" and len(node.parts) == 1 else node


def text(node: Node) -> str:
    """A tree as a line of text: ``(∂w/∂v)ᵀ Δv``.

    Examples
    --------
    >>> w = Node("letter", name="W")
    >>> text(Node("product", (Node("transpose", (w,)), Node("letter", name="A"))))
    'Wᵀ A'
    """
    return _Text().write(node)


def latex(node: Node) -> str:
    r"""A tree as LaTeX, in one spelling.

    Examples
    --------
    >>> latex(Node("transpose", (Node("letter", name="W"),)))
    'W^{\\mathsf T}'
    """
    return _Latex().write(node)


_RAISED = {"−1": "⁻¹", "0": "⁰", "1": "¹", "2": "²", "3": "³", "ℓ": "ˡ", "ℓ − 1": "ˡ⁻¹", "L": "ᴸ"}
_LOWERED = dict(zip("0123456789ijkmnr", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙᵣ", strict=True))
_OPEN = ("sum", "product", "binary", "derivative", "frac", "negative", "large", "limit", "differential", "delta")
_NORMS = {"": "", "2": "_2", "1": "_1", "∞": "_∞", "F": "_F", "*": "_*"}


def _order(times):
    return _RAISED.get(str(times), f"^{times}") if times > 1 else ""


def _grouped(by):
    """What a derivative is taken by, with how many times in a row."""
    found = []
    for one in by:
        if found and same(found[-1][0], one):
            found[-1][1] += 1
        else:
            found.append([one, 1])
    return found


def _core(node):
    """What a brace or a box stands around."""
    return _core(node.parts[0]) if node.kind in ("brace", "boxed", "side") else node


def _open(node):
    return _core(node).kind in _OPEN and _core(node).name != "tight"


def _counts(body, index):
    """Whether the condition under an inner sum names the index of an outer one: i < j stands for both."""
    while body.kind == "large":
        body = body.parts[0]
        if body.kind == "only" and index.name in letters(body.parts[1]):
            return True
    return False


class _Text:
    """Writes each kind of node; the LaTeX differs where a method of its own says so."""

    transposed, minus, partial, dots = "ᵀ", "−", "∂", "…"

    def write(self, node):
        method = getattr(self, "on_" + node.kind, None)
        if method:
            return method(node, *node.parts)
        return node.name + (f"({self.listed(node.parts)})" if node.parts else "")

    def listed(self, nodes):
        return ", ".join(map(self.write, nodes))

    def wrapped(self, node):
        return f"({self.write(node)})" if _open(node) else self.write(node)

    def on_letter(self, node):
        return self.letter(node.shown or node.name)

    def letter(self, name):
        return name

    on_number = on_words = on_letter

    def on_dots(self, node):
        return self.dots

    def on_empty(self, node):
        return ""

    def on_sum(self, node, first, *rest):
        return self.write(first) + "".join(
            f" {self.minus} {self.factor(part.parts[0])}" if part.kind == "negative" else f" + {self.write(part)}"
            for part in rest)

    def on_negative(self, node, part):
        return self.minus + self.factor(part)

    def factor(self, node):
        return f"({self.write(node)})" if node.kind in ("sum", "negative") else self.write(node)

    def on_product(self, node, *factors):
        if node.name == "tight":
            return "".join(map(self.write, factors))
        line = ""
        for k, factor in enumerate(factors):
            last = k == len(factors) - 1
            part, kind = self.write(factor), _core(factor).kind
            if kind in ("sum", "derivative", "frac", "negative", "binary") or (
                    kind in ("large", "limit") and not last):
                part = f"({part})"
            line += (self.between(line, part, factors[k - 1]) if line else "") + part
        return line

    def between(self, line, part, before):
        """A dot before a bracket: without it, a(b) would be a function and its argument."""
        return "·" if part.startswith("(") and not line.endswith("…") else " "

    def on_binary(self, node, left, right):
        sign = {"*": "∘", "@": " "}.get(node.name, node.name)
        return f"{self.beside(left)} {self.operator(sign)} {self.beside(right, 'binary')}"

    def beside(self, node, *more):
        """A side of a product sign."""
        return (
            f"({self.write(node)})"
            if _core(node).kind in ("sum", "negative", "derivative", "frac", "large", "limit", *more)
            else self.write(node)
        )

    def operator(self, sign):
        return sign

    def on_frac(self, node, top, bottom):
        return f"{self.wrapped(top)}/{self.wrapped(bottom)}"

    def on_derivative(self, node, of, *by):
        if node.name == "∇":
            return f"∇{_order(len(by))}_{self.write(by[0])} {self.wrapped(of)}"
        squared = of.kind == "power" and of.parts[1].kind == "number"
        over = f"({self.write(of)})" if squared else self.wrapped(of)
        blank = " " if node.name == "d" and of.kind == "call" else ""
        return f"{node.name}{_order(len(by))}{blank}{over}/" + " ".join(
            node.name + self.wrapped(one) + _order(times) for one, times in _grouped(by))

    def on_gradient(self, node, of, *by):
        below = f"_{self.write(by[0])}" if len(by) == 1 else f"_{{{self.listed(by)}}}" if by else ""
        return f"∇{'²' if node.name == '2' else ''}{below} {self.wrapped(of)}"

    def on_partial(self, node, *parts):
        return (node.name if node.name == "d" else self.partial) + "".join(map(self.wrapped, parts))

    def on_delta(self, node, part):
        return f"Δ{self.wrapped(part)}"

    def on_differential(self, node, part):
        return f"d{self.wrapped(part)}"

    def on_sub(self, node, base, *indices):
        line = "".join(map(self.write, indices))
        if all(sign in _LOWERED for sign in line) and not set("mn") & set(line):
            return self.based(base) + "".join(_LOWERED[sign] for sign in line)
        if len(indices) > 1 and any(len(self.write(index)) > 1 for index in indices):
            line = self.listed(indices)
        return f"{self.based(base)}_{line if len(line) == 1 else f'{{{line}}}'}"

    def based(self, base):
        """What an index stands at: Δv_i is the entry of Δv."""
        return self.write(base) if base.kind == "delta" else self.wrapped(base)

    def on_from(self, node, base, mover):
        return f"{self.based(base)} from {self.write(mover)}"

    def on_power(self, node, base, exponent):
        mark = self.write(exponent)
        return self.raised(base) + _RAISED.get(mark, f"^{mark}" if len(mark) == 1 else f"^({mark})")

    def raised(self, base):
        return f"({self.write(base)})" if _core(base).kind in (*_OPEN, "power", "transpose") else self.write(base)

    def on_transpose(self, node, part):
        if part.kind == "power" and self.write(part.parts[1]) == "−1":
            return self.raised(part.parts[0]) + "⁻ᵀ"
        return self.wrapped(part) + self.transposed

    def on_pseudo(self, node, part):
        return self.wrapped(part) + "⁺"

    def on_prime(self, node, part):
        return self.wrapped(part) + "′" * int(node.name)

    def on_apply(self, node, head, *arguments):
        return f"{self.wrapped(head)}({self.listed(arguments)})"

    on_at = on_apply

    def on_call(self, node, *arguments):
        return f"{self.name(node.name)}({self.listed(arguments)})"

    def name(self, name):
        return "√" if name == "sqrt" else name

    def on_log(self, node, base, argument):
        return f"log_{self.write(base)}({self.write(argument)})"

    def on_paren(self, node, *parts):
        return f"({self.listed(parts)})"

    def on_iverson(self, node, part):
        return f"[{self.write(part)}]"

    def on_inner(self, node, left, right):
        return f"⟨{self.write(left)}, {self.write(right)}⟩"

    def on_absolute(self, node, part):
        return f"|{self.write(part)}|"

    def on_norm(self, node, part, *kind):
        return f"‖{self.write(part)}‖" + "".join(f"_{self.write(one)}" for one in kind)

    def on_grid(self, node, *rows):
        return "[" + "; ".join(self.listed(row.parts) for row in rows) + "]"

    def on_cases(self, node, *branches):
        return "{" + "; ".join(f"{self.write(part)} {self.write(condition)}" for part, condition in
                               (branch.parts for branch in branches)) + "}"

    def on_brace(self, node, part, *label):
        return self.write(part)

    on_boxed = on_side = on_brace

    def on_only(self, node, part, condition):
        return self.write(part)

    def on_chain(self, node, *sides):
        return " ".join(f"{self.relation(side.name)} {self.write(side.parts[0])}".strip() for side in sides)

    def relation(self, sign):
        return sign

    def on_large(self, node, body, index, *limits):
        if _counts(body, index):
            return self.write(body)
        sign = {"sum": "Σ", "prod": "∏"}.get(node.name, node.name)
        while body.kind == "only":
            body, index, limits = *body.parts, ()
        low = self.write(index) + (f"={self.write(limits[0])}" if limits else "")
        high = self.write(limits[1]) if len(limits) > 1 else ""
        line = f"{sign}_{low if len(low) == 1 else f'{{{low}}}'}" + (f"^{high}" if len(high) == 1 else f"^{{{high}}}"
                                                                    if high else "")
        return f"{line} {f'({self.write(body)})' if body.kind == 'sum' else self.write(body)}"

    def on_limit(self, node, body, letter, end):
        return f"lim_{{{self.write(letter)}→{self.write(end)}}} {self.factor(body)}"

    def on_where(self, node, body, letter, value):
        return f"{self.wrapped(body)}|_{{{self.write(letter)} = {self.write(value)}}}"

    def on_zero(self, node):
        return "𝟎"

    def on_ones(self, node):
        return "𝟏"

    def on_statement(self, node, *parts):
        return " ".join(map(self.write, parts))

    on_conditions = on_flow = on_statement

    def on_condition(self, node, *parts):
        return {"if": "if ", "all": "for all ", "near": "near ", "otherwise": "otherwise"}[node.name] + self.listed(
            parts
        )

    def on_place(self, node, index, what):
        return f"{node.name} {self.write(index)} ↔ {self.write(what)}"

    def on_line(self, node, whole, index):
        return f"{node.name} {self.write(index)} of {self.write(whole)}"

    def on_asked(self, node, part):
        return self.write(part) + "?"


_TEX = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩℓ",
        r"\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota "
        r"\kappa \lambda \mu \nu \xi \pi \rho \sigma \tau \upsilon \varphi \chi \psi \omega \Gamma \Delta \Theta "
        r"\Lambda \Xi \Pi \Sigma \Phi \Psi \Omega \ell".split(),
        strict=True,
    )
)
_RELATIONS = {"≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "→": r"\to", "∈": r"\in",
              "is": r"\text{ is }", "matches": r"\text{ matches }"}
_OPERATORS = {"·": r"\cdot", "⋆": r"\star", "∘": r"\circ", "×": r"\times", "⊗": r"\otimes", "⊘": r"\oslash", " ": r"\,"}
_FUNCTIONS = frozenset("sin cos tan sinh cosh tanh arcsin arccos arctan exp log det max min".split())


class _Latex(_Text):
    transposed, minus, partial, dots = r"^{\mathsf T}", "-", r"\partial ", r"\dots "

    def letter(self, name):
        base, _, mark = name.partition("_")
        if mark in ("hat", "bar", "tilde", "dot"):
            return f"\\{mark}{{{self.letter(base)}}}"
        sign = _TEX.get(base, base)
        sign = sign if len(base) < 2 else f"\\mathrm{{{base}}}"
        sign = sign + " " if sign.startswith("\\") and len(base) < 2 else sign
        return f"{sign.strip()}_{{{mark}}}" if mark else sign

    def on_words(self, node):
        return rf"\text{{{node.name}}}"

    def wrapped(self, node):
        return rf"\left({self.write(node)}\right)" if _open(node) else self.write(node)

    raised = wrapped

    def between(self, line, part, before):
        if part.startswith("(") and before.kind in ("letter", "sub"):
            return r"\cdot "
        return r"\cdot " if part[:1].isdigit() else r"\,"

    def operator(self, sign):
        return _OPERATORS.get(sign, sign)

    def on_frac(self, node, top, bottom):
        return rf"\frac{{{self.write(top)}}}{{{self.write(bottom)}}}"

    def on_derivative(self, node, of, *by):
        if node.name == "∇":
            order = f"^{len(by)}" if len(by) > 1 else ""
            return rf"\nabla_{{{self.write(by[0])}}}{order} {self.wrapped(of)}"
        sign = "d" if node.name == "d" else r"\partial "
        order = f"^{len(by)}" if len(by) > 1 else ""
        below = r"\,".join(sign + self.wrapped(one) + (f"^{times}" if times > 1 else "") for one, times in _grouped(by))
        return rf"\frac{{{sign.strip()}{order} {self.wrapped(of)}}}{{{below}}}"

    def on_gradient(self, node, of, *by):
        below = f"_{{{self.listed(by)}}}" if by else ""
        return rf"\nabla{below}{'^2' if node.name == '2' else ''} {self.wrapped(of)}"

    def on_delta(self, node, part):
        return rf"\Delta {self.wrapped(part)}"

    def on_differential(self, node, part):
        return rf"\mathrm{{d}}{self.wrapped(part)}"

    def on_sub(self, node, base, *indices):
        texts = [self.write(index) for index in indices]
        plain = all(len(index.name) == 1 and not index.parts for index in indices)
        return f"{self.based(base)}_{{{''.join(texts) if plain else ','.join(texts)}}}"

    def on_from(self, node, base, mover):
        return rf"{self.based(base)}_{{\text{{from }}{self.write(mover)}}}"

    def on_power(self, node, base, exponent):
        opened = base.kind in (*_OPEN, "power", "transpose")
        return (rf"\left({self.write(base)}\right)" if opened else self.write(base)) + f"^{{{self.write(exponent)}}}"

    def on_transpose(self, node, part):
        if part.kind == "power" and part.parts[1].kind == "negative" and self.write(part.parts[1]) == "-1":
            return f"{self.raised(part.parts[0])}^{{-\\mathsf T}}"
        raised = part.kind in ("power", "transpose", "pseudo")
        return (rf"\left({self.write(part)}\right)" if raised else self.wrapped(part)) + self.transposed

    def on_pseudo(self, node, part):
        return self.wrapped(part) + "^{+}"

    def on_prime(self, node, part):
        return self.wrapped(part) + "'" * int(node.name)

    def on_paren(self, node, *parts):
        return rf"\left({self.listed(parts)}\right)"

    def on_apply(self, node, head, *arguments):
        return rf"{self.wrapped(head)}\left({self.listed(arguments)}\right)"

    on_at = on_apply

    def on_call(self, node, *arguments):
        if node.name == "sqrt":
            return rf"\sqrt{{{self.listed(arguments)}}}"
        return rf"{self.name(node.name)}\left({self.listed(arguments)}\right)"

    def name(self, name):
        return f"\\{name}" if name in _FUNCTIONS else rf"\operatorname{{{name}}}"

    def on_log(self, node, base, argument):
        return rf"\log_{{{self.write(base)}}}\left({self.write(argument)}\right)"

    def on_inner(self, node, left, right):
        return rf"\langle {self.write(left)}, {self.write(right)}\rangle"

    def on_absolute(self, node, part):
        return rf"\left|{self.write(part)}\right|"

    def on_norm(self, node, part, *kind):
        below = "".join(f"_{{{self.write(one)}}}" for one in kind)
        return rf"\left\|{self.write(part)}\right\|{below}"

    def on_infinity(self, node):
        return r"\infty "

    def on_grid(self, node, *rows):
        body = r" \\ ".join(" & ".join(map(self.write, row.parts)) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def on_cases(self, node, *branches):
        body = r" \\ ".join(" & ".join(map(self.write, branch.parts)) for branch in branches)
        return rf"\begin{{cases}} {body} \end{{cases}}"

    def relation(self, sign):
        return _RELATIONS.get(sign, sign)

    def on_arrow(self, node):
        return {"→": r"\longrightarrow", "⟹": r"\implies", "⟺": r"\iff"}[node.name]

    def on_large(self, node, body, index, *limits):
        if _counts(body, index):
            return self.write(body)
        sign = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "min": r"\min"}[node.name]
        while body.kind == "only":
            body, index, limits = *body.parts, ()
        low = self.write(index) + (f"={self.write(limits[0])}" if limits else "")
        high = f"^{{{self.write(limits[1])}}}" if len(limits) > 1 else ""
        return rf"{sign}_{{{low}}}{high} {self.factor(body)}"

    def on_limit(self, node, body, letter, end):
        return rf"\lim_{{{self.write(letter)}\to {self.write(end)}}} {self.factor(body)}"

    def on_where(self, node, body, letter, value):
        return rf"\left.{self.write(body)}\right|_{{{self.write(letter)} = {self.write(value)}}}"

    def on_zero(self, node):
        return r"\mathbf{0}"

    def on_ones(self, node):
        return r"\mathbf{1}"

    def on_condition(self, node, *parts):
        word = {"if": "if ", "all": "for all ", "near": "near ", "otherwise": "otherwise"}[node.name]
        return rf"\text{{{word}}} {self.listed(parts)}"
