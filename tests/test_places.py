"""Where the book goes: Binder, Colab, a forge that builds and publishes it. The address stands in one place."""

import json
import re
import subprocess
import sys

import pytest
import yaml

from mcbook import statements

ROOT = statements.ROOT
PAGES = ["book/index", *re.findall(r"file: (\S+)", (ROOT / "_toc.yml").read_text())]
NOTEBOOKS = [name for name in PAGES if (ROOT / f"{name}.ipynb").exists()]


@pytest.fixture(scope="module", params=["", "https://github.com/someone/notes"], ids=["no address", "an address"])
def built(request, tmp_path_factory):
    """The address, and the pages of a book with our settings and contents, each no more than its title."""
    folder = tmp_path_factory.mktemp("places")
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config = config.replace('url: ""', f'url: "{request.param}"').replace("branch: main", "branch: second")
    config = config.replace("execute_notebooks: cache", "execute_notebooks: 'off'").replace("[book/_static]", "[]")
    settings = yaml.safe_load(config)
    assert settings["repository"] == {"url": request.param, "branch": "second"}
    settings["sphinx"]["extra_extensions"] = ["launching"]
    del settings["sphinx"]["local_extensions"]
    for name in ("html_math_renderer", "html_css_files"):
        settings["sphinx"]["config"].pop(name, None)
    del settings["html"]["favicon"]
    (folder / "_config.yml").write_text(yaml.safe_dump(settings))
    (folder / "launching.py").write_text("from book._ext.notebook import launch_only_from_an_address as only\n"
                                         "def setup(app): app.connect('config-inited', only)\n")
    (folder / "_toc.yml").write_text((ROOT / "_toc.yml").read_text())
    for name in PAGES:
        path = folder / f"{name}.{'ipynb' if name in NOTEBOOKS else 'md'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        cell = {"cell_type": "markdown", "metadata": {}, "source": f"# {name}", "id": "a"}
        notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path.write_text(json.dumps(notebook) if name in NOTEBOOKS else f"# {name}")
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); from jupyter_book.cli.main import main; main()"
    said = subprocess.run([sys.executable, "-c", code, "build", folder], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    return request.param, folder


def buttons(folder, name):
    """The addresses that the launch buttons of a page lead to."""
    text = (folder / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
    return re.findall(r'href="(https://(?:mybinder|colab)[^"]*)"', text)


def test_launch_buttons_are_right_where_there_is_an_address_and_absent_where_there_is_none(built):
    address, folder = built
    for name in PAGES:
        file = f"{name}.ipynb"
        assert buttons(folder, name) == ([
            f"https://mybinder.org/v2/gh/someone/notes/second?urlpath=lab/tree/{file}",
            f"https://colab.research.google.com/github/someone/notes/blob/second/{file}",
        ] if address and name in NOTEBOOKS else []), name


def test_the_button_above_a_page_downloads_its_notebook(built):
    _, folder = built
    for name in NOTEBOOKS:
        page = folder / "_build" / "html" / f"{name}.html"
        [link] = re.findall(r'href="([^"]*_sources/[^"]*)"', page.read_text(encoding="utf-8"))
        assert (page.parent / link).read_bytes() == (folder / f"{name}.ipynb").read_bytes()


def test_binder_builds_what_the_reader_installs():
    said = subprocess.run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", ROOT],
                          capture_output=True, text=True)
    recipe = said.stdout + said.stderr
    assert said.returncode == 0, recipe
    copied, installed = recipe.index("COPY --chown=0:0 src/ "), recipe.index('-r "binder/requirements.txt"')
    assert copied < installed                               # -e . needs the sources
    assert "environment for python=3.12" in recipe


def test_the_workflow_calls_the_commands_of_the_readme():
    [job, publish] = yaml.safe_load((ROOT / ".github" / "workflows" / "book.yml").read_text())["jobs"].values()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert sorted(commands) == ["make book", "make test"]
    assert all(f"\n{command} " in readme for command in commands)
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]
    assert publish["if"] == "github.ref == 'refs/heads/main'"
