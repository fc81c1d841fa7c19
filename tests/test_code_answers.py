"""Answers as code: right in several forms, each mistake named, and nonsense."""

import numpy as np
import pytest

from mcbook.exercises.code import Task

START = "def backward(X, t, W1, b1, W2, b2):"
RIGHT = START + """
    A1 = np.maximum(W1.T @ X + b1, 0)
    Z2 = W2.T @ A1 + b2
    E = np.exp(Z2 - Z2.max(axis=0))
    G2 = (E / E.sum(axis=0) - t) / X.shape[1]
    by_W2 = A1 @ G2.T
    by_b2 = G2.sum(axis=1, keepdims=True)
    G1 = (A1 > 0) * (W2 @ G2)
    by_W1 = X @ G1.T
    by_b1 = G1.sum(axis=1, keepdims=True)
    return by_W1, by_b1, by_W2, by_b2
"""


def loss(X, t, W1, b1, W2, b2):
    Z2 = W2.T @ np.maximum(W1.T @ X + b1, 0) + b2
    return np.mean(np.log(np.exp(Z2).sum(axis=0)) - (t * Z2).sum(axis=0))


def data(rng):
    samples = int(rng.integers(5, 9))
    return {"X": rng.normal(size=(5, samples)), "t": np.eye(3)[:, rng.integers(0, 3, samples)],
            "W1": rng.normal(size=(5, 4)), "b1": rng.normal(size=(4, 1)), "W2": rng.normal(size=(4, 3)),
            "b2": rng.normal(size=(3, 1))}


TASK = Task(START, data, ("by_W1", "by_b1", "by_W2", "by_b2"), ("W1", "b1", "W2", "b2"), loss,
            wrong=((lambda *given: _without_relu(*given), "The slope of ReLU is missing."),))


def _without_relu(X, t, W1, b1, W2, b2):
    space = {"np": np}
    exec(RIGHT.replace("(A1 > 0) * ", ""), space)
    return space["backward"](X, t, W1, b1, W2, b2)


def _function(text):
    space = {"np": np}
    exec(text, space)
    return space["backward"]


@pytest.mark.parametrize("answer", [
    RIGHT, _function(RIGHT), RIGHT.replace("by_W2 = A1 @ G2.T", "by_W2 = np.einsum('ik,jk->ij', A1, G2)"),
    "import numpy\n\ndef helper(G):\n    return G.sum(axis=1, keepdims=True)\n\n"
    + RIGHT.replace("G2.sum(axis=1, keepdims=True)", "helper(G2)"),
], ids=["as taught", "a function", "einsum", "a helper"])
def test_a_right_answer_is_right_in_every_form(answer):
    assert TASK.judge(answer).right, TASK.judge(answer).words


@pytest.mark.parametrize("old, new, words", [
    ("by_W2 = A1 @ G2.T", "by_W2 = G2 @ A1.T", r"by_W2 has shape (3, 4), but W2 has shape (4, 3). It is transposed."),
    (", keepdims=True)\n    return", ")\n    return", "but b1 has shape (4, 1). The number of entries"),
    ("by_b1 = G1.sum(axis=1, keepdims=True)", "by_b1 = G1", "sum over the columns and keep the axis"),
    (" / X.shape[1]", "", "times too large. Divide by the number of samples once."),
    ("X @ G1.T", "X @ G1.T / X.shape[1]", "times too small. You divide by the number of samples once too often."),
    ("- t)", "+ t)", "The shapes are right, so check what is multiplied and what is added."),
    ("(E / E.sum(axis=0) - t)", "(t - E / E.sum(axis=0))", "by_W1 has the wrong sign everywhere."),
    ("by_W2 = A1 @ G2.T", "by_W2 = 2 * A1 @ G2.T", "by_W2 is twice as large as it should be."),
    ("by_W2 = A1 @ G2.T", "by_W2 = A1 @ G2.T / 2", "by_W2 is half as large as it should be."),
    ("(A1 > 0) * ", "", "The slope of ReLU is missing."),
    ("E.sum(axis=0)", "E.sum()", "but nudging W1["),
    ("return by_W1, by_b1, by_W2, by_b2", "pass", "backward returns nothing. End it with: return by_W1, by_b1"),
    ("return by_W1, by_b1, ", "return ", "backward should return 4 things, but it returns 2. End it with"),
    ("return by_W1", "return 'by_W1'", "by_W1 is str, but it should be an array of numbers."),
    ("np.maximum", "np.maximun", "Your code stops in line 2 with AttributeError"),
    ("W1.T @ X", "W1 @ X", "A matrix product in line 2 doesn't fit: its inner sizes are 4 and 5."),
    ("(A1 > 0) * ", "A1.T * ", "can't be combined entry by entry: their shapes are ("),
    ("np.maximum", "maximum", "Your code stops in line 2: maximum is not defined. Write np.maximum."),
    ("W1.T @ X", "inv(W1) @ X", "Your code stops in line 2: inv is not defined. Write np.linalg.inv."),
    ("W1.T @ X", "W1^T @ X", "Your code stops in line 2: T is not defined. In NumPy, a transpose is A.T."),
    ("by_W1 = X @ G1.T", "by_W1 = X @ G1.T; X *= 2", "Your function changes its argument X."),
    ("G1 = ", "while True: pass\n    G1 = ", "did not come to an end"),
    ("G1 = ", "for k in iter(int, 1):\n        pass\n    G1 = ", "did not come to an end"),
    ("def backward", "def backwards", "There is no function named backward. Keep the first line as it was"),
    ("return", "return (", "Python cannot read line"),
    ("X @ G1.T", "X G1^T", "A product is written A @ B or a * b, a power a**2, and a transpose A.T."),
    ("by_W1 = X @ G1.T", "by_W1 = X @ G1.T * np.nan", "by_W1 has an entry that is nan."),
])
def test_the_first_thing_that_is_wrong_is_named(old, new, words):
    assert old in RIGHT
    told = TASK.judge(RIGHT.replace(old, new))
    assert not told.right and words in told.words, told.words


def test_the_line_of_a_function_is_told_too():
    assert TASK.judge(_function(RIGHT.replace("np.exp", "np.exq"))).words.startswith("Your code stops in line 4 with")


@pytest.mark.parametrize("nonsense", ["", "   ", None, 3, "1 / 0", "x = ", "\0", START, [], np.ones(3),
                                      "def backward(*a):\n    return backward(*a)",
                                      "def backward(*a):\n    raise SystemExit"])
def test_nonsense_is_answered_and_never_raises(nonsense):
    told = TASK.judge(nonsense)
    assert not told.right and told.words


def test_an_answer_that_is_asked_by_its_values():
    def softmax(Z):
        E = np.exp(Z)
        return E / E.sum(axis=0)

    task = Task("def softmax(Z):", lambda rng: {"Z": rng.normal(size=(3, 5))}, ("A",), answer=softmax)
    assert task.judge("def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum(axis=0)").right
    told = task.judge("def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum()")
    assert "but it should be" in told.words


def test_a_square_answer_that_is_transposed_is_told():
    task = Task("def double(M):", lambda rng: {"M": rng.normal(size=(3, 3))}, ("D",), answer=lambda M: 2 * M)
    assert task.judge(lambda M: 2 * M.T).words == "D is transposed."
