"""The forward and the backward pass of a function, one step at a time, as ``mc.program`` recorded them (X.23)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from .arrays import WIDE, draw_cells
from .canvas import FILLS, SIZE, bare, start, write
from .palette import ACCENT, INK, NEUTRAL, PAPER

#: Half the width and height of a box, and the distance of columns and of rows, in units of a matrix cell's height.
HALF, PITCH, ROW = (1.65, 0.62), 3.75, 3.3
_LETTER = r"(?:\\partial L/\\partial )?[A-Za-z](?:\^\{\d+\})?"
#: How a line of NumPy is written as mathematics, one rule after the other.
_SIGNS = ((r"by_(\w+)", r"\\partial L/\\partial \1"), (r"\b([A-Za-z])(\d+)\b", r"\1^{\2}"),
          (r"np\.(tanh|exp|log|max)(imum)?\b", r"\\\1"), (rf"({_LETTER})\.sum\([^()]*\)", r"Σ\\,(\1)"),
          (rf"({_LETTER})\.T\b", r"(\1)^T"), (r"([A-Za-z]\^\{\d+\})\*\*", r"(\1)**"), (r"\*\*(\d+)", r"^{\1}"),
          (r" @ ", r"\\,"), (r" \* ", r" \\ast "), (r"np\.", ""))


def pass_step(steps: Sequence, current: int, values: Mapping[str, np.ndarray], *, ax: Axes | None = None) -> None:
    """Draw the record of a program up to one step, and below it the matrices that meet in this step.

    Forward steps go down, what enters them is on their left, and derivatives are on the right, or below what enters.

    Parameters
    ----------
    steps : list of Step, as in ``mc.program(...).steps``
    current : int, the step that is marked, from 0; later ones are not filled in yet
    values : dict of str to array, for every name that occurs in the steps

    Examples
    --------
    >>> W, a = mc.network.small_layer()
    >>> mc.draw.pass_step(mc.program(lambda W: np.sum(W**3), W).steps, 0, {"W": W, "by_W": 3 * W**2})
    """
    if not 0 <= current < len(steps):
        raise ValueError(f"current is {current}; the program has {len(steps)} steps, counted from 0")
    missing = [name for one in steps for name in (one.name, *one.uses) if name not in values]
    if missing:
        raise ValueError(f"values has no {missing[0]}; give the value of every name in the steps")
    ax = start(ax, width=4.8, height=5.4)
    step, places, made = steps[current], _places(steps), {one.name: one for one in steps}
    later, boxes = {one.name for one in steps[current + 1:]}, {}
    for name, (x, y) in places.items():
        edge, tint = FILLS["input" if name not in made else "neither" if made[name].backward else "output"]
        look: dict[str, Any] = {"edgecolor": NEUTRAL, "facecolor": PAPER, "linestyle": ":"} if name in later else {
            "edgecolor": edge, "facecolor": tint}
        boxes[name] = ax.add_patch(Rectangle((x - HALF[0], y - HALF[1]), 2 * HALF[0], 2 * HALF[1], zorder=2,
                                             linewidth=2.6 if name == step.name else 1.0, **look))
        write(ax, x, y, formula(name), NEUTRAL if name in later else INK, zorder=3)
    for one in steps:
        for name in one.uses:
            across = places[name][0] - places[one.name][0]
            if one is step or not across:
                look = {"color": ACCENT, "linewidth": 2.0, "zorder": 4} if one is step else {
                    "color": NEUTRAL, "linewidth": 0.9, "zorder": 1, "linestyle": ":" if one.name in later else "-"}
                bend = 0.3 * np.sign(across) * (abs(across) > 1.1 * PITCH)
                ax.add_patch(FancyArrowPatch(places[name], places[one.name], patchA=boxes[name], patchB=boxes[one.name],
                                             arrowstyle="-|>", connectionstyle=f"arc3,rad={bend}", mutation_scale=11,
                                             shrinkA=1, shrinkB=1, **look))
    left, right = (end(x for x, _ in places.values()) for end in (min, max))
    low = min(y for _, y in places.values())
    write(ax, (left + right) / 2, low - 1.7, formula(f"{step.name} = {step.formula}"), size=SIZE + 1)
    tables = {name: np.reshape(value, (len(value) if np.ndim(value) else 1, -1)) for name, value in values.items()}
    _matrices(ax, [(name, tables[name], np.shape(values[name])) for name in (
        *sorted(step.uses, key=step.formula.find), step.name)], (left - HALF[0], low - 3.9))
    wide = 0.5 + max(sum(tables[name].shape[1] * WIDE + 0.7 for name in (*one.uses, one.name)) for one in steps)
    bare(ax, (left - HALF[0] - 0.2, max(right + HALF[0], left - HALF[0] + wide) + 0.2),
         (low - 5.2 - max(map(len, tables.values())), HALF[1] + 1.3))


def formula(code: str) -> str:
    """A line of NumPy as mathematics, in mathtext; a line with other signs stays as it is."""
    if re.search(r"[^\w\s()/*+\-.,=@]", code):
        return code
    for pattern, written in _SIGNS:
        code = re.sub(pattern, written, code)
    return f"${code}$"


def _places(steps):
    """The middle of the box of each name."""
    made, places, low = {step.name for step in steps}, {}, 0.0
    for k, step in enumerate(one for one in steps if not one.backward):
        places[step.name], low = (0.0, -ROW * k), -ROW * k
        fresh = [name for name in step.uses if name not in made and name not in places]
        places |= {name: (-PITCH * (n + 1), low) for n, name in enumerate(fresh)}
    for name in [name for step in steps for name in step.uses if name not in made]:
        if name not in places:                                      # it enters in the backward pass, as a target does
            places[name] = (min([x for x, y in places.values() if y == low], default=0.0) - PITCH, low)
    for step in (one for one in steps if one.backward):
        x, y = places.get(step.of, (0.0, low))
        x, y = (PITCH, y) if x == 0 else (x, y - 1.5)
        while (x, y) in places.values():
            x += PITCH
        places[step.name] = x, y
    return places


def _matrices(ax, named, corner):
    """Matrices side by side, with names and shapes; the last is what the others make."""
    (x, top), tall = corner, max(len(table) for _, table, _ in named)
    for k, (name, table, shape) in enumerate(named):
        if k == len(named) - 1:
            write(ax, x + 0.15, top - tall / 2, "→", size=SIZE + 3)
            x += 1.1
        high, middle = top - (tall - len(table)) / 2, x + table.shape[1] * WIDE / 2
        head = write(ax, middle, high + 0.25, formula(name), size=SIZE - 1, va="bottom")
        draw_cells(ax, np.round(table, 2), (x, high), size=SIZE - 2, columns=[head])
        write(ax, middle, top - tall - 0.7, f"({' × '.join(map(str, shape)) or 'number'})", size=SIZE - 2)
        x += table.shape[1] * WIDE + 0.7
