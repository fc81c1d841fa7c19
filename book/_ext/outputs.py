"""The outputs of notebooks: run before Sphinx reads, side by side, and again when something changed that they use.

The outputs are kept in Jupyter Book's own cache, which knows the code of a
notebook only. Beside them we keep what else they came from: the functions of
``mcnotes`` that ran (:mod:`~tools.tracking`), the formulas of the page,
the statements that its checks name, and the answers of its exercises.
"""

import hashlib
import pathlib
import re

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from sphinx.util import logging

from mcbook import statements
from mcbook.exercises import source
from tools import running, tracking

TEXT, ANSWERS = "formulas and statements", "exercises"
_NAMED = re.compile(r'\bmb\.(?:confirm|refute)\(\s*"([^"]+)"')
_DISPLAYED = re.compile(r"\$\$(?:.|\n)*?\$\$.*")
_log = logging.getLogger(__name__)


def note_the_source(app, config):
    """Sphinx builds every page again when the code of this side changed."""
    used = [pathlib.Path(statements.__file__), *sorted(pathlib.Path(__file__).parent.glob("*.*"))]
    config.mcnotes_source = hashlib.sha256(b"".join(path.read_bytes() for path in used)).hexdigest()


def forget_stale_outputs(app, env, added, changed, removed):
    """Take outputs out of the cache whose notebook uses something that changed; Sphinx reads these pages again."""
    cache = _cache(app)
    stamp, now = cache.path / "seen", tracking.digest() + _text_of_the_book() + _answers("")
    if stamp.exists() and stamp.read_text() == now:
        return []
    marks, stale = tracking.fingerprints(), []
    for docname in env.found_docs:
        notebook = _notebook(app, docname)
        record = notebook and _record(cache, notebook)
        if record and tracking.changed(record.data.get("used", {"nothing": "noted"}),
                                       marks | _read_too(notebook, docname)):
            cache.remove_cache(record.pk)
            record = None
        if notebook and not record:
            stale.append(docname)
    stamp.write_text(now)
    return stale


def run_notebooks(app, env, docnames):
    """Run the notebooks that are to be read and have no outputs yet."""
    if env.mystnb_config.execution_mode != "cache":
        return
    cache = _cache(app)
    notebooks = {docname: _notebook(app, docname) for docname in docnames}
    missing = [docname for docname, notebook in notebooks.items() if notebook and not _record(cache, notebook)]
    if not missing:
        return
    marks = tracking.fingerprints()
    _log.info("running %d notebooks ...", len(missing))
    for result in running.run(sorted(map(app.env.doc2path, missing)), book=True):
        if result.fault:                # run once more by Jupyter Book, which reports it
            _log.warning("%s", result.words(), type="mcnotes")
            (cache.path / "seen").unlink(missing_ok=True)           # and again by the next build
            continue
        notebook = result.notebook
        notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
        used = {name: marks[name] for name in (*result.ran, tracking.OUTSIDE) if name in marks}
        data = {"execution_seconds": result.seconds, "used": used | _read_too(notebook, result.path)}
        cache.cache_notebook_bundle(CacheBundleIn(notebook, str(result.path), data=data),
                                    check_validity=False, overwrite=True)


def _cache(app):
    return get_cache(app.env.mystnb_config.execution_cache_path)


def _notebook(app, docname):
    path = pathlib.Path(app.env.doc2path(docname))
    return nbformat.read(path, as_version=4) if path.suffix == ".ipynb" else None


def _record(cache, notebook):
    try:
        return cache.match_cache_notebook(notebook)
    except KeyError:
        return None


def _text_of_the_book():
    """A fingerprint of all formulas: which check reads which of them, the notebooks say."""
    return hashlib.sha256(repr(statements.everything()).encode()).hexdigest()


def _read_too(notebook, path):
    """Fingerprints of what the outputs of a page come from beside code; the path may be the page's."""
    return _text(notebook) | {ANSWERS: _answers(pathlib.Path(path).name.split("-")[0])}


def _answers(chapter):
    """A fingerprint of the answers of a chapter's exercises; without a chapter, of all."""
    files = [path for path in source.files() if not chapter or path.name.split("-")[0] == chapter]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _text(notebook):
    """A fingerprint of the words that outputs come from: formulas and boxes of the page, statements that it names."""
    own = [part if boxes else "".join(_DISPLAYED.findall(part)) for cell in notebook.cells
           if cell.cell_type == "markdown" for boxes, part in statements.blocks(cell.source)]
    named = {name for cell in notebook.cells if cell.cell_type == "code" for name in _NAMED.findall(cell.source)}
    found = statements.by_name()
    own += [repr(found.get(name)) for name in sorted(named)]
    return {TEXT: hashlib.sha256("\n".join(own).encode()).hexdigest()[:16]}
