"""A splitter whose parts get back the sizes that the user gave them once there is room again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from fewshot_gui import style


class FlexibleSplitter(QSplitter):
    """Parts beside each other, each with a wanted and a least size; one of them takes what is left.

    Where there is too little room, the others give way first, in equal measure, until the one that stretches has
    `comfortable` pixels, by default its share of what is wanted; then all of them shrink to their least sizes.
    """

    def __init__(
        self,
        orientation: Qt.Orientation,
        wanted: Sequence[int],
        stretching: int,
        comfortable: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._wanted, self._stretching, self._comfortable = list(wanted), stretching, comfortable
        self.setChildrenCollapsible(False)
        self.setHandleWidth(style.GRID // 2)
        self.splitterMoved.connect(self._on_moved)

    def wanted(self) -> list[int]:
        """The sizes that the user gave the parts."""
        return list(self._wanted)

    def set_wanted(self, sizes: Sequence[int]) -> None:
        """Give the parts these sizes, as far as there is room; other numbers of sizes are ignored."""
        if len(sizes) == len(self._wanted) and all(0 < size < 2**15 for size in sizes):
            self._wanted = list(sizes)
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew (Qt)."""
        super().resizeEvent(event)
        self._fit()

    def _on_moved(self) -> None:
        if all(self.sizes()):  # not while a part is hidden: the others have its room for now
            self._wanted = self.sizes()

    def _fit(self) -> None:
        """Give each part its size."""
        room = (self.width() if self.orientation() == Qt.Orientation.Horizontal else self.height()) - sum(
            self.handle(at).width() if self.orientation() == Qt.Orientation.Horizontal else self.handle(at).height()
            for at in range(1, self.count())
        )
        if self.count() == len(self._wanted) and room > 0:
            share = round(room * self._wanted[self._stretching] / sum(self._wanted))
            comfortable = min(share, self._wanted[self._stretching]) if self._comfortable is None else self._comfortable
            self.setSizes(shared(room, self._wanted, self._least(), self._stretching, comfortable))

    def _least(self) -> list[int]:
        parts = (self.widget(at) for at in range(self.count()))
        hints = [part.minimumSizeHint().expandedTo(part.minimumSize()) for part in parts if part is not None]
        is_wide = self.orientation() == Qt.Orientation.Horizontal
        return [hint.width() if is_wide else hint.height() for hint in hints]


def shared(room: int, wanted: Sequence[int], least: Sequence[int], stretching: int, comfortable: int) -> list[int]:
    """Return the sizes of parts that share `room` pixels, see `FlexibleSplitter`."""
    sizes = [max(one, other) for one, other in zip(wanted, least, strict=True)]
    others = [at for at in range(len(sizes)) if at != stretching]
    excess = max(comfortable, least[stretching]) - (room - sum(sizes[at] for at in others))
    spare = sum(sizes[at] - least[at] for at in others)
    if excess > 0 and spare:
        for at in others:
            sizes[at] -= min(round(excess * (sizes[at] - least[at]) / spare), sizes[at] - least[at])
    sizes[stretching] = max(room - sum(sizes[at] for at in others), 0)
    return sizes
