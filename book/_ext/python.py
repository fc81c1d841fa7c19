"""Python in the page: a bar that offers to run a chapter's code cells, the page "your own function", and the parts
that lie beside the built pages."""

import hashlib
import html
import json
import pathlib
import tomllib

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from mcbook import statements
from mcbook.inpage.examination import as_html, examine

from . import pyodide

_log = logging.getLogger(__name__)

HERE = pathlib.Path(__file__).parent
#: What the page starts from: title, code, point.
EXAMPLES = tuple((one["title"], one["code"], one["at"]) for one in tomllib.loads(
    (HERE / "examples.toml").read_text(encoding="utf-8"))["example"])
_WITHOUT = "<p>This copy of the book was built without Python in its pages, so here are worked examples.</p>"


class OwnFunction(SphinxDirective):
    """``{own-function}``: a box for code, and worked examples that were computed by the build."""

    def run(self):
        self.env.metadata[self.env.docname]["mc_python"] = "own"
        for path in sorted(pyodide.ROOT.glob("mcnotes/**/*.py")):          # its examples are those of this package
            self.env.note_dependency(str(path))
        size = self.config.mcnotes_python / 1e6
        form = (HERE / "templates" / "own-function.html").read_text("utf-8").format(size=size) if size else _WITHOUT
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
    """The code cells of a notebook: place, code, and for one that only checks the panel and the code of each call."""
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
