"""Every row of the rule table, against differences and against autograd, over argument shapes."""

import functools
import operator

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mcnotes as mc
from mcnotes.engine.rules.elementwise import SLOPES

BOUNDED = {np.arcsin, np.arccos, np.arctanh}
ABOVE_ONE = {np.arccosh}
POSITIVE = {np.log, np.log2, np.log10, np.log1p, np.sqrt, np.power, np.float_power}
UNARY = [ufunc for ufunc, slopes in SLOPES.items() if len(slopes) == 1]
BINARY = [ufunc for ufunc, slopes in SLOPES.items() if len(slopes) == 2]


def inside(ufunc, x):
    """Move numbers into the domain of a function, away from its corners."""
    if ufunc in BOUNDED:
        return 0.9 * np.tanh(x)
    if ufunc in ABOVE_ONE:
        return 1.3 + np.abs(x)
    if ufunc is np.tan:
        return np.tanh(x)
    if ufunc is np.reciprocal:
        return np.sign(x) * (0.5 + np.abs(x))
    if ufunc in POSITIVE:
        return 0.2 + np.abs(x)
    return x + 0.07 * np.sign(x)


def agree(f, at, tolerance=2e-8):
    """Exact derivative against central differences, in shape and in value."""
    exact, differences = mc.derivative(f, at), mc.derivative(f, at, method="difference")
    assert exact.array.shape == differences.array.shape
    scale = 1.0 + np.abs(differences.array).max()
    assert np.abs(exact.array - differences.array).max() <= tolerance * scale
    assert np.allclose(exact.tensor, exact.structure.dense(), rtol=1e-13, atol=1e-14)
    return exact


@pytest.mark.parametrize("ufunc", UNARY, ids=lambda ufunc: ufunc.__name__)
@pytest.mark.parametrize("at", [-30.0, 1e-9, 30.0, 500.0, 1e4])
def test_far_out_first_and_second_derivatives_stay_finite(ufunc, at):
    if ufunc in BOUNDED or ufunc in POSITIVE | ABOVE_ONE | {np.reciprocal} and at < 1:
        return

    def slope(x):
        return mc.derivative(ufunc, x).array
    with np.errstate(over="ignore"):
        if not (np.isfinite(ufunc(at)) and np.isfinite(ufunc(at + 1))):
            return
    assert np.isfinite(slope(at)) and np.isfinite(mc.derivative(slope, at).array)


shapes = st.sampled_from([(), (3,), (2, 3), (4, 1), (1, 5), (2, 3, 2)])
pairs = st.sampled_from([((), (3,)), ((3,), ()), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((4,), (4,)),
                         ((2, 3), (2, 3)), ((1, 3), (4, 1, 3)), ((2, 1, 3), (5, 1))])
seeds = st.integers(0, 10**6)
few = settings(max_examples=8)


@pytest.mark.parametrize("ufunc", UNARY, ids=lambda u: u.__name__)
@few
@given(shape=shapes, seed=seeds)
def test_element_wise_of_one(ufunc, shape, seed):
    x = inside(ufunc, np.random.default_rng(seed).normal(size=shape))
    agree(lambda x: ufunc(x), x)
    agree(lambda x: np.sum(np.cos(0.1 * ufunc(x))), x)


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda u: u.__name__)
@few
@given(shapes=pairs, seed=seeds)
def test_element_wise_of_two_with_broadcasting(ufunc, shapes, seed):
    rng = np.random.default_rng(seed)
    a, b = (inside(ufunc, rng.normal(size=shape)) for shape in shapes)
    if ufunc in (np.remainder, np.fmod):
        a, b = 0.3 + 0.01 * a, 1.7 + 0.01 * b
    agree(lambda a: ufunc(a, b), a)
    agree(lambda b: ufunc(a, b), b)
    agree(lambda b: np.sum(ufunc(a, b) ** 2), b, 1e-7)


#: Shapes that are not square; tests/test_options.py has the square ones, of every kind of product.
PRODUCTS = {
    "matmul": (np.matmul, (4, 3), (3, 2)), "matmul of a vector": (np.matmul, (4,), (4, 2)),
    "matmul of batches": (np.matmul, (2, 1, 4, 3), (5, 3, 2)), "matmul of a batch": (np.matmul, (5, 4, 3), (3,)),
    "dot": (np.dot, (2, 3), (4, 3, 2)), "outer": (np.outer, (4,), (3,)), "vdot": (np.vdot, (4,), (4,)),
    "tensordot": (lambda a, b: np.tensordot(a, b, ([0, 2], [1, 0])), (2, 3, 4), (4, 2)),
    "einsum": (lambda a, b: np.einsum("ij,kj->ki", a, b), (2, 3), (4, 3)),
    "einsum implicit": (lambda a, b: np.einsum("ij,jk", a, b), (2, 3), (3, 4)),
    "einsum summed": (lambda a, b: np.einsum("ij,k->k", a, b), (2, 3), (4,)), "kron": (np.kron, (2, 3), (3, 4)),
    "kron of many axes": (np.kron, (2, 1, 3), (2, 2)), "kron of numbers": (np.kron, (), (2,)),
    "plain dot": (lambda a, b: np.arange(6.0).reshape(3, 2).dot(a) * b, (2,), (3,)),
    "convolve": (np.convolve, (6,), (3,)), "convolve short": (np.convolve, (2,), (5,)),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products(name, random):
    f, of_a, of_b = PRODUCTS[name]
    a, b = random.normal(size=of_a), random.normal(size=of_b)
    agree(lambda a: f(a, b), a)
    agree(lambda b: f(a, b), b)
    agree(lambda a: f(np.sin(a), b) ** 2, a)
    if of_a == of_b:
        agree(lambda a: f(a, a), a)
    # A scalar result goes back by pull-backs of its own.
    exact, rough = (mc.derivative(lambda a, b: np.sum(np.tanh(f(a, b))), (a, b), method=method)
                    for method in ("exact", "difference"))
    assert all(np.allclose(one.array, other.array, atol=1e-7) for one, other in zip(exact, rough, strict=True))


KEYS = [
    1, (-1, -1), np.int64(1), slice(1, None), slice(None, None, -2), (slice(None), 0), (..., 2), (None, 1), True,
    (0, slice(1, 3)), [1, 0, 1], (slice(None), [2, 0]), ([0, 1], [1, 1]), np.array([[0, 1], [1, 1]]),
    (slice(None), np.array([True, False, True])), np.array([[True, False, True], [False, True, True]]),
]

MOVES = {
    "reshape": lambda x: np.reshape(x, (3, 2)), "reshape method": lambda x: x.reshape(3, -1), "ravel": np.ravel,
    "ravel F": lambda x: np.ravel(x, "F"), "transpose": np.transpose, "T": lambda x: x.T,
    "transpose method": lambda x: x.transpose((1, 0)), "copies": lambda x: x.copy().astype(float).reshape((6,)),
    "swapaxes": lambda x: np.swapaxes(x, 0, 1), "moveaxis": lambda x: np.moveaxis(x, 0, 1),
    "expand_dims": lambda x: np.expand_dims(x, 1), "squeeze": lambda x: np.squeeze(x[:1]),
    "broadcast_to": lambda x: np.broadcast_to(x, (4, 2, 3)), "repeat": lambda x: np.repeat(x, 2, axis=1),
    "tile": lambda x: np.tile(x, (2, 2)), "flip": lambda x: np.flip(x, 1), "roll": lambda x: np.roll(x, 1, axis=1),
    "sort": lambda x: np.sort(x, axis=1), "sort all": lambda x: np.sort(x, axis=None),
    "take": lambda x: np.take(x, [2, 0], 1), "take flat": lambda x: np.take(x, [4, 0, 4]), "diagonal": np.diagonal,
    "diag of matrix": np.diag, "diag of vector": lambda x: np.diag(x[0]), "diag offset": lambda x: np.diag(x[0], 1),
    "triu": np.triu, "tril": np.tril, "stack": lambda x: np.stack([x, np.sin(x)], 1),
    "concatenate": lambda x: np.concatenate([x, x * x], 1),
    "concatenate flat": lambda x: np.concatenate([x, x[:1]], None), "append": lambda x: np.append(x, x[0]),
    "vstack": lambda x: np.vstack([x, x[0]]), "hstack": lambda x: np.hstack([x, x[:, :1]]),
    "column_stack": lambda x: np.column_stack([x[0], x[1]]),
    "where": lambda x: np.where(x > 0, x**2, x),
    "clip": lambda x: np.clip(x, -0.5, 0.7), "cumsum": lambda x: np.cumsum(x, 1), "cumsum flat": np.cumsum,
    "diff": lambda x: np.diff(x, axis=1), "trace": np.trace, "abs": np.abs,
    "rot90": np.rot90, "take_along_axis": lambda x: np.take_along_axis(x, np.array([[2], [0]]), 1),
    "methods": lambda x: x.sum(axis=0) * x.max(axis=0) + x.mean() * x.var(axis=0, ddof=1) + x.std(),
    "norm of a matrix": lambda x: np.linalg.norm(x, "fro"), "norm 3": lambda x: np.linalg.norm(x, 3, axis=1),
    "norm inf": lambda x: np.linalg.norm(x, -np.inf, axis=0, keepdims=True),
    "flatten": lambda x: x.flatten(), "flatten F": lambda x: x.flatten("F"),
    "reshape F": lambda x: np.reshape(x, (3, -1), order="F"), "mT": lambda x: x[None].mT,
    "arithmetic": lambda x: (2 * x - 1) / (3 + x * x) + 1 / (4 - x) - x**2 + 2**x - (-x) + +x + abs(x),
    "remainder": lambda x: x % 0.37 + 7.1 % (3 + x), "matmul": lambda x: np.ones((4, 2)) @ x @ np.ones(3),
    "iteration": lambda x: sum(len(row) * row[0] * row for row in x) + sum(x.flat), "builtin max": lambda x: max(x[0]),
    "reduce and accumulate": lambda x: np.maximum.reduce(x) + np.add.accumulate(x),
    "broadcasting": lambda x: x[0] * x[:, :1], "Python branch": lambda x: x[0] ** 2 if x[0, 0] > 0 else x[1],
    "position of the largest": lambda x: x[:, np.argmax(x[0])] * x.argmin(),
    "shape, size, ndim": lambda x: x.reshape(x.size) * x.ndim * x.shape[1],
    "changed mask": lambda x: x * np.logical_not((x > 0) & ~(x > 1)).astype(int),
    "counted in place": lambda x: functools.reduce(operator.iadd, x[0], 0.0),
    "median of all axes": lambda x: np.median(x, axis=(0, 1), keepdims=True),
    "pad values": lambda x: np.pad(x, 1, constant_values=(1, 2)), "full_like": lambda x: np.full_like(x, x[1, 1]),
}
#: What NumPy holds as lists or arrays of objects while f is watched.
OBJECTS = {
    "list": lambda x: [x[0, 0] * x[1, 1], x[0, 1].item(), *x[1].tolist()],
    "nested lists": lambda x: [[x[0, 0], 1.0], [x[1, 1], x[0, 0] ** 2]],
    "array": lambda x: np.array([[x[0, 0], 1.0], [x[1, 1] ** 2, x[0, 2]]]),
    "unpacking": lambda x: [u * w for (u, _, w) in x], "array of arrays": lambda x: np.array([x, x * x]),
    "squared": lambda x: np.array([list(x[0]), [1.0, x[1, 0], 2.0]]) ** 2,
    "dot": lambda x: np.ones((3, 2)).dot(np.array(x)), "vectorized": lambda x: np.vectorize(lambda t: t * abs(t))(x),
    "goes on": lambda x: np.sin(np.array([x[0, 0] * x[1, 2], x[0, 1]])) @ x[:, :2],
}


@pytest.mark.parametrize("name", MOVES)
def test_moves_and_compositions(name, random):
    x = random.normal(size=(2, 3))
    agree(MOVES[name], x)
    agree(lambda x: np.sum(np.cos(MOVES[name](x))), x)
    agree(lambda x: np.exp(MOVES[name](np.sin(x))), x)


@pytest.mark.parametrize("name", OBJECTS)
def test_lists_and_arrays_of_objects(name, random):
    agree(OBJECTS[name], random.normal(size=(2, 3)))


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_indexing(key, random):
    x = random.normal(size=(2, 3))
    agree(lambda x: x[key], x)
    agree(lambda x: np.sin(x[key]) * 2, x)
    agree(lambda x: np.sum(np.exp(x)[key]), x)


def loss(np):
    A, t = np.reshape(np.arange(18.0), (3, 6)) / 9 - 1, np.cos(np.reshape(np.arange(18.0), (3, 6)))
    return lambda W: np.sum((np.tanh(np.dot(W.T, A)) - t) ** 2) + np.sum(np.log(1 + np.exp(W)))


#: Functions that are written with our NumPy and with autograd's.
PEERS = {
    "inv": lambda np: np.linalg.inv, "det": lambda np: np.linalg.det,
    "slogdet": lambda np: lambda X: np.linalg.slogdet(X)[1],
    "solve": lambda np: lambda X: np.linalg.solve(X, X[:, :1] ** 2),
    "inv of a stack": lambda np: lambda X: np.linalg.inv(np.stack([X, X * X])),
    "trace of a product": lambda np: lambda X: np.trace(X @ X @ X), "loss": loss,
    "softmax": lambda np: lambda X: np.exp(X - np.max(X)) / np.sum(np.exp(X - np.max(X))),
}


@pytest.mark.parametrize("name", PEERS)
def test_autograd_agrees(name, random):
    x = random.normal(size=(3, 3)) + 2 * np.eye(3)
    exact = agree(PEERS[name](np), x, 1e-7).array
    peer = autograd.jacobian(PEERS[name](anp))(x)
    assert np.allclose(exact, np.moveaxis(peer, (-2, -1), (0, 1)), rtol=1e-11)


def test_careful_rules(random):
    tanh = mc.derivative(np.tanh, np.array([20.0, 300.0, 800.0])).structure.terms[0].factors[0][0]
    assert np.isclose(tanh[0], 4 * np.exp(-40), rtol=1e-12, atol=0) and tanh[2] == 0
    assert mc.derivative(lambda x: np.logaddexp(x, 0.0), 1000.0).array == 1.0
    assert mc.derivative(lambda x: x**2, 0.0).array == 0.0
    assert mc.derivative(lambda x: x**0, 0.0).array == 0.0
    assert mc.derivative(lambda x: x**1, 0.0).array == 1.0
    agree(lambda x: x * (x // 0.4), np.array([0.5, 0.9, 1.7]))
    assert not mc.derivative(lambda x: 2.3 // x, 0.7).array
    singular = random.normal(size=(3, 3))
    singular[2] = singular[0] + 2 * singular[1]
    agree(np.linalg.det, singular)
