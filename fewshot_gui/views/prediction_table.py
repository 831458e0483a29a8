"""The table of predictions: rows can be selected, dragged and stepped through like thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from fewshot_gui.items.image_list_model import Index
from fewshot_gui.items.naming import names
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.prediction_delegate import ROW_HEIGHT, PredictionDelegate
from fewshot_gui.items.predictions_model import PredictionsModel
from fewshot_gui.items.roles import Role
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.views.image_view import (
    handle_step_key,
    path_after,
    select_rows,
    selected_rows,
    start_image_drag,
)

_WIDTHS = {Column.CLASS: 136, Column.CONFIDENCE: 136, Column.STATUS: 184}


class PredictionTable(QTableView):
    """All rows equally high, so that 100,000 of them cost no more than ten."""

    image_selected = Signal(Path)
    selection_edited = Signal()
    focused = Signal()

    def __init__(self, model: PredictionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsView")
        self.setAccessibleName(self.tr("Predictions"))
        self.setItemDelegate(PredictionDelegate(self))
        self.setModel(model)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        names.changed.connect(self.viewport().update)
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(ROW_HEIGHT)
        vertical.setMinimumSectionSize(ROW_HEIGHT)
        horizontal.setHighlightSections(False)
        # Its own, and empty: to draw itself it would ask for every cell of every column whether it is selected.
        horizontal.setSelectionModel(QItemSelectionModel(model, self))
        horizontal.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        horizontal.setSectionResizeMode(Column.IMAGE, QHeaderView.ResizeMode.Stretch)
        horizontal.setSortIndicatorClearable(True)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        horizontal.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def selected_paths(self) -> list[Path]:
        """The selected images, top to bottom."""
        model = cast(PredictionsModel, self.model())
        return [model.path(row) for row in selected_rows(self)]

    def row_of(self, path: Path) -> int | None:
        """Where `path` is shown, or None."""
        return cast(PredictionsModel, self.model()).row_of(path)

    def select_paths(self, paths: Sequence[Path]) -> None:
        """Select those of `paths` that are shown; the first becomes current."""
        model = cast(PredictionsModel, self.model())
        select_rows(self, [row for path in paths if (row := model.row_of(path)) is not None])

    def rows_in_view(self) -> RowsInView:
        """Which results are shown and selected."""
        return cast(PredictionsModel, self.model()).rows_in_view(selected_rows(self))

    def visible_paths(self) -> list[Path]:
        """The images whose rows are in sight, top to bottom."""
        model = cast(PredictionsModel, self.model())
        if not model.rowCount():
            return []
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return [model.path(row) for row in range(max(first, 0), (last if last >= 0 else model.rowCount() - 1) + 1)]

    def path_after_selection(self) -> Path | None:
        """The image that comes after the last selected one, or None."""
        return path_after(self)

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag the selected images (Qt)."""
        start_image_drag(self, supported)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and D go to the next image, Backspace and A to the previous one (Qt)."""
        if not handle_step_key(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell who is used (Qt)."""
        super().focusInEvent(event)
        self.focused.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The inspector follows the current image (Qt)."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() != previous.row():
            self.image_selected.emit(current.data(Role.PATH))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Actions depend on what is selected (Qt)."""
        super().selectionChanged(selected, deselected)
        self.selection_edited.emit()
