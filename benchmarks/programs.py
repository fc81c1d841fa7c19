"""Repeated gradients: ratios program / peer, where below 1 a program from mcnotes is faster; results are compared."""

import measure  # isort: skip  (first: it pins the threads)

import time
from functools import partial

import derivatives
import numpy as np

import mcnotes as mc

random = np.random.default_rng(1)


def logistic(size):
    """Loss of a classifier with as many weights as asked for, and its gradient by hand."""
    X, y = random.normal(size=(min(size, 1000), size)) / size**0.5, np.sign(random.normal(size=min(size, 1000)))

    def by_hand(w):
        e = np.exp(-y * (X @ w))
        return 0.2 * w - X.T @ (y * e / (1 + e))

    return derivatives.loss, (random.normal(size=size),), (X, y), by_hand


def network(size):
    """Two layers with biases on a batch of 20, with about as many weights as asked for."""
    m, k = {10: (2, 2), 100: (8, 8), 1000: (30, 25), 10000: (100, 80)}[size]
    X, T = random.normal(size=(m, 20)), random.normal(size=(2, 20))

    def loss(xp, W1, b1, W2, b2, X, T):
        A1 = xp.tanh(W1.T @ X + b1)
        A2 = xp.tanh(W2.T @ A1 + b2)
        return 0.5 * xp.sum((A2 - T) ** 2)

    def by_hand(W1, b1, W2, b2):
        A1 = np.tanh(W1.T @ X + b1)
        A2 = np.tanh(W2.T @ A1 + b2)
        by_Z2 = (1 - A2**2) * (A2 - T)
        by_Z1 = (1 - A1**2) * (W2 @ by_Z2)
        return (X @ by_Z1.T, by_Z1.sum(axis=1, keepdims=True), A1 @ by_Z2.T, by_Z2.sum(axis=1, keepdims=True))

    at = tuple(random.normal(size=shape) for shape in ((m, k), (k, 1), (k, 2), (2, 1)))
    return loss, at, (X, T), by_hand


def softmax(size):
    """Cross-entropy of four classes on a batch of 20, with about as many weights as asked for."""
    m = max(3, size // 4)
    X, T = random.normal(size=(m, 20)), np.eye(4)[:, random.integers(0, 4, 20)]

    def loss(xp, W, b, X, T):
        Z = W.T @ X + b
        e = xp.exp(Z - xp.max(Z, axis=0))
        return -xp.sum(T * xp.log(e / xp.sum(e, axis=0)))

    def by_hand(W, b):
        Z = W.T @ X + b
        e = np.exp(Z - Z.max(axis=0))
        by_Z = e / e.sum(axis=0) - T
        return X @ by_Z.T, by_Z.sum(axis=1, keepdims=True)

    return loss, (random.normal(size=(m, 4)), random.normal(size=(4, 1))), (X, T), by_hand


def main():
    order, rows = ["by hand", "mc.derivative", "autograd", "JAX jit"], []
    for title, case in (("logistic regression", logistic), ("two layers, bias, batch of 20", network),
                        ("softmax classifier, batch of 20", softmax)):
        for size in (10, 100, 1000, 10000):
            loss, at, constants, by_hand = case(size)

            def own(*x, loss=loss, constants=constants):
                return loss(np, *x, *constants)

            start = time.perf_counter()
            program = mc.program(own, at)
            made = time.perf_counter() - start
            found = {
                "program": partial(program, *at), "by hand": partial(by_hand, *at),
                "mc.derivative": lambda own=own, at=at: [d.array for d in mc.derivative(own, at)],
                **measure.peers(loss, at, constants, names=("autograd", "JAX jit"))}
            measure.compare(found, [d.array for d in mc.derivative(own, at)])
            times = measure.fastest(found)
            rows.append([f"{title}, {sum(map(np.size, at))} weights", *measure.row(times, "program", order),
                         f"{made * 1e3:.0f}"])
    measure.table(["case (program / peer, fastest)", "program µs", *order, "made once in ms"], rows)


if __name__ == "__main__":
    main()
