"""How many statements there are, and how many of them run: ``{statement-counts}`` on the index's page."""

import pathlib

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from mcbook.formulas.claiming import could_fail
from mcbook.statements import confirmed, everything


class StatementCounts(SphinxDirective):
    """How many run, which ones nothing could show false, and which ones a check is missing for."""

    def run(self):
        run, book = confirmed(pathlib.Path(self.env.srcdir)), everything()
        equations = [one for one in book if one.kind == "Equation"]
        quiet = [one for one in book if one.name not in run]
        forgotten = [one for one in quiet if any(map(could_fail, one.formulas))]
        silent = [one for one in quiet if one not in forgotten]
        words = (f"{len(equations)} equations and {len(book) - len(equations)} boxes; {len(book) - len(quiet)} of them "
                 "carry a mark ✓: code has run them, and would have noticed a mistake. ")
        line = nodes.paragraph("", words)
        if silent:
            line += nodes.Text(f"{len(silent)} carry none, for nothing in them could be false, notation for the most "
                               "part: ")
            line += self._links(silent)
        if forgotten:
            line += nodes.Text(f"{len(forgotten)} could be false, and are not checked: ")
            line += self._links(forgotten)
        return [line]

    def _links(self, found):
        """The names of some statements, each leading there."""
        parts = []
        for one in found:
            page = self.env.app.builder.get_relative_uri(self.env.docname, f"book/{one.page}")
            target = f"{page}#" + (f"equation-{one.label}" if one.kind == "Equation" else one.label)
            parts += [nodes.reference("", one.name, refuri=target, internal=True), nodes.Text(", ")]
        return [*parts[:-1], nodes.Text(". ")]
