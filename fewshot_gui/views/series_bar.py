"""A slider through a series of images: slices, frames, pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from fewshot_gui import style
from fewshot_gui.widgets.slider import Slider


class SeriesBar(QWidget):
    """Hidden where an image is alone."""

    image_wanted = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seriesBar")
        self._series: tuple[Path, ...] = ()
        self._places: dict[Path, int] = {}
        self.slider, self.position = Slider(), QLabel()
        self.slider.setObjectName("seriesSlider")
        self.slider.setAccessibleName(self.tr("Place in the series of images"))
        self.slider.setToolTip(
            self.tr("Slices, frames or pages in the order in which they were taken (Shift + wheel on the picture)")
        )
        self.slider.setMinimumWidth(40)
        self.slider.setSingleStep(1)
        self.position.setObjectName("seriesPosition")
        self.position.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GRID)
        row.addWidget(self.slider, 1)
        row.addWidget(self.position)
        self.slider.valueChanged.connect(self._on_moved)
        self.set_series((), None)

    @property
    def series(self) -> tuple[Path, ...]:
        """The images, in order; none where an image is alone."""
        return self._series

    def holds(self, path: Path) -> bool:
        """Whether an image is one of the series."""
        return path in self._places

    def set_series(self, series: Sequence[Path], path: Path | None) -> None:
        """Show where `path` is among some images."""
        if series is not self._series:  # of which there may be 100,000
            self._series = tuple(series) if len(series) > 1 else ()
            self._places = {one: place for place, one in enumerate(self._series)}
        at = None if path is None else self._places.get(path)
        if at is None:
            self._series, self._places = (), {}
        self.setVisible(at is not None)
        if at is None:
            return
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(self._series) - 1)
            self.slider.setPageStep(max(1, len(self._series) // 10))
            self.slider.setValue(at)
        self._show_position()

    def step(self, steps: int) -> None:
        """Go so many images on, within the series."""
        if self._series:
            self.slider.setValue(self.slider.value() + steps)

    def near(self, count: int) -> list[Path]:
        """Return up to so many neighbours, the nearest first."""
        at = self.slider.value()
        places = [at + side * step for step in range(1, count + 1) for side in (1, -1)]
        return [self._series[place] for place in places if 0 <= place < len(self._series)][:count]

    def _on_moved(self, at: int) -> None:
        self._show_position()
        if at < len(self._series):
            self.image_wanted.emit(self._series[at])

    def _show_position(self) -> None:
        at, count = self.slider.value() + 1, len(self._series)
        self.position.setText(self.tr("{at} of {count}").format(at=f"{at:,}", count=f"{count:,}"))
