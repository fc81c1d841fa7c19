"""The book's pictures, reached as ``mc.draw``.

Every function draws numbers that were computed elsewhere, on the current axes or
on ``ax``, and returns nothing. A cell that draws ends with ``mc.show("what the
picture shows")``.
"""

from .arrays import beside, cell, matrix, product, unfold, vector
from .barplots import bars
from .chain import links
from .diagrams import axes_count, flow, network, nine_kinds, shapes
from .grips import handle, inset, tap
from .palette import (
    ACCENT,
    GRID,
    INK,
    INPUT,
    INPUT_TINT,
    MARK_TINT,
    NEUTRAL,
    OUTPUT,
    OUTPUT_TINT,
    PAPER,
    PREDICTION,
    PREDICTION_TINT,
    ROSE,
    ZERO,
)
from .plots import arrow, contours, curve, gap_loglog, losses, surface
from .stacks import compression, tensor

__all__ = [
    "ACCENT",
    "GRID",
    "INK",
    "INPUT",
    "INPUT_TINT",
    "MARK_TINT",
    "NEUTRAL",
    "OUTPUT",
    "OUTPUT_TINT",
    "PAPER",
    "PREDICTION",
    "PREDICTION_TINT",
    "ROSE",
    "ZERO",
    "arrow",
    "axes_count",
    "bars",
    "beside",
    "cell",
    "compression",
    "contours",
    "curve",
    "flow",
    "gap_loglog",
    "handle",
    "inset",
    "links",
    "losses",
    "matrix",
    "network",
    "nine_kinds",
    "product",
    "shapes",
    "surface",
    "tap",
    "tensor",
    "unfold",
    "vector",
]
