"""What the notes require: which numbers there are, of which kind, and in which section.

The book derives its own table from the notebooks; this one is the notes' and is compared with it.
"""

#: Number of a section in the notes -> (its last equation, the kinds of its boxes).
SECTIONS = {
    0: (3, "Concept"),
    1: (4, "Definition Definition"),
    2: (6, "Concept"),
    3: (8, "Concept"),
    4: (11, ""),
    5: (12, ""),
    6: (13, "Concept Clarification"),
    7: (17, "Definition Definition"),
    8: (21, ""),
    9: (26, "Clarification Definition"),
    10: (29, ""),
    11: (35, ""),
    12: (41, "Concept Definition"),
    13: (43, "Notation Notation"),
    14: (48, "Concept Definition"),
    15: (52, "Definition"),
    16: (54, "Definition Concept"),
    17: (54, "Clarification"),
    18: (55, "Definition Definition Clarification"),
    19: (57, "Notation"),
    20: (73, "Concept Concept Notation"),
    21: (80, "Notation"),
    22: (87, "Concept Notation"),
    23: (89, "Concept"),
}


def numbers(section):
    """Names of the equations and of the boxes that a section of the notes has."""
    first = SECTIONS[section - 1][0] if section else 0
    equations = [f"({n})" for n in range(first + 1, SECTIONS[section][0] + 1)]
    before = sum(len(kinds.split()) for number, (_, kinds) in SECTIONS.items() if number < section)
    boxes = [f"{kind} {before + k}" for k, kind in enumerate(SECTIONS[section][1].split(), 1)]
    return equations, boxes


EQUATIONS = [name for section in SECTIONS for name in numbers(section)[0]]
BOXES = [name for section in SECTIONS for name in numbers(section)[1]]
