"""Answers as code: a function that a reader wrote is run on hidden data and held against differences.

What is wrong is looked for in the order in which a patient reader would: does it run, does it
return as many things as asked, do they have the right shapes, and only then are the values right.
The first thing that is wrong is named, because the rest often follows from it.
"""

import ast
import dis
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

#: How code of a reader is named when it is compiled.
TYPED = "<your code>"
#: Rounds of loops and calls of functions before code counts as endless.
MOST_STEPS = 200_000
_STEP = "__step__"
#: What Python does for a function whose body is ``...``.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
#: How far a value may be from its difference quotient, relative to the largest entry.
TOLERANCE = 1e-5
_ATTEMPTS = 30


class Endless(Exception):
    """Code went round its loops more often than any answer needs."""


@dataclass(frozen=True)
class Task:
    """What an exercise with code asks.

    Attributes
    ----------
    start : str
        The first line, ``def backward(X, t, W):``. It says the name and the arguments.
    data : callable
        Draws the arguments: ``data(rng)`` gives a dict of arrays. It is called several
        times, and the sizes may differ from call to call.
    returns : tuple of str
        Names of what the function returns, in order.
    wrt : tuple of str
        For gradients, the argument that each of them belongs to; empty otherwise.
    loss : callable, optional
        For gradients, the number whose gradients are asked, as a function of the arguments.
    answer : callable, optional
        Otherwise, what the function should return, as a function of the arguments.
    wrong : tuple of (callable, str)
        Known mistakes: what they return, and what to say.
    """

    start: str
    data: Callable[[np.random.Generator], dict[str, np.ndarray]]
    returns: tuple[str, ...]
    wrt: tuple[str, ...] = ()
    loss: Callable[..., Any] | None = None
    answer: Callable[..., Any] | None = None
    wrong: tuple[tuple[Callable[..., Any], str], ...] = ()

    def is_missing(self, answer: Any) -> bool:
        """Whether nothing was written yet: no text, or a function whose body is ``...``."""
        if callable(answer) and hasattr(answer, "__code__"):
            return {step.opname for step in dis.get_instructions(answer)} <= _NOTHING
        return answer is ... or answer is None or isinstance(answer, str) and not answer.strip()

    def judge(self, answer: str | Callable[..., Any]) -> "Told":
        """What is said to an answer; see :func:`judge`."""
        return judge(self, answer)

    @property
    def shown(self) -> dict[str, Any]:
        """What the page shows before anything is written."""
        return {"start": f"{self.start}\n    ", "returns": list(self.returns)}

    @property
    def name(self) -> str:
        """The name of the function that is asked for."""
        return self.start.split("(")[0].removeprefix("def ").strip()


def task(table: dict[str, Any], space: dict[str, Any]) -> Task:
    """The task that a file of exercises describes.

    Parameters
    ----------
    table : dict
        With ``start``, ``data`` and ``returns``, and either ``loss`` and ``wrt`` or ``answer``. Functions are
        named as ``given`` defines them.
    space : dict
        What ``given`` has defined.

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        A function is named that ``given`` does not define.
    """
    def named(name: str) -> Callable[..., Any]:
        if not callable(space.get(name)):
            raise ValueError(f"`given` of the exercise {table['start']!r} does not define a function {name}")
        return space[name]

    wrong = tuple((named(mistake["is"]), mistake["say"]) for mistake in table.get("wrong", ()))
    return Task(table["start"], named(table["data"]), tuple(table["returns"]), tuple(table.get("wrt", ())),
                named(table["loss"]) if "loss" in table else None,
                named(table["answer"]) if "answer" in table else None, wrong)


class Told(NamedTuple):
    """What is said to a piece of code: whether it is right, and one or two sentences."""

    right: bool
    words: str


class _Wrong(Exception):
    """The first thing that is wrong, in words."""


def judge(task: Task, answer: str | Callable[..., Any], draws: int = 3, seed: int = 0) -> Told:
    """Judge code: run it on several draws of hidden data and name the first thing that is wrong.

    Parameters
    ----------
    task : Task
    answer : str or callable
        The reader's code, or the function itself in a notebook.
    draws : int, optional
        On how many draws of the data it has to be right.
    seed : int, optional
        Where the draws begin.

    Returns
    -------
    Told
        Never an exception, whatever the code does.

    Examples
    --------
    >>> task = Task("def gradient(v):", lambda rng: {"v": rng.normal(size=4)}, ("by_v",), wrt=("v",),
    ...             loss=lambda v: v @ v)
    >>> judge(task, "def gradient(v):\\n    return 2 * v").right
    True
    >>> judge(task, "def gradient(v):\\n    return v").words
    'by_v is half of what it should be: there is a factor of 2 missing.'
    """
    try:
        function = _function(task, answer)
        for k in range(draws):
            _try(task, function, *_drawn(task, [seed, k]))
    except _Wrong as reason:
        return Told(False, str(reason))
    return Told(True, f"Right: it gives the true values on {draws} hidden sets of numbers.")


def _function(task: Task, answer: str | Callable[..., Any]) -> Callable[..., Any]:
    """The function that was written, from its text or as it is."""
    if callable(answer):
        return answer
    if not isinstance(answer, str) or not answer.strip():
        raise _Wrong(f"No answer yet. Write the body of {task.name} below its first line.")
    try:
        tree = ast.parse(answer)
    except SyntaxError as reason:
        raise _Wrong(f"Python cannot read line {reason.lineno}: {reason.msg}.") from None
    if not any(isinstance(node, ast.FunctionDef) and node.name == task.name for node in tree.body):
        raise _Wrong(f"There is no function named {task.name}. Keep the first line as it was: {task.start}")
    space: dict[str, Any] = {"np": np, "numpy": np, "__name__": "__main__", _STEP: _counter()}
    try:
        exec(compile(_Counting().visit(tree), TYPED, "exec"), space)
    except (Exception, SystemExit) as reason:
        raise _Wrong(_failure(reason)) from None
    return space[task.name]


def _drawn(task: Task, seed: list[int]) -> tuple[dict[str, np.ndarray], list[np.ndarray]]:
    """Hidden data, and what is right for it; data beside a kink, where differences say nothing, are drawn again."""
    for attempt in range(_ATTEMPTS):
        drawn = task.data(np.random.default_rng([*seed, attempt]))
        given = {name: np.array(value, dtype=float) for name, value in drawn.items()}
        if task.loss is None:
            assert task.answer is not None
            right = task.answer(*given.values())
            return given, [np.array(one, dtype=float) for one in (right if len(task.returns) > 1 else [right])]
        wide, narrow = ([differences(task.loss, given, name, step) for name in task.wrt] for step in (1e-3, 4e-4))
        if all(_near(one, other) for one, other in zip(wide, narrow, strict=True)):
            break
    return given, wide


def _try(task: Task, function: Callable[..., Any], given: dict[str, np.ndarray], wanted: list[np.ndarray]) -> None:
    """Call the function once, and raise with the first thing that is wrong."""
    before = {name: value.copy() for name, value in given.items()}
    try:
        returned = function(*given.values())
    except (Exception, SystemExit) as reason:
        raise _Wrong(_failure(reason)) from None
    for name, value in given.items():
        if not np.array_equal(value, before[name]):
            raise _Wrong(f"Your function changes its argument {name}. Work on a copy, because whoever calls it still "
                         f"needs the old {name}.")
    found = _parts(task, returned)
    _shapes(task, found, wanted, before)
    _known(task, found, before)
    for name, mine, right in zip(task.returns, found, wanted, strict=True):
        _values(name, mine, right, before, gradients=bool(task.wrt))


class _Counting(ast.NodeTransformer):
    """Puts a step that is counted at the head of each loop and function."""

    def _counted(self, node: Any) -> Any:
        self.generic_visit(node)
        step = ast.parse(f"{_STEP}()").body
        for part in ast.walk(step[0]):
            ast.copy_location(part, node)
        node.body[:0] = step
        return node

    visit_While = visit_For = visit_FunctionDef = _counted


def _counter() -> Callable[[], None]:
    """A function that ends the code when it was called more often than any answer needs."""
    left = MOST_STEPS

    def step() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Endless("Your code did not come to an end, so it was stopped. Is there a loop that never stops?")

    return step


def _failure(reason: BaseException) -> str:
    if isinstance(reason, Endless):
        return str(reason)
    trace, line = reason.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == TYPED:
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f" in line {line}" if line else ""
    return f"It stops{where} with {type(reason).__name__}: {reason}"


def _parts(task: Task, returned: Any) -> list[np.ndarray]:
    """What the function returned, as one array for each thing that was asked."""
    names = ", ".join(task.returns)
    if returned is None:
        raise _Wrong(f"{task.name} returns nothing. End it with: return {names}")
    several = list(returned) if isinstance(returned, tuple | list) and len(task.returns) > 1 else [returned]
    if len(several) != len(task.returns):
        raise _Wrong(f"{task.name} returns {_count(len(several), 'thing')}, and {len(task.returns)} are needed: "
                     f"return {names}")
    found = []
    for name, value in zip(task.returns, several, strict=True):
        try:
            found.append(np.array(value, dtype=float))
        except (TypeError, ValueError):
            raise _Wrong(f"{name} is {type(value).__name__}, and it should be an array of numbers.") from None
    return found


def differences(loss: Callable[..., Any], given: dict[str, np.ndarray], name: str, step: float = 1e-3) -> np.ndarray:
    """Gradient of a number for one argument, by central differences of fourth order.

    Parameters
    ----------
    loss : callable
        A number, as a function of the arguments in their order.
    given : dict of str to array
    name : str
        The argument that is nudged, entry by entry.
    step : float, optional
        How far.

    Returns
    -------
    array of the shape of the argument

    Examples
    --------
    >>> differences(lambda v: v @ v, {"v": np.array([1.0, 2.0])}, "v").round(6)
    array([2., 4.])
    """
    result = np.empty_like(given[name])
    for place in np.ndindex(*result.shape):
        changes = []
        for size in (step, 2 * step):
            ends = []
            for sign in (1, -1):
                moved = given[name].copy()
                moved[place] += sign * size
                ends.append(float(loss(*{**given, name: moved}.values())))
            changes.append((ends[0] - ends[1]) / (2 * size))
        result[place] = (4 * changes[0] - changes[1]) / 3
    return result


def _shapes(task: Task, found: list[np.ndarray], wanted: list[np.ndarray], given: dict[str, np.ndarray]) -> None:
    for k, (name, mine, right) in enumerate(zip(task.returns, found, wanted, strict=True)):
        if mine.shape == right.shape:
            continue
        should = f"{task.wrt[k]} has shape {right.shape}" if task.wrt else f"it should have shape {right.shape}"
        words = f"{name} has shape {mine.shape}, and {should}."
        if mine.shape == right.shape[::-1]:
            words += " It is transposed."
        elif mine.size == right.size:
            words += " The count of numbers is right, so reshape it or keep the axis that got lost."
        elif right.ndim == 2 and right.shape[1] == 1 and mine.ndim == 2 and mine.shape[0] == right.shape[0]:
            words += " The samples are still side by side; sum over the columns and keep the axis."
        elif task.wrt:
            words += " A gradient has the shape of what it belongs to."
        raise _Wrong(words)


def _known(task: Task, found: list[np.ndarray], given: dict[str, np.ndarray]) -> None:
    """Mistakes that the exercise names itself."""
    for mistake, words in task.wrong:
        made = mistake(*{name: value.copy() for name, value in given.items()}.values())
        made = list(made) if len(task.returns) > 1 else [made]
        if all(_near(mine, np.asarray(other, dtype=float)) for mine, other in zip(found, made, strict=True)):
            raise _Wrong(words)


def _near(mine: np.ndarray, right: np.ndarray) -> bool:
    size = max(1e-12, float(np.max(np.abs(right), initial=0.0)))
    return mine.shape == right.shape and bool(np.all(np.abs(mine - right) <= TOLERANCE * size))


def _values(name: str, mine: np.ndarray, right: np.ndarray, given: dict[str, np.ndarray], gradients: bool) -> None:
    if not np.isfinite(mine).all():
        raise _Wrong(f"{name} has an entry that is {mine[~np.isfinite(mine)][0]}.")
    if _near(mine, right):
        return
    samples = {value.shape[1] for value in given.values() if value.ndim == 2}
    factors = [(-1.0, "has the wrong sign everywhere"),
               (2.0, "is twice what it should be: a factor of ½ is missing"),
               (0.5, "is half of what it should be: there is a factor of 2 missing"),
               *((float(n), f"is {n} times what it should be: divide by the number of samples, once")
                 for n in sorted(samples) if n > 2),
               *((1 / n, f"is {n} times too small: you divide by the number of samples, and the loss does not")
                 for n in sorted(samples) if n > 2)]
    for factor, words in factors:
        if _near(mine, factor * right):
            raise _Wrong(f"{name} {words}.")
    if mine.ndim == 2 and mine.shape[0] == mine.shape[1] and _near(mine, right.T):
        raise _Wrong(f"{name} is transposed.")
    place = np.unravel_index(int(np.argmax(np.abs(mine - right))), mine.shape)
    at = f"[{', '.join(str(int(k)) for k in place)}]" if place else ""
    truth = "nudging that entry gives" if gradients else "it should be"
    raise _Wrong(f"{name}{at} is {mine[place]:.4g}, but {truth} {right[place]:.4g}. The shapes are right, so look at "
                 "what is multiplied with what.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
