"""The finished pages: described to search engines, and made light. Nothing in them comes from another host."""

import html
import json
import pathlib
import re
import shutil

from docutils import nodes

from mcbook.statements import everything

from .fonts import write_fonts, write_theme


def describe_page(app, pagename, templatename, context, doctree):
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
    (r'<table class="table">', '<table class="table" tabindex="0">'),          # on a phone it scrolls sideways
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


def finish(app, error):
    """Make the pages light, and cut the font to the characters that the book uses."""
    if error or app.builder.format != "html":
        return
    out, used, previews, icons = pathlib.Path(app.outdir), set(), {}, set()
    _copy_static(app, out / "_static")
    pages = list(out.rglob("*.html"))
    if all(map(_is_done, pages)):
        return
    for page in pages:
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
    write_fonts(out / "_static", used, icons)
    write_theme(out / "_static" / "palette.css")
    packed = json.dumps(previews, ensure_ascii=False, separators=(",", ":"))
    (out / "_static" / "previews.js").write_text(f"window.mcPreviews = {packed};\n", encoding="utf-8")


def _is_done(page):
    with page.open("rb") as file:
        file.seek(-min(len(_DONE), page.stat().st_size), 2)
        return file.read() == _DONE.encode()


def _copy_static(app, static):
    """Copy our style sheets and scripts when they changed; Sphinx does so only when it also writes a page."""
    for folder in app.config.html_static_path:
        for path in (pathlib.Path(app.confdir) / folder).rglob("*"):
            copy = static / path.relative_to(pathlib.Path(app.confdir) / folder)
            if path.is_file() and copy.exists() and copy.stat().st_mtime < path.stat().st_mtime:
                shutil.copy2(path, copy)


_CODE = re.compile(r'(<div class="(?:doctest )?highlight-(?:ipython3|python3?|toml|default)[^>]*>'
                   r'<div class="highlight"><pre>(?:<span></span>)?)(.*?)\n</pre>', re.S)


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
    """Target -> what a reference to it shows: each equation, box, erratum and word of the glossary of a page."""
    found, boxes = {}, {one.label for one in everything()}
    numbered = (r'id="(equation-[\w-]+)"><div class="mc-formula"[^>]*>(.*?)</div>'
                r'<div class="mc-number">(?:<a [^>]*>([^<]*))?')
    for name, formula, number in re.findall(numbered, text, re.S):
        title = f'<p class="mc-preview-title">Equation {number}</p>' if number else ""
        found[name] = f"{title}<div>{formula}</div>"
    for term, name, words in re.findall(r'<dt id="(e\d\d|term-[\w-]+)">(.*?)</dt><dd>(.*?)</dd>', text, re.S):
        found[term] = f'<p class="mc-preview-title">{_plain(name)}</p>{_plain(words)}'
    for start in re.finditer(r'<div class="[^"]*admonition[^"]*" id="([\w-]+)">', text):
        if start[1] not in boxes:
            continue
        depth, end = 0, start.start()
        for tag in re.finditer(r"<(/?)div\b[^>]*>", text[start.start():]):
            depth += -1 if tag[1] else 1
            if depth == 0:
                end = start.start() + tag.start()
                break
        inner = re.sub(r'<(a|button)[^>]*class="mc-checked".*?</\1>', "", text[start.end():end], flags=re.S)
        inner = inner.replace('<p class="admonition-title">', '<p class="mc-preview-title">')
        inner = re.sub(r'<div class="mc-number">.*?</div>', "", inner, flags=re.S)
        found[start[1]] = _plain(inner).strip()
    return found


def _plain(text):
    """HTML without what only its own place needs."""
    return re.sub(r'\s(?:id|tabindex|role|aria-label)="[^"]*"', "", text)
