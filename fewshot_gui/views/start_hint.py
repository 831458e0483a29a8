"""What the board shows while there are no bins: what to do first, and the projects that were open lately."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.actions import ActionTable, plain_text
from fewshot_gui.covers import covers
from fewshot_gui.intents import Intents
from fewshot_gui.items.naming import display_name, display_path, names
from fewshot_gui.items.thumbnail_source import Thumbnails
from fewshot_gui.project.recent import RecentProject
from fewshot_gui.texts import fitted_name
from fewshot_gui.widgets.empty_hint import EmptyHint

_MOST = 4  # projects that are shown; the menu has more
_FIRST = ("example", "binsFromFolder", "open", "tour")
_CARD = QSize(136, 104)
_PICTURES_HEIGHT = 60


class StartHint(QWidget):
    """The hint with the first steps as buttons; below it, where there is room, recent projects with pictures."""

    def __init__(
        self, actions: ActionTable, intents: Intents, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._intents, self._thumbnails = intents, thumbnails
        self._cards: list[ProjectCard] = []
        hint = EmptyHint(
            "bin-add",
            self.tr("One bin for each class"),
            self.tr("Drop a folder: each of its sub-folders becomes a bin. Or add a bin and drop images on it."),
        )
        self.new_bin = QPushButton(self.tr("New bin"))
        self.new_bin.setDefault(True)
        self.buttons = [self.new_bin]
        for action in (actions[name] for name in _FIRST):
            button = QPushButton(plain_text(action))
            button.setObjectName(f"{action.objectName()}Button")
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self.buttons.append(button)
        row = QHBoxLayout()
        row.setSpacing(style.GRID)
        row.addStretch(1)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.offer_tour(False)
        self._recent = QWidget()
        self._recent.setObjectName("recentProjects")
        self._title = QLabel(self.tr("Open lately"))
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setForegroundRole(self.palette().ColorRole.PlaceholderText)
        self._row = QHBoxLayout()
        self._row.setSpacing(style.GRID)
        recent = QVBoxLayout(self._recent)
        recent.setContentsMargins(0, style.GRID, 0, 0)
        recent.addWidget(self._title)
        recent.addLayout(self._row)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GRID, style.GRID, style.GRID, style.GRID)
        layout.addStretch(1)
        layout.addWidget(hint)
        layout.addLayout(row)
        layout.addWidget(self._recent)
        layout.addStretch(1)
        self._recent.hide()

    def offer_tour(self, wanted: bool) -> None:
        """Offer the tour beside the first steps, or not."""
        self.buttons[-1].setVisible(wanted)

    def show_recent(self, projects: Sequence[RecentProject]) -> None:
        """Offer `projects`, the latest first."""
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._cards = [ProjectCard(project, self._thumbnails) for project in projects[:_MOST]]
        self._row.addStretch(1)
        for card in self._cards:
            card.clicked.connect(partial(self._open, card.project.path))
            card.discard_requested.connect(self._on_discard_requested)
            self._row.addWidget(card)
        self._row.addStretch(1)
        self._recent.setVisible(bool(self._cards))

    def _open(self, path: Path, _checked: bool = False) -> None:
        self._intents.recent_requested.emit(path)

    @Slot(Path)
    def _on_discard_requested(self, path: Path) -> None:
        self._intents.discard_unnamed_requested.emit([path])


class ProjectCard(QAbstractButton):
    """A recent project: a few of its pictures, its name, and when it was changed."""

    discard_requested = Signal(Path)  # a project without a name

    def __init__(self, project: RecentProject, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.project, self._thumbnails = project, thumbnails
        self.setObjectName("projectCard")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(_CARD)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        thumbnails.changed.connect(self._on_thumbnail_changed)
        names.changed.connect(self._show_name)
        covers.changed.connect(self.update)
        self._show_name()

    def _show_name(self) -> None:
        facts = self.tr("Bins: {bins}, examples: {examples}").format(
            bins=f"{self.project.bins:,}", examples=f"{self.project.examples:,}"
        )
        self.setToolTip(f"{self.project.name or display_path(self.project.path)}\n{facts}")
        self.setAccessibleName(self.tr("Open project {name}").format(name=self._name()))
        self.setAccessibleDescription(f"{facts}. {self._day()}")
        self.update()

    def _name(self) -> str:
        return self.project.name or display_name(self.project.path)

    def _day(self) -> str:
        changed = QDateTime.fromSecsSinceEpoch(int(self.project.changed))
        return QLocale().toString(changed.date(), QLocale.FormatType.ShortFormat)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to discard a project without a name (Qt)."""
        if self.project.name:
            menu = QMenu(self)
            menu.addAction(self.tr("Discard…")).triggered.connect(self._on_discard)
            menu.popup(event.globalPos())

    @Slot()
    def _on_discard(self) -> None:
        self.discard_requested.emit(self.project.path)

    def _on_thumbnail_changed(self, path: object) -> None:
        if path in self.project.pictures:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Pictures side by side, the name, and the day (Qt)."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        palette, frame = self.palette(), self.rect().adjusted(0, 0, -1, -1)
        is_marked = self.hasFocus() or self.underMouse()
        painter.setPen(palette.highlight().color() if is_marked else style.border(palette))
        painter.setBrush(palette.base())
        painter.drawRoundedRect(frame, style.CORNER, style.CORNER)
        room = QRect(6, 6, frame.width() - 12, _PICTURES_HEIGHT)
        pictures = [image for path in self.project.pictures if (image := self._thumbnails.image(path)) is not None]
        for place, image in zip(_places(room, len(pictures)), pictures, strict=True):
            shown = covers.shown(image, pointed_at=self.underMouse())
            painter.drawImage(place, shown, _middle(shown, place.size()))
        name = fitted_name(self._name(), room.width(), self.fontMetrics().horizontalAdvance)
        line = QRect(room.left(), room.bottom() + 4, room.width(), self.fontMetrics().height())
        painter.setPen(palette.text().color())
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(style.muted(palette))
        painter.drawText(line.translated(0, line.height()), Qt.AlignmentFlag.AlignLeft, self._day())


def _places(room: QRect, count: int) -> list[QRect]:
    """Return `count` rectangles of the same width, side by side in `room`."""
    width = (room.width() - 2 * (count - 1)) // max(count, 1)
    return [QRect(room.left() + at * (width + 2), room.top(), width, room.height()) for at in range(count)]


def _middle(image: QImage, size: QSize) -> QRect:
    """Return the largest part of `image`, in its middle, that has the shape of `size`."""
    part = size.scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
    rect = QRect(0, 0, part.width(), part.height())
    rect.moveCenter(image.rect().center())
    return rect
