"""Explorers in the built book: plain HTML with every frame in it."""

import gzip
import hashlib
import html
import json

from IPython.display import display

from .frames import check_still
from .reading import as_html
from .show import own_ids, to_svg

#: The most bytes that one explorer may add to its page as it is sent.
MOST_BYTES = 90_000


def bake(explorer):
    """Show an explorer as plain HTML: the first frame, controls, and the other frames as lines that they share.

    Parameters
    ----------
    explorer : Explorer

    Raises
    ------
    ValueError
        The axes move, or the frames weigh too much.
    """
    frames = [explorer.draw(chosen, to_svg) for chosen in explorer.combinations()]
    check_still(explorer, frames)
    page = to_html(explorer, frames)
    weight = len(gzip.compress(page.encode()))
    if weight > MOST_BYTES:
        raise ValueError(f"the {len(frames)} frames weigh {weight / 1000:.0f} KB, at most {MOST_BYTES / 1000:.0f} KB "
                         "are allowed; take fewer values or draw fewer lines that differ between frames")
    display({"text/html": page, "text/plain": explorer.alt}, raw=True)


def to_html(explorer, frames):
    """The figure as HTML that ``explore.js`` brings to life.

    Parameters
    ----------
    explorer : Explorer
    frames : list of Frame

    Returns
    -------
    str
    """
    controls, shown = explorer.controls, frames[explorer.combinations().index(explorer.first)]
    name = "mc" + hashlib.sha1((explorer.alt + frames[0].picture).encode()).hexdigest()[:8]
    lines = {}

    def kept(text):
        return _runs([lines.setdefault(line, len(lines)) for line in text.split("\n")])

    data = {
        "frames": [kept(own_ids(frame.picture, name)) for frame in frames],
        "tables": [kept(as_html(frame.tables)) for frame in frames],
        "said": [frame.said for frame in frames],
        "values": [control.texts for control in controls],
        "start": [control.first for control in controls],
        "grips": _grips(frames),
        "alt": explorer.alt,
    }
    data["lines"] = list(lines)
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    first = html.escape(explorer.alt + (". " + shown.said if shown.said else ""))
    inputs = "".join((_buttons if control.buttons else _slider)(f"{name}-{k}", control)
                     for k, control in enumerate(controls))
    return (
        f'<figure class="mc-explorer" id="{name}"><div class="mc-stage"><div class="mc-frame" role="img" '
        f'aria-label="{first}">{own_ids(shown.picture, name)}</div></div>'
        f'<div class="mc-numbers mc-hidden">{as_html(shown.tables)}</div>'
        f'<div class="mc-controls">{inputs}<p class="mc-said" aria-live="polite">{html.escape(shown.said)}</p></div>'
        f'<script type="application/json">{packed}</script></figure>'
    )


def _runs(numbers):
    """Numbers as runs that count up: first and length of each, in one list; frames share long runs of lines."""
    runs = []
    for k in numbers:
        if runs and k == runs[-2] + runs[-1]:
            runs[-1] += 1
        else:
            runs += [k, 1]
    return runs


def _grips(frames):
    """Handles and places to tap: what each moves, and where each frame has it, in thousandths of the picture."""
    found = {}
    for k, frame in enumerate(frames):
        for number, (moves, knob, points) in enumerate(frame.grips):
            grip = found.setdefault((number, moves, knob), [None] * len(frames))
            grip[k] = [round(1000 * part) for part in points.ravel()]
    return [{"moves": moves, "knob": knob, "places": places} for (_, moves, knob), places in found.items()]


def _slider(identity, control):
    label, first = html.escape(control.label), html.escape(control.texts[control.first])
    return (
        f'<label class="mc-control" for="{identity}"><span class="mc-name">{label}</span>'
        f'<input type="range" id="{identity}" min="0" max="{len(control.values) - 1}" value="{control.first}" step="1" '
        f'aria-valuetext="{first}"><output for="{identity}">{first}</output></label>'
    )


def _buttons(identity, control):
    buttons = "".join(
        f'<label><input type="radio" name="{identity}" value="{k}"{" checked" * (k == control.first)}>'
        f"<span>{html.escape(text)}</span></label>"
        for k, text in enumerate(control.texts)
    )
    legend = f'<legend class="mc-name">{html.escape(control.label)}</legend>'
    return f'<fieldset class="mc-control mc-choice">{legend}{buttons}</fieldset>'
