"""Imported by the process from which those that run notebooks are forked: afterwards everything is there already.

Elsewhere (in a test, for a page of the reference) importing this module does nothing.
"""

import importlib
import os

from . import tracking

#: Set in the processes that run notebooks.
FLAG = "MCNOTES_RUNS_NOTEBOOKS"


def _prepare():
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"          # the debugger that comes with a kernel speaks up
    os.environ.setdefault("MPLBACKEND", "agg")
    ran = tracking.note_what_runs()
    for name in ("numpy", "matplotlib.pyplot", "nbformat", "ipykernel.debugger", "ipykernel.inprocess.ipkernel",
                 "ipykernel.inprocess.blocking", "ipywidgets", "mcnotes", "mcbook", "mcnotes.draw.explore"):
        importlib.import_module(name)
    return ran


#: Names of functions of the package that ran in this process.
RAN = _prepare() if FLAG in os.environ else set()
