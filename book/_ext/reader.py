"""Where a reader writes: the page "Does it hold?", the page that shows what is done, and what both load."""

import itertools
import json
import pathlib
import shutil
import subprocess
import tomllib

import markupsafe
from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from mcbook import trials
from mcbook.exercises import questions
from tools import moodle

from .cache import digest, packages
from .marks import TEMPLATES
from .mathml import to_mathml

ROOT = pathlib.Path(__file__).parents[2]
IDENTITIES = ROOT / "book" / "identities.toml"


def identities() -> list[dict]:
    """The identities that the page offers, each tried once more; an error tells one that is not what the file says."""
    found = tomllib.loads(IDENTITIES.read_text(encoding="utf-8"))["identity"]
    for one in found:
        one["letters"] = {name: trials.field(text) for name, text in one["letters"].items()}
        one["verdict"] = trials.tried(one["text"], one["letters"]).verdict
        if one["verdict"].kind != ("holds" if one["holds"] else "fails"):
            raise ExtensionError(f"{IDENTITIES.name}: {one['text']} is said to "
                                 f"{'hold' if one['holds'] else 'fail'}, but: {one['verdict'].line}")
    return found


class DoesItHold(SphinxDirective):
    """``{does-it-hold}``: a box for an identity, and a list of identities to try."""

    def run(self):
        self.env.metadata[self.env.docname]["mc_reader"] = "holds"
        self.env.note_dependency(str(IDENTITIES))
        return [nodes.raw("", TEMPLATES.get_template("does-it-hold.html").render(
            size=self.config.mcnotes_python // 10**6, identities=identities(),
            typeset=lambda latex: markupsafe.Markup(to_mathml(latex, False)),
            packed=lambda one: json.dumps([one["text"], one["letters"]], ensure_ascii=False)), format="html")]


class Progress(SphinxDirective):
    """``{progress}``: every exercise of the book, which of them are done, and a way to take that home."""

    def run(self):
        self.env.metadata[self.env.docname]["mc_reader"] = "progress"
        chapters = {title: [name for name, *_ in group]
                    for title, group in itertools.groupby(moodle.asked(), lambda one: one[1])}
        pages = {path.stem.split("-")[0]: path.stem for path in questions.files()}
        for path in questions.files():
            self.env.note_dependency(str(path))
        return [nodes.raw("", TEMPLATES.get_template("progress.html").render(
            chapters=chapters, page=lambda name: pages[name.rpartition("-")[0]]), format="html")]


def add_scripts(app, pagename, templatename, context, doctree):
    """Scripts on the pages that need them, and on no other."""
    wants = app.env.metadata.get(pagename, {}).get("mc_reader")
    if wants == "holds" and app.config.mcnotes_python:
        app.add_css_file("python/python.css")
        for name in ("python.js", "controls.js", "temml.js", "holds.js"):
            app.add_js_file(f"python/{name}", loading_method="defer")
    elif wants == "progress":
        app.add_js_file("progress.js", loading_method="defer")


def write(app, error):
    """What a reader's page loads beside itself: the editor, what typesets, and the exercises for Moodle."""
    if error or app.builder.format != "html":
        return
    static = pathlib.Path(app.outdir) / "_static"
    modules = ROOT / "node_modules"
    shutil.copy(modules / "temml" / "dist" / "temml.min.js", static / "python" / "temml.js")
    subprocess.run([modules / ".bin" / "esbuild", pathlib.Path(__file__).with_name("editor.mjs"), "--bundle",
                    "--minify", "--log-level=warning", f"--outfile={static / 'python' / 'editor.js'}"], check=True)
    quiz, stamp = static / "exercises.xml", static.parents[1] / ".exercises"
    asked = digest(packages(), *questions.files(), pathlib.Path(moodle.__file__), list(moodle.asked()))
    if not (quiz.exists() and stamp.exists() and stamp.read_text() == asked):               # it takes a second
        quiz.write_text(moodle.quiz(), encoding="utf-8")
        stamp.write_text(asked)


def setup(app):
    """What a reader writes needs of Sphinx."""
    app.add_directive("does-it-hold", DoesItHold)
    app.add_directive("progress", Progress)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write)
