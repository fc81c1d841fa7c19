r"""What each notebook carries for those who run it; ``make run`` puts it there, and the built page leaves it out.

- Front matter, ``numbering: false``: without it JupyterLab gives each equation a second number.
- A cell that installs ``mcnotes`` where it is missing, as on Google Colab.
- A second class on each box, one that JupyterLab knows, so that boxes of different kinds look different there.
- Links with their endings, and references to other notebooks as links: ``{eq}`(14) <eq-14>``` leads JupyterLab
  nowhere from another notebook, ``[(14)](07-our-scalar-vector-derivative.ipynb#eq-14)`` opens it.
"""

import json
import re

from mcbook import statements

from .address import requirement

FRONT = re.compile(r"\A---\n.*?^---\n\s*", re.M | re.S)
_FRONT = "---\nnumbering: false\n---\n\n"
#: Kinds of boxes, and the class by which JupyterLab colours them.
LOOKS = {"definition": "important", "concept": "tip", "notation": "seealso", "clarification": "note",
         "erratum": "warning"}
_INSTALL = """\
# Where mcnotes is missing, as on Google Colab, this cell installs it.
import importlib.util

if not importlib.util.find_spec("mcnotes"):
    get_ipython().run_line_magic("pip", "install --quiet {}")"""
_INSTALLS = 'importlib.util.find_spec("mcnotes")'

#: Code is left alone: fenced, or between back quotes that are no role's.
_CODE = (r"^(?P<fence>`{3,}|~{3,})(?!\{).*?^(?P=fence)|(?P<span>``+)(?!`).*?(?<!`)(?P=span)(?!`)|"
         r"(?<!\})(?<!`)`[^`\n]+`(?!`)")
_STYLE = re.compile(rf"^([ \t]*:class:[ \t]+({'|'.join(LOOKS)}))((?:[ \t]+[\w-]+)*)[ \t]*$", re.M)
_LINK = re.compile(rf"{_CODE}|(?<!!)\[(?P<words>[^\]\n]*)\]\((?P<page>[\w/.-]+?)(?P<ending>\.ipynb|\.md)?"
                   r"(?:#(?P<label>[\w-]+))?\)", re.S | re.M)
_ROLE = re.compile(rf"{_CODE}|\{{(?:eq|ref)\}}`(?:(?P<words>[^`<]*?)\s*<(?P<label>[^`>]+)>|(?P<alone>[\w-]+))`",
                   re.S | re.M)


def carry(notebook, page, root=statements.ROOT, required=""):
    """A notebook with all that it carries for those who run it."""
    targets = {one.label: one for one in statements.everything()}
    cells = notebook["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            made = linked(plain(text, targets), page, targets, root / "book")
            made = _STYLE.sub(lambda style: f"{style[1]} {LOOKS[style[2]]}{style[3]}", made)
            if made != text:
                cell["source"] = made.splitlines(keepends=True)
    first = next((cell for cell in cells if cell["cell_type"] == "markdown"), None)
    if first is not None and not FRONT.match("".join(first["source"])):
        first["source"] = (_FRONT + "".join(first["source"])).splitlines(keepends=True)
    _put_install(cells, required or requirement(root))
    return notebook


def _put_install(cells, required):
    """The cell that installs stands below the title, above all other code."""
    there = [cell for cell in cells if cell["cell_type"] == "code" and _INSTALLS in "".join(cell["source"])]
    cell = there[0] if there else {"cell_type": "code", "execution_count": None, "id": "install", "outputs": []}
    cell["source"] = _INSTALL.format(required).splitlines(keepends=True)
    # folded away: in JupyterLab, on Colab, and on the page
    cell["metadata"] = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
    cells[:] = [other for other in cells if not any(other is one for one in there)]
    cells.insert(1 if cells and cells[0]["cell_type"] == "markdown" else 0, cell)


def linked(text, page, targets, book):
    """A text whose links JupyterLab can follow."""
    def as_link(role):
        one = targets.get(role["label"] or role["alone"])
        if one is None or one.page == page:
            return role[0]
        return f"[{role['words'] or one.name}]({one.page}.ipynb#{one.label})"

    def with_ending(link):
        if link["page"] is None or link["ending"] or link["label"]:
            return link[0]
        endings = [ending for ending in (".ipynb", ".md") if (book / f"{link['page']}{ending}").exists()]
        return f"[{link['words']}]({link['page']}{endings[0]})" if endings else link[0]

    return _LINK.sub(with_ending, _ROLE.sub(as_link, text))


def plain(text, targets):
    """A text as the book's own side reads it: references as roles, boxes with the class of their kind alone."""
    def as_role(link):
        one = targets.get(link["label"])
        if one is None:
            return link[0]
        return f"{{{'eq' if one.kind == 'Equation' else 'ref'}}}`{link['words']} <{one.label}>`"

    def as_it_is(style):
        rest = [name for name in style[3].split() if name != LOOKS[style[2]]]
        return " ".join([style[1], *rest])

    return _STYLE.sub(as_it_is, _LINK.sub(as_role, text))


def carries(path, root=statements.ROOT):
    """Whether a notebook carries all that it should, from whichever address it installs."""
    text = path.read_text(encoding="utf-8")
    installed = re.search(r"install --quiet ([^\s\"\\]+)", text)
    return carry(json.loads(text), path.stem, root, installed[1] if installed else "") == json.loads(text)
