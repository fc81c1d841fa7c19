"""An instructor's builds beside those of stock Jupyter Book, in one run: ``python benchmarks/building.py``.

Takes what is committed, in a clone that is thrown away. "Stock" is Jupyter Book as it comes, with the same
notebooks and nothing else; its cache does not see a change of the package, so that step has no pair.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[1]
BUILD = [pathlib.Path(sys.executable).with_name("jupyter-book"), "build", "."]
NOTEBOOK = "07-our-scalar-vector-derivative"
#: Step -> the kind of the cell that is edited, words in it, and what is added.
EDITS = {"cold": None, "unchanged": None, "a sentence": ("markdown", "After this page", "\n\nOne more sentence."),
         "a line of code": ("code", "import numpy", "\none_more = np.arange(3)")}


def seconds(folder, code):
    """How long a build takes."""
    start = time.perf_counter()
    done = subprocess.run(BUILD, cwd=folder, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(code), "OMP_NUM_THREADS": "1", "MCNOTES_BOOK": ""})
    if done.returncode:
        sys.exit(done.stdout[-3000:] + done.stderr[-3000:])
    return time.perf_counter() - start


def edit(folder, kind, words, more):
    """Add something to the first cell of a kind that has these words."""
    path = next(folder.rglob(f"{NOTEBOOK}.ipynb"))
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == kind and words in "".join(cell["source"]))
    cell["source"] = "".join(cell["source"]) + more
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def stock(folder):
    """The notebooks alone, with the settings that they need to be read."""
    folder.mkdir()
    names = [pathlib.Path(shutil.copy(path, folder)).stem for path in sorted((ROOT / "book").glob("*.ipynb"))]
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n" + "".join(
        f"  - file: {name}\n" for name in names if name != "index"))
    (folder / "_config.yml").write_text(json.dumps({
        "title": "stock", "execute": {"execute_notebooks": "cache", "timeout": 300},
        "parse": {"myst_enable_extensions": ["dollarmath", "colon_fence", "deflist"]},
        "sphinx": {"extra_extensions": ["sphinx_exercise"]}}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        ours, theirs = pathlib.Path(scratch) / "book", pathlib.Path(scratch) / "stock"
        subprocess.run(["git", "clone", "-q", ROOT, ours], check=True)
        (ours / "node_modules").symlink_to(ROOT / "node_modules")
        stock(theirs)
        print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
        print("| step | this book s | stock s | ratio |\n| --- | --- | --- | --- |")
        for name, change in EDITS.items():
            for folder in (ours, theirs):
                if change:
                    edit(folder, *change)
            here, there = seconds(ours, ours), seconds(theirs, ours)
            print(f"| {name} | {here:.1f} | {there:.1f} | {here / there:.2f} |", flush=True)
        with (ours / "mcnotes" / "network.py").open("a") as module:
            module.write("\none_more = 1\n")
        print(f"| a line of `mcnotes` | {seconds(ours, ours):.1f} | – | – |")
