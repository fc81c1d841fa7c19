"""The pieces of a formula with their places in its LaTeX, as the grammar's own tree has them."""

import dataclasses

from mcbook.formulas.reading import letter_name, parsed

_PARTIAL = ("partial", "∂")
_DIFFERENTIALS = ("partial", "∂", "Delta", "Δ", "d")
_FUNCTIONS = ("f", "g", "h", "L")


@dataclasses.dataclass(eq=False)
class Unit:
    """A factor of a term, with what ∂, Δ or a function reaches.

    Attributes
    ----------
    kind : str
        ``"factor"``, ``"derivative"``, ``"partial"``, ``"prefix"``, ``"large"`` (a sum or a limit) or ``"dots"``.
    span : tuple of int
        Where it begins and ends.
    sign : tuple of int, optional
        Where the sign of a product before it stands.
    above, below : tuple of int, optional
        Numerator and denominator of a derivative, or of a quotient of changes.
    applied : bool
        Whether it is a function, and the next unit its argument.
    """

    kind: str
    span: tuple
    sign: tuple | None = None
    above: tuple | None = None
    below: tuple | None = None
    applied: bool = False


def span(tree):
    """Where a piece begins and ends."""
    return tree.meta.start_pos, tree.meta.end_pos


def is_a(tree, *kinds):
    """Whether a piece, or a token, is a piece of one of these kinds."""
    return getattr(tree, "data", None) in kinds


def only_letter(tree):
    """The letter that is all there is in a piece, or an empty text."""
    while getattr(tree, "children", None) and len(tree.children) == 1:
        if tree.data == "letter":
            return letter_name(str(tree.children[0]))
        tree = tree.children[0]
    return ""


def word(tree):
    """The first token of a piece, without a backslash."""
    return str(next(iter(tree.scan_values(lambda token: True)), "")).strip("\\")


def is_shape(part):
    """Whether a bracket, or what stands in it, is a shape: (m × n)."""
    if is_a(part, "paren"):
        return any(map(is_shape, part.find_data("term")))
    return any(is_a(child, "operator") and word(child) == "times" for child in part.children)


class Pieces:
    """A formula and its pieces.

    Parameters
    ----------
    latex : str

    Attributes
    ----------
    tree : lark.Tree
    """

    def __init__(self, latex):
        self.latex, self.tree = latex, parsed(latex)
        self._placed = [part for part in self.tree.iter_subtrees() if not part.meta.empty]

    def text(self, place):
        """The LaTeX of a place."""
        return " ".join(self.latex[slice(*place)].split())

    def around(self, part):
        """The pieces that a piece stands in, and itself."""
        start, end = span(part)
        return [other for other in self._placed if span(other)[0] <= start and end <= span(other)[1]]

    def inside(self, part, *kinds):
        """Whether a piece stands in one of these kinds."""
        return not part.meta.empty and any(other is not part and other.data in kinds for other in self.around(part))

    def in_shape(self, part):
        """Whether a piece stands in a shape, (m × n)."""
        return any(is_a(other, "paren") and is_shape(other) for other in self.around(part))

    def indexed(self, lower):
        """The indices of a subscript as (letter or digits, place); none where it is words."""
        if any(lower.find_data("words")) or any(lower.find_data("place")):
            return []
        tokens = [part.children[0] for part in lower.iter_subtrees_topdown() if part.data in ("letter", "number")]
        return [(letter_name(str(token)), (token.start_pos, token.end_pos)) for token in tokens]

    def units(self, term):
        """The factors of a term."""
        items, found, k, sign = list(term.children), [], 0, None
        while k < len(items):
            item = items[k]
            if item.data == "operator":
                sign, k = span(item), k + 1
                continue
            if item.data == "prefix" and word(item) in _PARTIAL:
                unit, k = _slashed(items, k)
            elif item.data == "prefix" and word(item) not in ("sum", "prod", "lim") and k + 1 < len(items):
                unit, k = Unit("prefix", (span(item)[0], span(items[k + 1])[1])), k + 1
            elif item.data in ("prefix", "dots"):
                unit = Unit("dots" if item.data == "dots" else "large", span(item))
            else:
                unit = _factor(item, items[k + 1] if k + 1 < len(items) else None)
            unit.sign, sign = sign, None
            found.append(unit)
            k += 1
        return found


def _slashed(items, k):
    """``∂w/∂v``, or ∂ and what it is taken of; and the place of its last item."""
    end = k
    while end + 1 < len(items) and items[end + 1].data == "factor":
        end += 1
    above, rest = (span(items[k])[0], span(items[end])[1]), items[end + 1:end + 4]
    if [part.data for part in rest] == ["operator", "prefix", "factor"] and word(rest[0]) == "/":
        below = span(rest[1])[0], span(rest[2])[1]
        return Unit("derivative", (above[0], below[1]), above=above, below=below), end + 3
    return Unit("partial", above), end


def _factor(factor, after):
    """A factor; a fraction of two differentials is a derivative."""
    unit, atom = Unit("factor", span(factor)), factor.children[0]
    unit.applied = after is not None and _applies(factor, after)
    while is_a(atom, "chain", "side", "term", "factor") and len(atom.children) == 1:
        atom = atom.children[0]
    if is_a(atom, "fraction"):
        halves = [part for part in atom.children if hasattr(part, "data")]
        taken = all(len(list(part.scan_values(lambda token: True))) > 1 for part in halves)
        if taken and all(word(part) in _DIFFERENTIALS for part in halves):
            unit.kind = "derivative"
            unit.above, unit.below = map(span, halves)
    return unit


def _applies(factor, after):
    """Whether a factor is a function, and the bracket after it its argument."""
    if not (is_a(after, "factor") and is_a(after.children[0], "paren")):
        return False
    atom, *posts = factor.children
    primed = any(post.data == "primes" or any(post.find_data("prime_word")) for post in posts)
    return primed or is_a(atom, "name") or is_a(atom, "letter") and only_letter(atom) in _FUNCTIONS
