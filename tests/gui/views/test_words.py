"""The words of the window are explained, where they are met, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.intents import FetchPlan
from fewshot_gui.project.document import Document
from fewshot_gui.project.results import Results
from fewshot_gui.translation import LANGUAGES, use_language
from fewshot_gui.views import words_dialog
from fewshot_gui.views.fetch_dialog import Available, FetchDialog
from fewshot_gui.views.main_window import MainWindow
from fewshot_gui.views.words_dialog import WordsDialog
from fewshot_gui.widgets.words import WordButton, words, words_at
from fewshot_gui.widgets.words import _read as _words_in
from model.types import Prediction, Status

from .helpers import paths

_MET = [ids for name, ids in vars(words_dialog).items() if name.endswith("_WORDS")]


@pytest.fixture(params=list(LANGUAGES))
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    yield use_language(qapp, request.param)
    use_language(qapp, "en")


def _opened(parent: QWidget) -> WordsDialog:
    dialog = parent.findChild(WordsDialog)
    assert dialog is not None
    return dialog


def test_every_language_explains_the_same_words_and_links_to_words_that_are_there(language: str) -> None:
    found = words()
    assert list(found) == list(_words_in("en"))
    for word in found.values():
        assert len(word.text) > 30, word.id
        assert word.also, word.id
        links = re.findall(r"\]\(#([^)]*)\)", word.text)
        assert set(links) <= set(found) - {word.id}, word.id
        assert (language == "zh_CN") == bool(re.search("[\u4e00-\u9fff]", word.title + word.text)), word.id


def test_every_word_is_met_somewhere_or_linked_to() -> None:
    linked = {link for word in words().values() for link in re.findall(r"\]\(#([^)]*)\)", word.text)}
    assert set(words()) == linked | {word for ids in _MET for word in ids}


def test_the_question_mark_of_a_part_explains_its_words(window: MainWindow) -> None:
    for view in (window.library, window.bins, window.results, window.inspector):
        button = view.findChild(WordButton)
        assert button is not None
        actions = button.menu().actions()
        assert [action.text() for action in actions] == [words()[one].title for one in words_at(view)]
        actions[-1].trigger()
        dialog = _opened(window)
        assert dialog.isVisible()
        assert not dialog.isModal()
        assert dialog.shown() == words_at(view)[-1]
        assert words()[dialog.shown()].title in dialog.page.toPlainText()
        dialog.close()
        QApplication.sendPostedEvents(None, 0)


def test_shift_f1_explains_what_is_met_where_the_keyboard_is(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    window.results.filter.setFocus()
    qtbot.waitUntil(window.results.filter.hasFocus)
    QTest.keyClick(window.results.filter, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert _opened(window).shown() == words_at(window.results)[0] == "confidence"
    window.library.filter.setFocus()
    window.command_table["words"].trigger()
    assert len(window.findChildren(WordsDialog)) == 1


def test_a_word_is_searched_for_and_found_by_what_others_call_it(qtbot: QtBot) -> None:
    dialog = WordsDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClicks(dialog.filter, "Outlier")
    assert [dialog.list.item(row).text() for row in range(dialog.list.count())] == [words()["unlike"].title]
    assert dialog.shown() == "unlike"
    dialog.filter.setText("kappa")
    first = dialog.shown()
    assert first == "agreement"
    dialog.filter.setText("interval")  # in a title first, then in explanations; the keys go on
    titles = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert titles[0] == words()["interval"].title
    assert len(titles) > 1
    QTest.keyClick(dialog.filter, Qt.Key.Key_Down)
    assert words()[dialog.shown()].title == titles[1]
    dialog.filter.setText("no such word")
    assert dialog.shown() == ""
    assert dialog.page.toPlainText() == "Nothing found."


def test_links_lead_to_other_words(qtbot: QtBot) -> None:
    dialog = WordsDialog()
    qtbot.addWidget(dialog)
    dialog.show_word("weight")
    dialog.page.anchorClicked.emit(QUrl("#suspect"))
    assert dialog.shown() == "suspect"
    dialog.show_word("nonsense")
    assert dialog.shown() == "suspect"


def test_a_modal_dialog_explains_its_words_above_itself(qtbot: QtBot) -> None:
    fetch = FetchDialog(FetchPlan(), Available((), False, False, 3, 0))
    qtbot.addWidget(fetch)
    fetch.open()
    button = fetch.findChild(WordButton)
    assert button is not None
    button.menu().actions()[0].trigger()
    assert _opened(fetch).isVisible()
    assert _opened(fetch).shown() == "fetch"


@pytest.mark.expected_log("This plugin does not support (raise|grabbing)")
def test_the_menu_of_a_result_explains_what_is_said_of_it(
    window: MainWindow, document: Document, results: Results
) -> None:
    ids = document.add_bin("Cats"), document.add_bin("Dogs")
    sure, odd = paths(2, "/new")
    made = [Prediction(sure, Status.OK, 0, (0.9, 0.1)), Prediction(odd, Status.UNKNOWN, 0, (0.6, 0.4))]
    results.add_predictions(document.revision, ids, made)
    table, asked = window.results.table, []

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        (action,) = (action for action in menu.actions() if action.objectName() == "whatIsThisAction")
        asked.append(action.text())
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    table.select_paths([odd])
    QTimer.singleShot(50, table, choose)
    table.customContextMenuRequested.emit(table.visualRect(table.currentIndex()).center())
    assert asked == ["What does “Unlike every bin” mean?"]
    assert _opened(window).shown() == "unlike"
