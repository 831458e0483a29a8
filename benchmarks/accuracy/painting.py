"""Pictures painted for the benchmarks: one thing pasted on an enlarged photograph, and how well a region holds it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from model.images.reading import read_image
from model.types import Region

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


def drawn_below(end: int, generator: torch.Generator) -> int:
    """Draw a whole number from 0 to end - 1."""
    return int(torch.randint(end, (1,), generator=generator))


def pasted(
    picture: Path, photographs: Sequence[Path], side: int, shares: tuple[float, float], generator: torch.Generator
) -> tuple[Image.Image, Box]:
    """Paste a picture somewhere on one of the photographs, enlarged to `side`; its side is one of `shares` of that."""
    scene = read_image(photographs[drawn_below(len(photographs), generator)])
    scene = scene.resize((side, side), Image.Resampling.BICUBIC)
    smallest, largest = (round(share * side) for share in shares)
    width = smallest + drawn_below(largest - smallest, generator)
    left, top = drawn_below(side - width, generator), drawn_below(side - width, generator)
    scene.paste(read_image(picture).resize((width, width), Image.Resampling.BILINEAR), (left, top))
    return scene, (left, top, left + width, top + width)


def centre_of(region: Region) -> tuple[float, float]:
    """Its x and y in pixels."""
    return region.x + region.width / 2, region.y + region.height / 2


def peak_of(values: Tensor, side: int) -> tuple[float, float]:
    """Return x and y of the centre of the cell with the largest value (h, w), in pixels of a square picture."""
    row, column = divmod(int(values.argmax()), values.shape[1])
    return (column + 0.5) / values.shape[1] * side, (row + 0.5) / values.shape[0] * side


def within(boxes: Sequence[Sequence[float]], x: float, y: float) -> float:
    """1 where a point lies in one of the boxes, else 0."""
    return float(any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes))


def overlap(boxes: Sequence[Sequence[float]], region: Region) -> float:
    """Intersection over union with the box that it overlaps most, 0..1."""
    return max(_overlap(box, region) for box in boxes)


def _overlap(box: Sequence[float], region: Region) -> float:
    left, top, right, bottom = box
    width = min(right, region.x + region.width) - max(left, region.x)
    height = min(bottom, region.y + region.height) - max(top, region.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / ((right - left) * (bottom - top) + region.width * region.height - shared)
