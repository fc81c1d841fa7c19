"""Dots written out: [v₁, v₂, …, v_m] with a number for m becomes its m entries."""

from dataclasses import replace

from .tree import Node, number, rebuilt, same, text, walk
from .verdict import Failure

_HOLE = Node("hole")
_BLANK = ("dots", "empty")


class PatternError(Failure):
    """Entries that are written out do not fit the pattern of the dots."""


class Uncounted(PatternError):
    """The pattern does not say how many entries there are."""


def expanded(items, length, count=None, claims=None):
    """Write out the dots of a row, a sum or a product; PatternError where an entry does not fit: [v₁, v₃, …, v_m].

    `length` tells the number of a last index, such as m; `count` is how many entries there are to be, for a pattern
    that does not count: [A, A, …, A]. `claims` gets pairs of an entry that looks unlike the pattern and of what stands
    there by the pattern: an opened block [∂w₁/∂v₁; …; ∂w₁/∂v_m] where the dots need ∂w₁/∂v.
    """
    items = list(items)
    places = [k for k, item in enumerate(items) if item.kind == "dots"]
    if not places:
        return items
    if len(places) > 1 or places[0] in (0, len(items) - 1):
        raise PatternError("dots stand between entries, once in a row: a₁, a₂, …, a_m")
    before, after = items[:places[0]], items[places[0] + 1:]
    if same(before[-1], after[0]):
        if count is None:
            raise Uncounted(f"how often {text(after[0])} stands in the dots")
        missing = count - len(before) - len(after)
        if missing < 0 and all(same(item, after[0]) for item in before + after):
            return after[:1] * count                # [A, A, …, A] for two of them
        return before + [before[-1]] * missing + after
    template, first, last = _pattern(before, after[0])
    end = length(last)
    wanted = [*range(first, first - len(before), -1), *range(end + 1, end + len(after))]
    for item, place in zip(before[::-1] + after[1:], wanted, strict=True):
        needed = _filled(template, place)
        if _unified(needed, item):
            raise PatternError(f"{text(item)} is written where the dots need {text(needed)}")
        if claims is not None and not same(item, needed):
            claims.append((item, needed))
    if end < first:
        raise PatternError(f"{text(last)} is {end}, and {text(before[-1])} is written out already")
    return before + [_filled(template, place) for place in range(first + 1, end + 1)] + after[1:]


def _pattern(before, after):
    """The template, the number of the last entry before the dots, and the node that is the last of all numbers."""
    if found := _unified(before[-1], after):
        template, first, last = found
        return template, int(first.name), last
    counting = {index.name: index for part in walk(after) if part.kind == "sub" for index in part.parts[1:]
                if index.kind == "letter"}
    if len(counting) != 1:
        raise PatternError(f"the pattern from {text(before[-1])} to {text(after)} cannot be told")
    (name, last), = counting.items()                # an opened block stands before the dots: count places
    return rebuilt(after, lambda node: _HOLE if node.kind == "letter" and node.name == name else node), len(
        before), last


def _filled(template, place):
    return rebuilt(template, lambda node: number(place) if node is _HOLE else node)


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
        return replace(x, parts=tuple(map(merge, x.parts, y.parts)))

    try:
        template = merge(a, b)
    except LookupError:
        return None
    if not pairs or any(not same(x, pairs[0][0]) or not same(y, pairs[0][1]) for x, y in pairs):
        return None
    return template, *pairs[0]


def table(rows, length, shape=(None, None), claims=None):
    """Write out the dots of a matrix with :func:`expanded`: along its rows, its columns, or its diagonal."""
    if len(sizes := sorted({len(row) for row in rows})) > 1:
        raise PatternError(f"the rows of the matrix have {' and '.join(map(str, sizes))} entries")
    if not any(cell.kind in _BLANK for row in rows for cell in row):
        return rows
    dotted = [all(cell.kind in _BLANK for cell in row) for row in rows]
    if any(dotted) and len(rows[0]) > 1 and (diagonal := _diagonal(rows, dotted)):
        off, main = diagonal
        entries = expanded(main, length, shape[0], claims)
        return [[entry if i == k else off for k in range(len(entries))] for i, entry in enumerate(entries)]
    lines = [Node("dots") if empty else Node("row", tuple(row)) for row, empty in zip(rows, dotted, strict=True)]
    lines = expanded(lines, length, shape[0], claims)
    if any(cell.kind == "empty" for line in lines for cell in line.parts):
        raise PatternError("a cell of the matrix is empty")
    return [expanded(line.parts, length, shape[1], claims) for line in lines]


def _diagonal(rows, dotted):
    """What stands everywhere outside of a diagonal, and the diagonal with its dots; None for another matrix."""
    kept = [k for k, empty in enumerate(dotted) if not empty]
    square = len(rows) == len(rows[0]) and len(kept) > 1
    if not square or any([cell.kind == "dots" for cell in rows[i]] != dotted for i in kept):
        return None                                 # dots stand between the columns, in each row at the same place
    main = [Node("dots") if empty else rows[k][k] for k, empty in enumerate(dotted)]
    off = [rows[i][k] for i in kept for k in kept if i != k]
    if any(not same(cell, off[0]) for cell in off):
        if any(cell.kind in ("number", "zero") for cell in off):
            raise PatternError("outside of the diagonal "
                               + " and ".join(dict.fromkeys(map(text, off))) + " stand together")
        return None
    return None if same(main[0], off[0]) else (off[0], main)
