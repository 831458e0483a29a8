"""A project is read in the background; the window, and the project in it, go on until it is shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs import project_opener
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.paths import AppPaths
from fewshot_gui.project import file_records, predictions
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.opening import open_project
from fewshot_gui.project.session import Session
from fewshot_gui.views.dialogs import ErrorDialog
from model.types import Prediction, Status
from tests.gui.jobs.fakes import FakeEngine

OpenProject = Callable[[Path], None]


class Gate:
    """Holds the thread that reads a project back, once it has read it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self._may_go_on = threading.Semaphore(0), threading.Event()
        self.opened: list[bool] = []  # for each reading, whether it did not wait in vain

        def read_and_wait(*arguments: Any, **options: Any) -> object:
            opened = open_project(*arguments, **options)
            self.reached.release()
            self.opened.append(self._may_go_on.wait(20))
            return opened

        monkeypatch.setattr(project_opener, "open_project", read_and_wait)

    def wait(self) -> None:
        """Return when a project has been read."""
        assert self.reached.acquire(timeout=20)

    def open(self) -> None:
        """Let it be shown."""
        self._may_go_on.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate(monkeypatch)
    yield gate
    gate.open()
    assert gate.opened
    assert all(gate.opened)


@pytest.fixture
def make_project(qapp: object, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that makes a project of a bin of its own name, an example and 1,200 results."""

    def make(name: str) -> Path:
        session, path = Session(tmp_path / "elsewhere"), tmp_path / f"{name}.fewshot"
        session.new()
        bin_id = session.document.add_bin(name)
        session.document.add_examples(bin_id, [Path(f"/{name}/example.png")])
        made = [Prediction(Path(f"/{name}/{number}.png"), Status.OK, 0, (1.0,)) for number in range(1200)]
        session.results.add_predictions(1, (bin_id,), made)
        session.save_as(path)
        session.close()
        return path

    return make


def _bins(app: App) -> list[str]:
    return [bin_.name for bin_ in app.session.document.bins]


def _is_free(path: Path) -> bool:
    ProjectLock(path).release()  # raises where it is not
    return True


def test_no_result_and_no_record_of_a_file_is_read_in_the_thread_of_the_window(
    app: App, make_project: Callable[[str], Path], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: dict[str, list[int]] = {"results": [], "records": []}

    def noted(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            readers[kind].append(threading.get_ident())
            return function(*arguments)

        return call

    monkeypatch.setattr(predictions, "made_of", noted("results", predictions.made_of))
    monkeypatch.setattr(file_records, "_read", noted("records", file_records._read))
    app.projects.open(make_project("cats"))
    qtbot.waitUntil(lambda: app.window.results.model.rowCount() == 1200)
    qtbot.waitUntil(lambda: bool(readers["records"]))
    assert len(readers["results"]) == 1200
    assert threading.get_ident() not in {*readers["results"], *readers["records"]}


def test_the_project_in_sight_can_be_edited_until_the_other_is_shown(
    app: App, make_project: Callable[[str], Path], qtbot: QtBot, gate: Gate, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.fewshot", make_project("cats")
    app.session.save_as(first)
    app.projects.open(second)
    gate.wait()
    assert "Opening “cats.fewshot”" in app.window.statusBar().currentMessage()
    app.window.command_table["newBin"].trigger()
    assert app.session.document.path == first
    gate.open()
    qtbot.waitUntil(lambda: _bins(app) == ["cats"])
    assert app.window.statusBar().currentMessage() == ""
    assert app.settings.recent_projects[0] == second
    session = Session(tmp_path / "elsewhere")
    session.open(first)
    assert len(session.document.bins) == 1
    session.close()


def test_the_project_asked_for_last_is_shown_and_the_other_is_free_again(
    app: App, make_project: Callable[[str], Path], qtbot: QtBot, gate: Gate
) -> None:
    cats, dogs = make_project("cats"), make_project("dogs")
    app.projects.open(cats)
    app.projects.open(dogs)
    gate.wait()
    gate.wait()
    gate.open()
    qtbot.waitUntil(lambda: _bins(app) == ["dogs"])
    qtbot.waitUntil(lambda: not _lock_of(cats).exists())
    assert _is_free(cats)
    assert _lock_of(dogs).exists()


def test_a_new_project_is_what_the_user_gets_who_asks_for_it_meanwhile(
    app: App, make_project: Callable[[str], Path], qtbot: QtBot, gate: Gate
) -> None:
    cats = make_project("cats")
    app.projects.open(cats)
    gate.wait()
    app.window.intents.new_requested.emit()
    assert not app.projects.is_opening
    gate.open()
    qtbot.waitUntil(lambda: not _lock_of(cats).exists())
    assert _bins(app) == []
    assert app.session.document.is_untitled


def test_a_dialog_is_answered_for_the_project_that_it_was_opened_in(
    app: App, make_project: Callable[[str], Path], qtbot: QtBot
) -> None:
    cats = make_project("cats")
    dialog = QDialog(app.window)
    dialog.open()
    app.projects.open(cats)
    qtbot.waitUntil(lambda: _lock_of(cats).exists())
    qtbot.wait(300)
    assert _bins(app) == []
    dialog.close()
    qtbot.waitUntil(lambda: _bins(app) == ["cats"])


def test_a_project_that_is_being_opened_at_the_end_is_left_as_it_was(
    qapp: object, make_project: Callable[[str], Path], tmp_path: Path, qtbot: QtBot, gate: Gate
) -> None:
    cats = make_project("cats")
    before = cats.read_bytes()
    app = App(AppPaths.below(tmp_path / "app"), Runner(FakeEngine()))
    qtbot.addWidget(app.window)
    app.start(cats)
    qtbot.waitUntil(lambda: _lock_of(cats).exists())
    gate.wait()
    threading.Timer(0.2, gate.open).start()
    assert app.shutdown() == []
    assert not _lock_of(cats).exists()
    assert cats.read_bytes() == before
    assert [path.name for path in tmp_path.glob("cats*")] == ["cats.fewshot"]


def test_a_project_named_at_the_start_is_open_when_the_app_says_so(
    qapp: object,
    make_project: Callable[[str], Path],
    make_images: Callable[..., list[Path]],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    cats, folder = make_project("cats"), make_images("folder", 1)[0].parent
    app = App(AppPaths.below(tmp_path / "app"), Runner(FakeEngine()))
    qtbot.addWidget(app.window)
    seen: list[tuple[list[str], tuple[Path, ...]]] = []
    app.started.connect(lambda: seen.append((_bins(app), app.session.document.folders)))
    app.start(cats, [folder])
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen == [(["cats"], (folder,))]
    assert not list((tmp_path / "app").rglob("untitled/*.fewshot"))
    app.window.intents.new_requested.emit()
    assert len(seen) == 1
    assert app.shutdown() == []


def test_what_cannot_be_opened_at_the_start_leaves_an_empty_project(qapp: object, tmp_path: Path, qtbot: QtBot) -> None:
    app = App(AppPaths.below(tmp_path / "app"), Runner(FakeEngine()))
    qtbot.addWidget(app.window)
    started: list[bool] = []
    app.started.connect(lambda: started.append(True))
    app.start(tmp_path / "gone.fewshot")
    qtbot.waitUntil(lambda: bool(started))
    dialog = app.window.findChild(ErrorDialog)
    assert dialog is not None
    assert "“gone.fewshot” does not exist" in dialog._message
    app.session.document.add_bin("kept")
    assert app.session.document.is_untitled
    assert not app.session.document.has_unsaved_changes
    assert app.shutdown() == []


def _lock_of(project: Path) -> Path:
    return project.with_name(f".{project.name}.lock")
