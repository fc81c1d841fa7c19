"""Arrays of three axes as stacks of matrices, and the stages of a compression."""

import numpy as np
from matplotlib.patches import Rectangle

from .canvas import SIZE, bare, colour_of, start
from .cells import QUIET, WIDE, draw_cells, keep_table, marked, mask_of, room_for, window
from .palette import ACCENT, INK, MARK_TINT, NEUTRAL, PAPER


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
    structural = mask_of(structural, values.shape)
    if any(not 0 <= p < layers for _, _, p in highlight or []):
        raise ValueError(f"highlight names a layer that is not there; the {layers} layers are 0 to {layers - 1}")
    down, across, back = (colour_of(role) for role in roles)
    digits = 3 if n * room_for(values, 3) < 300 else 2
    line = min(layers, max(1, int(320 / (n + 0.35) / room_for(values, digits))))
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
        bold = marked([(i, j) for i, j, q in (highlight or []) if q == p], m, n)
        zero = None if structural is None else structural[:, :, p]
        entries = draw_cells(ax, values[:, :, p], (x, y), bold, zero, digits=digits)
        name = ax.text(x + n * WIDE / 2, y + 0.2, f"{names[2]} = {p + 1}", ha="center", va="bottom",
                       size=SIZE - 1, color=back)
        keep_table(ax, entries, columns=[name])
    ax.text(-0.4, -m / 2, f"← {names[0]}", ha="right", va="center", size=SIZE - 1, color=down, rotation=90)
    bottom = (1 - lines) * tall - m - 0.35
    ax.text(n * WIDE / 2, bottom, f"{names[1]} →", ha="center", va="top", size=SIZE - 1, color=across)
    if title:
        ax.text(0, line * up + 0.7, title, ha="left", va="bottom", size=SIZE, color=INK)
    window(ax, (-1.2, width - 1.2), (bottom - 0.75, (line - 1) * up + 1.0 + 0.6 * bool(title)))


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
            zero[k] = zero[k] | mask_of(mask if mask.ndim == 2 else mask.reshape(-1, 1), stages[k].shape)
    tall, x = max(stage.shape[0] for stage in stages), 0.0
    wide = sum(stage.shape[1] * WIDE + 2.0 for stage in stages) - 2.0
    ax = start(ax, width=4.8, height=min(5.5, 0.7 + 5.0 * (tall + 1) / max(wide, 9)))
    bare(ax)
    for k, stage in enumerate(stages):
        m, n = stage.shape
        if k <= last:
            bold = [(i, j) for i in range(m) for j in range(n) if not zero[k][i, j]] if k == last else []
            entries = draw_cells(ax, stage, (x, -(tall - m) / 2), bold, zero[k], tint=MARK_TINT)
            for edge in range(block or m, m, block or m):
                y = -(tall - m) / 2 - edge
                ax.plot([x, x + n * WIDE], [y, y], color=ACCENT, linewidth=1.1, linestyle="--", zorder=3, label=QUIET)
            names = [] if not titles else [
                ax.text(x + n * WIDE / 2, 0.3, titles[k], ha="center", va="bottom", size=SIZE - 1, color=INK)]
            keep_table(ax, entries, columns=names)
        if k < last:
            ax.annotate(
                "",
                (x + n * WIDE + 1.7, -tall / 2),
                (x + n * WIDE + 0.3, -tall / 2),
                arrowprops={"arrowstyle": "->", "color": ACCENT, "linewidth": 1.5},
            )
        x += n * WIDE + 2.0
    window(ax, (-0.8, x - 1.2), (-tall - 0.3, 1.2))
