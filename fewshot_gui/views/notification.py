"""A notification of the desktop, for work that ended while the window was not looked at."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from fewshot_gui.icons import app_icon

_SECONDS = 10


class Notification(QSystemTrayIcon):
    """Shown for some seconds; a click on it brings the window to the front. Where the desktop has none, nothing."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(app_icon(), window)
        self._window = window
        self.setToolTip(QApplication.applicationName())
        self._over = QTimer(self, singleShot=True, interval=_SECONDS * 1000)
        self._over.timeout.connect(self.hide)
        self.messageClicked.connect(self._on_clicked)
        self.activated.connect(self._on_clicked)

    def tell(self, title: str, text: str) -> None:
        """Say it, unless the window is in front."""
        if self._window.isActiveWindow() or not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self.show()  # only an icon that is shown can say anything
        self.showMessage(title, text, app_icon(), _SECONDS * 1000)
        self._over.start()

    @Slot()
    def _on_clicked(self) -> None:
        self.hide()
        self._window.setWindowState(self._window.windowState() & ~self._window.windowState().WindowMinimized)
        self._window.raise_()
        self._window.activateWindow()
