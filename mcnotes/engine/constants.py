"""The name under which others import what is in :mod:`.core`."""

from .core import UnsupportedError as UnsupportedError
