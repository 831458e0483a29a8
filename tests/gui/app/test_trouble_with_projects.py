"""What the window does where a project is damaged, open elsewhere, or cannot be saved."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.project.session import Session
from fewshot_gui.views.dialogs import ErrorDialog
from fewshot_gui.views.recovery_dialog import Rescue
from model.types import Prediction, Status

MakeImages = Callable[..., list[Path]]
OpenProject = Callable[[Path], None]


@pytest.fixture
def path(app: App, make_images: MakeImages, tmp_path: Path) -> Path:
    """A project with two bins of 60 examples, saved and closed; nothing is open but an empty one."""
    document, path = app.session.document, tmp_path / "study" / "pets.fewshot"
    path.parent.mkdir()
    for name in ("cats", "dogs"):
        document.add_examples(document.add_bin(name), [Path(f"/{name}/{number}.jpg") for number in range(60)])
    app.session.save_as(path)
    app.window.intents.new_requested.emit()
    return path


@pytest.fixture
def other(qapp: object, path: Path, tmp_path: Path) -> Iterator[Session]:
    """Another window that has the project open."""
    other = Session(tmp_path / "other")
    other.open(path)
    yield other
    other.close(discard=True)


def test_a_project_that_is_open_elsewhere_is_shown_read_only(
    app: App,
    open_project: OpenProject,
    path: Path,
    other: Session,
    make_images: MakeImages,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, document, table = app.window, app.session.document, app.window.command_table
    app.guarding._look_due.setInterval(20)
    assert not window.banner.read_only.isVisible()
    open_project(path)
    assert window.banner.read_only.isVisible()
    assert f"process {os.getpid()}" in window.banner.read_only._label.text()
    assert "read only" in window.windowTitle()
    assert not window.bins._board.new_card.isEnabled()
    for name in ("newBin", "renameBin", "addFolder", "undo", "redo", "editAgain"):
        assert not table[name].isEnabled(), name
    cats = document.bins[0].id
    refused: list[Callable[[], None]] = [
        window.intents.bin_add_requested.emit,
        lambda: window.intents.bin_remove_requested.emit(cats),
        lambda: window.intents.bin_rename_requested.emit(cats, "Lions"),
        lambda: window.intents.assign_requested.emit(0, make_images("new", 1)),
        lambda: window.intents.remove_examples_requested.emit([Path("/cats/0.jpg")]),
        lambda: window.intents.files_dropped_on_library.emit([path.parent]),
        lambda: window.intents.remove_folder_requested.emit(path.parent),
    ]
    for intent in refused[:-1]:
        window.status.show_message("")
        intent()
        assert "Not changed: “pets.fewshot” is open already" in window.statusBar().currentMessage()
    refused[-1]()
    assert [(bin_.name, len(bin_.examples)) for bin_ in document.bins] == [("cats", 60), ("dogs", 60)]
    app.session.results.add_predictions(1, (cats,), [Prediction(Path("/n.jpg"), Status.OK, 0, (1.0,))])
    assert len(app.session.results) == 1

    other.document.add_bin("late")
    other.close()
    qtbot.waitUntil(table["editAgain"].isEnabled)
    table["editAgain"].trigger()
    qtbot.waitUntil(lambda: not document.read_only_reason)
    assert not window.banner.read_only.isVisible()
    assert window.bins._board.new_card.isEnabled()
    assert [bin_.name for bin_ in document.bins] == ["cats", "dogs", "late"]
    assert table["newBin"].isEnabled()
    document.add_bin("mine")
    assert not document.has_unsaved_changes


def test_a_copy_of_a_project_that_is_open_elsewhere_can_be_edited(
    app: App, open_project: OpenProject, path: Path, other: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_project(path)
    copy = path.with_name("copy.fewshot")
    monkeypatch.setattr(app.questions, "project_to_save", lambda _start: copy)
    app.window.command_table["saveAs"].trigger()
    assert app.session.document.path == copy
    assert not app.window.banner.read_only.isVisible()
    assert app.window.command_table["newBin"].isEnabled()
    app.window.command_table["newBin"].trigger()
    assert len(app.session.document.bins) == 3
    assert len(other.document.bins) == 2


def test_what_cannot_be_saved_is_said_as_long_as_it_is_so_and_tried_again(
    app: App, open_project: OpenProject, path: Path, qtbot: QtBot
) -> None:
    open_project(path)
    app.guarding._retry_due.setInterval(20)
    away = path.parent.with_name("gone")
    path.parent.rename(away)
    app.session.document.add_bin("birds")
    app.session.document.add_bin("fish")
    assert app.window.banner.unsaved.isVisible()
    assert "“pets.fewshot” is not in its folder any more" in app.window.banner.unsaved._label.text()
    away.rename(path.parent)
    qtbot.waitUntil(lambda: not app.window.banner.unsaved.isVisible())
    assert not app.session.document.has_unsaved_changes


def test_the_user_is_asked_before_closing_on_changes_that_cannot_be_saved(
    app: App, open_project: OpenProject, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_project(path)
    away = path.parent.with_name("gone")
    path.parent.rename(away)
    app.session.document.add_bin("birds")
    asked: list[str] = []

    def stay(reason: str) -> bool:
        asked.append(reason)
        return False

    monkeypatch.setattr(app.questions, "discard", stay)
    app.window.close()
    assert app.window.isVisible()
    assert "not in its folder" in asked[0]
    away.rename(path.parent)


def test_a_project_is_backed_up_when_it_is_opened_and_while_it_is_edited(
    app: App, open_project: OpenProject, path: Path, qtbot: QtBot
) -> None:
    backups = app.session.backups
    open_project(path)
    qtbot.waitUntil(lambda: len(backups.of(path)) == 1)
    app.guarding._backup_due.setInterval(20)
    app.session.document.add_bin("birds")
    qtbot.waitUntil(lambda: len(backups.of(path)) == 2)
    assert [backups.counts(backup) for backup in backups.of(path)] == [(3, 120), (2, 120)]


def test_a_backup_that_fails_is_said_once(
    app: App, open_project: OpenProject, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.session.backups._folder.write_text("a file where the folder should be")
    heard: list[str] = []

    def hear(text: str) -> None:
        if "backed up" in text:
            heard.append(text)

    app.window.status.messageChanged.connect(hear)
    open_project(path)
    qtbot.waitUntil(lambda: len(heard) == 1)
    tried: list[Path] = []
    make = app.session.backups.make

    def try_to_make(project: Path) -> object:
        tried.append(project)
        return make(project)

    monkeypatch.setattr(app.session.backups, "make", try_to_make)
    for count in (1, 2):
        app.guarding.back_up()
        qtbot.waitUntil(partial(_has, tried, count))
    qtbot.wait(100)
    assert len(heard) == 1
    app.session.document.add_bin("work goes on")
    assert not app.session.document.has_unsaved_changes


def _damage(path: Path) -> bytes:
    content = bytearray(path.read_bytes())
    content[4 * 4096 : 5 * 4096] = random.Random(1).randbytes(4096)
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("choice", ["what can be read", "the backup"])
def test_a_damaged_project_is_recovered_into_a_new_file(
    app: App, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    backup = app.session.backups.make(path)
    damaged = _damage(path)
    offered: list[Sequence[Rescue]] = []

    def rescue(_damaged: Path, _trouble: str, rescues: Sequence[Rescue]) -> int:
        offered.append(rescues)
        return 0 if choice == "what can be read" else 1

    new = path.with_name("new.fewshot")
    monkeypatch.setattr(app.questions, "rescue", rescue)
    monkeypatch.setattr(app.questions, "project_to_save", lambda start: new)
    app.projects.open(path)
    qtbot.waitUntil(lambda: app.session.document.path == new)
    assert offered[0][0].content == "2 bins, 120 of 120 examples, 5 entries of the record"
    assert backup is not None
    assert offered[0][1].content == "2 bins, 120 examples"
    assert [(bin_.name, len(bin_.examples)) for bin_ in app.session.document.bins] == [("cats", 60), ("dogs", 60)]
    assert path.read_bytes() == damaged
    app.session.document.add_bin("birds")
    assert not app.session.document.has_unsaved_changes


def test_a_damaged_project_is_never_written_over(
    app: App, path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = _damage(path)
    monkeypatch.setattr(app.questions, "project_to_recover", lambda _start: path)
    monkeypatch.setattr(app.questions, "rescue", lambda *_: 0)
    monkeypatch.setattr(app.questions, "project_to_save", lambda _start: path)
    app.window.command_table["recover"].trigger()
    qtbot.waitUntil(lambda: app.window.findChild(QDialog, "errorDialog") is not None)
    assert path.read_bytes() == damaged


def test_where_nothing_is_left_it_says_so(app: App, path: Path, qtbot: QtBot) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    app.recovering.offer(path)
    qtbot.waitUntil(lambda: app.window.findChild(ErrorDialog) is not None)
    dialog = app.window.findChild(ErrorDialog)
    assert dialog is not None
    assert "Nothing of “pets.fewshot” can be read" in dialog._message


def _has(things: list[Path], count: int) -> bool:
    return len(things) == count
