"""The picture of a pass: each step of a program's record has its box, beside or below what it is the derivative of."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

import mcnotes as mc
from mcnotes.draw.passes import formula

X, T = np.arange(8.0).reshape(4, 2) / 5, np.array([[1.0, 0.0]])
POINTS = {"W1": np.arange(12.0).reshape(4, 3) / 7 - 1, "b1": np.ones((3, 1)), "W2": np.array([[1.0], [-2.0], [0.5]])}


def network(W1, b1, W2):
    Z1 = W1.T @ X + b1
    A1 = np.tanh(Z1)
    Z2 = W2.T @ A1
    return 0.5 * np.sum((Z2 - T)**2)


@pytest.fixture(scope="module")
def record():
    found = mc.program(network, tuple(POINTS.values()))
    values = {**POINTS, **found.constants}
    for step in found.steps:
        values[step.name] = eval(step.formula, {"np": np}, values)
    return found.steps, values


def drawn(record, current):
    """Where the names are, the boxes that are not filled in yet, and the arrows that are marked."""
    steps, values = record
    ax = plt.figure().add_subplot()
    mc.draw.pass_step(steps, current, values, ax=ax)
    boxes = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    middles = {box: tuple(np.round(box.get_center(), 6)) for box in boxes}
    named = {text.get_text(): tuple(np.round(text.get_position(), 6)) for text in reversed(ax.texts)}   # boxes first
    places = {name: named[formula(name)] for name in values if formula(name) in named}
    waiting = {name for name in places for box in boxes if middles[box] == places[name] and box.get_linestyle() == ":"}
    marked = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch) and patch.get_linewidth() > 1]
    tables = {columns[0].get_text(): [[float(text.get_text().replace("−", "-")) for text in row] for row in table]
              for _, columns, table in ax.mc_tables}
    return places, waiting, marked, [text.get_text() for text in ax.texts], tables


def test_a_gradient_is_beside_its_step_or_below_what_enters(record):
    places, *_ = drawn(record, 0)
    for name in ("Z1", "A1", "Z2"):
        assert places[f"by_{name}"][1] == places[name][1] and places[f"by_{name}"][0] > places[name][0]
    for name in POINTS:
        assert places[f"by_{name}"][0] == places[name][0] and places[f"by_{name}"][1] < places[name][1]
    assert places["Z1"][1] > places["A1"][1] > places["Z2"][1] and len(set(places.values())) == len(places)


@pytest.mark.parametrize("current", range(8))
def test_a_step_marks_its_operands_shows_their_matrices_and_leaves_later_boxes_empty(record, current):
    steps, values = record
    _, waiting, marked, words, tables = drawn(record, current)
    step = steps[current]
    assert waiting == {one.name for one in steps[current + 1:]}
    assert len(marked) == len(step.uses) and formula(f"{step.name} = {step.formula}") in words
    assert set(tables) == {formula(name) for name in (step.name, *step.uses)}
    for name in (step.name, *step.uses):
        np.testing.assert_allclose(tables[formula(name)], values[name], atol=0.0051)
        assert "({} × {})".format(*np.shape(values[name])) in words


@pytest.mark.parametrize("code, said", [
    ("Z1 = W1.T @ x + b1", r"$Z^{1} = (W^{1})^T\,x + b^{1}$"),
    ("by_Z1 = (1 - A1**2) * by_A1", r"$\partial L/\partial Z^{1} = (1 - (A^{1})^{2}) \ast \partial L/\partial A^{1}$"),
    ("by_b1 = by_Z1.sum(axis=1, keepdims=True)", r"$\partial L/\partial b^{1} = Σ\,(\partial L/\partial Z^{1})$"),
    ("A1 = np.maximum(Z1, 0)", r"$A^{1} = \max(Z^{1}, 0)$"), ("y = x[0] % 2", "y = x[0] % 2")])
def test_a_line_of_numpy_is_written_as_mathematics(code, said):
    assert formula(code) == said
    figure = plt.figure()
    figure.text(0, 0, said)
    figure.canvas.draw()                            # mathtext reads it


def test_what_cannot_be_drawn_is_named(record):
    steps, values = record
    with pytest.raises(ValueError, match="has 8 steps|counted from 0"):
        mc.draw.pass_step(steps, len(steps), values)
    with pytest.raises(ValueError, match="values has no X"):
        mc.draw.pass_step(steps, 0, {name: value for name, value in values.items() if name != "X"})
