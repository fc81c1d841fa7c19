"""The address of the book's repository: from the workflow that builds it, else from git, else from ``_config.yml``.

Without one the book has no launch buttons, and a notebook on its own installs ``mcnotes`` by name. This module needs
the standard library alone, so that building the wheel can use it.
"""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).parents[1]
_SECTION = re.compile(r"^repository:[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*(?:#[^\n]*)?\n)*)", re.M)
_REMOTE = re.compile(r"(?:https?://(?:[^@/]+@)?|ssh://(?:[\w.-]+@)?|[\w.-]+@(?=[\w.-]+:))([\w.-]+)(?::\d+(?=/))?[:/](.+)")


def address(root=ROOT):
    """The address of the repository, empty if there is none, and its branch."""
    for url, branch in (_of_the_workflow(os.environ), _of_git(root), _of_the_settings(root)):
        if url:
            return url, branch or "main"
    return "", "main"


def requirement(root=ROOT):
    """What pip is asked for where ``mcnotes`` is missing: the repository, or the package by its name."""
    url, branch = address(root)
    return f"git+{url}@{branch}" if url else "mcnotes"


def web(remote):
    """The address that a browser opens, of any that git takes.

    Examples
    --------
    >>> web("git@github.com:someone/notes.git"), web("https://name:secret@gitlab.com/a/b/notes/"), web("/srv/notes")
    ('https://github.com/someone/notes', 'https://gitlab.com/a/b/notes', '')
    """
    found = _REMOTE.fullmatch(remote.strip())
    return f"https://{found[1]}/{found[2].strip('/').removesuffix('.git')}" if found else ""


def _of_the_workflow(said):
    """GitHub's and GitLab's own words; a request to merge is read as the branch that it goes to."""
    if said.get("GITHUB_REPOSITORY"):
        url = f"{said.get('GITHUB_SERVER_URL', 'https://github.com')}/{said['GITHUB_REPOSITORY']}"
        branch = said.get("GITHUB_REF_NAME") if said.get("GITHUB_REF_TYPE", "branch") == "branch" else ""
        return url, said.get("GITHUB_BASE_REF") or branch
    return said.get("CI_PROJECT_URL", ""), said.get("CI_COMMIT_BRANCH") or said.get("CI_DEFAULT_BRANCH")


def _of_git(root):
    def git(*words):
        try:
            done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True)
            return done.stdout.strip()
        except (OSError, subprocess.CalledProcessError):    # no git here, or nothing of that name
            return ""
    if not (root / ".git").exists():
        return "", ""
    upstream = git("rev-parse", "--abbrev-ref", "@{upstream}") or git("rev-parse", "--abbrev-ref", "origin/HEAD")
    return web(git("config", "--get", "remote.origin.url")), upstream.partition("/")[2]


def _of_the_settings(root):
    config = root / "_config.yml"
    section = _SECTION.search(config.read_text(encoding="utf-8") + "\n") if config.exists() else None
    values = dict(re.findall(r"^\s+(url|branch):[ \t]*[\"']?([^\s\"'#]*)", section[1], re.M)) if section else {}
    return values.get("url", "").rstrip("/").removesuffix(".git"), values.get("branch")


def main(root=ROOT):
    """Write the address into the cell of each notebook that installs the package; nothing else changes."""
    required = requirement(root)
    for path in sorted(root.glob("book/*.ipynb")):
        text = path.read_text(encoding="utf-8")
        made = re.sub(r"(install --quiet )[^\s\"\\]+", rf"\g<1>{required}", text, count=1)
        if made != text:
            path.write_text(made, encoding="utf-8")
            print(f"{path.name}: installs {required}")


if __name__ == "__main__":
    main()
