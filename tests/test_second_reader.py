"""A second opinion on what is read: Temml's MathML, as speech-rule-engine understands it, has the same pieces.

Both are asked for fractions, subscripts, superscripts, the limits of sums, the rows of matrices and cases, and
relations, each with the letters that belong to it. A reader that takes too much or too little is noticed.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unicodedata

import pytest

from mcbook import statements
from mcbook.formulas.parser import parsed

HERE = pathlib.Path(__file__).parent
LEAVES = ("LETTER", "NUMBER", "DIGIT", "ZERO", "ONES")


def second(formulas):
    """The pieces of some formulas, as the other reader has them."""
    if not (HERE.parent / "node_modules" / "speech-rule-engine").exists():
        raise RuntimeError("speech-rule-engine is missing: run `npm ci` in the root of the book (make book does it)")
    node = shutil.which("node", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]]))
    done = subprocess.run([node, str(HERE / "second_reader.cjs")], input=json.dumps(formulas), capture_output=True,
                          text=True, encoding="utf-8", check=True)
    return [collections.Counter(map(tuple, pieces)) for pieces in json.loads(done.stdout)]


def is_a(tree, *kinds):
    return getattr(tree, "data", None) in kinds


def leaves(tree):
    """The letters and numbers of a piece, without the names of functions and without what stands at a brace."""
    if not hasattr(tree, "data"):
        return str(tree) if tree.type in LEAVES or tree == "d" else ""
    noted = any(is_a(part, "brace") for part in tree.children)
    inner = "".join(leaves(part) for part in tree.children if not (noted and is_a(part, "lower")))
    return unicodedata.normalize("NFKC", "T" * is_a(tree, "transpose", "inversed") + inner)


def first(latex):
    """The pieces of a formula, as the book's reader has them."""
    found = collections.Counter()
    for tree in parsed(latex).iter_subtrees_topdown():
        kind, branches = tree.data, [part for part in tree.children if hasattr(part, "data")]
        if kind == "fraction":
            found["fraction", *map(leaves, branches)] += 1
        elif kind == "factor" and not is_a(tree.children[0], "brace"):
            base = ""
            for part in tree.children:
                script = "upper" if is_a(part, "transpose", "inversed") else getattr(part, "data", "")
                if script in ("lower", "upper") and leaves(part):
                    found[script, base, leaves(part)] += 1
                base += leaves(part)
        elif kind == "row":
            found["row", str(len(branches))] += 1
        elif kind == "side" and tree.children[0] in tuple("=≈≠<>≤≥"):
            found["relation", str(tree.children[0])] += 1
        elif kind == "prefix" and tree.children[0] in ("sum", "prod") and len(branches) == 2:
            found["limits", *map(leaves, branches)] += 1
    return found


def test_both_readers_find_the_same_pieces_in_every_formula_of_the_book():
    formulas = list(dict.fromkeys(latex for one in statements.everything() for latex in one.formulas))
    differ = {latex: (own - other, other - own) for latex, other in zip(formulas, second(formulas), strict=True)
              if (own := first(latex)) != other}
    assert differ == {} and len(formulas) > 100


@pytest.mark.parametrize("one, other", [
    ("w_{ji} = a", "w_{ij} = a"), (r"\frac{a}{b} c", r"\frac{a}{b c}"), (r"\sum_{j=1}^{m} a_j", r"\sum_{j=1}^{n} a_j"),
    (r"(A B)^T", "A B^T"), ("a = b", r"a \approx b"), (r"\begin{bmatrix} a & b \end{bmatrix}",
                                                     r"\begin{bmatrix} a \\ b \end{bmatrix}"),
    (r"(\underbrace{A}_{(k \times 1)})^T s", r"(\underbrace{A}_{(k \times 1)}) s"),
])
def test_they_differ_where_the_formulas_do(one, other):
    same, different = second([one, other])
    assert first(one) == same != different
