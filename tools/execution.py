"""Run notebooks side by side, each in a fresh process that has everything imported already.

One process imports NumPy, matplotlib and the packages once, and a copy of it (``fork``) runs each notebook with
IPython's in-process kernel: a kernel of its own costs more than a second before the first cell.
"""

import concurrent.futures
import contextlib
import dataclasses
import multiprocessing
import os
import pathlib
import signal
import tempfile
import time

#: What the process from which those that run notebooks are forked imports once.
IMPORTED = ["__main__", "numpy", "matplotlib.pyplot", "nbformat", "ipykernel.debugger", "ipykernel.inprocess.manager",
            "ipykernel.inprocess.ipkernel", "ipykernel.inprocess.blocking", "ipywidgets", "mcnotes.draw.explorers",
            "mcbook"]


@dataclasses.dataclass
class Run:
    """A notebook after it ran, with its outputs up to the first error."""

    path: pathlib.Path
    notebook: dict
    seconds: dict                   # position of a cell -> how long it took
    fault: tuple | None             # position of the cell that stopped with an error, and the error in one line

    def words(self):
        """The fault in one line, with the cell as JupyterLab counts it."""
        position, error = self.fault
        return f"{self.path.name}, In [{self.notebook.cells[position].execution_count}]: {error}"


def run(paths, *, book=False, timeout=120):
    """Run notebooks, as many at once as there are processors; RuntimeError says that a process ended too early."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    context.set_forkserver_preload(IMPORTED)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"          # the debugger that comes with a kernel speaks up
    os.environ.setdefault("MPLBACKEND", "agg")
    paths = [pathlib.Path(path).resolve() for path in paths]
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(processors) as threads:
        yield from threads.map(lambda path: _in_a_fresh_process(context, path, book, timeout), paths)


def _in_a_fresh_process(context, path, book, timeout):
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(sending, path, book, timeout))
    process.start()
    sending.close()
    try:
        return Run(path, *receiving.recv())
    except EOFError:
        process.join()
        raise RuntimeError(f"{path.name}: the process that ran it ended with code {process.exitcode} "
                           "before the notebook did") from None
    finally:
        process.join()


def _answer(sending, path, book, timeout):
    """What the fresh process does: run one notebook, send what came out."""
    os.environ["MCNOTES_BOOK"] = "1" if book else ""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        sending.send(_run_cells(path, timeout))
    sending.close()
    os._exit(0)         # the kernel's threads need no farewell


def _run_cells(path, timeout):
    import nbformat
    from ipykernel.inprocess.manager import InProcessKernelManager
    from traitlets.config import Config

    notebook, seconds = nbformat.read(path, as_version=4), {}
    kernels = InProcessKernelManager(config=Config(HistoryManager={"enabled": False}))
    kernels.start_kernel()
    client = kernels.client()
    client.start_channels()
    signal.signal(signal.SIGALRM, _too_long)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        start = time.perf_counter()
        signal.alarm(timeout)
        _run_cell(client, cell)
        signal.alarm(0)
        seconds[position] = time.perf_counter() - start
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors and "raises-exception" not in cell.metadata.get("tags", []):
            return notebook, seconds, (position, f"{errors[0].ename}: {errors[0].evalue}".splitlines()[0])
    return notebook, seconds, None


def _run_cell(client, cell):
    """Run a cell and put its outputs in; what is printed in a row is one output."""
    from nbformat.v4 import output_from_msg

    client.execute(cell.source, store_history=True)
    cell.execution_count = client.get_shell_msg(timeout=5)["content"]["execution_count"]
    while True:
        message = client.iopub_channel.get_msg(timeout=5)
        kind, content = message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            return
        if kind == "clear_output":
            cell.outputs = []
        elif kind in ("stream", "display_data", "execute_result", "error"):
            output = output_from_msg(message)
            if kind == "stream" and cell.outputs and cell.outputs[-1].get("name") == output.name:
                cell.outputs[-1].text += output.text
            else:
                cell.outputs.append(output)


def _too_long(number, frame):
    raise TimeoutError("the cell took too long")
