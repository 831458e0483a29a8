"""A scroll area that is as high as its content, as long as there is room for that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

_LEAST = 96  # logical pixels that are always seen


class GivingScroll(QScrollArea):
    """Scrolls down and up where its content would take more than `share` of the parent's height, or there is less."""

    def __init__(self, content: QWidget, share: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content, self._share = content, share
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        for part in (self.viewport(), content):
            part.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """As high as the content is in this width, or the share (Qt)."""
        content, width = self._content, self.contentsRect().width()  # without a bar: else it might come and go
        height = content.heightForWidth(width) if content.hasHeightForWidth() else content.sizeHint().height()
        parent = self.parentWidget()
        most = height if parent is None else max(round(self._share * parent.height()), _LEAST)
        return QSize(content.sizeHint().width(), min(height, most))

    def minimumSizeHint(self) -> QSize:
        """As wide as the content has to be, with its scroll bar (Qt)."""
        content = self._content.minimumSizeHint()
        bar = self.verticalScrollBar().sizeHint().width()
        return QSize(content.width() + bar, min(content.height(), _LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width makes another height (Qt)."""
        super().resizeEvent(event)
        self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the content (Qt)."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)
