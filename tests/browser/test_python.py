"""Python in the page: from a server and from a folder, in Chromium and in Firefox, with every other host cut off."""

import json

import pytest

from book._ext import pyodide

from .conftest import HTML, REQUIRED, ROOT, _missing
from .firefox import SYSTEM as FIREFOX
from .firefox import Firefox

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
OWN = "book/your-own-function.html"
LAYER = "W = np.array([[1.0, 2.0], [0.5, -1.0], [-0.3, 0.4]])\ndef f(a):\n    return W.T @ a * 10"
ENDLESS = "def f(v):\n    while True:\n        pass"
DONE = "document.querySelector('[data-do=stop]').hidden"


@pytest.fixture(scope="module", autouse=True)
def there():
    """Python is beside the built pages, or the reason why it was not tried."""
    if not (HTML / "_static" / "python" / "numpy.gz").exists():
        if pyodide.available() and HTML.exists():
            pytest.fail("Python was fetched, but the built pages have none: run `make book`")
        pytest.skip("Python in the page was not tested: its files could not be fetched (see what `make book` says)")


class Alone:
    """A page that reaches nothing but this machine; ``faults`` holds what went wrong and what it asked for outside."""

    def __init__(self, browser, address, width=1280, theme="light", **options):
        self.faults, self.asked = [], []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
        self.context.route("**/*", self._road)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.faults.append(m.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
        self.page.goto(address)

    def _road(self, route):
        self.asked.append(route.request.url)
        if route.request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:")):
            route.continue_()
        else:
            self.faults.append(f"from outside: {route.request.url}")
            route.abort()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()

    def run(self, code, at):
        self.page.fill("#mc-own-code", code)
        self.page.fill("#mc-own-at", at)
        self.page.click("[data-do=run]")

    def results(self):
        self.page.wait_for_function(DONE)
        return self.page.inner_text(".mc-results")


@pytest.fixture(params=["server", "folder"])
def address(request, served):
    return served if request.param == "server" else HTML.as_uri()


def test_a_reader_types_a_function_and_sees_its_derivative(browser, address):
    with Alone(browser, f"{address}/{OWN}") as alone:
        page = alone.page
        assert not [url for url in alone.asked if "numpy.gz" in url], "Python was loaded before anyone asked"
        alone.run(LAYER, "[0.2, -0.5, 1.0]")
        found = alone.results()
        assert "shape (3, 2)" in found and "core @ upstream" in found and "no gap" in found
        cells = page.locator(".mc-results table.mc-derivative tbody td").all_inner_texts()
        assert [float(cell.replace("−", "-")) for cell in cells] == pytest.approx([10, 20, 5, -10, -3, 4])
        assert "Done in" in page.inner_text(".mc-python-status")

        alone.run("def f(v):\n    y = np.zeros(2)\n    y[0] = v[0]\n    return y", "[1.0, 2.0]")
        assert "np.stack" in alone.results() and "Line 3: y[0] = v[0]" in alone.results()

        alone.run(ENDLESS, "[1.0]")
        page.wait_for_timeout(200)
        assert page.evaluate("1 + 1") == 2                  # the page answers while Python does not
        page.click("[data-do=stop]")
        page.wait_for_function(DONE)
        assert "Stopped" in page.inner_text(".mc-python-status")
        loaded = len([url for url in alone.asked if ".gz" in url])
        alone.run(LAYER, "[0.2, -0.5, 1.0]")
        assert "core @ upstream" in alone.results()
        assert len([url for url in alone.asked if ".gz" in url]) == loaded, "a second start loads nothing"
        assert not alone.faults


def test_a_link_holds_the_code(browser, served):
    with Alone(browser, f"{served}/{OWN}") as alone:
        alone.page.fill("#mc-own-code", 'def f(v):\n    return "ℒ", v')
        alone.page.fill("#mc-own-at", "[3.0]")
        alone.page.click("[data-do=link]")
        held = alone.page.url
        assert "#code=" in held
    with Alone(browser, held) as alone:
        assert alone.page.input_value("#mc-own-code") == 'def f(v):\n    return "ℒ", v'
        assert alone.page.input_value("#mc-own-at") == "[3.0]"
        assert alone.page.inner_text(".mc-results") == "" and not [url for url in alone.asked if ".gz" in url]
    with Alone(browser, f"{served}/{OWN}#code=nonsense") as alone:
        assert "no code that can be read" in alone.page.inner_text(".mc-python-status")
        assert not alone.faults


def test_code_that_came_with_a_link_cannot_script_the_page_nor_fetch(browser, served):
    code = ("from js import fetch, self as here\n"
            "print('network', fetch, here.XMLHttpRequest, here.importScripts, here.WebSocket)\n"
            "mc.Derivative._repr_html_ = lambda d: '<p>kept<img src=x onerror=\"window.harm=1\"><script>harm=1</script>"
            "<a href=\"javascript:harm=1\">x</a></p>'\n"
            "def f(v):\n    return v * 2")
    with Alone(browser, f"{served}/{OWN}") as alone:
        alone.run(code, "[1.0, 2.0]")
        assert "kept" in alone.results()
        assert alone.page.inner_text(".mc-results pre").split() == ["network", *["None"] * 4]
        assert alone.page.evaluate("window.harm") is None
        assert not alone.page.query_selector_all(".mc-results :is(img, script)")
        links = {link.get_attribute("href") for link in alone.page.query_selector_all(".mc-results a")}
        assert links == {"22-activation-function.html"}         # of the program; those of the code are gone


def test_the_box_can_be_left_with_the_keyboard(visit):
    with visit(OWN) as opened:
        page = opened.page
        focused = "document.activeElement.id || document.activeElement.dataset.do"
        page.fill("#mc-own-code", "def f(v):")
        page.focus("#mc-own-code")
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        page.keyboard.type("a = 1")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("b")
        assert page.input_value("#mc-own-code") == "def f(v):\n    a = 1\n        b"
        assert page.evaluate(focused) == "mc-own-code"
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == "mc-own-at"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(focused) != "mc-own-code"
        assert not opened.faults


@pytest.mark.parametrize("width, theme", [(1280, "light"), (375, "dark")])
def test_examples_show_their_results_at_once_and_axe_finds_nothing(visit, width, theme):
    with visit(OWN, width, theme) as opened:
        page = opened.page
        for button in page.query_selector_all(".mc-starts button"):
            button.click()
            assert page.input_value("#mc-own-code").startswith(("def f", "W =", "a =", "X ="))
            assert page.query_selector_all(".mc-results .mc-block")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, button.inner_text()
        assert not opened.faults
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html.slice(0, 160)))")
        assert not found, "\n".join(found)


def test_without_scripts_the_worked_examples_stand(browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((HTML / OWN).as_uri())
    assert page.is_visible(".mc-own-worked details[open] table.mc-derivative")
    assert not page.is_visible(".mc-own form")
    context.close()


@pytest.fixture(scope="module")
def firefox():
    if not FIREFOX:
        if REQUIRED:
            _missing("Firefox is not here (Debian: apt install firefox-esr)")
        pytest.skip("Python in the page was not tested in Firefox: it is not here (Debian: apt install firefox-esr)")
    pytest.importorskip("websocket")
    with Firefox() as window:
        yield window


def test_firefox_runs_it_too(firefox, address):
    firefox.go(f"{address}/{OWN}")
    firefox.ask(f"""document.querySelector('#mc-own-code').value = {json.dumps(LAYER)};
                    document.querySelector('#mc-own-at').value = '[0.2, -0.5, 1.0]';
                    document.querySelector('[data-do=run]').click();""")
    said = firefox.ask(f"""new Promise((done) => {{ const look = setInterval(() => {{
        if ({DONE}) {{ clearInterval(look); done(document.querySelector('.mc-own').innerText); }} }}, 50); }})""")
    assert "Done in" in said and "core @ upstream" in said and "no gap" in said
    outside = firefox.ask("performance.getEntriesByType('resource').map(e => e.name)"
                          ".filter(u => !/^(file|data|blob|http:\\/\\/127)/.test(u)).join()")
    assert outside == ""


CHAPTER = "book/07-our-scalar-vector-derivative.html"
RAN = "/ran in|failed|could not/.test(document.querySelector('.mc-python-status')?.innerText)"


def test_a_chapter_is_changed_and_run_and_goes_back_to_print(browser, served):
    with Alone(browser, f"{served}/{CHAPTER}", width=375, theme="dark") as alone:
        page = alone.page
        before = page.inner_html("article")
        assert not [url for url in alone.asked if "python/" in url and "start.js" not in url]
        page.click(".mc-runner button")
        page.wait_for_function(RAN)
        assert "every statement holds" in page.inner_text(".mc-python-status")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        box = next(box for box in page.query_selector_all("textarea.mc-code-box") if "def s(v)" in box.input_value())
        output = box.evaluate_handle("box => box.closest('.cell').querySelector('.cell_output')").as_element()
        assert output.inner_text().strip() == "(3,)"
        pictures = page.locator(".mc-figure").count()
        assert pictures >= 1

        box.fill(box.input_value().replace("by_hand.shape", "print(v * 10)\nby_hand"))
        box.press("Control+Enter")
        page.wait_for_function("document.querySelector('[data-do=run]').disabled === false")
        assert "[10. 20.  5.]" in output.inner_text() and "array([" in output.inner_text()
        assert page.locator(".mc-figure").count() == pictures, "printed pictures stay"

        box.fill("v = np.array([1.0, 2.0, 0.5])\nv.nothing")
        page.click("[data-do=run]")
        page.wait_for_function("document.querySelector('.mc-python-status').innerText.includes('failed')")
        assert "Line 2" in output.inner_text() and "nothing" in output.inner_text()
        assert page.locator(".mc-not-run").count() > 3

        box.fill('def s(v):\n    return 2 * v[0] + v[1] - v[2]\n\nv = np.array([1.0, 2.0, 0.5])\n'     # no gap: not ≈
                 'by_hand = np.array([2.0, 1.0, -1.0])')
        page.click("[data-do=run]")
        page.wait_for_function("document.querySelector('.mc-python-status').innerText.includes('not hold now')")
        assert "cells ran in" in page.inner_text(".mc-python-status"), "a false statement does not end the run"

        page.click("[data-do=more]")
        page.click("[data-do=back]")
        assert page.inner_html("article") == before
        page.click(".mc-runner button")
        page.wait_for_function(RAN)
        assert "every statement holds" in page.inner_text(".mc-python-status")
        page.add_script_tag(path=str(AXE))
        found = page.evaluate("axe.run({exclude: ['.mc-numbers']}).then(r => r.violations.map("   # those are print
                              "v => v.id + ': ' + v.nodes[0].html.slice(0, 160)))")
        assert not found, "\n".join(found)
        assert not alone.faults


ACTIVATION = "book/22-activation-function.html"
MARK = "document.querySelector('[popovertarget=check-{}]').firstElementChild.textContent"


def test_a_statement_that_does_not_hold_any_more_loses_its_mark(browser):
    with Alone(browser, (HTML / ACTIVATION).as_uri()) as alone:
        page = alone.page
        before = page.inner_html("article")
        page.click(".mc-runner button")
        page.wait_for_function(RAN)
        assert "every statement holds" in page.inner_text(".mc-python-status")
        box = next(box for box in page.query_selector_all("textarea.mc-code-box") if "return e /" in box.input_value())
        box.fill(box.input_value().replace("np.sum(e)", "(1 + np.sum(e))").replace("z - np.max(z)", "z"))
        page.click("[data-do=run]")
        page.wait_for_function("document.querySelector('.mc-python-status').innerText.includes('not hold now')")
        signs = {name: page.evaluate(MARK.format(name)) for name in (
            "softmax", "derivative-of-softmax", "logarithm-first", "softmax-with-cross-entropy", "eq-87")}
        assert list(signs.values()) == ["✗", "✓", "✗", "✓", "✓"], signs     # four of them are in one cell
        colour = "getComputedStyle(document.querySelector('[popovertarget=check-{}]')).color"
        assert page.evaluate(colour.format("softmax")) != page.evaluate(colour.format("eq-87"))
        page.click("[data-do=back]")
        assert page.inner_html("article") == before
        assert not alone.faults


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_hides_behind_the_running_bar_and_on_a_phone_it_is_one_row(browser, width):
    with Alone(browser, (HTML / ACTIVATION).as_uri(), width=width) as alone:
        page = alone.page
        page.click(".mc-runner button")
        page.wait_for_function(RAN)
        height = "document.querySelector('.mc-running').offsetHeight"
        if width < 600:
            assert page.evaluate(height) <= 52, "one row of buttons"
            assert not page.is_visible("[data-do=back]")
            page.click("[data-do=more]")
            assert page.is_visible("[data-do=back]") and page.evaluate(height) > 80
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.click("[data-do=more]")
            assert page.evaluate(height) <= 52
        for target in ("send-a-derivative-back", "equation-eq-87", "box-31"):
            page.evaluate("target => { location.hash = target; }", target)
            page.wait_for_timeout(1500)                     # the page glides there
            gap = page.evaluate("""target => document.getElementById(target).getBoundingClientRect().top
                                   - document.querySelector('.mc-running').getBoundingClientRect().bottom""", target)
            assert -1 <= gap < 120, (target, gap)
        assert not alone.faults


def test_pictures_are_drawn_on_demand_and_explorers_move(browser):
    if not pyodide.available(pyodide.PICTURES):
        pytest.skip("pictures in the page were not tested: matplotlib for WebAssembly could not be fetched")
    with Alone(browser, (HTML / CHAPTER).as_uri()) as alone:
        page = alone.page
        page.click(".mc-runner button")
        page.wait_for_function(RAN)
        assert not [url for url in alone.asked if "pictures.gz" in url]
        page.check("[data-do=pictures]")
        page.wait_for_function("document.querySelector('.mc-explorer[data-sketch]')")
        page.wait_for_function(RAN)
        assert "Pictures are as printed" not in page.inner_text(".mc-python-status")
        explorer = page.locator(".mc-explorer[data-sketch]").first
        frame, said = explorer.locator(".mc-frame"), explorer.locator(".mc-said")
        was = frame.inner_html(), said.inner_text()
        slider = explorer.locator("input[type=range]").first
        slider.focus()
        page.keyboard.press("End")
        page.wait_for_function("([frame, was]) => frame.innerHTML !== was", arg=[frame.element_handle(), was[0]])
        assert said.inner_text() != was[1]
        assert slider.get_attribute("aria-valuetext") == explorer.locator("output").first.inner_text()
        assert not alone.faults


def test_firefox_runs_a_chapter_from_a_folder(firefox):
    firefox.go((HTML / CHAPTER).as_uri())
    firefox.ask("document.querySelector('.mc-runner button').click()")
    said = firefox.ask(f"""new Promise((done) => {{ const look = setInterval(() => {{ if ({RAN}) {{
        clearInterval(look); done(document.querySelector('.mc-python-status').innerText); }} }}, 50); }})""")
    assert "every statement holds" in said
