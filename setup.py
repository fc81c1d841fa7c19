"""What pyproject.toml cannot say: a wheel carries the book's statements and its exercises."""

import importlib.util
import pathlib

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).parent


class WithTheBook(build_py):
    """Copy the modules, then write beside each that reads them the table of statements and the exercises."""

    def run(self):
        super().run()
        if not self.editable_mode:
            where = ROOT / "mcnotes" / "statements" / "finding.py"
            spec = importlib.util.spec_from_file_location("finding", where)
            finding = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(finding)
            finding.write(pathlib.Path(self.build_lib) / "mcnotes" / "statements" / "statements.json", ROOT)
            self.copy_tree(str(ROOT / "book" / "exercises"),
                           str(pathlib.Path(self.build_lib) / "mcnotes" / "exercises" / "files"))


setup(cmdclass={"build_py": WithTheBook})
