"""Where names are hidden, nothing in the window tells a file's or folder's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QObject
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fewshot_gui.app import App
from fewshot_gui.items.naming import display_name, display_text, hide_names
from fewshot_gui.items.roles import Role
from fewshot_gui.items.shown_rows import RowsInView
from fewshot_gui.jobs.messages import JobFailure
from fewshot_gui.views.dialogs import ErrorDialog
from fewshot_gui.views.folder_export_dialog import FolderExportDialog
from fewshot_gui.views.recovery_dialog import RecoveryDialog, Rescue
from model.types import Prediction, Status

MakeImages = Callable[..., list[Path]]
_NOT_SHOWN = {int(Role.PATH)}  # what views and drags work with
_ROLES = [role for role in (*range(16), *range(256, 272)) if role not in _NOT_SHOWN]


@pytest.fixture(autouse=True)
def shown_again() -> Iterator[None]:
    yield
    hide_names(False)


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis(), widget.windowTitle(), widget.windowFilePath())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QPlainTextEdit):
        yield widget.toPlainText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    for action in [*widget.actions(), *widget.findChildren(QAction)]:
        yield from (action.text(), action.iconText(), action.toolTip(), action.statusTip())


def _all_texts() -> Iterator[str]:
    """All that any window, dialog, menu and item model says."""
    models: set[QAbstractItemModel] = set()
    for widget in QApplication.allWidgets():
        yield from _texts_of(widget)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            models.add(widget.model())
    for model in models:
        for row in range(model.rowCount()):
            for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
                index = model.index(row, column)
                yield from (str(model.data(index, role) or "") for role in _ROLES)


def _telling(texts: Iterator[str]) -> list[str]:
    return [text for text in texts if re.search(r"smith|\broe\b|image_00", text, re.IGNORECASE)]


class _Painted(QObject):
    """Notes what of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.area = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.area += event.rect().width() * event.rect().height()
        return super().eventFilter(watched, event)


@pytest.fixture
def filled(app: App, make_images: MakeImages, qtbot: QtBot, tmp_path: Path) -> list[Path]:
    """A window with names wherever it can have some: in every view, in results, trouble, undo, menus."""
    folder = "Smith^John"
    images = [path.rename(path.with_name(f"image_{at:03}.png")) for at, path in enumerate(make_images(folder, 6))]
    broken = tmp_path / folder / "Smith-broken.png"
    broken.write_bytes(b"no image")
    document, results = app.session.document, app.session.results
    first, second = document.add_bin("a"), document.add_bin("b")
    document.add_examples(first, [*images[:2], broken])
    document.add_examples(second, images[2:4])
    app.session.save_as(tmp_path / "Roe Jane.fewshot")
    app.settings.add_recent_project(tmp_path / "Roe Jane.fewshot")
    app.window.set_recent_projects(app.settings.recent_projects, {})
    app.library.add_folders((tmp_path / folder,))
    qtbot.waitUntil(lambda: app.window.library.model.total == 7)
    with qtbot.waitSignal(app.running.job_ended):
        app.window.command_table["train"].trigger()
    with qtbot.waitSignal(app.running.job_ended):
        app.window.intents.classify_requested.emit([tmp_path / folder])
    trouble = Prediction(broken, Status.ERROR, message=f"{broken} looks like {images[0].name}, cut off.")
    results.add_predictions(results.classifier_revision or 0, (first, second), [trouble])
    app.window.inspector.show_image(images[0])
    app.window.show_explanation_failure(images[0], f"{images[0]}: cannot be read.")
    qtbot.waitUntil(lambda: app.window.library.images.viewport().isVisible())
    return images


def _open_dialogs(app: App, tmp_path: Path, images: list[Path]) -> list[QWidget]:
    folder = images[0].parent
    message = f"“{folder.name}” cannot be read, and so cannot {images[1]}."
    error = ErrorDialog("Classifying", message, f'Traceback\n  File "{images[2]}", line 1', app.window)
    error.details_button.setChecked(True)
    dialogs: list[QWidget] = [
        error,
        FolderExportDialog(RowsInView(), [False] * 3 + [True], 2, 0, folder / "Sorted", app.window),
        RecoveryDialog(tmp_path / "Roe.fewshot", "“Roe.fewshot” is damaged.", [Rescue("A", "2", True)], app.window),
    ]
    return dialogs


def test_hidden_names_are_nowhere_and_come_back(app: App, filled: list[Path], qtbot: QtBot, tmp_path: Path) -> None:
    window, status = app.window, app.window.status
    dialogs = _open_dialogs(app, tmp_path, filled)
    assert len(_telling(_all_texts())) > 50  # the search finds names where there are some
    for dialog in dialogs[1:]:
        dialog.deleteLater()
    qtbot.waitUntil(lambda: len(window.findChildren(FolderExportDialog)) == 0)
    status.show_message("Opening “Roe Jane.fewshot”…")
    window.command_table["hideNames"].trigger()
    assert _telling(_all_texts()) == []
    opened = _open_dialogs(app, tmp_path, filled)  # those that open later
    for said in (
        "Opening “Roe Jane.fewshot”…",
        f"{filled[5]} cannot be read.",
        f"The first problem: {filled[0].name}: is cut off",
        "Without images: ‘Smith^John’.",
        "3 images copied into folders in “Smith^John”",
        f"[Errno 2] No such file: '{filled[0].parent}/gone by.png'",
    ):
        status.show_message(said)
        assert _telling(_all_texts()) == [], said
    assert status.currentMessage() == "[Errno 2] No such file: '…'"
    assert opened
    assert app.settings.names_hidden
    assert re.fullmatch("[0-9A-F]{4}-[0-9A-F]{4}", display_name(filled[0]))
    assert len({display_name(path) for path in filled}) == 6
    assert not window.library.filter.isEnabled()
    assert window.windowTitle().endswith(" – Fewshot")
    window.command_table["hideNames"].trigger()
    assert len(_telling(_all_texts())) > 50
    assert not app.settings.names_hidden


def test_every_view_is_drawn_again_at_once(app: App, filled: list[Path], qtbot: QtBot) -> None:
    window = app.window
    views = [window.library.images, window.results.table, *window.bins.image_views()]
    qtbot.wait(50)
    painted = {view: _Painted(view.viewport()) for view in views}
    for _ in range(2):
        for one in painted.values():
            one.area = 0
        window.command_table["hideNames"].trigger()
        QApplication.processEvents()
        for view, one in painted.items():
            count = view.model().rowCount()
            cells = [view.visualRect(view.model().index(row, 0)) for row in range(count)]
            shown = [view.viewport().rect().intersected(cell) for cell in cells]
            assert one.area >= sum(cell.width() * cell.height() for cell in shown if cell.isValid()), view.objectName()
    assert filled


def test_messages_keep_what_is_no_name(app: App, filled: list[Path]) -> None:
    hide_names(True)
    kept = (
        "Not saved: the disk is full. Your changes are kept here until they can be.",
        "The project can be edited now: choose “Open for editing”.",
        "Already in ‘a’: 2 images.",
        "Trained on 5 images in 0.1 s; leaving each out: 93 % right (95 %: 78 to 98 %)",
    )
    assert [display_text(text) for text in kept] == list(kept)
    assert display_text(f"{filled[0].name} is the same picture as {filled[1].name}.") == (
        f"{display_name(filled[0])} is the same picture as {display_name(filled[1])}."
    )


def test_no_dialog_shows_a_traceback_before_details_are_asked_for(app: App, qtbot: QtBot) -> None:
    app.running.classify((Path("/nowhere"),))
    app.running._on_failed(JobFailure(max(app.running._titles), "It went wrong.", "Traceback (most recent call last)"))
    dialog = app.window.findChild(ErrorDialog)
    assert dialog is not None
    box = dialog.findChild(QPlainTextEdit)
    assert box is not None
    assert (box.isVisible(), box.toPlainText()) == (False, "")
    dialog.details_button.click()
    assert (box.isVisible(), box.toPlainText()) == (True, "Traceback (most recent call last)")
    dialog.details_button.click()
    assert not box.isVisible()
    dialog.accept()
    qtbot.waitUntil(lambda: not app.running._titles)
