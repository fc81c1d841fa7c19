"""Each test begins without a figure; the examples of docstrings know np, mc, and mb."""

import sys

import numpy as np
import pytest

import mcbook as mb
import mcnotes as mc


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(autouse=True, scope="session")
def names_of_examples(doctest_namespace):
    doctest_namespace.update(np=np, mc=mc, mb=mb)
