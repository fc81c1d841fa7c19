"""The kinds of local derivative: how a change travels back through one operation.

Each operation that a trace records leaves one link for each input that it
follows. A link pulls back in two ways:

``pull(g)``
    for a scalar result: `g` has the shape of the operation's output, the answer
    has the shape of its input (the vector-Jacobian product of X.7, X.15);
``pull_structure(s)``
    for any other result: the same, with the derivative held as a
    :class:`~mcnotes.engine.structure.Structure`.

:class:`Scale` serves all element-wise functions, :class:`Contract` all products
and sums, :class:`Along`, :class:`Move`, :class:`Reshape`, :class:`Turn` and
:class:`Part` all functions that move entries, :class:`Gather` and :class:`Slide`
diagonals and convolutions, and :class:`General` the rest.
"""

import numpy as np

from .stepped import Stepped
from .structure import Map, Structure, Term, scatter


def unbroadcast(g, shape):
    """Sum an array over the axes along which broadcasting copied.

    Parameters
    ----------
    g : array, a shape that `shape` broadcasts to
    shape : tuple of int

    Returns
    -------
    array of the given shape

    Examples
    --------
    >>> unbroadcast(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    """
    extra = np.ndim(g) - len(shape)
    if extra:
        g = g.sum(axis=tuple(range(extra)))
    copied = tuple(d for d, n in enumerate(shape) if n == 1 and g.shape[d] != 1)
    return g.sum(axis=copied, keepdims=True) if copied else g


class Scale:
    """Element-wise: each output entry follows its own input entry (X.22)."""

    __slots__ = ("local", "shape", "out")

    def __init__(self, local, shape, out):
        if type(local) is Stepped:              # the slope of a slope that is a step
            local = np.asarray(local)
        self.local, self.shape, self.out = local, shape, out

    def pull(self, g):
        if self.local is not None:
            g = g * self.local
        return g if self.shape == self.out else unbroadcast(g, self.shape)

    def pull_structure(self, s):
        count, first = len(self.out), len(self.out) - len(self.shape)

        if self.local is None and self.shape == self.out:
            return s

        def step(term):
            if self.local is not None:
                term = term.scaled(self.local, count)
            if self.shape == self.out:
                return term
            inner = [Map((), 0) if n == 1 and self.out[first + d] != 1 else term.axes[first + d]
                     for d, n in enumerate(self.shape)]
            return term.inward(inner, count)
        return s.each(self.shape, step)


class Contract:
    """A product summed over shared letters: ``mine, others -> out`` as in einsum."""

    __slots__ = ("out", "mine", "others", "shape", "plain")

    def __init__(self, out, mine, others, shape, plain=None):
        self.out, self.mine, self.others, self.shape, self.plain = out, mine, others, shape, plain

    def lengths(self):
        """How many values each letter has."""
        found = dict(zip(self.mine, self.shape, strict=True))
        for array, letters in self.others:
            if letters:
                found.update(zip(letters, array.shape, strict=True))
        return found

    def pull(self, g):
        if self.plain is not None:
            return self.plain(g)
        known = self.out + "".join(letters for _, letters in self.others)
        kept = "".join(dict.fromkeys(letter for letter in self.mine if letter in known))
        inputs = ",".join([self.out, *(letters for _, letters in self.others)])
        result = np.einsum(f"{inputs}->{kept}", g, *(array for array, _ in self.others))
        if kept == self.mine:
            return result
        order = "".join(dict.fromkeys(self.mine))
        lengths = self.lengths()
        sizes = [lengths[letter] for letter in order]
        result = result[tuple(slice(None) if letter in kept else None for letter in order)] * np.ones(sizes)
        if order == self.mine:
            return result
        grid = dict(zip(order, np.indices(sizes), strict=True))
        flat = np.ravel_multi_index([grid[letter] for letter in self.mine], self.shape)
        return scatter(result, flat, self.shape, distinct=True)

    def pull_structure(self, s):
        lengths = self.lengths()
        return s.each(self.shape, lambda term: term.contracted(self.out, self.mine, self.others, lengths))


class Along:
    """Basic indexing, ``out = input[key]``: entries moved along each axis on its own."""

    __slots__ = ("key", "shape", "out")

    def __init__(self, key, shape, out):
        self.key, self.shape, self.out = key, shape, out

    def pull(self, g):
        if hasattr(g, "scattered"):             # traced, for a derivative of a derivative
            return scatter(g, np.arange(np.prod(self.shape, dtype=int)).reshape(self.shape)[self.key], self.shape,
                           distinct=True)
        result = np.zeros(self.shape)
        result[self.key] = g
        return result

    def sources(self):
        """For each axis of the input: the axis of the output that came from it, and the table of positions.

        No table where all stand in order; no axis and one position where the key is a number.
        """
        parts = self.key
        named = sum(part is not None and part is not Ellipsis for part in parts)
        at = next((k for k, part in enumerate(parts) if part is Ellipsis), len(parts))
        parts = parts[:at] + (slice(None),) * (len(self.shape) - named) + parts[at + 1:]
        found, place = [], 0
        for part in parts:
            if part is not None:
                length = self.shape[len(found)]
                if not isinstance(part, slice):
                    found.append((None, int(part) % length))
                    continue
                found.append((place, None if part == slice(None) else np.arange(length)[part]))
            place += 1
        return found

    def pull_structure(self, s):
        sources = self.sources()

        def inner(term):
            for axis, table in sources:
                index = None if axis is None else term.axes[axis]
                if index is None:
                    yield Map((), table)
                elif table is None:
                    yield index
                elif type(index) is int:
                    yield Map((index,), table)
                else:
                    yield Map(index.labels, table[index.table])
        return s.each(self.shape, lambda term: term.inward(list(inner(term)), len(self.out)))


class Move:
    """Any move of entries: entry p of the flattened output came from ``table[p]``."""

    __slots__ = ("table", "shape")

    def __init__(self, table, shape):
        self.table, self.shape = table, shape

    def pull(self, g):
        return scatter(g, self.table, self.shape, distinct=False)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: term.moved(self.table, self.table.shape, self.shape))


class Reshape:
    """The same entries in another shape."""

    __slots__ = ("shape", "out")

    def __init__(self, shape, out):
        self.shape, self.out = shape, out

    def pull(self, g):
        return np.reshape(g, self.shape)

    def pull_structure(self, s):
        return s.each(self.shape, lambda term: term.reshaped(self.out, self.shape))


class Turn:
    """The axes in another order: axis k of the output is axis ``axes[k]`` of the input."""

    __slots__ = ("axes", "shape")

    def __init__(self, axes, shape):
        self.axes, self.shape = axes, shape

    def pull(self, g):
        return np.transpose(g, self._back())

    def _back(self):
        back = [0] * len(self.axes)
        for k, axis in enumerate(self.axes):
            back[axis] = k
        return back

    def pull_structure(self, s):
        back = self._back()
        return s.each(self.shape, lambda term: Term(
            term.factors, [*(term.axes[k] for k in back), *term.axes[len(back):]], term.sizes))


class Part:
    """The input became one part of the output: ``out[key] = input`` (stack, concatenate, pad)."""

    __slots__ = ("key", "shape", "tables")

    def __init__(self, key, shape, tables):
        self.key, self.shape, self.tables = key, shape, tables

    def pull(self, g):
        return g[self.key]

    def pull_structure(self, s):
        return _labelled(s).each(self.shape, self._step)

    def _step(self, term):
        for axis in reversed(range(len(self.tables))):
            if self.tables[axis] is not None:
                term = term.selected(axis, self.tables[axis])
        return term


class Gather:
    """Each input entry stands at a known flat position of the output (a diagonal, a scatter)."""

    __slots__ = ("flat", "shape", "out")

    def __init__(self, flat, shape, out):
        self.flat, self.shape, self.out = flat, shape, out

    def pull(self, g):
        return np.reshape(g, (-1,))[self.flat]

    def pull_structure(self, s):
        return _labelled(s).each(self.shape, lambda term: term.read(
            np.unravel_index(self.flat, self.out), len(self.out)))


class Slide:
    """Convolution of vectors, a Toeplitz matrix: ``out[i + t] = sum of input[i] kernel[t]``.

    With ``full=False`` only the outputs for which the kernel lies inside the input.
    """

    __slots__ = ("kernel", "shape", "full")

    def __init__(self, kernel, shape, full=True):
        self.kernel, self.shape, self.full = kernel, shape, full

    def pull(self, g):
        return np.convolve(g, self.kernel[::-1], "valid" if self.full else "full")

    def pull_structure(self, s):
        if not self.full:
            taps = len(self.kernel)
            return _labelled(s).each(self.shape, lambda term: term.slid(self.kernel, taps))
        table = np.add.outer(np.arange(self.shape[0]), np.arange(len(self.kernel)))

        def step(term):
            before = set(term.sizes)
            term = term.selected(0, table)
            tap = [label for label in term.sizes if label not in before and label != term.axes[0]]
            return term.inward(term.axes[:1], 1, [*term.factors, (self.kernel, tuple(tap))])
        return _labelled(s).each(self.shape, step)


class General:
    """A function with its own pull-back; it must accept further axes in front of `g`'s own."""

    __slots__ = ("function", "shape", "out")

    def __init__(self, function, shape, out):
        self.function, self.shape, self.out = function, shape, out

    def pull(self, g):
        return self.function(g)

    def pull_structure(self, s):
        dense, count = s.dense(), len(self.out)
        turned = np.moveaxis(dense, range(count), range(-count, 0)) if count else dense
        back = self.function(turned)
        outer = len(s.outer)
        axes = [*range(outer, outer + len(self.shape)), *range(outer)]
        return Structure.of(np.transpose(back, axes), self.shape, s.outer)


def _labelled(s):
    """The structure with its input axes indexed by labels that differ."""
    if all(term._plain(len(s.inner)) for term in s.terms):
        return s
    return Structure.of(s.dense(), s.inner, s.outer)
