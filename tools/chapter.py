"""Start a chapter: ``make chapter TITLE="Dual numbers"``, at the end or after another one (``AFTER=11``).

A notebook that passes all tests is written from ``template.md`` and ``template.toml``, entered in ``_toc.yml``, run.
"""

import pathlib
import re
import sys

import nbformat
from myst_nb.core.read import read_myst_markdown_notebook

from mcbook import statements

from . import outputs

HERE = pathlib.Path(__file__).parent


def place(root, after=""):
    """Where a new chapter stands: its number, and the name of the notebook before it, or ValueError."""
    stems = [path.stem for path in statements.notebooks(root) if path.stem[0].isdigit()]  # an appendix has no number
    numbers = [stem.split("-")[0] for stem in stems]
    after = (after.zfill(2) if after.isdigit() else after) or numbers[-1]
    if after not in numbers:
        raise ValueError(f"AFTER={after}: the book has no chapter {after}; it has {', '.join(numbers)}")
    before = stems[numbers.index(after)]
    plain = re.match(r"\d+", after)[0]
    if after == numbers[-1] and after == plain:
        return f"{int(after) + 1:02}", before
    free = (f"{plain}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    return next(number for number in free if number not in numbers), before


def start(title, after="", root=statements.ROOT):
    """Write the notebook, its exercises and its line in ``_toc.yml``; ValueError says what is wrong with a title."""
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    if not slug or "$" in title:
        raise ValueError(f'{title!r} is no title; write make chapter TITLE="Dual numbers", in words')
    if any(re.sub(r"^\d+[a-z]?-", "", path.stem) == slug for path in statements.notebooks(root)):
        raise ValueError(f"a chapter {slug} is there already")
    number, before = place(root, after)
    words = {"heading": f"X.{number.lstrip('0')} {title}", "name": title.strip().lower(), "slug": slug,
             "number": number}
    stem = f"{number}-{slug}"
    notebook = read_myst_markdown_notebook(_filled("template.md", words))
    notebook.metadata = {"kernelspec": outputs.KERNEL}
    path = root / "book" / f"{stem}.ipynb"
    nbformat.write(notebook, path)
    (root / "book" / "exercises" / f"{stem}.toml").write_text(_filled("template.toml", words), encoding="utf-8")
    toc = root / "_toc.yml"
    toc.write_text(re.sub(rf"^( *- file: book/){before}$", rf"\g<0>\n\g<1>{stem}", toc.read_text(encoding="utf-8"),
                          flags=re.M), encoding="utf-8")
    return path


def _filled(name, words):
    text = (HERE / name).read_text(encoding="utf-8")
    return re.sub(r"\{(heading|name|slug|number)\}", lambda word: words[word[1]], text)


def main(title, after=""):
    """Start a chapter and run it; the exit status of a shell command is returned."""
    try:
        path = start(title, after)
    except ValueError as error:
        print(error)
        return 2
    (line, fine), = outputs.store([path])
    if not fine:
        print(line)
    name = path.relative_to(statements.ROOT)
    print(f"{name} is started, with book/exercises/{path.stem}.toml and a line in _toc.yml.\n"
          f"Edit it, then: make run NOTEBOOKS={name} and make check N={path.stem.split('-')[0]}")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
