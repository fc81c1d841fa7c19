"""Dots written out: [v₁, v₂, …, v_m] with a number for m becomes its m entries.

The entry after the dots, beside the one before them, shows which index counts. Entries
that are written out have to fit: [v₁, v₃, …, v_m] is refused.
"""

from dataclasses import replace

from .tree import Node, number, same, text
from .verdict import Failure

_HOLE = Node("hole")


class PatternError(Failure):
    """Entries that are written out do not fit the pattern of the dots."""


def expanded(items, length, count=None, claims=None):
    """Write out the dots of a row, a sum or a product.

    Parameters
    ----------
    items : sequence of Node
        One of them may be of kind ``"dots"``.
    length : callable
        Takes the Node of a last index, such as m, and returns its number.
    count : int, optional
        How many entries there are to be, for a pattern that does not count: [A, A, …, A].
    claims : list, optional
        Gets pairs of an entry that looks unlike the pattern and of what stands there by the
        pattern: an opened block [∂w₁/∂v₁; …; ∂w₁/∂v_m] where the dots need ∂w₁/∂v.

    Returns
    -------
    list of Node

    Raises
    ------
    PatternError
        An entry does not fit, or the pattern cannot be told.

    Examples
    --------
    >>> v = Node("letter", name="v")
    >>> def entry(k):
    ...     return Node("sub", (v, k))
    >>> expanded([entry(number(1)), Node("dots"), entry(Node("letter", name="m"))], lambda node: 4)
    [v₁, v₂, v₃, v₄]
    """
    items = list(items)
    places = [k for k, item in enumerate(items) if item.kind == "dots"]
    if not places:
        return items
    if len(places) > 1 or places[0] in (0, len(items) - 1):
        raise PatternError("dots stand between entries, once in a row: a₁, a₂, …, a_m")
    before, after = items[:places[0]], items[places[0] + 1:]
    if same(before[-1], after[0]):
        fixed = len(before) + len(after)
        if count is None:
            raise Uncounted(f"how often {text(after[0])} stands in the dots")
        if count < fixed and all(same(item, after[0]) for item in before + after):
            return after[:1] * count                # [A, A, …, A] for two of them
        return before + [before[-1]] * (count - fixed) + after
    template, first, last = _pattern(before, after[0])
    first_number, last_number = int(first.name), length(last)
    for k, item in enumerate(reversed(before)):
        _fit_one(item, template, first_number - k, claims)
    for k, item in enumerate(after[1:], 1):
        _fit_one(item, template, last_number + k, claims)
    if last_number < first_number:
        raise PatternError(f"{text(last)} is {last_number}, and {text(before[-1])} is written out already")
    missing = [_filled(template, number(k)) for k in range(first_number + 1, last_number + 1)]
    return before + missing + after[1:]


class Uncounted(PatternError):
    """The pattern does not say how many entries there are."""


def _pattern(before, after):
    """The template, and the numbers of the last entry before the dots and the first after them."""
    found = _unified(before[-1], after)
    if found is not None:
        return found
    hidden = [leaf for leaf in _leaves(after) if leaf.kind == "letter"]
    names = {leaf.name for leaf in hidden}
    if len(names) == 1:                     # an opened block stands before the dots: count places
        template = _holed(after, hidden[0])
        return template, number(len(before)), hidden[0]
    raise PatternError(f"the pattern from {text(before[-1])} to {text(after)} cannot be told")


def _fit_one(item, template, wanted, claims):
    needed = _filled(template, number(wanted))
    if not same(item, needed) and _unified(needed, item) is not None:
        raise PatternError(f"{text(item)} is written where the dots need {text(needed)}")
    if not same(item, needed) and claims is not None:
        claims.append((item, needed))


def _leaves(node):
    """Index leaves of a tree: what stands in subscripts."""
    for k, part in enumerate(node.parts):
        if node.kind == "sub" and k > 0 and part.kind in ("letter", "number"):
            yield part
        else:
            yield from _leaves(part)


def _holed(node, leaf):
    if node.kind == leaf.kind and node.name == leaf.name and not node.parts:
        return _HOLE
    return replace(node, parts=tuple(_holed(part, leaf) for part in node.parts))


def _filled(template, leaf):
    if template is _HOLE:
        return leaf
    if not template.parts:
        return template
    return replace(template, parts=tuple(_filled(part, leaf) for part in template.parts))


def _unified(a, b):
    """What two trees share, with a hole where they differ in one number: (template, number in a, node in b)."""
    pairs = []

    def merge(x, y):
        if same(x, y):
            return x
        if x.kind == "number" and y.kind in ("letter", "sum", "power", "number"):
            pairs.append((x, y))
            return _HOLE
        if x.kind != y.kind or x.name != y.name or len(x.parts) != len(y.parts):
            raise LookupError
        return replace(x, parts=tuple(merge(p, q) for p, q in zip(x.parts, y.parts, strict=True)))

    try:
        template = merge(a, b)
    except LookupError:
        return None
    if not pairs or any(not same(x, pairs[0][0]) or not same(y, pairs[0][1]) for x, y in pairs):
        return None
    return template, *pairs[0]


def table(rows, length, shape=None, claims=None):
    """Write out the dots of a matrix: along its rows, its columns, or its diagonal.

    Parameters
    ----------
    rows : list of list of Node
        Cells; ``"dots"`` and ``"empty"`` among them.
    length : callable
        As in :func:`expanded`.
    shape : tuple of int, optional
        Rows and columns of cells, where known.
    claims : list, optional
        As in :func:`expanded`.

    Returns
    -------
    list of list of Node

    Raises
    ------
    PatternError
    """
    height, width = shape or (None, None)
    sizes = {len(row) for row in rows}
    if len(sizes) > 1:
        raise PatternError(f"the rows of the matrix have {' and '.join(map(str, sorted(sizes)))} entries")
    if not any(cell.kind in ("dots", "empty") for row in rows for cell in row):
        return rows
    dotted = [all(cell.kind in ("dots", "empty") for cell in row) for row in rows]
    if any(dotted) and len(rows[0]) > 1 and (diagonal := _diagonal(rows, dotted, length, shape, claims)) is not None:
        return diagonal
    lines = [Node("dots") if empty else Node("row", tuple(row)) for row, empty in zip(rows, dotted, strict=True)]
    lines = expanded(lines, length, height, claims)
    if any(cell.kind == "empty" for line in lines for cell in line.parts):
        raise PatternError("a cell of the matrix is empty")
    return [expanded(line.parts, length, width, claims) for line in lines]


def _diagonal(rows, dotted, length, shape, claims):
    """A matrix with one thing on the diagonal and another everywhere else, or None."""
    kept = [k for k, empty in enumerate(dotted) if not empty]
    across = [k for k in range(len(rows[0])) if rows[kept[0]][k].kind != "dots"]
    if len(rows) != len(rows[0]) or kept != across or len(kept) < 2:
        return None
    for i in kept:                    # dots between the columns, in each row at the same place
        if [k for k in range(len(rows)) if rows[i][k].kind == "dots"] != [k for k in range(len(rows)) if dotted[k]]:
            return None
    off = [rows[i][k] for i in kept for k in kept if i != k]
    if any(not same(cell, off[0]) for cell in off):
        if any(cell.kind in ("number", "zero") for cell in off):
            raise PatternError("outside of the diagonal "
                               + " and ".join(dict.fromkeys(map(text, off))) + " stand together")
        return None
    main = [rows[k][k] if not dotted[k] else Node("dots") for k in range(len(rows))]
    if same(main[0], off[0]):
        return None
    entries = expanded(main, length, (shape or (None,))[0], claims)
    return [[entries[i] if i == k else off[0] for k in range(len(entries))] for i in range(len(entries))]
