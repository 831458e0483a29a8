"""One bin on the board: its name, its examples, and a place to drop more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.examples_model import ExamplesModel
from fewshot_gui.items.mime import encode_bin
from fewshot_gui.views.card_header import CardHeader
from fewshot_gui.views.drops import BinDropZone
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr

_THUMBNAIL_SIDE = 56
_STRIP = 4


class BinCard(BinDropZone):
    """Shows the bin of `model`; what the user wants with it is emitted on `intents`."""

    menu_requested = Signal(str, QPoint)  # bin id, global position
    image_menu_requested = Signal(str, QPoint)  # bin id, global position
    gallery_requested = Signal(str)  # bin id

    def __init__(self, model: ExamplesModel, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(model.bin_id, intents, parent)
        self.setObjectName(f"binCard:{self.bin_id}")
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._color = QColor()
        self.header = CardHeader()
        self.images = ImageView(_THUMBNAIL_SIDE)
        self.images.setModel(model)
        self.images.setObjectName(f"binView:{self.bin_id}")
        self.images.viewport().setAutoFillBackground(False)
        hint = EmptyHint("images", self.tr("No examples yet"), self.tr("Drop a few images here."))
        self._content = EmptyOr(self.images, hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, _STRIP + 1, 1, style.GRID // 2)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._content, 1)
        self.header.name.edited.connect(self._on_name_edited)
        self.header.name.left.connect(self.take_focus)
        self.header.drag_started.connect(self._on_drag_started)
        self.header.menu_requested.connect(self._on_menu_requested)
        self.header.gallery_requested.connect(self._on_gallery_requested)
        self.images.customContextMenuRequested.connect(self._on_image_menu_requested)
        model.counts_changed.connect(self._on_counts_changed)
        self._model = model
        self._on_counts_changed()

    def show_bin(self, name: str, color: str, position: int) -> None:
        """Name, colour and place on the board."""
        self._color = QColor(color)
        self.header.set_name(name)
        self.header.set_key(position)
        self.setAccessibleName(self.tr("Bin ‘{name}’").format(name=name))
        self.images.setAccessibleName(self.tr("Examples of ‘{name}’").format(name=name))
        self.update()

    def set_shared(self, shared: Mapping[Path, tuple[str, ...]]) -> None:
        """Mark the examples that are in other bins, too, see `in_two_bins`."""
        self._model.set_shared(shared)

    def edit_name(self) -> None:
        """Let the user rename the bin in place; the keyboard is in the bin then."""
        self.header.name.edit()

    def is_used(self) -> bool:
        """Whether the keyboard is in this card."""
        focus = QApplication.focusWidget()
        return focus is not None and (focus is self or self.isAncestorOf(focus))

    def entry(self) -> QWidget:
        """What the keyboard comes to: the images or, where there are none, the card."""
        return self if self._model.rowCount() == 0 else self.images

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self, self.header.menu, self.images]

    def take_focus(self) -> None:
        """Bring the keyboard here."""
        self.entry().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Rounded card, colour strip, thin border; the bin's colour all around under a drag (Qt)."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), style.CORNER, style.CORNER)
        painter.fillPath(outline, palette.base())
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(0, 0, self.width(), _STRIP + 1, self._color)
        if self._is_target:
            painter.fillRect(self.rect(), style.tinted(self._color, 0.18))
        painter.restore()
        hovered = self.underMouse()
        edge = palette.dark().color() if hovered else style.border(palette)
        if self.hasFocus():
            edge = palette.highlight().color()
        painter.setPen(QPen(self._color, 2) if self._is_target else QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)

    def _on_name_edited(self, name: str) -> None:
        self._intents.bin_rename_requested.emit(self.bin_id, name)

    def _on_drag_started(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(encode_bin(self.bin_id))
        drag.setPixmap(self.grab(self.header.geometry().adjusted(0, -_STRIP, 0, 0)))
        drag.setHotSpot(QPoint(self.width() // 2, 2 * style.GRID))
        drag.exec(Qt.DropAction.MoveAction)

    def _on_menu_requested(self, position: QPoint) -> None:
        self.menu_requested.emit(self.bin_id, position)

    def _on_gallery_requested(self) -> None:
        self.gallery_requested.emit(self.bin_id)

    def _on_image_menu_requested(self, position: QPoint) -> None:
        self.image_menu_requested.emit(self.bin_id, self.images.viewport().mapToGlobal(position))

    def _on_counts_changed(self) -> None:
        is_empty = self._model.rowCount() == 0
        self._content.set_empty(is_empty)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_empty else Qt.FocusPolicy.NoFocus)
        model = self._model
        self.header.set_counts(model.rowCount(), model.doubtful_count(), model.shared_count(), model.group_count())
