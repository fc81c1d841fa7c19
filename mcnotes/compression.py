"""Compression: what may be dropped from a derivative, and what has to be remembered (X.18, X.20 to X.23).

Two things may go: entries that are zero **at every point**, because of how the
function is built, and identical copies. Both are read off the structure that the
trace recorded, never off the values at one point: an activation that happens to
be 0, or a ReLU that is off here, stays. Copies are dropped, not added up. What is
left, the core, is used with another product than before, so a :class:`Compressed`
carries that product, and the lengths that rebuilding needs.

>>> import numpy as np
>>> from mcnotes.derivative import derivative
>>> a = np.array([1.0, 0.0, 3.0, 4.0])
>>> c = compress(derivative(lambda W: W.T @ a, np.ones((4, 3))))
>>> c.pattern, c.einsum, c.core.shape, c.expand().shape
('i j j -> i', 'i,j->ij', (4,), (4, 3, 3))
"""

import html

import numpy as np

from .derivative import Derivative
from .engine.structure import Structure, Term, _align, _labels, _product

_LETTERS = "ijklmnopqrstuvwxyzabcdefgh"

#: Above this many entries, `stages` are not written out.
_SMALL = 10**6


_CONSTANT = "zero everywhere by construction: the output does not depend on the input"


class CompressionError(ValueError):
    """A claimed compression would lose entries."""


def compress(d, claim=None):
    """Find what may be dropped from a derivative, or test a claim about it.

    Parameters
    ----------
    d : Derivative, or array of any shape
        Of an array only the values are seen, so what is found may hold at this
        point alone; the result says so.
    claim : str, optional
        Such as ``"j i i -> j"``: one letter for each axis, input axes first. A
        letter met twice claims zeros off that diagonal; a letter missing on the
        right claims copies.

    Returns
    -------
    Compressed

    Raises
    ------
    CompressionError
        The claim would lose an entry (the message names it), or does not fit
        the axes.
    TypeError
        `d` is neither a Derivative nor an array.

    Examples
    --------
    >>> from mcnotes.derivative import derivative
    >>> z = np.array([0.5, -1.0, 2.0])
    >>> compress(derivative(np.tanh, z)).pattern
    'i i -> i'
    >>> compress(derivative(lambda z: np.exp(z) / np.exp(z).sum(), z)).pattern
    'i j -> i j'
    """
    if isinstance(d, Derivative):
        structure, by_value = d.structure, False
    elif isinstance(d, np.ndarray | list):
        structure, by_value = _seen(np.asarray(d, dtype=float)), True
    else:
        raise TypeError(f"compress needs a Derivative (or an array), it got {type(d).__name__}; "
                        "call mc.derivative(f, at) first")
    reason = None
    if not structure.terms:
        reason = _CONSTANT
        labels = dict(enumerate(structure.inner + structure.outer, 1))
        structure = Structure([Term([(np.zeros(()), ())], list(labels), labels)], structure.inner, structure.outer)
    elif len(structure.terms) > 1:
        reason = ("the input reaches the output in several ways that are added up, so every entry may be nonzero "
                  "and every entry may differ")
        structure = Structure.of(structure.dense(), structure.inner, structure.outer)
    term = structure.terms[0]
    if claim is not None:
        return Compressed(*_claimed(structure, term, claim), structure, reason, by_value)
    return Compressed(term, None, structure, reason, by_value)


class Compressed:
    """A derivative without its structural zeros and without its copies.

    Attributes
    ----------
    core : array, or tuple of arrays
        What is left; several arrays where the rest is a product of independent
        factors (outer and Kronecker products).
    pattern : str
        From the axes of the derivative to those of the core: ``"j i i -> j"``.
    steps : list of str
        What was dropped, in words, and why it was allowed.
    einsum : str or None
        The product that takes the place of matrix multiplication in the chain
        rule, for ``np.einsum(c.einsum, core, upstream)``. None where einsum has
        no words for it; ``chain`` always works.
    by_value : bool
        Whether only values were seen.
    """

    def __init__(self, term, letters, structure, reason, by_value):
        self.inner, self.outer, self.by_value = structure.inner, structure.outer, by_value
        self._labels = _labels(term.axes)
        names = letters or dict(zip(self._labels, _LETTERS, strict=False))
        self._cores = _components(term, self._labels)
        self._axes, self._sizes, self._names = term.axes, term.sizes, names
        self.core = self._cores[0][0] if len(self._cores) == 1 else tuple(core for core, _ in self._cores)
        held = [" ".join(names[label] for label in own) for _, own in self._cores]
        self.pattern = f"{' '.join(_index(index, names) for index in term.axes)} -> {', '.join(held)}".rstrip()
        self.einsum = self._einsum()
        self.steps = self._steps(reason)

    @property
    def _term(self):
        return Term([(core, own) for core, own in self._cores], self._axes, self._sizes)

    def expand(self):
        """Build the full array again, from the core and the remembered lengths.

        Returns
        -------
        array, input axes first, then output axes

        Raises
        ------
        MemoryError
            The array would not fit.
        """
        return Structure([self._term], self.inner, self.outer).dense()

    def chain(self, upstream):
        """Chain rule in compressed form; the full array is never built (59).

        Parameters
        ----------
        upstream : array, shape of the output
            Derivative of a scalar by the output.

        Returns
        -------
        array, shape of the input
            Derivative of the scalar by the input.

        Raises
        ------
        ValueError
            The shape of `upstream` is not that of the output.

        Examples
        --------
        >>> from mcnotes.derivative import derivative
        >>> c = compress(derivative(lambda W: W.T @ np.array([1.0, 2.0, 3.0]), np.ones((3, 2))))
        >>> c.chain(np.array([1.0, 10.0]))
        array([[ 1., 10.],
               [ 2., 20.],
               [ 3., 30.]])
        """
        upstream = np.asarray(upstream, dtype=float)
        if upstream.size != np.prod(self.outer, dtype=int) or upstream.ndim > max(len(self.outer), 1) + 1:
            raise ValueError(f"upstream has shape {upstream.shape}; the output has shape {self.outer}, "
                             "and upstream needs the same")
        return Structure([self._term], self.inner, self.outer).contracted(upstream.reshape(self.outer), "outer")

    @property
    def nbytes(self):
        """Bytes of what is kept."""
        return sum(np.size(core) * 8 for core, _ in self._cores)

    @property
    def stages(self):
        """The array after each step, from the full one to the core, for small derivatives.

        A list of (sentence, array) pairs, or the last alone where the full array
        has more than a million entries.
        """
        if np.prod([float(n) for n in self.inner + self.outer]) > _SMALL or \
                not all(type(index) is int for index in self._axes):
            return [("what is left", self.core)]
        stages, array, axes = [("every entry", self.expand())], self.expand(), list(self._axes)
        for label in self._labels:
            while axes.count(label) > 1:
                p = axes.index(label)
                q = axes.index(label, p + 1)
                array = np.moveaxis(np.diagonal(array, axis1=p, axis2=q), -1, p)
                axes.pop(q)
                stages.append((f"diagonal of axes {p + 1} and {q + 1} kept", array))
        held = {label for _, own in self._cores for label in own}
        for label in self._labels:
            if label not in held:
                p = axes.index(label)
                array = np.take(array, 0, axis=p)
                axes.pop(p)
                stages.append((f"one copy along axis {p + 1} kept", array))
        return stages

    def _einsum(self):
        plain = all(type(index) is int for index in self._axes)
        inner = self._axes[:len(self.inner)]
        outer = self._axes[len(self.inner):]
        held = {label for _, own in self._cores for label in own}
        if not plain or len(set(inner)) < len(inner) or not set(inner) <= held | set(outer):
            return None
        write = {label: letter for label, letter in zip(self._labels, _LETTERS, strict=False)} \
            if any(len(n) > 1 for n in self._names.values()) else self._names
        sides = [*("".join(write[label] for label in own) for _, own in self._cores),
                 "".join(write[label] for label in outer)]
        return ",".join(sides) + "->" + "".join(write[label] for label in inner)

    def _steps(self, reason):
        said, met = [], {}
        for k, index in enumerate(self._axes, 1):
            if type(index) is int:
                if index in met:
                    said.append(f"zero wherever axes {met[index]} and {k} have different indices: keep the diagonal")
                met.setdefault(index, k)
            else:
                said.append(f"zero except where axis {k} has the index {_index(index, self._names)}: "
                            "keep these entries")
        held = {label for _, own in self._cores for label in own}
        for label in self._labels:
            if label not in held and self._sizes[label] > 1:
                where = f"axis {met[label]}" if label in met else self._names[label]
                said.append(f"the same along {where} ({self._names[label]}): keep one copy")
        if len(self._cores) > 1:
            said.append(f"a product of {len(self._cores)} independent factors: keep the factors")
        if reason is _CONSTANT:
            said.insert(0, reason)
        elif not said:
            said.append(f"nothing can be dropped: {reason or 'every entry may differ'}")
        if self.by_value:
            said.append("seen by value only: this may hold at this point alone")
        return said

    def __repr__(self):
        kept, full = sum(np.size(core) for core, _ in self._cores), np.prod(self.inner + self.outer, dtype=object)
        lines = [f"Compressed {self.pattern!r}: {kept} of {full} entries kept"]
        return "\n".join(lines + [f"  {k}. {step}" for k, step in enumerate(self.steps, 1)])

    def _repr_html_(self):
        first, *rest = repr(self).splitlines()
        items = "".join(f"<li>{html.escape(step)}</li>" for step in self.steps)
        return f"<div class='mc-compressed'><p><code>{html.escape(self.pattern)}</code>: " \
               f"{html.escape(first.rsplit(': ', 1)[1])}</p><ol>{items}</ol></div>"


def _components(term, labels):
    """Factors multiplied together where they share labels: a list of (core, labels)."""
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
        cores.append((_product(factors, order) if len(factors) > 1 else _align(*factors[0], order), order))
    cores.sort(key=lambda core: labels.index(core[1][0]))
    if not cores:
        return [(np.asarray(number), ())]
    if np.ndim(number) or number != 1.0:
        cores[0] = (cores[0][0] * number, cores[0][1])
    return cores


def _index(index, names):
    """How the index of an axis is written: a letter, a sum such as i+k, a number, or a table p(i)."""
    if type(index) is int:
        return names[index]
    if not index.labels:
        return str(int(index.table))
    table, start = index.table, int(index.table.reshape(-1)[0])
    steps = [int(np.diff(table, axis=k).reshape(-1)[0]) if table.shape[k] > 1 else 0 for k in range(table.ndim)]
    plain = start + sum(step * np.arange(n).reshape([-1 if a == k else 1 for a in range(table.ndim)])
                        for k, (step, n) in enumerate(zip(steps, table.shape, strict=True)))
    if not np.array_equal(plain, table):
        return f"p({','.join(names[label] for label in index.labels)})"
    parts = [f"{'' if step == 1 else '-' if step == -1 else step}{names[label]}"
             for step, label in zip(steps, index.labels, strict=True) if step]
    return "+".join(parts + [str(start)] * bool(start or not parts)).replace("+-", "-")


def _claimed(structure, term, claim):
    """A term with the reader's axes and letters, or a refusal that names an entry."""
    left, arrow, right = claim.partition("->")
    left, right = left.split(), right.replace(",", " ").split()
    shape = structure.inner + structure.outer
    if not arrow or len(left) != len(shape) or not set(right) <= set(left):
        raise CompressionError(f'the claim {claim!r} does not fit a derivative with axes {shape}; write one letter for '
                               'each axis, and on the right those that are kept, such as "j i i -> j"')
    structure_of = {}
    for k, (letter, index) in enumerate(zip(left, term.axes, strict=True)):
        first = structure_of.setdefault(letter, k)
        if first != k and (type(index) is not int or index != term.axes[first]):
            entry = _off_diagonal(structure, first, k)
            raise CompressionError(f"{claim!r} would lose entry {entry}, which is {structure.dense()[entry]:.6g} here "
                                   f"and is not zero by construction: axes {first + 1} and {k + 1} are not tied")
    held = {label for _, own in term.factors for label in own}
    for letter, k in structure_of.items():
        index = term.axes[k]
        labels = {index} if type(index) is int else set(index.labels)
        if letter not in right and labels & held:
            raise CompressionError(f"{claim!r} would lose entries along axis {k + 1}: {_different(structure, k)}")
    # what the claim keeps though it could go: labels that are written apart, and copies
    letters, axes, sizes, factors = {}, [], dict(term.sizes), list(term.factors)
    for letter, k in structure_of.items():
        index = term.axes[k]
        if type(index) is not int or index in letters:
            lost = [own for own in left if own not in right]
            if lost:
                raise CompressionError(f"{claim!r} would lose entries along axis {left.index(lost[0]) + 1}: "
                                       f"{_different(structure, left.index(lost[0]))}")
            dense = structure.dense()
            whole = Structure.of(dense, structure.inner, structure.outer).terms[0]
            return whole, dict(zip(_labels(whole.axes), left, strict=True))
        letters[index] = letter
        if letter in right and index not in held:
            factors.append((np.ones(sizes[index]), (index,)))
    axes = [next(index for index, letter in letters.items() if letter == own) for own in left]
    return Term(factors, axes, sizes), letters


def _off_diagonal(structure, p, q):
    """An entry with different indices on two axes that is not a structural zero, large if there is one."""
    dense, mask = np.abs(structure.dense()), structure.mask()
    grid = np.indices(dense.shape)
    score = np.where((grid[p] != grid[q]) & mask, 1.0 + dense, 0.0)
    return tuple(int(k) for k in np.unravel_index(np.argmax(score), score.shape))


def _different(structure, axis):
    """Two entries along an axis that differ, in words."""
    dense = structure.dense()
    apart = np.abs(dense - np.take(dense, [0], axis=axis))
    entry = tuple(int(k) for k in np.unravel_index(np.argmax(apart), apart.shape))
    if apart[entry] == 0:
        return "they are equal here, but not by construction"
    other = entry[:axis] + (0,) + entry[axis + 1:]
    return f"entry {entry} is {dense[entry]:.6g} and entry {other} is {dense[other]:.6g}"


def _seen(array):
    """A structure for a bare array: ties and copies that its values show."""
    shape = array.shape
    structure = Structure.of(array, shape, ())
    term, axes = structure.terms[0], list(structure.terms[0].axes)
    for q in range(1, len(shape)):
        for p in range(q):
            grid = np.indices(shape)
            if axes[q] != axes[p] and shape[p] == shape[q] > 1 and not array[grid[p] != grid[q]].any():
                axes[q] = axes[p]
                break
    kept = list(dict.fromkeys(axes))
    core = array
    for q in reversed(range(len(axes))):
        p = axes.index(axes[q])
        if p != q:
            core = np.moveaxis(np.diagonal(core, axis1=p, axis2=q), -1, p)
    for k in reversed(range(len(kept))):
        if core.shape[k] > 1 and np.array_equal(core, np.broadcast_to(np.take(core, [0], axis=k), core.shape)):
            core = np.take(core, 0, axis=k)
            kept.pop(k)
    sizes = {label: term.sizes[label] for label in set(axes)}
    return Structure([Term([(core, tuple(kept))], axes, sizes)], shape, ())
