"""Test everything, on any machine that has Python: ``python -m tools.test``, or some of `PARTS` by name."""

import sys

from . import book, environment

_PYTEST = ("-m", "pytest", "-q", "-n", "2", "--dist", "loadfile")
#: What belongs to a part: arguments of Python.
PARTS = {
    "unit": (("-m", "ruff", "check", "."), ("-m", "mypy", "mcnotes"),
             (*_PYTEST, "mcnotes", "mcbook", "tools", "book/_ext", "tests", "--ignore=tests/browser",
              "--ignore=tests/test_book.py")),
    "notebooks-test": ((*_PYTEST, "-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "--nbval-sanitize-with",
                        "tests/nbval.cfg", *sorted(map(str, environment.ROOT.glob("book/*.ipynb")))),),
    "book": (),
    "browser-test": (("-m", "pytest", "-q", "-rs", "-n", "2", "tests/test_book.py", "tests/browser"),),
}
#: What is slow and rarely breaks: the wheel, a new chapter, all notebooks in JupyterLab.
RELEASE = {"release-test": ((*_PYTEST, "-rs", "-m", "release", "tests"),)}


def main(names):
    """Run the parts that are named, or all of `PARTS`; the first that fails ends the program."""
    python = environment.ready()
    for name in names or PARTS:
        for command in (PARTS | RELEASE)[name]:
            environment.run(python, *command)
        if name == "book":
            book.main([])


if __name__ == "__main__":
    main(sys.argv[1:])
