"""The reference of the package in the words of a reader: ``mc.derivative``, ``d.predict``, ``mc.draw.matrix``."""

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

#: What Sphinx writes before a name -> what a reader writes.
SAID = {"mcbook.": "mb.", "mcnotes.draw.": "mc.draw.", "mcnotes.network.": "mc.network.",
        "mcnotes.engine.structure.": "", "mcnotes.shapes.": "", "mcnotes.": "mc."}
#: A class -> what the book calls one of these.
CALLED = {"Derivative": "d", "PlanarApproximation": "plane", "Compressed": "c", "Structure": "d.structure",
          "DerivativeShape": "known", "Program": "program"}


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
