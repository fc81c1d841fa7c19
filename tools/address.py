"""The address of the book's repository, which stands in one place: ``repository:`` in ``_config.yml``.

Without an address the book has no launch buttons, the package no links, and a notebook on its own
installs ``mcnotes`` by name. This module needs the standard library alone, so that building the wheel can use it.
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).parents[1]
_SECTION = re.compile(r"^repository:[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*(?:#[^\n]*)?\n)*)", re.M)


def address(root=ROOT):
    """The address and the branch of the repository.

    Parameters
    ----------
    root : pathlib.Path, optional
        The folder that holds ``_config.yml``.

    Returns
    -------
    url, branch : str
        The address without a slash at its end, empty if none is set; the branch, ``"main"`` unless told.
    """
    config = root / "_config.yml"
    section = _SECTION.search(config.read_text(encoding="utf-8") + "\n") if config.exists() else None
    values = dict(re.findall(r"^\s+(url|branch):[ \t]*[\"']?([^\s\"'#]*)", section[1], re.M)) if section else {}
    return values.get("url", "").rstrip("/").removesuffix(".git"), values.get("branch") or "main"


def requirement(root=ROOT):
    """What pip is asked for where ``mcnotes`` is missing: the repository, or the package by its name.

    Parameters
    ----------
    root : pathlib.Path, optional
        The folder that holds ``_config.yml``.

    Returns
    -------
    str
    """
    url, branch = address(root)
    return f"git+{url}@{branch}" if url else "mcnotes"
