"""The dialog for reading options: frames of videos, tiles of large images, ground of transparent pixels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.views.bin_menu import color_icon
from model.images.colour import WHITE, Colour
from model.images.cutting import WHOLE, Cutting

_DEFAULT_TILE = 512


class ReadingDialog(QDialog):
    """`cutting` and `ground` are what is chosen; they start as what is in force."""

    def __init__(self, cutting: Cutting, ground: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("readingDialog")
        self.setWindowTitle(self.tr("How images are read"))
        self.rate, self.tiled, self.side, self.colour = QDoubleSpinBox(), QCheckBox(), QSpinBox(), QComboBox()
        self.rate.setRange(0.01, 100.0)
        self.rate.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.rate.setSuffix(self.tr(" frames a second"))
        self.rate.setValue(cutting.video_rate)
        self.rate.setAccessibleName(self.tr("Frames a second taken of videos"))
        self.tiled.setText(self.tr("Cut &large images into tiles"))
        self.tiled.setChecked(cutting.tile_side is not None)
        self.side.setRange(64, 8192)
        self.side.setSingleStep(64)
        self.side.setSuffix(self.tr(" pixels"))
        self.side.setValue(cutting.tile_side or _DEFAULT_TILE)
        self.side.setEnabled(self.tiled.isChecked())
        self.side.setAccessibleName(self.tr("Side of a tile"))
        self.tiled.toggled.connect(self.side.setEnabled)
        grounds = {WHITE: self.tr("White"), (0, 0, 0): self.tr("Black"), (128, 128, 128): self.tr("Grey")}
        for colour, name in (grounds if ground in grounds else {**grounds, ground: QColor(*ground).name()}).items():
            self.colour.addItem(color_icon(QColor(*colour).name()), name, colour)
            if colour == ground:
                self.colour.setCurrentIndex(self.colour.count() - 1)
        self.colour.setAccessibleName(self.tr("What is transparent lies over"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QFormLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setVerticalSpacing(style.GRID + style.GRID // 2)
        layout.addRow(_note(self.tr("Each page of a file, frame of a video and tile counts as an image of its own.")))
        layout.addRow(self.tr("Of &videos take"), self.rate)
        layout.addRow(self.tiled)
        layout.addRow(self.tr("Tiles &of about"), self.side)
        layout.addRow(
            _note(
                self.tr("Images up to {times} times as large stay whole. Bins and results keep what they have.").format(
                    times=f"{WHOLE:g}"
                )
            )
        )
        layout.addRow(self.tr("&Transparent parts over"), self.colour)
        layout.addRow(buttons)

    def cutting(self) -> Cutting:
        """Return what is chosen."""
        return Cutting(self.rate.value(), self.side.value() if self.tiled.isChecked() else None)

    def ground(self) -> Colour:
        """Return what is chosen to lie under transparent pixels."""
        red, green, blue = self.colour.currentData()
        return red, green, blue


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    label.setMinimumWidth(40 * style.GRID)
    return label
