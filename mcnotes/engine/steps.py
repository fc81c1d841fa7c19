"""The program that a trace saw, step by step, for those who want to write it down.

A trace that gets a :class:`Steps` notes every NumPy function that `f` calls, its
operands and options, and the places on the tape that belong to it. Without one,
nothing is noted and nothing is paid for.
"""

import copy
from dataclasses import dataclass


@dataclass(slots=True)
class Step:
    """One call of a NumPy function.

    Attributes
    ----------
    function : callable, str or tuple
        NumPy's function; ``"getitem"`` for ``x[key]``, ``"astype"``, and (ufunc, method) for a method of a ufunc.
    args, options : tuple, dict
        As it was called: a traced operand is a ``Traced`` with its ``position`` on the tape, a constant is a copy.
    depth : int
        0 for what `f` wrote, more for what a rule calls to do it.
    first, last : int
        The places ``first <= place < last`` of the tape were filled by this step and those inside it.
    result : Traced, or what the function gives
    """

    function: object
    args: tuple
    options: dict
    depth: int
    first: int
    last: int = 0
    result: object = None


class Steps(list):
    """The steps in the order in which they began; `trace(f, inputs, Steps())` fills it."""

    def __init__(self):
        super().__init__()
        self.depth = 0

    def beside(self, tape, function, args, options, result):
        """Note a step that fills no place of the tape: one whose result has no slope."""
        place = len(tape.records)
        self.append(Step(function, args, options, self.depth, place, place, result))

    def decided(self, x):
        """Called where a value decides which way `f` goes."""

    def noted(self, tape, function, rule, *args, **options):
        """Call a rule, and note the step."""
        step = Step(function, copy.deepcopy(args), copy.deepcopy(options), self.depth, len(tape.records))
        self.append(step)
        self.depth += 1
        try:
            step.result = rule(*args, **options)
        finally:
            self.depth -= 1
        step.last = len(tape.records)
        return step.result
