"""Serve the book while it is edited, and reload the page at each save: ``make live``.

sphinx-autobuild watches and serves. What we change: each build is a fork of a
process that has imported Sphinx and its extensions already (ours are imported
anew, since they may be what was edited), and a browser never keeps an old style
sheet.
"""

import importlib
import multiprocessing
import pathlib
import subprocess
import sys
import time

import sphinx_autobuild.__main__ as autobuild

ROOT = pathlib.Path(__file__).parents[2]

#: What a build imports, our own package apart.
IMPORTED = ("sphinx.cmd.build", "sphinx.builders.html", "sphinx.search.en", "myst_nb.sphinx_ext", "jupyter_book",
            "jupyter_cache.cache.main", "sphinx_book_theme", "pydata_sphinx_theme", "sphinx_exercise", "sphinx_design",
            "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_external_toc", "fontTools.subset", "numpy",
            "matplotlib.pyplot", "nbformat.v4", "jinja2.ext", "bs4", "lark")
IGNORED = (r"__pycache__", r"\.ipynb_checkpoints", r"/\.(git|hypothesis|jupyter)", r"/conf\.py$", r"~$", r"/\.~")


class Builder(autobuild.Builder):
    """Builds in a fork of this process; says in one line how long it took."""

    def __call__(self, *, changed_paths):
        start = time.perf_counter()
        process = multiprocessing.get_context("fork").Process(target=_build, args=(self.sphinx_args, changed_paths))
        process.start()
        process.join()
        names = ", ".join(sorted({path.name for path in changed_paths})) or "the book"
        how = "shown" if process.exitcode == 0 else "not built, see above; the page is the one before"
        print(f"{names}: {how}, after {time.perf_counter() - start:.1f} s. {self.uri}/book/", flush=True)


class Files(autobuild.StaticFiles):
    """Files that a browser asks for again each time."""

    def file_response(self, *args, **kwargs):
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def _build(arguments, changed):
    from sphinx.cmd.build import main

    if not (ROOT / "conf.py").exists() or any(path.name == "_config.yml" for path in changed):
        jupyter_book = pathlib.Path(sys.executable).parent / "jupyter-book"
        subprocess.run([jupyter_book, "config", "sphinx", str(ROOT)], check=True, stdout=subprocess.DEVNULL)
    sys.exit(main(arguments))


def main(arguments):
    """Serve the book; the arguments are further ones of sphinx-autobuild, such as ``--port``."""
    for name in IMPORTED:
        importlib.import_module(name)
    autobuild.Builder, autobuild.StaticFiles = Builder, Files
    (ROOT / "conf.py").unlink(missing_ok=True)
    ignored = [part for pattern in IGNORED for part in ("--re-ignore", pattern)]
    autobuild.main([str(ROOT), str(ROOT / "_build" / "live"), "-b", "html", "-q", "-D", "nb_execution_mode=cache",
                    "--ignore", str(ROOT / "_build" / "*"), *ignored, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
