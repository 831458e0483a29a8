"""Backbones compared from the menu: in the background, stoppable, and one of them put to use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.views.backbones_dialog import BackbonesDialog
from model.backbones.names import DEFAULT_BACKBONE, PATENT_CNN
from tests.gui.app.test_app import fill_two_bins, wait_for_job
from tests.gui.jobs.fakes import FakeEngine


@pytest.fixture
def dialog(app: App, make_images: Callable[..., list[Path]]) -> BackbonesDialog:
    """The dialog with the default and the patent's CNN checked."""
    assert not app.window.command_table["compareBackbones"].isEnabled()  # no bins
    fill_two_bins(app, make_images)
    app.window.command_table["compareBackbones"].trigger()
    dialog = app.window.findChild(BackbonesDialog)
    assert dialog is not None
    for row in range(dialog.names.count()):
        item = dialog.names.item(row)
        wanted = item.data(Qt.ItemDataRole.UserRole) in (DEFAULT_BACKBONE, PATENT_CNN)
        item.setCheckState(Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)
    return dialog


def cells(dialog: BackbonesDialog) -> list[list[str]]:
    table = dialog.table
    found = []
    for row in range(table.rowCount()):
        items = (table.item(row, column) for column in range(table.columnCount()))
        found.append([item.text() for item in items if item is not None])
    return found


def test_the_table_fills_and_one_is_used(app: App, engine: FakeEngine, dialog: BackbonesDialog, qtbot: QtBot) -> None:
    QTest.keyClicks(dialog.typed, "timm:resnet18")
    QTest.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    assert not dialog.run.isEnabled()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 3 and dialog.run.isEnabled())
    assert cells(dialog)[:2] == [
        [DEFAULT_BACKBONE, "90.0 % (80 to 99)", "", "20 ms"],
        [PATENT_CNN, "95.0 % (80 to 99)", "+5.0 points (-2.0 to +11.0)", "20 ms"],
    ]
    assert cells(dialog)[2][0] == "timm:resnet18"
    assert threading.get_ident() not in engine.threads
    assert not dialog.use.isEnabled()
    dialog.table.selectRow(1)
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert app.session.settings.backbone == PATENT_CNN
    wait_for_job(app, qtbot)
    assert engine.backbones == [PATENT_CNN]


def test_it_is_stopped_and_what_is_done_stays_while_training_needs_not_wait(
    app: App, engine: FakeEngine, dialog: BackbonesDialog, qtbot: QtBot
) -> None:
    engine.explain_may_go_on.clear()
    dialog.run.click()
    qtbot.waitUntil(lambda: "Comparing" in dialog.said.text())
    app.window.command_table["train"].trigger()
    wait_for_job(app, qtbot)  # in another thread
    assert dialog.table.rowCount() == 0
    dialog.stop.click()
    engine.explain_may_go_on.set()
    qtbot.waitUntil(lambda: "Stopped" in dialog.said.text())
    assert dialog.run.isEnabled()


def test_fewer_than_two_are_refused_and_closing_stops(
    app: App, engine: FakeEngine, dialog: BackbonesDialog, qtbot: QtBot
) -> None:
    for row in range(1, dialog.names.count()):
        dialog.names.item(row).setCheckState(Qt.CheckState.Unchecked)
    dialog.run.click()
    assert "two backbones" in dialog.said.text()
    dialog.typed.setText("timm:resnet18")
    engine.explain_may_go_on.clear()
    dialog.run.click()
    qtbot.waitUntil(lambda: "Comparing" in dialog.said.text())
    app.session.document.reset.emit()  # another project
    assert not dialog.isVisible()
    assert app.runner._comparison.is_busy
    engine.explain_may_go_on.set()
    qtbot.waitUntil(lambda: not app.runner._comparison.is_busy)
