"""The images of the opened folders, to be sorted into bins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from fewshot_gui.items.image_list_model import ImageListModel, Index
from fewshot_gui.items.roles import Role, readable
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.document import Document

_MOST_ROWS = 200  # that come or go one by one; of more, the views start anew


class LibraryModel(ImageListModel):
    """Images found in the library folders; those in a bin carry its colour.

    The app streams the found files in with `add`; `set_filter` narrows what is shown. Images are
    numbered as they are found. All that is done for each of 100,000 images is done with these
    numbers: a path takes Python's own code to be hashed or compared, ten times as long.
    """

    def __init__(self, document: Document, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(thumbnails, "library", parent=parent)
        self._document = document
        self._numbers: dict[Path, int] = {}
        self._all: list[Path] = []
        self._texts: list[str] = []  # what the filter looks at
        self._shown: list[int] = []  # the numbers of the rows; ascending but for suggestions
        self._words: tuple[str, ...] = ()
        self._unsorted_only = False
        self._in_bins: set[int] = set()
        self._suggested: tuple[Path, ...] | None = None
        self._ranks: dict[int, int] | None = None  # of the suggested numbers
        for signal in (document.bin_changed, document.bin_removed, document.bins_reordered, document.reset):
            signal.connect(self._on_bins_changed)
        document.examples_changed.connect(self._on_bins_changed)

    @property
    def total(self) -> int:
        """How many images there are, filtered out or not."""
        return len(self._all)

    @property
    def all_paths(self) -> Sequence[Path]:
        """The images, filtered out or not, in the order in which they were found; not to be changed."""
        return self._all

    @property
    def free_paths(self) -> list[Path]:
        """The images that are in no bin, filtered out or not."""
        return [path for number, path in enumerate(self._all) if number not in self._in_bins]

    @property
    def suggested(self) -> tuple[Path, ...] | None:
        """The images to label next, best first, while only those are shown."""
        return self._suggested

    def row_of(self, path: Path) -> int | None:
        """Where `path` is shown, or None."""
        number = self._numbers.get(path)
        if number is None:
            return None
        row = self._place(number)
        return row if self._is_at(row, number) else None

    def clear(self) -> None:
        """Forget all images (before a new scan)."""
        self._numbers, self._all, self._texts = {}, [], []
        self.set_suggested(None)

    def add(self, paths: Iterable[Path]) -> None:
        """Append images; those already there are skipped."""
        first = len(self._all)
        for path in paths:
            if self._numbers.setdefault(path, len(self._all)) == len(self._all):
                self._all.append(path)
                self._texts.append(readable(path).casefold())
        self._in_bins = self._find_in_bins()
        if self._suggested is None:
            new = self._matching(range(first, len(self._all)))
            self._shown += new
            self._append_paths([self._all[number] for number in new])

    def set_filter(self, text: str, unsorted_only: bool = False) -> None:
        """Show the images whose path contains every word of `text`; or of those, the ones in no bin."""
        words = tuple(text.casefold().split())
        if (words, unsorted_only) != (self._words, self._unsorted_only):
            self._words, self._unsorted_only = words, unsorted_only
            self._show()

    def set_suggested(self, paths: Sequence[Path] | None) -> None:
        """Show only these images, in their order, while they are in no bin; None shows the others again."""
        self._suggested = self._ranks = None
        if paths is not None:
            self._suggested = tuple(path for path in paths if path in self._numbers)
            self._ranks = {self._numbers[path]: rank for rank, path in enumerate(self._suggested)}
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
        self._in_bins = self._find_in_bins()
        self._shown = self._matching(range(len(self._all)) if self._ranks is None else list(self._ranks))
        self._reset_paths([self._all[number] for number in self._shown])

    def _matching(self, numbers: Sequence[int]) -> list[int]:
        """Those of `numbers` that pass the filter."""
        found = list(numbers)
        for word in self._words:
            found = [number for number in found if word in self._texts[number]]
        if self._hides_bins() and self._in_bins:
            found = [number for number in found if number not in self._in_bins]
        return found

    def _hides_bins(self) -> bool:
        return self._unsorted_only or self._ranks is not None

    def _find_in_bins(self) -> set[int]:
        examples = (example.path for bin_ in self._document.bins for example in bin_.examples)
        return {self._numbers[path] for path in examples if path in self._numbers}

    def _place(self, number: int) -> int:
        """The row where `number` is, or would be inserted."""
        ranks = self._ranks
        if ranks is None:
            return bisect_left(self._shown, number)
        return bisect_left(self._shown, ranks.get(number, len(ranks)), key=ranks.__getitem__)

    def _is_at(self, row: int, number: int) -> bool:
        return row < len(self._shown) and self._shown[row] == number

    def _update_row(self, number: int) -> None:
        """Remove or insert the row of an image that came into a bin or left one."""
        row = self._place(number)
        is_wanted = bool(self._matching([number])) and (self._ranks is None or number in self._ranks)
        if is_wanted == self._is_at(row, number):
            return
        if is_wanted:
            self.beginInsertRows(QModelIndex(), row, row)
            self._shown.insert(row, number)
            self._paths.insert(row, self._all[number])
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._shown[row], self._paths[row]
            self.endRemoveRows()

    def _number_rows(self, first: int = 0) -> None:
        """Nothing to note: `row_of` finds rows by the numbers."""

    def _on_bins_changed(self) -> None:
        before, self._in_bins = self._in_bins, self._find_in_bins()
        changed = sorted(before ^ self._in_bins)
        if self._hides_bins() and len(changed) > _MOST_ROWS:
            self._show()
        elif self._hides_bins():
            for number in changed:
                self._update_row(number)
        if self._paths:
            self.dataChanged.emit(self.index(0), self.index(len(self._paths) - 1), [Role.COLOR])
