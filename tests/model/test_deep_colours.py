"""Colours of more than 8 bits in formats whose readers would keep 8: against imagecodecs and NumPy."""

from __future__ import annotations

import struct
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from model.errors import ImageReadError
from model.images.reading import image_size, read_image
from tests.model.dicom_support import PICTURE

ALPHA = np.full((32, 48), 255, np.uint8)
ALPHA[:, 24:] = 51
BRIGHT = np.where(PICTURE > 200, 255, PICTURE)  # white, which a wrong shift makes black


def _deep(values: np.ndarray, bits: int) -> np.ndarray:
    return (values.astype(float) * (2**bits - 1) / 255).round().astype(np.uint16)


def _pixels(path: Path) -> np.ndarray:
    image = read_image(path)
    assert image.size == image_size(path) == (48, 32)
    return np.asarray(image).astype(int)


def _over_white(values: np.ndarray) -> np.ndarray:
    share = ALPHA[..., None] / 255
    return values * share + 255 * (1 - share)


@pytest.mark.parametrize("bits", [9, 10, 12, 14, 16])
@pytest.mark.parametrize("form", ["jp2", "j2k", "jxl"])
def test_deep_colours_with_and_without_alpha(tmp_path: Path, form: str, bits: int) -> None:
    path = tmp_path / f"deep.{form}"

    def write(values: np.ndarray) -> None:
        values = np.ascontiguousarray(_deep(values, bits))
        if form == "jxl":
            path.write_bytes(imagecodecs.jpegxl_encode(values, lossless=True, bitspersample=bits))
        else:
            path.write_bytes(imagecodecs.jpeg2k_encode(values, codecformat=form, level=0, bitspersample=bits))

    write(BRIGHT)
    assert np.abs(_pixels(path) - BRIGHT).max() <= 1
    write(BRIGHT // 4)
    assert np.abs(_pixels(path) - BRIGHT // 4).max() <= 1
    write(np.dstack([BRIGHT, ALPHA]))
    assert np.abs(_pixels(path) - _over_white(BRIGHT)).max() <= 1
    grey = BRIGHT[..., :1].copy()
    grey[0, 0], grey[0, 1] = 0, 255  # the range of greys
    write(np.dstack([grey, ALPHA]))
    assert np.abs(_pixels(path)[..., :1] - _over_white(grey)).max() <= 1
    write(grey[..., 0])
    assert np.abs(_pixels(path)[..., :1] - grey).max() <= 1


def test_of_a_deep_animation_the_first_frame_is_read(tmp_path: Path) -> None:
    path = tmp_path / "frames.jxl"
    frames = np.stack([_deep(BRIGHT, 10), _deep(255 - BRIGHT, 10)])
    path.write_bytes(imagecodecs.jpegxl_encode(frames, lossless=True, bitspersample=10))
    assert np.abs(_pixels(path) - BRIGHT).max() <= 1


@pytest.mark.parametrize("bits", [10, 12])
def test_deep_avif(tmp_path: Path, bits: int) -> None:
    path = tmp_path / "deep.avif"
    for values, expected in ((BRIGHT, BRIGHT), (np.dstack([BRIGHT, ALPHA]), _over_white(BRIGHT))):
        path.write_bytes(imagecodecs.avif_encode(_deep(values, bits), level=100, bitspersample=bits, speed=8))
        assert np.abs(_pixels(path) - expected).max() <= 2


def test_signed_and_luma_of_deep_jpeg_2000(tmp_path: Path) -> None:
    path = tmp_path / "deep.jp2"
    signed = (_deep(BRIGHT, 16).astype(int) - 2**15).astype(np.int16)
    path.write_bytes(imagecodecs.jpeg2k_encode(signed, codecformat="jp2", level=0))
    assert np.abs(_pixels(path) - BRIGHT).max() <= 1
    red, green, blue = (BRIGHT[..., k].astype(float) for k in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    ycc = np.stack([luma, 128 + (blue - luma) / 1.772, 128 + (red - luma) / 1.402], axis=2).clip(0, 255)
    data = imagecodecs.jpeg2k_encode(_deep(ycc, 12), codecformat="jp2", level=0, bitspersample=12, mct=False)
    at = data.index(b"colr") + 7
    path.write_bytes(data[:at] + struct.pack(">I", 18) + data[at + 4 :])
    assert np.abs(_pixels(path) - BRIGHT).max() <= 2


def test_more_channels_than_colours_have_are_named(tmp_path: Path) -> None:
    path = tmp_path / "five.jp2"
    five = np.dstack([PICTURE, PICTURE[..., :2]]).astype(np.uint16)
    path.write_bytes(imagecodecs.jpeg2k_encode(five, codecformat="jp2", level=0, bitspersample=12))
    with pytest.raises(ImageReadError, match="5 channels of 12 bits"):
        read_image(path)


@pytest.mark.parametrize("top", [1023, 4095, 65_535])
def test_deep_ppm_and_sgi(tmp_path: Path, top: int) -> None:
    values = (BRIGHT.astype(float) * top / 255).round().astype(">u2")
    path = tmp_path / "deep.ppm"
    path.write_bytes(b"P6\n48 32\n%d\n" % top + values.tobytes())
    assert np.abs(_pixels(path) - BRIGHT).max() <= 1
    path = tmp_path / "deep.sgi"
    header = struct.pack(">HBBHHHHII", 474, 0, 2, 3, 48, 32, 3, 0, 65_535).ljust(512, b"\0")
    path.write_bytes(header + (BRIGHT[::-1].transpose(2, 0, 1).astype(">u2") * 257).astype(">u2").tobytes())
    assert np.abs(_pixels(path) - BRIGHT).max() <= 1
