"""Files on a list of hashes are never shown or classified in the window; text in pictures is told of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.jobs.messages import ClassifyRequest
from fewshot_gui.project.search_notes import NotesOfSearch, without_known
from fewshot_gui.views.reading_dialog import ReadingDialog
from model.images.known_content import LEFT_OUT
from tests.gui.app.test_reading_options import choose_reading
from tests.model.dicom_support import PICTURE, write_dicom

MakeImages = Callable[..., list[Path]]


def test_files_on_the_list_are_not_in_the_library(
    app: App, make_images: MakeImages, qtbot: QtBot, tmp_path: Path
) -> None:
    images, listed = make_images("in", 3), tmp_path / "list.txt"
    listed.write_text(hashlib.sha256(images[1].read_bytes()).hexdigest() + "\n")
    app.library.add_folders((tmp_path / "in",))
    qtbot.waitUntil(lambda: app.window.library.model.total == 3)

    def choose(dialog: ReadingDialog) -> None:
        dialog.hashes_field.setText(str(listed))

    choose_reading(app, choose)
    qtbot.waitUntil(lambda: list(app.window.library.model.paths) == [images[0], images[2]])
    assert app.settings.hashes == listed
    qtbot.waitUntil(app.window.command_table["leftAside"].isEnabled)
    with qtbot.waitSignal(app.files.drop_expanded) as dropped:
        app.files.expand_drop("x", images)
    assert dropped.args is not None
    assert dropped.args[0].images == (images[0], images[2])
    listed.unlink()  # then nothing is shown, and why is said
    app.library.refresh()
    qtbot.waitUntil(lambda: not app.session.document.path and app.window.library.model.total == 0)
    qtbot.waitUntil(lambda: "cannot be read" in app.window.status.currentMessage())


def test_files_on_the_list_are_not_classified(make_images: MakeImages, tmp_path: Path) -> None:
    from fewshot_gui.jobs.engine import _find_images
    from model.progress import CancelToken

    images, listed = make_images("in", 3), tmp_path / "list.txt"
    listed.write_text(hashlib.md5(images[0].read_bytes()).hexdigest())
    noted = NotesOfSearch()
    request = ClassifyRequest(1, 1, tuple(images), hashes=listed)
    assert _find_images(request, noted, lambda _: None, CancelToken()) == images[1:]
    assert noted.notes().remarks == ((images[0], LEFT_OUT),)
    assert list(without_known(images, None, noted)) == images


def test_text_in_a_picture_is_said_in_the_inspector_and_of_the_library(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    burned = write_dicom(tmp_path / "in" / "a.dcm", PICTURE[..., 0], BurnedInAnnotation="YES")
    plain = tmp_path / "in" / "b.png"
    Image.fromarray(PICTURE).save(plain)
    app.library.add_folders((tmp_path / "in",))
    qtbot.waitUntil(lambda: "text is burned" in app.window.status.currentMessage())
    verdict = app.window.inspector._verdict
    app.window.intents.image_selected.emit(burned)
    qtbot.waitUntil(lambda: "text is burned into the picture" in verdict.text())
    app.window.intents.image_selected.emit(plain)
    assert "burned" not in verdict.text()
