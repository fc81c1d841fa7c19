"""The cells of a notebook that check: which statements they name, and whether they do anything else."""

import ast
import json
import re

from . import finding

CHECK = "hide-check"
_CONFIRMED = re.compile(r"\bmc\.confirm(?:_order)?\(\s*([\"'])(.+?)\1")


def calls(source):
    """The checks that a cell calls, or nothing when it does anything else.

    Parameters
    ----------
    source : str

    Returns
    -------
    list of (name, function, code)

    Examples
    --------
    >>> calls('mc.confirm("(30)", w=w)\\nmc.refute("E26", r"a = b", w=w)')
    [('(30)', 'confirm', 'mc.confirm("(30)", w=w)'), ('E26', 'refute', 'mc.refute("E26", r"a = b", w=w)')]
    >>> calls('x = 1\\nmc.confirm("(30)", w=w)')
    []
    """
    try:
        lines = ast.parse(source).body
    except SyntaxError:
        return []
    found = []
    for line in lines:
        call = getattr(line, "value", None)
        if not (isinstance(line, ast.Expr) and isinstance(call, ast.Call) and call.args
                and ast.unparse(call.func) in ("mc.confirm", "mc.refute") and isinstance(call.args[0], ast.Constant)):
            return []
        found.append((str(call.args[0].value), call.func.attr, ast.get_source_segment(source, line)))
    return found


def untagged(path):
    """The cells of a notebook that only check and do not say so.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    list of int
        Positions, counted from 0.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [k for k, cell in enumerate(cells) if cell["cell_type"] == "code" and calls("".join(cell["source"]))
            and not {CHECK, "hide-cell", "remove-cell"} & set(cell["metadata"].get("tags", []))]


def confirmed(root=finding.ROOT):
    """The statements that a cell of the book confirms.

    Parameters
    ----------
    root : pathlib.Path, optional
        The folder that holds ``_toc.yml``.

    Returns
    -------
    set of str
        Their names.

    Examples
    --------
    >>> "(30)" in confirmed()
    True
    """
    paths = finding.notebooks(root)
    there = {name: one for path in paths for one in finding.read(path)[2] for name in one.names}
    found = set()
    for path in paths:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for _, named in _CONFIRMED.findall("".join(cell["source"])) if cell["cell_type"] == "code" else []:
                words = named.casefold().split(" ")
                name = next((" ".join(words[:k]) for k in range(len(words), 0, -1) if " ".join(words[:k]) in there), "")
                found |= {there[name].name} if name else set()
    return found
