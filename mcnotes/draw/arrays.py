"""Arrays with their labels: matrices, vectors, products, tensors as stacks of matrices, the stages of a compression."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .canvas import QUIET, SIZE, aligned, bare, color_of, keep_table, length, one_for_each, said, start, write
from .palette import ACCENT, INK, INPUT_TINT, MARK_TINT, NEUTRAL, OUTPUT_TINT, PAPER, ZERO

WIDE = 1.7  #: width of a cell, in units of its height
Labels = Sequence[str] | None


def matrix(values, rows: Labels = None, columns: Labels = None, title: str | None = None, highlight=None,
           structural=None, roles: tuple[str, str] = ("input", "output"), ax: Axes | None = None) -> None:
    """Draw a matrix with brackets, its rows labeled as inputs and its columns as outputs.

    Parameters
    ----------
    values : array of shape (m, n), or Derivative; nan or "" leaves a cell empty, strings are drawn as they are
    rows, columns : list of m and of n str; without them, a Derivative brings the names of its axes
    highlight : list of (row, column) to be marked; ``(0, None)`` is all of the first row
    structural : array of bool, shape (m, n); a zero by construction is a dot on gray, unlike one that only holds here
    roles : two of "input", "output", "neither", for the colors; ``("output", "input")`` is the layout of other books

    Examples
    --------
    >>> mc.draw.matrix([[2.0, 0.5, 0.0], [0.0, 3.0, 4.0]], rows=["v1", "v2"], title="D", highlight=[(0, None)])
    """
    rows, columns = (given or getattr(values, side, None) for given, side in ((rows, "rows"), (columns, "columns")))
    values = np.atleast_2d(np.asarray(getattr(values, "matrix", values)))
    if values.ndim != 2:
        raise ValueError(f"values has shape {values.shape}; a matrix has two axes, mc.draw.tensor draws three")
    m, n = values.shape
    marked, zero = _masks(highlight, structural, values.shape)
    one_for_each("rows", rows, m, "rows")
    one_for_each("columns", columns, n, "columns")
    ax = start(ax, width=min(4.8, 1.2 + 0.8 * n), height=min(5.2, 0.9 + 0.45 * m))
    across = [write(ax, (j + 0.5) * WIDE, 0.15, label, color_of(roles[1]), va="bottom")
              for j, label in enumerate(columns or [])]
    draw_cells(ax, values, (0, 0), marked, zero, rows=_beside_rows(ax, rows, roles[0]), columns=across)
    if title:
        write(ax, n * WIDE / 2, 0.45 + 0.5 * bool(columns), title, va="bottom")
    bare(ax, (-0.3 - max(1.0, _room(rows)) * bool(rows), n * WIDE + 0.3),
         (-m - 0.2, 0.3 + 0.7 * bool(columns) + 0.7 * bool(title)))


def cell(row: int, column: int) -> tuple[float, float]:
    """The middle of an entry in a drawing of ``matrix``: (x, y); rows and columns are counted from 0.

    >>> mc.draw.cell(0, 1)
    (2.55, -0.5)
    """
    return (column + 0.5) * WIDE, -row - 0.5


def vector(values, labels: Labels = None, title: str | None = None, column: bool = True, role: str = "input",
           ax: Axes | None = None) -> None:
    """Draw a vector of shape (m,) as a column (or a row), its m entries labeled in the color of their role.

    Examples
    --------
    >>> mc.draw.vector([1.0, 2.0, 3.0], ["a", "b", "c"], "gradient")
    """
    values = np.asarray(values).reshape((-1, 1) if column else (1, -1))
    matrix(values, **{"rows" if column else "columns": labels}, title=title, roles=(role, role), ax=ax)


def beside(parts: list, names: Sequence[str], *, signs: Sequence[str], rows: Labels = None,
           ax: Axes | None = None) -> None:
    """Draw arrays side by side, each in brackets of its own: a gradient, a step, and their products entry by entry.

    Parameters
    ----------
    parts : list of array of shape (m,), which stands as a column, or (m, n)
    signs : list of str, what stands between neighbors; one less than there are parts

    Examples
    --------
    >>> mc.draw.beside([[2.0, -1.0], [0.5, 0.25], [1.0, -0.25]], ["gradient", "step", "products"], signs=["·", "="])
    """
    parts = [np.asarray(part) for part in parts]
    parts = [part.reshape(-1, 1) if part.ndim == 1 else part for part in parts]
    m = len(parts[0])
    if any(len(part) != m for part in parts):
        raise ValueError(f"the arrays have {[len(part) for part in parts]} rows; side by side they need as many each")
    one_for_each("names", names, len(parts), "arrays")
    one_for_each("signs", signs, len(parts) - 1, "gaps between arrays")
    one_for_each("rows", rows, m, "rows")
    wide = sum(part.shape[1] for part in parts) * WIDE + 1.1 * (len(parts) - 1)
    ax = start(ax, width=min(4.8, 0.8 + 0.3 * wide), height=0.9 + 0.4 * m)
    left, x = _beside_rows(ax, rows, "input"), 0.0
    for part, name, sign in zip(parts, names, ["", *signs], strict=True):
        if sign:
            write(ax, x - 0.55, -m / 2, sign, size=SIZE + 2)
        head = write(ax, x + part.shape[1] * WIDE / 2, 0.25, name, va="bottom")
        draw_cells(ax, part, (x, 0), rows=left, columns=[head])
        x += part.shape[1] * WIDE + 1.1
    bare(ax, (-0.3 - _room(rows), x - 0.8), (-m - 0.2, 1.1))


def unfold(values, opened: int, by: str = "columns", *, symbols: Labels = None, rows: Labels = None,
           columns: Labels = None, roles: tuple[str, str] = ("input", "output"), ax: Axes | None = None) -> None:
    """Draw a matrix whose first blocks are open while the others are still folded up (X.12 to X.14).

    Parameters
    ----------
    values : array of shape (m, n)
    opened : int, how many blocks show their numbers, from 0 to n (by columns) or m (by rows)
    symbols : list of str for the blocks; without it, the derivatives of each w by v, or of w by each v
    rows, columns, roles : as in ``matrix``; a role decides the color of blocks, too

    Examples
    --------
    >>> mc.draw.unfold([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], 1)
    """
    if by not in ("columns", "rows"):
        raise ValueError(f"by is 'columns' or 'rows'; it was {by!r}")
    shown = np.array(values, dtype=object)
    blocks = shown.T if by == "columns" else shown
    if symbols is None:
        symbols = [rf"$\partial w_{k}/\partial v$" if by == "columns" else rf"$\partial w/\partial v_{k}$"
                   for k in range(1, len(blocks) + 1)]
    if not 0 <= opened <= len(blocks) or len(symbols) != len(blocks):
        raise ValueError(f"opened is {opened} and there are {len(symbols)} symbols; a matrix of shape {shown.shape} "
                         f"has {len(blocks)} {by}")
    blocks[opened:] = ""
    ax = start(ax)
    matrix(shown, rows, columns, roles=roles, ax=ax)
    (m, n), tint = shown.shape, INPUT_TINT if roles[by == "columns"] == "input" else OUTPUT_TINT
    for k, symbol in enumerate(symbols):
        x, y, wide, high = (0, -k - 1, n * WIDE, 1) if by == "rows" else (k * WIDE, -m, WIDE, m)
        sheet = {"facecolor": "none"} if k < opened else {"facecolor": tint, "linestyle": "--"}
        ax.add_patch(Rectangle((x + 0.09, y + 0.09), wide - 0.18, high - 0.18, edgecolor=INK,
                               linewidth=2.2 if k == opened - 1 else 0.9, **sheet))
        if k >= opened:
            write(ax, x + wide / 2, y + high / 2, symbol)


def product(left, right, result=None, names: Sequence[str] = ("", "", ""), ax: Axes | None = None) -> None:
    """Draw a matrix product with the shape under each factor and the inner sizes joined.

    Parameters
    ----------
    left, right : array of shape (a, b) and of shape (c, d); where b and c differ, the join says so
    result : array of shape (a, d), the product as computed elsewhere

    Examples
    --------
    >>> mc.draw.product([[2.0, 1.0, 0.0]], [[1.0], [3.0], [5.0]], [[5.0]], names=("row", "column", "product"))
    """
    one_for_each("names", names, 3, "arrays: left, right, result")
    parts = [np.asarray(part) for part in (left, right, result) if part is not None]
    for name, part in zip(("left", "right", "result"), parts, strict=False):
        if part.ndim != 2:
            raise ValueError(f"{name} has shape {part.shape}; a product is drawn of matrices, so give it two axes")
    tall = max(part.shape[0] for part in parts)
    wide = sum(part.shape[1] for part in parts) * WIDE + (2.4 if len(parts) > 2 else 1.1)
    unit = min(0.4, 4.8 / wide)                                              # inches: a product of many columns is flat
    longest = max(len(word) for part in parts for word in aligned(part.ravel()))
    size = min(SIZE, SIZE * 72 * unit * WIDE / (6.6 * longest + 8))
    ax = start(ax, width=4.8, height=unit * (tall + 3.05))
    fits, x, middles = parts[0].shape[1] == parts[1].shape[0], 0.0, []
    for k, part in enumerate(parts):
        m, n = part.shape
        middles.append(x + n * WIDE / 2)
        head = write(ax, middles[k], 0.25, names[k], va="bottom")
        draw_cells(ax, part, (x, -(tall - m) / 2), size=size, columns=[head])
        write(ax, middles[k], -tall - 0.45, f"({m} × {n})")
        x += n * WIDE + (0.5 if k == 0 else 1.3)
        if k == 1 and len(parts) > 2:
            write(ax, x - 0.65, -tall / 2, "=" if fits else "≠", size=SIZE + 3)
    a, b, low = middles[0] + 0.45, middles[1] - 0.45, -tall - 0.8
    ax.plot([a, a, b, b], [low, low - 0.25, low - 0.25, low], color=ACCENT, linewidth=1.2, label=QUIET)
    words = "inner sizes agree" if fits else "inner sizes differ: no product"
    write(ax, (a + b) / 2, -tall - 1.5, words, ACCENT, SIZE - 1)
    bare(ax, (-0.3, x - 1.0), (-tall - 1.95, 1.1))


def tensor(values, names: Sequence[str] = ("axis 1", "axis 2", "axis 3"), highlight=None, structural=None,
           roles: Sequence[str] = ("input", "input", "output"), ax: Axes | None = None) -> None:
    """Draw an array of three axes as a stack of matrices, one behind the other, in several lines if need be.

    Parameters
    ----------
    values : array of shape (a, b, c); layer ``p`` is the matrix ``values[:, :, p]``, the first in front
    names : (str, str, str), names of the axes: down, across, and back
    highlight, structural, roles : as in ``matrix``, for three axes

    Examples
    --------
    >>> mc.draw.tensor(np.arange(24.0).reshape(2, 3, 4), names=("j", "k", "i"), highlight=[(1, 2, 3)])
    """
    values = np.asarray(values)
    if values.ndim != 3:
        raise ValueError(f"values has shape {values.shape}; a tensor is drawn of three axes")
    m, n, layers = values.shape
    marked, zero = _masks(highlight, structural, values.shape)
    down, across, back = (color_of(role) for role in roles)
    digits = 3 if n * _room_for(values, 3) < 300 else 2
    line = min(layers, max(1, int(320 / (n + 0.35) / _room_for(values, digits))))
    lines = -(-layers // line)
    line = -(-layers // lines)
    right, up = n * WIDE + 0.6, 0.55
    tall = m + 1.1 + up * (line - 1)
    width, height = (line - 1) * right + n * WIDE + 1.5, lines * tall + 1.0
    ax = start(ax, width=4.8, height=min(7.5, 4.8 * height / max(width, 11)))
    for p in reversed(range(layers)):
        x, y = (p % line) * right, (p % line) * up - (p // line) * tall
        ax.add_patch(Rectangle((x - 0.12, y - m - 0.12), n * WIDE + 0.24, m + 0.24, facecolor=PAPER, edgecolor=NEUTRAL,
                               linewidth=0.8))
        name = write(ax, x + n * WIDE / 2, y + 0.2, f"{names[2]} = {p + 1}", back, SIZE - 1, va="bottom")
        draw_cells(ax, values[:, :, p], (x, y), marked[:, :, p], zero[:, :, p], digits, columns=[name])
    bottom = (1 - lines) * tall - m - 0.35
    write(ax, -0.4, -m / 2, f"← {names[0]}", down, SIZE - 1, ha="right", rotation=90)
    write(ax, n * WIDE / 2, bottom, f"{names[1]} →", across, SIZE - 1, va="top")
    bare(ax, (-1.2, width - 1.2), (bottom - 0.75, (line - 1) * up + 1.0))


def compression(stages: list, current: int, titles: Sequence[str], block: int, ax: Axes | None = None) -> None:
    """Draw the stages of a compression from left to right: blocks, zeros by construction, copies.

    Parameters
    ----------
    stages : list of array as in (71), (72), (73), of two axes or one (a column); nan is a zero by construction
    current : int, the stage to look at, from 0; later ones are left out
    block : int, rows of one block; a line is drawn between blocks

    Examples
    --------
    >>> full = [[2.0, np.nan], [1.0, np.nan], [np.nan, 2.0], [np.nan, 1.0]]
    >>> mc.draw.compression([full, [2.0, 1.0, 2.0, 1.0], [2.0, 1.0]], 2, ["full", "blocks", "one copy"], block=2)
    """
    stages = [np.asarray(stage, dtype=float) for stage in stages]
    for k, stage in enumerate(stages):
        if stage.ndim > 2:
            raise ValueError(f"stage {k} has shape {stage.shape}; unfold it into two axes, "
                             "as T.transpose(1, 0, 2).reshape(m * n, n) does for the blocks of (71)")
    stages = [stage if stage.ndim == 2 else stage.reshape(-1, 1) for stage in stages]
    one_for_each("titles", titles, len(stages), "stages")
    if not 0 <= current < len(stages):
        raise ValueError(f"current is {current}, the stages are 0 to {len(stages) - 1}")
    tall, x = max(len(stage) for stage in stages), 0.0
    wide = sum(stage.shape[1] * WIDE + 2.0 for stage in stages) - 2.0
    ax = start(ax, width=4.8, height=min(5.5, 0.7 + 5.0 * (tall + 1) / max(wide, 9)))
    for k, stage in enumerate(stages):
        (m, n), top, zero = stage.shape, -(tall - len(stage)) / 2, ~np.isfinite(stage)
        if k <= current:
            title = write(ax, x + n * WIDE / 2, 0.3, titles[k], size=SIZE - 1, va="bottom")
            draw_cells(ax, stage, (x, top), ~zero if k == current else None, zero, columns=[title])
            for edge in range(block, m, block):
                ax.plot([x, x + n * WIDE], [top - edge] * 2, color=ACCENT, linewidth=1.1, linestyle="--", zorder=3,
                        label=QUIET)
        if k < current:
            ax.annotate("", (x + n * WIDE + 1.7, -tall / 2), (x + n * WIDE + 0.3, -tall / 2),
                        arrowprops={"arrowstyle": "->", "color": ACCENT, "linewidth": 1.5})
        x += n * WIDE + 2.0
    bare(ax, (-0.8, x - 1.2), (-tall - 0.3, 1.2))


def _masks(highlight, structural, shape):
    """Which entries are marked, where None stands for all along its axis, and which are zero by construction."""
    marked = np.zeros(shape, dtype=bool)
    zero = np.zeros(shape, dtype=bool) if structural is None else np.asarray(structural)
    if zero.shape != shape:
        raise ValueError(f"structural has shape {zero.shape}, the array has {shape}; give one bool an entry")
    for place in highlight or []:
        marked[tuple(slice(None) if k is None else k for k in place)] = True
    return marked, zero


def _beside_rows(ax, rows, role):
    return [write(ax, -0.25, -i - 0.5, label, color_of(role), ha="right") for i, label in enumerate(rows or [])]


def _room(rows):
    return max((0.3 + 0.22 * length(label) for label in rows or []), default=0)


def draw_cells(ax, values, at, marked=None, zero=None, digits=3, size=SIZE, rows=(), columns=()):
    """Entries and brackets of a matrix whose upper left corner is `at`, kept as a table with the labels around it."""
    (m, n), (left, top) = values.shape, at
    marked, zero = (np.zeros((m, n), dtype=bool) if mask is None else mask for mask in (marked, zero))
    words, texts = aligned(values.ravel(), digits), []
    for (i, j), word in zip(np.ndindex(m, n), words, strict=True):
        x, y, off = left + j * WIDE, top - i, zero[i, j]
        if off or marked[i, j]:
            frame = {"facecolor": ZERO, "edgecolor": NEUTRAL, "linewidth": 0.4, "linestyle": ":"} if off else \
                {"facecolor": MARK_TINT, "edgecolor": INK, "linewidth": 0.9}
            ax.add_patch(Rectangle((x + 0.04, y - 0.96), WIDE - 0.08, 0.92, **frame))
        texts.append(write(ax, x + WIDE / 2, y - 0.5, "·" if off else word, NEUTRAL if off else INK, size))
    for side, inward in ((left, 0.18), (left + n * WIDE, -0.18)):
        ax.plot([side + inward, side, side, side + inward], [top, top, top - m, top - m], color=INK, linewidth=1.2,
                solid_joinstyle="miter", label=QUIET)
    keep_table(ax, [texts[n * i:n * (i + 1)] for i in range(m)], rows, columns)


def _room_for(values, digits):
    """Points that the widest of the numbers needs in its cell."""
    return 6.6 * max(len(said(entry, digits)) for entry in values.ravel()) + 4
