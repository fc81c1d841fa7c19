"""Run the code cells of a chapter one after another, and show what they show. A statement that does not hold is an
output, and does not end the run. As long as nobody asked for pictures, the lines that draw are left out.
"""

import ast
import contextlib
import dis
import html
import io
import logging
import sys
import types
import warnings
from importlib import import_module

from mcnotes.programs import Program

from ..statements import sections
from .faults import TYPED, fault, report

#: Names whose use draws, and what draws in mcnotes.
DRAWING = frozenset({"matplotlib", "plt"})
DRAWS = frozenset({"mc.draw", "mc.show", "mc.explore"})


class Page:
    """The names that the cells of one page share, and what the running cell has shown so far."""

    def __init__(self, pictures=False):
        self.pictures, self.shown, self._drawn = pictures, [], set(DRAWING)
        self.space = {"__name__": "__main__", "display": self.display}
        if pictures:
            logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)     # of the fonts some are left out
            import_module("matplotlib").use("agg")
            _stand_in(self)
            from .sketches import Sketches  # needs matplotlib
            self.sketches = Sketches(self.display)

    def run(self, source):
        """Run one cell as Jupyter does: what it prints, displays and ends with is shown, in this order.

        The answer holds ``html``, the outputs; ``text``, their plain forms; ``fault``, None or what went wrong;
        ``goes_on``, whether the next cell may run; ``left_out``, whether lines that draw were left out.
        """
        self.shown, wrong, left_out = [], None, False
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(_Printed(self.shown)):
                warnings.simplefilter("ignore")
                left_out = self._execute(source)
        except Exception as error:
            wrong = error
        shown = [_as_html(output) for output in self.shown]
        if wrong is not None:
            shown.append(f"<div class='output mc-block mc-block-error'>{report(fault(wrong), source)}</div>")
        return {"html": "".join(shown), "text": "\n".join(output["text/plain"].rstrip("\n") for output in self.shown),
                "fault": wrong and fault(wrong)[0], "goes_on": wrong is None or isinstance(wrong, AssertionError),
                "left_out": left_out}

    def display(self, thing, raw=False, **_):
        """What ``IPython.display.display`` does in Jupyter."""
        self.shown.append(thing if raw else _forms(thing))

    def _execute(self, source):
        tree = ast.parse(source, TYPED)
        lines = [part for line in tree.body for part in _parts(line)]
        kept = [line for line in lines if self.pictures or not self._draws(line)]
        last = kept[-1] if kept and kept[-1] is lines[-1] and isinstance(kept[-1], ast.Expr) else None
        exec(compile(ast.Module(kept[:-1] if last else kept, []), TYPED, "exec"), self.space)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), TYPED, "eval"), self.space)
            if value is not None and not source.rstrip().endswith(";"):
                self.display(value)
        return len(kept) < len(lines)

    def _draws(self, line):
        """Whether a line draws, or uses what a line that draws has made."""
        made, used = _names(line)
        if used & self._drawn or any(isinstance(node, ast.Attribute) and ast.unparse(node) in DRAWS
                                     for node in ast.walk(line)):
            self._drawn |= made
            return True
        self._drawn -= made - DRAWING
        return False


def _names(line):
    """The names of the page that a line makes and those that it uses; what a function calls its own is neither."""
    made, used, codes = set(), set(), [compile(ast.Module([line], []), TYPED, "exec")]
    for code in codes:
        for step in dis.get_instructions(code):
            if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
                made.add(step.argval)
            elif step.opname in ("LOAD_NAME", "LOAD_GLOBAL", "IMPORT_NAME"):
                used.add(step.argval.split(".")[0])
        codes += [inner for inner in code.co_consts if isinstance(inner, types.CodeType)]
    return made, used


def _parts(line):
    """A line of imports as one for each name, so that one of them can be left out."""
    if isinstance(line, ast.Import):
        return [ast.copy_location(ast.Import([name]), line) for name in line.names]
    return [line]


class _Printed(io.TextIOBase):
    """Where a cell prints to: neighboring lines become one output."""

    def __init__(self, shown):
        self._shown = shown

    def write(self, text):
        if not self._shown or "printed" not in self._shown[-1]:
            self._shown.append({"text/plain": "", "printed": True})
        self._shown[-1]["text/plain"] += text
        return len(text)


def _forms(thing):
    """The forms of an object, as Jupyter asks for them; a page shows HTML where there is some."""
    if isinstance(thing, Program):
        return {"text/plain": repr(thing), "text/html": thing.to_html(lambda section: f"{sections()[section]}.html")}
    if hasattr(type(thing), "_repr_mimebundle_"):
        return thing._repr_mimebundle_()
    rich = thing._repr_html_() if hasattr(type(thing), "_repr_html_") else None
    return {"text/plain": repr(thing)} | ({} if rich is None else {"text/html": rich})


def _as_html(forms):
    if "text/html" in forms:
        return f"<div class='output text_html'>{forms['text/html']}</div>"
    kind = "stream" if "printed" in forms else "text_plain"
    return (f"<div class='output {kind} highlight-none notranslate'><div class='highlight'><pre>"
            f"{html.escape(forms['text/plain'])}</pre></div></div>")


def _stand_in(page):
    """Put the little that figures need of IPython in its place: in the page there is none."""
    module = sys.modules.get("IPython.display")
    if not hasattr(module, "page"):
        package, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
        package.get_ipython, package.version_info = lambda: None, (9, 0)  # matplotlib asks, and leaves it alone
        package.display, module.Image = module, None                      # figures come as in the built book, as HTML
        module.display = lambda *things, **options: module.page.display(*things, **options)
        sys.modules |= {"IPython": package, "IPython.display": module}
    module.page = page
