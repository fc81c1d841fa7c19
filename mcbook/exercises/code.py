"""Answers as code, run on hidden data and held against differences. What is wrong is looked for as a patient reader
would: does it run, return as many things as asked, of the right shapes, with the right values? The first is named.
"""

import ast
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .answers import is_missing
from .words import Judgement, say

#: How code of a reader is named when it is compiled.
TYPED = "<your code>"
#: Rounds of loops and calls of functions before code counts as endless.
MOST_STEPS = 200_000
#: On how many sets of hidden data an answer has to be right.
DRAWS = 3
#: How far a value may be from its difference quotient, relative to the largest entry.
TOLERANCE = 1e-5
_STEP = "__step__"
_ATTEMPTS = 30


class _Wrong(Exception):
    """The first thing that is wrong, in words."""


@dataclass(frozen=True)
class Task:
    """What an exercise with code asks: gradients of a `loss`, or the values of `answer`."""

    start: str                                              # the first line, "def backward(X, t, W):"
    data: Callable[[np.random.Generator], dict[str, np.ndarray]]    # draws the arguments, perhaps of other sizes
    returns: tuple[str, ...]                                # names of what the function returns, in order
    wrt: tuple[str, ...] = ()                               # for gradients, the argument that each belongs to
    loss: Callable[..., Any] | None = None                  # a number, as a function of the arguments
    answer: Callable[..., Any] | None = None                # what is right, as a function of the arguments
    wrong: tuple[tuple[Callable[..., Any], str], ...] = ()  # known mistakes: what they return, and what to say

    @property
    def name(self) -> str:
        """The name of the function that is asked for."""
        return self.start.split("(")[0].removeprefix("def ").strip()

    def judge(self, answer: Any) -> Judgement:
        """Run code, or a function as it is, on several draws of hidden data; nothing that it does raises."""
        if is_missing(answer) or _is_empty(answer):
            return Judgement(False, "missing", say("missing"))
        try:
            function = _function(self, answer)
            for draw in range(DRAWS):
                _try(self, function, *_drawn(self, draw))
        except _Wrong as reason:
            return Judgement(False, "known", str(reason))
        return Judgement(True, "right", f"Right: it gives the true values on {DRAWS} hidden sets of numbers.")


def task(table: dict[str, Any], space: dict[str, Any]) -> Task:
    """The task that a file of exercises describes; ValueError where `space` lacks a function that it names."""
    def named(name: Any) -> Any:
        if name is not None and not callable(space.get(name)):
            raise ValueError(f"`given` of the exercise {table['start']!r} does not define a function {name}")
        return space.get(name)

    wrong = tuple((named(mistake["is"]), mistake["say"]) for mistake in table.get("wrong", ()))
    return Task(table["start"], named(table["data"]), tuple(table["returns"]), tuple(table.get("wrt", ())),
                named(table.get("loss")), named(table.get("answer")), wrong)


def _is_empty(answer: Any) -> bool:
    """Whether a function's body is ``...``, as the notebook gives it."""
    def nothing() -> None:
        ...
    return hasattr(answer, "__code__") and answer.__code__.co_code == nothing.__code__.co_code


def _function(task: Task, answer: Any) -> Callable[..., Any]:
    """The function that was written, from its text or as it is."""
    if callable(answer):
        return answer
    if not isinstance(answer, str):
        raise _Wrong(f"Give the function itself, {task.name}, or its code as a string.")
    try:
        tree = ast.parse(answer)
    except SyntaxError as reason:
        line = answer.splitlines()[(reason.lineno or 1) - 1].strip().removeprefix("return ")
        on_paper = reason.msg.startswith("invalid") and re.search(r"\^|[\w)] +[A-Za-z(]", line)       # b b^T
        raise _Wrong(f"Python cannot read line {reason.lineno}: {reason.msg}." + bool(on_paper) * (
            " A product is written A @ B or a * b, a power a**2, and a transpose A.T.")) from None
    space: dict[str, Any] = {"np": np, "numpy": np, "__name__": "__main__", _STEP: _counter()}
    _called(exec, compile(_Counting().visit(tree), TYPED, "exec"), space)
    if not callable(space.get(task.name)):
        raise _Wrong(f"There is no function named {task.name}. Keep the first line as it was: {task.start}")
    return space[task.name]


class _Counting(ast.NodeTransformer):
    """Puts a step that is counted at the head of each loop and function."""

    def _counted(self, node: Any) -> Any:
        self.generic_visit(node)
        node.body.insert(0, ast.Expr(ast.Call(ast.Name(_STEP, ast.Load()), [], [])))
        return ast.fix_missing_locations(node)

    visit_While = visit_For = visit_FunctionDef = _counted


def _counter() -> Callable[[], None]:
    """A function that ends the code when it was called more often than any answer needs."""
    steps = iter(range(MOST_STEPS))

    def step() -> None:
        if next(steps, None) is None:
            raise _Wrong("Your code did not come to an end, so it was stopped. Is there a loop that never stops?")

    return step


def _called(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns; what stops it is said in words."""
    try:
        with np.errstate(all="ignore"):                     # what is not finite is told below
            return function(*arguments)
    except _Wrong:
        raise
    except (Exception, SystemExit) as reason:
        file = function.__code__.co_filename if hasattr(function, "__code__") else TYPED
        raise _Wrong(_failure(reason, file)) from None


def _failure(reason: BaseException, file: str) -> str:
    """What stopped the code and where; the usual reasons without NumPy's own words."""
    lines = [frame.lineno for frame in traceback.extract_tb(reason.__traceback__) if frame.filename == file]
    where, words = f" in line {lines[-1]}" if lines else "", str(reason)
    if sizes := re.search(r"matmul: .*\(size (\d+) is different from (\d+)\)", words):
        return f"A matrix product{where} doesn't fit: its inner sizes are {sizes[2]} and {sizes[1]}."
    if shapes := re.search(r"could not be broadcast together with shapes (\(.*?\)) (\(.*?\))", words):
        return f"Two arrays{where} can't be combined entry by entry: their shapes are {shapes[1]} and {shapes[2]}."
    if name := re.match(r"name '(\w+)' is not defined", words):
        rooms = [room for room, module in (("np", np), ("np.linalg", np.linalg)) if hasattr(module, name[1])]
        if rooms or name[1].endswith("T"):
            advice = f"Write {rooms[0]}.{name[1]}." if rooms else "In NumPy, a transpose is A.T."
            return f"Your code stops{where}: {name[1]} is not defined. {advice}"
    return f"Your code stops{where} with {type(reason).__name__}: {words}"


def _drawn(task: Task, draw: int) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """Hidden data, and what is right for it; data beside a kink, where differences say nothing, are drawn again."""
    for attempt in range(_ATTEMPTS):
        drawn = task.data(np.random.default_rng([0, draw, attempt]))
        given = {name: np.array(value, dtype=float) for name, value in drawn.items()}
        if task.answer is not None:
            return given, _parts(task, task.answer(*given.values()))
        assert task.loss is not None
        wide, narrow = ([_differences(task.loss, given, name, step) for name in task.wrt] for step in (1e-3, 4e-4))
        if all(_near(one, other) for one, other in zip(wide, narrow, strict=True)):
            break
    return given, wide


def _differences(loss: Callable[..., Any], given: dict[str, np.ndarray], name: str, step: float) -> np.ndarray:
    """Gradient of a number for one argument, by central differences of fourth order."""
    def change(place: tuple[int, ...], size: float) -> float:
        up, down = given[name].copy(), given[name].copy()
        up[place] += size
        down[place] -= size
        return float(loss(*{**given, name: up}.values())) - float(loss(*{**given, name: down}.values()))

    result = np.empty_like(given[name])
    for place in np.ndindex(*result.shape):
        result[place] = (8 * change(place, step) - change(place, 2 * step)) / (12 * step)
    return result


def _try(task: Task, function: Callable[..., Any], given: dict[str, np.ndarray], wanted: list[np.ndarray]) -> None:
    """Call the function once, and raise with the first thing that is wrong."""
    before = {name: value.copy() for name, value in given.items()}
    returned = _called(function, *given.values())
    for name, value in given.items():
        if not np.array_equal(value, before[name]):
            raise _Wrong(f"Your function changes its argument {name}. Work on a copy, because whoever calls it still "
                         f"needs the old {name}.")
    found = _parts(task, returned)
    _shapes(task, found, wanted)
    for mistake, words in task.wrong:
        made = _parts(task, mistake(*(value.copy() for value in before.values())))
        if all(_near(mine, other) for mine, other in zip(found, made, strict=True)):
            raise _Wrong(words)
    samples = sorted({value.shape[1] for value in before.values() if value.ndim == 2})
    for name, wrt, mine, right in zip(task.returns, task.wrt or task.returns, found, wanted, strict=True):
        _values(name, mine, right, samples, f"nudging {wrt}{{}} gives" if task.wrt else "it should be")


def _parts(task: Task, returned: Any) -> list[np.ndarray]:
    """What the function returned, as one array for each thing that was asked."""
    count, names = len(task.returns), ", ".join(task.returns)
    if returned is None:
        raise _Wrong(f"{task.name} returns nothing. End it with: return {names}")
    several = list(returned) if isinstance(returned, tuple | list) and count > 1 else [returned]
    if len(several) != count:
        raise _Wrong(f"{task.name} should return {count} things, but it returns {len(several)}. End it with: "
                     f"return {names}")
    found = []
    for name, value in zip(task.returns, several, strict=True):
        try:
            found.append(np.array(value, dtype=float))
        except (TypeError, ValueError):
            raise _Wrong(f"{name} is {type(value).__name__}, but it should be an array of numbers.") from None
    return found


def _shapes(task: Task, found: list[np.ndarray], wanted: list[np.ndarray]) -> None:
    for k, (name, mine, right) in enumerate(zip(task.returns, found, wanted, strict=True)):
        if mine.shape == right.shape:
            continue
        words = f"{name} has shape {mine.shape}" if mine.ndim else f"{name} is a single number"
        words += f", but {f'{task.wrt[k]} has shape' if task.wrt else 'its shape should be'} {right.shape}."
        if mine.shape == right.shape[::-1]:
            words += " It is transposed."
        elif mine.size == right.size:
            words += " The number of entries is right, so an axis was lost or added."
        elif right.ndim == 2 and right.shape[1] == 1 and mine.ndim == 2 and mine.shape[0] == right.shape[0]:
            words += " The samples are still side by side; sum over the columns and keep the axis."
        elif task.wrt:
            words += " A gradient has the shape of what it belongs to."
        raise _Wrong(words)


def _near(mine: np.ndarray, right: np.ndarray) -> bool:
    size = max(1e-12, float(np.max(np.abs(right), initial=0.0)))
    return mine.shape == right.shape and bool(np.all(np.abs(mine - right) <= TOLERANCE * size))


def _values(name: str, mine: np.ndarray, right: np.ndarray, samples: list[int], truth: str) -> None:
    """Compare the values of an array that has the right shape; `truth` says where the right ones come from."""
    if not np.isfinite(mine).all():
        raise _Wrong(f"{name} has an entry that is {mine[~np.isfinite(mine)][0]}. Did something divide by zero, or did "
                     "exp get a large number?")
    if _near(mine, right):
        return
    factors = [(-1.0, "has the wrong sign everywhere."), (2.0, "is twice as large as it should be."),
               (0.5, "is half as large as it should be.")]
    for n in samples:
        factors += [(float(n), f"is {n} times too large. Divide by the number of samples once."),
                    (1 / n, f"is {n} times too small. You divide by the number of samples once too often.")]
    for factor, words in factors:
        if _near(mine, factor * right):
            raise _Wrong(f"{name} {words}")
    if _near(mine, right.T):
        raise _Wrong(f"{name} is transposed.")
    place = np.unravel_index(int(np.argmax(np.abs(mine - right))), mine.shape)
    at = f"[{', '.join(str(int(k)) for k in place)}]" if place else ""
    raise _Wrong(f"{name}{at} is {mine[place]:.4g}, but {truth.format(at)} {right[place]:.4g}. The shapes are right, "
                 "so check what is multiplied and what is added.")
