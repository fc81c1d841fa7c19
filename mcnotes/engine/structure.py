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

import math

import numpy as np

from .factors import scatter
from .term import Map, Term, fresh

__all__ = ["LIMIT", "Map", "Structure", "Term", "scatter"]

#: More terms than this are added up into one dense array on the way back.
_MANY = 6

#: A dense array larger than this many bytes is refused.
LIMIT = 4 * 2**30

_FLOAT = np.dtype(float)

#: A dense array that is held as it is gets copied up to this many entries; a larger one is handed out read-only.
COPIED = 2**15


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
        labels = [fresh() for _ in shape]
        return cls([Term([], labels + labels, dict(zip(labels, shape, strict=True)))], shape, shape)

    @classmethod
    def of(cls, array, inner, outer):
        """A dense array, one label for each axis."""
        labels = [fresh() for _ in inner + outer]
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
        >>> from mcnotes.derivative import derivative
        >>> derivative(lambda v: 3 * v, np.array([1.0, 2.0])).structure.dense()
        array([[3., 0.],
               [0., 3.]])
        """
        shape = self.inner + self.outer
        if self.dense_nbytes > limit:
            raise MemoryError(f"the dense array of shape {shape} would take {self.dense_nbytes / 2**30:.0f} GB; "
                              "use .structure, .predict, .chain or mc.compress, which do not build it")
        if len(self.terms) == 1:
            term = self.terms[0]
            return _own(term.array(shape), term.factors[0][0] if len(term.factors) == 1 else None)
        return _own(_total([term.array(shape) for term in self.terms], shape), None)

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
        >>> from mcnotes.derivative import derivative
        >>> d = derivative(lambda v: v**2, np.array([1.0, 2.0, 5.0]))
        >>> d.structure.contracted(np.array([1.0, 2.0, 4.0]), "outer")
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

    def mask(self):
        """Which entries can be nonzero at some point: the others are zero by construction.

        Returns
        -------
        array of bool, shape ``inner + outer``

        Examples
        --------
        >>> from mcnotes.derivative import derivative
        >>> d = derivative(lambda W: W.T @ np.array([1.0, 0.0, 3.0]), np.ones((3, 2)))
        >>> d.structure.mask().shape, int(d.structure.mask().sum()), int((d.array != 0).sum())
        ((3, 2, 2), 6, 4)
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


def _own(result, other, copied=COPIED):
    """The result in floats of double precision, in memory of its own; a large one is not copied, but locked."""
    if type(result) is not np.ndarray:
        return result
    if result.dtype is not _FLOAT:
        return result.astype(float)
    if result is other or isinstance(other, np.ndarray) and (
            result.base is other or np.may_share_memory(result, other)):
        if result.size <= copied:
            return result.copy()
        if result is other:
            result = result.view()
        result.setflags(write=False)
    return result
