"""Headings of tables that can be read out: an empty corner is none, and a formula alone has a name in words."""

import html

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from mcbook.formulas.reading import FormulaError, read


def visit_entry(self, node):
    """Write a cell; one of the first row is a heading if it says something."""
    HTML5Translator.visit_entry(self, node)
    if not isinstance(node.parent.parent, nodes.thead):
        return
    if not node.astext().strip():
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td", 1)
    elif all(isinstance(text.parent, nodes.math) or not text.strip() for text in node.findall(nodes.Text)):
        name = " ".join(map(said, node.findall(nodes.math)))
        self.body[-1] = self.body[-1].replace("<th", f'<th aria-label="{html.escape(name)}"', 1)


def depart_entry(self, node):
    """Close the cell."""
    HTML5Translator.depart_entry(self, node)


def said(formula):
    """A formula as a line of text, or as it is written where it is none that can be read."""
    try:
        return ", ".join(map(str, read(formula.astext())))
    except FormulaError:
        return formula.astext()
