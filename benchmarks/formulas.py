"""Formulas three ways: Temml's MathML, as the book has them, beside KaTeX and MathJax SVG, typeset while building too.

    python benchmarks/formulas.py [PAGE ...]

Builds the book once more for each of the two, in a temporary folder with the
notebooks' outputs taken from ``_build``, and prints what a page costs. KaTeX and
MathJax come from the npm registry; the book does not use them.
"""

import os
import pathlib
import shutil
import subprocess
import sys

from pages import ROOT, chromium, measure, scratch, serve

PAGES = ["book/06-planar-approximation.html", "book/13-more-about-the-vector-vector-derivative.html",
         "book/20-the-weight-derivative.html"]
READ = """
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { tex, display } = JSON.parse(line);
  process.stdout.write(JSON.stringify({ mathml: typeset(tex, display) }) + "\\n");
});
"""
#: name -> (packages, how a formula is typeset)
WAYS = {
    "KaTeX": (["katex@0.16.22"], """
const katex = require("katex");
const typeset = (tex, display) => katex.renderToString(tex, { displayMode: display, strict: false });
"""),
    "MathJax SVG": (["mathjax-full@3.2.2"], """
const part = (name) => require("mathjax-full/js/" + name + ".js");
const adaptor = part("adaptors/liteAdaptor").liteAdaptor();
part("handlers/html").RegisterHTMLHandler(adaptor);
const page = part("mathjax").mathjax.document("", {
  InputJax: new (part("input/tex").TeX)({ packages: part("input/tex/AllPackages").AllPackages }),
  OutputJax: new (part("output/svg").SVG)({ fontCache: "local" }),
});
const typeset = (tex, display) => adaptor.outerHTML(page.convert(tex, { display }));
"""),
}


def build(name):
    """The book with its formulas typeset another way; the folder of the HTML is returned."""
    packages, typeset = WAYS[name]
    folder = scratch()
    for part in ("book", "mcnotes", "node_modules", "_config.yml", "_toc.yml", "package.json", "package-lock.json"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
    shutil.copytree(ROOT / "_build" / ".jupyter_cache", folder / "_build" / ".jupyter_cache")
    bin = pathlib.Path(sys.executable).parent
    environment = os.environ | {"PYTHONPATH": str(folder), "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"}
    quiet = {"cwd": folder, "env": environment, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], **quiet)
    # the cache asks whether the package has changed: its Python files have not
    (folder / "mcnotes" / "typeset.cjs").write_text(typeset + READ)
    if name == "KaTeX":
        shutil.copytree(folder / "node_modules" / "katex" / "dist", folder / "book" / "_static" / "katex",
                        ignore=lambda _, names: [n for n in names if n.endswith((".js", ".mjs", ".ttf", ".woff"))])
        style = folder / "book" / "_static" / "book.css"
        style.write_text('@import "katex/katex.min.css";\n' + style.read_text())
    subprocess.run([bin / "jupyter-book", "build", "."], stderr=subprocess.DEVNULL, **quiet)
    return folder / "_build" / "html"


def main():
    pages = sys.argv[1:] or PAGES
    sites = {"Temml (this book)": ROOT / "_build" / "html"} | {name: build(name) for name in WAYS}
    print("| page | formulas by | requests | gzip KB | elements | blocking ms | first paint ms | layout shift |")
    print("|" + " --- |" * 8)
    with chromium() as browser:
        for page in pages:
            for name, folder in sites.items():
                address = serve(folder)
                requests, _, packed, _, blocking, paint, shift, _ = measure(browser, address, page)
                sheet = browser.new_page()
                sheet.goto(f"{address}/{page}")
                elements = sheet.evaluate("document.querySelectorAll('*').length")
                sheet.close()
                print(f"| {pathlib.Path(page).stem} | {name} | {requests:.0f} | {packed:.0f} | {elements} | "
                      f"{blocking:.0f} | {paint:.0f} | {shift:.3f} |", flush=True)


if __name__ == "__main__":
    main()
