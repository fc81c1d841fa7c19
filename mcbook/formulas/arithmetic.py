"""Sums, products, matrices and functions in a formula."""

import numpy as np

from .dots import Uncounted, expanded, table
from .letters import as_matrix
from .reading import FormulaError
from .tree import Node, spelled, walk
from .values import ZERO, ClaimError, Flexible, ShapeClash, added, dotted, elementwise, joined, multiplied, written

_ELEMENTWISE = {name: getattr(np, name) for name in
                "sin cos tan sinh cosh tanh arcsin arccos arctan exp log sqrt sign".split()}


class Arithmetic:
    """The part of :class:`mcbook.formulas.meaning.Scope` that computes."""

    # sums and products

    def _on_sum(self, node, env):
        terms = node.parts
        if any(term.kind == "dots" for term in terms):
            terms = self._written(node, terms, env)
        total = self.array(terms[0], env)
        for term in terms[1:]:
            total = added(total, self.array(term, env), spelled(node))
        return total

    def _written(self, node, items, env):
        """Items with their dots written out, kept so that each is evaluated once."""
        key = ("dots", id(node), tuple(env.items()))
        if key not in self._seen:
            try:
                self._seen[key] = expanded(items, lambda last: self.place(last, env))
            except Uncounted as error:
                raise FormulaError(f"{spelled(node)}: {error} cannot be told") from None
        return self._seen[key]

    def _on_negative(self, node, env):
        value = self.array(node.parts[0], env)
        if isinstance(value, Flexible):
            return value if value.words == "0" else Flexible(lambda shape: -value.shaped(shape), f"−{value.words}")
        return -value

    def _on_product(self, node, env):
        factors = node.parts
        if any(factor.kind == "dots" for factor in factors):
            factors = self._written(node, factors, env)
        total = self.array(factors[0], env)
        for k, factor in enumerate(factors[1:], 1):
            words = spelled(Node("product", factors[:k + 1])) if k < 3 else spelled(node)
            total = multiplied(total, self.array(factor, env), words)
        return total

    def _on_binary(self, node, env):
        left, right = (self.array(part, env) for part in node.parts)
        words = spelled(node)
        if node.name == "·":
            return dotted(left, right, words)
        if node.name == "*":
            return elementwise(left, right, words)
        if node.name == "⊗":
            return np.kron(left, right)
        if node.name == "⋆":
            if "star" not in self.letters.signs:
                raise FormulaError("⋆ stands for a product that is still to be found: say which one, "
                                   "star=lambda derivative, change: …")
            try:
                return as_matrix(self.letters.signs["star"](left, right))
            except ValueError:
                raise ShapeClash(f"{words}: the product that is given as star does not take "
                                 f"{written(left.shape)} and {written(right.shape)}") from None
        return multiplied(left, right, words)

    def _on_frac(self, node, env):
        top, bottom = (self.array(part, env) for part in node.parts)
        if isinstance(bottom, Flexible) or bottom.shape != (1, 1):
            raise ShapeClash(f"{spelled(node)}: {spelled(node.parts[1])} is no number that could be divided by, "
                             f"it is {written(bottom.shape)}")
        return top / np.reshape(bottom, ())

    def _on_power(self, node, env):
        base, power = self.array(node.parts[0], env), self.number(node.parts[1], env)
        if base.shape == (1, 1):
            whole = isinstance(power, float | np.ndarray) and float(power).is_integer()
            return base ** int(power) if whole else base ** power
        if base.shape[0] != base.shape[1]:
            raise ShapeClash(f"{spelled(node)}: {spelled(node.parts[0])} is {written(base.shape)}, not square")
        if power == 0:
            return np.eye(base.shape[0])
        factor = np.linalg.inv(base) if power < 0 else base
        result = factor
        for _ in range(abs(int(power)) - 1):
            result = result @ factor
        return result

    def _on_transpose(self, node, env):
        value = self.array(node.parts[0], env)
        if isinstance(value, Flexible):
            return Flexible(lambda shape: value.shaped(shape[::-1]).T, value.words)
        return np.transpose(value)

    def _on_large(self, node, env):
        body, index = node.parts[:2]
        natural = self.range_of(index.name, body, env)
        low = self.place(node.parts[2], env) if len(node.parts) > 2 else 1
        if len(node.parts) > 3:
            high = self.place(node.parts[3], env)
        elif natural is None:
            raise FormulaError(f"the sum over {index.name} has no limits, and nothing that it counts")
        else:
            high = natural
        if natural is not None and len(node.parts) > 3:
            self._limits(node, low, high, natural)
        total = None
        for k in range(low, high + 1):
            inner = env | {index.name: k}
            if body.kind == "only" and not self.holds(body.parts[1], inner):
                continue
            term = self.array(body.parts[0] if body.kind == "only" else body, inner)
            join = added if node.name == "sum" else multiplied
            total = term if total is None else join(total, term, spelled(node))
        if total is None:
            return np.array([[0.0 if node.name == "sum" else 1.0]])
        return total

    def _limits(self, node, low, high, natural):
        """Note where a sum leaves something out, and refuse one that asks for what is not there."""
        body, index, _, limit = node.parts[:4]
        entry, name = spelled(self._counted(index.name, body)), index.name
        value = spelled(limit) if limit.kind == "number" else f"{spelled(limit)} = {high}"
        if high > natural:
            raise ClaimError(f"the sum over {name} goes to {value}, and {entry} ends at {name} = {natural}")
        if self.record is not None and high < natural:
            self.record.notes.append(f"the sum over {name} ends at {value}, and {entry} goes on to {name} = {natural}")
        elif self.record is not None and low != 1:
            self.record.notes.append(f"the sum over {name} begins at {low}, and {entry} at 1")

    def _counted(self, name, body):
        return next(part for part in walk(body) if part.kind == "sub"
                    and any(index.kind == "letter" and index.name == name for index in part.parts[1:]))

    # matrices

    def _on_grid(self, node, env):
        rows = [list(row.parts) for row in node.parts]
        words = spelled(node)

        def assembled(shape):
            claims = []
            cells = table(rows, lambda last: self.place(last, env), shape, claims)
            for entry, needed in claims:
                self._stands(entry, needed, env)
            self._kept[id(node), shape, tuple(env.items())] = cells
            return joined([[self._cell(cell, env) for cell in row] for row in cells], words)

        try:
            return assembled(None)
        except Uncounted:
            cells = [self._cell(cell, env) for row in rows for cell in row if cell.kind not in ("dots", "empty")]
            block = next((cell for cell in cells if not isinstance(cell, Flexible)), np.zeros((1, 1)))
            height, width = block.shape

            def shaped(shape):
                if shape[0] % height or shape[1] % width:
                    raise ShapeClash(f"{words} cannot be {written(shape)}: its blocks are {written(block.shape)}")
                return assembled((shape[0] // height, shape[1] // width))
            return Flexible(shaped, words)

    def _stands(self, entry, needed, env):
        """An entry that looks unlike the pattern of the dots has to be worth what the pattern gives."""
        if entry.kind == "row":
            cells = [(one, other) for one, other in zip(entry.parts, needed.parts, strict=False) if one.kind != "dots"]
        else:
            cells = [(entry, needed)]
        for one, other in cells:
            a, b = self._cell(one, env), self._cell(other, env)
            if isinstance(a, Flexible) or isinstance(b, Flexible) or self.record is None:
                continue
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-9, atol=1e-12):
                raise ClaimError(f"{spelled(one)} is written where the dots need {spelled(other)}, and is not that")

    def _cell(self, cell, env):
        if cell.kind == "number" and float(cell.name) == 0:
            return ZERO
        if cell.kind == "empty":
            raise FormulaError("a cell of the matrix is empty")
        return self.array(cell, env)

    # functions

    def _on_call(self, node, env):
        name = node.name
        if name == "Axes":
            inside = node.parts[0]
            found = self.axes_of_derivative if inside.kind == "derivative" else self.axes
            return np.array([[float(len(found(inside, env)))]])
        if name == "Size":
            return np.array([[float(np.prod(self.axes(node.parts[0], env)))]])
        if name in self.letters.functions:
            return as_matrix(self.letters.functions[name](*(self._argument(name, part, env) for part in node.parts)))
        value = self.array(node.parts[0], env)
        if name in _ELEMENTWISE:
            return _ELEMENTWISE[name](value)
        if name in ("tr", "trace", "det", "rank"):
            if name != "rank" and value.shape[0] != value.shape[1]:
                raise ShapeClash(f"{spelled(node)}: {spelled(node.parts[0])} is {written(value.shape)}, not square")
            found = {"det": np.linalg.det, "rank": np.linalg.matrix_rank}.get(name, np.trace)(value)
            return np.reshape(found, (1, 1))
        if name == "diag":
            if value.shape[1] == 1:
                return np.eye(value.shape[0]) * value
            return np.reshape(np.diagonal(value), (-1, 1))
        if name == "vec":
            return np.reshape(np.transpose(value), (-1, 1))
        if name in ("max", "min"):
            sides = [value, *(self.array(part, env) for part in node.parts[1:])]
            return np.reshape(getattr(np, name)([getattr(np, name)(side) for side in sides]), (1, 1))
        raise FormulaError(f"{name} is a function without a value: give {name}=…")

    def _on_absolute(self, node, env):
        return np.reshape(abs(self.number(node.parts[0], env)), (1, 1))

    def _on_norm(self, node, env):
        value = self.array(node.parts[0], env)
        return np.reshape(np.sqrt(np.sum(value * value)), (1, 1))
