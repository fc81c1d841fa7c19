"""The map of backpropagation: one layer on its way to the loss, and the four links that X.19 to X.22 find."""

import numpy as np
from matplotlib.patches import Rectangle

from .canvas import SIZE, bare, start
from .cells import keep_table
from .palette import ACCENT, INK, INPUT, INPUT_TINT, MARK_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER

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


def links(highlight=None, filled=(), *, found=None, backward=False, ax=None):
    r"""Draw what a layer computes on its way to the loss, with the derivative and its shape at each of the four links.

    Parameters
    ----------
    highlight : str, optional
        The link that is marked: "loss" (X.19), "weights" (X.20), "layers" (X.21) or
        "activation" (X.22). Its input is blue and its output brown.
    filled : list of str, or "all", optional
        Links that have been found; what they are is written below their shape. A
        marked link that has not been found yet carries a question mark.
    found : dict of str to str, optional
        What to write for a link that has been found, where it is not the usual:
        ``{"loss": r"$2(A - t)$"}``.
    backward : bool, optional
        Whether to draw the backward pass as well: dashed arrows against the solid
        ones, and in each box the gradient that arrives there.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        A name is not one of the four.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> links("weights", filled=["loss"], ax=ax)
    >>> [text.get_text() for text in ax.texts if "- t" in text.get_text()]
    ['$A^L - t$']
    """
    filled = list(LINKS) if filled == "all" else list(filled)
    unknown = [name for name in [highlight, *filled, *(found or {})] if name is not None and name not in LINKS]
    if unknown:
        raise ValueError(f"a link is one of {', '.join(LINKS)}; it was {unknown[0]!r}")
    ax = start(ax, width=3.9, height=4.5)
    bare(ax)
    tail, head = LINKS[highlight][:2] if highlight else (None, None)
    for name, (letter, shape, (x, y), gradient) in PLACES.items():
        edge, tint = (INPUT, INPUT_TINT) if name == tail else (OUTPUT, OUTPUT_TINT) if name == head else (INK, PAPER)
        ax.add_patch(Rectangle((x - HALF[0], y - HALF[1]), 2 * HALF[0], 2 * HALF[1], facecolor=tint, edgecolor=edge,
                               linewidth=1.2))
        ax.text(x - 0.97, y, letter, ha="center", va="center", size=SIZE + 2, color=edge)
        ax.text(x + 0.72, y, shape, ha="center", va="center", size=SIZE - 1, color=INK)
        if backward:
            at = (x, y + 1.4) if y > 0 else (x - HALF[0] - 0.3, y)
            ax.text(*at, gradient, color=ACCENT, size=SIZE + 1, ha="center" if y > 0 else "right", va="center")
    table = [_link(ax, name, name == highlight, (found or {}).get(name, LINKS[name][4])
                   if name in filled else "?" if name == highlight else "", backward)
             for name in LINKS]
    keep_table(ax, table, [f"{name} link" for name in LINKS], ["derivative", "shape", "found"])
    ax.set_xlim(-6.1, 6.1)
    ax.set_ylim(-7.9, 5.6 if backward else 4.6)


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
        left, right = (edge - 2.3, x + 0.9) if side == "right" else (x - 0.9, edge + 2.3)
        ax.add_patch(Rectangle((left, y - 1.0), right - left, 2.0, facecolor=MARK_TINT, edgecolor="none", zorder=0))
    ink = INK if marked or value else NEUTRAL
    lines = ((x, y, derivative, SIZE + 5, "center"), (edge, y + 0.4, shape, SIZE - 1, side),
             (edge, y - 0.65, value, SIZE, side))
    return [ax.text(x, y, text, ha=align, va="center", size=size, color=ink, linespacing=1.05)
            for x, y, text, size, align in lines]
