"""Pages and frames as items of their own: "scan.tif#3" is the third page of "scan.tif".

Everywhere an image is named by a path; such a path names a part of a file. A file that really has
such a name is taken for itself.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_ITEM = re.compile(r"(.+)#([1-9][0-9]{0,8})", re.DOTALL)


def item_path(file: Path, number: int) -> Path:
    """Return the path of the page or frame `number` of a file, counted from 1."""
    return file.with_name(f"{file.name}#{number}")


def split_item(path: Path) -> tuple[Path, int | None]:
    """Return the file that is meant and the number of its page or frame; None where the path names a file."""
    match = _ITEM.fullmatch(path.name)
    if match is None or os.path.lexists(path):
        return path, None
    return path.with_name(match[1]), int(match[2])


def source_file(path: Path) -> Path:
    """Return the file on the disk in which an image lies."""
    return split_item(path)[0]
