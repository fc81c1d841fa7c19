"""The shape drill in the page: right, wrong, nonsense and given up, by keyboard; kept and cleared."""

import json

import pytest

PAGE = "book/shape-drill.html"
#: A random number generator that always asks the same.
STILL = "Math.random = (seed => () => (seed = (seed * 48271) % 2147483647) / 2147483647)(7)"


def answer(page):
    """The right answer of the question that is asked, from the rule itself, as one would type it."""
    words = page.inner_text(".mc-drill-question")
    found = page.evaluate("""words => {
        const said = one => one.words.map(part => Array.isArray(part) ? part[0] : part).join("").trim();
        for (let k = 0; k < 200000; k++) {
            const one = mcDrill.ask(Math.random);
            if (said(one) === words.trim()) return one.wanted ?? "no"; }
        throw Error("never asked: " + words); }""", words)
    return " x ".join(map(str, found)) or "a number" if isinstance(found, list) else str(found)


@pytest.fixture
def drill(visit):
    with visit(PAGE, 375, "dark") as opened:
        opened.page.add_init_script(STILL)
        opened.page.reload()
        opened.page.wait_for_selector(".mc-drill-question")
        yield opened


def test_right_answers_are_right_whatever_is_asked(drill):
    page, asked = drill.page, set()
    page.focus(".mc-drill input")
    for count in range(1, 9):
        question = page.inner_text(".mc-drill-question")
        page.keyboard.type(answer(page))
        page.keyboard.press("Enter")
        assert page.inner_text(".mc-drill .mc-verdict") == "Right.", question
        assert page.inner_text(".mc-drill-why")
        assert f"{count} of {count} right, {count} in a row" in page.inner_text(".mc-drill")
        page.keyboard.press("Enter")
        assert page.input_value(".mc-drill input") == ""
        asked.add(question)
    assert len(asked) > 5 and not drill.faults


def test_nonsense_is_no_answer_a_wrong_one_is_explained_and_the_score_is_kept(drill):
    page = drill.page
    for nonsense in ("", "what?", "∂∂"):
        page.fill(".mc-drill input", nonsense)
        page.click(".mc-drill button[type=submit]")
        assert page.inner_text(".mc-drill .mc-verdict") and page.inner_text(".mc-drill-why") == ""
    count = "many" in page.inner_text(".mc-drill-question")
    page.fill(".mc-drill input", "999" if count else "17 x 19 x 23 x 29")
    page.click(".mc-drill button[type=submit]")
    assert "Right" not in page.inner_text(".mc-drill .mc-verdict") and len(page.inner_text(".mc-drill-why")) > 10
    page.click(".mc-drill button[type=submit]")
    page.click(".mc-drill button:has-text('Show me')")
    assert len(page.inner_text(".mc-drill-why")) > 10
    assert json.loads(page.evaluate("localStorage.getItem('mc-drill')"))["asked"] == 2
    page.reload()
    assert "0 of 2 right" in page.inner_text(".mc-drill")
    page.click(".mc-drill button:has-text('Start again')")
    assert "No question answered yet" in page.inner_text(".mc-drill")
    assert page.input_value(".mc-drill select") == "0" and "matrix" not in page.inner_text(".mc-drill-question")
    page.select_option(".mc-drill select", "5")
    page.reload()
    assert page.input_value(".mc-drill select") == "5"
    sizes = page.evaluate("[...document.querySelectorAll('.mc-drill button, .mc-drill input')]"
                          ".filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)")
    assert min(sizes) >= 24, "a finger needs more"
    assert not drill.faults
