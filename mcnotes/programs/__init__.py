"""The derivative as a program: its steps recorded, walked back, and written as lines of NumPy."""

from .composing import Program, program

__all__ = ["Program", "program"]
