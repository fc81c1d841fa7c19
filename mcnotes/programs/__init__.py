"""The derivative of a function as a NumPy program that one could have written (X.19 to X.23)."""

from .program import Program, Step, program

__all__ = ["Program", "Step", "program"]
