"""The rendering of files as RGB pixels: choices that the files leave open. Free of NumPy."""

from __future__ import annotations

from dataclasses import dataclass

from model.images.colour import WHITE, Colour
from model.images.greys import AS_THE_FILE_SAYS, Greys
from model.images.roi import Roi


@dataclass(frozen=True)
class Rendering:
    """Choices that a classifier keeps, so that images look the same to it whenever they are read.

    ground: colour under transparent pixels
    greys: range of greys of more than 8 bits
    roi: the part of every image that is looked at; None: all of it
    """

    ground: Colour = WHITE
    greys: Greys = AS_THE_FILE_SAYS
    roi: Roi | None = None

    @property
    def key(self) -> str:
        """Text for keys of caches; "" for the default."""
        ground = "" if self.ground == WHITE else str(self.ground)
        tones = ground if self.greys == AS_THE_FILE_SAYS else f"{ground} greys {self.greys}"
        return tones if self.roi is None else f"{tones} roi {self.roi.percent}"

    def seen_size(self, size: tuple[int, int]) -> tuple[int, int]:
        """Return the (width, height) of what is looked at, of an image of `size` pixels."""
        if self.roi is None:
            return size
        box = self.roi.box(size)
        return box.width, box.height

    def read_side(self, side: int) -> int:
        """Return the longer side at which images are read, so that what is looked at has some `side` pixels."""
        return side if self.roi is None else self.roi.read_side(side)


USUAL = Rendering()
"""Over white, greys as the file says."""
