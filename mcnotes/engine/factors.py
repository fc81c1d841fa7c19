"""Products of small arrays over named labels: the arithmetic below a derivative's terms.

A factor is a pair (array, labels), one label for each axis of the array. An index
of an axis is a label, or a map with ``labels`` and a ``table``
(:class:`mcnotes.engine.term.Map`).
"""

import string

import numpy as np

#: The type of an index that is a label; other indices are maps.
LABEL = {int}

_ALL = slice(None)


def scatter(values, flat, shape, distinct):
    """Array of a given shape that receives the values at flat positions; meeting values add up.

    Parameters
    ----------
    values : array
    flat : array of int, shape of the values
        Positions in the flattened result.
    shape : tuple of int
    distinct : bool
        Whether the positions are known to differ.

    Returns
    -------
    array of the given shape

    Examples
    --------
    >>> scatter(np.array([1.0, 2.0, 4.0]), np.array([0, 2, 2]), (3,), False)
    array([1., 0., 6.])
    """
    if hasattr(values, "scattered"):            # traced, for a derivative of a derivative
        return values.scattered(flat, shape)
    length = int(np.prod(shape, dtype=int))
    if not distinct:
        return np.bincount(np.ravel(flat), np.ravel(values), length).reshape(shape)
    result = np.zeros(length)
    result[flat] = values
    return result.reshape(shape)


def labels_of(axes):
    """Labels in the order in which the axes meet them."""
    met = {}
    for index in axes:
        if type(index) is int:
            met[index] = None
        else:
            met.update(dict.fromkeys(index.labels))
    return tuple(met)


def distinct(axes):
    """Whether axes are indexed by labels that differ, and by no map."""
    return set(map(type, axes)) <= LABEL and len(set(axes)) == len(axes)


def align(array, labels, order):
    """Transpose and widen an array so that its axes stand in the given order of labels."""
    if labels == order or not labels:
        return array
    if len(labels) == len(order):
        return array.transpose([labels.index(label) for label in order])
    if len(labels) > 1:
        array = array.transpose([labels.index(label) for label in order if label in labels])
    return array[tuple([_ALL if label in labels else None for label in order])]


def grid(index, labels, sizes):
    """Values of an index, shaped to broadcast over the labels."""
    if type(index) is int:
        return align(np.arange(sizes[index]), (index,), labels)
    return align(index.table, index.labels, labels)


def gather(array, indices, sizes):
    """A factor: the array read at the indices, over their labels."""
    if distinct(indices):
        return array, tuple(indices)
    labels = labels_of(indices)
    return array[tuple(grid(index, labels, sizes) for index in indices)], labels


def product(factors, order):
    """Product of the factors over labels in the given order."""
    if not factors:
        return 1.0
    result = align(*factors[0], order)
    for array, labels in factors[1:]:
        result = result * align(array, labels, order)
    return result


def sum_out(factors, sizes, gone):
    """Sum the product of the factors over labels, touching only the factors that hold them."""
    sizes, gone = dict(sizes), set(gone)
    while gone:
        label = gone.pop()
        touching = [factor for factor in factors if label in factor[1]]
        factors = [factor for factor in factors if label not in factor[1]]
        length = sizes.pop(label)
        if not touching:
            if length != 1:
                factors.append((float(length), ()))
            continue
        touching.sort(key=lambda factor: len(factor[1]))
        while len(touching) > 2:
            (a, of_a), (b, of_b) = touching[:2]
            order = of_b + tuple(other for other in of_a if other not in of_b)
            touching[:2] = [(align(a, of_a, order) * align(b, of_b, order), order)]
        if len(touching) == 1:
            array, own = touching[0]
            k = own.index(label)
            factors.append((array.sum(axis=k), own[:k] + own[k + 1:]))
            continue
        (a, of_a), (b, of_b) = touching
        both = {label} | {other for other in gone if other in of_a and other in of_b
                          and not any(other in own for _, own in factors)}
        for other in both - {label}:
            gone.discard(other)
            sizes.pop(other)
        factors.append(pair(a, of_a, b, of_b, both))
    return factors, sizes


def pair(a, of_a, b, of_b, gone):
    """Contract two factors over the labels that go."""
    shared = [label for label in of_a if label in of_b and label not in gone]
    free_a = tuple(label for label in of_a if label not in gone)
    free_b = tuple(label for label in of_b if label not in gone and label not in shared)
    if shared:
        names = {label: k for k, label in enumerate(dict.fromkeys(of_a + of_b))}
        letters = ["".join(string.ascii_letters[names[label]] for label in own)
                   for own in (of_a, of_b, free_a + free_b)]
        return np.einsum("{},{}->{}".format(*letters), a, b), free_a + free_b
    if len(gone) == 1 and len(of_a) <= 2 and len(of_b) <= 2:
        label = next(iter(gone))
        return ((a if of_a[-1] == label else a.T) @ (b if of_b[0] == label else b.T)), free_a + free_b
    order = list(gone)
    return np.tensordot(a, b, ([of_a.index(g) for g in order], [of_b.index(g) for g in order])), free_a + free_b
