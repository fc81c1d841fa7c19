r"""The statements of the book: equations with a number or a label, ``$$ … \tag{30} $$ (eq-30)``, and named boxes. They
are read where they stand, in the notebooks; an installed package has a table. The standard library is enough for this.
"""

import ast
import dataclasses
import difflib
import functools
import json
import pathlib
import re

#: The folder of the book's repository, and the table that an installed package carries instead.
ROOT = pathlib.Path(__file__).parents[1]
TABLE = pathlib.Path(__file__).with_name("statements.json")

#: The tag of a cell that holds nothing but checks.
CHECK = "hide-check"
#: How many arguments without a keyword a check has.
_PLACES = {"mb.confirm": 1, "mb.refute": 2}

_CHAPTER = re.compile(r"^\s*-\s*file:\s*['\"]?([^\s'\"#]+)", re.M)
_FENCED = re.compile(
    r"^[ \t]*(?P<fence>:{3,}|`{3,}|~{3,})(?:\{(?P<directive>[\w:-]+)\}[ \t]*(?P<title>[^\n]*)|[^\n]*)\n"
    r"(?P<options>(?:[ \t]*:[\w-]+:[^\n]*\n)*)(?P<inside>.*?)^[ \t]*(?P=fence)[ \t]*$", re.S | re.M)
_OPTION = re.compile(r":([\w-]+):[ \t]*(.*?)[ \t]*\n")
_FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$(?:[ \t]*\((?P<label>[\w-]+)\))?|\{math\}`(?P<inline>[^`]+)`", re.S)
_TAG = re.compile(r"\s*\\tag\{([^}]*)\}")
_NUMBERED = re.compile(r"(?P<kind>[A-Z]\w+) (?P<number>[A-Z]?\d[\d.]*[a-z]?)(?:: *(?P<title>.*))?$")
_TITLED = re.compile(r"(?P<kind>[A-Z]\w+): *(?P<title>.+)$")


@dataclasses.dataclass(frozen=True)
class Statement:
    """A numbered or named statement of the book."""

    name: str                   # what a check calls it: "(30)", "Definition 9", or the title of an unnumbered box
    kind: str                   # "Equation", "Definition", "Concept", ...
    number: str                 # "30"; empty for a statement without a number
    title: str                  # the title of a box; for an equation, the heading that it stands under
    label: str                  # the target of references: "eq-30", "box-9"
    page: str                   # file name of the notebook without its ending
    section: str                # "X.11"
    formulas: tuple[str, ...]   # LaTeX without tags: displayed formulas, and inline ones written as a role
    cell: int                   # position of its cell in the notebook, from 1

    @property
    def names(self):
        """What it may be called, in small letters; an unnumbered box also ``clarification x.6``."""
        return {self.name.casefold(), self.label.casefold(), f"{self.kind} {self.number or self.section}".casefold()}


def find(name):
    """The statement with a name: ``"(30)"``, ``"Definition 9"``, the title of an unnumbered box, in capitals or not."""
    wanted = name.strip().casefold()
    found = [one for one in everything() if wanted in one.names]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValueError(f"{name!r} stands twice: " + ", ".join(f"{one.page}, cell {one.cell}" for one in found))
    raise ValueError(f"the book has no {name!r}" + _near(wanted))


def _near(wanted):
    names = {one.name.casefold(): one.name for one in everything()}
    number = re.search(r"\d+", wanted)
    near = [names[low] for low in names if number and low.strip("()").split(" ")[-1] == number[0]]
    titles = {one.title.casefold(): one.name for one in everything() if one.kind != "Equation"} | names
    near = sorted(near, key=lambda name: name[0] == "(") or [
        titles[low] for low in difflib.get_close_matches(wanted, titles, 3, 0.7)]
    return f"; near it: {', '.join(near)}" if near else "; an equation is named \"(30)\", a box \"Definition 9\""


def begins(claim, there=None):
    """The name that a claim with words begins with, or nothing; `there` holds names in small letters."""
    there = there or {own for one in everything() for own in one.names}
    words = claim.split(" ")
    starts = (" ".join(words[:k]) for k in range(len(words), 0, -1))
    return next((start for start in starts if start.casefold() in there), "")


def sections():
    """Section -> file name of its notebook without the ending; a page without a number stands under its title."""
    return {section: page for page, section, _ in _table()}


def everything():
    """All statements as a tuple, a name that is used twice included."""
    return tuple(one for *_, found in _table() for one in found)


def notebooks(root=ROOT):
    """Paths of the notebooks that ``_toc.yml`` names, in its order; the front page is none of them."""
    named = (root / f"{name.removesuffix('.ipynb')}.ipynb" for name in
             _CHAPTER.findall((root / "_toc.yml").read_text(encoding="utf-8")))
    return [path for path in named if path.exists()]


def _table():
    """Rows of (page, section, statements)."""
    if (ROOT / "_toc.yml").exists():
        return [read(path) for path in notebooks()]
    return _installed()


@functools.cache
def _installed():
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return [(page, section, tuple(Statement(**one | {"formulas": tuple(one["formulas"])}) for one in found))
            for page, section, found in rows]


def write(path, root=ROOT):
    """Write the table that an installed package carries (``setup.py`` does, when a wheel is built)."""
    rows = [(page, section, [dataclasses.asdict(one) for one in found])
            for page, section, found in map(read, notebooks(root))]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=0), encoding="utf-8")


def read(path):
    """Page, section and statements of a notebook; a file that did not change is not read again."""
    return _read(path, path.stat().st_mtime_ns)


@functools.lru_cache(256)
def _read(path, _time):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = [(place, "".join(cell["source"])) for place, cell in enumerate(cells, 1)
             if cell["cell_type"] == "markdown"]
    heading = next((line[2:].strip() for _, text in texts for line in text.splitlines() if line.startswith("# ")), "")
    section = re.match(r"[A-Z]+\.\d+[a-z]?(?=\s)", heading)
    section, found = section[0] if section else heading, []
    for place, text in texts:
        for line in text.splitlines():
            heading = line.lstrip("# ") if line.startswith("#") else heading
        found += [Statement(**one, page=path.stem, section=section, cell=place) for one in _scan(text, heading)[0]]
    return path.stem, section, tuple(found)


def _scan(text, heading):
    """The statements in a text, as fields of :class:`Statement`, and all its formulas; code is left out."""
    found, formulas, at = [], [], 0
    for block in [*_FENCED.finditer(text), None]:
        for formula in _FORMULA.finditer(text, at, block.start() if block else len(text)):
            body = formula["display"] or formula["inline"]
            formulas.append(" ".join(_TAG.sub("", body).split()))
            tag, label = _TAG.search(body), formula["label"]
            if formula["display"] and (tag or label):
                name = f"({tag[1]})" if tag else label.replace("-", " ")
                found.append({"name": name, "kind": "Equation", "number": tag[1] if tag else "", "title": heading,
                              "label": label or "", "formulas": (formulas[-1],)})
        if block and block["directive"]:
            inside, its_formulas = _scan(block["inside"], heading)
            found += [*_box(block, tuple(its_formulas)), *inside]
            formulas += its_formulas
        at = block and block.end()
    return found, formulas


def _box(block, formulas):
    """The statement that an admonition makes, if it makes one."""
    options, title = dict(_OPTION.findall(block["options"])), (block["title"] or "").strip()
    style = options.get("class", "").split()
    if block["directive"] != "admonition" or "name" not in options or "erratum" in style:
        return
    made = {"label": options["name"], "formulas": formulas}
    if numbered := _NUMBERED.match(title):
        yield made | {"name": f"{numbered['kind']} {numbered['number']}", "kind": numbered["kind"],
                      "number": numbered["number"], "title": numbered["title"] or ""}
        return
    titled = _TITLED.match(title)
    kind, title = (titled["kind"], titled["title"]) if titled else ((style or ["statement"])[0].title(), title)
    yield made | {"name": title, "kind": kind, "number": "", "title": title}


# The cells that check ---------------------------------------------------------------------------------------


def calls(source):
    """The checks that a cell calls, as (name, function, code); nothing when it does anything else.

    >>> calls('mb.confirm("(30)", w=w)'), calls('x = 1\\nmb.confirm("(30)", w=w)')
    ([('(30)', 'confirm', 'mb.confirm("(30)", w=w)')], [])
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


def confirmed(root=ROOT):
    """Names of the statements that a cell of the book confirms."""
    paths = notebooks(root)
    there = {name: one.name for path in paths for one in read(path)[2] for name in one.names}
    claims = [claim for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
              if cell["cell_type"] == "code" for claim, function, _ in calls("".join(cell["source"]))
              if function == "confirm"]
    return {there[name.casefold()] for claim in claims if (name := begins(claim, there))}
