"""What the signs of a term reach to: ∂ up to its fraction stroke, Δ over one factor, Σ to the end of the term."""

from .tree import Node, walk

_SHORT = ("letter", "sub", "power", "prime", "number", "paren", "transpose", "named", "from")


def grouped(items, at, latex=""):
    """One node from the flat row of items of a term.

    Parameters
    ----------
    items : list of Node
        Factors, and nodes of kind ``"prefix"``, ``"function"``, ``"operator"`` and ``"dots"``.
    at : tuple of int
    latex : str, optional
        For messages.

    Returns
    -------
    Node

    Examples
    --------
    >>> def letter(name):
    ...     return Node("letter", name=name)
    >>> grouped([Node("prefix", name="partial"), letter("s"), Node("operator", name="/"),
    ...          Node("prefix", name="partial"), letter("v")], (0, 0))
    ∂s/∂v
    """
    return _Row(list(items), at, latex).whole()


class _Row:
    def __init__(self, items, at, latex):
        self.items, self.at, self.latex, self.place = items, at, latex, 0

    def peek(self):
        return self.items[self.place] if self.place < len(self.items) else None

    def take(self):
        self.place += 1
        return self.items[self.place - 1]

    def fault(self, words, place=None):
        from .reading import FormulaError, pointed
        here = self.peek()
        place = place if place is not None else here.at[0] if here else self.at[1]
        return FormulaError(pointed(self.latex, place, f": expected {words}"))

    def whole(self, stop=()):
        """Products by juxtaposition, joined by the other signs from left to right."""
        total, sign = None, None
        while self.peek() is not None:
            piece = self.run(stop)
            total = piece if total is None else Node("binary", (total, piece), name=sign, at=self.at)
            if self.peek() is None or self.peek().kind != "operator":
                break
            sign = self.take().name
            if self.peek() is None:
                raise self.fault(f"a factor after {sign}")
        if total is None:
            raise self.fault("a letter or a number")
        return total

    def run(self, stop=()):
        """Factors side by side, up to a sign other than the stroke."""
        factors = []
        while (item := self.peek()) is not None:
            if item.kind == "operator":
                if item.name != "/":
                    break
                if not factors:
                    raise self.fault("a number or a letter before /")
                self.take()
                factors.append(fraction(factors.pop(), self.one(), (self.at[0], item.at[1]), self.latex))
                continue
            if item.kind == "prefix" and item.name == "partial":
                factors.append(self.partial())
            else:
                factors.append(self.one())
        if not factors:
            raise self.fault("a letter or a number")
        at = factors[0].at[0], factors[-1].at[1]
        return factors[0] if len(factors) == 1 else Node("product", tuple(factors), at=at)

    def partial(self):
        """∂ and what it is taken of: everything up to the stroke, the next ∂ or the end."""
        sign, own = self.take(), []
        while (item := self.peek()) is not None and not (item.kind == "operator" and item.name == "/") and not (
                item.kind == "prefix" and item.name == "partial"):
            own.append(self.take())
        of = (grouped(own, (sign.at[0], own[-1].at[1]), self.latex),) if own else ()
        return _partial(sign, of)

    def one(self):
        """One factor, with what a prefix before it reaches."""
        item = self.peek()
        if item is None or item.kind == "operator":
            raise self.fault("a letter or a number")
        if item.kind == "prefix":
            return self.prefixed(self.take())
        if item.kind == "function":
            return self.called(self.take())
        return self.take()

    def prefixed(self, sign):
        if sign.name in ("sum", "prod", "lim"):
            return self.large(sign)
        if sign.name == "partial":
            return _partial(sign, (self.one(),))
        if sign.name == "Delta":
            of = self.one()
            if of.kind == "prime" and self.peek() is not None and self.peek().kind == "paren":
                of = Node("apply", (of, *self.take().parts), at=of.at)
            return _delta(of, (sign.at[0], of.at[1]))
        return Node("gradient", (*(p for post in sign.parts for p in post.parts), self.one()), at=sign.at)

    def called(self, sign):
        """A function and its argument: a bracket, or the one factor that follows."""
        powers = [post for post in sign.parts if post.kind == "upper"]
        item = self.peek()
        if item is None:
            raise self.fault(f"the argument of {sign.name}")
        argument = self.one()
        if argument.kind == "paren":
            arguments = argument.parts
        else:
            following = self.peek()
            if argument.kind == "number" and following is not None and following.kind in _SHORT:
                argument = Node("product", (argument, self.one()), at=argument.at)
                following = self.peek()
            if following is not None and following.kind in _SHORT and following.kind != "paren":
                raise self.fault(f"brackets around the argument of {sign.name}")
            arguments = (argument,)
        node = Node("call", tuple(arguments), name={"ln": "log"}.get(sign.name, sign.name),
                    at=(sign.at[0], argument.at[1]))
        for power in powers:
            node = Node("power", (node, *power.parts), at=node.at)
        return node

    def large(self, sign):
        """Σ, Π or lim with limits; the body is the rest of the term."""
        lower = [part for post in sign.parts if post.kind == "lower" for part in post.parts]
        upper = [part for post in sign.parts if post.kind == "upper" for part in post.parts]
        if self.peek() is None:
            raise self.fault(f"what \\{sign.name} is taken of")
        body = self.whole()
        at = (sign.at[0], body.at[1])
        if sign.name == "lim":
            if len(lower) != 1 or lower[0].kind != "chain" and lower[0].kind != "flow":
                raise self.fault("a limit such as \\lim_{h \\to 0}")
            ends = [part for part in walk(lower[0]) if part.kind in ("letter", "number")]
            return Node("limit", (body, ends[0], ends[-1]), at=at)
        node = body
        for part in reversed(lower):
            if part.kind == "chain" and part.parts[1].name == "=":
                index, low = (side.parts[0] for side in part.parts[:2])
                node = Node("large", (node, index, low, *upper), name=sign.name, at=at)
            elif part.kind == "chain":
                index = part.parts[0].parts[0]
                node = Node("large", (Node("only", (node, part)), index), name=sign.name, at=at)
            else:
                for index in reversed(part.parts if part.kind == "product" else (part,)):
                    node = Node("large", (node, index), name=sign.name, at=at)
        if node is body:
            raise self.fault("an index under the sum", sign.at[1])
        return node


def _partial(sign, of):
    order = next((post.parts[0].name for post in sign.parts if post.kind == "upper"), "1")
    return Node("partial", of, name=order, at=(sign.at[0], of[0].at[1] if of else sign.at[1]))


def _delta(of, at):
    """Δ stands before the letter, so that in Δv_i the index is one of Δv."""
    if of.kind == "sub":
        return Node("sub", (_delta(of.parts[0], at), *of.parts[1:]), at=at)
    if of.kind == "from":
        return Node("from", (_delta(of.parts[0], at), of.parts[1]), at=at)
    if of.kind == "transpose":
        return Node("transpose", (_delta(of.parts[0], at),), at=at)
    if of.kind == "paren" and len(of.parts) == 1:
        of = of.parts[0]
    return Node("delta", (of,), at=at)


def fraction(top, bottom, at, latex=""):
    """A fraction; with ∂ or d above and below, a derivative."""
    above, below = _differential(top), _differential(bottom)
    if below is None or above is None:
        return Node("frac", (top, bottom), at=at)
    (sign, of), (_, by) = above, below
    if not of:
        return Node("derive", by, name=sign, at=at)
    inputs = []
    for one in by:
        if one.kind == "power" and one.parts[1].kind == "number" and sign == "∂" and top.name != "1":
            inputs += [one.parts[0]] * int(one.parts[1].name)
        else:
            inputs.append(one)
    return Node("derivative", (of[0], *inputs), name=sign, at=at)


def _differential(node):
    """What a numerator or denominator is the differential of: its sign and its operands, or None."""
    factors = node.parts if node.kind == "product" else (node,)
    if all(factor.kind == "partial" for factor in factors):
        of = tuple(_bare(part) for factor in factors for part in factor.parts)
        return "∂", of
    first = factors[0]
    if first.kind == "letter" and first.name == "d" and node.kind == "product":
        rest = factors[1:]
        return "d", (_bare(rest[0] if len(rest) == 1 else Node("product", rest, at=node.at)),)
    return None


def _bare(node):
    return node.parts[0] if node.kind == "paren" and len(node.parts) == 1 else node
