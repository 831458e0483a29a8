"""The tour points at the real parts of the window, follows them, and is in nobody's way."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.project.document import Document
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.views.tour import Step, Tour, TourCard, TourFrame, beside


@pytest.fixture
def card(window: MainWindow, qtbot: QtBot) -> TourCard:
    """The card of a tour that was just begun."""
    window.activateWindow()
    window.library.filter.setFocus()
    window.command_table["tour"].trigger()
    card = window.findChild(TourCard)
    assert card is not None
    qtbot.waitUntil(card.next.hasFocus)
    return card


def _frame(window: MainWindow) -> TourFrame:
    frame = window.findChild(TourFrame)
    assert frame is not None
    return frame


def _is_over(window: MainWindow) -> bool:
    QApplication.sendPostedEvents(None, 0)
    cards: Sequence[QWidget] = window.findChildren(TourCard)
    return not any(card.isVisible() for card in cards) and window._tour is None


def _rect(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def test_five_steps_each_framed_and_the_card_beside_it_within_the_window(window: MainWindow, card: TourCard) -> None:
    tools = {one: window.findChild(QWidget, f"{one}Button") for one in ("train", "classify")}
    expected = [window.bins, tools["train"], tools["classify"], window.inspector, None]
    for at, widget in enumerate(expected):
        frame = _frame(window).geometry()
        if widget is None:  # the Run menu, in the bar
            assert window.menuBar().geometry().contains(frame.center())
        else:
            assert _rect(window, widget).contains(frame.adjusted(7, 7, -7, -7))
            assert frame.contains(_rect(window, widget).center())
        assert not card.geometry().intersects(frame)
        assert window.rect().contains(card.geometry())
        assert [label.text() for label in card.findChildren(QLabel)][-1] == f"{at + 1} of 5"
        QTest.keyClick(card.next, Qt.Key.Key_Return)
    assert _is_over(window)


def test_enter_goes_on_esc_leaves_and_the_keyboard_goes_back(window: MainWindow, card: TourCard, qtbot: QtBot) -> None:
    assert not card.back.isEnabled()
    first = _frame(window).geometry()
    QTest.keyClick(card.next, Qt.Key.Key_Return)
    assert _frame(window).geometry() != first
    card.back.click()
    assert _frame(window).geometry() == first
    QTest.keyClick(card.next, Qt.Key.Key_Escape)
    assert _is_over(window)
    qtbot.waitUntil(window.library.filter.hasFocus)


def test_work_goes_on_beside_it(window: MainWindow, card: TourCard, document: Document) -> None:
    assert window.childAt(_frame(window).geometry().center()) is not _frame(window)  # the mouse goes through
    window.command_table["newBin"].trigger()
    document.add_bin("Cats")
    assert window.bins.card(document.bins[0].id).isVisible()
    assert card.isVisible()
    assert not window.isModal()
    window.library.filter.setFocus()
    QTest.keyClicks(window.library.filter, "cat")
    assert window.library.filter.text() == "cat"
    window.command_table["tour"].trigger()  # again: the same tour, with the keyboard
    assert len(window.findChildren(TourCard)) == 1
    assert card.next.hasFocus()


def test_it_follows_what_it_points_at_and_ends_when_that_goes(window: MainWindow, card: TourCard, qtbot: QtBot) -> None:
    window.resize(1000, 640)
    qtbot.waitUntil(lambda: _frame(window).geometry().contains(_rect(window, window.bins).center()))
    qtbot.waitUntil(lambda: _frame(window).width() < window.bins.width() + 20)
    assert window.rect().contains(card.geometry())
    window.command_table["resultsAlone"].trigger()
    assert _is_over(window)
    window.command_table["tour"].trigger()  # without the bins, which are hidden
    card = window.findChildren(TourCard)[-1]
    assert [label.text() for label in card.findChildren(QLabel)][-1] == "1 of 4"
    card.leave.click()
    assert _is_over(window)


def test_it_ends_with_the_widget(window: MainWindow, qtbot: QtBot) -> None:
    part = QLabel("part", window)
    part.show()
    tour = Tour(window, [Step("Here", "It is.", part)])
    ended: list[bool] = []
    tour.ended.connect(lambda: ended.append(True))
    tour.begin()
    part.deleteLater()
    qtbot.waitUntil(lambda: ended == [True])


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        (QRect(100, 100, 200, 50), QPoint(100, 161)),  # below
        (QRect(100, 100, 200, 480), QPoint(311, 100)),  # right
        (QRect(600, 100, 200, 480), QPoint(268, 100)),  # left
        (QRect(12, 300, 776, 290), QPoint(12, 138)),  # above
        (QRect(0, 0, 800, 600), QPoint(455, 425)),  # there is room nowhere but on it
    ],
)
def test_where_the_card_lies(frame: QRect, place: QPoint) -> None:
    card, room = QSize(320, 150), QRect(0, 0, 800, 600)
    found = beside(frame, card, room)
    assert found == place
    assert room.contains(QRect(found, card))
