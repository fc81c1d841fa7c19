"""What a notebook calls: :func:`check`, :func:`hint`, :func:`solution` and :func:`another`."""

from .diagnosis import judge
from .questions import find
from .words import say

#: Name of an exercise -> how many of its hints were given, and which numbers were drawn last.
_given: dict[str, int] = {}
_drawn: dict[str, int] = {}


class Text(str):
    """Markdown with formulas: typeset in Jupyter, plain elsewhere."""

    def _repr_markdown_(self):
        return str(self)

    def __repr__(self):
        return str(self)


def check(name: str, /, *answers) -> None:
    """Check a reader's answer to an exercise, and say what is wrong with it. No answer raises an error.

    Parameters
    ----------
    name : str
        Which exercise: ``"20-2"``; ValueError where there is none of that name.
    *answers : object
        One for each thing asked: numbers (three digits do), lists, arrays, strings such as ``"3/2"``, ``...`` for none.

    Examples
    --------
    >>> mb.check("20-2", [[3, 6], [0, 0], [-1, -2]])
    Not yet. The right numbers, but transposed. In this book each input has a row and each output a column.
    """
    parts = find(name, _drawn.get(name, 0)).parts
    if not parts:
        print(f'This one is for you to try. mb.solution("{name}") tells you what to expect.')
        return
    if len(answers) == 1 and len(parts) > 1 and isinstance(answers[0], tuple | list) and len(answers[0]) == len(parts):
        answers = tuple(answers[0])
    if len(answers) != len(parts):
        print(say("parts", wanted=len(parts), given=len(answers)))
        return
    judged = [judge(part, answer) for part, answer in zip(parts, answers, strict=True)]
    if all(one.key == "missing" for one in judged):
        print(f'No answer yet. mb.hint("{name}") helps.')
    elif all(one.right for one in judged):
        print(f'Right. mb.solution("{name}") shows one way.')
    elif len(parts) == 1:
        print(f"Not yet. {judged[0].words}")
    else:
        for part, one in zip(parts, judged, strict=True):
            print(f"{part.ask}: {'' if one.right or one.key == 'missing' else 'not yet. '}{one.words}")


def hint(name: str) -> Text:
    """A hint for an exercise; the next call gives the next one, which is closer.

    Parameters
    ----------
    name : str
        Which exercise: ``"20-2"``.

    Examples
    --------
    >>> mb.hint("20-2")  # doctest: +ELLIPSIS
    Hint 1 of 2: ...
    """
    hints = find(name).hints
    if not hints:
        return Text(f'There is no hint. mb.solution("{name}") shows the way.')
    at = _given.get(name, 0) % len(hints)
    _given[name] = at + 1
    printed = " (for the printed numbers)" if _drawn.get(name) else ""
    return Text(f"Hint {at + 1} of {len(hints)}{printed}: {hints[at]}")


def solution(name: str) -> Text:
    """The worked solution of an exercise.

    Parameters
    ----------
    name : str
        Which exercise: ``"20-2"``.

    Examples
    --------
    >>> "$" in mb.solution("20-2")
    True
    """
    printed = "Solution (for the printed numbers): " if _drawn.get(name) else ""
    return Text(printed + find(name).solution)


def another(name: str, draw: int | None = None) -> Text:
    """The question of an exercise with other numbers; :func:`check` then goes by these.

    Parameters
    ----------
    name : str
        Which exercise: ``"07-2"``; ValueError where it has no other numbers.
    draw : int, optional
        Which numbers, the same ones for a whole class; the next ones unless told. 0 goes back to the printed numbers.

    Examples
    --------
    >>> mb.another("07-2", 0)
    The numbers are the printed ones again.
    """
    draw = _drawn.get(name, 0) + 1 if draw is None else draw
    exercise = find(name, draw)
    _drawn[name] = draw
    return Text(f"Set {draw}. {exercise.again}" if draw else "The numbers are the printed ones again.")
