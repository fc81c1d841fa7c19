"""Exact derivatives: ratios mcnotes / peer, where below 1 mcnotes is faster; results are compared before."""

import measure  # isort: skip  (first: it pins the threads)

import numpy as np

import mcnotes as mc


def loss(xp, w, data, labels):
    return xp.sum(xp.log1p(xp.exp(-(data @ w) * labels))) + 0.1 * (w @ w)


def layer(xp, x, W):
    return xp.tanh(W @ x)


def softmax(xp, x):
    return xp.exp(x - xp.max(x)) / xp.sum(xp.exp(x - xp.max(x)))


def weights(xp, W, a):
    return a @ W


def invariants(xp, S):
    return xp.trace(S @ S) + xp.linalg.slogdet(S)[1]


def cases():
    """Name, function of (array module, x, constants), the point, the constants, and whether the result is a number."""
    normal = np.random.default_rng(1).normal
    for m in (10, 100, 1000, 10000):
        data, labels = normal(size=(min(m, 1000), m)) / m**0.5, normal(size=min(m, 1000))
        yield f"gradient of a loss, m = {m}", loss, normal(size=m), (data, labels), True
    for m, n in ((3, 2), (20, 10), (200, 200), (1000, 1000)):
        yield f"Jacobian of a dense layer, {m} × {n}", layer, normal(size=m), (normal(size=(n, m)) / m**0.5,), False
    for m in (3, 30, 300, 1000):
        yield f"softmax Jacobian, {m}", softmax, normal(size=m), (), False
    for m, n in ((3, 2), (50, 30), (200, 100)):
        yield f"dZ/dW, {m} × {n}", weights, normal(size=(m, n)), (normal(size=m),), False
    for m in (3, 30, 100):
        S = normal(size=(m, m))
        yield f"trace and log-determinant, {m}", invariants, S @ S.T + m * np.eye(m), (), True


def own(f, x, constants, package=mc):
    """The derivative of a case by mcnotes."""
    return lambda: package.derivative(lambda x: f(np, x, *constants), x).array


def main():
    rows = []
    for name, f, x, constants, scalar in cases():
        def as_ours(result, x=x, scalar=scalar):
            return result if scalar else np.moveaxis(np.asarray(result), range(-x.ndim, 0), range(x.ndim))

        mine, peers = own(f, x, constants), measure.peers(f, (x,), constants, scalar)
        measure.compare(peers, [mine()], as_ours)
        times = measure.fastest({"mcnotes": mine, **peers})
        rows.append([name, *measure.row(times, "mcnotes", measure.PEERS)])
        print(f"({name}: done)", flush=True)
    measure.table(["case (mcnotes / peer, fastest)", "mcnotes µs", *measure.PEERS], rows)


if __name__ == "__main__":
    main()
