"""Where a value decides how a program goes on, the tape knows; and where the point has no derivative, it is said."""

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine.stepped import Stepped
from mcnotes.engine.trace import trace

V = np.array([0.7, -1.3, 2.1])

DECIDING = {
    "if": lambda x: x[0] if x[0] > 0 else x[1],
    "if of a traced number": lambda x: x if x[0] else -x,
    "while": lambda x: _halved(x),
    "max": lambda x: max(x),
    "min of two": lambda x: min(x[0], x[1]) * x,
    "sorted": lambda x: np.stack(sorted(x)),
    "objects: maximum": lambda x: np.maximum(np.array([x[0], x[1]]), 0.0),
    "objects: clip": lambda x: np.clip(np.array([x[0] * 2]), -0.4, 0.4),
    "objects: sort": lambda x: np.sort(np.array([x[0], x[1]])),
    "objects: comparison": lambda x: x * (np.array([x[0], x[1], x[2]]) > 0).astype(float),
    "np.any": lambda x: x if np.any(x > 2) else -x,
    "method all": lambda x: x if (x > 0).all() else -x,
    "count": lambda x: x if np.sum(x > 0) > 1 else -x,
    "count_nonzero": lambda x: x if np.count_nonzero(x) > 2 else -x,
    "and, not": lambda x: x if ~((x > 0) & (x < 2))[0] else -x,
    "allclose": lambda x: x if np.allclose(x, 0) else -x,
    "array_equal": lambda x: x if np.array_equal(x, x) else -x,
    "isnan": lambda x: x if not np.isnan(x).any() else -x,
    "sign": lambda x: x if np.sign(x[0]) == 1 else -x,
    "floor": lambda x: x * int(np.floor(x[2])),
    "argmax": lambda x: x[np.argmax(x)],
    "method argmin": lambda x: x[x.argmin()],
    "argsort": lambda x: x[np.argsort(x)],
    "take": lambda x: np.take(x, np.argsort(x)),
    "mask": lambda x: x[x > 0],
    "np.where of one": lambda x: x[np.where(x > 0)],
    "nonzero": lambda x: x[np.nonzero(x > 0)[0]],
    "slice": lambda x: x[:np.argmax(x) + 1],
    "pair": lambda x: np.outer(x, x)[np.argmax(x), np.argmin(x)],
    "list of positions": lambda x: [x[k] for k in np.argsort(x)],
    "range": lambda x: sum(x[k] for k in range(np.argmax(x))),
    "key of a dict": lambda x: {2: x, 0: -x}[np.argmax(x)],
    "tolist": lambda x: x[np.argsort(x).tolist()],
    "compress": lambda x: np.compress(x > 0, x),
    "repeat": lambda x: np.repeat(x, (x > 0).astype(int)),
    "searchsorted": lambda x: x * float(np.searchsorted(x[[1, 0, 2]], 0.2)),
    "arithmetic first": lambda x: x if ((x > 0) * 2.0 - 1)[1] > 0 else -x,
    "roll": lambda x: np.roll(x, np.argmax(x)),
}
OPEN = {
    "comparison as a weight": lambda x: x * (x > 0),
    "where": lambda x: np.where(x > 0, x, 0.1 * x),
    "maximum": lambda x: np.maximum(x, 0),
    "largest": np.max,
    "sort": np.sort,
    "sign as a weight": lambda x: x * np.sign(x),
    "shape": lambda x: x.reshape(len(x), 1) if x.ndim == 1 else x,
    "given positions": lambda x: x[[1, 0]],
    "given branch": lambda x: x if V[0] > 0 else -x,
}


def _halved(x):
    while x[2] > 1:
        x = x / 2
    return x


@pytest.mark.parametrize("name", DECIDING)
def test_a_value_that_decides_is_recorded(name):
    tape, _ = trace(DECIDING[name], [V])
    assert tape.branched
    exact, wanted = mc.derivative(DECIDING[name], V), mc.derivative(DECIDING[name], V, method="difference")
    assert np.allclose(exact.array, wanted.array, atol=1e-8) and exact.array.shape == wanted.array.shape


@pytest.mark.parametrize("name", OPEN)
def test_where_nothing_is_decided_nothing_is_recorded(name):
    assert not trace(OPEN[name], [V])[0].branched


@pytest.mark.parametrize("name", ["if", "argmax", "np.any", "mask"])
def test_a_decision_inside_a_derivative_of_a_derivative_reaches_both_tapes(name):
    inside = []

    def f(x):
        tape, y = trace(DECIDING[name], [x])
        inside.append(tape)
        return y.value
    outer, _ = trace(f, [V])
    assert inside[0].branched and outer.branched


def test_steps_are_plain_arrays_to_the_reader():
    found = []

    def f(x):
        found.extend([x > 0, np.sign(x), np.argsort(x), x[0] > 0])
        return x
    mc.derivative(f, V)
    positive, sign, order, first = found
    assert isinstance(positive, np.ndarray) and positive.tolist() == [True, False, True]
    assert np.array_equal(sign, np.sign(V)) and (sign + 1).tolist() == [2.0, 0.0, 2.0] and order[0] == 1
    assert first and f"{first}" == "True" and int(order[1]) == 0 and {True: 1}[first] == 1
    assert [int(k) for k in order] == [1, 0, 2] and repr(np.asarray(positive)) == "array([ True, False,  True])"
    assert isinstance(positive & positive, Stepped) and not isinstance(np.asarray(positive), Stepped)
    positive[0] = False                                     # the reader's own from here on
    assert positive.tolist() == [False, False, True]


SILENT = {
    "second derivative of norm at 0": (lambda: mc.hessian(np.linalg.norm, np.zeros(2)), ["norm", "no derivative"]),
    "second derivative of std of equal numbers": (lambda: mc.hessian(np.std, np.ones(3)), ["std"]),
    "sqrt of a constant": (lambda: mc.derivative(lambda v: np.sqrt(np.where(v > 1, v - 1, 0)), 0.5), ["np.where("]),
    "a branch that is not defined": (lambda: mc.derivative(lambda v: np.where(v > 0, np.sqrt(v), 0), -0.5), ["sqrt"]),
    "zero times infinity": (lambda: mc.derivative(lambda v: np.sqrt(v) * [0.0, 1.0], np.zeros(2)), ["meets a zero"]),
    "log of a negative number": (lambda: mc.derivative(np.log, -1.0), ["not defined", "nan"]),
    "one entry is nan": (lambda: mc.derivative(lambda v: np.arcsin(v), np.array([0.5, 2.0])), ["not defined", "[1]"]),
    "0 / 0": (lambda: mc.derivative(lambda v: v / v, 0.0), ["not defined"]),
    "nan in a constant": (lambda: mc.derivative(lambda v: v * [1.0, np.nan], np.ones(2)), ["not defined", "[1]"]),
    "atan2 at the origin": (lambda: mc.derivative(lambda v: np.arctan2(v[0], v[1]), np.zeros(2)), ["not a number"]),
    "mean of nothing": (lambda: mc.derivative(lambda v: np.mean(v, where=[False, False]), np.ones(2)), ["defined"]),
    "differences beyond the domain": (lambda: mc.derivative(np.log, 1e-6, method="difference"), ["not finite"]),
    "log-determinant of a singular matrix": (lambda: mc.derivative(lambda M: np.linalg.slogdet(M)[1], np.ones((2, 2))),
                                             ["inverted"]),
    "vectors of equal eigenvalues": (lambda: mc.derivative(lambda M: np.linalg.eigh(M)[1], np.eye(3)), ["equal"]),
    "vectors of a singular value 0": (lambda: mc.derivative(lambda M: np.linalg.svd(M)[0], np.diag([2.0, 0.0])), ["0"]),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SILENT)
def test_no_derivative_is_nan_without_a_word(name):
    call, words = SILENT[name]
    with pytest.raises(ValueError) as caught:
        call()
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nor_where_there_are_too_many_entries_to_look_at_each():
    """The dense array would take 7 GB; an infinite slope meets a zero all the same."""
    at = np.linspace(0.5, 1.5, 30_000)
    with pytest.raises(ValueError, match="not a number"):
        mc.derivative(lambda v: np.sqrt(np.where(v > 1, v - 1, 0.0)), at)
    assert mc.derivative(lambda v: np.sqrt(np.where(v > 1, v - 1, 1.0)), at).structure.nbytes < 10 * at.nbytes


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f, at, wanted", [
    (np.sqrt, 0.0, np.inf), (np.log, 0.0, np.inf), (np.abs, 0.0, 0.0), (np.linalg.norm, np.zeros(2), [0, 0]),
    (np.std, np.ones(1), [0]), (np.std, np.ones(3), [0, 0, 0]), (lambda v: np.copysign(v, 0.0), -1.0, -1.0),
    (lambda v: np.copysign(v, -0.0), 2.0, -1.0), (lambda v: np.maximum(v, 1.0), 1.0, 0.5), (np.sign, 0.0, 0.0),
    (np.floor, 1.0, 0.0),
    (lambda v: np.where(v > 0, np.log(v), 0.0), -0.5, 0.0), (np.sinc, 0.0, 0.0), (np.cbrt, 0.0, np.inf)])
def test_documented_answers(f, at, wanted):
    assert np.array_equal(mc.derivative(f, at).array, wanted)


@pytest.mark.parametrize("at", [np.ones(1), np.full(1, -2.0)])
def test_one_number_has_no_spread_at_any_point(at):
    assert not mc.hessian(np.std, at).array.any()
