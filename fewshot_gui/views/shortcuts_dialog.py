"""The dialog in which every command's shortcuts can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fewshot_gui import style
from fewshot_gui.actions import ActionTable, plain_text
from fewshot_gui.items.roles import searchable

_ID = Qt.ItemDataRole.UserRole
_FIXED = {*"0123456789"}
"""Keys that put images into bins, whatever is chosen here."""


class ShortcutsDialog(QDialog):
    """What is changed here holds at once; `changed` tells that the table's keys are others now."""

    changed = Signal()

    def __init__(self, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._actions = actions
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by command or key"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._show_rows)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(True)
        self.tree.setAccessibleName(self.windowTitle())
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.currentItemChanged.connect(self._show_current)
        self.editor = QKeySequenceEdit()
        self.editor.setMaximumSequenceLength(1)
        self.editor.setClearButtonEnabled(True)
        self.editor.setAccessibleName(self.tr("New keys of the command that is selected"))
        self.editor.keySequenceChanged.connect(self._on_typed)
        self.set_button = self._button(self.tr("&Use these keys"), "useKeysButton", self._use)
        self.none_button = self._button(self.tr("&No keys"), "noKeysButton", self._remove)
        self.reset_button = self._button(self.tr("&Reset"), "resetKeysButton", self._reset)
        self.reset_all_button = self._button(self.tr("Reset &all"), "resetAllKeysButton", self._reset_all)
        self.copy_button = self._button(self.tr("&Copy list"), "copyKeysButton", self._copy)
        self.conflict = QLabel()
        self.conflict.setWordWrap(True)
        self.conflict.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.addWidget(self.editor, 1)
        for button in (self.set_button, self.none_button, self.reset_button):
            row.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.reset_all_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(2 * style.GRID,) * 4)
        layout.setSpacing(style.GRID)
        layout.addWidget(self.filter)
        layout.addWidget(self.tree, 1)
        layout.addLayout(row)
        layout.addWidget(self.conflict)
        layout.addWidget(buttons)
        self.resize(640, 560)
        self._show_rows()

    def choose(self, action_id: str) -> None:
        """Select a command."""
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            if item is not None and item.data(0, _ID) == action_id:
                self.tree.setCurrentItem(item)

    def _chosen(self) -> str | None:
        item = self.tree.currentItem()
        return None if item is None else str(item.data(0, _ID))

    def _show_rows(self) -> None:
        chosen, wanted = self._chosen(), searchable(self.filter.text())
        self.tree.clear()
        for action_id in self._actions.ids:
            texts = [plain_text(self._actions[action_id]), self._native(action_id)]
            if not wanted or any(wanted in searchable(text) for text in texts):
                item = QTreeWidgetItem(texts)
                item.setData(0, _ID, action_id)
                item.setToolTip(0, self._actions[action_id].statusTip())
                if self._actions.keys(action_id) != self._actions.default_keys(action_id):
                    font = item.font(0)
                    font.setBold(True)
                    item.setFont(0, font)
                    item.setFont(1, font)
                self.tree.addTopLevelItem(item)
        if chosen is not None:
            self.choose(chosen)
        self._show_current()

    def _native(self, action_id: str) -> str:
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(dict.fromkeys(key.toString(native) for key in self._actions[action_id].shortcuts()))

    def _show_current(self) -> None:
        action_id = self._chosen()
        keys = () if action_id is None else self._actions.keys(action_id)
        self.editor.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())
        for widget in (self.editor, self.none_button, self.reset_button):
            widget.setEnabled(action_id is not None)
        if action_id is not None:
            self.none_button.setEnabled(bool(keys))
            self.reset_button.setEnabled(keys != self._actions.default_keys(action_id))
        self._on_typed()

    def _typed(self) -> str:
        return self.editor.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _owner(self, key: str) -> str | None:
        """The other command that has `key`; None: none has."""
        mine = self._chosen()
        return next((one for one in self._actions.ids if one != mine and key in self._actions.keys(one)), None)

    def _on_typed(self) -> None:
        action_id, key = self._chosen(), self._typed()
        self.conflict.clear()
        is_free = key not in _FIXED
        if not is_free:
            self.conflict.setText(self.tr("The digits put the selected images into bins; choose other keys."))
        elif key and (owner := self._owner(key)) is not None:
            text = self.tr("‘{name}’ has these keys now, and would lose them.")
            self.conflict.setText(text.format(name=plain_text(self._actions[owner])))
        is_other = action_id is not None and (key,) != self._actions.keys(action_id)
        self.set_button.setEnabled(bool(key) and is_free and is_other)

    def _use(self) -> None:
        action_id, key = self._chosen(), self._typed()
        if action_id is None or not key:
            return
        chosen = self._changed_keys()
        owner = self._owner(key)
        if owner is not None:
            chosen[owner] = tuple(one for one in self._actions.keys(owner) if one != key)
        chosen[action_id] = (key,)
        self._apply(chosen)

    def _remove(self) -> None:
        action_id = self._chosen()
        if action_id is not None:
            self._apply({**self._changed_keys(), action_id: ()})

    def _reset(self) -> None:
        action_id = self._chosen()
        if action_id is None:
            return
        chosen = self._changed_keys()
        chosen.pop(action_id, None)
        own = self._actions.default_keys(action_id)
        for other in self._actions.ids:  # what took its keys gives them back
            if other != action_id and set(own) & set(self._actions.keys(other)):
                chosen[other] = tuple(key for key in self._actions.keys(other) if key not in own)
        self._apply(chosen)

    def _reset_all(self) -> None:
        self._apply({})

    def _copy(self) -> None:
        rows = (f"{plain_text(self._actions[one])}\t{self._native(one)}" for one in self._actions.ids)
        QGuiApplication.clipboard().setText("\n".join(rows) + "\n")

    def _changed_keys(self) -> dict[str, tuple[str, ...]]:
        return changed_keys(self._actions)

    def _apply(self, chosen: dict[str, tuple[str, ...]]) -> None:
        self._actions.set_keys(chosen)
        self.changed.emit()
        self._show_rows()

    def _button(self, text: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button


def changed_keys(actions: ActionTable) -> dict[str, tuple[str, ...]]:
    """Return the shortcuts of the commands that do not have their own ones, as `ActionTable.set_keys` takes them."""
    return {one: actions.keys(one) for one in actions.ids if actions.keys(one) != actions.default_keys(one)}
