"""Explorers and figures in both forms: live pictures in Jupyter, plain HTML in the built book."""

import json
import re

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import pytest  # noqa: E402

import mcnotes as mc  # noqa: E402
from mcnotes.pictures import explorers, figures  # noqa: E402
from mcnotes.pictures.drawing import palette  # noqa: E402


@pytest.fixture
def shown(monkeypatch):
    """What was displayed."""
    found = []
    for module in ("mcnotes.pictures.figures", "mcnotes.pictures.explorers"):
        monkeypatch.setattr(f"{module}.display", lambda thing, **options: found.append(thing))
    yield found
    plt.close("all")


@pytest.fixture
def in_book(monkeypatch):
    monkeypatch.setenv("MCNOTES_BOOK", "1")


def draw_line(reach, side="left"):
    mc.draw.curve([0, 1], [0, reach])
    return f"reach {reach:g} {side}"


def baked(html):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1])


def test_show_gives_a_picture_live_and_svg_in_the_book(shown, monkeypatch):
    draw_line(1)
    mc.show("a line that rises")
    assert shown[0].alt == "a line that rises" and shown[0].data[:4] == b"\x89PNG"
    assert not plt.get_fignums()
    monkeypatch.setenv("MCNOTES_BOOK", "1")
    draw_line(1)
    mc.show("a line that rises")
    html = shown[1]["text/html"]
    assert 'role="img" aria-label="a line that rises"' in html and "<svg" in html
    assert palette.OUTPUT not in html and "var(--mc-output)" in html
    with pytest.raises(ValueError, match="no figure"):
        mc.show("nothing was drawn")


def test_the_same_figure_gives_the_same_svg_with_ids_of_its_own(shown, in_book):
    for alt in ("one line here", "one line here", "another line here"):
        draw_line(2)
        mc.show(alt)
    first, again, other = (entry["text/html"] for entry in shown)
    assert first == again
    ids = [set(re.findall(r'\bid="([^"]+)"', html)) for html in (first, other)]
    assert ids[0] and not ids[0] & ids[1]
    for used in re.findall(r'href="#([^"]+)"', first):
        assert used in ids[0]


def test_a_baked_explorer_holds_every_frame(shown, in_book):
    mc.explore(alt="a line that grows", reach=(1, 3, 5), side=["left", "right"])(draw_line)
    html = shown[0]["text/html"]
    data = baked(html)
    assert len(data["frames"]) == 10
    assert data["said"][:3] == ["reach 1 left", "reach 1 right", "reach 1.5 left"]
    assert data["values"] == [["1", "1.5", "2", "2.5", "3"], ["left", "right"]]
    first = "\n".join(data["lines"][k] for k in data["frames"][0])
    assert first in html and first != "\n".join(data["lines"][k] for k in data["frames"][9])
    assert html.count('type="range"') == 2 and 'aria-live="polite"' in html and "widget" not in html
    assert len(json.dumps(data)) < 0.5 * len(first) * 10  # frames share what they share


def test_a_live_explorer_exchanges_the_picture(shown, monkeypatch):
    from ipywidgets.widgets.widget import _instances

    monkeypatch.delenv("MCNOTES_BOOK", raising=False)
    mc.explore(alt="a line that grows", reach=[1.0, 2.0])(lambda reach: draw_line(reach))
    assert shown[0]["text/plain"] == "a line that grows"
    picture, slider, said = _instances[shown[0]["application/vnd.jupyter.widget-view+json"]["model_id"]].children
    before = picture.value
    slider.value = 2.0
    assert picture.value[:4] == b"\x89PNG" and picture.value != before and said.value == "reach 2 left"


def test_the_names_are_functions_whichever_is_used_first():
    import subprocess
    import sys

    for names in (("explore", "show"), ("show", "explore"), ("draw", "explore", "show")):
        lines = [
            "import mcnotes as mc",
            *(f"mc.{name}" for name in names),
            "assert callable(mc.show) and callable(mc.explore)",
        ]
        subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)


def test_too_many_frames_and_wrong_names_are_refused():
    with pytest.raises(ValueError, match="60 frames, this one has 100: a has 10 values, b has 10 values"):
        mc.explore(alt="too much", a=(0, 1, 10), b=(0, 1, 10))
    with pytest.raises(TypeError, match="draw_line takes reach, side"):
        mc.explore(alt="a line", length=(0, 1, 3))(draw_line)
    with pytest.raises(ValueError, match="empty"):
        mc.explore(alt="a line", reach=[])
    with pytest.raises(ValueError, match="sentence"):
        mc.explore(alt=" ", reach=[1])


def test_values_are_written_short():
    assert explorers._values("x", (0, 1, 3)) == [0, 0.5, 1]
    assert explorers._text(-0.25) == "−0.25" and explorers._text("left") == "left"
    assert figures.in_book() in (True, False)
