"""The dialog that asks which images to fetch, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QWidget

from fewshot_gui import style
from fewshot_gui.intents import FETCH_COUNTS, Among, FetchPlan
from fewshot_gui.project.values import Bin
from fewshot_gui.views.bin_menu import color_icon
from fewshot_gui.views.words_dialog import FETCH_WORDS, word_button
from model.types import FetchKind


@dataclass(frozen=True)
class Available:
    """What there is to fetch from and with.

    bins: the classes of the classifier; none: it is not trained
    has_image, has_region: whether the inspector shows an image, and a part of it is marked or boxed
    library, results: how many images of each are in no bin
    """

    bins: Sequence[Bin]
    has_image: bool
    has_region: bool
    library: int
    results: int


class FetchDialog(QDialog):
    """`plan` is what is chosen. Kinds that cannot be had now are there, and say why not."""

    def __init__(self, start: FetchPlan, available: Available, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fetchDialog")
        self.setWindowTitle(self.tr("Fetch images"))
        self._available = available
        self.which, self.count, self.among, self.of = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        self.seed, self._note = QSpinBox(), QLabel()
        self._fill(start)
        buttons = self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("&Fetch"))
        buttons.addButton(word_button(FETCH_WORDS, self), QDialogButtonBox.ButtonRole.HelpRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._note.setWordWrap(True)
        self._note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QFormLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setVerticalSpacing(style.GRID + style.GRID // 2)
        layout.addRow(self.tr("&Which"), self.which)
        layout.addRow("", self._note)
        layout.addRow(self.tr("Of &class"), self.of)
        layout.addRow(self.tr("&Seed"), self.seed)
        layout.addRow(self.tr("How &many"), self.count)
        layout.addRow(self.tr("&Out of"), self.among)
        layout.addRow(buttons)
        self.setMinimumWidth(440)
        for choice in (self.which, self.among, self.of):
            choice.currentIndexChanged.connect(self._on_changed)
        self._on_changed()

    def plan(self) -> FetchPlan:
        """Return what is chosen."""
        kind, is_of_region = self.which.currentData()
        return FetchPlan(
            kind,
            self.count.currentData(),
            Among(self.among.currentData()),
            self.of.currentData() if kind is FetchKind.TYPICAL else None,
            self.seed.value(),
            is_of_region,
        )

    def _fill(self, start: FetchPlan) -> None:
        for kind, is_of_region, text in (
            (FetchKind.TEACH, False, self.tr("Those that would teach the most")),
            (FetchKind.DOUBTFUL, False, self.tr("The most doubtful")),
            (FetchKind.TYPICAL, False, self.tr("The most typical of a class")),
            (FetchKind.UNLIKE, False, self.tr("Those unlike everything in the bins")),
            (FetchKind.RANDOM, False, self.tr("Random ones")),
            (FetchKind.LIKE, False, self.tr("Those like the image in the inspector")),
            (FetchKind.LIKE, True, self.tr("Those with something like the region in the inspector")),
        ):
            self.which.addItem(text, (kind, is_of_region))
        items = [self.which.itemData(at) for at in range(self.which.count())]
        wanted = (start.kind, start.is_of_region)
        self.which.setCurrentIndex(next((at for at, item in enumerate(items) if item == wanted), 0))
        self.which.setObjectName("fetchKind")
        self.which.setAccessibleName(self.tr("Which images to fetch"))
        for count in FETCH_COUNTS:
            self.count.addItem(f"{count}", count)
        self.count.setCurrentIndex(max(self.count.findData(start.count), 0))
        self.count.setObjectName("fetchCount")
        self.count.setAccessibleName(self.tr("How many images to fetch"))
        for among, text, free in (
            (Among.LIBRARY, self.tr("the library: {count} in no bin"), self._available.library),
            (Among.RESULTS, self.tr("the results shown: {count} in no bin"), self._available.results),
        ):
            self.among.addItem(text.format(count=f"{free:,}"), among)
        self.among.setCurrentIndex(self.among.findData(start.among))
        if not (self._available.results if start.among is Among.RESULTS else self._available.library):
            self.among.setCurrentIndex(1 - self.among.currentIndex())
        self.among.setObjectName("fetchAmong")
        self.among.setAccessibleName(self.tr("Out of what to fetch"))
        for bin_ in self._available.bins:
            self.of.addItem(color_icon(bin_.color), bin_.name, bin_.id)
        self.of.setCurrentIndex(max(self.of.findData(start.bin_id), 0))
        self.of.setObjectName("fetchClass")
        self.of.setAccessibleName(self.tr("The class that images are to be typical of"))
        self.seed.setRange(0, 999_999)
        self.seed.setValue(start.seed)
        self.seed.setAccessibleName(self.tr("Seed of the random draw"))
        self.seed.setToolTip(self.tr("The same seed draws the same images from the same ones"))

    @Slot()
    def _on_changed(self) -> None:
        kind, is_of_region = self.which.currentData()
        trouble = self._trouble(kind, is_of_region)
        self._note.setText(trouble or self._meaning(kind, is_of_region))
        self.of.setEnabled(kind is FetchKind.TYPICAL and self.of.count() > 0)
        self.seed.setEnabled(kind is FetchKind.RANDOM)
        is_results = Among(self.among.currentData()) is Among.RESULTS
        there = self._available.results if is_results else self._available.library
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not trouble and there > 0)

    def _trouble(self, kind: FetchKind, is_of_region: bool) -> str:
        """Why this kind cannot be had now; "": it can."""
        if kind.needs_classifier and not self._available.bins:
            return self.tr("Train first (Ctrl+T): it goes by the predictions.")
        if kind is FetchKind.LIKE and not self._available.has_image:
            return self.tr("Choose an image first, so that the inspector shows it.")
        if kind is FetchKind.LIKE and is_of_region and not self._available.has_region:
            return self.tr("Mark a part of the picture in the inspector first: hold Shift and drag.")
        return ""

    def _meaning(self, kind: FetchKind, is_of_region: bool) -> str:
        if kind is FetchKind.LIKE and is_of_region:
            return self.tr("Looks for the part of each image that is most like it.")
        return {
            FetchKind.TEACH: self.tr("Typical of many images that are like none in the bins yet."),
            FetchKind.DOUBTFUL: self.tr("The first two classes are closest. What is not classified yet is classified."),
            FetchKind.TYPICAL: self.tr("The class is furthest ahead of the others; to see what it stands for."),
            FetchKind.UNLIKE: self.tr("Least like any example; where there is none, least like the other images."),
            FetchKind.RANDOM: self.tr("Drawn blindly: a fair sample, for instance to measure."),
            FetchKind.LIKE: self.tr("By what the network sees in the whole image."),
        }[kind]
