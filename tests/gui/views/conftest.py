"""A main window over a real document, with pictures that are ready at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.intents import Intents
from fewshot_gui.items.thumbnail_source import PictureSource
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from model.images.windows import Look
from model.types import MapStyle


class ReadyThumbnails(QObject):
    """Answers every request at once; counts them."""

    image_ready = Signal(object)
    image_failed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[Path] = set()
        self._image = QImage(32, 24, QImage.Format.Format_RGB32)
        self._image.fill(Qt.GlobalColor.darkCyan)

    def image(self, path: Path) -> QImage | None:
        self.asked.add(path)
        return self._image


class PicturesOnDemand(QObject):
    """Remembers what was asked for; the test answers."""

    picture_ready = Signal(object, QImage, QSize)
    detail_ready = Signal(object, QImage, QRectF)
    picture_failed = Signal(object, str)
    values_ready = Signal(object, object)
    values_failed = Signal(object, str)
    look_ready = Signal(object, QImage, object)
    series_ready = Signal(object, object)
    facts_ready = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[tuple[Path, Look | None]] = []
        self.asked: list[tuple[str, Path]] = []  # what for, and of which picture
        self.near: list[Path] = []
        self.requests: list[Path] = []
        self.details: list[tuple[Path, QRectF, float]] = []

    def request(self, path: Path, look: Look | None = None) -> None:
        self.requests.append(path)

    def request_look(self, path: Path, look: Look | None, side: int = 2560) -> None:
        self.looks.append((path, look))

    def request_values(self, path: Path) -> None:
        self.asked.append(("values", path))

    def request_series(self, path: Path) -> None:
        self.asked.append(("series", path))

    def request_facts(self, path: Path) -> None:
        self.asked.append(("facts", path))

    def request_near(self, paths: Sequence[Path]) -> None:
        self.near = list(paths)

    def request_detail(self, path: Path, rect: QRectF, scale: float) -> None:
        self.details.append((path, rect, scale))


class ReadyTiles(QObject):
    """Answers every request at once; counts them."""

    changed = Signal(object)
    all_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Path, int]] = []  # pictures, and the side asked for
        self.layers: list[tuple[Path, str, MapStyle]] = []
        self.failures: dict[Path, str] = {}
        self.room: dict[str, int] = {}

    def picture(self, path: Path, side: int) -> QImage | None:
        self.asked.append((path, side))
        image = QImage(side, side * 3 // 4, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.darkCyan)
        return image

    def original_size(self, path: Path) -> QSize:
        return QSize(400, 300)

    def failure(self, path: Path) -> str | None:
        return self.failures.get(path)

    def layer(self, path: Path, bin_id: str, map_style: MapStyle, size: QSize) -> QImage | None:
        self.layers.append((path, bin_id, map_style))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.yellow)
        return image

    def set_room(self, asker: str, tiles: int) -> None:
        self.room[asker] = tiles


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def results(document: Document) -> Results:
    return Results(document)


@pytest.fixture
def found(document: Document) -> Library:
    """The images that were found in the library's folders."""
    return Library(document)


@pytest.fixture
def thumbnails() -> ReadyThumbnails:
    return ReadyThumbnails()


@pytest.fixture
def pictures() -> PicturesOnDemand:
    return PicturesOnDemand()


@pytest.fixture
def full_pictures(pictures: PictureSource) -> PictureSource:
    """Those of the views that take the whole window."""
    return pictures


@pytest.fixture
def tiles() -> ReadyTiles:
    return ReadyTiles()


@pytest.fixture
def window(
    qtbot: QtBot,
    document: Document,
    results: Results,
    found: Library,
    thumbnails: ReadyThumbnails,
    pictures: PictureSource,
    full_pictures: PictureSource,
    tiles: ReadyTiles,
) -> Iterator[MainWindow]:
    window = MainWindow(document, results, found, Intents(), thumbnails, pictures, full_pictures, tiles)
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.set_close_guard(lambda: True)
