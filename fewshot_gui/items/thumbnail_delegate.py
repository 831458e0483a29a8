"""Paints one image of a list: the thumbnail, its bin, its weight and what is doubtful about it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fewshot_gui import style
from fewshot_gui.covers import covers
from fewshot_gui.icons import draw_icon
from fewshot_gui.items.roles import Problem, Role, Verdict
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.texts import fitted_name

_PADDING = 4
_BADGE = 16
FINE_FROM = 256  # pixels of the screen that thumbnails are good for
_MAX_WEIGHT = 2.0  # a bar as long as the cell: an example that counts twice the average


class ThumbnailDelegate(QStyledItemDelegate):
    """Cells of `side` pixels, with the file's name below where `show_names`.

    Where there are `tiles`, pictures larger than thumbnails are shown as fine as the screen is.
    """

    def __init__(self, side: int, *, show_names: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self.tiles: TileSource | None = None
        self._show_names = show_names
        self.cell = QSize()  # what the view gives each image; its least size until it is set

    @property
    def side(self) -> int:
        """Pixels of a picture's longer side."""
        return self._side

    def set_side(self, side: int) -> None:
        """Show pictures larger or smaller; the view lays its cells out anew."""
        self._side = side

    def cell_size(self, line_height: int) -> QSize:
        """The least size of every cell, given the height of a line of text."""
        name_height = line_height + 2 if self._show_names else 0
        return QSize(self._side + 2 * _PADDING, self._side + 2 * _PADDING + name_height)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:  # (Qt)
        """The same for every row (Qt)."""
        return self.cell if self.cell.isValid() else self.cell_size(option.fontMetrics.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the cell (Qt)."""
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        cell = option.rect
        picture = self.picture_rect(cell)
        self._paint_selection(painter, option)
        shown = paint_picture(painter, picture, option, index, self._fine_picture(painter, index))
        color = index.data(Role.COLOR)
        if color:
            paint_corner(painter, shown, QColor(color), option)
        self._paint_weight(painter, picture, index.data(Role.WEIGHT), option)
        if index.data(Role.VERDICT) is Verdict.DISAGREES:
            _paint_badge(painter, picture, style.warning(option.palette))
        if index.data(Role.SHARED):
            _paint_shared(painter, picture, style.failure(option.palette))
        if index.data(Role.BOXED):
            _paint_boxed(painter, picture, option)
        paint_stack(painter, picture, index.data(Role.STACK), option)
        if self._show_names:
            self._paint_name(painter, picture, option, index)
        painter.restore()

    def picture_rect(self, cell: QRect) -> QRect:
        """Where the picture is in a cell."""
        side = min(self._side, cell.width() - 2 * _PADDING)
        return QRect(cell.left() + (cell.width() - side) // 2, cell.top() + _PADDING, side, side)

    def _fine_picture(self, painter: QPainter, index: QModelIndex | QPersistentModelIndex) -> QImage | None:
        """A picture with more pixels than thumbnails have; None where those do, or until it is there."""
        side = round(self._side * painter.device().devicePixelRatioF())
        if self.tiles is None or side <= FINE_FROM:
            return None
        return self.tiles.picture(index.data(Role.PATH), side)

    def _paint_selection(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        accent = option.palette.highlight().color()
        rect = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(style.tinted(accent, 0.35))
            painter.setPen(QPen(accent, 1.5))
            painter.drawRoundedRect(rect, 5, 5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(style.tinted(option.palette.text().color(), 0.08))
            painter.drawRoundedRect(rect, 5, 5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 1.5, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(rect, 5, 5)

    def _paint_weight(
        self, painter: QPainter, picture: QRect, weight: float | None, option: QStyleOptionViewItem
    ) -> None:
        if weight is None:
            return
        track = QRectF(picture.left(), picture.bottom() + 0.5, picture.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tinted(option.palette.text().color(), 0.15))
        painter.drawRoundedRect(track, 1.5, 1.5)
        track.setWidth(track.width() * min(max(weight / _MAX_WEIGHT, 0.02), 1.0))
        painter.setBrush(style.tinted(option.palette.text().color(), 0.65))
        painter.drawRoundedRect(track, 1.5, 1.5)

    def _paint_name(
        self,
        painter: QPainter,
        picture: QRect,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect = QRect(picture.left(), picture.bottom() + 3, picture.width(), option.fontMetrics.height())
        metrics = option.fontMetrics
        name = fitted_name(index.data(Qt.ItemDataRole.DisplayRole), rect.width(), metrics.horizontalAdvance)
        painter.setPen(option.palette.text().color())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)


def paint_picture(
    painter: QPainter,
    rect: QRect,
    option: QStyleOptionViewItem,
    index: QModelIndex | QPersistentModelIndex,
    fine: QImage | None = None,
) -> QRect:
    """The picture `fine`, or the thumbnail of `index`, or what is wrong with it; returns where it was drawn."""
    image = fine or index.data(Qt.ItemDataRole.DecorationRole)
    problem = index.data(Role.PROBLEM)
    if problem is Problem.NONE:
        return _paint_thumbnail(painter, rect, image, option)
    _paint_problem(painter, rect, problem, option)
    return rect


def _paint_thumbnail(painter: QPainter, rect: QRect, image: QImage | None, option: QStyleOptionViewItem) -> QRect:
    """Fit `image` into `rect`; a placeholder while it is on its way."""
    if image is None or image.isNull():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tinted(option.palette.text().color(), 0.06))
        painter.drawRoundedRect(rect, 3, 3)
        return rect
    size = image.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRect(QPoint(0, 0), size)
    target.moveCenter(rect.center())
    pointed_at = bool(option.state & QStyle.StateFlag.State_MouseOver)
    painter.drawImage(target, covers.shown(image, pointed_at=pointed_at))
    return target


def _paint_problem(painter: QPainter, rect: QRect, problem: Problem, option: QStyleOptionViewItem) -> None:
    """Draw what stands for an image that is missing or unreadable."""
    color = style.failure(option.palette)
    painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
    painter.setBrush(style.tinted(color, 0.10))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    side = rect.height() * 0.5
    box = QRectF(0, 0, side, side)
    box.moveCenter(QRectF(rect).center())
    draw_icon(painter, "missing" if problem is Problem.MISSING else "broken", color, box)


def paint_corner(painter: QPainter, rect: QRect, color: QColor, option: QStyleOptionViewItem) -> None:
    """A dot of the bin's colour: the image is in that bin."""
    dot = QRectF(rect.right() - 13, rect.top() + 3, 10, 10)
    painter.setPen(QPen(option.palette.base().color(), 1.5))
    painter.setBrush(color)
    painter.drawEllipse(dot)


def stack_rect(picture: QRect, count: int, metrics: QFontMetrics) -> QRect:
    """Where the number of images in a stack is, at the bottom left of a picture; a click there spreads the stack."""
    width = max(metrics.horizontalAdvance(f"{count:,}") + 24, 34)
    height = metrics.height() + 2
    return QRect(picture.left() + 2, picture.bottom() - height - 1, width, height)


def paint_stack(
    painter: QPainter, picture: QRect, stack: tuple[int, bool] | None, option: QStyleOptionViewItem
) -> None:
    """Two sheets and how many images the stack has; filled while they lie under this one, empty while it is spread."""
    if stack is None:
        return
    count, is_spread = stack
    rect = QRectF(stack_rect(picture, count, option.fontMetrics)).adjusted(0.5, 0.5, -0.5, -0.5)
    accent = option.palette.highlight().color()
    painter.setPen(QPen(accent, 1.5))
    painter.setBrush(option.palette.base() if is_spread else accent)
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    color = option.palette.text().color() if is_spread else option.palette.highlightedText().color()
    painter.setPen(QPen(color, 1.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for offset in (0.0, 3.0):
        painter.drawRect(QRectF(rect.left() + 7 + offset, rect.center().y() - 5 + offset, 6, 6))
    painter.drawText(rect.adjusted(19, 0, -4, 0), Qt.AlignmentFlag.AlignCenter, f"{count:,}")


def _paint_badge(painter: QPainter, rect: QRect, color: QColor) -> None:
    """An exclamation mark: left out, this example was taken for another class."""
    badge = QRectF(rect.left() - 1, rect.top() - 1, _BADGE, _BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(badge)
    painter.setPen(QPen(style.text_on(color), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    x, top = badge.center().x(), badge.top()
    painter.drawLine(QRectF(x, top + 4, 0, 0).topLeft(), QRectF(x, top + 8.5, 0, 0).topLeft())
    painter.drawPoint(QRectF(x, top + 12, 0, 0).topLeft())


def _paint_boxed(painter: QPainter, rect: QRect, option: QStyleOptionViewItem) -> None:
    """The corners of a box: a person said where the example shows its class, or where not."""
    badge = QRectF(rect.left() + 1, rect.bottom() - _BADGE, _BADGE, _BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(option.palette.base())
    painter.drawRoundedRect(badge, 3, 3)
    painter.setPen(QPen(option.palette.text().color(), 1.6))
    frame, length = badge.adjusted(3.5, 3.5, -3.5, -3.5), badge.width() / 5
    for corner, x, y in (
        (frame.topLeft(), length, length),
        (frame.topRight(), -length, length),
        (frame.bottomLeft(), length, -length),
        (frame.bottomRight(), -length, -length),
    ):
        painter.drawLine(corner, corner + QPointF(x, 0))
        painter.drawLine(corner, corner + QPointF(0, y))


def _paint_shared(painter: QPainter, rect: QRect, color: QColor) -> None:
    """Two sheets, one over the other: the same picture is in another bin, too."""
    badge = QRectF(rect.right() - _BADGE + 1, rect.bottom() - _BADGE + 1, _BADGE, _BADGE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(badge)
    painter.setPen(QPen(style.text_on(color), 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for offset in (-1.5, 1.5):
        sheet = QRectF(0, 0, 5, 5)
        sheet.moveCenter(badge.center() + QPointF(offset, offset))
        painter.drawRect(sheet)
