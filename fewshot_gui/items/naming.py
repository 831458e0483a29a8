"""Names of images as the window shows them: the file's name or, where names are hidden, a number.

Names of files and folders often tell a patient's name, or the class. Where they are hidden, an
image keeps its number while the app runs; bins keep their names, and exported files have the real names.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from fewshot_gui.items.roles import readable

_hidden = False


def hide_names(hidden: bool) -> None:
    """Show or hide names from now on; what is on the screen must be drawn anew."""
    global _hidden  # noqa: PLW0603 - one window, one choice
    _hidden = hidden


def names_are_hidden() -> bool:
    """Whether names are hidden."""
    return _hidden


def display_name(path: Path) -> str:
    """Return the image's name."""
    return _number(path) if _hidden else readable(path.name)


def display_path(path: Path) -> str:
    """Return the image's whole path."""
    return _number(path) if _hidden else readable(path)


def display_folder(path: Path) -> str:
    """Return the path of the image's folder; nothing where names are hidden."""
    return "" if _hidden else readable(path.parent)


def _number(path: Path) -> str:
    digits = blake2b(os.fsencode(path), digest_size=4).hexdigest().upper()
    return f"{digits[:4]}-{digits[4:]}"  # short, so that it fits below a thumbnail
