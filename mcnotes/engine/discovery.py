"""Which entries of a derivative are zero, and which are copies; and how that is written, ``"j i i -> j"``.

Every entry gets a **sign**, a whole number: -1 where it is zero by construction, and the same number as another entry
where both are the same by construction. Ties and copies are then read off the signs. For a bare array the values
themselves play this part. The index of an axis is written ``i``, ``i+j``, ``-i+3``, ``2``, or ``p(i)`` for a table.
"""

import re

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
    """Signs that the values of an array show: one for each nonzero value."""
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
    core, kept = one_of_copies(array, found, list(dict.fromkeys(axes)))
    sizes = {label: n for label, n in zip(labels, shape, strict=True) if label in axes}
    return Term([(np.array(core), tuple(kept))], axes, sizes)


def one_of_copies(core, found, labels):
    """One of the copies along each axis whose signs are the same all along it, and the labels of the axes that stay."""
    for k in reversed(range(len(labels))):
        if (found == np.take(found, [0], axis=k)).all():
            core, found = (np.take(x, 0, axis=k) for x in (core, found))
            labels = labels[:k] + labels[k + 1:]
    return core, labels


def _tied(found, p, q):
    """Whether all entries off the diagonal of two axes are zero."""
    diagonals = np.moveaxis(found, (p, q), (0, 1))
    off = ~np.eye(len(diagonals), dtype=bool)
    return not (diagonals[off] >= 0).any()


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
LETTER = re.compile(r"[a-z]\d*(?!\()")
_TOKEN = re.compile(r"[a-z]\d*\(?|\d+|\S")


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


def alike(mine, theirs):
    """Letters of one text -> those of another that says the same in other letters; None where it says another thing.

    >>> alike("i i+j", "a a+b")
    {'i': 'a', 'j': 'b'}
    >>> alike("i i", "a b")
    """
    mine, theirs = _TOKEN.findall(mine), _TOKEN.findall(theirs)
    names = dict(zip(mine, theirs, strict=False))
    if [names.get(x) for x in mine] != theirs or len(set(names.values())) < len(names):
        return None
    letters = {x: y for x, y in names.items() if LETTER.fullmatch(x) and LETTER.fullmatch(y)}
    tables = {x: y for x, y in names.items() if x.endswith("(") and y.endswith("(")}
    return letters if all(x == y or x in letters or x in tables for x, y in names.items()) else None
