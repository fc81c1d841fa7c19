"""Exact derivatives: mcnotes beside the libraries that one would pick instead.

Prints a Markdown table of ratios, mcnotes / peer: below 1 mcnotes is faster. All
peers take part in one run, in turn, on one thread; results are compared before
anything is timed. The fastest of all repetitions is shown, because others may use
the machine.
"""

import measure  # isort: skip  (first: it pins the threads)

import re
import time

import numpy as np

import mcnotes as mc

peers = measure.present("autograd", "jax", "torch")
random = np.random.default_rng(1)
if "jax" in peers:
    peers["jax"].config.update("jax_enable_x64", True)
if "torch" in peers:
    peers["torch"].set_num_threads(1)


def cases():
    """Name, function of (array module, x), the point, and whether the result is a scalar."""
    for m in (10, 100, 1000, 10000):
        data, labels = random.normal(size=(min(m, 1000), m)) / m**0.5, random.normal(size=min(m, 1000))
        yield (
            f"gradient of a loss, m = {m}",
            lambda xp, w, c: xp.sum(xp.log1p(xp.exp(-(c[0] @ w) * c[1]))) + 0.1 * (w @ w),
            random.normal(size=m),
            (data, labels),
            True,
        )
    for m, n in ((3, 2), (20, 10), (200, 200), (1000, 1000)):
        yield (
            f"Jacobian of a dense layer, {m} × {n}",
            lambda xp, x, c: xp.tanh(c[0] @ x),
            random.normal(size=m),
            (random.normal(size=(n, m)) / m**0.5,),
            False,
        )
    for m in (3, 30, 300, 1000):
        yield (
            f"softmax Jacobian, {m}",
            lambda xp, x, c: xp.exp(x - xp.max(x)) / xp.sum(xp.exp(x - xp.max(x))),
            random.normal(size=m),
            (),
            False,
        )
    for m, n in ((3, 2), (50, 30), (200, 100)):
        yield (
            f"dZ/dW, {m} × {n}",
            lambda xp, W, c: c[0] @ W,
            random.normal(size=(m, n)),
            (random.normal(size=m),),
            False,
        )
    for m in (3, 30, 100):
        S = random.normal(size=(m, m))
        yield (
            f"trace and log-determinant, {m}",
            lambda xp, S, c: xp.trace(S @ S) + xp.linalg.slogdet(S)[1],
            S @ S.T + m * np.eye(m),
            (),
            True,
        )


def contenders(f, x, constants, scalar):
    """Callables that compute the derivative of one case, by name."""
    yield "mcnotes", lambda: mc.derivative(lambda x: f(np, x, constants), x).array
    if "autograd" in peers:
        import autograd
        import autograd.numpy as anp

        d = (autograd.grad if scalar else autograd.jacobian)(lambda x: f(anp, x, constants))
        yield "autograd", lambda: d(x)
    if "jax" in peers:
        import jax
        import jax.numpy as jnp

        held, at = tuple(jnp.asarray(c) for c in constants), jnp.asarray(x)
        plain = (jax.grad if scalar else jax.jacrev)(lambda x: f(jnp, x, held))
        compiled = jax.jit(plain)
        yield "JAX", lambda: plain(at).block_until_ready()
        yield "JAX jit", lambda: compiled(at).block_until_ready()
    if "torch" in peers:
        import torch

        thing, held_t = torch.from_numpy(x), tuple(torch.from_numpy(c) for c in constants)
        dt = (torch.func.grad if scalar else torch.func.jacrev)(lambda x: f(torch, x, held_t))
        yield "torch.func", lambda: dt(thing)


#: What we aim for: words, peer, the largest ratio, the cases (what their names start with, and their sizes).
AIMS = [
    ("ahead of autograd everywhere", "autograd", 1.0, ("",), ()),
    ("ahead of torch.func everywhere", "torch.func", 1.0, ("",), ()),
    ("ahead of JAX without jit everywhere", "JAX", 1.0, ("",), ()),
    ("ahead of JAX with jit from 200 × 200 on structured Jacobians", "JAX jit", 1.0,
     ("Jacobian", "softmax", "dZ/dW"), (200, 300, 1000)),
]


def size_of(name):
    """The first number in the name of a case."""
    return int(re.search(r"\d+", name)[0])


def judged(ratios):
    """Rows that say of each aim in which cases it is met, and by how much it is missed in the others.

    `ratios` is a dict: name of a case -> name of a peer -> mcnotes / peer.
    """
    for words, peer, most, starts, sizes in AIMS:
        found = {name: peers[peer] for name, peers in ratios.items()
                 if peer in peers and name.startswith(starts) and (not sizes or size_of(name) in sizes)}
        missed = {name: ratio for name, ratio in found.items() if float(measure.ratio(ratio, 1.0)) > most}
        said = "not measured" if not found else f"met in {len(found) - len(missed)} of {len(found)} cases"
        if missed:
            said += "; missed: " + "; ".join(f"{name} ({measure.ratio(ratio, 1.0)})" for name, ratio in missed.items())
        yield [words, said]


def main():
    order = ["autograd", "JAX", "JAX jit", "torch.func"]
    rows, ratios = [], {}
    for name, f, x, constants, scalar in cases():
        found, wanted = {}, mc.derivative(lambda x, f=f, c=constants: f(np, x, c), x).array
        for peer, call in contenders(f, x, constants, scalar):
            try:
                result = np.asarray(call())
            except Exception as error:  # a peer that cannot do this case is left out, with a word
                print(f"({peer} cannot do: {name}: {type(error).__name__})")
                continue
            turned = result if scalar or peer == "mcnotes" else np.moveaxis(result, range(-x.ndim, 0), range(x.ndim))
            assert np.allclose(turned.reshape(wanted.shape), wanted, rtol=1e-9, atol=1e-9), (name, peer)
            found[peer] = call
        times = measure.in_turn(found, choose=min, clock=time.process_time)
        rows.append(
            [name, f"{times['mcnotes'] * 1e6:.0f}"]
            + [measure.ratio(times["mcnotes"], times.get(peer)) for peer in order]
        )
        ratios[name] = {peer: times["mcnotes"] / taken for peer, taken in times.items()}
        print(f"({name}: done)", flush=True)
    print()
    measure.table(["case (mcnotes / peer, fastest)", "mcnotes µs", *order], rows)
    measure.table(["aim", "in this run"], list(judged(ratios)))


if __name__ == "__main__":
    main()
