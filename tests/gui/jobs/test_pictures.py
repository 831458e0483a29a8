"""Whole pictures for the inspector, and parts of them as fine as the file is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
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
