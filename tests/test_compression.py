"""Compression is discovered from structure: what goes, what may not go, and that it comes back exactly."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mcnotes as mc

NETS = [(4, 3), (3, 5)]  # an upper limit n in place of m fails for one of them in silence, for the other loudly


def layer(m, n, seed=3):
    random = np.random.default_rng(seed)
    return random.normal(size=(m, n)), random.normal(size=m)


def agree(d, c, random):
    """The core rebuilds the derivative, and its chain rule is that of the dense array."""
    assert c.expand().shape == d.array.shape
    assert np.allclose(c.expand(), d.array, rtol=1e-13, atol=1e-14)
    upstream = random.normal(size=d.outer)
    wanted = np.tensordot(d.tensor, upstream, len(d.outer))
    assert c.chain(upstream).shape == d.input_shape
    assert np.allclose(c.chain(upstream).reshape(d.inner), wanted, rtol=1e-12, atol=1e-13)
    again = mc.compress(d, c.pattern)                   # a pattern is a claim that passes
    assert again.pattern == c.pattern and np.allclose(again.expand(), d.array, rtol=1e-13, atol=1e-14)
    if c.einsum:
        cores = c.core if isinstance(c.core, tuple) else (c.core,)
        assert np.allclose(np.einsum(c.einsum, *cores, upstream), wanted, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("m, n", NETS)
def test_weights_compress_to_the_previous_activation(m, n, random):
    W, a = layer(m, n)
    d = mc.derivative(lambda W: W.T @ a, W)
    c = mc.compress(d)
    assert c.pattern == "i j j -> i"
    assert np.array_equal(c.core, a)
    assert c.einsum == "i,j->ij"
    assert [step.split(":")[0].split(" (")[0] for step in c.steps] == [
        "zero wherever axes 2 and 3 have different indices",
        "the same along axis 2",
    ]
    assert np.array_equal(d.array, np.einsum("j,ki->jki", a, np.eye(n)))
    agree(d, c, random)


@pytest.mark.parametrize("m, n", NETS)
def test_mutants_of_the_weight_gradient_fail(m, n, random):
    W, a = layer(m, n)
    g = random.normal(size=n)
    right = mc.compress(mc.derivative(lambda W: W.T @ a, W)).chain(g)
    assert np.allclose(right, np.outer(a, g))
    assert not np.allclose(right, n * np.outer(a, g))  # copies added up
    assert not np.allclose(right, np.full((m, 1), a.mean()) * g)  # shrunk to a number
    assert right.shape != np.outer(g, a).shape  # the factors turned around


def test_a_zero_that_only_holds_here_stays():
    W, a = layer(4, 3)
    a[1] = 0.0
    c = mc.compress(mc.derivative(lambda W: W.T @ a, W))
    assert c.core.shape == (4,) and c.core[1] == 0.0
    dead = mc.compress(mc.derivative(mc.network.relu, np.array([-1.0, 2.0, -3.0])))
    assert dead.core.tolist() == [0.0, 1.0, 0.0]


STRUCTURES = {
    "activation": (np.tanh, (5,), "i i -> i"),
    "linking layers": (lambda a: layer(5, 3)[0].T @ a, (5,), "i j -> i j"),
    "layer with activation": (lambda W: np.tanh(W.T @ np.arange(1.0, 5.0)), (4, 3), "i j j -> i, j"),
    "weights, batch": (lambda W: W.T @ layer(4, 6)[0], (4, 3), "i j j k -> i k"),
    "inputs, batch": (lambda A: layer(4, 3)[0].T @ A, (4, 6), "i j k j -> i k"),
    "bias over a batch": (lambda b: np.ones((3, 6)) * np.arange(6.0) + b[:, None], (3,), "i i j ->"),
    "Kronecker": (lambda X: layer(2, 4)[0] @ X @ layer(3, 5)[0], (4, 3), "i j k l -> i k, j l"),
    "outer": (lambda x: np.outer(x, np.arange(1.0, 5.0)), (3,), "i i j -> j"),
    "block-diagonal": (lambda X: X @ layer(3, 2)[0], (5, 4, 3), "i j k i j l -> k l"),
    "blocks that differ": (
        lambda X: X @ np.random.default_rng(1).normal(size=(5, 3, 2)),
        (5, 4, 3),
        "i j k i j l -> i k l",
    ),
    "convolution": (lambda x: np.convolve(x, [1.0, -2.0, 0.5]), (6,), "i i+j -> j"),
    "valid convolution": (lambda x: np.convolve(x, [1.0, -2.0, 0.5], "valid"), (6,), "i-j+2 i -> j"),
    "permutation": (lambda x: x[[2, 0, 3, 1]], (4,), "p(i) i ->"),
    "reversal": (lambda x: x[::-1], (4,), "-i+3 i ->"),
    "window": (lambda x: 2 * x[1:4], (5,), "i+1 i ->"),
    "transpose": (lambda X: X.T, (4, 3), "i j j i ->"),
    "column sums": (lambda X: X.sum(axis=0), (4, 3), "i j j ->"),
    "softmax": (mc.network.softmax, (4,), "i j -> i j"),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_what_is_discovered(name, random):
    f, shape, pattern = STRUCTURES[name]
    d = mc.derivative(f, random.normal(size=shape))
    c = mc.compress(d)
    assert c.pattern == pattern
    agree(d, c, random)
    rough = mc.derivative(f, random.normal(size=shape), method="difference")
    assert not rough.array[~d.structure.mask()].any()  # zero by construction is zero at another point too


def test_softmax_says_why_nothing_goes():
    c = mc.compress(mc.derivative(mc.network.softmax, np.arange(4.0)))
    assert "several ways" in c.steps[0] and c.core.shape == (4, 4)


@pytest.mark.parametrize("f, said", [
    (lambda z: np.cumsum(z[::-1])[::-1], "no zeros off a diagonal"),
    (lambda z: np.cumsum(z**2), "no zeros off a diagonal"),
    (lambda z: z[::-1], "only entries with the index -i+3 along axis 1 can differ from zero")])
def test_an_order_that_drops_nothing_is_no_step(f, said):
    c = mc.compress(mc.derivative(f, np.arange(1.0, 5.0)))
    assert said in c.steps[0]
    assert ("nothing can be dropped" in c.steps[0]) == (np.size(c.core) == 16)


def test_stages_are_those_of_the_notes():
    W, a = layer(4, 3)
    stages = mc.compress(mc.derivative(lambda W: W.T @ a, W)).stages
    assert [np.shape(array) for _, array in stages] == [(4, 3, 3), (4, 3), (4,)]
    assert np.array_equal(stages[1][1], np.repeat(a[:, None], 3, axis=1))
    assert np.array_equal(stages[2][1], a)


@pytest.mark.parametrize("claim", ["j i i -> j", "j i i -> j i", "j i k -> j i k", "a b b -> a"])
def test_true_claims_pass(claim, random):
    W, a = layer(4, 3)
    d = mc.derivative(lambda W: W.T @ a, W)
    c = mc.compress(d, claim)
    assert c.pattern.split("->")[0] == claim.split("->")[0]
    agree(d, c, random)


@pytest.mark.parametrize(
    "claim, words",
    [
        ("j i i -> i", r"along axis 1: entry \(\d, 0, 0\)"),
        ("j j i -> i", r"entry \(\d, \d, \d\)"),
        ("j i k -> j", "along axis 2"),
        ("j i -> j", "does not fit"),
        ("j i i", "does not fit"),
        ("j i i -> x", "does not fit"),
    ],
)
def test_false_claims_are_refused_with_an_entry(claim, words):
    W, a = layer(4, 3)
    with pytest.raises(mc.CompressionError, match=words):
        mc.compress(mc.derivative(lambda W: W.T @ a, W), claim)


def test_a_claim_that_holds_here_only_is_refused():
    a = np.array([2.0, 2.0, 2.0])
    with pytest.raises(mc.CompressionError, match="not by construction"):
        mc.compress(mc.derivative(lambda W: W.T @ a, np.ones((3, 2))), "j i i -> i")
    with pytest.raises(mc.CompressionError, match=r"entry \(\d, \d\).*not zero by construction"):
        mc.compress(mc.derivative(mc.network.softmax, np.array([1.0, 2.0, 0.5])), "i i -> i")


def test_a_bare_array_is_seen_by_value_only(random):
    c = mc.compress(np.diag([3.0, 9.0, 4.0]))
    assert c.core.tolist() == [3.0, 9.0, 4.0] and c.by_value and "value only" in repr(c)
    assert np.array_equal(c.expand(), np.diag([3.0, 9.0, 4.0]))
    copies = mc.compress(np.repeat(random.normal(size=(1, 4)), 3, axis=0))
    assert copies.core.shape == (4,)
    full = random.normal(size=(3, 4))
    assert np.array_equal(mc.compress(full).core, full)
    with pytest.raises(TypeError, match="Derivative"):
        mc.compress("Z")


def test_upstream_of_a_wrong_shape():
    c = mc.compress(mc.derivative(np.tanh, np.ones(4)))
    with pytest.raises(ValueError, match=r"upstream has shape \(3,\)"):
        c.chain(np.ones(3))


def test_a_layer_of_4096_is_compressed_and_chained_at_once():
    a, W = np.arange(4096.0), np.zeros((4096, 4096))
    c = mc.compress(mc.derivative(lambda W: W.T @ a, W))
    result = c.chain(np.ones(4096))
    assert result.shape == (4096, 4096) and c.nbytes == 4096 * 8
    assert len(c.stages) == 1


def test_the_chain_rule_needs_little_more_than_its_result():
    W, a = layer(400, 300)
    c = mc.compress(mc.derivative(lambda W: W.T @ a, W))
    upstream = np.ones(300)
    tracemalloc.start()
    result = c.chain(upstream)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * result.nbytes


STEPS = {
    "tanh": np.tanh,
    "flip": lambda X: X[:, ::-1],
    "turn": lambda X: X.T,
    "left": lambda X: np.ones((2, X.shape[0])) @ X,
    "right": lambda X: X @ np.arange(3.0 * X.shape[1]).reshape(-1, 3),
    "row": lambda X: X[:1],
    "scale": lambda X: 3 * X,
    "sum": lambda X: X.sum(axis=0, keepdims=True),
    "ravel": lambda X: X.reshape(1, -1),
    "wide": lambda X: X + np.ones((4, 1, 1)),
}


def test_a_constant_function_leaves_one_zero():
    d = mc.derivative(lambda v: np.ones((2, 3)), np.ones(4))
    c = mc.compress(d)
    assert not d.structure.mask().any() and c.core.shape == () and "does not depend" in c.steps[0]
    assert c.expand().shape == (4, 2, 3) and not c.expand().any()
    assert c.chain(np.ones((2, 3))).shape == (4,) and d.predict(np.ones(4)).shape == (2, 3)


@given(names=st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4), seed=st.integers(0, 10**6))
def test_whatever_is_found_expands_to_the_derivative(names, seed):
    def f(X):
        for name in names:
            X = STEPS[name](X if np.ndim(X) == 2 else X[0])
        return X

    random = np.random.default_rng(seed)
    d = mc.derivative(f, random.normal(size=(3, 4)))
    c = mc.compress(d)
    agree(d, c, random)
    rough = mc.derivative(f, random.normal(size=(3, 4)), method="difference")
    assert not rough.array[~d.structure.mask()].any()


@pytest.mark.parametrize(
    "f, shape",
    [
        (lambda x: np.sum(np.vstack([x, x])), (3,)),
        (lambda x: np.trace(x, 1), (3, 3)),
        (lambda x: np.trace(x, -1), (3, 4)),
        (lambda x: np.sum(np.hstack([x, x[:2]])), (3,)),
        (lambda x: np.sum(np.concatenate([x, x]), axis=0), (2, 3)),
        (lambda x: np.sum(x[[0, 0, 2]]), (3,)),
        (lambda x: np.stack([x[0], x[0], x[1]]), (3,)),
        (lambda x: 0.0 * np.sum(x), (2,)),
        (lambda x: np.sum(np.diag(x, 1)), (3, 3)),
        (lambda x: np.ones(3), (3,)),
        (lambda x: 5.0, (2, 3)),
    ],
)
def test_sums_of_moved_entries_are_compressed_without_loss(f, shape):
    d = mc.derivative(f, np.random.default_rng(3).normal(size=shape))
    c = mc.compress(d)
    assert np.allclose(c.expand(), d.array) and np.allclose(mc.compress(d, c.pattern).expand(), d.array)


@pytest.mark.parametrize("claim", ["i i ->", "i j ->", "i j -> i j", "0 i ->"])
def test_any_claim_about_a_zero_derivative_passes(claim):
    d = mc.derivative(lambda x: np.ones(3), np.ones(3))
    assert not mc.compress(d, claim).expand().any()
