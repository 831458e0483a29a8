"""An image's features as bytes and back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from model.embedding.embedder import Embedder
from model.features.maps import ImageMaps, compact
from model.features.packing import is_packed, packed, packed_size, tiers, unpacked
from model.features.quantisation import KeptTexture
from model.features.sizes import Looks
from model.features.texture_energies import CELLS, CHANNELS
from model.features.views.texture import summary
from tests.model.conftest import paint


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


def test_grids_that_would_fill_the_memory_are_refused() -> None:
    data = bytearray(packed(compact(_maps(1)), (7, 5)))
    data[24:32] = (2**31 - 1).to_bytes(4, "little") * 2  # rows and columns of the coarse map
    assert not is_packed(bytes(data), (6, 8))


@pytest.mark.parametrize("value", [0x00, 0x10, 0xF0, 0xFF])
def test_damaged_codes_give_some_maps_and_no_error(value: int) -> None:
    """A store's checksum tells damage; but the cache may come from someone else."""
    data = packed(compact(_maps(1, 8)), (7, 5))
    length = int.from_bytes(data[40:44], "little")  # of the coarse map's code
    found = unpacked([data[: 1 - length] + bytes([value]) * (length - 1)])
    assert found.coarse_map.shape == (1, 8, 4, 4)
    assert bool(found.joined_regions().isfinite().all())


@pytest.mark.parametrize(("side", "most"), [(224, 25_000), (320, 40_000)])
def test_a_real_image_takes_a_few_kilobytes(embedder: Embedder, tmp_path: Path, side: int, most: int) -> None:
    paint("cross", 1, (470, 400)).save(tmp_path / "cross.png")
    data = embedder.embed_one(tmp_path / "cross.png", Looks(side)).data
    found = tiers(data)
    assert found.whole < 12_000
    assert found.regions < most
    assert found.whole + found.regions == len(data)
