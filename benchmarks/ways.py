"""The five ways to the book, each gone from the start: a fresh clone, an empty environment, nothing prepared.

    python benchmarks/ways.py [folder] [lab] [binder] [colab] [package]

Takes what is committed, and for the first and the fourth the built pages. Prints a Markdown table of one run. A
step that fails stops the program.
"""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
CHAPTER = "07-our-scalar-vector-derivative"
#: What Google Colab has of what a notebook needs; mcnotes is missing there.
COLAB = ("numpy==2.1.3", "matplotlib==3.10.0", "ipywidgets==7.7.1", "lark==1.3.1", "ipykernel")
OWN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
sys.path.insert(0, str(ROOT / "tests"))

from browser.conftest import SYSTEM  # noqa: E402
from browser.lab import Lab  # noqa: E402


def call(*command, cwd=None, **more):
    """Run a command, away from this environment; what it printed is returned."""
    done = subprocess.run(command, cwd=cwd, env=OWN | more, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


@contextlib.contextmanager
def step(name):
    """A row of the table."""
    start = time.perf_counter()
    yield
    print(f"| {name} | {time.perf_counter() - start:.1f} |", flush=True)


def prepared(folder):
    """A clone, and the Python of an environment with nothing in it but pip."""
    call("git", "clone", "--quiet", ROOT, folder / "clone")
    venv.create(folder / "env", with_pip=True)
    return folder / "clone", folder / "env" / "bin" / "python"


def install(python, *what, **more):
    call(python, "-I", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *what, **more)


def from_a_folder(browser, folder):
    """The built pages, copied somewhere, opened without a server and without a network."""
    pages = shutil.copytree(HTML, folder / "html") / "book"
    page = browser.new_context(offline=True).new_page()
    with step(f"page, from a folder | {CHAPTER[:2]} is open"):
        page.goto((pages / f"{CHAPTER}.html").as_uri())
    with step("page, from a folder | Python in the page has given the first derivative"):
        page.goto((pages / "your-own-function.html").as_uri())
        page.click("[data-do=run]")
        page.wait_for_function("document.querySelector('[data-do=run]').disabled === false", timeout=120_000)


def in_jupyterlab(browser, folder, way="JupyterLab, from a clone", what="-r requirements.txt"):
    there, python = prepared(folder)
    with step(f"{way} | pip install {what}"):
        install(python, *what.replace('"', "").split(), cwd=there)
    with Lab(browser, folder / "lab", book=there / "book", python=str(python)) as lab:
        with step(f"{way} | JupyterLab is there"):
            lab.start()
        with step(f"{way} | {CHAPTER[:2]} is open and all its cells have run"):
            [cells] = lab.run_all([f"{CHAPTER}.ipynb"])
            assert not [one for cell in cells for one in cell["outputs"] if one["output_type"] == "error"]


def by_binder(browser, folder):
    """Binder's recipe, step by step, without its container."""
    recipe = call(sys.executable, "-I", "-m", "repo2docker", "--no-build", "--debug", ROOT)
    [what] = re.findall(r"^RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/pip install (.*)$", recipe, re.M)
    in_jupyterlab(browser, folder, "Binder, its recipe", what)


def on_colab(browser, folder):
    """A notebook that the pages hand out, unedited, where mcnotes is missing."""
    there, python = prepared(folder)
    install(python, *COLAB)
    call(sys.executable, "-I", "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "wheels", there)
    notebook = shutil.copy(HTML / "_sources" / "book" / f"{CHAPTER}.ipynb", folder)
    with step(f"Colab, its versions | {CHAPTER[:2]} as downloaded from its page has run; mcnotes from a wheel"):
        call(python.with_name("jupyter"), "execute", notebook, PIP_FIND_LINKS=str(folder / "wheels"))


def from_a_wheel(browser, folder):
    there, python = prepared(folder)
    with step("mcnotes, from a wheel | the wheel is built from the source archive"):
        call(sys.executable, "-I", "-m", "build", "--no-isolation", "--outdir", folder / "dist", there)
    with step("mcnotes, from a wheel | pip install"):
        install(python, *folder.glob("dist/*.whl"))
    code = "import numpy as np, mcnotes as mc; print(mc.derivative(np.sin, [1.0, 2.0]).matrix.shape)"
    with step("mcnotes, from a wheel | the first derivative"):
        assert call(python, "-I", "-c", code, cwd=folder).strip() == "(2, 2)"


WAYS = {"folder": from_a_folder, "lab": in_jupyterlab, "binder": by_binder, "colab": on_colab, "package": from_a_wheel}

if __name__ == "__main__":
    print("| way | step | seconds |\n| --- | --- | --- |", flush=True)
    with sync_playwright() as engine:
        chromium = engine.chromium.launch(args=["--no-sandbox"], **({"executable_path": SYSTEM} if SYSTEM else {}))
        for chosen in sys.argv[1:] or WAYS:
            with tempfile.TemporaryDirectory() as scratch:
                WAYS[chosen](chromium, pathlib.Path(scratch))
        chromium.close()
