"""The composition root: builds the document, the jobs, the window and the controllers between them."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from fewshot_gui import style
from fewshot_gui.controllers.auto_training import AutoTraining
from fewshot_gui.controllers.cache import CacheController
from fewshot_gui.controllers.classifier_exporting import ClassifierExportingController
from fewshot_gui.controllers.comparing import ComparingController
from fewshot_gui.controllers.discarding import DiscardingController
from fewshot_gui.controllers.editing import EditingController
from fewshot_gui.controllers.example import ExampleController
from fewshot_gui.controllers.exporting import ExportingController
from fewshot_gui.controllers.fetching import FetchingController
from fewshot_gui.controllers.folder_exporting import FolderExportController
from fewshot_gui.controllers.guarding import GuardingController
from fewshot_gui.controllers.history import HistoryController
from fewshot_gui.controllers.job_history import JobHistoryController
from fewshot_gui.controllers.library import LibraryController
from fewshot_gui.controllers.masking import MaskingController
from fewshot_gui.controllers.preferences import PreferencesController
from fewshot_gui.controllers.projects import ProjectsController
from fewshot_gui.controllers.questions import Questions
from fewshot_gui.controllers.recovering import RecoveringController
from fewshot_gui.controllers.reporting import ReportingController
from fewshot_gui.controllers.resuming import ResumingController
from fewshot_gui.controllers.reviewing import ReviewingController
from fewshot_gui.controllers.running import RunningController
from fewshot_gui.controllers.services import AppServices
from fewshot_gui.controllers.stacking import StackingController
from fewshot_gui.controllers.tiles import TilesController
from fewshot_gui.controllers.watching import WatchingController
from fewshot_gui.covers import CoverStyle, Strength, covers
from fewshot_gui.intents import Intents
from fewshot_gui.jobs.files import FileJobs
from fewshot_gui.jobs.garbage import GarbageCollector
from fewshot_gui.jobs.pictures import PictureLoader
from fewshot_gui.jobs.runner import Runner
from fewshot_gui.jobs.thumbnails import ThumbnailLoader
from fewshot_gui.jobs.tiles import TileLoader
from fewshot_gui.paths import APP_NAME, LOG_NAME, AppPaths
from fewshot_gui.project.errors import ProjectError
from fewshot_gui.project.library import Library
from fewshot_gui.project.session import Session
from fewshot_gui.settings import Settings
from fewshot_gui.translation import use_language
from fewshot_gui.views.main_window import MainWindow
from model.backbones.names import THOROUGH_PACKAGE, is_thorough_installed

_log = logging.getLogger(__name__)

_SHUTDOWN_SECONDS = 10.0
_LOG_LINES = 2000  # that are shown
_DECODER_PATIENCE = 1.0  # seconds at the end
_SWITCH_INTERVAL = 0.001  # seconds a worker may keep the interpreter while the window waits; Python's own: 5 ms


class App(QObject):
    """The running app, from `start` to `shutdown`. Needs a QApplication."""

    window_shown = Signal()
    started = Signal()  # the project is open

    def __init__(self, paths: AppPaths, runner: Runner | None = None, *, is_demo: bool = False) -> None:
        """Build everything; with `is_demo` the project is a temporary one, apart from the user's."""
        super().__init__()
        self._is_demo, self._logs = is_demo, paths.logs
        self.settings = Settings(paths.settings_file)
        self.session = Session(paths.data / "demo" if is_demo else paths.data, self)
        self.files = FileJobs(self)
        self.thumbnails = ThumbnailLoader(parent=self)
        self.pictures = PictureLoader(self)
        self.full_pictures = PictureLoader(self)
        self.runner = runner if runner is not None else Runner(parent=self)
        self.tiles = TileLoader(self.runner, self)
        qt_app = QApplication.instance()
        if isinstance(qt_app, QApplication):  # later, every widget would be coloured anew and all icons drawn again
            use_language(qt_app, self.settings.language)
            style.apply_theme(qt_app, self.settings.theme)
        document, results, library = self.session.document, self.session.results, Library(self.session.document, self)
        self.intents = Intents(self)
        sources = (self.thumbnails, self.pictures, self.full_pictures, self.tiles)
        self.window = MainWindow(document, results, library, self.intents, *sources)
        self.questions = Questions(self.window)
        self.services = services = AppServices(
            session=self.session,
            library=library,
            settings=self.settings,
            runner=self.runner,
            files=self.files,
            thumbnails=self.thumbnails,
            pictures=self.pictures,
            full_pictures=self.full_pictures,
            tiles=self.tiles,
            intents=self.intents,
            window=self.window,
            status=self.window.status,
            review=self.window.review,
            questions=self.questions,
            stacks=self.window.stacks,
        )
        self._make_controllers(services)
        self._garbage = GarbageCollector(self)
        document.reset.connect(self._garbage.collect_all)
        results.rows_left.connect(self._garbage.take_apart)
        self.intents.log_requested.connect(self._on_log_requested)
        self._error_shown_at = 0.0
        self.window.set_close_guard(self._may_close)
        self.intents.cover_chosen.connect(self._on_cover_chosen)

    def _make_controllers(self, services: AppServices) -> None:
        self.jobs = JobHistoryController(services, self)  # before others, which act on what ended
        self.running = RunningController(services, self)
        self.fetching = FetchingController(services, self.running, self)
        self.library = LibraryController(services, self.jobs, self)
        self.editing = EditingController(services, self)
        self.projects = ProjectsController(services, self.running, self)
        ResumingController(services, self.running, self.projects, self)
        discarding = DiscardingController(services, self.projects, self)
        discarding.discarded.connect(self.projects.show_recent)
        self.example = ExampleController(services, self.running, self)
        self.preferences = PreferencesController(services, self)
        CacheController(services, self)
        ReportingController(services, self.jobs, self)
        ExportingController(services, self.jobs, self)
        ClassifierExportingController(services, self.jobs, self)
        self.reviewing = ReviewingController(services, self)
        self.guarding = GuardingController(services, self)
        self.recovering = RecoveringController(services, self)
        self.projects.damage_found.connect(self.recovering.offer)
        self.recovering.written.connect(self.projects.open)
        self.folder_export = FolderExportController(services, self.jobs, self)
        self.folder_export.images_moved.connect(self.library.refresh)
        self.stacking = StackingController(services, self.running, self)
        AutoTraining(services, self.running, self)
        self.watching = WatchingController(services, self.running, self)
        TilesController(services, self)
        MaskingController(services, self)
        ComparingController(services, self)
        HistoryController(services, self.running, self)

    def start(self, project: Path | None = None, folders: Sequence[Path] = ()) -> None:
        """Show the window, then open the project and import the model behind it."""
        sys.setswitchinterval(_SWITCH_INTERVAL)
        self._project, self._folders = project, tuple(folders)
        self.preferences.show()
        covers.set_cover(*self.settings.cover)  # before anything is shown
        chosen = self.settings
        self.window.set_choices(autoTrain=chosen.auto_train, closely=chosen.closely, transductive=chosen.transductive)
        self.window.set_choices(polling=chosen.polling)
        self.window.set_false_alarms(chosen.false_alarms)
        missing = "" if is_thorough_installed() else THOROUGH_PACKAGE
        self.window.set_thorough(chosen=chosen.thorough, missing=missing)
        if not self.window.restoreGeometry(self.settings.window.geometry):
            self.window.fit_to_screen()
        self.window.restore_layout(self.settings.window.layout)
        self.window.show()
        self.runner.start()
        QTimer.singleShot(0, self, self._on_shown)

    def shutdown(self) -> list[str]:
        """Stop all jobs and close the project; returns the names of threads that did not end."""
        from model.images.decoder_process import pool as decoder_pool  # here: the window starts without the decoders

        self.guarding.stop()
        patience = threading.Timer(_DECODER_PATIENCE, decoder_pool.close)  # a decoder that hangs keeps nobody waiting
        patience.start()
        stuck = self.runner.shutdown(_SHUTDOWN_SECONDS)
        for name in ("files", "thumbnails", "pictures", "full_pictures", "tiles"):
            if not getattr(self, name).shutdown():
                stuck.append(name)
        if not self.watching.shutdown():
            stuck.append("watching")
        if not self.projects.shutdown():
            stuck.append("projects")
        patience.cancel()
        decoder_pool.close()
        QCoreApplication.processEvents()  # what the workers said last belongs to the project
        try:
            self.session.close(discard=self._is_demo)
        except ProjectError:
            _log.exception("the last changes were not saved")
        self.guarding.stop()
        self.stacking.stop()
        self.settings.save()
        self._garbage.stop()
        return stuck

    @Slot()
    def _on_shown(self) -> None:
        self.window_shown.emit()
        if self._is_demo:
            self.session.new()
            self._on_project_there()
        else:
            self.projects.settled.connect(self._on_project_there, Qt.ConnectionType.SingleShotConnection)
            self.projects.start(self._project)

    @Slot()
    def _on_project_there(self) -> None:
        if self._folders:
            self.library.add_folders(self._folders)
        self.running.warm_up()
        self.started.emit()

    @Slot(object, str)
    def show_uncaught(self, message: str, details: str) -> None:
        """Show an error that no code caught; at most one dialog every 5 seconds."""
        if time.monotonic() - self._error_shown_at > 5 or not self._error_shown_at:
            self._error_shown_at = time.monotonic()
            self.window.show_error(self.tr("Unexpected error"), message, details)

    @Slot()
    def _on_log_requested(self) -> None:
        try:
            lines = (self._logs / LOG_NAME).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = [self.tr("There is no log file.")]
        self.window.show_log("\n".join(lines[-_LOG_LINES:]), self._logs)

    def show_crash(self, report: Path) -> None:
        """Tell of a crash of an earlier run, whose report can be read and copied."""
        text = self.tr("The program ended by itself the last time. What was done until then is saved. Report: {path}")
        try:
            details = report.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return
        self.window.show_error(self.tr("Unexpected end"), text.format(path=report), details)

    @Slot(object, object)
    def _on_cover_chosen(self, chosen: CoverStyle, strength: Strength) -> None:
        self.settings.cover = chosen, strength
        covers.set_cover(chosen, strength)

    def _may_close(self) -> bool:
        if not self._is_demo and not self.projects.may_close():
            return False
        self.settings.window.geometry = self.window.saveGeometry()
        self.settings.window.layout = self.window.layout_state()
        return True


def make_qt_app() -> QApplication:
    """Return the QApplication, made if there is none."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QCoreApplication.setApplicationName(APP_NAME)
    QCoreApplication.setOrganizationName(APP_NAME)
    app = QApplication(sys.argv[:1])
    app.setDesktopFileName("fewshot")
    return app
