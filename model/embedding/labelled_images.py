"""Labelled images, embedded at two sizes; unreadable ones are listed separately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model.backbones.devices import one_thread
from model.embedding.embedder import Embedder
from model.embedding.image import EmbeddedImage
from model.errors import ImageReadError
from model.features.maps import TRAINING_GRID, ImageFeatures, concatenate
from model.features.sizes import Looks, Size, smaller_side
from model.progress import CancelToken, ProgressCallback


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """Labelled images that could be read, and those that could not.

    labels: int64 (n,), class number of each of `images`
    unreadable: (file, reason)
    """

    images: list[EmbeddedImage]
    labels: Tensor
    unreadable: tuple[tuple[Path, str], ...]

    @property
    def sizes(self) -> list[Size]:
        """(width, height) of each image in pixels as displayed."""
        return [image.size for image in self.images]

    def features(self) -> ImageFeatures:
        """Describe the images on `TRAINING_GRID`, one at a time so that memory stays low."""
        return features_of(self.images)

    def compared_with(self, features: ImageFeatures) -> Tensor:
        """Return the mean joined global features of each image over its sizes, float32 (n, D_coarse + D_fine).

        Regions are compared with them. `features` are those of the images at the working side.
        """
        joined = features.joined_globals()
        if all(image.second is None or image.second is image.data for image in self.images):
            return joined
        rows = []
        for row, image in zip(joined, self.images, strict=True):
            second = image.second_features
            rows.append(row if second is None else second.joined_globals()[0])
        return (joined + torch.stack(rows)) / 2


def embed_labelled(
    groups: Sequence[Sequence[Path]],
    embedder: Embedder,
    side: int,
    stage: str,
    progress: ProgressCallback,
    token: CancelToken,
) -> LabelledImages:
    """Embed the files of each class, `groups`, at the working side `side` and at its `smaller_side`.

    `stage` is the phase of progress reports. Raises `Cancelled`.
    """
    flat = [(label, path) for label, group in enumerate(groups) for path in group]
    images: list[EmbeddedImage] = []
    labels: list[int] = []
    unreadable: list[tuple[Path, str]] = []
    looks = Looks(side, smaller_side(embedder.backbone, side))
    items = embedder.embed_all([path for _, path in flat], looks, stage, progress, token)
    for (label, _), item in zip(flat, items, strict=True):
        if isinstance(item, ImageReadError):
            unreadable.append((item.path, item.reason))
        else:
            images.append(item)
            labels.append(label)
    return LabelledImages(images, torch.tensor(labels, dtype=torch.long), tuple(unreadable))


@one_thread()
def features_of(images: Sequence[EmbeddedImage]) -> ImageFeatures:
    """Describe images on `TRAINING_GRID`, one at a time so that memory stays low."""
    with torch.no_grad():
        return concatenate([image.features.on_grid(TRAINING_GRID) for image in images])
