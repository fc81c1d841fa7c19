"""The gate: what meets a traced array counts as real numbers, and stays what it was when it came."""

import itertools
import operator
import threading

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine import constants
from mcnotes.engine.constants import SMALL

V = np.array([0.7, -1.3, 2.1])
NUMBERS = [3, 0, 100]
DTYPES = [bool, np.int8, np.uint8, np.int16, np.int32, np.int64, np.float16, np.float32, np.float64, np.longdouble,
          np.dtype(">f8"), np.dtype(">i2")]
FORMS = {
    "vector": lambda c: c,
    "list": lambda c: list(c),
    "tuple": lambda c: tuple(c),
    "strided": lambda c: np.repeat(c, 2)[::2],
    "number": lambda c: c[0],
    "no axes": lambda c: np.array(c[0]),
    "read only": lambda c: np.broadcast_to(c, (2, 3))[0],
}
OPERATIONS = {
    "add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv,
    "twice": lambda a, b: (a * b) * b, "power": lambda a, b: np.abs(a) ** b, "maximum": np.maximum, "hypot": np.hypot,
    "logaddexp": np.logaddexp, "outer": np.outer, "where": lambda a, b: np.where(V > 0, a, b * a),
    "stack": lambda a, b: np.stack([a, b * np.ones(3)]) * a, "concatenate": lambda a, b: np.append(a, b),
    "matmul": lambda a, b: np.matmul(np.outer(a, a), b * np.ones(3)), "einsum": lambda a, b: np.einsum("i,j", a, b * a),
    "kron": lambda a, b: np.kron(a, b), "sum of products": lambda a, b: np.sum(a * b + a),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_number_counts_as_a_real_number(name, form):
    operate = OPERATIONS[name]
    for dtype, swapped in itertools.product(DTYPES, (False, True)):
        array = np.array(NUMBERS, dtype)
        c, real = FORMS[form](array), FORMS[form](array.astype(float))
        real = np.asarray(real, float)

        def f(v, c=c, swapped=swapped):
            return operate(c, v) if swapped else operate(v, c)
        if swapped and name in ("where", "stack", "matmul", "einsum", "twice", "concatenate") or (
                isinstance(c, list | tuple) and name in ("twice", "einsum", "stack", "matmul", "where")
        ) or name in ("power", "divide") and not np.all(real):
            continue
        wanted = mc.derivative(lambda v, real=real: f(v, real), V)
        found = mc.derivative(f, V)
        assert found.array.dtype == float
        assert np.array_equal(found.array, wanted.array, equal_nan=True), (dtype, swapped)
        assert np.array_equal(found.structure.dense(), found.structure.dense().astype(float))


def test_comparisons_count_as_numbers():
    """(v > 0) * (v + v): one times two, not true and true."""
    d = mc.derivative(lambda v: (v > 0) * (v + v), V)
    assert np.array_equal(d.array, np.diag([2.0, 0.0, 2.0]))
    assert np.array_equal(mc.derivative(lambda v: np.sum((v > 0) @ np.outer(v, v)), V).array,
                          mc.derivative(lambda v: np.sum(np.array([1.0, 0.0, 1.0]) @ np.outer(v, v)), V).array)
    for condition in (np.array([2, 0, 3]), [1.5, 0.0, -1.0], np.array(["a", "", "b"]), V > 0):
        assert np.array_equal(mc.derivative(lambda v, c=condition: np.where(c, v, 0), V).array, np.diag([1.0, 0, 1]))


class Marked(np.ndarray):
    """An array of some other library."""


REFUSED = {
    "matrix": (np.matrix([[1.0, 2.0, 3.0]]), "np.matrix"),
    "masked": (np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]), "masked"),
    "complex": (np.array([1j, 2, 3]), "imaginary parts apart"),
    "complex number": (1j, "imaginary parts apart"),
    "complex, all real": (np.array([1 + 0j, 2, 3]), "imaginary parts apart"),
    "text": (np.array(["a", "b", "c"]), "<U1"),
    "dates": (np.array(["2020", "2021", "2022"], "datetime64[Y]"), "datetime64"),
    "None": (None, "real numbers"),
    "objects": (np.array([1.0, None, 2.0], object), "objects"),
    "numbers as objects": (np.array([1, -2.0, 3], object), "astype(float)"),
    "a number as object": (np.array(-2, object), "astype(float)"),
    "records": (np.zeros(3, [("a", float)]), "real numbers"),
    "other library": (np.ones(3).view(Marked), "Marked"),
}
MEETINGS = {
    "multiply": lambda v, c: v * c, "from the left": lambda v, c: c * v, "add": np.add, "matmul": lambda v, c: v @ c,
    "where": lambda v, c: np.where(V > 0, v, c), "concatenate": lambda v, c: np.concatenate([v, c]),
    "outer": np.outer, "einsum": lambda v, c: np.einsum("i,i", v, c), "solve": lambda v, c: np.linalg.solve(
        np.diag(v), c), "convolve": np.convolve, "tensordot": lambda v, c: np.tensordot(v, c, 1),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("meeting", MEETINGS)
def test_what_is_no_real_number_is_refused_by_name(name, meeting):
    thing, words = REFUSED[name]
    with pytest.raises(TypeError) as caught:
        mc.derivative(lambda v: MEETINGS[meeting](v, thing), V)
    assert words in str(caught.value)


SIZES = {"copied": 3, "locked": SMALL + 1}


@pytest.fixture(params=SIZES)
def n(request):
    return SIZES[request.param]


@pytest.mark.parametrize("operate", [operator.mul, operator.add, lambda v, c: v[:2] @ c.reshape(2, -1)[:, :3],
                                     lambda v, c: np.concatenate([v, c]) ** 2, np.maximum])
@pytest.mark.parametrize("view", [lambda c: c, lambda c: c[::-1], lambda c: c.reshape(-1, 1)[:, 0]])
def test_a_constant_that_f_changes(operate, view, n):
    """As if it had not been changed before, or an error that says what to do."""
    c, at = np.linspace(1.0, 2.0, 2 * n), np.linspace(0.3, 0.9, 2 * n)

    def f(v):
        first = operate(v, view(c))
        c[:] = 7.0
        return np.sum(first) + np.sum(operate(v, view(c)))
    wanted = mc.derivative(lambda v: np.sum(operate(v, view(np.linspace(1.0, 2.0, 2 * n))))
                           + np.sum(operate(v, view(np.full(2 * n, 7.0)))), at).array
    try:
        assert np.allclose(mc.derivative(f, at).array, wanted, rtol=1e-14)
    except TypeError as error:
        assert 2 * n > SMALL and "in place" in str(error) and "copy" in str(error)
    assert c.flags.writeable and at.flags.writeable and not constants._locks


@pytest.mark.parametrize("view", [lambda c: c, lambda c: c[::-1], lambda c: c.reshape(2, -1)[1]])
@pytest.mark.parametrize("place", [1, -2])
def test_one_entry_of_a_constant_that_f_changes(view, place, n):
    """By its own name one entry is as much as all."""
    c = np.linspace(1.0, 2.0, 2 * n).copy()

    def f(v):
        y = np.sum(v) * view(c)
        c[place] = 7.0
        return y
    wanted = mc.derivative(lambda v: np.sum(v) * view(np.linspace(1.0, 2.0, 2 * n)), V).array
    if 2 * n <= SMALL:
        assert np.array_equal(mc.derivative(f, V).array, wanted)
    else:
        with pytest.raises(TypeError, match="in place"):
            mc.derivative(f, V)


@pytest.mark.parametrize("f", [lambda W, a: W.T @ a, lambda W, a: np.tanh(W.T @ a), lambda W, a: a * W[:, 0],
                               lambda W, a: np.sum(W.T @ a) * a, lambda W, a: np.concatenate([W[:, 0] * a, a])])
def test_what_the_caller_changes_afterwards(f, n):
    m, k = (3, 2) if n == 3 else (300, 40)
    W, a = np.linspace(-1, 1, m * k).reshape(m, k), np.linspace(0.2, 0.8, m)
    of_W, of_a = mc.derivative(f, (W, a))
    keep, kept = W.copy(), a.copy()
    wanted = mc.derivative(f, (keep, kept))
    W[:] = 5.0
    a[:] = -3.0
    assert np.array_equal(of_a.array, wanted[1].array)
    upstream = np.linspace(1, 2, int(np.prod(of_W.outer, dtype=int))).reshape(of_W.outer)
    assert np.allclose(of_W.chain(upstream), wanted[0].chain(upstream), rtol=1e-13)
    of_a.array[:] = 9.0
    assert (W == 5.0).all() and (a == -3.0).all()


@pytest.mark.parametrize("f", [lambda a, b: np.sum(a + b), lambda a, b: np.sum(a - b), lambda a, b: a + b])
def test_two_derivatives_share_nothing(f):
    first, second = mc.derivative(f, (V, V))
    wanted = second.array.copy()
    first.array[:] = 9.0
    assert np.array_equal(second.array, wanted)


def test_an_error_unlocks_what_was_locked():
    big = np.ones(2 * SMALL)
    for f in (lambda v: v @ big, lambda v: 1 / 0 * big @ v, lambda v: np.sum(v) * big[5:] @ np.ones(3)):
        with pytest.raises((ZeroDivisionError, ValueError)):
            mc.derivative(f, V)
        big[0] += 1
    assert not constants._locks


def test_what_was_read_only_stays_so():
    big = np.ones(2 * SMALL)
    big.flags.writeable = False
    mc.derivative(lambda v: v[0] * big, V)
    assert not big.flags.writeable


def test_threads_lock_one_array_together():
    big, started, go_on = np.ones(2 * SMALL), threading.Event(), threading.Event()
    view = big[5:]

    def slow(v):
        y = v[0] * big
        started.set()
        go_on.wait(60)
        return y
    thread = threading.Thread(target=lambda: mc.derivative(slow, V))
    thread.start()
    started.wait(60)
    mc.derivative(lambda v: v[0] * big, V)
    mc.derivative(lambda v: v[0] * view, V)
    assert not big.flags.writeable          # the other one still needs it
    go_on.set()
    thread.join()
    assert big.flags.writeable and view.flags.writeable and not constants._locks


def test_points_that_f_reaches_in_another_way(n):
    at = np.linspace(0.5, 1.5, 2 * n)

    def f(v):
        y = v * v
        at[:] = 0.0
        return np.sum(y)
    if 2 * n <= SMALL:
        assert np.array_equal(mc.derivative(f, at).array, 2 * np.linspace(0.5, 1.5, 2 * n))
    else:
        with pytest.raises(TypeError, match="the point itself"):
            mc.derivative(f, at)


@pytest.mark.parametrize("change", [
    lambda x: x.sort(), lambda x: x.fill(0.0), lambda x: x.partition(1), lambda x: x.resize(2), lambda x: x.put(0, 1.0),
    lambda x: x.__setitem__(0, 1.0), lambda x: x.__iadd__(1.0), lambda x: x.__imul__(x), lambda x: np.add(x, x, out=x),
    lambda x: np.put(x, 0, 1.0), lambda x: np.copyto(x, 1.0), lambda x: np.add.at(x, 0, 1.0),
    lambda x: np.fill_diagonal(np.outer(x, x), 0.0), lambda x: np.sum(x, out=np.zeros(())),
    lambda x: x.setfield(1, float), lambda x: np.random.default_rng(0).shuffle(x)])
def test_changes_in_place_are_refused(change):
    with pytest.raises(TypeError):
        mc.derivative(lambda x: [change(x), x][1], V)


@pytest.mark.parametrize("own", [True, False], ids=["the array itself", "a view of it"])
@pytest.mark.parametrize("size", [SMALL + 1, 3 * SMALL], ids=["just large enough", "larger"])
def test_a_large_array_that_is_overwritten_through_a_view_from_before(own, size):
    """No lock reaches it; that it changed is noticed."""
    c = np.linspace(1.0, 2.0, size if own else 2 * size).copy()             # it owns its memory
    before, used = c[:], c if own else c[::2]

    def f(v):
        y = v[0] * used
        before[:] = 7.0
        return y
    with pytest.raises(TypeError, match="in place"):
        mc.derivative(f, V)
    assert c.flags.writeable and not constants._locks


@pytest.mark.parametrize("f", [
    lambda W, x: np.tanh(W @ x), lambda W, x: np.exp(-(W @ x)), lambda W, x: np.where(x > 0.5, W * x, 0.0),
    lambda W, x: np.exp(-(np.sum(x) * W)), lambda W, x: np.tanh(np.einsum("ij,j->i", W, x)),
    lambda W, x: np.sum(np.tanh(W @ x))])
def test_an_infinite_constant_is_no_way_to_nan(f, n):
    """Whether it was copied or locked: an infinite slope that meets a zero is said, and never a silent nan."""
    m = n if n == 3 else 150
    W = np.linspace(0.1, 1.0, m * m).reshape(m, m)
    W[1, 0] = np.inf
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="not a number"):
        mc.derivative(lambda x: f(W, x), np.linspace(0.1, 0.9, m))
