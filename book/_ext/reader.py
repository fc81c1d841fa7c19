"""Where a reader writes: the page "Does it hold?", the page that shows what is done, and what both load."""

import html
import json
import pathlib
import shutil
import subprocess
import tomllib

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from mcbook import trials
from mcbook.exercises import questions
from tools import moodle

from .mathml import to_mathml

ROOT = pathlib.Path(__file__).parents[2]
IDENTITIES = ROOT / "book" / "identities.toml"

_FORM = """\
<form hidden>
<label for="mc-identity">An identity</label>
<textarea class="mc-code-box" id="mc-identity" name="identity" rows="2" spellcheck="false" autocapitalize="off"
 autocomplete="off" aria-describedby="mc-identity-keys"></textarea>
<p class="mc-small" id="mc-identity-keys">Write LaTeX or plain text, such as <code>dL/dW = A (dL/dZ)^T</code>.
Enter tries it.</p>
<div class="mc-typeset" aria-live="off"></div>
<div class="mc-letters" role="group" aria-label="what the letters are"></div>
<button data-do="run">Does it hold?</button> <button type="button" data-do="stop" hidden>Stop</button>
<button type="button" data-do="link">A link to this</button>
<div class="mc-python-status"></div>
<div class="mc-identity-verdict" role="status"></div>
<p class="mc-small">The first try loads Python and NumPy from beside these pages, {size:.0f} MB, once. Nothing is sent
anywhere: your identity is tried in this browser.</p></form>"""

_HEADS = "identity", "does it hold?", '<span class="mc-hidden">try it</span>'
_WITHOUT = ("<p>This copy of the book was built without Python in its pages, so nothing can be typed here. In a "
            "notebook, <code>mb.holds</code> does the same.</p>")


def identities() -> list[dict]:
    """The identities that the page offers, each tried once more.

    Returns
    -------
    list of dict
        With the keys ``text``, ``letters`` (name -> field), ``holds``, ``say`` and ``verdict``.

    Raises
    ------
    ExtensionError
        The file says that one holds, and it does not, or the other way round.

    Examples
    --------
    >>> len(identities()) >= 30
    True
    """
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
        size = self.config.mcnotes_python / 1e6
        rows = "".join(_row(one) for one in identities())
        heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
        table = f'<table class="mc-identities"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        form = _FORM.format(size=size) if size else _WITHOUT
        return [nodes.raw("", f'<div class="mc-holds">{form}<h2 id="identities-and-popular-mistakes">Identities and '
                              f'popular mistakes</h2>{table}</div>', format="html")]


def _row(one):
    known = html.escape(json.dumps([one["text"], one["letters"]], ensure_ascii=False), quote=True)
    verdict = '<b class="mc-right">yes</b>' if one["holds"] else '<b class="mc-wrong">no</b>'
    return (f"<tr><td>{to_mathml(one['verdict'].latex, False)}</td>"
            f"<td>{verdict} <span>{html.escape(one['say'])}</span></td>"
            f'<td><button type="button" class="mc-try" hidden data-identity="{known}">Try it</button></td></tr>')


class Progress(SphinxDirective):
    """``{progress}``: every exercise of the book, which of them are done, and a way to take that home."""

    def run(self):
        self.env.metadata[self.env.docname]["mc_reader"] = "progress"
        pages = {}
        for name, title, _ in moodle.asked():
            pages.setdefault(title, []).append(name)
        rows = "".join(f'<tr><th scope="row">{html.escape(title)}</th><td>{"".join(map(_link, names))}</td></tr>'
                       for title, names in pages.items())
        for path in questions.files():
            self.env.note_dependency(str(path))
        return [nodes.raw("", f"""\
<div class="mc-home"><p class="mc-home-count" role="status"></p>
<p hidden><button type="button" data-do="save">Save to a file</button>
<label class="mc-load">Read a file <input type="file" accept="application/json,.json"></label></p>
<table><thead><tr><th scope="col">chapter</th><th scope="col">exercises</th></tr></thead><tbody>{rows}</tbody></table>
</div>""", format="html")]


def _link(name):
    stem = next(path.stem for path in questions.files() if path.stem.split("-")[0] == name.rpartition("-")[0])
    return f'<a class="mc-home-exercise" data-name="{name}" href="{stem}.html#ex-{name}">{name.rpartition("-")[2]}</a> '


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
    (static / "exercises.xml").write_text(moodle.quiz(), encoding="utf-8")


def setup(app):
    """What a reader writes needs of Sphinx."""
    app.add_directive("does-it-hold", DoesItHold)
    app.add_directive("progress", Progress)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write)
