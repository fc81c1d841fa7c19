"""The errata are complete, each with its reason, and linked both ways with the pages that show them."""

import re

import contract
import pytest
from docutils import nodes

from book._ext import catalog
from mcbook import confirmation, statements

PAGE = statements.ROOT / "book" / "reference" / "errata.md"
_ENTRY = re.compile(r"^(E\d\d) · (.+)\n: (.+)$", re.M)


def listed(text):
    """Section -> number -> (what it is about, its text), as a page of errata lists them."""
    found = {}
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        title = part.splitlines()[0]
        section = re.match(r"X\.(\d+) ", title)
        key = int(section[1]) if section else {"Opening": 0, "Everywhere": None}[title]
        found[key] = {number: (about, words) for number, about, words in _ENTRY.findall(part)}
    return found


def faults(text):
    """What is missing on a page of errata."""
    there = listed(text)
    for section, errata in contract.ERRATA.items():
        for number, named in errata.items():
            if number not in there.get(section, {}):
                yield f"{number} does not stand in X.{section}"
                continue
            about, words = there[section][number]
            linked = set(re.findall(r"<([\w-]+)>`", about))
            missing = [name for name in named.split(", ") if name and statements.find(name).label not in linked]
            if missing:
                yield f"{number} does not lead to {missing}"
            parts = re.fullmatch(r"\*(?:Printed|Lost):\* (.+?) \*Should be:\* (.+?) \*Why:\* (.+)", words)
            if not parts or any(len(part) < 3 for part in parts.groups()) or len(parts[3].split()) < 4:
                yield f"{number} does not say what was printed, what it should be, and why"
    known = {number for errata in contract.ERRATA.values() for number in errata}
    there = {number for errata in there.values() for number in errata}
    yield from (f"{number} is not an erratum of the notes" for number in sorted(there - known))


def test_every_slip_is_listed_with_what_it_should_be_and_why():
    assert list(faults(PAGE.read_text())) == []
    numbers = sorted(number for errata in contract.ERRATA.values() for number in errata)
    assert numbers == [f"E{k:02}" for k in range(1, confirmation.ERRATA + 1)]
    assert f" {len(numbers)} slips" in PAGE.read_text()


@pytest.mark.parametrize("old, new, fault", [
    ("E26 ·", "E 26 ·", "E26 does not stand in X.11"),
    (" *Why:* the section before this one", " the section before this one", "E77 does not say"),
    ("E56 · {eq}`(64) <eq-64>`", "E56 · a sum", "E56 does not lead to ['(64)']"),
    ("## X.12 General", "## X.13 General", "E27 does not stand in X.12"), ("E82 ·", "E84 ·", "E84 is not an erratum"),
])
def test_a_hole_in_the_list_would_be_noticed(old, new, fault):
    text = PAGE.read_text()
    assert old in text and any(told.startswith(fault) for told in faults(text.replace(old, new)))


def test_the_headings_are_the_sections_of_the_book():
    titles = {line[3:] for line in PAGE.read_text().splitlines() if line.startswith("## ")}
    assert titles >= {"Opening", "X.11 The vector/vector derivative", "Everywhere"}
    assert {title.split(" ")[0] for title in titles} - {"Opening", "Everywhere"} <= set(statements.sections())


def test_links_are_put_into_words_and_not_into_code_links_or_headings():
    bold, code, link = nodes.strong("", "E26."), nodes.literal("", "E26"), nodes.reference("", "E26")
    heading = nodes.title("", "E26")
    nodes.section("", heading)
    for node, fine in ((bold, True), (code, False), (link, False), (heading, False)):
        assert catalog._open(node.next_node(nodes.Text)) is fine


def test_where_a_slip_is_shown_is_read_from_the_notebooks(tmp_path):
    from test_finding import notebook

    notebook(tmp_path, "# X.1 A\n\n:::{dropdown} Slips\n- **E26.** Wrong.\n:::", "`E27` and E269", name="01-a.ipynb")
    notebook(tmp_path, "# X.2 B\n\nas in E26 and E28", name="02-b.ipynb")
    (tmp_path / "_toc.yml").write_text("- file: book/01-a\n- file: book/02-b\n")
    assert catalog.shown(tmp_path) == {"E26": ["01-a", "02-b"], "E28": ["02-b"]}
