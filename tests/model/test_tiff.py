"""TIFF of every depth, layout and number of pages, against the arrays that tifffile wrote."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from model.errors import ImageReadError
from model.images.items import Item
from model.images.reading import image_size, parts, read_image
from tests.model.images_support import HEIGHT, WIDTH, colour_corners, grey_corners


def _pixels(path: Path) -> np.ndarray:
    image = read_image(path)
    assert image.mode == "RGB"
    assert image.size == image_size(path)
    return np.asarray(image)


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        (np.uint16, 300, 1300), (np.int16, -1000, 3000), (np.uint32, 70_000, 4_000_000_000), (np.int32, -5, 5),
        (np.int8, -100, 100), (np.float16, -2, 2), (np.float32, 0.0, 1e-3), (np.float64, -1e30, 1e30),
    ],
)  # fmt: skip
@pytest.mark.parametrize("layout", [{}, {"tile": (16, 16)}, {"compression": "zlib", "predictor": True}])
def test_deep_greys_are_scaled_over_their_own_range(
    tmp_path: Path, dtype: type, low: float, high: float, layout: dict
) -> None:
    path = tmp_path / "deep.tif"
    tifffile.imwrite(path, grey_corners(low, low / 2 + high / 2, high, dtype), **layout)
    seen = _pixels(path)
    expected = np.repeat(grey_corners(0, 127.5, 255, np.float64)[..., None], 3, axis=2)
    assert np.abs(seen - expected).max() <= 1


def test_deep_greys_of_which_white_is_zero_are_inverted(tmp_path: Path) -> None:
    path = tmp_path / "film.tif"
    tifffile.imwrite(path, grey_corners(0, 2000, 4000, np.uint16), photometric="miniswhite")
    assert _pixels(path)[0, 0].tolist() == [255, 255, 255]
    assert _pixels(path)[-1, -1].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("top", "dtype"), [(65535, np.uint16), (4095, np.uint16), (1.0, np.float32), (255, np.uint8)])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_colours_keep_their_hues_at_any_depth(tmp_path: Path, top: float, dtype: type, planar: str) -> None:
    values = colour_corners(top, dtype)
    path = tmp_path / "colour.tif"
    stored = values if planar == "contig" else values.transpose(2, 0, 1)
    tifffile.imwrite(path, stored, photometric="rgb", planarconfig=planar)
    assert np.abs(_pixels(path).astype(int) - colour_corners(255, np.int64)).max() <= 1


@pytest.mark.parametrize("compression", ["lzw", "zlib", "zstd", "lzma", "jpeg2000", "packbits", "lerc", "webp", "png"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_lossless_compression_gives_the_same_pixels(tmp_path: Path, compression: str, dtype: type) -> None:
    if compression in ("webp",) and dtype == np.uint16:
        pytest.skip("WebP has 8 bits")
    values = np.random.default_rng(0).integers(0, 250, (HEIGHT, WIDTH, 3)).astype(dtype) * (np.iinfo(dtype).max // 255)
    values[0, 0] = np.iinfo(dtype).max
    path = tmp_path / "packed.tif"
    options = {"compressionargs": {"lossless": True}} if compression == "webp" else {}
    options = {"compressionargs": {"level": 0}} if compression == "jpeg2000" else options
    tifffile.imwrite(path, values, photometric="rgb", compression=compression, **options)
    expected = values.astype(float) * 255 / np.iinfo(dtype).max
    assert np.abs(_pixels(path) - expected).max() <= 1


def test_alpha_lies_over_white_at_16_bits_too(tmp_path: Path) -> None:
    values = np.zeros((HEIGHT, WIDTH, 4), np.uint16)
    values[..., 0] = 65535
    values[:, : WIDTH // 2, 3] = 65535
    path = tmp_path / "alpha.tif"
    tifffile.imwrite(path, values, photometric="rgb", extrasamples=["unassalpha"])
    assert _pixels(path)[0, 0].tolist() == [255, 0, 0]
    assert _pixels(path)[0, -1].tolist() == [255, 255, 255]


def test_big_tiff_and_both_byte_orders(tmp_path: Path) -> None:
    for order in "<>":
        for big in (False, True):
            path = tmp_path / "order.tif"
            tifffile.imwrite(path, grey_corners(5, 6, 7, np.uint16), byteorder=order, bigtiff=big)
            assert sorted(np.unique(_pixels(path))) == [0, 128, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_deep_pages_are_turned_upright(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "turned.tif"
    values = grey_corners(0, 51, 255, np.uint16)
    tifffile.imwrite(path, values, extratags=[(274, "H", 1, orientation, True)])
    eight = tmp_path / "eight.png"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(grey_corners(0, 51, 255, np.uint8)).save(eight, exif=exif)
    assert np.array_equal(_pixels(path), _pixels(eight))


def test_pages_are_items_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    pages = [np.full((20 + k, 30), 1000 * k, np.uint16) for k in range(3)]
    with tifffile.TiffWriter(path) as writer:
        for page in pages:
            page[0, 0] = 5000  # so that the stretch differs
            writer.write(page)
    items = parts(path)
    assert items == [tmp_path / f"scan.tif#{number}" for number in (1, 2, 3)]
    assert [image_size(item) for item in items] == [(30, 20), (30, 21), (30, 22)]
    for item, page in zip(items, pages, strict=True):
        low = int(page.min())
        expected = np.round((page.astype(float) - low) * 255 / (5000 - low))
        assert np.array_equal(np.asarray(read_image(item))[..., 0], expected)
    assert np.array_equal(np.asarray(read_image(path)), np.asarray(read_image(items[0])))
    with pytest.raises(ImageReadError, match="has no page 4: there are 3"):
        read_image(Item(path, 4).path)


def test_a_single_page_is_no_item(tmp_path: Path) -> None:
    path = tmp_path / "one.tif"
    tifffile.imwrite(path, grey_corners(0, 1, 2, np.uint8))
    assert parts(path) == [path]


def test_smaller_copies_and_masks_are_no_pages(tmp_path: Path) -> None:
    path = tmp_path / "slide.tif"
    data = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    with tifffile.TiffWriter(path) as writer:
        writer.write(data, tile=(16, 16))
        writer.write(data[::2, ::2], tile=(16, 16), subfiletype=1)
        writer.write(data[..., 0] > 100, subfiletype=4)
    assert parts(path) == [path]
    assert np.array_equal(_pixels(path), data)


def test_pages_that_follow_each_other_in_a_circle_end(tmp_path: Path) -> None:
    path = tmp_path / "circle.tif"
    tifffile.imwrite(path, np.zeros((4, 8, 8), np.uint8), photometric="minisblack", metadata=None)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        offsets = [page.offset for page in file.pages]
    count = int.from_bytes(data[offsets[-1] : offsets[-1] + 2], "little")
    end = offsets[-1] + 2 + 12 * count
    data[end : end + 4] = offsets[0].to_bytes(4, "little")  # the last page's successor is the first
    path.write_bytes(data)
    assert len(parts(path)) <= 5
    read_image(path)


def test_pages_of_absurd_size_are_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tif"
    tifffile.imwrite(path, np.zeros((16, 16), np.uint16))
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        for name in ("ImageWidth", "ImageLength"):
            tag = file.pages[0].tags[name]
            data[tag.offset + 2 : tag.offset + 4] = (4).to_bytes(2, "little")
            data[tag.offset + 8 : tag.offset + 12] = (2_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    for read in (read_image, image_size):
        with pytest.raises(ImageReadError, match="400,000,000 pixels"):
            read(path)


def test_a_few_bytes_that_promise_a_large_picture_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "promise.tif"
    Image.new("L", (4, 4)).save(path)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        for name, value in (("ImageWidth", 20_000), ("ImageLength", 19_000)):
            tag = file.pages[0].tags[name]
            data[tag.offset + 2 : tag.offset + 4] = (4).to_bytes(2, "little")
            data[tag.offset + 8 : tag.offset + 12] = value.to_bytes(4, "little")
    path.write_bytes(data)
    for read in (read_image, image_size):
        with pytest.raises(ImageReadError, match="more pixels than it holds"):
            read(path)
