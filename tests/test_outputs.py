"""Storing outputs changes a file only where a person changed something."""

import base64
import copy
import io
import json

import matplotlib.pyplot as plt
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mcbook import statements
from tools import outputs as stored
from tools import portability

BOOK = stored.RULES.parents[1] / "book"


def picture(height):
    figure, ax = plt.subplots(figsize=(1, 1))
    ax.plot([0, 1], [0, height])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": f"version {height:.9f}"})
    plt.close(figure)
    return base64.b64encode(buffer.getvalue()).decode()


def printed(text):
    return new_output("stream", name="stdout", text=text)


def drawn(height=1.0, text="a line"):
    return new_output("display_data", data={"image/png": picture(height), "text/plain": text})


def notebook(*outputs, source="f()"):
    cell = new_code_cell(source, outputs=list(outputs), execution_count=1, id="code")
    return new_notebook(cells=[new_markdown_cell("Text.", id="text"), cell],
                        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}})


def carried(notebook):
    return nbformat.from_dict(portability.carry(notebook, "page"))


def text_of(notebook):
    return nbformat.writes(notebook) + "\n"


@pytest.mark.parametrize("outputs, again", [
    ([printed("gap 0.0021\n")], [printed("gap 0.0021\n")]),
    ([printed("(14) holds: largest difference 4.4e-16\n")], [printed("(14) holds: largest difference 0.0e+00\n")]),
    ([printed("a\nb\n")], [printed("a"), printed("\nb\n")]),
    ([drawn()], [drawn(1.0000001)]),
])
def test_a_run_that_shows_the_same_changes_nothing(outputs, again):
    before = text_of(notebook(*outputs))
    text, changed = stored.merged(json.loads(before), notebook(*again))
    assert text == before and changed == []


@pytest.mark.parametrize("outputs, again", [
    ([printed("gap 0.0021\n")], [printed("gap 0.0022\n")]),
    ([printed("a")], [printed("a"), drawn()]),
    ([drawn(1.0)], [drawn(1.2)]),
    ([drawn()], [drawn(text="another line")]),
    ([], [printed("a")]),
])
def test_what_is_new_is_stored(outputs, again):
    fresh = notebook(*again)
    text, changed = stored.merged(json.loads(text_of(notebook(*outputs))), copy.deepcopy(fresh))
    assert text == text_of(fresh) and changed == [1]


def test_what_an_editor_leaves_behind_goes_and_identities_stay():
    widget = {stored._WIDGET: {"model_id": "28688baf"}, "text/plain": "a slider"}
    edited = notebook(new_output("display_data", data=widget))
    edited.metadata["language_info"] = {"version": "3.12.1"}
    edited.metadata["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    edited.cells[1].metadata |= {"execution": {"iopub.status.idle": "2026"}, "tags": []}
    text, _ = stored.merged(json.loads(text_of(edited)), copy.deepcopy(edited))
    assert text == text_of(notebook(new_output("display_data", data={"text/plain": "a slider"})))
    assert [cell["id"] for cell in json.loads(text)["cells"]] == ["text", "code"]


@pytest.mark.parametrize("source, checks", [
    ('mb.confirm("(30)", w=w, v=v, Δv=[1, -2, 3])\nmb.confirm("Definition 9", s=s)', True),
    ('mb.refute("E56", r"z_i = w_{ij}", W=W)', True),
    ('mb.confirm("(14)", left, right)', False),
    ('v = 3\nmb.confirm("(30)", v=v)', False),
    ("mc.derivative(f, v)", False),
    ("%time x", False),
    ("", False),
])
def test_a_cell_that_only_checks_gets_its_tag(source, checks):
    text, _ = stored.merged(json.loads(text_of(notebook(source=source))), notebook(source=source))
    assert json.loads(text)["cells"][1]["metadata"].get("tags", []) == ["hide-check"] * checks
    assert text == stored.merged(json.loads(text), notebook(source=source))[0]


def test_a_notebook_that_stops_keeps_its_outputs(tmp_path):
    for name, code in (("wrong", "1 / 0"), ("right", "2 / 5")):
        (tmp_path / f"{name}.ipynb").write_text(text_of(carried(notebook(printed("old\n"), source=code))))
    before = (tmp_path / "wrong.ipynb").read_text()
    said = list(stored.store([tmp_path / "wrong.ipynb", tmp_path / "right.ipynb"]))
    assert said == [("wrong.ipynb, In [2]: ZeroDivisionError: division by zero\n    nothing is stored for wrong.ipynb",
                     False), ("right.ipynb: new outputs in In [2]", True)]
    assert (tmp_path / "wrong.ipynb").read_text() == before
    assert "0.4" in (tmp_path / "right.ipynb").read_text()


def test_cells_that_only_check_carry_the_tag():
    for path in sorted(BOOK.glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "code" and statements.calls("".join(cell["source"])):
                assert "hide-check" in cell["metadata"].get("tags", []), (
                    f"book/{path.name}, In [{cell['execution_count']}]: only checks, so it carries the tag "
                    f"hide-check; run: make run NOTEBOOKS=book/{path.name}")
