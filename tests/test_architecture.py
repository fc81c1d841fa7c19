"""The house stays in order: imports run one way, and every public name is documented."""

import ast
import inspect
import pathlib
import re

import pytest

import mcnotes as mc
from mcnotes.statements import SECTIONS

PACKAGE = pathlib.Path(mc.__file__).parent

#: Each module and what it may import from the package.
MAY_IMPORT = {
    "statements": set(),
    "shapes": set(),
    "structure": set(),
    "links": {"structure"},
    "trace": {"links", "structure"},
    "functions": {"links", "structure", "trace"},
    "derivative": {"shapes", "structure", "functions", "trace"},
    "planar": {"shapes", "derivative"},
    "compression": {"shapes", "structure", "derivative"},
    "network": {"shapes", "structure", "derivative", "compression"},
    "confirm": {"shapes", "statements"},
    "drawing": set(),
    "figures": {"drawing"},
    "explorers": {"drawing", "figures"},
    "book": {"statements", "drawing"},
    "paper": set(),
    "__init__": {"confirm", "derivative", "planar", "shapes", "compression", "network"},
}
MATHEMATICS = {"shapes", "structure", "links", "trace", "functions", "derivative", "planar", "compression", "network",
               "confirm", "statements"}
STANDARD = {"numpy", "re", "math", "operator", "functools", "itertools", "difflib", "html", "dataclasses", "weakref",
            "collections", "numbers", "importlib", "warnings", "string", "typing", "types", "contextlib",
            "inspect"}

MODULES = {path: path.stem if path.parent == PACKAGE else path.parent.name
           for path in sorted(PACKAGE.rglob("*.py"))}


def imports(path):
    """Modules that a file imports: (inside the package, outside of it)."""
    inside, outside = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            inside |= {(node.module or name.name).split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            outside.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            outside |= {name.name.split(".")[0] for name in node.names}
    return inside, outside


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    module = MODULES[path]
    inside, outside = imports(path)
    own = {other.stem for other in path.parent.glob("*.py")} if path.parent != PACKAGE else set()
    assert inside - own <= MAY_IMPORT[module], f"{module} must not import {inside - own - MAY_IMPORT[module]}"
    if module in MATHEMATICS:
        assert outside <= STANDARD, f"{module} is mathematics and must not import {outside - STANDARD}"


@pytest.mark.parametrize("name", [name for name in mc.__all__ if callable(getattr(mc, name))])
def test_every_public_name_is_documented(name):
    thing = getattr(mc, name)
    text = inspect.getdoc(thing)
    assert text and len(text.splitlines()[0]) < 100, f"mc.{name} needs a one-line summary"
    if inspect.isclass(thing):
        return
    for parameter in inspect.signature(thing).parameters:
        assert re.search(rf"\b{parameter}\b.* : ", text), f"mc.{name} does not describe {parameter}"
    assert "Examples" in text, f"mc.{name} needs an example"


def test_trace_can_be_read_in_one_sitting():
    assert len((PACKAGE / "trace.py").read_text().splitlines()) <= 300


def test_the_examples_in_the_readme_run():
    import doctest
    found = doctest.testfile(str(PACKAGE.parent / "README.md"), module_relative=False)
    assert found.attempted >= 5 and not found.failed


def test_docstrings_name_sections_that_exist():
    for path in MODULES:
        for section in re.findall(r"\bX\.\d+", path.read_text()):
            assert section in SECTIONS, f"{path.name} names section {section}"
