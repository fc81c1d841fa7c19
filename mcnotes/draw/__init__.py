"""The book's pictures, reached as ``mc.draw``: numbers that were computed are drawn on the current axes or ``ax``."""

from . import palette
from .arrays import beside, cell, compression, matrix, product, tensor, unfold, vector
from .diagrams import axes_count, flow, links, network, nine_kinds, shapes
from .handles import handle, tap
from .palette import *  # noqa: F403 (each color by its name)
from .passes import pass_step
from .plots import arrow, bars, contours, curve, inset, losses, surface

__all__ = [
    *palette.__all__,
    "arrow", "axes_count", "bars", "beside", "cell", "compression", "contours", "curve", "flow", "handle", "inset",
    "links", "losses", "matrix", "network", "nine_kinds", "pass_step", "product", "shapes", "surface", "tap", "tensor",
    "unfold", "vector",
]
