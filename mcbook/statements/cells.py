"""The cells of a notebook that check: which statements they name, and whether they do anything else."""

import ast
import json
import re

from . import finding

#: The tag of a cell that holds nothing but checks.
CHECK = "hide-check"
#: How many arguments without a keyword a check has.
_PLACES = {"mb.confirm": 1, "mb.refute": 2}
_CONFIRMED = re.compile(r"\bmb\.confirm\(\s*([\"'])(.+?)\1")


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
    >>> calls('mb.confirm("(30)", w=w)\\nmb.refute("E26", r"a = b", w=w)')
    [('(30)', 'confirm', 'mb.confirm("(30)", w=w)'), ('E26', 'refute', 'mb.refute("E26", r"a = b", w=w)')]
    >>> calls('x = 1\\nmb.confirm("(30)", w=w)')
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
                and isinstance(call.args[0], ast.Constant)
                and len(call.args) <= _PLACES.get(ast.unparse(call.func), 0)):
            return []
        found.append((str(call.args[0].value), call.func.attr, ast.get_source_segment(source, line)))
    return found


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
