"""The colors of the book: one for inputs, one for outputs, everywhere, and used for nothing else.

They differ in lightness, too, and each is a hex string of its own: ``figures.to_svg`` puts the theme's color there.
"""

INPUT = "#0061a8"
OUTPUT = "#a84300"
INK = "#1f2328"
NEUTRAL = "#6b7280"
GRID = "#d0d7de"
ACCENT = "#6a3d9a"
ZERO = "#eef1f4"
INPUT_TINT = "#cfe3f5"
OUTPUT_TINT = "#f7d9c4"
PAPER = "#fdfdfe"
PREDICTION = "#1a6e3c"      #: what a derivative predicts: tangents, planes, the bar beside the true one
PREDICTION_TINT = "#cfe8d9"
MARK_TINT = "#e7dcf4"       #: cells to look at
ROSE = "#a3195b"            #: one more color for series that are neither input nor output

__all__ = [name for name in dir() if name.isupper()]

#: Color -> name of the theme variable that stands for it in the built book: ``INPUT_TINT`` is ``--mc-input-tint``.
VARIABLES = {globals()[name]: "--mc-" + name.lower().replace("_", "-") for name in __all__}
