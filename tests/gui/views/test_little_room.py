"""What gives way where the window is small, and comes back where it is large again."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from fewshot_gui.items.prediction_columns import Column
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.widgets.flexible_splitter import shared
from fewshot_gui.widgets.giving_scroll import GivingScroll
from model.images.grey_values import GreyValues, survey
from model.types import ByExample, Explanation, LikeRegion, Prediction, Region, Status

from .helpers import paths


@pytest.fixture
def filled(window: MainWindow, document: Document, results: Results) -> MainWindow:
    bins = (document.add_bin("Emission nebula"), document.add_bin("Galaxy"))
    made = [Prediction(path, Status.OK, 0, (0.9, 0.1), Region(0, 0, 1, 1)) for path in paths(9)]
    results.add_predictions(1, bins, made)
    window.inspector.show_image(paths(1)[0])
    return window


def test_at_150_percent_of_a_small_screen_every_class_is_in_sight(filled: MainWindow, qtbot: QtBot) -> None:
    """1280 x 720 pixels at 150 % are 853 x 480."""
    filled.resize(853, 480)
    QApplication.processEvents()
    assert filled.width() == 853
    table = filled.results.table
    assert table.horizontalScrollBar().maximum() == 0
    assert table.columnWidth(Column.CLASS) >= 88
    assert table.columnViewportPosition(Column.CONFIDENCE) + 72 <= table.viewport().width()
    (title,) = [one for one in filled.inspector.header.findChildren(QLabel) if one.text() == "Inspector"]
    assert title.width() >= title.sizeHint().width()
    assert all(card.width() <= filled.bins.width() for card in (filled.bins.card(b.id) for b in filled._document.bins))


def test_all_that_is_said_of_an_image_scrolls_and_leaves_the_window_its_height(
    filled: MainWindow, qtbot: QtBot
) -> None:
    filled.resize(1280, 720)
    for action in ("histogram", "facts"):
        filled.command_table[action].setChecked(True)
    path, inspector = paths(1)[0], filled.inspector
    values = np.arange(60_000, dtype=np.uint16).reshape(200, 300)
    inspector.tools.greys.set_survey(survey(GreyValues(values, Region(0, 0, 300, 200), (300, 200))))
    bins = [bin_.id for bin_ in filled._document.bins]
    like = tuple(LikeRegion(paths(9)[k], Region(0, 0, 1, 1), 0.9) for k in range(3))
    maps = np.zeros((2, 8, 8), np.float32)
    regions, scores = (Region(0, 0, 1, 1),) * 2, (0.9, 0.1)
    by_example = (ByExample(0, like), ByExample(1, like))
    explanation = Explanation(path, maps, regions, scores, (300, 200), by_example=by_example)
    inspector.show_explanation(path, bins, explanation)
    QApplication.processEvents()
    assert filled.height() == 720
    scroll = inspector.findChild(GivingScroll)
    assert scroll is not None
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
    assert inspector.canvas.height() > 0.3 * inspector.height()
    filled.resize(1280, 1400)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() == 0)  # there is room for all of it


def test_panes_and_columns_are_as_wide_as_before_after_a_small_window(filled: MainWindow) -> None:
    filled.resize(1600, 900)
    QApplication.processEvents()
    before = filled._columns.sizes(), filled._rows.sizes()
    table = filled.results.table
    widths = [table.columnWidth(column) for column in Column]
    for size in ((853, 480), (1000, 500), (700, 450)):
        filled.resize(*size)
        QApplication.processEvents()
    assert filled._columns.sizes() != before[0]
    filled.resize(1600, 900)
    QApplication.processEvents()
    assert (filled._columns.sizes(), filled._rows.sizes()) == before
    assert [table.columnWidth(column) for column in Column] == widths
    assert not table.isColumnHidden(Column.STATUS)


def test_sizes_are_kept_for_the_next_run_as_the_user_wants_them(filled: MainWindow) -> None:
    filled.resize(1600, 900)
    QApplication.processEvents()
    filled._columns.set_wanted([300, 900, 392])
    wanted = filled._columns.sizes()
    filled.resize(853, 480)
    QApplication.processEvents()
    state = filled.layout_state()
    filled._columns.set_wanted([200, 500, 500])
    filled.resize(1600, 900)
    filled.restore_layout(state)
    QApplication.processEvents()
    assert filled._columns.sizes() == wanted
    assert filled._columns.orientation() == Qt.Orientation.Horizontal


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (1600, [288, 976, 336]),  # the middle takes what is left
        (1104, [288, 480, 336]),
        (904, [188, 480, 236]),  # the sides give way in proportion to what they can
        (832, [152, 480, 200]),
        (700, [152, 348, 200]),  # then the middle
    ],
)
def test_the_sides_give_way_before_the_middle(room: int, expected: list[int]) -> None:
    sizes = shared(room, [288, 680, 336], [152, 216, 200], 1, 480)
    assert sum(sizes) == room
    assert sizes == expected
