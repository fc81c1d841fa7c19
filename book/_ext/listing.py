"""The list of all statements on the index's page, written from what stands in the notebooks.

``{statement-list}`` stands for Markdown: a part for each section, in it a line for each
statement: its title (an equation has that of its heading) and the pages that refer to it.
"""

import itertools
import pathlib
import re

from mcbook.statements import ROOT, notebooks, read
from tools.proofreading import places, referred

#: The page that holds the list. What only lists statements does not use them.
PAGE, LISTS = "book/reference/index-of-statements", {"index-of-statements", "errata"}
_PLACE = "```{statement-list}\n```"


def used(root=ROOT):
    """Where the statements are used: the pages that refer to them, their own apart.

    Parameters
    ----------
    root : pathlib.Path, optional
        The folder that holds ``_toc.yml``.

    Returns
    -------
    dict of str to dict
        Label of a statement -> page (its path in the folder ``book``, without ending) -> what the page is called.

    Examples
    --------
    >>> used()["box-13"]["shape-drill"]
    'Shape drill'
    """
    book, found = root / "book", {}
    pages = [(path, read(path)[1], [text for _, kind, text in places(path) if kind == "markdown"])
             for path in notebooks(root)]
    for path in sorted(book.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        title = re.search(r"^# (.+)$", text, re.M)
        pages += [(path, title[1].strip(), [text])] * bool(title and path.stem not in LISTS)
    own = {one.label: one.page for path in notebooks(root) for one in read(path)[2]}
    for path, called, texts in pages:
        page = path.relative_to(book).with_suffix("").as_posix()
        for label in dict.fromkeys(label for text in texts for label in referred(text)):
            if label in own and own[label] != page:
                found.setdefault(label, {})[page] = called
    return found


def markdown(root=ROOT):
    """The list: a part for each section, a line for each statement.

    Parameters
    ----------
    root : pathlib.Path, optional

    Returns
    -------
    str

    Examples
    --------
    >>> "## X.11 " in markdown() and "{eq}`(30) <eq-30>`" in markdown()
    True
    """
    lines, where = [], used(root)
    for path in notebooks(root):
        _, _, found = read(path)
        if not found:
            continue
        heading = next((line[2:].strip() for _, kind, text in places(path) if kind == "markdown"
                        for line in text.splitlines() if line.startswith("# ")), path.stem)
        lines += ["", f"## {heading}", ""]
        for (title, boxed, pages), group in itertools.groupby(
                found, lambda one: (one.title, one.kind != "Equation", tuple(where.get(one.label, {}).items()))):
            names = ", ".join(_reference(one) for one in group)
            after = ", ".join(f"[{called}](../{page})" for page, called in pages)
            titled = f" {title}" if title and title not in names else ""
            lines.append(f"- {names}{titled if boxed else f' in “{title}”'}" + (f"; used in {after}" if after else ""))
    return "\n".join(lines)


def _reference(one):
    return f"{{{'eq' if one.kind == 'Equation' else 'ref'}}}`{one.name} <{one.label}>`"


def write(app, docname, texts):
    """Put the list in its place."""
    if docname == PAGE:
        texts[0] = texts[0].replace(_PLACE, markdown(pathlib.Path(app.srcdir)))
