"""The top of a bin's card: key, name, count and menu; dragging it moves the bin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.actions import MOST_KEYS, bin_keys
from fewshot_gui.icons import icon
from fewshot_gui.widgets.editable_label import EditableLabel


class CardHeader(QWidget):
    """Key badge, name (editable in place), doubts, count, menu button."""

    drag_started = Signal()
    menu_requested = Signal(QPoint)  # global position
    gallery_requested = Signal()

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
        self._shared, self._doubts, self._count = QLabel(), QLabel(), QLabel()
        self._count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.menu = QToolButton()
        self.menu.setAutoRaise(True)
        self.menu.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu.setCursor(Qt.CursorShape.ArrowCursor)
        self.menu.clicked.connect(self._on_menu_clicked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(style.GRID, 0, 2, 0)
        layout.setSpacing(6)
        layout.addWidget(self._key)
        layout.addWidget(self.name, 1)
        for widget in (self._shared, self._doubts, self._count, self.menu):
            layout.addWidget(widget)
        self._update_colors()

    def set_key(self, position: int) -> None:
        """The bin is at `position`; the first nine have the keys 1-9, the others 0 and then two digits."""
        self._key.setText(str(position + 1))
        self._key.setVisible(position < MOST_KEYS)
        self._key.setToolTip(self.tr("Press {keys} to put selected images here").format(keys=bin_keys(position)))

    def set_name(self, name: str) -> None:
        """The bin is called `name`."""
        self.name.set_full_text(name)
        self.menu.setAccessibleName(self.tr("Menu of bin ‘{name}’").format(name=name))
        self.menu.setToolTip(self.tr("Rename, colour, merge, remove …"))

    def set_counts(self, examples: int, doubtful: int, shared: int = 0, independent: int | None = None) -> None:
        """How many examples there are, how many of them look wrong, and how many are in other bins, too.

        `independent`: how many groups of images that belong together they are (None: all are alone).
        """
        self._shared.setVisible(shared > 0)
        self._shared.setText(f"⧉ {shared:,}")
        self._shared.setToolTip(self.tr("Pictures that are in another bin, too: {count}").format(count=shared))
        count, tip = f"{examples:,}", self.tr("Examples in this bin: {count}")
        if independent is not None and independent < examples:
            count = self.tr("{count} in {groups} groups").format(count=count, groups=f"{independent:,}")
            tip = self.tr(
                "{examples} examples in {groups} groups: those of one file, patient or burst, and near-duplicates, "
                "belong together and are left out together when accuracy is estimated"
            ).format(examples=f"{examples:,}", groups=f"{independent:,}")
        self._count.setText(count)
        self._count.setToolTip(tip.format(count=count))
        self._doubts.setVisible(doubtful > 0)
        self._doubts.setText(f"! {doubtful:,}")
        self._doubts.setToolTip(
            self.tr("Left out of training, {count} of these look like another class").format(count=doubtful)
        )

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette (Qt)."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "menu"):
            self._update_colors()

    def _update_colors(self) -> None:
        self.menu.setIcon(icon("more", self.palette()))
        palette = self._doubts.palette()
        palette.setColor(QPalette.ColorRole.WindowText, style.warning(self.palette()))
        self._doubts.setPalette(palette)
        palette.setColor(QPalette.ColorRole.WindowText, style.failure(self.palette()))
        self._shared.setPalette(palette)

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
        """Beside the name, which is edited, show the bin as a gallery (Qt)."""
        self._pressed_at = None
        self.gallery_requested.emit()

    def _on_menu_clicked(self) -> None:
        self.menu_requested.emit(self.menu.mapToGlobal(QPoint(0, self.menu.height())))


class _KeyBadge(QLabel):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(18)
        self.setMinimumWidth(18)
        self.setContentsMargins(3, 0, 3, 0)
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
