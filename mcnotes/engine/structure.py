"""How a derivative is held: small factors and ties between axes, not one big array.

A derivative has the axes of its input, then those of its output. It is a sum of terms, and a term says, for labels
such as ``i`` and ``j`` that run over their ranges: ``D[index of every axis] = product of factors[labels]``.

- An axis is indexed by one **label**, or by a **map**: a table of whole numbers over some labels.
- A label that indexes two axes is a **tie**: the entry is zero wherever the two indices differ, by construction.
- A label that no factor holds means **copies** along its axis.

The weight derivative of a layer ``Z = W.T @ A`` (X.20) is one factor ``A[j]`` and the axes ``j i | i``: neuron ``i``
sees its own weights only (the tie), and every neuron sees the same ``A`` (no ``i`` in the factor). The chain rule
multiplies factors in and sums labels out; factors may be traced, or expressions of a program.
"""

import functools
import itertools
import math
import operator
import string
from typing import Any

import numpy as np

#: More terms than this are added up into one dense array.
_MANY = 6
#: A dense array larger than this many bytes is refused.
LIMIT = 4 * 2**30
#: A dense array that is held as it is gets copied up to this many entries; a larger one is handed out read-only.
COPIED = 2**15

_FLOAT, _ALL, _LABEL = np.dtype(float), slice(None), {int}
#: What can be written into an array as it is; a traced core cannot.
_NUMBERS = (np.ndarray, float)

fresh = itertools.count().__next__


# Factors: pairs of an array and its labels, one for each axis -----------------------------------------------

def scatter(values, flat, shape, distinct):
    """Array of a given shape that receives values at flat positions; those that meet add up, unless all differ."""
    if hasattr(values, "scattered"):            # traced, or an expression
        return values.scattered(flat, shape)
    length = math.prod(shape)
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
    return set(map(type, axes)) <= _LABEL and len(set(axes)) == len(axes)


def align(array, labels, order):
    """Transpose and widen an array so that its axes stand in the given order of labels."""
    if labels == order or not labels:
        return array
    if len(labels) == len(order):
        return array.transpose([labels.index(label) for label in order])
    if len(labels) > 1:
        turned = [labels.index(label) for label in order if label in labels]
        if turned != sorted(turned):
            array = array.transpose(turned)
    return array[tuple([_ALL if label in labels else None for label in order])]


def grid(index, labels, sizes):
    """Values of an index, shaped to broadcast over the labels."""
    if type(index) is int:
        return align(np.arange(sizes[index]), (index,), labels)
    return align(index.table, index.labels, labels)


def gather(array, indices, sizes):
    """A factor: the array read at the indices, over their labels."""
    if len(indices) == 1 and type(indices[0]) is int or distinct(indices):
        return array, tuple(indices)
    tables = [k for k, index in enumerate(indices) if type(index) is not int]
    labels = labels_of(indices)
    if len(tables) == 1 and len(labels) == len(indices) - 1 + len(indices[tables[0]].labels):
        table, k = indices[tables[0]].table, tables[0]
        return array[(_ALL,) * k + (table if table.ndim else int(table),)], labels
    return array[tuple([grid(index, labels, sizes) for index in indices])], labels


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
    sizes, gone = dict(sizes), dict.fromkeys(gone)
    while gone:
        label, _ = gone.popitem()
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
        both = [other for other in of_a if other == label or other in gone and other in of_b
                and not any(other in own for _, own in factors)]
        for other in both:
            gone.pop(other, None)
            sizes.pop(other, None)
        factors.append(_contracted(a, of_a, b, of_b, both))
    return factors, sizes


def _contracted(a, of_a, b, of_b, gone):
    """Contract two factors over the labels that go."""
    shared = [label for label in of_a if label in of_b and label not in gone]
    free_a = tuple([label for label in of_a if label not in gone])
    free_b = tuple([label for label in of_b if label not in gone and label not in shared])
    if shared:
        names = {label: k for k, label in enumerate(dict.fromkeys(of_a + of_b))}
        letters = ["".join(string.ascii_letters[names[label]] for label in own)
                   for own in (of_a, of_b, free_a + free_b)]
        return np.einsum("{},{}->{}".format(*letters), a, b), free_a + free_b
    if len(gone) == 1 and len(of_a) <= 2 and len(of_b) <= 2:
        label = gone[0]
        return ((a if of_a[-1] == label else a.T) @ (b if of_b[0] == label else b.T)), free_a + free_b
    return np.tensordot(a, b, ([of_a.index(g) for g in gone], [of_b.index(g) for g in gone])), free_a + free_b


# Terms ------------------------------------------------------------------------------------------------------

class Map:
    """Index of an axis as a table over labels, one axis for each; without labels, a fixed number."""

    __slots__ = ("labels", "table")

    def __init__(self, labels, table):
        self.labels, self.table = labels, np.asarray(table)


class Term:
    """A product of factors, (array, labels) pairs with a label for each axis, and the index of every axis of D.

    `axes` has a label or a Map for each axis, first of the input, then of the output; `sizes` the range of every label.
    """

    __slots__ = ("factors", "axes", "sizes")

    def __init__(self, factors, axes, sizes):
        self.factors, self.axes, self.sizes = factors, axes, sizes

    def scaled(self, local, count):
        """Multiply by an array over the first `count` axes (broadcast from the right)."""
        if not hasattr(local, "shape"):
            return Term([*self.factors, (local, ())], self.axes, self.sizes)
        if type(local) is np.ndarray and local.dtype is not _FLOAT:
            local = local.astype(float)
        shape = local.shape
        axes = self.axes[count - len(shape):count]
        if 1 in shape:
            axes = [index for index, n in zip(axes, shape, strict=True) if n != 1]
            local = np.reshape(local, [n for n in shape if n != 1])
        array, labels = gather(local, axes, self.sizes)
        for k, (other, own) in enumerate(self.factors):         # one factor for the same labels: products stay short
            if own == labels:
                factors = list(self.factors)
                factors[k] = array * other, own
                return Term(factors, self.axes, self.sizes)
        return Term([*self.factors, (array, labels)], self.axes, self.sizes)

    def inward(self, inner, count, factors=None, sizes=None):
        """Replace the first `count` axes; labels that no axis uses any more are summed out."""
        axes = [*inner, *self.axes[count:]]
        factors = self.factors if factors is None else factors
        sizes = self.sizes if sizes is None else sizes
        used = labels_of(axes)
        if len(used) < len(sizes):
            factors, sizes = sum_out(factors, sizes, [label for label in sizes if label not in used])
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
        labels, flat = self.places(shape)
        source = np.unravel_index(table.reshape(-1)[flat], inner_shape) if inner_shape else ()
        return self.inward([Map(labels, where) for where in source], len(shape))

    def reshaped(self, shape, inner_shape):
        """Pull back through a reshape, splitting and joining labels where the sizes allow it."""
        if not distinct(self.axes[:len(shape)]):
            return self.moved(np.arange(math.prod(shape)), shape, inner_shape)
        term, inner, done = self, [], 0
        for old, new in _groups(shape, inner_shape):
            indices = term.axes[done:done + len(old)]
            if not new:
                pass                    # axes of length 1 that go
            elif len(old) == len(new) == 1:
                inner.append(indices[0])
            elif len(old) == 1:
                labels = tuple([fresh() for _ in new])
                inner.extend(labels)
                term = term.substituted({indices[0]: Map(labels, np.arange(old[0]).reshape(new))})
            else:
                labels = tuple(indices)
                where = np.unravel_index(np.arange(math.prod(old)).reshape(old), new)
                inner.extend(Map(labels, at) for at in where)
            done += len(old)
        return term.inward(inner, len(shape))

    def read(self, key):
        """Pull back where the input became ``output[key]``: for each axis a number, a slice, or a table."""
        maps, inner, shared = {}, [], None
        for label, part in zip(self.axes, key, strict=False):
            if isinstance(part, slice):
                own = (label,) if part == _ALL else (fresh(),)
                inner.extend(own)
                if part != _ALL:
                    maps[label] = Map(own, np.arange(part.start, part.stop))
                continue
            if np.ndim(part) and shared is None:
                shared = tuple([fresh() for _ in np.shape(part)])
                inner.extend(shared)
            maps[label] = Map(shared or (), part)
        term = self.substituted(maps)
        term.axes[:len(key)] = inner
        return term

    def substituted(self, maps):
        """Write ``label = maps[label]`` everywhere."""
        sizes = {label: n for label, n in self.sizes.items() if label not in maps}
        for index in maps.values():
            sizes.update(zip(index.labels, index.table.shape, strict=True))

        def read(array, own):
            return gather(array, [maps.get(label, label) for label in own], sizes)
        axes = [maps.get(index, index) if type(index) is int else Map(*reversed(read(index.table, index.labels)))
                for index in self.axes]
        return Term([read(array, own) for array, own in self.factors], axes, sizes)

    def key(self):
        """Equal for terms whose axes are tied in the same way."""
        names = {}
        return tuple([names.setdefault(index, len(names)) if type(index) is int
                      else (id(index.table) if index.labels else -1 - int(index.table),
                            *(names.setdefault(label, len(names)) for label in index.labels))
                      for index in self.axes])

    def plus(self, other):
        """Add a term that has the same key."""
        mine, theirs = labels_of(self.axes), labels_of(other.axes)
        names = dict(zip(theirs, mine, strict=True))
        others = [(array, tuple([names[label] for label in labels])) for array, labels in other.factors]
        shared, own = [], []
        for array, labels in self.factors:
            for k, (same, at) in enumerate(others):
                if same is array and at == labels:
                    shared.append(others.pop(k))
                    break
            else:
                own.append((array, labels))
        held = {label for _, labels in own + others for label in labels}
        order = tuple([label for label in mine if label in held])
        core, more = product(own, order), product(others, order)
        new = len(own) > 1 and type(core) is np.ndarray             # a new array: nobody else has it
        if new and isinstance(more, _NUMBERS) and np.shape(more) in (core.shape, ()):
            np.add(core, more, out=core)
        else:
            core = core + more
        return Term([*shared, (core, order)], self.axes, self.sizes)

    @property
    def tied(self):
        """Whether it is numbers on a diagonal."""
        return set(map(type, self.axes)) <= _LABEL and len(set(self.axes)) < len(self.axes) and all(
            isinstance(factor, _NUMBERS) for factor, _ in self.factors)

    def array(self, shape):
        """The term as a dense array."""
        labels = labels_of(self.axes)
        if set(map(type, self.axes)) <= _LABEL:
            core = product(self.factors, labels)
            if len(labels) == len(self.axes):
                return _over(core, tuple([self.sizes[label] for label in labels]))
            if isinstance(core, _NUMBERS):
                whole = np.zeros(shape)
                self.diagonal(whole)[...] = core
                return whole
        named = {index for index in self.axes if type(index) is int}
        return scatter(*self.entries(shape), shape, distinct=len(named) == len(labels))

    def entries(self, shape):
        """Every entry, and its position in the flattened dense array."""
        labels, flat = self.places(shape)
        return _over(product(self.factors, labels), flat.shape), flat

    def places(self, shape):
        """The labels of the first axes, and for every value of them the flat position in an array of these axes."""
        labels, flat = labels_of(self.axes[:len(shape)]), np.zeros((), int)
        for index, length in zip(self.axes, shape, strict=False):
            flat = flat * length + grid(index, labels, self.sizes)
        return labels, np.broadcast_to(flat, [self.sizes[label] for label in labels])

    def diagonal(self, whole):
        """The entries of an array that ties alone name: one strided view, over the labels in order."""
        strides = dict.fromkeys(self.axes, 0)
        for index, step in zip(self.axes, whole.strides, strict=True):
            strides[index] += step
        return np.ndarray([self.sizes[index] for index in strides], float, whole, 0, tuple(strides.values()))


def _over(core, shape):
    """A core with the axes along which it is copied."""
    if np.shape(core) == shape:
        return core
    return core * np.ones(shape) if isinstance(core, _NUMBERS) else np.broadcast_to(core, shape)


def _groups(shape, inner_shape):
    """Pair the shortest runs of sizes with equal products, front to back: ((6,), (2, 3)), ((4,), (4,)), ..."""
    left, right, groups = list(shape), list(inner_shape), []
    while left and right:
        old, new = [left.pop(0)], [right.pop(0)]
        while (a := math.prod(old)) != (b := math.prod(new)):
            (old if a < b else new).append((left if a < b else right).pop(0))
        groups.append((tuple(old), tuple(new)))
    if left or right:                       # axes of length 1 at the end
        groups.append((tuple(left), tuple(right)))
    return groups


# Structures -------------------------------------------------------------------------------------------------

class Structure:
    """A derivative, or a part of the chain rule, held as a sum of terms; `inner` and `outer` are the shapes."""

    __slots__ = ("terms", "inner", "outer")

    def __init__(self, terms, inner, outer):
        self.terms, self.inner, self.outer = terms, inner, outer

    @classmethod
    def identity(cls, shape):
        """Derivative of an array by itself: every axis tied to its twin."""
        labels = [fresh() for _ in shape]
        return cls([Term([], labels + labels, dict(zip(labels, shape, strict=True)))], shape, shape)

    @classmethod
    def of(cls, array, inner, outer):
        """A dense array, one label for each axis."""
        labels = [fresh() for _ in inner + outer]
        return cls([Term([(array, tuple(labels))], labels, dict(zip(labels, inner + outer, strict=True)))],
                   inner, outer)

    def each(self, inner, step):
        """The structure of another inner shape, a step applied to every term."""
        return Structure([step(term) for term in self.terms], inner, self.outer)

    @classmethod
    def total(cls, parts, most=_MANY):
        """The sum of structures of the same shapes; an array of all entries where there are more terms than `most`."""
        terms, one = {}, parts[0]
        if len(parts) == 1 and len(one.terms) <= 1:
            return one
        for part in parts:
            for term in part.terms:
                key = term.key()
                terms[key] = terms[key].plus(term) if key in terms else term
        whole = cls(list(terms.values()), one.inner, one.outer)
        return cls.of(whole.dense(), one.inner, one.outer) if len(terms) > most else whole

    def labelled(self):
        """The structure with its input axes indexed by labels that differ."""
        if all(distinct(term.axes[:len(self.inner)]) for term in self.terms):
            return self
        return Structure.of(self.dense(), self.inner, self.outer)

    def dense(self) -> Any:
        """Every entry, in an array of shape ``inner + outer``; MemoryError where it would take more than 4 GB.

        >>> mc.derivative(lambda v: 3 * v, np.array([1.0, 2.0])).structure.dense().tolist()
        [[3.0, 0.0], [0.0, 3.0]]
        """
        shape = self.inner + self.outer
        if self.dense_nbytes > LIMIT:
            raise MemoryError(f"the dense array of shape {shape} would take {self.dense_nbytes / 2**30:.0f} GB; use "
                              ".predict or .chain, which do not build it, mc.compress if its structure has a pattern, "
                              "or differentiate a smaller part")
        if len(self.terms) == 1:
            term = self.terms[0]
            return _own(term.array(shape), term.factors[0][0] if len(term.factors) == 1 else None)
        return _own(self._sum(shape), None)

    def _sum(self, shape):
        """The sum of several terms: what is numbers goes into one array, in place."""
        if not all(isinstance(array, _NUMBERS) for term in self.terms for array, _ in term.factors):
            stacked = self._stacked(shape)
            return _total([term.array(shape) for term in self.terms], shape) if stacked is None else stacked
        full = [term for term in self.terms if distinct(term.axes)]
        whole = _total([term.array(shape) for term in full], shape)
        if len(full) == 1 == len(full[0].factors) or whole.dtype is not _FLOAT or not whole.flags.c_contiguous:
            whole = np.array(whole, float, order="C")       # it may be a factor, which is somebody's
        others = []
        for term in self.terms:
            if term.tied:
                view = term.diagonal(whole)
                np.add(view, product(term.factors, labels_of(term.axes)), out=view)
            elif term not in full:
                others.append(term.entries(shape))
        if others:
            cores, places = (np.concatenate([np.ravel(x) for x in both]) for both in zip(*others, strict=True))
            whole += scatter(cores, places, shape, False)
        return whole

    def _stacked(self, shape):
        """The arrays of terms that fix one axis, each at another place, in a row; None where they do not."""
        fixed = [[(k, int(index.table)) for k, index in enumerate(term.axes)
                  if type(index) is not int and not index.labels] for term in self.terms]
        axes, places = {k for found in fixed for k, _ in found}, [place for found in fixed for _, place in found]
        if len(axes) != 1 or sorted(places) != list(range(shape[axis := axes.pop()])) or len(places) != len(fixed):
            return None
        rest = shape[:axis] + shape[axis + 1:]
        parts = dict(zip(places, [Term(term.factors, term.axes[:axis] + term.axes[axis + 1:], term.sizes).array(rest)
                                  for term in self.terms], strict=True))
        return np.stack([parts[k] for k in sorted(parts)], axis=axis)

    def contracted(self, array: Any, side: str) -> Any:
        """Multiply by an array over the axes of one side, ``"outer"`` or ``"inner"``, and sum over them.

        ``"outer"`` is the chain rule for an upstream gradient, ``"inner"`` predicts the change of the output.

        >>> mc.derivative(np.square, np.array([1.0, 2.0, 5.0])).structure.contracted(np.array([1.0, 2.0, 4.0]), "outer")
        array([ 2.,  8., 40.])
        """
        split, shape = len(self.inner), self.inner if side == "outer" else self.outer
        parts = []
        for term in self.terms:
            away, kept = term.axes[split:], term.axes[:split]
            if side == "inner":
                away, kept = kept, away
            turned = Term(term.factors, [*away, *kept], term.sizes).scaled(array, len(away))
            parts.append(turned.inward([], len(away)).array(shape))
        return _own(_total(parts, shape), array, copied=math.inf)

    def mask(self) -> np.ndarray:
        """Truth values of shape ``inner + outer``: which entries can be nonzero at some point.

        >>> mc.derivative(np.tanh, np.array([1.0, 0.0])).structure.mask().tolist()
        [[True, False], [False, True]]
        """
        ones = [Term([], term.axes, term.sizes) for term in self.terms]
        return np.asarray(Structure(ones, self.inner, self.outer).dense()) > 0

    @property
    def nbytes(self) -> int:
        """Bytes of all factors."""
        return sum(np.size(array) * 8 for term in self.terms for array, _ in term.factors)

    @property
    def dense_nbytes(self) -> int:
        """Bytes that the dense array would take."""
        return 8 * math.prod(self.inner + self.outer)

    def __repr__(self):
        held = " + ".join(
            " × ".join(str(np.shape(array)) for array, _ in term.factors) or "1" for term in self.terms) or "0"
        return f"Structure {self.inner} | {self.outer}: factors {held}"


def _total(parts, shape):
    """Sum of arrays of one shape; zeros where there is none."""
    return functools.reduce(operator.add, parts) if parts else np.zeros(shape)


def _own(result, other, copied=COPIED):
    """The result in floats of double precision, in memory of its own; a large one is not copied, but locked."""
    if type(result) is not np.ndarray:
        return result
    if result.dtype is not _FLOAT:
        return result.astype(float)
    if not isinstance(other, np.ndarray) or not np.may_share_memory(result, other):
        return result
    if result.size <= copied:
        return result.copy()
    result = result.view()
    result.setflags(write=False)
    return result
