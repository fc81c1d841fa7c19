"""The outputs of notebooks, in Jupyter Book's own cache, which is filled before Sphinx reads.

That cache knows the code of a notebook only. Beside each entry we keep a key of all else that its
outputs come from: the two packages, the statements that stand on the page or that its checks name,
and the answers of its exercises. With another key a page is run and read again.
"""

import functools
import hashlib
import json
import pathlib
import re

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.util import logging

from mcbook import statements
from mcbook.exercises import questions
from tools import execution

from . import catalog

_NAMED = re.compile(r'\bmb\.(?:confirm|refute)\(\s*"([^"]+)"')
_log = logging.getLogger(__name__)


def digest(*parts):
    """A fingerprint of bytes, texts, files, and folders of modules."""
    whole = hashlib.sha256()
    for part in parts:
        paths = sorted(path for path in part.rglob("*.*") if path.is_file() and path.suffix != ".pyc") \
            if isinstance(part, pathlib.Path) and part.is_dir() else [part]
        for one in paths:
            whole.update(one.read_bytes() if isinstance(one, pathlib.Path) else str(one).encode())
    return whole.hexdigest()


def note_the_source(app, config):
    """Sphinx reads every page again when the code of this side changed."""
    config.mcnotes_source = digest(pathlib.Path(__file__).parent, pathlib.Path(statements.__file__))


@functools.cache
def packages():
    """A fingerprint of the two packages."""
    return digest(statements.ROOT / "mcnotes", statements.ROOT / "mcbook")


def key(notebook, page):
    """A fingerprint of what the outputs of a notebook come from, its code apart."""
    named = {name.casefold() for cell in notebook["cells"] if cell["cell_type"] == "code"
             for name in _NAMED.findall("".join(cell["source"]))}
    read = [(one.name, one.formulas) for one in statements.everything() if one.page == page or one.names & named]
    chapter = page.split("-")[0]
    return digest(packages(), read, *(path for path in questions.files() if path.name.split("-")[0] == chapter))


def outdated(app, env, added, changed, removed):
    """Pages that are made of more than their own file, and of something else now; Sphinx reads these again."""
    root, before = pathlib.Path(app.srcdir), getattr(env, "mcnotes_keys", {})
    paths = {docname: pathlib.Path(env.doc2path(docname)) for docname in env.found_docs}
    env.mcnotes_keys = {docname: key(json.loads(path.read_text(encoding="utf-8")), path.stem)
                        for docname, path in paths.items() if path.suffix == ".ipynb"}
    env.mcnotes_keys |= {
        catalog.INDEX: digest(catalog.markdown(root), sorted(statements.confirmed(root)), statements.everything()),
        catalog.ERRATA: digest(catalog.shown(root), [statements.read(path)[:2] for path in statements.notebooks(root)])}
    return [page for page, mark in env.mcnotes_keys.items() if page in env.found_docs and mark != before.get(page)]


def run_notebooks(app, env, docnames):
    """Run the notebooks that are to be read and have no outputs that hold."""
    if env.mystnb_config.execution_mode != "cache":
        return
    cache, missing = get_cache(env.mystnb_config.execution_cache_path), []
    for docname in docnames:
        if docname not in env.mcnotes_keys or not env.doc2path(docname).endswith(".ipynb"):
            continue
        try:
            record = cache.match_cache_notebook(nbformat.read(env.doc2path(docname), as_version=4))
        except KeyError:
            record = None
        if record and record.data.get("key") != env.mcnotes_keys[docname]:
            cache.remove_cache(record.pk)
            record = None
        if not record:
            missing.append(docname)
    if missing:
        _log.info("running %d notebooks ...", len(missing))
    for docname, result in zip(missing, execution.run(map(env.doc2path, missing), book=True), strict=True):
        if result.fault:                # run once more by Jupyter Book, which reports it
            _log.warning("%s", result.words(), type="mcnotes")
            env.mcnotes_keys[docname] = ""                          # and again by the next build
            continue
        result.notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
        data = {"execution_seconds": sum(result.seconds.values()), "key": env.mcnotes_keys[docname]}
        cache.cache_notebook_bundle(CacheBundleIn(result.notebook, str(result.path), data=data),
                                    check_validity=False, overwrite=True)


def setup(app):
    app.add_config_value("mcnotes_source", "", "env")
    app.connect("config-inited", note_the_source)
    app.connect("env-get-outdated", outdated)
    app.connect("env-before-read-docs", run_notebooks)
