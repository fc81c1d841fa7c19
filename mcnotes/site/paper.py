"""The whole book as one PDF: every built page printed by Chromium, in the order of the contents."""

import io
import pathlib
import re
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def pages(html):
    """The built pages in the order in which a reader meets them.

    Parameters
    ----------
    html : pathlib.Path
        The folder of the built book.

    Returns
    -------
    list of pathlib.Path
    """
    index = html / "book" / "index.html"
    listed = re.findall(r'class="reference internal" href="([^"#]+\.html)"', index.read_text(encoding="utf-8"))
    return [index, *dict.fromkeys((index.parent / name).resolve() for name in listed)]


def write(html, pdf):
    """Print the book.

    Parameters
    ----------
    html : pathlib.Path
        The folder of the built book.
    pdf : pathlib.Path
        The file to write.

    Raises
    ------
    FileNotFoundError
        The book has not been built.
    """
    from playwright.sync_api import sync_playwright
    from pypdf import PdfWriter

    if not (html / "book" / "index.html").exists():
        raise FileNotFoundError(f"there is no built book in {html}: run `make book` first")
    whole = PdfWriter()
    with sync_playwright() as engine:
        system = next(filter(None, map(shutil.which, NAMES)), None)
        browser = engine.chromium.launch(args=["--no-sandbox", "--disable-gpu"],
                                         **({"executable_path": system} if system else {}))
        sheet = browser.new_context(offline=True, color_scheme="light").new_page()
        for path in pages(html):
            sheet.goto(path.as_uri())
            title = sheet.title().split(" — ")[0]
            printed = sheet.pdf(format="A4", margin={side: "16mm" for side in ("top", "bottom", "left", "right")})
            whole.append(io.BytesIO(printed), outline_item=title)
        browser.close()
    whole.write(pdf)
    print(f"The book is printed: {pdf} ({len(whole.pages)} sheets)")


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
