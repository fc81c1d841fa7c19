"""The tape that a trace writes."""

import itertools

from .constants import UnsupportedError

_serial = itertools.count(1).__next__


class Tape:
    """What was recorded: for each step, the links to earlier steps.

    Attributes
    ----------
    records : dict
        Place on the tape -> the links of what stands there: (place of an operand, link) pairs.
    place : callable
        The next place. Several threads may ask.
    level : int
        Larger than that of every tape that was there before.
    branched : bool
        Whether a value decided which way `f` went.
    held : dict
        Arrays that are locked while `f` runs (:mod:`mcnotes.engine.constants`).
    doubtful : bool
        Whether a number came out of them that is nan or inf, so that they may hold such numbers themselves.
    steps : Steps or None
        The program, if someone asked for it (:mod:`mcnotes.engine.steps`).
    """

    __slots__ = ("records", "place", "level", "branched", "held", "doubtful", "steps")

    def __init__(self, inputs, steps=None):
        self.records, self.place = dict.fromkeys(range(inputs), ()), itertools.count(inputs).__next__
        self.level, self.branched, self.held, self.doubtful, self.steps = _serial(), False, {}, False, steps


class Closed:
    """Stands where the records of a tape were, when the walk back is over."""

    def __setitem__(self, place, links):
        raise UnsupportedError("a traced array was kept from an earlier call; f must use its own arguments only")
