"""Forms: one below each question, made of the same file as the notebook's check; and the shape drill.

The answer travels with the page in a form that a glance does not read; hints and the worked solution are typeset here,
and open without a script too.
"""

import json
import pathlib
import re

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from mcbook.exercises import questions
from mcbook.exercises.diagnosis import KINDS
from mcbook.exercises.words import WORDS
from mcnotes.shapes import shape_of

from .mathml import to_mathml

_log = logging.getLogger(__name__)
_CHECK = re.compile(r"""mb\.check\(\s*["']([\w-]+)["']""")


#: How many sets of other numbers a page carries; Python in the page draws more.
DRAWN = 4


class ask(nodes.General, nodes.Element):
    """The place of a form: its name and, packed, what it asks."""


class worked(nodes.General, nodes.Element):
    """Something typeset that is read later: a hint, the solution, or the question with other numbers."""


def visit_ask(self, node):
    packed = f' data-ask="{node["packed"]}"' if node["packed"] else ""
    self.body.append(f'<div class="mc-ask" data-name="{node["name"]}"{packed}>')


_BEFORE = {"hint": '<template class="mc-hint">', "again": '<template class="mc-again" data-ask="{packed}">',
           "solution": '<details class="mc-solution"><summary>Solution</summary><div class="mc-worked">'}


def visit_worked(self, node):
    self.body.append(_BEFORE[node["role"]].format(packed=node["packed"]))


def depart_worked(self, node):
    self.body.append("</div></details>" if node["role"] == "solution" else "</template>")


def depart_ask(self, node):
    self.body.append("</div>")


class Ask(Directive):
    """``{ask} 20-2``: written below each question by :func:`put_forms`."""

    required_arguments = 1
    option_spec = {"class": directives.unchanged}

    def run(self):
        name, environment = self.arguments[0], self.state.document.settings.env
        for path in questions.files():
            if path.name.split("-")[0] == name.rpartition("-")[0]:
                environment.note_dependency(str(path))
        try:
            exercise = questions.find(name)
        except ValueError as error:
            _log.warning("%s", error, location=(environment.docname, self.lineno))
            return []
        written = exercise.fresh or any(part.kind in questions.TASKS for part in exercise.parts)
        place = ask("", name=name, packed=_packed(exercise) if exercise.parts else "", written=written)
        others = [questions.find(name, draw) for draw in range(1, DRAWN + 1)] if exercise.fresh else []
        texts = [*(("hint", text, "") for text in exercise.hints), ("solution", exercise.solution, ""),
                 *(("again", other.again, _packed(other)) for other in others)]
        for role, text, packed in texts:
            text_node = worked("", role=role, packed=packed)
            self.state.nested_parse(StringList(text.splitlines(), f"exercise {name}"), 0, text_node)
            place += text_node
        return [place]


def _packed(exercise):
    return questions.pack(exercise, lambda tex: to_mathml(tex, False))


def put_forms(app, docname, texts):
    """Write a place for the form into each question that a file of exercises knows."""
    if "{exercise}" not in texts[0]:
        return
    if not texts[0].lstrip().startswith("{"):
        texts[0] = questions.QUESTION.sub(_with_form, texts[0])
        return
    notebook = json.loads(texts[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = questions.QUESTION.sub(_with_form, "".join(cell["source"]))
    texts[0] = json.dumps(notebook)


def _with_form(question):
    name, fence = question["name"], question["fence"]
    if name is None or name not in questions.tables_of(name.rpartition("-")[0]):
        return question[0]
    return f"{question[0].rstrip()[:-len(fence)]}\n```{{ask}} {name}\n```\n{fence}"


class TakeChecks(SphinxTransform):
    """The cell that checks an answer in a notebook leaves the page, where its form stands instead."""

    default_priority = 390

    def apply(self, **options):
        there = {node["name"] for node in self.document.findall(ask)}
        for cell in list(self.document.findall(nodes.container)):
            code = cell.next_node(nodes.literal_block) if cell.get("nb_element") == "cell_code" else None
            names = set(_CHECK.findall(code.astext())) if code is not None else set()
            if names and names <= there:
                cell.parent.remove(cell)


def add_scripts(app, pagename, templatename, context, doctree):
    """The scripts of the forms and of the drill, on the pages that have one."""
    drill = app.env.metadata.get(pagename, {}).get("mc_drill")
    if drill or doctree is not None and next(doctree.findall(ask), None) is not None:
        written = doctree is not None and any(node["written"] for node in doctree.findall(ask))
        for name in ("exercise-words.js", "exercises.js", *["python/written.js"] * written,
                     "drill.js" if drill else "forms.js"):
            app.add_js_file(name, loading_method="defer")


def write_words(app, error):
    """The sentences that a form says, from :mod:`mcbook.exercises.words`."""
    if error or app.builder.format != "html":
        return
    asked = {name: kind.asked for name, kind in KINDS.items()}
    packed = json.dumps({"say": WORDS, "asked": asked}, ensure_ascii=False, separators=(",", ":"))
    (pathlib.Path(app.outdir) / "_static" / "exercise-words.js").write_text(
        f"window.mcWords = {packed};\n", encoding="utf-8")


#: An input or output of each kind, with a letter and sizes that differ.
INPUTS = (("s", ()), ("v", (4,)), ("M", (2, 3)))
OUTPUTS = (("s", ()), ("w", (5,)), ("N", (6, 7)))


class ShapeDrill(Directive):
    """``{shape-drill}``: endless questions; without a script, the nine kinds with their shapes."""

    def run(self):
        self.state.document.settings.env.metadata[self.state.document.settings.env.docname]["mc_drill"] = "yes"
        return [nodes.raw("", f'<div class="mc-drill">{table()}</div>', format="html")]


def table():
    """The nine kinds, worked, as HTML."""
    rows = "".join(
        f"<tr><th scope='row'>{_named(x, wrt)}</th>" + "".join(
            f"<td>{_written(shape_of(of=of, wrt=wrt).shape)}</td>" for _, of in OUTPUTS) + "</tr>"
        for x, wrt in INPUTS)
    heads = "".join(f"<th scope='col'>{_named(y, of)}</th>" for y, of in OUTPUTS)
    return (f"<table><caption>The shape of each derivative: inputs down, outputs across.</caption>"
            f"<thead><tr><th scope='col'>input</th>{heads}</tr></thead><tbody>{rows}</tbody></table>")


def _named(letter, shape):
    return f"{letter}, {_written(shape + (1,) if len(shape) == 1 else shape)}"


def _written(shape):
    return " × ".join(str(size) for size in shape) or "a number"


def setup(app):
    app.add_node(ask, html=(visit_ask, depart_ask))
    app.add_node(worked, html=(visit_worked, depart_worked))
    app.add_directive("ask", Ask)
    app.add_directive("shape-drill", ShapeDrill)
    app.add_transform(TakeChecks)
    app.connect("source-read", put_forms)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_words)
