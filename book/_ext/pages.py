"""The pages around our texts: described to search engines, light, and readable by ear. No page asks another host.

Templates that differ from the theme's are in ``templates/``.
"""

import base64
import copy
import hashlib
import html
import io
import json
import pathlib
import re
import runpy
import shutil
import unicodedata

import lxml.html
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from pydata_sphinx_theme.translator import BootstrapHTML5TranslatorMixin
from pygments.formatters import HtmlFormatter
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from mcbook.formulas import FormulaError, read
from mcbook.statements import ROOT, everything

FONT = ROOT / "node_modules" / "@fontsource" / "stix-two-math" / "files" / "stix-two-math-latin-400-normal.woff2"
#: Scripts and styles that come with Jupyter Book and that no page of this one uses.
UNUSED = re.compile(r"thebe|togglebutton|toggleHintShow|design-tabs|mathjax", re.I)
_ICON = r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}'


def describe_page(app, pagename, templatename, context, doctree):
    """The first real sentence of a page describes it to search engines; scripts that it does not use leave it."""
    name = {"search": "Search", "genindex": "Index"}.get(pagename, pagename)
    words = f"{name} of “{app.config.html_title}”: every section, box and equation of the notes, by number."
    if doctree is not None:
        texts = (" ".join(paragraph.astext().split()) for paragraph in doctree.findall(nodes.paragraph))
        words = next((text for text in texts if len(text) > 40), words).replace("$", "").replace("\\", "")
    words = words if len(words) < 158 else words[:155].rsplit(" ", 1)[0] + " …"
    context["metatags"] = context.get("metatags", "") + f'<meta name="description" content="{html.escape(words)}">'
    for name in ("script_files", "css_files"):
        context[name] = [file for file in context[name]
                         if not UNUSED.search(f"{file.filename} {file.attributes.get('body', '')}")]


class CodeLines(HtmlFormatter):
    """Each line of code as an element, so that a narrow page can wrap it and indent what follows."""

    def wrap(self, source):
        return super().wrap((is_line, _line(text) if is_line else text) for is_line, text in source)


def _line(text):
    plain = re.sub(r"<[^>]*>", "", text)
    spaces = min(len(plain) - len(plain.lstrip(" ")), 8)
    return '<span class="mc-line"' + f' style="--indent: {spaces}ch"' * bool(spaces) + f">{text}</span>"


def use_code_lines(app):
    if app.builder.format == "html":
        app.builder.highlighter.formatter = CodeLines


def visit_table(self, node):
    """Write the beginning of a table, which the keyboard can scroll where the page is narrow."""
    BootstrapHTML5TranslatorMixin.visit_table(self, node)
    self.body[-1] = self.body[-1].replace("<table", '<table tabindex="0"', 1)


def depart_table(self, node):
    """Write the end of a table and of the frame in which it is scrolled."""
    HTML5Translator.depart_table(self, node)
    self.body.append("</div>\n")


def visit_entry(self, node):
    """Write a cell; one of the first row is a heading if it says something, and a formula is called by its words."""
    HTML5Translator.visit_entry(self, node)
    if not isinstance(node.parent.parent, nodes.thead):
        return
    if not node.astext().strip():
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td", 1)
    elif all(isinstance(text.parent, nodes.math) or not text.strip() for text in node.findall(nodes.Text)):
        name = " ".join(map(said, node.findall(nodes.math)))
        self.body[-1] = self.body[-1].replace("<th", f'<th aria-label="{html.escape(name)}"', 1)


def said(formula):
    """A formula as a line of text, or as it is written where it is none that can be read."""
    try:
        return ", ".join(map(str, read(formula.astext())))
    except FormulaError:
        return formula.astext()


def visit_hidden(self, node):
    """Write the head of folded code, which is called by what stands on it."""
    before = len(self.body)
    visit_HideCellInput(self, node)
    self.body[before:] = [part.replace(' aria-label="Toggle hidden content"', "") for part in self.body[before:]]


class CodeBelowPicture(SphinxPostTransform):
    """Put the folded code of a cell after its output."""

    default_priority = 200                     # right after myst-nb has folded the code
    formats = ("html",)

    def run(self, **options):
        """Move the fold of each cell that has one, and an output, to the end of the cell."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and cell.get("hide_mode") == "input" and len(cell) > 1:
                cell.append(cell.pop(0))


def finish(app, error):
    """Write what all pages share: previews, the colors, and the fonts with the characters that the book uses.

    They are read from the finished pages, for this build may have written only some of them.
    """
    if error or app.builder.format != "html":
        return
    out, boxes = pathlib.Path(app.outdir), {one.label for one in everything()}
    _copy_static(app, out / "_static")
    kept, found = out.parent / ".pages.json", {}
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for path in out.rglob("*.html"):
        stamp, name = path.stat().st_mtime, str(path.relative_to(out))
        found[name] = before[name] if before.get(name, [None])[0] == stamp else [stamp, *_read(path, boxes)]
    kept.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    used = {letter for _, letters, _, _ in found.values() for letter in letters}
    icons = {icon for _, _, names, _ in found.values() for icon in names}
    previews = {target: text for *_, texts in found.values() for target, text in texts.items()}
    write_fonts(out / "_static", used, icons)
    write_theme(out / "_static" / "palette.css")
    packed = json.dumps(previews, ensure_ascii=False, separators=(",", ":"))
    (out / "_static" / "previews.js").write_text(f"window.mcPreviews = {packed};\n", encoding="utf-8")


def _read(path, boxes):
    """The characters of the formulas of a finished page, the names of its icons, and its previews."""
    page = lxml.html.parse(path, lxml.html.HTMLParser(encoding="utf-8")).getroot()
    letters = {letter for formula in page.iter("math") for letter in formula.text_content()}
    icons = {name[3:] for names in page.xpath("//@class[contains(., 'fa-')]") for name in names.split()
             if name.startswith("fa-")}
    return "".join(sorted(letters)), sorted(icons), _previews(page, boxes)


def _copy_static(app, static):
    """Copy our style sheets and scripts when they changed; Sphinx does so only when it also writes a page."""
    for folder in app.config.html_static_path:
        for path in (pathlib.Path(app.confdir) / folder).rglob("*"):
            there = static / path.relative_to(pathlib.Path(app.confdir) / folder)
            if path.is_file() and there.exists() and there.stat().st_mtime < path.stat().st_mtime:
                shutil.copy2(path, there)


def _previews(page, boxes):
    """Target -> what a reference to it shows: each equation, box, erratum and word of the glossary of a page."""
    found = {}
    for equation in page.find_class("mc-numbered"):
        number = equation.find_class("mc-number")[0].findtext("a")
        title = f'<p class="mc-preview-title">Equation {number}</p>' if number else ""
        found[equation.get("id")] = f"{title}<div>{_inner(equation.find_class('mc-formula')[0])}</div>"
    for term in page.iter("dt"):
        words = term.getnext()
        if re.fullmatch(r"e\d\d|term-[\w-]+", term.get("id") or "") and words is not None:
            found[term.get("id")] = f'<p class="mc-preview-title">{_inner(term)}</p>{_inner(words)}'
    for box in page.find_class("admonition"):
        if box.get("id") in boxes:
            found[box.get("id")] = _inner(box).replace('class="admonition-title"', 'class="mc-preview-title"').strip()
    return found


def _inner(element):
    """What stands in an element, as HTML, without what only its own place needs."""
    element = copy.deepcopy(element)
    for part in element.find_class("mc-checked") + element.find_class("mc-number"):
        part.drop_tree()
    for part in element.iter():
        for name in ("id", "tabindex", "role", "aria-label"):
            part.attrib.pop(name, None)
    return (element.text or "") + "".join(lxml.html.tostring(part, encoding="unicode") for part in element)


def write_fonts(static, used, icons):
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
    kept = static.parents[1] / ".fonts"
    icon_font = theme / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2"
    (static / "fonts.css").write_text(
        _embedded("STIX Two Math", 400, FONT, "".join(used), ["math", "ssty", "dtls", "ss04"], kept)
        + _embedded("Font Awesome 6 Free", 900, icon_font, codes, [], kept))


def _embedded(family, weight, source, text, features, kept):
    """A font with the glyphs of a text only, as a rule of a style sheet; it is cut once, and kept for later builds."""
    text = "".join(sorted(set(text)))
    name = hashlib.sha256(repr((family, weight, source.read_bytes(), text, features)).encode()).hexdigest()[:16]
    if not (kept / name).exists():
        kept.mkdir(parents=True, exist_ok=True)
        (kept / name).write_text(_cut(family, weight, source, text, features))
    return (kept / name).read_text()


def _cut(family, weight, source, text, features):
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
    name = re.sub(r"LATIN |GREEK |LETTER |LUNATE ", "", unicodedata.name(letter[0], ""))
    try:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {name}")
    except KeyError:
        return "ℎ" if letter == "h" else letter


def write_theme(path):
    """The palette as CSS variables, as drawn; book.css gives the dark theme its own."""
    palette = runpy.run_path(str(ROOT / "mcnotes" / "draw" / "palette.py"))     # without matplotlib, a second less
    lines = "".join(f"  {variable}: {color};\n" for color, variable in palette["VARIABLES"].items())
    path.write_text(f":root {{\n{lines}}}\n")


def setup(app):
    app.add_node(nodes.table, override=True, html=(visit_table, depart_table))
    app.add_node(nodes.entry, override=True, html=(visit_entry, HTML5Translator.depart_entry))
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden, depart_HideCellInput))
    app.add_post_transform(CodeBelowPicture)
    app.connect("builder-inited", use_code_lines)
    app.connect("html-page-context", describe_page, priority=900)
    app.connect("build-finished", finish)
