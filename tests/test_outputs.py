"""Storing outputs changes a file only where a person changed something."""

import base64
import copy
import io
import json

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import outputs as stored
from tools import portability


def picture(grey):
    buffer = io.BytesIO()
    plt.imsave(buffer, np.full((4, 7, 3), grey), metadata={"Software": f"version {grey:.9f}"})
    return base64.b64encode(buffer.getvalue()).decode()


def printed(text):
    return new_output("stream", name="stdout", text=text)


def drawn(grey=0.5, text="a line"):
    return new_output("display_data", data={"image/png": picture(grey), "text/plain": text})


def notebook(*outputs, source="f()"):
    cell = new_code_cell(source, outputs=list(outputs), execution_count=1, id="code")
    return new_notebook(cells=[new_markdown_cell("Text.", id="text"), cell],
                        metadata={"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}})


def carried(notebook):
    return nbformat.from_dict(portability.carry(notebook, "page"))


def text_of(notebook):
    return nbformat.writes(notebook) + "\n"


@pytest.mark.parametrize("outputs, again, new", [
    ([printed("gap 0.0021\n")], [printed("gap 0.0021\n")], False),
    ([printed("(14) holds: largest difference 4.4e-16\n")], [printed("(14) holds: largest difference 0.0e+00\n")],
     False),
    ([printed("a\nb\n")], [printed("a"), printed("\nb\n")], False),
    ([drawn()], [drawn(0.5000001)], False),
    ([printed("gap 0.0021\n")], [printed("gap 0.0022\n")], True),
    ([printed("a")], [printed("a"), drawn()], True),
    ([drawn(0.5)], [drawn(0.6)], True),
    ([drawn()], [drawn(text="another line")], True),
    ([], [printed("a")], True),
])
def test_only_what_shows_something_else_is_stored(outputs, again, new):
    before, fresh = text_of(notebook(*outputs)), notebook(*again)
    text, changed = stored.merged(json.loads(before), copy.deepcopy(fresh))
    assert text == (text_of(fresh) if new else before) and changed == [1] * new


def by_jupyterlab(notebook):
    notebook["metadata"]["language_info"] = {"version": "3.12.1"}
    notebook["metadata"]["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    for cell in notebook["cells"]:
        cell["metadata"] |= {"execution": {"iopub.status.idle": "2026"}, "tags": []}
    notebook["cells"][-1]["outputs"][0]["data"][stored._WIDGET] = {"model_id": "28688baf"}


def by_vs_code(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell.pop("id", None)
    notebook["metadata"] |= {"language_info": {"name": "python", "version": "3.13.1"}}
    notebook["nbformat_minor"] = 2


def by_colab(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id", "x")
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"outputId": "7", "colab": {"base_uri": "https://localhost"}}
            del cell["execution_count"]
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook["nbformat_minor"] = 0


def twice(notebook):
    notebook["cells"][-1]["id"] = notebook["cells"][-2]["id"]


def with_a_mark(notebook):
    return "\ufeff"


@pytest.mark.parametrize("save", [by_jupyterlab, by_vs_code, by_colab, twice, with_a_mark])
def test_a_notebook_is_taken_as_an_editor_saves_it(tmp_path, save, capsys):
    path = tmp_path / "08-leaves.ipynb"
    path.write_text(text_of(notebook(source="1 / 4")))
    assert stored.main([path]) == 0
    clean = json.loads(path.read_text(encoding="utf-8"))
    saved = copy.deepcopy(clean)
    mark = save(saved) or ""
    path.write_text(mark + json.dumps(saved), encoding="utf-8")
    assert stored.main([path]) == 0 and "08-leaves.ipynb: cleaned" in capsys.readouterr().out
    now = json.loads(path.read_text(encoding="utf-8"))
    assert len({cell["id"] for cell in now["cells"]}) == len(now["cells"]) and now["nbformat_minor"] == 5
    for one, other in zip(now["cells"], clean["cells"], strict=True):
        assert one | {"id": ""} == other | {"id": ""}
    assert now["metadata"] == {"kernelspec": stored.KERNEL}
    assert save != by_jupyterlab or now == clean, "identities stay"


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


def test_a_conflict_stops_the_storing_in_a_line(tmp_path, capsys):
    path = tmp_path / "08-leaves.ipynb"
    path.write_text("<<<<<<< HEAD\n" + text_of(notebook()))
    assert stored.main([path]) == 1
    assert "line 1: a conflict of git is not resolved" in capsys.readouterr().out
