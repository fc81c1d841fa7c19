"""Time several callables in one run, in turn, on one thread.

Import this module first: it sets the number of threads before NumPy is loaded.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import statistics  # noqa: E402
import time  # noqa: E402


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
    """Print a Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def ratio(ours, theirs):
    """A ratio as it stands in a table: two digits, or a dash."""
    if theirs is None:
        return "–"
    value = ours / theirs
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
