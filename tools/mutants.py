"""Does a chapter notice a misprint? Break its printed formulas, and run its checks on them.

    python -m tools.mutants book/11-the-vector-vector-derivative.ipynb ...

A check runs on each broken form of its formula (:mod:`tools.mutations`), with the letters of the page. One that
passes survives; the few that no check can notice are named in ``tests/survivors.toml``, with the reason.
"""

import ast
import concurrent.futures
import dataclasses
import json
import pathlib
import sys
import tomllib

from mcbook import statements
from mcbook.confirmation import run
from mcbook.formulas import ClaimError, FormulaError, could_fail
from mcbook.formulas.tree import text
from mcbook.inpage.cells import Page

from .mutations import KINDS, harmless, mutants, told

#: Survivors that are known, with their reasons.
SURVIVORS = pathlib.Path(__file__).parents[1] / "tests" / "survivors.toml"
#: How much of what could be noticed a chapter has to notice.
ENOUGH = 0.95


@dataclasses.dataclass
class Report:
    """What became of the broken formulas of one page; of what passes, each with its name."""

    page: str
    statements: list = dataclasses.field(default_factory=list)          # those that a check reads
    unchecked: list = dataclasses.field(default_factory=list)           # those that could be false, and none reads
    noticed: dict = dataclasses.field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    same: list = dataclasses.field(default_factory=list)                # says the same as before, and why
    accepted: list = dataclasses.field(default_factory=list)            # survives, for a known reason
    surviving: list = dataclasses.field(default_factory=list)           # survives, and the broken formula
    stale: list = dataclasses.field(default_factory=list)               # known survivors that are noticed, or no more

    @property
    def counted(self):
        """How many of the broken formulas say something else than the formula."""
        return sum(self.noticed.values()) + len(self.accepted) + len(self.surviving)

    @property
    def share(self):
        """Which part of them is noticed."""
        return sum(self.noticed.values()) / self.counted if self.counted else 1.0

    def lines(self):
        """The report in words."""
        yield (f"{self.page}: {len(self.statements)} statements run; {sum(self.noticed.values())} of {self.counted} "
               f"broken formulas are noticed ({100 * self.share:.1f} %); {len(self.same)} more say the same")
        yield "    noticed: " + ", ".join(f"{count} {kind}" for kind, count in self.noticed.items() if count)
        if self.unchecked:
            yield f"    not checked: {', '.join(self.unchecked)}"
        for name, reason in self.accepted:
            yield f"    survives: {name}: {reason}"
        for name, latex in self.surviving:
            yield f"    survives: {name}\n              {latex}"
        for name in self.stale:
            yield f"    tests/survivors.toml names {name}, which is noticed, or is no more: take it out"


def report(path, every=1, known=None):
    """Break the formulas of a page, one in so many, and see what its checks notice."""
    found, fates = Report(path.stem), {}
    known = survivors().get(path.stem, {}) if known is None else known
    own = {name: one for one in statements.read(path)[2] for name in one.names}
    for statement, letters, part in _checks(path, own):
        run(statement.name, letters, part, statement)
        if statement.name not in found.statements:
            found.statements.append(statement.name)
        numbers = range(len(statement.formulas)) if part is None else [part - 1]
        for number in numbers:
            if could_fail(statement.formulas[number]):
                _break(statement, number, letters, part, every, fates)
    for name, (mutant, noticed, reason) in fates.items():
        if noticed:
            found.noticed[mutant.kind] += 1
        elif reason:
            found.same.append((name, reason))
        elif name in known:
            found.accepted.append((name, known[name]))
        else:
            found.surviving.append((name, ", ".join(map(text, mutant.parts))))
    found.unchecked = [one.name for one in statements.read(path)[2] if one.name not in found.statements
                       and any(map(could_fail, one.formulas))]
    if every == 1:
        accepted = {name for name, _ in found.accepted}
        found.stale = [name for name in known if name not in accepted]
    return found


def _break(statement, number, letters, part, every, fates):
    """Run a check on each broken form of one formula; one that any check notices is noticed."""
    latex = statement.formulas[number]
    place = statement.name if len(statement.formulas) == 1 else f"{statement.name}, formula {number + 1}"
    for mutant in mutants(latex, slice(len(statement.name) % every, None, every)):
        name = f"{place}: {mutant.words}"
        while name in fates and told(fates[name][0].parts) != told(mutant.parts):
            name += ", once more"
        if name in fates and fates[name][1]:
            continue
        formulas = (*statement.formulas[:number], mutant.parts, *statement.formulas[number + 1:])
        noticed = _stops(dataclasses.replace(statement, formulas=formulas), letters, part)
        fates[name] = mutant, noticed, "" if noticed else harmless(latex, mutant, letters)


def _stops(statement, letters, part):
    try:
        run(statement.name, letters, part, statement)
    except ClaimError:
        return True
    return False


def _checks(path, own):
    """The checks of a page, one after another, as (statement, letters, part), while the page runs."""
    page = Page()
    for count, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        called = statements.calls(source)
        if not called and (fault := page.run(source)["fault"]):
            raise FormulaError(f"{path.stem}, cell {count}: {fault}")
        for name, function, code in called:
            if function == "confirm" and name.casefold() in own:
                letters = {}
                for given in ast.parse(code).body[0].value.keywords:
                    value = eval(compile(ast.Expression(given.value), path.stem, "eval"), page.space)
                    letters |= {given.arg: value} if given.arg else value
                yield own[name.casefold()], letters, letters.pop("part", None)


def survivors():
    """Page -> survivors that are known -> why that is so."""
    return tomllib.loads(SURVIVORS.read_text(encoding="utf-8")) if SURVIVORS.exists() else {}


def main(paths):
    """Tell the reports of some notebooks; the exit status of a shell command is returned."""
    fine = True
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for one in pool.map(report, map(pathlib.Path, paths)):
            if one.statements:
                print("\n".join(one.lines()), flush=True)
                fine = fine and one.share >= ENOUGH and not one.stale
            elif one.unchecked:
                print(f"{one.page}: no statement runs as it is printed", flush=True)
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
