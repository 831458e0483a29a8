"""Images that are being embedded: read and decoded once, then run through the backbone at each size."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch.nn import functional

from model.backbones.base import FeatureMaps
from model.backbones.devices import one_thread
from model.embedding.image import Embedded, EmbeddedImage
from model.embedding.store import EmbeddingStore, FileState
from model.errors import ImageReadError
from model.features.maps import ImageMaps, compact
from model.features.packing import packed, packed_size
from model.features.sizes import PICTURE_SIDE, Looks, Size
from model.features.view import kept_numbers
from model.features.views.texture import texture_map
from model.images.content_hash import content_and_bytes
from model.images.pixels import shrunk
from model.images.reading import read_image, read_with_size
from model.images.rendering import USUAL, Rendering
from model.messages import message


@dataclass
class WorkDone:
    """Counts of the images that an embedder has decoded, run through the backbone, and found on disk."""

    decoded: int = 0
    forwarded: int = 0
    found: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, decoded: int = 0, forwarded: int = 0, found: int = 0) -> None:
        """Add to the counts; callable from any thread."""
        with self._lock:
            self.decoded += decoded
            self.forwarded += forwarded
            self.found += found


@dataclass
class PendingImage:
    """One image that is being embedded.

    found: packed features by side
    known, fresh: sides that were found on disk by content, and sides that were computed
    pixels: uint8 (side, side, 3) by side, until the backbone has run on them
    """

    path: Path
    state: FileState | None
    looks: Looks
    rendering: Rendering
    content: bytes = b""
    size: Size | None = None  # of the whole image
    found: dict[int, bytes] = field(default_factory=dict)
    known: list[int] = field(default_factory=list)
    fresh: list[int] = field(default_factory=list)
    pixels: dict[int, torch.Tensor] = field(default_factory=dict)
    texture: torch.Tensor | None = None
    extra: torch.Tensor | None = None
    picture: Image.Image | None = None
    error: ImageReadError | None = None
    reading: Future[None] | None = None  # where it has to be read: done when it is

    @property
    def missing(self) -> tuple[int, ...]:
        """Sides that are still missing; before the image's size is known, the first side at most."""
        if self.size is None and self.found:
            self.size = packed_size(next(iter(self.found.values())))
        seen = None if self.size is None else self.rendering.seen_size(self.size)
        sides = self.looks.sides_of(seen) if seen is not None else (self.looks.side,)
        return tuple(side for side in sides if side not in self.found)

    def outcome(self) -> Embedded:
        """Return the embedded image, or its error."""
        looks, data = self.looks, self.found.get(self.looks.side)
        if data is None:
            return self.error or ImageReadError(self.path, message("could not be embedded."))
        seen = self.rendering.seen_size(packed_size(data))
        second = self.found.get(looks.second) if looks.is_seen_twice(seen) else None
        return EmbeddedImage(self.path, data, second, self.picture, self.rendering.roi)


def read_pending(image: PendingImage, store: EmbeddingStore, work: WorkDone, *, with_picture: bool = False) -> None:
    """Find the features of the same content on disk; for missing ones read pixels and texture from the file.

    Raises `ImageReadError`.
    """
    image.content, data = content_and_bytes(image.path)
    for side in (image.looks.side, image.looks.second):
        if side in image.missing:  # the second may be only once the first was found, which gives the size
            kept = store.of_content(image.content, side)
            if kept:
                image.found[side] = kept
                image.known.append(side)
                work.count(found=1)
    if not image.missing:
        return
    rendering = image.rendering
    side = rendering.read_side(PICTURE_SIDE)
    picture, image.size = read_with_size(image.path, side, data, rendering.ground, rendering.greys)
    work.count(decoded=1)
    take_picture(image, seen_part(picture, rendering))
    if with_picture and picture.size == image.size:
        image.picture = picture


def seen_part(picture: Image.Image, rendering: Rendering) -> Image.Image:
    """Return what is looked at of a picture that was read at `rendering.read_side(PICTURE_SIDE)`."""
    return picture if rendering.roi is None else shrunk(rendering.roi.of(picture), PICTURE_SIDE)


def take_picture(image: PendingImage, picture: Image.Image) -> None:
    """Compute the texture of an RGB picture, and its pixels at each side that is missing."""
    whole = np.array(picture)
    image.texture = texture_map(whole)
    image.extra = torch.from_numpy(kept_numbers(whole))
    for side in image.missing:
        image.pixels[side] = _fitted(whole, side)


def run_pending(
    images: Sequence[PendingImage],
    forward: Callable[[torch.Tensor], FeatureMaps],
    second: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    """Run the backbone on images that were read, and pack the features; the arguments are as in `Runtime`."""
    for side in sorted({side for image in images for side in image.pixels}):
        waiting = [image for image in images if side in image.pixels]
        pixels = _stacked(image.pixels.pop(side) for image in waiting)
        maps, of_second = forward(pixels), second(pixels)
        with one_thread():
            textures, extras = _stacked(image.texture for image in waiting), _stacked(image.extra for image in waiting)
            kept = compact(ImageMaps(*maps, textures, extras, of_second))
            for index, image in enumerate(waiting):
                image.found[side] = packed(kept.pick(slice(index, index + 1)), image.size or (0, 0))
                image.fresh.append(side)


def fitted_pixels(path: Path, side: int, rendering: Rendering = USUAL) -> torch.Tensor:
    """Read an image and fit the whole of it into a square: uint8 (side, side, 3). Raises `ImageReadError`."""
    picture = read_image(path, rendering.read_side(PICTURE_SIDE), rendering.ground, rendering.greys)
    return _fitted(np.array(seen_part(picture, rendering)), side)


def _fitted(pixels: npt.NDArray[np.uint8], side: int) -> torch.Tensor:
    """Squeeze RGB pixels (H, W, 3) into a square, as Pillow's bilinear filter does but in a third of the time."""
    planes = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    fitted = functional.interpolate(planes, size=(side, side), mode="bilinear", antialias=True)
    return fitted[0].permute(1, 2, 0).contiguous()


def _stacked(parts: Iterable[torch.Tensor | None]) -> torch.Tensor:
    return torch.stack([part for part in parts if part is not None])
