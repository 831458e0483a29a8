"""An embedded image: its packed features, at each size at which it was embedded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from model.errors import ImageReadError
from model.features.maps import ImageFeatures
from model.features.packing import packed_size, unpacked
from model.features.sizes import Size
from model.images.roi import Roi
from model.types import Region


@dataclass(frozen=True, eq=False)
class EmbeddedImage:
    """One image with its packed features (`features.packing`).

    data: at the working side
    second: at the second side of the run's `Looks`; None where the image was not embedded at it
    roi: the part of it that was looked at; None: all
    picture: the image as read, in its own size, where that was asked for and it had to be read; else None
    """

    path: Path
    data: bytes
    second: bytes | None = None
    picture: Image.Image | None = field(default=None, repr=False)
    roi: Roi | None = None

    @property
    def size(self) -> Size:
        """(width, height), in pixels as displayed, of what is looked at: all of the image, or its `roi`."""
        return self.box.width, self.box.height

    @property
    def whole_size(self) -> Size:
        """(width, height) of the image in pixels as displayed."""
        return packed_size(self.data)

    @property
    def box(self) -> Region:
        """What is looked at, in pixels of the whole image."""
        return Region(0, 0, *self.whole_size) if self.roi is None else self.roi.box(self.whole_size)

    @property
    def features(self) -> ImageFeatures:
        """Compact features at the working side, a batch of one."""
        return unpacked((self.data,))

    @property
    def second_features(self) -> ImageFeatures | None:
        """Compact features at the second side, a batch of one; None where there are none."""
        return None if self.second is None else unpacked((self.second,))


Embedded = EmbeddedImage | ImageReadError
