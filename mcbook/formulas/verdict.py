"""What came of a check: the line that a reader sees, and the numbers behind it."""

import html
import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """What came of one formula.

    Attributes
    ----------
    latex : str
    relation : str
        ``"="``, ``"≈"``, ``"→"``, ``"shape"``; several are joined by blanks.
    letters : tuple of (str, str, str)
        Name, shape and a short value of each letter that the formula uses.
    rows : tuple of (float, float, float, float)
        For ≈: step, true value, predicted value and gap, for the entry with the largest gap.
    largest : float
        For =: the largest difference.
    entries : int
        How many pairs of numbers were compared, over all indices.
    shapes : int
        How many shapes, written over braces or beside the formula, were compared.
    """

    latex: str
    relation: str
    letters: tuple = ()
    rows: tuple = ()
    largest: float = 0.0
    entries: int = 0
    shapes: int = 0

    @property
    def ratios(self):
        """By what the gap falls at each halving of the step."""
        gaps = [row[3] for row in self.rows]
        return tuple(a / b for a, b in zip(gaps, gaps[1:], strict=False))

    @property
    def words(self):
        """The result in a few words that are the same on every machine."""
        if self.rows:
            gaps = " → ".join(f"{row[3]:.2g}" for row in self.rows)
            return f"gap {gaps}, ÷{min(self.ratios):.1f} at each halving"
        parts = []
        if self.entries:
            parts.append(f"{self.entries} entries agree" if self.entries > 1 else "both sides agree")
        if self.shapes:
            parts.append(f"{self.shapes} shapes fit" if self.shapes > 1 else "the shape fits")
        return ", ".join(parts)


    def data(self):
        """The result as a page's panel shows it."""
        ratios = ("", *(f"{ratio:.1f}" for ratio in self.ratios))
        rows = [[*map(_few, row), ratio] for row, ratio in zip(self.rows, ratios, strict=False)]
        small = "0, up to rounding" if self.largest < 1e-9 else _few(self.largest)
        return {"latex": self.latex, "relation": self.relation, "letters": [list(letter) for letter in self.letters],
                "rows": rows, "entries": self.entries, "difference": small if self.entries else None,
                "shapes": self.shapes, "words": self.words}


@dataclass(frozen=True)
class Verdict:
    """What came of checking a statement.

    Attributes
    ----------
    statement : str
        Its name.
    ok : bool
    formulas : tuple of Result
    line : str
        One line for a reader.
    """

    statement: str
    ok: bool
    formulas: tuple = field(default=())
    line: str = ""

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return self.line

    def data(self):
        """What a page's panel shows, in words and numbers that are the same on every machine."""
        return {"statement": self.statement, "ok": self.ok, "line": self.line,
                "formulas": [one.data() for one in self.formulas]}

    def to_html(self):
        """The line, and the data for the panel of a page beside it, unseen."""
        data = json.dumps(self.data(), ensure_ascii=False).replace("<", "\\u003c")
        return (f'<div class="mc-told">{html.escape(self.line)}</div>'
                f'<script type="application/json" class="mc-verdict">{data}</script>')

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.line, "text/html": self.to_html()}


def _few(x):
    """A number in three digits, with one kind of minus sign."""
    return f"{x:.3g}".replace("-", "−")


def summary(name, results):
    """The line for a statement that holds."""
    counted = [one for one in results if one.words]
    if len(counted) == 1:
        return f"✓ {name} runs as printed: {counted[0].words}"
    return f"✓ {name} runs as printed, {len(counted)} formulas: " + "; ".join(one.words for one in counted)
