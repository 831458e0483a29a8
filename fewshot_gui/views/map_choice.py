"""The choice of what is drawn over pictures, as the gallery and the inspector offer it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from model.types import MapStyle


class MapChoice(QComboBox):
    """A list of the styles; with `between_classes` also the difference of two classes' maps."""

    chosen = Signal(object)  # MapStyle

    def __init__(self, parent: QWidget | None = None, *, between_classes: bool = False) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Shown over the picture"))
        self.setToolTip(
            self.tr(
                "What is shown over the picture, as a box, or also as a map: where the class is seen or, with one bin, "
                "what is most unlike it"
            )
        )
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(7)
        for map_style, text in (
            (MapStyle.OFF, self.tr("Picture alone")),
            (MapStyle.BOX, self.tr("Box")),
            (MapStyle.HEAT, self.tr("Heat map")),
            (MapStyle.CONTOUR, self.tr("Contours")),
            (MapStyle.SPOTLIGHT, self.tr("Spotlight")),
        ):
            self.addItem(text, map_style)
        if between_classes:
            self.addItem(self.tr("Difference"), MapStyle.DIFFERENCE)
            tip = self.tr("Where there is more for the first class, and where for the class that is chosen below")
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.activated.connect(self._on_activated)

    @property
    def style_(self) -> MapStyle:
        """What is chosen."""
        return MapStyle(self.currentData())

    def show_style(self, map_style: MapStyle) -> None:
        """Show `map_style` as chosen, without telling; one that is not offered here leaves all as it is."""
        at = self.findData(map_style)
        if at >= 0:
            with QSignalBlocker(self):
                self.setCurrentIndex(at)

    def _on_activated(self) -> None:
        self.chosen.emit(self.style_)
