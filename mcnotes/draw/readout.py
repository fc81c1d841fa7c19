"""The numbers of a picture, read from the finished picture itself: for screen readers, and for the notebook tests.

Nothing is taken from the data, so a label at another number, a wrong sign or two exchanged bars are seen here.
"""

import html
import re
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import same_color
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from .canvas import QUIET
from .palette import MARK_TINT


@dataclass
class Table:
    """Labelled values as a reader sees them; `columns` may be empty."""

    columns: list
    rows: list  #: (label, list of values), all as text


def read(figure: Figure) -> list[Table]:
    """What stands in a figure that has been drawn: matrices and bars as tables, then points, arrows, lines, words."""
    tables = []
    for ax in figure.axes:
        grids = getattr(ax, "mc_tables", [])
        for rows, columns, cells in grids:
            named = zip(rows, cells, strict=True)
            tables.append(Table([_words(c) for c in columns],
                                [(_words(label), [_entry(ax, cell) for cell in line]) for label, line in named]))
        bars = [group for group in ax.containers if isinstance(group, BarContainer)]
        if bars:
            tables.append(_bars(ax, bars))
        used = {text for rows, columns, cells in grids for text in [*rows, *columns, *sum(cells, [])] if text}
        other = [*_lines(ax), *_arrows(ax), *_patches(ax, bars), *_texts(ax, used)]
        if other:
            tables.append(Table([], other))
    return tables


#: What words for lines of another style begin with.
_STYLES = {"--": "dashed ", ":": "dotted ", "-.": "dash-dotted "}
#: Parts without a name: they are compared by the notebook tests, but say nothing to a reader who does not see them.
_PLAIN = {"words", "point", "arrow", *(style + kind for style in ["", *_STYLES.values()] for kind in ("line", "curve"))}


def as_text(tables: list[Table]) -> str:
    """The tables as lines of plain text."""
    lines = []
    for table in tables:
        for label, values in table.rows:
            heads = table.columns or [""] * len(values)
            named = [f"{head} {value}".strip() for head, value in zip(heads, values, strict=True)]
            lines.append(f"  {label}: " + ", ".join(named) if label else "  " + ", ".join(named))
    return "\n".join(lines)


def _head(scope, name):
    """The head of a row or column; without a name it is an empty cell, which no screen reader announces."""
    return f'<th scope="{scope}">{html.escape(name)}</th>' if name.strip() else "<td></td>"


def as_html(tables: list[Table]) -> str:
    """The tables for screen readers, one line for each row so that frames share what is the same."""
    lines = []
    for table in tables:
        rows = [(label, values) for label, values in table.rows if label not in _PLAIN]
        if not rows:
            continue
        lines.append("<table><caption>Numbers in the picture</caption><tbody>")
        if any(table.columns):
            heads = "".join(_head("col", column) for column in table.columns)
            lines.append(f"<tr><td></td>{heads}</tr>")
        for label, values in rows:
            cells = "".join(f"<td>{html.escape(v)}</td>" for v in values)
            lines.append(f"<tr>{_head('row', label)}{cells}</tr>")
        lines.append("</tbody></table>")
    return "\n".join(lines)


def number(value: float) -> str:
    """Three digits, the same on every machine: a tie is always rounded away from zero."""
    value = float(value)
    if abs(value) < 1e-9:
        return "0"
    return f"{value * (1 + 1e-9):.3g}".replace("-", "−")


def _point(*coordinates):
    return "(" + ", ".join(map(number, coordinates)) + ")"


_SIGNS = {r"\ell": "ℓ", r"\partial": "∂", r"\Delta": "Δ", r"\times": "×", r"\theta": "θ",
          r"\mathcal": "", r"\mathsf": ""}


def _words(text):
    """The text of an artist, mathtext as plain letters."""
    said = text if isinstance(text, str) or text is None else text.get_text()
    for command, sign in _SIGNS.items():
        said = (said or "").replace(command, sign)
    said = re.sub(r"\\frac\{(.*?)\}\{", r"\1/", said)
    return re.sub(r"[${}]|\\,|(?<=[∂Δ]) ", "", " ".join(said.split()))


def _entry(ax, cell):
    """What stands in a cell, and whether it is marked by a tinted sheet under it."""
    at = ax.transData.transform(cell.get_position())
    marked = any(same_color(patch.get_facecolor(), MARK_TINT) and patch.contains_point(at) for patch in ax.patches)
    return _words(cell) + " (marked)" * marked


def _bars(ax, groups):
    labels = [_words(tick) for tick in ax.get_xticklabels()]
    names = [group.get_label() for group in groups]
    columns = [] if all(name.startswith("_") for name in names) else [_words(name) for name in names]
    rows = []
    for patches in zip(*(group.patches for group in groups), strict=True):
        middle = np.mean([bar.get_x() + bar.get_width() / 2 for bar in patches])
        nearest = int(np.argmin(np.abs(ax.get_xticks() - middle)))
        rows.append((f"bar {labels[nearest]}", [number(bar.get_y() + bar.get_height()) for bar in patches]))
    return Table(columns, rows)


def _lines(ax):
    """Points and segments by their coordinates, curves by their ends and their middle."""
    rows = []
    for line in ax.lines:
        in_data = line.get_transform().contains_branch(ax.transData)
        if line.get_label() == QUIET or not line.get_visible() or not in_data:
            continue
        points = np.stack(line.get_data_3d() if hasattr(line, "get_data_3d") else line.get_data(), axis=1).astype(float)
        named = "" if line.get_label().startswith("_") else " " + _words(line.get_label())
        kind = "point" if len(points) == 1 else "line" if len(points) <= 4 else "curve"
        kind = _STYLES.get(line.get_linestyle(), "") + kind if len(points) > 1 else kind
        shown = points if len(points) <= 4 else points[[0, len(points) // 2, -1]]
        rows.append((kind + named, [_point(*point) for point in shown]))
    return rows


def _arrows(ax):
    return [("arrow", [f"{_point(*note.xyann)} to {_point(*note.xy)}"]) for note in ax.texts
            if getattr(note, "arrow_patch", None) is not None and note.xycoords == "data" and note.anncoords == "data"]


def _patches(ax, bars):
    """Rectangles that stand for amounts: those with a name."""
    inside = {patch for group in bars for patch in group.patches}
    named = [patch for patch in ax.patches if patch not in inside and hasattr(patch, "get_width")
             and patch.get_label() and not patch.get_label().startswith("_")]
    return [(_words(patch.get_label()), [f"{number(patch.get_width())} × {number(patch.get_height())}"])
            for patch in named]


def _texts(ax, used):
    """Words that are not part of a table, from the top down."""
    free = [text for text in ax.texts if text not in used and text.get_text().strip() and text.get_visible()]
    free.sort(key=lambda text: (-round(float(text.get_position()[1]), 6), round(float(text.get_position()[0]), 6)))
    words = [_words(text) for text in free]
    title = _words(ax.get_title())
    return [("words", [word for word in [title, *words] if word])] if title or words else []
