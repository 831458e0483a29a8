"""History… and Who said this? as a person uses them, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.project.labels import Label, LabelSource
from fewshot_gui.views.history_dialog import HistoryDialog, SaidDialog
from tests.gui.project.helpers import images, training_report

A, B, C = images("a", "b", "c")


@pytest.fixture
def dialog(app: App) -> HistoryDialog:
    """The dialog on a project with two trainings: of a in Cat and b in Dog, then of c in Dog as well."""
    document, results = app.session.document, app.session.results
    cat, dog = document.add_bin("Cat"), document.add_bin("Dog")
    document.add_examples(cat, [A])
    document.add_examples(dog, [B])
    for number in range(2):
        report = training_report([[known.path for known in bin_.examples] for bin_ in document.bins])
        results.set_training(
            document.revision, [cat, dog], report, {"classifier.json": bytes([number])}, {"backbone": "toy"}
        )
        document.add_examples(dog, [C])
    app.window.command_table["history"].trigger()
    found = app.window.findChild(HistoryDialog)
    assert isinstance(found, HistoryDialog)
    return found


def _row(dialog: HistoryDialog, row: int) -> QTreeWidgetItem:
    item = dialog.trainings.topLevelItem(row)
    assert item is not None
    return item


def test_two_trainings_are_listed_and_compared(app: App, dialog: HistoryDialog) -> None:
    texts = [_row(dialog, row).text(3) for row in range(2)]
    assert texts == ["3 in 2 bins", "2 in 2 bins"]
    dialog.trainings.selectAll()
    text = dialog.text.toPlainText()
    assert "Examples that came: 1\n    c.jpg  ‘Dog’" in text
    assert "classified nothing" in text
    assert not dialog.back_button.isEnabled()


def test_a_name_that_is_typed_is_recorded_from_then_on(app: App, dialog: HistoryDialog, qtbot: QtBot) -> None:
    dialog.who.selectAll()
    QTest.keyClicks(dialog.who, "Dr. Ana")
    QTest.keyClick(dialog.who, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert app.settings.who == "Dr. Ana"
    app.session.document.add_examples(app.session.document.bins[0].id, images("new"))
    app.intents.who_said_requested.emit(images("new")[0])
    said = app.window.findChild(SaidDialog)
    assert isinstance(said, SaidDialog)
    assert "Dr. Ana" in said.text.toPlainText()
    assert "into ‘Cat’" in said.text.toPlainText()


def test_less_room_throws_old_classifiers_away(app: App, dialog: HistoryDialog) -> None:
    dialog.kept.setValue(0)
    dialog.kept.editingFinished.emit()
    assert [_row(dialog, row).text(6) for row in range(2)] == ["yes", "no"]
    assert app.settings.kept_megabytes == 0


def test_the_record_is_checked_in_the_background(app: App, dialog: HistoryDialog, qtbot: QtBot) -> None:
    dialog.check_button.click()
    qtbot.waitUntil(lambda: "each as it was written" in dialog.head.text())


def test_where_the_classifier_is_gone_the_bins_come_back(app: App, dialog: HistoryDialog, qtbot: QtBot) -> None:
    dialog.kept.setValue(0)
    dialog.kept.editingFinished.emit()
    dialog.trainings.clearSelection()
    _row(dialog, 1).setSelected(True)
    dialog.back_button.click()
    assert [[known.path for known in bin_.examples] for bin_ in app.session.document.bins] == [[A], [B]]
    app.session.document.undo_stack.undo()
    assert [len(bin_.examples) for bin_ in app.session.document.bins] == [1, 2]


def test_a_label_names_its_reader_and_what_it_was_before(app: App) -> None:
    document = app.session.document
    cat = document.add_bin("Cat")
    for bin_id in (cat, None):
        label = Label("cy", LabelSource.CORRECTED, bin_id, None, "2026-01-01T00:00:00.000000Z")
        document.give_labels({Path(C): label})
    document.undo_stack.undo()
    app.intents.who_said_requested.emit(C)
    said = app.window.findChild(QDialog, "saidDialog")
    assert isinstance(said, SaidDialog)
    lines = said.text.toPlainText().splitlines()
    assert "cy: no label → ‘Cat’" in lines[3]
    assert "cy: ‘Cat’ → none of these" in lines[4]
    assert "undone" in lines[5]
    assert "cy: none of these → ‘Cat’" in lines[5]
