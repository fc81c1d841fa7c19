"""What comes in is real, finite and in its shape; what goes out has the input's shape and shares no memory."""

import numpy as np
import pytest

import mcnotes as mc

W = np.array([[0.3, -0.2], [1.0, 0.4], [-0.7, 0.8]])
A = np.array([[0.5], [-1.0], [2.0]])
V = A[:, 0]


def layer(W):
    return np.tanh(W.T @ A)


#: name -> the object whose argument is tested, the name of the argument, and the shape that it needs
ASKED = {
    "predict": (lambda x: mc.derivative(layer, W).predict(x), "delta", (3, 2)),
    "predict of a scalar": (lambda x: mc.derivative(np.sum, W).predict(x), "delta", (3, 2)),
    "chain": (lambda x: mc.derivative(layer, W).chain(x), "upstream", (2, 1)),
    "chain of a matrix": (lambda x: mc.derivative(np.sin, W).chain(x), "upstream", (3, 2)),
    "compressed chain": (lambda x: mc.compress(mc.derivative(np.sin, W)).chain(x), "upstream", (3, 2)),
    "plane": (lambda x: mc.planar(np.sin, A)(x), "delta", (3, 1)),
    "value": (lambda x: mc.planar(np.sin, A).value(x), "delta", (3, 1)),
    "gap": (lambda x: mc.planar(np.sin, A).gap(x), "delta", (3, 1)),
}
WRONG_SHAPES = [(), (1,), (1, 1), (6,), (1, 6), (2, 3, 1), (3, 3), (1, 3), (1, 2), (2, 2), (3, 2, 1), (4,)]


class Marked(np.ndarray):
    """An array of some other library."""


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("shape", WRONG_SHAPES)
def test_nothing_broadcasts(name, shape):
    call, argument, needed = ASKED[name]
    with pytest.raises(ValueError) as caught:
        call(np.ones(shape))
    assert all(word in str(caught.value) for word in (f"{argument} has shape {shape}", f"shape {needed}"))


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("name", ["the point", *ASKED])
@pytest.mark.parametrize("broken, error, words", [
    (lambda x: x.astype(complex) + 1j, TypeError, "complex"),
    (lambda x: x.astype(str), TypeError, "real numbers"),
    (lambda x: x * np.nan, ValueError, "not finite"),
    (lambda x: x + np.inf, ValueError, "not finite"),
    (lambda x: np.ma.array(x, mask=x > 0), TypeError, "MaskedArray.*filled"),
    (lambda x: np.matrix(x), TypeError, "matrix.*asarray"),
    (lambda x: x.view(Marked), TypeError, "Marked.*asarray"),
    (lambda x: np.full(x.shape, None), TypeError, "object"),
    (lambda x: [[1.0, 2.0], [3.0]], ValueError, "ragged"),
])
def test_only_finite_real_numbers_come_in(name, broken, error, words):
    call, argument, needed = ASKED.get(name, (lambda x: mc.derivative(np.sum, x), "at", (3, 2)))
    with pytest.raises(error, match=words) as caught:
        call(broken(np.ones(needed)))
    assert str(caught.value).startswith(argument)


@pytest.mark.parametrize("kind", [int, np.float32, bool, list])
@pytest.mark.parametrize("name", ASKED)
def test_other_real_numbers_are_promoted(name, kind):
    call, _, needed = ASKED[name]
    ones = np.ones(needed)
    assert np.array_equal(call(ones.tolist() if kind is list else ones.astype(kind)), call(ones))


@pytest.mark.parametrize("name", ["plane", "value", "gap", "predict of a column", "chain of a column"])
def test_a_vector_stands_for_a_column(name):
    call = {"predict of a column": lambda x: mc.derivative(np.sin, A).predict(x),
            "chain of a column": lambda x: mc.derivative(np.sin, A).chain(x)}.get(name) or ASKED[name][0]
    assert np.array_equal(call(V), call(A)) and np.shape(call(V)) == np.shape(call(A))


@pytest.mark.parametrize("inner", [(), (3,), (3, 1), (1, 3), (1, 1), (1,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("outer", [(), (2,), (2, 1), (1, 1), (4, 2), (1, 3)])
def test_every_axis_of_the_array_is_one_of_the_functions(inner, outer):
    random = np.random.default_rng(5)
    K = random.normal(size=(int(np.prod(inner, dtype=int)), int(np.prod(outer, dtype=int)))) / 3
    x, step, upstream = random.normal(size=inner), random.normal(size=inner), random.normal(size=outer)

    def f(x):
        return np.reshape(np.sin(np.reshape(x, (-1,)) @ K), outer)
    d, slopes = mc.derivative(f, x), K * np.cos(np.ravel(x) @ K)
    back, array = np.reshape(slopes @ np.ravel(upstream), inner), inner + (outer if outer != (1, 1) else ())
    for found, wanted in ((d.array, slopes.reshape(array)), (d.tensor, slopes.reshape(d.inner + d.outer)),
                          (mc.derivative(f, x, method="difference").array, d.array), (mc.compress(d).expand(), d.array),
                          (d.chain(upstream), back), (mc.compress(d).chain(upstream), back),
                          (d.predict(step), np.reshape(np.ravel(step) @ slopes, outer))):
        assert np.shape(found) == np.shape(wanted) and np.allclose(found, wanted, atol=1e-8)


@pytest.mark.parametrize("size", [3, 80])                # large arrays are kept as they are, the second time
@pytest.mark.parametrize("f", [
    lambda W, a: np.sum(W**3 * a[:, None]), lambda W, a: W.T @ a, lambda W, a: np.tanh(W.T @ a), lambda W, a: W,
    lambda W, a: W.T, lambda W, a: W * W, lambda W, a: a @ a, lambda W, a: a @ W[:, :-1],
    lambda W, a: np.sum(W.T @ a) * a, lambda W, a: np.concatenate([W[:, 0] * a, a])])
def test_what_the_caller_changes_afterwards_changes_nothing(f, size):
    random = np.random.default_rng(6)
    for _ in range(2):
        W, a = random.normal(size=(size, size + 1)), random.normal(size=size)
        value, derivatives = mc.value_and_derivative(f, (W, a))
        upstream, deltas = random.normal(size=np.shape(value)), (W.copy(), a.copy())

        def results(value=value, derivatives=derivatives, upstream=upstream, deltas=deltas):
            found = [value]
            for d, delta in zip(derivatives, deltas, strict=True):
                found += [d.chain(upstream), d.predict(delta), mc.compress(d).chain(upstream)]
                found += [d.array, d.tensor] if d.structure.dense_nbytes < 2**23 else []
            return found
        before, kept = [np.copy(x) for x in results()], results()
        W[:], a[:] = 99.0, -99.0
        for x in kept[1:]:
            if np.ndim(x) and x.flags.writeable:
                x[...] = 7.0                                # what was handed out is the caller's own
        assert (W == 99.0).all() and (a == -99.0).all()
        assert all(np.array_equal(x, y) for x, y in zip(before, results(), strict=True))


def test_a_large_array_that_is_held_as_it_stands_is_locked_instead_of_copied():
    W, v, w, g = np.ones((200, 201)), np.ones(201), np.ones(200), np.ones(40000)
    held = [mc.derivative(lambda v: W @ v, v), mc.derivative(lambda w: w @ W, w),
            mc.derivative(lambda w: mc.derivative(lambda v: W @ v, v).array @ w, w)]
    for d in held:
        with pytest.raises(ValueError, match="read-only"):
            d.array[0] = 2.0
        assert d.array.copy().flags.writeable
    W[:] = 2.0                                          # the caller's own is free, and no part of it
    assert all(d.array.max() == 1.0 for d in held)
    identity = mc.derivative(lambda v: v, g)
    for found in (identity.chain(g), identity.predict(g), mc.compress(identity).chain(g)):
        found[:] = 3.0
        assert g.max() == 1.0


def test_a_plane_is_not_changed_by_its_point_and_says_what_it_cannot_do():
    at = A.copy()
    plane = mc.planar(lambda v: np.sum(v**2), at)
    before = plane.gap(0.1 * A)
    at[:] = 0.0
    assert plane.gap(0.1 * A) == before and np.array_equal(plane.at, A)
    with pytest.raises(ValueError, match="read-only"):
        plane.at[0] = 1.0
    flat = mc.planar(lambda v: np.sum(v**2), np.zeros((3, 1)))
    assert np.isclose(flat.gap(np.array([[0.1], [0.2], [0.2]])), 0.09)
    with pytest.raises(ValueError, match="not finite"), np.errstate(invalid="ignore"):
        mc.planar(np.sqrt, np.array([1.0, 4.0])).gap([-2.0, 0.0])
    with pytest.raises(TypeError, match="one array"):
        mc.planar(lambda a, b: a @ b, (V, V))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [3, 5000])
def test_large_numbers_are_no_reason_for_a_warning(size):
    v = np.full(size, 1e200)
    d = mc.derivative(lambda v: np.sum(1e100 * v / 1e100), v)
    assert np.all(d.array == 1.0) and np.isfinite(d.predict(v / size))
    assert np.all(mc.derivative(lambda x: np.sum(1e200 * x), np.ones(size)).array == 1e200)
    assert mc.derivative(lambda x: 1e200 * x[:2], np.ones(size)).array.max() == 1e200
