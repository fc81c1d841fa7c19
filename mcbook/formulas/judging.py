"""Whether a formula holds: its relations, its shapes, for every value of its free indices."""

import itertools

import numpy as np

from mcnotes.shapes import kind

from .agreement import Record, difference, dimensions, shown, values_of
from .approximating import approximates
from .arrows import follow
from .binding import Binder
from .claiming import claimed_kind, is_generic, merged
from .meaning import Scope, compared
from .reading import FormulaError, read
from .tree import Node, same, spelled, walk
from .values import ClaimError, ShapeClash, written
from .verdict import Result

_MOST = 20000


def judge(latex, letters):
    """Run one formula.

    Parameters
    ----------
    latex : str
    letters : Letters

    Returns
    -------
    Result
        With no entries, rows or shapes where nothing could have failed.

    Raises
    ------
    ClaimError
        The formula does not hold.
    FormulaError
        It cannot be read, or a letter has no value.

    Examples
    --------
    >>> from mcbook.formulas.letters import Letters
    >>> judge(r"(W A)^T = A^T W^T", Letters({"W": [[1, 2, 3], [4, 5, 6]], "A": [[1], [2], [4]]})).words
    '2 entries agree'
    """
    judged, names = _judge_of(latex, letters)
    judged.run()
    record = judged.record
    relation = " ".join(dict.fromkeys(record.relations))
    return Result(latex, relation, shown(letters, names), record.rows, record.largest, record.entries, record.shapes)


def values(latex, letters):
    """The values of an expression for all values of its indices.

    Parameters
    ----------
    latex : str
    letters : Letters

    Yields
    ------
    array, Tensor or Flexible

    Examples
    --------
    >>> from mcbook.formulas.letters import Letters
    >>> [float(one[0, 0]) for one in values("v_i", Letters({"v": [2, 5, 3]}))]
    [2.0, 5.0, 3.0]
    """
    judged, _ = _judge_of(latex, letters)
    (body, conditions, _), = judged.statements
    for env in judged.environments(body, conditions):
        yield judged.scope().value(body, env)


def _judge_of(latex, letters):
    """The judge of a formula, and the names of the letters in it."""
    binder = Binder(letters)
    parts = [binder.bound(part) for part in read(latex)]
    binder.layers()
    names = {part.name for part in itertools.chain.from_iterable(map(walk, parts)) if part.kind == "letter"}
    sizes = letters.sizes({name for name in names if name not in letters or np.shape(letters.values.get(name)) == ()},
                          binder.labels)
    letters.used |= names
    return _Judge(letters, sizes, merged(parts)), names


class _Judge:
    def __init__(self, letters, sizes, statements):
        self.letters, self.sizes, self.statements = letters, sizes, statements
        self.record, self.last = Record(), None

    def scope(self, step=1.0, only=None):
        return Scope(self.letters, self.sizes, step=step, only=only, record=self.record)

    def run(self):
        for body, conditions, labels in self.statements:
            if body.kind == "words" or (body.kind == "paren" and all(part.kind == "words" for part in body.parts)):
                continue
            if body.kind == "paren" and len(body.parts) == 1 and body.parts[0].kind == "chain":
                body = body.parts[0]
            if sizes := dimensions(body):
                self._shape_of_last(sizes)
            elif (claimed := claimed_kind(body)) is not None:
                self._kind(*claimed)
            elif body.kind == "flow":
                follow(self, body, conditions)
            elif body.kind == "chain":
                self.last = body.parts[0].parts[0]
                self.chain(body, conditions, labels)
            elif body.kind != "asked":
                self.last = body
                self._alone(body, conditions, labels)

    def _alone(self, body, conditions, labels):
        """An expression without a relation: its braces and labels may say something."""
        if body.kind == "product" and body.parts[-1].kind == "words":      # [v₁; …; v_m] ↓ axis 1
            body = body.parts[0] if len(body.parts) == 2 else Node("product", body.parts[:-1], at=body.at)
        for env in self.environments(body, conditions):
            value = self.scope().value(body, env)
            for label in labels:
                self.record.place(label, value, body, self.scope())

    def _shape_of_last(self, sizes):
        if self.last is None:
            raise FormulaError(f"{written(map(spelled, sizes))} stands beside no formula")
        for env in self.environments(self.last, ()):
            scope = self.scope()
            self.record.shape(scope.value(self.last, env), sizes, self.last, scope, env)

    def _kind(self, node, wanted):
        for env in self.environments(node, ()):
            found = kind(self.scope().array(node, env))
            if found != wanted:
                raise ClaimError(f"{spelled(node)} is a {found} here, not a {wanted}")
        self.record.shapes += 1
        self.record.relations.append("shape")

    # chains of relations

    def chain(self, chain, conditions, labels=()):
        """``a = b ≈ c``, for every value of the free indices that the conditions allow."""
        sides = [side.parts[0] for side in chain.parts]
        signs = [side.name for side in chain.parts[1:]]
        pairs = list(zip(sides, signs, sides[1:], strict=False))
        for left, sign, right in pairs:
            if same(left, right):
                raise FormulaError(f"both sides of {spelled(left)} {sign} {spelled(right)} are the same, "
                                   "so it cannot be false")
        sides = [self._generic(side, sides, labels) for side in sides]
        pairs = list(zip(sides, signs, sides[1:], strict=False))
        environments = self.environments(chain, conditions, labels)
        for left, sign, right in pairs:
            self._pair(left, sign, right, chain, environments, conditions)
        scope = self.scope()
        for label in labels:
            if not any(side.kind == "generic" for side in sides):
                self._placed(label, sides, scope, environments[0])
        self._covered(sides)

    def _pair(self, left, sign, right, chain, environments, conditions):
        if sign == "=" and left.kind == "derivative" and any(part.kind == "words" for part in walk(left)):
            self._kinds(left, right)
        elif sign == "is":
            sizes = dimensions(right)
            if sizes is None:
                raise FormulaError(f"{spelled(left)} is {spelled(right)}: expected a shape such as (r × k)")
            for env in environments:
                scope = self.scope()
                self.record.shape(scope.value(left, env), sizes, left, scope, env)
        elif sign == "≈":
            near = any(condition.name == "near" for condition in conditions)
            self.record.relations.append("≈")
            self.record.rows = approximates(self, left, right, chain, environments, near)
        elif sign == "=":
            self._equal(left, right, chain, environments)
            if self.letters.changes and any(condition.name == "near" for condition in conditions):
                self._equal(left, right, chain, environments, moved=True)
        elif sign in ("≠", "<", ">", "≤", "≥"):
            self._ordered(left, sign, right, environments)
        else:
            raise FormulaError(f"{spelled(left)} {sign} {spelled(right)}: {sign} is not a relation that runs")

    def _equal(self, left, right, chain, environments, moved=False):
        self.record.relations.append("=")
        self.record.notes.clear()
        words = f"{spelled(left)} = {spelled(right)}"
        for env in environments:
            scope = self.scope_for(chain, env).moved() if moved else self.scope_for(chain, env)
            try:
                difference(scope.value(left, env), scope.value(right, env), words, env, self.record,
                           self._shape_in(chain, scope, env))
            except ClaimError as error:
                if self.record.notes and not isinstance(error, ShapeClash):
                    raise ClaimError(self.record.notes[0]) from None
                if any(part.kind == "delta" for part in walk(chain)) and not isinstance(error, ShapeClash):
                    self._nearly(left, right, chain, environments, error)
                raise

    @staticmethod
    def _shape_in(chain, scope, env):
        """The shape that a side of the chain has of its own, if any has."""
        values = (scope.value(side.parts[0], env) for side in chain.parts)
        return next((value.shape for value in values if isinstance(value, np.ndarray)), None)

    def _nearly(self, left, right, chain, environments, error):
        """Where = is wrong and ≈ would be right, say so."""
        try:
            record, self.record = self.record, Record()
            approximates(self, left, right, chain, environments, False)
        except (ClaimError, FormulaError):
            return
        finally:
            self.record = record
        raise ClaimError(f"{error}; the gap falls by four when the step halves, so the sign is ≈") from None

    def _ordered(self, left, sign, right, environments):
        self.record.relations.append(sign)
        for env in environments:
            scope = self.scope()
            a, b = scope.number(left, env), scope.number(right, env)
            if not compared(a, sign, b):
                words = f"{spelled(left)} {sign} {spelled(right)}"
                raise ClaimError(f"{words} is false{values_of(env)}: {a:.4g} and {b:.4g}")
            self.record.entries += 1

    def _kinds(self, left, right):
        """∂(Vector)/∂(Scalar) = ∂w/∂s: what kinds of things w and s are."""
        if left.kind != "derivative" or right.kind != "derivative":
            raise FormulaError(f"{spelled(left)} = {spelled(right)}: expected a derivative on both sides")
        for named, letter in zip(left.parts, right.parts, strict=True):
            wanted = spelled(named).strip("()").lower()
            found = kind(self.scope().array(letter, {}))
            if wanted != found:
                raise ClaimError(f"{spelled(letter)} is a {found} here, not a {wanted}")
            self.record.shapes += 1
        if right.parts[0].kind == "letter":
            self.scope().value(right, {})
        self.record.relations.append("shape")

    # letters and indices

    def free(self, node):
        """Indices that are not summed over, in order."""
        found, bound = {}, set()
        for part in walk(node):
            if part.kind in ("large", "limit"):
                bound.add(part.parts[1].name)
            if part.kind == "sub":
                for index in part.parts[1:]:
                    found.update(dict.fromkeys(one.name for one in walk(index) if one.kind == "letter"))
        return [name for name in found if name not in bound and name not in self.sizes
                and name not in self.letters.values]

    def environments(self, node, conditions, labels=()):
        """All values of the free indices that fulfil the conditions."""
        bound = {label.parts[0].name for label in labels} if any(is_generic(part) for part in walk(node)) else set()
        names, scope, ranges = [name for name in self.free(node) if name not in bound], self.scope(), []
        for name in names:
            length = scope.range_of(name, node, {})
            if length is None:
                base = next(part.parts[0] for part in walk(node) if part.kind == "sub" and any(
                    name == one.name for index in part.parts[1:] for one in walk(index)))
                while base.kind == "delta":
                    base = base.parts[0]
                if base.kind == "letter" and base.name not in self.letters:
                    self.letters.missing(base.name)
                raise FormulaError(f"{name} has no value and counts nothing: give {name}=…")
            ranges.append(range(1, length + 1))
        if np.prod([len(one) for one in ranges]) > _MOST:
            raise FormulaError("the indices run through too many values: take smaller letters")
        found = [dict(zip(names, values, strict=True)) for values in itertools.product(*ranges)]
        kept = [env for env in found if all(scope.holds(one, env) for one in conditions if one.name in ("if", "all"))]
        if not kept:
            raise FormulaError(f"nothing fulfils {', '.join(map(spelled, conditions))}: the formula cannot fail here")
        return kept

    def scope_for(self, chain, env, step=1.0):
        """The scope in which only those entries move that the formula names with a free index: Δv_i alone."""
        return self.scope(step, self.movers(chain, env))

    def movers(self, chain, env):
        """Entries that move, for each letter of whose Δ the formula names one entry only."""
        entries, bound = {}, set()
        for part in walk(chain):
            if part.kind in ("large", "limit"):
                bound.add(part.parts[1].name)
        inside = {id(part.parts[0]) for part in walk(chain) if part.kind == "sub" and part.parts[0].kind == "delta"}
        for part in walk(chain):
            delta = part.parts[0] if part.kind == "sub" and part.parts[0].kind == "delta" else part
            if delta.kind != "delta" or (part is delta and id(delta) in inside) or delta.parts[0].kind != "letter":
                continue
            name = delta.parts[0].name
            if name not in self.letters.changes:
                continue
            indices = part.parts[1:] if part is not delta else ()
            summed = any(one.name in bound for index in indices for one in walk(index))
            entries.setdefault(name, set()).add(spelled(part) if indices and not summed else "")
            if indices and not summed:
                entries.setdefault((name, spelled(part)), indices)
        scope, only = Scope(self.letters, self.sizes), {}
        for name, texts in entries.items():
            if isinstance(name, str) and len(texts) == 1 and "" not in texts:
                only[name] = [tuple(scope.place(index, env) for index in entries[name, next(iter(texts))])]
        return only

    def _generic(self, side, sides, labels):
        """A matrix that shows one entry between dots, with labels that say where it stands (80)."""
        if not is_generic(side):
            return side
        inner = next(cell for row in side.parts for cell in row.parts if cell.kind not in ("dots", "empty"))
        if not any(cell is inner for cell in side.parts[1].parts[1:2]):
            raise FormulaError(f"{spelled(side)} shows one entry: it stands in the middle, with dots around it")
        rows = next((label for label in labels if label.name == "row"), None)
        columns = next((label for label in labels if label.name == "column"), None)
        if rows is None or columns is None:
            raise FormulaError(f"{spelled(side)} shows one entry: say where it stands, "
                               r"(\text{row } i \leftrightarrow v_i, \ \text{column } j \leftrightarrow w_j)")
        scope = self.scope()
        height, width = (scope.axes(label.parts[1].parts[0], {})[0] for label in (rows, columns))
        first, second = rows.parts[0].name, columns.parts[0].name
        array = np.block([[scope.array(inner, {first: i + 1, second: j + 1}) for j in range(width)]
                          for i in range(height)])
        name = f"the matrix of {spelled(inner)}"
        self.letters.values[name] = array
        self.letters.used.add(name)
        return Node("letter", name=name, at=side.at)

    def _placed(self, label, sides, scope, env):
        if "block" in label.name:
            return
        self.record.place(label, scope.value(sides[0], env), sides[0], scope)
        derivatives = [part for part in walk(sides[0]) if part.kind == "derivative"]
        if derivatives and label.parts[1].kind == "sub":
            of, by = derivatives[0].parts[:2]
            wanted = by if label.name == "row" else of
            root = label.parts[1].parts[0]
            if wanted.kind == root.kind == "letter" and wanted.name != root.name:
                raise ClaimError(f"the {label.name}s of {spelled(derivatives[0])} belong to {spelled(wanted)}, "
                                 f"not to {spelled(root)}")

    def _covered(self, sides):
        for side in sides:
            for part in walk(side):
                if part.kind == "branch" and id(part) not in self.record.taken:
                    raise FormulaError(f"the case {spelled(part.parts[1])} is never met here, so it cannot fail")
