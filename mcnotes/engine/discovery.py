"""Which axes of an array are tied, and along which ones there are copies.

Every entry gets a **sign**, a whole number: -1 where it is zero, and the same number as another entry where both are
the same. For a derivative that counts only by construction, for a bare array the values show it.
"""

import itertools

import numpy as np

from .structure import Term, fresh


def of_structure(structure):
    """The sign of every entry of a derivative: -1 for its zeros by construction, and a number of its own for the rest.

    >>> from mcnotes.engine.structure import Structure
    >>> of_structure(Structure.identity((2,)))
    array([[ 0, -1],
           [-1,  3]])
    """
    mask = structure.mask()
    return np.where(mask, np.arange(mask.size).reshape(mask.shape), -1)


def of_values(array):
    """The sign of every entry of a bare array: one for each nonzero value."""
    return np.where(array == 0, -1, np.unique(array, return_inverse=True)[1].reshape(array.shape))


def described(array, signs):
    """A term for an array, with the ties and the copies that its signs show."""
    axes = [fresh() for _ in array.shape]
    for p, q in itertools.combinations(range(array.ndim), 2):
        if axes[q] != axes[p] and array.shape[p] == array.shape[q] > 1 and _tied(signs, p, q):
            axes[q] = axes[p]
    return tied(array, signs, axes)


def _tied(signs, p, q):
    """Whether all entries off the diagonal of two axes are zero."""
    diagonals = np.moveaxis(signs, (p, q), (0, 1))
    off = ~np.eye(len(diagonals), dtype=bool)
    return not (diagonals[off] >= 0).any()


def tied(array, signs, axes):
    """A term for the entries whose axes of one label have one index, with one copy where the signs show copies."""
    sizes = dict(zip(axes, array.shape, strict=True))
    for q in reversed(range(len(axes))):
        p = axes.index(axes[q])
        if p != q:
            array, signs = (np.moveaxis(np.diagonal(x, axis1=p, axis2=q), -1, p) for x in (array, signs))
    kept = list(sizes)
    for k in reversed(range(len(kept))):
        if signs.shape[k] > 1 and (signs == np.take(signs, [0], axis=k)).all():
            array, signs = (np.take(x, 0, axis=k) for x in (array, signs))
            kept.pop(k)
    return Term([(np.array(array), tuple(kept))], axes, sizes)
