"""Answers as formulas: what a reader wrote is run on many values beside the expected formula.

Every form that is equal is right. What is not right is compared with the usual mistakes, made on
purpose in the expected formula: one transpose more or less, two factors exchanged, the other
layout, another sign or factor, a sum left out. The first of them that the answer equals is named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .. import trials
from ..formulas import FormulaError, letters_of, read
from ..formulas.tree import Node, latex, rebuilt, same, text, walk
from .code import Told

#: On how many draws an answer has to be right.
DRAWS = 5
_LONGEST = 300


@dataclass(frozen=True)
class Task:
    """What an exercise with a formula asks.

    Attributes
    ----------
    of : str
        What is asked, in LaTeX: the left side, which the page shows before the field.
    answer : str
        The expected formula, in any spelling.
    letters : dict of str to (str, str)
        The letters that may be used: kind and text, as :func:`mcbook.trials.field` gives them.
    wrong : tuple of (str, str)
        Known mistakes: a formula, and what to say.
    """

    of: str
    answer: str
    letters: dict[str, tuple[str, str]]
    wrong: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> dict[str, Any]:
        """What the page shows before anything is written."""
        return {"of": self.of, "letters": list(self.letters)}

    def is_missing(self, answer: Any) -> bool:
        """Whether nothing was written yet."""
        return answer is ... or answer is None or isinstance(answer, str) and not answer.strip()

    def judge(self, answer: Any) -> Told:
        """What is said to an answer; see :func:`judge`."""
        return judge(self, answer)


def task(table: dict[str, Any], space: dict[str, Any]) -> Task:
    """The task that a file of exercises describes.

    Parameters
    ----------
    table : dict
        With ``of``, ``answer``, ``letters`` and perhaps ``wrong``.
    space : dict
        Not used; formulas need nothing of ``given``.

    Returns
    -------
    Task

    Raises
    ------
    ValueError
        The expected formula does not run, or a known mistake is right.

    Examples
    --------
    >>> task({"of": "s", "answer": "2 v", "letters": {"v": "vector 3"}}, {}).letters
    {'v': ('vector', '3')}
    """
    wrong = tuple((one["is"], one["say"]) for one in table.get("wrong", ()))
    made = Task(table["of"], table["answer"], {name: trials.field(kind) for name, kind in table["letters"].items()},
                wrong)
    runs = trials.tried(f"2 ({made.answer}) = ({made.answer}) + ({made.answer})", made.letters).verdict
    if not runs:
        raise ValueError(f"the answer {made.answer!r} does not run: {runs.line}")
    for mistake, _ in wrong:
        if judge(made, mistake).right:
            raise ValueError(f"the mistake {mistake!r} is right")
    return made


def judge(task: Task, answer: Any) -> Told:
    """Judge a formula: run it beside the expected one, and name the mistake that it makes.

    Parameters
    ----------
    task : Task
    answer : object
        A formula in LaTeX or plain text; anything else is refused with a sentence.

    Returns
    -------
    Told
        Never an exception.

    Examples
    --------
    >>> task = Task("x", "A v", {"A": ("matrix", "3 x 2"), "v": ("vector", "2")})
    >>> judge(task, r"(v^\\top A^\\top)^\\top").right, judge(task, "A^T v").words
    (True, 'A transpose is missing, or there is one too many.')
    """
    if not isinstance(answer, str) or not answer.strip():
        return Told(False, "Write a formula between quotes, such as \"A v\".")
    if len(answer) > _LONGEST:
        return Told(False, "That is longer than any answer needs to be.")
    if "=" in answer:
        answer = answer.rpartition("=")[2]                  # the left side is on the page already
    try:
        mine, right = _tree(answer), _tree(task.answer)
    except FormulaError as reason:
        return Told(False, f"This cannot be read. {_sentence(reason)}")
    if same(_plain(mine), _plain(right)):
        return _RIGHT
    if _written(task.of) in {_plain_text(node) for node in walk(mine)}:
        return Told(False, f"That is what is asked. Write it with {_listed(task)}.")
    unknown = [name for name in letters_of(answer) if name not in task.letters]
    if unknown:
        return Told(False, f"There is no {' and no '.join(unknown)} here. The formula is made of {_listed(task)}.")
    verdict = trials.tried(f"{answer} = {task.answer}", task.letters, DRAWS).verdict
    if verdict.kind == "holds" or "are the same" in verdict.reason:
        return _RIGHT
    if verdict.kind == "unreadable":
        return Told(False, f"This cannot be read. {_sentence(verdict.reason)}")
    known = [(_tree(mistake), words) for mistake, words in task.wrong]
    for wrong, words in [*known, *_mistakes(right)]:
        if _alike(task, answer, mine, wrong):
            return Told(False, words)
    return Told(False, _difference(verdict.reason))


_RIGHT = Told(True, f"Right: it agrees on {DRAWS} random draws.")


def _sentence(reason: object) -> str:
    words = str(reason).removeprefix("the formula cannot be read here: ")
    return words[:1].upper() + words[1:]


def _difference(reason: str) -> str:
    """Where an answer differs, without giving the expected formula away."""
    shapes = re.search(r"is \(([^()]*)\), but .* is \(([^()]*)\)$", reason)
    if shapes:
        return f"Your formula is ({shapes[1]}), and what is asked is ({shapes[2]})."
    values = re.search(r"^(?:at (.*?) )?the left side is (\S+) and the right side (\S+?)$", reason)
    if values:
        where = f" at {values[1]}" if values[1] else ""
        return f"For some random values{where}, your formula gives {values[2]} where {values[3]} is right."
    return f"{reason[:1].upper()}{reason[1:]}."


def _written(asked: str) -> str:
    """What is asked, where it is something that a reader could write again as an answer."""
    try:
        return _plain_text(_tree(asked))
    except FormulaError:
        return ""


def _plain_text(node: Node) -> str:
    return text(_plain(node)).replace("∂", "d")


def _tree(formula: str) -> Node:
    parts = read(formula)
    if len(parts) != 1:
        raise FormulaError("Write one formula, without commas.")
    return parts[0]


def _listed(task: Task) -> str:
    names = list(task.letters)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _equal(task: Task, one: str, other: str) -> str:
    """The kind of verdict on two formulas that may be equal."""
    return trials.tried(f"{one} = {other}", task.letters, 2).verdict.kind


def _alike(task: Task, answer: str, mine: Node, wrong: Node) -> bool:
    """Whether an answer makes a mistake: it is the same formula, or it has the same values."""
    return same(_plain(mine), _plain(wrong)) or _equal(task, answer, latex(wrong)) == "holds"


def _plain(tree: Node) -> Node:
    """A tree without brackets around single things, and with one spelling of the transpose."""
    def change(node: Node) -> Node:
        if node.kind == "prime":
            return Node("transpose", node.parts)
        return node.parts[0] if node.kind == "paren" and len(node.parts) == 1 else node

    return rebuilt(tree, change)


def _mistakes(right: Node) -> Iterator[tuple[Node, str]]:
    """The expected formula with one of the usual mistakes, and what to say to it."""
    whole = Node("paren", (right,))
    yield Node("transpose", (whole,)), "This is the transpose of what is asked. In this book inputs are rows."
    yield Node("negative", (whole,)), "The sign is wrong."
    for node in walk(right):
        if node.kind == "transpose":
            yield _with(right, node, node.parts[0]), "A transpose is missing, or there is one too many."
        elif node.kind in ("letter", "derivative", "paren"):
            yield _with(right, node, Node("transpose", (node,))), "A transpose is missing, or there is one too many."
    for node in walk(right):
        if node.kind == "product":
            for k in range(len(node.parts) - 1):
                parts = list(node.parts)
                parts[k:k + 2] = parts[k + 1], parts[k]
                yield _with(right, node, Node("product", tuple(parts))), "The factors are in the wrong order."
            if len(node.parts) > 1:
                for k, part in enumerate(node.parts):
                    rest = node.parts[:k] + node.parts[k + 1:]
                    left = rest[0] if len(rest) == 1 else Node("product", rest)
                    yield _with(right, node, left), _missing("factor", part)
        if node.kind == "binary":
            for part, other in (node.parts, node.parts[::-1]):
                yield _with(right, node, part), _missing("factor", other)
        if node.kind == "sum":
            for k, part in enumerate(node.parts):
                rest = node.parts[:k] + node.parts[k + 1:]
                if rest:
                    left = rest[0] if len(rest) == 1 else Node("sum", rest)
                    yield _with(right, node, left), _missing("term", part)
    for factor, words in ((2, "twice what is asked"), (0.5, "half of what is asked")):
        yield Node("product", (Node("number", name=str(factor)), whole)), f"This is {words}."


def _missing(what: str, part: Node) -> str:
    """A part that was left out is named when it is short, so that a longer one is not given away."""
    short = len(text(part)) <= 2 or part.kind in ("derivative", "transpose")
    return f"A {what} is missing: {text(part)}." if short else f"A {what} is missing."


def _with(whole: Node, old: Node, new: Node) -> Node:
    """The tree with one node in place of another."""
    if whole is old:
        return new
    return replace(whole, parts=tuple(_with(part, old, new) for part in whole.parts))
