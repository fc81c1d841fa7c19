"""What a verdict says: by its words. It names the place or the letter, what was there and what was needed.

Fixtures are neither square nor symmetric unless they have to be.
"""

import random
import re

import numpy as np
import pytest

import mcbook as mb
import mcnotes as mc
from mcbook import statements
from mcbook.formulas import BudgetError, FormulaError, Letters, could_fail, draw, holds, judge, read
from mcbook.formulas.values import compared
from mcbook.formulas.verdict import ShapeClash

C, V = np.array([[1.0, -2, 0.5], [0.3, 1.5, -1]]), np.array([0.2, -0.4, 0.7])
W, A = np.array([[1.0, 4, 2, 0], [0, 7, 5, 1], [2, 2, 1, 3]]), np.array([1.0, 3, 2])
S = np.array([[2.0, 1, 0], [0.3, 3, 1], [1, -0.5, 2]])
RULE = r"\Delta w \approx \left(\frac{\partial w}{\partial v}\right)^T \Delta v"


def curve(v):
    return np.sin(C @ v) + (C @ v) ** 2


def layer(W, A):
    return W.T @ A


def broken(x):
    raise RuntimeError("no such thing")


CURVE, STEP, LAYER = {"w": curve, "v": V}, {"Δv": [1, 1, 1]}, {"Z": layer, "W": W, "A": A}


# What cannot be read ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("formula, place, words", [
    (r"\Delta w \approx \frac{\partial w}{\partial v", -1, "expected a closing }"),
    (r"\Delta w \approx )", 17, "expected a letter, a number"),
    (r"a = \begin{bmatrix} a & b", -1, "the end of the matrix"), (r"w = +", -1, "expected a letter"),
    (r"w = \foo v", 4, r"\foo is not known here"), (r"\int x", 0, r"\int is not known"),
    (r"\sum w_i = 3", 4, "expected an index under the sum"),
    (r"\sum_{i=1}^{m}", -1, r"expected what \sum is taken of"),
    (r"a = \begin{cases} 1 \\ 2 & \text{if } i = j \end{cases}", 19, "expected & and the condition of this case"),
    (r"\log x\, Y", 9, "expected brackets around the argument of log"),
    (r"s|_{x}", 1, "expected a letter and its value, as in |_{x = 2}"), ("a *", -1, "expected a factor after *"),
    (r"(a + b", -1, "a closing )"),
    (r"\frac{\partial^2 x^3}{\partial x} = 6x", 0, "of order 2 above the stroke and of order 1"),
    (r"\frac{\partial}{\partial x}", -1, "expected what this derivative is taken of"),
    (r"\sin^{-1} x", 4, r"write \arcsin"), (r"A^\dagger A", 1, "may be a conjugate, an adjoint or a pseudo-inverse"),
    (r"A^* A", 1, "write ^T"), (r"x^10 \cdot 2", 2, "write ^{10}"),
    (r"\sin_2 x", 4, "a subscript of sin says nothing"), (r"\nabla_{xy} f", 0, "a gradient"),
    (r"\|x\|_{1,2}", 5, "a norm has one subscript"), (r"{a + b}^T", 1, "write ( ) around this"),
    (r"\lim_{h} x", 8, r"a limit such as \lim_{h \to 0}"), (r"\begin{tikzpicture}", 0, "the environment tikzpicture"),
    ("x^{} = 1", 1, "expected something in this script"), ("x_{} = 1", 1, "expected something in this script"),
    ("x^ab = 1", 2, "the end of this power cannot be told"), (r"\top A", 0, r"\top is a transpose"),
])
def test_a_formula_that_cannot_be_read_is_shown_with_a_caret(formula, place, words):
    verdict = holds(formula, x=V, A=A)
    assert verdict.kind == "unreadable" and words in verdict.line, verdict.line
    first, line, caret = verdict.line.splitlines()
    assert line == "  " + formula and caret.strip() == "^"
    assert caret.index("^") - 2 == (len(formula) if place == -1 else place)


def test_of_a_long_formula_the_part_around_the_place_is_shown():
    _, line, caret = holds("a + " * 40 + "b = )" + " + c" * 40).line.splitlines()
    assert len(line) < 110 and line[caret.index("^")] == ")"


@pytest.mark.parametrize("formula, letters, words", [
    (None, {}, 'a formula is a text such as "(A B)^T = B^T A^T"; this is None'), (3, {}, "this is of type int"),
    ("  ", {}, "there is no formula"),
    ("Z = W^T B", LAYER, "B has no value: give B=…, a number, an array or a function"),
    ("Z = W^T A", {"Z": layer, "W": W}, "Z is a function of W, A, and A has no value: give A=…, too"),
    ("q = W^T A", LAYER | {"q": np.tanh}, "q is a function here: write it with its argument"),
    (r"\frac{\partial v}{\partial w} = 0", CURVE, "v is given as numbers; give it as a function, v=lambda w: …"),
    ("M = v", {"M": "x", "v": V}, "M must be a number, an array of real numbers or a function; it was str"),
    ("M = v", {"M": [], "v": V}, "M is empty (shape (0,)), so nothing could fail"),
    ("a = b", {"a": lambda b: b, "b": lambda a: a}, "a depends on itself: a → b → a"),
    ("M = v", {"M": [np.nan], "v": V}, "M has entries that are not finite numbers"),
    (RULE, CURVE | {"v": [1, 2], "Δv": [1, 1]}, "w cannot be computed from v of shape (2,)"),
    (RULE, CURVE, "Δw ≈ (∂w/∂v)ᵀ Δv: ≈ needs a step, give Δv=…"),
    (RULE, CURVE | {"Δv": [1, 1]}, "Δv has 2 entries, and v has 3: give one change for each entry"),
    (r"A \longrightarrow Z", LAYER, "A → Z: say which compression the arrow stands for, step=mc.compress(…)"),
    ("w = w", CURVE, "both sides of w = w are the same, so it cannot be false"),
    (r"\frac{\partial w}{\partial v}", CURVE, "it is a notation, and compares nothing"),
    (r"s = \begin{cases} 1 & \text{if } k > 9 \\ 2 & \text{otherwise} \end{cases}", {"s": 2, "k": 3},
     "the case if k > 9 is never met here, so it cannot fail"),
    (r"v_i = 0 \quad \text{if } i > 9", CURVE, "nothing fulfils if i > 9: the formula cannot fail here"),
    ("f(x) = 1", {"f": broken, "x": V}, "f(x): f cannot take (3,) (no such thing)"),
    (r"f(x) = f(x_1)", {"f": lambda x: x[0] * x[1], "x": [3.0, 2.0]}, "f(x₁): f cannot take one number"),
    ("x^2 = x", {"x": V}, "x is a column, and only numbers and square matrices have powers"),
    (r"X^{1/2} X = X", {"X": S}, "only a symmetric matrix with positive eigenvalues"),
    (r"X^{2.9} = X^2", {"X": S}, "powers of a matrix are whole numbers, or 1/2"),
    (r"\|X\|^2 = 1", {"X": S}, "which norm of a matrix is meant"), (r"|x| = 1", {"x": V}, "write ‖x‖ for the length"),
    (r"\exp(X) = X", {"X": S}, "may be meant entry by entry or as a function of the matrix"),
    (r"e^s > 1", {"s": 1000.0}, "one side is not a finite number here"),
    (r"f(x + \Delta x) = f(x) \quad \text{near } x", {"f": np.sin, "x": 0.3, "Δx": 0.1},
     "near a point is written with ≈"),
    (r"\log s = 1", {"s": -1.0}, "log(s) is no finite number here"), (r"1/s = 1", {"s": 0.0}, "s is 0 here"),
    (r"\lim_{h \to 0} |h|/h = 1", {}, "has no limit: from one side it is -1, from the other 1"),
    (r"x_{\text{new}} = 1", {"x": V}, "with the subscript new has no value: give x_new=…"),
    (r"W^{(1)} v = v", {"W": S, "v": V}, "has no value: give W1=…"),
    ("1/a(b + c) = 1", {"a": 1, "b": 2, "c": 3}, "put brackets around what is divided by"),
    ("tr() = 1", {}, "tr(): tr has one argument"), ("max() = 1", {}, "max(): max has one argument"),
    (r"x / v = 1", {"x": V, "v": V}, "multiply by an inverse"),
    (r"A = A^T \implies x^T A x = 0", {"A": S, "x": V}, "so that nothing follows"),
    (r"X^{-1} = X", {"X": np.zeros((2, 2))}, "this matrix has no inverse"),
    (r"\sum_{i=0}^{2} v_i = 1", CURVE, "entries are counted from 1"),
    (r"W_{ij}^{-1} = 1", LAYER, "may be the inverse's entry"),
    (r"A \text{ symmetric}, \nabla_x x^T A x = 2 A x", {"x": V, "A": S}, "A is not symmetric here"),
    (r"Z = W^T A \text{ obviously}", LAYER, "the words “obviously” have no value"),
    (r"\max(0, s)' = 1", {"s": 2.0}, "write f′"),
    (r"\nabla_x f(x) = 0", {"f": lambda x: float(x[0]), "x": V}, "cannot be"),
    (r"I = \mathbf 1 \mathbf 1^T", {}, "neither side of I = 𝟏 𝟏ᵀ has a size of its own"),
])
def test_what_cannot_be_judged_says_what_to_give(formula, letters, words):
    verdict = holds(formula, letters)
    assert verdict.kind == "unreadable" and not verdict and words in verdict.line, verdict.line


@pytest.mark.parametrize("formula", [
    r"A^{1000000000} = A", r"\sum_{i=1}^{10^9} i = 3", r"\sum_{i=1}^{1000000000} x_1 = 3", r"f'''''(s) = 0",
    "f" + "'" * 30 + "(s) = 0", r"\sum_{i=1}^{500} \sum_{j=1}^{500} \sum_{k=1}^{500} i j k = 3",
    "(" * 60 + "s" + ")" * 60 + " = s", "(" * 10**5, r"\frac{1}{" * 300 + "2" + "}" * 300 + "=s",
    r"v = \begin{bmatrix} v_1 \\ \vdots \\ v_{10^9} \end{bmatrix}", r"\prod_{i=1}^{100000} (1 + 1/i) = 3",
    r"x_i x_j x_k x_l x_p x_q x_r x_t x_o x_u = 1", "x" * 5000 + " = 1",
    r"A \otimes A \otimes A \otimes A \otimes A \otimes A \otimes A \otimes A = 1", r"I_{100000} = 0 I_{100000}",
    r"\frac{\partial X^{-1}}{\partial X} = 0", r"\lim_{h\to 0}\lim_{k \to 0}\lim_{l\to 0}\lim_{t\to 0} h k l t = 0",
    r"\nabla_x^2 (\sum_{i=1}^{300} \sum_{j=1}^{300} (x^T A x)^i) = 0",
])
def test_a_formula_that_would_not_end_is_too_much_to_run(formula):
    with pytest.raises(BudgetError):
        judge(formula, Letters({"A": S, "x": V, "v": V, "s": 0.3, "f": np.sin, "X": np.eye(50) + 0.01}))


# What fails ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("formula, letters, words", [
    (r"Z = W A", LAYER, "W A cannot be multiplied: (3 × 4) times (3 × 1), and 4 ≠ 3"),
    ("Z = W^T A + A", LAYER, "Wᵀ A + A does not add up: (4 × 1) + (3 × 1)"),
    ("Z = W * A", LAYER, "W ∘ A: (3 × 4) and (3 × 1) have no element-wise product"),
    (r"\frac{\partial w}{\partial v} = \left(\frac{\partial w}{\partial v}\right)^T", CURVE,
     "∂w/∂v is (3 × 2), but (∂w/∂v)ᵀ is (2 × 3)"),
    (r"\overbrace{Z}^{(m \times 1)} = W^T A", LAYER | {"m": 3},
     "Z is (4 × 1), but is labeled (m × 1), which is (3 × 1)"),
    ("w_j = v_j", CURVE, "j goes to 2 in wⱼ, and to 3 in vⱼ"), ("w_3 = v_3", CURVE, "there is no w_3: w is (2 × 1)"),
    (r"z_i = \sum_{j=1}^{4} w_{ji} a_j", LAYER, "the sum over j goes to 4, and wⱼᵢ ends at j = 3"),
    (r"6 = v_1 + v_3 + \dots + v_m", {"v": [1, 2, 3]}, "v₁ is written where the dots need v₂"),
    (r"v = \begin{bmatrix} v_1 \\ 2 v_2 \\ \vdots \\ v_m \end{bmatrix}", {"v": [1, 2, 3, 4, 5]},
     "2 v₂ is written where the dots need v₂, and is not that"),
    ("Z = 2 W^T A", LAYER, "at entry 1, the left side is 5 and the right side 10"),
    (r"\frac{\partial Z}{\partial A} = 2 W", LAYER, "at entry (2, 3), the left side is 5 and the right side 10"),
    ("z_i = a_1", LAYER, "for i = 1, the left side is 5 and the right side 1"),
    ("|s| < 1", {"s": -2}, "the left side is 2 and the right side 1"),
    (RULE.replace("approx", "approx 2"), CURVE | STEP, "halving the step only halves the gap, and ≈ needs a quarter"),
    (r"\Delta w \approx w", CURVE | STEP, "halving the step does not shrink the gap at all"),
    (r"\Delta Z \approx \left(\frac{\partial Z}{\partial A}\right)^T \Delta A", LAYER | {"ΔA": [1, 2, 1]},
     "is exact here, so the sign is ="),
    (RULE.replace(r"\approx", "="), CURVE | STEP,
     "the gap shrinks to a quarter each time the step halves, so the sign is ≈"),
    (r"\begin{bmatrix} 3 & 5 \\ 0 & 4 \end{bmatrix} \longrightarrow \begin{bmatrix} 3 \\ 4 \end{bmatrix}",
     {"step": mc.compress(np.diag([3.0, 4.0]))}, "is no step from one stage of the compression to the next"),
    (r"\overbrace{v_1 + \Delta v_1}^{\Delta v_1 + v_1} \longrightarrow s", CURVE | STEP | {"s": 1.0},
     "a change leads to a change"),
    (r"\overbrace{\frac{\partial w}{\partial v}}^{\text{column } j \leftrightarrow w_i}", CURVE,
     "column j ↔ wᵢ: the index is another one"),
    (r"A \neq A + 0 A", {"A": S}, "A and A + 0 A are the same"),
    (r"a = b = c", {"a": 1, "b": 1, "c": 2}, "in b = c, the left side is 1 and the right side 2"),
    (r"\sin^2 x = \sin x^2", {"x": 0.7}, "the left side is 0.415"),
    (r"\ln(x)^2 = 2\ln x", {"x": 0.7}, "the left side is"),
    (r"A = A^T \implies A = 2A", {"A": S + S.T}, "A = Aᵀ is true here, and A = 2 A is not"),
])
def test_what_fails_says_where_and_both_values_or_both_shapes(formula, letters, words):
    verdict = holds(formula, letters)
    assert verdict.kind == "fails" and words in verdict.line and verdict.line.startswith("✗ This fails: "), verdict.line
    assert verdict.reason in verdict.line and verdict.read


@pytest.mark.parametrize("formula, letters", [
    (r"\sigma'(z) = \sigma(1 - \sigma)", {"σ": lambda z: 1 / (1 + np.exp(-z)), "z": 0.3}),
    (r"U(V + W) = U V + U W", {"U": C, "V": S, "W": S.T}),
    (r"f(x + h) = f(x) + h", {"f": lambda x: x + 1, "x": 1.0, "h": 2.0}), (r"x'A x = (A x)^T x", {"x": V, "A": S}),
    (r"f'(x) = \cos(x)", {"f": np.sin, "x": V}), ("d A = 3", {"d": 1.5, "A": 2.0}), (r"e_2^T x = x_2", {"x": V}),
    (r"\frac{\partial x_i}{\partial x_j} = I_{ij}", {"x": V}),
    (r"\sum_{i \in \{1, 3\}} x_i = x_1 + x_3", {"x": V}), (r"I_n x = x", {"x": V}),
    ("f(x)/g(x) = f(x) g(x)^-1", {"f": np.sin, "g": np.exp, "x": 0.3}), ("1/f(x) = f(x)^-1", {"f": np.sin, "x": 0.3}),
    ("f(x)/2 = f(x) - f(x)/2", {"f": lambda x: x**2, "x": 0.3}),
    ("1/n (a + b) = a/n + b/n", {"n": 4, "a": 1, "b": 2.5}),
    (r"\frac{\partial x_i}{\partial x_j} = 0 \quad (i \neq j)", {"x": V}), (r"\forall x: x^T x \ge 0", {"x": V}),
    (r"\text{if } i \neq j, \frac{\partial x_i}{\partial x_j} = 0", {"x": V}),
    (r"\hat\beta = \bar y", {"β_hat": 2.0, "y_bar": 2.0}),
    (r"A \text{ symmetric}, \nabla_x x^T A x = 2 A x", {"x": V, "A": S + S.T}),
    (r"\mathbf{1}_{12}^T \mathbf{1}_{12} = \operatorname{tr} I_{12}", {}),
    (r"\sum_{i \neq 2} x_i = x_1 + x_3", {"x": V}), (r"\sum_{1 \le i < j \le 3} 1 = 3", {}), (r"\log_{2} 8 = 3", {}),
    (r"A_{i,:} x = \sum_j A_{ij} x_j", {"A": C, "x": V}), (r"\sum_i A_{i,:}^T = A^T \mathbf 1", {"A": C}),
    (r"(I_n - \frac1n \mathbf 1 \mathbf 1^T) x = x - \frac{1}{n}\sum_{i=1}^n x_i \mathbf 1", {"x": V, "n": 3}),
    (r"\sigma(x) = \frac{1}{1 + e^{-x}}", {"σ": lambda x: 1 / (1 + np.exp(-x)), "x": 0.4}),
    (r"1 - x = \mathbf 1 - x", {"x": V}), (r"\frac{d}{dt} e^{t A} = (A e^{t A})^T", {"t": 0.3, "A": S}),
    (r"\left.\frac{df}{dx}\right|_{x=2} = 12", {"f": lambda x: x**3, "x": 1.0}),
    (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix} = ad - bc", dict(a=1, b=2, c=5, d=3)),
    (r"y = Ax, \quad L = y^T y, \quad \frac{dL}{dx} = 2A^T A x", {"A": C, "x": V}), (r"1e-3 = \frac{1}{1000}", {}),
    (r"A \neq A^T", {"A": S}), (r"[1, 2; 3, 4] x = [x_1 + 2 x_2; 3 x_1 + 4 x_2]", {"x": [1.0, 5]}),
    (r"A^T A = I \iff A^{-1} = A^T", {"A": np.linalg.qr(S)[0]}), (r"Wx_{new} = 1", {"W": 2.0, "x_new": 0.5}),
])
def test_what_people_write_is_understood(formula, letters):
    assert holds(formula, letters), holds(formula, letters)


def test_what_is_kept_fixed_under_a_differential_is_said():
    assert "with A kept fixed" in holds("d(x^T A x) = x^T (A + A^T) dx", x=V, A=S).line


def test_random_formulas_get_one_of_three_verdicts():
    """Whatever is put together from signs and letters ends in a sentence, and never in an error of Python's own."""
    dice, found = random.Random(7), set()
    leaves = r"x A B s f g 2 x_i A_{ij} \mathbf 1 I_n 0 e_i q \Delta\,x dx".split()
    forms = r"""{} {}; {} + {}; ({}) - {}; ({})^T; ({})^{{-1}}; \frac{{{}}}{{{}}}; \frac{{\partial {}}}{{\partial x}};
        \nabla_x {}; tr({}); exp({}); \sum_i {}; \max_i {}; \|{}\|_1; |{}|; {} \circ {}; {} \otimes {}; f({}); f'({});
        \begin{{bmatrix}} {} & {} \end{{bmatrix}}; e^{{{}}}; \lim_{{h\to 0}} {}; ({})_{{ij}}; d({}); \Delta ({});
        \begin{{cases}} {} & i = j \\ {} & i \neq j \end{{cases}}; \left.{}\right|_{{s=2}}""".split(";")

    def some(depth):
        if depth == 0:
            return dice.choice(leaves)
        form = dice.choice(forms)
        return form.format(*(some(depth - 1) for _ in range(form.count("{}"))))

    letters = {"A": S, "B": C, "x": V, "s": 0.3, "f": np.sin, "g": lambda x: np.sum(x**3), "Δx": [0.1, 0.2, 0.3]}
    for _ in range(700):
        sign = dice.choice([" = ", r" \approx ", r" \le ", " = x => "])
        verdict = holds(f"{some(dice.randint(0, 3))} {sign} {some(dice.randint(0, 2))}", letters)
        found.add(verdict.kind)
        assert not re.match(r"\? This cannot be read: \w*(Error|Exception|Warning)\b", verdict.line), verdict
    assert found == {"holds", "fails", "unreadable"}


def test_two_arrays_are_compared_entry_by_entry():
    assert compared([1.0, 2.0], [1.0, 2.0 + 1e-12])[0] is None and compared([1.0, 1e12], [500.0, 1e12])[0] == (0,)
    assert compared([1e-9, 1.0], [0.0, 1.0])[0] == (0,) and compared([1e-16, 1.0], [0.0, 1.0])[0] is None
    with pytest.raises(FormulaError, match="the right side is inf here, which is not a finite number"):
        compared([1.0], [np.inf])


# Statements of the book ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, letters, error, words", [
    ("(30)", CURVE | STEP | {"q": 3, "u": 2}, FormulaError, r"\(30\) does not use q and u: leave out what"),
    ("(30)", {"w": lambda v: C @ v, "v": V} | STEP, mb.ClaimError, r"^\(30\) does not hold: Δw ≈ .* is exact here"),
    ("(62)", {"Z": [1, 2, 3, 4], "W": W, "A": [1, 2]}, ShapeClash,
     r"^\(62\) does not hold: Wᵢᵀ A cannot be multiplied"),
    ("(30)", CURVE, mb.ClaimError, "≈ needs a step"),
    ("(64)", {"Z": [1, 2, 3], "W": S, "A": V}, FormulaError, "m and n are both 3 here, so that a wrong limit"),
    ("(64)", {"Z": [1, 2], "W": W, "A": V}, mb.ClaimError, "i goes to 2 in zᵢ, and to 4 in wⱼᵢ"),
])
def test_a_statement_that_does_not_pass_says_its_name_first(name, letters, error, words):
    with pytest.raises(error, match=words):
        mb.confirm(name, **letters)


def test_a_part_that_a_box_does_not_have_is_refused():
    count = len(statements.find("Definition 9").formulas)
    with pytest.raises(ValueError, match=f"Definition 9 has {count} formulas: part goes from 1 to {count}"):
        mb.confirm("Definition 9", part=count + 1, s=lambda v: v @ v, v=V, **STEP)


def test_a_misprint_says_in_one_sentence_why_it_fails(capsys):
    mb.refute("E26", RULE.replace(r"\approx", "="), **CURVE, **STEP)
    mb.refute("E56", r"z_i = \sum_{j=1}^{n} w_{ji} a_j", **LAYER)
    mb.refute("(30) without the transpose", r"\Delta w \approx \frac{\partial w}{\partial v} \Delta v", **CURVE, **STEP)
    mb.refute("(30) turned around", r"\Delta w \approx \Delta v", **CURVE, **STEP)
    mb.refute("Concept 6 without smoothness", r"f'(x + \Delta x) \approx f'(x) \quad \text{near } x",
              f=np.abs, x=0.0, Δx=1.0)
    mb.refute("rule trace without the transpose", r"\frac{\partial \operatorname{tr}(A X)}{\partial X} = A",
              A=np.ones((2, 3)), X=np.ones((3, 2)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("E26 as printed fails: at entry 2, the left side is −0.8242 and the right side −1.724; "
                               "the gap")
    assert lines[1:] == [
        "E56 as printed fails: the sum over j goes to n = 4, and wⱼᵢ ends at j = 3",
        "Without the transpose, (30) fails: (∂w/∂v) Δv cannot be multiplied: (3 × 2) times (3 × 1), and 2 ≠ 3",
        "(30) turned around fails: Δw is (2 × 1), but Δv is (3 × 1)",
        "Without smoothness, Concept 6 fails: halving the step does not shrink the gap at all",
        "Without the transpose, the equation fails: ∂tr(A X)/∂X is (3 × 2), but A is (2 × 3)",
    ]


@pytest.mark.parametrize("name, formula, error, words", [
    ("E26", RULE, mb.ClaimError, "E26 as printed was to fail, and it holds: each time the step halves"),
    ("Erratum E26", RULE, ValueError, "what fails is the misprint; name it 'E26'"),
    ("E84", RULE, ValueError, "the list of errata has E01 to E83"),
    ("(97) turned around", RULE, ValueError, "the book has no"),
    ("back with the transpose", RULE, ValueError, "the book has no 'back with the transpose'"),
    ("E26", r"\Delta w \approx (", mb.ClaimError, "E26 is not refuted, because the formula could not be judged"),
    ("E26", r"\Delta q = \Delta v", mb.ClaimError, "not refuted, .* q has no value"),
    ("E26", r"\Delta w", mb.ClaimError, "not refuted, .* compares nothing"),
    ("E26", r"A^{2000} = A", mb.ClaimError, "not refuted, .* too much to run"),
])
def test_only_what_fails_is_refuted(name, formula, error, words):
    with pytest.raises(error, match=words):
        mb.refute(name, formula, **CURVE, **STEP, A=S)


def test_the_sizes_of_the_notes_hold_for_statements_of_the_book_alone():
    wrong = r"z_i = \sum_{j=1}^{n} w_{ji} a_j"
    assert holds(wrong, LAYER).kind == "holds" and holds(wrong, LAYER, notes=True).kind == "fails"
    layers = r"Z^\ell = (W^\ell)^T A^\ell"
    assert "layer before" in holds(layers, LAYER, notes=True).line and "give Zℓ=…" in holds(layers, LAYER).line


BOX, MIX = np.arange(24.0).reshape(4, 2, 3), np.array([1, -2, 3, -1])


@pytest.mark.parametrize("formula, words", [
    (r"C_{ij} = \sum_{p=1}^{4} c_p F_{pij}", "6 entries agree"),
    (r"C_{ij} = \sum_{p=1}^{3} c_p F_{pij}", "ends at 3, and c_p goes on to p = 4"),
    (r"C_{ij} = \sum_{p=1}^{5} c_p F_{pij}", "c_p ends at p = 4"),
    (r"C_{ij} = \sum_{p=1}^{4} c_p F_{pji}", "j goes to 3|i goes to 2"),
    (r"C_{ij} = \sum_{p=1}^{4} c_p F_{pi}", "2 indices, and F has 3 axes"),
])
def test_entries_of_an_array_with_three_axes(formula, words):
    assert re.search(words, holds(formula, C=np.einsum("p,pij->ij", MIX, BOX), c=MIX, F=BOX).line)


@pytest.mark.parametrize("formula, letters, entries", [
    (r"\sum_{i=1}^{m} v_i = v_1 + v_2 + \cdots + v_m", {"v": A}, 1),
    (r"v = \begin{bmatrix} v_1 \\ \vdots \\ v_m \end{bmatrix}", {"v": A}, 3),
    (r"X = \begin{bmatrix} x_{11} & \cdots & x_{1q} \\ \vdots & \ddots & \vdots \\ x_{p1} & \cdots & x_{pq} "
     r"\end{bmatrix}",
     {"X": C, "p": 2, "q": 3}, 6),
    (r"w_i = \begin{cases} 2 v_i & \text{if } i < 3 \\ 0 & \text{otherwise} \end{cases}",
     {"v": A, "w": [2.0, 6.0, 0.0]}, 3),
    (r"W = \begin{bmatrix} W_1 & W_2 & \cdots & W_n \end{bmatrix}", {"W": W}, 12),
    (r"\frac{\partial z_i}{\partial w_{jk}} = 0 \quad \text{for all } j, \text{ if } i \neq k", LAYER, 36),
    (r"\frac{\partial Z}{\partial W} = \begin{bmatrix} A & \vec 0 & \cdots & \vec 0 \\ \vec 0 & A & "
     r"\cdots & \vec 0 \\ \vdots & \vdots & \ddots & \vdots \\ \vec 0 & \vec 0 & \cdots & A \end{bmatrix}", LAYER, 48),
])
def test_indices_dots_and_cases_run_through_all_their_values(formula, letters, entries):
    verdict = holds(formula, letters)
    assert verdict and verdict.formulas[0].entries == entries, verdict.line


def test_a_quotient_of_changes_is_told_as_it_is_and_its_gap_is_halved():
    letters = dict(q=0.7, s=lambda q: q**3, Δq=0.1)
    step, quotient, slope, gap = holds(
        r"\frac{\Delta s}{\Delta q} \approx \frac{\partial s}{\partial q}", letters).formulas[0].rows[0]
    move = 0.1 * step
    assert slope == pytest.approx(3 * 0.7**2) and quotient == pytest.approx(((0.7 + move)**3 - 0.7**3) / move)
    assert gap == pytest.approx(quotient - slope)
    refused = holds(r"\frac{\Delta s}{\Delta q} \approx 2 \frac{\partial s}{\partial q}", letters)
    assert refused.kind == "fails" and "does not shrink the gap at all" in refused.line and refused.formulas[0].rows


@pytest.mark.parametrize("slope, w, step", [
    (2 + 1e-9, lambda v: 2 * v, 0), (2 - 1e-9, lambda v: 2 * v, 0),
    (2, lambda v: 2 * v + (v - 0.3)**2 - 16 * (v - 0.3)**3, 2**-8), (2, lambda v: 2 * v + 2e-8 * (v - 0.3)**2, 2**-5),
])
def test_a_gap_falls_by_four_at_every_halving_and_not_only_in_the_end(slope, w, step):
    """A mistake of 1e-9 drowns in rounding where the step is small; h² − 16 h³ falls by four for small steps only."""
    verdict = holds(r"\Delta w \approx a \Delta v", w=w, v=0.3, Δv=0.7, a=slope)
    if step:
        assert verdict and min(verdict.formulas[0].ratios) > 3.5 and verdict.formulas[0].rows[0][0] == step, verdict
    else:
        assert "halving the step only halves the gap" in verdict.line, verdict


@pytest.mark.parametrize("shapes", [
    {"A": (4, 1), "x": 1, "y": 4}, {"A": (1, 3), "x": 3, "y": 1}, {"A": (1, 1), "x": 1, "y": 1},
    {"A": (4, 3), "x": 3, "y": 4},
])
@pytest.mark.parametrize("formula", [
    r"(A x)_i = \sum_j A_{ij} x_j", "(A^T)_{ij} = A_{ji}", r"A_{i,:} x = \sum_j A_{ij} x_j", r"A^T_{:,i} = A_{i,:}^T",
    r"\frac{\partial y^T A x}{\partial A_{ij}} = y_i x_j", r"\frac{\partial (A x)_i}{\partial x_j} = A_{ij}",
])
def test_a_matrix_with_one_row_or_column_has_the_entries_of_a_matrix(formula, shapes):
    assert holds(formula, draw(shapes))


@pytest.mark.parametrize("formula, fails", [
    (r"z_i = W_i^T A", True), (r"\frac{\partial s}{\partial v}", False), (r"\overbrace{v}^{(m \times 1)}", True),
    (r"\underbrace{v}_{\text{a name}}", False), (r"v \longrightarrow s", False),
])
def test_what_could_be_false_is_known_without_letters(formula, fails):
    assert could_fail(formula) == could_fail(read(formula)) == fails
