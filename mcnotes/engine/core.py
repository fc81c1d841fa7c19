"""The chain rule itself: record a NumPy function as it runs, then walk back (X.7, X.23).

``f`` is called with :class:`Traced` arrays, which carry their value and their place on a :class:`Tape`. For every
operation (:mod:`.calls`) the rule of that primitive (:mod:`.rules`) computes the value and puts a node on the tape: for
each traced operand its place and its VJP, which turns what is known of the output into what is known of the operand.
Walking the tape backwards, what arrives by several ways is added up: Definition 3.

A VJP has ``pull(g)`` for a scalar result and ``pull_structure(s)`` for any other. A traced value may itself hold a
traced value (a derivative of a derivative) or an expression of a program. Comparisons, signs and positions have no
place on the tape, as they have no slope, but it is seen when one of them decides where `f` goes on.
"""

import itertools
import math
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from .operands import NOT_A_NUMBER, NOT_INTO, NOT_PLAIN, UnsupportedError, real
from .structure import Structure

#: Arrays of more entries than this are large: see `Tape.constant`.
SMALL = 2**12
#: So many structures that arrive at one place are put together at once.
_MANY = 16
#: NumPy function -> its rule, called with the same arguments. Filled by `mcnotes.engine.rules`.
RULES: dict[Any, Callable] = {}

_FLOAT, _OBJECT = np.dtype(float), np.dtype(object)
_serial = itertools.count(1).__next__


# Tape -----------------------------------------------------------------------------------------------------

class Tape:
    """What was recorded."""

    def __init__(self):
        self.nodes = []             # at each place a value, and (place of an operand, its VJP) pairs; the inputs first
        self.level = _serial()      # larger than that of every tape that was there before
        self.branched = False       # whether a value decided which way f went
        self.trusted = False        # whether large constants may be kept as they are; otherwise they are copied
        self.large = []             # these constants

    def constant(self, x):
        """A plain operand as real numbers, in memory that nobody changes while `f` runs."""
        kind = type(x)
        if kind is float or kind is np.float64:
            return x
        if kind is not np.ndarray or x.dtype is not _FLOAT:
            return real(x)
        if x.size <= SMALL:
            return x.copy()
        kept = x if self.trusted else x.copy()
        self.large.append(kept)
        return kept


class Closed(list):
    """Takes the place of a tape's nodes when the walk back is over."""

    def append(self, node):
        raise UnsupportedError("a traced array was kept from an earlier call; f must use its own arguments only")


CLOSED = Closed()


def put(tape, value, vjps):
    """Put a node on a tape: a value, and (place of an operand, VJP) pairs."""
    nodes = tape.nodes
    nodes.append((value, vjps))
    return Traced(value, tape, len(nodes) - 1)


def record(tape, value, vjps):
    """Put a value on a tape, with its VJPs: (operand, VJP) pairs; operands that do not follow are left out."""
    node = tuple([(x.position, vjp) for x, vjp in vjps if type(x) is Traced and x.tape is tape
                  and x.position is not None])
    return put(tape, value, node) if node else Traced(value, tape, None)


# Traced arrays --------------------------------------------------------------------------------------------

class Traced:
    """A number or array whose way through a function is recorded; :mod:`.calls` gives it operators and methods."""

    __slots__ = ("value", "tape", "position")
    __array_priority__ = 1000

    def __init__(self, value, tape, position):
        self.value, self.tape, self.position = value, tape, position

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        rule = RULES.get(ufunc)
        if rule is None or method != "__call__" or options:
            return RULES["ufunc"](ufunc, method, inputs, **options)
        return rule(*inputs)

    shape = property(attrgetter("value.shape"))
    ndim = property(attrgetter("value.ndim"))
    size = property(attrgetter("value.size"))
    T = property(lambda self: RULES[np.transpose](self))
    real = property(lambda self: self)
    imag = property(lambda self: RULES[np.imag](self))
    flat = property(lambda self: iter(np.reshape(self, (-1,))))

    def __len__(self):
        if not self.ndim:
            raise TypeError("len() of a number: this traced array has no axes")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key):
        if type(key) is not int and type(key) is not slice:
            key = decided(key)
        return RULES["getitem"](self, key) if self.position is not None else Traced(self.value[key], self.tape, None)

    def __setitem__(self, key, value):
        raise UnsupportedError(NOT_INTO)

    def copy(self, order="C"):
        return self
    __pos__ = __copy__ = copy

    def astype(self, dtype, **options):
        if self.position is None:
            return Traced(self.value.astype(dtype), self.tape, None)
        if not np.issubdtype(dtype, np.floating):
            raise UnsupportedError(f"astype({dtype}) would lose the derivative; keep floating-point numbers")
        return self

    # Ways out of NumPy's sight: allowed where there is no slope, which then decides where f goes on.

    def __bool__(self):
        return bool(decided(Traced(self.value, self.tape, None)))

    def __hash__(self):
        return hash(decided(self)[()]) if self.position is None and self.ndim == 0 else object.__hash__(self)

    def __reduce_ex__(self, protocol):
        raise UnsupportedError(NOT_PLAIN)

    def item(self):
        return decided(self).item() if self.position is None else np.reshape(self, ())

    def tolist(self):
        return decided(self).tolist() if self.position is None else [x.tolist() if x.ndim else x for x in self]

    def __array__(self, dtype=None, copy=None):
        if self.position is None and dtype is not object:
            return np.asarray(decided(self), dtype)
        if dtype not in (None, object):
            raise UnsupportedError(NOT_PLAIN)
        entries = np.empty(self.shape, object)  # np.array([x[0], 2.0]), np.array([x, y]): an array of traced numbers
        for place in np.ndindex(self.shape):
            entries[place] = self[place] if place else self
        return entries

    def __format__(self, how):
        return f"Traced({format(plain(self) if self.ndim else plain(self)[()], how)})"      # no text that is a number

    def __repr__(self):
        return f"Traced({self.value!r})"

    def scattered(self, flat, shape):
        """The entries at flat positions of a zero array (see `structure.scatter`)."""
        return RULES["scatter"](self, flat, shape)


def plain(x):
    """The numbers of an operand, whatever tapes it is on. In a program nothing may follow from them."""
    while type(x) is Traced:
        x = x.value
    if hasattr(x, "settled"):
        raise UnsupportedError("a derivative of a derivative, or another step of f, has no line in a program: what it "
                               "does depends on values that a program has not been given; use mc.derivative(f, at) at "
                               "each point")
    return x


def decided(x):
    """The plain value of a thing (or of the parts of an index) that decides where `f` goes on."""
    if type(x) is tuple or type(x) is list:
        return type(x)(map(decided, x))
    while type(x) is Traced:
        if x.position is not None:
            raise UnsupportedError(NOT_PLAIN if x.ndim else NOT_A_NUMBER)
        x.tape.branched = True
        x = x.value
    return x.decided() if hasattr(x, "decided") else x


# Operands of a rule: those of the innermost tape are seen as their values, the others as constants ---------

def innermost(operands):
    """The innermost tape among the operands (and the parts of lists); None where nothing is traced."""
    tape = None
    for x in operands:
        own = x.tape if type(x) is Traced else innermost(x) if type(x) in (tuple, list) else None
        if own is not None and (tape is None or own.level > tape.level):
            tape = own
    return tape


def top(*operands):
    """The innermost tape among the operands, and the operands as that tape sees them."""
    tape = innermost(operands)
    return tape, [_seen(x) if type(x) is Traced and x.tape is tape else x for x in operands]


def _seen(x):
    """The value of an operand; truth values and whole numbers count as real numbers."""
    return x.value if x.position is not None or getattr(x.value, "dtype", _FLOAT) is _FLOAT else x.value.astype(float)


def given(*operands):
    """The operands of a rule: traced, or real numbers that nobody changes."""
    operands = [collect(x) for x in operands]
    tape = innermost(operands)
    return [x if type(x) is Traced else real(x) if tape is None else tape.constant(x) for x in operands]


def pair(a, b):
    """Two operands of a rule: their tape, and for each its value on it and its place on it (or None)."""
    if type(a) is not Traced and type(a) is not float:
        a = collect(a)
    if type(b) is not Traced and type(b) is not float:
        b = collect(b)
    tape = a.tape if type(a) is Traced and (type(b) is not Traced or a.tape.level >= b.tape.level) else b.tape
    place_a = place_b = None
    if type(a) is not Traced:
        a = tape.constant(a)
    elif a.tape is tape:
        place_a, a = a.position, a.value if a.position is not None else _seen(a)
    if type(b) is not Traced:
        b = tape.constant(b)
    elif b.tape is tape:
        place_b, b = b.position, b.value if b.position is not None else _seen(b)
    return tape, a, place_a, b, place_b


def collect(entries):
    """Stack a nested list, tuple or object array of numbers, arrays and traced values."""
    if type(entries) is Traced or type(entries) is np.ndarray and entries.dtype is _FLOAT or not _holds_traced(entries):
        return entries
    if isinstance(entries, np.ndarray):
        if type(entries) is not np.ndarray:
            real(np.empty(0).view(type(entries)))       # refuses matrices and masked arrays
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


# Forward and backward -------------------------------------------------------------------------------------

def trace(f, inputs, tape):
    """Run a function on traced inputs, which take the first places of the tape; what it returned, as one array."""
    points = []
    for value in inputs:
        if type(value) is not Traced:
            value = tape.constant(value) if value.ndim else value.copy()
        points.append(put(tape, value, ()))
    return collect(f(*points))


def pull_back(tape, position, shape, inputs):
    """What reached each input, walking back from the result; for the shape () arrays travel, else structures."""
    nodes = tape.nodes
    if shape == ():
        known = {position: np.float64(1.0)}
        for k in range(position, inputs - 1, -1):
            g = known.pop(k, None)
            if g is not None:
                for parent, vjp in nodes[k][1]:
                    back = vjp.pull(g)
                    known[parent] = known[parent] + back if parent in known else back
        return [known.get(k) for k in range(inputs)]
    known = {position: [Structure.identity(shape)]}
    for k in range(position, inputs - 1, -1):
        arrived = known.pop(k, None)
        if arrived is not None:
            s = arrived[0] if len(arrived) == 1 else Structure.total(arrived)
            for parent, vjp in nodes[k][1]:
                back = vjp.pull_structure(s)
                if parent not in known:
                    known[parent] = [back]
                    continue
                parts = known[parent]
                parts.append(back)
                if len(parts) > max(_MANY, len(parts[0].terms)):        # those that are tied alike become one
                    parts[:] = [Structure.total(parts, math.inf)]
    return [Structure.total(known[k]) if k in known else None for k in range(inputs)]


class General(NamedTuple):
    """The VJP of a function with its own pull-back, which also takes many `g` at once, along a further axis behind."""

    function: Callable
    shape: tuple
    out: tuple

    def pull(self, g):
        return self.function(g)

    def pull_structure(self, s):
        back = self.function(np.reshape(s.dense(), (*self.out, -1)))
        return Structure.of(np.reshape(back, (*self.shape, *s.outer)), self.shape, s.outer)
