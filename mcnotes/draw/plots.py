"""Curves, surfaces, contours, arrows, losses and bars."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import LogFormatterSciNotation

from .canvas import FILLS, QUIET, SIZE, color_of, one_for_each, quiet, said, start
from .palette import ACCENT, GRID, INK, INPUT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER, PREDICTION, PREDICTION_TINT, ROSE

#: Colors of series, which are neither inputs nor outputs.
_SERIES = (ACCENT, PREDICTION, ROSE, INK)
_STYLES = ("-", "--", ":", "-.")
#: The sheet below a name that stands on lines.
_SHEET = {"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.85}


def curve(x, y, *, point=None, tangent=None, secant=None, labels: Sequence[str] = ("input", "output"),
          ax: Axes | None = None) -> None:
    """Draw a curve, with its tangent or a secant at a point and the gap between them.

    Parameters
    ----------
    x, y, tangent : array of shape (p,); the tangent is given by its heights over the same x
    point : (float, float), the base point
    secant : two or three (float, float), both ends of a step; what the tangent predicts, the third, marks the gap

    Examples
    --------
    >>> mc.draw.curve([0, 1, 2], [0, 1, 4], point=(1, 1), tangent=[-1, 1, 3])
    """
    for name, heights in (("y", y), ("tangent", tangent)):
        if heights is not None and np.shape(heights) != np.shape(x):
            raise ValueError(f"{name} has shape {np.shape(heights)}, x has {np.shape(x)}; give one value for each x")
    ax = start(ax)
    quiet(ax)
    ax.plot(x, y, color=OUTPUT, linewidth=2.2)
    if tangent is not None:
        ax.plot(x, tangent, color=PREDICTION, linewidth=1.6, linestyle="--")
    if secant is not None:
        (x0, y0), (x1, y1), *rest = secant
        ax.plot([x0, x1], [y0, y1], color=NEUTRAL, linewidth=1.2, marker="o", markersize=5)
        for predicted in rest:
            ax.plot(*zip((x1, y1), predicted, strict=True), color=ACCENT, linewidth=3, solid_capstyle="butt")
    if point is not None:
        ax.plot(*point, "o", color=INK, markersize=6)
    ax.set_xlabel(labels[0], color=INPUT, size=SIZE)
    letter = labels[1].startswith("$")                             # a letter stands upright, words go up the axis
    ax.set_ylabel(labels[1], color=OUTPUT, size=SIZE, rotation=0 if letter else 90, ha="right" if letter else "center")


def surface(x, y, z, *, plane=None, point=None, path=None, gap=None, names: Sequence[str] = ("", ""),
            labels: Sequence[str] = ("$v_1$", "$v_2$", "$s$"), ax: Axes | None = None) -> None:
    """Draw a surface over a grid as a net, with a plane that touches it.

    Parameters
    ----------
    x, y, z : array of shape (p, q), the grid and the heights; at most 20 by 20 lines of it are drawn
    plane : array of shape (p, q) of heights over the same grid, or (x, y, z) with a grid of its own
    point : (float, float, float), the base point
    path : array of shape (t, 3), or list of these, such as two steps along the axes in either order
    gap : two (float, float, float), what the plane predicts and what the surface has, joined
    names : (str, str), written beside the path and beside the gap

    Examples
    --------
    >>> X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    >>> mc.draw.surface(X, Y, X * Y, plane=X, point=(1, 1, 1), path=[(1, 1, 1), (2, 1, 2)], names=("step", ""))
    """
    _one_shape("a surface", x, y, z)
    sheet = plane if isinstance(plane, tuple) else (x, y, plane)
    if plane is not None:
        _one_shape("a plane", *sheet)
    ax = start(ax, height=3.8, projection="3d")
    if not hasattr(ax, "plot_surface"):
        raise ValueError("a surface needs axes with projection='3d', these are flat; draw it in a figure of its own")
    net = {"shade": False, "rcount": 20, "ccount": 20}
    ax.plot_surface(x, y, z, color=OUTPUT_TINT, edgecolor=OUTPUT, linewidth=0.5, alpha=0.75, **net)
    if plane is not None:
        ax.plot_surface(*sheet, color=PREDICTION_TINT, edgecolor=PREDICTION, linewidth=0.4, alpha=0.6, **net)
    paths = [] if path is None else path if np.ndim(path[0]) == 2 else [path]
    for k, line in enumerate(paths):
        style = {"color": (ACCENT, INK)[k % 2], "linestyle": _STYLES[k % 4], "linewidth": 2.5}
        ax.plot(*np.asarray(line, dtype=float).T, marker="o", markersize=4, zorder=10, **style)
    if gap is not None:
        ax.plot(*zip(*gap, strict=True), color=ACCENT, linewidth=3.5, solid_capstyle="butt", zorder=10)
    for line, name, side in zip((paths[0] if paths else None, gap), names, ("right", "left"), strict=True):
        if line is not None and name:                       # the path's name ends at its middle, the gap's begins there
            place = {"ha": side, "va": "bottom" if side == "right" else "center"}
            ax.text(*np.mean(line, axis=0), f" {name} ", color=ACCENT, size=SIZE, bbox=_SHEET, zorder=12, **place)
    if point is not None:
        ax.plot(*([coordinate] for coordinate in point), "o", color=INK, markersize=6, zorder=11)
    for name, label, color in zip("xyz", labels, (INPUT, INPUT, OUTPUT), strict=True):
        getattr(ax, f"set_{name}label")(label, color=color, size=SIZE)
        axis = getattr(ax, f"{name}axis")
        axis.set_pane_color((1, 1, 1, 0))
        axis.line.set_color(NEUTRAL)
        axis._axinfo["grid"].update(color=GRID, linewidth=0.5)
    ax.tick_params(colors=INK, labelsize=SIZE - 2)
    ax.locator_params(nbins=4)


def contours(x, y, z, *, point=None, steps=(), gradient=None, scale: float = 1.0, levels=9,
             ax: Axes | None = None) -> None:
    """Draw a function of two inputs from above, its values on the lines, with steps and the gradient at a point.

    Parameters
    ----------
    x, y, z : array of shape (p, q), the grid and the values
    point : (float, float), the base point
    steps : list of array of shape (2,), each step from the end of the one before
    gradient : array of shape (2,) or Derivative, drawn as an arrow from the point unless it is zero
    scale : float, how long that arrow is for a gradient of length 1

    Examples
    --------
    >>> X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    >>> mc.draw.contours(X, Y, X * Y, point=(1, 0.5), steps=[(0.5, 0), (0, 0.5)], gradient=(0.5, 1))
    """
    _one_shape("a contour", x, y, z)
    if point is None and (len(steps) or gradient is not None):
        raise ValueError("steps and the gradient start at a point; give point=(x, y)")
    ax = start(ax, height=3.8)
    quiet(ax)
    ax.grid(False)
    lines = ax.contour(x, y, z, levels=levels, colors=OUTPUT, linewidths=0.9, alpha=0.8, linestyles="solid")
    ax.clabel(lines, fontsize=SIZE - 2, fmt=said, inline_spacing=2)
    slopes = np.zeros(2) if gradient is None else np.asarray(getattr(gradient, "array", gradient), dtype=float).ravel()
    if slopes.any():
        arrow(point, np.asarray(point) + scale * slopes, color=PREDICTION, name="gradient", ax=ax)
    tail = point
    for step in steps:
        arrow(tail, np.add(tail, step), color=INPUT, ax=ax)
        tail = np.add(tail, step)
    if point is not None:
        ax.plot(*point, "o", color=INK, markersize=6)
    ax.set_aspect("equal")
    ax.set_xlabel("$v_1$", color=INPUT, size=SIZE)
    ax.set_ylabel("$v_2$", color=INPUT, size=SIZE)


def arrow(tail, head, *, color: str = ACCENT, name: str = "", ax: Axes | None = None) -> None:
    """Draw an arrow between arrays of shape (2,), in a color such as ``mc.draw.OUTPUT``, its name beside its head.

    It can be seen wherever it lies: along its sides it keeps what is below it at a distance.

    Examples
    --------
    >>> mc.draw.arrow((0, 0), (1, 2), name="step")
    """
    ax = start(ax)
    head, tail = tuple(float(c) for c in head), tuple(float(c) for c in tail)
    ax.annotate("", head, tail, zorder=5, arrowprops={
        "arrowstyle": "-|>", "color": color, "linewidth": 2.4, "shrinkA": 0, "shrinkB": 0,
        "path_effects": [Stroke(linewidth=6, foreground=PAPER), Normal()]})
    if name:
        ax.annotate(name, head, color=color, size=SIZE - 1, xytext=(4, 4), textcoords="offset points")


def inset(x: tuple[float, float], y: tuple[float, float], *, at: Sequence[float] = (0.06, 0.58, 0.38, 0.38),
          ax: Axes | None = None) -> None:
    """Draw lines and arrows of a part of the picture again, larger, in a corner: for steps too small to be seen.

    Parameters
    ----------
    x, y : (float, float), from where to where the part reaches, in the coordinates of the axes
    at : four float, left, bottom, width and height of the corner, as parts of the axes

    Examples
    --------
    >>> mc.draw.curve([0, 1, 2], [0, 1, 4])
    >>> mc.draw.inset((0.9, 1.1), (0.8, 1.2))
    """
    if x[0] == x[1] or y[0] == y[1]:
        raise ValueError(f"the part to draw larger needs a width and a height; x is {tuple(x)}, y is {tuple(y)}")
    ax = start(ax)
    small = ax.inset_axes(at, xlim=x, ylim=y, xticks=[], yticks=[], facecolor=PAPER, zorder=8)
    small.set_aspect(ax.get_aspect(), adjustable="box")
    for line in ax.lines:
        if line.get_transform() == ax.transData:
            small.plot(*line.get_data(), label=line.get_label(), **{
                name: getattr(line, f"get_{name}")()
                for name in ("color", "linestyle", "linewidth", "marker", "markersize", "zorder")})
    for note in ax.texts:
        shaft = getattr(note, "arrow_patch", None)
        if shaft is not None:
            same = {"arrowstyle": "-|>", "color": shaft.get_edgecolor(), "linewidth": shaft.get_linewidth(),
                    "linestyle": shaft.get_linestyle(), "shrinkA": 0, "shrinkB": 0}
            copy = small.annotate("", note.xy, note.xyann, arrowprops=same)
            copy.arrow_patch.set_clip_box(small.bbox)           # its tail may lie far outside
    for spine in small.spines.values():
        spine.set_color(NEUTRAL)
    ax.indicate_inset_zoom(small, edgecolor=NEUTRAL, alpha=0.9)


def losses(histories: Sequence, labels: Sequence[str], *, ax: Axes | None = None) -> None:
    """Draw how losses fall, step by step, on logarithmic axes: the first steps get as much room as the last.

    Parameters
    ----------
    histories : list of array of shape (t,), the loss before the first step, after it, and so on

    Examples
    --------
    >>> mc.draw.losses([[3.0, 2.0, 1.5], [3.0, 1.0, 0.9]], ["slow", "fast"])
    """
    one_for_each("labels", labels, len(histories), "histories")
    ax = start(ax)
    quiet(ax)
    for k, (history, label) in enumerate(zip(histories, labels, strict=True)):
        ax.plot(history, _STYLES[k % 4], color=_SERIES[k % 4], linewidth=1.8, label=label)
    ax.set_xscale("symlog", linthresh=1)                                  # step 0 has a place, too
    ax.set_xlim(0, max(map(len, histories)) - 1 or 1)
    ax.xaxis.set_major_formatter(lambda step, _: f"{step:g}")
    ax.set_yscale("log")
    ax.yaxis.set_minor_formatter(LogFormatterSciNotation(minor_thresholds=(2, 0.7)))
    ax.tick_params(which="minor", labelsize=SIZE - 2)
    ax.set_xlabel("step of gradient descent", size=SIZE, color=INK)
    ax.set_ylabel("loss", size=SIZE, color=OUTPUT)
    ax.legend(frameon=False, fontsize=SIZE - 1, labelcolor=INK)


def bars(values, labels: Sequence[str], *, ylabel: str = "change",
         roles: tuple[str, str] = ("neither", "output"), ax: Axes | None = None) -> None:
    """Draw numbers as bars.

    Parameters
    ----------
    values, labels : array of shape (p,), or Derivative of p entries, and list of p str
    roles : two of "input", "output", "neither", for the colors of the labels and of the bars

    Examples
    --------
    >>> mc.draw.bars([1.0, 2.0], ["sugar", "lemon"], ylabel="change of the taste")
    """
    values = np.ravel(getattr(values, "array", values))
    one_for_each("labels", labels, len(values), "values")
    ax = start(ax, height=3.0)
    quiet(ax)
    ax.grid(axis="x", visible=False)
    colors = [color_of(role) for role in roles]
    edge, tint = FILLS[roles[1]]
    ax.bar(range(len(values)), values, 0.6, color=tint, edgecolor=edge)
    ax.axhline(0, color=NEUTRAL, linewidth=0.8, label=QUIET)
    ax.set_xticks(range(len(values)), labels, size=SIZE, color=colors[0])
    ax.set_ylabel(ylabel, size=SIZE, color=colors[1])


def _one_shape(what, x, y, z):
    if not np.shape(x) == np.shape(y) == np.shape(z):
        raise ValueError(f"{what} needs one height for each point of its grid; the grid has shapes {np.shape(x)} and "
                         f"{np.shape(y)}, the heights have {np.shape(z)}")
