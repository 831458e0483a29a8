"""Two tools to say where an example shows its class, "here", and where it does not, "not here"."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.intents import Intents
from fewshot_gui.project.document import Document
from fewshot_gui.widgets.box_layer import BoxLayer
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from model.types import Attend, Region


class HereTools(QWidget):
    """Shown for an image in a bin; asks for other boxes by `Intents.boxes_requested`."""

    def __init__(
        self, document: Document, intents: Intents, canvas: OverlayCanvas, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("hereTools")
        self._document, self._intents, self._canvas = document, intents, canvas
        self._path: Path | None = None
        self.layer = BoxLayer(canvas)
        self.here, self.not_here, self.remove = QToolButton(), QToolButton(), QToolButton()
        keys = self.tr(
            "By keyboard: Return begins a box, arrows move it, Shift and arrows size it, Return keeps it, Escape ends"
        )
        texts = (
            (self.here, "hereButton", self.tr("Here"), self.tr("Draw where this example shows its class")),
            (
                self.not_here,
                "notHereButton",
                self.tr("Not here"),
                self.tr("Draw around what is not to count, such as a caption that only images of this class have"),
            ),
            (self.remove, "removeBoxButton", self.tr("Remove box"), self.tr("Remove the chosen box (Delete)")),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GRID)
        for button, name, text, tip in texts:
            button.setObjectName(name)
            button.setText(text)
            button.setToolTip(tip if button is self.remove else f"{tip}\n{keys}")
            button.setAccessibleDescription(button.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setCheckable(button is not self.remove)
            row.addWidget(button)
        row.addStretch(1)
        self.here.clicked.connect(self._on_here)
        self.not_here.clicked.connect(self._on_not_here)
        self.remove.clicked.connect(self._on_remove)
        self.layer.drawn.connect(self._on_drawn)
        self.layer.removed.connect(self._on_removed)
        self.layer.tool_left.connect(self._on_tool_left)
        self.layer.chosen_changed.connect(self._on_chosen_changed)
        for signal in (document.reset, document.bin_removed, document.examples_changed, document.boxes_changed):
            signal.connect(self._update)
        self.remove.setEnabled(False)
        self.hide()

    def show_image(self, path: Path | None) -> None:
        """Offer the tools for an image whose picture is shown in its own size; None: for none, for the time being.

        A tool stays for the next example.
        """
        self._path = path
        self._update()

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self.here, self.not_here, self.remove]

    @Slot()
    def _update(self) -> None:
        path = self._path
        is_example = path is not None and self._document.bin_of(path) is not None
        if path is not None:  # else it is about to be: rows that come and go would move the picture
            self.setVisible(is_example and not self._document.read_only_reason)
            if self.isHidden():
                self._set_tool(None)
        self.layer.set_boxes(self._document.boxes(path) if is_example and path is not None else Attend())

    def _set_tool(self, tool: bool | None) -> None:
        self.here.setChecked(tool is True)
        self.not_here.setChecked(tool is False)
        self.layer.set_tool(tool)
        if tool is not None:
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_chosen_changed(self) -> None:
        self.remove.setEnabled(self.layer.chosen is not None)

    @Slot()
    def _on_here(self) -> None:
        self._set_tool(True if self.here.isChecked() else None)

    @Slot()
    def _on_not_here(self) -> None:
        self._set_tool(False if self.not_here.isChecked() else None)

    @Slot()
    def _on_tool_left(self) -> None:
        self._set_tool(None)

    @Slot()
    def _on_remove(self) -> None:
        if self.layer.chosen is not None:
            self._on_removed(*self.layer.chosen)

    @Slot(bool, object)
    def _on_drawn(self, is_here: bool, region: Region) -> None:
        if self._path is not None:
            boxes = self._document.boxes(self._path)
            if is_here:
                drawn = Attend((*boxes.inside, region), boxes.outside)
            else:
                drawn = Attend(boxes.inside, (*boxes.outside, region))
            self._intents.boxes_requested.emit(self._path, drawn)

    @Slot(bool, int)
    def _on_removed(self, is_here: bool, number: int) -> None:
        if self._path is not None:
            boxes = self._document.boxes(self._path)
            inside, outside = list(boxes.inside), list(boxes.outside)
            del (inside if is_here else outside)[number]
            self._intents.boxes_requested.emit(self._path, Attend(tuple(inside), tuple(outside)))
