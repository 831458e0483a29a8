"""Whole pictures for the inspector, and parts of them as fine as the file is."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from PySide6.QtCore import QRectF, QSize
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.pictures import PICTURE_SIDE, Part, PartReader, PictureLoader
from model.images.colour import Colour
from model.images.greys import Greys

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def loader(qapp: object) -> Iterator[PictureLoader]:
    loader = PictureLoader()
    yield loader
    assert loader.shutdown()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A picture of 4000 x 2000: red tells the column (in steps of 16), green the row; stored a half turn round."""
    rows, columns = np.mgrid[:2000, :4000]
    pixels = np.stack([columns // 16, rows // 8, np.zeros_like(rows)], axis=2).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 3
    path = tmp_path / "large.png"
    Image.fromarray(pixels).rotate(180).save(path, compress_level=1, exif=exif)
    return path


def test_only_the_picture_asked_for_last_is_delivered(
    loader: PictureLoader, make_images: MakeImages, qtbot: QtBot
) -> None:
    paths = make_images("a", 5)
    delivered: list[Path] = []
    loader.picture_ready.connect(lambda path, _image, _size: delivered.append(path))
    with qtbot.waitSignal(loader.picture_ready) as blocker:
        for path in paths:
            loader.request(path)
    qtbot.wait(50)
    assert delivered == [paths[-1]]
    assert blocker.args[2] == QSize(64, 48)


def test_a_large_picture_comes_at_screen_size_and_its_parts_pixel_by_pixel(
    loader: PictureLoader, large: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(loader.picture_ready) as ready:
        loader.request(large)
    assert (ready.args[1].width(), ready.args[2]) == (PICTURE_SIDE, QSize(4000, 2000))
    with qtbot.waitSignal(loader.detail_ready) as detail:
        loader.request_detail(large, QRectF(1600, 800, 320, 160), 1.0)
    _path, image, rect = detail.args
    assert rect.contains(QRectF(1600, 800, 320, 160))
    column, row = round(1700 - rect.x()), round(900 - rect.y())
    assert image.pixelColor(column, row).getRgb()[:2] == (1700 // 16, 900 // 8)


@pytest.mark.parametrize(("scale", "divisor"), [(1.0, 1), (0.6, 1), (0.5, 2), (0.3, 2), (0.2, 4), (0.01, 8)])
def test_the_level_is_just_fine_enough(large: Path, scale: float, divisor: int) -> None:
    detail = PartReader().read(Part(large, 0, 0, 800, 800, scale))
    assert detail.image.width() == pytest.approx(800 / divisor, abs=1)
    assert detail.rect.width() == pytest.approx(detail.image.width() * divisor)


def test_a_part_beyond_the_edge_ends_there(large: Path) -> None:
    detail = PartReader().read(Part(large, 3900, 1900, 500, 500, 1.0))
    assert detail.rect == QRectF(3900, 1900, 100, 100)


def test_a_level_is_read_once_while_its_picture_is_looked_at(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from model.images import reading

    reads: list[int | None] = []
    original = reading.read_image

    def counted(path: Path, max_side: int | None, ground: Colour, greys: Greys) -> Image.Image:
        reads.append(max_side)
        return original(path, max_side, ground, greys)

    monkeypatch.setattr(reading, "read_image", counted)
    reader = PartReader()
    reader.keep(large)
    for x in (0, 500, 1000):
        reader.read(Part(large, x, 0, 100, 100, 1.0))
    assert reads == [None]
    reader.read(Part(large, 0, 0, 100, 100, 0.5))
    assert reads == [None, 2000]
    reader.keep(Path("another.png"))
    assert reader._level is None


@pytest.mark.parametrize("scale", [1.0, 0.25, 0.05])
def test_of_a_slide_only_the_part_in_sight_is_decoded(tmp_path: Path, scale: float) -> None:
    path = tmp_path / "slide.tif"
    small = np.zeros((1024, 2048, 3), np.uint8)
    tiles = [[np.full((1024, 1024, 3), (16 * x, 32 * y, 9), np.uint8) for x in range(16)] for y in range(8)]
    for row, column in np.ndindex(8, 16):
        small[128 * row : 128 * row + 128, 128 * column : 128 * column + 128] = tiles[row][column][0, 0]
    packed = [zlib.compress(tile.tobytes(), 1) for row in tiles for tile in row]
    with tifffile.TiffWriter(path, bigtiff=True) as writer:
        writer.write(
            iter(packed), shape=(8192, 16_384, 3), dtype=np.uint8, photometric="rgb", tile=(1024, 1024),
            compression="zlib", metadata=None, maxworkers=1,
        )  # fmt: skip
        writer.write(small, photometric="rgb", tile=(256, 256), compression="zlib", subfiletype=1, metadata=None)
    with tifffile.TiffFile(path) as file:
        page = file.pages.first
        far, length = page.dataoffsets[-1], page.databytecounts[-1]
    with path.open("r+b") as stream:
        stream.seek(far)
        stream.write(b"\xff" * length)  # who reads the whole fails
    reader = PartReader()
    reader.keep(path)
    detail = reader.read(Part(path, 5000.5, 3000, 500, 400, scale))
    assert detail.rect == QRectF(5000, 3000, 501, 400)
    assert detail.image.width() == math.ceil(501 * scale)
    right, bottom = detail.image.width() - 2, detail.image.height() - 2
    colours = [detail.image.pixelColor(*at) for at in ((1, 1), (right, 1), (1, bottom), (right, bottom))]
    found = [(colour.red(), colour.green(), colour.blue()) for colour in colours]
    assert found == [(64, 64, 9), (80, 64, 9), (64, 96, 9), (80, 96, 9)]
