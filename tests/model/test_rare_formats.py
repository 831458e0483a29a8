"""JPEG XL, JPEG-LS, lossless JPEG and JPEG of 12 bits, MPO: found by a search and read, against imagecodecs."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from model.errors import ImageReadError
from model.images.reading import image_size, read_image
from model.images.scan import iter_images
from tests.model.dicom_support import PICTURE

RAMP = np.linspace(0, 4095, 32 * 48).round().astype(np.uint16).reshape(32, 48)


def _pixels(path: Path) -> np.ndarray:
    assert list(iter_images([path.parent])) == [path]
    image = read_image(path)
    assert image.mode == "RGB"
    assert image.size == image_size(path)
    return np.asarray(image).astype(int)


@pytest.mark.parametrize(("ending", "encode"), [("jxl", imagecodecs.jpegxl_encode), ("jls", imagecodecs.jpegls_encode)])
def test_jpeg_xl_and_jpeg_ls(tmp_path: Path, ending: str, encode: object) -> None:
    path = tmp_path / f"image.{ending}"

    def write(values: np.ndarray) -> None:
        options = {"lossless": True} if ending == "jxl" else {}
        path.write_bytes(encode(np.ascontiguousarray(values), **options))  # type: ignore[operator]

    write(PICTURE)
    assert np.array_equal(_pixels(path), PICTURE)
    write(PICTURE.astype(np.uint16) * 257)
    assert np.array_equal(_pixels(path), PICTURE)
    write(PICTURE[..., 0])
    assert np.array_equal(_pixels(path), np.repeat(PICTURE[..., :1], 3, axis=2))
    write(RAMP)
    assert np.array_equal(_pixels(path)[..., 0], np.round(RAMP * (255 / 4095)))
    alpha = np.full((32, 48), 255, np.uint8)
    alpha[:, 24:] = 51
    write(np.dstack([PICTURE, alpha]))
    expected = PICTURE * (alpha[..., None] / 255) + 255 * (1 - alpha[..., None] / 255)
    assert np.abs(_pixels(path) - expected).max() <= 1


def test_jpeg_xl_of_floats_and_lossy(tmp_path: Path) -> None:
    path = tmp_path / "image.jxl"
    path.write_bytes(imagecodecs.jpegxl_encode((PICTURE / 255).astype(np.float32), lossless=True))
    assert np.abs(_pixels(path) - PICTURE).max() <= 1
    path.write_bytes(imagecodecs.jpegxl_encode(PICTURE, distance=0.1))
    assert np.abs(_pixels(path)[4:12, 4:20] - PICTURE[4:12, 4:20]).max() <= 12


@pytest.mark.parametrize("size", [(8, 8), (48, 32), (640, 400), (1200, 1000), (1, 3000), (2000, 1000), (513, 257)])
@pytest.mark.parametrize("boxes", [True, False])
def test_the_size_of_a_jpeg_xl_is_told_by_its_first_bits(tmp_path: Path, size: tuple[int, int], boxes: bool) -> None:
    path = tmp_path / "image.jxl"
    path.write_bytes(imagecodecs.jpegxl_encode(np.zeros((size[1], size[0], 3), np.uint8), usecontainer=boxes))
    assert path.read_bytes()[:2] == (b"\0\0" if boxes else b"\xff\x0a")
    assert image_size(path) == read_image(path).size == size


def test_lossless_jpeg_and_jpeg_of_12_bits(tmp_path: Path) -> None:
    path = tmp_path / "image.jpg"
    path.write_bytes(imagecodecs.jpeg8_encode(PICTURE, lossless=True, colorspace="RGB", outcolorspace="RGB"))
    assert np.array_equal(_pixels(path), PICTURE)
    path.write_bytes(imagecodecs.ljpeg_encode(RAMP, bitspersample=12))
    assert np.array_equal(_pixels(path)[..., 0], np.round(RAMP * (255 / 4095)))
    path.write_bytes(
        imagecodecs.jpeg8_encode((PICTURE.astype(int) * 4095 // 255).astype(np.uint16), level=100, bitspersample=12)
    )
    assert np.abs(_pixels(path)[4:12, 4:20] - PICTURE[4:12, 4:20]).max() <= 2


def test_few_bits_of_jpeg_ls_are_of_their_type(tmp_path: Path) -> None:
    path = tmp_path / "image.jls"
    data = bytearray(imagecodecs.jpegls_encode(np.full((4, 4), 200, np.uint8)))
    assert read_image_value(path, bytes(data)) == 200


def read_image_value(path: Path, data: bytes) -> int:
    path.write_bytes(data)
    return int(_pixels(path)[0, 0, 0])


def test_of_an_mpo_the_first_picture_is_read(tmp_path: Path) -> None:
    path = tmp_path / "stereo.mpo"
    left, right = Image.fromarray(PICTURE), Image.fromarray(255 - PICTURE)
    left.save(path, "MPO", save_all=True, append_images=[right], quality=100, subsampling=0)
    assert np.abs(_pixels(path) - PICTURE).max() <= 2


@pytest.mark.parametrize("ending", ["jxl", "jls", "jpg"])
def test_cut_off_files_are_refused(tmp_path: Path, ending: str) -> None:
    noise = np.random.default_rng(0).integers(0, 40, (64, 64, 3)).astype(np.uint8)
    data = {
        "jxl": lambda: imagecodecs.jpegxl_encode(noise, lossless=True), "jls": lambda: imagecodecs.jpegls_encode(noise),
        "jpg": lambda: imagecodecs.jpeg8_encode(noise, lossless=True),
    }[ending]()  # fmt: skip
    path = tmp_path / f"cut.{ending}"
    for share in (0.9, 0.5, 0.1, 0.01):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(ImageReadError, match=r"damaged or cut off|known format"):
            read_image(path)


def test_absurd_sizes_are_refused_before_decoding(tmp_path: Path) -> None:
    data = bytearray(imagecodecs.jpegls_encode(PICTURE))
    at = data.index(b"\xff\xf7")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    path = tmp_path / "bomb.jls"
    path.write_bytes(data)
    for read in (read_image, image_size):
        with pytest.raises(ImageReadError, match="400,000,000 pixels"):
            read(path)
