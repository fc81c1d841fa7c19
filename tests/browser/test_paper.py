"""The printed book: one document with page numbers, an outline, links and a structure for screen readers."""

import os
import re

import pytest

from book._ext import paper

from .conftest import HTML

pytestmark = pytest.mark.release
#: The second has a title that takes two lines.
NAMES = ("index", "04-the-gradient", "11-the-vector-vector-derivative", "reference/errata")


@pytest.fixture(scope="module")
def printed(browser, tmp_path_factory):
    kept = pytest.MonkeyPatch()
    kept.setattr(paper, "pages", lambda html: [html / "book" / f"{name}.html" for name in NAMES])
    page = browser.new_context(offline=True, reduced_motion="reduce").new_page()
    html = paper.one_document(HTML, page)
    whole = HTML / "book" / f"three-pages-on-paper-{os.getpid()}.html"  # two workers may do this at once
    pdf = tmp_path_factory.mktemp("paper") / "book.pdf"
    whole.write_text(html, encoding="utf-8")
    try:
        paper.print_sheets(page, whole, pdf)
    finally:
        whole.unlink()
        kept.undo()
        page.context.close()
    return html, pdf


def test_each_sheet_has_its_number_and_the_document_an_outline_and_a_structure(printed):
    from pypdf import PdfReader

    book = PdfReader(printed[1])
    texts = [page.extract_text() for page in book.pages]
    assert len(texts) > 10
    for number, text in enumerate(texts, 1):
        assert re.search(rf"(^|\D){number}\s*$", text.replace(" ", "")), f"sheet {number} ends with {text[-20:]!r}"
    root = book.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    titles = [entry.title for entry in book.outline if not isinstance(entry, list)]
    assert [title.split(" ")[0] for title in titles][1:] == ["X.4", "X.11", "Errata"]
    for title in titles[1:]:
        assert f">{title}<" in printed[0], f"{title} is written otherwise on the page"
        assert any(title.replace(" ", "") in text.replace(" ", "").replace("\n", "") for text in texts), title


def test_links_lead_into_the_same_document_and_ids_are_used_once(printed):
    html = printed[0]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert 'href="#reference/errata--e26"' in html and "reference/errata--e26" in ids
    here = [link for link in re.findall(r'href="#([^"]+)"', html) if link.split("--")[0] in NAMES]
    assert len(here) > 50 and [link for link in here if link not in ids] == []
    assert not re.findall(r'<a [^>]*href="(?!#|https?:)[^"]*"', html)
    assert set(re.findall(r"url\((?:&quot;)?#([^)&]+)", html)) <= set(ids)


def test_explorers_are_rows_of_frames_and_nothing_waits_for_a_script(printed):
    html = printed[0]
    explorers = re.findall(r'<figure class="mc-explorer mc-strip mc-strip-(\d)"', html)
    assert explorers and set(explorers) <= {"1", "2", "3"} and "3" in explorers
    assert html.count('class="mc-still"') == sum(map(int, explorers))
    strip = html[html.index("mc-strip-3"):]
    frames = re.findall(r"<svg.*?</svg>", strip[:strip.index("</figure>")], re.S)
    assert len(set(frames)) == 3, "the frames of a row differ"
    assert "<script" not in html and "<input type=\"range\"" not in html


def test_a_book_that_is_not_built_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="run `make book` first"):
        paper.write(tmp_path, tmp_path / "book.pdf")
