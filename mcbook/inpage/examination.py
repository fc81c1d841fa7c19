"""Look at a function that a reader typed: its kind, its derivative, a test of it, and how few numbers are enough."""

import ast
import contextlib
import html
import inspect
import io
import warnings
from importlib import import_module

import numpy as np

from mcnotes.compression import compress
from mcnotes.derivative import derivative
from mcnotes.planar import planar
from mcnotes.programs import program
from mcnotes.shapes import kind, shape_of

from ..statements import sections
from .faults import TYPED, Fault, fault, report

#: The steps of the planar table: each half of the one before.
STEPS = 0.1, 0.05, 0.025, 0.0125

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_AT_A_KINK = ("<p>Careful: the small step below meets a kink near this point. At a kink there is no derivative, "
              "and the numbers above are a convention.</p>")
_SUCH = "write a number, or a list such as [1.0, 2.0, 0.5]"


def examine(code, at):
    """Examine a function, code with a ``def``, at a point: what goes between the parentheses of a call of it.

    The function named ``f`` is taken, or else the last one. What comes back are blocks with the keys ``kind``,
    ``title`` and ``html``; a mistake is a block too, of kind ``error``.
    """
    blocks, printed = [], io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            f, points = _bound(code, at)
            for block in _blocks(f, points):                # what went well stays when something later fails
                blocks.append(block)
        except Exception as error:
            blocks.append(_block("error", "This doesn’t work yet", report(fault(error), code)))
    if printed.getvalue():
        blocks.insert(0, _block("printed", "Printed", f"<pre>{html.escape(printed.getvalue())}</pre>"))
    for said in dict.fromkeys(str(entry.message) for entry in warned):
        blocks.append(_block("warning", "NumPy warns", f"<p>{html.escape(said)}</p>"))
    return blocks


def _block(kind, title, inside):
    return {"kind": kind, "title": title, "html": inside}


def as_html(blocks):
    """The blocks of :func:`examine` as sections with a heading each."""
    return "".join(f"<section class='mc-block mc-block-{block['kind']}'><h3>{html.escape(block['title'])}</h3>"
                   f"{block['html']}</section>" for block in blocks)


def _bound(code, at):
    """The function, and its arguments by name."""
    mcnotes = import_module("mcnotes")
    space = {"np": np, "numpy": np, "mc": mcnotes, "mcnotes": mcnotes, "__name__": "__main__"}
    exec(compile(code, TYPED, "exec"), space)
    names = [node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)]
    f = space["f"] if callable(space.get("f")) else space[names[-1]] if names else None
    if f is None:
        raise Fault("there is no function in the code; write one, such as\ndef f(v):\n    return v[0] * v[1]")
    call = f"__call__({at}\n)"
    try:
        if not isinstance(ast.parse(call, mode="eval").body, ast.Call):
            raise SyntaxError
    except SyntaxError:
        raise Fault(f"the point {at.strip()!r} is not Python; {_SUCH}") from None
    given, named = eval(compile(call, "<point>", "eval"), {**space, "__call__": lambda *a, **k: (a, k)})
    if not given and not named:
        raise Fault(f"the point is missing; {_SUCH}")
    try:
        bound = inspect.signature(f).bind(*given, **named).arguments
    except TypeError as error:
        names = ", ".join(inspect.signature(f).parameters)
        raise Fault(f"{f.__name__} takes the arguments ({names}), which don’t fit the point: {error}") from None
    for name, value in bound.items():
        if isinstance(value, dict) or isinstance(value, list | tuple) and any(
                isinstance(part, np.ndarray) and part.ndim for part in value):
            raise Fault(f"{name} is a {type(value).__name__} of arrays; pass each array as a separate argument, "
                        "such as W=np.ones((3, 2)), b=[1, 2]")
    return f, bound


def _blocks(f, points):
    """One block after another, so that what went well is shown before what did not."""
    names, values, several = list(points), tuple(points.values()), len(points) > 1

    def by_place(*arguments):
        return f(**dict(zip(names, arguments, strict=True)))
    found = derivative(by_place, values) if several else (derivative(lambda x: by_place(x), values[0]),)
    arrays = [np.asarray(value, dtype=float) for value in values]
    output = np.asarray(by_place(*arrays), dtype=float)
    yield _block("shape", "What it is", _shape(f.__name__, names, arrays, output))
    for k, (name, d) in enumerate(zip(names, found, strict=True)):
        def alone(x, k=k):
            return by_place(*arrays[:k], x, *arrays[k + 1:])
        title, shown = "Derivative" + f" with respect to {name}" * several, _named(d, name, f.__name__)._repr_html_()
        try:
            tried, kink = _planar(alone, name, arrays[k])
        except Exception:
            yield _block("derivative", title, shown)
            raise
        yield _block("derivative", title, shown + _AT_A_KINK * kink)
        yield _block("planar", "Is it right? A small step" + f" of {name}" * several, tried)
        if less := _compression(d):
            yield _block("compression", "Fewer numbers are enough" + f" for {name}" * several, less)
    yield _block("program", "The derivative as a program", _program(f, by_place, points))


def _program(f, by_place, points):
    """The program, or why there is none."""
    first = list(inspect.signature(f).parameters)[:len(points)]
    values = tuple(points.values())
    try:
        written = program(f if first == list(points) else by_place, values if len(values) > 1 else values[0])
    except TypeError as error:
        return f"<p>{html.escape(str(error))}.</p>"
    pages = sections()
    return ("<p>This function takes the same arguments and computes the derivative. Lines that a section of the book "
            f"explains are linked to it.</p>{written.to_html(lambda section: f'{pages[section]}.html')}")


def _named(d, name, function):
    """The derivative with the reader's own names for rows and columns, where these are inputs and outputs."""
    def entries(word, shape):
        return [f"{word}{k}".translate(_LOWERED) for k in range(1, shape[0] + 1)] if shape else [word]
    if len(d.inner) > 1 or len(d.outer) > 1:
        return d
    return d.named(rows=entries(name, d.inner), columns=entries(function, d.outer))


def _shape(name, names, arrays, output):
    def words(array):
        shape = f" of shape {array.shape}" if array.ndim else ""
        return f"a {kind(array)}{shape}"
    taken = " and ".join(f"<code>{html.escape(n)}</code>, {words(a)}" for n, a in zip(names, arrays, strict=True))
    lines = [f"<p><code>{html.escape(name)}</code> takes {taken}, and returns {words(output)}, "
             f"<code>{_short(output)}</code>.</p>"]
    for n, a in zip(names, arrays, strict=True):
        known = shape_of(of=output.shape, wrt=a.shape)
        lines.append(f"<p>Derivative with respect to <code>{html.escape(n)}</code>: {html.escape(known.kind)}, "
                     f"shape {known.shape}.</p>")
    return "".join(lines)


@np.errstate(all="ignore")                                  # the function has warned already, at the point itself
def _planar(f, name, at):
    """Step, true change, predicted change, gap, and how much smaller the gap has become; and whether a kink shows."""
    plane = planar(f, at)
    direction = np.resize([1.0, -2.0, 3.0, -1.0, 2.0], at.shape)
    rows, gaps, rounding = [], [], 1e-12 * max(np.abs(plane.here).max(), 1.0)
    for step in STEPS:
        delta = step * direction
        true, predicted = np.asarray(f(at + delta), dtype=float) - plane.here, plane(delta)
        gaps.append(float(np.abs(true - predicted).max()))
        ratio = f"{gaps[-2] / gaps[-1]:.2f}" if len(gaps) > 1 and gaps[-1] > rounding else "–"
        rows.append(f"<tr><th scope='row'>{step:g}</th><td>{_short(true)}</td><td>{_short(predicted)}</td>"
                    f"<td>{_number(gaps[-1])}</td><td>{ratio}</td></tr>")
    words, kink = _judged(gaps, rounding)
    return (f"<p>Δ{html.escape(name)} is the step times <code>{_short(direction)}</code>.</p>"
            "<div class='mc-scroll' tabindex='0' role='group' aria-label='planar approximation'>"
            "<table class='mc-planar'><thead><tr><th scope='col'>step</th><th scope='col'>true</th>"
            "<th scope='col'>predicted</th><th scope='col'>gap</th><th scope='col'>ratio</th></tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table></div><p>{words}</p>"), kink


def _judged(gaps, rounding):
    """What the gaps say, in a sentence, and whether they look like a kink."""
    if not np.isfinite(gaps).all():
        return "The function is not finite at one of these points, so the table can't tell.", False
    if max(gaps) <= rounding:
        return "There is no gap, because the function is flat in this direction. The prediction is exact.", False
    if gaps[-1] <= rounding:
        return "The gap shrinks until it is lost in rounding.", False
    fall = gaps[-2] / gaps[-1]
    if fall > 3.3:
        less = "four" if fall < 5.5 else f"about {fall:.0f}"
        return f"Half the step makes the gap {less} times smaller, as it should if the derivative is right.", False
    return (f"Half the step makes the gap only {fall:.1f} times smaller. Either there is a kink near this point, "
            "or the steps are too long for this function."), True


def _compression(d):
    """What of a derivative is enough, and the product to use then; nothing, where every entry is needed."""
    c = compress(d)
    kept, full = c.nbytes // 8, np.prod(d.inner + d.outer, dtype=int)
    if kept == full:
        return ""
    known = {"i,i->i": "core * upstream", "i,j->ij": "np.outer(core, upstream)", "ij,j->i": "core @ upstream",
             "i,->i": "core * upstream", ",->": "core * upstream"}
    core = "core" if not isinstance(c.core, tuple) else ", ".join(f"core[{k}]" for k in range(len(c.core)))
    product = known.get(c.einsum) or (f'np.einsum("{c.einsum}", {core}, upstream)' if c.einsum
                                      else "mc.compress(d).chain(upstream)")
    steps = "".join(f"<li>{html.escape(step)}</li>" for step in c.steps)
    return (f"<p>The derivative has {full} entries, and {kept} of them {'is' if kept == 1 else 'are'} enough:</p>"
            f"<ol>{steps}</ol><p>Call what is left <code>core</code>, and the gradient that arrives from the output "
            f"<code>upstream</code>. Then the chain rule is <code>{html.escape(product)}</code>.</p>")


def _short(array):
    """A few entries of an array, as it would be typed."""
    array = np.asarray(array)
    if array.ndim == 0:
        return _number(array.item())
    entries = [_short(entry) for entry in array[:3]] + ["…"] * (len(array) > 3)
    return f"[{', '.join(entries)}]"


def _number(x):
    return f"{x:.{3 if abs(x) < 1 else 4}g}".replace("-", "−")
