"""The reference of the package in the words of a reader: ``mc.derivative``, ``d.predict``, ``mc.draw.matrix``."""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

#: What Sphinx writes before a name -> what a reader writes.
SAID = {"mcbook.": "mb.", "mcnotes.draw.": "mc.draw.", "mcnotes.network.": "mc.network.",
        "mcnotes.engine.structure.": "", "mcnotes.shapes.": "", "mcnotes.": "mc."}
#: A class -> what the book calls one of these.
CALLED = {"Derivative": "d", "PlanarApproximation": "plane", "Compressed": "c", "Structure": "d.structure",
          "DerivativeShape": "known"}
_IMPORT = re.compile(r"\s*>>> from (?:mcnotes|mcbook)\S* import ")
_TWO = re.compile(r"^(\w+), (\w+) : ")
_CODE = re.compile(r"\s*(?:>>>|\.\.\.) ")


def names():
    """Each public name with what a reader writes before it.

    Examples
    --------
    >>> names()[""]["planar"], names()["mcnotes.draw"]["matrix"]
    ('mc.', 'mc.draw.')
    """
    import mcbook as mb
    import mcnotes as mc

    public = [name for name in mc.__all__ if name not in ("draw", "network")]
    return {"": dict.fromkeys(public, "mc.") | dict.fromkeys(mb.__all__, "mb."),
            "mcnotes.draw": dict.fromkeys(mc.draw.__all__, "mc.draw."),
            "mcnotes.network": {name: "mc.network." for name, value in vars(mc.network).items()
                                if getattr(value, "__module__", "") == "mcnotes.network" and name[0] != "_"}}


def in_words_of_a_reader(line, module=""):
    """A line of an example as a notebook has it.

    Examples
    --------
    >>> in_words_of_a_reader(">>> derivative(np.tanh, z).matrix")
    '>>> mc.derivative(np.tanh, z).matrix'
    >>> in_words_of_a_reader(">>> matrix(planar(f, v).matrix, ax=ax)", "mcnotes.draw.arrays")
    '>>> mc.draw.matrix(mc.planar(f, v).matrix, ax=ax)'
    """
    if not _CODE.match(line):
        return line
    for place, known in names().items():
        if module.startswith(place):
            pattern = rf"(?<![\w.])({'|'.join(sorted(known, key=len, reverse=True))})(?=\(|\b(?=, ))"
            line = re.sub(pattern, lambda name, known=known: known[name[0]] + name[0], line)
    return line


def rewrite_examples(app, what, name, thing, options, lines):
    """Rewrite the examples of a docstring, and leave out the imports that a notebook does not need."""
    module = getattr(thing, "__module__", None) or name
    lines[:] = [in_words_of_a_reader(line, module) for line in lines if not _IMPORT.match(line)]
    if what == "class":                                     # Sphinx takes the first of two names for a type
        lines[:] = [_TWO.sub(r"\1,\2 : ", line) for line in lines]


class SayNames(SphinxTransform):
    """Write before each name what a reader writes before it."""

    default_priority = 500

    def apply(self, **options):
        for signature in self.document.findall(addnodes.desc_signature):
            before = signature.next_node(addnodes.desc_addname)
            owner = CALLED.get(signature.get("class", ""))
            name = signature.next_node(addnodes.desc_name)
            if signature.parent.get("objtype") == "class" and name is not None and name.astext() in CALLED:
                for parameters in list(signature.findall(addnodes.desc_parameterlist)):
                    parameters.parent.remove(parameters)    # nobody makes one by hand
            if before is not None:
                said = next((said for start, said in SAID.items() if before.astext().startswith(start)), None)
                if said is not None:
                    before[:] = [nodes.Text(said)]
            elif owner and name is not None:
                signature.insert(signature.index(name), addnodes.desc_addname("", "", nodes.Text(f"{owner}.")))


def setup(app):
    app.add_transform(SayNames)
    app.connect("autodoc-process-docstring", rewrite_examples, priority=400)          # before napoleon
