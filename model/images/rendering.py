"""The rendering of files as RGB pixels: choices that the files leave open. Free of NumPy."""

from __future__ import annotations

from dataclasses import dataclass

from model.images.colour import WHITE, Colour
from model.images.greys import AS_THE_FILE_SAYS, Greys


@dataclass(frozen=True)
class Rendering:
    """Choices that a classifier keeps, so that images look the same to it whenever they are read.

    ground: colour under transparent pixels
    greys: range of greys of more than 8 bits
    """

    ground: Colour = WHITE
    greys: Greys = AS_THE_FILE_SAYS

    @property
    def key(self) -> str:
        """Text for keys of caches; "" for the default."""
        ground = "" if self.ground == WHITE else str(self.ground)
        return ground if self.greys == AS_THE_FILE_SAYS else f"{ground} greys {self.greys}"


USUAL = Rendering()
"""Over white, greys as the file says."""
