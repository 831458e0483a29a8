"""The first steps: the example, bins from a folder, recent projects, and the line that says what comes next."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.covers import CoverStyle, Strength, covers
from fewshot_gui.views.next_step_strip import NextStepStrip
from fewshot_gui.views.start_hint import ProjectCard
from fewshot_gui.views.tour import TourCard
from fewshot_gui.views.unnamed_dialog import UnnamedDialog
from tests.conftest import EXAMPLE


def _cards(app: App) -> list[ProjectCard]:
    return [card for card in app.window.findChildren(ProjectCard) if card.isVisible()]


def _button(app: App, name: str) -> QPushButton:
    button = app.window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    return button


def test_the_example_is_one_click_away(app: App, qtbot: QtBot) -> None:
    QTest.mouseClick(_button(app, "exampleActionButton"), Qt.MouseButton.LeftButton)
    assert [bin_.name for bin_ in app.session.document.bins] == ["emission nebula", "galaxy", "star cluster"]
    qtbot.waitUntil(lambda: len(app.session.results) > 0)  # trained, then its folder classified
    assert app.session.document.is_untitled
    assert not _button(app, "exampleActionButton").isVisible()


def test_the_example_leaves_the_project_that_is_open_as_it_is(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    app.session.save_as(tmp_path / "mine.fewshot")
    app.session.document.add_bin("Mine")
    app.window.command_table["example"].trigger()
    qtbot.waitUntil(lambda: len(app.session.results) > 0)
    assert app.session.document.is_untitled
    app.projects.open(tmp_path / "mine.fewshot")
    qtbot.waitUntil(lambda: [bin_.name for bin_ in app.session.document.bins] == ["Mine"])


def test_sub_folders_become_bins(app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.questions, "folder", lambda *_: EXAMPLE / "examples")
    QTest.mouseClick(_button(app, "binsFromFolderActionButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(app.session.document.bins) == 3)


def test_a_recent_project_shows_its_pictures_and_opens_with_a_click(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    assert _cards(app) == []
    document = app.session.document
    picture = next((EXAMPLE / "to_classify").iterdir())
    document.add_examples(document.add_bin("One"), [picture])
    app.session.save_as(tmp_path / "one.fewshot")
    app.settings.add_recent_project(tmp_path / "gone.fewshot")
    app.settings.add_recent_project(tmp_path / "one.fewshot")
    app.window.command_table["new"].trigger()
    app.projects.show_recent()
    qtbot.waitUntil(lambda: len(_cards(app)) == 1)  # the one that is gone is left out
    (card,) = _cards(app)
    assert card.project.pictures == (picture,)
    assert (card.project.bins, card.project.examples) == (1, 1)
    assert "one.fewshot" in card.accessibleName()
    qtbot.waitUntil(lambda: app.thumbnails.image(picture) is not None)
    seen = card.grab().toImage()
    covers.set_cover(CoverStyle.GREY, Strength.MEDIUM)
    assert card.grab().toImage() != seen
    covers.set_cover(CoverStyle.OFF, Strength.MEDIUM)
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: [bin_.name for bin_ in app.session.document.bins] == ["One"])


def test_a_project_without_a_name_is_left_and_opened_again(app: App, qtbot: QtBot) -> None:
    app.session.document.add_bin("One")
    app.window.command_table["new"].trigger()
    assert "Open recent" in app.window.status.currentMessage()
    action = app.window._menu_bar._recent.actions()[0]
    assert action.text().startswith("Untitled, ")
    qtbot.waitUntil(lambda: len(_cards(app)) == 1)
    assert _cards(app)[0].accessibleName() == "Open project Untitled"
    action.trigger()
    qtbot.waitUntil(lambda: [bin_.name for bin_ in app.session.document.bins] == ["One"])
    assert app.session.document.is_untitled
    assert app.settings.recent_projects == ()


def test_projects_without_a_name_are_discarded_when_the_user_says_which(
    app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    files: dict[str, Path] = {}
    for number, name in enumerate(("One", "Two", "Three")):
        path = app.session.file
        assert path is not None
        app.session.document.add_bin(name)
        app.session.backups.make(path)
        app.window.command_table["new"].trigger()
        os.utime(path, (number, number))
        files[name] = path
    app.projects.show_recent()

    def answer(names: list[str], button: str) -> None:
        """Have the dialog that comes next answered so."""

        def press(dialog: UnnamedDialog) -> int:
            items = [dialog.list.item(row) for row in range(dialog.list.count())]  # the latest first
            asked.append([item.text() for item in items if item.checkState() is Qt.CheckState.Checked])
            assert dialog.discard_button.isEnabled() == bool(asked[-1])
            for name, item in zip([name for name in ("Three", "Two", "One") if name in files], items, strict=True):
                if name in names:
                    item.setCheckState(Qt.CheckState.Checked)
            buttons = {one.text().replace("&", ""): one for one in dialog.findChildren(QPushButton)}
            buttons[button].click()
            return dialog.result()

        monkeypatch.setattr(UnnamedDialog, "exec", press)

    command = app.window._menu_bar._recent.actions()[-1]
    assert command is app.window.command_table["discardUnnamed"]
    answer(["One", "Two"], "Cancel")
    command.trigger()
    qtbot.waitUntil(lambda: asked == [[]])
    assert len(app.session.recoverable()) == 3

    answer(["One"], "Discard")
    command.trigger()
    qtbot.waitUntil(lambda: len(asked) == 2)
    gone = files.pop("One")
    assert set(app.session.recoverable()) == set(files.values())
    assert app.session.backups.of(gone) == ()
    assert all(len(app.session.backups.of(path)) == 1 for path in files.values())

    qtbot.waitUntil(lambda: len(_cards(app)) == 2)
    answer([], "Discard")
    _cards(app)[0].discard_requested.emit(files["Three"])  # its context menu
    qtbot.waitUntil(lambda: len(asked) == 3)
    assert len(asked[2]) == 1
    assert app.session.recoverable() == (files["Two"],)
    qtbot.waitUntil(lambda: len(_cards(app)) == 1)
    assert "discarded" in app.window.status.currentMessage()


def test_a_project_without_a_name_is_not_shown_at_the_start_where_another_was_changed_later(
    app: App, qtbot: QtBot, tmp_path: Path
) -> None:
    app.session.document.add_bin("One")
    left = app.session.file
    assert left is not None
    app.session.new()
    app.session.document.add_bin("Two")
    app.session.save_as(tmp_path / "two.fewshot")
    app.settings.add_recent_project(tmp_path / "two.fewshot")
    os.utime(left, (1, 1))
    with qtbot.waitSignal(app.projects.settled):
        app.projects.start(None)
    assert app.session.document.bins == ()
    os.utime(left, (2**32, 2**32))
    app.projects.start(None)
    qtbot.waitUntil(lambda: [bin_.name for bin_ in app.session.document.bins] == ["One"])


def test_a_damaged_recent_project_is_shown_without_pictures(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.fewshot"
    damaged.write_bytes(b"no project")
    app.settings.add_recent_project(damaged)
    app.projects.show_recent()
    qtbot.waitUntil(lambda: len(_cards(app)) == 1)
    assert _cards(app)[0].project.pictures == ()


def test_names_of_recent_projects_are_hidden_too(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE / "LICENCE.md", tmp_path / "Mrs Smith.fewshot")
    app.settings.add_recent_project(tmp_path / "Mrs Smith.fewshot")
    app.projects.show_recent()
    qtbot.waitUntil(lambda: len(_cards(app)) == 1)
    app.window.command_table["hideNames"].trigger()
    (card,) = _cards(app)
    assert "Smith" not in card.accessibleName() + card.toolTip()


def test_the_next_step_does_what_it_says_and_can_be_switched_off(app: App, qtbot: QtBot) -> None:
    strip = app.window.findChild(NextStepStrip)
    assert strip is not None
    assert not strip.isVisible()
    app.session.document.add_bin("One")
    qtbot.waitUntil(strip.isVisible)
    document = app.session.document
    document.add_examples(document.bins[0].id, list((EXAMPLE / "to_classify").iterdir())[:3])

    def train_buttons() -> list[QToolButton]:
        train = app.window.command_table["train"]
        buttons = strip.findChildren(QToolButton)
        return [one for one in buttons if one.isVisible() and one.defaultAction() is train]

    qtbot.waitUntil(lambda: len(train_buttons()) == 1)
    (button,) = train_buttons()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: app.session.results.report is not None)
    app.window.command_table["nextStep"].trigger()
    assert not strip.isVisible()
    assert app.settings.next_step_hidden
    app.window.command_table["nextStep"].trigger()
    assert strip.isVisible()


def test_what_was_done_is_said_with_a_button_that_undoes_it(app: App) -> None:
    document, status = app.session.document, app.window.status
    assert not status.undo.isVisible()
    document.add_bin("One")
    assert "Add bin" in status.currentMessage()
    assert status.undo.isVisible()
    status.undo.click()
    assert document.bins == ()
    document.undo_stack.redo()
    assert not status.undo.isVisible()  # redone, which is seen by itself
    document.add_bin("Two")
    status.show_message("Something else")
    assert not status.undo.isVisible()


def test_the_tour_is_offered_at_the_first_start_alone_and_stays_in_the_menu(app: App) -> None:
    button = _button(app, "tourActionButton")
    assert button.isVisible()
    button.click()
    assert not button.isVisible()
    assert app.window.findChild(TourCard) is not None
    app.window.offer_tour(True)
    app.preferences.show()  # as the next start does
    assert not button.isVisible()
    assert app.window.command_table["tour"].isEnabled()
