"""Arrays with their labels: matrices, vectors, products, tensors and their compression."""

import numpy as np
from matplotlib.patches import Rectangle

from .canvas import SIZE, bare, colour_of, length, said, start
from .palette import ACCENT, INK, INPUT, INPUT_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER, ZERO

WIDE = 1.7  #: width of a cell, in units of its height


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
        Labels of the m rows and n columns.
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
    values = np.atleast_2d(np.asarray(getattr(values, "matrix", values)))
    if values.ndim != 2:
        raise ValueError(f"values has shape {values.shape}; a matrix has two axes, mc.draw.tensor draws three")
    m, n = values.shape
    structural, highlight = _mask(structural, values.shape), _marked(highlight, m, n)
    _fits("rows", rows, m)
    _fits("columns", columns, n)
    ax = start(ax, width=min(4.8, 1.2 + 0.8 * n), height=min(5.2, 0.9 + 0.45 * m))
    bare(ax)
    _cells(ax, values, (0, 0), highlight, structural)
    _label_sides(ax, rows, columns, roles)
    if title:
        ax.text(n * WIDE / 2, 0.45 + 0.5 * bool(columns), title, ha="center", va="bottom", size=SIZE, color=INK)
    room = max([1.0, *(0.3 + 0.22 * length(label) for label in rows)]) if rows else 0
    _frame(ax, (-0.3 - room, n * WIDE + 0.3), (-m - 0.2, 0.3 + 0.7 * bool(columns) + 0.7 * bool(title)))


def _frame(ax, x, y):
    ax.set_xlim(*x)
    ax.set_ylim(*y)


def _fits(name, labels, count):
    if labels is not None and len(labels) != count:
        raise ValueError(f"{name} has {len(labels)} labels, the matrix has {count} {name}")


def _mask(structural, shape):
    if structural is not None and np.shape(structural) != shape:
        raise ValueError(f"structural has shape {np.shape(structural)}, the array has {shape}; give one bool an entry")
    return None if structural is None else np.asarray(structural)


def _marked(highlight, m, n):
    """The cells that are marked, whole rows and columns written out."""
    cells = set()
    for i, j in highlight or []:
        if (i is not None and not 0 <= i < m) or (j is not None and not 0 <= j < n):
            raise ValueError(f"highlight names the cell ({i}, {j}), the matrix has {m} rows and {n} columns from 0")
        cells |= {(p, q) for p in ([i] if i is not None else range(m)) for q in ([j] if j is not None else range(n))}
    return cells


def _label_sides(ax, rows, columns, roles):
    down, across = (colour_of(role) for role in roles)
    for i, label in enumerate(rows or []):
        ax.text(-0.25, -i - 0.5, label, ha="right", va="center", size=SIZE, color=down)
    for j, label in enumerate(columns or []):
        ax.text((j + 0.5) * WIDE, 0.15, label, ha="center", va="bottom", size=SIZE, color=across)


def _cells(ax, values, at, highlight=(), structural=None, tint=OUTPUT_TINT, digits=3):
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
                "·" if off else said(values[i, j], digits),
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


def _room(values, digits):
    """Points that the widest of the numbers needs in its cell."""
    return 6.6 * max(len(said(entry, digits)) for entry in values.ravel()) + 4


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


def build_table(values, step, by="rows", rows=None, columns=None, symbols=None, ax=None):
    """Draw a table of derivatives while it is being built, block by block (X.11 to X.14).

    Blocks that were not reached yet are folded: one symbol on a tinted sheet.
    The newest block has a thick frame.

    Parameters
    ----------
    values : array of shape (m, n), or Derivative
    step : int
        How many blocks are open, from 0 to m (by rows) or n (by columns).
    by : {"rows", "columns"}, optional
        Whether a block is one input (a row) or one output (a column).
    rows, columns : list of str, optional
        Labels of the m rows and n columns.
    symbols : list of str, optional
        One for each block; without it, the derivatives of w by each input, or
        of each output by v.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        `by` is neither word, there is no such step, or there are not as many
        symbols as blocks.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> build_table(np.ones((2, 3)), 1, by="columns", ax=ax)
    >>> sum(text.get_text() == "1" for text in ax.texts), len(ax.patches)
    (2, 3)
    """
    values = np.atleast_2d(np.array(getattr(values, "matrix", values), dtype=float))
    m, n = values.shape
    if by not in ("rows", "columns"):
        raise ValueError(f"by is 'rows' (one input each) or 'columns' (one output each); it was {by!r}")
    count = m if by == "rows" else n
    if not 0 <= step <= count:
        raise ValueError(f"step is {step}; a table of shape ({m}, {n}) is built by {by} in steps 0 to {count}")
    if symbols is None:
        of, wrt = (r"\partial w", r"\partial v_{{{}}}") if by == "rows" else (r"\partial w_{{{}}}", r"\partial v")
        symbols = [f"${of}/{wrt}$".format(k + 1) for k in range(count)]
    if len(symbols) != count:
        raise ValueError(f"symbols has {len(symbols)} entries, there are {count} {by}; give one for each")
    (values if by == "rows" else values.T)[step:] = np.nan
    matrix(values, rows, columns, ax=ax)
    ax = start(ax)
    for k, symbol in enumerate(symbols):
        x, y, wide, high = (0, -k - 1, n * WIDE, 1) if by == "rows" else (k * WIDE, -m, WIDE, m)
        folded = k >= step
        tint = INPUT_TINT if by == "rows" else OUTPUT_TINT
        ax.add_patch(
            Rectangle(
                (x + 0.09, y + 0.09),
                wide - 0.18,
                high - 0.18,
                facecolor=tint if folded else "none",
                edgecolor=INK,
                linewidth=2.2 if k == step - 1 else 0.9,
                linestyle="--" if folded else "-",
            )
        )
        if folded:
            ax.text(x + wide / 2, y + high / 2, symbol, ha="center", va="center", size=SIZE, color=INK)


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
        A factor does not have two axes, or there are not three names.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> product(np.ones((1, 3)), np.ones((3, 1)), np.ones((1, 1)), ax=ax)
    >>> [text.get_text() for text in ax.texts if "×" in text.get_text()]
    ['(1 × 3)', '(3 × 1)', '(1 × 1)']
    """
    if len(names) != 3:
        raise ValueError(f"names has {len(names)} entries; give three: left, right, result ('' for none)")
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


def tensor(
    values,
    names=("axis 1", "axis 2", "axis 3"),
    highlight=None,
    structural=None,
    title=None,
    roles=("input", "input", "output"),
    ax=None,
):
    """Draw an array of three axes as a stack of matrices, one behind the other.

    Where the layers would be too small to read, the stack goes on in a new line.

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
    roles : tuple of three of "input", "output", "neither", optional
        What the axes stand for; decides the colours of their names.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The array does not have three axes, a marked entry is not there, or
        `structural` has another shape.

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
    structural = _mask(structural, values.shape)
    if any(not 0 <= p < layers for _, _, p in highlight or []):
        raise ValueError(f"highlight names a layer that is not there; the {layers} layers are 0 to {layers - 1}")
    down, across, back = (colour_of(role) for role in roles)
    digits = 3 if n * _room(values, 3) < 300 else 2
    line = min(layers, max(1, int(320 / (n + 0.35) / _room(values, digits))))
    lines = -(-layers // line)
    line = -(-layers // lines)
    right, up = n * WIDE + 0.6, 0.55
    tall = m + 1.1 + up * (line - 1)
    width, height = (line - 1) * right + n * WIDE + 1.5, lines * tall + 1.0 + 0.6 * bool(title)
    ax = start(ax, width=4.8, height=min(7.5, 4.8 * height / max(width, 11)))
    bare(ax)
    for p in reversed(range(layers)):
        x, y = (p % line) * right, (p % line) * up - (p // line) * tall
        ax.add_patch(
            Rectangle(
                (x - 0.12, y - m - 0.12), n * WIDE + 0.24, m + 0.24, facecolor=PAPER, edgecolor=NEUTRAL, linewidth=0.8
            )
        )
        marked = _marked([(i, j) for i, j, q in (highlight or []) if q == p], m, n)
        zero = None if structural is None else structural[:, :, p]
        _cells(ax, values[:, :, p], (x, y), marked, zero, digits=digits)
        ax.text(x + n * WIDE / 2, y + 0.2, f"{names[2]} = {p + 1}", ha="center", va="bottom", size=SIZE - 1, color=back)
    ax.text(-0.4, -m / 2, f"← {names[0]}", ha="right", va="center", size=SIZE - 1, color=down, rotation=90)
    bottom = (1 - lines) * tall - m - 0.35
    ax.text(n * WIDE / 2, bottom, f"{names[1]} →", ha="center", va="top", size=SIZE - 1, color=across)
    if title:
        ax.text(0, line * up + 0.7, title, ha="left", va="bottom", size=SIZE, color=INK)
    _frame(ax, (-1.2, width - 1.2), (bottom - 0.75, (line - 1) * up + 1.0 + 0.6 * bool(title)))


def compression(stages, current=None, titles=None, masks=None, block=None, ax=None):
    """Draw the stages of a compression from left to right: blocks, zeros by construction, copies.

    Parameters
    ----------
    stages : list of array of one or two axes
        Stage after stage, as in (71), (72), (73); a vector stands as a column.
        nan marks an entry that is zero by construction.
    current : int, optional
        The stage to look at, from 0; later ones are left out.
    titles : list of str, optional
        A few words for each stage.
    masks : list of (array of bool, or None), optional
        The entries of each stage that are zero by construction, where nan does
        not say so.
    block : int, optional
        Rows of one block; a line is drawn between blocks.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        A stage has more than two axes, there is no such stage as `current`, or
        there are not as many titles or masks as stages.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> compression([np.ones((4, 2)), np.ones((4, 1)), np.ones((2, 1))], ax=ax)
    >>> sum(text.get_text() == "1" for text in ax.texts)
    14
    """
    stages = [np.asarray(stage, dtype=float) for stage in stages]
    for k, stage in enumerate(stages):
        if stage.ndim > 2:
            raise ValueError(
                f"stage {k} has shape {stage.shape}; unfold it into two axes, "
                "as T.transpose(1, 0, 2).reshape(m * n, n) does for the blocks of (71)"
            )
    stages = [stage if stage.ndim == 2 else stage.reshape(-1, 1) for stage in stages]
    for name, given in (("titles", titles), ("masks", masks)):
        if given is not None and len(given) != len(stages):
            raise ValueError(f"{name} has {len(given)} entries, there are {len(stages)} stages; give one for each")
    last = len(stages) - 1 if current is None else current
    if not 0 <= last < len(stages):
        raise ValueError(f"current is {current}, the stages are 0 to {len(stages) - 1}")
    zero = [~np.isfinite(stage) for stage in stages]
    for k, mask in enumerate(masks or []):
        if mask is not None:
            mask = np.asarray(mask)
            zero[k] = zero[k] | _mask(mask if mask.ndim == 2 else mask.reshape(-1, 1), stages[k].shape)
    tall, x = max(stage.shape[0] for stage in stages), 0.0
    wide = sum(stage.shape[1] * WIDE + 2.0 for stage in stages) - 2.0
    ax = start(ax, width=4.8, height=min(5.5, 0.7 + 5.0 * (tall + 1) / max(wide, 9)))
    bare(ax)
    for k, stage in enumerate(stages):
        m, n = stage.shape
        if k <= last:
            marked = [(i, j) for i in range(m) for j in range(n) if not zero[k][i, j]] if k == last else []
            _cells(ax, stage, (x, -(tall - m) / 2), marked, zero[k], tint=INPUT_TINT)
            for edge in range(block or m, m, block or m):
                y = -(tall - m) / 2 - edge
                ax.plot([x, x + n * WIDE], [y, y], color=ACCENT, linewidth=1.1, linestyle="--", zorder=3)
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
