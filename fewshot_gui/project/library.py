"""The images found in the project's folders. Derived from the disk: neither saved nor undone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fewshot_gui.project.document import Document


class Library(QObject):
    """Images by number, in the order in which they were found; a scan clears them, then adds them in parts.

    What is done for each of 100,000 images is done with their numbers: to hash or compare a path takes Python's
    own code, ten times as long.
    """

    cleared = Signal()
    added = Signal(int)  # number of the first new image
    scanning_changed = Signal(bool)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        """Make a library without images; `document` knows which images are in bins."""
        super().__init__(parent)
        self._document = document
        self._paths: list[Path] = []
        self._numbers: dict[Path, int] = {}
        self._is_scanning = False

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def paths(self) -> Sequence[Path]:
        """All images, in the order in which they were found; not to be changed."""
        return self._paths

    @property
    def is_scanning(self) -> bool:
        """Whether folders are being read, so that more images may come."""
        return self._is_scanning

    def number(self, path: Path) -> int | None:
        """Return the number of an image, from 0, or None where it was not found."""
        return self._numbers.get(path)

    def numbers_in_bins(self) -> set[int]:
        """Return the numbers of the images that are examples; costs O(examples)."""
        examples = (example.path for bin_ in self._document.bins for example in bin_.examples)
        return {self._numbers[path] for path in examples if path in self._numbers}

    def free_paths(self) -> list[Path]:
        """Return the images that are in no bin."""
        in_bins = self.numbers_in_bins()
        return [path for number, path in enumerate(self._paths) if number not in in_bins]

    def clear(self) -> None:
        """Forget all images, before another scan."""
        self._paths, self._numbers = [], {}
        self.cleared.emit()

    def add(self, paths: Iterable[Path]) -> None:
        """Append images; those already there are skipped."""
        first = len(self._paths)
        for path in paths:
            if self._numbers.setdefault(path, len(self._paths)) == len(self._paths):
                self._paths.append(path)
        self.added.emit(first)

    def set_scanning(self, is_scanning: bool) -> None:
        """Say whether folders are being read."""
        if is_scanning != self._is_scanning:
            self._is_scanning = is_scanning
            self.scanning_changed.emit(is_scanning)
