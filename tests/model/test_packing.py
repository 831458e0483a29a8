"""An image's features as bytes and back."""

from __future__ import annotations

import pytest
import torch

from model.features.maps import ImageMaps, compact
from model.features.packing import is_packed, packed, packed_size, tiers, unpacked
from model.features.quantisation import KeptTexture
from model.features.texture_energies import CELLS, CHANNELS
from model.features.views.texture import summary


def _maps(n: int, side: int = 4) -> ImageMaps:
    generator = torch.Generator().manual_seed(n)
    return ImageMaps.of(
        torch.randn(n, 6, side, side, generator=generator),
        torch.randn(n, 8, side // 2, side // 2, generator=generator).clamp_min(0),
        torch.randn(n, CHANNELS, CELLS, CELLS, generator=generator),
    )


@pytest.mark.parametrize("side", [2, 4, 6])
def test_packing_and_unpacking_give_the_compact_features(side: int) -> None:
    features = compact(_maps(3, side))
    features = features._replace(texture=KeptTexture.of(features.texture).maps())
    back = unpacked([packed(features.pick(torch.tensor([k])), (7, 5)) for k in range(3)])
    for part, expected in zip(back, features, strict=True):
        assert part.dtype == expected.dtype
        assert torch.equal(part, expected)


def test_what_was_unpacked_packs_to_the_same_directions() -> None:
    data = packed(compact(_maps(1)), (7, 5))
    again = unpacked([packed(unpacked([data]), (7, 5))])
    for part, expected in zip(again, unpacked([data]), strict=True):
        assert torch.equal(part, expected)


def test_what_a_texture_map_is_summarised_by_is_kept() -> None:
    maps = _maps(2).texture * 3
    kept = KeptTexture.of(maps).maps()
    inner = (slice(None), slice(None), slice(2, -2), slice(2, -2))
    assert float((kept - maps)[inner].abs().max()) <= float((maps.amax() - maps.amin()) / 63 / 2)
    assert torch.equal(kept[inner].amax(dim=(2, 3)), maps[inner].amax(dim=(2, 3)))
    assert torch.equal(kept[inner].amin(dim=(2, 3)), maps[inner].amin(dim=(2, 3)))
    assert torch.allclose(summary(kept), summary(maps), atol=0.01)
    assert torch.equal(kept[..., 0, 0], kept[..., 2, 2])  # no summary counts the frame
    plain = torch.full((1, CHANNELS, CELLS, CELLS), -13.8)
    assert torch.equal(KeptTexture.of(plain).maps(), plain)


@pytest.mark.parametrize(("side", "most"), [(224, 26_000), (320, 40_000)])
def test_an_image_takes_a_few_kilobytes(side: int, most: int) -> None:
    """Maps as the usual backbone has them: in the coarse one 9 in 100 values are not zero."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(1, 1280, side // 32, side // 32, generator=generator)
    maps = ImageMaps.of(
        torch.randn(1, 112, side // 16, side // 16, generator=generator),
        (coarse - 1.34).clamp_min(0),
        torch.randn(1, CHANNELS, CELLS, CELLS, generator=generator),
    )
    found = tiers(packed(compact(maps), (470, 400)))
    assert found.whole < 12_000
    assert most / 2 < found.regions < most


def test_the_size_in_pixels_is_kept() -> None:
    assert packed_size(packed(compact(_maps(1)), (470, 400))) == (470, 400)


def test_images_of_other_grids_are_no_batch() -> None:
    data = [packed(compact(_maps(1, side)), (7, 5)) for side in (4, 6)]
    with pytest.raises(ValueError, match="not the bytes of an image's features"):
        unpacked(data)


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
