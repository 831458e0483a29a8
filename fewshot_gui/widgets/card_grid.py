"""A layout of cards of equal width, as many beside each other as fit."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

_STRIP_HEIGHT = 40  # pixels


class CardGrid(QLayout):
    """Rows of cards that share the width and, between `card_height` and `max_height`, the height.

    A last card that would have a row to itself is laid across it as a slim strip, so that the
    other cards keep the height.
    """

    def __init__(
        self, min_width: int, card_height: int, max_height: int, spacing: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._min_width, self._card_height, self._max_height = min_width, card_height, max_height
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Append (Qt)."""
        self._items.append(item)

    def move_widget(self, widget: QWidget, position: int) -> None:
        """Put `widget`, which is here, at `position`."""
        old = self.indexOf(widget)
        if old >= 0 and old != position:
            self._items.insert(position, self._items.pop(old))
            self.invalidate()

    def count(self) -> int:
        """Number of cards (Qt)."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One card's item, or None (Qt)."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove one card's item (Qt)."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Wide, not high (Qt)."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """More columns need fewer rows (Qt)."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all rows (Qt)."""
        margins = self.contentsMargins()
        rows, strip = self._rows(self._columns(width - margins.left() - margins.right()))
        height = rows * (self._card_height + self.spacing()) - self.spacing() if rows else 0
        return height + strip + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        """One card (Qt)."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """One card (Qt)."""
        margins = self.contentsMargins()
        return QSize(
            self._min_width + margins.left() + margins.right(),
            self._card_height + margins.top() + margins.bottom(),
        )

    def setGeometry(self, rect: QRect) -> None:
        """Place the cards (Qt)."""
        super().setGeometry(rect)
        for position, item in enumerate(self._items):
            item.setGeometry(self.cell(position))

    def cell(self, position: int) -> QRect:
        """Where the card at `position` lies."""
        area = self.contentsRect()
        columns = self._columns(area.width())
        rows, strip = self._rows(columns)
        width = (area.width() - (columns - 1) * self.spacing()) // columns
        height = (area.height() - strip - (rows - 1) * self.spacing()) // max(rows, 1)
        height = min(max(height, self._card_height), self._max_height)
        if strip and position >= len(self._items) - 1:
            top = area.top() + rows * (height + self.spacing())
            return QRect(area.left(), top, area.width(), _STRIP_HEIGHT)
        row, column = divmod(position, columns)
        corner = QPoint(column * (width + self.spacing()), row * (height + self.spacing()))
        return QRect(area.topLeft() + corner, QSize(width, height))

    def position_at(self, point: QPoint) -> int:
        """Before which card something dropped at `point` goes, 0..count."""
        for position in range(len(self._items)):
            cell = self.cell(position)
            above = point.y() < cell.top()
            beside = point.y() <= cell.bottom() + self.spacing() and point.x() < cell.center().x()
            if above or beside:
                return position
        return len(self._items)

    def _rows(self, columns: int) -> tuple[int, int]:
        """The number of full rows, and the height that a strip below them takes (0: there is none)."""
        cards = len(self._items)
        alone = cards > 1 and (cards - 1) % columns == 0
        rows = -(-(cards - alone) // columns)
        return rows, (_STRIP_HEIGHT + self.spacing()) if alone else 0

    def _columns(self, width: int) -> int:
        return max(1, (width + self.spacing()) // (self._min_width + self.spacing()))
