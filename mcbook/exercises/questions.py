"""The exercises of the book: the table ``[20-2]`` of ``book/exercises/20-*.toml`` says what the question ``ex-20-2``
asks. ``book/exercises/schema.json`` says what a file may hold; here its answers are computed and tried.
"""

import base64
import functools
import json
import pathlib
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

import numpy as np

from . import code, formula
from .diagnosis import KINDS as JUDGED
from .diagnosis import read, same
from .numbers import Unreadable

PACKAGE = pathlib.Path(__file__).parent
#: In a clone the files of the book, in an installed package the copies that came with it.
FOLDERS = (PACKAGE.parent.parent / "book" / "exercises", PACKAGE / "files")

#: A question in the Markdown of a page, with its name and text; or a fence of code, where nothing is a question.
QUESTION = re.compile(r"^(?P<code>```+)(?!\{)[^\n]*\n.*?^(?P=code)[ ]*$|"
                      r"^(?P<fence>:::+)\{exercise\}[^\n]*\n(?::[^\n]*\n)*?:label: ex-(?P<name>[\w-]+)\n"
                      r"(?P<text>.*?)^(?P=fence)[ ]*$", re.S | re.M)
#: Kinds of questions that Python judges by running what was written.
TASKS = {"formula": formula.task, "code": code.task}
#: How many axes an answer has; the page makes its fields of them.
AXES = {"vector": 1, "matrix": 2}

_ATTEMPTS = 20


@dataclass(frozen=True)
class Part:
    """One thing that an exercise asks."""

    kind: str                   # a key of diagnosis.KINDS or of TASKS
    wanted: object              # the right answer in the plain form of its kind; for what Python runs, the task
    ask: str = ""               # what is asked, in a few words; empty where the exercise asks one thing only
    also: tuple = ()            # other right answers
    wrong: tuple = ()           # pairs of a mistake that is known in advance, and what to say to it
    digits: int = 3             # significant digits that a rounding has to keep
    derivative: bool = True     # whether rows stand for inputs, so that a transposed answer is the other layout
    resize: bool = False        # whether the page asks for the number of rows and columns, too


@dataclass(frozen=True)
class Exercise:
    """An exercise: its parts, hints and worked solution."""

    name: str                   # "20-2": chapter and number
    parts: tuple = ()           # empty for a question that is answered by thinking and doing (kind "open")
    hints: tuple = ()           # in Markdown, the second closer than the first
    solution: str = ""          # worked, in Markdown with formulas
    again: str = ""             # the question with other numbers, in Markdown; empty for the printed ones
    fresh: bool = False         # whether there are other numbers


def find(name: str, draw: int = 0) -> Exercise:
    """The exercise of a name, ``"20-2"`` of the label ``ex-20-2``; with other numbers where `draw` is not 0."""
    tables = tables_of(str(name).rpartition("-")[0])
    if not isinstance(name, str) or name not in tables:
        known = sorted(tables) or names()
        near = get_close_matches(str(name), known, 3, 0.3) or known[:3]
        raise ValueError(f"there is no exercise {name!r}; near it are {', '.join(near) or 'none'}. "
                         "The exercises are in book/exercises/, one file a chapter")
    if not draw:
        return _exercise(name, tables[name])
    if "fresh" not in tables[name]:
        raise ValueError(f"exercise {name} has the numbers that are printed, and no others")
    for attempt in range(_ATTEMPTS):                        # numbers for which a known mistake is right are not taken
        try:
            return _exercise(name, tables[name], [draw, attempt])
        except ValueError as reason:
            last = reason
    raise last


def names() -> list[str]:
    """Names of all exercises, in order."""
    return [name for path in files() for name in tables_of(path.name.split("-")[0])]


def files(folder: pathlib.Path | None = None) -> list[pathlib.Path]:
    """The files that hold the exercises, one a chapter; those of the book, unless another folder is given."""
    folder = folder or next((folder for folder in FOLDERS if folder.is_dir()), FOLDERS[-1])
    return sorted(folder.glob("*.toml"))


def tables_of(chapter: str, folder: pathlib.Path | None = None) -> dict:
    """Name -> table of each exercise of a chapter; the `given` above the first table begins that of each."""
    found = (path for path in files(folder) if path.name.split("-")[0] == chapter)
    return next((_tables(path, path.stat().st_mtime_ns) for path in found), {})


@functools.lru_cache(maxsize=64)
def _tables(path, changed):
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as reason:
        raise ValueError(f"{path.name} cannot be read: {reason}") from None
    shared = whole.pop("given", "")
    for name, table in whole.items():
        if not isinstance(table, dict):
            raise ValueError(f"{path.name}: {name!r} stands above the first exercise; only `given` may")
        table["given"] = f"{shared}\n{table.get('given', '')}"
    return whole


class _Space(dict):
    """The names that Python of an exercise sees; those whose numbers were drawn keep them."""

    def __init__(self, names, drawn=()):
        super().__init__(names)
        self.drawn = drawn

    def __setitem__(self, name, value):
        if name not in self.drawn:
            super().__setitem__(name, value)


def _exercise(name, table, seed=None):
    """An exercise; with a seed, its own function ``fresh(rng)`` draws other numbers."""
    table, space, numbers = dict(table), _Space({"np": np, "mc": import_module("mcnotes")}), {}
    given = table.pop("given")
    _run(given, space, name, "given")
    if seed is not None:
        _run(table["fresh"], space, name, "fresh")
        numbers = space["fresh"](np.random.default_rng(seed))
        space = _Space(space | numbers, numbers)
        _run(given, space, name, "given")
    asked = [] if table.get("kind") == "open" else table.get("parts") or [table]
    try:
        parts = tuple(_part(part, _Space(space, numbers), name) for part in asked)
        again = table.get("again", "").strip().format(**numbers) if numbers else ""
        return Exercise(name, parts, tuple(table.get("hints", ())), table["solution"].strip(), again, "fresh" in table)
    except KeyError as missing:
        raise ValueError(f"exercise {name} has no `{missing.args[0]}`, or one that is not known; `make check` "
                         "says what is wrong in its file") from None


def _part(table, space, name):
    kind = table["kind"]
    _run(table.get("given", ""), space, name, "given")
    if kind in TASKS:
        return Part(kind, TASKS[kind](table, space), ask=table.get("ask", ""))
    if kind not in JUDGED:
        raise KeyError(kind)

    def plain(expression, key):
        if isinstance(expression, str) and kind != "pattern":
            expression = _run(expression, space, name, key, eval)
        try:
            found = read(kind, expression)
        except Unreadable as reason:
            raise ValueError(f"exercise {name}: `{key}` cannot be read as {kind} ({reason}): {expression!r}") from None
        if key == "answer" and kind in AXES and found.ndim != AXES[kind]:
            raise ValueError(f"exercise {name}: `answer` is not a {kind}, because it has {found.ndim} axes")
        return found

    options = {key: table[key] for key in ("ask", "digits", "derivative", "resize") if key in table}
    also = tuple(plain(other, "also") for other in table.get("also", ()))
    wrong = tuple((plain(mistake["is"], "wrong"), mistake["say"]) for mistake in table.get("wrong", ()))
    part = Part(kind, plain(table["answer"], "answer"), also=also, wrong=wrong, **options)
    for mistake, words in part.wrong:
        if any(same(part, mistake, right) for right in (part.wanted, *part.also)):
            raise ValueError(f"exercise {name}: the wrong answer {mistake!r} is right, but would be told {words!r}")
    return part


def _run(code, space, name, key, run=exec):
    """Run statements, or with ``eval`` compute an expression."""
    try:
        return run(code, space)
    except Exception as reason:
        raise ValueError(f"exercise {name}: `{key}` does not run: {type(reason).__name__}: {reason} "
                         f"(in {code!r:.60})") from reason


def pack(exercise: Exercise, typeset: Callable[[str], str] = str) -> str:
    """What a form on the page needs to know: base64 of JSON, backwards, so that a glance does not read it."""
    def plain(value):
        if isinstance(value, np.ndarray):
            return {"shape": value.shape, "values": value.reshape(-1).tolist()}
        return {"of": typeset(value.of)} if isinstance(value, formula.Task) else {"start": f"{value.start}\n    "}

    text = json.dumps([vars(part) for part in exercise.parts], ensure_ascii=False, separators=(",", ":"), default=plain)
    return base64.b64encode(text.encode()).decode()[::-1]
