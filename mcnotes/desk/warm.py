"""Imported by the process from which those that run notebooks are forked: afterwards everything is there already."""

import importlib
import os

from . import tracking

os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")     # the debugger that comes with a kernel speaks up
os.environ.setdefault("MPLBACKEND", "agg")

#: Names of functions of the package that ran in this process.
RAN = tracking.note_what_runs()

for _name in ("numpy", "matplotlib.pyplot", "nbformat", "ipykernel.debugger", "ipykernel.inprocess.ipkernel",
              "ipykernel.inprocess.blocking", "ipywidgets", "mcnotes", "mcnotes.pictures.explorers"):
    importlib.import_module(_name)
