"""How a derivative is held: small factors and ties between axes, not one big array.

A derivative has the axes of its input, then the axes of its output. Most of its
entries are often zero because of how the function is built, or copies of each
other. A :class:`Structure` never writes those down. It is a sum of terms, and a
term says, for labels such as ``i`` and ``j`` that run over their ranges::

    D[index of every axis] = product of factors[labels]

- An axis is indexed by one **label**, or by a **map**: a table of whole numbers
  over some labels.
- A label that indexes two axes is a **tie**: the entry is zero wherever the two
  indices differ, at every point, by construction.
- A label that no factor holds means **copies** along its axis.

The weight derivative of a layer ``Z = W.T @ A`` (X.20) has three axes, ``W``'s
two and ``Z``'s one. It is held as one factor ``A[j]`` and the axes ``j i | i``:
the tie says that neuron ``i`` sees its own weights only, and the missing ``i``
in the factor says that every neuron sees the same ``A``. That is equation (71)
and its compression (72), (73); with m = n = 4096 it takes 32 kB instead of 550 GB.
The chain rule multiplies factors in and sums labels out, so a whole backward pass
runs in this form (X.20 to X.23).
"""

import itertools
import math

import numpy as np

_fresh = itertools.count().__next__

#: More terms than this are added up into one dense array on the way back.
_MANY = 6

#: A dense array larger than this many bytes is refused.
LIMIT = 4 * 2**30


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
        factor = _gather(local, [self.axes[first + d] for d in kept], self.sizes)
        return Term([*self.factors, factor], self.axes, self.sizes)

    def inward(self, inner, count, factors=None, sizes=None):
        """Replace the first `count` axes; labels that no axis uses any more are summed out."""
        axes = [*inner, *self.axes[count:]]
        factors = self.factors if factors is None else factors
        sizes = self.sizes if sizes is None else sizes
        used = set()
        for index in axes:
            used.update((index,) if type(index) is int else index.labels)
        gone = [label for label in sizes if label not in used]
        if gone:
            factors, sizes = _sum_out(factors, sizes, gone)
        return Term(factors, axes, sizes)

    def contracted(self, out, mine, others, lengths):
        """Pull back through an einsum ``mine, others -> out`` (letters), towards `mine`."""
        index, sizes = dict(zip(out, self.axes, strict=False)), dict(self.sizes)

        def find(letter):
            if letter not in index:
                index[letter] = _fresh()
                sizes[index[letter]] = lengths[letter]
            return index[letter]

        inner = [find(letter) for letter in mine]
        factors = self.factors + [_gather(array, [find(letter) for letter in letters], sizes)
                                  for array, letters in others]
        return self.inward(inner, len(out), factors, sizes)

    def moved(self, table, shape, inner_shape):
        """Pull back through a move: flat entry p of the output came from ``table[p]``."""
        count, labels = len(shape), _labels(self.axes[:len(shape)])
        full = tuple(self.sizes[label] for label in labels)
        flat = np.zeros(full, int)
        for index, length in zip(self.axes, shape, strict=False):
            flat = flat * length + _grid(index, labels, self.sizes)
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
                labels = tuple(_fresh() for _ in new)
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
        labels = tuple(_fresh() for _ in table.shape)
        term = self._substituted(self.axes[axis], labels, table)
        term.axes[axis:axis + 1] = labels[:1]
        return term

    def read(self, tables, count):
        """Pull back where input entry p stands at output position ``tables[0][p], tables[1][p], ...``"""
        labels = tuple(_fresh() for _ in tables[0].shape)
        maps = {self.axes[axis]: Map(labels, table) for axis, table in enumerate(tables)}
        sizes = {**self.sizes, **dict(zip(labels, tables[0].shape, strict=True))}
        factors = [_gather(array, [maps.get(label, label) for label in own], sizes) for array, own in self.factors]
        axes = [*labels]
        for index in self.axes[count:]:
            if type(index) is int:
                axes.append(maps.get(index, index))
            else:
                table, own = _gather(index.table, [maps.get(label, label) for label in index.labels], sizes)
                axes.append(Map(own, table))
        kept = {label: n for label, n in sizes.items() if label not in maps}
        return Term(factors, axes, kept)

    def slid(self, kernel, taps):
        """Pull back through ``out[o] = sum over t of input[o + taps - 1 - t] kernel[t]``."""
        o, t = self.axes[0], _fresh()
        table = np.arange(self.sizes[o])[:, None] + taps - 1 - np.arange(taps)
        return self.inward([Map((o, t), table)], 1, [*self.factors, (kernel, (t,))], {**self.sizes, t: taps})

    def _plain(self, count):
        """Whether the first axes are indexed by labels that differ."""
        first = self.axes[:count]
        return all(type(index) is int for index in first) and len(set(first)) == count

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
        names = {}
        return tuple(names.setdefault(index, len(names)) if type(index) is int
                     else (id(index.table), *(names.setdefault(label, len(names)) for label in index.labels))
                     for index in self.axes)

    def plus(self, other):
        """Add a term that has the same key."""
        mine, theirs = _labels(self.axes), _labels(other.axes)
        names = dict(zip(theirs, mine, strict=True))
        others = [(array, tuple(names[label] for label in labels)) for array, labels in other.factors]
        held = {label for _, labels in self.factors + others for label in labels}
        order = tuple(label for label in mine if label in held)
        return Term([(_product(self.factors, order) + _product(others, order), order)], self.axes, self.sizes)

    def array(self, shape):
        """The term as a dense array."""
        labels = _labels(self.axes)
        full = tuple(self.sizes[label] for label in labels)
        core = _product(self.factors, labels)
        if len(self.axes) == len(labels) and all(type(index) is int for index in self.axes):
            return core if np.shape(core) == full else core * np.ones(full)
        if all(type(index) is int for index in self.axes) and isinstance(core, np.ndarray | float):
            return _tied(core, self.axes, labels, full, shape)
        flat = np.zeros((), int)
        for index, length in zip(self.axes, shape, strict=True):
            flat = flat * length + _grid(index, labels, self.sizes)
        if np.shape(core) != full:
            core = core * np.ones(full)
        named = {index for index in self.axes if type(index) is int}
        return scatter(core, np.broadcast_to(flat, full), shape, distinct=len(named) == len(labels))


def _tied(core, axes, labels, full, shape):
    """Zeros with the core on the diagonals that the ties name, written through one strided view."""
    result, strides, step = np.zeros(shape), dict.fromkeys(labels, 0), 8
    for index, length in zip(reversed(axes), reversed(shape), strict=True):
        strides[index] += step
        step *= length
    np.ndarray(full, float, result, 0, tuple(strides.values()))[...] = core
    return result


class Structure:
    """A derivative, or a part of the chain rule, held as a sum of terms.

    Attributes
    ----------
    terms : list of Term
    inner : tuple of int
        Shape of the input.
    outer : tuple of int
        Shape of the output.
    """

    __slots__ = ("terms", "inner", "outer")

    def __init__(self, terms, inner, outer):
        self.terms, self.inner, self.outer = terms, inner, outer

    @classmethod
    def identity(cls, shape):
        """Derivative of an array by itself: every axis tied to its twin."""
        labels = [_fresh() for _ in shape]
        return cls([Term([], labels + labels, dict(zip(labels, shape, strict=True)))], shape, shape)

    @classmethod
    def of(cls, array, inner, outer):
        """A dense array, one label for each axis."""
        labels = [_fresh() for _ in inner + outer]
        return cls([Term([(array, tuple(labels))], labels, dict(zip(labels, inner + outer, strict=True)))],
                   inner, outer)

    def each(self, inner, step):
        """The structure with another input shape and a step applied to every term."""
        return Structure([step(term) for term in self.terms], inner, self.outer)

    def __add__(self, other):
        terms = {}
        for term in self.terms + other.terms:
            key = term.key()
            terms[key] = terms[key].plus(term) if key in terms else term
        total = Structure(list(terms.values()), self.inner, self.outer)
        return Structure.of(total.dense(), self.inner, self.outer) if len(terms) > _MANY else total

    def dense(self, limit=LIMIT):
        """Write every entry down.

        Parameters
        ----------
        limit : int, optional
            Refuse an array of more bytes than this.

        Returns
        -------
        array, shape ``inner + outer``

        Raises
        ------
        MemoryError
            The array would be larger than the limit.

        Examples
        --------
        >>> Structure.identity((2,)).dense()
        array([[1., 0.],
               [0., 1.]])
        """
        shape = self.inner + self.outer
        if self.dense_nbytes > limit:
            raise MemoryError(f"the dense array of shape {shape} would take {self.dense_nbytes / 2**30:.0f} GB; "
                              "use .structure, .predict, .chain or mc.compress, which do not build it")
        return _total([term.array(shape) for term in self.terms], shape)

    def contracted(self, array, side):
        """Multiply by an array over the axes of one side and sum over them.

        Parameters
        ----------
        array : array, shape of that side
        side : {"outer", "inner"}
            ``"outer"`` applies the chain rule to an upstream gradient,
            ``"inner"`` predicts the change of the output.

        Returns
        -------
        array, shape of the other side

        Examples
        --------
        >>> Structure.identity((3,)).contracted(np.array([1.0, 2.0, 4.0]), "outer")
        array([1., 2., 4.])
        """
        split, shape = len(self.inner), self.inner if side == "outer" else self.outer
        parts = []
        for term in self.terms:
            away, kept = term.axes[split:], term.axes[:split]
            if side == "inner":
                away, kept = kept, away
            turned = Term(term.factors, [*away, *kept], term.sizes).scaled(array, len(away))
            parts.append(turned.inward([], len(away)).array(shape))
        return _total(parts, shape)

    def mask(self):
        """Which entries can be nonzero at some point: the others are zero by construction.

        Returns
        -------
        array of bool, shape ``inner + outer``

        Examples
        --------
        >>> int(Structure.identity((3,)).mask().sum())
        3
        """
        ones = [Term([], term.axes, term.sizes) for term in self.terms]
        return np.asarray(Structure(ones, self.inner, self.outer).dense()) > 0

    @property
    def nbytes(self):
        """Bytes of all factors."""
        return sum(np.size(array) * 8 for term in self.terms for array, _ in term.factors)

    @property
    def dense_nbytes(self):
        """Bytes that the dense array would take."""
        return 8 * math.prod(self.inner + self.outer)

    def __repr__(self):
        held = " + ".join(
            " × ".join(str(np.shape(array)) for array, _ in term.factors) or "1" for term in self.terms) or "0"
        return f"Structure {self.inner} | {self.outer}: factors {held}"


def _total(parts, shape):
    """Sum of arrays of one shape; zeros where there is none."""
    total = parts[0] if parts else np.zeros(shape)
    for part in parts[1:]:
        total = total + part
    return total


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


def _labels(axes):
    """Labels in the order in which the axes meet them."""
    met = {}
    for index in axes:
        met.update(dict.fromkeys((index,) if type(index) is int else index.labels))
    return tuple(met)


def _align(array, labels, order):
    """Transpose and widen an array so that its axes stand in the given order of labels."""
    if labels == order or not labels:
        return array
    turn = sorted(range(len(labels)), key=lambda k: order.index(labels[k]))
    if turn != list(range(len(labels))):
        array = array.transpose(turn)
    if len(labels) == len(order):
        return array
    return array[tuple(slice(None) if label in labels else None for label in order)]


def _grid(index, labels, sizes):
    """Values of an index, shaped to broadcast over the labels."""
    if type(index) is int:
        return _align(np.arange(sizes[index]), (index,), labels)
    return _align(index.table, index.labels, labels)


def _gather(array, indices, sizes):
    """A factor: the array read at the indices, over their labels."""
    if all(type(index) is int for index in indices) and len(set(indices)) == len(indices):
        return array, tuple(indices)
    labels = _labels(indices)
    return array[tuple(_grid(index, labels, sizes) for index in indices)], labels


def _product(factors, order):
    """Product of the factors over labels in the given order."""
    result = None
    for array, labels in factors:
        array = _align(array, labels, order)
        result = array if result is None else result * array
    return 1.0 if result is None else result


def _sum_out(factors, sizes, gone):
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
            touching[:2] = [(_align(a, of_a, order) * _align(b, of_b, order), order)]
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
        factors.append(_pair(a, of_a, b, of_b, both))
    return factors, sizes


def _pair(a, of_a, b, of_b, gone):
    """Contract two factors over the labels that go."""
    shared = [label for label in of_a if label in of_b and label not in gone]
    free_a = tuple(label for label in of_a if label not in gone)
    free_b = tuple(label for label in of_b if label not in gone and label not in shared)
    if shared:
        names = {label: k for k, label in enumerate(dict.fromkeys(of_a + of_b))}
        letters = ["".join(chr(97 + names[label]) for label in own) for own in (of_a, of_b, free_a + free_b)]
        return np.einsum("{},{}->{}".format(*letters), a, b), free_a + free_b
    if len(gone) == 1 and len(of_a) <= 2 and len(of_b) <= 2:
        label = next(iter(gone))
        return ((a if of_a[-1] == label else a.T) @ (b if of_b[0] == label else b.T)), free_a + free_b
    order = list(gone)
    return np.tensordot(a, b, ([of_a.index(g) for g in order], [of_b.index(g) for g in order])), free_a + free_b


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
