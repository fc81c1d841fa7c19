"""Formulas as people write them: read, given values, judged to hold, to fail or not to be readable."""

from .judge import could_fail, holds, judge
from .letters import Letters, draw, letters_of
from .parser import read
from .verdict import BudgetError, ClaimError, Failure, FormulaError, Verdict

__all__ = ["BudgetError", "ClaimError", "Failure", "FormulaError", "Letters", "Verdict", "could_fail", "draw", "holds",
           "judge", "letters_of", "read"]
