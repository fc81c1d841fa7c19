"""The Sphinx side of the book: an extension that Jupyter Book loads.

- :mod:`~book._ext.notebook` hands a notebook on without what only JupyterLab reads, and tells slips.
- :mod:`~book._ext.cache` runs the notebooks, and again when something changed that they use.
- :mod:`~book._ext.mathml` turns formulas into MathML while the book is built.
- :mod:`~book._ext.marks` gives statements the notes' numbers, and the marks of what code has checked.
- :mod:`~book._ext.catalog` lists the statements, and joins the errata with the pages that show them.
- :mod:`~book._ext.reference` says the names of the package as a reader writes them.
- :mod:`~book._ext.forms` puts a form below each question; and asks for shapes without end.
- :mod:`~book._ext.python` puts Python in the page, which :mod:`~book._ext.pyodide` fetches.
- :mod:`~book._ext.reader` is where a reader writes: identities to try, and what is done.
- :mod:`~book._ext.pages` makes the finished pages light, and readable by ear.
- :mod:`~book._ext.paper` prints the whole book.
"""

import os

FONTS = '1em "STIX Two Math"', '900 1em "Font Awesome 6 Free"'


def setup(app):
    """Entry point for Sphinx."""
    from . import cache, catalog, forms, marks, mathml, notebook, pages, python, reader, reference

    os.environ["MCNOTES_BOOK"] = "1"            # explorers and figures are baked: kernels inherit it
    for part in (notebook, cache, mathml, marks, catalog, reference, python, reader, forms, pages):
        part.setup(app)
    # asked for at once, the fonts are there at the first paint, and nothing moves when they come
    app.add_js_file(None, priority=100, body="".join(f"document.fonts.load('{font}');" for font in FONTS))
    for name in ("fonts.css", "palette.css", "book.css"):
        app.add_css_file(name)
    for name in ("explore.js", "preview.js", "panel.js"):
        app.add_js_file(name, loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
