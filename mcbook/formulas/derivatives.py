"""Derivatives in a formula, in the notes' layout. ∂y/∂x keeps the other arguments of y still, dy/dx lets them follow;
∂xᵀ below the stroke asks for the transpose.
"""

from typing import cast

import numpy as np

from mcnotes.derivative import Derivative, derivative
from mcnotes.engine import UnsupportedError

from .tree import Node, bare, letters, text
from .values import LARGEST, ZERO, Tensor, as_matrix, shapeless, written
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
    """The value of a derivative for the letters of a scope and some values of the indices, laid out."""
    array, inner, outer, found, turned = unlaid(scope, node, env)
    missing = 2 - len(inner) - len(outer)
    if missing < 0:
        return Tensor(array, len(inner), len(outer), found, scope.letters.notes)
    laid = np.reshape(array, (*inner, *outer, *(1,) * missing))
    return np.transpose(laid) if bool(inner) == turned else laid


def unlaid(scope, node: Node, env: dict) -> tuple:
    """A derivative before it is laid out: its array; the lengths of the axes that are left of the input and of the
    output, a vector by a number has one (X.16); the Derivative, where all entries are meant; and whether it is taken
    by the transpose of a letter.
    """
    of, *by = node.parts
    if len(by) > 1:
        of = scope.once((node, "inner"), lambda: Node("derivative", (of, *by[1:]), name=node.name, at=node.at))
    of, inputs, turned = bare(of), bare(by[0]), by[0].kind == "transpose"
    inputs = bare(inputs.parts[0]) if turned else inputs
    stacked = inputs.kind == "call" and inputs.name == "vec" and len(inputs.parts) == 1
    inputs = bare(inputs.parts[0]) if stacked else inputs
    name, places = scope.entry(inputs, env)
    if name is None:
        raise FormulaError(f"{text(node)}: a derivative is taken by a letter or by one of its entries, not by "
                           f"{text(by[0])}; name it with a letter")
    at = scope.raw(name)
    whole, chosen = scope.entry(of, env)
    if whole in env or whole not in scope.letters:
        whole, chosen = None, []
    inside = () if whole else tuple((one, env[one]) for one in sorted(letters(of) & env.keys()))
    found = scope.once(("∂", whole or of, name, node.name == "d", inside), lambda: differentiated(
        _function(scope, of, whole, name, node.name, env), at, whole or text(of), scope.budget))
    inner, outer = scope.lengths(found.input_shape, len(places)), scope.lengths(found.output_shape, len(chosen))
    if inner and outer[:1] == (1,) and len(outer) == 2 and not chosen:
        outer = outer[1:]                                           # a row is a vector, too
    picked, taken = entry(inputs, places, inner), entry(of, chosen, outer)
    array = np.reshape(found.array, inner + outer)[picked + taken]
    inner, outer = _left(inner, picked), _left(outer, taken)
    if not outer and _is_row(picked):
        inner = (1, *inner)
    if not inner and _is_row(taken):
        outer = (1, *outer)
    if stacked and len(inner) == 2:
        array, inner = np.reshape(np.swapaxes(array, 0, 1), (-1, *outer)), (inner[0] * inner[1],)
    return array, inner, outer, None if places or chosen or stacked else found, turned


def _left(lengths, picked):
    return tuple(length for length, place in zip(lengths, picked, strict=True) if place == slice(None))


def _is_row(picked):
    """Whether one row of a matrix is picked, M_i."""
    return len(picked) == 2 and picked[0] != slice(None) and picked[1] == slice(None)


def _function(scope, of, whole, name, sign, env):
    """What is differentiated, as a function of one letter."""
    given = scope.letters
    if not whole:
        return lambda x: scope.beside(changed={name: x}).sized(of, env)
    if whole in given.values and whole != name:
        raise FormulaError(f"∂{whole}/∂{name}: {whole} is given as numbers; give it as a function, "
                           f"{whole}=lambda {name}: …")
    inputs = given.parameters.get(whole, ())
    still = {one: scope.raw(one) for one in inputs if one != name} if sign != "d" and name in inputs else {}
    return lambda x: given.value(whole, {**scope.changed, **still, name: x})


# Entries ------------------------------------------------------------------------------------------------------------

def entry(node: Node, places, lengths) -> tuple:
    """An entry with indices as NumPy takes it, counted from 0; without indices, or for None, all of an axis."""
    index = [slice(None)] * len(lengths)
    if not places:
        return tuple(index)
    base, words = node.parts[0], text(node)
    if not lengths:
        raise ShapeClash(f"{words}: {text(base)} is a number here, it has no entries")
    axes = counted_axes(base, len(places), len(lengths))
    if axes is None:
        raise ShapeClash(f"{words} has {len(places)} indices, and {text(base)} has {len(lengths)} axes")
    for axis, place in zip(axes, places, strict=True):
        if place is None:
            continue
        if place < 1:
            raise FormulaError(f"{words}: entries are counted from 1, and {place} is asked for")
        if place > lengths[axis]:
            shape = lengths if len(lengths) > 1 else (*lengths, 1)
            name = f"{text(base)}_{''.join(map(str, places))}" if None not in places else words
            raise Failure(f"there is no {name}: {text(base)} is {written(shape)}")
        index[axis] = place - 1
    return tuple(index)


def counted_axes(base: Node, count: int, axes: int) -> tuple[int, ...] | None:
    """The axes that some indices count: all, or one of a matrix; M_i is a row of M (46), but W_i a column of W (60)."""
    if count == axes:
        return tuple(range(axes))
    while base.kind in ("delta", "paren", "sub"):
        base = base.parts[0]
    rows = base.kind == "letter" and base.name[0] == "M"
    return (0 if rows else 1,) if (count, axes) == (1, 2) else None


# Slopes and differentials -------------------------------------------------------------------------------------------

def slope(function, order: int, value, words: str):
    """The derivative of a function of one number, at each entry of an array."""
    def sloped(inner, depth):
        if depth == 0:
            return inner
        return lambda x: np.reshape(derivative(sloped(inner, depth - 1), x).array, ())

    outermost = sloped(function, order)
    try:
        return np.reshape(np.stack([outermost(value[place]) for place in np.ndindex(*value.shape)]), value.shape)
    except ClaimError:
        raise
    except Exception as error:  # noqa: BLE001 - the function is the reader's own
        raise FormulaError(f"{words}: this function has no slope at one number ({error})") from None


def directions(given, nodes) -> dict[str, np.ndarray]:
    """How far letters move under d, at random or as dX=… says: those with a d of their own, and x or Y by custom."""
    moving = {bare(node.parts[0]).name for node in nodes if bare(node.parts[0]).kind == "letter"}
    moving |= {name for node in nodes for name in letters(node) if name[0] in "uvwxyzUVWXYZ"}
    moving |= {name[1:] for name in given.values if name[0] == "d"}
    found = {}
    for name in moving & given.values.keys():
        shape, random = np.shape(given.values[name]), np.random.default_rng(sum(map(ord, name)))
        found[name] = given.values.get(f"d{name}", random.normal(size=shape)).reshape(shape)
    return found


def differential(scope, node: Node, env: dict):
    """d of something: how it changes, to first order, when the letters move whose d the formula takes."""
    of, moves = bare(node.parts[0]), scope.letters.moves
    if of.kind == "letter" and of.name in moves:
        return as_matrix(moves[of.name])
    reached = {base for name in letters(of) for base in scope.letters.bases(name)} & moves.keys()
    value = scope.array(of, env)
    if not reached:
        if letters(of) & scope.letters.functions.keys() or not moves:
            raise FormulaError(
                f"{text(node)}: nothing in it moves; write the d of a letter on the other side, such as dX"
            )
        return ZERO if shapeless(value) else np.zeros(value.shape)

    def moved(t):
        return scope.beside(changed={name: scope.raw(name) + t * moves[name] for name in reached}).sized(of, env)

    return np.reshape(differentiated(moved, 0.0, text(of), scope.budget).array, value.shape)
