"""Arrays with their labels: matrices, vectors, products, tensors and their compression."""

import numpy as np
from matplotlib.patches import Rectangle

from .canvas import SIZE, bare, said, start
from .palette import ACCENT, INK, INPUT, INPUT_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER, ZERO


def matrix(values, rows=None, columns=None, title=None, highlight=None, structural=None, ax=None):
    """Draw a matrix with brackets, its rows labelled as inputs and its columns as outputs.

    Parameters
    ----------
    values : array of shape (m, n), or Derivative
        Entries; nan or "" leaves a cell empty. Strings are drawn as they are.
    rows, columns : list of str, optional
        Labels of the m rows and n columns.
    title : str, optional
    highlight : list of (int, int), optional
        Cells (row, column) that are marked.
    structural : array of bool, shape (m, n), optional
        Cells that are zero by construction: drawn as a dot on grey, unlike a
        zero that only holds here.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The number of labels is not that of the rows or columns.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> matrix(np.ones((2, 3)), rows=["v1", "v2"], ax=ax)
    >>> len(ax.texts)
    8
    """
    values = np.atleast_2d(np.asarray(getattr(values, "matrix", values)))
    m, n = values.shape
    ax = start(ax, width=min(4.8, 1.2 + 0.8 * n), height=min(5.2, 0.9 + 0.45 * m))
    bare(ax)
    _cells(ax, values, (0, 0), highlight or [], structural)
    _label_sides(ax, rows, columns, m, n)
    if title:
        ax.text(n * WIDE / 2, 0.45 + 0.5 * bool(columns), title, ha="center", va="bottom", size=SIZE, color=INK)
    _frame(ax, (-0.3 - 1.0 * bool(rows), n * WIDE + 0.3), (-m - 0.2, 0.3 + 0.7 * bool(columns) + 0.7 * bool(title)))


WIDE = 1.7  #: width of a cell, in units of its height


def _frame(ax, x, y):
    ax.set_xlim(*x)
    ax.set_ylim(*y)


def _label_sides(ax, rows, columns, m, n, at=(0, 0)):
    for name, labels, count in (("rows", rows, m), ("columns", columns, n)):
        if labels is not None and len(labels) != count:
            raise ValueError(f"{name} has {len(labels)} labels, the matrix has {count} {name}")
    for i, label in enumerate(rows or []):
        ax.text(at[0] - 0.25, at[1] - i - 0.5, label, ha="right", va="center", size=SIZE, color=INPUT)
    for j, label in enumerate(columns or []):
        ax.text(at[0] + (j + 0.5) * WIDE, at[1] + 0.15, label, ha="center", va="bottom", size=SIZE, color=OUTPUT)


def _cells(ax, values, at, highlight=(), structural=None, tint=OUTPUT_TINT):
    """Entries and brackets of a matrix whose upper left corner is `at`."""
    m, n = values.shape
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
            ax.text(
                x,
                y,
                "·" if off else said(values[i, j]),
                ha="center",
                va="center",
                size=SIZE,
                color=NEUTRAL if off else INK,
            )
    for side, inward in ((left, 0.18), (left + n * WIDE, -0.18)):
        ax.plot(
            [side + inward, side, side, side + inward],
            [top, top, top - m, top - m],
            color=INK,
            linewidth=1.2,
            solid_joinstyle="miter",
        )


def vector(values, labels=None, title=None, column=True, role="input", ax=None):
    """Draw a vector as a column or a row, its entries labelled.

    Parameters
    ----------
    values : array of shape (m,)
    labels : list of str, optional
    title : str, optional
    column : bool, optional
        False draws a row.
    role : {"input", "output"}, optional
        Decides the colour of the labels.
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> vector([1.0, 2.0, 3.0], ax=ax)
    >>> len(ax.texts)
    3
    """
    values = np.asarray(values).reshape(-1, 1) if column else np.asarray(values).reshape(1, -1)
    sides = {"rows": labels} if column else {"columns": labels}
    matrix(values, **sides, title=title, ax=ax)
    ax = ax or start(None)
    for text in ax.texts:
        if labels and text.get_text() in labels:
            text.set_color(INPUT if role == "input" else OUTPUT)


def product(left, right, result=None, names=("", "", ""), ax=None):
    """Draw a matrix product with the shape under each factor and the inner sizes joined.

    Parameters
    ----------
    left, right : array of two axes
        The factors, of shapes (a, b) and (c, d). They need not conform: where
        b and c differ, the join is drawn crossed out.
    result : array of two axes, optional
        The product, of shape (a, d), as computed elsewhere.
    names : tuple of three str, optional
        Written over the factors and the result.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        A factor does not have two axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> product(np.ones((1, 3)), np.ones((3, 1)), np.ones((1, 1)), ax=ax)
    >>> [text.get_text() for text in ax.texts if "×" in text.get_text()]
    ['(1 × 3)', '(3 × 1)', '(1 × 1)']
    """
    parts = [np.asarray(part) for part in (left, right, result) if part is not None]
    for name, part in zip(("left", "right", "result"), parts, strict=False):
        if part.ndim != 2:
            raise ValueError(f"{name} has shape {part.shape}; a product is drawn of matrices, so give it two axes")
    tall = max(part.shape[0] for part in parts)
    ax = start(ax, width=4.8, height=1.1 + 0.42 * tall)
    bare(ax)
    fits, x, ends = parts[0].shape[1] == parts[1].shape[0], 0.0, []
    for k, part in enumerate(parts):
        m, n = part.shape
        top = -(tall - m) / 2
        _cells(ax, part, (x, top))
        middle = x + n * WIDE / 2
        ax.text(
            middle,
            0.25,
            names[k],
            ha="center",
            va="bottom",
            size=SIZE,
            color=(INPUT, INPUT, OUTPUT)[k] if len(parts) > 2 else INK,
        )
        ax.text(middle, -tall - 0.45, f"({m} × {n})", ha="center", va="center", size=SIZE, color=INK)
        ends.append(middle)
        x += n * WIDE + (0.7 if k == 0 else 1.6)
        if k == 1 and len(parts) > 2:
            ax.text(x - 0.8, -tall / 2, "=" if fits else "≠", ha="center", va="center", size=SIZE + 3, color=INK)
    a, b = ends[0] + 0.45, ends[1] - 0.45
    ax.plot([a, a, b, b], [-tall - 0.8, -tall - 1.05, -tall - 1.05, -tall - 0.8], color=ACCENT, linewidth=1.2)
    ax.text(
        (a + b) / 2,
        -tall - 1.5,
        "inner sizes agree" if fits else "inner sizes differ: no product",
        ha="center",
        va="center",
        size=SIZE - 1,
        color=ACCENT,
    )
    _frame(ax, (-0.3, x - 1.3), (-tall - 1.95, 1.1))


def tensor(values, names=("axis 1", "axis 2", "axis 3"), highlight=None, structural=None, title=None, ax=None):
    """Draw an array of three axes as a stack of matrices, one behind the other.

    Parameters
    ----------
    values : array of shape (a, b, c)
        Layer ``p`` is the matrix ``values[:, :, p]``; the first layer is in front.
    names : tuple of three str, optional
        Names of the axes: down, across, and back.
    highlight : list of (int, int, int), optional
        Entries that are marked.
    structural : array of bool, shape (a, b, c), optional
        Entries that are zero by construction.
    title : str, optional
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The array does not have three axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> tensor(np.ones((2, 3, 4)), ax=ax)
    >>> sum(text.get_text() == "1" for text in ax.texts)
    24
    """
    values = np.asarray(values)
    if values.ndim != 3:
        raise ValueError(f"values has shape {values.shape}; a tensor is drawn of three axes")
    m, n, layers = values.shape
    ax = start(ax, width=4.8, height=1.0 + 0.3 * (m * 1.0 + layers * 0.9))
    bare(ax)
    right, up = n * WIDE + 0.6, 0.55
    for p in reversed(range(layers)):
        x, y = p * right, p * up
        ax.add_patch(
            Rectangle(
                (x - 0.12, y - m - 0.12), n * WIDE + 0.24, m + 0.24, facecolor=PAPER, edgecolor=NEUTRAL, linewidth=0.8
            )
        )
        marked = [(i, j) for i, j, q in (highlight or []) if q == p]
        _cells(ax, values[:, :, p], (x, y), marked, None if structural is None else structural[:, :, p])
        ax.text(
            x + n * WIDE / 2, y + 0.2, f"{names[2]} = {p + 1}", ha="center", va="bottom", size=SIZE - 1, color=OUTPUT
        )
    ax.text(-0.4, -m / 2, f"{names[0]} ↓", ha="right", va="center", size=SIZE - 1, color=INPUT, rotation=90)
    ax.text(n * WIDE / 2, -m - 0.35, f"{names[1]} →", ha="center", va="top", size=SIZE - 1, color=INPUT)
    if title:
        ax.text(0, layers * up + 0.7, title, ha="left", va="bottom", size=SIZE, color=INK)
    _frame(ax, (-1.2, (layers - 1) * right + n * WIDE + 0.3), (-m - 1.1, (layers - 1) * up + 1.0 + 0.6 * bool(title)))


def compression(stages, current=None, titles=None, ax=None):
    """Draw the stages of a compression from left to right: blocks, zeros by construction, copies.

    Parameters
    ----------
    stages : list of array of two axes
        Stage after stage, as in (71), (72), (73); nan marks an entry that is
        zero by construction.
    current : int, optional
        The stage to look at; later ones are left out.
    titles : list of str, optional
        One sentence for each stage.
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> compression([np.ones((4, 2)), np.ones((4, 1)), np.ones((2, 1))], ax=ax)
    >>> sum(text.get_text() == "1" for text in ax.texts)
    14
    """
    stages = [np.atleast_2d(np.asarray(stage, dtype=float)) for stage in stages]
    last = len(stages) - 1 if current is None else current
    tall, x = max(stage.shape[0] for stage in stages), 0.0
    wide = sum(stage.shape[1] * WIDE + 2.0 for stage in stages) - 2.0
    ax = start(ax, width=4.8, height=min(5.5, 0.7 + 5.0 * (tall + 1) / max(wide, 9)))
    bare(ax)
    for k, stage in enumerate(stages):
        m, n = stage.shape
        if k <= last:
            marked = [(i, j) for i in range(m) for j in range(n) if np.isfinite(stage[i, j])] if k == last else []
            _cells(ax, stage, (x, -(tall - m) / 2), marked, ~np.isfinite(stage), tint=INPUT_TINT)
            if titles:
                ax.text(x + n * WIDE / 2, 0.3, titles[k], ha="center", va="bottom", size=SIZE - 1, color=INK)
        if k < last:
            ax.annotate(
                "",
                (x + n * WIDE + 1.7, -tall / 2),
                (x + n * WIDE + 0.3, -tall / 2),
                arrowprops={"arrowstyle": "->", "color": ACCENT, "linewidth": 1.5},
            )
        x += n * WIDE + 2.0
    _frame(ax, (-0.8, x - 1.2), (-tall - 0.3, 1.2))
