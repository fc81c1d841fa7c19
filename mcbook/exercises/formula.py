"""Answers as formulas, run on many values beside the expected formula: every form that is equal is right. What is not
is compared with the usual mistakes, made on purpose in the expected formula, and the first that it equals is named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .. import trials
from ..formulas import FormulaError, letters_of, read
from ..formulas.tree import Node, latex, rebuilt, same, text, walk
from .answers import is_missing
from .words import Judgement, say

#: On how many draws an answer has to be right.
DRAWS = 5
_LONGEST = 300
_TRANSPOSE = "A transpose is missing, or there is one too many."
_RIGHT = Judgement(True, "right", f"Right: it agrees on {DRAWS} random draws.")


@dataclass(frozen=True)
class Task:
    """What an exercise with a formula asks."""

    of: str                                     # what is asked, in LaTeX: the left side, which the page shows
    answer: str                                 # the expected formula, in any spelling
    letters: dict[str, tuple[str, str]]         # those that may be used: kind and text, as from trials.field
    wrong: tuple[tuple[str, str], ...] = ()     # known mistakes: a formula, and what to say

    def judge(self, answer: Any) -> Judgement:
        """Run an answer beside the expected formula, and name the mistake that it makes; nothing raises."""
        if is_missing(answer):
            return Judgement(False, "missing", say("missing"))
        if not isinstance(answer, str):
            return _wrong('Write a formula between quotes, such as "A v".')
        if len(answer) > _LONGEST:
            return _wrong("That is longer than any answer needs to be.")
        answer = answer.rpartition("=")[2]                  # the left side is on the page already
        try:
            mine, right = _tree(answer), _tree(self.answer)
        except FormulaError as reason:
            return _wrong(_unread(str(reason)))
        if _question(self.of) in {_plain_text(node) for node in walk(mine)}:
            return _wrong(f"That is the question itself. Write it with {_listed(self.letters, 'and')}.")
        if strange := _strange(answer, self.letters):
            return self._not_here(strange)
        verdict = self._compared(answer, self.answer, DRAWS)
        if _agree(verdict):
            return _RIGHT
        if nameless := re.match(r"(\S+) has no value", verdict.reason):
            return self._not_here([nameless[1]])
        if verdict.kind == "unreadable":
            return _wrong(_unread(verdict.reason))
        mistakes = [*((_tree(mistake), words) for mistake, words in self.wrong),
                    *_mistakes(right, derivative="partial" in self.of)]
        named = (words for wrong, words in mistakes if same(_plain(mine), _plain(wrong))
                 or _agree(self._compared(answer, latex(wrong), 2)))
        return _wrong(next(named, None) or _difference(verdict.reason))

    def _compared(self, one: str, other: str, draws: int) -> Any:
        return trials.tried(f"{one} = {other}", self.letters, draws).verdict

    def _not_here(self, names: list[str]) -> Judgement:
        words = f"There is no {_listed(names, 'or')} here. The formula is made of {_listed(self.letters, 'and')}."
        return _wrong(words + " A transpose is written A^T." * ("T" in names))


def task(table: dict[str, Any], space: dict[str, Any]) -> Task:
    """The task that a file of exercises describes; ValueError where it does not run, or a known mistake is right."""
    wrong = tuple((one["is"], one["say"]) for one in table.get("wrong", ()))
    made = Task(table["of"], table["answer"], {name: trials.field(kind) for name, kind in table["letters"].items()},
                wrong)
    runs = trials.tried(f"2 ({made.answer}) = ({made.answer}) + ({made.answer})", made.letters).verdict
    if not runs:
        raise ValueError(f"the answer {made.answer!r} does not run: {runs.line}")
    for mistake, _ in wrong:
        if made.judge(mistake).right:
            raise ValueError(f"the mistake {mistake!r} is right")
    return made


def _wrong(words: str) -> Judgement:
    return Judgement(False, "known", words)


def _agree(verdict: Any) -> bool:
    """Whether two formulas are equal: in their values, or letter by letter, which is no claim at all."""
    return verdict.kind == "holds" or "are the same" in verdict.reason


def _tree(formula: str) -> Node:
    parts = read(formula)
    if len(parts) != 1:
        raise FormulaError("write one formula, without commas")
    return parts[0]


def _plain(tree: Node) -> Node:
    """A tree without brackets around single things, and with one spelling of the transpose."""
    def change(node: Node) -> Node:
        if node.kind == "prime":
            return Node("transpose", node.parts)
        return node.parts[0] if node.kind == "paren" and len(node.parts) == 1 else node

    return rebuilt(tree, change)


def _plain_text(node: Node) -> str:
    return text(_plain(node)).replace("∂", "d")


def _question(asked: str) -> str:
    """What is asked, where it is something that a reader could write again as an answer."""
    try:
        return _plain_text(_tree(asked))
    except FormulaError:
        return ""


def _strange(answer: str, letters: dict[str, Any]) -> list[str]:
    """Letters that the exercise does not have; a word where several of its letters are strange."""
    unknown = [name for name in letters_of(answer) if name not in letters]
    words = [word for word in re.findall(r"[^\W\d_]+", answer) if sum(name in unknown for name in set(word)) > 1]
    return list(dict.fromkeys([*words, *(name for name in unknown if not any(name in word for word in words))]))


def _listed(names: Any, word: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {word} {last}" if others else last


def _unread(reason: str) -> str:
    """Why a formula cannot be read, with the place in words where the reason points at it."""
    words, *pointer = reason.removeprefix("the formula cannot be read here: ").split("\n")
    if len(pointer) != 2:
        return trials.sentence(words)
    before = pointer[0][:pointer[1].index("^")].strip()
    return f"This can't be read{f' after “{before}”' if before else ''}: {words}."


def _difference(reason: str) -> str:
    """Where an answer differs, without giving the expected formula away."""
    if shapes := re.search(r"is \(([^()]*)\), but .* is \(([^()]*)\)$", reason):
        mine, right = ("a single number" if shape == "1 × 1" else f"of shape {shape}" for shape in shapes.groups())
        return f"Your formula is {mine}, but the answer is {right}."
    if values := re.search(r"^(?:at (.*?),? )?the left side is (\S+) and the right side (\S+?)$", reason):
        where = f" at {values[1]}" if values[1] else ""
        return f"For random values, your formula gives {values[2]}{where}, but it should give {values[3]}."
    return trials.sentence(reason)


def _mistakes(right: Node, derivative: bool) -> Iterator[tuple[Node, str]]:
    """The expected formula with one of the usual mistakes, and what to say to it."""
    whole = Node("paren", (right,))
    yield Node("transpose", (whole,)), ("This is the answer in the other layout, transposed." if derivative else
                                        "This is the transpose of what is asked.")
    yield Node("negative", (whole,)), "The sign is wrong."
    for node in walk(right):
        if node.kind in ("transpose", "letter", "derivative", "paren"):
            turned = node.parts[0] if node.kind == "transpose" else Node("transpose", (node,))
            yield _with(right, node, turned), _TRANSPOSE
    for node in walk(right):
        for parts, words in _slips(node.kind, node.parts):
            changed = parts[0] if len(parts) == 1 else Node(node.kind, parts)
            yield _with(right, node, changed), words
    for factor, words in (("2", "twice what is asked"), ("0.5", "half of what is asked")):
        yield Node("product", (Node("number", name=factor), whole)), f"This is {words}."


def _slips(kind: str, parts: tuple[Node, ...]) -> Iterator[tuple[tuple[Node, ...], str]]:
    """The parts of a product or a sum with one slip: two exchanged, one left out, one with the other sign."""
    if kind == "product":
        for k in range(len(parts) - 1):
            yield (*parts[:k], parts[k + 1], parts[k], *parts[k + 2:]), "The factors are in the wrong order."
    if kind in ("product", "binary", "sum") and len(parts) > 1:
        for k, part in enumerate(parts):
            yield (*parts[:k], *parts[k + 1:]), _missing("term" if kind == "sum" else "factor", part)
    if kind == "sum":
        for k, part in enumerate(parts):
            other = part.parts[0] if part.kind == "negative" else Node("negative", (part,))
            yield (*parts[:k], other, *parts[k + 1:]), "One term has the wrong sign."


def _missing(what: str, part: Node) -> str:
    """A part that was left out is named when it is short, so that a longer one is not given away."""
    named = text(part).removeprefix("−")
    if len(named) > 2 and part.kind not in ("derivative", "transpose"):
        return f"A {what} is missing."
    return f"A term with {named} is missing." if what == "term" else f"A factor is missing: {named}."


def _with(whole: Node, old: Node, new: Node) -> Node:
    """The tree with one node in place of another."""
    if whole is old:
        return new
    return replace(whole, parts=tuple(_with(part, old, new) for part in whole.parts))
