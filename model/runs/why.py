"""Why an image has its class, by example: the examples' regions most like its own, and the image without its region.

Both are made on request. The examples are looked up by their files: their features come from the embedder's memory or
from disk, so nothing is kept in the classifier for it (docs/adr/0007-attention.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from model.backbones.devices import one_thread
from model.embedding.embedder import Embedder
from model.embedding.image import EmbeddedImage
from model.embedding.labelled_images import boxes_of
from model.features.attended import coverage
from model.features.packing import unpacked
from model.features.sizes import Looks
from model.regions.geometry import box_region, moved
from model.regions.likeness import cells_of, most_like, region_vector
from model.types import Attend, ByExample, Explanation, LikeRegion, Region

MOST_LIKE = 3
"""Regions of examples that are shown for each class."""

BLUR = 1 / 8
"""Of the picture's longer side: how far around a region the colours are taken from that cover it."""

_LEAST_AMOUNT = 1e-3


def by_example(
    embedder: Embedder,
    looks: Looks,
    explanation: Explanation,
    examples: Sequence[Sequence[Path]],
    most: int = MOST_LIKE,
    attend: Mapping[Path, Attend] | None = None,
) -> tuple[ByExample, ...]:
    """Return for the predicted class and the runner-up the examples' regions most like the image's region for it.

    looks: the sizes of the classifier; explanation: of the image; examples: the files of each class, in its order;
    attend: the boxes on some of them, by which regions are shown only where an example shows its class.
    The image itself is left out where it is an example, and so are files that cannot be read; those that are not in
    memory or on disk are embedded. Raises
    `ImageReadError` for the image itself, and `ValueError` where `examples` has another number of classes.
    """
    if len(examples) != len(explanation.scores):
        raise ValueError(f"{len(examples)} classes of examples for {len(explanation.scores)} classes")
    image = embedder.embed_one(explanation.path, looks)
    features, box = image.features, image.box
    found = []
    for class_ in explanation.ranked[:2]:
        region = explanation.regions[class_]
        edges = ((region.x - box.x) / box.width, (region.y - box.y) / box.height)
        ends = (edges[0] + region.width / box.width, edges[1] + region.height / box.height)
        batches = embedder.embed([path for path in examples[class_] if path != explanation.path], looks)
        images = [one for batch in batches for one in batch if isinstance(one, EmbeddedImage)]
        with torch.inference_mode(), one_thread():
            vector = region_vector(features, cells_of(*edges, *ends, features.grid))
            like = _like(vector, images, most, attend or {}) if images else ()
        found.append(ByExample(class_, like))
    return tuple(found)


def _like(
    vector: torch.Tensor, images: Sequence[EmbeddedImage], most: int, attend: Mapping[Path, Attend]
) -> tuple[LikeRegion, ...]:
    seen = unpacked([image.data for image in images])
    counted = None
    if any(attend.get(image.path) for image in images):
        shares = [coverage(*boxes_of(image, attend.get(image.path)), seen.grid) for image in images]
        counted = torch.stack(shares).flatten(1)
    similarities, boxes = most_like(vector, seen, counted)
    order = similarities.argsort(descending=True, stable=True)[:most].tolist()
    return tuple(
        LikeRegion(
            images[i].path,
            moved(box_region(boxes[i], seen.grid, images[i].size), images[i].box),
            float(similarities[i]),
        )
        for i in order
    )


def covered(picture: Image.Image, region: Region, size: tuple[int, int]) -> Image.Image:
    """Return an RGB copy with a region covered; `size` is the (width, height) that the region counts in.

    Each pixel of it takes the mean of the pixels around that do not belong to the region, those nearby the most; the
    mean of the picture where none does.
    """
    across, down = picture.width / size[0], picture.height / size[1]
    left, top = int(region.x * across), int(region.y * down)
    right = max(left + 1, round((region.x + region.width) * across))
    bottom = max(top + 1, round((region.y + region.height) * down))
    box = (left, top, min(right, picture.width), min(bottom, picture.height))
    pixels, others = np.asarray(picture, np.float32), np.ones((picture.height, picture.width), np.float32)
    rows, columns = slice(box[1], box[3]), slice(box[0], box[2])
    others[rows, columns] = 0
    width = max(1.0, BLUR * max(picture.size))
    amounts = cv2.GaussianBlur(others, (0, 0), width)[rows, columns, None]
    sums = cv2.GaussianBlur(pixels * others[..., None], (0, 0), width)[rows, columns]
    around = np.where(amounts > _LEAST_AMOUNT, sums / np.maximum(amounts, _LEAST_AMOUNT), pixels.mean(axis=(0, 1)))
    result = np.array(picture)
    result[rows, columns] = around.round().clip(0, 255)
    return Image.fromarray(result)
