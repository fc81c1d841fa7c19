"""What pyproject.toml cannot say: a wheel carries the table of the book's statements, read from the notebooks."""

import importlib.util
import pathlib

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).parent


class WithStatements(build_py):
    """Copy the modules, then write the table beside the module that reads it."""

    def run(self):
        super().run()
        if not self.editable_mode:
            where = ROOT / "mcnotes" / "statements" / "finding.py"
            spec = importlib.util.spec_from_file_location("finding", where)
            finding = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(finding)
            finding.write(pathlib.Path(self.build_lib) / "mcnotes" / "statements" / "statements.json", ROOT)


setup(cmdclass={"build_py": WithStatements})
