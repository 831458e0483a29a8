"""The images of the opened folders, to be sorted into bins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from fewshot_gui.items.image_list_model import ImageListModel, Index
from fewshot_gui.items.roles import Role, searchable
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.document import Document
from fewshot_gui.project.library import Library
from fewshot_gui.project.stacks import Stacks

_MOST_ROWS = 200  # that come or go one by one; of more, the views start anew


class LibraryModel(ImageListModel):
    """The images of `library`; those in a bin carry its colour. `set_filter` narrows what is shown.

    Images are handled by their numbers in the library: paths are slow to hash and compare.
    """

    def __init__(
        self,
        document: Document,
        library: Library,
        thumbnails: Thumbnails,
        parent: QObject | None = None,
        stacks: Stacks | None = None,
    ) -> None:
        super().__init__(thumbnails, "library", parent=parent)
        self._stacks = stacks or Stacks(self)
        self._tops: dict[int, int] = {}  # of the images in stacks, the number of the first
        self._spread: set[int] = set()  # numbers of the first of stacks that are spread
        self._stacks.changed.connect(self._on_stacks_changed)
        self._document, self._library = document, library
        self._texts: list[str] = []  # what the filter looks at
        self._shown: list[int] = []  # the numbers of the rows; ascending but for suggestions
        self._row_at: dict[int, int] = {}  # rows of numbers, while there are stacks
        self._words: tuple[str, ...] = ()
        self._unsorted_only = False
        self._in_bins: set[int] = set()
        self._suggested: tuple[Path, ...] | None = None
        self._ranks: dict[int, int] | None = None  # of the suggested numbers
        for signal in (document.bin_changed, document.bin_removed, document.bins_reordered, document.reset):
            signal.connect(self._on_bins_changed)
        document.examples_changed.connect(self._on_bins_changed)
        library.cleared.connect(self._on_cleared)
        library.added.connect(self._on_added)
        self._on_added(0)

    @property
    def total(self) -> int:
        """How many images there are, filtered out or not."""
        return len(self._library)

    @property
    def suggested(self) -> tuple[Path, ...] | None:
        """The images to label next, best first, while only those are shown."""
        return self._suggested

    def row_of(self, path: Path) -> int | None:
        """Where `path` is shown, or None."""
        number = self._library.number(path)
        if number is None:
            return None
        row = self._place(number)
        return row if self._is_at(row, number) else None

    def set_filter(self, text: str, unsorted_only: bool = False) -> None:
        """Show the images whose path contains every word of `text`; or of those, the ones in no bin."""
        words = tuple(searchable(text).split())
        if (words, unsorted_only) != (self._words, self._unsorted_only):
            self._words, self._unsorted_only = words, unsorted_only
            self._show()

    def set_suggested(self, paths: Sequence[Path] | None) -> None:
        """Show only these images, in their order, while they are in no bin; None shows the others again."""
        self._suggested = self._ranks = None
        if paths is not None:
            numbers = {path: number for path in paths if (number := self._library.number(path)) is not None}
            self._suggested = tuple(path for path in paths if path in numbers)
            self._ranks = {numbers[path]: rank for rank, path in enumerate(self._suggested)}
        self._show()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """Adds the colour of the bin that the image is in (Qt)."""
        if role == Role.COLOR and index.isValid() and index.row() < len(self._paths):
            bin_id = self._document.bin_of(self._paths[index.row()])
            return None if bin_id is None else self._document.bin(bin_id).color
        if role == Role.STACK and self._tops and index.isValid() and index.row() < len(self._paths):
            group = self._stacks.members(self._paths[index.row()])
            return (len(group), self._stacks.is_spread(group[0])) if group else None
        return super().data(index, role)

    def _on_stacks_changed(self) -> None:
        number = self._library.number
        self._tops, self._spread = {}, set()
        for group in self._stacks.groups():
            here = sorted(found for path in group if (found := number(path)) is not None)
            self._tops.update(dict.fromkeys(here, here[0] if here else 0))
            if here and self._stacks.is_spread(group[0]):
                self._spread.add(here[0])
        self._show()

    def _stacked(self, numbers: list[int]) -> list[int]:
        """The first of each stack among `numbers`; all of a stack that is spread, one after the other."""
        found, seen = list[int](), set[int]()
        spread: dict[int, list[int]] = {}
        for each in numbers:
            top = self._tops.get(each, each)
            if top in self._spread:
                spread.setdefault(top, []).append(each)
            if top not in seen:
                found.append(each)
                seen.add(top)
        if not spread:
            return found
        return [one for each in found for one in spread.get(self._tops.get(each, each), (each,))]

    def _tool_tip(self, path: Path) -> str:
        bin_id = self._document.bin_of(path)
        text = super()._tool_tip(path)
        if bin_id is None:
            return text
        return text + "\n" + self.tr("In ‘{name}’").format(name=self._document.bin(bin_id).name)

    def _on_cleared(self) -> None:
        self._texts = []
        self.set_suggested(None)

    def _on_added(self, first: int) -> None:
        paths = self._library.paths
        self._texts += [searchable(path) for path in paths[first:]]
        self._in_bins = self._library.numbers_in_bins()
        if self._suggested is None:
            new = self._matching(range(first, len(paths)))
            self._row_at.update(zip(new, range(len(self._shown), len(self._shown) + len(new)), strict=True))
            self._shown += new
            self._append_paths([paths[number] for number in new])

    def _show(self) -> None:
        self._in_bins = self._library.numbers_in_bins()
        self._shown = self._matching(range(self.total) if self._ranks is None else list(self._ranks))
        self._row_at = {number: row for row, number in enumerate(self._shown)} if self._tops else {}
        paths, are_all = self._library.paths, len(self._shown) == self.total and not self._tops and self._ranks is None
        self._reset_paths(paths if are_all else [paths[number] for number in self._shown])

    def _matching(self, numbers: Sequence[int]) -> list[int]:
        """Those of `numbers` that pass the filter."""
        found = list(numbers)
        for word in self._words:
            found = [number for number in found if word in self._texts[number]]
        if self._hides_bins() and self._in_bins:
            found = [number for number in found if number not in self._in_bins]
        return self._stacked(found) if self._tops else found

    def _hides_bins(self) -> bool:
        return self._unsorted_only or self._ranks is not None

    def _place(self, number: int) -> int:
        """The row where `number` is, or would be inserted."""
        ranks = self._ranks
        if self._tops:  # of stacks that are spread the numbers do not ascend
            return self._row_at.get(number, len(self._shown))
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
            self._paths.insert(row, self._library.paths[number])
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._shown[row], self._paths[row]
            self.endRemoveRows()

    def _number_rows(self, first: int = 0) -> None:
        """Nothing to note: `row_of` finds rows by the numbers."""

    def _on_bins_changed(self) -> None:
        before, self._in_bins = self._in_bins, self._library.numbers_in_bins()
        changed = sorted(before ^ self._in_bins)
        if self._hides_bins() and (len(changed) > _MOST_ROWS or (changed and self._tops)):
            self._show()
        elif self._hides_bins():
            for number in changed:
                self._update_row(number)
        if self._paths:
            self.dataChanged.emit(self.index(0), self.index(len(self._paths) - 1), [Role.COLOR])
