"""From the tokens of a formula to its tree.

The grammar (``grammar.lark``, read by lark) knows how signs may follow one another. What ∂, Δ, Σ, a stroke and
the name of a function reach is settled here, term by term. A formula that cannot be read is refused with the
place and with what was expected there.
"""

import functools
import pathlib

from lark import Lark, Token, Tree, UnexpectedInput
from lark.lexer import Lexer

from .spelling import Sign, pointed, signs
from .tree import Node, bare, number, product, same, walk
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


def read(formula: str, names: frozenset = frozenset()) -> tuple[Node, ...]:
    r"""Read a formula.

    Parameters
    ----------
    formula : str
        LaTeX as between dollar signs, or plain text; colours, tags and spacing do not matter.
    names : frozenset of str, optional
        Letters that are given; longer names are read as one letter only when they are among them.

    Returns
    -------
    tuple of Node
        Its statements, conditions and labels in order: the parts that commas, wide
        spaces and new lines separate.

    Raises
    ------
    FormulaError
        It cannot be read; the message shows where, and what was expected.

    Examples
    --------
    >>> read(r"z_i = \textcolor{royalblue}{W_i}^{\mathsf T} A")
    (zᵢ = Wᵢᵀ A,)
    >>> read("dL/dW = A (dL/dZ)^T")
    (dL/dW = A·(dL/dZ)ᵀ,)
    """
    if not isinstance(formula, str):
        raise FormulaError(f"a formula is a text such as \"(A B)^T = B^T A^T\"; this is {_article(formula)}")
    if not formula.strip(" \t\n$"):
        raise FormulaError("there is no formula: write one, such as (A B)^T = B^T A^T")
    return _read(formula.replace("$", " "), names)


def _article(value):
    return "None" if value is None else f"of type {type(value).__name__}"


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
        raise FormulaError(pointed(formula, place, _wanted(wanted))) from None


class _Spelled(Lexer):
    """Hands the tokens of spelling.py to lark."""

    def __init__(self, configuration):
        pass

    def lex(self, given):
        formula, names = given
        for one in signs(formula, names):
            yield _token(one)


def _token(one: Sign) -> Token:
    return Token(one.type, one.text, start_pos=one.start, end_pos=one.end)


@functools.cache
def _parser():
    return Lark(_GRAMMAR.read_text(encoding="utf-8"), parser="lalr", lexer=_Spelled, propagate_positions=True,
                maybe_placeholders=False)


def _wanted(names):
    words = [word for name, word in _EXPECTED.items() if name in names][:5]
    if not words:
        return ""
    return ": expected " + (", ".join(words[:-1]) + " or " + words[-1] if len(words) > 1 else words[0])


#: Branches of the grammar that become a node with the nodes in them, and those that become a leaf with its token.
_WITH_PARTS = {name: name for name in "statement conditions continuation flow boxed absolute norm row inner zero ones "
                                      "asked pseudo inversed".split()} | {"transposed": "transpose"}
_WITH_NAME = {name: name for name in "operator dots number letter words infinity primes arrow".split()} | {
    "name": "named"}


class _Builder:
    """Builds the tree from the bottom up."""

    def __init__(self, formula):
        self.formula = formula

    def fault(self, place, words):
        return FormulaError(pointed(self.formula, place, f": {words}"))

    def built(self, tree):
        """The node for a branch of the parser's tree; a token is left as it is."""
        if not isinstance(tree, Tree):
            return tree
        at = (0, 0) if tree.meta.empty else (tree.meta.start_pos, tree.meta.end_pos)
        parts = [self.built(child) for child in tree.children]
        nodes = tuple(part for part in parts if isinstance(part, Node))
        if tree.data in _WITH_PARTS:
            return Node(_WITH_PARTS[tree.data], nodes, at=at)
        if tree.data in _WITH_NAME:
            return Node(_WITH_NAME[tree.data], name=str(parts[0]), at=at)
        return getattr(self, "on_" + tree.data)(parts, at)

    # parts

    def on_start(self, parts, at):
        return tuple(part for part in parts if part is not None)

    def on_sep(self, parts, at):
        return None

    def on_label(self, parts, at):
        return parts[0]

    on_item = on_label

    def on_listed_flow(self, parts, at):
        if len(parts) > 1:
            raise self.fault(parts[1].at[0], "a condition stands behind the whole formula, not in a bracket")
        return parts[0]

    def on_chain(self, parts, at):
        if len(parts) == 1:
            return parts[0]
        sides = [Node("side", (parts[0],), at=parts[0].at)]
        sides += [Node("side", (side,), name=sign, at=side.at)
                  for sign, side in zip(parts[1::2], parts[2::2], strict=True)]
        return Node("chain", tuple(sides), at=at)

    def on_continued(self, parts, at):
        return Node("side", (parts[1],), name=parts[0], at=at)

    def on_relation(self, parts, at):
        return {"IS": "is", "MATCHES": "matches"}.get(parts[0].type, str(parts[0]))

    def on_condition(self, parts, at):
        kind = {"IF": "if", "FORALL": "all", "NEAR": "near", "OTHERWISE": "otherwise"}[parts[0].type]
        return Node("condition", tuple(parts[1:]), name=kind, at=at)

    def on_place(self, parts, at):
        return Node("place", (parts[1], parts[3]), name=str(parts[0]), at=at)

    def on_line(self, parts, at):
        return Node("line", (parts[3], parts[1]), name=str(parts[0]), at=at)

    # sums and terms

    def on_sign(self, parts, at):
        return "+" if parts[0].type == "PLUS" else "-"

    def on_side(self, parts, at):
        marks = [part for part in parts if isinstance(part, str)]
        terms = [part for part in parts if not isinstance(part, str)]
        marks = ["+"] * (len(terms) - len(marks)) + marks
        terms = [Node("negative", (term,), at=term.at) if sign == "-" else term
                 for sign, term in zip(marks, terms, strict=True)]
        return terms[0] if len(terms) == 1 else Node("sum", tuple(terms), at=at)

    def on_term(self, items, at):
        return _Row(items, at, self).whole()

    def on_prefix(self, parts, at):
        return Node(
            "function" if parts[0].type == "FUNCTION" else "prefix", tuple(parts[1:]), name=str(parts[0]), at=at
        )

    # scripts

    def on_factor(self, parts, at):
        node = parts[0]
        for post in parts[1:]:
            node = self.posted(node, post)
        return node

    def posted(self, node, post):
        """An atom with one more sign behind it."""
        kind, at = post.kind, (node.at[0], post.at[1])
        if kind in ("lower", "upper", "evaluated") and not post.parts:
            raise self.fault(post.at[0], "expected something in this script")
        if node.kind == "product":               # braces are not seen: {AB}^T is A Bᵀ on the page
            return Node("product", (*node.parts[:-1], self.posted(node.parts[-1], post)), node.name, at)
        if node.kind in ("sum", "negative", "binary"):
            raise self.fault(node.at[0], "braces are not seen on the page; write ( ) around this")
        if kind in ("asked", "transpose", "pseudo"):
            return Node(kind, (node,), at=at)
        if kind == "inversed":
            return Node("transpose", (_inverse(node, at),), at=at)
        if kind == "primes":
            return Node("prime", (node,), name=post.name, at=at)
        if node.kind == "brace" and (kind == "upper") == (node.name == "over"):
            return Node("brace", (node.parts[0], *post.parts), name=node.name, at=at)
        if kind == "upper":
            return self.raised(node, post, at)
        if kind == "lower":
            return self.lowered(node, post, at)
        content = post.parts[0]
        if content.kind != "chain" or content.parts[1].name != "=" or len(content.parts) != 2:
            raise self.fault(post.at[0], "expected a letter and its value, as in |_{x = 2}")
        return Node("where", (node, content.parts[0].parts[0], content.parts[1].parts[0]), at=at)

    def raised(self, node, post, at):
        exponent = post.parts[0]
        if len(post.parts) > 1:
            raise self.fault(post.at[0], "a superscript is one thing: a power, a transpose, a layer")
        if exponent.kind == "letter" and exponent.name == "T":
            return Node("transpose", (node,), at=at)
        return Node("power", (node, exponent), at=at)

    def lowered(self, node, post, at):
        """A subscript: the kind of a norm, indices one by one, or what moves: ``from v_1``."""
        if (
            node.kind == "norm"
            or node.kind == "power"
            and node.parts[0].kind == "norm"
            and len(node.parts[0].parts) == 1
        ):
            norm = node if node.kind == "norm" else node.parts[0]
            if len(post.parts) > 1 or len(norm.parts) > 1:
                raise self.fault(post.at[0], "a norm has one subscript: 1, 2, ∞ or F")
            norm = Node("norm", (*norm.parts, post.parts[0]), at=norm.at)
            return norm if node.kind == "norm" else Node("power", (norm, node.parts[1]), at=at)
        first = post.parts[0]
        if first.kind == "product" and first.parts[0].kind == "words" and first.parts[0].name in ("from", "by"):
            return Node("from", (node, product(first.parts[1:], first.at)), at=at)
        return Node("sub", (node, *_indices(post.parts)), at=at)

    def on_lower(self, parts, at):
        return Node("lower", _listed(parts[-1]), at=at)

    def on_upper(self, parts, at):
        return Node("upper", _listed(parts[-1]), at=at)

    def on_evaluated(self, parts, at):
        return Node("evaluated", _listed(parts[-1]), at=at)

    def on_slice(self, parts, at):
        if str(parts[0]) not in (":", "·", "*"):
            raise self.fault(at[0], "expected an index")
        return Node("slice", name=":", at=at)

    def on_inside(self, parts, at):
        parts = [part for part in parts if isinstance(part, Node)]
        return parts[0] if len(parts) == 1 else Node("list", tuple(parts), at=at)

    # atoms

    def on_fraction(self, parts, at):
        return self.fraction(parts[1], parts[2], at)

    def on_root(self, parts, at):
        return Node("call", (bare(parts[1]),), name="sqrt", at=at)

    def on_brace(self, parts, at):
        return Node("brace", (parts[1],), name=str(parts[0]), at=at)

    def on_listed(self, parts, at):
        return [part for part in parts if isinstance(part, Node)]

    def on_paren(self, parts, at):
        return Node("paren", tuple(_inside(parts)), at=at)

    on_curly = on_paren

    def on_bracket(self, parts, at):
        rows = [part for part in parts if isinstance(part, list)]
        if len(rows) > 1 or len(rows[0]) > 1:
            return Node("grid", tuple(Node("row", tuple(row), at=at) for row in rows), at=at)
        kind = "iverson" if rows[0] and rows[0][0].kind == "chain" else "paren"
        return Node(kind, tuple(rows[0]), at=at)

    def on_cell(self, parts, at):
        parts = [part for part in parts if isinstance(part, Node)]
        if not parts:
            return Node("empty", at=at)
        return parts[0] if len(parts) == 1 else Node("list", tuple(parts), at=at)

    def on_grid(self, parts, at):
        rows = [row for row in parts if isinstance(row, Node)]
        if len(rows) > 1 and all(cell.kind == "empty" for cell in rows[-1].parts):
            rows.pop()
        grid = Node("grid", tuple(rows), at=at)
        return Node("call", (grid,), name="det", at=at) if parts[0] == "vmatrix" else grid

    def on_cases(self, parts, at):
        branches = []
        for row in (row for row in parts if isinstance(row, Node)):
            if [cell.kind for cell in row.parts] == ["empty"]:
                continue
            value, condition = (*row.parts, None)[:2]
            if condition is None and value.kind == "list":
                value, condition = value.parts
            if condition is None:
                raise self.fault(row.at[1], "expected & and the condition of this case")
            if condition.kind != "condition":
                condition = Node("condition", (condition,), name="if", at=condition.at)
            branches.append(Node("branch", (value, condition), at=row.at))
        return Node("cases", tuple(branches), at=at)

    # derivatives

    def fraction(self, top, bottom, at):
        """A fraction; with ∂ or d above and below, a derivative, whose order is the same above and below."""
        below = _differentials(bottom)
        above = _differentials(_swallowed(top) if below else top)
        if below is None or above is None:
            return Node("frac", (top, bottom), at=at)
        sign, by = above[0].name, []
        if above[0].name != below[0].name or len(above) > 1:
            raise self.fault(at[0], "a derivative has one d, or one ∂, above its stroke and the same below")
        order = _order(above[0])
        for one in below:
            node, times = bare(one.parts[-1]) if one.parts else self.refuse(at), 1
            if (
                order > len(below)
                and node.kind == "power"
                and node.parts[1].kind == "number"
                and node.parts[1].name.isdigit()
            ):
                node, times = node.parts[0], int(node.parts[1].name)
            if times > 9:
                raise self.fault(at[0], "derivatives are taken up to the ninth order")
            by += [node] * times
        if order != len(by):
            raise self.fault(at[0], f"the derivative is of order {order} above the stroke and of order {len(by)} below")
        of = above[0].parts[1:] if above[0].parts and above[0].parts[0].kind == "upper" else above[0].parts
        if not of:
            return Node("derive", tuple(by), name=sign, at=at)
        return Node("derivative", (bare(of[0]), *by), name=sign, at=at)


    def refuse(self, at):
        raise self.fault(at[0], "expected what this derivative is taken by")


def _inside(parts):
    return next((part for part in parts if isinstance(part, list)), [])


def _listed(node):
    return node.parts if node.kind == "list" else (node,)


def _inverse(node, at):
    return Node("power", (node, Node("negative", (number(1, at),), at=at)), at=at)


def _indices(parts):
    """Indices one by one: ``12`` are two of them, and so are ``ij``."""
    found = []
    for part in parts:
        for piece in part.parts if part.kind == "product" and all(one.kind in ("letter", "number", "slice")
                                                                  for one in part.parts) else (part,):
            digits = piece.kind == "number" and piece.name.isdigit() and len(piece.name) > 1
            found += [number(digit, piece.at) for digit in piece.name] if digits else [piece]
    return tuple(found)


def _differentials(node):
    """The d's or ∂'s of a numerator or denominator, or None where there is something else."""
    node = bare(node) if node.kind == "paren" else node
    factors = node.parts if node.kind == "product" else (node,)
    if all(factor.kind == "partial" for factor in factors) and len({factor.name for factor in factors}) == 1:
        return factors
    return None


def _swallowed(node):
    """A numerator that begins with d or ∂, which there reaches to its end: ∂ xᵀ A x."""
    first = node.parts[0] if node.kind in ("product", "binary") else None
    if node.kind == "binary" and first.kind in ("product", "binary"):
        first = _swallowed(first)
    elif node.kind == "product" and any(part.kind == "partial" for part in node.parts[1:]):
        return node
    if first is None or first.kind != "partial" or not first.parts or first.parts[-1].kind == "upper":
        return node
    inner = Node(node.kind, (first.parts[-1], *node.parts[1:]), name=node.name, at=node.at)
    return Node("partial", (*first.parts[:-1], inner), name=first.name, at=node.at)


def _order(partial):
    upper = [part for part in partial.parts if part.kind == "upper"]
    if not upper:
        return 1
    power = upper[0].parts[0]
    return int(power.name) if power.kind == "number" and power.name.isdigit() else 0


class _Row:
    """The flat items of one term, and what the signs among them reach."""

    def __init__(self, items, at, builder):
        self.items, self.at, self.builder, self.place = list(items), at, builder, 0

    def peek(self, ahead=0):
        return self.items[self.place + ahead] if self.place + ahead < len(self.items) else None

    def take(self):
        self.place += 1
        return self.items[self.place - 1]

    def fault(self, words, place=None):
        here = self.peek()
        return self.builder.fault(place if place is not None else here.at[0] if here else self.at[1],
                                  f"expected {words}")

    def rest(self):
        """All that follows, as one node."""
        items, self.place = self.items[self.place:], len(self.items)
        return _Row(items, (items[0].at[0], items[-1].at[1]), self.builder).whole()

    def whole(self):
        """Products by juxtaposition, joined by the other signs from left to right."""
        total, sign = None, None
        while self.peek() is not None:
            piece = self.run()
            total = piece if total is None else self.joined(total, sign, piece)
            if self.peek() is None:
                break
            sign = self.take().name
            if self.peek() is None:
                raise self.fault(f"a factor after {sign}")
        if total is None:
            raise self.fault("a letter or a number")
        return total

    def joined(self, left, sign, right):
        if sign != "@":
            return Node("binary", (left, right), name=sign, at=self.at)
        return product([factor for one in (left, right) for factor in (
            one.parts if one.kind == "product" else (one,))], self.at)

    def run(self, stop=()):
        """Factors side by side, up to a sign other than the stroke."""
        factors = []
        while (item := self.peek()) is not None and item.kind not in stop:
            if item.kind == "operator":
                if item.name != "/":
                    break
                if not factors:
                    raise self.fault("a number or a letter before /")
                self.take()
                over = factors.pop()
                if factors and _opens(over) and factors[-1].kind in ("letter", "prime", "named"):
                    over = Node("product", (factors.pop(), over), name="tight", at=over.at)     # f(x)/2
                below = self.below(over)
                factors.append(self.operand(self.builder.fraction(over, below, (over.at[0], below.at[1]))))
                continue
            one = self.operand(self.one())
            factors += one.parts if one.kind == "product" and not one.name else [one]
        if not factors:
            raise self.fault("a letter or a number")
        return product(factors, (factors[0].at[0], factors[-1].at[1]))

    def operand(self, node):
        """∂/∂x with what it is taken of: the rest of the term."""
        if node.kind != "derive":
            return node
        if self.peek() is None:
            raise self.fault("what this derivative is taken of")
        return _before_bar(self.rest(), lambda of: Node("derivative", (bare(of), *node.parts), node.name, node.at))

    def one(self):
        """One factor, with what a sign before it reaches."""
        item = self.peek()
        if item is None or item.kind == "operator":
            raise self.fault("a letter or a number")
        if item.kind == "prefix":
            return self.prefixed(self.take())
        if item.kind == "function":
            return self.called(self.take())
        return self.take()

    def prefixed(self, sign):
        if sign.name in ("∂", "d"):
            return self.partial(sign)
        if sign.name == "Δ":
            if sign.parts:
                raise self.fault("the letter that changes, right after Δ", sign.at[1])
            of = self.one()
            if of.kind == "prime" and self.peek() is not None and self.peek().kind == "paren":
                of = Node("apply", (of, *self.take().parts), at=of.at)
            return _delta(of, (sign.at[0], of.at[1]))
        if sign.name == "∇":
            return self.gradient(sign)
        return self.large(sign)

    def partial(self, sign):
        """∂ or d: a numerator up to its stroke, else the one factor that follows."""
        power = tuple(post for post in sign.parts if post.kind == "upper")
        if len(power) < len(sign.parts):
            raise self.fault("no subscript here: write \\nabla_x, or the fraction", sign.at[0])
        ahead = 0
        while (item := self.peek(ahead)) is not None and not (item.kind == "prefix" and item.name == sign.name):
            follows = self.peek(ahead + 1)
            if item.kind == "operator" and item.name == "/" and follows is not None and (
                    follows.kind == "prefix" and follows.name == sign.name):
                break
            ahead += 1
        if item is not None and item.kind == "operator":
            own, self.place = self.items[self.place:self.place + ahead], self.place + ahead
            of = (_Row(own, (sign.at[0], own[-1].at[1]), self.builder).whole(),) if own else ()
        else:
            of = () if self.peek() is None or self.peek().kind == "operator" else (self.argument(),)
        return Node("partial", (*power, *of), name=sign.name, at=(sign.at[0], of[0].at[1] if of else sign.at[1]))

    def argument(self):
        """One factor; a letter with a bracket behind it may be a function and its argument."""
        of = self.one()
        follows = self.peek()
        if follows is not None and _opens(follows) and of.kind in ("letter", "prime", "named"):
            of = Node("product", (of, self.take()), name="tight", at=(of.at[0], follows.at[1]))
        return of

    def below(self, over):
        """What stands under an inline stroke: one factor, or as many d's as the numerator has orders."""
        first = self.peek()
        if over.kind != "partial" or first is None or first.kind != "prefix" or first.name != over.name:
            apart = first is not None and self.builder.formula[first.at[1]:first.at[1] + 1].isspace()
            return self.argument() if first is not None and not apart else self.one()         # 1/n (a + b), 1/f(x)
        found, order = [], _order(over)
        while (sign := self.peek()) is not None and sign.kind == "prefix" and sign.name == over.name and (
                len(found) < order):
            self.take()
            by = self.one()
            found.append(Node("partial", (by,), name=sign.name, at=(sign.at[0], by.at[1])))
            if by.kind == "power":
                break
        return product(found, (found[0].at[0], found[-1].at[1]))

    def gradient(self, sign):
        by = [_indices(post.parts) for post in sign.parts if post.kind == "lower"]
        order = [post.parts[0] for post in sign.parts if post.kind == "upper"]
        if len(by) > 1 or by and len(by[0]) > 1 or order and order[0].kind != "number" or order and (
                order[0].name not in ("1", "2")):
            raise self.fault("a gradient such as \\nabla_x f, or the Hessian \\nabla_x^2 f", sign.at[0])
        if self.peek() is None:
            raise self.fault("what ∇ is taken of")
        of = self.run()
        name, by = order[0].name if order else "1", by[0] if by else ()
        return _before_bar(of, lambda of: Node("gradient", (of, *by), name, (sign.at[0], of.at[1])))

    def called(self, sign):
        """A function and its argument: a bracket, or what follows without one."""
        name, at = sign.name, sign.at
        powers = [post for post in sign.parts if post.kind in ("upper", "primes")]
        below = [post for post in sign.parts if post.kind == "lower"]
        if len(powers) + len(below) < len(sign.parts) or len(powers) > 1 or len(below) > 1:
            raise self.fault(f"the argument of {name}", at[0])
        if name in ("max", "min") and below:
            return self.large(Node("prefix", sign.parts, name=name, at=at))
        if below and name != "log":
            raise self.builder.fault(below[0].at[0], f"a subscript of {name} says nothing here; leave it out")
        if self.peek() is None:
            raise self.fault(f"the argument of {name}")
        first = self.peek()
        if _opens(first):
            argument, arguments = first, _arguments(first)
        elif name in _WIDE:
            argument = self.run(stop=("function",)) if first.kind != "function" else self.one()
            arguments = (argument,)
        else:
            argument = self.short(name)
            arguments = (argument,)
        if _opens(first):
            self.take()
        if below:
            if len(below[0].parts) != 1 or len(arguments) != 1:
                raise self.builder.fault(below[0].at[0], "a logarithm has one base: \\log_{2} x")
            node = Node("log", (below[0].parts[0], *arguments), at=(at[0], argument.at[1]))
        else:
            node = Node("call", tuple(arguments), name=name, at=(at[0], argument.at[1]))
        if powers and powers[0].kind == "primes":
            head = Node("prime", (Node("letter", name=name, at=at),), name=powers.pop().name, at=at)
            node = Node("apply", (head, *arguments), at=node.at)
        node = _behind(argument, node) if _opens(first) else node
        for post in powers:
            if post.kind == "upper" and post.parts[0].kind == "negative" and name in _INVERTED:
                raise self.builder.fault(post.at[0], f"write \\arc{name} for the inverse of {name}, or 1/\\{name}")
            node = self.builder.posted(node, post)
        return node

    def short(self, name):
        """The argument of a function that has no bracket: one factor, with a number before it."""
        argument = self.argument() if self.peek().kind == "letter" else self.one()
        follows = self.peek()
        if argument.kind == "number" and follows is not None and follows.kind in _SHORT:
            argument = Node("product", (argument, self.one()), at=argument.at)
            follows = self.peek()
        if follows is not None and follows.kind in _SHORT:
            raise self.fault(f"brackets around the argument of {name}")
        return argument

    def large(self, sign):
        """Σ, Π, lim or max with limits; the body is the rest of the term."""
        lower = [part for post in sign.parts if post.kind == "lower" for part in post.parts]
        if any(post.kind not in ("lower", "upper", "transpose") for post in sign.parts):
            raise self.fault(f"limits of {sign.name}, and what it is taken of", sign.at[0])
        upper = [Node("letter", name="T", at=post.at) if post.kind == "transpose" else part for post in sign.parts
                 if post.kind in ("upper", "transpose") for part in post.parts or (post,)]
        if len(upper) > 1:
            raise self.fault("one upper limit", sign.at[1])
        if self.peek() is None:
            raise self.fault(f"what \\{sign.name} is taken of")
        body = self.rest()
        at = (sign.at[0], body.at[1])
        if sign.name == "lim":
            return self.limit(sign, lower, body, at)
        node = body
        for part in reversed(lower):
            node = self.over(sign, node, part, upper, at)
        if node is body:
            raise self.fault("an index under the sum", sign.at[1])
        return node

    def over(self, sign, node, part, upper, at):
        """A sum over what stands below it: i = 1, i ∈ {1, 2}, i < j, or the names of indices."""
        if part.kind == "chain" and len(part.parts) == 2 and part.parts[1].name == "=" and (
                part.parts[0].parts[0].kind == "letter"):
            index, low = (side.parts[0] for side in part.parts)
            return Node("large", (node, index, low, *upper), name=sign.name, at=at)
        if part.kind == "chain":
            bound = list({one.name: one for one in walk(part) if one.kind == "letter"}.values())
            first = part.parts[0].parts[0]
            bound = [first] if len(part.parts) == 2 and first.kind == "letter" and part.parts[1].name in "≠∈" else (
                [one for one in bound if len(bound) == 1 or one.name in "ijklpqrst"])
            if not bound:
                raise self.fault("an index under the sum", sign.at[1])
            node, ends = Node("only", (node, part), at=at), [side.parts[0] for side in (part.parts[0], part.parts[-1])]
            limits = ends if len(part.parts) > 2 and not any(same(end, one) for end in ends for one in bound) else ()
            for index in reversed(bound):
                node = Node("large", (node, index, *limits), name=sign.name, at=at)
            return node
        for index in reversed(part.parts if part.kind == "product" else (part,)):
            if index.kind != "letter":
                raise self.fault("an index under the sum", sign.at[1])
            node = Node("large", (node, index, *((number(1, at), *upper) if upper else ())), name=sign.name, at=at)
        return node

    def limit(self, sign, lower, body, at):
        ends = lower[0].parts if len(lower) == 1 and lower[0].kind in ("chain", "flow") else ()
        ends = [one.parts[0] if one.kind == "side" else one for one in ends if one.kind != "arrow"]
        if len(ends) != 2 or ends[0].kind != "letter":
            raise self.fault("a limit such as \\lim_{h \\to 0}", sign.at[1])
        return Node("limit", (body, *ends), at=at)


def _before_bar(node, change):
    """d/dt of something that ends with a bar |_{t = 0}: the derivative is taken first, and then there."""
    last = node.parts[-1] if node.kind == "product" else node
    if last.kind != "where":
        return change(node)
    inner = product((*node.parts[:-1], last.parts[0]), node.at) if node.kind == "product" else last.parts[0]
    return Node("where", (change(inner), *last.parts[1:]), at=node.at)


def _opens(node):
    """Whether a factor begins with a bracket; powers, transposes and indices may follow it."""
    while node.kind in ("transpose", "power", "sub", "pseudo", "prime") and node.parts:
        node = node.parts[0]
    return node.kind == "paren"


def _arguments(node):
    while node.kind != "paren":
        node = node.parts[0]
    return node.parts


def _behind(node, inner):
    """What follows a bracket, around something else: the square of sin(x)^2 belongs to sin(x)."""
    if node.kind == "paren":
        return inner
    return Node(node.kind, (_behind(node.parts[0], inner), *node.parts[1:]), node.name, (inner.at[0], node.at[1]))


def _delta(of, at):
    """Δ stands before the letter, so that in Δv_i the index is one of Δv."""
    if of.kind in ("sub", "from", "transpose"):
        return Node(of.kind, (_delta(of.parts[0], at), *of.parts[1:]), at=at)
    return Node("delta", (bare(of),), at=at)
