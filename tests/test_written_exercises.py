"""Every exercise that takes a formula or code: right in three forms, and each named mistake is told by its sentence."""

import re

import pytest

from mcbook.exercises import questions
from mcbook.exercises.diagnosis import judge

#: Name of an exercise -> right answers in several forms.
RIGHT = {
    "07-5": ["2 k v + c", r"c + 2 k \, v", "k v + v k + c", r"\nabla_v (k v^T v) + c"],
    "07-6": ["return (A + A.T) @ v + b", "return A @ v + v @ A + b",
             "return np.array([A[i] @ v + A[:, i] @ v + b[i] for i in range(len(v))])"],
    "11-6": ["D^T d", "(d^T D)^T", r"D^{\top} d"],
    "11-7": ["r, φ = v\n    return np.array([[np.cos(φ), np.sin(φ)], [-r * np.sin(φ), r * np.cos(φ)]])",
             "c, s = np.cos(v[1]), np.sin(v[1])\n    return np.stack([[c, s], [-v[0] * s, v[0] * c]])",
             "w = v[0] * np.array([np.cos(v[1]), np.sin(v[1])])\n    return np.array([w / v[0], [-w[1], w[0]]])"],
    "13a-5": ["P Q g", "P (Q g)", "(g^T Q^T P^T)^T"],
    "13a-6": ["w = np.sin(C.T @ v)\n    u = np.tanh(D.T @ w)\n"
              "    return C @ (np.cos(C.T @ v) * (D @ ((1 - u**2) * (u - t))))",
              "w = C.T @ v\n    u = np.tanh(D.T @ np.sin(w))\n"
              "    return C @ np.diag(np.cos(w)) @ D @ np.diag(1 - u**2) @ (u - t)",
              "w = C.T @ v\n    u = np.tanh(np.sin(w) @ D)\n    by_u = (u - t) / np.cosh(D.T @ np.sin(w))**2\n"
              "    return (by_u @ D.T * np.cos(w)) @ C.T"],
    "15-5": ["a b^T", r"a \otimes b^T", "(b a^T)^T"],
    "15-6": ["return A + M", "return M + A.copy()", "by_M = np.zeros(M.shape)\n    by_M += A + M\n    return by_M"],
    "20-6": ["A G^T", "(G A^T)^T", r"A \otimes G^T"],
    "20-7": ["return A @ G.T, G.sum(axis=1, keepdims=True)", "return (G @ A.T).T, G @ np.ones((G.shape[1], 1))",
             "return np.einsum('in,jn->ij', A, G), G.sum(1)[:, None]"],
    "21-6": ["W G", "(G^T W^T)^T", r"W \, G"],
    "22-8": ["(1 - A * A) * G", "G * (1 - A * A)", r"G - A \odot A \odot G"],
    "22-9": ["E = np.exp(Z - Z.max(axis=0))\n    return E / E.sum(axis=0)",
             "E = np.exp(Z - Z.max(axis=0, keepdims=True))\n    return E / np.sum(E, 0)",
             "return np.stack([np.exp(z - z.max()) / np.exp(z - z.max()).sum() for z in Z.T], axis=1)"],
    "22-10": ["E = np.exp(Z - Z.max(axis=0))\n    return (E / E.sum(axis=0) - t) / Z.shape[1]",
              "E = np.exp(Z)\n    return E / E.sum(axis=0) / len(Z[0]) - t / len(Z[0])",
              "E = np.exp(Z)\n    A = E / E.sum(axis=0)\n    return np.multiply(A - t, 1 / Z.shape[1])"],
    "23-7": ["S * (W G)", r"S \odot (W G)", "diag(S) W G"],
    "23-8": ["A1 = np.tanh(W1.T @ X + b1)\n    G2 = W2.T @ A1 + b2 - t\n    G1 = (1 - A1**2) * (W2 @ G2)\n"
              "    return X @ G1.T, G1.sum(axis=1, keepdims=True), A1 @ G2.T, G2.sum(axis=1, keepdims=True)",
              "Z1 = W1.T @ X + b1\n    G2 = W2.T @ np.tanh(Z1) + b2 - t\n    G1 = (W2 @ G2) / np.cosh(Z1)**2\n"
              "    ones = np.ones((X.shape[1], 1))\n"
              "    return [X @ G1.T, G1 @ ones, np.tanh(Z1) @ G2.T, G2 @ ones]",
              "A1 = np.tanh(W1.T @ X + b1)\n    G2 = W2.T @ A1 + b2 - t\n    G1 = W2 @ G2 - A1**2 * (W2 @ G2)\n"
              "    return (G1 @ X.T).T, G1.sum(1)[:, None], (G2 @ A1.T).T, G2.sum(1)[:, None]"],
    "23-9": ["N = X.shape[1]\n    Z1 = W1.T @ X + b1\n    A1 = np.maximum(Z1, 0)\n    Z2 = W2.T @ A1 + b2\n"
              "    A2 = np.maximum(Z2, 0)\n    Z3 = W3.T @ A2 + b3\n    E = np.exp(Z3 - Z3.max(axis=0))\n"
              "    G3 = (E / E.sum(axis=0) - t) / N\n    G2 = (Z2 > 0) * (W3 @ G3)\n    G1 = (Z1 > 0) * (W2 @ G2)\n"
              "    both = lambda A, G: (A @ G.T, G.sum(axis=1, keepdims=True))\n"
              "    return *both(X, G1), *both(A1, G2), *both(A2, G3)",
              "A, parts = [X], []\n    layers = [(W1, b1), (W2, b2), (W3, b3)]\n"
              "    for k, (W, b) in enumerate(layers):\n"
              "        Z = W.T @ A[-1] + b\n        A.append(np.maximum(Z, 0) if k < 2 else Z)\n"
              "    E = np.exp(A[-1])\n    G = (E / E.sum(0) - t) / X.shape[1]\n    for k in (2, 1, 0):\n"
              "        parts[:0] = [A[k] @ G.T, G.sum(1, keepdims=True)]\n"
              "        G = (A[k] > 0) * (layers[k][0] @ G)\n    return tuple(parts)",
              "relu = lambda Z: (np.abs(Z) + Z) / 2\n    A1 = relu(W1.T @ X + b1)\n    A2 = relu(W2.T @ A1 + b2)\n"
              "    E = np.exp(W3.T @ A2 + b3)\n    G3 = (E / E.sum(axis=0) - t) / t.shape[1]\n"
              "    G2 = np.where(A2 > 0, W3 @ G3, 0)\n    G1 = np.where(A1 > 0, W2 @ G2, 0)\n"
              "    s = lambda G: G.sum(axis=1, keepdims=True)\n"
              "    return X @ G1.T, s(G1), A1 @ G2.T, s(G2), A2 @ G3.T, s(G3)"],
    "appendix-7": ["2 A^T (A x - b)", "2 A^T A x - 2 A^T b", r"2 ((A x - b)^{\top} A)^{\top}"],
    "appendix-8": ["A^T B^T", "(B A)^T", r"A^{\top} B^{\mathsf T}"],
    "appendix-9": ["return np.linalg.inv(X).T + np.outer(b, b)", "return np.linalg.inv(X.T) + b[:, None] * b",
                   "return np.linalg.solve(X.T, np.eye(len(b))) + b[:, None] @ b[None, :]"],
}
PARTS = {name: part for name in questions.names() for part in questions.find(name).parts
         if part.kind in questions.TASKS}


def written(part, answer):
    """An answer as a reader hands it in: code begins with the first line that the page gives."""
    return answer if part.kind == "formula" else f"{part.wanted.start}\n    {answer}\n"


def test_there_are_ten_of_each_kind_where_they_are_needed():
    assert set(RIGHT) == set(PARTS)
    for kind in ("formula", "code"):
        chapters = [name.rpartition("-")[0] for name, part in PARTS.items() if part.kind == kind]
        assert len(chapters) >= 10
        assert {"07", "11", "13a", "15", "20", "22", "23", "appendix"} <= set(chapters)


@pytest.mark.parametrize("name, answer", [(name, answer) for name, answers in RIGHT.items() for answer in answers])
def test_a_right_answer_is_right(name, answer):
    told = judge(PARTS[name], written(PARTS[name], answer))
    assert told.right, told.words


@pytest.mark.parametrize("name", PARTS)
def test_each_named_mistake_is_told(name):
    for mistake, words in PARTS[name].wanted.wrong:
        told = judge(PARTS[name], mistake)
        assert not told.right and told.words == words


@pytest.mark.parametrize("name", PARTS)
def test_nothing_and_nonsense_are_answered(name):
    part = PARTS[name]
    for nothing in (..., None, "", "  "):
        assert judge(part, nothing).key == "missing"
    for nonsense in (3, [], "((", "import os", written(part, "return 1"), written(part, "return None"), "x" * 10_000):
        told = judge(part, nonsense)
        assert not told.right and told.words
    if part.kind == "code":
        space = {}
        exec(f"{part.wanted.start}\n    ...", space)
        assert judge(part, space[part.wanted.name]).key == "missing"


def test_fresh_numbers_are_others_and_the_same_for_everybody():
    fresh = [name for name in questions.names() if questions.find(name).fresh]
    assert len(fresh) >= 8
    for name in fresh:
        printed, seen, wanted = questions.find(name), set(), set()
        for draw in range(1, 7):
            one, again = questions.find(name, draw), questions.find(name, draw)
            assert one.again == again.again and not re.search(r"[{}]\w+\[", one.again), one.again
            seen.add(one.again)
            wanted.add(str([part.wanted for part in one.parts]))
            for part in one.parts:
                assert judge(part, part.wanted).right and not judge(part, 1e9).right
        assert len(seen) >= 4, f"{name}: {seen}"
        assert wanted - {str([part.wanted for part in printed.parts])}, f"{name}: answers as printed"
        assert len(printed.parts) == len(questions.find(name, 1).parts) and not printed.again
