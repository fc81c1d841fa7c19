"""What the pages of the book ask of Python beyond derivatives and pictures, which come from :mod:`mcnotes`."""

from .confirmation import ClaimError, confirm, holds, refute
from .exercises.dialog import another, check, hint, solution

__all__ = ["ClaimError", "another", "check", "confirm", "hint", "holds", "refute", "solution"]
