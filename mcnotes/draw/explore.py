"""Explorers: a function that draws becomes a figure with controls and handles (one cell, two forms).

In Jupyter the controls are live. In the built book all frames were drawn in
advance, and a little JavaScript (``book/_static/explore.js``) exchanges them:
no kernel, no network.
"""

import math

from .baked import bake
from .frames import Explorer, choices
from .live import enliven
from .show import in_book, need_words

#: The most frames that one explorer may have: each is part of the page.
MOST_FRAMES = 200

def explore(*, alt, start=None, still=True, **ranges):
    """Turn the arguments of a function that draws into sliders, buttons, and handles to drag.

    Parameters
    ----------
    alt : str
        What the figure shows, for readers who do not see it.
    start : dict of str to value, optional
        The value that an argument has at first: ``start={"angle": 90}``. Without
        it, the first one given.
    still : bool, optional
        Whether the axes have to be the same in all frames, so that they can be
        compared. False for a figure that zooms.
    **ranges : (first, last, count) or list of numbers or strings
        One for each argument of the function. A tuple of three, ending in a
        whole number, is evenly spaced; anything else lists the values. Numbers
        become a slider, the largest on the right; up to five words become
        buttons, in their order.

    Returns
    -------
    callable
        A decorator. It shows the explorer and leaves the function as it is. The
        function may return a sentence with the key number, to be read out. Where
        it draws a ``mc.draw.handle``, the reader drags it; where it marks a
        ``mc.draw.tap``, the reader taps.

    Raises
    ------
    ValueError
        A range is empty, there would be more than 200 frames, an argument starts
        with a value that it does not have, or the axes move.
    TypeError
        The ranges are not the function's arguments.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> @explore(alt="a bar as long as the step", step=(1, 0.1, 4), start={"step": 0.4})  # doctest: +ELLIPSIS
    ... def bar(step):
    ...     plt.gca().barh([0], [step])
    ...     plt.xlim(0, 1)
    ...     return f"the step is {step:.1f}"
    {...'text/plain': 'a bar as long as the step\\nstep 0.4: the step is 0.4...
    """
    need_words(alt)
    started = dict(start or {})
    controls = [choices(name, given, started.pop(name, None)) for name, given in ranges.items()]
    if started:
        raise ValueError(f"start names {', '.join(started)}; the explorer has {', '.join(ranges)}")
    count = math.prod(len(control.values) for control in controls) if controls else 0
    if not 1 <= count <= MOST_FRAMES:
        raise ValueError(
            f"an explorer needs 1 to {MOST_FRAMES} frames, this one has {count}: "
            + ", ".join(f"{control.name} has {len(control.values)} values" for control in controls)
            + "; take fewer values, because each frame is part of the page"
        )

    def decorate(function):
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        if set(names) != set(ranges):
            raise TypeError(
                f"the explorer has ranges for {', '.join(ranges)}; {function.__name__} takes {', '.join(names)}"
            )
        explorer = Explorer(function, alt, controls, still)
        (bake if in_book() else enliven)(explorer)
        return function

    return decorate
