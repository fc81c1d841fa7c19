"""Expressions as lines of Python: which get a name and a line, how they are called, how they are written."""

import ast
import re
from collections import Counter
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ..engine.calls import name_of
from .expression import INFIX, LEAVES, REDUCTIONS, Expression, number_of, valued

#: More letters than this do not stand in one line, by and large.
WIDEST = 70
#: Arrays of at most so many entries are written out where they have no name.
WRITTEN = 12

#: Functions that are written as methods, where they follow a name: NumPy takes half as long.
_METHODS = REDUCTIONS - {np.mean}
#: Steps that cost nothing to read.
_LIGHT = {*LEAVES, "T", "getitem", np.negative, "astype", np.broadcast_to}


# Which expressions have a line -----------------------------------------------------------------------------

def count(wanted):
    """How often each expression that is needed is used, in the order in which they were made."""
    uses = Counter(wanted)
    stack = list(uses)
    while stack:
        for part in stack.pop().operands():
            if part not in uses:
                stack.append(part)
            uses[part] += 1
    return {x: uses[x] for x in sorted(uses, key=lambda x: x.place)}


def decide(uses, keep):
    """The expressions with a line of their own: those to keep, used twice, or too long for one line."""
    own, widths = set(), {}
    for x in uses:
        parts = [part for part in x.operands() if part not in own and part.call not in LEAVES]
        while True:
            widths[x] = _width(x) + sum(6 if part in own else widths[part] for part in x.operands())
            if widths[x] <= WIDEST or not parts:
                break
            own.add(max(parts, key=widths.get))
            parts = [part for part in parts if part not in own]
        light = x.call in _LIGHT and all(part.call in LEAVES or part in own for part in x.operands())
        if x.call not in LEAVES and (x in keep or x.call == "placed" or uses[x] > 1 and not light):
            own.add(x)
    return own


def _width(x):
    """About how many letters a step adds to its operands."""
    if x.call in LEAVES:
        return 1 + len(x.name or "c1")
    if not callable(x.call) or x.call in INFIX or x.call is np.negative:
        return 4
    return 3 + len(name_of(x.call)) + 12 * len(x.options)


def early(own, outputs, backward):
    """Expressions, forward ones first; outputs stand before others as soon as all that they need is there."""
    found, outputs = {}, [x for x in outputs if x in own and x in backward]
    for x in sorted(own, key=lambda x: (x in backward, x.place)):
        for output in outputs:
            if all(part in found for part in lines_below(output, own)):
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


# How they are written -------------------------------------------------------------------------------------

class Line(NamedTuple):
    """One line of a program: its code, the shape of what it makes, the section that teaches it, why it is short."""

    code: str
    shape: tuple | None = None
    section: str | None = None
    note: str | None = None


class Writer:
    """Writes expressions, those that have a name as their name."""

    def __init__(self, inputs):
        self.names, self.constants = {x: x.name for x in inputs}, {}
        self.taken = set(self.names.values())

    def free(self, name, numbered=False):
        """A name like this that is not in use; with a number where there are several."""
        if numbered or name in self.taken or name == "np":
            stem, start = (name + "_", 2) if name[-1:].isdigit() else (name, 1)
            while f"{stem}{start}" in self.taken:
                start += 1
            name = f"{stem}{start}"
        self.taken.add(name)
        return name

    def text(self, x, call=False):
        """An operand as text, in brackets; :func:`tidy` takes away those that are not needed."""
        if not isinstance(x, Expression):
            return self.plain(x, call)
        args = x.args
        if x in self.names:
            return self.names[x]
        if x.call == "number":
            return self.plain(args[0], call)
        if x.call == "constant":
            return self.constant(x)
        if x.call is np.negative:
            return self.coefficient(-1.0, args[0])
        if x.call is np.multiply and number_of(args[0]) is not None:
            return self.coefficient(number_of(args[0]), args[1])
        if x.call in INFIX and not x.options:
            return f"({self.text(args[0])} {INFIX[x.call]} {self.text(args[1])})"
        if x.call == "T":
            return f"{self.text(args[0])}.T"
        if x.call == "getitem":
            return f"{self.text(args[0])}[{self.key(args[1])}]"
        if x.call == "astype":
            return f"{self.text(args[0])}.astype({self.plain(args[1])})"
        if x.call is np.broadcast_to and args[0].ndim == 0:
            known = {0.0: "zeros", 1.0: "ones"}.get(number_of(args[0]))
            shape = self.plain(args[1][0] if len(args[1]) == 1 else args[1])
            return f"np.{known}({shape})" if known else f"np.full({shape}, {self.text(args[0], call=True)})"
        given = [self.text(part, call=True) for part in args]
        given += [f"{name}={self.text(part, call=True)}" for name, part in x.options.items()]
        if x.call in _METHODS and args[0].ndim and re.fullmatch(r"[a-zA-Z]\w*(\.T|\[[^\[\]()]*\])*", given[0]):
            return f"{given[0]}.{x.call.__name__}({', '.join(given[1:])})"
        return f"{'np.abs' if x.call is np.absolute else name_of(x.call)}({', '.join(given)})"

    def coefficient(self, factor, x):
        """A number times an expression, as a quotient where that is shorter. Truth values have no sign."""
        front = x
        while isinstance(front, Expression) and front.call in (np.multiply, np.divide) and front not in self.names:
            front = front.args[0]
        number, divisor = _fraction(factor) or (self.plain(factor), 1)
        if str(number) == "1":
            found = self.text(x)
        elif str(number) in ("-1", "(-1)") and np.result_type(valued(front)).kind != "b":
            found = f"-{self.text(x)}"
        else:
            found = f"{number} * {self.text(x)}"
        return f"({found})" if divisor == 1 else f"({found} / {divisor})"

    def plain(self, x, call=False):
        """A thing that is not an expression: a number, an axis, a list of parts."""
        if isinstance(x, np.generic):
            x = x.item()
        if isinstance(x, float):
            if not np.isfinite(x):
                return "np.nan" if x != x else "np.inf" if x > 0 else "(-np.inf)"
            found = repr(x) if call or x != int(x) or abs(x) > 1e6 else str(int(x))
            return found if x >= 0 else f"({found})"
        if isinstance(x, list | tuple):
            inside = ", ".join(self.text(part, call=True) for part in x)
            return f"[{inside}]" if isinstance(x, list) else f"({inside}{',' * (len(x) == 1)})"
        return x.__name__ if isinstance(x, type) else repr(x.name if isinstance(x, np.dtype) else x)

    def key(self, parts):
        """An index, without its brackets."""
        found = []
        for part in parts:
            if isinstance(part, slice):
                ends = ["" if end is None else self.text(end) for end in (part.start, part.stop, part.step)]
                found.append(":".join(ends[:2] if part.step is None else ends))
            elif isinstance(part, Expression) and part.call == "constant":
                found.append(self.constant(part, key=True))
            else:
                found.append("..." if part is Ellipsis else self.text(part))
        return ", ".join(found) or "()"

    def constant(self, x, key=False):
        """The name of a constant; one without a name is called c1, c2, ... or written out."""
        if x not in self.names:
            if x.name is None and x.size <= 4 and x.ndim == 1:
                return repr(x.value.tolist()) if key else f"np.array({x.value.tolist()!r})"
            self.names[x] = self.free(x.name) if x.name else self.free("c", True)
            self.constants[self.names[x]] = x
        return self.names[x]

    def line(self, name, x, section):
        """The lines that give a name to an expression."""
        if x.call != "placed":
            return [Line(tidy(f"{name} = {self.text(x)}"), x.shape, section, x.note)]
        shape, keys, parts = x.args
        found = [Line(f"{name} = np.zeros({self.plain(shape[0] if len(shape) == 1 else shape)})", x.shape, section)]
        for key, part in zip(keys, parts, strict=True):
            if all(k is None or isinstance(k, int | slice) or isinstance(k, Expression) and k.dtype == bool
                   for k in key):
                code = f"{name}[{self.key(key)}] += {self.text(part)}"
            else:                                                       # several may meet at one place
                places = ", ".join(repr(k) if isinstance(k, slice) else self.key([k]) for k in key)
                code = f"np.add.at({name}, ({places}), {self.text(part)})"
            found.append(Line(tidy(code), part.shape, section))
        return found


def tidy(code):
    """A line of Python with the brackets that it needs.

    >>> tidy("y = (-((2 * (a ** 2)) * (b / c)))")
    'y = -2 * a**2 * b / c'
    """
    return ast.unparse(_Flat().visit(ast.parse(code))).replace(" ** ", "**")


class _Flat(ast.NodeTransformer):
    """a * (b / c) becomes a * b / c, a + (b - c) becomes a + b - c, -(a * b) becomes -a * b; (A @ B) / c stays."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        right = node.right
        for outer, inner in ((ast.Mult, ast.Mult | ast.Div), (ast.Add, ast.Add | ast.Sub)):
            if isinstance(node.op, outer) and isinstance(right, ast.BinOp) and isinstance(right.op, inner):
                return ast.BinOp(self.visit_BinOp(ast.BinOp(node.left, node.op, right.left)), right.op, right.right)
        signs = [type(part.op) for part in (node, node.left) if isinstance(part, ast.BinOp)]
        if set(signs) in ({ast.MatMult, ast.Mult}, {ast.MatMult, ast.Div}):     # a reader would not know which is first
            node.left = ast.Name(f"({ast.unparse(node.left)})")
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        product = node.operand
        if not isinstance(node.op, ast.USub) or not isinstance(product, ast.BinOp) or not isinstance(
                product.op, ast.Mult | ast.Div):
            return node
        return ast.BinOp(self.visit_UnaryOp(ast.UnaryOp(node.op, product.left)), product.op, product.right)


def _fraction(x):
    """A number as a quotient of small whole numbers, where that is shorter to read; else None."""
    if len(repr(abs(x))) <= 5 or abs(x) > 1e6:
        return None
    near = Fraction(x).limit_denominator(10**6)
    return (near.numerator, near.denominator) if near and abs(float(near) - x) <= 1e-15 * abs(x) and \
        abs(near.numerator) < 100 else None
