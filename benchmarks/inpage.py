"""What Python in the page costs: bytes, seconds to the first result, milliseconds a run, a loop stopped, a chapter.

    python benchmarks/inpage.py

Opens the built book in Chromium, from a server on this machine and from the folder, with no other network, and
prints two Markdown tables of medians.
"""

import pathlib
import shutil
import statistics
import sys
import time

from pages import serve
from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"
OWN = "book/your-own-function.html"
CHAPTERS = ("03-derivatives-approximation", "07-our-scalar-vector-derivative", "20-the-weight-derivative")
FRAMES = """window.mcLongest = 0; let last = performance.now();
const look = (now) => { mcLongest = Math.max(mcLongest, now - last); last = now; requestAnimationFrame(look); };
requestAnimationFrame(look);"""
DONE = "document.querySelector('[data-do=run]').disabled === false"
RUN = """() => new Promise((done) => {
    const start = performance.now(), run = document.querySelector('[data-do=run]');
    const look = () => run.disabled ? setTimeout(look, 0) : done(performance.now() - start);
    run.click();
    look();
})"""
RUNS = 3


def loaded(page, asked):
    """Bytes of the parts of Python that a page has asked for."""
    known = page.evaluate("window.mcPythonParts")
    return sum(part["size"] for name, part in known.items() if any(f"/{name}.gz" in url for url in asked))


def timed(page, act, until=DONE):
    """Seconds from an act to the moment when Python has done it."""
    started = time.perf_counter()
    act()
    page.wait_for_function(until, timeout=120_000, polling=10)
    return time.perf_counter() - started


def own_function(browser, address):
    """First result, a run, a loop ended and the result after it: one visit, a fresh context each."""
    context = browser.new_context()
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{OWN}")
    page.evaluate(FRAMES)
    first = timed(page, lambda: page.click("[data-do=run]"))
    longest, size, runs = page.evaluate("mcLongest"), loaded(page, asked) / 1e6, []
    for button in page.query_selector_all(".mc-starts button"):
        button.click()
        runs.append(page.evaluate(RUN))
    page.fill("#mc-own-code", "def f(v):\n    while True:\n        pass")
    page.fill("#mc-own-at", "[1.0]")
    page.click("[data-do=run]")
    page.wait_for_timeout(300)
    stopped = timed(page, lambda: page.click("[data-do=stop]"))
    page.query_selector(".mc-starts button").click()
    again = timed(page, lambda: page.click("[data-do=run]"))
    context.close()
    return size, first, longest, statistics.median(runs), max(runs), 1000 * stopped, again


def chapter(browser, address, name):
    """Cells, the first run with the loading, a run, a run with pictures, a frame of an explorer."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/book/{name}.html")
    ran = "document.querySelector('[data-do=back]') && " + DONE
    first = timed(page, lambda: page.click(".mc-runner button"), ran)
    plain = [timed(page, lambda: page.click("[data-do=run]")) for _ in range(RUNS)]
    loading = timed(page, lambda: page.check("[data-do=pictures]"))
    drawn = [timed(page, lambda: page.click("[data-do=run]")) for _ in range(RUNS)]
    frames = []
    slider = page.locator(".mc-explorer[data-sketch] input[type=range]").first
    slider.press("Home")
    page.wait_for_timeout(2000)
    for _ in range(min(5, int(slider.get_attribute("max")))):
        before = page.locator(".mc-explorer[data-sketch] .mc-frame").first.inner_html()
        frames.append(timed(page, lambda: slider.press("ArrowRight"),
                            f"document.querySelector('.mc-explorer[data-sketch] .mc-frame').innerHTML !== {before!r}"))
    cells = page.evaluate("mcCells.length")
    context.close()
    return cells, first, statistics.median(plain), loading, statistics.median(drawn), 1000 * statistics.median(frames)


def main():
    """Print the tables."""
    if not (HTML / "_static" / "python" / "numpy.gz").exists():
        sys.exit("the built pages have no Python in them: run `make book`, and read what it says")
    with sync_playwright() as engine:
        system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = engine.chromium.launch(args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                                         **({"executable_path": system} if system else {}))
        print("| your own function | MB loaded | first result s | longest frame ms | a run ms | slowest example ms | "
              "loop ended ms | next result s |\n| --- " + "| --- " * 7 + "|")
        for words, address in (("from a server", serve(HTML)), ("from a folder", HTML.as_uri())):
            rows = [own_function(browser, address) for _ in range(RUNS)]
            row = [statistics.median(column) for column in zip(*rows, strict=True)]
            shown = [f"{value:.{digits}f}" for value, digits in zip(row, (1, 1, 0, 0, 0, 0, 1), strict=True)]
            print("| " + " | ".join([words, *shown]) + " |")
        print("\n| a chapter, from a server | cells | first run s | a run s | pictures, first s | with pictures s | "
              "frame of an explorer ms |\n| --- " + "| --- " * 6 + "|")
        address = serve(HTML)
        for name in CHAPTERS:
            cells, *row = chapter(browser, address, name)
            shown = [f"{value:.{digits}f}" for value, digits in zip(row, (1, 2, 1, 1, 0), strict=True)]
            print("| " + " | ".join([name, str(cells), *shown]) + " |")
        browser.close()


if __name__ == "__main__":
    main()
