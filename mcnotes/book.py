"""The Sphinx side of the book: an extension that Jupyter Book loads.

- Explorers and figures are baked: the kernel inherits ``MCNOTES_BOOK=1``.
- Formulas become MathML while the book is built; the page needs no script for them.
- Equations and boxes carry the numbers of the notes, can be searched, and show a
  mark that leads to the cell that checks them.
- A change in ``mcnotes`` runs the notebooks again: the cache of their outputs
  knows the notebooks only.
- The finished pages are made light: nothing that they do not use, and nothing
  from another host.
"""

import base64
import functools
import hashlib
import html
import io
import json
import os
import pathlib
import re
import shutil
import subprocess

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

from .drawing import palette
from .statements import BOXES

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
FONT = ROOT / "node_modules" / "@fontsource" / "stix-two-math" / "files" / "stix-two-math-latin-400-normal.woff2"
FONTS = '1em "STIX Two Math"', '900 1em "Font Awesome 6 Free"'
_log = logging.getLogger(__name__)
_CHECK = re.compile(r'mc\.confirm(?:_order)?\(\s*"(?:\((?P<equation>\d+)\)|[A-Z]\w+ (?P<box>\d+|X\.6))[" ]')


def setup(app):
    """Entry point for Sphinx."""
    os.environ["MCNOTES_BOOK"] = "1"
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_display, None))
    app.add_config_value("mcnotes_source", "", "env")
    app.add_transform(NumberStatements)
    app.add_transform(NumberExercises)
    app.connect("config-inited", _forget_stale_outputs)
    app.connect("html-page-context", _describe_page)
    app.connect("html-collect-pages", _find_every_statement)
    app.connect("build-finished", _finish)
    app.add_css_file("fonts.css")
    # asked for at once, the fonts are there at the first paint, and nothing moves when they come
    app.add_js_file(None, priority=100, body="".join(f"document.fonts.load('{font}');" for font in FONTS))
    app.add_css_file("palette.css")
    app.add_css_file("book.css")
    app.add_js_file("explore.js", loading_method="defer")
    app.add_js_file("preview.js", loading_method="defer")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}


# Formulas ------------------------------------------------------------------------------------------------


@functools.cache
def _typesetter():
    """The Node process that typesets; it ends with the build."""
    if not (ROOT / "node_modules" / "temml").exists():
        raise RuntimeError("temml is missing: run `npm ci` in the root of the book (make book does it)")
    node = shutil.which("node", path=os.pathsep.join([str(pathlib.Path(os.sys.executable).parent), os.environ["PATH"]]))
    return subprocess.Popen([node, str(HERE / "typeset.cjs"), str(ROOT)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True, encoding="utf-8")


@functools.cache
def to_mathml(tex, display):
    r"""Typeset a formula.

    Parameters
    ----------
    tex : str
        LaTeX without delimiters and without a tag.
    display : bool
        Whether it stands on a line of its own.

    Returns
    -------
    str
        A ``<math>`` element. The colour names of inputs and outputs have become
        the classes ``mc-in`` and ``mc-out``.

    Raises
    ------
    ValueError
        The formula cannot be typeset.
    """
    process = _typesetter()
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(f"{answer['error']} in the formula {tex!r}")
    mathml = answer["mathml"]
    for colour, name in (("royalblue", "mc-in"), ("sienna", "mc-out")):
        mathml = re.sub(rf' class="([^"]*)" style="color:{colour};"', rf' class="\1 {name}"', mathml)
        mathml = mathml.replace(f' style="color:{colour};"', f' class="{name}"')
    return mathml


def _typeset(self, node, display):
    try:
        return to_mathml(re.sub(r"\\tag\{\d+\}", "", node.astext()).strip(), display)
    except ValueError as error:
        _log.warning("%s", error, location=node)
        return f"<code>{html.escape(node.astext())}</code>"


def _visit_inline(self, node):
    self.body.append(_typeset(self, node, False))
    raise nodes.SkipNode


def _visit_display(self, node):
    formula = _typeset(self, node, True)
    number = node.get("number")
    if number is None:
        self.body.append(f'<div class="mc-equation" tabindex="0" role="group" aria-label="formula">{formula}</div>')
        raise nodes.SkipNode
    name = f"equation-eq-{number}"
    check = node.get("check")
    mark = _mark(check, f"equation {number}") if check else ""
    self.body.append(
        f'<div class="mc-equation mc-numbered" id="{name}"><div class="mc-formula" tabindex="0" role="group" '
        f'aria-label="equation {number}">{formula}</div><div class="mc-number"><a href="#{name}">({number})</a>{mark}'
        "</div></div>")
    raise nodes.SkipNode


def _mark(check, name):
    return (f'<a class="mc-checked" href="#{check}" title="checked by code: go to the cell">'
            f'<span aria-hidden="true">✓</span><span class="mc-hidden">{name} is checked by code</span></a>')


# Numbers, marks and search --------------------------------------------------------------------------------


class NumberStatements(SphinxTransform):
    """Give equations and boxes the notes' numbers, join them to their checks, and enter them for search."""

    default_priority = 400

    def apply(self, **options):
        checks = self._checks()
        equations = self.env.get_domain("math").equations
        for node in list(self.document.findall(nodes.math_block)):
            tag = re.search(r"\\tag\{(\d+)\}", node.astext())
            if tag is None:
                continue
            number = int(tag[1])
            node["number"], node["check"] = number, checks.get(f"eq-{number}")
            if node.get("label"):
                equations[node["label"]] = (self.env.docname, number)
            self._index(node, [f"({number})", f"equation {number}"], f"equation-eq-{number}")
        for node in list(self.document.findall(nodes.admonition)):
            title = node.next_node(nodes.title)
            if "box-6a" in node["names"] and checks.get("box-X.6"):      # the one box without a number
                title += nodes.raw("", " " + _mark(checks["box-X.6"], "this box"), format="html")
            box = re.match(r"(\w+) (\d+)\b", title.astext()) if title is not None else None
            if box and BOXES.get(int(box[2]), (None,))[0] == box[1]:
                # the search of the theme compares with lower-case words
                self._index(node, [title.astext(), f"{box[1]} {box[2]}".lower()], f"box-{box[2]}")
                if checks.get(f"box-{box[2]}"):
                    title += nodes.raw("", " " + _mark(checks[f"box-{box[2]}"], f"{box[1]} {box[2]}"), format="html")

    def _checks(self):
        """Statement -> id of the first cell that checks it; the ids are put on the cells."""
        found = {}
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") != "cell_code":
                continue
            source = cell.next_node(nodes.literal_block)
            for check in _CHECK.finditer(source.astext() if source is not None else ""):
                name = f"eq-{check['equation']}" if check["equation"] else f"box-{check['box']}"
                if name not in found:
                    found[name] = f"check-{name}"
                    cell["ids"].append(f"check-{name}")
        return found

    @staticmethod
    def _index(node, entries, target):
        index = addnodes.index(entries=[("single", entry, target, "main", None) for entry in entries])
        node.parent.insert(node.parent.index(node), index)


class NumberExercises(SphinxTransform):
    """Count the exercises from 1 on each page, as JupyterLab does, and not through the book."""

    default_priority = 400

    def apply(self, **options):
        for number, node in enumerate(list(self.document.findall(exercise_enumerable_node)), 1):
            counted = exercise_node("", *node.children, **node.attributes)
            counted.next_node(nodes.Text).parent[0] = nodes.Text(f"Exercise {number}")
            node.replace_self(counted)
            self.env.sphinx_exercise_registry[node["label"]]["node"] = counted


# Build and pages -----------------------------------------------------------------------------------------


def _forget_stale_outputs(app, config):
    """Drop the cache of outputs when the package has changed since it was filled."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*.py")):
        digest.update(path.read_bytes())
    config.mcnotes_source = digest.hexdigest()
    cache = pathlib.Path(config["nb_execution_cache_path"] or pathlib.Path(app.outdir).parent / ".jupyter_cache")
    stamp = cache / "mcnotes.sha256"
    if cache.exists() and (not stamp.exists() or stamp.read_text() != config.mcnotes_source):
        shutil.rmtree(cache)
    cache.mkdir(parents=True, exist_ok=True)
    stamp.write_text(config.mcnotes_source)


def _find_every_statement(app):
    """Enter the numbers of the pages that this build did not write anew: Sphinx forgets them."""
    for docname, entries in app.env.get_domain("index").entries.items():
        app.builder.indexer._index_entries.setdefault(docname, sorted(
            {(value, target, main) for _, value, target, main, _ in entries}))
    return []


def _describe_page(app, pagename, templatename, context, doctree):
    """The first real sentence of a page describes it to search engines."""
    if doctree is None:                                     # search and index
        name = {"search": "Search", "genindex": "Index"}.get(pagename, pagename)
        words = f"{name} of “{app.config.html_title}”: every section, box and equation of the notes, by number."
        context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{html.escape(words)}">'
        return
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if len(text) > 40:
            short = text if len(text) < 158 else text[:155].rsplit(" ", 1)[0] + " …"
            short = html.escape(short.replace("$", "").replace("\\", ""), quote=True)
            context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{short}">'
            return


_UNUSED = re.compile(
    r'<script[^>]*(?:fontawesome|thebe|togglebutton|design-tabs|mathjax)[^>]*>\s*</script>\s*|'
    r'<script>(?:let toggleHintShow|const THEBE|window\.MathJax|var togglebutton)[^<]*</script>\s*|'
    r'<link[^>]*(?:fontawesome|thebe)[^>]*>\s*|<script[^>]*async[^>]*thebe[^>]*>\s*</script>\s*', re.I)


#: What searching needs; the other pages lead to the page that searches.
_SEARCH = re.compile(r'<script[^>]*(?:searchtools|language_data|searchindex)\.js[^>]*>\s*</script>\s*')

#: What the templates and the writer of the theme do not let us mend: (pattern, replacement).
_BETTER = (
    (r'(<button class="btn search-button[^>]*?) aria-label="Search"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r' id="exercise-content"', ""),
    (r'<div class="(bd-sidebar-primary [^"]*|sidebar-primary-items__start[^"]*)"',
     r'<div class="\1" role="region" aria-label="The book"'),
    # a line never breaks between a formula and the sign before or after it
    (r'(\(?<math(?: [^>]*)?>(?:(?!</math>).)*</math>)([.,;:?!)]+)', r'<span class="mc-together">\1\2</span>'),
    # the theme knows no colours for "auto", and asks the reader's system only after the first paint
    (r'(<html[^>]*) data-theme="auto"', r'\1 data-theme="light"'),
    (r'document\.documentElement\.dataset\.theme = localStorage\.getItem\("theme"\) \|\| "auto";',
     'const mode = document.documentElement.dataset.mode, night = matchMedia("(prefers-color-scheme: dark)").matches;\n'
     '    document.documentElement.dataset.theme = mode !== "auto" ? mode : night ? "dark" : "light";'),
)


_DONE = "\n<!-- finished -->\n"


def _finish(app, error):
    """Make the pages light, and cut the font to the characters that the book uses."""
    if error or app.builder.format != "html":
        return
    out, used, previews, icons = pathlib.Path(app.outdir), set(), {}, set()
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for formula in re.findall(r"<math.*?</math>", text, re.S):
            used.update(html.unescape(re.sub(r"<[^>]*>", "", formula)))
        previews.update(_previews(text))
        icons.update(re.findall(r"\bfa-([a-z0-9-]+)", text))
        if text.endswith(_DONE):                            # by an earlier build
            continue
        text = _CODE.sub(_lines, _UNUSED.sub("", text))
        if page.name != "search.html":
            text = _SEARCH.sub("", text)
        for pattern, better in _BETTER:
            text = re.sub(pattern, better, text, flags=re.S)
        page.write_text(text + _DONE, encoding="utf-8")
    _write_fonts(out / "_static", used, icons)
    _write_theme(out / "_static" / "palette.css")
    packed = json.dumps(previews, ensure_ascii=False, separators=(",", ":"))
    (out / "_static" / "previews.js").write_text(f"window.mcPreviews = {packed};\n", encoding="utf-8")


_CODE = re.compile(r'(<div class="highlight-(?:ipython3|python3?|default)[^>]*><div class="highlight">'
                   r"<pre>(?:<span></span>)?)(.*?)\n</pre>", re.S)


def _lines(code):
    """Each line of code as an element, so that a narrow page can wrap it and indent what follows."""
    lines = code[2].split("\n")
    if any(line.count("<span") != line.count("</span>") for line in lines):     # a string over several lines
        return code[0]
    return code[1] + "".join(f'<span class="mc-line"{_indent(line)}>{line}\n</span>' for line in lines) + "</pre>"


def _indent(line):
    text = re.sub(r"<[^>]*>", "", line)
    spaces = min(len(text) - len(text.lstrip(" ")), 8)
    return f' style="--indent: {spaces}ch"' if spaces else ""


def _previews(text):
    """Target -> what a reference to it shows: each numbered formula and each numbered box of a page."""
    found = {}
    numbered = r'id="(equation-eq-\d+)"><div class="mc-formula"[^>]*>(.*?)</div><div class="mc-number">'
    for name, formula in re.findall(numbered, text, re.S):
        found[name] = f'<p class="mc-preview-title">Equation ({name.rsplit("-", 1)[1]})</p><div>{formula}</div>'
    for start in re.finditer(r'<div class="[^"]*admonition[^"]*" id="(box-\w+)">', text):
        depth, end = 0, start.start()
        for tag in re.finditer(r"<(/?)div\b[^>]*>", text[start.start():]):
            depth += -1 if tag[1] else 1
            if depth == 0:
                end = start.start() + tag.start()
                break
        inner = re.sub(r'<a class="mc-checked".*?</a>', "", text[start.end():end], flags=re.S)
        inner = inner.replace('<p class="admonition-title">', '<p class="mc-preview-title">')
        inner = re.sub(r'<div class="mc-number">.*?</div>', "", inner, flags=re.S)
        found[start[1]] = re.sub(r'\s(?:id|tabindex|role|aria-label)="[^"]*"', "", inner).strip()
    return found


_ICON = r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}'


def _write_fonts(static, used, icons):
    """The fonts of formulas and icons, with the characters that the book uses only, inside one style sheet.

    There they are known at the first paint, and Firefox takes them from a file system too.
    """
    used |= {chr(c) for c in range(32, 127)} | set("ℒ∂∑Δθδεℓαβγηνσ×·⋅≈≠≤≥→⟶∈⋮⋯⋱⏞⏟⏠⏡√′−")
    used |= {_italic(letter) for letter in used}
    import pydata_sphinx_theme

    theme = pathlib.Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    text = (theme / "styles" / "pydata-sphinx-theme.css").read_text(encoding="utf-8")
    rules = re.findall(_ICON, text)
    codes = "".join(chr(int(code, 16)) for names, code in rules if icons & set(re.findall(r"\.fa-([\w-]+):", names)))
    text = re.sub(r"@font-face\{[^}]*Font Awesome[^}]*\}", "", text)
    text = re.sub(_ICON, lambda rule: rule[0] if icons & set(re.findall(r"\.fa-([\w-]+):", rule[1])) else "", text)
    (static / "styles" / "pydata-sphinx-theme.css").write_text(text, encoding="utf-8")
    shutil.rmtree(static / "vendor" / "fontawesome", ignore_errors=True)
    icon_font = theme / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2"
    (static / "fonts.css").write_text(
        _embedded("STIX Two Math", 400, FONT, "".join(used), ["math", "ssty", "dtls", "ss04"])
        + _embedded("Font Awesome 6 Free", 900, icon_font, codes, []))


def _embedded(family, weight, source, text, features):
    """A font with the glyphs of a text only, as a rule of a style sheet."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source)
    cutter = subset.Subsetter(subset.Options(layout_features=features, notdef_outline=True))
    cutter.populate(text=text)
    cutter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    font.close()
    data = base64.b64encode(buffer.getvalue()).decode()
    return (f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
            f'src: url("data:font/woff2;base64,{data}") format("woff2"); }}\n')


def _italic(letter):
    """The mathematical italic that a browser draws for a single letter in ``<mi>``."""
    code = ord(letter[0])
    if letter == "h":
        return "ℎ"
    if "a" <= letter <= "z":
        return chr(0x1D44E + code - ord("a"))
    if "A" <= letter <= "Z":
        return chr(0x1D434 + code - ord("A"))
    if "α" <= letter <= "ω":
        return chr(0x1D6FC + code - ord("α"))
    if "Α" <= letter <= "Ω":
        return chr(0x1D6E2 + code - ord("Α"))
    return {"∂": "𝜕", "ϵ": "𝜖"}.get(letter, letter)


def _write_theme(path):
    """The palette as CSS variables, as drawn; book.css gives the dark theme its own."""
    lines = "".join(f"  {variable}: {colour};\n" for colour, variable in palette.VARIABLES.items())
    path.write_text(f":root {{\n{lines}}}\n")
