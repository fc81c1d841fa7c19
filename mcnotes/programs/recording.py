"""A function's steps as expressions, with the names that its author gave them."""

import inspect
import sys

import numpy as np

from ..engine.asking import REDUCTIONS
from ..engine.constants import UnsupportedError
from ..engine.stepped import Stepped
from ..engine.steps import Steps
from ..engine.trace import trace
from ..engine.traced import Traced
from .expression import Expression, Sheet, leaves
from .opening import opens, rewritten


class Watched(Steps):
    """Steps, with the operands as they were passed and the names that pointed to them."""

    def __init__(self, f):
        super().__init__()
        self.code, self.passed, self.names, self.decisions = getattr(f, "__code__", None), [], {}, []

    def noted(self, tape, function, rule, *args, **options):
        if self.depth == 0:
            self.look()
        self.passed.append((args, options))
        return super().noted(tape, function, rule, *args, **options)

    def beside(self, tape, function, args, options, result):
        if self.depth == 0:
            self.look()
        self.passed.append((args, options))
        super().beside(tape, function, args, options, result)

    def decided(self, x):
        self.decisions.append((len(self), x, np.array(x.value if isinstance(x, Traced) else x)))

    def look(self):
        """Note which names the author's variables have now; those of f itself count before those of what it calls."""
        frame, rank = sys._getframe(2), 1
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            own = frame.f_code is self.code
            if own or not module.startswith(("mcnotes.engine", "mcnotes.programs", "numpy")):
                for name, x in list(frame.f_locals.items()):
                    self.point(name, x, 0 if own else rank)
                rank += 1
            if own:
                break
            frame = frame.f_back

    def point(self, name, x, rank):
        if isinstance(x, Traced | np.ndarray | float):
            known = self.names.get(id(x))
            if known is None or rank < known[1]:
                self.names[id(x)] = name, rank, x

    def inputs(self, count):
        """The names that the author's variables gave to the inputs, or None for each."""
        found = [None] * count
        for name, _, x in sorted(self.names.values(), key=lambda known: -known[1]):
            if isinstance(x, Traced) and x.position < count:
                found[x.position] = name
        return found

    def name_of(self, x):
        known = self.names.get(id(x))
        return known[0] if known and known[2] is x else None


class Recording:
    """A function of arrays, seen once.

    Attributes
    ----------
    sheet : Sheet
    inputs : list of Expression
    result : Expression
    flat : set of Expression
        Steps that have no slope anywhere.
    guards : list of (Expression, array)
        What decided the way, and the values with which it did.
    """

    def __init__(self, f, run, points):
        self.sheet, self.steps, self.at, self.stepped, kept = Sheet(), Watched(f), {}, {}, []
        self.numbers, self.flat = {}, set()
        self._captured = _captured(f)

        def seen(*arguments):
            kept.append(run(*arguments))
            return kept[0]
        self.inputs = [self.sheet.leaf("input", np.array(point)) for point in points]
        self.at.update(enumerate(self.inputs))
        self.tape, _ = trace(seen, points, self.steps)
        self._read()
        self.result = self.operand(kept[0], kept[0])
        if isinstance(self.result, list | tuple):
            self.result = self.sheet.make("array", list(self.result))
        if not isinstance(self.result, Expression):
            self.result = self.sheet.operand(np.array(self.result, dtype=float)) if np.ndim(self.result) else \
                self.sheet.number(float(self.result))
        self.guards = [(self.operand(x, x), value) for _, x, value in self.steps.decisions]

    def _read(self):
        """Turn the outermost steps into expressions; of a step that is made of others, these."""
        level = 0
        for step, (args, options) in zip(self.steps, self.steps.passed, strict=True):
            if step.depth > level:
                continue
            level = step.depth
            if opens(step.function, step.args, step.options):
                level += 1
                continue
            plain = isinstance(step.result, Stepped)
            try:
                given = [self.operand(copy, x) for copy, x in zip(step.args, args, strict=True)]
                named = {name: self.operand(copy, options[name]) for name, copy in step.options.items()}
                self.remember(step.result, self.made(step.function, given, named))
            except (TypeError, ValueError, KeyError):
                if not plain:           # what has no slope may not be needed
                    raise

    def made(self, function, args, options):
        """The expression of one step, in the form in which it is written."""
        if function == "getitem":
            return self.sheet.make("getitem", args[0], args[1] if isinstance(args[1], tuple) else (args[1],))
        if function is np.transpose and len(args) == 1 and not options and args[0].ndim <= 2:
            return args[0] if args[0].ndim < 2 else self.sheet.make("T", args[0])
        if isinstance(function, np.ufunc) or function in OF_ARRAYS:
            args = [self.array(x) for x in args]
        if isinstance(function, tuple):
            if function not in REDUCTIONS:
                raise UnsupportedError(f"{function[0].__name__}.{function[1]}")
            function, options = REDUCTIONS[function], {"axis": 0, **options}
        if function is np.ptp:
            return self.sheet.make(np.max, *args, **options) - self.sheet.make(np.min, *args, **options)
        function = CANONICAL.get(function, function)
        other = rewritten(self.sheet, function, args, options)
        return self.sheet.make(function, *args, **options) if other is None else other

    def array(self, x):
        """A list among operands that are arrays."""
        if not isinstance(x, list | tuple):
            return x
        return self.sheet.make("array", list(x)) if any(leaves(x)) else self.sheet.operand(np.array(x))

    def remember(self, result, made):
        if isinstance(result, Traced):
            self.at.setdefault(result.position, made)
            name = self.steps.name_of(result)
            if name and made.name is None and made.call not in ("input", "constant", "number"):
                made.name = name
        elif isinstance(result, Stepped):
            self.stepped[id(result)] = made, result
            self.flat.add(made)
            name = self.steps.name_of(result)
            if name and made.name is None and made.call != "constant":
                made.name = name
        elif isinstance(result, tuple | list):
            starts = _starts(made) if made.call in SPLITS else None
            for k, part in enumerate(result):
                self.remember(part, self.sheet.make("item", made, k) if starts is None else self.sheet.make(
                    "getitem", made.args[0], starts[k]))

    def operand(self, copy, x):
        """An operand as an expression, or as it is where it is a number or says how."""
        if isinstance(x, Traced):
            if x.tape is not self.tape or x.position not in self.at:
                raise UnsupportedError("f takes a derivative itself, and a derivative of a derivative has no program "
                                       "yet; use mc.hessian(f, at), or mc.derivative(f, at) at each point")
            return self.at[x.position]
        if isinstance(x, Stepped):
            made, _ = self.stepped.get(id(x), (None, None))
            if made is None or not np.array_equal(np.asarray(x), made.value):
                raise UnsupportedError(
                    "a value without a slope (a comparison, a sign, a position) went through a function that a program "
                    "cannot follow, or was changed in place; use NumPy's functions on it, such as np.where")
            return made
        if isinstance(x, np.ndarray) and x.dtype == object:
            return self.sheet.make("array", self.operand(list(x), list(x)))
        if isinstance(x, np.ndarray):
            return self.constant(np.asarray(copy) if isinstance(copy, np.ndarray) else np.asarray(x), x)
        if isinstance(x, list | tuple):
            return type(x)(map(self.operand, copy, x)) if type(x) in (list, tuple) else x
        if isinstance(x, float) and (name := self._captured.get(id(x), (None, None))[0]):
            return self.constant(np.float64(x), x, name)
        return x.item() if isinstance(x, np.generic) else x

    def constant(self, value, x, name=None):
        """A constant, with the name under which f knows it."""
        if np.ndim(value) == 0:
            return self.numbers.setdefault(name, self.sheet.leaf("constant", value, name)) if name else float(value)
        name = name or self._captured.get(id(x), (None,))[0] or self.steps.name_of(x)
        for call, y in () if name else self._near(x):
            return self.sheet.make(call, self.constant(y.copy(), y))
        made = self.sheet.operand(value)
        if name and made.name is None:
            made.name = name
        return made


    def _near(self, x):
        """The array with a name that this one is the transpose or the opposite of."""
        known = [thing for _, thing in self._captured.values()] + [thing for *_, thing in self.steps.names.values()]
        for y in known:
            if not isinstance(y, np.ndarray) or y is x:
                continue
            if x.ndim == y.ndim == 2 and x.shape == y.shape[::-1] and x.strides == y.strides[::-1] and \
                    x.__array_interface__["data"] == y.__array_interface__["data"]:
                yield "T", y
            elif x.shape == y.shape and y.dtype.kind == "f" and np.array_equal(x, -y):
                yield np.negative, y


#: Functions with arrays only among what is passed by place.
OF_ARRAYS = {np.dot, np.inner, np.vdot, np.outer, np.convolve, np.linalg.solve, np.where, np.linalg.matmul}
#: Functions that cut an array into pieces.
SPLITS = {np.split: 0, np.array_split: 0, np.vsplit: 0, np.hsplit: 1, np.dsplit: 2}
#: Functions that are another one by another name.
CANONICAL = {np.amax: np.max, np.amin: np.min, np.linalg.outer: np.outer, np.linalg.matmul: np.matmul}


def _starts(step):
    """The index of each piece that a step cuts."""
    x, axis = step.args[0], step.options.get("axis", step.args[2] if len(step.args) > 2 else SPLITS[step.call])
    axis = axis % x.ndim if step.call is not np.hsplit or x.ndim > 1 else 0
    ends = np.cumsum([0] + [np.shape(part)[axis] for part in step.value])
    return [(slice(None),) * axis + (slice(int(ends[k]), int(ends[k + 1])),) for k in range(len(step.value))]


def _value(x):
    return x.value if isinstance(x, Expression) else x


def _captured(f):
    """What f finds outside of itself: identity -> (name, thing)."""
    try:
        found = inspect.getclosurevars(f)
    except (TypeError, ValueError):
        return {}
    named = {**found.globals, **found.nonlocals}
    return {id(x): (name, x) for name, x in named.items() if isinstance(x, np.ndarray | float)}
