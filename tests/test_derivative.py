"""Whole derivatives: layouts, kinds, several arguments, second derivatives, lists, display."""

import functools

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine import UnsupportedError

C = np.array([[1.0, -2.0, 0.5, 3.0], [0.3, 1.5, -1.0, 2.0], [2.0, 0.1, 0.7, -0.4]])
V = np.array([0.3, -0.7, 1.1, 0.2])


def curved(v):
    return np.sin(C @ v) + (C @ v) ** 2


def by_hand(v):
    return ((np.cos(C @ v) + 2 * (C @ v))[:, None] * C).T  # row i is input i


# Layouts -------------------------------------------------------------------------------------------------

def test_vector_by_vector_has_a_row_for_each_input():
    d = mc.derivative(curved, V)
    assert np.allclose(d.matrix, by_hand(V), rtol=1e-14) and d.matrix.shape == (4, 3)
    assert np.array_equal(d.layout("numerator"), d.matrix.T)


@pytest.mark.parametrize("f, at, shape", [
    (lambda v: v[0] * v[1] ** 2, V, (4, 1)),
    (lambda v: v[0, 0] * v[1, 0] ** 2, V.reshape(4, 1), (4, 1)),
    (lambda s: np.array([s**2, np.sin(s), np.exp(s)]), 0.4, (1, 3)),
    (lambda s: np.array([[s**2], [np.sin(s)], [np.exp(s)]]), 0.4, (1, 3)),
    (lambda s: np.sin(C[:2, :3] * s), 0.4, (3, 2)),
    (lambda M: np.sum(np.sin(M) * C[:2, :3]), C[:2, :3], (2, 3)),
    (lambda v: curved(v[:, 0])[:, None], V.reshape(4, 1), (4, 3)),
    (lambda s: s**3, 2.0, ()),
    (lambda v: v.T @ v, V.reshape(4, 1), (4, 1))])
def test_the_notes_layout(f, at, shape):
    assert mc.derivative(f, at).matrix.shape == shape
    assert np.allclose(mc.derivative(f, at).matrix, mc.derivative(f, at, method="difference").matrix, atol=1e-8)


def test_matrix_by_scalar_is_transposed():
    B = C[:2, :3]
    d = mc.derivative(lambda s: np.sin(B * s), 0.4)
    assert np.allclose(d.matrix, (B * np.cos(B * 0.4)).T, rtol=1e-15)


# Arguments -----------------------------------------------------------------------------------------------

def test_several_arguments():
    W = C.T

    def f(W, a):
        return np.tanh(W.T @ a)

    both = mc.derivative(f, (W, V))
    assert [d.array.shape for d in both] == [(4, 3, 3), (4, 3)]
    assert np.array_equal(mc.derivative(f, (W, V), wrt="a").array, both[1].array)
    assert np.array_equal(mc.derivative(f, (W, V), wrt=0).array, both[0].array)


def _wrapped(f):
    @functools.wraps(f)
    def outer(*args, **options):
        return f(*args[::-1], **options)
    return outer


@pytest.mark.parametrize("f", [
    _wrapped(lambda a, b: b * a**2), lambda *a: a[0] * a[1], lambda x, y, *, a=1.0: a * x * y, np.multiply,
    functools.partial(lambda a, x, y: a * x * y, 2.0)], ids=["wraps", "*args", "keyword only", "ufunc", "partial"])
def test_a_name_never_stands_for_another_argument(f):
    """`wrt="a"` is refused where no parameter of f itself, called by place, has that name; a place always works."""
    by_difference = mc.derivative(f, (2.0, 3.0), wrt=1, method="difference")
    assert mc.derivative(f, (2.0, 3.0), wrt=1).array == by_difference.array.round(6)
    with pytest.raises(ValueError, match=r"wrt='a' is not an argument.*wrt=0"):
        mc.derivative(f, (2.0, 3.0), wrt="a")


# Second derivatives --------------------------------------------------------------------------------------

def test_hessian_against_a_closed_form_and_autograd():
    def s(np):
        return lambda v: np.sum(np.sin(np.dot(C, v)) * np.exp(v[:3])) + v[0] ** 3 * v[1]

    ours = mc.hessian(s(np), V).matrix
    assert np.allclose(ours, autograd.hessian(s(anp))(V), rtol=1e-12, atol=1e-13)
    assert np.allclose(mc.hessian(lambda v: v @ C.T @ C @ v, V).matrix, 2 * C.T @ C, rtol=1e-13)
    with pytest.raises(ValueError, match="scalar"):
        mc.hessian(curved, V)


@pytest.mark.parametrize("f", [
    np.prod, np.linalg.norm, lambda v: np.var(v) + np.std(v), lambda v: np.max(v) ** 2,
    lambda v: np.sum(np.convolve(v, v) ** 2), lambda v: np.linalg.det(np.outer(v, v) + np.diag(v**2 + 1)),
    lambda v: np.sum(np.linalg.inv(np.diag(v) + 3 * np.eye(4)) ** 2),
    lambda v: np.sum(np.sort(v) * np.cumsum(v) ** 2), lambda v: np.sum(np.stack([v, v**2]) @ np.tanh(v)),
    lambda v: np.sum(v[[0, 0, 2]] ** 3), lambda v: np.sum(np.where(v > 0, v**3, v)),
    lambda v: np.sum(np.linalg.solve(np.diag(v) + np.ones((4, 4)), v**2)), lambda v: np.sum(np.kron(v, np.sin(v)) ** 2),
    lambda v: np.sum(np.clip(v, -0.5, 1.0) ** 2 * np.cos(v)), lambda v: np.einsum("ij,ij,ii", v[:, None] * v, C.T @ C,
                                                                                  np.outer(v, v)),
    lambda v: np.array([v[0] * v[1], v[2]]) @ np.array([1.0, 2.0])])
def test_second_derivatives_of_many_rules(f):
    exact = mc.hessian(f, V)
    rough = mc.derivative(lambda v: mc.derivative(f, v).array, V, method="difference")
    assert np.allclose(exact.array, rough.array, rtol=1e-6, atol=1e-6)


def test_derivatives_of_a_jacobian_and_of_a_hessian():
    second = mc.derivative(lambda v: mc.derivative(curved, v).array, V)
    assert second.array.shape == (4, 4, 3)
    assert np.allclose(second.array, mc.derivative(by_hand, V, method="difference").array, atol=1e-7)
    third = mc.derivative(lambda x: mc.hessian(lambda y: np.sum(y**4), x).array, V).array
    assert np.allclose(third, np.einsum("i,ij,ik->ijk", 24 * V, np.eye(4), np.eye(4)))


def test_unsupported_functions_work_by_differences():
    d = mc.derivative(lambda v: np.abs(np.fft.fft(v)), V, method="difference")
    assert d.array.shape == (4, 4)
    with pytest.raises(UnsupportedError):
        mc.derivative(lambda v: np.abs(np.fft.fft(v)), V)
