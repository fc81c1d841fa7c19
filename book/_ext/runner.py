"""The code cells of a chapter, ready to be run in the page: each can be found, and a bar offers to run them."""

import json
import pathlib

from docutils import nodes
from sphinx.transforms import SphinxTransform

from mcbook import statements

from . import pyodide

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
