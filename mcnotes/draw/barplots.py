"""Numbers as bars."""

import numpy as np

from .canvas import SIZE, colour_of, quiet, start
from .cells import QUIET
from .palette import (
    ACCENT,
    INK,
    INPUT,
    INPUT_TINT,
    MARK_TINT,
    NEUTRAL,
    OUTPUT,
    OUTPUT_TINT,
    PREDICTION,
    PREDICTION_TINT,
)


def bars(
    values,
    labels=None,
    *,
    against=None,
    names=("predicted", "true"),
    ylabel="change",
    roles=("neither", "output"),
    ax=None,
):
    """Draw numbers as bars, if wanted beside the numbers that they should be.

    Parameters
    ----------
    values : array of shape (p,), or Derivative
        A scalar by a vector, or a vector by a scalar.
    labels : list of str, optional
        One for each bar. Without them, a Derivative brings the names of its own
        axis.
    against : array of shape (p,), optional
        Drawn beside the values, hatched.
    names : tuple of two str, optional
        What the two bars of a pair are.
    ylabel : str, optional
    roles : tuple of two of "input", "output", "neither", optional
        What the labels and the bars stand for; decides their colours. Beside the
        true values, predictions have the colour of predictions.
    ax : matplotlib Axes, optional

    Raises
    ------
    ValueError
        There are not as many labels as values.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> ax = plt.figure().add_subplot()
    >>> bars([1.0, 2.0], ["a", "b"], ax=ax)
    >>> len(ax.patches)
    2
    """
    if hasattr(values, "array"):
        labels, values = labels or _own_names(values), values.array.ravel()
    if labels is None or len(values) != len(labels):
        labels = [] if labels is None else labels
        raise ValueError(f"there are {len(values)} values and {len(labels)} labels; give one label for each")
    ax = start(ax, height=3.0)
    quiet(ax)
    ax.grid(axis="x", visible=False)
    place, wide = np.arange(len(values)), 0.6 if against is None else 0.36
    shift = 0 if against is None else wide / 2
    tint, edge = _BARS[roles[1] if colour_of(roles[1]) and against is None else "predicted"]
    ax.bar(place - shift, values, wide, color=tint, edgecolor=edge, label=names[0] if against is not None else None)
    if against is not None:
        ax.bar(place + shift, against, wide, color=OUTPUT_TINT, edgecolor=OUTPUT, hatch="//", label=names[1])
        ax.legend(frameon=False, fontsize=SIZE - 1, labelcolor=INK)
    ax.axhline(0, color=NEUTRAL, linewidth=0.8, label=QUIET)
    ax.set_xticks(place, labels, size=SIZE, color=colour_of(roles[0]))
    ax.set_ylabel(ylabel, size=SIZE, color=colour_of(roles[1]))


#: Fill and edge of bars, by what they stand for.
_BARS = {"input": (INPUT_TINT, INPUT), "output": (OUTPUT_TINT, OUTPUT), "neither": (MARK_TINT, ACCENT),
         "predicted": (PREDICTION_TINT, PREDICTION)}


def _own_names(derivative):
    """The names of the one axis of a derivative that is longer than one, or None."""
    sides = [getattr(derivative, side, None) for side in ("rows", "columns")]
    return next((names for names in sides if names is not None and len(names) == derivative.array.size), None)
