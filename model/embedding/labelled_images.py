"""Labelled images, embedded at two sizes; unreadable ones are listed separately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model.backbones.devices import one_thread
from model.embedding.embedder import Embedder
from model.embedding.image import EmbeddedImage
from model.errors import ImageReadError
from model.features.attended import Attended, Box, coverage, ignoring, joined_globals, leaves_nothing, pooled
from model.features.maps import TRAINING_GRID, ImageFeatures, concatenate
from model.features.sizes import Looks, Size, smaller_side
from model.messages import message
from model.progress import CancelToken, ProgressCallback
from model.types import Attend, Region


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

    @one_thread()
    def attended(self, said: Mapping[Path, Attend], features: ImageFeatures, compared: Tensor) -> Attended | None:
        """Return what the boxes on some of the images change; None where there are none on any of these.

        features: as `features` returns; compared: as `compared_with`
        """
        if not said:
            return None
        n = len(self.images)
        coverages = torch.ones(n, *TRAINING_GRID)
        coarse, compared = features.coarse.clone(), compared.clone()
        without, ignores = [features.pick(slice(k, k + 1)) for k in range(n)], torch.zeros(n, dtype=torch.bool)
        anything = False
        with torch.no_grad():
            for k, image in enumerate(self.images):
                boxes = boxes_of(image, said.get(image.path))
                if not any(boxes):
                    continue
                anything = True
                inside, outside = boxes
                coverages[k] = coverage(inside, outside, TRAINING_GRID)
                coarse[k] = pooled(image.features, inside, outside)[0][0]
                looks = [image.features, *filter(None, [image.second_features])]
                compared[k] = torch.cat([joined_globals(look, inside, outside) for look in looks]).mean(dim=0)
                if outside:
                    ignores[k] = True
                    seen = ignoring(image.features, outside)
                    without[k] = without[k]._replace(
                        coarse=seen.coarse, fine=seen.fine, layout=seen.layout, texture=seen.texture
                    )
        return Attended(coverages.flatten(1), coarse, compared, concatenate(without), ignores) if anything else None


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


def boxes_of(image: EmbeddedImage, said: Attend | None) -> tuple[list[Box], list[Box]]:
    """Return what is "here" and what "not here" in shares of what is looked at; boxes beside that are left out."""
    if said is None:
        return [], []
    return _shares(said.inside, image.box), _shares(said.outside, image.box)


def remarks_on_boxes(image: EmbeddedImage, said: Attend) -> list[str]:
    """Return sentences on boxes that do not do what was meant: they lie beside what is looked at, or leave nothing."""
    remarks: list[str] = []
    boxes, whole = (*said.inside, *said.outside), Region(0, 0, *image.whole_size)
    seen = [bool(_shares([box], image.box)) for box in boxes]
    if not all(_shares([box], whole) for box in boxes):
        remarks.append(message("A box on it lies beside the picture and does not count. Draw it anew, or remove it."))
    if any(_shares([box], whole) and not counts for box, counts in zip(boxes, seen, strict=True)):
        remarks.append(
            message(
                "A box on it lies beside the region of interest and does not count. Draw it inside the region, or "
                "change the region (How images are read)."
            )
        )
    if any(seen) and leaves_nothing(*boxes_of(image, said), TRAINING_GRID):
        remarks.append(
            message(
                "Its boxes leave nothing of it that counts, so all of it counts. Make those of what is not here "
                "smaller, or remove them."
            )
        )
    return remarks


def _shares(regions: Sequence[Region], seen: Region) -> list[Box]:
    found = []
    for region in regions:
        left, top = (region.x - seen.x) / seen.width, (region.y - seen.y) / seen.height
        right, bottom = left + region.width / seen.width, top + region.height / seen.height
        box = (max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0))
        if box[0] < box[2] and box[1] < box[3]:
            found.append(box)
    return found


@one_thread()
def features_of(images: Sequence[EmbeddedImage]) -> ImageFeatures:
    """Describe images on `TRAINING_GRID`, one at a time so that memory stays low."""
    with torch.no_grad():
        return concatenate([image.features.on_grid(TRAINING_GRID) for image in images])
