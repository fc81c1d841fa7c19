"""The notebooks keep the book's contract; nbval, run beside this, executes them.

nbval passes a notebook without stored outputs, so this file sees that they are there.
"""

import json
import pathlib
import re

import contract
import pytest

from mcnotes.statements import finding

BOOK = pathlib.Path(__file__).parent.parent / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
HIDDEN = {"hide-input", "hide-cell", "remove-cell", "remove-input"}


def cells(path, kind=None):
    """Cells of a notebook as (number, source, cell)."""
    notebook = json.loads(path.read_text())
    return [(i, "".join(cell["source"]), cell) for i, cell in enumerate(notebook["cells"])
            if kind in (None, cell["cell_type"])]


def prose(path):
    return "\n\n".join(source for _, source, _ in cells(path, "markdown"))


each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_section = pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path.stem in finding.sections().values()], ids=lambda path: path.stem)


def test_every_section_has_its_notebook():
    assert {path.stem[:2] for path in NOTEBOOKS} >= {f"{section:02}" for section in contract.SECTIONS}


@each
def test_outputs_are_stored_and_in_order(path):
    code = [cell for _, source, cell in cells(path, "code") if source.strip()]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(cell["outputs"]) for cell in code) >= len(code) / 2
    for _, source, cell in cells(path, "code"):
        if "mc.confirm" in source or "mc.show" in source or "mc.check" in source:
            assert cell["outputs"], f"no stored output: {source[:60]!r}"
        assert not any(output["output_type"] == "error" for output in cell["outputs"])


@each
def test_files_are_clean(path):
    notebook = json.loads(path.read_text())
    assert set(notebook["metadata"]) == {"kernelspec"}, "run: make run NOTEBOOKS=" + path.name
    assert not any("execution" in cell["metadata"] for cell in notebook["cells"])
    for _, source, cell in cells(path, "code"):
        if cell["metadata"].get("tags") in (None, []):
            visible = [line for line in source.splitlines() if line.strip()]
            assert len(visible) <= 8, f"{len(visible)} visible lines: {source[:60]!r}"


@each
def test_figures_say_what_they_show(path):
    for _, source, _ in cells(path, "code"):
        if "mc.draw." in source:
            assert "mc.show(" in source or "@mc.explore(" in source
        if "@mc.explore(" in source:
            assert set(cell_tags(path, source)) & HIDDEN


def cell_tags(path, wanted):
    return next(cell["metadata"].get("tags", []) for _, source, cell in cells(path) if source == wanted)


@each_section
def test_anatomy(path):
    text = prose(path)
    assert re.match(r"# [^$\n]+\n", text), "a title without formulas"
    assert "After this page you can" in text.split("## ")[0]
    for part in (r"^## .*[Ww]atch out", r"^## .*[Ee]xercise", r"^## In short", r":::+\{exercise\}"):
        assert re.search(part, text, re.M), f"missing: {part}"
    assert len(re.findall(r":::+\{exercise\}", text)) >= 2


@pytest.mark.parametrize("section", contract.SECTIONS)
def test_a_section_has_the_numbers_of_the_notes(section):
    equations, boxes = contract.numbers(section)
    found = [one.name for one in finding.everything() if one.page.startswith(f"{section:02}-")]
    assert sorted(set(equations) - set(found)) == []
    assert sorted(set(boxes) - set(found)) == []
    strangers = (set(contract.EQUATIONS) | set(contract.BOXES)) & set(found) - set(equations) - set(boxes)
    assert not strangers, f"the notes have {strangers} in another section"


@each_section
def test_numbered_statements_are_checked_after_they_stand(path):
    for one in finding.read(path)[2]:
        checked = [i for i, source, _ in cells(path, "code")
                   if re.search(rf"mc\.confirm(_order)?\(\s*\"{re.escape(one.name)}[\" ]", source)]
        assert checked or not one.number, f"{one.name} is not checked on its page"
        assert not checked or max(checked) >= one.cell, f"{one.name} is checked before it is stated"


def test_every_erratum_is_shown_on_a_page_of_its_section():
    page, shown = [], {path.stem: prose(path) for path in NOTEBOOKS}
    missing = []
    for line in (BOOK / "reference" / "errata.md").read_text().splitlines():
        if line.startswith("["):
            page = re.findall(r"\(\.\./([\w-]+)\)", line)
        number = re.match(r"(E\d\d) ", line)
        if number and not any(number[1] in shown.get(name, "") for name in page):
            if number[1] == "E82" and any("E82" in text for text in shown.values()):
                continue
            missing.append((number[1], page))
    assert not missing
