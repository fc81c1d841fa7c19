"""Steps that are written by means of others: those that NumPy composes, and those that have another form."""

import numpy as np
from numpy.linalg import matrix_norm, matrix_power, multi_dot, norm, vector_norm

from ..engine.rules.common import LETTERS, axes_of, index_of, newer
from ..engine.rules.products import letters_of
from .expression import Expression, product, transposed

#: Functions that are made of others, in the same way at every point: these stand in the program in their place.
COMPOSED = {np.kron, np.median, np.quantile, np.percentile, np.diff, np.gradient, np.cross, np.linalg.cross,
            np.linspace, np.vecdot, np.linalg.vecdot, np.select, np.block, np.dstack, np.meshgrid, np.linalg.trace,
            np.triu, np.tril, np.broadcast_arrays, matrix_norm, matrix_power, multi_dot, vector_norm,
            *newer("cumulative_sum")}
#: Reductions over some of the entries, or with a first value, are composed too.
_REDUCTIONS = {np.sum, np.mean, np.prod, np.var}


def opens(function, args, options):
    """Whether the steps inside of this one take its place.

    Parameters
    ----------
    function, args, options
        As :class:`mcnotes.engine.steps.Step` has them.
    """
    if function in COMPOSED:
        return function not in (np.triu, np.tril) or np.ndim(args[0]) != 2
    if function in _REDUCTIONS:
        return options.get("where", True) is not True or options.get("initial", None) not in (None, np._NoValue)
    if function is norm:
        kind = options.get("ord", args[1] if len(args) > 1 else None)
        axis = options.get("axis", args[2] if len(args) > 2 else None)
        count = np.ndim(args[0]) if axis is None else len(axes_of(axis, np.ndim(args[0])))
        return kind is not None and not (count == 1 and kind == 2 or count == 2 and kind == "fro")
    return False


def rewritten(sheet, function, args, options):
    """A step in the form in which it has a line, or None.

    Parameters
    ----------
    sheet : Sheet
    function : callable or str
    args, options : list, dict
        Expressions, and plain things.
    """
    form = FORMS.get(function)
    return form(sheet, *args, **options) if form else None


#: NumPy function -> its other form, called with the sheet and what the function was called with.
FORMS = {}


def _form(*functions):
    def enter(own):
        FORMS.update(dict.fromkeys(functions, own))
        return own
    return enter


def _turned(x):
    return transposed(x) if x.ndim <= 2 else x.sheet.make(np.transpose, x)


def _flat(x):
    return x if x.ndim == 1 else x.sheet.make(np.reshape, x, (-1,))


# Products -----------------------------------------------------------------------------------------------------

@_form(np.dot)
def _dot(sheet, a, b):
    if 0 in (np.ndim(a), np.ndim(b)):
        return sheet.make(np.multiply, a, b)
    return sheet.make(np.matmul, a, b) if max(a.ndim, b.ndim) <= 2 else _tensordot(
        sheet, a, b, (-1, -2 if b.ndim > 1 else -1))


@_form(np.inner)
def _inner(sheet, a, b):
    if 0 in (np.ndim(a), np.ndim(b)):
        return sheet.make(np.multiply, a, b)
    return _tensordot(sheet, a, b, (-1, -1))


@_form(np.vdot)
def _vdot(sheet, a, b):
    return sheet.make(np.multiply, a, b) if 0 in (np.ndim(a), np.ndim(b)) else sheet.make(np.matmul, _flat(a), _flat(b))


@_form(np.tensordot, np.linalg.tensordot)
def _tensordot(sheet, a, b, axes=2):
    if isinstance(axes, int):
        axes = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    over_a, over_b = (axes_of(tuple(side) if np.ndim(side) else (side,), x.ndim)
                      for side, x in zip(axes, (a, b), strict=True))
    if max(a.ndim, b.ndim) <= 2 and len(over_a) == 1:
        return product(a if over_a == (a.ndim - 1,) else _turned(a), b if over_b == (0,) else _turned(b))
    of_a, of_b = list(LETTERS[:a.ndim]), list(LETTERS[a.ndim:a.ndim + b.ndim])
    for p, q in zip(over_a, over_b, strict=True):
        of_b[q] = of_a[p]
    out = [x for k, x in enumerate(of_a) if k not in over_a] + [x for k, x in enumerate(of_b) if k not in over_b]
    return sheet.make(np.einsum, f"{''.join(of_a)},{''.join(of_b)}->{''.join(out)}", a, b)


@_form(np.einsum)
def _einsum(sheet, *operands, **options):
    letters, out, arrays = letters_of(operands, lambda *arrays: arrays)
    longest = {}
    for x, own in zip(arrays, letters, strict=True):
        for letter, n in zip(own, np.shape(x), strict=True):
            longest[letter] = max(n, longest.get(letter, 1))
    given, told = [], []
    for x, own in zip(arrays, letters, strict=True):        # an axis of length 1 is a copy along a longer one
        short = [k for k, (letter, n) in enumerate(zip(own, np.shape(x), strict=True))
                 if n == 1 < longest[letter] and own.count(letter) == 1]
        if short:
            x = sheet.make(np.squeeze, x, tuple(short))
        given.append(x)
        told.append("".join(letter for k, letter in enumerate(own) if k not in short))
    return sheet.make(np.einsum, f"{','.join(told)}->{out}", *given, **options)


@_form(np.convolve)
def _convolve(sheet, a, v, mode="full"):
    long, short = max(a.size, v.size), min(a.size, v.size)
    start, stop = {"full": (0, None), "same": ((short - 1) // 2, (short - 1) // 2 + long),
                   "valid": (short - 1, long)}[mode]
    whole = sheet.make(np.convolve, a, v)
    return whole if mode == "full" else whole[start:stop]


# Moves --------------------------------------------------------------------------------------------------------

@_form(np.reshape, np.ravel)
def _reshape(sheet, x, shape=(-1,), order="C", **rest):
    if isinstance(shape, str):                          # np.ravel(x, "F")
        shape, order = (-1,), shape
    shape = sheet.make(np.reshape, x, shape).shape
    if shape == x.shape:
        return x
    if order in ("C", None) or x.ndim < 2 and len(shape) < 2:
        return sheet.make(np.reshape, x, shape if len(shape) != 1 else (-1,))
    return _turned(sheet.make(np.reshape, _turned(x), shape[::-1])) if order == "F" else None


@_form(np.moveaxis)
def _moveaxis(sheet, x, source, destination):
    same = axes_of(_axes(source), x.ndim) == axes_of(_axes(destination), x.ndim)
    return x if same else sheet.make(np.moveaxis, x, _axes(source), _axes(destination))


def _axes(axes):
    return axes if isinstance(axes, int) else tuple(map(int, axes))


@_form(np.rollaxis)
def _rollaxis(sheet, x, axis, start=0):
    order = np.rollaxis(np.zeros(tuple(range(x.ndim))), axis, start).shape
    return sheet.make(np.transpose, x, order) if x.ndim > 2 else x if order == tuple(range(x.ndim)) else transposed(x)


@_form(np.matrix_transpose, np.linalg.matrix_transpose)
def _matrix_transpose(sheet, x):
    return transposed(x) if x.ndim == 2 else sheet.make(np.swapaxes, x, -1, -2)


@_form(np.fliplr)
def _fliplr(sheet, x):
    return x[:, ::-1]


@_form(np.flipud)
def _flipud(sheet, x):
    return x[::-1]


@_form(np.rot90)
def _rot90(sheet, x, k=1, axes=(0, 1)):
    if x.ndim != 2:
        return None
    turn = (k if tuple(a % 2 for a in axes) == (0, 1) else -k) % 4
    return [x, transposed(x)[::-1], x[::-1, ::-1], transposed(x)[:, ::-1]][turn]


def _shifted(sign):
    def form(sheet, x, axes=None):
        over_axes = axes_of(axes, x.ndim)
        shift = tuple(n // 2 if sign > 0 else -(n // 2) for n in (x.shape[k] for k in over_axes))
        return sheet.make(np.roll, x, shift if len(shift) > 1 else shift[0],
                          axis=over_axes if len(over_axes) > 1 else over_axes[0])
    return form


FORMS[np.fft.fftshift], FORMS[np.fft.ifftshift] = _shifted(1), _shifted(-1)


@_form(np.diagonal, np.linalg.diagonal)
def _diagonal(sheet, x, *places, **more):
    return sheet.make(np.diag, x) if x.ndim == 2 and not places and not more else None


@_form(np.diagflat)
def _diagflat(sheet, x, k=0):
    return sheet.make(np.diag, _flat(x)) if k == 0 else None


@_form(np.take_along_axis)
def _take_along_axis(sheet, x, indices, axis=-1):
    axis = index_of(axis, x.ndim) if axis is not None else None
    if x.ndim == 1 or axis is None:
        return _flat(x)[indices]
    if x.ndim != 2 or np.ndim(indices) != 2:
        return None
    return x[indices, np.arange(x.shape[1])] if axis == 0 else x[np.arange(x.shape[0])[:, None], indices]


@_form(np.take)
def _take(sheet, x, indices, axis=None, **rest):
    return sheet.make(np.take, x, indices, axis=axis, **rest) if axis is not None or x.ndim == 1 else _flat(x)[indices]


@_form(np.delete)
def _delete(sheet, x, where, axis=None):
    if isinstance(where, Expression) and where.call != "constant" or axis is None and x.ndim != 1:
        return None
    axis = index_of(0 if axis is None else axis, x.ndim)
    kept = np.delete(np.arange(x.shape[axis]), where.value if isinstance(where, Expression) else where)
    return x[(slice(None),) * axis + (kept,)]


@_form(np.full_like)
def _full_like(sheet, x, value, **rest):
    return sheet.make(np.broadcast_to, value, x.shape) if not rest and isinstance(value, Expression) else None


@_form(np.sort)
def _sort(sheet, x, axis=-1, **rest):
    if axis is None or x.ndim == 1:
        return sheet.make(np.sort, _flat(x))
    return sheet.make(np.sort, x, axis=index_of(axis, x.ndim))




def _along(function):
    def form(sheet, x, axis=None):
        if axis is None or x.ndim == 0:
            return sheet.make(function, _flat(x))
        return sheet.make(function, x) if x.ndim == 1 else sheet.make(function, x, axis=index_of(axis, x.ndim))
    return form


def _of_some(function, among, farthest):
    def form(sheet, x, axis=None, initial=np._NoValue, where=True, **rest):
        if initial in (None, np._NoValue) and where is True:
            return None
        x = x if where is True else sheet.make(
            np.where, where if isinstance(where, Expression) else np.asarray(where), x, farthest)
        found = sheet.make(function, x, axis=axis, **rest) if axis is not None else sheet.make(function, x, **rest)
        return found if initial in (None, np._NoValue) else sheet.make(among, found, initial)
    return form


FORMS[np.max], FORMS[np.min] = _of_some(np.max, np.maximum, -np.inf), _of_some(np.min, np.minimum, np.inf)
FORMS[np.cumsum], FORMS[np.cumprod] = _along(np.cumsum), _along(np.cumprod)
