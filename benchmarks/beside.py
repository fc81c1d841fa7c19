"""This mcnotes beside another checkout of it: the same derivatives and compressions, in one process, in turn.

Usage: python benchmarks/beside.py FOLDER, for example of ``git worktree add FOLDER d3aa074``.
Prints a Markdown table of ratios, this one / the other: below 1 this one is faster.
"""

import measure  # isort: skip  (first: it pins the threads)

import importlib.util
import pathlib
import sys
from functools import partial

import compression
import derivatives
import numpy as np

import mcnotes as mc


def package(folder):
    """The package mcnotes of another checkout, under another name."""
    start = pathlib.Path(folder) / "mcnotes" / "__init__.py"
    spec = importlib.util.spec_from_file_location("other", start, submodule_search_locations=[str(start.parent)])
    module = sys.modules["other"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases():
    """Name, and a function of the package that gives a callable."""
    for name, f, x, constants, _ in derivatives.cases():
        yield name, partial(derivatives.own, f, x, constants)
    random = np.random.default_rng(2)
    for m, n in compression.SIZES:
        W, a, g = random.normal(size=(m, n)), random.normal(size=m), random.normal(size=n)
        made = partial(compression.compressed, W, a)
        yield f"compress and chain, {m} × {n}", lambda module, made=made, g=g: lambda: made(module).chain(g)
        yield f"chain only, {m} × {n}", lambda module, made=made, g=g: partial(made(module).chain, g)


def main(folder):
    other, rows = package(folder), []
    for name, made in cases():
        found = {"this": made(mc), "other": made(other)}
        assert np.allclose(found["this"](), found["other"](), rtol=1e-10, atol=1e-12), name
        times = measure.fastest(found, seconds=3.0, most=101)
        rows.append([name, f"{times['other'] * 1e6:.0f}", f"{times['this'] * 1e6:.0f}",
                     measure.ratio(times["this"], times["other"])])
        print(f"({name}: done)", flush=True)
    print()
    measure.table(["case", "other µs", "this µs", "this / other"], rows)


if __name__ == "__main__":
    main(sys.argv[1])
