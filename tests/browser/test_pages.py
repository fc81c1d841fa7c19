"""Every built page as a reader meets it: no network, wide and narrow, light and dark, by mouse and by keyboard."""

import re

import pytest

from .conftest import HTML, PAGES, ROOT

each = pytest.mark.parametrize("name", PAGES or ["none"])
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: Rules that a theme can break; the others read the same page a second time.
COLOURS = ["color-contrast", "link-in-text-block"]

#: Open and close the panel of each mark, one after the other: names of those that do not open in sight, or say nothing.
_OPEN_EACH = """([width, height]) => [...document.querySelectorAll('button.mc-checked')].filter(mark => {
    const panel = document.getElementById(mark.getAttribute('popovertarget')), fold = mark.closest('details');
    const shut = !panel.matches(':popover-open');
    if (fold) fold.open = true;
    mark.scrollIntoView({ block: 'center', behavior: 'instant' });
    mark.focus();
    const before = scrollY;
    mark.click();
    const box = panel.getBoundingClientRect();
    const well = shut && panel.matches(':popover-open') && panel.innerText.includes('mc.') && scrollY === before
        && box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height
        && panel.contains(document.activeElement);
    panel.hidePopover();
    return !(well && document.activeElement === mark);
}).map(mark => mark.getAttribute('popovertarget'))"""


@each
@pytest.mark.parametrize("width, theme", [(1280, "light"), (375, "dark"), (320, "light")])
def test_a_page_is_whole_and_its_marks_open(visit, name, width, theme):
    """One visit for each look: to open a page takes longer than to look at it."""
    with visit(name, width, theme) as opened:
        page = opened.page
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
        _is_typeset(page)
        _code_is_whole(page)
        _links_are_whole(page)
        if width == 375:
            _formulas_between_words_are_whole(page)
        if width > 320:                 # a page in the dark differs in its colours alone
            _axe_finds_nothing(page, {"preload": False} if theme == "light" else {"runOnly": COLOURS})
            _marks_open(page, width)
        assert not opened.faults


def _marks_open(page, width):
    """Each mark opens a panel in sight that says what was run; by keyboard and by mouse it opens and closes."""
    for link in page.query_selector_all("a.mc-checked"):
        target = page.query_selector(link.get_attribute("href"))
        assert target.evaluate("e => e.closest('.cell').checkVisibility()")
    assert not page.evaluate(_OPEN_EACH, [width, 900])
    for mark in page.query_selector_all("button.mc-checked")[:2]:
        panel = page.query_selector("#" + mark.get_attribute("popovertarget"))
        mark.focus()
        page.keyboard.press("Enter")
        assert panel.is_visible()
        page.keyboard.press("Escape")
        assert not panel.is_visible() and mark.evaluate("mark => mark === document.activeElement")
    if mark := page.query_selector("button.mc-checked"):
        mark.click()
        found = page.evaluate("axe.run('.mc-panel:popover-open', {preload: false})"
                              ".then(result => result.violations.map(v => v.id))")
        assert not found
        page.mouse.click(5, 5)
        assert page.query_selector(".mc-panel:popover-open") is None


@pytest.mark.parametrize("name", ["book/index.html", "book/reference/api.html"])
def test_what_stands_beside_the_text_can_be_read_in_the_dark(visit, name):
    with visit(name, 1280, "dark") as opened:
        _axe_finds_nothing(opened.page, {"runOnly": COLOURS})


def _is_typeset(page):
    raw = page.evaluate(r"""() => [...document.querySelectorAll('article p, article li, article td, article dd')]
        .map(e => { const copy = e.cloneNode(true); copy.querySelectorAll('code, pre').forEach(c => c.remove());
                    return copy.textContent; })
        .filter(t => /\$\$|\\(frac|begin|textcolor|mathsf|partial)/.test(t))""")
    assert not raw, f"formulas that were not typeset: {raw[:2]}"
    assert page.evaluate("[...document.querySelectorAll('math')].every(m => m.getBoundingClientRect().width > 0 "
                         "|| !m.checkVisibility())")


def _code_is_whole(page):
    wide = page.evaluate("[...document.querySelectorAll('div.cell_input pre, dl.py pre')]"
                         ".filter(p => p.checkVisibility() && p.scrollWidth > p.clientWidth + 1)"
                         ".map(p => p.textContent.slice(0, 60))")
    assert not wide, f"code that has to be scrolled sideways: {wide[:3]}"


def _links_are_whole(page):
    broken = page.evaluate(r"""() => [...document.querySelectorAll('.prev-next-title')].flatMap(title => {
        const text = title.firstChild, range = document.createRange();
        return [...text.data.matchAll(/\w+/g)].filter(word => {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            return range.getClientRects().length > 1;
        }).map(word => word[0]);
    })""")
    assert not broken, f"words that are broken in the links to the pages beside: {broken}"


def _formulas_between_words_are_whole(page):
    """Those in folds too; they are shut again."""
    cut = page.evaluate("""() => {
        const folds = [...document.querySelectorAll('details:not([open])')];
        folds.forEach(fold => { fold.open = true; });
        const found = [...document.querySelectorAll('article :is(p, li, td) math')]
            .filter(math => !math.closest('.mc-equation, .mc-panel'))
            .filter(math => math.getBoundingClientRect().right
                            > math.parentElement.closest('p, li, td').getBoundingClientRect().right + 2)
            .map(math => math.textContent);
        folds.forEach(fold => { fold.open = false; });
        return found;
    }""")
    assert not cut, f"wider than their line, so take them apart: {cut}"


def _axe_finds_nothing(page, options):
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("options => axe.run(options).then(result => result.violations.map(v => "
                          "v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))", options)
    assert not found, "\n".join(found)


def test_explorers_move_by_touch(browser):
    context = browser.new_context(viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto((HTML / "book/index.html").as_uri())
    slider = page.locator(".mc-explorer input[type=range]").first
    before = page.locator(".mc-frame").first.inner_html()
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    assert slider.input_value() == slider.get_attribute("max")
    assert page.locator(".mc-frame").first.inner_html() != before
    context.close()


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_of_the_system_is_known_before_anything_is_painted(browser, system):
    context = browser.new_context(color_scheme=system)
    page = context.new_page()
    page.route("**/*.js*", lambda route: route.abort())        # the scripts of the theme come later, here never
    page.goto((HTML / "book/index.html").as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == system
    context.close()


def test_without_javascript_the_first_frame_stands(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 900})
    page = context.new_page()
    page.goto((HTML / "book/index.html").as_uri())
    assert page.query_selector(".mc-frame svg").bounding_box()["width"] > 200
    context.close()


def test_a_link_to_a_check_opens_it_and_without_a_script_a_mark_does(browser):
    panels = [path for path in (HTML / "book").glob("*.html") if 'class="mc-panel"' in path.read_text(encoding="utf-8")]
    for path in panels[:1]:
        name = re.search(r'class="mc-panel" id="([^"]+)"', path.read_text(encoding="utf-8"))[1]
        page = browser.new_page()
        page.goto(f"{path.as_uri()}#{name}")
        page.wait_for_selector(f"#{name}:popover-open")
        page.close()
        context = browser.new_context(java_script_enabled=False, has_touch=True, viewport={"width": 375, "height": 900})
        page = context.new_page()
        page.goto(path.as_uri())
        page.tap(f'[popovertarget="{name}"]')
        assert page.is_visible(f"#{name}")
        context.close()


@pytest.mark.parametrize("target, words", [
    ("#box-9", "gradient"), ("#equation-eq-14", "Equation (14)"), ("#e26", "falls to a quarter"),
])
def test_a_reference_shows_what_it_refers_to(visit, target, words):
    with visit(f"book/reference/{'errata' if target == '#e26' else 'index-of-statements'}.html") as opened:
        page = opened.page
        page.hover(f'article a[href$="{target}"]')
        page.wait_for_selector(".mc-preview", timeout=3000)
        assert words in page.inner_text(".mc-preview") and page.query_selector(".mc-preview math")
        page.keyboard.press("Escape")
        assert page.query_selector(".mc-preview") is None
        assert not opened.faults


@pytest.mark.parametrize("query, target", [
    ("Definition 9", "#box-9"), ("(14)", "#equation-eq-14"), ("E26", "errata.html#e26"), ("relu", "#term-relu"),
    ("Jacobian", "#term-jacobian"), ("outer product", "#term-outer-product"), ("delta", "glossary.html"),
    ("ell", "glossary.html"), ("transpose", "glossary.html"), ("mask", "api.html"), ("einsum", "#term-einsum"),
    ("nine", "shape-drill.html"),
])
def test_search_finds_numbers_words_and_names_of_letters(visit, query, target):
    from urllib.parse import quote

    with visit("search.html") as opened:
        opened.page.goto(opened.page.url + "?q=" + quote(query))
        opened.page.wait_for_selector("#search-results li a", timeout=8000)
        links = opened.page.eval_on_selector_all(
            "#search-results li a", "links => links.map(a => a.getAttribute('href'))"
        )
        assert any(link.split("?")[0].endswith(target) or f"{target}#" in link for link in links), links[:5]
        assert [fault for fault in opened.faults if "favicon" not in fault] == []       # of the page that was left


@pytest.mark.parametrize("name", ["book/07-our-scalar-vector-derivative.html"])
def test_a_page_can_be_walked_with_the_keyboard(visit, name):
    with visit(name) as opened:
        page, seen = opened.page, []
        for _ in range(60):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate("""() => {
                const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                return [e.tagName, `${e.className}`, s.outlineStyle !== 'none' || s.boxShadow !== 'none', r.width > 0];
            }""")
            )
        assert any("mc-checked" in entry[1] for entry in seen)
        blind = [entry for entry in seen if entry[0] != "BODY" and entry[3] and not entry[2]]
        assert not blind, f"focus cannot be seen on {blind[:3]}"


def test_a_slip_and_its_place_lead_to_each_other(visit):
    with visit("book/11-the-vector-vector-derivative.html") as opened:
        page = opened.page
        page.click("#note-e26")
        page.wait_for_url("**/errata.html#e26")
        entry = page.query_selector("#e26")
        assert entry.is_visible() and entry.inner_text().startswith("E26 ·")
        page.click("#e26 + dd a[href*='#note-e26']")
        page.wait_for_url("**/11-the-vector-vector-derivative.html#note-e26")
        assert page.query_selector("#note-e26").is_visible()
