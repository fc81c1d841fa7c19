"""Where the book goes: Binder, Colab, a forge that builds and publishes it. The address stands in one place."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from mcbook import statements

ROOT = statements.ROOT
#: Three pages are enough: the front page, a notebook and a Markdown page in a folder.
FILES = "book/index.ipynb", "book/07-our-scalar-vector-derivative.ipynb", "book/reference/errata.md"

#: What the workflow says -> the launch buttons of a page, and its edit link.
PLACES = {
    "no address": ({}, [], None),
    "GitHub": ({"GITHUB_REPOSITORY": "someone/notes", "GITHUB_REF_NAME": "second"}, [
        "https://mybinder.org/v2/gh/someone/notes/second?urlpath=lab/tree/{}",
        "https://colab.research.google.com/github/someone/notes/blob/second/{}"],
        "https://github.com/someone/notes/edit/second/{}"),
    "GitLab": ({"CI_PROJECT_URL": "https://gitlab.com/someone/notes"}, [
        "https://mybinder.org/v2/gl/someone%2Fnotes/main?urlpath=lab/tree/{}"],
        "https://gitlab.com/someone/notes/-/edit/main/{}"),
    "elsewhere": ({"CI_PROJECT_URL": "https://git.example.org/someone/notes"}, [], None),
}


@pytest.fixture(scope="module", params=PLACES)
def built(request, tmp_path_factory):
    """What is expected, and the pages of a book with our settings, each no more than its title."""
    folder = tmp_path_factory.mktemp("places")
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["execute"]["execute_notebooks"] = "off"
    del settings["sphinx"]["local_extensions"], settings["html"]["favicon"]
    settings["sphinx"]["extra_extensions"] = ["launching"]
    for name in ("html_math_renderer", "html_static_path", "templates_path"):
        settings["sphinx"]["config"].pop(name)
    (folder / "_config.yml").write_text(yaml.safe_dump(settings))
    (folder / "launching.py").write_text("from book._ext.notebook import lead_to_the_repository as only\n"
                                         "def setup(app): app.connect('config-inited', only)\n")
    root, *others = (name.rpartition(".")[0] for name in FILES)
    (folder / "_toc.yml").write_text(yaml.safe_dump({
        "format": "jb-book", "root": root, "chapters": [{"file": name} for name in others]}))
    for name in FILES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cell = {"cell_type": "markdown", "metadata": {}, "source": f"# {name}", "id": "a"}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path.write_text(json.dumps(notebook) if path.suffix == ".ipynb" else f"# {name}")
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); from jupyter_book.cli.main import main; main()"
    environment, *expected = PLACES[request.param]
    said = subprocess.run([sys.executable, "-c", code, "build", folder], capture_output=True, text=True,
                          env=os.environ | environment)
    assert said.returncode == 0 and "not supported" not in said.stderr, said.stdout + said.stderr
    assert ("no buttons for Binder and Colab: " in said.stdout) is (not expected[0])
    return expected, folder


@pytest.mark.parametrize("name", FILES)
def test_buttons_lead_to_the_repository_and_to_the_notebook(built, name):
    (launch, edit), folder = built
    page = folder / "_build" / "html" / pathlib.Path(name).with_suffix(".html")
    text, notebook = page.read_text(encoding="utf-8"), name.endswith(".ipynb")
    found = re.findall(r'href="(https://(?:mybinder|colab)[^"]*)"', text)
    assert found == [one.format(name) for one in launch] * notebook
    assert re.findall(r'href="(https://[^"]*/edit/[^"]*)"', text) == ([edit.format(name)] if edit else [])
    if notebook:
        [link] = re.findall(r'href="([^"]*_sources/[^"]*)"', text)
        assert (page.parent / link).read_bytes() == (folder / name).read_bytes(), "the button downloads the notebook"


def test_binder_builds_what_the_reader_installs():
    said = subprocess.run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", ROOT],
                          capture_output=True, text=True)
    recipe = said.stdout + said.stderr
    assert said.returncode == 0, recipe
    copied, installed = recipe.index("COPY --chown=0:0 src/ "), recipe.index('-r "binder/requirements.txt"')
    assert copied < installed                               # -e . needs the sources
    assert "environment for python=3.12" in recipe


def test_the_workflow_calls_the_commands_of_the_readme():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text())["jobs"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    made = {step["run"] for job in jobs.values() for step in job["steps"] if step.get("run", "").startswith("make")}
    assert made == {"make test", "make release-test", "make pdf"} and all(command in readme for command in made)
    published = [step["uses"].partition("@")[0] for step in jobs["publish"]["steps"]]
    assert published == ["actions/deploy-pages"] and "refs/heads/main" in jobs["publish"]["if"]


def test_the_address_is_written_by_a_python_that_has_nothing_else(tmp_path):
    [command] = [step["run"] for step in yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text())[
        "jobs"]["address"]["steps"] if "tools" in step.get("run", "")]
    (tmp_path / "tools").mkdir()
    for name in ("__init__", "address"):
        shutil.copy(ROOT / "tools" / f"{name}.py", tmp_path / "tools")
    code = f"import runpy, sys; sys.path.insert(0, '.'); runpy.run_module({command.split()[-1]!r}, run_name='__main__')"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, check=True)


@pytest.mark.parametrize("name", ["numpy", "matplotlib", "ipywidgets", "lark", "jupyterlab", "jupyterlab-myst"])
def test_readers_install_ranges_that_hold_what_builders_have(name):
    wanted = dict(re.findall(r"^([\w-]+)(>=\S+)", (ROOT / "requirements.txt").read_text(), re.M))[name]
    locked = re.search(rf"^{name.replace('-', '[-_]')}==(\S+)", (ROOT / "constraints.txt").read_text(), re.M | re.I)
    assert SpecifierSet(wanted).contains(locked[1]) and "<" in wanted
