"""Matrix derivatives you can run: ``import mcnotes as mc``.

The mathematics needs NumPy alone; ``mc.draw``, ``mc.show`` and ``mc.explore`` are imported when first used.
"""

from importlib import import_module

from . import network
from .compression import Compressed, CompressionError, compress
from .derivative import Derivative, derivative, hessian, value_and_derivative
from .planar import PlanarApproximation, planar
from .programs import Program, program
from .shapes import LayoutError, axes, kind, shape_of, size

_PICTURES = {"draw": ("draw", None), "show": ("draw.figures", "show"), "explore": ("draw.explorers", "explore")}

__all__ = [
    "Compressed", "CompressionError", "Derivative", "LayoutError", "PlanarApproximation", "Program",
    "axes", "compress", "derivative", "hessian", "kind", "network", "planar", "program", "shape_of", "size",
    "value_and_derivative",
    "draw", "explore", "show",
]


def __getattr__(name):
    if name not in _PICTURES:
        raise AttributeError(f"module 'mcnotes' has no attribute {name!r}")
    module, attribute = _PICTURES[name]
    found = import_module(f".{module}", __name__)
    found = getattr(found, attribute) if attribute else found
    globals()[name] = found
    return found


def __dir__():
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
