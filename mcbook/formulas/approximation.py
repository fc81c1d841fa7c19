"""Whether ≈ is right: the gap has to fall by four when the step halves, and not be zero.

A first-order mistake divides the gap by two only. A formula that is exact deserves an
equals sign. Where a change is divided by a change, both sides are multiplied by the step
before they are judged; what is told is the quotient itself, whose gap falls by two.
"""

import numpy as np

from .comparison import sided
from .tree import Node, letters, text, walk
from .verdict import Failure, FormulaError

_STARTS = (2.0**-5, 2.0**-8, 2.0**-11)
_DEEP = 64


def approximates(judge, left: Node, right: Node, chain: Node, environments: list[dict], near: bool) -> tuple:
    """Halve the step twice and look at the gap of every entry.

    Parameters
    ----------
    judge : object
        Gives scopes: ``judge.scope_for(chain, env, step)``.
    left, right : Node
        The two sides.
    chain : Node
        The whole formula, which says what moves.
    environments : list of dict
        Values of the free indices.
    near : bool
        Whether the formula says only that two things are near each other; then the
        gap has to fall with the step.

    Returns
    -------
    tuple of (step, true, predicted, gap)
        For the entry with the largest gap.

    Raises
    ------
    Failure
        The gap falls too slowly, or is zero throughout.
    """
    words = f"{text(left)} ≈ {text(right)}"
    if not judge.letters.changes:
        named = [part.parts[0].name for part in walk(chain) if part.kind == "delta" and part.parts[0].kind == "letter"]
        moving = next((base for name in named for base in judge.letters.bases(name)), "")
        raise FormulaError(f"{words}: ≈ needs a step, give Δ" + (f"{moving}=…" if moving else "x=…, how far x moves"))
    order, divided = 1 if near else 2, _divided(chain)
    for start in _STARTS:
        sides = [_sides(judge, left, right, chain, environments, start / part) for part in (1, 2, 4, 4 * _DEEP)]
        gaps = [np.abs(one - other) for one, other, _ in sides]
        if not all(np.isfinite(gap).all() for gap in gaps):
            raise FormulaError(f"{words}: a value on the way is not a finite number; take a smaller step")
        noise = max(scale for *_, scale in sides) * 1e-14
        if all((gap <= noise).all() for gap in gaps[:3]):
            continue
        if _falls(gaps, order, noise):
            return _rows(sides, gaps, start, int(np.argmax(gaps[0])), divided)
    if all((gap <= noise).all() for gap in gaps[:3]):
        raise Failure(f"{words} is exact here, so the sign is =")
    worst = int(np.argmax(gaps[2]))
    share = 2 if divided else 1
    ratio = gaps[1][worst] / gaps[2][worst] / share if gaps[2][worst] else np.inf
    rows = _rows(sides, gaps, start, worst, divided)
    raise TooSlow(
        _slowly(ratio, 2**order // share) + (f" ({judge.record.notes[0]})" if judge.record.notes else ""), rows
    )


class TooSlow(Failure):
    """The gap does not fall as ≈ says; `rows` are the steps that were tried."""

    def __init__(self, words, rows=()):
        super().__init__(words)
        self.rows = rows


def _slowly(ratio, needed):
    if 0.85 < ratio < 1.2:
        return "halving the step does not shrink the gap at all"
    if ratio <= 0.85:
        return "halving the step makes the gap larger"
    if needed == 4 and 1.6 < ratio < 2.6:
        return "halving the step only halves the gap, and ≈ needs a quarter"
    return f"halving the step does not shrink the gap to {'a quarter' if needed == 4 else 'half'}, as ≈ needs"


def _rows(sides, gaps, start, worst, divided):
    steps = [start / part for part in (1, 2, 4)]
    weights = steps if divided else (1.0, 1.0, 1.0)
    return tuple((step, *(float(numbers[worst]) / weight for numbers in (one, other, gap)))
                 for step, weight, (one, other, _), gap in zip(steps, weights, sides, gaps, strict=False))


def _divided(chain):
    """Whether something is divided by a change, as in Δs/Δv."""
    return any(part.kind == "frac" and any(one.kind == "delta" for one in walk(part.parts[1]))
               for part in walk(chain))


def _sides(judge, left, right, chain, environments, step):
    """Both sides for all indices in a row, and the size of the numbers that went into them."""
    ones, others, scale = [], [], 0.0
    moves = any(part.kind == "delta" for part in walk(chain))
    for env in environments:
        scope = judge.scope_for(chain, env, step)
        if not moves:
            scope = scope.moved()
        one, other = sided(scope.value(left, env), scope.value(right, env), left, right)
        weight = step if _divided(chain) else 1.0
        ones.append(weight * np.ravel(one))
        others.append(weight * np.ravel(other))
    given = judge.letters
    for name in letters(chain):
        if name in given and not given.is_pure(name):
            scale = max(scale, float(np.abs(given.value(name)).max()))
    one, other = np.concatenate(ones), np.concatenate(others)
    return one, other, max(scale, float(np.abs(one).max()), float(np.abs(other).max()), 1e-30)


def _falls(gaps, order, noise):
    """Whether every gap that is not rounding falls as it should, from halving to halving and in the long run."""
    low = 0.88 * 2**order
    for a, b, c, d in zip(*gaps, strict=True):
        if a <= noise or c <= noise:
            continue
        if not (a >= low * b and b >= low * c):
            return False
        if d > 30 * noise and not c >= (0.8 * _DEEP**order) * d:
            return False
    return True
