"""The predictions as tiles, in groups: picture, region and map of many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QMenu, QWidget

from fewshot_gui import style
from fewshot_gui.covers import covers
from fewshot_gui.items.arrangement import Group
from fewshot_gui.items.image_list_model import Index
from fewshot_gui.items.naming import names
from fewshot_gui.items.predictions_model import PredictionsModel
from fewshot_gui.items.tile_delegate import LARGEST, PADDING, SMALLEST, TileDelegate, paint_group_head
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.views.image_view import WHEEL_STEP, handle_step_key, is_on_stack, selected_ranges, start_image_drag
from fewshot_gui.widgets.grid_sections import Section
from fewshot_gui.widgets.grid_view import GridView
from model.types import MapStyle

TILE = 160
"""Pixels of a tile's side to begin with."""

_REST = 150  # milliseconds after the last change of the tiles' size until pictures of that size are made


@dataclass(frozen=True)
class _Place:
    """An image in sight, and its top in pixels of the viewport."""

    path: Path
    top: int


class ResultsGallery(GridView):
    """Shows the model's rows as tiles. It shares the selection of the results' table, which speaks for both."""

    focused = Signal()
    stack_clicked = Signal(Path)  # the number of images in its stack
    tile_changed = Signal(int)  # pixels of a tile's side

    def __init__(self, model: PredictionsModel, tiles: TileSource, parent: QWidget | None = None) -> None:
        self._delegate, self._tiles = TileDelegate(tiles), tiles
        self._model = model
        self._folded: set[str] = set()  # keys of groups
        self._places: list[_Place] = []
        self._is_moving = False  # rows are about to be others: where the current one is now says nothing
        super().__init__(self._delegate.cell_size(_metrics()), parent)
        self.setObjectName("resultsGallery")
        self._delegate.setParent(self)
        self.hit_margin = PADDING - 2
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._on_rested)
        self.setAccessibleName(self.tr("Gallery of predictions"))
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        # Were the bar to come and go, its width would change the number of columns, and with it the need for a bar.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDragEnabled(True)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for before in (model.modelAboutToBeReset, model.layoutAboutToBeChanged):
            before.connect(self._remember_place)
        tiles.changed.connect(self._on_tile_changed)
        tiles.all_changed.connect(self.viewport().update)
        names.changed.connect(self.viewport().update)
        covers.changed.connect(self.viewport().update)

    def share_selection(self, selection: QItemSelectionModel) -> None:
        """Show and change this selection instead of an own one; called once, after all views have the model."""
        own = self.selectionModel()
        self.setSelectionModel(selection)
        own.deleteLater()
        self._model.modelReset.connect(self._restore_place)
        self._model.layoutChanged.connect(self._restore_place)

    @property
    def tile(self) -> int:
        """Pixels of a tile's side."""
        return self._delegate.side

    def set_tile(self, side: int) -> None:
        """Make the tiles `side` pixels large, within limits; what is looked at stays in sight."""
        side = min(max(side, SMALLEST), LARGEST)
        if side == self._delegate.side:
            return
        self._remember_place()
        self._is_moving = False
        self._delegate.side = side
        self.set_least_cell(self._delegate.cell_size(_metrics()))
        self._scroll_back()
        self._rest.start()
        self.tile_changed.emit(side)

    def set_map_style(self, map_style: MapStyle) -> None:
        """Show this over the pictures."""
        self._delegate.map_style = map_style
        self.viewport().update()

    def visible_paths(self) -> list[Path]:
        """The images whose tiles are in sight, in reading order."""
        runs = self._rows_in(self.viewport().rect())
        return [self._model.path(row) for first, last in runs for row in range(first, last + 1)]

    def sections(self) -> Sequence[Section]:
        """The model's groups."""
        groups = self._model.groups
        if not groups:
            return super().sections()
        return [Section(group.count, group.key in self._folded) for group in groups]

    def fold(self, key: str, folded: bool) -> None:
        """Hide or show the tiles of a group."""
        (self._folded.add if folded else self._folded.discard)(key)
        self.sections_changed()

    def fold_all(self, folded: bool) -> None:
        """Hide or show the tiles of all groups."""
        self._folded = {group.key for group in self._model.groups} if folded else set()
        self.sections_changed()

    def paint_head(self, painter: QPainter, section: int, rect: QRect) -> None:
        """What the group is called and how many are in it."""
        group = self._model.groups[section]
        look, is_folded = self._model.group_title(group), group.key in self._folded
        note, verdict = f"{group.count:,}", self._model.group_verdict(group)
        chosen = self._selected_in(group) if is_folded else 0
        if chosen:
            note = self.tr("{count}, {chosen} selected").format(count=note, chosen=f"{chosen:,}")
        note = f"{note} · {verdict}" if verdict else note
        paint_group_head(painter, rect, self.palette(), look.name, look.color, note, is_folded=is_folded)

    def group_menu(self, position: QPoint) -> bool:
        """Show the menu of the group whose head is at `position`, if one is; whether one was."""
        section = self.head_at(position)
        if section is None or not self._model.groups:
            return False
        group = self._model.groups[section]
        menu = QMenu(self)
        select = menu.addAction(self.tr("Select these {count}").format(count=f"{group.count:,}"))
        menu.addSeparator()
        hide, show = menu.addAction(self.tr("Fold all groups")), menu.addAction(self.tr("Unfold all groups"))
        chosen = menu.exec(self.viewport().mapToGlobal(position))
        menu.deleteLater()
        if chosen is select:
            self._select_group(group)
        elif chosen in (hide, show):
            self.fold_all(chosen is hide)
        return True

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag the selected images (Qt)."""
        side = round(self._delegate.decoded_side * self.devicePixelRatioF())
        row = self.currentIndex().row()
        image = self._tiles.picture(self._model.path(row), side) if row >= 0 else None
        start_image_drag(self, supported, image)

    def cell_changed(self) -> None:
        """As many tiles are in sight as are worth decoding."""
        self._delegate.cell = self.cell
        across = max(self.viewport().width() // self.cell.width(), 1)
        self._tiles.set_room(self.objectName(), across * (self.viewport().height() // self.cell.height() + 2))

    def updateGeometries(self) -> None:
        """Follow the height, too (Qt)."""
        super().updateGeometries()
        self.cell_changed()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a head folds its group (Qt)."""
        position = event.position().toPoint()
        section = self.head_at(position) if self._model.groups else None
        index = self.indexAt(position)
        picture = self._delegate.picture_rect(self.visualRect(index))
        is_left = event.button() == Qt.MouseButton.LeftButton
        if section is None and is_left and is_on_stack(index, picture, position, self.fontMetrics()):
            self.stack_clicked.emit(self._model.path(index.row()))
        elif section is None:
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._toggle(self._model.groups[section])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second click of two on a head counts as well (Qt)."""
        if self._model.groups and self.head_at(event.position().toPoint()) is not None:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl, larger or smaller tiles (Qt)."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            notches = event.angleDelta().y() / 120
            self.set_tile(round(self.tile * WHEEL_STEP**notches))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in the table; + and - unfold and fold the group of the current tile, * unfolds all (Qt)."""
        key = event.text()
        group = self._group_of(self.currentIndex().row())
        if group is not None and key in ("+", "-"):
            self.fold(group.key, key == "-")
        elif self._model.groups and key == "*":
            self.fold_all(folded=False)
        elif not handle_step_key(self, event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell who is used (Qt)."""
        super().focusInEvent(event)
        self.focused.emit()

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Unfold the group of a tile that is gone to (Qt)."""
        group = self._group_of(index.row()) if index.isValid() else None
        if group is not None and group.key in self._folded and not self._is_moving:
            self.fold(group.key, folded=False)
        super().scrollTo(index, hint)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """The heads of folded groups say how many are selected (Qt)."""
        super().selectionChanged(selected, deselected)
        if self._folded:
            self.viewport().update()

    def _toggle(self, group: Group) -> None:
        self.fold(group.key, group.key not in self._folded)

    def _group_of(self, row: int) -> Group | None:
        groups = self._model.groups
        return groups[self.grid().section_of(row)] if groups and 0 <= row < self._model.rowCount() else None

    def _select_group(self, group: Group) -> None:
        model, flags = self._model, QItemSelectionModel.SelectionFlag
        first, last = model.index(group.first, 0), model.index(group.first + group.count - 1, 0)
        self.selectionModel().setCurrentIndex(first, flags.NoUpdate)
        self.selectionModel().select(QItemSelection(first, last), flags.ClearAndSelect | flags.Rows)

    def _selected_in(self, group: Group) -> int:
        last = group.first + group.count - 1
        common = ((max(first, group.first), min(end, last)) for first, end in selected_ranges(self))
        return sum(end - first + 1 for first, end in common if first <= end)

    def _remember_place(self) -> None:
        """Remember the tiles in sight, the current one first, and where they are."""
        self._places = []
        if self._model.is_renewed or self._is_moving:
            return
        self._is_moving = True
        current = self.currentIndex()
        rows = [row for first, last in self._rows_in(self.viewport().rect()) for row in range(first, last + 1)]
        if current.row() in rows:
            rows.insert(0, current.row())
        elif not self.verticalOffset():
            return  # at its top it stays
        self._places = [_Place(self._model.path(row), self.visualRect(self._model.index(row, 0)).top()) for row in rows]

    def _restore_place(self) -> None:
        """Keep what was looked at where it was, while others move around it; in another order, begin at its top."""
        self._is_moving = False
        self.head_height = self.fontMetrics().height() + style.GRID if self._model.groups else 0
        self.sections_changed()
        if self._model.is_renewed:
            self.scrollToTop()
        elif not self._model.is_other_order:
            self._scroll_back()
        elif self.selectionModel().isSelected(self.currentIndex()):
            self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        else:
            self.scrollToTop()

    def _scroll_back(self) -> None:
        for place in self._places:
            row = self._model.row_of(place.path)
            now = None if row is None else self.grid().place(row)
            if now is not None:
                self.verticalScrollBar().setValue(now[1] - place.top)
                return

    def _on_tile_changed(self, path: Path) -> None:
        row = self._model.row_of(path) if self.isVisible() else None
        if row is not None:
            self.viewport().update(self.visualRect(self._model.index(row, 0)))

    def _on_rested(self) -> None:
        """Now the pictures are worth being made as large as the tiles are."""
        self._delegate.decoded_side = self._delegate.side
        self.viewport().update()


def _metrics() -> QFontMetrics:
    return QFontMetrics(QApplication.font())
