"""Every exercise of the book, answered in the page: right, wrong and with nonsense, kept and cleared."""

import re

import numpy as np
import pytest

from mcbook.exercises import source
from mcbook.exercises.judging import judge

from .conftest import HTML, PAGES
from .test_pages import AXE

ASKING = [name for name in PAGES if 'class="mc-ask"' in (HTML / name).read_text(encoding="utf-8")]
each = pytest.mark.parametrize("name", ASKING or ["none"])


def entered(part, value):
    """A value of a part's plain form as one types or picks it."""
    if isinstance(value, np.ndarray):
        return [repr(entry) for entry in value.reshape(-1).tolist()]
    if part.kind == "shape":
        return " x ".join(map(str, value)) or "scalar"
    if isinstance(value, tuple):
        return [str(k) for k in value]
    return {True: "1", False: "2"}[value] if part.kind == "truth" else str(value)


def mistake(part):
    """A plain value that is not right."""
    wanted = part.wanted
    if part.wrong:
        return part.wrong[0][0]
    if part.kind == "truth":
        return not wanted
    if part.kind == "several":
        return (wanted[0],) if len(wanted) > 1 else (wanted[0] % 2 + 1,)
    if part.kind == "match":
        return wanted[::-1] if wanted != wanted[::-1] else (1,) * len(wanted)
    if part.kind == "shape":
        return (*wanted, 9)
    if part.kind in ("text", "pattern"):
        return {"text": "something else", "pattern": "ab->b" if wanted != "ab->b" else "ab->a"}[part.kind]
    if part.kind == "choice":
        return 2 if wanted == 1 else 1
    return wanted + 1


#: What is entered where something is typed, and is no answer to anything.
NONSENSE = ("cat", "🐈", "1/0", "<b>9^9^9^9</b>")

#: Fill the parts of a form, at one go, and send it; what is said, to the whole and to each part.
_ANSWER = """(place, values) => {
    const name = place.dataset.name, form = place.querySelector('form'), tell = (box, kind) =>
        box.dispatchEvent(new Event(kind, {bubbles: true}));
    values.forEach((value, k) => {
        const boxes = place.querySelectorAll(`input[name="ask-${name}-${k}"]`), list = [value ?? ''].flat();
        if (boxes.length) { boxes.forEach(box => { box.checked = list.includes(box.value); }); return; }
        const partners = place.parentElement.querySelectorAll('select');
        const group = form.querySelectorAll(':scope > fieldset')[k];
        if (!group) { partners.forEach((box, n) => { box.value = list[n] ?? ''; }); return; }
        const sizes = [...group.querySelectorAll('.mc-sizes input')];
        if (value && value.shape) sizes.forEach((box, n) => { box.value = value.shape[n]; tell(box, 'input'); });
        const entries = value && value.entries || list;
        group.querySelectorAll('input:not(.mc-sizes input)').forEach((box, n) => {
            box.value = entries.length > 1 ? entries[n] : entries[0]; });
    });
    form.requestSubmit();
    return {whole: place.querySelector('.mc-verdict').textContent, open: place.querySelector('.mc-solution').open,
            parts: [...place.querySelectorAll('.mc-said-part')].map(line => line.textContent)};
}"""


def put(part, value):
    """What `_ANSWER` enters for a value of a part's plain form."""
    if isinstance(value, np.ndarray):
        return {"shape": value.shape, "entries": entered(part, value)}
    return entered(part, value)


def fits_the_form(part, mistake):
    """Whether a mistake can be typed: a form without sizes has the shape of the right answer."""
    return not isinstance(mistake, np.ndarray) or mistake.shape == part.wanted.shape or part.resize


@each
def test_each_exercise_answers_right_wrong_and_nonsense(visit, served, name):
    # from a server: of what a page from a folder stores, Chromium forgets one in fifty at a reload
    with visit(name, 375, server=served) as opened:
        page = opened.page
        places = page.query_selector_all(".mc-ask[data-ask]")
        for place in places:
            parts = source.find(place.get_attribute("data-name")).parts

            def refused(values, place=place):
                said = place.evaluate(_ANSWER, values)
                assert said["whole"] and "Right" not in said["whole"] and not said["open"]
                return said

            for nonsense in (None, *NONSENSE):
                chosen = [part.kind in ("choice", "several", "truth", "match") for part in parts]
                refused([None if one else nonsense for one in chosen])
            refused([put(part, mistake(part)) for part in parts])
            for k, part in enumerate(parts):
                for wrong in [*(wrong for wrong, _ in part.wrong), mistake(part)]:
                    if fits_the_form(part, wrong):
                        said = refused([put(other, wrong if n == k else other.wanted) for n, other in enumerate(parts)])
                        words = judge(part, wrong).words
                        assert words in (said["parts"][k] if len(parts) > 1 else said["whole"])
            right = place.evaluate(_ANSWER, [put(part, part.wanted) for part in parts])
            assert right["whole"] == "Right." and right["open"], place.get_attribute("data-name")
            assert len(place.query_selector(".mc-solution").inner_text()) > 12
        for place in page.query_selector_all(".mc-ask:not([data-ask])"):            # what one does and compares
            hints, solution = source.find(place.get_attribute("data-name")).hints, place.query_selector(".mc-solution")
            for _ in hints:
                place.query_selector("button").click()
            assert len(place.query_selector_all(".mc-hints > div")) == len(hints)
            solution.query_selector("summary").click()
            assert len(solution.inner_text()) > 12
        if places:
            progress = page.query_selector(".mc-progress")
            assert progress.inner_text().startswith(f"{len(places)} of {len(places)} answered")
            page.reload()
            assert len(page.query_selector_all(".mc-done")) == len(places)
            assert all(e.inner_text().endswith("Right.") for e in page.query_selector_all(".mc-ask .mc-verdict"))
            page.click(".mc-progress button")
            assert page.query_selector(".mc-progress").inner_text().startswith("0 of")
            assert not page.query_selector_all(".mc-done")
            page.reload()
            assert not any(e.inner_text() for e in page.query_selector_all(".mc-ask .mc-verdict"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, "the page scrolls sideways"
        assert not opened.faults


def test_every_exercise_of_the_book_is_on_a_page():
    shown = [one for name in ASKING for one in re.findall(r'class="mc-ask" data-name="([^"]+)"',
                                                          (HTML / name).read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(source.names())


@each
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_where_a_form_has_spoken(visit, name, theme):
    with visit(name, 1280, theme) as opened:
        page = opened.page
        page.evaluate("""() => {
            document.querySelectorAll('.mc-buttons button[type=button]').forEach(button => button.click());
            document.querySelectorAll('.mc-form input[type=text]').forEach(
                (input, k) => input.value = k % 2 ? 'cat' : '1');
            document.querySelectorAll('.mc-form').forEach(form => form.requestSubmit());
            document.querySelectorAll('.mc-solution').forEach(solution => solution.open = true);
        }""")
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run({include: [...document.querySelectorAll('.mc-ask')].map(a => a.parentElement)})"
                              ".then(result => result.violations.map(v => v.id + ': ' + "
                              "v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))")
        assert not found, "\n".join(found)


def test_hints_come_one_after_the_other_and_enter_checks(visit):
    with visit("book/reference/editing.html") as opened:
        page = opened.page
        place = page.locator(".mc-ask").first
        for k, words in enumerate(("row for each input", "belongs to one neuron"), 1):
            place.get_by_role("button", name=re.compile("hint", re.I)).click()
            assert words in place.locator(".mc-hints > div").nth(k - 1).inner_text()
        assert place.locator(".mc-hints math").count() and not place.get_by_role("button", name="Another hint").count()
        page.keyboard.press("Shift+Tab")
        place.locator("input").first.focus()
        page.keyboard.type("4 x 3")
        page.keyboard.press("Tab")
        page.keyboard.type("4")
        page.keyboard.press("Enter")
        assert place.locator(".mc-verdict").inner_text().endswith("Right.")


def test_an_exercise_is_answered_by_touch(browser):
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((HTML / "book/reference/editing.html").as_uri())
    place = page.locator(".mc-ask").first
    place.locator("input").first.tap()
    page.keyboard.type("3 x 4")
    place.get_by_role("button", name="Check").tap()
    assert "other layout" in place.inner_text()
    letters = place.locator("input").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert letters >= 16, "phones zoom in"
    context.close()


@pytest.mark.parametrize("name", ASKING[:1] or ["none"])
def test_without_javascript_the_question_and_a_solution_to_open(browser, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((HTML / name).as_uri())
    assert not page.locator(".mc-form").count()
    page.locator(".mc-solution summary").first.click()
    assert len(page.locator(".mc-worked").first.inner_text()) > 12
    context.close()


def test_on_paper_the_solutions_stand_at_the_end(visit):
    with visit("book/reference/editing.html") as opened:
        page = opened.page
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert page.locator(".mc-answers h2").inner_text() == "Answers"
        assert "Exercise 1" in page.locator(".mc-answers").inner_text()
        assert page.locator(".mc-answers .mc-worked").first.is_visible()
        assert not page.locator(".mc-buttons").first.is_visible()
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.locator(".mc-ask > .mc-solution").count() and not page.locator(".mc-answers").count()
