"""The tree that a formula is read into, and its spelling in plain text.

One class for everything, told apart by its `kind`, so that comparing two entries of a
matrix, putting a number in place of an index and walking through a formula are a few lines each.
"""

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
        Where it begins and ends in the LaTeX.
    shown : str
        How a letter is written in the formula, where it stands for another: z for Z in z_i.
    """

    kind: str
    parts: tuple = ()
    name: str = ""
    at: tuple = (0, 0)
    shown: str = ""

    def __repr__(self):
        return spelled(self)


def same(a, b):
    """Whether two trees say the same, wherever they stand.

    Examples
    --------
    >>> same(Node("letter", name="v", at=(0, 1)), Node("letter", name="v", at=(7, 8)))
    True
    """
    return (a.kind == b.kind and a.name == b.name and len(a.parts) == len(b.parts)
            and all(map(same, a.parts, b.parts)))


def walk(node):
    """Every node of a tree, the whole first."""
    yield node
    for part in node.parts:
        yield from walk(part)


def rebuilt(node, change):
    """The tree with `change` (Node -> Node) applied to each node, the leaves first."""
    parts = tuple(rebuilt(part, change) for part in node.parts)
    if any(new is not old for new, old in zip(parts, node.parts, strict=True)):
        node = replace(node, parts=parts)
    return change(node)


def number(value, at=(0, 0)):
    """A number leaf."""
    return Node("number", name=str(value), at=at)


_MARKS = {"−1": "⁻¹", "0": "⁰", "1": "¹", "2": "²", "3": "³", "ℓ": "ˡ", "ℓ − 1": "ˡ⁻¹", "L": "ᴸ"}
_LOWER = dict(zip("0123456789ijkmnr", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙᵣ", strict=True))


def _index(parts):
    text = "".join(map(spelled, parts))
    if all(sign in _LOWER for sign in text) and not set("mn") & set(text):
        return "".join(_LOWER[sign] for sign in text)
    return "_" + (text if len(text) == 1 else f"{{{text}}}")


def _wrapped(node):
    text = spelled(node)
    open_kinds = ("sum", "product", "binary", "derivative", "frac", "negative")
    return f"({text})" if node.kind in open_kinds else text


def _joined(parts):
    texts = [spelled(part) if part.kind not in ("sum", "derivative", "frac") else f"({spelled(part)})"
             for part in parts]
    return " ".join(texts)


def spelled(node):
    """A tree as a reader would write it in plain text: ``(∂w/∂v)ᵀ Δv``.

    Examples
    --------
    >>> w = Node("letter", name="W")
    >>> spelled(Node("product", (Node("transpose", (w,)), Node("letter", name="A"))))
    'Wᵀ A'
    """
    parts, kind = node.parts, node.kind
    if kind in ("letter", "number", "words"):
        return node.shown or node.name
    if kind in _SPELL:
        return _SPELL[kind](node)
    if kind == "sum":
        text = spelled(parts[0])
        for part in parts[1:]:
            text += f" − {spelled(part.parts[0])}" if part.kind == "negative" else f" + {spelled(part)}"
        return text
    return f"{node.name}{'(' if parts else ''}{', '.join(map(spelled, parts))}{')' if parts else ''}"


def _power(node):
    mark = spelled(node.parts[1])
    return _wrapped(node.parts[0]) + _MARKS.get(mark, f"^{mark}" if len(mark) == 1 else f"^({mark})")


def _grid(node):
    return "[" + "; ".join(", ".join(map(spelled, row.parts)) for row in node.parts) + "]"


_SPELL = {
    "dots": lambda n: "…",
    "product": lambda n: _joined(n.parts),
    "negative": lambda n: f"−{_wrapped(n.parts[0])}",
    "binary": lambda n: f"{_wrapped(n.parts[0])} {n.name} {_wrapped(n.parts[1])}",
    "frac": lambda n: f"{_wrapped(n.parts[0])}/{_wrapped(n.parts[1])}",
    "derivative": lambda n: (f"{n.name}{_wrapped(n.parts[0])}/" + " ".join(n.name + _wrapped(p) for p in n.parts[1:])),
    "partial": lambda n: "∂" + "".join(map(_wrapped, n.parts)),
    "delta": lambda n: f"Δ{_wrapped(n.parts[0])}",
    "sub": lambda n: _wrapped(n.parts[0]) + _index(n.parts[1:]),
    "from": lambda n: f"{_wrapped(n.parts[0])} from {spelled(n.parts[1])}",
    "power": _power,
    "transpose": lambda n: _wrapped(n.parts[0]) + "ᵀ",
    "prime": lambda n: spelled(n.parts[0]) + "′" * int(n.name),
    "apply": lambda n: f"{spelled(n.parts[0])}({', '.join(map(spelled, n.parts[1:]))})",
    "call": lambda n: f"{n.name}({', '.join(map(spelled, n.parts))})",
    "paren": lambda n: f"({spelled(n.parts[0])})",
    "iverson": lambda n: f"[{spelled(n.parts[0])}]",
    "absolute": lambda n: f"|{spelled(n.parts[0])}|",
    "norm": lambda n: f"‖{spelled(n.parts[0])}‖",
    "grid": _grid,
    "brace": lambda n: spelled(n.parts[0]),
    "boxed": lambda n: spelled(n.parts[0]),
    "chain": lambda n: " ".join(f"{p.name} {spelled(p.parts[0])}".strip() for p in n.parts),
    "side": lambda n: spelled(n.parts[0]),
    "large": lambda n: f"{'Σ' if n.name == 'sum' else 'Π'}_{spelled(n.parts[1])} {spelled(n.parts[0])}",
    "only": lambda n: spelled(n.parts[0]),
    "limit": lambda n: f"lim {spelled(n.parts[0])}",
    "where": lambda n: f"{spelled(n.parts[0])} at {spelled(n.parts[1])} = {spelled(n.parts[2])}",
    "zero": lambda n: "0",
    "ones": lambda n: "1",
    "statement": lambda n: " ".join(map(spelled, n.parts)),
    "conditions": lambda n: " ".join(map(spelled, n.parts)),
    "condition": lambda n: {"if": "if ", "all": "for all ", "near": "near ", "otherwise": "otherwise"}[n.name]
    + ", ".join(map(spelled, n.parts)),
    "line": lambda n: f"{n.name} {spelled(n.parts[1])} of {spelled(n.parts[0])}",
    "flow": lambda n: " ".join(map(spelled, n.parts)),
    "arrow": lambda n: n.name,
}
