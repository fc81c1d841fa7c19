"""Python in the page: its files beside the built pages, from a server and from a folder, every other host cut off."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
from urllib.parse import unquote

import pytest

from book._ext import pyodide

from .conftest import HTML, axe, first, missing, text_of

pytestmark = pytest.mark.usefixtures("python_in_the_page")
OWN = "book/your-own-function.html"
LAYER = "W = np.array([[1.0, 2.0], [0.5, -1.0], [-0.3, 0.4]])\ndef f(a):\n    return W.T @ a * 10"
ENDLESS = "def f(v):\n    while True:\n        pass"
COLOURS = {"runOnly": ["color-contrast"]}
DONE = "document.querySelector('[data-do=stop]').hidden"


def run(page, code, at):
    """Run a reader's own function."""
    page.fill("#mc-own-code", code)
    page.fill("#mc-own-at", at)
    page.click("[data-do=run]")


def results(page):
    page.wait_for_function(DONE)
    return page.inner_text(".mc-results")


@pytest.fixture(params=["server", pytest.param("folder", marks=pytest.mark.release)])
def address(request, served):
    return served if request.param == "server" else HTML.as_uri()


def test_a_reader_types_a_function_and_sees_its_derivative(visit, address):
    with visit(f"{address}/{OWN}") as own:
        page = own.page
        assert not [url for url in own.asked if "numpy.gz" in url], "Python was loaded before anyone asked"
        run(page, LAYER, "[0.2, -0.5, 1.0]")
        found = results(page)
        assert "shape (3, 2)" in found and "no gap" in found and "are enough" not in found
        cells = page.locator(".mc-results table.mc-derivative tbody td").all_inner_texts()
        assert [float(cell.replace("−", "-")) for cell in cells] == pytest.approx([10, 20, 5, -10, -3, 4])
        assert "Done in" in page.inner_text(".mc-python-status")

        run(page, "def f(v):\n    y = np.zeros(2)\n    y[0] = v[0]\n    return y", "[1.0, 2.0]")
        assert "np.stack" in results(page) and "Line 3: y[0] = v[0]" in results(page)

        run(page, ENDLESS, "[1.0]")
        page.wait_for_function("document.querySelector('.mc-python-status').innerText.includes('Running')")
        assert page.evaluate("1 + 1") == 2                  # the page answers while Python does not
        page.click("[data-do=stop]")
        page.wait_for_function(DONE)
        assert "Stopped" in page.inner_text(".mc-python-status")
        loaded = len([url for url in own.asked if ".gz" in url])
        run(page, LAYER, "[0.2, -0.5, 1.0]")
        assert "shape (3, 2)" in results(page)
        assert len([url for url in own.asked if ".gz" in url]) == loaded, "a second start loads nothing"
        assert not own.faults


def test_a_link_holds_the_code(visit, served):
    with visit(f"{served}/{OWN}") as own:
        own.page.fill("#mc-own-code", 'def f(v):\n    return "ℒ", v')
        own.page.fill("#mc-own-at", "[3.0]")
        own.page.click("[data-do=link]")
        held = own.page.url
        assert "#code=" in held
    with visit(held) as own:
        assert own.page.input_value("#mc-own-code") == 'def f(v):\n    return "ℒ", v'
        assert own.page.input_value("#mc-own-at") == "[3.0]"
        assert own.page.inner_text(".mc-results") == "" and not [url for url in own.asked if ".gz" in url]
    with visit(f"{served}/{OWN}#code=nonsense") as own:
        assert "no readable code" in own.page.inner_text(".mc-python-status")
        assert not own.faults


def test_code_that_came_with_a_link_cannot_script_the_page_nor_fetch(visit, served):
    code = ("from js import fetch, self as here\n"
            "print('network', fetch, here.XMLHttpRequest, here.importScripts, here.WebSocket)\n"
            "mc.Derivative._repr_html_ = lambda d: '<p>kept<img src=x onerror=\"window.harm=1\"><script>harm=1</script>"
            "<a href=\"javascript:harm=1\">x</a></p>'\n"
            "def f(v):\n    return v * 2")
    with visit(f"{served}/{OWN}") as own:
        page = own.page
        run(page, code, "[1.0, 2.0]")
        assert "kept" in results(page)
        assert page.inner_text(".mc-results pre").split() == ["network", *["None"] * 4]
        assert page.evaluate("window.harm") is None
        assert not page.query_selector_all(".mc-results :is(img, script)")
        links = {link.get_attribute("href") for link in page.query_selector_all(".mc-results a")}
        assert links == {"23-element-wise-multiplication.html"}         # of the program; those of the code are gone


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
def test_examples_show_their_results_at_once(visit, width, theme):
    with visit(OWN, width, theme) as opened:
        page = opened.page
        for button in page.query_selector_all(".mc-starts button"):
            button.click()
            assert page.input_value("#mc-own-code").startswith(("def f", "W =", "a =", "X ="))
            assert page.query_selector_all(".mc-results .mc-block")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, button.inner_text()
        assert not opened.faults
        axe(page, inside="'.mc-own'")


#: A chapter with marks and with a slider.
CHAPTER = first("mc-runner", "mc-checked", 'class="mc-explorer', 'type="range"')
RAN = "/ran in|failed|could not/.test(document.querySelector('.mc-python-status')?.innerText)"
MARKS = "[...document.querySelectorAll('button.mc-checked')].map(mark => mark.firstElementChild.textContent)"


@contextlib.contextmanager
def begun(visit, address, **options):
    """A chapter that has run from its first to its last cell."""
    with visit(f"{address}/{CHAPTER}", **options) as own:
        own.printed = own.page.inner_html("article")
        own.page.click(".mc-runner button")
        own.page.wait_for_function(RAN)
        yield own


def again(page, words):
    """Run the page again, until the bar says so."""
    page.click("[data-do=run]")
    page.wait_for_function("words => document.querySelector('.mc-python-status').innerText.includes(words)", arg=words)


@pytest.mark.release
def test_a_chapter_is_changed_and_run_and_goes_back_to_print(visit, address):
    with begun(visit, address, width=375, theme="dark") as own:
        page = own.page
        assert "every statement holds" in page.inner_text(".mc-python-status")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        axe(page, COLOURS)
        boxes, pictures = page.query_selector_all("textarea.mc-code-box"), page.locator(".mc-figure").count()
        box, code = boxes[0], boxes[0].input_value()
        output = box.evaluate_handle("box => box.closest('.cell').querySelector('.cell_output')").as_element()

        box.fill(code + "\nprint('told', 6 * 7)")
        box.press("Control+Enter")
        page.wait_for_function("output => output.innerText.includes('told 42')", arg=output)
        page.wait_for_function("!document.querySelector('[data-do=run]').disabled")
        assert page.locator(".mc-figure").count() == pictures, "printed pictures stay"

        box.fill("x = 1\nx.nothing")
        again(page, "failed")
        assert "Line 2" in output.inner_text() and "nothing" in output.inner_text()
        assert page.locator(".mc-not-run").count() > 3

        box.fill(f"{code}\nimport mcbook as mb\ndef no(*names, **values):\n    assert False, 'no'\nmb.confirm = no")
        again(page, "not hold now")
        assert "cells ran in" in page.inner_text(".mc-python-status"), "a false statement does not end the run"
        assert "✗" in page.evaluate(MARKS), "it loses its mark"

        page.click("[data-do=more]")
        page.click("[data-do=back]")
        assert page.inner_html("article") == own.printed and "✗" not in page.evaluate(MARKS)
        assert not own.faults


@pytest.mark.release
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_hides_behind_the_running_bar_and_on_a_phone_it_is_one_row(visit, width):
    with begun(visit, HTML.as_uri(), width=width) as own:
        page = own.page
        height = "document.querySelector('.mc-running').offsetHeight"
        if width < 600:
            assert page.evaluate(height) <= 52, "one row of buttons"
            assert not page.is_visible("[data-do=back]")
            page.click("[data-do=more]")
            assert page.is_visible("[data-do=back]") and page.evaluate(height) > 80
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.click("[data-do=more]")
            assert page.evaluate(height) <= 52
        for target in page.evaluate("[...document.querySelectorAll('.admonition[id]')].map(e => e.id)")[:3]:
            page.evaluate("target => { location.hash = target; }", target)
            page.wait_for_function("""target => {               // the page glides there
                const gap = document.getElementById(target).getBoundingClientRect().top
                    - document.querySelector('.mc-running').getBoundingClientRect().bottom;
                return -1 <= gap && gap < 120; }""", arg=target)
        assert not own.faults


@pytest.mark.release
def test_pictures_are_drawn_on_demand_and_explorers_move(visit):
    if not pyodide.available(pyodide.PICTURES):
        pytest.skip("pictures in the page were not tested: matplotlib for WebAssembly could not be fetched")
    with begun(visit, HTML.as_uri()) as own:
        page = own.page
        assert not [url for url in own.asked if "pictures.gz" in url]
        page.check("[data-do=pictures]")
        page.wait_for_function("document.querySelector('.mc-explorer[data-sketch]')")
        page.wait_for_function(RAN)
        assert "Pictures are as printed" not in page.inner_text(".mc-python-status")
        explorer = page.locator(".mc-explorer[data-sketch]", has=page.locator("input[type=range]")).first
        frame, said = explorer.locator(".mc-frame"), explorer.locator(".mc-said")
        was = frame.inner_html(), said.inner_text()
        slider = explorer.locator("input[type=range]").first
        slider.focus()
        page.keyboard.press("End" if slider.input_value() == "0" else "Home")
        page.wait_for_function("([frame, was]) => frame.innerHTML !== was", arg=[frame.element_handle(), was[0]])
        assert said.inner_text() != was[1]
        assert slider.get_attribute("aria-valuetext") == explorer.locator("output").first.inner_text()
        assert not own.faults


#: What a copy of a page does in Firefox: what a reader would, until Python has run; it says what is there to a port.
_WALK = """<script>addEventListener("load", () => {
  BEGIN;
  const looking = setInterval(() => {
    const said = [".mc-python-status", ".mc-results"].map(place => document.querySelector(place)?.innerText).join();
    if (!/Done in|ran in|failed|could not|work yet/.test(said)) return;
    clearInterval(looking);
    const outside = performance.getEntriesByType("resource").map(entry => entry.name)
      .filter(name => !/^(file|data|blob|http:\\/\\/127)/.test(name));
    new Image().src = `http://127.0.0.1:PORT/${encodeURIComponent(said)}; from outside: [${outside}]`;
  }, 50);
});</script>"""
#: Page -> what a reader does there, and what is said at the end.
_BEGUN = {
    OWN: (f"""document.querySelector("#mc-own-code").value = {json.dumps(LAYER)};
        document.querySelector("#mc-own-at").value = "[0.2, -0.5, 1.0]";
        document.querySelector("[data-do=run]").click()""", "no gap"),
    CHAPTER: ("document.querySelector('.mc-runner button').click()", "every statement holds"),
}


@pytest.mark.release
@pytest.mark.parametrize("name", _BEGUN)
def test_firefox_runs_it_too(address, tmp_path, name):
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if not program:
        missing("Python in the page was not tested in Firefox: it is not here (Debian: apt install firefox-esr)")
    copy, (begin, words) = HTML / "book" / f"in-firefox-{os.getpid()}.html", _BEGUN[name]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(300)
        walk = _WALK.replace("BEGIN", begin).replace("PORT", str(listening.getsockname()[1]))
        copy.write_text(text_of(name).replace("</body>", walk + "</body>"), encoding="utf-8")
        firefox = subprocess.Popen([program, "--headless", "--no-remote", "--profile", tmp_path,
                                    f"{address}/book/{copy.name}"], stderr=subprocess.DEVNULL)
        try:
            said = unquote(listening.accept()[0].makefile().readline())
        finally:
            firefox.terminate()
            firefox.wait()
            copy.unlink()
    assert words in said and "from outside: []" in said
