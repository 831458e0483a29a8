"""Pixels of a TIFF that stand for no data (GDAL_NODATA), and masks, which count by their type."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from model.images.items import Item
from model.images.reading import parts, read_image
from model.types import Region

RAMP = np.tile(np.arange(96) / 95 * 1000 + 5000, (64, 1))


def _write(path: Path, values: np.ndarray, text: str, **options: object) -> np.ndarray:
    tifffile.imwrite(path, values, extratags=[(42113, "s", 0, text, False)], metadata=None, **options)
    return np.asarray(read_image(path)).astype(int)


@pytest.mark.parametrize("options", [{"photometric": "minisblack"}, {"photometric": "miniswhite"}], ids=str)
@pytest.mark.parametrize(
    ("dtype", "number", "text"),
    [
        (np.float32, -9999, "-9999"), (np.float64, -9999, "-9999 "), (np.int16, -9999, "-9999"),
        (np.uint16, 0, "0"), (np.uint16, 65_535, "65535"), (np.uint16, 65_535, "65535.0"),
        (np.float32, np.finfo(np.float32).min, "-3.4028234663852886e+38"),
        (np.float32, np.finfo(np.float32).min, "-3.40282346638529e+38"), (np.float32, np.nan, "nan"),
    ],
)  # fmt: skip
def test_what_stands_for_no_data_is_black_and_no_part_of_the_range(
    tmp_path: Path, dtype: type, number: float, text: str, options: dict
) -> None:
    values = RAMP.astype(dtype)
    values[:20, :30] = number
    seen = _write(tmp_path / "heights.tif", values, text, **options)[..., 0]
    expected = np.round((RAMP.astype(dtype).astype(float) - 5000) * 255 / 1000)
    expected = 255 - expected if options["photometric"] == "miniswhite" else expected
    rest = np.ones(RAMP.shape, bool)
    rest[:20, :30] = False
    assert np.abs(seen - expected)[rest].max() <= 1
    if text != "nan" or options["photometric"] == "minisblack":
        assert not seen[~rest].any()


@pytest.mark.parametrize("text", ["", "none", "-9999", "0.5", "1e400", "70000", "inf"])
def test_a_number_that_cannot_be_changes_nothing(tmp_path: Path, text: str) -> None:
    values = RAMP.astype(np.uint16)
    seen = _write(tmp_path / "heights.tif", values, text, photometric="minisblack")[..., 0]
    assert np.abs(seen - np.round((values - 5000.0) * 255 / 1000)).max() <= 1


def test_no_data_throughout_is_black(tmp_path: Path) -> None:
    values = np.full((20, 30), -9999, np.float32)
    assert not _write(tmp_path / "heights.tif", values, "-9999", photometric="minisblack").any()


@pytest.mark.parametrize(("dtype", "number"), [(np.float32, -9999), (np.int16, -9999), (np.uint16, 65_535)])
def test_no_data_of_colours(tmp_path: Path, dtype: type, number: int) -> None:
    values = np.stack([RAMP - 5000, RAMP / 10, RAMP * 0 + 50], axis=2).astype(dtype)
    plain = tmp_path / "plain.tif"
    tifffile.imwrite(plain, values, photometric="rgb")
    expected = np.asarray(read_image(plain)).astype(int)
    values[:20, :30] = number
    seen = _write(tmp_path / "colours.tif", values, str(number), photometric="rgb")
    assert not seen[:20, :30].any()
    assert np.array_equal(seen[20:], expected[20:])
    assert np.array_equal(seen[:, 30:], expected[:, 30:])


def test_greys_of_8_bits_are_shown_as_they_are(tmp_path: Path) -> None:
    values = np.full((20, 30), 255, np.uint8)
    values[5:, 5:] = 40
    seen = _write(tmp_path / "plain.tif", values, "255", photometric="minisblack")[..., 0]
    assert np.array_equal(seen, values)


def test_no_data_in_planes_and_tiles(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    values = np.stack([RAMP, RAMP + 1000]).astype(np.float32)
    values[:, :20, :30] = -9999
    _write(path, values, "-9999", photometric="minisblack")
    seen = [np.asarray(read_image(item))[40, [0, 95], 0].tolist() for item in parts(path)]
    assert seen == [[0, 128], [128, 255]]
    large = np.tile(np.arange(4200, dtype=np.float32), (4200, 1))
    large[:1000, :1000] = -9999
    options = {"tile": (512, 512), "compression": "zstd", "extratags": [(42113, "s", 0, "-9999", True)]}
    tifffile.imwrite(path, large, photometric="minisblack", metadata=None, **options)
    tile = np.asarray(read_image(Item(path, box=Region(900, 900, 200, 200)).path))[..., 0]
    assert not tile[:100, :100].any()
    assert tile[150, [0, 199]].tolist() == [55, 67]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_a_mask_counts_by_its_type(tmp_path: Path, dtype: type) -> None:
    path, top = tmp_path / "mask.tif", np.iinfo(dtype).max
    values = np.full((20, 30), top // 4, dtype)
    values[:10] = top // 2
    tifffile.imwrite(path, values, photometric="mask")
    seen = np.asarray(read_image(path))[..., 0]
    assert np.abs(seen[[0, 15], 0].astype(int) - [127, 64]).max() <= 1
