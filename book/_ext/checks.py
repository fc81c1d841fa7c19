"""Cells that only check leave the prose; what they found is reached through the mark of their statement.

Such a cell carries the tag ``hide-check`` and holds nothing but calls of ``mb.confirm`` and
``mb.refute``. Its code and its outputs become a panel (:mod:`book._ext.panels`).
"""

import ast
import dataclasses
import json
import re

from docutils import nodes

from mcbook.statements import CHECK, calls

_CARRIED = re.compile(r'<script type="application/json" class="mc-verdict">(.*)</script>\s*$', re.S)


@dataclasses.dataclass
class Check:
    """One call of a check: the statement's name, ``confirm`` or ``refute``, its code and what came of it."""

    name: str
    function: str
    code: str
    verdict: dict | None
    lines: list

    @property
    def misprint(self):
        """The wrong formula that a refutation runs, in LaTeX; otherwise nothing."""
        given = ast.parse(self.code).body[0].value.args[1:]
        one = self.function == "refute" and len(given) == 1 and isinstance(given[0], ast.Constant)
        return given[0].value if one else ""


def take(document):
    """Take the cells that only check out of a page.

    Parameters
    ----------
    document : docutils.nodes.document

    Returns
    -------
    list of (Check, node)
        In the order of the page, each with an empty paragraph that stands where its cell stood.
    """
    found = []
    for cell in list(document.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code" or f"tag_{CHECK}" not in cell["classes"]:
            continue
        called = calls(cell.next_node(nodes.literal_block).astext())
        if not called:
            continue
        places = [nodes.paragraph() for _ in called]
        verdicts, lines = _outputs(cell)
        for (name, function, code), place in zip(called, places, strict=True):
            own = [verdict for verdict in verdicts if verdict["statement"] == name]
            if own:
                verdicts.remove(own[0])
            told = [line for line in lines if line.lstrip("✓✗ ").startswith(name)] or ([] if own else lines)
            found.append((Check(name, function, code, own[0] if own else None, told), place))
        cell.parent[cell.parent.index(cell):cell.parent.index(cell) + 1] = places
    return found


def _outputs(cell):
    """The verdicts that a cell carries, and the lines that it prints."""
    verdicts, lines = [], []
    for block in cell.findall(lambda node: isinstance(node, nodes.raw | nodes.literal_block)):
        carried = _CARRIED.search(block.astext())
        if carried:
            verdicts.append(json.loads(carried[1]))
        elif block.get("language") == "myst-ansi":
            lines += block.astext().splitlines()
    return verdicts, lines
