"""The files of the book as git and editors leave them: what cannot be read is said in a line, not in a traceback."""

import json
import pathlib
import re
import tomllib

from mcbook.statements import ROOT

_MARKER = re.compile(r"<{7}(?!<)|(?<!>)>{7}(?!>)")
#: What one backslash in TOML's double quotes makes of the beginning of a LaTeX macro.
_CONTROL = re.compile(r"[\b\f\t\r]|\n(?=abla|eq\b|otin|earrow)")
_NAMES = {"\b": "b", "\f": "f", "\t": "t", "\r": "r", "\n": "n"}


def faults(paths=(), root=ROOT):
    """What is wrong with files themselves."""
    every = [path for ending in ("*.ipynb", "*.md", "*.toml") for path in sorted((root / "book").rglob(ending))
             if ".ipynb_checkpoints" not in path.parts]
    told = []
    for path in map(pathlib.Path, paths or every):
        name = path.relative_to(root) if path.is_relative_to(root) else path
        told += [f"{name}, {words}" for words in _faults(path)]
    return told


def _faults(path):
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        return [f"line {line}: a character is not written in UTF-8; save the file as UTF-8"]
    if text.startswith("\ufeff"):
        how = f"run: make run NOTEBOOKS=book/{path.name}" if path.suffix == ".ipynb" else "save it without"
        return [f"line 1: the file begins with a byte-order mark; {how}"]
    conflict = _MARKER.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        return [f"line {line}: a conflict of git is not resolved; keep one side, and delete the lines with <<<<<<<, "
                "======= and >>>>>>>"]
    try:
        if path.suffix == ".ipynb":
            if not isinstance(json.loads(text).get("cells"), list):
                return ["line 1: this is no notebook of version 4; open it in JupyterLab and save it"]
        elif path.suffix == ".toml":
            return list(_control(tomllib.loads(text)))
    except json.JSONDecodeError as error:
        return [f"line {error.lineno}: this is no notebook: {error.msg}; see what changed there: git diff"]
    except tomllib.TOMLDecodeError as error:
        return [f"the file is no TOML: {error}"]
    return []


def _control(value, where=""):
    """Strings in which one backslash has become a character that nobody sees."""
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value, 1):
            yield from _control(inner, f"{where}, {name}" if where else f"[{name}]")
    elif isinstance(value, str) and (found := _CONTROL.search(value)):
        begins = value[found.end():].split()[:1] or [""]
        macro = f"\\{_NAMES[found[0]]}{begins[0][:12]}"
        yield (f"{where}: {macro} has lost its backslash; write '…' with single quotes around the text, "
               f"or \\{macro}")
