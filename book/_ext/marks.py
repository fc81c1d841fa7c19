"""The mark beside a statement that code has checked, and beside a misprint that was run."""

import re

from docutils import nodes

from . import checks, panels

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
    marks, shown, taken = {}, {}, checks.take(document)
    for note in list(document.findall(nodes.sidebar)):
        if "margin" in note["classes"]:
            titles = [nodes.paragraph("", "", nodes.strong("", "", *title.children))
                      for title in note.children if isinstance(title, nodes.title)]
            note.replace_self(panels.aside("", *titles, *note.children[len(titles):]))
    for check, place in taken:
        label = next((label for label, one in own.items()
                      if check.function == "confirm" and check.name.casefold() in one.names), None)
        plain = re.sub(r"\W+", "-", check.name).strip("-").lower()
        target = f"check-{label or plain}"
        if target not in shown:
            shown[target] = panels.panel(ids=[target], title=_title(check), checks=[])
            document += shown[target]
            if label:
                marks[label] = panels.button(target, "✓", f"{check.name} runs as printed: how it was checked")
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
                     panels.button(target, words, f"{check.name}: run it as printed", "mc-failed")]
        return
    told = check.verdict["line"] if check.verdict else " ".join(check.lines) or check.name
    place["classes"] = ["mc-place"]
    sign, style = ("✗", "mc-failed") if check.function == "refute" else ("✓", "")
    place += [panels.button(target, sign, f"{check.name}: how it was checked", style), nodes.Text(told.lstrip("✓✗ "))]
