"""The program that a trace saw: which function, which operands, which options, and which places are its own."""

import numpy as np
import pytest

from mcnotes.engine.asking import RULES
from mcnotes.engine.steps import Steps
from mcnotes.engine.trace import trace
from mcnotes.engine.traced import Traced

W = np.arange(6.0).reshape(2, 3) / 4 - 0.3
B = np.array([[0.2], [-0.1], [0.4]])
A = np.array([[0.5, -1.0, 0.3, 0.8], [1.2, 0.1, -0.7, 0.4]])


def noted(f, *inputs):
    steps = Steps()
    tape, y = trace(f, inputs, steps)
    return tape, steps, y


def written(f, *inputs):
    """The outermost steps, in words."""
    def operand(x):
        return f"#{x.position}" if isinstance(x, Traced) else np.shape(x) if isinstance(x, np.ndarray) else x
    return [(step.function if isinstance(step.function, str) else step.function.__name__,
             *map(operand, step.args), *step.options.items()) for step in noted(f, *inputs)[1] if step.depth == 0]


def test_a_layer_can_be_written_down():
    def f(W, b):
        return np.sum(np.tanh(W.T @ A + b) ** 2, axis=0)
    assert written(f, W, B) == [
        ("transpose", "#0"), ("matmul", "#2", (2, 4)), ("add", "#3", "#1"), ("tanh", "#4"), ("power", "#5", 2),
        ("sum", "#6", ("axis", 0))]


def test_indices_methods_and_operators_from_the_left():
    assert written(lambda w: 2 - w[0, 1:].mean(keepdims=True) / w.max(), W) == [
        ("getitem", "#0", (0, slice(1, None))), ("mean", "#1", ("keepdims", True)), ("max", "#0"),
        ("divide", "#3", "#4"), ("subtract", 2, "#5")]          # the mean fills two places: itself, and its axis


PROGRAMS = {
    "spread": lambda w: np.var(w, axis=1), "softmax": lambda w: np.exp(w - np.max(w)) / np.sum(np.exp(w - np.max(w))),
    "stack": lambda w: np.stack([w[0], w[1] * 2]), "array": lambda w: np.array([w[0, 0] * w[1, 2], w[0, 1]]),
    "inverse": lambda w: np.linalg.inv(w @ w.T + np.eye(2)), "log-det": lambda w: np.linalg.slogdet(w @ w.T)[1],
    "norm": np.linalg.norm, "where": lambda w: np.where(w > 0, w, 0.1 * w),
    "einsum": lambda w: np.einsum("ij,kj", w, w),
    "reduce": lambda w: np.logaddexp.reduce(w, axis=1), "split": lambda w: np.split(w, 3, axis=1)[1],
    "negative": lambda w: -w + abs(w), "objects": lambda w: np.sin(np.array([w[0, 0], w[1, 1]])),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_place_of_the_tape_belongs_to_one_outermost_step(name):
    tape, steps, y = noted(PROGRAMS[name], W)
    owners = [step for step in steps if step.depth == 0]
    filled = [place for step in owners for place in range(step.first, step.last)]
    gathered = {"array": 1, "objects": 1}.get(name, 0)              # what f returned was stacked afterwards
    assert filled == list(range(1, len(tape.records) - gathered))
    for step in steps:
        assert step.function == "getitem" or step.function in RULES
        assert all(x.position < step.first for x in step.args if isinstance(x, Traced))
        if isinstance(step.result, Traced) and step.depth == 0 and step.last > step.first:
            assert step.first <= step.result.position < step.last
    assert any(step.depth > 0 for step in steps) == (name in ("spread", "split", "reduce"))


def test_the_steps_can_be_run_again():
    """Each outermost step, called on the values that it saw, gives the value that it gave."""
    def plain(x):
        return x.value if isinstance(x, Traced) else type(x)(map(plain, x)) if isinstance(x, list | tuple) else x
    for f in PROGRAMS.values():
        for step in noted(f, W)[1]:
            if step.depth == 0 and isinstance(step.result, Traced):
                args = [plain(x) for x in step.args]
                again = args[0][args[1]] if step.function == "getitem" else np.logaddexp.reduce(*args, **step.options) \
                    if isinstance(step.function, str) else step.function(*args, **step.options)
                assert np.allclose(again, step.result.value, rtol=1e-14)


def test_constants_of_a_step_are_copies():
    c = np.ones((2, 3))

    def f(w):
        y = w * c
        c[:] = 7.0
        return y
    assert (noted(f, W)[1][0].args[1] == 1.0).all()


def test_nothing_is_noted_unasked():
    assert trace(PROGRAMS["spread"], [W])[0].steps is None
