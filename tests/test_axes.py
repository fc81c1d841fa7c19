"""Axes: as NumPy counts them, or an error that says which there are. Options: taken, or refused by name."""

import numpy as np
import pytest

import mcnotes as mc

X = np.array([[[0.3, -1.2, 2.0, 0.9], [1.1, 0.4, -0.6, 1.7], [0.2, 2.2, -1.4, 0.8]]]).repeat(2, 0)
X[1] = X[1, ::-1] * 1.1 + 0.05

FUNCTIONS = {
    **{f.__name__: lambda x, axis, f=f: f(x, axis=axis) for f in (
        np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp, np.median, np.average, np.diff, np.cumsum,
        np.sort, np.flip, np.expand_dims, np.amax, np.squeeze, np.linalg.norm)},
    **{f"{f.__name__}.reduce": lambda x, axis, f=f: f.reduce(x, axis=axis) for f in (
        np.add, np.multiply, np.maximum, np.logaddexp)},
    "add.accumulate": lambda x, axis: np.add.accumulate(x, axis=axis),
    "method sum": lambda x, axis: x.sum(axis),
    "method mean": lambda x, axis: x.mean(axis=axis, keepdims=True),
    "concatenate": lambda x, axis: np.concatenate([x, x * x], axis=axis),
    "stack": lambda x, axis: np.stack([x, x * x], axis=axis),
    "append": lambda x, axis: np.append(x, x, axis=axis),
    "repeat": lambda x, axis: np.repeat(x, 2, axis=axis),
    "take": lambda x, axis: np.take(x, [1, 0], axis=axis),
    "roll": lambda x, axis: np.roll(x, 1, axis=axis),
    "split": lambda x, axis: np.array_split(x, 2, axis=axis)[0],
    "swapaxes": lambda x, axis: np.swapaxes(x, axis, 0),
    "moveaxis": lambda x, axis: np.moveaxis(x, axis, 0),
    "trace": lambda x, axis: np.trace(x, 0, axis, 1),
    "diagonal": lambda x, axis: np.diagonal(x, 0, axis, 1),
    "tensordot": lambda x, axis: np.tensordot(x, x, (axis, axis)),
    "transpose": lambda x, axis: np.transpose(x, (axis, 1, 0)),
    "take_along_axis": lambda x, axis: np.take_along_axis(x, np.zeros((2, 3, 4), int), axis),
}
AXES = [None, 0, 1, 2, -1, -2, -3, 3, -4, 7, (0,), (0, 2), (2, 0), (-1, 0), (0, 0), (0, 3), (), True, False, [0],
        [0, 1], 1.0, "0", np.int64(1), np.array(2), np.array([0, 1]), (True,), (0, None)]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_axes_as_numpy_counts_them_or_an_error_which_is_numpys_own_where_it_has_one(name):
    right, refused = 0, 0
    for axis in AXES:
        def f(x, axis=axis):
            return FUNCTIONS[name](x, axis)
        try:
            known, refusal = np.asarray(f(X), float), None
        except Exception as error:
            known, refusal = None, (type(error), str(error))
        try:
            found = mc.derivative(f, X)
        except (TypeError, ValueError, IndexError) as error:
            odd = axis is None or isinstance(axis, list | bool | np.ndarray | tuple | float | str)
            assert (type(error), str(error)) == refusal if refusal else str(error) and (odd or not known.size), axis
            refused += 1
            continue
        assert refusal is None, f"NumPy refuses axis={axis!r}"
        wanted = mc.derivative(f, X, method="difference").array
        assert found.array.shape == wanted.shape and np.allclose(found.array, wanted, atol=1e-6), axis
        right += 1
    assert right >= (2 if name == "squeeze" else 3) and refused >= 5


OPTIONS = {"dtype": np.float32, "order": "Z", "where": X > 0.5, "initial": 0.7, "keepdims": True, "ddof": 1,
           "correction": 1, "out": None, "subok": True, "casting": "unsafe", "mode": "wrap", "nonsense": 3,
           "weights": np.arange(1.0, 25.0).reshape(2, 3, 4), "kind": "stable", "prepend": 0.2, "append": 0.4, "k": 1,
           "edge_order": 2, "overwrite_input": False, "mean": np.full((1, 1, 1), 0.3), "returned": True, "stable": True,
           "offset": 1, "ord": 1, "axes": (1, 0, 2), "decimals": 1, "copy": True, "nan": 3.0, "min": -0.5, "max": 0.6}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("f", [
    np.sum, np.mean, np.max, np.min, np.prod, np.var, np.std, np.ptp, np.median, np.average, np.sort, np.cumsum,
    np.diff, np.sin, np.exp, np.negative, np.ravel, np.transpose, np.flip, np.trace, np.diagonal,
    np.squeeze, np.triu, np.rot90, np.clip, np.copy, np.linalg.norm, np.argmax,
    np.add.reduce, np.logaddexp.reduce, np.full_like, np.linalg.pinv, np.linalg.svdvals],
    ids=lambda f: getattr(f, "__qualname__", str(f)))
def test_options_are_right_or_refused(f):
    for name, value in OPTIONS.items():
        def g(x, name=name, value=value):
            return f(x, **{name: value})
        try:
            known = np.asarray(g(X), float)
        except Exception:
            known = None
        try:
            found = mc.derivative(g, X)
        except (TypeError, ValueError, IndexError) as error:
            assert known is None or any(word in str(error) for word in (name, "rule", "defined")), (name, error)
            continue
        assert known is not None, f"NumPy refuses {name}="
        wanted = mc.derivative(g, X, method="difference").array
        assert found.array.shape == wanted.shape and np.allclose(found.array, wanted, atol=1e-6), name


@pytest.mark.parametrize("f", [np.mean, np.var, np.std, np.median, np.average])
def test_averages_of_a_number_go_along_no_axis(f):
    """NumPy's sums count a number as its own axis 0, its averages do not."""
    for axis in (0, -1):
        with pytest.raises(np.exceptions.AxisError):
            f(np.float64(0.7), axis=axis)
        with pytest.raises(np.exceptions.AxisError):
            mc.derivative(lambda x, axis=axis: f(x, axis=axis), 0.7)
    assert mc.derivative(lambda x: np.sum(x, axis=0), 0.7).array == 1.0


@pytest.mark.parametrize("axis", [(0, 1), (1, 0), (-2, -3)])
def test_the_first_of_equal_entries_is_the_same_in_any_order_of_the_axes(axis):
    x = np.zeros((2, 2, 3))
    x[0, 1] = x[1, 0] = 2.0
    wanted = np.zeros((2, 2, 3, 3))
    wanted[0, 1] = np.eye(3)
    assert np.array_equal(mc.derivative(lambda x: np.max(x, axis=axis), x).array, wanted)
