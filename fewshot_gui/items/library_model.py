"""The images of the opened folders, to be sorted into bins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt

from fewshot_gui.items.image_list_model import ImageListModel, Index
from fewshot_gui.items.roles import Role, readable
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.document import Document


class LibraryModel(ImageListModel):
    """Images found in the library folders; those in a bin carry its colour.

    The app streams the found files in with `add`; `set_filter` narrows what is shown.
    """

    def __init__(self, document: Document, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(thumbnails, "library", parent=parent)
        self._document = document
        self._all: dict[Path, str] = {}  # path -> what the filter looks at
        self._words: tuple[str, ...] = ()
        self._unsorted_only = False
        self._suggested: tuple[Path, ...] | None = None
        for signal in (document.bin_changed, document.bin_removed, document.bins_reordered, document.reset):
            signal.connect(self._on_bins_changed)
        document.examples_changed.connect(self._on_bins_changed)

    @property
    def total(self) -> int:
        """How many images there are, filtered out or not."""
        return len(self._all)

    @property
    def all_paths(self) -> Sequence[Path]:
        """The images, filtered out or not, in the order in which they were found."""
        return tuple(self._all)

    @property
    def suggested(self) -> tuple[Path, ...] | None:
        """The images to label next, best first, while only those are shown."""
        return self._suggested

    def clear(self) -> None:
        """Forget all images (before a new scan)."""
        self._all.clear()
        self._suggested = None
        self._reset_paths(())

    def add(self, paths: Iterable[Path]) -> None:
        """Append images; those already there are skipped."""
        new = {path: readable(path).casefold() for path in paths if path not in self._all}
        self._all.update(new)
        if self._suggested is None:
            self._append_paths([path for path, text in new.items() if self._is_shown(path, text)])

    def set_filter(self, text: str, unsorted_only: bool = False) -> None:
        """Show the images whose path contains every word of `text`; or of those, the ones in no bin."""
        words = tuple(text.casefold().split())
        if (words, unsorted_only) != (self._words, self._unsorted_only):
            self._words, self._unsorted_only = words, unsorted_only
            self._show()

    def set_suggested(self, paths: Sequence[Path] | None) -> None:
        """Show only these images, in their order, while they are in no bin; None shows the others again."""
        self._suggested = None if paths is None else tuple(path for path in paths if path in self._all)
        self._show()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """Adds the colour of the bin that the image is in (Qt)."""
        if role == Role.COLOR and index.isValid() and index.row() < len(self._paths):
            bin_id = self._document.bin_of(self._paths[index.row()])
            return None if bin_id is None else self._document.bin(bin_id).color
        return super().data(index, role)

    def _tool_tip(self, path: Path) -> str:
        bin_id = self._document.bin_of(path)
        text = super()._tool_tip(path)
        if bin_id is None:
            return text
        return text + "\n" + self.tr("In ‘{name}’").format(name=self._document.bin(bin_id).name)

    def _show(self) -> None:
        self._reset_paths(self._matching())

    def _matching(self) -> list[Path]:
        if self._suggested is None:
            return [path for path, key in self._all.items() if self._is_shown(path, key)]
        return [path for path in self._suggested if self._is_shown(path, self._all[path])]

    def _is_shown(self, path: Path, text: str) -> bool:
        if (self._unsorted_only or self._suggested is not None) and self._document.bin_of(path) is not None:
            return False
        return all(word in text for word in self._words)

    def _on_bins_changed(self) -> None:
        if self._suggested is not None:
            self._sync_paths(self._matching())
        elif self._unsorted_only:
            self._show()
        elif self._paths:
            self.dataChanged.emit(self.index(0), self.index(len(self._paths) - 1), [Role.COLOR])
