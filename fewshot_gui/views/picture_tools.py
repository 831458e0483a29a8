"""What the inspector has for people who read pictures: windows of greys, series, facts. Changes views alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from fewshot_gui import style
from fewshot_gui.items.grey_windows import window_text
from fewshot_gui.items.thumbnail_source import PictureSource
from fewshot_gui.views.facts_panel import FactsPanel
from fewshot_gui.views.grey_tools import GreyTools
from fewshot_gui.views.series_bar import SeriesBar
from fewshot_gui.widgets.overlay_canvas import OverlayCanvas
from model.images.facts import Fact
from model.images.windows import Look

if TYPE_CHECKING:
    from model.images.grey_values import Survey

_REST = 200  # milliseconds a look must stay before it is shown as fine as can be
_NEAR = 4  # neighbours in a series that are read before they are wanted


class PictureTools(QWidget):
    """Looks after one canvas: asks for values, series and facts of the image shown on it."""

    image_wanted = Signal(Path)  # another image of the series
    changed = Signal()  # what can be done: whether there are values, or a series

    def __init__(self, canvas: OverlayCanvas, pictures: PictureSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._pictures = canvas, pictures
        self._path: Path | None = None
        self._size = QSize()
        self._facts: tuple[Fact, ...] = ()
        self._survey: Survey | None = None
        self._trouble = ""  # why there are no values
        self.greys, self.series, self.facts = GreyTools(), SeriesBar(), FactsPanel()
        self.facts.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(style.GRID // 2)
        for widget in (self.series, self.greys, self.facts):
            column.addWidget(widget)
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._connect()

    @property
    def has_series(self) -> bool:
        """Whether the image is one of several that are looked at one after another."""
        return bool(self.series.series)

    def begin(self, path: Path) -> bool:
        """Note that another image is to be shown; returns whether it is of the same series, so that all stays."""
        is_next = self.series.holds(path)
        self._path, self._facts = path, ()
        self._rest.stop()
        if is_next:
            self.series.set_series(self.series.series, path)
        else:
            self.series.set_series((), None)
        self._survey, self._trouble = None, ""
        self.greys.expect_survey(keep_look=is_next)
        self.changed.emit()
        return is_next

    def clear(self) -> None:
        """There is no image any more."""
        self._path = None
        self._rest.stop()
        self.series.set_series((), None)
        self._set_survey(None)
        self.changed.emit()

    def ask(self, size: QSize) -> None:
        """The picture is shown, of a file of so many pixels: ask for what there is to know of it."""
        if self._path is not None:
            self._size = size
            self._pictures.request_values(self._path)
            self._pictures.request_series(self._path)
            self._ask_facts()

    def set_facts_wanted(self, wanted: bool) -> None:
        """Show the facts of pictures, or do not."""
        self.facts.setVisible(wanted)
        self._ask_facts()

    def tab_stops(self) -> list[QWidget]:
        """What the keyboard goes through, in order."""
        return [self.series.slider, *self.greys.tab_stops()]

    def _connect(self) -> None:
        canvas, pictures = self._canvas, self._pictures
        pictures.values_ready.connect(self._on_values_ready)
        pictures.values_failed.connect(self._on_values_failed)
        pictures.look_ready.connect(self._on_look_ready)
        pictures.series_ready.connect(self._on_series_ready)
        pictures.facts_ready.connect(self._on_facts_ready)
        canvas.pointed_at.connect(self._on_pointed_at)
        canvas.drag_began.connect(self.greys.begin_drag)
        canvas.dragged.connect(self.greys.drag)
        canvas.menu_wanted.connect(self._on_menu_wanted)
        canvas.stepped.connect(self.series.step)
        self._rest.timeout.connect(self._on_rested)
        self.greys.look_chosen.connect(self._on_look_chosen)
        self.greys.survey_changed.connect(self.changed)
        self.series.image_wanted.connect(self.image_wanted)

    def _set_survey(self, survey: Survey | None, *, keep_look: bool = False) -> None:
        self._survey, self._trouble = survey, ""
        self.greys.set_survey(survey, keep_look=keep_look)

    def _ask_facts(self) -> None:
        if self._path is not None and not self.facts.isHidden():
            self._pictures.request_facts(self._path)

    def _show_facts(self) -> None:
        size = self._size
        more = [(self.tr("Size"), self.tr("{w:,} × {h:,} pixels").format(w=size.width(), h=size.height()))]
        if self._survey is not None:
            unit = self._survey.greys.unit
            full, classified = self._survey.full, self._survey.greys.classified
            if full is not None:
                more.append((self.tr("Values"), f"{full.low:,.6g} … {full.high:,.6g} {unit}".strip().replace("-", "−")))
            if classified is not None:
                more.append((self.tr("Classified with"), window_text(classified, unit)))
        if self._trouble:
            more.append((self.tr("Values"), self._trouble))
        self.facts.set_facts(self._facts, more)

    def _on_values_ready(self, path: Path, survey: Survey | None) -> None:
        if path == self._path:
            self._set_survey(survey, keep_look=survey is not None and self.greys.look is not None)
            self._show_facts()

    def _on_values_failed(self, path: Path, reason: str) -> None:
        if path == self._path:
            self._set_survey(None)
            self._trouble = reason
            self._show_facts()

    def _on_look_chosen(self, look: Look | None) -> None:
        """Show the look at once as fine as the canvas is, and as fine as all pictures are when it rests."""
        if self._path is not None:
            side = max(self._canvas.width(), self._canvas.height()) * self._canvas.devicePixelRatioF()
            self._pictures.request_look(self._path, look, round(side))
            self._rest.start()

    def _on_rested(self) -> None:
        if self._path is not None:
            self._pictures.request_look(self._path, self.greys.look)

    def _on_look_ready(self, path: Path, image: QImage, look: Look | None) -> None:
        if path == self._path and look == self.greys.look:
            self._canvas.change_image(image)

    def _on_series_ready(self, path: Path, series: tuple[Path, ...]) -> None:
        if path == self._path:
            self.series.set_series(series, path)
            if self.has_series:
                self._pictures.request_near(self.series.near(_NEAR))
            self.changed.emit()

    def _on_facts_ready(self, path: Path, facts: tuple[Fact, ...]) -> None:
        if path == self._path:
            self._facts = facts
            self._show_facts()

    def _on_pointed_at(self, point: QPointF | None) -> None:
        color = None if point is None else self._canvas.color_at(point)
        self.greys.show_value(point, color)

    def _on_menu_wanted(self, at: QPoint) -> None:
        menu = QMenu(self._canvas)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.greys.has_greys:
            self.greys.fill_menu(menu)
            menu.addSeparator()
        menu.addActions(self._canvas.actions())
        menu.popup(at)
