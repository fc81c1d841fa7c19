"""Drawings are tested on their artists: what is written where, in which color; and by what is read from them."""

import doctest
import inspect
import pathlib
import re
import sys
import types

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

import mcnotes as mc
from mcnotes.draw import palette
from mcnotes.draw.figures import drawn_on, to_svg
from mcnotes.draw.readout import as_html, as_text, number, read

VALUES = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
ROWS, COLUMNS = ["a", "b"], ["x", "y", "z"]


def drawn(draw, *given, **options):
    """New axes with a drawing."""
    ax = plt.figure().add_subplot()
    draw(*given, **options, ax=ax)
    return ax


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

def test_matrix_puts_rows_down_and_columns_across():
    ax = drawn(mc.draw.matrix, VALUES, rows=["v1", "v2"], columns=["w1", "w2", "w3"])
    assert place(ax, "4")[1] < place(ax, "1")[1] and place(ax, "4")[0] == place(ax, "1")[0]
    assert place(ax, "2")[0] > place(ax, "1")[0] and place(ax, "2")[1] == place(ax, "1")[1]
    assert place(ax, "v2")[1] == place(ax, "4")[1] and place(ax, "w3")[0] == place(ax, "3")[0]
    assert colors(ax)["v1"] == palette.INPUT and colors(ax)["w1"] == palette.OUTPUT
    assert colors(drawn(mc.draw.matrix, VALUES, ["c", "d"], roles=("output", "input")))["c"] == palette.OUTPUT
    ax = drawn(mc.draw.vector, ["a", "b"], labels=["a", "b"], role="output", column=False)
    assert [t.get_color() for t in ax.texts if t.get_text() == "a"] == [palette.OUTPUT, palette.INK]


def test_matrix_tells_structural_zeros_from_zeros_that_hold_here():
    values = np.array([[1.5, 0.0], [0.0, 2.5], [3.5, np.nan]])
    structural = np.array([[False, True], [False, False], [False, False]])
    ax = drawn(mc.draw.matrix, values, structural=structural, highlight=[(2, 1)])
    assert words(ax).count("·") == words(ax).count("0") == words(ax).count("") == 1 and len(ax.patches) == 2


def test_matrix_marks_whole_rows_and_columns():
    ax = drawn(mc.draw.matrix, VALUES, highlight=[(1, None), (None, 0)])
    middles = {(p.get_x() + p.get_width() / 2, p.get_y() + p.get_height() / 2) for p in ax.patches}
    marked = {text for text in words(ax) if any(np.allclose(place(ax, text), middle) for middle in middles)}
    assert marked == {"1", "4", "5", "6"}


def test_drawings_take_a_derivative():
    d = mc.derivative(lambda v: v[0] - 2 * v[1], [3.0, 1.0])
    assert words(drawn(mc.draw.matrix, d, ROWS, ["s"])) == ["s", "a", "b", "1", "−2"]
    named = types.SimpleNamespace(rows=["heat", "salt"], columns=["taste"], matrix=d.matrix)
    ax = drawn(mc.draw.matrix, named)
    assert place(ax, "salt")[1] == place(ax, "−2")[1] and place(ax, "taste")
    bars = drawn(mc.draw.bars, d, ROWS, roles=("input", "neither"))
    assert [tick.get_text() for tick in bars.get_xticklabels()] == ROWS
    assert [bar.get_height() for bar in bars.patches] == [1.0, -2.0]
    assert bars.get_xticklabels()[0].get_color() == palette.INPUT
    assert bars.patches[0].get_edgecolor() == matplotlib.colors.to_rgba(palette.ACCENT)


@pytest.mark.parametrize("values, said", [
    ([[-0.0]], ["0"]), ([[1e3]], ["1000"]), ([[-12345.6]], ["−12346"]), ([[2.5e6]], ["2.5e6"]), ([[-1e-5]], ["−1e−5"]),
    ([[np.inf]], ["∞"]), ([[np.nan]], [""]), ([[123.4, 0.0012]], ["123", "0.0012"]),
    ([[1.3456, -0.94712, 0.0], [0.028, 2.0, np.nan]], ["1.35", "−0.95", "0", "0.03", "2.00", ""])])
def test_numbers_stand_short_in_their_cells_with_the_same_decimals_in_a_table(values, said):
    assert words(drawn(mc.draw.matrix, values)) == said


def test_arrays_side_by_side_have_brackets_of_their_own():
    ax = drawn(mc.draw.beside, [[2.0, -3.0], [[4.0, 5.0], [6.0, 7.0]]], ["g", "M"], rows=["x", "y"], signs=["="])
    assert place(ax, "x")[1] == place(ax, "2")[1] == place(ax, "4")[1] and place(ax, "y")[1] == place(ax, "6")[1]
    assert place(ax, "g")[0] == place(ax, "2")[0] < place(ax, "=")[0] < place(ax, "4")[0] < place(ax, "5")[0]
    assert len([line for line in ax.lines if len(line.get_xdata()) == 4]) == 4, "two brackets for each array"
    assert [dict(table.rows)["y"] for table in read(ax.figure)[:2]] == [["−3"], ["6", "7"]]


@pytest.mark.parametrize("by, opened, numbers, folded", [
    ("rows", 1, "123", 1), ("columns", 2, "1245", 1), ("columns", 0, "", 3)])
def test_unfold_opens_blocks_in_order_and_leaves_the_numbers_alone(by, opened, numbers, folded):
    ax = drawn(mc.draw.unfold, VALUES, opened, by, rows=["x", "y"], columns=["a", "b", "c"])
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


def test_product_shows_shapes_and_whether_they_fit():
    fits = words(drawn(mc.draw.product, VALUES.T, np.ones((2, 1)), np.ones((3, 1))))
    assert [w for w in fits if "×" in w] == ["(3 × 2)", "(2 × 1)", "(3 × 1)"] and "inner sizes agree" in fits
    assert "inner sizes differ: no product" in words(drawn(mc.draw.product, VALUES, np.ones((2, 1))))


def test_tensor_draws_layer_behind_layer_and_goes_on_below_before_its_cells_collide():
    ax = drawn(mc.draw.tensor, np.arange(24.0).reshape(2, 3, 4), names=("j", "k", "i"), highlight=[(1, 2, 3)])
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


def test_compression_draws_the_stages_from_left_to_right():
    first = np.full((4, 2), np.nan)
    first[:2, 0] = first[2:, 1] = [7.0, 8.0]
    stages, titles = [first, [7.0, 8.0, 7.0, 8.0], [[7.0], [8.0]]], ["a", "b", "c"]
    ax = drawn(mc.draw.compression, stages, 2, titles, block=2)
    assert words(ax).count("·") == 4 and place(ax, "a")[0] < place(ax, "b")[0] < place(ax, "c")[0]
    assert len([line for line in ax.lines if line.get_linestyle() == "--"]) == 2
    marked = [p.get_xy()[0] for p in ax.patches if p.get_facecolor() == matplotlib.colors.to_rgba(palette.MARK_TINT)]
    assert len(marked) == 2 and min(marked) > place(ax, "b")[0], "the entries of the last stage"
    assert words(drawn(mc.draw.compression, stages, 0, titles, block=2)).count("7") == 2


# Plots ---------------------------------------------------------------------------------------------------

def test_a_curve_marks_the_gap_between_a_step_and_what_the_tangent_predicts():
    x = np.linspace(0, 2, 9)
    ax = drawn(mc.draw.curve, x, x**2, point=(1, 1), tangent=2 * x - 1, secant=((1, 1), (1.5, 2.25), (1.5, 2.0)))
    assert len(ax.lines) == 5 and np.allclose(ax.lines[3].get_ydata(), [2.25, 2.0])


def test_a_surface_has_its_paths_and_its_gap_and_a_coarse_net():
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


def test_contours_show_steps_and_the_gradient_with_its_length():
    ax = drawn(mc.draw.contours, X, Y, X * Y, point=(1.0, 0.5), gradient=(0.3, 0.4), scale=0.1, levels=[0.5, 1.0],
               steps=[(0.5, 0.0), (0.0, 0.25)])
    gradient, *steps = arrows(ax)
    assert gradient.xy == pytest.approx((1.03, 0.54)) and "0.5" in words(ax)
    assert [(t.xyann, t.xy) for t in steps] == [((1.0, 0.5), (1.5, 0.5)), ((1.5, 0.5), (1.5, 0.75))]
    ax = drawn(mc.draw.contours, X, Y, X * Y, point=(0.0, 0.0), gradient=(0.0, 0.0))
    assert not arrows(ax) and "gradient" not in words(ax)


def test_losses_give_the_first_step_room():
    ax = drawn(mc.draw.losses, [np.geomspace(3, 1, 1000), np.geomspace(2, 1, 1000)], ["slow", "fast"])
    first, second = ax.transData.transform([(0, 1), (1, 1)])[:, 0]
    assert [line.get_label() for line in ax.lines] == ["slow", "fast"]
    assert ax.get_yscale() == "log" and second - first > 50
    assert not {line.get_color() for line in ax.lines} & {palette.INPUT, palette.OUTPUT}, "neither inputs nor outputs"


def sheet():
    """Axes that fill a square figure, to look at its dots."""
    ax = plt.figure(figsize=(4, 4)).add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    return ax


def dots(ax):
    ax.figure.canvas.draw()
    return np.asarray(ax.figure.canvas.buffer_rgba())[:, :, :3].astype(int)


def test_an_arrow_can_be_seen_on_a_line_of_its_color():
    ax = sheet()
    ax.plot([0, 1], [0.5, 0.5], color=palette.INPUT, linewidth=2)
    mc.draw.arrow((0.2, 0.2), (0.8, 0.8), color=palette.INPUT, ax=ax)
    row = dots(ax)[200, :, 0] < 128
    assert len(np.flatnonzero(np.diff(row.astype(int)))) >= 3, "the line is cut on both sides of the arrow"


def test_an_inset_repeats_what_is_too_small_to_see_and_its_arrows_end_at_its_edge():
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

def test_diagrams_have_a_part_for_each_number():
    assert len(drawn(mc.draw.shapes, 4, 2).patches) == 4 + 2 + 1
    assert len(drawn(mc.draw.axes_count, (2, 3, 4)).patches) == 1 + 2 + 6 + 24
    kinds = drawn(mc.draw.nine_kinds, [[("()", 0), ("(1, 3)", 1), ("(3, 2)", 3)]] * 3)
    assert "with respect\nto a matrix" in words(kinds)
    assert [box.get_linestyle() == "--" for box in kinds.patches] == [False, False, True] * 3


def test_the_weights_of_one_neuron_are_marked():
    net = drawn(mc.draw.network, [4, 3, 2], ["x", "a", "b"], highlight=(1, 2))
    marked = [line for line in net.lines if line.get_color() == palette.ACCENT]
    assert len(net.patches) == 4 + 3 + 2 and len(net.lines) == 12 + 6 and len(marked) == 4
    row = min(y for (x, y) in (text.get_position() for text in net.texts) if x == place(net, "a")[0])
    assert {tuple(np.ravel(line.get_data())[[1, 3]]) for line in marked} == {(place(net, "a")[0], row)}


def test_shapes_flow_forward_and_back():
    places = [("A", ""), ("Z", ""), ("L", "")]
    ax = drawn(mc.draw.flow, places, [("dA", ""), ("dZ", ""), ("dL", "")], (["W", "f"], ["back W", "back f"]))
    order = [place(ax, name)[0] for name in ("A", "W", "Z", "f", "L")]
    assert order == sorted(order) and place(ax, "back W")[1] < place(ax, "W")[1]
    assert [np.sign(t.xy[0] - t.xyann[0]) for t in arrows(ax)] == [1, 1, -1, -1]


def test_the_map_marks_one_link_and_fills_in_what_was_found():
    ax = drawn(mc.draw.links, "weights", filled=["loss"])
    table = read(ax.figure)[0]
    said = {label.removesuffix(" link"): values for label, values in table.rows}
    assert [said[link][2] for link in ("loss", "weights", "layers")] == ["A^L - t", "? (marked)", ""]
    assert said["layers"][0] == "∂Z^ℓ/∂A^ℓ-1"
    assert {link for link, values in said.items() if any("(marked)" in value for value in values)} == {"weights"}
    assert (colors(ax)[r"$W^\ell$"], colors(ax)[r"$Z^\ell$"]) == (palette.INPUT, palette.OUTPUT)
    assert colors(ax)[r"$A^\ell$"] == colors(ax)[r"$A^{\ell-1}$"] == palette.INK


def test_the_backward_pass_of_the_map_runs_against_the_forward_one():
    ax = drawn(mc.draw.links, backward=True)
    ways = [(np.subtract(t.xy, t.xyann), t.arrow_patch.get_linestyle() == "--") for t in arrows(ax)]
    there, back = ([way for way, dashed in ways if dashed == wanted] for wanted in (False, True))
    assert len(there) == len(back) == 4 and np.allclose(there, np.negative(back))
    assert place(ax, r"$\partial\mathcal{L}/\partial Z^\ell$")[1] == place(ax, r"$Z^\ell$")[1]
    assert not [word for word in words(drawn(mc.draw.links)) if "mathcal{L}/" in word]


# All of them ---------------------------------------------------------------------------------------------

TENSOR = np.ones((2, 3, 4))
PLACES = [("A", "")] * 2


@pytest.mark.parametrize("name, given, options, told", [
    ("matrix", (TENSOR,), {}, "has two axes"),
    ("matrix", (VALUES,), {"structural": VALUES.T == 1}, r"structural has shape \(3, 2\)"),
    ("matrix", (VALUES,), {"highlight": [(0, 3)]}, "index 3 is out of bounds for axis 1 with size 3"),
    ("matrix", (VALUES, ["a", "b", "c"]), {}, "rows has 3 entries, and there are 2"),
    ("vector", ([1.0], ["a"]), {"role": "row"}, "input, output, neither; it was 'row'"),
    ("vector", ([1.0, 2.0], ["a"]), {}, "rows has 1 entry, and there are 2"),
    ("product", (VALUES, VALUES.T), {"names": ("a", "b")}, "names has 2 entries, and there are 3"),
    ("product", (VALUES, np.ones(3)), {}, "so give it two axes"),
    ("beside", ([[1.0], [2.0]], ["a"]), {"signs": ["="]}, "names has 1 entry, and there are 2"),
    ("beside", ([[1.0], [2.0]], ["a", "b"]), {"signs": []}, "there are 1 gaps"),
    ("beside", ([[1.0], [2.0, 3.0]], ["a", "b"]), {"signs": ["="]}, r"have \[1, 2\] rows"),
    ("unfold", (VALUES, 1, "row"), {}, "'columns' or 'rows'; it was 'row'"),
    ("unfold", (VALUES, 3, "rows"), {}, "has 2 rows"),
    ("unfold", (VALUES, 1), {"symbols": ["a"]}, "and there are 1 symbols"),
    ("tensor", (VALUES,), {}, "three axes"),
    ("tensor", (TENSOR,), {"highlight": [(0, 0, 4)]}, "index 4 is out of bounds for axis 2"),
    ("compression", ([TENSOR], 0, ["a"], 2), {}, r"stage 0 has shape \(2, 3, 4\); unfold"),
    ("compression", ([VALUES], 1, ["a"], 2), {}, "stages are 0 to 0"),
    ("compression", ([VALUES], 0, ["a", "b"], 2), {}, "titles has 2 entries"),
    ("curve", ([0, 1], [0, 1]), {"tangent": [1]}, r"tangent has shape \(1,\)"),
    ("surface", (X, Y, X), {}, "projection='3d'"),
    ("surface", (X, Y, X), {"plane": X.T}, r"a plane needs .* the heights have \(3, 2\)"),
    ("contours", (X, Y, X.T), {}, r"a contour needs .* the heights have \(3, 2\)"),
    ("contours", (X, Y, X), {"steps": [(1, 0)]}, "give point"),
    ("losses", ([3.0, 2.0, 1.0], ["a"]), {}, "there are 3 histories"),
    ("bars", ([1.0], ["a"]), {"roles": ("input", "column")}, "it was 'column'"),
    ("bars", ([1.0], []), {}, "there are 1 values"),
    ("inset", ((1, 1), (0, 1)), {}, "needs a width"),
    ("shapes", (0, 1), {}, "from 1 to 5; they were 0"),
    ("shapes", (3, 6), {}, "from 1 to 5; they were 3"),
    ("network", ([4, 8], ["a", "b"]), {}, "1 to 7 neurons"),
    ("network", ([4, 3], ["a", "b"]), {"highlight": (1, 3)}, "must name one neuron"),
    ("network", ([3, 2], ["a"]), {}, "there are 2 columns"),
    ("flow", ([("A", "")], [], ([], [])), {}, "they need the same"),
    ("flow", (PLACES, PLACES, (["f"], [])), {}, "are 1 arrows"),
    ("links", ("weights",), {"filled": ["bias"]}, "it was 'bias'"),
    ("handle", ((1, np.nan),), {"moves": "a"}, "2 finite coordinates"),
    ("axes_count", ((2, 3),), {}, "three lengths"),
    ("nine_kinds", ([[("()", 0)] * 2] * 3,), {}, r"rows of \[2, 2, 2\] cells"),
])
def test_errors_name_what_they_met(name, given, options, told):
    with pytest.raises((ValueError, IndexError), match=told):
        drawn(getattr(mc.draw, name), *given, **options)


LINE = np.linspace(0.1, 2, 9)


@pytest.mark.parametrize("name", [name for name in mc.draw.__all__ if name.islower() and name != "cell"])
def test_a_drawing_takes_ax_and_its_example_has_colors_of_the_theme_and_letters_to_read(name):
    draw = getattr(mc.draw, name)
    assert "ax" in inspect.signature(draw).parameters
    if name in ("arrow", "handle", "tap"):                  # they are put on a drawing
        mc.draw.curve(LINE, LINE**2, point=(1, 1), tangent=2 * LINE - 1, secant=((1, 1), (2, 4), (2, 3)))
    known = {"np": np, "mc": mc} | vars(sys.modules[draw.__module__])
    for example in doctest.DocTestParser().get_examples(draw.__doc__):
        exec(example.source, known)
    figure = plt.gcf()
    assert not re.findall(r"#[0-9a-fA-F]{6}\b|rgb\(.*?\)", to_svg(figure))
    assert min(t.get_fontsize() for t in figure.findobj(matplotlib.text.Text) if t.get_text()) >= 9


def test_a_sheet_without_axes_leaves_no_empty_band_and_loses_nothing():
    figure = plt.figure(figsize=(4.8, 3.6))
    mc.draw.product(np.ones((2, 5)), np.ones((5, 4)), np.ones((2, 4)), names=("X", "Y", "XY"), ax=figure.add_subplot())
    kept = drawn_on(figure)
    assert kept.width == 4.8 and kept.height < 2.4
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert kept.y0 * figure.dpi <= min(box.y0 for box in boxes) < max(box.y1 for box in boxes) <= kept.y1 * figure.dpi
    assert drawn_on(drawn(mc.draw.curve, LINE, LINE**2).figure) is None


def luminance(color):
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colors_of_lines_and_letters_can_be_told_from_the_page_in_both_themes():
    css = (pathlib.Path(mc.__file__).parents[1] / "book" / "_static" / "book.css").read_text(encoding="utf-8")
    dark = dict(re.findall(r"(--mc-[\w-]+): (#\w{6});", css[css.index('[data-theme="dark"]'):css.index("/* Reading")]))
    assert len(palette.VARIABLES) == len(palette.__all__) and set(palette.VARIABLES.values()) <= set(dark)
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
    (lambda: mc.draw.product([[1.0]], [[2.0]], [[3.0]], ("X", "Y", "XY")),
     "  X 1\n  Y 2\n  XY 3\n  words: =, (1 × 1), (1 × 1), (1 × 1), inner sizes agree"),
    (lambda: mc.draw.tensor(np.array([[[1.0, 5.0]]]), names=("j", "k", "i")),
     "  i = 2 5\n  i = 1 1\n  words: ← j, k →"),
    (lambda: mc.draw.compression([[[7.0]], [[8.0]]], 1, ["start", "end"], 1),
     "  start 7\n  end 8 (marked)\n  arrow: (2, −0.5) to (3.4, −0.5)"),
])
def test_a_picture_is_read_as_it_is_seen(draw, said):
    assert text_of(draw) == said


def test_the_table_behind_a_figure_has_the_names_of_rows_and_columns():
    ax = drawn(mc.draw.matrix, VALUES, ROWS, ["x", "<y>", "z"])
    ax.plot([0, 1], [0, 1])
    ax.figure.draw_without_rendering()
    html = as_html(read(ax.figure))
    assert '<th scope="col">&lt;y&gt;</th>' in html and '<th scope="row">b</th><td>4</td>' in html
    assert "line" not in html and html.count("<table>") == 1


def test_numbers_are_the_same_on_every_machine():
    assert number(0.3455) == number(0.34549999999999997) == number(0.34550000000000003) == "0.346"
    assert number(-3e-17) == "0" and number(-1234.0) == "−1.23e+03"
