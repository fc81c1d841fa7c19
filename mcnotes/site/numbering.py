"""Equations, boxes and exercises carry the numbers of the notes, can be searched, and show their marks."""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

from ..statements.finding import statements
from .marks import mark

_CHECK = re.compile(r'mc\.confirm(?:_order)?\(\s*"(?:\((?P<equation>\d+)\)|[A-Z]\w+ (?P<box>\d+|X\.6))[" ]')


class NumberStatements(SphinxTransform):
    """Give equations and boxes the notes' numbers, join them to their checks, and enter them for search."""

    default_priority = 400

    def apply(self, **options):
        checks = self._checks()
        equations = self.env.get_domain("math").equations
        for node in list(self.document.findall(nodes.math_block)):
            tag = re.search(r"\\tag\{(\d+)\}", node.astext())
            if tag is None:
                continue
            number = int(tag[1])
            node["number"], node["check"] = number, checks.get(f"eq-{number}")
            if node.get("label"):
                equations[node["label"]] = (self.env.docname, number)
            self._index(node, [f"({number})", f"equation {number}"], f"equation-eq-{number}")
        for node in list(self.document.findall(nodes.admonition)):
            title = node.next_node(nodes.title)
            if "box-6a" in node["names"] and checks.get("box-X.6"):      # the one box without a number
                title += nodes.raw("", " " + mark(checks["box-X.6"], "this box"), format="html")
            box = re.match(r"(\w+) (\d+)\b", title.astext()) if title is not None else None
            if box and box[0] in statements():
                # the search of the theme compares with lower-case words
                self._index(node, [title.astext(), f"{box[1]} {box[2]}".lower()], f"box-{box[2]}")
                if checks.get(f"box-{box[2]}"):
                    title += nodes.raw("", " " + mark(checks[f"box-{box[2]}"], f"{box[1]} {box[2]}"), format="html")

    def _checks(self):
        """Statement -> id of the first cell that checks it; the ids are put on the cells."""
        found = {}
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") != "cell_code":
                continue
            source = cell.next_node(nodes.literal_block)
            for check in _CHECK.finditer(source.astext() if source is not None else ""):
                name = f"eq-{check['equation']}" if check["equation"] else f"box-{check['box']}"
                if name not in found:
                    found[name] = f"check-{name}"
                    cell["ids"].append(f"check-{name}")
        return found

    @staticmethod
    def _index(node, entries, target):
        index = addnodes.index(entries=[("single", entry, target, "main", None) for entry in entries])
        node.parent.insert(node.parent.index(node), index)


class NumberExercises(SphinxTransform):
    """Count the exercises from 1 on each page, as JupyterLab does, and not through the book."""

    default_priority = 400

    def apply(self, **options):
        for number, node in enumerate(list(self.document.findall(exercise_enumerable_node)), 1):
            counted = exercise_node("", *node.children, **node.attributes)
            counted.next_node(nodes.Text).parent[0] = nodes.Text(f"Exercise {number}")
            node.replace_self(counted)
            self.env.sphinx_exercise_registry[node["label"]]["node"] = counted


def find_every_statement(app):
    """Enter the numbers of the pages that this build did not write anew: Sphinx forgets them."""
    for docname, entries in app.env.get_domain("index").entries.items():
        app.builder.indexer._index_entries.setdefault(docname, sorted(
            {(value, target, main) for _, value, target, main, _ in entries}))
    return []
