"""Each test begins without a figure; the examples of docstrings know np and mc."""

import sys

import numpy as np
import pytest

import mcnotes as mc


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(autouse=True)
def names_of_examples(doctest_namespace):
    doctest_namespace.update(np=np, mc=mc)
