"""The shape drill asks by the rule of mc.shape_of, and takes right answers only."""

import numpy as np
import pytest
from test_exercises_page import SCRIPTS, by_script

import mcnotes as mc

#: Numbers from 0 to 1, the same at each run; the drill takes them one by one.
RANDOM = "((seed) => () => (seed = (seed * 48271) % 2147483647) / 2147483647)"
COUNT = 3000


@pytest.fixture(scope="module")
def asked():
    return by_script("drill.js", f"script.ask({RANDOM}(each * 7919 + 1))", list(range(1, COUNT)))


def expected(one):
    """What Python says to a question of the drill."""
    of, wrt = tuple(one["of"]), tuple(one["wrt"])
    if one["what"] == "product":
        left, right = (np.ones(shape).T if turned else np.ones(shape)
                       for shape, turned in zip((wrt, of), one["turned"], strict=True))
        return list((left @ right).shape) if left.shape[1] == right.shape[0] else None
    known = mc.shape_of(of=of, wrt=wrt)
    return {"shape": list(known.shape), "axes": known.axes, "size": known.size,
            "numerator": list(known.shape[::-1])}[one["what"]]


def test_every_answer_is_that_of_shape_of_and_each_miss_is_explained_in_its_numbers(asked):
    for one in asked:
        assert one["wanted"] == expected(one), one
        assert len(one["why"]) > 20 and "undefined" not in one["why"]
        if one["what"] in ("size", "axes"):
            assert str(one["wanted"]) in one["why"]
        if one["what"] == "shape" and one["wanted"]:
            assert "\u00a0×\u00a0".join(map(str, one["wanted"])) in one["why"]
    kinds = {(len(one["of"]), len(one["wrt"])) for one in asked if one["what"] == "shape"}
    assert kinds == {(of, wrt) for of in range(3) for wrt in range(3)}
    assert {one["what"] for one in asked} == {"shape", "axes", "size", "numerator", "product"}
    assert 0.4 < np.mean([one["wanted"] is not None for one in asked if one["what"] == "product"]) < 0.6


def test_a_reader_is_asked_for_what_is_known_so_far():
    kinds, words = [], []
    for k in range(6):
        asked = by_script("drill.js", f"script.ask({RANDOM}(each * 7919 + 1), script.LEVELS[{k}])", list(range(1, 500)))
        kinds.append({(len(one["wrt"]), len(one["of"])) for one in asked if one["what"] != "product"})
        words.append({one["what"] for one in asked})
    assert kinds[0] == {(1, 0)} and words[0] == {"shape", "size", "product"}, "gradients come first"
    assert [len(there) for there in kinds] == [1, 2, 3, 4, 5, 9]
    assert all(before < after for before, after in zip(kinds, kinds[1:], strict=False))
    assert [k for k in range(6) if "axes" in words[k]] == [5]


def test_the_rule_holds_for_columns_and_rows_too():
    shapes = [(), (1, 1), (4,), (4, 1), (1, 4), (2, 3), (1, 1, 2), (5, 6, 7)]
    pairs = [(of, wrt) for of in shapes for wrt in shapes]
    here = by_script("drill.js", "script.shapeOf(each[0], each[1])", pairs)
    for (of, wrt), there in zip(pairs, here, strict=True):
        known = mc.shape_of(of=of, wrt=wrt)
        assert there == {"shape": list(known.shape), "axes": known.axes, "size": known.size}, (of, wrt)


def test_right_answers_are_taken_and_others_are_not(asked):
    cases = []
    for one in asked[:600]:
        wanted = one["wanted"]
        right = "no" if wanted is None else str(wanted)
        if isinstance(wanted, list):
            right = " x ".join(map(str, wanted)) or "scalar"
        cases += [(one, right, True), (one, "cat", False), (one, "", False), (one, "9 x 9 x 9 x 9 x 9", False)]
        if isinstance(wanted, list) and len(wanted) > 1:
            cases.append((one, " x ".join(map(str, wanted[::-1])), False))
            cases.append((one, "no", False))
        if wanted is None:
            cases.append((one, "2 x 3", False))
    judging = str(SCRIPTS / "exercises.js")
    code = f"script.judge(each[0], each[1], require({judging!r})).right"
    here = by_script("drill.js", code, [case[:2] for case in cases])
    assert [(case[0]["what"], case[1]) for case, said in zip(cases, here, strict=True) if said != case[2]] == []
