"""What the rules of all families share: the way into the table and onto a tape."""

import string

import numpy as np

from ..links import Contract
from ..trace import RULES, Traced, given, put, top

#: Names of axes in einsum patterns.
LETTERS = string.ascii_letters

#: Types of operand that a rule takes as they are.
KNOWN = {Traced, float, int, np.float64}


def rule(*functions):
    """Enter a function into the table as the rule of NumPy functions."""
    def enter(own):
        for function in functions:
            RULES[function] = own
        return own
    return enter


def record(tape, value, links):
    """Put a value on a tape, with its links: (traced operand, link) pairs."""
    return put(tape, value, [(x.position, link) for x, link in links])


def follows(tape, x):
    """Whether an operand is recorded on the tape."""
    return type(x) is Traced and x.tape is tape


def plain(x):
    """The numbers of an operand, whatever tapes it is on."""
    while type(x) is Traced:
        x = x.value
    return x


def ndim(x):
    """Number of axes, without asking NumPy to ask a traced array."""
    return x.ndim if hasattr(x, "ndim") else np.ndim(x)


def contraction(out, pairs, value, faster=None):
    """Record ``pairs -> out``, pairs of (operand, letters); `faster` may give faster pull-backs by operand."""
    pairs = list(zip(given(*(x for x, _ in pairs)), (letters for _, letters in pairs), strict=True))
    tape, values = top(*(x for x, _ in pairs))
    y = value(*values)          # the first to complain about shapes that do not fit
    values = [v if hasattr(v, "shape") else np.asarray(v) for v in values]
    links, pulls = [], faster(*values) if faster else None
    for k, (x, letters) in enumerate(pairs):
        if type(x) is Traced and x.tape is tape:
            others = [(v, own) for j, (v, (_, own)) in enumerate(zip(values, pairs, strict=True)) if j != k]
            links.append((x, Contract(out, letters, others, values[k].shape, pulls and pulls[k])))
    return record(tape, y, links)
