"""The house stays in order: imports run one way, and every public name is documented."""

import ast
import inspect
import pathlib
import re

import pytest

import mcnotes as mc
from mcnotes.statements.finding import sections

PACKAGE = pathlib.Path(mc.__file__).parent

#: Each module, or the room it stands in, and what it may import from the rest of the package.
MAY_IMPORT = {
    "__init__": {"network", "compression", "derivative", "planar", "programs", "shapes", "statements.confirm",
                 "exercises.asking"},
    "shapes": set(),
    "display": set(),
    "fitting": {"shapes", "engine.leaving", "engine.trace"},
    "layout": {"shapes", "fitting", "display", "engine"},
    "derivative": {"shapes", "fitting", "layout", "engine"},
    "planar": {"fitting", "derivative", "engine.leaving"},
    "claims": {"engine"},
    "compression": {"shapes", "fitting", "layout", "claims", "engine"},
    "programs.expression": set(),
    "programs.ordering": set(),
    "programs.writing": {"engine", "programs.expression"},
    "programs.naming": {"programs.writing"},
    "programs.opening": {"engine", "programs.expression"},
    "programs.recording": {"engine", "programs.expression", "programs.opening"},
    "programs.shaping": {"engine", "programs.expression"},
    "programs.pulls": {"engine", "programs.expression", "programs.shaping", "programs.pulls"},
    "programs.slopes": {"engine", "programs.expression", "programs.shaping"},
    "programs.patterns": {"shapes", "engine", "programs.expression", "programs.shaping"},
    "programs.backward": {"shapes", "engine", "programs.expression", "programs.shaping", "programs.pulls",
                          "programs.slopes", "programs.patterns"},
    "programs.composing": {"shapes", "derivative", "engine", "programs"},
    "programs.repeating": {"derivative", "programs.composing"},
    "programs": {"programs.composing", "programs.repeating"},
    "network": {"fitting", "derivative", "compression", "programs"},
    "engine.factors": set(),
    "engine.term": {"engine.factors"},
    "engine.structure": {"engine.factors", "engine.term"},
    "engine.patterns": set(),
    "engine.discovery": {"engine.factors", "engine.term"},
    "engine.links": {"engine.stepped", "engine.structure"},
    "engine.constants": set(),
    "engine.stepped": set(),
    "engine.steps": set(),
    "engine.tape": {"engine.constants"},
    "engine.asking": {"engine.constants"},
    "engine.leaving": {"engine.constants", "engine.factors", "engine.structure"},
    "engine.traced": {"engine.constants", "engine.stepped", "engine.asking"},
    "engine.trace": {"engine.structure", "engine.constants", "engine.tape", "engine.asking", "engine.leaving",
                     "engine.traced"},
    "engine.rules": {"engine.structure", "engine.links", "engine.constants", "engine.stepped", "engine.asking",
                     "engine.leaving", "engine.traced", "engine.trace", "engine.rules"},
    "engine": set(),
    "statements": {"shapes", "derivative", "compression", "engine", "statements"},
    "exercises": {"shapes", "derivative", "exercises"},
    "inpage.sketches": {"pictures"},
    "inpage": {"shapes", "derivative", "planar", "compression", "programs", "statements.finding", "inpage"},
    "pictures.drawing": {"pictures.drawing"},
    "pictures": {"pictures"},
    "desk.mutants": {"statements", "inpage.cells"},
    "desk": {"statements", "exercises", "desk"},
    "site": {"shapes", "statements", "exercises", "pictures", "desk", "inpage", "site"},
}
#: Rooms whose modules need NumPy and the standard library alone.
MATHEMATICS = {"shapes", "display", "fitting", "layout", "derivative", "planar", "claims", "compression", "network",
               "programs", "engine", "statements", "exercises", "inpage"}
STANDARD = {"numpy", "re", "math", "operator", "functools", "itertools", "difflib", "html", "dataclasses", "weakref",
            "collections", "numbers", "importlib", "warnings", "string", "typing", "types", "contextlib", "dis",
            "inspect", "sys", "unicodedata", "json", "pathlib", "tomllib", "ast", "io", "traceback", "copy",
            "threading", "base64", "logging", "keyword", "fractions"}
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    """Dotted name of a file of the package: ``engine.trace``; a folder's own file has the folder's name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def room_of(name, rooms):
    """The longest entry of a table that a dotted name stands in, or None."""
    while name and name not in rooms:
        name = name.rpartition(".")[0]
    return name or None


def imports(text, name, package):
    """What the text of a module imports: (dotted names inside the package, top names outside of it)."""
    inside, outside = set(), set()
    here = name.split(".") if package else name.split(".")[:-1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[:len(here) - node.level + 1] + (node.module.split(".") if node.module else [])
            whole = ".".join(base)
            for imported in node.names:
                longer = f"{whole}.{imported.name}".strip(".")
                inside.add(longer if longer in NAMES or not whole else whole)
        elif isinstance(node, ast.ImportFrom):
            outside.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            outside |= {imported.name.split(".")[0] for imported in node.names}
    return inside, outside


def faults(text, name, package=False):
    """What a module imports and must not."""
    inside, outside = imports(text, name, package)
    allowed = MAY_IMPORT[room_of(name, MAY_IMPORT)]
    wrong = {other for other in inside if other != name and room_of(other, allowed) is None}
    if room_of(name, MATHEMATICS):
        wrong |= outside - STANDARD - ({"lark"} if name == "statements.reading" else set())
    return wrong


NAMES = {name_of(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_one_way(path):
    wrong = faults(path.read_text(), name_of(path), path.name == "__init__.py" and path.parent != PACKAGE)
    assert not wrong, f"{name_of(path)} must not import {wrong}"


@pytest.mark.parametrize("name, text, wrong", [
    ("engine.structure", "from .trace import Traced", "engine.trace"),
    ("engine.links", "from ..derivative import derivative", "derivative"),
    ("derivative", "from .compression import compress", "compression"),
    ("derivative", "def f():\n    import matplotlib", "matplotlib"),
    ("pictures.drawing.plots", "from ..explorers import explore", "pictures.explorers"),
    ("pictures.figures", "from .. import derivative", "derivative"),
    ("inpage.examine", "import IPython", "IPython"),
])
def test_a_wrong_import_would_be_noticed(name, text, wrong):
    assert faults(text, name) == {wrong}


def unused(table):
    """What the table allows and nothing needs: (a room, what it may import), in pairs."""
    needed = set()
    for path in FILES:
        name = name_of(path)
        room = room_of(name, table)
        inside, _ = imports(path.read_text(), name, path.name == "__init__.py" and path.parent != PACKAGE)
        needed |= {(room, room_of(other, table[room])) for other in inside if other != name}
    return {(room, other) for room, allowed in table.items() for other in allowed} - needed


def test_nothing_is_allowed_that_nothing_needs():
    assert unused(MAY_IMPORT) == set()
    assert unused({**MAY_IMPORT, "shapes": {"network"}}) == {("shapes", "network")}


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


#: No module is longer than this.
MOST_LINES = 400


def too_long(texts):
    """Names of those texts that have too many lines, with the number."""
    counts = {name: len(text.splitlines()) for name, text in texts.items()}
    return {name: count for name, count in counts.items() if count > MOST_LINES}


def test_every_module_can_be_read_in_one_sitting():
    assert too_long({name_of(path): path.read_text() for path in FILES}) == {}


def test_a_module_that_is_too_long_would_be_noticed():
    assert too_long({"a": "x = 1\n" * MOST_LINES, "b": "x = 1\n" * (MOST_LINES + 1)}) == {"b": MOST_LINES + 1}


def missing(text):
    """Rooms, and modules of the mathematics and the engine, that a map does not name."""
    rooms = {f"{path.parent.relative_to(PACKAGE)}/" for path in FILES if path.name == "__init__.py"}
    rooms = {room for room in rooms if room.count("/") == 1 and room != "./"} | {"engine/rules/"}
    open_rooms = PACKAGE, PACKAGE / "engine", PACKAGE / "engine" / "rules"
    modules = {path.stem for path in FILES if path.parent in open_rooms} - {"__init__"}
    code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return (rooms | modules) - set(re.findall(r"[\w/]+", " ".join(re.findall(r"`([^`]+)`", code))))


def test_the_map_names_every_room():
    assert missing((PACKAGE.parent / "CONTRIBUTING.md").read_text()) == set()


def test_a_room_that_is_not_on_the_map_would_be_noticed():
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    assert missing(text.replace("`desk/`", "the desk").replace("`leaving`", "leaving")) == {"desk/", "leaving"}


def test_trace_can_be_read_in_one_sitting():
    assert len((PACKAGE / "engine" / "trace.py").read_text().splitlines()) <= 300


def test_the_examples_in_the_readme_run():
    import doctest
    found = doctest.testfile(str(PACKAGE.parent / "README.md"), module_relative=False)
    assert found.attempted >= 5 and not found.failed


def test_docstrings_name_sections_that_exist():
    for path in FILES:
        for section in re.findall(r"\bX\.\d+", path.read_text()):
            assert section in sections(), f"{path.name} names section {section}"
