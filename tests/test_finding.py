"""The table of statements is what stands in the notebooks, here and in an installed package."""

import json
import os

import contract
import pytest

from mcbook import statements

OWN = r"""# X.24 What the notes do not have

:::{admonition} Remark 1: Two links
:class: concept
:name: remark-1

If $x$ moves, {math}`\Delta s \approx 0` and

$$\textcolor{sienna}{s}
  = a$$

::::{dropdown} More
$$ s \approx b \tag{90} $$ (eq-90)
::::
:::

## Product rule

$$
\frac{\partial (v u)}{\partial x} = 1
$$ (product-rule)

:::{admonition} The rule of the chain
:class: notation
:name: chain

$$c = d$$
:::

:::{admonition} Erratum E01
:class: erratum
$$e = f$$
:::

```
$$ not = this \tag{91} $$ (eq-91)
```

$$g = h$$
"""


def notebook(folder, *texts, name="24-own.ipynb"):
    cells = [{"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)} for text in texts]
    path = folder / "book" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_the_book_has_the_numbers_of_the_notes_in_their_sections_and_each_name_once():
    there = {one.name: one for one in statements.everything()}
    assert [one for one in contract.EQUATIONS + contract.BOXES if one not in there] == []
    assert [there[name].section for name in ("Definition 9", "(16)", "(41)", "(48)")] == ["X.7", "X.7", "X.12", "X.14"]
    assert len(there) == len(statements.everything())


def test_own_statements_are_found_by_being_written(tmp_path):
    page, section, found = statements.read(notebook(tmp_path, "", OWN))
    assert (page, section) == ("24-own", "X.24")
    remark, ninety, product, chain = found
    assert (remark.name, remark.kind, remark.number, remark.title) == ("Remark 1", "Remark", "1", "Two links")
    assert remark.formulas == (r"\Delta s \approx 0", r"\textcolor{sienna}{s} = a", r"s \approx b")
    assert (ninety.name, ninety.label, ninety.formulas) == ("(90)", "eq-90", (r"s \approx b",))
    assert (product.name, product.number, product.title) == ("product rule", "", "Product rule")
    assert (chain.name, chain.kind, chain.formulas) == ("The rule of the chain", "Notation", ("c = d",))
    assert {one.cell for one in found} == {2}


def test_a_changed_file_is_read_again(tmp_path):
    path = notebook(tmp_path, "# X.24 A\n\n$$ a = b \\tag{90} $$ (eq-90)")
    first = statements.read(path)
    path.write_text(path.read_text().replace("a = b", "a = c"))
    os.utime(path, (1, 1))
    assert (first[2][0].formulas, statements.read(path)[2][0].formulas) == (("a = b",), ("a = c",))


def test_the_pages_are_those_of_the_contents(tmp_path):
    for name in ("02-b.ipynb", "01-a.ipynb", "03-c.ipynb"):
        notebook(tmp_path, "# A", name=name)
    (tmp_path / "_toc.yml").write_text("root: book/index\nparts:\n- chapters:\n    - file: book/02-b\n"
                                       "      title: x\n    - file: book/01-a.ipynb\n    - file: book/words\n")
    assert [path.name for path in statements.notebooks(tmp_path)] == ["02-b.ipynb", "01-a.ipynb"]


@pytest.mark.parametrize("name, title", [
    ("definition 9", "The gradient"), ("box-9", "The gradient"),
    ("Small enough, in symbols", "Small enough, in symbols"), ("Clarification X.6", "Small enough, in symbols"),
])
def test_a_statement_is_found_by_its_names(name, title):
    assert statements.find(name).title == title


@pytest.mark.parametrize("name, near", [
    ("Definition 7", "Clarification 7"), ("(97)", r"near it: .*\(7\)"), ("the end", "an equation is named"),
    ("14", r"Notation 14, \(14\)"),
    ("Small enough in symbols", "Small enough, in symbols"),
])
def test_a_name_that_is_not_there_is_answered_with_near_ones(name, near):
    with pytest.raises(ValueError, match=near):
        statements.find(name)


def test_a_name_on_two_pages_is_refused(tmp_path, monkeypatch):
    text = "# X.24 A\n\n$$ a = b \\tag{90} $$ (eq-90)"
    notebook(tmp_path, text, name="24-a.ipynb")
    notebook(tmp_path, "", text, name="25-b.ipynb")
    (tmp_path / "_toc.yml").write_text("- file: book/24-a\n- file: book/25-b\n")
    there = statements.notebooks(tmp_path)
    monkeypatch.setattr(statements, "notebooks", lambda: there)
    with pytest.raises(ValueError, match=r"'\(90\)' stands twice: 24-a, cell 1, 25-b, cell 2"):
        statements.find("(90)")
