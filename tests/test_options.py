"""Every axis and option of every supported function: right, or refused with a word. Never silently wrong.

The square matrix and the symmetric ones are here on purpose: a rule that mixes up
two axes of equal length does not stumble over a shape, only its numbers are wrong.
"""

import inspect
import itertools

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine import calls

random = np.random.default_rng(3)
SQUARE, BLOCK, VECTOR = random.normal(size=(3, 3)), random.normal(size=(2, 3, 4)), random.normal(size=4)
POSITIVE = SQUARE @ SQUARE.T + 3 * np.eye(3)
STACK = np.stack([POSITIVE, POSITIVE + np.diag([1.0, 2.0, 3.0])])
WEIGHTS = np.array([1.0, 2.0, 4.0])
SHAPES = [(), (3,), (3, 3), (2, 3), (2, 3, 3), (4, 2, 3, 3)]


def right(f, x, *words):
    """Whether f has its derivative; an error is NumPy's own where NumPy has one, and else it has one of the words."""
    try:
        refusal = not np.asarray(f(x), float).size and ValueError("empty")
    except Exception as error:
        refusal = error
    try:
        found = mc.derivative(f, x)
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        own = refusal and (type(error), str(error)) == (type(refusal), str(refusal))
        assert own or any(word in str(error) for word in ("rule", '"C" or "F"', "defined", "empty", *words)), error
        return False
    assert not refusal, f"NumPy refuses: {refusal}"
    wanted = mc.derivative(f, x, method="difference").array
    assert found.array.shape == wanted.shape
    assert np.abs(found.array - wanted).max() <= 1e-6 * (1 + np.abs(wanted).max())
    assert np.allclose(found.structure.dense(), found.tensor, rtol=1e-12, atol=1e-12)
    scalar = mc.derivative(lambda x: np.sum(np.sin(f(x))), x).array
    assert np.allclose(scalar, found.chain(np.cos(f(x))), rtol=1e-9, atol=1e-9)
    return True


def of(function, *before, **options):
    """The function of one array that is left when the other arguments are given."""
    return lambda x: function(*before, x, **options)


def then(function, *after, **options):
    return lambda x: function(x, *after, **options)


def reductions():
    for axis, keepdims in itertools.product((None, 0, 1, -1, (0, 1), (0, 2), (2, 0), (-1, 0)), (False, True)):
        at = BLOCK if axis in ((0, 2), (2, 0)) else SQUARE
        for order in (None, 1, 2, 3, 0, np.inf, -np.inf, "fro", "nuc"):
            yield then(np.linalg.norm, order, axis=axis, keepdims=keepdims), at
        yield then(np.var, axis=axis, keepdims=keepdims, ddof=1), BLOCK
        for option in ({"initial": 0.5}, {"where": BLOCK > 0}, {"dtype": float}, {"correction": 1}):
            for f in (np.sum, np.max, np.mean, np.var):
                yield then(f, axis=axis, keepdims=keepdims, **option), BLOCK


def moves():
    for k, first, second in itertools.product((-1, 0, 1), range(3), range(3)):
        if first != second:
            for f in (np.trace, np.diagonal):
                yield then(f, k, first, second), BLOCK
            yield then(np.swapaxes, first, second), BLOCK
            yield then(np.moveaxis, (first, second), (0, 2)), BLOCK
            yield then(np.moveaxis, first, second), BLOCK
    for k in range(-2, 4):
        for f in (np.triu, np.tril, np.roll, np.rot90):
            yield then(f, k), BLOCK
            yield then(f, k), BLOCK[0]
        yield then(np.diag, k), BLOCK[0]
        yield then(np.diag, k), VECTOR
        yield then(np.roll, (k, 1), (0, 2)), BLOCK
    for low, high in ((None, 0.3), (-0.1, None), (-1, WEIGHTS[:, None] / 5)):
        yield then(np.clip, low, high), BLOCK
    for order, turned in itertools.product("CFAK", (BLOCK, BLOCK.T)):
        yield then(np.ravel, order), turned
        yield lambda x, order=order: x.T.flatten(order), turned
        yield then(np.reshape, (4, 6), order=order), turned
    widths = (1, (2, 1), ((1, 0), (0, 2), (1, 1)))
    for width, mode in itertools.product(widths, ("constant", "edge", "wrap", "reflect")):
        yield then(np.pad, width, mode), BLOCK
    yield then(np.pad, 1, constant_values=2.0), SQUARE
    for condition in ([True, False, True], SQUARE > 0):
        yield lambda x, condition=condition: np.where(condition, x, 0.5), SQUARE
    yield then(np.take, [[0, 1], [1, 0]], axis=1), BLOCK


def products():
    for a, b in itertools.product(SHAPES, repeat=2):
        x, y = random.normal(size=a), random.normal(size=b)
        for f in (np.matmul, np.dot, np.inner, np.outer, np.kron, np.multiply, np.vdot, np.vecdot, np.convolve):
            yield then(f, y), x
            yield of(f, x), y
            if a == b:
                yield lambda x, f=f: f(x, x), x
    for axes in (0, 1, 2, ([0], [0]), ([0, 1], [1, 0])):
        yield then(np.tensordot, SQUARE, axes), SQUARE
        yield of(lambda y, x, axes=axes: np.tensordot(y, x, axes), SQUARE), SQUARE
    for pattern in ("ij,jk->ik", "ij,jk", "ij->ji", "ii->i", "ii", "ij->", "ij,ij->", "ij,kl->ijkl", "ii,jj->ij",
                    "ij,ji", "ba", "ij,jk,kl->il", "ij , jk -> ik", "ii,ij->j", "...j->..."):
        more = pattern.split("->")[0].count(",")
        yield lambda x, p=pattern, n=more: np.einsum(p, x, *[SQUARE] * n), SQUARE
        yield lambda x, p=pattern, n=more: np.einsum(p, x, *[x] * n), SQUARE
    for mode, (a, b) in itertools.product(("full", "same", "valid"), ((5, 3), (3, 5), (4, 4), (4, 2), (2, 4))):
        x, y = random.normal(size=a), random.normal(size=b)
        yield then(np.convolve, y, mode), x
        yield lambda y, x=x, mode=mode: np.convolve(x, y, mode), y


def matrix_functions():
    functions = [np.linalg.inv, np.linalg.det, np.linalg.cholesky, np.linalg.pinv,
                 lambda x: np.linalg.slogdet(x)[1], lambda x: np.linalg.slogdet(x).logabsdet,
                 *(then(np.linalg.matrix_power, n) for n in (-2, 0, 1, 3))]
    yield from itertools.product(functions, (POSITIVE, STACK, POSITIVE + 0.1 * SQUARE))
    for shape, matrix in itertools.product(((3,), (3, 2), (2, 3, 2), (5, 1, 3, 2)), (POSITIVE, STACK)):
        b = random.normal(size=shape)
        yield then(np.linalg.solve, b), matrix
        yield of(np.linalg.solve, matrix), b


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("family", [reductions, moves, products, matrix_functions], ids=lambda family: family.__name__)
def test_right_or_refused(family):
    assert sum(right(f, x) for f, x in family()) > 30


#: Functions of one array along an axis.
ALONG = {
    **{f.__name__: lambda x, axis, f=f: f(x, axis=axis) for f in (
        np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp, np.median, np.diff, np.cumsum,
        np.cumprod, np.sort, np.flip, np.expand_dims, np.squeeze, np.linalg.norm)},
    **{f"{f.__name__}, kept": lambda x, axis, f=f: f(x, axis=axis, keepdims=True) for f in (
        np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp, np.median)},
    **{f"{f.__name__}.reduce": lambda x, axis, f=f: f.reduce(x, axis=axis) for f in (
        np.add, np.multiply, np.maximum, np.logaddexp)},
    "add.accumulate": lambda x, axis: np.add.accumulate(x, axis=axis),
    "method mean": lambda x, axis: x.mean(axis, keepdims=True),
    "concatenate": lambda x, axis: np.concatenate([x, np.sin(x), BLOCK], axis=axis),
    "stack": lambda x, axis: np.stack([x, x * x], axis=axis), "append": lambda x, axis: np.append(x, x, axis=axis),
    "repeat": lambda x, axis: np.repeat(x, 2, axis=axis), "take": lambda x, axis: np.take(x, [1, -1], axis=axis),
    "roll": lambda x, axis: np.roll(x, 1, axis=axis),
    "swapaxes": lambda x, axis: np.swapaxes(x, axis, 0), "moveaxis": lambda x, axis: np.moveaxis(x, axis, 0),
    "trace": lambda x, axis: np.trace(x, 0, axis, 1), "diagonal": lambda x, axis: np.diagonal(x, 0, axis, 1),
    "tensordot": lambda x, axis: np.tensordot(x, x, (axis, axis)),
    "transpose": lambda x, axis: np.transpose(x, (axis, 1, 0)),
    "take_along_axis": lambda x, axis: np.take_along_axis(x, np.zeros((2, 3, 4), int), axis),
}
AXES = [None, 0, 1, 2, -1, -2, -3, 3, -4, 7, (0,), (0, 2), (2, 0), (-1, 0), (0, 0), (0, 3), (), True, False, [0],
        [0, 1], 1.0, "0", np.int64(1), np.array(2), np.array([0, 1]), (True,), (0, None)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ALONG)
def test_axes_are_counted_as_numpy_counts_them(name):
    f = ALONG[name]
    single = np.sin(9 * BLOCK[:, :1]) if name == "squeeze" else BLOCK
    taken = [right(lambda x, axis=axis: f(x, axis), single, "axis", "axes", "integer", "not iterable") for axis in AXES]
    assert sum(taken) >= 3 and taken.count(False) >= 5


#: Values of options, which most functions have not.
OPTIONS = {"dtype": np.float32, "order": "Z", "where": BLOCK > 0.5, "initial": 0.7, "keepdims": True, "ddof": 1,
           "correction": 1, "out": None, "subok": True, "casting": "unsafe", "mode": "wrap", "nonsense": 3,
           "weights": np.arange(1.0, 25.0).reshape(2, 3, 4), "kind": "stable", "prepend": 0.2, "append": 0.4, "k": 1,
           "edge_order": 2, "overwrite_input": False, "mean": np.full((1, 1, 1), 0.3), "returned": True, "stable": True,
           "offset": 1, "ord": 1, "axes": (1, 0, 2), "decimals": 1, "copy": True, "nan": 3.0, "min": -0.5, "max": 0.6}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("f", [
    np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp, np.median, np.sort, np.cumsum,
    np.diff, np.sin, np.exp, np.negative, np.ravel, np.transpose, np.flip, np.trace, np.diagonal,
    np.squeeze, np.triu, np.rot90, np.clip, np.copy, np.linalg.norm, np.argmax,
    np.add.reduce, np.logaddexp.reduce, np.full_like, np.linalg.pinv, np.linalg.svdvals],
    ids=lambda f: getattr(f, "__qualname__", str(f)))
def test_options_are_right_or_refused(f):
    for name, value in OPTIONS.items():
        right(then(f, **{name: value}), BLOCK, name)


@pytest.mark.parametrize("f, args, option", [
    (np.sort, (), "kind"), (np.argsort, (), "kind"), (np.reshape, (4,), "order"), (np.ravel, (), "order"),
    (np.copy, (), "order"), (np.pad, (1,), "mode"), (np.take, ([0],), "mode"), (np.convolve, (WEIGHTS,), "mode"),
    (np.searchsorted, (WEIGHTS,), "side"), (np.meshgrid, (WEIGHTS,), "indexing"), (np.exp, (), "casting")])
def test_a_choice_that_numpy_has_not_is_refused(f, args, option):
    assert not any(right(then(f, *args, **{option: value}), VECTOR) for value in ("nonsense", 7))


#: Calls with their options by position, as NumPy's own signature has them; each beside the same by name.
BY_POSITION = {
    "sum": (lambda x: np.sum(x, 1, None, None, True), lambda x: np.sum(x, axis=1, keepdims=True)),
    "ptp": (lambda x: np.ptp(x, 1, None, True), lambda x: np.ptp(x, axis=1, keepdims=True)),
    "var": (lambda x: np.var(x, 1, None, None, 1, True), lambda x: np.var(x, axis=1, ddof=1, keepdims=True)),
    "norm": (lambda x: np.linalg.norm(x, 1, 2, True), lambda x: np.linalg.norm(x, ord=1, axis=2, keepdims=True)),
    "trace": (lambda x: np.trace(x, 1, 1, 2), lambda x: np.trace(x, offset=1, axis1=1, axis2=2)),
    "take": (lambda x: np.take(x, [2, 0], 1, None, "wrap"), lambda x: np.take(x, [2, 0], axis=1, mode="wrap")),
    "diff": (lambda x: np.diff(x, 2, 1), lambda x: np.diff(x, n=2, axis=1)),
    "stack": (lambda x: np.stack([x, x * x], 1, None), lambda x: np.stack([x, x * x], axis=1)),
    "method max": (lambda x: x.max(1, None, True), lambda x: x.max(axis=1, keepdims=True)),
}


@pytest.mark.parametrize("name", BY_POSITION)
def test_options_by_position_are_those_of_numpy(name):
    by_position, by_name = BY_POSITION[name]
    assert right(by_position, BLOCK)
    assert np.array_equal(mc.derivative(by_position, BLOCK).array, mc.derivative(by_name, BLOCK).array)


@pytest.mark.parametrize("f", [
    lambda x: np.sum(x, 1, None, None, False, 0.5), lambda x: np.sum(x, 1, np.float32),
    lambda x: np.mean(x, 1, np.float32), lambda x: np.max(x, 1, np.zeros((2, 4))),
    lambda x: np.cumsum(x, 1, np.float16), lambda x: x.sum(1, int), lambda x: np.sum(x, 1, None, np.zeros((2, 4)))])
def test_options_by_position_that_no_rule_has_are_refused(f):
    with pytest.raises(TypeError, match="has no derivative rule|in place"):
        mc.derivative(f, BLOCK)


@pytest.mark.parametrize("pattern, of_a, of_b", [("aa,ab->b", (1, 1), (3, 4)), ("ab,ba->a", (1, 3), (3, 2))])
def test_letters_of_length_1_that_copy_are_refused(pattern, of_a, of_b):
    """NumPy lets them, and sums what it has copied; a repeated letter of length 1 alone is right."""
    with pytest.raises(TypeError, match=r"a copy along a letter.*np.broadcast_to"):
        mc.derivative(lambda a: np.einsum(pattern, a, np.ones(of_b)), np.ones(of_a))
    assert mc.derivative(lambda a: np.einsum("aa,ab->b", a, np.full((1, 4), 3.0)), np.ones((1, 1))).array.sum() == 12


@pytest.mark.parametrize("f", [np.mean, np.var, np.std, np.median])
def test_averages_of_a_number_go_along_no_axis(f):
    """NumPy's sums count a number as its own axis 0, its averages do not."""
    assert not right(then(f, axis=0), np.float64(0.7)) and not right(then(f, axis=-1), np.float64(0.7))
    assert right(then(np.sum, axis=0), np.float64(0.7))


def test_numpy_2_0_calls_a_shape_by_another_name(monkeypatch):
    """So does Python in the page, and there every derivative of a formula reshapes something."""
    older = inspect.signature(lambda a, newshape, order="C": None)
    monkeypatch.setattr(calls, "_signature", lambda _, rule: (older, frozenset(inspect.signature(rule).parameters)))
    found = mc.derivative(lambda x: np.reshape(x * [1.0, 2, 3, 4, 5, 6], (2, 3)), np.arange(6.0)).array
    assert found.shape == (6, 2, 3) and found[4, 1, 1] == 5
