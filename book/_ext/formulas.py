"""Formulas become MathML while the book is built; the page needs no script for them."""

import functools
import html
import json
import os
import pathlib
import re
import shutil
import subprocess

from docutils import nodes
from sphinx.util import logging

from .braces import whole

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
_log = logging.getLogger(__name__)


@functools.cache
def _typesetter():
    """The Node process that typesets; it ends with the build."""
    if not (ROOT / "node_modules" / "temml").exists():
        raise RuntimeError("temml is missing: run `npm ci` in the root of the book (make book does it)")
    node = shutil.which("node", path=os.pathsep.join([str(pathlib.Path(os.sys.executable).parent), os.environ["PATH"]]))
    return subprocess.Popen([node, str(HERE / "typeset.cjs"), str(ROOT)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True, encoding="utf-8")


@functools.cache
def to_mathml(tex, display):
    r"""Typeset a formula.

    Parameters
    ----------
    tex : str
        LaTeX without delimiters and without a tag.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        A ``<math>`` element. The colour names of inputs and outputs have become
        the classes ``mc-in`` and ``mc-out``.

    Raises
    ------
    ValueError
        The formula cannot be typeset.
    """
    process = _typesetter()
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(f"{answer['error']} in the formula {tex!r}")
    mathml = answer["mathml"]
    for colour, name in (("royalblue", "mc-in"), ("sienna", "mc-out")):
        mathml = re.sub(rf' class="([^"]*)" style="color:{colour};"', rf' class="\1 {name}"', mathml)
        mathml = mathml.replace(f' style="color:{colour};"', f' class="{name}"')
    return whole(mathml)


def _typeset(self, node, display):
    try:
        return to_mathml(re.sub(r"\\tag\{[^}]*\}", "", node.astext()).strip(), display)
    except ValueError as error:
        _log.warning("%s", error, location=node)
        return f"<code>{html.escape(node.astext())}</code>"


def visit_inline(self, node):
    self.body.append(_typeset(self, node, False))
    raise nodes.SkipNode


def visit_display(self, node):
    formula = _typeset(self, node, True)
    if node.get("name") is None:
        self.body.append(f'<div class="mc-equation" tabindex="0" role="group" aria-label="formula">{formula}</div>')
        raise nodes.SkipNode
    target, number = f"equation-{node['label']}", node["number"]
    link = f'<a href="#{target}">({number})</a>' if number else ""
    said = f"equation {number}" if number else html.escape(node["name"])
    self.body.append(
        f'<div class="mc-equation mc-numbered" id="{target}"><div class="mc-formula" tabindex="0" role="group" '
        f'aria-label="{said}">{formula}</div>'
        f'<div class="mc-number">{link}{node.get("mark", "")}</div></div>')
    raise nodes.SkipNode
