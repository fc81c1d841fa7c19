"""What a formula claims: its statements with their conditions, and whether they could be false."""

import itertools

from .agreement import dimensions
from .reading import read
from .tree import Node, walk

_KINDS = ("scalar", "vector", "matrix", "tensor")


def could_fail(latex):
    """Whether a formula says something that may be false: a relation, or a shape over a brace.

    A notation says nothing, and an arrow without an equation, or a shape with a question mark,
    is a picture in letters.

    Parameters
    ----------
    latex : str

    Examples
    --------
    >>> could_fail(r"z_i = W_i^T A"), could_fail(r"\\frac{\\partial s}{\\partial v}")
    (True, False)
    >>> could_fail(r"\\overbrace{v}^{(m \\times 1)}")
    True
    """
    for part in itertools.chain.from_iterable(map(walk, read(latex))):
        if part.kind == "chain" and not any(one.kind == "words" for one in walk(part.parts[0])):
            return True
        if part.kind == "brace" and len(part.parts) > 1 and dimensions(part.parts[1]):
            return True
    return False


def merged(parts):
    """Statements with the conditions and labels that follow them: (statement, conditions, labels)."""
    out = []
    for part in parts:
        if part.kind == "statement":
            body, conditions = part.parts[0], list(part.parts[1:])
            label = body.kind == "paren" and all(one.kind == "place" for one in body.parts)
            if label and out:
                out[-1][2].extend(body.parts)
            else:
                out.append((body, conditions, []))
        elif part.kind == "conditions" and out:
            out[-1][1].extend(part.parts)
        elif part.kind == "place" and out:
            out[-1][2].append(part)
        elif part.kind == "continuation" and out:
            body, conditions, labels = out.pop()
            sides = body.parts if body.kind == "chain" else (Node("side", (body,), at=body.at),)
            out.append((Node("chain", (*sides, *part.parts), at=body.at), conditions, labels))
    return out


def is_generic(node):
    """Whether a matrix shows one entry between dots, which stands for all."""
    if node.kind != "grid":
        return False
    cells = [cell for row in node.parts for cell in row.parts if cell.kind not in ("dots", "empty")]
    return len(cells) == 1 and len(node.parts) == 3


def claimed_kind(node):
    """``(w a scalar)``: the letter and its kind, or None."""
    inner = node.parts[0] if node.kind == "paren" and len(node.parts) == 1 else node
    if inner.kind == "product" and inner.parts[-1].kind == "words":
        words = inner.parts[-1].name.split()
        found = next((word for word in words if word in _KINDS), None)
        if found:
            rest = inner.parts[:-1]
            return rest[0] if len(rest) == 1 else Node("product", rest), found
    return None
