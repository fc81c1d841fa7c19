"""Whether two values agree, a shape is the one that is written, and what has been compared on the way."""

import numpy as np

from mcnotes.engine import Traced

from .comparing import compare
from .letters import as_matrix
from .reading import FormulaError
from .tree import spelled, walk
from .values import ZERO, ClaimError, Flexible, ShapeClash, Tensor, written


class Record:
    """What is met on the way: comparisons that could have failed, and hints for a failure."""

    def __init__(self):
        self.entries, self.shapes, self.largest, self.tolerance = 0, 0, 0.0, 1e-9
        self.notes, self.taken, self.relations, self.rows = [], set(), [], ()

    @property
    def facts(self):
        return self.entries + self.shapes + len(self.rows)

    def braced(self, node, value, scope, env):
        """A brace says a shape, or what stands under it once more; words say nothing that runs."""
        label = node.parts[1]
        while label.kind == "asked":
            label = label.parts[0]
        if sizes := dimensions(label):
            self.shape(value, sizes, node, scope, env)
        elif label.kind == "place":
            self.place(label, value, node, scope)
        elif not any(part.kind in ("words", "place") for part in walk(label)):
            difference(value, scope.value(label, env), f"{spelled(node)} = {spelled(label)}", env, self)
            self.relations.append("=")

    def shape(self, value, sizes, node, scope, env):
        """Compare a value's shape with the one that is written beside it."""
        if isinstance(value, Tensor):
            form = value.compressed() if len(sizes) == 2 else value.array
            if form is None:
                raise ShapeClash(f"{spelled(node)} has {value.array.ndim} axes, {written(value.shape)}, and is "
                                 f"labelled {written(map(spelled, sizes))}")
            shape = form.shape
        elif isinstance(value, Flexible):
            shape = value.shaped(tuple(scope.place(size, env) for size in sizes)).shape
        else:
            shape = value.shape
        wanted = []
        for size, length in zip(sizes, shape, strict=False):
            if size.kind == "letter" and size.name not in scope.sizes and size.name not in env:
                twin = next((other for other, known in scope.sizes.items() if known == length > 1), None)
                if twin:
                    raise FormulaError(f"{size.name} and {twin} are both {length} here, so that one for the "
                                       f"other could not be seen: take different sizes, or say {size.name}={length}")
                scope.sizes[size.name] = length
            else:
                self.shapes += 1
            wanted.append(scope.place(size, env))
        if tuple(wanted) != tuple(shape) or len(sizes) != len(shape):
            letters = written(map(spelled, sizes))
            numbers = written(scope.place(size, env) for size in sizes)
            raise ShapeClash(f"{spelled(node)} is {written(shape)}, and is labelled {letters}"
                             + (f", which is {numbers}" if numbers != letters else ""))
        self.relations.append("shape")

    def place(self, label, value, node, scope):
        """A label such as ``row i ↔ v_i``, as many rows as v has entries, or ``row i ↔ column i of M``."""
        index, letter = label.parts
        if letter.kind in ("sub", "line") and spelled(letter.parts[1]) != spelled(index):
            raise ClaimError(f"{label.name} {spelled(index)} ↔ {spelled(letter)}: the index is another one")
        lengths = scope.axes(letter.parts[0] if letter.kind in ("sub", "line") else letter, {})
        if letter.kind == "line" and len(lengths) == 2:
            lengths = lengths[:1] if "row" in letter.name else lengths
        length = int(np.prod(lengths[-1:])) if lengths else 1
        have = value.shape[0 if label.name == "row" else 1]
        if have != length:
            raise ShapeClash(f"{spelled(node)} has {have} {label.name}s, and {spelled(letter)} runs to {length}")
        self.shapes += 1


def dimensions(node):
    """The sizes in ``(r × k)``, or None where something else stands."""
    if node.kind == "paren" and len(node.parts) == 1:
        node = node.parts[0]
    if node.kind != "binary" or node.name != "×":
        return None
    left = dimensions(node.parts[0]) or [node.parts[0]]
    return [*left, node.parts[1]]


def sided(left, right, words, shape=None):
    """Two values as arrays of one shape; of `shape`, where neither has one of its own."""
    if isinstance(left, Flexible) and isinstance(right, Flexible):
        if shape is None:
            raise FormulaError(f"{words}: neither side has a shape of its own")
        return left.shaped(shape), right.shaped(shape)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Tensor):
            wanted = getattr(other, "shape", None)
            forms = [one.array, one.unfolded()] + ([one.compressed()] if wanted and len(wanted) == 2 else [])
            forms = [form for form in forms if form is not None]
            if isinstance(other, Tensor):
                return left.array, right.array
            if isinstance(other, Flexible):
                forms = [form for form in forms if form.ndim == 2]
                wanted = forms[0].shape
            fit = next((form for form in forms if form.shape == wanted), None)
            if fit is None:
                raise ShapeClash(f"{words}: one side has {one.array.ndim} axes, {written(one.array.shape)}, "
                                 f"the other is {written(wanted)}")
            other = other.shaped(wanted) if isinstance(other, Flexible) else other
            return (fit, other) if one is left else (other, fit)
    if isinstance(left, Flexible):
        return left.shaped(right.shape), right
    if isinstance(right, Flexible):
        return left, right.shaped(left.shape)
    if left.shape != right.shape:
        if _zero(right):
            return left, np.zeros(left.shape)
        one, _, other = words.partition(" = ") if " = " in words else words.partition(" ≈ ")
        raise ShapeClash(f"{one} is {written(left.shape)}, and {other} is {written(right.shape)}")
    return left, right


def _zero(value):
    return value is ZERO or (not isinstance(value, Traced) and value.shape == (1, 1) and value[0, 0] == 0)


def difference(left, right, words, env, record, shape=None):
    """Compare two values entry by entry.

    Raises
    ------
    ClaimError
        With the entry and both values.
    """
    left, right = sided(left, right, words, shape)
    found = compare(left, right, tolerance=record.tolerance)
    if not found.ok:
        reason = found.reason.replace(" -", " −")
        if reason.startswith("entry (") and left.ndim == 2:
            row, column = (int(k) + 1 for k in reason[7:reason.index(")")].split(","))
            rest = reason[reason.index(")") + 1:]
            place = "the number" if left.shape == (1, 1) else (
                f"entry {row}" if left.shape[1] == 1 else f"entry ({row}, {column})")
            reason = place + rest
        raise ClaimError(f"{words}{values_of(env)}: {reason}")
    record.entries += found.entries
    record.largest = max(record.largest, found.largest)


def values_of(env):
    return " for " + ", ".join(f"{name} = {value}" for name, value in env.items()) if env else ""


def shown(letters, names):
    """Name, shape and short value of the letters that a formula uses."""
    out = []
    for name in sorted(names):
        if name in letters.changes:
            out.append((f"Δ{name}", written(as_matrix(letters.changes[name]).shape), short(letters.changes[name])))
        if name not in letters:
            continue
        if letters.is_pure(name):
            out.append((name, "function", getattr(letters.functions[name], "__name__", "")))
            continue
        value = letters.value(name)
        shape = as_matrix(value).shape
        depends = letters.parameters.get(name)
        out.append((f"{name}({', '.join(depends)})" if depends else name,
                    "number" if shape == (1, 1) else written(shape), short(value)))
    return tuple(out)


def short(value):
    """An array in a few signs, the same on every machine."""
    flat = [f"{float(x) + 0.0:.3g}".replace("-0", "0", 1) if abs(x) < 1e-12 else f"{float(x):.3g}"
            for x in np.ravel(value)[:6]]
    return ", ".join(flat).replace("-", "−") + (", …" if np.size(value) > 6 else "")
