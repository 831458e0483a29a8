"""The dialog that asks which results go into a file."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.views.results_export_dialog import ResultsExportDialog
from model.types import Prediction, Region, Status

from .helpers import paths


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
    dialog = ResultsExportDialog(rows, total, 0)
    qtbot.addWidget(dialog)
    assert tuple(dialog.chosen()) == expected
    assert dialog.notice.isHidden()


def test_the_selected_can_be_chosen_and_stale_results_are_warned_of(qtbot: QtBot) -> None:
    dialog = ResultsExportDialog(RowsInView((4, 1), (1,)), 5, 2)
    qtbot.addWidget(dialog)
    assert not dialog.notice.isHidden()
    texts = [button.text() for button in dialog.findChildren(QRadioButton)]
    assert [text.rpartition("(")[2] for text in texts] == ["2)", "1)", "5)"]
    dialog.findChildren(QRadioButton)[1].click()
    assert tuple(dialog.chosen()) == (1,)
    nothing = ResultsExportDialog(RowsInView((4, 1)), 5, 0)
    qtbot.addWidget(nothing)
    assert not nothing.findChildren(QRadioButton)[1].isEnabled()


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
