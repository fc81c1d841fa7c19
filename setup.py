"""What pyproject.toml cannot say: the book's address, what a wheel carries of the book, a setting for JupyterLab."""

import importlib.util
import pathlib
import re

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel

ROOT = pathlib.Path(__file__).parent


def module(name):
    """A module of the package that needs the standard library alone, without the rest of the package."""
    spec = importlib.util.spec_from_file_location(pathlib.Path(name).stem, ROOT / name)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


class WithTheBook(build_py):
    """Copy the modules, then write beside each that reads them the table of statements and the exercises."""

    def run(self):
        super().run()
        if not self.editable_mode:
            package = pathlib.Path(self.build_lib) / "mcbook"
            module("mcbook/statements.py").write(package / "statements.json", ROOT)
            self.copy_tree(str(ROOT / "book" / "exercises"), str(package / "exercises" / "files"))


class FromAClone(editable_wheel):
    """Who installs a clone opens its notebooks in JupyterLab, which then does not ask about news."""

    def run(self):
        self.distribution.data_files = [("share/jupyter/lab/settings/overrides.d", ["binder/mcnotes.json"])]
        self.distribution.has_data = self.distribution.has_data_files       # setuptools asks for the first name
        super().run()


URL, BRANCH = module("tools/address.py").address(ROOT)
README = (ROOT / "README.md").read_text(encoding="utf-8")
if URL:
    README = re.sub(r"\]\((?![a-z]+:)([^)#]+)\)", rf"]({URL}/blob/{BRANCH}/\1)", README)

setup(cmdclass={"build_py": WithTheBook, "editable_wheel": FromAClone},
      long_description=README, long_description_content_type="text/markdown",
      project_urls={"Source": URL, "Issues": f"{URL}/issues"} if URL else {})
