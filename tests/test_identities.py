"""Identities of other books: each holds and its false twin fails, for several random letters, spelled as there."""

import numpy as np
import pytest
from identities import IDENTITIES, MADE

from mcbook.formulas import draw, holds
from tools.mutations import harmless, mutants

RUN = [(f"{k}: {source}", true, false, shapes, dict(*functions)) for k, (source, true, false, shapes, *functions) in
       enumerate(IDENTITIES)]


def values(shapes, functions, seed):
    """Letters of some shapes, or of a kind that the table of identities names."""
    random = np.random.default_rng(seed)
    plain = draw({name: shape for name, shape in shapes.items() if shape not in MADE}, seed)
    return plain | {name: MADE[shape](random) for name, shape in shapes.items() if shape in MADE} | functions


def test_there_are_many_from_many_sources():
    assert len(RUN) > 160 and len({source for source, *_ in IDENTITIES}) > 9
    assert len({true for _, true, *_ in IDENTITIES}) == len(RUN)


@pytest.mark.parametrize("true, false, shapes, functions", [row[1:] for row in RUN], ids=[row[0] for row in RUN])
def test_a_true_identity_holds_and_its_false_twin_fails(true, false, shapes, functions):
    for seed in range(3):
        letters = values(shapes, functions, seed)
        right, wrong = holds(true, letters), holds(false, letters)
        assert (right.kind, wrong.kind) == ("holds", "fails"), (right, wrong)
        assert right.formulas[0].entries and wrong.reason
        for again in (right.read, right.latex):                      # what was read can be read, and says the same
            assert "are the same" in (line := holds(again, letters).line) or line.startswith("✓"), (again, line)


def test_nine_in_ten_of_the_slips_in_them_are_noticed():
    """What is broken and not harmless by rule; the others are identities of their own, or stand in a determinant."""
    noticed, passed = 0, []
    for name, true, _, shapes, functions in RUN[::5]:
        letters = values(shapes, functions, 1)
        for one in mutants(true):
            if not holds(one.parts, letters):
                noticed += 1
            elif not harmless(true, one, letters):
                passed.append(f"{name}: {one.words}")
    assert noticed > 400 and len(passed) < noticed / 10, passed


@pytest.mark.parametrize("formula, kind, turned", [
    (r"\frac{\partial Ax}{\partial x} = A", "fails", True), (r"\nabla_x (A x) = A", "fails", True),
    (r"\frac{\partial x^T B x}{\partial x} = x^T (B + B^T)", "fails", True),
    (r"\frac{\partial s}{\partial x} = \frac{\partial s}{\partial u} \frac{\partial u}{\partial x}", "fails", True),
    (r"\frac{\partial Ax}{\partial x} = 2 A", "fails", False),
    (r"\frac{\partial Ax}{\partial x} = A^T", "holds", False),
])
def test_a_formula_in_numerator_layout_fails_and_is_told_so(formula, kind, turned):
    letters = draw({"x": 3, "A": (4, 3), "B": (3, 3)}) | {"u": lambda x: np.stack([x[0] * x[1], x[2] ** 2]),
                                                          "s": lambda u: u[0] * u[1] ** 2}
    verdict = holds(formula, letters)
    assert verdict.kind == kind and ("it holds in numerator layout" in verdict.line) == turned


def test_letters_are_drawn_alike_each_time():
    shapes = {"x": 3, "A": (3, 2), "c": ()}
    drawn, again, other = draw(shapes), draw(shapes), draw(shapes, 1)
    assert [drawn[name].shape for name in shapes] == [(3,), (3, 2), ()]
    assert all(np.array_equal(drawn[name], again[name]) and not np.array_equal(drawn[name], other[name])
               for name in shapes)
