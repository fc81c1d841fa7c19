"""Arrays with their labels: matrices, vectors, products."""

import numpy as np
from matplotlib.patches import Rectangle

from .canvas import SIZE, bare, colour_of, length, start
from .cells import QUIET, WIDE, draw_cells, fits, keep_table, label_sides, marked, mask_of, widest, window
from .palette import ACCENT, INK, INPUT_TINT, OUTPUT_TINT


def matrix(
    values,
    rows=None,
    columns=None,
    title=None,
    highlight=None,
    structural=None,
    roles=("input", "output"),
    ax=None,
):
    """Draw a matrix with brackets, its rows labelled as inputs and its columns as outputs.

    Parameters
    ----------
    values : array of shape (m, n), or Derivative
        Entries; nan or "" leaves a cell empty. Strings are drawn as they are.
    rows, columns : list of str, optional
        Labels of the m rows and n columns. Without them, a Derivative brings the
        names of its own axes.
    title : str, optional
    highlight : list of (int, int), optional
        Cells (row, column) that are marked; None instead of a number marks a
        whole column or row: ``(0, None)`` is the first row.
    structural : array of bool, shape (m, n), optional
        Cells that are zero by construction: drawn as a dot on grey, unlike a
        zero that only holds here.
    roles : tuple of two of "input", "output", "neither", optional
        What the rows and the columns stand for; decides the colours of their
        labels. ``("output", "input")`` is the layout of other books.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        `values` has more than two axes, the number of labels is not that of the
        rows or columns, a marked cell is not there, or `structural` has another
        shape than the matrix.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> matrix(np.ones((2, 3)), rows=["v1", "v2"], ax=ax)
    >>> len(ax.texts)
    8
    """
    rows, columns = rows or _names(values, "rows"), columns or _names(values, "columns")
    values = np.atleast_2d(np.asarray(getattr(values, "matrix", values)))
    if values.ndim != 2:
        raise ValueError(f"values has shape {values.shape}; a matrix has two axes, mc.draw.tensor draws three")
    m, n = values.shape
    structural, highlight = mask_of(structural, values.shape), marked(highlight, m, n)
    fits("rows", rows, m)
    fits("columns", columns, n)
    ax = start(ax, width=min(4.8, 1.2 + 0.8 * n), height=min(5.2, 0.9 + 0.45 * m))
    bare(ax)
    entries = draw_cells(ax, values, (0, 0), highlight, structural)
    keep_table(ax, entries, *label_sides(ax, rows, columns, roles))
    if title:
        ax.text(n * WIDE / 2, 0.45 + 0.5 * bool(columns), title, ha="center", va="bottom", size=SIZE, color=INK)
    room = max([1.0, *(0.3 + 0.22 * length(label) for label in rows)]) if rows else 0
    window(ax, (-0.3 - room, n * WIDE + 0.3), (-m - 0.2, 0.3 + 0.7 * bool(columns) + 0.7 * bool(title)))


def _names(values, side):
    """The names that a Derivative has for its rows or columns, or None."""
    return getattr(values, side, None)


def cell(row, column):
    """Where the middle of an entry stands in a drawing of ``matrix``.

    Parameters
    ----------
    row, column : int
        Counted from 0.

    Returns
    -------
    tuple of two float

    Examples
    --------
    >>> cell(0, 1)
    (2.55, -0.5)
    """
    return (column + 0.5) * WIDE, -row - 0.5


def vector(values, labels=None, title=None, column=True, role="input", ax=None):
    """Draw a vector as a column or a row, its entries labelled.

    Parameters
    ----------
    values : array of shape (m,)
    labels : list of str, optional
    title : str, optional
    column : bool, optional
        False draws a row.
    role : {"input", "output", "neither"}, optional
        Decides the colour of the labels.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The number of labels is not that of the entries, or the role is none of
        these.

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
    matrix(values, **sides, title=title, roles=(role, role), ax=ax)


def beside(parts, names, *, rows=None, signs=None, roles=None, ax=None):
    """Draw arrays side by side, each in brackets of its own: a gradient, a step, and their products entry by entry.

    Parameters
    ----------
    parts : list of array of shape (m,) or (m, n)
        A vector stands as a column.
    names : list of str
        Written over the arrays.
    rows : list of str, optional
        Labels of the m rows, the inputs; they stand left of the first array.
    signs : list of str, optional
        What stands between neighbors, such as ``["·", "="]``; one less than there are parts.
    roles : list of "input", "output" or "neither", optional
        What the arrays stand for; decides the colours of their names.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The arrays do not have the same number of rows, or there are not as many names,
        signs or roles as needed.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> beside([[2.0, -1.0], [0.5, 0.25]], ["gradient", "step"], signs=["·"], ax=ax)
    >>> [text.get_text() for text in ax.texts]
    ['2', '−1', 'gradient', '·', '0.50', '0.25', 'step']
    """
    parts = [np.asarray(part) for part in parts]
    parts = [part.reshape(-1, 1) if part.ndim == 1 else part for part in parts]
    signs, roles = signs or [""] * (len(parts) - 1), roles or ["neither"] * len(parts)
    for name, given, needed in zip(("names", "signs", "roles"), (names, signs, roles), (0, 1, 0), strict=True):
        if len(given) != len(parts) - needed:
            raise ValueError(f"{name} has {len(given)} entries, {len(parts)} arrays need {len(parts) - needed}")
    m = parts[0].shape[0]
    if any(part.shape[0] != m for part in parts):
        raise ValueError(f"the arrays have {[len(part) for part in parts]} rows; side by side they need as many each")
    fits("rows", rows, m)
    wide = sum(part.shape[1] for part in parts) * WIDE + 1.1 * (len(parts) - 1)
    ax = start(ax, width=min(4.8, 0.8 + 0.3 * wide), height=0.9 + 0.4 * m)
    bare(ax)
    left, _ = label_sides(ax, rows, None, ("input", "neither"))
    x = 0.0
    for part, name, role, sign in zip(parts, names, roles, ["", *signs], strict=True):
        if sign:
            ax.text(x - 0.55, -m / 2, sign, ha="center", va="center", size=SIZE + 2, color=INK)
        entries, middle = draw_cells(ax, part, (x, 0)), x + part.shape[1] * WIDE / 2
        head = ax.text(middle, 0.25, name, ha="center", va="bottom", size=SIZE, color=colour_of(role))
        keep_table(ax, entries, rows=left, columns=[head])
        x += part.shape[1] * WIDE + 1.1
    room = max(0.3 + 0.22 * length(label) for label in rows) if rows else 0
    window(ax, (-0.3 - room, x - 0.8), (-m - 0.2, 1.1))


def unfold(values, opened, by="columns", *, symbols=None, rows=None, columns=None, roles=("input", "output"), ax=None):
    """Draw a matrix whose first blocks are open while the others are still folded up (X.12 to X.14).

    A folded block is one symbol on a tinted sheet; the block opened last has a thick frame.

    Parameters
    ----------
    values : array of shape (m, n)
        Strings are drawn as they are.
    opened : int
        How many blocks show their numbers, from 0 to n (by columns) or m (by rows).
    by : {"columns", "rows"}, optional
        What a block is.
    symbols : list of str, optional
        One for each block; without it, the derivatives of each w by v (columns) or of w
        by each v (rows).
    rows, columns : list of str, optional
        Labels of the m rows and n columns.
    roles : tuple of two of "input", "output", optional
        What the rows and the columns stand for; decides the colours of labels and blocks.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        `by` is neither word, or there are not as many blocks or symbols as that.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> unfold(np.ones((2, 3)), 1, ax=ax)
    >>> sum("partial" in text.get_text() for text in ax.texts)
    2
    """
    if by not in ("columns", "rows"):
        raise ValueError(f"by is 'columns' or 'rows'; it was {by!r}")
    shown = np.array(values, dtype=object)
    blocks = shown.T if by == "columns" else shown
    if symbols is None:
        symbols = [rf"$\partial w_{k}/\partial v$" if by == "columns" else rf"$\partial w/\partial v_{k}$"
                   for k in range(1, len(blocks) + 1)]
    if not 0 <= opened <= len(blocks) or len(symbols) != len(blocks):
        raise ValueError(f"opened is {opened} and symbols has {len(symbols)} entries; a matrix of shape {shown.shape} "
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
            ax.text(x + wide / 2, y + high / 2, symbol, ha="center", va="center", size=SIZE, color=INK)


def product(left, right, result=None, names=("", "", ""), roles=("neither", "neither", "neither"), ax=None):
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
    roles : tuple of three of "input", "output", "neither", optional
        What the factors and the result stand for; decides the colours of their names.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        A factor does not have two axes, or there are not three names or roles.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> product(np.ones((1, 3)), np.ones((3, 1)), np.ones((1, 1)), ax=ax)
    >>> [text.get_text() for text in ax.texts if "×" in text.get_text()]
    ['(1 × 3)', '(3 × 1)', '(1 × 1)']
    """
    for word, given in (("names", names), ("roles", roles)):
        if len(given) != 3:
            raise ValueError(f"{word} has {len(given)} entries; give three: left, right, result ('' for no name)")
    parts = [np.asarray(part) for part in (left, right, result) if part is not None]
    for name, part in zip(("left", "right", "result"), parts, strict=False):
        if part.ndim != 2:
            raise ValueError(f"{name} has shape {part.shape}; a product is drawn of matrices, so give it two axes")
    tall = max(part.shape[0] for part in parts)
    wide = sum(part.shape[1] for part in parts) * WIDE + (2.4 if len(parts) > 2 else 1.1)
    unit = min(0.4, 4.8 / wide)                                              # inches: a product of many columns is flat
    size = min(SIZE, SIZE * 72 * unit * WIDE / max(widest(part) for part in parts))
    ax = start(ax, width=4.8, height=unit * (tall + 3.05))
    bare(ax)
    fits, x, ends = parts[0].shape[1] == parts[1].shape[0], 0.0, []
    for k, part in enumerate(parts):
        m, n = part.shape
        top = -(tall - m) / 2
        entries, middle = draw_cells(ax, part, (x, top), size=size), x + n * WIDE / 2
        name = ax.text(
            middle,
            0.25,
            names[k],
            ha="center",
            va="bottom",
            size=SIZE,
            color=colour_of(roles[k]),
        )
        keep_table(ax, entries, columns=[name])
        ax.text(middle, -tall - 0.45, f"({m} × {n})", ha="center", va="center", size=SIZE, color=INK)
        ends.append(middle)
        x += n * WIDE + (0.5 if k == 0 else 1.3)
        if k == 1 and len(parts) > 2:
            ax.text(x - 0.65, -tall / 2, "=" if fits else "≠", ha="center", va="center", size=SIZE + 3, color=INK)
    a, b = ends[0] + 0.45, ends[1] - 0.45
    joint = [-tall - 0.8, -tall - 1.05, -tall - 1.05, -tall - 0.8]
    ax.plot([a, a, b, b], joint, color=ACCENT, linewidth=1.2, label=QUIET)
    ax.text(
        (a + b) / 2,
        -tall - 1.5,
        "inner sizes agree" if fits else "inner sizes differ: no product",
        ha="center",
        va="center",
        size=SIZE - 1,
        color=ACCENT,
    )
    window(ax, (-0.3, x - 1.0), (-tall - 1.95, 1.1))
