"""Read the whole book for slips that a page can have and still be built.

A reference whose text and target disagree, a number that stands twice, a picture without words: each is told in one
line that names the notebook and the cell as JupyterLab counts it.
"""

import ast
import collections
import functools
import json
import re

from mcbook import statements

from . import markdown
from .markdown import without_code

_ROLE = re.compile(r"\{(eq|ref)\}`(?:([^`<]*?)\s*<([^`>]+)>|([^`<>]+))`")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)\)")
_NAME = re.compile(r"\(\d+\)|\b[A-Z][a-z]+ \d+\b")


def faults(root=statements.ROOT):
    """Every slip of the book, in the order of its pages."""
    table = [one for path in statements.notebooks(root) for one in statements.read(path)[2]]
    targets = {one.label: one for one in table}
    pages = {page: section for page, section, _ in map(statements.read, statements.notebooks(root))}
    said = [f"{where}: {words}" for where, words in _numbers(table, root)]
    for path in statements.notebooks(root):
        texts = []
        for where, kind, text in places(path):
            found = _pictures(text)
            if kind == "markdown":
                texts.append((where, without_code(text)))
                found = [*(words for _, words in markdown.faults(text)), *_references(text, targets, pages, path)]
            said += [f"{path.relative_to(root)}, {where}: {words}" for words in found]
        said += [f"{path.relative_to(root)}, {where}: {words}" for where, words in markdown.headings(texts)]
    for path in sorted((root / "book").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        lines = list(enumerate(without_code(text).splitlines(), 1))
        found = [*markdown.faults(text), *markdown.headings(lines),
                 *((line, words) for line, part in lines for words in _references(part, targets, pages, path))]
        said += [f"{path.relative_to(root)}, line {line}: {words}" for line, words in sorted(found)]
    return said


def places(path):
    """The cells of a notebook with what JupyterLab shows beside them."""
    return _places(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=100)
def _places(path, _time):
    found, count = [], 0
    for position, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
        text, code = "".join(cell["source"]), cell["cell_type"] == "code"
        count += code and bool(text.strip())
        where = f"cell {position} (text, {f'below In [{count}]' if count else 'above all code'})"
        found.append((f"In [{count}]" if code else where, "code" if code else "markdown", text))
    return found


def place(path, cell):
    """What :func:`places` calls the cell at a position, counted from 1."""
    return places(path)[cell - 1][0]


def _numbers(table, root):
    """Numbers that stand twice, and labels that are not those of their numbers."""
    cells = {path.stem: [f"{path.relative_to(root)}, {where}" for where, *_ in places(path)]
             for path in statements.notebooks(root)}
    stands = {one: cells[one.page][one.cell - 1] for one in table}
    for field in ("name", "label"):
        for value, several in _groups(table, field).items():
            for one in several[1:]:
                if value and (field == "name" or one.name != several[0].name):
                    yield stands[one], f"{value} stands already in {stands[several[0]]}"
    for one in table:
        should = f"eq-{one.number}" if one.kind == "Equation" else f"box-{one.number}"
        right = {should, f"{one.kind}-{one.number}".lower()} if one.kind != "Equation" else {should}
        if one.number and one.label not in right:
            what = f"({one.label}) after its last $$" if one.kind == "Equation" else f":name: {one.label}"
            yield stands[one], f"{one.name} is labelled {what}; it should be {should}" if one.label else \
                f"{one.name} has no label; write ({should}) after its last $$"


def _groups(table, field):
    groups = collections.defaultdict(list)
    for one in table:
        groups[getattr(one, field)].append(one)
    return groups


def _references(text, targets, pages, path):
    """What is wrong with the references and pictures in a text."""
    for role, words, target, alone in _ROLE.findall(without_code(text)):
        words, target = (words, target) if target else ("", alone)
        one = targets.get(target)
        if one is None:
            if re.match(r"(eq|box)-\w+$", target):
                yield f"the reference {{{role}}}`{words or target}` leads to {target}, which is nowhere in the book"
            continue
        named = _NAME.findall(words)
        if named and named != [one.name] or role == "eq" and words and not named and one.number:
            others = [other.label for other in targets.values() if [other.name] == named]
            other = f", or lead to {others[0]}" if others else ""
            yield f"the reference says {words} and leads to {target}, which is {one.name}; write {one.name}{other}"
    for picture, words, target in _LINK.findall(without_code(text)):
        page = target.split("#")[0].rsplit("/", 1)[-1].removesuffix(".ipynb")
        section = re.match(r"X\.\d+[a-z]?\b", words)
        if picture and not words.strip():
            yield f"the picture {target} has no words for those who do not see it; write ![what it shows]({target})"
        elif picture and ":" not in target and not (path.parent / target.lstrip("/")).exists():
            yield f"there is no picture {target} beside this page"
        elif section and pages.get(page, section[0]) != section[0]:
            yield f"the link says {section[0]} and leads to {page}, which is {pages[page]}"


def referred(text):
    """Labels of the statements that a text refers to.

    Examples
    --------
    >>> referred("by {eq}`(30) <eq-30>` and {ref}`box-9`, [(14)](07-a.ipynb#eq-14), ``{eq}`(1) <eq-1>` ``")
    ['eq-30', 'box-9', 'eq-14']
    """
    plain = without_code(text)
    links = [target.partition("#")[2] for _, _, target in _LINK.findall(plain)]
    return [target or alone for _, _, target, alone in _ROLE.findall(plain)] + [label for label in links if label]


def _pictures(text):
    """Figures and explorers of a code cell that say too little to those who do not see them."""
    if "mc.show" not in text and "mc.explore" not in text:
        return
    try:
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    except SyntaxError:                                     # a magic command; or the cell says so itself when it runs
        return
    for call in calls:
        name = ast.unparse(call.func)
        alternative = {"mc.show": [*call.args, *_option(call, "alt")], "mc.explore": _option(call, "alt")}.get(name)
        if alternative is not None and not (alternative and len(ast.unparse(alternative[0])) > 30):
            how = 'mc.show("what the picture shows")' if name == "mc.show" else '@mc.explore(alt="what it shows", …)'
            yield f"{name} has no words, or too few, for those who do not see the picture; write {how}"


def _option(call, name):
    return [option.value for option in call.keywords if option.arg == name]
