"""One part of a derivative: a product of factors, and which labels index which axis.

:mod:`mcnotes.engine.structure` says what it is for.
"""

import itertools

import numpy as np

from .factors import LABEL, distinct, gather, grid, labels_of, product, scatter, sum_out

fresh = itertools.count().__next__

#: What can be written into an array as it is; a traced core cannot.
_NUMBERS = (np.ndarray, float)


class Map:
    """Index of an axis as a table over labels; without labels, a fixed number.

    Attributes
    ----------
    labels : tuple of int
    table : array of int, one axis for each label
    """

    __slots__ = ("labels", "table")

    def __init__(self, labels, table):
        self.labels, self.table = labels, np.asarray(table)


class Term:
    """A product of factors, and which labels index which axis.

    Attributes
    ----------
    factors : list of (array, tuple of labels)
        One label for each axis of the array. A number has no labels.
    axes : list of int or Map
        The index of every axis: first of the input, then of the output.
    sizes : dict
        The range of every label.
    """

    __slots__ = ("factors", "axes", "sizes")

    def __init__(self, factors, axes, sizes):
        self.factors, self.axes, self.sizes = factors, axes, sizes

    def scaled(self, local, count):
        """Multiply by an array over the first `count` axes (broadcast from the right)."""
        if not hasattr(local, "shape"):
            return Term([*self.factors, (local, ())], self.axes, self.sizes)
        local_shape = local.shape
        first = count - len(local_shape)
        kept = [d for d, n in enumerate(local_shape) if n != 1]
        if len(kept) < len(local_shape):
            local = local.reshape([local_shape[d] for d in kept])
        factor = gather(local, [self.axes[first + d] for d in kept], self.sizes)
        return Term([*self.factors, factor], self.axes, self.sizes)

    def inward(self, inner, count, factors=None, sizes=None):
        """Replace the first `count` axes; labels that no axis uses any more are summed out."""
        axes = [*inner, *self.axes[count:]]
        factors = self.factors if factors is None else factors
        sizes = self.sizes if sizes is None else sizes
        used = labels_of(axes)
        gone = [label for label in sizes if label not in used]
        if gone:
            factors, sizes = sum_out(factors, sizes, gone)
        return Term(factors, axes, sizes)

    def contracted(self, out, mine, others, lengths):
        """Pull back through an einsum ``mine, others -> out`` (letters), towards `mine`."""
        index, sizes = dict(zip(out, self.axes, strict=False)), dict(self.sizes)
        for letter, length in lengths.items():
            if letter not in index:
                index[letter] = label = fresh()
                sizes[label] = length
        factors = list(self.factors)
        for array, letters in others:
            factors.append(gather(array, [index[letter] for letter in letters], sizes))
        return self.inward([index[letter] for letter in mine], len(out), factors, sizes)

    def moved(self, table, shape, inner_shape):
        """Pull back through a move: flat entry p of the output came from ``table[p]``."""
        count, labels = len(shape), labels_of(self.axes[:len(shape)])
        full = tuple(self.sizes[label] for label in labels)
        flat = np.zeros(full, int)
        for index, length in zip(self.axes, shape, strict=False):
            flat = flat * length + grid(index, labels, self.sizes)
        source = np.unravel_index(table.reshape(-1)[flat], inner_shape) if inner_shape else ()
        return self.inward([Map(labels, where) for where in source], count)

    def reshaped(self, shape, inner_shape):
        """Pull back through a reshape, splitting and joining labels where the sizes allow it."""
        if not self._plain(len(shape)):
            return self.moved(np.arange(np.prod(shape, dtype=int)), shape, inner_shape)
        term, inner, done = self, [], 0
        for old, new in _groups(shape, inner_shape):
            indices = term.axes[done:done + len(old)]
            if not new:
                pass                    # axes of length 1 that go
            elif len(old) == len(new) == 1:
                inner.append(indices[0])
            elif len(old) == 1:
                labels = tuple(fresh() for _ in new)
                inner.extend(labels)
                term = term._substituted(indices[0], labels, np.arange(old[0]).reshape(new))
            else:
                labels = tuple(indices)
                where = np.unravel_index(np.arange(np.prod(old, dtype=int)).reshape(old), new)
                inner.extend(Map(labels, at) for at in where)
            done += len(old)
        return term.inward(inner, len(shape))

    def selected(self, axis, table):
        """Pull back where entry t of the input became entry ``table[t]`` of the output.

        The first axis of the table is the input's axis, further ones are summed
        out; a table without axes removes the axis.
        """
        labels = tuple(fresh() for _ in table.shape)
        term = self._substituted(self.axes[axis], labels, table)
        term.axes[axis:axis + 1] = labels[:1]
        return term

    def read(self, tables, count):
        """Pull back where input entry p stands at output position ``tables[0][p], tables[1][p], ...``"""
        labels = tuple(fresh() for _ in tables[0].shape)
        maps = {self.axes[axis]: Map(labels, table) for axis, table in enumerate(tables)}
        sizes = {**self.sizes, **dict(zip(labels, tables[0].shape, strict=True))}
        factors = [gather(array, [maps.get(label, label) for label in own], sizes) for array, own in self.factors]
        axes = [*labels]
        for index in self.axes[count:]:
            if type(index) is int:
                axes.append(maps.get(index, index))
            else:
                table, own = gather(index.table, [maps.get(label, label) for label in index.labels], sizes)
                axes.append(Map(own, table))
        kept = {label: n for label, n in sizes.items() if label not in maps}
        return Term(factors, axes, kept)

    def slid(self, kernel, taps):
        """Pull back through ``out[o] = sum over t of input[o + taps - 1 - t] kernel[t]``."""
        o, t = self.axes[0], fresh()
        table = np.arange(self.sizes[o])[:, None] + taps - 1 - np.arange(taps)
        return self.inward([Map((o, t), table)], 1, [*self.factors, (kernel, (t,))], {**self.sizes, t: taps})

    def _plain(self, count):
        """Whether the first axes are indexed by labels that differ."""
        return distinct(self.axes[:count])

    def _substituted(self, label, labels, table):
        """Write ``label = table[labels]`` everywhere."""
        factors, sizes = [], {k: n for k, n in self.sizes.items() if k != label}
        sizes.update(zip(labels, table.shape, strict=True))
        for array, own in self.factors:
            if label in own:
                k = own.index(label)
                array, own = np.take(array, table, axis=k), own[:k] + labels + own[k + 1:]
            factors.append((array, own))
        axes = []
        for index in self.axes:
            if type(index) is int:
                index = Map(labels, table) if index == label else index
            elif label in index.labels:
                k = index.labels.index(label)
                index = Map(index.labels[:k] + labels + index.labels[k + 1:],
                            np.take(index.table, table, axis=k))
            axes.append(index)
        return Term(factors, axes, sizes)

    def key(self):
        """Equal for terms whose axes are tied in the same way."""
        if set(map(type, self.axes)) <= LABEL:
            return tuple(map(self.axes.index, self.axes))
        names = {}
        return tuple(names.setdefault(index, len(names)) if type(index) is int
                     else (id(index.table), *(names.setdefault(label, len(names)) for label in index.labels))
                     for index in self.axes)

    def plus(self, other):
        """Add a term that has the same key."""
        mine, theirs = labels_of(self.axes), labels_of(other.axes)
        names = dict(zip(theirs, mine, strict=True))
        others = [(array, tuple(names[label] for label in labels)) for array, labels in other.factors]
        held = {label for _, labels in self.factors + others for label in labels}
        order = tuple(label for label in mine if label in held)
        return Term([(product(self.factors, order) + product(others, order), order)], self.axes, self.sizes)

    def lean(self):
        """The same without labels of one value that no axis shows, and maps without labels that they do not follow."""
        bare = {index for index in self.axes if type(index) is int}
        gone = {label for label, n in self.sizes.items() if n == 1 and label not in bare}

        def without(array, own, gone):
            kept = tuple(0 if label in gone else slice(None) for label in own)
            return array[kept] if 0 in kept else array, tuple(label for label in own if label not in gone)

        def shorter(index):
            table, own = index.table, index.labels
            idle = {label for k, label in enumerate(own) if (table == np.take(table, [0], axis=k)).all()
                    and (label in bare or label in gone)}
            table, own = without(table, own, idle)
            return Map(own, table)
        axes = [index if type(index) is int else shorter(index) for index in self.axes]
        return Term([without(array, own, gone) for array, own in self.factors], axes,
                    {label: n for label, n in self.sizes.items() if label not in gone})

    def positions(self, shape):
        """Position of each entry in the flattened dense array, over the labels (it broadcasts to their ranges)."""
        labels, flat = labels_of(self.axes), np.zeros((), int)
        for index, length in zip(self.axes, shape, strict=True):
            flat = flat * length + grid(index, labels, self.sizes)
        return flat

    def array(self, shape):
        """The term as a dense array."""
        if len(self.factors) == 1:
            array, own = self.factors[0]
            if len(own) == len(self.axes) and set(own) == set(self.axes):       # it is that array, turned
                return array if own == tuple(self.axes) else array.transpose([own.index(label) for label in self.axes])
        labels, sizes = labels_of(self.axes), self.sizes
        full = tuple([sizes[label] for label in labels])
        core = product(self.factors, labels)
        if set(map(type, self.axes)) <= LABEL:
            if len(self.axes) == len(labels):
                return core if np.shape(core) == full else core * np.ones(full)
            if isinstance(core, _NUMBERS):
                return _tied(core, self.axes, labels, full, shape)
        flat = self.positions(shape)
        if np.shape(core) != full:
            core = core * np.ones(full)
        named = {index for index in self.axes if type(index) is int}
        return scatter(core, np.broadcast_to(flat, full), shape, distinct=len(named) == len(labels))


def _tied(core, axes, labels, full, shape):
    """Zeros with the core on the diagonals that the ties name, written through one strided view."""
    result, strides = np.zeros(shape), dict.fromkeys(labels, 0)
    for index, step in zip(axes, result.strides, strict=True):
        strides[index] += step
    np.ndarray(full, float, result, 0, tuple(strides.values()))[...] = core
    return result


def _groups(shape, inner_shape):
    """Pair runs of sizes with equal products, front to back: ((6,), (2, 3)), ((4,), (4,)), ..."""
    groups, old, new = [], [], []
    left, right = list(shape), list(inner_shape)
    while left or right or old or new:
        a, b = np.prod(old, dtype=int), np.prod(new, dtype=int)
        if a == b and (old or new) and (old and new):
            groups.append((tuple(old), tuple(new)))
            old, new = [], []
            if not left and not right:
                break
            if not left or not right:
                groups.append((tuple(left), tuple(right)))
                break
            continue
        if not left and not right:
            groups.append((tuple(old), tuple(new)))
            break
        if (a <= b and left) or not right:
            old.append(left.pop(0))
        else:
            new.append(right.pop(0))
    return groups
