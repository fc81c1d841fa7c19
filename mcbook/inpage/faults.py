"""Mistakes in code that a reader typed, said in two lines instead of a traceback."""

import html
import traceback

#: How code of the page is named when it is compiled.
TYPED = "<code>"


class Fault(ValueError):
    """A mistake that the page's own code found; its words are all that a reader needs."""


def fault(error):
    """What went wrong in words, and the last line of the reader's code that was reached, or None."""
    words = str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}", error.lineno if error.filename == TYPED else None
    lines = []
    while error is not None and not lines:                  # an error that speaks for another keeps it as its context
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == TYPED]
        error = error.__cause__ or error.__context__
    return words, lines[-1] if lines else None


def report(found, code):
    """What :func:`fault` found as HTML, with the line of code."""
    words, line = found
    text = f"<p class='mc-fault'>{html.escape(words)}</p>".replace("\n", "<br>")
    lines = code.splitlines()
    if line and line <= len(lines) and lines[line - 1].strip():
        text += f"<p>Line {line}: <code>{html.escape(lines[line - 1].strip())}</code></p>"
    return text
