"""Indices of a formula: their numbers, how far they go, and the entries that they pick."""

import numpy as np

from mcnotes.shapes import counted

from .calculus import by_rows
from .reading import FormulaError
from .tree import spelled, walk
from .values import ClaimError, Flexible, ShapeClash, Tensor, written


class Indices:
    """The part of :class:`mcbook.formulas.meaning.Scope` that counts."""

    def place(self, node, env):
        """The number of an index."""
        if node.kind == "number":
            return int(float(node.name))
        if node.kind == "letter":
            if node.name in env:
                return int(env[node.name])
            if node.name in self.sizes:
                return self.sizes[node.name]
            raise FormulaError(f"the index {node.name} has no value: give {node.name}=…, or the letters that it counts")
        if node.kind in ("sum", "negative", "product", "binary", "paren", "power"):
            found = float(self.number(node, env))
            if found == int(found):
                return int(found)
        raise FormulaError(f"{spelled(node)} is no index")

    def axes(self, node, env):
        """How many axes a tree's value has, and their lengths, counted as in Definition 19."""
        if node.kind == "delta":
            node = node.parts[0]
        if node.kind == "letter" and node.name in self.letters and node.name not in env:
            return counted(np.shape(self.raw(node.name)))
        value = self.value(node, env)
        return value.shape if isinstance(value, Tensor) else counted(np.shape(value))

    def _on_sub(self, node, env):
        base, *indices = node.parts
        if base.kind == "letter" and base.name not in self.letters:
            if base.name == "δ" and len(indices) == 2:
                return np.array([[float(self.place(indices[0], env) == self.place(indices[1], env))]])
            self.letters.missing(base.name)
        value, lengths = self.value(base, env), self.axes(base, env)
        return picked(value, lengths, [self.place(index, env) for index in indices], node)

    def range_of(self, name, node, env):
        """How far an index goes by what it counts in a tree, or None where it counts nothing."""
        lengths = {}
        for part in walk(node):
            if part.kind != "sub":
                continue
            for k, index in enumerate(part.parts[1:]):
                if index.kind == "letter" and index.name == name:
                    found = self.length(part, k, env)
                    if found is not None:
                        lengths.setdefault(found, part)
        if len(lengths) > 1:
            (one, first), (other, second) = list(lengths.items())[:2]
            raise ClaimError(f"{name} goes to {one} in {spelled(first)}, and to {other} in {spelled(second)}")
        return next(iter(lengths), None)

    def length(self, node, k, env):
        """Length of the axis that the k-th index of an entry counts."""
        base = node.parts[0]
        if base.kind == "letter" and base.name not in self.letters:
            return None
        try:
            lengths = self.axes(base, env)
        except (FormulaError, KeyError):
            return None
        count = len(node.parts) - 1
        if count == len(lengths):
            return lengths[k]
        if count == 1 and len(lengths) == 2:
            return lengths[0] if by_rows(base) else lengths[1]
        return None


def picked(value, lengths, places, node):
    """An entry of a value with any number of axes, a column of a matrix, or a row of M."""
    base, words = node.parts[0], spelled(node)
    if isinstance(value, Tensor) and len(places) == len(lengths) == value.array.ndim:
        value = value.array
    if isinstance(value, Tensor | Flexible) or len(places) > max(len(lengths), 1):
        raise ShapeClash(f"{words} has {len(places)} indices, and {spelled(base)} has {len(lengths)} axes")
    if len(lengths) == 0:
        raise ShapeClash(f"{words}: {spelled(base)} is a number here, it has no entries")
    rows = len(places) == 1 and len(lengths) == 2 and by_rows(base)
    limits = lengths if len(places) == len(lengths) else lengths[:1] if rows else lengths[1:]
    for place, limit in zip(places, limits, strict=True):
        if not 1 <= place <= limit:
            raise ClaimError(f"there is no {spelled(base)}_{''.join(map(str, places))}: {spelled(base)} is "
                             f"{written(np.shape(value))}")
    if len(lengths) == 1:
        return value[places[0] - 1:places[0]]
    if len(places) > 2:
        return np.reshape(value[tuple(place - 1 for place in places)], (1, 1))
    if len(places) == 2:
        return value[places[0] - 1:places[0], places[1] - 1:places[1]]
    return value[places[0] - 1:places[0]] if rows else value[:, places[0] - 1:places[0]]
