"""An embedded image: the bytes that are kept of it, at each size at which it was looked at."""

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
    """One image; the bytes are those of `features.packing`.

    data: at the working side
    second: at the second side of the run's `Looks`; None where this image was not looked at again
    picture: the image as it was read, in its own size, where it was asked for and had to be read; else None
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
        """Its compact features at the working side, a batch of one."""
        return unpacked((self.data,))

    @property
    def second_features(self) -> ImageFeatures | None:
        """Its compact features at the second side, a batch of one."""
        return None if self.second is None else unpacked((self.second,))


Embedded = EmbeddedImage | ImageReadError
