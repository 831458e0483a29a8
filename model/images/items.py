"""Pages, frames and tiles as images of their own: "scan.tif#3" is the third page of "scan.tif".

Everywhere an image is named by a path; such a path names a part of a file: a page or frame, counted
from 1, a tile as `xywh=left,top,width,height` in pixels of the page as displayed (the words of W3C's
Media Fragments), or a tile of a page, "scan.tif#3&xywh=0,0,512,512". A file that really has such a
name is taken for itself.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from model.types import Region

_FRAME = "[1-9][0-9]{0,8}"
_BOX = "xywh=([0-9]{1,6}),([0-9]{1,6}),([1-9][0-9]{0,5}),([1-9][0-9]{0,5})"
_ITEM = re.compile(f"(.+)#(?:({_FRAME})|(?:({_FRAME})&)?{_BOX})", re.DOTALL)


class Item(NamedTuple):
    """What a path means: a file, a page or frame of it (from 1; None: the first), and a tile of that (None: all)."""

    file: Path
    frame: int | None = None
    box: Region | None = None

    @property
    def part(self) -> str:
        """What follows the "#" in the item's name; "" for a file."""
        parts = [] if self.frame is None else [str(self.frame)]
        if self.box is not None:
            parts.append(f"xywh={self.box.x},{self.box.y},{self.box.width},{self.box.height}")
        return "&".join(parts)

    @property
    def path(self) -> Path:
        """The path that means this."""
        return self.file.with_name(f"{self.file.name}#{self.part}") if self.part else self.file


def split_item(path: Path) -> Item:
    """Return what a path means."""
    match = _ITEM.fullmatch(path.name)
    if match is None or os.path.lexists(path):
        return Item(path)
    name, page, tiled_page, *box = match.groups()
    frame = page or tiled_page
    tile = Region(*map(int, box)) if all(box) else None
    return Item(path.with_name(name), int(frame) if frame else None, tile)


def source_file(path: Path) -> Path:
    """Return the file on the disk in which an image lies."""
    return split_item(path).file
