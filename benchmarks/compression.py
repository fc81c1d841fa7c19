"""The compressed chain rule of a layer, dL/dW = A g^T, beside the dense contraction and two other libraries.

Prints a Markdown table: the derivative and the chain rule together, ratios mcnotes / peer, and NumPy's peak memory.
"""

import measure  # isort: skip  (first: it pins the threads)

import tracemalloc

import numpy as np

import mcnotes as mc

SIZES = [(3, 2), (30, 20), (200, 100), (1024, 1024), (4096, 4096)]


def compressed(W, a, package=mc):
    return package.compress(package.derivative(lambda W: W.T @ a, W))


def contenders(W, a, g):
    """Callables for one size, by name."""
    c, target = compressed(W, a), np.empty(W.shape)
    yield "mcnotes", lambda: compressed(W, a).chain(g)
    yield "chain only", lambda: c.chain(g)
    yield "one write", lambda: np.outer(a, g, out=target)
    if W.size * g.size * 8 < 2**29:
        dense = np.einsum("j,ki->jki", a, np.eye(len(g)))
        yield "dense einsum", lambda: np.einsum("jki,i->jk", dense, g)
    yield from measure.peers(lambda xp, W, a, g: g @ (W.T @ a), (W,), (a, g), names=("JAX jit", "torch.func")).items()


def peak(call):
    """The largest memory in bytes that NumPy took at a time."""
    tracemalloc.start()
    call()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


def main():
    random, rows = np.random.default_rng(2), []
    for m, n in SIZES:
        W, a, g = random.normal(size=(m, n)), random.normal(size=m), random.normal(size=n)
        found = dict(contenders(W, a, g))
        measure.compare(found, [np.outer(a, g)])
        times = measure.fastest(found, seconds=2.0)
        rows.append([f"{m} × {n}", f"{times['mcnotes'] * 1e6:.0f}", f"{times['chain only'] * 1e6:.0f}",
                     measure.ratio(times["chain only"], times["one write"]),
                     *(measure.ratio(times["mcnotes"], times.get(name))
                       for name in ("dense einsum", "JAX jit", "torch.func")),
                     f"{peak(found['mcnotes']) / 1e6:.2f}", f"{W.nbytes / 1e6:.2f}", f"{W.nbytes * n / 1e6:.0f}"])
    measure.table(["layer m × n", "mcnotes µs", "chain only µs", "chain only / one write", "mcnotes / dense einsum",
                   "mcnotes / JAX vjp, jit", "mcnotes / torch vjp", "peak MB", "result MB", "dense tensor MB"], rows)


if __name__ == "__main__":
    main()
