"""Formulas are read: those of the book, those of the notes, and what is written in another way."""

import pathlib
import tomllib

import numpy as np
import pytest

from mcbook import statements
from mcbook.formulas import FormulaError, holds, letters_of, read
from mcbook.formulas.tree import latex, text, walk
from tools.mutations import told

NOTES = tomllib.loads((pathlib.Path(__file__).parent / "formulas.toml").read_text(encoding="utf-8"))
#: Equations of the notes that are not read in the form of the table, and why.
NOT_READ = {
    "38": "a bracket begins inside words: \\text{(column }",
    "43": "words and no formula: \\text{in row }i",
    "58": "words and formulas in one bracket, which begins inside the words",
}
BOOK = [one for statement in statements.everything() for one in statement.formulas]


def test_every_equation_of_the_notes_is_in_the_table():
    assert list(map(int, NOTES)) == list(range(1, 90))


@pytest.mark.parametrize("number", NOTES)
def test_the_equations_of_the_notes_are_read(number):
    if number in NOT_READ:
        with pytest.raises(FormulaError, match=r"the formula cannot be read here"):
            read(NOTES[number])
    else:
        assert read(NOTES[number])


def test_every_formula_of_the_book_is_read_and_read_alike_when_it_is_written_anew():
    for formula in BOOK:
        parts = read(formula)
        if not any(node.kind in ("place", "condition", "words", "brace", "asked", "from") for part in parts
                   for node in walk(part)):
            again = read(r",\quad ".join(map(latex, parts)))
            assert ", ".join(map(text, again)).replace(" · ", "·") == ", ".join(map(text, parts)).replace(" · ", "·")


@pytest.mark.parametrize("formula, plain", [
    (r"\left(\frac{\partial w}{\partial v}\right)^{\mathsf T}\Delta v", "(∂w/∂v)ᵀ Δv"),
    (r"\frac{\partial w}{\partial v}^T \Delta v", "(∂w/∂v)ᵀ Δv"), (r"\frac{d^2 f}{d x^2}", "d²f/dx²"),
    (r"\frac{\partial}{\partial x} x^T B x", "∂(xᵀ B x)/∂x"), ("dL/dW", "dL/dW"),
    (r"\frac{\partial^2 s}{\partial x\,\partial y}", "∂²s/∂x ∂y"), (r"d(XY) = dX\,Y", "d(X Y) = dX Y"),
    (r"\frac{d}{dx} \sin(x)|_{x=2}", "(d sin(x)/dx)|_{x = 2}"),
    (r"\Delta v_i", "Δvᵢ"), (r"\Delta (v_i + u)", "Δ(vᵢ + u)"), (r"\Delta s_{\text{from } v_1}", "Δs from v₁"),
    (r"\frac{\partial x^2}{\partial x}", "∂(x²)/∂x"), (r"\nabla_x^2 f", "∇²_x f"), (r"\nabla_x f", "∇_x f"),
    (r"w_{ji}", "wⱼᵢ"), ("A_ij", "Aᵢⱼ"), ("x_12 + W1", "x₁₂ + W₁"), (r"W_i^{\mathsf T} A", "Wᵢᵀ A"),
    (r"X^{-1} + X^{-T}", "X⁻¹ + X⁻ᵀ"), ("A^-1 A", "A⁻¹ A"), ("e^(x^T x)", "e^(xᵀ x)"), (r"\mathbf{AB}^T", "A Bᵀ"),
    (r"Z^\ell = (W^\ell)^T A^{\ell-1}", "Zˡ = (Wˡ)ᵀ Aˡ⁻¹"), (r"s|_{x = 2}", "s|_{x = 2}"),
    (r"a/b\,c", "(a/b) c"), (r"\frac12 x", "(1/2) x"), (r"-A\,B + C", "−A B + C"), (r"\alpha*x", "α ∘ x"),
    (r"\|x\|^2 + |s|", "‖x‖² + |s|"), (r"|x||y|", "|x| |y|"),
    (r"\log \det X", "log(det(X))"), (r"\sin 2x", "sin(2 x)"), (r"\sin(x)^2", "sin(x)²"), (r"\ln x^2", "log(x²)"),
    (r"\operatorname{tr} A^T B", "tr(Aᵀ B)"), (r"\operatorname{tr} A \operatorname{tr} B", "tr(A) tr(B)"),
    (r"\operatorname{tr}(A) B", "tr(A) B"), (r"\max_i |x_i|", "max_i |xᵢ|"), (r"\sum_{i<j} x_i x_j", "Σ_{i < j} xᵢ xⱼ"),
    (r"\sum_{j=1}^{m} w_{ji} a_j", "Σ_{j=1}^m wⱼᵢ aⱼ"), (r"\sum_{t=1}^T x_t", "Σ_{t=1}^T x_t"),
    (r"\begin{bmatrix} a & b \\ \vdots & 0 \end{bmatrix}", "[a, b; …, 0]"), ("[1, 2; 3, 4] x", "[1, 2; 3, 4] x"),
    (r"\left\{\begin{array}{l} 1 & i = j \\ 2 & \text{otherwise} \end{array}\right.", "{1 if i = j; 2 otherwise}"),
])
def test_what_is_read_is_told_in_plain_text(formula, plain):
    part, = read(formula)
    assert text(part) == plain


SAME = [
    (r"\partial s/\partial v", r"\frac{\partial s}{\partial v}", r"\dfrac{\partial s}{\partial v}", "∂s/∂v"),
    (r"W^{\mathsf T}", "W^T", r"W^\top", r"W^{\mathsf{T}}", r"W^{\mathrm T}", r"W^\intercal", r"W^{\top}", "Wᵀ", "W.T",
     r"W^\mathsf{T}", r"W^{\text{T}}", r"{\bf W}^{\rm T}", r"\mathbf{W}^{\!\top}"),
    ("W^{-T}", r"W^{-\top}", "{W^{-1}}^T", "W⁻ᵀ"),
    (r"\textcolor{sienna}{z_i} = \textcolor{royalblue}{W_i}^T\, A", "z_i = W_i^T A",
     r"\begin{aligned} z_i &= W_i^T A \end{aligned}"),
    (r"s \approx b", "s ≈ b"), (r"A \ast B", r"A \odot B", "A * B", r"A \circ B", "A ∘ B"),
    (r"x \longrightarrow s", r"x \rightarrow s", "x → s"), (r"x \implies s", r"x \Rightarrow s", "x => s", "x ⟹ s"),
    (r"\Bigl( a + b \Bigr)", r"\left(a+b\right)", "(a + b)"), (r"\mathcal L", "L", r"\mathbf{L}", "ℒ", r"\bm{L}"),
    (r"\|x\|", r"\lVert x \rVert", r"\Vert x \Vert", r"\left\|x\right\|", "||x||"), (r"a \tag{30}", "a"),
    (r"|X|", r"\lvert X\rvert", r"\left|X\right|", r"\vert X\vert"), (r"\mathbf 0", r"\vec 0", "𝟎"),
    (r"f'(x)", r"f^{\prime}(x)", r"f^\prime(x)"), (r"\nabla_x f", "∇_x f", "nabla_x f", r"\nabla_{x} f"),
    (r"\operatorname{tr}(A)", r"\mathrm{tr}(A)", r"\text{tr}(A)", r"\mathrm{Tr}(A)", r"{\rm tr}(A)", "tr(A)",
     r"\operatorname{Tr}A", r"\tr(A)", "trace(A)"),
    (r"\begin{bmatrix} a \\ b \end{bmatrix}", r"\begin{pmatrix} a \\ b \\ \end{pmatrix}"),
    (r"\frac{d}{dx} f", r"\frac{\mathrm{d}}{\mathrm{d}x} f", r"\frac{\mathrm d f}{\mathrm d x}", "df/dx", "d/dx f"),
    ("x^2", "x**2", "x²", "x^{2}"), ("x_{ij}", "xᵢⱼ", "x_ij"), (r"\|x\|_2^2", r"\|x\|^2_2"),
    (r"\overline{x}", r"\bar x"), (r"\alpha x", "alpha x", "αx"), (r"a \leq b", "a <= b", "a ≤ b"),
    (r"\mathbf{1}^T x", "𝟏ᵀ x"),
    (r"\det \begin{bmatrix} a & b \\ c & d \end{bmatrix}", r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}"),
]


@pytest.mark.parametrize("forms", SAME, ids=[forms[0] for forms in SAME])
def test_what_is_written_in_another_way_is_read_alike(forms):
    assert len({told(read(form)) for form in forms}) == 1


@pytest.mark.parametrize("one, other", [
    (r"\Delta v_i", r"\Delta (v_i)"), (r"\frac{a}{b}c", r"\frac{a}{bc}"), ("W_i^T A", "W_i A^T"), ("w_{ij}", "w_{ji}"),
    (r"\sum_i a_i b", r"\left(\sum_i a_i\right) b"), ("a - b - c", "a - (b - c)"), (r"f'(x)", "f(x)"),
    (r"\partial w/\partial v", r"\partial v/\partial w"), ("a = b", r"a \approx b"), ("-a b", "a - b"),
    (r"\begin{bmatrix} a & b \end{bmatrix}", r"\begin{bmatrix} a \\ b \end{bmatrix}"), ("A^2", "A_2"),
    (r"A^{\ell-1}", r"A^{\ell}"), (r"(A B)^T", "A B^T"), (r"\sin(x)^2", r"\sin(x^2)"), (r"\|x\|_1", r"\|x\|_2"),
    (r"\log_{2} x", r"\log x"), ("A*B", "A@B"), (r"\hat x", "x"), (r"\nabla_x f", r"\nabla_y f"),
])
def test_what_says_something_else_is_read_differently(one, other):
    assert told(read(one)) != told(read(other))


def test_a_node_knows_where_it_stands():
    formula = r"z_i = \sum_{j=1}^{m} w_{ji}\, a_j"
    part, = read(formula)
    places = {text(node): formula[slice(*node.at)] for node in walk(part)}
    assert places["zᵢ"] == "z_i" and places["wⱼᵢ"] == "w_{ji}" and places["aⱼ"] == "a_j"


@pytest.mark.parametrize("formula, found", [
    (r"\nabla_x (x^\top A x) = (A + A^\top) x", {"x": "vector", "A": "matrix"}),
    ("dL/dW = A (dL/dZ)^T", {"L": "function", "W": "matrix", "A": "matrix", "Z": "matrix"}),
    (r"y = A x \implies \frac{dy}{dx} = A^T", {"A": "matrix", "x": "vector"}),
    (r"\sum_i x_i = \mathbf 1^T x", {"x": "vector"}), (r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", {"σ": "function",
                                                                                            "z": "vector"}),
])
def test_a_page_can_ask_which_letters_a_formula_needs(formula, found):
    assert letters_of(formula) == found


def test_the_formula_as_it_was_read_is_part_of_every_verdict():
    said = {kind: holds(formula, x=[1.0, 2.0, 4.0], a=[3.0, 1.0, 2.0]) for kind, formula in {
        "holds": r"a^\top x = x^\top a", "fails": r"a^\top x = x a^\top", "unreadable": r"a^\top x = b"}.items()}
    assert {kind: verdict.read for kind, verdict in said.items()} == {
        "holds": "aᵀ x = xᵀ a", "fails": "aᵀ x = x aᵀ", "unreadable": "aᵀ x = b"}
    assert all(verdict.kind == kind and bool(verdict) == (kind == "holds") and verdict.read in repr(verdict)
               and verdict.latex.startswith(r"a^{\mathsf T}") for kind, verdict in said.items())


def test_a_prime_behind_a_function_and_its_argument_is_not_guessed():
    said = holds("f(x)' = 1", f=lambda x: x ** 2, x=2.0)
    assert said.kind == "unreadable" and "may be a derivative or a transpose" in said.line
    assert holds("A (B)' = A B^T", A=[[1.0, 2], [3, 4]], B=[[5.0, 1], [0, 2], [3, 4]])


@pytest.mark.parametrize("formula, words", [
    ("x^{1, 2} = 1", "a superscript is one thing"), (r"\frac{\partial f}{dx}", "a derivative has one d, or one ∂"),
    (r"\frac{\partial^{12} f}{\partial x^{12}}", "up to the ninth order"), (r"\Delta\,_i x", "the letter that changes"),
    (r"\sum'_i x", r"limits of sum"), (r"(a \text{if } b)", "stands behind the whole formula"), ("/ x", "before /"),
])
def test_what_is_not_read_says_how_to_write_it(formula, words):
    with pytest.raises(FormulaError, match=words):
        read(formula)


def test_call_product_and_index_follow_from_what_is_given():
    given = {"x": 2.0, "g": lambda x: x ** 3, "f": lambda x: x + 5, "y": np.arange(12.0) ** 2}
    assert holds("g (f + 1) = g f + g", given) and holds("g(x + 1) = 27", given) and holds("y_{12} = 121", given)
