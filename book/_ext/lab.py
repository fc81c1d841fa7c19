"""What a notebook carries for those who run it, the page does without: see :mod:`tools.carrying`."""

import json

from mcbook import statements
from tools.carrying import FRONT, plain


def take_away(app, docname, content):
    """Take away, as a notebook is read, what only JupyterLab reads; its links are the book's references."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook, first = json.loads(content[0]), True
    targets = {one.label: one for one in statements.everything()}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            cell["source"] = plain(FRONT.sub("", text) if first else text, targets)
            first = False
    content[0] = json.dumps(notebook)


def launch_only_from_an_address(app, config):
    """A book without an address has no launch buttons; the theme would stop the build."""
    options = config.html_theme_options
    if not options.get("repository_url"):
        options.pop("launch_buttons", None)
