"""The five ways to the book, each gone from the start: a fresh clone, an empty environment, nothing prepared.

    python benchmarks/ways.py [folder] [lab] [binder] [colab] [package]

Takes what is committed, and for the first and the fourth the built pages. Prints a Markdown table of one run:
seconds and bytes of each step. A step that fails stops the program. Packages come from PyPI or from pip's cache,
except on the way of Binder, whose recipe uses no cache.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
#: Milliseconds for which a reader looks at a picture before the next move.
LOOKED = 400
CHAPTER = "07-our-scalar-vector-derivative"
CHAPTERS = (CHAPTER, "11-the-vector-vector-derivative", "20-the-weight-derivative")
#: What Google Colab has of what a notebook needs; mcnotes is missing there.
COLAB = ("numpy==2.0.2", "matplotlib==3.10.0", "ipywidgets==7.7.1", "ipykernel")
OWN = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
sys.path.insert(0, str(ROOT / "tests"))

from browser.conftest import SYSTEM  # noqa: E402
from browser.lab import Lab  # noqa: E402

from tools import portability  # noqa: E402


def call(*command, cwd=None, **more):
    """Run a command, away from this environment; what it printed is returned."""
    done = subprocess.run(command, cwd=cwd, env=OWN | more, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def megabytes(folder):
    """Size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


class Steps:
    """The rows of one way: a step, its seconds, and what there is to say about it."""

    def __init__(self, way):
        self.way = way

    @contextlib.contextmanager
    def step(self, name):
        start, said = time.perf_counter(), []
        yield said.append
        print(f"| {self.way} | {name} | {time.perf_counter() - start:.1f} | {', '.join(said) or '–'} |", flush=True)


class Empty:
    """An environment with nothing in it but pip."""

    def __init__(self, folder):
        venv.create(folder, with_pip=True)
        self.folder, self.python = folder, folder / "bin" / "python"
        self.before = megabytes(folder)

    def install(self, *what, cwd=None, **more):
        call(self.python, "-I", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *what, cwd=cwd, **more)
        return f"{megabytes(self.folder) - self.before:.0f} MB installed"


def clone(folder):
    """A fresh clone of what is committed here."""
    call("git", "clone", "--quiet", ROOT, folder / "clone")
    return folder / "clone"


def open_lab(steps, browser, folder, book, python):
    """Start JupyterLab, open a notebook, run all of it, move a slider."""
    with Lab(browser, folder, book=book, python=str(python), settings=None) as lab:
        with steps.step("JupyterLab is there, without a question about news"):
            lab.start()
            assert not lab.page.locator(".Toastify__toast").count()
        with steps.step(f"{CHAPTER[:2]} is open and all its cells have run") as say:
            [ran] = lab.run_all([f"{CHAPTER}.ipynb"])
            faults = [one for cell in ran["cells"] for one in cell["outputs"] if one["output_type"] == "error"]
            assert not faults, faults
            say(f"{len(ran['cells'])} cells")
        with steps.step("its slider has moved, five times") as say:
            explorer = lab.show(f"{CHAPTER}.ipynb").locator(".widget-vbox", has=lab.page.locator(".noUi-handle")).first
            moves = []
            for _ in range(5):
                moves.append(lab.slide(explorer))
                lab.page.wait_for_timeout(LOOKED)
            say(f"a new picture after {statistics.median(moves):.0f} ms, the first after {moves[0]:.0f}")


def from_a_folder(browser, folder):
    """The built pages, copied somewhere, opened without a server and without a network."""
    steps, context = Steps("page, from a folder"), browser.new_context(offline=True)
    with steps.step("the pages are there") as say:
        shutil.copytree(HTML, folder / "html")
        python = sum(megabytes(path) for path in folder.glob("html/_static/python*"))
        say(f"{megabytes(folder):.0f} MB, {python:.0f} MB of it Python for the page")
    page, asked = context.new_page(), set()
    page.on("request", lambda request: asked.add(request.url))
    with steps.step(f"{CHAPTER[:2]} is open") as say:
        page.goto((folder / "html" / "book" / f"{CHAPTER}.html").as_uri())
        page.wait_for_load_state("load")
        files = [pathlib.Path(url.removeprefix("file://").split("?")[0]) for url in asked if url.startswith("file:")]
        say(f"{sum(path.stat().st_size for path in files if path.exists()) / 1e6:.2f} MB in {len(files)} files")
    assert not [url for url in asked if url.startswith("http")]
    page.goto((folder / "html" / "book" / "your-own-function.html").as_uri())
    if page.locator("[data-do=run]").count():
        with steps.step("Python in the page has given the first derivative"):
            page.click("[data-do=run]")
            page.wait_for_function("document.querySelector('[data-do=run]').disabled === false", timeout=120_000)
    context.close()


def on_a_laptop(browser, folder):
    """A clone, the README's two commands for a reader who runs the notebooks."""
    steps = Steps("JupyterLab, from a clone")
    with steps.step("git clone") as say:
        there = clone(folder)
        say(f"{megabytes(there):.0f} MB")
    with steps.step("pip install -r requirements.txt") as say:
        env = Empty(folder / "env")
        say(env.install("-r", "requirements.txt", cwd=there))
    open_lab(steps, browser, folder / "lab", there / "book", env.python)


def by_binder(browser, folder):
    """Binder's recipe, step by step, without its container."""
    steps, there = Steps("Binder, its recipe"), clone(folder)
    with steps.step("repo2docker accepts the recipe") as say:
        recipe = call(sys.executable, "-I", "-m", "repo2docker", "--no-build", "--debug", there)
        [line] = re.findall(r"^RUN \$\{KERNEL_PYTHON_PREFIX\}/bin/pip install (.*)$", recipe, re.M)
        say(re.search(r"environment for (python=\S+)", recipe)[1])
    with steps.step(f"pip install {line}") as say:
        env = Empty(folder / "env")
        say(env.install(*line.replace('"', "").split(), cwd=there))
    open_lab(steps, browser, folder / "lab", there / "book", env.python)


def on_colab(browser, folder):
    """The notebooks that the pages hand out, unedited, where mcnotes is missing; then a fork's, from its address."""
    steps, there = Steps("Colab, its versions"), clone(folder)
    with steps.step("an environment as on Colab") as say:
        env = Empty(folder / "env")
        say(env.install(*COLAB))
    call(sys.executable, "-I", "-m", "build", "--wheel", "--no-isolation", "--outdir", folder / "wheels", there)
    run = (env.folder / "bin" / "jupyter", "execute")
    for name in CHAPTERS:
        with steps.step(f"{name[:2]} as downloaded from its page has run; mcnotes from a wheel"):
            shutil.copy(HTML / "_sources" / "book" / f"{name}.ipynb", folder)
            call(*run, folder / f"{name}.ipynb", PIP_FIND_LINKS=str(folder / "wheels"))
    call(env.python, "-I", "-m", "pip", "uninstall", "--quiet", "--yes", "mcnotes")
    branch = call("git", "branch", "--show-current", cwd=there).strip()
    config = (there / "_config.yml").read_text(encoding="utf-8")
    config = config.replace('url: ""', f"url: file://{there}").replace("branch: main", f"branch: {branch}")
    (there / "_config.yml").write_text(config, encoding="utf-8")
    path = there / "book" / f"{CHAPTER}.ipynb"
    path.write_text(json.dumps(portability.carry(json.loads(path.read_text(encoding="utf-8")), CHAPTER, there)))
    with steps.step(f"{CHAPTER[:2]} of a fork with an address has run; mcnotes from its repository"):
        call(*run, path)


def from_pypi(browser, folder):
    """The package: sources, wheel, an empty environment."""
    steps, there = Steps("mcnotes, from a wheel"), clone(folder)
    with steps.step("the wheel is built from the source archive") as say:
        call(sys.executable, "-I", "-m", "build", "--no-isolation", "--outdir", folder / "dist", there)
        say(", ".join(f"{path.name} {path.stat().st_size / 1e3:.0f} KB" for path in sorted(folder.glob("dist/*"))))
    [wheel] = folder.glob("dist/*.whl")
    with steps.step("pip install") as say:
        env = Empty(folder / "env")
        say(env.install(wheel))
    code = ("import numpy as np, mcnotes as mc; "
            "assert mc.derivative(lambda x: np.sin(x) * x[0], [1.0, 2.0, 3.0]).matrix.shape == (3, 3); "
            "from mcbook.statements import find; assert find('Definition 9').section == 'X.7'")
    with steps.step("the first derivative, and a statement found"):
        call(env.python, "-I", "-c", code, cwd=folder)


WAYS = {"folder": from_a_folder, "lab": on_a_laptop, "binder": by_binder, "colab": on_colab, "package": from_pypi}

if __name__ == "__main__":
    print("| way | step | seconds | |\n| --- | --- | --- | --- |", flush=True)
    with sync_playwright() as engine:
        chromium = engine.chromium.launch(args=["--no-sandbox"], **({"executable_path": SYSTEM} if SYSTEM else {}))
        for chosen in sys.argv[1:] or WAYS:
            with tempfile.TemporaryDirectory() as scratch:
                WAYS[chosen](chromium, pathlib.Path(scratch))
        chromium.close()
