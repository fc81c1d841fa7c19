"""Where a reader writes: an identity, a formula, code, other numbers, and a file with what is done; from a folder."""

import json
import re

import pytest

from .conftest import axe

pytestmark = pytest.mark.usefixtures("python_in_the_page")
SAYS = "document.querySelector('%s')?.innerText.includes('%s')"
NETWORK = "book/23-element-wise-multiplication.html"
CODE = """def backward(X, t, W1, b1, W2, b2):
    A1 = np.tanh(W1.T @ X + b1)
    G2 = W2.T @ A1 + b2 - t
    G1 = (1 - A1**2) * (W2 @ G2)
    return X @ G1.T, G1.sum(axis=1, keepdims=True), A1 @ G2.T, G2.sum(axis=1, keepdims=True)
"""


def asked(page, name):
    return page.locator(f".mc-ask[data-name='{name}']")


def checked(page, name):
    """Press Check, and what is said once Python has answered."""
    place = asked(page, name)
    place.locator(".mc-verdict").evaluate("verdict => { verdict.textContent = ''; }")
    place.locator("button[type=submit]").click()
    page.wait_for_function(f"document.querySelector(\".mc-ask[data-name='{name}'] .mc-verdict\").textContent")
    return place.locator(".mc-verdict").inner_text()


def test_an_identity_is_tried_and_its_link_holds_it(visit):
    address = "book/does-it-hold.html"
    with visit(address) as opened:
        page = opened.page

        def verdict(text):
            page.fill("#mc-identity", "")
            page.fill("#mc-identity", text)
            page.locator(".mc-identity-verdict").evaluate("verdict => verdict.replaceChildren()")
            page.press("#mc-identity", "Enter")
            page.wait_for_selector(".mc-identity-verdict p")
            page.wait_for_function("!document.querySelector('[data-do=run]').disabled")
            return page.inner_text(".mc-identity-verdict")

        assert "It holds on 8 random draws, with different sizes." in verdict(r"x^\top A x = x^T A^T x")
        assert page.locator(".mc-typeset math").count() == 1 and page.locator(".mc-letter").count() == 2
        assert "It holds" in verdict("dL/dW = A (dL/dZ)^T")
        assert "It fails. At entry" in verdict("A B = B A") and "A = [[" in page.inner_text(".mc-identity-verdict")
        assert "This cannot be read." in verdict("A^{ = 2")
        verdict("(A B)^T = B^T A^T")
        for k, shape in enumerate(("5 x 4", "3 x 2")):
            page.locator(".mc-letter input").nth(k).fill(shape)
        page.click("[data-do=run]")
        page.wait_for_function(SAYS % (".mc-identity-verdict", "cannot be multiplied"))
        axe(page)
        page.click("[data-do=link]")
        held = page.url
        assert "#identity=" in held and not opened.faults
    with visit(held) as other:
        assert other.page.input_value("#mc-identity") == "(A B)^T = B^T A^T"
        assert other.page.locator(".mc-letter input").first.input_value() == "5 x 4"


def test_a_formula_and_code_are_judged_in_the_page_and_kept(visit):
    with visit(NETWORK) as opened:
        page = opened.page
        asked(page, "23-7").locator("input").fill("W G")
        assert checked(page, "23-7").startswith("Not yet. The gradient has come back through the weights")
        asked(page, "23-7").locator("input").fill("S * (W G)")
        assert checked(page, "23-7") == "Right." and asked(page, "23-7").locator(".mc-typeset math").count() == 1
        asked(page, "23-8").locator("textarea").focus()
        editor = asked(page, "23-8").locator(".cm-content")
        for code, said in ((CODE.replace("A1 @ G2.T", "G2 @ A1.T"), "It is transposed."),
                           (CODE.replace("    G2 =", "    while True: pass\n    G2 ="), "did not come to an end"),
                           (CODE, "Right.")):
            editor.focus()
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(code)
            assert said in checked(page, "23-8")
        axe(page, inside="'#ex-23-8'")
        page.reload()
        assert asked(page, "23-8").locator(".mc-verdict").inner_text() == "Right, as checked before."
        opened.go("book/progress.html")
        assert re.match(r"2 of \d+ exercises are done\.", page.inner_text(".mc-home-count"))
        assert not opened.faults


def test_other_numbers_come_from_the_build_and_then_from_python(visit):
    with visit("book/07-our-scalar-vector-derivative.html") as opened:
        page, seen = opened.page, []
        for number in range(1, 6):
            page.locator("#ex-07-2 >> text=Another one").click()
            page.wait_for_function(SAYS % ("#ex-07-2 .mc-asked-again", f"Set {number}."))
            seen.append(page.inner_text("#ex-07-2 .mc-asked-again").partition("printed ones.")[2])
        assert len(set(seen)) == 5
        fields = page.locator("#ex-07-2 .mc-grid input")
        assert fields.count() == 3 and [fields.nth(k).input_value() for k in range(3)] == [""] * 3
        assert not opened.faults


def test_what_is_done_is_saved_and_read_back(visit, tmp_path):
    address = "book/progress.html"
    with visit(address) as opened:
        page = opened.page
        page.evaluate("localStorage.setItem('mc-exercise-07-2', JSON.stringify({right: true, entered: ['12', '0.6']}))")
        page.reload()
        with page.expect_download() as download:
            page.click("[data-do=save]")
        download.value.save_as(tmp_path / "progress.json")
        axe(page)
    assert json.loads((tmp_path / "progress.json").read_text())["exercises"]["07-2"]["right"]
    with visit(address) as opened:
        page = opened.page
        page.set_input_files("input[type=file]", tmp_path / "progress.json")
        page.wait_for_function(SAYS % (".mc-home-count", "Read 1 answer "))
        assert page.locator(".mc-home-exercise.mc-done").count() == 1
        (tmp_path / "other.json").write_text("[]")
        page.set_input_files("input[type=file]", tmp_path / "other.json")
        page.wait_for_function(SAYS % (".mc-home-count", "This file holds no progress"))
        assert page.locator(".mc-home-exercise.mc-done").count() == 1 and not opened.faults
