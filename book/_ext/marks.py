"""Equations and boxes carry the numbers of the notes, and the marks of what code has checked.

A cell that only checks carries the tag ``hide-check``. It leaves the prose; its code and what it found become a panel
at the end of the page, which a mark beside the statement opens: by the browser's own popover, so without a script.
"""

import ast
import dataclasses
import html
import json
import pathlib
import re

import jinja2
import markupsafe
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

from mcbook.statements import CHECK, calls, everything

from .mathml import to_mathml

TEMPLATES = jinja2.Environment(autoescape=True, loader=jinja2.FileSystemLoader(
    pathlib.Path(__file__).parent / "templates"))
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
    """Take the cells that only check out of a page; each check, with an empty paragraph where its cell was."""
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


_ERRATUM = re.compile(r"E\d\d")


def hang(document, own):
    """Turn the cells that only check into panels at the end of the page; label -> the button beside the statement."""
    marks, shown, taken = {}, {}, take(document)
    for check, place in taken:
        label = next((label for label, one in own.items()
                      if check.function == "confirm" and check.name.casefold() in one.names), None)
        plain = re.sub(r"\W+", "-", check.name).strip("-").lower()
        target = f"check-{label or plain}"
        if target not in shown:
            shown[target] = panel(ids=[target], title=_title(check), checks=[])
            document += shown[target]
            if label:
                marks[label] = button(target, "✓", f"{check.name} runs as printed: how it was checked")
            else:
                _beside(document, check, place, target)
        shown[target]["checks"].append(check)
        if not place.children:
            place.parent.remove(place)
    return marks


def _title(check):
    if check.function == "confirm":
        return f"{check.name} runs as printed"
    return f"{check.name}, run as it was printed" if _ERRATUM.fullmatch(check.name) else check.name


def _beside(document, check, place, target):
    """Put the mark of a misprint into the note that names it; other checks say their line where their cell stood."""
    named = re.compile(rf"(?:E\d\d, )*{check.name}\b") if _ERRATUM.fullmatch(check.name) else None
    lines = [line for line in document.findall(nodes.paragraph) if named and named.match(line.astext())]
    if lines:
        alone = len(set(_ERRATUM.findall(lines[0].astext()))) == 1
        words = "✗ as printed" if alone else f"✗ {check.name} as printed"
        lines[0] += [nodes.Text("\u00a0"),
                     button(target, words, f"{check.name}: run it as printed", "mc-failed")]
        return
    told = check.verdict["line"] if check.verdict else " ".join(check.lines) or check.name
    place["classes"] = ["mc-place"]
    sign, style = ("✗", "mc-failed") if check.function == "refute" else ("✓", "")
    place += [button(target, sign, f"{check.name}: how it was checked", style), nodes.Text(told.lstrip("✓✗ "))]


class panel(nodes.General, nodes.Element):
    """What one mark opens: attributes ``ids``, ``title`` and ``checks``."""


def button(target, sign, words, style=""):
    """A mark that opens a panel: what is seen, and what a screen reader says."""
    return nodes.raw("", f'<button type="button" class="mc-checked{style and " " + style}" popovertarget="{target}" '
                         f'title="{html.escape(words)}"><span aria-hidden="true">{sign}</span>'
                         f'<span class="mc-hidden">{html.escape(words)}</span></button>', format="html")


def visit_panel(self, node):
    """Write a panel as HTML; its form is ``templates/panel.html``."""
    def highlighted(code):
        return markupsafe.Markup(self.highlighter.highlight_block(code, "python"))
    self.body.append(TEMPLATES.get_template("panel.html").render(
        name=node["ids"][0], title=node["title"], checks=node["checks"], highlighted=highlighted,
        misprint=any(check.misprint for check in node["checks"]),
        typeset=lambda latex: markupsafe.Markup(to_mathml(latex, True))))
    raise nodes.SkipNode


class NumberStatements(SphinxTransform):
    """Give equations and boxes the notes' numbers, join them to their checks, and enter them for search."""

    default_priority = 400

    def apply(self, **options):
        page = self.env.docname.rsplit("/", 1)[-1]
        own = {one.label: one for one in everything() if one.page == page}
        marks = hang(self.document, own)
        equations = self.env.get_domain("math").equations
        for node in list(self.document.findall(nodes.math_block)):
            one = own.get(node.get("label"))
            if one is None:
                continue
            node["number"], node["name"] = one.number, one.name
            if one.label in marks:
                node["mark"] = marks[one.label].astext()
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
            counted.next_node(nodes.section)["ids"].clear()             # the same one in each exercise
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


def setup(app):
    app.add_node(panel, html=(visit_panel, None))
    app.add_transform(NumberStatements)
    app.add_transform(NumberExercises)
    app.connect("config-inited", number_no_figures, priority=900)           # after sphinx_exercise
    app.connect("html-collect-pages", find_every_statement)
