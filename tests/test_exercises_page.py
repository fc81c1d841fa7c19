"""The page judges as the notebook does: one table of answers is put to both."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
from test_exercises import MISTAKES, PARTS, RIGHT

from book._ext.forms import put_forms
from mcbook.exercises import questions
from mcbook.exercises.diagnosis import KINDS, judge
from mcbook.exercises.questions import Part
from mcbook.exercises.words import WORDS

SCRIPTS = pathlib.Path(__file__).parent.parent / "book" / "_static"
NODE = shutil.which("node", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]]))


def unpack(packed):
    """What travels with a page in a form."""
    return json.loads(base64.b64decode(packed[::-1]))


def by_script(script, expression, data):
    """What an expression of a script gives for each of the data, computed by Node."""
    words = {"say": WORDS, "asked": {name: kind.asked for name, kind in KINDS.items()}}
    code = (f"globalThis.window = {{mcWords: {json.dumps(words)}}};"
            f"const script = require({json.dumps(str(SCRIPTS / script))});"
            "const data = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
            f"process.stdout.write(JSON.stringify(data.map((each) => {expression})));")
    done = subprocess.run([NODE, "-e", code], input=json.dumps(data), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def packed(part):
    return unpack(questions.pack(questions.Exercise("99-1", (part,))))[0]


def typed(part, answer):
    """An answer as a form holds it, or None where no form can hold it."""
    if part.kind == "shape" and isinstance(answer, tuple):
        return " x ".join(map(str, answer))
    entries = np.array(answer, dtype=object)
    axes = {"matrix": 2, "vector": 1, "several": 1, "match": 1}.get(part.kind, 0)
    if entries.ndim != axes or not entries.size or not all(isinstance(one, str | int | float) for one in entries.flat):
        return None
    return np.vectorize(str, otypes=[object])(entries).tolist()


TEXTS = ["", " ", "…", "3*pi/2", "-2^2", "2^-1", "2**3**2", "sqrt 4", "√9", "sqrt(2)/2", "1/0", "log(0)", "sqrt(-1)",
         "(1+2)*3", "(1", "1)", "1 2", "--3", "+-+3", "1e3", "1e300", "-1e300", "1e400", "1,5", "1,000",
         "1,000,000.5", "1 000", "0,125", ".5", "5.", "3·4", "2×3", "3×1", "−7", "π", "pi", "pi pi", "e^1", "exp(1)",
         "ln(e)", "abs(-3)", "sin(pi/2)", "tanh(0)", "cat", "0x10", "1_000", "()", "sin", "2 sin(1)", "9^9^9^9",
         "0^-1", "(-8)^(1/3)", "1/3", "2/3", "0.666", "0.667", "18.04", "NaN", "Infinity", "2.0", "2.5", "b", "(b)",
         "99", "100", "0", "sin 2", "0b1", "1 if 1 else 2", "True", "3 # three", "2(3)", "e5", "05", "2//3", "1E2"]


def random_cases():
    """Answers near a wanted one: rounded, perturbed, turned, scaled, permuted; the same ones at each run."""
    random, cases = np.random.default_rng(14), []
    for _ in range(400):
        wanted = float(np.round(random.normal() * 10.0 ** random.integers(-2, 4), random.integers(0, 12)))
        near = [factor * wanted for factor in (1, -1, 2, 0.5, 1.001, 1.0004, 10)] + [wanted + random.normal()]
        near += [*(float(f"{wanted:.{d}g}") for d in range(1, 7)), 1 / wanted if wanted else 0, 1e300, -1e-300]
        part = Part("number", wanted, digits=int(random.integers(2, 5)))
        cases += [(part, repr(float(answer))) for answer in near]
    for _ in range(60):
        wanted = np.round(random.normal(size=random.integers(1, 4, 2)) * 3, random.integers(0, 5))
        part, flat = Part("matrix", wanted, derivative=bool(random.integers(2))), Part("vector", wanted.ravel())
        one, flipped = wanted.copy(), wanted.copy()
        one[0, 0] += 1
        flipped[0] *= -1
        near = [wanted, wanted.T, -wanted, 2 * wanted, wanted / 2, one, flipped, wanted[::-1], wanted + 1, 3 * wanted,
                wanted.reshape(1, -1), wanted.reshape(-1, 1), np.round(wanted, 3), np.round(wanted, 2), wanted.T + 1,
                -wanted.T]
        cases += [(part, [[repr(float(entry)) for entry in row] for row in answer]) for answer in near]
        cases += [(flat, [repr(float(entry)) for entry in answer.ravel()]) for answer in near]
        cases += [(flat, ["1", "2", "x"]), (flat, ["1"]), (part, [["1", ""], ["2", "3"]])]
        sizes = tuple(random.integers(1, 5, random.integers(0, 5)).tolist())
        others = [sizes, sizes[::-1], tuple(sorted(sizes)), (int(np.prod(sizes)),), (*sizes, 2), sizes[:-1],
                  tuple(n + 1 for n in sizes), (*sizes[:-1], 9), (1, 1), (1,)]
        part = Part("shape", sizes, derivative=bool(random.integers(2)))
        cases += [(part, " x ".join(map(str, other)) or "()") for other in others]
        picks = [sorted(set(random.integers(1, 5, random.integers(1, 4)).tolist())) for _ in range(4)]
        cases += [(Part("several", tuple(picks[0])), [str(k) for k in pick]) for pick in picks]
    return cases


def test_page_and_notebook_say_the_same():
    cases = [(PARTS[name], typed(PARTS[name], answer)) for name, answer, *_ in [*RIGHT, *MISTAKES]]
    cases = [(part, entered) for part, entered in cases if entered is not None]
    assert {part.kind for part, _ in cases} == set(KINDS)
    cases += [(PARTS[name], text) for text in TEXTS for name in ("number", "whole", "zero", "shape", "choice", "truth",
                                                                 "pattern")]
    cases += random_cases()
    said = by_script("exercises.js", "script.judge(each[0], each[1])",
                     [[packed(part), entered] for part, entered in cases])
    different = [(part.kind, part.wanted, entered, here, there)
                 for (part, entered), there in zip(cases, said, strict=True)
                 if (here := judge(part, entered)._asdict()) != there]
    assert not different, f"{len(different)} of {len(cases)}, first {different[0]}"
    assert len(cases) > 5000 and {one["key"] for one in said} >= set(WORDS) - {"parts", "many", "array", "ragged"}


def test_an_answer_is_not_in_clear_text_but_comes_back():
    part = Part("matrix", np.array([[3.0, 0.5, -1.25]]), wrong=((np.array([[1.0, 1.0, 1.0]]), "no: “1”"),))
    exercise = questions.Exercise("99-1", (part,))
    assert "1.25" not in questions.pack(exercise)
    back = unpack(questions.pack(exercise))[0]
    assert back["wanted"] == {"shape": [1, 3], "values": [3.0, 0.5, -1.25]} and back["wrong"][0][1] == "no: “1”"


QUESTION = ":::{exercise}\n:label: ex-20-2\nWhat?\n:::\n"


def test_a_form_is_put_into_the_question_it_belongs_to():
    inside = ":::{exercise}\n:label: ex-20-2\nWhat?\n\n```{ask} 20-2\n```\n:::\n"
    texts = [QUESTION + "\n" + QUESTION.replace("20-2", "77-1")]
    put_forms(None, "book/x", texts)
    assert texts[0] == inside + "\n" + QUESTION.replace("20-2", "77-1")
    shown = ["```\n" + QUESTION + "```\n"]
    put_forms(None, "book/x", shown)
    assert "{ask}" not in shown[0]
    cells = [{"cell_type": "markdown", "source": QUESTION.splitlines(True)}, {"cell_type": "code", "source": QUESTION}]
    texts = [json.dumps({"cells": cells})]
    put_forms(None, "book/x", texts)
    assert [cell["source"] for cell in json.loads(texts[0])["cells"]] == [inside, QUESTION]
