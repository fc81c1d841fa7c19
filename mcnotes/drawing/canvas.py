"""What all drawings share: a figure of the right size, and quiet axes."""

import matplotlib.pyplot as plt

from .palette import GRID, INK, NEUTRAL

SIZE = 11  #: points; figures are shown at about 340 px on a phone


def start(ax, width=4.8, height=3.4, **options):
    """The axes to draw on: those given, the current ones, or new ones in a figure of this size (inches)."""
    if ax is not None:
        return ax
    if plt.get_fignums():
        return plt.gca()
    figure = plt.figure(figsize=(width, height), layout="constrained")
    return figure.add_subplot(**options)


def quiet(ax):
    """Axes with a light frame and readable labels."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(NEUTRAL)
    ax.tick_params(colors=NEUTRAL, labelcolor=INK, labelsize=SIZE - 1)
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)


def bare(ax):
    """Axes that are only a sheet of paper, with equal units."""
    ax.set_axis_off()
    ax.set_aspect("equal")


def said(value, digits=3):
    """A number as it stands in a cell: short, with a real minus sign."""
    if isinstance(value, str):
        return value
    if value != value:
        return ""
    text = f"{value:.{digits}g}"
    if "e" in text and abs(value) < 1e4:
        text = f"{value:.1e}"
    return text.replace("-", "−")
