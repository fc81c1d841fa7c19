"""How an ordinary NumPy function is differentiated: recorded as it runs, then walked back by the chain rule."""

from . import rules as rules  # fills the rule table
from .core import Traced as Traced
from .operands import NoDerivativeError as NoDerivativeError
from .operands import UnsupportedError as UnsupportedError
