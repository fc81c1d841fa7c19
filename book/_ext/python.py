"""Python in the page, on the Sphinx side: the page "your own function", and what lies beside the built pages."""

import hashlib
import html
import json
import pathlib

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from mcbook.inpage.examine import as_html, examine

from . import pyodide, runner

_log = logging.getLogger(__name__)

#: What the page starts from: (title, code, point).
EXAMPLES = (
    ("a scalar of a vector", """\
def f(v):
    return v[0]**2 * v[1] + np.sin(v[2])""", "[1.0, 2.0, 0.5]"),
    ("a vector of a vector", """\
W = np.array([[1.0, 2.0], [0.5, -1.0], [-0.3, 0.4]])
b = np.array([0.1, -0.2])

def f(a):
    return np.tanh(W.T @ a + b)""", "[0.2, -0.5, 1.0]"),
    ("a layer by its weights", """\
a = np.array([1.0, 0.0, 3.0, 4.0])

def f(W):
    return W.T @ a""", "np.ones((4, 3))"),
    ("an activation", """\
def f(z):
    return 1 / (1 + np.exp(-z))""", "[0.5, -1.0, 2.0]"),
    ("a matrix of a scalar", """\
def f(s):
    return np.stack([[s, s**2, 1 / s], [np.cos(s), 3.0 * s, np.exp(s)]])""", "0.5"),
    ("a loss of weights and bias", """\
X = np.array([[0.5, 1.0, -1.0, 2.0], [1.5, -0.5, 0.3, 1.0], [0.2, 0.1, 1.0, -1.0]])
t = np.array([1.0, 0.0, 0.0, 1.0])

def f(w, b):
    p = 1 / (1 + np.exp(-(w @ X + b)))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))""", "w=[0.1, -0.2, 0.3], b=0.5"),
    ("a kink", """\
def f(v):
    return np.maximum(v, 0).sum()""", "[0.0, 1.0, -1.0]"),
    ("a mistake, explained", """\
def f(v):
    w = np.zeros(2)
    w[0] = v[0] * v[1]
    w[1] = np.sin(v[2])
    return w""", "[1.0, 2.0, 0.5]"),
)

_FORM = """\
<form hidden><p class="mc-starts">Start from </p>
<label for="mc-own-code">Your code</label>
<textarea class="mc-code-box" id="mc-own-code" name="code" rows="6" spellcheck="false"
 autocapitalize="off" autocomplete="off" aria-describedby="mc-own-keys"></textarea>
<p class="mc-small" id="mc-own-keys">np and mc are there. Tab indents; Escape, then Tab, leaves the box; Ctrl and Enter
runs.</p>
<div class="mc-call"><label for="mc-own-at">f(</label><input id="mc-own-at" name="at" spellcheck="false"
 autocapitalize="off" autocomplete="off" aria-label="the point: what stands in the brackets of f"><span>)</span></div>
<button data-do="run">Run</button> <button type="button" data-do="stop" hidden>Stop</button>
<button type="button" data-do="link">A link to this</button>
<div class="mc-python-status"></div>
<p class="mc-small">The first run loads Python and NumPy from beside these pages, {size:.0f} MB, once. Nothing is sent
anywhere: your code runs in this browser. (<a href="../_static/python/licences.txt">Licences</a>)</p></form>
<div class="mc-results"></div>"""

_WITHOUT = "<p>This copy of the book was built without Python in its pages; below are worked examples.</p>"


class OwnFunction(SphinxDirective):
    """``{own-function}``: a box for code, and worked examples that were computed by the build."""

    def run(self):
        self.env.metadata[self.env.docname]["mc_python"] = "own"
        for path in sorted(pyodide.ROOT.glob("mcnotes/**/*.py")):          # its examples are those of this package
            self.env.note_dependency(str(path))
        size = self.config.mcnotes_python / 1e6
        form = _FORM.format(size=size) if size else _WITHOUT
        worked = "".join(
            f'<details class="mc-own-example"{" open" * (k == 0)}><summary>{html.escape(title)}</summary>'
            f'<pre class="mc-code" tabindex="0">{html.escape(code)}</pre>'
            f'<p><code>f(<span class="mc-at">{html.escape(at)}</span>)</code></p>'
            f'<div class="mc-blocks">{as_html(examine(code, at))}</div></details>'
            for k, (title, code, at) in enumerate(EXAMPLES))
        whole = f'<div class="mc-own">{form}<div class="mc-own-worked">{worked}</div></div>'
        return [nodes.raw("", whole, format="html")]


def add_scripts(app, pagename, templatename, context, doctree):
    """Scripts and styles on the pages that need them, and on no other."""
    wants = app.env.metadata.get(pagename, {}).get("mc_python")
    scripts = {"own": ("python.js", "controls.js", "own.js"), "chapter": ("start.js",)}.get(wants, ())
    if wants == "own":
        app.add_css_file("python/python.css")
    for name in scripts if app.config.mcnotes_python else ():
        app.add_js_file(f"python/{name}", loading_method="defer")


def write_parts(app, error):
    """Put Python beside the built pages, if it is there."""
    if error or app.builder.format != "html":
        return
    if not app.config.mcnotes_python:
        _log.info("mcnotes: the pages have no Python in them; `python -m book._ext.pyodide` fetches it")
        return
    folder = pathlib.Path(app.outdir) / "_static" / "python"
    sizes = pyodide.write(folder)
    known = {name: {"size": size, "version": hashlib.sha256((folder / f"{name}.gz").read_bytes()).hexdigest()[:8]}
             for name, size in sizes.items()}
    runner.write_cells(app, folder / "cells")
    (folder / "parts.js").write_text(f"window.mcPythonParts = {json.dumps(known)};\n", encoding="utf-8")


def setup(app):
    """What Python in the page needs of Sphinx."""
    app.add_config_value("mcnotes_python", 0, "env")
    app.add_transform(runner.OfferToRun)
    app.add_directive("own-function", OwnFunction)
    app.connect("config-inited", runner.note_python)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_parts)
