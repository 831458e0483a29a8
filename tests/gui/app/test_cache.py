"""Edit > Cache…: where it is, how large; cleared, moved and switched off, at once and for later runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.settings import Settings
from fewshot_gui.views.cache_dialog import CacheDialog
from model.cache import folder as cache_folder


@pytest.fixture(autouse=True)
def no_choice_stays() -> Iterator[None]:
    yield
    cache_folder.choose("")


@pytest.fixture
def dialog(app: App) -> CacheDialog:
    app.window.command_table["cache"].trigger()
    dialog = app.window.findChild(CacheDialog)
    assert isinstance(dialog, CacheDialog)
    assert dialog.isVisible()
    return dialog


def test_it_says_where_and_clears(app: App, qtbot: QtBot) -> None:
    store = cache_folder.cache_store()
    store.put(b"key", b"x" * 3_000_000)
    app.window.command_table["cache"].trigger()
    dialog = app.window.findChild(CacheDialog)
    assert isinstance(dialog, CacheDialog)
    assert str(cache_folder.place()) in dialog.place.text()
    assert cache_folder.bytes_on_disk() > 3_000_000
    dialog.clear_button.click()
    assert not dialog.clear_button.isEnabled()
    qtbot.waitUntil(lambda: cache_folder.bytes_on_disk() < 1_000_000)
    assert store.get(b"key") is None
    qtbot.waitUntil(lambda: "cleared" in app.window.statusBar().currentMessage())


def test_another_folder_is_used_at_once_by_whoever_has_the_store(
    app: App, dialog: CacheDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = cache_folder.cache_store()
    store.put(b"old", b"1")
    monkeypatch.setattr(app.questions, "folder", lambda _title, _start: tmp_path / "elsewhere")
    dialog.folder_button.click()
    assert str(tmp_path / "elsewhere") in dialog.place.text()
    assert store.get(b"old") is None
    store.put(b"new", b"2")
    assert cache_folder.cache_store() is store
    assert list((tmp_path / "elsewhere").iterdir()) != []
    dialog.default_button.click()
    assert store.get(b"old") == b"1"


def test_off_keeps_nothing_and_stays_off_in_the_next_run(app: App, dialog: CacheDialog, tmp_path: Path) -> None:
    store = cache_folder.cache_store()
    dialog.off_button.click()
    assert "off" in dialog.place.text()
    store.put(b"key", b"data")
    assert store.get(b"key") is None
    assert cache_folder.place() is None
    app.settings.save()
    assert Settings(tmp_path / "app" / "config" / "settings.ini").cache == cache_folder.OFF
    dialog.default_button.click()
    store.put(b"key", b"data")
    assert store.get(b"key") == b"data"


def test_a_declined_folder_changes_nothing(app: App, dialog: CacheDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache_folder.place()
    monkeypatch.setattr(app.questions, "folder", lambda _title, _start: None)
    dialog.folder_button.click()
    assert cache_folder.place() == before
    assert app.settings.cache == ""


def test_it_can_be_closed_and_opened_again(app: App, dialog: CacheDialog, qtbot: QtBot) -> None:
    dialog.reject()
    qtbot.waitUntil(lambda: app.window.findChild(CacheDialog) is None)
    app.window.command_table["cache"].trigger()
    assert app.window.findChild(CacheDialog) is not None
