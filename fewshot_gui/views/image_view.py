"""The list of thumbnails used by the library and by every bin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDrag,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QWidget

from fewshot_gui import style
from fewshot_gui.covers import covers
from fewshot_gui.items.image_list_model import ImageListModel, Index
from fewshot_gui.items.naming import names
from fewshot_gui.items.roles import Role
from fewshot_gui.items.thumbnail_delegate import ThumbnailDelegate, stack_rect
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.widgets.grid_view import GridView

WHEEL_STEP = 1.15
"""By how much a notch of the wheel, with Ctrl, makes pictures larger or smaller."""

_DRAG_SIDE = 64
_MOST_RANGES = 2000  # of selected rows: Qt takes some 20 ms for them


class ImageView(GridView):
    """A flowing grid of thumbnails: multi-selection, drags out, no drops (its owner takes those)."""

    image_selected = Signal(Path)  # became current
    selection_edited = Signal()
    focused = Signal()
    stack_clicked = Signal(Path)  # the number of images in its stack
    side_changed = Signal(int)  # pixels of a picture's longer side, by Ctrl and the mouse wheel or `set_side`

    def __init__(
        self,
        side: int,
        *,
        show_names: bool = False,
        delegate: ThumbnailDelegate | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._delegate = delegate or ThumbnailDelegate(side, show_names=show_names)
        super().__init__(self._delegate.cell_size(_line_height()), parent)
        self._delegate.setParent(self)
        self._sizes: tuple[int, int] | None = None
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDragEnabled(True)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        names.changed.connect(self.viewport().update)
        covers.changed.connect(self.viewport().update)

    def allow_sizes(self, tiles: TileSource, smallest: int, largest: int) -> None:
        """Let pictures be made larger and smaller, within limits; `tiles` has them finer than thumbnails."""
        self._sizes = smallest, largest
        self._delegate.tiles = tiles
        tiles.changed.connect(self._on_tile_changed)

    def set_side(self, side: int) -> None:
        """Make pictures `side` pixels large, within the limits; what is at the top stays there."""
        if self._sizes is None:
            return
        side = min(max(side, self._sizes[0]), self._sizes[1])
        if side != self._delegate.side:
            runs = self._rows_in(self.viewport().rect())
            self._delegate.set_side(side)
            self.set_least_cell(self._delegate.cell_size(_line_height()))
            if runs and self.verticalOffset():
                self.scrollTo(self.model().index(runs[0][0], 0), QAbstractItemView.ScrollHint.PositionAtTop)
            self.side_changed.emit(side)

    @property
    def side(self) -> int:
        """Pixels of a picture's longer side."""
        return self._delegate.side

    def image_model(self) -> ImageListModel:
        """The model, by its own type."""
        return cast(ImageListModel, self.model())

    def selected_paths(self) -> list[Path]:
        """The selected images, in the order of the rows."""
        paths = self.image_model().paths
        return [path for first, last in selected_ranges(self) for path in paths[first : last + 1]]

    def row_of(self, path: Path) -> int | None:
        """Where `path` is shown, or None."""
        return self.image_model().row_of(path)

    def select_paths(self, paths: Sequence[Path]) -> None:
        """Select those of `paths` that are here; the first becomes current."""
        select_rows(self, [row for path in paths if (row := self.image_model().row_of(path)) is not None])

    def path_after_selection(self) -> Path | None:
        """The image that comes after the last selected one, or None."""
        return path_after(self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the number of a stack spreads it, or puts it together (Qt)."""
        position = event.position().toPoint()
        index = self.indexAt(position)
        picture = self._delegate.picture_rect(self.visualRect(index))
        if event.button() == Qt.MouseButton.LeftButton and is_on_stack(index, picture, position, self.fontMetrics()):
            self.stack_clicked.emit(index.data(Role.PATH))
        else:
            super().mousePressEvent(event)

    def startDrag(self, supported: Qt.DropAction) -> None:
        """Drag the selected images, under a picture that counts them (Qt)."""
        start_image_drag(self, supported)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and D go to the next image, Backspace and A to the previous one (Qt)."""
        if not handle_step_key(self, event):
            super().keyPressEvent(event)

    def cell_changed(self) -> None:
        """The delegate's size hint follows, and how many pictures are worth decoding."""
        self._delegate.cell = self.cell
        if self._delegate.tiles is not None:
            across = max(self.viewport().width() // self.cell.width(), 1)
            room = across * (self.viewport().height() // self.cell.height() + 2)
            self._delegate.tiles.set_room(self.objectName(), room)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl, larger or smaller pictures (Qt)."""
        if self._sizes is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_side(round(self.side * WHEEL_STEP ** (event.angleDelta().y() / 120)))
            event.accept()
        else:
            super().wheelEvent(event)

    def _on_tile_changed(self, path: Path) -> None:
        row = self.row_of(path) if self.isVisible() else None
        if row is not None:
            self.viewport().update(self.visualRect(self.model().index(row, 0)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell who is used (Qt)."""
        super().focusInEvent(event)
        self.focused.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """The inspector follows the current image (Qt)."""
        super().currentChanged(current, previous)
        if current.isValid():
            self.image_selected.emit(current.data(Role.PATH))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Actions depend on what is selected (Qt)."""
        super().selectionChanged(selected, deselected)
        self.selection_edited.emit()


def is_on_stack(index: Index, picture: QRect, position: QPoint, metrics: QFontMetrics) -> bool:
    """Whether a point is on the number of images in a stack, on top of the picture of `index`."""
    stack = index.data(Role.STACK) if index.isValid() else None
    return stack is not None and stack_rect(picture, stack[0], metrics).contains(position)


def _line_height() -> int:
    return QFontMetrics(QApplication.font()).height()


def selected_ranges(view: QAbstractItemView) -> list[tuple[int, int]]:
    """(first, last) of the selected rows, in order; costs O(ranges), without an index object for each cell."""
    selection = view.selectionModel().selection()
    parts = (selection.at(position) for position in range(selection.count()))
    return _joined((part.top(), part.bottom()) for part in parts)


def selected_rows(view: QAbstractItemView) -> list[int]:
    """The selected rows in order."""
    return [row for first, last in selected_ranges(view) for row in range(first, last + 1)]


def step_selection(view: QAbstractItemView, step: int) -> None:
    """Select the row `step` after the last (or before the first) selected one, within the rows."""
    rows = selected_rows(view)
    start = rows[-1 if step > 0 else 0] if rows else view.currentIndex().row()
    last = view.model().rowCount() - 1
    if last >= 0:
        select_rows(view, [min(max(start + step, 0), last)])


def path_after(view: QAbstractItemView) -> Path | None:
    """The image of the row after the last selected one."""
    rows = selected_rows(view)
    index = view.model().index(rows[-1] + 1, 0) if rows else QModelIndex()
    path: Path | None = index.data(Role.PATH) if index.isValid() else None
    return path


def select_rows(view: QAbstractItemView, rows: Sequence[int]) -> None:
    """Select exactly `rows`; the first becomes current and is scrolled to.

    Rows too scattered for Qt, whose time grows with the square of the number of ranges, are not
    selected at all: a part of a selection would mislead.
    """
    model, selection = view.model(), QItemSelection()
    ranges = _joined((row, row) for row in rows)
    for first, last in ranges if len(ranges) <= _MOST_RANGES else ():
        selection.select(model.index(first, 0), model.index(last, 0))
    flags = QItemSelectionModel.SelectionFlag
    if rows:
        current = model.index(rows[0], 0)
        view.selectionModel().setCurrentIndex(current, flags.NoUpdate)
        view.scrollTo(current)
    view.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def invert_selection(view: QAbstractItemView) -> None:
    """Select what is not selected, and nothing else."""
    model = view.model()
    if model.rowCount():
        last = model.index(model.rowCount() - 1, 0)
        flags = QItemSelectionModel.SelectionFlag
        whole = QItemSelection(model.index(0, 0), last)
        view.selectionModel().select(whole, flags.Toggle | flags.Rows)


def handle_step_key(view: QAbstractItemView, event: QKeyEvent) -> bool:
    """Space / D: next image, Backspace / A: previous one; True where it was one of them."""
    steps = {Qt.Key.Key_Space: 1, Qt.Key.Key_D: 1, Qt.Key.Key_Backspace: -1, Qt.Key.Key_A: -1}
    step = steps.get(Qt.Key(event.key()))
    if step is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
        return False
    step_selection(view, step)
    return True


def start_image_drag(view: QAbstractItemView, supported: Qt.DropAction, image: QImage | None = None) -> None:
    """Run a drag of the selected rows, under `image` or a thumbnail; never removes anything from the model."""
    indexes = [view.model().index(row, 0) for row in selected_rows(view)]
    data = view.model().mimeData(indexes) if indexes else None
    if data is None:
        return
    drag = QDrag(view)
    drag.setMimeData(data)
    image = image or view.currentIndex().siblingAtColumn(0).data(Qt.ItemDataRole.DecorationRole)
    pixmap = drag_pixmap(view, image, len(indexes))
    drag.setPixmap(pixmap)
    drag.setHotSpot(QPoint(_DRAG_SIDE // 2, _DRAG_SIDE // 2))
    drag.exec(supported, Qt.DropAction.CopyAction)


def drag_pixmap(widget: QWidget, image: QImage | None, count: int) -> QPixmap:
    """A thumbnail under the cursor; several look like a pile and show their number."""
    ratio = widget.devicePixelRatioF()
    side = _DRAG_SIDE + 16
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    palette = widget.palette()
    for offset in (8, 4) if count > 1 else ():
        painter.setPen(style.border(palette))
        painter.setBrush(palette.base())
        painter.drawRoundedRect(QRect(offset, offset, _DRAG_SIDE, _DRAG_SIDE), 4, 4)
    frame = QRect(0, 0, _DRAG_SIDE, _DRAG_SIDE)
    painter.setPen(style.border(palette))
    painter.setBrush(palette.base())
    painter.drawRoundedRect(frame, 4, 4)
    if image is not None and not image.isNull():
        fitted = image.size().scaled(frame.size() - QSize(6, 6), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(QPoint(0, 0), fitted)
        target.moveCenter(frame.center())
        painter.drawImage(target, covers.shown(image))
    if count > 1:
        _paint_count(painter, widget, count, side)
    painter.end()
    return pixmap


def _paint_count(painter: QPainter, widget: QWidget, count: int, side: int) -> None:
    font = QFont(widget.font())
    font.setBold(True)
    painter.setFont(font)
    text = f"{count:,}"
    width = max(painter.fontMetrics().horizontalAdvance(text) + 12, 22)
    badge = QRect(side - width, side - 24, width, 22)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(widget.palette().highlight())
    painter.drawRoundedRect(badge, 11, 11)
    painter.setPen(widget.palette().highlightedText().color())
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
