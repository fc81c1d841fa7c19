"""Formulas become MathML while the book is built; the page needs no script for them.

Browsers stretch the brace of MathML with pieces of a font. On screens with more than one dot for a
pixel Chromium loses the pieces at the ends. What a brace spans gets a box of its own, on which the
style sheet draws the brace for Chromium; the other browsers show the brace of the font. All braces
on one side of a formula have one height, and so do their labels.
"""

import functools
import html
import re
from copy import deepcopy
from xml.etree import ElementTree

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from tools.typesetting import typeset

#: Sign of a brace -> the element it stands in, and the class of the box that it spans.
_SIGNS = {"⏞": ("mover", "mc-over"), "⏟": ("munder", "mc-under")}
_log = logging.getLogger(__name__)


@functools.cache
def to_mathml(tex, display):
    """Typeset a formula in the book's colors; ValueError says what cannot be typeset."""
    mathml = typeset(tex, display)
    for colour, name in (("royalblue", "mc-in"), ("sienna", "mc-out")):
        mathml = re.sub(rf' class="([^"]*)" style="color:{colour};"', rf' class="\1 {name}"', mathml)
        mathml = mathml.replace(f' style="color:{colour};"', f' class="{name}"')
    return whole(mathml)


def whole(mathml):
    """Put a box around what a brace spans, as high as those of the other braces on its side."""
    if not any(sign in mathml for sign in _SIGNS):
        return mathml
    formula = ElementTree.fromstring(mathml)
    parents = {child: parent for parent in formula.iter() for child in parent}
    for sign, (tag, style) in _SIGNS.items():
        braced = [pair for pair in formula.iter(tag) if len(pair) == 2 and pair[1].text == sign]
        nested = any(other is not pair and other in pair.iter() for pair in braced for other in braced)
        labelled = [parents[pair] for pair in braced if parents[pair].tag == tag and parents[pair][0] is pair]
        for pair in braced:
            pair[1].set("class", "mc-brace")
        _level(braced, 0, style, alone=nested)
        _level(labelled, 1, "mc-label", alone=nested)
    return ElementTree.tostring(formula, encoding="unicode", short_empty_elements=False)


def _level(pairs, place, style, alone):
    """Box one child of each pair; each box is as high as the highest, unless it has to stay alone."""
    inner = [pair[place] for pair in pairs]
    heights = [deepcopy(part) for part in inner]
    for number, pair in enumerate(pairs):
        box = ElementTree.Element("mrow", {"class": style})
        box.append(inner[number])
        others = [part for other, part in enumerate(heights) if other != number]
        if others and not alone:                            # their height, without their width and unseen
            strut = ElementTree.SubElement(box, "mpadded", {"width": "0px"})
            ElementTree.SubElement(strut, "mphantom").extend(deepcopy(others))
        pair[place] = box


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


class KeepTogether(SphinxTransform):
    """A line never breaks between a formula and the sign before or after it."""

    default_priority = 800

    def apply(self, **options):
        for formula in list(self.document.findall(nodes.math)):
            line, place = formula.parent, formula.parent.index(formula)
            before, after = (line[k] if 0 <= k < len(line) else None for k in (place - 1, place + 1))
            signs = re.match(r"[.,;:?!)]+", after) if isinstance(after, nodes.Text) else None
            if signs is None:
                continue
            opened = isinstance(before, nodes.Text) and before.endswith("(")
            whole = nodes.inline("", "", *[nodes.Text("(")] * opened, formula.deepcopy(), nodes.Text(signs[0]),
                                 classes=["mc-together"])
            line[place:place + 2] = [whole, nodes.Text(after[signs.end():])]
            if opened:
                line[place - 1] = nodes.Text(before[:-1])


def setup(app):
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.add_transform(KeepTogether)
