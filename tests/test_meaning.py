"""Formulas that the notes do not have: each holds, and each broken form that says something else is refused.

Nothing in the language is tuned to the 89 equations. No fixture is square unless it has to be,
none is symmetric.
"""

import numpy as np
import pytest

from mcbook.confirmation import holds
from mcbook.formulas.values import ClaimError
from tools.breaking import mutants
from tools.harmless import harmless

x, X = np.array([0.5, -1.2, 0.8]), np.array([[0.4, -1.1], [2.0, 0.3], [-0.7, 1.5]])
B, C = np.array([[1.0, 2, -1], [0.5, -2, 3], [4, 0, 1.5]]), np.array([[1.0, -2, 0.5], [0.3, 1.5, -1], [2, 0.1, 0.7],
                                                                    [-0.4, 1, 0.2]])
S = np.array([[2.0, 1, 0], [0.3, 3, 1], [1, -0.5, 2]])
W = np.array([[1.0, 4, 2], [0, 7, 5], [2, 2, 1], [0.5, -1, 3]]) / 4
A, b = np.array([1.0, 3, 2, -0.5]), np.array([3.0, 1, 2])
H, V = np.array([[0.2, -0.5, 0.4], [0.7, 0.1, -0.3], [0.5, 0.6, 0.9], [-0.8, 0.3, 0.1]]), np.array(
    [[0.9, -0.2], [0.4, 1.1], [-0.6, 0.7]])


def v(x):
    return np.sin(x[0] * x[1]) + x[2]


def u(x):
    return np.stack([x[0] * x[1], np.exp(x[2]), x[1] ** 2, x[0]])


def w(x):
    return np.stack([x[2] ** 2, np.cos(x[1]), x[0] * x[2], x[1]])


def layer(W, A, b):
    return W.T @ A + b


def softmax(Z):
    return np.exp(Z) / np.sum(np.exp(Z))


def matrix(s):
    return np.array([[2 + s, s * s], [np.sin(s), 3.0]])


#: A formula, its letters, and slips that hold as well, for each of which mathematics has the reason.
TRUE = {
    "quadratic form": (r"\frac{\partial (x^T B x)}{\partial x} = (B + B^T) x", dict(x=x, B=B),
                       {"(B + B^T) transposed"}),                                       # symmetric
    "linear map": (r"\frac{\partial (C x)}{\partial x} = C^T", dict(x=x, C=C), set()),
    "number times vector": (r"\frac{\partial (v u)}{\partial x} = v \frac{\partial u}{\partial x} + "
                            r"\frac{\partial v}{\partial x} u^T", dict(x=x, v=v, u=u), set()),
    "dot product": (r"\frac{\partial (u^T w)}{\partial x} = \frac{\partial u}{\partial x} w + "
                    r"\frac{\partial w}{\partial x} u", dict(x=x, u=u, w=w), set()),
    "element-wise product": (r"\frac{\partial (u * w)}{\partial x} = \frac{\partial u}{\partial x} \operatorname{diag}"
                             r"(w) + \frac{\partial w}{\partial x} \operatorname{diag}(u)", dict(x=x, u=u, w=w),
                             {"(w) transposed", "(u) transposed"}),                     # a diagonal matrix
    "trace of a quadratic form": (r"\frac{\partial\, \operatorname{tr}(X^T B X)}{\partial X} = (B + B^T) X",
                                  dict(X=X, B=B), {"(B + B^T) transposed"}),            # symmetric
    "trace of a product": (r"\frac{\partial\, \operatorname{tr}(B X)}{\partial X} = B^T", dict(X=X, B=C[:2]),
                           {"B and X exchanged"}),                                      # tr(BX) = tr(XB)
    "bilinear form": (r"\frac{\partial (a^T X b)}{\partial X} = a b^T", dict(X=X, a=x, b=x[1:]), set()),
    "norm": (r"\frac{\partial \|x\|}{\partial x} = \frac{x}{\|x\|}", dict(x=x), set()),
    "squared norm": (r"\frac{\partial \|x\|^2}{\partial x} = 2 x", dict(x=x), set()),
    "least squares": (r"\frac{\partial \lVert C x - c \rVert^2}{\partial x} = 2 C^T (C x - c)", dict(x=x, C=C, c=A),
                      set()),
    "log det": (r"\frac{\partial \log \det X}{\partial X} = X^{-T}", dict(X=S), set()),
    "det": (r"\frac{\partial \det(X)}{\partial X} = \det(X) (X^{-1})^T", dict(X=S),
            {"X transposed"}),                                                          # det Xᵀ = det X
    "inverse": (r"\frac{\partial X^{-1}}{\partial s} = -(X^{-1})^T \frac{\partial X}{\partial s} (X^{-1})^T",
                dict(X=matrix, s=0.7), set()),                              # rows and columns as in Definition 21
    "exponential": (r"\frac{\partial \exp(x^T x)}{\partial x} = 2 \exp(x^T x)\, x", dict(x=x), set()),
    "chain of two links": (
        r"\frac{\partial s}{\partial x} = \frac{\partial u}{\partial x} \frac{\partial s}{\partial u}",
        dict(x=x, u=u, s=lambda u: u[0] * u[1] - u[2] ** 3 + u[3]), set()),
    "bias": (r"\frac{\partial \mathcal L}{\partial b} = \frac{\partial \mathcal L}{\partial Z}",
             dict(L=lambda Z: np.sum(Z**3), Z=layer, W=W, A=A, b=b), set()),
    "bias of one neuron": (r"\frac{\partial z_i}{\partial b_k} = [i = k]", dict(Z=layer, W=W, A=A, b=b), set()),
    "layer with a bias": (r"Z = W^T A + b", dict(Z=layer, W=W, A=A, b=b), set()),
    "two layers": (r"\frac{\partial \mathcal L}{\partial W_1} = x \left(W_2 \left(f'(Z) * \frac{\partial \mathcal L}"
                   r"{\partial A}\right)\right)^T",
                   dict(x=A, W_1=H, W_2=V, H=lambda W_1, x: W_1.T @ x, Z=lambda W_2, H: W_2.T @ H,
                        A=lambda Z: np.tanh(Z), L=lambda A: A[0] ** 3 - A[0] * A[1], f=np.tanh), set()),
    "softmax": (r"a_i = \frac{\exp(z_i)}{\sum_{j=1}^{n} \exp(z_j)}", dict(A=softmax, Z=b / 2), set()),
    "softmax's derivative": (r"\frac{\partial A}{\partial Z} = \operatorname{diag}(A) - A A^T",
                             dict(A=softmax, Z=b / 2), {r"\frac{\partial A}{\partial Z} transposed", "(A) transposed"}),
    "softmax's entries": (r"\frac{\partial a_j}{\partial z_i} = a_j (\delta_{ij} - a_i)", dict(A=softmax, Z=b / 2),
                          {r"(\delta_{ij} - a_i) transposed",                                      # a number
                           r"the indices of \delta_{ij} exchanged"}),                               # δ is symmetric
    "second derivatives": (r"\frac{\partial^2 s}{\partial x_i \partial x_j} = b_{ij} + b_{ji}",
                           dict(x=x, B=B, s=lambda x, B: x @ B @ x),
                           {r"\partial x_i and \partial x_j exchanged"}),
    "change by a matrix": (r"\Delta s \approx \operatorname{tr}\left(\left(\frac{\partial s}{\partial M}\right)^T "
                           r"\Delta M\right)", dict(M=X, ΔM=X[::-1] * 2, s=lambda M: np.sum(M[0]) * M[1, 1] ** 2),
                           {r"((\frac{\partial s}{\partial M})^T \Delta M) transposed",             # tr Xᵀ = tr X
                            r"(\frac{\partial s}{\partial M})^T and \Delta M exchanged"}),          # tr(XY) = tr(YX)
    "product": (r"\prod_{i=1}^{m} v_i = s", dict(v=x, s=lambda v: v[0] * v[1] * v[2]), set()),
    "inverse of a product": (r"(X Y)^{-1} = Y^{-1} X^{-1}", dict(X=S, Y=B), set()),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_formula_holds(name):
    latex, letters, _ = TRUE[name]
    verdict = holds(latex, **letters)
    assert verdict, verdict.line
    assert verdict.formulas[0].entries or verdict.formulas[0].rows


@pytest.mark.parametrize("name", TRUE)
def test_every_slip_in_it_is_refused(name):
    latex, letters, also = TRUE[name]
    passed, refused = set(), 0
    for one in mutants(latex):
        try:
            fails = not holds(one.latex, **letters)
        except (ClaimError, ValueError):
            fails = True
        if fails:
            refused += 1
        elif not harmless(latex, one, letters):
            passed.add(one.words)
    assert passed == also and refused > 3


@pytest.mark.parametrize("latex, letters", [
    (r"\frac{\partial (x^T B x)}{\partial x} = 2 B x", dict(x=x, B=B)),
    (r"\frac{\partial (x^T B x)}{\partial x} = x^T (B + B^T)", dict(x=x, B=B)),
    (r"\frac{\partial (v u)}{\partial x} = v \frac{\partial u}{\partial x} + u \frac{\partial v}{\partial x}",
     dict(x=x, v=v, u=u)),
    (r"\frac{\partial\, \operatorname{tr}(X^T B X)}{\partial X} = 2 B X", dict(X=X, B=B)),
    (r"\frac{\partial \log \det X}{\partial X} = X^{-1}", dict(X=S)),
    (r"\frac{\partial X^{-1}}{\partial s} = -X^{-1} \frac{\partial X}{\partial s} X^{-1}", dict(X=matrix, s=0.7)),
    (r"\frac{\partial \|x\|}{\partial x} = x", dict(x=x)),
    (r"\frac{\partial \|x\|}{\partial x} = 0", dict(x=x)),
    (r"\frac{\partial A}{\partial Z} = \operatorname{diag}(A)", dict(A=softmax, Z=b / 2)),
    (r"\frac{\partial s}{\partial x} = \frac{\partial s}{\partial u} \frac{\partial u}{\partial x}",
     dict(x=x, u=u, s=lambda u: u[0] * u[1] - u[2] ** 3 + u[3])),
    (r"\frac{\partial \mathcal L}{\partial W} = \frac{\partial \mathcal L}{\partial Z} A^T",
     dict(L=lambda Z: np.sum(Z**3), Z=layer, W=W, A=A, b=b)),
    (r"\frac{\partial a_i}{\partial z_i} = a_i (1 + a_i)", dict(A=softmax, Z=b / 2)),
])
def test_what_is_commonly_believed_and_wrong_is_refused(latex, letters):
    verdict = holds(latex, **letters)
    assert not verdict and "does not hold" in verdict.line


@pytest.mark.parametrize("latex, letters", [
    (r"\Delta w \approx \left(\frac{\partial w}{\partial x}\right)^T \Delta x", dict(x=x, w=w, Δx=[1, -2, 0.5])),
    (r"s(x + \Delta x) \approx s(x) + \left(\frac{\partial s}{\partial x}\right)^T \Delta x",
     dict(x=x, s=lambda x: x @ B @ x * x[0], Δx=[1, -2, 0.5])),
    (r"\frac{\Delta s}{\Delta q} \approx \frac{\partial s}{\partial q} \text{ near } q",
     dict(q=0.7, s=lambda q: q**3, Δq=0.1)),
])
def test_approximations_are_told_by_their_order(latex, letters):
    verdict = holds(latex, **letters)
    assert verdict and verdict.formulas[0].rows and min(verdict.formulas[0].ratios) > 1.8, verdict.line


def test_a_quotient_of_changes_is_told_as_it_is_and_its_gap_is_halved():
    letters = dict(q=0.7, s=lambda q: q**3, Δq=0.1)
    verdict = holds(r"\frac{\Delta s}{\Delta q} \approx \frac{\partial s}{\partial q}", **letters)
    step, quotient, slope, gap = verdict.formulas[0].rows[0]
    move = 0.1 * step
    assert slope == pytest.approx(3 * 0.7**2) and quotient == pytest.approx(((0.7 + move)**3 - 0.7**3) / move)
    assert gap == pytest.approx(quotient - slope) and max(verdict.formulas[0].ratios) < 2.1
    refused = holds(r"\frac{\Delta s}{\Delta q} \approx 2 \frac{\partial s}{\partial q}", **letters)
    assert not refused and "divides the gap by 1.00, and it should be 2" in refused.line


def test_an_equation_near_a_place_is_asked_a_step_away_too():
    latex, letters = r"\frac{\partial f}{\partial x_i} = θ_i", dict(x=[1.0, 2.0], θ=[2.0, 12.0])
    near, step = latex + r"\ \text{near } x", [0.5, -1.0]
    assert holds(latex, f=lambda x: x[0] ** 2 + x[1] ** 3, **letters)
    assert holds(near, f=lambda x: 2 * x[0] + 12 * x[1], Δx=step, **letters)
    assert "3 on the left and 2 on the right" in holds(near, f=lambda x: x[0] ** 2 + x[1] ** 3, Δx=step, **letters).line


@pytest.mark.parametrize("latex, letters, entries", [
    (r"\sum_{i=1}^{m} v_i = v_1 + v_2 + \cdots + v_m", dict(v=A, W=W), 1),
    (r"v = \begin{bmatrix} v_1 \\ \vdots \\ v_m \end{bmatrix}", dict(v=A), 4),
    (r"X = \begin{bmatrix} x_{11} & \cdots & x_{1q} \\ \vdots & \ddots & \vdots \\ x_{p1} & \cdots & x_{pq} "
     r"\end{bmatrix}",
     dict(X=X, p=3, q=2), 6),
    (r"w_i = \begin{cases} 2 v_i & \text{if } i < 3 \\ 0 & \text{otherwise} \end{cases}",
     dict(v=A, w=[2.0, 6.0, 0.0, 0.0]), 4),
    (r"W = \begin{bmatrix} W_1 & W_2 & \cdots & W_n \end{bmatrix}", dict(W=W), 12),
    (r"\frac{\partial z_i}{\partial w_{jk}} = 0 \quad \text{for all } j, \text{ if } i \neq k",
     dict(Z=layer, W=W, A=A, b=b), 24),
])
def test_indices_dots_and_cases_run_through_all_their_values(latex, letters, entries):
    verdict = holds(latex, **letters)
    assert verdict and verdict.formulas[0].entries == entries, verdict.line
