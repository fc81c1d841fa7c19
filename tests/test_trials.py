"""Letters drawn again and again, with other sizes; and the page that tries an identity on them."""

import pathlib
import tomllib
from types import SimpleNamespace

import pytest

from book._ext import reader
from mcbook import trials
from mcbook.inpage import identity

LISTED = tomllib.loads((pathlib.Path(__file__).parents[1] / "book" / "identities.toml").read_text())["identity"]


def test_equal_sizes_stay_equal_and_the_sizes_change():
    fields = {"A": ("matrix", "3 x 4"), "B": ("matrix", "4 x 2"), "x": ("vector", "2"), "c": ("number", "")}
    seen = set()
    for letters in trials.draws(fields, 12):
        A, B, x = letters["A"], letters["B"], letters["x"]
        assert A.shape[1] == B.shape[0] and B.shape[1] == x.size and isinstance(letters["c"], float)
        assert len({*A.shape, *B.shape}) == 3, "sizes that differ go on to differ"
        seen.add(A.shape + x.shape)
    assert len(seen) > 6


def test_what_is_false_for_one_size_only_is_found():
    """For 1 × 1 matrices A B = B A holds; a draw of other sizes shows that it is false."""
    trial = trials.tried("A B = B A", {"A": ("matrix", "1 x 1"), "B": ("matrix", "1 x 1")})
    assert trial.verdict.kind == "fails" and trial.draws > 1


@pytest.mark.parametrize("formula, kind", [
    (r"\prod_{i=1}^{3} x_i = x_1 x_2 x_3", "holds"), (r"\sum_{i=1}^{3} x_i = x_1 + x_3", "fails"),
])
def test_a_formula_that_counts_entries_keeps_its_sizes(formula, kind):
    trial = trials.tried(formula, {"x": ("vector", "3")})
    assert trial.verdict.kind == kind and not trial.sizes and trial.letters["x"].shape == (3,)


def test_a_rounding_error_of_large_terms_refutes_nothing():
    trial = trials.tried("e^{A} e^{-A} = I", {"A": ("matrix", "3 x 3")})
    assert trial.verdict.kind == "holds" and trial.sizes


@pytest.mark.parametrize("kind, text, words", [
    ("matrix", "3", "A is a matrix, but '3' is no shape for one; write two sizes, such as 3 x 2"),
    ("vector", "3 x 2", "write one size, such as 3"), ("matrix", "0 x 2", "sizes go from 1 to 9"),
    ("matrix", "400 x 2", "sizes go from 1 to 9"), ("values", "", "A has no value yet"),
    ("values", "[1, 2", "cannot be used: SyntaxError"), ("values", "['a']", "cannot be used: ValueError"),
    ("function", "3", "is no function; write one such as lambda x: x @ x"),
])
def test_a_field_that_cannot_be_used_is_told(kind, text, words):
    with pytest.raises(trials.FieldError, match=".*") as told:
        list(trials.draws({"A": (kind, text)}))
    assert words in str(told.value)
    found = identity.tried("A = A + A", {"A": [kind, text]})
    assert found["kind"] == "unreadable" and "This cannot be tried yet." in found["html"]


@pytest.mark.parametrize("one", LISTED, ids=[one["text"] for one in LISTED])
def test_an_identity_of_the_list_is_what_the_list_says(one):
    given = {name: list(trials.field(text)) for name, text in one["letters"].items()}
    found = identity.tried(one["text"], given)
    assert found["kind"] == ("holds" if one["holds"] else "fails"), found["html"]
    assert set(identity.letters(one["text"], given)["letters"]) == set(given)


def test_the_list_has_thirty_of_both_kinds():
    assert len(LISTED) >= 30 and sum(one["holds"] for one in LISTED) in range(12, len(LISTED) - 11)


def test_the_verdict_says_how_it_was_read_and_where_it_fails():
    given = {"A": ["matrix", "3 x 4"], "B": ["matrix", "4 x 2"]}
    right = identity.tried("(A B)^T = B^T A^T", given)["html"]
    assert "on 8 random draws, with different sizes" in right and "(A B)ᵀ = Bᵀ Aᵀ" in right
    wrong = identity.tried("(A B)^T = A^T B^T", given)["html"]
    assert "(4 × 3) times (2 × 4), and 3 ≠ 2" in wrong and "<pre>A = [[" in wrong
    assert "This cannot be read." in identity.tried("(A B", given)["html"]
    small = identity.tried("d J = J", {"d": ["vector", "3"], "J": ["matrix", "3 x 2"]})["html"]
    assert "<b>It fails.</b> d J cannot be multiplied" in small, "d is not D"


@pytest.mark.parametrize("text, kind", [
    (r"x^\top A x = x^T A^T x", "holds"), ("dL/dW = A (dL/dZ)^T", "holds"), ("tr(A B) = tr(B A)", "holds"),
    ("(A B)^T = A^T B^T", "fails"), ("A x = b", "fails"), (r"\|A x - b\|^2 = (A x - b)^T (A x - b)", "holds"),
    (r"\frac{\partial s}{\partial v} = 2 v", "fails"), ("A (B + C) = A B + A C", "holds"),
    ("c (A + B) = c A + c B", "holds"),
])
def test_shapes_that_nobody_gave_fit(text, kind):
    """A reader types an identity and nothing else, and is told about the identity, not about shapes."""
    fields = identity.letters(text, {})["letters"]
    found = identity.tried(text, fields)
    assert found["kind"] == kind and "cannot be multiplied" not in found["html"], found["html"]


@pytest.mark.parametrize("text, kind, letters", [
    (r"\sin(a+b) = \sin a \cos b + \cos a \sin b", "holds", {"a": "number", "b": "number"}),
    (r"\sin(a+b) = \sin a + \sin b", "fails", {"a": "number", "b": "number"}),
    (r"\frac{d}{dx} \ln x = 1/x", "holds", {"x": "number"}),
    (r"\frac{d}{dx} \ln x = x", "fails", {"x": "number"}),
    (r"\sigma'(x) = \sigma(x) (1 - \sigma(x))", "holds", {"σ": "function", "x": "number"}),
    (r"\sum_{i=1}^n i = \frac{n(n+1)}{2}", "holds", {"n": "values"}),
    (r"\sum_{i=1}^n \sum_{j=1}^n x_i A_{ij} x_j = x^\top A x", "holds", {"x": "vector", "A": "matrix"}),
    (r"\nabla_w \sum_i (x_i w - y_i)^2 = 2 \sum_i (x_i w - y_i) x_i", "holds",
     {"x": "vector", "w": "number", "y": "vector"}),
    (r"\frac{\partial y_i}{\partial x_j} = A_{ij}, \quad y = A x", "holds", {"x": "vector", "A": "matrix"}),
    (r"f(x) = x^3 \implies f'(x) = 3 x^2", "holds", {"x": "number"}),
    ("dL/da = W dL/dz where z = W^T a", "holds", {"L": "function", "a": "vector", "W": "matrix"}),
    (r"P = X (X^\top X)^{-1} X^\top \implies P^2 = P", "holds", {"X": "matrix"}),
    (r"a \cdot (b \times c) = (a \times b) \cdot c", "holds", {"a": "vector", "b": "vector", "c": "vector"}),
    (r"\frac{\partial \mathcal{L}}{\partial W} = \frac{\partial \mathcal{L}}{\partial Z} A^T", "fails",
     {"L": "function", "W": "matrix", "Z": "function", "A": "vector"}),
    (r"\frac{\partial L}{\partial b} = \frac{\partial L}{\partial z}, \quad z = W^T a + b", "holds",
     {"L": "function", "b": "vector", "W": "matrix", "a": "vector"}),
    ("dL/dZ = f'(Z) * dL/dA where A = f(Z)", "holds", {"L": "function", "Z": "matrix", "f": "function"}),
    ("dL/dZ = f'(Z) dL/dA where A = f(Z)", "fails", {"L": "function", "Z": "matrix", "f": "function"}),
    ("f(x) = g(x)", "fails", {"f": "function", "g": "function", "x": "number"}),
    (r"\operatorname{Var}(a x) = a^2 \operatorname{Var}(x)", "unreadable",
     {"Var": "values", "a": "vector", "x": "vector"}),
    ("1/n sum_i x_i = x_1", "unreadable", {"n": "values", "x": "vector"}),
    ("mean(x) = x", "unreadable", {}), ("(x^3)' = 3 x^2", "unreadable", {"x": "number"}),
    ("W x = x W", "fails", {"W": "matrix", "x": "vector"}), ("x^T y = y x^T", "fails", {"x": "vector", "y": "vector"}),
])
def test_letters_are_numbers_where_nothing_asks_for_a_vector(text, kind, letters):
    fields = identity.letters(text, {})["letters"]
    assert {name: kind for name, (kind, _) in fields.items()} == letters
    found = identity.tried(text, fields)
    assert found["kind"] == kind, found["html"]
    assert "different sizes" not in found["html"] or {"vector", "matrix"} & set(letters.values())
    assert ("positive numbers" in found["html"]) == (kind == "holds" and r"\ln" in text)


def test_letters_keep_what_was_entered_and_new_ones_get_a_field():
    found = identity.letters("A x = b", {"A": ["matrix", "4 x 3"], "q": ["vector", "2"]})["letters"]
    assert found["A"] == ["matrix", "4 x 3"] and "q" not in found
    assert found["x"] == ["vector", "3"] and found["b"] == ["vector", "4"]
    kept = identity.letters("s(x) = 1", {"s": ["function", "lambda x: x @ B @ x"], "B": ["matrix", "3 x 3"]})["letters"]
    assert kept["B"] == ["matrix", "3 x 3"]
    assert identity.letters("A x =", {"A": ["matrix", "4 x 3"]}).keys() == {"fault", "letters"}


def test_what_a_page_loads_is_written_at_every_build(tmp_path):
    """A build without a change finds the files of the one before."""
    app = SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=tmp_path)
    (tmp_path / "_static" / "python").mkdir(parents=True)
    for _ in range(2):
        reader.write(app, None)
        found = {path.name for path in tmp_path.rglob("*") if path.is_file()}
        assert found == {"editor.js", "temml.js", "exercises.xml"}
    assert "mcEditor" in (tmp_path / "_static" / "python" / "editor.js").read_text()
