"""The notebooks keep the book's contract; nbval, run beside this, executes them.

nbval passes a notebook without stored outputs, so this file sees that they are there.
"""

import pathlib
import re

import contract
import pytest

from book._ext import catalog
from mcbook import statements
from tools import check, references

BOOK = pathlib.Path(__file__).parent.parent / "book"
NOTEBOOKS = sorted(BOOK.glob("*.ipynb"))
#: Slips of wording, layout and transcription that stand in the reference list alone.
SLIPS = {"E02", "E04", "E13", "E15", "E18", "E19", "E24", "E29", "E30", "E34", "E36", "E46", "E51", "E52", "E53",
         "E59", "E60", "E61", "E67", "E68", "E69", "E73", "E74", "E77", "E78", "E80", "E82", "E83"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_contract(path):
    told = check.faults(path)
    assert not told, "\n" + "\n".join(told)


@pytest.mark.parametrize("section", contract.SECTIONS)
def test_a_section_has_the_numbers_of_the_notes(section):
    equations, boxes = contract.numbers(section)
    found = [one.name for one in statements.everything() if one.page.startswith(f"{section:02}-")]
    assert sorted(set(equations) - set(found)) == []
    assert sorted(set(boxes) - set(found)) == []
    strangers = (set(contract.EQUATIONS) | set(contract.BOXES)) & set(found) - set(equations) - set(boxes)
    assert not strangers, f"the notes have {strangers} in another section"


def test_every_erratum_is_shown_on_a_page_of_its_section():
    missing, shown = [], catalog.shown()
    for section, errata in contract.ERRATA.items():
        for number, named in errata.items():
            at = [f"{section:02}"] if section is not None else []
            at += [statements.find(name).page[:2] for name in named.split(", ") if name]
            there = [page for page in shown.get(number, []) if not at or page[:2] in at]
            if number not in SLIPS and not there:
                missing.append((number, at))
    assert not missing


def test_every_formula_of_the_appendix_runs_as_its_page_says():
    code = [text for _, kind, text in references.places(BOOK / "appendix-rules.ipynb") if kind == "code"]
    printed = {one.name for one in statements.everything() if one.page == "appendix-rules"}
    assert printed == set(re.findall(r'mb\.confirm\("([^"]+)"', "\n".join(code)))
