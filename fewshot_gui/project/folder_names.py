"""Class names as names of folders that every system takes. Free of Qt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_MOST_BYTES = 120  # a path has 260 characters on Windows, a name 255 bytes elsewhere


def folder_names(names: Sequence[str]) -> list[str]:
    """Return a folder's name for each of `names`, no two alike on any system, as near to it as can be.

    What Windows forbids becomes "_", dots and spaces at the end go, and where two would differ in case
    or composition alone, or not at all, the later one gets " (2)".
    """
    taken: set[str] = set()
    found = []
    for name in names:
        safe = candidate = _safe(name)
        number = 2
        while _key(candidate) in taken:
            candidate = f"{safe} ({number})"
            number += 1
        taken.add(_key(candidate))
        found.append(candidate)
    return found


def _safe(name: str) -> str:
    text = unicodedata.normalize("NFC", name).encode("utf-8", "replace").decode("utf-8")
    text = _FORBIDDEN.sub("_", text)
    text = text.encode("utf-8")[:_MOST_BYTES].decode("utf-8", "ignore").strip().rstrip(". ")
    if not text or set(text) <= {"."}:
        return "_"
    if text.startswith("."):  # hidden from its user
        text = "_" + text[1:]
    return f"_{text}" if _RESERVED.fullmatch(text) else text


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.casefold())
