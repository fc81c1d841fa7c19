"""A chapter that is started passes all tests, and each recipe of the editing page is walked.

All in copies of the book, with the commands that an instructor types.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

import mcbook as mb
import mcnotes as mc
from mcbook import statements
from tools import chapter, check, references

ROOT = statements.ROOT
REFERENCE = ROOT / "book" / "reference"
EDITING = (REFERENCE / "editing-in-detail.md").read_text()
RECIPES = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", (REFERENCE / "editing.md").read_text(), re.M | re.S))


def run(root, *command, how="-m"):
    """Run Python in a copy of the book; what it says."""
    done = subprocess.run([sys.executable, how, *command], cwd=root, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"})
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the repository in which three chapters were started: two at the end, one in the middle."""
    root = tmp_path_factory.mktemp("fork")
    skip = shutil.ignore_patterns("__pycache__", "_build", "*.pyc", ".ipynb_checkpoints")
    for name in ("mcnotes", "mcbook", "tools", "book", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=skip)
    for name in ("_toc.yml", "_config.yml", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, root)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    for title, *after in (("Dual numbers",), ("Seven wires", "11"), ("A long way",)):
        code, told = run(root, "tools.chapter", title, *after)
        assert code == 0 and "is started" in told, told
    return root


def change(root, stem, old, new, count=1):
    """Change the source of the first cell of a notebook that has `old`; its outputs stay."""
    path = next((root / "book").glob(f"{stem}*.ipynb"))
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if old in source:
            cell["source"] = source.replace(old, new, count)
            path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
            return path
    raise AssertionError(f"{path.name} has no {old!r}")


def append(root, stem, text):
    """Add a text at the end of a notebook."""
    path = next((root / "book").glob(f"{stem}*.ipynb"))
    notebook = json.loads(path.read_text())
    notebook["cells"].append({"cell_type": "markdown", "id": "new", "metadata": {}, "source": text})
    path.write_text(json.dumps(notebook, ensure_ascii=False))
    return path


@pytest.mark.parametrize("after, number, before", [("", "25", "24-b"), ("24", "25", "24-b"), ("7", "07b", "07-a"),
                                                   ("07a", "07b", "07a-c")])
def test_where_a_chapter_stands(tmp_path, after, number, before):
    from test_finding import notebook

    for stem in ("07-a", "07a-c", "24-b", "appendix-d"):
        notebook(tmp_path, "# A", name=f"{stem}.ipynb")
    (tmp_path / "_toc.yml").write_text("- file: book/07-a\n- file: book/07a-c\n- file: book/24-b\n"
                                       "- file: book/appendix-d\n")
    assert chapter.place(tmp_path, after) == (number, before)
    with pytest.raises(ValueError, match="AFTER=09: the book has no chapter 09; it has 07, 07a, 24"):
        chapter.start("New", "9", tmp_path)


@pytest.mark.parametrize("title, words", [("", "is no title"), ("$x$", "in words"), ("A", "a chapter a is there")])
def test_a_title_that_cannot_be_is_refused(tmp_path, title, words):
    from test_finding import notebook

    notebook(tmp_path, "# A", name="07-a.ipynb")
    (tmp_path / "_toc.yml").write_text("- file: book/07-a\n")
    with pytest.raises(ValueError, match=words):
        chapter.start(title, root=tmp_path)
    assert [path.name for path in (tmp_path / "book").iterdir()] == ["07-a.ipynb"]


@pytest.mark.release
def test_chapters_at_the_end_and_in_the_middle_pass_all_tests(copy):
    stems = [path.stem for path in statements.notebooks(copy)]
    assert [stem for stem in stems if stem[0].isdigit()][-2:] == ["24-dual-numbers", "25-a-long-way"]
    assert stems[stems.index("11a-seven-wires") - 1].startswith("11-") and "X.11a" in statements.read(
        copy / "book" / "11a-seven-wires.ipynb")[1]
    assert references.faults(copy) == []
    code, told = run(copy, "pytest", "-q", "-p", "no:cacheprovider",
                     "tests/test_notebooks.py", "tests/test_exercises.py",
                     "-k", "not test_a_notebook_keeps or dual-numbers or seven-wires")
    assert code == 0, told
    code, told = run(copy, "tools.check", "24", "11a", "index")       # whose map names all sections
    assert code == 0 and "passed" in told, told


def test_a_changed_number_a_transposed_product_and_an_exchanged_label_are_told(copy, tmp_path):
    root = tmp_path / "fork"
    shutil.copytree(copy, root)
    change(root, "24", "v = np.array([2.0, 1.0, 0.5])", "v = np.array([2.0, 1.5, 0.5])")
    change(root, "11a", r"\right)^{\mathsf T} \textcolor", r"\right) \textcolor")
    change(root, "25", '"apple", "pear", "plum"', '"pear", "apple", "plum"')
    code, told = run(root, "tools.check", "11a", "24", "25")
    assert code == 1
    one, two, three = (part for part in re.split(r"^(?=book/)", told, flags=re.M) if "If the change is meant" in part)
    assert "  In [5]  A step in seven wires\n          stored  ✓ A step in seven wires runs as printed" in one
    assert re.search(r"now     ShapeClash: A step in seven wires does not hold: .*3 × 2\) times \(3 × 1", one), one
    assert "  In [5]  A step in dual numbers\n          stored  v (3 × 1): 2, 1, 0.5\n" in two
    assert "          now     v (3 × 1): 2, 1.5, 0.5\n" in two
    assert re.search(r"In \[6\] .*\n +stored  apple: sweet 1, .*\n(.*\n)*? +now     pear: sweet 1, ", three), three
    for part, name in ((one, "11a-seven-wires"), (two, "24-dual-numbers"), (three, "25-a-long-way")):
        assert f"make run NOTEBOOKS=book/{name}.ipynb" in part and f"see git diff book/{name}.ipynb" in part


def test_an_example_is_changed_run_and_checked(copy, tmp_path):
    """The first walk of the editing page: change a number, run, read what no longer holds, mend it."""
    root = tmp_path / "fork"
    shutil.copytree(copy, root)
    append(root, "24", "The table has the entry 1.5.\n\n$$\n\\Delta w \\approx J\\, \\Delta v\n$$ (row-rule)")
    assert any("1.5" in line for line in check.faults(root / "book" / "24-dual-numbers.ipynb"))
    change(root, "24", "2.0, 1.0, 0.5", "2.0, 1.5, 0.5")
    code, told = run(root, "tools.outputs", "book/24-dual-numbers.ipynb")
    assert code == 0 and "24-dual-numbers.ipynb: new outputs in In [5], In [6], In [7]" in told, told
    assert check.faults(root / "book" / "24-dual-numbers.ipynb") == []


def add(root, stem, *cells):
    """Add cells at the end of a notebook: a text, or (code, tag ...)."""
    path = next((root / "book").glob(f"{stem}*.ipynb"))
    notebook = json.loads(path.read_text())
    for number, cell in enumerate(cells):
        text = isinstance(cell, str)
        code = {} if text else {"outputs": [], "execution_count": None}
        notebook["cells"].append({
            "cell_type": "markdown" if text else "code", "id": f"{stem}-{number}", "source": cell if text else cell[0],
            "metadata": {} if text or not cell[1:] else {"tags": list(cell[1:])}} | code)
    path.write_text(json.dumps(notebook, ensure_ascii=False))
    return path


EXPLORER = '''\
@mc.explore(alt="a point on a circle that the reader drags around", side=["left", "right"], angle=range(0, 360, 45),
            start={"angle": 90})
def turn(side, angle):
    sign = 1 if side == "right" else -1
    x, height = sign * np.cos(np.radians(angle)), np.sin(np.radians(angle))
    plt.figure(figsize=(3, 3))
    plt.xlim(-1.5, 1.5)
    plt.ylim(-1.5, 1.5)
    mc.draw.handle([x, height], moves="angle")
    return f"across {x:.2f}, up {height:.2f}"'''
FIGURE = """\
plt.figure(figsize=(3, 2))
mc.draw.bars([0.25, 0.75], ["a", "b"])
mc.show("two bars, the second one three times as high as the first")"""
RULE = r"$$ \frac{\partial (x^T B x)}{\partial x} = (B + B^T) x $$ (product-rule)"
REMARK = r""":::{admonition} Remark 1: Twice the step
:class: concept
:name: remark-1

$$\left(\frac{\partial w}{\partial v}\right)^T (2\, \Delta v)
= 2 \left(\frac{\partial w}{\partial v}\right)^T \Delta v$$
:::"""


@pytest.fixture(scope="module")
def walked(copy, tmp_path_factory):
    """A copy in which a chapter got a figure, an explorer, an exercise and statements of its own, as the page says."""
    root = tmp_path_factory.mktemp("walked") / "fork"
    shutil.copytree(copy, root)
    part = section("Exercises")[0].replace("20-2", "24-4")
    question, code, table = re.findall(r"^```\w*\n(.*?)^```", part, re.M | re.S)[:3]
    with (root / "book" / "exercises" / "24-dual-numbers.toml").open("a") as file:
        file.write(f"\n\n{table}")
    add(root, "24", question, (code,), RULE, REMARK,
        ("x, B = np.array([1.0, 2.0, -1.0]), np.array([[1.0, 4, 0], [2, 1, 3], [5, 0, 2]])",),
        ('mb.confirm("product rule", x=x, B=B)\nmb.confirm("Remark 1", w=w, v=v, Δv=[1, -2, 3])',),
        (FIGURE, "hide-input"), (EXPLORER, "hide-input"))
    add(root, "25", "By {eq}`the product rule <product-rule>` and {ref}`Remark 1 <remark-1>`.")
    code, told = run(root, "tools.outputs", "book/24-dual-numbers.ipynb", "book/25-a-long-way.ipynb")
    assert code == 0, told
    return root


@pytest.mark.release
def test_a_figure_an_explorer_an_exercise_and_statements_are_added(walked):
    code, told = run(walked, "tools.check", "24", "25")
    assert code == 0 and "passed" in told, told
    cells = {"".join(cell["source"]).split("\n")[0]: cell for cell in json.loads(
        (walked / "book" / "24-dual-numbers.ipynb").read_text())["cells"] if cell["cell_type"] == "code"}
    shown = {first: json.dumps(cell["outputs"], ensure_ascii=False) for first, cell in cells.items()}
    assert "a: 0.25" in shown["plt.figure(figsize=(3, 2))"] and "across 0.00, up 1.00" in shown[EXPLORER.split("\n")[0]]
    assert "No answer yet" in shown["by_W = ..."]
    checks = cells['mb.confirm("product rule", x=x, B=B)']
    assert "✓ Remark 1 runs" in json.dumps(checks["outputs"], ensure_ascii=False)
    assert checks["metadata"]["tags"] == ["hide-check"]
    away = (walked / "book" / "25-a-long-way.ipynb").read_text()
    assert all(f"[{words}](24-dual-numbers.ipynb#{label})" in away
               for words, label in (("the product rule", "product-rule"), ("Remark 1", "remark-1")))
    code, told = run(walked, "pytest", "-q", "-p", "no:cacheprovider", "tests/test_exercises.py", "-k", "24-4")
    assert code == 0 and "2 passed" in told, told


@pytest.mark.release
def test_what_was_added_is_on_the_page(walked, tmp_path):
    root = tmp_path / "fork"
    shutil.copytree(walked, root)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/shape-drill\nchapters:\n"
                                   "  - file: book/24-dual-numbers\n  - file: book/25-a-long-way\n")
    code, told = run(root, "from jupyter_book.cli.main import main; main()", "build", ".", how="-c")
    assert code == 0 and not re.search(r"WARNING.*In \[|local id not found", told), told
    one, other = ((root / "_build" / "html" / "book" / f"{name}.html").read_text()
                  for name in ("24-dual-numbers", "25-a-long-way"))
    assert 'data-name="24-4" data-ask="' in one and "by_W" not in one
    assert 'popovertarget="check-product-rule"' in one and 'popovertarget="check-remark-1"' in one
    assert 'aria-label="two bars, the second one three times as high as the first' in one
    frames = next(data for data in re.findall(r"<script[^>]*>({.*?})</script>", one, re.S) if "on a circle" in data)
    assert len(json.loads(frames)["frames"]) == 16 and '"knob":true' in frames
    assert 'href="24-dual-numbers.html#equation-product-rule"' in other and "24-dual-numbers.html#remark-1" in other


def test_a_copy_is_published_under_its_own_address(copy, tmp_path):
    root = tmp_path / "fork"
    shutil.copytree(copy, root)
    config = root / "_config.yml"
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/someone/notes"'))
    path = root / "book" / "24-dual-numbers.ipynb"
    before = path.read_text().splitlines()
    code, told = run(root, "tools.address")
    assert code == 0 and "24-dual-numbers.ipynb: installs git+https://github.com/someone/notes@main" in told, told
    after = path.read_text().splitlines()
    assert [line for line, old in zip(after, before, strict=True) if line != old and "someone/notes" not in line] == []
    assert after != before and check.faults(path, [check.carried]) == []


#: Recipe -> the test that walks it, here or where it is named.
WALKED = {
    "Start": "",
    "Change a number": "test_an_example_is_changed_run_and_checked",
    "Change a formula": "test_a_changed_number_a_transposed_product_and_an_exchanged_label_are_told",
    "Change a figure": "test_a_changed_number_a_transposed_product_and_an_exchanged_label_are_told",
    "Add an exercise": "test_a_figure_an_explorer_an_exercise_and_statements_are_added",
    "Add a section": "test_chapters_at_the_end_and_in_the_middle_pass_all_tests",
    "Publish a copy": "test_a_copy_is_published_under_its_own_address",
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_short_and_walked_and_its_commands_are_there(name):
    lines = [line for line in RECIPES[name].splitlines() if line.strip() and not line.startswith("```")]
    assert len(lines) <= 10 and set(RECIPES) == set(WALKED)
    assert WALKED[name] in globals() or name == "Start"
    targets = re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text(), re.M)
    known = {target for line in targets for target in line.split()}
    assert set(re.findall(r"\bmake ([a-z]+)", RECIPES[name].replace("make a", ""))) <= known


def test_the_exercise_of_the_recipe_works(tmp_path):
    from mcbook.exercises import questions

    question, table = re.findall(r"^```\w*\n(.*?)^```", RECIPES["Add an exercise"], re.M | re.S)
    label = re.search(r":label: ex-([\w-]+)", question)[1]
    (tmp_path / "07-new.toml").write_text(table)
    assert label in questions.tables_of("07", tmp_path)
    assert "hypot" in table and np.hypot(3, 4) == 5


def section(title):
    """The Python of one part of the editing page."""
    part = re.search(rf"^## {title}\n(.*?)(?=^## )", EDITING, re.M | re.S)[1]
    return part, "\n".join(re.findall(r"^```python\n(.*?)^```", part, re.M | re.S))


def test_the_other_layout_for_a_whole_course():
    part, code = section("The other layout for a whole course")
    names = {}
    exec("import numpy as np, mcnotes as mc\n" + code, names)
    J, w, v, jacobian = names["J"], names["w"], names["v"], names["jacobian"]
    assert J.shape == (2, 3) and (J == mc.derivative(w, v).matrix.T).all()
    step, chain = re.findall(r"^\$\$\n(.*)\n\$\$", part, re.M)
    s = lambda w: w[0]**2 * w[1]  # noqa: E731
    letters = {"K": jacobian(s, w(v)), "G": jacobian(lambda v: s(w(v)), v)}
    for table, holds in ((J, True), (J.T, False)):
        assert mb.holds(step, w=w, v=v, Δv=[1, -2, 3], J=table).ok is holds
        assert mb.holds(chain, J=table, **letters).ok is holds
