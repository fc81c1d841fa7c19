"""Broken formulas: each usual slip is made, what says the same is told apart, and the chapters notice the rest.

Here runs a sample; ``make mutants-formulas`` runs all of them.
"""

import json
import pathlib

import numpy as np
import pytest

from mcbook import statements
from mcbook.formulas import ClaimError, FormulaError, could_fail, read
from mcbook.formulas.tree import text, walk
from tools import mutants as desk
from tools.mutations import KINDS, harmless, mutants, told

BOOK = pathlib.Path(__file__).parents[1] / "book"
RUNNING = [path for path in sorted(BOOK.glob("*.ipynb")) if "hide-check" in path.read_text()]

#: A formula, and what some of its broken forms say.
BROKEN = [
    (r"\Delta w \approx \left(\frac{\partial w}{\partial v}\right)^{\mathsf T} \Delta v", {
        "transpose": "Δw ≈ (∂w/∂v) Δv", "relation": "Δw = (∂w/∂v)ᵀ Δv", "order": "Δw ≈ Δv·(∂w/∂v)ᵀ",
        "upside down": "Δw ≈ (∂v/∂w)ᵀ Δv", "sign": "Δw ≈ −(∂w/∂v)ᵀ Δv", "dropped": "Δw ≈ Δv"}),
    (r"z_i = \sum_{j=1}^{m} \textcolor{royalblue}{w_{ji}}\, a_j", {
        "index": "zᵢ = Σ_{j=1}^m wᵢⱼ aⱼ", "limit": "zᵢ = Σ_{j=1}^n wⱼᵢ aⱼ", "transpose": "zᵢᵀ = Σ_{j=1}^m wⱼᵢ aⱼ"}),
    (r"z_i = \sum_{j=1}^{m} w_{ji} a_j", {"limit": "zᵢ = Σ_{j=2}^m wⱼᵢ aⱼ"}),
    (r"\frac{\partial (v u)}{\partial x} = v \frac{\partial u}{\partial x} + \frac{\partial v}{\partial x} u^T", {
        "dropped": "∂(v u)/∂x = v·(∂u/∂x)", "sign": "∂(v u)/∂x = v·(∂u/∂x) − (∂v/∂x) uᵀ"}),
    (r"\partial s/\partial v = \begin{bmatrix} \partial s/\partial v_1 \\ 2 s \end{bmatrix}", {
        "blocks": "∂s/∂v = [2 s; ∂s/∂v₁]", "upside down": "∂v/∂s = [∂s/∂v₁; 2 s]"}),
    (r"w = \begin{bmatrix} w_1, & \cdots & w_n \end{bmatrix}", {"blocks": "w = [w₁; …; w_n]"}),
    (r"\overbrace{A}^{(m \times 1)} = B", {"shape": ("1 × m", "n × 1")}),
    (r"\partial Z^\ell/\partial W^\ell = A^{\ell-1}", {"layer": "∂Zˡ/∂Wˡ = Aˡ"}),
    (r"\frac{\partial A}{\partial Z} = B * f'(Z)", {"product": "∂A/∂Z = B f′·(Z)", "prime": "∂A/∂Z = B ∘ f·(Z)"}),
    (r"L = 2 x^2", {"number": "L = 3 x²"}), (r"L = 2 x^2", {"number": "L = 2 x³"}),
    (r"M_{12} \longrightarrow s", {"order": "s → M₁₂", "index": "M₁₃ → s"}),
    (r"a = \begin{cases} 1 & \text{if } i = k \\ 0 & \text{if } i \neq k \end{cases}", {
        "relation": "a = {1 if i ≠ k; 0 if i ≠ k}"}),
]


@pytest.mark.parametrize("formula, wanted", BROKEN, ids=[formula[:30] for formula, _ in BROKEN])
def test_each_usual_slip_is_made(formula, wanted):
    found = mutants(formula)
    for kind, broken in wanted.items():
        said = {text(part) for one in found if one.kind == kind for part in one.parts}
        shapes = {text(node) for one in found for part in one.parts for node in walk(part) if node.kind == "binary"}
        assert broken in said or set(broken) <= shapes, said


def test_a_shape_under_a_brace_is_no_index():
    kinds = {one.kind for one in mutants(r"\underbrace{A}_{(m \times k)} = B")}
    assert kinds == {"transpose", "sign", "relation", "shape"}


def test_a_formula_is_broken_once_in_each_way_and_never_left_whole():
    assert {kind for _, wanted in BROKEN for kind in wanted} == set(KINDS)
    formula = statements.find("(33)").formulas[0]
    found = mutants(formula)
    assert len({told(one.parts) for one in found}) == len(found) > 20
    assert told(read(formula)) not in {told(one.parts) for one in found} and all(one.kind in KINDS for one in found)


W, A = np.array([[1.0, 4, 2], [0, 7, 5]]), np.array([1.0, 3])
SAME = "worth the same, whatever the letters are"
LETTERS = {"Z": W.T @ A, "W": W, "A": A, "B": A, "C": A, "s": 2.0, "a": [1, 2], "b": [3, 4], "f": lambda A: A @ A,
           "star": lambda one, other: one.T @ other}


@pytest.mark.parametrize("formula, words, reason", [
    (r"z_i = W_i^T A", "zᵢ transposed", SAME), (r"z_i = W_i^T A", "A transposed", ""),
    (r"z_i = \sum_j w_{ji} a_j", "wⱼᵢ and aⱼ exchanged", SAME), (r"s Z = W^T A s", "A and s exchanged", SAME),
    (r"Z = W^T A", "Wᵀ and A exchanged", ""), (r"Z * Z = W^T A", "Z and Z exchanged", None),
    (r"A * B = C", "A and B exchanged", SAME),
    (r"\partial z_i/\partial a_i = 0", "minus before 0", "minus zero is zero"),
    (r"A = \begin{bmatrix} 0 \\ \vdots \\ 0 \end{bmatrix}", "minus before [0; …; 0]", "minus zero is zero"),
    (r"Z = W^T A", "minus before Wᵀ A", ""), (r"q = \lim_{h \to 0} \frac{a_1 + h}{h}", "(a₁ + h)/h transposed", SAME),
    (r"q = \lim_{h \to 0} \frac{A + h A}{h}", "(A + h A)/h transposed", ""),
    (r"\mathrm{Size}(W) = 6", "W transposed", SAME),
    (r"s = \begin{cases} a_j & \text{if } i \neq j \\ 0 & \text{if } i = j \end{cases}", "i for j in aⱼ", ""),
    (r"D = \begin{bmatrix} 5 & 0 \\ 0 & s \end{bmatrix}", "[5, 0; 0, s] transposed", SAME),
    (r"D = \begin{bmatrix} 5 & 0 \\ s & 2 \end{bmatrix}", "[5, 0; s, 2] transposed", ""),
    (r"z_i > 0", "j for i in zᵢ", "a free index with another name"), (r"z_i > a_j", "i for j in aⱼ", ""),
    (r"\mathrm{Axes}(W) = 2", "W transposed", SAME), (r"q = f(A)", "(A) transposed", SAME),
    (r"q = s (A)", "(A) transposed", ""), (r"q = f(A)", "(A) left out", SAME), (r"q = s (A) + s", "(A) left out", ""),
    (r"q = A \cdot B", "A and B exchanged", SAME), (r"q = A \cdot B", "A transposed", SAME),
    (r"q = A^T B", "B transposed", ""), (r"q = A \cdot Z", "A and Z exchanged", ""),
    (r"q = A \star B", "A and B exchanged", SAME), (r"q = W \star A", "W and A exchanged", ""),
    (r"q = a_1 + a_2 + \dots + a_m", "a₂ left out", SAME), (r"q = a_1 + a_2 + \dots + a_m", "a₁ left out", ""),
    (r"q = a_1 + a_2 + \dots + a_m", "a_m left out", ""), ("a_i + b_j = 0", "j for i in aᵢ", ""),
    ("a_i = b_i", "j for i in aᵢ", ""), ("a_i b_j > 0", "the two", None),
])
def test_what_says_the_same_is_told_by_rule(formula, words, reason):
    found = {one.words: one for one in mutants(formula)}
    assert reason == (harmless(formula, found[words], LETTERS) if words in found else None)


def test_a_star_that_is_no_dot_product_may_not_be_turned_around():
    turned = {one.words: one for one in mutants(r"q = A \star B")}["A and B exchanged"]
    assert harmless(r"q = A \star B", turned, {"A": A, "B": 2 * A, "star": lambda one, other: one @ other.T}) == ""


@pytest.mark.parametrize("path", RUNNING, ids=lambda path: path.stem)
def test_a_sample_of_slips_is_noticed_on_each_chapter(path):
    model = path.name.startswith(("11-", "20-"))
    found = desk.report(path, every=6 if model else 25)
    assert len(found.surviving) <= (0 if model else max(1, 0.1 * found.counted)), "\n".join(found.lines())
    assert not model or found.counted > 9 and found.unchecked == []


def notebook(folder, check):
    path, cells = folder / "24-own.ipynb", [
        ("code", "import numpy as np\nimport mcnotes as mc\nx = np.array([2.0, 5, 3])"),
        ("markdown", "# X.24 Own\n\n$$ s = x^T x \\tag{90} $$ (eq-90)\n\n$$ q = 2 s \\tag{91} $$ (eq-91)"),
        ("code", check), ("code", "x = 1")]
    path.write_text(json.dumps({"cells": [{"cell_type": kind, "source": source} for kind, source in cells]}))
    return path


def test_the_report_says_what_survives_and_what_is_not_checked(tmp_path):
    path = notebook(tmp_path, 'mb.confirm("(90)", s=lambda x: x @ x, **{"x": x})')
    found = desk.report(path, known={"(90): nothing": "why"})
    assert found.statements == ["(90)"] and found.unchecked == ["(91)"] and found.surviving == []
    assert found.stale == ["(90): nothing"]
    assert dict(found.same)["(90): s transposed"] == SAME
    assert found.noticed["order"] == 1 and found.share == 1
    text = "\n".join(found.lines())
    assert "1 statements run" in text and "not checked: (91)" in text and "names (90): nothing" in text


def test_a_check_that_passes_whatever_is_printed_lets_everything_survive(tmp_path, monkeypatch):
    path = notebook(tmp_path, 'mb.confirm("(90)", s=lambda x: x @ x, x=x)')
    monkeypatch.setattr(desk, "run", lambda *given: None)
    found = desk.report(path, known={"(90): minus before xᵀ x": "as a trial"})
    assert found.share == 0 and len(found.surviving) > 5 and len(found.accepted) == 1
    assert any("survives: (90): minus before xᵀ x: as a trial" in line for line in found.lines())


@pytest.mark.parametrize("check, error, words", [
    ('mb.confirm("(90)", s=lambda x: 3.0 * x[0], x=x)', ClaimError, r"\(90\) does not hold"),
    ('1 / 0\nmb.confirm("(90)", s=lambda x: x @ x, x=x)', FormulaError, "24-own, cell 3: ZeroDivisionError"),
])
def test_a_check_that_does_not_pass_is_no_check(tmp_path, check, error, words):
    with pytest.raises(error, match=words):
        desk.report(notebook(tmp_path, check))


def test_every_listed_survivor_has_a_reason_and_a_page():
    known = desk.survivors()
    assert set(known) <= {path.stem for path in BOOK.glob("*.ipynb")}
    assert all(reason.strip() for page in known.values() for reason in page.values())


def test_formulas_of_the_book_that_could_fail_can_be_broken():
    for latex in [latex for one in statements.everything() for latex in one.formulas if could_fail(latex)][::4]:
        assert mutants(latex, slice(0, 3)), latex
