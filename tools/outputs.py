"""Store the outputs of notebooks, such that a file changes only where a person changed something.

    python -m tools.outputs book/07-our-scalar-vector-derivative.ipynb ...

Outputs that are the same as the stored ones are left alone, to the byte: the notebook tests' own comparison decides,
and for pictures the eye. What differs from run to run (numbers of widgets, times) is not stored at all.
"""

import base64
import codecs
import io
import json
import pathlib
import re
import sys
import warnings

import numpy as np

from mcbook import statements

from . import execution, files, portability

#: What the notebook tests do not compare, as patterns and replacements.
RULES = pathlib.Path(__file__).parents[1] / "tests" / "nbval.cfg"

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
#: What the book says about a cell; everything else is an editor's.
_METADATA = ("cellView", "jupyter", "tags")
_WIDGET = "application/vnd.jupyter.widget-view+json"


def store(paths):
    """Run notebooks, with what they carry, and store their outputs; one that stops with an error keeps its own."""
    paths = [pathlib.Path(path) for path in paths]
    originals = [path.read_text(encoding="utf-8") for path in paths]
    for path in paths:
        _write(path, _text(portability.carry(_current(path), path.stem)))
    for path, before, result in zip(paths, originals, execution.run(paths), strict=True):
        if result.fault:
            yield f"{result.words()}\n    nothing is stored for {path.name}", False
            continue
        text, changed = merged(json.loads(path.read_text(encoding="utf-8")), result.notebook)
        _write(path, text)
        where = ", ".join(f"In [{count}]" for count in changed)
        yield f"{path.name}: " + (f"new outputs in {where}" if changed else "cleaned" if text != before
                                  else "as it was"), True


def _current(path):
    """A notebook in the format of today, however VS Code, Colab or an older Jupyter saved it."""
    import nbformat

    stored = {"nbformat": 4, "nbformat_minor": 0} | json.loads(path.read_text(encoding="utf-8"))
    for cell in stored["cells"]:
        cell.setdefault("metadata", {})
        if cell["cell_type"] == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
        if isinstance(cell["source"], str):
            cell["source"] = cell["source"].splitlines(keepends=True)
    whole = nbformat.v4.upgrade(nbformat.from_dict(stored), 4, stored["nbformat_minor"])
    with warnings.catch_warnings(action="ignore"):          # of cells with the same name, which get new ones
        return json.loads(nbformat.writes(nbformat.validator.normalize(whole)[1]))


def _text(notebook):
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _write(path, text):
    """Change a file in one step: notebooks that run meanwhile read the statements of all others."""
    fresh = path.with_suffix(".fresh")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def merged(stored, fresh):
    """The text of a notebook with those outputs of a fresh run that differ, and the numbers of their cells."""
    import nbformat

    changed = []
    for cell, now in zip(stored["cells"], fresh["cells"], strict=True):
        _clean(cell)
        if cell["cell_type"] != "code":
            continue
        outputs, kept = storable(now["outputs"]), storable(cell.get("outputs", []))
        count = now["execution_count"]
        if same(kept, outputs):
            for output in kept:
                if "execution_count" in output:
                    output["execution_count"] = count
        else:
            changed.append(count)
            kept = outputs
        cell["outputs"], cell["execution_count"] = kept, count
        if statements.calls("".join(cell["source"])):
            tags = cell["metadata"].setdefault("tags", [])
            tags += [statements.CHECK] * (statements.CHECK not in tags)
    stored["metadata"] = {"kernelspec": dict(KERNEL)}
    return nbformat.writes(nbformat.from_dict(stored)) + "\n", changed


def same(stored, fresh, pictures=True):
    """Whether two lists of outputs show the same."""
    return len(stored) == len(fresh) and all(
        _same_output(*pair, pictures) for pair in zip(stored, fresh, strict=True))


def _same_output(stored, fresh, pictures):
    if stored["output_type"] != fresh["output_type"] or stored.get("name") != fresh.get("name"):
        return False
    one, other = (output.get("data", {"text": output.get("text", "")}) for output in (stored, fresh))
    return one.keys() == other.keys() and all(
        not pictures or looks_like(one[kind], other[kind]) if kind == "image/png" else
        sanitized("".join(one[kind])) == sanitized("".join(other[kind])) if isinstance(one[kind], str | list) else
        one[kind] == other[kind] for kind in one) and stored.get("metadata") == fresh.get("metadata")


def sanitized(text):
    """A text without what the notebook tests do not compare."""
    rules = RULES.read_text(encoding="utf-8") if RULES.exists() else ""
    for pattern, replacement in re.findall(r"^regex: (.*)$\n^replace: (.*)$", rules, re.M):
        text = re.sub(pattern, replacement, text)
    return text


def looks_like(one, other):
    """Whether two pictures, PNG in base 64, differ by less than the eye sees."""
    if one == other:
        return True
    from matplotlib.image import imread

    left, right = (imread(io.BytesIO(base64.b64decode("".join(data)))) for data in (one, other))
    return left.shape == right.shape and float(np.abs(left - right).max()) < 1 / 16


def storable(outputs):
    """Outputs without what differs from run to run; what is printed in a row is one output."""
    kept = []
    for output in json.loads(json.dumps(outputs)):
        if "data" in output:
            output["data"].pop(_WIDGET, None)
        if "text" in output:
            output["text"] = "".join(output["text"])
            if kept and kept[-1].get("name") == output["name"]:
                kept[-1]["text"] += output["text"]
                continue
        kept.append(output)
    return kept


def _clean(cell):
    cell["metadata"] = {name: cell["metadata"][name] for name in _METADATA if cell["metadata"].get(name)}


def main(paths):
    """Store the outputs of notebooks, and say what came of it; the exit status of a shell command is returned."""
    paths = [pathlib.Path(path) for path in paths]
    missing = [f"there is no {path}" for path in paths if not path.exists()]
    for path in paths if not missing else []:
        path.write_bytes(path.read_bytes().removeprefix(codecs.BOM_UTF8))       # some editors put it there
    told = missing or files.faults(paths) or files.faults()
    if told:
        print("\n".join(told))
        return 1
    fine = True
    for line, ran in store(paths):
        print(line, flush=True)
        fine = fine and ran
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
