"""The common half of the models that list images by path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from fewshot_gui.items.mime import IMAGES_TYPE, Source, encode_images
from fewshot_gui.items.naming import display_name, display_path, display_text, names
from fewshot_gui.items.roles import Problem, Role
from fewshot_gui.items.thumbnail_source import Thumbnails

Index = QModelIndex | QPersistentModelIndex

# Made once: Qt asks for the flags of every cell of a selection, and each "|" of two flags runs Python's own code.
IMAGE_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemNeverHasChildren
    | Qt.ItemFlag.ItemIsDragEnabled
)


class ImageListModel(QAbstractListModel):
    """Image files in order, found again by path in constant time.

    Thumbnails are asked from the source only when a view asks for the row, which views do for the
    rows they show. Subclasses change `_paths` through `_reset_paths` and `_append_paths`.
    """

    def __init__(
        self, thumbnails: Thumbnails, source: Source, bin_id: str | None = None, parent: QObject | None = None
    ) -> None:
        """List nothing yet; a drag from here names `source` and `bin_id` as its origin."""
        super().__init__(parent)
        self._origin = (source, bin_id)
        self._thumbnails = thumbnails
        self._paths: list[Path] = []
        self._rows: dict[Path, int] = {}
        thumbnails.changed.connect(self.refresh)
        names.changed.connect(self._refresh_all)

    @property
    def paths(self) -> Sequence[Path]:
        """The images shown, in order; not to be changed."""
        return self._paths

    def path(self, row: int) -> Path:
        """The image at `row`; raises IndexError."""
        return self._paths[row]

    def row_of(self, path: Path) -> int | None:
        """Where `path` is, or None."""
        return self._rows.get(path)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - immutable
        """The number of images (Qt)."""
        return 0 if parent.isValid() else len(self._paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """One fact about one image (Qt)."""
        if not index.isValid() or index.row() >= len(self._paths):
            return None
        path = self._paths[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return display_name(path)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.image(path)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tool_tip(path)
        if role == Role.PATH:
            return path
        if role == Role.PROBLEM:
            return self._problem(path)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every image can be selected and dragged (Qt)."""
        return IMAGE_FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        """What a drag from here offers (Qt)."""
        return [IMAGES_TYPE, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The dragged images in the order of the rows (Qt)."""
        source, bin_id = self._origin
        rows = sorted({index.row() for index in indexes})
        return encode_images(source, [self._paths[row] for row in rows], bin_id)

    def refresh(self, path: Path) -> None:
        """Tell the views that what is known of `path` changed."""
        row = self.row_of(path)
        if row is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def _refresh_all(self) -> None:
        if self._paths:
            self.dataChanged.emit(self.index(0), self.index(len(self._paths) - 1))

    def _problem(self, path: Path) -> Problem:
        return Problem.NONE if self._thumbnails.failure(path) is None else Problem.UNREADABLE

    def _tool_tip(self, path: Path) -> str:
        failure = self._thumbnails.failure(path)
        name = display_path(path)
        return name if failure is None else f"{name}\n{display_text(failure)}"

    def _reset_paths(self, paths: Sequence[Path]) -> None:
        self.beginResetModel()
        self._paths = list(paths)
        self._number_rows()
        self.endResetModel()

    def _append_paths(self, paths: Sequence[Path]) -> None:
        if not paths:
            return
        first = len(self._paths)
        self.beginInsertRows(QModelIndex(), first, first + len(paths) - 1)
        self._paths.extend(paths)
        self._number_rows(first)
        self.endInsertRows()

    def _sync_paths(self, paths: Sequence[Path]) -> None:
        """Become `paths` by removing and inserting rows, so that selection and scroll position stay."""
        wanted = set(paths)
        for first, last in reversed(_runs([path not in wanted for path in self._paths])):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._paths[first : last + 1]
            self._number_rows()
            self.endRemoveRows()
        if [path for path in paths if path in self._rows] != self._paths:
            self._reset_paths(paths)
            return
        for first, last in _runs([path not in self._rows for path in paths]):
            self.beginInsertRows(QModelIndex(), first, last)
            self._paths[first:first] = paths[first : last + 1]
            self._number_rows()
            self.endInsertRows()

    def _number_rows(self, first: int = 0) -> None:
        """Note where the paths from `first` on are, for `row_of`."""
        if first == 0:
            self._rows.clear()
        self._rows.update(zip(self._paths[first:], range(first, len(self._paths)), strict=True))


def _runs(marks: Sequence[bool]) -> list[tuple[int, int]]:
    """(first, last) of each unbroken run of True."""
    runs: list[tuple[int, int]] = []
    for position, mark in enumerate(marks):
        if mark and runs and runs[-1][1] == position - 1:
            runs[-1] = (runs[-1][0], position)
        elif mark:
            runs.append((position, position))
    return runs
