"""How the index of an axis is written and read: ``i``, ``i+j``, ``-i+3``, ``2``, or ``p(i)`` for a table."""

import re
from typing import NamedTuple

import numpy as np

_ORDER = "ijklmnopqrstuvwxyzabcdefgh"
_NAMES = [letter + (str(turn) if turn else "") for turn in range(5) for letter in _ORDER]
_PART = re.compile(r"([+-]?)(\d*)([a-z]\d*)?")
_TABLE = re.compile(r"([a-z])\(([a-z]\d*(?:,[a-z]\d*)*)\)")


class Index(NamedTuple):
    """An index that was read: a sum of letters with whole coefficients, or a table over letters.

    Attributes
    ----------
    letters : tuple of str
    steps : tuple of int
        The coefficient of each letter; empty for a table.
    start : int
    table : str
        The name of the table; empty for a sum.
    """

    letters: tuple
    steps: tuple
    start: int = 0
    table: str = ""

    @property
    def bare(self):
        """Whether it is one letter alone."""
        return self.steps == (1,) and self.start == 0


def letters(count):
    """Names for labels: i, j, ... z, a, ... h, then i1, j1, ...

    Parameters
    ----------
    count : int

    Returns
    -------
    list of str

    Examples
    --------
    >>> letters(3), letters(28)[-2:]
    (['i', 'j', 'k'], ['i1', 'j1'])
    """
    return _NAMES[:count]


def written(axes, names):
    """The indices of all axes in letters; different tables get different names p, q, ...

    Parameters
    ----------
    axes : list of label or Map
    names : dict of label to str

    Returns
    -------
    list of str

    Examples
    --------
    >>> from mcnotes.engine.structure import Map
    >>> written([Map((1,), [3, 2, 1, 0]), 1, Map((1,), [2, 0, 1, 3])], {1: "i"})
    ['-i+3', 'i', 'p(i)']
    """
    tables, found = [], []
    for index in axes:
        text = names[index] if type(index) is int else _sum(index, names)
        if text is None:
            place = next((k for k, table in enumerate(tables) if np.array_equal(table, index.table)), len(tables))
            if place == len(tables):
                tables.append(index.table)
            text = f"{'pqrstuvwxyz'[place % 11]}({','.join(names[label] for label in index.labels)})"
        found.append(text)
    return found


def _sum(index, names):
    """A map as a sum of letters such as i+k or -i+3, or None where it is none."""
    table = index.table
    start = int(table.reshape(-1)[0])
    steps = [int(np.diff(table, axis=k).reshape(-1)[0]) if table.shape[k] > 1 else 0 for k in range(table.ndim)]
    plain = start + sum(step * np.arange(n).reshape([-1 if a == k else 1 for a in range(table.ndim)])
                        for k, (step, n) in enumerate(zip(steps, table.shape, strict=True)))
    if not np.array_equal(plain, table):
        return None
    parts = [f"{'' if step == 1 else '-' if step == -1 else step}{names[label]}"
             for step, label in zip(steps, index.labels, strict=True) if step]
    return "+".join(parts + [str(start)] * bool(start or not parts)).replace("+-", "-")


def read(text):
    """Read the index of one axis.

    Parameters
    ----------
    text : str

    Returns
    -------
    Index or None
        None where the text is no index.

    Examples
    --------
    >>> read("2i-j+3")
    Index(letters=('i', 'j'), steps=(2, -1), start=3, table='')
    >>> read("p(i)").table, read("i*j")
    ('p', None)
    """
    table = _TABLE.fullmatch(text)
    if table:
        return Index(tuple(table[2].split(",")), (), 0, table[1])
    steps, start, at = {}, 0, 0
    while at < len(text):
        part = _PART.match(text, at)
        sign, number, letter = part.groups()
        if not (number or letter) or at and not sign:
            return None
        value = int(number or 1) * (-1 if sign == "-" else 1)
        if letter:
            steps[letter] = steps.get(letter, 0) + value
        else:
            start += value
        at = part.end()
    return Index(tuple(steps), tuple(steps.values()), start) if text else None


def same(mine, theirs):
    """Whether two lists of indices say the same in other letters.

    Parameters
    ----------
    mine, theirs : list of Index

    Returns
    -------
    dict of str to str, or None
        Letters of `mine` -> letters of `theirs`.

    Examples
    --------
    >>> same([read("i"), read("i+j")], [read("a"), read("a+b")])
    {'i': 'a', 'j': 'b'}
    >>> same([read("i"), read("i")], [read("a"), read("b")])
    """
    names, tables = {}, {}
    for a, b in zip(mine, theirs, strict=True):
        if (a.steps, a.start, len(a.letters)) != (b.steps, b.start, len(b.letters)) or bool(a.table) != bool(b.table):
            return None
        for own, other in zip(a.letters, b.letters, strict=True):
            if names.setdefault(own, other) != other:
                return None
        if tables.setdefault(a.table, b.table) != b.table:
            return None
    return names if len(set(names.values())) == len(names) and len(set(tables.values())) == len(tables) else None
