"""What comes of judging a formula: it holds, it fails, or it cannot be read; and the errors that say why."""

import html
import json
from dataclasses import dataclass


class ClaimError(AssertionError):
    """A statement did not pass: it fails, or it could not be judged."""


class Failure(ClaimError):  # noqa: N818 - the word of the three verdicts
    """The formula is false for these letters."""


class ShapeClash(Failure):  # noqa: N818
    """Shapes in a formula do not fit, so it cannot hold."""


class FormulaError(ClaimError, ValueError):
    """A formula cannot be read, or cannot be judged as it stands."""


class BudgetError(FormulaError):
    """Judging the formula would take too long."""


@dataclass
class Result:
    """What came of one formula."""

    read: str = ""              # the formula as it was read, as a line of text
    latex: str = ""
    relation: str = ""          # "=", "≈", "→", "shape"; several are joined by blanks
    letters: tuple = ()         # name, shape and a short value of each letter that the formula uses
    rows: tuple = ()            # for ≈: step, true value, predicted value and gap, for the entry with the largest gap
    largest: float = 0.0        # for =: the largest difference
    entries: int = 0            # how many pairs of numbers were compared
    shapes: int = 0             # how many shapes over braces or beside the formula were compared

    @property
    def ratios(self) -> tuple[float, ...]:
        """By what the gap falls at each halving of the step."""
        gaps = [row[3] for row in self.rows]
        return tuple(a / b if b else float("inf") for a, b in zip(gaps, gaps[1:], strict=False))

    @property
    def words(self) -> str:
        """The result in a few words that are the same on every machine; empty where nothing was compared."""
        if self.rows:
            return f"each time the step halves, the gap shrinks to {'a quarter' if min(self.ratios) > 3 else 'half'}"
        entries = "both sides agree" if self.entries == 1 else f"{self.entries} entries agree" * (self.entries > 0)
        shapes = "the shape fits" if self.shapes == 1 else f"{self.shapes} shapes fit" * (self.shapes > 0)
        return ", ".join(filter(None, (entries, shapes)))

    def data(self) -> dict:
        """The result as a page's panel shows it."""
        ratios = ("", *(f"{ratio:.1f}" for ratio in self.ratios))
        rows = [[*map(_few, row), ratio] for row, ratio in zip(self.rows, ratios, strict=False)]
        small = "0, up to rounding" if self.largest < 1e-9 else _few(self.largest)
        return {"latex": self.latex, "read": self.read, "relation": self.relation,
                "letters": [list(letter) for letter in self.letters], "rows": rows, "entries": self.entries,
                "difference": small if self.entries else None, "shapes": self.shapes, "words": self.words}


@dataclass(frozen=True)
class Verdict:
    """What came of judging a formula: it holds, it fails, or it cannot be read."""

    kind: str                   # "holds", "fails" or "unreadable"
    line: str                   # one sentence for a reader
    reason: str = ""            # why it fails, or what could not be read and how to write it
    read: str = ""              # the formula as it was read, as a line of text
    latex: str = ""
    statement: str = ""         # the name of the statement that was judged, where it has one
    formulas: tuple = ()        # the Result of each formula
    ok: bool = False            # whether the check passed: a misprint that fails, as it should, has passed

    def __bool__(self) -> bool:
        return self.kind == "holds"

    def __repr__(self) -> str:
        return self.line + (f"\n  read as {self.read}" if self.read and not self.statement else "")

    def data(self) -> dict:
        """What a page's panel shows, in words and numbers that are the same on every machine."""
        return {"statement": self.statement, "kind": self.kind, "ok": self.ok, "line": self.line, "read": self.read,
                "formulas": [one.data() for one in self.formulas]}

    def to_html(self) -> str:
        """The line, and the data for the panel of a page beside it, unseen."""
        data = json.dumps(self.data(), ensure_ascii=False).replace("<", "\\u003c")
        told = html.escape(self.line).replace("\n", "<br>")
        if self.read and not self.statement:
            told += f'<br><span class="mc-small">read as {html.escape(self.read)}</span>'
        return f'<div class="mc-told">{told}</div><script type="application/json" class="mc-verdict">{data}</script>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self), "text/html": self.to_html()}


def _few(x):
    """A number in three digits, with one kind of minus sign."""
    return f"{x:.3g}".replace("-", "−")
