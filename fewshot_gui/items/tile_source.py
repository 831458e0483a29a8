"""The interface by which a gallery asks for the pictures and maps of its tiles; implemented in `fewshot_gui.jobs`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize, SignalInstance
from PySide6.QtGui import QImage

from model.types import MapStyle


class TileSource(Protocol):
    """Pictures as large as they are shown, and maps over them, made off the GUI thread and cached.

    What is asked for and not there yet is made, the latest first.
    """

    @property
    def changed(self) -> SignalInstance:
        """Signal(Path): a picture, a map or a failure is there now."""

    @property
    def all_changed(self) -> SignalInstance:
        """Signal(): what was there is out of date."""

    def picture(self, path: Path, side: int) -> QImage | None:
        """The picture with a longer side of at most `side` pixels; meanwhile one of another size, or None."""

    def original_size(self, path: Path) -> QSize:
        """The size of the file in pixels, where its picture is there; else empty."""

    def failure(self, path: Path) -> str | None:
        """Why the file cannot be shown; None where no failure is known."""

    def layer(self, path: Path, bin_id: str, map_style: MapStyle, size: QSize) -> QImage | None:
        """The map of the class of a bin, to be laid over a picture of `size` pixels.

        Meanwhile one of another size, or None, as where there is none to be had.
        """

    def set_room(self, asker: str, tiles: int) -> None:
        """Say how many tiles `asker` has in sight: what was asked for before so many others is not made."""
