"""Asks how files are cut into images: how many frames of a video, and into what tiles."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from fewshot_gui import style
from model.images.cutting import WHOLE, Cutting

_DEFAULT_TILE = 512


class CuttingDialog(QDialog):
    """`cutting` is what is chosen; it starts as what is in force."""

    def __init__(self, cutting: Cutting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cuttingDialog")
        self.setWindowTitle(self.tr("Pages, frames and tiles"))
        self.rate, self.tiled, self.side = QDoubleSpinBox(), QCheckBox(), QSpinBox()
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
        layout.addRow(buttons)

    def cutting(self) -> Cutting:
        """Return what is chosen."""
        return Cutting(self.rate.value(), self.side.value() if self.tiled.isChecked() else None)


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    label.setMinimumWidth(40 * style.GRID)
    return label
