"""Pages that list what stands on others are read again when the list is another one, and not at every edit."""

import hashlib
import pathlib

from mcbook.statements import confirmed, everything, notebooks, read

from . import entries, listing


def changed_lists(app, env, *_):
    """The pages whose list has changed since they were read; for Sphinx, which then reads them again."""
    root, before = pathlib.Path(app.srcdir), getattr(env, "mcnotes_lists", {})
    env.mcnotes_lists = {page: hashlib.sha256(repr(made_from(root)).encode()).hexdigest()
                         for page, made_from in _MADE_FROM.items() if page in env.found_docs}
    return [page for page, mark in env.mcnotes_lists.items() if mark != before.get(page)]


def _of_statements(root):
    return listing.markdown(root), sorted(confirmed(root)), [(one.name, one.formulas) for one in everything()]


def _of_errata(root):
    return entries.shown(root), [read(path)[:2] for path in notebooks(root)]


_MADE_FROM = {listing.PAGE: _of_statements, entries.ERRATA: _of_errata}
