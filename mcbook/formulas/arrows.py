"""Arrows: a named step from one thing to the next, a stage of a compression, or "it follows that"."""

import numpy as np

from .comparison import difference
from .letters import called
from .tree import Node, text, walk
from .values import Flexible, Tensor, as_matrix
from .verdict import BudgetError, Failure, FormulaError, ShapeClash

_SAMPLES = 81


def follow(judge, flow: Node, conditions: list[Node]) -> None:
    """Run a formula with arrows.

    Parameters
    ----------
    judge : object
        ``judge.chain`` for its equations, ``judge.scope()`` for values.
    flow : Node
        What stands between the arrows, and the arrows.
    conditions : list of Node

    Raises
    ------
    Failure
        A step does not lead where the formula says.
    FormulaError
        The formula does not say which step an arrow stands for.
    """
    stations = [part for part in flow.parts if part.kind != "arrow"]
    arrows = {part.name for part in flow.parts if part.kind == "arrow"}
    if arrows & {"⟹", "⟺"}:
        for premise, conclusion in zip(stations, stations[1:], strict=False):
            _implied(judge, premise, conclusion, conditions, "⟺" in arrows)
        return
    if any(station.kind == "chain" for station in stations):
        for station in stations:
            if station.kind == "chain":
                judge.chain(station, conditions)
        return
    judge.record.relations.append("→")
    for env in judge.environments(flow, conditions):
        _walked(judge, stations, env)


def _implied(judge, premise, conclusion, conditions, both):
    """Where the left side is true, the right side has to be: for these letters, or for the steps that a Δ gives."""
    if judge.letters.changes:
        _sampled(judge, premise, conclusion)
        return
    found = [_true(judge, side, conditions) for side in (premise, conclusion)]
    judge.record.relations.append("⟺" if both else "⟹")
    if not any(found):
        raise FormulaError(f"{text(premise)} is false for these letters, so that nothing follows: take letters for "
                           "which it is true")
    if found[0] and not found[1] or both and found[1] and not found[0]:
        true, false = (premise, conclusion) if found[0] else (conclusion, premise)
        raise Failure(f"{text(true)} is true here, and {text(false)} is not: {judge.refused}")
    if not found[0]:
        raise FormulaError(f"{text(premise)} is false for these letters, so that nothing follows: take letters for "
                           "which it is true")


def _true(judge, side, conditions):
    try:
        judge.chain(side, conditions)
    except Failure as error:
        judge.refused = error
        return False
    return True


def _sampled(judge, premise, conclusion):
    given, met = judge.letters, 0
    for part in np.linspace(-1, 1, _SAMPLES):
        scope = judge.scope(step=float(part))
        if not scope.holds(premise, {}):
            continue
        met += 1
        if not scope.holds(conclusion, {}):
            raise Failure(f"{text(premise)} is true and {text(conclusion)} is false for "
                          + ", ".join(f"Δ{name} = {float(part) * np.ravel(delta)[0]:.3g}"
                                      for name, delta in given.changes.items()))
    if met in (0, _SAMPLES):
        raise FormulaError(f"{text(premise)} is {'never' if met == 0 else 'always'} true for the steps tried: "
                           "give a Δ that goes beyond it")
    judge.record.relations.append("⟹")
    judge.record.entries += met


def _walked(judge, stations, env):
    scope, given = judge.scope(), judge.letters
    places = [k for k in range(1, len(stations) - 1) if _function(stations[k], stations[k - 1], given)]
    for k in places:
        before, name, after = stations[k - 1], _name(stations[k]), stations[k + 1]
        if name not in given.functions:
            given.missing(name)
        if before.kind == "delta":
            here, there = (as_matrix(called(name, given.functions[name], [one.argument(before.parts[0], env)]))
                           for one in (scope, scope.moved()))
            led = there - here
        else:
            led = as_matrix(called(name, given.functions[name], [scope.argument(before, env)]))
        difference(led, scope.value(after, env), Node("apply", (stations[k], before)), after, env, judge.record)
    if not places:
        _stepped(judge, stations, scope, env)


def _stepped(judge, stations, scope, env):
    words = " → ".join(map(text, stations))
    changes = [any(part.kind == "delta" for part in walk(station)) for station in (stations[0], stations[-1])]
    if changes[0] != changes[1]:
        raise Failure(f"{words}: a change leads to a change")
    before = judge.record.facts
    values = [scope.value(station, env) for station in stations]
    step = judge.letters.signs.get("step")
    if step is None:
        if judge.record.facts == before:
            raise FormulaError(f"{words}: say which step the arrow stands for, step=np.diag, or a compression, "
                               "step=mc.compress(…)")
        return
    for one, other, start, end in zip(values, values[1:], stations, stations[1:], strict=False):
        words = f"{text(start)} → {text(end)}"
        if hasattr(step, "stages"):
            _stage(step, one, other, words, judge.record)
        else:
            led = as_matrix(called("step", step, [one]))
            difference(led, other, Node("call", (start,), name="step"), end, env, judge.record)
            _nothing_lost(step, one, words)


def _nothing_lost(step, value, words):
    """What a step drops has to be a zero, or a copy of something that stays."""
    if isinstance(value, Flexible | Tensor):
        return
    if value.size > 400:
        raise BudgetError(f"too much to run: {words} has {value.size} entries, and each of them is tried")
    before, dropped = as_matrix(step(value)), {}
    for place in np.ndindex(value.shape):
        other = np.array(value, dtype=float)
        other[place] += 1.0
        after = as_matrix(step(other))
        if after.shape == before.shape and np.array_equal(after, before):
            dropped[place] = value[place]
    stays = {float(value[place]) for place in np.ndindex(value.shape) if place not in dropped}
    for place, entry in dropped.items():
        if entry and float(entry) not in stays:
            place = ", ".join(str(k + 1) for k in place)
            raise Failure(f"{words}: the step drops entry ({place}), which is {entry:.4g} and stands nowhere else")


def _function(node, before, given):
    """Whether a station is a step, f in v → f → s, and no value on the way."""
    name = _name(node)
    return name is not None and (given.is_pure(name) or node.kind == "boxed"
                                 or before.kind == "delta" and name in given.functions)


def _name(node):
    if node.kind == "boxed":
        node = node.parts[0]
    return node.name if node.kind == "letter" else None


def _stage(compressed, one, other, words, record):
    """The left side is what one stage of a compression has, the right side what the next has."""
    stages = [_views(array, compressed) for _, array in compressed.stages]
    for before, after in zip(stages, stages[1:], strict=False):
        if any(_is(one, view) for view in before):
            if any(_is(other, view) for view in after):
                record.entries += sum(view.size for view in (before[0], after[0]))
                return
            raise Failure(f"{words}: the next stage of the compression is another one, "
                          f"{' or '.join(str(view.shape) for view in after)}")
    raise Failure(f"{words}: the left side is no stage of the compression")


def _views(array, compressed):
    """How the notes may write a stage down: blocks on top of each other or side by side."""
    array = np.asarray(array)
    if array.ndim == 1:
        return [array.reshape(-1, 1)]
    if array.ndim == 2:
        return [array.T.reshape(-1, 1), array]
    inner = len(compressed.inner)
    found = Tensor(array, inner, array.ndim - inner).unfolded()
    return [] if found is None else [found]


def _is(value, view):
    try:
        value = value.shaped(view.shape) if isinstance(value, Flexible) else value
    except ShapeClash:
        return False
    value = value.unfolded() if isinstance(value, Tensor) else value
    return value is not None and value.shape == view.shape and bool(np.allclose(value, view, rtol=1e-9, atol=1e-12))
