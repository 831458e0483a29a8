"""The gallery's tools: groups, order, what is drawn over the pictures, size of the tiles."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QWidget

from fewshot_gui import style
from fewshot_gui.items.arrangement import Arrangement, Grouping, Sorting
from fewshot_gui.items.tile_delegate import LARGEST, SMALLEST
from fewshot_gui.views.map_choice import MapChoice
from fewshot_gui.widgets.size_slider import SizeSlider

_WIDEST = 240  # pixels of a list


class GalleryBar(QWidget):
    """One line of controls; it holds what is chosen."""

    arrangement_chosen = Signal(object)  # Arrangement
    tile_chosen = Signal(int)  # pixels of a tile's side

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.groups, self.order, self.map_choice = QComboBox(), QComboBox(), MapChoice()
        self.reverse = QToolButton()
        self.reverse.setObjectName("galleryReverse")
        self.reverse.setCheckable(True)
        self.reverse.setAutoRaise(True)
        self.reverse.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reverse.setAccessibleName(self.tr("Reverse the order"))
        self.reverse.setToolTip(self.tr("Reverse the order within the groups; errors stay last"))
        self.tile = SizeSlider(self.tr("Size of the tiles"), SMALLEST, LARGEST)
        self.groups.setObjectName("galleryGroups")
        self.groups.setAccessibleName(self.tr("Groups"))
        self.groups.setToolTip(self.tr("What is put together. A click on a group's head folds it"))
        for grouping, text in (
            (Grouping.NONE, self.tr("No groups")),
            (Grouping.CLASS, self.tr("By class")),
            (Grouping.OUTCOME, self.tr("By outcome")),
            (Grouping.FOLDER, self.tr("By folder")),
            (Grouping.FILE, self.tr("By file")),
        ):
            self.groups.addItem(text, grouping)
        self.order.setObjectName("galleryOrder")
        self.order.setAccessibleName(self.tr("Order"))
        for sorting, text, tip in (
            (Sorting.CONFIDENCE, self.tr("Most confident first"), ""),
            (Sorting.DOUBT, self.tr("Most doubtful first"), self.tr("The first two classes are closest")),
            (Sorting.TYPICALITY, self.tr("Most typical first"), self.tr("Those most like their class; odd ones last")),
            (Sorting.NAME, self.tr("By name"), ""),
            (Sorting.ARRIVAL, self.tr("As they came"), ""),
        ):
            self.order.addItem(text, sorting)
            self.order.setItemData(self.order.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.map_choice.setObjectName("galleryMap")
        self.tile.setObjectName("gallerySize")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(style.GRID, 0, style.GRID, style.GRID // 2)
        layout.setSpacing(style.GRID)
        for choice in (self.groups, self.order):
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.setMinimumContentsLength(7)
            choice.activated.connect(self._on_arranged)
        for choice in (self.groups, self.order, self.map_choice):
            choice.setMaximumWidth(_WIDEST)
        for widget, stretch in (
            (self.groups, 2), (self.order, 3), (self.reverse, 0), (self.map_choice, 2), (self.tile, 2),
        ):  # fmt: skip
            layout.addWidget(widget, stretch)
        self.reverse.toggled.connect(self._show_direction)
        self.reverse.clicked.connect(self._on_arranged)
        self._show_direction()
        layout.addStretch(1)
        self.tile.valueChanged.connect(self.tile_chosen)

    @property
    def arrangement(self) -> Arrangement:
        """What is chosen."""
        return Arrangement(
            Grouping(self.groups.currentData()), Sorting(self.order.currentData()), self.reverse.isChecked()
        )

    def show_arrangement(self, arrangement: Arrangement) -> None:
        """Show this as chosen, without telling."""
        self.groups.setCurrentIndex(self.groups.findData(arrangement.grouping))
        self.order.setCurrentIndex(self.order.findData(arrangement.sorting))
        self.reverse.setChecked(arrangement.is_reversed)

    def controls(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self.groups, self.order, self.reverse, self.map_choice, self.tile]

    def _show_direction(self) -> None:
        is_reversed = self.reverse.isChecked()
        self.reverse.setArrowType(Qt.ArrowType.UpArrow if is_reversed else Qt.ArrowType.DownArrow)

    def _on_arranged(self) -> None:
        self.arrangement_chosen.emit(self.arrangement)
