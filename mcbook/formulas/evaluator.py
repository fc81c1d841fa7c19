"""What a formula is worth for the letters it is given; everything is an array with two axes (:mod:`.values`)."""

import contextlib
import functools
import math
import operator
from collections.abc import Callable

import numpy as np

from mcnotes import network
from mcnotes.engine import Traced
from mcnotes.shapes import counted

from . import derivatives, values
from .dots import Uncounted, expanded, table
from .letters import Letters, called
from .tree import Node, bare, letters, number, product, text, walk
from .values import ZERO, Budget, Flexible, Tensor, agree, alike, as_matrix, fitted, scalar, shapeless, written
from .verdict import BudgetError, ClaimError, Failure, FormulaError, ShapeClash

_CONSTANTS = {"π": math.pi, "e": math.e}
_ELEMENTWISE: dict[str, Callable] = {name: getattr(np, name) for name in (
    "sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh exp log sqrt sign abs").split()} | {
        "relu": network.relu, "sigmoid": network.sigmoid}
#: Functions that act on each entry, and that of a square matrix may mean something else.
_AMBIGUOUS = {"exp": "; write e^A for the matrix exponential", "log": "", "sin": "", "cos": "",
              "sqrt": "; write A^{1/2}"}
#: Functions of a square matrix, and of any array.
_SQUARE: dict[str, Callable] = {
    "tr": lambda x, words: np.trace(x), "det": lambda x, words: np.linalg.det(x), "inv": values.inverse,
    "adj": lambda x, words: np.linalg.det(x) * values.inverse(x, words), "expm": lambda x, words: values.exponential(x)}
_WHOLE: dict[str, Callable] = {
    "rank": np.linalg.matrix_rank, "vec": lambda x: np.reshape(np.transpose(x), (-1, 1)), "transpose": np.transpose,
    "norm": lambda x: np.sqrt(np.sum(x * x)), "softmax": network.softmax,
    "diag": lambda x: np.eye(x.shape[0]) * x if x.shape[1] == 1 else np.diagonal(x)}
#: What a large sign makes of two terms, and of none.
_GATHERED: dict[str, Callable] = {"sum": values.added, "prod": values.multiplied,
                                  "max": lambda a, b, words: np.maximum(a, b),
                                  "min": lambda a, b, words: np.minimum(a, b)}
_NOTHING = {"sum": 0.0, "prod": 1.0}
_RELATIONS: dict[str, Callable] = {"=": operator.eq, "≠": operator.ne, "<": operator.lt, ">": operator.gt,
                                   "≤": operator.le, "≥": operator.ge}
#: What has no value, and what is said of it.
_VALUELESS = {
    "asked": "{0} asks a question, and says nothing that could be compared",
    "infinity": "∞ is no number that could be compared",
    "words": "the words “{1}” have no value", "named": "{1} has no value: give {1}=…"}
#: How often the distance to a limit is halved.
_LEVELS = 7
#: The largest power of a matrix.
_LARGEST = 64

_names = functools.lru_cache(4096)(letters)


class Scope:
    """Evaluates trees for letters and sizes, some of them `changed`; what is met on the way is told to the `judge`.

    The given Δ are multiplied by `step`, and that of a letter in `only` by what stands there, entry by entry.
    """

    def __init__(self, given: Letters, sizes: dict, *, changed=None, step=1.0, only=None, judge=None,
                 budget=None):
        self.letters, self.sizes, self.changed = given, sizes, changed or {}
        self.step, self.only, self.judge = step, only or {}, judge
        self.budget = budget or Budget()
        self.seen: dict = {}

    def beside(self, *, changed=None, only=None, judged=False):
        """The same scope with other values for some letters, which what depends on them follows."""
        return Scope(self.letters, self.sizes, changed={**self.changed, **(changed or {})}, step=self.step,
                     only=self.only if only is None else only, judge=self.judge if judged else None,
                     budget=self.budget)

    def once(self, key: tuple, make: Callable):
        """What `make` makes, at the first time."""
        if key not in self.seen:
            self.seen[key] = make()
        return self.seen[key]

    def value(self, node: Node, env=None):
        """The value of a tree for some values of the indices: an array with two axes, a Tensor or a Flexible."""
        env = env or {}
        names = _names(node)
        key = node, tuple((name, env[name]) for name in env if name in names)
        if key not in self.seen:
            method = getattr(self, "on_" + node.kind, None)
            if method is None:
                said = _VALUELESS.get(node.kind, "{0} has no value that could be compared")
                raise FormulaError(said.format(text(node), node.name))
            self.budget.spend(1)
            value = method(node, env)
            self.budget.spend(getattr(value, "size", 0) / 500)
            self.seen[key] = value
        return self.seen[key]

    def array(self, node, env):
        """The value as an array; a tensor as its compressed form."""
        value = self.value(node, env)
        return value.factor(text(node)) if isinstance(value, Tensor) else value

    def sized(self, node, env):
        """The value as an array that has a shape."""
        value = self.array(node, env)
        if shapeless(value):
            raise FormulaError(f"the size of {text(node)} cannot be told here")
        return value

    def number(self, node, env):
        """The value as a single number."""
        value = self.array(node, env)
        if value is ZERO:
            return 0.0
        if not scalar(value):
            raise ShapeClash(f"{text(node)} is no single number" + _shape_of(value))
        return np.reshape(value, ())

    def _square(self, node, env, whole):
        """The value as a square matrix, which `whole` needs."""
        value = self.sized(node, env)
        if value.shape[0] != value.shape[1]:
            raise ShapeClash(f"{text(whole)}: {text(node)} is {written(value.shape)}, not square")
        return value

    # leaves

    def on_number(self, node, env):
        return as_matrix(float(node.name))

    def on_zero(self, node, env):
        return values.column_of(0)

    def on_ones(self, node, env):
        return values.column_of(1)

    def on_letter(self, node, env):
        name = node.name
        if name in self.letters and name not in env:
            array = as_matrix(self.raw(name))
            return Tensor(array, np.ndim(array), 0) if np.ndim(array) > 2 else array
        for known in (env, self.sizes, _CONSTANTS):
            if name in known:
                return as_matrix(float(known[name]))
        return values.identity() if name == "I" else self.letters.missing(name)

    def on_paren(self, node, env):
        if len(node.parts) != 1:
            raise FormulaError(f"{text(node)} is a list, which has no value")
        return self.value(node.parts[0], env)

    on_boxed = on_paren

    def on_brace(self, node, env):
        value = self.value(node.parts[0], env)
        if len(node.parts) > 1 and self.judge is not None:
            self.judge.braced(node, value, self, env)
        return value

    def on_chain(self, node, env):
        """Where Z > 0 stands for a value, it is 1 in each place where it is true, and 0 in the others."""
        relation = node.parts[-1].name
        if len(node.parts) != 2 or relation not in "<>≤≥":
            raise FormulaError(f"{text(node)} is a statement, where a value is needed")
        return as_matrix(_RELATIONS[relation](*alike(*(self.array(side.parts[0], env) for side in node.parts))) * 1.0)

    def on_iverson(self, node, env):
        return as_matrix(float(self.holds(node.parts[0], env)))

    def on_cases(self, node, env):
        for branch in node.parts:
            if self.holds(branch.parts[1], env):
                if self.judge is not None:
                    self.judge.taken.add(branch)
                return self.value(branch.parts[0], env)
        raise Failure(f"no case of {text(node)} applies for " + ", ".join(f"{k} = {v}" for k, v in env.items()))

    def holds(self, node, env) -> bool:
        """Whether a condition on indices and numbers holds."""
        if node.kind == "condition":
            return all(self.holds(part, env) for part in node.parts if node.name in ("if", "all"))
        if node.kind != "chain":
            return True
        sides, signs = [side.parts[0] for side in node.parts], [side.name for side in node.parts[1:]]
        if signs == ["∈"]:
            if sides[1].kind != "paren":
                raise FormulaError(f"{text(node)}: write the set with its members, \\{{1, 3\\}}")
            return any(self.number(sides[0], env) == self.number(one, env) for one in sides[1].parts)
        if signs in (["="], ["≠"]):
            both = [self.value(side, env) for side in sides]
            if not all(map(scalar, both)):
                return agree(*both, *sides) == (signs == ["="])
        numbers = [self.number(side, env) for side in sides]
        return all(ordered(a, sign, b) for a, sign, b in zip(numbers, signs, numbers[1:], strict=False))

    # indices

    def place(self, node, env) -> int:
        """The number of an index."""
        if node.kind == "number" and node.name.isdigit():
            return int(node.name)
        if node.kind == "letter":
            for known in (env, self.sizes):
                if node.name in known:
                    return int(known[node.name])
            raise FormulaError(f"the index {node.name} has no value: give {node.name}=…, or the letters that it counts")
        if node.kind in ("sum", "negative", "product", "binary", "paren", "power"):
            found = float(self.number(node, env))
            if found == int(found):
                return int(found)
        raise FormulaError(f"{text(node)} is no index")

    def axes(self, node, env, indices: int = 0) -> tuple[int, ...]:
        """Lengths of the axes of a tree's value, counted as in Definition 19; as many as so many indices count."""
        node = node.parts[0] if node.kind == "delta" else node
        if node.kind == "letter" and node.name in self.letters and node.name not in env:
            return self.lengths(np.shape(self.raw(node.name)), indices)
        value = self.value(node, env)
        if shapeless(value):
            raise FormulaError(f"the size of {text(node)} cannot be told here")
        return self.lengths(np.shape(getattr(value, "array", value)), indices)

    def lengths(self, shape, indices: int) -> tuple[int, ...]:
        """The axes of a shape; outside of the notes, A_ij may be an entry of a matrix with one column."""
        axes = counted(shape)
        return axes if self.letters.notes or len(axes) >= indices else tuple(shape)

    def on_sub(self, node, env):
        base, *indices = node.parts
        if self._is_built_in(base):
            return self._built_in(node, base, indices, env)
        value, lengths = self.value(base, env), self.axes(base, env, len(indices))
        places = [None if index.kind == "slice" else self.place(index, env) for index in indices]
        if None in places and (len(places) != 2 or places == [None, None] or isinstance(value, Tensor)):
            raise FormulaError(f"{text(node)}: a row is A_{{i,:}}, a column A_{{:,j}}")
        index = derivatives.entry(node, places, lengths)
        array = value.array if isinstance(value, Tensor) else value
        array = array[tuple(slice(k, k + 1) if isinstance(k, int) else k for k in index)]
        return array if np.ndim(array) == 2 else np.reshape(array, (1, 1))

    def _is_built_in(self, base):
        return base.kind in ("ones", "zero") or base.kind == "letter" and base.name not in self.letters

    def _built_in(self, node, base, indices, env):
        """δ_ij, I_n, 𝟏_n, the unit vector e_i, the matrix E_ij with a single 1."""
        name, count = base.name, len(indices)
        if name in ("δ", "I") and count == 2:
            return as_matrix(float(self.place(indices[0], env) == self.place(indices[1], env)))
        if (name, count) in (("e", 1), ("E", 2), ("J", 2)):
            row, column = (*(self.place(index, env) for index in indices), None)[:2]
            return values.single(row, column, text(node))
        if count != 1 or name != "I" and base.kind == "letter":
            return self.letters.missing(name)
        flexible, size = self.value(base, env), indices[0]
        if not self._is_unknown(size, env, notes=True):
            return flexible.fit(rows=self.place(size, env))

        def make(rows, columns):                    # I_n where nothing says what n is: what is needed, once for all
            if self.sizes.setdefault(size.name, rows) != rows:
                raise ShapeClash(f"{text(node)} is ({self.sizes[size.name]} × …), and {written((rows, columns))} "
                                 "is needed")
            return flexible.fit(rows, columns)
        return Flexible(make, flexible.words, flexible.shape, flexible.link)

    def range_of(self, name, node, env):
        """How far an index goes by what it counts in a tree, or None where it counts nothing."""
        lengths = {}
        for part in walk(node):
            for k, index in enumerate(part.parts[1:] if part.kind == "sub" else ()):
                if index.kind == "letter" and index.name == name and (found := self._length(part, k, env)) is not None:
                    lengths.setdefault(found, part)
        if len(lengths) > 1:
            (one, first), (other, second) = list(lengths.items())[:2]
            raise ShapeClash(f"{name} goes to {one} in {text(first)}, and to {other} in {text(second)}")
        return next(iter(lengths), None)

    def _length(self, node, k, env):
        """Length of the axis that the k-th index of an entry counts."""
        if self._is_built_in(node.parts[0]):
            return None
        try:
            lengths = self.axes(node.parts[0], env, len(node.parts) - 1)
        except BudgetError:
            raise
        except (FormulaError, KeyError):
            return None
        axes = derivatives.counted_axes(node.parts[0], len(node.parts) - 1, len(lengths))
        return lengths[axes[k]] if axes else None

    # sums and products

    def on_sum(self, node, env):
        terms, words = self._written_out(node, env), text(node)
        found = [self.array(term, env) for term in terms]
        shape = next((one.shape for term, one in zip(terms, found, strict=True)
                      if not _is_number(term) and not shapeless(one)), (1, 1))
        found = [one + np.zeros(shape) if _is_number(term) else one       # 1 − σ(z) counts for each entry
                 for term, one in zip(terms, found, strict=True)]
        return functools.reduce(lambda a, b: values.added(a, b, words), found)

    def _written_out(self, node, env):
        """Terms or factors with their dots written out, once."""
        if not any(part.kind == "dots" for part in node.parts):
            return node.parts
        try:
            return self.once(("dots", node, *env.items()),
                             lambda: expanded(node.parts, lambda last: self._last(last, node, env)))
        except Uncounted as error:
            raise FormulaError(f"{text(node)}: {error} cannot be told") from None

    def _last(self, last, node, env):
        """The number of the last entry after dots."""
        self._settle(last, env, lambda: self.range_of(last.name, node, env))
        count = self.place(last, env)
        self.budget.spend(count)
        return count

    def _is_unknown(self, size, env, notes=False):
        """Whether a size has no value yet, so that it is as large as what it counts."""
        return size.kind == "letter" and size.name not in env and size.name not in self.sizes and (
            notes or not self.letters.notes)

    def _settle(self, size, env, natural: Callable):
        """A size that nothing says is how far its index goes: Σ_{i=1}^n x_i says what n is."""
        if self._is_unknown(size, env) and (found := natural()) is not None:
            self.sizes[size.name] = found

    def size_sums(self, node) -> None:
        """Take the sizes that the sums of a tree tell, also for 1/n before a sum."""
        for part in walk(node):
            if part.kind == "large" and len(part.parts) > 3:
                body, index, _, last = part.parts
                with contextlib.suppress(ClaimError):
                    self._settle(last, self.letters, lambda body=body, index=index: self.range_of(index.name, body, {}))

    def on_negative(self, node, env):
        value = self.array(node.parts[0], env)
        return value if value is ZERO else values.mapped(operator.neg, value, text(node))

    def on_product(self, node, env):
        factors = self._written_out(node, env)
        total = self.array(factors[0], env)
        for k, factor in enumerate(factors[1:], 1):
            other = self.array(factor, env)
            words = text(Node("product", tuple(factors[:k + 1]))) if len(factors) < 8 else text(node)
            if not shapeless(total, other):
                self.budget.spend(math.prod(total.shape) * other.shape[-1] / 20_000)
            total = values.multiplied(total, other, words)
        return total

    def on_binary(self, node, env):
        left, right = (self.array(part, env) for part in node.parts)
        if node.name != "⋆":
            return values.PRODUCTS.get(node.name, values.multiplied)(left, right, text(node))
        if "star" not in self.letters.signs:
            raise FormulaError("⋆ stands for a product that is still to be found: say which one, "
                               "star=lambda derivative, change: …")
        try:
            return as_matrix(self.letters.signs["star"](left, right))
        except ValueError:
            raise ShapeClash(f"{text(node)}: the product that is given as star does not take "
                             f"{written(left.shape)} and {written(right.shape)}") from None

    def on_inner(self, node, env):
        return values.inner(*(self.array(part, env) for part in node.parts), text(node))

    def on_frac(self, node, env):
        top, bottom = (self.array(part, env) for part in node.parts)
        words, below = text(node), text(node.parts[1])
        if not scalar(bottom):
            raise FormulaError(f"{words}: {below} is no number that could be divided by{_shape_of(bottom)}; "
                               "multiply by an inverse, or divide entry by entry with ⊘")
        over = np.reshape(bottom, ())
        if not isinstance(over, Traced) and over == 0:
            raise FormulaError(f"{words}: {below} is 0 here; take other letters")
        return values.mapped(lambda x: x / over, top, words)

    def on_power(self, node, env):
        base, exponent = (self.array(part, env) for part in node.parts)
        words, below = text(node), text(node.parts[0])
        if shapeless(exponent):
            raise FormulaError(f"{words}: {text(node.parts[1])} is no power")
        if not scalar(exponent):
            return self._to_the(base, exponent, words)
        power = np.reshape(exponent, ())
        plain = math.nan if isinstance(power, Traced) else float(power)
        if shapeless(base):
            if base.words == "I" and plain == plain:
                return base
            raise FormulaError(f"{words}: the size of {below} cannot be told here")
        if scalar(base):
            if plain < 0 and not isinstance(base, Traced) and not base.any():
                raise FormulaError(f"{words}: {below} is 0 here; take other letters")
            return base ** (int(plain) if plain.is_integer() and abs(plain) < 1e6 else power)
        if base.shape[1] == 1:
            raise FormulaError(f"{words}: {below} is a column, and only numbers and square matrices have "
                               f"powers; write {below} ∘ {below} for the square entry by entry, and ‖{below}‖² for the "
                               "squared length")
        self._square(node.parts[0], env, node)
        if not (2 * plain).is_integer():
            raise FormulaError(f"{words}: powers of a matrix are whole numbers, or 1/2 for its square root")
        if abs(plain) > _LARGEST:
            raise BudgetError(f"too much to run: {words} is a power above {_LARGEST}")
        self.budget.spend(abs(plain) * base.shape[0]**3 / 20_000)
        return values.power(base, plain, words)

    def _to_the(self, base, exponent, words):
        """e to a column, entry by entry, and e to a square matrix, the matrix exponential."""
        if not scalar(base):
            raise FormulaError(f"{words}: the power is {written(exponent.shape)}, where a number is needed")
        if exponent.shape[1] == 1:
            return np.reshape(base, ()) ** exponent
        if exponent.shape[0] != exponent.shape[1]:
            raise FormulaError(f"{words}: the power is {written(exponent.shape)}, neither a number nor square")
        self.budget.spend(exponent.shape[0]**2)
        return values.exponential(exponent * np.log(np.reshape(base, ())))

    def on_transpose(self, node, env):
        value = self.array(node.parts[0], env)
        return value.transposed() if shapeless(value) else np.transpose(value)

    def on_pseudo(self, node, env):
        return np.linalg.pinv(self.sized(node.parts[0], env))

    def on_large(self, node, env):
        body, index, *limits = node.parts
        natural = self.range_of(index.name, body, env)
        low = self.place(limits[0], env) if limits else 1
        if len(limits) > 1:
            self._settle(limits[1], env, lambda: natural)
            high = self.place(limits[1], env)
            if natural is not None:
                self._limits(node, low, high, natural)
        elif natural is None:
            raise FormulaError(f"the sum over {index.name} has no limits, and nothing that it counts")
        else:
            high = natural
        self.budget.spend(max(high - low + 1, 0))
        extreme, found = node.name in ("max", "min"), []
        for k in range(low, high + 1):
            term, inner = body, env | {index.name: k}
            while term.kind == "only" and self.holds(term.parts[1], inner):
                term = term.parts[0]
            if term.kind != "only":
                found.append((self.sized if extreme else self.array)(term, inner))
        if not found and extreme:
            raise FormulaError(f"{text(node)} is taken over nothing")
        words = text(node)
        return functools.reduce(lambda a, b: _GATHERED[node.name](a, b, words), found) if found else as_matrix(
            _NOTHING[node.name])

    def _limits(self, node, low, high, natural):
        """Note where a sum leaves something out, and refuse one that asks for what is not there."""
        body, index, _, limit = node.parts
        name = index.name
        entry = text(next(part for part in walk(body) if part.kind == "sub" and any(
            one.kind == "letter" and one.name == name for one in part.parts[1:])))
        value = text(limit) if limit.kind == "number" else f"{text(limit)} = {high}"
        if high > natural:
            raise Failure(f"the sum over {name} goes to {value}, and {entry} ends at {name} = {natural}")
        if self.judge is not None and high < natural:
            self.judge.notes.append(f"the sum over {name} ends at {value}, and {entry} goes on to {name} = {natural}")
        elif self.judge is not None and low != 1:
            self.judge.notes.append(f"the sum over {name} begins at {low}, and {entry} at 1")

    # matrices

    def on_grid(self, node, env):
        rows, words = [list(row.parts) for row in node.parts], text(node)

        def assembled(shape):
            claims: list[tuple] = []
            cells = table(rows, lambda last: self._last(last, node, env), shape, claims)
            self.budget.spend(sum(map(len, cells)))
            for entry, needed in claims:
                self._stands(entry, needed, env)
            return values.joined([[self._cell(cell, env) for cell in row] for row in cells], words)

        try:
            return assembled((None, None))
        except Uncounted:
            cells = [self._cell(cell, env) for row in rows for cell in row if cell.kind not in ("dots", "empty")]
            block = next((cell.shape for cell in cells if not shapeless(cell)), (1, 1))

            def make(*shape):
                if any(length % part for length, part in zip(shape, block, strict=True)):
                    raise ShapeClash(f"{words} cannot be {written(shape)}: its blocks are {written(block)}")
                return assembled((shape[0] // block[0], shape[1] // block[1]))
            return Flexible(make, words)

    def _stands(self, entry, needed, env):
        """An entry that looks unlike the pattern of the dots has to be worth what the pattern gives."""
        pairs = zip(entry.parts, needed.parts, strict=False) if entry.kind == "row" else [(entry, needed)]
        for one, other in pairs:
            if one.kind == "dots" or self.judge is None:
                continue
            a, b = self._cell(one, env), self._cell(other, env)
            if not shapeless(a, b) and not agree(a, b, one, other):
                raise Failure(f"{text(one)} is written where the dots need {text(other)}, and is not that")

    def _cell(self, cell, env):
        if cell.kind == "empty":
            raise FormulaError("a cell of the matrix is empty")
        return ZERO if cell.kind == "number" and float(cell.name) == 0 else self.array(cell, env)

    # functions

    def on_call(self, node, env):
        name, count = node.name, len(node.parts)
        if name in self.letters.functions:
            return self._called(text(node), self.letters.functions[name], node.parts, env)
        if name in ("max", "min") and count:
            return self._extreme(node, env)
        if name in values.PRODUCTS and count == 2:
            return values.PRODUCTS[name](*(self.array(part, env) for part in node.parts), text(node))
        if not any(name in known for known in (_ELEMENTWISE, _SQUARE, _WHOLE, ("Axes", "Size", "max", "min"))):
            raise FormulaError(f"{name} is a function without a value: give {name}=…")
        if count != 1:
            raise FormulaError(f"{text(node)}: {name} has one argument")
        inside = bare(node.parts[0])
        if name in ("Axes", "Size"):
            lengths = self.axes(inside, env) if inside.kind != "derivative" or name == "Size" else sum(
                derivatives.unlaid(self, inside, env)[1:3], ())
            return as_matrix(float((len if name == "Axes" else math.prod)(lengths)))
        if name in _SQUARE:
            return as_matrix(_SQUARE[name](self._square(inside, env, node), text(node)))
        if name == "diag" and shapeless(value := self.array(inside, env)) and value.words == "𝟏":
            return values.identity()
        if name in _WHOLE:
            return as_matrix(_WHOLE[name](self.sized(inside, env)))
        if name == "log" and (inside.kind == "absolute" or inside.kind == "call" and inside.name == "det"):
            matrix = bare(inside.parts[0])
            if not scalar(self.sized(matrix, env)):      # log |X| is the logarithm of the determinant's size
                return as_matrix(np.log(np.abs(np.linalg.det(self._square(matrix, env, inside)))))
        value = self.sized(inside, env)
        if name in _AMBIGUOUS and value.shape[0] == value.shape[1] > 1:
            raise FormulaError(f"{text(node)}: {name} of a square matrix may be meant entry by entry or as a "
                               f"function of the matrix{_AMBIGUOUS[name]}")
        return _finite(_ELEMENTWISE[name](value), node)

    def _extreme(self, node, env):
        """The larger of several, entry by entry; of one array its largest entry."""
        if len(node.parts) == 1:
            return as_matrix(getattr(np, node.name)(self.sized(node.parts[0], env)))
        sides = [self.array(part, env) for part in node.parts]
        shapes = {value.shape for value in sides if not scalar(value) and not shapeless(value)}
        if len(shapes) > 1:
            raise ShapeClash(f"{text(node)}: {' and '.join(map(written, shapes))} cannot be compared entry by entry")
        shape = next(iter(shapes), (1, 1))
        return functools.reduce(getattr(np, node.name + "imum"), [fitted(value, *shape) for value in sides])

    def on_log(self, node, env):
        base, inside = node.parts
        return _finite(np.log(self.sized(bare(inside), env)) / np.log(self.number(base, env)), node)

    def on_absolute(self, node, env):
        value = self.sized(node.parts[0], env)
        if scalar(value):
            return np.abs(value)
        if value.shape[1] == 1 and self.letters.notes:
            raise ShapeClash(f"{text(node)} is no single number" + _shape_of(value))
        if 1 in value.shape:
            raise FormulaError(f"{text(node)}: write ‖x‖ for the length of a vector, or abs(x) for each entry")
        return as_matrix(np.linalg.det(self._square(node.parts[0], env, node)))

    def on_norm(self, node, env):
        value, kind = self.sized(node.parts[0], env), next(iter(node.parts[1:]), None)
        vector, name = 1 in value.shape, kind.name if kind else ""
        if name == "F" or name in ("", "2") and vector or name == "" and self.letters.notes:
            found = np.sqrt(np.sum(value * value))
        elif name == "∞" and vector:
            found = np.max(np.abs(value))
        elif name in ("2", "*"):
            found = np.linalg.norm(value, 2 if name == "2" else "nuc")
        elif vector and kind.kind in ("letter", "number") and (power := self.number(kind, env)) >= 1:
            found = np.sum(np.abs(value) ** power) ** (1 / power)
        else:
            raise FormulaError(f"{text(node)}: which norm of a matrix is meant has to be said: \\|A\\|_F, or \\|A\\|_2")
        return as_matrix(found)

    # the reader's functions and their slopes

    def _called(self, words, function, arguments, env):
        self.budget.spend(10)
        return as_matrix(called(words, function, [self.argument(part, env) for part in arguments]))

    def argument(self, node, env):
        """An argument in the shape that the reader's function was written for."""
        if bare(node) is not node:
            return self.argument(bare(node), env)
        if node.kind == "letter" and node.name in self.letters and node.name not in env:
            return self.raw(node.name)
        value = self.sized(node, env)
        if scalar(value):
            return np.reshape(value, ())
        shapes = {np.shape(self.letters.values[one]) for one in letters(node) & self.letters.values.keys()}
        flat = value.shape[1] == 1 and (value.shape[:1] in shapes or value.shape not in shapes)
        return np.reshape(value, (-1,)) if flat else value

    def on_apply(self, node, env):
        head, *arguments = node.parts
        if head.kind == "prime":
            return self._slope(node, env)
        if head.kind != "letter" or head.name not in self.letters.functions:
            raise FormulaError(f"{text(node)}: {text(head)} is no function here")
        return self._called(f"{text(node)}: {head.name}", self.letters.functions[head.name], arguments, env)

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
        self.budget.spend(math.prod(value.shape) * (10.0**order if order > 1 else 1))
        return derivatives.slope(function, order, value, text(node))

    def on_prime(self, node, env):
        name = node.parts[0].name
        inputs = self.letters.parameters.get(name, ())
        if len(inputs) != 1:
            if name in self.letters or name in _ELEMENTWISE:
                raise FormulaError(f"{text(node)} needs an argument: {text(node)}(x)")
            self.letters.missing(name)
        return self._slope(Node("apply", (node, Node("letter", name=inputs[0]))), env)

    # changes, derivatives, limits

    def raw(self, name):
        """A letter in the reader's own shape."""
        return self.letters.value(name, self.changed)

    def change(self, name, only):
        """The Δ of a letter in the letter's own shape, as far as it moves."""
        given, shape = self.letters.changes[name], np.shape(self.raw(name))
        if given.size != math.prod(shape):
            raise FormulaError(f"Δ{name} has {given.size} entries, and {name} has {math.prod(shape)}: "
                               "give one change for each entry")
        if counted(given.shape) != counted(shape) and 1 not in (given.ndim, len(shape)):
            raise FormulaError(f"Δ{name} has shape {given.shape}, and {name} has shape {shape}: give the same")
        return self.step * given.reshape(shape) * only.get(name, 1.0)

    def one_entry(self, name, places):
        """1 for one entry of a letter, or for its row or column, and 0 for all others."""
        shape = np.shape(self.raw(name))
        found, node = np.zeros(counted(shape)), Node("sub", (Node("letter", name=name), *map(number, places)))
        found[derivatives.entry(node, places, found.shape)] = 1.0
        return found.reshape(shape)

    def moved(self):
        """The scope in which every letter has moved by its Δ."""
        return self.once(("moved",), lambda: self._moving(self.only))

    def _moving(self, only):
        return self.beside(judged=True, only={}, changed={
            name: self.raw(name) + self.change(name, only) for name in self.letters.changes if name in self.letters})

    def on_delta(self, node, env):
        inner, changes = node.parts[0], self.letters.changes
        if inner.kind == "letter" and inner.name in changes:
            known = inner.name in self.letters
            return as_matrix(self.change(inner.name, self.only) if known else self.step * changes[inner.name])
        names = letters(inner)
        if not any(self.letters.depends(name, changes) for name in names):
            self._no_change(inner, names)
        return self._moved_less(inner, self.moved(), node, env)

    def _moved_less(self, inner, scope, node, env):
        return values.added(scope.array(inner, env), self.array(inner, env), text(node), -1)

    def _no_change(self, inner, names):
        for name in sorted(names):
            if name not in self.letters and name not in self.sizes:
                self.letters.missing(name)
        bases = [one for name in sorted(names) for one in self.letters.bases(name)] or sorted(names) or ["x"]
        raise FormulaError(f"Δ{text(inner)} has no value: give Δ{bases[0]}=…, how far {bases[0]} moves")

    def on_from(self, node, env):
        base, mover = node.parts
        if base.kind != "delta":
            raise FormulaError(f"{text(node)}: only a change, Δ{text(base)}, comes from something")
        name, places = self.entry(mover, env)
        only = {other: 1.0 if other == name else 0.0 for other in self.letters.changes}
        if places:
            only[name] = self.one_entry(name, places)
        return self._moved_less(base.parts[0], self._moving(only), node, env)

    def entry(self, node, env):
        """Name of the letter and places of its entry that a derivative is taken by, or of."""
        node = bare(node)
        if node.kind == "letter":
            return node.name, []
        if node.kind == "sub" and node.parts[0].kind == "letter" and not any(
                index.kind == "slice" for index in node.parts[1:]):
            return node.parts[0].name, [self.place(index, env) for index in node.parts[1:]]
        return None, []

    on_derivative, on_differential = derivatives.derivative_of, derivatives.differential

    def _with(self, name, value, **more):
        """The scope in which a letter has another value, in its own shape."""
        return self.beside(changed={name: np.reshape(value, np.shape(self.raw(name)))}, **more)

    def on_at(self, node, env):
        """A derivative with a bracket behind it: taken at that place, where the bracket has the letter's shape."""
        found, place = node.parts
        by = found.parts[1].parts[0] if found.parts[1].kind == "sub" else found.parts[1]
        value = self.sized(place, env)
        if value.shape != as_matrix(self.raw(by.name)).shape:
            return self.value(product([found, Node("paren", (place,), at=place.at)], node.at), env)
        return self._with(by.name, value).value(found, env)

    def on_where(self, node, env):
        content, letter, value = node.parts
        name, places = self.entry(letter, env)
        if name not in self.letters or places:
            raise FormulaError(f"{text(node)}: the bar needs a letter that has a value")
        value, size = self.sized(value, env), np.size(self.raw(name))
        if math.prod(value.shape) != size:
            raise FormulaError(f"{text(node)}: {name} has {size} entries, not {math.prod(value.shape)}: "
                               "give as many in its place")
        return self._with(name, value, judged=True).value(content, env)

    def on_limit(self, node, env):
        """A limit, extrapolated from ever smaller distances on both sides."""
        body, letter, target = node.parts
        end = float(self.number(target, env))
        if self.judge is not None:
            self.judge.tolerance = 1e-7
        self.budget.spend(10 * _LEVELS)
        found = np.array([[self.sized(body, env | {letter.name: end + side * 0.1 / 2**k}) for side in (1, -1)]
                          for k in range(_LEVELS)], dtype=float)
        if not np.isfinite(found).all():
            raise FormulaError("the limit comes past a value that is not a finite number")
        for order in range(1, _LEVELS):
            found = (2**order * found[1:] - found[:-1]) / (2**order - 1)
        right, left = found[0]
        if not np.allclose(right, left, rtol=1e-6, atol=1e-8):
            raise FormulaError(f"{text(node)} has no limit: from one side it is {np.ravel(left)[0]:.4g}, from the "
                               f"other {np.ravel(right)[0]:.4g}")
        return right


def _is_number(node) -> bool:
    """Whether a term is a number that is written out."""
    if node.kind in ("negative", "frac", "paren", "product"):
        return all(map(_is_number, node.parts))
    return node.kind == "number"


def _shape_of(value):
    return "" if shapeless(value) else f", it is {written(value.shape)}"


def _finite(value, node):
    if not isinstance(value, Traced) and not np.isfinite(value).all():
        raise FormulaError(f"{text(node)} is no finite number here; take other letters")
    return value


def ordered(a, sign: str, b) -> bool:
    """A relation between two numbers."""
    if sign not in _RELATIONS:
        raise FormulaError(f"{sign} stands in a condition, where =, ≠, <, >, ≤ or ≥ is needed")
    if not (np.isfinite(a) and np.isfinite(b)):
        raise FormulaError(f"{a:.4g} {sign} {b:.4g}: one side is not a finite number here")
    if sign in "≤≥" and abs(a - b) <= 1e-9 * max(abs(a), abs(b)):          # equal, but for rounding
        return True
    return bool(_RELATIONS[sign](a, b))
