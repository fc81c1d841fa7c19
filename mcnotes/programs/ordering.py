"""The order of the lines of a program."""


def ordered(own, needed, forward, back):
    """Expressions with lines in order; a forward one that only the way back uses stands before its first use there."""
    first = {}
    for x in needed:
        for part in x.operands():
            first.setdefault(part, x.place)
    return sorted(own, key=lambda x: (max(first.get(x, forward), forward) - 0.5 if x in back and x.place < forward
                                      else x.place, x.place))


def early(own, outputs):
    """Expressions in order, with outputs before others as soon as all that they need is there."""
    made, found = set(own), {}
    for x in own:
        for output in outputs:
            if output in made and all(part in found for part in lines_below(output, made)):
                found[output] = None
        found[x] = None
    return list(found)


def lines_below(x, made):
    """The nearest expressions below one that have a line of their own."""
    for part in x.operands():
        if part in made:
            yield part
        else:
            yield from lines_below(part, made)
