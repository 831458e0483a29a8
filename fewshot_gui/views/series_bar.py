"""A slider through a stack of images: slices, frames, pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from fewshot_gui import style


class StackBar(QWidget):
    """Hidden where an image is alone."""

    image_wanted = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stackBar")
        self._stack: tuple[Path, ...] = ()
        self._places: dict[Path, int] = {}
        self.slider, self.position = QSlider(Qt.Orientation.Horizontal), QLabel()
        self.slider.setObjectName("stackSlider")
        self.slider.setAccessibleName(self.tr("Place in the stack of images"))
        self.slider.setToolTip(
            self.tr("Slices, frames or pages in the order in which they were taken (Shift + wheel on the picture)")
        )
        self.slider.setMinimumWidth(40)
        self.slider.setSingleStep(1)
        self.position.setObjectName("stackPosition")
        self.position.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GRID)
        row.addWidget(self.slider, 1)
        row.addWidget(self.position)
        self.slider.valueChanged.connect(self._on_moved)
        self.set_stack((), None)

    @property
    def stack(self) -> tuple[Path, ...]:
        """The images, in order; none where an image is alone."""
        return self._stack

    def holds(self, path: Path) -> bool:
        """Whether an image is one of the stack."""
        return path in self._places

    def set_stack(self, stack: Sequence[Path], path: Path | None) -> None:
        """Show where `path` is among some images."""
        if stack is not self._stack:  # of which there may be 100,000
            self._stack = tuple(stack) if len(stack) > 1 else ()
            self._places = {one: place for place, one in enumerate(self._stack)}
        at = None if path is None else self._places.get(path)
        if at is None:
            self._stack, self._places = (), {}
        self.setVisible(at is not None)
        if at is None:
            return
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(self._stack) - 1)
            self.slider.setPageStep(max(1, len(self._stack) // 10))
            self.slider.setValue(at)
        self._show_position()

    def step(self, steps: int) -> None:
        """Go so many images on, within the stack."""
        if self._stack:
            self.slider.setValue(self.slider.value() + steps)

    def near(self, count: int) -> list[Path]:
        """Return up to so many neighbours, the nearest first."""
        at = self.slider.value()
        places = [at + side * step for step in range(1, count + 1) for side in (1, -1)]
        return [self._stack[place] for place in places if 0 <= place < len(self._stack)][:count]

    def _on_moved(self, at: int) -> None:
        self._show_position()
        if at < len(self._stack):
            self.image_wanted.emit(self._stack[at])

    def _show_position(self) -> None:
        at, count = self.slider.value() + 1, len(self._stack)
        self.position.setText(self.tr("{at} of {count}").format(at=f"{at:,}", count=f"{count:,}"))
