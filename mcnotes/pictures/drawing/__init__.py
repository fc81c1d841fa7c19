"""The book's pictures, reached as ``mc.draw``.

Every function draws numbers that were computed elsewhere, on the current axes or
on ``ax``, and returns nothing. A cell that draws ends with ``mc.show("what the
picture shows")``.
"""

from .arrays import build_table, compression, matrix, product, tensor, vector
from .diagrams import axes_count, flow, network, nine_kinds, shapes
from .palette import ACCENT, GRID, INK, INPUT, INPUT_TINT, NEUTRAL, OUTPUT, OUTPUT_TINT, PAPER, ZERO
from .plots import bars, contours, curve, gap_loglog, losses, surface

__all__ = [
    "ACCENT",
    "GRID",
    "INK",
    "INPUT",
    "INPUT_TINT",
    "NEUTRAL",
    "OUTPUT",
    "OUTPUT_TINT",
    "PAPER",
    "ZERO",
    "axes_count",
    "bars",
    "build_table",
    "compression",
    "contours",
    "curve",
    "flow",
    "gap_loglog",
    "losses",
    "matrix",
    "network",
    "nine_kinds",
    "product",
    "shapes",
    "surface",
    "tensor",
    "vector",
]
