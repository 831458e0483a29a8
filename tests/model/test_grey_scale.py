"""The range of greys and the depth of colours: dead pixels, odd types, what is asked for."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from model.cli.arguments import greys as greys_argument
from model.images.depth import by_type, eight_bits, unmultiplied
from model.images.grey_scale import joined, range_of, stretched
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


def _ramp() -> np.ndarray:
    return np.tile((20_000 + np.arange(96) / 95 * 800).astype(np.uint16), (64, 1))


FAULTS: dict[str, list[tuple[slice | int, slice | int]]] = {
    "2 x 2": [(slice(5, 7), slice(5, 7))],
    "a column": [(slice(None), 5)],
    "a part of a column": [(slice(0, 20), 5)],
    "a row": [(40, slice(None))],
    "a row and a column": [(40, slice(None)), (slice(0, 30), 7)],
    "nine alone": [(number * 600 // 96, number * 600 % 96) for number in range(9)],
    "thirty alone": [(number * 200 // 96, number * 200 % 96) for number in range(30)],
    "a thin slope": [(30 + k, 20 + k) for k in range(6)],
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("value", [0, 65_535])
@pytest.mark.parametrize("dtype", [np.uint16, np.float32])
def test_dots_and_lines_that_are_faults_do_not_decide(fault: str, value: int, dtype: type) -> None:
    values, rest = _ramp().astype(dtype), np.ones((64, 96), bool)
    for place in FAULTS[fault]:
        values[place], rest[place] = value, False
    span = range_of(values)
    assert span == (20_000, 20_800)
    seen = stretched(values, span)
    assert set(seen[~rest]) == {255 if value else 0}  # cut, not lost
    assert np.array_equal(seen[rest], np.round((_ramp()[rest] - 20_000.0) * 255 / 800))


def test_hot_and_dead_faults_at_once_and_in_a_small_camera() -> None:
    values = _ramp()
    values[:, 3], values[10, 10], values[20:22, 40:42] = 65_535, 0, 0
    assert range_of(values) == (20_000, 20_800)
    camera = np.tile(np.linspace(2900, 3100, 32).round().astype(np.uint16), (24, 1))
    camera[:, 9] = 9000
    assert range_of(camera) == (2900, 3100)


@pytest.mark.parametrize(
    "shape",
    [(3, 3), (4, 4), (6, 6), (3, 20), (64, 3)],
)
def test_things_that_are_no_faults_by_their_shape_count(shape: tuple[int, int]) -> None:
    values = _ramp()
    values[: shape[0], 30 : 30 + shape[1]] = 40_000
    assert range_of(values) == (20_000, 40_000)


def test_many_dots_many_lines_letters_and_tails_count() -> None:
    dots = _ramp()
    dots[1::4, 1::4] = 40_000
    assert range_of(dots) == (20_000, 40_000)
    lines = _ramp()
    lines[:, 8::16] = 40_000
    assert range_of(lines) == (20_000, 40_000)
    page = (60_000 + np.random.default_rng(2).normal(0, 300, (200, 300))).astype(np.uint16)
    letter = np.zeros((12, 8), bool)
    letter[:, 0] = letter[0] = letter[6] = letter[:, -1] = True
    for top, left in ((20, 20), (20, 40), (50, 20), (90, 60), (90, 200)):
        page[top : top + 12, left : left + 8][letter] = 3000
    assert range_of(page)[0] == 3000  # type: ignore[index]
    tail = np.random.default_rng(3).exponential(100, (300, 400))
    assert range_of(tail) == (tail.min(), tail.max())


def test_a_thing_decides_beside_a_fault_that_does_not() -> None:
    values = _ramp()
    values[10:20, 10:20] = 24_000
    values[50, 50] = 65_535
    assert range_of(values) == (20_000, 24_000)


@pytest.mark.parametrize(
    ("value", "dtype", "bits", "expected"),
    [
        (0, np.uint16, None, 0), (65_535, np.uint16, None, 255), (32_896, np.uint16, None, 128),
        (4095, np.uint16, 12, 255),
        (0, np.int16, None, 0), (32_767, np.int16, None, 255), (-32_768, np.int16, None, 0), (-1, np.int16, None, 127),
        (2**32 - 1, np.uint32, None, 255), (0.0, np.float32, None, 0), (1.0, np.float32, None, 255),
        (0.5, np.float64, None, 128), (255.0, np.float32, None, 255), (65_535.0, np.float32, None, 255),
        (-7.0, np.float32, None, 0), (np.nan, np.float32, None, 0), (np.inf, np.float32, None, 255),
        (1e300, np.float64, None, 255),
    ],
)  # fmt: skip
def test_one_grey_throughout_is_as_light_as_its_type_says(
    value: float, dtype: type, bits: int | None, expected: int
) -> None:
    values = np.full((20, 30), value, dtype)
    assert set(stretched(values, range_of(values), bits).ravel()) == {expected}


@pytest.mark.parametrize("ending", ["tif", "png", "pgm"])
def test_an_empty_page_is_white_at_any_depth(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"page.{ending}"
    for value, expected in ((65_535, 255), (0, 0), (257, 1)):
        values = np.full((20, 30), value, np.uint16)
        if ending == "tif":
            tifffile.imwrite(path, values, photometric="minisblack")
        else:
            Image.fromarray(values).save(path)
        assert set(np.asarray(read_image(path)).ravel()) == {expected}


def test_infinities_are_the_ends_in_greys_and_colours(tmp_path: Path) -> None:
    values = np.tile(np.linspace(0.2, 0.8, 90, dtype=np.float32), (60, 1))
    values[:20, :30], values[20:40, :30], values[40:, :30] = np.inf, -np.inf, np.nan
    path = tmp_path / "ends.tif"
    for options in ({"photometric": "minisblack"}, {"photometric": "rgb"}):
        stored = values if options["photometric"] == "minisblack" else values[..., None].repeat(3, axis=2)
        tifffile.imwrite(path, stored, **options)
        seen = np.asarray(read_image(path))[..., 0]
        assert [set(seen[top : top + 20, :30].ravel()) for top in (0, 20, 40)] == [{255}, {0}, {0}]
    signed = np.full((4, 4, 3), -1.0, np.float32)
    signed[0, 0], signed[1, 1], signed[2, 2] = 1.0, np.nan, -np.inf
    assert eight_bits(signed)[[0, 1, 2], [0, 1, 2], 0].tolist() == [255, 0, 0]


@pytest.mark.filterwarnings("error")
def test_the_widest_and_the_narrowest_range_of_floats() -> None:
    values = np.linspace(-0.5, 0.5, 96).repeat(64).reshape(96, 64).T * 2 * 1.5e308
    expected = np.round(np.linspace(0, 255, 96))
    assert np.abs(stretched(values, range_of(values))[0] - expected).max() <= 1
    narrow = np.tile(np.arange(96) * 5e-324, (64, 1))
    assert np.abs(stretched(narrow, range_of(narrow))[0] - expected).max() <= 1
    two = np.where(np.arange(96) < 48, -1.7e308, 1.7e308)[None].repeat(64, axis=0)
    assert stretched(two, range_of(two))[0, [0, 95]].tolist() == [0, 255]
    fixed = range_of(values, Greys(GreyRange.FIXED, -1e308, 1e308))
    assert stretched(values, fixed)[0, [0, 48, 95]].tolist() == [0, 130, 255]


@pytest.mark.parametrize(("low", "high"), [(-np.inf, np.inf), (0, np.inf), (-np.inf, 0), (np.nan, 1), (0, np.nan)])
def test_a_range_without_an_end_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="a range of greys from"):
        Greys(GreyRange.FIXED, low, high)
    with pytest.raises(ArgumentTypeError, match="is not file, robust, full or a range"):
        greys_argument(f"{low}..{high}")
