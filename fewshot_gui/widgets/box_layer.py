"""Boxes that a person draws on a picture: "here" it shows its class, "not here" is something else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen

from fewshot_gui.translation import tr
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from model.types import Attend, Region

_INK, _GROUND, _SHADE = QColor(255, 255, 255), QColor(0, 0, 0, 190), QColor(0, 0, 0, 70)
_NEAR = 6.0  # logical pixels from an edge that still are on it
_PER_KEY = 1 / 32  # of the picture's longer side, by which an arrow moves a box
_LEAST = 2.0  # pixels of the original: a smaller drag is a click

Place = tuple[bool, int]
"""Whether a box is "here", and its number among those."""


class BoxLayer(QObject):
    """Paints boxes on a canvas, and draws and removes them there with mouse and keys. Keeps none of them itself.

    With a tool (`set_tool`) a drag draws a box. Return begins one in the middle; arrows move it, Shift and arrows
    size it, Return keeps it, Escape drops it. A click on a box's edge or name chooses it, one on its cross removes it,
    as Delete does with the one chosen; without a tool Return chooses the next.
    """

    drawn = Signal(bool, object)  # is it "here"; Region in pixels of the original
    removed = Signal(bool, int)  # is it "here"; its number
    tool_left = Signal()  # by Escape
    chosen_changed = Signal()

    def __init__(self, canvas: OverlayCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._boxes = Attend()
        self._tool: bool | None = None
        self._chosen: Place | None = None
        self._from: QPointF | None = None
        self._draft = QRectF()  # in pixels of the original
        canvas.installEventFilter(self)
        canvas.painted_over.append(self.paint)

    @property
    def chosen(self) -> Place | None:
        """The box that Delete would remove."""
        return self._chosen

    @property
    def boxes(self) -> Attend:
        """What is shown."""
        return self._boxes

    def set_boxes(self, boxes: Attend) -> None:
        """Show these boxes."""
        if boxes != self._boxes:
            self._boxes = boxes
            self._choose(None)
        self._canvas.update()

    def set_tool(self, tool: bool | None) -> None:
        """Draw boxes that say "here" (True) or "not here" (False); None: none."""
        self._tool, self._from, self._draft = tool, None, QRectF()
        self._canvas.setCursor(Qt.CursorShape.OpenHandCursor if tool is None else Qt.CursorShape.CrossCursor)
        self._canvas.update()

    def paint(self, painter: QPainter) -> None:
        """Paint what is shown, over the canvas."""
        for place, box in self._placed():
            self._paint_box(painter, self._on_widget(box), is_here=place[0], is_chosen=place == self._chosen)
        if self._tool is not None and not self._draft.isNull():
            self._paint_box(painter, self._canvas.view.rect_to_widget(self._draft), is_here=self._tool, is_chosen=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is meant for boxes from the canvas (Qt)."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
                return self._press(event)
            if self._from is not None and kind == QEvent.Type.MouseMove:
                self._draft = QRectF(self._from, self._inside(event.position())).normalized()
                self._canvas.update()
                return True
            if self._from is not None and kind == QEvent.Type.MouseButtonRelease:
                self._from = None
                self._keep()
                return True
        if isinstance(event, QKeyEvent):
            if kind == QEvent.Type.ShortcutOverride and self._means(event):
                event.accept()  # Delete would remove the example
                return True
            if kind == QEvent.Type.KeyPress and self._means(event):
                self._key(event)
                return True
        return super().eventFilter(watched, event)

    def _placed(self) -> list[tuple[Place, Region]]:
        here = [((True, at), box) for at, box in enumerate(self._boxes.inside)]
        return here + [((False, at), box) for at, box in enumerate(self._boxes.outside)]

    def _on_widget(self, box: Region) -> QRectF:
        return self._canvas.view.rect_to_widget(QRectF(box.x, box.y, box.width, box.height))

    def _inside(self, position: QPointF) -> QPointF:
        point, size = self._canvas.view.to_image(position), self._canvas.view.image_size()
        return QPointF(min(max(point.x(), 0.0), size.width()), min(max(point.y(), 0.0), size.height()))

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        for place, box in reversed(self._placed()):
            outline = self._on_widget(box)
            tag = self._tag(outline, is_here=place[0])
            if self._cross(tag).contains(event.position()):
                self.removed.emit(*place)
                return True
            near = outline.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR).contains(event.position())
            deep = outline.adjusted(_NEAR, _NEAR, -_NEAR, -_NEAR).contains(event.position())
            if tag.contains(event.position()) or (near and not deep):
                self._choose(place)
                self._canvas.setFocus(Qt.FocusReason.MouseFocusReason)
                return True
        self._choose(None)
        if self._tool is None or self._canvas.view.image_size().isEmpty():
            return False
        self._from = self._inside(event.position())
        self._draft = QRectF(self._from, self._from)
        return True

    def _means(self, event: QKeyEvent) -> bool:
        """Whether a key is for boxes."""
        key, is_plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return is_plain and (self._tool is not None or bool(self._boxes))
        if key == Qt.Key.Key_Escape:
            return is_plain and (self._tool is not None or self._chosen is not None)
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            return is_plain and self._chosen is not None
        is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        return key in _ARROWS and not self._draft.isNull() and (is_plain or is_shifted)

    def _key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._return()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self._chosen is not None:
                self.removed.emit(*self._chosen)
        else:
            self._move(key, is_sizing=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        self._canvas.update()

    def _return(self) -> None:
        size = self._canvas.view.image_size()
        if self._tool is None:
            places = [place for place, _ in self._placed()]
            at = places.index(self._chosen) + 1 if self._chosen in places else 0
            self._choose(places[at % len(places)])
        elif self._draft.isNull() and not size.isEmpty():
            self._draft = QRectF(size.width() / 4, size.height() / 4, size.width() / 2, size.height() / 2)
        else:
            self._keep()

    def _escape(self) -> None:
        if not self._draft.isNull():
            self._draft = QRectF()
        elif self._chosen is not None:
            self._choose(None)
        else:
            self.tool_left.emit()

    def _move(self, key: Qt.Key, *, is_sizing: bool) -> None:
        size = self._canvas.view.image_size()
        step = max(1.0, round(_PER_KEY * max(size.width(), size.height())))
        x, y = (step * part for part in _ARROWS[key])
        draft = QRectF(self._draft)
        if is_sizing:
            draft.setWidth(min(max(draft.width() + x, step), size.width() - draft.x()))
            draft.setHeight(min(max(draft.height() + y, step), size.height() - draft.y()))
        else:
            draft.moveTo(
                min(max(draft.x() + x, 0.0), size.width() - draft.width()),
                min(max(draft.y() + y, 0.0), size.height() - draft.height()),
            )
        self._draft = draft

    def _keep(self) -> None:
        """Tell of the box that was drawn; a click draws none."""
        draft, self._draft = self._draft, QRectF()
        if self._tool is not None and min(draft.width(), draft.height()) >= _LEAST:
            left, top = int(draft.left()), int(draft.top())
            region = Region(left, top, max(round(draft.right()) - left, 1), max(round(draft.bottom()) - top, 1))
            self.drawn.emit(self._tool, region)
        self._canvas.update()

    def _choose(self, place: Place | None) -> None:
        if place != self._chosen:
            self._chosen = place
            self.chosen_changed.emit()
            self._canvas.update()

    def _tag(self, outline: QRectF, *, is_here: bool) -> QRectF:
        """Where the box's name stands: above it, or in it where there is no room."""
        metrics = self._canvas.fontMetrics()
        height = metrics.height() + 2
        width = metrics.horizontalAdvance(_name(is_here=is_here)) + height + 8
        top = outline.top() - height if outline.top() >= height else outline.top()
        left = min(max(outline.left(), 0.0), max(self._canvas.width() - width, 0.0))
        return QRectF(left, max(top, 0.0), width, height)

    @staticmethod
    def _cross(tag: QRectF) -> QRectF:
        return QRectF(tag.right() - tag.height(), tag.top(), tag.height(), tag.height())

    def _paint_box(self, painter: QPainter, outline: QRectF, *, is_here: bool, is_chosen: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not is_here:
            painter.fillRect(outline, _SHADE)
            painter.setPen(QPen(QColor(255, 255, 255, 130), 1))
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            painter.drawRect(outline)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pattern, width = Qt.PenStyle.SolidLine if is_here else Qt.PenStyle.DashDotLine, 3.0 if is_chosen else 1.8
        painter.setPen(QPen(_GROUND, width + 2.4))
        painter.drawRect(outline)
        painter.setPen(QPen(_INK, width, pattern))
        painter.drawRect(outline)
        tag = self._tag(outline, is_here=is_here)
        painter.fillRect(tag, _GROUND)
        painter.setPen(_INK)
        words = tag.adjusted(4, 0, -tag.height(), 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _name(is_here=is_here))
        painter.setPen(QPen(_INK, 1.6))
        cross = self._cross(tag)
        inner = cross.adjusted(cross.width() / 3, cross.height() / 3, -cross.width() / 3, -cross.height() / 3)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())
        painter.restore()


_ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def _name(*, is_here: bool) -> str:
    return tr("Here") if is_here else tr("Not here")
