"""The built pages as files: numbers, references, marks, alternative texts, nothing from outside, and light."""

import collections
import functools
import gzip
import html
import os
import pathlib
import re

import pytest

from mcbook import confirmation, statements

HTML = pathlib.Path(__file__).parent.parent / "_build" / "html"
pytestmark = pytest.mark.skipif(
    not HTML.exists() and os.environ.get("MCNOTES_REQUIRE_BROWSER") != "1",
    reason="the built pages were not tested: run `make book` first",
)
MOST_KILOBYTES = 550
PAGES = list(statements.sections().values())
RUN = statements.confirmed()
STATEMENTS = [one for one in statements.everything() if one.number]


@functools.cache
def page(name):
    return (HTML / "book" / f"{name}.html").read_text(encoding="utf-8")


def target(one):
    """The anchor of a statement on its page."""
    return f"equation-{one.label}" if one.kind == "Equation" else one.label


@pytest.mark.parametrize("name", PAGES)
def test_numbers_marks_tables_and_exercises_are_in_order(name):
    text = page(name)
    for one in STATEMENTS:
        if one.page == name:
            assert f'id="{target(one)}"' in text
            marked = re.search(rf'(?:popovertarget="|href="#)check-{one.label}"', text)
            assert bool(marked) == (one.name in RUN) == (f'id="check-{one.label}"' in text), one.name
    frames = text.split('<div class="pst-scrollable-table-container">')[1:]
    assert all(re.match(r"\s*</div>", frame.partition("</table>")[2]) for frame in frames), "a frame is its table's"
    numbers = re.findall(r'<p class="admonition-title">Exercise (\d+)', text)
    assert numbers == [str(k + 1) for k in range(len(numbers))]
    assert numbers or not re.match(r"\d\d", name), "a section of the notes has exercises"


def test_references_show_the_notes_numbers():
    text = page("reference/index-of-statements")
    for one in STATEMENTS:
        shown = re.escape(one.name)
        assert re.search(rf'href="[^"]*{one.page}.html#{target(one)}"[^>]*>(<[^>]*>)*{shown}<', text), one.name


#: Page of the reference -> what a reader writes before its names.
WRITTEN = {"api": {"mc.", "mc.network.", "d.", "d.structure.", "plane.", "c.", "program."},
           "drawing": {"mc.", "mc.draw."},
           "mcbook": {"mb."}}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_reference_says_names_as_a_reader_writes_them(name):
    text = page(f"reference/{name}")
    assert set(re.findall(r'descclassname"><span class="pre">([^<]*)', text)) == WRITTEN[name]
    examples = re.findall(r"^(?:>>>|\.\.\.) .*", html.unescape(re.sub(r"<[^>]*>", "", text)), re.M)
    assert examples and not [line for line in examples if re.search("from mcnotes|from mcbook", line)]
    if name == "api":
        assert "sig-paren" not in re.search(r'id="mcnotes.Derivative">(.*?)</dt>', text, re.S)[1], "nobody makes one"


def test_every_erratum_and_its_places_lead_to_each_other():
    errata = page("reference/errata")
    assert [number for number in range(1, confirmation.ERRATA + 1) if f'id="e{number:02}"' not in errata] == []
    back = set(re.findall(r'href="\.\./([\w-]+)\.html#(note-e\d\d)"', errata))
    there = set()
    for name in PAGES:
        text = page(name)
        there |= {(name, anchor) for anchor in re.findall(r'id="(note-e\d\d)"', text)}
        assert not re.findall(r"<strong>E\d\d\b", text), f"{name}: an erratum without a link"
        for anchor in re.findall(r'id="note-(e\d\d)"', text):
            assert f'href="reference/errata.html#{anchor}"' in text
    assert back == there and len({anchor for _, anchor in there}) > 40


def test_search_knows_every_number():
    index = (HTML / "searchindex.js").read_text(encoding="utf-8")
    assert [one.name for one in STATEMENTS if f'"{one.name.lower()}": [[' not in index] == []


def test_nothing_comes_from_outside():
    for path in HTML.rglob("*"):
        if path.suffix in (".html", ".css") and "_sources" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            outside = re.findall(r'(?:src="|<link[^>]*href="|url\(["\']?|@import ["\'])(?:https?:)?//[^"\')\s]+', text)
            assert not outside, f"{path.relative_to(HTML)}: {outside[:3]}"


def test_folded_code_stands_below_its_picture():
    cells = re.split(r'<div class="cell ', page("04-the-gradient"))
    folded = [cell for cell in cells if "tag_hide-input" in cell[:80]]
    assert folded and all(0 < cell.find('class="mc-') < cell.find("<details") for cell in folded)


@pytest.mark.parametrize("path", [*HTML.glob("book/**/*.html"), HTML / "search.html", HTML / "genindex.html"],
                         ids=lambda path: path.stem)
def test_a_page_describes_itself_and_its_figures(path):
    text = path.read_text(encoding="utf-8")
    assert '<html lang="en"' in text
    assert re.search(r'<meta name="description" content="[^"]{20,170}"', text)
    figures = text.count('class="mc-frame"') + text.count('class="mc-figure"')
    assert figures == len(re.findall(r'role="img" aria-label="[^"]{20,}"', text)), "a figure without words"
    assert [picture for picture in re.findall(r"<img [^>]*>", text) if 'alt="' not in picture] == []
    assert "application/vnd.jupyter.widget" not in text
    styled = [figure for figure in re.findall(r"<svg.*?</svg>", text, flags=re.S) if "<style" in figure]
    assert styled == [], "each exchange of a frame would restyle the whole page"
    ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<script.*?</script>", "", text, flags=re.S))
    assert [one for one, count in collections.Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("name", [*PAGES, "index"])
def test_a_page_is_light(name):
    text, total = page(name), 0
    local = re.findall(r'(?:src|href)="([^"#:]+\.(?:js|css|woff2|svg|png))(?:\?[^"]*)?"', text)
    files = {(HTML / "book" / ref).resolve() for ref in local}
    for path in list(files):
        if path.suffix == ".css":
            files |= {
                (path.parent / ref).resolve()
                for ref in re.findall(r'url\(["\']?([^"\')?#:]+\.(?:woff2|css))', path.read_text(encoding="utf-8"))
            }
    for path in files:
        if path.exists():
            total += len(gzip.compress(path.read_bytes()))
    total += len(gzip.compress(text.encode()))
    assert total < MOST_KILOBYTES * 1000, f"{name}: {total / 1000:.0f} KB"


def test_a_formula_that_cannot_be_typeset_is_an_error():
    from book._ext.mathml import to_mathml

    assert 'class="mc-in"' in to_mathml(r"\textcolor{royalblue}{v}", False)
    with pytest.raises(ValueError, match=r"\\frac\{1\}"):
        to_mathml(r"\frac{1}{", True)
