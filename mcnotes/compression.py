"""Compression: what may be dropped from a derivative, and what has to be remembered (X.18, X.20 to X.23).

Zeros and copies are read off the recorded structure, never off the values at one point: a ReLU that is off here stays.
"""

import html
import math
from functools import cached_property
from typing import Any

import numpy as np

from .engine.structure import Structure, Term, labels_of
from .fitting import fit
from .layout import Derivative
from .patterns import CONSTANT, LARGE, CompressionError, claimed, components, found
from .shapes import full_shape

__all__ = ["Compressed", "CompressionError", "compress"]

_VALUES = "seen by value only: this may hold at this point alone"
_BRANCHED = "f looked at a value to choose its way: this holds here, and may not where it chooses another"
_ENTRIES = "its entries are known, but not how they came about"
_LETTERS = "ijklmnopqrstuvwxyzabcdefgh"


def compress(d: Any, claim: str | None = None) -> "Compressed":
    """Find what may be dropped from a derivative, or test a claim about it.

    Two things may go: entries that are zero at every point, because of how the function is built, and copies. Copies
    are dropped, not added up. CompressionError where a claim would lose an entry, or does not fit the axes.

    Parameters
    ----------
    d : Derivative, or array of finite real numbers
        Of an array only the values are seen, so what is found may hold at this point alone; the result says so.
    claim : str, optional
        Such as ``"j i i -> j"``: one letter for each axis, input axes first. A letter met twice claims
        zeros off that diagonal; a letter missing on the right claims copies.

    Examples
    --------
    >>> c = mc.compress(mc.derivative(lambda W: W.T @ np.array([1.0, 0.0, 3.0, 4.0]), np.ones((4, 3))))
    >>> c.pattern, c.einsum, c.core.shape, c.expand().shape
    ('i j j -> i', 'i,j->ij', (4,), (4, 3, 3))
    """
    if isinstance(d, Derivative):
        structure, seen = d.structure, _BRANCHED if d.branched else ""
    elif isinstance(d, np.ndarray | list):
        array = np.asarray(d)
        if array.dtype.kind not in "biuf" or array.size == 0 or not np.isfinite(array).all():
            raise TypeError(f"compress needs finite real numbers; this array has dtype {array.dtype}, "
                            f"shape {array.shape}")
        structure, seen = Structure.of(array.astype(float), array.shape, ()), _VALUES
    else:
        raise TypeError(f"compress needs a Derivative (or an array), it got {type(d).__name__}; "
                        "call mc.derivative(f, at) first")
    if claim is not None and not isinstance(claim, str):
        raise TypeError(f'claim must be a pattern such as "j i i -> j", it was {claim!r}')
    term, reason = found(structure, seen == _VALUES)
    if isinstance(d, Derivative) and d.by_entries:
        reason = reason or _ENTRIES
    if claim is None:
        labels = labels_of(term.axes)
        if len(labels) > len(_LETTERS):
            raise CompressionError(f"a pattern has {len(_LETTERS)} letters, and this derivative needs {len(labels)}")
        names, cores = dict(zip(labels, _LETTERS, strict=False)), components(term, labels)
    else:
        term, names, cores = claimed(structure, term, claim)
    shapes = (d.input_shape, d.output_shape) if isinstance(d, Derivative) else (structure.inner, structure.outer)
    return Compressed(term, names, cores, shapes, structure, reason, seen)


class Compressed:
    """A derivative without its structural zeros and without its copies.

    ``core`` is the array that is left, or a tuple of arrays where it is a product of independent factors. ``pattern``
    leads from the axes of the derivative to those of the core, ``"j i i -> j"``, and is a claim that passes. Its axes
    are those of ``inner`` and ``outer``, the shapes of input and output with the axes that the notes count.
    """

    def __init__(self, term, names, cores, shapes, structure, reason, seen):
        self.inner, self.outer = structure.inner, structure.outer
        self._shapes, self._labels = shapes, labels_of(term.axes)
        self._cores = [(np.array(core) if isinstance(core, np.ndarray) else core, own) for core, own in cores]
        self._axes, self._sizes, self._names = term.axes, term.sizes, names
        self._structure = Structure([Term(self._cores, term.axes, term.sizes)], self.inner, self.outer)
        self.core = self._cores[0][0] if len(self._cores) == 1 else tuple(core for core, _ in self._cores)
        self._held = {label for _, own in self._cores for label in own}
        kept = [" ".join(names[label] for label in own) for _, own in self._cores]
        self.pattern = f"{' '.join(names[label] for label in term.axes)} -> {', '.join(kept)}".rstrip()
        self._reason, self._seen = reason, seen

    def expand(self) -> np.ndarray:
        """The full array again, as ``.array`` of the derivative; MemoryError where it would not fit."""
        return np.reshape(self._structure.dense(), full_shape(*self._shapes))

    def chain(self, upstream: Any) -> np.ndarray:
        """Chain rule in compressed form (59): as :meth:`Derivative.chain`; the full array is never built.

        >>> mc.compress(mc.derivative(lambda W: W.T @ [1.0, 2.0, 3.0], np.ones((3, 2)))).chain([1.0, 10.0]).tolist()
        [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]
        """
        upstream = fit("upstream", upstream, self._shapes[1], "output")
        found = self._structure.contracted(np.reshape(upstream, self.outer), "outer")
        return np.reshape(found, self._shapes[0])

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept."""
        return sum(np.size(core) * 8 for core, _ in self._cores)

    @property
    def stages(self) -> list[tuple[str, np.ndarray]]:
        """The array after each step, as (sentence, array) pairs; above a million entries only the core."""
        if math.prod(self.inner + self.outer) > LARGE:
            return [("what is left", self.core)]
        array, axes = self._structure.dense(), list(self._axes)
        stages = [("every entry", array)]
        for label in self._labels:
            while axes.count(label) > 1:
                p = axes.index(label)
                q = axes.index(label, p + 1)
                array = np.moveaxis(np.diagonal(array, axis1=p, axis2=q), -1, p)
                axes.pop(q)
                stages.append((f"diagonal of axes {p + 1} and {q + 1} kept", array))
        for label in self._labels:
            if label not in self._held:
                p = axes.index(label)
                array = np.take(array, 0, axis=p)
                axes.pop(p)
                stages.append((f"one copy along axis {p + 1} kept", array))
        return stages

    @cached_property
    def einsum(self) -> str | None:
        """What makes ``np.einsum(c.einsum, core, upstream)`` the chain rule; None where only ``chain`` can do it."""
        inner, outer = self._axes[:len(self.inner)], self._axes[len(self.inner):]
        if len(set(inner)) < len(inner) or not set(inner) <= self._held | set(outer):
            return None
        letters = ["".join(self._names[label] for label in own)
                   for own in (*(own for _, own in self._cores), outer, inner)]
        return ",".join(letters[:-1]) + "->" + letters[-1]

    @cached_property
    def steps(self) -> list[str]:
        """A list of sentences that say what was dropped, and why it was allowed."""
        said, reason, seen, met = [], self._reason, self._seen, dict[int, int]()
        for k, label in enumerate(self._axes, 1):
            if label in met and self._sizes[label] > 1:
                said.append(f"zero wherever axes {met[label]} and {k} have different indices: keep the diagonal")
            met.setdefault(label, k)
        for label in self._labels:
            if label not in self._held and self._sizes[label] > 1:
                said.append(f"the same along axis {met[label]} ({self._names[label]}): keep one copy")
        if len(self._cores) > 1:
            said.append(f"a product of {len(self._cores)} independent factors: keep the factors")
        if seen:
            reason = reason.replace(" by construction", "")
        if self._reason == CONSTANT:
            said.insert(0, reason)
        elif not said:
            said.append(f"nothing can be dropped: {reason or 'no zeros off a diagonal, and no copies'}")
        return said + [seen] * bool(seen)

    def __repr__(self):
        kept, full = sum(np.size(core) for core, _ in self._cores), np.prod(self.inner + self.outer, dtype=object)
        lines = [f"Compressed {self.pattern!r}: {kept} of {full} entries kept"]
        return "\n".join(lines + [f"  {k}. {step}" for k, step in enumerate(self.steps, 1)])

    def _repr_html_(self):
        first, *rest = repr(self).splitlines()
        items = "".join(f"<li>{html.escape(step)}</li>" for step in self.steps)
        return f"<div class='mc-compressed'><p><code>{html.escape(self.pattern)}</code>: " \
               f"{html.escape(first.rsplit(': ', 1)[1])}</p><ol>{items}</ol></div>"
