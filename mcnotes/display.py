"""A matrix of derivatives as text and as a table: few digits, one under the other; inf is inf."""

import html
from typing import Any

import numpy as np

#: At most so many rows and columns are shown.
MOST = 8

_DIGITS = 3
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def text(array: Any) -> str:
    """An array as text, six digits; what rounding left of a zero is 0, inf is inf.

    >>> text(np.array([1.0, 1e-17, 2 / 3, np.inf]))
    '[1 0 0.666667 inf]'
    """
    return np.array2string(_clean(array), formatter={"float_kind": lambda x: f"{x:.6g}"}, threshold=200)


def _clean(array):
    """Entries without what rounding leaves of a zero: 15 digits below the largest."""
    array = np.asarray(array, float)
    finite = np.abs(array[np.isfinite(array)])
    return np.where(np.abs(array) <= 1e-15 * finite.max(initial=0.0), 0.0, array)


def numbers(matrix: Any) -> list[list[str]]:
    """The entries of a matrix with one number of decimals: three digits of the largest, one more for small ones."""
    matrix = _clean(matrix)
    sizes = np.abs(matrix[(matrix != 0) & np.isfinite(matrix)])
    powers = np.floor(np.log10(sizes)).astype(int)
    if sizes.size == 0:
        return [[_plain(f"{x:.0f}") for x in row] for row in matrix]
    if not -4 <= powers.max() <= 5:
        return [[_power(x) for x in row] for row in matrix]
    most = max(0, _DIGITS - 1 - powers.max()) + 1
    decimals = max(_needed(x, min(most, max(0, _DIGITS - 1 - power)))
                   for x, power in zip(sizes, powers, strict=True))
    return [[_power(x) if x and abs(x) < 0.5 * 10.0**-decimals else _plain(f"{x:.{decimals}f}") for x in row]
            for row in matrix]


def _plain(text):
    return text.replace("-", "−").replace("inf", "∞")


def _needed(x, decimals):
    """Decimals that a rounded number needs: zeros at its end are not counted."""
    return len(f"{x:.{decimals}f}".rstrip("0").partition(".")[2]) if decimals else 0


def _power(x):
    """A number with a power of ten."""
    if x == 0 or not np.isfinite(x):
        return _plain(f"{x:.0f}")
    digits, _, power = f"{x:.{_DIGITS - 1}e}".partition("e")
    return f"{digits}·10{str(int(power)).translate(_RAISED)}".replace("-", "−")


def table(matrix, caption, top, side):
    """An HTML table; `top` and `side` give the heading of a column and of a row."""
    rows, columns = (min(n, MOST) for n in matrix.shape)
    shown, more = numbers(matrix[:rows, :columns]), "<td>…</td>" * (matrix.shape[1] > columns)
    lines = [f"<table class='mc-derivative'><caption>{caption}</caption><thead><tr><td></td>"]
    lines += [f"<th scope='col'>{top(j)}</th>" for j in range(columns)] + [more, "</tr></thead><tbody>"]
    for i, row in enumerate(shown):
        cells = "".join(f"<td>{number}</td>" for number in row)
        lines.append(f"<tr><th scope='row'>{side(i)}</th>{cells}{more}</tr>")
    if matrix.shape[0] > rows:
        lines.append("<tr><td>⋮</td></tr>")
    return "".join(lines) + "</tbody></table>"


def headings(axes, names):
    """Headings of columns and rows: given names, or the notes' letters; the color says whose entry they name."""
    def heading(style, own, usual):
        return lambda k: f"<span class='mc-{style}'>{html.escape(own[k]) if own else usual.format(k + 1)}</span>"
    # where a matrix meets a number, both sides belong to the matrix
    side, usual_side, top, usual_top = {
        (0, 2): ("out", "column {}", "out", "row {}"), (2, 0): ("in", "row {}", "in", "column {}")}.get(axes, (
            "in", "v<sub>{}</sub>" if axes[0] else "s", "out", "w<sub>{}</sub>" if axes[1] else "s"))
    rows, columns = names
    return heading(top, columns, usual_top), heading(side, rows, usual_side)
