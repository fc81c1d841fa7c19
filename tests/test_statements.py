"""The table of numbered statements agrees with itself and with the files of the book."""

from mcnotes.statements.tables import BOXES, EQUATIONS, SECTIONS


def test_every_number_is_there_once():
    assert list(BOXES) == list(range(1, 33))
    assert list(EQUATIONS) == list(range(1, 90))
    assert {section for _, section in BOXES.values()} | set(EQUATIONS.values()) | {"X.17"} == set(SECTIONS)


def test_some_numbers_stand_where_the_notes_have_them():
    assert BOXES[9] == ("Definition", "X.7")
    assert BOXES[24] == ("Clarification", "X.18")
    assert BOXES[31] == ("Notation", "X.22")
    assert (EQUATIONS[16], EQUATIONS[41], EQUATIONS[48]) == ("X.7", "X.12", "X.14")
