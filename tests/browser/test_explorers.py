"""Explorers in the built book: sliders by mouse and keyboard, and what their order means."""

import pytest

from .conftest import PAGES

each = pytest.mark.parametrize("name", PAGES or ["none"])

#: What an explorer shows: the values of its controls as the reader sees them, its sentence and its picture.
_STATE = """explorer => ({
    values: Object.fromEntries([...explorer.querySelectorAll('.mc-control')].map(control => [
        control.querySelector('.mc-name').textContent, control.querySelector('output') ?
        control.querySelector('output').textContent : control.querySelector('input:checked + span').textContent])),
    said: explorer.querySelector('.mc-said').textContent, picture: explorer.querySelector('.mc-frame').innerHTML,
    table: explorer.querySelector('.mc-numbers').innerHTML })"""


@each
def test_sliders_move_by_keyboard_and_by_mouse(visit, name):
    with visit(name, 375) as opened:
        page = opened.page
        for explorer in page.query_selector_all(".mc-explorer"):
            for slider in explorer.query_selector_all("input[type=range]"):
                first, last = explorer.evaluate(_STATE), slider.get_attribute("max")
                slider.focus()
                page.keyboard.press("Home")
                low = explorer.evaluate(_STATE)
                page.keyboard.press("End")
                assert slider.input_value() == last
                assert explorer.evaluate(_STATE)["picture"] != low["picture"], "the last frame is the first"
                page.keyboard.press("Home")
                assert explorer.evaluate(_STATE) == low
                page.keyboard.press("ArrowRight")
                assert slider.input_value() == "1"
                shown = slider.evaluate("s => s.nextElementSibling.textContent")
                assert shown == slider.get_attribute("aria-valuetext")
                slider.scroll_into_view_if_needed()
                box = slider.bounding_box()
                page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
                assert slider.input_value() == last
                while slider.input_value() != slider.get_attribute("value"):
                    page.keyboard.press("ArrowLeft")
                assert explorer.evaluate(_STATE) == first
        assert not opened.faults


@each
def test_right_is_more(visit, name):
    with visit(name, 375) as opened:
        falling = opened.page.evaluate("""() => [...document.querySelectorAll('.mc-explorer script')].flatMap(script =>
            JSON.parse(script.textContent).values.map(texts => texts.map(text => Number(text.replace('−', '-')))))
            .filter(values => values.every(Number.isFinite)
                && values.some((value, k) => k && value <= values[k - 1]))""")
        words = opened.page.evaluate("""() => [...document.querySelectorAll('.mc-explorer')].flatMap(explorer =>
            JSON.parse(explorer.querySelector('script').textContent).values.filter((texts, axis) => texts.length < 4
                && texts.every(text => isNaN(Number(text.replace('−', '-'))))
                && explorer.querySelectorAll('.mc-control')[axis].querySelector('input').type === 'range'))""")
        assert not falling and not words
