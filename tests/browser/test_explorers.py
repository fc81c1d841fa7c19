"""Explorers in the built book: sliders, buttons, handles to drag and places to tap, by mouse, touch and keyboard."""

import pytest

from .conftest import HTML, PAGES

EXPLORING = [name for name in PAGES if 'class="mc-explorer' in (HTML / name).read_text(encoding="utf-8")]
each = pytest.mark.parametrize("name", EXPLORING or ["none"])

#: The figures that a reader takes hold of: page, which handle or place to tap, the arguments that it moves.
HANDLES = [("book/index.html", ["v1", "v2"]), ("book/07-our-scalar-vector-derivative.html", ["v1", "v2"]),
           ("book/06-planar-approximation.html", ["Δv1", "Δv2"]),
           ("book/07-our-scalar-vector-derivative.html", ["angle"]),
           ("book/11-the-vector-vector-derivative.html", ["turn"])]
TAPS = [("book/10-vectors-and-vectors.html", ["ingredient", "taste"]),
        ("book/11-the-vector-vector-derivative.html", ["joint"]),
        ("book/21-linking-layers.html", ["input", "neuron"])]

#: What an explorer shows: the values of its controls as the reader sees them, its sentence and its picture.
_STATE = """explorer => ({
    values: Object.fromEntries([...explorer.querySelectorAll('.mc-control')].map(control => [
        control.querySelector('.mc-name').textContent, control.querySelector('output') ?
        control.querySelector('output').textContent : control.querySelector('input:checked + span').textContent])),
    said: explorer.querySelector('.mc-said').textContent, picture: explorer.querySelector('.mc-frame').innerHTML,
    table: explorer.querySelector('.mc-numbers').innerHTML })"""

#: Where the frames have a handle or a place to tap, in pixels of the window: its middle for each, and what each moves.
_PLACES = """(explorer, knob) => {
    const data = JSON.parse(explorer.querySelector('script').textContent);
    const box = explorer.querySelector('.mc-frame').getBoundingClientRect();
    return data.grips.filter(grip => grip.knob === knob).map(grip => grip.places.map(place => {
        if (!place) return null;
        const last = place.length - 2;
        return [box.left + box.width * (place[0] + 0.3 * (place[last] - place[0])) / 1000,
                box.top + box.height * (place[1] + 0.3 * (place[last + 1] - place[1])) / 1000];
    }));
}"""


def held(page, moves):
    """The explorer of a page that has these controls."""
    found = [explorer for explorer in page.query_selector_all(".mc-explorer")
             if set(moves) <= set(explorer.evaluate(_STATE)["values"])]
    assert found, f"no explorer moves {moves}"
    found[0].evaluate("explorer => scrollTo(0, scrollY + explorer.getBoundingClientRect().top - 60)")
    return found[0]


def changed(before, after):
    return {name for name, value in before["values"].items() if after["values"][name] != value}


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


@each
def test_buttons_are_chosen_by_keyboard_and_by_mouse(visit, name):
    with visit(name, 375) as opened:
        page = opened.page
        for explorer in page.query_selector_all(".mc-explorer"):
            for group in explorer.query_selector_all(".mc-choice"):
                first, chosen = explorer.evaluate(_STATE), group.query_selector("input:checked")
                chosen.focus()
                page.keyboard.press("ArrowRight")
                moved = explorer.evaluate(_STATE)
                assert changed(first, moved) and moved["picture"] != first["picture"]
                chosen.evaluate("input => input.nextElementSibling.scrollIntoView({ block: 'center' })")
                box = chosen.bounding_box()
                page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                assert explorer.evaluate(_STATE) == first
        assert not opened.faults


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name, moves", HANDLES)
def test_a_handle_is_dragged_with_the_mouse(visit, name, moves, width):
    with visit(name, width) as opened:
        page = opened.page
        explorer = held(page, moves)
        first, (places,) = explorer.evaluate(_STATE), explorer.evaluate(_PLACES, True)
        knob = explorer.query_selector(".mc-knob")
        start = knob.bounding_box()
        middle = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
        far = max((place for place in places if place), key=lambda p: abs(p[0] - middle[0]) + abs(p[1] - middle[1]))
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move((middle[0] + far[0]) / 2, (middle[1] + far[1]) / 2, steps=4)
        page.mouse.move(*far, steps=4)
        page.mouse.up()
        after, rests = explorer.evaluate(_STATE), knob.bounding_box()
        assert changed(first, after) and changed(first, after) <= set(moves)
        assert after["picture"] != first["picture"] and after["said"] != first["said"]
        assert after["table"] != first["table"] or name.endswith("07-our-scalar-vector-derivative.html")
        at = rests["x"] + rests["width"] / 2, rests["y"] + rests["height"] / 2
        assert min(abs(at[0] - p[0]) + abs(at[1] - p[1]) for p in places if p) < 3, "it does not rest on a frame"
        page.mouse.move(*middle)
        assert explorer.evaluate(_STATE) == after, "it moves without being held"
        assert not opened.faults


@pytest.mark.parametrize("name, moves", HANDLES)
def test_a_handle_is_moved_with_the_arrow_keys_and_back(visit, name, moves):
    with visit(name) as opened:
        page = opened.page
        explorer = held(page, moves)
        first, knob = explorer.evaluate(_STATE), explorer.query_selector(".mc-knob")
        knob.focus()
        before = knob.get_attribute("aria-valuetext"), knob.bounding_box()
        met = set()
        for key, back, along, sign in (("ArrowRight", "ArrowLeft", "x", 1), ("ArrowUp", "ArrowDown", "y", -1)):
            page.keyboard.press(key)
            moved = explorer.evaluate(_STATE)
            if changed(first, moved):
                met.add(key)
                assert sign * (knob.bounding_box()[along] - before[1][along]) > 0, f"{key} goes the wrong way"
                assert knob.get_attribute("aria-valuetext") != before[0]
                page.keyboard.press(back)
                assert explorer.evaluate(_STATE) == first
        assert met, "no arrow key moves it"
        assert not opened.faults


@pytest.mark.parametrize("name, moves", HANDLES)
def test_a_handle_is_dragged_with_a_finger(browser, name, moves):
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((HTML / name).as_uri())
    explorer = held(page, moves)
    first, (places,) = explorer.evaluate(_STATE), explorer.evaluate(_PLACES, True)
    box = explorer.query_selector(".mc-knob").bounding_box()
    assert min(box["width"], box["height"]) >= 44, "too small for a thumb"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    far = max((place for place in places if place), key=lambda p: abs(p[0] - x) + abs(p[1] - y))
    scrolled, finger = page.evaluate("scrollY"), context.new_cdp_session(page)
    for kind, points in (("touchStart", [(x, y)]), *(("touchMove", [(x + (far[0] - x) * part, y + (far[1] - y) * part)])
                                                     for part in (0.3, 0.6, 1)), ("touchEnd", [])):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})
    page.wait_for_timeout(100)
    assert changed(first, explorer.evaluate(_STATE)) and page.evaluate("scrollY") == scrolled
    context.close()


@pytest.mark.parametrize("touch", [False, True])
@pytest.mark.parametrize("name, moves", TAPS)
def test_a_tap_chooses_what_is_tapped(browser, name, moves, touch):
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=touch, is_mobile=touch)
    page = context.new_page()
    page.goto((HTML / name).as_uri())
    explorer = held(page, moves)
    first = explorer.evaluate(_STATE)
    for places in explorer.evaluate(_PLACES, False):
        now = explorer.evaluate(_STATE)
        for x, y in [place for place in places if place][-1:]:
            (page.touchscreen.tap if touch else page.mouse.click)(x, y)
        after = explorer.evaluate(_STATE)
        assert changed(now, after) <= set(moves)
    assert changed(first, after) and after["picture"] != first["picture"] and after["said"] != first["said"]
    context.close()


def test_lines_glide_and_numbers_do_not(browser):
    context = browser.new_context(viewport={"width": 800, "height": 900}, reduced_motion="no-preference")
    page = context.new_page()
    page.goto((HTML / "book/06-planar-approximation.html").as_uri())
    explorer = held(page, ["Δv1", "Δv2"])
    seen = explorer.evaluate("""explorer => new Promise(done => {
        const seen = [], slider = explorer.querySelector('input[type=range]');
        const look = () => [[...explorer.querySelectorAll('.mc-frame [id*="-text_"]')].map(g => g.outerHTML).join(),
                            explorer.querySelector('.mc-frame').innerHTML];
        slider.value = 0;
        slider.dispatchEvent(new Event('input'));
        const step = () => { seen.push(look()); seen.length < 30 ? requestAnimationFrame(step) : done(seen); };
        step();
    })""")
    assert len({numbers for numbers, _ in seen}) == 1, "numbers between two frames"
    assert len({picture for _, picture in seen}) > 2, "nothing glides"
    context.close()
