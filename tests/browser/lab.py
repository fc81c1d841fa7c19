"""JupyterLab with the book's notebooks, started and driven as a student's would be."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).parents[2]
#: All cells stand in the page, so that each picture can be looked at; Lab draws those in sight alone.
ALL_CELLS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}

_OPEN = """async path => {
  const panel = await window.jupyterapp.commands.execute("docmanager:open", { path });
  await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
}"""
_RUN_ALL = """async paths => {
  const running = [];
  for (const path of paths) {
    const panel = await window.jupyterapp.commands.execute("docmanager:open", { path });
    await panel.context.ready; await panel.sessionContext.ready; await panel.revealed;
    window.jupyterapp.shell.activateById(panel.id);
    const all = [...panel.content.model.cells];
    const code = all.filter(cell => cell.type === "code" && cell.sharedModel.source.trim());
    running.push(window.jupyterapp.commands.execute("notebook:run-all-cells").then(() => code.map(cell => ({
      source: cell.sharedModel.source, count: cell.executionCount, outputs: cell.outputs.toJSON() }))));
  }
  return Promise.all(running);
}"""
_SLIDE = """async ([handle, picture]) => {
  const before = picture.src, start = performance.now(), last = handle.ariaValueNow === handle.ariaValueMax;
  const [key, keyCode] = last ? ["ArrowLeft", 37] : ["ArrowRight", 39];
  const changed = new Promise(done => new MutationObserver(() => picture.src !== before && done())
    .observe(picture, { attributes: true, attributeFilter: ["src"] }));
  handle.focus();
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, code: key, keyCode, bubbles: true }));
  await Promise.race([changed, new Promise(done => setTimeout(done, 60_000))]);
  await picture.decode();
  return picture.src === before ? null : performance.now() - start;
}"""

_CLOSE = """async () => {
  for (const panel of [...window.jupyterapp.shell.widgets("main")].filter(panel => panel.sessionContext)) {
    await panel.sessionContext.ready; await panel.sessionContext.shutdown();
    panel.context.model.dirty = false;
    panel.dispose();
  }
}"""
#: What is asked of JupyterLab, waited for no longer than this: a promise of its own may stay open for ever.
_LIMIT = 120_000
_WITHIN = """(ask, limit) => given => Promise.race([ask(given), new Promise((done, fail) =>
  setTimeout(() => fail(new Error(`JupyterLab has not answered in ${limit} milliseconds`)), limit))])"""


class Lab:
    """A JupyterLab server on a copy of the book's notebooks, in an empty folder, and one open page.

    With another Python, nothing of this repository counts but what was installed there.
    """

    def __init__(self, browser, folder, book=ROOT / "book", python=sys.executable):
        self.book = folder / "book"
        shutil.copytree(book, self.book, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=",
                   f"--ServerApp.root_dir={self.book}", "--LabApp.expose_app_in_browser=True"]
        environment = {name: value for name, value in os.environ.items() if name != "MCNOTES_BOOK"}
        if python == sys.executable:
            overrides = folder / "settings" / "overrides.d"
            overrides.mkdir(parents=True)
            shutil.copy(ROOT / "binder" / "mcnotes.json", overrides)
            (overrides / "tests.json").write_text(json.dumps(ALL_CELLS))
            options.append(f"--LabApp.app_settings_dir={folder / 'settings'}")
        else:
            environment.pop("PYTHONPATH", None)
        environment |= {f"JUPYTER_{kind}_DIR": str(folder / "jupyter") for kind in ("CONFIG", "DATA", "RUNTIME")}
        self._server = subprocess.Popen([python, "-m", "jupyterlab", *options], env=environment, text=True,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        next(line for line in self._server.stderr if self.address in line)          # it says where it listens
        threading.Thread(target=self._server.stderr.read, daemon=True).start()
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        self.page = context.new_page()
        self.page.set_default_timeout(_LIMIT)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.page.context.close()
        self._server.terminate()
        self._server.wait(30)

    def start(self):
        """Open JupyterLab."""
        self.page.goto(f"{self.address}/lab")
        self.page.wait_for_selector(".jp-Launcher")

    def ask(self, script, given=None):
        """What a function of JavaScript gives for an argument, in the page; an error where it takes too long."""
        return self.page.evaluate(f"({_WITHIN})({script}, {_LIMIT})", given)

    def run_all(self, paths):
        """Open notebooks and run all cells, side by side; of each, its code cells with their outputs."""
        return self.ask(_RUN_ALL, paths)

    def show(self, path):
        """Bring an open notebook to the front; its element is returned."""
        self.ask(_OPEN, path)
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def slide(self, explorer):
        """Move the first slider of an explorer by one step: milliseconds until the new picture, None without one."""
        handle, picture = explorer.locator(".noUi-handle").first, explorer.locator("img").first
        handle.scroll_into_view_if_needed()
        return self.ask(_SLIDE, [handle.element_handle(), picture.element_handle()])

    def close_all(self):
        """Close all notebooks and end their kernels."""
        self.ask(_CLOSE)
