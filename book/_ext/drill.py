"""The shape drill: its place on the page, and the table that stands there without a script."""

from docutils import nodes
from docutils.parsers.rst import Directive

from mcnotes.shapes import shape_of

#: An input or output of each kind, with a letter and sizes that differ.
INPUTS = (("s", ()), ("v", (4,)), ("M", (2, 3)))
OUTPUTS = (("s", ()), ("w", (5,)), ("N", (6, 7)))


class ShapeDrill(Directive):
    """``{shape-drill}``: endless questions; without a script, the nine kinds with their shapes."""

    def run(self):
        self.state.document.settings.env.metadata[self.state.document.settings.env.docname]["mc_drill"] = "yes"
        return [nodes.raw("", f'<div class="mc-drill">{table()}</div>', format="html")]


def table():
    """The nine kinds, worked: HTML.

    Returns
    -------
    str

    Examples
    --------
    >>> "<td>4 × 5</td>" in table()
    True
    """
    rows = "".join(
        f"<tr><th scope='row'>{_named(x, wrt)}</th>" + "".join(
            f"<td>{_written(shape_of(of=of, wrt=wrt).shape)}</td>" for _, of in OUTPUTS) + "</tr>"
        for x, wrt in INPUTS)
    heads = "".join(f"<th scope='col'>{_named(y, of)}</th>" for y, of in OUTPUTS)
    return (f"<table><caption>The shape of each derivative: inputs down, outputs across.</caption>"
            f"<thead><tr><th scope='col'>input</th>{heads}</tr></thead><tbody>{rows}</tbody></table>")


def _named(letter, shape):
    return f"{letter}, {_written(shape + (1,) if len(shape) == 1 else shape)}"


def _written(shape):
    return " × ".join(str(size) for size in shape) or "a number"


def add_scripts(app, pagename, templatename, context, doctree):
    """The scripts of the drill, on its page only."""
    if app.env.metadata.get(pagename, {}).get("mc_drill"):
        for name in ("exercise-words.js", "exercises.js", "drill.js"):
            app.add_js_file(name, loading_method="defer")
