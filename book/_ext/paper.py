"""The whole book as one PDF: the built pages in the order of the contents, as one document that Chromium prints.

So it has one row of page numbers, one outline, links from section to section, and a structure that a screen reader
follows. ``paper.js`` makes each page ready: of an explorer three frames stand in a row.
"""

import pathlib
import re
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
READY = pathlib.Path(__file__).with_name("paper.js")
_FOOTER = ('<div style="width: 100%; font: 8pt sans-serif; color: #555; text-align: center">'
           '<span class="pageNumber"></span></div>')


def pages(html):
    """The built pages in the order in which a reader meets them."""
    index = html / "book" / "index.html"
    listed = re.findall(r'class="reference internal" href="([^"#]+\.html)"', index.read_text(encoding="utf-8"))
    return [index, *dict.fromkeys((index.parent / name).resolve() for name in listed)]


def one_document(html, sheet):
    """All pages as one page of HTML."""
    parts, head = [], ""
    for path in pages(html):
        sheet.goto(path.as_uri())
        name = path.relative_to((html / "book").resolve()).with_suffix("").as_posix()
        part = sheet.evaluate(READY.read_text(encoding="utf-8"), name)
        parts.append(f'<section class="mc-chapter" id="{name}">{part}</section>')
        head = head or sheet.evaluate("""() => document.title.split(" — ")[0] + "</title>" +
            [...document.querySelectorAll("link[rel=stylesheet]")].map(link =>
                `<link rel="stylesheet" href="${link.href}">`).join("")""")
    return (f'<!DOCTYPE html><html lang="en" data-theme="light" data-mode="light"><head><meta charset="utf-8"><title>'
            f'{head}</head><body class="mc-book"><main class="bd-main"><div class="bd-content">'
            f'<div class="bd-article-container"><article class="bd-article">{"".join(parts)}</article>'
            "</div></div></main></body></html>")


def print_sheets(sheet, whole, pdf):
    """Print one document, with page numbers, an outline and a structure."""
    sheet.goto(whole.as_uri())
    sheet.evaluate("document.fonts.ready")
    sheet.pdf(path=pdf, format="A4", tagged=True, outline=True, display_header_footer=True,
              header_template="<span></span>", footer_template=_FOOTER,
              margin={"top": "16mm", "bottom": "18mm", "left": "17mm", "right": "17mm"})


def write(html, pdf):
    """Print the book, which has to be built already."""
    from playwright.sync_api import sync_playwright
    from pypdf import PdfReader

    if not (html / "book" / "index.html").exists():
        raise FileNotFoundError(f"there is no built book in {html}: run `make book` first")
    whole = html / "book" / "whole-book-on-paper.html"
    with sync_playwright() as engine:
        system = next(filter(None, map(shutil.which, NAMES)), None)
        browser = engine.chromium.launch(args=["--no-sandbox", "--disable-gpu"],
                                         **({"executable_path": system} if system else {}))
        sheet = browser.new_context(offline=True, color_scheme="light", reduced_motion="reduce").new_page()
        try:
            whole.write_text(one_document(html, sheet), encoding="utf-8")
            print_sheets(sheet, whole, pdf)
        finally:
            whole.unlink(missing_ok=True)
            browser.close()
    print(f"The book is printed: {pdf} ({len(PdfReader(pdf).pages)} sheets)")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
