"""Activations and losses of a network: their values at the ends, and their derivatives."""

import numpy as np
import pytest

import mcnotes as mc

net = mc.network


def test_sigmoid_and_softmax_do_not_overflow():
    with np.errstate(all="raise"):
        assert net.sigmoid(np.array([-800.0, 800.0])).tolist() == [0.0, 1.0]
    assert np.allclose(net.softmax(np.array([1000.0, 1001.0])).sum(), 1)
    assert np.allclose(net.softmax(np.ones((3, 4))).sum(axis=0), 1)


def test_softmax_is_column_by_column(random):
    Z = random.normal(size=(3, 4))
    for k in range(4):
        assert np.allclose(net.softmax(Z)[:, k], net.softmax(Z[:, k]), rtol=1e-14)


def test_softmax_with_cross_entropy_for_a_batch(random):
    """The two together have the derivative A - t, column by column (X.22)."""
    Z, T = random.normal(size=(3, 7)), np.eye(3)[:, [0, 2, 1, 1, 0, 2, 2]]
    by_Z = mc.derivative(lambda Z: net.cross_entropy(net.softmax(Z), T), Z)
    assert np.allclose(by_Z.array, net.softmax(Z) - T, rtol=1e-12, atol=1e-14)


def test_the_small_layer_is_new_each_time():
    W, a = net.small_layer()
    W[0, 0], a[0] = 9, 9
    again = net.small_layer()
    assert again[0][0, 0] == 1 and again[1][0] == 2


def test_cross_entropy_where_the_logarithm_has_no_value():
    t = np.array([[0.0], [1.0], [0.0]])
    A = np.array([[0.0], [0.4], [0.6]])
    assert np.isclose(net.cross_entropy(A, t), -np.log(0.4))
    assert np.allclose(mc.derivative(lambda A: net.cross_entropy(A, t), A).array, [[0.0], [-2.5], [0.0]])
    by_t = mc.derivative(lambda t: net.cross_entropy(A + 0.1, t), t)
    assert np.allclose(by_t.array, -np.log(A + 0.1))
    for bad in (np.array([[0.3], [0.0], [0.7]]), np.array([[-0.1], [0.5], [0.6]])):
        with pytest.raises(ValueError, match="A has an entry that is 0 where the target"):
            net.cross_entropy(bad, t)
