"""What an explorer is made of: controls for its arguments, and the frames that its function draws."""

import itertools
import re
from dataclasses import dataclass, field

import matplotlib.pyplot as plt
import numpy as np

from .reading import as_text, read

#: Words to choose from are buttons, if there are not more than this.
MOST_BUTTONS = 5


@dataclass
class Control:
    """One argument: its values in their order, and which of them is shown first."""

    name: str
    values: list
    first: int

    @property
    def texts(self):
        return [f"{value:g}".replace("-", "−") if _is_number(value) else str(value) for value in self.values]

    @property
    def label(self):
        return self.name.replace("_", " ")

    @property
    def buttons(self):
        return len(self.values) <= MOST_BUTTONS and not any(map(_is_number, self.values))


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def choices(name, given, first):
    """The control for one argument; numbers are put in order, so that right always means more."""
    if isinstance(given, tuple) and len(given) == 3 and isinstance(given[2], int):
        given = np.linspace(*given)
    listed = [x.item() if hasattr(x, "item") else x for x in given]
    if not listed:
        raise ValueError(f"the range of {name} is empty")
    shown = listed[0] if first is None else first
    if all(map(_is_number, listed)):
        listed.sort()
        near = [k for k, value in enumerate(listed) if np.isclose(value, shown)] if _is_number(shown) else []
    else:
        near = [k for k, value in enumerate(listed) if value == shown]
    if not near:
        raise ValueError(f"{name} starts at {shown!r}, which is not one of its values: {listed}")
    return Control(name, listed, near[0])


@dataclass
class Frame:
    """One frame as it was drawn: the picture, the sentence to read out, the numbers, the places to hold."""

    chosen: dict
    picture: object = None
    said: str = ""
    tables: list = field(default_factory=list)
    grips: list = field(default_factory=list)  #: (moves, knob, points) with the points as parts of the picture
    limits: list = field(default_factory=list)  #: of each of the axes


@dataclass
class Explorer:
    """A function that draws, with the controls of its arguments."""

    function: object
    alt: str
    controls: list
    still: bool

    def combinations(self):
        """The arguments of every frame, the last control changing fastest."""
        return [self.chosen(values) for values in itertools.product(*(control.values for control in self.controls))]

    def chosen(self, values):
        return dict(zip((control.name for control in self.controls), values, strict=True))

    @property
    def first(self):
        return self.chosen([control.values[control.first] for control in self.controls])

    def draw(self, chosen, render):
        """Draw one frame.

        Parameters
        ----------
        chosen : dict of str to value
        render : callable
            Draws a figure and makes a picture of it.

        Returns
        -------
        Frame
        """
        plt.close("all")
        said = self.function(**chosen)
        figure = plt.gcf()
        frame = Frame(chosen, said="" if said is None else _minus(str(said)))
        frame.picture = render(figure)
        frame.tables = read(figure)
        frame.grips = [(self._moved(grip), grip.knob, grip.places()) for grip in getattr(figure, "mc_grips", [])]
        frame.limits = [[getattr(ax, f"get_{name}lim")() for name in "xyz" if hasattr(ax, f"get_{name}lim")]
                        for ax in figure.axes]
        plt.close(figure)
        return frame

    def _moved(self, grip):
        names = [control.name for control in self.controls]
        if not grip.moves or set(grip.moves) - set(names):
            moved = " and ".join(grip.moves) or "nothing"
            raise ValueError(f"a handle moves {moved}; the explorer has {', '.join(names)}")
        return tuple(names.index(name) for name in grip.moves)

    def ends(self):
        """The first frame, and those at both ends of each control with the others left alone."""
        found = [self.first]
        for control in self.controls:
            found += [self.first | {control.name: value} for value in (control.values[0], control.values[-1])]
        return [chosen for k, chosen in enumerate(found) if chosen not in found[:k]]

    def described(self, frames):
        """What the figure shows, and the numbers of some frames; of all but the first, what differs from the first."""
        lines, first = [self.alt], as_text(frames[0].tables).split("\n")
        for frame in frames:
            at = ", ".join(f"{control.label} {control.texts[control.values.index(frame.chosen[control.name])]}"
                           for control in self.controls)
            numbers = as_text(frame.tables).split("\n")
            lines.append(f"{at}: {frame.said}".rstrip(": "))
            lines += numbers if frame is frames[0] else [line for line in numbers if line not in first]
        return "\n".join(line for line in lines if line)


def check_still(explorer, frames):
    """Refuse axes that differ between frames, which cannot be compared then.

    Parameters
    ----------
    explorer : Explorer
    frames : list of Frame

    Raises
    ------
    ValueError
        The axes of two frames differ, and the explorer did not say ``still=False``.
    """
    first = frames[0]
    for frame in frames[1:] if explorer.still else []:
        same = len(frame.limits) == len(first.limits) and all(
            len(a) == len(b) and np.allclose(a, b) for a, b in zip(frame.limits, first.limits, strict=False))
        if not same:
            raise ValueError(
                f"the axes move: they run over {_spans(first)} for {first.chosen} and over {_spans(frame)} for "
                f"{frame.chosen}. Set the same limits in every frame (ax.set_xlim, ax.set_ylim), so that frames can be "
                "compared, or say still=False"
            )


def _spans(frame):
    return "; ".join(", ".join(f"{low:.4g} to {high:.4g}" for low, high in axes) for axes in frame.limits)


def _minus(text):
    """A real minus sign before each negative number."""
    return re.sub(r"(?<![\w.])-(?=\d)", "−", text)
