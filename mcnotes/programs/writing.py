"""Expressions as lines of Python: which get a name and a line, how they are called, how they are written."""

import keyword
import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..engine.calls import name_of
from .expression import Expression, number_of

#: More steps than this do not stand in one line.
MOST_STEPS = 5
#: Neither do more letters, by and large.
WIDEST = 70
#: Arrays of at most so many entries are written out where they have no name.
WRITTEN = 12

_INFIX = {np.add: ("+", 1), np.subtract: ("-", 1), np.multiply: ("*", 2), np.divide: ("/", 2), np.matmul: ("@", 2),
          np.remainder: ("%", 2), np.floor_divide: ("//", 2), np.less: ("<", 0), np.less_equal: ("<=", 0),
          np.greater: (">", 0), np.greater_equal: (">=", 0), np.equal: ("==", 0), np.not_equal: ("!=", 0),
          np.bitwise_and: ("&", -1), np.bitwise_or: ("|", -1)}
_ATOM = 5
#: Functions that are written as methods, where they follow a name: NumPy takes half as long.
_METHODS = {np.sum, np.max, np.min, np.prod}
#: Steps that cost nothing to read.
_LIGHT = {"T", "getitem", np.negative, "astype", np.broadcast_to}


@dataclass
class Line:
    """One line of a program.

    Attributes
    ----------
    code : str
    shape : tuple or None
        Of what it makes.
    section : str or None
        The section of the notes that teaches it.
    note : str or None
        Why it is shorter than one would expect.
    """

    code: str
    shape: tuple | None = None
    section: str | None = None
    note: str | None = None


class Writer:
    """Writes the lines for some expressions.

    Parameters
    ----------
    taken : iterable of str
        Names that are in use.
    """

    def __init__(self, taken):
        self.taken, self.names, self.inside, self.constants = set(taken), {}, {}, {}
        self.uses, self.lines = {}, []

    def free(self, name, numbered=False):
        """A name like this that is not in use; with a number where there are several."""
        if numbered or name in self.taken or keyword.iskeyword(name) or name == "np":
            stem, start = (name + "_", 2) if name[-1:].isdigit() else (name, 1)
            while f"{stem}{start}" in self.taken:
                start += 1
            name = f"{stem}{start}"
        self.taken.add(name)
        return name

    # Which expressions stand on a line of their own ---------------------------------------------------------

    def count(self, wanted):
        """How often each expression is used by those that are needed; the needed ones in order."""
        stack, needed = list(wanted), set()
        for x in wanted:
            self.uses[x] = self.uses.get(x, 0) + 1
        while stack:
            x = stack.pop()
            if x in needed:
                continue
            needed.add(x)
            for part in x.operands():
                self.uses[part] = self.uses.get(part, 0) + 1
                stack.append(part)
        return sorted(needed, key=lambda x: x.place)

    def decide(self, needed, keep):
        """The expressions with a line of their own: those named, used twice, or too long for one line."""
        own, steps, widths = set(), {}, {}
        for x in needed:
            if x.call in ("input", "constant", "number"):
                steps[x], widths[x] = 0, 1 + len(x.name or "c1")
                continue
            parts = [part for part in x.operands() if part not in own]
            while True:
                total = sum(steps[part] for part in parts) + (x.call not in _LIGHT and not _coefficient(x))
                width = self._width(x) + sum(widths[part] if part in parts else 6 for part in x.operands())
                heavy = max(parts, key=lambda part: widths[part] * (steps[part] > 0), default=None)
                if heavy is None or not steps[heavy] or total <= MOST_STEPS and width <= WIDEST:
                    break
                own.add(heavy)
                parts = [part for part in parts if part is not heavy]
            widths[x] = width
            steps[x] = total
            light = x.call in _LIGHT and all(part.call in ("input", "constant") or part in own
                                             for part in x.operands())
            if x in keep or x.call == "placed" or self.uses[x] > 1 and not light and not _small(x):
                own.add(x)
        return own

    def _width(self, x):
        """About how many letters a step adds to its operands."""
        if not callable(x.call) or x.call in _INFIX or x.call in (np.power, np.negative):
            return 4
        return 3 + len(name_of(x.call)) + 12 * len(x.options) + (12 if x.call in (np.full, np.ones) else 0)

    def fixed(self, needed):
        """The sums and products of constants alone: they are made once, above the function."""
        alone, found = set(), set()
        for x in needed:
            parts = x.operands()
            if x.call == "constant" or parts and x.call != "placed" and all(
                    part in alone or part.call == "number" for part in parts):
                alone.add(x)
                if callable(x.call) and x.call not in _INFIX and x.call not in (
                        np.negative, np.copy, np.power, np.broadcast_to) \
                        or x.call is np.matmul:
                    found.add(x)
        return found

    def fixed_line(self, x):
        """The line above the function for a step of constants alone."""
        text = self.expression(x)[0]
        self.names[x] = self.free("c", True)
        return [Line(f"{self.names[x]} = {text}", x.shape)]

    # How they are written ---------------------------------------------------------------------------------

    def text(self, x, level=-2, call=False):
        """An operand as text, in brackets where it binds less than `level`."""
        if not isinstance(x, Expression):
            return self.plain(x, call)
        if x in self.names:
            return self.names[x]
        if x.call == "number":
            found, own = self.plain(x.args[0], call), _ATOM if x.args[0] >= 0 else 3
        elif x.call == "constant":
            return self.constant(x)
        else:
            found, own = self.expression(x)
        return f"({found})" if own < level else found

    def plain(self, x, call=False):
        """A thing that is not an expression: a number, an axis, a list of parts."""
        if isinstance(x, bool | np.bool_):
            return str(bool(x))
        if isinstance(x, float | np.floating):
            x = float(x)
            if x == np.inf or x == -np.inf or x != x:
                return "np.inf" if x > 0 else "-np.inf" if x < 0 else "np.nan"
            return repr(x) if call or x != int(x) or abs(x) > 1e6 else str(int(x))
        if isinstance(x, int | np.integer):
            return str(int(x))
        if isinstance(x, list):
            return f"[{', '.join(self.text(part, call=True) for part in x)}]"
        if isinstance(x, tuple):
            return f"({', '.join(self.text(part, call=True) for part in x)}{',' * (len(x) == 1)})"
        if isinstance(x, type):
            return x.__name__
        if isinstance(x, np.dtype):
            return repr(x.name)
        return repr(x)

    def expression(self, x):
        """The text of a call, and how strongly it binds."""
        call, args = x.call, x.args
        if call in _INFIX and not x.options:
            return self.infix(x)
        if call is np.negative:
            return f"-{self.signed(args[0])}", 3
        if call is np.power and not x.options:
            return f"{self.text(args[0], _ATOM)}**{self.text(args[1], 4)}", 4
        if call is np.logical_not:
            return f"~{self.text(args[0], _ATOM)}", 3
        if call == "T":
            return f"{self.text(args[0], _ATOM)}.T", _ATOM
        if call == "getitem":
            return f"{self.text(args[0], _ATOM)}[{', '.join(map(self.key, args[1])) or '()'}]", _ATOM
        if call is np.broadcast_to and args[0].ndim == 0:
            value = number_of(args[0])
            name = {0.0: "zeros", 1.0: "ones"}.get(value, "full")
            shape = self.plain(args[1][0] if len(args[1]) == 1 else args[1])
            return f"np.{name}({shape}{'' if value in (0.0, 1.0) else ', ' + self.text(args[0], call=True)})", _ATOM
        if call == "astype":
            return f"{self.text(args[0], _ATOM)}.astype({self.plain(args[1])})", _ATOM
        if call in _METHODS and isinstance(args[0], Expression) and args[0].ndim:
            found = self.text(args[0])
            if re.fullmatch(r"\w+(\.T|\[[^\[\]()]*\])*", found):
                given = [self.text(part, call=True) for part in args[1:]]
                given += [f"{name}={self.text(part, call=True)}" for name, part in x.options.items()]
                return f"{found}.{call.__name__}({', '.join(given)})", _ATOM
        function = {"array": "np.array", "logaddexp.reduce": "np.logaddexp.reduce", np.absolute: "np.abs"}.get(call) \
            or name_of(call)
        given = [self.text(part, call=True) for part in args]
        given += [f"{name}={self.text(part, call=True)}" for name, part in x.options.items()]
        return f"{function}({', '.join(given)})", _ATOM

    def infix(self, x):
        sign, level = _INFIX[x.call]
        a, b = x.args
        if x.call is np.multiply and (known := number_of(a)) is not None:
            part = _fraction(known)
            if part:
                front = "-" * (known < 0) + (f"{abs(part[0])} * " if abs(part[0]) != 1 else "")
                return f"{front}{self.signed(b) if front else self.text(b, 2)} / {part[1]}", 2
            return f"{self.plain(known)} * {self.signed(b)}", 2
        left, right = level, level + 1
        if x.call is np.matmul:
            left = right = 3
            if isinstance(a, Expression) and a.call is np.matmul and a not in self.names:
                left = 2
        elif x.call in (np.multiply, np.divide):
            for side in (0, 1):
                part = x.args[side]
                if isinstance(part, Expression) and part.call is np.matmul:
                    left, right = (3, right) if side == 0 else (left, 3)
            if x.call is np.multiply and isinstance(b, Expression) and b.call in (np.multiply, np.divide):
                right = 2
        elif x.call is np.add:
            right = 1
        elif level < 1:
            left = right = 1
        return f"{self.text(a, left)} {sign} {self.text(b, right)}", level

    def signed(self, x):
        """A product behind a sign or a number, which must not meet a whole matrix, nor truth values."""
        front = x
        while isinstance(front, Expression) and front.call in (np.multiply, np.divide) and front not in self.names:
            front = front.args[0]
        whole = isinstance(front, Expression) and (
            front not in self.names and front.call is np.matmul or np.result_type(front.value).kind == "b")
        return self.text(x, _ATOM if whole else 2)

    def key(self, part):
        """One part of an index."""
        if part is None or part is Ellipsis:
            return "None" if part is None else "..."
        if isinstance(part, slice):
            ends = ["" if end is None else self.text(end) for end in (part.start, part.stop, part.step)]
            return ":".join(ends[:2] if part.step is None else ends)
        if isinstance(part, Expression) and part.call == "constant":
            return self.constant(part, key=True)
        return self.text(part)

    def places(self, key):
        """An index as a tuple is written outside of brackets."""
        return ", ".join(f"slice({part.start}, {part.stop}, {part.step})" if isinstance(part, slice) else self.key(part)
                         for part in key)

    def constant(self, x, key=False):
        """The name of a constant; one without a name is called c1, c2, ... or written out."""
        if x not in self.names:
            if x.name is None and x.size <= 4 and x.ndim == 1:
                return repr(x.value.tolist()) if key else f"np.array({x.value.tolist()!r})"
            self.names[x] = self.free(x.name) if x.name else self.free("c", True)
            self.constants[self.names[x]] = x.value
        return self.names[x]

    def line(self, name, x):
        """The lines that give a name to an expression."""
        section = x.section
        if x.call != "placed":
            return [Line(f"{name} = {self.expression(x)[0]}", x.shape, section, x.note)]
        shape, keys, parts = x.args
        found = [Line(f"{name} = np.zeros({self.plain(shape[0] if len(shape) == 1 else shape)})", x.shape, section)]
        for key, part in zip(keys, parts, strict=True):
            where = ", ".join(map(self.key, key)) or "()"
            if all(k is None or isinstance(k, int | slice) or isinstance(k, Expression) and k.value.dtype == bool
                   for k in key):
                found.append(Line(f"{name}[{where}] += {self.text(part)}", np.shape(part.value), section))
            else:
                found.append(Line(f"np.add.at({name}, {where if len(key) == 1 else f'({self.places(key)})'}, "
                                  f"{self.text(part)})", np.shape(part.value), section))
        return found


def _fraction(x):
    """A number as a quotient of small whole numbers, where that is shorter to read; else None."""
    if len(repr(abs(x))) <= 5 or abs(x) > 1e6:
        return None
    near = Fraction(x).limit_denominator(10**6)
    return (near.numerator, near.denominator) if near and abs(float(near) - x) <= 1e-15 * abs(x) and \
        abs(near.numerator) < 100 else None


def _coefficient(x):
    """Whether a step is a product with a number."""
    return x.call in (np.multiply, np.divide) and any(number_of(part) is not None for part in x.args)


def _small(x):
    """Whether a step may be written twice: a coefficient of a number, a sign."""
    return x.call in ("number", "constant")


def label(name):
    """A name as part of another: letters, digits and underscores."""
    return re.sub(r"\W", "_", name).strip("_") or "x"


# The order of the lines -----------------------------------------------------------------------------------

def ordered(own, needed, forward, back):
    """Expressions with lines in order; a forward one that only the way back uses stands before its first use there."""
    first = {}
    for x in needed:
        for part in x.operands():
            first.setdefault(part, x.place)
    return sorted(own, key=lambda x: (max(first.get(x, forward), forward) - 0.5 if x in back and x.place < forward
                                      else x.place, x.place))


def early(own, outputs):
    """Expressions in order, with outputs before others as soon as all that they need is there."""
    made, found = set(own), {}
    for x in own:
        for output in outputs:
            if output in made and all(part in found for part in lines_below(output, made)):
                found[output] = None
        found[x] = None
    return list(found)


def lines_below(x, made):
    """The nearest expressions below one that have a line of their own."""
    for part in x.operands():
        if part in made:
            yield part
        else:
            yield from lines_below(part, made)
