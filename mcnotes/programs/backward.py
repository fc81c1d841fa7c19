"""The way back: from the result of a program to its inputs, one step after the other (X.7, X.19 to X.23).

For a scalar result what travels is an expression for each step, of its shape, or one
that broadcasts to it. For a vector result it is the derivative of the result by
the step, held as it came about: nothing but a diagonal while all steps were
element-wise (X.22), single columns while each output depends on its own step, and
a matrix (axes of the step, then the output) from there on.
"""

import numpy as np
from numpy.linalg import inv, slogdet

from ..engine.asking import name_of
from ..engine.constants import UnsupportedError
from ..shapes import counted
from . import pulls as _pulls  # noqa: F401  (fills PULLS)
from .expression import Expression, number_of, plus, split, times, transposed
from .patterns import LAZY, of_a_vector, patterns
from .shaping import PULLS, full, lifted, summed
from .slopes import OWN, SLOPES, slopes

#: Steps that take a derivative as it is, also when it is a number that stands for every entry.
_LAZY = {np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.linalg.norm, np.broadcast_to, np.trace,
         np.linalg.det, "logaddexp.reduce", "item", "getitem"}
#: Steps that put entries elsewhere: a number that stands for every entry stays what it is.
_MOVES = {"array", np.stack, np.concatenate, np.hstack, np.vstack, np.column_stack, "T", np.transpose, np.swapaxes,
          np.moveaxis, np.reshape, np.ravel, np.squeeze, np.expand_dims, np.flip, np.roll}
#: Steps that do not follow their operands, so that nothing goes back through them.
FLAT = {"input", "constant", "number"}


class Way:
    """A walk back from one result; `reached` holds what arrived at each step."""

    def __init__(self, sheet, named):
        self.sheet, self.named, self.reached, self.special = sheet, named, {}, {}

    def add(self, step, back):
        known = self.reached.get(step)
        self.reached[step] = back if known is None else self.joined(known, back, step.shape)

    def walk(self, result, first, follows):
        """Carry what arrived at the result back to the inputs; `follows` are the steps that depend on one."""
        self.special = patterns(follows)
        self.reached = {result: first}
        for step in sorted(follows, key=lambda step: -step.place):
            back = self.reached.get(step)
            if back is None:
                continue
            self.sheet.section = _section(step, back)
            back = self.reached[step] = self.settled(step, back)
            if step.call == "input":
                continue
            for operand, part in self.pulled(step, back):
                if operand in follows:
                    self.add(operand, part)
        self.sheet.section = None
        return self.reached

    def pulled(self, step, back):
        """The operands of a step and what arrives at them."""
        try:
            if step in self.special:
                self.sheet.section = "X.22"             # softmax, and softmax with cross entropy
                yield from self.through(step, back, self.special[step])
                return
            local = slopes(step)
            if local is not None:
                for operand, slope in local:
                    if isinstance(operand, Expression) and operand.call not in FLAT - {"input"}:
                        if step.call in (np.add, np.subtract) and operand.shape != step.shape:
                            self.sheet.section = "X.23"             # a bias
                        yield operand, self.scaled(back, step.shape, slope, operand.shape)
                return
            if step.call not in PULLS:
                raise UnsupportedError("")
            yield from self.through(step, back, PULLS[step.call])
        except UnsupportedError as error:
            what = f"{described(step)} {error}".strip()
            raise UnsupportedError(f"{what} has no line in a program yet; {advice(step)}mc.derivative(f, at) at each "
                                   "point") from None


class ScalarWay(Way):
    """The result is a number."""

    def joined(self, one, other, shape):
        return plus(one, other)

    def settled(self, step, back):
        if step.name and step in self.named and isinstance(back, Expression) and back.call != "number":
            back = full(back, step.shape, self.sheet)
            first = not any(x.closed for x in self.reached.values() if isinstance(x, Expression))
            _, rest = split(back)
            if first and back.section != "X.22" and rest.call is not np.sum:        # softmax, and a bias
                back.section = "X.19"
            back.section = back.section or rest.section
            back.closed = True
        return back

    def scaled(self, back, came, slope, shape):
        return summed(back if slope is None else times(slope, back), came, shape, 0, self.sheet)

    def through(self, step, back, pull):
        if step.call in _MOVES and not isinstance(back, Expression):
            yield from ((operand, back) for operand in step.operands())
            return
        lazy = step.call in _LAZY and (not isinstance(back, Expression) or back.ndim in (0, step.ndim)) or \
            pull in LAZY and not isinstance(back, Expression)
        yield from pull(step, back if lazy else full(back, step.shape, self.sheet), 0)

    def finished(self, step):
        """What arrived at an input, in its shape."""
        g = self.reached.get(step, 0.0)
        parts = entries(g, step.shape)
        return finished(g, step.shape, self.sheet) if parts is None else self.sheet.make("array", parts)


#: Vectors of at most so many entries are written entry by entry, when they came about so.
FEW = 6


def entries(g, shape):
    """The entries of a vector that was put together from numbers at known places; None for any other."""
    if number_of(g) == 0 and len(shape) == 1 and shape[0] <= FEW:
        return [0.0] * shape[0]
    if not isinstance(g, Expression) or g.call != "placed" or g.ndim != 1 or g.size > FEW or not all(
            len(key) == 1 and isinstance(key[0], int) for key in g.args[1]):
        return None
    found = [0.0] * g.size
    for (k,), part in zip(*g.args[1:], strict=True):
        found[k] = plus(found[k], part)
    return found


def finished(g, shape, sheet):
    """An expression or number in full, as real numbers."""
    g = full(g, shape, sheet)
    return g if np.result_type(g.value).kind == "f" else sheet.make("astype", g, float)


class VectorWay(Way):
    """The result is a vector of n entries. What travels is a pair of a form and expressions.

    ("diagonal", d), where d is None for the identity; ("columns", {k: expression}); ("matrix", expression)
    with the axes of the step as the notes count them, and then one for the outputs.
    """

    def __init__(self, sheet, named, n):
        super().__init__(sheet, named)
        self.n, self.scalar = n, ScalarWay(sheet, named)

    def matrix(self, back, shape):
        """Any form as a matrix, in full."""
        form, x = back
        whole = (*counted(shape), self.n)
        if form == "matrix":
            return full(x, whole, self.sheet)
        if form == "diagonal":
            if x is None:
                return self.sheet.make(np.eye, self.n)
            d = full(x, shape, self.sheet)
            self.sheet.section = "X.22"
            return self.sheet.make(np.diag, d if d.ndim == 1 else d[:, 0])
        rows = [entries(x.get(k, 0.0), shape) for k in range(self.n)]
        if None not in rows and any(x[k] is not None and number_of(x[k]) is None for k in x) and self.n <= FEW:
            return self.sheet.make("array", list(map(list, zip(*rows, strict=True))))
        parts = [finished(x.get(k, 0.0), shape, self.sheet) for k in range(self.n)]
        if shape == ():
            return self.sheet.make("array", parts)
        if len(counted(shape)) < len(shape):
            return self.sheet.make(np.hstack, [part if shape != (1, 1) else part[:, 0] for part in parts])
        return self.sheet.make(np.stack, parts, axis=len(shape))

    def joined(self, one, other, shape):
        if one[0] == other[0] == "columns":
            both = dict(one[1])
            for k, x in other[1].items():
                both[k] = plus(both[k], x) if k in both else x
            return "columns", both
        if one[0] == other[0] == "diagonal":
            return "diagonal", plus(*(1.0 if back[1] is None else back[1] for back in (one, other)))
        if one[0] == other[0] == "matrix":
            return "matrix", plus(one[1], other[1])
        if {one[0], other[0]} == {"diagonal", "matrix"}:
            parts = [back[1] if back[0] == "matrix" else self.matrix(back, shape) for back in (one, other)]
            return "matrix", plus(*parts)
        return "matrix", plus(self.matrix(one, shape), self.matrix(other, shape))

    def settled(self, step, back):
        if back[0] == "columns" and len(back[1]) > 1 and not (step.shape == () and step.call in ("getitem", "input")):
            back = "matrix", self.matrix(back, step.shape)
        if step.name and step in self.named and back[0] == "matrix":
            back = "matrix", full(back[1], (*counted(step.shape), self.n), self.sheet)
            back[1].closed = True
        return back

    def scaled(self, back, came, slope, shape):
        form, x = back
        if form == "columns":
            return form, {k: self.scalar.scaled(part, came, slope, shape) for k, part in x.items()}
        if form == "diagonal" and came == shape:
            return form, x if slope is None else slope if x is None else times(slope, x)
        if form == "diagonal" and shape == ():
            d = full(1.0 if slope is None and x is None else x if slope is None else slope if x is None
                     else times(slope, x), came, self.sheet)
            return "matrix", d if d.ndim == 1 else d[:, 0]
        matrix = x if form == "matrix" else self.matrix(back, came)
        column = len(counted(came)) < len(came)
        if slope is not None:
            if column and isinstance(slope, Expression) and slope.ndim == 2 and counted(came) == ():
                slope = slope[0, 0]
            matrix = times(slope if column else lifted(slope, 1), matrix)
        if came == shape:
            return "matrix", matrix
        matrix = full(matrix, (*counted(came), self.n), self.sheet) if column else matrix
        return "matrix", self.counted(summed(self.whole(matrix, came), came, shape, 1, self.sheet), shape)

    def whole(self, matrix, shape):
        """A matrix with all axes of the step as they are."""
        if counted(shape) == shape or not isinstance(matrix, Expression):
            return matrix
        return matrix[:, None] if counted(shape) else matrix[None, None]

    def counted(self, matrix, shape):
        if counted(shape) == shape or not isinstance(matrix, Expression):
            return matrix
        if matrix.ndim < len(shape) + 1:
            matrix = full(matrix, (*shape, self.n), self.sheet)
        return matrix[:, 0] if counted(shape) else matrix[0, 0]

    def through(self, step, back, pull):
        form, x = back
        if form == "columns":
            for k, part in x.items():
                for operand, g in self.scalar.through(step, part, pull):
                    yield operand, ("columns", {k: g})
            return
        if form == "diagonal" and step.call in ("array", np.stack) and step.ndim == 1:
            for k, part in enumerate(step.args[0]):
                if isinstance(part, Expression):
                    yield part, ("columns", {k: 1.0 if x is None else full(x, step.shape, self.sheet)[k]})
            return
        if step.call is np.matmul:
            known = self.product(step, back)
            if known is not None:
                yield from known
                return
        if form == "diagonal" and step in self.special and of_a_vector(step, pull):
            yield from ((operand, ("matrix", g)) for operand, g in pull(step, x, "diagonal"))
            return
        g = self.whole(self.matrix(back, step.shape), step.shape)
        for operand, part in pull(step, g, 1):
            yield operand, ("matrix", self.counted(part, operand.shape))

    def product(self, step, back):
        """The link of a product with a vector or a column: the matrix itself, turned (X.21)."""
        a, b = step.args
        if a.ndim != 2 or step.ndim > 1 and len(counted(step.shape)) != 1 or step.size != step.shape[0]:
            return None                                 # not a matrix times a vector or a column
        self.sheet.section = "X.21"
        form, x = back
        if form == "diagonal":
            link = transposed(a)
            if x is not None:
                d = full(x, step.shape, self.sheet)
                link = times(link, transposed(d))
        else:
            link = transposed(a) @ full(x, (*counted(step.shape), self.n), self.sheet)
        found = [(b, ("matrix", link if counted(b.shape) else link[0]))]
        if a.call != "constant":
            matrix = self.matrix(back, step.shape)
            if a.call == "T":
                a, back = a.args[0], times(b[:, None, None] if b.ndim == 1 else b[:, :, None], matrix)
            else:
                back = times(matrix[:, None], b[:, None] if b.ndim == 1 else b)
            found.append((a, ("matrix", self.counted(back, a.shape))))
        return found

    def finished(self, step):
        back = self.reached.get(step)
        if back is None:
            return self.sheet.make(np.zeros, (*counted(step.shape), self.n))
        return finished(self.matrix(back, step.shape), (*counted(step.shape), self.n), self.sheet)


def _section(step, back):
    """The section of the notes whose link a step is; a move belongs to the link before it."""
    if step.call in (np.add, np.subtract):
        return None                         # what arrives is handed on as it is
    if step.call in OWN or step.call in SLOPES:
        return "X.23"
    return getattr(back, "section", None) if step.call == "T" else None


def described(step):
    """A step as a message names it."""
    if step.call == "item":
        return described(step.args[0])
    words = {"getitem": "x[...]", "array": "np.array of parts", "T": "x.T"}
    return words.get(step.call) or name_of(step.call)


#: What does the same as a step without a line, or comes near.
_INSTEAD = {
    np.interp: "write each piece of the line, chosen by np.where",
    np.partition: "use np.sort",
    np.nan_to_num: "use np.where(np.isfinite(x), x, 0)",
    np.pad: "build the border with np.concatenate",
    np.average: "use np.sum(w * x) / np.sum(w)",
    np.std: "use np.sqrt(np.var(...))",
    np.diag: "take a vector's entries with an index, x[np.arange(n), np.arange(n) + k]",
    np.diagonal: "take its entries with an index, x[np.arange(n), np.arange(n)]",
    np.convolve: "add up shifted pieces, x[1:] * k[0] + x[:-1] * k[1]",
    np.lib.stride_tricks.sliding_window_view: "stack the pieces, np.stack([x[k:k + n] for k in range(count)])",
    np.linalg.pinv: "use np.linalg.inv(X.T @ X) @ X.T, for a matrix with independent columns",
    np.linalg.solve: "use np.linalg.inv(A) @ B",
    np.prod: "multiply the entries one by one",
    np.cumprod: "multiply the entries one by one",
    **dict.fromkeys((np.linalg.det, slogdet, inv), "take one matrix at a time"),
    **dict.fromkeys((np.atleast_1d, np.atleast_2d, np.atleast_3d), "call it for one array at a time"),
    **dict.fromkeys((np.linalg.cholesky, np.linalg.eigh, np.linalg.eigvalsh, np.linalg.svd, np.linalg.svdvals),
                    "its derivative takes more than a line or two; use np.linalg.slogdet, np.linalg.inv or np.trace "
                    "where these say the same"),
}


def advice(step):
    """What to do in place of a step that has no line."""
    call = step.args[0].call if step.call == "item" else step.call
    general = ("write it with steps that have one (arithmetic, @, sums and means, exp and its relatives, indexing, "
               "stack, norm, inv, slogdet)")
    return _INSTEAD.get(call, general) + ", or use "
