"""A Derivative: its forms, its value, its text and its table."""

import numpy as np
import pytest

import mcnotes as mc
from mcnotes import display

K = np.array([[1.0, -2.0], [0.3, 1.5], [2.0, 0.1]])
V = np.array([0.3, -0.7, 1.1])


@pytest.mark.parametrize("f, at", [(lambda s: s**3, 2.0), (lambda v: np.sin(v @ K), V), (lambda M: M.T @ V, K)])
def test_it_is_no_array_and_says_which_forms_there_are(f, at):
    d = mc.derivative(f, at)
    for use in (lambda: 2 * d, lambda: d / 2, lambda: -d, lambda: d.array - d, lambda: d @ d.array, lambda: d[0],
                lambda: np.asarray(d), lambda: np.round(d), lambda: np.sum(d), lambda: np.allclose(d, 0.0),
                lambda: list(d)):
        with pytest.raises(TypeError, match=r"\.array.*\.matrix"):
            use()


def test_a_number_is_a_number():
    d = mc.derivative(lambda s: s**3, 2.0)
    assert float(d) == 12.0 and f"{d:.1f}" == "12.0" and f"{d}".startswith("derivative")


def test_shape_does_not_build_the_array():
    d = mc.derivative(lambda W: W.T @ np.ones(3000), np.ones((3000, 2000)))
    assert d.shape == (3000, 2000, 2000)


# Value and derivative, several arrays -------------------------------------------------------------------

@pytest.mark.parametrize("method", ["exact", "difference"])
def test_value_and_derivative_come_from_one_function(method):
    value, d = mc.value_and_derivative(lambda v: np.sin(v @ K), V, method=method)
    assert np.array_equal(value, np.sin(V @ K)) and type(value) is np.ndarray
    assert np.allclose(d.array, K * np.cos(V @ K), atol=1e-8)
    value, (by_a, by_b) = mc.value_and_derivative(lambda a, b: a @ b, (V, V + 1), method=method)
    assert np.isclose(value, V @ (V + 1)) and np.allclose(by_a.array, V + 1) and np.allclose(by_b.array, V)
    assert mc.value_and_derivative(lambda v: 3.0, V, method=method)[0] == 3.0


# Tables ----------------------------------------------------------------------------------------------------

def cells(d):
    return [part.split("<")[0] for part in d._repr_html_().split("<td>")[1:]]


@pytest.mark.parametrize("slopes, shown, told", [
    ([4.23609, 20.0, -46.2298], ["4.24", "20.00", "−46.23"], "[4.23609 20 -46.2298]"),
    ([1e-9, 0.5, -2e9], ["0", "5.00·10⁻¹", "−2.00·10⁹"], "[0 0.5 -2e+09]"),
    ([1e-8, 0.5, 1.0], ["1.00·10⁻⁸", "0.5", "1.0"], "[1e-08 0.5 1]"), ([0.0, -0.0, 0.0], ["0", "0", "0"], None),
    ([np.inf, 0.0, 0.25], ["∞", "0.00", "0.25"], "[inf 0 0.25]"),
    ([-np.inf, np.inf, 0.0], ["−∞", "∞", "0"], "[-inf inf 0]"), ([1e-14, 1.0, 0.0], None, "[1e-14 1 0]"),
    ([1e-9, 1.0, np.inf], ["1.00·10⁻⁹", "1", "∞"], "[1e-09 1 inf]"), ([1e-17, 1.0, 2.0], None, "[0 1 2]"),
    ([np.inf, 1e9, 2.0], ["∞", "1.00·10⁹", "2.00·10⁰"], "[inf 1e+09 2]")])
def test_a_table_shows_three_digits_one_under_the_other_and_infinite_entries(slopes, shown, told):
    d = mc.Derivative((3,), (), array=np.array(slopes))
    assert told is None or display.text(d.array) == told
    assert shown is None or cells(d)[1:] == shown


def test_rows_and_columns_have_the_names_of_the_example():
    d = mc.derivative(lambda v: np.sin(v @ K), V)
    named = d.named(rows=["heat", "crust <1>", "time"], columns=["taste", "price"])
    text = named._repr_html_()
    assert all(word in text for word in (">heat<", "crust &lt;1&gt;", "<span class='mc-out'>price</span>"))
    assert "heat" not in d._repr_html_() and np.array_equal(named.matrix, d.matrix)
    assert "v<sub>1</sub>" in d.named(columns=["taste", "price"])._repr_html_()
    gradient = mc.derivative(np.sum, V).named(rows=["a", "b", "c"])
    assert ">c<" in gradient._repr_html_()
    turned = mc.derivative(lambda s: np.sin(K * s), 2.0)._repr_html_()      # row i, column j is m_ji
    assert turned.count("<th scope='row'><span class='mc-out'>column") == 2 and turned.count("mc-out'>row") == 3
    with pytest.raises(ValueError, match=r"rows=.*one for each of the 3 rows.*\(3, 2\)"):
        d.named(rows=["a", "b"])
    with pytest.raises(ValueError, match="columns"):
        d.named(columns="ab")
    with pytest.raises(mc.LayoutError):
        mc.derivative(lambda M: M.T @ V, K).named(rows=["a"])


def test_a_table_has_inputs_at_its_side_outputs_on_top_and_at_most_eight_of_each():
    text = mc.derivative(lambda v: np.sin(v @ K), V)._repr_html_()
    assert text.count("class='mc-in'") == 3 and text.count("class='mc-out'") == 2
    shown = mc.derivative(lambda v: np.outer(v, v)[0], np.ones(20))._repr_html_()
    assert shown.count("<th scope='row'>") == shown.count("<th scope='col'>") == 8
    assert shown.count("…") == 9 and shown.count("⋮") == 1


@pytest.mark.parametrize("f, at, words", [
    (lambda v: np.sin(v @ K), V, "vector/vector derivative, shape (3, 2): row i is input v_i, column j is output w_j"),
    (lambda v: v @ v, V, "gradient, shape (3, 1)"),
    (lambda W: np.tanh(W.T @ np.ones(300)), np.ones((300, 200)), "held as"),
    (lambda v: np.sum(np.sin(np.pi * v)), np.array([0.5, 1.0]), "\n[[0]\n [-3.14159]]")])
def test_the_text_says_kind_shape_and_layout(f, at, words):
    assert words in repr(mc.derivative(f, at))


def test_the_names_of_the_package_are_all_there():
    assert set(mc.__all__) <= set(dir(mc))
