"""The compressed chain rule of a layer, dL/dW = A g^T, beside the dense contraction and two other libraries.

Prints a Markdown table: time for the derivative and the chain rule together,
ratios mcnotes / peer, and the memory that NumPy took at its peak.
"""

import measure  # isort: skip  (first: it pins the threads)

import time
import tracemalloc

import numpy as np

import mcnotes as mc

SIZES = [(3, 2), (30, 20), (200, 100), (1024, 1024), (4096, 4096)]
peers = measure.present("jax", "torch")


def contenders(W, a, g):
    """Callables for one size, by name."""

    def layer(W):
        return W.T @ a

    c = mc.compress(mc.derivative(layer, W))
    target = np.empty(W.shape)
    yield "mcnotes", lambda: mc.compress(mc.derivative(layer, W)).chain(g)
    yield "chain only", lambda: c.chain(g)
    yield "one write", lambda: np.outer(a, g, out=target)
    if W.size * g.size * 8 < 2**29:
        dense = np.einsum("j,ki->jki", a, np.eye(len(g)))
        yield "dense einsum", lambda: np.einsum("jki,i->jk", dense, g)
    if "jax" in peers:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        at, ja, jg = jnp.asarray(W), jnp.asarray(a), jnp.asarray(g)
        pull = jax.jit(lambda W, g: jax.vjp(lambda W: W.T @ ja, W)[1](g)[0])
        yield "JAX vjp, jit", lambda: pull(at, jg).block_until_ready()
    if "torch" in peers:
        import torch

        torch.set_num_threads(1)
        tw, ta, tg = (torch.from_numpy(x) for x in (W, a, g))
        yield "torch vjp", lambda: torch.func.vjp(lambda W: W.T @ ta, tw)[1](tg)[0]


def main():
    random, rows = np.random.default_rng(2), []
    order = ["dense einsum", "JAX vjp, jit", "torch vjp"]
    for m, n in SIZES:
        W, a, g = random.normal(size=(m, n)), random.normal(size=m), random.normal(size=n)
        found = dict(contenders(W, a, g))
        for name, call in found.items():
            assert np.allclose(np.asarray(call()), np.outer(a, g)), name
        times = measure.in_turn(found, seconds=2.0, choose=min, clock=time.process_time)
        tracemalloc.start()
        found["mcnotes"]()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        rows.append(
            [
                f"{m} × {n}",
                f"{times['mcnotes'] * 1e6:.0f}",
                f"{times['chain only'] * 1e6:.0f}",
                measure.ratio(times["chain only"], times["one write"]),
                *(measure.ratio(times["mcnotes"], times.get(name)) for name in order),
                f"{peak / 1e6:.2f}",
                f"{m * n * 8 / 1e6:.2f}",
                f"{m * n * n * 8 / 1e6:.0f}",
            ]
        )
    measure.table(
        [
            "layer m × n",
            "mcnotes µs",
            "chain only µs",
            "chain only / one write",
            *(f"mcnotes / {name}" for name in order),
            "peak MB",
            "result MB",
            "dense tensor MB",
        ],
        rows,
    )


if __name__ == "__main__":
    main()
