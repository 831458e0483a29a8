"""Why, by example: small pictures of the examples whose regions the image's region resembles most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.covers import covers
from fewshot_gui.items.naming import display_name, names
from fewshot_gui.items.tile_delegate import paint_region
from fewshot_gui.items.tile_source import TileSource
from model.types import LikeRegion

_SIDE = 54  # pixels of a picture


@dataclass(frozen=True)
class LikeRow:
    """The regions of examples of one class; `color` "#rrggbb"; `is_nearest`: none is like the image's, with one bin."""

    name: str
    color: str
    like: tuple[LikeRegion, ...]
    is_nearest: bool = False


class LikeStrip(QWidget):
    """A line for the predicted class and one for the runner-up; a click asks for the example."""

    example_chosen = Signal(Path)

    def __init__(self, tiles: TileSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("likeStrip")
        self._tiles = tiles
        self._rows: tuple[LikeRow, ...] = ()
        self._buttons: list[tuple[QToolButton, LikeRegion, str]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(2)
        tiles.changed.connect(self._on_picture_changed)
        names.changed.connect(self._show)
        covers.changed.connect(self._paint_all)
        self.hide()

    def set_rows(self, rows: Sequence[LikeRow]) -> None:
        """Show these classes with the regions of their examples."""
        kept = tuple(row for row in rows if row.like)
        if kept != self._rows:
            self._rows = kept
            self._show()

    def _show(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons = []
        for line, row in enumerate(self._rows):
            text = self.tr("Nearest to it in ‘{name}’") if row.is_nearest else self.tr("Like these of ‘{name}’")
            title = QLabel(text.format(name=row.name))
            title.setTextFormat(Qt.TextFormat.PlainText)
            title.setWordWrap(True)
            self._grid.addWidget(title, 2 * line, 0, 1, -1)
            for column, like in enumerate(row.like):
                button = self._make_button(like)
                self._grid.addWidget(button, 2 * line + 1, column)
                self._buttons.append((button, like, row.color))
                self._paint(button, like, row.color)
        self._grid.setColumnStretch(8, 1)
        self.setVisible(bool(self._rows))

    def _make_button(self, like: LikeRegion) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        text = self.tr("{name}: similarity {value}. A click shows the example in its bin.").format(
            name=display_name(like.path), value=f"{like.similarity:.2f}"
        )
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.clicked.connect(partial(self._on_clicked, like.path))
        return button

    def _paint(self, button: QToolButton, like: LikeRegion, color: str) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(_SIDE, _SIDE) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        picture = self._tiles.picture(like.path, round(_SIDE * ratio))
        painter = QPainter(pixmap)
        if picture is None or picture.isNull():
            painter.fillRect(QRectF(0, 0, _SIDE, _SIDE), style.canvas(self.palette()))
        else:
            fitted = picture.size().scaled(QSize(_SIDE, _SIDE), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(
                (_SIDE - fitted.width()) / 2, (_SIDE - fitted.height()) / 2, fitted.width(), fitted.height()
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, covers.shown(picture, pointed_at=button.underMouse()))
            paint_region(painter, target, like.region, self._tiles.original_size(like.path), QColor(color))
        painter.end()
        button.setIcon(QIcon(pixmap))

    def _paint_all(self) -> None:
        for button, like, color in self._buttons:
            self._paint(button, like, color)

    def _on_picture_changed(self, path: Path) -> None:
        for button, like, color in self._buttons:
            if like.path == path:
                self._paint(button, like, color)

    def _on_clicked(self, path: Path, _checked: bool = False) -> None:
        self.example_chosen.emit(path)
