"""Agreement is entry by entry, finite and real: what one large entry, a nan or a text used to hide."""

import itertools
import re
from fractions import Fraction

import numpy as np
import pytest

import mcnotes as mc
from mcbook.formulas.comparing import compare

TABLE = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, 1e-3]])

DIFFERENT = {
    "a number beside a large one": ([1.0, 1e12], [500.0, 1e12], "entry 0 is 1 on the left and 500 on the right"),
    "small numbers": (1e-10, 5e-10, "1e-10 on the left and 5e-10 on the right"),
    "very small numbers": (1.6e-19, 9.1e-19, "1.6e-19"),
    "whole numbers": (10**12, 10**12 + 999, "1000000000999"),
    "whole numbers in arrays": (np.array([2**53]), np.array([2**53 + 1]), "9007199254740993"),
    "whole numbers that overflow": (np.array([2**63 - 1]), np.array([-1]), "9223372036854775807"),
    "unsigned numbers": (np.array([1], np.uint8), np.array([2], np.uint8), "1 on the left"),
    "a sign": (TABLE, -TABLE, r"entry \(\d, \d\)"),
    "the last digits": (1.0, 1.0 + 1e-8, "1 on the left and 1.00000001 on the right"),
    "shapes": (np.ones((3, 1)), np.ones(3), r"shape \(3, 1\) on the left, \(3,\) on the right"),
    "a number and a column": (1.0, np.ones((2, 1)), "shape"),
    "truth": (np.array([True, False]), np.array([True, True]), "entry 1 is False"),
    "tuples": ((1, 3), (3, 1), "entry 0 is 1 on the left and 3 on the right"),
}
INCOMPARABLE = {
    "infinite": (1.0, np.inf, "the right side is inf, which is not a finite number"),
    "both infinite": (np.inf, -np.inf, "left side is inf"),
    "nan": (np.array([1.0, np.nan]), np.ones(2), "the left side is nan at entry 1"),
    "complex": (1.0, 1 + 0j, "the right side has complex entries"),
    "text and number": ("1", 1.0, "the left side is a text"),
    "text in a list": (["1"], [1.0], "the left side is a text"),
    "nothing": ((), (), "cannot fail"),
    "no entries": (np.ones((0, 2)), np.ones((0, 2)), "cannot fail"),
    "truth and number": (True, 1.0, "true or false"),
    "masked": (np.ma.array([1.0, 2.0], mask=[0, 1]), np.array([1.0, 2.0]), "masked"),
    "ragged": ([[1.0], [1.0, 2.0]], np.ones(2), "ragged"),
    "an object": (np.sin, 1.0, "no number"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_is_seen_with_its_entry(name):
    left, right, words = DIFFERENT[name]
    found = compare(left, right)
    assert not found.ok and found.comparable and re.search(words, found.reason)
    assert not compare(right, left).ok


@pytest.mark.parametrize("name", INCOMPARABLE)
def test_what_cannot_be_compared_neither_agrees_nor_differs(name):
    left, right, words = INCOMPARABLE[name]
    found = compare(left, right)
    assert not found.ok and not found.comparable and words in found.reason


@pytest.mark.parametrize("kind, other", itertools.product(
    [float, np.float32, np.longdouble, np.int8, np.uint16, int, object], repeat=2))
def test_all_real_kinds_of_number_agree_with_each_other(kind, other):
    left, right = np.array([[1, -2 if kind is not np.uint16 else 2]]).astype(kind), np.array([[1, 2]]).astype(other)
    assert compare(np.abs(left), right).ok
    assert not compare(np.abs(left), right + 1).ok


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_agreement_does_not_depend_on_the_unit(scale):
    assert compare(scale * TABLE, scale * TABLE * (1 + 1e-12)).ok
    assert not compare(scale * TABLE, scale * TABLE * (1 + 1e-8)).ok
    for k in np.ndindex(TABLE.shape):
        broken = TABLE.copy()
        broken[k] *= 1 + 1e-6
        assert not compare(scale * TABLE, scale * broken).ok


def test_rounding_that_is_left_where_numbers_cancel_agrees_with_zero():
    assert compare(np.cos(np.pi / 2), 0.0).ok
    assert compare(np.array([1.0, 6e-17]), np.array([1.0, 0.0])).ok
    assert compare(0.1 + 0.2 - 0.3, -1e-17, scale=0.3).ok
    assert not compare(1e-10, 0.0).ok and not compare(np.array([1.0, 1e-10]), np.array([1.0, 0.0])).ok
    assert compare([Fraction(1, 4), 0.5], np.array([0.25, 0.5])).ok


def test_a_derivative_is_compared_as_the_array_it_stands_for():
    d = mc.derivative(lambda v: np.stack([v[0] * v[1], v[2]]), np.array([2.0, 3.0, 5.0]))
    assert compare(d, [[3.0, 0.0], [2.0, 0.0], [0.0, 1.0]]).ok and compare(d, d.matrix).ok
    assert "shape" in compare(d, d.matrix.T).reason
