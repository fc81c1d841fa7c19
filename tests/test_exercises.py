"""Exercises: right answers in every dress are taken, wrong ones never, and each mistake is told by its name."""

import itertools
import json
import math
import pathlib
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import mcbook as mb
import mcnotes as mc
from mcbook.exercises import dialog, questions
from mcbook.exercises.diagnosis import fits, judge
from mcbook.exercises.questions import Part
from mcbook.exercises.words import WORDS
from tools import check

BOOK = pathlib.Path(__file__).parent.parent / "book"
M = np.array([[3.0, 0.0, -1.0], [6.0, 0.5, -2.0]])
SQUARE = np.array([[1.0, 2.0], [3.0, 4.5]])


class Broken:
    """An answer on which everything fails."""

    def __getattribute__(self, name):
        if name == "__class__":                     # pytest asks
            return Broken
        raise RuntimeError(name)

    def fail(self, *_):
        raise RuntimeError

    __float__ = __eq__ = __repr__ = __array__ = fail


def nested(depth):
    deep = [1.0]
    for _ in range(depth):
        deep = [deep]
    return deep


NONSENSE = [
    None, ..., "", " ", "cat", "🐈", "1/0", "sqrt(-1)", "9^9^9^9", "(" * 150, "1e400", "NaN", b"3", object(), type,
    print, math.nan, math.inf, -math.inf, 1j, 2 + 1j, True, [], [[]], (), {}, set(), {1: 2}, {"a": []}, [[1, 2], [3]],
    [1, [2]], [None], [...], ["x", 1], [math.nan, 1], np.array([]), np.array("x"), np.array([None, 1]),
    np.array([[1, 2]]) > 1, np.zeros((2, 3, 4)), np.ma.array([1.0, 2.0], mask=[0, 1]), np.array([1j]),
    np.zeros((400, 400)), np.float16("nan"), itertools.count(), iter([1]), (n for n in range(3)), range(10**9), 10**400,
    [10**400], Broken(), [Broken()], nested(50), nested(2000), lambda: 3, mc, mc.derivative(lambda v: v**2, [1.0, 2.0]),
    "x" * 10_000, [[[1]]] * 3, Decimal("NaN"), Decimal("Infinity"), "1 x", "x", "- -", "1,,2", "1 and", "yes no", "->",
    "a->", "π π", "__import__('os')",
]
PARTS = {
    "number": Part("number", 1.5 * np.pi), "whole": Part("number", 18.0), "zero": Part("number", 0.0),
    "vector": Part("vector", np.array([3.0, -4.0, 0.25])), "matrix": Part("matrix", M),
    "square": Part("matrix", SQUARE), "column": Part("matrix", np.array([[3.0], [-4.0], [0.25]])),
    "shape": Part("shape", (10, 4)), "column shape": Part("shape", (10, 1)), "tensor shape": Part("shape", (4, 3, 2)),
    "scalar shape": Part("shape", ()), "choice": Part("choice", 2), "several": Part("several", (1, 3)),
    "match": Part("match", (2, 1, 3)), "truth": Part("truth", False),
    "pattern": Part("pattern", "abc,a->bc"),
}


@pytest.mark.parametrize("name", PARTS)
def test_nonsense_is_neither_right_nor_an_error(name):
    for at, answer in enumerate(NONSENSE):
        judged = judge(PARTS[name], answer)
        assert not judged.right or (name == "scalar shape" and np.size(answer) == 0), f"{name} takes number {at}"
        assert judged.words and "{" not in judged.words


RIGHT = [
    ("number", 4.71238898038469), ("number", 4.71), ("number", "4.712"), ("number", "3*pi/2"), ("number", "3*π/2"),
    ("number", [4.712]), ("number", np.array([[4.71]])), ("number", Decimal("4.7124")),
    ("number", np.float32(4.712389)), ("number", "4,71"), ("whole", 18), ("whole", "18"),
    ("whole", Fraction(36, 2)), ("whole", "36/2"), ("whole", 17.999999999999996), ("whole", " 18. "), ("zero", 0),
    ("zero", "0"), ("zero", -0.0), ("zero", 1e-17), ("vector", [3, -4, 0.25]), ("vector", (3, -4, "1/4")),
    ("vector", [[3], [-4], [0.25]]), ("vector", [[3, -4, 0.25]]),
    ("vector", np.array([3, -4, 0.25])), ("vector", [np.array([3]), [-4], [0.25]]), ("matrix", M),
    ("matrix", M.tolist()), ("matrix", [(3, 0, -1), (6, Fraction(1, 2), -2)]),
    ("matrix", np.array(M, dtype=object)), ("matrix", [["3", "0", "-1"], ["6", "1/2", "-2"]]),
    ("column", [[3], [-4], [0.25]]), ("shape", "10 x 4"),
    ("shape", "10×4"), ("shape", [10, 4]), ("shape", np.array([10, 4])), ("shape", "(10, 4)"), ("shape", "10 by 4"),
    ("shape", "10 * 4"), ("shape", ("10", 4)), ("shape", (10.0, 4.0)), ("column shape", "10 x 1"),
    ("column shape", "(10,1)"), ("scalar shape", "scalar"), ("scalar shape", ()), ("scalar shape", "1 x 1"),
    ("tensor shape", "4 x 3 x 2"), ("choice", 2), ("choice", "2"), ("choice", "b."), ("choice", "2.0"),
    ("choice", "(B)"), ("several", [3, 1]), ("several", {3, 1}), ("several", "1, 3"), ("several", "a and c"),
    ("several", np.array([1, 3])), ("match", [2, 1, 3]),
    ("match", "2 1 3"), ("match", ["b", "a", "c"]), ("truth", False), ("truth", "no"), ("truth", np.False_),
    ("pattern", "jki, j -> ki"),
]


@pytest.mark.parametrize("name, answer", RIGHT)
def test_right_answers_are_taken_in_every_dress(name, answer):
    assert judge(PARTS[name], answer).right


MISTAKES = [
    ("number", -4.712, "sign"), ("number", 9.42478, "twice"), ("number", 2.356, "half"),
    ("number", 1 / 4.71238898, "inverse"), ("number", 0.471238898, "ten"), ("number", 4.7, "rounded"),
    ("number", 5, "rounded"), ("number", 4.73, "close"), ("number", 4.711, "close"), ("number", 7, "value"),
    ("number", [1, 2], "many"), ("number", "cat", "unread"), ("number", ..., "missing"),
    ("number", math.inf, "infinite"), ("whole", 18.04, "value"), ("whole", 1e300, "value"), ("number", 1e300, "value"),
    ("whole", 36, "twice"), ("whole", 180, "ten"), ("zero", 1, "value"), ("vector", [-3, 4, -0.25], "all signs"),
    ("vector", [3, -4, -0.25], "one sign"), ("vector", [3, -4, 7], "one"), ("vector", [-4, 3, 0.25], "order"),
    ("vector", [6, -8, 0.5], "all twice"), ("vector", [1.5, -2, 0.125], "all half"),
    ("vector", [9, -12, 0.75], "all factor"), ("vector", [-3, -4, -0.25], "signs"), ("vector", [3, 1, 1], "values"),
    ("vector", [3, -4], "length"), ("vector", M, "shape"), ("matrix", M.T, "transposed"), ("matrix", M.ravel(), "flat"),
    ("matrix", M.reshape(1, 6), "flat"), ("matrix", M.reshape(3, 2), "arranged"), ("matrix", -M, "all signs"),
    ("matrix", 2 * M, "all twice"), ("matrix", M + np.array([[0, 0, 0], [1, 0, 0]]), "one"),
    ("matrix", M + 1, "values"), ("matrix", M.T + 1, "turned"), ("matrix", np.ones((2, 2)), "shape"),
    ("matrix", 3, "shape"), ("matrix", [[1, 2], [3]], "ragged"), ("matrix", M[::-1], "order"),
    ("square", SQUARE.T, "transposed"), ("column", [3, -4, 0.25], "flat"), ("column", [[3, -4, 0.25]], "transposed"),
    ("shape", (4, 10), "layout"), ("shape", 40, "count"), ("shape", (10, 5), "one size"), ("shape", (9, 5), "sizes"),
    ("shape", (10,), "axes"), ("shape", "ten", "unread"), ("shape", np.zeros((10, 4)), "array"),
    ("shape", (10.5, 4), "unread"), ("column shape", (10,), "bare"), ("column shape", (1, 10), "layout"),
    ("tensor shape", (3, 4, 2), "axis order"), ("tensor shape", (2, 3, 4), "layout"), ("choice", 1, "choice"),
    ("choice", "2×1", "unread"), ("choice", "1/1", "unread"), ("several", [1], "lacking"),
    ("several", [1, 2, 3], "too many"), ("several", [2], "mixed"), ("several", [], "mixed"),
    ("match", [1, 2, 3], "pairs"), ("match", [1, 2], "pairs length"), ("truth", True, "truth"),
    ("truth", "Yes", "truth"), ("scalar shape", (1, 1, 1), "axes"), ("pattern", "jki,j->ik", "same letters"),
    ("pattern", "ij->j", "pattern"),
]


@pytest.mark.parametrize("name, answer, key", MISTAKES)
def test_each_mistake_is_told_by_its_name(name, answer, key):
    judged = judge(PARTS[name], answer)
    assert (judged.right, judged.key) == (False, key)
    assert "{" not in judged.words


def test_every_sentence_is_said_to_some_answer():
    assert set(WORDS) == {key for _, _, key in MISTAKES} | {"right", "parts", "transposed asked", "layout asked"}


@pytest.mark.parametrize("name, answer, words", [
    ("several", [1, 2, 3], "You have all the right ones, plus one that doesn't belong."),
    ("several", [1, 2, 3, 4], "You have all the right ones, plus 2 that don't belong."),
    ("several", [1], "That one is right, but one is missing."),
    ("vector", [1], "Yours has 1 entry, which isn't the right number."),
    ("shape", (10,), "Yours has 1 axis. Add up the axes of the input and those of the output."),
    ("matrix", M + [[1, 1, 0], [0, 0, 0]], "The shape is right, but 2 entries are wrong."),
    ("matrix", M + [[0, 0, 0], [0, 0, 7]], "One entry is wrong: row 2, column 3."),
    ("vector", [3, -4, 1], "One entry is wrong: number 3."),
    ("column", [[3], [-4], [1]], "One entry is wrong: number 3."),
    ("matrix", M.reshape(3, 2), "The right numbers, but arranged differently: yours is 3 × 2."),
])
def test_what_is_off_is_counted_and_named(name, answer, words):
    assert judge(PARTS[name], answer).words == words


anything = st.recursive(
    st.floats() | st.integers() | st.text(max_size=12) | st.booleans() | st.none() | st.complex_numbers()
    | st.fractions(),
    lambda inside: st.lists(inside, max_size=4) | st.tuples(inside, inside), max_leaves=6)


@given(anything)
@example([1e300, -1e-300, 0.25])
@example([[1e300] * 3] * 2)
def test_no_answer_raises(answer):
    for part in PARTS.values():
        judged = judge(part, answer)
        assert judged.words and "{" not in judged.words


def test_a_transpose_is_called_a_layout_only_of_a_derivative():
    assert judge(Part("matrix", M, derivative=False), M.T).key == "transposed asked"
    assert judge(Part("shape", (10, 4), derivative=False), (4, 10)).key == "layout asked"


numbers = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda x: abs(x) > 1e-3)


@given(numbers, st.floats(1e-5, 3.0), st.sampled_from([-1, 1]))
def test_a_perturbed_number_is_refused(wanted, part, side):
    given = wanted * (1 + side * part)
    rounding = any(abs(given - round(wanted, p)) <= 1e-6 * abs(wanted) for p in range(-6, 10))
    assert not fits(given, wanted) or rounding


@given(numbers, st.integers(3, 9))
def test_a_rounding_is_taken(wanted, digits):
    given = float(f"{wanted:.{digits}g}")
    assert fits(given, wanted) or abs(wanted - round(wanted)) <= 1e-12 * max(1, abs(wanted))


def test_a_known_mistake_has_a_sentence_of_its_own_and_another_right_answer_is_taken():
    part = Part("number", 3.0, also=(5.0,), wrong=((4.0, "You added where you should subtract."),))
    assert judge(part, 5).right
    assert judge(part, "4") == (False, "known", "You added where you should subtract.")


# What a notebook calls --------------------------------------------------------------------------------

@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A folder with one file of exercises: chapter("text")."""
    def write(text):
        (tmp_path / "99-trial.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(questions, "FOLDERS", (tmp_path,))
    return write


TWO = """
given = "n = 7"
[99-1]
hints = ["One.", "Two."]
solution = "It is $7$."
[[99-1.parts]]
ask = "how many"
kind = "number"
answer = "n * 2"
[[99-1.parts]]
ask = "which shape"
kind = "shape"
answer = "mc.shape_of(of=(2,), wrt=(n,)).shape"
"""


def test_check_speaks_of_each_part(chapter, capsys):
    chapter(TWO)

    def said(*answers):
        mb.check("99-1", *answers)
        return capsys.readouterr().out
    assert said(..., ...) == 'No answer yet. mb.hint("99-1") helps.\n'
    assert said(14, "7 x 2").startswith("Right.")
    assert said((14, (7, 2))).startswith("Right.")
    assert said(14, (2, 7)) == "how many: Right.\nwhich shape: not yet. " + WORDS["layout"] + "\n"
    assert said(14, ...) == "how many: Right.\nwhich shape: No answer yet.\n"
    assert said(14) == "This exercise asks for 2 answers, in this order; you gave 1.\n"
    for nonsense in NONSENSE:
        assert said(nonsense, nonsense)


def test_hints_come_one_after_the_other_and_the_solution_is_typeset(chapter):
    chapter(TWO)
    assert [str(mb.hint("99-1")) for _ in range(3)] == ["Hint 1 of 2: One.", "Hint 2 of 2: Two.", "Hint 1 of 2: One."]
    assert mb.solution("99-1")._repr_markdown_() == "It is $7$."


@pytest.mark.parametrize("text, words", [
    ("kind = 'number'\nanswer = '1'", "has no `solution`"),
    ("kind = 'numbr'\nanswer = '1'\nsolution = 'x'", "no `numbr`, or one that is not known"),
    ("kind = 'number'\nanswer = 'q'\nsolution = 'x'", "`answer` does not run: NameError.*in 'q'"),
    ("kind = 'shape'\nanswer = '1.5'\nsolution = 'x'", "`answer` cannot be read as shape"),
    ("kind = 'number'\nanswer = '1'\ngiven = '1/0'\nsolution = 'x'", "`given` does not run: ZeroDivisionError"),
    ("kind = 'number'\nanswer = '1'\nsolution = 'x'\nwrong = [{is = '2/2', say = 'no'}]", "would be told 'no'"),
    ("kind = 'matrix'\nanswer = 'np.ones((2, 3, 4))'\nsolution = 'x'", "not a matrix, because it has 3 axes"),
    ("kind = ", "99-trial.toml cannot be read"),
])
def test_a_fault_in_a_file_is_told(chapter, text, words):
    chapter(f"[99-1]\n{text}")
    with pytest.raises(ValueError, match=words):
        questions.find("99-1")


@pytest.mark.parametrize("text, words", [
    ("kind = 'number'\nanswer = '1'", "'solution' is a required property"),
    ("kind = 'numbr'\nanswer = '1'\nsolution = 'x'", "'numbr' is not one of"),
    ("kind = 'number'\nanswer = '1'\nhint = 'x'\nsolution = 'x'", "'hint' was unexpected"),
    ("kind = 'open'\nanswer = '1'\nsolution = 'x'", "'answer' was unexpected"),
    ("solution = 'x'\n[[99-1.parts]]\nkind = 'truth'\nanswer = true\n[[99-1.parts]]\nask = 'b'\nkind = 'number'\n"
     "answer = '1'", "parts 0 in 99-trial.toml: 'ask' is a required"),
    ("kind = 'number'\nanswer = '1'\nsolution = 'x'\nwrong = [{is = '2', say = '$x$'}]", "does not match"),
    ('kind = "open"\nsolution = "a \\frac"', "does not match"),                                # one backslash: \f
])
def test_the_shape_of_a_file_is_checked(tmp_path, text, words):
    path = tmp_path / "99-trial.toml"
    path.write_text(f"[99-1]\n{text}", encoding="utf-8")
    (found, said), = check.shape_of_exercises(path)
    assert found == "exercise 99-1" and words in said


def test_the_files_of_the_book_have_the_shape_of_the_schema():
    assert [said for path in questions.files() for said in check.shape_of_exercises(path)] == []


def test_a_name_that_is_not_there_is_told_with_its_neighbours():
    with pytest.raises(ValueError, match="no exercise '20-22'; near it are .*20-2"):
        mb.check("20-22", 3)


# The exercises of the book: each is answered right and wrong --------------------------------------------

each = pytest.mark.parametrize("name", questions.names())


def slips(part):
    """Answers that are off by one step: an entry, an order, an option."""
    wanted, kind = part.wanted, part.kind
    if kind in ("vector", "matrix"):
        off = [wanted + np.eye(1, wanted.size, k).reshape(wanted.shape) for k in range(wanted.size)]
        return off + [turned for turned in (wanted.T, wanted[::-1]) if not np.array_equal(turned, wanted)]
    return {
        "number": lambda: [wanted + 1, wanted - 0.5, 3 * wanted or 7, -wanted or 0.5],
        "shape": lambda: [(*wanted, 2), (wanted[0] + 1, *wanted[1:]), (*wanted[:-1], wanted[-1] + 1)],
        "choice": lambda: [k for k in range(1, 7) if k != wanted],
        "several": lambda: [wanted[1:], (*wanted, max(wanted) + 1), tuple(k + 1 for k in wanted)],
        "match": lambda: [tuple(k % len(wanted) + 1 for k in wanted), wanted[:-1]],
        "truth": lambda: [not wanted], "pattern": lambda: [f"{wanted}x", f"x{wanted}"],
    }[kind]()


@each
def test_an_exercise_of_the_book_is_answered_right_and_wrong(name, monkeypatch, capsys):
    exercise = questions.find(name)
    if any(part.kind in questions.TASKS for part in exercise.parts):
        return                                      # formulas and code have tests of their own
    monkeypatch.setattr(dialog, "find", lambda asked, draw=0: {name: exercise}[asked])

    def said(*answers):
        mb.check(name, *answers)
        return capsys.readouterr().out

    if not exercise.parts:
        assert said("anything").startswith("This one is for you to try.")
        return
    right = [part.wanted for part in exercise.parts]
    assert said(*right).startswith("Right.")
    for k, part in enumerate(exercise.parts):
        def with_one(answer, k=k):
            return said(*right[:k], answer, *right[k + 1:])
        for other in part.also:
            assert with_one(other).startswith("Right.")
        for mistake, words in part.wrong:
            assert words in with_one(mistake) and not with_one(mistake).startswith("Right.")
        for slip in slips(part):
            if not any(judge(part, slip).right and np.array_equal(other, slip) for other in part.also):
                assert not with_one(slip).startswith("Right."), f"takes {slip} for {part.wanted}"
    for nonsense in ((), (None,) * 9, ("cat",) * len(right)):
        assert (told := said(*nonsense)) and not told.startswith("Right.")


@each
def test_an_exercise_of_the_book_is_whole(name):
    exercise = questions.find(name)
    assert len(exercise.hints) >= 2 or not exercise.parts, "two hints, the second closer"
    chapter = name.rpartition("-")[0]
    text = (BOOK / "reference" / "editing-in-detail.md").read_text() if chapter == "try" else "\n".join(
        "".join(cell["source"]) for path in BOOK.glob(f"{chapter}-*.ipynb")
        for cell in json.loads(path.read_text())["cells"])
    assert f":label: ex-{name}\n" in text, "the question is missing"
    if 'mb.check("' in text:                        # the chapter asks in this way
        assert bool(exercise.parts) == bool(re.search(rf'mb\.check\(\s*"{name}"', text))
