"""Outputs are made again when something changed that they come from, and not for a sentence."""

import dataclasses

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book._ext import cache
from mcbook import statements

PAGE = new_notebook(cells=[new_markdown_cell("A sentence."), new_code_cell('mb.confirm("(1)", v=v)')])


@pytest.fixture
def changed(monkeypatch, tmp_path):
    """Whether the key of a page is another one, after something was done."""
    monkeypatch.setattr(cache.questions, "files", lambda: sorted(tmp_path.glob("*.toml")))
    (tmp_path / "07-a.toml").write_text("[x-1]")
    before = cache.key(PAGE, "07-our-scalar-vector-derivative")
    return lambda notebook=PAGE: cache.key(notebook, "07-our-scalar-vector-derivative") != before


@pytest.mark.parametrize("name, again", [("(1)", True), ("(16)", True), ("(30)", False)], ids=[
    "a formula that a check names", "a formula of the page", "a formula elsewhere"])
def test_formulas_count_where_they_are_read(changed, monkeypatch, name, again):
    there = [dataclasses.replace(one, formulas=("a = b",)) if one.name == name else one
             for one in statements.everything()]
    monkeypatch.setattr(statements, "everything", lambda: there)
    assert changed() is again


def test_sentences_do_not_count(changed):
    assert not changed(new_notebook(cells=[new_markdown_cell("Another one."), PAGE.cells[1]]))


@pytest.mark.parametrize("name, again", [("07-a", True), ("08-b", False)])
def test_exercises_count_for_their_chapter_alone(changed, tmp_path, name, again):
    (tmp_path / f"{name}.toml").write_text("[x-2]")
    assert changed() is again


def test_a_change_of_a_package_makes_the_whole_cache_stale(changed, monkeypatch, tmp_path):
    package = tmp_path / "mcnotes"
    package.mkdir()
    (package / "planar.py").write_text("x = 1")
    (package / "planar.pyc").write_text("noise")
    marks = [cache.digest(package)]
    (package / "planar.pyc").write_text("other noise")
    marks.append(cache.digest(package))
    (package / "planar.py").write_text("x = 2")
    marks.append(cache.digest(package))
    assert marks[0] == marks[1] != marks[2]
    monkeypatch.setattr(cache, "packages", lambda: marks[2])
    assert changed()
