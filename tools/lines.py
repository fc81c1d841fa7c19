"""How long each room of the house is, beside what it may be: ``python -m tools.lines``."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[1]
#: Room -> the most lines of Python that it may have, docstrings and blank lines included.
ROOMS = {"mcnotes": 6500, "mcbook": 5000, "book/_ext": 1600, "tools": 2000, "tests": 7500, "benchmarks": 500}


def lengths(root=ROOT):
    """The lines of Python of each room."""
    return {room: sum(len(path.read_bytes().splitlines()) for path in (root / room).rglob("*.py")) for room in ROOMS}


def main():
    """Print the rooms; the exit status of a shell command says whether each is within its limit."""
    found = lengths()
    for room, lines in found.items():
        print(f"{room:12}{lines:7,} of {ROOMS[room]:6,}{'' if lines <= ROOMS[room] else '   too long'}")
    return int(any(lines > ROOMS[room] for room, lines in found.items()))


if __name__ == "__main__":
    sys.exit(main())
