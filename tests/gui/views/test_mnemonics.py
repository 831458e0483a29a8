"""The letters of menus: none twice in a menu, in any language of the window."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar

from fewshot_gui.actions import ActionTable, plain_text
from fewshot_gui.intents import Intents
from fewshot_gui.translation import LANGUAGES, use_language
from fewshot_gui.views.menus import MenuBar


@pytest.fixture(params=list(LANGUAGES))
def menus(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[MenuBar]:
    """The menu bar in a language."""
    use_language(qapp, request.param)
    owner = QObject()
    bar = MenuBar(ActionTable(owner), Intents(owner))
    bar.put_into.addAction("Bin & more")  # names of people's things have no letters
    yield bar
    bar.deleteLater()
    use_language(qapp, "en")


def _menus(widget: QMenuBar | QMenu, path: str = "") -> Iterator[tuple[str, list[QAction]]]:
    """Every menu, by its path, with its entries."""
    actions = [action for action in widget.actions() if not action.isSeparator()]
    yield path, actions
    for action in actions:
        below = action.menu()
        if isinstance(below, QMenu):
            yield from _menus(below, f"{path} > {action.text()}")


def test_every_letter_stands_once_in_its_menu(menus: MenuBar) -> None:
    walked = dict(_menus(menus))
    assert len(walked) > 12  # the bar, its seven menus, and theirs
    for path, actions in walked.items():
        letters = Counter(
            key for action in actions if (key := QKeySequence.mnemonic(action.text()).toString().casefold())
        )
        repeated = {key for key, count in letters.items() if count > 1}
        assert not repeated, f"{path}: {[action.text() for action in actions]}"


def test_every_menu_and_nearly_every_entry_has_a_letter(menus: MenuBar) -> None:
    without = [
        action.objectName() or action.text()
        for path, actions in _menus(menus)
        for action in actions
        if QKeySequence.mnemonic(action.text()).isEmpty()
    ]
    assert set(without) <= {"removeExamplesAction", "enLanguageAction", "zh_CNLanguageAction", "Bin & more"}


def test_buttons_and_lists_show_names_without_letters(menus: MenuBar) -> None:
    for action in ActionTable(menus):
        for text in (plain_text(action), action.iconText()):
            assert text
            assert not re.search(r"&|…$|\([A-Z0-9]\)", text)
