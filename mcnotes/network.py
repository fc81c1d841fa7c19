"""What the pages need of a network: the book's small layer, its activations and its losses (X.19 to X.23).

A layer with m inputs and n neurons has a weight matrix ``W`` of shape ``(m, n)``, one column for each neuron, and
computes ``Z = W.T @ A`` and ``A = f(Z)``. An activation takes an array of any shape and returns one of the same shape.
"""

from typing import Any

import numpy as np

from .fitting import numbers

__all__ = ["cross_entropy", "relu", "sigmoid", "small_layer", "softmax", "squared_loss"]


def small_layer() -> tuple[np.ndarray, np.ndarray]:
    """The weights and the input of the book's small layer: three measurements, two forecasts.

    ``W``, of shape (3, 2), has one row for each measurement (pressure, humidity, wind) and one column for each
    forecast (warmer, wetter); ``a``, of shape (3,), holds the measurements.

    >>> W, a = mc.network.small_layer()
    >>> (W.T @ a).shape
    (2,)
    """
    W = np.array([[1.0, -1.0],
                  [0.5, 1.0],
                  [-1.0, 2.0]])
    return W, np.array([2.0, -1.0, 1.0])


def relu(z: Any) -> Any:
    """Zero below 0, the identity above; slope one half at 0 itself.

    >>> mc.network.relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(z, 0.0)


def sigmoid(z: Any) -> Any:
    """From 0 to 1, without overflow at either end.

    >>> mc.network.sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def softmax(z: Any) -> Any:
    """Positive numbers that add up to 1 in every column of z, ``(n,)`` or ``(n, N)``. Not element-wise (X.22).

    >>> mc.network.softmax(np.array([1.0, 1.0, 1.0, 1.0]))
    array([0.25, 0.25, 0.25, 0.25])
    """
    e = np.exp(z - np.max(z, axis=0))
    return e / np.sum(e, axis=0)


def squared_loss(A: Any, t: Any) -> Any:
    """Half the sum of squared differences of an activation and its target; ValueError if their shapes differ.

    >>> float(mc.network.squared_loss(np.array([1.0, 3.0]), np.array([1.0, 1.0])))
    2.0
    """
    _same(A, t)
    return 0.5 * np.sum((A - t) ** 2)


def cross_entropy(A: Any, t: Any) -> Any:
    """Minus the sum of target times logarithm of the activation; an entry where both are 0 adds 0.

    ValueError where the shapes differ, or a probability in `A` is negative, or 0 where the target in `t` is not.

    >>> float(mc.network.cross_entropy(np.array([1.0, 0.5, 0.0]), np.array([0.5, 0.5, 0.0])))
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
