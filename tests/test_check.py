"""What an instructor breaks is named in one line, at its own place, with what to do, before anything is built."""

import json

import pytest
from nbformat.v4 import new_output

from tools import check, files, outputs, portability, prose, references, report

FIRST = """# X.1 Roots

$$ a = b \\tag{1} $$ (eq-1)

$$ c = d \\tag{2} $$ (eq-2)

:::{admonition} Definition 1: Box
:class: definition
:name: box-1

text
:::
"""
EXERCISES = "\n\n".join(f":::{{exercise}}\n:label: ex-08-{k}\nHow much?\n:::" for k in (1, 2, 3))
ANSWERS = """\
[08-1]\nkind = "number"\nanswer = "2"\nsolution = "x"
[08-2]\nkind = "number"\nanswer = "3"\nsolution = "x"
[08-3]\nkind = "open"\nsolution = "a\\nb"
"""


def printed(text):
    return new_output("stream", name="stdout", text=text)


def code(source, *said, tags=(), count=None, **metadata):
    """A code cell with what it printed, or with other outputs."""
    return {"cell_type": "code", "source": source, "execution_count": count,
            "outputs": [printed(one) if isinstance(one, str) else one for one in said],
            "metadata": ({"tags": list(tags)} if tags else {}) | metadata}


CELLS = ["# X.8 Leaves\n\n*After this page you can fall.*", code("x = 0.25\nx", "0.25"),
         "A quarter is 0.25.\n\n$$\na = b \\tag{3}\n$$ (eq-3)",
         code('mb.confirm("(3)", a=x)', "✓", tags=["hide-check"]),
         f"## Watch out\n\n## Exercises\n\n{EXERCISES}", code('mb.check("08-1", ...)', "No answer yet."),
         code('mb.check("08-2", ...)', "No answer yet."), "## In short"]


def write(root, *more, **metadata):
    """Write the chapter X.8, with more cells at its end."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": cell} if isinstance(cell, str) else dict(cell)
             for cell in (*CELLS, *more)]
    for count, cell in enumerate((cell for cell in cells if cell["cell_type"] == "code"), 1):
        cell["execution_count"] = cell["execution_count"] or count
    notebook = {"cells": cells, "metadata": {"kernelspec": outputs.KERNEL} | metadata, "nbformat": 4}
    (root / "book" / "08-leaves.ipynb").write_text(json.dumps(notebook, ensure_ascii=False, indent=1))


@pytest.fixture
def book(tmp_path):
    """A book of two chapters with a file of exercises and a picture, to be broken."""
    (tmp_path / "book" / "exercises").mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("- file: book/01-roots\n- file: book/08-leaves\n")
    write(tmp_path)
    (tmp_path / "book" / "01-roots.ipynb").write_text(json.dumps({
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": FIRST}], "metadata": {}, "nbformat": 4}))
    (tmp_path / "book" / "exercises" / "08-leaves.toml").write_text(ANSWERS)
    (tmp_path / "book" / "picture.png").touch()
    return tmp_path


def told(root):
    """What `make check` says of X.8 without running it, but for what only JupyterLab and Colab need."""
    rules = [rule for rule in check.RULES if rule != check.carried]
    return files.faults(root=root) or [
        *check.faults(root / "book" / "08-leaves.ipynb", rules), *references.faults(root)]


#: What is added to the chapter: texts, or code -> what is said of the last one; None where nothing is.
ADDED = [
    # references
    ("{eq}`(3) <eq-1>`", "the reference says (3) and leads to eq-1, which is (1); write (1), or lead to eq-3"),
    ("{eq}`(9) <eq-1>`", "the reference says (9) and leads to eq-1, which is (1); write (1)"),
    ("{eq}`one <eq-1>`", "the reference says one and leads to eq-1, which is (1); write (1)"),
    ("{ref}`Definition 9\n<box-1>`", "the reference says Definition 9 and leads to box-1, which is Definition 1"),
    ("{ref}`(1) <box-1>`", "the reference says (1) and leads to box-1, which is Definition 1"),
    ("{eq}`(8) <eq-8>`", "the reference {eq}`(8)` leads to eq-8, which is nowhere in the book"),
    ("{ref}`box-8`", "the reference {ref}`box-8` leads to box-8, which is nowhere in the book"),
    ("[X.2](01-roots)", "the link says X.2 and leads to 01-roots, which is X.1"),
    ("![](picture.png)", "the picture picture.png has no words for those who do not see it"),
    ("![a hill](hill.png)", "there is no picture hill.png beside this page"),
    ("{eq}`(1) <eq-1>`, {eq}`eq-1`, {ref}`Definition 1 <box-1>`, {ref}`the box <box-1>`, [X.1](01-roots)\n\n```\n"
     "{eq}`(9) <eq-1>`\n```\n`` {ref}`Definition 7 <box-1>` `` ![words](picture.png)", None),
    # numbers and labels
    ("$$ x \\tag{1} $$ (eq-1)", "(1) stands already in book/01-roots.ipynb, cell 1 (text, above all code)"),
    ("$$ x $$ (eq-1)", "eq-1 stands already in book/01-roots.ipynb, cell 1 (text, above all code)"),
    ("$$ x \\tag{4} $$ (eq-5)", "(4) is labelled (eq-5) after its last $$; it should be eq-4"),
    ("$$ x \\tag{4} $$", "(4) has no label; write (eq-4) after its last $$"),
    (":::{admonition} Definition 1: Again\n:name: box-1\n:::", "Definition 1 stands already in book/01-roots.ipynb"),
    (":::{admonition} Definition 7: Again\n:name: box-8\n:::", "is labelled :name: box-8; it should be box-7"),
    # checks
    ("$$ c = d \\tag{4} $$ (eq-4)", '(4) is not checked on its page; write mb.confirm("(4)", …) in a cell below it'),
    ((code('mb.confirm("(4)", a=x)', "1", tags=["hide-check"]), "$$ c = d \\tag{4} $$ (eq-4)"),
     "(4) is checked before it is stated"),
    (code('mb.confirm("(9)", a=a)', "1"), "it only checks, so it carries the tag hide-check; run: make run"),
    (code('x = 1\nmb.confirm("(3)", a=x)', "1"), "it checks among other code"),
    # Markdown
    (":::{admonition} Definition\nwords", "the box or fence that begins with :::{admonition} Definition is not closed; "
                                          "write ::: on a line below it"),
    ("```python\nx = 1", "the box or fence that begins with ```python is not closed"),
    ("words\n:::", "::: closes no box"),
    (":::{admonitoin} T\nwords\n:::", "there is no directive {admonitoin}; did you mean {admonition}?"),
    ("a $\\fracc{1}{2}$ b", "\\fracc{1}{2}: "),
    ("$$\n\\begin{bmatrix} a\n$$", "\\begin{bmatrix} a: "),
    ("$\\textcolor{red}{x}$", "red is no color of the book's; write royalblue for an input, sienna for an output"),
    ("### Deep\n\nwords", None),
    ("#### Deep", 'the heading "Deep" is of level 4 below one of level 2; write ### Deep'),
    ("# Second", 'a page has one title, and "Second" is another one; write ## Second'),
    ("| a | b |\n| --- | --- |\n| 1 |", "the row | 1 | of a table has 1 cells, and its head has 2"),
    ("| a | b |\n| --- | --- |\n| $|x|$ | 1 |", "has 4 cells, and its head has 2; a | inside of a cell is written \\|"),
    ("Half is 0.7.", "the text says 0.7, and no output, figure or code of the page does; mend the text, or mark the "
                     "number as free: <!-- free: 0.7 -->"),
    # figures without words
    (code("mc.show()", "1"), "mc.show has no words, or too few, for those who do not see the picture"),
    (code('mc.show("a hill")', "1"), "mc.show has no words, or too few"),
    (code('mc.show("a picture of a hill, seen from the east")', "1"), None),
    (code("@mc.explore(step=[1, 2])\ndef f(step):\n    pass", "1", tags=["hide-input"]),
     'write @mc.explore(alt="what it shows", …)'),
    # code
    (code("@mc.explore(alt='a hill that the reader walks around')\ndef f(step):\n    pass", "1"),
     "an explorer's code is folded away; give the cell the tag hide-input"),
    (code("mc.draw.matrix(d)", "1"), "it draws and shows nothing; end the cell with mc.show("),
    (code("\n".join("abcdefghi"), "1"), "9 visible lines, at most 8 are easy to follow; cut the cell in two"),
    (code("%matplotlib inline\nx"), "%matplotlib inline is a command of Jupyter"),
    (code("!pip install thing\nx"), "!pip install thing is a command of Jupyter"),
    (code("n = input('n?')\nx"), "input() waits for an answer, and a build has nobody who gives it"),
    (code("plt.plot(v, color='red')\nx"), "color='red' is a color by hand"),
    (code("plt.plot(v, c='#ff0000')\nx"), "'#ff0000' is a color by hand"),
    (code("f(\nx"), None),
    # what is stored
    (code("mc.hint('08-1')"), "no output is stored, though mc.hint shows something; run: make run NOTEBOOKS=book/08-"),
    (code("x", "1", count=9), "it is stored as In [9]: run from the top; run: make run"),
    (code("x", new_output("error", ename="E", evalue="e")), "the stored output is an error; mend the cell"),
    (code("x", "1", tags=["hide-inputs"]), "the book does not know the tag hide-inputs; it knows ['hide-"),
    (code("x", "1", execution={"a": 1}), "the time of a run is stored"),
    # exercises
    (":::{exercise}\n:label: ex-08-9\nHow much?\n:::",
     "exercise 08-9 has no answer; write a table [08-9] into book/exercises/08-leaves.toml"),
    (code('mb.check("08-2", 3)', "Right. mb.solution(…"), "the answer of exercise 08-2 is shown; write ... in its"),
    (code('mb.solution("08-1")', "x"), "mb.solution shows what a reader should ask for; take it out"),
]


@pytest.mark.parametrize("cells, words", ADDED)
def test_a_slip_is_named_at_its_place(book, cells, words):
    cells = cells if isinstance(cells, tuple) else (cells,)
    write(book, *cells)
    found = told(book)
    assert len(found) == bool(words), found
    count = sum(not isinstance(cell, str) for cell in (*CELLS, *cells))
    text = f"cell {len(CELLS) + len(cells)} (text, below In [{count}])"
    place = f"book/08-leaves.ipynb, {text if isinstance(cells[-1], str) else f'In [{count}]'}: "
    assert all(line.startswith(place) and words in line for line in found)


def edited(old, new, name="08-leaves.ipynb"):
    """A change of a file: bytes that stand in it become others."""
    def change(root):
        path = next(root.rglob(name))
        assert old in path.read_bytes()
        path.write_bytes(path.read_bytes().replace(old, new, 1))
    return change


#: A change of the book -> the line that is told.
CHANGED = [
    *((edited(part, b"words"), "08-leaves.ipynb, text: the chapter has not ")
      for part in (b"After this page you can", b"## Watch out", b"## Exercises", b"## In short")),
    (edited(b"X.8 Leaves", b"X.8 $x$"), "08-leaves.ipynb, text: the chapter has not a title without formulas"),
    (edited(b'"execution_count": 1', b'"execution_count": null'), "In [1]: it is stored as In [ ]"),
    (lambda root: write(root, *map(code, "abcdef")), "outputs: most cells have none"),
    (lambda root: write(root, language_info={}), "metadata: an editor's settings are stored; run: make run"),
    (lambda root: write(root, kernelspec={"name": "my-env"}), "metadata: it asks for the kernel 'my-env', which other "
                                                              "machines do not have; run: make run"),
    (edited(b"{", b"\xef\xbb\xbf{"), "08-leaves.ipynb, line 1: the file begins with a byte-order mark; run: make run"),
    (edited(b"fall", b"f\xe4ll"), "08-leaves.ipynb, line 6: a character is not written in UTF-8"),
    (edited(b'"cells": [', b'"cells": ['[:-1]), ": this is no notebook: "),
    (edited(b'"cells"', b'"worksheets"'), "08-leaves.ipynb, line 1: this is no notebook of version 4"),
    (edited(b"fall", b"\n<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> other"), "a conflict of git is not resolved; "),
    (edited(b"fall", b"one word <<<<<<< HEAD"), "a conflict of git is not resolved"),
    (edited(b'"open"', b"open", "*.toml"), "exercises/08-leaves.toml, the file is no TOML: "),
    (edited(b"[08-1]", b"\xef\xbb\xbf[08-1]", "*.toml"), "08-leaves.toml, line 1: the file begins with a byte-order"),
    (edited(b"[08-1]", b"<<<<<<< HEAD\n[08-1]", "*.toml"), "08-leaves.toml, line 1: a conflict of git"),
    *((edited(b'"a\\nb"', f'"a $\\{macro}$"'.encode(), "*.toml"), f"[08-3], solution: \\{macro}$ has lost its "
       "backslash; write '…' with single quotes")
      for macro in ("frac{1}{2}", "text{a}", "beta", "right)", "nabla", "neq")),
    (edited(b":label: ex-08-3", b""), "exercises: there are 2, and a section has three or more"),
    (edited(b'mb.check(\\"08-1', b'print(\\"08-1'), 'exercise 08-1 has no cell to answer in; write mb.check('),
    (edited(b'kind = "open"', b'kind = "open"\nanswers = "x"', "*.toml"), "exercise 08-3: its table in 08-leaves.toml"),
    (lambda root: (edited(b'"open"', b'"truth"\nanswer = true', "*.toml")(root),
                   write(root, code('mb.check("08-3", ...)', "No answer yet."))), "none is to be tried out"),
    (lambda root: (root / "book" / "page.md").write_text("a\n\nb {eq}`(9) <eq-1>`\n"),
     "book/page.md, line 3: the reference says (9) and leads to eq-1, which is (1); write (1)"),
]


@pytest.mark.parametrize("change, words", CHANGED, ids=[words[:60] for _, words in CHANGED])
def test_a_change_that_breaks_the_book_is_named_in_a_line(book, change, words):
    change(book)
    found = told(book)
    assert len(found) == 1 and words in found[0], found


def test_a_whole_book_is_told_nothing_and_ours_is_whole(book):
    assert told(book) == files.faults() == references.faults() == []


def test_a_notebook_without_what_it_carries_is_told_so(book):
    path = book / "book" / "08-leaves.ipynb"
    [fault] = check.faults(path, [check.carried])
    assert "front matter, a cell that installs" in fault and fault.endswith("make run NOTEBOOKS=book/08-leaves.ipynb")
    path.write_text(json.dumps(portability.carry(json.loads(path.read_text()), path.stem)))
    assert check.faults(path, [check.carried]) == []


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
    ("It is 0.451.", True), ("It is 0.4.", False), ("It is 0.5.", True), ("It is 45 %.", True), ("It is 45.", False),
    ("It is 31.", True), ("It is 0.26. <!-- free: 0.26 -->", True), ("It is 0.26. <!-- free: 0.27 -->", False),
])
def test_a_number_holds_as_it_is_rounded(book, text, holds):
    table = new_output("display_data", data={"text/html": "<td id='99'>31.2</td>", "image/png": "0.26"})
    write(book, code("x", "gap 0.451", table), text)
    assert (told(book) == []) == holds


def test_one_screen_for_many_failing_cells():
    cell = ("In [4]", "(14)", ["stored  gap 0.02", "now     gap 0.03"], True)
    others = [(f"In [{k}]", "x", ["now     1"], True) for k in range(5, 30)]
    told = report.screen("book/07-roots.ipynb", [cell, *others])
    assert len(told) < 20
    assert told[:4] == ["book/07-roots.ipynb", "  In [4]  (14)", "          stored  gap 0.02",
                        "          now     gap 0.03"]
    assert "and In [7], In [8]" in told[-3] and "If the change is meant: make run NOTEBOOKS=book/07-roots" in told[-2]
    assert "If not: In [4], or code or a formula above it" in told[-1]


def shown(html):
    return new_output("display_data", data={"text/html": html})


@pytest.mark.parametrize("stored, now, told", [
    ([printed("a\nb 1\nc\n"), shown("<p>x</p><p>y</p>")], [printed("a\nb 2\nc\n"), shown("<p>x</p><p>z</p>")],
     ["stored  b 1", "        y", "now     b 2", "        z"]),
    ([printed("✓ (14)")], [new_output("error", ename="ClaimError", evalue="(14) does not hold")],
     ["stored  ✓ (14)", "now     ClaimError: (14) does not hold"]),
    ([], [printed("1")], ["stored  (nothing)", "now     1"]),
])
def test_the_lines_that_differ_are_told_and_no_others(stored, now, told):
    assert report.difference(stored, now) == told
