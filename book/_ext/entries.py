"""The entries of the errata and of the glossary: anchors, what search finds, and links both ways.

An entry is a term of a definition list. ``E26 · …`` becomes the target of every ``E26`` in a
text of the book, and says on which pages it is shown; a word of the glossary can be searched.
"""

import pathlib
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from mcbook.statements import ROOT, notebooks, read
from tools.proofreading import places, without_code

ERRATA, GLOSSARY = "book/reference/errata", "book/reference/glossary"
NUMBER = re.compile(r"\bE\d\d\b")
_SPAN = re.compile(r"(?<![}`])`[^`\n]+`")

#: What no link is put into: code, other links, headings (their words stand in the contents too).
_CLOSED = nodes.literal | nodes.literal_block | nodes.reference | addnodes.pending_xref | nodes.raw | nodes.comment


def shown(root=ROOT):
    """Where the sections show the slips of the notes.

    Parameters
    ----------
    root : pathlib.Path, optional
        The folder that holds ``_toc.yml``.

    Returns
    -------
    dict of str to list of str
        ``"E26"`` -> file names of the notebooks, without ending, whose text names it.

    Examples
    --------
    >>> shown()["E10"]
    ['06-planar-approximation']
    """
    found = {}
    for path in notebooks(root):
        text = "\n".join(_SPAN.sub("", without_code(text)) for _, kind, text in places(path) if kind == "markdown")
        for number in dict.fromkeys(NUMBER.findall(text)):
            found.setdefault(number, []).append(path.stem)
    return found


class JoinErrata(SphinxTransform):
    """Give entries their anchors, link each number of an erratum to its entry, and the entry to where it is shown."""

    default_priority = 410                      # after the notes in the margin have got their form

    def apply(self, **options):
        name = self.env.docname
        if name in (ERRATA, GLOSSARY):
            for item in list(self.document.findall(nodes.definition_list_item)):
                self._anchor(item, name == ERRATA)
        there, entry = set(), self._address(ERRATA)
        for text in list(self.document.findall(nodes.Text)):
            if not NUMBER.search(text) or not _open(text):
                continue
            parts, here = [], text.parent
            for piece in re.split(rf"({NUMBER.pattern})", text.astext()):
                link = NUMBER.fullmatch(piece) and nodes.reference(
                    "", piece, refuri=f"{entry}#{piece.lower()}", internal=True)
                parts += [link or nodes.Text(piece)] if piece else []
                if link and name != ERRATA and piece not in there:
                    there.add(piece)
                    link["ids"].append(f"note-{piece.lower()}")
            here[here.index(text):here.index(text) + 1] = parts

    def _anchor(self, item, erratum):
        term = item.next_node(nodes.term)
        words = term.astext()
        number = NUMBER.match(words)
        if erratum and number:
            term["ids"].append(number[0].lower())
            entries = [number[0].lower(), f"erratum {number[0]}"]
            self._pages(item, number[0])
            first = term.next_node(nodes.Text)          # it is the target itself
            term.replace(first, [nodes.strong("", number[0]), nodes.Text(first.astext()[3:])])
        elif not erratum:
            term["ids"].append("term-" + re.sub(r"\W+", "-", words.replace("\\", "")).strip("-").lower())
            entries = [words.split(",")[0].lower()]
        else:
            return
        place = item.parent.parent
        place.insert(place.index(item.parent), addnodes.index(
            entries=[("single", entry, term["ids"][-1], "main", None) for entry in entries]))

    def _pages(self, item, number):
        """Say at the end of an entry where it is shown."""
        root = pathlib.Path(self.env.srcdir)
        if not hasattr(self, "_shown"):
            self._shown = shown(root)
            self._sections = {page: section for page, section, _ in map(read, notebooks(root))}
        pages = self._shown.get(number, [])
        line = list(item.findall(nodes.paragraph))[-1]
        for k, page in enumerate(pages):
            line += [nodes.Text(", " if k else " "), *([] if k else [nodes.emphasis("", "Shown in:"), nodes.Text(" ")]),
                     nodes.reference("", self._sections[page], internal=True,
                                     refuri=f"{self._address(f'book/{page}')}#note-{number.lower()}")]
        if pages:
            line += nodes.Text(".")

    def _address(self, page):
        return self.env.app.builder.get_relative_uri(self.env.docname, page)


def _open(text):
    """Whether a link may be put into a text: it is not code, a link or a heading of the page."""
    node = text.parent
    while node is not None:
        if isinstance(node, _CLOSED) or (isinstance(node, nodes.title) and isinstance(node.parent, nodes.section)):
            return False
        if isinstance(node, nodes.term | nodes.strong) and isinstance(node.parent, nodes.definition_list_item):
            return False
        node = node.parent
    return True
