"""The way back through the recorded expressions, with the engine's own rules (X.7, X.19 to X.23).

Added are the author's names, a line for each named step, the section that teaches it, and the softmax's short form.
"""

import inspect
import math
import sys

import numpy as np

from ..engine.core import Tape, Traced, UnsupportedError, collect, put, real
from ..engine.rules.elementwise import SLOPES, Scale
from ..engine.rules.reductions import over_of
from ..engine.structure import Structure, fresh
from ..shapes import counted
from .expression import LEAVES, Expression, Sheet, plus, split

#: Arrays of at most so many entries are written entry by entry, when they came about so.
FEW = 12


# Forward --------------------------------------------------------------------------------------------------

#: Where the names of variables are not the author's.
_OURS = ("mcnotes.engine", "mcnotes.programs", "numpy")


class Watching(list):
    """The nodes of a program's tape; when one is put there, expressions get the names of the author's variables."""

    def __init__(self, code):
        super().__init__()
        self.code, self.named = code, set()

    def append(self, node):
        super().append(node)
        frame, own = sys._getframe(1), False
        while frame is not None and not own:
            own = frame.f_code is self.code             # the names that f itself gives count before others
            if own or not frame.f_globals.get("__name__", "").startswith(_OURS):
                self._name(frame.f_locals, own)
            frame = frame.f_back

    def _name(self, variables, own):
        for name, x in list(variables.items()):
            x = x.value if isinstance(x, Traced) else x
            if isinstance(x, Expression) and x.call not in LEAVES and x not in self.named and (own or not x.name):
                x.name = name
                if own:
                    self.named.add(x)


class ProgramTape(Tape):
    """A tape for expressions: constants become expressions, with the names by which `f` knows them."""

    def __init__(self, f):
        super().__init__()
        self.sheet, self.nodes = Sheet(_captured(f)), Watching(getattr(f, "__code__", None))

    def constant(self, x):
        if isinstance(x, Expression | float):
            return x
        x = x if isinstance(x, np.ndarray) and x.dtype == float else real(x)
        return self.sheet.constant(x) if np.ndim(x) else float(x)

    def record(self, f, points):
        """Run f; the expressions of its inputs and of its result."""
        inputs = [self.sheet.enter("input", (), {}, np.array(point)) for point in points]
        y = collect(f(*[put(self, x, ()) for x in inputs]))
        if not isinstance(y, Traced):
            return inputs, self.sheet.operand(np.asarray(y, float), numbers=True)
        if y.tape is not self or not isinstance(y.value, Expression):
            raise UnsupportedError("f takes a derivative itself, and a derivative of a derivative has no program; "
                                   "use mc.hessian(f, at), or mc.derivative(f, at) at each point")
        return inputs, y.value


def _captured(f):
    """What f finds outside of itself: identity -> (name, thing)."""
    try:
        found = inspect.getclosurevars(f)
    except (TypeError, ValueError):
        return {}
    named = {**found.globals, **found.nonlocals}
    return {id(x): (name, x) for name, x in named.items() if isinstance(x, np.ndarray | float)}


# Backward -------------------------------------------------------------------------------------------------

def walk(tape, inputs, result):
    """What arrived at each step and each input, and the section that teaches it: two dicts.

    For a scalar result, expressions travel, in the shape of each step; else structures whose factors are expressions,
    and at an input there are the axes that the notes count, those of the input first.
    """
    sheet, nodes, outer = tape.sheet, tape.nodes, counted(result.shape)
    sheet.simplifies, scalar = True, outer == ()
    first: dict = {}
    for k, (value, _) in enumerate(nodes):
        first.setdefault(value, k)
    special = _softmaxes([value for value, _ in nodes if isinstance(value, Expression)])
    start = np.broadcast_to(sheet.number(1.0), result.shape) if scalar else Structure.identity(result.shape)
    arrived = {first[result]: start} if result in first else {}
    sections, loss = {}, scalar
    for k in range(max(arrived, default=-1), -1, -1):
        if k not in arrived:
            continue
        y, vjps = nodes[k]
        back = arrived[k] = _settled(y, arrived[k])
        if loss and back.closed:                        # the first that has a line is the loss derivative
            loss = False
            sections[k] = "X.22" if sections.get(k) == "X.22" else "X.19"
        if y in special:
            vjps = [(first[special[y][0]], special[y][1])]
        for n, (parent, vjp) in enumerate(vjps):
            parent = first[nodes[parent][0]]
            part = vjp.pull(back) if scalar else vjp.pull_structure(back)
            sections[parent] = _section(y, n, vjp, sections.get(k))
            if parent in arrived:
                part = plus(arrived[parent], part) if scalar else Structure.total([arrived[parent], part])
            arrived[parent] = part
    reached = {nodes[k][0]: _factor(back) for k, back in arrived.items()}
    for k, x in enumerate(inputs):
        back = arrived.get(k, sheet.number(0.0))
        reached[x] = _finished(back if isinstance(back, Expression) else _dense(sheet, back),
                               x.shape if scalar else (*counted(x.shape), *outer))
    return reached, {nodes[k][0]: section for k, section in sections.items()}


def _settled(step, back):
    """What arrives at a step with a name gets a line of its own; what is no work, and a diagonal, stays as it is."""
    if not step.name or step.call in LEAVES:
        return back
    if isinstance(back, Expression):
        copied = back.args[0] if back.call is np.broadcast_to else back
        back.closed = copied.call != "number"
        return back
    ties = [len(set(map(id, term.axes))) < len(term.axes) for term in back.terms]
    if not ties or len(ties) == 1 and (not back.terms[0].factors or ties[0] and len(counted(step.shape)) == 1):
        return back
    dense = _dense(step.sheet, back)
    dense.closed = True
    return Structure.of(dense, back.inner, back.outer)


def _dense(sheet, structure):
    return sheet.operand(structure.dense(), numbers=True)


def _factor(back):
    """What a line gives a name to: an expression, or the one factor of a structure; None where there are more."""
    if isinstance(back, Expression):
        return back
    factors = [x for term in back.terms for x, _ in term.factors] if len(back.terms) == 1 else []
    return factors[0] if len(factors) == 1 and isinstance(factors[0], Expression) else None


def _section(step, place, vjp, before):
    """The section of the notes that teaches a VJP; some hand on what arrives, with its section."""
    if isinstance(vjp, Softmax):
        return "X.22"
    if step.call is np.matmul:
        return "X.20" if vjp.mine == "ij" and place == 0 else "X.21"
    bias = isinstance(vjp, Scale) and vjp.shape != vjp.out
    if step.call in ("T", "getitem", np.reshape) or step.call in (np.add, np.subtract) and not bias:
        return before
    return "X.23" if step.call in SLOPES else None


def _finished(back, shape):
    """What arrived at an input, in its shape, as real numbers."""
    sheet, parts = back.sheet, _entries(back)
    back = back if parts is None else sheet.make("array", parts)
    if back.shape != shape:
        back = np.reshape(back, shape) if back.size == math.prod(shape) else np.broadcast_to(back, shape)
    return back if back.dtype.kind == "f" else sheet.make("astype", back, float)


def _entries(g):
    """The entries of an array that was put together from numbers at known places; None for any other."""
    if g.call != "placed" or not 0 < g.ndim <= 2 or g.size > FEW:
        return None
    found: dict = {}
    for key, part in zip(*g.args[1:], strict=True):
        places = [k.value if isinstance(k, Expression) else k for k in key]
        if len(key) != g.ndim or not all(isinstance(k, int | np.integer | np.ndarray) for k in places):
            return None
        for m, place in enumerate(zip(*map(np.ravel, np.broadcast_arrays(*places)), strict=True)):
            entry = part if part.ndim == 0 else np.reshape(part, (-1,))[m]
            place = tuple(int(k) % n for k, n in zip(place, g.shape, strict=True))
            found[place] = plus(found[place], entry) if place in found else entry
    rows = [[found.get((*row, k), 0.0) for k in range(g.shape[-1])] for row in np.ndindex(g.shape[:-1])]
    return rows if g.ndim == 2 else rows[0]


# Softmax --------------------------------------------------------------------------------------------------

class Softmax:
    """The VJP of a softmax p, or of its logarithm: p * (g - the sum of p * g), or g - p * (the sum of g)."""

    def __init__(self, p, axes, logarithm):
        self.p, self.axes, self.logarithm = p, axes, logarithm

    def pull(self, g):
        p = self.p
        if not self.logarithm:
            return p * (g - self._along(p * g))
        factor, g = split(g)
        g = p.sheet.make(np.ones, p.shape) if g is None else g
        total = self._along(g)
        if g.call == "constant" and np.all(total.value == 1.0):     # P - T
            back = factor * (g - p)
            back.note = f"{g.name or 'the constant'} adds up to 1"
            return back
        return factor * (g - p * total)

    def _along(self, x):
        return np.sum(x, axis=self.axes, keepdims=self.axes != tuple(range(len(self.axes))))

    def pull_structure(self, s):
        p, count = self.p, self.p.ndim
        own = s if self.logarithm else s.each(p.shape, lambda term: term.scaled(p, count))

        def shared(term):
            labels = {d: fresh() for d in self.axes}
            inner = [labels.get(d, index) for d, index in enumerate(term.axes[:count])]
            sizes = {**term.sizes, **{label: p.shape[d] for d, label in labels.items()}}
            return term.inward(inner, count, sizes=sizes).scaled(-p, count)
        return Structure([*own.terms, *map(shared, own.terms)], p.shape, s.outer)


def _softmaxes(steps):
    """The steps that end a softmax, or its logarithm, each with what it is of and its VJP."""
    found, known = {}, set(steps)
    for step in steps:
        logarithm = step.call is np.log
        p = step.args[0] if logarithm else step
        axes = _axes_of_softmax(p)
        if axes and (z := _exponent(p.args[0].args[0], axes)) in known:
            found[step] = z, Softmax(p, axes, logarithm)
    return found


def _axes_of_softmax(p):
    """The axes along which a quotient is exponentials over their sum, or None."""
    e, total = p.args if isinstance(p, Expression) and p.call is np.divide else (None, None)
    if not isinstance(e, Expression) or e.call is not np.exp or not isinstance(total, Expression) \
            or total.call is not np.sum or total.args[0] is not e:
        return None
    axis = total.options.get("axis")
    axes = over_of(tuple(axis) if isinstance(axis, list) else axis, e.ndim)
    return axes if total.ndim in (0, e.ndim) or axes == tuple(range(len(axes))) else None


def _exponent(u, axes):
    """What an exponential is of, without what is the same along the axes."""
    if isinstance(u, Expression) and u.call is np.subtract:
        z, off = u.args
        shape = (1,) * (u.ndim - np.ndim(off)) + np.shape(off)
        if getattr(z, "shape", None) == u.shape and all(shape[k] == 1 for k in axes):
            return z
    return u
