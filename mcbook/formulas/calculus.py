"""Derivatives, changes and limits in a formula.

A derivative is :func:`mcnotes.derivative` in the notes' layout. ∂y/∂x keeps the other
arguments of y still, dy/dx lets them follow; an index picks the entries that are meant.
Δy is the true change of y for the Δ of its inputs.
"""

import numpy as np

from mcnotes.derivative import derivative
from mcnotes.engine import Traced

from .letters import as_matrix
from .reading import FormulaError
from .tree import Node, spelled, walk
from .values import ClaimError, ShapeClash, Tensor, added

_LEVELS = 7


class Calculus:
    """The part of :class:`mcbook.formulas.meaning.Scope` that differentiates."""

    def _on_delta(self, node, env):
        inner = node.parts[0]
        changes = self.letters.changes
        if inner.kind == "letter" and inner.name in changes:
            if inner.name not in self.letters:
                return self.step * as_matrix(changes[inner.name])
            return as_matrix(self.change(inner.name))
        names = {part.name for part in walk(inner) if part.kind == "letter"}
        if not any(name in self.letters and self.letters.depends(name, set(changes)) for name in names) and not (
                names & set(changes)):
            self._no_change(inner, names)
        return added(self.moved().array(inner, env), self.array(inner, env), spelled(node), -1)

    def _no_change(self, inner, names):
        for name in names:
            if name not in self.letters and name not in self.sizes:
                self.letters.missing(name)
        bases = [one for name in names for one in self.letters.bases(name)] or sorted(names)
        raise FormulaError(f"Δ{spelled(inner)} has no value: give Δ{bases[0]}=…, how far {bases[0]} moves")

    def _on_from(self, node, env):
        base, mover = node.parts
        if base.kind != "delta":
            raise FormulaError(f"{spelled(node)}: only a change, Δ{spelled(base)}, comes from something")
        name, places = self._entry(mover, env)
        only = {other: [] for other in self.letters.changes if other != name}
        if places:
            only[name] = [tuple(places)]
        scope = self.moved(only)
        inner = base.parts[0]
        return added(scope.array(inner, env), self.array(inner, env), spelled(node), -1)

    def _entry(self, node, env):
        """Name of the letter and places of its entry that a derivative is taken by, or of."""
        if node.kind == "paren" and len(node.parts) == 1:
            return self._entry(node.parts[0], env)
        if node.kind == "letter":
            return node.name, []
        if node.kind == "sub" and node.parts[0].kind == "letter":
            return node.parts[0].name, [self.place(index, env) for index in node.parts[1:]]
        return None, []

    def _on_derivative(self, node, env):
        return _laid_out(*self._unlaid(node, env))

    def axes_of_derivative(self, node, env):
        """Lengths of the axes of a derivative, those of the input first: a vector by a number has one (X.16)."""
        _, inner, outer, *_ = self._unlaid(node, env)
        return (*inner, *outer)

    def _unlaid(self, node, env):
        """A derivative's array, the axes that are left of input and output, and what its layout needs."""
        of, *by = node.parts
        if len(by) > 1:
            of = Node("derivative", (of, by[-1]), name=node.name, at=node.at)
            self._kept.setdefault((id(node), "inner"), of)
            of = self._kept[id(node), "inner"]
            if len(by) > 2:
                raise FormulaError("derivatives of more than second order are not read")
        name, places = self._entry(by[0], env)
        if name is None:
            raise FormulaError(f"{spelled(node)}: it can be taken by a letter or by one of its entries, "
                               f"not by {spelled(by[0])}")
        if name not in self.letters or self.letters.is_pure(name):
            self.letters.missing(name)
        whole, chosen = self._entry(of, env)
        if whole is None or whole in env:
            found = self._tree_derivative(of, name, env)
            chosen = []
        else:
            found = self._letter_derivative(whole, name, node.name)
        inner, outer = found.inner, found.outer
        array = found.array if isinstance(found.array, Traced) else np.asarray(found.array)
        array = np.reshape(array, inner + outer)
        array, inner_shape, across = self._part(array, 0, inner, places, by[0])
        array, outer_shape, _ = self._part(array, len(inner_shape), outer, chosen, of)
        return (array, inner_shape, outer_shape, found if not places and not chosen else None,
                across and not _row(of, outer, chosen), _row(of, outer, chosen))

    def _letter_derivative(self, whole, name, sign):
        key = ("letter", whole, name, sign)
        if key in self._seen:
            return self._seen[key]
        letters = self.letters
        if whole not in letters or letters.is_pure(whole):
            letters.missing(whole)
        if whole in letters.values and whole != name:
            raise FormulaError(f"∂{whole}/∂{name}: {whole} is given as numbers; give it as a function, "
                               f"{whole}=lambda {name}: …")
        direct = sign == "∂" and name in letters.parameters.get(whole, ())
        still = {one: self.raw(one) for one in letters.parameters.get(whole, ()) if one != name} if direct else {}

        def moved(x):
            return letters.value(whole, {**self.changed, **still, name: x})

        self._seen[key] = derivative(moved, self.raw(name))
        return self._seen[key]

    def _tree_derivative(self, of, name, env):
        key = ("tree", id(of), name, tuple(env.items()))
        if key not in self._seen:
            self._kept[id(of)] = of

            def moved(x):
                scope = type(self)(self.letters, self.sizes, changed={**self.changed, name: x}, step=self.step,
                                   only=self.only)
                return scope.array(of, env)

            self._seen[key] = derivative(moved, self.raw(name))
        return self._seen[key]

    def _part(self, array, start, lengths, places, node):
        """Pick the entries that an index means along the axes of the input, or of the output."""
        if not places:
            return array, lengths, False
        words = spelled(node)
        if len(places) > len(lengths):
            raise ShapeClash(f"{words} has {len(places)} indices, and {spelled(node.parts[0])} has {len(lengths)} axes")
        across = len(places) == 1 and len(lengths) == 2
        axes = [start + (0 if by_rows(node) else 1)] if across else [start + k for k in range(len(places))]
        for axis, place in sorted(zip(axes, places, strict=True), reverse=True):
            if not 1 <= place <= array.shape[axis]:
                raise ClaimError(f"there is no {words} for {place}: {spelled(node.parts[0])} is "
                                 f"({' × '.join(map(str, lengths))})")
            array = array[(slice(None),) * axis + (place - 1,)]
        return array, tuple(n for k, n in enumerate(lengths) if start + k not in axes), across and by_rows(node)

    # functions and their slopes

    def _argument(self, name, node, env):
        """An argument in the shape that the reader's function was written for."""
        if node.kind == "paren" and len(node.parts) == 1:
            return self._argument(name, node.parts[0], env)
        if node.kind == "letter" and node.name in self.letters and node.name not in env and not (
                self.letters.is_pure(node.name)):
            return self.raw(node.name)
        value = self.array(node, env)
        if value.shape == (1, 1):
            return np.reshape(value, ())
        inside = [part.name for part in walk(node) if part.kind == "letter" and part.name in self.letters.values]
        shapes = {np.shape(self.letters.values[one]) for one in inside}
        return np.reshape(value, (-1,)) if value.shape[1] == 1 and (value.shape[0],) in shapes else value

    def _on_apply(self, node, env):
        head, *arguments = node.parts
        if head.kind == "prime":
            return self._slope(node, env)
        name = head.name
        given = [self._argument(name, part, env) for part in arguments]
        try:
            return as_matrix(self.letters.functions[name](*given))
        except (IndexError, ValueError, TypeError) as error:
            shapes = " and ".join(str(np.shape(one)) if np.ndim(one) else "one number" for one in given)
            raise FormulaError(f"{spelled(node)}: {name} cannot take {shapes} ({error})") from None

    def _slope(self, node, env):
        head, *arguments = node.parts
        order, name = int(head.name), head.parts[0].name
        if name not in self.letters.functions:
            raise FormulaError(f"{name} is no function here: give {name}=…, such as {name}=np.tanh")
        if len(arguments) != 1:
            raise FormulaError(f"{spelled(node)}: a prime needs a function of one argument")
        value = self.array(arguments[0], env)

        def slope(function, depth):
            if depth == 0:
                return function
            return lambda x: np.reshape(derivative(slope(function, depth - 1), x).array, ())

        function = slope(self.letters.functions[name], order)
        if isinstance(value, Traced):
            if value.shape != (1, 1):
                raise FormulaError(f"{spelled(node)} of a vector cannot be differentiated again")
            return np.reshape(function(np.reshape(value, ())), (1, 1))
        return np.reshape([float(function(float(x))) for x in value.flat], value.shape)

    def _on_prime(self, node, env):
        name = node.parts[0].name
        if name not in self.letters.parameters or len(self.letters.parameters[name]) != 1:
            raise FormulaError(f"{spelled(node)} needs an argument: {spelled(node)}(x)")
        argument = Node("letter", name=self.letters.parameters[name][0])
        return self._slope(Node("apply", (node, argument)), env)

    def _on_limit(self, node, env):
        """A limit, extrapolated from ever smaller distances."""
        body, letter, target = node.parts
        end = float(self.number(target, env))
        table = [np.asarray(self.array(body, env | {letter.name: end + 0.1 / 2**k})) for k in range(_LEVELS)]
        if self.record is not None:
            self.record.tolerance = 1e-7
        for order in range(1, _LEVELS):
            table = [(2**order * fine - coarse) / (2**order - 1)
                     for coarse, fine in zip(table, table[1:], strict=False)]
        return table[0]

    def _on_where(self, node, env):
        content, letter, value = node.parts
        name, places = self._entry(letter, env)
        if name not in self.letters or places:
            raise FormulaError(f"{spelled(node)}: the bar needs a letter that has a value")
        given = np.reshape(self.array(value, env), np.shape(self.raw(name)))
        scope = type(self)(self.letters, self.sizes, changed={**self.changed, name: given}, step=self.step,
                           only=self.only, record=self.record)
        return scope.value(content, env)


def _row(node, lengths, places):
    """Whether an entry M_i is meant, a row of M."""
    return len(places) == 1 and len(lengths) == 2 and by_rows(node)


def by_rows(base):
    """M_i is a row of M (46); of every other matrix a single index takes a column, as W_i does (60)."""
    while base.kind in ("delta", "paren", "sub"):
        base = base.parts[0]
    return base.kind == "letter" and base.name[0] == "M"


def _laid_out(array, inner, outer, found, input_row, output_row):
    """The notes' layout of a derivative, from the lengths of what is left of input and output."""
    if len(inner) + len(outer) > 2:
        return Tensor(array, len(inner), len(outer), found)
    if not inner:
        flat = np.reshape(array, outer + (1,) * (2 - len(outer)))
        return flat if output_row and len(outer) == 1 else np.transpose(flat)
    if not outer:
        if len(inner) == 2:
            return array
        return np.reshape(array, (1, -1) if input_row else (-1, 1))
    return array

