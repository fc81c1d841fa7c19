"""The fonts of formulas and icons, cut to the characters that the book uses, and its colours."""

import base64
import hashlib
import io
import pathlib
import re
import shutil

ROOT = pathlib.Path(__file__).parent.parent.parent
FONT = ROOT / "node_modules" / "@fontsource" / "stix-two-math" / "files" / "stix-two-math-latin-400-normal.woff2"

_ICON = r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}'


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


def write_theme(path):
    """The palette as CSS variables, as drawn; book.css gives the dark theme its own."""
    from mcnotes.draw import palette  # it comes with matplotlib, which a build of sentences does not need

    lines = "".join(f"  {variable}: {colour};\n" for colour, variable in palette.VARIABLES.items())
    path.write_text(f":root {{\n{lines}}}\n")
