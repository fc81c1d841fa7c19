"""The letters of a formula: what a reader gave for them, how they depend on each other, how long they are.

A letter is a number, an array, or a function. The names of a function's arguments say
what it depends on: with ``Z=lambda W, A: W.T @ A`` and ``L=lambda Z: …`` there are
∂Z/∂W, ∂L/∂Z, and ∂L/∂W through Z.
"""

import inspect
import unicodedata

import numpy as np

from mcnotes.engine import Traced
from mcnotes.shapes import counted

from .reading import FormulaError

#: Which size of the notes a letter has: rows, then columns.
_SIZES = {"v": "m", "x": "m", "w": "n", "y": "n", "A": "m", "Z": "n", "Q": "n", "W": "mn", "M": "rk"}


def as_matrix(x):
    """An array with two axes, as the notes write it: a number is (1 × 1), a vector a column."""
    if isinstance(x, list | tuple):
        x = np.stack([np.reshape(entry, np.shape(entry)) for entry in x])
    elif isinstance(x, np.ndarray) and x.dtype == object:
        x = np.reshape(np.stack(list(x.flat)), x.shape)
    if np.ndim(x) > 2:
        return x
    shape = np.shape(x)
    return x if len(shape) == 2 else np.reshape(x, (shape[0], 1) if shape else (1, 1))


def plain(name):
    """A keyword as Python hands it over: ``ℒ`` and ``ℓ`` have become L and l there."""
    return unicodedata.normalize("NFKC", name.replace("\\ell", "ℓ").translate({ord(c): None for c in "{}^ "}))


class Letters:
    """What the letters of a formula stand for.

    Parameters
    ----------
    given : dict of str to number, array or callable
        Letters, changes (``"Δv"``), and what stands for a sign: ``star``, ``step``.

    Attributes
    ----------
    used : set of str
        Letters that the formulas judged so far contain.
    """

    def __init__(self, given):
        self.values, self.functions, self.parameters, self.changes, self.signs = {}, {}, {}, {}, {}
        self.used = set()
        for key, value in given.items():
            self._take(plain(key), value)
        for name, function in self.functions.items():
            names = _arguments(function)
            if names and all(one in self.values or one in self.functions for one in names):
                self.parameters[name] = names
        self._known = {}

    def _take(self, name, value):
        if name in ("star", "step"):
            self.signs[name] = value
        elif name.startswith("Δ") and len(name) > 1:
            self.changes[name[1:]] = _array(name, value)
        elif callable(value) and not isinstance(value, np.ndarray):
            self.functions[name] = value
        else:
            self.values[name] = _array(name, value)

    def __contains__(self, name):
        return name in self.values or name in self.functions

    def is_function(self, name):
        """Whether a letter followed by a bracket is a function and its argument."""
        return name in self.functions

    def is_pure(self, name):
        """A function of something that is no letter here, such as f=np.tanh."""
        return name in self.functions and name not in self.parameters

    def value(self, name, changed=None, frozen=()):
        """The value of a letter in the reader's own shape.

        Parameters
        ----------
        name : str
        changed : dict of str to array, optional
            Letters that have another value for now; what depends on them follows.
        frozen : tuple of str, optional
            Letters that do not follow.
        """
        if changed and name in changed:
            return changed[name]
        if name in self.values:
            return self.values[name]
        if name not in self.parameters:
            self.missing(name)
        if (not changed or name in frozen or not self.depends(name, changed)) and name in self._known:
            return self._known[name]
        inner = None if name in frozen else changed
        arguments = [self.value(one, inner, frozen) for one in self.parameters[name]]
        try:
            found = self.functions[name](*arguments)
        except (ValueError, IndexError) as error:
            given = ", ".join(f"{one} of shape {np.shape(value)}"
                              for one, value in zip(self.parameters[name], arguments, strict=True))
            raise FormulaError(f"{name} cannot be computed from {given}: {error}") from error
        if isinstance(found, list | tuple):
            found = np.stack(list(found))
        elif not isinstance(found, Traced):
            found = np.asarray(found)
            if found.dtype == object:
                found = np.reshape(np.stack(list(found.flat)), found.shape)
        if not any(isinstance(x, Traced) for x in (*arguments, found)) and not inner:
            self._known[name] = found
        return found

    def missing(self, name):
        """Refuse, because a letter has no value."""
        if name in self.functions:
            lacking = [one for one in _arguments(self.functions[name]) or () if one not in self]
            if lacking:
                raise FormulaError(f"{name} is a function of {', '.join(_arguments(self.functions[name]))}, and "
                                   f"{', '.join(lacking)} has no value: give {lacking[0]}=…, too")
            raise FormulaError(f"{name} is a function here: write it with its argument, or name its argument after "
                               f"a letter that has a value, {name}=lambda v: …")
        raise FormulaError(f"{name} has no value: give {name}=…, a number, an array or a function")

    def depends(self, name, on):
        """Whether a letter depends on one of several others, directly or not."""
        return name in on or any(self.depends(one, on) for one in self.parameters.get(name, ()))

    def bases(self, name):
        """Letters with values of their own that a letter depends on."""
        if name in self.parameters:
            return [base for one in self.parameters[name] for base in self.bases(one)]
        return [name] if name in self.values else []

    def idle(self):
        """Letters that were given, and that no formula needs."""
        needed, waiting = set(), list(self.used)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += self.parameters.get(name, ())
        return [name for name in (*self.values, *self.functions) if name not in needed]

    def shape(self, name):
        """Shape of a letter with the axes that the notes count."""
        return counted(np.shape(self.value(name)))

    def sizes(self, used, labels):
        """The notes' sizes as the letters have them.

        Parameters
        ----------
        used : set of str
            Size letters that the formula uses.
        labels : dict of str to set of str
            Letters of the formula, and the layers they are written with.

        Returns
        -------
        dict of str to int
        """
        explicit = {name: int(value) for name, value in self.values.items()
                    if np.shape(value) == () and float(value).is_integer() and len(name) == 1}
        found = {}
        for name in (*self.values, *self.parameters):
            base = name[0]
            sizes = _SIZES.get(base, "") if base not in explicit else ""
            if base == "A" and (self.depends(name, {"Z", "z", "Zl"}) and name not in ("Z",)
                                or {"ℓ", "L"} & labels.get(name, set())):
                sizes = "n"
            for size, length in zip(sizes, (*self.shape(name), 1), strict=False):
                if size not in self:
                    found.setdefault(size, {})[length] = name
        known = {}
        for size, lengths in found.items():
            inside = {length: name for length, name in lengths.items() if name in labels} or lengths
            if len(inside) > 1 and size in used and size not in explicit:
                (one, first), (other, second) = list(inside.items())[:2]
                raise FormulaError(f"{size} is {one} by {first} and {other} by {second}: say which, {size}={one}")
            length = next(iter(inside))
            if length not in explicit.values():
                known[size] = length
        for size in used & known.keys():
            twin = next((other for other in known if other != size and known[other] == known[size]), None)
            if twin:
                raise FormulaError(f"{size} and {twin} are both {known[size]} here, so that a wrong limit could not be "
                                   f"seen: take different sizes, or say {size}={known[size]}")
        return known | explicit


def _array(name, value):
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise FormulaError(f"{name} must be a number, an array of real numbers or a function; it was "
                           f"{type(value).__name__}") from None
    if array.size == 0:
        raise FormulaError(f"{name} is empty (shape {array.shape}), so nothing could fail")
    if not np.isfinite(array).all():
        raise FormulaError(f"{name} has entries that are not finite numbers")
    return array.copy()


def _arguments(function):
    """Names of a function's arguments, or None for one that does not name them."""
    if isinstance(function, np.ufunc):
        return None
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return tuple(plain(one.name) for one in parameters
                 if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD))
