"""What a search for images leaves aside is said in the window, and listed on request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.engine import Engine
from fewshot_gui.jobs.messages import ClassifyRequest, ClassifySummary, TrainRequest
from fewshot_gui.project.search_notes import NOTHING, SearchNotes
from fewshot_gui.views.left_aside_dialog import LeftAsideDialog
from model.errors import NoImagesError
from model.images.cutting import AS_THEY_ARE
from model.progress import CancelToken, Progress
from tests.gui.jobs.fakes import FakeEngine

MakeImages = Callable[..., list[Path]]

SENTENCE = "3 files of other kinds left aside: .txt (2), .exe (1)."


@pytest.fixture
def mixed(make_images: MakeImages) -> Path:
    """A folder of two images and three files of other kinds."""
    folder = make_images("mixed", 2)[0].parent
    for name in ("patient.txt", "notes.txt", "setup.exe"):
        (folder / name).write_text("no image")
    return folder


def opened_list(app: App) -> LeftAsideDialog:
    app.window.command_table["leftAside"].trigger()
    dialog = app.window.findChild(LeftAsideDialog)
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def test_a_folder_added_to_the_library(app: App, qtbot: QtBot, mixed: Path) -> None:
    assert not app.window.command_table["leftAside"].isEnabled()
    app.library.add_folders((mixed,))
    qtbot.waitUntil(lambda: SENTENCE in app.window.status.currentMessage())
    dialog = opened_list(app)
    files = [str(mixed / name) for name in ("notes.txt", "patient.txt", "setup.exe")]
    assert sorted(dialog.list.toPlainText().splitlines()) == files
    dialog.copy_button.click()
    assert sorted(QApplication.clipboard().text().splitlines()) == files
    app.intents.names_hidden_chosen.emit(True)
    assert dialog.list.toPlainText().splitlines() == [".txt: 2", ".exe: 1"]
    app.intents.names_hidden_chosen.emit(False)
    app.window.intents.new_requested.emit()
    qtbot.waitUntil(lambda: not app.window.command_table["leftAside"].isEnabled())


def test_a_folder_dropped_on_the_board_and_on_a_bin(
    app: App, qtbot: QtBot, mixed: Path, make_images: MakeImages
) -> None:
    status = app.window.status
    app.window.intents.files_dropped_on_board.emit([mixed])
    qtbot.waitUntil(lambda: status.currentMessage() == SENTENCE)
    (bin_,) = app.session.document.bins
    assert len(bin_.examples) == 2
    status.clearMessage()
    app.files.expand_drop(f"bin:{bin_.id}", [mixed])
    qtbot.waitUntil(lambda: status.currentMessage() == SENTENCE)
    for image in mixed.glob("*.png"):
        image.unlink()
    app.files.expand_drop(f"bin:{bin_.id}", [mixed])
    nothing = "Nothing was added: the folder holds no images."
    qtbot.waitUntil(lambda: status.currentMessage() == f"{nothing} {SENTENCE}")


def test_a_file_of_which_images_are_missing(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    cut = tmp_path / "cut" / "stack.tif"
    cut.parent.mkdir()
    tifffile.imwrite(cut, np.arange(5 * 64 * 64, dtype=np.uint16).reshape(5, 64, 64), photometric="minisblack")
    cut.write_bytes(cut.read_bytes()[: -2 * 64 * 64 * 2])
    app.library.add_folders((cut.parent,))
    qtbot.waitUntil(lambda: "One file or folder:" in app.window.status.currentMessage())
    assert "stack" not in app.window.status.currentMessage()
    assert str(cut) in opened_list(app).list.toPlainText()


def test_a_folder_that_is_classified(mixed: Path, make_images: MakeImages) -> None:
    engine, token = Engine(), CancelToken()

    def ignore(_progress: Progress) -> None:
        pass

    images = tuple(make_images("a", 2)), tuple(make_images("b", 2))
    engine.train(TrainRequest(1, 1, ("x", "y"), ("a", "b"), images, "efficientnet-lite0", "cpu", 0), ignore, token)
    summaries: list[ClassifySummary] = []
    for cutting in (None, AS_THEY_ARE):
        request = ClassifyRequest(2, 1, (mixed,), cutting)
        summaries.append(engine.classify(request, ignore, token, lambda _batch: None))
    assert [(one.total, one.notes.left_aside, len(one.notes.files)) for one in summaries] == [(2, SENTENCE, 3)] * 2
    for image in mixed.glob("*.png"):
        image.unlink()
    with pytest.raises(NoImagesError, match=r"no image that can be read.*3 files of other kinds left aside: \.txt"):
        engine.classify(ClassifyRequest(3, 1, (mixed,)), ignore, token, lambda _batch: None)


def test_the_end_of_classifying_says_it(app: App, engine: FakeEngine, qtbot: QtBot, mixed: Path) -> None:
    engine.notes = SearchNotes(SENTENCE, ((".txt", 2), (".exe", 1)), (mixed / "notes.txt",))
    app.running.classify((mixed,), AS_THEY_ARE)
    qtbot.waitUntil(lambda: app.window.status.currentMessage() == f"Classified 1 images in 0.0 s. {SENTENCE}")
    assert opened_list(app).list.toPlainText().splitlines() == [str(mixed / "notes.txt"), "and 2 more"]
    engine.notes = NOTHING
    app.running.classify((mixed / "0000.png",))  # as after training: what was left aside can still be listed
    qtbot.waitUntil(lambda: app.window.status.currentMessage() == "Classified 1 images in 0.0 s")
    assert app.window.command_table["leftAside"].isEnabled()
