"""Settle what the signs of a formula refer to, once the letters are known.

``W^ℓ`` is a letter of layer ℓ and ``s^2`` a power; ``f(z)`` is a function and its argument where f is one, and a
product where f is a number; ``x'`` is a transpose where x is a value; ``z_i`` is an entry of Z; ``θ_0`` may be a
letter of its own. What cannot be settled is refused, never dropped.
"""

import re
from dataclasses import replace

from .letters import Letters
from .spelling import FUNCTIONS
from .tree import Node, bare, letters, number, product, rebuilt, text
from .verdict import Failure, FormulaError

#: What a letter of a layer is computed from, and how many layers before it that stands: Z^ℓ of W^ℓ and A^(ℓ−1).
_BEFORE = {"Z": {"A": 1, "W": 0}, "A": {"Z": 0}}
#: Functions whose values are matrices: a prime behind them is a transpose.
_MATRICES = ("diag", "inv", "vec", "adj", "expm", "kron", "transpose")
_POSTS = ("transpose", "power", "sub", "pseudo", "where")


class Binder:
    """Rewrites trees for the letters at hand.

    Attributes
    ----------
    labels : dict of str to set of str
        Letters that the formula uses, with the layers they are written with.
    """

    def __init__(self, given: Letters):
        self.letters, self.labels, self._layers = given, dict[str, set[str]](), dict[str, str]()

    def bound(self, node: Node) -> Node:
        """The tree, with its letters settled."""
        return rebuilt(node, self._settled)

    def layers(self) -> None:
        """Refuse letters in a layer where they cannot be: Z^ℓ is computed from A^(ℓ−1), and not from A^ℓ."""
        placed = {name: _layer_of(label) for name, labels in self.labels.items() for label in labels}
        for name, layer in placed.items():
            for other in self.letters.parameters.get(name, ()):
                there, lag = placed.get(other), _BEFORE.get(name, {}).get(other)
                if layer and there and lag is not None and there[0] == layer[0] and layer[1] - there[1] != lag:
                    right = "layer before" if lag else "same layer"
                    raise Failure(f"{name}^{_written(layer)} depends on {other} of the {right}, but here it is "
                                  f"{other}^{_written(there)}")

    def _settled(self, node):
        change = getattr(self, "_" + node.kind, None)
        return change(node) if change else node

    # letters and their scripts

    def _letter(self, node):
        if node.name == "ℓ" and "l" in self.letters and not self.letters.notes:
            node = replace(node, name="l", shown="ℓ")                  # Python makes l of ℓ in a keyword
        self.labels.setdefault(node.name, set())
        return node

    def _named(self, node):
        return self._letter(replace(node, kind="letter")) if node.name in self.letters else node

    def _power(self, node):
        base, exponent = node.parts
        if base.kind == "sub" and self._layer(base.parts[0], exponent):
            return replace(base, parts=(self._layered(base.parts[0], exponent), *base.parts[1:]))
        if base.kind == "letter" and base.name in "JE" and base.name not in self.letters and (
                exponent.kind == "product" and all(one.kind == "letter" for one in exponent.parts)):
            return Node("sub", (base, *exponent.parts), at=node.at)               # the matrix J^{ij} with a single 1
        if base.kind == "letter" and base.name not in self.letters and exponent.kind == "words":
            raise FormulaError(f"{text(base)}^{exponent.name} has no value: give {base.name}_{exponent.name}=…")
        if base.kind == "sub" and len(base.parts) == 3 and text(exponent) == "−1" and base.parts[0].name in (
                self.letters.values):
            raise FormulaError(f"{text(node)} may be the inverse's entry or one over the entry: write "
                               f"({text(base.parts[0])}^{{-1}})_{{…}}, or 1/{text(base)}")
        return self._layered(base, exponent) if self._layer(base, exponent) else node

    def _layer(self, base, exponent):
        """Whether a superscript is the name of a layer, or of one of several values, and no power."""
        if base.kind != "letter":
            return False
        names, line = letters(exponent), text(exponent)
        return ("ℓ" in names or exponent.kind == "letter" and exponent.name == "L" and "L" not in self.letters.values
                or exponent.kind == "paren"
                or (exponent.kind == "number" and any(one in self.letters for one in (f"{base.name}{line}",
                                                                                      f"{base.name}_{line}"))))

    def _layered(self, base, exponent):
        line = text(exponent).replace(" ", "").replace("−", "-").strip("()")
        label = line.replace("-", "_").replace("+", "p")
        spellings = [base.name + label, (base.name + label).replace("ℓ", "l"), f"{base.name}_{label}", base.name + line]
        name = next((one for one in spellings if one in self.letters), base.name)
        if name == base.name:
            seen = self._layers.setdefault(name, line)
            if seen != line and name in self.letters:
                raise FormulaError(f"{name}^{seen} and {name}^{line} are different: give both, "
                                   f"{name}{seen.replace('-', '_')}=… and {name}{label}=…")
            if not self.letters.notes:
                raise FormulaError(f"{base.name}^{text(exponent)} has no value: give {base.name}{label}=…")
        self.labels.setdefault(name, set()).add(line)
        return Node("letter", name=name, at=base.at, shown=base.name)

    def _sub(self, node):
        base, *indices = node.parts
        inner = base.parts[0] if base.kind == "delta" else base
        sized = base.kind in ("ones", "zero") or base.kind == "letter" and base.name in "Ie" and (
            base.name not in self.letters)
        if sized and len(indices) > 1 and all(index.kind == "number" for index in indices):
            return replace(node, parts=(base, number("".join(index.name for index in indices), node.at)))  # I_{10}
        if inner.kind != "letter":
            return node
        own = self._own(inner.name, indices)
        if own:
            self.labels.setdefault(own, set())
            own = Node("letter", name=own, at=node.at)
            return replace(base, parts=(own,)) if base.kind == "delta" else own
        if any(index.kind in ("words", "named") for index in indices):
            line = text(indices[0])
            raise FormulaError(f"{text(inner)} with the subscript {line} has no value: give {inner.name}_{line}=…")
        name = self._whole(inner.name, len(indices))
        if name != inner.name:
            self.labels.setdefault(name, set())
            inner = replace(inner, name=name, shown=inner.shown or inner.name)
            base = replace(base, parts=(inner,)) if base.kind == "delta" else inner
        digits = "".join(index.name for index in indices if index.kind == "number")
        if len(indices) > 1 and len(digits) == len(indices) and name in self.letters and not self.letters.is_pure(
                name) and len(self.letters.shape(name)) == 1:
            indices = [Node("number", name=digits, at=node.at)]
        return replace(node, parts=(base, *indices))

    def _own(self, name, indices):
        """A letter that is given under its name with the subscript: x_0, W1, x_new."""
        if not all(index.kind in ("number", "words", "letter", "named") for index in indices):
            return None
        line = "".join(index.name for index in indices)
        spellings = [f"{name}_{line}"] + [name + line] * all(index.kind == "number" for index in indices)
        return next((one for one in spellings if one in self.letters), None)

    def _whole(self, name, count):
        """The letter whose entries have this name: W for w_ji, Z for z_i."""
        given, upper = self.letters, name[0].upper() + name[1:]
        if upper == name or upper not in given or given.is_pure(upper):
            return name
        if name not in given or given.is_pure(name) or len(given.shape(name)) < count:
            return upper
        return name

    # transposes, derivatives, functions

    def _prime(self, node):
        head, times = node.parts[0], int(node.name)
        if head.kind == "letter" and (head.name in self.letters.functions and head.name not in self.letters.values
                                      or head.name not in self.letters):
            return node
        if head.kind in ("call", "apply") and head.name not in _MATRICES:
            raise FormulaError(f"{text(head)}′ may be a derivative or a transpose: write f′(x), or ^T")
        if times > 1:
            raise FormulaError(f"{text(node)}: {text(head)} is a value here, and has one transpose")
        return Node("transpose", (head,), at=node.at)

    def _gradient(self, node):
        of, *by = node.parts
        factors = list(of.parts) if of.kind == "product" else [of]
        head, rest = self._reached(factors)
        by = by or [self._only_input(head)]
        if node.name == "2":
            by = by * 2
        taken = _within(head, lambda inner: Node("derivative", (bare(inner), *by), name="∇", at=node.at))
        return product([taken, *rest], node.at)

    def _reached(self, factors):
        """What ∇ reaches: a function that is declared, else the whole product."""
        head, rest = factors[0], factors[1:]
        core = _core(head)
        if core.kind == "apply" or core.kind == "letter" and core.name in self.letters.functions:
            return head, rest
        return product(factors, head.at), []

    def _only_input(self, head):
        core = _core(head)
        inside = core.parts[1] if core.kind == "apply" and len(core.parts) == 2 else core
        names = {base for name in letters(inside) for base in self.letters.bases(name)}
        direct = self.letters.parameters.get(inside.name, ()) if inside.kind == "letter" else ()
        names = set(direct) if len(direct) == 1 else names
        if len(names) != 1:
            raise FormulaError("∇ needs the letter that it is taken by: \\nabla_x f")
        return Node("letter", name=names.pop(), at=head.at)

    def _partial(self, node):
        if len(node.parts) != 1 or node.parts[0].kind == "upper":
            raise FormulaError(f"{node.name} stands alone: write a derivative, \\frac{{\\partial f}}{{\\partial x}}")
        of = node.parts[0]
        if of.kind == "product" and of.name == "loose":
            return Node("product", (self._partial(replace(node, parts=of.parts[:1])), *of.parts[1:]), at=node.at)
        return _posted(of, lambda inner: Node("differential", (bare(inner),), at=node.at))

    def _product(self, node):
        out = []
        factors = [factor for factor in node.parts if factor.kind != "words" or not factor.name.startswith("as ")]
        while factors:
            factor = factors.pop(0)
            if factors and factors[0].kind == "prime" and _calls_before(factor, factors[0], self.letters):
                raise FormulaError(f"{text(factor)}(…)′ may be a derivative or a transpose: write f′(x), or ^T")
            if factors and (arguments := _bracket(factors[0])) and (applied := self._applied(factor, arguments)):
                out.append(_put(factors.pop(0), applied))
                continue
            out.append(factor)
        if node.name == "tight" and len(out) > 1:
            node = replace(node, name="loose")
        return out[0] if len(out) == 1 else replace(node, parts=tuple(out))

    def _applied(self, factor, arguments):
        """A function and its argument, or None where the two are factors."""
        head = factor.parts[0] if factor.kind == "prime" else factor
        at = (factor.at[0], arguments[-1].at[1])
        if factor.kind == "named":
            return Node("call", arguments, name=factor.name, at=at)
        if factor.kind == "delta" and factor.parts[0].kind == "letter" and self.letters.is_pure(factor.parts[0].name):
            return Node("delta", (Node("apply", (factor.parts[0], *arguments), at=at),), at=at)
        if factor.kind == "differential" and factor.parts[0].kind == "letter":
            applied = self._applied(factor.parts[0], arguments)
            return applied and Node("differential", (applied,), at=at)
        if factor.kind == "prime" and head.kind in ("letter", "prime"):
            return Node("apply", (factor, *arguments), at=at)
        if factor.kind == "derivative" and len(arguments) == 1 and self._evaluates(factor, arguments[0]):
            return Node("at", (factor, arguments[0]), at=at)
        if head.kind == "letter" and self._calls(head.name, arguments):
            return Node("apply", (head, *arguments), at=at)
        return None

    def _calls(self, name, arguments):
        """Whether a letter before a bracket is a function of what the bracket holds.

        A function of no letter is called. A letter that depends on others is called where the bracket names what it
        depends on, or values alone: L(w + h u), f(0); it is a factor in σ (1 − σ) and in g (f + 1).
        """
        given = self.letters
        if name not in given.functions:
            return False
        if name not in given.parameters:
            return True
        inputs, found = given.parameters[name], {one.name for argument in arguments for one in _unapplied(argument)
                                                 if one.kind == "letter"}
        if len(arguments) != len(inputs) or any(one.kind == "letter" and one.name == name for argument in arguments
                                                for one in _unapplied(argument)):
            return False
        return bool(found & set(inputs)) or not found & set(given.parameters)

    def _evaluates(self, derivative, argument):
        """Whether a bracket behind a derivative is a place, as in ∂f/∂x (x + Δx), and no factor."""
        by = derivative.parts[1]
        by = by.parts[0] if by.kind == "sub" else by
        of = derivative.parts[0]
        return (by.kind == "letter" and of.kind == "letter" and of.name in self.letters.functions
                and any(name == by.name or name.startswith(by.name + "_") for name in letters(argument)))

    def _frac(self, node):
        if node.parts[1].kind == "product" and node.parts[1].name == "loose":
            raise FormulaError(f"{text(node.parts[0])}/{text(node.parts[1])}: put brackets around what is divided by")
        return node

    def _call(self, node):
        if node.name in FUNCTIONS.values() and node.name not in self.letters and len(node.parts) == 1:
            inner = node.parts[0]
            if inner.kind == "product" and inner.name == "loose":
                raise FormulaError(f"{node.name} {text(inner)}: put brackets around the argument of {node.name}")
        return node


def _calls_before(head, prime, given):
    return head.kind == "letter" and head.name in given.functions and prime.parts[0].kind == "paren"


def _unapplied(node):
    """The nodes of a tree, without the heads of functions and what a derivative is taken by."""
    yield node
    for k, part in enumerate(node.parts):
        if (node.kind != "apply" or k) and (node.kind != "derivative" or not k):
            yield from _unapplied(part)


def _core(node):
    while node.kind in _POSTS:
        node = node.parts[0]
    return node


def _within(node, change):
    """The node with its core, under transposes, powers and indices, replaced."""
    if _core(node) is node or _core(node).kind not in ("apply", "letter"):
        return change(node)
    if _core(node).kind == "letter" and node.kind != "transpose":
        return change(node)
    return replace(node, parts=(_within(node.parts[0], change), *node.parts[1:]))


def _posted(node, change):
    """d before a factor: dXᵀ is (dX)ᵀ, while dX⁻¹ is the change of the inverse."""
    if node.kind in ("transpose", "sub"):
        return replace(node, parts=(_posted(node.parts[0], change), *node.parts[1:]))
    return change(node)


def _layer_of(label):
    """A layer as its letter and what is added: ℓ-1 is (ℓ, -1)."""
    found = re.fullmatch(r"(ℓ|L)([+-]\d+)?", label)
    return found and (found[1], int(found[2] or 0))


def _written(layer):
    return layer[0] if not layer[1] else f"({layer[0]} {'+' if layer[1] > 0 else '−'} {abs(layer[1])})"


def _bracket(node):
    """What stands in a bracket, also under a transpose, a power or an index; None for anything else."""
    while node.kind in _POSTS and node.parts:
        node = node.parts[0]
    return node.parts if node.kind == "paren" else None


def _put(node, inner):
    """The same node with its bracket replaced."""
    if node.kind == "paren":
        return inner
    return replace(node, parts=(_put(node.parts[0], inner), *node.parts[1:]))


