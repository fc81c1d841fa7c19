"""The cells of every chapter, run as the page runs them, show what JupyterLab shows."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from mcbook.inpage import answer
from mcbook.inpage.cells import Page

ROOT = pathlib.Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))


def code_cells(path):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def stored(cell):
    """The plain text of the outputs, without the size of a rounding difference that passed."""
    shown = ["".join(output.get("text") or output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]]
    return plain("\n".join(text.rstrip("\n") for text in shown))


def plain(text):
    return re.sub(r"\n+", "\n", re.sub(r"difference \S+", "difference", text)).strip()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_runs_without_its_pictures_and_shows_the_rest_as_stored(path):
    page, compared = Page(), 0
    for number, cell in enumerate(code_cells(path), 1):
        got = page.run("".join(cell["source"]))
        assert got["fault"] is None, f"code cell {number}: {got['fault']}"
        hidden = {"hide-input", "remove-cell"} & set(cell["metadata"].get("tags", ()))
        draws = path.stem in ("index", "it-learns")       # its data come with matplotlib
        assert hidden or draws or not got["left_out"], f"code cell {number}: nothing draws, and lines are left out"
        if not got["left_out"]:
            assert plain(got["text"]) == stored(cell), f"code cell {number}"
            compared += bool(got["text"])
    assert compared >= (2 if path.stem[0].isdigit() else 0)


def test_what_a_cell_shows_comes_in_its_order():
    got = Page().run("import numpy as np\nprint('one')\nprint('<two>')\ndisplay(np.eye(2)[0])\nprint('three')\n4")
    assert got["text"] == "one\n<two>\narray([1., 0.])\nthree\n4"
    assert re.findall(r"class='output (\w+)", got["html"]) == ["stream", "text_plain", "stream", "text_plain"]
    assert "&lt;two&gt;" in got["html"]


@pytest.mark.parametrize("source, html", [
    ("x = 3", ""), ("x = 3\nx;", ""), ("None", ""), ("", ""), ("# nothing", ""),
    ("class A:\n    def _repr_html_(self):\n        return '<b>x</b>'\nA()",
     "<div class='output text_html'><b>x</b></div>"),
    ("class A:\n    def _repr_mimebundle_(self):\n        return {'text/html': '<i>x</i>', 'text/plain': 'x'}\nA()",
     "<div class='output text_html'><i>x</i></div>"),
])
def test_a_value_is_shown_in_its_best_form(source, html):
    assert Page().run(source)["html"] == html


@pytest.mark.parametrize("source, fault, goes_on", [
    ("1 / 0", "ZeroDivisionError: division by zero", False),
    ("assert 1 == 2, 'it does not hold'", "AssertionError: it does not hold", True),
    ("def f(:", "SyntaxError: invalid syntax", False),
])
def test_a_statement_that_does_not_hold_does_not_end_the_run(source, fault, goes_on):
    got = Page().run(f"print('before')\n{source}")
    assert (got["fault"], got["goes_on"]) == (fault, goes_on)
    assert got["html"].count("mc-block-error") == 1 and fault.split(": ")[1] in got["html"]


def test_lines_that_draw_are_left_out_with_all_that_hangs_on_them():
    page = Page()
    got = page.run("import numpy as np, matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nx = np.ones(3)\n"
                   "ax.plot(x)\nprint(x.sum())\nmc.show('a line')")
    assert (got["text"], got["left_out"], got["fault"]) == ("3.0", True, None)
    got = page.run("ax = 5\nax")
    assert (got["text"], got["left_out"]) == ("5", False)
    page.run("for i in [1]:\n    plt.plot(i)\ndef picture(j):\n    plt.plot(j)")
    got = page.run("def f(i):\n    k = 2 * i\n    return k\nf(2), [j for j in (3, 4)]")     # letters of their own
    assert (got["text"], got["left_out"]) == ("(4, [3, 4])", False)
    assert page.run("picture")["left_out"] and page.run("(lambda: picture)()")["left_out"]
    assert page.run("from matplotlib.patches import Arc\nArc(1)")["left_out"]
    got = page.run("@mc.explore(alt='a', step=[1, 2])\ndef zoom(step):\n    pass\ny = 2")
    assert got["left_out"] and page.space["y"] == 2 and "zoom" not in page.space


def ask(do, **given):
    return json.loads(answer(json.dumps({"do": do, "with": given})))


def test_a_page_begins_anew():
    ask("begin", pictures=False)
    ask("cell", source="x = 1")
    assert ask("cell", source="x")["text"] == "1"
    ask("begin", pictures=False)
    assert ask("cell", source="x")["fault"] == "NameError: name 'x' is not defined"


def test_pictures_are_drawn_and_an_explorer_draws_one_frame_until_it_is_asked():
    code = """
from tests.test_cells import ask
ask("begin", pictures=True)
ask("cell", source="import numpy as np, mcnotes as mc, matplotlib.pyplot as plt")
still = ask("cell", source="plt.plot([1, 2, 5])\\nmc.show('a line that rises')")
assert not still["fault"] and not still["left_out"], still["fault"]
assert "aria-label" in still["html"] and "a line that rises" in still["html"] and "<svg" in still["html"]
moving = ask("cell", source='''calls = []
@mc.explore(alt="a line of some slope", slope=[1, 2, 3, 4])
def line(slope):
    calls.append(slope)
    plt.plot([0, 1], [0, slope])
    return f"slope {slope}"''')
assert not moving["fault"] and "data-sketch" in moving["html"], moving["fault"]
assert ask("cell", source="calls")["text"] == "[1]"
frame = ask("frame", sketch=0, at=[2])
assert frame["said"] == "slope 3" and frame["texts"] == ["3"] and "<svg" in frame["picture"]
assert "image/png" not in moving["html"]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                          env=os.environ | {"MCNOTES_BOOK": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
