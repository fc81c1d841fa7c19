"""Cells that only check leave the page, and come back as the panel of their statement or of their misprint."""

import dataclasses
import types

import pytest
from docutils import nodes, utils

from book._ext import marks
from mcbook import statements
from mcbook.formulas.verdict import Result, Verdict

VERDICT = Verdict("holds", "✓ (30) runs as printed", statement="(30)", ok=True, formulas=(
    Result("a < b", r"\textcolor{sienna}{a} < b", "≈", (("v", "3", "0.4 < 1"),),
           rows=((0.01, -0.2, 0.1, 0.1), (0.005, 0.1, 0.05, 0.025))),
    Result("c = d", "c = d", "=", largest=1e-16, entries=6), Result("e", "e", "shape", shapes=1)))
OWN = {"eq-30": statements.find("(30)"), "box-9": statements.find("Definition 9")}


def cell(source, *outputs, tags=("hide-check",)):
    whole = nodes.container(nb_element="cell_code", classes=["cell", *(f"tag_{tag}" for tag in tags)])
    whole += nodes.container("", nodes.literal_block(source, source))
    for output in outputs:
        if isinstance(output, Verdict):
            whole += nodes.raw("", output.to_html(), format="html")
        else:
            whole += nodes.literal_block(output, output, language="myst-ansi")
    return whole


def page(*parts):
    document = utils.new_document("page")
    document += nodes.section("", nodes.title("", "Page"), *parts)
    return document


def written(node):
    highlighter = types.SimpleNamespace(highlight_block=lambda code, language: f"<pre>{code}</pre>")
    translator = types.SimpleNamespace(body=[], highlighter=highlighter)
    with pytest.raises(nodes.SkipNode):
        marks.visit_panel(translator, node)
    return "".join(translator.body)


def test_a_check_leaves_the_page_and_its_mark_opens_what_it_found():
    document = page(cell('mb.confirm("(30)", w=w, v=v)', VERDICT), nodes.paragraph("", "stays"))
    there = marks.hang(document, OWN)
    assert list(there) == ["eq-30"] and 'popovertarget="check-eq-30"' in there["eq-30"].astext()
    assert document[0].astext() == "Page\n\nstays"
    panel = next(document.findall(marks.panel))
    text = written(panel)
    assert 'id="check-eq-30" popover role="dialog"' in text and "(30) runs as printed" in text
    assert "0.4 &lt; 1" in text and "<td>0.025</td><td>4.0</td>" in text and "<td>−0.2</td>" in text
    assert ">6 entries agree; largest difference 0, up to rounding</p>" in text and ">the shape fits</p>" in text
    assert text.count("<math") == 3 and 'mb.confirm("(30)", w=w, v=v)' in text


def test_the_lines_that_a_cell_prints_are_told_to_their_statements():
    source = 'mb.confirm("(30)", a=a)\nmb.confirm("Definition 9", c=c)'
    document = page(cell(source, "(30) holds: largest difference 1e-16\nDefinition 9 holds: both are (3, 1)"))
    assert set(marks.hang(document, OWN)) == {"eq-30", "box-9"}
    thirty, nine = map(written, document.findall(marks.panel))
    assert "1e-16" in thirty and "Definition 9" not in thirty
    assert "both are (3, 1)" in nine and 'mb.confirm("(30)"' not in nine


def test_several_checks_of_one_statement_share_a_panel():
    other = dataclasses.replace(VERDICT, line="✓ (30) once more")
    document = page(cell('mb.confirm("(30)", w=w)'),
                    cell('mb.confirm("(30)", w=x)\nmb.confirm("(30)", w=y)', VERDICT, other))
    marks.hang(document, OWN)
    [checks] = (panel["checks"] for panel in document.findall(marks.panel))
    assert [one.verdict and one.verdict["line"] for one in checks] == [None, VERDICT.line, other.line]


def note(text):
    return nodes.list_item("", nodes.paragraph("", text))


def test_a_misprint_hangs_at_the_note_that_names_it():
    document = page(note("E25 something else"), note("E26. Printed with an equals sign."),
                    cell('mb.refute("E26", r"a = b", a=1)', "✗ E26 as printed fails: 1 is not 2"))
    assert marks.hang(document, OWN) == {}
    first, second = document.findall(nodes.list_item)
    assert "button" not in first.astext() and 'popovertarget="check-e26"' in second.astext()
    text = written(next(document.findall(marks.panel)))
    assert "1 is not 2" in text and text.count("<math") == 1


def test_of_several_misprints_in_a_note_each_mark_says_which_it_runs():
    document = page(note("E20. Alone."), note("E26, E27. Printed with an equals sign."),
                    cell('mb.refute("E20", r"a = b", a=1)'), cell('mb.refute("E26", r"a = b", a=1)'),
                    cell('mb.refute("E27", r"a = c", a=1)'))
    marks.hang(document, OWN)
    alone, several = (node.astext() for node in document.findall(nodes.list_item))
    assert ">✗ as printed<" in alone and "E20 as printed" not in alone
    assert ">✗ E26 as printed<" in several and ">✗ E27 as printed<" in several and ">✗ as printed<" not in several


def test_a_check_without_a_place_of_its_own_says_its_line_where_it_stood():
    line = "(30) without the transpose fails: 2 ≠ 3"
    verdict = Verdict("fails", line, statement="(30) without the transpose", ok=True)
    document = page(nodes.paragraph("", "before"), cell('mb.refute("E26", r"a = b", a=1)', "E26 as printed fails: 1"),
                    cell('mb.refute("(30) without the transpose", r"a")', verdict),
                    cell('mb.refute("(30)", r"a")', "(30) fails"), cell('mb.confirm("(17)", s=s)', "✓ (17) runs"),
                    nodes.paragraph("", "after"))
    assert marks.hang(document, OWN) == {}
    lines = [node.astext() for node in document.findall(nodes.paragraph)]
    assert lines[0] == "before" and lines[-1] == "after" and len(lines) == 6
    for shown, target, sign, told in zip(lines[1:], ("e26", "30-without-the-transpose", "30", "17"), "✗✗✗✓",
                                         ("E26 as printed fails: 1", line, "(30) fails", "(17) runs"), strict=False):
        assert f'popovertarget="check-{target}"' in shown and f">{sign}<" in shown and shown.endswith(told)


@pytest.mark.parametrize("source, tags", [
    ('mb.confirm("(30)", w=w)', ()), ('x = 1\nmb.confirm("(30)", w=w)', ("hide-check",)),
    ('for i in range(3):\n    mb.confirm("(30)", w=w)', ("hide-check",)), ("mb.confirm(", ("hide-check",)),
    ("mc.show('x')", ("hide-check",)),
])
def test_other_cells_stay(source, tags):
    document = page(cell(source, tags=tags))
    assert marks.hang(document, OWN) == {} and marks.take(document) == []
    assert source in document.astext()
