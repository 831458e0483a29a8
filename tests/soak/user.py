"""A user of the real window who does one thing after another, each chosen by a seed.

Every step draws from a generator of its own, so that how far the jobs in the background got by then
changes nothing in the steps that follow.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw
from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QThreadPool
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDialog, QLineEdit, QWidget

from fewshot_gui.app import App
from fewshot_gui.drop_events import drop_on
from fewshot_gui.project.document import Document
from fewshot_gui.project.values import Bin, ProjectSettings
from fewshot_gui.views.export_dialog import ExportChoice
from fewshot_gui.views.image_view import ImageView
from fewshot_gui.views.main_window import MainWindow
from model.exports.columns import COLUMNS
from model.exports.exporter import Word

PATIENCE = 120.0  # seconds for what the window waits for
_KINDS = {"red": (200, 60, 40), "green": (60, 170, 70), "blue": (50, 80, 200), "grey": (120, 120, 120)}
_EACH = 12
_BACKBONE = "patent-cnn"


class SoakError(Exception):
    """Something that must never happen has happened."""


class User:
    """The window, the pictures on the disk, and what the user may want with them."""

    def __init__(self, app: App, folder: Path) -> None:
        self.app, self.folder = app, folder
        self.random = random.Random(0)  # each step gets its own
        self.pictures = make_pictures(folder / "pictures")
        self.projects: list[Path] = []
        self.start = board_of(self.document)
        # The dialogs of the system cannot be answered without a screen.
        app.questions.project_to_save = lambda _start: self._answers.get("save")  # type: ignore[method-assign]
        app.questions.project_to_open = lambda _start: self._answers.get("open")  # type: ignore[method-assign]
        app.questions.folder = lambda _title, _start: self._answers.get("folder")  # type: ignore[method-assign]
        app.questions.export = lambda *_, **__: self._export  # type: ignore[method-assign, assignment]
        app.questions.export_target = lambda _exporter, _start: self._answers.get("results")  # type: ignore[method-assign]
        self._export: ExportChoice | None = None
        self._answers: dict[str, Path] = {}
        self.document.reset.connect(self.note_start)

    @property
    def window(self) -> MainWindow:
        """The main window."""
        return self.app.window

    @property
    def document(self) -> Document:
        """The project that is open."""
        return self.app.session.document

    def note_start(self) -> None:
        """Another project was opened: this is where undoing everything must lead."""
        self.start = board_of(self.document)
        self.app.session.set_settings(ProjectSettings(_BACKBONE, 0))

    def answer(self, question: str, path: Path | None) -> None:
        """What the next dialog of this kind returns; None: the user declines."""
        self._answers.pop(question, None)
        if path is not None:
            self._answers[question] = path

    def choose_export(self, name: str) -> None:
        """What the next export is: all results, in a format."""
        rows = range(len(self.app.session.results))
        self._export = ExportChoice(name, rows, Word.FINAL, COLUMNS, (), names_hidden=False)

    def do(self, action_id: str) -> bool:
        """Trigger a command of the window where it is enabled."""
        action = self.window.command_table[action_id]
        if action.isEnabled():
            action.trigger()
        return action.isEnabled()

    def some(self, paths: Sequence[Path], most: int = 8) -> list[Path]:
        """Some of `paths`, in any order."""
        return self.random.sample(list(paths), min(len(paths), self.random.randint(1, most)))

    def any_bin(self) -> Bin | None:
        """One of the bins, if there are any."""
        return self.random.choice(self.document.bins) if self.document.bins else None

    def any_view(self) -> ImageView | None:
        """One of the lists of images: the library's or a bin's."""
        return self.random.choice([self.window.library.images, *self.window.bins.image_views()])

    def drop(self, widget: QWidget, data: QMimeData | None) -> None:
        """Drop `data` on the middle of `widget`, if there is anything to drop."""
        if data is not None:
            drop_on(widget, data)

    def drag_of(self, view: QAbstractItemView, most: int = 5) -> QMimeData | None:
        """What a drag of some rows of `view` carries."""
        model = view.model()
        rows = self.random.sample(range(model.rowCount()), min(model.rowCount(), self.random.randint(1, most)))
        return model.mimeData([model.index(row, 0) for row in sorted(rows)]) if rows else None

    def type_name(self, bin_id: str, name: str) -> None:
        """Type `name` into the open line edit of a bin."""
        editor = self.window.bins.card(bin_id).header.findChild(QLineEdit)
        if editor is not None and not editor.isHidden():
            editor.setText(name)
            editor.editingFinished.emit()

    def close_dialogs(self) -> list[str]:
        """Close what is open beside the main window; returns the names of what was."""
        closed = []
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible() and widget is not self.window.estimates:
                closed.append(widget.objectName() or widget.windowTitle())
                widget.close()
        return closed

    def process(self, seconds: float = 0.0) -> None:
        """Let the window work for a while."""
        end = time.monotonic() + seconds
        while True:
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            if time.monotonic() >= end:
                return

    def wait_for_files(self) -> None:
        """Wait until what was dropped is in the document."""
        pool = self.app.files.findChild(QThreadPool)
        if not isinstance(pool, QThreadPool):
            raise SoakError("the file jobs have no pool any more")
        self.wait_until(lambda: pool.activeThreadCount() == 0, "file jobs to end")
        self.process()

    def wait_until_idle(self) -> None:
        """Wait until nothing runs and nothing is about to."""
        self.wait_for_files()
        for _ in range(2):
            self.process(0.1)  # automatic training begins after a pause
            self.wait_until(lambda: not self.window.command_table.flag("busy"), "jobs to end")
            self.wait_until(lambda: not self.app.runner.is_busy, "the worker to be idle")

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Let the window work until `condition` holds; `SoakError` where it does not come to that."""
        end = time.monotonic() + PATIENCE
        while not condition():
            self.process(0.01)
            if time.monotonic() > end:
                raise SoakError(f"waited {PATIENCE:.0f} s in vain for {what}")


def board_of(document: Document) -> list[object]:
    """All that undo is about: bins with their examples in order, and the library's folders."""
    bins = [(bin_.id, bin_.name, bin_.color, [one.path for one in bin_.examples]) for bin_ in document.bins]
    return [*bins, document.folders]


def make_pictures(folder: Path) -> list[Path]:
    """Write small pictures of four kinds, each in a folder of its own, and some that cannot be read."""
    paths = []
    for kind, color in _KINDS.items():
        (folder / kind).mkdir(parents=True)
        for number in range(_EACH):
            image = Image.new("RGB", (96 + 8 * number, 80), color)
            ImageDraw.Draw(image).ellipse((4 * number, 10, 4 * number + 24, 40), fill=(20 * number, 255, 0))
            path = folder / kind / f"{kind} {number}.{'jpg' if number % 2 else 'png'}"
            image.save(path)
            paths.append(path)
    odd = folder / "odd"
    (odd / "empty").mkdir(parents=True)
    (odd / "=cmd|'x'!A1.png").write_bytes(paths[0].read_bytes()[:200])  # cut off
    (odd / "notes.txt").write_text("no picture")
    (odd / "nothing.jpg").write_bytes(b"")
    return paths
