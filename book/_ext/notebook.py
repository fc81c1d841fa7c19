"""What Sphinx reads of a notebook: not what only JupyterLab reads (:mod:`tools.portability`), and no slips.

A slip that the book has and Sphinx does not see is a warning; ``make book`` stops at warnings.
"""

import json
import pathlib

from sphinx.util import logging

from mcbook.statements import everything
from tools.address import address
from tools.portability import FRONT, plain
from tools.references import faults

_log = logging.getLogger(__name__)


def tell_slips(app):
    """Warn of references whose text and target disagree, numbers that stand twice, pictures without words."""
    root = pathlib.Path(app.srcdir)
    for fault in faults(root) if (root / "_toc.yml").exists() else []:
        _log.warning("%s", fault, type="mcnotes")


def take_away(app, docname, content):
    """Take away, as a notebook is read, what only JupyterLab reads; its links are the book's references."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook, first = json.loads(content[0]), True
    targets = {one.label: one for one in everything()}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            cell["source"] = plain(FRONT.sub("", text) if first else text, targets)
            first = False
    content[0] = json.dumps(notebook)


def lead_to_the_repository(app, config):
    """Launch buttons and edit links lead to the book's repository; without its address there are none."""
    (url, branch), options = address(pathlib.Path(app.srcdir)), config.html_theme_options
    host = url.split("/")[2] if url else ""
    if host not in ("github.com", "gitlab.com"):            # the theme would stop the build
        options.pop("launch_buttons", None)
        _log.info("mcnotes: the pages have no buttons for Binder and Colab: %s", f"{host} is not known to the theme" if
                  host else "there is no remote of git, and no address under repository: in _config.yml")
        return
    options |= {"repository_url": url, "repository_branch": branch, "use_edit_page_button": True}
    if host != "github.com":                                # Colab opens nothing else, and the theme warns
        options.get("launch_buttons", {}).pop("colab_url", None)


def setup(app):
    app.connect("config-inited", lead_to_the_repository)
    app.connect("builder-inited", tell_slips)
    app.connect("source-read", take_away)
