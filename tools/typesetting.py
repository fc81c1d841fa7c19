"""Formulas as MathML, typeset by temml in one process of Node, which ends with the program."""

import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]


@functools.cache
def _typesetter():
    if not (ROOT / "node_modules" / "temml").exists():
        raise RuntimeError("temml is missing: run `npm ci` in the root of the book (make book does it)")
    node = shutil.which("node", path=os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]]))
    return subprocess.Popen([node, str(ROOT / "book" / "_ext" / "typeset.cjs"), str(ROOT)], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True, encoding="utf-8")


def typeset(tex, display):
    """A formula as MathML; ValueError says what cannot be typeset, RuntimeError that temml is missing."""
    process = _typesetter()
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise ValueError(f"{' '.join(tex.split())[:60]}: {answer['error'].splitlines()[0]}")
    return answer["mathml"]
