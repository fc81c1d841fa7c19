"""What a formula is worth for the letters it is given.

A :class:`Scope` holds the letters, which of them have been moved by their Δ, and how far.
Everything is an array with two axes, as the notes write it: a number is (1 × 1), a vector a
column, a gradient a column, the derivative of a vector by a number a row.
"""

import math

import numpy as np

from mcnotes.shapes import counted

from .arithmetic import Arithmetic
from .calculus import Calculus
from .indices import Indices
from .letters import as_matrix
from .reading import FormulaError
from .tree import spelled, walk
from .values import ZERO, ClaimError, Flexible, ShapeClash, Tensor, column_of, identity, written

_CONSTANTS = {"π": math.pi, "e": math.e}


class Scope(Indices, Arithmetic, Calculus):
    """Evaluates trees.

    Parameters
    ----------
    letters : Letters
    sizes : dict of str to int
    changed : dict of str to array, optional
        Letters that have another value than the given one.
    step : float, optional
        What the given Δ are multiplied with.
    only : dict of str to list of tuple, optional
        Of a letter's Δ, the entries that move; the others stay.
    record : Record, optional
        Where checks on the way are counted.
    """

    def __init__(self, letters, sizes, *, changed=None, step=1.0, only=None, record=None):
        self.letters, self.sizes, self.changed = letters, sizes, changed or {}
        self.step, self.only, self.record = step, only or {}, record
        self._seen, self._names, self._kept = {}, {}, {}

    def value(self, node, env=None):
        """The value of a tree: an array with two axes, a Tensor or a Flexible.

        Parameters
        ----------
        node : Node
        env : dict of str to number, optional
            Values of the indices.

        Raises
        ------
        ShapeClash, ClaimError
            The formula cannot hold.
        FormulaError
            It cannot be evaluated.
        """
        env = env or {}
        names = self._names.get(id(node))
        if names is None:
            names = self._names[id(node)] = frozenset(part.name for part in walk(node) if part.kind == "letter")
            self._kept[id(node)] = node
        key = id(node), tuple((name, env[name]) for name in env if name in names)
        if key not in self._seen:
            method = getattr(self, "_on_" + node.kind, None)
            if method is None:
                raise FormulaError(f"{spelled(node)} has no value that could be compared")
            self._seen[key] = method(node, env)
        return self._seen[key]

    def array(self, node, env):
        """The value as an array; a tensor as its compressed form, a flexible zero as a number."""
        value = self.value(node, env)
        if isinstance(value, Tensor):
            return value.factor(spelled(node))
        return value

    def number(self, node, env):
        """The value as a single number."""
        value = self.array(node, env)
        if value is ZERO:
            return 0.0
        if isinstance(value, Flexible) or value.shape != (1, 1):
            raise ShapeClash(f"{spelled(node)} is no single number" + ("" if isinstance(value, Flexible) else
                                                                      f", it is {written(value.shape)}"))
        return np.reshape(value, ())

    def moved(self, only=None):
        """The scope in which every letter has moved by its Δ."""
        only = self.only if only is None else only
        key = ("moved", tuple(sorted((name, tuple(entries)) for name, entries in only.items())))
        if key not in self._seen:
            changed = dict(self.changed)
            for name in self.letters.changes:
                if name in self.letters:
                    changed[name] = self.raw(name) + self.change(name, only)
            self._seen[key] = Scope(self.letters, self.sizes, changed=changed, step=self.step, record=self.record)
        return self._seen[key]

    def raw(self, name):
        """A letter in the reader's own shape."""
        return self.letters.value(name, self.changed)

    def change(self, name, only=None):
        """The Δ of a letter in the letter's own shape, as far as it moves."""
        only = self.only if only is None else only
        given, shape = self.letters.changes[name], np.shape(self.raw(name))
        if given.size != int(np.prod(shape)):
            raise FormulaError(f"Δ{name} has {given.size} entries, and {name} has {int(np.prod(shape))}: "
                               "give one change for each entry")
        if counted(given.shape) != counted(shape) and 1 not in (given.ndim, len(shape)):
            raise FormulaError(f"Δ{name} has shape {given.shape}, and {name} has shape {shape}: give the same")
        delta = self.step * given.reshape(shape)
        if name in only:
            kept, count = np.zeros(counted(shape)), len(counted(shape))
            for entry in only[name]:
                place = tuple(k - 1 for k in entry)
                if len(place) == 1 and count == 2:
                    place = place if name[0] == "M" else (slice(None), *place)
                try:
                    kept[place] = 1.0
                except IndexError:
                    raise ClaimError(f"{name} has no entry {', '.join(map(str, entry))}: it is "
                                     f"{written(counted(shape))}") from None
            delta = delta * kept.reshape(shape)
        return delta

    # leaves

    def _on_number(self, node, env):
        return np.array([[float(node.name)]])

    def _on_zero(self, node, env):
        return column_of(0)

    def _on_ones(self, node, env):
        return column_of(1)

    def _on_letter(self, node, env):
        name = node.name
        if name in env:
            return np.array([[float(env[name])]])
        if name in self.letters:
            if self.letters.is_pure(name):
                self.letters.missing(name)
            return self._tall(as_matrix(self.raw(name)), name)
        if name in self.sizes:
            return np.array([[float(self.sizes[name])]])
        if name in _CONSTANTS:
            return np.array([[_CONSTANTS[name]]])
        if name == "I":
            return identity()
        self.letters.missing(name)
        return None

    @staticmethod
    def _tall(array, name):
        return Tensor(array, np.ndim(array), 0) if np.ndim(array) > 2 else array

    def _on_paren(self, node, env):
        if len(node.parts) != 1:
            raise FormulaError(f"{spelled(node)} is a list, which has no value")
        return self.value(node.parts[0], env)

    def _on_boxed(self, node, env):
        return self.value(node.parts[0], env)

    def _on_chain(self, node, env):
        raise FormulaError(f"{spelled(node)} is a statement, where a value is needed")

    def _on_asked(self, node, env):
        return self.value(node.parts[0], env)

    def _on_brace(self, node, env):
        value = self.value(node.parts[0], env)
        if len(node.parts) > 1 and self.record is not None:
            self.record.braced(node, value, self, env)
        return value

    def _on_iverson(self, node, env):
        return np.array([[float(self.holds(node.parts[0], env))]])

    def _on_cases(self, node, env):
        for branch in node.parts:
            if self.holds(branch.parts[1], env):
                if self.record is not None:
                    self.record.taken.add(id(branch))
                return self.value(branch.parts[0], env)
        raise ClaimError(f"no case of {spelled(node)} applies for " + ", ".join(f"{k} = {v}" for k, v in env.items()))

    def holds(self, node, env):
        """Whether a condition on indices and numbers holds."""
        if node.kind == "condition":
            return all(self.holds(part, env) for part in node.parts if node.name in ("if", "all"))
        if node.kind != "chain":
            return True
        sides = [self.number(part.parts[0], env) for part in node.parts]
        signs = [part.name for part in node.parts[1:]]
        return all(compared(a, sign, b) for a, sign, b in zip(sides, signs, sides[1:], strict=False))


def compared(a, sign, b):
    """A relation between two numbers."""
    if sign not in "=≠<>≤≥":
        raise FormulaError(f"{sign} stands in a condition, where =, ≠, <, >, ≤ or ≥ is needed")
    return bool({"=": a == b, "≠": a != b, "<": a < b, ">": a > b, "≤": a <= b, "≥": a >= b}[sign])
