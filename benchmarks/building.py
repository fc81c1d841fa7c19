"""An instructor's day, measured: build, build again, edit, check; stock Jupyter Book beside it, in one run.

    python benchmarks/building.py

Takes what is committed, in a clone that is thrown away. "Stock" is Jupyter Book as it comes with the same
notebooks and nothing else; it has no live page, so the edit is built by its own command. Seconds are those that
pass, and in brackets those that processors worked. Run it when nothing else runs.
"""

import contextlib
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).parents[1]
PROGRAMS = pathlib.Path(sys.executable).parent
NOTEBOOK = "07-our-scalar-vector-derivative"
LONGEST = 900


def measured(command, folder, **environment):
    """Run a command; the seconds that passed, the seconds of all its processes, and what it said."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, timeout=LONGEST,
                          env=os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"} | environment)
    passed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def cell(found):
    return f"{found[0]:.1f} ({found[1]:.1f})"


def change(folder, kind, put):
    """Change the first cell of a kind that is long enough, in the notebook that is edited."""
    path = next(folder.rglob(f"{NOTEBOOK}.ipynb"))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    one = next(c for c in notebook["cells"] if c["cell_type"] == kind and "numpy" in "".join(c["source"])
               or kind == "markdown" == c["cell_type"] and len("".join(c["source"])) > 300)
    one["source"] = put("".join(one["source"]))
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def sentence(folder):
    change(folder, "markdown", lambda text: text + "\n\nOne more sentence stands here.")


def code(folder):
    change(folder, "code", lambda text: text + "\none_more = np.arange(3)")


def page(folder):
    path = folder / "book" / "reference" / "glossary.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more sentence stands here.\n", encoding="utf-8")


def style(folder):
    path = folder / "book" / "_static" / "book.css"
    path.write_text(path.read_text(encoding="utf-8") + "\n.mc-nothing { color: red; }\n", encoding="utf-8")


def package(folder):
    """Change a function that few pages use, the sigmoid."""
    path = folder / "mcnotes" / "network.py"
    text = path.read_text(encoding="utf-8")
    new = re.sub(r"(\ndef sigmoid\(.*?\"\"\"\n)(?=    [^ ])", r"\1    one_more = 1  # noqa: F841\n", text, count=1,
                 flags=re.S)
    assert new != text
    path.write_text(new, encoding="utf-8")


EDITS = {"a sentence of a notebook": sentence, "a sentence of a page": page, "a line of code": code,
         "the style sheet": style, "a function of mcnotes": package}


@contextlib.contextmanager
def live(folder):
    """``make live`` in a folder; gives a function that waits for its next page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-m", "tools.live", "--port", str(port)], cwd=folder, text=True, bufsize=1,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=os.environ | {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"})
    lines = queue.Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in served.stdout], daemon=True).start()

    def wait():
        while True:
            line = lines.get(timeout=LONGEST)
            if "not built" in line:
                sys.exit(line)
            if ": shown, after" in line:
                return
    try:
        wait()
        time.sleep(2)
        yield wait
    finally:
        served.terminate()
        served.wait()


def stock(folder):
    """The notebooks alone, with the settings that they need to be read."""
    folder.mkdir()
    names = [path.stem for path in sorted((ROOT / "book").glob("*.ipynb"))]
    for name in names:
        shutil.copy(ROOT / "book" / f"{name}.ipynb", folder)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n" + "".join(
        f"  - file: {name}\n" for name in names if name != "index"))
    (folder / "_config.yml").write_text(json.dumps({
        "title": "stock", "execute": {"execute_notebooks": "cache", "timeout": 300},
        "parse": {"myst_enable_extensions": ["dollarmath", "colon_fence", "deflist"]},
        "sphinx": {"extra_extensions": ["sphinx_exercise"]}}))
    return len(names)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = pathlib.Path(scratch) / "book", pathlib.Path(scratch) / "stock"
        subprocess.run(["git", "clone", "-q", ROOT, ours], check=True)
        (ours / "node_modules").symlink_to(ROOT / "node_modules")
        build = [PROGRAMS / "jupyter-book", "build", "."]
        print(f"{stock(theirs)} notebooks, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
        print("| step | this book s (CPU s) | stock s (CPU s) |\n| --- | --- | --- |")
        for name in ("cold build", "unchanged"):
            here = measured(build, ours)
            there = measured(build, theirs, PYTHONPATH=str(ours), MCNOTES_BOOK="")
            print(f"| {name} | {cell(here)} | {cell(there)} |", flush=True)
        with live(ours) as wait:
            for name, edit in EDITS.items():
                start = time.perf_counter()
                edit(ours)
                wait()
                row, there = f"| live: {name} | {time.perf_counter() - start:.1f} |", "–"
                if edit in (sentence, code):
                    edit(theirs)
                    there = cell(measured(build, theirs, PYTHONPATH=str(ours), MCNOTES_BOOK=""))
                print(row, there, "|", flush=True)
                time.sleep(3)           # who edits looks at the page; the next build gets ready
        subprocess.run(["git", "checkout", "-q", "."], cwd=ours, check=True)
        here = measured([sys.executable, "-m", "tools.storing", *sorted(ours.glob("book/*.ipynb"))], ours)
        dirty = subprocess.run(["git", "diff", "--stat"], cwd=ours, capture_output=True, text=True).stdout
        print(f"| make run, nothing changed: {'changes ' + dirty if dirty else 'no file changes'} | {cell(here)} | – |")
        here = measured([sys.executable, "-m", "tools.checking", "07"], ours)
        print(f"| make check N=07 | {cell(here)} | – |")


if __name__ == "__main__":
    main()
