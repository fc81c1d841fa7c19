"""Whether two values agree, a shape is the one that is written, and what has been compared on the way."""

import numpy as np

from .tree import Node, bare, text, walk
from .values import ZERO, Flexible, Tensor, as_matrix, compared, written
from .verdict import Failure, FormulaError, ShapeClash


class Record:
    """What is met on the way: comparisons that could have failed, and hints for a failure."""

    def __init__(self):
        self.entries, self.shapes, self.largest, self.tolerance = 0, 0, 0.0, 1e-9
        self.notes, self.taken, self.relations, self.rows = [], set(), [], ()

    @property
    def facts(self) -> int:
        return self.entries + self.shapes + len(self.rows)

    def braced(self, node: Node, value, scope, env) -> None:
        """A brace says a shape, or what stands under it once more; words say nothing that runs."""
        label = node.parts[1]
        while label.kind == "asked":
            label = label.parts[0]
        if sizes := dimensions(label):
            self.shape(value, sizes, node, scope, env)
        elif label.kind == "place":
            self.place(label, value, node, scope)
        elif not any(part.kind in ("words", "place") for part in walk(label)):
            difference(value, scope.value(label, env), node, label, env, self)
            self.relations.append("=")

    def shape(self, value, sizes, node: Node, scope, env) -> None:
        """Compare a value's shape with the one that is written beside it."""
        if isinstance(value, Tensor):
            form = value.compressed() if len(sizes) == 2 else value.array
            if form is None:
                raise ShapeClash(f"{text(node)} has {value.array.ndim} axes, {written(value.shape)}, but is "
                                 f"labeled {written(map(text, sizes))}")
            shape = form.shape
        elif isinstance(value, Flexible):
            shape = value.shaped(tuple(scope.place(size, env) for size in sizes)).shape
        else:
            shape = value.shape
        wanted = []
        for size, length in zip(sizes, shape, strict=False):
            if size.kind == "letter" and size.name not in scope.sizes and size.name not in env:
                self._named(size.name, length, scope)
            else:
                self.shapes += 1
            wanted.append(scope.place(size, env))
        if tuple(wanted) != tuple(shape) or len(sizes) != len(shape):
            names = written(map(text, sizes))
            numbers = written(scope.place(size, env) for size in sizes)
            raise ShapeClash(f"{text(node)} is {written(shape)}, but is labeled {names}"
                             + (f", which is {numbers}" if numbers != names else ""))
        self.relations.append("shape")

    @staticmethod
    def _named(name, length, scope):
        """A size that is met for the first time gets its number here."""
        twin = next((other for other, known in scope.sizes.items() if known == length > 1), None)
        if twin and scope.letters.notes:
            raise FormulaError(f"{name} and {twin} are both {length} here, so that one for the "
                               f"other could not be seen: take different sizes, or say {name}={length}")
        scope.sizes[name] = length

    def place(self, label: Node, value, node: Node, scope) -> None:
        """A label such as ``row i ↔ v_i``, as many rows as v has entries, or ``row i ↔ column i of M``."""
        index, letter = label.parts
        if letter.kind in ("sub", "line") and text(letter.parts[1]) != text(index):
            raise Failure(f"{label.name} {text(index)} ↔ {text(letter)}: the index is another one")
        lengths = scope.axes(letter.parts[0] if letter.kind in ("sub", "line") else letter, {})
        if letter.kind == "line" and len(lengths) == 2:
            lengths = lengths[:1] if "row" in letter.name else lengths
        length = int(np.prod(lengths[-1:])) if lengths else 1
        have = value.shape[0 if label.name == "row" else 1]
        if have != length:
            raise ShapeClash(f"{text(node)} has {have} {label.name}s, but {text(letter)} runs to {length}")
        self.shapes += 1


def dimensions(node: Node) -> list[Node] | None:
    """The sizes in ``(r × k)``, or None where something else stands."""
    node = bare(node)
    if node.kind != "binary" or node.name != "×":
        return None
    left = dimensions(node.parts[0]) or [node.parts[0]]
    return [*left, node.parts[1]]


def sided(left, right, one: Node, other: Node):
    """Two values as arrays of one shape."""
    if isinstance(left, Flexible) and isinstance(right, Flexible):
        left, right = left.fit(right.rows, right.columns), right.fit(left.rows, left.columns)
        if isinstance(left, Flexible) or isinstance(right, Flexible):
            raise FormulaError(f"neither side of {text(one)} = {text(other)} has a size of its own")
        return left, right
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return _unfolded(left, right, one, other)
    if isinstance(left, Flexible):
        return left.shaped(right.shape), right
    if isinstance(right, Flexible):
        return left, right.shaped(left.shape)
    if left.shape != right.shape:
        if other.kind == "number" and _zero(right):
            return left, np.zeros(left.shape)
        raise ShapeClash(f"{text(one)} is {written(left.shape)}, but {text(other)} is {written(right.shape)}")
    return left, right


def _unfolded(left, right, one, other):
    """A tensor beside a tensor, or written as the matrix of blocks or the compressed form that the other side is."""
    if isinstance(left, Tensor) and isinstance(right, Tensor):
        if left.shape != right.shape:
            raise ShapeClash(f"{text(one)} is {written(left.shape)}, but {text(other)} is {written(right.shape)}")
        return left.array, right.array
    tensor, matrix = (left, right) if isinstance(left, Tensor) else (right, left)
    forms = [form for form in (tensor.array, tensor.unfolded(), tensor.compressed()) if form is not None]
    if isinstance(matrix, Flexible):
        forms = [form for form in forms if form.ndim == 2]
        matrix = matrix.shaped(forms[0].shape)
    fit = next((form for form in forms if form.shape == matrix.shape), None)
    if fit is None:
        raise ShapeClash(f"one side of {text(one)} = {text(other)} has {tensor.array.ndim} axes, "
                         f"{written(tensor.array.shape)}, the other is {written(matrix.shape)}")
    return (fit, matrix) if tensor is left else (matrix, fit)


def _zero(value):
    return value is ZERO or not np.any(value)


def difference(left, right, one: Node, other: Node, env: dict, record: Record) -> None:
    """Compare two values entry by entry.

    Raises
    ------
    Failure
        With the entry and both values.
    """
    left, right = sided(left, right, one, other)
    place, largest = compared(left, right, record.tolerance)
    if place is not None:
        a, b = _apart(float(left[place]), float(right[place]))
        where = ", ".join(f"{name} = {value}" for name, value in env.items())
        entry = "" if np.size(left) == 1 else f"entry {place[0] + 1}" if left.ndim == 2 and left.shape[1] == 1 else (
            f"entry ({', '.join(str(k + 1) for k in place)})")
        at = " and ".join(part for part in (where and f"for {where}", entry and f"at {entry}") if part)
        raise Failure(f"{at + ', ' if at else ''}the left side is {a} and the right side {b}")
    record.entries += np.size(left)
    record.largest = max(record.largest, largest)


def _apart(a, b):
    """Two different numbers, written with as few digits as show that they differ."""
    for digits in (4, 6, 9, 12, 17):
        if f"{a:.{digits}g}" != f"{b:.{digits}g}":
            break
    return f"{a:.{digits}g}".replace("-", "−"), f"{b:.{digits}g}".replace("-", "−")


def shown(given, names) -> tuple:
    """Name, shape and short value of the letters that a formula uses."""
    out = []
    for name in sorted(names):
        if name in given.changes:
            out.append((f"Δ{name}", written(as_matrix(given.changes[name]).shape), short(given.changes[name])))
        if name not in given:
            continue
        if given.is_pure(name):
            out.append((name, "function", getattr(given.functions[name], "__name__", "")))
            continue
        value = given.value(name)
        shape = as_matrix(value).shape
        depends = given.parameters.get(name)
        out.append((f"{name}({', '.join(depends)})" if depends else name,
                    "number" if shape == (1, 1) else written(shape), short(value)))
    return tuple(out)


def short(value) -> str:
    """An array in a few signs, the same on every machine."""
    flat = [f"{float(x) + 0.0:.3g}".replace("-0", "0", 1) if abs(x) < 1e-12 else f"{float(x):.3g}"
            for x in np.ravel(value)[:6]]
    return ", ".join(flat).replace("-", "−") + (", …" if np.size(value) > 6 else "")
