"""Products: nearest to the input on the left, with transposes and outer products as in X.20 and X.21."""

import numpy as np

from ...engine.constants import UnsupportedError
from ...engine.rules.common import LETTERS
from ..expression import Expression, outer, product, times, transposed
from ..shaping import lifted, option, plain_options, pull, summed, turned


@pull(np.matmul)
def _matmul(step, g, more):
    a, b = step.args
    kinds = a.ndim, b.ndim
    sheet = step.sheet
    sheet.section = "X.20"              # a derivative by the left factor is an outer product
    if max(kinds) > 2 and (more or min(kinds) < 2):
        if min(kinds) > 2 and a.shape[:-2] != b.shape[:-2]:
            raise UnsupportedError("of stacks that differ in shape, for a result that is not a number")
        batch = LETTERS[3:1 + max(kinds)]
        of_a, of_b = ("" if n == 1 else batch[len(batch) - n + 2:] for n in kinds)
        pattern = f"{of_a}{'a' * (kinds[0] > 1)}b,{of_b}b{'c' * (kinds[1] > 1)}"
        out = f"{max(of_a, of_b, key=len)}{'a' * (kinds[0] > 1)}{'c' * (kinds[1] > 1)}"
        yield from _einsum(sheet.make(np.einsum, f"{pattern}->{out}", a, b), g, more)
    elif max(kinds) > 2:
        yield a, summed(sheet.make(np.matmul, g, turned(b)), g.shape[:-1] + a.shape[-1:], a.shape, 0, sheet)
        sheet.section = "X.21"
        yield b, summed(sheet.make(np.matmul, turned(a), g), g.shape[:-2] + b.shape[-2:], b.shape, 0, sheet)
    elif kinds == (2, 2):
        yield a, product(g, transposed(b)) if not more else sheet.make(np.einsum, "iko,jk->ijo", g, b)
        sheet.section = "X.21"
        yield b, product(transposed(a), g) if not more else sheet.make(np.einsum, "ij,iko->jko", a, g)
    elif kinds == (2, 1):
        yield a, outer(g, b) if not more else times(g[:, None], b[:, None])
        sheet.section = "X.21"
        yield b, product(transposed(a), g)
    elif kinds == (1, 2):
        yield a, product(b, g)
        sheet.section = "X.21"
        yield b, outer(a, g) if not more else times(a[:, None, None], g)
    else:
        yield a, times(b, g) if not more else outer(b, g)
        sheet.section = "X.21"
        yield b, times(a, g) if not more else outer(a, g)


@pull(np.outer)
def _outer(step, g, more):
    a, b = step.args
    if a.ndim != 1 or b.ndim != 1:
        raise UnsupportedError("of arrays that are not vectors")
    if more:
        yield a, step.sheet.make(np.einsum, "ijo,j->io", g, b)
        yield b, step.sheet.make(np.einsum, "ijo,i->jo", g, a)
    else:
        yield a, product(g, b)
        yield b, product(transposed(g), a)


@pull(np.einsum)
def _einsum(step, g, more):
    plain_options(step, "optimize")
    pattern, operands = step.args[0], step.args[1:]
    if not isinstance(pattern, str) or "." in pattern or "->" not in pattern:
        raise UnsupportedError('in a form other than "ij,jk->ik", with the arrow and without dots')
    inputs, _, out = pattern.replace(" ", "").partition("->")
    letters = inputs.split(",")
    free = [x for x in LETTERS if x not in pattern]
    end = free.pop() if more else ""
    for k, (x, own) in enumerate(zip(operands, letters, strict=True)):
        if not isinstance(x, Expression):
            continue
        others = [(y, z) for j, (y, z) in enumerate(zip(operands, letters, strict=True)) if j != k]
        whole = ""
        for place, letter in enumerate(own):
            if letter in own[:place]:                   # a diagonal: zero off it
                whole += free.pop()
                others.append((step.sheet.make(np.eye, x.shape[place]), letter + whole[-1]))
            else:
                whole += letter
        known = out + "".join(z for _, z in others)
        others += [(step.sheet.make(np.ones, n), letter) for letter, n in zip(whole, x.shape, strict=True)
                   if letter not in known]              # a sum along an axis: copies
        back = ",".join([*(z for _, z in others), out + end]) + "->" + whole + end
        yield x, step.sheet.make(np.einsum, back, *(y for y, _ in others), g)


@pull(np.trace)
def _trace(step, g, more):
    x = step.args[0]
    if x.ndim != 2 or len(step.args) > 1 or step.options:
        raise UnsupportedError("of anything but the main diagonal of one matrix")
    eye = step.sheet.make(np.eye, *(x.shape[:1] if x.shape[0] == x.shape[1] else x.shape))
    yield x, times(lifted(eye, more), g)


@pull(np.convolve)
def _convolve(step, g, more):
    a, v = step.args[:2]
    if more or a.ndim != 1 or v.ndim != 1:
        raise UnsupportedError("for a result that is not a number" if more else "of numbers")
    mode = option(step, 2, "mode", "full")
    if mode != "full":
        raise UnsupportedError('with another mode than "full"')
    yield a, step.sheet.make(np.correlate, g, v, "valid")
    yield v, step.sheet.make(np.correlate, g, a, "valid")
