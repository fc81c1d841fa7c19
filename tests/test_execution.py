"""Notebooks run side by side, each in a process of its own."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import execution


def written(folder, name, *sources):
    cells = [new_markdown_cell(source[1:]) if source.startswith("#") else new_code_cell(
        source, outputs=[new_output("stream", name="stdout", text="of an older run")]) for source in sources]
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    paths = [
        written(folder, "plain", "# text", "import mcnotes as mc\nimport os", "print('a')\nprint('b')\n1 + 1",
                "mc.planar(lambda v: v[0]**2 * v[1], [1.0, 2.0])([0.1, 0.2]); os.environ['MCNOTES_BOOK']"),
        written(folder, "wrong", "x = 3", "", "1 / 0", "print('never')"),
        written(folder, "silent", "mc"),
    ]
    endless = written(folder, "endless", "while True: pass")
    # on a busy machine an import may take its time, so only what never ends is cut off early
    return {run.path.stem: run for run in [*execution.run(paths, book=True), *execution.run([endless], timeout=1)]}


def test_outputs_are_those_of_a_kernel(results):
    _, first, second, third = results["plain"].notebook.cells
    assert [first.execution_count, second.execution_count, third.execution_count] == [1, 2, 3]
    printed, value = second.outputs
    assert (printed.output_type, printed.name, printed.text) == ("stream", "stdout", "a\nb\n")
    assert (value.output_type, value.data["text/plain"], value.execution_count) == ("execute_result", "2", 2)
    assert third.outputs[0].data["text/plain"] == "'1'"


def test_nothing_leaks_from_one_notebook_to_the_next_and_each_cell_has_its_seconds(results):
    assert "NameError: name 'mc' is not defined" in results["silent"].words()
    assert list(results["plain"].seconds) == [1, 2, 3] and all(0 < s < 60 for s in results["plain"].seconds.values())


def test_a_fault_is_told_in_one_line_as_jupyterlab_counts(results):
    assert results["plain"].fault is None
    assert results["wrong"].words() == "wrong.ipynb, In [2]: ZeroDivisionError: division by zero"
    assert results["wrong"].notebook.cells[3].outputs == []
    assert "TimeoutError: the cell took too long" in results["endless"].words()


def test_a_process_that_dies_is_reported(tmp_path):
    with pytest.raises(RuntimeError, match=r"dead.ipynb: the process that ran it ended with code 3"):
        list(execution.run([written(tmp_path, "dead", "import os", "os._exit(3)")]))
