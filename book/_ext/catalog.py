"""Lists of what stands on the pages, and links both ways.

``{statement-list}`` and ``{statement-counts}`` make the index. An entry of the errata or of the glossary is a term of
a definition list: ``E26 · …`` becomes the target of every ``E26`` in the book, and says on which pages it is shown.
"""

import itertools
import pathlib
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from mcbook.formulas import could_fail
from mcbook.statements import ROOT, confirmed, everything, notebooks, read, sections
from tools.markdown import without_code
from tools.references import places, referred

#: The page that holds the list. What only lists statements does not use them.
INDEX, LISTS = "book/reference/index-of-statements", {"index-of-statements", "errata"}
#: Letters of the longest formula that fits into a line on a phone, and what marks a box, whose title says it.
LONGEST, _BOX = 24, "box"


def _group(deep):
    """A pattern for what stands in braces, with so many more inside of it."""
    return r"\{(?:[^{}]" + (f"|{_group(deep - 1)}" if deep else "") + r")*\}"


#: A brace above or below a part of a formula, with what is written at it.
_BRACE = re.compile(rf"\\(?:over|under)brace\s*({_group(5)})(?:\s*[\^_]\s*{_group(3)})?")


def used(root=ROOT):
    """Where the statements are used, their own pages apart: label -> page -> what the page is called."""
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
    """The list: a part for each section, a line for each statement."""
    lines, where = [], used(root)
    for path in notebooks(root):
        _, _, found = read(path)
        if not found:
            continue
        heading = next((line[2:].strip() for _, kind, text in places(path) if kind == "markdown"
                        for line in text.splitlines() if line.startswith("# ")), path.stem)
        lines += ["", f"## {heading}", ""]
        for (title, said, pages), group in itertools.groupby(
                found, lambda one: (one.title, _said(one), tuple(where.get(one.label, {}).items()))):
            names = ", ".join(_reference(one) for one in group)
            after = ", ".join(f"[{called}](../{page})" for page, called in pages)
            titled = f" {title}" if title and title not in names else ""
            lines.append(f"- {names}{titled if said == _BOX else said or f' in “{title}”'}"
                         + (f"; used in {after}" if after else ""))
    return "\n".join(lines)


def _said(one):
    """What the list says of a statement: of an equation its formula, where that fits into a line."""
    if one.kind != "Equation":
        return _BOX
    formula = " ".join(one.formulas[0].split())
    while _BRACE.search(formula):
        formula = " ".join(_BRACE.sub(lambda found: found[1][1:-1], formula).split())
    letters = len(re.sub(r"\\\w+|[{}^_\s\\]", "", re.sub(r"\\(textcolor|mathsf|text)\{\w+\}", "", formula)))
    return f" ${formula}$" if letters <= LONGEST and "\\begin" not in formula else ""


def _reference(one):
    return f"{{{'eq' if one.kind == 'Equation' else 'ref'}}}`{one.name} <{one.label}>`"


def counts(root=ROOT):
    """How many statements run, which ones nothing could show false, and which ones a check is missing for."""
    run, book = confirmed(root), everything()
    equations = [one for one in book if one.kind == "Equation"]
    quiet = [one for one in book if one.name not in run]
    forgotten = [one for one in quiet if any(map(could_fail, one.formulas))]
    silent = [one for one in quiet if one not in forgotten]
    words = (f"There are {len(equations)} equations and {len(book) - len(equations)} boxes. "
             f"Of these, {len(book) - len(quiet)} carry a mark ✓, which means that code has run them and would have "
             "noticed a mistake.")
    if silent:
        words += (f" Another {len(silent)} carry none, because nothing in them could be false. Most are notation: "
                  f"{', '.join(map(_reference, silent))}.")
    if forgotten:
        words += f" {len(forgotten)} could be false and are not checked: {', '.join(map(_reference, forgotten))}."
    return words


def write_lists(app, docname, texts):
    """Put the lists in their places."""
    for name, written in (("statement-list", markdown), ("statement-counts", counts)) if docname == INDEX else ():
        texts[0] = texts[0].replace(f"```{{{name}}}\n```", written(pathlib.Path(app.srcdir)))


ERRATA, GLOSSARY = "book/reference/errata", "book/reference/glossary"
NUMBER = re.compile(r"\bE\d\d\b")
_SPAN = re.compile(r"(?<![}`])`[^`\n]+`")

#: What no link is put into: code, other links, headings (their words stand in the contents too).
_CLOSED = nodes.literal | nodes.literal_block | nodes.reference | addnodes.pending_xref | nodes.raw | nodes.comment


def shown(root=ROOT):
    """Where the sections show the slips of the notes: number -> names of notebooks."""
    found = {}
    for path in notebooks(root):
        text = "\n".join(_SPAN.sub("", without_code(text)) for _, kind, text in places(path) if kind == "markdown")
        for number in dict.fromkeys(NUMBER.findall(text)):
            found.setdefault(number, []).append(path.stem)
    return found


class JoinErrata(SphinxTransform):
    """Give entries their anchors, link each number of an erratum to its entry, and the entry to where it is shown."""

    default_priority = 410                      # after the marks of the misprints have their places

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


_SECTION = re.compile(r"<span class=['\"]mc-section['\"] data-section=['\"](X\.\d+)['\"]>[^<]*</span>")


def lead_to_sections(app, pagename, templatename, context, doctree):
    """Make a link of each section that is named beside a line."""
    if "mc-program" not in context.get("body", ""):
        return

    def link(found):
        if f"book/{sections()[found[1]]}" == pagename:
            return f'<span class="mc-section">{found[1]}</span>'
        address = app.builder.get_relative_uri(pagename, f"book/{sections()[found[1]]}")
        return f'<a class="mc-section" href="{address}" title="the section that teaches this line">{found[1]}</a>'
    context["body"] = _SECTION.sub(link, context["body"])


def setup(app):
    app.add_transform(JoinErrata)
    app.connect("source-read", write_lists)
    app.connect("html-page-context", lead_to_sections)
