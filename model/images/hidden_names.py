"""What images are called where their names are to be hidden: by the same number in the window, in reports and exports.

The number is made of the path, so that it stays. It hides a name from whoever looks on; whoever knows the path can
work it out, so that it is no anonymisation.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path


def hidden_name(path: Path) -> str:
    """Return the number of an image, a file or a folder, such as "3F2A-91BC"."""
    digits = blake2b(os.fsencode(path), digest_size=4).hexdigest().upper()
    return f"{digits[:4]}-{digits[4:]}"  # short, so that it fits below a thumbnail


def hidden_names(paths: Iterable[Path]) -> dict[Path, str]:
    """Return the number of each image, each another: of two that share a number, the second has "-2" behind it.

    (Of 100,000 images one pair does.)
    """
    found: dict[Path, str] = {}
    counts: dict[str, int] = {}
    for path in dict.fromkeys(paths):
        name = hidden_name(path)
        count = counts[name] = counts.get(name, 0) + 1
        found[path] = name if count == 1 else f"{name}-{count}"
    return found
