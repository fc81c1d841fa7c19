"""The reference pages: every statement, every public name, every word; in the words of a reader."""

import functools
import json
import re
import types

import pytest
from test_finding import notebook

import mcnotes as mc
from book._ext import cache, catalog
from mcbook import statements

REFERENCE = statements.ROOT / "book" / "reference"


def test_every_statement_is_listed_once_with_its_title():
    text = catalog.markdown()
    for one in statements.everything():
        named = [line for line in text.splitlines() if f"<{one.label}>`" in line]
        assert len(named) == 1 and (one.title in named[0] or one.kind == "Equation" and "$" in named[0]), one.name
    sections = [line[3:].split(" ")[0] for line in text.splitlines() if line.startswith("## X.")]
    assert sections == [name for name in statements.sections() if name.startswith("X.")]


def test_where_a_statement_is_used_are_the_pages_that_refer_to_it(tmp_path):
    notebook(tmp_path, "# X.1 A\n\n$$ a \\tag{1} $$ (eq-1)\n\n{eq}`(1) <eq-1>`", name="01-a.ipynb")
    notebook(tmp_path, "# X.2 B\n\nby {eq}`(1) <eq-1>` and {eq}`(1) <eq-1>`, not ``{eq}`(1) <eq-1>` ``",
             name="02-b.ipynb")
    (tmp_path / "book" / "words.md").write_text("# Words\n\n{ref}`the first <eq-1>`")
    (tmp_path / "book" / "errata.md").write_text("# Errata\n\n{eq}`(1) <eq-1>`")
    (tmp_path / "_toc.yml").write_text("- file: book/01-a\n- file: book/02-b\n")
    assert catalog.used(tmp_path) == {"eq-1": {"02-b": "X.2", "words": "Words"}}
    assert catalog.markdown(tmp_path).splitlines()[1:] == [
        "## X.1 A", "", "- {eq}`(1) <eq-1>` $a$; used in [X.2](../02-b), [Words](../words)"]


@pytest.mark.parametrize("formula, said", [
    (r"\overbrace{Z}^{(n \times 1)} = \overbrace{(W^{\mathsf T}\,\underbrace{A}_{x})}^{(n)} + b",
     "$Z = (W^{\\mathsf T}\\,A) + b$"),
    (r"x = \begin{bmatrix} 1 \end{bmatrix}", "in “X.1 A”"), ("a + " * 40 + "b", "in “X.1 A”")])
def test_the_list_says_what_an_equation_says_if_it_fits_into_a_line(tmp_path, formula, said):
    notebook(tmp_path, f"# X.1 A\n\n$$ {formula} \\tag{{1}} $$ (eq-1)", name="01-a.ipynb")
    (tmp_path / "_toc.yml").write_text("- file: book/01-a\n")
    assert catalog.markdown(tmp_path).splitlines()[-1] == f"- {{eq}}`(1) <eq-1>` {said}"


def test_the_lists_are_read_again_when_what_they_list_changes(tmp_path):
    def after(text, code="1 + 1"):
        path = notebook(tmp_path, text, name="01-a.ipynb")
        book = json.loads(path.read_text())
        book["cells"].append({"cell_type": "code", "metadata": {}, "source": [code], "outputs": []})
        path.write_text(json.dumps(book))
        return cache.outdated(app, env, *[()] * 3)

    env = types.SimpleNamespace(found_docs={catalog.INDEX, catalog.ERRATA}, doc2path=lambda name: f"{name}.md")
    app = types.SimpleNamespace(srcdir=tmp_path, env=env)
    (tmp_path / "_toc.yml").write_text("- file: book/01-a\n")
    statement = "# X.1 A\n\n$$ a \\tag{1} $$ (eq-1)\n\n"
    assert after(statement) == [catalog.INDEX, catalog.ERRATA]
    assert after(statement + "A sentence.", "x = 2") == []
    assert after(statement, "mb.confirm('(1)', a=2)") == [catalog.INDEX]
    assert after(statement) == [catalog.INDEX]
    assert after(statement + "As E26 says.") == [catalog.ERRATA]
    assert after(statement.replace("X.1 A", "X.1 B") + "As E26 says.") == [catalog.INDEX]
    assert after(statement.replace("X.1 A", "X.2 B") + "As E26 says.") == [catalog.INDEX, catalog.ERRATA]
    env.found_docs = {"words"}
    assert after("# X.3 C") == []


def test_subjects_stand_in_order_and_lead_somewhere():
    subjects = (REFERENCE / "index-of-statements.md").read_text().split("## Subjects")[1]
    words = re.findall(r"^(\S.*)\n: (.*)", subjects, re.M)
    assert len(words) > 25 and [word for word, _ in words] == sorted((word for word, _ in words), key=str.casefold)
    assert all(re.search(r"\{(eq|ref)\}`[^`]+ <[\w-]+>`", where) for _, where in words)


def test_every_public_name_is_in_the_reference():
    text = "".join((REFERENCE / f"{name}.md").read_text() for name in ("api", "mcbook", "drawing"))
    shown = set(re.findall(r"auto\w+:: mcnotes\.(\w+)$", text, re.M))
    assert {name for name in mc.__all__ if name not in ("draw", "network")} - shown == set()
    assert "automodule:: mcnotes.network" in text and "automodule:: mcnotes.draw" in text
    members = re.search(r"structure\.Structure\n   :members: (.*)", text)[1].split(", ")
    structure = mc.derivative(lambda v: v**2, [1.0, 2.0]).structure
    assert "mask" in members and all(hasattr(structure, one) for one in members)


#: Words and letters that the glossary has to explain, as its lines begin.
WORDS = ["Trace", "Outer product", "Chain rule", "Element-wise", "Loss", "Bias", "ReLU", "Softmax", "Einsum", "Tensor",
         "Contraction", "Gradient", "Jacobian", "Compression", "Layout", "Axis", "Hessian", "Cross entropy", "Batch",
         *(f"${letter}$" for letter in (r"\mathcal L", "L", "t", "b", r"\Delta x", r"\star", r"\ell", "s", "M"))]


def test_the_glossary_explains_the_words_and_the_letters_of_the_book_in_order():
    text = (REFERENCE / "glossary.md").read_text()
    assert [word for word in WORDS if not re.search(rf"^(.*, )?{re.escape(word)}(, .*)?\n: \S", text, re.M)] == []
    words = re.findall(r"^(\w.*)\n: ", text.split("## Words")[1], re.M)
    assert words == sorted(words, key=str.casefold)


def test_no_sentence_of_a_property_is_taken_for_its_type():
    """napoleon reads "words: more" in the first line of a property as "type: description"."""
    structure = type(mc.derivative(abs, 2.0).structure)
    shown = [*(thing for thing in vars(mc).values() if isinstance(thing, type)), structure]
    lines = {f"{cls.__name__}.{name}": (part.__doc__ or "").partition("\n")[0]
             for cls in shown for name, part in vars(cls).items()
             if isinstance(part, property | functools.cached_property)}
    assert len(lines) > 10 and not [name for name, line in lines.items() if re.search(r"^[^`]*\w: ", line)]
