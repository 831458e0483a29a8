"""The window through which a picture of greys is looked at: presets, handles, and what differs from classification."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.grey_windows import (
    dragged,
    least_width,
    presets_of,
    start_of,
    value_text,
    window_text,
)
from fewshot_gui.widgets.elided_label import ElidedLabel
from fewshot_gui.widgets.window_histogram import WindowHistogram
from model.images.windows import Look, Window, between

if TYPE_CHECKING:
    from model.images.grey_values import Survey

_KEY_STEP = 30.0  # logical pixels of a drag that a key stands for


class GreyTools(QWidget):
    """Chooses looks, which change what is shown and never what is classified. Hidden for pictures without values."""

    look_chosen = Signal(object)  # Look, or None: as classified
    survey_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("greyTools")
        self._survey: Survey | None = None
        self._look: Look | None = None
        self._is_fresh = True  # the survey is of the image that is shown
        self._pointed: tuple[QPointF | None, QColor | None] = None, None
        self._drag_from: Window | None = None
        self._preset = 0
        self.value = ElidedLabel()
        self.value.setObjectName("valueUnderCursor")
        self.value.setAccessibleName(self.tr("Place and value under the cursor"))
        self.histogram = WindowHistogram()
        self.state = ElidedLabel()
        self.state.setObjectName("lookState")
        self.back = QToolButton()
        self.windows, self.invert_button = QToolButton(), QToolButton()
        self.menu = QMenu(self)
        self._build()
        self.histogram.ends_chosen.connect(self._on_ends_chosen)
        self.menu.aboutToShow.connect(self._on_menu_opened)
        self.back.clicked.connect(self.reset)
        self.invert_button.clicked.connect(self.invert)
        self.set_survey(None)

    @property
    def look(self) -> Look | None:
        """How the picture is looked at; None: as it is classified."""
        return self._look

    @property
    def has_greys(self) -> bool:
        """Whether the picture has values to look at."""
        return self._survey is not None and self._is_fresh

    def set_survey(self, survey: Survey | None, *, keep_look: bool = False) -> None:
        """Offer windows for a picture, or none; the look is dropped unless it is kept."""
        self._survey, self._is_fresh = survey, True
        if not keep_look:
            self._look, self._preset = None, 0
        is_there = survey is not None
        self._said.setVisible(is_there)
        for widget in (self.windows, self.invert_button):
            widget.setVisible(is_there)
        self._show_histogram()
        if survey is not None:
            self.histogram.set_counts(survey.histogram, *survey.ends)
        self._show_look()
        self.show_value(*self._pointed)
        self.survey_changed.emit()

    def expect_survey(self, *, keep_look: bool) -> None:
        """Another image is shown: say no values and offer nothing until `set_survey`, but keep the room for it."""
        self._is_fresh = False
        if not keep_look:
            self._look, self._preset = None, 0
            self.histogram.set_counts((), 0.0, 1.0)
            self._show_look()
        self.show_value(*self._pointed)

    def set_histogram_wanted(self, wanted: bool) -> None:
        """Show the histogram of pictures that have values, or never."""
        self._is_histogram_wanted = wanted
        self._show_histogram()

    def show_value(self, point: QPointF | None, color: QColor | None) -> None:
        """Say what lies under the cursor: the value of a grey, else the colour that is shown."""
        self._pointed = point, color
        if point is None:
            self.value.show_text("")
            return
        x, y = int(point.x()), int(point.y())
        if not self._is_fresh:
            self.value.show_text(f"{x}, {y}")
        elif self._survey is not None:
            self.value.show_text(value_text(self._survey, x, y))
        elif color is not None:
            self.value.show_text(f"{x}, {y}: RGB {color.red()}, {color.green()}, {color.blue()}")

    def begin_drag(self) -> None:
        """Remember the window that a drag begins with."""
        self._drag_from = None if self._survey is None else start_of(self._survey, self._look)

    def drag(self, way: QPointF) -> None:
        """Change the window by a drag: to the right wider, downwards darker."""
        if self._survey is not None and self._drag_from is not None:
            self._choose(dragged(self._drag_from, way.x(), way.y(), least_width(self._survey)))

    def nudge(self, across: int, down: int) -> None:
        """Change the window by steps of the keyboard, as a drag does."""
        self.begin_drag()
        self.drag(QPointF(across * _KEY_STEP, down * _KEY_STEP))

    def next_preset(self) -> None:
        """Look through the next window that is offered."""
        if self._survey is not None:
            offered = presets_of(self._survey)
            self._preset = (self._preset + 1) % len(offered)
            self._choose(offered[self._preset].window)

    def invert(self) -> None:
        """Exchange light and dark."""
        window = None if self._survey is None else start_of(self._survey, self._look)
        if window is not None:
            self._set_look(Look(window, not (self._look is not None and self._look.inverted)))

    def reset(self) -> None:
        """Look at the picture as it is classified."""
        self._preset = 0
        if self._look is not None:
            self._set_look(None)

    def fill_menu(self, menu: QMenu) -> None:
        """Put the windows that are offered into a menu."""
        menu.clear()
        group = QActionGroup(menu)
        survey = self._survey
        for number, preset in enumerate([] if survey is None else presets_of(survey)):
            action = QAction(preset.text.replace("&", "&&"), menu)
            if preset.window is not None and survey is not None:
                action.setText(f"{action.text()}\t{window_text(preset.window, survey.greys.unit)}")
            action.setCheckable(True)
            now = self._look.window if self._look is not None else None
            action.setChecked(now is None if preset.window is None else preset.window.alike(now))
            action.triggered.connect(partial(self._choose_preset, number, preset.window))
            group.addAction(action)
            menu.addAction(action)

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self.windows, self.invert_button, self.histogram, self.back]

    def _build(self) -> None:
        self._is_histogram_wanted = True
        self.value.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.windows.setText(self.tr("Window"))
        self.windows.setMenu(self.menu)
        self.windows.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.windows.setToolTip(self.tr("Which values are told apart. What is classified stays as it is"))
        self.invert_button.setText(self.tr("Invert"))
        self.invert_button.setCheckable(True)
        self.invert_button.setToolTip(self.tr("Exchange light and dark, for looking alone"))
        self.back.setText(self.tr("Reset"))
        self.back.setAccessibleName(self.tr("As classified"))
        self.back.setToolTip(self.tr("Look at the picture as the classifier sees it"))
        for button in (self.windows, self.invert_button, self.back):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Room for the button also while it is hidden: the picture keeps its size.
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        row = QHBoxLayout()
        row.setSpacing(style.GRID // 2)
        row.addWidget(self.value, 1)
        row.addWidget(self.windows)
        row.addWidget(self.invert_button)
        self._said = QWidget()
        said = QHBoxLayout(self._said)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(style.GRID // 2)
        said.addWidget(self.state, 1)
        said.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.GRID // 2)
        column.addLayout(row)
        column.addWidget(self.histogram)
        column.addWidget(self._said)

    def _show_histogram(self) -> None:
        self.histogram.setVisible(self._survey is not None and self._is_histogram_wanted)

    def _choose_preset(self, number: int, window: Window | None, _checked: bool = False) -> None:
        self._preset = number
        self._choose(window)

    def _choose(self, window: Window | None) -> None:
        inverted = self._look is not None and self._look.inverted
        if window is None:
            self.reset()
        else:
            self._set_look(Look(window, inverted))

    def _set_look(self, look: Look | None) -> None:
        survey = self._survey
        if survey is None or not self._is_fresh:
            return
        if look is not None and not look.inverted and look.window.alike(survey.greys.classified):
            look = None
        if look != self._look:
            self._look = look
            self._show_look()
            self.look_chosen.emit(look)

    def _show_look(self) -> None:
        survey, look = self._survey, self._look
        self.invert_button.setChecked(look is not None and look.inverted)
        self.back.setVisible(survey is not None and look is not None)
        role = QPalette.ColorRole.PlaceholderText if look is None else QPalette.ColorRole.WindowText
        self.state.setForegroundRole(role)
        if survey is None or not self._is_fresh:
            self.state.show_text("")
            return
        window = start_of(survey, look)
        if window is not None:
            self.histogram.set_ends(window.low, window.high)
        unit, classified = survey.greys.unit, survey.greys.classified
        if look is None:
            text = self.tr("As classified") if window is None else self.tr("As classified: {window}")
            if classified is None:
                text = self.tr("As classified: by a table of the file")
            self.state.show_text(text.format(window="" if window is None else window_text(window, unit)))
        else:
            shown = window_text(look.window, "")
            if look.inverted and look.window.alike(classified):
                shown = self.tr("inverted")  # and no more, so that it fits
            elif look.inverted:
                shown = self.tr("{window} inverted").format(window=shown)
            seen = self.tr("by a table of the file") if classified is None else window_text(classified, unit)
            text = self.tr("Shown {window}, classified {classified}")
            self.state.show_text(text.format(window=shown, classified=seen))

    def _on_ends_chosen(self, low: float, high: float) -> None:
        window = between(low, high)
        if window is not None:
            self._choose(window)

    def _on_menu_opened(self) -> None:
        self.fill_menu(self.menu)
