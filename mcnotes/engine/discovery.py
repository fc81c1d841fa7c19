"""Which entries of a derivative are zero, and which are copies, by construction.

Every entry gets a **sign**, a whole number: -1 where it is zero by construction, and the same number as another entry
where both are the same. Ties and copies are read off the signs. For a bare array the values play this part.
"""

import itertools

import numpy as np

from .structure import Term, fresh, labels_of


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
    """A term for an array, with the ties and the copies that its signs show."""
    axes = [fresh() for _ in array.shape]
    for p, q in itertools.combinations(range(array.ndim), 2):
        if axes[q] != axes[p] and array.shape[p] == array.shape[q] > 1 and _tied(found, p, q):
            axes[q] = axes[p]
    return tied(array, found, axes)


def _tied(found, p, q):
    """Whether all entries off the diagonal of two axes are zero."""
    diagonals = np.moveaxis(found, (p, q), (0, 1))
    off = ~np.eye(len(diagonals), dtype=bool)
    return not (diagonals[off] >= 0).any()


def tied(array, found, axes):
    """A term for the entries whose axes of one label have one index, with one copy where the signs show copies."""
    sizes = dict(zip(axes, array.shape, strict=True))
    for q in reversed(range(len(axes))):
        p = axes.index(axes[q])
        if p != q:
            array, found = (np.moveaxis(np.diagonal(x, axis1=p, axis2=q), -1, p) for x in (array, found))
    kept = list(sizes)
    for k in reversed(range(len(kept))):
        if found.shape[k] > 1 and (found == np.take(found, [0], axis=k)).all():
            array, found = (np.take(x, 0, axis=k) for x in (array, found))
            kept.pop(k)
    return Term([(np.array(array), tuple(kept))], axes, sizes)
