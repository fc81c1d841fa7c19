"""Patterns such as ``"j i i -> j"``: found in a derivative, or claimed of it, and tested.

On the left is a letter for each axis; an entry where a letter met twice has two values is zero. On the right are the
letters that matter: along the others the entries are copies.
"""

import itertools
import math
import string

import numpy as np

from .engine.structure import Structure, Term, align, fresh, labels_of, product

CONSTANT = "zero everywhere by construction: the output does not depend on the input"
#: Above this many entries only the pattern that was found can be claimed.
LARGE = 10**6


class CompressionError(ValueError):
    """A claimed compression would lose entries."""


# What is found ----------------------------------------------------------------------------------------------
#
# Every entry gets a sign, a whole number: -1 where it is zero, and the same number as another entry where both are the
# same. For a derivative that counts only by construction, for a bare array the values show it.

def found(structure, by_values):
    """One term for the structure, and why nothing may go where nothing does."""
    shape = structure.inner + structure.outer
    if not structure.terms:
        labels = dict(enumerate(shape, 1))
        return Term([(np.zeros(()), ())], list(labels), labels), CONSTANT
    term = structure.terms[0]
    if not by_values and len(structure.terms) == 1 and all(type(index) is int for index in term.axes):
        return term, ""
    dense = structure.dense()
    if dense.size > LARGE:
        return Structure.of(dense, structure.inner, structure.outer).terms[0], "it is too large to look at each entry"
    if by_values:
        signs = np.where(dense == 0, -1, np.unique(dense, return_inverse=True)[1].reshape(dense.shape))
    else:
        signs = signs_of(structure)
    zeros = int((signs < 0).sum())
    return described(dense, signs), (
        f"{zeros} of {dense.size} entries are zero by construction, but no letters describe the others" if zeros else
        "every entry may be nonzero and may differ")


def signs_of(structure):
    """The sign of every entry of a derivative: -1 for its zeros by construction, for the rest a number of its own."""
    mask = structure.mask()
    return np.where(mask, np.arange(mask.size).reshape(mask.shape), -1)


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


def components(term, labels):
    """Factors multiplied together where they share labels: (core, labels) pairs."""
    number, groups = 1.0, []
    for array, own in term.factors:
        if not own:
            number = number * array
            continue
        joined = [group for group in groups if set(group[1]) & set(own)]
        groups = [group for group in groups if not any(group is other for other in joined)]
        groups.append(([(array, own), *(factor for group in joined for factor in group[0])],
                       set(own).union(*(group[1] for group in joined))))
    cores = []
    for factors, own in groups:
        order = tuple(label for label in labels if label in own)
        cores.append((product(factors, order) if len(factors) > 1 else align(*factors[0], order), order))
    cores.sort(key=lambda core: labels.index(core[1][0]))
    if not cores:
        return [(np.asarray(number, float), ())]
    if np.ndim(number) or number != 1.0:
        cores[0] = (cores[0][0] * number, cores[0][1])
    return cores


# What is claimed --------------------------------------------------------------------------------------------

def claimed(structure, term, claim):
    """The term, the names of its labels, and the cores for a claim that passes."""
    left, groups = _read(claim, structure.inner + structure.outer)
    letters = dict(zip(term.axes, left, strict=True))
    if [letters[label] for label in term.axes] != left or len(set(left)) < len(letters):
        if math.prod(structure.inner + structure.outer) > LARGE:
            raise CompressionError(f"{claim!r} is not what was found, and this derivative is too large to try the "
                                   "claim entry by entry; try it on a smaller one")
        term, letters = _read_off(claim, structure, left)
    return term, letters, _kept(claim, term, letters, left, groups)


def _read(claim, shape):
    """The indices on the left, and the groups of letters on the right."""
    left, arrow, right = claim.partition("->")
    left, groups = left.split(), [group.split() for group in right.split(",")]
    kept, lengths = [letter for group in groups for letter in group], dict(zip(left, shape, strict=False))
    if not arrow or len(left) != len(shape) or not set(kept) <= set(left) or len(set(kept)) < len(kept) \
            or len(groups) > 1 and [] in groups or not set(left) <= set(string.ascii_lowercase) \
            or shape != tuple(lengths[letter] for letter in left):
        raise CompressionError(
            f"the claim {claim!r} does not fit a derivative with axes {shape}; write one letter for each axis, the "
            'same one only for axes of one length, and on the right those that are kept, such as "j i i -> j"')
    return left, groups


def _kept(claim, term, names, left, groups):
    """The cores for a claim about the entries that were found, in the reader's order."""
    kept = {letter for group in groups for letter in group}
    found = components(term, labels_of(term.axes))
    for core, own in found:
        for label in own:
            if names[label] not in kept:
                raise CompressionError(f"{claim!r} would lose entries along axis {left.index(names[label]) + 1}: "
                                       + _differing(core, own.index(label), names[label]))
    label_of = {name: label for label, name in names.items()}
    cores = []
    for group in groups:
        order = tuple(label_of[letter] for letter in group)
        inside = [(core, own) for core, own in found if set(own) <= set(order) and (own or not cores)]
        if len(groups) > 1 and any(set(own) & set(order) and not set(own) <= set(order) for _, own in found):
            raise CompressionError(f"{claim!r} parts letters that belong to one factor; without the comma it is one")
        full = tuple(term.sizes[label] for label in order)
        cores.append((np.array(np.broadcast_to(product(inside, order), full), float), order))
    return cores


def _differing(core, place, letter):
    """Where a core differs along an axis, in words; or that it differs in principle only."""
    apart = np.abs(core - np.take(core, [0], axis=place))
    if not apart.any():
        return "they are equal here, but not known to be equal everywhere"
    at = np.unravel_index(np.argmax(apart), core.shape)
    first = (*at[:place], 0, *at[place + 1:])
    return f"for {letter} = {at[place]} there is {core[at]:.6g}, for {letter} = 0 there is {core[first]:.6g}"


def _read_off(claim, structure, left):
    """The entries of a claim that is not what was found, as a term; every entry is looked at."""
    shape, dense, signs = structure.inner + structure.outer, structure.dense(), signs_of(structure)
    places, apart = np.indices(shape, sparse=True), np.zeros(shape, bool)
    for place, letter in zip(places, left, strict=True):
        apart |= place != places[left.index(letter)]
    lost = apart & (signs >= 0)
    if lost.any():
        entry = np.unravel_index(np.argmax(np.where(lost, 1.0 + np.abs(dense), 0.0)), shape)
        raise CompressionError(f"{claim!r} would lose entry {tuple(int(k) for k in entry)}, which is "
                               f"{dense[entry]:.6g} here and is not known to be zero everywhere")
    labels = {letter: fresh() for letter in left}
    term = tied(dense, signs, [labels[letter] for letter in left])
    return term, {label: letter for letter, label in labels.items()}
