"""What Python does in the page: ``book/_static/python/python.js`` calls it through :func:`answer`, and the build for
the worked examples. It needs NumPy and the mathematics of ``mcnotes`` alone.
"""

import json

from ..exercises import questions
from ..exercises.diagnosis import judge
from . import identity
from .cells import Page
from .examination import as_html, examine

_page = None


def answer(request):
    """Answer a page's request: JSON with the keys ``do``, the name of a function, and ``with``, its arguments."""
    asked = json.loads(request)
    known = {"examine": _examined, "another": _another,
             "check": lambda name, part, entered: judge(questions.find(name).parts[part], entered)._asdict(),
             "letters": identity.letters, "identity": identity.tried, "read": identity.read,
             "begin": _begin, "cell": lambda source: _page.run(source),
             "frame": lambda sketch, at: _page.sketches.frame(sketch, at)}
    return json.dumps(known[asked["do"]](**asked["with"]))


def _examined(code, at):
    blocks = examine(code, at)
    return {"html": as_html(blocks), "kinds": [block["kind"] for block in blocks]}


def _another(name, draw):
    exercise = questions.find(name, draw)
    return {"question": exercise.again, "ask": questions.pack(exercise)}


def _begin(pictures):
    global _page
    _page = Page(pictures)
