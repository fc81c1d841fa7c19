"""A browser without a network, and the pages of the built book."""

import functools
import json
import os
import pathlib
import re
import shutil

import pytest

from book._ext import pyodide

ROOT = pathlib.Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: The pages of the contents: a page that is no longer among them stays in the folder until `make clean`.
LISTED = re.findall(r"^ *(?:- file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"), re.M)
PAGES = [f"{name}.html" for name in LISTED if (HTML / f"{name}.html").exists()]
SYSTEM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = os.environ.get("MCNOTES_REQUIRE_BROWSER") == "1"


@functools.cache
def text_of(name):
    """The HTML of a built page."""
    return (HTML / name).read_text(encoding="utf-8")


def first(*words):
    """The first page that holds all of these words in its HTML."""
    return next((name for name in PAGES if all(word in text_of(name) for word in words)), "none")


def missing(what):
    """Skip a test, or fail where a browser is required."""
    (pytest.fail if REQUIRED else pytest.skip)(what)


def axe(page, options=None, inside="document"):
    """Fail on what axe finds; `inside` is the JavaScript of what it looks at."""
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(f"axe.run({inside}, {json.dumps({'preload': False} | (options or {}))})"
                          ".then(result => result.violations.map(v => v.id + ': ' + "
                          "v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')))")
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def browser():
    if not PAGES:
        missing("the built pages were not tested: run `make book` first")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        try:
            options = {"executable_path": SYSTEM} if SYSTEM else {}
            chromium = engine.chromium.launch(
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"], **options)
        except playwright.Error:
            missing("the built pages were not opened: no Chromium is here (Debian: apt install chromium; "
                    "elsewhere: .venv/bin/playwright install chromium)")
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served(serve):
    """The address of the built book on this machine."""
    return serve(HTML)


@pytest.fixture(scope="session")
def python_in_the_page():
    """Python is beside the built pages, or the reason why it was not tried."""
    if not (HTML / "_static" / "python" / "numpy.gz").exists():
        if pyodide.available() and HTML.exists():
            pytest.fail("Python was fetched, but the built pages have none: run `make book`")
        pytest.skip("Python in the page was not tested: its files could not be fetched (see what `make book` says)")


class Visit:
    """One open page that reaches nothing but this machine; ``faults`` holds what went wrong, ``asked`` what it loaded.

    ``options`` are those of the browser's context, such as ``has_touch=True``.
    """

    def __init__(self, browser, address, width=1280, theme="light", **options):
        self.faults, self.asked = [], []
        self.context = browser.new_context(**{"viewport": {"width": width, "height": 900}, "color_scheme": theme,
                                              "reduced_motion": "reduce"} | options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.faults.append(m.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        # the icon of a page that is left may be given up on the way
        self.page.on("requestfailed", lambda request: request.url.endswith("favicon.svg")
                     or self.faults.append(f"failed: {request.url}"))
        self.page.on("request", lambda request: self.note(request.url))
        self.page.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
        self.go(address)

    def note(self, url):
        self.asked.append(url)
        if not url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:")):
            self.faults.append(f"from outside: {url}")

    def go(self, address):
        """Open another page in the same window."""
        self.page.goto(address if ":" in address else f"{HTML.as_uri()}/{address}")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


@pytest.fixture
def visit(browser):
    """Open a page of the folder, or an address: visit(name, width, theme, **options); without a network."""
    def open_page(name, width=1280, theme="light", **options):
        return Visit(browser, name, width, theme, **{"offline": not name.startswith("http:")} | options)
    return open_page
