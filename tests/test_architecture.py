"""The house stays in order: imports run one way, and every public name is documented."""

import collections
import doctest
import inspect
import os
import pathlib
import re
import subprocess
import sys

import pytest

import mcbook as mb
import mcnotes as mc
from mcbook.statements import sections
from tools import lines

ROOT = pathlib.Path(mc.__file__).parents[1]
FILES = sorted(path for room in ("mcnotes", "mcbook", "tools", "book/_ext") for path in (ROOT / room).rglob("*.py"))


RIGHT = 'layers = ["book._ext", "tools", "mcbook", "mcnotes"]'


@pytest.mark.parametrize("layers, words", [
    (RIGHT, "0 broken"),
    ('layers = ["mcnotes", "tools", "mcbook", "book._ext"]', "mcbook is not allowed to import mcnotes"),
    ('layers = ["tools", "book._ext", "mcbook", "mcnotes"]', "book._ext is not allowed to import tools"),
])
def test_imports_run_one_way_and_a_wrong_one_would_be_noticed(tmp_path, layers, words):
    text, config = (ROOT / "pyproject.toml").read_text(), tmp_path / "pyproject.toml"
    assert RIGHT in text
    config.write_text(text.replace(RIGHT, layers))
    command = [pathlib.Path(sys.executable).with_name("lint-imports"), "--config", config, "--no-cache"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert said.returncode == (layers != RIGHT) and words in said.stdout, said.stdout + said.stderr


def test_no_two_modules_share_a_name():
    names = collections.Counter(path.stem for path in FILES if path.stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []


def test_limits_of_rooms_are_told(monkeypatch, capsys):
    monkeypatch.setattr(lines, "lengths", lambda: dict.fromkeys(lines.ROOMS, 501))
    assert lines.main() == 1 and [line.split()[0] for line in capsys.readouterr().out.splitlines()
                                  if "too long" in line] == ["benchmarks"]


#: What a reader imports.
PUBLIC = {name: getattr(room, name) for room in (mc, mb) for name in room.__all__ if callable(getattr(room, name))}


@pytest.mark.parametrize("name, thing", PUBLIC.items(), ids=PUBLIC)
def test_every_public_name_is_documented(name, thing):
    text = inspect.getdoc(thing)
    assert text and len(text.splitlines()[0]) < 100, f"{name} needs a one-line summary"
    if inspect.isclass(thing):
        return
    for parameter in inspect.signature(thing).parameters:
        assert re.search(rf"\b{parameter}\b.* : ", text), f"{name} does not describe {parameter}"
    assert "Examples" in text, f"{name} needs an example"


def test_the_examples_in_the_readme_run():
    found = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert found.attempted >= 5 and not found.failed


def test_docstrings_name_sections_that_exist():
    for path in FILES:
        for section in re.findall(r"\bX\.\d+", path.read_text()):
            assert section in sections(), f"{path.name} names section {section}"
