"""Small pictures for the lists, decoded off the window's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from fewshot_gui.jobs.decoding import Decoder, load_qimage
from model.images.rendering import USUAL, Rendering

THUMBNAIL_SIDE = 256  # pixels: 128 on screens of double density
CACHE_BYTES = 128 * 2**20

_WAITING_THUMBNAILS = 400  # some screens full; older requests are of rows that scrolled away


_Key = TypeVar("_Key", bound=Hashable)


class ImageCache(Generic[_Key]):
    """The images used last, as many as fit into `max_bytes`."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._images: OrderedDict[_Key, QImage] = OrderedDict()

    @property
    def size_in_bytes(self) -> int:
        """What the images take now."""
        return self._bytes

    def get(self, key: _Key) -> QImage | None:
        """Return the image, which counts as used now, or None."""
        image = self._images.get(key)
        if image is not None:
            self._images.move_to_end(key)
        return image

    def put(self, key: _Key, image: QImage) -> None:
        """Keep `image`; those not used for the longest time go."""
        self.discard(key)
        self._images[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > self._max_bytes and len(self._images) > 1:
            _, oldest = self._images.popitem(last=False)
            self._bytes -= oldest.sizeInBytes()

    def discard(self, key: _Key) -> None:
        """Forget one image, if it is here."""
        image = self._images.pop(key, None)
        if image is not None:
            self._bytes -= image.sizeInBytes()

    def clear(self) -> None:
        """Forget all."""
        self._images.clear()
        self._bytes = 0


class ThumbnailLoader(QObject):
    """The `ThumbnailSource` of the app. Lives in the window's thread."""

    image_ready = Signal(object)  # Path
    image_failed = Signal(object, object)  # Path, reason

    def __init__(self, max_bytes: int = CACHE_BYTES, side: int = THUMBNAIL_SIDE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = ImageCache[Path](max_bytes)
        self._failed: set[Path] = set()  # not tried again until `clear`
        self._asked: set[Path] = set()
        self.rendering = USUAL
        """How files are read; `clear` after a change."""
        self._side = side
        self._decoder = Decoder[tuple[Path, Rendering]](self._load, _WAITING_THUMBNAILS, parent=self)
        self._decoder.decoded.connect(self._on_decoded)
        self._decoder.decoding_failed.connect(self._on_decoding_failed)

    @property
    def is_loading(self) -> bool:
        """Whether thumbnails that were asked for are still to come."""
        return bool(self._asked)

    def image(self, path: Path) -> QImage | None:
        """Return the thumbnail, or None: then it was requested, unless it has failed before."""
        image = self._cache.get(path)
        if image is None and path not in self._failed:
            self._asked.add(path)
            dropped = self._decoder.request((path, self.rendering))
            self._asked.difference_update(one for one, _ in dropped)
        return image

    def clear(self) -> None:
        """Forget all images and failures: files may have changed."""
        self._decoder.drop_waiting()
        self._cache.clear()
        self._failed.clear()
        self._asked.clear()

    def shutdown(self) -> bool:
        """End the threads; False when one did not end in time."""
        return self._decoder.shutdown()

    def _load(self, wanted: tuple[Path, Rendering]) -> QImage:
        path, rendering = wanted
        return load_qimage(path, self._side, rendering)

    @Slot(object, object)
    def _on_decoded(self, wanted: tuple[Path, Rendering], image: QImage) -> None:
        path, rendering = wanted
        # otherwise cleared meanwhile: what was read may be out of date
        if path in self._asked and rendering == self.rendering:
            self._asked.discard(path)
            self._cache.put(path, image)
            self.image_ready.emit(path)

    @Slot(object, object)
    def _on_decoding_failed(self, wanted: tuple[Path, Rendering], reason: str) -> None:
        path, rendering = wanted
        if rendering != self.rendering:
            return
        self._asked.discard(path)
        self._failed.add(path)
        self.image_failed.emit(path, reason)
