"""Braces over and under formulas that stay whole on every screen.

Browsers stretch the brace of MathML with pieces of a font. On screens with more
than one dot for a pixel Chromium loses the pieces at the ends. What a brace spans
gets a box of its own, on which the style sheet draws the brace for Chromium; the
other browsers show the brace of the font. All braces on one side of a formula
stand at one height, and so do their labels.
"""

from copy import deepcopy
from xml.etree import ElementTree

#: Sign of a brace -> the element it stands in, and the class of the box that it spans.
_SIGNS = {"⏞": ("mover", "mc-over"), "⏟": ("munder", "mc-under")}


def whole(mathml):
    """Put a box around what a brace spans, as high as those of the other braces on its side.

    Parameters
    ----------
    mathml : str
        A ``<math>`` element.

    Returns
    -------
    str

    Examples
    --------
    >>> whole("<math><mover><mi>x</mi><mo>⏞</mo></mover></math>")
    '<math><mover><mrow class="mc-over"><mi>x</mi></mrow><mo class="mc-brace">⏞</mo></mover></math>'
    """
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
