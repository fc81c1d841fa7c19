"""What Python does in the page, tried where it is quick: in this Python."""

import json
import re

import numpy as np
import pytest

from book._ext.python import EXAMPLES
from mcbook.inpage import answer
from mcbook.inpage.examination import STEPS, as_html, examine

LAYER = "W = np.array([[1.0, 2.0], [0.5, -1.0], [-0.3, 0.4]])\ndef f(a):\n    return np.tanh(W.T @ a)"


def blocks(code, at):
    return {block["kind"]: block["html"] for block in examine(code, at)}


def text(html):
    return re.sub(r"<[^>]*>", " ", html)


def rows(html):
    """The numbers of the planar table: step, true, predicted, gap, ratio."""
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", html.split("<tbody>")[1])
    return [[cell.replace("−", "-") for cell in cells[k:k + 5]] for k in range(0, len(cells), 5)]


def test_the_blocks_of_a_scalar_function_hold_its_numbers():
    found = blocks("def f(v):\n    return v[0]**2 * v[1]", "[3.0, 2.0]")
    assert list(found) == ["shape", "derivative", "planar", "program"]
    assert "a vector of shape (2,)" in text(found["shape"]) and "18" in text(found["shape"])
    assert re.findall(r"<td>(\d+)</td>", found["derivative"]) == ["12", "9"]       # 2 v1 v2, v1²
    for row, step in zip(rows(found["planar"]), STEPS, strict=True):
        v = np.array([3.0 + step, 2.0 - 2 * step])
        assert float(row[0]) == step
        assert float(row[1]) == pytest.approx(v[0]**2 * v[1] - 18, rel=5e-3)
        assert float(row[2]) == pytest.approx(step * (12 - 18), rel=1e-3)
        assert float(row[3]) == pytest.approx(abs(float(row[1]) - float(row[2])), rel=0.05, abs=2e-3)
    assert all(3.5 < float(row[4]) < 4.5 for row in rows(found["planar"])[1:])
    assert "four times smaller" in found["planar"]


def test_the_program_has_the_readers_names_and_leads_to_the_sections():
    found = blocks(LAYER, "[0.2, -0.5, 1.0]")
    assert "by_a = (1 - np.tanh(W.T @ a)**2) * W" in text(found["program"])
    assert re.search(r"<a href='21-linking-layers.html'>X.21</a>", found["program"])
    without = blocks("def f(v):\n    return mc.derivative(lambda x: np.sin(x) @ x[::-1], v).array", "[1.0, 2.0]")
    assert "has no line in a program" in text(without["program"])


def test_fewer_numbers_are_enough_where_they_are():
    found = blocks(LAYER, "[0.2, -0.5, 1.0]")
    assert "shape (3, 2)" in text(found["derivative"]) and "compression" not in found, "every entry is needed"
    found = blocks("a = np.array([1.0, 2.0, 3.0])\ndef f(W):\n    return W.T @ a", "np.ones((3, 2))")
    assert "(3, 2, 2)" in found["shape"] and "no gap" in found["planar"]
    assert "12 entries, and 3 of them are enough" in found["compression"]
    assert "np.outer(core, upstream)" in found["compression"]


@pytest.mark.parametrize("at", ["W=np.ones((3, 2)), a=[1, 2, 3]", "np.ones((3, 2)), [1, 2, 3]"])
def test_each_of_several_arguments_has_its_own_blocks(at):
    found = examine("def f(W, a):\n    return W.T @ a", at)
    titles = [block["title"] for block in found if block["kind"] == "derivative"]
    assert titles == ["Derivative with respect to W", "Derivative with respect to a"]


@pytest.mark.parametrize("code, at, kind, words", [
    ("def f(v):\n    return np.abs(v).sum()", "[0.0, 1.0]", "planar", "kink"),
    ("def f(v):\n    return np.abs(v).sum()", "[0.0, 1.0]", "derivative", "convention"),    # and no derivative
    ("def f(s):\n    return s**2\nprint('<b>')", "2.0", "printed", "<pre>&lt;b&gt;\n</pre>"),
    ("def f(v):\n    return np.log(v).sum()", "[0.0, 1.0]", "warning", "<p>divide by zero encountered in log</p>"),
])
def test_what_a_reader_should_know_is_said_where_it_is(code, at, kind, words):
    assert words in blocks(code, at)[kind]
    assert words not in str(blocks("def f(v):\n    return np.abs(v).sum()", "[2.0, 1.0]"))


@pytest.mark.parametrize("code, at, words, line", [
    ("def f(v)\n    return v", "[1]", "expected ':'", "def f(v)"),
    ("def g(v):\n    return v.nothing\n\ndef f(v):\n    return g(v)", "[1.0]", "nothing", "return v.nothing"),
    ("def f(v):\n    y = np.zeros(2)\n    y[0] = v[0]\n    return y", "[1.0, 2.0]", "np.stack", "y[0] = v[0]"),
    ("def f(v):\n    v @ v", "[1.0, 2.0]", "forget the return", None),
    ("x = 1", "[1.0]", "there is no function", None),
    ("def f(v):\n    return v", "", "the point is missing", None),
    ("def f(v):\n    return v", "[1", "is not Python", None),
    ("def f(v):\n    return v", "[1, None]", "real numbers", None),
    ("def f(v, w):\n    return v", "[1]", "takes the arguments (v, w)", None),
    ("def f(v):\n    return v", "1), print(2", "is not Python", None),
])
def test_a_mistake_is_one_block_that_teaches(code, at, words, line):
    found = examine(code, at)
    assert [block["kind"] for block in found] == ["error"] and "Fault" not in found[0]["html"]
    assert words in text(found[0]["html"]).replace("&#x27;", "'"), text(found[0]["html"])
    assert (f"<code>{line}</code>" in found[0]["html"]) if line else ("Line" not in found[0]["html"])


def test_what_went_well_stays_when_something_later_fails():
    code = "def f(v):\n    if isinstance(v, np.ndarray) and v[0] > 1.0:\n        raise ValueError\n    return v * 2"
    assert [block["kind"] for block in examine(code, "[1.0, 2.0]")] == ["shape", "derivative", "error"]


@pytest.mark.parametrize("title, code, at", EXAMPLES)
def test_the_examples_to_start_from_show_what_they_say(title, code, at):
    found = examine(code, at)
    kinds = [block["kind"] for block in found]
    if "mistake" in title:
        assert kinds == ["error"]
        return
    assert not {"error", "warning"} & set(kinds), text(as_html(found))
    assert {"shape", "derivative", "planar", "program"} <= set(kinds)
    planar = " ".join(block["html"] for block in found if block["kind"] == "planar")
    assert ("kink" in planar) == ("kink" in title)


def test_an_answer_is_json_with_the_kinds_of_its_blocks():
    said = json.loads(answer(json.dumps({"do": "examine", "with": {"code": LAYER, "at": "[1, 2, 3]"}})))
    assert said["kinds"] == ["shape", "derivative", "planar", "program"]
    assert said["html"].count("<section class='mc-block") == 4
    with pytest.raises(KeyError):
        answer('{"do": "system", "with": {}}')
