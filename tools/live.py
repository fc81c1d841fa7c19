"""Serve the book while it is edited, and reload the page at each save: ``make live``.

sphinx-autobuild watches and serves. What we change: each build is a fork of a
process that has imported Sphinx and its extensions already, and the next one
stands ready while the page of the last one is read: Sphinx has been started,
and so has the process from which notebooks are run. What was edited may be
what Sphinx starts with, our package or a setting; then the build begins anew.
A browser never keeps an old style sheet.
"""

import asyncio
import importlib
import multiprocessing
import os
import pathlib
import subprocess
import sys
import time

import sphinx_autobuild.__main__ as autobuild
import watchfiles

from . import running, tracking

ROOT = pathlib.Path(__file__).parents[1]

#: What a build imports, our own package apart.
IMPORTED = ("sphinx.cmd.build", "sphinx.builders.html", "sphinx.search.en", "myst_nb.sphinx_ext", "jupyter_book",
            "jupyter_cache.cache.main", "sphinx_book_theme", "pydata_sphinx_theme", "sphinx_exercise", "sphinx_design",
            "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_external_toc", "fontTools.subset", "numpy",
            "matplotlib.pyplot", "nbformat.v4", "jinja2.ext", "bs4", "lark")
#: What a build starts with, beside our package.
SETTINGS = ("_config.yml", "_toc.yml")
IGNORED = (r"__pycache__", r"\.ipynb_checkpoints", r"/\.(git|hypothesis|jupyter)", r"/conf\.py$", r"~$", r"/\.~")


class Builder(autobuild.Builder):
    """Builds in a fork of this process that stands ready; says in one line how long it took."""

    _ready = None

    def __call__(self, *, changed_paths):
        start = time.perf_counter()
        if self._ready is None or any(starts_anew(path) for path in changed_paths):
            self.discard()
            _make_settings(changed_paths)
            self._ready = Build(self.sphinx_args)
        shown = self._ready.run()
        names = ", ".join(sorted({path.name for path in changed_paths})) or "the book"
        how = "shown" if shown else "not built, see above; the page is the one before"
        print(f"{names}: {how}, after {time.perf_counter() - start:.1f} s. {self.uri}/book/", flush=True)
        self._ready = Build(self.sphinx_args) if shown else None

    def discard(self):
        """Send the build away that stands ready."""
        if self._ready is not None:
            self._ready.end()
            self._ready = None


class Build:
    """A fork of this process that starts Sphinx, and builds when it is told to."""

    def __init__(self, arguments):
        context = multiprocessing.get_context("fork")
        receiving, self._sending = context.Pipe(duplex=False)
        self._process = context.Process(target=_start_and_wait, args=(arguments, receiving, self._sending))
        self._process.start()
        receiving.close()

    def run(self):
        """Build; whether the pages are there."""
        self._sending.send("build")
        self.end()
        return self._process.exitcode == 0

    def end(self):
        """Wait until the process has ended; one that was not told to build ends at once."""
        self._sending.close()
        self._process.join()


class Watcher(autobuild.RebuildServer):
    """Builds from this process, which keeps the next build ready, and not from a new one each time."""

    async def watch(self):
        async for changes in watchfiles.awatch(*self.paths, watch_filter=lambda _, path: not self.ignore(path)):
            paths = [pathlib.Path(path).resolve() for _, path in changes]
            await asyncio.to_thread(self.change_callback, changed_paths=paths)
            self.flag.set()


class Files(autobuild.StaticFiles):
    """Files that a browser asks for again each time."""

    def file_response(self, *args, **kwargs):
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def starts_anew(path):
    """Whether a file is one that Sphinx starts with.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    bool

    Examples
    --------
    >>> starts_anew(ROOT / "_toc.yml"), starts_anew(ROOT / "mcnotes" / "planar.py"), starts_anew(ROOT / "book" / "a.md")
    (True, True, False)
    """
    return path.name in SETTINGS or ROOT / "mcnotes" in path.parents


def _make_settings(changed):
    if not (ROOT / "conf.py").exists() or any(path.name in SETTINGS for path in changed):
        jupyter_book = pathlib.Path(sys.executable).parent / "jupyter-book"
        subprocess.run([jupyter_book, "config", "sphinx", str(ROOT)], check=True, stdout=subprocess.DEVNULL)


def _start_and_wait(arguments, receiving, sending):
    """What the fork does. If nobody tells it to build, it ends as soon as the other side of the pipe is closed."""
    from sphinx.cmd import build

    class Waiting(build.Sphinx):
        """Everything is read but the pages; they are, when the word comes."""

        def build(self, *args, **kwargs):
            from mcbook.statements import reading
            tracking.fingerprints()         # both are kept; they are the same in each build
            reading.read("s")
            try:
                receiving.recv()
            except EOFError:
                os._exit(0)
            super().build(*args, **kwargs)

    sending.close()
    tracking.forget({"desk"})         # this process was forked from one that may have begun before an edit
    running.make_ready()
    build.Sphinx = Waiting
    code = build.main(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)          # a fork of one of several threads has no business with the others


def main(arguments):
    """Serve the book; the arguments are further ones of sphinx-autobuild, such as ``--port``."""
    for name in IMPORTED:
        importlib.import_module(name)
    autobuild.Builder, autobuild.RebuildServer, autobuild.StaticFiles = Builder, Watcher, Files
    (ROOT / "conf.py").unlink(missing_ok=True)
    ignored = [part for pattern in IGNORED for part in ("--re-ignore", pattern)]
    autobuild.main([str(ROOT), str(ROOT / "_build" / "live"), "-b", "html", "-q", "-D", "nb_execution_mode=cache",
                    "--ignore", str(ROOT / "_build" / "*"), *ignored, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
