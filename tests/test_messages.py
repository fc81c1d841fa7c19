"""What the language of formulas says when something is wrong: by its words.

A message names the place or the letter, what was there and what was needed, in the formula's own letters.
"""

import numpy as np
import pytest

import mcbook as mb
from mcbook import statements
from mcbook.confirmation import holds
from mcbook.formulas.reading import FormulaError, read
from mcbook.formulas.values import ShapeClash

C = np.array([[1.0, -2, 0.5], [0.3, 1.5, -1]])
V = np.array([0.2, -0.4, 0.7])
W, A = np.array([[1.0, 4, 2, 0], [0, 7, 5, 1], [2, 2, 1, 3]]), np.array([1.0, 3, 2])
RULE = r"\Delta w \approx \left(\frac{\partial w}{\partial v}\right)^T \Delta v"


def curve(v):
    return np.sin(C @ v) + (C @ v) ** 2


def layer(W, A):
    return W.T @ A


CURVE, STEP, LAYER = {"w": curve, "v": V}, {"Δv": [1, 1, 1]}, {"Z": layer, "W": W, "A": A}


@pytest.mark.parametrize("latex, place, words", [
    (r"\Delta w \approx \frac{\partial w}{\partial v", -1, "expected a closing }"),
    (r"\Delta w \approx )", 17, "expected a letter, a number"),
    (r"a = \begin{bmatrix} a & b", -1, "expected the end of the matrix"),
    (r"w = +", -1, "expected a letter"),
    (r"w = \foo v", 4, r"\\foo is not known here"),
    (r"\sum w_i = 3", 4, "expected an index under the sum"),
    (r"\sum_{i=1}^{m}", -1, r"expected what \\sum is taken of"),
    (r"a = \begin{cases} 1 \\ 2 & \text{if } i = j \end{cases}", 19, "expected & and the condition of this case"),
    (r"\det X\, Y", 9, "expected brackets around the argument of det"),
    (r"s|_{x}", 1, r"expected a letter and its value, as in \|_{x = 2}"),
    ("a *", -1, r"expected a factor after \*"),
    (r"(a + b", -1, r"expected .*a closing \)"),
])
def test_a_formula_that_cannot_be_read_is_shown_with_a_caret(latex, place, words):
    with pytest.raises(FormulaError, match="the formula cannot be read here: " + words) as caught:
        read(latex)
    _, line, caret = str(caught.value).splitlines()
    assert line == "  " + latex and caret.strip() == "^"
    assert caret.index("^") - 2 == (len(latex) if place == -1 else place)


def test_of_a_long_formula_the_part_around_the_place_is_shown():
    with pytest.raises(FormulaError) as caught:
        read("a + " * 40 + "b = )" + " + c" * 40)
    _, line, caret = str(caught.value).splitlines()
    assert len(line) < 110 and line[caret.index("^")] == ")"


@pytest.mark.parametrize("latex, letters, words", [
    ("Z = W^T B", LAYER, "B has no value: give B=…, a number, an array or a function"),
    ("Z = W^T A", {"Z": layer, "W": W}, "Z is a function of W, A, and A has no value: give A=…, too"),
    ("q = W^T A", LAYER | {"q": np.tanh}, "q is a function here: write it with its argument"),
    ("w_q = 3 t", {"w": [1, 2]}, "t has no value"),
    (r"\sum_{i=1}^{m} s = 3", {"s": 2}, "m has no value: give m=…|the index m has no value: give m=…"),
    (r"\frac{\partial v}{\partial w} = 0", CURVE, "v is given as numbers; give it as a function, v=lambda w: …"),
    ("M = v", {"M": "x", "v": V}, "M must be a number, an array of real numbers or a function; it was str"),
    ("M = v", {"M": [], "v": V}, r"M is empty \(shape \(0,\)\), so nothing could fail"),
    ("M = v", {"M": [np.nan], "v": V}, "M has entries that are not finite numbers"),
    (RULE, CURVE | {"v": [1, 2]} | STEP, r"w cannot be computed from v of shape \(2,\)"),
    (RULE, CURVE, r"Δw ≈ \(∂w/∂v\)ᵀ Δv: ≈ needs a step, give Δv=…"),
    (RULE, CURVE | {"Δv": [1, 1]}, "Δv has 2 entries, and v has 3: give one change for each entry"),
    (r"\sum_{i=1}^{m} v_i = 3", {"v": V, "w": [1, 2, 3]}, "m and n are both 3 here, so that a wrong limit could not be "
                                                         "seen: take different sizes"),
    ("w_m = 3", {"w": [1, 2], "v": V, "W": W[:2]}, "m is 3 by v and 2 by W: say which, m=3"),
    (r"A \longrightarrow Z", LAYER, "A → Z: say which step the arrow stands for, step=np.diag, or a compression"),
    ("w = w", CURVE, "both sides of w = w are the same, so it cannot be false"),
    (r"\frac{\partial w}{\partial v}", CURVE, "the formula cannot be false: it is a notation, and compares nothing"),
    (r"s = \begin{cases} 1 & \text{if } k > 9 \\ 2 & \text{otherwise} \end{cases}", {"s": 2, "k": 3},
     "the case if k > 9 is never met here, so it cannot fail"),
    (r"v_i = 0 \quad \text{if } i > 9", CURVE, "nothing fulfils if i > 9: the formula cannot fail here"),
])
def test_what_cannot_be_checked_says_what_to_give(latex, letters, words):
    with pytest.raises(FormulaError, match=words):
        holds(latex, **letters)


@pytest.mark.parametrize("latex, letters, words", [
    (r"\Delta w \approx \frac{\partial w}{\partial v} \Delta v", CURVE | STEP, "(∂w/∂v) Δv: (3 × 2)(3 × 1): 2 ≠ 3"),
    ("Z = W A", LAYER, "W A: (3 × 4)(3 × 1): 4 ≠ 3"),
    ("Z = W^T A + A", LAYER, "Wᵀ A + A: (4 × 1) + (3 × 1) do not add up"),
    ("Z = W * A", LAYER, "W * A: (3 × 4) and (3 × 1) have no element-wise product"),
    (r"\frac{\partial w}{\partial v} = \left(\frac{\partial w}{\partial v}\right)^T", CURVE,
     "∂w/∂v is (3 × 2), and (∂w/∂v)ᵀ is (2 × 3)"),
    (r"\overbrace{W}^{(n \times m)} A = Z", LAYER, "W is (3 × 4), and is labelled (n × m), which is (4 × 3)"),
    (r"\overbrace{Z}^{(m \times 1)} = W^T A", LAYER, "Z is (4 × 1), and is labelled (m × 1), which is (3 × 1)"),
    ("w_j = v_j", CURVE, "j goes to 2 in wⱼ, and to 3 in vⱼ"),
    ("w_3 = v_3", CURVE, "there is no w_3: w is (2 × 1)"),
    (r"z_i = \sum_{j=1}^{n} w_{ji} a_j", LAYER, "the sum over j goes to n = 4, and wⱼᵢ ends at j = 3"),
    (r"v = \begin{bmatrix} v_1 \\ v_3 \\ \vdots \\ v_m \end{bmatrix}", {"v": [1, 2, 3, 4, 5]},
     "(v₁) is written where the dots need (v₂)"),
    (r"Z^\ell = (W^\ell)^T A^\ell", LAYER, "Z^ℓ depends on A of the layer before, here it is A^ℓ"),
])
def test_what_does_not_fit_says_both_shapes_in_the_letters_of_the_formula(latex, letters, words):
    assert holds(latex, **letters).line == f"✗ the formula does not hold: {words}"


@pytest.mark.parametrize("latex, letters, words", [
    ("Z = 2 W^T A", LAYER, "Z = 2 Wᵀ A: entry 1 is 5 on the left and 10 on the right"),
    (r"\frac{\partial Z}{\partial A} = 2 W", LAYER, "entry (2, 3) is 5 on the left and 10 on the right"),
    ("z_i = a_1", LAYER, "zᵢ = a₁ for i = 1: the number is 5 on the left and 1 on the right"),
    ("|s| < 1", {"s": -2}, "|s| < 1 is false: 2 and 1"),
    (r"\Delta w \approx 2 \left(\frac{\partial w}{\partial v}\right)^T \Delta v", CURVE | STEP,
     "halving the step divides the gap by 2.00, and it should be 4; the gap is of first order"),
    (r"\Delta Z \approx \left(\frac{\partial Z}{\partial A}\right)^T \Delta A", LAYER | {"ΔA": [1, 2, 1]},
     "ΔZ ≈ (∂Z/∂A)ᵀ ΔA is exact here: write ="),
    (RULE.replace(r"\approx", "="), CURVE | STEP, "the gap falls by four when the step halves, so the sign is ≈"),
    (r"\begin{bmatrix} 3 & 5 \\ 0 & 4 \end{bmatrix} \longrightarrow \begin{bmatrix} 3 \\ 4 \end{bmatrix}",
     {"step": np.diag}, "the step drops entry (1, 2), which is 5 and stands nowhere else"),
])
def test_sides_that_differ_say_where_and_by_how_much(latex, letters, words):
    verdict = holds(latex, **letters)
    assert not verdict and verdict.line.startswith("✗ the formula does not hold: ") and words in verdict.line


def test_a_dropped_zero_or_copy_is_no_loss():
    grid = r"\begin{bmatrix} 3 & 0 \\ 0 & 4 \end{bmatrix} \longrightarrow \begin{bmatrix} 3 \\ 4 \end{bmatrix}"
    copies = r"\begin{bmatrix} 3 \\ 4 \\ 3 \\ 4 \end{bmatrix} \longrightarrow \begin{bmatrix} 3 \\ 4 \end{bmatrix}"
    assert holds(grid, step=np.diag) and holds(copies, step=lambda x: x[:2])


# The statements of the book -----------------------------------------------------------------------------------

@pytest.mark.parametrize("name, words", [
    ("(97)", r"the book has no '\(97\)'; near it: "), ("Definition 7", "near it: Clarification 7"),
    ("the gradien", "near it: Definition 9"),
    ("nothing like it", r'an equation is named "\(30\)", a box "Definition 9"'),
])
def test_an_unknown_name_is_answered_with_near_ones(name, words):
    with pytest.raises(ValueError, match=words):
        mb.confirm(name, w=curve, v=V)


def test_a_letter_that_no_formula_needs_is_refused():
    with pytest.raises(FormulaError, match=r"\(30\) does not use q and u: leave out what the formula does not need"):
        mb.confirm("(30)", **CURVE, **STEP, q=3, u=2)


def test_a_statement_that_does_not_hold_says_its_name_first():
    with pytest.raises(mb.ClaimError, match=r"^\(30\) does not hold: ΔZ|^\(30\) does not hold: Δw ≈ .* is exact here"):
        mb.confirm("(30)", w=lambda v: C @ v, v=V, Δv=[1, 1, 1])


def test_a_shape_that_does_not_fit_is_an_error_of_its_own():
    with pytest.raises(ShapeClash, match=r"^\(62\) does not hold: Wᵢᵀ A: \(1 × 3\)\(2 × 1\): 3 ≠ 2$"):
        mb.confirm("(62)", Z=[1, 2, 3, 4], W=W, A=[1, 2])


def test_a_part_that_a_box_does_not_have_is_refused():
    count = len(statements.find("Definition 9").formulas)
    with pytest.raises(ValueError, match=f"Definition 9 has {count} formulas: part goes from 1 to {count}"):
        mb.confirm("Definition 9", part=count + 1, s=lambda v: v @ v, v=V, **STEP)


@pytest.mark.parametrize("name", ["E00", "E84"])
def test_a_misprint_is_one_of_the_list(name):
    with pytest.raises(ValueError, match="the list of errata has E01 to E83"):
        mb.refute(name, RULE.replace(r"\approx", "="), **CURVE, **STEP)


def test_a_misprint_says_in_one_line_why_it_fails(capsys):
    mb.refute("E26", RULE.replace(r"\approx", "="), **CURVE, **STEP)
    mb.refute("E56", r"z_i = \sum_{j=1}^{n} w_{ji} a_j", **LAYER)
    mb.refute("(30) without the transpose", r"\Delta w \approx \frac{\partial w}{\partial v} \Delta v", **CURVE, **STEP)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("E26 as printed fails: Δw = (∂w/∂v)ᵀ Δv: entry 2 is −0.8242 on the left")
    assert second == "E56 as printed fails: the sum over j goes to n = 4, and wⱼᵢ ends at j = 3"
    assert third == "(30) without the transpose fails: (∂w/∂v) Δv: (3 × 2)(3 × 1): 2 ≠ 3"


@pytest.mark.parametrize("name, latex, error, words", [
    ("E26", RULE, mb.ClaimError, "E26 as printed was to fail, and it holds: gap"),
    ("(30) with a plus", RULE, mb.ClaimError, r"\(30\) with a plus was to fail, and it holds"),
    ("Erratum E26", RULE, ValueError, "what fails is the misprint; name it 'E26'"),
    ("E26", r"\Delta w \approx (", FormulaError, "E26: the formula cannot be read here"),
    ("E26", r"\Delta q = \Delta v", FormulaError, "E26: q has no value"),
    ("E26", r"\Delta w", FormulaError, "compares nothing, so it can neither hold nor fail"),
    ("(97) turned around", RULE, ValueError, r"the book has no '\(97\)'"),
])
def test_a_misprint_that_is_none_is_refused(name, latex, error, words):
    with pytest.raises(error, match=words):
        mb.refute(name, latex, **CURVE, **STEP)
