"""Explorers: a function that draws becomes a figure with sliders (design: one cell, two forms).

In Jupyter the sliders are live. In the built book all frames were drawn in
advance, and a few lines of JavaScript (``book/_static/explore.js``) exchange
them: no kernel, no network.
"""

import functools
import hashlib
import html
import itertools
import json

import matplotlib.pyplot as plt
from IPython.display import display

from .figures import _said, in_book, own_ids, to_png, to_svg

#: The most frames that one explorer may have: each is part of the page.
MOST_FRAMES = 60

#: Dots per inch of a live figure: sharp on a screen with two dots for a pixel.
LIVE_DPI = 180


def explore(*, alt, **ranges):
    """Turn the arguments of a function that draws into sliders.

    Parameters
    ----------
    alt : str
        What the figure shows, for readers who do not see it.
    **ranges : (first, last, count) or list of numbers or strings
        One for each argument of the function. A tuple of three, ending in a
        whole number, is evenly spaced; anything else lists the values. The
        first value is shown first.

    Returns
    -------
    callable
        A decorator. It shows the explorer and leaves the function as it is. The
        function may return a sentence with the key number, to be read out.

    Raises
    ------
    ValueError
        A range is empty, or there would be more than 60 frames.
    TypeError
        The ranges are not the function's arguments.

    Examples
    --------
    >>> len(_values("step", (1, 0.1, 4)))
    4
    """
    _said(alt)
    values = {name: _values(name, given) for name, given in ranges.items()}
    frames = 1
    for listed in values.values():
        frames *= len(listed)
    if not values or frames > MOST_FRAMES:
        raise ValueError(
            f"an explorer needs 1 to {MOST_FRAMES} frames, this one has {frames * bool(values)}: "
            + ", ".join(f"{name} has {len(listed)} values" for name, listed in values.items())
            + "; take fewer values, because each frame is part of the page"
        )

    def decorate(function):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if set(names) != set(values):
            raise TypeError(
                f"the explorer has ranges for {', '.join(values)}; {function.__name__} takes {', '.join(names)}"
            )
        if in_book():
            display({"text/html": _baked(function, alt, values), "text/plain": alt}, raw=True)
        else:
            _live(function, alt, values)
        return function

    return decorate


def _values(name, given):
    if isinstance(given, tuple) and len(given) == 3 and isinstance(given[2], int):
        first, last, count = given
        given = [first + (last - first) * k / max(count - 1, 1) for k in range(count)]
    listed = [x.item() if hasattr(x, "item") else x for x in given]
    if not listed:
        raise ValueError(f"the range of {name} is empty")
    return listed


def _text(value):
    return f"{value:g}".replace("-", "−") if isinstance(value, int | float) else str(value)


def _draw(function, chosen, render):
    """One frame: what was drawn, and the sentence to read out."""
    plt.close("all")
    said = function(**chosen)
    figure = plt.gcf()
    picture = render(figure)
    plt.close(figure)
    return picture, "" if said is None else str(said)


def _combinations(values):
    return [dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())]


def _baked(function, alt, values):
    """Plain HTML: the first frame, native sliders, and the other frames as lines that they share."""
    frames = [_draw(function, chosen, to_svg) for chosen in _combinations(values)]
    name = "mc" + hashlib.sha1((alt + frames[0][0]).encode()).hexdigest()[:8]
    lines, numbers, table = {}, [], []
    for svg, _ in frames:
        numbers.append([lines.setdefault(line, len(lines)) for line in own_ids(svg, name).split("\n")])
    table = list(lines)
    data = {
        "lines": table,
        "frames": numbers,
        "said": [said for _, said in frames],
        "values": [[_text(v) for v in listed] for listed in values.values()],
        "alt": alt,
    }
    controls = "".join(
        _slider(f"{name}-{k}", label, [_text(v) for v in listed]) for k, (label, listed) in enumerate(values.items())
    )
    packed = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    first = html.escape(alt + (". " + frames[0][1] if frames[0][1] else ""))
    return (
        f'<figure class="mc-explorer" id="{name}"><div class="mc-frame" role="img" aria-label="{first}">'
        f'{own_ids(frames[0][0], name)}</div><div class="mc-controls">{controls}'
        f'<p class="mc-said" aria-live="polite">{html.escape(frames[0][1])}</p></div>'
        f'<script type="application/json">{packed}</script></figure>'
    )


def _slider(identity, name, texts):
    name, first = html.escape(name.replace("_", " ")), html.escape(texts[0])
    return (
        f'<label class="mc-control" for="{identity}"><span class="mc-name">{name}</span>'
        f'<input type="range" id="{identity}" min="0" max="{len(texts) - 1}" value="0" step="1" '
        f'aria-valuetext="{first}"><output for="{identity}">{first}</output></label>'
    )


def _live(function, alt, values):
    """ipywidgets: a picture that is exchanged when a slider moves."""
    import ipywidgets

    picture = ipywidgets.Image(format="png", layout=ipywidgets.Layout(width="620px", max_width="100%"))
    said = ipywidgets.HTML()
    sliders = {
        name: ipywidgets.SelectionSlider(
            options=[(_text(v), v) for v in listed],
            value=listed[0],
            description=name.replace("_", " "),
            continuous_update=True,
            layout=ipywidgets.Layout(width="420px", max_width="100%"),
        )
        for name, listed in values.items()
    }

    @functools.cache
    def frame(*chosen):
        return _draw(function, dict(zip(sliders, chosen, strict=True)), functools.partial(to_png, dpi=LIVE_DPI))

    def redraw(change=None):
        picture.value, text = frame(*(slider.value for slider in sliders.values()))
        said.value = html.escape(text)

    for slider in sliders.values():
        slider.observe(redraw, "value")
    redraw()
    box = ipywidgets.VBox([picture, *sliders.values(), said])
    bundle = box._repr_mimebundle_()
    bundle["text/plain"] = alt
    display(bundle, raw=True)
