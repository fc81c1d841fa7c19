"""Explorers in Jupyter: ipywidgets, and a picture that is exchanged when one of them moves."""

import asyncio
import functools
import html

from IPython.display import display

from .show import to_png

#: Dots per inch of a live figure: sharp on a screen with two dots for a pixel.
LIVE_DPI = 180
#: Seconds after which the next frame is drawn ahead: the picture asked for has left by then.
AHEAD = 0.03


def enliven(explorer):
    """Show an explorer with live controls.

    Its text form holds the numbers of the first frame and of the frames at the
    ends of each control, so that a notebook test compares them.

    Parameters
    ----------
    explorer : Explorer
    """
    import ipywidgets

    picture = ipywidgets.Image(format="png", layout=ipywidgets.Layout(width="620px", max_width="100%"))
    said = ipywidgets.HTML()
    controls = [_control(ipywidgets, control) for control in explorer.controls]

    @functools.cache
    def frame(*values):
        return explorer.draw(explorer.chosen(values), functools.partial(to_png, dpi=LIVE_DPI))

    def redraw(change=None):
        shown = frame(*(control.value for control in controls))
        picture.value, said.value = shown.picture, html.escape(shown.said)

    def go_on(change):
        """Draw the frame that comes next if the reader moves on, while the reader looks at this one."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # moved by a program, which does not wait
            return
        k = controls.index(change.owner)
        values, chosen = explorer.controls[k].values, [control.value for control in controls]
        here, before = values.index(change.new), values.index(change.old)
        onward = here + (1 if here > before else -1)
        if 0 <= onward < len(values):
            chosen[k] = values[onward]
            loop.call_later(AHEAD, frame, *chosen)

    for control in controls:
        control.observe(redraw, "value")
        control.observe(go_on, "value")
    redraw()
    box = ipywidgets.VBox([picture, *controls, said])
    # written out, because Colab has ipywidgets 7, whose widgets cannot be asked for it
    shown = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    display({"application/vnd.jupyter.widget-view+json": shown,
             "text/plain": explorer.described([explorer.draw(chosen, _no_picture) for chosen in explorer.ends()])},
            raw=True)


def _control(ipywidgets, control):
    kind = ipywidgets.ToggleButtons if control.buttons else ipywidgets.SelectionSlider
    more = {} if control.buttons else {"continuous_update": True, "layout": {"width": "420px", "max_width": "100%"}}
    return kind(options=list(zip(control.texts, control.values, strict=True)), value=control.values[control.first],
                description=control.label, **more)


def _no_picture(figure):
    """Draw it for its numbers only."""
    figure.draw_without_rendering()
