"""What a page costs its reader: requests, bytes, blocking time, first paint, layout shift, slider latency.

    python benchmarks/pages.py [PAGE ...]

Serves ``_build/html`` on this machine, opens each page in Chromium with no other
network, and prints a Markdown table. With ``--stock`` the first page is also
built by Jupyter Book as it comes, with ipywidgets in place of baked explorers.
With ``--slow`` the network has 1.6 Mbit/s and 150 ms, and the processor a quarter
of its speed.
"""

import contextlib
import functools
import gzip
import http.server
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading

from playwright.sync_api import sync_playwright

ROOT = pathlib.Path(__file__).parent.parent
PAGES = ["book/06-planar-approximation.html", "book/20-the-weight-derivative.html", "book/index.html"]
OBSERVE = """
window.mcShift = window.mcLong = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) mcShift += e.value; })
    .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) mcLong += Math.max(0, e.duration - 50); })
    .observe({type: 'longtask', buffered: true});
"""
LATENCY = """() => { const s = document.querySelector('.mc-explorer input'), t = []; if (!s) return null;
for (let k = 0; k <= s.max; k++) { s.value = k; const a = performance.now(); s.dispatchEvent(new Event('input'));
document.body.offsetHeight; t.push(performance.now() - a); }
return t.sort((a, b) => a - b)[Math.floor(t.length / 2)]; }"""


_scratch = []


def scratch():
    """A new folder that goes when the program ends."""
    _scratch.append(tempfile.TemporaryDirectory())
    return pathlib.Path(_scratch[-1].name)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that says nothing, and compresses as web servers do."""

    def do_GET(self):
        path = pathlib.Path(self.translate_path(self.path.split("?")[0]))
        if not path.is_file():
            self.send_error(404)
            return
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        for header, value in (("Content-Type", self.guess_type(str(path))), ("Content-Encoding", "gzip"),
                              ("Content-Length", str(len(body)))):
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve(folder):
    """Serve a folder on a free port; the address is returned."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def measure(browser, address, page, runs=5, slow=False):
    """One row of the table: medians over several visits."""
    rows = []
    for _ in range(runs):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        sheet, seen, outside = context.new_page(), [], set()
        sheet.add_init_script(OBSERVE)
        if slow:
            devtools = context.new_cdp_session(sheet)
            devtools.send("Network.enable")
            devtools.send("Network.emulateNetworkConditions", {
                "offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000})
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        sheet.on(
            "request", lambda r, o=outside: r.url.startswith((address, "data:", "blob:")) or o.add(r.url.split("/")[2])
        )
        sheet.on("response", lambda r, s=seen: s.append(r))
        sheet.goto(f"{address}/{page}", wait_until="load")
        sheet.wait_for_timeout(1500)
        bodies = [r.body() for r in seen if r.ok and r.url.startswith(address)]
        paint = sheet.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
        rows.append(
            (
                len(seen),
                sum(map(len, bodies)) / 1e6,
                sum(len(gzip.compress(b)) for b in bodies) / 1e3,
                len(outside),
                sheet.evaluate("mcLong"),
                paint,
                sheet.evaluate("mcShift"),
                sheet.evaluate(LATENCY),
            )
        )
        context.close()
    return [statistics.median(column) if None not in column else None for column in zip(*rows, strict=True)]


def stock(page):
    """Build one notebook by Jupyter Book as it comes; the folder of the HTML is returned."""
    folder = scratch()
    name = pathlib.Path(page).stem
    shutil.copy(ROOT / "book" / f"{name}.ipynb", folder)
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {name}\n")
    (folder / "_config.yml").write_text(json.dumps({"title": "stock", "execute": {"execute_notebooks": "force"}}))
    environment = {k: v for k, v in os.environ.items() if k != "MCNOTES_BOOK"}
    subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "jupyter-book"), "build", str(folder)],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return folder / "_build" / "html", f"{name}.html"


@contextlib.contextmanager
def chromium():
    """The Chromium that is there, without a screen."""
    system = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as engine:
        browser = engine.chromium.launch(
            args=["--no-sandbox", "--disable-gpu"], **({"executable_path": system} if system else {})
        )
        yield browser
        browser.close()


def main():
    pages = [arg for arg in sys.argv[1:] if not arg.startswith("--")] or PAGES
    visits = [("this book", ROOT / "_build" / "html", page) for page in pages]
    if "--stock" in sys.argv:
        visits.append(("stock Jupyter Book", *stock(pages[0])))
    head = "page, requests, raw MB, gzip KB, outside hosts, blocking ms, first paint ms, layout shift, slider ms"
    print("| " + head.replace(", ", " | ") + " |")
    print("|" + " --- |" * 9)
    with chromium() as browser:
        for whose, folder, page in visits:
            requests, raw, packed, outside, blocking, paint, shift, slider = measure(
                browser, serve(folder), page, slow="--slow" in sys.argv)
            latency = "–" if slider is None else f"{slider:.1f}"
            print(f"| {whose}: {pathlib.Path(page).stem} | {requests:.0f} | {raw:.2f} | {packed:.0f} | {outside:.0f} | "
                  f"{blocking:.0f} | {paint:.0f} | {shift:.3f} | {latency} |", flush=True)


if __name__ == "__main__":
    main()
