"""Data roles of the item models of images, beside Qt's own."""

from __future__ import annotations

import unicodedata
from enum import Enum, IntEnum

from PySide6.QtCore import Qt


class Role(IntEnum):
    """Data roles shared by the models of examples, library images and predictions."""

    PATH = Qt.ItemDataRole.UserRole + 1  # Path
    PROBLEM = Qt.ItemDataRole.UserRole + 2  # Problem
    WEIGHT = Qt.ItemDataRole.UserRole + 3  # float, 1.0 = an average example; None: not trained
    VERDICT = Qt.ItemDataRole.UserRole + 4  # Verdict
    COLOR = Qt.ItemDataRole.UserRole + 5  # "#rrggbb" of the bin the image is in or is said to be; or None
    CONFIDENCE = Qt.ItemDataRole.UserRole + 6  # float 0..1, or None
    STALE = Qt.ItemDataRole.UserRole + 7  # bool: made before the bins were changed
    STATUS = Qt.ItemDataRole.UserRole + 8  # model.types.Status; Qt hands it on as a plain str, so compare by ==
    SHARED = Qt.ItemDataRole.UserRole + 9  # bool: the same picture is in another bin, too
    TILE = Qt.ItemDataRole.UserRole + 10  # Tile
    STACK = Qt.ItemDataRole.UserRole + 12  # (images in its stack, whether it is spread), or None
    BOXED = Qt.ItemDataRole.UserRole + 13  # bool: a person drew boxes on the example
    NOTE = Qt.ItemDataRole.UserRole + 11  # what is to be known of an example in words, or ""


class Problem(Enum):
    """Why an image cannot be shown."""

    NONE = ""
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Verdict(Enum):
    """Whether an example that was left out was recognised as of its own class."""

    NONE = "none"
    AGREES = "agrees"
    DISAGREES = "disagrees"


def readable(text: object) -> str:
    """`str(text)` without lone surrogates, which Qt cannot show."""
    text = str(text)
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def searchable(text: object) -> str:
    """`text` as filters compare it: without case, and with letters and their marks put together in one way."""
    text = readable(text)
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text).casefold()
