"""The inspector's picture, with the attention of the chosen class laid over it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from fewshot_gui import style
from fewshot_gui.covers import covers
from fewshot_gui.widgets.canvas_marks import paint_legend, paint_overview
from fewshot_gui.widgets.evidence_layer import EvidenceLayer
from fewshot_gui.widgets.viewport_transform import Part, ViewportTransform
from model.types import Region

_WHEEL_STEP = 1.25  # zoom per notch (120 units) of the wheel
_PAN_STEP = 48  # logical pixels per arrow key
_FINE_ENOUGH = 0.9  # of the resolution that the screen could show: the rest is not worth decoding
_MARGIN = 0.25  # of what is seen, around it, so that a little panning needs nothing new
_BOX_PER = 600.0  # pixels of a picture's width for one of a box's line, in a snapshot
_SHARP_FROM = 4.0  # device pixels per image pixel from which single pixels are shown as squares


class OverlayCanvas(QWidget):
    """Shows an image; wheel zooms about the cursor, dragging pans, dragging with Shift marks a part.

    The image may have fewer pixels than the original: `set_image` takes the original's size, and
    regions and coordinates are in pixels of the original.
    """

    zoom_changed = Signal(float)  # image pixels of the original -> device pixels
    marked_changed = Signal()  # another part is marked, or none
    pointed_at = Signal(object)  # QPointF in pixels of the original under the cursor; None: none
    drag_began = Signal()  # with the right button
    dragged = Signal(QPointF)  # how far from where it began, in logical pixels
    menu_wanted = Signal(QPoint)  # a click with the right button, on the screen
    stepped = Signal(int)  # Shift and the wheel: so many images on in the series

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overlayCanvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Picture with attention"))
        self.setMinimumSize(160, 120)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.view = ViewportTransform()
        self.painted_over: list[Callable[[QPainter], None]] = []  # paint over picture, map and box
        self._image = QImage()
        self._detail, self._detail_rect = QImage(), QRectF()
        self.evidence = EvidenceLayer(self)
        self.evidence.changed.connect(self.update)
        self._placeholder = ""
        self._drag_from: QPointF | None = None
        covers.changed.connect(self.update)
        self._mark_from: QPointF | None = None  # in pixels of the original
        self._marked = QRectF()  # the same
        self._right_from: QPointF | None = None
        self._wheeled = 0  # parts of a notch, in 120ths
        self._is_right_drag = False
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    def sizeHint(self) -> QSize:
        """Room for a picture (Qt)."""
        return QSize(360, 320)

    @property
    def marked(self) -> Region | None:
        """The part of the picture that the user marked, or None."""
        part = self._marked & QRectF(QPointF(0, 0), self.view.image_size())
        if self._image.isNull() or part.width() < 1 or part.height() < 1:
            return None
        left, top = int(part.left()), int(part.top())
        return Region(left, top, max(round(part.right()) - left, 1), max(round(part.bottom()) - top, 1))

    def clear_mark(self) -> None:
        """Mark nothing."""
        self._mark_from = None
        if not self._marked.isNull():
            self._marked = QRectF()
            self.marked_changed.emit()
            self.update()

    def set_image(self, image: QImage, original_size: QSize | None = None) -> None:
        """Show `image`, of a file with `original_size` pixels (default: its own), fitted."""
        self._image, self._detail = image, QImage()
        self.evidence.clear()
        self.view.set_image_size(QSizeF(original_size or image.size()))
        self._on_view_changed()

    def change_image(self, image: QImage) -> None:
        """Show the same picture in other greys; what lies over it, zoom and place stay."""
        self._image, self._detail = image, QImage()
        self._on_view_changed()

    def go_on_with(self, image: QImage, original_size: QSize) -> None:
        """Show another image of the same series: where it is of the same size, zoom and place stay."""
        if self.view.image_size() != QSizeF(original_size):
            self.set_image(image, original_size)
        else:
            self.evidence.clear()
            self.change_image(image)

    def color_at(self, point: QPointF) -> QColor | None:
        """The colour shown at a point in pixels of the original; None beside the picture."""
        size = self.view.image_size()
        if self._image.isNull() or not QRectF(QPointF(0, 0), size).contains(point):
            return None
        image, rect = self._image, QRectF(QPointF(0, 0), size)
        if not self._detail.isNull() and self._detail_rect.contains(point):
            image, rect = self._detail, self._detail_rect
        x = int((point.x() - rect.x()) * image.width() / rect.width())
        y = int((point.y() - rect.y()) * image.height() / rect.height())
        return image.pixelColor(min(x, image.width() - 1), min(y, image.height() - 1))

    def turn(self, quarters: int) -> None:
        """Turn what is seen by quarters, clockwise."""
        self.view.turn(quarters)
        self._on_view_changed()

    def mirror(self) -> None:
        """Exchange left and right of what is seen."""
        self.view.mirror()
        self._on_view_changed()

    def turn_over(self) -> None:
        """Exchange top and bottom of what is seen."""
        self.view.mirror()
        self.view.turn(2)
        self._on_view_changed()

    def set_detail(self, image: QImage, rect: QRectF) -> None:
        """Show `image`, which is finer, in the rectangle of the original that it covers."""
        self._detail, self._detail_rect = image, rect
        self.update()

    def wanted_detail(self) -> tuple[QRectF, float] | None:
        """The part of the original that is shown coarser than the screen could, and the scale wanted of it.

        None where what is there is fine enough. The scale is in pixels of the image for one of the original.
        """
        size = self.view.image_size()
        if self._image.isNull() or size.isEmpty():
            return None
        scale = min(self.view.scale * self.devicePixelRatioF(), 1.0)
        if self._image.width() / size.width() >= _FINE_ENOUGH * scale:
            return None
        corners = self.view.to_image(QPointF(0, 0)), self.view.to_image(QPointF(self.width(), self.height()))
        whole, seen = QRectF(QPointF(0, 0), size), QRectF(*corners)
        seen = seen.normalized() & whole
        covered = not self._detail.isNull() and self._detail_rect.contains(seen)
        if covered and self._detail.width() / self._detail_rect.width() >= _FINE_ENOUGH * scale:
            return None
        margin_x, margin_y = _MARGIN * seen.width(), _MARGIN * seen.height()
        return seen.adjusted(-margin_x, -margin_y, margin_x, margin_y) & whole, scale

    def set_original_size(self, size: QSize) -> None:
        """Correct the original's size, which may become known only with its explanation."""
        if not self._image.isNull() and QSizeF(size) != self.view.image_size():
            self.view.set_image_size(QSizeF(size))
            self._on_view_changed()

    def clear(self, placeholder: str = "") -> None:
        """Show no image, but `placeholder` instead."""
        self._placeholder = placeholder
        self.view.unturn()
        self.set_image(QImage())

    def snapshot(self) -> QImage:
        """Return the whole picture, in the pixels that were read of it, with what lies over it, a cover as well.

        Null without one.
        """
        if self._image.isNull():
            return QImage()
        shown = self._image.convertToFormat(QImage.Format.Format_RGB32)
        painter = QPainter(shown)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        picture, is_covered = self._shown()
        if is_covered:
            painter.drawImage(QRectF(shown.rect()), picture, QRectF(picture.rect()))
        self.evidence.paint_map(painter, QRectF(shown.rect()))
        box = self.evidence.box()
        if box is not None:
            scale = shown.width() / max(self.view.image_size().width(), 1.0)
            scaled = QRectF(box.x() * scale, box.y() * scale, box.width() * scale, box.height() * scale)
            self.evidence.paint_box(painter, scaled, max(1.0, shown.width() / _BOX_PER))
        painter.end()
        return shown.transformed(self.view.turning()) if self.view.is_turned else shown

    def fit(self) -> None:
        """Show the whole image."""
        self.view.fit()
        self._on_view_changed()

    def show_part(self, part: Part) -> None:
        """Show what is seen of another picture."""
        self.view.show_part(part)
        self._on_view_changed()

    def zoom_to_actual(self) -> None:
        """One image pixel for one device pixel."""
        self.view.set_scale(1 / self.devicePixelRatioF())
        self._on_view_changed()

    def zoom_by(self, notches: float) -> None:
        """Zoom in (or out, where negative) about the middle."""
        self.view.set_scale(self.view.scale * _WHEEL_STEP**notches)
        self._on_view_changed()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Image, attention, box (Qt)."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.canvas(self.palette()))
        if self._image.isNull():
            painter.setPen(style.muted(self.palette()))
            margins = self.rect().adjusted(2 * style.GRID, style.GRID, -2 * style.GRID, -style.GRID)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(margins, int(flags), self._placeholder)
            return
        whole = QRectF(QPointF(0, 0), self.view.image_size())
        painter.save()
        painter.setWorldTransform(self.view.transform())
        device_scale = self.view.scale * self.devicePixelRatioF()
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        shown, is_covered = self._shown()
        painter.setRenderHint(smooth, is_covered or device_scale < _SHARP_FROM)
        painter.drawImage(whole, shown, QRectF(shown.rect()))
        if not self._detail.isNull() and not is_covered:
            painter.drawImage(self._detail_rect, self._detail, QRectF(self._detail.rect()))
        self.evidence.paint_map(painter, whole)
        painter.restore()
        box = self.evidence.box()
        if box is not None:
            self.evidence.paint_box(painter, self.view.rect_to_widget(box), 1.0)
        for paint in self.painted_over:
            paint(painter)
        if not self._marked.isNull():
            self._paint_marked(painter)
        if self.evidence.has_scale:
            high = self.tr("most unlike") if self.evidence.is_of_unlikeness else self.tr("most evidence")
            paint_legend(painter, self.rect(), high, self.evidence.threshold)
        paint_overview(painter, self.rect(), shown, self.view)

    def _shown(self) -> tuple[QImage, bool]:
        """The picture or its cover, and which."""
        pointed_at = self.underMouse()
        return covers.shown(self._image, pointed_at=pointed_at), covers.is_covered(pointed_at=pointed_at)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The picture may be uncovered now (Qt)."""
        self.update()
        super().enterEvent(event)

    def _paint_marked(self, painter: QPainter) -> None:
        box = self.view.rect_to_widget(self._marked)
        for color, pattern in (
            (QColor(0, 0, 0, 200), Qt.PenStyle.SolidLine),
            (QColor("#ffffff"), Qt.PenStyle.DashLine),
        ):
            painter.setPen(QPen(color, 1.5, pattern))
            painter.drawRect(box)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the cursor (Qt)."""
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:  # with which some systems turn the wheel across
            self._step(event.angleDelta().x() or event.angleDelta().y())
            event.accept()
            return
        notches = event.angleDelta().y() / 120
        if notches and not self._image.isNull():
            self.view.zoom_about(event.position(), _WHEEL_STEP**notches)
            self._on_view_changed()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to pan, with Shift to mark a part, or with the right button to change the greys (Qt)."""
        is_left, has_picture = event.button() == Qt.MouseButton.LeftButton, not self._image.isNull()
        if event.button() == Qt.MouseButton.RightButton and has_picture:
            self._right_from, self._is_right_drag = event.position(), False
        elif is_left and event.modifiers() & Qt.KeyboardModifier.ShiftModifier and has_picture:
            self._mark_from = self.view.to_image(event.position())
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, mark, or change the greys (Qt)."""
        self._point_at(event.position())
        if self._right_from is not None:
            way = event.position() - self._right_from
            if not self._is_right_drag and way.manhattanLength() >= QApplication.startDragDistance():
                self._is_right_drag = True
                self.drag_began.emit()
            if self._is_right_drag:
                self.dragged.emit(way)
        if self._mark_from is not None:
            whole = QRectF(QPointF(0, 0), self.view.image_size())
            self._marked = QRectF(self._mark_from, self.view.to_image(event.position())).normalized() & whole
            self.update()
        elif self._drag_from is not None and not self._image.isNull():
            self.view.pan(event.position() - self._drag_from)
            self._drag_from = event.position()
            self._on_view_changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End to pan, to change the greys, or to mark; a click with Shift marks nothing (Qt)."""
        if event.button() == Qt.MouseButton.RightButton and self._right_from is not None:
            self._right_from = None
            if not self._is_right_drag:
                self.menu_wanted.emit(event.globalPosition().toPoint())
            return
        if self._mark_from is not None:
            self._mark_from = None
            self.marked_changed.emit()
        self._drag_from = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Fit, or 100 % where it is fitted (Qt)."""
        if self.view.is_fitted:
            self.zoom_to_actual()
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan (Qt)."""
        steps = {
            Qt.Key.Key_Left: QPointF(_PAN_STEP, 0),
            Qt.Key.Key_Right: QPointF(-_PAN_STEP, 0),
            Qt.Key.Key_Up: QPointF(0, _PAN_STEP),
            Qt.Key.Key_Down: QPointF(0, -_PAN_STEP),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or self._image.isNull():
            super().keyPressEvent(event)
            return
        self.view.pan(step)
        self._on_view_changed()

    def leaveEvent(self, event: QEvent) -> None:
        """The cursor points at nothing any more, and the picture is covered again (Qt)."""
        super().leaveEvent(event)
        self.update()
        self.pointed_at.emit(None)

    def _point_at(self, position: QPointF) -> None:
        point = self.view.to_image(position)
        inside = not self._image.isNull() and QRectF(QPointF(0, 0), self.view.image_size()).contains(point)
        is_told = inside and not covers.is_covered(pointed_at=True)  # nor is it told what lies under a cover
        self.pointed_at.emit(point if is_told else None)

    def _step(self, delta: int) -> None:
        """Go on by whole notches, also where a wheel or a touchpad tells parts of one."""
        self._wheeled += delta
        notches = int(self._wheeled / 120)
        self._wheeled -= 120 * notches
        if notches:
            self.stepped.emit(-notches)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted image stays fitted (Qt)."""
        self.view.set_widget_size(QSizeF(event.size()))
        self._on_view_changed()

    def _on_view_changed(self) -> None:
        self.zoom_changed.emit(self.view.scale * self.devicePixelRatioF())
        self.update()
