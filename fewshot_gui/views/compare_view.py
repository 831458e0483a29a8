"""Two images side by side, or one image with the maps of two classes, in place of the rest of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QColor, QImage, QKeyEvent
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.items.bin_look import look_of
from fewshot_gui.items.naming import display_name, display_path, display_text, names
from fewshot_gui.items.thumbnail_source import PictureSource, Thumbnails
from fewshot_gui.items.verdicts import describe_example, describe_prediction
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.texts import confidence_text
from fewshot_gui.views.map_choice import MapChoice
from fewshot_gui.views.plain_keys import is_plain
from fewshot_gui.views.side_by_side import SideBySide
from fewshot_gui.widgets.elided_label import ElidedLabel
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from fewshot_gui.widgets.pane_header import PaneHeader
from model.types import Explanation, MapStyle

_REST = 60  # milliseconds the view must rest before finer pixels are asked for


class _Caption(QWidget):
    """What is said of one of the two: name, verdict, and the class whose map is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.name, self.facts, self.classes = ElidedLabel(), QLabel(), QComboBox()
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.facts.setWordWrap(True)
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.classes.setAccessibleName(self.tr("Class whose map is shown"))
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        column = QVBoxLayout(self)
        column.setContentsMargins(style.GRID, style.GRID // 2, style.GRID, style.GRID)
        column.setSpacing(style.GRID // 2)
        for widget in (self.name, self.facts, self.classes):
            column.addWidget(widget)


@dataclass
class _Half:
    """One of the two: where it is shown, and what."""

    canvas: OverlayCanvas
    caption: _Caption
    path: Path | None = None
    explanation: Explanation | None = None
    bin_ids: tuple[str, ...] = field(default=())


class CompareView(QWidget):
    """Shows what `begin` says until `left`. Pictures and explanations are asked for one after the other."""

    left = Signal()

    def __init__(
        self,
        document: Document,
        results: Results,
        intents: Intents,
        pictures: PictureSource,
        thumbnails: Thumbnails,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("compareView")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Side by side"))
        self._document, self._results, self._intents = document, results, intents
        self._pictures, self._thumbnails = pictures, thumbnails
        self.header, self.map_choice = PaneHeader(self.tr("Side by side")), MapChoice()
        captions = _Caption(), _Caption()
        self.pair = SideBySide(*captions)
        self._halves = tuple(_Half(*each) for each in zip(self.pair.canvases, captions, strict=True))
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._details: list[tuple[Path, OverlayCanvas]] = []  # that are still to be asked for
        self._build()
        self._connect()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The images shown: two, the same twice, or none."""
        return tuple(half.path for half in self._halves if half.path is not None)

    def begin(self, first: Path, second: Path) -> None:
        """Show two images, or the maps of two classes where they are the same."""
        for half, path in zip(self._halves, (first, second), strict=True):
            half.path, half.explanation, half.bin_ids = path, None, ()
            half.canvas.clear(self.tr("Reading …"))
            thumbnail = self._thumbnails.image(path)
            if thumbnail is not None:
                half.canvas.set_image(thumbnail)
            half.caption.classes.clear()
            half.caption.classes.hide()
        is_one = first == second
        self.header.set_note(
            self.tr("one image, where two classes look · Esc goes back")
            if is_one
            else self.tr("two images; zoom and pan are the same in both · Esc goes back")
        )
        self.refresh()
        self._pictures.request(first)
        self._intents.explain_requested.emit(first)

    def end(self) -> None:
        """Show nothing."""
        self._rest.stop()
        self._details = []
        for half in self._halves:
            half.path, half.explanation = None, None
            half.canvas.clear()

    def refresh(self) -> None:
        """Show anew what is known of the images."""
        for half in self._halves:
            if half.path is not None:
                half.caption.name.show_text(display_name(half.path))
                half.caption.name.setToolTip(display_path(half.path))
                self._show_facts(half)

    def show_explanation(self, path: Path, bin_ids: Sequence[str], explanation: Explanation) -> None:
        """Lay the maps over the picture; dropped where other images are shown."""
        for half in self._halves:
            if half.path == path:
                half.explanation, half.bin_ids = explanation, tuple(bin_ids)
                self._offer_classes(half)
                self._show_map(half)
        self._explain_next(path)

    def show_failure(self, path: Path, message: str) -> None:
        """Say why an image could not be explained."""
        for half in self._halves:
            if half.path == path:
                self._show_facts(half, message)
        self._explain_next(path)

    def set_map_style(self, map_style: MapStyle) -> None:
        """How the maps are shown; of two classes each has its own here, so a difference is shown as heat."""
        for canvas in self.pair.canvases:
            canvas.evidence.set_map_style(MapStyle.HEAT if map_style is MapStyle.DIFFERENCE else map_style)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back (Qt)."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Take keys that would change what is selected behind this (Qt)."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_plain(event):
            event.accept()
            return True
        return super().event(event)

    def _build(self) -> None:
        self.map_choice.setObjectName("compareMap")
        self.header.add_tool(self.map_choice)
        leave = self.leave = QAction(self.tr("Back"), self)
        leave.setObjectName("leaveCompareAction")
        leave.setToolTip(self.tr("Back to bins and results (Esc)"))
        leave.triggered.connect(self._on_leave)
        self.header.add_button(leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.pair, 1)

    def _connect(self) -> None:
        self._pictures.picture_ready.connect(self._on_picture_ready)
        self._pictures.picture_failed.connect(self._on_picture_failed)
        self._pictures.detail_ready.connect(self._on_detail_ready)
        self._rest.timeout.connect(self._on_rested)
        for half in self._halves:
            half.canvas.zoom_changed.connect(self._on_zoom_changed)
            half.caption.classes.currentIndexChanged.connect(self._on_class_chosen)
        for signal in (self._results.changed, self._results.reset, self._document.bin_changed, names.changed):
            signal.connect(self.refresh)

    def _offer_classes(self, half: _Half) -> None:
        """The classes, the most probable first; the second half of one image begins with the runner-up."""
        explanation, classes = half.explanation, half.caption.classes
        if explanation is None:
            return
        classes.blockSignals(True)
        classes.clear()
        for at in explanation.ranked:
            name = look_of(self._document, half.bin_ids[at]).name
            classes.addItem(f"{name}  {confidence_text(explanation.scores[at])}", at)
        is_runner_up = half is self._halves[1] and self._halves[0].path == half.path
        classes.setCurrentIndex(min(int(is_runner_up), classes.count() - 1))
        classes.blockSignals(False)
        classes.setVisible(classes.count() > 1)

    def _show_map(self, half: _Half) -> None:
        at, explanation = half.caption.classes.currentData(), half.explanation
        if explanation is None or at is None:
            return
        half.canvas.set_original_size(QSize(*explanation.image_size))
        color = QColor(look_of(self._document, half.bin_ids[at]).color)
        shown = explanation.evidence_maps[at], explanation.regions[at], color
        half.canvas.evidence.show(*shown, is_of_unlikeness=explanation.is_of_unlikeness)

    def _show_facts(self, half: _Half, trouble: str = "") -> None:
        if half.path is None:
            return
        lines = [
            describe_example(self._document, self._results, half.path),
            describe_prediction(self._document, self._results, half.path),
            display_text(trouble),
        ]
        half.caption.facts.setText("\n".join(line for line in lines if line))

    def _explain_next(self, path: Path) -> None:
        """Ask for the second image's explanation, once the first has its own: a new one would cancel it."""
        first, second = self._halves
        if first.path == path and second.path not in (None, path):
            self._intents.explain_requested.emit(second.path)

    def _picture_next(self, path: Path) -> None:
        first, second = self._halves
        if first.path == path and second.path is not None and second.path != path:
            self._pictures.request(second.path)

    def _on_picture_ready(self, path: Path, image: QImage, size: QSize) -> None:
        for half in self._halves:
            if half.path == path:
                part = half.canvas.view.part()
                half.canvas.set_image(image, size)
                half.canvas.show_part(part)  # who zoomed in meanwhile stays there
                self._show_map(half)
        self._picture_next(path)

    def _on_picture_failed(self, path: Path, message: str) -> None:
        for half in self._halves:
            if half.path == path:
                half.canvas.clear(self.tr("This image cannot be shown."))
                self._show_facts(half, message)
        self._picture_next(path)

    @Slot()
    def _on_zoom_changed(self) -> None:
        self._rest.start()

    @Slot()
    def _on_rested(self) -> None:
        self._details = [(half.path, half.canvas) for half in self._halves if half.path is not None]
        self._ask_detail()

    def _ask_detail(self) -> None:
        """Ask for finer pixels of the first that lacks them: one answer at a time."""
        while self._details:
            path, canvas = self._details.pop(0)
            wanted = canvas.wanted_detail()
            if wanted is not None:
                self._pictures.request_detail(path, *wanted)
                return

    def _on_detail_ready(self, path: Path, image: QImage, rect: QRectF) -> None:
        for half in self._halves:
            if half.path == path:
                half.canvas.set_detail(image, rect)
        if self.paths:
            self._ask_detail()

    @Slot()
    def _on_class_chosen(self) -> None:
        for half in self._halves:
            self._show_map(half)

    @Slot()
    def _on_leave(self) -> None:
        self.left.emit()
