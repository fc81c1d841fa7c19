"""The book's exercises as Moodle XML, from the same files as the pages: ``python -m tools.moodle > exercises.xml``.

A number, a choice or a truth becomes the Moodle question of that kind, and what has several entries or parts an
embedded ("cloze") question. What Python judges, or nobody, becomes an essay; its feedback is the worked solution.
"""

import json
import math
import pathlib
import re
import sys
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from mcbook import statements
from mcbook.exercises import questions

_COLOR = re.compile(r"\\textcolor\{\w+\}")
_OPTIONS = re.compile(r"^\d+\.\s+(.*(?:\n(?!\d+\.|\n).*)*)", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)


def html(markdown: str) -> str:
    """Markdown with formulas as HTML in which formulas are LaTeX between ``\\(`` and ``\\)``.

    Examples
    --------
    >>> html(r"What shape is $P Q^{\\mathsf T}$?")
    '<p>What shape is \\\\(P Q^{\\\\mathsf T}\\\\)?</p>'
    """
    reader = MarkdownIt().use(dollarmath_plugin)
    reader.add_render_rule("math_inline", lambda self, tokens, k, *_: rf"\({_COLOR.sub('', tokens[k].content)}\)")
    reader.add_render_rule("math_block", lambda self, tokens, k, *_: rf"<p>\[{_COLOR.sub('', tokens[k].content)}\]</p>")
    reader.add_render_rule("link_open", lambda *_: "")
    reader.add_render_rule("link_close", lambda *_: "")
    return reader.render(_COMMENT.sub("", markdown)).strip()


def asked(root: pathlib.Path = statements.ROOT) -> Iterator[tuple[str, str, str]]:
    """Every exercise of the book that has answers: its name, the title of its chapter, the question in Markdown.

    Examples
    --------
    >>> next(asked())[0]
    '00-1'
    """
    known = set(questions.names())
    for path in statements.notebooks(root):
        cells = ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                 if cell["cell_type"] == "markdown"]
        title = next((match[1] for match in map(re.compile(r"^# (.+)$", re.M).search, cells) if match), path.stem)
        for text in cells:
            for found in questions.QUESTION.finditer(text):
                if found["name"] in known:
                    yield found["name"], title, found["text"].strip()


def quiz(root: pathlib.Path = statements.ROOT) -> str:
    """All exercises as one quiz in Moodle's own XML, one category for each chapter."""
    whole, before = ElementTree.Element("quiz"), None
    for name, title, text in asked(root):
        if title != before:
            category = ElementTree.SubElement(whole, "question", type="category")
            _text(category, "category", f"$course$/Matrix derivatives/{title}")
            before = title
        _add(whole, questions.find(name), text)
    ElementTree.indent(whole)
    return ElementTree.tostring(whole, encoding="unicode", xml_declaration=True)


def _add(whole: ElementTree.Element, exercise: questions.Exercise, text: str) -> None:
    parts, options = exercise.parts, _OPTIONS.findall(text)
    stem = _OPTIONS.sub("", text) if options else text
    kind = parts[0].kind if len(parts) == 1 else "parts" if parts else "open"
    if kind == "number":
        question = _question(whole, "numerical", exercise, html(text))
        _answer(question, f"{parts[0].wanted:.12g}", 100, tolerance=_tolerance(parts[0].wanted, parts[0].digits))
    elif kind in ("choice", "several") and options:
        wanted = {parts[0].wanted} if kind == "choice" else set(parts[0].wanted)
        question = _question(whole, "multichoice", exercise, html(stem))
        _text(question, "single", str(kind == "choice").lower(), inner=False)
        for k, option in enumerate(options, 1):
            off = 0 if kind == "choice" else -100 / max(1, len(options) - len(wanted))
            _answer(question, html(option), 100 / len(wanted) if k in wanted else off)
    elif kind == "truth":
        question = _question(whole, "truefalse", exercise, html(text))
        for value in (True, False):
            _answer(question, str(value).lower(), 100 * (parts[0].wanted is value))
    elif parts and all(part.kind in _BLANKS for part in parts):
        blanks = "".join(f"<p>{part.ask}: {_BLANKS[part.kind](part)}</p>" for part in parts)
        _question(whole, "cloze", exercise, html(text) + blanks)
    else:
        question = _question(whole, "essay", exercise, html(text))
        _answer(question, "", 0)


def _question(whole: ElementTree.Element, kind: str, exercise: questions.Exercise, text: str) -> ElementTree.Element:
    question = ElementTree.SubElement(whole, "question", type=kind)
    _text(question, "name", f"Exercise {exercise.name}")
    _text(question, "questiontext", text, format="html")
    _text(question, "generalfeedback", html(exercise.solution), format="html")
    return question


def _text(parent: ElementTree.Element, tag: str, text: str, inner: bool = True, **attributes: str) -> None:
    element = ElementTree.SubElement(parent, tag, attributes)
    (ElementTree.SubElement(element, "text") if inner else element).text = text


def _answer(question: ElementTree.Element, text: str, fraction: float, tolerance: float | None = None) -> None:
    answer = ElementTree.SubElement(question, "answer", fraction=f"{fraction:.5g}", format="html")
    ElementTree.SubElement(answer, "text").text = text
    if tolerance is not None:
        _text(answer, "tolerance", f"{tolerance:.3g}", inner=False)


def _tolerance(wanted: float, digits: int) -> float:
    """Half a step in the last digit that is asked for; nothing for a whole number."""
    if abs(wanted - round(wanted)) <= 1e-12 * max(1, abs(wanted)):
        return 0.0
    return float(0.5 * 10.0 ** (math.floor(math.log10(abs(wanted))) + 1 - digits))


def _blank(value: float, digits: int) -> str:
    return f"{{1:NUMERICAL:={value:.12g}:{_tolerance(value, digits):.3g}}}"


def _array(part: questions.Part) -> str:
    rows = np.atleast_2d(np.asarray(part.wanted))
    body = "".join("<tr>" + "".join(f"<td>{_blank(float(entry), part.digits)}</td>" for entry in row) + "</tr>"
                   for row in rows)
    return f"<table>{body}</table>"


#: Kind of a part -> its blanks in an embedded question.
_BLANKS = {
    "number": lambda part: _blank(part.wanted, part.digits),
    "vector": _array,
    "matrix": _array,
    "shape": lambda part: " × ".join(_blank(size, 3) for size in part.wanted) or _blank(1, 3),
    "choice": lambda part: _blank(part.wanted, 3),
    "several": lambda part: "{1:SHORTANSWER:=" + ", ".join(map(str, sorted(part.wanted))) + "}",
    "match": lambda part: ", ".join(_blank(partner, 3) for partner in part.wanted),
    "truth": lambda part: "{1:MULTICHOICE:" + ("=Yes~No" if part.wanted else "Yes~=No") + "}",
    "pattern": lambda part: f"{{1:SHORTANSWER:={part.wanted}}}",
}


if __name__ == "__main__":
    sys.stdout.write(quiz())
