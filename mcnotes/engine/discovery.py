"""Which entries of a derivative are zero, and which are copies, whatever its form.

Every entry gets a **sign**, a whole number: -1 where it is zero by construction,
and the same number as another entry where both are the same by construction.
Ties and copies are then read off the signs. For a bare array the values
themselves play this part.
"""

import numpy as np

from .structure import Term, fresh, labels_of


def signs(structure):
    """The sign of every entry.

    Parameters
    ----------
    structure : Structure

    Returns
    -------
    array of int, shape ``inner + outer``

    Examples
    --------
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

    Parameters
    ----------
    array : array of float

    Returns
    -------
    array of int of the same shape

    Examples
    --------
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

    Parameters
    ----------
    array : array
    found : array of int of the same shape
        Its signs.

    Returns
    -------
    Term

    Examples
    --------
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

    Parameters
    ----------
    structure : Structure

    Returns
    -------
    Term
    int
        How many entries are zero by construction.

    Examples
    --------
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
