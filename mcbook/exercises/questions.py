"""The exercises of the book, read from their files: one of TOML for each chapter, beside the notebooks.

The question stands in the notebook, under the label ``ex-20-2``; the table ``[20-2]`` of
``book/exercises/20-*.toml`` says what it asks, computes the answer, names the mistakes
one makes, and holds hints and a worked solution. The notebook's ``mb.check("20-2", …)``
and the form on the page are made of it. Away from the repository the files come with the
installed package. What a file may hold is written in ``book/exercises/schema.json``, which
``make check`` applies; here the answers themselves are computed and tried.
"""

import functools
import pathlib
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module

import numpy as np

from . import judge
from .numbers import Unreadable

PACKAGE = pathlib.Path(__file__).parent
#: In a clone the files of the book, in an installed package the copies that came with it.
FOLDERS = (PACKAGE.parent.parent / "book" / "exercises", PACKAGE / "files")

#: Kinds of questions; ``"open"`` is one to think about or to try, without an answer.
KINDS = (*judge.KINDS, "open")


@dataclass(frozen=True)
class Part:
    """One thing that an exercise asks.

    Attributes
    ----------
    kind : str
        One of ``KINDS``.
    wanted : float, ndarray, tuple, int, bool or str
        The right answer, in the plain form of its kind.
    ask : str
        What is asked, in a few words; empty where the exercise asks one thing only.
    also : tuple
        Other right answers.
    wrong : tuple of (answer, sentence)
        Mistakes that are known in advance, and what to say to each.
    digits : int
        Significant digits that a rounding has to keep.
    derivative : bool
        Whether rows stand for inputs, so that a transposed answer is the other layout.
    resize : bool
        Whether the page asks for the number of rows and columns, too.
    """

    kind: str
    wanted: object
    ask: str = ""
    also: tuple = ()
    wrong: tuple = ()
    digits: int = 3
    derivative: bool = True
    resize: bool = False


@dataclass(frozen=True)
class Exercise:
    """An exercise: its parts, hints and worked solution.

    Attributes
    ----------
    name : str
        ``"20-2"``: chapter and number.
    parts : tuple of Part
        Empty for a question that is answered by thinking and doing (kind ``"open"``).
    hints : tuple of str
        In Markdown, the second closer than the first.
    solution : str
        Worked, in Markdown with formulas.
    """

    name: str
    parts: tuple = ()
    hints: tuple = field(default=())
    solution: str = ""


def find(name: str) -> Exercise:
    """The exercise of a name.

    Parameters
    ----------
    name : str
        ``"20-2"``, as in the label ``ex-20-2`` of the question.

    Returns
    -------
    Exercise

    Raises
    ------
    ValueError
        There is no such exercise (near names are given), or its file says something that cannot be.

    Examples
    --------
    >>> find("20-2").parts[0].kind
    'matrix'
    """
    tables = tables_of(str(name).rpartition("-")[0])
    if not isinstance(name, str) or name not in tables:
        known = sorted(tables) or names()
        near = get_close_matches(str(name), known, 3, 0.3) or known[:3]
        raise ValueError(f"there is no exercise {name!r}; near it are {', '.join(near) or 'none'}. "
                         "The exercises are in book/exercises/, one file a chapter")
    return _build(name)


def names() -> list[str]:
    """Names of all exercises, in order.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "20-2" in names()
    True
    """
    return [name for path in files() for name in tables_of(path.name.split("-")[0])]


def files(folder: pathlib.Path | None = None) -> list[pathlib.Path]:
    """The files that hold the exercises, one a chapter.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where they stand; the book's own, unless told.

    Returns
    -------
    list of pathlib.Path

    Examples
    --------
    >>> {path.suffix for path in files()}
    {'.toml'}
    """
    folder = folder or next((folder for folder in FOLDERS if folder.is_dir()), FOLDERS[-1])
    return sorted(folder.glob("*.toml"))


def tables_of(chapter: str, folder: pathlib.Path | None = None) -> dict:
    """Name -> table of each exercise of a chapter; what stands above the first table is in each of them.

    Parameters
    ----------
    chapter : str
        How the file's name begins: ``"20"``.
    folder : pathlib.Path, optional
        Where the files stand; the book's own, unless told.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        The file cannot be read.

    Examples
    --------
    >>> tables_of("20")["20-2"]["kind"]
    'matrix'
    """
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
        table["shared"] = shared
    return whole


def _build(name):
    table = dict(tables_of(name.rpartition("-")[0])[name])
    space = {"np": np, "mc": import_module("mcnotes")}
    _run(table.pop("shared"), space, name, "given")
    _run(table.get("given", ""), space, name, "given")
    asked = [] if table.get("kind") == "open" else table.get("parts") or [table]
    try:
        parts = tuple(_part(part, dict(space), name) for part in asked)
        return Exercise(name, parts, tuple(table.get("hints", ())), table["solution"].strip())
    except KeyError as missing:
        raise ValueError(f"exercise {name} has no `{missing.args[0]}`, or one that is not known; `make check` "
                         "names what is wrong in its file") from None


def _part(table, space, name):
    kind = judge.KINDS[table["kind"]] and table["kind"]
    _run(table.get("given", ""), space, name, "given")

    def plain(expression, key):
        if isinstance(expression, str) and kind != "pattern":
            expression = _value(expression, space, name, key)
        try:
            return judge.read(kind, expression)
        except Unreadable as reason:
            raise ValueError(f"exercise {name}: `{key}` cannot be read as {kind} ({reason}): {expression!r}") from None

    options = {key: table[key] for key in ("ask", "digits", "derivative", "resize") if key in table}
    also = tuple(plain(other, "also") for other in table.get("also", ()))
    wrong = tuple((plain(mistake["is"], "wrong"), mistake["say"]) for mistake in table.get("wrong", ()))
    part = Part(kind, plain(table["answer"], "answer"), also=also, wrong=wrong, **options)
    for mistake, words in part.wrong:
        if any(judge.same(part, mistake, right) for right in (part.wanted, *part.also)):
            raise ValueError(f"exercise {name}: the wrong answer {mistake!r} is right, but would be told {words!r}")
    return part


def _run(code, space, name, key):
    try:
        exec(code, space)
    except Exception as reason:
        raise ValueError(f"exercise {name}: `{key}` does not run: {type(reason).__name__}: {reason}") from reason


def _value(expression, space, name, key):
    try:
        return eval(expression, space)
    except Exception as reason:
        raise ValueError(f"exercise {name}: `{key}` cannot be computed: {expression!r} "
                         f"({type(reason).__name__}: {reason})") from reason
