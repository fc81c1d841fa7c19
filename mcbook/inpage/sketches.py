"""Explorers in the page: one frame is drawn, and the others when a reader asks for them, without handles to drag."""

import dataclasses

from mcnotes.draw import explorers
from mcnotes.draw.figures import own_ids, to_svg
from mcnotes.draw.readout import as_html


class Sketches:
    """The explorers that the cells of one page have made; `display` shows a figure in its forms."""

    def __init__(self, display):
        self._display, self._made = display, []
        explorers.bake = self.sketch

    def sketch(self, explorer):
        """Show an explorer by its first frame."""
        first = dataclasses.replace(explorer.draw(explorer.first, to_svg), grips=[])
        page = explorers.to_html(explorer, [first] * len(explorer.combinations()))
        self._made.append(explorer)
        page = page.replace('class="mc-explorer"', f'class="mc-explorer" data-sketch="{len(self._made) - 1}"', 1)
        self._display({"text/html": page, "text/plain": explorer.alt}, raw=True)

    def frame(self, sketch, at):
        """Another frame of an explorer, by their order; `at` holds for each control the place of its value."""
        explorer = self._made[sketch]
        placed = list(zip(explorer.controls, at, strict=True))
        frame = explorer.draw(explorer.chosen([control.values[k] for control, k in placed]), to_svg)
        texts = [control.texts[k] for control, k in placed]
        return {"picture": own_ids(frame.picture, f"sketch{sketch}"), "tables": as_html(frame.tables),
                "said": frame.said, "texts": texts, "alt": explorer.alt}
