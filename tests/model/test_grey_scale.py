"""The range of greys and the depth of colours: dead pixels, odd types, what is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from model.images.depth import by_type, eight_bits, unmultiplied
from model.images.grey_scale import joined, range_of
from model.images.greys import AS_THE_FILE_SAYS, GreyRange, Greys
from model.images.reading import read_image
from tests.model.images_support import colour_corners


def _thermal(dtype: type = np.uint16) -> np.ndarray:
    """A scene that takes 1,500 of the type's values."""
    rng = np.random.default_rng(5)
    return (rng.normal(30_000, 150, (64, 96)) + np.linspace(0, 900, 96)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("ending", ["tif", "png"])
def test_dead_pixels_do_not_change_the_rest(tmp_path: Path, dtype: type, ending: str) -> None:
    if ending == "png" and dtype is not np.uint16:
        pytest.skip("PNG has 16 bits")
    path, values = tmp_path / f"thermal.{ending}", _thermal(dtype)
    dead = values.copy()
    places = [(3, 7), (40, 50), (41, 51), (10, 90), (63, 0)]
    for number, place in enumerate(places):
        dead[place] = (0, 65_535)[number % 2]
    for given in (values, dead):
        _write(path, given)
        seen = np.asarray(read_image(path))[..., 0].astype(int)
        rest = np.ones(values.shape, bool)
        rest[tuple(zip(*places, strict=True))] = False
        low, high = values[rest].min(), values[rest].max()
        expected = np.round((values.astype(float).clip(low, high) - low) * 255 / (high - low))
        assert np.abs(seen - expected)[rest].max() <= 1
    assert [seen[place] for place in places] == [0, 255, 0, 255, 0]


def _write(path: Path, values: np.ndarray) -> None:
    if path.suffix == ".png":
        Image.fromarray(values).save(path)
    else:
        tifffile.imwrite(path, values)


def test_noise_and_small_bright_things_are_no_dead_pixels() -> None:
    noise = np.random.default_rng(6).normal(1000, 50, (200, 300))
    assert range_of(noise) == (noise.min(), noise.max())
    spot = noise.astype(np.uint16)
    spot[90:96, 120:126] = 60_000  # 36 of 60,000 pixels, but a thing
    assert range_of(spot) == (spot.min(), 60_000)
    flat = np.zeros((40, 40), np.uint16)
    flat[5, 5] = 9
    assert range_of(flat) == (0, 9)  # else nothing would be seen at all
    assert range_of(np.array([[1, 2], [3, 60_000]], np.uint16)) == (1, 60_000)


def test_the_range_may_be_asked_for() -> None:
    values = _thermal()
    values[0, 0] = 0
    assert range_of(values, AS_THE_FILE_SAYS) == range_of(values, Greys(GreyRange.ROBUST)) == range_of(values[1:])
    assert range_of(values, Greys(GreyRange.FULL)) == (0, values.max())
    assert range_of(values, Greys(GreyRange.FIXED, -160, 240)) == (-160, 240)
    assert len({str(one) for one in (Greys(), Greys(GreyRange.FULL), Greys(GreyRange.FIXED, 1, 2))}) == 3
    with pytest.raises(ValueError, match="from 3 to 3"):
        Greys(GreyRange.FIXED, 3, 3)


def test_reading_takes_the_range_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "ramp.tif"
    tifffile.imwrite(path, np.arange(0, 4000, 10, dtype=np.uint16).reshape(20, 20))
    seen = np.asarray(read_image(path, greys=Greys(GreyRange.FIXED, 1000, 2000)))[..., 0].ravel()
    expected = np.round((np.arange(0, 4000, 10).clip(1000, 2000) - 1000) * 255 / 1000)
    assert np.array_equal(seen, expected)
    Image.fromarray(np.arange(0, 4000, 10, dtype=np.uint16).reshape(20, 20)).save(tmp_path / "ramp.png")
    other = read_image(tmp_path / "ramp.png", greys=Greys(GreyRange.FIXED, 1000, 2000))
    assert np.array_equal(np.asarray(other)[..., 0].ravel(), expected)


def test_nothing_has_no_range_and_ranges_are_joined() -> None:
    assert range_of(np.full((3, 3), np.nan)) is None
    assert joined([None, (3, 5), (1, 4)]) == (1, 5)
    assert joined([None]) is None


@pytest.mark.parametrize(
    ("dtype", "scale", "shift"),
    [
        (np.float32, 1.0, 0.0), (np.float32, 1 / 255, 0.0), (np.float64, 257.0, 0.0), (np.float32, 2 / 255, -1.0),
        (np.int16, 1, 0), (np.int16, 128.5, 0), (np.int16, 257, -32_768), (np.int8, 1, -128), (np.int8, 0.5, 0),
        (np.int32, 1, 0),
        (np.uint16, 1, 0), (np.uint16, 257, 0), (np.uint32, 1, 0), (np.uint32, 16_843_009, 0),
    ],
)  # fmt: skip
def test_colours_keep_their_values_in_any_type(dtype: type, scale: float, shift: float) -> None:
    picture = np.array([[(200, 30, 30), (30, 200, 30)], [(30, 30, 200), (220, 220, 220)]], float)
    stored = (picture * scale + shift).astype(dtype)
    assert np.abs(eight_bits(stored).astype(int) - picture).max() <= 1


def test_colours_outside_of_what_is_plausible_stay_hues() -> None:
    high_range = colour_corners(1.0, np.float32)
    high_range[0, 0] = 9.5  # a highlight
    assert eight_bits(high_range)[5, 5].tolist() == [255, 0, 0]
    noisy = colour_corners(200, np.float32)
    noisy[0, 1] = -2.0
    assert eight_bits(noisy)[5, 5].tolist() == [200, 0, 0]
    gaps = colour_corners(1.0, np.float32)
    gaps[0, 0] = np.nan
    assert eight_bits(gaps)[0, 0].tolist() == [0, 0, 0]
    assert eight_bits(np.full((2, 2, 3), np.nan, np.float32)).max() == 0
    dead = colour_corners(4095, np.uint16)
    dead[3, 3], dead[20, 40] = 65_535, 65_535
    assert eight_bits(dead)[5, 5].tolist() == [255, 0, 0]


def test_transparency_and_ink_are_of_the_type_and_not_of_their_own_highest() -> None:
    assert by_type(np.array([[0, 16_384, 65_535]], np.uint16), 16).tolist() == [[0, 64, 255]]
    assert by_type(np.array([[0, 16_384]], np.uint16), 16).tolist() == [[0, 64]]
    assert by_type(np.array([[0.0, 0.25, 1.0]], np.float32), 32).tolist() == [[0, 64, 255]]
    assert by_type(np.array([[0, 64, 255]], np.float32), 32).tolist() == [[0, 64, 255]]
    assert by_type(np.array([[0, 64, 127]], np.int8), 8).tolist() == [[0, 129, 255]]
    assert by_type(np.array([[0, 1]], np.uint8), 1).tolist() == [[0, 255]]


def test_colours_that_were_multiplied_by_their_alpha_are_divided_by_it() -> None:
    alpha = np.array([[65_535, 32_768, 0]], np.uint16)
    colours = np.stack([alpha, alpha // 2, np.zeros_like(alpha)], axis=2)
    seen = unmultiplied(colours, alpha, 16)
    assert np.allclose(seen[0, :2], [(1, 0.5, 0), (1, 0.5, 0)], atol=1e-4)
    assert seen[0, 2].tolist() == [0, 0, 0]
