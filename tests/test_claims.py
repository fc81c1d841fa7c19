"""A claim is a set of entries: a pattern accepts itself, true claims pass, false ones name what they would lose."""

import itertools

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.claims import LARGE
from mcnotes.engine import discovery
from mcnotes.engine.structure import Map

random = np.random.default_rng(20221124)
a, M = random.normal(size=4), random.normal(size=(4, 3))
KERNEL = np.array([1.0, -2.0, 0.5])

#: name -> function, point, the pattern that is found, claims that are true as well, claims that lose an entry
FOUND = {
    "window": (lambda x: x[:2], np.ones(3), "i i ->", ["a a ->", "q q -> q", "i j -> i j"], ["i+1 i ->", "0 i -> i"]),
    "later window": (lambda x: 2 * x[1:4], np.ones(6), "i+1 i ->", ["1+q q ->", "a b -> b a"], ["i i ->", "i+2 i ->"]),
    "diagonal matrix": (np.diag, a, "i i i ->", ["i i i -> i", "i j k -> k i j"], ["i i j ->", "i j i -> j"]),
    "squeeze": (np.squeeze, np.ones((3, 1)), "i i ->", ["i i -> i"], ["i j ->", "0 i -> i"]),
    "sum": (np.sum, np.ones(2), "i ->", ["i -> i"], ["0 ->"]),
    "part of a sum": (lambda x: np.sum(x[1:3]), np.ones(5), "i+1 ->", ["i -> i"], ["i ->", "i+2 ->", "2i+1 ->"]),
    "trace": (np.trace, np.eye(3) + 1, "i i ->", ["i i -> i", "i j -> j i"], ["i j ->", "i 0 -> i"]),
    "mean of columns": (lambda X: np.mean(X, axis=0), M, "i j j ->", ["i j j -> i"], ["i j k -> i", "i i j ->"]),
    "layer": (lambda W: W.T @ a, M, "i j j -> i", ["j i i -> j", "j i i -> i j", "x y z -> z x y"],
              ["i j j -> j", "i i j -> i", "i j j ->", "i j 0 -> i", "i 0 0 -> i"]),
    "convolution": (lambda x: np.convolve(x, KERNEL), np.ones(6), "i i+j -> j", ["a a+b -> b", "x y -> x y"],
                    ["i i+j -> i", "i i -> i", "i i+1 -> i"]),
    "valid convolution": (lambda x: np.convolve(x, KERNEL, "valid"), np.ones(6), "i-j+2 i -> j", ["a-b+2 a -> b"],
                          ["i i -> i", "i+2 i ->"]),
    "reversal": (lambda x: x[::-1], np.ones(4), "-i+3 i ->", ["i -i+3 ->", "3-b b ->"], ["i i ->"]),
    "permutation": (lambda x: x[[2, 0, 3, 1]], np.ones(4), "p(i) i ->", ["q(j) j ->", "i j -> i j"], ["i i ->"]),
    "two tables": (lambda X: X[[2, 0, 3, 1]][:, [2, 0, 1]], M, "p(i) q(j) i j ->", ["r(i) p(k) i k ->"],
                   ["i j i j ->"]),
    "Kronecker": (lambda X: M.T @ X @ np.outer(a[:3], a), M, "i j k l -> i k, j l", ["i j k l -> i k j l",
                  "a b c d -> d a b c"], ["i j k l -> i k, j", "i j i l -> i, j l"]),
    "one place": (lambda x: 3 * x[2:3], np.ones(4), "2 i ->", ["2 0 ->", "2 i -> i", "i j -> j i"], ["1 i ->"]),
    "batched softmax": (lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=0), M, "i j k j -> i j k", ["x y z y -> z y x"],
                        ["i j i j -> i j", "i j k j -> i k"]),
    "neighbours": (lambda x: x[:-1] * x[1:], a, "i j -> i j", ["a b -> b a"], ["i i -> i", "i i+1 -> i"]),
    "sum of repeated": (lambda x: np.sum(x[[0, 0, 1]]), np.ones(3), "i -> i", ["k -> k"], ["i ->"]),
    "constant": (lambda x: np.ones(2), np.ones(3), "i j ->", ["i j -> i", "0 1 ->"], []),
    "number": (lambda s: s**2, 2.0, " ->", [], []),
}


def derivative_of(name):
    f, at = FOUND[name][:2]
    return mc.derivative(f, at)


@pytest.mark.parametrize("name", FOUND)
def test_a_pattern_accepts_itself(name):
    d, pattern = derivative_of(name), FOUND[name][2]
    found = mc.compress(d)
    assert found.pattern == pattern
    again = mc.compress(d, pattern)
    assert again.pattern == pattern and np.array_equal(again.expand(), found.expand())
    assert np.allclose(found.expand(), d.array, rtol=1e-13)
    cores = [c.core if isinstance(c.core, tuple) else (c.core,) for c in (found, again)]
    assert all(np.array_equal(x, y) for x, y in zip(*cores, strict=True))


@pytest.mark.parametrize("name, claim", [(name, claim) for name, row in FOUND.items() for claim in row[3]])
def test_true_claims_pass_and_rebuild_the_derivative(name, claim):
    d = derivative_of(name)
    c = mc.compress(d, claim)
    assert np.allclose(c.expand(), d.array, rtol=1e-13)
    upstream = random.normal(size=d.output_shape)
    assert np.allclose(c.chain(upstream), d.chain(upstream), rtol=1e-12, atol=1e-13)
    right = claim.split("->")[1]
    if "," not in right:                        # what is kept stands in the claimed order
        sizes = {letter: n for own, n in zip(claim.split("->")[0].split(), d.inner + d.outer, strict=True)
                 for letter in [own] if own.isalpha()}
        kept = right.split()
        if all(letter in sizes for letter in kept):
            assert np.ndim(c.core) == len(kept)


@pytest.mark.parametrize("name, claim", [(name, claim) for name, row in FOUND.items() for claim in row[4]])
def test_false_claims_are_refused(name, claim):
    with pytest.raises(mc.CompressionError, match=r"would lose|not by construction|parts|does not fit"):
        mc.compress(derivative_of(name), claim)


@pytest.mark.parametrize("name", FOUND)
def test_of_all_small_claims_those_that_pass_lose_nothing(name):
    """A few thousand claims: whatever passes rebuilds the derivative, also with other numbers in it."""
    f, at = FOUND[name][:2]
    d = mc.derivative(f, at)
    count = len(d.inner + d.outer)
    if count == 0 or count > 3:
        return
    indices = ["i", "j", "0", "i+1", "i+j", "-i+3"]
    passed = 0
    for left in itertools.product(indices, repeat=count):
        for right in ("", "i", "j", "i j"):
            try:
                c = mc.compress(d, f"{' '.join(left)} -> {right}")
            except mc.CompressionError:
                continue
            passed += 1
            assert np.allclose(c.expand(), d.array, rtol=1e-13), (left, right)
    assert passed or name in ("diagonal matrix", "layer", "mean of columns", "permutation", "later window",
                              "valid convolution")


@pytest.mark.parametrize("claim, error", [
    ("i", mc.CompressionError), ("i j k -> i", mc.CompressionError), ("i*j k ->", mc.CompressionError),
    ("i j", mc.CompressionError), ("i j -> k", mc.CompressionError), ("i j -> i i", mc.CompressionError),
    ("i j -> i,", mc.CompressionError), ("2i+9 i ->", mc.CompressionError), ("", mc.CompressionError),
    ("t(i) i ->", mc.CompressionError), (3, TypeError), (["i i -> i"], TypeError),
])
def test_what_is_no_claim_is_said(claim, error):
    with pytest.raises(error) as caught:
        mc.compress(mc.derivative(np.tanh, np.ones(3)), claim)
    assert "claim" in str(caught.value) or "does not fit" in str(caught.value)


def test_refusals_name_the_entries_and_their_values():
    W, A = random.normal(size=(4, 3)), np.array([1.0, 2.0, 5.0, 3.0])
    d = mc.derivative(lambda W: W.T @ A, W)
    with pytest.raises(mc.CompressionError, match=r"along axis 1: entry \(2, 0, 0\) is 5 and entry \(0, 0, 0\) is 1"):
        mc.compress(d, "j i i -> i")
    with pytest.raises(mc.CompressionError, match=r"lose entry \(2, \d, \d\), which is 5 here and is not zero"):
        mc.compress(d, "j 0 0 -> j")
    equal = mc.derivative(lambda W: W.T @ np.full(4, 2.0), W)
    with pytest.raises(mc.CompressionError, match="equal here, but not by construction"):
        mc.compress(equal, "j i i -> i")


def test_claims_about_a_large_derivative():
    A = np.arange(1.0, 301.0)
    d = mc.derivative(lambda W: W.T @ A, np.zeros((300, 200)))
    assert d.structure.dense_nbytes > 8 * LARGE
    assert mc.compress(d, "j i i -> j").core.shape == (300,)
    assert mc.compress(d, "j i i -> i j").core.shape == (200, 300)
    with pytest.raises(mc.CompressionError, match=r"along axis 1: entry \(299, 0, 0\) is 300"):
        mc.compress(d, "j i i -> i")
    with pytest.raises(mc.CompressionError, match="too large"):
        mc.compress(d, "j j i -> i")


def test_more_than_26_letters():
    d = mc.derivative(lambda x: x + 1, np.ones((1,) * 13 + (2,)))
    c = mc.compress(d)
    assert c.pattern.split()[:3] == ["i", "j", "k"] and np.array_equal(c.expand(), d.array)
    wide = mc.derivative(lambda x: 2 * x, np.ones((1,) * 30))
    assert "l1" in mc.compress(wide).pattern and mc.compress(wide, mc.compress(wide).pattern).core.shape == ()
    assert mc.compress(wide).einsum is not None


@pytest.mark.parametrize("bad", ["Z", None, np.array(["a"]), np.array([1j]), np.array([np.nan]), np.zeros((0, 2))])
def test_compress_wants_a_derivative_or_finite_numbers(bad):
    with pytest.raises(TypeError, match=r"Derivative|finite real"):
        mc.compress(bad)


# Structure that was lost, or believed, by mistake ----------------------------------------------------------

@pytest.mark.parametrize("f, mask", [
    (np.sum, np.ones((3, 3))), (np.trace, np.eye(3)), (lambda X: np.sum(X[0]), [[1, 1, 1], [0, 0, 0], [0, 0, 0]]),
    (lambda X: X[1, 2], [[0, 0, 0], [0, 0, 1], [0, 0, 0]]), (lambda X: np.sum(np.diag(X) ** 2), np.eye(3)),
    (lambda X: np.reshape(X[0, 0], (1, 1)), [[1, 0, 0], [0, 0, 0], [0, 0, 0]]),
])
def test_a_scalar_result_keeps_its_structure(f, mask):
    d = mc.derivative(f, random.normal(size=(3, 3)))
    assert np.array_equal(d.structure.mask(), np.array(mask, bool))
    assert np.allclose(d.structure.dense(), d.tensor, rtol=1e-14)


def test_a_scalar_function_that_changed_its_mind_is_held_by_its_entries():
    calls = []

    def f(x):
        calls.append(1)
        return np.sum(x) if len(calls) <= 2 else np.sum(x[:1])
    d = mc.derivative(f, np.ones(3))
    assert len(calls) == 2
    assert d.structure.mask().all() and np.array_equal(d.structure.dense(), np.ones(3)) and len(calls) == 3
    constant = np.array([1.0, 2.0, 3.0])
    changed = mc.derivative(lambda x: x @ constant, np.ones(3))
    constant[:] = 0.0
    assert mc.compress(changed).core.tolist() == [1.0, 2.0, 3.0]


def test_a_way_that_a_value_chose_weakens_the_words():
    def chosen(x):
        return x if x[0] > 0 else x[::-1]
    for f, at in ((chosen, np.ones(3)), (lambda x: np.ones(2) if x[0] > 0 else x[:2], np.ones(3)),
                  (lambda x: max(x), np.arange(3.0)), (lambda x: x[np.argsort(x)], np.ones(3)),
                  (lambda x: np.maximum(np.array([x[0], x[1]]), 0.0), np.ones(2))):
        d = mc.derivative(f, at)
        c = mc.compress(d)
        assert d.branched and "looked at a value" in c.steps[-1] and "by construction" not in repr(c)
        assert np.allclose(d.array, mc.derivative(f, at + 1e-3 * np.arange(len(at)), method="difference").array)
    for f in (np.tanh, mc.network.relu, mc.network.softmax, np.sort, np.max):
        d = mc.derivative(f, np.arange(3.0))
        assert not d.branched and "looked at a value" not in repr(mc.compress(d))


def test_sums_of_ways_keep_what_all_ways_have_in_common():
    d = mc.derivative(lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=0), M)
    assert mc.compress(d).core.shape == (4, 3, 4)
    band = mc.compress(mc.derivative(lambda x: x[:-1] * x[1:], a))
    assert "6 of 12 entries are zero by construction" in band.steps[0]
    full = mc.compress(mc.derivative(mc.network.softmax, a))
    assert "every entry may be nonzero" in full.steps[0]


@pytest.mark.parametrize("array, pattern, core", [
    (np.zeros((3, 3)), "i i ->", ()), (np.diag([2.0, 3.0, 2.0]), "i i -> i", (3,)), (2 * np.eye(3), "i i ->", ()),
    (np.ones((2, 3)), "i j ->", ()), (np.arange(6.0).reshape(2, 3), "i j -> i j", (2, 3)),
    (np.einsum("i,jk->ijk", a, np.eye(3)), "i j j -> i", (4,)), (np.array(5.0), " ->", ()),
])
def test_bare_arrays_are_seen_by_their_values(array, pattern, core):
    c = mc.compress(array)
    assert (c.pattern, c.core.shape) == (pattern, core) and np.array_equal(c.expand(), array)
    assert np.array_equal(mc.compress(array, pattern).expand(), array) and "value only" in c.steps[-1]


# Signs and patterns ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", FOUND)
def test_signs_are_right_at_other_points(name):
    f, at = FOUND[name][:2]
    signs = discovery.signs(mc.derivative(f, at).structure)
    for _ in range(3):
        there = mc.derivative(f, random.normal(size=np.shape(at)), method="difference").tensor
        assert not there[signs < 0].any()
        for sign in range(signs.max() + 1):
            assert np.ptp(there[signs == sign]) < 1e-6


@pytest.mark.parametrize("text", ["i", "i+j", "-i+3", "2i+3j-1", "0", "7", "i1+j2", "p(i)", "q(i,j)"])
def test_indices_are_read_as_they_are_written(text):
    index = discovery.read(text)
    assert index is not None and discovery.same([index], [index]) == {letter: letter for letter in index.letters}


@pytest.mark.parametrize("text", ["", "i*j", "ij", "i+", "+", "I", "p(i", "p()", "i^2", "1.5", "p(i)+1"])
def test_what_is_no_index_is_not_read(text):
    assert discovery.read(text) is None


def test_tables_are_told_apart():
    first, second = Map((1,), [2, 0, 3, 1]), Map((1,), [1, 0, 3, 2])
    assert discovery.written([first, second, Map((1,), [2, 0, 3, 1]), 1], {1: "i"}) == ["p(i)", "q(i)", "p(i)", "i"]
