"""Every built page as a reader meets it: no network, on a narrow phone; one page of each kind in both themes."""

import re
from urllib.parse import quote

import pytest

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


def test_a_link_to_a_check_opens_it(visit):
    name = re.search(r'class="mc-panel" id="([^"]+)"', text_of(CHAPTER))[1]
    with visit(f"{CHAPTER}#{name}") as opened:
        opened.page.wait_for_selector(f"#{name}:popover-open")


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
        assert [fault for fault in opened.faults if "favicon" not in fault] == []       # of the page that was left


def test_a_page_can_be_walked_with_the_keyboard(visit):
    with visit(CHAPTER) as opened:
        page, seen = opened.page, []
        page.evaluate("document.querySelector('article h1').setAttribute('tabindex', -1)")
        page.evaluate("document.querySelector('article h1').focus()")
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("""() => {
                const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                return [e.tagName, `${e.className}`, s.outlineStyle !== 'none' || s.boxShadow !== 'none', r.width > 0];
            }"""))
        assert any("mc-checked" in entry[1] for entry in seen)
        blind = [entry for entry in seen if entry[0] != "BODY" and entry[3] and not entry[2]]
        assert not blind, f"focus cannot be seen on {blind[:3]}"


def test_a_slip_and_its_place_lead_to_each_other(visit):
    name = first('id="note-e')
    number = re.search(r'id="note-(e\d\d)"', text_of(name))[1]
    with visit(name) as opened:
        page = opened.page
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        page.click(f"#note-{number}")
        page.wait_for_url(f"**/errata.html#{number}")
        entry = page.query_selector(f"#{number}")
        assert entry.is_visible() and entry.inner_text().startswith(f"{number.upper()} ·")
        page.click(f"#{number} + dd a[href*='#note-{number}']")
        page.wait_for_url(f"**#note-{number}")
        assert page.query_selector(f"#note-{number}").is_visible()


#: Columns of a screenshot that hold a dot of the brace's grey, as (columns, left, right).
_PAINTED = """async ([data]) => {
    const image = new Image();
    await new Promise(done => { image.onload = done; image.src = 'data:image/png;base64,' + data; });
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const paper = canvas.getContext('2d');
    paper.drawImage(image, 0, 0);
    const dots = paper.getImageData(0, 0, image.width, image.height).data, columns = [];
    for (let x = 0; x < image.width; x++)
        for (let y = 0; y < image.height; y++)
            if (dots[4 * (y * image.width + x)] < 200) { columns.push(x); break; }
    return [columns.length, columns[0], columns.at(-1)];
}"""


@pytest.mark.parametrize("ratio", [1.5, *(pytest.param(ratio, marks=pytest.mark.release) for ratio in (1, 2, 3))])
def test_a_brace_reaches_from_end_to_end_and_labels_stand_on_one_line(visit, ratio):
    """Chromium loses the ends of stretched braces where a pixel has several dots; ours are painted."""
    import base64

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
            data = base64.b64encode(page.screenshot(clip=clip)).decode()
            count, start, end = page.evaluate(_PAINTED, [data])
            assert abs(start / ratio - (left - clip["x"])) <= max(1, 2.5 / ratio), "the left end"
            assert abs((end + 1) / ratio - (left + width - clip["x"])) <= max(1, 2.5 / ratio), "the right end"
            assert count >= end - start, "there are holes in it, wider than one dot"
        bottoms = page.evaluate("""() => [...document.querySelectorAll('article math')].map(m =>
            [...m.querySelectorAll('.mc-label')].filter(label => label.parentElement.tagName === 'mover')
                .map(label => label.getBoundingClientRect().bottom))""")
        assert all(max(line) - min(line) < 1 for line in bottoms if len(line) > 1)
