"""Numbers that follow from a traced array and have no slope: comparisons, signs, positions.

They behave as the plain arrays that they are. But when one of them decides where
a program goes on (``if``, ``max(...)``, a position), the tape is told: what was
recorded then holds for the way that was taken.
"""

import numpy as np


class Stepped(np.ndarray):
    """A plain array that remembers which tapes it came from."""

    tapes = ()

    def __array_finalize__(self, other):
        self.tapes = getattr(other, "tapes", ())

    def decide(self):
        """Tell the tapes that these values decided something; the values as a plain array."""
        for tape in self.tapes:
            tape.branched = True
            if tape.steps is not None:
                tape.steps.decided(self)
        return np.asarray(self)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if any(hasattr(x, "tape") for x in inputs):
            return NotImplemented
        if out is not None:
            options["out"] = tuple(np.asarray(x) for x in out)
        found = getattr(ufunc, method)(*(np.asarray(x) if isinstance(x, Stepped) else x for x in inputs), **options)
        if out is not None:
            return out[0]
        return noted(stepped(found, inputs), ufunc if method == "__call__" else (ufunc, method), inputs, options)

    def __array_function__(self, function, types, args, options):
        found = super().__array_function__(function, types, args, options)
        return found if found is NotImplemented else noted(stepped(found, (self,)), function, args, options)

    def __getitem__(self, key):
        return noted(stepped(np.asarray(self)[key], (self,)), "getitem", (self, key), {})

    def astype(self, dtype, **options):
        return noted(stepped(np.asarray(self).astype(dtype, **options), (self,)), "astype", (self, dtype), options)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __bool__(self):
        return bool(self.decide())

    def __int__(self):
        return int(self.decide())

    def __index__(self):
        return self.decide().__index__()

    def __float__(self):
        return float(self.decide())

    def __hash__(self):
        return hash(self.decide()[()])

    def item(self, *place):
        return self.decide().item(*place)

    def tolist(self):
        return self.decide().tolist()


def stepped(found, sources, *tapes):
    """A result (or a tuple or list of results) with the tapes of those it came from."""
    if isinstance(found, tuple | list):
        return type(found)(stepped(part, sources, *tapes) for part in found)
    if not isinstance(found, np.ndarray | np.generic | bool | int | float):
        return found
    view = np.asarray(found).view(Stepped)
    met = {id(tape): tape for source in (found, *sources) for tape in getattr(source, "tapes", ())}
    view.tapes = (*met.values(), *tapes)
    return view


def noted(found, function, args, options):
    """A result without a slope, noted by the tapes that note their steps."""
    for tape in getattr(found, "tapes", ()):
        if tape.steps is not None:
            tape.steps.beside(tape, function, args, options, found)
    return found


def decided(key):
    """An index (a number, an array, or a tuple of them) in which stepped arrays have become plain: they decide."""
    if isinstance(key, tuple):
        return tuple(decided(part) for part in key)
    if isinstance(key, Stepped):
        plain = key.decide()
        return plain if plain.ndim else plain[()]
    if isinstance(key, list) and any(isinstance(part, Stepped) for part in key):
        return [decided(part) for part in key]
    return key
