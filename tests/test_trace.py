"""The tape: traced arrays behave as arrays do, f runs once, and nothing outlives its result."""

import gc
import tracemalloc

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine.trace import Traced, collect, trace

M = np.array([[0.3, -0.7, 1.1], [2.0, 0.4, -1.5]])


def test_f_runs_once_and_sees_the_values():
    calls = []

    def f(x):
        calls.append(x.value.copy())
        return np.sum(np.sin(x) * x)

    mc.derivative(f, M)
    assert len(calls) == 1 and np.array_equal(calls[0], M)


METHODS = {
    "sum": lambda x: x.sum(axis=0),
    "mean": lambda x: x.mean(axis=1, keepdims=True),
    "prod": lambda x: x.prod(),
    "max": lambda x: x.max(axis=0),
    "min": lambda x: x.min(),
    "var": lambda x: x.var(axis=1, ddof=1),
    "std": lambda x: x.std(),
    "cumsum": lambda x: x.cumsum(1),
    "dot": lambda x: x.dot(np.ones(3)),
    "reshape": lambda x: x.reshape(3, 2),
    "reshape to a tuple": lambda x: x.reshape((6,)),
    "ravel": lambda x: x.ravel(),
    "flatten": lambda x: x.flatten(),
    "transpose": lambda x: x.transpose(),
    "transpose axes": lambda x: x.transpose((1, 0)),
    "T": lambda x: x.T,
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "squeeze": lambda x: x[:, :1].squeeze(),
    "repeat": lambda x: x.repeat(2, axis=0),
    "take": lambda x: x.take([2, 0], axis=1),
    "trace": lambda x: x.trace(),
    "diagonal": lambda x: x.diagonal(),
    "clip": lambda x: x.clip(-1, 1),
    "copy": lambda x: x.copy(),
    "astype": lambda x: x.astype(float),
    "item": lambda x: x[0, 1].item(),
    "arithmetic": lambda x: (2 * x - 1) / (3 + x * x) + 1 / (4 - x) - x**2 + 2**x - (-x) + +x + abs(x),
    "remainder": lambda x: x % 0.37 + 7.1 % (3 + x),
    "matmul": lambda x: np.ones((4, 2)) @ x @ np.ones(3),
    "len and iteration": lambda x: sum(len(row) * row[0] for row in x),
    "unpacking": lambda x: [u * w for (u, _, w) in x],
    "builtin max": lambda x: max(x[0]),
    "reduce of a ufunc": lambda x: np.add.reduce(x) + np.maximum.reduce(x),
    "broadcasting": lambda x: x[0] * x[:, :1],
    "Python branch": lambda x: x[0] ** 2 if x[0, 0] > 0 else x[1],
    "comparison as weight": lambda x: x * (x > 0) + (x <= 0) * x**2,
    "position of the largest": lambda x: x[:, np.argmax(x[0])] * x.argmin(),
    "shape, size, ndim": lambda x: x.reshape(x.size) * x.ndim * x.shape[1],
    "list of numbers": lambda x: [x[0, 0] * x[1, 2], x[0, 1]],
    "nested lists": lambda x: [[x[0, 0], 1.0], [x[1, 1], x[0, 0] ** 2]],
    "np.array of numbers": lambda x: np.array([x[0, 0] * x[1, 2], x[0, 1]]),
    "object array goes on": lambda x: np.sin(np.array([x[0, 0] * x[1, 2], x[0, 1]])) @ x[:, :2],
}


@pytest.mark.parametrize("name", METHODS)
def test_traced_arrays_behave_as_arrays(name):
    f = METHODS[name]
    tape, y = trace(f, [M])
    assert isinstance(y, Traced) and y.tape is tape
    assert y.value.shape == np.shape(f(M)) and np.allclose(np.asarray(y.value, float), np.asarray(f(M), float))
    assert np.allclose(mc.derivative(f, M).array, mc.derivative(f, M, method="difference").array, atol=1e-7)


@pytest.mark.parametrize("f", [
    lambda x: x > 0.5, lambda x: x == x, lambda x: np.sign(x), lambda x: np.argsort(x), lambda x: x.argmax(),
    lambda x: np.isfinite(x), lambda x: x.any(), lambda x: np.zeros_like(x), lambda x: len(x), lambda x: x.shape])
def test_what_has_no_slope_is_plain(f):
    _, y = trace(f, [M])
    assert not isinstance(y, Traced)
    assert np.array_equal(y, f(M))


def test_collect_stacks_and_passes_the_rest_through():
    assert collect([1.0, [2.0]]) == [1.0, [2.0]]
    _, y = trace(lambda x: [[x[0, 0], 2.0], [x[0, 1], x[1, 2]]], [M])
    assert y.value.tolist() == [[0.3, 2.0], [-0.7, -1.5]]


@pytest.mark.parametrize("f, branched", [(lambda x: x[0] if x[0, 0] else x[1], True), (np.tanh, False)])
def test_a_branch_on_a_value_is_recorded(f, branched):
    assert trace(f, [M])[0].branched is branched


@pytest.mark.parametrize("meet", [
    lambda x, y: x + y, lambda x, y: y + x,
    lambda x, y: np.sum(np.stack([x, y])), lambda x, y: np.sum(np.stack([y, x])),
    lambda x, y: np.maximum(x - 1, y) + x, lambda x, y: np.maximum(y, x - 1) + x, lambda x, y: np.where(True, y, x) + x,
    lambda x, y: np.einsum(",->", y, 1 + 0 * x) + x], ids=range(8))
def test_levels_do_not_mix_in_either_order(meet):
    """The inner derivative is 1 whatever the outer point is: by x the product is 1, and 2 where tapes are confused."""
    assert mc.derivative(lambda x: x * mc.derivative(lambda y: meet(x, y), x).array, 1.7).array == 1.0


def test_levels_do_not_mix():
    """d/dx of x · d/dy (x + y) at y = x is 1; confusing the two tapes gives 2."""
    assert mc.derivative(lambda x: x * mc.derivative(lambda y: x + y, x).array, 1.7).array == 1.0
    third = mc.derivative(lambda x: mc.hessian(lambda y: np.sum(y**4), x).array, M[0]).array
    assert np.allclose(third, np.einsum("i,ij,ik->ijk", 24 * M[0], np.eye(3), np.eye(3)))


def test_a_tape_is_freed_without_the_garbage_collector():
    big = np.ones(10**6)

    def f(x):
        return np.sum(np.exp(x * big) * np.sin(x))

    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        d = mc.derivative(f, big)
        held = tracemalloc.get_traced_memory()[0]
        del d
        after = tracemalloc.get_traced_memory()[0]
        with pytest.raises(ZeroDivisionError):
            mc.derivative(lambda x: f(x) / 0 if np.sum(x) < 0 else 1 / 0, big)
        failed = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held < 1.1 * big.nbytes, "the gradient, and nothing of the tape"
    assert after < big.nbytes / 100
    assert failed < big.nbytes / 100


def test_a_gradient_keeps_nothing_larger_alive():
    """Ten entries of a million are no view of them."""
    big = np.ones(10**6)
    tracemalloc.start()
    try:
        d = mc.derivative(lambda x: np.sum(np.concatenate([x, big]) ** 2), np.arange(10.0))
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert np.array_equal(d.array, 2 * np.arange(10.0)) and held < big.nbytes / 100


def test_an_error_inside_f_is_passed_on_and_leaves_nothing_behind():
    with pytest.raises(ZeroDivisionError):
        mc.derivative(lambda x: 1 / 0, M)
    with pytest.raises(ValueError, match="mismatch"):
        mc.derivative(lambda x: np.ones((2, 4)) @ x, M)
    assert mc.derivative(lambda x: np.sum(x**2), M).array.tolist() == (2 * M).tolist()
