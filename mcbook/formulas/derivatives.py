"""Derivatives in a formula, in the notes' layout: a row for each input, a column for each output.

A derivative is :func:`mcnotes.derivative`. ∂y/∂x keeps the other arguments of y still, dy/dx lets them follow; an
index picks the entries that are meant, ∂xᵀ below the stroke asks for the transpose. Source after source takes
another layout, so a formula that fails is tried in the others, too: ``numerator`` turns every derivative around, and
``mixed`` all but those of a number, whose gradients stay columns.
"""

from typing import cast

import numpy as np

from mcnotes.derivative import Derivative, derivative
from mcnotes.engine import Traced, UnsupportedError

from .tree import Node, bare, letters, text
from .values import LARGEST, ZERO, Flexible, Tensor, as_matrix, written
from .verdict import BudgetError, ClaimError, Failure, FormulaError, ShapeClash


def differentiated(function, at, words: str, budget) -> Derivative:
    """A derivative by the engine; what it refuses is told in the formula's letters."""
    budget.spend(20)
    try:
        if np.size(at) > 100 and (size := np.size(at) * np.size(function(at))) > LARGEST:
            raise BudgetError(f"too much to run: the derivative of {words} has {size} entries")
        found = cast(Derivative, derivative(function, at))
    except ClaimError:
        raise
    except (UnsupportedError, ValueError, TypeError, ArithmeticError, IndexError, np.linalg.LinAlgError) as error:
        raise FormulaError(f"{words} cannot be differentiated here: {error}") from None
    budget.spend(np.size(found.array) / 100)
    return found


def derivative_of(scope, node: Node, env: dict):
    """The value of a derivative, laid out.

    Parameters
    ----------
    scope : Scope
        Values of the letters.
    node : Node
        Of kind ``"derivative"``: what it is taken of, and by what.
    env : dict
        Values of the indices.
    """
    array, inner, outer, found, input_row, output_row, turned = _unlaid(scope, node, env)
    return _laid_out(array, inner, outer, found, input_row, output_row, turned, node.name, scope)


def lengths(scope, node: Node, env: dict) -> tuple[int, ...]:
    """Lengths of the axes of a derivative, those of the input first: a vector by a number has one (X.16)."""
    _, inner, outer, *_ = _unlaid(scope, node, env)
    return (*inner, *outer)


def _unlaid(scope, node, env):
    """A derivative's array, the axes that are left of input and output, and what its layout needs."""
    of, *by = node.parts
    if len(by) > 1:
        key = id(node), "inner"
        of = scope.kept.setdefault(key, Node("derivative", (of, *by[1:]), name=node.name, at=node.at))
    turned, inputs = by[0].kind == "transpose", bare(by[0])
    inputs = bare(inputs.parts[0]) if turned else inputs
    stacked = inputs.kind == "call" and inputs.name == "vec" and len(inputs.parts) == 1
    inputs = bare(inputs.parts[0]) if stacked else inputs
    name, places = scope.entry(inputs, env)
    if name is None:
        raise FormulaError(f"{text(node)}: a derivative is taken by a letter or by one of its entries, not by "
                           f"{text(by[0])}; name it with a letter")
    if name not in scope.letters or scope.letters.is_pure(name):
        scope.letters.missing(name)
    whole, chosen = scope.entry(of, env)
    if whole is None or whole in env or whole not in scope.letters:
        found, chosen = _of_tree(scope, of, name, env), []
    else:
        found = _of_letter(scope, whole, name, node.name)
    inner, outer = found.inner, found.outer
    array = found.array if isinstance(found.array, Traced) else np.asarray(found.array)
    if inner and len(outer) == 2 and outer[0] == 1 and not chosen:
        outer = outer[1:]                                           # a row is a vector, too
    array = np.reshape(array, inner + outer)
    array, inner_left, across = _part(array, 0, inner, places, inputs)
    array, outer_left, _ = _part(array, len(inner_left), outer, chosen, of)
    if stacked and len(inner_left) == 2:
        array = np.reshape(np.swapaxes(array, 0, 1), (-1, *outer_left))
        inner_left = (inner_left[0] * inner_left[1],)
    kept = found if not places and not chosen and not stacked else None
    return array, inner_left, outer_left, kept, across and not _row(of, outer, chosen), _row(of, outer, chosen), turned


def _of_letter(scope, whole, name, sign):
    key = "letter", whole, name, "d" if sign == "d" else "∂"
    if key not in scope.seen:
        given = scope.letters
        if given.is_pure(whole):
            given.missing(whole)
        if whole in given.values and whole != name:
            raise FormulaError(f"∂{whole}/∂{name}: {whole} is given as numbers; give it as a function, "
                               f"{whole}=lambda {name}: …")
        direct = sign != "d" and name in given.parameters.get(whole, ())
        still = {one: scope.raw(one) for one in given.parameters.get(whole, ()) if one != name} if direct else {}

        def moved(x):
            return given.value(whole, {**scope.changed, **still, name: x})

        scope.seen[key] = differentiated(moved, scope.raw(name), f"{whole}", scope.budget)
    return scope.seen[key]


def _of_tree(scope, of, name, env):
    inside = letters(of)
    key = "tree", id(of), name, tuple((one, env[one]) for one in env if one in inside)
    if key not in scope.seen:
        scope.kept[id(of)] = of

        def moved(x):
            value = scope.beside(changed={name: x}).array(of, env)
            if isinstance(value, Flexible):
                raise FormulaError(f"{text(of)} does not say how large it is")
            return value

        scope.seen[key] = differentiated(moved, scope.raw(name), text(of), scope.budget)
    return scope.seen[key]


def _part(array, start, sizes, places, node):
    """Pick the entries that an index means along the axes of the input, or of the output."""
    if not places:
        return array, sizes, False
    words = text(node)
    if len(places) > len(sizes):
        raise ShapeClash(f"{words} has {len(places)} indices, and {text(node.parts[0])} has {len(sizes)} axes")
    across = len(places) == 1 and len(sizes) == 2
    axes = [start + (0 if by_rows(node) else 1)] if across else [start + k for k in range(len(places))]
    for axis, place in sorted(zip(axes, places, strict=True), reverse=True):
        if not 1 <= place <= array.shape[axis]:
            numbers = ", ".join(map(str, places))
            raise Failure(f"there is no {text(node.parts[0])} with the index {numbers} for {words}: "
                          f"{text(node.parts[0])} is {written(sizes)}")
        array = array[(slice(None),) * axis + (place - 1,)]
    return array, tuple(n for k, n in enumerate(sizes) if start + k not in axes), across and by_rows(node)


def _row(node, sizes, places):
    """Whether an entry M_i is meant, a row of M."""
    return len(places) == 1 and len(sizes) == 2 and by_rows(node)


def by_rows(base: Node) -> bool:
    """M_i is a row of M (46); of every other matrix a single index takes a column, as W_i does (60)."""
    while base.kind in ("delta", "paren", "sub"):
        base = base.parts[0]
    return base.kind == "letter" and base.name[0] == "M"


def _laid_out(array, inner, outer, found, input_row, output_row, turned, sign, scope):
    """The notes' layout of a derivative, from the lengths of what is left of input and output."""
    if len(inner) + len(outer) > 2:
        return Tensor(array, len(inner), len(outer), found, scope.letters.notes)
    if not inner:
        flat = np.reshape(array, outer + (1,) * (2 - len(outer)))
        laid = flat if output_row and len(outer) == 1 else np.transpose(flat)
    elif not outer:
        laid = array if len(inner) == 2 else np.reshape(array, (1, -1) if input_row else (-1, 1))
    else:
        laid = array
    gradient = not outer and (sign == "∇" or scope.layout == "mixed")
    other = scope.layout != "denominator" and not gradient
    return np.transpose(laid) if other != turned else laid


def slope(function, order: int, value, words: str):
    """The derivative of a function of one number, at each entry of an array."""
    def sloped(inner, depth):
        if depth == 0:
            return inner
        return lambda x: np.reshape(derivative(sloped(inner, depth - 1), x).array, ())

    outermost = sloped(function, order)
    try:
        if isinstance(value, Traced):
            rows, columns = value.shape
            return np.reshape(
                np.stack([outermost(value[i, j]) for i in range(rows) for j in range(columns)]), value.shape
            )
        return np.reshape([float(outermost(float(x))) for x in value.flat], value.shape)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - the function is the reader's own
        raise FormulaError(f"{words}: this function has no slope at one number ({error})") from None


def directions(scope_letters, nodes) -> dict[str, np.ndarray]:
    """How far each letter moves under d: one with a d of its own, dX, and one that is a variable by custom, x or Y.

    The steps are drawn at random, unless they are given as letters dX=….
    """
    nodes = [node for node in nodes if node.kind == "differential"]
    customary = {name for node in nodes for name in letters(node) if name[0] in "uvwxyzUVWXYZ"}
    found = {}
    for name in sorted(customary | {bare(node.parts[0]).name for node in nodes if node.kind == "differential"
                        and bare(node.parts[0]).kind == "letter"} | {name[1:] for name in scope_letters.values
                                                                     if name[0] == "d" and len(name) > 1}):
        if name in scope_letters.values:
            shape, random = np.shape(scope_letters.values[name]), np.random.default_rng(sum(map(ord, name)))
            found[name] = scope_letters.values.get(f"d{name}", random.normal(size=shape)).reshape(shape)
    return found


def differential(scope, node: Node, env: dict):
    """d of something: how it changes, to first order, when the letters move whose d the formula takes."""
    of, moves = bare(node.parts[0]), scope.letters.moves
    if of.kind == "letter" and of.name in moves:
        return as_matrix(moves[of.name])
    reached = {base for name in letters(of) for base in scope.letters.bases(name)} & moves.keys()
    if not reached:
        value = scope.array(of, env)
        if letters(of) & scope.letters.functions.keys() or not moves:
            raise FormulaError(
                f"{text(node)}: nothing in it moves; write the d of a letter on the other side, such as dX"
            )
        return ZERO if isinstance(value, Flexible) else np.zeros(value.shape)

    def moved(t):
        return scope.beside(changed={name: scope.raw(name) + t * moves[name] for name in reached}).sized(of, env)

    shape = np.shape(scope.sized(of, env))
    found = differentiated(moved, 0.0, text(of), scope.budget)
    return np.reshape(found.array, shape)
