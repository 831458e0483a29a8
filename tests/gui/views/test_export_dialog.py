"""The dialog that asks what leaves the program."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from fewshot_gui.items.naming import hide_names
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.export_dialog import ExportChoice, ExportDialog
from fewshot_gui.views.main_window import MainWindow
from model.exports.columns import COLUMNS
from model.exports.exporter import Word, ordered_exports
from model.types import Prediction, Region, Status

from .helpers import paths

FORMATS = [
    "csv", "xlsx", "parquet", "jsonl", "coco", "cvat", "label-studio", "fiftyone", "qupath", "contact-sheet",
    "overlays", "xmp", "dicom-sr",
]  # fmt: skip


def _choose(dialog: ExportDialog, name: str) -> None:
    dialog.formats.setCurrentRow(FORMATS.index(name))


@pytest.mark.parametrize(
    ("rows", "total", "expected"),
    [
        (RowsInView((4, 1), (1,)), 5, (4, 1)),  # filtered: what is shown
        (RowsInView((0, 1, 2), (1,)), 3, (0, 1, 2)),
        (RowsInView(), 3, (0, 1, 2)),  # nothing shown: all
    ],
)
def test_what_is_shown_is_chosen_where_a_filter_hides_some(
    qtbot: QtBot, rows: RowsInView, total: int, expected: tuple[int, ...]
) -> None:
    dialog = ExportDialog(rows, total, 0)
    qtbot.addWidget(dialog)
    assert tuple(dialog.choice().rows) == expected
    assert dialog._results.notice.isHidden()


def test_the_selected_can_be_chosen_and_stale_results_are_warned_of(qtbot: QtBot) -> None:
    dialog = ExportDialog(RowsInView((4, 1), (1,)), 5, 2)
    qtbot.addWidget(dialog)
    assert not dialog._results.notice.isHidden()
    texts = [button.text() for button in dialog.findChildren(QRadioButton)][:3]
    assert [text.rpartition("(")[2] for text in texts] == ["2)", "1)", "5)"]
    dialog.findChildren(QRadioButton)[1].click()
    assert tuple(dialog.choice().rows) == (1,)
    nothing = ExportDialog(RowsInView((4, 1)), 5, 0)
    qtbot.addWidget(nothing)
    assert not nothing.findChildren(QRadioButton)[1].isEnabled()


def test_every_format_is_offered_with_what_reads_it(qtbot: QtBot) -> None:
    dialog = ExportDialog(RowsInView((0,)), 1, 0)
    qtbot.addWidget(dialog)
    assert [kind.name for kind in ordered_exports()] == FORMATS
    said = set()
    for row in range(dialog.formats.count()):
        dialog.formats.setCurrentRow(row)
        said.add(dialog._reader.text())
    assert len(said) == len(FORMATS)


def test_columns_are_asked_for_of_tables_alone_and_remembered(qtbot: QtBot) -> None:
    dialog = ExportDialog(RowsInView((0,)), 1, 0, "xlsx", ("group",))
    qtbot.addWidget(dialog)
    assert dialog.exporter.name == "xlsx"
    dialog.columns["message"].click()
    kept = tuple(name for name in COLUMNS if name not in {"group", "message"})
    assert dialog.choice() == ExportChoice("xlsx", range(1), Word.FINAL, kept, ("message", "group"), False)
    dialog.words.button(1).click()  # predictions: no labels
    assert not {"label", "labelled_by", "labelled_at"} & set(dialog.choice().columns)
    assert not dialog.columns["label"].isEnabled()
    assert dialog.choice().dropped == ("message", "group")
    for box in dialog.columns.values():
        box.setChecked(False)
    assert not dialog.export_button.isEnabled()
    _choose(dialog, "coco")
    assert dialog._boxes.isHidden()
    assert dialog.export_button.isEnabled()


def test_names_are_hidden_where_the_window_hides_them_and_where_that_makes_sense(qtbot: QtBot) -> None:
    hide_names(True)
    try:
        dialog = ExportDialog(RowsInView((0,)), 1, 0, "csv")
        qtbot.addWidget(dialog)
    finally:
        hide_names(False)
    assert dialog.choice().names_hidden
    _choose(dialog, "xmp")
    assert not dialog.choice().names_hidden
    assert not dialog.hidden.isEnabled()


def test_sidecars_can_be_put_back_where_there_are_some(qtbot: QtBot) -> None:
    dialog = ExportDialog(RowsInView((0,)), 1, 0, "xmp", can_undo=True)
    qtbot.addWidget(dialog)
    assert not dialog._undo.isHidden()
    _choose(dialog, "csv")
    assert dialog._undo.isHidden()
    _choose(dialog, "xmp")
    dialog._undo.click()
    assert dialog.result() == ExportDialog.DialogCode.Accepted
    assert dialog.choice().is_undo
    other = ExportDialog(RowsInView((0,)), 1, 0, "xmp")
    qtbot.addWidget(other)
    assert other._undo.isHidden()


def test_the_command_hands_on_the_rows_of_the_table(
    window: MainWindow, document: Document, results: Results, qtbot: QtBot
) -> None:
    bin_id = document.add_bin("Cats")
    made = [Prediction(path, Status.OK, 0, (1.0,), Region(0, 0, 1, 1)) for path in paths(12)]
    results.add_predictions(1, (bin_id,), made)
    window.results.filter.setText("image 1")  # 1, 10, 11
    qtbot.waitUntil(lambda: window.results.model.rowCount() == 3)
    window.results.table.select_paths([made[10].path])
    with qtbot.waitSignal(window.intents.export_requested) as emitted:
        window.command_table["export"].trigger()
    assert emitted.args == [RowsInView((1, 10, 11), (10,))]
