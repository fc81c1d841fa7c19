"""The derivative of a function as a NumPy program that one could have written (X.19 to X.23)."""

import html
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..derivative import argument_names, derivative, points_of
from ..engine.core import UnsupportedError
from .backward import ProgramTape, walk
from .writing import WRITTEN, Line, Writer, count, decide, early, lines_below, tidy

_FLOAT = np.dtype(float)


def program(f: Callable, at: Any, *, wrt: int | str | None = None) -> "Program":
    """Write the derivative of a NumPy function out as a NumPy program.

    The function is called once, on expressions, and the record is walked back with the rules of
    :func:`mcnotes.derivative`. What is printed is what runs: the steps forward, as far as they are
    needed, then the steps back, each with its shape. It holds for all arguments of the same shapes.

    Parameters
    ----------
    f : callable; the Cholesky factor, eigenvalues, singular values and the pseudo-inverse have no line
    at : number, array of any shape, or tuple of these
        A point. Its shapes count, and where `f` chooses its way by a value, its values: then a line says so.
    wrt : int or str, with several arguments: which one to differentiate with respect to

    Returns
    -------
    Program
        Called like `f`, it returns the derivative: for a scalar result in the shape of the input, otherwise the
        axes of the input, then those of the output, where a column has one; a tuple of them for several arguments.

    Raises
    ------
    TypeError or ValueError
        As for :func:`mcnotes.derivative`; and where a step has no line, or the program gives something else than it.

    Examples
    --------
    >>> print(mc.program(lambda v: np.sum(np.sin(v) ** 2), np.array([1.0, 2.0, 3.0])))
    def derivative(v):
        # v (3,)
        by_v = 2 * np.cos(v) * np.sin(v)  # (3,)
        return by_v
    """
    return Program(f, at, wrt)


class Step(NamedTuple):
    """One step of a program, for those who want to go through it line by line."""

    name: str
    formula: str
    shape: tuple
    uses: tuple                 # the names of inputs, constants and earlier steps in the formula
    of: str | None              # the earlier step or input of which it is the derivative
    backward: bool
    section: str | None         # of the notes, which teaches it


class Program:
    """A derivative as a program.

    Attributes
    ----------
    text : str, a function of the same arguments; it needs `np`, and the constants under their names
    lines : list of Line, each with code, the shape of what it makes, and the section that teaches it
    steps : list of Step, the lines that make something, forward and backward
    constants : dict of str to array that `f` found outside of itself, as it was when it was recorded
    shapes : dict of str to the shape of each array that goes in

    Examples
    --------
    >>> [step.uses for step in mc.program(lambda W, a: np.sum(np.tanh(W.T @ a)), (np.ones((4, 3)), np.ones(4))).steps]
    [('W', 'a'), ('a', 'g1'), ('W', 'g1')]
    """

    def __init__(self, f: Callable, at: Any, wrt: int | str | None = None):
        derivative(f, at, wrt=wrt)                      # the first to complain
        points, picked = points_of(f, at, wrt)
        self._several = isinstance(at, tuple) and wrt is None
        tape = ProgramTape(f)
        with np.errstate(all="ignore"):
            inputs, result = tape.record(f, points)
        names = [name for name in argument_names(f) if name != "np"]
        for k, x in enumerate(inputs):
            x.name = names[k] if len(names) >= len(inputs) else "x" if len(inputs) == 1 else f"x{k + 1}"
        name = getattr(f, "__name__", "")
        self.name = f"derivative_of_{name}" if name.isidentifier() else "derivative"
        self.shapes = {x.name: x.shape for x in inputs}
        self.steps: list[Step] = []
        self.lines: list[Line] = self._compose(tape, inputs, result, picked)
        self.text = "\n".join(_written(self.lines))
        space = {"np": np, **self.constants}
        exec(compile(self.text, f"<{self.name}>", "exec"), space)
        self._run = space[self.name]
        self._compare(f, at, points, wrt)

    def _compose(self, tape, inputs, result, picked):
        """Write the lines in order; what `f` computes may be a derivative, too, as A - T is, and stands among those."""
        sheet, forward = tape.sheet, len(tape.sheet.made)
        reached, sections = walk(tape, inputs, result)
        outputs = {inputs[k]: _own(reached[inputs[k]], sheet) for k in picked}
        reached = {step: x for step, x in reached.items() if step not in inputs} | outputs
        needed = count([*outputs.values(), *(guard for guard, _ in sheet.guards)])
        back = {}                           # expression -> the step or input of which it is the derivative
        for step in sorted(reached, key=lambda step: (bool(step.name), step.place)):
            x = reached[step]
            if x is not None and (x.place >= forward or x.operands() and not x.name):
                back[x] = step
        backward = {x for x in needed if x.place >= forward or x in back}
        own = decide(needed, {*outputs.values(), *(x for x in needed if x.name or x in back and back[x].name)})
        order, writer = early(own, outputs.values(), backward), Writer(inputs)
        lines = self._lines(writer, order, backward, back, sections, sheet.guards)
        returned = [tidy(writer.text(x)) for x in outputs.values()]
        end = ", ".join(returned) + "," * (self._several and len(returned) == 1)
        self.constants: dict[str, Any] = {name: x.value for name, x in writer.constants.items()}
        shapes = Line("# " + ", ".join(f"{x.name} {_shape(x.shape)}" for x in inputs))
        return [*_heading(writer.constants), Line(f"def {self.name}({', '.join(self.shapes)}):"),
                *(line._replace(code="    " + line.code) for line in [shapes, *lines, Line(f"return {end}")])]

    def _lines(self, writer, order, backward, back, sections, guards):
        """The lines for the expressions, in order; a guard stands below what it needs."""
        told = Counter(x.name for x in order)
        places, due = {x: k for k, x in enumerate(order)}, defaultdict(list)
        for guard, known in guards:
            below = [guard] if guard in places else lines_below(guard, places)
            due[max(map(places.get, below), default=-1)].append((guard, known))
        lines = [line for guard in due[-1] for line in _guarded(writer, *guard)]
        for k, x in enumerate(order):
            step = back.get(x)
            if x not in backward:
                name = writer.free(x.name or "z", not x.name or told[x.name] > 1)
            elif step in writer.names:
                name = writer.free("by_" + writer.names[step])
            else:
                name = writer.free("g", True)
            if x in backward and lines and not (self.steps and self.steps[-1].backward):
                lines.append(Line("# backward"))
            made = writer.line(name, x, sections.get(step))
            code = "; ".join(line.code for line in made).removeprefix(f"{name} = ")
            uses = {writer.names[part] for part in lines_below(x, writer.names)}
            self.steps.append(Step(name, code, x.shape, tuple(sorted(uses)), writer.names.get(step), x in backward,
                                   sections.get(step)))
            writer.names[x] = name
            lines += made + [line for guard in due[k] for line in _guarded(writer, *guard)]
        return lines

    def __call__(self, *arguments):
        """The derivative; ValueError where an argument has another shape than here, or `f` would go another way."""
        if len(arguments) != len(self.shapes):
            raise TypeError(f"the program takes {len(self.shapes)} arguments ({', '.join(self.shapes)}), "
                            f"it got {len(arguments)}")
        return self._run(*[
            x if type(x) is np.ndarray and x.dtype is _FLOAT and x.shape == shape else _fitted(name, shape, x)
            for (name, shape), x in zip(self.shapes.items(), arguments, strict=True)])

    def _compare(self, f, at, points, wrt):
        """Compare with the derivative, at the point and beside it: what was fixed here must not move there."""
        random = np.random.default_rng(0)
        beside = [np.asarray(x + 1e-3 * random.normal(size=np.shape(x)) * (1 + np.abs(x))) for x in points]
        for arrays, where in ((points, ""), (beside, " beside the point: f fixes something by its values there")):
            given = [x if x.ndim else x[()] for x in arrays]
            try:
                with np.errstate(all="ignore"):
                    wanted = derivative(f, tuple(given) if isinstance(at, tuple) else given[0], wrt=wrt)
                    found = self._run(*given)
            except ValueError:
                if not where:
                    raise
                continue                            # beside a border of f, or another branch: nothing to compare
            pairs = zip(found, wanted, strict=True) if self._several else [(found, wanted)]
            if not all(_same(mine, theirs) for mine, theirs in pairs):
                raise UnsupportedError(f"the program does not give what mc.derivative gives{where}; "
                                       "use mc.derivative(f, at) at each point")

    def __str__(self):
        return self.text

    __repr__ = __str__

    def to_html(self, page_of: Callable[[str], str] | None = None) -> str:
        """The text as HTML; beside a line is the section that teaches it, a link where `page_of` gives its address."""
        lines = (_html(line, text, page_of) for line, text in zip(self.lines, self.text.split("\n"), strict=True))
        return f"<pre class='mc-program' tabindex='0'>{''.join(lines)}</pre>"

    _repr_html_ = to_html


def _fitted(name, shape, x):
    """An argument as an array of the shape that the program was made for."""
    [point], _ = points_of(None, x, None)
    if point.shape != shape:
        raise ValueError(f"{name} has an array of shape {point.shape}; the program was made for shape {shape}: make "
                         "another with mc.program for other shapes")
    return point if point.ndim else point[()]


def _same(mine, theirs):
    wanted = np.asarray(theirs.array if theirs.outer == () else theirs.tensor)
    return np.shape(mine) == wanted.shape and bool(
        np.allclose(mine, wanted, rtol=1e-7, atol=1e-9 * (1 + np.abs(wanted).max(initial=0))))


def _own(x, sheet):
    """A result that shows no memory of an argument or a constant."""
    root = x
    while root.call in ("T", "getitem", np.reshape, np.transpose, np.broadcast_to) and root.operands():
        root = root.operands()[0]
    whole = x.call is np.broadcast_to and x.args[0].ndim == 0
    return sheet.make(np.copy, x) if not whole and (
        root.call in ("input", "constant") or x.call is np.broadcast_to) else x


def _guarded(writer, guard, known):
    """The lines that stop where a value decides otherwise than it did."""
    text = writer.text(guard)
    if np.ndim(known) == 0 and known.dtype == bool:
        told = text if known else f"not {text}"
    elif np.ndim(known) == 0:
        told = f"{text} == {writer.plain(known[()])}"
    else:
        told = f"np.array_equal({text}, {writer.plain(known.tolist())})"
    condition, told = tidy(f"not ({told})").removeprefix("not not "), tidy(told)
    return [Line(f"if {condition}:"), Line(f"    raise ValueError({f'this program holds where {told}'!r})")]


def _heading(constants):
    """What stands above the function: arrays of the author's as names, small ones without a name as lines."""
    told, lines = [], []
    for name, x in constants.items():
        line = "" if x.name or x.size > WRITTEN else f"{name} = np.array({x.value.tolist()!r})"
        if 0 < len(line) <= 100 and x.size:
            lines.append(Line(line, x.shape))
        else:
            told.append(f"{name} {_shape(x.shape)}")
    return [Line("# as recorded: " + ", ".join(told)), *lines] if told else lines


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
