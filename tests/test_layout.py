"""A Derivative is used like an array: where that could mean two things it takes the shape it meets, or asks."""

import numpy as np
import pytest

import mcnotes as mc

K = np.array([[1.0, -2.0], [0.3, 1.5], [2.0, 0.1]])
V = np.array([0.3, -0.7, 1.1])
KINDS = {
    "number": (lambda s: s**3, 2.0),
    "gradient": (lambda v: np.sum(v**3), V),
    "gradient of a column": (lambda v: np.sum(v**3), V[:, None]),
    "vector by number": (lambda s: np.stack([s, s**2]), 2.0),
    "column by number": (lambda s: np.array([[s], [s**2]]), 2.0),
    "vector by vector": (lambda v: np.sin(v @ K), V),
    "column by column": (lambda v: np.sin(K.T @ v), V[:, None]),
    "matrix by number": (lambda s: np.sin(K * s), 2.0),
    "number by matrix": (lambda M: np.sum(M**3), K),
    "vector by matrix": (lambda M: M.T @ V, K),
    "column by matrix": (lambda M: M.T @ V[:, None], K),
}


@pytest.mark.parametrize("name", KINDS)
def test_an_array_of_it_is_the_matrix_where_there_is_one(name):
    d = mc.derivative(*KINDS[name])
    count = len(d.inner) + len(d.outer)
    wanted = d.matrix if count <= 2 else d.array
    found = np.asarray(d)
    assert found.dtype == float and np.array_equal(found, wanted)
    assert (d.shape, d.ndim, d.size) == (wanted.shape, wanted.ndim, wanted.size)
    assert np.array_equal(d.T, wanted.T) and np.all(d == wanted) and not np.any(d != wanted)
    assert np.all(d == d.array) if d.array.shape != wanted.shape else True
    assert np.array_equal(np.abs(d), np.abs(wanted)) and np.isclose(np.max(d), wanted.max())
    assert np.allclose(d, wanted) and np.array_equal(np.round(d, 3), np.round(wanted, 3))
    if wanted.ndim:
        assert len(d) == len(wanted) and np.array_equal(np.stack(list(d)), wanted)
        assert np.array_equal(d[0], wanted[0]) and np.array_equal(d[..., -1], wanted[..., -1])
    if wanted.ndim == 2:
        x, y = np.arange(wanted.shape[1]) + 1.0, np.arange(wanted.shape[0]) + 1.0
        assert np.allclose(d @ x, wanted @ x) and np.allclose(y @ d, y @ wanted)
        assert np.allclose(d.T @ y, wanted.T @ y)


@pytest.mark.parametrize("name", KINDS)
def test_a_multiple_of_it_is_a_derivative(name):
    d = mc.derivative(*KINDS[name])
    for other, factor in ((-d, -1.0), (3 * d, 3.0), (d * 0.5, 0.5), (d / 4, 0.25), (np.float64(2) * d, 2.0)):
        assert isinstance(other, mc.Derivative) and np.allclose(other.array, factor * d.array, rtol=1e-15)
        assert np.allclose(other.structure.dense(), factor * d.tensor, rtol=1e-14)
        assert other.input_shape == d.input_shape and np.array_equal(other.structure.mask(), d.structure.mask())
        delta = np.ones(d.input_shape)
        assert np.allclose(other.predict(delta), factor * d.predict(delta), rtol=1e-14)


@pytest.mark.parametrize("name", KINDS)
def test_beside_an_array_it_takes_the_shape_that_it_meets(name):
    d = mc.derivative(*KINDS[name])
    for form in (d.array, d.matrix if len(d.inner) + len(d.outer) <= 2 else d.array):
        ones = np.ones(np.shape(form))
        assert np.allclose(ones - 0.1 * d, ones - 0.1 * form) and np.allclose(d + ones, form + ones)
        assert np.allclose(d * ones * 2, 2 * form)
    if np.ndim(d.array):
        with pytest.raises(ValueError, match="nothing broadcasts"):
            d + np.ones(7)
        with pytest.raises(ValueError, match="nothing broadcasts"):
            np.ones((7, 1)) * d
        with pytest.raises(ValueError, match="nothing broadcasts"):
            d == np.ones(7)  # noqa: B015


def test_a_step_in_place():
    X = V[:, None].copy()
    X -= 0.1 * mc.derivative(lambda v: np.sum(v**2), X)
    assert np.allclose(X, 0.8 * V[:, None])


def test_a_square_matrix_by_a_number_has_to_be_named():
    d = mc.derivative(lambda s: K[:2] * s, 2.0)
    assert np.array_equal(np.asarray(d), K[:2].T)
    with pytest.raises(ValueError, match="transpose"):
        np.ones((2, 2)) - d


def test_numbers():
    d = mc.derivative(lambda s: s**3, 2.0)
    assert float(d) == 12.0 and f"{d:.1f}" == "12.0" and d + 1 == 13.0 and bool(d) and d == 12.0
    with pytest.raises(ValueError, match="ambiguous"):
        bool(mc.derivative(np.sin, V))


def test_shape_does_not_build_the_array():
    d = mc.derivative(lambda W: W.T @ np.ones(3000), np.ones((3000, 2000)))
    assert d.shape == (3000, 2000, 2000) and d.ndim == 3 and (2 * d).structure.nbytes < 10**5


# Value and derivative, several arrays -------------------------------------------------------------------

@pytest.mark.parametrize("method", ["exact", "difference"])
def test_value_and_derivative_come_from_one_function(method):
    value, d = mc.value_and_derivative(lambda v: np.sin(v @ K), V, method=method)
    assert np.array_equal(value, np.sin(V @ K)) and type(value) is np.ndarray
    assert np.allclose(d.array, K * np.cos(V @ K), atol=1e-8)
    value, (by_a, by_b) = mc.value_and_derivative(lambda a, b: a @ b, (V, V + 1), method=method)
    assert np.isclose(value, V @ (V + 1)) and np.allclose(by_a.array, V + 1) and np.allclose(by_b.array, V)
    assert mc.value_and_derivative(lambda v: 3.0, V, method=method)[0] == 3.0
    calls = []
    mc.value_and_derivative(lambda v: calls.append(1) or np.sum(v), V)
    assert len(calls) == 1


def loss(parts):
    first, second = parts
    return np.sum(np.tanh(K.T @ first) * second["b"]) + second["s"] ** 2 * np.sum(second["b"])


@pytest.mark.parametrize("method", ["exact", "difference"])
def test_parameters_of_a_network_come_back_in_their_container(method):
    at = [V[:, None], {"b": np.array([[0.2], [-0.4]]), "s": 1.5}]
    d = mc.derivative(loss, at, method=method)
    assert type(d) is list and list(d[1]) == ["b", "s"]
    assert d[0].array.shape == (3, 1) and d[1]["b"].array.shape == (2, 1) and d[1]["s"].array.shape == ()
    hidden = np.tanh(K.T @ at[0])
    assert np.allclose(d[1]["b"].array, hidden + 1.5**2, atol=1e-7)
    assert np.allclose(d[0].array, K @ ((1 - hidden**2) * at[1]["b"]), atol=1e-7)
    assert np.allclose(d[1]["s"].array, 2 * 1.5 * at[1]["b"].sum(), atol=1e-7)


def test_forms_of_points():
    pairs = [(np.ones((2, 3)), np.ones(3)), (np.ones((3, 1)), np.ones(1))]
    d = mc.derivative(lambda pairs: sum(np.sum(W**2) + np.sum(b) for W, b in pairs), pairs)
    assert type(d) is list and type(d[0]) is tuple and np.array_equal(d[0][0].array, 2 * pairs[0][0])
    d = mc.derivative(lambda p, x: p["W"] @ x, ({"W": K}, np.ones(2)), wrt="p")
    assert d["W"].array.shape == (3, 2, 3)
    both = mc.derivative(lambda p, x: p["W"] @ x, ({"W": K}, np.ones(2)))
    assert both[0]["W"].array.shape == (3, 2, 3) and both[1].array.shape == (2, 3)
    assert mc.derivative(lambda v: np.sum(v), [1, 2.5]).array.shape == (2,)          # numbers: an array
    assert mc.derivative(lambda M: np.sum(M), [[1, 2], [3, 4]]).array.shape == (2, 2)
    equal = mc.derivative(lambda ws: ws[0] @ ws[1], [V, V])                            # arrays: several
    assert [d.array.shape for d in equal] == [(3,), (3,)]
    second = mc.derivative(lambda p: mc.derivative(lambda q: q["a"] @ q["a"], {"a": p})["a"].array, V)
    assert np.allclose(second.array, 2 * np.eye(3))


@pytest.mark.parametrize("at, error, words", [
    ({"W": K, "b": [np.nan]}, ValueError, r"at\['b'\].*not finite"), ({}, ValueError, "empty dict"),
    ([K, {"b": 1j}], TypeError, r"at\[1\]\['b'\].*complex"), ([K, np.zeros(0)], ValueError, r"at\[1\] is empty"),
    ([K, "text"], TypeError, r"at\[1\].*real numbers"),
])
def test_the_part_that_is_wrong_is_named(at, error, words):
    with pytest.raises(error, match=words):
        mc.derivative(lambda p: 0.0, at)


@pytest.mark.parametrize("at", [(V, V), {"v": V}, [V, V]])
def test_hessian_and_planar_take_one_array(at):
    with pytest.raises(TypeError, match="one array"):
        mc.hessian(lambda *x: 0.0, at)


# Tables ----------------------------------------------------------------------------------------------------

def cells(d):
    return [part.split("<")[0] for part in d._repr_html_().split("<td>")[1:]]


def test_a_table_shows_three_digits_one_under_the_other():
    shown = cells(mc.derivative(lambda v: np.array([4.23609, 20.0, -46.2298]) @ v, V))[1:]
    assert shown == ["4.24", "20.00", "−46.23"]
    shown = cells(mc.derivative(lambda v: v * np.array([1.0, 2.0, 3.0]), V))
    assert "-" not in "".join(shown) and "0" in shown and "2" in shown
    tiny = cells(mc.derivative(lambda v: np.array([1e-9, 0.5, -2e9]) @ v, V))[1:]
    assert tiny == ["0", "5.00·10⁻¹", "−2.00·10⁹"]
    mixed = cells(mc.derivative(lambda v: np.array([1e-8, 0.5, 1.0]) @ v, V))[1:]
    assert mixed == ["1.00·10⁻⁸", "0.5", "1.0"]
    assert cells(mc.derivative(lambda v: 0.0 * np.sum(v), V))[1:] == ["0", "0", "0"]


def test_rows_and_columns_have_the_names_of_the_example():
    d = mc.derivative(lambda v: np.sin(v @ K), V)
    named = d.named(rows=["heat", "crust <1>", "time"], columns=["taste", "price"])
    text = named._repr_html_()
    assert all(word in text for word in (">heat<", "crust &lt;1&gt;", "<span class='mc-out'>price</span>"))
    assert "heat" not in d._repr_html_() and np.array_equal(named.matrix, d.matrix)
    assert "v<sub>1</sub>" in d.named(columns=["taste", "price"])._repr_html_()
    gradient = mc.derivative(np.sum, V).named(rows=["a", "b", "c"])
    assert ">c<" in gradient._repr_html_() and ">c<" in (2 * gradient)._repr_html_()
    with pytest.raises(ValueError, match=r"rows=.*one for each of the 3 rows.*\(3, 2\)"):
        d.named(rows=["a", "b"])
    with pytest.raises(ValueError, match="columns"):
        d.named(columns="ab")
    with pytest.raises(mc.LayoutError):
        mc.derivative(lambda M: M.T @ V, K).named(rows=["a"])


def test_latex():
    d = mc.derivative(lambda v: v * np.array([1.0, -2.5, 1e-9]), V)
    assert d.latex() == (r"\begin{bmatrix} 1.0 & 0.0 & 0.0 \\ 0.0 & -2.5 & 0.0 \\ 0.0 & 0.0 & 1.00 \cdot 10^{-9} "
                         r"\end{bmatrix}")
    assert d._repr_latex_() == f"${d.latex()}$" and d._repr_html_().startswith("<table")
    assert mc.derivative(lambda s: s**2, 3.0).latex() == "6"
    wide = mc.derivative(lambda v: np.outer(v, v)[0], np.ones(20)).latex()
    assert wide.count(r"\\") == 8 and wide.count(r"\cdots") == 8 and r"\vdots" in wide and r"\ddots" in wide
    assert mc.derivative(lambda M: M.T @ V, K)._repr_latex_() is None
    with pytest.raises(mc.LayoutError):
        mc.derivative(lambda M: M.T @ V, K).latex()


def test_the_names_of_the_package_are_all_there():
    assert set(mc.__all__) <= set(dir(mc)) and {"draw", "show", "explore"} <= set(dir(mc))
