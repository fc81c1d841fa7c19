"""Numbers in sentences: each is computed on its page, or marked as free.

A decimal, or a whole number of two digits, has to appear in an output, a figure or the code of the same notebook,
rounded as the text rounds it: whoever changes an example is told which sentence no longer holds. A number that no
code computes is marked in its cell, by a comment that nobody sees: ``28 rows of 28 points. <!-- free: 28 -->``.
"""

import html
import json
import re

from .references import places

_FREE = re.compile(r"<!--\s*free:(.*?)-->", re.S)
_NUMBER = re.compile(r"(?<![\w.,^_])\d+(?:\.\d+)?(?![\w^]|\.\d)(?:(?:\s|\\,)?\\?%)?")

#: What is a name, an address or a layout, and no number: blanked before numbers are looked for.
_NAMES = re.compile("|".join((
    r"^(`{3,}|~{3,}).*?^\1",                                        # code
    r"`+[^`]*`+",                                                   # code, and targets of roles
    r"<!--.*?-->", r"^---\n.*?^---",
    r"\]\([^)]*\)", r"https?://\S+",                                # addresses
    r"^\s*:[\w-]+:.*?$", r"^\(?[\w-]+\)=$", r"\$\$\s*\([\w-]+\)",   # options and labels
    r"\d*[_^]\{[^{}]*\}", r"\\tag\{[^}]*\}", r"\\(?:begin|end)\{\w+\}(?:\{[^}]*\})?", r"\\h?v?space\{[^}]*\}",
    r"\bX\.\d+[a-z]?", r"\bE\d+", r"\((?:\d+[a-z]?)\)",
    r"\b(?:Equations?|Definitions?|Concepts?|Clarifications?|Notations?|Remarks?|Exercises?|Errat(?:um|a)|Box(?:es)?|"
    r"Theorems?|Sections?|Chapters?|Figures?|Python|NumPy)\s+\d+(?:\.\d+)*",
))
    , re.S | re.M)


def numbers(text):
    """The decimals and the whole numbers of two digits or more in a text.

    Examples
    --------
    >>> numbers("By (14) the gap of Definition 12 is $-0.021$, for 3 inputs and 1{,}000 steps, `f(77)`.")
    ['0.021', '1000']
    """
    text = _NAMES.sub(lambda name: " " * len(name[0]), text)
    text = re.sub(r"(?<=\d)(?:\{,\}|,|\\,|\u202f)(?=\d{3}\b)", "", text)
    found = [re.sub(r"[\s\\,]", "", number) for number in _NUMBER.findall(text)]
    return list(dict.fromkeys(number for number in found if "." in number or len(number.rstrip("%")) > 1))


def unfounded(path):
    """Numbers in the sentences of a notebook that nothing on its page computes."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    known = [float(number) for cell in cells if cell["cell_type"] == "code" for text in _shown(cell)
             for number in re.findall(r"\d+(?:\.\d*)?(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?", text)]
    for where, kind, text in places(path):
        if kind == "markdown":
            free = {number for listed in _FREE.findall(text) for number in re.findall(r"\d+(?:\.\d+)?", listed)}
            yield from ((where, number) for number in numbers(text)
                        if number.rstrip("%") not in free and not _computed(number, known))


def _computed(number, known):
    """Whether a number is one of the computed ones, rounded as it is written."""
    number, scale = number.rstrip("%"), 100 if number.endswith("%") else 1
    accuracy = 0.5 * 10.0**-len(number.partition(".")[2]) * (1 + 1e-9)
    return any(abs(value * factor - float(number)) <= accuracy for value in known for factor in {1, scale})


def _shown(cell):
    """The texts of a code cell in which numbers are: its code, and what its outputs say."""
    yield "".join(cell["source"])
    for output in cell["outputs"]:
        yield "".join(output.get("text", ""))
        for kind, text in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield html.unescape(re.sub(r"<[^>]*>", " ", "".join(text)))
