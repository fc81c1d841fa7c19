"""Where there is no derivative: what the tables of book/reference/no-derivative.md say happens; no silent nan."""

import pathlib
import re

import numpy as np
import pytest

import mcnotes as mc

PAGE = pathlib.Path(__file__).parents[1] / "book" / "reference" / "no-derivative.md"
CONVENTIONS, ERRORS = (
    [[re.sub(r"^`|`$", "", cell.strip()) for cell in line.strip("|").split(" | ")] for line in part.splitlines()
     if line.startswith("| ") and "---" not in line and "What you type" not in line]
    for part in PAGE.read_text().split("## Errors"))


def run(code):
    with np.errstate(all="ignore"):
        return eval(code, {"np": np, "mc": mc})


def test_the_page_has_both_tables():
    assert len(CONVENTIONS) >= 14 and len(ERRORS) >= 15 and all(len(row) == 3 for row in CONVENTIONS + ERRORS)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("where, code, answer", CONVENTIONS, ids=[row[0] for row in CONVENTIONS])
def test_conventions(where, code, answer):
    assert np.array_equal(run(code), eval(answer, {"inf": np.inf}))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("where, code, words", ERRORS, ids=[row[0] for row in ERRORS])
def test_errors(where, code, words):
    with pytest.raises((ValueError, mc.engine.UnsupportedError)) as caught:     # np.linalg.LinAlgError is a ValueError
        run(code)
    assert words in str(caught.value)


#: Functions that meet their corners in another way than the page shows: an answer of its conventions, or an error.
V = np.array([0.0, 0.0, 1.0])
CORNERS = {
    "distances": (lambda v: np.linalg.norm(v[:2] - v[:2][::-1]), [0, 0, 0]),
    "hypot": (lambda v: np.hypot(v[0], v[1]), [0, 0, 0]),
    "row norms": (lambda v: np.sum(np.linalg.norm(np.outer(v, v), axis=1)), None),
    "min": (np.min, [1, 0, 0]), "ptp": (np.ptp, [-1, 0, 1]), "median": (np.median, [0, 1, 0]),
    "minimum": (lambda v: np.minimum(v[0], v[1]), [0.5, 0.5, 0]), "product at zeros": (np.prod, [0, 0, 0]),
    "product of others": (lambda v: np.prod(v[1:] + [0.0, 1.0]), [0, 2, 0]),
    "running product": (lambda v: np.cumprod(v[1:][::-1])[1], [0, 1, 0]),
    "norm 1": (lambda v: np.linalg.norm(v, 1), [0, 0, 1]), "norm inf": (lambda v: np.linalg.norm(v, np.inf), [0, 0, 1]),
    "norm 3": (lambda v: np.linalg.norm(v[:2], 3), None),
    "root of a sum": (lambda v: np.sqrt(np.sum(v[:2] ** 2)), None),
    "power below 1": (lambda v: v[0] ** 0.5, [np.inf, 0, 0]), "variance": (lambda v: np.var(v[:2]), [0, 0, 0]),
    "determinant without an inverse": (lambda v: np.linalg.det(np.diag(v) + np.eye(3, k=1)), [0, 0, 0]),
    "log-sum-exp": (np.logaddexp.reduce, None), "xlogx": (
        lambda v: v[0] * np.log(v[0]), None),
    "arctan2 of tiny numbers": (lambda v: np.arctan2(1e-200 * v[2], 1e-200 * (1 + v[0])), [-0.5, 0, 0.5]),
    "a constant that is infinite": (lambda v: np.exp(-v[2] * np.array([np.inf, 1.0])), None),
    "a constant that is nan": (lambda v: v * [1.0, np.nan, 1.0], None),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CORNERS)
def test_no_derivative_is_nan_without_a_word(name):
    f, wanted = CORNERS[name]
    try:
        found = mc.derivative(f, V).array
    except ValueError as error:
        assert wanted is None and "defined" in str(error) or "not a number" in str(error)
        return
    assert not np.isnan(found).any()
    if wanted is not None:
        assert np.allclose(found, wanted)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nor_where_there_are_too_many_entries_to_look_at_each():
    """The dense array would take 7 GB; an infinite slope meets a zero all the same."""
    at = np.linspace(0.5, 1.5, 30_000)
    with pytest.raises(ValueError, match="not a number"):
        mc.derivative(lambda v: np.sqrt(np.where(v > 1, v - 1, 0.0)), at)
    assert mc.derivative(lambda v: np.sqrt(np.where(v > 1, v - 1, 1.0)), at).structure.nbytes < 10 * at.nbytes


@pytest.mark.parametrize("at", [np.ones(1), np.full(1, -2.0)])
def test_one_number_has_no_spread_at_any_point(at):
    assert not mc.hessian(np.std, at).array.any()


@pytest.mark.parametrize("axis", [(0, 1), (1, 0), (-2, -3)])
def test_the_first_of_equal_entries_is_the_same_in_any_order_of_the_axes(axis):
    x = np.zeros((2, 2, 3))
    x[0, 1] = x[1, 0] = 2.0
    wanted = np.zeros((2, 2, 3, 3))
    wanted[0, 1] = np.eye(3)
    assert np.array_equal(mc.derivative(lambda x: np.max(x, axis=axis), x).array, wanted)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f, at, closed", [
    (np.sin, 1e6, np.cos), (np.log, 1e-5, lambda x: 1 / x), (np.log, 1e-6, lambda x: 1 / x), (np.exp, -30.0, np.exp),
    (lambda x: x**2, 1e8, lambda x: 2 * x), (lambda x: np.sin(1e4 * x), 0.3, lambda x: 1e4 * np.cos(1e4 * x)),
    (lambda x: x * np.log(x), 1e6, lambda x: np.log(x) + 1), (np.sqrt, 1e-8, lambda x: 0.5 / np.sqrt(x))])
def test_the_step_of_a_difference_fits_the_function(f, at, closed):
    assert np.isclose(mc.derivative(f, at, method="difference").array, closed(at), rtol=2e-7)
