"""Formats whose decoder gives a file's values as one array."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.images.formats import Format, Size, Wanted

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL import Image

    from model.images.grey_values import GreyValues
    from model.types import Region


class DecodedWhole(Format):
    """Makes picture and values of what `decoded` returns."""

    def read(self, path: Path, frame: int | None, wanted: Wanted) -> tuple[Image.Image, Size]:
        """See `Format.read`."""
        from model.images.readers import _arrays

        image = _arrays.picture(*self.decoded(path, frame), wanted.greys)
        return image, image.size

    def values(
        self,
        path: Path,
        frame: int | None,
        wanted: Wanted,
        box: Region | None,  # noqa: ARG002 - it is decoded as a whole
    ) -> GreyValues | None:
        """See `Format.values`."""
        from model.images.readers import _arrays

        return _arrays.greys_of(*self.decoded(path, frame), wanted.greys)

    @abstractmethod
    def decoded(self, path: Path, frame: int | None) -> tuple[npt.NDArray[Any], int]:
        """Return values (H, W) or (H, W, C), and how many bits each has; raises what `Format.read` may raise."""
