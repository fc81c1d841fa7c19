"""A notebook in JupyterLab, as the student who runs it meets it: run all cells, move a slider."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from .conftest import ROOT

NOTEBOOK = "07-our-scalar-vector-derivative.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab with one notebook."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(ROOT / "book" / NOTEBOOK, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=", "--LabApp.news_url=",
               f"--ServerApp.root_dir={folder}",
               "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    environment = {name: value for name, value in os.environ.items() if name != "MCNOTES_BOOK"}
    environment |= {f"JUPYTER_{kind}_DIR": str(folder / ".jupyter") for kind in ("CONFIG", "DATA", "RUNTIME")}
    server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api")
            break
        except urllib.error.URLError:
            time.sleep(0.5)
    yield address
    server.terminate()
    server.wait(20)


def test_a_notebook_runs_and_its_explorer_is_live(browser, lab):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{lab}/lab/tree/{NOTEBOOK}")
    page.wait_for_selector(".jp-Notebook h1")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    handle = page.locator(".noUi-handle").first
    handle.wait_for(state="attached")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", state="attached")
    assert not page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()
    handle.scroll_into_view_if_needed()
    explorer = page.locator(".widget-vbox", has=page.locator(".noUi-handle")).first
    picture, said = explorer.locator("img").element_handle(), explorer.locator(".widget-html-content").element_handle()
    before = [picture.get_attribute("src"), said.inner_text()]
    assert all(before)
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([picture, said, before]) => picture.src !== before[0] && said.innerText !== before[1]",
                           arg=[picture, said, before])
    context.close()
