"""Programs put together at random, over shapes from a number to three axes: right, or refused with a word."""

import warnings

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import mcnotes as mc

GRID = np.random.default_rng(8).normal(size=(7, 7))

#: name -> step. A step that does not fit the shape it meets is left out of the program.
STEPS = {
    "tanh": np.tanh,
    "sine": lambda x: np.sin(x) + 0.1 * np.sum(x),
    "square": lambda x: x * x / 2,
    "centre": lambda x: x - np.mean(x),
    "normed": lambda x: x / np.linalg.norm(np.append(np.ravel(x), 1.0)),
    "softmax": lambda x: np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)), axis=-1, keepdims=True),
    "flat": np.ravel,
    "column": lambda x: x[:, None],
    "one row": lambda x: x[-1],
    "corner": lambda x: x[:1, ..., :1] * x,
    "rest": lambda x: x[..., 1:],
    "back": lambda x: x[..., ::-1],
    "again": lambda x: x[[0, -1, 0]],
    "table": lambda x: np.take(x, [[0, 1], [1, 0]], axis=0),
    "pairs": lambda x: x[[0, -1], [0, -1]],
    "spread": lambda x: x[None] * np.array([1.0, -2.0]).reshape((2,) + (1,) * np.ndim(x)),
    "copies": lambda x: np.broadcast_to(x, (2, *x.shape)),
    "beside": lambda x: np.concatenate([x, x * x / 2], -1),
    "stacked": lambda x: np.stack([x, np.cos(x)], np.ndim(x) // 2),
    "repeated": lambda x: np.repeat(x, 2, axis=0),
    "rolled": lambda x: np.roll(x, 1),
    "turned": lambda x: np.transpose(x),
    "axes": lambda x: np.moveaxis(x, 0, -1),
    "triangle": lambda x: np.triu(x) + np.tril(x, -1) ** 2,
    "diagonal": np.diag,
    "trace": np.trace,
    "rows": lambda x: np.sum(x, axis=0),
    "means": lambda x: np.mean(x, axis=-1),
    "largest": lambda x: np.max(x, axis=-1),
    "sorted": lambda x: np.sort(x, -1),
    "cumulated": lambda x: np.cumsum(x, -1) / 3,
    "product": lambda x: np.prod(np.cos(x), axis=-1),
    "log-sum-exp": lambda x: np.logaddexp.reduce(x, axis=-1),
    "padded": lambda x: np.pad(x, 1),
    "norms": lambda x: np.linalg.norm(x + 0.1, axis=-1),
    "clipped": lambda x: np.clip(x, -0.8, 0.9),
    "chosen": lambda x: np.where(np.arange(x.shape[-1]) % 2 == 0, x, np.cos(x)),
    "weights": lambda x: GRID[:3, :x.shape[0]] @ x / 2,
    "Gram": lambda x: x.T @ x / 3,
    "batch": lambda x: x @ np.swapaxes(x, -1, -2) / 3,
    "einsum": lambda x: np.einsum("ij,kj->ik", x, np.cos(x)),
    "outer": lambda x: np.outer(np.ravel(x)[:3], np.ravel(x)[-2:]),
    "differences": lambda x: np.tanh(np.ravel(x)[:3, None] - np.ravel(x)[None, :3]),
    "convolved": lambda x: np.convolve(np.ravel(x), [0.5, -1.0, 0.2], ["full", "same", "valid"][np.size(x) % 3]),
    "inverse": lambda x: np.linalg.inv(np.eye(len(x)) * 3 + np.tanh(x @ x.T) * 0.3),
    "shift": lambda x: x + x[::-1],
    "around": lambda x: np.concatenate([x[1:], x[:1] * 2]),
    "pair": lambda x: np.stack([x[0] * x[-1], x[0] + x[-1], np.exp(-(x[-1] ** 2))]),
    "product of parts": lambda x: (x[:2].reshape(-1, 1) @ x[:1].reshape(1, -1)).ravel(),
    "leaky": lambda x: np.where(x > 0.1, x, 0.3 * x),
    "weighted": lambda x: np.diag(x[:3]) @ x[:3],
    "numbers": lambda x: np.array([np.ravel(x)[0] * np.ravel(x)[-1], np.ravel(x)[0]]),
}
#: Steps with a choice that holds at one point alone.
LOCAL = {"largest", "sorted"}


def program(names, at):
    """The steps that fit, one after the other, and their names."""
    fitting, x = [], at
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                y = np.asarray(STEPS[name](x), float)
        except (ValueError, IndexError, TypeError, AttributeError, RuntimeWarning):
            continue
        if 0 < y.size <= 40 and y.ndim <= 3 and np.abs(y).max() < 50:
            fitting, x = [*fitting, name], y

    def f(x):
        for name in fitting:
            x = STEPS[name](x)
        return x
    return f, fitting


programs = st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=6)
points = st.tuples(st.sampled_from([(), (3,), (4,), (2, 3), (3, 2), (4, 1), (1, 3), (2, 2, 3)]), st.integers(0, 10**6))


def close(found, wanted, tolerance):
    assert np.shape(found) == np.shape(wanted)
    assert np.abs(found - wanted).max() <= tolerance * (1 + np.abs(wanted).max())


def right_or_refused(f, names, at):
    """The derivative, or None where an array of objects, made by the step "numbers", is refused with its reason."""
    try:
        return mc.derivative(f, at)
    except TypeError as error:
        assert "numbers" in names and any(word in str(error) for word in ("np.stack", "real numbers"))
        return None


@given(programs, points)
def test_programs_are_right_or_refused(names, point):
    random = np.random.default_rng(point[1])
    at = random.normal(size=point[0])
    f, names = program(names, at)
    exact = right_or_refused(f, names, at)
    if exact is None:
        return
    close(exact.array, mc.derivative(f, at, method="difference").array, 3e-6)
    upstream, delta = random.normal(size=exact.outer), random.normal(size=exact.inner)
    back = np.reshape(np.tensordot(exact.tensor, upstream, len(exact.outer)), at.shape)
    close(mc.derivative(lambda x: np.sum(np.reshape(f(x), exact.outer) * upstream), at).array, back, 1e-11)
    close(exact.chain(upstream), back, 1e-11)
    close(exact.predict(np.reshape(delta, at.shape)),
          np.reshape(np.tensordot(delta, exact.tensor, len(exact.inner)), np.shape(f(at))), 1e-11)
    found = mc.compress(exact)
    close(found.expand(), exact.array, 1e-12)
    close(mc.compress(exact, found.pattern).expand(), exact.array, 1e-12)
    if not LOCAL & set(names) and not exact.branched:
        elsewhere = right_or_refused(f, names, random.normal(size=point[0]))
        assert elsewhere is None or not elsewhere.tensor[~exact.structure.mask()].any()


@given(programs, points)
def test_second_derivatives_of_programs(names, point):
    random = np.random.default_rng(point[1])
    at = random.normal(size=point[0])
    f, names = program(names, at)
    weights = random.normal(size=np.shape(f(at)))
    try:
        mc.derivative(f, at)
    except TypeError:
        return

    def gradient(x):
        return mc.derivative(lambda x: np.sum(f(x) * weights), x).array
    close(mc.derivative(gradient, at).array, mc.derivative(gradient, at, method="difference").array, 3e-5)

    def table(x):
        return mc.derivative(f, x).array
    if np.size(table(at)) < 100:
        close(mc.derivative(table, at).array, mc.derivative(table, at, method="difference").array, 3e-5)
