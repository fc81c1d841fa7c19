"""Places of a drawing that a reader can take hold of or tap, in an explorer."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from .canvas import start
from .palette import INK, PAPER


@dataclass
class Grip:
    """A place in a frame, and the arguments of the explorer that it moves."""

    ax: Axes
    points: np.ndarray
    moves: tuple
    knob: bool

    def places(self) -> np.ndarray:
        """The points as parts of the finished figure: (k, 2), from the left and from the top."""
        points = self.points
        if points.shape[1] == 3:
            from mpl_toolkits.mplot3d import proj3d

            points = np.stack(proj3d.proj_transform(*points.T, self.ax.get_proj())[:2], axis=1)
        parts = self.ax.transData.transform(points) / self.ax.figure.bbox.size
        return np.stack([parts[:, 0], 1 - parts[:, 1]], axis=1)


def handle(place, *, moves: str, ax: Axes | None = None) -> None:
    """Draw a dot that the reader drags: the picture follows, and rests where a frame was computed.

    Parameters
    ----------
    place : array of shape (2,), or (3,) on axes with three directions
    moves : str, the arguments of the drawing function that the dot moves: ``"angle"``, ``"width height"``

    Examples
    --------
    >>> mc.draw.handle((0.5, 1), moves="angle")
    """
    ax = start(ax)
    grip = _hold(ax, [place], moves, True)
    ax.plot(*grip.points.T, "o", color=INK, markersize=9, markeredgecolor=PAPER, markeredgewidth=1.5, zorder=12)


def tap(places, *, moves: str, ax: Axes | None = None) -> None:
    """Mark where a reader taps to come to this frame: a point, or a line such as a wire. Nothing is drawn.

    Parameters
    ----------
    places : array of shape (2,) or (k, 2), a point or a line through k points; with 3 coordinates as in ``handle``
    moves : str, the arguments of the drawing function that a tap sets, separated by spaces

    Examples
    --------
    >>> mc.draw.tap([(0, 0), (1, 2)], moves="wire")
    """
    _hold(start(ax), places, moves, False)


def _hold(ax, places, moves, knob):
    points = np.atleast_2d(np.asarray(places, dtype=float))
    directions = 3 if hasattr(ax, "get_proj") else 2
    if points.ndim != 2 or points.shape[1] != directions or not np.isfinite(points).all():
        raise ValueError(f"a place has {directions} finite coordinates on these axes; it was given {np.shape(places)}")
    grip = Grip(ax, points, tuple(moves.replace(",", " ").split()), knob)
    ax.figure.mc_grips = [*getattr(ax.figure, "mc_grips", []), grip]
    return grip
