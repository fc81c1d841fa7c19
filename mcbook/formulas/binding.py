"""Settle what the signs of a formula refer to, once the letters are known.

``W^ℓ`` is a letter of layer ℓ and ``s^2`` a power; ``f(z)`` is a function and its argument
where f is one; ``z_i`` is an entry of Z; ``θ_0`` may be a letter of its own.
"""

import re
from dataclasses import replace

from .reading import FormulaError
from .tree import Node, rebuilt, spelled, walk
from .values import ClaimError

#: What a letter of a layer is computed from, and how many layers before it that stands: Z^ℓ of W^ℓ and A^(ℓ−1).
_BEFORE = {"Z": {"A": 1, "W": 0}, "A": {"Z": 0}}


class Binder:
    """Rewrites trees for the letters at hand.

    Attributes
    ----------
    labels : dict of str to set of str
        Letters that the formula uses, with the layers they are written with.
    """

    def __init__(self, letters):
        self.letters, self.labels, self._layers = letters, {}, {}

    def bound(self, node):
        """The tree, with its letters settled."""
        return rebuilt(node, self._settled)

    def layers(self):
        """Refuse letters in a layer where they cannot be: Z^ℓ is computed from A^(ℓ−1), and not from A^ℓ.

        Raises
        ------
        ClaimError
        """
        placed = {name: _layer_of(text) for name, texts in self.labels.items() for text in texts}
        for name, layer in placed.items():
            for other in self.letters.parameters.get(name, ()):
                there, lag = placed.get(other), _BEFORE.get(name, {}).get(other)
                if layer and there and lag is not None and there[0] == layer[0] and layer[1] - there[1] != lag:
                    right = "layer before" if lag else "same layer"
                    raise ClaimError(f"{name}^{_written(layer)} depends on {other} of the {right}, here it is "
                                     f"{other}^{_written(there)}")

    def _settled(self, node):
        change = getattr(self, "_" + node.kind, None)
        return change(node) if change else node

    def _letter(self, node):
        self.labels.setdefault(node.name, set())
        return node

    def _named(self, node):
        return replace(node, kind="letter") if node.name in self.letters else node

    def _power(self, node):
        base, exponent = node.parts
        if base.kind == "sub" and self._layer(base.parts[0], exponent):
            return replace(base, parts=(self._layered(base.parts[0], exponent), *base.parts[1:]))
        return self._layered(base, exponent) if self._layer(base, exponent) else node

    def _layer(self, base, exponent):
        """Whether a superscript is the name of a layer, or of one of several values, and no power."""
        if base.kind != "letter":
            return False
        names = {part.name for part in walk(exponent) if part.kind == "letter"}
        text = spelled(exponent)
        return ("ℓ" in names or exponent.kind == "letter" and exponent.name == "L" or exponent.kind == "paren"
                or (exponent.kind == "number" and f"{base.name}{text}" in self.letters))

    def _layered(self, base, exponent):
        text = spelled(exponent).replace(" ", "").replace("−", "-").strip("()")
        label = text.replace("-", "_").replace("+", "p")
        spellings = [base.name + label, (base.name + label).replace("ℓ", "l"), f"{base.name}_{label}", base.name + text]
        name = next((one for one in spellings if one in self.letters), base.name)
        if name == base.name:
            seen = self._layers.setdefault(name, text)
            if seen != text and name in self.letters:
                raise FormulaError(f"{name}^{seen} and {name}^{text} are different: give both, "
                                   f"{name}{seen.replace('-', '_')}=… and {name}{label}=…")
        self.labels.setdefault(name, set()).add(text)
        return Node("letter", name=name, at=base.at, shown=base.name)

    def _sub(self, node):
        base, *indices = node.parts
        inner = base.parts[0] if base.kind == "delta" else base
        if inner.kind != "letter":
            return node
        digits = "".join(index.name for index in indices if index.kind == "number")
        if all(index.kind == "number" for index in indices) and f"{inner.name}_{digits}" in self.letters:
            own = Node("letter", name=f"{inner.name}_{digits}", at=node.at)
            self.labels.setdefault(own.name, set())
            return replace(base, parts=(own,)) if base.kind == "delta" else own
        name = self._whole(inner.name, len(indices))
        if name != inner.name:
            self.labels.setdefault(name, set())
            inner = replace(inner, name=name, shown=inner.shown or inner.name)
            base = replace(base, parts=(inner,)) if base.kind == "delta" else inner
        if len(indices) > 1 and len(digits) == len(indices) and name in self.letters and not self.letters.is_pure(
                name) and len(self.letters.shape(name)) == 1:
            indices = [Node("number", name=digits, at=node.at)]
        return replace(node, parts=(base, *indices))

    def _whole(self, name, count):
        """The letter whose entries have this name: W for w_ji, Z for z_i."""
        letters, upper = self.letters, name[0].upper() + name[1:]
        if upper == name or upper not in letters or letters.is_pure(upper):
            return name
        if name not in letters or letters.is_pure(name) or len(letters.shape(name)) < count:
            return upper
        return name

    def _gradient(self, node):
        of = node.parts[-1]
        by = node.parts[:-1]
        if not by:
            raise FormulaError("∇ needs the letter that it is taken by: \\nabla_x f")
        return Node("derivative", (of, *by), name="∂", at=node.at)

    def _product(self, node):
        out = []
        factors = [factor for factor in node.parts if factor.kind != "words" or not factor.name.startswith("as ")]
        while factors:
            factor = factors.pop(0)
            if factor.kind == "derive":
                if not factors:
                    raise FormulaError("∂/∂… stands alone: write what it is taken of after it")
                rest = factors[0] if len(factors) == 1 else Node("product", tuple(factors), at=node.at)
                out.append(Node("derivative", (_bare(rest), *factor.parts), name=factor.name, at=node.at))
                break
            if factors and (arguments := _bracket(factors[0])) and (applied := self._applied(factor, arguments)):
                out.append(_put(factors.pop(0), applied))
                continue
            out.append(factor)
        return out[0] if len(out) == 1 else replace(node, parts=tuple(out))

    def _applied(self, factor, arguments):
        """A function and its argument, or None where the two are factors."""
        head = factor.parts[0] if factor.kind == "prime" else factor
        at = (factor.at[0], arguments[-1].at[1])
        if factor.kind == "named":
            return Node("call", arguments, name=factor.name, at=at)
        if factor.kind == "delta" and factor.parts[0].kind == "letter" and self.letters.is_pure(factor.parts[0].name):
            return Node("delta", (Node("apply", (factor.parts[0], *arguments), at=at),), at=at)
        if factor.kind == "prime" and head.kind in ("letter", "prime"):
            return Node("apply", (factor, *arguments), at=at)
        if head.kind == "letter" and self.letters.is_function(head.name):
            return Node("apply", (head, *arguments), at=at)
        return None


def _layer_of(text):
    """A layer as its letter and what is added: ℓ-1 is (ℓ, -1)."""
    found = re.fullmatch(r"(ℓ|L)([+-]\d+)?", text)
    return found and (found[1], int(found[2] or 0))


def _written(layer):
    return layer[0] if not layer[1] else f"({layer[0]} {'+' if layer[1] > 0 else '−'} {abs(layer[1])})"


def _bare(node):
    return node.parts[0] if node.kind == "paren" and len(node.parts) == 1 else node


def _bracket(node):
    """What stands in a bracket, also under a transpose, a power or an index; None for anything else."""
    while node.kind in ("transpose", "power", "sub") and node.parts:
        node = node.parts[0]
    return node.parts if node.kind == "paren" else None


def _put(node, inner):
    """The same node with its bracket replaced."""
    if node.kind == "paren":
        return inner
    return replace(node, parts=(_put(node.parts[0], inner), *node.parts[1:]))
