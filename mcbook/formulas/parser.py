"""From the tokens of a formula to its tree. The grammar (``grammar.lark``, read by lark) knows how signs may follow one
another; what ∂, Δ, Σ, a stroke and the name of a function reach is settled here, term by term.
"""

import functools
import pathlib
from dataclasses import replace

from lark import Lark, Tree, UnexpectedInput
from lark.lexer import Lexer

from .spelling import pointed, signs
from .tree import Node, around, bare, core, number, product, same, walk
from .verdict import FormulaError

_GRAMMAR = pathlib.Path(__file__).with_name("grammar.lark")
_EXPECTED = {"LETTER": "a letter", "NUMBER": "a number", "RPAR": "a closing )", "RBRACE": "a closing }",
             "RSQB": "a closing ]", "RCURLY": "a closing \\}", "LBRACE": "{", "ENDMATRIX": "the end of the matrix",
             "CLOSEBAR": "a closing |", "CLOSENORM": "a closing ‖", "ENDCASES": "the end of the cases", "EQUALS": "=",
             "RANGLE": "a closing ⟩", "OPERATOR": "a product", "PLUS": "+", "$END": "the end of the formula",
             "DIGIT": "a digit"}
#: Functions that reach over a whole product when they have no bracket: tr AB is tr(AB).
_WIDE = ("tr", "det", "rank")
#: Functions whose superscript or subscript says something.
_INVERTED = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
_SHORT = ("letter", "sub", "power", "prime", "number", "transpose", "named", "from")
#: What may be a function before a bracket.
_HEADS = ("letter", "prime", "named")


def read(formula: str, names: frozenset = frozenset()) -> tuple[Node, ...]:
    """A formula's statements, conditions and labels, which commas, wide spaces and new lines separate.

    It is LaTeX as between dollar signs, or plain text. A longer name is one letter only where it is among `names`.
    """
    if not isinstance(formula, str):
        what = "None" if formula is None else f"of type {type(formula).__name__}"
        raise FormulaError(f'a formula is a text such as "(A B)^T = B^T A^T"; this is {what}')
    if not formula.strip(" \t\n$"):
        raise FormulaError("there is no formula: write one, such as (A B)^T = B^T A^T")
    return _read(formula.replace("$", " "), names)


@functools.lru_cache(512)
def _read(formula, names):
    try:
        return _Builder(formula).built(parsed(formula, names))
    except RecursionError:
        raise FormulaError("the formula is nested too deeply to be read") from None


def parsed(formula: str, names: frozenset = frozenset()) -> Tree:
    """The tree as the grammar gives it, with the place of each piece in the formula."""
    try:
        return _parser().parse((formula, names))
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        place = len(formula.rstrip()) if token is None or token.type == "$END" else token.start_pos
        wanted = getattr(error, "accepts", None) or getattr(error, "expected", None) or ()
        words = [word for name, word in _EXPECTED.items() if name in wanted][:5]
        listed = " or ".join([", ".join(words[:-1])] * (len(words) > 1) + words[-1:])
        raise FormulaError(pointed(formula, place, f": expected {listed}" * bool(words))) from None


class _Spelled(Lexer):
    """Hands the tokens of spelling.py to lark."""

    def __init__(self, configuration):
        pass

    def lex(self, given):
        return iter(signs(*given))


@functools.cache
def _parser():
    return Lark(_GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer=_Spelled, propagate_positions=True,
                maybe_placeholders=False)


#: Kinds whose name is what their first token says.
_NAMED = frozenset("operator dots number letter words infinity prime arrow named prefix function brace condition place "
                   "line side grid slice".split())


class _Builder:
    """Builds the tree from the bottom up; a branch of the grammar without a method becomes the node of its name."""

    def __init__(self, formula):
        self.formula = formula

    def fault(self, place, words):
        return FormulaError(pointed(self.formula, place, f": {words}"))

    def built(self, tree):
        """The node for a branch of the parser's tree."""
        at = (0, 0) if tree.meta.empty else (tree.meta.start_pos, tree.meta.end_pos)
        parts = tuple(self.built(child) for child in tree.children if isinstance(child, Tree))
        said = next((str(child) for child in tree.children if not isinstance(child, Tree)), "")
        made = Node(tree.data, parts, said if tree.data in _NAMED else "", at)
        method = getattr(self, "on_" + tree.data, None)
        return method(made, *parts) if method else made

    def on_start(self, node, *parts):
        return tuple(part for part in parts if part.kind != "sep")

    def on_plus(self, node, term):
        return term

    def on_first(self, node, side):
        return replace(node, kind="side")

    def on_conditional(self, node, flow, condition, *more):
        raise self.fault(condition.at[0], "a condition stands behind the whole formula, not in a bracket")

    def on_line(self, node, index, letter):
        return replace(node, parts=(letter, index))

    def on_term(self, node, *items):
        return _Term(items, self).whole()

    def on_slice(self, node):
        if node.name not in (":", "·", "*"):
            raise self.fault(node.at[0], "expected an index")
        return replace(node, name=":")

    def on_group(self, node, *parts):
        return parts[0] if len(parts) == 1 else replace(node, kind="list")

    def on_root(self, node, part):
        return Node("call", (bare(part),), "sqrt", node.at)

    def on_bracket(self, node, *rows):
        if len(rows) > 1 or len(rows[0].parts) > 1:
            return Node("grid", tuple(replace(row, kind="row") for row in rows), at=node.at)
        inside = rows[0].parts
        return Node("iverson" if inside and inside[0].kind == "chain" else "paren", inside, at=node.at)

    def on_cell(self, node, *parts):
        return self.on_group(node, *parts) if parts else replace(node, kind="empty")

    def on_grid(self, node, *rows):
        if len(rows) > 1 and all(cell.kind == "empty" for cell in rows[-1].parts):
            rows = rows[:-1]
        grid = Node("grid", rows, at=node.at)
        return Node("call", (grid,), "det", node.at) if node.name == "vmatrix" else grid

    def on_cases(self, node, *rows):
        branches = []
        for row in rows:
            value, condition, *_ = (*row.parts, None)
            if value.kind == "empty" and condition is None:
                continue
            if value.kind == "list":
                value, condition = value.parts
            if condition is None:
                raise self.fault(row.at[1], "expected & and the condition of this case")
            if condition.kind != "condition":
                condition = Node("condition", (condition,), "if", condition.at)
            branches.append(Node("branch", (value, condition), at=row.at))
        return replace(node, parts=tuple(branches))

    # scripts

    def on_factor(self, node, atom, *posts):
        return functools.reduce(self.posted, posts, atom)

    def posted(self, node, post):
        """An atom with one more sign behind it."""
        kind, parts, at = post.kind, post.parts, (node.at[0], post.at[1])
        if kind in ("lower", "upper", "evaluated") and not parts:
            raise self.fault(post.at[0], "expected something in this script")
        if node.kind == "product":  # braces are not seen: {AB}^T is A Bᵀ on the page
            return Node("product", (*node.parts[:-1], self.posted(node.parts[-1], post)), node.name, at)
        if node.kind in ("sum", "negative", "binary"):
            raise self.fault(node.at[0], "braces are not seen on the page; write ( ) around this")
        if kind == "transpose" and (node.kind, node.name) == ("number", "1"):
            node = Node("ones", name="1", at=node.at)               # what else could be turned?
        if kind in ("asked", "transpose", "pseudo", "prime"):
            return Node(kind, (node,), post.name, at)
        if kind == "inversed":
            minus = Node("negative", (number(1, at),), at=at)
            return Node("transpose", (Node("power", (node, minus), at=at),), at=at)
        if node.kind == "brace" and (kind == "upper") == (node.name == "over"):
            return replace(node, parts=(*node.parts, *parts), at=at)
        if kind == "lower":
            return self.lowered(node, post, at)
        if kind == "upper":
            if len(parts) > 1:
                raise self.fault(post.at[0], "a superscript is one thing: a power, a transpose, a layer")
            turned = parts[0].kind == "letter" and parts[0].name == "T"
            return Node("transpose", (node,), at=at) if turned else Node("power", (node, *parts), at=at)
        if parts[0].kind != "chain" or [side.name for side in parts[0].parts] != ["", "="]:
            raise self.fault(post.at[0], "expected a letter and its value, as in |_{x = 2}")
        letter, value = (side.parts[0] for side in parts[0].parts)
        return Node("where", (node, letter, value), at=at)

    def lowered(self, node, post, at):
        """A subscript: the kind of a norm, indices one by one, or what moves: ``from v_1``."""
        first, raised = post.parts[0], node.kind == "power" and node.parts[0].kind == "norm"
        norm = node.parts[0] if raised else node
        if norm.kind == "norm":
            if len(post.parts) > 1 or len(norm.parts) > 1:
                raise self.fault(post.at[0], "a norm has one subscript: 1, 2, ∞ or F")
            norm = replace(norm, parts=(*norm.parts, first))
            return Node("power", (norm, node.parts[1]), at=at) if raised else norm
        if first.kind == "product" and first.parts[0].kind == "words" and first.parts[0].name in ("from", "by"):
            return Node("from", (node, product(first.parts[1:], first.at)), at=at)
        return Node("sub", (node, *_indices(post.parts)), at=at)

    # derivatives

    def on_fraction(self, node, top, bottom):
        """A fraction; with ∂ or d above and below, a derivative, whose order is the same above and below."""
        at, below = node.at, _differentials(bottom)
        above = _differentials(_swallowed(top)) if below else None
        if not below or not above:
            return Node("frac", (top, bottom), at=at)
        sign, by, order = above[0].name, [], _order(above[0])
        if sign != below[0].name or len(above) > 1:
            raise self.fault(at[0], "a derivative has one d, or one ∂, above its stroke and the same below")
        for one in below:
            if not one.parts:
                raise self.fault(at[0], "expected what this derivative is taken by")
            letter, times = bare(one.parts[-1]), 1
            if order > len(below) and letter.kind == "power" and letter.parts[1].name.isdigit():
                letter, times = letter.parts[0], int(letter.parts[1].name)
            if times > 9:
                raise self.fault(at[0], "derivatives are taken up to the ninth order")
            by += [letter] * times
        if order != len(by):
            raise self.fault(at[0], f"the derivative is of order {order} above the stroke and of order {len(by)} below")
        of = [bare(part) for part in above[0].parts if part.kind != "upper"]
        return Node("derivative" if of else "derive", (*of, *by), sign, at)


def _indices(parts):
    """Indices one by one: ``12`` are two of them, and so are ``ij``."""
    found = []
    for part in parts:
        apart = part.kind == "product" and all(one.kind in ("letter", "number", "slice") for one in part.parts)
        for piece in part.parts if apart else (part,):
            digits = piece.kind == "number" and piece.name.isdigit()
            found += [number(digit, piece.at) for digit in piece.name] if digits else [piece]
    return tuple(found)


def _differentials(node):
    """The d's or ∂'s of a numerator or denominator, or None where there is something else."""
    node = bare(node)
    factors = node.parts if node.kind == "product" else (node,)
    alike = all(factor.kind == "partial" for factor in factors) and len({factor.name for factor in factors}) == 1
    return factors if alike else None


def _swallowed(node):
    """A numerator that begins with d or ∂, which there reaches to its end: ∂ xᵀ A x."""
    first = node.parts[0] if node.kind in ("product", "binary") else None
    if node.kind == "binary" and first.kind in ("product", "binary"):
        first = _swallowed(first)
    elif node.kind == "product" and any(part.kind == "partial" for part in node.parts[1:]):
        return node
    if first is None or first.kind != "partial" or not first.parts or first.parts[-1].kind == "upper":
        return node
    inner = replace(node, parts=(first.parts[-1], *node.parts[1:]))
    return replace(first, parts=(*first.parts[:-1], inner), at=node.at)


def _order(partial):
    if not partial.parts or partial.parts[0].kind != "upper":
        return 1
    power = partial.parts[0].parts[0]
    return int(power.name) if power.kind == "number" and power.name.isdigit() else 0


def _scripts(sign, kind):
    """What stands below or above ∇, Σ or a function."""
    return [part for post in sign.parts if post.kind == kind for part in post.parts]


class _Term:
    """The flat items of one term, and what the signs among them reach."""

    def __init__(self, items, builder):
        self.items, self.builder, self.place = items, builder, 0
        self.at = (items[0].at[0], items[-1].at[1])

    def peek(self, ahead=0):
        ends = self.place + ahead >= len(self.items)
        return Node("end", at=self.at[1:]) if ends else self.items[self.place + ahead]

    def take(self):
        self.place += 1
        return self.items[self.place - 1]

    def fault(self, words, place=None):
        return self.builder.fault(self.peek().at[0] if place is None else place, f"expected {words}")

    def rest(self, expected):
        """All that follows, as one node."""
        if self.peek().kind == "end":
            raise self.fault(expected)
        items, self.place = self.items[self.place:], len(self.items)
        return _Term(items, self.builder).whole()

    def whole(self):
        """Products by juxtaposition, joined by the other signs from left to right."""
        total = self.run()
        while self.peek().kind != "end":
            sign = self.take().name
            if self.peek().kind == "end":
                raise self.fault(f"a factor after {sign}")
            right = self.run()
            total = product((*_factors(total), *_factors(right)), self.at) if sign == "@" else Node(
                "binary", (total, right), sign, self.at)
        return total

    def run(self, expected="a letter or a number", stop=()):
        """Factors side by side, up to a sign other than the stroke."""
        factors = []
        while (item := self.peek()).kind not in ("end", *stop) and (item.kind != "operator" or item.name == "/"):
            if item.kind != "operator":
                one = self.one()
            elif factors:
                self.take()
                over = factors.pop()
                if factors and _opens(over) and factors[-1].kind in _HEADS:  # f(x)/2
                    over = Node("product", (factors.pop(), over), "tight", over.at)
                below = self.below(over)
                one = self.builder.on_fraction(Node("fraction", at=(over.at[0], below.at[1])), over, below)
            else:
                raise self.fault("a number or a letter before /")
            factors += _factors(self.operand(one))
        if not factors:
            raise self.fault(expected)
        return product(factors, (factors[0].at[0], factors[-1].at[1]))

    def operand(self, node):
        """∂/∂x with what it is taken of: the rest of the term."""
        if node.kind != "derive":
            return node
        of = self.rest("what this derivative is taken of")
        return _before_bar(of, lambda of: Node("derivative", (bare(of), *node.parts), node.name, node.at))

    def one(self):
        """One factor, with what a sign before it reaches."""
        if self.peek().kind in ("end", "operator"):
            raise self.fault("a letter or a number")
        item = self.take()
        if item.kind == "function":
            return self.called(item)
        reach = {"∂": self.partial, "d": self.partial, "Δ": self.change, "∇": self.gradient}
        return reach.get(item.name, self.large)(item) if item.kind == "prefix" else item

    def argument(self):
        """One factor; a letter with a bracket behind it may be a function and its argument."""
        of = self.one()
        if of.kind in _HEADS and _opens(self.peek()):
            of = Node("product", (of, self.take()), "tight", (of.at[0], self.items[self.place - 1].at[1]))
        return of

    # what ∂, Δ, ∇ and a stroke reach

    def partial(self, sign):
        """∂ or d: a numerator up to its stroke, else the one factor that follows."""
        if any(post.kind != "upper" for post in sign.parts):
            raise self.fault("no subscript here: write \\nabla_x, or the fraction", sign.at[0])
        ahead = 0
        while not _is_a(item := self.peek(ahead), sign) and item.kind != "end" and not (
                item.name == "/" and item.kind == "operator" and _is_a(self.peek(ahead + 1), sign)):
            ahead += 1
        of = []
        if item.kind == "operator":
            own, self.place = self.items[self.place:self.place + ahead], self.place + ahead
            of = [_Term(own, self.builder).whole()] if own else []
        elif self.peek().kind not in ("end", "operator"):
            of = [self.argument()]
        return Node("partial", (*sign.parts, *of), sign.name, (sign.at[0], (of or [sign])[-1].at[1]))

    def below(self, over):
        """What stands under an inline stroke: one factor, or as many d's as the numerator has orders."""
        first = self.peek()
        if over.kind != "partial" or not _is_a(first, over):
            apart = first.kind == "end" or self.builder.formula[first.at[1]:first.at[1] + 1].isspace()
            return self.one() if apart else self.argument()  # 1/n (a + b), 1/f(x)
        found, order = [], _order(over)
        while _is_a(self.peek(), over) and len(found) < order:
            sign = self.take()
            by = self.one()
            found.append(Node("partial", (by,), sign.name, (sign.at[0], by.at[1])))
            if by.kind == "power":
                break
        return product(found, (first.at[0], found[-1].at[1])) if found else self.one()

    def change(self, sign):
        if sign.parts:
            raise self.fault("the letter that changes, right after Δ", sign.at[1])
        of = self.one()
        if of.kind == "prime" and self.peek().kind == "paren":
            of = Node("apply", (of, *self.take().parts), at=of.at)
        return _delta(of, (sign.at[0], of.at[1]))

    def gradient(self, sign):
        by, order = _indices(_scripts(sign, "lower")), [part.name for part in _scripts(sign, "upper")]
        if len(by) > 1 or order not in ([], ["1"], ["2"]) or {post.kind for post in sign.parts} - {"lower", "upper"}:
            raise self.fault("a gradient such as \\nabla_x f, or the Hessian \\nabla_x^2 f", sign.at[0])
        of = self.run("what ∇ is taken of")
        at = sign.at[0], of.at[1]
        return _before_bar(of, lambda of: Node("gradient", (of, *by), order[0] if order else "1", at))

    # functions and sums

    def called(self, sign):
        """A function and its argument: a bracket, or what follows without one."""
        name, at, first = sign.name, sign.at, self.peek()
        raised = [post for post in sign.parts if post.kind in ("upper", "prime")]
        below = [post for post in sign.parts if post.kind == "lower"]
        if len(raised) + len(below) < len(sign.parts) or len(raised) > 1 or len(below) > 1:
            raise self.fault(f"the argument of {name}", at[0])
        if name in ("max", "min") and below:
            return self.large(sign)
        if below and name != "log":
            raise self.builder.fault(below[0].at[0], f"a subscript of {name} says nothing here; leave it out")
        if first.kind == "end":
            raise self.fault(f"the argument of {name}")
        if _opens(first):
            last = self.take()
        elif name in _WIDE and first.kind != "function":
            last = self.run(stop=("function",))
        else:
            last = self.short(name)
        arguments = core(last).parts if _opens(first) else (last,)
        node = Node("call", arguments, name, (at[0], last.at[1]))
        if below:
            if len(below[0].parts) != 1 or len(arguments) != 1:
                raise self.builder.fault(below[0].at[0], "a logarithm has one base: \\log_{2} x")
            node = Node("log", (*below[0].parts, *arguments), at=node.at)
        if raised and raised[0].kind == "prime":
            head = Node("prime", (Node("letter", name=name, at=at),), raised.pop().name, at)
            node = Node("apply", (head, *arguments), at=node.at)
        if _opens(first):
            node = around(first, node)
        if raised and raised[0].parts[0].kind == "negative" and name in _INVERTED:
            raise self.builder.fault(raised[0].at[0], f"write \\arc{name} for the inverse of {name}, or 1/\\{name}")
        return self.builder.posted(node, raised[0]) if raised else node

    def short(self, name):
        """The argument of a function that has no bracket: one factor, with a number before it."""
        argument = self.argument() if self.peek().kind == "letter" else self.one()
        if argument.kind == "number" and self.peek().kind in _SHORT:
            argument = Node("product", (argument, self.one()), at=argument.at)
        if self.peek().kind in _SHORT:
            raise self.fault(f"brackets around the argument of {name}")
        return argument

    def large(self, sign):
        """Σ, Π, lim or max with limits; the body is the rest of the term."""
        if any(post.kind not in ("lower", "upper", "transpose") for post in sign.parts):
            raise self.fault(f"limits of {sign.name}, and what it is taken of", sign.at[0])
        lower = _scripts(sign, "lower")
        upper = _scripts(sign, "upper") + [
            Node("letter", name="T", at=post.at) for post in sign.parts if post.kind == "transpose"]
        if len(upper) > 1:
            raise self.fault("one upper limit", sign.at[1])
        body = self.rest(f"what \\{sign.name} is taken of")
        at = (sign.at[0], body.at[1])
        if sign.name == "lim":
            return self.limit(sign, lower, body, at)
        if not lower:
            raise self.fault("an index under the sum", sign.at[1])
        return functools.reduce(lambda node, part: self.over(sign, node, part, upper, at), reversed(lower), body)

    def over(self, sign, node, part, upper, at):
        """A sum over what stands below it: i = 1, i ∈ {1, 2}, i < j, or the names of indices."""
        sides = part.parts if part.kind == "chain" else ()
        first, pair = sides[0].parts[0] if sides else part, len(sides) == 2
        limits, bound = (number(1, at), *upper) if upper else (), _factors(part)
        if pair and sides[1].name == "=" and first.kind == "letter":
            limits, bound = (sides[1].parts[0], *upper), [first]
        elif sides:
            bound = list({one.name: one for one in walk(part) if one.kind == "letter"}.values())
            if pair and first.kind == "letter" and sides[1].name in "≠∈":
                bound = [first]
            elif len(bound) > 1:
                bound = [one for one in bound if one.name in "ijklpqrst"]
            ends = [side.parts[0] for side in (sides[0], sides[-1])]
            limits = ends if not pair and not any(same(end, one) for end in ends for one in bound) else ()
            node = Node("only", (node, part), at=at)
        if not bound or any(index.kind != "letter" for index in bound):
            raise self.fault("an index under the sum", sign.at[1])
        for index in reversed(bound):
            node = Node("large", (node, index, *limits), sign.name, at)
        return node

    def limit(self, sign, lower, body, at):
        ends = lower[0].parts if len(lower) == 1 and lower[0].kind in ("chain", "flow") else ()
        ends = [one.parts[0] if one.kind == "side" else one for one in ends if one.kind != "arrow"]
        if len(ends) != 2 or ends[0].kind != "letter":
            raise self.fault("a limit such as \\lim_{h \\to 0}", sign.at[1])
        return Node("limit", (body, *ends), at=at)


def _factors(node):
    """The factors of a product; a letter and the bracket right behind it stay together."""
    return node.parts if node.kind == "product" and not node.name else (node,)


def _is_a(item, sign):
    """Whether an item is the same ∂ or d."""
    return item.kind == "prefix" and item.name == sign.name


def _before_bar(node, change):
    """d/dt of something that ends with a bar |_{t = 0}: the derivative is taken first, and then there."""
    last = node.parts[-1] if node.kind == "product" else node
    if last.kind != "where":
        return change(node)
    inner = product((*node.parts[:-1], last.parts[0]), node.at) if node.kind == "product" else last.parts[0]
    return Node("where", (change(inner), *last.parts[1:]), at=node.at)


def _opens(node):
    """Whether a factor begins with a bracket; powers, transposes and indices may follow it."""
    return core(node).kind == "paren"


def _delta(of, at):
    """Δ stands before the letter, so that in Δv_i the index is one of Δv."""
    if of.kind in ("sub", "from", "transpose"):
        return Node(of.kind, (_delta(of.parts[0], at), *of.parts[1:]), at=at)
    return Node("delta", (bare(of),), at=at)
