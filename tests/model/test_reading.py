"""Every format the reader claims, upright and in colour; and everything that can be wrong with a file."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.errors import ImageReadError
from model.images.content_hash import content_hash
from model.images.read_errors import MAX_PIXELS
from model.images.reading import image_size, read_image

SIZE = (48, 32)
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
_STORED = {
    1: lambda i: i,
    2: lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    3: lambda i: i.transpose(Image.Transpose.ROTATE_180),
    4: lambda i: i.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    5: lambda i: i.transpose(Image.Transpose.TRANSPOSE),
    6: lambda i: i.transpose(Image.Transpose.ROTATE_90),
    7: lambda i: i.transpose(Image.Transpose.TRANSVERSE),
    8: lambda i: i.transpose(Image.Transpose.ROTATE_270),
}  # how a camera that asks for this orientation has stored the picture


def _corners() -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", SIZE, WHITE)
    image.paste(RED, (0, 0, 24, 16))
    image.paste(GREEN, (24, 0, 48, 16))
    image.paste(BLUE, (0, 16, 24, 32))
    return image


def _seen(image: Image.Image) -> list[tuple[int, ...]]:
    at = ((12, 8), (36, 8), (12, 24), (36, 24))
    return [image.getpixel(place) for place in at]  # type: ignore[misc]


def _assert_close(image: Image.Image, expected: list[tuple[int, int, int]], tolerance: int) -> None:
    assert image.mode == "RGB"
    assert np.abs(np.array(_seen(image)) - np.array(expected)).max() <= tolerance


@pytest.mark.parametrize(
    ("ending", "mode", "tolerance"),
    [
        (".jpg", "RGB", 12), (".jpg", "CMYK", 12), (".png", "RGB", 0), (".png", "RGBA", 0), (".png", "P", 0),
        (".tif", "RGB", 0), (".tif", "CMYK", 3), (".tif", "YCbCr", 3), (".webp", "RGB", 60), (".webp", "RGBA", 60),
        (".gif", "P", 0), (".bmp", "RGB", 0), (".ppm", "RGB", 0), (".tif", "P", 0),
    ],
)  # fmt: skip
def test_colour_formats_give_their_colours(tmp_path: Path, ending: str, mode: str, tolerance: int) -> None:
    path = tmp_path / f"image{ending}"
    _corners().convert(mode).save(path)
    _assert_close(read_image(path), [RED, GREEN, BLUE, WHITE], tolerance)
    assert image_size(path) == SIZE


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".webp", ".gif", ".bmp", ".pgm"])
def test_grey_images_become_grey_rgb(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"grey{ending}"
    Image.new("L", SIZE, 128).save(path)
    red, green, blue = read_image(path).getpixel((5, 5))  # type: ignore[misc]
    assert red == green == blue
    assert red == pytest.approx(128, abs=3)


def test_one_bit_images_are_black_and_white(tmp_path: Path) -> None:
    image = Image.new("1", SIZE, 1)
    image.paste(0, (0, 0, 24, 32))
    image.save(tmp_path / "one.png")
    _assert_close(read_image(tmp_path / "one.png"), [(0, 0, 0), WHITE, (0, 0, 0), WHITE], 0)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_to_pixels_and_size_alike(tmp_path: Path, ending: str, orientation: int) -> None:
    path = tmp_path / f"photo{ending}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    _STORED[orientation](_corners()).save(path, exif=exif)
    image = read_image(path)
    assert image.size == image_size(path) == SIZE
    _assert_close(image, [RED, GREEN, BLUE, WHITE], 60)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_orientations_that_do_not_exist_are_passed_over(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = orientation
    _corners().save(path, exif=exif)
    assert read_image(path).size == image_size(path) == SIZE


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage, no TIFF header", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"])
def test_damaged_exif_is_no_reason_to_refuse_a_picture(tmp_path: Path, exif: bytes) -> None:
    path = tmp_path / "photo.jpg"
    _corners().save(path, exif=exif)
    assert read_image(path).size == image_size(path) == SIZE


def test_transparent_pixels_lie_over_white(tmp_path: Path) -> None:
    image = _corners().convert("RGBA")
    image.paste((0, 0, 0, 0), (24, 0, 48, 16))
    image.paste((0, 0, 0, 128), (0, 16, 24, 32))
    for ending in (".png", ".tif"):
        image.save(tmp_path / f"alpha{ending}")
        _assert_close(read_image(tmp_path / f"alpha{ending}"), [RED, WHITE, (127, 127, 127), WHITE], 1)


def test_palette_images_with_a_transparent_colour_lie_over_white(tmp_path: Path) -> None:
    palette = Image.new("P", SIZE, 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.paste(1, (24, 0, 48, 32))
    for name, transparency in (("one.png", 1), ("many.png", bytes([255, 0])), ("one.gif", 1)):
        palette.save(tmp_path / name, transparency=transparency)
        _assert_close(read_image(tmp_path / name), [RED, WHITE, RED, WHITE], 0)


def test_grey_with_alpha_lies_over_white(tmp_path: Path) -> None:
    image = Image.new("LA", SIZE, (50, 255))
    image.paste((50, 0), (24, 0, 48, 32))
    image.save(tmp_path / "la.png")
    _assert_close(read_image(tmp_path / "la.png"), [(50, 50, 50), WHITE, (50, 50, 50), WHITE], 0)


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_sixteen_bit_images_are_stretched_over_their_own_range(tmp_path: Path, ending: str) -> None:
    values = np.full((32, 48), 1000, np.uint16)
    values[:16, 24:], values[16:, :24], values[16:, 24:] = 1500, 2000, 2000
    path = tmp_path / f"microscope{ending}"
    Image.fromarray(values).save(path)
    _assert_close(read_image(path), [(0, 0, 0), (128, 128, 128), WHITE, WHITE], 0)


def test_float_images_are_stretched_and_gaps_count_as_the_lowest(tmp_path: Path) -> None:
    values = np.full((32, 48), -0.5, np.float32)
    values[:16, 24:], values[16:, :24], values[16:, 24:] = 0.0, 0.5, np.nan
    path = tmp_path / "float.tif"
    Image.fromarray(values).save(path)
    _assert_close(read_image(path), [(0, 0, 0), (128, 128, 128), WHITE, (0, 0, 0)], 0)


@pytest.mark.parametrize(
    ("value", "grey"), [(0.0, 0), (1.0, 255), (7.5, 8), (255.0, 255), (np.nan, 0), (np.inf, 255), (-np.inf, 0)]
)
def test_float_images_of_one_value_are_as_light_as_colours_of_it(tmp_path: Path, value: float, grey: int) -> None:
    path = tmp_path / "flat.tif"
    Image.fromarray(np.full((8, 8), value, np.float32)).save(path)
    assert read_image(path).getextrema() == ((grey, grey),) * 3


def test_sixteen_bit_colour_keeps_its_colours(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + struct.pack(">HHH", 65535, 32768, 0) * 4 for _ in range(4))
    path = tmp_path / "rgb16.png"
    path.write_bytes(_png(4, 4, 16, 2, rows))
    assert read_image(path).getpixel((0, 0)) == pytest.approx((255, 128, 0), abs=1)


def test_the_first_frame_of_an_animation_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", SIZE, color) for color in (RED, BLUE)]
    for ending in (".gif", ".webp", ".tif", ".png"):
        frames[0].save(tmp_path / f"film{ending}", save_all=True, append_images=frames[1:])
        _assert_close(read_image(tmp_path / f"film{ending}"), [RED] * 4, 4)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif"])
def test_max_side_bounds_the_longer_side_and_keeps_the_shape(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"large{ending}"
    _corners().resize((960, 640)).save(path)
    small = read_image(path, max_side=96)
    assert small.size == (96, 64)
    assert image_size(path) == (960, 640)


def test_small_images_are_not_blown_up_and_one_pixel_is_an_image(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), BLUE).save(tmp_path / "dot.png")
    assert read_image(tmp_path / "dot.png", max_side=896).size == (1, 1)
    Image.new("RGB", (3000, 1), BLUE).save(tmp_path / "line.png")
    assert read_image(tmp_path / "line.png", max_side=300).size == (300, 1)


def test_the_content_decides_and_not_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "really-a-png.jpg"
    _corners().save(path, format="PNG")
    _assert_close(read_image(path), [RED, GREEN, BLUE, WHITE], 0)


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".gif", ".bmp", ".tif"])
@pytest.mark.parametrize("kept", [0.95, 0.5, 0.1])
def test_cut_off_files_are_refused_as_such(tmp_path: Path, ending: str, kept: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = tmp_path / f"cut{ending}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    problem = _problem(path)
    assert "damaged or cut off" in problem or "known format" in problem


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_files_cut_after_any_number_of_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    for ending in (".jpg", ".png", ".webp", ".gif", ".bmp", ".tif", ".ppm"):
        path = tmp_path / f"cut{ending}"
        _corners().save(path)
        whole = path.read_bytes()
        for length in range(0, min(len(whole), 240), 6):
            path.write_bytes(whole[:length])
            for read in (read_image, image_size):
                with contextlib.suppress(ImageReadError):
                    read(path)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_flipped_bytes_never_raise_anything_else(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for ending in (".jpg", ".png", ".webp", ".gif", ".bmp", ".tif"):
        path = tmp_path / f"flipped{ending}"
        exif = Image.Exif()
        exif[0x0112] = 6
        _corners().save(path, **({"exif": exif} if ending in {".jpg", ".tif", ".webp"} else {}))
        whole = np.frombuffer(path.read_bytes(), np.uint8)
        for _ in range(40):
            damaged = whole.copy()
            damaged[rng.integers(0, len(whole), 4)] = rng.integers(0, 256, 4)
            path.write_bytes(damaged.tobytes())
            for read in (lambda p: read_image(p, 64), image_size):
                with contextlib.suppress(ImageReadError):
                    read(path)


def test_an_empty_file_is_named_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.write_bytes(b"")
    assert "empty" in _problem(path)


def test_text_is_not_an_image(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("not an image at all", encoding="utf-8")
    assert "known format" in _problem(path)


def test_a_huge_claimed_size_is_refused_before_decoding(tmp_path: Path) -> None:
    for side in (20_001, 60_000, 2**31 - 1):
        path = tmp_path / "bomb.png"
        path.write_bytes(_png(side, side, 8, 2, b"\0"))
        assert f"{MAX_PIXELS:,} pixels" in _problem(path)


def test_files_that_vanished_and_impossible_names_are_reported(tmp_path: Path) -> None:
    assert "there is no such file" in _problem(tmp_path / "gone.png")
    assert "cannot be read" in _problem(tmp_path / ("x" * 300 + ".png"))
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert "cannot be read" in _problem(tmp_path / "loop.png")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_files_without_permission_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "closed.png"
    _corners().save(path)
    path.chmod(0)
    assert "permissions" in _problem(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_special_files_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.png"))
        done: list[str] = []
        paths = (tmp_path / "pipe.png", tmp_path / "s.png", tmp_path, Path("/dev/zero"))
        thread = threading.Thread(target=lambda: done.extend(_problem(path) for path in paths), daemon=True)
        thread.start()
        thread.join(10)
    assert len(done) == 4
    assert all("not a regular file" in reason for reason in done)


def test_no_file_is_left_open(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    _corners().save(good)
    bad.write_bytes(good.read_bytes()[:80])
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else None
    for _ in range(20):
        read_image(good)
        _problem(bad)
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) <= before


def test_the_content_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "a.bin", tmp_path / "b.png"
    one.write_bytes(b"same")
    two.write_bytes(b"same")
    assert content_hash(one) == content_hash(two) == "0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5"
    with pytest.raises(ImageReadError, match="there is no such file"):
        content_hash(tmp_path / "gone")


def _problem(path: Path) -> str:
    """Both ways of reading must refuse; returns the reason."""
    with pytest.raises(ImageReadError) as caught:
        read_image(path)
    assert caught.value.path == path
    assert str(path) not in caught.value.reason
    assert "\n" not in caught.value.reason
    return caught.value.reason


def _png(width: int, height: int, depth: int, color: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data
