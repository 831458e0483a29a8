"""Settings and shortcuts: what a person changes holds at once, and in the next run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.settings import Settings
from fewshot_gui.views.settings_dialog import SettingsDialog
from fewshot_gui.views.shortcuts_dialog import ShortcutsDialog

_W = TypeVar("_W", bound=QWidget)


def _shown(app: App, kind: type[_W]) -> _W:
    (found,) = [dialog for dialog in app.window.findChildren(kind) if dialog.isVisible()]
    return found


@pytest.fixture
def settings_dialog(app: App) -> Iterator[SettingsDialog]:
    app.window.command_table["settings"].trigger()
    dialog = _shown(app, SettingsDialog)
    yield dialog
    dialog.close()


@pytest.fixture
def shortcuts_dialog(app: App) -> Iterator[ShortcutsDialog]:
    app.window.command_table["shortcuts"].trigger()
    dialog = _shown(app, ShortcutsDialog)
    yield dialog
    dialog.close()


def _type(dialog: ShortcutsDialog, action_id: str, keys: str) -> None:
    dialog.choose(action_id)
    dialog.editor.setKeySequence(QKeySequence(keys))


def _child(dialog: QWidget, kind: type[_W], name: str) -> _W:
    found = dialog.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def _choose(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_what_is_chosen_is_kept(app: App, settings_dialog: SettingsDialog) -> None:
    _choose(_child(settings_dialog, QComboBox, "themeSetting"), "dark")
    _choose(_child(settings_dialog, QComboBox, "languageSetting"), "zh_CN")
    _choose(_child(settings_dialog, QComboBox, "falseAlarmsSetting"), 0.05)
    _choose(_child(settings_dialog, QComboBox, "deviceSetting"), "cpu")
    _child(settings_dialog, QCheckBox, "reopenSetting").click()
    _child(settings_dialog, QCheckBox, "closelySetting").click()
    settings = app.settings
    assert (settings.theme, settings.language, settings.device) == ("dark", "zh_CN", "cpu")
    assert (settings.false_alarms, settings.reopen, settings.closely) == (0.05, True, True)
    assert app.window.command_table["closely"].isChecked()
    app.intents.theme_chosen.emit("light")


def test_the_search_looks_through_all_subjects(settings_dialog: SettingsDialog) -> None:
    device = _child(settings_dialog, QComboBox, "deviceSetting")
    language = _child(settings_dialog, QComboBox, "languageSetting")
    assert language.isVisible()
    assert not device.isVisible()
    QTest.keyClicks(settings_dialog.search, "compute")
    assert device.isVisible()
    assert not language.isVisible()
    settings_dialog.search.clear()
    settings_dialog.sections.setCurrentRow(2)
    assert device.isVisible()


def test_every_setting_says_what_it_does(settings_dialog: SettingsDialog) -> None:
    controls = [*settings_dialog.findChildren(QComboBox), *settings_dialog.findChildren(QCheckBox)]
    assert len(controls) >= 9
    for _at, row in settings_dialog._rows:
        label, _, help_ = row.words.partition(" ")
        assert label
        assert len(help_) > 10


def test_the_last_project_is_opened_again_where_that_is_chosen(app: App, tmp_path: Path, qtbot: QtBot) -> None:
    app.session.save_as(tmp_path / "mine.fewshot")
    app.settings.add_recent_project(tmp_path / "mine.fewshot")
    app.projects.start(None)
    assert app.session.document.is_untitled
    app.settings.reopen = True
    app.projects.start(None)
    qtbot.waitUntil(lambda: app.session.document.path == tmp_path / "mine.fewshot")


def test_a_shortcut_is_changed_and_holds_in_the_next_run(
    app: App, shortcuts_dialog: ShortcutsDialog, qtbot: QtBot
) -> None:
    _type(shortcuts_dialog, "train", "Ctrl+Alt+T")
    shortcuts_dialog.set_button.click()
    assert app.window.command_table.keys("train") == ("Ctrl+Alt+T",)
    assert "Ctrl+Alt+T" in app.window.command_table["train"].toolTip()
    app.settings.save()
    again = Settings(Path(app.settings._store.fileName()))
    assert again.shortcuts == {"train": ("Ctrl+Alt+T",)}
    shortcuts_dialog.reset_button.click()
    assert app.window.command_table.keys("train") == app.window.command_table.default_keys("train")
    assert app.settings.shortcuts == {}


def test_a_conflict_is_named_and_the_other_command_gives_way(app: App, shortcuts_dialog: ShortcutsDialog) -> None:
    table = app.window.command_table
    (key,) = table.default_keys("review")
    _type(shortcuts_dialog, "train", key)
    assert "Review" in shortcuts_dialog.conflict.text()
    shortcuts_dialog.set_button.click()
    assert table.keys("train") == (key,)
    assert table.keys("review") == ()
    shortcuts_dialog.choose("review")
    shortcuts_dialog.reset_button.click()
    assert table.keys("review") == (key,)
    assert table.keys("train") == ()
    shortcuts_dialog.reset_all_button.click()
    assert all(table.keys(one) == table.default_keys(one) for one in table.ids)


def test_digits_stay_with_the_bins(shortcuts_dialog: ShortcutsDialog) -> None:
    _type(shortcuts_dialog, "train", "5")
    assert not shortcuts_dialog.set_button.isEnabled()
    assert "bins" in shortcuts_dialog.conflict.text()


def test_the_list_can_be_filtered_and_copied(shortcuts_dialog: ShortcutsDialog) -> None:
    rows = shortcuts_dialog.tree.topLevelItemCount()
    QTest.keyClicks(shortcuts_dialog.filter, "undo")
    assert 0 < shortcuts_dialog.tree.topLevelItemCount() < rows
    _child(shortcuts_dialog, QPushButton, "copyKeysButton").click()
    assert "Train\t" in QGuiApplication.clipboard().text()


def test_a_command_can_be_without_keys(app: App, shortcuts_dialog: ShortcutsDialog) -> None:
    shortcuts_dialog.choose("train")
    shortcuts_dialog.none_button.click()
    assert app.window.command_table.keys("train") == ()
    assert app.settings.shortcuts == {"train": ()}


def test_keys_of_a_damaged_settings_file_do_no_harm(app: App) -> None:
    app.window.set_shortcuts({"train": ("Ctrl+nonsense",), "nosuch": ("X",)})
    assert app.window.command_table.keys("train") in {(), ("Ctrl+nonsense",)}
    app.window.set_shortcuts({})
    assert app.window.command_table.keys("train") == app.window.command_table.default_keys("train")


def test_no_two_commands_share_a_key(app: App) -> None:
    table = app.window.command_table
    keys = [key for one in table.ids for key in table.default_keys(one)]
    assert len(keys) == len(set(keys))


def test_the_preferences_key_opens_the_settings(app: App) -> None:
    QTest.keyClick(app.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    _shown(app, SettingsDialog).close()
