"""How many statements there are, and how many of them run: ``{statement-counts}`` on the index's page."""

import pathlib

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from ..statements.cells import confirmed
from ..statements.finding import everything, notebooks


class StatementCounts(SphinxDirective):
    """Two sentences and a list of the statements that nothing could show false."""

    def run(self):
        root = pathlib.Path(self.env.srcdir)
        for path in notebooks(root):                        # this page is read again when one of them changes
            self.env.note_dependency(str(path))
        run, book = confirmed(root), everything()
        equations = [one for one in book if one.kind == "Equation"]
        quiet = [one for one in book if one.name not in run]
        words = (f"{len(equations)} equations and {len(book) - len(equations)} boxes; {len(book) - len(quiet)} of them "
                 "carry a mark ✓: code has run them, and would have noticed a mistake. ")
        if not quiet:
            return [nodes.paragraph("", words)]
        words += f"{len(quiet)} carry none, for nothing in them could be false, notation for the most part: "
        line = nodes.paragraph("", words)
        for k, one in enumerate(quiet):
            page = self.env.app.builder.get_relative_uri(self.env.docname, f"book/{one.page}")
            target = f"{page}#" + (f"equation-{one.label}" if one.kind == "Equation" else one.label)
            line += [nodes.Text(", " if k else ""), nodes.reference("", one.name, refuri=target, internal=True)]
        line += nodes.Text(".")
        return [line]
