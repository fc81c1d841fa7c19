"""Each fault of a notebook is told in one line: the cell as JupyterLab counts it, what is wrong, what to do."""

import json

import pytest
from nbformat.v4 import new_output

from tools import check, outputs, portability, prose, report

TITLE = "# X.7 Roots\n\n*After this page you can take roots.*"
END = "## Watch out\n\n## Exercises\n\n## In short"
STATED = "$$\na = b \\tag{3}\n$$ (eq-3)"


def code(source, *outputs, tags=(), count=None, **metadata):
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "execution_count": count,
            "metadata": ({"tags": list(tags)} if tags else {}) | metadata}


def printed(text):
    return new_output("stream", name="stdout", text=text)


def faults(folder, *cells, numbered=True, **metadata):
    path = folder / "07-roots.ipynb"
    cells = [{"cell_type": "markdown", "source": cell, "metadata": {}} if isinstance(cell, str) else cell
             for cell in (TITLE, *cells, END)]
    for count, cell in enumerate([cell for cell in cells if cell["cell_type"] == "code"], 1):
        cell["execution_count"] = cell["execution_count"] or count if numbered else None
    path.write_text(json.dumps({"cells": cells, "metadata": {"kernelspec": outputs.KERNEL} | metadata}))
    elsewhere = (check.carried, check.exercises)
    return check.faults(path, [rule for rule in check.RULES if rule not in elsewhere])


def test_a_notebook_without_what_it_carries_is_told_so(tmp_path):
    path = tmp_path / "07-roots.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": TITLE, "metadata": {}}]}))
    [fault] = check.faults(path, [check.carried])
    assert "front matter, a cell that installs" in fault and fault.endswith("make run NOTEBOOKS=book/07-roots.ipynb")
    path.write_text(json.dumps(portability.carry(json.loads(path.read_text()), path.stem)))
    assert check.faults(path, [check.carried]) == []


ANSWERS = """[07-1]\nkind = "number"\nanswer = "2"\nsolution = "x"
[07-2]\nkind = "number"\nanswer = "3"\nsolution = "x"\n[07-3]\nkind = "open"\nsolution = "x"\n"""


@pytest.mark.parametrize("change, words", [
    (lambda cells: cells.pop(0), "exercises: there are 2, and a section has three or more"),
    (lambda cells: cells.insert(0, cells[0].replace("07-1", "07-9")),
     "text, above all code): exercise 07-9 has no answer; write a table [07-9] into book/exercises/07-roots.toml"),
    (lambda cells: cells.pop(3), 'exercise 07-1 has no cell to answer in; write mb.check("07-1", …)'),
    (lambda cells: cells.append(code('mb.check("07-2", 3)', printed("Right. mb.solution(…"))),
     "In [3]: the answer of exercise 07-2 is shown; write ... in its place"),
    (lambda cells: cells.append(code('mb.solution("07-1")', printed("x"))),
     "In [3]: mb.solution shows what a reader should ask for; take it out"),
])
def test_a_fault_in_the_exercises_is_told(tmp_path, change, words):
    answers = tmp_path / "exercises" / "07-roots.toml"
    answers.parent.mkdir()
    answers.write_text(ANSWERS)
    cells = [f":::{{exercise}}\n:label: ex-07-{k}\nHow much?\n:::" for k in (1, 2, 3)]
    cells += [code(f'mb.check("07-{k}", ...)', printed("No answer yet.")) for k in (1, 2)]
    path = tmp_path / "07-roots.ipynb"

    def told():
        path.write_text(json.dumps({"cells": [
            {"cell_type": "markdown", "source": cell, "metadata": {}} if isinstance(cell, str) else cell
            for cell in cells]}))
        return check.faults(path, [check.exercises])

    assert told() == []
    change(cells)
    assert any(words in line for line in told()), told()
    answers.write_text(ANSWERS.replace('kind = "open"', 'kind = "number"\nanswer = "1"'))
    assert any('none is to be tried out ("break it")' in line for line in told())


def test_a_notebook_that_keeps_the_contract_is_told_nothing(tmp_path):
    assert faults(tmp_path, code("x = 0.25\nx", printed("0.25")), "A quarter is 0.25.", STATED,
                  code('mb.confirm("(3)", a=x)', printed("✓ (3)"), tags=["hide-check"])) == []


@pytest.mark.parametrize("cell, words", [
    (code("mc.show('a')"), "no output is stored, though mc.show shows something; run: make run NOTEBOOKS=book/07-"),
    (code("x", printed("1"), count=5), "it is stored as In [5]: run from the top; run: make run"),
    (code("x", new_output("error", ename="E", evalue="e")), "the stored output is an error; mend the cell"),
    (code("x", printed("1"), tags=["hide-inputs"]), "the book does not know the tag hide-inputs; it knows ['hide-"),
    (code('mb.confirm("(9)", a=a)', printed("1")), "it only checks, so it carries the tag hide-check; run: make run"),
    (code("x", printed("1"), execution={"a": 1}), "the time of a run is stored"),
    (code("\n".join("abcdefghi"), printed("1")), "9 visible lines, at most 8 are easy to follow; cut the cell in two"),
    (code("mc.draw.matrix(d)", printed("1")), "it draws and shows nothing; end the cell with mc.show("),
    (code("@mc.explore(alt=a)", printed("1")), "an explorer's code is folded away; give the cell the tag hide-input"),
])
def test_a_fault_in_code_names_its_cell(tmp_path, cell, words):
    found = faults(tmp_path, code("y", printed("2")), cell)
    assert len(found) == 1 and found[0].startswith("book/07-roots.ipynb, In [2]: ") and words in found[0]


@pytest.mark.parametrize("cells, words", [
    ([STATED], '(3) is not checked on its page; write mb.confirm("(3)", …) in a cell below it'),
    ([code('mb.confirm("(3)", a=a)', printed("1"), tags=["hide-check"]), STATED], "(3) is checked before it is stated"),
    (["Half is 0.7."], "the text says 0.7, and no output, figure or code of the page does; mend the text, or mark the "
                       "number as free: <!-- free: 0.7 -->"),
])
def test_a_fault_in_a_text_names_its_cell(tmp_path, cells, words):
    found = faults(tmp_path, *cells)
    where = f"cell {1 + len(cells)} (text, {'below In [1]' if len(cells) > 1 else 'above all code'})"
    assert len(found) == 1 and found[0].startswith(f"book/07-roots.ipynb, {where}: ") and words in found[0]


@pytest.mark.parametrize("part", ["After this page you can", "## Watch out", "## Exercises", "## In short", "# X.7 "])
def test_a_missing_part_is_named(tmp_path, part, monkeypatch):
    monkeypatch.setitem(globals(), "TITLE", TITLE.replace(part, ""))
    monkeypatch.setitem(globals(), "END", END.replace(part, ""))
    found = faults(tmp_path)
    assert len(found) == 1 and "the chapter has not" in found[0] and part.strip("# 7").split(".")[0] in found[0]


def test_a_notebook_without_outputs_and_one_that_was_not_run_are_told(tmp_path):
    assert any("outputs: most cells have none" in line for line in faults(tmp_path, code("x"), code("y")))
    assert any("it is stored as In [ ]" in line for line in faults(tmp_path, code("x", printed("1")), numbered=False))
    assert any("an editor's settings" in line for line in faults(tmp_path, language_info={}))


@pytest.mark.parametrize("text, found", [
    ("gaps 0.021, then 0.005", ["0.021", "0.005"]), ("$-3.5$, $0.1\\,\\%$ or 12 % of 90", ["3.5", "0.1%", "12%", "90"]),
    ("$10^{-4}$", []),
    ("for 3 inputs", []), ("$w_{12}$, $x^{10}$ and `x = 12`", []), ("[link](07-our) to X.18, E64 and (71)", []),
    ("Definition 12 and Exercises 14", []), ("1,000 and 2{,}500 and 10\\,000", ["1000", "2500", "10000"]),
    ("$$\n0.5 \\tag{14}\n$$ (eq-14)", ["0.5"]), ("```\n99\n```", []), (":::{note}\n:width: 77\ntext 88\n:::", ["88"]),
])
def test_numbers_of_a_text(text, found):
    assert prose.numbers(text) == found


@pytest.mark.parametrize("text, holds", [
    ("It is 0.25.", True), ("It is 0.3.", True), ("It is 0.2.", False), ("It is 25 %.", True), ("It is 25.", False),
    ("It is 31.", True), ("It is 0.26. <!-- free: 0.26 -->", True), ("It is 0.26. <!-- free: 0.25 -->", False),
])
def test_a_number_holds_as_it_is_rounded(tmp_path, text, holds):
    table = new_output("display_data", data={"text/html": "<td id='99'>31.2</td>", "image/png": "0.26"})
    assert (faults(tmp_path, code("x", printed("gap 0.251"), table), text) == []) == holds


def test_one_screen_for_many_failing_cells():
    cell = ("In [4]", "(14)", ["stored  gap 0.02", "now     gap 0.03"], True)
    others = [(f"In [{k}]", "x", ["now     1"], True) for k in range(5, 30)]
    told = report.screen("book/07-roots.ipynb", [cell, *others])
    assert len(told) < 20
    assert told[:4] == ["book/07-roots.ipynb", "  In [4]  (14)", "          stored  gap 0.02",
                        "          now     gap 0.03"]
    assert "and In [7], In [8]" in told[-3] and "If the change is meant: make run NOTEBOOKS=book/07-roots" in told[-2]
    assert "If not: In [4], or code or a formula above it" in told[-1]


def test_the_lines_that_differ_are_told_and_no_others():
    stored = [printed("a\nb 1\nc\n"), new_output("display_data", data={"text/html": "<p>x</p><p>y</p>"})]
    now = [printed("a\nb 2\nc\n"), new_output("display_data", data={"text/html": "<p>x</p><p>z</p>"})]
    assert report.difference(stored, now) == ["stored  b 1", "        y", "now     b 2", "        z"]
    wrong = [new_output("error", ename="ClaimError", evalue="(14) does not hold")]
    assert report.difference([printed("✓ (14)")], wrong) == ["stored  ✓ (14)",
                                                              "now     ClaimError: (14) does not hold"]
    assert report.difference([], [printed("1")]) == ["stored  (nothing)", "now     1"]
