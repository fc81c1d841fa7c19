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

#: Slips of the notes, section by section: the number of each, and the statements that it is about.
ERRATA = {
    0: {"E01": "(2)", "E02": "(3)"},
    1: {"E03": "Definition 3"},
    2: {"E04": "(6)", "E05": "Concept 4"},
    3: {"E06": "", "E07": "Concept 5", "E08": "Concept 5"},
    4: {"E13": "(9), (17)", "E78": ""},
    5: {"E09": ""},
    6: {"E10": "(13)", "E11": "Clarification 7", "E12": "Clarification X.6"},
    7: {"E14": "Definition 8", "E15": "Definition 8", "E16": "Definition 9, (17)", "E17": "(16)", "E18": "(17), (26)"},
    8: {"E19": "(20), (29)"},
    9: {"E20": "(22), (23)", "E21": "(24), (25), (26), Definition 11", "E22": "(23)", "E23": "(22)",
        "E24": "Clarification 10"},
    11: {"E25": "", "E26": "(30), (31), (32), (34), (36), (37)"},
    12: {"E27": "Definition 13", "E28": "Definition 13", "E29": "(39), (40), (41)", "E30": "(41)",
         "E31": "Definition 13", "E32": "Definition 13"},
    13: {"E33": "(42)", "E34": "(42)", "E35": "Notation 15", "E36": "Notation 15"},
    14: {"E37": "(45), (52), Definition 17, Definition 19, Clarification 21", "E38": "(45)", "E39": "(46)",
         "E40": "(48)", "E41": "Definition 17"},
    15: {"E42": "(50)", "E43": "(51)", "E44": "(52)", "E45": "Definition 18"},
    16: {"E46": "Definition 19", "E47": "", "E48": "", "E49": "(53)", "E81": "(54), Concept 20"},
    17: {"E50": "Clarification 21"},
    19: {"E51": "(56)"},
    20: {"E52": "", "E53": "Concept 26", "E54": "Concept 26", "E55": "Concept 26, Concept 30", "E56": "(64)",
         "E57": "(65)", "E58": "(68)", "E59": "(71)", "E60": "(71), (72)", "E61": "Concept 27", "E62": "Notation 28",
         "E79": "(71)", "E80": "(64), (66), (68), (79)"},
    21: {"E63": "(78)", "E64": "(79)", "E65": "(80)", "E66": "(80)", "E67": "Notation 29", "E68": "Notation 29",
         "E83": "(75)"},
    22: {"E69": "Concept 30", "E70": "Concept 30", "E71": "Concept 30", "E72": "(86)", "E73": "Notation 31",
         "E74": "(87)"},
    23: {"E75": "Concept 32", "E76": "(89)", "E77": ""},
    None: {"E82": ""},
}
