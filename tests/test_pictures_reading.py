"""What is read from a picture: a wrong sign, an exchanged label or exchanged bars are seen."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import mcnotes as mc  # noqa: E402
from mcnotes.draw.readout import as_html, as_text, number, read  # noqa: E402

VALUES = np.array([[1.5, -2.25, 3.0], [4.0, 0.5, -6.0]])


def text_of(draw):
    plt.close("all")
    draw()
    figure = plt.gcf()
    figure.draw_without_rendering()
    found = as_text(read(figure))
    plt.close(figure)
    return found


def test_a_matrix_is_read_with_its_labels():
    said = text_of(lambda: mc.draw.matrix(VALUES, ["heat", "salt"], [r"$\partial w_1$", "$w_2$", "$w_{3}$"]))
    assert said == "  heat: ∂w_1 1.50, w_2 −2.25, w_3 3.00\n  salt: ∂w_1 4.00, w_2 0.50, w_3 −6.00"


def test_a_marked_cell_is_read_as_marked():
    said = text_of(lambda: mc.draw.matrix(VALUES, highlight=[(1, 0)], structural=VALUES == 3))
    assert said == "  1.50, −2.25, ·\n  4.00 (marked), 0.50, −6.00"


def test_bars_are_read_with_their_labels():
    def pairs():
        ax = plt.figure().add_subplot()
        for shift, values, name in ((-0.2, [1.0, -2.0], "predicted"), (0.2, [1.5, -1.0], "true")):
            ax.bar(np.arange(2) + shift, values, 0.4, label=name)
        ax.set_xticks([0, 1], ["a", "b"])
    assert text_of(pairs) == "  bar a: predicted 1, true 1.5\n  bar b: predicted −2, true −1"
    assert text_of(lambda: mc.draw.bars([1.0, -2.0], ["a", "b"])) == "  bar a: 1\n  bar b: −2"


def test_points_arrows_lines_and_words_are_read():
    def draw():
        ax = plt.figure().add_subplot()
        ax.plot(1, 2, "o")
        ax.plot([0, 1], [0, -1], "--", label="gap")
        ax.plot(np.linspace(0, 1, 9), np.linspace(0, 8, 9))
        ax.annotate("", (3, 4), (1, 2), arrowprops={"arrowstyle": "->"})
        ax.text(0, 5, "above")
        ax.text(0, 1, "$v_1$ = −2")

    assert text_of(draw).splitlines() == [
        "  point: (1, 2)", "  dashed line gap: (0, 0), (1, −1)", "  curve: (0, 0), (0.5, 4), (1, 8)",
        "  arrow: (1, 2) to (3, 4)", "  words: above, v_1 = −2"]


ROWS, COLUMNS = ["a", "b"], ["x", "y", "z"]
FAULTS = {
    "exchanged labels": lambda: mc.draw.matrix(VALUES, ROWS[::-1], COLUMNS),
    "a wrong sign": lambda: mc.draw.matrix(VALUES * [[1, 1, -1]], ROWS, COLUMNS),
    "exchanged columns": lambda: mc.draw.matrix(VALUES[:, [1, 0, 2]], ROWS, COLUMNS),
    "a changed digit": lambda: mc.draw.matrix(VALUES + [[0, 0, 0.01]], ROWS, COLUMNS),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_matrix_changes_what_is_read(fault):
    assert text_of(FAULTS[fault]) != text_of(lambda: mc.draw.matrix(VALUES, ROWS, COLUMNS))


def test_a_label_changed_after_drawing_is_seen():
    def draw():
        mc.draw.matrix(VALUES, ROWS, COLUMNS)
        texts = {text.get_text(): text for text in plt.gca().texts}
        texts["a"].set_text("b")
        texts["b"].set_text("a")

    assert text_of(draw).startswith("  b: x 1.50")


@pytest.mark.parametrize("values, labels", [([2.0, 1.0], "ab"), ([1.0, 2.0], "ba"), ([-1.0, 2.0], "ab")])
def test_exchanged_bars_change_what_is_read(values, labels):
    assert text_of(lambda: mc.draw.bars(values, list(labels))) != text_of(lambda: mc.draw.bars([1.0, 2.0], ["a", "b"]))


def test_the_table_behind_a_figure_has_the_names_of_rows_and_columns():
    plt.close("all")
    mc.draw.matrix(VALUES, ROWS, ["x", "<y>", "z"])
    plt.gca().plot([0, 1], [0, 1])
    plt.gcf().draw_without_rendering()
    html = as_html(read(plt.gcf()))
    assert '<th scope="col">&lt;y&gt;</th>' in html and '<th scope="row">b</th><td>4.00</td>' in html
    assert "line" not in html and html.count("<table>") == 1
    plt.close("all")


def test_numbers_are_the_same_on_every_machine():
    assert number(0.3455) == number(0.34549999999999997) == number(0.34550000000000003)
    assert number(-3e-17) == "0" and number(-1234.0) == "−1.23e+03"


def test_every_kind_of_array_is_read():
    one = np.ones((1, 1))
    assert "XY 1" in text_of(lambda: mc.draw.product(one, one, one, ("X", "Y", "XY")))
    assert "i = 2 5" in text_of(lambda: mc.draw.tensor(np.array([[[1.0, 5.0]]]), names=("j", "k", "i")))
    assert "start 7" in text_of(lambda: mc.draw.compression([[[7.0]], [[8.0]]], titles=["start", "end"]))
