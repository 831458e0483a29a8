"""The region of interest: the part of every image that is looked at. Free of NumPy."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from model.types import Region

if TYPE_CHECKING:
    from PIL import Image

LEAST = 0.02
"""Least width and height, as a share of the image's."""

_SLACK = 1e-6  # of an edge that is typed in percent


@dataclass(frozen=True)
class Roi:
    """A rectangle in shares 0..1 of an image's width and height as displayed, the same for images of any size.

    Raises `ValueError` where it does not lie in the image or is smaller than `LEAST`.
    """

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        inside = min(self.x, self.y) >= 0 and max(self.x + self.width, self.y + self.height) <= 1 + _SLACK
        if not (all(map(math.isfinite, astuple(self))) and inside and min(self.width, self.height) >= LEAST):
            raise ValueError(
                f"a region of interest lies in the image and is at least {LEAST:.0%} wide and high, which "
                f"{self.percent} is not"
            )

    @property
    def percent(self) -> str:
        """Left, top, width and height in percent, "25,0,50,100"."""
        return ",".join(f"{100 * value:.6g}" for value in astuple(self))

    @classmethod
    def parse(cls, text: str) -> Roi:
        """Read what `percent` writes; raises `ValueError`."""
        parts = [float(part) / 100 for part in text.split(",")]
        if len(parts) != 4:
            raise ValueError(f"{text!r} is not four numbers, x,y,width,height in percent")
        return cls(*parts)

    def box(self, size: tuple[int, int]) -> Region:
        """Return it in pixels of an image of (width, height): at least one pixel wide and high."""
        left, width = _span(self.x, self.width, size[0])
        top, height = _span(self.y, self.height, size[1])
        return Region(left, top, width, height)

    def read_side(self, side: int) -> int:
        """Return the longer side at which an image is read whole so that the part looked at has some `side` pixels."""
        return math.ceil(side / max(self.width, self.height))

    def of(self, picture: Image.Image) -> Image.Image:
        """Cut it out of a picture."""
        box = self.box(picture.size)
        return picture.crop((box.x, box.y, box.x + box.width, box.y + box.height))


def _span(start: float, length: float, pixels: int) -> tuple[int, int]:
    first = min(round(start * pixels), pixels - 1)
    return first, max(min(round((start + length) * pixels), pixels) - first, 1)
