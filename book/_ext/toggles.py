"""The fold "Show the code" below the picture that the code draws: a reader comes for the picture."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class CodeBelowPicture(SphinxPostTransform):
    """Put the folded code of a cell after its output."""

    default_priority = 200                     # right after myst-nb has folded the code
    formats = ("html",)

    def run(self, **options):
        """Move the fold of each cell that has one, and an output, to the end of the cell."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and cell.get("hide_mode") == "input" and len(cell) > 1:
                cell.append(cell.pop(0))
