"""Curves, surfaces, contours and gaps."""

import numpy as np
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import LogFormatterSciNotation

from .canvas import SIZE, quiet, said, start
from .palette import ACCENT, GRID, INK, INPUT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER, PREDICTION, PREDICTION_TINT, ROSE

#: Colours of series, which are neither inputs nor outputs.
_SERIES = (ACCENT, PREDICTION, ROSE, INK)
_STYLES = (("-", "o"), ("--", "s"), (":", "^"), ("-.", "D"))


def curve(x, y, *, point=None, tangent=None, secant=None, gap=None, labels=("input", "output"), ax=None):
    """Draw a curve, with its tangent or a secant at a point and the gap between them.

    Parameters
    ----------
    x, y : array of shape (p,)
    point : (float, float), optional
        The base point.
    tangent : array of shape (p,), optional
        Values of the tangent line over the same x.
    secant : ((float, float), (float, float)), optional
        Both ends of a step on the curve. A third pair, what the tangent
        predicts, marks the gap between it and the second end.
    gap : ((float, float), (float, float)), optional
        A gap to mark where no secant is drawn.
    labels : tuple of two str, optional
        Names of the axes.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The curve or its tangent does not have one value for each x.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> curve([0, 1, 2], [0, 1, 4], point=(1, 1), tangent=[-1, 1, 3], ax=ax)
    >>> len(ax.lines)
    3
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
        gap = ((x1, y1), rest[0]) if rest else gap
    if gap is not None:
        ax.plot(*zip(*gap, strict=True), color=ACCENT, linewidth=3, solid_capstyle="butt")
    if point is not None:
        ax.plot(*point, "o", color=INK, markersize=6)
    ax.set_xlabel(labels[0], color=INPUT, size=SIZE)
    letter = labels[1].startswith("$")                             # a letter stands upright, words go up the axis
    ax.set_ylabel(labels[1], color=OUTPUT, size=SIZE, rotation=0 if letter else 90, ha="right" if letter else "center")


def gap_loglog(steps, gaps, labels=None, *, slopes=(1, 2), ax=None):
    """Draw gaps against the step on logarithmic axes, beside lines of known slope.

    Parameters
    ----------
    steps : array of shape (p,)
    gaps : array of shape (p,), or list of these
        One curve each.
    labels : list of str, optional
        Names of the curves.
    slopes : tuple of int, optional
        Slopes of the grey lines to compare with.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        A curve does not have one gap for each step, there are not as many
        labels as curves, or no gap is above 0: nothing of it can stand on
        logarithmic axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> gap_loglog([1, 0.5], [[1, 0.25], [1, 0.5]], ["right", "wrong"], ax=ax)
    >>> len(ax.lines)
    4
    """
    ax = start(ax)
    quiet(ax)
    steps, gaps = np.asarray(steps, dtype=float), np.atleast_2d(np.asarray(gaps, dtype=float))
    if gaps.shape[1:] != steps.shape:
        raise ValueError(f"gaps has shape {gaps.shape}, steps has {steps.shape}; give each curve one gap for each step")
    if labels is not None and len(labels) != len(gaps):
        raise ValueError(f"there are {len(gaps)} curves and {len(labels)} labels; give one label for each")
    if not (gaps > 0).any(axis=1).all():
        raise ValueError("a curve has no gap above 0, so it has no place on logarithmic axes; an affine function has "
                         "no gap at all, take a curved one")
    for slope in slopes:
        line = 2.5 * gaps.max() * (steps / steps.max()) ** slope
        ax.loglog(steps, line, color=NEUTRAL, linewidth=0.8)
        ax.annotate(
            f"slope {slope}",
            (steps.min(), line[np.argmin(steps)]),
            color=NEUTRAL,
            size=SIZE - 1,
            xytext=(-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    ax.set_xlim(left=steps.min() / (steps.max() / steps.min()) ** 0.25)
    for k, gap in enumerate(gaps):
        style, marker = _STYLES[k % len(_STYLES)]
        ax.loglog(
            steps,
            gap,
            style,
            marker=marker,
            markersize=4,
            linewidth=1.6,
            color=_SERIES[k % 4],
            label=labels[k] if labels else None,
        )
    ax.set_xlabel("step", color=INK, size=SIZE)
    ax.set_ylabel("gap", color=INK, size=SIZE)
    if labels:
        ax.legend(frameon=False, fontsize=SIZE - 1, labelcolor=INK, loc="lower right")


def surface(
    x, y, z, *, plane=None, point=None, path=None, gap=None, names=("", ""), labels=("$v_1$", "$v_2$", "$s$"), ax=None
):
    """Draw a surface over a grid as a net, with a plane that touches it.

    Parameters
    ----------
    x, y, z : array of shape (p, q)
        The grid and the heights; at most 20 by 20 lines of it are drawn.
    plane : array of shape (p, q), or tuple of three arrays of one shape, optional
        Heights of the plane over the same grid, or a grid of its own and the
        heights over it.
    point : (float, float, float), optional
        The base point.
    path : array of shape (t, 3), or list of these, optional
        Paths, such as two steps along the axes in either order.
    gap : ((float, float, float), (float, float, float)), optional
        What the plane predicts and what the surface has, joined.
    names : tuple of two str, optional
        Written beside the path and beside the gap, such as ``("step", "gap")``.
    labels : tuple of three str, optional
    ax : matplotlib 3-D Axes, optional

    Raises
    ------
    ValueError
        The arrays do not have one shape, or the axes have no third direction.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot(projection="3d")
    >>> X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    >>> surface(X, Y, X * Y, plane=X, ax=ax)
    >>> len(ax.collections)
    2
    """
    if not np.shape(x) == np.shape(y) == np.shape(z):
        raise ValueError(f"x, y and z need one shape (p, q), they have {np.shape(x)}, {np.shape(y)}, {np.shape(z)}")
    sheet = plane if isinstance(plane, tuple) else (x, y, plane)
    if plane is not None and not np.shape(sheet[0]) == np.shape(sheet[1]) == np.shape(sheet[2]):
        raise ValueError(f"plane has shape {np.shape(sheet[2])}, its grid has {np.shape(sheet[0])}; "
                         "give one height for each point")
    ax = start(ax, height=3.8, projection="3d")
    if not hasattr(ax, "plot_surface"):
        raise ValueError("a surface needs axes with projection='3d', these are flat; draw it in a figure of its own")
    net = {"shade": False, "rcount": 20, "ccount": 20}
    ax.plot_surface(x, y, z, color=OUTPUT_TINT, edgecolor=OUTPUT, linewidth=0.5, alpha=0.75, **net)
    if plane is not None:
        ax.plot_surface(*sheet, color=PREDICTION_TINT, edgecolor=PREDICTION, linewidth=0.4, alpha=0.6, **net)
    for k, line in enumerate(_several(path)):
        way = {"color": (ACCENT, INK)[k % 2], "linestyle": _STYLES[k % 4][0], "linewidth": 2.5}
        ax.plot(*np.asarray(line, dtype=float).T, marker="o", markersize=4, zorder=10, **way)
    if gap is not None:
        ax.plot(*zip(*gap, strict=True), color=ACCENT, linewidth=3.5, solid_capstyle="butt", zorder=10)
    for line, name, side in zip((_several(path) or [None])[0:1] + [gap], names, ("right", "left"), strict=True):
        if line is not None and name:                       # the path's name ends at its middle, the gap's begins there
            sheet = {"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.85}
            place = {"ha": side, "va": "bottom" if side == "right" else "center"}
            ax.text(*np.mean(line, axis=0), f" {name} ", color=ACCENT, size=SIZE, bbox=sheet, zorder=12, **place)
    if point is not None:
        ax.plot(*([coordinate] for coordinate in point), "o", color=INK, markersize=6, zorder=11)
    for name, label, colour in zip("xyz", labels, (INPUT, INPUT, OUTPUT), strict=True):
        getattr(ax, f"set_{name}label")(label, color=colour, size=SIZE)
        axis = getattr(ax, f"{name}axis")
        axis.set_pane_color((1, 1, 1, 0))
        axis.line.set_color(NEUTRAL)
        axis._axinfo["grid"].update(color=GRID, linewidth=0.5)
    ax.tick_params(colors=INK, labelsize=SIZE - 2)
    ax.locator_params(nbins=4)


def contours(
    x, y, z, *, point=None, steps=None, names=None, gradient=None, scale=None, levels=9, labels=("$v_1$", "$v_2$"),
    ax=None,
):
    """Draw a function of two inputs from above, with steps and the gradient at a point.

    Each contour line carries its value.

    Parameters
    ----------
    x, y, z : array of shape (p, q)
        The grid and the values.
    point : (float, float), optional
        The base point.
    steps : list of array of shape (2,), or list of such lists, optional
        Steps, each from the end of the one before. Several lists are several
        ways from the same point: two steps in either order, and both at once.
    names : list of str, optional
        One for each way, written beside its first step.
    gradient : array of shape (2,) or Derivative, optional
        Drawn as an arrow from the point, with its direction only; where it is zero there is no arrow.
    scale : float, optional
        How long that arrow is for a gradient of length 1, if its length is to show.
    levels : int or list of float, optional
    labels : tuple of two str, optional
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The arrays do not have one shape, there are steps or a gradient without
        a point, or not as many names as ways.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> X, Y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    >>> contours(X, Y, X * Y, point=(1, 0.5), steps=[(0.5, 0), (0, 0.5)], levels=[0.5], ax=ax)
    >>> [text.xy for text in ax.texts if hasattr(text, "xy")]
    [(1.5, 0.5), (1.5, 1.0)]
    """
    if not np.shape(x) == np.shape(y) == np.shape(z):
        raise ValueError(f"x, y and z need one shape (p, q), they have {np.shape(x)}, {np.shape(y)}, {np.shape(z)}")
    ways = _several(steps)
    if point is None and (ways or gradient is not None):
        raise ValueError("steps and the gradient start at a point; give point=(x, y)")
    if names is not None and len(names) != len(ways):
        raise ValueError(f"there are {len(ways)} ways and {len(names)} names; give one name for each")
    ax = start(ax, height=3.8)
    quiet(ax)
    ax.grid(False)
    lines = ax.contour(x, y, z, levels=levels, colors=OUTPUT, linewidths=0.9, alpha=0.8, linestyles="solid")
    ax.clabel(lines, fontsize=SIZE - 2, fmt=said, inline_spacing=2)
    if gradient is not None:
        slopes = np.asarray(getattr(gradient, "array", gradient), dtype=float).ravel()
        if slopes.any():
            if scale is None:
                scale = 0.3 * (np.max(x) - np.min(x)) / np.linalg.norm(slopes)
            arrow(point, np.asarray(point) + scale * slopes, colour=PREDICTION, name="gradient", ax=ax)
    for k, way in enumerate(ways):
        colour, at = (INPUT, ACCENT, INK)[k % 3], np.asarray(point, dtype=float)
        for number, step in enumerate(way):
            tail, at = at, at + np.asarray(step, dtype=float)
            arrow(tail, at, colour=colour, style=_STYLES[k % 4][0], ax=ax)
            if names and number == 0:
                _beside(ax, names[k], 0.4 * tail + 0.6 * at, step, colour)
    if point is not None:
        ax.plot(*point, "o", color=INK, markersize=6)
    ax.set_aspect("equal")
    ax.set_xlabel(labels[0], color=INPUT, size=SIZE)
    ax.set_ylabel(labels[1], color=INPUT, size=SIZE)


def _several(ways):
    """A list of ways, each a list of points or steps; one way alone may stand for itself."""
    if ways is None or len(ways) == 0:
        return []
    return [ways] if np.ndim(ways[0]) == 1 else list(ways)


def _beside(ax, name, middle, step, colour):
    """A name beside a step: under a level one, left of the others."""
    if step[1] == 0:
        offset, ha, va = (0, -6), "center", "top"
    elif step[0] == 0:
        offset, ha, va = (-6, 0), "right", "center"
    else:
        offset, ha, va = (-5, 4), "right", "bottom"
    sheet = {"facecolor": PAPER, "edgecolor": "none", "pad": 1, "alpha": 0.85}
    words = {"color": colour, "size": SIZE - 1, "ha": ha, "va": va, "bbox": sheet, "zorder": 6}
    ax.annotate(name, tuple(middle), xytext=offset, textcoords="offset points", **words)


def losses(histories, labels=None, *, ax=None):
    """Draw how a loss falls, step by step, on logarithmic axes: the first steps get as much room as the last.

    Parameters
    ----------
    histories : array of shape (t,), or list of these
        The loss before the first step, after it, and so on.
    labels : list of str, optional
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> losses([3.0, 2.0, 1.5], ax=ax)
    >>> len(ax.lines), ax.get_yscale()
    (1, 'log')
    """
    ax = start(ax)
    quiet(ax)
    several = histories if np.ndim(histories[0]) else [histories]
    for k, history in enumerate(several):
        ax.plot(history, _STYLES[k % 4][0], color=OUTPUT if len(several) == 1 else _SERIES[k % 4], linewidth=1.8,
                label=labels[k] if labels else None)
    ax.set_xscale("symlog", linthresh=1)                                  # step 0 has a place, too
    ax.set_xlim(0, max(len(history) for history in several) - 1 or 1)
    ax.xaxis.set_major_formatter(lambda step, _: f"{step:g}")
    ax.set_yscale("log")
    ax.yaxis.set_minor_formatter(LogFormatterSciNotation(minor_thresholds=(2, 0.7)))
    ax.tick_params(which="minor", labelsize=SIZE - 2)
    ax.set_xlabel("step of gradient descent", size=SIZE, color=INK)
    ax.set_ylabel("loss", size=SIZE, color=OUTPUT)
    if labels:
        ax.legend(frameon=False, fontsize=SIZE - 1, labelcolor=INK)


def arrow(tail, head, *, colour=ACCENT, name="", style="-", ax=None):
    """Draw an arrow that can be seen wherever it lies: along its sides it keeps what is below it at a distance.

    Parameters
    ----------
    tail, head : array of shape (2,)
        In the coordinates of the axes.
    colour : str, optional
        One of the book's colours, such as ``mc.draw.OUTPUT``.
    name : str, optional
        Written beside the head.
    style : {"-", "--", ":", "-."}, optional
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> arrow((0, 0), (1, 2), name="step", ax=ax)
    >>> [text.xy for text in ax.texts]
    [(1.0, 2.0), (1.0, 2.0)]
    """
    ax = start(ax)
    head, tail = tuple(float(c) for c in head), tuple(float(c) for c in tail)
    line = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.4, "linestyle": style, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", head, tail, zorder=5, arrowprops=line | {
        "path_effects": [Stroke(linewidth=6, foreground=PAPER), Normal()]})
    if name:
        ax.annotate(name, head, color=colour, size=SIZE - 1, xytext=(4, 4), textcoords="offset points")
