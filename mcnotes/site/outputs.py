"""A change in ``mcnotes`` runs the notebooks again: the cache of their outputs knows the notebooks only."""

import hashlib
import pathlib
import shutil

PACKAGE = pathlib.Path(__file__).parent.parent


def forget_stale_outputs(app, config):
    """Drop the cache of outputs when the package has changed since it was filled."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.read_bytes())
    config.mcnotes_source = digest.hexdigest()
    cache = pathlib.Path(config["nb_execution_cache_path"] or pathlib.Path(app.outdir).parent / ".jupyter_cache")
    stamp = cache / "mcnotes.sha256"
    if cache.exists() and (not stamp.exists() or stamp.read_text() != config.mcnotes_source):
        shutil.rmtree(cache)
    cache.mkdir(parents=True, exist_ok=True)
    stamp.write_text(config.mcnotes_source)
