"""Every photometric interpretation of TIFF at every depth, against the arrays that tifffile wrote."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from model.errors import ImageReadError
from model.images.reading import image_size, read_image
from tests.model.tiff_support import LONG, RATIONAL, SHORT, write_tiff

HEIGHT, WIDTH = 40, 56
PICTURE = np.zeros((HEIGHT, WIDTH, 3))
PICTURE[:20, :28], PICTURE[:20, 28:], PICTURE[20:, :28], PICTURE[20:, 28:] = (
    (200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 220),
)  # fmt: skip
SHARE = np.ones((HEIGHT, WIDTH))
SHARE[:, 28:] = 0.25
OVER_WHITE = PICTURE * SHARE[..., None] + 255 * (1 - SHARE[..., None])
FULL = {np.uint8: 255, np.uint16: 65_535, np.uint32: 4_294_967_295, np.float16: 1, np.float32: 1, np.float64: 1}
LAYOUTS = [{}, {"tile": (16, 32)}, {"compression": "zlib"}, {"compression": "lzw", "tile": (32, 16)}]


def _off(path: Path, expected: np.ndarray) -> float:
    image = read_image(path)
    assert image.mode == "RGB"
    assert image.size == image_size(path) == (WIDTH, HEIGHT)
    return float(np.abs(np.asarray(image).astype(float) - expected).max())


@pytest.fixture(params=["contig", "separate"])
def planar(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LAYOUTS, ids=str)
def layout(request: pytest.FixtureRequest) -> dict[str, object]:
    return dict(request.param)


def _write(path: Path, values: np.ndarray, planar: str, **options: object) -> None:
    stored = values if planar == "contig" else np.ascontiguousarray(values.transpose(2, 0, 1))
    tifffile.imwrite(path, stored, planarconfig=planar, **options)


def _scaled(share: np.ndarray, dtype: type) -> np.ndarray:
    """0..1 in a type."""
    scaled = share * FULL[dtype]
    return (scaled if dtype in (np.float16, np.float32, np.float64) else np.round(scaled)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_inks(tmp_path: Path, planar: str, layout: dict, dtype: type) -> None:
    path = tmp_path / "cmyk.tif"
    black = 1 - PICTURE.max(axis=2, keepdims=True) / 255
    colours = (1 - black - PICTURE / 255) / (1 - black)
    for inks in (np.dstack([1 - PICTURE / 255, np.zeros_like(black)]), np.dstack([colours, black])):
        _write(path, _scaled(inks, dtype), planar, photometric="separated", **layout)
        assert _off(path, PICTURE) <= 1
    _write(path, _scaled(np.dstack([colours, black, SHARE]), dtype), planar, photometric="separated",
           extrasamples=["unassalpha"], **layout)  # fmt: skip
    assert _off(path, OVER_WHITE) <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.float16, np.float32, np.float64])
@pytest.mark.parametrize("kind", ["unassalpha", "assocalpha"])
def test_transparency_is_applied_once_at_any_depth(
    tmp_path: Path, planar: str, layout: dict, dtype: type, kind: str
) -> None:
    if dtype is np.float16 and "compression" in layout:
        pytest.skip("written without compression")
    path = tmp_path / "alpha.tif"
    times = SHARE[..., None] if kind == "assocalpha" else 1
    colour = _scaled(np.dstack([PICTURE / 255 * times, SHARE]), dtype)
    _write(path, colour, planar, photometric="rgb", extrasamples=[kind], **layout)
    assert _off(path, OVER_WHITE) <= 2
    grey = np.dstack([PICTURE[..., :1] / 255 * times, SHARE])
    _write(path, _scaled(grey, dtype), planar, photometric="minisblack", extrasamples=[kind], **layout)
    whole = PICTURE[..., :1] if dtype is np.uint8 else (PICTURE[..., :1] - 30) * 255 / 190  # deep greys are scaled
    assert _off(path, (whole * SHARE[..., None] + 255 * (1 - SHARE[..., None])).repeat(3, axis=2)) <= 3


def test_what_is_not_said_to_be_transparency_is_none(tmp_path: Path, planar: str) -> None:
    path = tmp_path / "extra.tif"
    for dtype in (np.uint8, np.uint16):
        values = _scaled(np.dstack([PICTURE / 255, SHARE]), dtype)
        _write(path, values, planar, photometric="rgb", extrasamples=["unspecified"])
        assert _off(path, PICTURE) <= 1


def _lab() -> np.ndarray:
    """L*, a* and b* of the picture, by little CMS, over D50."""
    srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    made = ImageCms.profileToProfile(Image.fromarray(PICTURE.astype(np.uint8)), srgb, lab, outputMode="LAB")
    codes = np.asarray(made)
    return np.dstack([codes[..., 0] / 2.55, codes[..., 1].astype(np.int8), codes[..., 2].astype(np.int8)])


@pytest.mark.parametrize(
    ("photometric", "dtype", "codes"),
    [
        ("cielab", np.uint8, lambda light, a, b: (light * 2.55, a, b)),
        ("cielab", np.uint16, lambda light, a, b: (light * 655.35, a * 256, b * 256)),
        ("cielab", np.float32, lambda light, a, b: (light, a, b)),
        ("icclab", np.uint8, lambda light, a, b: (light * 2.55, a + 128, b + 128)),
        ("icclab", np.uint16, lambda light, a, b: (light * 652.8, a * 256 + 32_768, b * 256 + 32_768)),
        ("itulab", np.uint8, lambda light, a, b: (light * 2.55, a * 255 / 170 + 128, b * 255 / 200 + 96)),
        (
            "itulab",
            np.uint16,
            lambda light, a, b: (light * 655.35, (a * 255 / 170 + 128) * 257, (b * 255 / 200 + 96) * 257),
        ),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_cie_lab(tmp_path: Path, planar: str, layout: dict, photometric: str, dtype: type, codes: object) -> None:
    lab = np.dstack(codes(*np.moveaxis(_lab(), 2, 0)))  # type: ignore[operator]
    if photometric == "itulab":
        lab = lab.clip(0, np.iinfo(dtype).max)  # its blue ends at -75
    stored = lab.astype(dtype) if dtype is np.float32 else np.round(lab).astype(np.int64).astype(dtype)
    path = tmp_path / "lab.tif"
    _write(path, stored, planar, photometric=photometric, **layout)
    image = np.asarray(read_image(path)).astype(int)
    rows = slice(0, 20) if photometric == "itulab" else slice(0, HEIGHT)
    assert np.abs(image - PICTURE)[rows].max() <= 4


def test_lab_over_another_white(tmp_path: Path) -> None:
    path = tmp_path / "lab.tif"
    grey = np.full((HEIGHT, WIDTH, 3), (136, 0, 0), np.uint8)  # L* of 53.3: half of sRGB's codes, whatever the white
    for white in ((0.3457, 0.3585), (0.3127, 0.3290)):
        tag = (318, 5, 2, tuple(part for value in white for part in (round(value * 10_000), 10_000)), True)
        tifffile.imwrite(path, grey, photometric="cielab", extratags=[tag])
        assert _off(path, np.full((HEIGHT, WIDTH, 3), 127)) <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_ycbcr(tmp_path: Path, planar: str, layout: dict, dtype: type) -> None:
    path = tmp_path / "ycbcr.tif"
    codes = np.asarray(Image.fromarray(PICTURE.astype(np.uint8)).convert("YCbCr")).astype(dtype)
    _write(path, codes * (1 if dtype is np.uint8 else 257), planar, photometric="ycbcr", **layout)
    assert _off(path, PICTURE) <= 2


@pytest.mark.parametrize("blocks", [(2, 2), (2, 1), (1, 2), (4, 1)])
def test_ycbcr_with_fewer_colours_than_pixels(tmp_path: Path, blocks: tuple[int, int]) -> None:
    across, down = blocks
    codes = np.asarray(Image.fromarray(PICTURE.astype(np.uint8)).convert("YCbCr"))
    units = codes.reshape(HEIGHT // down, down, WIDTH // across, across, 3).transpose(0, 2, 1, 3, 4)
    luma = units[..., 0].reshape(*units.shape[:2], down * across)
    path = tmp_path / "ycbcr.tif"
    tags = {256: (LONG, (WIDTH,)), 257: (LONG, (HEIGHT,)), 258: (SHORT, (8, 8, 8)), 259: (SHORT, (1,)),
            262: (SHORT, (6,)), 277: (SHORT, (3,)), 278: (LONG, (HEIGHT,)), 284: (SHORT, (1,)),
            530: (SHORT, blocks), 532: (RATIONAL, (0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1))}  # fmt: skip
    write_tiff(path, tags, np.concatenate([luma, units[:, :, 0, 0, 1:]], axis=2).tobytes())
    assert _off(path, PICTURE) <= 2


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_greys_of_few_bits_are_of_their_type(tmp_path: Path, bits: int, photometric: str) -> None:
    top = 2**bits - 1
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[:, 28:] = top
    values[20:, 28:] = top // 2
    path = tmp_path / "few.tif"
    tifffile.imwrite(path, values, photometric=photometric, bitspersample=bits)
    grey = values * 255.0 / top
    assert _off(path, np.dstack([grey if photometric == "minisblack" else 255 - grey] * 3)) <= 1


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_packed_bits(tmp_path: Path, bits: int) -> None:
    path, top = tmp_path / "packed.tif", 2**bits - 1
    values = np.round(PICTURE / 255 * top).astype(np.uint16)
    tifffile.imwrite(path, values, photometric="rgb", bitspersample=bits)
    assert _off(path, PICTURE) <= 1
    tifffile.imwrite(path, values[..., 0], photometric="minisblack", bitspersample=bits)
    assert _off(path, np.dstack([(PICTURE[..., 0] - 30) * 255 / 190] * 3).clip(0)) <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("table", [257, 256, 1])
def test_palettes(tmp_path: Path, dtype: type, table: int) -> None:
    """Tables of 16 bits, as they should be, and those of 8 bits shifted or not, as some write them."""
    colours = np.zeros((3, 2 ** (8 * np.dtype(dtype).itemsize)), np.uint16)
    for number, place in enumerate(((0, 0), (0, 50), (30, 0), (30, 50))):
        colours[:, number] = PICTURE[place] * table
    indices = np.zeros((HEIGHT, WIDTH), dtype)
    indices[:20, 28:], indices[20:, :28], indices[20:, 28:] = 1, 2, 3
    path = tmp_path / "palette.tif"
    tifffile.imwrite(path, indices, photometric="palette", colormap=colours)
    assert _off(path, PICTURE) == 0


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_palettes_of_few_bits(tmp_path: Path, bits: int) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 220)][: 2**bits]
    table = np.zeros((2**bits, 3), int)
    table[: len(colours)] = colours
    indices = np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH) % len(colours)
    per_byte = 8 // bits
    packed = np.zeros((HEIGHT, WIDTH // per_byte), np.uint8)
    for k in range(per_byte):
        packed |= (indices[:, k::per_byte] << (8 - bits * (k + 1))).astype(np.uint8)
    path = tmp_path / "palette.tif"
    tags = {256: (LONG, (WIDTH,)), 257: (LONG, (HEIGHT,)), 258: (SHORT, (bits,)), 259: (SHORT, (1,)),
            262: (SHORT, (3,)), 277: (SHORT, (1,)), 278: (LONG, (HEIGHT,)),
            320: (SHORT, tuple(int(v) * 257 for v in table.T.ravel()))}  # fmt: skip
    write_tiff(path, tags, packed.tobytes())
    assert _off(path, np.array(colours)[indices]) == 0


def test_a_profile_of_inks_counts_at_16_bits_too(tmp_path: Path) -> None:
    """As for 8 bits: a profile that does not fit the pixels changes nothing, at either depth."""
    rgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for dtype in (np.uint8, np.uint16):
        inks = _scaled(np.dstack([1 - PICTURE / 255, np.zeros((HEIGHT, WIDTH))]), dtype)
        path = tmp_path / "cmyk.tif"
        tifffile.imwrite(path, inks, photometric="separated", iccprofile=rgb)
        assert _off(path, PICTURE) <= 1


@pytest.mark.parametrize(
    ("photometric", "samples", "more", "words"),
    [
        (32_845, 3, {}, "LogLuv"), (32_844, 1, {}, "LogL"), (32_803, 1, {}, "raw mosaic"), (4_711, 1, {}, "kind 4711"),
        (5, 4, {332: (SHORT, (2,))}, "4 inks that are not CMYK"),
        (1, 1, {259: (SHORT, (40_000,))}, "compression 40000"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("bits", [8, 16])
def test_kinds_that_are_not_read_are_named_and_not_called_damaged(
    tmp_path: Path, photometric: int, samples: int, more: dict, words: str, bits: int
) -> None:
    path = tmp_path / "odd.tif"
    tags = {256: (LONG, (8,)), 257: (LONG, (8,)), 258: (SHORT, (bits,) * samples), 259: (SHORT, (1,)),
            262: (SHORT, (photometric,)), 277: (SHORT, (samples,)), 278: (LONG, (8,))}  # fmt: skip
    write_tiff(path, tags | more, bytes(8 * 8 * samples * bits // 8))
    with pytest.raises(ImageReadError, match=words) as caught:
        read_image(path)
    assert "damaged" not in caught.value.reason
    assert "not read here" in caught.value.reason


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_cut_off_pages_are_refused_and_whole_ones_before_them_read(tmp_path: Path, dtype: type) -> None:
    path = tmp_path / "pages.tif"
    noise = np.random.default_rng(0).integers(0, 255, (3, HEIGHT, WIDTH)).astype(dtype)
    with tifffile.TiffWriter(path) as writer:
        for page in noise:
            writer.write(page, metadata=None, contiguous=False)
    with tifffile.TiffFile(path) as file:
        end = file.pages[2].dataoffsets[0] + 100
    path.write_bytes(path.read_bytes()[:end])
    read_image(tmp_path / "pages.tif#2")
    with pytest.raises(ImageReadError, match=r"damaged or cut off|no page 3"):
        read_image(tmp_path / "pages.tif#3")


@pytest.mark.parametrize("bits", [1, 8])
@pytest.mark.parametrize("compression", [1, 5])
def test_a_page_that_lists_fewer_strips_than_it_has_rows_for_is_refused(
    tmp_path: Path, bits: int, compression: int
) -> None:
    """The missing strips would be black."""
    path, short = tmp_path / "strips.tif", lambda value: (SHORT, (value,))
    tags = {
        256: short(WIDTH), 257: short(HEIGHT), 258: short(bits), 259: short(compression), 262: short(1),
        277: short(1), 278: short(HEIGHT // 4),
    }  # fmt: skip
    write_tiff(path, tags, imagecodecs.lzw_encode(b"\xff" * 70) if compression == 5 else b"\xff" * 70)
    with pytest.raises(ImageReadError, match="cut off"):
        read_image(path)


def test_a_single_strip_that_holds_more_rows_than_it_says_is_read(tmp_path: Path) -> None:
    path, short = tmp_path / "strips.tif", lambda value: (SHORT, (value,))
    tags = {256: short(WIDTH), 257: short(HEIGHT), 258: short(8), 262: short(1), 277: short(1), 278: short(8)}
    write_tiff(path, tags, PICTURE[..., 0].astype(np.uint8).tobytes())
    assert np.array_equal(np.asarray(read_image(path))[..., 0], PICTURE[..., 0])
