"""The letters of a formula: what is given for them, how they depend on each other, and what signs mean for them."""

import inspect
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from mcnotes.engine import Traced
from mcnotes.shapes import counted

from .parser import read
from .spelling import FUNCTIONS
from .tree import Node, around, bare, core, letters, number, product, rebuilt, text, walk
from .verdict import Failure, FormulaError

#: Which size of the notes a letter has: rows, then columns.
_SIZES = {"v": "m", "x": "m", "w": "n", "y": "n", "A": "m", "Z": "n", "Q": "n", "W": "mn", "M": "rk"}
#: Letters that mean something without being given.
BUILT_IN = frozenset({"e", "π", "I", "δ", "T"})
_INDICES = frozenset("ijklpqrst")
#: What a letter of a layer is computed from, and how many layers before it that stands: Z^ℓ of W^ℓ and A^(ℓ−1).
_BEFORE = {"Z": {"A": 1, "W": 0}, "A": {"Z": 0}}
#: Functions whose values are matrices: a prime behind them is a transpose.
_MATRICES = ("diag", "inv", "vec", "adj", "expm", "kron", "transpose")


def plain(name: str) -> str:
    """A keyword as Python hands it over: ``ℒ`` and ``ℓ`` have become L and l there."""
    return unicodedata.normalize("NFKC", name.replace("\\ell", "ℓ").translate({ord(c): None for c in "{}^ "}))


class Letters:
    """What the letters of a formula stand for: numbers, arrays, and functions whose arguments are named after letters.

    `given` also holds changes (``"Δv"``), differentials (``"dX"``), and what stands for a sign: ``star``, ``step``.
    With `notes`, as for statements of the book, letters have the notes' sizes, and layers may be left out: W for W^ℓ.
    """

    def __init__(self, given: Mapping, notes: bool = False):
        self.values: dict[str, np.ndarray] = {}
        self.functions: dict[str, Callable] = {}
        self.parameters: dict[str, tuple[str, ...]] = {}
        self.changes: dict[str, np.ndarray] = {}
        self.moves: dict[str, np.ndarray] = {}
        self.signs: dict = {}
        self.notes, self._known = notes, dict[str, np.ndarray]()
        self.used: set[str] = set()                 # the letters of the formulas judged so far
        for key, value in given.items():
            name = plain(key)
            if name in ("star", "step"):
                self.signs[name] = value
            elif name.startswith("Δ") and len(name) > 1:
                self.changes[name[1:]] = _array(name, value)
            elif callable(value) and not isinstance(value, np.ndarray):
                self.functions[name] = value
            else:
                self.values[name] = _array(name, value)
        self._depend()
        for name in self.parameters:
            self._reach(name)

    def _depend(self):
        """Find what functions depend on: letters that are named like their arguments."""
        for name, function in self.functions.items():
            names = _arguments(function)
            if name not in self.parameters and names and all(one in self for one in names):
                self.parameters[name] = names

    def _reach(self, name, above=()):
        """A letter, and before it all that it depends on."""
        if name in above:
            raise FormulaError(f"{name} depends on itself: {' → '.join((*above, name))}")
        inputs = self.parameters.get(name, ())
        return [*dict.fromkeys(base for one in inputs for base in self._reach(one, (*above, name))), name]

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self.functions

    def names(self) -> frozenset:
        """The letters that are given, for the reader: a longer name among them is one letter."""
        return frozenset((*self.values, *self.functions))

    def is_pure(self, name: str) -> bool:
        """A function of something that is no letter here, such as f=np.tanh."""
        return name in self.functions and name not in self.parameters

    def define(self, name: str, parameters: tuple[str, ...], function: Callable) -> None:
        """Take a letter that the formula itself defines: y in ``y = A x ⟹ …``."""
        self.functions[name], self.parameters[name] = function, parameters
        self._depend()

    def value(self, name: str, changed: Mapping | None = None):
        """The value of a letter in the reader's own shape; what depends on `changed` letters follows."""
        if changed and name in changed:
            return changed[name]
        if name in self.values:
            return self.values[name]
        if name not in self.parameters:
            self.missing(name)
        if name in self._known and not (changed and self.depends(name, changed)):
            return self._known[name]
        arguments = [self.value(one, changed) for one in self.parameters[name]]
        found = called(name, self.functions[name], arguments, self.parameters[name])
        if not changed:
            self._known[name] = found
        return found

    def missing(self, name: str) -> None:
        """Refuse, because a letter has no value."""
        names = _arguments(self.functions[name]) if name in self.functions else ()
        lacking = [one for one in names if one not in self]
        if name not in self.functions:
            raise FormulaError(f"{name} has no value: give {name}=…, a number, an array or a function")
        if len(lacking) in (0, len(names)):
            raise FormulaError(f"{name} is a function here: write it with its argument, or name its argument after "
                               f"a letter that has a value, {name}=lambda v: …")
        raise FormulaError(f"{name} is a function of {', '.join(names)}, and {', '.join(lacking)} has no value: give "
                           f"{lacking[0]}=…, too")

    def depends(self, name: str, on) -> bool:
        """Whether a letter depends on one of several others, directly or not."""
        return any(one in on for one in self._reach(name))

    def bases(self, name: str) -> list[str]:
        """Letters with values of their own that a letter depends on."""
        return [one for one in self._reach(name) if one in self.values and one not in self.parameters]

    def idle(self) -> list[str]:
        """Letters that were given, and that no formula needs."""
        needed = {one for name in self.used for one in self._reach(name)}
        return [name for name in (*self.values, *self.functions) if name not in needed]

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a letter with the axes that the notes count."""
        return counted(np.shape(self.value(name)))

    def sizes(self, used: set[str], labels: Mapping[str, set]) -> dict[str, int]:
        """The sizes that are given as whole numbers, and for the book those of the notes, for a formula's letters."""
        explicit = {name: int(value) for name, value in self.values.items()
                    if np.shape(value) == () and float(value).is_integer() and len(name) == 1}
        return explicit if not self.notes else self._noted(used, labels, explicit) | explicit

    def _noted(self, used, labels, explicit):
        """The sizes of the notes' letters; two lengths for one size, and two sizes of one length, are refused."""
        found = {}
        for name in (*self.values, *self.parameters):
            sizes = _SIZES.get(name[0], "") if name[0] not in explicit else ""
            if name[0] == "A" and (self.depends(name, {"Z", "z", "Zl"}) or {"ℓ", "L"} & labels.get(name, set())):
                sizes = "n"
            for size, length in zip(sizes, (*self.shape(name), 1), strict=False):
                if size not in self:
                    found.setdefault(size, {})[length] = name
        known = {}
        for size, lengths in found.items():
            inside = {length: name for length, name in lengths.items() if name in labels} or lengths
            if len(inside) > 1 and size in used and size not in explicit:
                (one, first), (other, second) = list(inside.items())[:2]
                raise FormulaError(f"{size} is {one} by {first} and {other} by {second}: say which, {size}={one}")
            length = next(iter(inside))
            if length not in explicit.values():
                known[size] = length
        for size in sorted(used & known.keys()):
            twin = next((other for other in known if other != size and known[other] == known[size]), None)
            if twin:
                raise FormulaError(f"{size} and {twin} are both {known[size]} here, so that a wrong limit could not be "
                                   f"seen: take different sizes, or say {size}={known[size]}")
        return known


def called(name: str, function: Callable, arguments: list, words: tuple = ()):
    """A function of the reader at its arguments, as an array; what it refuses is told in the formula's letters."""
    try:
        found = function(*arguments)
        if isinstance(found, list | tuple):
            found = np.stack(list(found))
        elif not isinstance(found, Traced):
            found = np.asarray(found)
            if found.dtype == object:
                found = np.reshape(np.stack(list(found.flat)), found.shape)
    except FormulaError:
        raise
    except Exception as error:  # noqa: BLE001 - the function is the reader's own
        if words:
            shapes = ", ".join(f"{one} of shape {np.shape(value)}" for one, value in zip(words, arguments, strict=True))
            raise FormulaError(f"{name} cannot be computed from {shapes}: {error}") from error
        shapes = " and ".join(str(np.shape(one)) if np.ndim(one) else "one number" for one in arguments)
        raise FormulaError(f"{name} cannot take {shapes} ({error})") from error
    return found


def _array(name, value):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise FormulaError(f"{name} must be a number, an array of real numbers or a function; it was "
                           f"{type(value).__name__}") from None
    if array.size == 0:
        raise FormulaError(f"{name} is empty (shape {array.shape}), so nothing could fail")
    if not np.isfinite(array).all():
        raise FormulaError(f"{name} has entries that are not finite numbers")
    return array.copy()


def _arguments(function):
    """Names of a function's arguments; none for one that does not name them."""
    try:
        parameters = () if isinstance(function, np.ufunc) else inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = ()
    return tuple(plain(one.name) for one in parameters
                 if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD))


def draw(shapes: Mapping, seed: int = 0) -> dict[str, np.ndarray]:
    """Random values for letters, to try an identity: a number of shape (), a vector 3, a matrix (3, 2)."""
    random = np.random.default_rng(seed)
    return {name: np.round(random.normal(size=shape), 3) + 0.0 for name, shape in shapes.items()}


def letters_of(formula: str) -> dict[str, str]:
    """The letters that need a value, each a ``"number"``, ``"vector"``, ``"matrix"`` or ``"function"`` by its looks."""
    parts = read(formula)
    everything = [node for part in parts for node in walk(part)]
    scripts = [index for node in everything if node.kind == "sub" for index in node.parts[1:]]
    indices = {name for index in scripts for name in letters(index)} | {
        node.parts[1].name for node in everything if node.kind in ("large", "limit")}
    inside = {id(node) for index in scripts for node in walk(index)}
    outside = {node.name for node in everything if id(node) not in inside}
    left_out = BUILT_IN | indices & (_INDICES | {*"nmh"}) | indices - outside | set(_defined(parts)) | FUNCTIONS.keys()
    functions = {node.parts[0].name for node in everything if node.kind in ("derivative", "gradient", "prime")
                 and (node.kind != "prime" or node.parts[0].name in "fghφσψ")}
    functions |= {one.name for node in everything if node.kind == "product"
                  for one, after in zip(node.parts, node.parts[1:], strict=False)
                  if one.name in "fghLJφσψU" and after.kind == "paren"}
    return {node.name: "function" if node.name in functions else _look(node.name, everything)
            for node in everything if node.kind in ("letter", "named") and node.name not in left_out}


def _defined(parts):
    """Letters that a formula defines itself: y in ``y = A x ⟹ …`` and ``…, y = A x``, f in ``… where f(x) = x^T x``."""
    several = len(parts) > 1
    for part in parts:
        chains = [part.parts[0] if part.kind == "statement" else part] * several
        for node in walk(part):
            arrows = node.kind == "flow" and any(one.name == "⟹" for one in node.parts if one.kind == "arrow")
            chains += node.parts[:1] if arrows else node.parts if node.kind == "condition" else ()
        for one in chains:
            if one.kind == "chain" and one.parts[1].name == "=":
                left, right = (side.parts[0] for side in one.parts[:2])
                left = left.parts[0] if left.kind == "product" and left.parts[1].kind == "paren" else left
                used = not several or any(left.name in letters(other) for other in parts if other is not part)
                if left.kind == "letter" and left.name not in letters(right) and used:
                    yield left.name


def _look(name, everything):
    if name[0].isupper() and name[0] not in "LJNT":
        return "matrix"
    long = any(node.kind in ("transpose", "norm") and node.parts[0].kind == "letter" and node.parts[0].name == name
               for node in everything)
    return "number" if name[0] in "αβγδεηκλμρτωcst" and not long else "vector"


class Binder:
    """Rewrites trees for the letters at hand, with a method for each kind of node that letters settle."""

    def __init__(self, given: Letters):
        self.letters, self.labels, self._layers = given, dict[str, set[str]](), dict[str, str]()

    def bound(self, node: Node) -> Node:
        """The tree, with its letters settled."""
        return rebuilt(node, lambda one: getattr(self, "_" + one.kind, lambda same: same)(one))

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

    # letters and their scripts

    def _letter(self, node):
        if node.name == "ℓ" and "l" in self.letters and not self.letters.notes:
            node = replace(node, name="l", shown="ℓ")  # Python makes l of ℓ in a keyword
        self.labels.setdefault(node.name, set())
        return node

    def _named(self, node):
        return self._letter(replace(node, kind="letter")) if node.name in self.letters else node

    def _power(self, node):
        base, exponent = node.parts
        inner = base.parts[0] if base.kind == "sub" else base
        if self._in_layer(inner, exponent):
            layered = self._layered(inner, exponent)
            return layered if inner is base else replace(base, parts=(layered, *base.parts[1:]))
        if base.kind == "sub" and len(base.parts) == 3 and text(exponent) == "−1" and inner.name in self.letters.values:
            raise FormulaError(f"{text(node)} may be the inverse's entry or one over the entry: write "
                               f"({text(inner)}^{{-1}})_{{…}}, or 1/{text(base)}")
        return node

    def _in_layer(self, base, exponent):
        """Whether a superscript is the name of a layer, or of one of several values, and no power."""
        if base.kind != "letter":
            return False
        numbered = (base.name + text(exponent), f"{base.name}_{text(exponent)}") if exponent.kind == "number" else ()
        return ("ℓ" in letters(exponent) or exponent.kind == "paren" or any(one in self.letters for one in numbered)
                or exponent.kind == "letter" and exponent.name == "L" and "L" not in self.letters.values)

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
        digits = "".join(index.name for index in indices) if all(one.kind == "number" for one in indices) else ""
        sized = base.kind in ("ones", "zero") or base.name in ("I", "e") and base.name not in self.letters
        if sized and len(indices) > 1 and digits:
            return replace(node, parts=(base, number(digits, node.at)))  # I_{10}
        if inner.kind != "letter":
            return node
        own = self._own(inner.name, indices)
        if not own and any(index.kind in ("words", "named") for index in indices):
            line = text(indices[0])
            raise FormulaError(f"{text(inner)} with the subscript {line} has no value: give {inner.name}_{line}=…")
        name = own or self._whole(inner.name, len(indices))
        self.labels.setdefault(name, set())
        if name != inner.name:
            inner = replace(inner, name=name, shown="" if own else inner.shown or inner.name)
        base = replace(base, parts=(inner,)) if base.kind == "delta" else inner
        if own:
            return base
        known = name in self.letters and not self.letters.is_pure(name)
        if len(indices) > 1 and digits and known and len(self.letters.shape(name)) == 1:
            indices = [number(digits, node.at)]  # x_{12}
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
        if upper not in given or given.is_pure(upper):
            return name
        return upper if name not in given or given.is_pure(name) or len(given.shape(name)) < count else name

    # transposes and derivatives

    def _prime(self, node):
        head, = node.parts
        if head.kind == "letter" and head.name not in self.letters.values:
            return node
        held = self.letters.values
        numbers = head.kind == "paren" and all(name in held and not np.ndim(held[name]) for name in letters(head))
        if head.kind in ("call", "apply") and head.name not in _MATRICES or numbers:
            raise FormulaError(f"{text(head)}′ may be a derivative or a transpose: write f′(x), or ^T")
        if int(node.name) > 1:
            raise FormulaError(f"{text(node)}: {text(head)} is a value here, and has one transpose")
        return Node("transpose", (head,), "prime" if head.kind == "paren" else "", node.at)

    def _gradient(self, node):
        of, *by = node.parts
        head, *rest = of.parts if of.kind == "product" else [of]
        inside = core(head)
        if inside.kind != "apply" and not (inside.kind == "letter" and inside.name in self.letters.functions):
            head, rest = of, []  # no function is declared: the whole product
        by = (by or [self._only_input(head)]) * int(node.name)
        taken = _within(head, lambda inner: Node("derivative", (bare(inner), *by), "∇", node.at))
        return product([taken, *rest], node.at)

    def _only_input(self, head):
        inside = core(head)
        inside = inside.parts[1] if inside.kind == "apply" and len(inside.parts) == 2 else inside
        direct = self.letters.parameters.get(inside.name, ()) if inside.kind == "letter" else ()
        names = set(direct) if len(direct) == 1 else {
            base for name in letters(inside) for base in self.letters.bases(name)}
        if len(names) != 1:
            raise FormulaError("∇ needs the letter that it is taken by: \\nabla_x f")
        return Node("letter", name=names.pop(), at=head.at)

    def _partial(self, node):
        if len(node.parts) != 1 or node.parts[0].kind == "upper":
            raise FormulaError(f"{node.name} stands alone: write a derivative, \\frac{{\\partial f}}{{\\partial x}}")
        of, = node.parts
        if of.kind == "product" and of.name == "loose":
            return Node("product", (self._partial(replace(node, parts=of.parts[:1])), *of.parts[1:]), at=node.at)
        return _posted(of, lambda inner: Node("differential", (bare(inner),), at=node.at))

    # a function and its argument, or two factors

    def _product(self, node):
        out = []
        factors = [factor for factor in node.parts if factor.kind != "words" or not factor.name.startswith("as ")]
        for factor in factors:
            inside = core(factor)
            applied = out and inside.kind == "paren" and inside.parts and self._applied(out[-1], inside.parts)
            if applied and factor.kind == "transpose" and factor.name == "prime" and out[-1].kind == "letter":
                raise FormulaError(f"{text(out[-1])}(…)′ may be a derivative or a transpose: write f′(x), or ^T")
            if applied:
                out[-1] = around(factor, applied)
            else:
                out.append(factor)
        name = "loose" if node.name == "tight" else node.name
        return out[0] if len(out) == 1 else replace(node, parts=tuple(out), name=name)

    def _applied(self, factor, arguments):
        """A function and its argument, or None where the two are factors."""
        at, head = (factor.at[0], arguments[-1].at[1]), factor.parts[0] if factor.parts else factor
        if factor.kind == "named":
            return Node("call", arguments, factor.name, at)
        if factor.kind in ("delta", "differential"):
            pure = factor.kind == "differential" or self.letters.is_pure(head.name)
            applied = self._applied(head, arguments) if head.kind == "letter" and pure else None
            return applied and replace(factor, parts=(applied,), at=at)
        if factor.kind == "derivative" and len(arguments) == 1 and self._evaluates(factor, arguments[0]):
            return Node("at", (factor, *arguments), at=at)
        primed = factor.kind == "prime" and head.kind in ("letter", "prime")
        if primed or factor.kind == "letter" and self._calls(factor.name, arguments):
            return Node("apply", (factor, *arguments), at=at)
        return None

    def _calls(self, name, arguments):
        """Whether a letter before a bracket is a function of what it holds: L(w + h u), f(0), but not σ (1 − σ).

        One that depends on letters is called where the bracket names these, or values alone: not in g (f + 1).
        """
        given = self.letters
        if name not in given.functions or name not in given.parameters:
            return name in given.functions
        inputs, found = given.parameters[name], {one.name for argument in arguments for one in _unapplied(argument)
                                                 if one.kind == "letter"}
        if len(arguments) != len(inputs) or name in found:
            return False
        return bool(found & set(inputs)) or not found & set(given.parameters)

    def _evaluates(self, derivative, argument):
        """Whether a bracket behind a derivative is a place, as in ∂f/∂x (x + Δx), and no factor."""
        of, by = derivative.parts[:2]
        by = by.parts[0] if by.kind == "sub" else by
        return (by.kind == "letter" and of.kind == "letter" and of.name in self.letters.functions
                and any(name == by.name or name.startswith(by.name + "_") for name in letters(argument)))

    def _frac(self, node):
        top, bottom = node.parts
        if bottom.kind == "product" and bottom.name == "loose":
            raise FormulaError(f"{text(top)}/{text(bottom)}: put brackets around what is divided by")
        return node

    def _call(self, node):
        known = node.name in FUNCTIONS.values() and node.name not in self.letters
        if known and len(node.parts) == 1 and node.parts[0].kind == "product" and node.parts[0].name == "loose":
            raise FormulaError(f"{node.name} {text(node.parts[0])}: put brackets around the argument of {node.name}")
        return node


def _unapplied(node):
    """The nodes of a tree, without the heads of functions and what a derivative is taken by."""
    yield node
    for k, part in enumerate(node.parts):
        if (node.kind != "apply" or k) and (node.kind != "derivative" or not k):
            yield from _unapplied(part)


def _within(node, change):
    """The node with its core, under transposes, powers and indices, replaced; of a letter, under transposes."""
    inside = core(node)
    if inside is node or inside.kind != "apply" and (inside.kind, node.kind) != ("letter", "transpose"):
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
