"""Python in the page: a bar that offers to run a chapter's code cells, the page "your own function", and the parts
that lie beside the built pages."""

import hashlib
import html
import json
import pathlib

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from mcbook import statements
from mcbook.inpage.examination import as_html, examine

from . import pyodide

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
    ("the weights of a layer", """\
a = np.array([1.0, 0.0, 3.0, 4.0])

def f(W):
    return W.T @ a""", "np.ones((4, 3))"),
    ("an activation", """\
def f(z):
    return 1 / (1 + np.exp(-z))""", "[0.5, -1.0, 2.0]"),
    ("a matrix of a scalar", """\
def f(s):
    return np.stack([[s, s**2, 1 / s], [np.cos(s), 3.0 * s, np.exp(s)]])""", "0.5"),
    ("a loss with weights and a bias", """\
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
<p class="mc-small" id="mc-own-keys">You can use np and mc. Tab indents; press Escape and then Tab to leave the box, and
Ctrl with Enter to run.</p>
<div class="mc-call"><label for="mc-own-at">f(</label><input id="mc-own-at" name="at" spellcheck="false"
 autocapitalize="off" autocomplete="off" aria-label="the point, that is, what f is called with"><span>)</span></div>
<button data-do="run">Run</button> <button type="button" data-do="stop" hidden>Stop</button>
<button type="button" data-do="link">A link to this</button>
<div class="mc-python-status"></div>
<p class="mc-small">The first run loads Python and NumPy, {size:.0f} MB, which come with this book. Nothing is sent
anywhere, because your code runs in this browser. (<a href="../_static/python/licences.txt">Licenses</a>)</p></form>
<div class="mc-results"></div>"""

_WITHOUT = "<p>This copy of the book was built without Python in its pages, so here are worked examples.</p>"


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
    write_cells(app, folder / "cells")
    (folder / "parts.js").write_text(f"window.mcPythonParts = {json.dumps(known)};\n", encoding="utf-8")


BAR = """\
<div class="mc-runner" hidden data-cells="{name}">
<p><button type="button" data-do="run">Run this page's code here</button>
<span class="mc-small">and change it. Loads Python, {size:.0f} MB, from this book alone.</span></p>
</div>"""


class OfferToRun(SphinxTransform):
    """Mark the code cells of a chapter, keep their sources, and put the bar before the first that is shown."""

    default_priority = 390                                  # before cells that only check leave the prose

    def apply(self, **options):
        shown = [cell for cell in self.document.findall(nodes.container) if cell.get("nb_element") == "cell_code"]
        if not shown or not self.config.mcnotes_python:
            return
        for cell in shown:
            cell["classes"].append(f"mc-cell-{cell['cell_index']}")
        name = self.env.docname.rsplit("/", 1)[-1]
        self.env.metadata[self.env.docname].update(mc_python="chapter", mc_cells=sources(self.env.doc2path(
            self.env.docname)))
        first = next((cell for cell in shown if f"tag_{statements.CHECK}" not in cell["classes"]), shown[0])
        bar = nodes.raw("", BAR.format(name=name, size=self.config.mcnotes_python / 1e6), format="html")
        first.parent.insert(first.parent.index(first), bar)


def sources(path):
    """The code cells of a notebook, in order.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    list of dict
        ``cell``, its place in the notebook; ``code``; and for a cell that only
        checks ``check``, for each of its calls the id of the panel that its mark
        opens (None for a misprint) and the code.
    """
    found = []
    labels = {name: one.label for one in statements.everything() for name in one.names}
    for k, cell in enumerate(json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["cells"]):
        if cell["cell_type"] != "code":
            continue
        code = "".join(cell["source"])
        entry = {"cell": k, "code": code}
        if statements.CHECK in cell["metadata"].get("tags", []) and statements.calls(code):
            entry["check"] = [[f"check-{labels[name.casefold()]}" if function == "confirm" and name.casefold() in labels
                               else None, call] for name, function, call in statements.calls(code)]
        found.append(entry)
    return found


def write_cells(app, folder):
    """Write the sources of each chapter as a script that a page loads when its reader asks for it."""
    folder.mkdir(exist_ok=True)
    for docname, known in app.env.metadata.items():
        if "mc_cells" in known:
            packed = json.dumps(known["mc_cells"], ensure_ascii=False, separators=(",", ":"))
            (folder / f"{docname.rsplit('/', 1)[-1]}.js").write_text(f"window.mcCells = {packed};\n", encoding="utf-8")


def note_python(app, config):
    """Pages are built again when Python in the page has come or gone; the value is what a first run loads, in bytes."""
    config.mcnotes_python = sum(len(data) for name, data in pyodide.parts().items() if name != "pictures") // 10**6 \
        * 10**6 if pyodide.available() else 0


def setup(app):
    """What Python in the page needs of Sphinx."""
    app.add_config_value("mcnotes_python", 0, "env")
    app.add_transform(OfferToRun)
    app.add_directive("own-function", OwnFunction)
    app.connect("config-inited", note_python)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_parts)
