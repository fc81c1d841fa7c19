"""The checks themselves: each must pass on what is true and fail on what is not."""

import re

import numpy as np
import pytest

import mcbook as mb
import mcnotes as mc

C = np.array([[1.0, -2.0, 0.5, 3.0], [0.3, 1.5, -1.0, 2.0], [2.0, 0.1, 0.7, -0.4]])


def curved(v):
    return np.sin(C @ v) + (C @ v) ** 2


@pytest.mark.parametrize("name, words", [
    ("(90)", "the book has no"), ("Definition 7", "Clarification"), ("Concept 33", "the book has no"),
    ("14", "the book has no"),
])
def test_claims_are_named_as_in_the_notes(name, words):
    with pytest.raises(ValueError, match=words):
        mb.confirm(name, x=1.0)


def test_a_matrix_that_shows_one_entry_needs_its_letters_and_no_others(capsys):
    letters = {"Z": lambda W, A: W.T @ A, "W": C, "A": [2.0, 1.0, -3.0]}
    mb.confirm("(80)", **letters)
    assert "12 entries agree" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"\(80\) does not use t"):
        mb.confirm("(80)", t=1.0, **letters)


def test_a_mistake_may_be_named_after_a_statement_with_words(capsys):
    letters = {"Z": lambda W, A: W.T @ A, "W": C, "A": [2.0, 1.0, -3.0], "L": lambda Z: np.sum(Z**2)}
    wrong = r"\frac{\partial \mathcal L}{\partial A} = W^T \frac{\partial \mathcal L}{\partial Z}"
    mb.refute("back through a layer with the transpose", wrong, **letters)
    assert "fails: Wᵀ" in capsys.readouterr().out
    with pytest.raises(ValueError, match="the book has no 'back with the transpose'"):
        mb.refute("back with the transpose", wrong, **letters)


def test_two_sizes_that_are_equal_here_are_not_taken_for_each_other():
    link = {"s": lambda w: w[0] * w[1], "w": lambda v: np.stack([v[0] * v[2], v[1] ** 2]), "v": [1.0, 2.0, 3.0]}
    chain = r"\frac{\partial s}{\partial v} = \underbrace{\frac{\partial w}{\partial v}}_{(m \times %s)} " \
            r"\frac{\partial s}{\partial w}"
    assert mb.holds(chain % "n", **link) and mb.holds(chain % "q", **link | {"q": 2})
    with pytest.raises(ValueError, match="q and n are both 2 here.*say q=2"):
        mb.holds(chain % "q", **link)


def test_planar_gap_and_order():
    at, direction = np.array([0.2, -0.4, 0.7, 0.1]), np.array([1.0, 0.5, -1.0, 2.0])
    plane = mc.planar(curved, at)
    analytic = (np.cos(C @ at) + 2 * C @ at) * (C @ direction)
    assert np.allclose(plane(direction), analytic, rtol=1e-12)
    assert np.allclose(plane.value(direction), curved(at) + analytic, rtol=1e-12)
    assert plane(0 * direction).tolist() == [0, 0, 0]
    assert abs(plane.order(direction) - 2) < 0.1
    assert mc.planar(lambda v: C @ v, at).order(direction) == float("inf")


BOX, MIX = np.arange(24.0).reshape(4, 2, 3), np.array([1, -2, 3, -1])


@pytest.mark.parametrize("latex, words", [
    (r"C_{ij} = \sum_{p=1}^{4} c_p F_{pij}", "6 entries agree"),
    (r"C_{ij} = \sum_{p=1}^{3} c_p F_{pij}", "ends at 3, and c_p goes on to p = 4"),
    (r"C_{ij} = \sum_{p=1}^{5} c_p F_{pij}", "c_p ends at p = 4"),
    (r"C_{ij} = \sum_{p=1}^{4} c_p F_{pji}", "j goes to 3|i goes to 2"),
    (r"C_{ij} = \sum_{p=1}^{4} c_p F_{pi}", "2 indices, and F has 3 axes"),
])
def test_entries_of_an_array_with_three_axes(latex, words):
    assert re.search(words, mb.holds(latex, C=np.einsum("p,pij->ij", MIX, BOX), c=MIX, F=BOX).line)


def test_dots_between_equal_blocks_stand_for_two_of_them_too():
    diagonal = r"""\frac{\partial Z}{\partial W} = \begin{bmatrix} A & \vec 0 & \cdots & \vec 0 \\
        \vec 0 & A & \cdots & \vec 0 \\ \vdots & \vdots & \ddots & \vdots \\
        \vec 0 & \vec 0 & \cdots & A \end{bmatrix}"""
    W, A = np.array([[1.0, -1.0], [0.5, 1.0], [-1.0, 2.0]]), np.array([[2.0], [-1.0], [1.0]])
    letters = {"Z": lambda W, A: W.T @ A, "W": W, "A": A}
    assert mb.holds(diagonal, **letters)
    assert not mb.holds(diagonal.replace("A &", "2A &").replace("& A", "& 2A"), **letters)
    assert not mb.holds(diagonal.replace(r"\vec 0", "A"), **letters)


AXES = r"\mathrm{Axes}\left(\frac{\partial y}{\partial x}\right) = "


@pytest.mark.parametrize("letters, count", [
    ({"y": lambda x: np.stack([x, x**2, x**3]), "x": 0.4}, 1),          # kept as a row, and one axis all the same
    ({"y": lambda x: x[:2, 0] ** 2, "x": np.arange(1.0, 7).reshape(3, 2)}, 3),
    ({"y": lambda x: np.outer(x, x[:2]), "x": np.array([1.0, 2.0, 3.0])}, 3),
    ({"y": lambda x: np.sum(x**2), "x": np.array([[1.0, 2.0, 3.0]])}, 2),  # a matrix of one row goes in
])
def test_axes_of_a_derivative(letters, count):
    assert mb.holds(AXES + str(count), **letters)
    assert mb.holds(AXES + r"\mathrm{Axes}(y) + \mathrm{Axes}(x)", **letters)
    assert not mb.holds(AXES + str(count + 1), **letters)


def test_the_larger_of_two_numbers():
    letters = {"y": lambda x: x[:2, 0] ** 2, "x": np.arange(1.0, 7).reshape(3, 2)}
    verdict = mb.holds(AXES + r"\max(\mathrm{Axes}(y), \mathrm{Axes}(x))", **letters)
    assert not verdict and "3 on the left and 2 on the right" in verdict.line
    assert mb.holds(r"\max(a, b) = b", a=2.0, b=5.0) and mb.holds(r"\min(a, b) = a", a=2.0, b=5.0)


ROWS = (r"\frac{\partial M}{\partial s} = \overbrace{\begin{bmatrix} \frac{\partial m_{11}}{\partial s} & \cdots & "
        r"\frac{\partial m_{r1}}{\partial s} \\ \vdots & \ddots & \vdots \\ \frac{\partial m_{1k}}{\partial s} & "
        r"\cdots & \frac{\partial m_{rk}}{\partial s} \end{bmatrix}}^{\text{column } j \leftrightarrow "
        r"\text{row } j \text{ of } M}, \text{row } i \leftrightarrow \text{column } i \text{ of } M")


@pytest.mark.parametrize("right, wrong, word", [
    ("row } j", "column } j", "has 2 columns, and column j of M runs to 3"),
    ("column } i", "row } i", "has 3 rows, and row i of M runs to 2"),
    ("column } i", "column } j", "the index is another one"),
])
def test_labels_that_name_rows_and_columns_of_a_matrix(right, wrong, word):
    letters = {"M": lambda s: np.outer([1.0, 2.0], [s, s**2, s**3]), "s": 0.5}
    assert mb.holds(ROWS, **letters).line.endswith("2 shapes fit")
    verdict = mb.holds(ROWS.replace(right, wrong), **letters)
    assert not verdict and word in verdict.line


def test_words_beside_an_expression_say_nothing_that_runs():
    column = r"\begin{bmatrix} v_1 \\ \vdots \\ v_m \end{bmatrix}"
    latex = rf"\overbrace{{{column}}}^{{(%s \times 1)}} \Big\downarrow \text{{axis 1}}"
    v = np.array([1.0, 2.0, 3.0])
    assert mb.holds(latex % "m", v=v)
    assert not mb.holds(latex % "2", v=v)


@pytest.mark.parametrize("latex, words", [
    (r"\Delta s = \Delta s_{\text{from } v_1} + \Delta s_{\text{from } v_2} + \Delta v_1 \Delta v_2", "✓"),
    (r"\Delta s = \Delta s_{\text{from } v_1} + \Delta s_{\text{from } v_3} + \Delta v_1 \Delta v_2",
     "v has no entry 3"),
    (r"\Delta s = s(v + \Delta v) - s(v)", "✓"),
])
def test_an_entry_that_is_not_there_cannot_move(latex, words):
    assert words in mb.holds(latex, s=lambda v: v[0] * v[1], v=[3.0, 2.0], Δv=[1.0, 0.8]).line


def test_a_function_that_cannot_take_its_argument_says_which():
    with pytest.raises(ValueError, match=r"f\(x₁\): f cannot take one number"):
        mb.holds(r"f(x) = f(x_1)", f=lambda x: x[0] * x[1], x=[3.0, 2.0])
