"""Which values are black and white: faults of a detector, single values, infinities, no data, and files of several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile

from model.images.greys import GreyRange, Greys
from model.images.items import Item
from model.images.reading import read_image
from model.types import Region

RAMP = np.tile(20_000 + 800 * np.arange(96) / 95, (64, 1)).astype(np.uint16)


def shown(path: Path, greys: Greys | None = None) -> np.ndarray:
    return np.asarray(read_image(path) if greys is None else read_image(path, greys=greys))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda grey: grey.__setitem__((5, 5), 65_535),
        lambda grey: grey.__setitem__((slice(5, 7), slice(5, 7)), 65_535),
        lambda grey: grey.__setitem__((slice(None), 5), 65_535),
        lambda grey: grey.__setitem__((7, slice(None)), 0),
        lambda grey: grey.__setitem__((slice(0, 20), 5), 65_535),
        lambda grey: grey.ravel().__setitem__(np.arange(9) * 600, 65_535),
        lambda grey: grey.ravel().__setitem__(np.arange(30) * 200, 65_535),
    ],
    ids=["pixel", "four side by side", "column", "row", "part of a column", "nine", "thirty"],
)
def test_faults_of_a_detector_do_not_decide_what_is_seen_of_the_rest(
    tmp_path: Path, spoil: Callable[[np.ndarray], None]
) -> None:
    grey = RAMP.copy()
    spoil(grey)
    tifffile.imwrite(tmp_path / "good.tif", RAMP)
    tifffile.imwrite(tmp_path / "faults.tif", grey)
    good, found = shown(tmp_path / "good.tif")[..., 0], shown(tmp_path / "faults.tif")[..., 0]
    same = grey == RAMP
    assert int(np.abs(found.astype(int) - good)[same].max()) <= 3


def test_a_small_thing_is_no_fault(tmp_path: Path) -> None:
    grey = RAMP.copy()
    grey[20:26, 30:36] = 40_000
    tifffile.imwrite(tmp_path / "hot.tif", grey)
    assert shown(tmp_path / "hot.tif")[40, 90, 0] < 30  # the thing is white, the rest dark


ONE_GREY = [
    (np.uint16, 0, 0), (np.uint16, 65_535, 255), (np.uint16, 32_768, 128),
    (np.float32, 1.0, 255), (np.float32, 0.5, 128),
]  # fmt: skip


@pytest.mark.parametrize(("dtype", "value", "expected"), ONE_GREY)
def test_a_picture_of_one_grey_is_as_light_as_its_type_says(
    tmp_path: Path, dtype: type, value: float, expected: int
) -> None:
    tifffile.imwrite(tmp_path / "one.tif", np.full((8, 9), value, dtype))
    assert shown(tmp_path / "one.tif")[3, 3].tolist() == [expected] * 3


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 3)])
def test_infinities_are_the_lightest_and_the_darkest(tmp_path: Path, shape: tuple[int, ...]) -> None:
    values = np.linspace(0, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)
    values[0, 0], values[0, 1], values[0, 2] = np.inf, -np.inf, np.nan
    tifffile.imwrite(tmp_path / "inf.tif", values, photometric="rgb" if len(shape) == 3 else "minisblack")
    found = shown(tmp_path / "inf.tif")
    assert found[0, :3, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("ends", [(-np.inf, np.inf), (0.0, np.inf), (np.nan, 1.0), (5.0, 5.0)])
def test_a_fixed_range_has_two_ends(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="range of greys"):
        Greys(GreyRange.FIXED, *ends)


def test_ranges_as_wide_as_numbers_get_are_not_black(tmp_path: Path) -> None:
    values = 1.5e308 * np.linspace(-1, 1, 12).reshape(3, 4)
    tifffile.imwrite(tmp_path / "wide.tif", values)
    assert shown(tmp_path / "wide.tif")[..., 0].ravel()[[0, 11]].tolist() == [0, 255]
    tifffile.imwrite(tmp_path / "ramp.tif", RAMP)
    middle = shown(tmp_path / "ramp.tif", Greys(GreyRange.FIXED, -1e308, 1e308))
    assert np.unique(middle).tolist() in ([127], [128])


@pytest.mark.parametrize("dtype", [np.float32, np.int16])
def test_what_has_no_data_is_black_and_takes_no_part_in_the_range(tmp_path: Path, dtype: type) -> None:
    values = np.tile(np.arange(100, 196), (64, 1)).astype(dtype)
    tifffile.imwrite(tmp_path / "whole.tif", values)
    values[:10] = -9999
    tifffile.imwrite(tmp_path / "nodata.tif", values, extratags=[(42113, "s", 0, "-9999", True)])
    whole, found = shown(tmp_path / "whole.tif"), shown(tmp_path / "nodata.tif")
    assert not found[:10].any()
    assert np.array_equal(found[10:], whole[10:])


@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_a_tile_of_deep_colours_is_as_light_as_in_the_whole(tmp_path: Path, dtype: type) -> None:
    values = np.zeros((4200, 4200, 3), dtype)
    values[:, :2100], values[:, 2100:] = 200, 4000
    tifffile.imwrite(tmp_path / "large.tif", values, photometric="rgb", tile=(512, 512), compression="zlib")
    whole = np.asarray(read_image(tmp_path / "large.tif", 500))
    tile = np.asarray(read_image(Item(tmp_path / "large.tif", None, Region(0, 0, 512, 512)).path))
    assert whole[5, 5].tolist() == tile[5, 5].tolist()


def test_colours_of_one_file_share_a_range(tmp_path: Path) -> None:
    planes = np.stack([np.full((32, 40, 3), value, np.uint16) for value in (500, 4000)])
    tifffile.imwrite(tmp_path / "stack.tif", planes, photometric="rgb")
    dark, light = (np.asarray(read_image(Path(f"{tmp_path / 'stack.tif'}#{number}")))[0, 0, 0] for number in (1, 2))
    assert light > 7 * dark > 0
