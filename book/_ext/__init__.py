"""The Sphinx side of the book: an extension that Jupyter Book loads.

- Explorers and figures are baked: the kernel inherits ``MCNOTES_BOOK=1``.
- :mod:`~book._ext.formulas` turns formulas into MathML while the book is built.
- :mod:`~book._ext.lab` takes away what only JupyterLab reads, and launch buttons where there is no address.
- :mod:`~book._ext.numbering` gives equations and boxes the numbers of the notes.
- :mod:`~book._ext.checks` takes the cells that only check out of the prose, :mod:`~book._ext.marks`
  hangs a mark beside what they check, and :mod:`~book._ext.panels` writes what the mark opens.
- :mod:`~book._ext.entries` joins the errata with the pages that show them, and the glossary with the search.
- :mod:`~book._ext.listing` lists the statements for the index, :mod:`~book._ext.counting` counts them.
- :mod:`~book._ext.reference` says the names of the package as a reader writes them.
- :mod:`~book._ext.programs` lets the lines of a program lead to the sections that teach them.
- :mod:`~book._ext.toggles` moves the code of a picture below it.
- :mod:`~book._ext.tables` lets the headings of tables be read out.
- :mod:`~book._ext.references` warns of references that lead elsewhere than they say.
- :mod:`~book._ext.cache` runs the notebooks, and again when something changed that they use.
- :mod:`~book._ext.pages` and :mod:`~book._ext.fonts` make the finished pages light.
- :mod:`~book._ext.exercises` puts a form below each question;
  :mod:`~book._ext.drill` asks for shapes without end.
- :mod:`~book._ext.pyodide` fetches Python for the page, :mod:`~book._ext.python` puts it there, and
  :mod:`~book._ext.runner` makes the code of chapters ready for it.
- :mod:`~book._ext.paper` prints the whole book.
"""

import os

FONTS = '1em "STIX Two Math"', '900 1em "Font Awesome 6 Free"'


def setup(app):
    """Entry point for Sphinx."""
    from docutils import nodes

    from . import (
        cache,
        counting,
        drill,
        entries,
        exercises,
        formulas,
        lab,
        listing,
        numbering,
        pages,
        panels,
        programs,
        python,
        reference,
        references,
        tables,
        toggles,
    )

    os.environ["MCNOTES_BOOK"] = "1"
    app.add_html_math_renderer("mathml", (formulas.visit_inline, None), (formulas.visit_display, None))
    app.add_node(panels.panel, html=(panels.visit_panel, None))
    app.add_node(panels.aside, html=(panels.visit_aside, panels.depart_aside))
    app.add_node(nodes.entry, override=True, html=(tables.visit_entry, tables.depart_entry))
    app.add_config_value("mcnotes_source", "", "env")
    app.add_directive("statement-counts", counting.StatementCounts)
    app.add_transform(numbering.NumberStatements)
    app.add_transform(numbering.NumberExercises)
    app.add_transform(entries.JoinErrata)
    app.add_transform(reference.SayNames)
    app.add_post_transform(toggles.CodeBelowPicture)
    app.connect("config-inited", cache.note_the_source)
    app.connect("config-inited", numbering.number_no_figures, priority=900)        # after sphinx_exercise
    app.connect("config-inited", lab.launch_only_from_an_address)
    app.connect("env-get-outdated", cache.outdated)
    app.connect("env-before-read-docs", cache.run_notebooks)
    app.connect("builder-inited", references.tell_slips)
    app.connect("source-read", lab.take_away)
    app.connect("source-read", listing.write)
    app.connect("autodoc-process-docstring", reference.rewrite_examples, priority=400)     # before napoleon
    app.connect("html-page-context", pages.describe_page)
    app.connect("html-page-context", programs.lead_to_sections)
    app.connect("html-collect-pages", numbering.find_every_statement)
    app.connect("build-finished", pages.finish)
    python.setup(app)
    app.add_node(exercises.ask, html=(exercises.visit_ask, exercises.depart_ask))
    app.add_node(exercises.worked, html=(exercises.visit_worked, exercises.depart_worked))
    app.add_directive("ask", exercises.Ask)
    app.add_directive("shape-drill", drill.ShapeDrill)
    app.connect("html-page-context", drill.add_scripts)
    app.add_transform(exercises.TakeChecks)
    app.connect("source-read", exercises.put_forms)
    app.connect("html-page-context", exercises.add_scripts)
    app.connect("build-finished", exercises.write_words)
    app.add_css_file("fonts.css")
    # asked for at once, the fonts are there at the first paint, and nothing moves when they come
    app.add_js_file(None, priority=100, body="".join(f"document.fonts.load('{font}');" for font in FONTS))
    app.add_css_file("palette.css")
    app.add_css_file("book.css")
    app.add_js_file("explore.js", loading_method="defer")
    app.add_js_file("preview.js", loading_method="defer")
    app.add_js_file("panel.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
