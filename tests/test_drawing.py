"""Drawings are tested on their artists: what is written where, in which color; and by what is read from them."""

import inspect
import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402

import mcnotes as mc  # noqa: E402
from mcnotes.draw import palette  # noqa: E402
from mcnotes.draw.figures import drawn_on, to_svg  # noqa: E402
from mcnotes.draw.readout import as_html, as_text, number, read  # noqa: E402

VALUES = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
ROWS, COLUMNS = ["a", "b"], ["x", "y", "z"]


@pytest.fixture
def ax():
    yield plt.figure().add_subplot()
    plt.close("all")


def place(ax, text):
    """Where a text stands: (x, y); it must be there once."""
    found = [t.get_position() for t in ax.texts if t.get_text() == text]
    assert len(found) == 1, f"{text!r} stands {len(found)} times"
    return found[0]


def words(ax):
    return [t.get_text() for t in ax.texts]


def colors(ax):
    return {t.get_text(): t.get_color() for t in ax.texts}


def arrows(ax):
    return [t for t in ax.texts if getattr(t, "arrow_patch", None)]


# Arrays --------------------------------------------------------------------------------------------------

def test_matrix_puts_rows_down_and_columns_across(ax):
    mc.draw.matrix(VALUES, rows=["v1", "v2"], columns=["w1", "w2", "w3"], ax=ax)
    assert place(ax, "4")[1] < place(ax, "1")[1] and place(ax, "4")[0] == place(ax, "1")[0]
    assert place(ax, "2")[0] > place(ax, "1")[0] and place(ax, "2")[1] == place(ax, "1")[1]
    assert place(ax, "v2")[1] == place(ax, "4")[1] and place(ax, "w3")[0] == place(ax, "3")[0]
    assert colors(ax)["v1"] == palette.INPUT and colors(ax)["w1"] == palette.OUTPUT
    plt.clf()
    mc.draw.matrix(VALUES, ["c", "d"], roles=("output", "input"))
    assert colors(plt.gca())["c"] == palette.OUTPUT
    plt.clf()
    mc.draw.vector(["a", "b"], labels=["a", "b"], role="output", column=False)
    assert [t.get_color() for t in plt.gca().texts if t.get_text() == "a"] == [palette.INK, palette.OUTPUT]


def test_matrix_tells_structural_zeros_from_zeros_that_hold_here(ax):
    values = np.array([[1.5, 0.0], [0.0, 2.5], [3.5, np.nan]])
    structural = np.array([[False, True], [False, False], [False, False]])
    mc.draw.matrix(values, structural=structural, highlight=[(2, 1)], ax=ax)
    assert words(ax).count("·") == words(ax).count("0") == words(ax).count("") == 1 and len(ax.patches) == 2


def test_matrix_marks_whole_rows_and_columns(ax):
    mc.draw.matrix(VALUES, highlight=[(1, None), (None, 0)], ax=ax)
    middles = {(p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2) for p in ax.patches}
    marked = {text for text in words(ax) if any(np.allclose(place(ax, text), middle) for middle in middles)}
    assert marked == {"1", "4", "5", "6"}


class Named:
    """A derivative with names, as the engine gives it."""

    rows, columns = ["heat", "salt"], ["taste"]
    array = np.array([1.0, -2.0])
    matrix = array.reshape(2, 1)


def test_drawings_take_the_names_of_a_derivative(ax):
    mc.draw.matrix(Named(), ax=ax)
    assert place(ax, "salt")[1] == place(ax, "−2")[1] and place(ax, "taste")
    bars = plt.figure().add_subplot()
    mc.draw.bars(Named(), ax=bars, roles=("input", "neither"))
    assert [tick.get_text() for tick in bars.get_xticklabels()] == ["heat", "salt"]
    assert [bar.get_height() for bar in bars.patches] == [1.0, -2.0]
    assert bars.get_xticklabels()[0].get_color() == palette.INPUT


@pytest.mark.parametrize("value, text", [
    (-0.0, "0"), (1e3, "1000"), (-12345.6, "−12346"), (2.5e6, "2.5e6"), (-1e-5, "−1e−5"), (np.inf, "∞"), (np.nan, "")])
def test_numbers_stand_short_in_their_cells(ax, value, text):
    mc.draw.matrix([[value]], ax=ax)
    assert words(ax) == [text]


def test_numbers_of_a_table_have_the_same_decimals(ax):
    mc.draw.matrix([[1.3456, -0.94712, 0.0], [0.028, 2.0, np.nan]], ax=ax)
    assert words(ax) == ["1.35", "−0.95", "0", "0.03", "2.00", ""]
    plt.clf()
    mc.draw.matrix([[123.4, 0.0012]])
    assert words(plt.gca()) == ["123", "0.0012"]


def test_arrays_side_by_side_have_brackets_of_their_own(ax):
    mc.draw.beside([[2.0, -3.0], [[4.0, 5.0], [6.0, 7.0]]], ["g", "M"], rows=["x", "y"], signs=["="], ax=ax)
    assert place(ax, "x")[1] == place(ax, "2")[1] == place(ax, "4")[1] and place(ax, "y")[1] == place(ax, "6")[1]
    assert place(ax, "g")[0] == place(ax, "2")[0] < place(ax, "=")[0] < place(ax, "4")[0] < place(ax, "5")[0]
    assert len([line for line in ax.lines if len(line.get_xdata()) == 4]) == 4, "two brackets for each array"
    assert [dict(table.rows)["y"] for table in read(ax.figure)[:2]] == [["−3"], ["6", "7"]]


@pytest.mark.parametrize("by, opened, numbers, folded", [
    ("rows", 1, "123", 1), ("columns", 2, "1245", 1), ("columns", 0, "", 3)])
def test_unfold_opens_blocks_in_order_and_leaves_the_numbers_alone(ax, by, opened, numbers, folded):
    mc.draw.unfold(VALUES, opened, by, rows=["x", "y"], columns=["a", "b", "c"], ax=ax)
    assert sorted(word for word in words(ax) if word.isdigit()) == list(numbers)
    symbols = [word for word in words(ax) if "partial" in word]
    last = {"rows": r"$\partial w/\partial v_2$", "columns": r"$\partial w_3/\partial v$"}[by]
    assert len(symbols) == folded and symbols[-1] == last
    label, along = ("y", 1) if by == "rows" else ("c", 0)
    assert place(ax, last)[along] == place(ax, label)[along]
    assert len([p for p in ax.patches if p.get_linewidth() > 2]) == (opened > 0)
    tint = {"rows": palette.INPUT_TINT, "columns": palette.OUTPUT_TINT}[by]
    assert [p.get_facecolor() for p in ax.patches].count(matplotlib.colors.to_rgba(tint)) == folded
    assert np.isfinite(VALUES).all()


def test_product_shows_shapes_and_whether_they_fit(ax):
    mc.draw.product(VALUES.T, np.ones((2, 1)), np.ones((3, 1)), ax=ax)
    assert [w for w in words(ax) if "×" in w] == ["(3 × 2)", "(2 × 1)", "(3 × 1)"] and "inner sizes agree" in words(ax)
    plt.clf()
    mc.draw.product(VALUES, np.ones((2, 1)))
    assert "inner sizes differ: no product" in words(plt.gca())


def test_tensor_draws_layer_behind_layer_and_goes_on_below_before_its_cells_collide(ax):
    mc.draw.tensor(np.arange(24.0).reshape(2, 3, 4), names=("j", "k", "i"), highlight=[(1, 2, 3)], ax=ax)
    assert place(ax, "1")[0] > place(ax, "0")[0] and place(ax, "i = 4")[0] > place(ax, "i = 1")[0]
    plt.close("all")
    mc.draw.tensor(np.arange(60.0).reshape(3, 5, 4) - 30.12, names=("j", "k", "i"))
    ax, rows = plt.gca(), {}
    assert place(ax, "i = 2")[1] < place(ax, "i = 1")[1] and place(ax, "i = 2")[0] == place(ax, "i = 1")[0]
    ax.figure.canvas.draw()
    for t in ax.texts:
        if "." in t.get_text() or t.get_text().lstrip("−").isdigit():
            box = t.get_window_extent()
            rows.setdefault(round(t.get_position()[1], 3), []).append((box.x0, box.x1))
    assert len(rows) == 12
    for cells in map(sorted, rows.values()):
        assert len(cells) == 5 and all(left[1] < right[0] for left, right in zip(cells, cells[1:], strict=False))


def test_compression_draws_the_stages_from_left_to_right(ax):
    first = np.full((4, 2), np.nan)
    first[:2, 0] = first[2:, 1] = [7.0, 8.0]
    mc.draw.compression([first, [7.0, 8.0, 7.0, 8.0], [[7.0], [8.0]]], titles=["a", "b", "c"], block=2, ax=ax)
    assert words(ax).count("·") == 4 and place(ax, "a")[0] < place(ax, "b")[0] < place(ax, "c")[0]
    assert len([line for line in ax.lines if line.get_linestyle() == "--"]) == 2
    plt.clf()
    mc.draw.compression([first, [[7.0], [8.0], [7.0], [8.0]]], current=0)
    assert words(plt.gca()).count("7") == 2


# Plots ---------------------------------------------------------------------------------------------------

def test_curve_series_and_surface(ax):
    x = np.linspace(0, 2, 9)
    mc.draw.curve(x, x**2, point=(1, 1), tangent=2 * x - 1, secant=((1, 1), (1.5, 2.25), (1.5, 2.0)), ax=ax)
    assert len(ax.lines) == 5 and np.allclose(ax.lines[3].get_ydata(), [2.25, 2.0])
    plt.clf()
    mc.draw.losses([x[1:] ** 2, x[1:], 2 * x[1:], 3 * x[1:]], list("abcd"))
    assert [t.get_text() for t in plt.gca().get_legend().get_texts()] == list("abcd")
    used = {line.get_color() for line in plt.gca().lines}
    assert len(used) == 4 and not used & {palette.INPUT, palette.OUTPUT}, "series are neither inputs nor outputs"
    plt.close("all")
    Z, W = np.meshgrid(np.linspace(0, 1, 31), np.linspace(0, 2, 25))
    ways = [[(0, 0, 0), (1, 0, 1)], [(0, 0, 0), (0, 1, 1), (1, 1, 2)]]
    mc.draw.surface(Z, W, Z * W, plane=Z, path=ways, gap=((1, 2, 1), (1, 2, 2)), names=("step", "gap"))
    solid = plt.gca()
    *paths, gap = [np.array(line.get_data_3d()).T for line in solid.lines]
    assert [len(path) for path in paths] == [2, 3] and np.allclose(gap, [(1, 2, 1), (1, 2, 2)])
    places = {text.get_text().strip(): text.get_position_3d() for text in solid.texts}
    assert places["step"] == pytest.approx((0.5, 0, 0.5)) and places["gap"] == pytest.approx((1, 2, 1.5))
    solid.figure.canvas.draw()
    assert all(100 < len(net.get_paths()) <= 400 for net in solid.collections)


@pytest.mark.parametrize("scale, tip", [(None, (1.36, 0.98)), (0.1, (1.03, 0.54))])
def test_contours_show_steps_and_the_gradient_with_its_length_if_asked(ax, scale, tip):
    mc.draw.contours(X, Y, X * Y, point=(1.0, 0.5), gradient=(0.3, 0.4), scale=scale, levels=[0.5, 1.0],
                     steps=[(0.5, 0.0), (0.0, 0.25)], ax=ax)
    gradient, *steps = arrows(ax)
    assert gradient.xy == pytest.approx(tip) and "0.5" in words(ax)
    assert [(t.xyann, t.xy) for t in steps] == [((1.0, 0.5), (1.5, 0.5)), ((1.5, 0.5), (1.5, 0.75))]
    ax.clear()
    mc.draw.contours(X, Y, X * Y, point=(0.0, 0.0), gradient=(0.0, 0.0), scale=scale, ax=ax)
    assert not arrows(ax) and "gradient" not in words(ax)


def test_losses_give_the_first_step_room(ax):
    mc.draw.losses([np.geomspace(3, 1, 1000), np.geomspace(2, 1, 1000)], ["slow", "fast"], ax=ax)
    first, second = ax.transData.transform([(0, 1), (1, 1)])[:, 0]
    assert len(ax.lines) == 2 and ax.get_yscale() == "log" and second - first > 50


def sheet():
    """Axes that fill a square figure, to look at its dots."""
    ax = plt.figure(figsize=(4, 4)).add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    return ax


def dots(ax):
    ax.figure.canvas.draw()
    return np.asarray(ax.figure.canvas.buffer_rgba())[:, :, :3].astype(int)


def test_an_arrow_can_be_seen_on_a_line_of_its_color(ax):
    ax = sheet()
    ax.plot([0, 1], [0.5, 0.5], color=palette.INPUT, linewidth=2)
    mc.draw.arrow((0.2, 0.2), (0.8, 0.8), color=palette.INPUT, ax=ax)
    row = dots(ax)[200, :, 0] < 128
    assert len(np.flatnonzero(np.diff(row.astype(int)))) >= 3, "the line is cut on both sides of the arrow"


def test_an_inset_repeats_what_is_too_small_to_see_and_its_arrows_end_at_its_edge(ax):
    ax = sheet()
    ax.plot([0, 0.2], [0, 0.2], color=palette.OUTPUT)
    ax.annotate("", (0.15, 0.15), (0.9, 0.15), arrowprops={"arrowstyle": "-|>", "color": "#ff0000", "linewidth": 2})
    mc.draw.inset((0.1, 0.2), (0.1, 0.2), at=(0.1, 0.6, 0.3, 0.3), ax=ax)
    small = ax.child_axes[0]
    assert small.get_xlim() == (0.1, 0.2) and small.lines[0].get_color() == palette.OUTPUT
    assert small.texts[0].xy == (0.15, 0.15)
    rows = dots(ax)
    red = (rows[:, :, 0] > 200) & (rows[:, :, 1] < 60)
    half, edge = red.shape[0] // 2, int(0.41 * red.shape[1])
    assert red[:half, :edge].any() and not red[:half, edge:].any()


# Diagrams ------------------------------------------------------------------------------------------------

def test_diagrams_have_a_part_for_each_number(ax):
    mc.draw.shapes(7, 2, ax=ax)
    assert len(ax.patches) == 8 and "⋮" in words(ax)
    plt.clf()
    mc.draw.network([64, 9, 2], highlight=(1, 8), names=["x", "a", "b"])
    net = plt.gca()
    assert words(net).count("⋮") == 2 and "64" in words(net) and "5" not in words(net)
    marked = [line for line in net.lines if line.get_color() == palette.ACCENT]
    assert len(net.patches) == 5 + 5 + 2 and len(marked) == 5
    assert {line.get_ydata()[1] for line in marked} == {place(net, "9")[1]}
    plt.clf()
    mc.draw.axes_count((2, 3, 4))
    assert len(plt.gca().patches) == 1 + 2 + 6 + 24
    plt.clf()
    mc.draw.nine_kinds([[("()", 0), ("(1, 3)", 1), ("(3, 2)", 2)]] * 3)
    assert "with respect\nto a matrix" in words(plt.gca())
    plt.clf()
    places = [("A", ""), ("Z", ""), ("L", "")]
    mc.draw.flow(places, [("dA", ""), ("dZ", ""), ("dL", "")], through=(["W", "f"], ["back W", "back f"]))
    order = [place(plt.gca(), name)[0] for name in ("A", "W", "Z", "f", "L")]
    assert order == sorted(order) and place(plt.gca(), "back W")[1] < place(plt.gca(), "W")[1]


def test_the_map_marks_one_link_and_fills_in_what_was_found(ax):
    mc.draw.links("weights", filled=["loss"], ax=ax)
    rows, columns, cells = ax.mc_tables[0]
    said = {row.split()[0]: [text.get_text() for text in line] for row, line in zip(rows, cells, strict=True)}
    assert [said[link][2] for link in ("loss", "weights", "layers")] == ["$A^L - t$", "?", ""]
    assert (colors(ax)[r"$W^\ell$"], colors(ax)[r"$Z^\ell$"]) == (palette.INPUT, palette.OUTPUT)
    assert colors(ax)[r"$A^\ell$"] == colors(ax)[r"$A^{\ell-1}$"] == palette.INK
    table = read(ax.figure)[0]
    marked = {label for label, values in table.rows if any("(marked)" in value for value in values)}
    assert marked == {"weights link"} and dict(table.rows)["layers link"][0] == "∂Z^ℓ/∂A^ℓ-1"


def test_the_backward_pass_of_the_map_runs_against_the_forward_one(ax):
    mc.draw.links(backward=True, ax=ax)
    ways = [(np.subtract(t.xy, t.xyann), t.arrow_patch.get_linestyle() == "--") for t in arrows(ax)]
    there, back = ([way for way, dashed in ways if dashed == wanted] for wanted in (False, True))
    assert len(there) == len(back) == 4 and np.allclose(there, np.negative(back))
    assert place(ax, r"$\partial\mathcal{L}/\partial Z^\ell$")[1] == place(ax, r"$Z^\ell$")[1]
    plt.clf()
    mc.draw.links()
    assert not [word for word in words(plt.gca()) if "mathcal{L}/" in word]


# All of them ---------------------------------------------------------------------------------------------

TENSOR = np.ones((2, 3, 4))
ERRORS = {
    "has two axes": lambda ax: mc.draw.matrix(TENSOR, ax=ax),
    r"structural has shape \(3, 2\)": lambda ax: mc.draw.matrix(VALUES, structural=VALUES.T == 1, ax=ax),
    r"\(0, 3\), the matrix has 2 rows and 3": lambda ax: mc.draw.matrix(VALUES, highlight=[(0, 3)], ax=ax),
    "rows has 3 entries, and there are 2": lambda ax: mc.draw.matrix(VALUES, rows=["a", "b", "c"], ax=ax),
    "input, output, neither; it was 'row'": lambda ax: mc.draw.vector([1.0], ["a"], role="row", ax=ax),
    "rows has 1 entry, and there are 2": lambda ax: mc.draw.vector([1.0, 2.0], ["a"], ax=ax),
    "names has 2 entries, and there are 3": lambda ax: mc.draw.product(VALUES, VALUES.T, names=("a", "b"), ax=ax),
    "so give it two axes": lambda ax: mc.draw.product(VALUES, np.ones(3), ax=ax),
    "names has 1 entry, and there are 2": lambda ax: mc.draw.beside([[1.0], [2.0]], ["a"], ax=ax),
    r"have \[1, 2\] rows": lambda ax: mc.draw.beside([[1.0], [2.0, 3.0]], ["a", "b"], ax=ax),
    "'columns' or 'rows'; it was 'row'": lambda ax: mc.draw.unfold(VALUES, 1, "row", ax=ax),
    "has 2 rows": lambda ax: mc.draw.unfold(VALUES, 3, "rows", ax=ax),
    "and there are 1 symbols": lambda ax: mc.draw.unfold(VALUES, 1, symbols=["a"], ax=ax),
    "three axes": lambda ax: mc.draw.tensor(VALUES, ax=ax),
    "layers are 0 to 3": lambda ax: mc.draw.tensor(TENSOR, highlight=[(0, 0, 4)], ax=ax),
    r"stage 0 has shape \(2, 3, 4\); unfold": lambda ax: mc.draw.compression([TENSOR], ax=ax),
    "stages are 0 to 0": lambda ax: mc.draw.compression([VALUES], current=1, ax=ax),
    "titles has 2 entries": lambda ax: mc.draw.compression([VALUES], titles=["a", "b"], ax=ax),
    r"tangent has shape \(1,\)": lambda ax: mc.draw.curve([0, 1], [0, 1], tangent=[1], ax=ax),
    "projection='3d'": lambda ax: mc.draw.surface(X, Y, X, ax=ax),
    "plane has shape": lambda ax: mc.draw.surface(X, Y, X, plane=X.T),
    "one shape": lambda ax: mc.draw.contours(X, Y, X.T, ax=ax),
    "give point": lambda ax: mc.draw.contours(X, Y, X, steps=[(1, 0)], ax=ax),
    "at least 1": lambda ax: mc.draw.shapes(0, 1, ax=ax),
    "must name one neuron": lambda ax: mc.draw.network([4, 3], highlight=(1, 3), ax=ax),
    r"not drawn; of its layer, \[0, 1, 2": lambda ax: mc.draw.network([3, 9], highlight=(1, 5), ax=ax),
    "there are 2 columns": lambda ax: mc.draw.network([3, 2], names=["a"], ax=ax),
    "they need the same": lambda ax: mc.draw.flow([("A", "")], [], ax=ax),
    "are 1 arrows": lambda ax: mc.draw.flow([("A", "")] * 2, [("B", "")] * 2, through=(["f"], []), ax=ax),
    "it was 'bias'": lambda ax: mc.draw.links("weights", filled=["bias"], ax=ax),
    "it was 'column'": lambda ax: mc.draw.bars([1.0], ["a"], roles=("input", "column"), ax=ax),
    "there are 1 values": lambda ax: mc.draw.bars([1.0], ax=ax),
    "needs a width": lambda ax: mc.draw.inset((1, 1), (0, 1), ax=ax),
    "2 finite coordinates": lambda ax: mc.draw.handle((1, np.nan), moves="a", ax=ax),
    "three lengths": lambda ax: mc.draw.axes_count((2, 3), ax=ax),
    r"rows of \[2, 2, 2\] cells": lambda ax: mc.draw.nine_kinds([[("()", 0)] * 2] * 3, ax=ax),
}


@pytest.mark.parametrize("told", ERRORS)
def test_errors_name_what_they_met(ax, told):
    with pytest.raises(ValueError, match=told):
        ERRORS[told](ax)


def test_no_drawing_has_a_color_that_the_theme_cannot_change_or_a_small_letter():
    x = np.linspace(0.1, 2, 9)
    drawings = [
        lambda: mc.draw.matrix(VALUES, ["a", "b"], ["c", "d", "e"], "t", [(0, 0)], VALUES == 5),
        lambda: mc.draw.beside([[1.0, 2.0], [3.0, 4.0]], ["a", "b"]), lambda: mc.draw.unfold(VALUES, 1),
        lambda: (mc.draw.curve(x, x**2, point=(1, 1), tangent=2 * x - 1, secant=((1, 1), (1.5, 2.25), (1.5, 2.0))),
                 mc.draw.arrow((0, 0), (1, 1), name="a")),
        lambda: mc.draw.product(VALUES, VALUES.T), lambda: mc.draw.tensor(np.ones((2, 3, 2))),
        lambda: mc.draw.compression([VALUES, [1.0, 2.0]], block=1, titles=["a", "b"]),
        lambda: mc.draw.bars([1.0, 2.0], ["a", "b"]),
        lambda: mc.draw.surface(X, Y, X * Y, plane=X, point=(1, 1, 1), path=[(0, 0, 0), (1, 1, 1)], names=("a", "")),
        lambda: mc.draw.contours(X, Y, X * Y, point=(1, 0.5), steps=[(0.5, 0)], gradient=(1, 2)),
        lambda: mc.draw.losses([[3.0, 0.1], [2.0, 1.0]], ["a", "b"]), lambda: mc.draw.shapes(7, 2),
        lambda: mc.draw.network([9, 3], highlight=(1, 1), names=["a", "b"]), lambda: mc.draw.axes_count(),
        lambda: mc.draw.flow([("A", "")] * 2, [("B", "")] * 2, through=(["f"], ["g"])),
        lambda: mc.draw.nine_kinds([[("()", 3)] * 3] * 3), lambda: mc.draw.links("loss", backward=True),
    ]
    for k, draw in enumerate(drawings):
        plt.close("all")
        draw()
        figure = plt.gcf()
        sizes = [t.get_fontsize() for t in figure.findobj(matplotlib.text.Text) if t.get_text()]
        left = set(re.findall(r"#[0-9a-fA-F]{6}\b|rgb\(.*?\)", to_svg(figure)))
        assert left == set() and min(sizes) >= 9, (k, left, min(sizes))
    plt.close("all")


def test_a_sheet_without_axes_leaves_no_empty_band_and_loses_nothing():
    figure = plt.figure(figsize=(4.8, 3.6))
    mc.draw.product(np.ones((2, 5)), np.ones((5, 4)), np.ones((2, 4)), names=("X", "Y", "XY"), ax=figure.add_subplot())
    kept = drawn_on(figure)
    assert kept.width == 4.8 and kept.height < 2.4
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert kept.y0 * figure.dpi <= min(box.y0 for box in boxes) < max(box.y1 for box in boxes) <= kept.y1 * figure.dpi
    plt.close(figure)
    mc.draw.curve(np.arange(3.0), np.arange(3.0) ** 2)
    assert drawn_on(plt.gcf()) is None
    plt.close("all")


def test_every_drawing_takes_ax_and_says_so():
    for name in mc.draw.__all__:
        thing = getattr(mc.draw, name)
        if callable(thing) and name != "cell":                # a place, not a drawing
            assert "ax" in inspect.signature(thing).parameters, name
            assert "ax : " in thing.__doc__ and "Examples" in thing.__doc__, name


def luminance(color):
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colors_of_lines_and_letters_can_be_told_from_the_page_in_both_themes():
    import pathlib

    css = (pathlib.Path(mc.__file__).parents[1] / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    dark = dict(re.findall(r"(--mc-[\w-]+): (#\w{6});", css[css.index('[data-theme="dark"]'):css.index("/* Reading")]))
    assert len(set(palette.VARIABLES)) == len(palette.VARIABLES) == len(set(palette.VARIABLES.values()))
    for color in (palette.INPUT, palette.OUTPUT, palette.INK, palette.NEUTRAL, palette.ACCENT, palette.PREDICTION,
                  palette.ROSE):
        shown = luminance(dark[palette.VARIABLES[color]])
        assert 1.05 / (luminance(color) + 0.05) > 4.5 and (shown + 0.05) / (luminance(dark["--mc-box"]) + 0.05) > 4.5


# What is read from a picture -----------------------------------------------------------------------------

def text_of(draw):
    plt.close("all")
    draw()
    plt.gcf().draw_without_rendering()
    return as_text(read(plt.gcf()))


def two_series():
    ax = plt.figure().add_subplot()
    for shift, values, name in ((-0.2, [1.0, -2.0], "predicted"), (0.2, [1.5, -1.0], "true")):
        ax.bar(np.arange(2) + shift, values, 0.4, label=name)
    ax.set_xticks([0, 1], ["a", "b"])


def lines_and_words():
    ax = plt.figure().add_subplot()
    ax.plot(1, 2, "o")
    ax.plot([0, 1], [0, -1], "--", label="gap")
    ax.plot(np.linspace(0, 1, 9), np.linspace(0, 8, 9))
    ax.annotate("", (3, 4), (1, 2), arrowprops={"arrowstyle": "->"})
    ax.text(0, 5, "above")
    ax.text(0, 1, "$v_1$ = −2")


def labels_exchanged_later():
    mc.draw.matrix(VALUES, ROWS, COLUMNS)
    first, second = (next(t for t in plt.gca().texts if t.get_text() == name) for name in ROWS)
    first.set_text("b")
    second.set_text("a")


@pytest.mark.parametrize("draw, said", [
    (lambda: mc.draw.matrix(VALUES / 4, ["heat", "salt"], [r"$\partial w_1$", "$w_2$", "$w_{3}$"]),
     "  heat: ∂w_1 0.25, w_2 0.50, w_3 0.75\n  salt: ∂w_1 1.00, w_2 1.25, w_3 1.50"),
    (lambda: mc.draw.matrix(VALUES, highlight=[(1, 0)], structural=VALUES == 3), "  1, 2, ·\n  4 (marked), 5, 6"),
    (labels_exchanged_later, "  b: x 1, y 2, z 3\n  a: x 4, y 5, z 6"),
    (two_series, "  bar a: predicted 1, true 1.5\n  bar b: predicted −2, true −1"),
    (lambda: mc.draw.bars([2.0, -1.0], ["b", "a"]), "  bar b: 2\n  bar a: −1"),
    (lines_and_words, "  point: (1, 2)\n  dashed line gap: (0, 0), (1, −1)\n  curve: (0, 0), (0.5, 4), (1, 8)\n"
                      "  arrow: (1, 2) to (3, 4)\n  words: above, v_1 = −2"),
])
def test_a_picture_is_read_as_it_is_seen(draw, said):
    assert text_of(draw) == said


def test_every_kind_of_array_is_read():
    one = np.ones((1, 1))
    assert "XY 1" in text_of(lambda: mc.draw.product(one, one, one, ("X", "Y", "XY")))
    assert "i = 2 5" in text_of(lambda: mc.draw.tensor(np.array([[[1.0, 5.0]]]), names=("j", "k", "i")))
    assert "start 7" in text_of(lambda: mc.draw.compression([[[7.0]], [[8.0]]], titles=["start", "end"]))


def test_the_table_behind_a_figure_has_the_names_of_rows_and_columns(ax):
    mc.draw.matrix(VALUES, ROWS, ["x", "<y>", "z"], ax=ax)
    ax.plot([0, 1], [0, 1])
    ax.figure.draw_without_rendering()
    html = as_html(read(ax.figure))
    assert '<th scope="col">&lt;y&gt;</th>' in html and '<th scope="row">b</th><td>4</td>' in html
    assert "line" not in html and html.count("<table>") == 1


def test_numbers_are_the_same_on_every_machine():
    assert number(0.3455) == number(0.34549999999999997) == number(0.34550000000000003)
    assert number(-3e-17) == "0" and number(-1234.0) == "−1.23e+03"
