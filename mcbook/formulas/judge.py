"""Whether a formula holds: its relations, its shapes, for every value of its free indices.

There are three verdicts. It *holds*; it *fails*, with the place and both values or both shapes; or it *cannot be
read*, with what was expected. Nothing that is not understood is dropped or guessed, and the formula as it was read
is part of every verdict.
"""

import itertools
import warnings
from collections.abc import Iterator, Mapping

import numpy as np

from mcnotes.shapes import kind

from .approximation import approximates
from .arrows import follow
from .binding import Binder
from .comparison import Record, difference, dimensions, shown
from .derivatives import directions
from .evaluator import Scope, ordered
from .letters import BUILT_IN, Letters
from .parser import read
from .tree import Node, bare, latex, letters, product, same, text, walk
from .values import Budget, Flexible, written
from .verdict import BudgetError, ClaimError, Failure, FormulaError, Result, ShapeClash, Verdict

_MOST = 20000
_KINDS = ("scalar", "vector", "matrix", "tensor")
#: Words that say what a matrix is like.
_PROPERTIES = {
    "symmetric": lambda x: np.allclose(x, x.T), "square": lambda x: True, "diagonal": lambda x: np.allclose(x, np.diag(
        np.diag(x))), "orthogonal": lambda x: np.allclose(x.T @ x, np.eye(len(x))),
    "invertible": lambda x: np.linalg.matrix_rank(x) == len(x),
}
_LAYOUTS = {"numerator": "in numerator layout, with every derivative turned around",
            "mixed": "with gradients as columns and every other derivative in numerator layout"}


def holds(formula: str, letters: Mapping | None = None, /, *, notes: bool = False, **more) -> Verdict:
    r"""Judge a formula.

    Parameters
    ----------
    formula : str
        LaTeX as between dollar signs, or plain text.
    letters : mapping of str to number, array or callable
        What its letters stand for (:class:`Letters`, :func:`draw`); they may be given as keywords, too.
    notes : bool, optional
        Whether the letters have the notes' sizes, as in the statements of the book.

    Returns
    -------
    Verdict
        ``kind`` is ``"holds"``, ``"fails"`` or ``"unreadable"``; it is true where the formula holds. It never raises.

    Examples
    --------
    >>> holds(r"\nabla_x (x^\top B x) = (B + B^\top) x", x=[1, -2], B=[[1, 2], [5, 4]])
    ✓ This holds: 2 entries agree
      read as ∇_x (xᵀ B x) = (B + Bᵀ) x
    >>> holds("(A B)^T = A^T B^T", A=[[1, 2, 0], [3, -1, 2]], B=[2, 1, 5])
    ✗ This fails: Aᵀ Bᵀ cannot be multiplied: (3 × 2) times (1 × 3), and 2 ≠ 1
      read as (A B)ᵀ = Aᵀ Bᵀ
    >>> holds("A^T A = A^", A=[[1, 2], [3, 5]]).kind
    'unreadable'
    """
    given, judged = {**(letters or {}), **more}, None
    try:
        judged = judge_of(formula, Letters(given, notes))
        result = judged.result()
        if not result.words:
            raise FormulaError("it is a notation, and compares nothing: write what it is equal to")
        fixed = f", with {' and '.join(judged.fixed)} kept fixed" if judged.fixed else ""
        return Verdict("holds", f"✓ This holds: {result.words}{fixed}", "", *_as_read(judged, formula),
                       formulas=(result,), ok=True)
    except Failure as error:
        layout = _other_layout(formula, given, notes)
        hint = f"; it holds {_LAYOUTS[layout]}" if layout else ""
        return Verdict("fails", f"✗ This fails: {error}{hint}", str(error), *_as_read(judged, formula), layout,
                       formulas=(judged.failed(error),) if judged else ())
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
        parts = read(formula)
    except Exception:  # noqa: BLE001 - what could not be read is told already
        return "", ""
    return ", ".join(map(text, parts)), r",\quad ".join(map(latex, parts))


def _other_layout(formula, given, notes):
    """The layout in which a formula that fails would hold, if there is one."""
    try:
        taken = judge_of(formula, Letters(given, notes))
        nodes = [node for body, *_ in taken.statements for node in walk(body)]
        if not any(node.kind == "derivative" for node in nodes):
            return ""
        for layout in _LAYOUTS:
            other = judge_of(formula, Letters(given, notes), layout)
            try:
                other.run()
                return layout
            except Failure:
                continue
    except Exception:  # noqa: BLE001 - only a hint
        return ""
    return ""


def judge(formula, given: Letters) -> Result:
    """Run one formula.

    Parameters
    ----------
    formula : str, or tuple of Node
    given : Letters

    Returns
    -------
    Result
        With no entries, rows or shapes where nothing could have failed.

    Raises
    ------
    Failure
        The formula does not hold.
    FormulaError
        It cannot be read, or a letter has no value.

    Examples
    --------
    >>> judge(r"(W A)^T = A^T W^T", Letters({"W": [[1, 2, 3], [4, 5, 6]], "A": [[1], [2], [4]]})).words
    '2 entries agree'
    """
    return judge_of(formula, given).result()


def values(parts: tuple, given: Letters) -> Iterator:
    """The values of an expression for all values of its indices: arrays, or what takes the shape it is asked for.

    Examples
    --------
    >>> [float(one[0, 0]) for one in values(read("v_i"), Letters({"v": [2, 5, 3]}))]
    [2.0, 5.0, 3.0]
    """
    judged = judge_of(parts, given)
    (body, conditions, _), = judged.statements
    for env in sorted(judged.environments(body, conditions), key=lambda env: sorted(env.items())):
        yield judged.scope().value(body, env)


def could_fail(formula) -> bool:
    """Whether a formula says something that may be false: a relation, or a shape over a brace.

    A notation says nothing, and an arrow without an equation, or a shape with a question mark,
    is a picture in letters.

    Parameters
    ----------
    formula : str, or tuple of Node

    Examples
    --------
    >>> could_fail(r"z_i = W_i^T A"), could_fail(r"\\frac{\\partial s}{\\partial v}")
    (True, False)
    >>> could_fail(r"\\overbrace{v}^{(m \\times 1)}")
    True
    """
    for part in itertools.chain.from_iterable(map(walk, read(formula) if isinstance(formula, str) else formula)):
        if part.kind == "chain" and not any(one.kind == "words" for one in walk(part.parts[0])):
            return True
        if part.kind == "brace" and len(part.parts) > 1 and dimensions(part.parts[1]):
            return True
    return False


def judge_of(formula, given: Letters, layout: str = "denominator") -> "Judge":
    """The judge of a formula: its statements, with their letters settled."""
    parts = formula if isinstance(formula, tuple) else read(formula, given.names())
    budget, binder, sizes, defined = Budget(), Binder(given), {}, []
    if not given.notes:
        sizes = given.sizes(set(), {})
        definitions = Definitions(given, binder, budget, sizes)
        parts = _without_definitions(parts, definitions)
        defined = definitions.told
    parts = tuple(binder.bound(part) for part in parts)
    binder.layers()
    names = {name for part in parts for name in letters(part)}
    if given.notes:
        sizes = given.sizes({name for name in names if np.shape(given.values.get(name, 0)) == ()}, binder.labels)
    given.used |= names
    given.moves = directions(given, [node for part in parts for node in walk(part)])
    return Judge(given, sizes, parts, layout, budget, formula if isinstance(formula, str) else "", names, defined)


class Definitions:
    """Letters that a formula itself defines: y in ``y = A x ⟹ ∂y/∂x = Aᵀ``, and in ``… where y = A x``."""

    def __init__(self, given, binder, budget, sizes):
        self.given, self.binder, self.budget, self.sizes, self.told = given, binder, budget, sizes, []

    def take(self, body: Node) -> bool:
        """Whether an equation defines a letter that has no value, and if so, take it."""
        if body.kind != "chain" or len(body.parts) != 2 or body.parts[1].name != "=":
            return False
        left, right = (side.parts[0] for side in body.parts)
        return self._taken(left, right) or left.kind != "letter" and right.kind == "letter" and self._taken(right, left)

    def _taken(self, left, right):
        given, inputs = self.given, ()
        if left.kind == "product" and len(left.parts) == 2 and left.parts[1].kind == "paren":
            left, inputs = left.parts[0], left.parts[1].parts
        if left.kind != "letter" or left.name in given or any(one.kind != "letter" for one in inputs):
            return False
        free = {name for name in letters(right) - given.names() - BUILT_IN if name not in self.sizes}
        if left.name in free or free - _bound(right):
            return False
        tree = self.binder.bound(right)
        names = tuple(one.name for one in inputs) or tuple(sorted(set(self._inputs(tree))))
        self.told.append(Node("chain", (Node("side", (Node("apply", (left, *inputs)) if inputs else left,)),
                                        Node("side", (tree,), name="="))))

        def function(*arguments):
            scope = Scope(given, self.sizes, changed=dict(zip(names, arguments, strict=True)), budget=self.budget)
            scope.size_sums(tree)
            return scope.sized(tree, {})

        given.define(left.name, names, function)
        return True

    def _inputs(self, tree):
        """What a definition depends on: its letters, and of one that it differentiates what that depends on."""
        of = {part.parts[0].name for part in walk(tree) if part.kind == "derivative" and part.parts[0].kind == "letter"}
        for name in letters(tree):
            if name in self.given and not self.given.is_pure(name):
                yield from self.given.bases(name) if name in of else (name,)


def _bound(node):
    """Indices of a tree, and the limits of its sums: letters that need no value of their own."""
    indices = {name for part in walk(node) if part.kind == "sub" for index in part.parts[1:] for name in letters(index)}
    large = [part for part in walk(node) if part.kind in ("large", "limit")]
    return indices.union(*(letters(one) for part in large for one in part.parts[1:]))


def _without_definitions(parts, definitions):
    """The formula without its definitions, which may stand before and after what uses them."""
    parts, before = list(parts), None
    while before != parts:
        before, kept = parts, []
        for part in parts:
            left = _undefined(part, definitions, len(parts) > 1 or bool(kept))
            kept += [left] if left is not None else []
        parts = kept if kept else before
        if not kept:
            break
    return parts


def _undefined(part, definitions, several):
    """What is left of one part, or None."""
    if part.kind not in ("statement", "conditions"):
        return part
    body, conditions = (part.parts[0], part.parts[1:]) if part.kind == "statement" else (None, part.parts)
    conditions = tuple(one for one in conditions if not (one.name == "if" and len(one.parts) == 1
                                                         and definitions.take(one.parts[0])))
    if body is not None and body.kind == "flow":
        stations = list(body.parts)
        while len(stations) > 2 and stations[1].name == "⟹" and definitions.take(stations[0]):
            stations = stations[2:]
        body = stations[0] if len(stations) == 1 else body if len(stations) == len(body.parts) else Node(
            "flow", tuple(stations), at=body.at)
    elif body is not None and several and not part.parts[1:] and definitions.take(body):
        return None
    if body is None and not conditions:
        return None
    new = (body, *conditions) if body is not None else conditions
    same_parts = len(new) == len(part.parts) and all(one is other for one, other in zip(new, part.parts, strict=True))
    return part if same_parts else Node(part.kind, new, at=part.at)


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
            body, conditions, labels = out.pop()
            sides = body.parts if body.kind == "chain" else (Node("side", (body,), at=body.at),)
            out.append((Node("chain", (*sides, *part.parts), at=body.at), conditions, labels))
        else:
            raise FormulaError(f"{text(part)} stands alone: write what it belongs to before it")
    if waiting:
        raise FormulaError(f"{', '.join(map(text, waiting))}: write what is true then")
    return out


def _restricts(body, given):
    """Whether a statement behind another one says for which indices that is true: (i ≠ j), or i < j."""
    chain = bare(body)
    if chain.kind != "chain":
        return False
    return body.kind == "paren" or not any(one.kind not in ("chain", "side", "letter", "number") or one.name in given
                                           for one in walk(chain))


def _lasts(parts):
    """Sizes at the end of dots: m in v_1, …, v_m is no free index."""
    for before, dots, after in zip(parts, parts[1:], parts[2:], strict=False):
        if dots.kind == "dots" or dots.kind == "row" and all(cell.kind == "dots" for cell in dots.parts):
            yield from _indices(after) - _indices(before)


def _indices(node):
    return {name for part in walk(node) if part.kind == "sub" for index in part.parts[1:] for name in letters(index)}


def is_generic(node: Node) -> bool:
    """Whether a matrix shows one entry between dots, which stands for all."""
    if node.kind != "grid":
        return False
    cells = [cell for row in node.parts for cell in row.parts if cell.kind not in ("dots", "empty")]
    return len(cells) == 1 and len(node.parts) == 3


def _claimed_kind(node):
    """``(w a scalar)``, ``A is symmetric``: the letter and its kind, or None."""
    inner = bare(node)
    if inner.kind == "product" and inner.parts[-1].kind == "words":
        found = next((word for word in inner.parts[-1].name.split() if word in (*_KINDS, *_PROPERTIES)), None)
        if found:
            return product(inner.parts[:-1]), found
    return None


def _is_property(body):
    claimed = _claimed_kind(body)
    return claimed is not None and claimed[1] in _PROPERTIES


class Judge:
    """One formula and what is found on the way.

    Attributes
    ----------
    read, latex : str
        The formula as it was read.
    statements : list of (Node, list, list)
        Each with its conditions and labels.
    """

    def __init__(self, given, sizes, parts, layout, budget, formula, names, defined):
        self.letters, self.sizes, self.statements = given, sizes, merged(parts, given)
        self.layout, self.budget, self.formula, self.names = layout, budget, formula, names
        self.record, self.last, self.refused = Record(), None, None
        self.fixed = sorted({name for part in parts for node in walk(part) if node.kind == "differential"
                             for name in letters(node) if name in given.values and name not in given.moves})
        self.read, self.latex = ", ".join(map(text, parts)), r",\quad ".join(map(latex, parts))
        if defined:
            self.read += ", where " + ", ".join(map(text, defined))
            self.latex += r",\quad \text{where } " + ", ".join(map(latex, defined))

    def result(self) -> Result:
        """Run it, and say what was compared."""
        self.run()
        record = self.record
        return Result(self.read, self.formula if "\\" in self.formula else self.latex,
                      " ".join(dict.fromkeys(record.relations)), shown(self.letters, self.names), record.rows,
                      record.largest, record.entries, record.shapes)

    def failed(self, error) -> Result:
        """What was found before the formula failed."""
        rows = getattr(error, "rows", ())
        return Result(self.read, self.formula if "\\" in self.formula else self.latex, "",
                      shown(self.letters, self.names), rows)

    def scope(self, step=1.0, only=None):
        return Scope(self.letters, self.sizes, step=step, only=only, record=self.record, layout=self.layout,
                     budget=self.budget)

    def run(self) -> None:
        """Judge the statements one by one."""
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            for body, *_ in self.statements if not self.letters.notes else ():
                self.scope().size_sums(body)
            for body, conditions, labels in sorted(self.statements, key=lambda one: not _is_property(one[0])):
                try:
                    self._run_one(body, conditions, labels)
                except Failure as error:
                    if len(self.statements) > 1 and not isinstance(error, ShapeClash):
                        error.args = (f"in {text(body)}, {error}",)
                    raise

    def _run_one(self, body, conditions, labels):
        if body.kind == "words" or (body.kind == "paren" and all(part.kind == "words" for part in body.parts)):
            return
        if body.kind == "paren" and len(body.parts) == 1 and body.parts[0].kind == "chain":
            body = body.parts[0]
        if sizes := dimensions(body):
            self._shape_of_last(sizes)
        elif (claimed := _claimed_kind(body)) is not None:
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
            if not self.letters.notes:
                raise FormulaError(f"the words “{body.parts[-1].name}” are not understood: leave them out")
            body = product(body.parts[:-1], body.at)
        for env in self.environments(body, conditions):
            value = self.scope().value(body, env)
            for label in labels:
                self.record.place(label, value, body, self.scope())

    def _shape_of_last(self, sizes):
        if self.last is None:
            raise FormulaError(f"{written(map(text, sizes))} stands beside no formula")
        for env in self.environments(self.last, ()):
            scope = self.scope()
            self.record.shape(scope.value(self.last, env), sizes, self.last, scope, env)

    def _kind(self, node, wanted):
        if wanted in _PROPERTIES:
            array = self.scope().sized(node, {})
            if array.shape[0] != array.shape[1] or not _PROPERTIES[wanted](array):
                raise FormulaError(f"{text(node)} is not {wanted} here, and the formula is about letters that are")
            return
        for env in self.environments(node, ()):
            found = kind(self.scope().array(node, env))
            if found != wanted:
                raise Failure(f"{text(node)} is a {found} here, not a {wanted}")
        self.record.shapes += 1
        self.record.relations.append("shape")

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
        sides = [self._generic(side, labels) for side in sides]
        environments = self.environments(chain, conditions, labels)
        for left, sign, right in zip(sides, signs, sides[1:], strict=False):
            try:
                self._pair(left, sign, right, chain, environments, conditions)
            except Failure as error:
                if len(signs) > 1 and not isinstance(error, ShapeClash):
                    error.args = (f"in {text(left)} {sign} {text(right)}, {error}",)
                raise
        for label in labels:
            self._placed(label, sides, self.scope(), environments[0])
        self._covered(sides)

    def _pair(self, left, sign, right, chain, environments, conditions):
        near = any(condition.name == "near" for condition in conditions)
        if sign == "=" and left.kind == "derivative" and all(bare(part).kind == "words" for part in left.parts):
            self._kinds(left, right)
        elif sign == "is":
            sizes = dimensions(right)
            if sizes is None:
                raise FormulaError(f"{text(left)} is {text(right)}: expected a shape such as (r × k)")
            for env in environments:
                scope = self.scope()
                self.record.shape(scope.value(left, env), sizes, left, scope, env)
        elif sign == "≈":
            self.record.relations.append("≈")
            self.record.rows = approximates(self, left, right, chain, environments, near)
        elif sign == "=":
            self._equal(left, right, chain, environments)
            if self.letters.changes and near:
                self._equal(left, right, chain, environments, moved=True)
        elif sign in ("≠", "<", ">", "≤", "≥"):
            self._ordered(left, sign, right, environments)
        else:
            raise FormulaError(f"{text(left)} {sign} {text(right)}: {sign} is not a relation that runs")

    def _equal(self, left, right, chain, environments, moved=False):
        self.record.relations.append("=")
        self.record.notes.clear()
        for env in environments:
            self.budget.spend(1)
            scope = self.scope_for(chain, env).moved() if moved else self.scope_for(chain, env)
            try:
                one, other = scope.value(left, env), scope.value(right, env)
                if isinstance(one, Flexible) and isinstance(other, Flexible):
                    one = self._shaped(one, chain, scope, env)
                difference(one, other, left, right, env, self.record)
            except Failure as error:
                if isinstance(error, ShapeClash):
                    raise
                if self.record.notes:
                    raise Failure(self.record.notes[0]) from None
                if any(part.kind == "delta" for part in walk(chain)):
                    self._nearly(left, right, chain, environments, error)
                raise

    @staticmethod
    def _shaped(value, chain, scope, env):
        """A side without a shape of its own gets that of another side of the chain, if any has one."""
        others = (scope.value(side.parts[0], env) for side in chain.parts)
        shape = next((other.shape for other in others if isinstance(other, np.ndarray)), None)
        return value.shaped(shape) if shape else value

    def _nearly(self, left, right, chain, environments, error):
        """Where = is wrong and ≈ would be right, say so."""
        record, self.record = self.record, Record()
        try:
            approximates(self, left, right, chain, environments, False)
        except BudgetError:
            raise
        except (Failure, FormulaError):
            return
        finally:
            self.record = record
        raise Failure(f"{error}; the gap shrinks to a quarter each time the step halves, so the sign is ≈") from None

    def _ordered(self, left, sign, right, environments):
        self.record.relations.append(sign)
        for env in environments:
            scope = self.scope()
            if sign == "≠" and self._unequal(scope.value(left, env), scope.value(right, env), left, right):
                self.record.entries += 1
                continue
            a, b = scope.number(left, env), scope.number(right, env)
            if not (np.isfinite(a) and np.isfinite(b)):
                raise FormulaError(f"{text(left)} {sign} {text(right)}: one side is not a finite number here")
            if not ordered(a, sign, b):
                where = ", ".join(f"{name} = {value}" for name, value in env.items())
                said = (
                    f"both sides are {a:.4g}" if sign == "≠" else f"the left side is {a:.4g} and the right side {b:.4g}"
                )
                raise Failure((f"for {where}, " if where else "") + said.replace("-", "−"))
            self.record.entries += 1

    def _unequal(self, one, other, left, right):
        """Whether two arrays, at least one of them no number, differ somewhere."""
        if max(np.size(getattr(value, "array", value)) for value in (one, other)) < 2:
            return False
        try:
            difference(one, other, left, right, {}, Record())
        except Failure:
            return True
        raise Failure(f"{text(left)} and {text(right)} are the same")

    def _kinds(self, left, right):
        """∂(Vector)/∂(Scalar) = ∂w/∂s: what kinds of things w and s are."""
        if left.kind != "derivative" or right.kind != "derivative":
            raise FormulaError(f"{text(left)} = {text(right)}: expected a derivative on both sides")
        for named, letter in zip(left.parts, right.parts, strict=True):
            wanted = text(named).strip("()").lower()
            found = kind(self.scope().array(letter, {}))
            if wanted != found:
                raise Failure(f"{text(letter)} is a {found} here, not a {wanted}")
            self.record.shapes += 1
        if right.parts[0].kind == "letter":
            self.scope().value(right, {})
        self.record.relations.append("shape")

    # letters and indices

    def free(self, node: Node) -> list[str]:
        """Indices that are not summed over, in order."""
        found, bound = dict[str, None](), set[str]()
        for part in walk(node):
            if part.kind in ("large", "limit"):
                bound.update(one.name for one in part.parts[1:2] + part.parts[3:])
            bound.update(_lasts(part.parts))
            if part.kind == "sub" and not self._sized(part):
                for index in part.parts[1:]:
                    found.update(dict.fromkeys(one.name for one in walk(index) if one.kind == "letter"))
        return [name for name in found if name not in bound and name not in self.sizes
                and name not in self.letters.values]

    def _sized(self, node):
        """I_n and 𝟏_n: a size, and no index."""
        base = node.parts[0]
        return len(node.parts) == 2 and (base.kind in ("ones", "zero") or base.kind == "letter" and base.name == "I"
                                         and "I" not in self.letters)

    def environments(self, node: Node, conditions, labels=()) -> list[dict]:
        """All values of the free indices that fulfil the conditions."""
        bound = {label.parts[0].name for label in labels} if any(is_generic(part) for part in walk(node)) else set()
        names, scope, ranges = [name for name in self.free(node) if name not in bound], self.scope(), []
        for name in names:
            length = scope.range_of(name, node, {})
            if length is None:
                self._uncounted(name, node)
            ranges.append(range(1, length + 1))
        count = int(np.prod([len(one) for one in ranges]))
        if count > _MOST:
            raise BudgetError(f"too much to run: the indices run through {count} values; give smaller letters")
        found = [dict(zip(names, values, strict=True)) for values in itertools.product(*ranges)]
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

    def scope_for(self, chain, env, step=1.0):
        """The scope in which only those entries move that the formula names with a free index: Δv_i alone."""
        return self.scope(step, self.movers(chain, env))

    def movers(self, chain: Node, env) -> dict:
        """Entries that move, for each letter of whose Δ the formula names one entry only."""
        entries: dict = {}
        bound = set[str]()
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
            entries.setdefault(name, set()).add(text(part) if indices and not summed else "")
            if indices and not summed:
                entries.setdefault((name, text(part)), indices)
        scope, only = self.scope(), {}
        for name, texts in entries.items():
            if isinstance(name, str) and len(texts) == 1 and "" not in texts:
                only[name] = [tuple(scope.place(index, env) for index in entries[name, next(iter(texts))])]
        return only

    def _generic(self, side, labels):
        """A matrix that shows one entry between dots, with labels that say where it stands (80)."""
        if not is_generic(side):
            return side
        inner = next(cell for row in side.parts for cell in row.parts if cell.kind not in ("dots", "empty"))
        if not any(cell is inner for cell in side.parts[1].parts[1:2]):
            raise FormulaError(f"{text(side)} shows one entry: it stands in the middle, with dots around it")
        rows = next((label for label in labels if label.name == "row"), None)
        columns = next((label for label in labels if label.name == "column"), None)
        if rows is None or columns is None:
            raise FormulaError(f"{text(side)} shows one entry: say where it stands, "
                               r"(\text{row } i \leftrightarrow v_i, \ \text{column } j \leftrightarrow w_j)")
        scope = self.scope()
        height, width = (scope.axes(label.parts[1].parts[0], {})[0] for label in (rows, columns))
        first, second = rows.parts[0].name, columns.parts[0].name
        array = np.block([[scope.array(inner, {first: i + 1, second: j + 1}) for j in range(width)]
                          for i in range(height)])
        name = f"the matrix of {text(inner)}"
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
                raise Failure(f"the {label.name}s of {text(derivatives[0])} belong to {text(wanted)}, "
                              f"not to {text(root)}")

    def _covered(self, sides):
        for side in sides:
            for part in walk(side):
                if part.kind == "branch" and id(part) not in self.record.taken:
                    raise FormulaError(f"the case {text(part.parts[1])} is never met here, so it cannot fail")
