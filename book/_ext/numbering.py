"""Equations, boxes and exercises carry the numbers of the notes, can be searched, and show their marks."""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

from mcbook.statements import by_name

from .marks import hang, mark


class NumberStatements(SphinxTransform):
    """Give equations and boxes the notes' numbers, join them to their checks, and enter them for search."""

    default_priority = 400

    def apply(self, **options):
        page = self.env.docname.rsplit("/", 1)[-1]
        own = {one.label: one for one in by_name().values() if one.page == page}
        marks = hang(self.document, own)
        links = self._links({label: one for label, one in own.items() if label not in marks})
        equations = self.env.get_domain("math").equations
        for node in list(self.document.findall(nodes.math_block)):
            one = own.get(node.get("label"))
            if one is None:
                continue
            node["number"], node["name"] = one.number, one.name
            if one.label in marks:
                node["mark"] = marks[one.label].astext()
            elif one.label in links:
                node["mark"] = mark(links[one.label], f"equation {one.number}")
            equations[one.label] = (self.env.docname, one.number or one.name)
            self._index(node, [one.name, f"equation {one.number}".strip()], f"equation-{one.label}")
        for node in list(self.document.findall(nodes.admonition)):
            one = next((own[name] for name in node["names"] if name in own), None)
            title = node.next_node(nodes.title)
            if one is None or title is None:
                continue
            # the search of the theme compares with lower-case words
            self._index(node, [title.astext(), one.name.lower()], one.label)
            if one.label in marks:
                title += [nodes.Text(" "), marks[one.label]]
            elif one.label in links:
                title += nodes.raw("", " " + mark(links[one.label], one.name if one.number else "this box"),
                                   format="html")

    def _links(self, unmarked):
        """Label -> id of the first visible cell that checks it; the ids are put on the cells."""
        found = {}
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") != "cell_code":
                continue
            source = cell.next_node(nodes.literal_block)
            for called in re.findall(r'mb\.confirm(?:_order)?\(\s*"([^"]+)"', source.astext() if source else ""):
                for one in unmarked.values():
                    named = any(f"{called} ".casefold().startswith(f"{name} ") for name in one.names)
                    if named and one.label not in found:
                        found[one.label] = f"check-{one.label}"
                        cell["ids"].append(f"check-{one.label}")
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


def number_no_figures(app, config):
    """Nothing here is numbered by Sphinx, which would look for it in every page of the book at each build."""
    config.numfig = False


def find_every_statement(app):
    """Enter the numbers of the pages that this build did not write anew: Sphinx forgets them."""
    for docname, entries in app.env.get_domain("index").entries.items():
        app.builder.indexer._index_entries.setdefault(docname, sorted(
            {(value, target, main) for _, value, target, main, _ in entries}))
    return []
