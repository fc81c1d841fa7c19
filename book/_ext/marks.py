"""Equations and boxes carry the numbers of the notes, and the marks of what code has checked.

A cell that only checks carries the tag ``hide-check`` and holds nothing but calls of ``mb.confirm``
and ``mb.refute``. It leaves the prose; its code and what it found become a panel, which a mark beside
the statement opens: by the browser's own popover, so by mouse, touch and keyboard, without a script
and from a folder. The panels stand at the end of the page, where neither print nor a preview meets them.
"""

import ast
import dataclasses
import html
import json
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

from mcbook.statements import CHECK, by_name, calls

from .mathml import to_mathml

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


_ERRATUM = re.compile(r"E\d\d")


def mark(check, name):
    """A link to the cell that checks a statement, for the eye and for screen readers."""
    return (f'<a class="mc-checked" href="#{check}" title="checked by code: go to the cell">'
            f'<span aria-hidden="true">✓</span><span class="mc-hidden">{name} is checked by code</span></a>')


def hang(document, own):
    """Turn the cells that only check into panels at the end of the page.

    Parameters
    ----------
    document : docutils.nodes.document
    own : dict of str to Statement
        Label -> statement, those that stand on this page.

    Returns
    -------
    dict of str to docutils.nodes.raw
        Label -> the button that belongs beside the statement.
    """
    marks, shown, taken = {}, {}, take(document)
    for note in list(document.findall(nodes.sidebar)):
        if "margin" in note["classes"]:
            titles = [nodes.paragraph("", "", nodes.strong("", "", *title.children))
                      for title in note.children if isinstance(title, nodes.title)]
            note.replace_self(aside("", *titles, *note.children[len(titles):]))
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


class aside(nodes.General, nodes.Element):
    """A line or two about a misprint, written as ``{margin}``; the theme's own would hide its contents."""


class panel(nodes.General, nodes.Element):
    """What one mark opens: attributes ``ids``, ``title`` and ``checks``."""


def button(target, sign, words, style=""):
    """A mark that opens a panel, as a node that may stand in a line of text.

    Parameters
    ----------
    target : str
        Id of the panel.
    sign, words : str
        What is seen, and what a screen reader says.
    style : str, optional
        A class beside ``mc-checked``.
    """
    return nodes.raw("", f'<button type="button" class="mc-checked{style and " " + style}" popovertarget="{target}" '
                         f'title="{html.escape(words)}"><span aria-hidden="true">{sign}</span>'
                         f'<span class="mc-hidden">{html.escape(words)}</span></button>', format="html")


def visit_panel(self, node):
    """Write a panel as HTML."""
    name = node["ids"][0]
    style = " mc-panel-misprint" if any(check.misprint for check in node["checks"]) else ""
    self.body.append(f'<div class="mc-panel{style}" id="{name}" popover role="dialog" aria-labelledby="{name}-title">'
                     f'<div class="mc-panel-head"><p class="mc-panel-title" id="{name}-title">{node["title"]}</p>'
                     f'<button type="button" class="mc-panel-close" autofocus popovertarget="{name}" '
                     f'popovertargetaction="hide" aria-label="close">×</button></div>')
    for check in node["checks"]:
        formulas = check.verdict["formulas"] if check.verdict else []
        if check.misprint:
            self.body.append(f'<div class="mc-equation">{to_mathml(check.misprint, True)}</div>')
        else:
            self.body.extend(map(_typeset, formulas))
        if not formulas or check.misprint:
            told = [check.verdict["line"]] if check.verdict else check.lines
            self.body.extend(f'<p class="mc-panel-line">{html.escape(line)}</p>' for line in told)
        if check.misprint:
            self.body.extend(map(_numbers, formulas))
        code = self.highlighter.highlight_block(check.code, "python")
        self.body.append(f'<div class="highlight-python notranslate">{code}</div>')
    self.body.append("</div>")
    raise nodes.SkipNode


def visit_aside(self, node):
    """Begin a note."""
    self.body.append('<aside class="mc-note">')


def depart_aside(self, node):
    """End a note."""
    self.body.append("</aside>")


def _typeset(result):
    """One formula of a verdict: typeset, its letters, and what its two sides came to."""
    formula = to_mathml(result["latex"], True)
    return (f'<div class="mc-equation" tabindex="0" role="group" aria-label="formula">{formula}</div>'
            + _numbers(result))


def _numbers(result):
    """The letters of a formula, the steps that were tried, and how well its sides agree."""
    shown = _table("letters", ("letter", "shape", "here"), result["letters"])
    shown += _table("numbers", ("step", "true", "predicted", "gap", "ratio"), result["rows"])
    if result["difference"] is not None:
        said = result["words"] if not result["rows"] else "what is joined by = agrees"
        shown += f'<p class="mc-panel-line">{said}; largest difference {result["difference"]}</p>'
    elif result["words"] and not result["rows"]:
        shown += f'<p class="mc-panel-line">{result["words"]}</p>'
    return shown


def _table(name, heads, rows):
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{head}</th>' for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return (f'<div class="mc-panel-scroll" tabindex="0" role="group" aria-label="{name}">'
            f'<table class="mc-panel-table mc-panel-{name}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
            "</div>")


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
            for called in re.findall(r'mb\.confirm\(\s*"([^"]+)"', source.astext() if source else ""):
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
    app.add_node(aside, html=(visit_aside, depart_aside))
    app.add_transform(NumberStatements)
    app.add_transform(NumberExercises)
    app.connect("config-inited", number_no_figures, priority=900)           # after sphinx_exercise
    app.connect("html-collect-pages", find_every_statement)
