"""The derivative of a function as a NumPy program that one could have written (X.19 to X.23)."""

import html
from operator import attrgetter

import numpy as np

from ..derivative import chosen, derivative, filled, form_of, places
from ..engine.constants import UnsupportedError
from ..shapes import counted
from .backward import ScalarWay, VectorWay
from .expression import Expression
from .naming import argument_names, leaf_names, packed
from .ordering import early, lines_below, ordered
from .recording import Recording
from .writing import WRITTEN, Line, Writer, label

_FLOAT, _LOOK = np.dtype(float), attrgetter("__class__", "shape", "dtype")


def program(f, at, *, wrt=None, value=False):
    """Write the derivative of a NumPy function out as a NumPy program.

    The function is called once, and its steps are noted. What comes out prints as
    a short function: the steps forward, as far as they are needed, then the steps
    back, each with its shape. The printed text is what runs. It holds for all
    arguments of the same shapes, and calling it records nothing.

    Parameters
    ----------
    f : callable
        A function of NumPy arrays, as for :func:`mcnotes.derivative`, made of
        arithmetic, element-wise functions, sums and means, products, transposes,
        broadcasting, indexing, stacking, sorting, norms, inverse and log-determinant.
        Without a line are the Cholesky factor, eigenvalues and singular values.
    at : number, array of any shape, list or dict of arrays, or tuple of these
        A point, as for :func:`mcnotes.derivative`. Its shapes count, and where `f`
        chooses its way by a value, its values.
    wrt : int or str, optional
        With several arguments: which one to differentiate by.
    value : bool, optional
        Whether the program returns the value of `f`, too, before the derivative.

    Returns
    -------
    Program
        Called like `f`, it returns the derivative: for a scalar result in the shape
        of the input, otherwise the axes of the input, then those of the output,
        where a column has one axis; a tuple, list or dict of them like `at`.

    Raises
    ------
    TypeError
        `f` has a step without a line; the message names it and says what to do.
    ValueError
        As for :func:`mcnotes.derivative`.

    Examples
    --------
    >>> print(program(lambda v: np.sum(np.sin(v) ** 2), np.array([1.0, 2.0, 3.0])))
    def derivative(v):
        # v (3,)
        by_v = 2 * np.cos(v) * np.sin(v)  # (3,)
        return by_v
    """
    return Program(f, at, wrt, value)


class Program:
    """A derivative as a program.

    Attributes
    ----------
    text : str
        The program, a function of the same arguments. It needs `np`, and the constants under their names.
    lines : list of Line
        Its lines, each with code, the shape of what it makes, and the section that teaches it.
    constants : dict
        Arrays that `f` found outside of itself, by name, as they were when it was recorded.
    shapes : dict
        Shape of each array that goes in, by name.

    Examples
    --------
    >>> found = program(lambda W, a: np.sum(np.tanh(W.T @ a)), (np.ones((4, 3)), np.ones(4)), wrt="W")
    >>> found(np.zeros((4, 3)), np.ones(4)).shape
    (4, 3)
    """

    def __init__(self, f, at, wrt=None, value=False):
        several = isinstance(at, tuple)
        arguments, points = at if several else (at,), []
        if not several and wrt is not None:
            raise TypeError("wrt= chooses among several arguments: pass them as a tuple, at=(W, a)")
        if not callable(f):
            raise TypeError(f"f must be a function of NumPy arrays, it was {type(f).__name__}")
        forms = [form_of(f"at[{k}]" if several else "at", x, points) for k, x in enumerate(arguments)]
        picked = chosen(f, wrt, len(arguments)) if several else [0]
        wanted = [place for k in picked for place in places(forms[k])]
        recording = Recording(f, lambda *arrays: f(*(filled(form, arrays) for form in forms)), points)
        self._several = several and wrt is None
        self._compose(f, forms, picked, wanted, recording, value)
        self._run = self._compiled()
        self._checked(f, at, wrt, value)

    def _compose(self, f, forms, picked, wanted, recording, value):
        sheet, inputs, result = recording.sheet, recording.inputs, recording.result
        arguments = argument_names(f, len(forms))
        unpack = leaf_names(arguments, forms, inputs, recording.steps.inputs(len(inputs)))
        forward = len(sheet.made)
        found = _backward(recording, [inputs[k] for k in wanted])
        outputs = {k: _own(x, sheet) for k, x in zip(wanted, found[0], strict=True)}
        found[1].update((inputs[k], x) for k, x in outputs.items())
        writer = Writer([*arguments, *(x.name for x in inputs)])
        writer.names.update({x: x.name for x in inputs})
        guards = [x for x, _ in recording.guards]
        ends = [*outputs.values(), *guards, *([result] if value else [])]
        needed = writer.count(ends)
        named = {x for x in needed if x.name and x.call not in ("input", "constant", "number")}
        used = {part for x in needed if x.place < forward for part in x.operands()} | {*guards, result}
        back = {}
        for step, x in sorted(found[1].items(), key=lambda pair: (bool(pair[0].name), pair[0].place)):
            if isinstance(x, Expression) and (x.place >= forward or not x.name and x not in used and x.operands()):
                back[x] = step
        keep = {*named, *(x for x, step in back.items() if step.name and x in needed),
                *(x for x in outputs.values() if x.call not in ("input", "constant", "number"))}
        fixed = writer.fixed(needed)
        own = writer.decide(needed, keep | fixed)
        partners = {back[x] for x in own if x in back and back[x] in needed} - own
        partners = {x for x in partners if x.call not in ("input", "constant", "number", "T", "getitem")}
        if partners:
            own = writer.decide(needed, keep | partners | fixed)
        above = [line for x in needed if x in fixed for line in writer.fixed_line(x)]
        order = early(ordered(own - fixed, needed, forward, back), [x for x in outputs.values() if x.place >= forward])
        lines = self._lines(writer, order, forward, back, recording.guards)
        returned = {k: writer.text(x) for k, x in outputs.items()}
        parts = [packed(forms[k], returned) for k in picked]
        end = ", ".join(parts) + "," * (self._several and len(parts) == 1)
        if value:
            end = f"{writer.text(result)}, {f'({end})' if self._several else end}"
        self.constants = writer.constants
        self.shapes = {x.name: x.shape for x in inputs}
        name = getattr(f, "__name__", "")
        self.name = f"derivative_of_{name}" if name.isidentifier() else "derivative"
        self._arguments, self._forms, self._shapes = arguments, forms, [x.shape for x in inputs]
        self._ready_for = tuple((np.ndarray if x.shape else np.float64, x.shape, _FLOAT) for x in inputs)
        shapes = Line("# " + ", ".join(f"{x.name} {_shape(x.shape)}" for x in inputs))
        self.lines = [*_heading(self.constants, recording), *above, Line(f"def {self.name}({', '.join(arguments)}):"),
                      *_indented([shapes, *unpack, *lines, Line(f"return {end}")])]
        self._told = _written(self.lines)
        self.text = "\n".join(self._told)

    @staticmethod
    def _lines(writer, own, forward, back, guards):
        """A line for each expression, in order."""
        lines, turn, told = [], True, [label(x.name) for x in own if x.name]
        pending, missing = list(guards), set(own)

        def guard_now():
            for guard in list(pending):
                if guard[0] not in missing and not missing & set(lines_below(guard[0], missing)):
                    pending.remove(guard)
                    lines.extend(_guarded(writer, *guard))
        guard_now()
        for x in own:
            if turn and (x.place >= forward or x in back):
                lines += [Line("# backward")] * bool(lines)
                turn = False
            step = back.get(x)
            if x.place < forward and x not in back:
                name = writer.free(label(x.name), told.count(label(x.name)) > 1) if x.name else writer.free("z", True)
            elif step is not None and (step.call == "input" or step in writer.names):
                name = writer.free("by_" + writer.names.get(step, step.name))
            else:
                name = writer.free("g", True)
            lines += writer.line(name, x)
            writer.names[x] = name
            missing.discard(x)
            guard_now()
        return lines

    def _compiled(self):
        space = {"np": np, **self.constants}
        exec(compile(self.text, f"<{self.name}>", "exec"), space)
        return space[self.name]

    def __call__(self, *arguments):
        """The derivative at a point.

        Parameters
        ----------
        *arguments : as `f` takes them
            Of the shapes with which the program was made.

        Raises
        ------
        ValueError
            An argument has another shape, or the point lies where `f` goes another way.
        """
        if len(arguments) != len(self._forms):
            raise TypeError(f"the program takes {len(self._forms)} arguments ({', '.join(self._arguments)}), "
                            f"it got {len(arguments)}")
        try:
            ready = tuple(map(_LOOK, arguments)) == self._ready_for
        except AttributeError:
            ready = False
        if not ready and not all(map(self._ready, self._forms, arguments)):
            arguments = [self._fitted(*each) for each in zip(self._arguments, self._forms, arguments, strict=True)]
        return self._run(*arguments)

    def _ready(self, form, x):
        """Whether an argument needs no second look."""
        if type(form) is int:
            return type(x) is np.ndarray and x.shape == self._shapes[form] and x.dtype is _FLOAT
        if type(x) is not type(form) or len(x) != len(form):
            return False
        if type(form) is dict:
            return x.keys() == form.keys() and all(self._ready(part, x[key]) for key, part in form.items())
        return all(map(self._ready, form, x))

    def _fitted(self, name, form, x):
        """An argument with arrays of the right shapes at its places."""
        points = []
        found = form_of(name, x, points)
        if type(found) is not type(form) or len(points) != len(places(form)):
            raise ValueError(f"{name} must have the form with which the program was made")
        for place, point in zip(places(form), points, strict=True):
            if np.shape(point) != self._shapes[place]:
                raise ValueError(f"{name} has an array of shape {np.shape(point)}; the program was made for shape "
                                 f"{self._shapes[place]}: make another with mc.program for other shapes")
        return filled(found, [point if np.ndim(point) else point[()] for point in points])

    def _checked(self, f, at, wrt, value):
        """Compare with the recorded derivative, at the point and beside it: what was fixed here must not move there."""
        random = np.random.default_rng(0)
        points = []
        arguments = at if isinstance(at, tuple) else (at,)
        again = [form_of("at", x, points) for x in arguments]
        beside = [np.asarray(x + 1e-3 * random.normal(size=np.shape(x)) * (1 + np.abs(x))) for x in points]
        for arrays, here in ((points, True), (beside, False)):
            filled_in = tuple(filled(form, [x if np.ndim(x) else x[()] for x in arrays]) for form in again)
            try:
                with np.errstate(all="ignore"):
                    wanted = derivative(f, filled_in if isinstance(at, tuple) else filled_in[0], wrt=wrt)
                    found = self._run(*filled_in)
            except ValueError:
                if here:
                    raise
                continue                            # beside a border of f, or another branch: nothing to compare
            found = found[1] if value else found
            wanted = wanted if self._several else (wanted,)
            found = found if self._several else (found,)
            for mine, theirs in zip(found, wanted, strict=True):
                if not _same(mine, theirs):
                    raise UnsupportedError(
                        "the program does not give what mc.derivative gives" + (
                            "" if here else " beside the point: f fixes something by its values there") +
                        "; use mc.derivative(f, at) at each point")

    def __str__(self):
        return self.text

    __repr__ = __str__

    def _repr_html_(self):
        return self.to_html()

    def to_html(self, page_of=None):
        """The text as HTML, with a mark at each line that a section of the notes teaches.

        Parameters
        ----------
        page_of : callable, optional
            Takes a section, such as ``"X.23"``, and gives the address of its page.

        Returns
        -------
        str
        """
        lines = (_html(line, text, page_of) for line, text in zip(self.lines, self._told, strict=True))
        return f"<pre class='mc-program' tabindex='0'>{''.join(lines)}</pre>"


def _same(mine, theirs):
    if isinstance(theirs, dict):
        return all(_same(mine[key], part) for key, part in theirs.items())
    if isinstance(theirs, list | tuple):
        return all(_same(*pair) for pair in zip(mine, theirs, strict=True))
    wanted = theirs.array if theirs.outer == () else theirs.tensor
    if np.shape(mine) != np.shape(wanted):
        return False
    wanted = np.asarray(wanted)
    return bool(np.allclose(mine, wanted, rtol=1e-7, atol=1e-9 * (1 + np.abs(wanted).max(initial=0))))


# Backward ---------------------------------------------------------------------------------------------------

def _backward(recording, inputs):
    """The derivative by each input, and what arrived at each step."""
    sheet, result = recording.sheet, recording.result
    follows = {x for x in inputs}
    for x in sheet.made:
        if x not in recording.flat and any(part in follows for part in x.operands()):
            follows.add(x)
    outer = counted(result.shape)
    named = {x for x in follows if x.name}
    if outer == ():
        way, last, first = ScalarWay(sheet, named), result, 1.0
    else:
        last = result
        if len(outer) > 1:
            last = sheet.make(np.reshape, result, (-1,))
            if result in follows:
                follows.add(last)
        n = int(np.prod(outer))
        way, first = VectorWay(sheet, named, n), ("diagonal", None)
    reached = way.walk(last, first, follows) if last in follows else {}
    found = [way.finished(x) for x in inputs]
    if len(outer) > 1:
        found = [sheet.make(np.reshape, g, (*counted(x.shape), *outer)) for x, g in zip(inputs, found, strict=True)]
    plain = {step: back if outer == () else back[1] for step, back in reached.items()}
    plain.update(zip(inputs, found, strict=True))
    return found, plain


def _own(x, sheet):
    """A result that shows no memory of an argument or a constant."""
    root = x
    while root.call in ("T", "getitem", np.reshape, np.transpose, "item"):
        root = root.args[0]
    return sheet.make(np.copy, x) if root.call in ("input", "constant") else x


# Text ------------------------------------------------------------------------------------------------------

def _guarded(writer, guard, known):
    """The lines that stop where a value decides otherwise than it did."""
    text = writer.text(guard, 1)
    if np.ndim(known) == 0 and known.dtype == bool:
        condition = f"not {text}" if known else writer.text(guard, 0)
        told = writer.text(guard) if known else f"not {text}"
    elif np.ndim(known) == 0:
        condition, told = f"{text} != {writer.plain(known[()])}", f"{text} == {writer.plain(known[()])}"
    else:
        there = writer.plain(known.tolist())
        condition, told = f"not np.array_equal({writer.text(guard)}, {there})", f"{text} is {there}"
    return [Line(f"if {condition}:"), Line(f"    raise ValueError({f'this program holds where {told}'!r})")]


def _heading(constants, recording):
    lines = []
    written = {x.name for x in recording.sheet.made if x.call == "constant" and x.name}
    told = []
    for name, x in constants.items():
        line = f"{name} = np.array({np.asarray(x).tolist()!r})" if np.size(x) <= WRITTEN else ""
        if name in written or not 0 < len(line) <= 100:
            told.append(f"{name} {_shape(np.shape(x))}")
        else:
            lines.append(Line(line, np.shape(x)))
    return [Line("# as recorded: " + ", ".join(told)), *lines] if told else lines


def _indented(lines):
    return [Line("    " + line.code, line.shape, line.section, line.note) for line in lines]


def _shape(shape):
    return f"{tuple(map(int, shape))}" if shape else "a number"


def _written(lines):
    """The lines as text, with the shapes in one column."""
    widths = [len(line.code) for line in lines if line.shape is not None]
    width = max((n for n in widths if n <= 72), default=0)
    return [line.code if line.shape is None else f"{line.code:{width}}  # {_shape(line.shape)}"
            + (f", as {line.note}" if line.note else "") for line in lines]


def _html(line, text, page_of):
    """One line as HTML; what stands behind # is a comment, and leads to the section."""
    if line.shape is None:
        return f"{html.escape(text)}\n"
    code, _, comment = text.partition("  # ")
    told = f"<span class='mc-shape'># {html.escape(comment)}</span>"
    if line.section:
        name = f"<a href='{page_of(line.section)}'>{line.section}</a>" if page_of else line.section
        told += f" <span class='mc-section' data-section='{line.section}'>{name}</span>"
    bare = code.rstrip()
    return (f"<span class='mc-program-line'><span class='mc-step'>{html.escape(bare)}</span><span class='mc-pad'>"
            f"{' ' * (len(code) - len(bare) + 2)}</span><span class='mc-told'>{told}</span></span>\n")
