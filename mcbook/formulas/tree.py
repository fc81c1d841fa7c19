"""The tree that a formula is read into, and how it is written: as a line of text, and as LaTeX."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from .spelling import LATEX

_POSTS = ("transpose", "power", "sub", "pseudo", "prime", "where")


@dataclass(frozen=True, eq=False)
class Node:
    """A piece of a formula."""

    kind: str                   # "letter", "product", "derivative", "grid" …
    parts: tuple = ()           # the pieces that it consists of
    name: str = ""              # the letter, number, operator or relation
    at: tuple = (0, 0)          # where it begins and ends in the formula
    shown: str = ""             # how a letter is written where it stands for another: z for Z in z_i

    def __repr__(self) -> str:
        return text(self)


def same(a: Node, b: Node) -> bool:
    """Whether two trees say the same, wherever they stand."""
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


def core(node: Node) -> Node:
    """What stands under transposes, powers, indices, primes and a bar."""
    while node.kind in _POSTS and node.parts:
        node = node.parts[0]
    return node


def around(node: Node, inner: Node) -> Node:
    """What stands around the core of a node, around something else: the square of sin(x)^2 belongs to sin(x)."""
    if node.kind not in _POSTS:
        return inner
    return replace(node, parts=(around(node.parts[0], inner), *node.parts[1:]), at=(inner.at[0], node.at[1]))


def text(node: Node) -> str:
    """A tree as a line of text: ``(∂w/∂v)ᵀ Δv``."""
    return _Writer(False).write(node)


def latex(node: Node) -> str:
    r"""A tree as LaTeX, in one spelling: ``W^{\mathsf T}``."""
    return _Writer(True).write(node)


#: How a kind is written, as text and as LaTeX, for some names in a way of their own: #0 is the first part, ~0 the same
#: in brackets where a sum, a product or a sign before it needs them, !0 where a sum does; * are all parts, & all but
#: the first; name is the node's own, and what ⟦ ⟧ hold is left out with its part.
_FORMS = {
    "absolute": ("|#0|", r"\left|#0\right|"), "apply": ("~0(&)", r"~0\left(&\right)"),
    "arrow →": ("→", r"\longrightarrow"), "arrow ⟹": ("⟹", r"\implies"), "arrow ⟺": ("⟺", r"\iff"), "asked": "#0?",
    "at": ("~0(&)", r"~0\left(&\right)"), "boxed": "#0", "brace": "#0", "branch": "*",
    "call sqrt": ("√(*)", r"\sqrt{*}"), "cases": ("{*}", r"\begin{cases} * \end{cases}"),
    "chain": "*", "condition all": ("for all *", r"\text{for all } *"), "condition if": ("if *", r"\text{if } *"),
    "condition near": ("near *", r"\text{near } *"), "condition otherwise": ("otherwise", r"\text{otherwise}"),
    "conditions": "*", "continuation": "*", "delta": ("Δ~0", r"\Delta ~0"), "dots": ("…", r"\dots "), "empty": "",
    "flow": "*", "frac": ("~0/~1", r"\frac{#0}{#1}"), "from": ("#0 from #1", r"#0_{\text{from }#1}"),
    "gradient 1": ("∇⟦_#1⟧ ~0", r"\nabla⟦_{#1}⟧ ~0"), "gradient 2": ("∇²⟦_#1⟧ ~0", r"\nabla⟦_{#1}⟧^2 ~0"),
    "grid": ("[*]", r"\begin{bmatrix} * \end{bmatrix}"), "infinity": ("∞", r"\infty "),
    "inner": ("⟨*⟩", r"\langle *\rangle"), "iverson": ("[#0]", r"\left[#0\right]"),
    "limit": ("lim_{#1→#2} !0", r"\lim_{#1\to #2} !0"), "line": ("name #1 of #0", r"\text{name }#1\text{ of }#0"),
    "list": "*", "log": ("log_#0(#1)", r"\log_{#0}\left(#1\right)"), "negative": ("−!0", "-!0"),
    "norm": ("‖#0‖⟦_#1⟧", r"\left\|#0\right\|⟦_{#1}⟧"), "number": "name", "ones": ("𝟏", r"\mathbf{1}"), "only": "#0",
    "paren": ("(*)", r"\left(*\right)"), "partial ∂": ("∂⟦~0⟧⟦~1⟧", r"\partial ⟦~0⟧⟦~1⟧"), "partial d": "d⟦~0⟧⟦~1⟧",
    "place": ("name #0 ↔ #1", r"\text{name }#0 \leftrightarrow #1"),
    "pseudo": ("~0⁺", "~0^{+}"), "row": "*", "statement": "*",
    "where": ("~0|_{#1 = #2}", r"\left.#0\right|_{#1 = #2}"), "words": ("name", r"\text{name}"),
    "zero": ("𝟎", r"\mathbf{0}"),
}
_PLACES = re.compile(r"⟦(?P<optional>[^⟧]*(?P<needs>\d)[^⟧]*)⟧|[~#!](?P<part>\d)|\*|&|name")
#: What stands between the parts of a kind; a comma for all others.
_JOINTS = {"row": (", ", " & "), "grid": ("; ", r" \\ "), "cases": ("; ", r" \\ "), "branch": (" ", " & "),
           "chain": (" ", " "), "flow": (" ", " "), "statement": (" ", " "), "conditions": (" ", " ")}
_SIGNS = {"*": ("∘", r"\circ"), "is": ("is", r"\text{ is }"), "matches": ("matches", r"\text{ matches }"),
          "∂": ("∂", r"\partial "), "sum": ("Σ", r"\sum"), "prod": ("∏", r"\prod")}
_RAISED = {"−1": "⁻¹", "0": "⁰", "1": "¹", "2": "²", "3": "³", "ℓ": "ˡ", "ℓ − 1": "ˡ⁻¹", "L": "ᴸ"}
_LOWERED = dict(zip("0123456789ijkr", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖᵣ", strict=True))
#: Kinds that need brackets: behind a minus, as a factor, beside a sign, under a script.
_SUMS = ("sum", "negative")
_LOOSE = (*_SUMS, "derivative", "frac", "large", "limit")
_OPEN = (*_LOOSE, "product", "binary", "differential", "delta")
_UNDER = (*_OPEN, "power", "transpose")


def _core(node):
    """What a brace or a box stands around."""
    return _core(node.parts[0]) if node.kind in ("brace", "boxed", "side") else node


def _counts(body, index):
    """Whether the condition under an inner sum names the index of an outer one: i < j stands for both."""
    while body.kind == "large":
        body = body.parts[0]
        if body.kind == "only" and index.name in letters(body.parts[1]):
            return True
    return False


class _Writer:
    """Writes a tree in one of two ways; a kind that is not in the table has a method, or else its name and parts."""

    def __init__(self, tex):
        self.tex = tex

    def write(self, node):
        form = _FORMS.get(f"{node.kind} {node.name}", _FORMS.get(node.kind))
        method = getattr(self, "on_" + node.kind, None)
        if method and not form:
            return method(node, *node.parts)
        if form is None:
            form = "name(*)" if node.parts else "name"
        return self.filled(form if isinstance(form, str) else form[self.tex], node)

    def filled(self, form, node):
        return _PLACES.sub(lambda found: self.place(node, found), form)

    def place(self, node, found):
        """What stands at a place of a form."""
        sign = found[0][0]
        if found["optional"]:
            return self.filled(found["optional"], node) if int(found["needs"]) < len(node.parts) else ""
        if found["part"]:
            part = node.parts[int(found["part"])]
            return self.write(part) if sign == "#" else self.wrapped(part, _OPEN if sign == "~" else _SUMS)
        if sign in "*&":
            return _JOINTS.get(node.kind, (", ", ", "))[self.tex].join(map(self.write, node.parts[sign == "&":]))
        return node.name

    def bracketed(self, line):
        return rf"\left({line}\right)" if self.tex else f"({line})"

    def wrapped(self, node, kinds=_OPEN):
        core = _core(node)
        return self.bracketed(self.write(node)) if core.kind in kinds and core.name != "tight" else self.write(node)

    def sign(self, name):
        return _SIGNS[name][self.tex] if name in _SIGNS else LATEX.get(name, name) if self.tex else name

    def script(self, line):
        return line if len(line) == 1 and not self.tex else f"{{{line}}}"

    def order(self, times):
        raised = f"^{times}" if self.tex else _RAISED.get(str(times), f"^{times}")
        return raised if times > 1 else ""

    def on_letter(self, node):
        name = node.shown or node.name
        if not self.tex:
            return name
        base, _, mark = name.partition("_")
        sign = LATEX.get(base, base) if len(base) < 2 else rf"\mathrm{{{base}}}"
        if mark in ("hat", "bar", "tilde", "dot"):
            return f"\\{mark}{{{sign}}}"
        return f"{sign}_{{{mark}}}" if mark else sign + " " * sign.startswith("\\")

    def on_side(self, node, part):
        return f"{self.sign(node.name)} {self.write(part)}".strip()

    def on_sum(self, node, first, *rest):
        line = self.write(first)
        for part in rest:
            less = part.kind == "negative"
            sign = "+" if not less else "-" if self.tex else "−"
            line += f" {sign} {self.wrapped(part.parts[0], _SUMS) if less else self.write(part)}"
        return line

    def on_product(self, node, *factors):
        if node.name == "tight":
            return "".join(map(self.write, factors))
        line = ""
        for k, factor in enumerate(factors):
            part = self.wrapped(factor, (*_LOOSE[:4], "binary", *(_LOOSE[4:] if k < len(factors) - 1 else ())))
            line += (self.between(line, part, factors[k - 1]) if line else "") + part
        return line

    def between(self, line, part, before):
        """A dot before a bracket: without it, a(b) would be a function and its argument."""
        if not self.tex:
            return "·" if part.startswith("(") and not line.endswith("…") else " "
        called = part.startswith(r"\left(") and before.kind in ("letter", "sub")
        return r"\cdot " if called or part[:1].isdigit() else r"\,"

    def on_binary(self, node, left, right):
        return f"{self.wrapped(left, _LOOSE)} {self.sign(node.name)} {self.wrapped(right, (*_LOOSE, 'binary'))}"

    def on_derivative(self, node, of, *by):
        sign, order, over = self.sign(node.name), self.order(len(by)), self.wrapped(of)
        if node.name == "∇":
            below = "_" + self.script(self.write(by[0]))
            return f"{sign}{below + order if self.tex else order + below} {over}"
        below = (r"\," if self.tex else " ").join(
            sign + letter + self.order(len([*times])) for letter, times in itertools.groupby(map(self.wrapped, by)))
        if self.tex:
            return rf"\frac{{{sign.strip()}{order} {over}}}{{{below}}}"
        if of.kind == "power" and of.parts[1].kind == "number":
            over = self.bracketed(over)
        return f"{sign}{order}{' ' if sign == 'd' and of.kind == 'call' else ''}{over}/{below}"

    def on_differential(self, node, part):
        sign = r"\mathrm{d}" if self.tex else "d " if part.kind in ("call", "norm") else "d"
        return sign + self.wrapped(part)

    def on_sub(self, node, base, *indices):
        head = self.write(base) if base.kind == "delta" else self.wrapped(base)  # Δv_i is the entry of Δv
        texts = [self.write(index) for index in indices]
        if self.tex:
            plain = all(len(index.name) == 1 and not index.parts for index in indices)
            return f"{head}_{{{('' if plain else ',').join(texts)}}}"
        line = "".join(texts)
        if all(sign in _LOWERED for sign in line):
            return head + "".join(_LOWERED[sign] for sign in line)
        apart = len(texts) > 1 and any(len(one) > 1 for one in texts)
        return f"{head}_{self.script(', '.join(texts) if apart else line)}"

    def on_power(self, node, base, exponent):
        base, mark = self.wrapped(base, _UNDER), self.write(exponent)
        if self.tex:
            return f"{base}^{{{mark}}}"
        return base + _RAISED.get(mark, f"^{mark}" if len(mark) == 1 else f"^({mark})")

    def on_transpose(self, node, part):
        if part.kind == "power" and self.write(part.parts[1]) in ("−1", "-1"):
            return self.wrapped(part.parts[0], _UNDER) + (r"^{-\mathsf T}" if self.tex else "⁻ᵀ")
        return self.wrapped(part, (*_UNDER, "pseudo")) + r"^{\mathsf T}" if self.tex else self.wrapped(part) + "ᵀ"

    def on_prime(self, node, part):
        return self.wrapped(part) + ("'" if self.tex else "′") * int(node.name)

    def on_call(self, node, *arguments):
        name = node.name if not self.tex else LATEX.get(node.name, rf"\operatorname{{{node.name}}}")
        return name + self.bracketed(", ".join(map(self.write, arguments)))

    def on_large(self, node, body, index, *limits):
        if _counts(body, index):
            return self.write(body)
        while body.kind == "only":
            (body, index), limits = body.parts, ()
        low, *high = [self.write(index) + (f"={self.write(limits[0])}" if limits else ""), *map(self.write, limits[1:])]
        return (f"{self.sign(node.name)}_{self.script(low)}" + "".join(f"^{self.script(one)}" for one in high)
                + f" {self.wrapped(body, _SUMS)}")
