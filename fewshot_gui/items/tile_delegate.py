"""Paints a tile of the gallery: picture, region, map, marks, class and confidence."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fewshot_gui import style
from fewshot_gui.covers import covers
from fewshot_gui.icons import draw_icon
from fewshot_gui.items.roles import Role
from fewshot_gui.items.thumbnail_delegate import paint_stack
from fewshot_gui.items.tile import Mark, Tile, Tone
from fewshot_gui.items.tile_source import TileSource
from fewshot_gui.texts import fitted_name
from model.types import MapStyle, Region, Status

SMALLEST, LARGEST = 96, 480
"""Pixels of a tile's side."""

PADDING = 6
"""Around the picture, in the cell."""

_DOT = 9
_NAME_FROM = 144  # pixels of side from which the file's name is shown, too
_MARK_GAP = 3

Index = QModelIndex | QPersistentModelIndex


class TileDelegate(QStyledItemDelegate):
    """Tiles of `side` pixels; what they need is asked of the source as they are painted, so only of those in sight."""

    def __init__(self, tiles: TileSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self.side = 160
        self.decoded_side = 160
        """The side that pictures are asked for with: that of the tiles, but for the moment in which those change."""
        self.map_style = MapStyle.BOX
        self.cell = QSize()  # what the view gives each tile

    def cell_size(self, metrics: QFontMetrics) -> QSize:
        """The least size of every cell."""
        lines = 2 if self.side >= _NAME_FROM else 1
        return QSize(self.side + 2 * PADDING, self.side + 2 * PADDING + lines * metrics.height() + 2)

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:  # (Qt)
        """The same for every tile (Qt)."""
        return self.cell if self.cell.isValid() else self.cell_size(option.fontMetrics)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the tile (Qt)."""
        tile: Tile | None = index.data(Role.TILE)
        if tile is None:
            return
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        cell = option.rect
        frame = QRect(cell.left() + (cell.width() - self.side) // 2 - PADDING + 2, cell.top() + 2, 0, cell.height() - 4)
        frame.setWidth(self.side + 2 * PADDING - 4)
        picture = self.picture_rect(cell)
        _paint_frame(painter, frame, option)
        self._paint_picture(painter, picture, tile, option)
        _paint_marks(painter, picture, tile.marks, option)
        painter.setFont(option.font)
        paint_stack(painter, picture, index.data(Role.STACK), option)
        caption = QRect(picture.left(), picture.bottom() + 3, picture.width(), option.fontMetrics.height())
        _paint_caption(painter, caption, tile, option)
        if self.side >= _NAME_FROM:
            _paint_name(painter, caption.translated(0, caption.height()), tile, option)
        painter.restore()

    def picture_rect(self, cell: QRect) -> QRect:
        """Where the picture is in a cell."""
        return QRect(cell.left() + (cell.width() - self.side) // 2, cell.top() + PADDING, self.side, self.side)

    def _paint_picture(self, painter: QPainter, rect: QRect, tile: Tile, option: QStyleOptionViewItem) -> None:
        ratio = painter.device().devicePixelRatioF()
        image = self._tiles.picture(tile.path, round(self.decoded_side * ratio))
        if self._tiles.failure(tile.path) is not None:
            _paint_broken(painter, rect, option)
            return
        if image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.tinted(option.palette.text().color(), 0.06))
            painter.drawRoundedRect(rect, 3, 3)
            return
        side = round(self.side * ratio)
        size = image.size() if max(image.width(), image.height()) == side else _fitted(image.size(), side)
        target = QRect(QPoint(0, 0), size)  # in pixels of the screen
        target.moveCenter(QRectF(rect.left() * ratio, rect.top() * ratio, side, side).center().toPoint())
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        pointed_at = bool(option.state & QStyle.StateFlag.State_MouseOver)
        _draw(painter, target, covers.shown(image, pointed_at=pointed_at))
        if self.map_style.has_map and tile.bin_id is not None:
            self._paint_map(painter, target, tile.path, tile.bin_id)
        painter.restore()
        if self.map_style.has_box and tile.region is not None:
            shown = QRectF(target.x() / ratio, target.y() / ratio, target.width() / ratio, target.height() / ratio)
            paint_region(painter, shown, tile.region, self._tiles.original_size(tile.path), QColor(tile.color))

    def _paint_map(self, painter: QPainter, target: QRect, path: Path, bin_id: str) -> None:
        layer = self._tiles.layer(path, bin_id, self.map_style, target.size())
        if layer is not None:
            from model.regions.overlay import layer_opacity  # here: the window starts without numpy

            painter.setOpacity(layer_opacity(self.map_style))
            _draw(painter, target, layer)
            painter.setOpacity(1.0)


def _fitted(size: QSize, side: int) -> QSize:
    return size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def _draw(painter: QPainter, target: QRect, image: QImage) -> None:
    """Draw pixel for pixel where `image` is as large as `target`, which is far quicker."""
    if image.size() == target.size():
        painter.drawImage(target.topLeft(), image)
    else:
        painter.drawImage(target, image)


def _paint_frame(painter: QPainter, frame: QRect, option: QStyleOptionViewItem) -> None:
    """Selection, hover and, inside of them, the keyboard's place."""
    accent, rect = option.palette.highlight().color(), QRectF(frame)
    if _is_selected(option):
        painter.setBrush(style.tinted(accent, 0.35))
        painter.setPen(QPen(accent, 2))
        painter.drawRoundedRect(rect, 5, 5)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.tinted(option.palette.text().color(), 0.08))
        painter.drawRoundedRect(rect, 5, 5)
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(option.palette.text().color(), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 4, 4)


def _is_selected(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & QStyle.StateFlag.State_Selected)


def _paint_broken(painter: QPainter, rect: QRect, option: QStyleOptionViewItem) -> None:
    color = style.failure(option.palette)
    painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
    painter.setBrush(style.tinted(color, 0.10))
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    box = QRectF(0, 0, rect.height() * 0.4, rect.height() * 0.4)
    box.moveCenter(QRectF(rect).center())
    draw_icon(painter, "broken", color, box)


def paint_region(painter: QPainter, shown: QRectF, region: Region, size: QSize, color: QColor) -> None:
    """Box `region`, in pixels of a picture of `size`; a dark line below keeps the box visible on any picture."""
    if size.isEmpty():
        return
    x, y = shown.width() / size.width(), shown.height() / size.height()
    box = QRectF(shown.left() + region.x * x, shown.top() + region.y * y, region.width * x, region.height * y)
    box = box.intersected(shown).adjusted(1, 1, -1, -1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line, width in ((QColor(0, 0, 0, 170), 3.5), (color, 2.0)):
        pen = QPen(line, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(box)


def _paint_marks(painter: QPainter, picture: QRect, marks: tuple[Mark, ...], option: QStyleOptionViewItem) -> None:
    """Signs at the top left of the picture, with their texts where there is room for all of them."""
    if not marks:
        return
    palette, font = option.palette, QFont(option.font)
    bold = QFont(font)
    bold.setBold(True)
    signs, texts = QFontMetrics(bold), option.fontMetrics
    height = texts.height() + 2
    widths = [height + texts.horizontalAdvance(mark.text) + _MARK_GAP + 3 for mark in marks]
    has_text = sum(widths) + _MARK_GAP * (len(marks) + 1) <= picture.width()
    left = picture.left() + _MARK_GAP
    for mark, wide in zip(marks, widths, strict=True):
        width = wide if has_text else max(height, signs.horizontalAdvance(mark.sign) + 6)
        pill = QRect(left, picture.top() + _MARK_GAP, width, height)
        painter.setPen(QPen(style.border(palette), 1))
        painter.setBrush(style.tinted(palette.base().color(), 0.92))
        painter.drawRoundedRect(QRectF(pill).adjusted(0.5, 0.5, -0.5, -0.5), height / 2, height / 2)
        sign = QRect(pill.left(), pill.top(), height if has_text else width, height)
        painter.setFont(bold)
        if mark.color:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(mark.color))
            painter.drawRoundedRect(QRectF(sign).adjusted(2, 2, -2, -2), height / 2 - 2, height / 2 - 2)
        painter.setPen(style.text_on(QColor(mark.color)) if mark.color else _tone(mark.tone, palette))
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, mark.sign)
        if has_text:
            painter.setFont(font)
            painter.setPen(palette.color(QPalette.ColorRole.Text))
            rest = pill.adjusted(height - 2, 0, 0, 0)
            painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, mark.text)
        left += width + _MARK_GAP


def _tone(tone: Tone, palette: QPalette) -> QColor:
    if tone is Tone.SUCCESS:
        return style.success(palette)
    if tone is Tone.FAILURE:
        return style.failure(palette)
    return style.warning(palette) if tone is Tone.WARNING else palette.color(QPalette.ColorRole.Text)


def _paint_caption(painter: QPainter, rect: QRect, tile: Tile, option: QStyleOptionViewItem) -> None:
    """Colour and name of the class, and the confidence at the right; a ring where it is only the nearest class."""
    palette, font = option.palette, QFont(option.font)
    is_quiet = (tile.is_stale or tile.status is Status.UNKNOWN) and not _is_selected(option)
    font.setItalic(tile.is_stale)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    if tile.color:
        dot = QRectF(rect.left() + 1, rect.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        is_ring = tile.status is Status.UNKNOWN
        painter.setPen(QPen(QColor(tile.color), 1.5) if is_ring else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if is_ring else QColor(tile.color))
        painter.drawEllipse(dot)
        rect = rect.adjusted(_DOT + 5, 0, 0, 0)
    width = metrics.horizontalAdvance(tile.confidence)
    color = style.failure(palette) if tile.status is Status.ERROR else palette.color(QPalette.ColorRole.Text)
    painter.setPen(style.muted(palette) if is_quiet else color)
    middle = Qt.AlignmentFlag.AlignVCenter
    name = fitted_name(tile.class_name, rect.width() - width - 4 if width else rect.width(), metrics.horizontalAdvance)
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | middle, name)
    painter.drawText(rect, Qt.AlignmentFlag.AlignRight | middle, tile.confidence)


def _paint_name(painter: QPainter, rect: QRect, tile: Tile, option: QStyleOptionViewItem) -> None:
    painter.setFont(option.font)
    painter.setPen(option.palette.text().color() if _is_selected(option) else style.muted(option.palette))
    name = fitted_name(tile.name, rect.width(), option.fontMetrics.horizontalAdvance)
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


def paint_group_head(
    painter: QPainter, rect: QRect, palette: QPalette, title: str, color: str, note: str, *, is_folded: bool
) -> None:
    """The head of a group: an arrow, its colour, its name, and how many there are."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(rect, palette.window())
    painter.setPen(QPen(style.border(palette), 1))
    painter.drawLine(rect.topLeft(), rect.topRight())
    middle, left = rect.center().y() + 1, rect.left() + style.GRID
    painter.setPen(QPen(style.muted(palette), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    if is_folded:
        arrow = [QPointF(left + 2, middle - 4), QPointF(left + 6, middle), QPointF(left + 2, middle + 4)]
    else:
        arrow = [QPointF(left, middle - 2), QPointF(left + 4, middle + 2), QPointF(left + 8, middle - 2)]
    painter.drawPolyline(arrow)
    left += 2 * style.GRID
    if color:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawEllipse(QRectF(left, middle - _DOT / 2, _DOT, _DOT))
        left += _DOT + 6
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(palette.color(QPalette.ColorRole.WindowText))
    metrics = painter.fontMetrics()
    room = max(rect.right() - left - metrics.horizontalAdvance(note) - 2 * style.GRID, 0)
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room)
    box = QRect(left, rect.top(), rect.right() - left, rect.height())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
    box.setLeft(left + metrics.horizontalAdvance(shown) + style.GRID)
    font.setBold(False)
    painter.setFont(font)
    painter.setPen(style.muted(palette))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, note)
    painter.restore()
