"""Explorers: a function that draws becomes a figure with controls and handles, in two forms.

In Jupyter these are ipywidgets; in the built book ``book/_static/explore.js`` exchanges frames drawn in advance.
"""

import functools
import gzip
import hashlib
import html
import itertools
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from .figures import in_book, need_words, own_ids, to_png, to_svg
from .readout import as_html, as_text, read

MOST_FRAMES = 200       #: each frame is part of the page
MOST_BYTES = 90_000     #: that one explorer may add to its page as it is sent
MOST_BUTTONS = 5        #: words to choose from are buttons, if there are not more of them
LIVE_DPI = 180          #: dots per inch of a live figure: sharp on a screen with two dots for a pixel


def explore(*, alt: str, start: dict | None = None, still: bool = True, **ranges) -> Callable:
    """Turn the arguments of a function that draws into sliders, buttons, and handles to drag.

    It decorates the function, shows the explorer, and leaves the function as it is. The function may
    return a sentence with the key number, to be read out. Where it draws a ``mc.draw.handle``, the
    reader drags it; where it marks a ``mc.draw.tap``, the reader taps.

    Parameters
    ----------
    alt : str, what the figure shows, for readers who do not see it
    start : dict of str to value, what an argument is at first, if not its first value: ``start={"angle": 90}``
    still : bool, whether the axes have to be the same in all frames; False for a figure that zooms
    **ranges : (first, last, count) or list of numbers or strings
        One for each argument. A tuple of three, ending in a whole number, is evenly spaced; anything else
        lists the values. Numbers become a slider, the largest on the right; up to five words become buttons.

    Raises
    ------
    ValueError or TypeError
        A range is empty or is of no argument, a start is none of its values, frames are over 200, or the axes move.

    Examples
    --------
    >>> @mc.explore(alt="a bar as long as the step", step=(1, 0.1, 4), start={"step": 0.4})  # doctest: +ELLIPSIS
    ... def bar(step):
    ...     plt.gca().barh([0], [step])
    ...     plt.xlim(0, 1)
    ...     return f"the step is {step:.1f}"
    {...'text/plain': 'a bar as long as the step\\nstep 0.4: the step is 0.4...
    """
    need_words(alt)
    started = dict(start or {})
    controls = [control(name, given, started.pop(name, None)) for name, given in ranges.items()]
    if started:
        raise ValueError(f"start names {', '.join(started)}; the explorer has {', '.join(ranges)}")
    count = math.prod(len(one.values) for one in controls)
    if count > MOST_FRAMES:
        raise ValueError(f"an explorer has at most {MOST_FRAMES} frames, this one has {count}: "
                         + ", ".join(f"{one.name} has {len(one.values)} values" for one in controls)
                         + "; take fewer values, because each frame is part of the page")

    def decorate(function):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if set(names) != set(ranges):
            raise TypeError(f"the explorer has ranges for {', '.join(ranges)}; "
                            f"{function.__name__} takes {', '.join(names)}")
        explorer = Explorer(function, alt, controls, still)
        (bake if in_book() else enliven)(explorer)
        return function

    return decorate


@dataclass
class Control:
    """One argument: its values in their order and as a reader sees them, and which of them is shown first."""

    name: str
    label: str
    values: list
    texts: list
    first: int
    buttons: bool               #: in place of a slider


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def control(name: str, given, first) -> Control:
    """The control for one argument; numbers are put in order, so that right always means more."""
    if isinstance(given, tuple) and len(given) == 3 and isinstance(given[2], int):
        given = np.linspace(*given)
    listed = [x.item() if hasattr(x, "item") else x for x in given]
    if not listed:
        raise ValueError(f"the range of {name} is empty")
    shown = listed[0] if first is None else first
    numbers = all(map(_is_number, [*listed, shown]))
    if numbers:
        listed.sort()
    near = [k for k, value in enumerate(listed) if (np.isclose(value, shown) if numbers else value == shown)]
    if not near:
        raise ValueError(f"{name} starts at {shown!r}, which is not one of its values: {listed}")
    texts = [f"{value:g}".replace("-", "−") if _is_number(value) else str(value) for value in listed]
    buttons = len(listed) <= MOST_BUTTONS and not any(map(_is_number, listed))
    return Control(name, name.replace("_", " "), listed, texts, near[0], buttons)


@dataclass
class Frame:
    """One frame as it was drawn: the picture, the sentence to read out, the numbers, the places to hold."""

    chosen: dict
    picture: str | bytes | None     #: SVG in the book, PNG in Jupyter
    said: str
    tables: list
    grips: list                     #: (moves, knob, points) with the points as parts of the picture
    limits: list                    #: of all axes, from and to in turn


@dataclass
class Explorer:
    """A function that draws, with the controls of its arguments."""

    function: Callable
    alt: str
    controls: list
    still: bool

    def chosen(self, values) -> dict:
        """The arguments with these values, in the order of the controls."""
        return dict(zip((one.name for one in self.controls), values, strict=True))

    def combinations(self) -> list[dict]:
        """The arguments of every frame, the last control changing fastest."""
        return [self.chosen(values) for values in itertools.product(*(one.values for one in self.controls))]

    @property
    def first(self) -> dict:
        return self.chosen([one.values[one.first] for one in self.controls])

    def draw(self, chosen: dict, render: Callable) -> Frame:
        """Draw one frame; `render` draws a figure and makes a picture of it."""
        plt.close("all")
        said = self.function(**chosen)
        said = "" if said is None else re.sub(r"(?<![\w.])-(?=\d)", "−", str(said))
        figure = plt.gcf()
        picture = render(figure)                # first, because what follows is read from the finished figure
        grips = [(self._moved(grip), grip.knob, grip.places()) for grip in getattr(figure, "mc_grips", [])]
        limits = [end for ax in figure.axes for end in ax.axis()]
        frame = Frame(chosen, picture, said, read(figure), grips, limits)
        plt.close(figure)
        return frame

    def _moved(self, grip):
        names = [one.name for one in self.controls]
        if not grip.moves or set(grip.moves) - set(names):
            moved = " and ".join(grip.moves) or "nothing"
            raise ValueError(f"a handle moves {moved}; the explorer has {', '.join(names)}")
        return tuple(names.index(name) for name in grip.moves)

    def ends(self) -> list[dict]:
        """The first frame, and those at both ends of each control with the others left alone."""
        found = [self.first, *(self.first | {one.name: value} for one in self.controls
                               for value in (one.values[0], one.values[-1]))]
        return [chosen for k, chosen in enumerate(found) if chosen not in found[:k]]

    def described(self, frames: list[Frame]) -> str:
        """What the figure shows, and the numbers of some frames; of all but the first, what differs from the first."""
        lines, first = [self.alt], as_text(frames[0].tables).split("\n")
        for frame in frames:
            at = ", ".join(f"{one.label} {one.texts[one.values.index(frame.chosen[one.name])]}"
                           for one in self.controls)
            numbers = as_text(frame.tables).split("\n")
            lines.append(f"{at}: {frame.said}".rstrip(": "))
            lines += numbers if frame is frames[0] else [line for line in numbers if line not in first]
        return "\n".join(line for line in lines if line)


def check_still(explorer: Explorer, frames: list[Frame]) -> None:
    """Refuse axes that differ between frames, which cannot be compared then, unless the explorer is not still."""
    def spans(frame):
        return ", ".join(f"{low:.4g} to {high:.4g}" for low, high in np.reshape(frame.limits, (-1, 2)))
    first = frames[0]
    for frame in frames[1:] if explorer.still else []:
        if len(frame.limits) != len(first.limits) or not np.allclose(frame.limits, first.limits):
            raise ValueError(
                f"the axes move: they run over {spans(first)} for {first.chosen} and over {spans(frame)} for "
                f"{frame.chosen}. Set the same limits in every frame (ax.set_xlim, ax.set_ylim), so that frames can be "
                "compared, or say still=False")


def bake(explorer: Explorer) -> None:
    """Show an explorer as plain HTML: the first frame, controls, and the other frames as lines that they share."""
    frames = [explorer.draw(chosen, to_svg) for chosen in explorer.combinations()]
    check_still(explorer, frames)
    page = to_html(explorer, frames)
    weight = len(gzip.compress(page.encode()))
    if weight > MOST_BYTES:
        raise ValueError(f"the {len(frames)} frames weigh {weight / 1000:.0f} KB, at most {MOST_BYTES / 1000:.0f} KB "
                         "are allowed; take fewer values or draw fewer lines that differ between frames")
    display({"text/html": page, "text/plain": explorer.alt}, raw=True)


def to_html(explorer: Explorer, frames: list[Frame]) -> str:
    """The figure as HTML that ``explore.js`` brings to life."""
    controls, shown = explorer.controls, frames[explorer.combinations().index(explorer.first)]
    name = "mc" + hashlib.sha1((explorer.alt + frames[0].picture).encode()).hexdigest()[:8]
    lines: dict[str, int] = {}

    def kept(text):
        """A text as runs of lines that frames share: first and length of each, in one list."""
        runs = []
        for k in [lines.setdefault(line, len(lines)) for line in text.split("\n")]:
            if runs and k == runs[-2] + runs[-1]:
                runs[-1] += 1
            else:
                runs += [k, 1]
        return runs

    data = {
        "frames": [kept(own_ids(frame.picture, name)) for frame in frames],
        "tables": [kept(as_html(frame.tables)) for frame in frames],
        "said": [frame.said for frame in frames],
        "values": [one.texts for one in controls],
        "start": [one.first for one in controls],
        "grips": _grips(frames),
        "alt": explorer.alt,
    }
    data["lines"] = list(lines)
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    first = html.escape(explorer.alt + (". " + shown.said if shown.said else ""))
    inputs = "".join((_buttons if one.buttons else _slider)(f"{name}-{k}", one) for k, one in enumerate(controls))
    return (
        f'<figure class="mc-explorer" id="{name}"><div class="mc-stage"><div class="mc-frame" role="img" '
        f'aria-label="{first}">{own_ids(shown.picture, name)}</div></div>'
        f'<div class="mc-numbers mc-hidden">{as_html(shown.tables)}</div>'
        f'<div class="mc-controls">{inputs}<p class="mc-said" aria-live="polite">{html.escape(shown.said)}</p></div>'
        f'<script type="application/json">{packed}</script></figure>'
    )


def _grips(frames):
    """Handles and places to tap: what each moves, and where each frame has it, in thousandths of the picture."""
    found = {}
    for k, frame in enumerate(frames):
        for number, (moves, knob, points) in enumerate(frame.grips):
            grip = found.setdefault((number, moves, knob), [None] * len(frames))
            grip[k] = [round(1000 * part) for part in points.ravel()]
    return [{"moves": moves, "knob": knob, "places": places} for (_, moves, knob), places in found.items()]


def _slider(identity, one):
    label, first = html.escape(one.label), html.escape(one.texts[one.first])
    return (f'<label class="mc-control" for="{identity}"><span class="mc-name">{label}</span>'
            f'<input type="range" id="{identity}" min="0" max="{len(one.values) - 1}" value="{one.first}" step="1" '
            f'aria-valuetext="{first}"><output for="{identity}">{first}</output></label>')


def _buttons(identity, one):
    buttons = "".join(f'<label><input type="radio" name="{identity}" value="{k}"{" checked" * (k == one.first)}>'
                      f"<span>{html.escape(text)}</span></label>" for k, text in enumerate(one.texts))
    legend = f'<legend class="mc-name">{html.escape(one.label)}</legend>'
    return f'<fieldset class="mc-control mc-choice">{legend}{buttons}</fieldset>'


def enliven(explorer: Explorer) -> None:
    """Show live controls; the text form has the first frame and those at the ends of each control, for the tests."""
    import ipywidgets

    picture = ipywidgets.Image(format="png", layout=ipywidgets.Layout(width="620px", max_width="100%"))
    said = ipywidgets.HTML()
    controls = []
    for one in explorer.controls:
        kind, more = (ipywidgets.ToggleButtons, {}) if one.buttons else (ipywidgets.SelectionSlider, {
            "continuous_update": True, "layout": {"width": "420px", "max_width": "100%"}})
        controls.append(kind(options=list(zip(one.texts, one.values, strict=True)), value=one.values[one.first],
                             description=one.label, **more))

    @functools.cache
    def frame(*values):
        return explorer.draw(explorer.chosen(values), functools.partial(to_png, dpi=LIVE_DPI))

    def redraw(change=None):
        shown = frame(*(one.value for one in controls))
        picture.value, said.value = shown.picture, html.escape(shown.said)

    for one in controls:
        one.observe(redraw, "value")
    redraw()
    box = ipywidgets.VBox([picture, *controls, said])
    # written out, because Colab has ipywidgets 7, whose widgets cannot be asked for it
    shown = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    frames = [explorer.draw(chosen, lambda figure: figure.draw_without_rendering()) for chosen in explorer.ends()]
    display({"application/vnd.jupyter.widget-view+json": shown, "text/plain": explorer.described(frames)}, raw=True)
