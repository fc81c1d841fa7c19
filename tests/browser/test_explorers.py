"""Explorers in the built book, one of each form: sliders, buttons, handles to drag and places to tap."""

import json
import math
import re

import numpy as np
import pytest

from .conftest import PAGES, text_of


def explorers():
    """Every explorer of the book: (page, its number on the page, what it holds)."""
    for name in PAGES:
        found = re.findall(r'<figure class="mc-explorer".*?json">(.*?)</script>', text_of(name), re.S)
        yield from ((name, k, json.loads(data)) for k, data in enumerate(found))


def of_form(fits):
    """The first explorer of a form."""
    return next((one for one in explorers() if fits(one[2])), ("none", 0, {}))


def numbers(texts):
    return all(re.fullmatch(r"[−\d.e]+", text) for text in texts)


def grip(knob, moves):
    return lambda data: any(one["knob"] == knob and len(one["moves"]) == moves for one in data["grips"])


SLIDER = of_form(lambda data: numbers(data["values"][0]) and not data["grips"])
BUTTONS = of_form(lambda data: any(not numbers(texts) for texts in data["values"]) and len(data["values"]) > 1)
HANDLES = {"one": of_form(grip(True, 1)), "two": of_form(grip(True, 2))}
TAPS = of_form(grip(False, 2))

#: What an explorer shows: the values of its controls as the reader sees them, its sentence and its picture.
_STATE = """explorer => ({
    values: [...explorer.querySelectorAll('.mc-control')].map(control => control.querySelector('output') ?
        control.querySelector('output').textContent : control.querySelector('input:checked + span').textContent),
    said: explorer.querySelector('.mc-said').textContent, picture: explorer.querySelector('.mc-frame').innerHTML,
    label: explorer.querySelector('.mc-frame').getAttribute('aria-label') })"""


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


class Held:
    """An explorer in sight, and what its frames say."""

    def __init__(self, opened, form):
        self.page, (_, number, self.data) = opened.page, form
        self.explorer = self.page.query_selector_all(".mc-explorer")[number]
        self.explorer.evaluate("explorer => scrollTo(0, scrollY + explorer.getBoundingClientRect().top - 60)")
        self.state = self.look()

    def look(self):
        """What is shown; the sentence has to be that of the frame with these values."""
        state = self.explorer.evaluate(_STATE)
        at = [texts.index(value) for texts, value in zip(self.data["values"], state["values"], strict=True)]
        sizes = [len(texts) for texts in self.data["values"]]
        frame = int(np.ravel_multi_index(at, sizes))
        assert state["said"] == self.data["said"][frame] and state["label"].endswith(state["said"])
        self.frame, self.state = frame, state
        return state

    def moved(self):
        """The numbers of the controls that another look finds changed."""
        before = self.state
        after = self.look()
        changed = {k for k, (a, b) in enumerate(zip(before["values"], after["values"], strict=True)) if a != b}
        assert bool(changed) == (before["picture"] != after["picture"])
        return changed

    def grip(self, knob):
        """The controls that a handle, or a place to tap, moves; and where it is in each frame, in pixels."""
        found = next(one for one in self.data["grips"] if one["knob"] == knob)
        box = self.explorer.query_selector(".mc-frame").bounding_box()
        lines = [place and [0.7 * place[k] + 0.3 * place[k - 2] for k in (0, 1)] for place in found["places"]]
        return set(found["moves"]), [at and (box["x"] + box["width"] * at[0] / 1000,
                                             box["y"] + box["height"] * at[1] / 1000) for at in lines]


@pytest.mark.parametrize("width", [1280, 375])
def test_a_slider_moves_by_keyboard_and_by_mouse(visit, width):
    with visit(SLIDER[0], width) as opened:
        page, held = opened.page, Held(opened, SLIDER)
        slider, first = held.explorer.query_selector("input[type=range]"), held.state
        slider.focus()
        for key in ("Home", "End", "Home", "ArrowRight", "ArrowLeft", "End"):
            page.keyboard.press(key)
            held.moved()
            assert slider.get_attribute("aria-valuetext") == held.state["values"][0]
        assert slider.input_value() == slider.get_attribute("max")
        assert held.state["values"][0] == held.data["values"][0][-1]
        box = slider.bounding_box()
        page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
        assert held.moved() == {0} and slider.input_value() == "0"
        while slider.input_value() != slider.get_attribute("value"):
            page.keyboard.press("ArrowRight")
        assert held.look() == first and not opened.faults


def test_buttons_are_chosen_by_keyboard_and_by_mouse(visit):
    with visit(BUTTONS[0], 375) as opened:
        page, held = opened.page, Held(opened, BUTTONS)
        first, chosen = held.state, held.explorer.query_selector(".mc-choice input:checked")
        chosen.focus()
        page.keyboard.press("ArrowRight")
        assert len(held.moved()) == 1
        chosen.evaluate("input => input.nextElementSibling.scrollIntoView({ block: 'center' })")
        page.mouse.click(*middle(chosen.bounding_box()))
        assert held.look() == first and not opened.faults


def far_from(place, places):
    """The place of a frame that is farthest away."""
    return max(filter(None, places), key=lambda other: abs(other[0] - place[0]) + abs(other[1] - place[1]))


@pytest.mark.parametrize("form", HANDLES)
def test_a_handle_is_dragged_with_the_mouse_and_moved_with_the_keys(visit, form):
    with visit(HANDLES[form][0]) as opened:
        page, held = opened.page, Held(opened, HANDLES[form])
        knob, (moves, places) = held.explorer.query_selector(".mc-knob"), held.grip(True)
        start = middle(knob.bounding_box())
        far = far_from(start, places)
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move((start[0] + far[0]) / 2, (start[1] + far[1]) / 2, steps=4)
        page.mouse.move(*far, steps=4)
        page.mouse.up()
        assert (changed := held.moved()) and changed <= moves
        rests = middle(knob.bounding_box())
        assert math.dist(rests, places[held.frame]) < 3, "it does not rest on its frame"
        page.mouse.move(*start)
        assert not held.moved(), "it moves without being held"
        knob.focus()
        met = False
        for key, back, along, sign in (("ArrowRight", "ArrowLeft", 0, 1), ("ArrowLeft", "ArrowRight", 0, -1),
                                       ("ArrowUp", "ArrowDown", 1, -1), ("ArrowDown", "ArrowUp", 1, 1)):
            before, value = middle(knob.bounding_box()), knob.get_attribute("aria-valuetext")
            page.keyboard.press(key)
            if held.moved():
                met = True
                assert sign * (middle(knob.bounding_box())[along] - before[along]) > 0, f"{key} goes the wrong way"
                assert knob.get_attribute("aria-valuetext") != value
                page.keyboard.press(back)
                assert held.moved() and knob.get_attribute("aria-valuetext") == value
        assert met, "no arrow key moves it"
        assert not opened.faults


def test_a_handle_is_dragged_with_a_finger(visit):
    with visit(HANDLES["two"][0], 375, has_touch=True, is_mobile=True) as opened:
        page, held = opened.page, Held(opened, HANDLES["two"])
        box = held.explorer.query_selector(".mc-knob").bounding_box()
        assert min(box["width"], box["height"]) >= 44, "too small for a thumb"
        x, y = middle(box)
        far = far_from((x, y), held.grip(True)[1])
        scrolled, finger = page.evaluate("scrollY"), opened.context.new_cdp_session(page)
        moves = [("touchMove", part) for part in (0.3, 0.6, 1)]
        for kind, part in (("touchStart", 0), *moves, ("touchEnd", None)):
            points = [] if part is None else [{"x": x + (far[0] - x) * part, "y": y + (far[1] - y) * part}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_function("([explorer, was]) => explorer.querySelector('.mc-said').textContent !== was",
                               arg=[held.explorer, held.state["said"]])
        assert held.moved() and page.evaluate("scrollY") == scrolled
        assert not opened.faults


@pytest.mark.parametrize("touch", [False, True])
def test_a_tap_chooses_what_is_tapped(visit, touch):
    with visit(TAPS[0], 375, has_touch=touch, is_mobile=touch) as opened:
        page, held = opened.page, Held(opened, TAPS)
        moves, places = held.grip(False)
        (page.touchscreen.tap if touch else page.mouse.click)(*[place for place in places if place][-1])
        assert (changed := held.moved()) and changed <= moves


def test_lines_glide_and_numbers_do_not(visit):
    """The moments of the glide are told to the page one by one, so that no frame has to come in time."""
    with visit(HANDLES["two"][0], 800, reduced_motion="no-preference") as opened:
        held = Held(opened, HANDLES["two"])
        seen = held.explorer.evaluate("""explorer => {
            const due = [], slider = explorer.querySelector('input[type=range]');
            performance.now = () => 0;
            window.requestAnimationFrame = (step) => due.push(step);
            const look = () => [[...explorer.querySelectorAll('.mc-frame [id*="-text_"]')].map(g => g.outerHTML).join(),
                                explorer.querySelector('.mc-frame').innerHTML];
            const before = look();
            slider.value = slider.value === '0' ? slider.max : 0;
            slider.dispatchEvent(new Event('input'));
            return [before, ...[40, 90, 60000].map(later => {
                due.splice(0).forEach(step => step(later));
                return look(); }), [due.length]];
        }""")
        before, *glide, left = seen
        assert len({numbers for numbers, _ in glide}) == 1, "numbers between two frames"
        assert len({picture for _, picture in [before, *glide]}) == 4, "nothing glides"
        assert left == [0]
        calm = held.explorer.evaluate(_STATE)["picture"]
        opened.page.emulate_media(reduced_motion="reduce")
        slider = held.explorer.query_selector("input[type=range]")
        slider.focus()
        for key in ("ArrowRight", "ArrowLeft") if slider.input_value() == "0" else ("ArrowLeft", "ArrowRight"):
            opened.page.keyboard.press(key)
        assert held.explorer.evaluate(_STATE)["picture"] == calm, "the glide ends at the frame itself"


def test_right_is_more():
    """The numbers of every slider of the book rise from left to right."""
    value = lambda text: float(text.replace("−", "-"))  # noqa: E731
    falling = [(name, texts) for name, _, data in explorers() for texts in data["values"]
               if numbers(texts) and sorted(map(value, texts)) != list(map(value, texts))]
    assert not falling and sum(1 for _ in explorers()) > 10
