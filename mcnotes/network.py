"""A network in the notes' words: the four derivatives of X.19 to X.22, and backpropagation from them.

A layer with m inputs and n neurons has a weight matrix ``W`` of shape ``(m, n)``,
one column for each neuron, and computes ``Z = W.T @ A`` and ``A = f(Z)``. ``A``
is a column ``(m, 1)``, or has one column for each of N samples.
"""

import numpy as np

from .compression import compress
from .derivative import derivative
from .fitting import numbers, real
from .programs import repeated


def layer(W, A, b=None):
    """Pre-activations of a layer (75).

    Parameters
    ----------
    W : array of shape (m, n)
    A : array of shape (m, 1) or (m, N)
    b : array of shape (n, 1) or (n,), optional
        A bias, one number for each neuron. It changes none of the derivatives by
        W or A.

    Returns
    -------
    array of shape (n, 1) or (n, N)

    Raises
    ------
    ValueError
        The rows of W are not as many as those of A, or b has not one number for
        each neuron.

    Examples
    --------
    >>> layer(np.ones((4, 3)), np.ones((4, 1))).shape
    (3, 1)
    """
    if np.ndim(W) != 2 or not np.ndim(A) or np.shape(W)[0] != np.shape(A)[0]:
        raise ValueError(f"W has shape {np.shape(W)} and A has shape {np.shape(A)}; a layer needs W (m, n) and "
                         "A (m, 1), one row of W for each activation")
    Z = np.transpose(W) @ A
    if b is None:
        return Z
    n = np.shape(W)[1]
    if np.shape(b) not in ((n,), (n, 1)):
        raise ValueError(f"b has shape {np.shape(b)}; W has shape {np.shape(W)}, and b needs ({n}, 1), one number for "
                         "each neuron")
    return Z + np.reshape(b, (n,) if np.ndim(Z) == 1 else (n, 1))


def relu(z):
    """Zero below 0, the identity above; slope one half at 0 itself.

    Parameters
    ----------
    z : array of any shape

    Returns
    -------
    array of the same shape

    Examples
    --------
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(z, 0.0)


def sigmoid(z):
    """From 0 to 1, without overflow at either end.

    Parameters
    ----------
    z : array of any shape

    Returns
    -------
    array of the same shape

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def softmax(z):
    """Positive numbers that add up to 1 in every column. Not element-wise (X.22).

    Parameters
    ----------
    z : array of shape (n,), (n, 1) or (n, N)

    Returns
    -------
    array of the same shape

    Examples
    --------
    >>> softmax(np.array([1.0, 1.0, 1.0, 1.0]))
    array([0.25, 0.25, 0.25, 0.25])
    """
    e = np.exp(z - np.max(z, axis=0))
    return e / np.sum(e, axis=0)


def squared_loss(A, t):
    """Half the sum of squared differences.

    Parameters
    ----------
    A, t : arrays of one shape
        Last activation, and target.

    Returns
    -------
    number

    Raises
    ------
    ValueError
        The shapes differ.

    Examples
    --------
    >>> float(squared_loss(np.array([1.0, 3.0]), np.array([1.0, 1.0])))
    2.0
    """
    _same(A, t)
    return 0.5 * np.sum((A - t) ** 2)


def cross_entropy(A, t):
    """Minus the sum of target times logarithm of the activation.

    Parameters
    ----------
    A, t : arrays of one shape
        Probabilities, and target probabilities. Where both are 0 there is nothing
        to predict: the entry adds 0, and so do its derivatives.

    Returns
    -------
    number

    Raises
    ------
    ValueError
        The shapes differ, or a probability is negative, or 0 where the target is
        not: the loss would be infinite.

    Examples
    --------
    >>> float(cross_entropy(np.array([1.0, 0.5, 0.0]), np.array([0.5, 0.5, 0.0])))
    0.34657359027997264
    """
    _same(A, t)
    probabilities, targets = numbers(A), numbers(t)
    if ((probabilities < 0) | (probabilities == 0) & (targets != 0)).any():
        raise ValueError("A has an entry that is 0 where the target t is not, or below 0; its logarithm is infinite. "
                         "A comes from softmax or sigmoid: keep Z from growing without bound")
    nothing = (probabilities == 0) & (targets == 0)
    return -np.sum(t * np.log(np.where(nothing, 1.0, A) if nothing.any() else A))


def _same(A, t):
    if np.shape(A) != np.shape(t):
        raise ValueError(f"A has shape {np.shape(A)} and the target t has shape {np.shape(t)}; they need the same, "
                         "because NumPy would compare every entry of one with every entry of the other")


def loss_by_activation(A, t, loss=squared_loss):
    """Derivative of the loss by the last activation (X.19, Notation 25).

    Parameters
    ----------
    A, t : arrays of shape (n, 1) or (n, N)
    loss : callable, optional

    Returns
    -------
    array of the shape of A

    Examples
    --------
    >>> loss_by_activation(np.ones((3, 1)), np.zeros((3, 1))).shape
    (3, 1)
    """
    return derivative(lambda A: loss(A, t), A).array


def preactivation_by_weights(W, A):
    """Derivative of Z by W, compressed to A (X.20, Notation 28).

    Parameters
    ----------
    W : array of shape (m, n)
    A : array of shape (m, 1) or (m, N)

    Returns
    -------
    Compressed
        Its core is A; its chain rule is (59).

    Examples
    --------
    >>> preactivation_by_weights(np.ones((4, 3)), np.ones((4, 1))).core.shape
    (4,)
    """
    return compress(derivative(lambda W: layer(W, A), W))


def preactivation_by_activation(W, A):
    """Derivative of Z by the previous activation: W itself (X.21, Notation 29).

    Parameters
    ----------
    W : array of shape (m, n)
    A : array of shape (m, 1) or (m, N)

    Returns
    -------
    Compressed
        For one sample nothing is dropped, and the core is W.

    Examples
    --------
    >>> preactivation_by_activation(np.ones((4, 3)), np.ones((4, 1))).core.shape
    (4, 3)
    """
    return compress(derivative(lambda A: layer(W, A), A))


def activation_by_preactivation(f, Z):
    """Derivative of A by Z: a diagonal, kept as a vector, for an element-wise f (X.22, Notation 31).

    Parameters
    ----------
    f : callable
        The activation. Where it is not element-wise (softmax), nothing is dropped.
    Z : array of shape (n, 1) or (n, N)

    Returns
    -------
    Compressed

    Examples
    --------
    >>> activation_by_preactivation(np.tanh, np.ones((3, 1))).core.shape
    (3,)
    """
    return compress(derivative(f, Z))


def forward(weights, x, f=np.tanh, last=None, biases=None):
    """Run a network and keep what the way back needs.

    Parameters
    ----------
    weights : list of arrays of shapes (m, n)
    x : array of shape (m, 1) or (m, N)
        The input.
    f : callable, optional
        Activation of every layer.
    last : callable, optional
        Activation of the last layer, if it is another one.
    biases : list of arrays of shapes (n, 1) or (n,), optional

    Returns
    -------
    list of (array, array, callable)
        For each layer its input, its pre-activation and its activation function.
    array
        The last activation.

    Raises
    ------
    ValueError
        An argument is empty, or does not fit its neighbour; the message names it.

    Examples
    --------
    >>> steps, A = forward([np.ones((4, 3)), np.ones((3, 2))], np.ones((4, 1)))
    >>> len(steps), A.shape
    (2, (2, 1))
    """
    weights, x, biases = _checked(weights, x, biases)
    steps, A = [], x
    for k, W in enumerate(weights):
        own = last if last is not None and k == len(weights) - 1 else f
        Z = layer(W, A, None if biases is None else biases[k])
        steps.append((A, Z, own))
        A = own(Z)
    return steps, A


def _checked(weights, x, biases):
    """The arguments of a network as arrays, or an error that names the one that does not fit."""
    weights, x = [real(f"weights[{k}]", W) for k, W in enumerate(weights)], real("x", x)
    if not weights or x.size == 0:
        raise ValueError(f"x is empty (shape {x.shape})" if weights else "weights is empty; a network needs one matrix "
                         "for each layer")
    for k, W in enumerate(weights):
        if W.ndim != 2 or W.size == 0:
            raise ValueError(f"weights[{k}] has shape {W.shape}; it needs (m, n), a column for each neuron")
    for k, (left, right) in enumerate(zip(weights, weights[1:], strict=False)):
        if left.shape[1] != right.shape[0]:
            raise ValueError(f"weights[{k}] has shape {left.shape} and weights[{k + 1}] has shape {right.shape}; "
                             "the second size of one must be the first of the next")
    if x.ndim not in (1, 2) or x.shape[0] != weights[0].shape[0]:
        raise ValueError(f"x has shape {x.shape} and weights[0] has shape {weights[0].shape}; x needs "
                         f"({weights[0].shape[0]}, 1), or a column for each sample")
    if biases is not None:
        if len(biases) != len(weights):
            raise ValueError(f"biases has {len(biases)} entries, weights has {len(weights)}; give one for each layer")
        biases = [real(f"biases[{k}]", b) for k, b in enumerate(biases)]
    return weights, x, biases


def backpropagate(weights, x, t, f=np.tanh, loss=squared_loss, last=None, biases=None):
    """Derivative of the loss by every weight matrix, from the four derivatives and nothing else.

    Parameters
    ----------
    weights : list of arrays of shapes (m, n)
    x, t : arrays of shape (m, 1) or (m, N), and of the output's shape
        Input and target.
    f, loss, last, biases
        As for :func:`forward` and :func:`loss_by_activation`.

    Returns
    -------
    list of arrays
        One for each weight matrix, of its shape. With biases, a second list for
        them follows, each of the shape of its bias.

    Raises
    ------
    ValueError
        An argument is empty, or does not fit its neighbour; the message names it.

    Examples
    --------
    >>> gradients = backpropagate([np.ones((4, 3)), np.ones((3, 2))], np.ones((4, 1)), np.zeros((2, 1)))
    >>> [g.shape for g in gradients]
    [(4, 3), (3, 2)]
    """
    weights, x, biases = _checked(weights, x, biases)
    steps, A = forward(weights, x, f, last, biases)
    by_weights, by_biases = [], []
    by_A = loss_by_activation(A, t, loss)
    for k in reversed(range(len(weights))):
        A, Z, own = steps[k]
        by_Z = activation_by_preactivation(own, Z).chain(by_A)
        by_weights.insert(0, preactivation_by_weights(weights[k], A).chain(by_Z))
        if biases is not None:
            by_biases.insert(0, np.reshape(by_Z if by_Z.ndim == 1 else by_Z.sum(axis=1), biases[k].shape))
        by_A = preactivation_by_activation(weights[k], A).chain(by_Z)
    return by_weights if biases is None else (by_weights, by_biases)


def descend(weights, x, t, *, rate, steps, f=np.tanh, loss=squared_loss, last=None, biases=None):
    """Plain gradient descent, with what :func:`backpropagate` computes written out as a program.

    Parameters
    ----------
    weights, x, t, f, loss, last, biases
        As for :func:`backpropagate`. The weights are not changed in place.
    rate : float
        Length of the step, as a multiple of the gradient.
    steps : int
        How many steps.

    Returns
    -------
    list of arrays
        The new weights (with biases: a pair of lists).
    array of shape (steps + 1,)
        The loss before each step, and after the last.

    Examples
    --------
    >>> weights, history = descend([np.ones((2, 1))], np.ones((2, 1)), np.zeros((1, 1)), rate=0.1, steps=3)
    >>> history.shape, bool(history[-1] < history[0])
    ((4,), True)
    """
    weights, x, biases = _checked(weights, x, biases)
    held, history = (weights,) if biases is None else (weights, biases), []
    whole = lambda weights, biases=None: loss(forward(weights, x, f, last, biases)[1], t)  # noqa: E731
    step = repeated(whole)
    for value, found in (step(*held) for _ in range(steps)):
        history.append(float(value))
        held = tuple([old - rate * g for old, g in zip(*both, strict=True)] for both in zip(held, found, strict=True))
    return held[0] if biases is None else held, np.array([*history, float(whole(*held))])
