"""Compression: what goes, what may not go, what a reader claims of it, and that it comes back exactly."""

import itertools
import re

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.patterns import LARGE

RANDOM = np.random.default_rng(20221124)
a, M = RANDOM.normal(size=4), RANDOM.normal(size=(4, 3))
KERNEL, BLOCKS = np.array([1.0, -2.0, 0.5]), RANDOM.normal(size=(5, 3, 2))

#: name -> function, point, the pattern that is found, claims that are true as well, claims that lose an entry
FOUND = {
    "activation": (np.tanh, a, "i i -> i", ["i j -> i j"], ["i i ->", "i 0 -> i"]),
    "linking layers": (lambda v: M.T @ v, a, "i j -> i j", ["x y -> y x"], ["i i -> i", "i j -> i"]),
    "layer": (lambda W: W.T @ a, M, "i j j -> i", ["j i i -> j", "j i i -> i j", "j i k -> j i k", "x y z -> z x y"],
              ["i j j -> j", "i i j -> i", "i j j ->", "i j 0 -> i", "i 0 0 -> i", "j i k -> j"]),
    "layer with activation": (lambda W: np.tanh(W.T @ a), M, "i j j -> i, j", ["i j j -> j i"], ["i j j -> i"]),
    "weights, batch": (lambda W: W.T @ np.outer(a, a) ** 2, M, "i j j k -> i k", ["a b c d -> a b c d"],
                       ["i j k j -> i"]),
    "bias over a batch": (lambda b: np.ones((4, 6)) * np.arange(6.0) + b[:, None], a, "i i j ->", ["i i j -> j"],
                          ["i j i ->"]),
    "Kronecker": (lambda X: M.T @ X @ np.outer(a[:3], a), M, "i j k l -> i k, j l", ["i j k l -> i k j l",
                  "a b c d -> d a b c"], ["i j k l -> i k, j", "i j i l -> i, j l"]),
    "outer": (lambda x: np.outer(x, np.arange(1.0, 5.0)), KERNEL, "i i j -> j", ["i i j -> i j"], ["i i j -> i"]),
    "block-diagonal": (lambda X: X @ BLOCKS[0], np.ones((5, 4, 3)), "i j k i j l -> k l", [], ["i j k i j l -> l"]),
    "blocks that differ": (lambda X: X @ BLOCKS, np.ones((5, 4, 3)), "i j k i j l -> i k l", [],
                           ["i j k i j l -> k l"]),
    "window": (lambda x: x[:2], np.ones(3), "i j -> i j", ["a b -> b a"],
                      ["i i ->"]),
    "diagonal matrix": (np.diag, a, "i i i -> i", ["i j k -> k i j"], ["i i j ->", "i j i -> j"]),
    "transpose": (lambda X: X.T, M, "i j j i ->", ["a b b a -> b"], ["i j i j ->"]),
    "squeeze": (np.squeeze, np.ones((3, 1)), "i i ->", ["i i -> i"], ["i j ->", "0 i -> i"]),
    "mean of columns": (lambda X: np.mean(X, axis=0), M, "i j j ->", ["i j j -> i"], ["i j k -> i", "i i j ->"]),
    "convolution": (lambda x: np.convolve(x, KERNEL), np.ones(6), "i j -> i j", ["x y -> y x"], ["i j -> i"]),
    "reversal": (lambda x: x[::-1], np.ones(4), "i j -> i j", [], ["i i ->", "i j ->"]),
    "one place": (lambda x: 3 * x[2:3], np.ones(4), "i j -> i j", [], ["i j -> j", "i j -> i"]),
    "batched softmax": (lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=0), M, "i j k j -> i j k", ["x y z y -> z y x"],
                        ["i j i j -> i j", "i j k j -> i k"]),
    "neighbours": (lambda x: x[:-1] * x[1:], a, "i j -> i j", ["a b -> b a"], ["i i -> i"]),
    "one number twice": (lambda x: np.convolve(np.ravel(x)[:3], np.ravel(x)[-2:]), 0.3, "i -> i", [], []),
    "rows of a sum": (lambda x: np.sum(np.vstack([x, x]), axis=1), np.ones(3), "i j -> i j", ["a b -> b a"],
                      ["i i ->"]),
    "scalar": (lambda X: np.trace(X, 1) + np.sum(np.vstack([X, X])), np.eye(3) + 1, "i j -> i j", [], ["i i ->"]),
    "constant": (lambda x: np.ones((4, 3)), np.ones(4), "i j k ->", ["i j k -> i", "i i j ->"], ["i j j ->"]),
    "number": (lambda s: s**2, 2.0, " ->", [], []),
}


def cores(c):
    return c.core if isinstance(c.core, tuple) else (c.core,)


def rebuilds(d, c):
    """The core rebuilds the derivative, and its chain rule is that of the dense array."""
    assert c.expand().shape == d.array.shape
    assert np.allclose(c.expand(), d.array, rtol=1e-13, atol=1e-14)
    upstream = RANDOM.normal(size=d.outer)
    wanted = np.tensordot(d.tensor, upstream, len(d.outer))
    assert np.allclose(c.chain(upstream), wanted.reshape(d.input_shape), rtol=1e-12, atol=1e-13)
    if c.einsum:
        assert np.allclose(np.einsum(c.einsum, *cores(c), upstream), wanted, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found_rebuilds_the_derivative_and_claims_are_judged(name):
    f, at, pattern, true, false = FOUND[name]
    d = mc.derivative(f, at)
    found, again = mc.compress(d), mc.compress(d, pattern)
    assert found.pattern == again.pattern == pattern
    assert all(np.array_equal(x, y) for x, y in zip(cores(found), cores(again), strict=True))
    rebuilds(d, found)
    for claim in true:
        c = mc.compress(d, claim)
        rebuilds(d, c)
        left, kept = (side.split() for side in claim.split("->"))
        sizes = dict(zip(left, d.inner + d.outer, strict=True))
        if set(kept) <= set(sizes) and len(set(left)) == len(left):     # what is kept stands in the claimed order
            assert np.shape(c.core) == tuple(sizes[letter] for letter in kept), claim
    for claim in false:
        with pytest.raises(mc.CompressionError, match=r"would lose|parts|does not fit"):
            mc.compress(d, claim)


@pytest.mark.parametrize("name", FOUND)
def test_of_all_small_claims_those_that_pass_lose_nothing(name):
    """A few thousand claims: whatever passes rebuilds the derivative."""
    d = mc.derivative(*FOUND[name][:2])
    count = len(d.inner + d.outer)
    for left in itertools.product(["i", "j", "k"], repeat=count if count <= 3 else 0):
        for right in ("", "i", "j", "i j"):
            try:
                c = mc.compress(d, f"{' '.join(left)} -> {right}")
            except mc.CompressionError:
                continue
            assert np.allclose(c.expand(), d.array, rtol=1e-13), (left, right)


@pytest.mark.parametrize("claim, error", [
    *((claim, mc.CompressionError) for claim in (
        "i", "i j k -> i", "i*j k ->", "i j", "i j -> k", "i j -> i i", "i j -> i,", "0 i ->", "", "p(i) i ->",
        "i+1 i ->", "ij j ->")),
    (3, TypeError), (["i i -> i"], TypeError)])
def test_what_is_no_claim_is_said(claim, error):
    with pytest.raises(error, match="claim|does not fit"):
        mc.compress(mc.derivative(np.tanh, np.ones(3)), claim)


LAYER = mc.derivative(lambda W: W.T @ np.array([1.0, 2.0, 5.0, 3.0]), M)


@pytest.mark.parametrize("d, claim, words", [
    (LAYER, "j i i -> i", "along axis 1: for j = 2 there is 5, for j = 0 there is 1$"),
    (LAYER, "j i k -> j", "along axis 2: for i = 1 there is 0, for i = 0 there is 5"),
    (LAYER, "j i i -> j, i, ", "does not fit"),
    *((mc.derivative(lambda W: W.T @ np.full(4, 2.0), M), claim, "along axis 1: they are equal here, but not known")
      for claim in ("j i i -> i", "j i k -> i k")),
    (mc.derivative(mc.network.softmax, a), "i i -> i",
     r"entry \(\d, \d\), which is -?0.\d+ here and is not known to be zero everywhere")])
def test_refusals_name_the_entries_and_their_values(d, claim, words):
    with pytest.raises(mc.CompressionError, match=words):
        mc.compress(d, claim)


# What is said ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("f, at, said", [
    (lambda W: W.T @ a, M, ["zero wherever axes 2 and 3 have different indices: keep the diagonal",
                            r"the same along axis 2 \(j\): keep one copy"]),
    (np.sum, M, ["nothing can be dropped: its entries are known, but not how they came about"]),
    (mc.network.softmax, a, ["nothing can be dropped: every entry may be nonzero"]),
    (lambda x: x[:-1] * x[1:], a, ["nothing can be dropped: 6 of 12 entries are zero by construction"]),
    (lambda x: np.ones(3), a, ["zero everywhere by construction: .*does not depend", "the same", "the same"]),
    (lambda z: np.cumsum(z**2), a, ["nothing can be dropped: no zeros off a diagonal"]),
    (lambda W: np.tanh(W.T @ a), M, ["zero wherever", "a product of 2 independent factors"]),
    (lambda z: z[::-1], a, ["12 of 16 entries are zero by construction, but no letters"])])
def test_each_step_is_a_sentence(f, at, said):
    c = mc.compress(mc.derivative(f, at))
    for step, words in zip(c.steps, said, strict=True):
        assert re.search(words, step), step
    assert all(step in repr(c) for step in c.steps) and c.steps[0][:20] in c._repr_html_()


def test_a_zero_that_only_holds_here_stays():
    c = mc.compress(mc.derivative(lambda W: W.T @ np.array([2.0, 0.0, 1.0, 3.0]), M))
    assert c.core.tolist() == [2.0, 0.0, 1.0, 3.0]
    dead = mc.compress(mc.derivative(mc.network.relu, np.array([-1.0, 2.0, -3.0])))
    assert dead.core.tolist() == [0.0, 1.0, 0.0]


def test_stages_are_those_of_the_notes():
    stages = mc.compress(mc.derivative(lambda W: W.T @ a, M)).stages
    assert [np.shape(array) for _, array in stages] == [(4, 3, 3), (4, 3), (4,)]
    assert np.array_equal(stages[1][1], np.repeat(a[:, None], 3, axis=1)) and np.array_equal(stages[2][1], a)


@pytest.mark.parametrize("array, pattern, core", [
    (np.zeros((3, 3)), "i i ->", ()), (np.diag([2.0, 3.0, 2.0]), "i i -> i", (3,)), (2 * np.eye(3), "i i ->", ()),
    (np.ones((2, 3)), "i j ->", ()), (np.arange(6.0).reshape(2, 3), "i j -> i j", (2, 3)),
    (np.repeat(M[:1], 5, axis=0), "i j -> j", (3,)), (M, "i j -> i j", (4, 3)),
    (np.einsum("i,jk->ijk", a, np.eye(3)), "i j j -> i", (4,)), (np.array(5.0), " ->", ()),
])
def test_bare_arrays_are_seen_by_their_values(array, pattern, core):
    c = mc.compress(array)
    assert (c.pattern, c.core.shape) == (pattern, core) and np.array_equal(c.expand(), array)
    assert np.array_equal(mc.compress(array, pattern).expand(), array) and "value only" in c.steps[-1]


@pytest.mark.parametrize("bad", ["Z", None, np.array(["a"]), np.array([1j]), np.array([np.nan]), np.zeros((0, 2))])
def test_compress_wants_a_derivative_or_finite_numbers(bad):
    with pytest.raises(TypeError, match=r"Derivative|finite real"):
        mc.compress(bad)


# Large ones ------------------------------------------------------------------------------------------------

def test_claims_about_a_large_derivative():
    d = mc.derivative(lambda W: W.T @ np.arange(1.0, 301.0), np.zeros((300, 200)))
    assert d.structure.dense_nbytes > 8 * LARGE
    assert mc.compress(d, "j i i -> j").core.shape == (300,)
    assert mc.compress(d, "j i i -> i j").core.shape == (200, 300)
    for claim, words in (("j i i -> i", "along axis 1: for j = 299 there is 300"), ("j i k -> j i k", "too large")):
        with pytest.raises(mc.CompressionError, match=words):
            mc.compress(d, claim)


def test_more_letters_than_there_are():
    with pytest.raises(mc.CompressionError, match="26 letters.*needs 30"):
        mc.compress(mc.derivative(lambda x: 2 * x, np.ones((1,) * 29 + (2,))))


# Structure that was lost, or believed, by mistake ----------------------------------------------------------

def test_a_compression_does_not_change_with_what_f_captured():
    constant = np.array([[1.0], [2.0], [3.0]])
    d = mc.derivative(lambda x: x @ constant, np.ones(3))
    constant[:] = 0.0
    assert mc.compress(d).core.ravel().tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("f, branched", [
    (lambda x: x if x[0] >= 0 else x[::-1], True), (lambda x: np.ones(2) if x[0] >= 0 else x[:2], True),
    (np.tanh, False), (mc.network.softmax, False), (np.max, False)])
def test_a_way_that_a_value_chose_weakens_the_words_and_what_a_rule_chooses_does_not(f, branched):
    text = repr(mc.compress(mc.derivative(f, np.arange(3.0))))
    assert ("looked at a value" in text) is branched and not (branched and "by construction" in text)
