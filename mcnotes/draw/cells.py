"""What the drawings of arrays share: cells with their entries, brackets, labels."""

import numpy as np
from matplotlib.patches import Rectangle

from .canvas import SIZE, aligned, colour_of, said
from .palette import INK, MARK_TINT, NEUTRAL, ZERO

WIDE = 1.7  #: width of a cell, in units of its height


#: The label of a line that is not to be read as a part of the drawing.
QUIET = "_quiet"


def keep_table(ax, entries, rows=(), columns=()):
    """Keep the texts of a table together on the axes, so that its numbers can be read with their labels."""
    m, n = len(entries), len(entries[0])
    kept = [*rows, *[""] * (m - len(rows))], [*columns, *[""] * (n - len(columns))], entries
    ax.mc_tables = [*getattr(ax, "mc_tables", []), kept]


def window(ax, x, y):
    ax.set_xlim(*x)
    ax.set_ylim(*y)


def fits(name, labels, count):
    if labels is not None and len(labels) != count:
        raise ValueError(f"{name} has {len(labels)} labels, the matrix has {count} {name}")


def mask_of(structural, shape):
    if structural is not None and np.shape(structural) != shape:
        raise ValueError(f"structural has shape {np.shape(structural)}, the array has {shape}; give one bool an entry")
    return None if structural is None else np.asarray(structural)


def marked(highlight, m, n):
    """The cells that are marked, whole rows and columns written out."""
    cells = set()
    for i, j in highlight or []:
        if (i is not None and not 0 <= i < m) or (j is not None and not 0 <= j < n):
            raise ValueError(f"highlight names the cell ({i}, {j}), the matrix has {m} rows and {n} columns from 0")
        cells |= {(p, q) for p in ([i] if i is not None else range(m)) for q in ([j] if j is not None else range(n))}
    return cells


def label_sides(ax, rows, columns, roles):
    """The labels of rows and columns, as lists of texts."""
    down, across = (colour_of(role) for role in roles)
    left = [ax.text(-0.25, -i - 0.5, label, ha="right", va="center", size=SIZE, color=down)
            for i, label in enumerate(rows or [])]
    top = [ax.text((j + 0.5) * WIDE, 0.15, label, ha="center", va="bottom", size=SIZE, color=across)
           for j, label in enumerate(columns or [])]
    return left, top


def draw_cells(ax, values, at, highlight=(), structural=None, tint=MARK_TINT, digits=3, size=SIZE):
    """Entries and brackets of a matrix whose upper left corner is `at`; returns the texts of the entries."""
    m, n = values.shape
    table = [[None] * n for _ in range(m)]
    words = np.reshape(np.array(aligned(values.ravel(), digits), dtype=object), (m, n))
    left, top = at
    for i in range(m):
        for j in range(n):
            x, y = left + (j + 0.5) * WIDE, top - i - 0.5
            off = structural is not None and structural[i, j]
            if off or (i, j) in highlight:
                ax.add_patch(
                    Rectangle(
                        (left + j * WIDE + 0.04, top - i - 0.96),
                        WIDE - 0.08,
                        0.92,
                        facecolor=ZERO if off else tint,
                        edgecolor=NEUTRAL if off else INK,
                        linewidth=0.4 if off else 0.9,
                        linestyle=":" if off else "-",
                    )
                )
            table[i][j] = ax.text(
                x,
                y,
                "·" if off else words[i, j],
                ha="center",
                va="center",
                size=size,
                color=NEUTRAL if off else INK,
            )
    for side, inward in ((left, 0.18), (left + n * WIDE, -0.18)):
        ax.plot(
            [side + inward, side, side, side + inward],
            [top, top, top - m, top - m],
            color=INK,
            linewidth=1.2,
            solid_joinstyle="miter",
            label=QUIET,
        )
    return table


def widest(values):
    """Points that the widest entry needs, as it is written in its table, with room on both sides."""
    return 6.6 * max(len(word) for word in aligned(values.ravel())) + 8


def room_for(values, digits):
    """Points that the widest of the numbers needs in its cell."""
    return 6.6 * max(len(said(entry, digits)) for entry in values.ravel()) + 4
