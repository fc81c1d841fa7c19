"""Drawings are tested on their artists: what is written where, in which colour."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import mcnotes as mc  # noqa: E402
from mcnotes.drawing import palette  # noqa: E402

VALUES = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.fixture
def ax():
    figure = plt.figure()
    yield figure.add_subplot()
    plt.close(figure)


def place(ax, text):
    """Where a text stands: (x, y); it must be there once."""
    found = [t.get_position() for t in ax.texts if t.get_text() == text]
    assert len(found) == 1, f"{text!r} stands {len(found)} times"
    return found[0]


def test_matrix_puts_rows_down_and_columns_across(ax):
    mc.draw.matrix(VALUES, rows=["v1", "v2"], columns=["w1", "w2", "w3"], ax=ax)
    assert place(ax, "4")[1] < place(ax, "1")[1] and place(ax, "4")[0] == place(ax, "1")[0]
    assert place(ax, "2")[0] > place(ax, "1")[0] and place(ax, "2")[1] == place(ax, "1")[1]
    assert place(ax, "v2")[1] == place(ax, "4")[1] and place(ax, "w3")[0] == place(ax, "3")[0]
    colours = {t.get_text(): t.get_color() for t in ax.texts}
    assert colours["v1"] == palette.INPUT and colours["w1"] == palette.OUTPUT


def test_matrix_tells_structural_zeros_from_zeros_that_hold_here(ax):
    values = np.array([[1.5, 0.0], [0.0, 2.5], [3.5, 4.5]])
    structural = np.array([[False, True], [False, False], [False, False]])
    mc.draw.matrix(values, structural=structural, highlight=[(2, 1)], ax=ax)
    assert len([t for t in ax.texts if t.get_text() == "·"]) == 1
    assert len([t for t in ax.texts if t.get_text() == "0"]) == 1
    assert len(ax.patches) == 2


def test_matrix_takes_a_derivative_and_leaves_empty_cells(ax):
    mc.draw.matrix(mc.derivative(lambda v: np.stack([v[0], v[0] * v[1]]), np.array([2.0, 3.0, 5.0])), ax=ax)
    assert place(ax, "3")[0] == place(ax, "2")[0]
    plt.clf()
    mc.draw.matrix([[1.0, np.nan]])
    assert [t.get_text() for t in plt.gca().texts] == ["1", ""]


def test_matrix_refuses_labels_that_do_not_fit(ax):
    with pytest.raises(ValueError, match="rows has 3 labels, the matrix has 2 rows"):
        mc.draw.matrix(VALUES, rows=["a", "b", "c"], ax=ax)


def test_product_shows_shapes_and_whether_they_fit(ax):
    mc.draw.product(VALUES.T, np.ones((2, 1)), np.ones((3, 1)), ax=ax)
    words = [t.get_text() for t in ax.texts]
    assert [w for w in words if "×" in w] == ["(3 × 2)", "(2 × 1)", "(3 × 1)"] and "inner sizes agree" in words
    plt.clf()
    mc.draw.product(VALUES, np.ones((2, 1)))
    assert "inner sizes differ: no product" in [t.get_text() for t in plt.gca().texts]
    with pytest.raises(ValueError, match="two axes"):
        mc.draw.product(VALUES, np.ones(3))


def test_tensor_draws_layer_behind_layer(ax):
    mc.draw.tensor(np.arange(24.0).reshape(2, 3, 4), names=("j", "k", "i"), highlight=[(1, 2, 3)], ax=ax)
    assert place(ax, "1")[0] > place(ax, "0")[0] and place(ax, "i = 4")[0] > place(ax, "i = 1")[0]
    with pytest.raises(ValueError, match="three axes"):
        mc.draw.tensor(VALUES)


def test_compression_draws_the_stages_from_left_to_right(ax):
    first = np.full((4, 2), np.nan)
    first[:2, 0] = first[2:, 1] = [7.0, 8.0]
    mc.draw.compression([first, [[7.0], [8.0], [7.0], [8.0]], [[7.0], [8.0]]], titles=["a", "b", "c"], ax=ax)
    assert len([t for t in ax.texts if t.get_text() == "·"]) == 4
    assert place(ax, "a")[0] < place(ax, "b")[0] < place(ax, "c")[0]
    plt.clf()
    mc.draw.compression([first, [[7.0], [8.0], [7.0], [8.0]]], current=0)
    assert len([t for t in plt.gca().texts if t.get_text() == "7"]) == 2


def test_curve_surface_contours_and_gaps(ax):
    x = np.linspace(0, 2, 9)
    mc.draw.curve(x, x**2, point=(1, 1), tangent=2 * x - 1, secant=((1, 1), (1.5, 2.25), (1.5, 2.0)), ax=ax)
    assert len(ax.lines) == 5
    assert np.allclose(ax.lines[3].get_ydata(), [2.25, 2.0])
    plt.clf()
    mc.draw.gap_loglog(x[1:], [x[1:] ** 2, x[1:]], ["right", "wrong"])
    assert [t.get_text() for t in plt.gca().get_legend().get_texts()] == ["right", "wrong"]
    plt.clf()
    X, Y = np.meshgrid(x, x[:4])
    mc.draw.contours(X, Y, X * Y, point=(1.0, 0.5), steps=[(0.5, 0.0), (0.0, 0.2)], gradient=(0.5, 1.0))
    ends = [note.xy for note in plt.gca().texts if hasattr(note, "xy")]
    assert any(np.allclose(end, (1.5, 0.7)) for end in ends)
    plt.close("all")
    mc.draw.surface(X, Y, X * Y, plane=X, point=(1, 0.5, 0.5), path=[(0, 0, 0), (1, 0, 1)])
    assert plt.gca().name == "3d" and len(plt.gca().collections) == 2
    with pytest.raises(ValueError, match="one shape"):
        mc.draw.surface(X, Y, X[:2] * Y[:2])


def test_bars_and_losses(ax):
    mc.draw.bars([1.0, -2.0], ["a", "b"], against=[1.5, -1.0], ax=ax)
    assert [patch.get_height() for patch in ax.patches] == [1.0, -2.0, 1.5, -1.0]
    with pytest.raises(ValueError, match="one label for each"):
        mc.draw.bars([1.0], ["a", "b"])
    plt.close("all")
    mc.draw.losses([[3.0, 1.0], [2.0, 0.5]], ["slow", "fast"])
    assert len(plt.gca().lines) == 2 and plt.gca().get_yscale() == "log"


def test_diagrams(ax):
    mc.draw.shapes(7, 2, ax=ax)
    assert len(ax.patches) == 8 and "⋮" in [t.get_text() for t in ax.texts]
    with pytest.raises(ValueError, match="at least 1"):
        mc.draw.shapes(0, 1)
    plt.clf()
    mc.draw.network([4, 3, 2], highlight=(2, 1), names=["x", "a", "b"])
    marked = [line for line in plt.gca().lines if line.get_color() == palette.ACCENT]
    assert len(marked) == 3
    with pytest.raises(ValueError, match="highlight"):
        mc.draw.network([4, 3], highlight=(1, 3))
    plt.clf()
    mc.draw.flow([("A", "(4 × 1)"), ("Z", "(3 × 1)")], [("dA", "(4 × 1)"), ("dZ", "(3 × 1)")])
    with pytest.raises(ValueError, match="the same"):
        mc.draw.flow([("A", "")], [])
    plt.clf()
    mc.draw.axes_count((2, 3, 4))
    assert len(plt.gca().patches) == 1 + 2 + 6 + 24
    plt.clf()
    mc.draw.nine_kinds([[("()", 0), ("(1, 3)", 1), ("(3, 2)", 2)]] * 3)
    assert "by matrix" in [t.get_text() for t in plt.gca().texts]
    plt.clf()
    mc.draw.vector([1.0, 2.0], labels=["a", "b"], role="output", column=False)
    assert {t.get_text(): t.get_color() for t in plt.gca().texts}["a"] == palette.OUTPUT


def test_every_drawing_takes_ax_and_returns_nothing():
    import inspect

    for name in mc.draw.__all__:
        thing = getattr(mc.draw, name)
        if callable(thing):
            assert "ax" in inspect.signature(thing).parameters, name
            assert "ax : " in thing.__doc__ and "Examples" in thing.__doc__, name


def test_palette_colours_differ_and_have_contrast():
    def luminance(colour):
        channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert len(set(palette.VARIABLES)) == len(palette.VARIABLES) == len(set(palette.VARIABLES.values()))
    for colour in (palette.INPUT, palette.OUTPUT, palette.INK, palette.NEUTRAL, palette.ACCENT):
        assert 1.05 / (luminance(colour) + 0.05) > 4.5
