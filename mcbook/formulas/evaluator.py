"""What a formula is worth for the letters it is given.

A :class:`Scope` holds the letters, which of them have been moved by their Δ, and how far. Everything is an array
with two axes (:mod:`.values`). A derivative is :func:`mcnotes.derivative`; how its axes are laid out is settled in
:mod:`.derivatives`.
"""

import math

import numpy as np

from mcnotes.engine import Traced
from mcnotes.shapes import counted

from . import derivatives, values
from .dots import Uncounted, expanded, table
from .letters import Letters, called
from .spelling import FUNCTIONS
from .tree import Node, bare, letters, product, text, walk
from .values import ZERO, Budget, Flexible, Tensor, as_matrix, scalar, written
from .verdict import BudgetError, Failure, FormulaError, ShapeClash

_CONSTANTS = {"π": math.pi, "e": math.e}
_ELEMENTWISE = {name: getattr(np, name) for name in
                "sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh exp log sqrt sign".split()} | {"abs": np.abs}
#: Functions that act on each entry, and that of a square matrix may mean something else.
_AMBIGUOUS = {"exp": "write e^A for the matrix exponential", "log": "", "sin": "", "cos": "", "sqrt": "write A^{1/2}"}
_LEVELS = 7
#: The largest power of a matrix.
_LARGEST = 64


class Scope:
    """Evaluates trees.

    Parameters
    ----------
    given : Letters
    sizes : dict of str to int
    changed : dict of str to array, optional
        Letters that have another value than the given one.
    step : float, optional
        What the given Δ are multiplied with.
    only : dict of str to list of tuple, optional
        Of a letter's Δ, the entries that move; the others stay.
    record : object, optional
        Where checks on the way are counted.
    layout : str, optional
        ``"denominator"``, as in the notes; ``"numerator"`` or ``"mixed"`` to see what another layout would say.
    budget : Budget, optional
    """

    def __init__(self, given: Letters, sizes: dict, *, changed=None, step=1.0, only=None, record=None,
                 layout="denominator", budget=None):
        self.letters, self.sizes, self.changed = given, sizes, changed or {}
        self.step, self.only, self.record, self.layout = step, only or {}, record, layout
        self.budget = budget or Budget()
        self.seen: dict = {}
        self.kept: dict = {}
        self._names: dict[int, frozenset] = {}

    def beside(self, *, changed=None, only=None, record=False):
        """The same scope with other values for some letters, which what depends on them follows."""
        return Scope(self.letters, self.sizes, changed={**self.changed, **(changed or {})}, step=self.step,
                     only=self.only if only is None else only, record=self.record if record else None,
                     layout=self.layout, budget=self.budget)

    def value(self, node: Node, env=None):
        """The value of a tree: an array with two axes, a Tensor or a Flexible.

        Parameters
        ----------
        node : Node
        env : dict of str to number, optional
            Values of the indices.

        Raises
        ------
        Failure
            The formula cannot hold.
        FormulaError
            It cannot be evaluated.
        """
        env = env or {}
        names = self._names.get(id(node))
        if names is None:
            names = self._names[id(node)] = frozenset(letters(node))
            self.kept[id(node)] = node
        key = id(node), tuple((name, env[name]) for name in env if name in names)
        if key not in self.seen:
            method = getattr(self, "on_" + node.kind, None)
            if method is None:
                raise FormulaError(f"{text(node)} has no value that could be compared")
            self.budget.spend(1)
            value = method(node, env)
            self.budget.spend(getattr(value, "size", 0) / 500)
            self.seen[key] = value
        return self.seen[key]

    def array(self, node, env):
        """The value as an array; a tensor as its compressed form."""
        value = self.value(node, env)
        if isinstance(value, Tensor):
            return value.factor(text(node))
        return value

    def number(self, node, env):
        """The value as a single number."""
        value = self.array(node, env)
        if value is ZERO:
            return 0.0
        if not scalar(value):
            raise ShapeClash(f"{text(node)} is no single number" + (
                "" if isinstance(value, Flexible) else f", it is {written(value.shape)}"))
        return np.reshape(value, ())

    def moved(self, only=None):
        """The scope in which every letter has moved by its Δ."""
        only = self.only if only is None else only
        key = ("moved", tuple(sorted((name, tuple(entries)) for name, entries in only.items())))
        if key not in self.seen:
            changed = {name: self.raw(name) + self.change(name, only) for name in self.letters.changes
                       if name in self.letters}
            self.seen[key] = self.beside(changed=changed, only={}, record=True)
        return self.seen[key]

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
                    raise Failure(f"{name} has no entry {', '.join(map(str, entry))}: it is "
                                  f"{written(counted(shape))}") from None
            delta = delta * kept.reshape(shape)
        return delta

    # leaves

    def on_number(self, node, env):
        return np.array([[float(node.name)]])

    def on_zero(self, node, env):
        return values.column_of(0)

    def on_ones(self, node, env):
        return values.column_of(1)

    def on_letter(self, node, env):
        name = node.name
        if name in env:
            return np.array([[float(env[name])]])
        if name in self.letters:
            if self.letters.is_pure(name):
                self.letters.missing(name)
            array = as_matrix(self.raw(name))
            return Tensor(array, np.ndim(array), 0) if np.ndim(array) > 2 else array
        if name in self.sizes:
            return np.array([[float(self.sizes[name])]])
        if name in _CONSTANTS:
            return np.array([[_CONSTANTS[name]]])
        if name == "I":
            return values.identity()
        self.letters.missing(name)
        return None

    def on_paren(self, node, env):
        if len(node.parts) != 1:
            raise FormulaError(f"{text(node)} is a list, which has no value")
        return self.value(node.parts[0], env)

    def on_boxed(self, node, env):
        return self.value(node.parts[0], env)

    def on_asked(self, node, env):
        raise FormulaError(f"{text(node)} asks a question, and says nothing that could be compared")

    def on_chain(self, node, env):
        raise FormulaError(f"{text(node)} is a statement, where a value is needed")

    def on_infinity(self, node, env):
        raise FormulaError("∞ is no number that could be compared")

    def on_words(self, node, env):
        raise FormulaError(f"the words “{node.name}” have no value")

    def on_named(self, node, env):
        raise FormulaError(f"{node.name} has no value: give {node.name}=…")

    def on_brace(self, node, env):
        value = self.value(node.parts[0], env)
        if len(node.parts) > 1 and self.record is not None:
            self.record.braced(node, value, self, env)
        return value

    def on_iverson(self, node, env):
        return np.array([[float(self.holds(node.parts[0], env))]])

    def on_cases(self, node, env):
        for branch in node.parts:
            if self.holds(branch.parts[1], env):
                if self.record is not None:
                    self.record.taken.add(id(branch))
                return self.value(branch.parts[0], env)
        raise Failure(f"no case of {text(node)} applies for " + ", ".join(f"{k} = {v}" for k, v in env.items()))

    def holds(self, node, env) -> bool:
        """Whether a condition on indices and numbers holds."""
        if node.kind == "condition":
            return all(self.holds(part, env) for part in node.parts if node.name in ("if", "all"))
        if node.kind != "chain":
            return True
        marks = [part.name for part in node.parts[1:]]
        if marks == ["∈"]:
            members = node.parts[1].parts[0]
            if members.kind != "paren":
                raise FormulaError(f"{text(node)}: write the set with its members, \\{{1, 3\\}}")
            return any(self.number(node.parts[0].parts[0], env) == self.number(one, env) for one in members.parts)
        arrays = [self.array(side.parts[0], env) for side in node.parts]
        if len(marks) == 1 and marks[0] in "=≠" and not all(map(scalar, arrays)):
            one, other = (self.sized(side.parts[0], env) for side in node.parts)
            same = one.shape == other.shape and values.compared(one, other)[0] is None
            return same == (marks[0] == "=")
        sides = [self.number(part.parts[0], env) for part in node.parts]
        return all(ordered(a, sign, b) for a, sign, b in zip(sides, marks, sides[1:], strict=False))

    # indices

    def place(self, node, env) -> int:
        """The number of an index."""
        if node.kind == "number" and node.name.isdigit():
            return int(node.name)
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
        raise FormulaError(f"{text(node)} is no index")

    def axes(self, node, env) -> tuple[int, ...]:
        """How many axes a tree's value has, and their lengths, counted as in Definition 19."""
        node = node.parts[0] if node.kind == "delta" else node
        if node.kind == "letter" and node.name in self.letters and node.name not in env:
            return counted(np.shape(self.raw(node.name)))
        value = self.value(node, env)
        if isinstance(value, Flexible):
            raise FormulaError(f"the size of {text(node)} cannot be told here")
        return value.shape if isinstance(value, Tensor) else counted(np.shape(value))

    def on_sub(self, node, env):
        base, *indices = node.parts
        if base.kind in ("letter", "ones", "zero") and base.name not in self.letters:
            return self._built_in(node, base, indices, env)
        if base.kind == "letter" and base.name in self.letters and self.letters.is_pure(base.name):
            self.letters.missing(base.name)
        value, lengths = self.value(base, env), self.axes(base, env)
        if any(index.kind == "slice" for index in indices):
            return sliced(value, [None if index.kind == "slice" else self.place(index, env) for index in indices], node)
        return picked(value, lengths, [self.place(index, env) for index in indices], node)

    def _built_in(self, node, base, indices, env):
        """δ_ij, I_n, 𝟏_n, the unit vector e_i, the matrix E_ij with a single 1."""
        name, count = base.name, len(indices)
        if name == "δ" and count == 2 or name == "I" and count == 2:
            return np.array([[float(self.place(indices[0], env) == self.place(indices[1], env))]])
        if name == "e" and count == 1:
            return values.single(self.place(indices[0], env), None, text(node))
        if name in "EJ" and count == 2 and name:
            return values.single(*(self.place(index, env) for index in indices), text(node))
        flexible = values.identity() if name == "I" else values.column_of(0 if base.kind == "zero" else 1)
        if (name == "I" or base.kind != "letter") and count == 1:
            size = indices[0]
            if size.kind == "letter" and size.name not in self.sizes and size.name not in env:
                return self._sized(flexible, size.name)
            return flexible.fit(rows=self.place(size, env))
        self.letters.missing(name)
        return None

    def _sized(self, flexible, name):
        """I_n where nothing says what n is: n is what is needed, and the same everywhere."""
        def make(rows, columns):
            if self.sizes.setdefault(name, rows) != rows:
                raise ShapeClash(f"{flexible.words}_{name} is ({self.sizes[name]} × …), and {written((rows, columns))} "
                                 "is needed")
            return flexible.fit(rows, columns)
        return Flexible(make, flexible.words, flexible.rows, flexible.columns, flexible.link)

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
            raise Failure(f"{name} goes to {one} in {text(first)}, and to {other} in {text(second)}")
        return next(iter(lengths), None)

    def length(self, node, k, env):
        """Length of the axis that the k-th index of an entry counts."""
        base = node.parts[0]
        if base.kind in ("letter", "ones", "zero") and base.name not in self.letters:
            return None
        try:
            lengths = self.axes(base, env)
        except BudgetError:
            raise
        except (FormulaError, KeyError):
            return None
        count = len(node.parts) - 1
        if count == len(lengths):
            return lengths[k]
        if count == 1 and len(lengths) == 2:
            return lengths[0] if derivatives.by_rows(base) else lengths[1]
        return None

    # sums and products

    def on_sum(self, node, env):
        terms = node.parts
        if any(term.kind == "dots" for term in terms):
            terms = self._written(node, terms, env)
        total, words = self.array(terms[0], env), text(node)
        if _number(terms[0]) and len(terms) > 1:
            total = self._broadcast(total, terms[1], env)
        for term in terms[1:]:
            value = self.array(term, env)
            if _number(term) and not isinstance(total, Flexible):
                value = np.reshape(value, ()) + np.zeros(total.shape)
            total = values.added(total, value, words)
        return total

    def _broadcast(self, value, beside, env):
        """A number that is written out beside a vector counts for each entry, as in 1 − σ(z)."""
        other = self.array(beside, env)
        return value if isinstance(other, Flexible) else np.reshape(value, ()) + np.zeros(other.shape)

    def _written(self, node, items, env):
        """Items with their dots written out, kept so that each is evaluated once."""
        key = ("dots", id(node), tuple(env.items()))
        if key not in self.seen:
            try:
                self.seen[key] = expanded(items, lambda last: self._last(last, node, env))
            except Uncounted as error:
                raise FormulaError(f"{text(node)}: {error} cannot be told") from None
        return self.seen[key]

    def _last(self, last, node, env):
        """The number of the last entry after dots; a size that nothing says is how far its index goes."""
        if last.kind == "letter" and last.name not in self.sizes and last.name not in env and not self.letters.notes:
            natural = self.range_of(last.name, node, env)
            if natural is not None:
                self.sizes[last.name] = natural
        count = self.place(last, env)
        self.budget.spend(count)
        return count

    def on_negative(self, node, env):
        value = self.array(node.parts[0], env)
        if isinstance(value, Flexible):
            return value if value is ZERO else value.changed(np.negative, f"−{value.words}")
        return -value

    def on_product(self, node, env):
        factors = node.parts
        if any(factor.kind == "dots" for factor in factors):
            factors = self._written(node, factors, env)
        total = self.array(factors[0], env)
        for k, factor in enumerate(factors[1:], 1):
            other = self.array(factor, env)
            words = text(Node("product", factors[:k + 1])) if len(factors) < 8 else text(node)
            self._priced(total, other)
            total = values.multiplied(total, other, words)
        return total

    def _priced(self, a, b):
        if not isinstance(a, Flexible) and not isinstance(b, Flexible):
            self.budget.spend(a.shape[0] * a.shape[1] * b.shape[-1] / 20_000)

    def on_binary(self, node, env):
        left, right = (self.array(part, env) for part in node.parts)
        words = text(node)
        if node.name == "·":
            return values.dotted(left, right, words)
        if node.name in ("*", "⊘"):
            return values.elementwise(left, right, words, node.name == "⊘")
        if node.name == "⊗":
            return values.kronecker(left, right, words)
        if node.name == ":":
            return self._inner(left, right, words)
        if node.name == "⋆":
            if "star" not in self.letters.signs:
                raise FormulaError("⋆ stands for a product that is still to be found: say which one, "
                                   "star=lambda derivative, change: …")
            try:
                return as_matrix(self.letters.signs["star"](left, right))
            except ValueError:
                raise ShapeClash(f"{words}: the product that is given as star does not take "
                                 f"{written(left.shape)} and {written(right.shape)}") from None
        return values.multiplied(left, right, words)

    def on_inner(self, node, env):
        return self._inner(*(self.array(part, env) for part in node.parts), text(node))

    def _inner(self, left, right, words):
        """The sum of the products of entries, of two arrays of one shape."""
        found = values.elementwise(left, right, words)
        if isinstance(left, Flexible) or isinstance(right, Flexible) or left.shape == right.shape:
            return np.reshape(np.sum(found), (1, 1))
        raise ShapeClash(f"{words}: {written(left.shape)} and {written(right.shape)} have no inner product")

    def on_frac(self, node, env):
        top, bottom = (self.array(part, env) for part in node.parts)
        if not scalar(bottom):
            shape = "" if isinstance(bottom, Flexible) else f", it is {written(bottom.shape)}"
            raise FormulaError(f"{text(node)}: {text(node.parts[1])} is no number that could be divided by{shape}; "
                               "multiply by an inverse, or divide entry by entry with ⊘")
        over = np.reshape(bottom, ())
        if not isinstance(over, Traced) and over == 0:
            raise FormulaError(f"{text(node)}: {text(node.parts[1])} is 0 here; take other letters")
        return top.changed(lambda x: x / over, text(node)) if isinstance(top, Flexible) else top / over

    def on_power(self, node, env):
        base, exponent = self.array(node.parts[0], env), self.array(node.parts[1], env)
        words = text(node)
        if isinstance(exponent, Flexible):
            raise FormulaError(f"{words}: {text(node.parts[1])} is no power")
        if not scalar(exponent):
            return self._to_the(base, exponent, node)
        power = np.reshape(exponent, ())
        plain = None if isinstance(power, Traced) else float(power)
        if isinstance(base, Flexible):
            if base.words == "I" and plain is not None:
                return base
            raise FormulaError(f"{words}: the size of {text(node.parts[0])} cannot be told here")
        if base.shape == (1, 1):
            if plain is not None and plain < 0 and not isinstance(base, Traced) and not base.any():
                raise FormulaError(f"{words}: {text(node.parts[0])} is 0 here; take other letters")
            return base ** int(plain) if plain is not None and plain.is_integer() and abs(plain) < 1e6 else base**power
        if base.shape[1] == 1:
            raise FormulaError(f"{words}: {text(node.parts[0])} is a column, and only numbers and square matrices have "
                               "powers; entry by entry it is x ∘ x, and the squared length is ‖x‖²")
        if base.shape[0] != base.shape[1]:
            raise ShapeClash(f"{words}: {text(node.parts[0])} is {written(base.shape)}, not square")
        if plain is None or not (2 * plain).is_integer():
            raise FormulaError(f"{words}: powers of a matrix are whole numbers, or 1/2 for its square root")
        if abs(plain) > _LARGEST:
            raise BudgetError(f"too much to run: {words} is a power above {_LARGEST}")
        return self._matrix_power(base, plain, words)

    def _matrix_power(self, base, power, words):
        if not float(power).is_integer():
            base = self._square_root(base, words)
            power *= 2
        if power == 0:
            return np.eye(base.shape[0])
        factor = self._inverse(base, words) if power < 0 else base
        result = factor
        for _ in range(abs(int(power)) - 1):
            self._priced(result, factor)
            result = result @ factor
        return result

    def _inverse(self, base, words):
        if base.shape[0] != base.shape[1]:
            raise ShapeClash(f"{words}: a matrix of shape {written(base.shape)} has no inverse")
        try:
            return np.linalg.inv(base)
        except np.linalg.LinAlgError:
            raise FormulaError(f"{words}: this matrix has no inverse; take other letters") from None

    def _square_root(self, base, words):
        """The one positive definite square root of a symmetric positive definite matrix."""
        roots, vectors = np.linalg.eigh(base)
        if not isinstance(base, Traced) and (
                not np.allclose(base, base.T, rtol=1e-9, atol=1e-12) or roots.min() <= 0):
            raise FormulaError(f"{words}: only a symmetric matrix with positive eigenvalues has one square root")
        return (vectors * np.sqrt(roots)) @ vectors.T

    def _to_the(self, base, exponent, node):
        """e to a column, entry by entry, and e to a square matrix, the matrix exponential."""
        if not scalar(base):
            raise FormulaError(f"{text(node)}: the power is {written(exponent.shape)}, where a number is needed")
        if exponent.shape[1] == 1:
            return np.reshape(base, ()) ** exponent
        if exponent.shape[0] != exponent.shape[1]:
            raise FormulaError(f"{text(node)}: the power is {written(exponent.shape)}, neither a number nor square")
        self.budget.spend(exponent.size)
        return values.matrix_exponential(exponent * np.log(np.reshape(base, ())))

    def on_transpose(self, node, env):
        value = self.array(node.parts[0], env)
        return value.transposed() if isinstance(value, Flexible) else np.transpose(value)

    def on_pseudo(self, node, env):
        return np.linalg.pinv(self.sized(node.parts[0], env))

    def sized(self, node, env):
        """The value as an array that has a shape."""
        value = self.array(node, env)
        if isinstance(value, Flexible):
            raise FormulaError(f"the size of {text(node)} cannot be told here")
        return value

    def on_large(self, node, env):
        body, index = node.parts[:2]
        natural = self.range_of(index.name, body, env)
        low = self.place(node.parts[2], env) if len(node.parts) > 2 else 1
        if len(node.parts) > 3:
            limit = node.parts[3]
            if natural is not None and limit.kind == "letter" and limit.name not in env and (
                    limit.name not in self.sizes and not self.letters.notes):
                self.sizes[limit.name] = natural                    # Σ_{i=1}^n x_i says what n is
            high = self.place(limit, env)
        elif natural is None:
            raise FormulaError(f"the sum over {index.name} has no limits, and nothing that it counts")
        else:
            high = natural
        if natural is not None and len(node.parts) > 3:
            self._limits(node, low, high, natural)
        return self._gathered(node, body, [env | {index.name: k} for k in self._counted_up(low, high)])

    def size_sums(self, node) -> None:
        """Take the sizes that the sums of a tree tell: Σ_{i=1}^n x_i says what n is, also in 1/n before it."""
        for part in walk(node):
            if part.kind == "large" and len(part.parts) > 3 and part.parts[3].kind == "letter" and (
                    part.parts[3].name not in self.sizes and part.parts[3].name not in self.letters):
                try:
                    natural = self.range_of(part.parts[1].name, part.parts[0], {})
                except (Failure, FormulaError):
                    continue
                if natural is not None:
                    self.sizes[part.parts[3].name] = natural

    def _counted_up(self, low, high):
        if high - low > self.budget.left:
            self.budget.spend(high - low)
        return range(low, high + 1)

    def _gathered(self, node, body, environments):
        total, words = None, text(node)
        for inner in environments:
            self.budget.spend(1)
            term = body
            while term.kind == "only" and self.holds(term.parts[1], inner):
                term = term.parts[0]
            if term.kind == "only":
                continue
            value = (self.sized if node.name in ("max", "min") else self.array)(term, inner)
            if total is None:
                total = value
            elif node.name in ("max", "min"):
                total = getattr(np, node.name + "imum")(total, value)
            else:
                total = (values.added if node.name == "sum" else values.multiplied)(total, value, words)
        if total is not None:
            return total
        if node.name in ("max", "min"):
            raise FormulaError(f"{words} is taken over nothing")
        return np.array([[0.0 if node.name == "sum" else 1.0]])

    def _limits(self, node, low, high, natural):
        """Note where a sum leaves something out, and refuse one that asks for what is not there."""
        body, index, _, limit = node.parts[:4]
        name = index.name
        entry = text(next(part for part in walk(body) if part.kind == "sub" and any(
            one.kind == "letter" and one.name == name for one in part.parts[1:])))
        value = text(limit) if limit.kind == "number" else f"{text(limit)} = {high}"
        if high > natural:
            raise Failure(f"the sum over {name} goes to {value}, and {entry} ends at {name} = {natural}")
        if self.record is not None and high < natural:
            self.record.notes.append(f"the sum over {name} ends at {value}, and {entry} goes on to {name} = {natural}")
        elif self.record is not None and low != 1:
            self.record.notes.append(f"the sum over {name} begins at {low}, and {entry} at 1")

    # matrices

    def on_grid(self, node, env):
        rows = [list(row.parts) for row in node.parts]
        words = text(node)

        def assembled(shape):
            claims = []
            cells = table(rows, lambda last: self._last(last, node, env), shape, claims)
            self.budget.spend(sum(map(len, cells)))
            for entry, needed in claims:
                self._stands(entry, needed, env)
            self.kept[id(node), shape, tuple(env.items())] = cells
            return values.joined([[self._cell(cell, env) for cell in row] for row in cells], words)

        try:
            return assembled(None)
        except Uncounted:
            cells = [self._cell(cell, env) for row in rows for cell in row if cell.kind not in ("dots", "empty")]
            block = next((cell for cell in cells if not isinstance(cell, Flexible)), np.zeros((1, 1)))
            height, width = block.shape

            def make(rows, columns):
                if rows % height or columns % width:
                    raise ShapeClash(
                        f"{words} cannot be {written((rows, columns))}: its blocks are {written(block.shape)}"
                    )
                return assembled((rows // height, columns // width))
            return Flexible(make, words)

    def _stands(self, entry, needed, env):
        """An entry that looks unlike the pattern of the dots has to be worth what the pattern gives."""
        pairs = [(entry, needed)]
        if entry.kind == "row":
            pairs = [(one, other) for one, other in zip(entry.parts, needed.parts, strict=False) if one.kind != "dots"]
        for one, other in pairs:
            a, b = self._cell(one, env), self._cell(other, env)
            if isinstance(a, Flexible) or isinstance(b, Flexible) or self.record is None:
                continue
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-9, atol=1e-12):
                raise Failure(f"{text(one)} is written where the dots need {text(other)}, and is not that")

    def _cell(self, cell, env):
        if cell.kind == "number" and float(cell.name) == 0:
            return ZERO
        if cell.kind == "empty":
            raise FormulaError("a cell of the matrix is empty")
        return self.array(cell, env)

    # functions

    def on_call(self, node, env):
        name = node.name
        if name in self.letters.functions:
            return as_matrix(called(text(node), self.letters.functions[name],
                                    [self.argument(part, env) for part in node.parts]))
        if name == "Axes":
            inside = bare(node.parts[0])
            lengths = derivatives.lengths(self, inside, env) if inside.kind == "derivative" else self.axes(inside, env)
            return np.array([[float(len(lengths))]])
        if name == "Size":
            return np.array([[float(np.prod(self.axes(node.parts[0], env)))]])
        if name in ("max", "min"):
            return self._extreme(node, env)
        if name in ("kron", "dot") and len(node.parts) == 2:
            left, right = (self.array(part, env) for part in node.parts)
            return (values.kronecker if name == "kron" else values.dotted)(left, right, text(node))
        if name not in FUNCTIONS.values():
            raise FormulaError(f"{name} is a function without a value: give {name}=…")
        if len(node.parts) != 1:
            raise FormulaError(f"{text(node)}: {name} has one argument")
        inside = bare(node.parts[0])
        return self._function(name, inside, node, env)

    def _function(self, name, inside, node, env):
        if name == "log" and (inside.kind == "absolute" or inside.kind == "call" and inside.name == "det"):
            value = self.sized(bare(inside.parts[0]) if inside.kind == "absolute" else inside.parts[0], env)
            if value.shape != (1, 1):                            # log|X| is the logarithm of the determinant's size
                return np.reshape(np.log(np.abs(self._determinant(value, text(inside)))), (1, 1))
        value = self.array(inside, env)
        if name == "diag" and isinstance(value, Flexible):
            return values.identity() if value.words == "𝟏" else self.sized(inside, env)
        value = self.sized(inside, env)
        if name in _ELEMENTWISE:
            if name in _AMBIGUOUS and value.shape[0] == value.shape[1] > 1:
                raise FormulaError(
                    f"{text(node)}: {name} of a square matrix may be meant entry by entry or as a function "
                    f"of the matrix{'; ' + _AMBIGUOUS[name] if _AMBIGUOUS[name] else ''}"
                )
            return self._real(name, _ELEMENTWISE[name](value), node)
        square = {"tr": np.trace, "det": np.linalg.det, "inv": None, "adj": None, "expm": values.matrix_exponential}
        if name in square and value.shape[0] != value.shape[1]:
            raise ShapeClash(f"{text(node)}: {text(inside)} is {written(value.shape)}, not square")
        if name == "inv":
            return self._inverse(value, text(node))
        if name == "adj":
            return np.linalg.det(value) * self._inverse(value, text(node))
        if name in ("tr", "det", "rank"):
            found = np.linalg.matrix_rank(value) if name == "rank" else square[name](value)
            return np.reshape(found, (1, 1))
        others = {"expm": values.matrix_exponential, "vec": lambda x: np.reshape(np.transpose(x), (-1, 1)),
                  "transpose": np.transpose, "norm": lambda x: np.reshape(np.sqrt(np.sum(x * x)), (1, 1)),
                  "diag": lambda x: np.eye(x.shape[0]) * x if x.shape[1] == 1 else np.reshape(np.diagonal(x), (-1, 1))}
        if name not in others:
            raise FormulaError(f"{text(node)}: {name} has no value here; give {name}=…")
        return others[name](value)

    @staticmethod
    def _real(name, value, node):
        if not isinstance(value, Traced) and not np.isfinite(value).all():
            raise FormulaError(f"{text(node)} is no finite number here; take other letters")
        return value

    @staticmethod
    def _determinant(value, words):
        if value.shape[0] != value.shape[1]:
            raise ShapeClash(f"{words}: {written(value.shape)} is not square, and has no determinant")
        return np.linalg.det(value)

    def _extreme(self, node, env):
        """The larger of several, entry by entry; of one array its largest entry."""
        sides = [self.array(part, env) for part in node.parts]
        if len(sides) == 1:
            return np.reshape(getattr(np, node.name)(self.sized(node.parts[0], env)), (1, 1))
        shapes = {value.shape for value in sides if not scalar(value) and not isinstance(value, Flexible)}
        if len(shapes) > 1:
            raise ShapeClash(f"{text(node)}: {' and '.join(map(written, shapes))} cannot be compared entry by entry")
        shape = next(iter(shapes), (1, 1))
        sides = [value.shaped(shape) if isinstance(value, Flexible) else value for value in sides]
        total = sides[0]
        for value in sides[1:]:
            total = getattr(np, node.name + "imum")(total, value)
        return total

    def on_log(self, node, env):
        base, inside = node.parts
        value = self.sized(bare(inside), env)
        return self._real("log", np.log(value) / np.log(self.number(base, env)), node)

    def on_absolute(self, node, env):
        value = self.sized(node.parts[0], env)
        if value.shape == (1, 1):
            return np.abs(value)
        if value.shape[1] == 1 and self.letters.notes:
            raise ShapeClash(f"{text(node)} is no single number, it is {written(value.shape)}")
        if value.shape[1] == 1 or value.shape[0] == 1:
            raise FormulaError(f"{text(node)}: write ‖x‖ for the length of a vector, or abs(x) for each entry")
        return np.reshape(self._determinant(value, text(node)), (1, 1))

    def on_norm(self, node, env):
        value, vector = self.sized(node.parts[0], env), None
        kind = node.parts[1] if len(node.parts) > 1 else None
        vector = value.shape[1] == 1 or value.shape[0] == 1
        name = "" if kind is None else kind.name
        if name in ("", "2") and vector or name == "F" or name == "" and self.letters.notes:
            found = np.sqrt(np.sum(value * value))
        elif name == "1" and vector:
            found = np.sum(np.abs(value))
        elif name == "∞" and vector:
            found = np.max(np.abs(value))
        elif name in ("2", "*"):
            found = np.linalg.norm(value, 2 if name == "2" else "nuc")
        elif vector and kind is not None and kind.kind in ("letter", "number") and self.number(kind, env) >= 1:
            power = self.number(kind, env)
            found = np.sum(np.abs(value) ** power) ** (1 / power)
        else:
            raise FormulaError(f"{text(node)}: which norm of a matrix is meant has to be said: \\|A\\|_F, or \\|A\\|_2")
        return np.reshape(found, (1, 1))

    # the reader's functions and their slopes

    def argument(self, node, env):
        """An argument in the shape that the reader's function was written for."""
        if node.kind == "paren" and len(node.parts) == 1:
            return self.argument(node.parts[0], env)
        if node.kind == "letter" and node.name in self.letters and node.name not in env and not (
                self.letters.is_pure(node.name)):
            return self.raw(node.name)
        value = self.sized(node, env)
        if value.shape == (1, 1):
            return np.reshape(value, ())
        inside = [name for name in letters(node) if name in self.letters.values]
        shapes = {np.shape(self.letters.values[one]) for one in inside}
        flat = value.shape[1] == 1 and ((value.shape[0],) in shapes or value.shape not in shapes)
        return np.reshape(value, (-1,)) if flat else value

    def on_apply(self, node, env):
        head, *arguments = node.parts
        if head.kind == "prime":
            return self._slope(node, env)
        if head.kind != "letter" or head.name not in self.letters.functions:
            raise FormulaError(f"{text(node)}: {text(head)} is no function here")
        given = [self.argument(part, env) for part in arguments]
        self.budget.spend(10)
        return as_matrix(called(f"{text(node)}: {head.name}", self.letters.functions[head.name], given))

    def _slope(self, node, env):
        head, *arguments = node.parts
        order, name = int(head.name), head.parts[0].name
        function = self.letters.functions.get(name) or _ELEMENTWISE.get(name)
        if function is None:
            raise FormulaError(f"{name} is no function here: give {name}=…, such as {name}=np.tanh")
        if len(arguments) != 1:
            raise FormulaError(f"{text(node)}: a prime needs a function of one argument")
        if order > 4:
            raise BudgetError(f"too much to run: {text(node)} is a derivative of order {order}, and four are taken")
        value = self.sized(arguments[0], env)
        self.budget.spend(value.size * 10.0**order if order > 1 else value.size)
        return derivatives.slope(function, order, value, text(node))

    def on_prime(self, node, env):
        name = node.parts[0].name
        if name not in self.letters.parameters or len(self.letters.parameters[name]) != 1:
            if name in self.letters or name in _ELEMENTWISE:
                raise FormulaError(f"{text(node)} needs an argument: {text(node)}(x)")
            self.letters.missing(name)
        return self._slope(Node("apply", (node, Node("letter", name=self.letters.parameters[name][0]))), env)

    # changes, derivatives, limits

    def on_delta(self, node, env):
        inner, changes = node.parts[0], self.letters.changes
        if inner.kind == "letter" and inner.name in changes:
            if inner.name not in self.letters:
                return self.step * as_matrix(changes[inner.name])
            return as_matrix(self.change(inner.name))
        names = letters(inner)
        if not any(name in self.letters and self.letters.depends(name, set(changes)) for name in names) and not (
                names & set(changes)):
            self._no_change(inner, names)
        return values.added(self.moved().array(inner, env), self.array(inner, env), text(node), -1)

    def _no_change(self, inner, names):
        for name in names:
            if name not in self.letters and name not in self.sizes:
                self.letters.missing(name)
        bases = [one for name in names for one in self.letters.bases(name)] or sorted(names) or ["x"]
        raise FormulaError(f"Δ{text(inner)} has no value: give Δ{bases[0]}=…, how far {bases[0]} moves")

    def on_from(self, node, env):
        base, mover = node.parts
        if base.kind != "delta":
            raise FormulaError(f"{text(node)}: only a change, Δ{text(base)}, comes from something")
        name, places = self.entry(mover, env)
        only = {other: [] for other in self.letters.changes if other != name}
        if places:
            only[name] = [tuple(places)]
        inner = base.parts[0]
        return values.added(self.moved(only).array(inner, env), self.array(inner, env), text(node), -1)

    def on_differential(self, node, env):
        return derivatives.differential(self, node, env)

    def entry(self, node, env):
        """Name of the letter and places of its entry that a derivative is taken by, or of."""
        node = bare(node)
        if node.kind == "letter":
            return node.name, []
        if node.kind == "sub" and node.parts[0].kind == "letter" and not any(
                index.kind == "slice" for index in node.parts[1:]):
            return node.parts[0].name, [self.place(index, env) for index in node.parts[1:]]
        return None, []

    def on_derivative(self, node, env):
        return derivatives.derivative_of(self, node, env)

    def on_at(self, node, env):
        """A derivative with a bracket behind it: taken at that place, where the bracket has the letter's shape."""
        found, place = node.parts
        by = found.parts[1].parts[0] if found.parts[1].kind == "sub" else found.parts[1]
        value = self.sized(place, env)
        if value.shape != np.shape(as_matrix(self.raw(by.name))):
            return self.value(product([found, Node("paren", (place,), at=place.at)], node.at), env)
        return self.beside(changed={by.name: np.reshape(value, np.shape(self.raw(by.name)))}).value(found, env)

    def on_limit(self, node, env):
        """A limit, extrapolated from ever smaller distances on both sides."""
        body, letter, target = node.parts
        end = float(self.number(target, env))
        if self.record is not None:
            self.record.tolerance = 1e-7

        def near(h):
            return self.sized(body, env | {letter.name: end + h})

        ends = [self._approached(near, side) for side in (0.1, -0.1)]
        if not np.allclose(*ends, rtol=1e-6, atol=1e-8):
            right, left = (f"{float(np.ravel(one)[0]):.4g}" for one in ends)
            raise FormulaError(f"{text(node)} has no limit: from one side it is {left}, from the other {right}")
        return ends[0]

    def _approached(self, value, distance):
        self.budget.spend(_LEVELS)
        found = [np.asarray(value(distance / 2**k), dtype=float) for k in range(_LEVELS)]
        if not all(np.isfinite(one).all() for one in found):
            raise FormulaError("the limit comes past a value that is not a finite number")
        for order in range(1, _LEVELS):
            found = [(2**order * fine - coarse) / (2**order - 1)
                     for coarse, fine in zip(found, found[1:], strict=False)]
        return found[0]

    def on_where(self, node, env):
        content, letter, value = node.parts
        name, places = self.entry(letter, env)
        if name not in self.letters or places:
            raise FormulaError(f"{text(node)}: the bar needs a letter that has a value")
        value = self.sized(value, env)
        if value.size != np.size(self.raw(name)):
            raise FormulaError(f"{text(node)}: {name} has {np.size(self.raw(name))} entries, not {value.size}: "
                               "give as many in its place")
        return self.beside(changed={name: np.reshape(value, np.shape(self.raw(name)))}, record=True).value(content, env)


def _number(node) -> bool:
    """Whether a term is a number that is written out."""
    if node.kind in ("negative", "frac", "paren", "product"):
        return all(map(_number, node.parts))
    return node.kind == "number"


def ordered(a, sign: str, b) -> bool:
    """A relation between two numbers."""
    if sign not in tuple("=≠<>≤≥"):
        raise FormulaError(f"{sign} stands in a condition, where =, ≠, <, >, ≤ or ≥ is needed")
    return bool({"=": a == b, "≠": a != b, "<": a < b, ">": a > b, "≤": a <= b, "≥": a >= b}[sign])


def sliced(value, places, node):
    """A row or a column of a matrix: A_{i,:} and A_{:,j}."""
    if isinstance(value, Tensor | Flexible) or len(places) != 2 or places.count(None) != 1:
        raise FormulaError(f"{text(node)}: a row is A_{{i,:}}, a column A_{{:,j}}")
    axis = 0 if places[1] is None else 1
    place = places[axis]
    if not 1 <= place <= value.shape[axis]:
        raise Failure(f"there is no {text(node)}: {text(node.parts[0])} is {written(value.shape)}")
    return value[place - 1:place] if axis == 0 else value[:, place - 1:place]


def picked(value, lengths, places, node):
    """An entry of a value with any number of axes, a column of a matrix, or a row of M."""
    base, words = node.parts[0], text(node)
    if isinstance(value, Tensor) and len(places) == len(lengths) == value.array.ndim:
        value = value.array
    if isinstance(value, Tensor | Flexible) or len(places) > max(len(lengths), 1):
        raise ShapeClash(f"{words} has {len(places)} indices, and {text(base)} has {len(lengths)} axes")
    if len(lengths) == 0:
        raise ShapeClash(f"{words}: {text(base)} is a number here, it has no entries")
    rows = len(places) == 1 and len(lengths) == 2 and derivatives.by_rows(base)
    limits = lengths if len(places) == len(lengths) else lengths[:1] if rows else lengths[1:]
    for place, limit in zip(places, limits, strict=True):
        if place < 1:
            raise FormulaError(f"{words}: entries are counted from 1, and {place} is asked for")
        if place > limit:
            raise Failure(f"there is no {text(base)}_{''.join(map(str, places))}: {text(base)} is "
                          f"{written(np.shape(value))}")
    if len(lengths) == 1:
        return value[places[0] - 1:places[0]]
    if len(places) > 2:
        return np.reshape(value[tuple(place - 1 for place in places)], (1, 1))
    if len(places) == 2:
        return value[places[0] - 1:places[0], places[1] - 1:places[1]]
    return value[places[0] - 1:places[0]] if rows else value[:, places[0] - 1:places[0]]
