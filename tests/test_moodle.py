"""The exercises as Moodle XML: every one is there, and Moodle would take the book's own answer."""

import re
from xml.etree import ElementTree

import pytest

from mcbook.exercises import questions
from tools import moodle


@pytest.fixture(scope="module")
def exported():
    whole = ElementTree.fromstring(moodle.quiz())
    return {question.findtext("name/text").removeprefix("Exercise "): question
            for question in whole if question.get("type") != "category"}


def test_every_exercise_is_exported_once(exported):
    assert set(exported) == {name for name in questions.names() if not name.startswith("try")}
    for name, question in exported.items():
        assert question.findtext("questiontext/text"), name
        assert "textcolor" not in ElementTree.tostring(question, encoding="unicode"), name


def test_a_number_has_its_value_and_half_a_step_as_tolerance(exported):
    tried = 0
    for name, question in exported.items():
        if question.get("type") != "numerical":
            continue
        [part] = questions.find(name).parts
        given, tolerance = float(question.findtext("answer/text")), float(question.findtext("answer/tolerance"))
        assert abs(given - part.wanted) <= 1e-9 * max(1, abs(part.wanted))
        assert tolerance <= 0.01 * abs(part.wanted) + 1e-12
        tried += 1
    assert tried > 5


def test_of_a_choice_the_right_options_count(exported):
    kinds = set()
    for name, question in exported.items():
        if question.get("type") != "multichoice":
            continue
        [part] = questions.find(name).parts
        right = {k for k, answer in enumerate(question.iter("answer"), 1) if float(answer.get("fraction")) > 0}
        assert right == ({part.wanted} if part.kind == "choice" else set(part.wanted)), name
        assert right
        kinds.add((part.kind, question.findtext("single")))
    assert kinds == {("choice", "true"), ("several", "false")}


def test_a_matrix_has_a_blank_for_each_entry(exported):
    for name in questions.names():
        exercise = questions.find(name)
        if len(exercise.parts) == 1 and exercise.parts[0].kind in ("vector", "matrix"):
            blanks = re.findall(r"\{1:NUMERICAL:=(\S+?):", exported[name].findtext("questiontext/text"))
            assert [float(blank) for blank in blanks] == pytest.approx(exercise.parts[0].wanted.ravel(), abs=1e-9)
