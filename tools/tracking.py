"""Which functions of ``mcnotes`` a notebook calls, so that a change runs again only what uses it.

In the process that runs notebooks, the package is imported with one line more
in each function: it notes that the function ran. What stands outside of
functions (constants, classes, signatures, files of data) concerns every
notebook. The rooms ``site``, ``desk`` and ``inpage`` concern none.
"""

import ast
import functools
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import pathlib
import sys

PACKAGE = pathlib.Path(__file__).parent.parent / "mcnotes"
OUTSIDE = "outside of functions"

#: Rooms that no notebook uses.
_APART = {"site"}


def fingerprints(package=PACKAGE):
    """A fingerprint of each function of the package, and one of all that stands outside of functions.

    Parameters
    ----------
    package : pathlib.Path, optional

    Returns
    -------
    dict of str to str
        ``"planar.planar"`` and the like, and `OUTSIDE`. Comments and the docstrings of functions do not count.

    Examples
    --------
    >>> found = fingerprints()
    >>> "planar.planar" in found, OUTSIDE in found, any(name.startswith("desk") for name in found)
    (True, True, False)
    """
    found, outside = {}, hashlib.sha256()
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if not path.is_file() or inside.parts[0] in _APART or "__pycache__" in inside.parts:
            continue
        if path.suffix != ".py":
            outside.update(path.read_bytes())
            continue
        functions, rest = _of_module(path.read_bytes(), ".".join(inside.with_suffix("").parts))
        found |= functions
        outside.update(f"{inside}{rest}".encode())
    return found | {OUTSIDE: outside.hexdigest()[:16]}


@functools.cache
def _of_module(text, prefix):
    """Fingerprints of the functions of a module, and what stands outside of them."""
    tree, found = ast.parse(text), {}
    for name, function in _functions(tree, prefix):
        body = function.body[ast.get_docstring(function, clean=False) is not None:]
        found[name] = _digest("".join(map(ast.dump, body)).encode())
        function.body = []
    return found, ast.dump(tree)


def changed(before, now):
    """Whether any of the pieces that a notebook used is another one now.

    Parameters
    ----------
    before, now : dict of str to str
        What the notebook used when it ran, and the whole package now.

    Returns
    -------
    bool

    Examples
    --------
    >>> changed({"planar.planar": "1a"}, {"planar.planar": "1a", "shapes.axes": "2b"})
    False
    >>> changed({"planar.planar": "1a"}, {"planar.planar": "3c"})
    True
    """
    return any(now.get(name) != mark for name, mark in before.items())


def digest(package=PACKAGE):
    """One fingerprint of every file of the package, to see at once that nothing changed.

    Parameters
    ----------
    package : pathlib.Path, optional

    Returns
    -------
    str
    """
    files = [path for path in sorted(package.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return _digest(b"".join(str(path).encode() + path.read_bytes() for path in files))


def _digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def _functions(tree, prefix):
    """Functions of a module and methods of its classes, as (dotted name, node); inner functions belong to theirs."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}.{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}.{node.name}")


class _Noting(importlib.machinery.SourceFileLoader):
    """Imports a module whose functions note that they ran."""

    def __init__(self, name, path, ran):
        super().__init__(name, path)
        self.ran = ran

    def get_code(self, fullname):
        tree = ast.parse(self.get_data(self.path))
        prefix = ".".join(pathlib.Path(self.path).relative_to(PACKAGE).with_suffix("").parts)
        for name, function in _functions(tree, prefix):
            note = ast.parse(f"_functions_that_ran.add({name!r})").body[0]
            for node in ast.walk(note):
                ast.copy_location(node, function)
            function.body.insert(ast.get_docstring(function, clean=False) is not None, note)
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module):
        module._functions_that_ran = self.ran
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules of this package, to be imported by `_Noting`."""

    def __init__(self, ran):
        self.ran = ran

    def find_spec(self, name, path, target=None):
        parts = name.split(".")
        if parts[0] != PACKAGE.name or parts[1:2] and parts[1] in _APART:
            return None
        place = PACKAGE.joinpath(*parts[1:])
        folder = place.is_dir()
        place = place / "__init__.py" if folder else place.with_suffix(".py")
        if not place.exists():
            return None
        return importlib.util.spec_from_file_location(
            name, place, loader=_Noting(name, str(place), self.ran),
            submodule_search_locations=[str(place.parent)] if folder else None)


def forget(kept):
    """Let the package be imported anew as it is now, but for some rooms; who holds a module of it already keeps that.

    Parameters
    ----------
    kept : set of str
        Names of rooms, such as ``"desk"``.
    """
    for name in list(sys.modules):
        parts = name.split(".")
        if parts[0] == PACKAGE.name and not kept.intersection(parts[1:2]):
            del sys.modules[name]


def note_what_runs():
    """Import the package anew, such that each of its functions notes that it ran.

    Returns
    -------
    set of str
        It grows while functions run.
    """
    ran = set()
    forget(_APART)
    sys.meta_path.insert(0, _Finder(ran))
    return ran
