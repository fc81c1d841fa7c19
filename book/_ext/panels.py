"""The panel behind a mark: the letters with shape and value, the numbers, the code.

A mark is a button that opens its panel with the browser's own popover: by mouse, touch and
keyboard, closed by Escape, without a script and from a folder. The panels stand at the end of
the page, where neither print nor a preview of a box meets them.
"""

import html

from docutils import nodes

from .formulas import to_mathml


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
        self.body.extend(map(_formula, formulas))
        if not formulas:
            told = [check.verdict["line"]] if check.verdict else check.lines
            self.body.extend(f'<p class="mc-panel-line">{html.escape(line)}</p>' for line in told)
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


def _formula(result):
    """One formula of a verdict: typeset, its letters, and what its two sides came to."""
    formula = to_mathml(result["latex"], True)
    shown = f'<div class="mc-equation" tabindex="0" role="group" aria-label="formula">{formula}</div>'
    shown += _table("letters", ("letter", "shape", "here"), result["letters"])
    shown += _table("numbers", ("step", "true", "predicted", "gap", "ratio"), result["rows"])
    if result["difference"] is not None:
        said = result["words"] if not result["rows"] else "what is joined by = agrees"
        shown += f'<p class="mc-panel-line">{said}; largest difference {result["difference"]}</p>'
    elif not result["rows"]:
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
