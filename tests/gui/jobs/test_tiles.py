"""Tiles get their pictures as large as they are shown, and only what is in sight is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from fewshot_gui.jobs.runner import Runner
from fewshot_gui.jobs.tiles import TileLoader
from model.images.rendering import Rendering
from model.types import MapStyle
from tests.gui.jobs.fakes import FakeEngine

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def loader(qapp: object) -> Iterator[TileLoader]:
    runner = Runner(FakeEngine())
    runner.start()
    loader = TileLoader(runner)
    yield loader
    assert loader.shutdown()
    assert runner.shutdown() == []


def made(loader: TileLoader, qtbot: QtBot, path: Path, side: int) -> QSize:
    """Wait for the picture of this size; returns its size."""

    def is_there() -> bool:
        image = loader.picture(path, side)
        return image is not None and max(image.width(), image.height()) == side

    qtbot.waitUntil(is_there)
    image = loader.picture(path, side)
    assert image is not None
    return image.size()


def test_pictures_are_exactly_as_large_as_they_are_shown(
    loader: TileLoader, make_images: MakeImages, qtbot: QtBot
) -> None:
    (path,) = make_images("a", 1)  # 64 x 48
    assert made(loader, qtbot, path, 32) == QSize(32, 24)
    assert made(loader, qtbot, path, 320) == QSize(320, 240)
    assert loader.original_size(path) == QSize(64, 48)


def test_two_views_may_show_an_image_in_two_sizes(loader: TileLoader, make_images: MakeImages, qtbot: QtBot) -> None:
    (path,) = make_images("a", 1)
    made(loader, qtbot, path, 32)
    made(loader, qtbot, path, 64)
    for side in (32, 64, 32):  # nothing is made again
        image = loader.picture(path, side)
        assert image is not None
        assert image.width() == side
    assert not loader.is_loading


def test_while_another_size_is_made_the_one_of_before_is_shown(
    loader: TileLoader, make_images: MakeImages, qtbot: QtBot
) -> None:
    (path,) = make_images("a", 1)
    made(loader, qtbot, path, 32)
    before = loader.picture(path, 64)
    assert before is not None
    assert before.width() == 32


def test_a_file_that_cannot_be_read_fails_once_until_all_is_read_again(
    loader: TileLoader, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"no image")
    with qtbot.waitSignal(loader.changed):
        assert loader.picture(path, 32) is None
    assert loader.failure(path)
    assert loader.picture(path, 32) is None
    assert not loader.is_loading
    with qtbot.waitSignal(loader.all_changed):
        loader.clear()
    assert loader.failure(path) is None


def test_what_scrolled_out_of_sight_is_not_made(loader: TileLoader, make_images: MakeImages, qtbot: QtBot) -> None:
    images = make_images("a", 200)
    loader.set_room("gallery", 20)
    for path in images:
        loader.picture(path, 320)
    qtbot.waitUntil(lambda: not loader.is_loading)
    assert all(loader.picture(path, 320) is not None for path in images[-20:])
    there = [path for path in images if not loader.original_size(path).isEmpty()]
    assert len(there) < 100
    qtbot.waitUntil(lambda: not loader.is_loading)


def test_another_way_to_read_files_makes_all_pictures_anew(
    loader: TileLoader, make_images: MakeImages, qtbot: QtBot
) -> None:
    (path,) = make_images("a", 1)
    made(loader, qtbot, path, 32)
    loader.set_rendering(Rendering((0, 0, 0)))
    assert loader.original_size(path).isEmpty()
    made(loader, qtbot, path, 32)


def test_no_maps_are_asked_for_before_there_is_a_classifier_and_none_twice_that_cannot_be_had(
    loader: TileLoader, make_images: MakeImages, qtbot: QtBot
) -> None:
    (path,) = make_images("a", 1)
    finished: list[int] = []
    loader._maps._runner.finished.connect(finished.append)
    wanted = (path, "bin", MapStyle.HEAT, QSize(32, 24))
    assert loader.layer(*wanted) is None
    qtbot.wait(50)
    assert finished == []
    loader.start_maps(closely=False)
    for _ in range(3):
        assert loader.layer(*wanted) is None
        qtbot.wait(50)
    assert len(finished) == 1  # this engine has no classifier
