"""The instructor's desk: notebooks run side by side, and what they used is known."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import running, tracking


def written(folder, name, *sources):
    cells = [new_markdown_cell(source[1:]) if source.startswith("#") else new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    paths = [
        written(folder, "plain", "# text", "import mcnotes as mc\nimport os", "print('a')\nprint('b')\n1 + 1",
                "mc.planar(lambda v: v[0]**2 * v[1], [1.0, 2.0])([0.1, 0.2]); os.environ['MCNOTES_BOOK']"),
        written(folder, "wrong", "x = 3", "", "1 / 0", "print('never')"),
        written(folder, "endless", "while True: pass"),
        written(folder, "silent", "x = 3"),
    ]
    return {run.path.stem: run for run in running.run(paths, book=True, timeout=2)}


def test_outputs_are_those_of_a_kernel(results):
    _, first, second, third = results["plain"].notebook.cells
    assert [first.execution_count, second.execution_count, third.execution_count] == [1, 2, 3]
    printed, value = second.outputs
    assert (printed.output_type, printed.name, printed.text) == ("stream", "stdout", "a\nb\n")
    assert (value.output_type, value.data["text/plain"], value.execution_count) == ("execute_result", "2", 2)
    assert third.outputs[0].data["text/plain"] == "'1'"


def test_what_ran_is_known_and_nothing_leaks_from_one_notebook_to_the_next(results):
    assert {"planar.planar", "derivative.value_and_derivative"} <= results["plain"].ran
    assert not any(name.startswith("compression") for name in results["plain"].ran)
    assert results["silent"].ran < results["plain"].ran and "planar.planar" not in results["silent"].ran
    assert "engine.rules.common.rule" in results["silent"].ran          # it ran when the package was imported


def test_a_fault_is_told_in_one_line_as_jupyterlab_counts(results):
    assert results["plain"].fault is None
    assert results["wrong"].words() == "wrong.ipynb, In [2]: ZeroDivisionError: division by zero"
    assert results["wrong"].notebook.cells[3].outputs == []
    assert "TimeoutError: the cell took too long" in results["endless"].words()


def test_a_process_that_dies_is_reported(tmp_path):
    with pytest.raises(RuntimeError, match=r"dead.ipynb: the process that ran it ended with code 3"):
        list(running.run([written(tmp_path, "dead", "import os", "os._exit(3)")]))


SOURCE = '''
"""A module."""
LIMIT = 3

def one(x, y=2):
    """Say."""
    return x + y

class Thing:
    def two(self):
        def inner():
            return 1
        return inner()
'''


@pytest.mark.parametrize("old, new, names", [
    ("x + y", "x - y", {"maths.one"}),
    ("return 1", "return 2", {"maths.Thing.two"}),
    ("LIMIT = 3", "LIMIT = 4", {tracking.OUTSIDE}),
    ("y=2", "y=3", {tracking.OUTSIDE}),
    ('"""Say."""', '"""Say more."""', set()),
    ("return x", "# why\n    return x", set()),
])
def test_a_change_concerns_the_function_that_it_is_in(tmp_path, old, new, names):
    (tmp_path / "maths.py").write_text(SOURCE)
    (tmp_path / "site").mkdir()
    before = tracking.fingerprints(tmp_path)
    (tmp_path / "maths.py").write_text(SOURCE.replace(old, new))
    (tmp_path / "site" / "pages.py").write_text("def other(): return 5")
    now = tracking.fingerprints(tmp_path)
    assert {name for name in before if before[name] != now[name]} == names
    assert tracking.changed(before, now) == bool(names)
    assert not tracking.changed({}, now)


def test_a_data_file_concerns_everyone(tmp_path):
    (tmp_path / "grammar.lark").write_text("a: b")
    before = tracking.fingerprints(tmp_path)
    (tmp_path / "grammar.lark").write_text("a: c")
    assert tracking.changed(before, tracking.fingerprints(tmp_path))
