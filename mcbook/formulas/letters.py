"""The letters of a formula: what is given for them, how they depend on each other, how long they are.

A letter is a number, an array, or a function. The names of a function's arguments say
what it depends on: with ``Z=lambda W, A: W.T @ A`` and ``L=lambda Z: …`` there are
∂Z/∂W, ∂L/∂Z, and ∂L/∂W through Z.
"""

import inspect
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np

from mcnotes.engine import Traced
from mcnotes.shapes import counted

from .parser import read
from .spelling import FUNCTIONS
from .tree import walk
from .verdict import BudgetError, FormulaError

#: Which size of the notes a letter has: rows, then columns.
_SIZES = {"v": "m", "x": "m", "w": "n", "y": "n", "A": "m", "Z": "n", "Q": "n", "W": "mn", "M": "rk"}
#: Letters that mean something without being given.
BUILT_IN = frozenset({"e", "π", "I", "δ", "T"})
_INDICES = frozenset("ijklpqrst")


def plain(name: str) -> str:
    """A keyword as Python hands it over: ``ℒ`` and ``ℓ`` have become L and l there."""
    return unicodedata.normalize("NFKC", name.replace("\\ell", "ℓ").translate({ord(c): None for c in "{}^ "}))


class Letters:
    """What the letters of a formula stand for.

    Parameters
    ----------
    given : mapping of str to number, array or callable
        Letters, changes (``"Δv"``), differentials (``"dX"``), and what stands for a sign: ``star``, ``step``.
    notes : bool, optional
        Whether the letters have the sizes that the notes give them (v has m entries, W is m × n), and
        layers may be left out: W for W^ℓ. Only statements of the book are judged in this way.

    Attributes
    ----------
    used : set of str
        Letters that the formulas judged so far contain.
    """

    def __init__(self, given: Mapping, notes: bool = False):
        self.values: dict[str, np.ndarray] = {}
        self.functions: dict[str, Callable] = {}
        self.parameters: dict[str, tuple[str, ...]] = {}
        self.changes: dict[str, np.ndarray] = {}
        self.moves: dict[str, np.ndarray] = {}
        self.signs: dict = {}
        self.notes, self.used, self._known = notes, set[str](), dict[str, np.ndarray]()
        for key, value in given.items():
            self._take(plain(key), value)
        for name, function in self.functions.items():
            names = _arguments(function)
            if names and all(one in self.values or one in self.functions for one in names):
                self.parameters[name] = names
        for name in self.parameters:
            self._acyclic(name, ())

    def _take(self, name, value):
        if name in ("star", "step"):
            self.signs[name] = value
        elif name.startswith("Δ") and len(name) > 1:
            self.changes[name[1:]] = _array(name, value)
        elif callable(value) and not isinstance(value, np.ndarray):
            self.functions[name] = value
        else:
            self.values[name] = _array(name, value)

    def _acyclic(self, name, above):
        if name in above:
            raise FormulaError(f"{name} depends on itself: {' → '.join((*above, name))}")
        for one in self.parameters.get(name, ()):
            self._acyclic(one, (*above, name))

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self.functions

    def names(self) -> frozenset:
        """The letters that are given, for the reader: a longer name among them is one letter."""
        return frozenset((*self.values, *self.functions))

    def is_pure(self, name: str) -> bool:
        """A function of something that is no letter here, such as f=np.tanh."""
        return name in self.functions and name not in self.parameters

    def define(self, name: str, parameters: tuple[str, ...], function: Callable) -> None:
        """Take a letter that the formula itself defines: y in ``y = A x ⟹ …``."""
        self.functions[name], self.parameters[name] = function, parameters

    def value(self, name: str, changed: Mapping | None = None, frozen: tuple = ()):
        """The value of a letter in the reader's own shape.

        Parameters
        ----------
        name : str
        changed : mapping of str to array, optional
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
        found = called(name, self.functions[name], arguments, self.parameters[name])
        if not any(isinstance(x, Traced) for x in (*arguments, found)) and not inner:
            self._known[name] = found
        return found

    def missing(self, name: str) -> None:
        """Refuse, because a letter has no value."""
        if name in self.functions:
            lacking = [one for one in _arguments(self.functions[name]) or () if one not in self]
            if lacking and len(lacking) < len(_arguments(self.functions[name])):
                raise FormulaError(f"{name} is a function of {', '.join(_arguments(self.functions[name]))}, and "
                                   f"{', '.join(lacking)} has no value: give {lacking[0]}=…, too")
            raise FormulaError(f"{name} is a function here: write it with its argument, or name its argument after "
                               f"a letter that has a value, {name}=lambda v: …")
        raise FormulaError(f"{name} has no value: give {name}=…, a number, an array or a function")

    def depends(self, name: str, on) -> bool:
        """Whether a letter depends on one of several others, directly or not."""
        return name in on or any(self.depends(one, on) for one in self.parameters.get(name, ()))

    def bases(self, name: str) -> list[str]:
        """Letters with values of their own that a letter depends on."""
        if name in self.parameters:
            return [base for one in self.parameters[name] for base in self.bases(one)]
        return [name] if name in self.values else []

    def idle(self) -> list[str]:
        """Letters that were given, and that no formula needs."""
        needed, waiting = set(), list(self.used)
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += self.parameters.get(name, ())
        return [name for name in (*self.values, *self.functions) if name not in needed]

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a letter with the axes that the notes count."""
        return counted(np.shape(self.value(name)))

    def sizes(self, used: set[str], labels: Mapping[str, set]) -> dict[str, int]:
        """The sizes that the letters have: whole numbers that are given, and for the book those of the notes.

        Parameters
        ----------
        used : set of str
            Size letters that the formula uses.
        labels : mapping of str to set of str
            Letters of the formula, and the layers they are written with.
        """
        explicit = {name: int(value) for name, value in self.values.items()
                    if np.shape(value) == () and float(value).is_integer() and len(name) == 1}
        return explicit if not self.notes else self._noted(used, labels, explicit) | explicit

    def _noted(self, used, labels, explicit):
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
        return known


def called(name: str, function: Callable, arguments: list, words: tuple = ()):
    """A function of the reader at its arguments, as an array; what it refuses is told in the formula's letters."""
    try:
        found = function(*arguments)
        if isinstance(found, list | tuple):
            found = np.stack(list(found))
        elif not isinstance(found, Traced):
            found = np.asarray(found)
            if found.dtype == object:
                found = np.reshape(np.stack(list(found.flat)), found.shape)
    except (FormulaError, BudgetError):
        raise
    except Exception as error:  # noqa: BLE001 - the function is the reader's own
        if words:
            shapes = ", ".join(f"{one} of shape {np.shape(value)}" for one, value in zip(words, arguments, strict=True))
            raise FormulaError(f"{name} cannot be computed from {shapes}: {error}") from error
        shapes = " and ".join(str(np.shape(one)) if np.ndim(one) else "one number" for one in arguments)
        raise FormulaError(f"{name} cannot take {shapes} ({error})") from error
    return found


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


def draw(shapes: Mapping, seed: int = 0) -> dict[str, np.ndarray]:
    """Random values for letters, so that an identity can be tried.

    Parameters
    ----------
    shapes : mapping of str to tuple of int, int or str
        ``()`` for a number, ``3`` for a vector, ``(3, 2)`` for a matrix, ``"symmetric 3"``, ``"positive 3"``
        (symmetric with positive eigenvalues), ``"orthogonal 3"``, ``"diagonal 3"``, ``"positive"`` (a number above 0).
    seed : int, optional
        Another seed, other values.

    Returns
    -------
    dict of str to array

    Examples
    --------
    >>> {name: value.shape for name, value in draw({"x": 3, "A": (3, 2), "S": "symmetric 3"}).items()}
    {'x': (3,), 'A': (3, 2), 'S': (3, 3)}
    """
    random = np.random.default_rng(seed)
    return {name: _drawn(name, shape, random) for name, shape in shapes.items()}


def _drawn(name, shape, random):
    if not isinstance(shape, str):
        return np.round(random.normal(size=shape), 3) + 0.0
    kind, *sizes = shape.split()
    n = int(sizes[0]) if sizes else None
    square = random.normal(size=(n, n) if n else ())
    made = {"symmetric": lambda: (square + square.T) / 2, "positive": lambda: square @ square.T + n * np.eye(n) / 4
            if n else np.exp(square / 2), "orthogonal": lambda: np.linalg.qr(square)[0],
            "diagonal": lambda: np.diag(np.diag(square))}
    if kind not in made or (n is None and kind != "positive"):
        raise FormulaError(f"{name}: a shape is (3, 2), 3, (), or one of {', '.join(made)} with a size, not {shape!r}")
    return made[kind]()


def letters_of(formula: str) -> dict[str, str]:
    r"""The letters of a formula for which values are needed, and what they look like.

    Parameters
    ----------
    formula : str

    Returns
    -------
    dict of str to str
        Letter -> ``"number"``, ``"vector"``, ``"matrix"`` or ``"function"``: a guess from how it is written, so
        that a page can offer fields. Indices and letters that the formula itself defines are left out.

    Raises
    ------
    FormulaError
        The formula cannot be read.

    Examples
    --------
    >>> letters_of(r"\nabla_x (x^\top A x) = (A + A^\top) x")
    {'x': 'vector', 'A': 'matrix'}
    """
    parts = read(formula)
    everything = [node for part in parts for node in walk(part)]
    indices = {one.name for node in everything if node.kind == "sub" for index in node.parts[1:] for one in walk(index)
               if one.kind == "letter"} | {node.parts[1].name for node in everything if node.kind in ("large", "limit")}
    indices = {name for name in indices if name in _INDICES or name in ("n", "m", "h")}
    functions = {node.parts[k].name for node in everything if node.kind == "product"
                 for k in range(len(node.parts) - 1) if node.parts[k].kind == "letter"
                 and node.parts[k].name in "fghLJφσψU" and node.parts[k + 1].kind == "paren"}
    functions |= {part.name for node in everything if node.kind == "prime" for part in node.parts
                  if part.kind == "letter" and part.name in "fghφσψ"}
    functions |= {node.parts[0].name for node in everything if node.kind in ("derivative", "gradient")
                  and node.parts[0].kind == "letter"}
    defined = {name for name in _defined(parts)}
    found = {}
    for node in everything:
        name = node.name
        if node.kind not in ("letter", "named") or name in BUILT_IN | indices | defined or name in FUNCTIONS:
            continue
        found[name] = "function" if name in functions else _look(name, everything)
    return found


def _defined(parts):
    """Letters that stand alone on the left of a premise: y in ``y = A x ⟹ …``."""
    for part in parts:
        for node in walk(part):
            arrows = node.kind == "flow" and any(one.kind == "arrow" and one.name == "⟹" for one in node.parts)
            for one in node.parts[:1] if arrows else node.parts if node.kind == "condition" else ():
                if one.kind == "chain" and one.parts[0].parts[0].kind == "letter":
                    yield one.parts[0].parts[0].name


def _look(name, everything):
    if name[0].isupper() and name[0] not in "LJNT":
        return "matrix"
    if name[0] in "αβγδεηκλμρτωcst" and not any(
            node.kind in ("transpose", "norm") and node.parts[0].kind == "letter" and node.parts[0].name == name
            for node in everything):
        return "number"
    return "vector"


