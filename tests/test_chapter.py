"""A chapter that is started passes all tests, and each recipe of the editing page is walked.

All in copies of the book, with the commands that an instructor types.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from test_finding import notebook

import mcbook as mb
import mcnotes as mc
from mcbook import statements
from mcbook.exercises import questions
from tools import chapter, check, references

ROOT = statements.ROOT
REFERENCE = ROOT / "book" / "reference"
EDITING = (REFERENCE / "editing-in-detail.md").read_text()
RECIPES = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", (REFERENCE / "editing.md").read_text(), re.M | re.S))


def run(root, *command, how="-m", code=0):
    """Run Python in a copy of the book; what it says."""
    done = subprocess.run([sys.executable, how, *command], cwd=root, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"})
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


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
        assert "is started" in run(root, "tools.chapter", title, *after)
    return root


@pytest.fixture
def fork(copy, tmp_path):
    """A copy of that copy, to be changed."""
    return shutil.copytree(copy, tmp_path / "fork", symlinks=True)


@contextlib.contextmanager
def edited(root, stem):
    """The cells of a notebook, to be changed."""
    path = next((root / "book").glob(f"{stem}*.ipynb"))
    notebook = nbformat.read(path, 4)
    yield notebook.cells
    nbformat.write(notebook, path)


def change(root, stem, old, new):
    """Change the source of the first cell of a notebook that has `old`; its outputs stay."""
    with edited(root, stem) as cells:
        cell = next(cell for cell in cells if old in cell.source)
        cell.source = cell.source.replace(old, new, 1)


@pytest.fixture
def small(tmp_path):
    """A book of four chapters that are no more than a title."""
    stems = ("07-a", "07a-c", "24-b", "appendix-d")
    for stem in stems:
        notebook(tmp_path, "# A", name=f"{stem}.ipynb")
    (tmp_path / "_toc.yml").write_text("".join(f"- file: book/{stem}\n" for stem in stems))
    return tmp_path


@pytest.mark.parametrize("after, number, before", [("", "25", "24-b"), ("24", "25", "24-b"), ("7", "07b", "07-a"),
                                                   ("07a", "07b", "07a-c")])
def test_where_a_chapter_stands(small, after, number, before):
    assert chapter.place(small, after) == (number, before)


@pytest.mark.parametrize("title, after, words", [
    ("", "", "is no title"), ("$x$", "", "in words"), ("A", "", "a chapter a is there"),
    ("New", "9", "AFTER=09: the book has no chapter 09; it has 07, 07a, 24")])
def test_a_chapter_that_cannot_be_is_refused(small, title, after, words):
    with pytest.raises(ValueError, match=words):
        chapter.start(title, after, small)
    assert len(list((small / "book").iterdir())) == 4


@pytest.mark.release
def test_chapters_at_the_end_and_in_the_middle_pass_all_tests(copy):
    stems = [path.stem for path in statements.notebooks(copy)]
    assert [stem for stem in stems if stem[0].isdigit()][-2:] == ["24-dual-numbers", "25-a-long-way"]
    assert stems[stems.index("11a-seven-wires") - 1].startswith("11-") and "X.11a" in statements.read(
        copy / "book" / "11a-seven-wires.ipynb")[1]
    assert references.faults(copy) == []
    run(copy, "pytest", "-q", "-p", "no:cacheprovider", "tests/test_notebooks.py", "tests/test_exercises.py",
        "-k", "not test_a_notebook_keeps or dual-numbers or seven-wires")
    assert "passed" in run(copy, "tools.check", "24", "11a", "index")       # whose map names all sections


def test_a_changed_number_a_transposed_product_and_an_exchanged_label_are_told(fork):
    change(fork, "24", "v = np.array([2.0, 1.0, 0.5])", "v = np.array([2.0, 1.5, 0.5])")
    change(fork, "11a", r"\right)^{\mathsf T} \textcolor", r"\right) \textcolor")
    change(fork, "25", '"apple", "pear", "plum"', '"pear", "apple", "plum"')
    told = run(fork, "tools.check", "11a", "24", "25", code=1)
    one, two, three = (part for part in re.split(r"^(?=book/)", told, flags=re.M) if "If the change is meant" in part)
    assert "  In [5]  A step in seven wires\n          stored  ✓ A step in seven wires runs as printed" in one
    assert re.search(r"now     ShapeClash: A step in seven wires does not hold: .*3 × 2\) times \(3 × 1", one), one
    assert "  In [5]  A step in dual numbers\n          stored  v (3 × 1): 2, 1, 0.5\n" in two
    assert "          now     v (3 × 1): 2, 1.5, 0.5\n" in two
    assert re.search(r"In \[6\] .*\n +stored  apple: sweet 1, .*\n(.*\n)*? +now     pear: sweet 1, ", three), three
    for part, name in ((one, "11a-seven-wires"), (two, "24-dual-numbers"), (three, "25-a-long-way")):
        assert f"make run NOTEBOOKS=book/{name}.ipynb" in part and f"see git diff book/{name}.ipynb" in part


def test_an_example_is_changed_run_and_checked(fork):
    """The first walk of the editing page: change a number, run, read what no longer holds, mend it."""
    with edited(fork, "24") as cells:
        cells.append(new_markdown_cell("The table has the entry 1.5.\n\n$$ \\Delta w \\approx J \\Delta v $$ (rule)"))
    assert any("1.5" in line for line in check.faults(fork / "book" / "24-dual-numbers.ipynb"))
    change(fork, "24", "2.0, 1.0, 0.5", "2.0, 1.5, 0.5")
    told = run(fork, "tools.outputs", "book/24-dual-numbers.ipynb")
    assert "24-dual-numbers.ipynb: new outputs in In [5], In [6], In [7]" in told
    assert check.faults(fork / "book" / "24-dual-numbers.ipynb") == []


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
    root = shutil.copytree(copy, tmp_path_factory.mktemp("walked") / "fork", symlinks=True)
    part = section("Exercises")[0].replace("20-2", "24-4")
    question, code, table = re.findall(r"^```\w*\n(.*?)^```", part, re.M | re.S)[:3]
    with (root / "book" / "exercises" / "24-dual-numbers.toml").open("a") as file:
        file.write(f"\n\n{table}")
    folded = {"tags": ["hide-input"]}
    with edited(root, "24") as cells:
        cells += [
            *map(new_markdown_cell, (question, RULE, REMARK)), new_code_cell(code),
            new_code_cell("x, B = np.array([1.0, 2.0, -1.0]), np.array([[1.0, 4, 0], [2, 1, 3], [5, 0, 2]])"),
            new_code_cell('mb.confirm("product rule", x=x, B=B)\nmb.confirm("Remark 1", w=w, v=v, Δv=[1, -2, 3])'),
            new_code_cell(FIGURE, metadata=folded), new_code_cell(EXPLORER, metadata=folded)]
    with edited(root, "25") as cells:
        cells.append(new_markdown_cell("By {eq}`the product rule <product-rule>` and {ref}`Remark 1 <remark-1>`."))
    run(root, "tools.outputs", "book/24-dual-numbers.ipynb", "book/25-a-long-way.ipynb")
    return root


@pytest.mark.release
def test_a_figure_an_explorer_an_exercise_and_statements_are_added(walked):
    assert "passed" in run(walked, "tools.check", "24", "25")
    cells = {cell.source.split("\n")[0]: cell
             for cell in nbformat.read(walked / "book" / "24-dual-numbers.ipynb", 4).cells if cell.cell_type == "code"}
    shown = {first: json.dumps(cell["outputs"], ensure_ascii=False) for first, cell in cells.items()}
    assert "a: 0.25" in shown["plt.figure(figsize=(3, 2))"] and "across 0.00, up 1.00" in shown[EXPLORER.split("\n")[0]]
    assert "No answer yet" in shown["by_W = ..."]
    checks = cells['mb.confirm("product rule", x=x, B=B)']
    assert "✓ Remark 1 runs" in json.dumps(checks["outputs"], ensure_ascii=False)
    assert checks["metadata"]["tags"] == ["hide-check"]
    away = (walked / "book" / "25-a-long-way.ipynb").read_text()
    assert all(f"[{words}](24-dual-numbers.ipynb#{label})" in away
               for words, label in (("the product rule", "product-rule"), ("Remark 1", "remark-1")))
    assert "2 passed" in run(walked, "pytest", "-q", "-p", "no:cacheprovider", "tests/test_exercises.py", "-k", "24-4")


@pytest.mark.release
def test_what_was_added_is_on_the_page(walked):
    (walked / "_toc.yml").write_text("format: jb-book\nroot: book/shape-drill\nchapters:\n"
                                   "  - file: book/24-dual-numbers\n  - file: book/25-a-long-way\n")
    told = run(walked, "from jupyter_book.cli.main import main; main()", "build", ".", how="-c")
    assert not re.search(r"WARNING.*In \[|local id not found", told), told
    one, other = ((walked / "_build" / "html" / "book" / f"{name}.html").read_text()
                  for name in ("24-dual-numbers", "25-a-long-way"))
    assert 'data-name="24-4" data-ask="' in one and "by_W" not in one
    assert 'popovertarget="check-product-rule"' in one and 'popovertarget="check-remark-1"' in one
    assert 'aria-label="two bars, the second one three times as high as the first' in one
    frames = next(data for data in re.findall(r"<script[^>]*>({.*?})</script>", one, re.S) if "on a circle" in data)
    assert len(json.loads(frames)["frames"]) == 16 and '"knob":true' in frames
    assert 'href="24-dual-numbers.html#equation-product-rule"' in other and "24-dual-numbers.html#remark-1" in other


def test_a_copy_is_published_under_its_own_address(fork):
    config = fork / "_config.yml"
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/someone/notes"'))
    path = fork / "book" / "24-dual-numbers.ipynb"
    before = path.read_text().splitlines()
    assert "24-dual-numbers.ipynb: installs git+https://github.com/someone/notes@main" in run(fork, "tools.address")
    after = path.read_text().splitlines()
    assert [line for line, old in zip(after, before, strict=True) if line != old and "someone/notes" not in line] == []
    assert after != before and check.faults(path, [check.carried]) == []


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_short_and_its_commands_are_there(name):
    lines = [line for line in RECIPES[name].splitlines() if line.strip() and not line.startswith("```")]
    assert len(lines) <= 10
    targets = re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text(), re.M)
    known = {target for line in targets for target in line.split()}
    assert set(re.findall(r"\bmake ([a-z]+)", RECIPES[name].replace("make a", ""))) <= known


def test_the_exercise_of_the_recipe_works(tmp_path):
    question, table = re.findall(r"^```\w*\n(.*?)^```", RECIPES["Add an exercise"], re.M | re.S)
    (tmp_path / "07-new.toml").write_text(table)
    assert f":label: ex-{next(iter(questions.tables_of('07', tmp_path)))}\n" in question
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
