"""HEIC, AVIF, JPEG 2000, deep PNG and camera raw files, and colour profiles."""

from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms
from pydicom.data import get_testdata_file

from model.errors import ImageReadError
from model.images.decoder_process import DecoderPool
from model.images.reading import image_size, parts, read_image
from tests.model.images_support import BLUE, GREEN, HEIGHT, RED, WHITE, WIDTH, colour_corners
from tests.raw import write_dng

DATA = Path(__file__).parent.parent / "data"


def _assert_corners(path: Path, tolerance: int) -> None:
    image = read_image(path)
    assert image.mode == "RGB"
    assert image.size == image_size(path)
    assert image.width > image.height
    width, height = image.size
    for across, down, colour in ((0.25, 0.25, RED), (0.75, 0.25, GREEN), (0.25, 0.75, BLUE), (0.75, 0.75, WHITE)):
        seen = image.getpixel((int(across * width), int(down * height)))
        assert np.abs(np.subtract(seen, colour)).max() <= tolerance


def test_heic_is_read() -> None:
    _assert_corners(DATA / "corners.heic", 12)
    assert parts(DATA / "corners.heic") == [DATA / "corners.heic"]


def test_a_cut_off_heic_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.heic"
    path.write_bytes((DATA / "corners.heic").read_bytes()[:500])
    with pytest.raises(ImageReadError):
        read_image(path)


@pytest.mark.parametrize(("ending", "tolerance"), [(".avif", 20), (".jp2", 40), (".tga", 0), (".webp", 60)])
def test_what_else_pillow_reads(tmp_path: Path, ending: str, tolerance: int) -> None:
    path = tmp_path / f"image{ending}"
    Image.fromarray(colour_corners(255, np.uint8)).save(path)
    _assert_corners(path, tolerance)


@pytest.mark.parametrize("ending", [".avif", ".ico", ".jp2", ".webp", ".psd", ".png", ".gif", ".bmp"])
def test_what_begins_as_an_image_does_is_called_cut_off(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"whole{ending}"
    if ending == ".psd":
        path.write_bytes(b"8BPS\0\x01" + bytes(6) + b"\0\x03" + bytes(100))
    else:
        Image.fromarray(colour_corners(255, np.uint8)).save(path)
    data = path.read_bytes()
    for length in (16, 18, 20, 24):
        path.write_bytes(data[:length])
        for read in (read_image, image_size):
            with pytest.raises(ImageReadError, match="is damaged or cut off"):
                read(path)
    for share in (0.3, 0.6):
        path.write_bytes(data[: int(len(data) * share)] if ending != ".psd" else data[:30])
        with pytest.raises(ImageReadError, match="is damaged or cut off"):
            read_image(path)


@pytest.mark.parametrize("ending", [".eps", ".png"])
def test_formats_that_start_programs_are_not_read(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"drawing{ending}"
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "EPS")
    path.write_bytes(buffer.getvalue())
    with pytest.raises(ImageReadError, match="known format"):
        read_image(path)


@pytest.mark.parametrize(("top", "channels"), [(65535, 3), (4095, 3), (65535, 4)])
def test_deep_png_keeps_its_colours(tmp_path: Path, top: int, channels: int) -> None:
    values = colour_corners(top, np.uint16)
    if channels == 4:
        values = np.dstack([values, np.full((HEIGHT, WIDTH), 65535, np.uint16)])
    path = tmp_path / "deep.png"
    path.write_bytes(imagecodecs.png_encode(values))
    _assert_corners(path, 1)


def test_deep_grey_with_alpha_is_stretched_and_lies_over_white(tmp_path: Path) -> None:
    values = np.zeros((8, 8, 2), np.uint16)
    values[:4, :, 0], values[..., 1] = 1000, 65535
    values[:, 4:, 1] = 0
    path = tmp_path / "alpha.png"
    path.write_bytes(imagecodecs.png_encode(values))
    image = read_image(path)
    assert [image.getpixel(at)[0] for at in ((0, 0), (0, 7), (7, 0))] == [255, 0, 255]  # type: ignore[index]


def test_a_camera_raw_file_is_developed(tmp_path: Path) -> None:
    path = tmp_path / "photo.dng"
    write_dng(path)
    image = read_image(path)
    assert image.size == image_size(path)
    red, green, blue = np.asarray(image)[8:-8, 8:-8].reshape(-1, 3).mean(axis=0)
    assert red > green > blue


def test_a_raw_file_without_the_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "rawpy.py").write_text("raise ImportError('not installed')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hidden"))
    path = tmp_path / "photo.dng"
    write_dng(path)
    pool = DecoderPool()
    from model.images.items import Item
    from model.images.readers.raw import Raw

    with pytest.raises(ImageReadError, match=r"pip install 'fewshot\[raw\]'"):
        pool.read(Item(path), Raw(), None)
    pool.close()


def _profile(name: str = "crayons.icc") -> bytes:
    found = get_testdata_file(name, download=False)
    assert found is not None
    return Path(found).read_bytes()


@pytest.mark.parametrize("ending", [".png", ".jpg", ".tif", ".webp"])
def test_colour_profiles_are_turned_into_srgb(tmp_path: Path, ending: str) -> None:
    image = Image.fromarray(colour_corners(200, np.uint8))
    path = tmp_path / f"profiled{ending}"
    image.save(path, icc_profile=_profile(), **({"lossless": True} if ending == ".webp" else {}))
    stored = Image.open(path).convert("RGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(_profile()))
    expected = ImageCms.profileToProfile(stored, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert expected is not None
    assert np.array_equal(np.asarray(read_image(path)), np.asarray(expected))
    assert not np.array_equal(np.asarray(read_image(path)), np.asarray(stored))


def test_srgb_and_damaged_profiles_change_nothing(tmp_path: Path) -> None:
    image = Image.fromarray(colour_corners(200, np.uint8))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for number, profile in enumerate((srgb, _profile()[:300], b"no profile at all")):
        path = tmp_path / f"{number}.png"
        image.save(path, icc_profile=profile)
        assert np.array_equal(np.asarray(read_image(path)), np.asarray(image))


def test_a_profile_keeps_transparency(tmp_path: Path) -> None:
    image = Image.fromarray(colour_corners(200, np.uint8)).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    path = tmp_path / "alpha.png"
    image.save(path, icc_profile=_profile())
    assert read_image(path).getpixel((2, 2)) == WHITE
    assert read_image(path).getpixel((40, 2)) != image.getpixel((40, 2))[:3]  # type: ignore[index]


def test_a_jpeg_of_endless_scans_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "scans.jpg"
    Image.fromarray(colour_corners(255, np.uint8)).save(path, progressive=True)
    data = path.read_bytes()
    start, end = data.index(b"\xff\xda"), data.rindex(b"\xff\xd9")
    path.write_bytes(data[:start] + data[start:end] * 100 + data[end:])
    with pytest.raises(ImageReadError, match="scans"):
        read_image(path)


def test_reading_plain_files_starts_no_process(tmp_path: Path) -> None:
    from model.images.decoder_process import pool

    pool.close()
    for ending in (".png", ".jpg", ".gif", ".bmp", ".ppm"):
        path = tmp_path / f"plain{ending}"
        Image.fromarray(colour_corners(255, np.uint8)).save(path)
        read_image(path)
    assert not pool._idle


@pytest.mark.parametrize("ending", [".png", ".webp", ".tif"])
def test_the_ground_under_what_is_transparent_can_be_chosen(tmp_path: Path, ending: str) -> None:
    image = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    image.paste((0, 0, 200, 128), (4, 0, 8, 8))
    path = tmp_path / f"cut-out{ending}"
    image.save(path, **({"lossless": True} if ending == ".webp" else {}))
    for ground in ((255, 255, 255), (0, 0, 0), (10, 200, 30)):
        seen = read_image(path, ground=ground)
        assert seen.getpixel((1, 1)) == ground
        blended = [round(g * 127 / 255 + c * 128 / 255) for g, c in zip(ground, (0, 0, 200), strict=True)]
        assert seen.getpixel((6, 1)) == pytest.approx(blended, abs=1)
