"""What only JupyterLab reads is not printed."""

import json
import types

import pytest

from mcnotes.site import frontmatter


def read(path, *cells):
    app = types.SimpleNamespace(env=types.SimpleNamespace(doc2path=lambda docname: path))
    content = [json.dumps({"cells": [{"cell_type": kind, "source": text} for kind, text in cells]})]
    frontmatter.drop(app, "page", content)
    return ["".join(cell["source"]) for cell in json.loads(content[0])["cells"]]


@pytest.mark.parametrize("text, left", [
    (["---\n", "numbering: false\n", "---\n", "\n", "# Title\n", "\n", "---\n"], "# Title\n\n---\n"),
    ("---\nnumbering:\n  equation: false\n---\n# Title", "# Title"),
    ("# Title\n\n---\nnot: front\n---\n", "# Title\n\n---\nnot: front\n---\n"),
])
def test_the_first_text_loses_its_front_matter_and_nothing_else(text, left):
    code = ("code", "---\nx\n---\n")
    assert read("a.ipynb", code, ("markdown", text), ("markdown", "---\nb\n---\n")) == [code[1], left, "---\nb\n---\n"]


def test_other_files_are_left_alone():
    content = ["---\nx: 1\n---\n# Title"]
    app = types.SimpleNamespace(env=types.SimpleNamespace(doc2path=lambda docname: "a.md"))
    frontmatter.drop(app, "page", content)
    assert content == ["---\nx: 1\n---\n# Title"]
