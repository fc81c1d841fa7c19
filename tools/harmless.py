"""Broken formulas that say what the formula says: no check can notice them, and none should."""

import re
from dataclasses import replace

import numpy as np

from mcbook.formulas.binding import Binder
from mcbook.formulas.judging import values
from mcbook.formulas.letters import Letters
from mcbook.formulas.reading import FormulaError, read
from mcbook.formulas.tree import Node, rebuilt, walk
from mcbook.formulas.values import ZERO, ClaimError, Flexible, Tensor

from .breaking import bare, saying, told

_COUNTED = re.compile(r"\{(Axes|Size)\}\s*(?P<inside>\()?\s*$")
_COMMUTES = re.compile(r"\s*(\*|\\odot|\\ast|\\circ)\s*")
_DOTTED = re.compile(r"\s*[-+]?\s*\\[clv]?dots")
_HEAD = re.compile(r"(\\?[A-Za-z]+)'*\s*$")
_LIMIT = re.compile(r"\\lim_\{\s*([A-Za-z])\s*\\to")


def harmless(latex, mutant, letters):
    r"""Why a broken formula says the same, by rule.

    Parameters
    ----------
    latex : str
        The formula before it was broken.
    mutant : Mutant
    letters : dict of str to number, array or function

    Returns
    -------
    str
        The reason; empty where no rule applies.

    Examples
    --------
    >>> from tools.breaking import mutants
    >>> latex = r"z_i = W_i^{\mathsf T} A"
    >>> letters = {"Z": [2, 5, 3], "W": [[1, 4, 2], [0, 7, 5]], "A": [1, 3]}
    >>> [f"{one.words}: {reason}" for one in mutants(latex) if (reason := harmless(latex, one, letters))]
    ['z_i transposed: the transpose of a number']
    """
    latex = bare(latex)
    letters = dict.fromkeys(_LIMIT.findall(latex), 0.01) | letters
    if renamed(latex, mutant.latex, letters):
        return "a free index with another name"
    pieces = [latex[start:end] for start, end in mutant.pieces]
    if _merged(latex) == _merged(mutant.latex):
        return "the two indices are equal in this case"
    name = _function_before(latex, mutant.pieces, letters)
    if mutant.kind == "dropped" and name and re.fullmatch(r"\(\s*[A-Za-z]\s*\)", pieces[0]):
        return "a function without its place is taken where it stands"
    if mutant.kind == "dropped" and pieces and _DOTTED.match(latex, mutant.pieces[0][1]):
        return "the dots stand for it"
    if mutant.kind == "transpose" and name and _numbers(name + pieces[0], letters):
        return "the transpose of a number"
    if mutant.kind == "transpose" and (_numbers(pieces[0], letters) or _counts(pieces[0], latex, Letters(letters))):
        return "the transpose of a number"
    if mutant.kind == "transpose" and _diagonal(pieces[0], letters):
        return "the transpose of a diagonal matrix"
    if mutant.kind == "transpose" and (counted := _COUNTED.search(latex[:mutant.pieces[0][0]])):
        counts = "axes" if counted[1] == "Axes" else "entries"
        return f"a transpose has as many {counts}" if counted["inside"] else "the transpose of a number"
    if mutant.kind == "order" and len(pieces) == 2:
        between = latex[mutant.pieces[0][1]:mutant.pieces[1][0]]
        if any(_numbers(piece, letters) for piece in pieces):
            return "a number may stand before or after"
        if _COMMUTES.fullmatch(between):
            return "an element-wise product may be turned around"
        if _dot_product(between.strip(), pieces, letters):
            return "a dot product may be turned around"
    if mutant.kind in ("transpose", "blocks") and pieces and _beside_a_dot(latex, *mutant.pieces[0], letters):
        return "a dot product does not ask how its vectors lie"
    if mutant.kind == "sign" and pieces and _zero(pieces[0]):
        return "minus zero is zero"
    return ""


def renamed(latex, other, letters):
    """Whether two formulas differ in the names of free indices alone."""
    given = Letters(letters)

    def order(formula):
        """Free indices by the order in which they are met."""
        names = {}
        def name(letter):
            return names.setdefault(letter, f"index {len(names)}") if letter in indices else letter
        return saying(formula, name)
    indices = {one for formula in (latex, other) for one in _indices(formula, given) if one not in "mnrk"}
    return order(latex) == order(other)


def _indices(latex, given):
    """Letters of a formula that stand as indices and have no value of their own."""
    subs = [node for part in read(latex) for node in walk(Binder(given).bound(part)) if node.kind == "sub"]
    return {one.name for node in subs for index in node.parts[1:] for one in walk(index)
            if one.kind == "letter" and one.name not in given}


def _merged(latex):
    """What a formula says, with one name for two indices where a case says that they are equal."""
    def change(node):
        if node.kind != "branch" or (condition := _equal(node.parts[1])) is None:
            return node
        one, other = sorted(condition)
        value = rebuilt(node.parts[0], lambda leaf: replace(leaf, name=one, shown="") if (leaf.kind, leaf.name) == (
            "letter", other) else leaf)
        return replace(node, parts=(value, Node("equal", name=one + other)))
    return [told(rebuilt(part, change)) for part in read(latex)]


def _equal(condition):
    """The two letters that a condition says to be equal, or None."""
    chains = [part for part in condition.parts if part.kind == "chain"]
    if len(chains) != 1 or len(condition.parts) != 1 or [side.name for side in chains[0].parts[1:]] != ["="]:
        return None
    names = [side.parts[0].name for side in chains[0].parts if side.parts[0].kind == "letter"]
    return names if len(names) == 2 else None


def _diagonal(piece, letters):
    """Whether a derivative, or a matrix that is written out, has nothing beside its diagonal."""
    try:
        kinds = {node.kind for part in read(piece) for node in walk(part)}
        found = [one for one in values(piece, Letters(letters))] if kinds & {"derivative", "grid"} else []
    except (ClaimError, FormulaError, ValueError):
        return False
    return bool(found) and all(isinstance(one, np.ndarray) and one.shape[0] == one.shape[1] > 1
                               and np.array_equal(one, np.diag(np.diag(one))) for one in found)


def _numbers(piece, letters):
    """Whether a piece of a formula is a single number, for all values of its indices."""
    try:
        found = list(values(piece, Letters(letters)))
    except (ClaimError, FormulaError, ValueError):
        return False
    return bool(found) and all(one is not ZERO and not isinstance(one, Flexible | Tensor) and np.shape(one) == (1, 1)
                               for one in found)


def _vector(piece, letters):
    """The entries of a piece that is a column or a row, or None."""
    try:
        found = list(values(piece, Letters(dict(letters))))
    except (ClaimError, FormulaError, ValueError):
        return None
    vectors = [one for one in found if isinstance(one, np.ndarray) and one.ndim == 2 and min(one.shape) == 1 < one.size]
    return vectors[0].reshape(-1, 1) if len(vectors) == len(found) == 1 else None


def _dot_product(sign, pieces, letters):
    r"""Whether two vectors are multiplied to a number: by \cdot, or by a star that is a dot product here."""
    one, other = (_vector(piece, letters) for piece in pieces)
    if one is None or other is None or one.shape != other.shape:
        return False
    star = letters.get("star")
    if sign == r"\star" and callable(star):
        return all(np.allclose(np.ravel(star(a, b)), one.T @ other) for a, b in ((one, other), (other, one)))
    return sign == r"\cdot"


def _beside_a_dot(latex, start, end, letters):
    r"""Whether a vector stands beside \cdot."""
    beside = re.match(r"\s*\\cdot(?![A-Za-z])", latex[end:]) or re.search(r"\\cdot\s*$", latex[:start])
    return beside is not None and _vector(latex[start:end], letters) is not None


def _function_before(latex, pieces, letters):
    """The name of the function whose argument a piece is, or None."""
    start = pieces[0][0] if pieces else 0
    head = _HEAD.search(latex[:start]) if latex.startswith("(", start) else None
    return head[1] if head and callable(letters.get(head[1])) else None


def _counts(piece, latex, given):
    """Whether a piece consists of indices alone: i, or δ_ij."""
    names = {node.name for part in read(piece) for node in walk(part) if node.kind == "letter"}
    return names <= _indices(latex, given) | ({"δ"} - given.functions.keys() - given.values.keys())


def _zero(piece):
    """Whether a piece is written with zeros alone."""
    try:
        leaves = [node for part in read(piece) for node in walk(part) if not node.parts]
    except FormulaError:
        return False
    return all(leaf.kind in ("zero", "dots") or (leaf.kind, leaf.name) == ("number", "0") for leaf in leaves)
