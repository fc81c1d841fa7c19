"""The engine: f is compared with itself, decisions are noted, and nothing is lost on the way."""

import gc
import math
import operator
import pickle
import time
import tracemalloc

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine.core import SMALL, Traced

M = np.array([[0.3, -0.7, 1.1], [2.0, 0.4, -1.5]])
V = np.array([0.7, -1.3, 2.1])


@pytest.mark.parametrize("f", [
    lambda x: x > 0.5, lambda x: x == x, np.sign, np.floor, np.argsort, lambda x: x.argmax(), np.isfinite, len,
    lambda x: (x > 0).sum(axis=0) * 2, lambda x: np.bincount((x.ravel() > 0).astype(int)), np.zeros_like, np.shape,
    lambda x: 3.0, lambda x: x.any(), lambda x: np.ones(2)])
def test_what_has_no_slope_has_the_values_of_numpy_and_the_derivative_zero(f):
    value, d = mc.value_and_derivative(f, M)
    assert np.array_equal(value, f(M)) and d.array.shape == (2, 3, *np.shape(f(M)))
    assert not d.array.any() and not d.structure.dense().any() and not d.chain(np.ones(d.outer)).any()


@pytest.mark.parametrize("at", [True, 3, np.float32(0.5), [0.5]])
def test_other_numbers_are_promoted(at):
    found = mc.derivative(np.sin, at).array
    assert found.dtype == float and np.allclose(found, np.cos(np.asarray(at, float)))


# Compared with itself --------------------------------------------------------------------------------------

#: Functions that do something else when they are watched, or take a number out of NumPy's sight, where it is lost.
HIDING = {
    "isinstance": lambda x: x**2 if isinstance(x, np.ndarray) else x**3,
    "type": lambda x: x**2 if type(x) is np.ndarray else x**3,
    "hasattr": lambda x: x**2 if hasattr(x, "ctypes") else x**3, "repr": lambda x: x * len(repr(x)),
    "try": lambda x: _tried(x), "isscalar": lambda x: x[0] ** 2 if np.isscalar(x[0]) else x[0] ** 3,
    "float of an entry": lambda x: x**2 if isinstance(x[0], float) else x**3,
    "hypot.reduce of objects": lambda x: np.hypot.reduce(np.array([-x[0] ** 2])),
    "format": lambda x: x * float(f"{x[0]}"), "str": lambda x: x * float(str(x[0])),
    "pickle": lambda x: x * pickle.loads(pickle.dumps(x)), "float": lambda x: x * float(x[0]),
    "math": lambda x: x * math.exp(x[0]), "asarray": lambda x: x * np.asarray(x, float), "int": lambda x: x * int(x[2]),
    "into an array": lambda x: _written(x), "complex": lambda x: x * complex(x[0]).real,
}


def _tried(x):
    try:
        return x * float(x[0])
    except TypeError:
        return x**3


def _written(x):
    y = np.zeros(3)
    y[:] = x
    return y


@pytest.mark.parametrize("name", HIDING)
def test_what_cannot_be_watched_is_refused(name):
    with pytest.raises(TypeError, match="looks at the type of its argument|records? what is done|lost"):
        mc.derivative(HIDING[name], V)


@pytest.mark.parametrize("n", [3, SMALL + 1], ids=["small", "large"])
def test_random_numbers_and_changes_outside_are_told_so(n):
    random, calls, c, at = np.random.default_rng(3), [], np.linspace(1.0, 2.0, n), np.linspace(0.3, 0.9, n)

    def constant(x):
        y = x * c
        c[:] = c + 1.0
        return y

    def point(x):
        at[:] = at + 1.0
        return x * at
    for f in (lambda x: x * random.normal(size=n), lambda x: np.sum(x) * random.random(),
              lambda x: x * len(calls.append(1) or calls), constant, point):
        with pytest.raises(TypeError, match="random numbers, or changes something outside of itself"):
            mc.derivative(f, at)


def test_a_large_function_is_compared_once_for_each_shape_and_each_thing_that_it_captured():
    calls = []

    def made(big):
        return lambda x: calls.append(type(x)) or np.sum(big * x)
    big, other = np.ones(SMALL + 1), np.full(SMALL + 1, 2.0)
    for captured, point, wanted in ((big, big, 2), (big, big, 1), (other, big, 2), (big, np.ones(1), 2)):
        calls.clear()
        mc.derivative(made(captured), point)
        assert calls == [np.ndarray, Traced][-wanted:]
        assert mc.derivative(made(captured), point).array.sum() == np.sum(captured)


class Own(Exception):
    """An error of the reader's."""


@pytest.mark.parametrize("error", [
    ValueError("assignment destination is read-only"), TypeError("dtype('O') of mine"), ZeroDivisionError("mine"),
    IndexError("mine"), KeyError("mine"), Own("mine"), np.linalg.LinAlgError("mine"), MemoryError("mine"),
    TypeError("loop of ufunc does not support")], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("ask", [mc.derivative, mc.value_and_derivative, mc.hessian, mc.planar, mc.program])
def test_the_readers_own_errors_come_through(error, ask):
    def f(x):
        if np.size(x) > 1:
            raise error
        return x
    with pytest.raises(type(error)) as caught:
        ask(f, V)
    assert caught.value is error
    with pytest.raises(ValueError, match="mismatch"):                  # and so do NumPy's
        ask(lambda x: np.ones((2, 4)) @ x, V)


@pytest.mark.parametrize("f", [np.sin, lambda x: np.sum(x[:2] ** 2)])
def test_a_derivative_is_held_without_its_function_and_can_be_pickled(f):
    calls = []
    d = mc.derivative(lambda x: calls.append(x) or f(x), V)
    assert mc.compress(d).expand().shape == d.array.shape and len(calls) == 2
    again = pickle.loads(pickle.dumps(d))
    assert np.array_equal(again.array, d.array) and np.array_equal(again.structure.dense(), d.array)


# Decisions -------------------------------------------------------------------------------------------------

DECIDING = {
    "if": lambda x: x[0] if x[0] > 0 else x[1], "while": lambda x: _halved(x), "max": max,
    "min of two": lambda x: min(x[0], x[1]) * x, "sorted": lambda x: np.stack(sorted(x)),
    "objects: maximum": lambda x: np.maximum(np.array([x[0], x[1]]), 0.0), "any": lambda x: x if np.any(x > 2) else -x,
    "count": lambda x: x if np.sum(x > 0) > 1 else -x, "allclose": lambda x: x if np.allclose(x, 0) else -x,
    "sign": lambda x: x if np.sign(x[0]) == 1 else -x, "argmax": lambda x: x[np.argmax(x)],
    "argsort": lambda x: x[np.argsort(x)], "mask": lambda x: x[x > 0], "nonzero": lambda x: x[np.nonzero(x > 0)[0]],
    "range": lambda x: sum(x[k] for k in range(np.argmax(x))), "tolist": lambda x: x[np.argsort(x).tolist()],
    "searchsorted": lambda x: x * float(np.searchsorted(x[[1, 0, 2]], 0.2)),
    "key of a dict": lambda x: {2: x, 0: -x}[np.argmax(x)], "slice": lambda x: x[:np.argmax(x) + 1],
    "a plain array": lambda x: x * np.arange(3.0)[np.argsort(x)], "written": lambda x: x * _marked(x),
}
OPEN = {
    "comparison as a weight": lambda x: x * (x > 0), "where": lambda x: np.where(x > 0, x, 0.1 * x),
    "maximum": lambda x: np.maximum(x, 0), "largest": np.max, "sort": np.sort,
    "sign as a weight": lambda x: x * np.sign(x),
    "shape": lambda x: x.reshape(len(x), 1) if x.ndim == 1 else x, "given positions": lambda x: x[[1, 0]],
    "median": np.median, "clip": lambda x: np.clip(x, -1, 1), "norm": np.linalg.norm, "relu": mc.network.relu,
}


def _halved(x):
    while np.sum(x * x) > 1:
        x = x / 2
    return x


def _marked(x):
    marks = np.zeros(3)
    marks[x > 0] = 2.0
    return marks


@pytest.mark.parametrize("name", [*DECIDING, *OPEN])
def test_what_decides_is_noted(name):
    f = DECIDING.get(name) or OPEN[name]
    d = mc.derivative(f, V)
    assert d.branched is (name in DECIDING)
    assert np.allclose(d.array, mc.derivative(f, V, method="difference").array, atol=1e-7)


# Operands --------------------------------------------------------------------------------------------------

DTYPES = [bool, np.int8, np.uint8, np.int16, np.int64, np.float16, np.float32, np.longdouble, np.dtype(">f8"),
          np.dtype(">i2")]
FORMS = {"vector": lambda c: c, "list": list, "tuple": tuple, "strided": lambda c: np.repeat(c, 2)[::2],
         "number": lambda c: c[0], "no axes": lambda c: np.array(c[0]), "read only": lambda c: np.broadcast_to(c,
         (2, 3))[0]}
OPERATIONS = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul,
    "divide": lambda a, b: a / (b + 0.0 * a + 1),
    "twice": lambda a, b: (a * b) * b, "power": lambda a, b: np.abs(a) ** b, "maximum": np.maximum, "outer": np.outer,
    "where": lambda a, b: np.where(V > 0, a, b * a), "concatenate": lambda a, b: np.append(a, b), "kron": np.kron,
    "matmul": lambda a, b: np.matmul(np.outer(a, a), b * np.ones(3)), "sum of products": lambda a, b: np.sum(a * b + a),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_number_counts_as_a_real_number(name, form):
    """Small whole numbers do not overflow, truth values are 0 and 1: as if all were floats of double precision."""
    operate = OPERATIONS[name]
    for dtype in DTYPES:
        array = np.array([3, 1, 100], dtype)
        c, real = FORMS[form](array), np.asarray(FORMS[form](array.astype(float)), float)
        if isinstance(c, list | tuple) and name in ("twice", "matmul", "where", "divide"):
            continue
        assert np.array_equal(mc.derivative(lambda v, c=c: operate(v, c), V).array,
                              mc.derivative(lambda v, real=real: operate(v, real), V).array), dtype
        assert mc.derivative(lambda v, c=c: operate(v, c), V).array.dtype == np.float64


class Marked(np.ndarray):
    """An array of some other library."""


REFUSED = {
    "masked": (lambda: np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]), "MaskedArray"),
    "complex": (lambda: np.array([1j, 2, 3]), "imaginary parts apart"),
    "complex, all real": (lambda: np.array([1 + 0j, 2, 3]), "imaginary parts apart"),
    "objects": (lambda: np.array([1, -2.0, 3], object), "astype(float)"),
    "other library": (lambda: np.ones(3).view(Marked), "Marked"),
}
MEETINGS = {
    "multiply": lambda v, c: v * c, "from the left": lambda v, c: c * v, "add": np.add,
    "where": lambda v, c: np.where(V > 0, v, c), "concatenate": lambda v, c: np.concatenate([v, c]),
    "outer": np.outer, "dot": np.dot, "tensordot": lambda v, c: np.tensordot(v, c, 1),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("meeting", MEETINGS)
def test_what_is_no_real_number_is_refused_by_name(name, meeting):
    make, words = REFUSED[name]
    with pytest.raises(TypeError) as caught:
        mc.derivative(lambda v: MEETINGS[meeting](v, make()), V)
    assert words in str(caught.value)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("meet", [lambda v, c: v + c, lambda v, c: c - v, np.outer, np.maximum])
def test_a_matrix_of_numpy_is_refused(meet):
    with pytest.raises(TypeError, match="matrix.*asarray"):
        mc.derivative(lambda v: meet(v, np.matrix([[1.0, 2.0, 3.0]])), V)


@pytest.mark.parametrize("n", [3, SMALL + 1], ids=["small", "large"])
@pytest.mark.parametrize("place", [slice(None), 1, -2])
@pytest.mark.parametrize("view", [lambda c: c, lambda c: c[::-1], lambda c: c.reshape(-1, 1)[:, 0], lambda c: c.T[:]])
def test_a_constant_that_f_makes_and_changes_is_what_it_was(view, place, n):
    """Whatever view it is changed through, and however large it is."""
    def f(v):
        c = np.linspace(1.0, 2.0, 2 * n)
        before = c[:]
        y = v * view(c) + np.sum(v) * np.sin(v * view(c))
        before[place] = 7.0
        return y * view(c)
    at = np.linspace(0.3, 0.9, 2 * n)
    upstream = np.linspace(-1.0, 1.0, 2 * n)
    delta = 1e-6 * upstream
    found = mc.derivative(f, at)
    assert np.allclose(found.predict(delta), (f(at + delta) - f(at - delta)) / 2, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("change", [
    lambda x: x.sort(), lambda x: x.fill(0.0), lambda x: x.partition(1), lambda x: x.put(0, 1.0),
    lambda x: x.__setitem__(0, 1.0), lambda x: x.__iadd__(1.0), lambda x: x.__imul__(x), lambda x: np.add(x, x, out=x),
    lambda x: np.put(x, 0, 1.0), lambda x: np.copyto(x, 1.0), lambda x: np.add.at(x, 0, 1.0),
    lambda x: np.fill_diagonal(np.outer(x, x), 0.0), lambda x: np.sum(x, out=np.zeros(())),
    lambda x: np.random.default_rng(0).shuffle(x), lambda x: np.put_along_axis(x, np.array([0]), 1.0, 0)])
def test_changes_in_place_are_refused(change):
    with pytest.raises(TypeError):
        mc.derivative(lambda x: [change(x), x][1], V)


# Levels, memory, growth ------------------------------------------------------------------------------------

@pytest.mark.parametrize("meet", [
    lambda x, y: x + y, lambda x, y: y + x,
    lambda x, y: np.sum(np.stack([x, y])), lambda x, y: np.sum(np.stack([y, x])),
    lambda x, y: np.maximum(x - 1, y) + x, lambda x, y: np.maximum(y, x - 1) + x, lambda x, y: np.where(True, y, x) + x,
    lambda x, y: np.where(x > 0, y, 2 * y) + x, lambda x, y: np.einsum(",->", y, 1 + 0 * x) + x], ids=range(9))
def test_levels_do_not_mix_in_either_order(meet):
    """The inner derivative is 1 whatever the outer point is: by x the product is 1, and 2 where tapes are confused."""
    assert mc.derivative(lambda x: x * mc.derivative(lambda y: meet(x, y), x).array, 1.7).array == 1.0


def test_a_tape_is_freed_without_the_garbage_collector():
    big = np.ones(10**6)

    def f(x):
        return np.sum(np.exp(x * big) * np.sin(x))
    mc.derivative(f, big)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        d = mc.derivative(f, big)
        held = tracemalloc.get_traced_memory()[0]
        del d
        after = tracemalloc.get_traced_memory()[0]
        small = mc.derivative(lambda x: np.sum(np.concatenate([x, big]) ** 2), np.arange(10.0))
        ten = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        gc.enable()
    assert held < 1.1 * big.nbytes, "the gradient, and nothing of the tape"
    assert after < big.nbytes / 100
    assert ten < big.nbytes / 100 and np.array_equal(small.array, 2 * np.arange(10.0)), "no view of a million entries"


def _loop(v):
    for _ in range(len(v)):
        v = v + 0.01 * np.sin(v)
    return v


def _stepwise(v):
    h, found = v[0], []
    for k in range(len(v)):
        h = np.tanh(h) + v[k]
        found.append(h)
    return np.stack(found)


#: Functions of n entries with n steps, and how much longer four times as many may take: 16 times, with room for noise;
#: 64 times where the result of each step depends on all entries.
GROWING = {
    "stack": (lambda x: np.stack([x[i] for i in range(len(x))]), 24.0),
    "stack of neighbours": (lambda x: np.stack([x[i] * x[i - 1] ** 2 for i in range(len(x))]), 24.0),
    "list": (lambda x: [np.sin(x[i]) for i in range(len(x))], 24.0),
    "concatenate": (lambda x: np.concatenate([x[i:i + 1] ** 2 for i in range(len(x))]), 24.0),
    "loop": (_loop, 24.0), "sum of entries": (lambda x: sum(x[i] ** 2 for i in range(len(x))), 24.0),
    "state": (_stepwise, 80.0),
}


@pytest.mark.parametrize("name", GROWING)
def test_time_grows_with_the_steps_times_the_size_of_the_result(name):
    f, most = GROWING[name]
    taken = []
    for n in (100, 400) if name == "state" else (200, 800):
        x, best = np.linspace(0.1, 0.9, n), math.inf
        for _ in range(3):
            start = time.process_time()
            mc.derivative(f, x)
            best = min(best, time.process_time() - start)
        taken.append(best)
    assert taken[1] < most * taken[0], taken
