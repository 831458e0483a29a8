"""An embedded image: its packed features, at each size at which it was embedded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from model.errors import ImageReadError
from model.features.maps import ImageFeatures
from model.features.packing import packed_size, unpacked
from model.features.sizes import Size


@dataclass(frozen=True, eq=False)
class EmbeddedImage:
    """One image with its packed features (`features.packing`).

    data: at the working side
    second: at the second side of the run's `Looks`; None where the image was not embedded at it
    picture: the image as read, in its own size, where that was asked for and it had to be read; else None
    """

    path: Path
    data: bytes
    second: bytes | None = None
    picture: Image.Image | None = field(default=None, repr=False)

    @property
    def size(self) -> Size:
        """(width, height) in pixels as displayed."""
        return packed_size(self.data)

    @property
    def features(self) -> ImageFeatures:
        """Compact features at the working side, a batch of one."""
        return unpacked((self.data,))

    @property
    def second_features(self) -> ImageFeatures | None:
        """Compact features at the second side, a batch of one; None where there are none."""
        return None if self.second is None else unpacked((self.second,))


Embedded = EmbeddedImage | ImageReadError
