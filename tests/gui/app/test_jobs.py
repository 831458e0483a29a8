"""The jobs of a session are in one place, each with what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs import files
from fewshot_gui.views.jobs_dialog import JobEnd, JobsDialog
from model.errors import SupportSetError
from model.messages import message
from model.progress import Cancelled, CancelToken, Progress, ProgressCallback
from tests.gui.jobs.fakes import FakeEngine

MakeImages = Callable[..., list[Path]]


@pytest.fixture
def filled(app: App, make_images: MakeImages) -> App:
    """An app with examples in two bins."""
    document = app.session.document
    for name in ("cats", "dogs"):
        document.add_examples(document.add_bin(name), make_images(name, 2))
    return app


def _train(app: App, qtbot: QtBot) -> None:
    job_id = app.running.train()
    qtbot.waitUntil(lambda: app.jobs.rows()[-1].number == job_id and app.jobs.rows()[-1].seconds is not None)


def _ends(app: App) -> list[JobEnd]:
    return [row.end for row in app.jobs.rows()]


def _dialog(app: App) -> JobsDialog:
    app.window.command_table["jobs"].trigger()
    dialog = app.window.findChild(JobsDialog)
    assert dialog is not None
    return dialog


def _texts(dialog: JobsDialog) -> list[list[str]]:
    items = [dialog.list.topLevelItem(at) for at in range(dialog.list.topLevelItemCount())]
    return [[item.text(column) for column in range(4)] for item in items if item is not None]


def test_what_came_of_each_job_newest_first(filled: App, make_images: MakeImages, qtbot: QtBot) -> None:
    dialog = _dialog(filled)
    assert _texts(dialog) == []
    assert dialog.isVisible()
    assert not dialog.isModal()
    _train(filled, qtbot)
    filled.running.classify(tuple(make_images("new", 3)))
    qtbot.waitUntil(lambda: _ends(filled) == [JobEnd.DONE, JobEnd.DONE])
    qtbot.waitUntil(lambda: not filled.running.is_busy)
    (classified, trained) = _texts(dialog)  # it follows while it is open
    assert (classified[0], trained[0]) == ("Classifying", "Training")
    assert classified[3].startswith("Classified 3 images")
    assert trained[3].startswith("Trained on")
    assert all(len(row[1].split(":")) == 3 and row[2].endswith(" s") for row in (classified, trained))
    dialog.copy_button.click()
    copied = QApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in copied] == ["Classifying", "Training"]


def test_a_failure_and_a_stop_stay_in_the_list(filled: App, engine: FakeEngine, qtbot: QtBot) -> None:
    def fail(_progress: ProgressCallback, _token: CancelToken) -> None:
        raise SupportSetError(message("The bin ‘{name}’ has no images. Add at least one.", name="cats"))

    def wait(_progress: ProgressCallback, token: CancelToken) -> None:
        while not token.is_cancelled:
            pass
        raise Cancelled

    engine.on_train = fail
    _train(filled, qtbot)
    engine.on_train = wait
    job_id = filled.running.train()
    qtbot.waitUntil(lambda: filled.jobs.rows()[-1].end is JobEnd.RUNNING)
    assert _texts(_dialog(filled))[0][3] == "runs …"
    filled.runner.cancel(job_id)
    qtbot.waitUntil(lambda: _ends(filled) == [JobEnd.FAILED, JobEnd.STOPPED])
    (stopped, failed) = _texts(_dialog(filled))
    assert stopped[3] == "stopped"
    assert "has no images" in failed[3]
    dialog = _dialog(filled)
    older = dialog.list.topLevelItem(1)
    assert older is not None
    dialog.list.setCurrentItem(older)
    assert "has no images" in dialog.details.toPlainText()


def test_explanations_are_no_jobs_and_names_are_hidden(
    filled: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot
) -> None:
    images = make_images("secret patient", 1)
    _train(filled, qtbot)
    filled.window.inspector.show_image(images[0])
    qtbot.waitUntil(lambda: len(engine.explained) == 1)
    assert len(filled.jobs.rows()) == 1
    filled.jobs._rows[filled.jobs.rows()[0].number].said = f"“{images[0]}” is damaged"
    dialog = _dialog(filled)
    filled.library.add_folders((images[0].parent,))
    qtbot.waitUntil(lambda: filled.window.library.model.rowCount() > 0)
    try:
        filled.window.set_names_hidden(True)
        assert "secret" not in _texts(dialog)[-1][3] + dialog.details.toPlainText()
    finally:
        filled.window.set_names_hidden(False)
    assert "secret" in _texts(dialog)[-1][3]


def test_searches_reports_and_exports_are_in_the_list(
    filled: App, make_images: MakeImages, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = _dialog(filled)
    folder = make_images("new", 3)[0].parent
    filled.library.add_folders((folder,))
    qtbot.waitUntil(lambda: _ends(filled) == [JobEnd.DONE])
    (searched,) = _texts(dialog)
    assert (searched[0], searched[3]) == ("Searching the library's folders", "Images found: 3")
    for name, end in (("report.html", JobEnd.DONE), ("no folder/report.html", JobEnd.FAILED)):
        (tmp_path / "no folder").write_bytes(b"")  # a file where a folder would have to be
        monkeypatch.setattr(filled.questions, "report_file", lambda _start: tmp_path / name)  # noqa: B023
        monkeypatch.setattr(filled.window, "show_error", lambda *_: None)
        filled.window.intents.report_requested.emit()
        assert _texts(dialog)[0][0] == "Writing the report"
        qtbot.waitUntil(lambda: _ends(filled)[-1] is end, timeout=20_000)  # noqa: B023
    (failed, written, _searched) = _texts(dialog)
    assert "cannot be written" in failed[3]
    assert written[3] == "Report written to “report.html”"
    _train(filled, qtbot)
    monkeypatch.setattr(filled.questions, "classifier_folder", lambda _start: tmp_path / "no folder" / "classifier")
    filled.window.intents.export_classifier_requested.emit()
    qtbot.waitUntil(lambda: _ends(filled)[-1] is JobEnd.FAILED, timeout=20_000)  # the fake's files are none
    assert _texts(dialog)[0][0] == "Exporting the classifier"
    assert len(_texts(dialog)[0][3]) > 10


def test_a_job_is_stopped_from_the_list(
    filled: App, engine: FakeEngine, make_images: MakeImages, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(progress: ProgressCallback, token: CancelToken) -> None:
        progress(Progress(message("Embedding the examples"), 3, 7))
        while not token.is_cancelled:
            pass
        raise Cancelled

    dialog = _dialog(filled)
    assert not dialog.stop_button.isEnabled()
    engine.on_train = wait
    filled.running.train()
    qtbot.waitUntil(lambda: len(_texts(dialog)) == 1 and _texts(dialog)[0][3] == "Embedding the examples 3 / 7")
    dialog.stop_button.click()
    qtbot.waitUntil(lambda: _ends(filled) == [JobEnd.STOPPED])
    assert not dialog.stop_button.isEnabled()

    images, go_on = make_images("new", 2), threading.Event()

    def slow(*_arguments: object) -> Iterator[Path]:
        yield from images
        for _ in range(1000):
            yield images[0]
            go_on.wait(0.01)

    monkeypatch.setattr(files, "iter_images", slow)
    filled.library.add_folders((images[0].parent,))
    qtbot.waitUntil(lambda: _texts(dialog)[0][3] == "Images found: 2")
    assert filled.services.library.is_scanning
    newest = dialog.list.topLevelItem(0)
    assert newest is not None
    dialog.list.setCurrentItem(newest)
    dialog.stop_button.click()
    go_on.set()
    assert _ends(filled)[-1] is JobEnd.STOPPED
    assert not filled.services.library.is_scanning
    assert _texts(dialog)[0][3] == "Images found: 2"
