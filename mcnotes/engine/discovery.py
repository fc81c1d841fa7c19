"""Which entries of a derivative are zero, and which are copies; and how that is written, ``"j i i -> j"``.

Every entry gets a **sign**, a whole number: -1 where it is zero by construction, and the same number as another entry
where both are the same by construction. Ties and copies are then read off the signs. For a bare array the values
themselves play this part. The index of an axis is written ``i``, ``i+j``, ``-i+3``, ``2``, or ``p(i)`` for a table.
"""

import re
from typing import NamedTuple

import numpy as np

from .structure import Term, fresh, labels_of

# What is zero, and what is a copy ------------------------------------------------------------------------

def signs(structure):
    """The sign of every entry.

    >>> from mcnotes.engine.structure import Structure
    >>> signs(Structure.identity((3,)))
    array([[ 0, -1, -1],
           [-1,  0, -1],
           [-1, -1,  0]])
    """
    shape = structure.inner + structure.outer
    total = np.full(shape, -1)
    for term in structure.terms:
        own = _signs(term, shape)
        total = _numbered((total + 1) * (own.max() + 2) + own + 1, (total < 0) & (own < 0))
    return total


def _signs(term, shape):
    """The sign of every entry of one term: the place in its core that the entry is read from."""
    labels = labels_of(term.axes)
    held = {label for _, own in term.factors for label in own}
    core = tuple(term.sizes[label] if label in held else 1 for label in labels)
    full = tuple(term.sizes[label] for label in labels)
    places = np.broadcast_to(np.arange(np.prod(core, dtype=int)).reshape(core), full).ravel()
    flat = np.broadcast_to(term.positions(shape), full).ravel()
    found = np.full(np.prod(shape, dtype=int), -1)
    found[flat] = places
    met = np.bincount(flat, minlength=len(found)) > 1       # sums of several: each is its own
    found[met] = len(places) + np.flatnonzero(met)
    return found.reshape(shape)


def of_values(array):
    """Signs that the values of an array show.

    >>> of_values(np.array([5.0, 0.0, 5.0, 7.0]))
    array([ 0, -1,  0,  1])
    """
    return _numbered(array, array == 0)


def _numbered(keys, zero):
    found = np.unique(keys, return_inverse=True)[1].reshape(np.shape(keys))
    found = np.where(zero, -1, found)
    return np.where(zero, -1, found - min(found[~zero], default=0))


def described(array, found):
    """A term for an array, with the ties and the copies that its signs show.

    >>> array = np.diag([4.0, 4.0, 7.0])
    >>> term = described(array, of_values(array))
    >>> term.axes[0] == term.axes[1], term.factors[0][0]
    (True, array([4., 4., 7.]))
    """
    shape, labels = array.shape, [fresh() for _ in array.shape]
    axes = list(labels)
    for q in range(1, len(shape)):
        for p in range(q):
            if axes[q] != axes[p] and shape[p] == shape[q] > 1 and _tied(found, p, q):
                axes[q] = axes[p]
                break
    for q in reversed(range(len(axes))):
        p = axes.index(axes[q])
        if p != q:
            array, found = (np.moveaxis(np.diagonal(x, axis1=p, axis2=q), -1, p) for x in (array, found))
    kept = list(dict.fromkeys(axes))
    for k in reversed(range(len(kept))):
        if found.shape[k] > 1 and (found == np.take(found, [0], axis=k)).all():
            array, found = (np.take(x, 0, axis=k) for x in (array, found))
            kept.pop(k)
    sizes = {label: n for label, n in zip(labels, shape, strict=True) if label in axes}
    return Term([(np.array(array), tuple(kept))], axes, sizes)


def _tied(found, p, q):
    """Whether all entries off the diagonal of two axes are zero."""
    diagonals = np.moveaxis(found, (p, q), (0, 1))
    off = ~np.eye(len(diagonals), dtype=bool)
    return not (diagonals[off] >= 0).any()


def merged(structure):
    """One term for a sum of terms, or for a term that adds entries up.

    >>> from mcnotes.engine.structure import Structure
    >>> both = Structure.identity((3,)) + Structure.of(np.ones((3, 3)), (3,), (3,))
    >>> merged(both)[0].factors[0][0].shape, merged(both)[1]
    ((3, 3), 0)
    """
    found = signs(structure)
    return described(structure.dense(), found), int((found < 0).sum())


def simple(structure):
    """Whether the structure is one term in which every entry is met once."""
    if len(structure.terms) != 1:
        return False
    term = structure.terms[0]
    if len({index for index in term.axes if type(index) is int}) == len(term.sizes):
        return True
    labels = labels_of(term.axes)
    flat = np.broadcast_to(term.positions(structure.inner + structure.outer),
                           tuple(term.sizes[label] for label in labels))
    return len(np.unique(flat)) == flat.size


# How it is written ----------------------------------------------------------------------------------------

_ORDER = "ijklmnopqrstuvwxyzabcdefgh"
_NAMES = [letter + (str(turn) if turn else "") for turn in range(5) for letter in _ORDER]
_PART = re.compile(r"([+-]?)(\d*)([a-z]\d*)?")
_TABLE = re.compile(r"([a-z])\(([a-z]\d*(?:,[a-z]\d*)*)\)")


class Index(NamedTuple):
    """An index that was read: a sum of letters with whole coefficients, or a table over letters.

    Attributes
    ----------
    letters : tuple of str
    steps : tuple of int
        The coefficient of each letter; empty for a table.
    start : int
    table : str
        The name of the table; empty for a sum.
    """

    letters: tuple
    steps: tuple
    start: int = 0
    table: str = ""

    @property
    def bare(self):
        """Whether it is one letter alone."""
        return self.steps == (1,) and self.start == 0


def letters(count):
    """Names for labels: i, j, ... z, a, ... h, then i1, j1, ...

    >>> letters(3), letters(28)[-2:]
    (['i', 'j', 'k'], ['i1', 'j1'])
    """
    return _NAMES[:count]


def written(axes, names):
    """The indices of all axes in letters; different tables get different names p, q, ...

    >>> from mcnotes.engine.structure import Map
    >>> written([Map((1,), [3, 2, 1, 0]), 1, Map((1,), [2, 0, 1, 3])], {1: "i"})
    ['-i+3', 'i', 'p(i)']
    """
    tables, found = [], []
    for index in axes:
        text = names[index] if type(index) is int else _sum(index, names)
        if text is None:
            place = next((k for k, table in enumerate(tables) if np.array_equal(table, index.table)), len(tables))
            if place == len(tables):
                tables.append(index.table)
            text = f"{'pqrstuvwxyz'[place % 11]}({','.join(names[label] for label in index.labels)})"
        found.append(text)
    return found


def _sum(index, names):
    """A map as a sum of letters such as i+k or -i+3, or None where it is none."""
    table = index.table
    start = int(table.reshape(-1)[0])
    steps = [int(np.diff(table, axis=k).reshape(-1)[0]) if table.shape[k] > 1 else 0 for k in range(table.ndim)]
    plain = start + sum(step * np.arange(n).reshape([-1 if a == k else 1 for a in range(table.ndim)])
                        for k, (step, n) in enumerate(zip(steps, table.shape, strict=True)))
    if not np.array_equal(plain, table):
        return None
    parts = [f"{'' if step == 1 else '-' if step == -1 else step}{names[label]}"
             for step, label in zip(steps, index.labels, strict=True) if step]
    return "+".join(parts + [str(start)] * bool(start or not parts)).replace("+-", "-")


def read(text):
    """Read the index of one axis.

    >>> read("2i-j+3")
    Index(letters=('i', 'j'), steps=(2, -1), start=3, table='')
    >>> read("p(i)").table, read("i*j")
    ('p', None)
    """
    table = _TABLE.fullmatch(text)
    if table:
        return Index(tuple(table[2].split(",")), (), 0, table[1])
    steps, start, at = {}, 0, 0
    while at < len(text):
        part = _PART.match(text, at)
        sign, number, letter = part.groups()
        if not (number or letter) or at and not sign:
            return None
        value = int(number or 1) * (-1 if sign == "-" else 1)
        if letter:
            steps[letter] = steps.get(letter, 0) + value
        else:
            start += value
        at = part.end()
    return Index(tuple(steps), tuple(steps.values()), start) if text else None


def same(mine, theirs):
    """Whether two lists of indices say the same in other letters.

    >>> same([read("i"), read("i+j")], [read("a"), read("a+b")])
    {'i': 'a', 'j': 'b'}
    >>> same([read("i"), read("i")], [read("a"), read("b")])
    """
    names, tables = {}, {}
    for a, b in zip(mine, theirs, strict=True):
        if (a.steps, a.start, len(a.letters)) != (b.steps, b.start, len(b.letters)) or bool(a.table) != bool(b.table):
            return None
        for own, other in zip(a.letters, b.letters, strict=True):
            if names.setdefault(own, other) != other:
                return None
        if tables.setdefault(a.table, b.table) != b.table:
            return None
    return names if len(set(names.values())) == len(names) and len(set(tables.values())) == len(tables) else None
