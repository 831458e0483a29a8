"""The dialog for reading options: frames of videos, tiles of large images, transparent pixels, range of greys."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.views.bin_menu import color_icon
from fewshot_gui.views.cover_menu import UncoverKey
from fewshot_gui.views.roi_choice import RoiChoice
from model.images.colour import WHITE
from model.images.cutting import WHOLE, Cutting
from model.images.greys import GreyRange, Greys
from model.images.rendering import Rendering

_DEFAULT_TILE = 512
_SOFT_TISSUE = (-160.0, 240.0)  # Hounsfield: where a fixed window starts
_MOST_GREY = 1e9


class ReadingDialog(QDialog):
    """`cutting` and `rendering` are what is chosen; they start as what is in force.

    `picture`: an example, on which the part of the images that is looked at can be drawn.
    """

    browse_requested = Signal()  # for a list of hashes

    def __init__(
        self,
        cutting: Cutting,
        rendering: Rendering,
        parent: QWidget | None = None,
        *,
        hashes: Path | None = None,
        picture: QImage | None = None,
    ) -> None:
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
        ground = rendering.ground
        grounds = {WHITE: self.tr("White"), (0, 0, 0): self.tr("Black"), (128, 128, 128): self.tr("Grey")}
        for colour, name in (grounds if ground in grounds else {**grounds, ground: QColor(*ground).name()}).items():
            self.colour.addItem(color_icon(QColor(*colour).name()), name, colour)
            if colour == ground:
                self.colour.setCurrentIndex(self.colour.count() - 1)
        self.colour.setAccessibleName(self.tr("What is transparent lies over"))
        self._make_greys(rendering.greys)
        buttons = self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
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
        layout.addRow(self.tr("Range of &greys"), self.greys)
        layout.addRow(self.tr("&Window"), self._window)
        layout.addRow(
            _note(
                self.tr(
                    "For DICOM and greys of more than 8 bits; a window is in units of the file, such as Hounsfield. "
                    "A classifier keeps the range that it was trained with."
                )
            )
        )
        self.roi = RoiChoice(rendering.roi, picture)
        UncoverKey(self)  # of the picture
        layout.addRow(self.roi.switch)
        layout.addRow(self.roi)
        layout.addRow(self.tr("&Leave out files on"), self._make_hashes(hashes))
        layout.addRow(
            _note(
                self.tr(
                    "A text file of SHA-256 or MD5 hashes, one a line. Files with such content are never decoded, "
                    "shown or classified."
                )
            )
        )
        layout.addRow(buttons)
        self.roi.switch.toggled.connect(self._on_roi_switched)
        self._on_greys_chosen()

    def cutting(self) -> Cutting:
        """Return what is chosen."""
        return Cutting(self.rate.value(), self.side.value() if self.tiled.isChecked() else None)

    def rendering(self) -> Rendering:
        """Return what is chosen to lie under transparent pixels, and the range of greys."""
        red, green, blue = self.colour.currentData()
        chosen = GreyRange(self.greys.currentData())
        greys = Greys(chosen, self.low.value(), self.high.value()) if chosen is GreyRange.FIXED else Greys(chosen)
        return Rendering((red, green, blue), greys, self.roi.roi())

    def hashes(self) -> Path | None:
        """Return the list of hashes of files to leave out, None where none is chosen."""
        text = self.hashes_field.text().strip()
        return Path(text).expanduser() if text else None

    def _make_hashes(self, hashes: Path | None) -> QWidget:
        box, self.hashes_field, browse = QWidget(), QLineEdit(), QToolButton()
        self.hashes_field.setObjectName("hashesField")
        self.hashes_field.setText("" if hashes is None else str(hashes))
        self.hashes_field.setPlaceholderText(self.tr("No list"))
        self.hashes_field.setClearButtonEnabled(True)
        self.hashes_field.setAccessibleName(self.tr("List of hashes of files to leave out"))
        browse.setText("…")
        browse.setAccessibleName(self.tr("Choose a list of hashes"))
        browse.clicked.connect(self.browse_requested)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.hashes_field, 1)
        row.addWidget(browse)
        box.setFocusProxy(self.hashes_field)
        return box

    def _make_greys(self, greys: Greys) -> None:
        self.greys, self.low, self.high, self._window = QComboBox(), QDoubleSpinBox(), QDoubleSpinBox(), QWidget()
        for kind, name in {
            GreyRange.FILE: self.tr("As the file says"),
            GreyRange.ROBUST: self.tr("Robust: without a few outliers"),
            GreyRange.FULL: self.tr("Full: from the lowest to the highest value"),
            GreyRange.FIXED: self.tr("Fixed window"),
        }.items():
            self.greys.addItem(name, kind.value)
        self.greys.setCurrentIndex(self.greys.findData(greys.range.value))
        self.greys.setAccessibleName(self.tr("Range of greys"))
        is_fixed = greys.range is GreyRange.FIXED
        row = QHBoxLayout(self._window)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GRID)
        for box, value, name in zip(
            (self.low, self.high),
            (greys.low, greys.high) if is_fixed else _SOFT_TISSUE,
            (self.tr("Value shown as black"), self.tr("Value shown as white")),
            strict=True,
        ):
            most = max(_MOST_GREY, abs(value))
            box.setDecimals(3 if value == round(value, 3) else 9)
            box.setRange(-most, most)
            box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
            box.setValue(value)
            box.setAccessibleName(name)
            box.setToolTip(self.tr("{what}, in units of the file, such as Hounsfield").format(what=name))
            box.setMinimumWidth(12 * style.GRID)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.valueChanged.connect(self._on_greys_chosen)
        row.addWidget(self.low)
        row.addWidget(QLabel(self.tr("to")))
        row.addWidget(self.high)
        self._window.setFocusProxy(self.low)
        self.greys.currentIndexChanged.connect(self._on_greys_chosen)

    @Slot()
    def _on_roi_switched(self) -> None:
        """Make room for the picture, or take it back."""
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
            wrapped = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
            self.resize(self.width(), max(wrapped, layout.totalSizeHint().height()))

    @Slot()
    def _on_greys_chosen(self) -> None:
        is_fixed = self.greys.currentData() == GreyRange.FIXED.value
        self._window.setEnabled(is_fixed)
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(not is_fixed or self.low.value() < self.high.value())


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    label.setMinimumWidth(40 * style.GRID)
    return label
