"""The app's icons: SVG files drawn in `currentColor`, coloured to the palette when they are loaded."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from model.resource_files import resource

_SIZES = (16, 20, 24, 32, 40, 48, 64)


def icon(name: str, palette: QPalette, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText) -> QIcon:
    """The icon `name` in the colours of `palette`; ask again when the palette changes.

    Raises FileNotFoundError where there is no such icon.
    """
    result = QIcon()
    groups = {
        QIcon.Mode.Normal: QPalette.ColorGroup.Normal,
        QIcon.Mode.Disabled: QPalette.ColorGroup.Disabled,
    }
    for mode, group in groups.items():
        color = palette.color(group, role)
        for size in _SIZES:
            result.addPixmap(icon_pixmap(name, color, size), mode)
    return result


def icon_pixmap(name: str, color: QColor, size: int) -> QPixmap:
    """One square pixmap of `size` device pixels."""
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    draw_icon(painter, name, color, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def draw_icon(painter: QPainter, name: str, color: QColor, rect: QRectF) -> None:
    """Draw the icon `name` into `rect`, sharp at any scale."""
    _renderer(name, color.name()).render(painter, rect)


def app_icon() -> QIcon:
    """The icon of the application and its windows."""
    return QIcon(str(resource("fewshot.svg")))


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))


@cache
def _source(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")
