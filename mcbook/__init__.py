"""What the pages of the book ask of Python beyond derivatives and pictures: ``import mcbook as mb``.

:func:`confirm`, :func:`refute` and :func:`holds` read printed formulas and run them;
:func:`check`, :func:`hint` and :func:`solution` belong to the exercises. The mathematics
is :mod:`mcnotes`, which knows nothing of this package.
"""

from .confirmation import ClaimError, confirm, holds, refute
from .exercises.dialog import another, check, hint, solution

__all__ = ["ClaimError", "another", "check", "confirm", "hint", "holds", "refute", "solution"]
