"""Programs as people should not write them: any dtype, any axis, any option, changes in place, objects, branches.

Where NumPy refuses a program, so must the derivative, except for arrays of objects, which NumPy cannot compute with
and a derivative can. Else it is right, or refused with a word; never wrong. What is right is said by differences of two
orders, and where these do not agree, the point is a corner and nothing is said.
"""

import concurrent.futures
import warnings
from numbers import Real

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import mcnotes as mc

DTYPES = [bool, np.int8, np.uint8, np.int16, np.int64, np.float16, np.float32, np.float64]
AXES = [None, 0, 1, -1, 2, -2, (0, 1), (0,), (1, 1), 5, True, [0], (), 1.0]
OPTIONS = [{}, {}, {"keepdims": True}, {"initial": 0.5}, {"where": True}, {"dtype": float}, {"dtype": np.float32},
           {"ddof": 1}, {"nonsense": 1}, {"out": None}, {"kind": "stable"}, {"order": "F"}]
REDUCTIONS = [np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp, np.median, np.linalg.norm,
              np.add.reduce, np.maximum.reduce, np.logaddexp.reduce]
ALONG = [np.sort, np.cumsum, np.diff, np.flip, np.expand_dims, np.squeeze, np.gradient, np.roll, np.repeat, np.take,
         np.concatenate, np.stack, np.moveaxis, np.swapaxes]
OPERATORS = [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum, np.arctan2, np.hypot,
             np.logaddexp, np.matmul, np.dot, np.outer, np.kron, np.inner, np.power]


def constant(x, r):
    """Numbers of some dtype and form that may fit to x."""
    shape = [(), np.shape(x), np.shape(x)[-1:], (1,) * np.ndim(x)][r.integers(4)]
    c = (r.normal(size=shape) * 3).astype(DTYPES[r.integers(len(DTYPES))])
    return [c, c, c.tolist(), c[()] if c.ndim == 0 else c[::1], c.astype(object), np.asfortranarray(c)][r.integers(6)]


def operate(x, r):
    c, f = constant(x, r), OPERATORS[r.integers(len(OPERATORS))]
    return f(c, x) if r.integers(2) else f(x, c)


def reduce(x, r):
    f, axis = REDUCTIONS[r.integers(len(REDUCTIONS))], AXES[r.integers(len(AXES))]
    return f(x, axis=axis, **OPTIONS[r.integers(len(OPTIONS))])


def along(x, r):
    f, axis = ALONG[r.integers(len(ALONG))], AXES[r.integers(len(AXES))]
    more = OPTIONS[r.integers(len(OPTIONS))] if r.integers(4) == 0 else {}
    if f in (np.roll, np.repeat):
        return f(x, int(r.integers(3)), axis=axis, **more)
    if f is np.take:
        return f(x, [0, int(r.integers(3))], axis=axis)
    if f in (np.concatenate, np.stack):
        return f([x, constant(x, r), x * x], axis=axis)
    if f in (np.moveaxis, np.swapaxes):
        return f(x, axis, int(r.integers(-2, 3)))
    return f(x, axis=axis, **more)


def changed(x, r):
    """A constant that changes after it was used."""
    c = r.normal(size=np.shape(x)).astype(DTYPES[r.integers(2, len(DTYPES))])
    y = x * c if r.integers(2) else c + x
    c[...] = 3
    view = c[..., ::-1] if c.ndim else c
    return y * view - x * c


def changed_itself(x, r):
    y, how = x * 1.0, r.integers(5)
    if how == 0:
        y.sort()
    elif how == 1:
        y += 1.0
    elif how == 2:
        y[0] = 2.0
    elif how == 3:
        y = np.zeros(np.shape(x))
        y[...] = x
    else:
        np.add(x, 1.0, out=np.zeros(np.shape(x)))
    return y


def objects(x, r):
    flat = np.ravel(x)
    a, b = flat[0], flat[-1]
    y = [np.array([a * b, a]), np.array([[a, 1.0], [b, 2]]), np.array(a), np.array([x, x * x]), np.array([a, None][:1]),
         np.array(list(flat)), np.array([a, b], dtype=object)][r.integers(7)]
    how = r.integers(9)
    if how == 6:
        y = y.copy()
        y.flat[0] = b * 2
    return [lambda y: y, np.sin, lambda y: y * flat[:1], lambda y: np.clip(y, -0.4, 0.4), lambda y: np.maximum(y, 0.1),
            np.sum, lambda y: y + 1, lambda y: np.pad(y, 1) * 1.0, np.sort][how](y)


def decide(x, r):
    flat = np.ravel(x)
    return [lambda: x if flat[0] > 0 else -2 * x, lambda: max(flat) * x, lambda: flat[np.argmax(flat)] * x,
            lambda: flat[flat > 0], lambda: (x > 0) * (x + x), lambda: x if np.any(x > 1) else x * x,
            lambda: np.where(constant(x, r), x, 0.5), lambda: np.where(x > 0.1, x, np.float32(0.1) * x),
            lambda: sorted(flat), lambda: x * round(float(r.normal()), 1), lambda: x ** int(r.integers(-2, 4)),
            lambda: x * np.sign(x), lambda: np.clip(x, None, 0.6)][r.integers(13)]()


def shape(x, r):
    return [lambda: x[None], lambda: x.T, lambda: np.reshape(x, -1, order="CF"[r.integers(2)]), lambda: x[..., 0],
            lambda: np.pad(x, 1, ["edge", "wrap", "mean", "maximum", "linear_ramp", "symmetric"][r.integers(6)]),
            lambda: np.einsum("...i->i...", x), lambda: np.einsum("ij,jk", x, constant(x, r)),
            lambda: np.kron(x, [1, 2]),
            lambda: np.trace(x, axis1=int(r.integers(3)), axis2=int(r.integers(3))), lambda: np.triu(x),
            lambda: np.full_like(x, np.ravel(x)[0]), lambda: np.linalg.norm(x, [1, 2, 3, np.inf, "nuc"][r.integers(5)]),
            lambda: np.atleast_3d(x), lambda: x.flatten("F"), lambda: np.broadcast_to(x, (2, *np.shape(x))),
            lambda: np.tensordot(x, x, int(r.integers(3))), lambda: np.diag(x), lambda: np.linalg.svdvals(x)][
                r.integers(18)]()


STEPS = {"operate": operate, "reduce": reduce, "along": along, "changed": changed, "changed itself": changed_itself,
         "objects": objects, "decide": decide, "shape": shape, "tanh": lambda x, r: np.tanh(x),
         "curve": lambda x, r: x * x / (2 + x * x)}
#: What NumPy says of arrays of objects, of lists, and of arrays that it cannot share or write into; or we, of results.
OBJECTS = ("no callable", "object has no attribute", "not supported for the input types", "can't multiply sequence",
           "avoid copy", "read-only", "no array of numbers")
ERRORS = (TypeError, ValueError, IndexError, AttributeError, ArithmeticError, np.linalg.LinAlgError)

programs = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 10**6)), min_size=1, max_size=4)
points = st.tuples(st.sampled_from([(), (3,), (2, 3), (3, 1), (1, 3), (2, 2, 3)]), st.integers(0, 10**6))


def program(steps):
    def f(x):
        for name, seed in steps:
            x = STEPS[name](x, np.random.default_rng(seed))
            if type(x) is float:        # of an object array; it would be rounded to the float16 that it meets next
                x = np.float64(x)
        return x
    return f


def values(f, x):
    y = np.asarray(f(x.copy()))
    if y.dtype == object and all(isinstance(entry, Real) for entry in y.flat):
        y = y.astype(float)
    if y.dtype == object or y.dtype.kind not in "biuf" or y.size == 0 or y.size > 200:
        raise TypeError("no array of numbers")
    return y.astype(float)


def differences(f, at):
    """The derivative by differences, or None at a corner: where two steps and two orders do not agree."""
    found = []
    for index in np.ndindex(at.shape):
        e = np.zeros(at.shape)
        e[index] = 1.0
        near, far, wide = ((values(f, at + h * e) - values(f, at - h * e)) / (2 * h) for h in (1e-5, 2e-5, 7e-4))
        fourth = (4 * near - far) / 3
        if not (np.abs(near - fourth) <= 1e-4 * (1 + np.abs(near))).all() or not (
                np.abs(near - wide) <= 0.05 * (1 + np.abs(near))).all():
            return None
        found.append(near)
    return np.stack(found).reshape(at.shape + found[0].shape)


def outcome(f, at):
    """What became of a program: "right", "refused", "corner" or "empty"; an AssertionError where it is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            known = values(f, at)
        except ArithmeticError:
            known, refusal = None, OBJECTS[0]           # Python's own numbers, which divide by 0 with an error
        except ERRORS as error:
            known, refusal = None, str(error)
        try:
            exact = mc.derivative(f, at).array
        except ERRORS as error:
            assert str(error)
            return "refused"
        if known is None:
            assert any(words in refusal for words in OBJECTS), refusal
            return "beyond NumPy"
        if not np.isfinite(known).all() or np.abs(known).max() > 1e3:
            return "corner"
        try:
            wanted = differences(f, at)
        except ERRORS:
            return "corner"
    if wanted is None or not np.isfinite(exact).all():
        return "corner"
    if known.shape == (1, 1):
        wanted = wanted.reshape(at.shape)           # such a result is a scalar
    assert exact.shape == wanted.shape
    assert np.abs(exact - wanted).max() <= 1e-4 * (1 + np.abs(wanted).max())
    return "right"


@given(programs, points)
def test_wild_programs_are_never_wrong(steps, point):
    outcome(program(steps), np.random.default_rng(point[1]).normal(size=point[0]))


def test_wild_programs_in_threads():
    """The same answers, and the same refusals, with eight at once."""
    r = np.random.default_rng(4)
    cases = [(program([(str(r.choice(sorted(STEPS))), int(r.integers(10**6))) for _ in range(3)]),
              r.normal(size=(2, 3))) for _ in range(60)]

    def run(case):
        try:
            return mc.derivative(*case).array.tolist()
        except ERRORS as error:
            return str(error)
    with warnings.catch_warnings():                     # outside: it is one for all threads
        warnings.simplefilter("ignore")
        alone = [run(case) for case in cases]
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            assert list(threads.map(run, cases)) == alone
    assert sum(not isinstance(x, str) for x in alone) > 10
