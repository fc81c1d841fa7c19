"""Braces are whole at every pixel ratio: painted from one end of what they span to the other, labels on one line."""

import base64

import pytest

from .conftest import HTML, PAGES

BRACED = [name for name in PAGES if 'class="mc-over' in (HTML / name).read_text(encoding="utf-8")]
PAGE = "book/09-working-with-the-vector-derivative.html"

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


@pytest.mark.parametrize("ratio", [1, 1.5, 2, 3])
def test_a_brace_reaches_from_end_to_end(browser, ratio):
    context = browser.new_context(viewport={"width": 900, "height": 900}, device_scale_factor=ratio, offline=True,
                                  color_scheme="light")
    page = context.new_page()
    seen = 0
    for name in BRACED:
        page.goto((HTML / name).as_uri())
        page.wait_for_load_state("load")
        boxes = [box for box in page.query_selector_all("article .mc-over") if box.is_visible()]
        for box in boxes[:3]:
            whole(page, box, ratio, name)
            seen += 1
    assert seen > 20
    context.close()


def whole(page, box, ratio, name):
    """A brace is painted from the left end of what it spans to the right one."""
    box.scroll_into_view_if_needed()
    spanned = box.evaluate("box => { const r = box.getBoundingClientRect(), "
                           "high = 0.4 * parseFloat(getComputedStyle(box).fontSize); "
                           "return [r.left, r.top, r.width, high]; }")
    left, top, width, high = spanned
    clip = {"x": int(left) - 4, "y": top, "width": int(width) + 9, "height": high}
    data = base64.b64encode(page.screenshot(clip=clip)).decode()
    count, first, last = page.evaluate(_PAINTED, [data])
    assert abs(first / ratio - (left - clip["x"])) <= max(1, 2.5 / ratio), f"{name}: the left end"
    assert abs((last + 1) / ratio - (left + width - clip["x"])) <= max(1, 2.5 / ratio), f"{name}: the right end"
    assert count >= last - first, f"{name}: there are holes in it, wider than one dot"


def test_labels_stand_on_one_line(browser):
    context = browser.new_context(viewport={"width": 900, "height": 900}, device_scale_factor=2, offline=True)
    page = context.new_page()
    page.goto((HTML / PAGE).as_uri())
    lines = page.evaluate("""() => [...document.querySelectorAll('article math')].map(m =>
        [...m.querySelectorAll('.mc-label')].filter(label => label.parentElement.tagName === 'mover')
            .map(label => label.getBoundingClientRect().bottom)).filter(bottoms => bottoms.length > 1)""")
    assert lines and all(max(bottoms) - min(bottoms) < 1 for bottoms in lines)
    context.close()
