r"""True identities as other books print them, each with a false twin, and what their letters are.

The facts are those of the sources that are named; the spelling is theirs, too, the layout is the notes' (gradients
and derivatives of vectors have a row for each input), so that what a source prints in numerator layout is transposed
here. Letters are drawn at random (``mcbook.formulas.draw``): no matrix is square unless it has to be, and none is
symmetric unless the identity says so.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z))


COOKBOOK, MIT, CS231N, WIKI, NOTES, D2L, CS229, MURPHY, MML, BOYD, MAGNUS, PLAIN = (
    "Matrix Cookbook", "MIT 18.S096", "CS231n", "Wikipedia: Matrix calculus", "6.390 notes", "d2l", "CS229",
    "Murphy, Probabilistic Machine Learning", "Mathematics for Machine Learning", "Boyd and Vandenberghe",
    "Magnus and Neudecker", "plain text, as typed")
x3, A33, A43, S3, P3 = {"x": 3}, {"A": (3, 3)}, {"A": (4, 3)}, {"A": "symmetric 3"}, {"A": "positive 3"}
XS, X32 = {"X": (3, 3)}, {"X": (3, 2)}
of_x = {"f": lambda x: np.sin(x[0]) * x[1] + x[2] ** 3, "g": lambda x: np.exp(x[0]) + x[1] * x[2]}
vectors = {"u": lambda x: np.stack([x[0] * x[1], np.sin(x[2]), x[0] ** 2, x[1]]),
           "v": lambda x: np.stack([np.exp(x[0]), x[1] * x[2], x[2], x[0] + x[1] ** 2])}
of_t = {"A": lambda t: np.stack([np.stack([2 + t ** 3, t * t]), np.stack([np.sin(t), 3 - t])]),
        "B": lambda t: np.stack([np.stack([np.cos(t), t]), np.stack([t ** 3, 1 + t])])}

def symmetric(random, size=3):
    square = random.normal(size=(size, size))
    return (square + square.T) / 2


def positive_definite(random):
    square = random.normal(size=(3, 3))
    return square @ square.T + 0.75 * np.eye(3)


#: Letters of a kind: matrices, a number above zero, whole numbers, entries of which one is far below zero.
MADE = {
    "symmetric 3": symmetric, "symmetric 4": lambda random: symmetric(random, 4), "positive 3": positive_definite,
    "positive": lambda random: np.exp(random.normal() / 2), "three": lambda random: 3.0, "four": lambda random: 4.0,
    "five": lambda random: 5.0, "down": lambda random: np.array([1.0, -5, 3, 2]),
}

#: Source, true identity, false twin, shapes of the letters, functions among them.
IDENTITIES = [
    # traces, determinants, inverses
    (COOKBOOK, r"(\mathbf{AB})^{-1} = \mathbf{B}^{-1}\mathbf{A}^{-1}", r"(\mathbf{AB})^{-1} = \mathbf{A}^{-1}\mathbf{B}^{-1}", {"A": (3, 3), "B": (3, 3)}),
    (COOKBOOK, r"(\mathbf{A}^T)^{-1} = (\mathbf{A}^{-1})^T", r"(\mathbf{A}^T)^{-1} = \mathbf{A}^{-1}", A33),
    (COOKBOOK, r"(\mathbf{A}+\mathbf{B})^T = \mathbf{A}^T+\mathbf{B}^T", r"(\mathbf{A}+\mathbf{B})^T = \mathbf{A}+\mathbf{B}^T", {"A": (4, 3), "B": (4, 3)}),
    (COOKBOOK, r"(\mathbf{ABC})^T = \mathbf{C}^T\mathbf{B}^T\mathbf{A}^T", r"(\mathbf{ABC})^T = \mathbf{A}^T\mathbf{B}^T\mathbf{C}^T", {"A": (2, 3), "B": (3, 4), "C": (4, 2)}),
    (COOKBOOK, r"\mathrm{Tr}(\mathbf{A}) = \sum_i A_{ii}", r"\mathrm{Tr}(\mathbf{A}) = \sum_i A_{1i}", A33),
    (COOKBOOK, r"\mathrm{Tr}(\mathbf{AB}) = \mathrm{Tr}(\mathbf{BA})", r"\mathrm{Tr}(\mathbf{AB}) = \mathrm{Tr}(\mathbf{A})\mathrm{Tr}(\mathbf{B})", {"A": (3, 3), "B": (3, 3)}),
    (COOKBOOK, r"\mathrm{Tr}(\mathbf{ABC}) = \mathrm{Tr}(\mathbf{BCA}) = \mathrm{Tr}(\mathbf{CAB})", r"\mathrm{Tr}(\mathbf{ABC}) = \mathrm{Tr}(\mathbf{ACB})", {"A": (3, 3), "B": (3, 3), "C": (3, 3)}),
    (COOKBOOK, r"\mathbf{a}^T\mathbf{a} = \mathrm{Tr}(\mathbf{a}\mathbf{a}^T)", r"\mathbf{a}^T\mathbf{a} = \mathrm{Tr}(\mathbf{a}\mathbf{a}^T)^2", {"a": 4}),
    (COOKBOOK, r"\det(c\mathbf{A}) = c^3\det(\mathbf{A})", r"\det(c\mathbf{A}) = c\det(\mathbf{A})", {"c": (), "A": (3, 3)}),
    (COOKBOOK, r"\det(\mathbf{AB}) = \det(\mathbf{A})\det(\mathbf{B})", r"\det(\mathbf{A}+\mathbf{B}) = \det(\mathbf{A})+\det(\mathbf{B})", {"A": (3, 3), "B": (3, 3)}),
    (COOKBOOK, r"\det(\mathbf{A}^{-1}) = 1/\det(\mathbf{A})", r"\det(\mathbf{A}^{-1}) = -1/\det(\mathbf{A})", A33),
    (COOKBOOK, r"\det(\mathbf{A}^n) = \det(\mathbf{A})^n, \quad n = 4", r"\det(\mathbf{A}^n) = n\det(\mathbf{A}), \quad n = 4", A33 | {"n": "four"}),
    (COOKBOOK, r"\det(\mathbf{I}+\mathbf{u}\mathbf{v}^T) = 1+\mathbf{u}^T\mathbf{v}", r"\det(\mathbf{I}+\mathbf{u}\mathbf{v}^T) = 1-\mathbf{u}^T\mathbf{v}", {"u": 3, "v": 3}),
    (COOKBOOK, r"(\mathbf{I}+\mathbf{A}^{-1})^{-1} = \mathbf{A}(\mathbf{A}+\mathbf{I})^{-1}", r"(\mathbf{I}+\mathbf{A}^{-1})^{-1} = (\mathbf{A}+\mathbf{I})^{-1}", A33),
    (COOKBOOK, r"(\mathbf{A}+\mathbf{CBC}^T)^{-1} = \mathbf{A}^{-1}-\mathbf{A}^{-1}\mathbf{C}(\mathbf{B}^{-1}+\mathbf{C}^T\mathbf{A}^{-1}\mathbf{C})^{-1}\mathbf{C}^T\mathbf{A}^{-1}", r"(\mathbf{A}+\mathbf{CBC}^T)^{-1} = \mathbf{A}^{-1}-\mathbf{A}^{-1}\mathbf{C}(\mathbf{B}+\mathbf{C}^T\mathbf{A}^{-1}\mathbf{C})^{-1}\mathbf{C}^T\mathbf{A}^{-1}", {"A": (4, 4), "B": (2, 2), "C": (4, 2)}),
    (COOKBOOK, r"(\mathbf{I}+\mathbf{AB})^{-1}\mathbf{A} = \mathbf{A}(\mathbf{I}+\mathbf{BA})^{-1}", r"(\mathbf{I}+\mathbf{AB})^{-1}\mathbf{A} = \mathbf{A}(\mathbf{I}+\mathbf{BA})", {"A": (4, 2), "B": (2, 4)}),
    (COOKBOOK, r"(\mathbf{A}+\mathbf{b}\mathbf{c}^T)^{-1} = \mathbf{A}^{-1}-\frac{\mathbf{A}^{-1}\mathbf{b}\mathbf{c}^T\mathbf{A}^{-1}}{1+\mathbf{c}^T\mathbf{A}^{-1}\mathbf{b}}", r"(\mathbf{A}+\mathbf{b}\mathbf{c}^T)^{-1} = \mathbf{A}^{-1}+\frac{\mathbf{A}^{-1}\mathbf{b}\mathbf{c}^T\mathbf{A}^{-1}}{1+\mathbf{c}^T\mathbf{A}^{-1}\mathbf{b}}", {"A": (3, 3), "b": 3, "c": 3}),
    (COOKBOOK, r"\mathbf{A}\mathbf{A}^{+}\mathbf{A} = \mathbf{A}", r"\mathbf{A}^{+}\mathbf{A}\mathbf{A}^{+} = \mathbf{A}", A43),
    (COOKBOOK, r"\mathbf{A}^{+} = (\mathbf{A}^T\mathbf{A})^{-1}\mathbf{A}^T", r"\mathbf{A}^{+} = \mathbf{A}^T(\mathbf{A}^T\mathbf{A})^{-1}", A43),
    # derivatives of determinants, inverses, traces
    (COOKBOOK, r"\frac{\partial \det(\mathbf{X})}{\partial \mathbf{X}} = \det(\mathbf{X})(\mathbf{X}^{-1})^T", r"\frac{\partial \det(\mathbf{X})}{\partial \mathbf{X}} = \det(\mathbf{X})\mathbf{X}^{-1}", XS),
    (COOKBOOK, r"\sum_k \frac{\partial\det(\mathbf{X})}{\partial X_{ik}}X_{jk} = \delta_{ij}\det(\mathbf{X})", r"\sum_k \frac{\partial\det(\mathbf{X})}{\partial X_{ik}}X_{jk} = \det(\mathbf{X})", XS),
    (COOKBOOK, r"\frac{\partial\det(\mathbf{AXB})}{\partial\mathbf{X}} = \det(\mathbf{AXB})(\mathbf{X}^{-1})^T", r"\frac{\partial\det(\mathbf{AXB})}{\partial\mathbf{X}} = \det(\mathbf{X})(\mathbf{X}^{-1})^T", {"A": (3, 3), "X": (3, 3), "B": (3, 3)}),
    (COOKBOOK, r"\frac{\partial\det(\mathbf{X}^T\mathbf{AX})}{\partial\mathbf{X}} = 2\det(\mathbf{X}^T\mathbf{AX})\mathbf{X}^{-T}", r"\frac{\partial\det(\mathbf{X}^T\mathbf{AX})}{\partial\mathbf{X}} = \det(\mathbf{X}^T\mathbf{AX})\mathbf{X}^{-T}", {"A": (3, 3), "X": (3, 3)}),
    (COOKBOOK, r"\frac{\partial\ln\det(\mathbf{X}^T\mathbf{X})}{\partial\mathbf{X}} = 2(\mathbf{X}^{+})^T", r"\frac{\partial\ln\det(\mathbf{X}^T\mathbf{X})}{\partial\mathbf{X}} = 2\mathbf{X}^{+}", {"X": (4, 2)}),
    (COOKBOOK, r"\frac{\partial\ln|\det(\mathbf{X})|}{\partial\mathbf{X}} = (\mathbf{X}^{-1})^T", r"\frac{\partial\ln|\det(\mathbf{X})|}{\partial\mathbf{X}} = \mathbf{X}^T", XS),
    (COOKBOOK, r"\frac{\partial\det(\mathbf{X}^k)}{\partial\mathbf{X}} = k\det(\mathbf{X}^k)\mathbf{X}^{-T}", r"\frac{\partial\det(\mathbf{X}^k)}{\partial\mathbf{X}} = \det(\mathbf{X}^k)\mathbf{X}^{-T}", XS | {"k": "three"}),
    (COOKBOOK, r"\frac{\partial(\mathbf{X}^{-1})_{kl}}{\partial X_{ij}} = -(\mathbf{X}^{-1})_{ki}(\mathbf{X}^{-1})_{jl}", r"\frac{\partial(\mathbf{X}^{-1})_{kl}}{\partial X_{ij}} = -(\mathbf{X}^{-1})_{kj}(\mathbf{X}^{-1})_{il}", XS),
    (COOKBOOK, r"\frac{\partial\mathbf{a}^T\mathbf{X}^{-1}\mathbf{b}}{\partial\mathbf{X}} = -\mathbf{X}^{-T}\mathbf{a}\mathbf{b}^T\mathbf{X}^{-T}", r"\frac{\partial\mathbf{a}^T\mathbf{X}^{-1}\mathbf{b}}{\partial\mathbf{X}} = -\mathbf{X}^{-T}\mathbf{b}\mathbf{a}^T\mathbf{X}^{-T}", {"a": 3, "b": 3, "X": (3, 3)}),
    (COOKBOOK, r"\frac{\partial\det(\mathbf{X}^{-1})}{\partial\mathbf{X}} = -\det(\mathbf{X}^{-1})(\mathbf{X}^{-1})^T", r"\frac{\partial\det(\mathbf{X}^{-1})}{\partial\mathbf{X}} = \det(\mathbf{X}^{-1})(\mathbf{X}^{-1})^T", XS),
    (COOKBOOK, r"\frac{\partial\mathrm{Tr}(\mathbf{AX}^{-1}\mathbf{B})}{\partial\mathbf{X}} = -(\mathbf{X}^{-1}\mathbf{BAX}^{-1})^T", r"\frac{\partial\mathrm{Tr}(\mathbf{AX}^{-1}\mathbf{B})}{\partial\mathbf{X}} = -\mathbf{X}^{-1}\mathbf{BAX}^{-1}", {"A": (2, 3), "X": (3, 3), "B": (3, 2)}),
    (COOKBOOK, r"\frac{\partial\mathrm{Tr}((\mathbf{X}+\mathbf{A})^{-1})}{\partial\mathbf{X}} = -((\mathbf{X}+\mathbf{A})^{-1}(\mathbf{X}+\mathbf{A})^{-1})^T", r"\frac{\partial\mathrm{Tr}((\mathbf{X}+\mathbf{A})^{-1})}{\partial\mathbf{X}} = -((\mathbf{X}+\mathbf{A})^{-1})^T", {"X": (3, 3), "A": (3, 3)}),
    (COOKBOOK, r"\frac{\partial\mathbf{x}^T\mathbf{a}}{\partial\mathbf{x}} = \frac{\partial\mathbf{a}^T\mathbf{x}}{\partial\mathbf{x}} = \mathbf{a}", r"\frac{\partial\mathbf{x}^T\mathbf{a}}{\partial\mathbf{x}} = \mathbf{a}^T", {"x": 3, "a": 3}),
    (COOKBOOK, r"\frac{\partial\mathbf{a}^T\mathbf{Xb}}{\partial\mathbf{X}} = \mathbf{ab}^T", r"\frac{\partial\mathbf{a}^T\mathbf{Xb}}{\partial\mathbf{X}} = \mathbf{ba}^T", {"a": 3, "X": (3, 3), "b": 3}),
    (COOKBOOK, r"\frac{\partial\mathbf{a}^T\mathbf{X}^T\mathbf{b}}{\partial\mathbf{X}} = \mathbf{ba}^T", r"\frac{\partial\mathbf{a}^T\mathbf{X}^T\mathbf{b}}{\partial\mathbf{X}} = \mathbf{ab}^T", {"a": 2, "X": (3, 2), "b": 3}),
    (COOKBOOK, r"\frac{\partial\mathbf{a}^T\mathbf{Xa}}{\partial\mathbf{X}} = \mathbf{aa}^T", r"\frac{\partial\mathbf{a}^T\mathbf{Xa}}{\partial\mathbf{X}} = 2\mathbf{aa}^T", {"a": 3, "X": (3, 3)}),
    (COOKBOOK, r"\frac{\partial\mathbf{b}^T\mathbf{X}^T\mathbf{Xc}}{\partial\mathbf{X}} = \mathbf{X}(\mathbf{bc}^T+\mathbf{cb}^T)", r"\frac{\partial\mathbf{b}^T\mathbf{X}^T\mathbf{Xc}}{\partial\mathbf{X}} = 2\mathbf{X}\mathbf{bc}^T", {"b": 2, "X": (3, 2), "c": 2}),
    (COOKBOOK, r"\frac{\partial(\mathbf{Bx}+\mathbf{b})^T\mathbf{C}(\mathbf{Dx}+\mathbf{d})}{\partial\mathbf{x}} = \mathbf{B}^T\mathbf{C}(\mathbf{Dx}+\mathbf{d})+\mathbf{D}^T\mathbf{C}^T(\mathbf{Bx}+\mathbf{b})", r"\frac{\partial(\mathbf{Bx}+\mathbf{b})^T\mathbf{C}(\mathbf{Dx}+\mathbf{d})}{\partial\mathbf{x}} = \mathbf{B}^T\mathbf{C}(\mathbf{Dx}+\mathbf{d})+\mathbf{D}^T\mathbf{C}(\mathbf{Bx}+\mathbf{b})", {"B": (4, 3), "b": 4, "C": (4, 2), "D": (2, 3), "d": 2, "x": 3}),
    (COOKBOOK, r"\frac{\partial\mathbf{b}^T\mathbf{X}^T\mathbf{DXc}}{\partial\mathbf{X}} = \mathbf{D}^T\mathbf{Xbc}^T+\mathbf{DXcb}^T", r"\frac{\partial\mathbf{b}^T\mathbf{X}^T\mathbf{DXc}}{\partial\mathbf{X}} = \mathbf{D}\mathbf{Xbc}^T+\mathbf{DXcb}^T", {"b": 2, "X": (3, 2), "D": (3, 3), "c": 2}),
    (COOKBOOK, r"\frac{\partial\mathbf{x}^T\mathbf{Bx}}{\partial\mathbf{x}} = (\mathbf{B}+\mathbf{B}^T)\mathbf{x}", r"\frac{\partial\mathbf{x}^T\mathbf{Bx}}{\partial\mathbf{x}} = 2\mathbf{Bx}", {"x": 3, "B": (3, 3)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{s}}(\mathbf{x}-\mathbf{As})^T\mathbf{W}(\mathbf{x}-\mathbf{As}) = -2\mathbf{A}^T\mathbf{W}(\mathbf{x}-\mathbf{As})", r"\frac{\partial}{\partial\mathbf{s}}(\mathbf{x}-\mathbf{As})^T\mathbf{W}(\mathbf{x}-\mathbf{As}) = 2\mathbf{A}^T\mathbf{W}(\mathbf{x}-\mathbf{As})", {"x": 4, "A": (4, 3), "s": 3, "W": "symmetric 4"}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{A}}(\mathbf{x}-\mathbf{As})^T\mathbf{W}(\mathbf{x}-\mathbf{As}) = -2\mathbf{W}(\mathbf{x}-\mathbf{As})\mathbf{s}^T", r"\frac{\partial}{\partial\mathbf{A}}(\mathbf{x}-\mathbf{As})^T\mathbf{W}(\mathbf{x}-\mathbf{As}) = -\mathbf{W}(\mathbf{x}-\mathbf{As})\mathbf{s}^T", {"x": 4, "A": (4, 3), "s": 3, "W": "symmetric 4"}),
    (COOKBOOK, r"\frac{\partial\mathrm{Tr}(\mathbf{X})}{\partial\mathbf{X}} = \mathbf{I}", r"\frac{\partial\mathrm{Tr}(\mathbf{X})}{\partial\mathbf{X}} = \mathbf{X}", XS),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{XA}) = \mathbf{A}^T", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{XA}) = \mathbf{A}", {"X": (3, 2), "A": (2, 3)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AXB}) = \mathbf{A}^T\mathbf{B}^T", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AXB}) = \mathbf{B}^T\mathbf{A}^T", {"A": (3, 3), "X": (3, 3), "B": (3, 3)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AX}^T\mathbf{B}) = \mathbf{BA}", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AX}^T\mathbf{B}) = \mathbf{AB}", {"A": (2, 2), "X": (3, 2), "B": (3, 2)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{A}\otimes\mathbf{X}) = \mathrm{Tr}(\mathbf{A})\mathbf{I}", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{A}\otimes\mathbf{X}) = \mathbf{A}", {"A": (3, 3), "X": (3, 3)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{X}^2) = 2\mathbf{X}^T", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{X}^2) = 2\mathbf{X}", XS),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{X}^T\mathbf{BX}) = \mathbf{BX}+\mathbf{B}^T\mathbf{X}", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{X}^T\mathbf{BX}) = \mathbf{XB}+\mathbf{XB}^T", {"X": (3, 2), "B": (3, 3)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AXBX}) = \mathbf{A}^T\mathbf{X}^T\mathbf{B}^T+\mathbf{B}^T\mathbf{X}^T\mathbf{A}^T", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AXBX}) = 2\mathbf{A}^T\mathbf{X}^T\mathbf{B}^T", {"A": (2, 3), "X": (3, 2), "B": (2, 3)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AXBX}^T\mathbf{C}) = \mathbf{A}^T\mathbf{C}^T\mathbf{XB}^T+\mathbf{CAXB}", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{AXBX}^T\mathbf{C}) = \mathbf{A}^T\mathbf{C}^T\mathbf{XB}+\mathbf{CAXB}", {"A": (4, 3), "X": (3, 2), "B": (2, 2), "C": (3, 4)}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{X}^k) = k(\mathbf{X}^{k-1})^T", r"\frac{\partial}{\partial\mathbf{X}}\mathrm{Tr}(\mathbf{X}^k) = k(\mathbf{X}^{k})^T", XS | {"k": "three"}),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{X}}\|\mathbf{X}\|_{\mathrm F}^2 = 2\mathbf{X}", r"\frac{\partial}{\partial\mathbf{X}}\|\mathbf{X}\|_{\mathrm F}^2 = \mathbf{X}", X32),
    (COOKBOOK, r"\|\mathbf{A}\|_{\mathrm F} = \sqrt{\sum_{ij}|A_{ij}|^2} = \sqrt{\mathrm{Tr}(\mathbf{AA}^T)}", r"\|\mathbf{A}\|_{\mathrm F} = \sum_{ij}|A_{ij}|", A43),
    (COOKBOOK, r"\frac{\partial}{\partial\mathbf{x}}\|\mathbf{x}-\mathbf{a}\|_2 = \frac{\mathbf{x}-\mathbf{a}}{\|\mathbf{x}-\mathbf{a}\|_2}", r"\frac{\partial}{\partial\mathbf{x}}\|\mathbf{x}-\mathbf{a}\|_2 = \mathbf{x}-\mathbf{a}", {"x": 3, "a": 3}),
    (COOKBOOK, r"\frac{\partial\|\mathbf{x}\|_2^2}{\partial\mathbf{x}} = \frac{\partial\mathbf{x}^T\mathbf{x}}{\partial\mathbf{x}} = 2\mathbf{x}", r"\frac{\partial\|\mathbf{x}\|_2^2}{\partial\mathbf{x}} = 2\|\mathbf{x}\|_2", x3),
    (COOKBOOK, r"\mathrm{vec}(\mathbf{AXB}) = (\mathbf{B}^T\otimes\mathbf{A})\mathrm{vec}(\mathbf{X})", r"\mathrm{vec}(\mathbf{AXB}) = (\mathbf{A}\otimes\mathbf{B}^T)\mathrm{vec}(\mathbf{X})", {"A": (4, 3), "X": (3, 2), "B": (2, 5)}),
    (COOKBOOK, r"(\mathbf{A}\otimes\mathbf{B})(\mathbf{C}\otimes\mathbf{D}) = \mathbf{AC}\otimes\mathbf{BD}", r"(\mathbf{A}\otimes\mathbf{B})(\mathbf{C}\otimes\mathbf{D}) = \mathbf{BD}\otimes\mathbf{AC}", {"A": (2, 3), "C": (3, 2), "B": (3, 2), "D": (2, 3)}),
    (COOKBOOK, r"(\mathbf{A}\otimes\mathbf{B})^T = \mathbf{A}^T\otimes\mathbf{B}^T", r"(\mathbf{A}\otimes\mathbf{B})^T = \mathbf{B}^T\otimes\mathbf{A}^T", {"A": (2, 3), "B": (3, 2)}),
    (COOKBOOK, r"\mathrm{Tr}(\mathbf{A}^T\mathbf{B}) = \mathrm{vec}(\mathbf{A})^T\mathrm{vec}(\mathbf{B})", r"\mathrm{Tr}(\mathbf{A}\mathbf{B}^T) = 2\mathrm{vec}(\mathbf{A})^T\mathrm{vec}(\mathbf{B})", {"A": (4, 3), "B": (4, 3)}),
    (COOKBOOK, r"\mathrm{vec}(\mathbf{A}+\mathbf{B}) = \mathrm{vec}(\mathbf{A})+\mathrm{vec}(\mathbf{B})", r"\mathrm{vec}(\mathbf{A}+\mathbf{B}) = \mathrm{vec}(\mathbf{A})-\mathrm{vec}(\mathbf{B})", {"A": (4, 3), "B": (4, 3)}),
    (COOKBOOK, r"\partial(\mathbf{XY}) = (\partial\mathbf{X})\mathbf{Y}+\mathbf{X}(\partial\mathbf{Y})", r"\partial(\mathbf{XY}) = (\partial\mathbf{X})\mathbf{Y}-\mathbf{X}(\partial\mathbf{Y})", {"X": (3, 2), "Y": (2, 4)}),
    (COOKBOOK, r"\partial(\mathbf{X}^{-1}) = -\mathbf{X}^{-1}(\partial\mathbf{X})\mathbf{X}^{-1}", r"\partial(\mathbf{X}^{-1}) = -\mathbf{X}^{-2}(\partial\mathbf{X})", XS),
    (COOKBOOK, r"\partial(\det(\mathbf{X})) = \det(\mathbf{X})\mathrm{Tr}(\mathbf{X}^{-1}\partial\mathbf{X})", r"\partial(\det(\mathbf{X})) = \mathrm{Tr}(\mathbf{X}^{-1}\partial\mathbf{X})", XS),
    (COOKBOOK, r"\partial(\ln(\det(\mathbf{X}))) = \mathrm{Tr}(\mathbf{X}^{-1}\partial\mathbf{X})", r"\partial(\ln(\det(\mathbf{X}))) = \mathrm{Tr}(\mathbf{X}\partial\mathbf{X})", XS),
    (COOKBOOK, r"\partial(\mathbf{X}\circ\mathbf{Y}) = (\partial\mathbf{X})\circ\mathbf{Y}+\mathbf{X}\circ(\partial\mathbf{Y})", r"\partial(\mathbf{X}\circ\mathbf{Y}) = (\partial\mathbf{X})\circ(\partial\mathbf{Y})", {"X": (3, 2), "Y": (3, 2)}),
    (COOKBOOK, r"\partial(\mathbf{X}\otimes\mathbf{Y}) = (\partial\mathbf{X})\otimes\mathbf{Y}+\mathbf{X}\otimes(\partial\mathbf{Y})", r"\partial(\mathbf{X}\otimes\mathbf{Y}) = (\partial\mathbf{X})\otimes\mathbf{Y}-\mathbf{X}\otimes(\partial\mathbf{Y})", {"X": (3, 2), "Y": (2, 2)}),
    (COOKBOOK, r"\partial\mathbf{X}^T = (\partial\mathbf{X})^T", r"\partial\mathbf{X}^T = 2(\partial\mathbf{X})^T", X32),
    # MIT 18.S096
    (MIT, r"d(x^TAx) = x^T(A+A^T)dx", r"d(x^TAx) = 2x^TA\,dx", {"x": 3, "A": (3, 3)}),
    (MIT, r"d(A^{-1}) = -A^{-1}\,dA\,A^{-1}", r"d(A^{-1}) = A^{-1}\,dA\,A^{-1}", A33),
    (MIT, r"\mathrm{d}(\det A) = \operatorname{tr}(\operatorname{adj}(A)\,\mathrm{d}A)", r"\mathrm{d}(\det A) = \operatorname{tr}(\operatorname{adj}(A)^T\,\mathrm{d}A)", A33),
    (MIT, r"d(A^2) = A\,dA+dA\,A", r"d(A^2) = 2A\,dA", A33),
    (MIT, r"d(A^3) = dA\,A^2+A\,dA\,A+A^2\,dA", r"d(A^3) = 3A^2\,dA", A33),
    (MIT, r"\nabla\|x\|^2 = 2x", r"\nabla\|x\|^2 = 2x^T", x3),
    (MIT, r"\nabla_A\det A = (\det A)A^{-\mathsf T}", r"\nabla_A\det A = (\det A)A^{-1}", A33),
    (MIT, r"\nabla_A\|A\|_F = \frac{A}{\|A\|_F}", r"\nabla_A\|A\|_F = \frac{A}{\|A\|_F^2}", A43),
    (MIT, r"\nabla_A\, x^TAy = xy^T", r"\nabla_A\, x^TAy = yx^T", {"x": 3, "A": (3, 3), "y": 3}),
    (MIT, r"\operatorname{vec}(BCA^T) = (A\otimes B)\operatorname{vec}(C)", r"\operatorname{vec}(BCA^T) = (B\otimes A)\operatorname{vec}(C)", {"A": (2, 3), "B": (4, 5), "C": (5, 3)}),
    (MIT, r"\langle A, B\rangle = \operatorname{tr}(A^TB)", r"\langle A, B\rangle = \operatorname{tr}(A^TA)", {"A": (4, 3), "B": (4, 3)}),
    (MIT, r"d(\operatorname{tr}A) = \operatorname{tr}(dA)", r"d(\operatorname{tr}A) = \operatorname{tr}(A\,dA)", A33),
    (MIT, r"dx^T x + x^T dx = d(x^Tx)", r"dx^T x - x^T dx = d(x^Tx)", x3),
    # CS231n, CS229, back propagation
    (CS231N, r"\frac{\partial L}{\partial W} = X^T\frac{\partial L}{\partial Y}", r"\frac{\partial L}{\partial W} = \frac{\partial L}{\partial Y}X^T", {"X": (5, 3), "W": (3, 2)}, {"Y": lambda X, W: X @ W, "L": lambda Y: np.sum(Y ** 3)}),
    (CS231N, r"\frac{\partial L}{\partial X} = \frac{\partial L}{\partial Y}W^T", r"\frac{\partial L}{\partial X} = W^T\frac{\partial L}{\partial Y}", {"X": (5, 3), "W": (3, 2)}, {"Y": lambda X, W: X @ W, "L": lambda Y: np.sum(Y ** 3)}),
    (CS231N, r"\frac{d\sigma(x)}{dx} = (1-\sigma(x))\,\sigma(x)", r"\frac{d\sigma(x)}{dx} = (1+\sigma(x))\,\sigma(x)", {"x": ()}, {"σ": sigmoid}),
    (CS231N, r"\sigma(x) = \frac{1}{1+e^{-x}} \quad\rightarrow\quad \frac{d\sigma(x)}{dx} = \frac{e^{-x}}{(1+e^{-x})^2}", r"\sigma(x) = \frac{1}{1+e^{-x}} \quad\rightarrow\quad \frac{d\sigma(x)}{dx} = \frac{e^{-x}}{1+e^{-x}}", {"x": ()}, {"σ": sigmoid}),
    (CS229, r"\nabla_A\operatorname{tr}AB = B^T", r"\nabla_A\operatorname{tr}AB = B", {"A": (3, 2), "B": (2, 3)}),
    (CS229, r"\nabla_{A^T}f(A) = (\nabla_Af(A))^T", r"\nabla_{A^T}f(A) = \nabla_Af(A)", {"A": (3, 3)}, {"f": lambda A: np.sum(A ** 3) + A[0, 1]}),
    (CS229, r"\nabla_A\operatorname{tr}ABA^TC = CAB+C^TAB^T", r"\nabla_A\operatorname{tr}ABA^TC = CAB+CAB^T", {"A": (3, 2), "B": (2, 2), "C": (3, 3)}),
    (CS229, r"\nabla_A|A| = |A|(A^{-1})^T", r"\nabla_A|A| = (A^{-1})^T", A33),
    (CS229, r"\operatorname{tr}ABC = \operatorname{tr}CAB = \operatorname{tr}BCA", r"\operatorname{tr}ABC = \operatorname{tr}CBA", {"A": (3, 3), "B": (3, 3), "C": (3, 3)}),
    (CS229, r"\nabla_\theta \frac12(X\theta-y)^T(X\theta-y) = X^TX\theta-X^Ty", r"\nabla_\theta \frac12(X\theta-y)^T(X\theta-y) = X^TX\theta+X^Ty", {"X": (5, 3), "θ": 3, "y": 5}),
    (CS229, r"\nabla_x b^Tx = b", r"\nabla_x b^Tx = b^T", {"b": 3, "x": 3}),
    (CS229, r"\nabla_x^2 x^TAx = 2A", r"\nabla_x^2 x^TAx = A", x3 | S3),
    (CS229, r"\nabla_x x^TAx = 2Ax", r"\nabla_x x^TAx = Ax", x3 | S3),
    (CS229, r"\nabla_A\log|A| = A^{-1}", r"\nabla_A\log|A| = A", P3),
    (CS229, r"\frac{\partial g(z)}{\partial z} = g(z)(1-g(z))", r"\frac{\partial g(z)}{\partial z} = g(z)(g(z)-1)", {"z": ()}, {"g": sigmoid}),
    (CS229, r"g'(z) = g(z)(1-g(z))", r"g'(z) = g(z)(1-z)", {"z": ()}, {"g": sigmoid}),
    # Wikipedia: Matrix calculus (in denominator layout)
    (WIKI, r"\frac{\partial\mathbf{A}\mathbf{x}}{\partial\mathbf{x}} = \mathbf{A}^\top", r"\frac{\partial\mathbf{A}\mathbf{x}}{\partial\mathbf{x}} = \mathbf{A}", x3 | A43),
    (WIKI, r"\frac{\partial\mathbf{x}^\top\mathbf{A}}{\partial\mathbf{x}} = \mathbf{A}", r"\frac{\partial\mathbf{x}^\top\mathbf{A}}{\partial\mathbf{x}} = \mathbf{A}^\top", {"x": 4, "A": (4, 3)}),
    (WIKI, r"\frac{\partial\mathbf{x}}{\partial\mathbf{x}} = \mathbf{I}", r"\frac{\partial\mathbf{x}}{\partial\mathbf{x}} = 2\mathbf{I}", x3),
    (WIKI, r"\frac{\partial(\mathbf{u}+\mathbf{v})}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}+\frac{\partial\mathbf{v}}{\partial\mathbf{x}}", r"\frac{\partial(\mathbf{u}+\mathbf{v})}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}-\frac{\partial\mathbf{v}}{\partial\mathbf{x}}", x3, vectors),
    (WIKI, r"\frac{\partial f\mathbf{u}}{\partial\mathbf{x}} = f\frac{\partial\mathbf{u}}{\partial\mathbf{x}}+\frac{\partial f}{\partial\mathbf{x}}\mathbf{u}^\top", r"\frac{\partial f\mathbf{u}}{\partial\mathbf{x}} = f\frac{\partial\mathbf{u}}{\partial\mathbf{x}}+\mathbf{u}\frac{\partial f}{\partial\mathbf{x}}^\top", x3, vectors | of_x),
    (WIKI, r"\frac{\partial(\mathbf{u}\cdot\mathbf{v})}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}\mathbf{v}+\frac{\partial\mathbf{v}}{\partial\mathbf{x}}\mathbf{u}", r"\frac{\partial(\mathbf{u}\cdot\mathbf{v})}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}\mathbf{u}+\frac{\partial\mathbf{v}}{\partial\mathbf{x}}\mathbf{v}", x3, vectors),
    (WIKI, r"\frac{\partial\mathbf{u}^\top\mathbf{A}\mathbf{v}}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}\mathbf{A}\mathbf{v}+\frac{\partial\mathbf{v}}{\partial\mathbf{x}}\mathbf{A}^\top\mathbf{u}", r"\frac{\partial\mathbf{u}^\top\mathbf{A}\mathbf{v}}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}\mathbf{A}\mathbf{v}+\frac{\partial\mathbf{v}}{\partial\mathbf{x}}\mathbf{A}\mathbf{u}", x3 | {"A": (4, 4)}, vectors),
    (WIKI, r"\frac{\partial^2\mathbf{x}^\top\mathbf{A}\mathbf{x}}{\partial\mathbf{x}\,\partial\mathbf{x}^\top} = \mathbf{A}+\mathbf{A}^\top", r"\frac{\partial^2\mathbf{x}^\top\mathbf{A}\mathbf{x}}{\partial\mathbf{x}\,\partial\mathbf{x}^\top} = 2\mathbf{A}", x3 | A33),
    (WIKI, r"\frac{\partial(\mathbf{a}\cdot\mathbf{u})}{\partial\mathbf{x}} = \frac{\partial\mathbf{u}}{\partial\mathbf{x}}\mathbf{a}", r"\frac{\partial(\mathbf{a}\cdot\mathbf{u})}{\partial\mathbf{x}} = \mathbf{a}", x3 | {"a": 4}, vectors),
    (WIKI, r"\frac{\partial\,\mathbf{a}^\top\mathbf{x}\mathbf{x}^\top\mathbf{b}}{\partial\mathbf{x}} = (\mathbf{a}\mathbf{b}^\top+\mathbf{b}\mathbf{a}^\top)\mathbf{x}", r"\frac{\partial\,\mathbf{a}^\top\mathbf{x}\mathbf{x}^\top\mathbf{b}}{\partial\mathbf{x}} = 2\mathbf{a}\mathbf{b}^\top\mathbf{x}", {"a": 3, "b": 3, "x": 3}),
    (WIKI, r"\frac{\partial\,\|\mathbf{x}-\mathbf{a}\|}{\partial\mathbf{x}} = \frac{\mathbf{x}-\mathbf{a}}{\|\mathbf{x}-\mathbf{a}\|}", r"\frac{\partial\,\|\mathbf{x}-\mathbf{a}\|}{\partial\mathbf{x}} = 2(\mathbf{x}-\mathbf{a})", {"x": 3, "a": 3}),
    (WIKI, r"\frac{\partial\operatorname{tr}(\mathbf{X}^n)}{\partial\mathbf{X}} = n(\mathbf{X}^{n-1})^\top", r"\frac{\partial\operatorname{tr}(\mathbf{X}^n)}{\partial\mathbf{X}} = n\mathbf{X}^{n-1}", XS | {"n": "four"}),
    (WIKI, r"\frac{\partial\operatorname{tr}(e^{\mathbf{X}})}{\partial\mathbf{X}} = (e^{\mathbf{X}})^\top", r"\frac{\partial\operatorname{tr}(e^{\mathbf{X}})}{\partial\mathbf{X}} = e^{\mathbf{X}}", XS),
    (WIKI, r"\frac{\partial\ln|a\mathbf{X}|}{\partial\mathbf{X}} = (\mathbf{X}^{-1})^\top", r"\frac{\partial\ln|a\mathbf{X}|}{\partial\mathbf{X}} = a(\mathbf{X}^{-1})^\top", XS | {"a": "positive"}),
    (WIKI, r"\frac{\partial|\mathbf{X}^n|}{\partial\mathbf{X}} = n|\mathbf{X}^n|(\mathbf{X}^{-1})^\top", r"\frac{\partial|\mathbf{X}^n|}{\partial\mathbf{X}} = n|\mathbf{X}|(\mathbf{X}^{-1})^\top", XS | {"n": "three"}),
    (WIKI, r"\frac{\partial\ln|\mathbf{X}^\top\mathbf{X}|}{\partial\mathbf{X}} = 2\mathbf{X}(\mathbf{X}^\top\mathbf{X})^{-1}", r"\frac{\partial\ln|\mathbf{X}^\top\mathbf{X}|}{\partial\mathbf{X}} = \mathbf{X}(\mathbf{X}^\top\mathbf{X})^{-1}", {"X": (4, 2)}),
    (WIKI, r"\left(\frac{\partial\mathbf{A}^{-1}}{\partial t}\right)^\top = -\mathbf{A}^{-1}\left(\frac{\partial\mathbf{A}}{\partial t}\right)^\top\mathbf{A}^{-1}", r"\frac{\partial\mathbf{A}^{-1}}{\partial t} = -\mathbf{A}^{-1}\frac{\partial\mathbf{A}}{\partial t}\mathbf{A}^{-1}", {"t": ()}, of_t),
    (WIKI, r"\frac{d}{dt}\operatorname{tr}(\mathbf{A}) = \operatorname{tr}\left(\frac{d\mathbf{A}}{dt}\right)", r"\frac{d}{dt}\operatorname{tr}(\mathbf{A}) = 2\operatorname{tr}\left(\frac{d\mathbf{A}}{dt}\right)", {"t": ()}, of_t),
    (WIKI, r"\frac{\partial\ln|\mathbf{A}|}{\partial t} = \operatorname{tr}\left(\mathbf{A}^{-1}\left(\frac{\partial\mathbf{A}}{\partial t}\right)^\top\right)", r"\frac{\partial\ln|\mathbf{A}|}{\partial t} = \operatorname{tr}\left(\mathbf{A}\left(\frac{\partial\mathbf{A}}{\partial t}\right)^\top\right)", {"t": ()}, of_t),
    (WIKI, r"\left(\frac{d(\mathbf{A}\mathbf{B})}{dt}\right)^\top = \left(\frac{d\mathbf{A}}{dt}\right)^\top\mathbf{B}+\mathbf{A}\left(\frac{d\mathbf{B}}{dt}\right)^\top", r"\left(\frac{d(\mathbf{A}\mathbf{B})}{dt}\right)^\top = \left(\frac{d\mathbf{A}}{dt}\right)^\top\mathbf{B}+\left(\frac{d\mathbf{B}}{dt}\right)^\top\mathbf{A}", {"t": ()}, of_t),
    (WIKI, r"\frac{\partial fg}{\partial\mathbf{x}} = f\frac{\partial g}{\partial\mathbf{x}}+g\frac{\partial f}{\partial\mathbf{x}}", r"\frac{\partial fg}{\partial\mathbf{x}} = \frac{\partial f}{\partial\mathbf{x}}+\frac{\partial g}{\partial\mathbf{x}}", x3, of_x),
    # notes, d2l, Murphy, MML, Boyd, Magnus
    (NOTES, r"\nabla_\theta J = \frac2nX^T(X\theta-Y), \quad\text{where } J = \frac1n(X\theta-Y)^T(X\theta-Y)", r"\nabla_\theta J = \frac1nX^T(X\theta-Y), \quad\text{where } J = \frac1n(X\theta-Y)^T(X\theta-Y)", {"X": (5, 3), "θ": 3, "Y": 5, "n": "five"}),
    (NOTES, r"\frac{\partial\mathcal L}{\partial W} = A\left(\frac{\partial\mathcal L}{\partial Z}\right)^T", r"\frac{\partial\mathcal L}{\partial W} = A\frac{\partial\mathcal L}{\partial Z}", {"W": (3, 2), "A": 3}, {"Z": lambda W, A: W.T @ A, "L": lambda Z: np.sum(Z ** 3)}),
    (D2L, r"\nabla_{\mathbf x}\mathbf{A}\mathbf{x} = \mathbf{A}^\top", r"\nabla_{\mathbf x}\mathbf{A}\mathbf{x} = \mathbf{A}", x3 | A43),
    (D2L, r"\nabla_{\mathbf x}\mathbf{x}^\top\mathbf{A} = \mathbf{A}", r"\nabla_{\mathbf x}\mathbf{x}^\top\mathbf{A} = \mathbf{A}^\top", {"x": 4} | A43),
    (D2L, r"\nabla_{\mathbf X}\|\mathbf X\|_\textrm{F}^2 = 2\mathbf X", r"\nabla_{\mathbf X}\|\mathbf X\|_\textrm{F}^2 = 2\|\mathbf X\|_\textrm{F}", X32),
    (D2L, r"\mathbf{x}^\top\mathbf{y} = \sum_{i=1}^{d}x_iy_i", r"\mathbf{x}^\top\mathbf{y} = \sum_{i=1}^{d}x_i", {"x": 3, "y": 3}),
    (D2L, r"\cos\theta = \frac{\mathbf{v}^\top\mathbf{w}}{\|\mathbf{v}\|\|\mathbf{w}\|}, \quad \text{where } \theta = \arccos\left(\frac{\mathbf{v}^\top\mathbf{w}}{\|\mathbf{v}\|\|\mathbf{w}\|}\right)", r"\cos\theta = \frac{\mathbf{v}^\top\mathbf{w}}{\|\mathbf{v}\|+\|\mathbf{w}\|}, \quad \text{where } \theta = \arccos\left(\frac{\mathbf{v}^\top\mathbf{w}}{\|\mathbf{v}\|\|\mathbf{w}\|}\right)", {"v": 3, "w": 3}),
    (D2L, r"\frac{d}{dx}[f(x)g(x)] = f(x)\frac{d}{dx}g(x)+g(x)\frac{d}{dx}f(x)", r"\frac{d}{dx}[f(x)g(x)] = \frac{d}{dx}g(x)\,\frac{d}{dx}f(x)", {"x": ()}, {"f": np.sin, "g": np.exp}),
    (D2L, r"\frac{d}{dx}\left[\frac{f(x)}{g(x)}\right] = \frac{g(x)\frac{d}{dx}f(x)-f(x)\frac{d}{dx}g(x)}{g(x)^2}", r"\frac{d}{dx}\left[\frac{f(x)}{g(x)}\right] = \frac{g(x)\frac{d}{dx}f(x)-f(x)\frac{d}{dx}g(x)}{g(x)}", {"x": ()}, {"f": np.sin, "g": np.exp}),
    (D2L, r"\|\mathbf{x}\|_1 = \sum_{i=1}^n|x_i|", r"\|\mathbf{x}\|_1 = \sum_{i=1}^nx_i", {"x": 4}),
    (D2L, r"\|\mathbf{x}\|_\infty = \max_i|x_i|", r"\|\mathbf{x}\|_\infty = \max_ix_i", {"x": "down"}),
    (D2L, r"\tanh(x) = \frac{1-\exp(-2x)}{1+\exp(-2x)}", r"\tanh(x) = \frac{1-\exp(-x)}{1+\exp(-x)}", {"x": ()}),
    (D2L, r"\frac{d}{dx}\tanh(x) = 1-\tanh^2(x)", r"\frac{d}{dx}\tanh(x) = 1-\tanh(x)", {"x": ()}),
    (D2L, r"\tanh(x)+1 = 2\operatorname{sigmoid}(2x)", r"\tanh(x)+1 = \operatorname{sigmoid}(2x)", {"x": ()}, {"sigmoid": sigmoid}),
    (MURPHY, r"\nabla_{\boldsymbol x}(\boldsymbol{x}^{\mathsf T}\mathbf{A}\boldsymbol{x}) = (\mathbf{A}+\mathbf{A}^{\mathsf T})\boldsymbol{x}", r"\nabla_{\boldsymbol x}(\boldsymbol{x}^{\mathsf T}\mathbf{A}\boldsymbol{x}) = \boldsymbol{x}^{\mathsf T}(\mathbf{A}+\mathbf{A}^{\mathsf T})", x3 | A33),
    (MURPHY, r"\frac{\partial a_i}{\partial z_j} = a_i(\delta_{ij}-a_j)", r"\frac{\partial a_i}{\partial z_j} = a_i(1-a_j)", {"z": 3}, {"a": lambda z: softmax(z)}),
    (MURPHY, r"\frac{\partial\mathbf a}{\partial\mathbf z} = \operatorname{diag}(\mathbf a)-\mathbf a\mathbf a^{\mathsf T}", r"\frac{\partial\mathbf a}{\partial\mathbf z} = \operatorname{diag}(\mathbf a)+\mathbf a\mathbf a^{\mathsf T}", {"z": 3}, {"a": lambda z: softmax(z)}),
    (MML, r"\frac{\partial}{\partial\boldsymbol X}\operatorname{tr}(\boldsymbol f(\boldsymbol X)) = 2\boldsymbol X^\top", r"\frac{\partial}{\partial\boldsymbol X}\operatorname{tr}(\boldsymbol f(\boldsymbol X)) = 2\boldsymbol X", XS, {"f": lambda X: X @ X}),
    (MML, r"\frac{\partial\boldsymbol a^\top\boldsymbol X\boldsymbol b}{\partial\boldsymbol X} = \boldsymbol a\boldsymbol b^\top", r"\frac{\partial\boldsymbol a^\top\boldsymbol X\boldsymbol b}{\partial\boldsymbol X} = \boldsymbol b\boldsymbol a^\top", {"a": 3, "X": (3, 3), "b": 3}),
    (MML, r"\frac{\partial f}{\partial\boldsymbol x} = \frac{\partial\boldsymbol u}{\partial\boldsymbol x}\frac{\partial f}{\partial\boldsymbol u}", r"\frac{\partial f}{\partial\boldsymbol x} = \frac{\partial f}{\partial\boldsymbol u}\frac{\partial\boldsymbol u}{\partial\boldsymbol x}", x3, {"u": vectors["u"], "f": lambda u: u[0] * u[1] - u[2] ** 3 + u[3]}),
    (MML, r"\nabla_{\boldsymbol x}\exp\left(-\frac12\boldsymbol x^\top\boldsymbol x\right) = -\exp\left(-\frac12\boldsymbol x^\top\boldsymbol x\right)\boldsymbol x", r"\nabla_{\boldsymbol x}\exp\left(-\frac12\boldsymbol x^\top\boldsymbol x\right) = \exp\left(-\frac12\boldsymbol x^\top\boldsymbol x\right)\boldsymbol x", x3),
    (BOYD, r"\nabla\log\det X = X^{-1}", r"\nabla\log\det X = X", {"X": "positive 3"}),
    (BOYD, r"\nabla f(x) = Px+q, \quad \text{where } f(x) = \frac12x^TPx+q^Tx+r", r"\nabla f(x) = 2Px+q, \quad \text{where } f(x) = \frac12x^TPx+q^Tx+r", {"x": 3, "P": "symmetric 3", "q": 3, "r": ()}),
    (BOYD, r"\nabla^2f(x) = P, \quad \text{where } f(x) = \frac12x^TPx+q^Tx", r"\nabla^2f(x) = 2P, \quad \text{where } f(x) = \frac12x^TPx+q^Tx", {"x": 3, "P": "symmetric 3", "q": 3}),
    (BOYD, r"\nabla f(x)^Tv = \lim_{h\to0}\frac{f(x+hv)-f(x)}{h}", r"\nabla f(x)^Tv = \lim_{h\to0}\frac{f(x+hv)}{h+1}", {"x": 3, "v": 3}, of_x),
    (BOYD, r"|x^Ty| \le \|x\|_2\|y\|_2", r"|x^Ty| \ge \|x\|_2\|y\|_2", {"x": 3, "y": 3}),
    (BOYD, r"\|x+y\| \leq \|x\|+\|y\|", r"\|x+y\| \geq \|x\|+\|y\|", {"x": 3, "y": 3}),
    (MAGNUS, r"\frac{\partial\operatorname{vec}(AXB)}{\partial\operatorname{vec}(X)} = B\otimes A^T", r"\frac{\partial\operatorname{vec}(AXB)}{\partial\operatorname{vec}(X)} = B^T\otimes A", {"A": (4, 3), "X": (3, 2), "B": (2, 5)}),
    (MAGNUS, r"\frac{\partial Ax}{\partial x^T} = A", r"\frac{\partial Ax}{\partial x^T} = A^T", x3 | A43),
    (MAGNUS, r"\mathrm{d}\operatorname{vec}X = \operatorname{vec}(\mathrm{d}X)", r"\mathrm{d}\operatorname{vec}X = 2\operatorname{vec}(\mathrm{d}X)", X32),
    (MAGNUS, r"\mathrm{d}\log|X| = \operatorname{tr}X^{-1}\mathrm{d}X", r"\mathrm{d}\log|X| = \operatorname{tr}X\mathrm{d}X", XS),
    # plain text
    (PLAIN, "dL/dW = A (dL/dZ)^T", "dL/dW = A dL/dZ", {"W": (3, 2), "A": 3}, {"Z": lambda W, A: W.T @ A, "L": lambda Z: np.sum(Z ** 3)}),
    (PLAIN, "∂L/∂W = A(∂L/∂Z)ᵀ", "∂L/∂W = (∂L/∂Z)Aᵀ", {"W": (3, 2), "A": 3}, {"Z": lambda W, A: W.T @ A, "L": lambda Z: np.sum(Z ** 3)}),
    (WIKI, r"\|A x\|_2 \le \|A\|_2 \|x\|_2", r"\|A x\|_2 > \|A\|_2 \|x\|_2", {"A": (4, 1), "x": 1}),
    (WIKI, r"P = X (X^\top X)^{-1} X^\top \implies P^2 = P", r"P = X (X^\top X)^{-1} X^\top \implies P = I", {"X": (4, 3)}),
    (WIKI, r"f(x) = x^3 \implies f'(x) = 3 x^2", r"f(x) = x^3 \implies f'(x) = 3 x", {"x": ()}),
    (WIKI, r"a \times (b \times c) = b (a \cdot c) - c (a \cdot b)", r"a \times (b \times c) = (a \times b) \times c", {"a": 3, "b": 3, "c": 3}),
    (PLAIN, "y = A x implies dy/dx = A^T", "y = A x implies dy/dx = A", {"x": 3, "A": (4, 3)}),
    (PLAIN, "dL/dW = a (dL/dz)^T where z = W^T a", "dL/dW = dL/dz a^T where z = W^T a", {"W": (3, 2), "a": 3}, {"L": lambda z: np.sum(z ** 3)}),
    (PLAIN, "grad_x (x' A x) = (A + A') x", "grad_x (x' A x) = 2 A x", x3 | A33),
    (PLAIN, "||x||_inf = max_i |x_i|", "||x||_inf = max_i x_i", {"x": "down"}),
    (PLAIN, "relu(x) = x * (x > 0)", "relu(x) = (x > 0)", {"x": "down"}),
    (PLAIN, "d relu(x)/dx = diag(x > 0)", "d relu(x)/dx = diag(x < 0)", {"x": "down"}),
    (PLAIN, "sigmoid(-x) = 1 - sigmoid(x)", "sigmoid(-x) = -sigmoid(x)", {"x": ()}),
    (PLAIN, "1^T softmax(x) = 1", "softmax(2 x) = softmax(x)", x3),
    (PLAIN, "d softmax(x)/dx = diag(softmax(x)) - softmax(x) softmax(x)^T", "d softmax(x)/dx = diag(softmax(x))", x3),
    (PLAIN, "tr(A B) = tr(B A)", "tr(A B) = tr(A) tr(B)", {"A": (3, 3), "B": (3, 3)}),
    (PLAIN, "||x||^2 = x^T x", "||x|| = x^T x", x3),
    (PLAIN, "d/dx (x' A x) = (A + A') x", "d/dx (x' A x) = 2 A x", x3 | A33),
    (PLAIN, "A inv(A) = I", "inv(A) = A", A33),
    (PLAIN, "A*B = B*A", "A*B = A@B", {"A": (3, 3), "B": (3, 3)}),
    (PLAIN, "nabla_x (b^T x) = b", "nabla_x (b^T x) = b^T", {"b": 3, "x": 3}),
    (PLAIN, "sum_i x_i^2 = x^T x", "sum_i x_i = x^T x", x3),
    (PLAIN, "(A B).T = B.T A.T", "(A B).T = A.T B.T", {"A": (3, 3), "B": (3, 3)}),
    (PLAIN, "det(A B) = det(A) det(B)", "det(A + B) = det(A) + det(B)", {"A": (3, 3), "B": (3, 3)}),
    (PLAIN, "y = A x => dy/dx = A^T", "y = A x => dy/dx = A", x3 | A43),
    (PLAIN, "sigma'(z) = sigma(z) (1 - sigma(z))", "sigma'(z) = sigma(z) (1 + sigma(z))", {"z": ()}, {"σ": sigmoid}),
    (PLAIN, "d/dx exp(2x) = 2 exp(2x)", "d/dx exp(2x) = exp(2x)", {"x": ()}),
    (PLAIN, "d^2/dx^2 x^3 = 6x", "d^2/dx^2 x^3 = 3x^2", {"x": ()}),
    (PLAIN, "log(det(A)) = -log(det(A^-1))", "log(det(A)) = log(det(A^-1))", P3),
    (PLAIN, "A^(1/2) A^(1/2) = A", "A^(1/2) = A/2", P3),
    (PLAIN, "sin(x)**2 + cos(x)**2 = 1", "sin(x)**2 - cos(x)**2 = 1", {"x": ()}),
    (PLAIN, "trace(A.T @ B) = vec(A).T @ vec(B)", "trace(A.T @ B) = vec(A) @ vec(B).T", {"A": (4, 3), "B": (4, 3)}),
    (PLAIN, "max(0, x) - max(0, -x) = x", "max(0, x) + max(0, -x) = x", {"x": 4}),
]
