"""Fixtures that every test may use: sizes all different, nothing square, symmetric or linear."""

import numpy as np
import pytest


@pytest.fixture
def random():
    return np.random.default_rng(20221123)
