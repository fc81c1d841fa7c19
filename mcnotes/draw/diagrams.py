"""Boxes and arrows: shapes through a function, neurons in layers, axes of arrays."""

from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from .canvas import SIZE, bare, start
from .palette import ACCENT, INK, INPUT, INPUT_TINT, MARK_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER, ZERO


def shapes(left, right, *, names=("Δv", "Δs"), function="f", ax=None):
    """Draw a change that enters a function and the change that leaves it, entry by entry.

    Parameters
    ----------
    left, right : int
        How many numbers enter and leave; more than 5 are abbreviated.
    names : tuple of two str, optional
        Names of the two changes.
    function : str, optional
        Written in the box.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        A count is not positive.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> shapes(3, 1, ax=ax)
    >>> sum(isinstance(patch, Rectangle) for patch in ax.patches)
    4
    """
    if min(left, right) < 1:
        raise ValueError(f"left and right count numbers, so they are at least 1; they were {left} and {right}")
    tall = max(min(left, 5), min(right, 5))
    ax = start(ax, width=4.8, height=0.9 + 0.42 * tall)
    bare(ax)
    ends = []
    for x, count, name, colour, tint in (
        (0, left, names[0], INPUT, INPUT_TINT),
        (8, right, names[1], OUTPUT, OUTPUT_TINT),
    ):
        shown = min(count, 5)
        for i in range(shown):
            y = (shown / 2 - i - 1) * 1.0
            ax.add_patch(Rectangle((x, y + 0.06), 1.8, 0.88, facecolor=tint, edgecolor=colour, linewidth=1))
            number = "" if count == 1 else f"{i + 1 if count <= 5 or i < 3 else count}"
            text = (
                "⋮" if count > 5 and i == 3 else f"${_letter(name)}_{{{number}}}$" if number else f"${_letter(name)}$"
            )
            ax.text(x + 0.9, y + 0.5, text, ha="center", va="center", size=SIZE, color=colour)
            ends.append((x, y + 0.5))
        ax.text(
            x + 0.9,
            shown / 2 + 0.15,
            f"{name}: {count} × 1" if count > 1 else f"{name}: one number",
            ha="center",
            va="bottom",
            size=SIZE - 1,
            color=colour,
        )
    ax.add_patch(FancyBboxPatch((4.2, -0.55), 1.4, 1.1, boxstyle="round,pad=0.1", facecolor=PAPER, edgecolor=INK))
    ax.text(4.9, 0, function, ha="center", va="center", size=SIZE + 1, color=INK)
    for x, y in ends:
        tail, head = ((1.85, y), (4.05, 0)) if x == 0 else ((5.75, 0), (7.95, y))
        ax.annotate("", head, tail, arrowprops={"arrowstyle": "->", "color": NEUTRAL, "linewidth": 1})
    ax.set_xlim(-0.8, 10.6)
    ax.set_ylim(-tall / 2 - 0.2, tall / 2 + 0.8)


def _letter(name):
    return name.replace("Δ", r"\Delta ")


def network(sizes, *, highlight=None, names=None, ax=None):
    """Draw the layers of a network, one circle for each neuron.

    Parameters
    ----------
    sizes : list of int
        Number of inputs, then of neurons in each layer; of more than 7, the first
        four and the last are drawn.
    highlight : (int, int), optional
        Layer (from 1) and neuron (from 0) whose weights are marked.
    names : list of str, optional
        One for each column, such as ``["A", "Z"]``.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        There are fewer than two layers, the neuron to mark is not there or not
        drawn, or there are not as many names as columns.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> network([4, 3], highlight=(1, 2), ax=ax)
    >>> len(ax.patches), len(ax.lines)
    (7, 12)
    """
    if len(sizes) < 2 or (
        highlight and not (0 < highlight[0] < len(sizes) and 0 <= highlight[1] < sizes[highlight[0]])
    ):
        raise ValueError(f"sizes {list(sizes)} need two layers or more, and highlight={highlight} must name one neuron")
    if names is not None and len(names) != len(sizes):
        raise ValueError(f"there are {len(sizes)} columns and {len(names)} names; give one name for each")
    drawn = [list(range(count)) if count <= 7 else [0, 1, 2, 3, None, count - 1] for count in sizes]
    if highlight and highlight[1] not in drawn[highlight[0]]:
        shown = [k for k in drawn[highlight[0]] if k is not None]
        raise ValueError(f"highlight={highlight} names a neuron that is not drawn; of its layer, {shown} are")
    tall = max(len(column) for column in drawn)
    ax = start(ax, width=min(4.8, 1.9 * len(sizes) - 0.6), height=min(4.2, 0.7 + 0.46 * tall))
    bare(ax)
    places = [
        {k: (3.2 * layer, (len(column) - 1) / 2 - row) for row, k in enumerate(column)}
        for layer, column in enumerate(drawn)
    ]
    for layer in range(1, len(sizes)):
        for k, head in places[layer].items():
            for j, tail in places[layer - 1].items():
                if j is None or k is None:
                    continue
                marked = highlight == (layer, k)
                ax.plot(
                    *zip(tail, head, strict=True),
                    color=ACCENT if marked else NEUTRAL,
                    zorder=1,
                    linewidth=2.2 if marked else 0.6,
                    alpha=1 if marked else 0.7,
                )
    for layer, column in enumerate(places):
        colour, tint = (INPUT, INPUT_TINT) if layer == 0 else (OUTPUT, OUTPUT_TINT)
        for k, place in column.items():
            if k is not None:
                ax.add_patch(Circle(place, 0.34, facecolor=tint, edgecolor=colour, linewidth=1.4, zorder=2))
            number = "⋮" if k is None else str(k + 1)
            ax.text(*place, number, ha="center", va="center", size=SIZE - 1, color=colour, zorder=3)
        if names:
            ax.text(3.2 * layer, tall / 2 + 0.25, names[layer], ha="center", va="bottom", size=SIZE, color=colour)
    ax.set_xlim(-0.6, 3.2 * (len(sizes) - 1) + 0.6)
    ax.set_ylim(-tall / 2 - 0.1, tall / 2 + 0.3 + 0.6 * bool(names))


def flow(forward, back, *, through=None, ax=None):
    """Draw shapes that travel through a layer, forward on top and back below.

    Parameters
    ----------
    forward, back : list of (str, str)
        Name and shape of what stands at each place, from left to right.
    through : (list of str, list of str), optional
        What each arrow does, forward and back, from left to right: one word
        less than there are places.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The two rows do not have the same length, or there is not one word for
        each arrow.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> flow([("A", "(4 × 1)"), ("Z", "(3 × 1)")], [("dL/dA", "(4 × 1)"), ("dL/dZ", "(3 × 1)")], ax=ax)
    >>> len(ax.patches) >= 4
    True
    """
    if len(forward) != len(back):
        raise ValueError(f"forward has {len(forward)} places, back has {len(back)}; they need the same")
    if through is not None and [len(words) for words in through] != [len(forward) - 1] * 2:
        raise ValueError(f"through needs two lists of {len(forward) - 1} words, one for each arrow")
    apart = 3.0 if through is None else 3.7
    ax = start(ax, width=min(4.8, 1.4 * len(forward)), height=2.2)
    ax.set_axis_off()
    for row, (y, colour, tint) in enumerate(((1.6, INK, ZERO), (-0.2, ACCENT, MARK_TINT))):
        for k, (name, shape) in enumerate((forward, back)[row]):
            x = apart * k
            ax.add_patch(Rectangle((x, y), 2.1, 1.1, facecolor=tint, edgecolor=colour, linewidth=1.2))
            ax.text(x + 1.05, y + 0.74, name, ha="center", va="center", size=SIZE, color=colour)
            ax.text(x + 1.05, y + 0.3, shape, ha="center", va="center", size=SIZE - 1, color=INK)
            if k:
                ends = ((x - 0.08, y + 0.55), (x - apart + 2.18, y + 0.55))
                ax.annotate(
                    "", ends[row], ends[1 - row], arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.6}
                )
                if through is not None:
                    middle = x - apart / 2 + 1.05
                    ax.text(
                        middle, y + 0.68, through[row][k - 1], ha="center", va="bottom", size=SIZE - 1, color=colour
                    )
    ax.set_xlim(-0.1, apart * (len(forward) - 1) + 2.2)
    ax.set_ylim(-0.4, 2.9)


def axes_count(sizes=(3, 4, 5), *, ax=None):
    """Draw a scalar, a vector, a matrix and a 3-tensor, with the axes that one can move along.

    Parameters
    ----------
    sizes : tuple of three int, optional
        Lengths of the three axes.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        There are not three positive lengths.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> axes_count((2, 3, 4), ax=ax)
    >>> [text.get_text() for text in ax.texts][:2]
    ['scalar\\n0 axes', 'vector\\n1 axis']
    """
    if len(sizes) != 3 or min(sizes) < 1:
        raise ValueError(f"sizes are the three lengths of a tensor's axes, each at least 1; they were {tuple(sizes)}")
    ax = start(ax, width=4.8, height=2.3)
    bare(ax)
    m, n, p = sizes
    unit, x = 0.5, 0.0
    for name, count, (rows, columns, layers) in (
        ("scalar", 0, (1, 1, 1)),
        ("vector", 1, (m, 1, 1)),
        ("matrix", 2, (m, n, 1)),
        ("tensor", 3, (m, n, p)),
    ):
        for layer in reversed(range(layers)):
            shift = 0.16 * layer
            for i in range(rows):
                for j in range(columns):
                    ax.add_patch(
                        Rectangle(
                            (x + j * unit + shift, -i * unit + shift),
                            unit,
                            unit,
                            facecolor=PAPER,
                            edgecolor=INK,
                            linewidth=0.8,
                        )
                    )
        ax.text(
            x + columns * unit / 2,
            -m * unit - 0.1,
            f"{name}\n{count} {'axis' if count == 1 else 'axes'}",
            ha="center",
            va="top",
            size=SIZE - 1,
            color=INK,
        )
        x += columns * unit + 0.16 * layers + 1.1
    ax.set_xlim(-0.5, x - 0.7)
    ax.set_ylim(-m * unit - 1.2, 0.7 + 0.16 * p)


def nine_kinds(table, *, kinds=("scalar", "vector", "matrix"), ax=None):
    """Draw the table of derivatives, a row for each kind of input and a column for each kind of output.

    Parameters
    ----------
    table : list of three lists of (str, int)
        Shape as text, and the number of axes; more than two are marked.
    kinds : tuple of three str, optional
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        The table does not have one row and one column for each kind.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> nine_kinds([[("()", 0)] * 3, [("(4, 1)", 1)] * 3, [("(2, 3)", 2)] * 3], ax=ax)
    >>> len(ax.patches)
    9
    """
    if len(table) != len(kinds) or any(len(row) != len(kinds) for row in table):
        raise ValueError(
            f"the table has rows of {[len(row) for row in table]} cells, it needs {len(kinds)} rows and columns: "
            f"one for each of {', '.join(kinds)}"
        )
    ax = start(ax, width=4.8, height=2.7)
    bare(ax)
    for i, row in enumerate(table):
        ax.text(-0.15, -i - 0.5, f"with respect\nto a {kinds[i]}", ha="right", va="center", size=SIZE - 1, color=INPUT)
        for j, (shape, count) in enumerate(row):
            tensor = count > 2
            ax.add_patch(
                Rectangle(
                    (j * 2.1 + 0.04, -i - 0.96),
                    2.02,
                    0.92,
                    facecolor=MARK_TINT if tensor else PAPER,
                    edgecolor=INK,
                    linewidth=0.8,
                    linestyle="--" if tensor else "-",
                    alpha=0.9,
                )
            )
            ax.text(j * 2.1 + 1.05, -i - 0.38, shape, ha="center", va="center", size=SIZE, color=INK)
            ax.text(
                j * 2.1 + 1.05,
                -i - 0.75,
                f"{count} {'axis' if count == 1 else 'axes'}",
                ha="center",
                va="center",
                size=SIZE - 2,
                color=INK,
            )
    for j, kind in enumerate(kinds):
        ax.text(j * 2.1 + 1.05, 0.12, f"of a {kind}", ha="center", va="bottom", size=SIZE, color=OUTPUT)
    ax.set_xlim(-2.4, 2.1 * len(kinds) + 0.1)
    ax.set_ylim(-3.1, 0.6)
