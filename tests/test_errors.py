"""Errors of the engine that teach: the argument, what it met, what to do."""

import numpy as np
import pytest

import mcnotes as mc

V = np.array([0.3, -0.7, 1.1])
W = np.arange(6.0).reshape(2, 3) / 5


def sine():
    return mc.derivative(np.sin, V)


def grown(v):
    v += 1.0
    return v


def matrix(v):
    return np.array([[v[0], 1.0], [1.0, v[1]]])


def kept():
    """A traced array that outlives its call."""
    found = []
    mc.derivative(lambda v: found.append(v) or np.sum(v), V)
    return found[-1]


KEPT = kept()
CASES = {
    "kept, first": (lambda: mc.derivative(lambda v: np.sum(KEPT * v), V), TypeError, ["earlier call"]),
    "kept, second": (lambda: mc.derivative(lambda v: np.sum(v * KEPT), V), TypeError, ["earlier call"]),
    "kept, returned": (lambda: mc.derivative(lambda v: KEPT, V), TypeError, ["earlier call"]),
    "no such method": (lambda: mc.derivative(lambda v: v.view(float), V), TypeError, ["'view'", "difference"]),
    "computed borders": (lambda: mc.derivative(lambda v: np.pad(v, 1, "mean"), V), TypeError,
                         ["mode='mean'", "constant", "np.concatenate"]),
    "vectors": (lambda: mc.derivative(lambda M: np.linalg.eigh(M)[1], np.eye(2)), TypeError, ["np.linalg.eigh"]),
    "a derivative among arrays": (lambda: mc.derivative(lambda x: x - 0.1 * mc.derivative(np.sum, x), V), TypeError,
                                  [".array", ".matrix", "gradient descent"]),
    "a dict of arrays": (lambda: mc.derivative(lambda p: p["W"], {"W": W}), TypeError, ["dict", "tuple, at=(W, b)"]),
    "a list of arrays": (lambda: mc.derivative(lambda p: p[0], [W, V]), TypeError, ["list of arrays", "tuple"]),
    "not a function": (lambda: mc.derivative(3.0, V), TypeError, ["f must be a function", "float"]),
    "wrt a truth value": (lambda: mc.derivative(lambda a, b: a, (V, V), wrt=True), ValueError, ["wrt=True"]),
    "in place": (lambda: mc.derivative(grown, V), TypeError, ["in place", "+=", "y = y + x"]),
    "Hessian by two": (lambda: mc.hessian(lambda a, b: a @ b, (V, V)), TypeError, ["hessian", "one array"]),
    "option": (lambda: mc.derivative(lambda v: np.sum(v, dtype=int), V), TypeError, ["np.sum", "dtype=", "rule"]),
    "near": (lambda: mc.derivative(np.nansum, W), TypeError, ["np.nansum", "have one: ", "np.sum"]),
    "objects": (lambda: mc.derivative(lambda v: np.linalg.inv(matrix(v)), V), TypeError, ["np.array(", "np.stack("]),
    "empty": (lambda: mc.derivative(np.sum, np.zeros((2, 0))), ValueError, ["at is empty", "(2, 0)"]),
    "second argument": (lambda: mc.derivative(lambda a, b: a, (V, [np.inf])), ValueError, ["at[1]", "not finite"]),
    "wrt without a tuple": (lambda: mc.derivative(np.sin, V, wrt=0), TypeError, ["wrt", "tuple"]),
    "wrt by another name": (lambda: mc.derivative(lambda a, b: a, (V, V), wrt="c"), ValueError, ["'c'", "a, b"]),
    "wrt out of range": (lambda: mc.derivative(lambda a, b: a, (V, V), wrt=-1), ValueError, ["-1", "from 0 to 1"]),
    "method": (lambda: mc.derivative(np.sin, V, method="symbolic"), ValueError, ["symbolic", "exact", "difference"]),
    "no difference": (lambda: mc.derivative(lambda x: np.where(x > 0, x, np.nan), 0.0, method="difference"), ValueError,
                      ["not finite"]),
    "nothing returned": (lambda: mc.derivative(lambda v: None, V), TypeError, ["None", "return"]),
    "a dictionary returned": (lambda: mc.derivative(lambda v: {"y": v}, V), TypeError, ["f must return", "dict"]),
    "a function returned": (lambda: mc.derivative(lambda v: np.sin, V), TypeError, ["f must return", "ufunc"]),
    "an empty list returned": (lambda: mc.derivative(lambda v: [], V), ValueError, ["empty", "(0,)"]),
    "ragged result": (lambda: mc.derivative(lambda v: [v[0], v], V), ValueError, ["different shapes", "()", "(3,)"]),
    "more than two axes": (lambda: mc.derivative(lambda W: W @ V, W).matrix, mc.LayoutError,
                           ["vector", "matrix", "3 axes", "(2, 3, 2)", ".array"]),
    "no such layout": (lambda: sine().layout("rows"), ValueError, ["convention", "denominator", "numerator", "rows"]),
    "Hessian of a vector": (lambda: mc.hessian(np.sin, V), ValueError, ["scalar", "(3,)"]),
    "difference inside": (lambda: mc.derivative(lambda v: mc.derivative(np.sum, v, method="difference").array, V),
                          TypeError, ["difference", "exact"]),
    "no rule, nothing near": (lambda: mc.derivative(lambda v: np.piecewise(v, [v > 0], [1.0]), V), TypeError,
                              ["np.piecewise", "difference"]),
    "math.sin": (lambda: mc.derivative(lambda v: __import__("math").sin(v[0]), V), TypeError, ["np.sin", "math.sin"]),
    "float()": (lambda: mc.derivative(lambda v: float(v[0]) ** 2, V), TypeError, ["float()", "lost"]),
    "out=": (lambda: mc.derivative(lambda v: np.sum(v, axis=0, out=np.zeros(())), V), TypeError, ["np.sum", "out="]),
    "where alone": (lambda: mc.derivative(lambda v: np.where(v), V), TypeError, ["np.where", "two branches"]),
    "stack of matrices": (lambda: mc.derivative(np.linalg.det, np.ones((2, 3, 3))), TypeError,
                          ["np.linalg.det of a stack", "np.stack(["]),
    "order of memory": (lambda: mc.derivative(lambda W: np.ravel(W, "K"), W), TypeError, ["order='K'", '"C" or "F"']),
    "a size below 1": (lambda: mc.shape_of(of=(3,), wrt=(0, 2)), ValueError, ["wrt", "(0, 2)", "1 or more"]),
    "target turned": (lambda: mc.network.squared_loss(V[:, None], V), ValueError, ["(3, 1)", "(3,)", "t"]),
    "too large": (lambda: mc.derivative(lambda M: M @ np.ones(1000), np.ones((1000, 1000))).array, MemoryError,
                  ["(1000, 1000, 1000)", "GB", ".chain"]),
}


@pytest.mark.parametrize("name", CASES)
def test_errors_name_what_they_met_and_what_to_do(name):
    call, error, words = CASES[name]
    with pytest.raises(error) as caught:
        call()
    assert [word for word in words if word not in str(caught.value)] == []
