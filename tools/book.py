"""Build the book, on any machine that has Python: ``python -m tools.book``; with ``--pdf``, print it too."""

import sys

from . import environment


def main(arguments):
    """Make the environment, fetch Python for the pages, run the notebooks, build the pages."""
    python = environment.ready()
    environment.run(python, "-m", "book._ext.pyodide")
    environment.run(environment.PROGRAMS / "jupyter-book", "build", ".", "-W", "-n", "--keep-going")
    html = environment.ROOT / "_build" / "html"
    print(f"The book is built: open {html / 'index.html'}", flush=True)
    if "--pdf" in arguments:
        environment.run(python, "-m", "book._ext.paper", html, html.with_name("book.pdf"))


if __name__ == "__main__":
    main(sys.argv[1:])
