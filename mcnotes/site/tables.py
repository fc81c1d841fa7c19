"""The empty corner of a table is a cell like any other: a heading that says nothing would be read out as one."""

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator


def visit_entry(self, node):
    """Write a cell; one without content is no heading, wherever it stands."""
    HTML5Translator.visit_entry(self, node)
    if isinstance(node.parent.parent, nodes.thead) and not node.astext().strip() and not any(
            node.findall(nodes.image)):
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td", 1)


def depart_entry(self, node):
    HTML5Translator.depart_entry(self, node)
