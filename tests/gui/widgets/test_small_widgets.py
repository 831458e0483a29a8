"""Score bars, job status, card grid."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.texts import confidence_text, fitted_name
from fewshot_gui.widgets.card_grid import CardGrid
from fewshot_gui.widgets.job_status import JobStatus, duration
from fewshot_gui.widgets.score_bars import ScoreBars, ScoreRow
from fewshot_gui.widgets.slider import Slider


@pytest.fixture
def bars(qtbot: QtBot) -> ScoreBars:
    bars = ScoreBars()
    qtbot.addWidget(bars)
    bars.show()
    bars.set_rows(
        [
            ScoreRow("a", "Cats", "#e69f00", 0.2, confidence_text(0.2)),
            ScoreRow("b", "Dogs", "#56b4e9", 0.7, confidence_text(0.7)),
            ScoreRow("c", "", "#000000", 0.1, confidence_text(0.1)),
        ]
    )
    return bars


def test_the_highest_score_comes_first_and_is_chosen(bars: ScoreBars) -> None:
    assert bars.chosen_bin() == "b"
    assert [bars.item(row).text() for row in range(2)] == ["Dogs 70.0 %", "Cats 20.0 %"]
    assert not bars.grab().isNull()


def test_keys_choose_a_class_and_new_scores_do_not(bars: ScoreBars) -> None:
    spy = QSignalSpy(bars.class_chosen)
    QTest.keyClick(bars, Qt.Key.Key_Down)
    assert spy.at(0) == ["a"]
    bars.set_rows(
        [
            ScoreRow("a", "Cats", "#e69f00", 0.2, confidence_text(0.2)),
            ScoreRow("b", "Dogs", "#56b4e9", 0.8, confidence_text(0.8)),
        ],
        "a",
    )
    assert (bars.chosen_bin(), spy.count()) == ("a", 1)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0.0 %"), (0.123, "12.3 %"), (0.9996, "> 99.9 %"), (1.0, "100.0 %"), (0.0004, "< 0.1 %"), (0.99949, "99.9 %")],
)
def test_percent_promises_no_certainty(share: float, text: str) -> None:
    assert confidence_text(share) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (59, "59 s"), (75, "1:15 min"), (7300, "2:01 h")])
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_job_status_measures_each_phase_anew(qtbot: QtBot) -> None:
    now = [0.0]
    status = JobStatus(clock=lambda: now[0])
    qtbot.addWidget(status)
    assert not status.isVisible()
    status.start("Classifying")
    status.set_progress("Reading", 0, 0)
    assert status.text() == "Reading …"
    status.set_progress("Classifying", 0, 1000)
    now[0] = 2.0
    status.set_progress("Classifying", 100, 1000)
    assert status.text() == "Classifying 100 / 1,000  ·  50/s  ·  18 s left"
    spy = QSignalSpy(status.cancel_requested)
    button = status.findChild(QPushButton, "cancelButton")
    assert button is not None
    button.click()
    assert spy.count() == 1
    status.finish()
    assert status.isHidden()


def test_a_last_card_alone_in_its_row_becomes_a_strip(qtbot: QtBot) -> None:
    board = QWidget()
    qtbot.addWidget(board)
    grid = CardGrid(100, 80, 160, 10, board)
    grid.setContentsMargins(0, 0, 0, 0)
    cards = [QWidget() for _ in range(3)]
    for card in cards:
        grid.addWidget(card)
    board.resize(250, 200)
    board.show()
    assert grid.heightForWidth(250) == 80 + 10 + 40
    assert cards[1].geometry() == QRect(130, 0, 120, 150)
    assert cards[2].geometry() == QRect(0, 160, 250, 40)
    assert grid.position_at(QPoint(240, 100)) == 2


def test_cards_share_the_width_and_find_their_place(qtbot: QtBot) -> None:
    board = QWidget()
    qtbot.addWidget(board)
    grid = CardGrid(100, 80, 160, 10, board)
    grid.setContentsMargins(0, 0, 0, 0)
    cards = [QWidget() for _ in range(4)]
    for card in cards:
        grid.addWidget(card)
    board.resize(250, 400)
    board.show()
    assert grid.heightForWidth(250) == 170
    assert cards[0].geometry() == QRect(0, 0, 120, 160)
    assert cards[2].geometry() == QRect(0, 170, 120, 160)
    assert [grid.position_at(QPoint(x, 20)) for x in (10, 100, 240)] == [0, 1, 2]
    assert grid.position_at(QPoint(200, 340)) == 4
    grid.move_widget(cards[2], 0)
    grid.activate()
    assert cards[2].geometry().topLeft() == QPoint(0, 0)


@pytest.mark.parametrize(
    ("name", "width", "fitted"),
    [
        ("short.png", 12, "short.png"),
        ("Patient_2024_thorax_0042.png", 16, "Patient…0042.png"),
        ("Patient_2024_thorax_0042.png", 9, "…0042.png"),
        ("Patient_2024_thorax_0042.png", 7, "Pa…0042"),
        ("a long name of a scan.tif#123", 10, "a long…123"),
        ("no number in this name.png", 11, "no nu…e.png"),
        ("20240101120000123456.png", 8, "…0123456"),
    ],
)
def test_a_name_is_cut_in_the_middle_and_its_number_stays(name: str, width: int, fitted: str) -> None:
    shown = fitted_name(name, width, len)
    assert len(shown) <= width
    assert shown == fitted


def test_a_slider_shows_that_the_keyboard_is_on_it(qtbot: QtBot) -> None:
    page = QWidget()
    row, first, second = QHBoxLayout(page), Slider(), Slider()
    row.addWidget(first)
    row.addWidget(second)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    second.setFocus()
    qtbot.waitUntil(second.hasFocus)
    plain = first.grab().toImage()
    QTest.keyClick(second, Qt.Key.Key_Backtab)
    qtbot.waitUntil(first.hasFocus)
    assert first.grab().toImage().pixelColor(first.width() // 2, 1) == first.palette().accent().color()
    assert plain.pixelColor(first.width() // 2, 1) != first.palette().accent().color()
