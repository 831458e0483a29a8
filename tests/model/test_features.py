"""Feature vectors: length one, sign kept, finite slopes, the shares of the strides, grids of any size."""

from __future__ import annotations

import pytest
import torch

from model.backbones.base import FeatureMaps
from model.features.maps import (
    REGION_FINE_SHARE,
    ImageMaps,
    compact,
    concatenate,
    describe,
    inner_products,
    join,
    resampled,
)
from model.features.quantisation import SIGNED_BITS, STEPS


def _maps(n: int = 3, fine: int = 6, coarse: int = 8, side: int = 4) -> ImageMaps:
    generator = torch.Generator().manual_seed(0)
    return _plain(
        torch.randn(n, fine, side, side, generator=generator),
        torch.randn(n, coarse, side // 2, side // 2, generator=generator),
    )


def _plain(fine: torch.Tensor, coarse: torch.Tensor) -> ImageMaps:
    return ImageMaps.without_texture(FeatureMaps(fine, coarse))


def test_every_vector_has_length_one() -> None:
    features = describe(_maps())
    maps = (features.coarse_map * features.coarse_scale[:, None], features.fine_map * features.fine_scale[:, None])
    for part in (features.coarse, features.fine, *maps, features.joined_globals()):
        assert torch.allclose(part.norm(dim=1), torch.ones(part[:, 0].shape), atol=1e-5)


def test_shapes_and_grid() -> None:
    features = describe(_maps(n=2, fine=6, coarse=8, side=4))
    assert features.coarse.shape == (2, 8)
    assert features.fine.shape == (2, 6)
    assert features.coarse_map.shape == (2, 8, 2, 2)
    assert features.coarse_strength.shape == (2, 2, 2)
    assert features.fine_strength.shape == (2, 4, 4)
    assert features.joined_regions().shape == (2, 16, 14)
    assert features.grid == (4, 4)
    assert describe(_maps(side=4), (3, 2)).joined_regions().shape == (3, 6, 14)


def test_signed_square_roots_worked_out_by_hand() -> None:
    maps = _plain(torch.tensor([9.0, -16.0]).view(1, 2, 1, 1), torch.tensor([4.0, 0.0]).view(1, 2, 1, 1))
    features = describe(maps)
    assert features.fine[0].tolist() == pytest.approx([0.6, -0.8], abs=1e-3)
    assert features.coarse[0].tolist() == pytest.approx([1.0, 0.0], abs=1e-3)


def test_the_fine_stride_has_its_share_of_a_region_s_similarity() -> None:
    one, other = torch.eye(2)
    same_fine = join(one, one, dim=0) @ join(other, one, dim=0)
    assert float(same_fine) == pytest.approx(REGION_FINE_SHARE)


def test_regions_are_in_reading_order() -> None:
    fine = torch.zeros(1, 1, 2, 3)
    fine[0, 0, 1, 0] = 1.0
    features = describe(_plain(fine, torch.zeros(1, 1, 1, 2)))
    assert features.joined_regions()[0, :, 1].argmax().item() == 3


def test_dead_images_give_zeros_and_finite_slopes() -> None:
    fine, coarse = torch.zeros(1, 4, 4, 4, requires_grad=True), torch.zeros(1, 4, 2, 2, requires_grad=True)
    features = describe(_plain(fine, coarse))
    assert not features.coarse_map.isnan().any()
    (features.joined_regions().sum() + features.coarse.sum()).backward()
    assert fine.grad is not None
    assert bool(fine.grad.isfinite().all())


def test_picking_and_concatenating_are_inverse() -> None:
    features = describe(_maps(n=3))
    parts = [features.pick(torch.tensor([k])) for k in range(3)]
    joined = concatenate(parts)
    assert all(torch.equal(*pair) for pair in zip(joined, features, strict=True))
    assert torch.equal(joined.coarse, features.coarse)
    assert joined.grid == features.grid


def test_an_image_s_features_do_not_depend_on_its_batch() -> None:
    maps = _maps(n=3)
    alone = describe(_plain(maps.fine[1:2], maps.coarse[1:2]))
    assert torch.allclose(alone.fine_map[0], describe(maps).fine_map[1], atol=1e-6)


def test_the_maps_come_back_from_what_was_made_of_them() -> None:
    signed = _maps(side=8)
    plain = signed._replace(fine=signed.fine.abs(), coarse=signed.coarse.abs())
    for maps, features, close, alike in (
        (signed, describe(signed), 1e-3, 0.99999),
        (signed, compact(signed), 0.25, 0.9),
        (plain, compact(plain), 0.08, 0.999),
    ):
        for back, part in zip(features.maps()[:3], maps[:3], strict=True):
            assert torch.allclose(back, part, atol=close * float(part.abs().max()))
        regrouped, expected = features.on_grid((3, 2)), describe(maps, (3, 2))
        assert regrouped.grid == (3, 2)
        assert torch.equal(regrouped.coarse, expected.coarse)
        assert float((regrouped.joined_regions() * expected.joined_regions()).sum(dim=2).min()) > alike


def test_compact_directions_are_whole_steps_of_length_one() -> None:
    maps = _maps(fine=112, coarse=100)
    maps = maps._replace(coarse=maps.coarse.clamp_min(0))
    features, kept = describe(maps), compact(maps)
    assert kept.coarse_map.dtype == kept.fine_map.dtype == torch.int8
    assert int(kept.coarse_map.amax(dim=1).min()) == STEPS
    assert int(kept.fine_map.abs().amax(dim=1).min()) == 2**SIGNED_BITS - 1
    lengths = (kept.coarse_map * kept.coarse_scale[:, None]).norm(dim=1)
    assert torch.allclose(lengths, torch.ones_like(lengths), atol=2**-11)
    cosines = torch.einsum(
        "ndhw,ndhw->nhw",
        kept.fine_map * kept.fine_scale[:, None],
        features.fine_map * features.fine_scale[:, None],
    )
    assert float(cosines.min()) > 0.98
    cosines = torch.einsum(
        "ndhw,ndhw->nhw",
        kept.coarse_map * kept.coarse_scale[:, None],
        features.coarse_map * features.coarse_scale[:, None],
    )
    assert float(cosines.min()) > 0.998
    assert torch.equal(kept.coarse, features.coarse)
    assert torch.equal(kept.fine, features.fine)
    assert torch.equal(kept.layout, features.layout.half().float())


def test_compact_dead_images_give_zeros() -> None:
    kept = compact(_plain(torch.zeros(1, 4, 4, 4), torch.zeros(1, 4, 2, 2)))
    assert not bool(kept.joined_regions().any())
    assert not bool(kept.maps().coarse.any())


def test_products_with_compact_regions_are_those_with_their_vectors() -> None:
    kept = compact(_maps())
    vectors = torch.randn(2, 8, generator=torch.Generator().manual_seed(1))
    expected = torch.einsum("vd,ndhw->nvhw", vectors, kept.coarse_map * kept.coarse_scale[:, None])
    assert torch.allclose(inner_products(vectors, kept.coarse_map, kept.coarse_scale), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "grid"), [((7, 7), (14, 14)), ((10, 10), (20, 20)), ((3, 5), (8, 21)), ((1, 1), (4, 3))]
)
def test_a_finer_grid_is_interpolated_as_pytorch_does(size: tuple[int, int], grid: tuple[int, int]) -> None:
    maps = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(5))
    expected = torch.nn.functional.interpolate(maps, size=grid, mode="bilinear", align_corners=False)
    assert torch.allclose(resampled(maps, grid), expected, atol=1e-5)
    assert torch.allclose(resampled(maps.double(), grid), expected.double(), atol=1e-5)
