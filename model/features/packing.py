"""The packed features of an image: its compact features as bytes, the same in memory and on disk.

The bytes are a header and the numbers of each part of `ImageFeatures` in the order of `_shapes`: parts with wide
numbers come first, so that each part is aligned.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import numpy as np
import torch

from model.features.maps import LAYOUT_CELLS, ImageFeatures
from model.features.texture_energies import CELLS, CHANNELS
from model.features.view import kept_size

_HEADER = struct.Struct("<9I")  # width, height; channels, rows and columns of the fine and coarse map; D_second
_TEXTURE = (CHANNELS, CELLS, CELLS)
_ALIGNMENT = 8  # bytes; a row of a batch begins at a multiple of it


def packed(features: ImageFeatures, size: tuple[int, int]) -> bytes:
    """Return the bytes of one image's compact features and its (width, height) in pixels."""
    kept = features._replace(texture=features.texture.half(), layout=features.layout.half())
    header = (*size, *kept.fine_map.shape[1:], *kept.coarse_map.shape[1:], kept.second.shape[1])
    parts = (getattr(kept, name).contiguous().numpy().tobytes() for name in _shapes(header))
    return b"".join((_HEADER.pack(*header), *parts))


def packed_size(data: bytes) -> tuple[int, int]:
    """Return the image's (width, height) in pixels."""
    width, height = _HEADER.unpack_from(data)[:2]
    return width, height


def is_packed(data: bytes, channels: tuple[int, ...]) -> bool:
    """Whether `data` may be an image's features from a backbone with `channels`, see `Backbone.channels`."""
    if len(data) < _HEADER.size:
        return False
    header = _HEADER.unpack_from(data)
    found, expected = (header[2], header[5], header[8]), (*channels, 0)[:3]
    return all(header[:8]) and found == expected and len(data) == _length(_shapes(header))


def unpacked(images: Sequence[bytes]) -> ImageFeatures:
    """Return the compact features of n packed images with maps of one shape; they are views of one copy of the bytes.

    Raises `ValueError` where the bytes are not those of `packed`.
    """
    shapes = _shapes(_HEADER.unpack_from(images[0]))
    length = _length(shapes)
    if any(len(data) != length for data in images):
        raise ValueError("These are not the bytes of an image's features.")
    rows = np.empty((len(images), -(-length // _ALIGNMENT) * _ALIGNMENT), np.uint8)
    for row, data in zip(rows, images, strict=True):
        row[:length] = np.frombuffer(data, np.uint8)
    batch, parts, start = torch.from_numpy(rows), {}, _HEADER.size
    for name, (shape, kind) in shapes.items():
        end = start + math.prod(shape) * kind.itemsize
        parts[name] = batch[:, start:end].view(kind).view(len(images), *shape)
        start = end
    for name in ("texture", "layout"):
        parts[name] = parts[name].float()
    return ImageFeatures(**parts)


def _shapes(header: tuple[int, ...]) -> dict[str, tuple[tuple[int, ...], torch.dtype]]:
    """Shape and type of each part."""
    fine, coarse = header[2:5], header[5:8]
    return {
        "coarse": (coarse[:1], torch.float32),
        "fine": (fine[:1], torch.float32),
        "coarse_scale": (coarse[1:], torch.float32),
        "fine_scale": (fine[1:], torch.float32),
        "coarse_strength": (coarse[1:], torch.float32),
        "fine_strength": (fine[1:], torch.float32),
        "second": (header[8:], torch.float32),
        "extra": ((kept_size(),), torch.float32),
        "texture": (_TEXTURE, torch.float16),
        "layout": ((fine[0], LAYOUT_CELLS, LAYOUT_CELLS), torch.float16),
        "coarse_map": (coarse, torch.int8),
        "fine_map": (fine, torch.int8),
    }


def _length(shapes: dict[str, tuple[tuple[int, ...], torch.dtype]]) -> int:
    return _HEADER.size + sum(math.prod(shape) * kind.itemsize for shape, kind in shapes.values())
