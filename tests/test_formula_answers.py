"""Answers as formulas: right in every equal form, each usual mistake named, nonsense answered, nothing given away."""

import pytest

from mcbook.exercises.formula import Task, task
from mcbook.trials import field


def made(of, answer, wrong=(), **letters):
    return Task(of, answer, {name: field(kind) for name, kind in letters.items()}, wrong)


QUADRATIC = made(r"\frac{\partial s}{\partial v}", "(A + A^T) v", (("2 A v", "That needs a symmetric A."),),
                 v="vector 3", A="matrix 3 x 3")
LAYER = made(r"\frac{\partial L}{\partial W}", "A (dL/dZ)^T", A="vector 3", W="matrix 3 x 2",
             Z="lambda W: W.T @ A", L="lambda Z: np.sum(np.sin(Z))")
BACK = made(r"\frac{\partial L}{\partial Z}", r"S \odot (W G)", S="vector 4", W="matrix 4 x 2", G="vector 2")
SUM = made("s", "w^T v + b", w="vector 3", v="vector 3", b="number")
TRANSPOSE = "A transpose is missing, or there is one too many."


@pytest.mark.parametrize("asked, answer", [
    (QUADRATIC, "(A + A^T) v"), (QUADRATIC, "A v + A^T v"), (QUADRATIC, r"\left(A^{\top} + A\right) v"),
    (QUADRATIC, "(v^T (A + A'))^T"), (QUADRATIC, "ds/dv = (A+A^T)v"), (LAYER, "A (dL/dZ)^T"),
    (LAYER, r"A \left(\frac{\partial L}{\partial Z}\right)^{\mathsf T}"), (LAYER, "(dL/dZ A^T)^T"),
    (LAYER, "A(∂L/∂Z)ᵀ"), (BACK, "S * (W G)"), (BACK, "diag(S) W G"), (BACK, r"(W G) \circ S"),
    (SUM, "b + v^T w"), (SUM, r"\sum_i w_i v_i + b"),
])
def test_every_equal_form_is_right(asked, answer):
    told = asked.judge(answer)
    assert told.right, told.words


@pytest.mark.parametrize("asked, answer, words", [
    (QUADRATIC, "2 A v", "That needs a symmetric A."), (QUADRATIC, "(A + A) v", "That needs a symmetric A."),
    (QUADRATIC, "v^T (A + A^T)", "This is the answer in the other layout, transposed."),
    (QUADRATIC, "-(A + A^T) v", "The sign is wrong."), (QUADRATIC, "2 (A + A^T) v", "This is twice what is asked."),
    (QUADRATIC, "(A + A^T) v / 2", "This is half of what is asked."),
    (QUADRATIC, "v (A + A^T)", "The factors are in the wrong order."), (QUADRATIC, "A v", "A term with Aᵀ is missing."),
    (QUADRATIC, "v^T v", "Your formula is a single number, but the answer is of shape 3 × 1."),
    (QUADRATIC, "A A v", "your formula gives"),
    (QUADRATIC, "B v", "There is no B here. The formula is made of v and A."),
    (QUADRATIC, "ds/dv", "That is the question itself. Write it with v and A."),
    (LAYER, "A dL/dZ", TRANSPOSE), (LAYER, "dL/dW", "That is the question itself."),
    (LAYER, "(dL/dZ) A^T", "This is the answer in the other layout, transposed."),
    (LAYER, "A", "A factor is missing: (dL/dZ)ᵀ."),
    (LAYER, "A^T dL/dZ", "cannot be multiplied: (1 × 3) times (2 × 1), and 3 ≠ 2."),
    (BACK, "S^2", "write S ∘ S for the square entry by entry"),
    (BACK, "W G", "A factor is missing: S."), (BACK, "S * (W^T G)", TRANSPOSE),
    (SUM, "w^T v", "A term with b is missing."),
    (SUM, "w v + b", TRANSPOSE), (SUM, "(w^T v + b)^T + 1", "your formula gives"),
    (SUM, "b - w^T v", "One term has the wrong sign."),
    (QUADRATIC, "((A + A^T) v)^T", "other layout"),
    (QUADRATIC, "np.outer(v, v)", "outer is no function that is known here"),
    (QUADRATIC, "AT v", "There is no T here. The formula is made of v and A. A transpose is written A^T."),
    (QUADRATIC, "v A v", "v A cannot be multiplied: (3 × 1) times (3 × 3), and 1 ≠ 3."),
    (QUADRATIC, "A v +", "This can't be read after “A v +”: expected"),
])
def test_each_usual_mistake_is_named(asked, answer, words):
    told = asked.judge(answer)
    assert not told.right and words in told.words and "(A + Aᵀ)" not in told.words, told.words


@pytest.mark.parametrize("answer", ["", " ", None, 3, [], "(((", "A ^", "1/0", "A" * 3000, "\\frac", "=", "🐈",
                                    "A = B = C", "A^{10^9} v", "__import__('os')", "v, A"])
def test_nonsense_is_answered_and_never_raises(answer):
    told = QUADRATIC.judge(answer)
    assert not told.right and told.words


def test_a_file_that_is_wrong_itself_is_refused():
    table = {"of": "s", "answer": "A v", "letters": {"A": "matrix 3 x 2", "v": "vector 2"}}
    assert task(table, {}).answer == "A v"
    with pytest.raises(ValueError, match="the mistake '.*' is right"):
        task(table | {"wrong": [{"is": "(v^T A^T)^T", "say": "No."}]}, {})
    with pytest.raises(ValueError, match="does not run"):
        task(table | {"answer": "A^T v"}, {})
