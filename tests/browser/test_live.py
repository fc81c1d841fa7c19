"""The notebooks in JupyterLab, as the student who runs them meets them: run all cells, move a slider, follow a link."""

import json

import pytest

from mcbook import statements
from tools import portability
from tools.outputs import KERNEL

from .conftest import ROOT
from .lab import Lab

NOTEBOOKS = [path.name for path in sorted((ROOT / "book").glob("*.ipynb"))]
PICTURES = """notebook => [...notebook.querySelectorAll(".jp-OutputArea img")].filter(picture =>
  !(picture.complete && picture.naturalWidth > 50 && picture.clientWidth > 50
    && picture.getBoundingClientRect().right <= notebook.getBoundingClientRect().right + 1)).length"""
#: Numbers beside equations that are no part of the formula: JupyterLab's own.
SECOND_NUMBERS = """notebook => [...notebook.querySelectorAll(".jp-MarkdownCell .katex-display")]
  .map(formula => formula.closest(".group")).filter(place => place && place.children.length > 1)
  .map(place => place.lastElementChild.innerText.trim()).filter(text => text)"""
LOOKS = """notebook => [...notebook.querySelectorAll(".jp-MarkdownCell aside")].map(box =>
  getComputedStyle(box).borderLeftColor + box.querySelector("svg").innerHTML)"""


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    with Lab(browser, tmp_path_factory.mktemp("lab")) as lab:
        lab.start()
        yield lab


def scratch(lab, *texts, name="scratch.ipynb", carry=True):
    """A notebook of Markdown cells, opened."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text, "id": f"c{k}"} for k, text in enumerate(texts)]
    notebook = {"cells": cells, "metadata": {"kernelspec": KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    if carry:
        portability.carry(notebook, name.removesuffix(".ipynb"))
    (lab.book / name).write_text(json.dumps(notebook))
    notebook = lab.show(name)
    notebook.locator(".jp-MarkdownCell h1").wait_for()
    notebook.locator(".jp-MarkdownCell").last.locator(".katex-display, aside, a").last.wait_for()
    return notebook


#: One notebook with a slider is tried at each change, all of them before the book is published.
@pytest.mark.parametrize("names", [NOTEBOOKS[4:5], *(
    pytest.param(NOTEBOOKS[k:k + 2], marks=pytest.mark.release) for k in range(0, len(NOTEBOOKS), 2))],
    ids=lambda names: " ".join(name[:2] for name in names))
def test_notebooks_run_and_their_explorers_are_live(lab, names):
    for name, cells in zip(names, lab.run_all(names), strict=True):
        assert [cell["count"] for cell in cells] == [k + 1 for k in range(len(cells))], name
        for cell in cells:
            odd = [output for output in cell["outputs"]
                   if output["output_type"] == "error" or output.get("name") == "stderr"]
            assert not odd, f"{name}: {cell['source']}\n{odd}"
        notebook = lab.show(name)
        text = notebook.inner_text()
        assert not [odd for odd in ("numbering: false", "{eq}", "{ref}", ":class:", ":::") if odd in text], name
        assert notebook.evaluate(SECOND_NUMBERS) == [], name
        assert notebook.evaluate(PICTURES) == 0, f"{name}: a picture is missing, empty or cut off"
        sliders = notebook.locator(".widget-vbox", has=lab.page.locator(".noUi-handle")).all()
        moved = [lab.slide(explorer) for explorer in sliders]
        assert None not in moved, f"{name}: a slider moved and the picture stayed"
    assert lab.page.locator(".Toastify__toast").count() == 0, "nobody is asked about news"
    lab.close_all()


@pytest.mark.release
@pytest.mark.parametrize("carry, numbers", [(True, []), (False, ["(1)", "(2)"])])
def test_an_equation_has_the_number_of_the_notes_alone(lab, carry, numbers):
    text = "$$ a = b \\tag{30} $$ (eq-30)\n\n$$ c = d $$"
    notebook = scratch(lab, "# One", text, name=f"numbers-{carry}.ipynb", carry=carry)
    assert notebook.evaluate(SECOND_NUMBERS) == numbers


@pytest.mark.release
def test_boxes_of_different_kinds_look_different(lab):
    kinds = list(portability.LOOKS)
    boxes = "\n\n".join(f":::{{admonition}} {kind} 1: a\n:class: {kind}\nText.\n:::" for kind in kinds)
    looks = scratch(lab, "# Boxes", boxes, name="boxes.ipynb").evaluate(LOOKS)
    assert len(looks) == len(set(looks)) == len(kinds)


@pytest.mark.release
@pytest.mark.parametrize("link, opens", [
    ("[there](07-our-scalar-vector-derivative)", "07-our-scalar-vector-derivative.ipynb"),
    ("{eq}`there <eq-20>`", f"{statements.find('(20)').page}.ipynb"),
    ("{ref}`there <box-20>`", f"{statements.find('Concept 20').page}.ipynb"),
    ("[there](reference/errata)", "errata.md"),
])
def test_a_link_opens_what_it_names(lab, link, opens):
    notebook = scratch(lab, "# Links", f"Go {link}.", name=f"link-{opens[:2]}-{len(link)}.ipynb")
    notebook.locator(".jp-MarkdownCell a", has_text="there").click()
    lab.page.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabLabel", has_text=opens).first.wait_for()
    lab.close_all()
