"""The structured form: what is held, which zeros are known by construction, and that nothing is lost."""

import tracemalloc

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.engine.structure import Structure, Term

random = np.random.default_rng(20221123)
W, a, A = random.normal(size=(4, 3)), random.normal(size=4), random.normal(size=(4, 5))
B, v, X = random.normal(size=(3, 6)), random.normal(size=5), random.normal(size=(3, 3))
KERNEL, V = np.array([1.0, -2.0, 3.0]), np.array([-1.0, 2.0, -3.0])


def eye(n):
    return np.eye(n, dtype=bool)


def band(rows, columns, wide):
    return np.array([[0 <= j - i < wide for j in range(columns)] for i in range(rows)])


#: name -> function, point, numbers that are held, which entries are not zero by construction
HELD = {
    "weights of a layer (71)": (lambda W: W.T @ a, W, 4, np.broadcast_to(eye(3), (4, 3, 3))),
    "weights through tanh (87)": (lambda W: np.tanh(W.T @ a), W, 7, np.broadcast_to(eye(3), (4, 3, 3))),
    "inputs of a layer": (lambda a: W.T @ a, a, 12, np.ones((4, 3), bool)),
    "weights over a batch": (lambda W: W.T @ A, W, 20, np.broadcast_to(eye(3)[None, :, :, None], (4, 3, 3, 5))),
    "matrix between matrices": (lambda W: A.T @ W @ B, W, 38, np.ones((4, 3, 5, 6), bool)),
    "element by element": (np.tanh, v, 5, eye(5)),
    "element by element on a matrix": (np.sin, W, 12, np.einsum("ik,jl->ijkl", eye(4), eye(3)) > 0),
    "bias over a batch": (lambda b: A.T @ W + b, np.ones(3), 0, np.broadcast_to(eye(3)[:, None], (3, 5, 3))),
    "convolution": (lambda x: np.convolve(x, KERNEL), v, 3, band(5, 7, 3)),
    "valid convolution": (lambda x: np.convolve(x, KERNEL, "valid"), v, 3, band(3, 5, 3).T),
    "permutation": (lambda x: x[[2, 0, 1, 4, 3]], v, 0, eye(5)[:, [2, 0, 1, 4, 3]]),
    "slice": (lambda x: x[1::2] ** 2, v, 2, eye(5)[:, 1::2]),
    "reversal": (lambda x: x[::-1], v, 0, eye(5)[::-1]),
    "roll": (lambda x: np.roll(x, 2), v, 0, np.roll(eye(5), 2, axis=1)),
    "neighbours": (lambda x: x[:-1] * x[1:], v, 8, eye(5)[:, :-1] | eye(5)[:, 1:]),
    "copies": (lambda x: np.repeat(x, 3), v, 0, np.repeat(eye(5), 3, axis=1)),
    "transpose": (lambda W: W.T, W, 0, np.einsum("il,jk->ijkl", eye(4), eye(3)) > 0),
    "outer product": (lambda x: np.outer(x, a), v, 4, np.broadcast_to(eye(5)[:, :, None], (5, 5, 4))),
    "diagonal matrix": (np.diag, v, 0, np.einsum("ij,ik->ijk", eye(5), eye(5)) > 0),
    "inverse": (np.linalg.inv, X, 18, np.ones((3, 3, 3, 3), bool)),
    "sum over rows": (lambda W: np.sum(W**2, 0), W, 12, np.broadcast_to(eye(3), (4, 3, 3))),
    "constant part": (lambda x: np.concatenate([x, np.ones(2)]), v, 0, eye(7)[:5]),
    "two layers": (lambda W: np.tanh(B.T @ np.tanh(W.T @ a)), W, 31, np.ones((4, 3, 6), bool)),
}


@pytest.mark.parametrize("name", HELD)
def test_what_is_held_and_which_zeros_are_known(name):
    f, at, numbers, mask = HELD[name]
    s = mc.derivative(f, at).structure
    dense, upstream, delta = s.dense(), random.normal(size=s.outer), random.normal(size=s.inner)
    assert s.nbytes == 8 * numbers and np.array_equal(s.mask(), mask)
    assert np.allclose(dense, mc.derivative(f, at, method="difference").array, atol=1e-7)
    assert np.allclose(s.contracted(upstream, "outer"), np.tensordot(dense, upstream, len(s.outer)), rtol=1e-12)
    assert np.allclose(s.contracted(delta, "inner"), np.tensordot(delta, dense, len(s.inner)), rtol=1e-12)
    elsewhere = mc.derivative(f, random.normal(size=at.shape), method="difference").array
    assert not elsewhere[~mask].any()


@pytest.mark.parametrize("f, at, mask", [
    *((f, V, eye(3)) for f in (lambda x: np.maximum(x, 0.0), lambda x: x * 0.0, lambda x: np.where(x > 0, x, 0.0))),
    (np.sort, V, np.ones((3, 3))), (np.max, V, np.ones(3)), (lambda x: np.min(x, axis=0), V, np.ones(3)),
    (lambda x: np.max(x[None], axis=1), V, np.ones((3, 1))),
    (lambda W: np.max(W, axis=0), W, np.broadcast_to(eye(3), (4, 3, 3)))])
def test_a_zero_that_depends_on_the_point_is_not_construction(f, at, mask):
    assert np.array_equal(mc.derivative(f, at).structure.mask(), mask)


def test_many_terms_become_one_array():
    x = random.normal(size=9)
    d = mc.derivative(lambda x: np.stack([x[k] * x[(k + 1) % 9] ** 2 for k in range(9)]), x)
    assert len(d.structure.terms) <= 6
    assert np.allclose(d.array, mc.derivative(lambda x: x * np.roll(x, -1) ** 2, x).array, rtol=1e-14)


def test_a_layer_of_4096_is_held_compressed_and_chained_in_little_memory():
    n = 4096
    wide, active, upstream = np.full((n, n), 1e-4), np.arange(float(n)), np.ones(n)
    tracemalloc.start()
    d = mc.derivative(lambda wide: wide.T @ active, wide)
    compressed = mc.compress(d)
    results = [d.chain(upstream), compressed.chain(upstream)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (results[0] == results[1]).all() and results[0].shape == (n, n) and len(compressed.stages) == 1
    assert d.structure.nbytes == compressed.nbytes == 8 * n
    assert peak < 2.5 * results[0].nbytes       # the dense array has 512 GB


def test_contraction_can_itself_be_differentiated():
    d = mc.derivative(np.tanh, v)
    for side in (d.chain, d.predict):
        assert np.allclose(mc.derivative(side, np.ones(5)).array, d.array, rtol=1e-14)


@pytest.mark.parametrize("one, other", [
    (["i", "j"], ["i", "j"]), (["i", "i"], ["i"]), (["i"], ["i", "i"]), (["i", "j"], ["i"]),
    (["i", "j", "j"], ["j", "i"]), ([], ["i", "j"]), (["i"], []), (["j", "i"], ["i", "i"])], ids=str)
def test_terms_that_share_factors_add_up_to_their_sum(one, other):
    """The same array, as often and along the labels that each of the two terms says."""
    b, places = np.array([2.0, 3.0, 5.0]), {"i": 1, "j": 2}

    def made(labels):
        return Structure([Term([(b, (places[label],)) for label in labels], [1, 2], {1: 3, 2: 3})], (3,), (3,))
    first, second = made(one), made(other)
    total = Structure.total([first, second])
    assert np.array_equal(total.dense(), first.dense() + second.dense()) and len(total.terms) == 1
