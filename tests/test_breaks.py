"""What an instructor breaks is named in a line, at its own place, before anything is built: one table."""

import copy
import json

import pytest
from nbformat.v4 import new_output

from tools import check, files, outputs, references

TEXT = "# X.8 Leaves\n\n*After this page you can fall.*"
CELLS = [TEXT, "## Watch out\n\n## Exercises\n\n## In short", ["x = 1\nx", "1"]]


@pytest.fixture
def book(tmp_path):
    """A book of one chapter with one file of exercises, to be broken."""
    (tmp_path / "book" / "exercises").mkdir(parents=True)
    (tmp_path / "_toc.yml").write_text("- file: book/08-leaves\n")
    write(tmp_path)
    (tmp_path / "book" / "exercises" / "08-leaves.toml").write_text('[08-1]\nkind = "open"\nask = "a\\nb"\n')
    return tmp_path


def write(root, *more, **metadata):
    cells = []
    for cell in (*CELLS, *more):
        if isinstance(cell, str):
            cells.append({"cell_type": "markdown", "metadata": {}, "source": cell})
        else:
            cells.append({"cell_type": "code", "metadata": {}, "source": cell[0], "execution_count": 1 + sum(
                other["cell_type"] == "code" for other in cells), "outputs": [
                    new_output("stream", name="stdout", text=text) for text in cell[1:]]})
    notebook = {"cells": cells, "metadata": {"kernelspec": outputs.KERNEL} | metadata, "nbformat": 4}
    (root / "book" / "08-leaves.ipynb").write_text(json.dumps(notebook, ensure_ascii=False, indent=1))


def told(root):
    """What `make check` says without running anything."""
    path = root / "book" / "08-leaves.ipynb"
    rules = [rule for rule in check.RULES if rule not in (check.carried, check.exercises)]
    return files.faults(root=root) or [*check.faults(path, rules), *references.faults(root)]


def test_a_whole_book_is_told_nothing(book):
    assert told(book) == []


#: What is added to the chapter: a text, or code -> what is said of it.
ADDED = [
    (":::{admonition} Definition\nwords", "cell 4 (text, below In [1]): the box or fence that begins with "
                                          ":::{admonition} Definition is not closed; write ::: on a line below it"),
    ("```python\nx = 1", "the box or fence that begins with ```python is not closed"),
    ("words\n:::", "::: closes no box"),
    (":::{admonitoin} T\nwords\n:::", "there is no directive {admonitoin}; did you mean {admonition}?"),
    ("a $\\fracc{1}{2}$ b", "\\fracc{1}{2}: "),
    ("$$\n\\begin{bmatrix} a\n$$", "\\begin{bmatrix} a: "),
    ("### Deep\n\nwords", None),
    ("#### Deep", 'the heading "Deep" is of level 4 below one of level 2; write ### Deep'),
    ("# Second", 'a page has one title, and "Second" is another one; write ## Second'),
    ("![a hill](hill.png)", "there is no picture hill.png beside this page"),
    ("| a | b |\n| --- | --- |\n| 1 |", "the row | 1 | of a table has 1 cells, and its head has 2"),
    ("| a | b |\n| --- | --- |\n| $|x|$ | 1 |", "has 4 cells, and its head has 2; a | inside of a cell is written \\|"),
    ("$\\textcolor{red}{x}$", "red is no color of the book's; write royalblue for an input, sienna for an output"),
    ("<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> other", ": a conflict of git is not resolved; keep one side"),
    ("one word <<<<<<< HEAD", "a conflict of git is not resolved"),
    (["%matplotlib inline", "x"], "In [2]: %matplotlib inline is a command of Jupyter"),
    (["!pip install thing", "x"], "In [2]: !pip install thing is a command of Jupyter"),
    (["n = input('n?')", "x"], "In [2]: input() waits for an answer, and a build has nobody who gives it"),
    (["plt.plot(v, color='red')", "x"], "In [2]: color='red' is a color by hand"),
    (["plt.plot(v, c='#ff0000')", "x"], "In [2]: '#ff0000' is a color by hand"),
    (["f(", "x"], None),
]


@pytest.mark.parametrize("cell, words", ADDED)
def test_a_slip_is_named_at_its_place(book, cell, words):
    write(book, cell)
    found = told(book)
    assert len(found) == bool(words) and (not words or words in found[0]), found
    assert all(line.startswith("book/08-leaves.ipynb, ") for line in found)


def edited(old, new, name="08-leaves.ipynb"):
    def change(root):
        path = next(root.rglob(name))
        path.write_bytes(path.read_bytes().replace(old, new, 1))
    return change


FILES = [
    (edited(b"{", b"\xef\xbb\xbf{"), "08-leaves.ipynb, line 1: the file begins with a byte-order mark; run: make run"),
    (edited(b"fall", b"f\xe4ll"), "08-leaves.ipynb, line 6: a character is not written in UTF-8"),
    (edited(b'"cells": [', b'"cells": ['[:-1]), ": this is no notebook: "),
    (edited(b'"cells"', b'"worksheets"'), "08-leaves.ipynb, line 1: this is no notebook of version 4"),
    (lambda root: write(root, kernelspec={"name": "my-env"}), "metadata: it asks for the kernel 'my-env', which other "
                                                              "machines do not have; run: make run"),
    (edited(b'"open"', b"open", "*.toml"), "exercises/08-leaves.toml, the file is no TOML: "),
    (edited(b"[08-1]", b"\xef\xbb\xbf[08-1]", "*.toml"), "08-leaves.toml, line 1: the file begins with a byte-order"),
    (edited(b"[08-1]", b"<<<<<<< HEAD\n[08-1]", "*.toml"), "08-leaves.toml, line 1: a conflict of git"),
    *((edited(b'"a\\nb"', f'"a $\\{macro}$"'.encode(), "*.toml"), f"[08-1], ask: \\{macro}$ has lost its backslash; "
       "write '…' with single quotes") for macro in ("frac{1}{2}", "text{a}", "beta", "right)", "nabla", "neq")),
]


@pytest.mark.parametrize("change, words", FILES, ids=[words[:60] for _, words in FILES])
def test_a_file_that_cannot_be_read_is_named_in_a_line(book, change, words):
    change(book)
    found = told(book)
    assert len(found) == 1 and words in found[0], found


#: What editors make of a notebook.
def by_vs_code(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell.pop("id", None)
    notebook["metadata"] |= {"language_info": {"name": "python", "version": "3.13.1"}}
    notebook["nbformat_minor"] = 2


def by_colab(notebook):
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = cell.pop("id", "x")
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"outputId": "7", "colab": {"base_uri": "https://localhost"}}
            del cell["execution_count"]
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook["nbformat_minor"] = 0


def twice(notebook):
    notebook["cells"][-1]["id"] = notebook["cells"][-2]["id"]


def with_a_mark(notebook):
    return "\ufeff"


@pytest.mark.parametrize("save", [by_vs_code, by_colab, twice, with_a_mark])
def test_a_notebook_is_taken_as_an_editor_saves_it(book, save, capsys):
    path = book / "book" / "08-leaves.ipynb"
    assert outputs.main([path]) == 0
    clean = path.read_text(encoding="utf-8")
    notebook = copy.deepcopy(json.loads(clean))
    mark = save(notebook) or ""
    path.write_text(mark + json.dumps(notebook), encoding="utf-8")
    assert outputs.main([path]) == 0
    now = json.loads(path.read_text(encoding="utf-8"))
    assert len({cell["id"] for cell in now["cells"]}) == len(now["cells"]) and now["nbformat_minor"] == 5
    for one, other in zip(now["cells"], json.loads(clean)["cells"], strict=True):
        assert one | {"id": ""} == other | {"id": ""}
    assert now["metadata"] == {"kernelspec": outputs.KERNEL}
    assert "08-leaves.ipynb: cleaned" in capsys.readouterr().out


def test_a_conflict_stops_the_storing_in_a_line(book, capsys):
    path = book / "book" / "08-leaves.ipynb"
    path.write_text("<<<<<<< HEAD\n" + path.read_text())
    assert outputs.main([path]) == 1
    assert "line 1: a conflict of git is not resolved" in capsys.readouterr().out
