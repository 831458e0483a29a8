"""The top of a bin's card: key, name, count and menu; dragging it moves the bin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.icons import icon
from fewshot_gui.widgets.editable_label import EditableLabel


class CardHeader(QWidget):
    """Key badge, name (editable in place), doubts, count, menu button."""

    drag_started = Signal()
    menu_requested = Signal(QPoint)  # global position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFixedHeight(4 * style.GRID)
        self._pressed_at: QPoint | None = None
        self._key = _KeyBadge()
        self.name = EditableLabel()
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self._doubts, self._count = QLabel(), QLabel()
        self._count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._menu = QToolButton()
        self._menu.setAutoRaise(True)
        self._menu.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu.setCursor(Qt.CursorShape.ArrowCursor)
        self._menu.clicked.connect(self._on_menu_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(style.GRID, 0, 2, 0)
        layout.setSpacing(6)
        layout.addWidget(self._key)
        layout.addWidget(self.name, 1)
        for widget in (self._doubts, self._count, self._menu):
            layout.addWidget(widget)
        self._update_colors()

    def set_key(self, position: int) -> None:
        """The bin is at `position`; the first nine have the keys 1-9."""
        self._key.setText(str(position + 1) if position < 9 else "")
        self._key.setVisible(position < 9)
        self._key.setToolTip(self.tr("Press {key} to put selected images here").format(key=position + 1))

    def set_name(self, name: str) -> None:
        """The bin is called `name`."""
        self.name.set_full_text(name)
        self._menu.setAccessibleName(self.tr("Menu of bin ‘{name}’").format(name=name))
        self._menu.setToolTip(self.tr("Rename, colour, merge, remove …"))

    def set_counts(self, examples: int, doubtful: int) -> None:
        """How many examples there are, and how many of them look wrong."""
        self._count.setText(f"{examples:,}")
        self._count.setToolTip(self.tr("Examples in this bin: {count}").format(count=f"{examples:,}"))
        self._doubts.setVisible(doubtful > 0)
        self._doubts.setText(f"! {doubtful:,}")
        self._doubts.setToolTip(
            self.tr("Left out of training, {count} of these look like another class").format(count=doubtful)
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette (Qt)."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_menu"):
            self._update_colors()

    def _update_colors(self) -> None:
        self._menu.setIcon(icon("more", self.palette()))
        palette = self._doubts.palette()
        palette.setColor(QPalette.ColorRole.WindowText, style.warning(self.palette()))
        self._doubts.setPalette(palette)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a drag could begin (Qt)."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin a drag once the mouse has moved far enough (Qt)."""
        if self._pressed_at is None:
            return
        moved = event.position().toPoint() - self._pressed_at
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed_at = None
            self.drag_started.emit()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Begin no drag any more (Qt)."""
        self._pressed_at = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Edit the name (Qt)."""
        self._pressed_at = None
        self.name.edit()

    def _on_menu_clicked(self) -> None:
        self.menu_requested.emit(self._menu.mapToGlobal(QPoint(0, self._menu.height())))


class _KeyBadge(QLabel):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(18, 18))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        self.setFont(font)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.border(self.palette()))
        painter.setBrush(self.palette().window())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()
        super().paintEvent(event)
