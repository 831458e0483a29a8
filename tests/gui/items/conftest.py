"""A document with results, and thumbnails that the test makes ready."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results


class LateThumbnails(QObject):
    """Has an image once `deliver` was called."""

    image_ready = Signal(object)
    image_failed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Path] = []
        self._images: dict[Path, QImage] = {}

    def image(self, path: Path) -> QImage | None:
        self.asked.append(path)
        return self._images.get(path)

    def deliver(self, path: Path) -> None:
        self._images[path] = QImage(8, 6, QImage.Format.Format_RGB32)
        self.image_ready.emit(path)


@pytest.fixture
def document(qapp: QApplication) -> Document:
    return Document()


@pytest.fixture
def results(document: Document) -> Results:
    return Results(document)


@pytest.fixture
def source(qapp: QApplication) -> LateThumbnails:
    return LateThumbnails()


@pytest.fixture
def thumbnails(source: LateThumbnails) -> Thumbnails:
    return Thumbnails(source)
