"""One bin in place of the board: its examples large, those first that may be in the wrong bin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.example_tile import ExampleTileDelegate
from fewshot_gui.items.ranked_examples import RankedExamples
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.views.drops import BinDropZone
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.widgets.elided_label import ElidedLabel
from fewshot_gui.widgets.empty_hint import EmptyHint, EmptyOr
from fewshot_gui.widgets.size_slider import SizeSlider

_SIDE, _SMALLEST, _LARGEST = 160, 96, 480
_DOT = 12


class BinGallery(BinDropZone):
    """Shows the bin of `model`; what the user wants with it is emitted on `intents`."""

    closed = Signal()  # the board is wanted again
    image_menu_requested = Signal(str, QPoint)  # bin id, global position

    def __init__(
        self, model: RankedExamples, intents: Intents, tiles: TileSource, parent: QWidget | None = None
    ) -> None:
        super().__init__(model.bin_id, intents, parent)
        self._model = model
        self.setObjectName("binGallery")
        self.back, self._swatch, self._name, self._note = QToolButton(), QLabel(), QLabel(), ElidedLabel()
        self.back.setText(self.tr("‹ All bins"))
        self.back.setToolTip(self.tr("Show all bins again (F11)"))
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self._name.font()
        font.setBold(True)
        self._name.setFont(font)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.images = ImageView(_SIDE, delegate=ExampleTileDelegate(_SIDE))
        self.images.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.images.setModel(model)
        self.images.setObjectName("binGalleryView")
        self.images.allow_sizes(tiles, _SMALLEST, _LARGEST)
        self.size_ = SizeSlider(self.tr("Size of the pictures"), _SMALLEST, _LARGEST)
        self.size_.show_size(_SIDE)
        self._selected: list[Path] = []
        hint = EmptyHint("images", self.tr("No examples yet"), self.tr("Drop a few images here."))
        self._content = EmptyOr(self.images, hint)
        head = QHBoxLayout()
        head.setContentsMargins(style.GRID, 0, style.GRID, style.GRID // 2)
        head.setSpacing(style.GRID)
        for widget in (self.back, self._swatch, self._name):
            head.addWidget(widget)
        head.addWidget(self._note, 1)
        head.addWidget(self.size_)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._content, 1)
        self.back.clicked.connect(self.closed)
        self.size_.valueChanged.connect(self.images.set_side)
        self.images.side_changed.connect(self.size_.show_size)
        self.images.image_selected.connect(intents.image_selected)
        self.images.customContextMenuRequested.connect(self._on_menu_requested)
        model.counts_changed.connect(self._on_counts_changed)
        model.modelAboutToBeReset.connect(self._remember_selection)
        model.modelReset.connect(self._restore_selection)
        self._on_counts_changed()

    def show_bin(self, name: str, color: str) -> None:
        """Name and colour."""
        self._name.setText(name)
        self.setAccessibleName(self.tr("Bin ‘{name}’ as a gallery").format(name=name))
        self.images.setAccessibleName(self.tr("Examples of ‘{name}’").format(name=name))
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(_DOT, _DOT) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawEllipse(QRectF(0, 0, _DOT, _DOT))
        painter.end()
        self._swatch.setPixmap(pixmap)

    def set_shared(self, shared: Mapping[Path, tuple[str, ...]]) -> None:
        """Mark the examples that are in other bins, too, see `in_two_bins`."""
        self._model.set_shared(shared)

    def entry(self) -> QWidget:
        """What the keyboard comes to: the images or, where there are none, the way back."""
        return self.images if self._model.rowCount() else self.back

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self.back, self.size_, self.images]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame under a drag (Qt)."""
        if self._is_target:
            painter = QPainter(self)
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _on_counts_changed(self) -> None:
        count, doubtful = self._model.rowCount(), self._model.doubtful_count()
        self._content.set_empty(not count)
        note = self.tr("Examples: {count}").format(count=f"{count:,}")
        if doubtful:
            note += " · " + self.tr("may be in the wrong bin: {count}").format(count=f"{doubtful:,}")
        self._note.show_text(note)

    def _on_menu_requested(self, position: QPoint) -> None:
        self.image_menu_requested.emit(self.bin_id, self.images.viewport().mapToGlobal(position))

    def _remember_selection(self) -> None:
        self._selected = self.images.selected_paths()

    def _restore_selection(self) -> None:
        self.images.select_paths(self._selected)
