"""Transparency: of any depth, together with a colour profile, and where it means none."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from model.images.reading import read_image
from tests.model.png_support import GREY, GREY_ALPHA, RGB, RGB_ALPHA, png, profile_chunk

GROUND = (10, 200, 30)


def _row(path: Path, ground: tuple[int, int, int] = GROUND) -> list[tuple[int, int, int]]:
    image = read_image(path, ground=ground)
    return [image.getpixel((x, 0)) for x in range(image.width)]  # type: ignore[misc]


def grey_profile(gamma: float) -> bytes:
    """An ICC profile of greys: a D50 white point and a tone curve."""
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(78) + b"\0"
    blocks, table, at = [white, curve, text], b"", 128 + 4 + 3 * 12
    for name, block in zip((b"wtpt", b"kTRC", b"desc"), blocks, strict=True):
        table += name + struct.pack(">II", at, len(block))
        at += len(block)
    head = struct.pack(">I4sI4s4s4s", at, b"lcms", 0x02100000, b"mntr", b"GRAY", b"XYZ ") + bytes(12) + b"acsp"
    head += bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", 3) + table + b"".join(blocks)


def _in_srgb(grey: int, profile: bytes) -> int:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    made = ImageCms.profileToProfile(
        Image.new("L", (1, 1), grey), source, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert made is not None
    return int(np.asarray(made)[0, 0, 0])


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_one_grey_of_a_png_may_be_transparent_at_any_depth(tmp_path: Path, depth: int) -> None:
    top, width = 2**depth - 1, 8
    bits = "".join(format(top if x >= 4 else 0, f"0{depth}b") for x in range(width))
    row = b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    path = tmp_path / "image.png"
    for transparent, seen in ((0, [GROUND, (255, 255, 255)]), (top, [(0, 0, 0), GROUND])):
        path.write_bytes(png(width, 1, depth, GREY, row, tRNS=struct.pack(">H", transparent)))
        assert [_row(path)[0], _row(path)[-1]] == seen


def test_the_transparent_grey_of_16_bits_takes_no_part_in_the_range(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    row = b"\0" + struct.pack(">4H", 0, 1000, 1500, 2000)
    path.write_bytes(png(4, 1, 16, GREY, row, tRNS=struct.pack(">H", 0)))
    assert _row(path) == [GROUND, (0, 0, 0), (128, 128, 128), (255, 255, 255)]
    path.write_bytes(png(4, 1, 16, GREY, row))
    assert [grey for grey, _, _ in _row(path)] == [0, 128, 191, 255]


def test_what_lies_under_transparent_pixels_takes_no_part_in_the_range(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    row = b"\0" + struct.pack(">6H", 60_000, 0, 1000, 65_535, 2000, 65_535)
    path.write_bytes(png(3, 1, 16, GREY_ALPHA, row))
    assert _row(path) == [GROUND, (0, 0, 0), (255, 255, 255)]
    row = b"\0" + struct.pack(">8H", 60_000, 60_000, 60_000, 0, 4095, 2048, 0, 65_535)
    path.write_bytes(png(2, 1, 16, RGB_ALPHA, row))
    assert _row(path) == [GROUND, (255, 128, 0)]


def test_one_colour_of_a_png_may_be_transparent(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(png(2, 1, 8, RGB, b"\0" + bytes((1, 2, 3, 4, 5, 6)), tRNS=struct.pack(">3H", 1, 2, 3)))
    assert _row(path) == [GROUND, (4, 5, 6)]
    row = b"\0" + struct.pack(">6H", 1, 2, 3, 65_535, 0, 32_896)
    path.write_bytes(png(2, 1, 16, RGB, row, tRNS=struct.pack(">3H", 1, 2, 3)))
    assert _row(path) == [GROUND, (255, 0, 128)]


@pytest.mark.parametrize("gamma", [1.0, 2.6])
def test_agrey_profile_counts_with_alpha_as_without(tmp_path: Path, gamma: float) -> None:
    profile, path = grey_profile(gamma), tmp_path / "image.png"
    expected = _in_srgb(64, profile)
    assert expected != 64
    plain = png(1, 1, 8, GREY, b"\0\x40", iCCP=profile_chunk(profile))
    with_alpha = png(1, 1, 8, GREY_ALPHA, b"\0\x40\xff", iCCP=profile_chunk(profile))
    with_key = png(1, 1, 8, GREY, b"\0\x40", iCCP=profile_chunk(profile), tRNS=b"\0\x09")
    for data in (plain, with_alpha, with_key):
        path.write_bytes(data)
        assert _row(path) == [(expected,) * 3]
    path.write_bytes(png(1, 1, 8, GREY_ALPHA, b"\0\x40\x80", iCCP=profile_chunk(profile)))
    assert _row(path, (0, 0, 0))[0] == pytest.approx((expected * 128 / 255,) * 3, abs=1)


@pytest.mark.parametrize(("ending", "mode"), [("bmp", "RGBA"), ("tga", "RGBA"), ("tga", "LA")])
def test_alpha_0_throughout_means_none_where_programs_leave_it_so(tmp_path: Path, ending: str, mode: str) -> None:
    image = Image.new(mode, (4, 4), (200, 30, 30, 0) if mode == "RGBA" else (90, 0))
    path = tmp_path / f"image.{ending}"
    path.write_bytes(_bmp(image) if ending == "bmp" else _saved(image, "TGA"))
    assert _row(path) == [(200, 30, 30) if mode == "RGBA" else (90, 90, 90)] * 4
    image.putpixel((1, 0), (200, 30, 30, 255) if mode == "RGBA" else (90, 255))
    path.write_bytes(_bmp(image) if ending == "bmp" else _saved(image, "TGA"))
    assert _row(path)[0] == GROUND


@pytest.mark.parametrize("compression", [None, "tga_rle"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_fourth_byte_that_a_tga_does_not_call_alpha_is_none(
    tmp_path: Path, mode: str, compression: str | None
) -> None:
    image = Image.new(mode, (4, 4), (200, 30, 30, 90) if mode == "RGBA" else (90, 30))
    image.putpixel((1, 0), (200, 30, 30, 0) if mode == "RGBA" else (90, 0))
    path = tmp_path / "image.tga"
    image.save(path, compression=compression)
    assert _row(path)[1] == GROUND
    data = bytearray(path.read_bytes())
    data[17] &= 0xF0
    path.write_bytes(data)
    assert _row(path) == [(200, 30, 30) if mode == "RGBA" else (90, 90, 90)] * 4


def _icon(alpha: int, mask: bytes, size: int = 40) -> bytes:
    """An icon of 32 bits, red above and blue below, with rows of a mask, the lowest first."""
    rows = [bytes((30, 30, 200, alpha)) * size] * (size // 2) + [bytes((200, 30, 30, alpha)) * size] * (size // 2)
    picture = b"".join(reversed(rows)) + mask
    info = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(picture), 0, 0, 0, 0)
    entry = struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(info) + len(picture), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + info + picture


def test_an_icon_of_alpha_0_throughout_has_the_transparency_of_its_mask(tmp_path: Path) -> None:
    path = tmp_path / "image.ico"
    half = b"\xff\0\0\0\0\0\0\0" * 20 + bytes(8 * 20)  # of the lower half the first 8 pixels
    for mask, corner in ((bytes(8 * 40), (30, 30, 200)), (half, GROUND), (b"", (30, 30, 200))):
        path.write_bytes(_icon(0, mask))
        image = read_image(path, ground=GROUND)
        found = [image.getpixel(at) for at in ((0, 0), (39, 0), (0, 39), (39, 39))]
        assert found == [(200, 30, 30), (200, 30, 30), corner, (30, 30, 200)]
    path.write_bytes(_icon(255, half))  # alpha counts where there is some
    assert read_image(path, ground=GROUND).getpixel((0, 39)) == (30, 30, 200)
    Image.new("RGBA", (40, 40), (200, 30, 30, 0)).save(path, bitmap_format="png", sizes=[(40, 40)])
    assert read_image(path, ground=GROUND).getpixel((0, 0)) == GROUND


def test_a_png_of_alpha_0_throughout_is_all_ground(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (200, 30, 30, 0)).save(tmp_path / "image.png")
    assert _row(tmp_path / "image.png") == [GROUND] * 4


def _saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def _bmp(image: Image.Image) -> bytes:
    """A BMP of 32 bits with masks (version 4), which Pillow reads and does not write."""
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    info = struct.pack("<IiiHHIIiiII", 108, image.width, image.height, 1, 32, 3, 0, 2835, 2835, 0, 0) + masks
    info = info.ljust(108, b"\0")
    red, green, blue, alpha = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM).split()
    pixels = Image.merge("RGBA", (blue, green, red, alpha)).tobytes()
    return b"BM" + struct.pack("<IHHI", 14 + 108 + len(pixels), 0, 0, 14 + 108) + info + pixels
