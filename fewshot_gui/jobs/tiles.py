"""Pictures and maps for the tiles of the gallery, as large as they are shown, made off the window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.jobs.decoding import Decoder, to_qimage
from fewshot_gui.jobs.maps import MapLoader
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.jobs.thumbnails import ImageCache
from model.images.rendering import USUAL, Rendering
from model.types import MapStyle

_PICTURE_BYTES = 192 * 2**20
_LEAST_ROOM = 16


@dataclass(frozen=True)
class _PictureWanted:
    path: Path
    side: int  # of the longer side, in pixels
    rendering: Rendering


@dataclass(frozen=True)
class _Picture:
    image: QImage
    size: QSize  # of the file


class TileLoader(QObject):
    """The `TileSource` of the app. Lives in the window's thread."""

    changed = Signal(object)  # Path
    all_changed = Signal()

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rendering = USUAL
        # By side as well: views that show the same image in two sizes would push out each other's for ever.
        self._pictures = ImageCache[tuple[Path, int]](_PICTURE_BYTES)
        self._made: dict[Path, int] = {}  # the side that was made last
        self._sizes: dict[Path, QSize] = {}  # of the files
        self._failures: dict[Path, str] = {}  # not tried again until `clear`
        self._asked: set[_PictureWanted] = set()
        self._room: dict[str, int] = {}
        self._decoder = Decoder[_PictureWanted](_load, _LEAST_ROOM, parent=self)
        self._decoder.decoded.connect(self._on_decoded)
        self._decoder.decoding_failed.connect(self._on_decoding_failed)
        self._maps = MapLoader(runner, self)
        self._maps.changed.connect(self.changed)

    @property
    def is_loading(self) -> bool:
        """Whether pictures that were asked for are still to come."""
        return bool(self._asked)

    def picture(self, path: Path, side: int) -> QImage | None:
        """See `TileSource`."""
        image = self._pictures.get((path, side))
        if image is not None:
            return image
        if path not in self._failures:
            wanted = _PictureWanted(path, side, self._rendering)
            self._asked.add(wanted)
            self._asked.difference_update(self._decoder.request(wanted))
        return self._pictures.get((path, self._made.get(path, side)))

    def original_size(self, path: Path) -> QSize:
        """See `TileSource`."""
        return self._sizes.get(path, QSize())

    def failure(self, path: Path) -> str | None:
        """See `TileSource`."""
        return self._failures.get(path)

    def layer(self, path: Path, bin_id: str, map_style: MapStyle, size: QSize) -> QImage | None:
        """See `TileSource`."""
        return self._maps.layer(path, bin_id, map_style, size)

    def set_room(self, asker: str, tiles: int) -> None:
        """See `TileSource`."""
        self._room[asker] = tiles
        room = sum(self._room.values())
        self._decoder.set_capacity(max(room, _LEAST_ROOM))
        self._maps.set_room(room)

    def set_rendering(self, rendering: Rendering) -> None:
        """Read files by `rendering` from now on."""
        if rendering != self._rendering:
            self._rendering = rendering
            self.clear()

    def start_maps(self, *, closely: bool) -> None:
        """There is another classifier, or another look: make maps anew."""
        self._maps.start_anew(closely=closely)
        self.all_changed.emit()

    def forget_maps(self) -> None:
        """There is no classifier any more."""
        self._maps.forget()
        self.all_changed.emit()

    def clear(self) -> None:
        """Forget all pictures and failures: files may have changed."""
        self._decoder.drop_waiting()
        self._pictures.clear()
        self._made.clear()
        self._sizes.clear()
        self._failures.clear()
        self._asked.clear()
        self.all_changed.emit()

    def shutdown(self) -> bool:
        """End the threads; False when one did not end in time."""
        return all([self._decoder.shutdown(), self._maps.shutdown()])

    @Slot(object, object)
    def _on_decoded(self, wanted: _PictureWanted, picture: _Picture) -> None:
        if wanted in self._asked:  # otherwise cleared meanwhile: what was read may be out of date
            self._asked.discard(wanted)
            self._pictures.put((wanted.path, wanted.side), picture.image)
            self._made[wanted.path] = wanted.side
            self._sizes[wanted.path] = picture.size
            self.changed.emit(wanted.path)

    @Slot(object, object)
    def _on_decoding_failed(self, wanted: _PictureWanted, reason: str) -> None:
        if wanted in self._asked:
            self._asked.discard(wanted)
            self._failures[wanted.path] = reason
            self.changed.emit(wanted.path)


def _load(wanted: _PictureWanted) -> _Picture:
    """Read a picture and make its longer side exactly as long as wanted, so that it is painted as it is."""
    from model.images.reading import read_with_size  # here: the window starts without the decoders

    rendering = wanted.rendering
    image, size = read_with_size(wanted.path, wanted.side, None, rendering.ground, rendering.greys)
    picture = to_qimage(image)
    if max(picture.width(), picture.height()) != wanted.side:  # a small file
        fitted = picture.size().scaled(wanted.side, wanted.side, Qt.AspectRatioMode.KeepAspectRatio)
        mode = Qt.TransformationMode.SmoothTransformation
        picture = picture.scaled(fitted.expandedTo(QSize(1, 1)), Qt.AspectRatioMode.IgnoreAspectRatio, mode)
    return _Picture(picture, QSize(*size))
