"""Formulas are read: those of the book, those of the notes, and what is written in another way."""

import pathlib
import tomllib

import pytest

from mcbook import statements
from mcbook.formulas.reading import FormulaError, read
from mcbook.formulas.tree import spelled, walk
from tools.breaking import saying

NOTES = tomllib.loads((pathlib.Path(__file__).parent / "formulas.toml").read_text(encoding="utf-8"))
#: Equations of the notes that are not read in the form of the table, and why.
NOT_READ = {
    "38": "a bracket begins inside words: \\text{(column }",
    "43": "words and no formula: \\text{in row }i",
    "58": "words and formulas in one bracket, which begins inside the words",
}


def test_every_equation_of_the_notes_is_in_the_table():
    assert list(map(int, NOTES)) == list(range(1, 90))


@pytest.mark.parametrize("number", NOTES)
def test_the_equations_of_the_notes_are_read(number):
    if number in NOT_READ:
        with pytest.raises(FormulaError, match=r"the formula cannot be read here"):
            read(NOTES[number])
    else:
        assert read(NOTES[number])


def test_every_formula_of_the_book_is_read():
    unread = {}
    for one in statements.everything():
        for latex in one.formulas:
            try:
                assert read(latex)
            except FormulaError as error:
                unread[one.name] = str(error)
    assert unread == {}


@pytest.mark.parametrize("latex, plain", [
    (r"\left(\frac{\partial w}{\partial v}\right)^{\mathsf T}\Delta v", "(∂w/∂v)ᵀ Δv"),
    (r"\frac{\partial w}{\partial v}^T \Delta v", "(∂w/∂v)ᵀ Δv"),
    (r"\Delta v_i", "Δvᵢ"),
    (r"\Delta (v_i + u)", "Δ(vᵢ + u)"),
    (r"\Delta s_{\text{from } v_1}", "Δs from v₁"),
    (r"w_{ji}", "wⱼᵢ"),
    (r"W_i^{\mathsf T} A", "Wᵢᵀ A"),
    (r"\sum_{j=1}^{m} w_{ji} a_j", "Σ_j wⱼᵢ aⱼ"),
    (r"\frac{\partial}{\partial x} x^T B x", "∂/∂x (x) (xᵀ B x)"),
    (r"a/b\,c", "(a/b) c"),
    (r"\frac{f(x+h) - f(x)}{h}", "(f (x + h) − f (x))/h"),
    (r"\frac{\partial^2 s}{\partial x\,\partial y}", "∂s/∂x ∂y"),
    (r"f'(z_i)", "f′ (zᵢ)"), (r"f^{\prime}(z_i)", "f′ (zᵢ)"),
    (r"-A\,B + C", "−(A B) + C"),
    (r"A * B \cdot C", "(A * B) · C"),
    (r"A \odot B", "A * B"),
    (r"\|x\|^2 + |s|", "‖x‖² + |s|"),
    (r"\lVert x \rVert", "‖x‖"),
    (r"\begin{bmatrix} a & b \\ \vdots & 0 \end{bmatrix}", "[a, b; …, 0]"),
    (r"\log \det X", "log(det(X))"),
    (r"\sin 2x", "sin(2 x)"),
    (r"X^{-1} + X^{-T}", "X⁻¹ + X⁻¹ᵀ"),
    (r"Z^\ell = (W^\ell)^T A^{\ell-1}", "Zˡ = (Wˡ)ᵀ Aˡ⁻¹"),
    (r"\nabla_x s", "∇"),
    (r"s|_{x = 2}", "s at x = 2"),
])
def test_what_is_read_is_told_in_plain_text(latex, plain):
    part, = read(latex)
    if plain == "∇":
        assert [node.kind for node in walk(part.parts[0])] == ["gradient", "letter", "letter"]
    elif latex.startswith(r"\frac{\partial}"):
        assert [node.kind for node in part.parts[0].parts] == ["derive", "transpose", "letter", "letter"]
    else:
        assert spelled(part) == plain


SAME = [
    (r"\partial s/\partial v", r"\frac{\partial s}{\partial v}", r"\dfrac{\partial s}{\partial v}", "∂s/∂v"),
    (r"W^{\mathsf T}", "W^T", r"W^\top", r"W^{\mathsf{T}}", r"W^{\mathrm T}"),
    (r"\textcolor{sienna}{z_i} = \textcolor{royalblue}{W_i}^T\, A", "z_i = W_i^T A",
     r"\begin{aligned} z_i &= W_i^T A \end{aligned}"),
    (r"s \approx b", "s ≈ b"), (r"A \ast B", r"A \odot B", "A * B"),
    (r"x \longrightarrow s", r"x \rightarrow s", "x → s"),
    (r"\Bigl( a + b \Bigr)", r"\left(a+b\right)", "(a + b)"), (r"\mathcal L", "L", r"\mathbf{L}"),
    (r"\|x\|", r"\lVert x \rVert", r"\Vert x \Vert"), (r"a \tag{30}", "a"), (r"\mathbf 0", r"\vec 0", r"\vec{0}"),
    (r"f'(x)", r"f^{\prime}(x)", r"f^\prime(x)"), (r"\operatorname{tr}(A)", r"\mathrm{tr}(A)"),
    (r"\begin{bmatrix} a \\ b \end{bmatrix}", r"\begin{pmatrix} a \\ b \\ \end{pmatrix}"),
]


@pytest.mark.parametrize("forms", SAME, ids=[forms[0] for forms in SAME])
def test_what_is_written_in_another_way_is_read_alike(forms):
    assert len({saying(form) for form in forms}) == 1


@pytest.mark.parametrize("one, other", [
    (r"\Delta v_i", r"\Delta (v_i)"), (r"\frac{a}{b}c", r"\frac{a}{bc}"), ("W_i^T A", "W_i A^T"), ("w_{ij}", "w_{ji}"),
    (r"\sum_i a_i b", r"\left(\sum_i a_i\right) b"), ("a - b - c", "a - (b - c)"), (r"f'(x)", "f(x)"),
    (r"\partial w/\partial v", r"\partial v/\partial w"), ("a = b", r"a \approx b"), ("-a b", "a - b"),
    (r"\begin{bmatrix} a & b \end{bmatrix}", r"\begin{bmatrix} a \\ b \end{bmatrix}"), ("A^2", "A_2"),
    (r"A^{\ell-1}", r"A^{\ell}"), (r"(A B)^T", "A B^T"),
])
def test_what_says_something_else_is_read_differently(one, other):
    assert saying(one) != saying(other)


def test_a_node_knows_where_it_stands():
    latex = r"z_i = \sum_{j=1}^{m} w_{ji}\, a_j"
    part, = read(latex)
    places = {spelled(node): latex[slice(*node.at)] for node in walk(part)}
    assert places["zᵢ"] == "z_i" and places["wⱼᵢ"] == "w_{ji}" and places["aⱼ"] == "a_j"
