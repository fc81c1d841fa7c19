"""Put a finished figure on the page: a picture in Jupyter, themed SVG in the built book."""

import base64
import hashlib
import html
import io
import os
import re

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from .palette import VARIABLES
from .readout import as_html, as_text, read

#: The most pixels for an inch of a figure: a narrow one, whose letters are small, stays narrow on a large screen.
PIXELS = 130
#: Inches that stay empty above and below what is drawn on a sheet without axes.
MARGIN = 0.1


def in_book() -> bool:
    """Whether the code runs for the built book (the build sets ``MCNOTES_BOOK``)."""
    return os.environ.get("MCNOTES_BOOK") == "1"


def show(alt: str) -> None:
    """Show the current figure and close it; ValueError without a figure or words.

    Its text form lists the numbers that stand in it, so that a notebook test sees when one changes.

    Parameters
    ----------
    alt : str, what the figure shows, for readers who do not see it

    Examples
    --------
    >>> mc.show("")
    Traceback (most recent call last):
        ...
    ValueError: show needs a sentence that says what the figure shows
    """
    need_words(alt)
    if not plt.get_fignums():
        raise ValueError("there is no figure to show; draw something first, in the same cell")
    figure = plt.gcf()
    part = drawn_on(figure)
    picture = to_svg(figure, part) if in_book() else to_png(figure, part=part)
    numbers = read(figure)
    bundle, metadata = {"text/plain": "\n".join(filter(None, [alt, as_text(numbers)]))}, {}
    if isinstance(picture, str):
        name = "mc" + hashlib.sha1((alt + picture).encode()).hexdigest()[:8]
        most = f"{PIXELS * figure.get_figwidth():.0f}px"
        label = f'<div role="img" aria-label="{html.escape(alt)}" style="max-width: {most}">'
        table = f'<div class="mc-numbers mc-hidden">{as_html(numbers)}</div>' if numbers else ""
        bundle["text/html"] = f'<figure class="mc-figure">{label}{own_ids(picture, name)}</div>{table}</figure>'
    else:
        bundle["image/png"] = base64.b64encode(picture).decode()
        metadata["image/png"] = {"alt": alt}
    display(bundle, metadata=metadata, raw=True)
    plt.close(figure)


def need_words(alt: str) -> None:
    """Refuse a figure without words for those who do not see it."""
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError("show needs a sentence that says what the figure shows")


def drawn_on(figure: Figure) -> Bbox | None:
    """The part of a figure without axes that is drawn on, in inches; None for a figure with axes, which fill it."""
    if any(ax.axison for ax in figure.axes):
        return None
    figure.draw_without_rendering()
    width, height = figure.get_size_inches()
    box = figure.get_tightbbox()
    return Bbox([[0, max(0, box.y0 - MARGIN)], [width, min(height, box.y1 + MARGIN)]])


def to_png(figure: Figure, dpi: float = 110, part: Bbox | None = None) -> bytes:
    """The figure, or a part of it, as PNG for a live notebook."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", bbox_inches=part)
    return buffer.getvalue()


def to_svg(figure: Figure, part: Bbox | None = None) -> str:
    """The figure, or a part of it, as SVG in the colors of the reader's theme; the same figure gives the same text."""
    buffer = io.StringIO()
    with plt.rc_context({"svg.hashsalt": "mcnotes", "svg.fonttype": "path"}):
        nameless = {"Date": None, "Creator": None}
        figure.savefig(buffer, format="svg", transparent=True, metadata=nameless, bbox_inches=part)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg"):].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    svg = re.sub(r' (width|height)="[^"]*"', "", svg, count=2)
    # a style sheet inside each frame makes the browser work out the styles of the whole page anew
    svg = re.sub(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>\s*", "", svg)
    svg = svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" stroke-linejoin="round" ', 1)
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\d\.\d)\d+", r"\1", path[0]), svg)
    for color, variable in VARIABLES.items():
        svg = svg.replace(color, f"var({variable})")
    svg = svg.replace("xlink:href", "href").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    return re.sub(r"\n\s*", "\n", svg)


def own_ids(svg: str, name: str) -> str:
    """The SVG with a name in front of all its ids, so that two figures never share one."""
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    return re.sub(r'(href="#|url\(#)', rf"\1{name}-", svg)
