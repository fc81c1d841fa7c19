"""Everything that is tested about one notebook, in one command: ``make check N=07``.

First what can be seen without running it; then the notebook runs and is compared with what is stored. Each fault is
one line, or one block, that names the cell as JupyterLab counts it and says what to do.
"""

import json
import pathlib
import re
import sys
import tomllib

from mcbook import statements
from mcbook.exercises.questions import tables_of
from mcbook.formulas import could_fail

from . import execution, files, outputs, portability, prose, references, report
from .markdown import without_code
from .typesetting import typeset

ROOT = pathlib.Path(__file__).parent.parent
#: The tags that the book knows.
TAGS = {"hide-check", "hide-input", "hide-output", "hide-cell", "remove-input", "remove-output", "remove-cell",
        "raises-exception"}
HIDDEN = {"hide-input", "hide-cell", "remove-cell", "remove-input"}
MOST_LINES = 8
FEWEST_EXERCISES = 3
_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$\n]+?)\$|\{math\}`([^`]+)`", re.S)
_ASKED = re.compile(r"^:::+\{exercise\}.*\n(?::.*\n)*?:label: ex-([\w-]+)$", re.M)

#: What a chapter has: a pattern, and what is missing without it.
PARTS = (
    (r"\A(?:---\n.*?\n---\s*)?# [^$\n]+\n", "a title without formulas: # X.7 Our scalar/vector derivative"),
    (r"After this page you can", 'a first sentence "After this page you can …"'),
    (r"^## .*[Ww]atch out", 'a part "## Watch out"'),
    (r"^## .*[Ee]xercise", 'a part "## Exercises"'),
    (r"^## In short", 'a part "## In short"'),
)


def faults(path, rules=None):
    """What is wrong with a notebook, as far as can be seen without running it and without the other pages."""
    return [f"book/{path.name}, {where}: {words}" for rule in rules or RULES for where, words in rule(path)]


def _code(path):
    """The code cells that hold something, as (where, source, cell)."""
    there = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
             if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    return [(f"In [{count}]", "".join(cell["source"]), cell) for count, cell in enumerate(there, 1)]


def parts(path):
    """A section has all parts of a chapter."""
    text = "\n\n".join(text for _, kind, text in references.places(path) if kind == "markdown")
    if re.match(r"\d\d[a-z]?-", path.name):
        missing = [words for part, words in PARTS if not re.search(part, text, re.M)]
        yield from (("text", f"the chapter has not {words}") for words in missing)


def stored(path):
    """Outputs are stored, in order, and none is an error."""
    run, code = f"run: make run NOTEBOOKS=book/{path.name}", _code(path)
    for count, (where, source, cell) in enumerate(code, 1):
        shows = re.search(r"\b(m[bc]\.(?:confirm|refute|show|check|explore|hint))\b", source)
        if any(output["output_type"] == "error" for output in cell["outputs"]):
            yield where, f"the stored output is an error; mend the cell, then {run}"
        elif shows and not cell["outputs"]:
            yield where, f"no output is stored, though {shows[1]} shows something; {run}"
        elif cell["execution_count"] != count:
            yield where, f"it is stored as In [{cell['execution_count'] or ' '}]: run from the top; {run}"
    if sum(bool(cell["outputs"]) for *_, cell in code) < len(code) / 2:
        yield "outputs", f"most cells have none; {run}"


def leftovers(path):
    """Nothing is stored that differs from machine to machine or from run to run, and tags are known ones."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    run = f"run: make run NOTEBOOKS=book/{path.name}"
    if set(notebook["metadata"]) != {"kernelspec"}:
        yield "metadata", f"an editor's settings are stored; {run}"
    elif notebook["metadata"]["kernelspec"] != outputs.KERNEL:
        name = notebook["metadata"]["kernelspec"].get("name")
        yield "metadata", f"it asks for the kernel {name!r}, which other machines do not have; {run}"
    for where, source, cell in _code(path):
        tags = set(cell["metadata"].get("tags", []))
        if "execution" in cell["metadata"]:
            yield where, f"the time of a run is stored; {run}"
        if tags - TAGS:
            yield where, f"the book does not know the tag {', '.join(sorted(tags - TAGS))}; it knows {sorted(TAGS)}"
        if statements.calls(source) and statements.CHECK not in tags:
            yield where, f"it only checks, so it carries the tag hide-check; {run}"
        elif "mb.confirm(" in source and not statements.calls(source):
            yield where, "it checks among other code, so the page shows no mark; give mb.confirm a cell of its own"


def code(path):
    """What a reader sees of code is short, and drawing is folded away."""
    for where, source, cell in _code(path):
        tags = set(cell["metadata"].get("tags", []))
        lines = [line for line in source.splitlines() if line.strip() and not line.startswith("import ")]
        if not tags and len(lines) > MOST_LINES:
            yield where, f"{len(lines)} visible lines, at most {MOST_LINES} are easy to follow; cut the cell in two"
        if "mc.draw." in source and "mc.show(" not in source and "@mc.explore(" not in source:
            yield where, 'it draws and shows nothing; end the cell with mc.show("what the picture shows")'
        if "@mc.explore(" in source and not tags & HIDDEN:
            yield where, "an explorer's code is folded away; give the cell the tag hide-input"
        for line in re.findall(r"^\s*([%!].*)", source, re.M):
            yield where, f"{line[:40]} is a command of Jupyter, and no Python for the page; write it in Python, or not"
        if re.search(r"(?<![\w.])input\(", source):
            yield where, "input() waits for an answer, and a build has nobody who gives it; write the value itself"
        for hand in re.findall(r"""\bcolor\w*\s*=\s*["'](?!none)[^"']*["']|["']#[0-9a-fA-F]{3,8}["']""", source):
            yield where, f"{hand} is a color by hand, which a dark page does not know; take one of mc.draw.palette"


def formulas(path):
    """Each formula can be typeset."""
    for where, kind, text in references.places(path):
        for found in _FORMULA.findall(without_code(text)) if kind == "markdown" else ():
            tex = re.sub(r"\\tag\{[^}]*\}", "", "".join(found))
            try:
                typeset(tex, True)
            except ValueError as error:
                yield where, str(error)
            except RuntimeError as error:
                yield "formulas", str(error)
                return


def exercises(path):
    """A section has three exercises or more, each with an answer that is not shown; one of them is to be tried out."""
    chapter, asked = path.name.split("-")[0], {}
    if not re.match(r"\d\d[a-z]?-", path.name):
        return
    for where, kind, text in references.places(path):
        if kind == "markdown":
            asked |= dict.fromkeys(_ASKED.findall(text), where)
    answers = f"book/exercises/{path.stem}.toml"
    if len(asked) < FEWEST_EXERCISES:
        yield "exercises", f"there are {len(asked)}, and a section has three or more: :::{{exercise}} with a label ex-…"
    tables = tables_of(chapter, path.parent / "exercises")
    for name, where in asked.items():
        if name not in tables:
            yield where, f"exercise {name} has no answer; write a table [{name}] into {answers}"
    if asked and tables and not any(table.get("kind") == "open" for table in tables.values()):
        yield "exercises", f'none is to be tried out ("break it"); give one kind = "open" in {answers}'
    code = _code(path)
    for name, table in tables.items():
        there = [(where, cell) for where, text, cell in code if re.search(rf'mb\.check\(\s*"{name}"', text)]
        if table.get("kind") != "open" and not there:
            yield asked.get(name, "exercises"), f'exercise {name} has no cell to answer in; write mb.check("{name}", …)'
        for where, cell in there:
            if "Right" in json.dumps(cell["outputs"]):
                yield where, f"the answer of exercise {name} is shown; write ... in its place"
    yield from shape_of_exercises(path.parent / "exercises" / f"{path.stem}.toml")
    for where, text, _ in code:
        if shown := re.search(r"\bmb\.(solution|hint)\(", text):
            yield where, f"mb.{shown[1]} shows what a reader should ask for; take it out"


def shape_of_exercises(path):
    """The file of exercises holds what book/exercises/schema.json says."""
    import jsonschema

    if path.exists():
        schema = json.loads((ROOT / "book" / "exercises" / "schema.json").read_text(encoding="utf-8"))
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for error in jsonschema.Draft202012Validator(schema).iter_errors(table):
            name, *place = map(str, error.absolute_path or ["file"])
            yield f"exercise {name}", f"{' '.join(place) or 'its table'} in {path.name}: {error.message}"


def checks(path):
    """Each numbered statement is checked on its page, not before it is stated."""
    checked = {}
    for position, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
        if cell["cell_type"] == "code":
            for name in re.findall(r"mb\.confirm(?:_order)?\(\s*\"([^\"]+)\"", "".join(cell["source"])):
                checked[re.sub(r"^(\(\w+\)|[A-Z]\w+ \w+) .*", r"\1", name)] = position
    for one in statements.read(path)[2]:
        where, last = references.place(path, one.cell), checked.get(one.name)
        if one.number and last is None and any(map(could_fail, one.formulas)):
            yield where, f'{one.name} is not checked on its page; write mb.confirm("{one.name}", …) in a cell below it'
        elif last is not None and last < one.cell:
            yield where, f"{one.name} is checked before it is stated; move the check down"


def numbers(path):
    """Numbers in sentences are computed on their page, or marked as free."""
    for where, number in prose.unfounded(path):
        yield where, (f"the text says {number}, and no output, figure or code of the page does; mend the text, or mark "
                      f"the number as free: <!-- free: {number} -->")


def carried(path):
    """The notebook carries what JupyterLab and Colab need."""
    if not portability.carries(path):
        yield "text", ("the notebook does not carry what JupyterLab and Colab need (front matter, a cell that "
                       f"installs, links with endings, looks of boxes); run: make run NOTEBOOKS=book/{path.name}")


RULES = (parts, stored, leftovers, code, formulas, exercises, checks, numbers, carried)


def main(names):
    """Check the notebooks whose names begin so; the exit status of a shell command is returned."""
    told = files.faults()
    if told:                                                # nothing can be read beside that
        print("\n".join(told))
        return 1
    found = [path for name in names for path in sorted((ROOT / "book").glob(f"{name}*.ipynb"))]
    if not found:
        print(f"no notebook in book/ begins with {' or '.join(names)}; write make check N=07")
        return 2
    told = [line for path in found for line in faults(path)] + [
        line for line in references.faults() if line.startswith(tuple(f"book/{path.name}, " for path in found))]
    print("\n".join(told), end="\n" * bool(told), flush=True)
    ran = 0
    for path, result in zip(found, execution.run(found), strict=True):
        wrong, slow = report.compared(f"book/{path.name}", result)
        print("\n".join([*slow, *[""] * bool(wrong), *wrong]), end="\n" * bool(slow or wrong), flush=True)
        told += wrong
        ran += len(result.seconds)
    print(f"{ran} cells ran: {'see above' if told else 'all passed'}")
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
