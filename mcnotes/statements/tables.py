"""The numbered statements of the notes: which number belongs to which section.

The one table that the checks (:mod:`mcnotes.statements.confirm`), the book's pages
(:mod:`mcnotes.site`) and the tests share.
"""

#: Section of the notes -> file name of its notebook, without the ending.
SECTIONS = {
    "intro": "00-matrix-derivatives",
    "X.1": "01-partial-derivatives",
    "X.2": "02-thinking-about-derivatives",
    "X.3": "03-derivatives-approximation",
    "X.4": "04-the-gradient",
    "X.5": "05-finding-the-scalar-vector-derivative",
    "X.6": "06-planar-approximation",
    "X.7": "07-our-scalar-vector-derivative",
    "X.8": "08-vector-derivative",
    "X.9": "09-working-with-the-vector-derivative",
    "X.10": "10-vectors-and-vectors",
    "X.11": "11-the-vector-vector-derivative",
    "X.12": "12-general-derivative",
    "X.13": "13-more-about-the-vector-vector-derivative",
    "X.14": "14-matrix-scalar",
    "X.15": "15-scalar-matrix",
    "X.16": "16-other-derivatives",
    "X.17": "17-dimensions",
    "X.18": "18-dealing-with-tensors",
    "X.19": "19-the-loss-derivative",
    "X.20": "20-the-weight-derivative",
    "X.21": "21-linking-layers",
    "X.22": "22-activation-function",
    "X.23": "23-element-wise-multiplication",
}

_LAST_EQUATION = {
    "intro": 3, "X.1": 4, "X.2": 6, "X.3": 8, "X.4": 11, "X.5": 12, "X.6": 13, "X.7": 17, "X.8": 21,
    "X.9": 26, "X.10": 29, "X.11": 35, "X.12": 41, "X.13": 43, "X.14": 48, "X.15": 52, "X.16": 54,
    "X.17": 54, "X.18": 55, "X.19": 57, "X.20": 73, "X.21": 80, "X.22": 87, "X.23": 89,
}

_BOXES = {
    "intro": "Concept", "X.1": "Definition Definition", "X.2": "Concept", "X.3": "Concept",
    "X.6": "Concept Clarification", "X.7": "Definition Definition", "X.9": "Clarification Definition",
    "X.12": "Concept Definition", "X.13": "Notation Notation", "X.14": "Concept Definition",
    "X.15": "Definition", "X.16": "Definition Concept", "X.17": "Clarification",
    "X.18": "Definition Definition Clarification", "X.19": "Notation", "X.20": "Concept Concept Notation",
    "X.21": "Notation", "X.22": "Concept Notation", "X.23": "Concept",
}


def _number_equations():
    numbers, first = {}, 1
    for section, last in _LAST_EQUATION.items():
        numbers.update(dict.fromkeys(range(first, last + 1), section))
        first = last + 1
    return numbers


#: Equation number -> section, 1 to 89.
EQUATIONS = _number_equations()

#: Box number -> (kind, section), 1 to 32.
BOXES = dict(enumerate(((kind, section) for section, kinds in _BOXES.items() for kind in kinds.split()), 1))
