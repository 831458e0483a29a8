"""Interfaces by which models and the inspector ask for pictures; implemented in `fewshot_gui.jobs`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QRectF, Signal, SignalInstance
from PySide6.QtGui import QImage

from model.images.windows import Look


class ThumbnailSource(Protocol):
    """Small pictures, decoded off the GUI thread and cached."""

    @property
    def image_ready(self) -> SignalInstance:
        """Signal(Path): `image(path)` now answers."""

    @property
    def image_failed(self) -> SignalInstance:
        """Signal(Path, str): the file cannot be shown, and why."""

    def image(self, path: Path) -> QImage | None:
        """The thumbnail, or None: it was requested and arrives by `image_ready`."""


class PictureSource(Protocol):
    """Large pictures for the inspector, as displayed (EXIF-oriented)."""

    @property
    def picture_ready(self) -> SignalInstance:
        """Signal(Path, QImage, QSize): the image, perhaps smaller than the file's own size in pixels."""

    @property
    def picture_failed(self) -> SignalInstance:
        """Signal(Path, str)."""

    @property
    def detail_ready(self) -> SignalInstance:
        """Signal(Path, QImage, QRectF): a part, and the rectangle of the file that it covers."""

    @property
    def values_ready(self) -> SignalInstance:
        """Signal(Path, Survey): the values of a picture of greys; None where it has none."""

    @property
    def values_failed(self) -> SignalInstance:
        """Signal(Path, str): why there are none."""

    @property
    def look_ready(self) -> SignalInstance:
        """Signal(Path, QImage, Look): the picture in another look; None: as it is classified."""

    @property
    def series_ready(self) -> SignalInstance:
        """Signal(Path, tuple[Path, ...]): the images among which it is looked at one after another, in order."""

    @property
    def facts_ready(self) -> SignalInstance:
        """Signal(Path, tuple[Fact, ...]): what the file says of the picture."""

    def request(self, path: Path, look: Look | None = None) -> None:
        """Ask for the picture of `path`, in a look where it is one of greys; the answer comes by a signal."""

    def request_look(self, path: Path, look: Look | None, side: int = ...) -> None:
        """Ask for a picture that was asked for in another look, at most `side` pixels long."""

    def request_values(self, path: Path) -> None:
        """Ask for the values of a picture of greys."""

    def request_series(self, path: Path) -> None:
        """Ask for the images of the series in which `path` lies."""

    def request_near(self, paths: Sequence[Path]) -> None:
        """Read pictures that are likely wanted soon, the likeliest first, when there is time."""

    def request_facts(self, path: Path) -> None:
        """Ask for what the file says of the picture."""

    def request_detail(self, path: Path, rect: QRectF, scale: float) -> None:
        """Ask for a part of a picture, at `scale` (1: every pixel) or finer; parts of others are forgotten."""


class Thumbnails(QObject):
    """A `ThumbnailSource` for many models: remembers failures, which the source tells only once."""

    changed = Signal(Path)  # the image, or the failure, is there now

    def __init__(self, source: ThumbnailSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._failures: dict[Path, str] = {}
        source.image_ready.connect(self._on_ready)
        source.image_failed.connect(self._on_failed)

    def image(self, path: Path) -> QImage | None:
        """The thumbnail, or None: not there yet, or not to be had (see `failure`)."""
        return self._source.image(path)

    def failure(self, path: Path) -> str | None:
        """Why the file cannot be shown; None where no failure is known."""
        return self._failures.get(path)

    def _on_ready(self, path: Path) -> None:
        self._failures.pop(path, None)
        self.changed.emit(path)

    def _on_failed(self, path: Path, reason: str) -> None:
        self._failures[path] = reason
        self.changed.emit(path)
