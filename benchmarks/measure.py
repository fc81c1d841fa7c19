"""Time callables in turn, in one run, on one thread, beside the libraries that one would pick instead of mcnotes.

With ``--write`` on the command line, a table takes the place of the one with the same head in README.md.
Import this module first: it sets the number of threads before NumPy is loaded.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import importlib.util  # noqa: E402
import pathlib  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from functools import partial  # noqa: E402

import numpy as np  # noqa: E402

README = pathlib.Path(__file__).parent / "README.md"
PEERS = ["autograd", "JAX", "JAX jit", "torch.func"]
INSTALLED = [name for name in ("autograd", "jax", "torch") if importlib.util.find_spec(name)]
print(f"(peers that are installed: {', '.join(INSTALLED)})")


def peers(f, at, constants=(), scalar=True, names=PEERS):
    """Callables, by name: the derivative of ``f(xp, *at, *constants)`` by `at`, by each of these peers that is there.

    ``xp`` is the peer's own NumPy.
    """
    places, arrays, found = 0 if len(at) == 1 else tuple(range(len(at))), (*at, *constants), {}
    if "autograd" in INSTALLED:
        import autograd
        import autograd.numpy as anp

        eager = (autograd.grad if scalar else autograd.jacobian)(partial(f, anp), places)
        found["autograd"] = partial(eager, *arrays)
    if "jax" in INSTALLED:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        plain = (jax.grad if scalar else jax.jacrev)(partial(f, jnp), places)
        compiled, held = jax.jit(plain), list(map(jnp.asarray, arrays))
        found["JAX"] = lambda: jax.block_until_ready(plain(*held))
        found["JAX jit"] = lambda: jax.block_until_ready(compiled(*held))
    if "torch" in INSTALLED:
        import torch

        torch.set_num_threads(1)
        d = (torch.func.grad if scalar else torch.func.jacrev)(partial(f, torch), places)
        found["torch.func"] = partial(d, *map(torch.as_tensor, arrays))
    return {name: found[name] for name in names if name in found}


def compare(callables, wanted, turn=np.asarray):
    """Stop where one gives other arrays than those that are wanted."""
    for name, call in callables.items():
        given = call()
        for one, other in zip(given if isinstance(given, tuple | list) else [given], wanted, strict=True):
            assert np.allclose(turn(one), other, rtol=1e-8, atol=1e-9), name


def fastest(callables, seconds=1.0, most=41):
    """Processor time in seconds of one call of each, which does not count what a process waits for.

    Every repetition calls each of them in turn, and the fastest counts. `seconds` is roughly how long to
    measure each callable, `most` the largest number of repetitions.
    """
    clock, loops, longest = time.process_time, {}, 0.0
    for name, call in callables.items():
        call()
        start = clock()
        call()
        once = max(clock() - start, 1e-7)
        loops[name] = max(1, int(0.002 / once))
        longest = max(longest, once * loops[name])
    found = dict.fromkeys(callables, float("inf"))
    for _ in range(max(5, min(most, int(seconds / longest)))):
        for name, call in callables.items():
            start = clock()
            for _ in range(loops[name]):
                call()
            found[name] = min(found[name], (clock() - start) / loops[name])
    return found


def ratio(ours, theirs):
    """A ratio as it stands in a table: two digits, or a dash."""
    if theirs is None:
        return "–"
    value = ours / theirs
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def row(times, ours, others):
    """Microseconds of one, and its ratios to others."""
    return [f"{times[ours] * 1e6:.0f}", *(ratio(times[ours], times.get(name)) for name in others)]


def table(head, rows):
    """Print a Markdown table; with ``--write``, it takes the place of the one with the same head in README.md."""
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    print(*lines, sep="\n", end="\n\n", flush=True)
    if "--write" in sys.argv:
        old = README.read_text().splitlines()
        if old.count(lines[0]) != 1:
            raise ValueError(f"README.md has {old.count(lines[0])} tables with the head {lines[0]}; one is needed")
        start = old.index(lines[0])
        end = next((k for k in range(start, len(old)) if not old[k].startswith("|")), len(old))
        README.write_text("\n".join([*old[:start], *lines, *old[end:]]) + "\n")
