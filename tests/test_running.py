"""Lists of traced numbers, products along an axis, outer products: right for every form; and what is refused."""

import numpy as np
import pytest

import mcnotes as mc

V = np.array([0.7, -1.3, 2.1])
M = np.array([[0.3, -0.7, 1.1], [2.0, 0.4, -1.5]])


def agree(f, at):
    """First and second derivatives against differences."""
    exact, wanted = mc.derivative(f, at).array, mc.derivative(f, at, method="difference").array
    assert exact.shape == wanted.shape and np.allclose(exact, wanted, rtol=1e-7, atol=1e-7)

    def gradient(x):
        return mc.derivative(lambda x: np.sum(np.sin(f(x))), x).array
    assert np.allclose(mc.derivative(gradient, at).array, mc.derivative(gradient, at, method="difference").array,
                       rtol=1e-6, atol=1e-6)


LISTS = {
    "numbers": lambda x: [x[0], x[1] * x[2], x[2]],
    "a tuple": lambda x: (x[0] * x[0], x[1]),
    "with plain numbers": lambda x: [x[0], 1.5, x[2] * x[1], 2],
    "one number": lambda x: [x[1]],
    "arrays": lambda x: [x, x * x],
    "rows of numbers": lambda x: [[x[0], 2.0], [x[1] * x[2], x[1]]],
}
TAKING = [np.mean, np.std, np.var, np.sum, np.prod, np.median, np.max, np.ptp, np.cumsum, np.cumprod,
          np.linalg.norm, lambda x: np.mean(np.array(x)), lambda x: np.array(x).std()]


@pytest.mark.parametrize("form", LISTS)
@pytest.mark.parametrize("f", TAKING)
def test_functions_of_lists(f, form):
    if form == "one number" and f in (np.std, TAKING[-1]):
        return                                          # NumPy takes the root of 0: a corner
    exact = mc.derivative(lambda x: f(LISTS[form](x)), V).array
    assert np.allclose(exact, mc.derivative(lambda x: f(LISTS[form](x)), V, method="difference").array, atol=1e-7)


@pytest.mark.parametrize("f", [np.mean, np.std, np.var, np.sum, np.median])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_functions_of_lists_along_an_axis(f, axis):
    agree(lambda x: f([x, x * x, np.cos(x)], axis=axis), V)


@pytest.mark.parametrize("at", [M, M * [[1.0], [0.0]], np.array([[0.4, 0.0, 0.0], [1.0, 2.0, 0.0]])],
                         ids=["no zero", "a row of zeros", "zeros"])
@pytest.mark.parametrize("axis", [None, 0, 1, -2])
def test_products_along_an_axis(axis, at):
    agree(lambda x: np.cumprod(x, axis), at)
    if axis is not None:
        agree(lambda x: np.multiply.accumulate(x, axis=axis), at)
        agree(lambda x: x.cumprod(axis), at)


OUTER = [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.hypot, np.arctan2, np.power, np.logaddexp]


@pytest.mark.parametrize("ufunc", OUTER, ids=lambda ufunc: ufunc.__name__)
def test_outer_of_a_ufunc(ufunc):
    for other in (np.array([0.4, 2.27]), [[1.5, 0.3, 0.9]], 2, np.array([[1], [3]], np.int8)):
        agree(lambda x, other=other: ufunc.outer(1.2 + x * x / 4, other), V)
        agree(lambda x, other=other: ufunc.outer(other, 1.2 + x * x / 4), M)
    agree(lambda x: ufunc.outer(1.2 + x[0] * x[0] / 4, 1.3 + x * x / 5), M)


@pytest.mark.parametrize("f, words", [
    (lambda x: np.maximum.accumulate(x), ["np.maximum.accumulate"]),
    (lambda x: np.add.reduceat(x, [0, 1]), ["np.add.reduceat"]),
    (lambda x: np.quantile(x, 0.4), ["np.quantile has no derivative rule", "difference"]),
    (lambda x: np.interp(x, [0.0, 1.0], [2.0, 3.0]), ["np.interp has no derivative rule"]),
    (lambda x: np.insert(x, 1, x[0]), ["np.insert has no derivative rule"]),
    (lambda x: np.linalg.svd(np.outer(x, x))[0], ["np.linalg.svd has no derivative rule"]),
    (lambda x: np.add(x, 1, x), ["changed in place"]),
])
def test_what_is_refused(f, words):
    with pytest.raises((TypeError, ValueError, IndexError, AttributeError)) as caught:
        mc.derivative(f, V)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_numbers_closer_together_than_jumps():
    """a mod b jumps at every multiple of b; where b is tiny these lie between two neighbouring numbers."""
    assert np.isclose(mc.derivative(lambda b: np.remainder(2.3, b), 1e-6).array, -np.floor(2.3 / 1e-6))
    for f in (lambda b: np.remainder(2.3, b), lambda b: 2.3 % b):
        with pytest.raises(ValueError, match="closer together"):
            mc.derivative(f, 1e-20)
    assert mc.derivative(lambda a: a % 1e-20, 2.3).array == 1.0
