"""What all drawings share: a sheet of the right size, quiet axes, colors of roles, and numbers as they are written."""

import math
import re
from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.text import Text

from .palette import ACCENT, GRID, INK, INPUT, INPUT_TINT, MARK_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT

SIZE = 11  #: points; figures are shown at about 340 px on a phone

#: What a label may stand for, and its color.
ROLES = {"input": INPUT, "output": OUTPUT, "neither": INK}
#: Edge and tint of a box, a bar or a circle, by what it stands for.
FILLS = {"input": (INPUT, INPUT_TINT), "output": (OUTPUT, OUTPUT_TINT), "neither": (ACCENT, MARK_TINT)}
#: The label of a line that is not to be read as a part of the drawing.
QUIET = "_quiet"


def start(ax: Axes | None, width: float = 4.8, height: float = 3.4, **options) -> Axes:
    """The axes to draw on: those given, the current ones, or new ones in a figure of this size (inches)."""
    if ax is not None:
        return ax
    figure = plt.gcf() if plt.get_fignums() else plt.figure(figsize=(width, height), layout="constrained")
    return figure.gca() if figure.axes else figure.add_subplot(**options)


def quiet(ax: Axes) -> None:
    """Axes with a light frame and readable labels."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(NEUTRAL)
    ax.tick_params(which="both", colors=NEUTRAL, labelcolor=INK, labelsize=SIZE - 1)
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)


def bare(ax: Axes, x: tuple, y: tuple) -> None:
    """Axes that are only a sheet of paper with equal units, over the limits `x` and `y`."""
    ax.set_axis_off()
    ax.set_aspect("equal")
    ax.set(xlim=x, ylim=y)


def write(ax: Axes, x: float, y: float, words: str, color: str = INK, size: float = SIZE, ha: str = "center",
          va: str = "center", **more) -> Text:
    """Words on the sheet, centered unless told."""
    return ax.text(x, y, words, color=color, size=size, ha=ha, va=va, **more)


def keep_table(ax: Axes, entries: list, rows: Sequence = (), columns: Sequence = ()) -> None:
    """Keep the texts of a table together on the axes, so that its numbers can be read with their labels."""
    m, n = len(entries), len(entries[0])
    kept = [*rows, *[""] * (m - len(rows))], [*columns, *[""] * (n - len(columns))], entries
    ax.mc_tables = [*getattr(ax, "mc_tables", []), kept]


def said(value, digits: int = 3) -> str:
    """A number as it stands in a cell: short, with a real minus sign; nan is an empty cell."""
    if isinstance(value, str):
        return value
    if value != value:
        return ""
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.0f}" if 1000 <= abs(value) < 1e5 else f"{value:.{digits}g}"
    if "e" in text:
        front, power = text.split("e")
        text = f"{front}e{int(power)}"
    return "0" if text == "-0" else text.replace("-", "−")


def aligned(values, digits: int = 3) -> list[str]:
    """Numbers of one table with the same decimals, three digits in the largest; each its own if one would be lost."""
    numbers = [x for x in values if not isinstance(x, str) and x == x]
    largest = max((abs(x) for x in numbers), default=0)
    if not 1e-3 <= largest < 1e3:
        return [said(x, digits) for x in values]
    decimals = max(0, digits - 1 - math.floor(math.log10(largest)))
    while decimals and all(abs(round(x, decimals - 1) - x) < 1e-9 * largest for x in numbers):
        decimals -= 1
    if any(x and abs(x) > 1e-12 * largest and float(f"{x:.{decimals}f}") == 0 for x in numbers):
        return [said(x, digits) for x in values]
    return [x if isinstance(x, str) else "" if x != x else "0" if abs(x) <= 1e-12 * largest
            else f"{x:.{decimals}f}".replace("-", "−") for x in values]


def color_of(role: str) -> str:
    """The color of a role, and an error for a role that the book does not have."""
    if role not in ROLES:
        raise ValueError(f"a role is one of {', '.join(ROLES)}; it was {role!r}")
    return ROLES[role]


def length(label: str) -> int:
    """About how many letters wide a label is, its mathtext commands counted as one each."""
    return len(re.sub(r"[${}_^ ]", "", re.sub(r"\\[a-zA-Z]+", "x", label)))


def one_for_each(name: str, given, count: int, what: str) -> None:
    """Refuse labels, names, titles … of which there are not as many as needed."""
    if given is not None and len(given) != count:
        raise ValueError(f"{name} has {len(given)} {'entry' if len(given) == 1 else 'entries'}, and there are {count} "
                         f"{what}; give one for each")
