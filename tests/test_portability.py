"""What notebooks carry for JupyterLab and Colab: put there once, taken away when a page is read."""

import copy
import json
import subprocess
import types

import pytest

from book._ext.notebook import take_away
from mcbook import statements
from tools import address, portability

TARGETS = {one.label: one for one in statements.everything()}
BOOK = statements.ROOT / "book"
NINE = "07-our-scalar-vector-derivative"


def read(path, content):
    """A file as the page sees it."""
    content = [content]
    take_away(types.SimpleNamespace(env=types.SimpleNamespace(doc2path=lambda docname: path)), "page", content)
    return content[0]


def notebook(*texts):
    return {"cells": [{"cell_type": kind, "source": text.splitlines(keepends=True), "metadata": {}}
                      for kind, text in texts]}


@pytest.mark.parametrize("text, left", [
    (["---\n", "numbering: false\n", "---\n", "\n", "# Title\n", "\n", "---\n"], "# Title\n\n---\n"),
    ("---\nnumbering:\n  equation: false\n---\n# Title", "# Title"),
    ("# Title\n\n---\nnot: front\n---\n", "# Title\n\n---\nnot: front\n---\n"),
])
def test_the_first_text_loses_its_front_matter_and_nothing_else(text, left):
    cells = [{"cell_type": kind, "source": source} for kind, source in (
        ("code", "---\nx\n---\n"), ("markdown", text), ("markdown", "---\nb\n---\n"))]
    seen = [cell["source"] for cell in json.loads(read("a.ipynb", json.dumps({"cells": cells})))["cells"]]
    assert seen == ["---\nx\n---\n", left, "---\nb\n---\n"]
    assert read("a.md", "---\nx: 1\n---\n# Title") == "---\nx: 1\n---\n# Title", "other files are left alone"


@pytest.mark.parametrize("written, carried", [
    ("by {eq}`(16) <eq-16>` and {ref}`Definition 9 <box-9>`.",
     f"by [(16)]({NINE}.ipynb#eq-16) and [Definition 9]({NINE}.ipynb#box-9)."),
    ("see {ref}`the **sum** <box-9>`", f"see [the **sum**]({NINE}.ipynb#box-9)"),
    ("{eq}`eq-16`", f"[(16)]({NINE}.ipynb#eq-16)"),
    ("moved: [(16)](09-elsewhere.ipynb#eq-16)", f"moved: [(16)]({NINE}.ipynb#eq-16)"),
    ("here: {eq}`(20) <eq-20>`, [(20)](08-vector-derivative.ipynb#eq-20)",
     "here: {eq}`(20) <eq-20>`, {eq}`(20) <eq-20>`"),
    ("[X.7](07-our-scalar-vector-derivative), [list](reference/errata)",
     f"[X.7]({NINE}.ipynb), [list](reference/errata.md)"),
    ("`[X.7](07-our-scalar-vector-derivative)` and `` {eq}`(16) <eq-16>` ``",) * 2,
    ("```\n{eq}`(16) <eq-16>`\n```",) * 2,
    ("{eq}`(99) <eq-99>`, [web](https://example.org/a), ![p](picture), $f[x](y)$, {math}`a`",) * 2,
    (":::{admonition} Definition 9: T\n:class: definition\n:::",
     ":::{admonition} Definition 9: T\n:class: definition important\n:::"),
    (":::{admonition} E\n:class: erratum dropdown\n:::", ":::{admonition} E\n:class: erratum warning dropdown\n:::"),
    (":::{admonition} E\n:class: own\n:::",) * 2,
])
def test_what_is_carried_comes_off_again(written, carried):
    there = portability.carry(notebook(("markdown", "# T"), ("markdown", written)), "08-vector-derivative")
    assert "".join(there["cells"][2]["source"]) == carried
    assert portability.carry(copy.deepcopy(there), "08-vector-derivative") == there
    bare = portability.plain(carried, TARGETS)
    assert portability.plain(bare, TARGETS) == bare
    assert "ipynb#" not in bare and "important" not in bare and "warning" not in bare


def test_the_install_cell_stands_below_the_title_once_and_keeps_its_place_in_the_count():
    cells = portability.carry(notebook(("markdown", "# T"), ("code", "x")), "08-vector-derivative")["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code", "code"]
    assert "".join(cells[0]["source"]).startswith("---\nnumbering: false\n---\n\n# T")
    cells[1]["execution_count"] = 1
    moved = {"cells": [cells[0], cells[2], cells[1]]}
    assert portability.carry(copy.deepcopy(moved), "08-vector-derivative")["cells"] == cells


HERE = "repository:\n  url: https://github.com/told/here\n  branch: third\n"


@pytest.mark.parametrize("said, config, expected", [
    ({}, 'repository:\n  url: ""\n  branch: main\n', ("", "main")),
    ({}, "title: x\n", ("", "main")),
    ({}, "repository:  # here\n  # one\n  branch: 'second'\n\n  url: https://github.com/a/b.git\nhtml:\n  url: no\n",
     ("https://github.com/a/b", "second")),
    ({}, 'x: 1\nrepository:\n  url: "https://gitlab.com/a/b/"', ("https://gitlab.com/a/b", "main")),
    ({"GITHUB_REPOSITORY": "a/b", "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REF_NAME": "second"}, HERE,
     ("https://github.example/a/b", "second")),
    ({"GITHUB_REPOSITORY": "fork/b", "GITHUB_REF_NAME": "12/merge", "GITHUB_BASE_REF": "main"}, HERE,
     ("https://github.com/fork/b", "main")),
    ({"GITHUB_REPOSITORY": "a/b", "GITHUB_REF_NAME": "v1", "GITHUB_REF_TYPE": "tag"}, HERE,
     ("https://github.com/a/b", "main")),
    ({"CI_PROJECT_URL": "https://gitlab.com/a/b/c", "CI_COMMIT_BRANCH": "x"}, HERE, ("https://gitlab.com/a/b/c", "x")),
    ({"CI_PROJECT_URL": "https://gitlab.com/a/b", "CI_DEFAULT_BRANCH": "trunk"}, HERE,
     ("https://gitlab.com/a/b", "trunk")),
])
def test_the_address_comes_from_the_workflow_or_from_the_settings(tmp_path, monkeypatch, said, config, expected):
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "_config.yml").write_text(config)
    assert address.address(tmp_path) == expected
    url, branch = expected
    assert address.requirement(tmp_path) == (f"git+{url}@{branch}" if url else "mcnotes")


@pytest.mark.parametrize("remote, url", [
    ("https://github.com/a/b.git", "https://github.com/a/b"), ("git@github.com:fork/b.git", "https://github.com/fork/b"),
    ("ssh://git@github.com:22/a/b", "https://github.com/a/b"),
    ("https://me:key@gitlab.com/a/b/c.git/", "https://gitlab.com/a/b/c"),
    ("git@gitlab.example.org:a/b.git", "https://gitlab.example.org/a/b"),
    *((remote, "") for remote in ("/srv/b.git", "file:///srv/b", "../b")),
])
def test_of_any_remote_of_git_the_address_for_a_browser(remote, url):
    assert address.web(remote) == url


@pytest.mark.parametrize("branch", ["main", "second/part"])
def test_the_address_comes_from_git_where_it_has_one(tmp_path, branch):
    def git(*words):
        subprocess.run(["git", "-C", tmp_path, *words], check=True, capture_output=True)

    git("init", "-b", branch)
    git("-c", "user.name=a", "-c", "user.email=b", "commit", "--allow-empty", "-m", "c")
    git("remote", "add", "origin", "git@github.com:fork/b.git")
    (tmp_path / "_config.yml").write_text(HERE)
    assert address.address(tmp_path) == ("https://github.com/fork/b", "main")
    git("update-ref", f"refs/remotes/origin/{branch}", "HEAD")
    git("branch", "--set-upstream-to", f"origin/{branch}")
    assert address.address(tmp_path) == ("https://github.com/fork/b", branch)
    (tmp_path / "deep").mkdir()
    assert address.address(tmp_path / "deep") == ("", "main")           # a folder inside of another repository
    git("remote", "set-url", "origin", "/srv/b.git")
    assert address.address(tmp_path) == ("https://github.com/told/here", "third")


def test_a_notebook_keeps_the_address_that_it_installs_from_until_it_is_told_another(tmp_path, capsys):
    (tmp_path / "book").mkdir()
    path = tmp_path / "book" / "08-vector-derivative.ipynb"
    path.write_text(json.dumps(portability.carry(notebook(("markdown", "# T")), path.stem, tmp_path)))
    (tmp_path / "_config.yml").write_text("repository:\n  url: https://github.com/a/b\n")
    assert portability.carries(path, tmp_path)
    address.main(tmp_path)
    assert "08-vector-derivative.ipynb: installs git+https://github.com/a/b@main" in capsys.readouterr().out
    assert portability.carries(path, tmp_path) and "git+https://github.com/a/b@main" in path.read_text()
    address.main(tmp_path)
    assert capsys.readouterr().out == ""
