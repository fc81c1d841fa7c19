"""Explorers and figures in both forms: live pictures in Jupyter, plain HTML in the built book."""

import base64
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

import mcnotes as mc
from mcnotes.draw import explorers, palette


@pytest.fixture
def shown(monkeypatch):
    """What was displayed."""
    found = []
    for module in ("mcnotes.draw.figures", "mcnotes.draw.explorers"):
        monkeypatch.setattr(f"{module}.display", lambda thing, **options: found.append(thing | {"options": options}))
    return found


@pytest.fixture
def in_book(monkeypatch):
    monkeypatch.setenv("MCNOTES_BOOK", "1")


def draw_line(reach, side="left"):
    mc.draw.curve([0, 1], [0, reach])
    plt.gca().set_ylim(0, 4)
    return f"reach {reach:g} {side}"


def baked(html):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1])


def test_show_gives_a_picture_live_and_svg_in_the_book(shown, monkeypatch):
    draw_line(1)
    mc.show("a line that rises")
    assert base64.b64decode(shown[0]["image/png"])[:4] == b"\x89PNG"
    assert shown[0]["options"]["metadata"] == {"image/png": {"alt": "a line that rises"}}
    assert shown[0]["text/plain"] == "a line that rises\n  line: (0, 0), (1, 1)"
    assert not plt.get_fignums()
    monkeypatch.setenv("MCNOTES_BOOK", "1")
    draw_line(1)
    mc.show("a line that rises")
    html = shown[1]["text/html"]
    assert 'role="img" aria-label="a line that rises"' in html and not re.search(r"<svg[^>]* (width|height)=", html)
    assert palette.OUTPUT not in html and "var(--mc-output)" in html
    for alt in ("a line that rises", "another line here"):
        draw_line(1)
        mc.show(alt)
    assert shown[2]["text/html"] == html, "the same figure gives the same text"
    ids = [set(re.findall(r'\bid="([^"]+)"', one["text/html"])) for one in shown[2:]]
    assert ids[0] and not ids[0] & ids[1] and set(re.findall(r'href="#([^"]+)"', html)) <= ids[0]
    with pytest.raises(ValueError, match="no figure"):
        mc.show("nothing was drawn")


def unpacked(data, k, part="frames"):
    runs = data[part][k]
    spans = zip(runs[::2], runs[1::2], strict=True)
    return "\n".join(line for first, count in spans for line in data["lines"][first:first + count])


def test_a_baked_explorer_holds_every_frame(shown, in_book):
    mc.explore(alt="a line that grows", reach=(1, 3, 5), side=["left", "right"])(draw_line)
    html = shown[0]["text/html"]
    data = baked(html)
    assert len(data["frames"]) == len(data["tables"]) == 10
    assert data["said"][:3] == ["reach 1 left", "reach 1 right", "reach 1.5 left"]
    assert data["values"] == [["1", "1.5", "2", "2.5", "3"], ["left", "right"]] and data["start"] == [0, 0]
    first = unpacked(data, 0)
    assert first in html and first != unpacked(data, 9)
    assert html.count('type="range"') == 1 and 'aria-live="polite"' in html and "widget" not in html
    assert len(json.dumps(data)) < 0.5 * len(first) * 10  # frames share what they share


def test_words_are_buttons_and_right_is_more(shown, in_book):
    mc.explore(alt="a line that grows", reach=[3, 1, 2], side=["b", "a"], start={"side": "a"})(draw_line)
    html = shown[0]["text/html"]
    data = baked(html)
    assert data["values"] == [["1", "2", "3"], ["b", "a"]] and data["start"] == [2, 1]
    assert re.search(r'type="range"[^>]* min="0" max="2" value="2"[^>]* aria-valuetext="3"', html)
    assert re.findall(r'type="radio"[^>]*value="(\d)"( checked)?', html) == [("0", ""), ("1", " checked")]
    assert "<legend" in html and '<p class="mc-said" aria-live="polite">reach 3 a</p>' in html


@pytest.mark.parametrize("given, first, texts, shown, buttons", [
    ((0, -1, 3), None, ["−1", "−0.5", "0"], "0", False),
    (np.array([3, 1, 2]), np.int64(2), ["1", "2", "3"], "2", False),
    (list("bacde"), "c", list("bacde"), "c", True), (list("abcdef"), None, list("abcdef"), "a", False)])
def test_numbers_are_put_in_order_and_up_to_five_words_are_buttons(given, first, texts, shown, buttons):
    made = explorers.control("x", given, first)
    assert (made.texts, made.texts[made.first], made.buttons) == (texts, shown, buttons)


def held(x, side):
    ax = plt.figure(figsize=(4, 2)).add_axes([0.25, 0.5, 0.5, 0.5], xlim=(0, 2), ylim=(0, 4))
    mc.draw.handle((x, 1), moves="x", ax=ax)
    mc.draw.tap([(0, 0), (2, 4 if side == "up" else 0)], moves="side, x", ax=ax)


def test_handles_and_places_to_tap_are_where_they_were_drawn(shown, in_book):
    mc.explore(alt="a dot that can be dragged", x=[0, 1, 2], side=["up", "down"])(held)
    knob, tap = baked(shown[0]["text/html"])["grips"]
    assert knob == {"moves": [0], "knob": True, "places": [[250, 375]] * 2 + [[500, 375]] * 2 + [[750, 375]] * 2}
    assert tap["moves"] == [1, 0] and not tap["knob"]
    assert tap["places"] == [[250, 500, 750, 0], [250, 500, 750, 500]] * 3


def test_a_handle_on_a_surface_is_where_the_surface_is_seen():
    figure = plt.figure()
    ax = figure.add_subplot(projection="3d", xlim=(0, 1), ylim=(0, 1), zlim=(0, 1))
    for place in ((0.2, 0.2, 0.1), (0.2, 0.2, 0.9)):
        mc.draw.handle(place, moves="x", ax=ax)
    figure.draw_without_rendering()
    (low,), (high,) = (grip.places() for grip in figure.mc_grips)
    assert abs(low[0] - high[0]) < 0.05 and low[1] > high[1] + 0.2
    with pytest.raises(ValueError, match="3 finite coordinates"):
        mc.draw.handle((0, 1), moves="x", ax=ax)


def test_axes_that_move_are_refused_unless_declared(shown, in_book):
    def draw(reach):
        plt.figure().add_subplot(xlim=(0, reach), ylim=(3, 5))

    with pytest.raises(ValueError, match="the axes move: they run over 0 to 1, 3 to 5 for .* and over 0 to 2, 3 to 5"):
        mc.explore(alt="an axis", reach=[1, 2])(draw)
    mc.explore(alt="an axis", reach=[1, 2], still=False)(draw)
    assert len(shown) == 1


@pytest.fixture
def live(shown, monkeypatch):
    """The widgets of a live explorer, and the frames that were drawn since."""
    from ipywidgets.widgets.widget import _instances

    monkeypatch.delenv("MCNOTES_BOOK", raising=False)
    drawn = []

    def draw(reach, side):
        drawn.append((reach, side))
        return draw_line(reach, side)

    mc.explore(alt="a line that grows", reach=[1.0, 2.0, 3.0, 4.0], side=["left", "right"])(draw)
    drawn.clear()
    return (*_instances[shown[0]["application/vnd.jupyter.widget-view+json"]["model_id"]].children, drawn)


def test_a_live_explorer_exchanges_the_picture(live, shown):
    picture, slider, buttons, said, _ = live
    assert shown[0]["text/plain"].startswith("a line that grows\nreach 1, side left: reach 1 left\n")
    before = picture.value
    slider.value = 2.0
    assert picture.value[:4] == b"\x89PNG" and picture.value != before and said.value == "reach 2 left"
    buttons.value = "right"
    assert said.value == "reach 2 right", "without a loop it is drawn all the same"


def stray(reach):
    mc.draw.handle((0.5, 0.5), moves="length")


@pytest.mark.parametrize("draw, given, words", [
    (draw_line, {"a": (0, 1, 20), "b": (0, 1, 20)}, "200 frames, this one has 400: a has 20 values, b has 20 values"),
    (draw_line, {"length": (0, 1, 3)}, "draw_line takes reach, side"), (draw_line, {"reach": []}, "empty"),
    (draw_line, {"reach": [1, 2], "side": ["left"], "start": {"side": "up"}}, "side starts at 'up'"),
    (draw_line, {"reach": [1, 2], "side": ["left"], "start": {"angle": 1}}, "start names angle"),
    (draw_line, {"reach": [1], "alt": " "}, "sentence"),
    (stray, {"reach": [1, 2]}, "a handle moves length; the explorer has reach"),
    (lambda reach: draw_line(reach), {"reach": (1, 2, 3)}, "the 3 frames weigh"),
])
def test_what_cannot_be_explored_is_told(in_book, monkeypatch, draw, given, words):
    monkeypatch.setattr(explorers, "MOST_BYTES", 1000)
    with pytest.raises((ValueError, TypeError), match=words):
        mc.explore(**{"alt": "a line"} | given)(draw)
