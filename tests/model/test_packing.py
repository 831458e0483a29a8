"""An image's features as bytes and back."""

from __future__ import annotations

import pytest
import torch

from model.features.maps import ImageMaps, compact
from model.features.packing import is_packed, packed, packed_size, unpacked
from model.features.texture_energies import CELLS, CHANNELS


def _maps(n: int, side: int = 4) -> ImageMaps:
    generator = torch.Generator().manual_seed(n)
    return ImageMaps.of(
        torch.randn(n, 6, side, side, generator=generator),
        torch.randn(n, 8, side // 2, side // 2, generator=generator),
        torch.randn(n, CHANNELS, CELLS, CELLS, generator=generator).half().float(),
    )


@pytest.mark.parametrize("side", [2, 4, 6])
def test_packing_and_unpacking_give_the_compact_features(side: int) -> None:
    features = compact(_maps(3, side))
    back = unpacked([packed(features.pick(torch.tensor([k])), (7, 5)) for k in range(3)])
    for part, expected in zip(back, features, strict=True):
        assert part.dtype == expected.dtype
        assert torch.equal(part, expected)


def test_what_was_unpacked_packs_to_the_same_directions() -> None:
    data = packed(compact(_maps(1)), (7, 5))
    again = unpacked([packed(unpacked([data]), (7, 5))])
    for part, expected in zip(again, unpacked([data]), strict=True):
        assert torch.allclose(part.float(), expected.float())


def test_the_size_in_pixels_is_kept() -> None:
    assert packed_size(packed(compact(_maps(1)), (470, 400))) == (470, 400)


@pytest.mark.parametrize("added", [-8, 8])
def test_other_bytes_are_refused(added: int) -> None:
    data = packed(compact(_maps(1)), (7, 5))
    with pytest.raises(ValueError, match="not the bytes of an image's features"):
        unpacked([(data + bytes(8))[: len(data) + added]])


def test_only_bytes_of_this_backbone_s_images_pass() -> None:
    data = packed(compact(_maps(1)), (7, 5))
    assert is_packed(data, (6, 8))
    assert not is_packed(data, (8, 6))
    assert not is_packed(data[:-1], (6, 8))
    assert not is_packed(b"", (6, 8))
    assert not is_packed(bytes(4) + data[4:], (6, 8))  # no image is 0 pixels wide
