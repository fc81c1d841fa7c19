"""Time several callables in one run, in turn, on one thread.

With ``--write`` on the command line, a table takes the place of the one with the same head in README.md.
Import this module first: it sets the number of threads before NumPy is loaded.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import pathlib  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

README = pathlib.Path(__file__).parent / "README.md"


def in_turn(callables, seconds=1.0, most=41, choose=statistics.median, clock=time.perf_counter):
    """Time of each callable; every repetition calls each of them once.

    Parameters
    ----------
    callables : dict of str to callable
    seconds : float, optional
        Roughly how long to measure each callable.
    most : int, optional
        The largest number of repetitions.
    choose : callable, optional
        Takes one from the times of all repetitions.
    clock : callable, optional
        ``time.process_time`` counts what this process computes, all its threads, and
        not what it waits for on a busy machine.

    Returns
    -------
    dict of str to float
        Seconds for one call.
    """
    loops, longest = {}, 0.0
    for name, call in callables.items():
        call()
        start = clock()
        call()
        once = max(clock() - start, 1e-7)
        loops[name] = max(1, int(0.002 / once))
        longest = max(longest, once * loops[name])
    repetitions = max(5, min(most, int(seconds / longest)))
    times = {name: [] for name in callables}
    for _ in range(repetitions):
        for name, call in callables.items():
            start = clock()
            for _ in range(loops[name]):
                call()
            times[name].append((clock() - start) / loops[name])
    return {name: choose(found) for name, found in times.items()}


def present(*modules):
    """Those of the named modules that can be imported, by name; the others are reported."""
    import importlib

    found = {}
    for name in modules:
        try:
            found[name] = importlib.import_module(name)
        except ImportError:
            print(f"({name} is not installed, and left out)")
    return found


def table(head, rows):
    """Print a Markdown table; with ``--write``, it takes the place of the old one in README.md."""
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    print(*lines, sep="\n", end="\n\n", flush=True)
    if "--write" in sys.argv:
        README.write_text(in_place(README.read_text(), lines))


def in_place(text, lines):
    """A text with the table that has the same head replaced; one table has it, or there is an error."""
    old = text.splitlines()
    starts = [k for k, line in enumerate(old) if line == lines[0]]
    if len(starts) != 1:
        raise ValueError(f"README.md has {len(starts)} tables with the head {lines[0]}; one is needed")
    end = next((k for k in range(starts[0], len(old)) if not old[k].startswith("|")), len(old))
    return "\n".join([*old[:starts[0]], *lines, *old[end:]]) + "\n"


def ratio(ours, theirs):
    """A ratio as it stands in a table: two digits, or a dash."""
    if theirs is None:
        return "–"
    value = ours / theirs
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
