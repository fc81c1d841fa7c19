"""Every built page as a reader meets it: no network, on a narrow phone; one page of each kind in both themes."""

import io
import re
from urllib.parse import quote

import numpy as np
import pytest
from matplotlib import image

from .conftest import HTML, PAGES, Visit, axe, first, text_of

#: The chapter with the most marks, among those that have exercises and an explorer.
CHAPTER = max((name for name in PAGES if 'class="mc-explorer' in text_of(name) and "data-ask" in text_of(name)),
              key=lambda name: text_of(name).count('popovertarget="check-'), default="none")
#: One page of each kind; the errata have long tables, the list of functions has code.
KINDS = ["book/index.html", CHAPTER, "book/reference/api.html", "book/reference/errata.html", "book/shape-drill.html",
         "book/your-own-function.html"]
#: Rules that a theme can break.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}

#: Open and close the panel of each mark, one after the other: names of those that do not open in sight, or say nothing.
_OPEN_EACH = """() => [...document.querySelectorAll('button.mc-checked')].filter(mark => {
    const panel = document.getElementById(mark.getAttribute('popovertarget')), fold = mark.closest('details');
    const shut = !panel.matches(':popover-open');
    if (fold) fold.open = true;
    mark.scrollIntoView({ block: 'center', behavior: 'instant' });
    mark.focus();
    const before = scrollY;
    mark.click();
    const box = panel.getBoundingClientRect();
    const well = shut && panel.matches(':popover-open') && panel.innerText.includes('.') && scrollY === before
        && box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight
        && panel.contains(document.activeElement);
    panel.hidePopover();
    return !(well && document.activeElement === mark);
}).map(mark => mark.getAttribute('popovertarget'))"""

#: What must not be on a page: each is a list of what was found.
_BROKEN = {
    "formulas that were not typeset": r"""[...document.querySelectorAll('article :is(p, li, td, dd)')].map(e => {
        const copy = e.cloneNode(true); copy.querySelectorAll('code, pre').forEach(c => c.remove());
        return copy.textContent; }).filter(t => /\$\$|\\(frac|begin|textcolor|mathsf|partial)/.test(t))""",
    "formulas without a width": """[...document.querySelectorAll('math')]
        .filter(m => m.checkVisibility() && !m.getBoundingClientRect().width).map(m => m.textContent)""",
    "code that has to be scrolled sideways": """[...document.querySelectorAll('div.cell_input pre, dl.py pre')]
        .filter(p => p.checkVisibility() && p.scrollWidth > p.clientWidth + 1).map(p => p.textContent.slice(0, 60))""",
    "words that are broken in the links to the pages beside": r"""[...document.querySelectorAll('.prev-next-title')]
        .flatMap(title => { const range = document.createRange();
            return [...title.firstChild.data.matchAll(/\w+/g)].filter(word => {
                range.setStart(title.firstChild, word.index);
                range.setEnd(title.firstChild, word.index + word[0].length);
                return range.getClientRects().length > 1; }).map(word => word[0]); })""",
    "marks whose panel does not open in sight": f"({_OPEN_EACH})()",
    "the page, which scrolls sideways": """document.documentElement.scrollWidth > innerWidth
        ? [`${document.documentElement.scrollWidth} pixels`] : []""",
}

#: Formulas between words that are wider than their line, those in folds too.
_WIDE_FORMULAS = """() => {
    const folds = [...document.querySelectorAll('details:not([open])')];
    folds.forEach(fold => { fold.open = true; });
    const found = [...document.querySelectorAll('article :is(p, li, td) math')]
        .filter(math => !math.closest('.mc-equation, .mc-panel'))
        .filter(math => math.getBoundingClientRect().right
                        > math.parentElement.closest('p, li, td').getBoundingClientRect().right + 2)
        .map(math => math.textContent);
    folds.forEach(fold => { fold.open = false; });
    return found;
}"""


@pytest.fixture(scope="module")
def phone(browser):
    """One window for all pages: to open a window takes longer than to look at a page."""
    with Visit(browser, PAGES[0], 320, offline=True) as opened:
        yield opened


@pytest.mark.parametrize("name", PAGES or ["none"])
def test_a_page_is_whole_on_the_narrowest_phone(phone, name):
    phone.faults.clear()
    phone.page.set_viewport_size({"width": 375, "height": 800})
    phone.go(name)
    wide = phone.page.evaluate(_WIDE_FORMULAS)
    assert not wide, f"wider than their line, so take them apart: {wide}"
    phone.page.set_viewport_size({"width": 320, "height": 800})
    for what, code in _BROKEN.items():
        found = phone.page.evaluate(code)
        assert not found, f"{what}: {found[:3]}"
    assert not phone.faults


@pytest.mark.parametrize("width, theme", [(1280, "light"), (1280, "dark"), (375, "dark")])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_on_a_page_of_each_kind(visit, name, width, theme):
    with visit(name, width, theme) as opened:
        page = opened.page
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        page.evaluate("""() => document.querySelectorAll('.mc-ask form').forEach((form, k) => {     // forms have spoken
            form.querySelectorAll('input[type=text]').forEach(box => { box.value = k % 2 ? 'cat' : ''; });
            form.requestSubmit(); })""")
        axe(page, {} if theme == "light" else COLOURS)
        if mark := page.query_selector("article button.mc-checked"):
            mark.click()
            axe(page, inside="'.mc-panel:popover-open'")
        assert not opened.faults


def test_marks_open_by_keyboard_and_by_mouse(visit):
    with visit(CHAPTER) as opened:
        page = opened.page
        assert not page.evaluate(_OPEN_EACH)
        for link in page.query_selector_all("a.mc-checked"):
            target = page.query_selector(link.get_attribute("href"))
            assert target.evaluate("e => e.closest('.cell').checkVisibility()")
        mark = page.query_selector("button.mc-checked")
        panel = page.query_selector("#" + mark.get_attribute("popovertarget"))
        mark.focus()
        page.keyboard.press("Enter")
        assert panel.is_visible()
        page.keyboard.press("Escape")
        assert not panel.is_visible() and mark.evaluate("mark => mark === document.activeElement")
        mark.click()
        assert panel.is_visible()
        page.mouse.click(5, 5)
        assert not panel.is_visible()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_of_the_system_is_known_before_anything_is_painted(browser, system):
    page = browser.new_page(color_scheme=system)
    page.route("**/*.js*", lambda route: route.abort())        # the scripts of the theme come later, here never
    page.goto(f"{HTML.as_uri()}/book/index.html")
    assert page.evaluate("document.documentElement.dataset.theme") == system
    page.close()


def test_without_javascript_pictures_marks_solutions_and_examples_stand(visit):
    still = {"java_script_enabled": False, "has_touch": True}
    with visit(CHAPTER, 375, **still) as opened:
        page = opened.page
        assert page.locator(".mc-frame svg").first.bounding_box()["width"] > 200
        assert not page.locator(".mc-form").count()
        page.locator(".mc-solution summary").first.click()
        assert len(page.locator(".mc-worked").first.inner_text()) > 12
        mark = page.locator("button.mc-checked").first
        mark.tap()
        assert page.locator("#" + mark.get_attribute("popovertarget")).is_visible()
        opened.go("book/shape-drill.html")
        assert page.locator(".mc-drill table td").count() == 9
        opened.go("book/your-own-function.html")
        assert page.is_visible(".mc-own-worked details[open] table.mc-derivative")
        assert not page.is_visible(".mc-own form")


@pytest.mark.parametrize("pattern, opened", [
    (r'class="mc-panel" id="([^"]+)"', "#{}:popover-open"), (r'id="(note-e\d\d)"', "#{}")], ids=["check", "slip"])
def test_a_link_to_what_is_folded_away_opens_it(visit, pattern, opened):
    name = first('class="mc-panel"', 'id="note-e')
    target = re.search(pattern, text_of(name))[1]
    with visit(f"{name}#{target}") as there:
        there.page.wait_for_selector(opened.format(target), state="visible")


@pytest.mark.parametrize("target, words", [("#box-9", "gradient"), ("#equation-eq-14", "Equation (14)")])
def test_a_reference_shows_what_it_refers_to(visit, target, words):
    with visit("book/reference/index-of-statements.html") as opened:
        page = opened.page
        page.hover(f'article a[href$="{target}"]')
        page.wait_for_selector(".mc-preview")
        assert words in page.inner_text(".mc-preview") and page.query_selector(".mc-preview math")
        page.keyboard.press("Escape")
        assert page.query_selector(".mc-preview") is None
        assert not opened.faults


#: What is looked for, and where one of the results has to lead.
SEARCHES = {
    "Definition 9": "#box-9", "(14)": "#equation-eq-14", "E26": "errata.html#e26", "relu": "#term-relu",
    "Jacobian": "#term-jacobian", "outer product": "#term-outer-product", "delta": "glossary.html",
    "ell": "glossary.html", "transpose": "glossary.html", "mask": "api.html", "einsum": "#term-einsum",
    "nine": "shape-drill.html",
}


def test_search_finds_numbers_words_and_names_of_letters(visit):
    """The results come one after the other: a result is waited for, and the end of the search where there is none."""
    with visit("search.html") as opened:
        for query, target in SEARCHES.items():
            opened.go(f"search.html?q={quote(query)}")
            opened.page.wait_for_function("""([target]) => {
                const links = [...document.querySelectorAll('#search-results li a')].map(a => a.pathname + a.hash);
                const found = links.some(link => link.endsWith(target) || link.includes(target + '#'));
                const over = document.querySelector('#search-progress, #search-results p.search-summary')?.textContent;
                return found || /not match|finished|found \\d/.test(over ?? '') && 'over'; }""", arg=[target])
            links = opened.page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.pathname + a.hash)")
            assert any(link.endswith(target) or f"{target}#" in link for link in links), (query, links[:5])
        opened.go("search.html?q=zzyzx")
        opened.page.wait_for_function("document.querySelector('#search-results').innerText.includes('did not match')")
        assert not opened.faults


def test_a_page_can_be_walked_with_the_keyboard(visit):
    with visit(CHAPTER) as opened:
        page, seen = opened.page, []
        page.evaluate("""() => { const title = document.querySelector('article h1');
            title.tabIndex = -1; title.focus(); }""")
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("""() => {
                const e = document.activeElement, style = getComputedStyle(e);
                const blind = e !== document.body && e.getBoundingClientRect().width > 0
                    && style.outlineStyle === 'none' && style.boxShadow === 'none';
                return [e.className, blind]; }"""))
        assert any("mc-checked" in name for name, _ in seen)
        assert [name for name, blind in seen if blind] == [], "focus cannot be seen"


@pytest.mark.parametrize("ratio", [1.5, *(pytest.param(ratio, marks=pytest.mark.release) for ratio in (1, 2, 3))])
def test_a_brace_reaches_from_end_to_end_and_labels_stand_on_one_line(visit, ratio):
    """Chromium loses the ends of stretched braces where a pixel has several dots; ours are painted."""
    with visit(first('class="mc-over'), 900, device_scale_factor=ratio) as opened:
        page = opened.page
        boxes = [box for box in page.query_selector_all("article .mc-over") if box.is_visible()][:4]
        assert boxes
        for box in boxes:
            box.scroll_into_view_if_needed()
            left, top, width, high = box.evaluate(
                "box => { const r = box.getBoundingClientRect(); "
                "return [r.left, r.top, r.width, 0.4 * parseFloat(getComputedStyle(box).fontSize)]; }")
            clip = {"x": int(left) - 4, "y": top, "width": int(width) + 9, "height": high}
            picture = image.imread(io.BytesIO(page.screenshot(clip=clip)))[..., :3]
            grey = np.flatnonzero((picture < 0.8).any(axis=(0, 2)))     # the columns that hold a dot of the brace
            start, end = grey[[0, -1]]
            assert abs(start / ratio - (left - clip["x"])) <= max(1, 2.5 / ratio), "the left end"
            assert abs((end + 1) / ratio - (left + width - clip["x"])) <= max(1, 2.5 / ratio), "the right end"
            assert len(grey) >= end - start, "there are holes in it, wider than one dot"
        bottoms = page.evaluate("""() => [...document.querySelectorAll('article math')].map(m =>
            [...m.querySelectorAll('.mc-label')].filter(label => label.parentElement.tagName === 'mover')
                .map(label => label.getBoundingClientRect().bottom))""")
        assert all(max(line) - min(line) < 1 for line in bottoms if len(line) > 1)
