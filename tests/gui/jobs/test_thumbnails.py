"""Pictures are decoded elsewhere, the latest request first, and kept within bounds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.decoding import Decoder, load_qimage
from fewshot_gui.jobs.thumbnails import ImageCache, ThumbnailLoader

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def loader(qapp: object) -> Iterator[ThumbnailLoader]:
    loader = ThumbnailLoader()
    yield loader
    assert loader.shutdown()


def test_the_image_is_there_after_the_signal(loader: ThumbnailLoader, make_images: MakeImages, qtbot: QtBot) -> None:
    (path,) = make_images("a", 1)
    with qtbot.waitSignal(loader.image_ready) as blocker:
        assert loader.image(path) is None
    assert blocker.args == [path]
    image = loader.image(path)
    assert image is not None
    assert (image.width(), image.height()) == (64, 48)
    colour = image.pixelColor(2, 2)
    assert (colour.red(), colour.green(), colour.blue()) == (200, 60, 40)


def test_large_images_are_shrunk_and_turned_upright(loader: ThumbnailLoader, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "large.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # displayed a quarter turn clockwise
    Image.new("RGB", (1000, 500)).save(path, exif=exif)
    with qtbot.waitSignal(loader.image_ready):
        loader.image(path)
    image = loader.image(path)
    assert image is not None
    assert (image.width(), image.height()) == (128, 256)


def test_an_unreadable_file_fails_once_and_is_not_tried_again(
    loader: ThumbnailLoader, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"no image")
    with qtbot.waitSignal(loader.image_failed) as blocker:
        loader.image(path)
    assert blocker.args[0] == path
    with qtbot.assertNotEmitted(loader.image_failed, wait=100):
        assert loader.image(path) is None
    loader.clear()
    with qtbot.waitSignal(loader.image_failed):
        loader.image(path)


def test_the_latest_request_is_decoded_first(qapp: object, make_images: MakeImages, qtbot: QtBot) -> None:
    paths = make_images("a", 6)
    gate, order = threading.Event(), list[Path]()

    def slow(path: Path) -> QImage:
        gate.wait(10)
        order.append(path)
        return load_qimage(path, 64)

    decoder = Decoder(slow, capacity=10, threads=1)
    decoder.request(paths[0])
    qtbot.waitUntil(lambda: not decoder._waiting)  # the thread has taken it
    for path in paths[1:]:
        decoder.request(path)
    with qtbot.waitSignals([decoder.decoded] * 6):
        gate.set()
    assert order == [paths[0], *paths[:0:-1]]
    assert decoder.shutdown()


def test_requests_of_rows_long_scrolled_away_are_dropped(qapp: object, make_images: MakeImages, qtbot: QtBot) -> None:
    paths = make_images("a", 5)
    gate = threading.Event()

    def slow(path: Path) -> QImage:
        gate.wait(10)
        return load_qimage(path, 64)

    decoder = Decoder(slow, capacity=2, threads=1)
    decoder.request(paths[0])
    qtbot.waitUntil(lambda: not decoder._waiting)  # the thread has taken it
    dropped = [one for path in paths[1:] for one in decoder.request(path)]
    assert dropped == paths[1:3]
    gate.set()
    assert decoder.shutdown()


def test_the_cache_stays_within_its_bytes_and_keeps_what_was_used_last() -> None:
    cache = ImageCache[Path](max_bytes=3 * 400)
    a, b, c, d = (Path(name) for name in "abcd")
    for path in (a, b, c):
        cache.put(path, QImage(10, 10, QImage.Format.Format_RGB32))
    assert cache.get(a) is not None
    cache.put(d, QImage(10, 10, QImage.Format.Format_RGB32))
    assert cache.size_in_bytes == 1200
    assert cache.get(b) is None
    assert cache.get(a) is not None
    cache.clear()
    assert cache.size_in_bytes == 0
