"""The map of backpropagation: one layer on its way to the loss, and the four links that X.19 to X.23 find."""

from matplotlib.patches import Rectangle

from .canvas import SIZE, bare, start
from .cells import keep_table
from .palette import ACCENT, INK, INPUT, INPUT_TINT, MARK_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER

#: What stands on the map: its name, its shape, and the middle of its box.
PLACES = {
    "W": (r"$W^\ell$", r"$(m \times n)$", (0.0, 2.5)),
    "before": (r"$A^{\ell-1}$", r"$(m \times 1)$", (0.0, -2.5)),
    "Z": (r"$Z^\ell$", r"$(n \times 1)$", (3.1, 0.0)),
    "A": (r"$A^\ell$", r"$(n \times 1)$", (6.2, 0.0)),
    "loss": (r"$\mathcal{L}$", "number", (9.3, 0.0)),
}

#: The links in the order of X.19 to X.22: from where to where, the derivative, its shape, what is found, and the
#: middle of what is written about it.
LINKS = {
    "loss": ("A", "loss", r"$\frac{\partial \mathcal{L}}{\partial A^\ell}$", r"$(n \times 1)$",
             r"$A^\ell - t$", (7.75, 2.5)),
    "weights": ("W", "Z", r"$\frac{\partial Z^\ell}{\partial W^\ell}$", "tensor, kept\nas " r"$(m \times 1)$",
                r"$A^{\ell-1}$", (2.35, 2.5)),
    "layers": ("before", "Z", r"$\frac{\partial Z^\ell}{\partial A^{\ell-1}}$", r"$(m \times n)$",
               r"$W^\ell$", (2.35, -2.5)),
    "activation": ("Z", "A", r"$\frac{\partial A^\ell}{\partial Z^\ell}$", "diagonal\n" r"$(n \times n)$",
                   r"diag $f'(Z^\ell)$", (4.8, 2.5)),
}

HALF = (0.95, 0.72)  #: half the width and height of a box


def links(highlight=None, filled=(), *, found=None, ax=None):
    r"""Draw what a layer computes on its way to the loss, with the derivative and its shape at each of the four links.

    Parameters
    ----------
    highlight : str, optional
        The link that is marked: "loss" (X.19), "weights" (X.20), "layers" (X.21) or
        "activation" (X.22). Its input is blue and its output brown.
    filled : list of str, or "all", optional
        Links that have been found; what they are is written below their shape. A link that is marked and
        not filled carries a question mark.
    found : dict of str to str, optional
        What to write for a link that has been found, where it is not the usual:
        ``{"loss": r"$2(A - t)$"}``.
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
    ['$A^\\ell - t$']
    """
    filled = list(LINKS) if filled == "all" else list(filled)
    unknown = [name for name in [highlight, *filled, *(found or {})] if name is not None and name not in LINKS]
    if unknown:
        raise ValueError(f"a link is one of {', '.join(LINKS)}; it was {unknown[0]!r}")
    ax = start(ax, width=4.8, height=3.4)
    bare(ax)
    tail, head = LINKS[highlight][:2] if highlight else (None, None)
    for name, (letter, shape, (x, y)) in PLACES.items():
        edge, tint = (INPUT, INPUT_TINT) if name == tail else (OUTPUT, OUTPUT_TINT) if name == head else (INK, PAPER)
        ax.add_patch(Rectangle((x - HALF[0], y - HALF[1]), 2 * HALF[0], 2 * HALF[1], facecolor=tint, edgecolor=edge,
                               linewidth=1.2))
        ax.text(x, y + 0.28, letter, ha="center", va="center", size=SIZE + 2, color=edge)
        ax.text(x, y - 0.36, shape, ha="center", va="center", size=SIZE - 1, color=INK)
    table = [_link(ax, name, name == highlight, (found or {}).get(name, LINKS[name][4])
                   if name in filled else "?" if name == highlight else "")
             for name in LINKS]
    keep_table(ax, table, [f"{name} link" for name in LINKS], ["derivative", "shape", "found"])
    for y, words in ((-2.0, r"$\mathcal{L}\,(A^\ell(Z^\ell(W^\ell, A^{\ell-1})))$"),
                     (-3.0, "layer by layer: " r"$m^\ell = n^{\ell-1}$," "\nwhat leaves one layer enters the next")):
        ax.text(3.75, y, words, ha="left", va="center", size=SIZE - 1, color=INK)
    ax.set_xlim(-1.05, 10.35)
    ax.set_ylim(-4.0, 4.0)


def _link(ax, name, marked, value):
    """The arrow of a link, and its derivative, shape and value; returns the three texts."""
    start_at, end_at, derivative, shape, _, (x, y) = LINKS[name]
    (x1, y1), (x2, y2) = PLACES[start_at][2], PLACES[end_at][2]
    if y1 == y2:
        ends = (x1 + HALF[0] + 0.06, y1), (x2 - HALF[0] - 0.06, y2)
    else:
        side = 1 if y1 > 0 else -1
        ends = (x1 + 0.3, y1 - side * (HALF[1] + 0.06)), (x2 - HALF[0] - 0.06, y2 + side * 0.3)
    colour = ACCENT if marked else NEUTRAL
    ax.annotate("", ends[1], ends[0], arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0,
                                                  "linewidth": 2.4 if marked else 1.3})
    if marked:
        ax.add_patch(Rectangle((x - 1.2, y - 1.35), 2.4, 2.75, facecolor=MARK_TINT, edgecolor="none", zorder=0))
    ink = INK if marked or value else NEUTRAL
    return [ax.text(x, y + up, text, ha="center", va="center", size=size, color=ink, linespacing=1.05)
            for up, text, size in ((0.8, derivative, SIZE + 5), (-0.22, shape, SIZE - 1), (-0.95, value, SIZE))]
