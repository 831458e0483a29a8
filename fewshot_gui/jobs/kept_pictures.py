"""Pictures that are kept while they, or their neighbours in a series, are looked at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from model.images.windows import Look

if TYPE_CHECKING:
    from model.images.grey_values import Survey

MOST_BYTES = 384 * 2**20


@dataclass(frozen=True)
class Kept:
    """What was read of a file: the picture as it is classified, its values, and the picture in a look."""

    size: QSize | None = None  # of the file
    image: QImage | None = None
    is_surveyed: bool = False
    survey: Survey | None = None  # None where `is_surveyed`: there are no values
    look: Look | None = None
    looked: QImage | None = None

    def shown(self, look: Look | None) -> QImage | None:
        """The picture in a look, or as it is classified; None where it has to be made."""
        if look is None or (self.is_surveyed and self.survey is None):
            return self.image
        return self.looked if look == self.look else None

    @property
    def size_in_bytes(self) -> int:
        """What it takes."""
        images = sum(image.sizeInBytes() for image in (self.image, self.looked) if image is not None)
        return images + (0 if self.survey is None else self.survey.greys.values.nbytes)


class KeptPictures:
    """What was read of some files, as much as fits into `max_bytes`. Thread-safe."""

    def __init__(self, max_bytes: int = MOST_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Path, Kept] = OrderedDict()
        self._wanted: frozenset[Path] = frozenset()

    def get(self, path: Path) -> Kept:
        """Return what is kept of a file; an empty `Kept` where that is nothing."""
        with self._lock:
            return self._kept.get(path, Kept())

    def update(self, path: Path, **changes: object) -> None:
        """Keep more of a file, if it is wanted."""
        with self._lock:
            if path not in self._wanted:
                return
            self._kept[path] = replace(self._kept.get(path, Kept()), **changes)  # type: ignore[arg-type]
            self._kept.move_to_end(path)
            total = sum(one.size_in_bytes for one in self._kept.values())
            while total > self._max_bytes and len(self._kept) > 1:
                total -= self._kept.popitem(last=False)[1].size_in_bytes

    def keep_only(self, paths: Collection[Path]) -> None:
        """Keep these files alone from now on."""
        with self._lock:
            self._wanted = frozenset(paths)
            for path in [path for path in self._kept if path not in self._wanted]:
                del self._kept[path]

    def clear(self) -> None:
        """Forget what was read; it may be kept once more."""
        with self._lock:
            self._kept.clear()
