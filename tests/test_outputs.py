"""Outputs are made again when the formula that a check reads changed, and not for a sentence."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book._ext import outputs
from mcbook import statements


def notebook(text, code='mb.confirm("(14)", v=v)'):
    return new_notebook(cells=[new_markdown_cell(text), new_code_cell(code)])


PAGE = "A sentence.\n\n$$\na = b \\tag{3}\n$$ (eq-3)\n\n:::{exercise}\nCompute.\n:::"


@pytest.mark.parametrize("old, new, again", [
    ("A sentence.", "Another one.", False),
    ("a = b", "a = c", True),
    ("Compute.", "Compute it.", True),
])
def test_the_formulas_of_a_page_count(old, new, again):
    assert (outputs._text(notebook(PAGE)) != outputs._text(notebook(PAGE.replace(old, new)))) == again


def test_statements_of_other_pages_count_where_they_are_named(monkeypatch):
    known = statements.by_name()
    before = [outputs._text(notebook("Text.", code)) for code in ('mb.confirm("(14)", v=v)', "mc.planar(f, v)")]
    changed = known | {"(14)": known["(15)"]}
    monkeypatch.setattr(statements, "by_name", lambda: changed)
    after = [outputs._text(notebook("Text.", code)) for code in ('mb.confirm("(14)", v=v)', "mc.planar(f, v)")]
    assert [one != other for one, other in zip(before, after, strict=True)] == [True, False]


def test_the_answers_of_its_exercises_count_for_their_chapter_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(outputs.source, "files", lambda: sorted(tmp_path.glob("*.toml")))
    marks = [outputs._answers("07")]
    for name in ("07-a.toml", "08-b.toml"):
        (tmp_path / name).write_text('[x-1]\nkind = "open"')
        marks.append(outputs._answers("07"))
    (tmp_path / "07-a.toml").write_text('[x-1]\nkind = "number"')
    marks.append(outputs._answers("07"))
    assert [one != other for one, other in zip(marks, marks[1:], strict=False)] == [True, False, True]
    assert outputs._answers("") != outputs._answers("07")
