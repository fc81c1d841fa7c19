"""JupyterLab reads a notebook's front matter; Jupyter Book would print it, so it is taken away when a page is read.

``numbering: false`` there keeps JupyterLab from giving each equation a second number.
"""

import json
import re

FRONT = re.compile(r"\A---\n.*?^---\n\s*", re.M | re.S)


def drop(app, docname, content):
    """Take the front matter off the first text of a notebook."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(content[0])
    first = next((cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"), None)
    if first is not None:
        first["source"] = FRONT.sub("", "".join(first["source"]))
        content[0] = json.dumps(notebook)
