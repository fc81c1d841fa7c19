"""Repeated gradients: a program from mcnotes beside hand-written NumPy, autograd and JAX with jit.

Prints a Markdown table of ratios, program / peer: below 1 the program is faster. All
take part in one run, in turn, on one thread; results are compared before
anything is timed. The fastest of all repetitions is shown, because such short times
are easily disturbed.
"""

import measure  # isort: skip  (first: it pins the threads)

import time

import numpy as np

import mcnotes as mc

peers = measure.present("autograd", "jax")
random = np.random.default_rng(1)
if "jax" in peers:
    peers["jax"].config.update("jax_enable_x64", True)


def logistic(size):
    """Loss of a classifier with as many weights as asked for, and its gradient by hand."""
    X, y = random.normal(size=(min(size, 1000), size)) / size**0.5, np.sign(random.normal(size=min(size, 1000)))

    def loss(xp, w, X, y):
        return xp.sum(xp.log1p(xp.exp(-y * (X @ w)))) + 0.1 * (w @ w)

    def by_hand(w):
        e = np.exp(-y * (X @ w))
        return 0.2 * w - X.T @ (y * e / (1 + e))

    return loss, (random.normal(size=size),), (X, y), by_hand


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


def contenders(loss, at, constants, by_hand):
    """Callables that compute the gradients of one case, by name, and the seconds to make the program."""
    own = {1: lambda a: loss(np, a, *constants), 2: lambda a, b: loss(np, a, b, *constants),
           4: lambda a, b, c, d: loss(np, a, b, c, d, *constants)}[len(at)]
    start = time.perf_counter()
    program = mc.program(own, at)
    made = time.perf_counter() - start
    found = {"program": lambda: program(*at), "by hand": lambda: by_hand(*at),
             "mc.derivative": lambda: [d.array for d in mc.derivative(own, at)]}
    places = tuple(range(len(at)))
    if "autograd" in peers:
        import autograd
        import autograd.numpy as anp

        gradient = autograd.grad(lambda x: loss(anp, *x, *constants))
        found["autograd"] = lambda: gradient(at)
    if "jax" in peers:
        import jax
        import jax.numpy as jnp

        held, there = tuple(map(jnp.asarray, constants)), tuple(map(jnp.asarray, at))
        compiled = jax.jit(jax.grad(lambda *x: loss(jnp, *x, *held), argnums=places))
        found["JAX jit"] = lambda: jax.block_until_ready(compiled(*there))
    return found, made


def main():
    rows = []
    for title, case in (("logistic regression", logistic), ("two layers, bias, batch of 20", network),
                        ("softmax classifier, batch of 20", softmax)):
        for size in (10, 100, 1000, 10000):
            loss, at, constants, by_hand = case(size)
            found, made = contenders(loss, at, constants, by_hand)
            wanted = found["mc.derivative"]()
            for name, call in found.items():
                given = call()
                given = given if isinstance(given, tuple | list) else (given,)
                for one, other in zip(given, wanted, strict=True):
                    assert np.allclose(one, other, rtol=1e-8, atol=1e-9), (title, size, name)
            times = measure.in_turn(found, choose=min)
            rows.append([f"{title}, {sum(map(np.size, at))} weights", f"{times['program'] * 1e6:.0f}"]
                        + [measure.ratio(times["program"], times.get(peer))
                           for peer in ("by hand", "mc.derivative", "autograd", "JAX jit")]
                        + [f"{made * 1e3:.0f}"])
    measure.table(["case (program / peer, fastest)", "program µs", "by hand", "mc.derivative", "autograd", "JAX jit",
                   "made once in ms"], rows)


if __name__ == "__main__":
    main()
