"""Exercises: what one asks, what a reader answered, and what to say to it. The built page judges by the same rules in
``book/_static/exercises.js``; a table of answers is put to both in the tests.
"""
