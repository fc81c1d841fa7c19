"""A slip that the book has, and Sphinx does not see, is a warning; ``make book`` stops at warnings."""

import pathlib

from sphinx.util import logging

from tools.proofreading import faults

_log = logging.getLogger(__name__)


def tell_slips(app):
    """Warn of references whose text and target disagree, numbers that stand twice, pictures without words."""
    root = pathlib.Path(app.srcdir)
    for fault in faults(root) if (root / "_toc.yml").exists() else []:
        _log.warning("%s", fault, type="mcnotes")
