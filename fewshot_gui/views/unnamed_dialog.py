"""The dialog that asks which projects without a name to discard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.project.recent import RecentProject


class UnnamedDialog(QDialog):
    """Lists `projects`, the latest first, with those `chosen` checked; nothing is discarded but what is checked."""

    def __init__(
        self, projects: Sequence[RecentProject], chosen: Collection[Path] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("unnamedDialog")
        self.setWindowTitle(self.tr("Discard projects without a name"))
        self._projects = tuple(projects)
        heading = QLabel(
            self.tr(
                "Bins, labels and results of the projects that are checked are deleted; this cannot be undone. Images "
                "stay where they are."
            )
        )
        heading.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(self.windowTitle())
        for project in self._projects:
            self.list.addItem(self._item(project, is_checked=project.path in chosen))
        self.list.setCurrentRow(0)
        self._check_all = QPushButton(self.tr("Check &all"))
        self._check_all.setAutoDefault(False)
        self._check_all.clicked.connect(self._on_check_all)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self._check_all, QDialogButtonBox.ButtonRole.ActionRole)
        self.discard_button = buttons.addButton(self.tr("&Discard"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.discard_button.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(2 * style.GRID)
        layout.addWidget(heading)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.setFocus()
        self._on_item_changed()
        self.resize(520, min(200 + 28 * len(self._projects), 480))

    def chosen(self) -> tuple[Path, ...]:
        """Return the projects that are checked."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            project.path
            for project, item in zip(self._projects, items, strict=True)
            if item.checkState() is Qt.CheckState.Checked
        )

    def _item(self, project: RecentProject, *, is_checked: bool) -> QListWidgetItem:
        text = self.tr("{name} – bins: {bins}, examples: {examples}")
        item = QListWidgetItem(
            text.format(name=project.name, bins=f"{project.bins:,}", examples=f"{project.examples:,}")
        )
        item.setCheckState(Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked)
        return item

    @Slot()
    def _on_check_all(self) -> None:
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(Qt.CheckState.Checked)

    @Slot()
    def _on_item_changed(self) -> None:
        self.discard_button.setEnabled(bool(self.chosen()))
