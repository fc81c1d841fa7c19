"""Slips in the Markdown of a page that a build would refuse, or put somewhere else than where they are."""

import difflib
import functools
import re

from docutils.parsers.rst.languages import en

from mcbook.statements import ROOT

#: Directives of the extensions that the book loads; its own are read from ``book/_ext``.
_LOADED = """card code-block code-cell dropdown eval-rst exercise figure-md glossary grid grid-item grid-item-card
iframe index literalinclude margin math only seealso solution statement-counts statement-list tab-item tab-set toctree
versionadded versionchanged""".split()
_FENCE = re.compile(r"\s*(:{3,}|`{3,}|~{3,})[ \t]*(.*?)\s*$")
_ROW = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"^(?P<fence>`{3,}|~{3,})(?!\{).*?^(?P=fence)|(?P<span>``+)(?!`).*?(?<!`)(?P=span)(?!`)",
                   re.M | re.S)


@functools.cache
def _directives():
    own = [name for path in (ROOT / "book" / "_ext").glob("*.py")
           for name in re.findall(r'add_directive\("([\w-]+)"', path.read_text(encoding="utf-8"))]
    return {*en.directives, *_LOADED, *own}


def faults(text):
    """What is wrong with the boxes, fences, directives, tables and colors of a text.

    Examples
    --------
    >>> faults(":::{admonitoin} Title\\nwords\\n:::")
    [(1, 'there is no directive {admonitoin}; did you mean {admonition}?')]
    """
    return [*_fences(text), *_tables(without_code(text)), *_colors(without_code(text))]


def without_code(text):
    """The text with its code blanked, as long as before.

    Examples
    --------
    >>> without_code("E01, ``E02``")
    'E01,        '
    """
    return _CODE.sub(lambda code: re.sub(r"\S", " ", code[0]), text)


def _fences(text):
    open_ones = []
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if not found:
            continue
        marks, rest = found.groups()
        last = open_ones[-1][0] if open_ones else ""
        if not rest and last[:1] == marks[0] and len(marks) >= len(last):
            open_ones.pop()
        elif last[:1] in ("`", "~"):                        # words inside of a fence of code
            continue
        elif rest or marks[0] != ":":
            open_ones.append((marks, line.strip(), number))
            named = re.match(r"\{([\w:-]+)\}", rest)
            if named and named[1] not in _directives():
                near = difflib.get_close_matches(named[1], _directives(), 1)
                yield number, f"there is no directive {{{named[1]}}}" + (
                    f"; did you mean {{{near[0]}}}?" if near else "")
        else:
            yield number, f"{line.strip()} closes no box; take it out, or write the box's first line above it"
    for marks, line, number in open_ones:
        yield number, f"the box or fence that begins with {line[:60]} is not closed; write {marks} on a line below it"


def _tables(text):
    lines = text.splitlines()
    for k in range(1, len(lines)):
        if not (re.fullmatch(r"\s*\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*", lines[k]) and "|" in lines[k - 1]):
            continue
        wanted = _cells(lines[k - 1])
        for number, line in enumerate(lines[k:], k + 1):
            if "|" not in line:
                break
            if _cells(line) != wanted:
                yield number, (f"the row {line.strip()[:40]} of a table has {_cells(line)} cells, and its head has "
                               f"{wanted}; a | inside of a cell is written \\|")


def _cells(line):
    return len(_ROW.split(re.sub(r"^\|", "", re.sub(r"(?<!\\)\|$", "", line.strip()))))


def _colors(text):
    for found in re.finditer(r"\\(?:text)?color\{([^}]*)\}", text):
        if found[1] not in ("royalblue", "sienna"):
            line = text.count("\n", 0, found.start()) + 1
            yield line, f"{found[1]} is no color of the book's; write royalblue for an input, sienna for an output"


def headings(texts):
    """Headings that skip a level, or make a second title."""
    before = 0
    for where, text in texts:
        for marks, words in re.findall(r"^(#{1,6})[ \t]+(.+?)[ \t]*$", text, re.M):
            level = len(marks)
            if level == 1 and before:
                yield where, f'a page has one title, and "{words}" is another one; write ## {words}'
            elif level > before + 1:
                yield where, (f'the heading "{words}" is of level {level} below one of level {before}; '
                              f"write {'#' * (before + 1)} {words}")
            before = level
