"""What a run of a notebook shows beside what is stored, in one screen: the cells as JupyterLab counts them."""

import difflib
import html
import json
import re

from . import outputs

#: Cells of one notebook that are told in full; the others often only follow from them.
IN_FULL = 3
#: Seconds that are too long for a cell.
SLOW = 10
_LINES, _WIDTH = 3, 110
_VERDICT = re.compile(r'<script type="application/json" class="mc-verdict">(.*?)</script>', re.S)
_CHECK = re.compile(r'\bmb\.(?:confirm|refute|check)\(\s*"([^"]+)"')


def names(source):
    """What a cell is about: the statements that it checks, or its first line of code."""
    checked = list(dict.fromkeys(_CHECK.findall(source)))
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return ", ".join(checked) or (lines or [""])[0]


def difference(stored, now):
    """The lines that differ between stored and new outputs."""
    left, right = _lines(stored), _lines(now)
    matcher = difflib.SequenceMatcher(None, *(list(map(outputs.sanitized, side)) for side in (left, right)), False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    told = []
    for name, lines, (start, end) in (("stored", left, (1, 2)), ("now", right, (3, 4))):
        lines = [line for block in blocks for line in lines[block[start]:block[end]]] or ["(nothing)"]
        told += [f"{name if k == 0 else '':8}{_cut(line)}" for k, line in enumerate(lines[:_LINES])]
        if len(lines) > _LINES:
            told.append(f"{'':8}… and {len(lines) - _LINES} lines more")
    return told


def _lines(outputs):
    """The lines that a reader sees below a cell; a picture is a line too."""
    lines = []
    for output in outputs:
        data = output.get("data", {})
        if output["output_type"] == "error":
            text = f"{output['ename']}: {output['evalue']}"
        elif "text/html" in data:
            cells = re.sub(r"</(?:tr|caption|p|li|div)>", "\n", _VERDICT.sub(_letters, "".join(data["text/html"])))
            text = html.unescape(re.sub(r"<[^>]*>", " ", cells))
        else:
            text = "".join(data.get("text/plain", output.get("text", "")))
            text = "(a picture)" if "image/png" in data and text.startswith("<") else text
        lines += [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return lines


def _letters(carried):
    """The letters of a check, with shape and value: what its panel shows."""
    rows = [row for formula in json.loads(carried[1])["formulas"] for row in formula["letters"]]
    return "".join(f"<p>{html.escape(f'{letter} {shape}: {value}')}</p>" for letter, shape, value in rows)


def _cut(line):
    return line if len(line) <= _WIDTH else line[:_WIDTH - 2] + " …"


def screen(path, faults):
    """All that is wrong with one notebook."""
    told = [path]
    for where, about, lines, _ in faults[:IN_FULL]:
        told += [f"  {where:8}{_cut(about)}", *(f"          {line}" for line in lines)]
    if len(faults) > IN_FULL:
        told.append(f"  and {', '.join(where for where, *_ in faults[IN_FULL:])}, which may only follow from these")
    run = f"make run NOTEBOOKS={path}"
    if not any(stored for *_, stored in faults):
        return [*told, f"  Nothing is stored: {run}"]
    return [*told, f"  If the change is meant: {run}, then read the sentences around these cells.",
            f"  If not: {faults[0][0]}, or code or a formula above it, is not what it was; see git diff {path}"]


def compared(path, result):
    """What a notebook shows now and is not stored."""
    with result.path.open(encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    faults, slow, count = [], [], 0
    for position, (cell, now) in enumerate(zip(cells, result.notebook.cells, strict=True)):
        if position not in result.seconds:
            continue
        count += 1
        source = "".join(cell["source"])
        stored, fresh = cell.get("outputs", []), json.loads(json.dumps(now.outputs))
        if not outputs.same(outputs.storable(stored), outputs.storable(fresh), pictures=False):
            faults.append((f"In [{count}]", names(source), difference(stored, fresh), bool(stored)))
        if result.seconds[position] > SLOW:
            slow.append(f"{path}, In [{count}]: took {result.seconds[position]:.0f} s; a reader waits for it in "
                        "JupyterLab and in the page")
    return screen(path, faults) if faults else [], slow
