"""What is asked of the headings of a table: an empty one is none, and one of formulas alone has a name."""

import subprocess
import sys

from docutils import nodes

from book._ext import pages

CONF = """extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
def setup(app):
    from docutils import nodes
    from sphinx.writers.html5 import HTML5Translator
    from book._ext import pages
    app.add_node(nodes.entry, override=True, html=(pages.visit_entry, HTML5Translator.depart_entry))
"""
PAGE = r"""# T

|  | $\textcolor{sienna}{a_1} = \tanh z$ | by $z$ | words |
| --- | --- | --- | --- |
|  | $z$ | 1 | 2 |
"""


def test_headings_say_something_or_are_none(tmp_path):
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "index.md").write_text(PAGE)
    subprocess.run([sys.executable, "-m", "sphinx", "-q", tmp_path, tmp_path / "out"], check=True)
    page = (tmp_path / "out" / "index.html").read_text()
    head, body = page[page.index("<thead>"):page.index("</table>")].split("<tbody>")
    assert head.count("<th ") == head.count("</th>") == 3 and head.count("<td ") == head.count("</td>") == 1
    assert head.index("<td ") < head.index("<th ") and 'aria-label="a₁ = tanh(z)"' in head
    assert head.count("aria-label") == 1 and "aria-label" not in body and body.count("<td>") == 4


def test_a_formula_that_cannot_be_read_is_said_as_it_is_written():
    assert pages.said(nodes.math("", r"\foo_x")) == r"\foo_x"
