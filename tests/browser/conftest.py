"""A browser without a network, and the pages of the built book."""

import functools
import http.server
import os
import pathlib
import re
import shutil
import threading

import pytest

ROOT = pathlib.Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
#: The pages of the contents: a page that is no longer among them stays in the folder until `make clean`.
LISTED = re.findall(r"^ *(?:- file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"), re.M)
PAGES = sorted(f"{name}.html" for name in LISTED) if HTML.exists() else []
SYSTEM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
REQUIRED = os.environ.get("MCNOTES_REQUIRE_BROWSER") == "1"


def _missing(what):
    if REQUIRED:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser():
    if not PAGES:
        _missing("the built pages were not tested: run `make book` first")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        try:
            options = {"executable_path": SYSTEM} if SYSTEM else {}
            chromium = engine.chromium.launch(
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"], **options
            )
        except playwright.Error:
            _missing(
                "the built pages were not opened: no Chromium is here (Debian: apt install chromium; "
                "elsewhere: .venv/bin/playwright install chromium)"
            )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served():
    """The address of the built book on this machine."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *said):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=HTML))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


class Visit:
    """One open page, and everything that went wrong on it; from the folder, without a network, or from a server."""

    def __init__(self, browser, name, width, theme, server):
        self.faults = []
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, offline=not server, reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.page.on("console", lambda m: m.type in ("error", "warning") and self.faults.append(m.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("requestfailed", lambda request: self.faults.append(f"failed: {request.url}"))
        self.page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:", "blob:", *filter(None, [server])))
                or self.faults.append(f"from outside: {request.url}")
            ),
        )
        self.page.add_init_script(f"localStorage.setItem('mode', '{theme}'); localStorage.setItem('theme', '{theme}')")
        self.page.goto(f"{server or HTML.as_uri()}/{name}")
        self.page.wait_for_load_state("load")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


@pytest.fixture
def visit(browser):
    """Open a page: visit(name, width, theme, server)."""
    return lambda name, width=1280, theme="light", server=None: Visit(browser, name, width, theme, server)
