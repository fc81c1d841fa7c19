"""Exercises: what one asks, what a reader answered, and what to say to it.

One file a chapter (``book/exercises/20-the-weight-derivative.toml``) holds what the
exercises of its notebook ask; :mod:`~mcbook.exercises.questions` reads it,
:mod:`~mcbook.exercises.answers` reads what a reader wrote,
:mod:`~mcbook.exercises.diagnosis` compares, and :mod:`~mcbook.exercises.dialog` is what a
notebook calls. The built page judges by the same rules in ``book/_static/exercises.js``;
a table of answers is put to both in the tests.
"""
