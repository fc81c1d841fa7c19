"""Break a formula in all the usual ways: what a misprint, or a slip of the pen, makes of it.

What is broken is the tree that the formula is read into, one node at a time. Some broken formulas say what the
formula says (the transpose of a number, a free index with another name); :func:`harmless` tells them apart.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mcbook.formulas.judge import Judge, dimensions
from mcbook.formulas.letters import Binder, Letters
from mcbook.formulas.parser import read
from mcbook.formulas.tree import Node, letters, number, product, same, text, walk
from mcbook.formulas.verdict import ClaimError

#: What is broken, in the order of the report.
KINDS = ("transpose", "index", "limit", "sign", "relation", "order", "upside down", "dropped", "blocks", "shape",
         "layer", "product", "prime", "number")
_OTHER_SIZE = {"m": "n", "n": "m", "r": "k", "k": "r"}
_RELATIONS = {"=": "≈", "≈": "=", "≠": "=", "<": ">", ">": "<", "≤": "≥", "≥": "≤"}
_WHOLE = "letter sub derivative frac paren grid power apply prime absolute norm brace".split()
#: What holds indices, shapes and names, and no values of its own.
_QUIET = ("condition", "place", "line")


@dataclasses.dataclass(frozen=True, eq=False)
class Mutant:
    """A broken formula: its kind, one of `KINDS`; what was done, in a few words; and its trees."""

    kind: str
    words: str
    parts: tuple


def mutants(formula: str, some: slice = slice(None)) -> list[Mutant]:
    """All broken forms of a formula, or `some` of them where a sample is enough; each is written differently.

    Examples
    --------
    >>> for one in mutants("z = W^T A", slice(2, None, 2)):
    ...     print(f"{one.kind}: {one.words}")
    transpose: A transposed
    relation: ≈ for =
    dropped: Wᵀ left out
    """
    parts = read(formula)
    there, found = {told(parts)}, []
    for one in sorted(_Breaker(parts).run(), key=lambda one: KINDS.index(one.kind))[some]:
        if (said := told(one.parts)) not in there:
            there.add(said)
            found.append(one)
    return found


def told(parts: tuple, name: Callable = str) -> tuple:
    """What trees say, as nested tuples that are equal where two formulas say the same."""
    return tuple((node.kind, name(node.name) if node.kind == "letter" else node.name, *told(node.parts, name))
                 for node in parts)


class _Breaker:
    """Goes through the nodes of a formula, and breaks each in the ways that its kind knows."""

    def __init__(self, parts):
        self.parts, self.out = parts, []
        self.indices = list(dict.fromkeys(
            index.name for part in parts for node in walk(part) if node.kind == "sub" for index in node.parts[1:]
            if index.kind == "letter" and index.name not in "mn"))

    def run(self):
        whole = Node("start", self.parts)
        for k, part in enumerate(self.parts):
            self.visit(part, lambda new, k=k: _with(whole, k, new).parts, whole, ())
        return self.out

    def visit(self, node, build, parent, above):
        """Break a node; `build` makes the formula with another node in its place."""
        def put(kind, words, new):
            self.out.append(Mutant(kind, words, build(new)))

        quiet = any(one in above for one in _QUIET)
        shape = dimensions(node) if node.kind == "binary" else None
        if shape:
            self.at_shape(node, put)
            return
        if not quiet or node.kind in ("chain", "sub", "condition"):
            getattr(self, "at_" + node.kind, lambda *_: None)(node, put, above)
        if self.whole(node, parent, above):
            put("transpose", f"{text(node)} transposed", Node("transpose", (node,)))
        for k, part in enumerate(node.parts):
            if node.kind == "brace" and k and any(one.kind == "words" for one in walk(part)):
                continue
            if node.kind == "sub" and k or node.kind in ("large", "limit") and k or node.kind == "power" and k:
                continue
            inside = (*above, node.kind) if node.kind != "derivative" else (*above, f"derivative {min(k, 1)}")
            self.visit(part, lambda new, k=k: build(_with(node, k, new)), node, inside)

    @staticmethod
    def whole(node, parent, above):
        """Whether a node is a thing of its own, and no half of a derivative, no index and no name."""
        quiet = any(one in above for one in (*_QUIET, "derivative 0", "derivative 1", "frac", "iverson"))
        if quiet or node.kind not in _WHOLE or parent.kind in ("transpose", "delta", "sub", "power", "from", "prime"):
            return False
        if node.kind == "brace" and parent.kind == "statement":
            return False
        return not (node.kind in ("letter", "prime") and parent.kind in ("apply", "gradient", "limit", "large"))

    def at_transpose(self, node, put, above):
        put(node.kind, f"{text(node)} without its {node.kind}", node.parts[0])

    at_prime = at_transpose

    def at_sub(self, node, put, above):
        for k, index in enumerate(node.parts[1:], 1):
            if index.kind not in ("letter", "number"):
                continue
            others = [one for one in self.indices if one != index.name][:2] or ["j" if index.name == "i" else "i"]
            if index.kind == "number" or index.name in "mn":
                others = [_other(index)]
            for other in others:
                put("index", f"{other} for {index.name} in {text(node)}", _with(node, k, _leaf(other)))
        if len(node.parts) == 3:
            put("index", f"the indices of {text(node)} exchanged", _of(node, node.parts[0], *node.parts[:0:-1]))

    def at_large(self, node, put, above):
        for k, limit in enumerate(node.parts[2:], 2):
            if other := _other(limit):
                put("limit", f"{other} for {limit.name} in {text(node)}", _with(node, k, _leaf(other)))

    def at_sum(self, node, put, above):
        for k, term in enumerate(node.parts):
            if term.kind == "dots":
                continue
            minus = term.kind == "negative"
            inner = term.parts[0] if minus else term
            put("sign", f"{'plus' if minus else 'minus'} before {text(inner)}",
                _with(node, k, inner if minus else Node("negative", (term,))))
            rest = (*node.parts[:k], *node.parts[k + 1:])
            put("dropped", f"{text(inner)} left out", _of(node, *rest) if len(rest) > 1 else rest[0])

    def at_negative(self, node, put, above):
        if above[-1:] != ("sum",):
            put("sign", f"plus before {text(node.parts[0])}", node.parts[0])

    def at_chain(self, node, put, above):
        for k, side in enumerate(node.parts[1:], 1):
            new, inner = _RELATIONS.get(side.name), side.parts[0]
            if not new:
                continue
            if new == "≈" and any(one in above for one in ("condition", "iverson")):
                new = "≠"
            put("relation", f"{new} for {side.name}", _with(node, k, dataclasses.replace(side, name=new)))
            first = inner.parts[0] if inner.kind == "sum" else inner
            if "condition" not in above and first.kind != "negative":
                turned = Node("negative", (first,))
                turned = _with(inner, 0, turned) if inner.kind == "sum" else turned
                put("sign", f"minus before {text(first)}", _with(node, k, _of(side, turned)))

    def at_flow(self, node, put, above):
        if len(node.parts) == 3:
            put("order", "the two ends of the arrow exchanged", _of(node, *node.parts[::-1]))

    def at_derivative(self, node, put, above):
        of, *by = node.parts
        if len(by) == 1 and (node.kind == "derivative" or of.kind == by[0].kind == "delta"):
            put("upside down", f"{text(node)} upside down", _of(node, *by, of))
        elif len(by) == 2:
            put("order", f"{text(by[0])} and {text(by[1])} exchanged", _of(node, of, *by[::-1]))

    at_frac = at_derivative

    def at_product(self, node, put, above):
        factors = list(node.parts)
        applied = [k for k, (one, other) in enumerate(zip(factors, factors[1:], strict=False)) if one.kind in (
            "prime", "named") or one.kind == "letter" and one.name in "fghL" and other.kind == "paren"]
        for k, (one, other) in enumerate(zip(factors, factors[1:], strict=False)):
            if not {"dots", "large"} & {one.kind, other.kind} and k not in applied:
                put("order", f"{text(one)} and {text(other)} exchanged",
                    _of(node, *factors[:k], other, one, *factors[k + 2:]))
        for k, one in enumerate(factors if all(one.kind != "dots" for one in factors) else ()):
            if one.kind not in ("large", "words") and k not in applied:
                put("dropped", f"{text(one)} left out", product(factors[:k] + factors[k + 1:], node.at))

    def at_binary(self, node, put, above):
        one, other = node.parts
        put("order", f"{text(one)} and {text(other)} exchanged", _of(node, other, one))
        for kept, gone in ((other, one), (one, other)):
            put("dropped", f"{text(gone)} left out", kept)
        if node.name not in "·×/":
            put("product", f"an ordinary product for {'∘' if node.name == '*' else node.name}", product(node.parts))

    def at_power(self, node, put, above):
        base, power = node.parts
        if power.kind == "number" and power.name.isdigit():
            put("number", f"the power {_other(power)} for {power.name}", _with(node, 1, _leaf(_other(power))))
        elif base.kind == "letter" and "ℓ" in letters(power) and base.name not in _OTHER_SIZE:
            layer = _leaf("ℓ")
            other = layer if power.kind == "sum" else Node("sum", (layer, Node("negative", (number(1),))))
            put("layer", f"{text(node)} of layer {text(other)}", _with(node, 1, other))

    def at_number(self, node, put, above):
        if len(node.name) == 1 and not any(one in above for one in _QUIET):
            put("number", f"{_other(node)} for {node.name}", _leaf(_other(node)))

    def at_shape(self, node, put):
        put("shape", f"({text(node)}) turned around", _of(node, *node.parts[::-1]))
        for k, size in enumerate(node.parts):
            inner = size.parts[0] if size.kind == "power" else size
            if other := _OTHER_SIZE.get(inner.name):
                new = _with(size, 0, _leaf(other)) if size.kind == "power" else _leaf(other)
                put("shape", f"{other} for {inner.name} in ({text(node)})", _with(node, k, new))

    def at_grid(self, node, put, above):
        rows = [list(row.parts) for row in node.parts]
        if len({len(row) for row in rows}) != 1:
            return
        dotted = any(cell.kind == "dots" for row in rows for cell in row)

        def grid(lines):
            return _of(node, *(Node("row", tuple(line)) for line in lines))

        for count, name, turn in ((len(rows), "row", list), (len(rows[0]), "column", _turned)):
            for one, other in [(0, 1), (0, count - 1)] if count > 2 else [(0, 1)] if count == 2 else []:
                lines = turn(rows)
                lines[one], lines[other] = lines[other], lines[one]
                put("blocks", f"{name}s {one + 1} and {other + 1} exchanged", grid(turn(lines)))
            if count > 1 and not dotted:
                put("blocks", f"the last {name} left out", grid(turn(turn(rows)[:-1])))
        if len(rows) > 1 or len(rows[0]) > 1:
            put("blocks", "rows written as columns", grid(_turned(rows)))


def _of(node, *parts):
    """The same node with other parts."""
    return dataclasses.replace(node, parts=parts)


def _with(node, k, new):
    """The same node with another k-th part."""
    return _of(node, *node.parts[:k], new, *node.parts[k + 1:])


def _leaf(name):
    return number(name) if name.isdigit() else Node("letter", name=name)


def _other(leaf):
    """Another size, or the next number; nothing where there is neither."""
    return _OTHER_SIZE.get(leaf.name) or (str(int(leaf.name) + 1) if leaf.name.isdigit() else "")


def _turned(rows):
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def harmless(formula: str, mutant: Mutant, given: Mapping) -> str:
    """Why a broken formula says the same for letters like the given ones, so that no check could notice it; or "".

    Examples
    --------
    >>> formula, given = "z_i = W_i^T A", {"Z": [2, 5, 3], "W": [[1, 4, 2], [0, 7, 5]], "A": [1, 3]}
    >>> [f"{one.words}: {reason}" for one in mutants(formula) if (reason := harmless(formula, one, given))]
    ['zᵢ transposed: worth the same, whatever the letters are']
    """
    parts = read(formula)
    given = {one.parts[1].name: 0.01 for part in parts for one in walk(part) if one.kind == "limit"} | dict(given)
    free = {name for whole in (parts, mutant.parts) for part in whole for name in _free(part, given)} - set("mnrk")
    if _in_order(parts, free) == _in_order(mutant.parts, free):
        return "a free index with another name"
    for one, other in _changed(Node("start", parts), Node("start", mutant.parts)):
        if _zero(one) and _zero(other):
            return "minus zero is zero"
        if _free(one, given) == _free(other, given) and all(_worth_the_same(one, other, given, k) for k in (1, 2)):
            return "worth the same, whatever the letters are"
    return ""


def _changed(one, other) -> Iterator[tuple[Node, Node]]:
    """The pairs of nodes that hold all that differs between two trees, the innermost first."""
    if (one.kind, one.name, len(one.parts)) == (other.kind, other.name, len(other.parts)):
        differing = [pair for pair in zip(one.parts, other.parts, strict=True) if not same(*pair)]
        if len(differing) == 1:
            yield from _changed(*differing[0])
    yield one, other


def _worth_the_same(one, other, given, seed):
    """Whether two nodes have the same values for letters that are drawn at random near the given ones."""
    rng = np.random.default_rng(seed)
    drawn = {name: value if callable(value) or isinstance(value, int) else np.asarray(value) * rng.uniform(
        0.6, 1.4, np.shape(value)) + 0.01 for name, value in given.items()}
    try:
        pair = [_values(side, Letters(drawn, notes=True)) for side in (one, other)]
        return len(pair[0]) == len(pair[1]) and all(
            np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9) for a, b in zip(*pair, strict=True))
    except (ClaimError, ValueError, TypeError):
        return False


def _values(node, given):
    """The values of a node for all values of its indices, in their order."""
    judged = Judge((Node("statement", (node,)),), given)
    (body, *_), = judged.statements
    environments = sorted(judged.environments(body), key=lambda env: sorted(env.items()))
    return [judged.scope().value(body, env) for env in environments]


def _free(part, given) -> set[str]:
    """Letters that stand as indices and have no value of their own."""
    known = Letters(given, notes=True)
    try:
        bound = Binder(known).bound(part)
    except ClaimError:
        return set()
    return {name for node in walk(bound) if node.kind == "sub" for index in node.parts[1:] for name in letters(index)
            if name not in known}


def _in_order(parts, free):
    """What a formula says, with its free indices named by the order in which they are met."""
    names = {}
    return told(parts, lambda name: names.setdefault(name, f"index {len(names)}") if name in free else name)


def _zero(piece):
    """Whether a piece is written with zeros alone."""
    leaves = [node for node in walk(piece) if not node.parts]
    return all(leaf.kind in ("zero", "dots") or (leaf.kind, leaf.name) == ("number", "0") for leaf in leaves)
