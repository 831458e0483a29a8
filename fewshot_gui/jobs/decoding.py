"""A pool that decodes images for display, the latest request first."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

from fewshot_gui.jobs.priority import lower_thread_priority
from model.errors import ImageReadError
from model.images.rendering import USUAL, Rendering
from model.images.windows import Look

if TYPE_CHECKING:
    from PIL import Image

    from model.images.grey_values import GreyValues

_log = logging.getLogger(__name__)
_Wanted = TypeVar("_Wanted")  # Path, or what else names a picture or a part of one; hashable


class Decoder(QObject, Generic[_Wanted]):
    """Decodes what was asked for last; what was asked for long ago and not again is dropped.

    `decoded` and `decoding_failed` are emitted from pool threads: connect bound slots of objects
    that live in the window's thread, and Qt queues them.
    """

    decoded = Signal(object, object)  # what was wanted, what `load` made of it
    decoding_failed = Signal(object, object)  # what was wanted, reason

    def __init__(
        self, load: Callable[[_Wanted], object], capacity: int, threads: int = 2, parent: QObject | None = None
    ) -> None:
        """Decode by `load`, called in `threads` threads; keep at most `capacity` requests waiting."""
        super().__init__(parent)
        self._load = load
        self._capacity = capacity
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(threads)
        self._lock = threading.Lock()  # guards all below
        self._waiting: OrderedDict[_Wanted, None] = OrderedDict()  # the last is decoded next
        self._running = 0
        self._stopped = False

    def request(self, wanted: _Wanted) -> list[_Wanted]:
        """Put `wanted` first in line; returns the requests that were dropped to make room."""
        dropped = []
        with self._lock:
            if self._stopped:
                return []
            self._waiting[wanted] = None
            self._waiting.move_to_end(wanted)
            while len(self._waiting) > self._capacity:
                dropped.append(self._waiting.popitem(last=False)[0])
            start = self._running < self._pool.maxThreadCount()
            if start:
                self._running += 1
        if start:
            self._pool.start(self._decode_waiting)
        return dropped

    def set_capacity(self, capacity: int) -> None:
        """Keep at most `capacity` requests waiting, from the next one on."""
        with self._lock:
            self._capacity = capacity

    def drop_waiting(self) -> None:
        """Forget all requests that no thread has begun."""
        with self._lock:
            self._waiting.clear()

    def shutdown(self, timeout: float = 5.0) -> bool:
        """Drop what waits, let the rest end; False when it took longer than `timeout` seconds."""
        with self._lock:
            self._stopped = True
            self._waiting.clear()
        return self._pool.waitForDone(int(timeout * 1000))

    def _decode_waiting(self) -> None:
        lower_thread_priority()
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                wanted = self._waiting.popitem(last=True)[0]
            self._decode(wanted)

    def _decode(self, wanted: _Wanted) -> None:
        try:
            made = self._load(wanted)
        except ImageReadError as error:
            self.decoding_failed.emit(wanted, error.reason)
        except Exception as error:  # noqa: BLE001 - one picture must not end the pool's thread
            _log.exception("decoding failed unexpectedly")
            self.decoding_failed.emit(wanted, f"{type(error).__name__}: {error}")
        else:
            self.decoded.emit(wanted, made)


def load_qimage(path: Path, max_side: int, rendering: Rendering = USUAL) -> QImage:
    """Read `path` as displayed, at most `max_side` pixels long. Raises `ImageReadError`."""
    from model.images.reading import read_image  # here: the window starts without the decoders

    return to_qimage(read_image(path, max_side, rendering.ground, rendering.greys))


def grey_qimage(greys: GreyValues, look: Look, max_side: int) -> QImage:
    """Draw greys in a look, at most `max_side` pixels long."""
    from PIL import Image

    from model.images.pixels import shrunk

    thinned = greys.thinned(max(greys.values.shape) // max(2 * max_side, 1))
    return to_qimage(shrunk(Image.fromarray(thinned.seen(look)), max_side).convert("RGB"))


def to_qimage(image: Image.Image) -> QImage:
    """Copy an RGB image to the format that is drawn fastest."""
    pixels = image.tobytes()
    view = QImage(pixels, image.width, image.height, 3 * image.width, QImage.Format.Format_RGB888)
    return view.convertToFormat(QImage.Format.Format_RGB32)  # copies, so `pixels` may go
