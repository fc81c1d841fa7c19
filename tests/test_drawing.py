"""Drawings are tested on their artists: what is written where, in which colour."""

import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import mcnotes as mc  # noqa: E402
from mcnotes.draw import palette  # noqa: E402
from mcnotes.draw.readout import read  # noqa: E402

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
    with pytest.raises(ValueError, match="rows has 3 entries, and there are 2"):
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


@pytest.mark.parametrize(
    ("by", "opened", "numbers", "folded"), [("rows", 1, "123", 1), ("columns", 2, "1245", 1), ("columns", 0, "", 3)]
)
def test_unfold_opens_blocks_in_order_and_leaves_the_numbers_alone(ax, by, opened, numbers, folded):
    mc.draw.unfold(VALUES, opened, by, rows=["x", "y"], columns=["a", "b", "c"], ax=ax)
    words = [t.get_text() for t in ax.texts]
    assert sorted(word for word in words if word.isdigit()) == list(numbers)
    symbols = [word for word in words if "partial" in word]
    last = {"rows": r"$\partial w/\partial v_2$", "columns": r"$\partial w_3/\partial v$"}[by]
    assert len(symbols) == folded and symbols[-1] == last
    label, along = ("y", 1) if by == "rows" else ("c", 0)
    assert place(ax, last)[along] == place(ax, label)[along]
    assert len([p for p in ax.patches if p.get_linewidth() > 2]) == (opened > 0)
    assert np.isfinite(VALUES).all()


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
    mc.draw.bars([1.0, -2.0], ["a", "b"], ax=ax)
    assert [patch.get_height() for patch in ax.patches] == [1.0, -2.0]
    with pytest.raises(ValueError, match="one for each"):
        mc.draw.bars([1.0], ["a", "b"])
    plt.close("all")
    mc.draw.losses([[3.0, 1.0], [2.0, 0.5]], ["slow", "fast"])
    assert len(plt.gca().lines) == 2 and plt.gca().get_yscale() == "log"
    first, second = plt.gca().transData.transform([(0, 1), (1, 1)])[:, 0]
    assert second - first > 50, "the first step has room"


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
    assert "with respect\nto a matrix" in [t.get_text() for t in plt.gca().texts]
    plt.clf()
    mc.draw.vector([1.0, 2.0], labels=["a", "b"], role="output", column=False)
    assert {t.get_text(): t.get_color() for t in plt.gca().texts}["a"] == palette.OUTPUT


def test_the_map_marks_one_link_and_fills_in_what_was_found(ax):
    mc.draw.links("weights", filled=["loss"], ax=ax)
    rows, columns, cells = ax.mc_tables[0]
    said = {row.split()[0]: [text.get_text() for text in line] for row, line in zip(rows, cells, strict=True)}
    assert said["loss"][2] == "$A^L - t$" and said["weights"][2] == "?" and said["layers"][2] == ""
    colours = {text.get_text(): text.get_color() for text in ax.texts}
    assert (colours[r"$W^\ell$"], colours[r"$Z^\ell$"]) == (palette.INPUT, palette.OUTPUT)
    assert colours[r"$A^\ell$"] == colours[r"$A^{\ell-1}$"] == palette.INK
    table = read(ax.figure)[0]
    marked = {label for label, values in table.rows if any("(marked)" in value for value in values)}
    assert marked == {"weights link"} and dict(table.rows)["layers link"][0] == "∂Z^ℓ/∂A^ℓ-1"
    with pytest.raises(ValueError, match="loss, weights, layers, activation; it was 'bias'"):
        mc.draw.links("weights", filled=["bias"])


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.0, "0"), (1e3, "1000"), (-12345.6, "−12346"), (2.5e6, "2.5e6"), (-1e-5, "−1e−5"), (np.inf, "∞"), (np.nan, "")],
)
def test_numbers_stand_short_in_their_cells(ax, value, text):
    mc.draw.matrix([[value]], ax=ax)
    assert [t.get_text() for t in ax.texts] == [text]


def test_matrix_marks_whole_rows_and_columns_and_turns_its_roles_around(ax):
    cells = [(1, None), (None, 0)]
    mc.draw.matrix(VALUES, ["a", "b"], ["c", "d", "e"], highlight=cells, roles=("output", "input"), ax=ax)
    middles = {(p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2) for p in ax.patches}
    for number, marked in (("1", True), ("2", False), ("3", False), ("4", True), ("5", True), ("6", True)):
        near = any(np.allclose(place(ax, number), middle) for middle in middles)
        assert near == marked, number
    colours = {t.get_text(): t.get_color() for t in ax.texts}
    assert colours["a"] == palette.OUTPUT and colours["c"] == palette.INPUT


def test_vector_colours_labels_and_not_entries(ax):
    mc.draw.vector(["a", "b"], labels=["a", "b"], ax=ax)
    assert [t.get_color() for t in ax.texts if t.get_text() == "a"] == [palette.INK, palette.INPUT]


def test_arrays_side_by_side_have_brackets_of_their_own(ax):
    mc.draw.beside([[2.0, -3.0], [[4.0, 5.0], [6.0, 7.0]]], ["g", "M"], rows=["x", "y"], signs=["="], ax=ax)
    assert place(ax, "x")[1] == place(ax, "2")[1] == place(ax, "4")[1] and place(ax, "y")[1] == place(ax, "6")[1]
    assert place(ax, "g")[0] == place(ax, "2")[0] < place(ax, "=")[0] < place(ax, "4")[0] < place(ax, "5")[0]
    assert len([line for line in ax.lines if len(line.get_xdata()) == 4]) == 4, "two brackets for each array"
    assert [dict(table.rows)["y"] for table in read(ax.figure)[:2]] == [["−3"], ["6", "7"]]


def test_an_arrow_can_be_seen_on_a_line_of_its_colour():
    figure = plt.figure(figsize=(4, 4))
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    ax.plot([0, 1], [0.5, 0.5], color=palette.INPUT, linewidth=2)
    mc.draw.arrow((0.2, 0.2), (0.8, 0.8), color=palette.INPUT, ax=ax)
    figure.canvas.draw()
    row = np.asarray(figure.canvas.buffer_rgba())[figure.canvas.get_width_height()[1] // 2, :, 0]
    runs = np.flatnonzero(np.diff((row < 128).astype(int)))
    assert len(runs) >= 3, "the line is cut on both sides of the arrow"
    plt.close(figure)


def test_a_surface_names_its_step_and_its_gap():
    figure = plt.figure()
    ax = figure.add_subplot(projection="3d")
    mc.draw.surface(X, Y, X * Y, path=[(0, 0, 0), (1, 0, 1)], gap=((1, 0, 1), (1, 0, 3)), names=("step", "gap"), ax=ax)
    places = {text.get_text().strip(): text.get_position_3d() for text in ax.texts}
    assert places["step"] == pytest.approx((0.5, 0, 0.5)) and places["gap"] == pytest.approx((1, 0, 2))
    plt.close(figure)


def test_the_backward_pass_of_the_map_runs_against_the_forward_one(ax):
    mc.draw.links(backward=True, ax=ax)
    arrows = [(np.subtract(t.xy, t.xyann), t.arrow_patch.get_linestyle()) for t in ax.texts
              if getattr(t, "arrow_patch", None)]
    there, back = ([way for way, style in arrows if (style == "--") == dashed] for dashed in (False, True))
    assert len(there) == len(back) == 4 and np.allclose(there, np.negative(back))
    assert place(ax, r"$\partial\mathcal{L}/\partial Z^\ell$")[1] == place(ax, r"$Z^\ell$")[1]
    plt.clf()
    mc.draw.links()
    assert not [t for t in plt.gca().texts if "mathcal{L}/" in t.get_text()]


def test_tensor_goes_on_in_a_new_line_before_its_cells_collide():
    plt.close("all")
    values = np.arange(60.0).reshape(3, 5, 4) - 30.12
    mc.draw.tensor(values, names=("j", "k", "i"))
    ax = plt.gca()
    assert place(ax, "i = 2")[1] < place(ax, "i = 1")[1] and place(ax, "i = 2")[0] == place(ax, "i = 1")[0]
    ax.figure.canvas.draw()
    rows = {}
    for t in ax.texts:
        if "." in t.get_text() or t.get_text().lstrip("−").isdigit():
            box = t.get_window_extent()
            rows.setdefault(round(t.get_position()[1], 3), []).append((box.x0, box.x1))
    assert len(rows) == 12
    for cells in rows.values():
        cells.sort()
        assert len(cells) == 5 and all(left[1] < right[0] for left, right in zip(cells, cells[1:], strict=False))
    down = next(t for t in ax.texts if "j" in t.get_text())
    assert down.get_text() == "← j" and down.get_rotation() == 90
    plt.close("all")


def test_compression_takes_vectors_and_blocks(ax):
    values = np.array([[0.0, np.nan], [6.0, 0.0], [np.nan, np.nan], [9.0, 0.0]])
    mc.draw.compression([values, np.array([1.0, 2.0, 3.0, 4.0])], block=2, ax=ax)
    words = [t.get_text() for t in ax.texts]
    assert words.count("·") == 3 and words.count("0") == 3
    assert place(ax, "4")[1] < place(ax, "1")[1] and place(ax, "4")[0] == place(ax, "1")[0]
    assert len([line for line in ax.lines if line.get_linestyle() == "--"]) == 2


@pytest.mark.parametrize("scale, tip", [(None, (1.36, 0.98)), (0.1, (1.03, 0.54))])
def test_the_arrow_of_the_gradient_shows_its_length_if_asked(ax, scale, tip):
    mc.draw.contours(X, Y, X * Y, point=(1.0, 0.5), gradient=(0.3, 0.4), scale=scale, ax=ax)
    assert [text.xy for text in ax.texts if getattr(text, "arrow_patch", None)] == [pytest.approx(tip)]
    ax.clear()
    mc.draw.contours(X, Y, X * Y, point=(0.0, 0.0), gradient=(0.0, 0.0), scale=scale, ax=ax)
    assert not [text for text in ax.texts if text.get_text() == "gradient" or getattr(text, "arrow_patch", None)]


def test_contours_show_one_step_after_the_other(ax):
    mc.draw.contours(X, Y, X * Y, point=(1.0, 0.5), steps=[(0.5, 0.0), (0.0, 0.25)], levels=[0.5, 1.0], ax=ax)
    arrows = [t for t in ax.texts if getattr(t, "arrow_patch", None) is not None]
    assert [(t.xyann, t.xy) for t in arrows] == [((1.0, 0.5), (1.5, 0.5)), ((1.5, 0.5), (1.5, 0.75))]
    assert "0.5" in [t.get_text() for t in ax.texts]


def test_gaps_are_marked_where_they_are(ax):
    mc.draw.curve([0, 1, 2], [0, 1, 4], secant=((1, 1), (2, 3), (2, 4)), ax=ax)
    assert np.allclose(ax.lines[-1].get_xydata(), [(2, 3), (2, 4)]) and ax.lines[-1].get_color() == palette.ACCENT
    solid = plt.figure().add_subplot(projection="3d")
    X, Y = np.meshgrid(np.linspace(0, 1, 31), np.linspace(0, 2, 25))
    ways = [[(0, 0, 0), (1, 0, 1)], [(0, 0, 0), (0, 1, 1), (1, 1, 2)]]
    mc.draw.surface(X, Y, X * Y, plane=X, path=ways, gap=((1, 2, 1), (1, 2, 2)), ax=solid)
    *paths, gap = [np.array(line.get_data_3d()).T for line in solid.lines]
    assert [len(path) for path in paths] == [2, 3] and np.allclose(gap, [(1, 2, 1), (1, 2, 2)])
    solid.figure.canvas.draw()
    assert all(100 < len(net.get_paths()) <= 400 for net in solid.collections)
    plt.close(solid.figure)


def test_network_leaves_out_what_would_not_fit(ax):
    mc.draw.network([64, 9, 2], highlight=(1, 8), ax=ax)
    words = [t.get_text() for t in ax.texts]
    assert words.count("⋮") == 2 and "64" in words and "5" not in words and len(ax.patches) == 5 + 5 + 2
    marked = [line for line in ax.lines if line.get_color() == palette.ACCENT]
    assert len(marked) == 5 and {line.get_ydata()[1] for line in marked} == {place(ax, "9")[1]}


def test_numbers_of_a_table_have_the_same_decimals(ax):
    mc.draw.matrix([[1.3456, -0.94712, 0.0], [0.028, 2.0, np.nan]], ax=ax)
    assert [t.get_text() for t in ax.texts] == ["1.35", "−0.95", "0", "0.03", "2.00", ""]
    lost = plt.figure().add_subplot()
    mc.draw.matrix([[123.4, 0.0012]], ax=lost)
    assert [t.get_text() for t in lost.texts] == ["123", "0.0012"]
    plt.close(lost.figure)


def test_an_inset_repeats_what_is_too_small_to_see(ax):
    ax.plot([0, 1], [0, 1], color=palette.OUTPUT)
    ax.annotate("", (0.5, 0.6), (0.4, 0.5), arrowprops={"arrowstyle": "-|>", "color": palette.PREDICTION})
    mc.draw.inset((0.3, 0.6), (0.4, 0.7), ax=ax)
    small = ax.child_axes[0]
    assert small.get_xlim() == (0.3, 0.6) and small.lines[0].get_color() == palette.OUTPUT
    assert small.texts[0].xy == (0.5, 0.6)


def test_an_arrow_in_an_inset_ends_at_its_edge():
    figure = plt.figure(figsize=(4, 4))
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    ax.annotate("", (0.15, 0.15), (0.9, 0.15), arrowprops={"arrowstyle": "-|>", "color": "#ff0000", "linewidth": 2})
    mc.draw.inset((0.1, 0.2), (0.1, 0.2), at=(0.1, 0.6, 0.3, 0.3), ax=ax)
    figure.canvas.draw()
    rows = np.asarray(figure.canvas.buffer_rgba())[:, :, :3].astype(int)
    red = (rows[:, :, 0] > 200) & (rows[:, :, 1] < 60)
    half, edge = red.shape[0] // 2, int(0.41 * red.shape[1])
    assert red[:half, :edge].any() and not red[:half, edge:].any()
    plt.close(figure)


def test_inputs_and_outputs_have_their_colours_and_series_have_others(ax):
    mc.draw.gap_loglog([1, 2], [[1, 2], [2, 3], [3, 4], [4, 5]], list("abcd"), ax=ax)
    used = {line.get_color() for line in ax.lines}
    assert not used & {palette.INPUT, palette.OUTPUT} and len(used) == 5
    one = plt.figure().add_subplot()
    mc.draw.bars([1.0], ["a"], roles=("input", "neither"), ax=one)
    assert matplotlib.colors.to_hex(one.patches[0].get_edgecolor()) == palette.ACCENT
    assert one.get_xticklabels()[0].get_color() == palette.INPUT
    plt.close("all")


class Named:
    """A derivative with names, as the engine gives it."""

    rows, columns = ["heat", "salt"], ["taste"]
    array = np.array([1.0, -2.0])
    matrix = array.reshape(2, 1)


def test_drawings_take_the_names_of_a_derivative(ax):
    mc.draw.matrix(Named(), ax=ax)
    assert place(ax, "salt")[1] == place(ax, "−2")[1] and place(ax, "taste")
    bars = plt.figure().add_subplot()
    mc.draw.bars(Named(), ax=bars)
    assert [tick.get_text() for tick in bars.get_xticklabels()] == ["heat", "salt"]
    assert [bar.get_height() for bar in bars.patches] == [1.0, -2.0]
    plt.close("all")


def test_flow_says_what_each_arrow_does(ax):
    places = [("A", ""), ("Z", ""), ("L", "")]
    mc.draw.flow(places, [("dA", ""), ("dZ", ""), ("dL", "")], through=(["W", "f"], ["back W", "back f"]), ax=ax)
    assert place(ax, "A")[0] < place(ax, "W")[0] < place(ax, "Z")[0] < place(ax, "f")[0] < place(ax, "L")[0]
    assert place(ax, "back W")[0] == place(ax, "W")[0] and place(ax, "back W")[1] < place(ax, "W")[1]


X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
ERRORS = {
    "three axes": (lambda ax: mc.draw.matrix(np.ones((2, 3, 4)), ax=ax), "two axes"),
    "mask": (lambda ax: mc.draw.matrix(VALUES, structural=VALUES.T == 1, ax=ax), r"structural has shape \(3, 2\)"),
    "cell": (lambda ax: mc.draw.matrix(VALUES, highlight=[(0, 3)], ax=ax), r"\(0, 3\), the matrix has 2 rows and 3"),
    "role": (lambda ax: mc.draw.vector([1.0], ["a"], role="row", ax=ax), "input, output, neither; it was 'row'"),
    "labels": (lambda ax: mc.draw.vector([1.0, 2.0], ["a"], ax=ax), "rows has 1 entry, and there are 2 rows"),
    "names": (lambda ax: mc.draw.product(VALUES, VALUES.T, names=("a", "b"), ax=ax), "3 arrays: left"),
    "beside": (lambda ax: mc.draw.beside([[1.0], [2.0]], ["a"], ax=ax), "names has 1 entry, and there are 2 arrays"),
    "side rows": (lambda ax: mc.draw.beside([[1.0], [2.0, 3.0]], ["a", "b"], ax=ax), r"have \[1, 2\] rows"),
    "by": (lambda ax: mc.draw.unfold(VALUES, 1, "row", ax=ax), "it was 'row'"),
    "opened": (lambda ax: mc.draw.unfold(VALUES, 3, "rows", ax=ax), "has 2 rows"),
    "symbols": (lambda ax: mc.draw.unfold(VALUES, 1, symbols=["a"], ax=ax), "symbols has 1 entries"),
    "layer": (lambda ax: mc.draw.tensor(np.ones((2, 3, 4)), highlight=[(0, 0, 4)], ax=ax), "layers are 0 to 3"),
    "unfold": (lambda ax: mc.draw.compression([np.ones((2, 3, 4))], ax=ax), r"stage 0 has shape \(2, 3, 4\); unfold"),
    "current": (lambda ax: mc.draw.compression([VALUES], current=1, ax=ax), "stages are 0 to 0"),
    "titles": (lambda ax: mc.draw.compression([VALUES], titles=["a", "b"], ax=ax), "titles has 2 entries"),
    "tangent": (lambda ax: mc.draw.curve([0, 1], [0, 1], tangent=[1], ax=ax), r"tangent has shape \(1,\)"),
    "one gap a step": (lambda ax: mc.draw.gap_loglog([1, 2, 3], [1, 2], ax=ax), "one gap for each step"),
    "no gap": (lambda ax: mc.draw.gap_loglog([1, 2], [[1, 2], [0, 0]], ax=ax), "affine"),
    "flat axes": (lambda ax: mc.draw.surface(X, Y, X, ax=ax), "projection='3d'"),
    "plane": (lambda ax: mc.draw.surface(X, Y, X, plane=X.T), "plane has shape"),
    "grid": (lambda ax: mc.draw.contours(X, Y, X.T, ax=ax), "one shape"),
    "no point": (lambda ax: mc.draw.contours(X, Y, X, steps=[(1, 0)], ax=ax), "give point"),
    "left out": (lambda ax: mc.draw.network([3, 9], highlight=(1, 5), ax=ax), r"not drawn; of its layer, \[0, 1, 2"),
    "columns": (lambda ax: mc.draw.network([3, 2], names=["a"], ax=ax), "there are 2 columns"),
    "arrows": (lambda ax: mc.draw.flow([("A", "")] * 2, [("B", "")] * 2, through=(["f"], []), ax=ax), "are 1 arrows"),
    "bar role": (lambda ax: mc.draw.bars([1.0], ["a"], roles=("input", "row"), ax=ax), "it was 'row'"),
    "bars": (lambda ax: mc.draw.bars([1.0], ax=ax), "there are 1 values"),
    "inset": (lambda ax: mc.draw.inset((1, 1), (0, 1), ax=ax), "needs a width"),
    "handle": (lambda ax: mc.draw.handle((1, np.nan), moves="a", ax=ax), "2 finite coordinates"),
    "sizes": (lambda ax: mc.draw.axes_count((2, 3), ax=ax), "three lengths"),
    "table": (lambda ax: mc.draw.nine_kinds([[("()", 0)] * 2] * 3, ax=ax), r"rows of \[2, 2, 2\] cells"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_name_what_they_met(ax, name):
    call, words = ERRORS[name]
    with pytest.raises(ValueError, match=words):
        call(ax)
    plt.close("all")


def test_surface_makes_its_own_axes_in_an_empty_figure():
    plt.figure()
    mc.draw.surface(X, Y, X * Y)
    assert plt.gca().name == "3d"
    plt.close("all")


def test_no_drawing_has_a_colour_that_the_theme_cannot_change():
    from mcnotes.draw.figures import to_svg

    x = np.linspace(0.1, 2, 9)
    drawings = [
        lambda: mc.draw.matrix(VALUES, ["a", "b"], ["c", "d", "e"], "t", [(0, 0)], VALUES == 5),
        lambda: mc.draw.beside([[1.0, 2.0], [3.0, 4.0]], ["a", "b"]),
        lambda: (mc.draw.curve(x, x**2), mc.draw.arrow((0, 0), (1, 1), name="a")),
        lambda: mc.draw.links("loss", backward=True),
        lambda: mc.draw.unfold(VALUES, 1),
        lambda: mc.draw.product(VALUES, VALUES.T),
        lambda: mc.draw.tensor(np.ones((2, 3, 2))),
        lambda: mc.draw.compression([VALUES, [1.0, 2.0]], block=1, titles=["a", "b"]),
        lambda: mc.draw.curve(x, x**2, point=(1, 1), tangent=2 * x - 1, secant=((1, 1), (1.5, 2.25), (1.5, 2.0))),
        lambda: mc.draw.gap_loglog(x, [x, x**2], ["a", "b"]),
        lambda: mc.draw.surface(X, Y, X * Y, plane=X, point=(1, 1, 1), path=[(0, 0, 0), (1, 1, 1)]),
        lambda: mc.draw.contours(X, Y, X * Y, point=(1, 0.5), steps=[(0.5, 0)], gradient=(1, 2)),
        lambda: mc.draw.bars([1.0, 2.0], ["a", "b"]),
        lambda: mc.draw.losses([[3.0, 0.1], [2.0, 1.0]], ["a", "b"]),
        lambda: mc.draw.shapes(7, 2),
        lambda: mc.draw.network([9, 3], highlight=(1, 1), names=["a", "b"]),
        lambda: mc.draw.flow([("A", "")] * 2, [("B", "")] * 2, through=(["f"], ["g"])),
        lambda: mc.draw.axes_count(),
        lambda: mc.draw.nine_kinds([[("()", 3)] * 3] * 3),
    ]
    for number, draw in enumerate(drawings):
        draw()
        figure = plt.gcf()
        sizes = [t.get_fontsize() for t in figure.findobj(matplotlib.text.Text) if t.get_text()]
        left = set(re.findall(r"#[0-9a-fA-F]{6}\b|rgb\(.*?\)", to_svg(figure)))
        plt.close(figure)
        assert left == set() and min(sizes) >= 9, (number, left, min(sizes))


def test_a_sheet_without_axes_leaves_no_empty_band_and_loses_nothing():
    from mcnotes.draw.figures import drawn_on

    figure = plt.figure(figsize=(4.8, 3.6))
    mc.draw.product(np.ones((2, 5)), np.ones((5, 4)), np.ones((2, 4)), names=("X", "Y", "XY"), ax=figure.add_subplot())
    kept = drawn_on(figure)
    assert kept.width == 4.8 and kept.height < 2.4
    words = [text.get_window_extent() for text in figure.axes[0].texts]
    assert kept.y0 * figure.dpi <= min(box.y0 for box in words)
    assert kept.y1 * figure.dpi >= max(box.y1 for box in words)
    plt.close(figure)
    mc.draw.curve(np.arange(3.0), np.arange(3.0) ** 2)
    assert drawn_on(plt.gcf()) is None
    plt.close("all")


def test_every_drawing_takes_ax_and_returns_nothing():
    import inspect

    for name in mc.draw.__all__:
        thing = getattr(mc.draw, name)
        if callable(thing) and name != "cell":                # a place, not a drawing
            assert "ax" in inspect.signature(thing).parameters, name
            assert "ax : " in thing.__doc__ and "Examples" in thing.__doc__, name


def test_palette_colours_differ_and_have_contrast():
    def luminance(colour):
        channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert len(set(palette.VARIABLES)) == len(palette.VARIABLES) == len(set(palette.VARIABLES.values()))
    for colour in (palette.INPUT, palette.OUTPUT, palette.INK, palette.NEUTRAL, palette.ACCENT, palette.PREDICTION,
                   palette.ROSE):
        assert 1.05 / (luminance(colour) + 0.05) > 4.5
