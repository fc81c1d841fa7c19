"""Braces in formulas: each spans a box, and those on one side of a formula have one height."""

import re
from xml.etree import ElementTree

from book._ext.mathml import to_mathml

TWO = r"\overbrace{\frac{a}{b}}^{(m \times 1)} + \overbrace{c}^{d} = \underbrace{e}_{f}"


def classes(mathml):
    return re.findall(r'class="(mc-\w+)"', mathml)


def test_each_brace_gets_its_box_and_keeps_its_sign():
    mathml = to_mathml(TWO, True)
    assert sorted(classes(mathml)) == ["mc-brace"] * 3 + ["mc-label"] * 3 + ["mc-over"] * 2 + ["mc-under"]
    assert mathml.count("⏞") == 2 and mathml.count("⏟") == 1
    assert not classes(to_mathml(r"\overline{x} + \frac{a}{b}", True)), "a formula without braces is left alone"


def test_boxes_on_one_side_have_the_height_of_each_other():
    formula = ElementTree.fromstring(to_mathml(TWO, True))
    first, second = (box for box in formula.iter("mrow") if box.get("class") == "mc-over")
    assert second.find("mpadded").get("width") == "0px"
    unseen = second.find("mpadded/mphantom/mfrac")
    assert ElementTree.tostring(unseen) == ElementTree.tostring(first.find("mfrac"))
    assert [part.text for part in first.findall("mpadded/mphantom/mi")] == ["c"]
    (under,) = (box for box in formula.iter("mrow") if box.get("class") == "mc-under")
    assert under.find("mpadded") is None


def test_a_brace_inside_another_keeps_its_own_height():
    mathml = to_mathml(r"\overbrace{x + \overbrace{y}^{a}}^{b}", True)
    assert classes(mathml).count("mc-over") == 2 and "mphantom" not in mathml
