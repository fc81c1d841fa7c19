"""The four derivatives of a layer in the notes' forms, and backpropagation built from them."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

import mcnotes as mc

net = mc.network


def weights(sizes, random):
    return [random.normal(size=pair) for pair in zip(sizes, sizes[1:], strict=False)]


@pytest.mark.parametrize("m, n", [(4, 3), (3, 5)])
def test_the_four_derivatives(m, n, random):
    W, A, t = random.normal(size=(m, n)), random.normal(size=(m, 1)), random.normal(size=(n, 1))
    Z = net.layer(W, A)
    assert np.allclose(net.loss_by_activation(Z, t), Z - t, rtol=1e-14)
    assert np.array_equal(net.preactivation_by_weights(W, A).core, A[:, 0])
    assert np.array_equal(net.preactivation_by_activation(W, A).core, W)
    assert np.allclose(net.activation_by_preactivation(np.tanh, Z).core, 1 - np.tanh(Z[:, 0]) ** 2, rtol=1e-12)
    assert net.activation_by_preactivation(net.softmax, Z).core.shape == (n, n)
    assert np.array_equal(net.layer(W, A, t), Z + t)


@pytest.mark.parametrize("sizes", [(4, 3, 5, 2), (3, 5, 1), (2, 6)])
@pytest.mark.parametrize("samples", [1, 7])
@pytest.mark.parametrize("f", [np.tanh, net.sigmoid, net.relu], ids=["tanh", "sigmoid", "relu"])
def test_backpropagation_against_the_derivative_of_the_whole_network(sizes, samples, f, random):
    ws = weights(sizes, random)
    x, t = random.normal(size=(sizes[0], samples)), random.normal(size=(sizes[-1], samples))
    found = net.backpropagate(ws, x, t, f)
    for k, W in enumerate(ws):

        def loss(W, k=k):
            return net.squared_loss(net.forward([*ws[:k], W, *ws[k + 1 :]], x, f)[1], t)

        assert found[k].shape == W.shape
        assert np.allclose(found[k], mc.derivative(loss, W).array.reshape(W.shape), rtol=1e-12, atol=1e-14)
        assert np.allclose(found[k], mc.derivative(loss, W, method="difference").array.reshape(W.shape), atol=1e-7)


def test_backpropagation_against_autograd(random):
    ws, x = weights((4, 3, 5), random), random.normal(size=(4, 6))
    t = np.eye(5)[:, [0, 2, 1, 4, 3, 3]]

    def loss(ws):
        Z = anp.dot(ws[1].T, anp.tanh(anp.dot(ws[0].T, x)))
        E = anp.exp(Z)
        return -anp.sum(t * anp.log(E / anp.sum(E, axis=0)))

    ours = net.backpropagate(ws, x, t, np.tanh, net.cross_entropy, last=net.softmax)
    for mine, theirs in zip(ours, autograd.grad(loss)(ws), strict=True):
        assert np.allclose(mine, theirs, rtol=1e-11, atol=1e-13)


def test_biases(random):
    ws, bs = weights((4, 3, 2), random), [random.normal(size=(3, 1)), random.normal(size=(2, 1))]
    x, t = random.normal(size=(4, 6)), random.normal(size=(2, 6))
    by_weights, by_biases = net.backpropagate(ws, x, t, biases=bs)
    for k in range(2):
        whole = mc.derivative(
            lambda b, k=k: net.squared_loss(net.forward(ws, x, biases=[*bs[:k], b, *bs[k + 1 :]])[1], t), bs[k]
        )
        assert np.allclose(by_biases[k], whole.matrix, rtol=1e-12)
    without = net.backpropagate(ws, x, t)
    assert not np.allclose(without[0], by_weights[0])


def test_a_turned_outer_product_would_not_fit(random):
    ws, x, t = weights((4, 3), random), random.normal(size=(4, 1)), random.normal(size=(3, 1))
    right = net.backpropagate(ws, x, t)[0]
    A = net.forward(ws, x)[1]
    by_Z = (1 - A**2) * (A - t)
    assert np.allclose(right, x @ by_Z.T, rtol=1e-12)
    assert right.shape != (by_Z @ x.T).shape


def test_gradient_descent_lowers_the_loss_and_leaves_its_input_alone(random):
    ws, x = weights((2, 6, 1), random), random.normal(size=(2, 40))
    t = np.sin(x[:1]) * x[1:]
    before = [W.copy() for W in ws]
    trained, history = net.descend(ws, x, t, rate=0.01, steps=60)
    assert history[-1] < 0.7 * history[0] and history.shape == (61,)
    assert all(np.array_equal(a, b) for a, b in zip(ws, before, strict=True))
    assert np.isclose(net.squared_loss(net.forward(trained, x)[1], t), history[-1])
    (_, biases), _ = net.descend(ws, x, t, rate=0.01, steps=2, biases=[np.zeros((6, 1)), np.zeros((1, 1))])
    assert [b.shape for b in biases] == [(6, 1), (1, 1)]


def test_sigmoid_and_softmax_do_not_overflow():
    with np.errstate(all="raise"):
        assert net.sigmoid(np.array([-800.0, 800.0])).tolist() == [0.0, 1.0]
    assert np.allclose(net.softmax(np.array([1000.0, 1001.0])).sum(), 1)
    assert np.allclose(net.softmax(np.ones((3, 4))).sum(axis=0), 1)


def test_weights_that_do_not_fit_are_named(random):
    with pytest.raises(ValueError, match=r"weights\[0\] has shape \(4, 3\) and weights\[1\] has shape \(2, 3\)"):
        net.backpropagate([np.ones((4, 3)), np.ones((2, 3))], np.ones((4, 1)), np.ones((3, 1)))


@pytest.mark.parametrize("samples", [(), (1,), (5,)])
@pytest.mark.parametrize("flat", [True, False])
def test_a_bias_never_broadcasts_over_neurons(samples, flat, random):
    W, A, b = random.normal(size=(4, 2)), random.normal(size=(4, *samples)), random.normal(size=2)
    wanted = W.T @ A + (b.reshape(2, 1) if samples else b)
    assert net.layer(W, A, b if flat else b[:, None]).shape == (2, *samples)
    assert np.array_equal(net.layer(W, A, b if flat else b[:, None]), wanted)
    for wrong in ((1, 2), (3,), (), (2, 2), (4, 1)):
        with pytest.raises(ValueError, match=r"b has shape .*\(2, 1\), one number for each neuron"):
            net.layer(W, A, np.ones(wrong))


def test_biases_keep_their_shape_and_vectors_are_samples_too(random):
    ws, x, t = weights((4, 3, 2), random), random.normal(size=4), random.normal(size=2)
    flat = [random.normal(size=3), random.normal(size=2)]
    as_vectors = net.backpropagate(ws, x, t, biases=flat)
    as_columns = net.backpropagate(ws, x[:, None], t[:, None], biases=[b[:, None] for b in flat])
    assert [b.shape for b in as_vectors[1]] == [(3,), (2,)]
    for one, other in zip(as_vectors[0] + as_vectors[1], as_columns[0] + as_columns[1], strict=True):
        assert np.allclose(np.ravel(one), np.ravel(other), rtol=1e-12)
    (_, trained), _ = net.descend(ws, random.normal(size=(4, 6)), random.normal(size=(2, 6)), rate=0.1, steps=2,
                                  biases=flat)
    assert [b.shape for b in trained] == [(3,), (2,)]


def test_cross_entropy_where_the_logarithm_has_no_value():
    t = np.array([[0.0], [1.0], [0.0]])
    A = np.array([[0.0], [0.4], [0.6]])
    assert np.isclose(net.cross_entropy(A, t), -np.log(0.4))
    assert np.allclose(net.loss_by_activation(A, t, net.cross_entropy), [[0.0], [-2.5], [0.0]])
    by_t = mc.derivative(lambda t: net.cross_entropy(A + 0.1, t), t)
    assert np.allclose(by_t.array, -np.log(A + 0.1))
    for bad in (np.array([[0.3], [0.0], [0.7]]), np.array([[-0.1], [0.5], [0.6]])):
        with pytest.raises(ValueError, match="A has an entry that is 0 where the target"):
            net.cross_entropy(bad, t)


@pytest.mark.parametrize("change, words", [
    ({"weights": []}, "weights is empty"), ({"x": np.ones((4, 0))}, r"x is empty \(shape \(4, 0\)\)"),
    ({"weights": [np.ones((4, 0))]}, r"weights\[0\] has shape \(4, 0\)"),
    ({"x": np.ones((3, 1))}, r"x has shape \(3, 1\)"),
    ({"weights": [np.ones(4)]}, r"weights\[0\] has shape \(4,\)"), ({"biases": []}, "biases has 0 entries"),
    ({"biases": [np.ones(3)]}, "b has shape"), ({"t": np.ones(2)}, "target t"),
    ({"x": np.full((4, 1), np.nan)}, "x has entries that are not finite"),
])
def test_arguments_that_do_not_fit_are_named(change, words):
    arguments = {"weights": [np.ones((4, 2))], "x": np.ones((4, 1)), "t": np.ones((2, 1))} | change
    with pytest.raises(ValueError, match=words):
        net.backpropagate(**arguments)
