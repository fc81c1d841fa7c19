"""The chain rule itself: record a NumPy function as it runs, then walk back (X.7, X.23).

``f`` is called once, with :class:`~mcnotes.engine.traced.Traced` arrays in place of its arguments. A
traced array carries its value and a place on a tape. NumPy asks it what every
operation means (the protocols ``__array_ufunc__`` and ``__array_function__``);
the rule for that operation, in :mod:`mcnotes.engine.rules`, computes the value and
leaves one link for each traced input. Walking the tape backwards, each link
turns what is known of its output into what is known of its input, and what
arrives by several ways is added up. That sum is Definition 3.

A traced value may itself hold a traced value: a derivative of a derivative is
recorded on two tapes. The inner one began later, and has the larger number.
"""

import numpy as np

from .asking import RULES
from .constants import CHANGED, UnsupportedError, constant, unlock
from .leaving import checked, defined, finite, plain
from .structure import Structure
from .tape import Tape
from .traced import Traced

_OBJECT = np.dtype(object)


def innermost(operands):
    """The innermost tape among the operands; None where nothing is traced."""
    tape = None
    for x in operands:
        if type(x) is Traced and (tape is None or x.tape.level > tape.level):
            tape = x.tape
    return tape


def top(*operands):
    """The innermost tape among the operands, and the operands as that tape sees them."""
    if len(operands) == 1 and type(operands[0]) is Traced:
        return operands[0].tape, (operands[0].value,)
    tape = innermost(operands)
    return tape, [x.value if type(x) is Traced and x.tape is tape else x for x in operands]


def given(*operands):
    """The operands behind the gate: traced, or real numbers of double precision that nobody can change."""
    operands = [collect(x) if type(x) is not Traced and _holds_traced(x) else x for x in operands]
    tape = innermost(operands)
    held = None if tape is None else tape.held
    return [x if type(x) is Traced else constant(x, held) for x in operands]


def pair(a, b):
    """Two operands behind the gate: their tape, their values on it, and their places on it (or None)."""
    if type(a) is Traced:
        tape = a.tape
        if type(b) is Traced:
            other = b.tape
            if other is tape:
                return tape, a.value, b.value, a.position, b.position
            return (tape, a.value, b, a.position, None) if tape.level > other.level \
                else (other, a, b.value, None, b.position)
        if type(b) is not float:
            if _nested(b):
                return _pair_of(*given(a, b))
            b = constant(b, tape.held)
        return tape, a.value, b, a.position, None
    if type(b) is not Traced:
        return _pair_of(*given(a, b))
    if type(a) is not float:
        if _nested(a):
            return _pair_of(*given(a, b))
        a = constant(a, b.tape.held)
    return b.tape, a, b.value, None, b.position


def _nested(x):
    """Whether there may be traced numbers inside."""
    return x.dtype is _OBJECT if type(x) is np.ndarray else type(x) is list or type(x) is tuple


def _pair_of(a, b):
    """As `pair`, for operands that are behind the gate."""
    tape, (u, v) = top(a, b)
    return tape, u, v, *(x.position if type(x) is Traced and x.tape is tape else None for x in (a, b))


def put(tape, value, links):
    """Put a value on a tape, with its links: (place of an operand, link) pairs."""
    position = tape.place()
    tape.records[position] = links
    return Traced(value, tape, position)


def doubt(tape, y):
    """Note that a locked array may hold nan or inf: what was computed with it shows them."""
    if not finite(y if type(y) is np.ndarray else plain(y)):
        tape.doubtful = True


def collect(entries):
    """Stack a nested list, tuple or object array of numbers, arrays and traced values."""
    if type(entries) is Traced or not _holds_traced(entries):
        return entries
    if isinstance(entries, np.ndarray):
        constant(np.empty(0).view(type(entries)), None)       # refuses matrices and masked arrays
        if entries.ndim == 0:
            return entries[()]
    parts = [collect(part) for part in entries]
    shapes = {np.shape(part) for part in parts}
    if len(shapes) > 1:
        raise ValueError(f"f returned parts of different shapes {sorted(shapes)}; "
                         "return one array, or parts of one shape")
    return RULES[np.stack](parts)


def _holds_traced(entries):
    if isinstance(entries, np.ndarray):
        return entries.dtype == object and any(type(part) is Traced for part in entries.flat)
    return type(entries) is Traced or (isinstance(entries, list | tuple) and any(map(_holds_traced, entries)))


def trace(f, inputs, steps=None):
    """Run a function on traced inputs.

    Returns the tape, and what `f` returned: traced, unless it does not depend on the inputs.
    """
    tape = Tape(len(inputs), steps)
    points = []
    for k, value in enumerate(inputs):
        if type(value) is not Traced:
            value = constant(value, tape.held) if value.ndim else value.copy()
        points.append(Traced(value, tape, k))
    unchanged = True
    try:
        result = defined(collect(f(*points)))
    except ValueError as error:
        if tape.held and "read-only" in str(error):
            raise UnsupportedError(CHANGED) from error
        raise
    finally:
        if tape.held:
            unchanged = unlock(tape.held)
    if not unchanged:
        raise UnsupportedError(CHANGED)
    return tape, result


def pull_back(tape, position, shape, inputs):
    """Walk the tape backwards from a result.

    The result stands at `position`; for the shape ``()`` plain arrays travel, otherwise structures.
    Returns what reached each of the first places, the inputs; None where nothing depends on one.
    """
    plain = shape == ()
    known = {position: np.float64(1.0) if plain else Structure.identity(shape)}
    for k in range(position, inputs - 1, -1):
        g = known.pop(k, None)
        if g is None:
            continue
        for parent, link in tape.records[k]:
            back = link.pull(g) if plain else link.pull_structure(g)
            known[parent] = known[parent] + back if parent in known else back
    return checked(list(map(known.get, range(inputs))), tape)
