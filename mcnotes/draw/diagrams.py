"""Boxes and arrows: shapes through a function, neurons in layers, axes of arrays, the map of backpropagation."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from .canvas import FILLS, SIZE, bare, keep_table, one_for_each, start, write
from .palette import ACCENT, INK, INPUT, MARK_TINT, NEUTRAL, OUTPUT, PAPER, ZERO


def shapes(left: int, right: int, *, names: Sequence[str] = ("Δv", "Δs"), ax: Axes | None = None) -> None:
    """Draw a change of `left` numbers (1 to 5) that enters a function, and one of `right` numbers that leaves it.

    Examples
    --------
    >>> mc.draw.shapes(3, 1)
    """
    if not (1 <= left <= 5 and 1 <= right <= 5):
        raise ValueError(f"left and right count numbers, from 1 to 5; they were {left} and {right}")
    tall = max(left, right)
    ax, ends = start(ax, width=4.8, height=0.9 + 0.42 * tall), []
    for x, count, name, role in ((0, left, names[0], "input"), (8, right, names[1], "output")):
        color, tint = FILLS[role]
        letter = name.replace("Δ", r"\Delta ")
        for i in range(count):
            y = count / 2 - i - 0.5
            ax.add_patch(Rectangle((x, y - 0.44), 1.8, 0.88, facecolor=tint, edgecolor=color, linewidth=1))
            write(ax, x + 0.9, y, f"${letter}$" if count == 1 else f"${letter}_{{{i + 1}}}$", color)
            ends.append(((1.85, y), (4.05, 0)) if x == 0 else ((5.75, 0), (7.95, y)))
        words = f"{name}: {count} × 1" if count > 1 else f"{name}: one number"
        write(ax, x + 0.9, count / 2 + 0.15, words, color, SIZE - 1, va="bottom")
    ax.add_patch(FancyBboxPatch((4.2, -0.55), 1.4, 1.1, boxstyle="round,pad=0.1", facecolor=PAPER, edgecolor=INK))
    write(ax, 4.9, 0, "f", size=SIZE + 1)
    for tail, head in ends:
        ax.annotate("", head, tail, arrowprops={"arrowstyle": "->", "color": NEUTRAL, "linewidth": 1})
    bare(ax, (-0.8, 10.6), (-tall / 2 - 0.2, tall / 2 + 0.8))


def network(sizes: Sequence[int], names: Sequence[str], *, highlight: tuple[int, int] | None = None,
            ax: Axes | None = None) -> None:
    """Draw the layers of a network, one circle for each neuron.

    Parameters
    ----------
    sizes : list of int, the number of inputs, then of neurons in each layer: 1 to 7
    highlight : (int, int), layer (from 1) and neuron (from 0) whose weights are marked

    Examples
    --------
    >>> mc.draw.network([4, 3], ["A", "Z"], highlight=(1, 2))
    """
    if len(sizes) < 2 or not 1 <= min(sizes) <= max(sizes) <= 7:
        raise ValueError(f"sizes {list(sizes)} need two layers or more, each of 1 to 7 neurons")
    one_for_each("names", names, len(sizes), "columns")
    if highlight and not (0 < highlight[0] < len(sizes) and 0 <= highlight[1] < sizes[highlight[0]]):
        raise ValueError(f"highlight={highlight} must name one neuron of sizes {list(sizes)}: its layer, from 1, "
                         "and its number, from 0")
    tall = max(sizes)
    ax = start(ax, width=min(4.8, 1.9 * len(sizes) - 0.6), height=min(4.2, 0.7 + 0.46 * tall))
    places = [[(3.2 * layer, (count - 1) / 2 - k) for k in range(count)] for layer, count in enumerate(sizes)]
    for layer in range(1, len(sizes)):
        for k, head in enumerate(places[layer]):
            marked = {"color": ACCENT, "linewidth": 2.2} if highlight == (layer, k) else \
                {"color": NEUTRAL, "linewidth": 0.6, "alpha": 0.7}
            for tail in places[layer - 1]:
                ax.plot(*zip(tail, head, strict=True), zorder=1, **marked)
    for layer, (column, name) in enumerate(zip(places, names, strict=True)):
        color, tint = FILLS["output" if layer else "input"]
        for k, place in enumerate(column):
            ax.add_patch(Circle(place, 0.34, facecolor=tint, edgecolor=color, linewidth=1.4, zorder=2))
            write(ax, *place, str(k + 1), color, SIZE - 1, zorder=3)
        write(ax, 3.2 * layer, tall / 2 + 0.25, name, color, va="bottom")
    bare(ax, (-0.6, 3.2 * (len(sizes) - 1) + 0.6), (-tall / 2 - 0.1, tall / 2 + 0.9))


def flow(forward: list, back: list, through: tuple[list, list], *, ax: Axes | None = None) -> None:
    """Draw shapes that travel through a layer, forward on top and back below.

    Parameters
    ----------
    forward, back : list of (str, str), name and shape of what stands at each place, from left to right
    through : two lists of str, what each arrow does, forward and back: one less than there are places

    Examples
    --------
    >>> mc.draw.flow([("A", "(4 × 1)"), ("Z", "(3 × 1)")], [("by A", "(4 × 1)"), ("by Z", "(3 × 1)")], (["Wᵀ"], ["W"]))
    """
    if len(forward) != len(back):
        raise ValueError(f"forward has {len(forward)} places, back has {len(back)}; they need the same")
    for words in through:
        one_for_each("through", words, len(forward) - 1, "arrows in each direction")
    apart = 3.7
    ax = start(ax, width=min(4.8, 1.4 * len(forward)), height=2.2)
    ax.set_axis_off()
    for row, (y, color, tint) in enumerate(((1.6, INK, ZERO), (-0.2, ACCENT, MARK_TINT))):
        for k, (name, shape) in enumerate((forward, back)[row]):
            x = apart * k
            ax.add_patch(Rectangle((x, y), 2.1, 1.1, facecolor=tint, edgecolor=color, linewidth=1.2))
            write(ax, x + 1.05, y + 0.74, name, color)
            write(ax, x + 1.05, y + 0.3, shape, size=SIZE - 1)
            if k:
                ends = (x - 0.08, y + 0.55), (x - apart + 2.18, y + 0.55)
                ax.annotate("", ends[row], ends[1 - row],
                            arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.6})
                write(ax, x - apart / 2 + 1.05, y + 0.68, through[row][k - 1], color, SIZE - 1, va="bottom")
    ax.set(xlim=(-0.1, apart * (len(forward) - 1) + 2.2), ylim=(-0.4, 2.9))


def axes_count(sizes: Sequence[int], *, ax: Axes | None = None) -> None:
    """Draw a scalar, a vector, a matrix and a 3-tensor whose axes have these three lengths, and count their axes.

    Examples
    --------
    >>> mc.draw.axes_count((2, 3, 4))
    """
    if len(sizes) != 3 or min(sizes) < 1:
        raise ValueError(f"sizes are the three lengths of a tensor's axes, each at least 1; they were {tuple(sizes)}")
    ax = start(ax, width=4.8, height=2.3)
    m, n, p = sizes
    unit, x = 0.5, 0.0
    for count, (name, shape) in enumerate({"scalar": (1, 1, 1), "vector": (m, 1, 1), "matrix": (m, n, 1),
                                           "tensor": (m, n, p)}.items()):
        for layer, i, j in sorted(np.ndindex(shape[2], *shape[:2]), key=lambda at: -at[0]):      # the front comes last
            ax.add_patch(Rectangle((x + j * unit + 0.16 * layer, -i * unit + 0.16 * layer), unit, unit, facecolor=PAPER,
                                   edgecolor=INK, linewidth=0.8))
        write(ax, x + shape[1] * unit / 2, -m * unit - 0.1, f"{name}\n{count} {'axis' if count == 1 else 'axes'}",
              size=SIZE - 1, va="top")
        x += shape[1] * unit + 0.16 * shape[2] + 1.1
    bare(ax, (-0.5, x - 0.7), (-m * unit - 1.2, 0.7 + 0.16 * p))


def nine_kinds(table: list, *, ax: Axes | None = None) -> None:
    """Draw the table of derivatives, a row for each kind of input and a column for each kind of output.

    Parameters
    ----------
    table : three lists of three (str, int), a shape and the number of its axes; more than two are marked

    Examples
    --------
    >>> mc.draw.nine_kinds([[("(2)", 1), ("(2, 3)", 2), ("(2, 3, 4)", 3)]] * 3)
    """
    kinds = "scalar", "vector", "matrix"
    if len(table) != 3 or any(len(row) != 3 for row in table):
        raise ValueError(f"the table has rows of {[len(row) for row in table]} cells, it needs 3 rows and columns: "
                         f"one for each of {', '.join(kinds)}")
    ax = start(ax, width=4.8, height=2.7)
    for i, row in enumerate(table):
        write(ax, -0.15, -i - 0.5, f"with respect\nto a {kinds[i]}", INPUT, SIZE - 1, ha="right")
        for j, (shape, count) in enumerate(row):
            sheet = {"facecolor": MARK_TINT, "linestyle": "--"} if count > 2 else {"facecolor": PAPER}
            ax.add_patch(Rectangle((j * 2.1 + 0.04, -i - 0.96), 2.02, 0.92, edgecolor=INK, linewidth=0.8, alpha=0.9,
                                   **sheet))
            write(ax, j * 2.1 + 1.05, -i - 0.38, shape)
            write(ax, j * 2.1 + 1.05, -i - 0.75, f"{count} {'axis' if count == 1 else 'axes'}", size=SIZE - 2)
    for j, kind in enumerate(kinds):
        write(ax, j * 2.1 + 1.05, 0.12, f"of a {kind}", OUTPUT, va="bottom")
    bare(ax, (-2.4, 2.1 * len(kinds) + 0.1), (-3.1, 0.6))


#: The boxes of the map: letter, shape, the middle of the box, and the gradient that arrives there.
PLACES = {
    "W": (r"$W^\ell$", r"$(m \times n)$", (-2.7, 3.7), r"$\partial\mathcal{L}/\partial W^\ell$"),
    "before": (r"$A^{\ell-1}$", r"$(m \times 1)$", (2.7, 3.7), r"$\partial\mathcal{L}/\partial A^{\ell-1}$"),
    "Z": (r"$Z^\ell$", r"$(n \times 1)$", (0.0, 0.0), r"$\partial\mathcal{L}/\partial Z^\ell$"),
    "A": (r"$A^\ell$", r"$(n \times 1)$", (0.0, -3.5), r"$\partial\mathcal{L}/\partial A^\ell$"),
    "loss": (r"$\mathcal{L}$", "number", (0.0, -7.0), "1"),
}

#: The links in the order of X.19 to X.22: from where to where, the derivative, its shape, what it is, the place of
#: the derivative beside its arrow, and where the words beside that begin or end.
LINKS = {
    "loss": ("A", "loss", r"$\frac{\partial \mathcal{L}}{\partial A^L}$", r"$(n \times 1)$",
             r"$A^L - t$", (1.3, -5.25), (2.3, "left")),
    "weights": ("W", "Z", r"$\frac{\partial Z^\ell}{\partial W^\ell}$", "tensor, kept\nas " r"$(m \times 1)$",
                r"$A^{\ell-1}$", (-2.8, 1.85), (-3.8, "right")),
    "layers": ("before", "Z", r"$\frac{\partial Z^\ell}{\partial A^{\ell-1}}$", r"$(m \times n)$",
               r"$W^\ell$", (3.0, 1.85), (4.2, "left")),
    "activation": ("Z", "A", r"$\frac{\partial A^\ell}{\partial Z^\ell}$", "diagonal\n" r"$(n \times n)$",
                   r"diag $f'(Z^\ell)$", (1.3, -1.75), (2.3, "left")),
}

HALF = (1.95, 0.65)  #: half the width and height of a box


def links(highlight: str | None = None, filled: Sequence[str] = (), *, backward: bool = False,
          ax: Axes | None = None) -> None:
    """Draw what a layer computes on its way to the loss, with the derivative and its shape at each of the four links.

    Parameters
    ----------
    highlight : "loss" (X.19), "weights" (X.20), "layers" (X.21) or "activation" (X.22), the link that is marked
    filled : list of str, or "all"; links that have been found; the marked one has a question mark until then
    backward : bool, whether there is the backward pass, dashed, and in each box the gradient that arrives

    Examples
    --------
    >>> mc.draw.links("weights", filled=["loss"], backward=True)
    """
    filled = list(LINKS) if filled == "all" else list(filled)
    unknown = [name for name in [highlight, *filled] if name is not None and name not in LINKS]
    if unknown:
        raise ValueError(f"a link is one of {', '.join(LINKS)}; it was {unknown[0]!r}")
    ax = start(ax, width=3.9, height=4.5)
    tail, head = LINKS[highlight][:2] if highlight else (None, None)
    for name, (letter, shape, (x, y), gradient) in PLACES.items():
        edge, tint = FILLS["input"] if name == tail else FILLS["output"] if name == head else (INK, PAPER)
        ax.add_patch(Rectangle((x - HALF[0], y - HALF[1]), 2 * HALF[0], 2 * HALF[1], facecolor=tint, edgecolor=edge,
                               linewidth=1.2))
        write(ax, x - 0.97, y, letter, edge, SIZE + 2)
        write(ax, x + 0.72, y, shape, size=SIZE - 1)
        if backward:
            at = (x, y + 1.4) if y > 0 else (x - HALF[0] - 0.3, y)
            write(ax, *at, gradient, ACCENT, SIZE + 1, ha="center" if y > 0 else "right")
    known = {name: link[4] if name in filled else "?" if name == highlight else ""
             for name, link in LINKS.items()}
    table = [_link(ax, name, name == highlight, value, backward) for name, value in known.items()]
    keep_table(ax, table, [f"{name} link" for name in LINKS], ["derivative", "shape", "found"])
    bare(ax, (-6.1, 6.1), (-7.9, 5.6 if backward else 4.6))


def _link(ax, name, marked, value, backward):
    """The arrow of a link, and its derivative, shape and value; returns the three texts."""
    start_at, end_at, derivative, shape, _, (x, y), (edge, side) = LINKS[name]
    (x1, y1), (x2, y2) = PLACES[start_at][2], PLACES[end_at][2]
    tail, head = np.array([0.75 * x1, y1 - HALF[1] - 0.1]), np.array([x2 + 0.25 * x1, y2 + HALF[1] + 0.1])
    aside = np.array([0.28, 0]) * backward
    line = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", head + aside, tail + aside, arrowprops=line | {
        "color": ACCENT if marked else NEUTRAL, "linewidth": 2.4 if marked else 1.3})
    if backward:
        ax.annotate("", tail - aside, head - aside, arrowprops=line | {
            "color": ACCENT, "linewidth": 1.6, "linestyle": "--"})
    if marked:
        left, right = (edge - 2.85, x + 0.9) if side == "right" else (x - 0.9, edge + 2.3)
        ax.add_patch(Rectangle((left, y - 1.0), right - left, 2.0, facecolor=MARK_TINT, edgecolor="none", zorder=0))
    ink = INK if marked or value else NEUTRAL
    return [write(ax, x, y, derivative, ink, SIZE + 5),
            write(ax, edge, y + 0.4, shape, ink, SIZE - 1, ha=side, linespacing=1.05),
            write(ax, edge, y - 0.65, value, ink, ha=side)]
