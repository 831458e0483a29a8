"""From image files to maps: read, view the texture, fit to the backbone's size, run it in batches, remember.

Reading runs a batch ahead in a thread of its own, so that decoding and the forward pass overlap.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from PIL import Image

from model.backbones.base import Backbone, FeatureMaps
from model.backbones.registry import create_backbone
from model.devices import choose_device
from model.embedding_cache import CacheKey, EmbeddingCache, cache_key
from model.errors import ImageReadError
from model.features import ImageMaps
from model.images.reading import image_size, read_image
from model.progress import CancelToken, Progress, ProgressCallback
from model.texture import MAX_SIDE, texture_map

BATCH_SIZE = 16
STRIDE = 32  # working sides are multiples of it
LARGE_IMAGE, LARGE_SIDE = 1.1, 10 / 7  # over the backbone's own input size: 246 and 320 pixels where that is 224


@dataclass(frozen=True, eq=False)
class EmbeddedImage:
    """One image's float16 maps (a batch of one) and its (width, height) in pixels as displayed."""

    path: Path
    maps: ImageMaps
    size: tuple[int, int]


class Embedder:
    """A backbone on a device, with a memory of what it has seen. Thread-safe for reading."""

    def __init__(self, backbone: Backbone, device: str = "auto", cache: EmbeddingCache | None = None) -> None:
        self.device, self.device_note = choose_device(device)
        self.backbone = backbone.to(self.device).eval()
        self.cache = cache or EmbeddingCache()

    @classmethod
    def create(cls, backbone: str, device: str = "auto") -> Embedder:
        """Build the embedder for a backbone by name; raises `BackboneError` and `DeviceError`."""
        return cls(create_backbone(backbone), device)

    def embed(self, paths: Sequence[Path], side: int | None = None) -> Iterator[list[EmbeddedImage | ImageReadError]]:
        """Yield one list for each batch of `BATCH_SIZE` paths, in order; unreadable files give their error.

        `side` is the working size in pixels (default: the backbone's own).
        """
        side = side or self.backbone.input_size
        with ThreadPoolExecutor(1, thread_name_prefix="decode") as pool:
            ahead: Future[list[_Read]] | None = None
            for start in range(0, len(paths), BATCH_SIZE):
                upcoming = pool.submit(self._read_batch, paths[start : start + BATCH_SIZE], side)
                if ahead is not None:
                    yield self._embed_batch(ahead.result())
                ahead = upcoming
            if ahead is not None:
                yield self._embed_batch(ahead.result())

    def embed_all(
        self, paths: Sequence[Path], side: int, stage: str, progress: ProgressCallback, token: CancelToken
    ) -> list[EmbeddedImage | ImageReadError]:
        """Embed all paths, in order, for what needs them at once; `stage` names the progress. Raises `Cancelled`."""
        items: list[EmbeddedImage | ImageReadError] = []
        for batch in self.embed(paths, side):
            token.raise_if_cancelled()
            items += batch
            progress(Progress(stage, len(items), len(paths)))
        return items

    def embed_one(self, path: Path, side: int | None = None) -> EmbeddedImage:
        """Embed a single image; raises `ImageReadError`."""
        read = self._read_batch((path,), side or self.backbone.input_size)
        embedded = self._embed_batch(read)[0]
        if isinstance(embedded, ImageReadError):
            raise embedded
        return embedded

    def forward(self, pixels: torch.Tensor) -> FeatureMaps:
        """Run the backbone: uint8 (n, H, W, 3) on the CPU to float16 maps (n, D, h, w) on the CPU."""
        with torch.inference_mode():
            images = pixels.to(self.device).permute(0, 3, 1, 2).float().div_(255)
            maps = self.backbone(images.contiguous(memory_format=torch.channels_last))
            return FeatureMaps(*(part.to("cpu", torch.float16).contiguous() for part in maps))

    def _read_batch(self, paths: Sequence[Path], side: int) -> list[_Read]:
        return [self._read(path, side) for path in paths]

    def _read(self, path: Path, side: int) -> _Read:
        key = cache_key(path, side)
        try:
            if (maps := self.cache.get(key)) is not None:
                return _Read(path, key, image_size(path), maps=maps)
            size = image_size(path)
            image = read_image(path, max_side=MAX_SIDE)
            return _Read(path, key, size, pixels=_fitted(image, side), texture=texture_map(image).half()[None])
        except ImageReadError as error:
            return _Read(path, key, (0, 0), error=error)

    def _embed_batch(self, batch: Sequence[_Read]) -> list[EmbeddedImage | ImageReadError]:
        fresh = [read for read in batch if read.pixels is not None]
        if fresh:
            maps = self.forward(torch.stack([read.pixels for read in fresh if read.pixels is not None]))
            for index, read in enumerate(fresh):
                assert read.texture is not None
                # Cloned, since a slice would keep the whole batch alive as long as it is cached.
                fine, coarse = (part[index : index + 1].clone() for part in maps)
                read.maps = ImageMaps(fine, coarse, read.texture)
                self.cache.put(read.key, read.maps)
        return [
            EmbeddedImage(read.path, read.maps, read.size) if read.maps is not None else read.problem()
            for read in batch
        ]


@dataclass
class _Read:
    path: Path
    key: CacheKey | None
    size: tuple[int, int]
    pixels: torch.Tensor | None = None
    texture: torch.Tensor | None = None
    maps: ImageMaps | None = None
    error: ImageReadError | None = None

    def problem(self) -> ImageReadError:
        return self.error or ImageReadError(self.path, "could not be embedded.")


def working_side(backbone: Backbone, paths: Iterable[Path]) -> int:
    """Return the side in pixels at which these images, and others like them, are looked at.

    Large images hold detail that the backbone's own input size would lose, small ones only blur when
    they are enlarged: the larger side is taken where the median image is larger than the own size.
    Unreadable images do not count.
    """
    sizes = []
    for path in paths:
        with suppress(ImageReadError):  # reported when it is embedded
            sizes.append(math.sqrt(math.prod(image_size(path))))
    if not backbone.any_size or not sizes or median(sizes) < LARGE_IMAGE * backbone.input_size:
        return backbone.input_size
    return round(LARGE_SIDE * backbone.input_size / STRIDE) * STRIDE


def detail_side(backbone: Backbone, side: int) -> int:
    """Return the side for a second look at regions, twice the backbone's own where it takes any size."""
    return max(side, 2 * backbone.input_size) if backbone.any_size else side


def fitted_pixels(path: Path, side: int) -> torch.Tensor:
    """Read an image and fit the whole of it into a square: uint8 (side, side, 3). Raises `ImageReadError`."""
    return _fitted(read_image(path, max_side=MAX_SIDE), side)


def _fitted(image: Image.Image, side: int) -> torch.Tensor:
    return torch.from_numpy(np.array(image.resize((side, side), Image.Resampling.BILINEAR)))


def backbone_fingerprint(backbone: Backbone) -> str:
    """Identify the backbone's weights: 16 hexadecimal digits."""
    digest = hashlib.sha256(backbone.name.encode())
    for name, value in backbone.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
