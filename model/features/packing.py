"""The packed features of an image: its compact features as bytes, the same in memory and on disk.

They have two tiers. The first describes the image as a whole: its global features and its layout. The second describes
its regions: the texture map and the maps of both strides. The bytes are a header, the parts of `_shapes`, of which
those with wide numbers come first, so that each part is aligned, and the codes (`model.features.coding`) of the texture
map and of both maps.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from model.features.coding import coded, decode, fill, may_be_code, planes, planes_length
from model.features.maps import LAYOUT_CELLS, ImageFeatures
from model.features.quantisation import TEXTURE_BITS, KeptTexture
from model.features.texture_energies import CELLS, CHANNELS, FRAME
from model.features.view import kept_size

_HEADER = struct.Struct("<12I")  # the numbers of `_Header`; the last one is not used
_INNER = (CHANNELS, (CELLS - 2 * FRAME) ** 2)
_TEXTURE_BYTES = planes_length(math.prod(_INNER), TEXTURE_BITS)
_ALIGNMENT = 8  # bytes; a row of a batch begins at a multiple of it
_MOST_CELLS = 512  # along a side of a map: more would fill the memory, and no backbone has them
_OF_WHOLE = ("coarse", "fine", "extra", "second", "layout")


class Tiers(NamedTuple):
    """Bytes of an image's packed features: `whole` is the first tier with the header, `regions` the second."""

    whole: int
    regions: int


class _Header(NamedTuple):
    """(width, height) of the image; channels, rows and columns of its maps; D_second; bytes of the maps' codes."""

    size: tuple[int, int]
    fine: tuple[int, int, int]
    coarse: tuple[int, int, int]
    second: int
    fine_code: int
    coarse_code: int

    @classmethod
    def of(cls, data: bytes) -> _Header:
        numbers = _HEADER.unpack_from(data)
        return cls(numbers[:2], numbers[2:5], numbers[5:8], *numbers[8:11])

    def to_bytes(self) -> bytes:
        return _HEADER.pack(*self.size, *self.fine, *self.coarse, self.second, self.fine_code, self.coarse_code, 0)


def packed(features: ImageFeatures, size: tuple[int, int]) -> bytes:
    """Return the bytes of one image's compact features and its (width, height) in pixels."""
    texture = KeptTexture.of(features.texture)
    steps = texture.steps.byte().numpy().reshape(-1)
    fine, coarse = (coded(maps[0].numpy()) for maps in (features.fine_map, features.coarse_map))
    shapes = _shape(features.fine_map), _shape(features.coarse_map)
    header = _Header(size, *shapes, features.second.shape[1], len(fine), len(coarse))
    fixed = []
    for name, (_, kind) in _shapes(header).items():
        part = getattr(texture if name in texture._fields else features, name)
        fixed.append(part.to(kind).contiguous().numpy().tobytes())
    return b"".join((header.to_bytes(), *fixed, planes(steps, TEXTURE_BITS), fine, coarse))


def packed_size(data: bytes) -> tuple[int, int]:
    """Return the image's (width, height) in pixels."""
    return _Header.of(data).size


def tiers(data: bytes) -> Tiers:
    """Return how many bytes each tier takes."""
    shapes = _shapes(_Header.of(data))
    whole = _HEADER.size + sum(_bytes(*shapes[name]) for name in _OF_WHOLE)
    return Tiers(whole, len(data) - whole)


def is_packed(data: bytes, channels: tuple[int, ...]) -> bool:
    """Whether `data` may be an image's features from a backbone with `channels`, see `Backbone.channels`."""
    if len(data) < _HEADER.size:
        return False
    header = _Header.of(data)
    sizes = (*header.size, *header.fine, *header.coarse)
    found = (header.fine[0], header.coarse[0], header.second)
    is_sane = all(sizes) and max(*header.fine[1:], *header.coarse[1:]) <= _MOST_CELLS
    return is_sane and found == (*channels, 0)[:3] and _is_whole(data, header)


def unpacked(images: Sequence[bytes]) -> ImageFeatures:
    """Return the compact features of n packed images with maps of one shape.

    Raises `ValueError` where the bytes are not those of `packed`.
    """
    headers = [_Header.of(data) for data in images]
    first = headers[0]
    if any(one[1:4] != first[1:4] or not _is_whole(data, one) for one, data in zip(headers, images, strict=True)):
        raise ValueError("These are not the bytes of an image's features.")
    shapes = _shapes(first)
    ends = np.cumsum([_bytes(*part) for part in shapes.values()]).tolist()
    rows = np.empty((len(images), -(-ends[-1] // _ALIGNMENT) * _ALIGNMENT), np.uint8)
    textures = np.empty((len(images), *_INNER), np.uint8)
    fine, coarse = (np.empty((len(images), *shape), np.int8) for shape in (first.fine, first.coarse))
    for index, (data, header) in enumerate(zip(images, headers, strict=True)):
        rows[index, : ends[-1]] = np.frombuffer(data, np.uint8, ends[-1], _HEADER.size)
        codes = np.frombuffer(data, np.uint8, offset=_HEADER.size + ends[-1])
        fill(textures[index].reshape(-1), codes[:_TEXTURE_BYTES], TEXTURE_BITS)
        maps = codes[_TEXTURE_BYTES:]
        decode(maps[: header.fine_code], fine[index])
        decode(maps[header.fine_code :], coarse[index])
    batch, parts = torch.from_numpy(rows), {}
    for (name, (shape, kind)), begin, end in zip(shapes.items(), (0, *ends), ends, strict=False):
        part = batch[:, begin:end].view(kind).view(len(images), *shape)
        parts[name] = part.float()  # copies nothing where it is float32 already
    texture = KeptTexture(torch.from_numpy(textures), parts.pop("lowest"), parts.pop("highest"))
    return ImageFeatures(
        **parts, fine_map=torch.from_numpy(fine), coarse_map=torch.from_numpy(coarse), texture=texture.maps()
    )


def _is_whole(data: bytes, header: _Header) -> bool:
    """Whether all parts are there, and the codes may be those of maps of these shapes."""
    start = _HEADER.size + sum(_bytes(*part) for part in _shapes(header).values()) + _TEXTURE_BYTES
    end = start + header.fine_code
    return (
        len(data) == end + header.coarse_code
        and may_be_code(data[start:end], math.prod(header.fine))
        and may_be_code(data[end:], math.prod(header.coarse))
    )


def _shape(maps: Tensor) -> tuple[int, int, int]:
    """Return the channels, rows and columns of maps."""
    return maps.shape[1], maps.shape[2], maps.shape[3]


def _shapes(header: _Header) -> dict[str, tuple[tuple[int, ...], torch.dtype]]:
    """Shape and type of each part that is stored as it is."""
    fine, coarse = header.fine, header.coarse
    return {
        "coarse": (coarse[:1], torch.float32),
        "fine": (fine[:1], torch.float32),
        "extra": ((kept_size(),), torch.float32),
        "lowest": ((CHANNELS, 1), torch.float32),
        "highest": ((CHANNELS, 1), torch.float32),
        "second": ((header.second,), torch.float16),
        "layout": ((fine[0], LAYOUT_CELLS, LAYOUT_CELLS), torch.float16),
        "coarse_scale": (coarse[1:], torch.float16),
        "fine_scale": (fine[1:], torch.float16),
        "coarse_strength": (coarse[1:], torch.float16),
        "fine_strength": (fine[1:], torch.float16),
    }


def _bytes(shape: tuple[int, ...], kind: torch.dtype) -> int:
    return math.prod(shape) * kind.itemsize
