"""The tree that a formula is read into, and how it is written: as a line of text, and as LaTeX.

One class for everything, told apart by its `kind`, so that comparing two entries of a
matrix, putting a number in place of an index and walking through a formula are a few lines each.
"""

import re
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


#: How the simple kinds are written, as text and as LaTeX: #0 is the first part, ~0 the same in brackets where it needs
#: them, * are all parts, & all but the first, and name is the node's own.
_FORMS = {
    "delta": ("Δ~0", r"\Delta ~0"), "pseudo": ("~0⁺", "~0^{+}"), "paren": ("(*)", r"\left(*\right)"),
    "iverson": ("[#0]", r"\left[#0\right]"), "inner": ("⟨*⟩", r"\langle *\rangle"), "side": ("#0", "#0"),
    "absolute": ("|#0|", r"\left|#0\right|"), "brace": ("#0", "#0"), "boxed": ("#0", "#0"), "asked": ("#0?", "#0?"),
    "only": ("#0", "#0"), "zero": ("𝟎", r"\mathbf{0}"), "ones": ("𝟏", r"\mathbf{1}"), "empty": ("", ""),
    "dots": ("…", r"\dots "), "infinity": ("∞", r"\infty "), "words": ("name", r"\text{name}"), "row": ("*", "*"),
    "where": ("~0|_{#1 = #2}", r"\left.#0\right|_{#1 = #2}"),
    "log": ("log_#0(#1)", r"\log_{#0}\left(#1\right)"), "from": ("#0 from #1", r"#0_{\text{from }#1}"),
    "place": ("name #0 ↔ #1", r"\text{name }#0 \leftrightarrow #1"), "number": ("name", "name"),
    "line": ("name #1 of #0", r"\text{name }#1\text{ of }#0"),
    "apply": ("~0(&)", r"~0\left(&\right)"), "at": ("~0(&)", r"~0\left(&\right)"), "list": ("*", "*"),
}
_PLACES = re.compile(r"[~#][012]|\*|&|name")
_RAISED = {"−1": "⁻¹", "0": "⁰", "1": "¹", "2": "²", "3": "³", "ℓ": "ˡ", "ℓ − 1": "ˡ⁻¹", "L": "ᴸ"}
_LOWERED = dict(zip("0123456789ijkmnr", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙᵣ", strict=True))
_LOOSE = ("sum", "negative", "derivative", "frac", "large", "limit")
_OPEN = (*_LOOSE, "product", "binary", "differential", "delta")
_CONDITIONS = {"if": "if ", "all": "for all ", "near": "near ", "otherwise": "otherwise"}


def _core(node):
    """What a brace or a box stands around."""
    return _core(node.parts[0]) if node.kind in ("brace", "boxed", "side") else node


def _grouped(by):
    """What a derivative is taken by, with how many times in a row."""
    found = []
    for one in by:
        if found and same(found[-1][0], one):
            found[-1][1] += 1
        else:
            found.append([one, 1])
    return found


def _counts(body, index):
    """Whether the condition under an inner sum names the index of an outer one: i < j stands for both."""
    while body.kind == "large":
        body = body.parts[0]
        if body.kind == "only" and index.name in letters(body.parts[1]):
            return True
    return False


class _Text:
    """Writes a tree; where a kind has no form and no method of its own, its name and its parts."""

    form, minus, sums = 0, "−", {"sum": "Σ", "prod": "∏"}

    def write(self, node):
        if node.kind in _FORMS:
            return _PLACES.sub(lambda found: self.part(node, found[0]), _FORMS[node.kind][self.form])
        method = getattr(self, "on_" + node.kind, None)
        if method:
            return method(node, *node.parts)
        return node.name + (f"({self.listed(node.parts)})" if node.parts else "")

    def part(self, node, place):
        if place == "name":
            return node.shown or node.name
        if place in "*&":
            return self.listed(node.parts[place == "&":])
        return (self.wrapped if place[0] == "~" else self.write)(node.parts[int(place[-1])])

    def listed(self, nodes):
        return ", ".join(map(self.write, nodes))

    def bracketed(self, line):
        return f"({line})"

    def wrapped(self, node, kinds=_OPEN):
        core = _core(node)
        return self.bracketed(self.write(node)) if core.kind in kinds and core.name != "tight" else self.write(node)

    def on_letter(self, node):
        return node.shown or node.name

    def on_sum(self, node, first, *rest):
        return self.write(first) + "".join(
            f" {self.minus} {self.wrapped(part.parts[0], ('sum', 'negative'))}" if part.kind == "negative" else
            f" + {self.write(part)}" for part in rest)

    def on_negative(self, node, part):
        return self.minus + self.wrapped(part, ("sum", "negative"))

    def on_product(self, node, *factors):
        if node.name == "tight":
            return "".join(map(self.write, factors))
        line = ""
        for k, factor in enumerate(factors):
            last = k == len(factors) - 1
            part = self.wrapped(factor, (*_LOOSE[:4], "binary", *(() if last else _LOOSE[4:])))
            line += (self.between(line, part, factors[k - 1]) if line else "") + part
        return line

    def between(self, line, part, before):
        """A dot before a bracket: without it, a(b) would be a function and its argument."""
        return "·" if part.startswith("(") and not line.endswith("…") else " "

    def on_binary(self, node, left, right):
        sign = self.sign({"*": "∘"}.get(node.name, node.name))
        return f"{self.wrapped(left, _LOOSE)} {sign} {self.wrapped(right, (*_LOOSE, 'binary'))}"

    def sign(self, sign):
        return sign

    def on_frac(self, node, top, bottom):
        return f"{self.wrapped(top)}/{self.wrapped(bottom)}"

    def order(self, times):
        return _RAISED.get(str(times), f"^{times}") if times > 1 else ""

    def on_derivative(self, node, of, *by):
        if node.name == "∇":
            return f"∇{self.order(len(by))}_{self.script(self.write(by[0]))} {self.wrapped(of)}"
        squared = of.kind == "power" and of.parts[1].kind == "number"
        over = self.bracketed(self.write(of)) if squared else self.wrapped(of)
        blank = " " if node.name == "d" and of.kind == "call" else ""
        below = " ".join(node.name + self.wrapped(one) + self.order(times) for one, times in _grouped(by))
        return f"{node.name}{self.order(len(by))}{blank}{over}/{below}"

    def on_gradient(self, node, of, *by):
        below = f"_{self.write(by[0])}" if by else ""
        return f"∇{'²' if node.name == '2' else ''}{below} {self.wrapped(of)}"

    def on_partial(self, node, *parts):
        return node.name + "".join(map(self.wrapped, parts))

    def on_differential(self, node, part):
        return ("d " if part.kind in ("call", "norm") else "d") + self.wrapped(part)

    def based(self, base):
        """What an index stands at: Δv_i is the entry of Δv."""
        return self.write(base) if base.kind == "delta" else self.wrapped(base)

    def on_sub(self, node, base, *indices):
        line = "".join(map(self.write, indices))
        if all(sign in _LOWERED for sign in line) and not set("mn") & set(line):
            return self.based(base) + "".join(_LOWERED[sign] for sign in line)
        if len(indices) > 1 and any(len(self.write(index)) > 1 for index in indices):
            line = self.listed(indices)
        return f"{self.based(base)}_{line if len(line) == 1 else f'{{{line}}}'}"

    def on_power(self, node, base, exponent):
        mark = self.write(exponent)
        return self.wrapped(base, (*_OPEN, "power", "transpose")) + _RAISED.get(
            mark, f"^{mark}" if len(mark) == 1 else f"^({mark})")

    def on_transpose(self, node, part):
        if part.kind == "power" and self.write(part.parts[1]) == "−1":
            return self.wrapped(part.parts[0], (*_OPEN, "power", "transpose")) + "⁻ᵀ"
        return self.wrapped(part) + "ᵀ"

    def on_prime(self, node, part):
        return self.wrapped(part) + "′" * int(node.name)

    def on_call(self, node, *arguments):
        return f"{'√' if node.name == 'sqrt' else node.name}({self.listed(arguments)})"

    def on_norm(self, node, part, *kind):
        return f"‖{self.write(part)}‖" + "".join(f"_{self.write(one)}" for one in kind)

    def on_grid(self, node, *rows):
        return "[" + "; ".join(self.listed(row.parts) for row in rows) + "]"

    def on_cases(self, node, *branches):
        return "{" + "; ".join(" ".join(map(self.write, branch.parts)) for branch in branches) + "}"

    def on_chain(self, node, *sides):
        return " ".join(f"{self.sign(side.name)} {self.write(side.parts[0])}".strip() for side in sides)

    def on_large(self, node, body, index, *limits):
        if _counts(body, index):
            return self.write(body)
        while body.kind == "only":
            (body, index), limits = body.parts, ()
        low = self.write(index) + (f"={self.write(limits[0])}" if limits else "")
        high = self.write(limits[1]) if len(limits) > 1 else ""
        sign = self.sums.get(node.name, node.name)
        return (f"{sign}_{self.script(low)}" + (f"^{self.script(high)}" if high else "")
                + f" {self.wrapped(body, ('sum', 'negative'))}")

    def on_limit(self, node, body, letter, end):
        sign, to = (r"\lim", r"\to ") if self.form else ("lim", "→")
        return f"{sign}_{{{self.write(letter)}{to}{self.write(end)}}} {self.wrapped(body, ('sum', 'negative'))}"

    def script(self, line):
        return line if len(line) == 1 else f"{{{line}}}"

    def on_statement(self, node, *parts):
        return " ".join(map(self.write, parts))

    on_conditions = on_flow = on_statement

    def on_condition(self, node, *parts):
        return _CONDITIONS[node.name] + self.listed(parts)


_TEX = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩℓ", (
    r"\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi \pi \rho \sigma \tau "
    r"\upsilon \varphi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Phi \Psi \Omega \ell").split(),
    strict=True))
_SIGNS = {"≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "→": r"\to", "∈": r"\in", "is": r"\text{ is }",
          "matches": r"\text{ matches }", "·": r"\cdot", "⋆": r"\star", "∘": r"\circ", "×": r"\times", "⊗": r"\otimes",
          "⊘": r"\oslash", "∂": r"\partial "}
_FUNCTIONS = frozenset("sin cos tan sinh cosh tanh arcsin arccos arctan exp log det max min".split())


class _Latex(_Text):
    form, minus, sums = 1, "-", {name: "\\" + name for name in ("sum", "prod", "max", "min")}

    def bracketed(self, line):
        return rf"\left({line}\right)"

    def sign(self, sign):
        return _SIGNS.get(sign, sign)

    def script(self, line):
        return f"{{{line}}}"

    def order(self, times):
        return f"^{times}" if times > 1 else ""

    def on_letter(self, node):
        base, _, mark = (node.shown or node.name).partition("_")
        sign = _TEX.get(base, base) if len(base) < 2 else rf"\mathrm{{{base}}}"
        if mark in ("hat", "bar", "tilde", "dot"):
            return f"\\{mark}{{{sign}}}"
        return f"{sign}_{{{mark}}}" if mark else sign + " " * sign.startswith("\\")

    def between(self, line, part, before):
        called = part.startswith(r"\left(") and before.kind in ("letter", "sub")
        return r"\cdot " if called or part[:1].isdigit() else r"\,"

    def on_frac(self, node, top, bottom):
        return rf"\frac{{{self.write(top)}}}{{{self.write(bottom)}}}"

    def on_derivative(self, node, of, *by):
        if node.name == "∇":
            return rf"\nabla_{{{self.write(by[0])}}}{self.order(len(by))} {self.wrapped(of)}"
        sign = self.sign(node.name)
        below = r"\,".join(sign + self.wrapped(one) + self.order(times) for one, times in _grouped(by))
        return rf"\frac{{{sign.strip()}{self.order(len(by))} {self.wrapped(of)}}}{{{below}}}"

    def on_gradient(self, node, of, *by):
        return rf"\nabla{f'_{{{self.listed(by)}}}' if by else ''}{'^2' if node.name == '2' else ''} {self.wrapped(of)}"

    def on_partial(self, node, *parts):
        return self.sign(node.name) + "".join(map(self.wrapped, parts))

    def on_differential(self, node, part):
        return rf"\mathrm{{d}}{self.wrapped(part)}"

    def on_sub(self, node, base, *indices):
        texts = [self.write(index) for index in indices]
        plain = all(len(index.name) == 1 and not index.parts for index in indices)
        return f"{self.based(base)}_{{{''.join(texts) if plain else ','.join(texts)}}}"

    def on_power(self, node, base, exponent):
        return f"{self.wrapped(base, (*_OPEN, 'power', 'transpose'))}^{{{self.write(exponent)}}}"

    def on_transpose(self, node, part):
        if part.kind == "power" and self.write(part.parts[1]) == "-1":
            return self.wrapped(part.parts[0], (*_OPEN, "power", "transpose")) + r"^{-\mathsf T}"
        return self.wrapped(part, (*_OPEN, "power", "transpose", "pseudo")) + r"^{\mathsf T}"

    def on_prime(self, node, part):
        return self.wrapped(part) + "'" * int(node.name)

    def on_call(self, node, *arguments):
        if node.name == "sqrt":
            return rf"\sqrt{{{self.listed(arguments)}}}"
        name = f"\\{node.name}" if node.name in _FUNCTIONS else rf"\operatorname{{{node.name}}}"
        return name + self.bracketed(self.listed(arguments))

    def on_norm(self, node, part, *kind):
        return rf"\left\|{self.write(part)}\right\|" + "".join(f"_{{{self.write(one)}}}" for one in kind)

    def on_grid(self, node, *rows):
        body = r" \\ ".join(" & ".join(map(self.write, row.parts)) for row in rows)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def on_cases(self, node, *branches):
        body = r" \\ ".join(" & ".join(map(self.write, branch.parts)) for branch in branches)
        return rf"\begin{{cases}} {body} \end{{cases}}"

    def on_arrow(self, node):
        return {"→": r"\longrightarrow", "⟹": r"\implies", "⟺": r"\iff"}[node.name]

    def on_condition(self, node, *parts):
        return rf"\text{{{_CONDITIONS[node.name]}}} {self.listed(parts)}"
