"""Enter does what a dialog is for, Escape leaves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.views.export_dialog import ExportDialog
from fewshot_gui.views.folder_export_dialog import FolderExportDialog
from fewshot_gui.views.reading_dialog import ReadingDialog
from fewshot_gui.views.recovery_dialog import RecoveryDialog, Rescue
from model.images.cutting import AS_THEY_ARE
from model.images.rendering import USUAL

DIALOGS: dict[str, Callable[[], QDialog]] = {
    "export": lambda: ExportDialog(RowsInView((1, 0), (1,)), 3, 0),
    "folders": lambda: FolderExportDialog(RowsInView((1, 0), (1,)), [False] * 3, 2, 0, Path.home() / "Sorted"),
    "recovery": lambda: RecoveryDialog(Path("a.fewshot"), "“a.fewshot” is damaged.", [Rescue("A", "2", True)]),
    "reading": lambda: ReadingDialog(AS_THEY_ARE, USUAL),
}


@pytest.mark.parametrize("name", DIALOGS)
@pytest.mark.parametrize(
    ("key", "expected"),
    [(Qt.Key.Key_Return, QDialog.DialogCode.Accepted), (Qt.Key.Key_Escape, QDialog.DialogCode.Rejected)],
    ids=["enter", "escape"],
)
def test_enter_does_what_a_dialog_is_for(qtbot: QtBot, name: str, key: Qt.Key, expected: QDialog.DialogCode) -> None:
    dialog = DIALOGS[name]()
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    with qtbot.waitSignal(dialog.finished) as finished:
        qtbot.keyClick(dialog.focusWidget() or dialog, key)
    assert QDialog.DialogCode(finished.args[0]) == expected
