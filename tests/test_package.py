"""The package as PyPI would have it: built from its sources alone, and installed where nothing else is."""

import email
import json
import pathlib
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

from mcbook import statements
from mcbook.exercises import questions as exercises

pytestmark = pytest.mark.release
ROOT = statements.ROOT
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
NOT_SOURCES = shutil.ignore_patterns(".*", "_build", "node_modules", "__pycache__", "build", "*.egg-info")


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """A folder with the source archive, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT, folder / "source", ignore=NOT_SOURCES)
    subprocess.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder / "source"],
                   check=True, capture_output=True)
    shutil.rmtree(folder / "source")
    return folder / "dist"


def metadata(text):
    return email.message_from_string(text)


def test_the_page_on_pypi_is_the_readme(dist):
    archive, wheel = sorted(dist.iterdir(), key=lambda path: path.suffix)
    said = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", archive, wheel],
                          capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    with zipfile.ZipFile(wheel) as files:
        [name] = [name for name in files.namelist() if name.endswith("/METADATA")]
        about = metadata(files.read(name).decode())
        licences = {pathlib.Path(name).name for name in files.namelist() if "/licenses/" in name}
    assert about.get_payload().strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()
    assert (about["Name"], about["License-Expression"]) == ("mcnotes", "MIT AND CC-BY-4.0")
    assert about["Version"] == VERSION and f"version: {VERSION}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text()
    assert licences == {"LICENSE", "LICENSE-text.md"}
    assert about.get_all("Project-URL") is None


def test_a_clone_links_to_its_address_and_brings_its_setting_for_jupyterlab(dist, tmp_path):
    source, address = tmp_path / "source", "https://github.com/someone/notes"
    shutil.copytree(ROOT, source, ignore=NOT_SOURCES)
    config = source / "_config.yml"
    config.write_text(config.read_text().replace('url: ""', f"url: {address}"))
    subprocess.run([sys.executable, "-c", "import setuptools.build_meta as b; b.build_editable('.')"], cwd=source,
                   check=True, capture_output=True)
    [clone], [wheel] = source.glob("*.whl"), dist.glob("*.whl")
    with zipfile.ZipFile(clone) as files:
        about = metadata(files.read(f"mcnotes-{VERSION}.dist-info/METADATA").decode())
        settings = files.read(f"mcnotes-{VERSION}.data/data/share/jupyter/lab/settings/overrides.d/mcnotes.json")
    assert about.get_all("Project-URL") == [f"Source, {address}", f"Issues, {address}/issues"]
    assert f"[LICENSE]({address}/blob/main/LICENSE)" in about.get_payload()
    assert json.loads(settings) == json.loads((ROOT / "binder" / "mcnotes.json").read_text())
    with zipfile.ZipFile(wheel) as files:
        assert not [name for name in files.namelist() if "jupyter" in name], "only a clone brings it"


def test_a_wheel_in_an_empty_environment_knows_the_book(dist, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    [wheel] = dist.glob("*.whl")
    subprocess.run([python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], check=True,
                   capture_output=True)
    code = """if True:
        import json, sys
        import numpy as np, mcnotes as mc
        from mcbook.exercises import questions
        from mcbook import statements
        W, a = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]), np.array([1.0, 2.0, 3.0])
        d = mc.derivative(lambda a: np.tanh(W.T @ a), a)
        @mc.explore(alt="a line that turns", slope=[1, 2])
        def turn(slope):
            fig, ax = __import__("matplotlib.pyplot").pyplot.subplots()
            ax.plot([0, 1], [0, slope])
        print(json.dumps({"file": statements.__file__, "statements": [repr(one) for one in statements.everything()],
                          "exercises": [questions.find(name).name for name in questions.names()],
                          "shape": d.matrix.shape,
                          "modules": sorted({name.split(".")[0] for name in sys.modules})}))"""
    answer = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    answer = json.loads(answer.stdout.splitlines()[-1])
    assert pathlib.Path(answer["file"]).is_relative_to(tmp_path)
    assert answer["statements"] == [repr(one) for one in statements.everything()]
    assert answer["exercises"] == exercises.names() != []
    assert answer["shape"] == [3, 2]
    assert not {"sphinx", "jupyterlab", "scipy"} & set(answer["modules"])
