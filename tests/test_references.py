"""Each slip is told in one line: the file, the cell as JupyterLab counts it, what it says and what it should say."""

import json

import pytest

from tools import references

FIRST = r"""# X.1 Roots

$$ a = b \tag{1} $$ (eq-1)

:::{admonition} Definition 1: Box
:class: definition
:name: box-1

text
:::
"""
GOOD = r"""# X.2 Leaves

$$ c = d \tag{2} $$ (eq-2)

See {eq}`(1) <eq-1>`, {eq}`eq-1`, {ref}`Definition 1 <box-1>`, {ref}`the box <box-1>` and [X.1](01-a).

```
{eq}`(9) <eq-1>`
```
`` {ref}`Definition 7 <box-1>` `` ![words](picture.png)
"""


def book(folder, *cells, page="words"):
    """A book of two notebooks; the second holds the cells, Markdown unless they begin with code."""
    (folder / "book").mkdir()
    (folder / "_toc.yml").write_text("- file: book/01-a\n- file: book/02-b\n- file: book/page\n")
    for name, texts in (("01-a", [FIRST]), ("02-b", cells)):
        written = [{"cell_type": "code" if text.startswith(("mc.", "@mc", "x =")) else "markdown",
                    "source": text.splitlines(keepends=True)} for text in texts]
        (folder / "book" / f"{name}.ipynb").write_text(json.dumps({"cells": written}))
    (folder / "book" / "page.md").write_text(page)
    (folder / "book" / "picture.png").touch()
    return references.faults(folder)


def test_a_book_without_slips_is_told_nothing(tmp_path):
    assert book(tmp_path, GOOD, "x = 1", 'mc.show("a picture of a hill, seen from the east")') == []


@pytest.mark.parametrize("slip, words", [
    ("{eq}`(3) <eq-1>`", "the reference says (3) and leads to eq-1, which is (1); write (1)"),
    ("{eq}`(2) <eq-1>`", "the reference says (2) and leads to eq-1, which is (1); write (1), or lead to eq-2"),
    ("{eq}`one <eq-1>`", "the reference says one and leads to eq-1, which is (1); write (1)"),
    ("{ref}`Definition 9\n<box-1>`", "the reference says Definition 9 and leads to box-1, which is Definition 1"),
    ("{ref}`(1) <box-1>`", "the reference says (1) and leads to box-1, which is Definition 1"),
    ("{eq}`(8) <eq-8>`", "the reference {eq}`(8)` leads to eq-8, which is nowhere in the book"),
    ("{ref}`box-8`", "the reference {ref}`box-8` leads to box-8, which is nowhere in the book"),
    ("[X.2](01-a)", "the link says X.2 and leads to 01-a, which is X.1"),
    ("![](picture.png)", "the picture picture.png has no words for those who do not see it"),
    ("$$ x \\tag{1} $$ (eq-3)", "(1) stands already in book/01-a.ipynb, cell 1 (text, above all code)"),
    ("$$ x \\tag{3} $$ (eq-1)", "eq-1 stands already in book/01-a.ipynb, cell 1 (text, above all code)"),
    ("$$ x \\tag{3} $$ (eq-4)", "(3) is labelled (eq-4) after its last $$; it should be eq-3"),
    ("$$ x \\tag{3} $$", "(3) has no label; write (eq-3) after its last $$"),
    (":::{admonition} Definition 1: Again\n:name: box-7\n:::", "Definition 1 stands already in book/01-a.ipynb, cell"),
    (":::{admonition} Definition 7: Again\n:name: box-8\n:::", "Definition 7 is labelled :name: box-8; "
                                                                         "it should be box-7"),
])
def test_a_slip_in_a_text_names_its_cell(tmp_path, slip, words):
    found = book(tmp_path, GOOD, "x = 1", "x = 2", slip)
    assert any(line.startswith("book/02-b.ipynb, cell 4 (text, below In [2]): ") and words in line for line in found)


@pytest.mark.parametrize("slip, words", [
    ("mc.show()", "mc.show has no words, or too few, for those who do not see the picture"),
    ('mc.show("a hill")', "mc.show has no words, or too few"),
    ("@mc.explore(step=[1, 2])\ndef f(step):\n    pass", 'write @mc.explore(alt="what it shows", …)'),
])
def test_a_figure_without_words_names_its_cell(tmp_path, slip, words):
    found = book(tmp_path, "# X.2 B", "x = 1", slip)
    assert len(found) == 1 and found[0].startswith("book/02-b.ipynb, In [2]: ") and words in found[0]


def test_a_slip_in_a_page_names_its_line(tmp_path):
    found = book(tmp_path, GOOD, page="a\n\nb {eq}`(2) <eq-1>`\n")
    assert found == ["book/page.md, line 3: the reference says (2) and leads to eq-1, which is (1); "
                     "write (1), or lead to eq-2"]


def test_the_book_has_no_slips():
    assert references.faults() == []
