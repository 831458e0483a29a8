"""The table of predictions: rows can be selected, dragged and stepped through like thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from fewshot_gui.covers import covers
from fewshot_gui.items.image_list_model import Index
from fewshot_gui.items.naming import names
from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.items.prediction_delegate import ROW_HEIGHT, PredictionDelegate, number_rect
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
from fewshot_gui.widgets.grid_view import is_in_sight

_WIDTHS = {Column.CLASS: 136, Column.CONFIDENCE: 136, Column.STATUS: 184}
_LEAST = {Column.CLASS: 88, Column.CONFIDENCE: 72, Column.STATUS: 64}
_LEAST_NAME, _LEAST_NOTE = 136, 64
_REMEMBERED = 500  # rows above the current one


@dataclass(frozen=True)
class _Place:
    """The current image and those above it, the selected ones, and the current one's top in pixels; None: unseen."""

    paths: Sequence[Path]
    selected: Sequence[Path]
    top: int | None


class PredictionTable(QTableView):
    """All rows equally high, so that 100,000 of them cost no more than ten."""

    image_selected = Signal(Path)
    selection_edited = Signal()
    focused = Signal()
    stack_clicked = Signal(Path)  # the number of images in its stack

    def __init__(self, model: PredictionsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsView")
        self.setAccessibleName(self.tr("Predictions"))
        self.setItemDelegate(PredictionDelegate(self))
        self.setModel(model)
        self._place: _Place | None = None
        self._is_restoring = False
        for before in (model.modelAboutToBeReset, model.layoutAboutToBeChanged):
            before.connect(self._remember_place)
        model.modelReset.connect(self._restore_rows)
        model.layoutChanged.connect(self._restore_scroll)
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
        covers.changed.connect(self.viewport().update)
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
        self._widths = dict(_WIDTHS)  # as the user wants them
        self._is_fitting = False
        self._fit_columns()
        horizontal.sectionResized.connect(self._on_column_resized)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns give way, so that none needs to be scrolled to; the current row stays in sight, where it was (Qt)."""
        was_seen = is_in_sight(self, event.oldSize().height())
        super().resizeEvent(event)
        self._fit_columns()
        if was_seen:
            self.scrollTo(self.currentIndex().siblingAtColumn(Column.IMAGE))

    def _fit_columns(self) -> None:
        """The note gives way first, then the bar of the confidence, then the class's name."""
        self._is_fitting = True
        lack = _LEAST_NAME + sum(self._widths.values()) - self.viewport().width()
        for column in (Column.STATUS, Column.CONFIDENCE, Column.CLASS):
            wanted = self._widths[column]
            least = 0 if column == Column.STATUS and lack > wanted - _LEAST_NOTE else min(_LEAST[column], wanted)
            width = min(max(wanted - max(lack, 0), least), wanted)
            lack -= wanted - width
            self.setColumnHidden(column, width == 0)
            if width:
                self.setColumnWidth(column, width)
        self._is_fitting = False

    def _on_column_resized(self, column: int, _before: int, width: int) -> None:
        is_by_user = not self._is_fitting and QApplication.mouseButtons() == Qt.MouseButton.LeftButton
        if is_by_user and width and column in self._widths:
            self._widths[Column(column)] = width

    def _remember_place(self) -> None:
        """Remember the current image, those above it, what is selected, and where in sight the current one is."""
        row, model = self.currentIndex().row(), cast(PredictionsModel, self.model())
        self._place = None
        if 0 <= row < model.rowCount() and not model.is_renewed:
            top = self.rowViewportPosition(row)
            is_seen = 0 <= top < self.viewport().height()
            above = [model.path(at) for at in range(row, max(row - _REMEMBERED, -1), -1)]
            self._place = _Place(above, self.selected_paths(), top if is_seen else None)

    def _restore_rows(self) -> None:
        """Make the same image current and the same ones selected; where it is shown no more, the one above it."""
        place, model = self._place, cast(PredictionsModel, self.model())
        rows = () if place is None else (model.row_of(path) for path in place.paths)
        row = next((row for row in rows if row is not None), None)
        if place is None or row is None:
            return
        self._is_restoring = True
        selected = [at for path in place.selected if (at := model.row_of(path)) is not None]
        select_rows(self, selected)
        flags = QItemSelectionModel.SelectionFlag.NoUpdate
        self.selectionModel().setCurrentIndex(model.index(row, 0), flags)
        self._is_restoring = False
        if not model.is_other_order:
            self._scroll_to(row, place.top)

    def _restore_scroll(self) -> None:
        """Keep the current image where it is in sight, while others move around it."""
        row = self.currentIndex().row()
        if self._place is not None and row >= 0 and not cast(PredictionsModel, self.model()).is_other_order:
            self._scroll_to(row, self._place.top)

    def _scroll_to(self, row: int, top: int | None) -> None:
        if top is not None:
            self.updateGeometries()  # else the bar still has the range of before
            self.verticalScrollBar().setValue(row * ROW_HEIGHT - top)

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the number of a stack spreads it, or puts it together (Qt)."""
        position = event.position().toPoint()
        index = self.indexAt(position)
        stack = index.data(Role.STACK) if index.isValid() and index.column() == Column.IMAGE else None
        is_left = event.button() == Qt.MouseButton.LeftButton
        if (
            stack is not None
            and is_left
            and number_rect(self.visualRect(index), stack[0], self.fontMetrics()).contains(position)
        ):
            self.stack_clicked.emit(index.data(Role.PATH))
        else:
            super().mousePressEvent(event)

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
        self.viewport().update()  # the frame of the current row
        if current.isValid() and current.row() != previous.row() and not self._is_restoring:
            self.image_selected.emit(current.data(Role.PATH))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Frame the current row while the keyboard is here (Qt)."""
        super().paintEvent(event)
        row = self.currentIndex().row()
        if self.hasFocus() and row >= 0:
            frame = QRect(0, self.rowViewportPosition(row), self.horizontalHeader().length(), self.rowHeight(row))
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(frame.adjusted(0, 0, -1, -1))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Actions depend on what is selected (Qt)."""
        super().selectionChanged(selected, deselected)
        self.selection_edited.emit()
