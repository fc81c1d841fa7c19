"""Whether a formula holds: its relations, its shapes, its arrows, for every value of its free indices."""

import contextlib
import itertools
import math
import warnings
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mcnotes.shapes import kind

from .derivatives import directions
from .evaluator import Scope
from .letters import BUILT_IN, Binder, Letters
from .parser import read
from .tree import Node, bare, latex, letters, product, rebuilt, same, text, walk
from .values import Budget, Tensor, agree, as_matrix, difference, scalar, shapeless, sided, written
from .verdict import BudgetError, ClaimError, Failure, FormulaError, Result, ShapeClash, Verdict

#: How many values the free indices may have together.
_MOST = 20_000
#: Words that say what a matrix is like.
_PROPERTIES = {
    "symmetric": lambda x: np.allclose(x, x.T), "square": lambda x: True, "diagonal": lambda x: np.allclose(x, np.diag(
        np.diag(x))), "orthogonal": lambda x: np.allclose(x.T @ x, np.eye(len(x))),
    "invertible": lambda x: np.linalg.matrix_rank(x) == len(x),
}
#: Where ≈ begins to halve the step, and how much smaller the last step is that it looks at.
_STARTS = (2.0**-5, 2.0**-8, 2.0**-11)
_DEEP = 64
#: How many steps an implication between changes is tried for.
_SAMPLES = 81


def holds(formula: str, letters: Mapping | None = None, /, *, notes: bool = False, **more) -> Verdict:
    """Judge a formula; see :func:`mcbook.holds`. It never raises; with `notes` letters have the notes' sizes."""
    given, judged = {**(letters or {}), **more}, None
    try:
        judged = Judge(formula, Letters(given, notes))
        result = judged.run()
        if not result.words:
            raise FormulaError("it is a notation, and compares nothing: write what it is equal to")
        fixed = f", with {' and '.join(judged.fixed)} kept fixed" if judged.fixed else ""
        return Verdict("holds", f"✓ This holds: {result.words}{fixed}", "", *_as_read(judged, formula),
                       formulas=(result,), ok=True)
    except Failure as error:
        hint = "; it holds in numerator layout, with every derivative turned around"
        hint = hint if _holds_turned(formula, given, notes) else ""
        return Verdict("fails", f"✗ This fails: {error}{hint}", str(error), *_as_read(judged, formula),
                       formulas=(judged.result(error),) if judged else ())
    except Exception as error:  # noqa: BLE001 - whatever a reader's function does ends in a sentence
        words = str(error) if isinstance(error, ClaimError) else f"{type(error).__name__}: {error}"
        words = "the formula is nested too deeply" if isinstance(error, RecursionError) else words
        words = words.removeprefix("the formula cannot be read here").lstrip(": ") if "\n" in words else words
        return Verdict("unreadable", f"? This cannot be read: {words}", words, *_as_read(judged, formula))


def _as_read(judged, formula) -> tuple[str, str]:
    """The formula as it was read, as text and as LaTeX; as far as it was."""
    if judged:
        return judged.read, judged.latex
    try:
        return _in_words(read(formula))
    except Exception:  # noqa: BLE001 - what could not be read is told already
        return "", ""


def _in_words(parts):
    return ", ".join(map(text, parts)), r",\quad ".join(map(latex, parts))


def _holds_turned(formula, given, notes):
    """Whether a formula that fails would hold with its derivatives transposed."""
    def turn(node):
        return Node("transpose", (node,)) if node.kind in ("derivative", "gradient") else node

    try:
        known = Letters(given, notes)
        parts = read(formula, known.names())
        turned = tuple(rebuilt(part, turn) for part in parts)
        return turned != parts and bool(Judge(turned, known).run())
    except Exception:  # noqa: BLE001 - only a hint
        return False


def judge(formula, given: Letters) -> Result:
    """Run one formula, a text or its trees; the result is empty where nothing could have failed."""
    return Judge(formula, given).run()


def could_fail(formula) -> bool:
    """Whether a formula, a text or its trees, says something that may be false: a relation, or a shape over a brace."""
    parts = read(formula) if isinstance(formula, str) else formula
    return any(part.kind == "chain" and not any(one.kind == "words" for one in walk(part.parts[0]))
               or part.kind == "brace" and len(part.parts) > 1 and dimensions(part.parts[1]) is not None
               for whole in parts for part in walk(whole))


# What a formula consists of -----------------------------------------------------------------------------------------

def merged(parts, given: Letters) -> list[tuple]:
    """Statements with their conditions, which may stand first, and their labels: (statement, conditions, labels)."""
    out: list[tuple] = []
    waiting: list[Node] = []
    for part in parts:
        if part.kind == "statement":
            body, conditions = part.parts[0], list(part.parts[1:])
            if out and body.kind == "paren" and all(one.kind == "place" for one in body.parts):
                out[-1][2].extend(body.parts)
            elif out and not conditions and _restricts(body, given):
                out[-1][1].append(Node("condition", (bare(body),), name="if", at=body.at))  # …   (i ≠ j)
            else:
                out.append((body, [*waiting, *conditions], []))
                waiting = []
        elif part.kind == "conditions":
            (out[-1][1] if out else waiting).extend(part.parts)
        elif part.kind == "place" and out:
            out[-1][2].append(part)
        elif part.kind == "continuation" and out:
            body, *rest = out.pop()
            sides = body.parts if body.kind == "chain" else (Node("side", (body,), at=body.at),)
            out.append((Node("chain", (*sides, *part.parts), at=body.at), *rest))
        else:
            raise FormulaError(f"{text(part)} stands alone: write what it belongs to before it")
    if waiting:
        raise FormulaError(f"{', '.join(map(text, waiting))}: write what is true then")
    return out


def _restricts(body, given):
    """Whether a statement behind another one says for which indices that is true: (i ≠ j), or i < j."""
    return bare(body).kind == "chain" and (body.kind == "paren" or not any(
        one.kind not in ("chain", "side", "letter", "number") or one.name in given for one in walk(body)))


def _bound(node):
    """Indices of a tree, and the limits of its sums: letters that need no value of their own."""
    large = [one for part in walk(node) if part.kind in ("large", "limit") for one in part.parts[1:]]
    return _indices(node).union(*map(letters, large))


def _indices(node):
    return {name for part in walk(node) if part.kind == "sub" for index in part.parts[1:] for name in letters(index)}


def _lasts(parts):
    """Sizes at the end of dots: m in v_1, …, v_m is no free index."""
    for before, dots, after in zip(parts, parts[1:], parts[2:], strict=False):
        if dots.kind == "dots" or dots.kind == "row" and all(cell.kind == "dots" for cell in dots.parts):
            yield from _indices(after) - _indices(before)


def _shown_entry(node: Node) -> Node | None:
    """The one entry between dots that stands for all of a matrix; None for any other tree."""
    cells = [cell for row in node.parts for cell in row.parts if cell.kind not in ("dots", "empty")]
    return cells[0] if node.kind == "grid" and len(cells) == 1 and len(node.parts) == 3 else None


def _claimed(node):
    """``A is symmetric``: the letter and its property, or None."""
    inner = bare(node)
    if inner.kind == "product" and inner.parts[-1].kind == "words":
        words = inner.parts[-1].name.split()
        return next(((product(inner.parts[:-1]), word) for word in words if word in _PROPERTIES), None)
    return None


def dimensions(node: Node) -> list[Node] | None:
    """The sizes in ``(r × k)``, or None where something else stands."""
    node = bare(node)
    if node.kind != "binary" or node.name != "×":
        return None
    return [*(dimensions(node.parts[0]) or node.parts[:1]), node.parts[1]]


def _has_change(node):
    return any(part.kind == "delta" for part in walk(node))


def _values(env):
    return ", ".join(f"{name} = {value}" for name, value in env.items())


@contextlib.contextmanager
def _told_in(words):
    """Where several things are said, a failure says which of them is false; shapes that clash say it themselves."""
    try:
        yield
    except Failure as error:
        if words and not isinstance(error, ShapeClash):
            error.args = (f"in {words}, {error}",)
        raise


# The judge ----------------------------------------------------------------------------------------------------------

class Judge:
    """One formula, with its letters settled, and what is found on the way."""

    def __init__(self, formula, given: Letters):
        self.letters, self.budget, self.binder, self.last = given, Budget(), Binder(given), None
        self.found, self.tolerance, self.notes, self.taken = Result(), 1e-9, list[str](), set[Node]()
        self.step = 1.0                             # how much of the given Δ is taken
        self.formula = formula if isinstance(formula, str) else ""
        parts = formula if isinstance(formula, tuple) else read(formula, given.names())
        self.sizes = {} if given.notes else given.sizes(set(), {})
        definitions = list[Node]()
        if not given.notes:
            parts = self._without_definitions(parts, definitions)
        parts = tuple(self.binder.bound(part) for part in parts)
        self.binder.layers()
        self.statements, self.names = merged(parts, given), {name for part in parts for name in letters(part)}
        if given.notes:
            used = {name for name in self.names if np.shape(given.values.get(name, 0)) == ()}
            self.sizes = given.sizes(used, self.binder.labels)
        given.used |= self.names
        differentials = [node for part in parts for node in walk(part) if node.kind == "differential"]
        given.moves = directions(given, differentials)
        self.fixed = sorted({name for node in differentials for name in letters(node)} & given.values.keys()
                            - given.moves.keys())
        self.read, self.latex = _in_words(parts)
        if definitions:
            self.read += ", where " + ", ".join(map(text, definitions))
            self.latex += r",\quad \text{where } " + ", ".join(map(latex, definitions))

    def result(self, error: Failure | None = None) -> Result:
        """What was compared; or, where the formula fails, with which letters."""
        found = Result(rows=getattr(error, "rows", ())) if error else self.found
        return replace(found, read=self.read, latex=self.formula if "\\" in self.formula else self.latex,
                       letters=shown(self.letters, self.names))

    def count(self, relation: str, entries: int = 0, shapes: int = 0) -> None:
        """Take note of a relation, and of what was compared for it."""
        found = self.found
        found.relation = " ".join(dict.fromkeys([*found.relation.split(), relation]))
        found.entries += entries
        found.shapes += shapes

    def scope(self, step=None, only=None):
        step = self.step if step is None else step
        return Scope(self.letters, self.sizes, step=step, only=only, judge=self, budget=self.budget)

    def run(self) -> Result:
        """Judge the statements one by one."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            for body, *_ in self.statements if not self.letters.notes else ():
                self.scope().size_sums(body)
            for body, conditions, labels in sorted(self.statements, key=lambda one: _claimed(one[0]) is None):
                with _told_in(text(body) if len(self.statements) > 1 else ""):
                    self._run_one(body, conditions, labels)
        return self.result()

    def _run_one(self, body, conditions, labels):
        if all(part.kind == "words" for part in (body.parts if body.kind == "paren" else (body,))):
            return
        if bare(body).kind == "chain":
            body = bare(body)
        if sizes := dimensions(body):
            if self.last is None:
                raise FormulaError(f"{written(map(text, sizes))} stands beside no formula")
            self._shape(self.last, sizes, self.environments(self.last))
        elif (claimed := _claimed(body)) is not None:
            self._property(*claimed)
        elif body.kind == "flow":
            follow(self, body, conditions)
        elif body.kind == "chain":
            self.last = body.parts[0].parts[0]
            self.chain(body, conditions, labels)
        elif body.kind != "asked":
            self.last = body
            self._alone(body, conditions)

    def _alone(self, body, conditions):
        """An expression without a relation: its braces may say something."""
        if body.kind == "product" and body.parts[-1].kind == "words":      # [v₁; …; v_m] ↓ axis 1
            if not self.letters.notes:
                raise FormulaError(f"the words “{body.parts[-1].name}” are not understood: leave them out")
            body = product(body.parts[:-1], body.at)
        for env in self.environments(body, conditions):
            self.scope().value(body, env)

    def _shape(self, node, sizes, environments):
        for env in environments:
            scope = self.scope()
            self.shape(scope.value(node, env), sizes, node, scope, env)

    def _property(self, node, wanted):
        array = self.scope().sized(node, {})
        if array.shape[0] != array.shape[1] or not _PROPERTIES[wanted](array):
            raise FormulaError(f"{text(node)} is not {wanted} here, and the formula is about letters that are")

    # letters that a formula itself defines: y in y = A x ⟹ ∂y/∂x = Aᵀ, and in … where y = A x

    def _without_definitions(self, parts, told):
        """The formula without its definitions, which may stand before and after what uses them."""
        while True:
            left = [one for part in parts for one in self._left(part, len(parts) > 1, told)]
            if not left or tuple(left) == tuple(parts):
                return parts
            parts = left

    def _left(self, part, several, told):
        """What is left of one part: itself, less of it, or nothing."""
        if part.kind not in ("statement", "conditions"):
            return [part]
        body, conditions = (part.parts[:1], part.parts[1:]) if part.kind == "statement" else ((), part.parts)
        kept = [one for one in conditions
                if one.name != "if" or len(one.parts) != 1 or not self._take(one.parts[0], told)]
        if body and body[0].kind == "flow":
            stations = body[0].parts
            while len(stations) > 2 and stations[1].name == "⟹" and self._take(stations[0], told):
                stations = stations[2:]
            body = body if stations == body[0].parts else (
                stations[0] if len(stations) == 1 else replace(body[0], parts=stations),)
        elif body and several and not conditions and self._take(body[0], told):
            return []
        parts = (*body, *kept)
        return [part if parts == part.parts else replace(part, parts=parts)] if parts else []

    def _take(self, body, told):
        """Whether an equation defines a letter that has no value, and if so, take it."""
        if body.kind != "chain" or [side.name for side in body.parts] != ["", "="]:
            return False
        left, right = (side.parts[0] for side in body.parts)
        taken = self._defined(left, right) or left.kind != "letter" and right.kind == "letter" and self._defined(
            right, left)
        told += [taken] if taken else []
        return bool(taken)

    def _defined(self, left, right):
        """The definition of a letter as it was read, or None."""
        given, inputs = self.letters, ()
        if left.kind == "product" and len(left.parts) == 2 and left.parts[1].kind == "paren":
            left, inputs = left.parts[0], left.parts[1].parts
        if left.kind != "letter" or left.name in given or any(one.kind != "letter" for one in inputs):
            return None
        free = letters(right) - given.names() - BUILT_IN - self.sizes.keys()
        if left.name in free or free - _bound(right):
            return None
        tree = self.binder.bound(right)
        names = tuple(one.name for one in inputs) or tuple(sorted(set(self._inputs(tree))))

        def function(*arguments):
            scope = Scope(given, self.sizes, changed=dict(zip(names, arguments, strict=True)), budget=self.budget)
            scope.size_sums(tree)
            return scope.sized(tree, {})

        given.define(left.name, names, function)
        head = Node("apply", (left, *inputs)) if inputs else left
        return Node("chain", (Node("side", (head,)), Node("side", (tree,), "=")))

    def _inputs(self, tree):
        """What a definition depends on: its letters, and of one that it differentiates what that depends on."""
        of = {part.parts[0].name for part in walk(tree) if part.kind == "derivative" and part.parts[0].kind == "letter"}
        for name in letters(tree):
            if name in self.letters and not self.letters.is_pure(name):
                yield from self.letters.bases(name) if name in of else (name,)

    # chains of relations

    def chain(self, chain: Node, conditions, labels=()) -> None:
        """``a = b ≈ c``, for every value of the free indices that the conditions allow."""
        if chain.kind != "chain":
            raise FormulaError(f"{text(chain)} is no statement: write what it is equal to")
        sides = [side.parts[0] for side in chain.parts]
        signs = [side.name for side in chain.parts[1:]]
        for left, sign, right in zip(sides, signs, sides[1:], strict=False):
            if same(left, right):
                raise FormulaError(f"both sides of {text(left)} {sign} {text(right)} are the same, "
                                   "so it cannot be false")
        first, chain = sides[0], self._by_entries(chain, labels)
        sides = [side.parts[0] for side in chain.parts]
        environments = self.environments(chain, conditions)
        near = any(condition.name == "near" for condition in conditions)
        for left, sign, right in zip(sides, signs, sides[1:], strict=False):
            with _told_in(f"{text(left)} {sign} {text(right)}" if len(signs) > 1 else ""):
                self._pair(left, sign, right, chain, environments, near)
        for label in labels:
            self._placed(label, first)
        for part in (part for side in sides for part in walk(side)):
            if part.kind == "branch" and part not in self.taken:
                raise FormulaError(f"the case {text(part.parts[1])} is never met here, so it cannot fail")

    def _pair(self, left, sign, right, chain, environments, near):
        if sign == "=" and left.kind == "derivative" and all(bare(part).kind == "words" for part in left.parts):
            self._kinds(left, right)
        elif sign == "is":
            sizes = dimensions(right)
            if sizes is None:
                raise FormulaError(f"{text(left)} is {text(right)}: expected a shape such as (r × k)")
            self._shape(left, sizes, environments)
        elif sign == "≈":
            self.count("≈")
            self.found.rows = approximates(self, left, right, chain, environments, near)
        elif sign == "=":
            if near and self.letters.changes:
                raise FormulaError(f"{text(left)} = {text(right)}: what is true near a point is written with ≈")
            self._equal(left, right, chain, environments)
        elif sign in ("≠", "<", ">", "≤", "≥"):
            self._ordered(left, sign, right, environments)
        else:
            raise FormulaError(f"{text(left)} {sign} {text(right)}: {sign} is not a relation that runs")

    def compare(self, left, right, one: Node, other: Node, env) -> None:
        """Compare two values entry by entry; Failure with the entry and both values."""
        where = f"for {_values(env)}" if env else ""
        entries, largest = difference(left, right, one, other, where, self.tolerance)
        self.found.entries += entries
        self.found.largest = max(self.found.largest, largest)

    def _equal(self, left, right, chain, environments):
        self.count("=")
        self.notes.clear()
        for env in environments:
            self.budget.spend(1)
            scope = self.scope_for(chain, env)
            try:
                one, other = scope.value(left, env), scope.value(right, env)
                if shapeless(one) and shapeless(other):             # another side of the chain may have a shape
                    others = (scope.value(side.parts[0], env) for side in chain.parts)
                    shape = next((side.shape for side in others if isinstance(side, np.ndarray)), ())
                    one = one.fit(*shape)
                self.compare(one, other, left, right, env)
            except ShapeClash:
                raise
            except Failure as error:
                if self.notes:
                    raise Failure(self.notes[0]) from None
                if _has_change(chain) and self._is_near(left, right, chain, environments):
                    raise Failure(f"{error}; the gap shrinks to a quarter each time the step halves, so the sign is "
                                  "≈") from None
                raise

    def _is_near(self, left, right, chain, environments):
        """Whether = is wrong and ≈ would be right."""
        try:
            return approximates(self, left, right, chain, environments, False)
        except BudgetError:
            raise
        except (Failure, FormulaError):
            return False

    def _ordered(self, left, sign, right, environments):
        claim = Node("chain", (Node("side", (left,)), Node("side", (right,), name=sign)))
        for env in environments:
            scope = self.scope()
            if not scope.holds(claim, env):
                if not scalar(scope.value(left, env)):
                    raise Failure(f"{text(left)} and {text(right)} are the same")
                a, b = scope.number(left, env), scope.number(right, env)
                said = f"both sides are {a:.4g}" if sign == "≠" else (
                    f"the left side is {a:.4g} and the right side {b:.4g}")
                raise Failure((f"for {_values(env)}, " if env else "") + said.replace("-", "−"))
            self.count(sign, entries=1)

    def _kinds(self, left, right):
        """∂(Vector)/∂(Scalar) = ∂w/∂s: what kinds of things w and s are."""
        if right.kind != "derivative":
            raise FormulaError(f"{text(left)} = {text(right)}: expected a derivative on both sides")
        for named, letter in zip(left.parts, right.parts, strict=True):
            wanted, found = text(named).strip("()").lower(), kind(self.scope().array(letter, {}))
            if found != wanted:
                raise Failure(f"{text(letter)} is a {found} here, not a {wanted}")
            self.count("shape", shapes=1)
        if right.parts[0].kind == "letter":
            self.scope().value(right, {})

    # letters and indices

    def free(self, node: Node) -> list[str]:
        """Indices that are not summed over, in order."""
        found, bound = dict[str, None](), set[str]()
        for part in walk(node):
            bound.update(_lasts(part.parts))
            if part.kind in ("large", "limit"):
                bound.update(one.name for one in part.parts[1:2] + part.parts[3:])
            if part.kind == "sub" and not self._is_sized(part):
                found.update(dict.fromkeys(one.name for index in part.parts[1:] for one in walk(index)
                                           if one.kind == "letter"))
        return [name for name in found if name not in bound and name not in self.sizes
                and name not in self.letters.values]

    def _is_sized(self, node):
        """I_n and 𝟏_n: a size, and no index."""
        base = node.parts[0]
        return len(node.parts) == 2 and (base.kind in ("ones", "zero") or base.kind == "letter" and base.name == "I"
                                         and "I" not in self.letters)

    def environments(self, node: Node, conditions=()) -> list[dict]:
        """All values of the free indices that fulfil the conditions."""
        names, scope = self.free(node), self.scope()
        lengths = [scope.range_of(name, node, {}) or self._uncounted(name, node) for name in names]
        if (count := math.prod(lengths)) > _MOST:
            raise BudgetError(f"too much to run: the indices run through {count} values; give smaller letters")
        found = [dict(zip(names, values, strict=True)) for values in itertools.product(
            *(range(1, length + 1) for length in lengths))]
        kept = [env for env in found if all(scope.holds(one, env) for one in conditions if one.name in ("if", "all"))]
        if not kept:
            raise FormulaError(f"nothing fulfils {', '.join(map(text, conditions))}: the formula cannot fail here")
        return kept

    def _uncounted(self, name, node):
        base = next(part.parts[0] for part in walk(node) if part.kind == "sub" and any(
            name == one.name for index in part.parts[1:] for one in walk(index)))
        while base.kind == "delta":
            base = base.parts[0]
        if base.kind == "letter" and base.name not in self.letters and base.name not in "eδEJ":
            self.letters.missing(base.name)
        raise FormulaError(f"{name} has no value and counts nothing: give {name}=…")

    def scope_for(self, chain: Node, env, step=None):
        """The scope in which only those entries move that the formula names with a free index: Δv_i alone."""
        bound = {part.parts[1].name for part in walk(chain) if part.kind in ("large", "limit")}
        entries = {part.parts[0]: part for part in walk(chain) if part.kind == "sub" and not bound & _indices(part)}
        named: dict[str, list] = {}
        for part in walk(chain):
            if part.kind == "delta" and part.parts[0].kind == "letter" and part.parts[0].name in self.letters.changes:
                named.setdefault(part.parts[0].name, []).append(entries.get(part))
        scope = self.scope()
        return self.scope(step, {name: scope.one_entry(name, [scope.place(index, env) for index in found[0].parts[1:]])
                                 for name, found in named.items() if name in self.letters
                                 and all(one and same(one, found[0]) for one in found)})

    # shapes and labels

    def _by_entries(self, chain, labels):
        """A chain with a matrix that shows one entry between dots, with labels that say where (80), entry by entry."""
        left, *others = (side.parts[0] for side in chain.parts)
        generic = next(filter(_shown_entry, others), None)
        if generic is None:
            return chain
        named = {label.name: label.parts[0] for label in reversed(labels)}
        if _shown_entry(generic) not in generic.parts[1].parts[1:2]:
            raise FormulaError(f"{text(generic)} shows one entry: it stands in the middle, with dots around it")
        if not {"row", "column"} <= named.keys():
            raise FormulaError(f"{text(generic)} shows one entry: say where it stands, "
                               r"(\text{row } i \leftrightarrow v_i, \ \text{column } j \leftrightarrow w_j)")
        return replace(chain, parts=tuple(replace(side, parts=(
            _shown_entry(side.parts[0]) or Node("sub", (side.parts[0], named["row"], named["column"])),))
            for side in chain.parts))

    def _placed(self, label, side):
        if "block" in label.name:
            return
        self.place(label, self.scope().value(side, self.environments(side)[0]), side, self.scope())
        derivative = next((part for part in walk(side) if part.kind == "derivative"), None)
        if derivative and label.parts[1].kind == "sub":
            wanted, root = derivative.parts[label.name == "row"], label.parts[1].parts[0]
            if wanted.kind == root.kind == "letter" and wanted.name != root.name:
                raise Failure(f"the {label.name}s of {text(derivative)} belong to {text(wanted)}, not to {text(root)}")

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
            self.compare(value, scope.value(label, env), node, label, env)
            self.count("=")

    def shape(self, value, sizes, node: Node, scope, env) -> None:
        """Compare a value's shape with the one that is written beside it."""
        if isinstance(value, Tensor):
            form = value.compressed() if len(sizes) == 2 else value.array
            if form is None:
                raise ShapeClash(f"{text(node)} has {value.array.ndim} axes, {written(value.shape)}, but is "
                                 f"labeled {written(map(text, sizes))}")
            value = form
        elif shapeless(value):
            value = value.fit(*(scope.place(size, env) for size in sizes))
        for size, length in zip(sizes, value.shape, strict=False):
            if size.kind == "letter" and size.name not in self.sizes and size.name not in env:
                self._named(size.name, length)
            else:
                self.found.shapes += 1
        wanted = tuple(scope.place(size, env) for size in sizes)
        if wanted != value.shape:
            names, numbers = written(map(text, sizes)), written(wanted)
            raise ShapeClash(f"{text(node)} is {written(value.shape)}, but is labeled {names}"
                             + (f", which is {numbers}" if numbers != names else ""))
        self.count("shape")

    def _named(self, name, length):
        """A size that is met for the first time gets its number here."""
        twin = next((other for other, known in self.sizes.items() if known == length > 1), None)
        if twin and self.letters.notes:
            raise FormulaError(f"{name} and {twin} are both {length} here, so that one for the "
                               f"other could not be seen: take different sizes, or say {name}={length}")
        self.sizes[name] = length

    def place(self, label: Node, value, node: Node, scope) -> None:
        """A label such as ``row i ↔ v_i``, as many rows as v has entries, or ``row i ↔ column i of M``."""
        index, letter = label.parts
        if letter.kind in ("sub", "line") and text(letter.parts[1]) != text(index):
            raise Failure(f"{label.name} {text(index)} ↔ {text(letter)}: the index is another one")
        lengths = scope.axes(letter.parts[0] if letter.kind in ("sub", "line") else letter, {})
        rows = letter.kind == "line" and len(lengths) == 2 and "row" in letter.name
        length = (lengths[0] if rows else lengths[-1]) if lengths else 1
        have = value.shape[0 if label.name == "row" else 1]
        if have != length:
            raise ShapeClash(f"{text(node)} has {have} {label.name}s, but {text(letter)} runs to {length}")
        self.found.shapes += 1


def shown(given, names) -> tuple:
    """Name, shape and short value of the letters that a formula uses."""
    out = []
    for name in sorted(names):
        if name in given.changes:
            out.append((f"Δ{name}", written(as_matrix(given.changes[name]).shape), short(given.changes[name])))
        if name in given and given.is_pure(name):
            out.append((name, "function", getattr(given.functions[name], "__name__", "")))
        elif name in given:
            value, depends = given.value(name), given.parameters.get(name)
            shape = as_matrix(value).shape
            out.append((f"{name}({', '.join(depends)})" if depends else name,
                        "number" if shape == (1, 1) else written(shape), short(value)))
    return tuple(out)


def short(value) -> str:
    """An array in a few signs, the same on every machine."""
    flat = ["0" if abs(x) < 1e-12 else f"{float(x):.3g}" for x in np.ravel(value)[:6]]
    return ", ".join(flat).replace("-", "−") + (", …" if np.size(value) > 6 else "")


# Approximation ------------------------------------------------------------------------------------------------------

def approximates(judge: Judge, left: Node, right: Node, chain: Node, environments: list[dict], near: bool) -> tuple:
    """Whether ≈ is right: the gap of every entry has to fall by four when the step halves, and not be zero.

    Where a change is divided by a change, both sides are multiplied by the step before they are judged; the quotient's
    own gap falls by two. Where two things are only said to be `near` each other, the gap has to fall with the step.
    Returned are (step, true, predicted, gap) for the entry with the largest gap.
    """
    words, given = f"{text(left)} ≈ {text(right)}", judge.letters
    if not given.changes:
        moved = [part.parts[0].name for part in walk(chain) if part.kind == "delta"]
        moving = next((base for name in moved for base in given.bases(name)), "")
        raise FormulaError(f"{words}: ≈ needs a step, give Δ" + (f"{moving}=…" if moving else "x=…, how far x moves"))
    divided = any(part.kind == "frac" and _has_change(part.parts[1]) for part in walk(chain))
    order = 1 if near else 2
    for start in _STARTS:
        steps = np.array([start, start / 2, start / 4, start / 4 / _DEEP])
        sides = [_sides(judge, left, right, chain, environments, step) * (step if divided else 1.0) for step in steps]
        gaps = np.array([np.abs(one - other) for one, other in sides])
        if not np.isfinite(gaps).all():
            raise FormulaError(f"{words}: a value on the way is not a finite number; take a smaller step")
        known = [name for name in letters(chain) if name in given and not given.is_pure(name)]
        sizes = [np.abs(given.value(name)).max() for name in known]
        noise = max(*sizes, np.abs(sides).max(), 1e-30) * 1e-14
        exact, falls = (gaps[:3] <= noise).all(), _falls(gaps, order, noise)
        worst = int(np.argmax(gaps[0 if falls else 2]))
        rows = tuple((float(step), *(float(x) / (step if divided else 1.0) for x in (*pair[:, worst], gap[worst])))
                     for step, pair, gap in zip(steps[:3], sides, gaps, strict=False))
        if falls and not exact:
            return rows
    if exact:
        raise Failure(f"{words} is exact here, so the sign is =")
    share = 2 if divided else 1
    ratio = gaps[1][worst] / gaps[2][worst] / share if gaps[2][worst] else np.inf
    note = f" ({judge.notes[0]})" if judge.notes else ""
    error = Failure(_slowly(ratio, 2**order // share) + note)
    error.rows = rows                               # the steps that were tried
    raise error


def _sides(judge, left, right, chain, environments, step):
    """Both sides for all indices in a row."""
    found = []
    for env in environments:
        scope = judge.scope_for(chain, env, step)
        scope = scope if _has_change(chain) else scope.moved()
        pair = sided(scope.value(left, env), scope.value(right, env), left, right)
        found.append([np.ravel(side) for side in pair])
    return np.concatenate(found, 1)


def _falls(gaps, order, noise):
    """Whether every gap that is not rounding falls as it should, from halving to halving and in the long run."""
    first, second, third, deep = gaps[:, (gaps[0] > noise) & (gaps[2] > noise)]
    low = 0.88 * 2**order
    by_halves = (first >= low * second) & (second >= low * third)
    return bool((by_halves & ((deep <= 30 * noise) | (third >= 0.8 * _DEEP**order * deep))).all())


def _slowly(ratio, needed):
    if 0.85 < ratio < 1.2:
        return "halving the step does not shrink the gap at all"
    if ratio <= 0.85:
        return "halving the step makes the gap larger"
    if needed == 4 and 1.6 < ratio < 2.6:
        return "halving the step only halves the gap, and ≈ needs a quarter"
    return f"halving the step does not shrink the gap to {'a quarter' if needed == 4 else 'half'}, as ≈ needs"


# Arrows -------------------------------------------------------------------------------------------------------------

def follow(judge: Judge, flow: Node, conditions: list[Node]) -> None:
    """Run a formula with arrows: "it follows", or the next stage of a compression."""
    stations = [part for part in flow.parts if part.kind != "arrow"]
    arrows = {part.name for part in flow.parts if part.kind == "arrow"}
    if arrows & {"⟹", "⟺"}:
        for premise, conclusion in zip(stations, stations[1:], strict=False):
            _implied(judge, premise, conclusion, conditions, "⟺" in arrows)
    elif any(station.kind == "chain" for station in stations):
        for station in stations:
            if station.kind == "chain":
                judge.chain(station, conditions)
    else:
        judge.count("→")
        for env in judge.environments(flow, conditions):
            _compressed(judge, stations, env)


def _implied(judge, premise, conclusion, conditions, both):
    """Where the left side is true, the right side has to be: for these letters, or for the steps that a Δ gives."""
    changes, met, before = judge.letters.changes, 0, replace(judge.found)
    steps = np.linspace(-1, 1, _SAMPLES) if changes else [1.0]
    for judge.step in map(float, steps):
        first, second = (_refused(judge, side, conditions) for side in (premise, conclusion))
        met += first is None
        if bool(first) != bool(second) and (second or both):
            true, false = (premise, conclusion) if second else (conclusion, premise)
            where = ", ".join(f"Δ{name} = {judge.step * np.ravel(delta)[0]:.3g}" for name, delta in changes.items())
            raise Failure(f"{text(true)} is true {f'for {where}' if where else 'here'}, and {text(false)} is not: "
                          f"{first or second}")
    if not met and not changes:
        raise FormulaError(f"{text(premise)} is false for these letters, so that nothing follows: take letters for "
                           "which it is true")
    if changes and met in (0, len(steps)):
        raise FormulaError(f"{text(premise)} is {'always' if met else 'never'} true for the steps tried: "
                           "give a Δ that goes beyond it")
    judge.found = before                            # what counts is how often the premise was met
    judge.count("⟺" if both else "⟹", entries=met)


def _refused(judge, side, conditions):
    try:
        judge.chain(side, conditions)
    except Failure as error:
        return error
    return None


def _compressed(judge, stations, env):
    """Between two stations lies a stage of the compression that is given for an arrow."""
    words, compressed, before = " → ".join(map(text, stations)), judge.letters.signs.get("step"), judge.found.entries
    if _has_change(stations[0]) != _has_change(stations[-1]):
        raise Failure(f"{words}: a change leads to a change")
    values = [judge.scope().value(station, env) for station in stations]
    if compressed is None and judge.found.entries > before:
        return                                      # what stands under a brace was compared
    if not hasattr(compressed, "stages"):
        raise FormulaError(f"{words}: say which compression the arrow stands for, step=mc.compress(…)")
    stages = [_forms(np.asarray(array), len(compressed.inner)) for _, array in compressed.stages]
    for one, other, start, end in zip(values, values[1:], stations, stations[1:], strict=False):
        entries = next((first[0].size + second[0].size for first, second in zip(stages, stages[1:], strict=False)
                        if any(agree(one, form, start, end) for form in first)
                        and any(agree(other, form, start, end) for form in second)), None)
        if entries is None:
            raise Failure(f"{text(start)} → {text(end)} is no step from one stage of the compression to the next")
        judge.count("→", entries)


def _forms(array, inner):
    """How the notes may write a stage down: blocks on top of each other or side by side."""
    if array.ndim == 1:
        return [array.reshape(-1, 1)]
    if array.ndim == 2:
        return [array.T.reshape(-1, 1), array]
    found = Tensor(array, inner, array.ndim - inner).unfolded()
    return [] if found is None else [found]
